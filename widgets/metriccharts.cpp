// SPDX-License-Identifier: GPL-3.0-or-later
#include "metriccharts.h"

#include "envelope.h"
#include "glyphs.h"
#include "text.h"
#include "themes.h"

#include "models/formatter.h"

#include "backends/api/whendone.h"

#include <QtCharts/QAreaSeries>
#include <QtCharts/QChart>
#include <QtCharts/QDateTimeAxis>
#include <QtCharts/QLineSeries>
#include <QtCharts/QValueAxis>
#include <QtCore/QDateTime>
#include <QtCore/QFileInfo>
#include <QtCore/QSaveFile>
#include <QtCore/QTimeZone>
#include <QtCore/QTimer>
#include <QtGui/QClipboard>
#include <QtGui/QContextMenuEvent>
#include <QtGui/QGuiApplication>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>
#include <QtGui/QWheelEvent>
#include <QtSvg/QSvgGenerator>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QGraphicsLayout>
#include <QtWidgets/QGridLayout>
#include <QtWidgets/QMenu>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr int chartHeight = 202;
constexpr int twoColumns = 700;
constexpr Text::Style axisStyle{Text::Face::Ui, 11, 400};

double millisecondsOf(Timestamp time)
{
    return double(time.time_since_epoch().count());
}

/// A round number at or above \a value, so that the ticks of four parts are round too.
double niceCeiling(double value)
{
    if (!(value > 0))
        return 1;
    const double power = std::pow(10, std::floor(std::log10(value)));
    for (const double step : {1.0, 1.2, 1.6, 2.0, 2.4, 3.2, 4.0, 6.0, 8.0, 10.0}) {
        if (step * power >= value)
            return step * power;
    }
    return 10 * power;
}

QString percentWords(double value)
{
    return Format::percent(value);
}
QString rateWords(double value)
{
    return Format::compact(value);
}
QString errorWords(double value)
{
    return Format::errorPercent(value);
}
QString latencyWords(double value)
{
    return Format::latency(value);
}

} // namespace

MetricChart::MetricChart(const QString &title, const QList<Line> &lines, Words words,
                         QWidget *parent)
    : QChartView(new QChart, parent)
    , m_title(title)
    , m_lines(lines)
    , m_words(words)
    , m_points(lines.size())
    , m_area(new QAreaSeries)
    , m_upper(new QLineSeries(this))
    , m_timeAxis(new QDateTimeAxis)
    , m_valueAxis(new QValueAxis)
{
    setFixedHeight(chartHeight);
    setObjectName(u"chart "_s + title);
    setAccessibleName(title);
    setMouseTracking(true);
    setFrameShape(QFrame::NoFrame);
    setRenderHint(QPainter::Antialiasing);
    setFocusPolicy(Qt::NoFocus);
    QChart *plot = chart();
    plot->setAnimationOptions(QChart::NoAnimation);
    plot->legend()->hide();
    plot->setMargins(QMargins(0, 22, 6, 0));
    plot->layout()->setContentsMargins(0, 0, 0, 0);
    plot->setBackgroundRoundness(0);
    m_timeAxis->setFormat(u"HH:mm"_s);
    m_timeAxis->setTickCount(5);
    m_valueAxis->setTickCount(5);
    // Qt draws the grid; the words of the values are ours, with units.
    m_valueAxis->setLabelsVisible(true);
    plot->addAxis(m_timeAxis, Qt::AlignBottom);
    plot->addAxis(m_valueAxis, Qt::AlignLeft);
    m_area->setUpperSeries(m_upper);
    plot->addSeries(m_area);
    m_area->attachAxis(m_timeAxis);
    m_area->attachAxis(m_valueAxis);
    for (int line = 0; line < lines.size(); ++line) {
        auto *series = new QLineSeries;
        m_series.append(series);
        plot->addSeries(series);
        series->attachAxis(m_timeAxis);
        series->attachAxis(m_valueAxis);
    }
    dress();
    connect(&Themes::instance(), &Themes::changed, this, &MetricChart::dress);
}

