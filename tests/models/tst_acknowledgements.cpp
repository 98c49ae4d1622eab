// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/acknowledgements.h"

#include "models/journal.h"

#include "tests/support/manualclock.h"
#include "tests/support/sampledata.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class TestAcknowledgements : public QObject
{
    Q_OBJECT
private:
    void tell(bool isUnhealthy)
    {
        Stamp stamp = makeStamp(u"eu-1"_s);
        stamp.health = isUnhealthy ? Health::Unhealthy : Health::Healthy;
        m_store->apply(u"prod"_s, makeUpdate({stamp}, {}));
        m_store->sync();
    }
    void open()
    {
        m_is.reset();
        auto journal = Journal::open(m_dir->path());
        VERIFY_RESULT(journal);
        m_journal = std::move(*journal);
        m_store = std::make_unique<FleetStore>(m_clock);
        SourceState source;
        source.name = u"prod"_s;
        m_store->addSource(source);
        tell(true);
        auto is = Acknowledgements::open(m_dir->path(), *m_store, *m_journal, m_clock);
        VERIFY_RESULT(is);
        m_is = std::move(*is);
        m_store->sync();
    }
    std::optional<Acknowledgement> seen()
    {
        for (const Incident &incident : fleetIncidents(*m_store->current())) {
            if (incident.id == m_id)
                return incident.acknowledged;
        }
        return std::nullopt;
    }
    void pass(std::chrono::milliseconds time)
    {
        // Its source answers all the while.
        for (; time > 0ms; time -= 1s) {
            m_clock.advance(1s);
            m_store->contact(u"prod"_s, {});
            m_store->sync();
        }
    }
    const QString m_id = u"prod/eu-1:unhealthy"_s;
    ManualClock m_clock;
    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<Journal> m_journal;
    std::unique_ptr<FleetStore> m_store;
    std::unique_ptr<Acknowledgements> m_is;

private Q_SLOTS:
    void init()
    {
        strict();
        m_dir = std::make_unique<QTemporaryDir>();
        open();
    }
    void cleanup()
    {
        m_is.reset();
        m_store.reset();
        m_journal.reset();
    }

    void itIsKeptAndAudited()
    {
        QVERIFY(!seen());
        const Acknowledgement mine{m_id, u"ada"_s, m_clock.now() + 1h, u"on it"_s, m_clock.now()};
        const auto incident = m_is->acknowledge(mine);
        VERIFY_RESULT(incident);
        QCOMPARE(incident->acknowledged, std::optional(mine));
        m_store->sync();
        QCOMPARE(seen(), std::optional(mine));
        open(); // a later process
        QCOMPARE(seen(), std::optional(mine));
        const auto audit = m_journal->audit();
        VERIFY_RESULT(audit);
        QCOMPARE(audit->size(), 1);
        QCOMPARE(audit->first().actor, u"ada"_s);
        QCOMPARE(audit->first().action, u"acknowledged"_s);
        QCOMPARE(audit->first().target, m_id);
        QCOMPARE(audit->first().reason, u"on it"_s);
        VERIFY_RESULT(m_journal->verifyAudit());
    }

    // A window and stampctl of one state directory: neither loses what the other wrote.
    void twoProcessesKeepTheirsInOneFile()
    {
        FleetStore store(m_clock);
        SourceState source;
        source.name = u"prod"_s;
        store.addSource(source);
        Stamp other = makeStamp(u"eu-2"_s);
        Stamp stamp = makeStamp(u"eu-1"_s);
        stamp.health = other.health = Health::Unhealthy;
        store.apply(u"prod"_s, makeUpdate({stamp, other}, {}));
        store.sync();
        const auto is = Acknowledgements::open(m_dir->path(), store, *m_journal, m_clock);
        VERIFY_RESULT(is);
        VERIFY_RESULT((*is)->acknowledge({u"prod/eu-2:unhealthy"_s, u"grace"_s, {}, {}}));
        VERIFY_RESULT(m_is->acknowledge({m_id, u"ada"_s, {}, u"on it"_s}));
        const auto kept = [](FleetStore &of) { return of.current()->acknowledgements.keys(); };
        m_store->sync();
        const QStringList both{m_id, u"prod/eu-2:unhealthy"_s};
        QCOMPARE(kept(*m_store), both);
        // The other hears of it at its next look.
        pass(1s);
        store.sync();
        QCOMPARE(kept(store), both);
        open();
        QCOMPARE(kept(*m_store), both);
        QVERIFY(m_store->current()->acknowledgedHere.contains(m_id));
    }

    void itEndsAtItsTime()
    {
        VERIFY_RESULT(m_is->acknowledge({m_id, u"ada"_s, m_clock.now() + 10min, {}}));
        pass(9min);
        QVERIFY(seen());
        pass(2min);
        QVERIFY(!seen());
        open();
        QVERIFY(!seen());
    }

    void itEndsWithItsIncident()
    {
        VERIFY_RESULT(m_is->acknowledge({m_id, u"ada"_s, {}, {}}));
        // Lost sight of for a while.
        tell(false);
        pass(2min);
        tell(true);
        pass(5s);
        QVERIFY(seen());
        tell(false);
        pass(6min);
        tell(true);
        QVERIFY(!seen());
    }

    void whatIsNoneOrPastIsRefused()
    {
        const auto none = m_is->acknowledge({u"prod/eu-2:unhealthy"_s, u"ada"_s, {}, {}});
        QVERIFY(!none);
        QCOMPARE(none.error().kind, ErrorKind::NotFound);
        const auto past = m_is->acknowledge({m_id, u"ada"_s, m_clock.now() - 1s, {}});
        QVERIFY(!past);
        QCOMPARE(past.error().kind, ErrorKind::Invalid);
        QCOMPARE(m_journal->auditCount().value_or(-1), 0);
    }

    void aFileOfAnotherKindIsRefused()
    {
        m_is.reset();
        QFile file(m_dir->filePath(u"acknowledgements.json"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"acknowledgements\": [{\"incident\": \"a\", \"until\": \"soon\"}]}");
        file.close();
        const auto wrong = Acknowledgements::open(m_dir->path(), *m_store, *m_journal, m_clock);
        QVERIFY(!wrong);
        QCOMPARE(wrong.error().kind, ErrorKind::Malformed);
    }

    // What a source tells counts beside our own, and ours for whoever looks here.
    void whatASourceTellsIsSeen()
    {
        FleetUpdate update = makeUpdate({}, {});
        update.complete = false;
        update.acknowledgements = {{u"eu-1:unhealthy"_s, u"bob"_s, {}, u"theirs"_s}};
        m_store->apply(u"prod"_s, update);
        m_store->sync();
        QVERIFY(seen());
        QCOMPARE(seen()->by, u"bob"_s);
        VERIFY_RESULT(m_is->acknowledge({m_id, u"ada"_s, {}, {}}));
        m_store->sync();
        QCOMPARE(seen()->by, u"ada"_s);
        update.acknowledgements = QList<Acknowledgement>();
        m_store->apply(u"prod"_s, update);
        m_store->sync();
        QCOMPARE(seen()->by, u"ada"_s);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestAcknowledgements)
#include "tst_acknowledgements.moc"
