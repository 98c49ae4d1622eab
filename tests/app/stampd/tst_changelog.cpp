// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/stampd/changelog.h"

#include "models/fleetstore.h"

#include "tests/support/manualclock.h"
#include "tests/support/sampledata.h"
#include "tests/support/testmain.h"

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// What clients of the API are told of as a change.
class TestChangeLog : public QObject
{
    Q_OBJECT
private:
    void advance(std::chrono::milliseconds by)
    {
        m_clock->advance(by);
        m_store->sync();
        m_store->sync();
    }
    void tell(const QString &stamp, int replicas)
    {
        Stamp told = makeStamp(stamp);
        told.components = {{u"api"_s, replicas, replicas, 1, 10, Health::Healthy, {}}};
        FleetUpdate update = makeUpdate({told}, {});
        update.complete = false;
        m_store->apply(u"prod"_s, update);
        m_store->sync();
    }

    std::unique_ptr<ManualClock> m_clock;
    std::unique_ptr<FleetStore> m_store;

private Q_SLOTS:
    void init()
    {
        strict();
        m_clock = std::make_unique<ManualClock>();
        m_store = std::make_unique<FleetStore>(*m_clock);
        SourceState source;
        source.name = u"prod"_s;
        source.adapter = u"rest"_s;
        source.pollInterval = 20s;
        m_store->addSource(source);
        m_store->sync();
    }
    void cleanup()
    {
        m_store.reset();
        m_clock.reset();
    }

    void newSamplesAloneAreNoChange()
    {
        tell(u"eu-1"_s, 3);
        tell(u"eu-2"_s, 3);
        ChangeLog log(*m_store);
        const auto serial = m_store->current()->serial;
        advance(31s); // each sparkline has a new value
        QVERIFY(m_store->current()->serial > serial);
        QCOMPARE(log.cut().number, quint64(0));
        QCOMPARE(log.cut().version->serial, m_store->current()->serial);

        tell(u"eu-2"_s, 5);
        const ChangeLog::Cut cut = log.cut();
        QCOMPARE(cut.number, quint64(1));
        const auto delta = log.since(0, cut);
        QVERIFY(delta);
        QCOMPARE(delta->stamps, std::vector<int>{cut.version->findStamp(u"eu-2"_s).value_or(-1)});
    }

    void whatGoesStaleIsAChange()
    {
        tell(u"eu-1"_s, 3);
        ChangeLog log(*m_store);
        advance(10min);
        QVERIFY(m_store->current()->counts.stale == 1);
        const ChangeLog::Cut cut = log.cut();
        const auto delta = log.since(0, cut);
        QVERIFY(delta);
        QCOMPARE(delta->stamps.size(), size_t(1));
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestChangeLog)
#include "tst_changelog.moc"
