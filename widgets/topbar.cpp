// SPDX-License-Identifier: GPL-3.0-or-later
#include "topbar.h"

#include "actionregistry.h"
#include "glyphs.h"
#include "icons.h"
#include "pressareas.h"
#include "themes.h"

#include "models/formatter.h"

#include <QtCore/QRegularExpression>
#include <QtCore/QScopedValueRollback>
#include <QtCore/QStringListModel>
#include <QtCore/QTimer>
#include <QtGui/QInputMethodEvent>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>
#include <QtGui/QTextCharFormat>
#include <QtWidgets/QAbstractItemView>
#include <QtWidgets/QCompleter>
#include <QtWidgets/QToolTip>

#include <cmath>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr int narrowWidth = 1280;
constexpr Text::Style countStyle = Text::rowTitle;
constexpr Text::Style wordStyle = Text::secondLine;
constexpr int textMargin = 25; ///< Of the search: its icon stands there.
constexpr Text::Style liveStyle = Text::rowTitle;
constexpr Text::Style clockStyle{Text::Face::Mono, 13, 400};
constexpr Text::Style zoneStyle{Text::Face::Ui, 11, 400};
constexpr Text::Style plateStyle{Text::Face::Ui, 13, 700};

} // namespace

SearchBox::SearchBox(QWidget *parent)
    : QLineEdit(parent)
    , m_vocabulary(std::make_shared<const QueryVocabulary>())
    , m_words(new QStringListModel(this))
    , m_completer(new QCompleter(m_words, this))
{
    setObjectName(u"search"_s);
    setAccessibleName(tr("search"));
    setPlaceholderText(tr("Search, e.g. health:degraded region:eu-* cpu>80%"));
    setTextMargins(textMargin, 0, 24, 0);
    // What is typed stands in columns; what invites to type is a sentence.
    const auto dress = [this](const QString &typed) {
        setFont(Text::font({typed.isEmpty() ? Text::Face::Ui : Text::Face::Mono, 13, 400}));
    };
    dress({});
    connect(this, &QLineEdit::textChanged, this, dress);
    m_completer->setWidget(this);
    m_completer->setCompletionMode(QCompleter::UnfilteredPopupCompletion);
    connect(m_completer, qOverload<const QModelIndex &>(&QCompleter::activated), this,
            [this](const QModelIndex &index) { take(index.row()); });
    connect(this, &QLineEdit::textChanged, this, &SearchBox::read);
    connect(this, &QLineEdit::textEdited, this, &SearchBox::offer);
    connect(&Themes::instance(), &Themes::changed, this, &SearchBox::color);
}

void SearchBox::setVocabulary(const std::shared_ptr<const QueryVocabulary> &vocabulary)
{
    m_vocabulary = vocabulary;
}

void SearchBox::setHits(const QString &hits)
{
    m_hits = hits;
    setTextMargins(textMargin, 0, hits.isEmpty() ? 24 : int(Text::width(hits, wordStyle)) + 8, 0);
    setAccessibleDescription(m_fault ? m_fault->message : hits);
    update();
}

void SearchBox::read()
{
    const QueryResult parsed = Query::parse(text());
    m_fault = parsed ? std::nullopt : std::optional(parsed.error());
    setToolTip(m_fault ? m_fault->message : QString());
    setAccessibleDescription(m_fault ? m_fault->message : m_hits);
    color();
    if (m_fault) {
        if (hasFocus())
            QToolTip::showText(mapToGlobal(QPoint(26, height())), m_fault->message, this);
    } else {
        QToolTip::hideText();
    }
    const Query query = parsed ? *parsed : Query::notUnderstood(m_fault->message);
    if (query == m_query)
        return;
    m_query = query;
    Q_EMIT queryChanged(m_query);
}

