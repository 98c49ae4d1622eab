// SPDX-License-Identifier: GPL-3.0-or-later
#include "replaybar.h"

#include "glyphs.h"
#include "icons.h"
#include "themes.h"

#include "models/formatter.h"
#include "models/historywords.h"

#include <QtCore/QScopedValueRollback>
#include <QtGui/QHelpEvent>
#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QButtonGroup>
#include <QtWidgets/QToolTip>

#include <algorithm>
#include <cmath>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

constexpr Text::Style timeStyle{Text::Face::Mono, 17, 600};
constexpr Text::Style dayStyle = Text::secondLine;
constexpr Text::Style hintStyle = Text::axis;
constexpr Text::Style markStyle = Text::axis;
constexpr double playX = 81; ///< Middle of what stands at the left.
constexpr double markY = 20; ///< Middle of the icons.
constexpr double knobY = 109;
constexpr double labelY = 118;
constexpr double nearMarks = 14; ///< Nearer ones share a place.

/// look.md: what is to come stands at a fifth of its strength.
constexpr double afterwards = 0.2;

QString timeOf(Timestamp time, Timestamp now)
{
    const QString second = Format::secondOfZone(time);
    const bool isToday = Format::dateTime(time).date() == Format::dateTime(now).date();
    //: %1 a day, %2 a time and its zone
    return isToday ? second : ReplayBar::tr("%1, %2", "a day").arg(Format::day(time), second);
}

} // namespace

