// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/journal.h"

#include "tests/support/fakehttpserver.h"
#include "tests/support/program.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QTemporaryDir>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;

namespace {

QByteArray fleet(int revision, int web)
{
    return "{\"fleetId\":\"f\",\"revision\":\"r" + QByteArray::number(revision)
            + "\",\"complete\":true,\"stamps\":[{\"id\":\"a\",\"lifecycle\":\"active\",\"revision\":\""
            + QByteArray::number(revision)
            + "\",\"updatedBy\":\"ben\",\"updatedAt\":\"2026-01-02T03:04:05Z\",\"components\":[{"
              "\"name\":\"web\",\"desired\":"
            + QByteArray::number(web) + ",\"ready\":3,\"min\":1,\"max\":9}]}],\"tenants\":[]}";
}

FakeAnswer marked()
{
    return {200, "{\"operation\":\"x\",\"until\":\"2036-01-02T03:04:05Z\"}"};
}

} // namespace

/// Who acts on what is no longer so, is told so.
class TestRaces : public QObject
{
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> m_folder;

    // The servers of a test are of this thread: its loop runs meanwhile.
    Ended stampctl(const QStringList &arguments)
    {
        QProcess process;
        process.setProcessEnvironment(environmentIn(*m_folder));
        process.setStandardInputFile(QProcess::nullDevice());
        process.start(QStringLiteral(STAMPDECK_BIN_DIR "/stampctl"),
                      QStringList{u"--state-dir"_s, m_folder->filePath(u"state"_s)} + arguments);
        QEventLoop loop;
        connect(&process, &QProcess::finished, &loop, &QEventLoop::quit);
        if (process.waitForStarted() && process.state() != QProcess::NotRunning)
            loop.exec();
        return endedOf(process);
    }

private Q_SLOTS:
    void init()
    {
        strict();
        m_folder = std::make_unique<QTemporaryDir>();
    }

    void theLoserIsToldWhatChangedAndSeesANewPlan()
    {
        bool isChanged = false;
        FakeHttpServer server([&](const FakeRequest &request) -> FakeAnswer {
            if (request.path.startsWith("/v1/marks/"))
                return marked();
            if (request.method == "GET")
                return {200, isChanged ? fleet(8, 4) : fleet(7, 3)};
            isChanged = true;
            QByteArray now = fleet(8, 4);
            now = now.mid(now.indexOf("[{") + 1);
            now.truncate(now.indexOf("],\"tenants\""));
            FakeAnswer answer{412, "{\"code\":\"revision-changed\",\"detail\":\"changed\","
                                   "\"current\":" + now + '}'};
            answer.headers = {{"Content-Type", "application/problem+json"}};
            return answer;
        });
        const Ended ended = stampctl(
                {u"--source"_s,
                 u"d:rest=http://127.0.0.1:%1,events=false,pollInterval=200ms"_s.arg(server.port()),
                 u"scale"_s, u"a"_s, u"web=5"_s, u"--yes"_s});
        QVERIFY2(ended.status == 4, ended.text().constData());
        QVERIFY2(ended.err.contains("web: 3 \u2192 4 by ben at 2026-01-02T03:04:05Z; plan again"),
                 ended.text().constData());
        QVERIFY2(ended.out.contains("web 4 to 5"), ended.text().constData());
    }

    void whatIsOldTakesASecondWord()
    {
        int asked = 0, writes = 0;
        FakeHttpServer silent([&](const FakeRequest &request) -> FakeAnswer {
            if (request.path.startsWith("/v1/marks/"))
                return marked();
            if (request.method == "GET" && request.path == "/v1/fleet")
                return asked++ == 0 ? FakeAnswer{200, fleet(7, 3)} : FakeAnswer{503, "{}"};
            if (request.method == "GET")
                return {404, "{}"};
            ++writes;
            return {202, "{\"id\":\"op\",\"kind\":\"cordon\",\"state\":\"succeeded\"}"};
        });
        // Another source keeps the command waiting, until the first has fallen silent.
        FakeHttpServer slow([](const FakeRequest &) {
            FakeAnswer answer;
            answer.mode = FakeAnswer::Mode::Hang;
            return answer;
        });
        const QStringList line{
                u"--source"_s,
                u"d:rest=http://127.0.0.1:%1,events=false,pollInterval=100ms"_s.arg(silent.port()),
                u"--source"_s,
                u"s:rest=http://127.0.0.1:%1,events=false,timeout=3s"_s.arg(slow.port()),
                u"cordon"_s, u"d/a"_s, u"--yes"_s};
        const Ended refused = stampctl(line);
        QVERIFY2(refused.status == 3, refused.text().constData());
        QVERIFY2(refused.err.contains("--allow-stale"), refused.text().constData());
        QCOMPARE(writes, 0);
        asked = 0;
        const Ended done = stampctl(line + QStringList{u"--allow-stale"_s});
        QVERIFY2(done.status == 0, done.text().constData());
        QCOMPARE(writes, 1);
    }

    void whoHoldsAnOperationIsNamed()
    {
        const QString state = m_folder->filePath(u"state"_s);
        auto journal = Journal::open(state);
        VERIFY_RESULT(journal);
        JournalOperation operation;
        operation.id = u"op-held"_s;
        operation.request.kind = ActionKind::Cordon;
        operation.request.stamp = u"d/eu-west-01"_s;
        operation.target = u"eu-west-01"_s;
        operation.state = OperationState::Running;
        JournalStep step;
        step.source = u"d"_s;
        step.primitive = CordonStamp{u"eu-west-01"_s};
        operation.steps.push_back(step);
        VERIFY_RESULT((*journal)->lock(operation.id));
        AuditEntry entry;
        entry.action = u"accepted"_s;
        VERIFY_RESULT((*journal)->begin(operation, entry));
        for (const QString &verb : {u"resume"_s, u"rollback"_s}) {
            const Ended ended = stampctl({u"--source"_s, u"d:simulator=4"_s, verb, operation.id,
                                          u"--yes"_s});
            QVERIFY2(ended.status == 4, ended.text().constData());
            const QByteArray who = "process "
                    + QByteArray::number(QCoreApplication::applicationPid()) + " on ";
            QVERIFY2(ended.err.contains(who) && ended.err.contains("running since 2"),
                     ended.text().constData());
        }
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestRaces)
#include "tst_races.moc"
