// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/fleetfeed.h"
#include "models/fleetstore.h"
#include "widgets/carrycontroller.h"
#include "widgets/carrypanel.h"
#include "widgets/mapwidget.h"
#include "widgets/themes.h"

#include "tests/support/manualclock.h"

#include "paintclock.h"

#include <QtCore/QAbstractEventDispatcher>
#include <QtCore/QElapsedTimer>
#include <QtCore/QRandomGenerator>
#include <QtGui/QPainter>
#include <QtGui/QWheelEvent>
#include <QtWidgets/QApplication>
#include <QtWidgets/QGraphicsItem>
#include <QtWidgets/QGraphicsScene>
#include <QtWidgets/QGraphicsView>

#include <benchmark/benchmark.h>

// map/frame: what a frame of the map costs while 1 % of the stamps change each second, at 30 frames
// a second, beside the same tiles as items of a QGraphicsView. map/verdicts: 10,000 tiles and 100 tenants,
// from picking them up (or from a change of 1 % of the stamps) to the first frame of map, panel and banner,
// in which every tile in sight has answered unless it is far; in columns what it took until all tiles had
// (the median), and the turns of the event loop after the first frame (p99 and the longest). CPU time of the
// GUI thread, beside the evaluations alone.
// map/world: a frame of the world while 1 % change, beside the sheet; one while it is panned, and
// one of a zoom by the wheel, beside the land alone painted without a layer that is kept.
//
// map/paint: the same scene, but only the GUI thread's time in paintEvent, over 1,000 frames with the
// slowest of them (p99, p99.9) in columns; beside the QGraphicsView (map/paint_baseline) and a bare
// painter that draws every tile in sight each time (map/bare). map/zoom: from all to one tile and back,
// every frame on the way, beside the same way of a QGraphicsView.

namespace {

using namespace Stampdeck;
using namespace Qt::StringLiterals;

constexpr int regions = 12;
constexpr int framesPerSecond = 30;
constexpr QSize canvas(1284, 880);

StampEntryPtr entryOf(int number, bool turned)
{
    QRandomGenerator random(quint32(number) * 2 + (turned ? 1 : 0));
    auto stamp = std::make_shared<Stamp>();
    const int region = number % regions;
    stamp->name = u"region%1-%2"_s.arg(region).arg(number / regions, 5, 10, QLatin1Char('0'));
    stamp->region = u"region%1"_s.arg(region);
    stamp->ring = QString::number(number % 3);
    stamp->version = u"1.42.3"_s;
    stamp->signalValues = {random.bounded(3000.0), random.bounded(0.01), random.bounded(30.0),
                           random.bounded(200.0)};
    auto entry = std::make_shared<StampEntry>();
    entry->id = u"bench/"_s + stamp->name;
    entry->stamp = stamp;
    entry->source = 0;
    const double load = random.bounded(1.0);
    entry->health = load > 0.98 ? Health::Unhealthy
        : load > 0.95           ? Health::Degraded
                                : Health::Healthy;
    entry->resources.cpu = {64, 64 * load, 64 * load * 0.9};
    entry->resources.memory = {256e9, 200e9 * load, 180e9 * load};
    entry->resources.storage = {8e12, 4e12, 3e12};
    entry->resources.tenants = {20, 12, 12};
    auto lines = std::make_shared<Sparklines>();
    for (auto *line : {&lines->requests, &lines->errors, &lines->latencyP50, &lines->latencyP99}) {
        for (float &value : *line)
            value = float(random.bounded(100.0));
    }
    lines->count = Sparklines::points;
    entry->sparklines = lines;
    return entry;
}

/// A fleet, and what a second's frames change in it; the last frame leads back to the first.
struct Film
{
    std::vector<FleetVersionPtr> versions;
    std::vector<ChangeSet> changes; ///< From each version to the next.

