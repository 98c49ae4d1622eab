// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/handover.h"

#include "tests/support/reportfixture.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QCoreApplication>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

IncidentPtr incidentOf(const QString &title, Timestamp since,
                       const std::function<void(Incident &)> &with = [](Incident &) { })
{
    Incident incident;
    incident.id = u"prod/"_s + title + u":unhealthy"_s;
    incident.source = u"prod"_s;
    incident.title = title;
    incident.stamps = {u"prod/eu-1"_s};
    incident.tenants = {u"prod/acme"_s, u"prod/globex"_s};
    incident.startsAt = since;
    with(incident);
    return std::make_shared<const Incident>(incident);
}

KnownSilence silenceOf(const QString &id, Timestamp until)
{
    KnownSilence known;
    known.feed = u"am"_s;
    known.silence.id = id;
    known.silence.matchers = {{u"alertname"_s, id}};
    known.silence.createdBy = u"grace"_s;
    known.silence.comment = u"waits for a disk"_s;
    known.silence.endsAt = until;
    known.alerts = 2;
    return known;
}

OperationPtr operationOf(const QString &id, OperationState state, Timestamp at)
{
    Operation operation;
    operation.id = id;
    operation.kind = u"drain"_s;
    operation.target = u"eu-"_s + id;
    operation.state = state;
    operation.createdBy = u"ada"_s;
    operation.createdAt = at;
    operation.updatedAt = at + 10min;
    operation.steps = {{u"move acme"_s, StepState::Succeeded, {}, {}, {}},
                       {u"move globex"_s, StepState::Pending, {}, {}, {}}};
    return std::make_shared<const Operation>(operation);
}

QStringList titlesOf(const QList<IncidentPtr> &incidents)
{
    QStringList all;
    for (const IncidentPtr &incident : incidents)
        all.append(incident->title);
    return all;
}

const HandOverPart::Row *rowOf(const QList<HandOverPart> &parts, const QString &part,
                               const QString &what)
{
    for (const HandOverPart &each : parts) {
        for (const HandOverPart::Row &row : each.rows) {
            if (each.name == part && row.what == what)
                return &row;
        }
    }
    return nullptr;
}

} // namespace

class TestHandOver : public QObject
{
    Q_OBJECT
private:
    // One of everything, at nine in the morning.
    void fill()
    {
        m_version = {};
        auto book = std::make_shared<IncidentBook>();
        book->settled = true;
        const auto acknowledged = [this](Incident &is) {
            is.acknowledged = Acknowledgement{is.id, u"grace"_s, m_now + 2h, u"rolls back"_s};
        };
        const auto silenced = [this](Incident &is) {
            is.silenced = IncidentSilence{u"s1"_s, u"hopper"_s, {}, u"known"_s, m_now + 12min};
        };
        book->open = {
            incidentOf(u"down"_s, m_now - 3h, [](Incident &is) { is.severity = Severity::Critical; }),
            incidentOf(u"looked after"_s, m_now - 2h, acknowledged),
            incidentOf(u"both"_s, m_now - 26h,
                       [&](Incident &is) {
                           acknowledged(is);
                           silenced(is);
                           is.acknowledgedHere = true;
                       }),
            incidentOf(u"quiet"_s, m_now - 1h, silenced),
            incidentOf(u"inhibited"_s, m_now - 1h, [](Incident &is) { is.inhibited = true; }),
            incidentOf(u"emptied"_s, m_now - 1h,
                       [&](Incident &is) {
                           is.maintenance = true;
                           silenced(is);
                       }),
            incidentOf(u"slow"_s, m_now - 10min),
        };
        book->closed = {incidentOf(u"over"_s, m_now - 5h,
                                   [this](Incident &is) {
                                       is.firing = false;
                                       is.endsAt = m_now - 4h;
                                   }),
                        incidentOf(u"long over"_s, m_now - 50h, [this](Incident &is) {
                            is.firing = false;
                            is.endsAt = m_now - 40h;
                        })};
        book->silences = {silenceOf(u"later"_s, m_now + 7h), silenceOf(u"soon"_s, m_now + 12min),
                          silenceOf(u"in days"_s, m_now + 72h)};
        m_version.incidents = book;
        for (const auto &operation :
             {operationOf(u"1"_s, OperationState::Running, m_now - 30min),
              operationOf(u"2"_s, OperationState::Paused, m_now - 3h),
              operationOf(u"3"_s, OperationState::Orphaned, m_now - 1h),
              operationOf(u"4"_s, OperationState::Paused, m_now - 2h),
              operationOf(u"5"_s, OperationState::Failed, m_now - 2h)})
            m_version.operations.insert(operation->id, operation);
        SourceState well;
        well.name = u"prod"_s;
        SourceState deaf;
        deaf.name = u"edge"_s;
        deaf.error = Error::of(ErrorKind::Unreachable, u"edge does not answer (10 s)"_s);
        deaf.lastContact = 50s;
        m_version.sources = {well, deaf};
    }
    [[nodiscard]] HandOver sheet(const QString &notes = {}) const
    {
        HandOverRequest request;
        request.now = m_now;
        request.elapsed = 110s;
        request.shift = 8h;
        request.by = u"ada"_s;
        request.notes = notes;
        request.cutOff = {u"4"_s};
        return handOverOf(m_version, request);
    }