void MetricChart::dress()
{
    const Theme &theme = Theme::current();
    QChart *plot = chart();
    setBackgroundBrush(theme[Token::BgPanel]);
    plot->setBackgroundBrush(theme[Token::BgPanel]);
    plot->setPlotAreaBackgroundBrush(theme[Token::BgRaised]);
    plot->setPlotAreaBackgroundVisible(true);
    const QPen grid(theme[Token::ChartGrid], 1);
    const QFont font = Text::font(axisStyle);
    for (QAbstractAxis *axis : std::initializer_list<QAbstractAxis *>{m_timeAxis, m_valueAxis}) {
        axis->setGridLinePen(grid);
        axis->setLabelsFont(font);
        axis->setLabelsColor(axis == m_valueAxis ? QColor(Qt::transparent)
                                                 : theme[Token::ChartAxis]);
        axis->setLinePen(QPen(theme[Token::LineStrong], 1));
    }
    m_valueAxis->setLineVisible(false);
    const QColor first = theme[m_lines.first().token];
    m_area->setBrush(mixed(theme[Token::BgRaised], first, 0.12));
    m_area->setPen(Qt::NoPen);
    for (int line = 0; line < m_lines.size(); ++line) {
        QPen pen(theme[m_lines[line].token], 1.75);
        if (m_lines[line].dashed)
            pen.setDashPattern({6 / 1.75, 3 / 1.75});
        m_series[line]->setPen(pen);
    }
    update();
}

void MetricChart::setPoints(int line, const QList<QPointF> &points)
{
    m_points[line] = points;
}

// A series has no holes and draws every point: it is given what is known and what can be seen.
void MetricChart::draw(int line)
{
    const int columns = int(width() * devicePixelRatioF());
    const QList<QPointF> seen = envelope(m_points[line], m_from, m_to, columns);
    m_series[line]->replace(seen);
    if (line == 0)
        m_upper->replace(seen);
}

void MetricChart::resizeEvent(QResizeEvent *event)
{
    QChartView::resizeEvent(event);
    for (int line = 0; line < m_lines.size(); ++line)
        draw(line);
}

void MetricChart::setLimit(std::optional<double> value, const QString &words)
{
    m_limit = value;
    m_limitWords = words;
}

void MetricChart::setRange(double from, double to)
{
    m_from = from;
    m_to = to;
    m_timeAxis->setRange(QDateTime::fromMSecsSinceEpoch(qint64(from), Qt::UTC),
                         QDateTime::fromMSecsSinceEpoch(qint64(to), Qt::UTC));
    m_timeAxis->setFormat(to - from > 36 * 3600e3 ? u"d MMM"_s : u"HH:mm"_s);
    for (int line = 0; line < m_lines.size(); ++line)
        draw(line);
    rescale();
}

void MetricChart::setEvents(const QList<Event> &events)
{
    if (m_events == events)
        return;
    m_events = events;
    viewport()->update();
}

void MetricChart::rescale()
{
    double most = 0;
    for (const QList<QPointF> &points : std::as_const(m_points)) {
        for (const QPointF &point : points) {
            if (std::isfinite(point.y()) && point.x() >= m_from && point.x() <= m_to)
                most = std::max(most, point.y());
        }
    }
    // A limit that is far away would press the line flat: it is shown when it is near.
    if (m_limit && (most > *m_limit * 0.4 || *m_limit <= 1.0))
        most = std::max(most, *m_limit * 1.1);
    const double top =
        m_words == &percentWords ? std::max(1.0, niceCeiling(most)) : niceCeiling(most * 1.02);
    m_valueAxis->setRange(0, top);
    // QValueAxis speaks printf only: its own labels cannot be seen and keep the room for ours.
    m_valueAxis->setLabelFormat(u"%07.0f"_s);
    viewport()->update();
}

void MetricChart::setHover(std::optional<double> time, bool isHere)
{
    m_hover = time;
    m_hoverHere = isHere;
    viewport()->update();
}

std::optional<double> MetricChart::valueAt(int line, double time) const
{
    const QList<QPointF> &points = m_points[line];
    const auto after =
        std::lower_bound(points.begin(), points.end(), time,
                         [](const QPointF &point, double at) { return point.x() < at; });
    auto nearest = after;
    if (after == points.end()
        || (after != points.begin() && time - std::prev(after)->x() < after->x() - time)) {
        if (after == points.begin())
            return {};
        nearest = std::prev(after);
    }
    // Far from any sample nothing is known.
    if (std::abs(nearest->x() - time) > std::max(90e3, (m_to - m_from) / 60))
        return {};
    return std::isfinite(nearest->y()) ? std::optional(nearest->y()) : std::nullopt;
}

