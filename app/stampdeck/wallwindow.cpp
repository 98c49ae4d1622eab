// SPDX-License-Identifier: GPL-3.0-or-later
#include "wallwindow.h"

#include "widgets/glyphs.h"
#include "widgets/mapwidget.h"
#include "widgets/text.h"
#include "widgets/themes.h"

#include "models/fleetquery.h"
#include "models/formatter.h"

#include "backends/api/whendone.h"

#include <QtConcurrent/QtConcurrentRun>
#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

// look.md, section 12.
constexpr int headHeight = 72;
constexpr int footHeight = 56;
constexpr int worst = 3;
constexpr Text::Style countStyle{Text::Face::Display, 34, 700};
constexpr Text::Style clockStyle{Text::Face::Mono, 34, 400};
constexpr Text::Style wordStyle{Text::Face::Ui, 20, 400};
constexpr Text::Style nameStyle{Text::Face::Ui, 20, 700};
constexpr double glyphSize = 26;

} // namespace

WallWindow::WallWindow(const Deck &deck, const QMap<QString, ViewLink> &views)
    : m_deck(deck)
    , m_map(new MapWidget(this))
{
    setObjectName(u"wall"_s);
    setWindowTitle(u"Stampdeck"_s);
    setCursor(Qt::BlankCursor);
    resize(1920, 1080);
    for (auto view = views.cbegin(); view != views.cend(); ++view) {
        if (view->view == viewNames().constFirst())
            m_views.append({view.key(), *view});
    }
    m_map->setObjectName(u"map"_s);
    m_map->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_map->setFocusPolicy(Qt::NoFocus);
    m_map->setClock(m_deck.clock);
    m_map->setVersion(m_deck.feed.version());
    connect(&m_deck.feed, &FleetFeed::changed, this, [this](const ChangeSet &slice) {
        m_map->applyChanges(m_deck.feed.version(), slice);
        if (slice.stampsComeOrGo)
            m_map->fit();
        if (!slice.stamps.empty() || slice.stampsComeOrGo)
            summarizeSoon();
        if (!m_query.isEmpty())
            lookUpMatches();
        update(0, 0, width(), headHeight);
    });
    connect(&Themes::instance(), &Themes::changed, this, qOverload<>(&QWidget::update));
    const auto tick = [this](const auto &again) -> void {
        update(0, 0, width(), headHeight);
        const auto past = m_deck.clock.now().time_since_epoch() % std::chrono::seconds(1);
        m_deck.clock.callLater(std::chrono::seconds(1) - past, this, [again] { again(again); });
    };
    tick(tick);
    showPage(pages().constFirst());
    summarizeSoon();
    turnLater();
}

QList<WallWindow::Page> WallWindow::pages() const
{
    const Page all{tr("All stamps"), {}};
    if (!m_views.isEmpty())
        return m_views;
    QList<Page> made{all};
    QStringList regions;
    for (const FleetSummary::Trouble &trouble : m_summary.troubles) {
        const StampEntry *entry = m_deck.stamp(trouble.stamp);
        if (entry && !entry->stamp->region.isEmpty() && !regions.contains(entry->stamp->region))
            regions.append(entry->stamp->region);
    }
    for (const QString &region : std::as_const(regions)) {
        ViewLink link;
        link.query = Query::term(u"region"_s, region);
        made.append({region, link});
    }
    return made;
}

void WallWindow::turnLater()
{
    m_deck.clock.callLater(m_pageTime, this, [this] {
        turn();
        turnLater();
    });
}

void WallWindow::turn()
{
    const QList<Page> all = pages();
    if (m_deck.fleet().counts.unhealthy > 0) {
        // Whoever looks up has to find it: nothing turns away from it.
        showPage({tr("All stamps"), {}});
        return;
    }
    const auto now = std::find_if(all.begin(), all.end(),
                                  [this](const Page &page) { return page.title == m_page; });
    showPage(all[now == all.end() ? 0 : (now - all.begin() + 1) % all.size()]);
}

void WallWindow::setArrangement(MapArrangement arrangement)
{
    m_arrangement = arrangement;
    m_map->setArrangement(arrangement);
    m_map->fit();
}

void WallWindow::showPage(const Page &page)
{
    m_page = page.title;
    m_query = page.link.query;
    const auto grouping = mapGroupingFromString(page.link.group);
    // The world has regions only.
    const bool isOfWorld = !grouping || *grouping == MapGroupBy::Region;
    m_map->setArrangement(
        mapArrangementFromString(page.link.arrangement)
            .value_or(isOfWorld ? m_arrangement : MapArrangement::Sheet));
    if (grouping)
        m_map->setGrouping(*grouping);
    if (const auto colour = mapColourFromString(page.link.colour))
        m_map->setColour(*colour);
    m_map->fit();
    lookUpMatches();
    setAccessibleDescription(m_page);
    update();
}

void WallWindow::lookUpMatches()
{
    const auto query = Query::parse(m_query);
    const quint64 mine = ++m_asked;
    if (m_query.isEmpty() || !query) {
        m_map->setMatches(std::nullopt);
        return;
    }
    whenDone(QtConcurrent::run([version = m_deck.feed.version(), query = *query] {
                 return filterStamps(*version, query);
             }),
             this, [this, mine](const std::vector<int> &slots_) {
                 if (mine == m_asked)
                     m_map->setMatches(QSet<int>(slots_.begin(), slots_.end()));
             });
}

