// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/auditmodel.h"
#include "models/fleetstore.h"
#include "models/formatter.h"
#include "models/operationmodel.h"
#include "models/stampmodel.h"
#include "models/tenantmodel.h"

#include "tests/support/manualclock.h"
#include "tests/support/samplefleet.h"
#include "tests/support/testmain.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QItemSelectionModel>
#include <QtCore/QMimeData>
#include <QtCore/QScopeGuard>
#include <QtCore/QSemaphore>
#include <QtCore/QTemporaryDir>
#include <QtCore/QThread>
#include <QtCore/QTimer>
#include <QtTest/QAbstractItemModelTester>
#include <QtTest/QSignalSpy>

#include <algorithm>
#include <atomic>

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using Testing::SampleFleet;

namespace {

constexpr auto fatal = QAbstractItemModelTester::FailureReportingMode::Fatal;

/// A store of one source with a feed in this thread.
struct Fixture
{
    explicit Fixture(const SampleFleet &fleet = {})
    {
        SourceState source;
        source.name = u"prod"_s;
        source.adapter = u"sample"_s;
        source.tenantDomain = u"prod"_s;
        source.capabilities = Capability::Move | Capability::Cordon;
        store.addSource(source);
        store.apply(u"prod"_s, fleet.update());
        store.sync();
    }

    void apply(const FleetUpdate &update)
    {
        store.apply(u"prod"_s, update);
        store.sync();
    }

    Testing::ManualClock clock;
    FleetStore store{clock};
    FleetFeed feed{store};
};

QStringList idsOf(const FleetTableModel &model)
{
    QStringList ids;
    for (int row = 0; row < model.rowCount(); ++row)
        ids.append(model.idAt(row));
    return ids;
}

} // namespace