    const Timestamp m_now = *fromRfc3339(u"2026-03-02T09:00:00Z"_s);
    FleetVersion m_version;

private Q_SLOTS:
    void init()
    {
        strict();
        fill();
    }

    void eachIncidentStandsInOneList()
    {
        const HandOver is = sheet();
        QCOMPARE(titlesOf(is.open), (QStringList{u"down"_s, u"slow"_s}));
        // Whoever looks after it is who has to be asked, silenced or not.
        QCOMPARE(titlesOf(is.acknowledged), (QStringList{u"looked after"_s, u"both"_s}));
        QCOMPARE(titlesOf(is.silenced), (QStringList{u"quiet"_s, u"inhibited"_s}));
        QCOMPARE(titlesOf(is.maintenance), QStringList{u"emptied"_s});
        // What ends in the next eight hours, the first one first.
        QCOMPARE(is.ending.size(), 2);
        QCOMPARE(is.ending[0].silence.id, u"soon"_s);
        QCOMPARE(is.ending[1].silence.id, u"later"_s);
        // What nobody runs, what is held up, what runs; what is over is none of them.
        QStringList operations;
        for (const OperationPtr &operation : is.operations)
            operations.append(operation->id);
        QCOMPARE(operations, (QStringList{u"4"_s, u"3"_s, u"2"_s, u"1"_s}));
        QCOMPARE(is.deaf.size(), 1);
        QCOMPARE(is.from, m_now - 8h);
        QCOMPARE(is.next, m_now + 8h);
        QVERIFY(is.isWatched);
    }

    void whoUntilWhenAndWhyIsSaid()
    {
        const QList<HandOverPart> parts = partsOf(sheet());
        const auto check = [&](const QString &part, const QString &what, const QString &when,
                               const QStringList &words, bool isPressing) {
            const HandOverPart::Row *row = rowOf(parts, part, what);
            QVERIFY2(row, qPrintable(what));
            QCOMPARE(row->when, when);
            for (const QString &each : words)
                QVERIFY2(row->detail.contains(each), qPrintable(row->detail));
            QCOMPARE(row->isPressing, isPressing);
        };
        check(u"open"_s, u"down"_s, u"since 06:00"_s, {u"eu-1"_s, u"2 tenants"_s}, true);
        check(u"acknowledged"_s, u"looked after"_s, u"since 07:00"_s,
              {u"acknowledged by grace until 11:00"_s, u"“rolls back”"_s}, false);
        // A day that is not today is told; so is what else it is.
        check(u"acknowledged"_s, u"both"_s, u"since 1 Mar 07:00"_s,
              {u"on this workstation only"_s, u"silenced by hopper until 09:12"_s}, false);
        check(u"silenced"_s, u"inhibited"_s, u"since 08:00"_s,
              {u"kept quiet by another alert"_s}, false);
        check(u"maintenance"_s, u"emptied"_s, u"since 08:00"_s, {u"in maintenance"_s}, false);
        check(u"ending"_s, u"alertname=\"soon\""_s, u"until 09:12"_s,
              {u"by grace"_s, u"2 alerts"_s, u"“waits for a disk”"_s}, false);
        check(u"operations"_s, u"Drain eu-4"_s, u"since 07:00"_s,
              {u"cut off at 1 of 2 steps"_s, u"by ada"_s}, true);
        check(u"operations"_s, u"Drain eu-3"_s, u"since 08:00"_s, {u"nobody runs it"_s}, true);
        check(u"operations"_s, u"Drain eu-1"_s, u"since 08:30"_s, {u"1 of 2 steps"_s}, false);
        check(u"deaf"_s, u"edge"_s, u"heard at 08:59"_s, {u"does not answer"_s}, true);
        QCOMPARE(titleOf(sheet()), u"Hand-over by ada, 2 Mar 09:00 UTC"_s);
        QCOMPARE(spanOf(sheet()),
                 u"The shift: 01:00 to 09:00. The next one: until 17:00."_s);
    }

