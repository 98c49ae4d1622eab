// SPDX-License-Identifier: GPL-3.0-or-later
#include "incidentwatch.h"

#include "slotset.h"
#include "threadpriority.h"

#include "backends/api/whendone.h"

#include <QtConcurrent/QtConcurrentRun>
#include <QtCore/QElapsedTimer>
#include <QtCore/QTimer>

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr auto tickInterval = 1s; // hold times pass though nothing changes
constexpr std::chrono::milliseconds shortestPace = 250ms;
constexpr int share = 20; // one part of so many of its time
// What would be lost changes with tenants and capacity, and is much to work out.
constexpr std::chrono::milliseconds regionsPace = 30s;
constexpr int regionsShare = 100;

} // namespace

class IncidentWatch::Worker final : public QObject
{
public:
    Worker(FleetStore &store, Clock &clock, const IncidentRules &rules, bool atOnce)
        : m_store(store)
        , m_clock(clock)
        , m_lookAtRegions(rules[IncidentKind::RegionLoss].enabled)
        , m_atOnce(atOnce)
        , m_keeper(rules, atOnce)
        , m_next(new QTimer(this))
    {
        m_next->setSingleShot(true);
        connect(m_next, &QTimer::timeout, this, &Worker::look);
    }

    void start()
    {
        giveWay();
        connect(&m_store, &FleetStore::published, this,
                [this](const FleetVersionPtr &, const ChangeSetPtr &changes) {
                    // Our own word comes back to us.
                    const bool isOurs = changes->stamps.empty() && changes->tenants.empty()
                        && changes->operations.isEmpty() && !changes->sources
                        && !changes->acknowledgements;
                    m_changedStamps.insert(changes->stamps);
                    m_regionsChanged |= !changes->stamps.empty() || !changes->tenants.empty();
                    if (!isOurs)
                        schedule(m_pace);
                });
        // What was published before this thread got here was told to nobody: the first look sees it,
        // and in a fleet that rests no other change would ever ask for it.
        m_regionsChanged = true;
        tick();
    }
    void addFeed(const AlertFeed &feed) { m_keeper.addFeed(feed); }
    void tell(const QString &feed, const AlertUpdate &update)
    {
        m_keeper.tell(feed, update, m_clock.now());
        schedule(shortestPace); // which comes as seldom as the feed is polled
    }
    void lose(const QString &feed, const QString &endpoint)
    {
        m_keeper.lose(feed, endpoint);
        schedule(shortestPace);
    }
    void look()
    {
        m_next->stop();
        QElapsedTimer cost;
        cost.start();
        const FleetVersionPtr version = m_store.current();
        if (const std::vector<int> changed = m_changedStamps.takeAll(); m_seen && !changed.empty())
            m_trail.note(*m_seen, *version, changed, m_clock.now());
        if (version->counts.stamps > 0) // what a source tells first is news of nothing
            m_trail.begin(m_clock.now());
        m_seen = version;
        lookAtRegions(version);
        const IncidentBookPtr book = m_keeper.look(*version, m_clock.now(), m_clock.elapsed());
        if (book != m_told) {
            m_told = book;
            m_store.setIncidents(book);
        }
        m_pace = std::max(shortestPace, share * std::chrono::milliseconds(cost.elapsed()));
        m_looked.start();
    }

    [[nodiscard]] const ChangeTrail &trail() const { return m_trail; }

private:
    void tick()
    {
        schedule(m_pace);
        m_clock.callLater(tickInterval, this, [this] { tick(); });
    }
    // Looks \a pace after the last look, or sooner where that is on its way.
    void schedule(std::chrono::milliseconds pace)
    {
        const std::chrono::milliseconds since(m_looked.isValid() ? m_looked.elapsed()
                                                                 : pace.count());
        const auto wait = std::max<std::chrono::milliseconds>(pace - since, 0ms);
        if (!m_next->isActive() || wait < m_next->remainingTimeAsDuration())
            m_next->start(wait);
    }
    void lookAtRegions(const FleetVersionPtr &version)
    {
        if (!m_lookAtRegions || !m_regionsChanged)
            return;
        if (m_atOnce) { // whoever looks but once waits for it
            m_regionsChanged = false;
            m_keeper.setRegions(survivalOf(version));
            return;
        }
        if (m_isAtRegions
            || (m_regionsLooked.isValid()
                && std::chrono::milliseconds(m_regionsLooked.elapsed()) < m_regionsPace))
            return;
        m_regionsChanged = false;
        m_isAtRegions = true;
        m_regionsLooked.start();
        whenDone(QtConcurrent::run([version] { return survivalOf(version); }), this,
                 [this](const std::vector<Survival> &regions) {
                     m_isAtRegions = false;
                     m_regionsPace =
                         std::max(regionsPace, regionsShare
                                      * std::chrono::milliseconds(m_regionsLooked.restart()));
                     m_keeper.setRegions(regions);
                     schedule(m_pace);
                 });
    }

    FleetStore &m_store;
    Clock &m_clock;
    const bool m_lookAtRegions;
    const bool m_atOnce;
    IncidentKeeper m_keeper;
    IncidentBookPtr m_told;
    FleetVersionPtr m_seen; // by the last look
    SlotSet m_changedStamps; // since then
    ChangeTrail m_trail;
    QTimer *m_next; // the look that is due
    std::chrono::milliseconds m_pace = shortestPace;
    QElapsedTimer m_looked;
    bool m_regionsChanged = false;
    bool m_isAtRegions = false;
    std::chrono::milliseconds m_regionsPace = regionsPace;
    QElapsedTimer m_regionsLooked;
};

IncidentWatch::IncidentWatch(FleetStore &store, Clock &clock, const IncidentRules &rules,
                             bool atOnce)
    : m_store(store)
    , m_worker(new Worker(store, clock, rules, atOnce))
{
    m_worker->moveToThread(&m_thread);
    QObject::connect(&m_thread, &QThread::finished, m_worker, &QObject::deleteLater);
    m_thread.setObjectName(u"incidents"_s);
    m_thread.start();
    post([](Worker &worker) { worker.start(); });
}

IncidentWatch::~IncidentWatch()
{
    m_thread.quit();
    m_thread.join();
}

template<typename Call>
void IncidentWatch::post(Call call)
{
    QMetaObject::invokeMethod(
        m_worker, [worker = m_worker, call = std::move(call)] { call(*worker); },
        Qt::QueuedConnection);
}

void IncidentWatch::addFeed(const AlertFeed &feed)
{
    post([feed](Worker &worker) { worker.addFeed(feed); });
}

void IncidentWatch::tell(const QString &feed, AlertUpdate update)
{
    post([feed, update = std::make_shared<const AlertUpdate>(std::move(update))](Worker &worker) {
        worker.tell(feed, *update);
    });
}

void IncidentWatch::lose(const QString &feed, const QString &endpoint)
{
    post([feed, endpoint](Worker &worker) { worker.lose(feed, endpoint); });
}

FutureResult<TrailedChanges> IncidentWatch::changes(const QStringList &stamps, Timestamp from,
                                                    Timestamp to)
{
    const auto answer = std::make_shared<Answer<TrailedChanges>>();
    post([answer, stamps, from, to](Worker &worker) {
        answer->give(worker.trail().of(stamps, from, to));
    });
    return answer->future();
}

void IncidentWatch::sync()
{
    m_store.sync();
    QMetaObject::invokeMethod(
        m_worker, [worker = m_worker] { worker->look(); }, Qt::BlockingQueuedConnection);
    m_store.sync();
}

} // namespace Stampdeck
