// SPDX-License-Identifier: GPL-3.0-or-later
#include "carrypanel.h"

#include "deck.h"
#include "glyphs.h"
#include "icons.h"
#include "panelparts.h"
#include "pressareas.h"

#include "models/formatter.h"
#include "models/tenantmodel.h"

#include <QtGui/QDragEnterEvent>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>

#include <cmath>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr Text::Style sectionStyle = Text::sectionHead;
constexpr Text::Style nameStyle = Text::rowTitle;
constexpr Text::Style smallStyle = Text::secondLine;

} // namespace

CarryPanel::CarryPanel(CarryController &carry, QWidget *parent)
    : Surface(Token::BgPanel, Qt::LeftEdge, parent)
    , m_carry(carry)
{
    setObjectName(u"carryPanel"_s);
    setAccessibleName(tr("What is carried"));
    setAcceptDrops(true); // or it would not hear of them
    m_areas = new PressAreas(this, [this](int place) { drop(place); });
    connect(&carry, &CarryController::changed, this, qOverload<>(&QWidget::update));
    connect(&carry, &CarryController::verdictsChanged, this, qOverload<>(&QWidget::update));
}

void CarryPanel::paintEvent(QPaintEvent *event)
{
    Surface::paintEvent(event);
    m_places.clear();
    if (!m_carry.isActive()) {
        m_areas->setLater({});
        return;
    }
    QList<PressAreas::Area> areas;
    const Theme &theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double left = 20;
    const double right = width() - 20;
    double y = 16;
    const auto head = [&](const QString &title, const QString &aside) {
        painter.setPen(theme[Token::TextPrimary]);
        Text::draw(painter, {left, y + 16}, title, sectionStyle);
        painter.setPen(theme[Token::TextSecondary]);
        Text::draw(painter, {right, y + 16}, aside, smallStyle, Text::Align::Right);
        y += 28;
    };

    const Carry &carry = m_carry.carry();
    head(tr("What is carried"), Format::tenants(std::ssize(carry.items)));
    int shown = 0;
    for (const Carry::Item &item : carry.items) {
        if (shown == 6) {
            painter.setPen(theme[Token::TextTertiary]);
            Text::draw(painter, {left + 18, y + 15},
                       tr("%Ln more", nullptr, int(carry.items.size()) - shown), smallStyle);
            y += 24;
            break;
        }
        ++shown;
        const Tenant &tenant = *item.tenant;
        Glyphs::tier(painter, {left, y + 6, 9, 9}, tenant.tier, theme[Token::TextPrimary]);
        painter.setPen(theme[Token::TextPrimary]);
        Text::draw(painter, {left + 18, y + 15}, Text::elidedName(tenant.id, nameStyle, 130),
                   nameStyle);
        painter.setPen(theme[Token::TextSecondary]);
        Text::draw(painter, {right, y + 15},
                   Format::cores(tenant.demand.cpu) + u" · " + Format::bytes(tenant.demand.memory),
                   smallStyle, Text::Align::Right);
        y += 24;
        const QString rules = TenantModel::rules(tenant.constraints);
        if (!rules.isEmpty()) {
            Icons::draw(painter, {left + 17, y - 2}, u"geo-alt"_s, 12, theme[Token::DegradedText]);
            painter.setPen(theme[Token::DegradedText]);
            Text::draw(painter, {left + 33, y + 9},
                       Text::elided(rules, smallStyle, right - left - 33), smallStyle);
            y += 20;
        }
        painter.fillRect(QRectF(left, y, right - left, 1), theme[Token::LineSubtle]);
        y += 3;
    }

    y += 12;
    head(tr("Best stamps"), carry.items.size() > 1 ? tr("all together") : QString());
    const auto &best = m_carry.ranking();
    if (best.empty()) {
        painter.setPen(theme[Token::TextSecondary]);
        Text::draw(painter, {left, y + 14},
                   m_carry.isSettled() ? tr("No stamp can take them together.")
                                       : tr("It is being worked out."),
                   smallStyle);
        y += 24;
    }
    for (size_t at = 0; at < best.size(); ++at) {
        const auto &[slot, answer] = best[at];
        PanelColumn::Load row{QString::number(at + 1), nameOfStamp(answer.load.stamp),
                              answer.before, answer.after, {},
                              answer.verdict == VerdictKind::Tight, at == 0};
        if (const StampEntryPtr entry = carry.version->stamps[slot])
            row.gate = carry.version->sourceOf(*entry).objectives.load;
        PanelColumn column(painter, left, right, y);
        m_places.append({column.load(row), slot});
        areas.append({m_places.constLast().first.toAlignedRect(), row.name,
                      tr("can take them: the plan opens")});
        y = column.y();
    }

    m_areas->setLater(areas);

    const auto &reasons = m_carry.reasonCounts();
    if (!reasons.isEmpty()) {
        y += 10;
        head(tr("Why the others cannot"), {});
        for (const auto &[reason, count] : reasons) {
            PanelColumn column(painter, left, right, y);
            column.counted(u"slash-circle"_s, reason, Format::count(count));
            y = column.y();
        }
    }

    y += 10;
    if (y + 130 < height()) {
        head(tr("Legend and keys"), {});
        LoadBar bar;
        bar.used = 0.6;
        bar.added = 0.4;
        drawLoadBar(painter, {left, y + 4, 40, 8}, bar);
        painter.setPen(theme[Token::TextSecondary]);
        const double room = width() - left - 76 - 12;
        Text::draw(painter, {left + 76, y + 13},
                   Text::elided(tr("load now, and what the move adds"), smallStyle, room),
                   smallStyle);
        y += 22;
        const QList<std::pair<QString, QString>> keys
                = {{tr("arrows"), tr("walk the lit stamps")},
                   {u"1 … 9"_s, tr("go to that stamp")},
                   {u"Enter"_s, tr("open the plan")},
                   {u"P"_s, tr("let the planner spread them")},
                   {u"Esc"_s, tr("put back")}};
        for (const auto &[key, what] : keys) {
            PanelColumn column(painter, left, right, y);
            column.key(key, what);
            y = column.y();
        }
    }
}

