// SPDX-License-Identifier: GPL-3.0-or-later
#include "whatifpanel.h"

#include "deck.h"
#include "icons.h"
#include "panelparts.h"

#include "models/formatter.h"

#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QMenu>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr int mostOff = 5; ///< That are named.
constexpr int mostTakers = 8;
constexpr int mostStranded = 8;

} // namespace

WhatIfPanel::WhatIfPanel(WhatIf &whatIf, QWidget *parent)
    : Surface(Token::BgPanel, Qt::LeftEdge, parent)
    , m_whatIf(whatIf)
{
    setObjectName(u"whatIfPanel"_s);
    setAccessibleName(tr("What their loss would do"));
    connect(&whatIf, &WhatIf::changed, this, &WhatIfPanel::describe);
    connect(&whatIf, &WhatIf::answered, this, &WhatIfPanel::describe);
}

void WhatIfPanel::describe()
{
    QStringList parts;
    if (const Loss *loss = m_whatIf.loss()) {
        parts.append(loss->summary());
        for (const LoadChange &load : loss->loads.mid(0, mostTakers))
            parts.append(nameOfStamp(load.stamp) + u' ' + m_whatIf.spoken(load.slot));
        for (const Refusal &why : loss->stranded.mid(0, mostStranded))
            parts.append(why.message);
    }
    setAccessibleDescription(parts.join(u"; "_s));
    update();
}

void WhatIfPanel::paintEvent(QPaintEvent *event)
{
    Surface::paintEvent(event);
    m_places.clear();
    if (!m_whatIf.isActive())
        return;
    const FleetVersion &fleet = *m_whatIf.feed().version();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    PanelColumn column(painter, 20, width() - 20.0, 16);
    const QStringList &off = m_whatIf.stamps();
    column.head(tr("Switched off"), Format::stamps(off.size()));
    for (const QString &id : off.mid(0, mostOff)) {
        const int slot = fleet.stampIndex.value(id);
        const int owned = slot >= 0 ? fleet.stamps[slot]->owned : 0;
        const double y = column.y();
        column.counted(u"power"_s, nameOfStamp(id), Format::tenants(owned), Token::AccentText);
        m_places.append({QRectF(8, y, width() - 16.0, 21), id});
    }
    if (off.size() > mostOff)
        column.line(tr("and %Ln more", nullptr, int(off.size()) - mostOff), Token::TextTertiary);
    column.skip(12);

    const Loss *loss = m_whatIf.loss();
    if (!loss) {
        column.line(tr("Where everybody would go is being worked out."));
        return;
    }
    const int placed = int(loss->moves.size());
    column.head(tr("Where everybody would go"), tr("%1 of %2").arg(placed).arg(loss->tenants));
    if (loss->loads.isEmpty())
        column.line(loss->tenants == 0 ? tr("Nobody is on them.") : tr("No stamp takes any of them."));
    // Those that would be fullest first; what is left must fit below.
    const double reserved = loss->stranded.isEmpty() ? 40 : 190;
    int shown = 0;
    for (const LoadChange &load : loss->loads) {
        if (shown == mostTakers || column.y() + 42 + reserved > height())
            break;
        PanelColumn::Load row;
        row.mark = u"+%1"_s.arg(m_whatIf.takenBy(load.slot));
        row.name = nameOfStamp(load.stamp);
        row.before = LoadChange::fullest(load.before);
        row.after = LoadChange::fullest(load.after);
        if (const StampEntryPtr &entry = loss->version->stamps[load.slot])
            row.gate = loss->version->sourceOf(*entry).objectives.load;
        m_places.append({column.load(row), load.stamp});
        ++shown;
    }
    if (shown < loss->loads.size())
        column.line(tr("and %Ln more", nullptr, int(loss->loads.size()) - shown),
                    Token::TextTertiary);
    column.skip(12);

    column.head(tr("Who has no place"), Format::tenants(std::ssize(loss->stranded)));
    if (loss->stranded.isEmpty()) {
        column.counted(u"shield-check"_s, tr("Everybody finds one, within the gate."), {},
                       Token::HealthyText);
        return;
    }
    for (const auto &[code, count] : loss->rules())
        column.counted(u"slash-circle"_s, nameOfRule(code), Format::count(count),
                       Token::DegradedText);
    for (auto it = loss->shortOf.cbegin(); it != loss->shortOf.cend(); ++it)
        column.line(tr("short of %1").arg(Format::amount(it.key(), it.value())),
                    Token::DegradedText);
    column.skip(6);
    int named = 0;
    for (const Refusal &why : loss->stranded) {
        if (named == mostStranded || column.y() + 44 > height())
            break;
        column.line(why.message);
        ++named;
    }
    if (named < loss->stranded.size())
        column.line(tr("and %Ln more", nullptr, int(loss->stranded.size()) - named),
                    Token::TextTertiary);
}

