// SPDX-License-Identifier: GPL-3.0-or-later
#include "backends/api/adapter.h"
#include "backends/simulator/simulatorsettings.h"
#include "tests/support/manualclock.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QDir>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>
#include <QtCore/QPluginLoader>

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_SimulatorAdapter : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { Testing::strict(); }

    void badKeysSayWhatTheyTake_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QVariant>("value");
        QTest::addColumn<QString>("expectation");
        const auto row = [](const char *name, const QString &key, const QVariant &value,
                            const QString &expectation) {
            QTest::newRow(name) << key << value << expectation;
        };
        row("no stamps", u"stamps"_s, 0, u"1 to 100000"_s);
        row("too many stamps", u"stamps"_s, 100'001, u"1 to 100000"_s);
        row("half a stamp", u"stamps"_s, 1.5, u"a whole number"_s);
        row("stamps in words", u"stamps"_s, u"many"_s, u"a whole number"_s);
        row("true stamps", u"stamps"_s, true, u"a whole number"_s);
        row("negative tenants", u"tenantsPerStamp"_s, -1, u"0 to 1000"_s);
        row("negative seed", u"seed"_s, -1, u"a whole number from 0"_s);
        row("time stands still", u"timeScale"_s, 0, u"0.001 to 10000"_s);
        row("no number", u"timeScale"_s, std::nan(""), u"0.001 to 10000"_s);
        row("starts before", u"startSeconds"_s, -1, u"seconds"_s);
        row("fails more than always", u"failureRate"_s, 1.1, u"0 to 1"_s);
        row("rather calm", u"calm"_s, u"rather"_s, u"true or false"_s);
        row("state without a name", u"state"_s, QString(), u"the name of a file"_s);
        row("state as a number", u"state"_s, 3, u"the name of a file"_s);
        row("nobody owns it", u"owner"_s, QString(), u"a name"_s);
        row("unknown", u"speed"_s, 3, u"takes stamps"_s);
    }
    void badKeysSayWhatTheyTake()
    {
        QFETCH(QString, key);
        QFETCH(QVariant, value);
        QFETCH(QString, expectation);
        const auto settings = SimulatorSettings::fromKeys({{key, value}});
        QVERIFY(!settings);
        QVERIFY(settings.error().kind == ErrorKind::Invalid);
        const QString &message = settings.error().message;
        QVERIFY2(message.contains(u'"' + key + u'"'), qPrintable(message));
        QVERIFY2(message.contains(expectation), qPrintable(message));
    }

    void keysMayBeText()
    {
        // As `--source simulator=48,calm=true,timeScale=2` gives them.
        const auto settings = SimulatorSettings::fromKeys({{u"stamps"_s, u"12"_s},
                                                           {u"calm"_s, u"true"_s},
                                                           {u"timeScale"_s, u"2.5"_s},
                                                           {u"seed"_s, u"9"_s}});
        VERIFY_RESULT(settings);
        QCOMPARE(settings->stamps, 12);
        QVERIFY(settings->calm);
        QCOMPARE(settings->timeScale, 2.5);
        QCOMPARE(settings->seed, quint64(9));
        QVERIFY(
            !SimulatorSettings::fromKeys({{u"stamps"_s, 100'000}, {u"tenantsPerStamp"_s, 1'000}}));
    }

    void thePluginSaysWhatItIs()
    {
        const QJsonObject meta = m_loader.metaData()[u"MetaData"_s].toObject();
        QCOMPARE(m_loader.metaData()[u"IID"_s].toString(),
                 QString::fromLatin1(STAMPDECK_FLEET_ADAPTER_IID));
        QCOMPARE(meta[u"kind"_s].toString(), u"simulator"_s);
        QCOMPARE(meta[u"interface"_s].toString(), u"fleet"_s);
        QCOMPARE(meta[u"version"_s].toString(), u"1.0"_s);
        QCOMPARE(meta[u"location"_s].toString(), u"stamps"_s);
        // The metadata and the reader know the same keys, and agree on the defaults.
        const QJsonObject keys = meta[u"keys"_s].toObject();
        QVariantMap defaults;
        for (auto it = keys.begin(); it != keys.end(); ++it) {
            QVERIFY2(!it.value()[u"help"_s].toString().isEmpty(), qPrintable(it.key()));
            if (const QJsonValue value = it.value()[u"default"_s]; !value.isUndefined())
                defaults.insert(it.key(), value.toVariant());
        }
        const auto settings = SimulatorSettings::fromKeys(defaults);
        VERIFY_RESULT(settings);
        const auto plain = SimulatorSettings::fromKeys({}).value();
        QCOMPARE(settings->stamps, plain.stamps);
        QCOMPARE(settings->seed, plain.seed);
        QCOMPARE(settings->timeScale, plain.timeScale);
        QCOMPARE(settings->failureRate, plain.failureRate);
        QCOMPARE(settings->calm, plain.calm);
        QCOMPARE(settings->owner, plain.owner);
        QCOMPARE(settings->autoscaler, plain.autoscaler);
        QCOMPARE(settings->scratch, plain.scratch);
        QCOMPARE(keys.size(), 12);

        Testing::ManualClock clock;
        const auto adapter = make(clock, {});
        VERIFY_RESULT(adapter);
        QStringList capabilities;
        for (const QJsonValue &value : meta[u"capabilities"_s].toArray())
            capabilities.append(value.toString());
        QCOMPARE(toStrings((*adapter)->capabilities()), capabilities);
    }

    void badSettingsMakeNoAdapter()
    {
        Testing::ManualClock clock;
        const auto adapter = make(clock, {{u"stamps"_s, -3}});
        QVERIFY(!adapter);
        QVERIFY(adapter.error().kind == ErrorKind::Invalid);
    }

    void pollsAndWritesAnswerAtOnce()
    {
        Testing::ManualClock clock;
        const auto adapter = make(clock, {{u"stamps"_s, 6}, {u"calm"_s, true}});
        VERIFY_RESULT(adapter);
        QCOMPARE((*adapter)->endpoints(), QStringList{QString()});
        const auto polled = (*adapter)->poll({});
        QVERIFY(polled.isFinished());
        const auto update = Testing::await(polled);
        VERIFY_RESULT(update);
        QVERIFY(update->complete);
        QCOMPARE(update->stamps.size(), size_t(6));
        QVERIFY(*update->serverTime == clock.now());
        QVERIFY(*update->stamps.front()->observedAt <= clock.now());
        QVERIFY(*update->stamps.front()->observedAt > clock.now() - 6s);

        WriteContext context;
        context.actor = u"ana"_s;
        const QString stamp = update->stamps.front()->name;
        VERIFY_RESULT(Testing::await((*adapter)->perform(CordonStamp{stamp}, context)));
        VERIFY_RESULT(Testing::await((*adapter)->observe(CordonStamp{stamp}, context, {})));
        const auto undone = Testing::await((*adapter)->observe(UncordonStamp{stamp}, context, {}));
        QVERIFY(!undone);
        QVERIFY(undone.error().kind == ErrorKind::Conflict);
        const auto delta = Testing::await((*adapter)->poll({}));
        VERIFY_RESULT(delta);
        QVERIFY(!delta->complete);
        QCOMPARE(delta->stamps.size(), size_t(1));
        QVERIFY(*delta->stamps.front()->updatedAt == clock.now());
        const auto series =
            Testing::await((*adapter)->history({stamp}, {}, clock.now() - 1h, clock.now(), 1min));
        VERIFY_RESULT(series);
        QCOMPARE(series->size(), size_t(7));
    }

    void timeRunsAtItsScaleAndIsToldInOurs()
    {
        Testing::ManualClock clock;
        const auto adapter = make(clock,
                                  {{u"stamps"_s, 6},
                                   {u"calm"_s, true},
                                   {u"timeScale"_s, 60},
                                   {u"failureRate"_s, 0},
                                   {u"startSeconds"_s, 60}});
        VERIFY_RESULT(adapter);
        const auto update = Testing::await((*adapter)->poll({}));
        VERIFY_RESULT(update);
        WriteContext context;
        std::optional<ProbeTenant> probe;
        for (const TenantPtr &tenant : update->tenants) {
            for (const StampPtr &stamp : update->stamps) {
                if (!probe && stamp->name != tenant->stamp
                    && Testing::await((*adapter)->perform(
                        PlaceTenant{tenant->id, tenant->stamp, stamp->name}, context)))
                    probe = ProbeTenant{tenant->id, stamp->name};
            }
        }
        QVERIFY(probe.has_value());
        // A minute of theirs is a second of ours.
        clock.advance(900ms);
        auto is = Testing::await((*adapter)->perform(*probe, context));
        VERIFY_RESULT(is);
        QVERIFY(!is->done);
        clock.advance(100ms);
        is = Testing::await((*adapter)->observe(*probe, context, is->handle));
        VERIFY_RESULT(is);
        QVERIFY(is->done);
        // A clock that somebody sets does not move the fleet.
        clock.setWall(clock.now() + 48h);
        const auto delta = Testing::await((*adapter)->poll({}));
        VERIFY_RESULT(delta);
        for (const StampPtr &stamp : delta->stamps)
            QVERIFY(*stamp->observedAt < clock.now() - 47h);
    }

private:
    [[nodiscard]] Result<std::unique_ptr<FleetAdapter>> make(Clock &clock, const QVariantMap &keys)
    {
        auto *plugin = qobject_cast<FleetAdapterPlugin *>(m_loader.instance());
        if (!plugin)
            return fail(ErrorKind::Invalid, m_loader.errorString());
        SourceSettings settings;
        settings.name = u"demo"_s;
        settings.adapter = u"simulator"_s;
        settings.keys = keys;
        return plugin->create(settings, clock);
    }

    QPluginLoader m_loader{QStringLiteral(STAMPDECK_ADAPTER_DIR "/libsimulator.so")};
};

STAMPDECK_TEST_MAIN(QCoreApplication, tst_SimulatorAdapter)
#include "tst_simulatoradapter.moc"
