// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/dataage.h"
#include "models/feedruntime.h"
#include "models/fleetstore.h"
#include "models/formatter.h"
#include "models/incidentkeeper.h"
#include "models/incidentstory.h"
#include "models/incidentwatch.h"
#include "models/survival.h"

#include "tests/support/manualclock.h"
#include "tests/support/sampledata.h"
#include "tests/support/samplefleet.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QMutex>
#include <QtCore/QRandomGenerator>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

AlertPtr alertOf(const QString &name, const QString &stamp, Timestamp since,
                 Severity severity = Severity::Critical)
{
    Alert alert;
    alert.fingerprint = name + u'-' + stamp;
    alert.name = name;
    alert.summary = name + u" on "_s + stamp;
    alert.severity = severity;
    alert.labels = {{u"alertname"_s, name}, {u"team"_s, u"core"_s}};
    if (!stamp.isEmpty())
        alert.labels.insert(u"stamp"_s, stamp);
    alert.startsAt = since;
    alert.stamp = stamp;
    alert.links = {{u"Runbook"_s, u"https://runbooks.example/"_s + name}};
    return std::make_shared<const Alert>(alert);
}

AlertUpdate updateOf(std::vector<AlertPtr> alerts, const QString &endpoint = {})
{
    std::sort(alerts.begin(), alerts.end(), [](const AlertPtr &a, const AlertPtr &b) {
        return a->fingerprint < b->fingerprint;
    });
    AlertUpdate update;
    update.endpoint = endpoint;
    update.alerts = std::move(alerts);
    return update;
}

/// What a scripted Alertmanager says, shared with the feed's thread.
struct Script
{
    QMutex mutex;
    QHash<QString, AlertUpdate> says;
    QHash<QString, Error> fails;
    QList<Silence> made;
};

class ScriptedAlerts final : public IncidentAdapter
{
public:
    explicit ScriptedAlerts(std::shared_ptr<Script> script)
        : m_script(std::move(script))
    { }
    Capabilities capabilities() const override { return Capability::CreateSilences; }
    QStringList endpoints() const override { return {u"a"_s, u"b"_s}; }
    FutureResult<AlertUpdate> poll(const QString &endpoint) override
    {
        const QMutexLocker lock(&m_script->mutex);
        if (m_script->fails.contains(endpoint))
            return ready<AlertUpdate>(fail(m_script->fails.value(endpoint)));
        AlertUpdate update = m_script->says.value(endpoint);
        update.endpoint = endpoint;
        return ready<AlertUpdate>(update);
    }
    FutureResult<Silence> silence(const Silence &silence) override
    {
        const QMutexLocker lock(&m_script->mutex);
        m_script->made.append(silence);
        Silence made = silence;
        made.id = u"s1"_s;
        return ready<Silence>(made);
    }

private:
    std::shared_ptr<Script> m_script;
};

} // namespace

class TestIncidents : public QObject
{
    Q_OBJECT
private:
    void tell(QList<Stamp> stamps, const QList<Tenant> &tenants)
    {
        m_store->apply(u"prod"_s, makeUpdate(stamps, tenants));
        m_store->sync();
    }
    void open(const IncidentRules &rules = {})
    {
        m_store = std::make_unique<FleetStore>(m_clock);
        SourceState source;
        source.name = u"prod"_s;
        m_store->addSource(source);
        FeedState feed;
        feed.name = u"alerts"_s;
        m_store->addFeed(feed);
        tell({makeStamp(u"eu-1"_s), makeStamp(u"eu-2"_s)},
             {makeTenant(u"acme"_s, u"eu-1"_s), makeTenant(u"globex"_s, u"eu-1"_s),
              makeTenant(u"hooli"_s, u"eu-2"_s)});
        m_keeper = std::make_unique<IncidentKeeper>(rules, false);
        m_keeper->addFeed({u"alerts"_s, u"stamp"_s, u"tenant"_s, u"Watchdog"_s});
    }
    IncidentBookPtr look()
    {
        m_store->sync();
        m_book = m_keeper->look(*m_store->current(), m_clock.now(), m_clock.elapsed());
        return m_book;
    }
    void say(std::vector<AlertPtr> alerts, const QString &endpoint = {})
    {
        alerts.push_back(alertOf(u"Watchdog"_s, {}, m_clock.now(), Severity::Info));
        m_keeper->tell(u"alerts"_s, updateOf(std::move(alerts), endpoint), m_clock.now());
    }
    [[nodiscard]] QStringList titles() const
    {
        QStringList all;
        for (const IncidentPtr &each : m_book->open)
            all.append(each->title);
        return all;
    }
    /// By the source, for everybody.
    void acknowledge(const QString &key, Timestamp at)
    {
        FleetUpdate update = makeUpdate({}, {});
        update.complete = false;
        update.acknowledgements = {{key, u"bob"_s, {}, u"mine"_s, at}};
        m_store->apply(u"prod"_s, update);
    }
    /// Nothing goes stale meanwhile.
    void pass(std::chrono::seconds time)
    {
        m_clock.advance(time);
        m_store->contact(u"prod"_s, {});
    }
    [[nodiscard]] IncidentPtr found(const QString &title) const
    {
        for (const IncidentPtr &each : m_book->open) {
            if (each->title == title)
                return each;
        }
        return nullptr;
    }
    static Stamp unwell(const QString &name)
    {
        Stamp stamp = makeStamp(name);
        stamp.health = Health::Unhealthy;
        return stamp;
    }

    ManualClock m_clock;
    std::unique_ptr<FleetStore> m_store;
    std::unique_ptr<IncidentKeeper> m_keeper;
    IncidentBookPtr m_book;

private Q_SLOTS:
    void init()
    {
        strict();
        open();
    }

