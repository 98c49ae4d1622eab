// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/acknowledgements.h"

#include "models/filelock.h"
#include "models/journal.h"

#include "tests/support/manualclock.h"
#include "tests/support/sampledata.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFile>
#include <QtCore/QRegularExpression>
#include <QtCore/QTemporaryDir>

#include <csignal>

#include <sys/resource.h>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

// No file can be written while one lives, as on a full disk.
class FullDisk
{
public:
    FullDisk()
        : m_handler(std::signal(SIGXFSZ, SIG_IGN))
    {
        ::getrlimit(RLIMIT_FSIZE, &m_before);
        const rlimit none{0, m_before.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &none);
    }
    ~FullDisk()
    {
        ::setrlimit(RLIMIT_FSIZE, &m_before);
        std::signal(SIGXFSZ, m_handler);
    }
    Q_DISABLE_COPY_MOVE(FullDisk)

private:
    rlimit m_before{};
    void (*m_handler)(int);
};

// Lets days pass without all the looks of every second in them.
class LeapingClock final : public Clock
{
public:
    explicit LeapingClock(ManualClock &clock)
        : m_clock(clock)
    {
    }
    [[nodiscard]] Timestamp now() const override { return m_clock.now() + m_leap; }
    [[nodiscard]] std::chrono::milliseconds elapsed() const override
    {
        return m_clock.elapsed() + m_leap;
    }
    TimerId callLater(std::chrono::milliseconds delay, QObject *context,
                      std::function<void()> call) override
    {
        return m_clock.callLater(delay, context, std::move(call));
    }
    void cancel(TimerId timer) override { m_clock.cancel(timer); }
    void leap(std::chrono::milliseconds step) { m_leap += step; }

private:
    ManualClock &m_clock;
    std::chrono::milliseconds m_leap{0};
};

} // namespace

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
    void pass(std::chrono::milliseconds time, FleetStore *other = nullptr)
    {
        // Its source answers all the while.
        for (; time > 0ms; time -= 1s) {
            m_clock.advance(1s);
            for (FleetStore *store : {m_store.get(), other}) {
                if (!store)
                    continue;
                store->contact(u"prod"_s, {});
                store->sync();
            }
        }
    }
    Result<Incident> keep(Acknowledgements &in, const Acknowledgement &acknowledgement)
    {
        return await(in.acknowledge(acknowledgement));
    }
    // A fleet of another process, in which these are unhealthy.
    std::unique_ptr<FleetStore> another(const QStringList &stamps)
    {
        auto store = std::make_unique<FleetStore>(m_clock);
        SourceState source;
        source.name = u"prod"_s;
        store->addSource(source);
        QList<Stamp> told;
        for (const QString &name : stamps) {
            told.append(makeStamp(name));
            told.last().health = Health::Unhealthy;
        }
        store->apply(u"prod"_s, makeUpdate(told, {}));
        store->sync();
        return store;
    }
    QStringList shown(FleetStore &store)
    {
        store.sync();
        return store.current()->acknowledgements.keys();
    }
    QString fileName() { return m_dir->filePath(u"acknowledgements.json"_s); }
    QByteArray file()
    {
        QFile file(fileName());
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    void setFile(const QByteArray &text)
    {
        QFile file(fileName());
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(text), text.size());
    }
    const QString m_id = u"prod/eu-1:unhealthy"_s;
    const QString m_other = u"prod/eu-2:unhealthy"_s; // of a stamp that is not seen here
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
        const auto incident = keep(*m_is, mine);
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

    // A window and stampctl of one state directory: neither loses what the other wrote, though it
    // is of a fleet that the one doesn't see.
    void twoProcessesKeepTheirsInOneFile()
    {
        const auto store = another({u"eu-1"_s, u"eu-2"_s});
        auto is = Acknowledgements::open(m_dir->path(), *store, *m_journal, m_clock);
        VERIFY_RESULT(is);
        VERIFY_RESULT(keep(**is, {m_other, u"grace"_s, {}, {}}));
        VERIFY_RESULT(keep(*m_is, {m_id, u"ada"_s, {}, u"on it"_s}));
        const QStringList both{m_id, m_other};
        QCOMPARE(shown(*m_store), both);
        // The other hears of it at its next look.
        pass(1s);
        QCOMPARE(shown(*store), both);
        // Over for all that ours knows, and not over.
        pass(Acknowledgements::grace + 2s, store.get());
        QCOMPARE(shown(*store), both);
        QCOMPARE(shown(*m_store), QStringList{m_id});
        QVERIFY(file().contains(m_other.toUtf8()));
        VERIFY_RESULT(keep(*m_is, {m_id, u"ada"_s, {}, u"still"_s}));
        QVERIFY(file().contains(m_other.toUtf8()));
        // It goes with what sees it.
        Stamp well = makeStamp(u"eu-2"_s);
        FleetUpdate update = makeUpdate({well}, {});
        update.complete = false;
        store->apply(u"prod"_s, update);
        pass(Acknowledgements::grace + 2s, store.get());
        QVERIFY(!file().contains(m_other.toUtf8()));
        is->reset();
        open();
        QCOMPARE(shown(*m_store), QStringList{m_id});
        QVERIFY(m_store->current()->acknowledgedHere.contains(m_id));
    }

    // Whatever fleet it is of: the time that it names is everybody's, and so is the long one.
    void whatNobodyHereSeesGoesInTheEnd()
    {
        setFile("{\"acknowledgements\": [{\"incident\": \"prod/eu-2:unhealthy\", \"by\": \"bob\", "
                "\"until\": null}, {\"incident\": \"prod/eu-3:unhealthy\", \"by\": \"bob\", "
                "\"until\": \""
                + toRfc3339(m_clock.now() + 10min).toUtf8() + "\"}]}");
        LeapingClock clock(m_clock);
        m_is.reset();
        auto is = Acknowledgements::open(m_dir->path(), *m_store, *m_journal, clock);
        VERIFY_RESULT(is);
        pass(9min);
        QVERIFY(file().contains("eu-3"));
        pass(2min);
        QVERIFY(!file().contains("eu-3"));
        QVERIFY(file().contains("eu-2"));
        clock.leap(Acknowledgements::foreignGrace - 12min);
        pass(2s);
        QVERIFY(file().contains("eu-2"));
        clock.leap(2min);
        pass(2s);
        QVERIFY(!file().contains("eu-2"));
    }

    // Once it has been over, one that is told again is another: it is nobody's.
    void itIsOfTheOneThatItWasSaidOf()
    {
        setFile("{\"acknowledgements\": [{\"incident\": \"prod/eu-1:unhealthy\", \"by\": \"bob\", "
                "\"until\": null}]}");
        tell(false);
        open();
        tell(false);
        pass(Acknowledgements::grace + 2s);
        tell(true);
        QVERIFY(!seen());
        pass(1s);
        QVERIFY(!seen());
        QVERIFY(!file().contains("eu-1")); // it is of a fleet that is seen here
    }

    // A file that somebody spoilt may hold what can be mended: it is no worse for us.
    void whatCannotBeReadIsNotOverwritten()
    {
        VERIFY_RESULT(keep(*m_is, {m_id, u"ada"_s, m_clock.now() + 10s, {}}));
        const QByteArray spoilt = "{\"acknowledgements\": [{\"incident\": \"prod/eu-2";
        setFile(spoilt);
        QTest::ignoreMessage(QtWarningMsg,
                             QRegularExpression(u"acknowledgements.json holds no acknowledgements: "
                                                "move it away to start anew$"_s));
        pass(12s); // and says so once
        QVERIFY(!seen());
        QCOMPARE(file(), spoilt);
        const auto kept = keep(*m_is, {m_id, u"ada"_s, {}, {}});
        QVERIFY(!kept);
        QCOMPARE(kept.error().kind, ErrorKind::Malformed);
        QCOMPARE(file(), spoilt);
        QVERIFY(QFile::remove(fileName()));
        VERIFY_RESULT(keep(*m_is, {m_id, u"ada"_s, {}, {}}));
        m_store->sync();
        QVERIFY(seen());
    }

    // Where the disk is full it counts no more here, and is taken out when there is room.
    void whatCannotBeForgottenIsLater()
    {
        VERIFY_RESULT(keep(*m_is, {m_id, u"ada"_s, {}, {}}));
        tell(false);
        pass(2s);
        {
            const FullDisk full;
            QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"^cannot write "_s));
            pass(Acknowledgements::grace + 2s);
            QVERIFY(shown(*m_store).isEmpty());
            tell(true);
            pass(2s);
            QVERIFY(!seen());
        }
        QVERIFY(file().contains("eu-1"));
        pass(1s);
        QVERIFY(!file().contains("eu-1"));
        QVERIFY(!seen());
    }

    void whatOthersWroteIsShownThoughOursFails()
    {
        const auto store = another({u"eu-2"_s});
        const auto is = Acknowledgements::open(m_dir->path(), *store, *m_journal, m_clock);
        VERIFY_RESULT(is);
        VERIFY_RESULT(keep(**is, {m_other, u"grace"_s, {}, {}}));
        {
            const FullDisk full;
            const auto kept = keep(*m_is, {m_id, u"ada"_s, {}, {}});
            QVERIFY(!kept);
            QCOMPARE(kept.error().kind, ErrorKind::Denied);
        }
        QCOMPARE(shown(*m_store), QStringList{m_other});
    }

    // It may be a window that asks: it goes on meanwhile.
    void whoeverWritesIsNotWaitedFor()
    {
        auto lock = FileLock::tryAcquire(fileName() + u".lock"_s);
        VERIFY_RESULT(lock);
        const auto late = m_is->acknowledge({m_id, u"ada"_s, {}, {}});
        QVERIFY(!late.isFinished());
        m_clock.advance(100ms);
        QVERIFY(!late.isFinished());
        lock->release();
        m_clock.advance(100ms);
        VERIFY_RESULT(await(late));
        QVERIFY(file().contains("eu-1"));

        lock = FileLock::tryAcquire(fileName() + u".lock"_s);
        VERIFY_RESULT(lock);
        const auto never = m_is->acknowledge({m_id, u"bob"_s, {}, {}});
        QVERIFY(!never.isFinished());
        m_clock.advance(500ms);
        QVERIFY(never.isFinished());
        QVERIFY(!never.result());
        const Error error = never.result().error();
        QCOMPARE(error.kind, ErrorKind::Conflict);
        QVERIFY2(error.message.contains(processName()), qPrintable(error.message));
        QVERIFY2(error.message.endsWith(u": try again"_s), qPrintable(error.message));
        QVERIFY(!file().contains("bob"));

        // Whoever asked hears of it when there is nobody left to keep it.
        const auto orphan = m_is->acknowledge({m_id, u"bob"_s, {}, {}});
        m_is.reset();
        m_clock.advance(100ms);
        QVERIFY(orphan.isFinished());
        QCOMPARE(orphan.result().error().kind, ErrorKind::Cancelled);
    }

    // Who only looks takes nothing out.
    void whoMayNotWriteDoesNot()
    {
        VERIFY_RESULT(keep(*m_is, {m_id, u"ada"_s, m_clock.now() + 10s, {}}));
        m_is.reset();
        m_is = Acknowledgements::openAnyway(m_dir->path(), *m_store, *m_journal, m_clock,
                                            Acknowledgements::Access::ReadOnly);
        pass(9s);
        QVERIFY(seen());
        pass(3s);
        QVERIFY(!seen());
        QVERIFY(shown(*m_store).isEmpty());
        QVERIFY(file().contains("eu-1"));
    }

    void itEndsAtItsTime()
    {
        VERIFY_RESULT(keep(*m_is, {m_id, u"ada"_s, m_clock.now() + 10min, {}}));
        pass(9min);
        QVERIFY(seen());
        pass(2min);
        QVERIFY(!seen());
        open();
        QVERIFY(!seen());
    }

    void itEndsWithItsIncident()
    {
        VERIFY_RESULT(keep(*m_is, {m_id, u"ada"_s, {}, {}}));
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

    // Whoever watches the fleet knows what has really ended, and what came back.
    void itEndsAtOnceWithWhatWasSeenToEnd()
    {
        const auto watched = [&](bool isOpen, std::optional<Timestamp> endedAt) {
            auto book = std::make_shared<IncidentBook>();
            const QList<Incident> all = fleetIncidents(*m_store->current());
            if (isOpen)
                book->open.push_back(std::make_shared<Incident>(all.value(0)));
            if (endedAt) {
                Incident ended;
                ended.id = m_id;
                ended.kind = IncidentKind::Unhealthy;
                ended.firing = false;
                ended.endsAt = endedAt;
                book->closed.push_back(std::make_shared<Incident>(ended));
            }
            m_store->setIncidents(book);
            m_store->sync();
        };
        VERIFY_RESULT(keep(*m_is, {m_id, u"ada"_s, {}, {}}));
        const Timestamp at = m_clock.now();
        pass(5s);
        // One before it ended earlier.
        tell(false);
        watched(false, at - 1s);
        pass(5s);
        QVERIFY(!m_store->current()->acknowledgements.isEmpty());
        watched(false, at + 4s);
        pass(5s);
        QVERIFY(m_store->current()->acknowledgements.isEmpty());
        tell(true);
        watched(true, {});
        pass(5s);
        QVERIFY(m_store->current()->acknowledgements.isEmpty());
    }

    void whatIsNoneOrPastIsRefused()
    {
        const auto none = keep(*m_is, {u"prod/eu-2:unhealthy"_s, u"ada"_s, {}, {}});
        QVERIFY(!none);
        QCOMPARE(none.error().kind, ErrorKind::NotFound);
        const auto past = keep(*m_is, {m_id, u"ada"_s, m_clock.now() - 1s, {}});
        QVERIFY(!past);
        QCOMPARE(past.error().kind, ErrorKind::Invalid);
        QCOMPARE(m_journal->auditCount().value_or(-1), 0);
    }

    void aFileOfAnotherKindIsRefused()
    {
        m_is.reset();
        setFile("{\"acknowledgements\": [{\"incident\": \"a\", \"until\": \"soon\"}]}");
        const auto wrong = Acknowledgements::open(m_dir->path(), *m_store, *m_journal, m_clock);
        QVERIFY(!wrong);
        QCOMPARE(wrong.error().kind, ErrorKind::Malformed);
        // Whoever can do without goes on, and has what stands there once it is mended.
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u" move it away to start anew$"_s));
        m_is = Acknowledgements::openAnyway(m_dir->path(), *m_store, *m_journal, m_clock,
                                            Acknowledgements::Access::Write);
        pass(2s);
        QVERIFY(!seen());
        setFile("{\"acknowledgements\": [{\"incident\": \"prod/eu-1:unhealthy\", \"until\": null}]}");
        pass(1s);
        QVERIFY(seen());
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
        VERIFY_RESULT(keep(*m_is, {m_id, u"ada"_s, {}, {}}));
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
