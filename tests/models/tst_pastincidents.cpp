// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/fleetstore.h"
#include "models/pastincidents.h"

#include "tests/support/manualclock.h"
#include "tests/support/sampledata.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QCoreApplication>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// Events as a history has them, and how often one of them is read.
struct Told
{
    void add(Timestamp at, const QString &id, const QByteArray &data,
             QLatin1StringView kind = incidentEvent)
    {
        HistoryEvent event;
        event.at = at;
        event.kind = kind;
        event.source = u"prod"_s;
        event.subject = u"eu-1"_s;
        event.id = id;
        event.data = data;
        events.push_back(event);
        past.add(qint64(events.size()), event);
    }
    IncidentBookPtr at(Timestamp moment, const FleetVersion &version)
    {
        const auto book = past.at(moment, version, [this](qint64 number) -> Result<HistoryEvent> {
            ++reads;
            return events.at(size_t(number) - 1);
        });
        if (!book)
            qFatal("%s", qPrintable(book.error().message));
        return *book;
    }

    std::vector<HistoryEvent> events;
    PastIncidents past;
    int reads = 0;
};

QByteArray data(const QString &state, const QString &title, const QString &severity = u"warning"_s)
{
    return u"{\"state\": \"%1\", \"title\": \"%2\", \"severity\": \"%3\"}"_s.arg(state, title, severity)
        .toUtf8();
}

QStringList linesOf(const std::vector<IncidentPtr> &incidents)
{
    QStringList lines;
    for (const IncidentPtr &is : incidents) {
        lines.append(u"%1 %2 %3 %4-%5 %6"_s.arg(is->id, is->title, toString(is->severity))
                         .arg(is->startsAt ? toRfc3339(*is->startsAt) : QString(),
                              is->endsAt ? toRfc3339(*is->endsAt) : QString())
                         .arg(is->reopened));
    }
    return lines;
}

} // namespace

class TestPastIncidents : public QObject
{
    Q_OBJECT
private:
    void apply(const QList<Stamp> &stamps, const QList<Tenant> &tenants = {})
    {
        m_store->apply(u"prod"_s, makeUpdate(stamps, tenants));
        m_store->sync();
        m_store->sync();
    }

    std::unique_ptr<ManualClock> m_clock;
    std::unique_ptr<FleetStore> m_store;

private Q_SLOTS:
    void init()
    {
        strict();
        m_clock = std::make_unique<ManualClock>();
        m_store = std::make_unique<FleetStore>(*m_clock);
        SourceState source;
        source.name = u"prod"_s;
        source.pollInterval = 1h;
        m_store->addSource(source);
    }
    void cleanup()
    {
        m_store.reset();
        m_clock.reset();
    }

