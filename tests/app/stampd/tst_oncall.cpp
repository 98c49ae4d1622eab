// SPDX-License-Identifier: GPL-3.0-or-later
#include "oncallengines.h"

#include "tests/support/program.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using Testing::Engine;

/// Incidents from one end to the other on the command line: stampd's figures, a real Prometheus, a
/// real Alertmanager, and stampctl, which silences there and acknowledges at stampd.
class TestOnCall : public QObject
{
    Q_OBJECT

    Testing::Stampd m_stampd;
    Engine m_prometheus{u"prometheus"_s};
    Engine m_alertmanager{u"alertmanager"_s};
    QTemporaryDir m_dir;
    QString m_config;

    Testing::Ended ctl(const QStringList &arguments)
    {
        return Testing::run(QStringLiteral(STAMPDECK_BIN_DIR "/stampctl"),
                            QStringList{u"--config"_s, m_config, u"--state-dir"_s,
                                        m_dir.filePath(u"state"_s), u"-o"_s, u"json"_s}
                                + arguments,
                            Testing::environmentIn(m_dir));
    }
    QJsonObject incident(const QString &title)
    {
        const Testing::Ended told = ctl({u"get"_s, u"incidents"_s});
        for (const auto &each : QJsonDocument::fromJson(told.out).array()) {
            if (each[u"title"_s].toString() == title)
                return each.toObject();
        }
        return {};
    }
    QJsonDocument alertmanager(const QString &path)
    {
        return Testing::askAlertmanager(m_alertmanager, path);
    }
    bool configure(const QString &alertmanagerUrl)
    {
        QFile file(m_config);
        return file.open(QIODevice::WriteOnly)
            && file.write(
                       u"sources: [{name: team, adapter: rest, url: \"%1\", pollInterval: 1s}]\n"
                       "incidents: [{adapter: alertmanager, url: \"%2\", timeout: 2s}]\n"
                       "incidentRules: {regionLoss: {enabled: false}}\n"_s
                           .arg(m_stampd.url, alertmanagerUrl)
                           .toUtf8())
            > 0;
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_config = m_dir.filePath(u"fleet.yaml"_s);
        m_alertmanager.setConfig(Testing::alertmanagerConfig());
        START_ENGINE(m_alertmanager);
        QVERIFY(m_stampd.start({u"--stamps"_s, u"3"_s, u"--tenants-per-stamp"_s, u"6"_s}));
        Testing::watchFleet(m_prometheus, m_stampd, m_alertmanager,
                            u"stampd_stamp_cpu_limit_cores > 0"_s);
        START_ENGINE(m_prometheus);
        QVERIFY(configure(m_alertmanager.url()));
    }
    void init() { Testing::strict(); }