void SearchBox::color()
{
    // A line edit has no highlighter: the formats go in by the door of input methods, which gives
    // them to the text as it stands and changes nothing of it.
    if (m_coloring)
        return;
    const QScopedValueRollback guard(m_coloring, true);
    static const QRegularExpression key(u"([A-Za-z][A-Za-z0-9]*)(?=(:|=|!=|>=|<=|>|<))"_s);
    QList<QInputMethodEvent::Attribute> attributes;
    auto matches = key.globalMatch(text());
    while (matches.hasNext()) {
        const QRegularExpressionMatch match = matches.next();
        QTextCharFormat format;
        format.setForeground(Theme::current()[Token::AccentText]);
        attributes.append({QInputMethodEvent::TextFormat,
                           int(match.capturedStart(1)) - cursorPosition(),
                           int(match.capturedLength(1)), format});
    }
    if (m_fault && !text().isEmpty()) {
        const int at = std::clamp(int(m_fault->position), 0, int(text().size()) - 1);
        QTextCharFormat format;
        format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
        format.setUnderlineColor(Theme::current()[Token::DegradedEdge]);
        attributes.append({QInputMethodEvent::TextFormat, at - cursorPosition(),
                           std::max(1, int(m_fault->length)), format});
    }
    QInputMethodEvent event({}, attributes);
    QLineEdit::inputMethodEvent(&event);
}

void SearchBox::offer()
{
    m_offered = completeQuery(text(), cursorPosition(), *m_vocabulary);
    if (m_offered.list.isEmpty()) {
        m_completer->popup()->hide();
        return;
    }
    QStringList words;
    for (const QueryCompletion &one : std::as_const(m_offered.list))
        words.append(one.help.isEmpty() ? one.label : QString(one.label + u"  " + one.help));
    m_words->setStringList(words);
    QRect at = rect();
    at.setLeft(26);
    at.setWidth(std::max(260, width() - 26));
    m_completer->complete(at);
}

void SearchBox::take(int row)
{
    if (row < 0 || row >= m_offered.list.size())
        return;
    const QString word = m_offered.list[row].insert;
    const qsizetype start = m_offered.start;
    QString now = text();
    now.replace(start, m_offered.length, word);
    setText(now);
    setCursorPosition(int(start + word.size()));
}

void SearchBox::keyPressEvent(QKeyEvent *event)
{
    if (m_completer->popup()->isVisible()) {
        // The popup has these first, and hands on what it does not know.
        switch (event->key()) {
        case Qt::Key_Enter:
        case Qt::Key_Return:
        case Qt::Key_Escape:
        case Qt::Key_Tab:
            event->ignore();
            return;
        default:
            break;
        }
    }
    if (event->key() == Qt::Key_Escape) {
        if (text().isEmpty())
            event->ignore();
        else
            clear();
        return;
    }
    QLineEdit::keyPressEvent(event);
}

void SearchBox::focusInEvent(QFocusEvent *event)
{
    QLineEdit::focusInEvent(event);
    update();
}

void SearchBox::paintEvent(QPaintEvent *event)
{
    QLineEdit::paintEvent(event);
    const Theme &theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    Icons::draw(painter, {11, 9}, u"search"_s, 14, theme[Token::TextSecondary]);
    if (!m_hits.isEmpty()) {
        painter.setPen(theme[m_fault ? Token::DegradedText : Token::TextSecondary]);
        Text::draw(painter, {width() - 10.0, 20.5}, m_hits, wordStyle, Text::Align::Right);
    } else if (text().isEmpty() && !hasFocus()) {
        const QRectF box(width() - 26.5, 7.5, 17, 17);
        painter.setPen(theme[Token::LineDefault]);
        painter.setBrush(theme[Token::BgRaised]);
        painter.drawRoundedRect(box, 3, 3);
        painter.setPen(theme[Token::TextSecondary]);
        Text::draw(painter, {box.center().x(), 20}, u"/"_s, {Text::Face::Ui, 11, 500},
                   Text::Align::Center);
    }
}

FleetStrip::FleetStrip(QWidget *parent)
    : QWidget(parent)
{
    setObjectName(u"fleetStrip"_s);
    setAccessibleName(tr("fleet"));
    setCursor(Qt::PointingHandCursor);
    m_areas = new PressAreas(this, [this](int at) {
        if (const QList<Bucket> all = buckets(); at < all.size())
            Q_EMIT clicked(queryOf(all[at]));
    });
    connect(&Themes::instance(), &Themes::changed, this, qOverload<>(&QWidget::update));
}

void FleetStrip::placeAreas()
{
    QList<PressAreas::Area> areas;
    for (const Bucket &bucket : buckets())
        areas.append({bucket.top.toAlignedRect(), Format::count(bucket.count) + u' ' + bucket.word,
                      tr("filters by it")});
    m_areas->set(areas);
}