void CarryPanel::dragEnterEvent(QDragEnterEvent *event)
{
    event->ignore();
    Q_EMIT dragEntered(event->position().toPoint());
}

void CarryPanel::mousePressEvent(QMouseEvent *event)
{
    for (int place = 0; place < m_places.size(); ++place) {
        if (m_places[place].first.contains(event->position())) {
            drop(place);
            return;
        }
    }
}

void CarryPanel::drop(int place)
{
    if (place >= m_places.size())
        return;
    const int target = m_places[place].second; // the list goes with the carry
    m_carry.drop(target);
}

CarryBanner::CarryBanner(CarryController &carry, QWidget *parent)
    : Surface(Token::AccentSoft, {}, parent)
    , m_carry(carry)
    , m_mend(new Button(Button::Kind::Plain, {}, u"wrench"_s, this))
    , m_back(new Button(Button::Kind::Plain, tr("Put back"), {}, this))
{
    setObjectName(u"carry"_s);
    setAccessibleName(tr("carry", "the banner of what is carried"));
    m_back->setKey(u"Esc"_s);
    m_back->setObjectName(u"putBack"_s);
    connect(m_back, &Button::clicked, &carry, &CarryController::putBack);
    m_mend->setObjectName(u"mend"_s);
    m_mend->hide();
    connect(m_mend, &Button::clicked, this, [this] {
        // Whoever mends puts back what is carried, and with that both are forgotten here.
        const QString stamp = m_refusedBy;
        const Refusal refusal = m_refusal;
        Q_EMIT mendRequested(stamp, refusal);
    });
    connect(&carry, &CarryController::changed, this, &CarryBanner::refresh);
    connect(&carry, &CarryController::refused, this, &CarryBanner::refuse);
    refresh();
}

