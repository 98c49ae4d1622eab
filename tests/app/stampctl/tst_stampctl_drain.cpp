// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/stampd/stampdprogram.h"
#include "tests/support/program.h"
#include "tests/support/testmain.h"

#include <QtCore/QJsonArray>
#include <QtCore/QTemporaryDir>

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using Testing::Ended;

/// Several stampctl, each with a state directory of its own, at work on the fleet of one stampd.
class TestStampctlDrain : public QObject
{
    Q_OBJECT
private:
    [[nodiscard]] bool start(int stamps, int tenantsPerStamp, const QString &seconds = u"0.3"_s)
    {
        m_server = std::make_unique<Testing::Stampd>();
        return m_server->start(
            {u"--state"_s, m_dir->filePath(u"server"_s), u"--source"_s,
             u"simulator=%1,seed=7,calm=true,failureRate=0,tenantsPerStamp=%2,pollInterval=200ms,"
             "startSeconds=%3"_s.arg(stamps).arg(tenantsPerStamp).arg(seconds)});
    }
    // Of the person \a who.
    [[nodiscard]] QStringList line(const QString &who, const QStringList &arguments) const
    {
        return QStringList{u"--source"_s, u"d:rest="_s + m_server->url, u"--state-dir"_s,
                           m_dir->filePath(who)}
            + arguments;
    }
    [[nodiscard]] Ended ctl(const QString &who, const QStringList &arguments) const
    {
        return Testing::run(program(), line(who, arguments), m_environment);
    }
    [[nodiscard]] QJsonDocument json(const QStringList &arguments) const
    {
        return QJsonDocument::fromJson(ctl(u"ann"_s, QStringList{u"-o"_s, u"json"_s} + arguments).out);
    }
    // A person goes on where the health gate paused: at busy hours of the simulated day moves may make
    // their target slow.
    [[nodiscard]] Ended carriedThrough(Ended ended, const QString &who) const
    {
        for (int i = 0; i < 20 && ended.out.contains(": paused (operation "); ++i)
            ended = ctl(who, {u"resume"_s, u"--yes"_s});
        return ended;
    }
    // The first plan of \a command over \a names that has at least \a moves and is not refused.
    [[nodiscard]] QJsonObject planned(const QStringList &command, const QStringList &names, int moves,
                                      const QStringList &more = {}) const
    {
        for (const QString &name : names) {
            const QJsonObject plan
                = json(command + QStringList{name, u"--dry-run"_s} + more).object();
            if (plan[u"refusals"_s].toArray().isEmpty()
                && plan[u"moves"_s].toArray().size() >= moves)
                return plan;
        }
        return {};
    }
    [[nodiscard]] QStringList names(const QStringList &arguments) const
    {
        const Ended got = ctl(u"ann"_s, QStringList{u"-o"_s, u"name"_s} + arguments);
        return QString::fromUtf8(got.out).split(u'\n', Qt::SkipEmptyParts);
    }
    [[nodiscard]] QString lifecycleOf(const QString &stamp) const
    {
        return json({u"get"_s, u"stamps"_s, u"id:"_s + stamp})
            .array()[0]
            .toObject()[u"lifecycle"_s]
            .toString();
    }
    // Where each tenant is; the place of one that is not served by exactly one stamp says so.
    [[nodiscard]] QMap<QString, QString> places() const
    {
        QMap<QString, QString> all;
        const QJsonArray tenants = json({u"get"_s, u"tenants"_s}).array();
        for (const QJsonValue &value : tenants) {
            const QJsonObject tenant = value.toObject();
            const QJsonArray at = tenant[u"placements"_s].toArray();
            const bool good = at.size() == 1
                && at[0].toObject()[u"state"_s].toString() == u"serving"
                && at[0].toObject()[u"stamp"_s] == tenant[u"stamp"_s];
            all.insert(tenant[u"id"_s].toString(),
                       good ? tenant[u"stamp"_s].toString() : u"several"_s);
        }
        return all;
    }
    static QString program() { return QStringLiteral(STAMPDECK_BIN_DIR "/stampctl"); }

