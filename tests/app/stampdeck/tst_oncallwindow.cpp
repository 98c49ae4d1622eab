// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/stampdeck/incidentdesk.h"
#include "app/stampdeck/mainwindow.h"
#include "app/stampdeck/program.h"

#include "widgets/actionregistry.h"
#include "widgets/controls.h"
#include "widgets/incidentdetail.h"
#include "widgets/incidentdialogs.h"
#include "widgets/incidentlist.h"
#include "widgets/mapwidget.h"
#include "widgets/metriccharts.h"
#include "widgets/stamppanel.h"

#include "models/plugincatalog.h"

#include "tests/app/stampd/oncallengines.h"
#include "tests/support/readreport.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QElapsedTimer>
#include <QtWidgets/QApplication>
#include <QtWidgets/QLineEdit>

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Testing::Engine;

// Sanitized code is slower, and is tested in company.
#ifdef STAMPDECK_SANITIZED
constexpr auto allowance = 4s;
#else
constexpr auto allowance = 2s;
#endif
constexpr int longestWait = 60'000; // ms, for what is not measured

/// One page from its beginning to its end in the window: stampd's figures, a real Prometheus whose
/// rule fires, a real Alertmanager, and two windows on the same stampd.
class TestOnCallWindow : public QObject
{
    Q_OBJECT

    struct Seat
    {
        QTemporaryDir dir;
        std::unique_ptr<Program> program;

        [[nodiscard]] MainWindow &window() const { return *program->window(); }
        [[nodiscard]] const FleetVersion &fleet() const { return *window().map()->version(); }
        [[nodiscard]] IncidentPtr incident() const
        {
            if (!fleet().incidents)
                return nullptr;
            for (const IncidentPtr &each : fleet().incidents->open) {
                if (each->title == u"Large")
                    return each;
            }
            return nullptr;
        }
    };

    PluginCatalog m_catalog;
    Testing::Stampd m_stampd;
    Engine m_prometheus{u"prometheus"_s};
    Engine m_alertmanager{u"alertmanager"_s};
    std::array<Seat, 2> m_seats;
    QString m_stamp; // that grows
    double m_cores = 0; // that it has at first
    Timestamp m_began; // Prometheus is there
    Timestamp m_sat; // both look at the whole fleet
    QString m_incident; // that has been and is over

