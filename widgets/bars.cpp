// SPDX-License-Identifier: GPL-3.0-or-later
#include "bars.h"

#include "glyphs.h"
#include "icons.h"
#include "pressareas.h"
#include "themes.h"

#include "models/formatter.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QTimer>
#include <QtGui/QHelpEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QToolTip>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr Text::Style statusStyle = Text::secondLine;

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Notice)
};

/// What happened to whom, without a full stop. Messages of adapters often name the source.
QString sentenceOf(const SourceState &source)
{
    const QString why = source.error ? source.error->message : Words::tr("no answer");
    const bool isNamed = why.startsWith(source.name)
        && QStringView(u": (").contains(QStringView(why).mid(source.name.size(), 1));
    if (isNamed)
        return why;
    if (!source.errorEndpoint.isEmpty() && source.endpoints > 1)
        return source.name + u": " + source.errorEndpoint + u": " + why;
    return source.name + u": " + why;
}

/// What one can do about it; %1 is the source.
QString adviceFor(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::Unreachable:
        return Words::tr(
            "See that its server runs and can be reached from here, and that the address "
            "of %1 in fleet.yaml is right.");
    case ErrorKind::Timeout:
        return Words::tr(
            "See that its server is well. If it only takes longer, raise the timeout of %1 "
            "in fleet.yaml.");
    case ErrorKind::Malformed:
        return Words::tr("See that the address of %1 in fleet.yaml is that of its API and not of "
                         "something else; if it is, its server is at fault.");
    case ErrorKind::Unauthenticated:
        return Words::tr(
            "See that the token of %1 in fleet.yaml is the right one, and still valid.");
    case ErrorKind::Denied:
        return Words::tr("Ask whoever runs %1 to let this token or certificate read the fleet.");
    case ErrorKind::NotNow:
        return Words::tr("Whoever runs %1 can tell why it takes no requests.");
    case ErrorKind::NotFound:
    case ErrorKind::Unsupported:
        return Words::tr("See that the address of %1 in fleet.yaml is that of its API.");
    default:
        break;
    }
    return Words::tr("Mend %1 in fleet.yaml.");
}

QString inThreeWords(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::Unreachable:
        return Words::tr("not reachable");
    case ErrorKind::Timeout:
        return Words::tr("no answer in time");
    case ErrorKind::Malformed:
        return Words::tr("wrong answer");
    case ErrorKind::Unauthenticated:
        return Words::tr("token not taken");
    case ErrorKind::Denied:
        return Words::tr("not allowed");
    case ErrorKind::NotNow:
        return Words::tr("not ready");
    case ErrorKind::NotFound:
        return Words::tr("not found");
    case ErrorKind::Unsupported:
        return Words::tr("not supported");
    default:
        break;
    }
    return Words::tr("configured wrongly");
}

} // namespace

class ViewRail::Item final : public QAbstractButton
{
public:
    Item(const QString &name, const QString &text, const QString &icon, QWidget *parent)
        : QAbstractButton(parent)
        , m_icon(icon)
    {
        setText(text);
        setAccessibleName(text);
        setToolTip(text);
        setObjectName(u"view"_s + name);
        setCheckable(true);
        setAutoExclusive(true);
        setFocusPolicy(Qt::StrongFocus);
        setAttribute(Qt::WA_Hover);
        connect(&Themes::instance(), &Themes::changed, this, qOverload<>(&QWidget::update));
    }
    void setBadge(int count)
    {
        if (m_badge == count)
            return;
        m_badge = count;
        setAccessibleDescription(count ? QString::number(count) : QString());
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Theme &theme = Theme::current();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const bool isOn = isChecked();
        if (isOn || underMouse()) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme[isOn ? Token::AccentSoft : Token::BgHover]);
            painter.drawRoundedRect(QRectF(5, 0, 54, 54), 5, 5);
        }
        if (isOn)
            painter.fillRect(QRectF(0, 6, 3, 42), theme[Token::AccentLine]);
        const QColor ink = theme[isOn ? Token::AccentText : Token::TextSecondary];
        Icons::draw(painter, {width() / 2.0 - 10, 9}, m_icon, 20, ink);
        painter.setPen(ink);
        const Text::Style style{Text::Face::Ui, 10, isOn ? 600 : 500};
        Text::draw(painter, {width() / 2.0 - 0.5, 45}, Text::elided(text(), style, width() - 4),
                   style, Text::Align::Center);
        if (m_badge > 0) {
            const QRectF badge(width() / 2.0 + 4, 4, m_badge > 99 ? 22 : 16, 14);
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme[Token::BgPressed]);
            painter.drawRoundedRect(badge, 7, 7);
            painter.setPen(theme[Token::TextPrimary]);
            Text::draw(painter, {badge.center().x(), 14.5},
                       m_badge > 99 ? u"99+"_s : QString::number(m_badge),
                       {Text::Face::Ui, 10, 700}, Text::Align::Center);
        }
    }

