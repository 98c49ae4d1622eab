// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deck.h"
#include "theme.h"

#include "models/tablecontent.h"

#include <QtCharts/QChartView>
#include <QtWidgets/QWidget>

class QGridLayout;

QT_BEGIN_NAMESPACE
class QAreaSeries;
class QDateTimeAxis;
class QLineSeries;
class QValueAxis;
QT_END_NAMESPACE

namespace Stampdeck {

/// One chart of a stamp: title, up to three lines, a limit. The limit and the hover line are drawn
/// over it, not as series. Belongs to MetricCharts; GUI thread.
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
    };
    /// Something that happened: an operation, or what its health became.
    struct Event
    {
        double time = 0; ///< Milliseconds since 1970.
        std::optional<Health> health; ///< Nothing for an operation.

        friend bool operator==(const Event &, const Event &) = default;
    };
    using Words = QString (*)(double value);

    MetricChart(const QString &title, const QList<Line> &lines, Words words,
                QWidget *parent = nullptr);

    // What is set is shown by the next setRange().
    /// Points of line \a line: x in milliseconds since 1970, y NaN where nothing is known.
    void setPoints(int line, const QList<QPointF> &points);
    /// A dashed line with its words above it; nothing takes it away.
    void setLimit(std::optional<double> value, const QString &words = {});
    void setRange(double from, double to);
    void setEvents(const QList<Event> &events);
    [[nodiscard]] const QList<Line> &lines() const { return m_lines; }
    [[nodiscard]] const QList<QPointF> &points(int line) const { return m_points[line]; }

    /// The time of the line through all charts; nothing hides it. \a isHere: with a plate.
    void setHover(std::optional<double> time, bool isHere);
    [[nodiscard]] std::optional<double> valueAt(int line, double time) const;

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
    void leaveEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void dress();
    void drawEvents(QPainter *painter, const QRectF &plot);
    void draw(int line);
    void rescale();
    [[nodiscard]] double timeAt(double x) const;

    QString m_title;
    QList<Line> m_lines;
    Words m_words;
    QList<QList<QPointF>> m_points;
    QList<Event> m_events;
    QList<QLineSeries *> m_series;
    QAreaSeries *m_area;
    QLineSeries *m_upper;
    QDateTimeAxis *m_timeAxis;
    QValueAxis *m_valueAxis;
    std::optional<double> m_limit;
    QString m_limitWords;
    std::optional<double> m_hover;
    bool m_hoverHere = false;
    std::optional<double> m_dragFrom; // pixels
    double m_dragTo = 0;
    double m_from = 0;
    double m_to = 1;
};

/// The charts of one stamp over one range of time: live samples, and what its source recorded.
/// Watches the samples of its stamp while it shows one.
class MetricCharts final : public QWidget
{
    Q_OBJECT
public:
    explicit MetricCharts(Deck &deck, QWidget *parent = nullptr);
    ~MetricCharts() override;

    void setStamp(const QString &id); ///< Empty for none.
    void setRange(std::chrono::milliseconds range);
    [[nodiscard]] const QList<MetricChart *> &charts() const { return m_charts; }

    /// The values in sight, a row for each time at which one is known.
    [[nodiscard]] TableContent content() const;
    /// A picture of all charts (.png, .svg), or their values (.csv, .json).
    [[nodiscard]] Result<void> writeTo(const QString &path) const;
    /// Asks for the file first; told() says how it went.
    void chooseExport();

Q_SIGNALS:
    void told(const QString &text);

protected:
    void contextMenuEvent(QContextMenuEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void refresh();
    [[nodiscard]] QList<MetricChart::Event> events(const StampEntry &entry) const;
    [[nodiscard]] std::pair<double, double> inSight() const; ///< From and to.
    void paintAll(QPainter &painter) const;
    void askHistory();
    void arrange();

    Deck &m_deck;
    QString m_stamp;
    std::chrono::milliseconds m_range{std::chrono::hours(1)};
    std::optional<std::pair<double, double>> m_zoom;
    QHash<QString, QList<QPointF>> m_history; // signal to points
    quint64 m_asked = 0; // the newest request for history
    QList<MetricChart *> m_charts;
    QGridLayout *m_grid;
    int m_columns = 0;
};

} // namespace Stampdeck