double MetricChart::timeAt(double x) const
{
    const QRectF plot = chart()->plotArea();
    return m_from + (x - plot.x()) / std::max(1.0, plot.width()) * (m_to - m_from);
}

// look.md, section 10: what changed is a dashed line with a diamond, what went wrong a line with the
// glyph of the health.
void MetricChart::drawEvents(QPainter *painter, const QRectF &plot)
{
    const Theme &theme = Theme::current();
    for (const Event &event : std::as_const(m_events)) {
        if (event.time < m_from || event.time > m_to)
            continue;
        const double x = std::round(plot.x() + (event.time - m_from) / (m_to - m_from) * plot.width())
            + 0.5;
        if (event.health) {
            painter->setPen(QPen(theme[Glyphs::textToken(*event.health)], 1.5));
            painter->drawLine(QPointF(x, plot.y()), QPointF(x, plot.bottom()));
            Glyphs::health(*painter, {x - 5, plot.y() - 6, 10, 10}, *event.health,
                           theme[Token::BgRaised]);
            continue;
        }
        QPen pen(theme[Token::AccentText], 1);
        pen.setDashPattern({3, 3});
        painter->setPen(pen);
        painter->drawLine(QPointF(x, plot.y()), QPointF(x, plot.bottom()));
        painter->setPen(Qt::NoPen);
        painter->setBrush(theme[Token::AccentText]);
        const double y = plot.y();
        painter->drawPolygon(QPolygonF(
            {QPointF(x, y - 4), QPointF(x + 4, y), QPointF(x, y + 4), QPointF(x - 4, y)}));
    }
}

void MetricChart::drawForeground(QPainter *painter, const QRectF &)
{
    const Theme &theme = Theme::current();
    const QRectF plot = chart()->plotArea();
    const double top = m_valueAxis->max();
    painter->setRenderHint(QPainter::Antialiasing);
    const auto yOf = [&](double value) { return plot.bottom() - value / top * plot.height(); };
    const auto xOf = [&](double time) {
        return plot.x() + (time - m_from) / (m_to - m_from) * plot.width();
    };

    painter->setPen(theme[Token::TextPrimary]);
    Text::draw(*painter, {0, 14}, m_title, {Text::Face::Ui, 13, 700});
    painter->setPen(theme[Token::ChartAxis]);
    for (int tick = 0; tick < 5; ++tick) {
        const double value = top * tick / 4;
        Text::draw(*painter, {plot.x() - 6, yOf(value) + 4}, tick == 0 ? u"0"_s : m_words(value),
                   axisStyle, Text::Align::Right);
    }

    // Where nothing was recorded at all.
    const QList<QPointF> &first = m_points.first();
    const double begin = first.isEmpty() ? m_to : std::clamp(first.first().x(), m_from, m_to);
    if (begin > m_from + (m_to - m_from) * 0.01) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(QBrush(theme[Token::StaleHatch], Qt::BDiagPattern));
        painter->drawRect(QRectF(plot.x(), plot.y(), xOf(begin) - plot.x(), plot.height()));
        if (first.isEmpty()) {
            painter->setPen(theme[Token::TextSecondary]);
            Text::draw(*painter, plot.center(), tr("nothing recorded yet"),
                       {Text::Face::Ui, 12, 400}, Text::Align::Center);
        }
    }

    if (m_limit && *m_limit <= top) {
        const double y = std::round(yOf(*m_limit)) + 0.5;
        QPen pen(theme[Token::DegradedEdge], 1);
        pen.setDashPattern({5, 3});
        painter->setPen(pen);
        painter->drawLine(QPointF(plot.x(), y), QPointF(plot.right(), y));
        painter->setPen(theme[Token::DegradedText]);
        Text::draw(*painter, {plot.x() + 6, y - 4}, m_limitWords, axisStyle);
    }

    drawEvents(painter, plot);

    // Values at the right end of the title: those at the hover line, else the newest.
    double x = width() - 6;
    for (int line = int(m_lines.size()) - 1; line >= 0; --line) {
        std::optional<double> value;
        if (m_hover) {
            value = valueAt(line, *m_hover);
        } else {
            const QList<QPointF> &points = m_points[line];
            if (!points.isEmpty() && std::isfinite(points.last().y()))
                value = points.last().y();
        }
        const QString words = value ? m_words(*value) : Format::none();
        painter->setPen(theme[m_lines[line].token]);
        Text::draw(*painter, {x, 14}, words, {Text::Face::Ui, 13, 700}, Text::Align::Right);
        x -= Text::width(words, {Text::Face::Ui, 13, 700}) + 5;
        painter->setPen(theme[Token::TextSecondary]);
        Text::draw(*painter, {x, 14}, m_lines[line].name, {Text::Face::Ui, 12, 400},
                   Text::Align::Right);
        x -= Text::width(m_lines[line].name, {Text::Face::Ui, 12, 400}) + 12;
    }

    if (m_dragFrom) {
        QColor shade = theme[Token::AccentLine];
        shade.setAlphaF(0.18F);
        painter->fillRect(QRectF(std::min(*m_dragFrom, m_dragTo), plot.y(),
                                 std::abs(m_dragTo - *m_dragFrom), plot.height()),
                          shade);
    }
    if (m_hover && *m_hover >= m_from && *m_hover <= m_to) {
        const double at = std::round(xOf(*m_hover)) + 0.5;
        painter->setPen(QPen(theme[Token::TextPrimary], 1));
        painter->drawLine(QPointF(at, plot.y()), QPointF(at, plot.bottom()));
        for (int line = 0; line < m_lines.size(); ++line) {
            const std::optional<double> value = valueAt(line, *m_hover);
            if (!value)
                continue;
            painter->setPen(QPen(theme[m_lines[line].token], 1.5));
            painter->setBrush(theme[Token::BgRaised]);
            painter->drawEllipse(QPointF(at, yOf(*value)), 3.5, 3.5);
        }
        if (m_hoverHere) {
            const QString words =
                QDateTime::fromMSecsSinceEpoch(qint64(*m_hover), Qt::UTC).toString(u"HH:mm:ss"_s)
                + u" UTC";
            const double w = Text::width(words, {Text::Face::Ui, 11, 600}) + 14;
            const double left = std::clamp(at - w / 2, plot.x(), plot.right() - w);
            painter->setPen(Qt::NoPen);
            painter->setBrush(theme[Token::TextPrimary]);
            painter->drawRoundedRect(QRectF(left, plot.bottom() + 3, w, 18), 3, 3);
            painter->setPen(theme[Token::BgPanel]);
            Text::draw(*painter, {left + w / 2, plot.bottom() + 16}, words,
                       {Text::Face::Ui, 11, 600}, Text::Align::Center);
        }
    }
}

