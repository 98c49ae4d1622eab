// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/testmain.h"

#include <QtCore/QDir>
#include <QtCore/QDirIterator>
#include <QtCore/QFile>
#include <QtCore/QRegularExpression>

using namespace Stampdeck;
using namespace Qt::StringLiterals;

/// Holds the tree to docs/architecture.md: which room may include which, and what of outside.
namespace {

/// Everything below "backends" that is not an adapter.
const QStringList sharedBackends = {u"api"_s, u"net"_s, u"conformance"_s};

/// The room of \a path, which starts at the tree's root: "models", "backends/api"; empty for what
/// stands in none.
QString roomOf(const QString &path)
{
    const QStringList parts = path.split(u'/');
    if (parts.size() < 2)
        return {};
    if (parts[0] == u"backends"_s)
        return parts.size() > 2 ? QString(u"backends/"_s + parts[1]) : QString();
    static const QStringList rooms = {u"models"_s, u"widgets"_s, u"app"_s, u"tests"_s,
                                      u"resources"_s};
    return rooms.contains(parts[0]) ? parts[0] : QString();
}

bool isAdapter(const QString &room)
{
    return room.startsWith(u"backends/"_s) && !sharedBackends.contains(room.mid(9));
}

bool mayInclude(const QString &from, const QString &to)
{
    if (from == to || to == u"backends/api"_s)
        return true;
    if (from == u"app"_s)
        return to == u"widgets"_s || to == u"models"_s || to == u"backends/net"_s
            || to == u"backends/conformance"_s;
    if (from == u"widgets"_s)
        return to == u"models"_s;
    return isAdapter(from) && to == u"backends/net"_s;
}

/// What is wrong with including \a header, in angle brackets, in \a room; empty when nothing is.
QString outsideTrouble(const QString &room, const QString &header)
{
    const auto starts = [&](std::initializer_list<const char *> prefixes) {
        return std::any_of(prefixes.begin(), prefixes.end(), [&](const char *prefix) {
            return header.startsWith(QLatin1StringView(prefix));
        });
    };
    if (room != u"app"_s && starts({"boost/", "openssl/", "CLI/"}))
        return u"Boost, OpenSSL and CLI11 are app's alone"_s;
    const bool json = starts({"nlohmann/"});
    if (json && room == u"backends/api"_s)
        return u"the contract knows no JSON library"_s;
    const bool gui = starts({"QtWidgets/", "QtCharts/", "QtSvg"});
    if (gui && room != u"widgets"_s && room != u"app"_s)
        return u"only widgets and app know widgets"_s;
    // The conformance kit stands between an adapter and its network.
    if (starts({"QtNetwork/"}) && room != u"backends/net"_s && room != u"backends/conformance"_s
        && room != u"app"_s && !isAdapter(room))
        return u"only backends and app know the network"_s;
    if (starts({"QtGui/"}) && room.startsWith(u"backends/"_s))
        return u"a backend draws nothing"_s;
    return {};
}

/// What is wrong with the text of the file \a path, one sentence each.
QStringList troublesOf(const QString &path, const QString &text)
{
    const QString room = roomOf(path);
    if (room.isEmpty() || room == u"tests"_s || room == u"resources"_s)
        return {};
    QStringList troubles;
    static const QRegularExpression line(uR"re(^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>))re"_s,
                                         QRegularExpression::MultilineOption);
    for (auto found = line.globalMatch(text); found.hasNext();) {
        const QRegularExpressionMatch match = found.next();
        const QString own = match.captured(1);
        const QString outside = match.captured(2);
        if (!own.isEmpty()) {
            const QString file = own.contains(u"../"_s)
                ? QDir::cleanPath(path.section(u'/', 0, -2) + u'/' + own)
                : own;
            const QString to = roomOf(file);
            if (!to.isEmpty() && !mayInclude(room, to))
                troubles.append(path + u": "_s + room + u" must not include "_s + own);
        } else if (const QString trouble = outsideTrouble(room, outside); !trouble.isEmpty()) {
            troubles.append(path + u": <"_s + outside + u">: "_s + trouble);
        }
    }
    if (path.endsWith(u".h"_s) && !text.contains(u"#pragma once"_s))
        troubles.append(path + u": has no #pragma once"_s);
    if (!text.startsWith(u"// SPDX-License-Identifier: GPL-3.0-or-later\n"_s))
        troubles.append(path + u": its first line is not its licence"_s);
    return troubles;
}

QString source(const char *include, bool header = false)
{
    return u"// SPDX-License-Identifier: GPL-3.0-or-later\n"_s
        + (header ? u"#pragma once\n"_s : QString()) + u"#include "_s + QString::fromLatin1(include)
        + u"\n"_s;
}

} // namespace