    void alertsAreTiedByTheirLabels()
    {
        auto withTenant = std::make_shared<Alert>(*alertOf(u"Slow"_s, {}, m_clock.now()));
        withTenant->tenant = u"hooli"_s;
        withTenant->severity = Severity::Warning;
        say({alertOf(u"ApiDown"_s, u"eu-1"_s, m_clock.now()), withTenant,
             alertOf(u"Lost"_s, u"eu-9"_s, m_clock.now(), Severity::Info),
             alertOf(u"Nowhere"_s, {}, m_clock.now(), Severity::Info)});
        look();
        QCOMPARE(titles().value(0), u"ApiDown"_s);
        QCOMPARE(m_book->open.size(), size_t(4));
        const Incident &down = *m_book->open[0];
        QCOMPARE(down.stamps, QStringList{u"prod/eu-1"_s});
        QCOMPARE(down.tenants, QStringList({u"prod/acme"_s, u"prod/globex"_s}));
        QCOMPARE(down.links.size(), 1);
        QCOMPARE(down.source, u"alerts"_s);
        QVERIFY(!alertDigest(down.id).isEmpty());
        const Incident &slow = *m_book->open[1];
        QCOMPARE(slow.stamps, QStringList{u"prod/eu-2"_s});
        QCOMPARE(slow.tenants, QStringList{u"prod/hooli"_s});
        // What has no stamp is kept, and shown as such.
        for (const size_t at : {2, 3})
            QVERIFY(m_book->open[at]->stamps.isEmpty());
        QStringList strangers = m_book->open[2]->strangers + m_book->open[3]->strangers;
        QCOMPARE(strangers, QStringList{u"eu-9"_s});
    }

    void aGroupIsOneIncident()
    {
        AlertUpdate update = updateOf({alertOf(u"ApiDown"_s, u"eu-1"_s, m_clock.now()),
                                       alertOf(u"ApiDown"_s, u"eu-2"_s, m_clock.now() - 1min),
                                       alertOf(u"Other"_s, u"eu-2"_s, m_clock.now())});
        // One that holds whatever is wrong says nothing; of two, the narrower one.
        update.groups = {{u"pager"_s, {}, {u"ApiDown-eu-1"_s, u"ApiDown-eu-2"_s, u"Other-eu-2"_s}},
                         {u"mail"_s, {{u"alertname"_s, u"ApiDown"_s}},
                          {u"ApiDown-eu-1"_s, u"ApiDown-eu-2"_s}},
                         {u"pager"_s, {{u"alertname"_s, u"ApiDown"_s}, {u"team"_s, u"core"_s}},
                          {u"ApiDown-eu-1"_s, u"ApiDown-eu-2"_s}}};
        m_keeper->tell(u"alerts"_s, update, m_clock.now());
        look();
        QCOMPARE(m_book->open.size(), size_t(2));
        const Incident &down = *m_book->open[0];
        QCOMPARE(down.title, u"ApiDown"_s);
        QCOMPARE(down.stamps, QStringList({u"prod/eu-1"_s, u"prod/eu-2"_s}));
        QCOMPARE(down.startsAt, std::optional(m_clock.now() - 1min));
        QCOMPARE(down.group.keys(), QStringList({u"alertname"_s, u"team"_s}));
        const auto silence = silenceOf(down, m_clock.now() + 1h, u"ada"_s, u"known"_s);
        VERIFY_RESULT(silence);
        QCOMPARE(silence->matchers.size(), 2);
        QCOMPARE(silence->matchers[0].toString(), u"alertname=\"ApiDown\""_s);
    }

    void anAlertAndTheFleetSayItOnce()
    {
        tell({unwell(u"eu-1"_s), makeStamp(u"eu-2"_s)}, {makeTenant(u"acme"_s, u"eu-1"_s)});
        look();
        QCOMPARE(titles(), QStringList{u"eu-1 is unhealthy"_s});
        say({alertOf(u"ApiDown"_s, u"eu-1"_s, m_clock.now(), Severity::Warning)});
        look();
        QCOMPARE(titles(), QStringList{u"ApiDown"_s});
        QCOMPARE(m_book->open[0]->severity, Severity::Critical); // the worse word counts
        QCOMPARE(m_book->open[0]->findings.size(), 1);
        QCOMPARE(m_book->open[0]->findings[0].title, u"eu-1 is unhealthy"_s);
        // What was a part of another one ends with no row of its own.
        tell({makeStamp(u"eu-1"_s), makeStamp(u"eu-2"_s)}, {});
        m_clock.advance(16s);
        m_store->contact(u"prod"_s, {});
        look();
        QVERIFY(m_book->open[0]->findings.isEmpty());
        QVERIFY(m_book->closed.empty());
        say({});
        look();
        QVERIFY(m_book->open.empty());
        QCOMPARE(m_book->closed.size(), size_t(1));
        QCOMPARE(m_book->closed[0]->title, u"ApiDown"_s);
    }

    void nothingFlaps()
    {
        IncidentRules rules;
        rules[IncidentKind::Unhealthy].hold = 10s;
        rules[IncidentKind::Unhealthy].clear = 20s;
        open(rules);
        const auto is = [&](bool wrong) {
            tell({wrong ? unwell(u"eu-1"_s) : makeStamp(u"eu-1"_s), makeStamp(u"eu-2"_s)}, {});
            look();
        };
        for (int i = 0; i < 5; ++i) {
            is(true);
            QVERIFY(m_book->open.empty());
            m_clock.advance(8s);
            is(false);
            QVERIFY(m_book->open.empty());
            m_clock.advance(1s);
        }
        is(true);
        m_clock.advance(11s);
        is(true);
        QCOMPARE(m_book->open.size(), size_t(1));
        const auto began = m_book->open[0]->startsAt;
        for (int i = 0; i < 5; ++i) {
            is(false);
            QCOMPARE(m_book->open.size(), size_t(1));
            m_clock.advance(15s);
            is(true);
            m_clock.advance(1s);
        }
        is(false);
        m_clock.advance(21s);
        is(false);
        QVERIFY(m_book->open.empty());
        QCOMPARE(m_book->closed.size(), size_t(1));
        QCOMPARE(m_book->closed[0]->startsAt, began);
        // Whether it is quiet, no fleet alone can say: the alerts have to be heard.
        QVERIFY(!m_book->settled);
        QVERIFY(!m_book->quietSince);
        say({});
        look();
        QVERIFY(m_book->settled);
        QVERIFY(m_book->closed[0]->endsAt);
        QVERIFY(!m_book->closed[0]->firing);
        QVERIFY(m_book->quietSince);
        // It comes back: the same one, reopened.
        is(true);
        m_clock.advance(11s);
        is(true);
        QCOMPARE(m_book->open.size(), size_t(1));
        QCOMPARE(m_book->open[0]->reopened, 1);
        QVERIFY(m_book->open[0]->reopenedAt == m_clock.now()); // not when it first began
        QCOMPARE(cameBack(*m_book->open[0]),
                 u"came back 1 time, last at "_s + Format::minute(m_clock.now()));
        QVERIFY(m_book->closed.empty());
    }

