// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/knownchanges.h"

#include "models/fleet.h"
#include "models/historyrecorder.h"
#include "models/incidentstory.h"
#include "models/plugincatalog.h"

#include "tests/support/manualclock.h"
#include "tests/support/sampledata.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QTemporaryDir>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Kind = FleetChange::Kind;

class TestKnownChanges : public QObject
{
    Q_OBJECT
private:
    void apply(const QString &owner, bool isOtherWell = true)
    {
        pass(1min);
        Stamp other = makeStamp(u"eu-2"_s);
        if (!isOtherWell)
            other.health = Health::Degraded;
        const FleetVersionPtr before = m_store.current();
        m_store.apply(u"prod"_s,
                      makeUpdate({m_stamp, other, makeStamp(u"eu-3"_s)},
                                 {makeTenant(u"acme"_s, owner), makeTenant(u"globex"_s, u"eu-3"_s)}));
        m_store.sync();
        const FleetVersionPtr after = m_store.current();
        std::vector<int> all;
        for (int slot = 0; slot < after->stamps.size(); ++slot)
            all.push_back(slot);
        m_trail.note(*before, *after, all, m_clock.now());
        m_trail.begin(m_clock.now());
        m_recorder->sync();
        m_recorder->sync();
    }
    void pass(std::chrono::milliseconds time)
    {
        for (; time > 0ms; time -= 10s) {
            m_clock.advance(10s);
            m_store.sync();
            m_recorder->sync();
            m_recorder->sync();
        }
    }
    [[nodiscard]] Incident incident() const
    {
        Incident is;
        is.id = u"prod/eu-1:unhealthy"_s;
        is.stamps = {u"prod/eu-1"_s};
        is.startsAt = m_sick;
        return is;
    }
    // Of a program that begins now on the same state directory, and watches nothing itself.
    [[nodiscard]] Result<KnownChanges> askFleet(const QStringList &stamps, Timestamp from,
                                                Timestamp to)
    {
        if (!m_fleet) {
            FleetOptions options;
            options.clock = &m_clock;
            options.stateDir = m_dir.path();
            auto opened = Fleet::open({}, m_catalog, options);
            if (!opened)
                return fail(opened.error());
            m_fleet = std::move(*opened);
        }
        return await(m_fleet->changes(stamps, from, to));
    }
    [[nodiscard]] static QStringList titlesOf(const QList<StoryLine> &lines)
    {
        QStringList titles;
        for (const StoryLine &line : lines)
            titles.append(line.title);
        return titles;
    }

    QTemporaryDir m_dir;
    ManualClock m_clock;
    FleetStore m_store{m_clock};
    std::unique_ptr<HistoryRecorder> m_recorder;
    ChangeTrail m_trail; // which the process that recorded had
    PluginCatalog m_catalog{{}};
    std::unique_ptr<Fleet> m_fleet;
    Stamp m_stamp = makeStamp(u"eu-1"_s);
    Timestamp m_start, m_sick;

private Q_SLOTS:
    /// All that an incident may be asked for becomes different within half an hour; then eu-1 is not
    /// well any more, and an hour later whoever recorded is gone.
    void initTestCase()
    {
        SourceState source;
        source.name = u"prod"_s;
        source.tenantDomain = u"prod"_s;
        source.pollInterval = 24h; // nothing gets stale here
        m_store.addSource(source);
        m_recorder = std::make_unique<HistoryRecorder>(m_dir.path(), m_store, m_clock);
        m_recorder->sync();
        m_start = m_clock.now() + 1min;
        apply(u"eu-2"_s);
        m_stamp.version = u"1.5.0"_s;
        m_stamp.updatedBy = u"ada"_s;
        apply(u"eu-2"_s);
        m_stamp.components[0].desired = m_stamp.components[0].ready = 2;
        apply(u"eu-2"_s);
        m_stamp.resources.cpu.limit = 32;
        apply(u"eu-2"_s);
        apply(u"eu-1"_s); // acme moves in
        apply(u"eu-3"_s); // and away again
        m_stamp.lifecycle = Lifecycle::Cordoned;
        apply(u"eu-3"_s);
        m_stamp.health = Health::Degraded;
        apply(u"eu-3"_s, false);
        m_stamp.health = Health::Unhealthy;
        apply(u"eu-3"_s, false);
        m_sick = m_clock.now();
        pass(20min);
        m_recorder.reset();
    }
    void init() { strict(); }

    void theHistoryTellsWhatTheTrailDoes()
    {
        const QStringList stamps{u"prod/eu-1"_s, u"prod/eu-2"_s};
        const auto recorded = readChanges(m_dir.path(), stamps, m_start, m_clock.now());
        VERIFY_RESULT(recorded);
        const TrailedChanges trailed = m_trail.of(stamps, m_start, m_clock.now());
        QCOMPARE(trailed.since, std::optional(m_start));
        QCOMPARE(trailed.changes.size(), size_t(10));
        // Which of two of one moment comes first is of no matter.
        const auto sorted = [](std::vector<FleetChange> changes) {
            for (FleetChange &change : changes) {
                if (change.kind == Kind::Move)
                    change.by.clear(); // nobody is told who moved a tenant
            }
            std::sort(changes.begin(), changes.end(), [](const auto &a, const auto &b) {
                return std::tuple(a.at, a.stamp, a.kind, a.what, a.now)
                    < std::tuple(b.at, b.stamp, b.kind, b.what, b.now);
            });
            return changes;
        };
        const auto told = sorted(recorded->changes);
        const auto noted = sorted(trailed.changes);
        QCOMPARE(told.size(), noted.size());
        for (size_t i = 0; i < told.size(); ++i) {
            QVERIFY2(told[i] == noted[i],
                     qPrintable(noted[i].stamp + u' ' + noted[i].what + u' ' + noted[i].now
                                + u" / "_s + told[i].stamp + u' ' + told[i].what + u' '
                                + told[i].now));
        }
        QCOMPARE(recorded->recorded.size(), 1);
    }

