// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "farimage.h"
#include "indexstrip.h"
#include "mapfacts.h"
#include "maphistogram.h"
#include "maplayout.h"
#include "motion.h"
#include "overviewinset.h"
#include "themes.h"
#include "worldpainter.h"

#include "models/fleetconfig.h"
#include "models/fleetversion.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QSet>
#include <QtGui/QPixmap>
#include <QtWidgets/QWidget>

#include <array>
#include <chrono>
#include <functional>
#include <memory>

class QGestureEvent;
class QVariantAnimation;

namespace Stampdeck {

class CarryController;
class Clock;
class WhatIf;

/// What the head of a group says beside its counts. Empty fields are left out.
struct MapGroupNote
{
    std::optional<bool> survives; ///< N+1.
    QString survival; ///< Why not: "short of 38 cores, 26 GiB".
    QString brief; ///< In two or three words: "71 cores to spare", "short by 38 cores".
    QString figure; ///< The same where there is less room: "+71 cores", "−38 cores".
    QString nextFull; ///< "cpu in 9 days".
    bool isFullSoon = false; ///< So that somebody should see to it.
    QString createTakes; ///< "9 min (last 5)".
    QString template_; ///< The one to create the missing stamp from: then a ghost stands there.
    /// How full the others would be without the fullest stamp, a ratio, and their gate.
    std::optional<double> afterLoss = {};
    double gate = 0;
    /// What a loss would do, for people: of the fullest stamp, and of the whole region.
    QStringList losses = {};

    friend bool operator==(const MapGroupNote &, const MapGroupNote &) = default;
};

/// A sign on the corner of a tile: an incident that hits it, and how far people are with it.
struct MapMark
{
    Health health = Health::Unhealthy; ///< Its colour.
    QString icon;
    QString words; ///< For assistive technology: "API crash loop, not acknowledged".

    friend bool operator==(const MapMark &, const MapMark &) = default;
};

/// The fleet as postage stamps: one widget over a spatial index, drawn by level of detail, with no
/// object for a tile.
///
/// GUI thread. It is given versions of the fleet and what changed in them, and owns nothing but
/// what it paints with. Slots are those of FleetVersion::stamps. Places do not move when values
/// change: only a stamp that comes or goes, or another grouping, lays the sheet out again.
class MapWidget final : public QWidget
{
    Q_OBJECT

public:
    static constexpr int dragFrom = Themes::dragDistance;
    static constexpr std::chrono::seconds reasonTime{2}; ///< Why a stamp does not take a drop.

    explicit MapWidget(QWidget *parent = nullptr);
    ~MapWidget() override;

    /// Ages are counted by this clock; the machine's own unless set. Must outlive the widget.
    void setClock(const Clock &clock);
    /// Verdicts while something is carried; may be null. Must outlive the widget or be taken away.
    void setCarry(CarryController *carry);
    /// Stamps that are switched off to see what that does; the same of it.
    void setWhatIf(WhatIf *whatIf);

    /// Shows \a version, whatever was shown before.
    void setVersion(const FleetVersionPtr &version);
    /// Shows \a version, of which only \a changes differ from the one shown.
    void applyChanges(const FleetVersionPtr &version, const ChangeSet &changes);
    [[nodiscard]] const FleetVersionPtr &version() const { return m_version; }

    [[nodiscard]] const MapGrouping &sheetGrouping() const { return m_grouping; }
    void setArrangement(MapArrangement arrangement);
    [[nodiscard]] MapArrangement arrangement() const { return m_kind; }
    /// The places of regions that the configuration tells; the clouds' are known.
    void setRegionPlaces(const QMap<QString, GeoPoint> &places);
    /// Of the sheet. The world groups by region, whatever the sheet does.
    void setGrouping(const MapGrouping &grouping);
    [[nodiscard]] MapGroupBy grouping() const { return shownGrouping().by; }
    /// What is grouped by now; of a label with its key.
    [[nodiscard]] MapGrouping shownGrouping() const
    {
        return isWorld() ? MapGrouping() : m_grouping;
    }
    void setColour(MapColourBy colour);
    [[nodiscard]] MapColourBy colour() const { return m_colours.colour(); }
    [[nodiscard]] MapLegend legend() const; ///< With how many stamps there are of each.
    /// By the group's key: a region's name.
    void setGroupNotes(const QHash<QString, MapGroupNote> &notes);
    [[nodiscard]] const QHash<QString, MapGroupNote> &groupNotes() const { return m_notes; }
    /// The stamps that match the search, by slot; the others fade. Nothing: all match.
    void setMatches(std::optional<QSet<int>> matches);
    [[nodiscard]] const std::optional<QSet<int>> &matches() const { return m_matches; }
    /// Signs on tiles, by slot. Those of the far stops have no room for one.
    void setMarks(const QHash<int, MapMark> &marks);
    [[nodiscard]] const QHash<int, MapMark> &marks() const { return m_marks; }

