// SPDX-License-Identifier: GPL-3.0-or-later
#include "commands.h"
#include "listing.h"

#include "app/common/json.h"
#include "models/fleetquery.h"

#include <QtCore/QHash>
#include <QtCore/QSet>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

/// Writes the lines: {"change": "changed"|"gone", "kind": "stamp"|…, "id", "value": object|null}.
class Lines
{
public:
    template<typename Write>
    void changed(QLatin1StringView kind, const QString &id, Write write)
    {
        line("changed"_L1, kind, id, write);
    }
    void gone(QLatin1StringView kind, const QString &id)
    {
        line("gone"_L1, kind, id, [](JsonWriter &writer) { writer.null(); });
    }
    void flush()
    {
        if (!m_text.isEmpty())
            print(m_text);
        m_text.clear();
    }

private:
    template<typename Write>
    void line(QLatin1StringView change, QLatin1StringView kind, const QString &id, Write write)
    {
        JsonWriter writer(m_text);
        writer.beginObject();
        writer.member("change", change);
        writer.member("kind", kind);
        writer.member("id", id);
        writer.key("value");
        write(writer);
        writer.endObject();
        m_text += '\n';
    }

    QByteArray m_text;
};

/// What is told of a source less how old it is.
QString toJsonText(const FleetVersion &version, const SourceState &source)
{
    SourceState timeless = source;
    timeless.lastContact.reset();
    timeless.skew.reset();
    QByteArray text;
    JsonWriter writer(text);
    writeSource(writer, version, timeless, std::chrono::milliseconds(0));
    return QString::fromUtf8(text);
}

} // namespace

ExitStatus watch(Session &session)
{
    const auto query = queryOf(session.invocation());
    if (!query)
        return session.give(query.error());
    Lines lines;
    // What matched when it was last told: what no longer does is told once more, as gone.
    QSet<QString> told;
    const auto tellOne = [&](QLatin1StringView kind, const QString &id, bool matches, auto write) {
        const QString key = kind + id;
        if (matches) {
            if (!query->isEmpty())
                told.insert(key);
            lines.changed(kind, id, write);
        } else if (query->isEmpty() || told.remove(key)) {
            lines.gone(kind, id);
        }
    };
    Clock &clock = session.fleet().clock();
    QHash<QString, QString> sources;
    for (const SourceState &source : session.version()->sources)
        sources.insert(source.name, toJsonText(*session.version(), source));
    QEventLoop loop;
    const auto nothing = [](JsonWriter &writer) { writer.null(); };
    const auto tell = [&](const FleetVersionPtr &version, const ChangeSetPtr &changes) {
        const FleetJson json(version, JsonShape::CommandLine);
        for (const int slot : changes->stamps) {
            if (const StampEntryPtr &entry = version->stamps[slot]) {
                tellOne("stamp"_L1, entry->id, query->matches(StampSubject(*version, *entry)),
                        [&](JsonWriter &writer) { json.writeStamp(writer, *entry); });
            }
        }
        for (const int slot : changes->tenants) {
            const TenantEntry &entry = version->tenants[slot];
            if (entry.tenant) {
                tellOne("tenant"_L1, version->tenantId(slot),
                        query->matches(TenantSubject(*version, entry)),
                        [&](JsonWriter &writer) { json.writeTenant(writer, slot); });
            }
        }
        for (const QString &id : changes->goneStamps)
            tellOne("stamp"_L1, id, false, nothing);
        for (const QString &id : changes->goneTenants)
            tellOne("tenant"_L1, id, false, nothing);
        if (!query->isEmpty()) {
            lines.flush();
            return; // the language asks about stamps and tenants
        }
        for (const QString &id : changes->operations) {
            if (const OperationPtr operation = version->operations.value(id)) {
                lines.changed("operation"_L1, id,
                              [&](JsonWriter &writer) { writeOperation(writer, *operation); });
            } else {
                lines.gone("operation"_L1, id);
            }
        }
        if (changes->sources) {
            for (const SourceState &source : version->sources) {
                // Ages run by themselves: only what is told of it counts as a change.
                const QString is = toJsonText(*version, source);
                QString &was = sources[source.name];
                if (source.name.isEmpty() || is == was)
                    continue;
                was = is;
                lines.changed("source"_L1, source.name, [&](JsonWriter &writer) {
                    writeSource(writer, *version, source, clock.elapsed());
                });
            }
        }
        lines.flush();
    };
    QObject::connect(&session.fleet().store(), &FleetStore::published, &loop, tell);
    QObject::connect(&session.interrupt(), &Interrupt::interrupted, &loop, &QEventLoop::quit);
    (void)session.complainAboutSources();
    if (session.interrupt().count() == 0)
        loop.exec();
    return ExitStatus::Interrupted;
}

} // namespace Stampdeck