class TestDirections : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { Testing::strict(); }

    void theTreeKeepsThem()
    {
        const QDir root(QStringLiteral(STAMPDECK_SOURCE_DIR));
        QStringList troubles;
        int files = 0;
        for (const char *room : {"backends", "models", "widgets", "app"}) {
            QDirIterator each(root.filePath(QString::fromLatin1(room)), {u"*.h"_s, u"*.cpp"_s},
                              QDir::Files, QDirIterator::Subdirectories);
            while (each.hasNext()) {
                QFile file(each.next());
                QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(file.fileName()));
                troubles += troublesOf(root.relativeFilePath(file.fileName()),
                                       QString::fromUtf8(file.readAll()));
                ++files;
            }
        }
        QVERIFY(files > 20);
        QVERIFY2(troubles.isEmpty(), qPrintable(u'\n' + troubles.join(u'\n')));
    }

    void aWrongOneIsFound_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("text");
        const auto row = [](const char *name, const char *path, const char *include) {
            QTest::addRow("%s", name) << QString::fromLatin1(path) << source(include);
        };
        row("models include widgets", "models/a.cpp", "\"widgets/mapview.h\"");
        row("models include an adapter", "models/a.cpp", "\"backends/rest/restadapter.h\"");
        row("models include the HTTP client", "models/a.cpp", "\"backends/net/httpclient.h\"");
        row("models know widgets", "models/a.cpp", "<QtWidgets/QWidget>");
        row("models know the network", "models/a.cpp", "<QtNetwork/QNetworkReply>");
        row("widgets include app", "widgets/a.cpp", "\"app/options.h\"");
        row("widgets include an adapter", "widgets/map/a.cpp", "\"backends/rest/restadapter.h\"");
        row("widgets know the network", "widgets/a.cpp", "<QtNetwork/QNetworkReply>");
        row("app includes an adapter", "app/stampd/a.cpp", "\"backends/simulator/simulator.h\"");
        row("an adapter includes models", "backends/rest/a.cpp", "\"models/fleetstore.h\"");
        row("an adapter includes another", "backends/rest/a.cpp", "\"backends/simulator/world.h\"");
        row("the HTTP client includes an adapter", "backends/net/a.cpp", "\"backends/rest/a.h\"");
        row("the contract includes the HTTP client", "backends/api/a.cpp", "\"backends/net/a.h\"");
        row("the contract knows JSON", "backends/api/a.cpp", "<nlohmann/json.hpp>");
        row("the kit includes an adapter", "backends/conformance/a.cpp", "\"backends/rest/a.h\"");
        row("an adapter includes the kit", "backends/rest/a.cpp", "\"backends/conformance/a.h\"");
        row("an adapter knows Boost", "backends/rest/a.cpp", "<boost/beast.hpp>");
        row("models know OpenSSL", "models/a.cpp", "<openssl/sha.h>");
        row("models go round", "models/a.cpp", "\"../widgets/mapview.h\"");
        QTest::addRow("a header without a guard") << u"models/a.h"_s << source("\"b.h\"");
        QTest::addRow("no licence") << u"models/a.cpp"_s << u"#include \"a.h\"\n"_s;
    }
    void aWrongOneIsFound()
    {
        QFETCH(QString, path);
        QFETCH(QString, text);
        QCOMPARE(troublesOf(path, text).size(), 1);
    }

    void aRightOnePasses_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("text");
        const auto row = [](const char *path, const char *include) {
            QTest::addRow("%s: %s", path, include) << QString::fromLatin1(path) << source(include);
        };
        row("app/stampdeck/main.cpp", "\"widgets/mainwindow.h\"");
        row("app/stampd/main.cpp", "<boost/beast.hpp>");
        row("widgets/a.cpp", "\"models/fleetstore.h\"");
        row("models/a.cpp", "\"backends/api/fleet.h\"");
        row("models/a.cpp", "\"fleetstore.h\"");
        row("backends/rest/a.cpp", "\"backends/net/httpclient.h\"");
        row("backends/rest/a.cpp", "\"backends/api/fleet.h\"");
        row("backends/net/a.cpp", "<QtNetwork/QNetworkReply>");
        row("backends/conformance/a.cpp", "<QtNetwork/QTcpSocket>");
        row("app/stampctl/a.cpp", "\"backends/conformance/conformance.h\"");
    }
    void aRightOnePasses()
    {
        QFETCH(QString, path);
        QFETCH(QString, text);
        QCOMPARE(troublesOf(path, text), QStringList());
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestDirections)
#include "tst_directions.moc"