    [[nodiscard]] Stop stop() const { return m_layout.stop; }
    /// As the tool bar writes it: 200 at near, 2 at the smallest; of the world 100 when
    /// everything is in sight.
    [[nodiscard]] int zoomPercent() const;
    /// Keeps what is at \a anchor (widget coordinates) there; the middle when null.
    /// In the world it zooms as far in as that stop needs.
    void setStop(Stop stop, QPointF anchor = {});
    void zoomIn(QPointF anchor = {});
    void zoomOut(QPointF anchor = {});
    /// The largest stop at which everything is in sight.
    void fit();
    /// Verdicts of what is carried are still being worked out for what is in sight.
    [[nodiscard]] bool isAsking() const;
    /// What is carried hangs over this tile as if the pointer were there: for pictures.
    void holdOver(int slot);
    /// Pixels per degree; 0 in the sheet.
    [[nodiscard]] double scale() const { return isWorld() ? m_scale : 0; }
    /// Zooms and moves to the group until its tiles are in sight; by its key.
    void openGroup(const QString &key);
    /// Goes to these and zooms in until they fill the window.
    void zoomTo(const QList<int> &slots_);
    void zoomToSelection();
    /// Selects the next of those that are not well, the worst first, and goes there. False when all
    /// are well.
    bool goToTrouble(bool forward = true);
    /// What was thrown goes on moving.
    [[nodiscard]] bool isThrown() const { return m_throwTimer != 0; }
    /// Zooms by two fingers that went apart by a factor, and keeps what is at \a at between them.
    void pinch(double factor, QPointF at);
    /// Where the whole Earth stands in small; empty while all of it is in sight.
    [[nodiscard]] QRectF overviewRect() const;
    /// Shows at the far stops what is under the pointer or the cursor, large.
    void setLens(bool on);
    [[nodiscard]] QRectF lensRect() const; ///< Empty while it shows nothing.
    /// Off: zoom stops change at once.
    void setAnimated(bool animated) { m_animated = animated; }

    /// Ascending by place.
    [[nodiscard]] QList<int> selection() const;
    void setSelection(const QList<int> &slots_);
    /// Where the keyboard is; -1 for nowhere.
    /// Somebody walks it by keys, so that the arrows are its own.
    [[nodiscard]] bool isWalked() const { return m_keyboard && hasFocus(); }
    [[nodiscard]] int currentSlot() const;
    /// Moves the keyboard there and scrolls it into sight.
    void setCurrent(int slot);
    void ensureVisible(int slot);