ReplayTrack::ReplayTrack(ReplayController &replay, QWidget *parent)
    : QAbstractSlider(parent)
    , m_replay(replay)
{
    setObjectName(u"replay"_s);
    setAccessibleName(tr("replay"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setOrientation(Qt::Horizontal);
    connect(&replay, &ReplayController::moved, this, &ReplayTrack::refresh);
    connect(&replay, &ReplayController::viewChanged, this, qOverload<>(&QWidget::update));
    connect(&replay, &ReplayController::timelineChanged, this, &ReplayTrack::refresh);
    connect(&Themes::instance(), &Themes::changed, this, qOverload<>(&QWidget::update));
}

QRectF ReplayTrack::track() const
{
    return QRectF(margin, trackTop, width() - 2.0 * margin, trackHeight);
}

double ReplayTrack::xOf(Timestamp time) const
{
    const QRectF box = track();
    const auto span = double((m_replay.viewTo() - m_replay.viewFrom()).count());
    return box.x()
        + double((time - m_replay.viewFrom()).count()) / std::max(1.0, span) * box.width();
}

Timestamp ReplayTrack::timeAt(double x) const
{
    const QRectF box = track();
    const auto span = double((m_replay.viewTo() - m_replay.viewFrom()).count());
    return m_replay.viewFrom()
        + milliseconds(qint64((x - box.x()) / std::max(1.0, box.width()) * span));
}

std::pair<milliseconds, milliseconds> ReplayTrack::steps() const
{
    constexpr std::array<milliseconds, 14> labels = {10s, 30s, 1min, 2min, 10min, 20min, 30min,
                                                     1h,  2h,  6h,   12h,  24h,   48h,   168h};
    const double perPixel =
        double((m_replay.viewTo() - m_replay.viewFrom()).count()) / std::max(1.0, track().width());
    const auto enough = std::find_if(labels.begin(), labels.end(), [perPixel](milliseconds step) {
        return double(step.count()) / perPixel >= 96;
    });
    const milliseconds label = enough == labels.end() ? 672h : *enough;
    return {label / 2, label};
}

void ReplayTrack::refresh()
{
    const Timestamp now = m_replay.now();
    const Timestamp at = m_replay.moment();
    const HistoryTimeline *timeline = m_replay.timeline();
    if (timeline && !timeline->recorded.isEmpty()) {
        const QScopedValueRollback guard(m_isSetting, true);
        const Timestamp first = timeline->recorded.first().from;
        const auto seconds = [first](Timestamp time) {
            return int(std::chrono::duration_cast<std::chrono::seconds>(time - first).count());
        };
        setRange(0, seconds(now));
        setSingleStep(1);
        setPageStep(60);
        setValue(seconds(at));
    }
    setAccessibleDescription(tr("%1, %2 ago").arg(timeOf(at, now), Format::exactAge(now - at)));
    update();
}

// By assistive technology; our own moves come from the replay.
void ReplayTrack::sliderChange(SliderChange change)
{
    QAbstractSlider::sliderChange(change);
    const HistoryTimeline *timeline = m_replay.timeline();
    if (change == SliderValueChange && !m_isSetting && timeline && !timeline->recorded.isEmpty())
        m_replay.seek(timeline->recorded.first().from + std::chrono::seconds(value()));
}

QList<ReplayTrack::Place> ReplayTrack::places() const
{
    QList<Place> all;
    const HistoryTimeline *timeline = m_replay.timeline();
    if (!timeline)
        return all;
    for (const HistoryTimeline::Mark &mark : timeline->marks) {
        if (!HistoryWords::isNotable(mark) || mark.at < m_replay.viewFrom()
            || mark.at > m_replay.viewTo())
            continue;
        const double x = xOf(mark.at);
        if (all.isEmpty() || x - all.last().x > nearMarks)
            all.append({x, mark.at, {}});
        QList<const HistoryTimeline::Mark *> &marks = all.last().marks;
        if (!marks.isEmpty() && HistoryWords::isTrouble(mark)
            && !HistoryWords::isTrouble(*marks.first()))
            marks.prepend(&mark);
        else
            marks.append(&mark);
    }
    return all;
}

const ReplayTrack::Place *ReplayTrack::placeAt(const QList<Place> &all, const QPointF &point) const
{
    if (point.y() > trackTop - 4)
        return nullptr;
    const auto found = std::find_if(all.begin(), all.end(), [&point](const Place &each) {
        return std::abs(each.x - point.x()) <= 9;
    });
    return found == all.end() ? nullptr : &*found;
}

void ReplayTrack::paintEvent(QPaintEvent *)
{
    const Theme &theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box = track();
    painter.fillRect(box, theme[Token::BgCanvas]);
    paintCounts(painter, box);
    paintGaps(painter, box);
    paintAxis(painter, box);
    paintPlaces(painter, box);

    const double x = xOf(m_replay.moment());
    if (m_hover && !m_isScrubbing && box.contains(*m_hover, box.center().y())) {
        painter.setPen(QPen(theme[Token::TextTertiary], 1));
        painter.drawLine(QPointF(std::round(*m_hover) + 0.5, box.y()),
                         QPointF(std::round(*m_hover) + 0.5, box.bottom()));
    }
    if (x >= box.x() - 1 && x <= box.right() + 1) {
        painter.fillRect(QRectF(std::round(x) - 1, box.y() - 8, 2, knobY - box.y() + 8),
                         theme[Token::ReplayLine]);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme[Token::ReplayLine]);
        painter.drawEllipse(QPointF(std::round(x), knobY), 7, 7);
    }
    if (m_hover && !m_isScrubbing && box.contains(*m_hover, box.center().y())) {
        const QString words = timeOf(timeAt(*m_hover), m_replay.now());
        const double w = Text::width(words, hintStyle) + 14;
        const double left = std::clamp(*m_hover - w / 2, 0.0, width() - w);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme[Token::TextPrimary]);
        painter.drawRoundedRect(QRectF(left, box.bottom() + 6, w, 18), 3, 3);
        painter.setPen(theme[Token::BgPanel]);
        Text::draw(painter, {left + w / 2, box.bottom() + 19}, words, hintStyle,
                   Text::Align::Center);
    }
}

