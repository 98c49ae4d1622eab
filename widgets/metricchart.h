// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "theme.h"

#include "backends/api/fleet.h"

#include <QtCharts/QChartView>

#include <algorithm>
#include <optional>

QT_BEGIN_NAMESPACE
class QAreaSeries;
class QDateTimeAxis;
class QLineSeries;
class QValueAxis;
QT_END_NAMESPACE

namespace Stampdeck {

/// One chart: title, lines over time, dashed levels such as a limit, what happened. Levels, events
/// and the hover line are drawn over it, not as series. Either of one stamp, with a few lines in
/// tokens of their own and an area under the first, or a comparison, with one line for each stamp
/// in the colour and by the letter of a category. Belongs to MetricCharts; GUI thread.
class MetricChart final : public QChartView
{
    Q_OBJECT
public:
    struct Line
    {
        QString name;
        Token token = Token::Chart1;
        bool dashed = false;
        QString key = {}; ///< Its name in a file: "latencyP99Ms".
        int category = -1; ///< Of a comparison: its colour and letter. All lines have one, or none.

        friend bool operator==(const Line &, const Line &) = default;
    };
    /// A value that stands still: a gate, an objective, what is reserved.
    struct Level
    {
        double value = 0;
        QString words; ///< Written along the line, where there is room.
        Token line = Token::DegradedEdge;
        Token text = Token::DegradedText;
    };
    /// Something that happened: an operation, or what its health became.
    struct Event
    {
        double time = 0; ///< Milliseconds since 1970.
        std::optional<Health> health; ///< Nothing for an operation.
        QString words = {};

        friend bool operator==(const Event &, const Event &) = default;
    };
    /// What its values are, and so how they are written and where the axis ends.
    enum class Unit : quint8 {
        Share, ///< Of a limit; the axis goes to 100 % at least.
        PerSecond,
        ErrorRatio,
        Milliseconds,
    };

    MetricChart(const QString &title, Unit unit, const QList<Line> &lines,
                QWidget *parent = nullptr);

    // What is set is shown by the next setRange().
    /// Other lines, without points. \a caption: what is compared, at the end of the title.
    void setLines(const QList<Line> &lines, const QString &caption = {});
    /// Points of line \a line: x in milliseconds since 1970, y NaN where nothing is known.
    void setPoints(int line, const QList<QPointF> &points);
    void setLevels(const QList<Level> &levels);
    void setRange(double from, double to);
    void setEvents(const QList<Event> &events);
    /// Where a replay stands: what comes after is dashed. Nothing: the fleet is shown as it is.
    void setMoment(std::optional<double> moment);
    [[nodiscard]] std::optional<double> moment() const { return m_moment; }
    [[nodiscard]] const QString &title() const { return m_title; }
    [[nodiscard]] const QList<Line> &lines() const { return m_lines; }
    [[nodiscard]] const QList<QPointF> &points(int line) const { return m_points[line]; }
    [[nodiscard]] bool isComparison() const { return m_lines.first().category >= 0; }
    /// Stretches of the range, in milliseconds since 1970, in which no line knows anything.
    [[nodiscard]] QList<std::pair<double, double>> gaps() const;

    /// The time of the line through all charts; nothing hides it. \a isHere: with a plate.
    void setHover(std::optional<double> time, bool isHere);
    [[nodiscard]] std::optional<double> valueAt(int line, double time) const;

    static constexpr int usualHeight = 202;
    static constexpr int rightMargin = 6; ///< Between its values and its edge.
    static constexpr double lineWidth = 1.75;

Q_SIGNALS:
    void hovered(double time);
    void left();
    void zoomed(double from, double to);
    void panned(double milliseconds);
    void resetRequested();

protected:
    void drawForeground(QPainter *painter, const QRectF &rect) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void dress();
    void draw(int line);
    void drawGaps(QPainter *painter, const QRectF &plot) const;
    void drawLevels(QPainter *painter, const QRectF &plot) const;
    void drawEvents(QPainter *painter, const QRectF &plot) const;
    void drawValues(QPainter *painter) const;
    void drawHover(QPainter *painter, const QRectF &plot) const;
    [[nodiscard]] bool isOverSeries(const QRectF &box, const QRectF &plot) const;
    void drawAfterwards(QPainter *painter, const QRectF &plot) const;
    void drawRanking(QPainter *painter, const QRectF &plot, double x) const;
    void rescale();
    [[nodiscard]] QString words(double value) const;
    [[nodiscard]] QColor colorOf(const Line &line) const;
    /// What a sample speaks for, in milliseconds: farther from any, nothing is known.
    [[nodiscard]] double reach() const { return std::max(90e3, (m_to - m_from) / 60); }
    [[nodiscard]] double timeAt(double x) const;
    [[nodiscard]] double xOf(double time, const QRectF &plot) const;
    [[nodiscard]] double yOf(double value, const QRectF &plot) const;

    QString m_title;
    QString m_caption;
    Unit m_unit;
    QList<Line> m_lines;
    QList<QList<QPointF>> m_points;
    QList<Level> m_levels;
    QList<Event> m_events;
    QList<QLineSeries *> m_series;
    QAreaSeries *m_area;
    QLineSeries *m_upper;
    QDateTimeAxis *m_timeAxis;
    QValueAxis *m_valueAxis;
    std::optional<double> m_hover;
    std::optional<double> m_moment;
    bool m_hoverHere = false;
    bool m_isTaken = false; // clicked, and the pointer has not left since
    std::optional<double> m_dragFrom; // pixels
    double m_dragTo = 0;
    double m_from = 0;
    double m_to = 1;
};

} // namespace Stampdeck