class TestFleetTables : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { Testing::strict(); }

    void everyStampAndTenantHasARow()
    {
        Fixture fixture;
        StampModel stamps(fixture.feed);
        TenantModel tenants(fixture.feed);
        QAbstractItemModelTester stampTester(&stamps, fatal);
        QAbstractItemModelTester tenantTester(&tenants, fatal);
        QTRY_COMPARE(stamps.rowCount(), 4);
        QTRY_COMPARE(tenants.rowCount(), 20);
        QCOMPARE(stamps.idAt(0), u"prod/s-000"_s);
        QCOMPARE(tenants.idAt(0), u"prod/t-000-0"_s);
        QCOMPARE(stamps.index(0, StampModel::Cpu).data().toString(), u"10 / 64 cores"_s);
        QCOMPARE(stamps.index(0, StampModel::Cpu).data(StampModel::RawRole).toDouble(), 10.0);
        QCOMPARE(tenants.index(0, TenantModel::Id).data(Qt::AccessibleTextRole).toString(),
                 u"tenant t-000-0"_s);
    }

    // Yesterday's does not look like today's.
    void whatWasChangedOnAnotherDayHasItsDate()
    {
        Fixture fixture;
        TenantModel tenants(fixture.feed);
        QTRY_COMPARE(tenants.rowCount(), 20);
        const Timestamp now = fixture.feed.version()->at;
        FleetUpdate delta = SampleFleet::delta();
        for (int number = 0; number < 2; ++number) {
            Tenant tenant = SampleFleet().tenant(0, number);
            tenant.updatedAt = number == 0 ? now : now - std::chrono::hours(24);
            tenant.updatedBy = u"ada"_s;
            tenant.revision = u"2"_s;
            delta.tenants.push_back(std::make_shared<const Tenant>(tenant));
        }
        fixture.apply(delta);
        const auto changed = [&](int row) {
            return tenants.index(row, TenantModel::Changed).data().toString();
        };
        QTRY_COMPARE(changed(0), QString(Format::second(now) + u" ada"));
        QCOMPARE(changed(1), QString(Format::daySecond(now - std::chrono::hours(24)) + u" ada"));
    }

    void whatIsNotToldIsADash()
    {
        SampleFleet sample;
        Fixture fixture(sample);
        FleetUpdate delta = SampleFleet::delta();
        Stamp bare;
        bare.name = u"s-000"_s;
        delta.stamps.push_back(std::make_shared<const Stamp>(bare));
        StampModel stamps(fixture.feed);
        QTRY_COMPARE(stamps.rowCount(), 4);
        fixture.apply(delta);
        QTRY_COMPARE(stamps.index(0, StampModel::Cpu).data().toString(), u"–"_s);
        QVERIFY(!stamps.index(0, StampModel::Cpu).data(StampModel::RawRole).isValid());
        QVERIFY(!stamps.index(0, StampModel::Requests).data(StampModel::RawRole).isValid());
        // What is not known stands last in both orders.
        stamps.sort(StampModel::Cpu, Qt::AscendingOrder);
        QTRY_COMPARE(stamps.idAt(3), u"prod/s-000"_s);
        stamps.sort(StampModel::Cpu, Qt::DescendingOrder);
        QTRY_COMPARE(stamps.idAt(0), u"prod/s-003"_s);
        QCOMPARE(stamps.idAt(3), u"prod/s-000"_s);
    }

    void onlyThePersonSorts()
    {
        SampleFleet sample;
        Fixture fixture(sample);
        StampModel stamps(fixture.feed);
        QAbstractItemModelTester tester(&stamps, fatal);
        QTRY_COMPARE(stamps.rowCount(), 4);
        stamps.sort(StampModel::Requests, Qt::DescendingOrder);
        QTRY_COMPARE(stamps.idAt(0), u"prod/s-003"_s);

        // The busiest becomes the idlest: it stays where it is.
        Stamp changed = sample.stamp(3);
        changed.signalValues.requestsPerSecond = 1;
        FleetUpdate delta = SampleFleet::delta();
        delta.stamps.push_back(std::make_shared<const Stamp>(changed));
        QSignalSpy data(&stamps, &QAbstractItemModel::dataChanged);
        fixture.apply(delta);
        QTRY_COMPARE(stamps.index(0, StampModel::Requests).data(StampModel::RawRole).toDouble(), 1.0);
        QTRY_VERIFY(data.count() > 0);
        QCOMPARE(stamps.idAt(0), u"prod/s-003"_s);

        // A new one finds its place, and the others keep theirs.
        QSignalSpy inserted(&stamps, &QAbstractItemModel::rowsInserted);
        QSignalSpy reset(&stamps, &QAbstractItemModel::modelReset);
        FleetUpdate more = SampleFleet::delta();
        Stamp fresh = sample.stamp(9);
        more.stamps.push_back(std::make_shared<const Stamp>(fresh));
        fixture.apply(more);
        QTRY_COMPARE(stamps.rowCount(), 5);
        QCOMPARE(inserted.count(), 1);
        QCOMPARE(reset.count(), 0);
        QStringList rest = idsOf(stamps);
        rest.removeAll(u"prod/s-009"_s);
        QCOMPARE(rest, QStringList({u"prod/s-003"_s, u"prod/s-002"_s, u"prod/s-001"_s,
                                    u"prod/s-000"_s}));
    }

    void aSelectionStaysOnItsTenantsWhileTheOrderChanges()
    {
        Fixture fixture;
        TenantModel tenants(fixture.feed);
        QAbstractItemModelTester tester(&tenants, fatal);
        QTRY_COMPARE(tenants.rowCount(), 20);
        QItemSelectionModel selection(&tenants);
        const int row = tenants.rowOfId(u"prod/t-002-3"_s);
        selection.select(tenants.index(row, 0),
                         QItemSelectionModel::Select | QItemSelectionModel::Rows);
        QSignalSpy layout(&tenants, &QAbstractItemModel::layoutChanged);
        tenants.sort(TenantModel::TierColumn, Qt::DescendingOrder);
        QTRY_COMPARE(layout.count(), 1);
        const QModelIndexList chosen = selection.selectedRows();
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(tenants.idAt(chosen.first().row()), u"prod/t-002-3"_s);
        QVERIFY(chosen.first().row() != row);
    }

    void rowsGoInRangesAndComeBack()
    {
        Fixture fixture;
        TenantModel tenants(fixture.feed);
        QAbstractItemModelTester tester(&tenants, fatal);
        QTRY_COMPARE(tenants.rowCount(), 20);
        QSignalSpy reset(&tenants, &QAbstractItemModel::modelReset);
        tenants.setFilter([](const FleetVersion &version, int slot) {
            return version.tenants[slot].tenant->stamp != u"s-001";
        });
        QTRY_COMPARE(tenants.rowCount(), 15);
        QCOMPARE(tenants.rowOfId(u"prod/t-001-0"_s), -1);
        tenants.setFilter({});
        QTRY_COMPARE(tenants.rowCount(), 20);
        QVERIFY(tenants.rowOfId(u"prod/t-001-0"_s) >= 0);
        QCOMPARE(reset.count(), 0);

        FleetUpdate delta = SampleFleet::delta();
        delta.goneTenants = {u"t-003-4"_s, u"t-000-0"_s};
        fixture.apply(delta);
        QTRY_COMPARE(tenants.rowCount(), 18);
        QCOMPARE(tenants.rowOfId(u"prod/t-000-0"_s), -1);
    }

    void aFilterFollowsTheData()
    {
        SampleFleet sample;
        Fixture fixture(sample);
        StampModel stamps(fixture.feed);
        QAbstractItemModelTester tester(&stamps, fatal);
        stamps.setFilter([](const FleetVersion &version, int slot) {
            return version.stamps[slot]->stamp->signalValues.requestsPerSecond > 500.0;
        });
        QTRY_VERIFY(!stamps.isArranging());
        QCOMPARE(stamps.rowCount(), 0);
        Stamp busy = sample.stamp(2);
        busy.signalValues.requestsPerSecond = 900;
        FleetUpdate delta = SampleFleet::delta();
        delta.stamps.push_back(std::make_shared<const Stamp>(busy));
        fixture.apply(delta);
        QTRY_COMPARE(idsOf(stamps), QStringList({u"prod/s-002"_s}));
    }

    void tenantsAreDraggedByTheirIds()
    {
        Fixture fixture;
        TenantModel tenants(fixture.feed);
        QTRY_COMPARE(tenants.rowCount(), 20);
        const std::unique_ptr<QMimeData> mime(
                tenants.mimeData({tenants.index(0, 0), tenants.index(0, 1), tenants.index(1, 0)}));
        QVERIFY(mime);
        QCOMPARE(mime->data(u"application/x-stampdeck-tenants"_s),
                 QByteArray("{\"instances\":[\"" + fixture.feed.version()->sources[0].instance.toUtf8()
                            + "\"],\"tenants\":[\"prod/t-000-0\",\"prod/t-000-1\"]}"));
        QVERIFY(tenants.flags(tenants.index(0, 0)) & Qt::ItemIsDragEnabled);
    }

    void whatDiffersIsSaid()
    {
        TenantEntry entry;
        Tenant tenant = SampleFleet().tenant(0, 0);
        tenant.placements.push_back({u"s-001"_s, PlacementState::Starting, {}});
        tenant.constraints = {{u"eu-*"_s}, u"blue"_s, true, false};
        entry.tenant = std::make_shared<const Tenant>(tenant);
        QCOMPARE(TenantModel::difference(entry), u"on s-001 too, starting"_s);
        QCOMPARE(TenantModel::rules(tenant.constraints), u"pinned, stays in eu-*, apart from blue"_s);
        entry.tenant = std::make_shared<const Tenant>(SampleFleet().tenant(0, 0));
        QCOMPARE(TenantModel::difference(entry), QString());
    }

    /// What is worked out for each of many rows is worked out elsewhere: meanwhile this thread turns,
    /// shows the rows as they were, and hears of the new ones once. How long each takes is measured by
    /// table/sort of stampdeck-bench.
    void twoHundredThousandRowsDoNotStopTheThread()
    {
        constexpr int rows = 200'000;
        SampleFleet sample;
        sample.stamps = 1000;
        sample.tenantsPerStamp = 200;
        Fixture fixture(sample);
        TenantModel tenants(fixture.feed);
        QTRY_COMPARE_WITH_TIMEOUT(tenants.rowCount(), rows, 60'000);

        // It looks at each row, which begins when it is let; shared, as it may outlive this.
        struct Look
        {
            QSemaphore gate;
            std::atomic_int rows = 0;
            std::atomic_int rowsHere = 0;
        };
        const auto look = std::make_shared<Look>();
        const auto let = qScopeGuard([look] { look->gate.release(10); });
        const auto held = [look, here = QThread::currentThread()](std::optional<Tier> tier) {
            return [look, here, tier](const FleetVersion &version, int slot) {
                const bool isHere = QThread::currentThread() == here;
                look->rowsHere += isHere;
                if (look->rows++ == 0 && !isHere)
                    look->gate.acquire();
                return !tier || version.tenants[slot].tenant->tier == *tier;
            };
        };
        int beats = 0;
        QTimer beat;
        QObject::connect(&beat, &QTimer::timeout, this, [&beats] { ++beats; });
        beat.start(0);
        const auto turns = [&] {
            beats = 0;
            return QTest::qWaitFor([&beats] { return beats >= 100; }, 60'000);
        };
        QSignalSpy layouts(&tenants, &QAbstractItemModel::layoutChanged);
        QSignalSpy resets(&tenants, &QAbstractItemModel::modelReset);
        QSignalSpy told(&tenants, &QAbstractItemModel::dataChanged);
        QSignalSpy come(&tenants, &QAbstractItemModel::rowsInserted);
        QSignalSpy gone(&tenants, &QAbstractItemModel::rowsRemoved);

        tenants.sort(TenantModel::StampColumn, Qt::DescendingOrder);
        tenants.setFilter(held(std::nullopt));
        QTRY_COMPARE_WITH_TIMEOUT(look->rows.load(), 1, 60'000);
        QCOMPARE(tenants.idAt(0).left(10), u"prod/t-999"_s); // by then it was sorted
        QCOMPARE(layouts.count(), 1);
        QVERIFY(turns());
        QCOMPARE(look->rows.load(), 1);
        QVERIFY(tenants.isArranging());
        QCOMPARE(tenants.rowCount(), rows);
        QVERIFY(tenants.index(rows - 1, TenantModel::StampColumn).data().isValid());
        look->gate.release();
        QTRY_VERIFY_WITH_TIMEOUT(!tenants.isArranging(), 60'000);
        QCOMPARE(look->rows.load(), rows);
        QCOMPARE(tenants.rowCount(), rows);
        QCOMPARE(layouts.count(), 1); // the same rows in the same order: nothing to tell

        look->rows = 0;
        tenants.setFilter(held(Tier::Free));
        QTRY_COMPARE_WITH_TIMEOUT(look->rows.load(), 1, 60'000);
        QVERIFY(turns());
        QCOMPARE(tenants.rowCount(), rows);
        look->gate.release();
        QTRY_VERIFY_WITH_TIMEOUT(!tenants.isArranging(), 60'000);
        QCOMPARE(look->rows.load(), rows);
        QCOMPARE(tenants.rowCount(), 50'000);
        QCOMPARE(look->rowsHere.load(), 0);
        QCOMPARE(resets.count(), 1); // too many go to tell of each
        QCOMPARE(layouts.count() + told.count() + come.count() + gone.count(), 1);
    }

    /// What changes in all of them at once is told in slices, between which the thread turns.
    void manyChangesComeInSlices()
    {
        SampleFleet sample;
        sample.stamps = 100;
        sample.tenantsPerStamp = 200;
        Fixture fixture(sample);
        QCoreApplication::processEvents();
        size_t largest = 0;
        std::vector<int> slots_;
        QObject::connect(&fixture.feed, &FleetFeed::changed, this, [&](const ChangeSet &slice) {
            largest = std::max({largest, slice.tenants.size(), slice.stamps.size()});
            slots_.insert(slots_.end(), slice.tenants.begin(), slice.tenants.end());
        });
        FleetUpdate update;
        update.complete = false;
        for (const TenantPtr &tenant : sample.update().tenants) {
            auto changed = std::make_shared<Tenant>(*tenant);
            changed->name += u" Ltd"_s;
            update.tenants.push_back(changed);
        }
        fixture.apply(update);
        QTRY_COMPARE_WITH_TIMEOUT(slots_.size(), size_t(20'000), 60'000);
        std::sort(slots_.begin(), slots_.end());
        QVERIFY(std::adjacent_find(slots_.begin(), slots_.end()) == slots_.end()); // each once
        QVERIFY2(largest <= 1'024, qPrintable(QString::number(largest)));
    }

    void operationsAreTheNewestFirst()
    {
        Fixture fixture;
        OperationModel operations(fixture.feed);
        QAbstractItemModelTester tester(&operations, fatal);
        const auto show = [&](const QString &id, int minute, OperationState state) {
            Operation operation;
            operation.id = id;
            operation.kind = u"move"_s;
            operation.target = u"acme to eu-2"_s;
            operation.state = state;
            operation.progress = 0.5;
            operation.createdAt = fixture.clock.now() + std::chrono::minutes(minute);
            fixture.store.showOperation(std::make_shared<const Operation>(operation));
            fixture.store.sync();
        };
        show(u"a"_s, 1, OperationState::Running);
        show(u"b"_s, 2, OperationState::Running);
        QTRY_COMPARE(operations.rowCount(), 2);
        QCOMPARE(operations.operationAt(0)->id, u"b"_s);
        QCOMPARE(operations.liveCount(), 2);
        show(u"a"_s, 1, OperationState::Succeeded);
        QTRY_COMPARE(operations.liveCount(), 1);
        QCOMPARE(operations.rowOf(u"a"_s), 1);
        QCOMPARE(operations.index(1, OperationModel::State).data().toString(), u"succeeded"_s);
        QCOMPARE(operations.index(0, OperationModel::Progress).data().toString(), u"50%"_s);
    }

    void theAuditIsReadInPagesAndVerified()
    {
        QTemporaryDir dir;
        Result<std::unique_ptr<Journal>> journal = Journal::open(dir.path());
        QVERIFY(journal);
        const auto append = [&](int number) {
            AuditEntry entry;
            entry.at = *fromRfc3339(u"2026-01-02T03:04:05Z") + std::chrono::seconds(number);
            entry.actor = u"ada"_s;
            entry.action = u"accepted"_s;
            entry.operation = u"op-%1"_s.arg(number);
            entry.target = u"acme to eu-2"_s;
            QVERIFY((*journal)->append(entry));
        };
        append(1);
        AuditModel audit(**journal);
        QAbstractItemModelTester tester(&audit, fatal);
        QTRY_COMPARE(audit.rowCount(), 1);
        append(2);
        audit.refresh();
        QTRY_COMPARE(audit.rowCount(), 2);
        QCOMPARE(audit.entryAt(0).operation, u"op-2"_s);
        QCOMPARE(audit.index(0, AuditModel::Time).data().toString(), u"2026-01-02 03:04:07"_s);
        QCOMPARE(audit.index(0, AuditModel::Hash).data().toString().size(), 8);
        // Of a past moment what had been entered by then; what is appended meanwhile is not in it.
        audit.setUntil(*fromRfc3339(u"2026-01-02T03:04:06Z"));
        QCOMPARE(audit.rowCount(), 1);
        QCOMPARE(audit.entryAt(0).operation, u"op-1"_s);
        QCOMPARE(audit.content().rowCount, 1);
        append(3);
        QSignalSpy refreshed(&audit, &AuditModel::refreshed);
        audit.refresh();
        QTRY_COMPARE(refreshed.count(), 1);
        QCOMPARE(audit.rowCount(), 1);
        audit.setUntil(*fromRfc3339(u"2026-01-02T03:04:07Z"));
        QCOMPARE(audit.rowCount(), 2);
        QCOMPARE(audit.entryAt(0).operation, u"op-2"_s);
        audit.setUntil({});
        QCOMPARE(audit.rowCount(), 3);
        QCOMPARE(audit.entryAt(0).operation, u"op-3"_s);
        QSignalSpy verified(&audit, &AuditModel::verified);
        audit.verify();
        QTRY_COMPARE(verified.count(), 1);
        QVERIFY(audit.chain() && *audit.chain());
        QCOMPARE(**audit.chain(), 3);

        // Somebody set the clock back by an hour: what was entered then counts as of the moment before,
        // and hides nothing that was there.
        append(-3'600);
        append(-3'599);
        append(4);
        audit.refresh();
        QTRY_COMPARE(audit.rowCount(), 6);
        audit.setUntil(*fromRfc3339(u"2026-01-02T02:30:00Z"));
        QCOMPARE(audit.rowCount(), 0);
        audit.setUntil(*fromRfc3339(u"2026-01-02T03:04:07Z"));
        QCOMPARE(audit.rowCount(), 2);
        audit.setUntil(*fromRfc3339(u"2026-01-02T03:04:08Z"));
        QCOMPARE(audit.rowCount(), 5);
        audit.setUntil(*fromRfc3339(u"2026-01-02T03:04:09Z"));
        QCOMPARE(audit.rowCount(), 6);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestFleetTables)
#include "tst_fleettables.moc"