// Stacked, the worst at the bottom: of each column what was worst in its time.
void ReplayTrack::paintCounts(QPainter &painter, const QRectF &track) const
{
    const HistoryTimeline *timeline = m_replay.timeline();
    if (!timeline || timeline->counts.empty())
        return;
    const Theme &theme = Theme::current();
    struct Column
    {
        int unhealthy = 0, degraded = 0, unknown = 0;
        bool known = false;
    };
    std::vector<Column> columns(size_t(std::max(1.0, track.width())));
    const auto &counts = timeline->counts;
    auto next = std::upper_bound(
        counts.begin(), counts.end(), m_replay.viewFrom(),
        [](Timestamp time, const HistoryTimeline::Counts &each) { return time < each.at; });
    int most = 4; // one stamp of a small fleet is no tower
    const Timestamp end = std::min(timeline->to, m_replay.now());
    for (size_t at = 0; at < columns.size(); ++at) {
        const Timestamp from = timeAt(track.x() + double(at));
        const Timestamp to = timeAt(track.x() + double(at) + 1);
        if (from > end)
            break;
        Column &column = columns[at];
        const auto take = [&column](const FleetCounts &is) {
            column.unhealthy = std::max(column.unhealthy, is.unhealthy);
            column.degraded = std::max(column.degraded, is.degraded);
            column.unknown = std::max(column.unknown, is.unknown + is.stale);
            column.known = true;
        };
        if (next != counts.begin())
            take(std::prev(next)->counts);
        for (; next != counts.end() && next->at < to; ++next)
            take(next->counts);
        most = std::max(most, column.unhealthy + column.degraded + column.unknown);
    }
    const double now = xOf(m_replay.moment()) - track.x();
    const double unit = (track.height() - 6) / most;
    const QColor ground = theme[Token::BgCanvas];
    struct Layer
    {
        int Column::*count;
        Token token;
    };
    constexpr std::array<Layer, 3> layers = {{{&Column::unhealthy, Token::UnhealthyCell},
                                              {&Column::degraded, Token::DegradedCell},
                                              {&Column::unknown, Token::UnknownCell}}};
    painter.setRenderHint(QPainter::Antialiasing, false);
    for (size_t at = 0; at < columns.size(); ++at) {
        const Column &column = columns[at];
        const double strength = double(at) <= now ? 1 : afterwards;
        double bottom = track.bottom();
        for (const Layer &layer : layers) {
            const int count = column.*layer.count;
            if (!column.known || count == 0)
                continue;
            const double height = std::max(3.0, std::round(count * unit));
            const QColor full = theme[layer.token];
            const double x = track.x() + double(at);
            painter.fillRect(
                QRectF(x, bottom - height, 1, height),
                mixed(ground, full, (layer.count == &Column::unhealthy ? 0.85 : 0.5) * strength));
            painter.fillRect(QRectF(x, bottom - height, 1, 2), mixed(ground, full, strength));
            bottom -= height;
        }
    }
    painter.setRenderHint(QPainter::Antialiasing);
}

void ReplayTrack::paintGaps(QPainter &painter, const QRectF &track) const
{
    const HistoryTimeline *timeline = m_replay.timeline();
    if (!timeline)
        return;
    const Theme &theme = Theme::current();
    const Timestamp now = m_replay.now();
    const auto gap = [&](Timestamp from, Timestamp to) {
        const double left = std::max(track.x(), xOf(from));
        const double right = std::min(track.right(), xOf(std::min(to, now)));
        if (right - left < 1)
            return;
        const QRectF box(left, track.y(), right - left, track.height());
        painter.fillRect(box, theme[Token::BgWindow]);
        painter.fillRect(box, QBrush(theme[Token::LineStrong], Qt::BDiagPattern));
        const QString words = tr("no record");
        if (Text::width(words, markStyle) + 8 < box.width()) {
            painter.setPen(theme[Token::TextTertiary]);
            Text::draw(painter, {box.center().x(), track.y() - 5}, words, markStyle,
                       Text::Align::Center);
        }
    };
    Timestamp known = Timestamp(0ms);
    for (const RecordedRange &range : timeline->recorded) {
        if (range.from > known)
            gap(known, range.from);
        known = range.to;
    }
    // What has just been recorded may not be written yet.
    if (now - known > 15s)
        gap(known, now);
    if (const double live = xOf(now); live >= track.x() && live <= track.right()) {
        painter.fillRect(QRectF(std::round(live), track.y(), 2, track.height()),
                         theme[Token::HealthyGlyph]);
        painter.setPen(theme[Token::HealthyText]);
        Text::draw(painter, {live + 6, track.y() + 11}, tr("live"), {Text::Face::Ui, 11, 600});
    }
}

