// SPDX-License-Identifier: GPL-3.0-or-later
#include "pseudolanguage.h"

#include <QtCore/QFile>
#include <QtCore/QHash>
#include <QtCore/QProcess>
#include <QtCore/QXmlStreamReader>
#include <QtCore/QXmlStreamWriter>

namespace Stampdeck::Testing {

using namespace Qt::StringLiterals;

namespace {

struct Message
{
    QString context, source, comment;
    bool isPlural = false;
};

QString run(const QString &program, const QStringList &arguments)
{
    QProcess process;
    process.start(program, arguments);
    if (!process.waitForFinished(60'000)) {
        process.kill();
        process.waitForFinished();
        return program + u" does not come to an end";
    }
    return process.exitCode() == 0 ? QString() : QString::fromUtf8(process.readAllStandardError());
}

QList<Message> read(QFile &file)
{
    QList<Message> all;
    QXmlStreamReader xml(&file);
    QString context;
    while (!xml.atEnd()) {
        if (xml.readNext() != QXmlStreamReader::StartElement)
            continue;
        if (xml.name() == u"name")
            context = xml.readElementText();
        else if (xml.name() == u"message")
            all.append({context, {}, {}, xml.attributes().value("numerus"_L1) == u"yes"});
        else if (xml.name() == u"source")
            all.last().source = xml.readElementText();
        else if (xml.name() == u"comment")
            all.last().comment = xml.readElementText();
    }
    return all;
}

/// "%1 core(s)" in the form of many.
QString unit(QString source)
{
    return source.replace(u"(s)"_s, u"s"_s);
}

void write(QFile &file, const QList<Message> &messages)
{
    QXmlStreamWriter xml(&file);
    xml.writeStartDocument();
    xml.writeDTD(u"<!DOCTYPE TS>"_s);
    xml.writeStartElement(u"TS"_s);
    xml.writeAttribute(u"version"_s, u"2.1"_s);
    xml.writeAttribute(u"language"_s, u"en"_s);
    QString context;
    for (const Message &message : messages) {
        if (message.context != context) {
            if (!context.isEmpty())
                xml.writeEndElement();
            context = message.context;
            xml.writeStartElement(u"context"_s);
            xml.writeTextElement(u"name"_s, context);
        }
        xml.writeStartElement(u"message"_s);
        if (message.isPlural)
            xml.writeAttribute(u"numerus"_s, u"yes"_s);
        xml.writeTextElement(u"source"_s, message.source);
        if (!message.comment.isEmpty())
            xml.writeTextElement(u"comment"_s, message.comment);
        const QString words =
            message.comment == u"unit" ? unit(message.source) : pseudo(message.source);
        xml.writeStartElement(u"translation"_s);
        if (message.isPlural) {
            xml.writeTextElement(u"numerusform"_s, words);
            xml.writeTextElement(u"numerusform"_s, words);
        } else {
            xml.writeCharacters(words);
        }
        xml.writeEndElement();
        xml.writeEndElement();
    }
    xml.writeEndDocument();
}

} // namespace

QString pseudo(const QString &source)
{
    static const QString small = u"áƀćďéƒǵħíĵķĺɱńóƥɋŕśťúṽŵẋýž"_s;
    static const QString large = u"ÁƁĆĎÉƑǴĦÍĴĶĹḾŃÓƤɊŔŚŤÚṼŴẊÝŽ"_s;
    QString text;
    double owed = 0; // letters that are yet to be doubled
    for (qsizetype at = 0; at < source.size(); ++at) {
        const QChar c = source[at];
        if (c == u'%' && at + 1 < source.size()) { // %1, %n, %L1, %Ln
            qsizetype end = at + 1;
            if (source[end] == u'L')
                ++end;
            while (end < source.size() && (source[end].isDigit() || source[end] == u'n'))
                ++end;
            text += source.mid(at, end - at);
            at = end - 1;
            continue;
        }
        if (c == u'<') { // a tag
            const qsizetype end = source.indexOf(u'>', at);
            if (end > 0 && (source[at + 1].isLetter() || source[at + 1] == u'/')) {
                text += source.mid(at, end + 1 - at);
                at = end;
                continue;
            }
        }
        QChar other = c;
        if (c >= u'a' && c <= u'z')
            other = small[c.unicode() - u'a'];
        else if (c >= u'A' && c <= u'Z')
            other = large[c.unicode() - u'A'];
        text += other;
        if (other == c)
            continue;
        owed += 0.35;
        if (u"aeiou"_s.contains(c) && owed >= 1) {
            text += other;
            owed -= 1;
        }
    }
    return u'⟦' + text + u'⟧';
}

std::unique_ptr<QTranslator> pseudoLanguage(const QString &folder, QString *error)
{
    const QString all = folder + u"/all.ts"_s;
    const QString ours = folder + u"/pseudo.ts"_s;
    const QString catalogue = folder + u"/pseudo.qm"_s;
    QStringList arguments;
    for (const auto *room : {"app", "backends", "models", "widgets"})
        arguments.append(QStringLiteral(STAMPDECK_SOURCE_DIR "/") + QLatin1StringView(room));
    *error = run(QStringLiteral(STAMPDECK_LUPDATE),
                 arguments + QStringList{u"-locations"_s, u"none"_s, u"-ts"_s, all});
    if (!error->isEmpty())
        return nullptr;
    QFile in(all);
    QFile out(ours);
    if (!in.open(QIODevice::ReadOnly) || !out.open(QIODevice::WriteOnly)) {
        *error = in.errorString() + out.errorString();
        return nullptr;
    }
    write(out, read(in));
    out.close();
    *error = run(QStringLiteral(STAMPDECK_LRELEASE), {ours, u"-qm"_s, catalogue});
    auto translator = std::make_unique<QTranslator>();
    if (error->isEmpty() && !translator->load(catalogue))
        *error = u"the catalogue cannot be loaded"_s;
    return error->isEmpty() ? std::move(translator) : nullptr;
}

} // namespace Stampdeck::Testing
