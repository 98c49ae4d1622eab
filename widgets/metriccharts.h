// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deck.h"
#include "metricchart.h"
#include "outcome.h"

#include "models/tablecontent.h"

#include <QtWidgets/QWidget>

class QGridLayout;
class QTimer;

namespace Stampdeck {

class Button;
class TextLine;

/// The charts of one stamp over one range of time: live samples, and what its source or another
/// recorded. Or of several, a line for each on the same charts. Watches the samples of the stamps while it shows
/// them.
class MetricCharts final : public QWidget
{
    Q_OBJECT
public:
    static constexpr int twoColumnsFrom = 700; ///< Of the panel's width.

    /// Its own and those beside it: as many as there are letters.
    static constexpr int mostStamps = Theme::categories;

    explicit MetricCharts(Deck &deck, QWidget *parent = nullptr);
    ~MetricCharts() override;

    void setStamp(const QString &id); ///< Empty for none; ends a comparison.
    /// Stamps to be drawn beside it; empty: it stands alone. Its own, those of which nothing is
    /// known and more than fit are left out.
    void setCompared(const QStringList &ids);
    [[nodiscard]] QStringList compared() const;
    void setRange(std::chrono::milliseconds range);
    [[nodiscard]] const QList<MetricChart *> &charts() const { return m_charts; }

    /// The values in sight, a row for each time at which one is known; "prod/eu-1 cpu" as the key
    /// of a column where several stamps are compared.
    [[nodiscard]] TableContent content() const;
    /// A picture of all charts (.png, .svg), or their values (.csv, .json).
    [[nodiscard]] Result<void> writeTo(const QString &path) const;
    /// Asks for the file first; told() says how it went.
    void chooseExport();

Q_SIGNALS:
    void told(const QString &text, Outcome outcome = Outcome::Done);

protected:
    void contextMenuEvent(QContextMenuEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    class Legend;
    class Happened;
    /// A stamp on the charts, and what was recorded of it.
    struct Shown
    {
        QString id;
        QHash<QString, QList<QPointF>> history; ///< Signal to points.
        QStringList missing; ///< What whoever recorded it says is missing in it.
    };

    void setShown(const QStringList &ids);
    void refresh();
    void setPoints();
    void setLevels(const StampEntry &entry);
    [[nodiscard]] QList<QPointF> points(const Shown &shown, const QString &signal,
                                        std::vector<float> SampleSeries::*member) const;
    [[nodiscard]] QList<MetricChart::Event> events(const StampEntry &entry) const;
    [[nodiscard]] std::pair<double, double> inSight() const; ///< From and to.
    /// The last moment that anything can be known of.
    [[nodiscard]] double latest() const;
    void look(double from, double to);
    void paintAll(QPainter &painter) const;
    void askHistory();
    void endAsking();
    void takeHistory(const QString &id, const MetricsRange &recorded);
    void showMissing();
    void arrange();

    Deck &m_deck;
    QList<Shown> m_shown; // the panel's first
    std::chrono::milliseconds m_range{std::chrono::hours(1)};
    std::optional<std::pair<double, double>> m_zoom;
    std::pair<double, double> m_recorded{0, 0}; // asked for, with a value each m_recordedStep
    double m_recordedStep = 0;
    quint64 m_asked = 0; // the newest request for history
    QList<FutureResult<MetricsRange>> m_asking; // those of it that are on their way
    QTimer *m_askSoon; // while somebody pans
    QList<MetricChart *> m_charts;
    Legend *m_legend;
    TextLine *m_missing;
    Happened *m_happened;
    QGridLayout *m_grid;
    int m_columns = 0;
};

} // namespace Stampdeck