QString FleetStrip::queryOf(const Bucket &bucket)
{
    return bucket.health ? QString(u"health:"_s + toString(*bucket.health)) : u"stale:true"_s;
}

void FleetStrip::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    placeAreas();
}

void FleetStrip::setCounts(const FleetCounts &counts)
{
    if (m_counts == counts)
        return;
    m_counts = counts;
    QStringList parts;
    for (const Bucket &bucket : buckets())
        parts.append(Format::count(bucket.count) + u' ' + bucket.word);
    setAccessibleDescription(parts.join(u", "));
    placeAreas();
    update();
}

void FleetStrip::setWords(bool words)
{
    m_words = words;
    placeAreas();
    update();
}

QList<FleetStrip::Bucket> FleetStrip::buckets() const
{
    const std::pair<std::optional<Health>, int> all[] = {{Health::Healthy, m_counts.healthy},
                                                         {Health::Degraded, m_counts.degraded},
                                                         {Health::Unhealthy, m_counts.unhealthy},
                                                         {Health::Unknown, m_counts.unknown},
                                                         {std::nullopt, m_counts.stale}};
    QList<Bucket> list;
    for (const auto &[health, count] : all) {
        if (count > 0)
            list.append({health, count, health ? Format::word(*health) : tr("stale"), {}, {}});
    }
    const bool words = m_words && m_counts.stamps <= 10'000;
    double x = 0;
    for (Bucket &bucket : list) {
        const double start = x;
        x += bucket.health ? 17 : 21;
        x += Text::width(Format::count(bucket.count), countStyle) + 5;
        if (words)
            x += Text::width(bucket.word, wordStyle);
        bucket.top = {start, 0, x - start, 16};
        x += words ? 15 : 9;
    }
    const double room = width() - 3.0 * double(list.size() - 1);
    double sum = 0;
    QList<double> widths;
    for (const Bucket &bucket : list) {
        widths.append(std::max(7.0, room * bucket.count / std::max(1, m_counts.stamps)));
        sum += widths.last();
    }
    x = 0;
    for (int at = 0; at < list.size(); ++at) {
        const double w = widths[at] / sum * room;
        list[at].bar = {x, 20, w, 8};
        x += w + 3;
    }
    return list;
}

void FleetStrip::paintEvent(QPaintEvent *)
{
    const Theme &theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool words = m_words && m_counts.stamps <= 10'000;
    for (const Bucket &bucket : buckets()) {
        double x = bucket.top.x();
        const std::optional<Health> health = bucket.health;
        if (health) {
            Glyphs::health(painter, {x, 0, 12, 12}, *health, theme[Token::BgWindow]);
            x += 17;
        } else {
            Glyphs::stale(painter, {x, 1, 16, 10});
            x += 21;
        }
        const QString count = Format::count(bucket.count);
        painter.setPen(theme[Token::TextPrimary]);
        Text::draw(painter, {x, 11}, count, countStyle);
        x += Text::width(count, countStyle) + 5;
        if (words) {
            painter.setPen(theme[Token::TextSecondary]);
            Text::draw(painter, {x, 11}, bucket.word, wordStyle);
        }
        if (!health) {
            painter.setPen(QPen(theme[Token::StaleEdge], 1));
            painter.setBrush(Glyphs::hatching());
            painter.drawRect(bucket.bar.adjusted(0.5, 0.5, -0.5, -0.5));
        } else if (*health == Health::Unknown) {
            painter.setPen(QPen(theme[Token::UnknownCell], 1));
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(bucket.bar.adjusted(0.5, 0.5, -0.5, -0.5));
        } else {
            painter.fillRect(bucket.bar, theme[Glyphs::cellToken(*health)]);
        }
    }
}

void FleetStrip::mousePressEvent(QMouseEvent *event)
{
    for (const Bucket &bucket : buckets()) {
        if (bucket.top.contains(event->position()) || bucket.bar.contains(event->position())) {
            Q_EMIT clicked(queryOf(bucket));
            return;
        }
    }
}

bool FleetStrip::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        for (const Bucket &bucket : buckets()) {
            if (bucket.top.contains(help->pos()) || bucket.bar.contains(help->pos())) {
                QToolTip::showText(help->globalPos(),
                                   Format::count(bucket.count) + u' ' + bucket.word, this);
                return true;
            }
        }
    }
    return QWidget::event(event);
}