    void theIncidentIsOnItsStamp()
    {
        QTRY_VERIFY_WITH_TIMEOUT(!incident(u"Large"_s).isEmpty(), 20'000);
        const QJsonObject large = incident(u"Large"_s);
        QCOMPARE(large[u"source"_s].toString(), u"alertmanager"_s);
        QCOMPARE(large[u"severity"_s].toString(), u"critical"_s);
        QCOMPARE(large[u"state"_s].toString(), u"firing"_s);
        QCOMPARE(large[u"stamps"_s].toArray().size(), 1);
        const QString stamp = large[u"stamps"_s][0].toString();
        QVERIFY(stamp.startsWith(u"team/"_s));
        QCOMPARE(m_stampd.get(u"/v1/stamps/"_s + stamp.section(u'/', 1)).status, 200);
        QCOMPARE(large[u"tenants"_s].toArray().size(), 6);
        QCOMPARE(large[u"links"_s][0][u"url"_s].toString(), u"https://runbooks.example/large"_s);
        QVERIFY(large[u"silenced"_s].isNull() && large[u"acknowledged"_s].isNull());
        // Found by what it hits.
        const Testing::Ended hit = ctl({u"get"_s, u"incidents"_s, stamp.section(u'/', 1)});
        QVERIFY(hit.out.contains(large[u"id"_s].toString().toUtf8()));
        const Testing::Ended sources = ctl({u"get"_s, u"sources"_s});
        QCOMPARE(QJsonDocument::fromJson(sources.out).array().size(), 2);
    }

    void acknowledgedAtStampdAndNowhereElse()
    {
        const QString id = incident(u"Large"_s)[u"id"_s].toString();
        const QJsonDocument before = alertmanager(u"/silences"_s);
        const Testing::Ended kept = ctl({u"acknowledge"_s, id, u"--note"_s, u"on it"_s});
        QVERIFY2(kept.status == 0, kept.err.constData());
        QTRY_COMPARE(incident(u"Large"_s)[u"acknowledged"_s][u"note"_s].toString(), u"on it"_s);
        QVERIFY(!incident(u"Large"_s)[u"acknowledged"_s][u"at"_s].isNull());
        QCOMPARE(alertmanager(u"/silences"_s), before);
        // Whoever else looks at this stampd is told by its digest.
        const QJsonArray told = m_stampd.get(u"/v1/fleet"_s).json()[u"acknowledgements"_s].toArray();
        QCOMPARE(told.size(), 1);
        QCOMPARE(told[0][u"incident"_s].toString(), id.section(u'/', 1));
        QCOMPARE(m_stampd.post(u"/v1/incidents/alert%3A12:acknowledge"_s).status, 404);
    }

    void silencedAtAlertmanager()
    {
        const QJsonObject large = incident(u"Large"_s);
        const QString id = large[u"id"_s].toString();
        const Testing::Ended dry = ctl({u"silence"_s, id, u"--for"_s, u"2h"_s, u"--comment"_s, u"known"_s,
                               u"--dry-run"_s});
        QVERIFY2(dry.status == 0, dry.err.constData());
        QCOMPARE(alertmanager(u"/silences"_s).array().size(), 0);
        const Testing::Ended made =
            ctl({u"silence"_s, id, u"--for"_s, u"2h"_s, u"--comment"_s, u"known"_s,
                 u"--yes"_s});
        QVERIFY2(made.status == 0, made.err.constData());
        const QJsonArray silences = alertmanager(u"/silences"_s).array();
        QCOMPARE(silences.size(), 1);
        QCOMPARE(silences[0][u"comment"_s].toString(), u"known"_s);
        QCOMPARE(silences[0][u"status"_s][u"state"_s].toString(), u"active"_s);
        const auto isSilenced = [&] {
            const Testing::Ended told = ctl({u"get"_s, u"incidents"_s});
            for (const auto &each : QJsonDocument::fromJson(told.out).array()) {
                if (each[u"id"_s].toString() == id)
                    return each[u"silenced"_s][u"matchers"_s].toString().contains(u"alertname"_s);
            }
            return false;
        };
        QTRY_VERIFY_WITH_TIMEOUT(isSilenced(), 10'000);
        // What only the fleet says no alert tells of.
        const Testing::Ended none = ctl({u"silence"_s, u"nothing"_s, u"--for"_s, u"2h"_s, u"--comment"_s,
                                u"x"_s});
        QCOMPARE(none.status, 1);
    }

    // The last one: stampctl says what it has, and that somebody did not answer.
    void aFeedThatIsDownHidesNothing()
    {
        QVERIFY(configure(u"http://127.0.0.1:9"_s));
        const Testing::Ended told = ctl({u"get"_s, u"incidents"_s});
        QCOMPARE(told.status, 5);
        QVERIFY(told.err.contains("alertmanager"));
        QVERIFY(QJsonDocument::fromJson(told.out).isArray());
        QVERIFY(ctl({u"get"_s, u"stamps"_s}).status == 0); // nobody else suffers
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestOnCall)
#include "tst_oncall.moc"