private:
    QString m_icon;
    int m_badge = 0;
};

ViewRail::ViewRail(QWidget *parent)
    : Surface(Token::BgWindow, Qt::RightEdge, parent)
    , m_settings(Button::iconOnly(u"gear"_s, tr("Settings"), this))
{
    setObjectName(u"rail"_s);
    struct Entry
    {
        QString name, text, icon;
    };
    const QList<Entry> views = {{u"Map"_s, tr("Map"), u"map"_s},
                                {u"Stamps"_s, tr("Stamps"), u"table"_s},
                                {u"Tenants"_s, tr("Tenants"), u"people"_s},
                                {u"Incidents"_s, tr("Incidents"), u"exclamation-octagon"_s},
                                {u"Operations"_s, tr("Operations"), u"list-check"_s},
                                {u"Audit"_s, tr("Audit"), u"journal-text"_s}};
    for (int at = 0; at < views.size(); ++at) {
        auto *item = new Item(views[at].name, views[at].text, views[at].icon, this);
        item->setGeometry(0, 8 + at * 60, 64, 54);
        connect(item, &QAbstractButton::clicked, this, [this, at] {
            m_current = View(at);
            Q_EMIT currentChanged(m_current);
        });
        m_items.append(item);
    }
    m_items.first()->setChecked(true);
    m_settings->setObjectName(u"settings"_s);
    connect(m_settings, &Button::clicked, this, &ViewRail::settingsPressed);
}

void ViewRail::setCurrent(View view)
{
    if (view == m_current)
        return;
    m_current = view;
    m_items[int(view)]->setChecked(true);
    Q_EMIT currentChanged(view);
}

void ViewRail::setBadge(View view, int count)
{
    m_items[int(view)]->setBadge(count);
}

void ViewRail::resizeEvent(QResizeEvent *event)
{
    Surface::resizeEvent(event);
    m_settings->setGeometry(17, height() - 42, 30, 28);
}

StatusBar::StatusBar(Deck &deck, QWidget *parent)
    : Surface(Token::BgWindow, Qt::TopEdge, parent)
    , m_deck(deck)
{
    setObjectName(u"statusBar"_s);
    setAccessibleName(tr("sources"));
    setMouseTracking(true);
    m_areas = new PressAreas(this, [this](int place) { press(place); });
    connect(&deck.feed, &FleetFeed::changed, this, [this](const ChangeSet &slice) {
        if (slice.sources || slice.stampsComeOrGo || slice.tenantsComeOrGo)
            refresh();
    });
    auto *ages = new QTimer(this);
    connect(ages, &QTimer::timeout, this, &StatusBar::refresh);
    ages->start(1000);
    refresh();
}

void StatusBar::setAudit(const QString &words, bool isBroken)
{
    m_audit = words;
    m_auditBroken = isBroken;
    update();
}

void StatusBar::setJournal(const QString &words)
{
    m_journal = words;
    update();
}

void StatusBar::refresh()
{
    QStringList lines;
    for (const FeedState &source : m_deck.fleet().everySource())
        lines.append(source.name + u' ' + lineOf(source));
    setAccessibleDescription(lines.join(u"; "));
    update();
}

QString StatusBar::lineOf(const SourceState &source) const
{
    const std::chrono::milliseconds now = m_deck.clock.elapsed();
    const QString age = source.lastContact ? Format::age(now - *source.lastContact) : QString();
    if (source.isStale() || (source.endpointsStale > 0 && source.endpoints > 1))
        return source.endpoints > 1
            ? tr("%1 of %2 stale").arg(source.endpointsStale).arg(source.endpoints)
            : tr("stale %1").arg(age);
    if (source.error) {
        if (source.endpoints > 1)
            return tr("%1 of %2 failing").arg(source.endpointsFailing).arg(source.endpoints);
        return inThreeWords(source.error->kind);
    }
    if (!source.answered && source.reading > 0)
        // What it had when it was seen last is all that anybody knows of how many it has.
        return source.proofs > source.reading
            ? tr("reading %1 of %2")
                  .arg(Format::count(source.reading), Format::count(source.proofs))
            : tr("reading %1").arg(Format::count(source.reading));
    if (!source.answered)
        return tr("reading");
    if (m_deck.feed.isPast())
        return tr("recorded");
    if (source.watching)
        return tr("watching");
    return age;
}