LiveClock::LiveClock(Clock &clock, QWidget *parent)
    : QWidget(parent)
    , m_clock(clock)
{
    setObjectName(u"clock"_s);
    tick();
}

void LiveClock::refresh()
{
    const QString time = Format::secondOfZone(m_clock.now());
    setAccessibleName(m_past ? tr("Replay, %1").arg(time) : tr("Live, %1").arg(time));
    setToolTip(m_past ? tr("Back to live (L)") : tr("Look at the past (R)"));
    update();
}

void LiveClock::setPast(bool past)
{
    m_past = past;
    updateGeometry();
    refresh();
}

void LiveClock::mousePressEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton)
        Q_EMIT pressed();
}

void LiveClock::tick()
{
    refresh();
    const auto past = m_clock.now().time_since_epoch() % std::chrono::seconds(1);
    m_clock.callLater(std::chrono::seconds(1) - past, this, [this] { tick(); });
}

void LiveClock::setSeconds(bool seconds)
{
    m_seconds = seconds;
    updateGeometry();
    update();
}

// Behind the word, which is longer in other languages.
double LiveClock::timeAt() const
{
    return std::max(52.0, 22 + Text::width(tr("Live"), liveStyle) + 6);
}

QSize LiveClock::sizeHint() const
{
    if (m_past && m_seconds) {
        const double needs = 33 + Text::width(tr("Replay"), plateStyle) + 16
            + Text::width(Format::secondOfZone(m_clock.now()), plateStyle) + 10;
        return {std::max(plateSize.width(), int(std::ceil(needs))), plateSize.height()};
    }
    if (m_past)
        return {int(std::ceil(33 + Text::width(Format::second(m_clock.now()), plateStyle) + 10)),
                plateSize.height()};
    const QString time = m_seconds ? Format::second(m_clock.now()) : Format::minute(m_clock.now());
    const double needs = timeAt() + Text::width(time, clockStyle) + 8
        + Text::width(Format::zone(m_clock.now()), zoneStyle) + 2;
    return {std::max(m_seconds ? 150 : 124, int(std::ceil(needs))), 30};
}

void LiveClock::paintEvent(QPaintEvent *)
{
    const Theme &theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_past) {
        paintPlate(painter);
        return;
    }
    const QColor dot = theme[Token::HealthyGlyph];
    painter.setPen(QPen(mixed(theme[Token::BgWindow], dot, 0.5), 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawEllipse(QPointF(8, 15), 7, 7);
    painter.setPen(Qt::NoPen);
    painter.setBrush(dot);
    painter.drawEllipse(QPointF(8, 15), 4, 4);
    painter.setPen(theme[Token::TextPrimary]);
    Text::draw(painter, {22, 19.5}, tr("Live"), liveStyle);
    const QString time = m_seconds ? Format::second(m_clock.now()) : Format::minute(m_clock.now());
    Text::draw(painter, {timeAt(), 19.5}, time, clockStyle);
    painter.setPen(theme[Token::TextTertiary]);
    Text::draw(painter, {timeAt() + Text::width(time, clockStyle) + 8, 19.5},
               Format::zone(m_clock.now()), zoneStyle);
}

// Where there is no room it says the time alone: the banner below says what it is.
void LiveClock::paintPlate(QPainter &painter) const
{
    const Theme &theme = Theme::current();
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme[Token::ReplayLine]);
    painter.drawRoundedRect(QRectF(rect()), 4, 4);
    const QColor ink = theme[Token::ReplayOnLine];
    Icons::draw(painter, {10, 7}, u"clock-history"_s, 16, ink);
    painter.setPen(ink);
    if (m_seconds)
        Text::draw(painter, {33, 20}, tr("Replay"), plateStyle);
    Text::draw(painter, {width() - 10.0, 20},
               m_seconds ? Format::secondOfZone(m_clock.now()) : Format::second(m_clock.now()),
               plateStyle, Text::Align::Right);
}

