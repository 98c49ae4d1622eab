// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/carrycontroller.h"
#include "widgets/tablesview.h"

#include "deckfixture.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QMenu>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;

/// What a person does with any table: choose columns, copy, export, and find all of it again.
class TestTables : public QObject
{
    Q_OBJECT
private:
    std::unique_ptr<DeckFixture> m_fixture;
    std::unique_ptr<CarryController> m_carry;
    std::unique_ptr<StampsView> m_view;

    [[nodiscard]] Table &table() const { return *m_view->table(); }
    [[nodiscard]] QString written(const QString &name) const
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(name);
        const auto rows = Testing::await(table().exportTo(path));
        QFile file(path);
        if (!rows || !file.open(QFile::ReadOnly))
            return rows ? file.errorString() : rows.error().message;
        return QString::fromUtf8(file.readAll());
    }

private Q_SLOTS:
    void init()
    {
        strict();
        m_fixture = std::make_unique<DeckFixture>();
        m_carry = std::make_unique<CarryController>(*m_fixture->feed);
        m_view = std::make_unique<StampsView>(*m_fixture->deck, *m_carry);
        m_view->resize(900, 400);
        m_view->show();
        QTRY_COMPARE(m_view->model().rowCount(), 4);
    }
    void cleanup()
    {
        m_view.reset();
        m_carry.reset();
        m_fixture.reset();
    }

    void aRowOfStampsCarriesTheirTenants()
    {
        QVERIFY(table().dragEnabled());
        QVERIFY(m_view->model().flags(m_view->model().index(0, 0)) & Qt::ItemIsDragEnabled);
        QString full;
        QStringList two;
        const FleetVersion &fleet = m_fixture->deck->fleet();
        fleet.eachStamp([&](int, const StampEntry &entry) {
            if (entry.owned > 0 && two.size() < 2)
                two << entry.id;
        });
        QVERIFY(!two.isEmpty());
        full = two.first();
        const auto owned = [&](const QStringList &ids) {
            int all = 0;
            for (const QString &id : ids)
                all += fleet.stamps[fleet.stampIndex.value(id)]->owned;
            return all;
        };
        // One is drained where it is dropped, as by its handle; of several the tenants are moved.
        Q_EMIT table().dragStarted({full});
        QCOMPARE(m_carry->mode(), CarryController::Mode::Drag);
        QCOMPARE(m_carry->drained(), full);
        QCOMPARE(int(m_carry->tenants().size()), owned({full}));
        Q_EMIT table().dragEnded(); // let go where nothing takes it
        QVERIFY(!m_carry->isActive());
        Q_EMIT table().dragStarted(two);
        QCOMPARE(int(m_carry->tenants().size()), owned(two));
        QCOMPARE(m_carry->drained(), two.size() == 1 ? full : QString());
        m_carry->putBack();
    }

    void columnsAreChosenAndComeBack()
    {
        QVERIFY(!table().isColumnHidden(StampModel::Ring));
        table().setColumnShown(StampModel::Ring, false);
        table().horizontalHeader()->moveSection(
            table().horizontalHeader()->visualIndex(StampModel::HealthColumn), 1);
        table().setColumnWidth(StampModel::Load, 123);
        const QByteArray layout = table().layout();

        StampsView other(*m_fixture->deck, *m_carry);
        other.table()->setLayout(layout);
        QVERIFY(other.table()->isColumnHidden(StampModel::Ring));
        QCOMPARE(other.table()->horizontalHeader()->logicalIndex(1), int(StampModel::HealthColumn));
        QCOMPARE(other.table()->columnWidth(StampModel::Load), 123);
        other.table()->resetLayout();
        QVERIFY(!other.table()->isColumnHidden(StampModel::Ring));
        QCOMPARE(other.table()->horizontalHeader()->logicalIndex(1), int(StampModel::Source));
        QCOMPARE(other.table()->columnWidth(StampModel::Load), 70);
    }

    void aLayoutOfAnotherProgramChangesNothing()
    {
        for (const QByteArray &foreign :
             {QByteArray(), QByteArray("nonsense"), QByteArray("1 3 AAAA"), QByteArray("9 17 AAAA"),
              QByteArray("1 17 not base64")}) {
            table().setLayout(foreign);
            QVERIFY(!table().isColumnHidden(StampModel::Name));
            QCOMPARE(table().columnWidth(StampModel::Name), 160);
        }
    }

    void whatNamesARowStays()
    {
        table().setColumnShown(StampModel::Name, false);
        QVERIFY(!table().isColumnHidden(StampModel::Name));
    }

    void copiesWhatIsSelectedAsItIsShown()
    {
        for (int column = 0; column < StampModel::ColumnCount; ++column)
            table().setColumnShown(column, column == StampModel::Name || column == StampModel::Cpu
                                               || column == StampModel::Version);
        table().selectRow(2);
        QTest::keySequence(&table(), QKeySequence::Copy);
        const QString cpu = m_view->model().index(2, StampModel::Cpu).data().toString();
        QCOMPARE(QGuiApplication::clipboard()->text(), u"s-002\t1.4.0\t"_s + cpu + u'\n');
    }

    void exportsWhatIsShown()
    {
        for (int column = 0; column < StampModel::ColumnCount; ++column)
            table().setColumnShown(column, column == StampModel::Name || column == StampModel::Cpu);
        // In the order in which the person put the columns.
        table().horizontalHeader()->moveSection(
            table().horizontalHeader()->visualIndex(StampModel::Cpu), 0);
        QCOMPARE(written(u"stamps.csv"_s), u"cpu,name\r\n10,s-000\r\n11,s-001\r\n12,s-002\r\n"
                                           "13,s-003\r\n"_s);
        const QJsonArray rows
            = QJsonDocument::fromJson(written(u"stamps.JSON"_s).toUtf8()).array();
        QCOMPARE(rows.size(), 4);
        QCOMPARE(rows[1][u"name"_s].toString(), u"s-001"_s);
        QCOMPARE(rows[1][u"cpu"_s].toDouble(), 11.0);
    }

    void whatCannotBeWrittenIsSaid()
    {
        const auto rows = Testing::await(table().exportTo(u"/nowhere/stamps.csv"_s));
        QVERIFY(!rows);
        QVERIFY(!rows.error().message.isEmpty());
    }

    void selectsTheRowUnderTheMenu()
    {
        QModelIndex wanted;
        connect(&table(), &Table::menuWanted, this,
                [&wanted](QMenu *, const QModelIndex &index) { wanted = index; });
        QTest::ignoreMessage(QtWarningMsg, "This plugin does not support grabbing the keyboard");
        const QPoint at = table().visualRect(m_view->model().index(1, 0)).center();
        QContextMenuEvent event(QContextMenuEvent::Mouse, at,
                                table().viewport()->mapToGlobal(at));
        QCoreApplication::sendEvent(table().viewport(), &event);
        QCOMPARE(wanted.row(), 1);
        QCOMPARE(table().selectedIds(), QStringList{u"prod/s-001"_s});
        const auto menus = table().findChildren<QMenu *>();
        QVERIFY(!menus.isEmpty());
        menus.last()->close();
    }
};

STAMPDECK_TEST_MAIN(QApplication, TestTables)
#include "tst_tables.moc"