void CarryBanner::refuse(const QString &stamp, const Refusal &refusal)
{
    m_refusedBy = stamp;
    m_refusal = refusal;
    // What can be mended from here; the rest says in words what would.
    const QString name = nameOfStamp(stamp);
    const QString mend = refusal.code == u"capacity" ? tr("Scale %1…").arg(name)
        : refusal.code == u"cordoned" || refusal.code == u"drained"
        ? tr("Uncordon %1…").arg(name)
        : QString();
    m_mend->setText(mend);
    m_mend->setAccessibleName(mend);
    m_mend->setVisible(!mend.isEmpty());
    setAccessibleDescription(hint());
    update();
}

QString CarryBanner::hint() const
{
    if (!m_refusedBy.isEmpty()) {
        const QString why = tr("%1 cannot: %2").arg(nameOfStamp(m_refusedBy), m_refusal.message);
        return m_refusal.fix.isEmpty() ? why : tr("%1. To mend it, %2.").arg(why, m_refusal.fix);
    }
    return m_carry.mode() == CarryController::Mode::Cut
        ? tr("Walk to a lit stamp and press Enter to see the plan. Nothing changes before you press "
             "Run.")
        : tr("Drop on a lit stamp to see the plan. Nothing changes before you press Run.");
}

void CarryBanner::refresh()
{
    m_line.clear();
    // A drop that is refused stays as if cut, and what was said of it stays till it is put back.
    if (!m_carry.isActive() || m_carry.mode() != CarryController::Mode::Cut) {
        m_refusedBy.clear();
        m_mend->hide();
    }
    if (m_carry.isActive()) {
        const int count = int(m_carry.tenants().size());
        QSet<QString> from;
        for (const Carry::Item &item : m_carry.carry().items) {
            if (item.owner >= 0)
                from.insert(nameOfStamp(m_carry.carry().version->stampId(item.owner)));
        }
        const QString source = from.size() == 1 ? *from.constBegin() : Format::stamps(from.size());
        if (!m_carry.evacuated().isEmpty())
            m_line = tr("Evacuating %1: %Ln tenant(s) leave", nullptr, count).arg(m_carry.evacuated());
        else if (!m_carry.drained().isEmpty())
            m_line = tr("Draining %1: %Ln tenant(s) leave", nullptr, count).arg(source);
        else
            m_line = m_carry.mode() == CarryController::Mode::Cut
                ? tr("Cut %Ln tenant(s) from %1", nullptr, count).arg(source)
                : tr("Carrying %Ln tenant(s) from %1", nullptr, count).arg(source);
    }
    setAccessibleDescription(m_refusedBy.isEmpty() ? m_line : hint());
    setVisible(m_carry.isActive());
    update();
}

void CarryBanner::paintEvent(QPaintEvent *event)
{
    Surface::paintEvent(event);
    const Theme &theme = Theme::current();
    QPainter painter(this);
    painter.fillRect(0, height() - 2, width(), 2, theme[Token::AccentLine]);
    const bool isCut = m_carry.mode() == CarryController::Mode::Cut;
    Icons::draw(painter, {18, 13}, isCut ? u"scissors"_s : u"hand-index"_s, 17,
                theme[Token::AccentText]);
    painter.setPen(theme[Token::TextPrimary]);
    const Text::Style bold{Text::Face::Ui, 14, 700};
    Text::draw(painter, {48, 26.5}, m_line, bold);
    const QSize size = m_back->sizeHint();
    m_back->setGeometry(width() - size.width() - 14, 8, size.width(), 28);
    const double x = 48 + Text::width(m_line, bold) + 14;
    double right = m_back->x() - 12;
    if (!m_mend->isHidden()) {
        const QSize mend = m_mend->sizeHint();
        m_mend->setGeometry(int(right) - mend.width(), 8, mend.width(), 28);
        right -= mend.width() + 12;
    }
    const Text::Style plain{Text::Face::Ui, 13, 400};
    painter.setPen(theme[m_refusedBy.isEmpty() ? Token::TextSecondary : Token::DegradedText]);
    Text::draw(painter, {x, 26.5}, Text::elided(hint(), plain, right - x), plain);
}

} // namespace Stampdeck