    /// Sixty thousand events: a moment costs what lies between it and the last, and what it shows.
    void aMomentCostsWhatItShows()
    {
        apply({makeStamp(u"eu-1"_s)});
        const FleetVersionPtr version = m_store->current();
        const Timestamp start = m_clock->now();
        constexpr int count = 60'000;
        Told told;
        for (int i = 0; i < count / 2; ++i) {
            const QString id = u"am/alert:%1"_s.arg(i % 20'000); // a third comes back
            told.add(start + std::chrono::seconds(2 * i), id, data(u"firing"_s, u"t%1"_s.arg(i)));
            if (i != 29'990)
                told.add(start + std::chrono::seconds(2 * i + 1), id,
                         data(u"resolved"_s, u"t%1"_s.arg(i)));
        }
        constexpr int events = count - 1;
        const Timestamp end = start + std::chrono::seconds(count);
        const IncidentBookPtr last = told.at(end, *version);
        QCOMPARE(told.past.steps(), events);
        QCOMPARE(int(last->open.size()), 1);
        QCOMPARE(last->open.front()->id, u"am/alert:9990"_s);
        QCOMPARE(last->open.front()->reopened, 1);
        QCOMPARE(int(last->closed.size()), IncidentBook::closedKept);
        QCOMPARE(last->closed.front()->title, u"t29999"_s);
        QVERIFY2(told.reads <= IncidentBook::closedKept + 1, qPrintable(QString::number(told.reads)));
        // The same moment again reads nothing, and is the same book.
        told.reads = 0;
        QCOMPARE(told.at(end, *version), last);
        QCOMPARE(told.reads, 0);
        // A step back goes through one event.
        const IncidentBookPtr before = told.at(start + std::chrono::seconds(count - 2), *version);
        QCOMPARE(told.past.steps(), events + 1);
        QCOMPARE(int(before->open.size()), 2);
        QVERIFY2(told.reads <= 2, qPrintable(QString::number(told.reads)));
        // And wherever one comes from, a moment is the same.
        for (const int at : {59'999, 41'003, 20'000, 59'990, 7, 0, 40'001}) {
            const Timestamp moment = start + std::chrono::seconds(at);
            const IncidentBookPtr is = told.at(moment, *version);
            Told fresh;
            for (const HistoryEvent &event : told.events)
                fresh.add(event.at, event.id, event.data);
            const IncidentBookPtr other = fresh.at(moment, *version);
            QCOMPARE(linesOf(is->open), linesOf(other->open));
            QCOMPARE(linesOf(is->closed), linesOf(other->closed));
        }
        QVERIFY(told.at(start - 1s, *version)->open.empty());
        QVERIFY(told.at(start - 1s, *version)->closed.empty());
    }

    /// What the fleet of then shows is in it whether or not events had been told, and once.
    void theFleetsOwnAreOnceInIt()
    {
        Stamp sick = makeStamp(u"eu-1"_s);
        sick.health = Health::Unhealthy;
        apply({sick, makeStamp(u"eu-2"_s)}, {makeTenant(u"acme"_s, u"eu-1"_s)});
        const FleetVersionPtr version = m_store->current();
        const Timestamp now = m_clock->now();
        const QString own = u"prod/eu-1:unhealthy"_s;
        Told told;
        IncidentBookPtr book = told.at(now, *version);
        QCOMPARE(int(book->open.size()), 1);
        QCOMPARE(book->open.front()->id, own);
        // Something else is told of: it is still there.
        told.add(now + 1s, u"am/alert:other"_s, R"({"state": "firing", "title": "x", "stamps": ["prod/eu-2"]})");
        book = told.at(now + 1s, *version);
        QCOMPARE(int(book->open.size()), 2);
        QVERIFY(book->find(own));
        // It is told of itself: once, as it was told.
        told.add(now + 2s, own, data(u"firing"_s, u"eu-1 is down"_s, u"critical"_s));
        book = told.at(now + 2s, *version);
        QCOMPARE(int(book->open.size()), 2);
        QCOMPARE(book->find(own)->title, u"eu-1 is down"_s);
        QCOMPARE(book->find(own)->tenants, QStringList{version->tenantId(0)});
        // It ended, they say, and the fleet shows it still: it is open, and nowhere else.
        told.add(now + 3s, own, data(u"resolved"_s, u"eu-1 is down"_s, u"critical"_s));
        book = told.at(now + 3s, *version);
        QVERIFY(book->find(own)->firing);
        QVERIFY(book->closed.empty());
        // An alert of the same stamp says it too.
        told.add(now + 4s, u"am/alert:this"_s, R"({"state": "firing", "title": "y", "severity": "info",
            "stamps": ["prod/eu-1"]})");
        book = told.at(now + 4s, *version);
        QCOMPARE(int(book->open.size()), 2);
        const IncidentPtr alert = book->find(u"am/alert:this"_s);
        QCOMPARE(alert->findings.size(), 1);
        QCOMPARE(alert->findings.first().id, own);
        QVERIFY(alert->severity < Severity::Info);
        // One that hits nobody, on a stamp that has somebody.
        told.add(now + 5s, u"am/alert:nobody"_s, R"({"state": "firing", "title": "z", "tenants": [],
            "stamps": ["prod/eu-1"]})");
        book = told.at(now + 5s, *version);
        QVERIFY(book->find(u"am/alert:nobody"_s)->tenants.isEmpty());
        QCOMPARE(book->find(u"am/alert:this"_s)->tenants.size(), 1);
        // Back again.
        QCOMPARE(int(told.at(now, *version)->open.size()), 1);
    }

    /// What earlier programs told: no more than words and stamps, and an end without words.
    void oldEventsAreRead()
    {
        apply({makeStamp(u"eu-1"_s)}, {makeTenant(u"acme"_s, u"eu-1"_s)});
        const FleetVersionPtr version = m_store->current();
        const Timestamp now = m_clock->now();
        Told told;
        told.add(now, u"am/alert:1"_s, data(u"firing"_s, u"errors"_s, u"critical"_s));
        told.add(now + 1min, u"am/alert:1"_s, R"({"state": "resolved", "title": ""})");
        const IncidentPtr open = told.at(now, *version)->open.at(0);
        QCOMPARE(open->severity, Severity::Critical);
        QCOMPARE(open->stamps, QStringList{u"prod/eu-1"_s}); // by the event's subject
        QCOMPARE(open->tenants.size(), 1);
        QCOMPARE(open->startsAt, std::optional(now));
        const IncidentPtr closed = told.at(now + 1h, *version)->closed.at(0);
        QCOMPARE(closed->title, u"errors"_s);
        QCOMPARE(closed->startsAt, std::optional(now));
        QCOMPARE(closed->endsAt, std::optional(now + 1min));
    }

    /// The silences of a moment: as they were told last before it, the first to end first, until they end
    /// by themselves or somebody ends them; whichever moment one comes from.
    void silencesAreThoseOfTheMoment()
    {
        apply({makeStamp(u"eu-1"_s)});
        const FleetVersionPtr version = m_store->current();
        const Timestamp now = std::chrono::floor<std::chrono::milliseconds>(m_clock->now());
        const auto silence = [](const QString &id, std::optional<Timestamp> endsAt) {
            KnownSilence known;
            known.feed = u"am"_s;
            known.silence.id = id;
            known.silence.matchers = {{u"alertname"_s, u"Down \"x\""_s, false, true},
                                      {u"stamp"_s, u"eu-.*"_s, true, false}};
            known.silence.endsAt = endsAt;
            known.silence.createdBy = u"ada"_s;
            known.silence.comment = u"<b>known</b>"_s;
            return known;
        };
        Told told;
        const auto tell = [&told](Timestamp at, const KnownSilence &known, QLatin1StringView kind,
                                  bool isOver = false) {
            told.add(at, silenceKey(known), toEventData(known, isOver), kind);
        };
        const KnownSilence first = silence(u"s1"_s, now + 10min);
        KnownSilence second = silence(u"s2"_s, now + 5min);
        second.silence.startsAt = now + 3min;
        KnownSilence longer = first;
        longer.silence.endsAt = now + 20min;
        const KnownSilence endless = silence(u"s0"_s, std::nullopt);
        tell(now, first, silenceEvent);
        tell(now + 1min, second, silenceEvent);
        told.add(now + 1min, u"am/alert:1"_s, R"({"state": "firing", "title": "Down", "from": "am",
            "stamps": ["prod/eu-1"], "alerts": [{"name": "Down", "silencedBy": ["s1"]},
            {"name": "Down", "silencedBy": ["s1", "s9"]}, {"name": "Down"}]})");
        told.add(now + 1min, u"other/alert:1"_s, R"({"state": "firing", "title": "Down", "from": "other",
            "stamps": ["prod/eu-1"], "alerts": [{"name": "Down", "silencedBy": ["s1"]}]})");
        tell(now + 8min, longer, silenceChangeEvent);
        tell(now + 12min, longer, silenceEvent, true); // somebody ended it
        tell(now + 12min, endless, silenceEvent);
        const auto at = [&](std::chrono::milliseconds after) {
            QStringList lines;
            const QList<KnownSilence> silences = told.at(now + after, *version)->silences;
            for (const KnownSilence &known : silences) {
                lines.append(u"%1 %2 %3 %4"_s.arg(known.silence.id, toString(known.silence.state))
                                 .arg(known.silence.endsAt
                                          ? (*known.silence.endsAt - now) / 1min
                                          : -1)
                                 .arg(known.alerts));
            }
            return lines;
        };
        const QHash<std::chrono::milliseconds::rep, QStringList> wanted{
            {-1, {}},
            {0, {u"s1 active 10 0"_s}},
            {60'000, {u"s2 pending 5 0"_s, u"s1 active 10 2"_s}},
            {3 * 60'000, {u"s2 active 5 0"_s, u"s1 active 10 2"_s}},
            {5 * 60'000 - 1, {u"s2 active 5 0"_s, u"s1 active 10 2"_s}},
            {5 * 60'000, {u"s1 active 10 2"_s}}, // the other ended, whoever was there to tell
            {8 * 60'000, {u"s1 active 20 2"_s}},
            {11 * 60'000, {u"s1 active 20 2"_s}},
            {12 * 60'000, {u"s0 active -1 0"_s}},
            {12 * 24 * 60 * 60'000, {u"s0 active -1 0"_s}},
        };
        for (int i = 0; i < 2; ++i) {
            for (const auto after : {12 * 60'000, 0, 5 * 60'000, 60'000, 11 * 60'000, -1,
                                     5 * 60'000 - 1, 8 * 60'000, 3 * 60'000, 12 * 24 * 60 * 60'000})
                QCOMPARE(at(std::chrono::milliseconds(after)), wanted[after]);
        }
        // All that was known of it.
        KnownSilence is = told.at(now + 1min, *version)->silences.at(1);
        is.alerts = first.alerts;
        QVERIFY(is == first);
        // The same book while nothing differs, and another one when a silence does.
        QCOMPARE(told.at(now + 8min, *version), told.at(now + 8min + 1s, *version));
        QVERIFY(told.at(now + 8min, *version) != told.at(now + 7min, *version));
    }

    void whatCannotBeReadIsAnError()
    {
        apply({makeStamp(u"eu-1"_s)});
        Told told;
        told.add(m_clock->now(), u"am/alert:1"_s, data(u"firing"_s, u"errors"_s));
        const auto book = told.past.at(m_clock->now(), *m_store->current(),
                                       [](qint64) -> Result<HistoryEvent> {
                                           return fail(ErrorKind::Malformed, u"no page"_s);
                                       });
        QVERIFY(!book);
        QCOMPARE(book.error().message, u"no page"_s);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestPastIncidents)
#include "tst_pastincidents.moc"