    explicit Film(int tiles)
    {
        auto first = std::make_shared<FleetVersion>();
        SourceState source;
        source.name = u"bench"_s;
        first->sources = {source};
        for (int i = 0; i < tiles; ++i) {
            const int slot = first->stamps.grow();
            first->stamps.edit(slot) = entryOf(i, false);
            first->stampIndex.insert(first->stamps[slot]->id, slot);
        }
        versions.push_back(first);
        QRandomGenerator random(1);
        const int each = std::max(1, tiles / 100 / framesPerSecond);
        std::vector<std::vector<int>> sets;
        for (int i = 0; i < framesPerSecond; ++i) {
            std::vector<int> slots_;
            for (int k = 0; k < each; ++k)
                slots_.push_back(random.bounded(tiles));
            std::sort(slots_.begin(), slots_.end());
            slots_.erase(std::unique(slots_.begin(), slots_.end()), slots_.end());
            sets.push_back(slots_);
        }
        for (const bool turned : {true, false}) {
            for (const std::vector<int> &slots_ : sets) {
                auto next = std::make_shared<FleetVersion>(*versions.back());
                ++next->serial;
                ChangeSet change;
                change.stamps = slots_;
                for (const int slot : slots_)
                    next->stamps.edit(slot) = entryOf(slot, turned);
                versions.push_back(next);
                changes.push_back(change);
            }
        }
    }
};

const Film &film(int tiles)
{
    static std::map<int, std::unique_ptr<Film>> films;
    auto &made = films[tiles];
    if (!made)
        made = std::make_unique<Film>(tiles);
    return *made;
}

enum class Zoom : quint8 { All, Mid, Near };

Stop stopOf(Zoom zoom, const MapWidget &map)
{
    return zoom == Zoom::Near ? Stop::Near : zoom == Zoom::Mid ? Stop::Medium : map.stop();
}

void show(MapWidget &map, const Film &shown, Zoom zoom)
{
    Themes::instance().setChoice(Theme::Scheme::Dark);
    map.setAnimated(false);
    map.resize(canvas);
    map.setVersion(shown.versions.front());
    map.fit();
    if (zoom != Zoom::All)
        map.setStop(stopOf(zoom, map));
    map.show();
    QApplication::processEvents();
}

void frame(benchmark::State &state, int tiles, Zoom zoom)
{
    const Film &shown = film(tiles);
    MapWidget map;
    show(map, shown, zoom);
    size_t at = 0;
    for (auto _ : state) {
        const size_t next = at + 1;
        map.applyChanges(shown.versions[next], shown.changes[at]);
        QApplication::processEvents();
        at = next % shown.changes.size();
    }
}

/// A tile as an item of its own.
class TileItem final : public QGraphicsItem
{
public:
    TileItem(const FleetVersionPtr &version, int slot, Stop stop, TilePainter &tiles,
             const MapColours &colours)
        : m_version(&version)
        , m_slot(slot)
        , m_stop(stop)
        , m_tiles(&tiles)
        , m_colours(&colours)
    { }
    [[nodiscard]] QRectF boundingRect() const override
    {
        return QRectF(QPointF(), geometry(m_stop).size).adjusted(-1, -1, 1, 1);
    }
    void paint(QPainter *painter, const QStyleOptionGraphicsItem *, QWidget *) override
    {
        TileFacts facts;
        fillFacts(facts, **m_version, m_slot, m_stop, *m_colours, nullptr, Clock::system());
        m_tiles->paint(*painter, {0, 0}, m_stop, facts);
    }

private:
    const FleetVersionPtr *m_version;
    int m_slot;
    Stop m_stop;
    TilePainter *m_tiles;
    const MapColours *m_colours;
};

void frameBaseline(benchmark::State &state, int tiles, Zoom zoom, bool onlyPaint = false)
{
    const Film &shown = film(tiles);
    FleetVersionPtr version = shown.versions.front();
    Stop stop = Stop::S3;
    QGraphicsScene scene;
    TilePainter painter;
    MapColours colours;
    std::vector<TileItem *> items(size_t(tiles), nullptr);
    {
        // The same places.
        MapWidget map;
        show(map, shown, zoom);
        stop = map.stop();
        for (int slot = 0; slot < tiles; ++slot) {
            auto *item = new TileItem(version, slot, stop, painter, colours);
            item->setPos(map.tileRect(slot).topLeft() + QPointF(0, map.scrollPosition()));
            scene.addItem(item);
            items[size_t(slot)] = item;
        }
        scene.setSceneRect(QRectF(QPointF(), map.layoutOfTiles().content));
    }
    QGraphicsView view(&scene);
    view.setFrameStyle(0);
    view.setBackgroundBrush(Theme::current()[Token::BgCanvas]);
    view.setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    view.setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    view.setAlignment(Qt::AlignLeft | Qt::AlignTop);
    view.resize(canvas);
    view.show();
    QApplication::processEvents();
    size_t at = 0;
    Frames all;
    std::ignore = PaintClock::take();
    for (auto _ : state) {
        const size_t next = at + 1;
        version = shown.versions[next];
        for (const int slot : shown.changes[at].stamps)
            items[size_t(slot)]->update();
        QApplication::processEvents();
        if (onlyPaint)
            all.add(state, PaintClock::take());
        at = next % shown.changes.size();
    }
    if (onlyPaint)
        all.tell(state);
}

constexpr int frames = 1'000;

void paint(benchmark::State &state, int tiles, Zoom zoom)
{
    const Film &shown = film(tiles);
    MapWidget map;
    show(map, shown, zoom);
    size_t at = 0;
    Frames all;
    std::ignore = PaintClock::take();
    for (auto _ : state) {
        const size_t next = at + 1;
        map.applyChanges(shown.versions[next], shown.changes[at]);
        QApplication::processEvents();
        all.add(state, PaintClock::take());
        at = next % shown.changes.size();
    }
    all.tell(state);
}

/// Draws every tile in sight, each time.
class BareTiles final : public QWidget
{
public:
    BareTiles(const MapWidget &map, const FleetVersionPtr &version)
        : m_version(version)
        , m_stop(map.stop())
    {
        setAttribute(Qt::WA_OpaquePaintEvent);
        for (const int slot : map.slotsInSight())
            m_places.emplace_back(slot, map.tileRect(slot));
        resize(map.size());
    }
    void setVersion(const FleetVersionPtr &version)
    {
        m_version = version;
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        const Theme &theme = Theme::current();
        painter.fillRect(rect(), theme[Token::BgCanvas]);
        if (isFar(m_stop)) {
            for (const auto &[slot, place] : m_places) {
                const Health health = m_version->stamps[slot]->health;
                painter.fillRect(place,
                                 theme[health == Health::Unhealthy      ? Token::UnhealthyCell
                                           : health == Health::Degraded ? Token::DegradedCell
                                                                        : Token::HealthyCell]);
            }
            return;
        }
        TileFacts facts;
        for (const auto &[slot, place] : m_places) {
            fillFacts(facts, *m_version, slot, m_stop, m_colours, nullptr, Clock::system());
            m_tiles.paint(painter, place.topLeft(), m_stop, facts);
        }
    }

private:
    FleetVersionPtr m_version;
    Stop m_stop;
    TilePainter m_tiles;
    MapColours m_colours;
    std::vector<std::pair<int, QRectF>> m_places;
};

void paintBare(benchmark::State &state, int tiles, Zoom zoom)
{
    const Film &shown = film(tiles);
    MapWidget map;
    show(map, shown, zoom);
    BareTiles bare(map, shown.versions.front());
    map.hide();
    bare.show();
    QApplication::processEvents();
    size_t at = 0;
    Frames all;
    std::ignore = PaintClock::take();
    for (auto _ : state) {
        const size_t next = at + 1;
        bare.setVersion(shown.versions[next]);
        QApplication::processEvents();
        all.add(state, PaintClock::take());
        at = next % shown.changes.size();
    }
    all.tell(state);
}

/// One frame, whatever makes it: a step of the zoom, or a picture on the way there.
void awaitFrame()
{
    const int before = PaintClock::paints();
    QElapsedTimer patience;
    patience.start();
    while (PaintClock::paints() == before && patience.elapsed() < 50)
        QApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents, 10);
}

