// SPDX-License-Identifier: GPL-3.0-or-later
#include "metricchart.h"

#include "envelope.h"
#include "glyphs.h"
#include "text.h"
#include "themes.h"

#include "models/formatter.h"

#include <QtCharts/QAreaSeries>
#include <QtCharts/QChart>
#include <QtCharts/QDateTimeAxis>
#include <QtCharts/QLineSeries>
#include <QtCharts/QValueAxis>
#include <QtCore/QTimeZone>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>
#include <QtGui/QWheelEvent>
#include <QtWidgets/QGraphicsLayout>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr Text::Style titleStyle{Text::Face::Ui, 13, 700};
constexpr Text::Style nameStyle = Text::secondLine;
constexpr Text::Style axisStyle = Text::axis;
constexpr Text::Style plateStyle{Text::Face::Ui, 11, 600};
constexpr int ticks = 5;

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

} // namespace

MetricChart::MetricChart(const QString &title, Unit unit, const QList<Line> &lines, QWidget *parent)
    : QChartView(new QChart, parent)
    , m_title(title)
    , m_unit(unit)
    , m_area(new QAreaSeries)
    , m_upper(new QLineSeries(this))
    , m_timeAxis(new QDateTimeAxis)
    , m_valueAxis(new QValueAxis)
{
    setFixedHeight(usualHeight);
    setObjectName(u"chart "_s + title);
    setAccessibleName(title);
    setMouseTracking(true);
    setFrameShape(QFrame::NoFrame);
    setRenderHint(QPainter::Antialiasing);
    setFocusPolicy(Qt::ClickFocus);
    viewport()->setFocusPolicy(Qt::NoFocus);
    QChart *plot = chart();
    plot->setAnimationOptions(QChart::NoAnimation);
    plot->legend()->hide();
    plot->setMargins(QMargins(0, 22, rightMargin, 0));
    plot->layout()->setContentsMargins(0, 0, 0, 0);
    plot->setBackgroundRoundness(0);
    m_timeAxis->setFormat(Format::minuteFormat());
    m_timeAxis->setTickCount(ticks);
    m_valueAxis->setTickCount(ticks);
    // Qt draws the grid; the words of the values are ours, with units.
    m_valueAxis->setLabelsVisible(true);
    plot->addAxis(m_timeAxis, Qt::AlignBottom);
    plot->addAxis(m_valueAxis, Qt::AlignLeft);
    m_area->setUpperSeries(m_upper);
    plot->addSeries(m_area);
    m_area->attachAxis(m_timeAxis);
    m_area->attachAxis(m_valueAxis);
    setLines(lines);
    connect(&Themes::instance(), &Themes::changed, this, &MetricChart::dress);
}

void MetricChart::setLines(const QList<Line> &lines, const QString &caption)
{
    m_caption = caption;
    if (lines == m_lines)
        return;
    Q_ASSERT(!lines.isEmpty());
    m_lines = lines;
    m_points.clear();
    m_points.resize(lines.size());
    while (m_series.size() > lines.size()) {
        QLineSeries *series = m_series.takeLast();
        chart()->removeSeries(series);
        delete series;
    }
    while (m_series.size() < lines.size()) {
        auto *series = new QLineSeries;
        m_series.append(series);
        chart()->addSeries(series);
        series->attachAxis(m_timeAxis);
        series->attachAxis(m_valueAxis);
    }
    m_area->setVisible(!isComparison());
    dress();
}

QString MetricChart::words(double value) const
{
    switch (m_unit) {
    case Unit::Share:
        return Format::percent(value);
    case Unit::PerSecond:
        return Format::compact(value);
    case Unit::ErrorRatio:
        return Format::errorPercent(value);
    case Unit::Milliseconds:
        return Format::latency(value);
    }
    Q_UNREACHABLE();
}

