// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/fleetconfig.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QProcess>

using namespace Stampdeck;
using namespace Qt::StringLiterals;

namespace {

const QString sourceDir = QStringLiteral(STAMPDECK_SOURCE_DIR);
const QString schemaFile = sourceDir + u"/resources/fleet.schema.json"_s;
const QString corpus = sourceDir + u"/tests/models/config/"_s;

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QStringList filesOf(const QString &folder)
{
    const QDir dir(corpus + folder);
    QStringList files;
    for (const QString &name : dir.entryList({u"*.yaml"_s}, QDir::Files, QDir::Name))
        files.append(dir.filePath(name));
    return files;
}

/// The adapters that the schema knows, from their own metadata.
std::vector<AdapterInfo> builtIn()
{
    std::vector<AdapterInfo> adapters;
    for (const auto &[kind, iid] :
         {std::pair(u"rest"_s, STAMPDECK_FLEET_ADAPTER_IID),
          std::pair(u"simulator"_s, STAMPDECK_FLEET_ADAPTER_IID),
          std::pair(u"prometheus"_s, STAMPDECK_METRICS_ADAPTER_IID),
          std::pair(u"alertmanager"_s, STAMPDECK_INCIDENT_ADAPTER_IID)}) {
        const QString path = sourceDir + u"/backends/"_s + kind + u'/' + kind + u".json"_s;
        const QJsonObject json{{u"IID"_s, QLatin1StringView(iid)},
                               {u"MetaData"_s, QJsonDocument::fromJson(contentOf(path)).object()}};
        if (const auto info = readAdapterInfo(json, path))
            adapters.push_back(*info);
    }
    return adapters;
}

} // namespace

/// Holds the typed reader and the JSON Schema for editors to one corpus.
class TestConfigSchema : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { Testing::strict(); }

    void theReaderAgrees_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<bool>("good");
        for (const QString &folder : {u"good"_s, u"bad"_s, u"beyond-schema"_s}) {
            for (const QString &path : filesOf(folder))
                QTest::addRow("%s/%s", qPrintable(folder), qPrintable(QFileInfo(path).baseName()))
                    << path << (folder == u"good"_s);
        }
    }
    void theReaderAgrees()
    {
        QFETCH(QString, path);
        QFETCH(bool, good);
        const auto config = loadFleetConfig(path, builtIn());
        if (good) {
            VERIFY_RESULT(config);
            return;
        }
        QVERIFY(!config);
        QCOMPARE(config.error().kind, ErrorKind::Invalid);
        QVERIFY2(config.error().message.startsWith(path + u':'),
                 qPrintable(config.error().message));
    }

    void theSchemaAgrees()
    {
        const QStringList good = filesOf(u"good"_s);
        const QStringList bad = filesOf(u"bad"_s);
        QVERIFY(good.size() > 10);
        QVERIFY(bad.size() > 40);
        QProcess python;
        python.start(u"python3"_s,
                     QStringList{sourceDir + u"/tests/models/validateschema.py"_s, schemaFile}
                         + good + bad);
        QVERIFY(python.waitForFinished(60'000));
        QVERIFY2(python.exitCode() == 0, python.readAllStandardError().constData());
        const QStringList lines =
            QString::fromUtf8(python.readAllStandardOutput()).split(u'\n', Qt::SkipEmptyParts);
        QStringList expected;
        for (const QString &path : good)
            expected.append(u"good "_s + path);
        for (const QString &path : bad)
            expected.append(u"bad "_s + path);
        QCOMPARE(lines, expected);
    }

    void theSchemaHasEveryKeyOfTheWindow()
    {
        const QJsonObject window = QJsonDocument::fromJson(contentOf(schemaFile))
                                       .object()[u"$defs"_s]
                                       .toObject()[u"window"_s]
                                       .toObject()[u"properties"_s]
                                       .toObject();
        QCOMPARE(window.size(), WindowSettings::keys().size());
        for (const AdapterKey &key : WindowSettings::keys()) {
            const QJsonObject is = window[key.name].toObject();
            QCOMPARE(is[u"default"_s].toVariant(), key.defaultValue);
            // An editor is told the same sentence, with the bounds that the schema can't hold.
            QVERIFY2(is[u"description"_s].toString().startsWith(key.help), qPrintable(key.name));
            QStringList choices;
            for (const QVariant &choice : is[u"enum"_s].toArray().toVariantList())
                choices.append(choice.toString());
            QCOMPARE(choices, key.choices);
        }
    }

    void theSchemaHasEveryKeyOfTheAdapters_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addRow("rest") << u"rest"_s;
        QTest::addRow("simulator") << u"simulator"_s;
        QTest::addRow("prometheus") << u"prometheus"_s;
        QTest::addRow("alertmanager") << u"alertmanager"_s;
    }
    void theSchemaHasEveryKeyOfTheAdapters()
    {
        QFETCH(QString, kind);
        const QJsonObject defs =
            QJsonDocument::fromJson(contentOf(schemaFile)).object()[u"$defs"_s].toObject();
        const auto adapters = builtIn();
        const auto info =
            std::find_if(adapters.begin(), adapters.end(),
                         [&](const AdapterInfo &adapter) { return adapter.kind == kind; });
        QVERIFY(info != adapters.end());
        QStringList schemaKeys = defs[kind].toObject()[u"properties"_s].toObject().keys();
        if (info->network)
            schemaKeys += defs[u"network"_s].toObject()[u"properties"_s].toObject().keys();
        schemaKeys.sort();
        QStringList keys = info->keyNames();
        keys.sort();
        QCOMPARE(schemaKeys, keys);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestConfigSchema)
#include "tst_configschema.moc"
