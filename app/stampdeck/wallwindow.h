// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/deck.h"
#include "widgets/mapfacts.h"

#include "models/fleetsummary.h"
#include "models/viewlink.h"

#include <QtWidgets/QWidget>

namespace Stampdeck {

class MapWidget;

/// The fleet on a wall, to be read from five metres: counts and clock, the map, and the three that
/// are worst. Nothing can be done here. It turns pages – the saved views of the map, or the whole fleet
/// and each region with trouble – while nothing is unhealthy; then it stands still on everything.
///
/// Everything in the deck outlives it. GUI thread.
class WallWindow final : public QWidget
{
    Q_OBJECT
public:
    /// Unless somebody sets another.
    static constexpr std::chrono::milliseconds pageTime{20'000};
    /// To be read from five metres everything is so much larger than in a window.
    static constexpr double magnification = 1.5;

    /// \a views are the pages by their names; without any of the map they are made of the fleet.
    WallWindow(const Deck &deck, const QMap<QString, ViewLink> &views);

    [[nodiscard]] MapWidget *map() const { return m_map; }
    /// Of the pages that do not say theirs.
    void setArrangement(MapArrangement arrangement);
    /// From the next turn on.
    void setPageTime(std::chrono::milliseconds time) { m_pageTime = time; }
    [[nodiscard]] const FleetSummary &summary() const { return m_summary; }
    /// What is shown now: "All stamps", "eu-west", the name of a view.
    [[nodiscard]] QString page() const { return m_page; }

Q_SIGNALS:
    void refreshed();

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    struct Page
    {
        QString title;
        ViewLink link;
    };
    void summarizeSoon();
    void turnLater();
    void turn();
    void showPage(const Page &page);
    void lookUpMatches();
    [[nodiscard]] QList<Page> pages() const;
    void paintHead(QPainter &painter, const QRectF &box) const;
    void paintFoot(QPainter &painter, const QRectF &box) const;

    Deck m_deck;
    QList<Page> m_views;
    MapWidget *m_map;
    MapArrangement m_arrangement = MapArrangement::World;
    FleetSummary m_summary;
    std::chrono::milliseconds m_pageTime = pageTime;
    QString m_page;
    QString m_query; ///< Of the page that is shown.
    quint64 m_asked = 0;
    bool m_summarizing = false;
    bool m_summarizeAgain = false;
};

} // namespace Stampdeck