    void silencedAcknowledgedAndMaintenanceAreApart()
    {
        const auto down = alertOf(u"ApiDown"_s, u"eu-1"_s, m_clock.now());
        say({down});
        look();
        const QString digest = alertDigest(m_book->open[0]->id);
        // By a source, for everybody.
        FleetUpdate update = makeUpdate({}, {});
        update.complete = false;
        update.acknowledgements = {{digest, u"bob"_s, {}, u"mine"_s, m_clock.now()}};
        m_store->apply(u"prod"_s, update);
        look();
        QVERIFY(m_book->open[0]->acknowledged);
        QCOMPARE(m_book->open[0]->acknowledged->by, u"bob"_s);
        QVERIFY(!m_book->open[0]->acknowledgedHere);
        QVERIFY(!m_book->open[0]->silenced);
        QVERIFY(!m_book->open[0]->maintenance);

        auto quiet = std::make_shared<Alert>(*down);
        quiet->state = AlertState::Suppressed;
        quiet->silencedBy = {u"s1"_s};
        AlertUpdate told = updateOf({quiet, alertOf(u"Watchdog"_s, {}, m_clock.now())});
        Silence silence;
        silence.id = u"s1"_s;
        silence.createdBy = u"ada"_s;
        silence.endsAt = m_clock.now() + 2h;
        silence.matchers = {{u"alertname"_s, u"ApiDown"_s}};
        told.silences = {silence};
        m_keeper->tell(u"alerts"_s, told, m_clock.now());
        Stamp draining = makeStamp(u"eu-1"_s);
        draining.lifecycle = Lifecycle::Draining;
        tell({draining, makeStamp(u"eu-2"_s)}, {});
        look();
        const Incident &now = *m_book->open[0];
        QVERIFY(now.firing);
        QVERIFY(now.silenced);
        QCOMPARE(now.silenced->by, u"ada"_s);
        QCOMPARE(now.silenced->matchers, u"alertname=\"ApiDown\""_s);
        QCOMPARE(now.silenced->until, silence.endsAt);
        QVERIFY(now.maintenance);
        QVERIFY(now.acknowledged);
        QCOMPARE(m_book->silences.size(), 1);
        QCOMPARE(m_book->silences[0].alerts, 1);

        // One of two is not silenced: the incident is not.
        AlertUpdate both = updateOf({quiet, alertOf(u"ApiDown"_s, u"eu-2"_s, m_clock.now())});
        both.silences = {silence};
        both.groups = {{u"p"_s, {{u"alertname"_s, u"ApiDown"_s}},
                        {u"ApiDown-eu-1"_s, u"ApiDown-eu-2"_s}}};
        m_keeper->tell(u"alerts"_s, both, m_clock.now());
        look();
        for (const IncidentPtr &each : m_book->open)
            QVERIFY(!each->silenced);

        // It ended and began anew: that is nobody's yet.
        say({});
        look();
        m_clock.advance(1min);
        say({alertOf(u"ApiDown"_s, u"eu-1"_s, m_clock.now())});
        look();
        QCOMPARE(alertDigest(m_book->open[0]->id), digest);
        QVERIFY(!m_book->open[0]->acknowledged);
        QCOMPARE(m_book->open[0]->reopened, 1);
    }

    // What an alert is quiet about, nobody would hear of.
    void aFindingIsNotLostInAnAlertThatIsQuiet_data()
    {
        QTest::addColumn<int>("what");
        QTest::newRow("silenced") << 0;
        QTest::newRow("inhibited") << 1;
        QTest::newRow("acknowledged before") << 2;
        QTest::newRow("of a feed that is silent") << 3;
    }
    void aFindingIsNotLostInAnAlertThatIsQuiet()
    {
        QFETCH(const int, what);
        auto quiet = std::make_shared<Alert>(
            *alertOf(u"Certificate"_s, u"eu-1"_s, m_clock.now(), Severity::Info));
        AlertUpdate told;
        if (what == 0)
            quiet->silencedBy = {u"s1"_s};
        if (what == 1)
            quiet->inhibitedBy = {u"another"_s};
        told = updateOf({quiet, alertOf(u"Watchdog"_s, {}, m_clock.now())});
        Silence silence;
        silence.id = u"s1"_s;
        silence.endsAt = m_clock.now() + 24h * 14;
        told.silences = {silence};
        m_keeper->tell(u"alerts"_s, told, m_clock.now());
        look();
        if (what == 2)
            acknowledge(alertDigest(m_book->open[0]->id), m_clock.now());
        if (what == 3) {
            m_keeper->lose(u"alerts"_s, {});
            m_store->setEndpoints(u"alerts"_s, {QString()});
            m_store->fail(u"alerts"_s, {}, Error::of(ErrorKind::Unreachable, u"down"_s), {});
        }
        look();
        pass(1min);
        tell({unwell(u"eu-1"_s), makeStamp(u"eu-2"_s)}, {});
        for (int i = 0; i < 3; ++i, pass(1s)) {
            look();
            const IncidentPtr own = found(u"eu-1 is unhealthy"_s);
            QVERIFY2(own, qPrintable(titles().join(u", ")));
            QVERIFY(!own->silenced && !own->inhibited && !own->acknowledged && !own->lastHeard);
            QCOMPARE(own->severity, Severity::Critical);
            QCOMPARE(found(u"Certificate"_s)->severity, Severity::Info);
            QVERIFY(found(u"Certificate"_s)->findings.isEmpty());
        }
        // It is merged where somebody hears of it: into the worst of those.
        told.alerts.push_back(alertOf(u"ApiDown"_s, u"eu-1"_s, m_clock.now(), Severity::Warning));
        m_keeper->tell(u"alerts"_s, told, m_clock.now());
        look();
        QCOMPARE(bool(found(u"eu-1 is unhealthy"_s)), what == 3);
        QCOMPARE(found(u"ApiDown"_s)->findings.size(), what == 3 ? 0 : 1);
    }