    /// Geometry in widget coordinates; empty for what is not on the map.
    [[nodiscard]] QRectF tileRect(int slot) const;
    [[nodiscard]] int slotAt(QPointF point) const;
    /// The tenant whose chip is under \a point ("domain/ID"); empty for none. Near only.
    [[nodiscard]] QString tenantAt(QPointF point) const;
    /// The chips in sight: id and rectangle.
    [[nodiscard]] std::vector<std::pair<QString, QRectF>> chipsInSight() const;
    /// Shows Evacuate… in the heads of regions; off unless somebody answers evacuateRequested().
    void setEvacuates(bool on);
    /// Where it stands in each head in sight: the region and the rectangle.
    [[nodiscard]] std::vector<std::pair<QString, QRectF>> evacuationsInSight() const;
    void evacuate(const QString &region); ///< As a click on it.
    /// The places where a stamp is missing: the key of the group, and the rectangle.
    [[nodiscard]] std::vector<std::pair<QString, QRectF>> ghostsInSight() const;
    [[nodiscard]] QString ghostDescription(const QString &groupKey) const;
    void create(const QString &groupKey); ///< As a click on the ghost.
    /// What the pointer is told there, of a head or a ghost; empty for nothing.
    [[nodiscard]] QString tipAt(QPointF point) const;
    /// Where the drain handle of a near tile is; empty without one.
    [[nodiscard]] QRectF drainHandleRect(int slot) const;
    [[nodiscard]] QRectF spreadRect() const; ///< The empty drop area, while something is carried.
    /// So many pixels at its left and right lie under another widget: drop area and card stand beside
    /// that. No tile moves for it.
    void setCovered(int left, int right);
    /// That, and on the sheet all of the foot that it stands in: no tile is reached there.
    [[nodiscard]] QRectF spreadGround() const;
    /// The stamps in sight, in reading order.
    [[nodiscard]] std::vector<int> slotsInSight() const;
    struct GroupInSight
    {
        QString title;
        QString description; ///< Its counts.
        QRectF rect;
        QString key;
        bool folded = false; ///< Its tiles are not in sight for want of room.
    };
    [[nodiscard]] std::vector<GroupInSight> groupsInSight() const;
    [[nodiscard]] QString slotDescription(int slot) const;

    [[nodiscard]] QString spreadDescription() const;
    [[nodiscard]] bool isSelected(int slot) const { return m_selected.contains(slot); }
    /// Its place in reading order; -1 when it is not on the map.
    [[nodiscard]] int placeOf(int slot) const { return positionOf(slot); }

    /// What the pointer does, for those without one: select the stamp, or drop on it what is
    /// carried; cut a tenant, or all of a stamp's; let the planner spread them.
    void press(int slot);
    void cut(const QStringList &tenants);
    void cutAll(int slot); ///< To be drained.
    void cutSelected(); ///< All of the stamps that are selected.
    void drain(int slot); ///< As a click on its drain handle.
    void spread();

    /// Grows whenever something stands elsewhere or is described otherwise.
    [[nodiscard]] quint64 layoutSerial() const { return m_layoutSerial; }
    [[nodiscard]] const MapLayout &layoutOfTiles() const { return m_layout; }
    [[nodiscard]] double scrollPosition() const { return m_scroll.y(); }
    [[nodiscard]] QPointF corner() const { return m_scroll; }
    void scrollTo(double y);
    /// Tenants on their way between two groups of the world.
    [[nodiscard]] const std::vector<ClusterMove> &moves() const { return m_moves; }

    /// As QWidget's, and what was made ready for the end of a flight is of no use any more.
    void update();
    void update(const QRegion &part);

    static constexpr int staleBucket = 4; ///< Beside those of Health.