void zoomThrough(benchmark::State &state, int tiles, MapArrangement arrangement)
{
    MapWidget map;
    map.setArrangement(arrangement);
    show(map, film(tiles), Zoom::All);
    map.setAnimated(true);
    const Stop farthest = map.stop();
    const double least = map.scale();
    bool isIn = true;
    QElapsedTimer since;
    since.start();
    Frames all;
    std::ignore = PaintClock::take();
    for (auto _ : state) {
        if (since.elapsed() > 130) { // where it went it has arrived
            const QPointF at(canvas.width() / 2.0, canvas.height() / 2.0);
            if (isIn ? map.stop() == Stop::Near
                     : map.stop() == farthest && map.scale() <= least * 1.01)
                isIn = !isIn;
            isIn ? map.zoomIn(at) : map.zoomOut(at);
            since.start();
        }
        awaitFrame();
        all.add(state, PaintClock::take());
    }
    all.tell(state);
}

void zoomThroughBaseline(benchmark::State &state, int tiles)
{
    const Film &shown = film(tiles);
    FleetVersionPtr version = shown.versions.front();
    QGraphicsScene scene;
    TilePainter painter;
    MapColours colours;
    {
        MapWidget map;
        show(map, shown, Zoom::All);
        for (int slot = 0; slot < tiles; ++slot) {
            auto *item = new TileItem(version, slot, map.stop(), painter, colours);
            item->setPos(map.tileRect(slot).topLeft());
            scene.addItem(item);
        }
    }
    QGraphicsView view(&scene);
    view.setFrameStyle(0);
    view.setBackgroundBrush(Theme::current()[Token::BgCanvas]);
    view.resize(canvas);
    view.show();
    QApplication::processEvents();
    int step = 0;
    Frames all;
    std::ignore = PaintClock::take();
    for (auto _ : state) {
        view.scale(step % 200 < 100 ? 1.04 : 1 / 1.04, step % 200 < 100 ? 1.04 : 1 / 1.04);
        ++step;
        QApplication::processEvents();
        all.add(state, PaintClock::take());
    }
    all.tell(state);
}