    // Whoever acknowledges both has seen both; what comes later he has not.
    void whatIsAcknowledgedTogetherStaysTogether()
    {
        tell({unwell(u"eu-1"_s), makeStamp(u"eu-2"_s)}, {});
        say({alertOf(u"ApiDown"_s, u"eu-1"_s, m_clock.now(), Severity::Warning)});
        look();
        pass(10s);
        acknowledge(alertDigest(m_book->open[0]->id), m_clock.now());
        for (int i = 0; i < 3; ++i, pass(10min)) {
            look();
            QCOMPARE(titles(), QStringList{u"ApiDown"_s});
            QVERIFY(m_book->open[0]->acknowledged);
            QCOMPARE(m_book->open[0]->findings.size(), 1);
        }
        // The stamp recovers, and is unwell anew: that is nobody's yet.
        tell({makeStamp(u"eu-1"_s), makeStamp(u"eu-2"_s)}, {});
        look();
        pass(16s);
        look();
        QVERIFY(m_book->open[0]->findings.isEmpty());
        tell({unwell(u"eu-1"_s), makeStamp(u"eu-2"_s)}, {});
        look();
        QVERIFY(found(u"eu-1 is unhealthy"_s));
        QVERIFY(!found(u"eu-1 is unhealthy"_s)->acknowledged);
        QVERIFY(found(u"ApiDown"_s)->acknowledged);
    }

    void anAcknowledgementHoldsAsLongAsSomeOfTheGroupFires()
    {
        const Timestamp began = m_clock.now();
        const auto one = alertOf(u"ApiDown"_s, u"eu-1"_s, began);
        const auto two = alertOf(u"ApiDown"_s, u"eu-2"_s, began + 10min);
        const auto sayOf = [&](const std::vector<AlertPtr> &alerts) {
            AlertUpdate update = updateOf(alerts);
            update.groups = {{u"p"_s, {{u"alertname"_s, u"ApiDown"_s}}, {}}};
            for (const AlertPtr &alert : alerts)
                update.groups[0].fingerprints.append(alert->fingerprint);
            update.alerts.push_back(alertOf(u"Watchdog"_s, {}, began));
            m_keeper->tell(u"alerts"_s, update, m_clock.now());
            look();
        };
        sayOf({one});
        pass(5min);
        acknowledge(alertDigest(m_book->open[0]->id), m_clock.now());
        sayOf({one});
        QVERIFY(m_book->open[0]->acknowledged);
        pass(6min);
        sayOf({one, two});
        pass(9min);
        sayOf({two}); // began after the acknowledgement, and yet it is the same incident
        QCOMPARE(m_book->open.size(), size_t(1));
        QVERIFY(m_book->open[0]->acknowledged);
        QCOMPARE(m_book->open[0]->reopened, 0);
        pass(1min);
        sayOf({});
        QVERIFY(m_book->open.empty());
        pass(1min);
        sayOf({alertOf(u"ApiDown"_s, u"eu-2"_s, m_clock.now())});
        QVERIFY(!m_book->open[0]->acknowledged);
        QCOMPARE(m_book->open[0]->reopened, 1);
    }

    // What ended and came back between two answers is told by when it began.
    void aComebackThatNobodySawEndIsOne()
    {
        say({alertOf(u"ApiDown"_s, u"eu-1"_s, m_clock.now())});
        look();
        // Of a clock that is ahead of the one that told the beginning.
        acknowledge(alertDigest(m_book->open[0]->id), m_clock.now() + 30s);
        look();
        QVERIFY(m_book->open[0]->acknowledged);
        pass(15s);
        say({alertOf(u"ApiDown"_s, u"eu-1"_s, m_clock.now() - 5s)});
        for (int i = 0; i < 2; ++i) {
            look();
            QVERIFY(!m_book->open[0]->acknowledged);
            QCOMPARE(m_book->open[0]->reopened, 1);
        }
        acknowledge(alertDigest(m_book->open[0]->id), m_clock.now() + 31s);
        look();
        QVERIFY(m_book->open[0]->acknowledged);
    }

    // The clock of whoever acknowledges may be behind that of whoever measures.
    void anAcknowledgementOfAClockThatIsBehindCounts()
    {
        say({alertOf(u"ApiDown"_s, u"eu-1"_s, m_clock.now() + 40s)});
        look();
        pass(20s);
        acknowledge(alertDigest(m_book->open[0]->id), m_clock.now());
        for (int i = 0; i < 2; ++i) {
            look();
            QVERIFY(m_book->open[0]->acknowledged);
        }
        // One of long ago is of one before, whenever we hear of it.
        open();
        say({alertOf(u"ApiDown"_s, u"eu-1"_s, m_clock.now())});
        look();
        acknowledge(alertDigest(m_book->open[0]->id), m_clock.now() - 1h);
        look();
        QVERIFY(!m_book->open[0]->acknowledged);
    }

    void whatTheFleetFindsIsReopenedToo()
    {
        const auto is = [&](bool wrong) {
            tell({wrong ? unwell(u"eu-1"_s) : makeStamp(u"eu-1"_s), makeStamp(u"eu-2"_s)}, {});
            look();
        };
        is(true);
        const QString id = m_book->open[0]->id;
        // Somebody saw it before this process did, by whatever clock.
        acknowledge(id.section(u'/', 1), m_clock.now() - 1h);
        look();
        QVERIFY(m_book->open[0]->acknowledged);
        // Shorter than it has to be over it was never over.
        is(false);
        pass(14s);
        is(true);
        QVERIFY(m_book->open[0]->acknowledged);
        QCOMPARE(m_book->open[0]->reopened, 0);
        is(false);
        pass(16s);
        is(false);
        QVERIFY(m_book->open.empty());
        pass(1min);
        is(true);
        QCOMPARE(m_book->open[0]->reopened, 1);
        QVERIFY(!m_book->open[0]->acknowledged);
        acknowledge(id.section(u'/', 1), m_clock.now());
        look();
        QVERIFY(m_book->open[0]->acknowledged);
    }

    void aGroupIsInhibitedWhereAllOfItIs()
    {
        auto one = std::make_shared<Alert>(*alertOf(u"ApiDown"_s, u"eu-1"_s, m_clock.now()));
        auto two = std::make_shared<Alert>(*alertOf(u"ApiDown"_s, u"eu-2"_s, m_clock.now()));
        const auto isInhibited = [&] {
            AlertUpdate update = updateOf({std::make_shared<Alert>(*one),
                                           std::make_shared<Alert>(*two)});
            update.groups = {{u"p"_s, {{u"alertname"_s, u"ApiDown"_s}},
                              {one->fingerprint, two->fingerprint}}};
            m_keeper->tell(u"alerts"_s, update, m_clock.now());
            look();
            return m_book->open[0]->inhibited;
        };
        QVERIFY(!isInhibited());
        one->inhibitedBy = {u"x"_s};
        QVERIFY(!isInhibited());
        two->mutedBy = {u"nights"_s};
        QVERIFY(isInhibited());
        one->inhibitedBy.clear();
        QVERIFY(!isInhibited());
    }