TopBar::TopBar(Deck &deck, ActionRegistry &actions, QWidget *parent)
    : Surface(Token::BgWindow, Qt::BottomEdge, parent)
    , m_deck(deck)
    , m_search(new SearchBox(this))
    , m_actions(new Button(Button::Kind::Plain, tr("Actions"), u"command"_s, this))
    , m_clock(new LiveClock(deck.clock, this))
    , m_strip(new FleetStrip(this))
    , m_bell(Button::iconOnly(u"bell"_s, tr("What needs attention"), this))
    , m_theme(Button::iconOnly(u"sun"_s, tr("Dark or light"), this))
    , m_panel(Button::iconOnly(u"layout-sidebar-inset-reverse"_s, tr("Panel"), this))
{
    setObjectName(u"topBar"_s);
    m_actions->setObjectName(u"actionsButton"_s);
    m_actions->setAccessibleName(tr("Actions"));
    m_actions->setKey(u"Ctrl K"_s);
    m_bell->setObjectName(u"bell"_s);
    m_theme->setObjectName(u"themeToggle"_s);
    m_panel->setObjectName(u"panelToggle"_s);
    connect(m_actions, &Button::clicked, actions.action(u"palette"_s), &QAction::trigger);
    connect(m_theme, &Button::clicked, actions.action(u"theme.toggle"_s), &QAction::trigger);
    connect(m_panel, &Button::clicked, actions.action(u"panel.toggle"_s), &QAction::trigger);
    connect(m_bell, &Button::clicked, this, &TopBar::bellPressed);
    const auto dress = [this] {
        m_theme->setIconName(Theme::current().isDark() ? u"sun"_s : u"moon"_s);
    };
    dress();
    connect(&Themes::instance(), &Themes::changed, this, dress);
    m_strip->setCounts(deck.fleet().counts);
    connect(&deck.feed, &FleetFeed::changed, this,
            [this, &deck] {
                m_strip->setCounts(deck.fleet().counts);
                m_clock->refresh();
            });
    connect(&deck.feed, &FleetFeed::pastChanged, this, [this](bool isPast) {
        m_clock->setPast(isPast);
        arrange();
        update();
    });
    connect(m_strip, &FleetStrip::clicked, this, [this](const QString &query) {
        m_search->setText(query);
    });
}

void TopBar::setNews(bool news)
{
    m_bell->setBadge(news);
}

void TopBar::resizeEvent(QResizeEvent *event)
{
    Surface::resizeEvent(event);
    arrange();
}

void TopBar::arrange()
{
    const bool isNarrow = width() < narrowWidth;
    m_search->setGeometry(76, 10, isNarrow ? 240 : 404, 32);
    m_actions->setText(isNarrow ? QString() : tr("Actions"));
    m_actions->setKey(isNarrow ? QString() : u"Ctrl K"_s);
    const int afterSearch = 76 + m_search->width() + 10;
    const QSize actions = m_actions->sizeHint();
    m_actions->setGeometry(afterSearch, 12, actions.width(), 28);
    m_clock->setSeconds(!isNarrow);
    const int clockX = isNarrow ? afterSearch + actions.width() + 14 : 652;
    m_clock->setGeometry(clockX, 11, m_clock->sizeHint().width(), 30);
    const int stripEnd = width() - 242;
    const int stripX = isNarrow ? clockX + m_clock->width() + 14
                                : std::max(clockX + m_clock->width() + 20, stripEnd - 500);
    m_strip->setGeometry(stripX, 12, std::max(80, stripEnd - stripX), 28);
    m_strip->setWords(stripEnd - stripX >= 440);
    m_bell->setGeometry(width() - 208, 12, 30, 28);
    m_theme->setGeometry(width() - 172, 12, 30, 28);
    m_panel->setGeometry(width() - 136, 12, 30, 28);
}

void TopBar::paintEvent(QPaintEvent *event)
{
    Surface::paintEvent(event);
    const Theme &theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    Glyphs::logo(painter, {17, 11, 30, 30});
    painter.fillRect(QRectF(width() - 96, 14, 1, 24), theme[Token::LineDefault]);
    Icons::draw(painter, {width() - 85.0, 19}, u"lock"_s, 14, theme[Token::TextSecondary]);
    painter.setPen(theme[Token::TextSecondary]);
    const QString who = m_deck.acts() ? m_deck.actor : tr("read only");
    Text::draw(painter, {width() - 65.0, 30.5}, Text::elided(who, wordStyle, 58), wordStyle);
}

} // namespace Stampdeck