/// The world; twelve regions from Oregon to Sydney.
void showWorld(MapWidget &map, const Film &shown, MapArrangement arrangement)
{
    static constexpr GeoPoint places[regions] = {{53.3, -6.3},  {50.1, 8.7},    {59.3, 18.1},
                                                 {39.0, -77.5}, {45.6, -121.2}, {19.1, 72.9},
                                                 {1.35, 103.8}, {35.7, 139.7},  {-23.5, -46.6},
                                                 {-33.9, 18.4}, {24.5, 54.4},   {-33.9, 151.2}};
    QMap<QString, GeoPoint> named;
    for (int region = 0; region < regions; ++region)
        named.insert(u"region%1"_s.arg(region), places[region]);
    map.setRegionPlaces(named);
    map.setArrangement(arrangement);
    show(map, shown, Zoom::All);
}

void world(benchmark::State &state, int tiles, MapArrangement arrangement)
{
    const Film &shown = film(tiles);
    MapWidget map;
    showWorld(map, shown, arrangement);
    size_t at = 0;
    for (auto _ : state) {
        const size_t next = at + 1;
        map.applyChanges(shown.versions[next], shown.changes[at]);
        QApplication::processEvents();
        at = next % shown.changes.size();
    }
}

enum class Travel : quint8 { Pan, Zoom };

void worldTravel(benchmark::State &state, int tiles, Travel travel)
{
    MapWidget map;
    showWorld(map, film(tiles), MapArrangement::World);
    int step = 0;
    for (auto _ : state) {
        // To and fro.
        const bool forth = step++ % 40 < 20;
        const QPoint by = travel == Travel::Pan ? QPoint(forth ? 24 : -24, 0) : QPoint();
        QWheelEvent wheel({600, 300}, map.mapToGlobal(QPointF(600, 300)), by, {0, forth ? 60 : -60},
                          {}, {}, Qt::NoScrollPhase, false);
        QApplication::sendEvent(&map, &wheel);
        QApplication::processEvents();
    }
}