void MetricChart::mouseMoveEvent(QMouseEvent *event)
{
    if (m_dragFrom) {
        m_dragTo = event->position().x();
        viewport()->update();
    }
    const QRectF plot = chart()->plotArea();
    if (plot.contains(event->position()))
        Q_EMIT hovered(timeAt(event->position().x()));
    else
        Q_EMIT left();
}

void MetricChart::mousePressEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton && chart()->plotArea().contains(event->position())) {
        m_dragFrom = event->position().x();
        m_dragTo = *m_dragFrom;
    }
}

void MetricChart::mouseReleaseEvent(QMouseEvent *event)
{
    if (!m_dragFrom || event->button() != Qt::LeftButton)
        return;
    const double from = timeAt(std::min(*m_dragFrom, event->position().x()));
    const double to = timeAt(std::max(*m_dragFrom, event->position().x()));
    const bool isDrag = std::abs(*m_dragFrom - event->position().x()) > 6;
    m_dragFrom.reset();
    viewport()->update();
    if (isDrag)
        Q_EMIT zoomed(from, to);
}

void MetricChart::mouseDoubleClickEvent(QMouseEvent *)
{
    m_dragFrom.reset();
    Q_EMIT resetRequested();
}

void MetricChart::wheelEvent(QWheelEvent *event)
{
    // Across pans; up and down belongs to the panel that scrolls.
    const int across = event->angleDelta().x();
    if (across == 0 && !(event->modifiers() & Qt::ShiftModifier)) {
        event->ignore();
        return;
    }
    const int delta = across ? across : event->angleDelta().y();
    Q_EMIT panned(-(m_to - m_from) * delta / 1200.0);
    event->accept();
}

void MetricChart::leaveEvent(QEvent *event)
{
    QChartView::leaveEvent(event);
    Q_EMIT left();
}

