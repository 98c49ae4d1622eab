// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/report.h"

#include "models/incidentevent.h"

#include "tests/support/reportfixture.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QXmlStreamReader>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// A fleet of 130 stamps with two tenants each, of which an alert hits many: errors of all of them rise, but
/// not beyond what they may be, three stamps say so themselves, and three others have nothing to do with it.
struct BrownOut
{
    static constexpr int stamps = 130;
    static constexpr int hit = 124;

    BrownOut()
    {
        SourceState source;
        source.name = u"prod"_s;
        source.tenantDomain = u"prod"_s;
        source.pollInterval = 1h; // nothing gets stale here
        source.objectives.errorRatio = 0.01;
        store.addSource(source);
        recorder = std::make_unique<HistoryRecorder>(dir.path(), store, clock);
        recorder->sync();
        pass(31min);
        began = clock.now();
        isBad = true;
        pass(10s);
        tell(hit - 4, incidentEvent);
        pass(1min);
        tell(hit, incidentChangeEvent); // it spreads
        pass(4min);
        isBad = false;
        pass(10s);
        tell(hit, incidentEvent, false);
        ended = clock.now();
        pass(11min);
    }
    [[nodiscard]] static QString name(int at) { return u"s-%1"_s.arg(at, 3, 10, QChar(u'0')); }
    [[nodiscard]] static double errors(int at) { return 0.004 + 0.00004 * at; }
    void apply()
    {
        QList<Stamp> all;
        QList<Tenant> tenants;
        for (int at = 0; at < stamps; ++at) {
            Stamp stamp = makeStamp(name(at));
            stamp.ring = QString::number(at % 3);
            stamp.observedAt = clock.now();
            if (isBad && at < hit)
                stamp.signalValues.errorRatio = errors(at);
            if (isBad && (at == 5 || at == 7 || at == 9))
                stamp.health = at == 7 ? Health::Unhealthy : Health::Degraded;
            if (isBad && at == stamps - 1)
                stamp.health = Health::Unhealthy; // which is another incident
            all.append(stamp);
            for (const Tier tier : {Tier::Enterprise, Tier::Standard}) {
                Tenant tenant = makeTenant(u"t-%1-%2"_s.arg(at).arg(int(tier)), name(at));
                tenant.tier = at % 2 ? tier : Tier::Standard;
                tenants.append(tenant);
            }
        }
        store.apply(u"prod"_s, makeUpdate(all, tenants));
        store.sync();
    }
    void pass(std::chrono::milliseconds time)
    {
        apply();
        for (; time > 0ms; time -= 10s) {
            clock.advance(10s);
            store.sync();
            recorder->sync();
        }
        recorder->sync();
        recorder->sync();
    }
    void tell(int count, QLatin1StringView kind, bool isFiring = true,
              const QStringList &tenants = {})
    {
        QJsonObject data{{u"state"_s, isFiring ? u"firing"_s : u"resolved"_s},
                         {u"title"_s, u"Brown-out"_s},
                         {u"severity"_s, u"critical"_s},
                         {u"summary"_s, u"Requests of eu-west <fail>"_s}};
        QJsonArray named;
        for (int at = 0; at < count; ++at)
            named.append(QString(u"prod/"_s + name(at)));
        data.insert(u"stamps"_s, named);
        if (!tenants.isEmpty())
            data.insert(u"tenants"_s, QJsonArray::fromStringList(tenants));
        recorder->add({clock.now(), kind, u"am"_s, {}, id, QJsonDocument(data).toJson()});
        recorder->sync();
    }
    [[nodiscard]] Result<Report> report(const QString &query = {}) const
    {
        ReportRequest request;
        request.incident = id;
        request.now = clock.now();
        request.query = *Query::parse(query);
        return makeReport(dir.path(), request);
    }

    QTemporaryDir dir;
    ManualClock clock;
    FleetStore store{clock};
    std::unique_ptr<HistoryRecorder> recorder;
    QString id = u"am/alert:0123456789abcdef"_s;
    bool isBad = false;
    Timestamp began, ended;
};

} // namespace