    void sit(Seat &seat, const QString &who)
    {
        const QByteArray yaml =
            u"sources: [{name: team, adapter: rest, url: \"%1\", pollInterval: 500ms}]\n"
            "incidents: [{adapter: alertmanager, url: \"%2\", pollInterval: 500ms}]\n"
            "metrics: [{adapter: prometheus, url: \"%3\", pollInterval: 500ms,"
            " queries: {latencyP50Ms: \"sum by (stamp) (stampd_stamp_cpu_limit_cores)\"}}]\n"
            "incidentRules: {regionLoss: {enabled: false}}\n"_s
                .arg(m_stampd.url, m_alertmanager.url(), m_prometheus.url())
                .toUtf8();
        const auto config = readFleetConfig(yaml, u"fleet.yaml"_s, m_catalog.adapters());
        VERIFY_RESULT(config);
        WindowOptions options;
        options.stateDir = seat.dir.path();
        options.actor = who;
        seat.program = std::make_unique<Program>(m_catalog, options);
        VERIFY_RESULT(seat.program->open(*config));
        seat.program->show();
        QTRY_COMPARE_WITH_TIMEOUT(seat.fleet().counts.stamps, 8, longestWait);
        QTRY_COMPARE_WITH_TIMEOUT(seat.fleet().feeds.size(), 2, longestWait);
        QTRY_VERIFY_WITH_TIMEOUT(seat.fleet().feeds[0].answered && seat.fleet().feeds[1].answered,
                                 longestWait);
    }
    [[nodiscard]] double coresNow()
    {
        return m_stampd.get(u"/v1/stamps/"_s + m_stamp)
            .json()[u"resources"_s][u"cpu"_s][u"limit"_s]
            .toDouble();
    }
    void scaleTo(double cores)
    {
        QJsonObject scaled;
        // Who loses against the autoscaler asks again, as anybody would.
        for (int tries = 0; tries < 10; ++tries) {
            const auto answer =
                m_stampd.post(u"/v1/stamps/%1:scale"_s.arg(m_stamp), {{"If-Match", "*"}},
                              u"{\"resources\": {\"cpu\": %1}}"_s.arg(cores).toUtf8());
            QVERIFY2(answer.status == 202, answer.body.constData());
            scaled = m_stampd.carriedThrough(answer.headers.value("location"));
            if (!scaled[u"error"_s].toString().contains(u"by autoscaler"))
                break;
        }
        // Whatever else stops it is told.
        QVERIFY2(scaled[u"state"_s].toString() == u"succeeded",
                 QJsonDocument(scaled).toJson().constData());
        QTRY_COMPARE_WITH_TIMEOUT(coresNow(), cores, 30'000);
    }
    [[nodiscard]] QJsonArray silences() const
    {
        return Testing::askAlertmanager(m_alertmanager, u"/silences"_s).array();
    }
    void trigger(Seat &seat, const QString &action)
    {
        QAction *run = seat.window().actions().action(action);
        QVERIFY(run);
        QVERIFY2(run->isEnabled(), qPrintable(ActionRegistry::reasonOf(run)));
        run->trigger();
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_alertmanager.setConfig(Testing::alertmanagerConfig());
        START_ENGINE(m_alertmanager);
        QVERIFY(m_stampd.start({u"--stamps"_s, u"8"_s, u"--tenants-per-stamp"_s, u"1"_s,
                                u"--time-scale"_s, u"10"_s}));
        const QJsonArray stamps = m_stampd.get(u"/v1/fleet"_s).json()[u"stamps"_s].toArray();
        const QJsonObject stamp = stamps[1].toObject();
        m_stamp = stamp[u"id"_s].toString();
        m_cores = stamp[u"resources"_s][u"cpu"_s][u"limit"_s].toDouble();
        QVERIFY(m_cores > 0);
        // The others have room for its tenant.
        QList<QByteArray> scaled;
        for (const auto &other : stamps) {
            if (other[u"id"_s].toString() == m_stamp)
                continue;
            QJsonObject resources;
            for (const QString &kind : {u"cpu"_s, u"memory"_s, u"storage"_s})
                resources.insert(kind, 4 * other[u"resources"_s][kind][u"limit"_s].toDouble());
            const auto answer = m_stampd.post(
                u"/v1/stamps/%1:scale"_s.arg(other[u"id"_s].toString()), {{"If-Match", "*"}},
                QJsonDocument(QJsonObject{{u"resources"_s, resources}}).toJson());
            QVERIFY2(answer.status == 202, answer.body.constData());
            scaled.append(answer.headers.value("location"));
        }
        for (const QByteArray &operation : std::as_const(scaled))
            QCOMPARE(m_stampd.finished(operation)[u"state"_s].toString(), u"succeeded"_s);
        Testing::watchFleet(m_prometheus, m_stampd, m_alertmanager,
                            u"stampd_stamp_cpu_limit_cores{stamp=\"%1\"} > %2"_s.arg(m_stamp)
                                .arg(m_cores));
        START_ENGINE(m_prometheus);
        m_began = Clock::system().now();
        sit(m_seats[0], u"ada"_s);
        sit(m_seats[1], u"bob"_s);
        // From when on the first has all of it in its history.
        const auto isRecorded = [this] {
            m_sat = Clock::system().now();
            const auto reader = HistoryReader::open(m_seats[0].dir.path());
            if (!reader)
                return false;
            const auto then = (*reader)->at(m_sat);
            return then && then->version->counts.stamps == 8;
        };
        QTRY_VERIFY_WITH_TIMEOUT(isRecorded(), longestWait);
    }
    void cleanupTestCase()
    {
        for (Seat &seat : m_seats)
            seat.program.reset();
    }
    void init() { Testing::strict(); }

    void aPageFromItsBeginningToItsEnd()
    {
        Seat &ada = m_seats[0];
        Seat &bob = m_seats[1];
        QVERIFY(!ada.incident());

        // It stands on the right tile within a scrape, an evaluation and two seconds.
        scaleTo(m_cores + 8);
        QElapsedTimer timer;
        timer.start();
        const auto most = 2 * Testing::scrapeInterval + allowance;
        QTRY_VERIFY_WITH_TIMEOUT(ada.incident(), int(most / 1ms));
        qInfo("the window showed it after %lld ms", timer.elapsed());
        const QString id = ada.incident()->id;
        QCOMPARE(ada.incident()->stamps, QStringList{u"team/"_s + m_stamp});
        QCOMPARE(ada.incident()->tenants.size(), 1);
        const int slot = ada.fleet().stampIndex.value(u"team/"_s + m_stamp);
        MapWidget &map = *ada.window().map();
        QTRY_VERIFY(map.marks().contains(slot));
        QCOMPARE(map.marks().size(), 1);
        QVERIFY2(map.slotDescription(slot).contains(u"Large, not acknowledged"),
                 qPrintable(map.slotDescription(slot)));

        // Silenced in the window, confirmed by Alertmanager itself.
        trigger(ada, u"view.incidents"_s);
        ada.window().incidents()->open(id);
        QCOMPARE(ada.window().incidents()->detail()->incident()->id, id);
        trigger(ada, u"incident.silence"_s);
        auto *silence = ada.window().findChild<SilenceDialog *>();
        QVERIFY(silence);
        silence->findChild<QLineEdit *>(u"silenceComment"_s)->setText(u"it is to grow"_s);
        silence->findChild<Button *>(u"runSilence"_s)->click();
        QTRY_COMPARE_WITH_TIMEOUT(silences().size(), 1, longestWait);
        const QJsonObject made = silences()[0].toObject();
        QCOMPARE(made[u"comment"_s].toString(), u"it is to grow"_s);
        QCOMPARE(made[u"createdBy"_s].toString(), u"ada"_s);
        QCOMPARE(made[u"status"_s][u"state"_s].toString(), u"active"_s);
        QTRY_VERIFY_WITH_TIMEOUT(ada.incident() && ada.incident()->silenced, longestWait);
        QTRY_VERIFY_WITH_TIMEOUT(bob.incident() && bob.incident()->silenced, longestWait);
        QVERIFY(!ada.incident()->acknowledged);

        // Acknowledged: that changes nothing there, and whoever looks at this stampd sees it.
        const QJsonArray before = silences();
        trigger(ada, u"incident.acknowledge"_s);
        auto *acknowledge = ada.window().findChild<AcknowledgeDialog *>();
        QVERIFY(acknowledge);
        QVERIFY(acknowledge->findChild<TextLine *>(u"acknowledgeWords"_s)
                    ->text()
                    .startsWith(u"team keeps it"));
        acknowledge->findChild<QLineEdit *>(u"acknowledgeNote"_s)->setText(u"mine"_s);
        acknowledge->findChild<Button *>(u"runAcknowledge"_s)->click();
        QTRY_VERIFY_WITH_TIMEOUT(bob.incident() && bob.incident()->acknowledged, longestWait);
        QCOMPARE(bob.incident()->acknowledged->note, u"mine"_s);
        QVERIFY(!bob.incident()->acknowledgedHere);
        QCOMPARE(silences(), before);

        // Its stamp is drained: that is maintenance, by itself.
        QVERIFY(!ada.incident()->maintenance);
        const auto drain =
            m_stampd.post(u"/v1/stamps/%1:drain"_s.arg(m_stamp), {{"If-Match", "*"}});
        QVERIFY2(drain.status == 202, drain.body.constData());
        QTRY_VERIFY_WITH_TIMEOUT(ada.incident() && ada.incident()->maintenance, longestWait);
        QVERIFY(ada.incident()->firing);
        const QJsonObject drained = m_stampd.carriedThrough(drain.headers.value("location"));
        QCOMPARE(drained[u"state"_s].toString(), u"succeeded"_s);

        // It is over, and stays to be looked up.
        scaleTo(m_cores);
        QTRY_VERIFY_WITH_TIMEOUT(!ada.incident(), 60'000);
        const auto &closed = ada.fleet().incidents->closed;
        const auto over = std::find_if(closed.begin(), closed.end(),
                                       [&id](const IncidentPtr &each) { return each->id == id; });
        QVERIFY(over != closed.end());
        QVERIFY((*over)->endsAt);
        QTRY_VERIFY(!map.marks().contains(slot));
        m_incident = id;
    }

    /// What ada's window has recorded of it, as she hands it on: in a browser and on paper every figure
    /// is the history's.
    void aReportOfItOpensInABrowser()
    {
        NEED_BROWSER();
        QVERIFY2(!m_incident.isEmpty(), "there was no page to report of");
        const QString history = m_seats[0].dir.path();
        std::optional<Timestamp> over;
        const auto isOver = [&] {
            const auto reader = HistoryReader::open(history);
            const auto events = reader ? (*reader)->events(m_sat, Timestamp::max(), u"incident"_s)
                                       : Result<QList<HistoryEvent>>(QList<HistoryEvent>());
            for (const HistoryEvent &event : events.value_or(QList<HistoryEvent>())) {
                if (event.id == m_incident && event.data.contains("resolved"))
                    over = event.at;
            }
            return over.has_value();
        };
        QTRY_VERIFY_WITH_TIMEOUT(isOver(), longestWait);
        ReportRequest request;
        request.from = m_sat;
        request.to = request.now = *over;
        const auto report = makeReport(history, request);
        VERIFY_RESULT(report);
        const QString path = Testing::pictureFile(u"report-oncall.html"_s);
        VERIFY_RESULT(writeReport(*report, path));
        Testing::Browser browser;
        const auto told = browser.dom(path);
        VERIFY_RESULT(told);
        const Testing::ShownReport shown(*told);
        Testing::compareFigures(shown, *report, history);
        if (QTest::currentTestFailed())
            return;
        // It is the run that was: the alert, what was done about it, and the drain.
        const QList<QStringList> lines =
            Testing::rowsOf(Testing::sectionOf(shown.dom, u"Timeline"_s), 2);
        const auto isTold = [&lines](const QString &words) {
            return std::any_of(lines.begin(), lines.end(), [&words](const QStringList &line) {
                return line[1].contains(words);
            });
        };
        QVERIFY2(isTold(u"Large"_s), shown.dom.toUtf8().constData());
        QVERIFY2(isTold(m_stamp), shown.dom.toUtf8().constData());
        const QList<QStringList> done =
            Testing::rowsOf(Testing::sectionOf(shown.dom, u"What was done"_s), 5);
        QVERIFY(std::any_of(done.begin(), done.end(), [this](const QStringList &row) {
            return row[1].startsWith(u"drain "_s + m_stamp, Qt::CaseInsensitive)
                && row[3].startsWith(u"succeeded"_s);
        }));
        VERIFY_RESULT(browser.shoot(path, {1000, 2600}, Testing::pictureFile(u"report-oncall.png"_s)));
        Testing::comparePages(browser, path, *report, u"report-oncall"_s, 2,
                              {m_stamp, u"Large"_s, shown.numbers[1], shown.numbers[2]});
    }

    /// A window that has just begun knows nothing of before, and stampd keeps nothing: what its charts
    /// show of it is Prometheus'.
    void chartsReachBackBeyondTheWindow()
    {
        // A value every ten seconds: two of them are of before by then.
        QTRY_VERIFY_WITH_TIMEOUT(Clock::system().now() - m_began > 25s, 40'000);
        const double before = double(Clock::system().now().time_since_epoch().count());
        Seat late;
        sit(late, u"cleo"_s);
        late.window().openStamp(u"team/"_s + m_stamp);
        late.window().stampPanel()->setTab(StampPanel::Tab::Charts);
        const auto *charts = late.window().findChild<MetricCharts *>();
        QVERIFY(charts);
        const auto reachesBack = [&] {
            const QList<QPointF> points = charts->charts().at(3)->points(1);
            return std::any_of(points.begin(), points.end(), [&](const QPointF &point) {
                return point.x() < before && point.y() >= m_cores;
            });
        };
        QTRY_VERIFY_WITH_TIMEOUT(reachesBack(), longestWait);
        // Long before there was anything: a gap, and no zero.
        for (const QPointF &point : charts->charts().at(3)->points(1))
            QVERIFY(std::isnan(point.y()) || point.y() > 0);
    }
};

STAMPDECK_TEST_MAIN(QApplication, TestOnCallWindow)
#include "tst_oncallwindow.moc"