MetricCharts::MetricCharts(Deck &deck, QWidget *parent)
    : QWidget(parent)
    , m_deck(deck)
    , m_grid(new QGridLayout(this))
{
    setObjectName(u"charts"_s);
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(20);
    m_grid->setVerticalSpacing(8);
    m_charts = {
        new MetricChart(tr("CPU"), {{tr("of limit"), Token::Chart1, false, u"cpu"_s}}, &percentWords),
        new MetricChart(tr("Requests"), {{tr("per second"), Token::Chart1, false, u"requestsPerSecond"_s}}, &rateWords),
        new MetricChart(
            tr("Memory and storage"),
            {{tr("memory"), Token::Chart1, false, u"memory"_s},
             {tr("storage"), Token::Chart4, true, u"storage"_s}},
            &percentWords),
        new MetricChart(tr("Errors"), {{tr("of requests"), Token::Chart2, false, u"errorRatio"_s}}, &errorWords),
        new MetricChart(tr("Latency"),
                        {{tr("p99"), Token::Chart3, false, u"latencyP99Ms"_s},
                         {tr("p50"), Token::Chart4, true, u"latencyP50Ms"_s}},
                        &latencyWords),
    };
    for (MetricChart *chart : std::as_const(m_charts)) {
        chart->setParent(this);
        chart->setContextMenuPolicy(Qt::NoContextMenu); // it is ours
        connect(chart, &MetricChart::hovered, this, [this, chart](double time) {
            for (MetricChart *other : std::as_const(m_charts))
                other->setHover(time, other == chart);
        });
        connect(chart, &MetricChart::left, this, [this] {
            for (MetricChart *other : std::as_const(m_charts))
                other->setHover({}, false);
        });
        connect(chart, &MetricChart::zoomed, this, [this](double from, double to) {
            m_zoom = {from, to};
            refresh();
        });
        connect(chart, &MetricChart::panned, this, [this](double by) {
            const auto [from, to] = inSight();
            m_zoom = {from + by, to + by};
            refresh();
        });
        connect(chart, &MetricChart::resetRequested, this, [this] {
            m_zoom.reset();
            refresh();
        });
    }
    arrange();
    connect(&deck.feed, &FleetFeed::changed, this, [this](const ChangeSet &slice) {
        const int slot = m_deck.fleet().stampIndex.value(m_stamp);
        if (isVisible() && std::binary_search(slice.stamps.begin(), slice.stamps.end(), slot))
            refresh();
    });
}

MetricCharts::~MetricCharts()
{
    setStamp({});
}

void MetricCharts::setStamp(const QString &id)
{
    if (id == m_stamp)
        return;
    if (!m_stamp.isEmpty())
        m_deck.store.unwatchSamples(m_stamp);
    m_stamp = id;
    m_history.clear();
    m_zoom.reset();
    ++m_asked;
    if (m_stamp.isEmpty())
        return;
    m_deck.store.watchSamples(m_stamp);
    askHistory();
    refresh();
}

void MetricCharts::setRange(std::chrono::milliseconds range)
{
    m_range = range;
    m_zoom.reset();
    askHistory();
    refresh();
}