    // Whoever opens a window later finds out what came before it.
    void aProcessThatDidNotWatchAsksTheHistory()
    {
        m_clock.advance(10min);
        const auto known = askFleet({u"prod/eu-1"_s}, m_sick - 30min, m_sick);
        VERIFY_RESULT(known);
        QCOMPARE(titlesOf(changesBefore(incident(), *m_store.current(), known->changes, 30min)),
                 (QStringList{u"eu-1 turned degraded"_s, u"eu-1 is cordoned"_s, u"acme moved away"_s,
                              u"acme moved in"_s, u"cpu scaled from 64 to 32"_s,
                              u"web scaled from 3 to 2"_s, u"version 1.5.0, was 1.4.2"_s}));
        // Before the first that was recorded nobody watched.
        QCOMPARE(known->gaps.size(), 1);
        QCOMPARE(known->gaps[0].from, m_sick - 30min);
        QVERIFY(known->gaps[0].to <= m_start);
        // Of a later stretch nothing is told that was before it.
        const auto late = askFleet({u"prod/eu-1"_s}, m_sick - 90s, m_sick);
        VERIFY_RESULT(late);
        QCOMPARE(late->changes.size(), size_t(2));
        QVERIFY(late->gaps.isEmpty());
        // Nor of one that ends sooner, though more was read.
        const auto soon = askFleet({u"prod/eu-1"_s}, m_sick - 90s, m_sick - 30s);
        VERIFY_RESULT(soon);
        QCOMPARE(soon->changes.size(), size_t(1));
        // And of another stamp what is its own.
        const auto other = askFleet({u"prod/eu-2"_s}, m_sick - 90s, m_sick);
        VERIFY_RESULT(other);
        QCOMPARE(other->changes.size(), size_t(1));
        QCOMPARE(other->changes[0].stamp, u"prod/eu-2"_s);
    }

    void whereNobodyWatchedThereIsAGap()
    {
        const Timestamp end = m_clock.now();
        TrailedChanges trailed;
        trailed.since = end + 30min;
        trailed.changes = {{end + 31min, u"prod/eu-1"_s, Kind::Version, {}, u"1"_s, u"2"_s, {}}};
        const auto recorded =
            readChanges(m_dir.path(), {u"prod/eu-1"_s}, m_sick - 90s, end + 40min);
        VERIFY_RESULT(recorded);
        const KnownChanges known = joinedChanges(*recorded, trailed, m_sick - 90s, end + 40min);
        QCOMPARE(known.changes.size(), size_t(3));
        QCOMPARE(known.gaps.size(), 1);
        QCOMPARE(known.gaps[0].to, end + 30min);
        QCOMPARE(known.gapIn(end + 15min, end + 45min), std::optional(known.gaps[0]));
        QVERIFY(!known.gapIn(m_sick - 90s, m_sick));
        QVERIFY(!known.gapIn(end + 30min, end + 45min));
        // Without a history all before the process is one.
        const KnownChanges alone = joinedChanges({}, trailed, end, end + 40min);
        QCOMPARE(alone.gaps, (QList<RecordedRange>{{end, end + 30min}}));
        // What both saw is told once: as this process did.
        RecordedChanges twice;
        twice.recorded = {{end, end + 40min}};
        twice.changes = trailed.changes;
        const KnownChanges once = joinedChanges(twice, trailed, end, end + 40min);
        QCOMPARE(once.changes.size(), size_t(1));
        QVERIFY(once.gaps.isEmpty());
    }

    // What it forgot for its age or its number it does not know any more.
    void aTrailSaysSinceWhen()
    {
        FleetStore store(m_clock);
        SourceState source;
        source.name = u"prod"_s;
        source.pollInterval = 24h;
        store.addSource(source);
        Stamp stamp = makeStamp(u"eu-1"_s);
        const auto tell = [&](const QString &version) {
            const FleetVersionPtr before = store.current();
            stamp.version = version;
            store.apply(u"prod"_s, makeUpdate({stamp}, {}));
            store.sync();
            return before;
        };
        ChangeTrail trail;
        QVERIFY(!trail.of({}, {}, m_clock.now()).since);
        std::ignore = tell(u"1"_s);
        const Timestamp began = m_clock.now();
        trail.begin(began);
        m_clock.advance(1min);
        FleetVersionPtr before = tell(u"2"_s);
        trail.note(*before, *store.current(), {0}, m_clock.now());
        const Timestamp first = m_clock.now();
        trail.begin(first); // it goes on
        QCOMPARE(trail.of({}, {}, m_clock.now()).since, std::optional(began));
        m_clock.advance(2h);
        before = tell(u"3"_s);
        trail.note(*before, *store.current(), {0}, m_clock.now());
        const TrailedChanges late = trail.of({u"prod/eu-1"_s}, {}, m_clock.now());
        QCOMPARE(late.changes.size(), size_t(1));
        QCOMPARE(late.since, std::optional(first + 1ms));
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestKnownChanges)
#include "tst_knownchanges.moc"