void landBaseline(benchmark::State &state)
{
    MapLayout layout;
    layout.scale = 4;
    QImage image(canvas, QImage::Format_RGB32);
    for (auto _ : state) {
        WorldPainter painter;
        QPainter on(&image);
        painter.paintGround(on, QRegion(QRect(QPoint(), canvas)), layout, {80, 0}, canvas);
    }
}

/// A store that holds ten thousand stamps with three tenants each and one with a hundred, and what of
/// a window shows a carry.
struct CarryBench
{
    static constexpr int stamps = 10'000;
    static constexpr int carried = 100;

    Testing::ManualClock clock;
    FleetStore store{clock};
    FleetFeed feed{store};
    QStringList tenants; ///< A hundred, of as many stamps.
    QString full = u"bench/region0-00000"_s; ///< The stamp that has a hundred.
    int turn = 0;

    CarryBench()
    {
        SourceState source;
        source.name = u"bench"_s;
        source.tenantDomain = u"bench"_s;
        source.capabilities = Capability::Move | Capability::Cordon;
        store.addSource(source);
        FleetUpdate update;
        update.instance = u"bench"_s;
        for (int i = 0; i < stamps; ++i) {
            update.stamps.push_back(stampOf(i, 0));
            for (int t = 0; t < (i == 0 ? carried : 3); ++t) {
                auto tenant = std::make_shared<Tenant>();
                tenant->id = u"t%1-%2"_s.arg(i).arg(t);
                tenant->stamp = update.stamps.back()->name;
                tenant->placements = {{tenant->stamp, PlacementState::Serving, {}}};
                tenant->demand = {0.1, 0.3e9, 2e9, 4.0};
                tenant->constraints.antiAffinity =
                    t == 0 && i % 100 != 1 ? u"group%1"_s.arg(i % 7) : QString();
                tenant->revision = u"1"_s;
                update.tenants.push_back(tenant);
                if (t == 0 && i % 100 == 1)
                    tenants.append(u"bench/"_s + tenant->id);
            }
        }
        apply(update);
    }

    static std::shared_ptr<const Stamp> stampOf(int number, int turn)
    {
        const StampEntryPtr entry = entryOf(number, turn % 2 == 1);
        auto stamp = std::make_shared<Stamp>(*entry->stamp);
        stamp->health = Health::Healthy;
        stamp->resources = entry->resources;
        stamp->resources.tenants = {200, 12, 12};
        stamp->revision = u"1"_s;
        return stamp;
    }
    void apply(const FleetUpdate &update)
    {
        store.apply(u"bench"_s, update);
        store.sync();
    }
    void swapIn()
    {
        while (feed.version()->serial != store.current()->serial)
            QApplication::processEvents();
    }
    /// One stamp in a hundred tells other numbers; the feed has not swapped them in yet.
    void change()
    {
        FleetUpdate delta;
        delta.instance = u"bench"_s;
        delta.complete = false;
        ++turn;
        for (int i = turn % 100; i < stamps; i += 100)
            delta.stamps.push_back(stampOf(i, turn));
        apply(delta);
    }
    [[nodiscard]] Result<void> pickUp(CarryController &carry, bool drains) const
    {
        return drains ? carry.pickUpAll(full, CarryController::Mode::Cut)
                      : carry.pickUp(tenants, CarryController::Mode::Cut);
    }
};

enum class Moment : quint8 { PickedUp, Changed };