void WhatIfPanel::mousePressEvent(QMouseEvent *event)
{
    for (const auto &[box, id] : std::as_const(m_places)) {
        if (box.contains(event->position())) {
            Q_EMIT stampActivated(id);
            return;
        }
    }
}

WhatIfBanner::WhatIfBanner(WhatIf &whatIf, QWidget *parent)
    : Surface(Token::AccentSoft, {}, parent)
    , m_whatIf(whatIf)
    , m_act(new Button(Button::Kind::Plain, {}, u"arrow-up-right"_s, this))
    , m_end(new Button(Button::Kind::Plain, tr("End"), {}, this))
{
    setObjectName(u"whatIf"_s);
    setAccessibleName(tr("What if"));
    m_act->setObjectName(u"whatIfAct"_s);
    m_end->setObjectName(u"whatIfEnd"_s);
    m_end->setKey(u"Esc"_s);
    m_end->setAccessibleName(tr("End: switch everything on"));
    connect(m_end, &Button::clicked, &whatIf, &WhatIf::end);
    connect(m_act, &Button::clicked, this, &WhatIfBanner::act);
    connect(&whatIf, &WhatIf::changed, this, &WhatIfBanner::refresh);
    connect(&whatIf, &WhatIf::answered, this, &WhatIfBanner::refresh);
    refresh();
}

void WhatIfBanner::setActs(bool acts)
{
    m_acts = acts;
    refresh();
}

void WhatIfBanner::act()
{
    const QStringList stamps = m_whatIf.stamps();
    if (!m_whatIf.region().isEmpty()) {
        Q_EMIT evacuateRequested(m_whatIf.region());
        return;
    }
    if (stamps.size() == 1) {
        Q_EMIT drainRequested(stamps.constFirst());
        return;
    }
    // One plan empties one stamp: which?
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const QString &stamp : stamps) {
        QAction *action = menu->addAction(tr("Drain %1…").arg(nameOfStamp(stamp)));
        connect(action, &QAction::triggered, this, [this, stamp] { Q_EMIT drainRequested(stamp); });
    }
    menu->popup(m_act->mapToGlobal(QPoint(0, m_act->height() + 2)));
}

QString WhatIfBanner::hint() const
{
    const Loss *loss = m_whatIf.loss();
    const QString say = loss ? loss->summary() : tr("working it out");
    return tr("Nothing is touched. Click stamps to switch them. %1.")
        .arg(say.left(1).toUpper() + say.mid(1));
}

void WhatIfBanner::refresh()
{
    const bool isRegion = !m_whatIf.region().isEmpty();
    m_act->setText(isRegion ? tr("Evacuate…") : tr("Drain…"));
    m_act->setDrop(!isRegion && m_whatIf.stamps().size() > 1);
    m_act->setVisible(m_acts && m_whatIf.isActive());
    m_act->setAccessibleName(isRegion ? tr("Evacuate %1…").arg(m_whatIf.region()) : tr("Drain…"));
    setAccessibleDescription(tr("What if %1 were lost? %2").arg(m_whatIf.title(), hint()));
    resizeEvent(nullptr);
    update();
}

void WhatIfBanner::resizeEvent(QResizeEvent *)
{
    const QSize end = m_end->sizeHint();
    m_end->setGeometry(width() - end.width() - 14, 8, end.width(), 28);
    const QSize act = m_act->sizeHint();
    m_act->setGeometry(m_end->x() - act.width() - 8, 8, act.width(), 28);
}

void WhatIfBanner::paintEvent(QPaintEvent *event)
{
    Surface::paintEvent(event);
    const Theme &theme = Theme::current();
    QPainter painter(this);
    // Dashed, as everything is that only might be.
    QPen dashes(theme[Token::AccentLine], 2);
    dashes.setDashPattern({5, 3});
    painter.setPen(dashes);
    painter.drawLine(QPointF(0, height() - 1), QPointF(width(), height() - 1));
    Icons::draw(painter, {18, 13}, u"power"_s, 17, theme[Token::AccentText]);
    const Text::Style bold{Text::Face::Ui, 14, 700};
    const Text::Style plain{Text::Face::Ui, 13, 400};
    const double right = (m_act->isHidden() ? m_end->x() : m_act->x()) - 12;
    painter.setPen(theme[Token::TextPrimary]);
    const QString say =
        Text::elided(tr("What if %1 were lost?").arg(m_whatIf.title()), bold, right - 48);
    Text::draw(painter, {48, 26.5}, say, bold);
    const double x = 48 + Text::width(say, bold) + 14;
    const Loss *loss = m_whatIf.loss();
    const bool isBad = loss && !loss->stranded.isEmpty();
    painter.setPen(theme[isBad ? Token::DegradedText : Token::TextSecondary]);
    if (right - x > 60)
        Text::draw(painter, {x, 26.5}, Text::elided(hint(), plain, right - x), plain);
}

} // namespace Stampdeck