    // Nothing open is good news only where somebody looked.
    void whatNobodyWatchesIsNotCalledQuiet()
    {
        m_version.incidents = std::make_shared<const IncidentBook>();
        QVERIFY(!sheet().isWatched);
        QVERIFY(partsOf(sheet()).first().none.startsWith(u"Not known"_s));
        m_version.incidents.reset();
        QVERIFY(!sheet().isWatched);
        auto book = std::make_shared<IncidentBook>();
        book->settled = true;
        m_version.incidents = book;
        QCOMPARE(partsOf(sheet()).first().none, u"Nothing."_s);
    }

    void aShiftIsWhatTheHistoryHasOfIt()
    {
        ReportFixture fixture;
        const auto tell = [&](const QString &id, Timestamp at, const char *state) {
            fixture.recorder->add({at, u"incident"_s, u"prod"_s, u"eu-1"_s, id,
                                   QByteArray(R"({"title": "Errors", "severity": "critical", )"
                                              R"("state": ")")
                                       + state + "\"}"});
        };
        const Timestamp at = fixture.began;
        tell(u"am/1"_s, at + 10s, "firing");
        tell(u"am/2"_s, at + 20s, "firing");
        tell(u"am/1"_s, at + 30s, "resolved");
        tell(u"am/3"_s, at + 40s, "resolved"); // began before the shift
        tell(u"am/1"_s, at + 50s, "firing"); // comes back
        fixture.recorder->sync();
        fixture.recorder->sync();
        const Timestamp to = fixture.clock.now();
        const auto record = readShift(fixture.dir.path(), at, to);
        VERIFY_RESULT(record);
        QVERIFY(record->isRecorded);
        QCOMPARE(record->began(), 3);
        QCOMPARE(record->ended(), 2);
        QCOMPARE(record->incidents.size(), 4);
        QCOMPARE(record->incidents[0].id, u"am/1"_s);
        QVERIFY(record->incidents[0].from == at + 10s && record->incidents[0].to == at + 30s);
        QVERIFY(!record->incidents[1].to);
        QVERIFY(!record->incidents[2].from && record->incidents[2].to == at + 40s);
        QCOMPARE(record->incidents[0].severity, Severity::Critical);
        // The same as the history's own count of events.
        const auto reader = HistoryReader::open(fixture.dir.path());
        VERIFY_RESULT(reader);
        const auto events = (*reader)->events(at, to, u"incident"_s);
        VERIFY_RESULT(events);
        QCOMPARE(events->size(), record->began() + record->ended());
        QCOMPARE(record->operations.size(), 1);
        QCOMPARE(record->operations[0].title, u"Drain eu-1"_s);
        QCOMPARE(record->operations[0].by, u"ada"_s);
        QCOMPARE(record->operations[0].state, OperationState::Failed);
        QVERIFY(record->operations[0].from && record->operations[0].to);
        QCOMPARE(record->failed(), 1);
        QVERIFY(record->gaps.isEmpty());
        // A shift that began before anybody recorded says so.
        const auto early = readShift(fixture.dir.path(), fixture.start - 1h, to);
        VERIFY_RESULT(early);
        QCOMPARE(early->gaps.size(), 1);
        HandOver is = sheet();
        is.shift = *early;
        const HandOverPart part = partsOf(is).last();
        QVERIFY2(part.lead.first().startsWith(u"3 incidents began. 2 ended. 1 operation ran. "
                                              "1 of them failed."_s),
                 qPrintable(part.lead.first()));
        QVERIFY(part.lead.last().startsWith(u"Nobody recorded from "_s));
        QCOMPARE(part.rows.size(), 5);
        QTemporaryDir empty;
        QCOMPARE(readShift(empty.path(), at, to).error().kind, ErrorKind::NotFound);
    }

