// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/testmain.h"

#include <QtCore/QDirIterator>
#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>
#include <QtCore/QXmlStreamReader>

using namespace Stampdeck;
using namespace Qt::StringLiterals;

namespace {

/// One sentence of a catalogue.
struct Message
{
    QString context;
    QString source;
    bool isPlural = false;
    bool isGone = false; ///< The source has it no more.
    QStringList forms = {}; ///< As translated.

    [[nodiscard]] QString name() const { return context + u": “"_s + source + u"”"_s; }
};

QList<Message> messagesOf(const QString &path)
{
    QList<Message> all;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return all;
    QXmlStreamReader xml(&file);
    QString context;
    while (!xml.atEnd()) {
        if (xml.readNext() != QXmlStreamReader::StartElement)
            continue;
        if (xml.name() == u"name") {
            context = xml.readElementText();
        } else if (xml.name() == u"message") {
            all.append({context, {}, xml.attributes().value("numerus"_L1) == u"yes"});
        } else if (xml.name() == u"source") {
            all.last().source = xml.readElementText();
        } else if (xml.name() == u"translation") {
            const auto type = xml.attributes().value("type"_L1);
            all.last().isGone = type == u"vanished" || type == u"obsolete";
        } else if (xml.name() == u"numerusform") {
            all.last().forms.append(xml.readElementText());
        }
    }
    return all;
}

/// What lupdate finds in the source, in the catalogue at \a path; what it complains of.
QString update(const QString &path, const QStringList &options)
{
    QStringList arguments;
    for (const auto *room : {"app", "backends", "models", "widgets"})
        arguments.append(QStringLiteral(STAMPDECK_SOURCE_DIR "/") + QLatin1StringView(room));
    arguments += options;
    arguments += {u"-silent"_s, u"-locations"_s, u"none"_s, u"-ts"_s, path};
    QProcess lupdate;
    lupdate.start(QStringLiteral(STAMPDECK_LUPDATE), arguments);
    // There are expressions that it never gets to the end of: "slots" in the arguments of one.
    if (!lupdate.waitForFinished(60'000)) {
        lupdate.kill();
        lupdate.waitForFinished();
        return u"lupdate does not come to an end"_s;
    }
    return QString::fromUtf8(lupdate.readAllStandardError());
}

/// A text in the source that is not given to tr(): u"…"_s, "…"_L1, QStringLiteral("…"), with what
/// stands beside it joined.
QStringList textsOf(const QString &source)
{
    // Whatever is not one of them is passed over as a whole, so that none begins inside of it.
    static const QRegularExpression token(
        uR"re(//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|'(?:[^'\\\n]|\\.)'|((?:u?"(?:[^"\\\n]|\\.)*"\s*)+)(_s|_L1)?)re"_s,
        QRegularExpression::DotMatchesEverythingOption);
    static const QRegularExpression part(uR"re("((?:[^"\\\n]|\\.)*)")re"_s);
    QStringList all;
    for (auto each = token.globalMatch(source); each.hasNext();) {
        const QRegularExpressionMatch one = each.next();
        const bool isLiteral =
            QStringView(source).left(one.capturedStart()).endsWith(u"QStringLiteral("_s);
        if (one.captured(2).isEmpty() || (one.captured(3).isEmpty() && !isLiteral))
            continue;
        QString text;
        for (auto inside = part.globalMatch(one.captured(2)); inside.hasNext();)
            text += inside.next().captured(1);
        all.append(text);
    }
    return all;
}

/// The text of all rooms that speak to people.
QString everything()
{
    QString all;
    for (const auto *room : {"app", "backends", "models", "widgets"}) {
        QDirIterator files(QStringLiteral(STAMPDECK_SOURCE_DIR "/") + QLatin1StringView(room),
                           {u"*.cpp"_s, u"*.h"_s}, QDir::Files, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile file(files.next());
            if (file.open(QIODevice::ReadOnly))
                all += QString::fromUtf8(file.readAll());
        }
    }
    return all;
}

/// Two words of a sentence, or one with something to be filled in.
bool isSentence(const QString &text)
{
    static const QRegularExpression sql(
        u"^\\s*\\(?(SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|PRAGMA|BEGIN)\\b"_s);
    static const QRegularExpression words(
        u"\\b[A-Za-z]*[a-z]{2,}[,:;]? [a-z]{2,}|[a-z]{2,} %\\d|%\\d [a-z]{2,}"_s);
    return !text.contains(sql) && text.contains(words);
}

/// What nobody reads in the window, by the file where it stands: for the log, for other programs,
/// or about a file that is compiled in.
const QMap<QString, QStringList> notForPeople = {
    {u"app/stampdeck/mainwindowpast.cpp"_s, {u"history: {record: true}"_s}},
    {u"backends/alertmanager/alertmanagerdecoder.cpp"_s, {u" at byte "_s}},
    {u"backends/net/http.cpp"_s, {u"ddd, dd MMM yyyy HH:mm:ss 'GMT'"_s}},
    {u"backends/net/problem.cpp"_s, {u"ddd, dd MMM yyyy HH:mm:ss 'GMT'"_s}},
    {u"backends/net/httpclient.cpp"_s, {u"whole answer"_s, u"gzip stream without an end"_s}},
    {u"backends/prometheus/prometheusdecoder.cpp"_s,
     {u" at byte "_s, u"\\n) and on ("_s, u"max by ("_s}},
    {u"backends/simulator/simulation.cpp"_s,
     {u"%1 stamps, %2 tenants on each, seed %3, calm %4%5"_s, u"expected revision %1, is %2"_s}},
    {u"backends/simulator/simulatorsettings.cpp"_s,
     {u"stamps, tenantsPerStamp, seed, timeScale, state, startSeconds, failureRate, calm, "
      "autoscaler, owner, scratch, scenario"_s}},
    {u"app/stampdeck/main.cpp"_s, {u"--size is WIDTHxHEIGHT, as 1600x1000"_s}},
    {u"backends/net/networkoptions.cpp"_s, {u"clientCertificate, clientKey"_s}},
    {u"widgets/mapfacts.cpp"_s, {u"health:%1 stale:false"_s}},
    {u"models/diagnostics.cpp"_s, {u"half open"_s}},
    {u"models/reporthtml.cpp"_s, {}}, // markup, whose words go through tr()
    {u"models/reportpage.cpp"_s, {}},
    {u"models/fleetconfig.cpp"_s, {u"sum by (stamp) (…)"_s}},
    {u"models/fleetstore.cpp"_s, {u"fleet store"_s}},
    {u"models/historycodec.cpp"_s, {}},
    {u"models/samplecodec.cpp"_s, {}},
    {u"models/sqlite.cpp"_s, {u"no row: %1"_s}},
    {u"widgets/createwizard.cpp"_s, {u"says region"_s, u"says name"_s}},
    {u"widgets/theme.cpp"_s, {}},
    {u"widgets/worldland.cpp"_s, {}},
};

} // namespace

/// Holds the source to what lupdate can find, and the English catalogue to the source.
class TestTranslations final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Testing::strict(); }

    void everySentenceCanBeFound()
    {
        const QTemporaryDir dir;
        const QString all = dir.filePath(u"all.ts"_s);
        QCOMPARE(update(all, {}), QString());
        const QList<Message> messages = messagesOf(all);
        QVERIFY(messages.size() > 500);

        QStringList wrong;
        const QString source = everything();
        for (const Message &message : messages) {
            // There are lines in which it cuts the name short; nobody would ever find them again.
            if (!message.context.contains(u"::"_s) && message.context != u"QObject"
                && !source.contains(u"FUNCTIONS(%1)"_s.arg(message.context))
                && !source.contains(u"\"%1\""_s.arg(message.context)))
                wrong.append(message.name() + u": nobody looks there"_s);
        }
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u"; "_s)));
        static const QRegularExpression byHand(u"\\bs?\\(s\\)|\\(ies\\)|%L?n\\b"_s);
        for (const Message &message : messages) {
            if (!message.isPlural && message.source.contains(byHand))
                wrong.append(message.name());
            if (message.source != message.source.trimmed())
                wrong.append(message.name() + u" begins or ends with a space"_s);
        }
        QVERIFY2(wrong.isEmpty(), qPrintable(u"not plural forms: "_s + wrong.join(u"; "_s)));
    }

    /// lupdate sees only what goes through tr(): this sees what does not.
    void noSentenceIsForgotten()
    {
        const QDir top(QStringLiteral(STAMPDECK_SOURCE_DIR));
        QStringList forgotten;
        QMap<QString, QStringList> unseen = notForPeople;
        int read = 0;
        for (const auto *room : {"app/common", "app/stampdeck", "backends", "models", "widgets"}) {
            QDirIterator files(top.filePath(QLatin1StringView(room)), {u"*.cpp"_s, u"*.h"_s},
                               QDir::Files, QDirIterator::Subdirectories);
            while (files.hasNext()) {
                const QString name = top.relativeFilePath(files.next());
                QFile file(files.filePath());
                // The kit of conformance speaks to those who write adapters.
                if (name.startsWith(u"backends/conformance/") || !file.open(QIODevice::ReadOnly))
                    continue;
                ++read;
                const bool isFree = notForPeople.contains(name) && notForPeople[name].isEmpty();
                for (const QString &text : textsOf(QString::fromUtf8(file.readAll()))) {
                    if (isFree || !isSentence(text))
                        continue;
                    if (!unseen[name].contains(text) && !notForPeople[name].contains(text))
                        forgotten.append(name + u": “"_s + text + u'”');
                    unseen[name].removeAll(text);
                }
            }
        }
        QVERIFY(read > 200);
        QVERIFY2(forgotten.isEmpty(),
                 qPrintable(u"not given to tr(): "_s + forgotten.join(u"; "_s)));
        for (auto each = unseen.cbegin(); each != unseen.cend(); ++each)
            QVERIFY2(each->isEmpty(),
                     qPrintable(each.key() + u" says no more: "_s + each->join(u"; "_s)));
    }

    void sentencesAreTold()
    {
        const QStringList texts =
            textsOf(u"a(u\"one of “%1”\"_s, tr(\"not this one\"), '\"'); // u\"nor this\"_s\n"
                    "QStringLiteral(\"the \" \"last\");"_s);
        QCOMPARE(texts, (QStringList{u"one of “%1”"_s, u"the last"_s}));
        QVERIFY(isSentence(u"the last"_s));
        QVERIFY(isSentence(u"there is no %1"_s));
        QVERIFY(isSentence(u"Page of help"_s));
        QVERIFY(!isSentence(u"SELECT id FROM operation"_s));
        QVERIFY(!isSentence(u"latencyP99"_s));
        QVERIFY(!isSentence(u"%1/%2"_s));
    }

    /// What metadata says is looked up by its text, which its adapter has to mark.
    void everyAdapterMarksItsMetadata()
    {
        const QTemporaryDir dir;
        const QString path = dir.filePath(u"all.ts"_s);
        QCOMPARE(update(path, {}), QString());
        QStringList marked;
        for (const Message &message : messagesOf(path)) {
            if (message.context == u"Metadata")
                marked.append(message.source);
        }
        QStringList said;
        QDirIterator files(QStringLiteral(STAMPDECK_SOURCE_DIR "/backends"), {u"*.json"_s},
                           QDir::Files, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile file(files.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QJsonObject metadata = QJsonDocument::fromJson(file.readAll()).object();
            QString plugin = files.filePath();
            plugin.replace(plugin.size() - 5, 5, u"plugin.cpp"_s); // NAME.json
            if (!metadata.contains(u"interface"_s) || !QFile::exists(plugin))
                continue;
            said.append(metadata[u"description"_s].toString());
            for (const QJsonValue key : metadata[u"keys"_s].toObject())
                said.append(key[u"help"_s].toString());
        }
        QVERIFY(said.size() > 10);
        marked.sort();
        said.sort();
        marked.removeDuplicates();
        said.removeDuplicates();
        QCOMPARE(marked, said);
    }

    void everyPluralHasItsEnglishForms()
    {
        const QTemporaryDir dir;
        const QString english = dir.filePath(u"stampdeck_en.ts"_s);
        QVERIFY(QFile::copy(
            QStringLiteral(STAMPDECK_SOURCE_DIR "/resources/translations/stampdeck_en.ts"),
            english));
        QCOMPARE(update(english, {u"-pluralonly"_s}), QString());
        QStringList wrong;
        for (const Message &message : messagesOf(english)) {
            if (message.isGone)
                wrong.append(message.name() + u" is obsolete"_s);
            else if (message.forms.size() != 2 || message.forms.contains(QString()))
                wrong.append(message.name() + u" has no English forms"_s);
        }
        QVERIFY2(
            wrong.isEmpty(),
            qPrintable(u"scripts/update-translations, then fill in: "_s + wrong.join(u"; "_s)));
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestTranslations)
#include "tst_translations.moc"