void StatusBar::paintEvent(QPaintEvent *event)
{
    Surface::paintEvent(event);
    const Theme &theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    m_tips.clear();
    m_places.clear();
    QList<PressAreas::Area> areas;

    // The right side first: the sources get what is left.
    const FleetCounts &counts = m_deck.fleet().counts;
    QStringList state;
    if (!m_audit.isEmpty())
        state.append(m_audit);
    if (!m_journal.isEmpty())
        state.append(m_journal);
    state.append(Format::stamps(counts.stamps));
    state.append(Format::tenants(counts.tenants));
    const QString right = state.join(u" · ");
    painter.setPen(theme[m_auditBroken ? Token::UnhealthyText : Token::TextTertiary]);
    Text::draw(painter, {width() - 14.0, 17.5}, right, statusStyle, Text::Align::Right);
    const double limit = width() - 14 - Text::width(right, statusStyle) - 24;

    const bool onlyTrouble = width() < 1280;
    const auto restOf = [onlyTrouble](int hidden, int well) {
        return hidden > 0             ? tr("+%Ln more", nullptr, hidden)
            : onlyTrouble && well > 0 ? tr("%Ln well", nullptr, well)
                                      : QString();
    };
    const QList<FeedState> sources = m_deck.fleet().everySource();
    const int count = int(sources.size());
    const double restRoom = 20
        + std::max(Text::width(restOf(count, 0), statusStyle),
                   Text::width(restOf(0, count), statusStyle));
    int well = 0;
    double x = 14;
    int hidden = 0;
    const std::chrono::milliseconds now = m_deck.clock.elapsed();
    for (const FeedState &source : sources) {
        Health health = Health::Healthy;
        if (source.error && source.endpointsFailing >= source.endpoints && !source.answered)
            health = Health::Unhealthy;
        else if (source.error || source.endpointsStale > 0 || source.faults > 0
                 || !source.warnings.isEmpty()
                 || (source.skew && std::chrono::abs(*source.skew) > std::chrono::seconds(5)))
            health = Health::Degraded;
        else if (!source.answered)
            health = Health::Unknown;
        if (onlyTrouble && health == Health::Healthy) {
            ++well;
            continue;
        }
        const QString line = lineOf(source);
        const double needs = 17 + Text::width(source.name, statusStyle) + 5
            + Text::width(line, statusStyle);
        const bool isAll = hidden + well == 0 && &source == &sources.constLast();
        if (x + needs > limit - (isAll ? 0 : restRoom)) {
            ++hidden;
            continue;
        }
        const double start = x;
        Glyphs::health(painter, {x, 7.5, 11, 11}, health, theme[Token::BgWindow]);
        x += 17;
        painter.setPen(theme[health == Health::Healthy ? Token::TextSecondary
                                                       : Glyphs::textToken(health)]);
        Text::draw(painter, {x, 17.5}, source.name, {Text::Face::Ui, 12, 500});
        x += Text::width(source.name, {Text::Face::Ui, 12, 500}) + 5;
        painter.setPen(theme[health == Health::Healthy ? Token::TextTertiary
                                                       : Glyphs::textToken(health)]);
        Text::draw(painter, {x, 17.5}, line, statusStyle);
        x += Text::width(line, statusStyle);
        QString tip = source.name + u": " + source.adapter + u", " + line;
        if (const QString notice = noticeOf(source, now); !notice.isEmpty())
            tip = QStringList({notice, noticeDetailsOf(source).section(u'\n', 1)})
                      .join(u'\n')
                      .trimmed();
        else if (source.faults > 0)
            tip += u"; "_s
                + tr("%Ln object(s) rejected, first %1", nullptr, source.faults)
                      .arg(source.faultMessage);
        if (!source.warnings.isEmpty())
            tip += u"; "_s + source.warnings.join(u"; "_s);
        if (source.skew && std::chrono::abs(*source.skew) > std::chrono::seconds(5))
            tip += u"; "_s
                + tr("its clock differs by %1").arg(Format::age(std::chrono::abs(*source.skew)));
        m_tips.append({QRect(int(start), 0, int(x - start), height()), tip});
        m_places.append({m_tips.constLast().first, source.name});
        areas.append({m_tips.constLast().first, source.name + u' ' + line, tip});
        x += 20;
    }
    painter.setPen(theme[Token::TextTertiary]);
    const QString rest = restOf(hidden, well);
    if (!rest.isEmpty()) {
        Text::draw(painter, {x, 17.5}, rest, statusStyle);
        m_places.append(
            {QRect(int(x), 0, int(Text::width(rest, statusStyle)) + 1, height()), QString()});
        areas.append({m_places.constLast().first, rest, tr("sources")});
    }
    m_areas->setLater(areas);
}

void StatusBar::press(int place)
{
    if (place >= m_places.size())
        return;
    const auto [box, source] = m_places[place];
    if (source.isEmpty())
        Q_EMIT sourcesWanted(mapToGlobal(box.topLeft()));
    else
        Q_EMIT sourceActivated(source);
}