// Until a frame of map, panel and banner has answered; what follows from it in later turns of the event
// loop comes in slices, the longest of which is told.
void verdicts(benchmark::State &state, bool drains, Moment moment, Stop stop)
{
    CarryBench bench;
    bench.swapIn();
    CarryController carry(bench.feed);
    QWidget window;
    window.resize(canvas + QSize(320, 48));
    auto *map = new MapWidget(&window);
    map->setAnimated(false);
    map->setGeometry(0, 48, canvas.width(), canvas.height());
    map->setVersion(bench.feed.version());
    map->setCarry(&carry);
    map->setStop(stop);
    QObject::connect(&bench.feed, &FleetFeed::changed, map, [&](const ChangeSet &slice) {
        map->applyChanges(bench.feed.version(), slice);
    });
    auto *panel = new CarryPanel(carry, &window);
    panel->setGeometry(canvas.width(), 48, 320, canvas.height());
    auto *banner = new CarryBanner(carry, &window);
    banner->setGeometry(0, 0, canvas.width(), 48);
    window.show();
    QApplication::processEvents();
    const auto now = [] { return double(threadCpuTime().count()) / 1e6; };
    std::vector<double> turns;
    std::vector<double> answered;
    // To its end, a turn of the event loop after the other.
    const auto settle = [&](double took) {
        bool waits = map->isAsking();
        for (int quiet = 0; quiet < 3;) {
            const double from = now();
            const bool more = QApplication::eventDispatcher()->processEvents(QEventLoop::AllEvents);
            const double turn = now() - from;
            if (more) {
                turns.push_back(turn);
                took += waits ? turn : 0;
            }
            waits = map->isAsking() || (waits && more); // what has come is painted too
            quiet = more || !carry.isSettled() ? 0 : quiet + 1;
        }
        answered.push_back(took);
    };
    if (moment == Moment::Changed) {
        if (!bench.pickUp(carry, drains)) {
            state.SkipWithError("nothing to carry");
            return;
        }
        settle(0);
        turns.clear();
        answered.clear();
    }
    for (auto _ : state) {
        if (moment == Moment::Changed)
            bench.change();
        const double from = now();
        if (moment == Moment::PickedUp) {
            if (!bench.pickUp(carry, drains)) {
                state.SkipWithError("nothing to carry");
                break;
            }
        } else {
            bench.swapIn();
        }
        map->repaint();
        panel->repaint();
        banner->repaint();
        const double took = now() - from;
        state.SetIterationTime(took);
        settle(took);
        if (moment == Moment::PickedUp) {
            carry.putBack();
            QApplication::processEvents();
        }
    }
    std::sort(turns.begin(), turns.end());
    std::sort(answered.begin(), answered.end());
    state.counters["answered_ms"] = Frames::rankOf(answered, 0.5);
    state.counters["p99_ms"] = Frames::rankOf(turns, 0.99);
    state.counters["longest_ms"] = Frames::rankOf(turns, 1);
}

void verdictsBaseline(benchmark::State &state, bool drains, Stop stop)
{
    CarryBench bench;
    bench.swapIn();
    MapWidget map;
    map.resize(canvas);
    map.setVersion(bench.feed.version());
    map.setStop(stop);
    const std::vector<int> sight = map.slotsInSight();
    QStringList tenants = bench.tenants;
    if (drains) {
        tenants.clear();
        for (int t = 0; t < CarryBench::carried; ++t)
            tenants.append(u"bench/t0-%1"_s.arg(t));
    }
    for (auto _ : state) {
        const std::chrono::microseconds from = threadCpuTime();
        const auto carry = makeCarry(bench.feed.version(), tenants);
        if (!carry) {
            state.SkipWithError("nothing to carry");
            break;
        }
        for (const int slot : sight)
            benchmark::DoNotOptimize(evaluate(*carry, slot));
        benchmark::DoNotOptimize(bestOf(*carry, 9));
        state.SetIterationTime(double((threadCpuTime() - from).count()) / 1e6);
    }
}

