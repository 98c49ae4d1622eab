// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/journal.h"
#include "tests/support/program.h"
#include "tests/support/testmain.h"

#include <QtCore/QDir>
#include <QtCore/QElapsedTimer>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QTemporaryDir>
#include <QtNetwork/QTcpSocket>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using Testing::Ended;

namespace {

/// For the programs that are started here. What a process has not freed at its end is for other
/// tests to find: the status of these has to say how the operation ended.
QProcessEnvironment environmentAt(int crashPoint)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"ASAN_OPTIONS"_s, u"detect_leaks=0:detect_stack_use_after_return=0"_s);
    if (crashPoint > 0)
        environment.insert(u"STAMPDECK_CRASH_AT"_s, QString::number(crashPoint));
    return environment;
}

enum class Victim { Stampctl, Stampd };
enum class Way { Resume, Rollback };

/// Plain HTTP, as anybody would ask: nothing of the project's own client.
std::optional<QJsonObject> httpGet(quint16 port, const QByteArray &path)
{
    QTcpSocket socket;
    socket.connectToHost(u"127.0.0.1"_s, port);
    if (!socket.waitForConnected(2'000))
        return std::nullopt;
    socket.write("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
    QByteArray answer;
    while (socket.waitForReadyRead(5'000))
        answer += socket.readAll();
    answer += socket.readAll();
    const qsizetype body = answer.indexOf("\r\n\r\n");
    if (body < 0 || !answer.startsWith("HTTP/1.1 200"))
        return std::nullopt;
    // One chunk or none: what lies between the first and the last brace.
    const qsizetype first = answer.indexOf('{', body);
    const qsizetype last = answer.lastIndexOf('}');
    const QJsonDocument json = QJsonDocument::fromJson(answer.mid(first, last - first + 1));
    return json.isObject() ? std::optional(json.object()) : std::nullopt;
}

/// stampd on a port of its own choice, which it keeps over restarts.
class Server
{
public:
    explicit Server(const QString &dir, double timeScale = 1)
        : m_dir(dir)
        , m_timeScale(timeScale)
    {
    }
    ~Server()
    {
        m_process.kill();
        m_process.waitForFinished();
    }

    /// \a crashAt 0 for never. Gives what is wrong; empty when it listens.
    QString start(int crashAt)
    {
        m_process.setProcessEnvironment(environmentAt(crashAt));
        m_process.setStandardInputFile(QProcess::nullDevice());
        m_process.setStandardErrorFile(m_dir + u"/stampd.log"_s, QIODevice::Append);
        m_process.start(QStringLiteral(STAMPDECK_BIN_DIR "/stampd"),
                        {u"--listen"_s, u"127.0.0.1:%1"_s.arg(m_port), u"--state"_s,
                         m_dir + u"/server"_s, u"--source"_s,
                         u"simulator=4,seed=11,calm=true,failureRate=0,tenantsPerStamp=4,"
                         "startSeconds=0.05,pollInterval=200ms,timeScale=%1,state=%2"_s.arg(
                                 QString::number(m_timeScale), m_dir + u"/simulator.json"_s)});
        QByteArray line;
        while (m_process.waitForReadyRead(60'000)) {
            line += m_process.readAllStandardOutput();
            if (line.contains('\n'))
                break;
        }
        const quint16 port = line.trimmed().split(':').last().toUShort();
        if (!line.startsWith("listening on") || port == 0) {
            QFile log(m_dir + u"/stampd.log"_s);
            const QByteArray said = log.open(QFile::ReadOnly) ? log.readAll() : QByteArray();
            return u"stampd did not start: %1 %2"_s.arg(QString::fromUtf8(line),
                                                         QString::fromUtf8(said));
        }
        m_port = port;
        return {};
    }
    /// True when it ended, whoever did it.
    bool isGone() { return m_process.state() == QProcess::NotRunning || m_process.waitForFinished(1); }
    [[nodiscard]] quint16 port() const { return m_port; }

private:
    QString m_dir;
    double m_timeScale;
    QProcess m_process;
    quint16 m_port = 0;
};

/// Asks the whole time; keeps the first moment at which somebody was served by nobody.
class Watcher
{
public:
    Watcher(quint16 port, const QStringList &tenants)
        : m_thread([this, port, tenants] { watch(port, tenants); })
    {
    }
    ~Watcher() { stop(); }

    QString stop()
    {
        {
            const std::lock_guard guard(m_mutex);
            m_stop = true;
        }
        m_changed.notify_all();
        if (m_thread.joinable())
            m_thread.join();
        return m_problem;
    }

private:
    void watch(quint16 port, const QStringList &tenants)
    {
        std::unique_lock guard(m_mutex);
        while (!m_changed.wait_for(guard, std::chrono::milliseconds(40), [this] { return m_stop; })) {
            guard.unlock();
            const auto fleet = httpGet(port, "/v1/fleet");
            guard.lock();
            if (!fleet) // it is being started again
                continue;
            const QJsonArray all = (*fleet)[u"tenants"_s].toArray();
            for (const QJsonValue &value : all) {
                const QJsonObject tenant = value.toObject();
                if (!tenants.contains(tenant[u"id"_s].toString()))
                    continue;
                int serving = 0;
                const QJsonArray placements = tenant[u"placements"_s].toArray();
                for (const QJsonValue &placement : placements)
                    serving += placement.toObject()[u"state"_s].toString() != u"starting";
                if (serving == 0) {
                    m_problem = u"served by nobody: %1"_s.arg(
                            QString::fromUtf8(QJsonDocument(tenant).toJson()));
                    return;
                }
            }
        }
    }

    std::mutex m_mutex; // guards what follows
    std::condition_variable m_changed;
    bool m_stop = false;
    QString m_problem;
    std::thread m_thread; // last: it uses the others
};

struct Scene
{
    QStringList tenants;
    QMap<QString, QString> origins;
    QString target;
};

/// What is wrong with the fleet where each tenant of \a scene should be at \a where.
QString wrongPlace(quint16 port, const Scene &scene, Way way)
{
    const auto fleet = httpGet(port, "/v1/fleet");
    if (!fleet)
        return u"stampd does not answer"_s;
    QMap<QString, int> owners;
    const QJsonArray stamps = (*fleet)[u"stamps"_s].toArray();
    for (const QJsonValue &stamp : stamps) {
        const QJsonArray owned = stamp.toObject()[u"tenants"_s].toArray();
        for (const QJsonValue &tenant : owned)
            ++owners[tenant.toString()];
    }
    const QJsonArray tenants = (*fleet)[u"tenants"_s].toArray();
    int seen = 0;
    for (const QJsonValue &value : tenants) {
        const QJsonObject tenant = value.toObject();
        const QString id = tenant[u"id"_s].toString();
        if (!scene.tenants.contains(id))
            continue;
        ++seen;
        const QString expected = way == Way::Resume ? scene.target : scene.origins.value(id);
        const QJsonArray placements = tenant[u"placements"_s].toArray();
        const bool good = owners.value(id) == 1 && tenant[u"stamp"_s].toString() == expected
                && placements.size() == 1
                && placements[0].toObject()[u"stamp"_s].toString() == expected
                && placements[0].toObject()[u"state"_s].toString() == u"serving"
                && tenant[u"state"_s].toString() == u"serving";
        if (!good) {
            return u"expected at %1, owned by %2: %3"_s.arg(expected)
                    .arg(owners.value(id))
                    .arg(QString::fromUtf8(QJsonDocument(tenant).toJson()));
        }
    }
    return seen == scene.tenants.size() ? QString() : u"only %1 tenants are left"_s.arg(seen);
}

/// Four tenants of different stamps, bound by nothing, and a stamp that takes them all.
Scene chooseScene(const QJsonObject &fleet)
{
    const QJsonArray stamps = fleet[u"stamps"_s].toArray();
    const QJsonArray tenants = fleet[u"tenants"_s].toArray();
    Scene best;
    double most = -1;
    for (const QJsonValue &value : stamps) {
        const QJsonObject stamp = value.toObject();
        const QJsonObject resources = stamp[u"resources"_s].toObject();
        const QJsonObject cpu = resources[u"cpu"_s].toObject();
        const double room = cpu[u"limit"_s].toDouble()
                - std::max(cpu[u"reserved"_s].toDouble(), cpu[u"used"_s].toDouble());
        if (stamp[u"health"_s].toString() == u"healthy" && room > most) {
            most = room;
            best.target = stamp[u"name"_s].toString();
        }
    }
    std::vector<std::pair<double, QJsonObject>> small;
    for (const QJsonValue &value : tenants) {
        const QJsonObject tenant = value.toObject();
        const QJsonObject binds = tenant[u"constraints"_s].toObject();
        if (tenant[u"stamp"_s].toString() != best.target && !binds[u"pinned"_s].toBool()
            && binds[u"regions"_s].toArray().isEmpty() && !binds[u"exclusive"_s].toBool()
            && binds[u"antiAffinity"_s].toString().isEmpty())
            small.emplace_back(tenant[u"demand"_s].toObject()[u"cpu"_s].toDouble(), tenant);
    }
    std::sort(small.begin(), small.end(),
              [](const auto &a, const auto &b) { return a.first < b.first; });
    for (const auto &[cpu, tenant] : small) {
        if (best.tenants.size() == 4)
            break;
        const QString id = tenant[u"id"_s].toString();
        best.tenants += id;
        best.origins.insert(id, tenant[u"stamp"_s].toString());
    }
    return best;
}

Ended stampctl(const QString &dir, quint16 port, const QStringList &arguments)
{
    return Testing::run(QStringLiteral(STAMPDECK_BIN_DIR "/stampctl"),
                        QStringList{u"--source"_s, u"d:rest=http://127.0.0.1:%1"_s.arg(port),
                                    u"--state-dir"_s, dir + u"/client"_s}
                                + arguments,
                        environmentAt(0));
}

struct Outcome
{
    bool crashed = false;
    QString problem;
};

/// One run: a move of four, two at a time, and \a victim killed at its crash point \a n.
Outcome runCase(Victim victim, Way way, int n)
{
    QTemporaryDir temporary;
    const QString dir = temporary.path();
    Server server(dir);
    if (const QString wrong = server.start(victim == Victim::Stampd ? n : 0); !wrong.isEmpty()) {
        // Even its start may come upon a crash point.
        if (victim != Victim::Stampd || !server.isGone())
            return {false, wrong};
        const QString again = server.start(0);
        return {true, again};
    }
    const auto fleet = httpGet(server.port(), "/v1/fleet");
    if (!fleet)
        return {false, u"stampd does not answer"_s};
    const Scene scene = chooseScene(*fleet);
    if (scene.tenants.size() != 4)
        return {false, u"there are no four tenants to move"_s};
    Watcher watcher(server.port(), scene.tenants);

    QProcess move;
    move.setProcessEnvironment(environmentAt(victim == Victim::Stampctl ? n : 0));
    move.setStandardInputFile(QProcess::nullDevice());
    move.start(QStringLiteral(STAMPDECK_BIN_DIR "/stampctl"),
               QStringList{u"--source"_s, u"d:rest=http://127.0.0.1:%1"_s.arg(server.port()),
                           u"--state-dir"_s, dir + u"/client"_s, u"move"_s}
                       + scene.tenants
                       + QStringList{u"--to"_s, scene.target, u"--parallel"_s, u"2"_s, u"--yes"_s});
    bool crashed = false;
    QElapsedTimer time;
    time.start();
    while (!move.waitForFinished(20) && time.elapsed() < 90'000) {
        if (victim == Victim::Stampd && !crashed && server.isGone()) {
            crashed = true;
            if (const QString wrong = server.start(0); !wrong.isEmpty())
                return {true, wrong};
        }
    }
    const Ended moved = Testing::endedOf(move, 1'000);
    if (victim == Victim::Stampctl) {
        crashed = move.exitStatus() == QProcess::CrashExit;
    } else if (!crashed && server.isGone()) { // at its last words
        crashed = true;
        if (const QString wrong = server.start(0); !wrong.isEmpty())
            return {true, wrong};
    }
    if (!crashed) {
        // The last run: all points were passed.
        QString problem = moved.status == 0 ? wrongPlace(server.port(), scene, Way::Resume)
                                            : QString::fromUtf8(moved.text());
        if (problem.isEmpty())
            problem = watcher.stop();
        return {false, problem};
    }

    QString id;
    {
        const auto journal = Journal::open(dir + u"/client"_s);
        if (!journal)
            return {true, journal.error().message};
        const auto operations = (*journal)->operations();
        if (!operations)
            return {true, operations.error().message};
        if (!operations->isEmpty())
            id = operations->first().id;
    }
    if (id.isEmpty()) // killed before anything was accepted: nothing may have happened
        return {true, wrongPlace(server.port(), scene, Way::Rollback)};
    const Ended ended = stampctl(dir, server.port(),
                                 {way == Way::Resume ? u"resume"_s : u"rollback"_s, id, u"--yes"_s});
    if (ended.status != 0)
        return {true, QString::fromUtf8("after: " + ended.text() + "\nbefore: " + moved.text())};
    QString problem = wrongPlace(server.port(), scene, way);
    if (problem.isEmpty())
        problem = watcher.stop();
    if (problem.isEmpty()) {
        for (const QString &state : {QString(dir + u"/client"_s), QString(dir + u"/server"_s)}) {
            const auto journal = Journal::open(state);
            const auto held = journal ? (*journal)->verifyAudit()
                                      : Result<qint64>(fail(journal.error()));
            if (!held)
                problem = state + u": "_s + held.error().message;
        }
    }
    return {true, problem};
}

/// One run: a stamp is made and \a victim killed at its crash point \a n. It is there once then, or
/// not at all.
Outcome runCreate(Victim victim, Way way, int n)
{
    QTemporaryDir temporary;
    const QString dir = temporary.path();
    Server server(dir, 200); // a stamp is there in no time
    if (const QString wrong = server.start(victim == Victim::Stampd ? n : 0); !wrong.isEmpty()) {
        if (victim != Victim::Stampd || !server.isGone())
            return {false, wrong};
        return {true, server.start(0)};
    }
    QProcess create;
    create.setProcessEnvironment(environmentAt(victim == Victim::Stampctl ? n : 0));
    create.setStandardInputFile(QProcess::nullDevice());
    create.start(QStringLiteral(STAMPDECK_BIN_DIR "/stampctl"),
                 {u"--source"_s, u"d:rest=http://127.0.0.1:%1"_s.arg(server.port()),
                  u"--state-dir"_s, dir + u"/client"_s, u"create"_s, u"new"_s, u"--template"_s,
                  u"small"_s, u"--region"_s, u"eu-west"_s, u"--yes"_s});
    bool crashed = false;
    QElapsedTimer time;
    time.start();
    while (!create.waitForFinished(20) && time.elapsed() < 90'000) {
        if (victim == Victim::Stampd && !crashed && server.isGone()) {
            crashed = true;
            if (const QString wrong = server.start(0); !wrong.isEmpty())
                return {true, wrong};
        }
    }
    const Ended made = Testing::endedOf(create, 1'000);
    if (victim == Victim::Stampctl) {
        crashed = create.exitStatus() == QProcess::CrashExit;
    } else if (!crashed && server.isGone()) {
        crashed = true;
        if (const QString wrong = server.start(0); !wrong.isEmpty())
            return {true, wrong};
    }
    const auto lifecycle = [&]() -> QString {
        const auto stamp = httpGet(server.port(), "/v1/stamps/new");
        return stamp ? (*stamp)[u"lifecycle"_s].toString() : QString();
    };
    if (!crashed)
        return {false, made.status == 0 && lifecycle() == u"active" ? QString()
                                                                    : QString::fromUtf8(made.text())};
    QString id;
    {
        const auto journal = Journal::open(dir + u"/client"_s);
        const auto operations = journal ? (*journal)->operations()
                                        : Result<QList<JournalOperation>>(fail(journal.error()));
        if (!operations)
            return {true, operations.error().message};
        if (!operations->isEmpty())
            id = operations->first().id;
    }
    if (id.isEmpty())
        return {true, lifecycle().isEmpty() ? QString() : u"it is there, and nobody asked for it"_s};
    const Ended ended = stampctl(dir, server.port(),
                                 {way == Way::Resume ? u"resume"_s : u"rollback"_s, id, u"--yes"_s});
    if (ended.status != 0)
        return {true, QString::fromUtf8("after: " + ended.text() + "\nbefore: " + made.text())};
    const QString now = lifecycle();
    if (way == Way::Resume && now != u"active")
        return {true, u"it is "_s + now};
    if (way == Way::Rollback && !now.isEmpty())
        return {true, u"it is still there: "_s + now};
    // One stamp is one create: a second one would have been refused, and that is no luck.
    int creates = 0;
    const auto operations = httpGet(server.port(), "/v1/operations?pageSize=1000");
    if (!operations)
        return {true, u"stampd does not answer"_s};
    for (const QJsonValue &operation : (*operations)[u"operations"_s].toArray())
        creates += operation[u"kind"_s].toString() == u"create";
    return {true, creates <= 1 ? QString() : u"it was made %1 times"_s.arg(creates)};
}

} // namespace

/// Whatever is killed, and wherever: what was begun is finished or taken back, and nobody is ever
/// without service. Every crash point is tried, until a run comes through without meeting its own.
class TestCrash : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { Testing::strict(); }

    void nothingIsLost_data()
    {
        QTest::addColumn<int>("victim");
        QTest::addColumn<int>("way");
        QTest::newRow("stampctl killed, resumed") << int(Victim::Stampctl) << int(Way::Resume);
        QTest::newRow("stampctl killed, rolled back") << int(Victim::Stampctl) << int(Way::Rollback);
        QTest::newRow("stampd killed, resumed") << int(Victim::Stampd) << int(Way::Resume);
        QTest::newRow("stampd killed, rolled back") << int(Victim::Stampd) << int(Way::Rollback);
    }

    void aStampIsMadeOnce_data() { nothingIsLost_data(); }

    void aStampIsMadeOnce()
    {
        QFETCH(int, victim);
        QFETCH(int, way);
        tryAll([&](int n) { return runCreate(Victim(victim), Way(way), n); }, 8);
    }

    void nothingIsLost()
    {
        QFETCH(int, victim);
        QFETCH(int, way);
        tryAll([&](int n) { return runCase(Victim(victim), Way(way), n); }, 20);
    }

private:
    /// Runs \a run with 1, 2, … until it comes through; at least \a least have to crash.
    static void tryAll(const std::function<Outcome(int)> &run, int least)
    {
#ifndef STAMPDECK_CRASH_POINTS
        QSKIP("built without crash points");
#endif
        std::atomic<int> next{1};
        std::atomic<int> last{1'000}; // the first run that came through
        std::atomic<int> crashes{0};
        std::mutex mutex;
        QStringList problems;
        const auto work = [&] {
            for (int n = next++; n < last; n = next++) {
                const Outcome outcome = run(n);
                if (outcome.crashed) {
                    ++crashes;
                } else {
                    int known = last;
                    while (n < known && !last.compare_exchange_weak(known, n)) { }
                }
                if (!outcome.problem.isEmpty()) {
                    const std::lock_guard guard(mutex);
                    problems += u"at crash point %1: %2"_s.arg(n).arg(outcome.problem);
                    if (problems.size() > 5)
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
        QVERIFY2(crashes >= least, qPrintable(QString::number(crashes)));
    }
};

int main(int argc, char **argv)
{
    // The watchdog of Qt Test is for a test that hangs; this one has its limit from outside.
    qputenv("QTEST_FUNCTION_TIMEOUT", "1200000");
    QCoreApplication app(argc, argv);
    TestCrash test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_crash.moc"