void ReplayTrack::paintAxis(QPainter &painter, const QRectF &track) const
{
    const Theme &theme = Theme::current();
    const auto [tick, label] = steps();
    painter.fillRect(QRectF(track.x(), track.bottom(), track.width(), 1), theme[Token::LineStrong]);
    // Whole steps of the zone that is shown.
    const auto offset = std::chrono::seconds(Format::dateTime(m_replay.viewFrom()).offsetFromUtc());
    const auto begin = (m_replay.viewFrom() + offset).time_since_epoch() / tick * tick;
    for (auto at = begin; Timestamp(at) - offset <= m_replay.viewTo(); at += tick) {
        const Timestamp time = Timestamp(at) - offset;
        const double x = std::round(xOf(time));
        if (x < track.x() || x > track.right())
            continue;
        const bool isLabelled = at % label == 0ms;
        painter.fillRect(QRectF(x, track.bottom(), 1, isLabelled ? 7 : 4),
                         theme[Token::LineStrong]);
        if (!isLabelled)
            continue;
        const bool isDay = at % milliseconds(24h) == 0ms;
        const QString words = isDay ? Format::day(time)
            : label < 1min          ? Format::second(time)
                                    : Format::minute(time);
        painter.setPen(theme[Token::TextSecondary]);
        Text::draw(painter, {x, labelY}, words, hintStyle, Text::Align::Center);
    }
}

void ReplayTrack::paintPlaces(QPainter &painter, const QRectF &track) const
{
    const Theme &theme = Theme::current();
    const QList<Place> all = places();
    const double now = xOf(m_replay.moment());
    double taken = 0; // to where words stand already
    for (int at = 0; at < all.size(); ++at) {
        const Place &place = all[at];
        const HistoryTimeline::Mark &mark = *place.marks.first();
        const bool isAfter = place.x > now + 0.5;
        const double x = std::round(place.x);
        const std::optional<Health> health = HistoryWords::health(mark);
        const QColor ink = isAfter          ? theme[Token::TextDisabled]
            : HistoryWords::isTrouble(mark) ? theme[Token::UnhealthyText]
                                            : theme[Token::TextSecondary];
        QPen pen(isAfter ? theme[Token::LineStrong] : ink, 1);
        if (isAfter)
            pen.setDashPattern({2, 3});
        painter.setPen(pen);
        painter.drawLine(QPointF(x + 0.5, markY + 9), QPointF(x + 0.5, track.bottom()));
        if (health && isAfter)
            Glyphs::health(painter, {x - 6, markY - 6, 12, 12}, Health::Unknown,
                           theme[Token::TextDisabled], theme[Token::BgWindow]);
        else if (health)
            Glyphs::health(painter, {x - 6, markY - 6, 12, 12}, *health, theme[Token::BgWindow]);
        else
            Icons::draw(painter, {x - 7, markY - 7}, HistoryWords::icon(mark), 14, ink);
        // Words where there is room until the next.
        const double left = x + 11;
        const double right = at + 1 < all.size() ? all[at + 1].x - 14 : width() - 4.0;
        const QString words = place.marks.size() > 1
            ? tr("%Ln change(s)", nullptr, int(place.marks.size()))
            : HistoryWords::brief(mark);
        if (left > taken && right - left >= 48
            && (Text::width(words, markStyle) <= right - left || right - left >= 110)) {
            const QString shown = Text::elided(words, markStyle, right - left);
            painter.setPen(ink);
            Text::draw(painter, {left, markY + 4}, shown, markStyle);
            taken = left + Text::width(shown, markStyle);
        }
    }
}

void ReplayTrack::mousePressEvent(QMouseEvent *event)
{
    if (event->button() == Qt::MiddleButton) {
        m_panFrom = event->position().x();
        return;
    }
    if (event->button() != Qt::LeftButton)
        return;
    const QList<Place> all = places();
    if (const Place *place = placeAt(all, event->position())) {
        m_replay.setPlaying(false);
        m_replay.seek(place->marks.first()->at);
        return;
    }
    m_isScrubbing = true;
    m_replay.setPlaying(false);
    m_replay.seek(timeAt(std::clamp(event->position().x(), track().x(), track().right())));
}

void ReplayTrack::mouseMoveEvent(QMouseEvent *event)
{
    const double x = event->position().x();
    if (m_panFrom) {
        const auto by = timeAt(*m_panFrom) - timeAt(x);
        m_panFrom = x;
        m_replay.setView(m_replay.viewFrom() + by, m_replay.viewTo() + by);
    } else if (m_isScrubbing) {
        m_replay.seek(timeAt(std::clamp(x, track().x(), track().right())));
    }
    m_hover = x;
    const QList<Place> all = places();
    setCursor(placeAt(all, event->position()) ? Qt::PointingHandCursor : Qt::ArrowCursor);
    update();
}