    void withoutAHistoryItIsWhatWasSeen()
    {
        const ShiftRecord record = shiftOf(m_version, m_now - 8h, m_now, Error::of(ErrorKind::NotFound, {}));
        QVERIFY(!record.isRecorded);
        // All that is open but for yesterday's, and the one that is over; not the long over one.
        QCOMPARE(record.incidents.size(), 7);
        QCOMPARE(record.incidents.first().title, u"over"_s);
        QCOMPARE(record.began(), 7);
        QCOMPARE(record.ended(), 1);
        QCOMPARE(record.operations.size(), 5);
        QCOMPARE(record.failed(), 1);
        HandOver is = sheet();
        QVERIFY(partsOf(is).last().none.contains(u"still being read"_s));
        is.shift = record;
        QVERIFY(partsOf(is).last().lead.last().contains(u"Nothing is recorded here"_s));
        QVERIFY(partsOf(is).last().lead.last().contains(u"what this window saw"_s));
        // Where there is a history that cannot be read it says so.
        is.shift = shiftOf(m_version, m_now - 8h, m_now,
                           Error::of(ErrorKind::Malformed, u"it is no database"_s));
        QVERIFY(partsOf(is).last().lead.last().contains(u"cannot be read: it is no database"_s));
        QCOMPARE(readShift({}, m_now - 8h, m_now).error().kind, ErrorKind::NotFound);
    }

    void theFileLeavesNothingOut()
    {
        auto book = std::make_shared<IncidentBook>();
        book->settled = true;
        for (int i = 0; i < 450; ++i)
            book->open.push_back(incidentOf(u"storm-%1-"_s.arg(i), m_now - 1h, [](Incident &) { }));
        m_version.incidents = book;
        const QByteArray html = toHtml(sheet());
        for (int i = 0; i < 450; ++i)
            QVERIFY(html.contains(QByteArray("storm-" + QByteArray::number(i) + '-')));
    }

    void hostileTextStaysText()
    {
        const QString evil = ReportFixture::hostile + u"\n# head\u0007 [x](http://a) *b* `c` |"_s;
        const QString large = evil + QString(1'000'000, u'x');
        auto book = std::make_shared<IncidentBook>();
        book->settled = true;
        book->open = {incidentOf(large, m_now - 1h, [&](Incident &is) {
            is.summary = large;
            is.stamps = {u"prod/"_s + evil};
            is.acknowledged = Acknowledgement{is.id, evil, {}, large};
        })};
        book->silences = {silenceOf(evil, m_now + 1h)};
        m_version.incidents = book;
        HandOver is = sheet(evil);
        is.by = evil;
        ShiftRecord record;
        record.incidents = {{u"x"_s, large, Severity::Info, m_now, {}}};
        record.operations = {{u"y"_s, large, evil, OperationState::Failed, m_now, {}}};
        is.shift = record;
        const QByteArray html = toHtml(is);
        QVERIFY(!html.contains("<script"));
        QVERIFY(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
        QVERIFY2(html.size() < 60'000, qPrintable(QString::number(html.size())));
        QVERIFY(html.contains("default-src 'none'"));
        for (const char *loads : {"http-equiv=\"refresh\"", " src=", "href=", "url(", "@import"})
            QVERIFY2(!html.contains(loads), loads);
        for (const QString &text : {QString::fromUtf8(html), toText(is), toMarkdown(is)}) {
            QVERIFY(!text.contains(u'\u202E')); // what turns the text round
            QVERIFY(!text.contains(u'\u0007'));
            QVERIFY2(text.size() < 60'000, qPrintable(QString::number(text.size())));
        }
        QVERIFY(toText(is).contains(u"<script>alert(1)</script>"_s));
        const QString markdown = toMarkdown(is);
        // A line of theirs is never a line of ours.
        for (const QString &line : markdown.split(u'\n'))
            QVERIFY2(!line.startsWith(u"# head"_s), qPrintable(line.left(80)));
        QVERIFY(!markdown.contains(u"<script"_s));
        QVERIFY(!markdown.contains(u"[x](http"_s));
        QVERIFY(!markdown.contains(u" *b* "_s));
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestHandOver)
#include "tst_handover.moc"