void WallWindow::summarizeSoon()
{
    m_summarizeAgain = true;
    if (m_summarizing)
        return;
    m_summarizing = true;
    m_summarizeAgain = false;
    whenDone(QtConcurrent::run([version = m_deck.feed.version()] { return summarize(*version); }),
             this, [this](const FleetSummary &summary) {
                 m_summary = summary;
                 update(0, height() - footHeight, width(), footHeight);
                 Q_EMIT refreshed();
                 m_deck.clock.callLater(std::chrono::seconds(1), this, [this] {
                     m_summarizing = false;
                     if (m_summarizeAgain)
                         summarizeSoon();
                 });
             });
}

void WallWindow::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    m_map->setGeometry(0, headHeight, width(), std::max(0, height() - headHeight - footHeight));
    m_map->fit();
}

void WallWindow::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape || event->key() == Qt::Key_Q)
        close();
    else
        QWidget::keyPressEvent(event);
}

void WallWindow::paintEvent(QPaintEvent *)
{
    const Theme &theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF head(0, 0, width(), headHeight);
    const QRectF foot(0, height() - footHeight, width(), footHeight);
    for (const QRectF &bar : {head, foot})
        painter.fillRect(bar, theme[Token::BgWindow]);
    painter.fillRect(QRectF(0, headHeight - 1, width(), 1), theme[Token::LineSubtle]);
    painter.fillRect(QRectF(0, foot.top(), width(), 1), theme[Token::LineSubtle]);
    paintHead(painter, head);
    paintFoot(painter, foot);
}

void WallWindow::paintHead(QPainter &painter, const QRectF &box) const
{
    const Theme &theme = Theme::current();
    Glyphs::logo(painter, {20, 16, 40, 40});
    double x = 84;
    const double base = box.center().y() + 12;
    const FleetCounts &counts = m_deck.fleet().counts;
    const auto bucket = [&](int count, std::optional<Health> health, const QString &word) {
        // What is well is said even when it is none.
        if (count == 0 && health != Health::Healthy)
            return;
        const QRectF glyph(x, box.center().y() - glyphSize / 2, glyphSize, glyphSize);
        if (health)
            Glyphs::health(painter, glyph, *health, theme[Token::BgWindow]);
        else
            Glyphs::stale(painter, glyph.adjusted(0, 5, 0, -5));
        x += glyphSize + 12;
        const QString number = Format::count(count);
        painter.setPen(theme[Token::TextPrimary]);
        Text::draw(painter, {x, base}, number, countStyle);
        x += Text::width(number, countStyle) + 10;
        painter.setPen(theme[Token::TextSecondary]);
        Text::draw(painter, {x, base - 1}, word, wordStyle);
        x += Text::width(word, wordStyle) + 36;
    };
    bucket(counts.unhealthy, Health::Unhealthy, tr("unhealthy"));
    bucket(counts.degraded, Health::Degraded, tr("degraded"));
    bucket(counts.unknown, Health::Unknown, tr("unknown"));
    bucket(counts.stale, std::nullopt, tr("stale"));
    bucket(counts.healthy, Health::Healthy, tr("healthy"));

    const QString time = Format::minute(m_deck.clock.now());
    double right = box.right() - 24;
    painter.setPen(theme[Token::TextTertiary]);
    const QString zone = Format::zone(m_deck.clock.now());
    Text::draw(painter, {right, base - 1}, zone, wordStyle, Text::Align::Right);
    right -= Text::width(zone, wordStyle) + 12;
    painter.setPen(theme[Token::TextPrimary]);
    Text::draw(painter, {right, base}, time, clockStyle, Text::Align::Right);
    right -= Text::width(time, clockStyle) + 40;
    painter.setPen(theme[Token::TextSecondary]);
    Text::draw(painter, {right, base - 1}, Text::elided(m_page, nameStyle, right - x), nameStyle,
               Text::Align::Right);
}

void WallWindow::paintFoot(QPainter &painter, const QRectF &box) const
{
    const Theme &theme = Theme::current();
    const double base = box.center().y() + 7;
    if (m_summary.troubles.isEmpty()) {
        painter.setPen(theme[Token::TextSecondary]);
        const int stamps = m_deck.fleet().counts.stamps;
        Text::draw(painter, {24, base},
                   stamps > 0 ? tr("Nothing needs attention.") : tr("No stamp is known yet."),
                   wordStyle);
        return;
    }
    const double each = (box.width() - 24) / worst;
    double x = 24;
    for (const FleetSummary::Trouble &trouble : m_summary.troubles.mid(0, worst)) {
        const QRectF glyph(x, box.center().y() - 10, 20, 20);
        if (trouble.stale)
            Glyphs::stale(painter, glyph.adjusted(0, 4, 0, -4));
        else
            Glyphs::health(painter, glyph, trouble.health, theme[Token::BgWindow]);
        const double room = each - 30 - 24;
        const QString name = Text::elided(nameOfStamp(trouble.stamp), nameStyle, room * 0.6);
        painter.setPen(theme[Token::TextPrimary]);
        Text::draw(painter, {x + 30, base}, name, nameStyle);
        const double at = Text::width(name, nameStyle) + 12;
        painter.setPen(theme[Token::TextSecondary]);
        Text::draw(painter, {x + 30 + at, base}, Text::elided(trouble.reason, wordStyle, room - at),
                   wordStyle);
        x += each;
    }
}

} // namespace Stampdeck
