// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/stampdeck/operationdesk.h"

#include "widgets/actionregistry.h"
#include "widgets/operationsdrawer.h"
#include "widgets/themes.h"

#include "tests/support/testmain.h"
#include "tests/widgets/deckfixture.h"

#include <QtTest/QSignalSpy>
#include <QtWidgets/QApplication>
#include <QtWidgets/QWidget>

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using Testing::DeckFixture;

namespace {

struct Fixture : DeckFixture
{
    explicit Fixture(const Testing::SampleFleet &fleet = {})
        : DeckFixture(fleet, Capability::Move | Capability::Cordon | Capability::Create)
    { }

    /// Orders \a kind of a stamp, and gives the ID of the operation.
    QString submit(ActionKind kind, const QString &stamp)
    {
        ActionRequest request;
        request.kind = kind;
        request.stamp = stamp;
        request.actor = u"ada"_s;
        auto submitted = runner->submit(request);
        submitted.waitForFinished();
        const Result<OperationPtr> accepted = submitted.result();
        if (!accepted)
            qWarning("%s", qPrintable(accepted.error().message));
        return accepted ? (*accepted)->id : QString();
    }
    [[nodiscard]] OperationState stateOf(const QString &operation) const
    {
        const OperationPtr known = feed->version()->operations.value(operation);
        return known ? known->state : OperationState::Pending;
    }

    QWidget window;
    ActionRegistry actions{&window};
    OperationsDrawer drawer{*deck, &window};
    OperationDesk desk{*deck, actions, drawer, [] { return OperationDesk::Meant(); }, &window};
    QSignalSpy ended{&desk, &OperationDesk::ended};
    QSignalSpy told{&desk, &OperationDesk::told};
};

} // namespace

/// What becomes of what runs here when the window is to be closed.
class TestOperationDesk : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Themes::instance().install(); }
    void init() { Testing::strict(); }

    void whatEndedWhileThePersonWasAskedEndsAtOnce()
    {
        for (const bool rollBack : {false, true}) {
            Fixture fixture;
            const QString cordon = fixture.submit(ActionKind::Cordon, u"prod/s-001"_s);
            QTRY_COMPARE(fixture.stateOf(cordon), OperationState::Succeeded);
            QTRY_VERIFY(fixture.desk.running().isEmpty());
            fixture.desk.endAll(rollBack);
            QCOMPARE(fixture.ended.size(), 1);
            // And nobody is sent away by what is done later.
            const QString next = fixture.submit(ActionKind::Cordon, u"prod/s-002"_s);
            QTRY_COMPARE(fixture.stateOf(next), OperationState::Succeeded);
            QTRY_VERIFY(fixture.desk.running().isEmpty());
            QCOMPARE(fixture.ended.size(), 1);
        }
    }

    void whatRunsIsPausedAndThenItEnds()
    {
        Fixture fixture;
        fixture.executor.setBusyWith({u"cordon"_s});
        const QString drain = fixture.submit(ActionKind::Drain, u"prod/s-001"_s);
        QTRY_COMPARE(fixture.desk.running(), QSet<QString>{drain});
        fixture.desk.endAll(false);
        QCOMPARE(fixture.ended.size(), 0);
        fixture.executor.setBusyWith({});
        const auto isOver = [&] {
            fixture.clock.advance(std::chrono::seconds(1));
            return fixture.ended.size() == 1;
        };
        QTRY_VERIFY(isOver());
        QTRY_COMPARE(fixture.stateOf(drain), OperationState::Paused);
        QVERIFY(fixture.told.isEmpty());
    }

    void whoStartsAnotherGoesOnWorking()
    {
        Fixture fixture;
        // What has begun is waited for before it is taken back.
        fixture.executor.setBusyWith({u"place"_s, u"move"_s});
        const QString first = fixture.submit(ActionKind::Drain, u"prod/s-001"_s);
        const auto moves = [&] {
            fixture.clock.advance(std::chrono::seconds(1));
            const QStringList asked = fixture.executor.kinds();
            return asked.contains(u"place"_s) || asked.contains(u"move"_s);
        };
        QTRY_VERIFY(moves());
        QTRY_COMPARE(fixture.desk.running(), QSet<QString>{first});
        fixture.desk.endAll(true);
        const QString second = fixture.submit(ActionKind::Cordon, u"prod/s-002"_s);
        QTRY_COMPARE(fixture.stateOf(second), OperationState::Succeeded);
        QCOMPARE(fixture.desk.running(), QSet<QString>{first});
        fixture.executor.setBusyWith({});
        const auto areOver = [&] {
            fixture.clock.advance(std::chrono::seconds(1));
            return fixture.desk.running().isEmpty();
        };
        QTRY_VERIFY(areOver());
        QCOMPARE(fixture.ended.size(), 0);
    }

    void whatCanNotBeTakenBackKeepsTheWindow()
    {
        Testing::SampleFleet empty;
        empty.tenantsPerStamp = 0;
        Fixture fixture(empty);
        FleetUpdate drained = empty.update();
        Stamp stamp = empty.stamp(1);
        stamp.lifecycle = Lifecycle::Drained;
        drained.stamps[1] = std::make_shared<const Stamp>(stamp);
        fixture.apply(drained);
        fixture.executor.setBusyWith({u"delete"_s});
        const QString deletion = fixture.submit(ActionKind::Delete, u"prod/s-001"_s);
        QTRY_VERIFY(fixture.executor.kinds().contains(u"delete"_s));
        QTRY_COMPARE(fixture.desk.running(), QSet<QString>{deletion});
        fixture.desk.endAll(true);
        QTRY_COMPARE(fixture.told.size(), 1);
        QCOMPARE(fixture.told[0][0].toString(),
                 u"The window stays open: what is deleted can't be brought back"_s);
        fixture.executor.setBusyWith({});
        const auto isOver = [&] {
            fixture.clock.advance(std::chrono::seconds(1));
            return fixture.desk.running().isEmpty();
        };
        QTRY_VERIFY(isOver());
        QCOMPARE(fixture.ended.size(), 0);
    }
};

STAMPDECK_TEST_MAIN(QApplication, TestOperationDesk)
#include "tst_operationdesk.moc"
