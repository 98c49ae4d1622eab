// SPDX-License-Identifier: GPL-3.0-or-later
#include "backends/simulator/simulation.h"
#include "models/journal.h"
#include "tests/support/program.h"
#include "tests/support/testmain.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QTemporaryDir>
#include <QtNetwork/QTcpSocket>

#include <atomic>
#include <csignal>
#include <mutex>
#include <thread>

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using Testing::Ended;

namespace {

constexpr int markMs = 1'500;

enum class Runner {
    Local, ///< stampctl over a simulator's state file.
    Client, ///< stampctl over a stampd.
    Server, ///< stampd, which was sent the drain.
};
enum class Way { Resume, Rollback, AdoptAndResume, AdoptAndRollBack };
constexpr int ways = 4;

bool adopts(Way way)
{
    return way == Way::AdoptAndResume || way == Way::AdoptAndRollBack;
}
bool goesOn(Way way)
{
    return way == Way::Resume || way == Way::AdoptAndResume;
}

QProcessEnvironment environmentAt(int crashPoint)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"ASAN_OPTIONS"_s, u"detect_leaks=0:detect_stack_use_after_return=0"_s);
    environment.insert(u"STAMPDECK_MARK_MS"_s, QString::number(markMs));
    if (crashPoint > 0)
        environment.insert(u"STAMPDECK_CRASH_AT"_s, QString::number(crashPoint));
    return environment;
}

QString simulatorKeys(const QString &state)
{
    const QString keys = u"simulator=4,seed=11,calm=true,failureRate=0,tenantsPerStamp=4,"
                         "startSeconds=0.05,pollInterval=5s"_s;
    return state.isEmpty() ? keys : QString(keys + u",state="_s + state);
}

QVariantMap simulatorSettings(const QString &state)
{
    return {{u"stamps"_s, 4},      {u"seed"_s, 11},           {u"calm"_s, true},
            {u"failureRate"_s, 0}, {u"tenantsPerStamp"_s, 4}, {u"startSeconds"_s, 0.05},
            {u"state"_s, state}};
}