class TestReport : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { strict(); }

    void figuresAreThoseOfTheHistory()
    {
        ReportFixture fixture;
        const auto report = fixture.report();
        VERIFY_RESULT(report);
        QCOMPARE(report->startsAt, fixture.began);
        QVERIFY(report->endsAt == fixture.ended);
        QCOMPARE(report->from, fixture.start); // half an hour before would be before the first
        QCOMPARE(report->to, fixture.ended + 10min);
        QCOMPARE(report->title, u"eu-1 was unhealthy"_s);
        QCOMPARE(report->severity, u"critical"_s);
        QCOMPARE(report->stamps, 1);
        QCOMPARE(report->hits.size(), 1);
        const Report::Hit &hit = report->hits.first();
        QCOMPARE(hit.stamp, u"prod/eu-1"_s);
        QCOMPARE(hit.unhealthy, fixture.ended - fixture.began);
        QCOMPARE(hit.degraded, 0ms);
        QCOMPARE(hit.tenants, 2);
        QCOMPARE(report->tenants, 2);
        QCOMPARE(report->tiers.value(Tier::Enterprise), 1);
        QCOMPARE(report->rings.value(u"1"_s), 1);
        QVERIFY(report->gaps.isEmpty());
        // What changed before it.
        QCOMPARE(report->before.size(), 1);
        QCOMPARE(report->before[0].what, HistoryTimeline::What::Scaled);
        QCOMPARE(report->before[0].at, fixture.scaled);
        // What was done.
        QCOMPARE(report->actions.size(), 1);
        QCOMPARE(report->actions[0].by, u"ada"_s);
        QCOMPARE(report->actions[0].state, OperationState::Failed);
        QCOMPARE(report->actions[0].done, 1);
        QCOMPARE(report->actions[0].steps, 2);
        QCOMPARE(report->actions[0].error, u"globex has no place"_s);
        // The worst first: errors were twenty times their limit.
        QVERIFY(!report->charts.isEmpty());
        QCOMPARE(report->charts[0].kind, SampleKind::Errors);
        const auto reader = HistoryReader::open(fixture.dir.path());
        VERIFY_RESULT(reader);
        for (const Report::Chart &chart : report->charts) {
            const auto series = (*reader)->series(chart.stamp, {chart.kind}, report->from,
                                                  report->to, chart.series.step);
            VERIFY_RESULT(series);
            QCOMPARE(chart.series.values.size(), (*series)[0].values.size());
            for (size_t at = 0; at < chart.series.values.size(); ++at) {
                const double shown = chart.series.values[at].mean;
                const double kept = (*series)[0].values[at].mean;
                QVERIFY(shown == kept || (std::isnan(shown) && std::isnan(kept)));
            }
        }
        // And they stand in the document.
        const QString html = QString::fromUtf8(toHtml(*report));
        for (const QString &words :
             {u"eu-1 was unhealthy"_s, u"4 min 10 s"_s, u"api 1 of 5 ready"_s, u"2 tenants"_s,
              u"Drain eu-1"_s, u"ada"_s, u"globex has no place"_s, u"eu-1: web 3 to 2"_s,
              u"Open questions"_s, u"acme moved from eu-1 to eu-2"_s})
            QVERIFY2(html.contains(words), qPrintable(words));
    }

    void aStretchOfTimeIsOfAllThatMatches()
    {
        ReportFixture fixture;
        ReportRequest request;
        request.from = fixture.start;
        request.to = fixture.clock.now();
        request.now = fixture.clock.now();
        const auto all = makeReport(fixture.dir.path(), request);
        VERIFY_RESULT(all);
        QCOMPARE(all->stamps, 2);
        QCOMPARE(all->hits.size(), 1);
        QCOMPARE(all->startsAt, fixture.began);
        QVERIFY(all->endsAt == fixture.ended);
        request.query = *Query::parse(u"stamp:eu-2"_s);
        const auto other = makeReport(fixture.dir.path(), request);
        VERIFY_RESULT(other);
        QCOMPARE(other->stamps, 1);
        QVERIFY(other->isQuiet);
        QVERIFY(toHtml(*other).contains("Every stamp was healthy"));
        request.to = request.from;
        QCOMPARE(makeReport(fixture.dir.path(), request).error().kind, ErrorKind::Invalid);
    }

    void eventsOfAnIncidentSayWhatItWas()
    {
        ReportFixture fixture;
        fixture.recorder->add(
            {fixture.began + 20s, u"incident"_s, u"prod"_s, u"eu-1"_s, u"am/alert:1"_s,
             R"({"state": "firing", "title": "Errors above 1%", "severity": "warning"})"});
        fixture.recorder->add({fixture.ended, u"incident"_s, u"prod"_s, u"eu-1"_s, u"am/alert:1"_s,
                               R"({"state": "resolved"})"});
        fixture.recorder->sync();
        const auto report = fixture.report(u"am/alert:1"_s);
        VERIFY_RESULT(report);
        QCOMPARE(report->title, u"Errors above 1%"_s);
        QCOMPARE(report->severity, u"warning"_s);
        QVERIFY(report->endsAt);
        QCOMPARE(report->hits.size(), 1);
        QCOMPARE(fixture.report(u"am/alert:2"_s).error().kind, ErrorKind::NotFound);
        QCOMPARE(fixture.report(u"prod/eu-2:unhealthy"_s).error().kind, ErrorKind::NotFound);
    }

    // Its figures are those of every stamp that it ever named, as the history has them.
    void aGroupAlertIsOfAllOfItsStamps()
    {
        const BrownOut fleet;
        const auto report = fleet.report();
        VERIFY_RESULT(report);
        QCOMPARE(report->title, u"Brown-out"_s);
        QVERIFY(!report->isQuiet);
        QCOMPARE(report->stamps, BrownOut::hit);
        QCOMPARE(report->hits.size(), BrownOut::hit);
        const auto reader = HistoryReader::open(fleet.dir.path());
        VERIFY_RESULT(reader);
        const auto then = (*reader)->at(report->startsAt);
        VERIFY_RESULT(then);
        const FleetVersion &version = *then->version;
        int tenants = 0;
        double requests = 0;
        QMap<Tier, int> tiers;
        QMap<QString, int> rings;
        for (int at = 0; at < BrownOut::hit; ++at) {
            const int slot = version.stampIndex.value(u"prod/"_s + BrownOut::name(at));
            const StampEntry &entry = *version.stamps[slot];
            tenants += entry.owned;
            ++rings[entry.stamp->ring];
            requests += *entry.stamp->signalValues.requestsPerSecond;
            for (const int tenant : entry.tenants)
                ++tiers[version.tenants[tenant].tenant->tier];
        }
        QCOMPARE(tenants, 2 * BrownOut::hit);
        QCOMPARE(report->tenants, tenants);
        QVERIFY(report->tiers == tiers);
        QVERIFY(report->rings == rings);
        QCOMPARE(report->requests, std::optional(requests));
        // The worst first: by how long they said so themselves, then by what was measured.
        QStringList first;
        for (const Report::Hit &hit : report->hits.mid(0, 5))
            first.append(hit.stamp);
        QCOMPARE(first, (QStringList{u"prod/s-007"_s, u"prod/s-009"_s, u"prod/s-005"_s,
                                     u"prod/s-123"_s, u"prod/s-122"_s}));
        QCOMPARE(report->hits[0].worst, Health::Unhealthy);
        QCOMPARE(report->hits[3].worst, Health::Healthy);
        QVERIFY(report->hits[3].since > report->startsAt); // it spread to it later
        QVERIFY(report->hits[3].until == report->endsAt);
        QCOMPARE(report->hits[10].since, report->startsAt);
        // A few charts; every stamp has its name in the document, and no other one.
        QVERIFY(!report->charts.isEmpty() && report->charts.size() <= 4);
        const QString html = QString::fromUtf8(toHtml(*report));
        for (int at = 0; at < BrownOut::stamps; ++at) {
            const QString name = BrownOut::name(at);
            QVERIFY2(html.contains(name) == (at < BrownOut::hit), qPrintable(name));
        }
        for (const QString &words : {u"Requests of eu-west &lt;fail&gt;"_s, u"And 24 more: "_s,
                                     u"of the 124 stamps that were hit"_s,
                                     u"121 more that it names were well by their own word"_s})
            QVERIFY2(html.contains(words), qPrintable(words));
        // Of those that are asked for.
        const auto some = fleet.report(u"ring:1"_s);
        VERIFY_RESULT(some);
        QCOMPARE(some->hits.size(), rings.value(u"1"_s));
    }

    void anAlertOfTenantsIsOfThem()
    {
        BrownOut fleet;
        fleet.id = u"am/alert:fedcba9876543210"_s;
        fleet.tell(2, incidentEvent, true, {u"prod/t-1-3"_s, u"prod/t-0-1"_s});
        fleet.pass(1min);
        const auto report = fleet.report();
        VERIFY_RESULT(report);
        QCOMPARE(report->hits.size(), 2);
        const auto reader = HistoryReader::open(fleet.dir.path());
        VERIFY_RESULT(reader);
        int named = 0;
        const auto then = (*reader)->at(report->startsAt);
        VERIFY_RESULT(then);
        for (const char *id : {"prod/t-1-3", "prod/t-0-1"})
            named += then->version->tenantIndex.value(QString::fromLatin1(id)) >= 0;
        QVERIFY(named > 0);
        QCOMPARE(report->tenants, named);
        int tiers = 0;
        for (const int count : std::as_const(report->tiers))
            tiers += count;
        QCOMPARE(tiers, named);
    }

    void anAlertWithoutAStampSaysThatItNamesNone()
    {
        BrownOut fleet;
        fleet.id = u"am/alert:aaaaaaaaaaaaaaaa"_s;
        fleet.isBad = true; // which is nothing that it says
        fleet.tell(0, incidentEvent);
        fleet.pass(1min);
        const auto report = fleet.report();
        VERIFY_RESULT(report);
        QVERIFY(!report->namesStamps);
        QVERIFY(!report->isQuiet);
        QCOMPARE(report->stamps, 0);
        QVERIFY(report->hits.isEmpty());
        QVERIFY(report->charts.isEmpty());
        QCOMPARE(report->tenants, 0);
        QCOMPARE(report->title, u"Brown-out"_s);
        const QByteArray html = toHtml(*report);
        QVERIFY(html.contains("It names no stamp: whom it hit is not known."));
        QVERIFY(!html.contains("Every stamp was healthy"));
        QVERIFY(!html.contains(">0<")); // which nobody knows
    }

    // Ids recur: what they are asked of says which time is meant.
    void itIsOfTheTimeThatIsMeant()
    {
        ReportFixture fixture;
        const QString alert = u"am/alert:1"_s;
        const auto add = [&](Timestamp at, const QByteArray &data) {
            fixture.recorder->add({at, u"incident"_s, u"prod"_s, u"eu-1"_s, alert, data});
        };
        add(fixture.clock.now(), R"({"state": "firing", "title": "The first", "severity": "info"})");
        const Timestamp first = fixture.clock.now();
        fixture.pass(5min);
        add(fixture.clock.now(), R"({"state": "resolved"})");
        fixture.pass(1h);
        const Timestamp again = fixture.clock.now();
        add(again, R"({"state": "firing", "title": "The second", "severity": "critical"})");
        fixture.sick.health = Health::Unhealthy;
        fixture.pass(10min);
        add(fixture.clock.now(), R"({"state": "resolved"})");
        fixture.sick.health = Health::Healthy;
        fixture.pass(10min);

        ReportRequest request;
        request.now = fixture.clock.now();
        const auto made = [&](const QString &incident, std::optional<Timestamp> at = {}) {
            request.incident = incident;
            request.at = at;
            return makeReport(fixture.dir.path(), request);
        };
        const QString own = u"prod/eu-1:unhealthy"_s;
        const auto latest = made(own);
        VERIFY_RESULT(latest);
        QCOMPARE(latest->startsAt, again);
        const auto then = made(own, fixture.began + 1min);
        VERIFY_RESULT(then);
        QCOMPARE(then->startsAt, fixture.began);
        QVERIFY(then->endsAt == fixture.ended);
        // One that is over stays to be seen for a while.
        const auto after = made(own, fixture.ended + 10min);
        VERIFY_RESULT(after);
        QCOMPARE(after->startsAt, fixture.began);
        // By its events it is the same, and so are its words.
        const auto told = made(alert, first + 1min);
        VERIFY_RESULT(told);
        QCOMPARE(told->startsAt, first);
        QCOMPARE(told->title, u"The first"_s);
        QCOMPARE(told->severity, u"info"_s);
        const auto last = made(alert);
        VERIFY_RESULT(last);
        QCOMPARE(last->title, u"The second"_s);
        // A moment before it was written down.
        const auto soon = made(alert, first - 1s);
        VERIFY_RESULT(soon);
        QCOMPARE(soon->title, u"The first"_s);

        // A time does so too; where it was not there then nothing is made up.
        request.from = fixture.start;
        request.to = fixture.ended + 2min;
        const auto ofTime = made(own);
        VERIFY_RESULT(ofTime);
        QCOMPARE(ofTime->startsAt, fixture.began);
        request.from = fixture.ended + 30min;
        request.to = fixture.ended + 60min;
        const auto none = made(own);
        QVERIFY(!none);
        QCOMPARE(none.error().kind, ErrorKind::NotFound);
        QVERIFY2(none.error().message.contains(toRfc3339(again)), qPrintable(none.error().message));
    }

    void whoAcknowledgedItStandsThere()
    {
        ReportFixture fixture;
        // The feed calls the alert by another name than whoever keeps what was said of it.
        const QString digest = QString(u"alert:"_s) + QString(16, u'a');
        const QByteArray data = R"({"state": "firing", "title": "Errors above 1%"})";
        fixture.recorder->add(
            {fixture.clock.now(), u"incident"_s, u"prod"_s, u"eu-1"_s, u"am/"_s + digest, data});
        fixture.pass(1min);
        const Timestamp said = fixture.clock.now();
        const Timestamp until = said + 2h;
        Acknowledgement mine{u"prod/"_s + digest, u"ada"_s, until, u"looking <b>into</b> it"_s, said};
        const Acknowledgement other{u"prod/eu-2:stale"_s, u"grace"_s, {}, u"known"_s, said};
        fixture.store.setAcknowledgements({mine, other});
        fixture.pass(3min);
        const Timestamp over = fixture.clock.now();
        fixture.store.setAcknowledgements({other});
        fixture.pass(1min);
        const auto report = fixture.report(u"am/"_s + digest);
        VERIFY_RESULT(report);
        QCOMPARE(report->actions.size(), 2); // the drain of before is one of the half hour before
        const Report::Action &action = report->actions.last();
        QCOMPARE(action.by, u"ada"_s);
        QCOMPARE(action.at, said);
        QCOMPARE(action.reason, mine.note);
        QVERIFY(action.ended == over);
        const QByteArray html = toHtml(*report);
        QVERIFY(html.contains("looking &lt;b&gt;into&lt;/b&gt; it"));
        QVERIFY(html.contains("held until "));
        QVERIFY(html.contains("Acknowledged: Errors above 1%, by ada"));
        QVERIFY(html.contains("No longer acknowledged: Errors above 1%"));
        QVERIFY(!html.contains("grace")); // which is another incident
        QVERIFY(html.contains("1 operation ran."));
        // Of a stretch of time are all.
        ReportRequest request;
        request.from = said - 1min;
        request.to = request.now = fixture.clock.now();
        const auto all = makeReport(fixture.dir.path(), request);
        VERIFY_RESULT(all);
        QCOMPARE(all->actions.size(), 2);
        QCOMPARE(all->actions[1].title.contains(u"eu-2:stale"_s)
                     || all->actions[0].title.contains(u"eu-2:stale"_s),
                 true);
    }

    void hostileTextStaysText()
    {
        ReportFixture fixture(ReportFixture::hostile + QString(1'000'000, u'x'));
        const auto report = fixture.report();
        VERIFY_RESULT(report);
        const QByteArray html = toHtml(*report);
        QVERIFY(!html.contains("<script"));
        QVERIFY(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
        QVERIFY(!html.contains("\xe2\x80\xae")); // what turns the text round
        QVERIFY2(html.size() < 200'000, qPrintable(QString::number(html.size())));
        QVERIFY(html.contains("default-src 'none'"));
        for (const char *loads : {"http-equiv=\"refresh\"", " src=", "href=", "url(", "@import"})
            QVERIFY2(!html.contains(loads), loads);
        QVERIFY(!report->charts.isEmpty());
        for (const Report::Chart &chart : report->charts) {
            QXmlStreamReader svg(toSvg(*report, chart));
            while (!svg.atEnd())
                svg.readNext();
            QVERIFY2(!svg.hasError(), qPrintable(svg.errorString()));
        }
    }

    void whereNobodyRecordedIsSaid()
    {
        ReportFixture fixture;
        fixture.recorder.reset();
        fixture.clock.advance(20min);
        ReportRequest request;
        request.from = fixture.ended;
        request.to = fixture.clock.now();
        request.now = fixture.clock.now();
        const auto report = makeReport(fixture.dir.path(), request);
        VERIFY_RESULT(report);
        QCOMPARE(report->gaps.size(), 1);
        QVERIFY(toHtml(*report).contains("Not recorded"));
        QTemporaryDir empty;
        QCOMPARE(makeReport(empty.path(), request).error().kind, ErrorKind::NotFound);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestReport)
#include "tst_report.moc"