void MetricCharts::askHistory()
{
    const StampEntry *entry = m_deck.stamp(m_stamp);
    if (!entry || !m_deck.history
        || !m_deck.fleet().sourceOf(*entry).capabilities.testFlag(Capability::History))
        return;
    const quint64 mine = ++m_asked;
    const Timestamp now = m_deck.clock.now();
    const auto step = std::max(std::chrono::milliseconds(10'000), m_range / 360);
    whenDone(m_deck.history(m_stamp,
                            {u"cpu"_s, u"memory"_s, u"storage"_s, u"requestsPerSecond"_s,
                             u"errorRatio"_s, u"latencyP50Ms"_s, u"latencyP99Ms"_s},
                            now - m_range, now, step),
             this, [this, mine](const Result<std::vector<Series>> &answer) {
                 if (mine != m_asked || !answer)
                     return; // of another stamp or range, or the source could not after all
                 m_history.clear();
                 for (const Series &series : *answer) {
                     QList<QPointF> &points = m_history[series.signal];
                     // Amounts of a resource are shown as a share of its limit.
                     double share = 1;
                     if (const std::optional<ResourceKind> kind =
                             fromString<ResourceKind>(QStringView(series.signal))) {
                         const StampEntry *shown = m_deck.stamp(m_stamp);
                         const double limit = shown ? shown->resources[*kind].limit.value_or(0) : 0;
                         share = limit > 0 ? 1 / limit : std::nan("");
                     }
                     double x = millisecondsOf(series.start);
                     for (const float value : series.values) {
                         points.append({x, double(value) * share});
                         x += double(series.step.count());
                     }
                 }
                 refresh();
             });
}

void MetricCharts::refresh()
{
    const StampEntry *entry = m_deck.stamp(m_stamp);
    if (!entry)
        return;
    const SampleSeries *samples = entry->samples.get();
    const auto points = [&](const QString &signal, std::vector<float> SampleSeries::*member) {
        QList<QPointF> list;
        const double first = samples && !samples->times.empty()
            ? millisecondsOf(samples->times.front())
            : std::numeric_limits<double>::infinity();
        for (const QPointF &point : m_history.value(signal)) {
            if (point.x() < first)
                list.append(point);
        }
        if (samples) {
            const std::vector<float> &values = samples->*member;
            for (size_t at = 0; at < samples->times.size() && at < values.size(); ++at)
                list.append({millisecondsOf(samples->times[at]), double(values[at])});
        }
        return list;
    };
    const auto [from, to] = inSight();
    m_charts[0]->setPoints(0, points(u"cpu"_s, &SampleSeries::cpu));
    m_charts[1]->setPoints(0, points(u"requestsPerSecond"_s, &SampleSeries::requests));
    m_charts[2]->setPoints(0, points(u"memory"_s, &SampleSeries::memory));
    m_charts[2]->setPoints(1, points(u"storage"_s, &SampleSeries::storage));
    m_charts[3]->setPoints(0, points(u"errorRatio"_s, &SampleSeries::errors));
    m_charts[4]->setPoints(0, points(u"latencyP99Ms"_s, &SampleSeries::latencyP99));
    m_charts[4]->setPoints(1, points(u"latencyP50Ms"_s, &SampleSeries::latencyP50));
    const Objectives &objectives = m_deck.fleet().sourceOf(*entry).objectives;
    const QString gate = tr("gate %1").arg(Format::percent(objectives.load));
    m_charts[0]->setLimit(objectives.load, gate);
    m_charts[2]->setLimit(objectives.load, gate);
    m_charts[3]->setLimit(objectives.errorRatio,
                          objectives.errorRatio
                              ? tr("limit %1").arg(Format::percent(*objectives.errorRatio))
                              : QString());
    m_charts[4]->setLimit(objectives.latencyP99Ms,
                          objectives.latencyP99Ms
                              ? tr("limit %1").arg(Format::latency(*objectives.latencyP99Ms))
                              : QString());
    const QList<MetricChart::Event> happened = events(*entry);
    for (MetricChart *chart : std::as_const(m_charts)) {
        chart->setEvents(happened);
        chart->setRange(from, to);
    }
}

std::pair<double, double> MetricCharts::inSight() const
{
    const double now = millisecondsOf(m_deck.clock.now());
    return m_zoom.value_or(std::pair(now - double(m_range.count()), now));
}

QList<MetricChart::Event> MetricCharts::events(const StampEntry &entry) const
{
    QList<MetricChart::Event> all;
    for (const OperationPtr &operation : m_deck.fleet().operations) {
        const auto names = [&entry](const QString &text) {
            return text.split(u' ').contains(entry.stamp->name);
        };
        const bool isHere = names(operation->target)
            || std::any_of(operation->steps.begin(), operation->steps.end(),
                           [&names](const OperationStep &step) { return names(step.title); });
        if (isHere && operation->createdAt)
            all.append({millisecondsOf(*operation->createdAt), std::nullopt});
    }
    if (entry.healthSince && entry.health != Health::Healthy && !entry.stale)
        all.append({millisecondsOf(*entry.healthSince), entry.health});
    return all;
}

TableContent MetricCharts::content() const
{
    const auto [from, to] = inSight();
    QStringList keys{u"time"_s};
    std::map<double, QVariantList> rows; // by time
    for (const MetricChart *chart : m_charts)
        for (const MetricChart::Line &line : chart->lines())
            keys.append(line.key);
    qsizetype column = 0;
    for (const MetricChart *chart : m_charts) {
        for (int line = 0; line < chart->lines().size(); ++line) {
            ++column;
            for (const QPointF &point : chart->points(line)) {
                if (point.x() < from || point.x() > to || !std::isfinite(point.y()))
                    continue;
                QVariantList &row = rows[point.x()];
                row.resize(keys.size());
                row[0] = toRfc3339(Timestamp(std::chrono::milliseconds(qint64(point.x()))));
                // Samples are floats: more digits than that would be noise.
                row[column] = QByteArray::number(point.y(), 'g', 7).toDouble();
            }
        }
    }
    QList<QVariantList> values;
    for (auto &[time, row] : rows)
        values.append(std::move(row));
    return {keys, int(values.size()),
            [values](int row, int at) { return values[row][at]; }};
}

// Each by itself: a widget's own render() would make pixels of what can stay lines.
void MetricCharts::paintAll(QPainter &painter) const
{
    painter.fillRect(rect(), Theme::current()[Token::BgPanel]);
    for (MetricChart *chart : m_charts)
        chart->render(&painter, chart->geometry(), chart->viewport()->rect());
}

Result<void> MetricCharts::writeTo(const QString &path) const
{
    const QString suffix = QFileInfo(path).suffix().toLower();
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly))
        return fail(ErrorKind::Denied, file.errorString());
    if (suffix == u"csv" || suffix == u"json") {
        const TableContent values = content();
        std::vector<int> rows(static_cast<size_t>(values.rowCount));
        std::iota(rows.begin(), rows.end(), 0);
        QList<int> columns(values.keys.size());
        std::iota(columns.begin(), columns.end(), 0);
        const auto written
            = writeTable(file, values, rows, columns,
                         suffix == u"csv" ? TableFormat::Csv : TableFormat::Json);
        if (!written)
            return written;
    } else if (suffix == u"svg") {
        QSvgGenerator svg;
        svg.setOutputDevice(&file);
        svg.setSize(size());
        svg.setViewBox(rect());
        svg.setTitle(nameOfStamp(m_stamp));
        QPainter painter(&svg);
        paintAll(painter);
    } else if (suffix == u"png") {
        constexpr int scale = 2; // for a document, whatever the screen
        QImage image(size() * scale, QImage::Format_RGB32);
        image.setDevicePixelRatio(scale);
        QPainter painter(&image);
        painter.setRenderHint(QPainter::Antialiasing);
        paintAll(painter);
        painter.end();
        if (!image.save(&file, "PNG"))
            return fail(ErrorKind::Denied, file.errorString());
    } else {
        return fail(ErrorKind::Invalid, tr("a file of charts ends in .png, .svg, .csv or .json"));
    }
    if (!file.commit())
        return fail(ErrorKind::Denied, file.errorString());
    return {};
}