    [[nodiscard]] QSize sizeHint() const override { return {1216, 818}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {320, 240}; }

Q_SIGNALS:
    void selectionChanged();
    void currentChanged(int slot);
    /// Enter or a double click.
    void activated(int slot);
    /// Right button or the menu key; the stamp was selected before.
    void menuRequested(int slot, const QPoint &globalAt);
    void zoomChanged();
    void legendChanged();
    void arrangementChanged();
    /// What is carried is over \a there now, by pointer or by keys; widget coordinates.
    void handMoved(const QPointF &there);
    /// The pointer pulls these away; the receiver makes the carry active with them.
    void pickedUp(const QStringList &tenants);
    /// The drain handle was clicked: the planner is to spread the stamp's tenants.
    void drainRequested(int slot);
    /// Evacuate… in the head of a region, or its menu.
    void evacuateRequested(const QString &region);
    void regionMenuRequested(const QString &region, const QPoint &globalAt);
    /// The button Create from… of a ghost stamp.
    void createRequested(const QString &groupKey);

protected:
    bool event(QEvent *event) override;
    void changeEvent(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void keyReleaseEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dragMoveEvent(QDragMoveEvent *event) override;
    void dragLeaveEvent(QDragLeaveEvent *event) override;
    void dropEvent(QDropEvent *event) override;
    void timerEvent(QTimerEvent *event) override;

private:
    struct Group
    {
        QString key;
        QString title;
        int first = 0; // position of its first stamp
        FleetCounts counts;
        /// Sums, worked out when somebody asks.
        struct Sums
        {
            int tenants = 0;
            double cost = 0;
            QString currency;
            Resources resources;
            QMap<QString, int> versions;
        };
        mutable std::optional<Sums> sums = {};
    };
    static constexpr int zoomTime = int(Motion::zoomTime.count());
    static constexpr int flyTime = int(Motion::flyTime.count());
    enum class Gesture : quint8 { None, Press, Pan, Band, Strip, Overview };

    // Order and layout
    void rebuildOrder(bool keepOrder);
    void chooseStop();
    bool updateGhosts(); // true when places come or go
    [[nodiscard]] bool isWorld() const { return m_kind == MapArrangement::World; }
    [[nodiscard]] Arrangement::Request layoutRequest() const;
    /// \a zoomed: somebody wants another scale, so that the stop is chosen again.
    void relayout(bool zoomed = false, bool forgets = false);
    void forgetLateSums();
    const Group::Sums &sumsOf(const Group &group) const;
    [[nodiscard]] QRectF viewport() const;
    [[nodiscard]] double maxScroll() const;
    [[nodiscard]] double beyond() const;
    void setScroll(QPointF corner);
    void setScroll(double y) { setScroll({m_scroll.x(), y}); }
    void changeStop(Stop stop, QPointF anchor);
    /// Runs \a change, which zooms or moves a free arrangement, and glides there.
    void glide(const std::function<void()> &change, int duration);
    void setScale(double scale, QPointF anchor);
    void zoomTo(double scale, QPointF anchor);
    /// Where the window would stand on the plane at that scale when it is to be at \a corner.
    [[nodiscard]] QPointF cornerAt(double scale, QPointF corner) const;
    [[nodiscard]] bool isAnimating() const;
    void updateBlock(const MapBlock &block);
    [[nodiscard]] QRectF boundsOf(const QList<int> &slots_, const MapLayout &layout) const;
    void zoomToOnSheet(const QList<int> &slots_);
    void zoomToOnWorld(const QList<int> &slots_);
    void goToGroup(size_t index, Stop least);
    [[nodiscard]] int troubleBeside(int slot, bool forward) const;
    void trackThrow(QPointF at);
    void startThrow();
    void stopThrow();
    void throwOn();
    bool gestureEvent(QGestureEvent *event);
    void paintOverview(QPainter &painter);
    void goThereOnOverview(QPointF point);
    [[nodiscard]] int lensSlot() const;
    void paintLens(QPainter &painter);
    void countColours();
    [[nodiscard]] bool isUnhealthy(const Group &group) const;
    [[nodiscard]] bool isShownUnhealthy(int group) const;
    void trackMoves(const ChangeSet *changes);
    void sumMoves();
    [[nodiscard]] int positionOf(int slot) const;
    [[nodiscard]] bool isFaded(int slot) const { return m_matches && !m_matches->contains(slot); }
    [[nodiscard]] bool isCarrying() const;
    [[nodiscard]] bool isWhatIf() const;
    /// What of a group is off and what it takes in: "2 off", "takes 5"; empty for nothing.
    [[nodiscard]] QString whatIfSummary(int group) const;
    void whatIfChanged();
    [[nodiscard]] QString ghostAt(QPointF point) const;

    // Painting
    [[nodiscard]] TileState stateOf(int slot) const;
    enum class Part : quint8 { All, Plane, Shelf };
    void paintFlight(QPainter &painter);
    void prepareArrival();
    void dropArrival();
    void paintNearby(QPainter &painter, const QRegion &region);
    void paintTiles(QPainter &painter, const QRegion &region, Part part = Part::All);
    void paintMark(QPainter &painter, const QRectF &tile, const MapMark &mark) const;
    void paintHeads(QPainter &painter, const QRegion &region);
    void paintGround(QPainter &painter, const QRegion &region);
    void paintClusters(QPainter &painter, const QRegion &region, Part part, bool fills = true);
    void paintMoves(QPainter &painter, const QRegion &region);
    [[nodiscard]] ClusterFacts clusterFacts(const MapBlock &block) const;
    [[nodiscard]] ClusterFacts headFacts(const MapBlock &block) const;
    [[nodiscard]] bool isOn(const MapBlock &block, Part part) const
    {
        return part == Part::All || block.pinned == (part == Part::Shelf);
    }
    void paintSelvage(QPainter &painter, const MapBlock &block, const Group &group);
    void paintHead(QPainter &painter, const MapBlock &block, const Group &group);
    void paintFarFrame(QPainter &painter, const QRectF &frame, const Group &group);
    void paintFarHead(QPainter &painter, const QRectF &frame, const Group &group);
    /// So wide is a frame at least whose head says \a title and what troubles it.
    [[nodiscard]] static double farHeadWidth(const QString &title);
    void paintStrip(QPainter &painter);
    void paintCarry(QPainter &painter);
    void paintEmpty(QPainter &painter);
    void updateSlot(int slot);
    void resetTheme();
    [[nodiscard]] QRectF stripRect() const;
    [[nodiscard]] QRectF evacuateRect(const MapBlock &block) const;
    [[nodiscard]] QString townOf(const Group &group) const; // "Dublin"; empty where nobody says
    [[nodiscard]] QString placeAndCount(const Group &group) const; // "Dublin · 6 stamps"
    struct Selvage;
    /// What of a group's selvage there is room for, and where.
    [[nodiscard]] Selvage selvageOf(const MapBlock &block) const;
    [[nodiscard]] QRectF selvageEvacuateRect(const MapBlock &block) const;
    void paintEvacuate(QPainter &painter, const MapBlock &block);
    [[nodiscard]] QString evacuationAt(QPointF point) const;
    /// What the stamps of a group answer together to what is carried; empty while they are asked.
    struct CarrySum
    {
        QString said; ///< "2 of 6 can", or the one reason when all refuse.
        QString brief; ///< Where there is less room: "2/6".
        bool lit = false;
    };
    [[nodiscard]] CarrySum carrySum(const Group &group) const;
    [[nodiscard]] QString carrySummary(const Group &group, bool &lit) const;

    // Far cells
    [[nodiscard]] quint32 cellLook(int slot) const;
    [[nodiscard]] QColor farGround() const;
    [[nodiscard]] FarImage::Scene farScene();
    void ensureFar();
    void paintFarGround(Part part);

    // Input
    void setHovered(int slot);
    [[nodiscard]] int slotPressedAt(const QPointF &at) const;
    void select(int position, Qt::KeyboardModifiers modifiers);
    void walk(MapLayout::Step step, Qt::KeyboardModifiers modifiers);
    /// To the first tile from \a position on, forward or back, that can be chosen now.
    void leap(int position, bool forward, Qt::KeyboardModifiers modifiers);
    void leapGroup(bool forward, Qt::KeyboardModifiers modifiers);
    /// Of the positions \a from to before \a to the first, in that direction, that is lit; -1 for none.
    [[nodiscard]] int firstLit(int from, int to) const;
    /// Where walking begins: what is aimed at, else the current tile.
    [[nodiscard]] int walksFrom() const;
    void dropWhereShown();
    bool carryKey(QKeyEvent *event);
    void ageStale();
    void showTip();
    void startDrag(const QStringList &tenants);
    void startDrain(int slot);
    void startEvacuation(const QString &region);
    void dragAway(const QStringList &tenants, const Result<void> &isPickedUp);
    bool dropOn(int slot);
    void flashReason(int slot);
    void carryChanged();
    void takeVerdicts(const std::vector<int> &slots_);
    [[nodiscard]] QStringList tenantsOf(int slot) const;

    const Clock *m_clock;
    CarryController *m_carry = nullptr;
    bool m_wasCarrying = false;
    WhatIf *m_whatIf = nullptr;
    mutable std::optional<QHash<int, std::pair<int, int>>> m_offAndTaken; // by group
    mutable QHash<int, CarrySum> m_carrySums; // by group
    FleetVersionPtr m_version;
    struct ArrangementState
    {
        std::unique_ptr<Arrangement> arrangement;
        Stop stop = Stop::Medium;
        double scale = 0;
        QPointF scroll;
        bool fitted = false;
        bool zoomed = false;
        size_t chosenFor = 0;
    };
    std::array<ArrangementState, 2> m_arrangements; // by MapArrangement; what the other left
    MapArrangement m_kind = MapArrangement::Sheet;
    Arrangement *m_arrangement = nullptr; // one of those
    QMap<QString, GeoPoint> m_regionPlaces;
    TilePainter m_tiles;
    WorldPainter m_worldPainter;
    std::vector<char> m_shownUnhealthy; // groups whose places were painted so
    MapColours m_colours;
    MapHistogram m_histogram;
    int m_legendTimer = 0; ///< Runs while the legend waits to be told.
    MapGrouping m_grouping;
    QHash<QString, MapGroupNote> m_notes;
    QSet<QString> m_ghosts; // keys of the groups with a place for one that is missing
    std::optional<QSet<int>> m_matches;
    QHash<int, MapMark> m_marks; // by slot

    std::vector<int> m_order; // position to slot
    std::vector<int> m_positions; // slot to position, -1 for none
    std::vector<quint8> m_buckets; // slot to the bucket it was counted in
    std::vector<QString> m_names; // slot to the id that was placed
    std::vector<Group> m_groups;
    MapLayout m_layout;
    QPointF m_scroll;
    double m_scale = 0; // of a free arrangement
    double m_overview = 0; // its scale when all is in sight
    bool m_fitted = false; // still as fit() left it: a new size fits again
    bool m_zoomed = false; // by somebody
    size_t m_chosenFor = 0; // so many stamps
    quint64 m_layoutSerial = 0;

    QSet<int> m_selected; // slots
    int m_current = -1; // slot
    int m_anchor = -1; // slot where Shift began
    int m_hovered = -1;
    bool m_keyboard = false; // the focus frame is shown

    Gesture m_gesture = Gesture::None;
    QPointF m_pressedAt;
    QPointF m_scrollAtPress;
    int m_pressedSlot = -1;
    QString m_pressedTenant;
    int m_pressedHandle = -1;
    QString m_pressedEvacuation; // the region whose Evacuate… is pressed
    QString m_pressedFold; // the key of the group whose head was pressed
    bool m_hasPressedFold = false;
    QRectF m_band;
    QSet<int> m_bandBase;
    int m_tipTimer = 0;

    QSet<int> m_lateHeads; // blocks whose sums are to be worked out again
    int m_headTimer = 0;
    /// When the stamps were put in order last, Clock::elapsed().
    std::optional<std::chrono::milliseconds> m_ordered;
    int m_orderTimer = 0; ///< Runs while some wait for their place.

    IndexStrip m_strip;
    int m_stripTimer = 0;
    int m_wheel = 0; // what is left of a zoom stop
    double m_pinched = 1; // the same of two fingers

    std::vector<std::pair<qint64, QPointF>> m_throwWay; // of the hand, when by the clock, and where
    QPointF m_wheelWay; // of fingers on a pad
    QPointF m_throw; // pixels a millisecond
    qint64 m_thrownAt = 0;
    int m_throwTimer = 0;
    OverviewInset m_overviewInset;
    bool m_lens = false;

    FarImage m_far;

    QVariantAnimation *m_zoom;
    QPixmap m_zoomFrom;
    QPointF m_zoomEnd; // where its corner comes to
    double m_zoomScale = 1;
    QPixmap m_arrival; // the window at the end of the flight
    int m_arrived = 0; // so far down it is painted
    bool m_animated = true;
    bool m_evacuates = false;
    QString m_hoveredRegion; // its Evacuate… is under the pointer
    QString m_spotTip; // of what is under the pointer beside tiles

    QHash<int, std::pair<int, int>> m_moving; // slot of a tenant to those of two stamps
    std::vector<ClusterMove> m_moves; // the same by group
    QElapsedTimer m_moveAge;
    int m_moveTimer = 0;

    QHash<int, qint64> m_changedAt; // slot to when its health changed, for 2 s
    int m_changedTimer = 0;
    int m_ageTimer = 0;

    int m_coveredLeft = 0;
    int m_coveredRight = 0;
    QPointF m_dragAt;
    bool m_broughtIn = false; // what is dragged: from another window
    bool m_dragInside = false;
    int m_dropTarget = -1;
    bool m_overSpread = false;
    int m_panTimer = 0;
    int m_reasonSlot = -1;
    int m_reasonTimer = 0;
};

} // namespace Stampdeck