    std::unique_ptr<QTemporaryDir> m_dir;
    QProcessEnvironment m_environment;
    std::unique_ptr<Testing::Stampd> m_server;

private Q_SLOTS:
    void init()
    {
        Testing::strict();
        m_dir = std::make_unique<QTemporaryDir>();
        QVERIFY(m_dir->isValid());
        m_environment = Testing::environmentIn(*m_dir);
    }
    void cleanup() { m_server.reset(); }

    void aDrainGoesOnWhileOthersActOnItsStamp()
    {
        QVERIFY(start(12, 30));
        const QMap<QString, QString> before = places();
        const QJsonObject plan = planned({u"drain"_s}, names({u"get"_s, u"stamps"_s}), 28);
        QVERIFY(!plan.isEmpty());
        const QJsonArray moves = plan[u"moves"_s].toArray();
        const QString stamp = moves[0].toObject()[u"from"_s].toString();
        // One of those whose turn comes late, and where the drain would not take it.
        QString last, elsewhere;
        const QStringList active = names({u"get"_s, u"stamps"_s, u"lifecycle:active"_s});
        for (qsizetype i = moves.size() - 1; i > moves.size() / 2 && elsewhere.isEmpty(); --i) {
            last = moves[i][u"tenant"_s].toString();
            for (const QString &each : active) {
                if (each == stamp || each == moves[i][u"to"_s].toString() || !elsewhere.isEmpty())
                    continue;
                if (ctl(u"cid"_s, {u"move"_s, last, u"--to"_s, each, u"--dry-run"_s}).status == 0)
                    elsewhere = each;
            }
        }
        QVERIFY(!elsewhere.isEmpty());
        const double cpu = json({u"get"_s, u"stamps"_s, u"id:"_s + stamp})
                               .array()[0][u"resources"_s][u"cpu"_s][u"limit"_s]
                               .toDouble();

        QProcess drain;
        drain.setProcessEnvironment(m_environment);
        drain.setStandardInputFile(QProcess::nullDevice());
        drain.start(program(), line(u"ann"_s, {u"drain"_s, stamp, u"--yes"_s}));
        QVERIFY(drain.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(lifecycleOf(stamp) != u"active", 60'000);
        // What it has marked is its own until it ends: the others are told whose.
        const QStringList scale{u"scale"_s, stamp, u"cpu=%1"_s.arg(2 * cpu), u"--yes"_s};
        const Ended second = ctl(u"bob"_s, scale);
        VERIFY_STATUS(second, 4);
        QVERIFY2(second.err.contains("drain by "), second.text().constData());
        const Ended third = ctl(u"cid"_s, {u"move"_s, last, u"--to"_s, elsewhere, u"--yes"_s});
        VERIFY_STATUS(third, 4);
        QVERIFY2(third.err.contains("drain by "), third.text().constData());
        QVERIFY2(drain.state() == QProcess::Running, "the others came too late to be in its way");
        VERIFY_STATUS(carriedThrough(Testing::endedOf(drain, 300'000), u"ann"_s), 0);

        QTRY_COMPARE(lifecycleOf(stamp), u"drained"_s);
        const QMap<QString, QString> after = places();
        QCOMPARE(after.keys(), before.keys());
        for (auto it = after.begin(); it != after.end(); ++it) {
            QVERIFY2(*it != u"several" && *it != stamp, qPrintable(it.key() + u' ' + *it));
            if (before[it.key()] != stamp)
                QCOMPARE(*it, before[it.key()]);
        }
        VERIFY_STATUS(ctl(u"bob"_s, scale), 0);
        QCOMPARE(json({u"get"_s, u"stamps"_s, u"id:"_s + stamp})
                     .array()[0][u"resources"_s][u"cpu"_s][u"limit"_s]
                     .toDouble(),
                 2 * cpu);
    }

    void aDrainIsHandedOverToWhoRunsIt()
    {
        QVERIFY(start(8, 4));
        const QJsonObject plan = planned({u"drain"_s}, names({u"get"_s, u"stamps"_s}), 3);
        QVERIFY(!plan.isEmpty());
        const QString stamp = plan[u"moves"_s][0][u"from"_s].toString();
        const Ended handed = ctl(u"ann"_s, {u"drain"_s, stamp, u"--yes"_s, u"--no-wait"_s,
                                            u"--max-load"_s, u"90%"_s, u"--allow-unknown"_s});
        VERIFY_STATUS(handed, 0);
        const QString id = QString::fromUtf8(handed.out).trimmed();
        QVERIFY(!id.isEmpty());
        // Whoever asked is gone; the server's own journal has it.
        const QJsonObject operation
            = m_server->carriedThrough("/v1/operations/" + id.toLatin1());
        QCOMPARE(operation[u"kind"_s].toString(), u"drain"_s);
        QVERIFY2(operation[u"state"_s].toString() == u"succeeded",
                 QJsonDocument(operation).toJson().constData());
        QTRY_COMPARE(lifecycleOf(stamp), u"drained"_s);
        // The loser of a race is told so by its exit status.
        VERIFY_STATUS(ctl(u"bob"_s, {u"drain"_s, stamp, u"--yes"_s, u"--no-wait"_s}), 3);
    }

    void aRegionIsEvacuated()
    {
        QVERIFY(start(12, 4));
        const QJsonObject plan = planned({u"evacuate"_s, u"--region"_s},
                                         names({u"get"_s, u"regions"_s}), 3, {u"--partial"_s});
        QVERIFY(!plan.isEmpty());
        const QString region = plan[u"target"_s].toString();
        QStringList emptied;
        const QJsonArray moves = plan[u"moves"_s].toArray();
        for (const QJsonValue &move : moves) {
            if (!emptied.contains(move[u"from"_s].toString()))
                emptied.append(move[u"from"_s].toString());
        }
        VERIFY_STATUS(ctl(u"ann"_s, {u"evacuate"_s, u"--region"_s, u"nowhere"_s, u"--yes"_s}), 1);
        VERIFY_STATUS(ctl(u"ann"_s, {u"evacuate"_s, u"--yes"_s}), 2);
        const QMap<QString, QString> before = places();
        const Ended done = carriedThrough(
            ctl(u"ann"_s, {u"evacuate"_s, u"--region"_s, region, u"--parallel"_s, u"4"_s,
                           u"--partial"_s, u"--yes"_s}),
            u"ann"_s);
        QVERIFY2(done.status == 0 || done.err.contains("done in part"), done.text().constData());
        QVERIFY2(done.out.contains(QByteArray("evacuate " + region.toUtf8())), done.text().constData());
        const QMap<QString, QString> after = places();
        for (const QJsonValue &move : moves) {
            const QString tenant = move[u"tenant"_s].toString();
            QVERIFY2(!emptied.contains(after[tenant]) && after[tenant] != u"several",
                     qPrintable(tenant));
        }
        // The server takes the whole of it, too, by a request of its own.
        const QString operation = names({u"get"_s, u"operations"_s, u"kind:evacuate"_s}).value(0);
        VERIFY_STATUS(carriedThrough(ctl(u"ann"_s, {u"undo"_s, operation, u"--yes"_s}), u"ann"_s), 0);
        QCOMPARE(places(), before);
        const Ended handed = ctl(u"bob"_s, {u"evacuate"_s, u"--region"_s, region, u"--parallel"_s,
                                            u"4"_s, u"--partial"_s, u"--yes"_s, u"--no-wait"_s});
        VERIFY_STATUS(handed, 0);
        const QJsonObject ended = m_server->carriedThrough(
            "/v1/operations/" + handed.out.trimmed());
        QCOMPARE(ended[u"kind"_s].toString(), u"evacuate"_s);
        QCOMPARE(ended[u"target"_s].toString(), region);
        QCOMPARE(ended[u"state"_s].toString(), u"succeeded"_s);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestStampctlDrain)
#include "tst_stampctl_drain.moc"