void ReplayTrack::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() == Qt::MiddleButton)
        m_panFrom.reset();
    if (event->button() == Qt::LeftButton)
        m_isScrubbing = false;
    update();
}

void ReplayTrack::leaveEvent(QEvent *event)
{
    QAbstractSlider::leaveEvent(event);
    m_hover.reset();
    update();
}

// Up and down zooms where the pointer is, across pans.
void ReplayTrack::wheelEvent(QWheelEvent *event)
{
    const QPoint delta = event->angleDelta();
    if (delta.x() != 0 && std::abs(delta.x()) > std::abs(delta.y())) {
        const auto by = (m_replay.viewTo() - m_replay.viewFrom()) * -delta.x() / 1200;
        m_replay.setView(m_replay.viewFrom() + by, m_replay.viewTo() + by);
    } else if (delta.y() != 0) {
        m_replay.zoom(std::pow(0.8, delta.y() / 120.0), timeAt(event->position().x()));
    }
    event->accept();
}

// Steps and minutes are the window's keys.
void ReplayTrack::keyPressEvent(QKeyEvent *event)
{
    const HistoryTimeline *timeline = m_replay.timeline();
    switch (event->key()) {
    case Qt::Key_PageUp:
        m_replay.seekBy(-10min);
        return;
    case Qt::Key_PageDown:
        m_replay.seekBy(10min);
        return;
    case Qt::Key_Home:
        if (timeline && !timeline->recorded.isEmpty())
            m_replay.seek(timeline->recorded.first().from);
        return;
    case Qt::Key_End:
        m_replay.seek(m_replay.now());
        return;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
    case Qt::Key_Up:
        m_replay.zoom(0.8, m_replay.moment());
        return;
    case Qt::Key_Minus:
    case Qt::Key_Down:
        m_replay.zoom(1.25, m_replay.moment());
        return;
    default:
        event->ignore();
    }
}

bool ReplayTrack::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const QList<Place> all = places();
        const Place *place = placeAt(all, help->pos());
        if (!place) {
            QToolTip::hideText();
            return true;
        }
        constexpr int most = 12;
        QStringList lines;
        for (const HistoryTimeline::Mark *mark : place->marks.mid(0, most))
            lines.append(Format::second(mark->at) + u"  "_s
                         + HistoryWords::sentence(*mark).toHtmlEscaped());
        if (place->marks.size() > most)
            lines.append(tr("and %Ln more", nullptr, int(place->marks.size()) - most));
        QToolTip::showText(help->globalPos(), lines.join(u"<br>"_s), this);
        return true;
    }
    return QAbstractSlider::event(event);
}

/// Round, 42 across: the one that one presses all the time.
class ReplayBar::PlayButton final : public QAbstractButton
{
public:
    static constexpr int size = 42;
    using QAbstractButton::QAbstractButton;
    void setPlaying(bool playing)
    {
        m_isPlaying = playing;
        update();
    }
    [[nodiscard]] QSize sizeHint() const override { return {size, size}; }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Theme &theme = Theme::current();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(isDown() ? mixed(theme[Token::ReplayLine], theme[Token::ReplayOnLine], 0.2)
                                  : theme[Token::ReplayLine]);
        painter.drawEllipse(rect());
        // Bars and triangle of our own: the icons' are too small for a button of this size.
        painter.setBrush(theme[Token::ReplayOnLine]);
        const QPointF middle = QRectF(rect()).center();
        if (m_isPlaying) {
            painter.drawRoundedRect(QRectF(middle.x() - 6.5, middle.y() - 8, 4.5, 16), 1, 1);
            painter.drawRoundedRect(QRectF(middle.x() + 2, middle.y() - 8, 4.5, 16), 1, 1);
        } else {
            painter.drawPolygon(QPolygonF(
                {middle + QPointF(-5, -8.5), middle + QPointF(9, 0), middle + QPointF(-5, 8.5)}));
        }
    }

private:
    bool m_isPlaying = false;
};