    void onlyPeersThatAnswerCount()
    {
        say({alertOf(u"ApiDown"_s, u"eu-1"_s, m_clock.now())}, u"a"_s);
        say({alertOf(u"ApiDown"_s, u"eu-1"_s, m_clock.now())}, u"b"_s);
        look();
        QCOMPARE(m_book->open.size(), size_t(1));
        m_keeper->lose(u"alerts"_s, u"a"_s);
        say({}, u"b"_s); // it is over, says the one that answers
        look();
        QVERIFY(m_book->open.empty());
        // Nobody answers: what was known last stays.
        say({alertOf(u"Later"_s, u"eu-1"_s, m_clock.now())}, u"b"_s);
        look();
        m_keeper->lose(u"alerts"_s, u"b"_s);
        m_store->setEndpoints(u"alerts"_s, {u"a"_s, u"b"_s});
        for (const QString &peer : {u"a"_s, u"b"_s})
            m_store->fail(u"alerts"_s, peer, Error::of(ErrorKind::Unreachable, u"down"_s), {});
        const Timestamp heard = m_clock.now();
        m_clock.advance(3s);
        look();
        const auto later = std::find_if(m_book->open.begin(), m_book->open.end(),
                                        [](const IncidentPtr &each) { return each->title == u"Later"; });
        QVERIFY(later != m_book->open.end());
        QCOMPARE((*later)->lastHeard, std::optional(heard));
        QVERIFY(titles().contains(u"alerts does not answer"_s));
    }

    void anAlertThatHasToBeThereIsMissed()
    {
        say({});
        look();
        QVERIFY(m_book->open.empty()); // it is none by itself
        m_keeper->tell(u"alerts"_s, updateOf({}), m_clock.now());
        look();
        QVERIFY(m_book->open.empty());
        m_clock.advance(3min);
        m_store->contact(u"prod"_s, {});
        look();
        QVERIFY(titles().contains(u"Watchdog is missing"_s));
    }

    void operationsAndTenantsGoWrongToo()
    {
        Operation operation;
        operation.id = u"op1"_s;
        operation.kind = u"drain"_s;
        operation.target = u"eu-1"_s;
        operation.state = OperationState::Running;
        operation.updatedAt = m_clock.now();
        m_store->showOperation(std::make_shared<const Operation>(operation));
        Tenant split = makeTenant(u"acme"_s, u"eu-1"_s);
        split.placements.push_back({u"eu-2"_s, PlacementState::Serving, m_clock.now()});
        Stamp busy = makeStamp(u"eu-1"_s);
        busy.operation = u"op1"_s;
        tell({busy, makeStamp(u"eu-2"_s)}, {split});
        look();
        QVERIFY(m_book->open.empty());
        m_clock.advance(31s);
        m_store->contact(u"prod"_s, {});
        look();
        QCOMPARE(titles(), QStringList{u"acme is served on two stamps"_s});
        m_clock.advance(10min);
        m_store->contact(u"prod"_s, {});
        look();
        QVERIFY(titles().contains(u"drain eu-1 does not get on"_s));
        for (const IncidentPtr &each : m_book->open) {
            if (each->kind == IncidentKind::OperationStuck)
                QCOMPARE(each->stamps, QStringList{u"prod/eu-1"_s});
        }
        operation.state = OperationState::Orphaned;
        m_store->showOperation(std::make_shared<const Operation>(operation));
        split.operation = u"op1"_s; // it is moved, so it may be in two places
        tell({busy, makeStamp(u"eu-2"_s)}, {split});
        m_clock.advance(31s);
        m_store->contact(u"prod"_s, {});
        look();
        QCOMPARE(titles(), QStringList{u"Nobody runs drain eu-1 any more"_s});
    }

    void aRuleThatIsOffFindsNothing()
    {
        IncidentRules rules;
        rules[IncidentKind::Unhealthy].enabled = false;
        open(rules);
        tell({unwell(u"eu-1"_s)}, {});
        look();
        QVERIFY(m_book->open.empty());
    }

