// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/plugincatalog.h"
#include "models/suggestion.h"
#include "tests/support/manualclock.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QDir>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>
#include <QtCore/QTemporaryDir>

using namespace Stampdeck;
using namespace Qt::StringLiterals;

namespace {

QJsonObject metadata(const QJsonObject &changes = {})
{
    QJsonObject inner{{u"kind"_s, u"x"_s},
                      {u"interface"_s, u"fleet"_s},
                      {u"version"_s, u"1.0"_s},
                      {u"location"_s, u""_s},
                      {u"keys"_s, QJsonObject()}};
    for (auto change = changes.begin(); change != changes.end(); ++change)
        inner.insert(change.key(), change.value());
    return {{u"IID"_s, QStringLiteral(STAMPDECK_FLEET_ADAPTER_IID)}, {u"MetaData"_s, inner}};
}

} // namespace

class TestPluginCatalog : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        Testing::strict();
        qunsetenv("STAMPDECK_TEST_PLUGIN_RAN");
    }

    void readsMetadataWithoutRunningCode()
    {
        const PluginCatalog catalog({qEnvironmentVariable("STAMPDECK_TEST_PLUGINS")});
        QCOMPARE(catalog.kinds(u"fleet"), QStringList{u"fits"_s});
        QVERIFY(!qEnvironmentVariableIsSet("STAMPDECK_TEST_PLUGIN_RAN"));

        const AdapterInfo *info = catalog.find(u"fits");
        QVERIFY(info);
        QCOMPARE(info->location, u"url"_s);
        QCOMPARE(info->capabilities, Capabilities(Capability::Cordon));
        QCOMPARE(info->key(u"url")->required, true);
        QCOMPARE(info->key(u"urls")->isList, true);
        QCOMPARE(info->key(u"urls")->type, KeyType::Url);
        QCOMPARE(info->key(u"count")->max, std::optional(9.0));
        QVERIFY2(info->key(u"proxy"), "an adapter of the network takes the network's keys");
        QVERIFY(!info->key(u"nothing"));
    }

    void refusesOtherVersionsByName()
    {
        const PluginCatalog catalog({qEnvironmentVariable("STAMPDECK_TEST_PLUGINS")});
        QStringList messages;
        for (const PluginCatalog::Refused &refused : catalog.refused())
            messages.append(refused.message);
        messages.sort();
        QCOMPARE(messages.size(), 3);
        QCOMPARE(messages[0], u"libstranger.so: not an adapter of Stampdeck"_s);
        QCOMPARE(messages[1],
                 u"the adapter “newer” was built for version 1.99 of the interface, "
                 "this Stampdeck has 1.0"_s);
        QCOMPARE(messages[2],
                 u"the adapter “other” was built for version 2.0 of the interface, "
                 "this Stampdeck has 1.0"_s);
        QVERIFY(!qEnvironmentVariableIsSet("STAMPDECK_TEST_PLUGIN_RAN"));
    }

    void makesAdapters()
    {
        const PluginCatalog catalog({qEnvironmentVariable("STAMPDECK_TEST_PLUGINS")});
        Testing::ManualClock clock;
        SourceSettings settings;
        settings.adapter = u"fits"_s;
        const auto adapter = catalog.create<FleetAdapter>(settings, clock);
        VERIFY_RESULT(adapter);
        QVERIFY(qEnvironmentVariableIsSet("STAMPDECK_TEST_PLUGIN_RAN"));
        QCOMPARE((*adapter)->capabilities(), Capabilities(Capability::Cordon));

        settings.keys.insert(u"broken"_s, true);
        QCOMPARE(catalog.create<FleetAdapter>(settings, clock).error().message, u"broken"_s);
        settings.adapter = u"fit"_s;
        QCOMPARE(catalog.create<FleetAdapter>(settings, clock).error().kind, ErrorKind::NotFound);
        QCOMPARE(catalog.create<FleetAdapter>(settings, clock).error().message,
                 u"there is no fleet adapter “fit”, did you mean “fits”?"_s);
        settings.adapter = u"fits"_s;
        const auto meter = catalog.create<MetricsAdapter>(settings, clock);
        QVERIFY(!meter);
        QVERIFY2(meter.error().message.startsWith(u"there is no metrics adapter “fits”"_s),
                 qPrintable(meter.error().message));
        QVERIFY(!catalog.create<IncidentAdapter>(settings, clock));
    }

    void theFirstFolderWins()
    {
        const QString folder = qEnvironmentVariable("STAMPDECK_TEST_PLUGINS");
        QTemporaryDir other;
        QVERIFY(QFile::copy(folder + u"/libfits.so"_s, other.filePath(u"libfits.so"_s)));
        const PluginCatalog catalog({other.path(), folder, u"/no/such/folder"_s});
        QCOMPARE(catalog.adapters().size(), size_t(1));
        QCOMPARE(catalog.find(u"fits")->file, other.filePath(u"libfits.so"_s));
    }

    void aFileThatIsNoLibraryIsRefused()
    {
        QTemporaryDir folder;
        QFile file(folder.filePath(u"libgarbage.so"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("\x7f"
                   "ELF and then nothing that makes sense");
        file.close();
        const PluginCatalog catalog({folder.path()});
        QCOMPARE(catalog.adapters().size(), size_t(0));
        QCOMPARE(catalog.refused().size(), 1);
    }

    void looksWhereItShould()
    {
        qputenv("STAMPDECK_PLUGIN_PATH", "/one:/two");
        const QStringList folders = PluginCatalog::defaultFolders();
        QCOMPARE(folders.mid(0, 2), (QStringList{u"/one"_s, u"/two"_s}));
        QVERIFY(folders.contains(QDir::cleanPath(QCoreApplication::applicationDirPath()
                                                 + u"/../lib/stampdeck/adapters"_s)));
    }

    void refusesWrongMetadata_data()
    {
        QTest::addColumn<QJsonObject>("changes");
        QTest::addColumn<QString>("message");
        QTest::addRow("no kind") << QJsonObject{{u"kind"_s, u""_s}}
                                 << u"lib.so: its metadata names no “kind”"_s;
        QTest::addRow("no version") << QJsonObject{{u"version"_s, 1}}
                                    << u"lib.so: its metadata has no “version” such as \"1.0\""_s;
        QTest::addRow("another interface")
            << QJsonObject{{u"interface"_s, u"metrics"_s}}
            << u"lib.so: its metadata says interface “metrics” where its library is “fleet”"_s;
        QTest::addRow("a location that is no key")
            << QJsonObject{{u"location"_s, u"url"_s}}
            << u"lib.so: its metadata has no key “url”, which it names as its location"_s;
        QTest::addRow("an unknown type")
            << QJsonObject{{u"keys"_s,
                            QJsonObject{{u"a"_s, QJsonObject{{u"type"_s, u"colour"_s}}}}}}
            << u"lib.so: the key “a” of its metadata has the unknown type “colour”"_s;
        QTest::addRow("a key that is no object")
            << QJsonObject{{u"keys"_s, QJsonObject{{u"a"_s, 5}}}}
            << u"lib.so: the key “a” of its metadata is not an object"_s;
    }
    void refusesWrongMetadata()
    {
        QFETCH(QJsonObject, changes);
        QFETCH(QString, message);
        VERIFY_RESULT(readAdapterInfo(metadata(), u"/lib.so"_s));
        const auto info = readAdapterInfo(metadata(changes), u"/lib.so"_s);
        QVERIFY(!info);
        QCOMPARE(info.error().message, message);
    }

    void suggestions()
    {
        const QStringList known = {u"pollInterval"_s, u"timeout"_s, u"url"_s};
        QCOMPARE(nearestWord(u"polInterval"_s, known), u"pollInterval"_s);
        QCOMPARE(nearestWord(u"tiemout"_s, known), u"timeout"_s);
        QCOMPARE(nearestWord(u"URL"_s, known), u"url"_s);
        QCOMPARE(nearestWord(u"zebra"_s, known), QString());
        QCOMPARE(suggestionFor(u"zebra"_s, known), u"; known are pollInterval, timeout, url"_s);
        QCOMPARE(suggestionFor(u"tiemout"_s, known), u", did you mean “timeout”?"_s);
        QCOMPARE(nearestWord(QString(100'000, u'x'), known), QString());
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestPluginCatalog)
#include "tst_plugincatalog.moc"