ReplayBar::ReplayBar(ReplayController &replay, QWidget *parent)
    : Surface(Token::BgWindow, {}, parent)
    , m_replay(replay)
    , m_back(Button::iconOnly(u"skip-start"_s, tr("Step back"), this))
    , m_play(new PlayButton(this))
    , m_forward(Button::iconOnly(u"skip-end"_s, tr("Step forward"), this))
    , m_track(new ReplayTrack(replay, this))
    , m_speeds(new QButtonGroup(this))
{
    setObjectName(u"replayBar"_s);
    setFixedHeight(barHeight);
    m_back->setObjectName(u"replayBack"_s);
    m_play->setObjectName(u"replayPlay"_s);
    m_forward->setObjectName(u"replayForward"_s);
    m_play->setAttribute(Qt::WA_Hover);
    for (const int speed : speeds) {
        //: How many times as fast as it was: “16×”
        auto *button = new Button(Button::Kind::Segment, tr("%1×").arg(speed), {}, this);
        button->setObjectName(u"replaySpeed%1"_s.arg(speed));
        button->setAccessibleName(tr("Speed %1×").arg(speed));
        m_speeds->addButton(button, speed);
    }
    m_speeds->button(replay.speed())->setChecked(true);
    connect(m_speeds, &QButtonGroup::idClicked, &replay, &ReplayController::setSpeed);
    connect(m_back, &Button::clicked, this, [this] { Q_EMIT stepRequested(false); });
    connect(m_forward, &Button::clicked, this, [this] { Q_EMIT stepRequested(true); });
    connect(m_play, &QAbstractButton::clicked, &replay,
            [this] { m_replay.setPlaying(!m_replay.isPlaying()); });
    connect(&replay, &ReplayController::playingChanged, this, &ReplayBar::refresh);
    connect(&replay, &ReplayController::moved, this, &ReplayBar::refresh);
    setSteps({});
    refresh();
}

void ReplayBar::setSteps(const QString &name)
{
    m_back->setToolTip(name.isEmpty() ? tr("To the change before (Left)")
                                      : tr("To the change before of %1 (Left)").arg(name));
    m_forward->setToolTip(name.isEmpty() ? tr("To the next change (Right)")
                                         : tr("To the next change of %1 (Right)").arg(name));
}

void ReplayBar::refresh()
{
    m_play->setPlaying(m_replay.isPlaying());
    m_play->setAccessibleName(m_replay.isPlaying() ? tr("Pause the replay") : tr("Play"));
    m_play->setToolTip(m_play->accessibleName());
    update();
}

void ReplayBar::resizeEvent(QResizeEvent *event)
{
    Surface::resizeEvent(event);
    const int middle = int(playX);
    m_play->setGeometry(middle - PlayButton::size / 2, 31, PlayButton::size, PlayButton::size);
    m_back->setGeometry(middle - 44 - 15, 38, 30, 28);
    m_forward->setGeometry(middle + 44 - 15, 38, 30, 28);
    // The bar begins beside the rail; the track's place is one of the window's.
    const int left = ReplayTrack::trackLeft - x();
    m_track->setGeometry(left - ReplayTrack::margin, 0,
                         width() - left - ReplayTrack::trackRight + 2 * ReplayTrack::margin,
                         height());
    int x = width() - 142;
    int y = 12;
    for (const int speed : speeds) {
        if (speed == 60) {
            x = width() - 142;
            y += 32;
        }
        const int wide = speed < 60 ? 40 : 62;
        m_speeds->button(speed)->setGeometry(x, y, wide, 28);
        x += wide + 4;
    }
}

void ReplayBar::paintEvent(QPaintEvent *event)
{
    Surface::paintEvent(event);
    const Theme &theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(QRectF(0, 0, width(), 2), theme[Token::ReplayLine]);
    const Timestamp at = m_replay.moment();
    painter.setPen(theme[Token::TextPrimary]);
    Text::draw(painter, {playX, 97}, Format::second(at), timeStyle, Text::Align::Center);
    painter.setPen(theme[Token::TextSecondary]);
    //: %1 a day, %2 a time zone: “22 Nov, UTC”
    const QString day = tr("%1, %2", "a zone").arg(Format::day(at), Format::zone(at));
    Text::draw(painter, {playX, 116}, day, dayStyle, Text::Align::Center);
    painter.setPen(theme[Token::TextTertiary]);
    double y = 96;
    for (const QString &hint : {tr("← → one step"), tr("Space plays"), tr("L back to live")}) {
        Text::draw(painter, {width() - 142.0, y}, Text::elided(hint, hintStyle, 136), hintStyle);
        y += 16;
    }
}