const bool registered = [] {
    for (const int tiles : {1'000, 10'000, 100'000}) {
        for (const auto &[zoom, word] : {std::pair(Zoom::All, "all"), std::pair(Zoom::Mid, "mid"),
                                         std::pair(Zoom::Near, "near")}) {
            const std::string ending = '/' + std::to_string(tiles) + '/' + word;
            benchmark::RegisterBenchmark(
                ("map/frame" + ending).c_str(),
                [tiles, zoom = zoom](benchmark::State &state) { frame(state, tiles, zoom); })
                ->Unit(benchmark::kMillisecond);
            benchmark::RegisterBenchmark(("map/frame_baseline" + ending).c_str(),
                                         [tiles, zoom = zoom](benchmark::State &state) {
                                             frameBaseline(state, tiles, zoom);
                                         })
                ->Unit(benchmark::kMillisecond);
        }
    }
    const auto frameByFrame = [](const std::string &name, const auto &run) {
        benchmark::RegisterBenchmark(name.c_str(), run)
            ->Unit(benchmark::kMillisecond)
            ->UseManualTime()
            ->Iterations(frames);
    };
    for (const int tiles : {10'000, 100'000}) {
        for (const auto &[zoom, word] : {std::pair(Zoom::All, "all"), std::pair(Zoom::Mid, "mid"),
                                         std::pair(Zoom::Near, "near")}) {
            const std::string ending = '/' + std::to_string(tiles) + '/' + word;
            frameByFrame("map/paint" + ending, [tiles, zoom = zoom](benchmark::State &state) {
                paint(state, tiles, zoom);
            });
            frameByFrame("map/paint_baseline" + ending,
                         [tiles, zoom = zoom](benchmark::State &state) {
                             frameBaseline(state, tiles, zoom, true);
                         });
            frameByFrame("map/bare" + ending, [tiles, zoom = zoom](benchmark::State &state) {
                paintBare(state, tiles, zoom);
            });
        }
        const std::string ending = '/' + std::to_string(tiles);
        frameByFrame("map/zoom" + ending, [tiles](benchmark::State &state) {
            zoomThrough(state, tiles, MapArrangement::Sheet);
        });
        frameByFrame("map/zoom_baseline" + ending,
                     [tiles](benchmark::State &state) { zoomThroughBaseline(state, tiles); });
    }
    frameByFrame("map/zoom/1000/world", [](benchmark::State &state) {
        zoomThrough(state, 1'000, MapArrangement::World);
    });
    for (const int tiles : {48, 1'000, 10'000}) {
        const std::string ending = '/' + std::to_string(tiles);
        const auto add = [](const std::string &name, const auto &run) {
            benchmark::RegisterBenchmark(name.c_str(), run)->Unit(benchmark::kMillisecond);
        };
        add("map/world" + ending + "/change",
            [tiles](benchmark::State &state) { world(state, tiles, MapArrangement::World); });
        add("map/world_baseline" + ending + "/change",
            [tiles](benchmark::State &state) { world(state, tiles, MapArrangement::Sheet); });
        for (const auto &[travel, word] :
             {std::pair(Travel::Pan, "/pan"), std::pair(Travel::Zoom, "/zoom")}) {
            add("map/world" + ending + word, [tiles, travel = travel](benchmark::State &state) {
                worldTravel(state, tiles, travel);
            });
            add("map/world_baseline" + ending + word, landBaseline);
        }
    }
    for (const auto &[stop, zoom] : {std::pair(Stop::Medium, ""), std::pair(Stop::S8, "/far")}) {
        for (const bool drains : {false, true}) {
            const std::string ending = std::string(drains ? "/drain" : "") + zoom;
            for (const auto &[moment, word] :
                 {std::pair(Moment::PickedUp, ""), std::pair(Moment::Changed, "/changed")}) {
                benchmark::RegisterBenchmark(
                    ("map/verdicts" + ending + word).c_str(),
                    [drains, moment = moment, stop = stop](benchmark::State &state) {
                        verdicts(state, drains, moment, stop);
                    })
                    ->Unit(benchmark::kMillisecond)
                    ->UseManualTime()
                    ->Iterations(20);
                benchmark::RegisterBenchmark(("map/verdicts_baseline" + ending + word).c_str(),
                                             [drains, stop = stop](benchmark::State &state) {
                                                 verdictsBaseline(state, drains, stop);
                                             })
                    ->Unit(benchmark::kMillisecond)
                    ->UseManualTime()
                    ->Iterations(20);
            }
        }
    }
    return true;
}();

} // namespace
