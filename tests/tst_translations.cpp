// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/testmain.h"

#include <QtCore/QFile>
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
        static const QRegularExpression byHand(u"\\bs?\\(s\\)|\\(ies\\)|%L?n\\b"_s);
        for (const Message &message : messages) {
            if (!message.isPlural && message.source.contains(byHand))
                wrong.append(message.name());
            if (message.source != message.source.trimmed())
                wrong.append(message.name() + u" begins or ends with a space"_s);
        }
        QVERIFY2(wrong.isEmpty(), qPrintable(u"not plural forms: "_s + wrong.join(u"; "_s)));
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