PastBanner::PastBanner(ReplayController &replay, QWidget *parent)
    : Surface(Token::ReplayLine, {}, parent)
    , m_replay(replay)
    , m_compare(new Button(Button::Kind::Plain, tr("Then and now"), u"layers"_s, this))
    , m_link(new Button(Button::Kind::Plain, tr("Copy link"), u"box-arrow-up-right"_s, this))
    , m_rehearse(new Button(Button::Kind::Plain, tr("Rehearse this…"), u"play"_s, this))
    , m_live(new Button(Button::Kind::Plain, tr("Back to live"), {}, this))
{
    setObjectName(u"pastBanner"_s);
    setAccessibleName(tr("The past"));
    m_compare->setObjectName(u"thenAndNow"_s);
    m_compare->setCheckable(true);
    m_link->setObjectName(u"copyMoment"_s);
    m_link->setAccessibleName(tr("Copy link"));
    m_rehearse->setObjectName(u"rehearseThis"_s);
    m_rehearse->setAccessibleName(tr("Rehearse this…"));
    connect(m_rehearse, &Button::clicked, this, &PastBanner::rehearsalRequested);
    m_live->setObjectName(u"backToLive"_s);
    m_live->setAccessibleName(tr("Back to live"));
    m_live->setKey(u"L"_s);
    connect(m_compare, &Button::clicked, this, &PastBanner::compareRequested);
    connect(m_link, &Button::clicked, this, &PastBanner::linkRequested);
    connect(m_live, &Button::clicked, this, &PastBanner::liveRequested);
    connect(&replay, &ReplayController::moved, this, &PastBanner::refresh);
    // How long ago it was goes on.
    auto *ages = new QTimer(this);
    connect(ages, &QTimer::timeout, this, [this] {
        if (isVisible())
            refresh();
    });
    ages->start(1000);
}

void PastBanner::setComparing(bool comparing)
{
    m_compare->setChecked(comparing);
    m_compare->setText(comparing ? tr("Close then and now") : tr("Then and now"));
    resizeEvent(nullptr);
}

QString PastBanner::words() const
{
    const Timestamp now = m_replay.now();
    const Timestamp at = m_replay.moment();
    const QString when = timeOf(at, now);
    const QString ago = Format::exactAge(now - at);
    return m_replay.isRecorded()
        ? tr("You look at the past: %1, %2 ago. Actions are off.").arg(when, ago)
        : tr("You look at the past: %1, %2 ago. Nobody recorded then: the fleet as it was before. "
             "Actions are off.")
              .arg(when, ago);
}

void PastBanner::refresh()
{
    setAccessibleDescription(words());
    update();
}

void PastBanner::resizeEvent(QResizeEvent *)
{
    const bool isNarrow = width() < 1100;
    m_rehearse->setText(isNarrow ? QString() : tr("Rehearse this…"));
    m_link->setText(isNarrow ? QString() : tr("Copy link"));
    int right = width() - 12;
    for (Button *button : {m_live, m_link, m_rehearse, m_compare}) {
        const QSize size = button->sizeHint();
        button->setGeometry(right - size.width(), 6, size.width(), 28);
        right -= size.width() + 8;
    }
}

void PastBanner::paintEvent(QPaintEvent *event)
{
    Surface::paintEvent(event);
    const Theme &theme = Theme::current();
    QPainter painter(this);
    Icons::draw(painter, {16, 12}, u"clock-history"_s, 16, theme[Token::ReplayOnLine]);
    painter.setPen(theme[Token::ReplayOnLine]);
    const Text::Style style{Text::Face::Ui, 14, 700};
    Text::draw(painter, {44, 25}, Text::elided(words(), style, m_compare->x() - 44 - 16), style);
}

PastFrame::PastFrame(QWidget *parent)
    : QWidget(parent)
{
    setObjectName(u"pastFrame"_s);
    setAttribute(Qt::WA_TransparentForMouseEvents);
    hide();
}

void PastFrame::resizeEvent(QResizeEvent *)
{
    setMask(QRegion(rect())
            - QRegion(rect().adjusted(frameWidth, frameWidth, -frameWidth, -frameWidth)));
}

void PastFrame::paintEvent(QPaintEvent *)
{
    QPainter(this).fillRect(rect(), Theme::current()[Token::ReplayLine]);
}

} // namespace Stampdeck
