// SPDX-License-Identifier: GPL-3.0-or-later
#include "commands.h"
#include "table.h"

#include "app/common/json.h"
#include "models/journal.h"

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

ExitStatus give(const Error &error)
{
    complain(error);
    return statusOf(error.kind);
}

ExitStatus verify(const Invocation &invocation, const Journal &journal)
{
    const auto held = journal.verifyAudit();
    if (invocation.output == OutputFormat::Json) {
        QByteArray json;
        JsonWriter writer(json);
        writer.beginObject();
        writer.member("holds", held.has_value());
        writer.key("entries");
        if (held)
            writer.value(*held);
        else
            writer.null();
        writer.key("error");
        writer.valueOrNull(held ? QString() : held.error().message);
        writer.endObject();
        print(json + '\n');
    } else if (held) {
        print(u"the audit trail holds: %1 entries\n"_s.arg(*held));
    }
    if (held)
        return ExitStatus::Done;
    complain(held.error());
    return ExitStatus::Failed;
}

} // namespace

ExitStatus audit(const Invocation &invocation)
{
    const auto journal = Journal::open(invocation.common.stateDir.empty()
                                               ? defaultStateDir()
                                               : QString::fromStdString(invocation.common.stateDir));
    if (!journal) {
        complain(journal.error());
        return ExitStatus::Usage;
    }
    if (invocation.what == "verify"_L1)
        return verify(invocation, **journal);

    Table table({{u"ENTRY"_s, TableColumn::Number},
                 {u"TIME"_s, TableColumn::Word},
                 {u"BY"_s, TableColumn::Name},
                 {u"ACTION"_s, TableColumn::Word},
                 {u"TARGET"_s, TableColumn::Name},
                 {u"OUTCOME"_s, TableColumn::Sentence, 2},
                 {u"REASON"_s, TableColumn::Sentence, 1},
                 {u"OPERATION"_s, TableColumn::Name, 3}});
    const bool json = invocation.output == OutputFormat::Json;
    if (json)
        print(QByteArray("["));
    qint64 after = 0;
    // A page at a time: a trail may be long.
    for (bool first = true;;) {
        const auto entries = (*journal)->audit(after, 1000);
        if (!entries)
            return give(entries.error());
        if (entries->isEmpty())
            break;
        QByteArray text;
        for (const AuditEntry &entry : *entries) {
            after = entry.sequence;
            switch (invocation.output) {
            case OutputFormat::Json: {
                if (!first)
                    text += ',';
                first = false;
                JsonWriter writer(text);
                writeAuditEntry(writer, entry);
                break;
            }
            case OutputFormat::Name:
                text += QByteArray::number(entry.sequence) + '\n';
                break;
            case OutputFormat::Table:
                table.add({QString::number(entry.sequence), toRfc3339(entry.at), entry.actor,
                           entry.action, entry.target, entry.outcome, entry.reason,
                           entry.operation});
                break;
            }
        }
        print(text);
    }
    if (json)
        print(QByteArray("]\n"));
    else if (invocation.output == OutputFormat::Table)
        print(table.render(outputWidth(), invocation.headers));
    return ExitStatus::Done;
}

ExitStatus adapters(const Invocation &invocation, const PluginCatalog &catalog)
{
    QByteArray json;
    JsonWriter writer(json);
    Table table({{u"ADAPTER"_s, TableColumn::Name},
                 {u"INTERFACE"_s, TableColumn::Word},
                 {u"VERSION"_s, TableColumn::Word, 1},
                 {u"LOCATION"_s, TableColumn::Word, 2},
                 {u"CAN"_s, TableColumn::Sentence},
                 {u"DESCRIPTION"_s, TableColumn::Sentence, 3}});
    writer.beginArray();
    QString names;
    for (const AdapterInfo &adapter : catalog.adapters()) {
        const QString version = u"%1.%2"_s.arg(adapter.major).arg(adapter.minor);
        const QStringList can = toStrings(adapter.capabilities);
        table.add({adapter.kind, adapter.interfaceName, version, adapter.location,
                   can.join(u", "_s), adapter.description});
        names += adapter.kind + u'\n';
        writer.beginObject();
        writer.member("kind", adapter.kind);
        writer.member("interface", adapter.interfaceName);
        writer.member("version", version);
        writer.key("location");
        writer.valueOrNull(adapter.location);
        writer.member("description", adapter.description);
        writer.key("capabilities");
        writer.beginArray();
        for (const QString &word : can)
            writer.value(word);
        writer.endArray();
        writer.key("keys");
        writer.beginArray();
        for (const AdapterKey &key : adapter.keys) {
            writer.beginObject();
            writer.member("name", key.name);
            writer.member("type", toString(key.type));
            writer.member("list", key.isList);
            writer.member("required", key.required);
            writer.key("help");
            writer.valueOrNull(key.help);
            writer.endObject();
        }
        writer.endArray();
        writer.member("file", adapter.file);
        writer.endObject();
    }
    writer.endArray();
    switch (invocation.output) {
    case OutputFormat::Json:
        print(json + '\n');
        break;
    case OutputFormat::Name:
        print(names);
        break;
    case OutputFormat::Table:
        print(table.render(outputWidth(), invocation.headers));
        break;
    }
    for (const PluginCatalog::Refused &refused : catalog.refused())
        complain(u"%1 is not used: %2"_s.arg(refused.file, refused.message));
    return ExitStatus::Done;
}

} // namespace Stampdeck
