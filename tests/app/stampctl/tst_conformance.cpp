// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/stampd/stampdprogram.h"
#include "tests/support/fakehttpserver.h"
#include "tests/support/program.h"
#include "tests/support/testmain.h"

#include <QtCore/QJsonArray>

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using Testing::Ended;

/// `stampctl conformance` as a program, on the adapters that ship and on backends that are wrong.
class tst_Conformance : public QObject
{
    Q_OBJECT
private:
    /// All at once: the kit waits most of the time. While they run this process serves too.
    [[nodiscard]] QList<Ended> stampctls(const QList<QStringList> &commands)
    {
        std::vector<std::unique_ptr<QProcess>> processes;
        for (const QStringList &arguments : commands) {
            QProcess &process = *processes.emplace_back(std::make_unique<QProcess>());
            process.setProcessEnvironment(Testing::environmentIn(m_folder));
            process.start(QStringLiteral(STAMPDECK_BIN_DIR "/stampctl"), arguments);
        }
        const auto haveEnded = [&] {
            return std::all_of(processes.begin(), processes.end(), [](const auto &process) {
                return process->state() == QProcess::NotRunning;
            });
        };
        (void)QTest::qWaitFor(haveEnded, 240'000);
        QList<Ended> all;
        for (const auto &process : processes)
            all.append(Testing::endedOf(*process));
        return all;
    }
    [[nodiscard]] Ended stampctl(const QStringList &arguments)
    {
        return stampctls({arguments}).constFirst();
    }
    static QMap<QString, QString> resultsOf(const Ended &ended)
    {
        QMap<QString, QString> results;
        const QJsonObject report = QJsonDocument::fromJson(ended.out).object();
        for (const QJsonValue &rule : report[u"rules"_s].toArray())
            results[rule[u"rule"_s].toString()] = rule[u"result"_s].toString();
        return results;
    }
    static bool allPassed(const QMap<QString, QString> &results,
                          std::initializer_list<const char *> others)
    {
        for (auto one = results.cbegin(); one != results.cend(); ++one) {
            const bool mayBeOther = std::any_of(others.begin(), others.end(), [&](const char *id) {
                return one.key() == QLatin1StringView(id);
            });
            if (*one != u"passed"_s && (*one == u"failed"_s || !mayBeOther)) {
                qWarning("%s: %s", qPrintable(one.key()), qPrintable(*one));
                return false;
            }
        }
        return results.size() == 68;
    }

    QTemporaryDir m_folder;

private Q_SLOTS:
    void init() { Testing::strict(); }

    void theSimulatorKeepsTheRules()
    {
        const Ended ended = stampctl({u"conformance"_s, u"-o"_s, u"json"_s,
                                      u"simulator=4,tenantsPerStamp=6,scratch=true,timeScale=60,"
                                      "failureRate=0"_s,
                                      u"--writes"_s, u"eu-west-01"_s});
        QVERIFY2(ended.status == 0, ended.text().constData());
        const auto results = resultsOf(ended);
        QVERIFY2(allPassed(results,
                           {"C18", "C19", "C20", "C21", "C22", "C23", "C24", "C25", "C26", "C27",
                            "C28", "C29", "C30", "C31", "C32", "C49", "C50", "C67", "C68"}),
                 ended.text().constData());
        QCOMPARE(results[u"C18"_s], u"not applicable"_s);
        QCOMPARE(results[u"C48"_s], u"passed"_s);
    }

    void restKeepsThemBeforeAServer()
    {
        const QString keys = u",tenantsPerStamp=6,scratch=true,timeScale=60,failureRate=0,"
                             "pollInterval=200ms"_s;
        struct Backend
        {
            QStringList sources;
            QString scratch;
            std::unique_ptr<Testing::Stampd> server = std::make_unique<Testing::Stampd>();
            QByteArray revision = {};
            QStringList fleet = {};

            QJsonObject stamp() const { return server->get(u"/v1/stamps/"_s + scratch).json(); }
            QByteArray etag() const
            {
                return server->get(u"/v1/stamps/"_s + scratch).headers.value("etag");
            }
            QStringList names() const
            {
                QStringList all;
                const QJsonObject page = server->get(u"/v1/stamps?pageSize=1000"_s).json();
                for (const QJsonValue &stamp : page[u"stamps"_s].toArray())
                    all.append(stamp[u"name"_s].toString());
                return all;
            }
        };
        std::vector<Backend> backends;
        backends.push_back({{u"simulator=4,calm=true"_s + keys}, u"eu-west-01"_s});
        backends.push_back({{u"north:simulator=3,calm=true"_s + keys,
                             u"south:simulator=2,seed=9,calm=true"_s + keys},
                            u"north~eu-west-01"_s});
        QList<QStringList> reading, writing;
        for (Backend &backend : backends) {
            QStringList options;
            for (const QString &source : std::as_const(backend.sources))
                options << u"--source"_s << source;
            QVERIFY(backend.server->start(options));
            backend.revision = backend.etag();
            backend.fleet = backend.names();
            reading.append(
                {u"conformance"_s, u"rest="_s + backend.server->url, u"-o"_s, u"json"_s});
            writing.append(reading.last() + QStringList{u"--writes"_s, backend.scratch});
        }
        const QList<Ended> read = stampctls(reading);
        for (size_t i = 0; i < backends.size(); ++i) {
            const Ended &ended = read.at(qsizetype(i));
            QVERIFY2(ended.status == 0, ended.text().constData());
            QCOMPARE(resultsOf(ended)[u"C36"_s], u"skipped"_s);
            QCOMPARE(backends[i].etag(), backends[i].revision);
        }
        const QList<Ended> written = stampctls(writing);
        for (size_t i = 0; i < backends.size(); ++i) {
            const Ended &ended = written.at(qsizetype(i));
            QVERIFY2(ended.status == 0, ended.text().constData());
            // It has no history, and moves tenants by itself.
            QVERIFY2(allPassed(resultsOf(ended), {"C15", "C46", "C47"}), ended.text().constData());
            const QJsonObject stamp = backends[i].stamp();
            QCOMPARE(stamp[u"lifecycle"_s].toString(), u"active"_s);
            QCOMPARE(stamp[u"tenants"_s].toArray().size(), 6);
            // Nothing that it made, and nothing that it marked, is left.
            QCOMPARE(backends[i].names(), backends[i].fleet);
            const QByteArray whole = backends[i].server->get(u"/v1/fleet"_s).body;
            QVERIFY(whole.contains(backends[i].scratch.toUtf8()));
            QVERIFY2(!whole.contains("conformance-"), whole.constData());
        }
    }

    void aWrongBackendShowsInTheStatus()
    {
        // Its memory is told in GiB.
        Testing::FakeHttpServer server([](const Testing::FakeRequest &) {
            Testing::FakeAnswer answer;
            answer.headers["Date"] = "Fri, 02 Jan 2026 03:04:05 GMT";
            answer.body = R"({"fleetId": "f", "revision": "1", "complete": true, "tenants": [],
                "stamps": [{"id": "eu-1", "name": "eu-1", "revision": "1", "lifecycle": "active",
                            "resources": {"memory": {"limit": 64}}}]})";
            return answer;
        });
        const Ended ended = stampctl(
            {u"conformance"_s, u"rest="_s + server.url().toString(), u"--only"_s, u"C08,C09"_s});
        QVERIFY2(ended.status == 1, ended.text().constData());
        const QByteArrayList lines = ended.out.split('\n');
        QVERIFY2(lines.value(1).startsWith("C08") && lines.value(1).contains("passed"), ended.out.constData());
        QVERIFY2(lines.value(2).startsWith("C09") && lines.value(2).contains("failed")
                     && lines.value(2).contains("is 64; expected: bytes"),
                 ended.out.constData());
        QVERIFY2(ended.err.contains("1 passed, 1 failed"), ended.err.constData());
    }

    void whatCannotBeCheckedIsSaid_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("words");
        const auto row = [](const char *name, const QStringList &arguments, int status,
                            const QByteArray &words) {
            QTest::addRow("%s", name) << arguments << status << words;
        };
        row("nothing", {}, 2, "adapter");
        row("an adapter that is not there", {u"rset=http://127.0.0.1:1"_s}, 2, "rest");
        row("a key that is not there", {u"simulator=2,colour=red"_s}, 2, "colour");
        row("a rule that is not there", {u"simulator=2"_s, u"--only"_s, u"C99"_s}, 2, "C99");
        row("nobody listens", {u"rest=http://127.0.0.1:1"_s}, 5, "127.0.0.1:1");
        row("a stamp that is not there",
            {u"simulator=2,scratch=true"_s, u"--writes"_s, u"nowhere"_s}, 1, "nowhere");
        row("a stamp that somebody needs",
            {u"simulator=2"_s, u"--writes"_s, u"simulator/eu-west-01"_s}, 3,
            "stampdeck.conformance=scratch");
        row("read only",
            {u"simulator=2,scratch=true"_s, u"--writes"_s, u"eu-west-01"_s, u"--read-only"_s}, 3,
            "read only");
    }
    void whatCannotBeCheckedIsSaid()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, status);
        QFETCH(QByteArray, words);
        const Ended ended = stampctl(QStringList{u"conformance"_s} + arguments);
        QVERIFY2(ended.status == status, ended.text().constData());
        QVERIFY2(ended.err.contains(words), ended.text().constData());
        QVERIFY2(ended.out.isEmpty(), ended.text().constData());
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, tst_Conformance)
#include "tst_conformance.moc"