/// Plain HTTP, nothing of the project's own client; the status, or 0, and the body.
std::pair<int, QJsonObject> http(quint16 port, const QByteArray &method, const QByteArray &path,
                                 const QByteArray &headers = {}, const QByteArray &body = {})
{
    QTcpSocket socket;
    socket.connectToHost(u"127.0.0.1"_s, port);
    if (!socket.waitForConnected(2'000))
        return {};
    QByteArray request = method + ' ' + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + headers
            + "Connection: close\r\n";
    if (!body.isEmpty()) {
        request += "Content-Type: application/json\r\nContent-Length: "
                + QByteArray::number(body.size()) + "\r\n";
    }
    socket.write(request + "\r\n" + body);
    QByteArray answer;
    while (socket.waitForReadyRead(20'000))
        answer += socket.readAll();
    answer += socket.readAll();
    const int status = answer.startsWith("HTTP/1.1 ") ? answer.mid(9, 3).toInt() : 0;
    const qsizetype begin = answer.indexOf("\r\n\r\n");
    const qsizetype first = answer.indexOf('{', begin);
    const qsizetype last = answer.lastIndexOf('}');
    return {status, QJsonDocument::fromJson(answer.mid(first, last - first + 1)).object()};
}

class Server
{
public:
    explicit Server(const QString &dir)
        : m_dir(dir)
    {
    }
    ~Server() { end(); }

    /// What is wrong; empty when it listens.
    QString start(int crashAt)
    {
        m_process.setProcessEnvironment(environmentAt(crashAt));
        m_process.setStandardInputFile(QProcess::nullDevice());
        m_process.setStandardErrorFile(m_dir + u"/stampd.log"_s, QIODevice::Append);
        m_process.start(QStringLiteral(STAMPDECK_BIN_DIR "/stampd"),
                        {u"--listen"_s, u"127.0.0.1:%1"_s.arg(m_port), u"--state"_s,
                         m_dir + u"/server"_s, u"--source"_s,
                         simulatorKeys(m_dir + u"/simulator.state"_s)});
        QByteArray line;
        while (m_process.waitForReadyRead(60'000)) {
            line += m_process.readAllStandardOutput();
            if (line.contains('\n'))
                break;
        }
        const quint16 port = line.trimmed().split(':').last().toUShort();
        if (!line.startsWith("listening on") || port == 0) {
            QFile log(m_dir + u"/stampd.log"_s);
            return u"stampd did not start: %1"_s.arg(QString::fromUtf8(
                    log.open(QFile::ReadOnly) ? line + log.readAll() : line));
        }
        m_port = port;
        return {};
    }
    void end()
    {
        m_process.kill();
        m_process.waitForFinished();
    }
    bool isGone()
    {
        return m_process.state() == QProcess::NotRunning || m_process.waitForFinished(1);
    }
    [[nodiscard]] quint16 port() const { return m_port; }

private:
    QString m_dir;
    QProcess m_process;
    quint16 m_port = 0;
};

/// Whom the stamp that is drained owns at the start.
struct Scene
{
    QString stamp;
    QStringList tenants;
};

QStringList commandLine(const QString &source, const QString &stateDir, const QStringList &command)
{
    return QStringList{u"--source"_s, u"d:"_s + source, u"--state-dir"_s, stateDir} + command;
}

Ended stampctl(const QStringList &arguments)
{
    return Testing::run(QStringLiteral(STAMPDECK_BIN_DIR "/stampctl"), arguments,
                        environmentAt(0));
}

/// A stamp of four tenants that the other three take.
Scene chooseScene(const QString &dir)
{
    const auto simulation = Simulation::create(
            *SimulatorSettings::fromKeys(simulatorSettings(dir + u"/scene.state"_s)),
            Clock::system().now());
    if (!simulation)
        return {};
    QMap<QString, QStringList> owned;
    const FleetUpdate fleet = (*simulation)->poll();
    for (const TenantPtr &tenant : fleet.tenants)
        owned[tenant->stamp] += tenant->id;
    for (auto it = owned.begin(); it != owned.end(); ++it) {
        const Ended plan = stampctl(commandLine(simulatorKeys({}), dir + u"/scene"_s,
                                                {u"drain"_s, it.key(), u"--dry-run"_s}));
        if (plan.status == 0 && it->size() == 4)
            return {it.key(), *it};
    }
    return {};
}

/// How the fleet in a state file is: all of the scene's tenants away, or all at home, each with one
/// placement that serves, and nothing marked.
enum class Standing { Before, After, Neither };
std::pair<Standing, QString> standing(const QString &state, const Scene &scene)
{
    const auto settings = SimulatorSettings::fromKeys(simulatorSettings(state));
    const auto simulation = Simulation::create(*settings, Clock::system().now());
    if (!simulation)
        return {Standing::Neither, simulation.error().message + simulation.error().detail};
    const FleetUpdate fleet = (*simulation)->poll();
    QString text;
    bool marked = false, whole = true;
    int home = 0, away = 0;
    Lifecycle lifecycle = Lifecycle::Failed;
    for (const StampPtr &stamp : fleet.stamps) {
        if (stamp->name == scene.stamp)
            lifecycle = stamp->lifecycle;
        if (stamp->mark) {
            marked = true;
            text += u"%1 is marked by %2; "_s.arg(stamp->name, stamp->mark->operation);
        }
    }
    for (const TenantPtr &tenant : fleet.tenants) {
        if (tenant->mark) {
            marked = true;
            text += u"%1 is marked; "_s.arg(tenant->id);
        }
        const bool single = tenant->placements.size() == 1
                && tenant->placements.front().state == PlacementState::Serving
                && tenant->placements.front().stamp == tenant->stamp;
        whole &= single;
        if (scene.tenants.contains(tenant->id)) {
            (tenant->stamp == scene.stamp ? home : away) += 1;
            text += u"%1 on %2 of %3; "_s.arg(tenant->id, tenant->stamp)
                            .arg(tenant->placements.size());
        }
    }
    text += u"%1 is %2"_s.arg(scene.stamp, toString(lifecycle));
    if (marked || !whole)
        return {Standing::Neither, text};
    if (home == 4 && lifecycle == Lifecycle::Active)
        return {Standing::Before, text};
    const bool closed = lifecycle == Lifecycle::Cordoned || lifecycle == Lifecycle::Drained
            || lifecycle == Lifecycle::Draining;
    return {away == 4 && closed ? Standing::After : Standing::Neither, text};
}

QString brokenAudit(const QString &stateDir)
{
    if (!QFile::exists(stateDir + u"/journal.db"_s))
        return {};
    const auto journal = Journal::open(stateDir);
    const auto held = journal ? (*journal)->verifyAudit() : Result<qint64>(fail(journal.error()));
    return held ? QString() : QString(stateDir + u": "_s + held.error().message);
}

/// The only operation of a journal; nothing when none was accepted.
std::optional<JournalOperation> onlyOperation(const QString &stateDir)
{
    if (!QFile::exists(stateDir + u"/journal.db"_s))
        return std::nullopt;
    const auto journal = Journal::open(stateDir);
    const auto all = journal ? (*journal)->operations()
                             : Result<QList<JournalOperation>>(fail(journal.error()));
    for (const JournalOperation &operation : all ? *all : QList<JournalOperation>()) {
        if (operation.request.kind == ActionKind::Drain)
            return operation;
    }
    return std::nullopt;
}

struct Outcome
{
    bool crashed = false;
    QString problem;
};

/// A drain whose runner is killed at its crash point \a n, and what \a way makes of it.
Outcome runCase(const Scene &scene, Runner runner, Way way, int n)
{
    QTemporaryDir temporary;
    const QString dir = temporary.path();
    const QString state = dir + u"/simulator.state"_s;
    const QString local = simulatorKeys(state);
    const QString own = dir + (runner == Runner::Server ? u"/server"_s : u"/client"_s);
    Server server(dir);
    const auto rest = [&] { return u"rest=http://127.0.0.1:%1"_s.arg(server.port()); };
    QString before; // what the killed one said
    bool crashed = false;

    if (runner == Runner::Server) {
        if (const QString wrong = server.start(n); !wrong.isEmpty()) {
            if (!server.isGone())
                return {false, wrong};
            return {true, {}}; // its start came upon the crash point
        }
        const auto [status, answer] = http(server.port(), "POST",
                                           "/v1/stamps/" + scene.stamp.toUtf8() + ":drain",
                                           "If-Match: *\r\n", "{\"parallel\":2}");
        const QByteArray id = answer[u"id"_s].toString().toUtf8();
        QElapsedTimer time;
        time.start();
        while (!server.isGone() && time.elapsed() < 90'000) {
            const QString is = http(server.port(), "GET", "/v1/operations/" + id)
                                       .second[u"state"_s]
                                       .toString();
            if (is == u"succeeded" || is == u"failed" || is == u"paused")
                break;
            server.isGone();
        }
        crashed = server.isGone();
        before = u"status %1"_s.arg(status);
    } else {
        if (runner == Runner::Client) {
            if (const QString wrong = server.start(0); !wrong.isEmpty())
                return {false, wrong};
        }
        QProcess drain;
        drain.setProcessEnvironment(environmentAt(n));
        drain.setStandardInputFile(QProcess::nullDevice());
        drain.start(QStringLiteral(STAMPDECK_BIN_DIR "/stampctl"),
                    commandLine(runner == Runner::Client ? rest() : local, own,
                                {u"drain"_s, scene.stamp, u"--parallel"_s, u"2"_s, u"--yes"_s}));
        const Ended ended = Testing::endedOf(drain, 120'000);
        crashed = drain.exitStatus() == QProcess::CrashExit;
        before = QString::fromUtf8(ended.text());
        if (!crashed && ended.status != 0)
            return {false, before};
    }
    if (!crashed) { // all of its points were passed
        server.end();
        const auto [is, text] = standing(state, scene);
        return {false, is == Standing::After ? QString() : QString(text + before)};
    }

    const auto operation = onlyOperation(own);
    const QString verb = goesOn(way) ? u"resume"_s : u"rollback"_s;
    QString after;
    int status = 0;
    if (!operation) { // killed before it was accepted: nothing may have happened
        server.end();
        if (!QFile::exists(state))
            return {true, {}};
        const auto [is, text] = standing(state, scene);
        return {true, is == Standing::Before ? QString() : text};
    }
    QString source = local;
    if (runner == Runner::Client || (runner == Runner::Server && !adopts(way))) {
        if (server.isGone()) {
            if (const QString wrong = server.start(0); !wrong.isEmpty())
                return {true, wrong};
        }
        source = rest();
    }
    const QString stateDir = adopts(way) || runner == Runner::Server ? QString(dir + u"/other"_s)
                                                                     : own;
    QStringList command{verb, operation->id, u"--yes"_s};
    if (adopts(way))
        command += u"--adopt"_s;
    QElapsedTimer time;
    time.start();
    do { // until its marks have expired
        const Ended ended = stampctl(commandLine(source, stateDir, command));
        status = ended.status;
        after = QString::fromUtf8(ended.text());
    } while (adopts(way) && status == 4 && after.contains(u"is run by"_s)
             && time.elapsed() < 60'000);
    server.end();
    const auto [is, text] = standing(state, scene);
    const QString all = u"%1\n%2 %3: %4\nbefore: %5"_s.arg(text, verb, operation->id, after, before);
    for (const QString &each : {own, stateDir}) {
        if (const QString broken = brokenAudit(each); !broken.isEmpty())
            return {true, broken};
    }
    if (adopts(way) && status == 1 && after.contains(u"no operation"_s)) {
        // Nothing bears its mark: it did nothing yet, or all.
        const bool good = is == Standing::Before || is == Standing::After;
        return {true, good ? QString() : all};
    }
    const Standing wanted = goesOn(way) ? Standing::After : Standing::Before;
    return {true, status == 0 && is == wanted ? QString() : all};
}

} // namespace

/// A drain of four tenants, its runner killed before and after every write to its journal and every
/// call to its backend: whoever takes it up afterwards ends it right.
///
/// Each point is followed by one of the four ways in turn; with STAMPDECK_CRASH_ALL by all of them.
class TestCrashDrain : public QObject
{
    Q_OBJECT
    QTemporaryDir m_folder;
    Scene m_scene;

private Q_SLOTS:
    void initTestCase()
    {
#ifndef STAMPDECK_CRASH_POINTS
        QSKIP("built without crash points");
#endif
        m_scene = chooseScene(m_folder.path());
        QCOMPARE(m_scene.tenants.size(), 4);
    }
    void init() { Testing::strict(); }

    void isEndedByWhoeverTakesItUp_data()
    {
        QTest::addColumn<int>("runner");
        QTest::newRow("stampctl over a simulator") << int(Runner::Local);
        QTest::newRow("stampctl over a stampd") << int(Runner::Client);
        QTest::newRow("stampd") << int(Runner::Server);
    }

    void isEndedByWhoeverTakesItUp()
    {
        QFETCH(int, runner);
        const bool all = qEnvironmentVariableIsSet("STAMPDECK_CRASH_ALL");
        std::atomic<int> next{0};
        std::atomic<int> last{10'000}; // the first point that was not met
        std::atomic<int> crashes{0};
        std::mutex mutex;
        QStringList problems;
        const auto work = [&] {
            for (int k = next++;; k = next++) {
                const int n = (all ? k / ways : k) + 1;
                if (n >= last)
                    return;
                const Way way = Way((all ? k : n) % ways);
                const Outcome outcome = runCase(m_scene, Runner(runner), way, n);
                if (outcome.crashed) {
                    ++crashes;
                } else {
                    int known = last;
                    while (n < known && !last.compare_exchange_weak(known, n)) { }
                }
                if (!outcome.problem.isEmpty()) {
                    const std::lock_guard guard(mutex);
                    problems += u"at crash point %1, way %2: %3"_s.arg(n)
                                        .arg(int(way))
                                        .arg(outcome.problem);
                    if (problems.size() > 3)
                        last = 0;
                }
            }
        };
        const int count = qEnvironmentVariableIsSet("STAMPDECK_CRASH_WORKERS")
                ? qEnvironmentVariableIntValue("STAMPDECK_CRASH_WORKERS")
                : 6;
        std::vector<std::thread> workers;
        for (int i = 0; i < count; ++i)
            workers.emplace_back(work);
        for (std::thread &worker : workers)
            worker.join();
        QVERIFY2(problems.isEmpty(), qPrintable(problems.join(u'\n')));
        qInfo("%d crash points", crashes.load());
        QVERIFY2(crashes >= 20, qPrintable(QString::number(crashes)));
    }

    /// Who sleeps through the life of his marks wakes up to find that somebody else went on.
    void whoWasAsleepLearnsThatItWasAdopted()
    {
        QTemporaryDir temporary;
        const QString dir = temporary.path();
        Server server(dir);
        QCOMPARE(server.start(0), QString());
        const QString rest = u"rest=http://127.0.0.1:%1"_s.arg(server.port());
        QProcess first;
        first.setProcessEnvironment(environmentAt(0));
        first.setStandardInputFile(QProcess::nullDevice());
        first.start(QStringLiteral(STAMPDECK_BIN_DIR "/stampctl"),
                    commandLine(rest, dir + u"/client"_s,
                                {u"drain"_s, m_scene.stamp, u"--parallel"_s, u"1"_s, u"--yes"_s}));
        QVERIFY(first.waitForStarted());
        const auto mark = [&] {
            return http(server.port(), "GET", "/v1/stamps/" + m_scene.stamp.toUtf8())
                    .second[u"mark"_s]
                    .toObject();
        };
        QTRY_VERIFY_WITH_TIMEOUT(!mark().isEmpty(), 60'000);
        ::kill(pid_t(first.processId()), SIGSTOP);
        const QString id = mark()[u"operation"_s].toString();
        QVERIFY2(!id.isEmpty(), "it was too fast");

        // While it is somebody's, nobody else acts there, whoever asks.
        const Ended busy = stampctl(commandLine(rest, dir + u"/other"_s,
                                                {u"scale"_s, m_scene.stamp, u"web=2"_s, u"--yes"_s}));
        if (busy.status != 4 || !busy.err.contains("drain")) {
            // Its life may have ended before the question was put.
            QVERIFY2(fromRfc3339(mark()[u"until"_s].toString()).value_or(Timestamp())
                             < Clock::system().now(),
                     busy.text().constData());
        }

        Ended adopted;
        QElapsedTimer time;
        time.start();
        do {
            adopted = stampctl(commandLine(rest, dir + u"/other"_s,
                                           {u"resume"_s, id, u"--adopt"_s, u"--yes"_s}));
        } while (adopted.status == 4 && time.elapsed() < 60'000);
        QVERIFY2(adopted.status == 0, adopted.text().constData());
        const auto taken = onlyOperation(dir + u"/other"_s);
        QVERIFY(taken.has_value());
        QCOMPARE(taken->hold.adoptedFrom, u"anonymous"_s);

        ::kill(pid_t(first.processId()), SIGCONT);
        const Ended ended = Testing::endedOf(first, 60'000);
        QVERIFY2(ended.status == 4, ended.text().constData());
        QVERIFY2(ended.err.contains("adopted by"), ended.text().constData());
        const auto lost = onlyOperation(dir + u"/client"_s);
        QVERIFY(lost.has_value());
        QVERIFY(isFinal(lost->state));
        QVERIFY(!lost->hold.adoptedBy.isEmpty());
        // And it stays so.
        const Ended again = stampctl(
                commandLine(rest, dir + u"/client"_s, {u"rollback"_s, id, u"--yes"_s}));
        QVERIFY2(again.status == 4, again.text().constData());
        server.end();
        const auto [is, text] = standing(dir + u"/simulator.state"_s, m_scene);
        QVERIFY2(is == Standing::After, qPrintable(text));
        QCOMPARE(brokenAudit(dir + u"/client"_s), QString());
        QCOMPARE(brokenAudit(dir + u"/other"_s), QString());
    }
};

int main(int argc, char **argv)
{
    // The watchdog of Qt Test is for a test that hangs; this one has its limit from outside.
    qputenv("QTEST_FUNCTION_TIMEOUT", "1200000");
    QCoreApplication app(argc, argv);
    TestCrashDrain test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_crashdrain.moc"