    // Of the next version only what has changed is looked at: the same is found as by looking at all.
    void whatIsWrongIsFoundByWhatHasChanged()
    {
        Suspects kept;
        QRandomGenerator random(5);
        QList<Tenant> tenants;
        int found = 0;
        for (int round = 0; round < 60; ++round) {
            if (round % 6 == 0) { // so that chunks are begun, and grow
                for (int i = 0; i < 37; ++i)
                    tenants.append(makeTenant(u"t%1"_s.arg(tenants.size()), u"eu-1"_s));
            }
            for (int i = 0; i < 4; ++i) {
                Tenant &tenant = tenants[random.bounded(int(tenants.size()))];
                const Placement one{u"eu-1"_s, PlacementState::Serving, m_clock.now()};
                const Placement two{u"eu-2"_s, PlacementState::Serving, m_clock.now()};
                if (tenant.placements.size() > 1)
                    tenant.placements = {one};
                else
                    tenant.placements = {one, two};
                tenant.operation = random.bounded(5) == 0 ? u"op"_s : QString();
                tenant.revision = QString::number(round);
            }
            if (round % 10 == 9)
                tenants.removeAt(random.bounded(int(tenants.size())));
            QList<Stamp> stamps;
            for (int i = 1; i <= 80; ++i) {
                stamps.append(makeStamp(u"eu-%1"_s.arg(i)));
                if (random.bounded(10) == 0)
                    stamps.last().health = Health::Unhealthy;
                if (random.bounded(10) == 0)
                    stamps.last().resources.cpu.used = *stamps.last().resources.cpu.limit * 1.1;
                stamps.last().revision = QString::number(round);
            }
            tell(stamps, tenants);
            const auto ids = [this](Suspects &suspects) {
                QStringList all;
                for (const Condition &condition : conditionsOf(*m_store->current(), IncidentRules(),
                                                               m_clock.now(), suspects)) {
                    all.append(condition.incident.id);
                }
                all.sort();
                return all;
            };
            Suspects fresh;
            const QStringList all = ids(fresh);
            QCOMPARE(ids(kept), all);
            found += int(all.size());
        }
        QVERIFY(found > 1'200);
    }

    // 5,000 alerts in 500 groups over 1,000 stamps; how fast is for stampdeck-alertstorm to say.
    void manyAreSortedOutAtOnce()
    {
        m_store->apply(u"prod"_s, SampleFleet{1'000, 15}.update());
        m_store->sync();
        std::vector<AlertPtr> alerts;
        AlertUpdate update;
        for (int group = 0; group < 500; ++group) {
            AlertGroup of{u"pager"_s, {{u"alertname"_s, u"Alert%1"_s.arg(group)}}, {}};
            for (int i = 0; i < 10; ++i) {
                alerts.push_back(alertOf(u"Alert%1"_s.arg(group),
                                         SampleFleet::stampName((group * 10 + i) % 1'000),
                                         m_clock.now(), Severity(group % 3)));
                of.fingerprints.append(alerts.back()->fingerprint);
            }
            update.groups.append(of);
        }
        const QList<AlertGroup> groups = update.groups;
        update = updateOf(alerts);
        update.groups = groups;
        m_keeper->tell(u"alerts"_s, update, m_clock.now());
        look();
        QCOMPARE(m_book->open.size(), size_t(500));
    }

    // Polls, merges, ages and silences through its thread, the watch and the store.
    void aFeedIsHeardAndFails()
    {
        FleetStore store(m_clock);
        SourceState source;
        source.name = u"prod"_s;
        store.addSource(source);
        store.apply(u"prod"_s, makeUpdate({makeStamp(u"eu-1"_s)}, {}));
        FeedState state;
        state.name = u"am"_s;
        state.pollInterval = 15s;
        store.addFeed(state);
        IncidentWatch watch(store, m_clock, {}, false);
        watch.addFeed({u"am"_s, u"stamp"_s, u"tenant"_s, {}});
        const auto script = std::make_shared<Script>();
        script->says[u"a"_s] = script->says[u"b"_s] =
            updateOf({alertOf(u"ApiDown"_s, u"eu-1"_s, m_clock.now())});
        SourceSettings settings;
        settings.name = u"am"_s;
        settings.pollInterval = 15s;
        IncidentRuntime runtime(
            settings,
            [script]() -> Result<std::unique_ptr<IncidentAdapter>> {
                return std::make_unique<ScriptedAlerts>(script);
            },
            store, watch, m_clock);
        const auto pass = [&](std::chrono::milliseconds time) {
            for (; time > 0ms; time -= 500ms) {
                m_clock.advance(500ms);
                std::ignore = await(runtime.diagnostics());
                store.contact(u"prod"_s, {});
            }
            watch.sync();
        };
        pass(16s);
        QTRY_VERIFY(store.current()->feeds[0].answered);
        watch.sync();
        QVERIFY(store.current()->incidents);
        QCOMPARE(store.current()->incidents->open.size(), size_t(1));
        QCOMPARE(store.current()->incidents->open[0]->title, u"ApiDown"_s);
        QVERIFY(store.current()->incidents->settled);

        // One peer down: a warning on the feed, and nothing else.
        {
            const QMutexLocker lock(&script->mutex);
            script->fails[u"a"_s] = Error::of(ErrorKind::Malformed, u"HTML instead of JSON"_s);
        }
        pass(60s);
        FeedState feed = store.current()->feeds[0];
        QCOMPARE(feed.endpointsFailing, 1);
        QCOMPARE(feed.error->message, u"HTML instead of JSON"_s);
        QCOMPARE(store.current()->incidents->open.size(), size_t(1));
        QVERIFY(!store.current()->incidents->open[0]->lastHeard);

        // Both: what is known stays, with its age.
        {
            const QMutexLocker lock(&script->mutex);
            script->fails[u"b"_s] = Error::of(ErrorKind::Unreachable, u"down"_s);
        }
        pass(60s);
        const auto open = store.current()->incidents->open;
        const auto down = std::find_if(open.begin(), open.end(), [](const IncidentPtr &each) {
            return each->title == u"ApiDown";
        });
        QVERIFY(down != open.end());
        QVERIFY((*down)->lastHeard);
        QCOMPARE(store.current()->counts.healthy, 1); // nothing else suffers

        const Silence wanted = *silenceOf(**down, m_clock.now() + 1h, u"ada"_s, u"known"_s);
        const auto made = await(runtime.silence(wanted));
        VERIFY_RESULT(made);
        QCOMPARE(made->id, u"s1"_s);
        QCOMPARE(script->made.size(), 1);
    }

    // A thread may come late to a fleet that rests from then on: it is looked at all the same.
    void whatWasThereBeforeTheWatchIsFound_data()
    {
        QTest::addColumn<bool>("atOnce");
        QTest::newRow("looks but once") << true;
        QTest::newRow("goes on looking") << false;
    }
    void whatWasThereBeforeTheWatchIsFound()
    {
        QFETCH(bool, atOnce);
        FleetStore store(m_clock);
        SourceState source;
        source.name = u"prod"_s;
        source.pollInterval = 1h;
        store.addSource(source);
        store.apply(u"prod"_s,
                    makeUpdate({makeStamp(u"eu-1"_s)}, {makeTenant(u"acme"_s, u"eu-1"_s)}));
        store.sync();
        IncidentRules rules;
        rules[IncidentKind::RegionLoss].hold = 0ms;
        IncidentWatch watch(store, m_clock, rules, atOnce);
        const auto isFound = [&] {
            watch.sync();
            const auto &open = store.current()->incidents->open;
            return std::any_of(open.begin(), open.end(), [](const IncidentPtr &each) {
                return each->kind == IncidentKind::RegionLoss;
            });
        };
        if (atOnce)
            QVERIFY(isFound());
        QTRY_VERIFY(isFound());
    }

    // One ID in one domain is one tenant, whichever source serves it.
    void aTenantOfTwoSourcesIsSplit()
    {
        m_store = std::make_unique<FleetStore>(m_clock);
        for (const QString &name : {u"east"_s, u"west"_s, u"lab"_s}) {
            SourceState source;
            source.name = name;
            source.tenantDomain = name == "lab"_L1 ? QString() : u"people"_s;
            m_store->addSource(source);
        }
        const auto tellOf = [&](const QString &source, const QList<Tenant> &tenants) {
            FleetUpdate update = makeUpdate({makeStamp(source + u"-1"_s)}, tenants);
            update.instance = source;
            m_store->apply(source, update);
        };
        Tenant moved = makeTenant(u"hooli"_s, u"west-1"_s);
        moved.operation = u"op1"_s;
        tellOf(u"east"_s, {makeTenant(u"acme"_s, u"east-1"_s), makeTenant(u"globex"_s, u"east-1"_s),
                           makeTenant(u"hooli"_s, u"east-1"_s)});
        tellOf(u"west"_s, {makeTenant(u"acme"_s, u"west-1"_s), moved});
        tellOf(u"lab"_s, {makeTenant(u"globex"_s, u"lab-1"_s)}); // another one of that name
        m_keeper = std::make_unique<IncidentKeeper>(IncidentRules(), true);
        look();
        QCOMPARE(titles(), QStringList{u"acme is served on two stamps"_s});
        const Incident &split = *m_book->open[0];
        QCOMPARE(split.kind, std::optional(IncidentKind::SplitTenant));
        QCOMPARE(split.stamps, QStringList({u"east/east-1"_s, u"west/west-1"_s}));
        QCOMPARE(split.tenants, QStringList{u"people/acme"_s});
        QCOMPARE(split.id, u"east/acme:split"_s);
        // It is over when one of them has it no more.
        tellOf(u"west"_s, {moved});
        look();
        pass(31s);
        for (const QString &source : {u"east"_s, u"west"_s, u"lab"_s})
            m_store->contact(source, {});
        look();
        QVERIFY(m_book->open.empty());
    }

    // Whichever stamp is the fullest just now, it is the same region that is at risk.
    void aRegionAtRiskStaysTheSameIncident()
    {
        m_store = std::make_unique<FleetStore>(m_clock);
        for (const QString &name : {u"east"_s, u"west"_s}) {
            SourceState source;
            source.name = name;
            m_store->addSource(source);
        }
        QStringList ids;
        QStringList hit;
        for (const double load : {60.0, 40.0, 60.0}) {
            Stamp east = makeStamp(u"e-1"_s, u"eu"_s);
            Stamp west = makeStamp(u"w-1"_s, u"eu"_s);
            east.resources.cpu.used = load;
            west.resources.cpu.used = 50;
            Tenant big = makeTenant(u"big"_s, u"e-1"_s);
            big.demand.cpu = 60;
            Tenant large = makeTenant(u"large"_s, u"w-1"_s);
            large.demand.cpu = 60;
            FleetUpdate update = makeUpdate({east}, {big});
            update.instance = u"1"_s;
            m_store->apply(u"east"_s, update);
            update = makeUpdate({west}, {large});
            update.instance = u"2"_s;
            m_store->apply(u"west"_s, update);
            m_store->sync();
            const FleetVersionPtr version = m_store->current();
            for (const Condition &each :
                 conditionsOf(survivalOf(version), *version, IncidentRules())) {
                ids.append(each.incident.id);
                hit.append(each.incident.stamps);
            }
        }
        QCOMPARE(hit, QStringList({u"east/e-1"_s, u"west/w-1"_s, u"east/e-1"_s}));
        QCOMPARE(ids, QStringList(3, u"east/eu:loss"_s));
    }

    // Numbers of a feed stand where a source tells none, and go when nobody measures any more.
    void whatIsMeasuredFillsWhatIsNotTold()
    {
        Stamp silent = makeStamp(u"eu-1"_s);
        silent.resources.cpu.used.reset();
        silent.signalValues = {};
        silent.signalValues.errorRatio = 0.004;
        tell({silent, makeStamp(u"eu-2"_s)}, {});
        MetricsUpdate update;
        update.samples = {{u"eu-1"_s, u"cpu"_s, 48, {}},
                          {u"eu-1"_s, u"latencyP99Ms"_s, 120, {}},
                          {u"eu-1"_s, u"errorRatio"_s, 0.5, {}},
                          {u"prod/eu-2"_s, u"cpu"_s, 60, {}},
                          {u"eu-9"_s, u"cpu"_s, 1, {}}};
        m_store->hear(u"alerts"_s, {});
        m_store->applyMetrics(u"alerts"_s, update);
        m_store->sync();
        const auto stamp = [&](const QString &id) {
            const FleetVersionPtr version = m_store->current();
            return version->stamps[version->stampIndex.value(id)];
        };
        QCOMPARE(stamp(u"prod/eu-1"_s)->resources.cpu.used, std::optional(48.0));
        QCOMPARE(stamp(u"prod/eu-1"_s)->load(), std::optional(0.75));
        QCOMPARE(stamp(u"prod/eu-1"_s)->stamp->signalValues.latencyP99Ms, std::optional(120.0));
        QCOMPARE(stamp(u"prod/eu-1"_s)->stamp->signalValues.errorRatio, std::optional(0.004));
        QCOMPARE(stamp(u"prod/eu-2"_s)->resources.cpu.used, std::optional(16.0));
        for (int i = 0; i < 60; ++i) { // the feed falls silent
            m_clock.advance(1s);
            m_store->contact(u"prod"_s, {});
            m_store->sync();
        }
        QVERIFY(!stamp(u"prod/eu-1"_s)->resources.cpu.used);
        QVERIFY(!stamp(u"prod/eu-1"_s)->stamp->signalValues.latencyP99Ms);
    }

    void whoSaysWhatIsEachOnesOwnWord()
    {
        FeedState feed;
        feed.name = u"prometheus"_s;
        feed.kind = FeedState::Kind::Metrics;
        feed.pollInterval = 15s;
        m_store->addFeed(feed);
        Stamp first = makeStamp(u"eu-1"_s);
        first.signalValues.errorRatio = 0.004;
        first.signalValues.latencyP99Ms.reset();
        tell({first, makeStamp(u"eu-2"_s)}, {});
        Incident incident;
        incident.stamps = {u"prod/eu-1"_s};
        const auto says = [&](const QString &who) {
            m_store->sync();
            for (const Vantage &each :
                 vantagesOf(incident, *m_store->current(), m_clock.elapsed()).all) {
                if (each.who == who)
                    return each;
            }
            return Vantage{{}, u"nothing"_s, {}, {}};
        };
        const auto disagrees = [&] {
            m_store->sync();
            return disagree(vantagesOf(incident, *m_store->current(), m_clock.elapsed()).all);
        };
        // Nobody heard of either yet: that is no word that all is well.
        QCOMPARE(says(u"alerts"_s).isWell, std::nullopt);
        QCOMPARE(says(u"alerts"_s).says, u"not known: it does not answer"_s);
        QCOMPARE(says(u"prometheus"_s).isWell, std::nullopt);
        m_store->hear(u"alerts"_s, {});
        m_store->hear(u"prometheus"_s, {});
        QCOMPARE(says(u"alerts"_s).isWell, std::optional(true));
        QCOMPARE(says(u"alerts"_s).says, u"no alert"_s);
        QCOMPARE(says(u"prometheus"_s).says, u"nothing"_s); // it measures none of it
        QVERIFY(!disagrees());

        MetricsUpdate update;
        update.samples = {{u"eu-1"_s, u"errorRatio"_s, 0.5, {}},
                          {u"eu-1"_s, u"latencyP99Ms"_s, 120, {}}};
        m_store->applyMetrics(u"prometheus"_s, update);
        const Vantage own = says(u"prod"_s);
        QVERIFY2(own.says.contains(Format::errorPercent(0.004)), qPrintable(own.says));
        QVERIFY2(!own.says.contains(u"p99"_s), qPrintable(own.says)); // that it does not tell
        QCOMPARE(own.isWell, std::optional(true));
        const Vantage measured = says(u"prometheus"_s);
        QCOMPARE(measured.says, u"errors %1, p99 %2"_s.arg(Format::errorPercent(0.5),
                                                           Format::latency(120)));
        QCOMPARE(measured.isWell, std::optional(false));
        QVERIFY(disagrees());

        // A stamp that gives no word of its health is judged by its figures.
        first.health = Health::Unknown;
        first.signalValues.errorRatio = 0.2;
        tell({first, makeStamp(u"eu-2"_s)}, {});
        QCOMPARE(says(u"prod"_s).isWell, std::optional(false));

        // Of several stamps it is the one about which they disagree.
        first.signalValues.errorRatio.reset();
        tell({makeStamp(u"eu-1"_s), makeStamp(u"eu-2"_s)}, {});
        update.samples = {{u"eu-2"_s, u"errorRatio"_s, 0.5, {}}};
        m_store->applyMetrics(u"prometheus"_s, update);
        incident.stamps = {u"prod/eu-1"_s, u"prod/eu-2"_s};
        m_store->sync();
        QCOMPARE(vantagesOf(incident, *m_store->current(), m_clock.elapsed()).stamp, u"eu-2"_s);
        update.samples.clear();
        m_store->applyMetrics(u"prometheus"_s, update);
        m_store->sync();
        QCOMPARE(vantagesOf(incident, *m_store->current(), m_clock.elapsed()).stamp, u"eu-1"_s);

        // An Alertmanager that is down says nothing of now.
        say({alertOf(u"ApiDown"_s, u"eu-1"_s, m_clock.now())});
        m_store->setIncidents(look());
        QCOMPARE(says(u"alerts"_s).isWell, std::optional(false));
        m_store->fail(u"alerts"_s, {}, Error::of(ErrorKind::Unreachable, u"down"_s), {});
        QCOMPARE(says(u"alerts"_s).isWell, std::nullopt);
        QCOMPARE(says(u"alerts"_s).says, u"not known: 1 alert fired when it answered last"_s);
    }

    // A backend that goes on to answer with its last sample is not taken for one that measures.
    void whatWasMeasuredLongAgoIsNotNow()
    {
        FeedState feed;
        feed.name = u"prometheus"_s;
        feed.kind = FeedState::Kind::Metrics;
        feed.pollInterval = 15s;
        m_store->addFeed(feed);
        Stamp silent = makeStamp(u"eu-1"_s);
        silent.resources.cpu.used.reset();
        tell({silent, makeStamp(u"eu-2"_s)}, {});
        m_store->hear(u"prometheus"_s, {});
        const auto of = [&](std::chrono::seconds age, std::chrono::seconds skew = 0s) {
            MetricsUpdate update;
            if (skew != 0s)
                update.serverTime = m_clock.now() + skew;
            update.samples = {{u"eu-1"_s, u"cpu"_s, 48, m_clock.now() + skew - age},
                              {u"eu-1"_s, u"errorRatio"_s, 0.5, m_clock.now() + skew - age}};
            m_store->applyMetrics(u"prometheus"_s, update);
            m_store->sync();
            const FleetVersionPtr version = m_store->current();
            return version->stamps[version->stampIndex.value(u"prod/eu-1"_s)];
        };
        const StampEntryPtr fresh = of(45s);
        QCOMPARE(fresh->resources.cpu.used, std::optional(48.0));
        QCOMPARE(oldFigures(*fresh, m_clock.now()), QStringList());
        // Its own time is no news while it is fresh: nothing is published.
        const quint64 serial = m_store->current()->serial;
        std::ignore = of(30s);
        QCOMPARE(m_store->current()->serial, serial);
        // Older than three polls it is told so; what the stamp tells itself is not older for it.
        const StampEntryPtr old = of(2min);
        QCOMPARE(old->resources.cpu.used, std::optional(48.0));
        QCOMPARE(oldFigures(*old, m_clock.now()),
                 QStringList{u"cpu of %1 ago"_s.arg(Format::age(2min))});
        Incident incident;
        incident.stamps = {u"prod/eu-1"_s};
        const auto vantages = vantagesOf(incident, *m_store->current(), m_clock.elapsed());
        QCOMPARE(vantages.all.last().who, u"prometheus"_s);
        QCOMPARE(vantages.all.last().age, std::optional(std::chrono::milliseconds(2min)));
        // Older than any scrape is apart: nobody knows.
        QVERIFY(!of(290s)->resources.cpu.used);
        QVERIFY(!of(290s)->measured->values[0]);
        // By its own clock, where it tells that.
        QCOMPARE(of(10s, 1h)->resources.cpu.used, std::optional(48.0));
        QCOMPARE(of(10s, -1h)->resources.cpu.used, std::optional(48.0));
        QVERIFY(!of(290s, 1h)->resources.cpu.used);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestIncidents)
#include "tst_incidents.moc"