QColor MetricChart::colorOf(const Line &line) const
{
    const Theme &theme = Theme::current();
    return line.category >= 0 ? QColor::fromRgb(theme.category(line.category)) : theme[line.token];
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
    m_area->setBrush(mixed(theme[Token::BgRaised], colorOf(m_lines.first()), 0.12));
    m_area->setPen(Qt::NoPen);
    for (int line = 0; line < m_lines.size(); ++line) {
        QPen pen(colorOf(m_lines[line]), lineWidth);
        if (m_lines[line].dashed)
            pen.setDashPattern({6 / lineWidth, 3 / lineWidth});
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
    if (line == 0 && !isComparison())
        m_upper->replace(seen);
}

void MetricChart::resizeEvent(QResizeEvent *event)
{
    QChartView::resizeEvent(event);
    for (int line = 0; line < m_lines.size(); ++line)
        draw(line);
}

void MetricChart::setLevels(const QList<Level> &levels)
{
    m_levels = levels;
}

void MetricChart::setRange(double from, double to)
{
    m_from = from;
    m_to = to;
    m_timeAxis->setRange(Format::dateTime(Timestamp(std::chrono::milliseconds(qint64(from)))),
                         Format::dateTime(Timestamp(std::chrono::milliseconds(qint64(to)))));
    m_timeAxis->setFormat(to - from > 36 * 3600e3 ? u"d MMM"_s : Format::minuteFormat());
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

void MetricChart::setMoment(std::optional<double> moment)
{
    if (m_moment == moment)
        return;
    m_moment = moment;
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
    // A level that is far away would press the line flat: it is shown when it is near.
    double top = most;
    for (const Level &level : std::as_const(m_levels)) {
        if (m_unit == Unit::ErrorRatio || (m_unit != Unit::Share && most > level.value * 0.4))
            top = std::max(top, level.value * 1.1);
    }
    m_valueAxis->setRange(
        0, m_unit == Unit::Share ? std::max(1.0, niceCeiling(top)) : niceCeiling(top * 1.02));
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
    if (std::abs(nearest->x() - time) > reach())
        return {};
    return std::isfinite(nearest->y()) ? std::optional(nearest->y()) : std::nullopt;
}

QList<std::pair<double, double>> MetricChart::gaps() const
{
    // Each known point speaks for its reach; what is left over is a gap. Lines differ rarely, so
    // their points are walked together in the order of time.
    QList<std::pair<double, double>> gaps;
    std::vector<qsizetype> at(size_t(m_points.size()), 0);
    for (size_t line = 0; line < at.size(); ++line) {
        const QList<QPointF> &points = m_points[qsizetype(line)];
        at[line] = std::lower_bound(points.begin(), points.end(), m_from - reach(),
                                    [](const QPointF &point, double x) { return point.x() < x; })
            - points.begin();
    }
    std::optional<double> known; // the newest before
    for (;;) {
        const QPointF *next = nullptr;
        size_t of = 0;
        for (size_t line = 0; line < at.size(); ++line) {
            const QList<QPointF> &points = m_points[qsizetype(line)];
            if (at[line] < points.size() && (!next || points[at[line]].x() < next->x())) {
                next = &points[at[line]];
                of = line;
            }
        }
        if (!next || next->x() > m_to)
            break;
        ++at[of];
        if (!std::isfinite(next->y()))
            continue;
        const double from = std::max(m_from, known.value_or(m_from));
        if (known ? next->x() - *known > 2 * reach() : next->x() - m_from > reach() / 2)
            gaps.append({from, next->x()});
        known = next->x();
    }
    const double last = std::max(m_from, known.value_or(m_from));
    if (m_to - last > 2 * reach())
        gaps.append({last, m_to});
    return gaps;
}

double MetricChart::timeAt(double x) const
{
    const QRectF plot = chart()->plotArea();
    return m_from + (x - plot.x()) / std::max(1.0, plot.width()) * (m_to - m_from);
}

double MetricChart::xOf(double time, const QRectF &plot) const
{
    return plot.x() + (time - m_from) / (m_to - m_from) * plot.width();
}

double MetricChart::yOf(double value, const QRectF &plot) const
{
    return plot.bottom() - value / m_valueAxis->max() * plot.height();
}

// A series has no holes: the line that it draws across a gap is covered.
void MetricChart::drawGaps(QPainter *painter, const QRectF &plot) const
{
    const Theme &theme = Theme::current();
    const QList<std::pair<double, double>> all = gaps();
    for (const auto &[from, to] : all) {
        const QRectF gap(QPointF(std::round(xOf(from, plot)) + 1, plot.y()),
                         QPointF(std::round(xOf(to, plot)), plot.bottom()));
        painter->fillRect(gap, theme[Token::BgRaised]);
        painter->fillRect(gap, QBrush(theme[Token::StaleHatch], Qt::BDiagPattern));
    }
    if (all.size() == 1 && all.first() == std::pair(m_from, m_to)) {
        // Where no level and its words are in the way.
        const auto room = [&](double y) {
            double least = plot.height();
            for (const Level &level : m_levels)
                least = std::min(least, std::abs(yOf(level.value, plot) - y));
            return least;
        };
        double at = plot.center().y();
        for (const double part : {0.3, 0.7}) {
            const double other = plot.y() + plot.height() * part;
            if (room(at) < 20 && room(other) > room(at))
                at = other;
        }
        painter->setPen(theme[Token::TextSecondary]);
        Text::draw(*painter, {plot.center().x(), at}, tr("nothing recorded yet"), nameStyle,
                   Text::Align::Center);
    }
}

void MetricChart::drawLevels(QPainter *painter, const QRectF &plot) const
{
    const Theme &theme = Theme::current();
    QList<QRectF> taken;
    // The lines of what happened, which words would be crossed by.
    QList<double> marks;
    for (const Event &event : m_events) {
        if (event.time >= m_from && event.time <= m_to)
            marks.append(xOf(event.time, plot));
    }
    if (m_moment && *m_moment >= m_from && *m_moment <= m_to)
        marks.append(xOf(*m_moment, plot));
    std::sort(marks.begin(), marks.end());
    for (const Level &level : m_levels) {
        if (level.value > m_valueAxis->max())
            continue;
        const double y = std::round(yOf(level.value, plot)) + 0.5;
        QPen pen(theme[level.line], 1);
        pen.setDashPattern({5, 3});
        painter->setPen(pen);
        painter->drawLine(QPointF(plot.x(), y), QPointF(plot.right(), y));
        // Above the line, at the left; but not over the words of another, and not over the title.
        const double w = Text::width(level.words, axisStyle);
        QList<double> places{plot.x() + 6, plot.right() - 6 - w};
        for (auto mark = marks.crbegin(); mark != marks.crend(); ++mark)
            places.append(*mark - 8 - w);
        const auto boxOf = [&](double x, double line) { return QRectF(x, line - 10, w, 13); };
        const auto isFree = [&](const QRectF &box) {
            return plot.contains(box)
                && std::none_of(taken.begin(), taken.end(), [&box](const QRectF &other) {
                       return other.intersects(box);
                   });
        };
        const auto isCrossed = [&](const QRectF &box) {
            return std::any_of(marks.begin(), marks.end(), [&box](double mark) {
                return mark > box.left() - 6 && mark < box.right() + 6;
            });
        };
        QRectF best;
        for (const double line : {y - 4, y + 12}) {
            for (const double x : places) {
                const QRectF box = boxOf(x, line);
                if (isFree(box) && (best.isNull() || (isCrossed(best) && !isCrossed(box))))
                    best = box;
            }
        }
        if (best.isNull())
            continue;
        taken.append(best);
        // Where a line runs through the place the words stand on the ground of the chart.
        if (isOverSeries(best, plot))
            painter->fillRect(best.adjusted(-2, 0, 2, 0), theme[Token::BgRaised]);
        painter->setPen(theme[level.text]);
        Text::draw(*painter, {best.left(), best.top() + 10}, level.words, axisStyle);
    }
}

bool MetricChart::isOverSeries(const QRectF &box, const QRectF &plot) const
{
    for (const QList<QPointF> &points : m_points) {
        for (const QPointF &point : points) {
            if (!std::isfinite(point.y()))
                continue;
            const QPointF at(xOf(point.x(), plot), yOf(point.y(), plot));
            if (box.adjusted(-4, -2, 4, 2).contains(at))
                return true;
        }
    }
    return false;
}

// look.md, section 10: what changed is a dashed line with a diamond, what went wrong a line with
// the glyph of the health, and the time after it is tinted.
void MetricChart::drawEvents(QPainter *painter, const QRectF &plot) const
{
    const Theme &theme = Theme::current();
    for (const Event &event : m_events) {
        if (event.time < m_from || event.time > m_to)
            continue;
        const double x = std::round(xOf(event.time, plot)) + 0.5;
        if (event.health) {
            const QColor color = theme[Glyphs::textToken(*event.health)];
            QColor tint = color;
            tint.setAlphaF(0.09F);
            painter->fillRect(QRectF(QPointF(x, plot.y()), plot.bottomRight()), tint);
            painter->setPen(QPen(color, 1.5));
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

// The series know of no moment: what they draw after it is covered, and drawn again as dashes.
void MetricChart::drawAfterwards(QPainter *painter, const QRectF &plot) const
{
    if (!m_moment || *m_moment < m_from || *m_moment > m_to)
        return;
    const Theme &theme = Theme::current();
    const double x = std::round(xOf(*m_moment, plot));
    const QRectF after(QPointF(x, plot.y() - 1), plot.bottomRight());
    painter->fillRect(after, theme[Token::BgRaised]);
    for (int tick = 0; tick < ticks; ++tick) {
        const double y =
            std::round(yOf(m_valueAxis->max() * tick / (ticks - 1), plot));
        painter->fillRect(QRectF(x, y, plot.right() - x, 1),
                          theme[tick == 0 ? Token::LineStrong : Token::ChartGrid]);
    }
    painter->save();
    painter->setClipRect(after);
    painter->setBrush(Qt::NoBrush);
    for (int line = 0; line < m_lines.size(); ++line) {
        QPen pen(mixed(theme[Token::BgRaised], colorOf(m_lines[line]), 0.75), 1.5);
        pen.setDashPattern({3, 3});
        painter->setPen(pen);
        QPolygonF part;
        for (const QPointF &point : m_points[line]) {
            if (std::isfinite(point.y())) {
                part.append({xOf(point.x(), plot), yOf(point.y(), plot)});
                continue;
            }
            painter->drawPolyline(part);
            part.clear();
        }
        painter->drawPolyline(part);
    }
    painter->restore();
    painter->fillRect(QRectF(x - 1, plot.y() - 4, 2, plot.height() + 4), theme[Token::ReplayLine]);
    for (int line = 0; line < m_lines.size(); ++line) {
        const std::optional<double> value = valueAt(line, *m_moment);
        if (!value)
            continue;
        painter->setPen(QPen(theme[Token::BgRaised], 1));
        painter->setBrush(colorOf(m_lines[line]));
        painter->drawEllipse(QPointF(x, yOf(*value, plot)), 3.5, 3.5);
    }
}

// Values at the right end of the title: those at the hover line, else those of the moment of a
// replay, else the newest.
void MetricChart::drawValues(QPainter *painter) const
{
    const Theme &theme = Theme::current();
    double x = width() - rightMargin;
    if (isComparison()) { // they stand at the hover line, and which is which above all charts
        painter->setPen(theme[Token::TextSecondary]);
        Text::draw(*painter, {x, 14}, m_caption, nameStyle, Text::Align::Right);
        return;
    }
    for (int line = int(m_lines.size()) - 1; line >= 0; --line) {
        std::optional<double> value;
        if (m_hover || m_moment) {
            value = valueAt(line, m_hover ? *m_hover : *m_moment);
        } else {
            const QList<QPointF> &points = m_points[line];
            if (!points.isEmpty() && std::isfinite(points.last().y()))
                value = points.last().y();
        }
        const QString is = value ? words(*value) : Format::none();
        painter->setPen(colorOf(m_lines[line]));
        Text::draw(*painter, {x, 14}, is, titleStyle, Text::Align::Right);
        x -= Text::width(is, titleStyle) + 5;
        painter->setPen(theme[Token::TextSecondary]);
        Text::draw(*painter, {x, 14}, m_lines[line].name, nameStyle, Text::Align::Right);
        x -= Text::width(m_lines[line].name, nameStyle) + 12;
    }
}

// What is compared, largest first, beside the hover line.
void MetricChart::drawRanking(QPainter *painter, const QRectF &plot, double x) const
{
    const Theme &theme = Theme::current();
    // A row for each colour, with what all of its lines are at.
    struct Row
    {
        double most; // negative, so that the largest comes first
        int line;
        QString values;
    };
    std::vector<Row> known;
    for (int line = 0; line < m_lines.size();) {
        const int first = line;
        const std::optional<double> leading = valueAt(first, *m_hover);
        QStringList values;
        bool isKnown = false;
        for (; line < m_lines.size() && m_lines[line].category == m_lines[first].category; ++line) {
            const std::optional<double> value = valueAt(line, *m_hover);
            isKnown = isKnown || value;
            values.append(value ? words(*value) : Format::none());
        }
        if (isKnown)
            known.push_back({-leading.value_or(0), first, values.join(u" · "_s)});
    }
    if (known.empty())
        return;
    std::stable_sort(known.begin(), known.end(),
                     [](const Row &a, const Row &b) { return a.most < b.most; });
    constexpr double rowHeight = 15;
    constexpr double letter = 14;
    double wide = 0;
    for (const Row &each : known)
        wide = std::max(wide, Text::width(each.values, plateStyle));
    const double w = letter + 6 + wide + 14;
    const bool fitsRight = x + 10 + w < plot.right();
    const QRectF plate(fitsRight ? x + 10 : x - 10 - w, plot.y() + 6, w,
                       double(known.size()) * rowHeight + 8);
    painter->setPen(QPen(theme[Token::LineDefault], 1));
    painter->setBrush(theme[Token::BgPanel]);
    painter->drawRoundedRect(plate.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
    double y = plate.y() + 4;
    for (const Row &each : known) {
        const int category = m_lines[each.line].category;
        const QRectF box(plate.x() + 6, y + 1, letter, rowHeight - 2);
        painter->fillRect(box, colorOf(m_lines[each.line]));
        painter->setPen(QColor::fromRgb(theme.categoryInk(category)));
        Text::draw(*painter, {box.center().x(), y + 11}, Theme::categoryLetter(category),
                   {Text::Face::Ui, 10, 700}, Text::Align::Center);
        painter->setPen(theme[Token::TextPrimary]);
        Text::draw(*painter, {plate.right() - 8, y + 12}, each.values, plateStyle,
                   Text::Align::Right);
        y += rowHeight;
    }
}

void MetricChart::drawHover(QPainter *painter, const QRectF &plot) const
{
    if (!m_hover || *m_hover < m_from || *m_hover > m_to)
        return;
    const Theme &theme = Theme::current();
    const double at = std::round(xOf(*m_hover, plot)) + 0.5;
    painter->setPen(QPen(theme[Token::TextPrimary], 1));
    painter->drawLine(QPointF(at, plot.y()), QPointF(at, plot.bottom()));
    for (int line = 0; line < m_lines.size(); ++line) {
        const std::optional<double> value = valueAt(line, *m_hover);
        if (!value)
            continue;
        painter->setPen(QPen(colorOf(m_lines[line]), 1.5));
        painter->setBrush(theme[Token::BgRaised]);
        painter->drawEllipse(QPointF(at, yOf(*value, plot)), 3.5, 3.5);
    }
    if (isComparison())
        drawRanking(painter, plot, at);
    if (!m_hoverHere)
        return;
    const QString time =
        Format::secondOfZone(Timestamp(std::chrono::milliseconds(qint64(*m_hover))));
    const double w = Text::width(time, plateStyle) + 14;
    const double left = std::clamp(at - w / 2, plot.x(), std::max(plot.x(), plot.right() - w));
    painter->setPen(Qt::NoPen);
    painter->setBrush(theme[Token::TextPrimary]);
    painter->drawRoundedRect(QRectF(left, plot.bottom() + 3, w, 18), 3, 3);
    painter->setPen(theme[Token::BgPanel]);
    Text::draw(*painter, {left + w / 2, plot.bottom() + 16}, time, plateStyle, Text::Align::Center);
}

void MetricChart::drawForeground(QPainter *painter, const QRectF &)
{
    const Theme &theme = Theme::current();
    const QRectF plot = chart()->plotArea();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(theme[Token::TextPrimary]);
    Text::draw(*painter, {0, 14}, m_title, titleStyle);
    painter->setPen(theme[Token::ChartAxis]);
    for (int tick = 0; tick < ticks; ++tick) {
        const double value = m_valueAxis->max() * tick / (ticks - 1);
        Text::draw(*painter, {plot.x() - 6, yOf(value, plot) + 4},
                   tick == 0 ? u"0"_s : words(value), axisStyle, Text::Align::Right);
    }
    drawAfterwards(painter, plot);
    drawGaps(painter, plot);
    drawLevels(painter, plot);
    drawEvents(painter, plot);
    drawValues(painter);
    if (m_isTaken) { // the wheel is the chart's now
        painter->setPen(QPen(theme[Token::AccentLine], 1));
        painter->setBrush(Qt::NoBrush);
        painter->drawRect(plot.toRect().adjusted(0, 0, -1, -1));
    }
    if (m_dragFrom) {
        QColor shade = theme[Token::AccentLine];
        shade.setAlphaF(0.18F);
        painter->fillRect(QRectF(std::min(*m_dragFrom, m_dragTo), plot.y(),
                                 std::abs(m_dragTo - *m_dragFrom), plot.height()),
                          shade);
    }
    drawHover(painter, plot);
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
        setFocus(Qt::MouseFocusReason); // the viewport, which was pressed, takes none
        m_isTaken = true;
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
    // Across pans. Up and down belongs to the panel that scrolls, till somebody has clicked the
    // chart, and again from when the pointer has left it: who just scrolls past is not held up.
    const int across = event->angleDelta().x();
    if (across == 0 && !m_isTaken && !(event->modifiers() & Qt::ShiftModifier)) {
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
    m_isTaken = false;
    viewport()->update();
    Q_EMIT left();
}

void MetricChart::keyPressEvent(QKeyEvent *event)
{
    const double tenth = (m_to - m_from) / 10;
    switch (event->key()) {
    case Qt::Key_Left:
        Q_EMIT panned(-tenth);
        return;
    case Qt::Key_Right:
        Q_EMIT panned(tenth);
        return;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        Q_EMIT zoomed(m_from + 2 * tenth, m_to - 2 * tenth);
        return;
    case Qt::Key_Minus:
        Q_EMIT zoomed(m_from - 3 * tenth, m_to + 3 * tenth);
        return;
    case Qt::Key_Home:
        Q_EMIT resetRequested();
        return;
    default:
        event->ignore(); // a view of a scene would keep arrows and the like
    }
}

} // namespace Stampdeck