void StatusBar::mousePressEvent(QMouseEvent *event)
{
    for (int place = 0; place < m_places.size(); ++place) {
        if (m_places[place].first.contains(event->pos())) {
            press(place);
            return;
        }
    }
}

void StatusBar::mouseMoveEvent(QMouseEvent *event)
{
    const bool isOn = std::any_of(m_places.cbegin(), m_places.cend(), [event](const auto &place) {
        return place.first.contains(event->pos());
    });
    setCursor(isOn ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

bool StatusBar::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        for (const auto &[box, tip] : std::as_const(m_tips)) {
            if (box.contains(help->pos())) {
                QToolTip::showText(help->globalPos(), tip, this);
                return true;
            }
        }
    }
    return Surface::event(event);
}

NoticeStrip::NoticeStrip(QWidget *parent)
    : Surface(Token::BgPanel, {}, parent)
    , m_text(new TextLine({}, {Text::Face::Ui, 13, 500}, Token::DegradedText, this))
    , m_retry(new Button(Button::Kind::Plain, tr("Retry"), {}, this))
    , m_details(new Button(Button::Kind::Plain, tr("Details"), {}, this))
{
    setObjectName(u"notice"_s);
    m_text->setObjectName(u"noticeText"_s);
    m_retry->setObjectName(u"retry"_s);
    m_details->setObjectName(u"details"_s);
    setFixedHeight(36);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(38, 4, 12, 4);
    row->setSpacing(8);
    row->addWidget(m_text, 1);
    row->addWidget(m_retry);
    row->addWidget(m_details);
    connect(m_retry, &Button::clicked, this, &NoticeStrip::retryPressed);
    connect(m_details, &Button::clicked, this, [this] {
        // Under the button and inside the window: it ends where the button does.
        const QFontMetrics metrics(QToolTip::font());
        int wide = 0;
        for (const QString &line : m_more.split(u'\n'))
            wide = std::max(wide, metrics.horizontalAdvance(line));
        const QPoint corner(m_details->width() - wide - 24, m_details->height());
        // A library's words may look like markup.
        const QString plain = m_more.toHtmlEscaped().replace(u'\n', u"<br>"_s);
        QToolTip::showText(m_details->mapToGlobal(corner), u"<qt><nobr>"_s + plain + u"</nobr></qt>",
                           this);
    });
    hide();
}

void NoticeStrip::setNotice(const QString &text, const QString &details, bool retry)
{
    if (m_text->text() != text) {
        m_text->setText(text);
        setAccessibleName(text);
    }
    m_more = details;
    m_details->setVisible(!details.isEmpty());
    m_retry->setVisible(retry);
    setVisible(!text.isEmpty());
}

QString NoticeStrip::text() const
{
    return m_text->text();
}

void NoticeStrip::paintEvent(QPaintEvent *)
{
    const Theme &theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), mixed(theme[Token::BgPanel], theme[Token::DegradedFill], 0.7));
    painter.fillRect(0, height() - 1, width(), 1, theme[Token::DegradedEdge]);
    Glyphs::health(painter, {14, 11, 14, 14}, Health::Degraded, theme[Token::BgPanel]);
}

QString noticeOf(const SourceState &source, std::chrono::milliseconds now)
{
    if (!source.error && source.endpointsStale == 0)
        return {};
    QString line = sentenceOf(source) + u'.';
    if (source.endpoints > 1 && source.endpointsFailing > 0
        && source.endpointsFailing < source.endpoints) {
        line += u' '
            + Words::tr("%Ln of %1 endpoints fail(s).", nullptr, source.endpointsFailing)
                  .arg(source.endpoints);
    } else if (source.answered && source.lastContact) {
        line += u' '
            + Words::tr("Showing what was seen %1 ago.")
                  .arg(Format::age(now - *source.lastContact));
    }
    if (!source.error)
        return line;
    line += u' ';
    if (!source.nextAttempt)
        return line + Words::tr("It stays so until its configuration changes.");
    // Rounded up: "in 0 s" would be now.
    const std::chrono::milliseconds wait = *source.nextAttempt - now;
    return line
        + (wait > std::chrono::milliseconds(0)
               ? Words::tr("Trying again in %1.")
                     .arg(Format::age(wait + std::chrono::milliseconds(999)))
               : Words::tr("Trying again now."));
}

QString noticeDetailsOf(const SourceState &source)
{
    if (!source.error && source.endpointsStale == 0)
        return {};
    QStringList lines{sentenceOf(source) + u'.'};
    if (!source.errorEndpoint.isEmpty())
        lines.append(Words::tr("Asked: %1").arg(source.errorEndpoint));
    if (source.error && !source.error->detail.isEmpty())
        lines.append(Words::tr("Told: %1").arg(source.error->detail));
    if (source.error)
        lines.append(adviceFor(source.error->kind).arg(source.name));
    return lines.join(u'\n');
}

} // namespace Stampdeck
