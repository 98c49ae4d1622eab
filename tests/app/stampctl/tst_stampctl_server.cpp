// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/program.h"
#include "tests/support/testmain.h"

#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QTemporaryDir>
#include <QtNetwork/QTcpServer>

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using Testing::Ended;

/// stampctl against a real stampd, over the network.
class TestStampctlServer : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        Testing::strict();
        m_dir = std::make_unique<QTemporaryDir>();
        QVERIFY(m_dir->isValid());
        m_environment = Testing::environmentIn(*m_dir);
    }
    void cleanup() { stop(); }

    void aFleetIsListedAndChanged()
    {
        QVERIFY(start({}));
        const QJsonArray stamps = json({u"get"_s, u"stamps"_s});
        QCOMPARE(stamps.size(), 4);
        const QString stamp = stamps[0].toObject()[u"id"_s].toString();
        VERIFY_STATUS(ctl({u"cordon"_s, stamp, u"--yes"_s, u"--reason"_s, u"r\u00e4ck"_s}), 0);
        QCOMPARE(json({u"get"_s, u"stamps"_s, u"id:"_s + stamp})[0].toObject()[u"lifecycle"_s],
                 QJsonValue(u"cordoned"_s));
        const Ended again = ctl({u"cordon"_s, stamp, u"--yes"_s});
        VERIFY_STATUS(again, 3);
        // Handed over: the server runs it, and nobody waits here.
        const Ended handed = ctl({u"uncordon"_s, stamp, u"--yes"_s, u"--no-wait"_s});
        VERIFY_STATUS(handed, 0);
        QVERIFY(!handed.out.trimmed().isEmpty());
        QTRY_COMPARE(json({u"get"_s, u"stamps"_s, u"id:"_s + stamp})[0].toObject()[u"lifecycle"_s],
                     QJsonValue(u"active"_s));
    }

    void aMoveOverTheNetwork()
    {
        QVERIFY(start({}));
        const auto [tenant, to] = movable();
        QVERIFY(!tenant.isEmpty());
        VERIFY_STATUS(ctl({u"move"_s, tenant, u"--to"_s, to, u"--yes"_s}), 0);
        QCOMPARE(json({u"get"_s, u"tenants"_s, u"stamp:"_s + to}).size(), 5);
    }

    void aFullStampRefuses()
    {
        QVERIFY(start({}));
        const auto [tenant, to] = movable();
        // As small as what is on it leaves no room for one more.
        const QJsonObject cpu = json({u"get"_s, u"stamps"_s, u"id:"_s + to})[0]
                                        .toObject()[u"resources"_s].toObject()[u"cpu"_s].toObject();
        const double taken = std::max(cpu[u"reserved"_s].toDouble(), cpu[u"used"_s].toDouble());
        VERIFY_STATUS(ctl({u"scale"_s, to, u"cpu=%1"_s.arg(taken + 0.05, 0, 'f', 3), u"--yes"_s}), 0);
        const Ended full = ctl({u"move"_s, tenant, u"--to"_s, to, u"--yes"_s});
        VERIFY_STATUS(full, 3);
        QVERIFY2(full.err.contains("refused (capacity)"), full.text().constData());
        QVERIFY2(full.err.contains("raise its cpu limit"), full.text().constData());
    }

    void anInFlightTenantIsSomebodyElses()
    {
        QVERIFY(start({}, u"3600"_s));
        const auto [tenant, to] = movable();
        const Ended handed = ctl({u"move"_s, tenant, u"--to"_s, to, u"--yes"_s, u"--no-wait"_s});
        VERIFY_STATUS(handed, 0);
        const QString operation = QString::fromUtf8(handed.out).trimmed();
        const Ended second = ctl({u"move"_s, tenant, u"--to"_s, to, u"--yes"_s});
        VERIFY_STATUS(second, 4);
        // And the server's operation takes verbs from here.
        VERIFY_STATUS(ctl({u"cancel"_s, operation}), 0);
    }

    void aWrongAddressIsUnreachable()
    {
        m_url = u"http://127.0.0.1:%1"_s.arg(freePort());
        const Ended get = ctl({u"get"_s, u"stamps"_s});
        VERIFY_STATUS(get, 5);
        QVERIFY2(get.err.contains("d: unreachable"), get.text().constData());
        VERIFY_STATUS(ctl({u"cordon"_s, u"d/eu-1"_s, u"--yes"_s}), 5);
        VERIFY_STATUS(ctl({u"move"_s, u"acme"_s, u"--to"_s, u"eu-1"_s, u"--yes"_s}), 5);
    }

    void whatAnswersIsPrintedWhateverElseFails()
    {
        QVERIFY(start({}));
        const Ended get = Testing::run(
                program(),
                {u"--source"_s, u"d:rest="_s + m_url, u"--source"_s,
                 u"gone:rest=http://127.0.0.1:%1"_s.arg(freePort()), u"-o"_s, u"json"_s, u"get"_s,
                 u"stamps"_s},
                m_environment);
        VERIFY_STATUS(get, 5);
        QCOMPARE(QJsonDocument::fromJson(get.out).array().size(), 4);
        QVERIFY2(get.err.contains("gone: unreachable"), get.text().constData());
    }

    void tokensDecide()
    {
        const QString tokens = m_dir->filePath(u"tokens"_s);
        QFile file(tokens);
        QVERIFY(file.open(QFile::WriteOnly));
        file.write("right-token-1234567890 ann operator\nviewing-token-1234567890 vic viewer\n");
        file.close();
        QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner));
        QVERIFY(start({u"--token-file"_s, tokens}));
        VERIFY_STATUS(ctl({u"get"_s, u"stamps"_s}), 6); // no token at all
        m_environment.insert(u"T"_s, u"wrong-token-1234567890"_s);
        m_keys = u",token.env=T"_s;
        const Ended wrong = ctl({u"get"_s, u"stamps"_s});
        VERIFY_STATUS(wrong, 6);
        QVERIFY2(wrong.err.contains("unauthenticated"), wrong.text().constData());
        QVERIFY(!wrong.err.contains("wrong-token"));
        m_environment.insert(u"T"_s, u"viewing-token-1234567890"_s);
        const QString stamp = json({u"get"_s, u"stamps"_s})[0].toObject()[u"id"_s].toString();
        QVERIFY(!stamp.isEmpty());
        VERIFY_STATUS(ctl({u"cordon"_s, stamp, u"--yes"_s}), 6);
        m_environment.insert(u"T"_s, u"right-token-1234567890"_s);
        VERIFY_STATUS(ctl({u"cordon"_s, stamp, u"--yes"_s}), 0);
    }

    void aServerThatMisbehavesIsToldByItsFault_data()
    {
        QTest::addColumn<QString>("fault");
        QTest::addColumn<QByteArray>("kind");
        QTest::newRow("fails") << u"error-rate=1"_s << QByteArray("d: not-now");
        QTest::newRow("talks nonsense") << u"garbage=1"_s << QByteArray("d: malformed");
        QTest::newRow("never answers") << u"hang=1"_s << QByteArray("d: timeout");
    }

    void aServerThatMisbehavesIsToldByItsFault()
    {
        QFETCH(QString, fault);
        QFETCH(QByteArray, kind);
        QVERIFY(start({u"--fault"_s, fault}));
        m_keys = u",timeout=2s"_s;
        const Ended get = ctl({u"get"_s, u"stamps"_s});
        VERIFY_STATUS(get, 5);
        QVERIFY2(get.err.contains(kind), get.text().constData());
    }

    void aServerThatDiesInTheMiddle()
    {
        QVERIFY(start({}, u"3600"_s));
        const auto [tenant, to] = movable();
        QProcess move;
        move.setProcessEnvironment(m_environment);
        move.setStandardInputFile(QProcess::nullDevice());
        move.start(program(), {u"--source"_s, u"d:rest="_s + m_url, u"move"_s, tenant, u"--to"_s, to,
                               u"--yes"_s});
        QVERIFY(move.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(
                json({u"get"_s, u"tenants"_s, u"tenant:"_s + tenant.section(u'/', 1)})[0]
                                .toObject()[u"placements"_s]
                                .toArray()
                                .size()
                        == 2,
                60'000);
        m_server.kill();
        m_server.waitForFinished();
        // It is patient for half a minute, then leaves the rest to a person.
        const Ended ended = Testing::endedOf(move);
        VERIFY_STATUS(ended, 5);
        QVERIFY2(ended.out.contains("paused"), ended.text().constData());
        QVERIFY2(ended.err.contains("resume "), ended.text().constData());
    }

private:
    static QString program() { return QStringLiteral(STAMPDECK_BIN_DIR "/stampctl"); }
    static quint16 freePort()
    {
        QTcpServer server;
        server.listen(QHostAddress::LocalHost);
        return server.serverPort();
    }
    [[nodiscard]] bool start(const QStringList &arguments, const QString &startSeconds = u"0.05"_s)
    {
        m_server.setStandardInputFile(QProcess::nullDevice());
        m_server.setProcessChannelMode(QProcess::SeparateChannels);
        m_server.start(QStringLiteral(STAMPDECK_BIN_DIR "/stampd"),
                       QStringList{u"--listen"_s, u"127.0.0.1:0"_s, u"--state"_s,
                                   m_dir->filePath(u"server"_s), u"--source"_s,
                                   u"simulator=4,seed=7,calm=true,failureRate=0,tenantsPerStamp=4,"
                                   "pollInterval=200ms,startSeconds="_s + startSeconds}
                               + arguments);
        if (!m_server.waitForStarted())
            return false;
        while (!m_server.canReadLine() && m_server.waitForReadyRead(60'000)) { }
        const QString line = QString::fromUtf8(m_server.readLine()).trimmed();
        m_url = line.section(u' ', -1);
        m_keys.clear();
        return line.startsWith(u"listening on http://");
    }
    void stop()
    {
        if (m_server.state() == QProcess::NotRunning)
            return;
        m_server.terminate();
        if (!m_server.waitForFinished(30'000)) {
            m_server.kill();
            m_server.waitForFinished();
        }
    }
    [[nodiscard]] Ended ctl(const QStringList &arguments) const
    {
        return Testing::run(program(),
                            QStringList{u"--source"_s, u"d:rest="_s + m_url + m_keys} + arguments,
                            m_environment);
    }
    [[nodiscard]] QJsonArray json(const QStringList &arguments) const
    {
        return QJsonDocument::fromJson(ctl(QStringList{u"-o"_s, u"json"_s} + arguments).out).array();
    }
    [[nodiscard]] std::pair<QString, QString> movable() const
    {
        const QJsonArray tenants = json({u"get"_s, u"tenants"_s});
        const QJsonArray stamps = json({u"get"_s, u"stamps"_s});
        for (const QJsonValue &value : tenants) {
            const QJsonObject tenant = value.toObject();
            const QJsonObject binds = tenant[u"constraints"_s].toObject();
            if (binds[u"pinned"_s].toBool() || binds[u"exclusive"_s].toBool()
                || !binds[u"regions"_s].toArray().isEmpty()
                || !binds[u"antiAffinity"_s].toString().isEmpty())
                continue;
            const QString id = tenant[u"id"_s].toString();
            for (const QJsonValue &stamp : stamps) {
                const QString to = stamp.toObject()[u"id"_s].toString();
                if (to != tenant[u"stamp"_s].toString()
                    && ctl({u"move"_s, id, u"--to"_s, to, u"--dry-run"_s}).status == 0)
                    return {id, to};
            }
        }
        return {};
    }

    std::unique_ptr<QTemporaryDir> m_dir;
    QProcessEnvironment m_environment;
    QProcess m_server;
    QString m_url;
    QString m_keys;
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestStampctlServer)
#include "tst_stampctl_server.moc"