void MetricCharts::chooseExport()
{
    auto *dialog = new QFileDialog(this, tr("Export the charts"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    const QStringList filters{tr("Picture (*.png)"), tr("Drawing (*.svg)"), tr("Values (*.csv)"),
                              tr("Values, for scripts (*.json)")};
    dialog->setNameFilters(filters);
    dialog->setDefaultSuffix(u"png"_s);
    connect(dialog, &QFileDialog::filterSelected, dialog, [dialog, filters](const QString &filter) {
        const QStringList suffixes{u"png"_s, u"svg"_s, u"csv"_s, u"json"_s};
        dialog->setDefaultSuffix(suffixes.value(filters.indexOf(filter)));
    });
    dialog->selectFile(nameOfStamp(m_stamp) + u".png"_s);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        const Result<void> written = writeTo(path);
        Q_EMIT told(written ? tr("Charts written to %1").arg(path)
                            : tr("%1 cannot be written: %2").arg(path, written.error().message));
    });
    dialog->open();
}

void MetricCharts::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    connect(menu->addAction(tr("Copy as a picture")), &QAction::triggered, this, [this] {
        QImage image(size(), QImage::Format_RGB32);
        QPainter painter(&image);
        painter.setRenderHint(QPainter::Antialiasing);
        paintAll(painter);
        painter.end();
        QGuiApplication::clipboard()->setImage(image);
    });
    connect(menu->addAction(tr("Export the charts…")), &QAction::triggered, this,
            &MetricCharts::chooseExport);
    menu->popup(event->globalPos());
}

void MetricCharts::arrange()
{
    const int columns = width() >= twoColumns - 48 ? 2 : 1;
    if (columns == m_columns)
        return;
    m_columns = columns;
    for (MetricChart *chart : std::as_const(m_charts))
        m_grid->removeWidget(chart);
    for (int at = 0; at < m_charts.size(); ++at)
        m_grid->addWidget(m_charts[at], at / columns, at % columns);
}

void MetricCharts::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    arrange();
}

} // namespace Stampdeck
