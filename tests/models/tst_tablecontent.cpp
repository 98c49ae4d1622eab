// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/stampmodel.h"
#include "models/tablecontent.h"
#include "models/tenantmodel.h"

#include "tests/support/testmain.h"

#include <QtCore/QBuffer>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

using namespace Stampdeck;
using namespace Qt::StringLiterals;

namespace {

TableContent contentOf(const QList<QVariantList> &rows)
{
    return {{u"name"_s, u"load"_s, u"note"_s}, int(rows.size()),
            [rows](int row, int column) { return rows[row][column]; }};
}

QByteArray written(const TableContent &content, const std::vector<int> &rows,
                   const QList<int> &columns, TableFormat format)
{
    QBuffer buffer;
    if (!buffer.open(QIODevice::WriteOnly) || !writeTable(buffer, content, rows, columns, format))
        return "failed";
    return buffer.data();
}

/// Takes so many bytes and no more, as a full disk does.
class SmallDevice final : public QIODevice
{
public:
    explicit SmallDevice(qint64 room)
        : m_room(room)
    {
        open(QIODevice::WriteOnly | QIODevice::Unbuffered);
    }

protected:
    qint64 readData(char *, qint64) override { return -1; }
    qint64 writeData(const char *, qint64 size) override
    {
        const qint64 taken = std::min(size, m_room);
        m_room -= taken;
        if (taken < size)
            setErrorString(u"no room"_s);
        return taken;
    }

private:
    qint64 m_room;
};

} // namespace

class TestTableContent : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { Testing::strict(); }

    void csvIsAsTheRfcHasIt()
    {
        const TableContent content = contentOf({{u"eu-1"_s, 0.5, u"a, \"b\""_s},
                                                {u"eu-2"_s, QVariant(), u"two\nlines"_s},
                                                {u"eu-3"_s, 12345678901234.5, QString()}});
        QCOMPARE(written(content, {0, 1, 2}, {0, 1, 2}, TableFormat::Csv),
                 QByteArray("name,load,note\r\n"
                            "eu-1,0.5,\"a, \"\"b\"\"\"\r\n"
                            "eu-2,,\"two\nlines\"\r\n"
                            "eu-3,12345678901234.5,\r\n"));
        // Only what is asked for, in that order.
        QCOMPARE(written(content, {2, 0}, {1, 0}, TableFormat::Csv),
                 QByteArray("load,name\r\n12345678901234.5,eu-3\r\n0.5,eu-1\r\n"));
    }

    void whatASpreadsheetWouldRunIsText()
    {
        const TableContent content = contentOf({{u"=cmd()"_s, -0.5, u"+1"_s}, {u"@a"_s, 1, u"-x"_s}});
        QCOMPARE(written(content, {0, 1}, {0, 1, 2}, TableFormat::Csv),
                 QByteArray("name,load,note\r\n'=cmd(),-0.5,'+1\r\n'@a,1,'-x\r\n"));
    }

    void jsonKeepsNumbersAndWhatIsNotKnown()
    {
        const TableContent content
                = contentOf({{u"=a\"b"_s, 0.25, QVariant()}, {u"ü"_s, 7, u"x"_s}});
        const QJsonArray rows = QJsonDocument::fromJson(
                                        written(content, {0, 1}, {0, 1, 2}, TableFormat::Json))
                                        .array();
        QCOMPARE(rows.size(), 2);
        QCOMPARE(rows[0].toObject(), QJsonObject({{u"name"_s, u"=a\"b"_s},
                                                  {u"load"_s, 0.25},
                                                  {u"note"_s, QJsonValue::Null}}));
        QCOMPARE(rows[1][u"load"_s].toInt(), 7);
        QCOMPARE(written(content, {}, {0}, TableFormat::Json), QByteArray("[\n]\n"));
    }

    void aFullDiskIsSaid()
    {
        const TableContent content = contentOf({{u"eu-1"_s, 0.5, u"x"_s}});
        for (const TableFormat format : {TableFormat::Csv, TableFormat::Json}) {
            SmallDevice device(20);
            const Result<void> is = writeTable(device, content, {0, 0, 0}, {0, 1, 2}, format);
            QVERIFY(!is);
            QCOMPARE(is.error().message, u"no room"_s);
        }
    }

    void columnsAreNamedAsInTheApi()
    {
        const QStringList stamps = columnKeys(StampModel::staticMetaObject);
        QCOMPARE(stamps.size(), int(StampModel::ColumnCount));
        QCOMPARE(stamps[StampModel::HealthColumn], u"health"_s);
        QCOMPARE(stamps[StampModel::LatencyP99], u"latencyP99"_s);
        QCOMPARE(columnKeys(TenantModel::staticMetaObject)[TenantModel::TierColumn], u"tier"_s);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestTableContent)
#include "tst_tablecontent.moc"
