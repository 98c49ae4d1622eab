// SPDX-License-Identifier: GPL-3.0-or-later
#include "fleetpublisher.h"

#include "httpuri.h"

#include <algorithm>
#include <map>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

// Versions come as fast as sources answer; listeners are told this often at the most.
constexpr auto tellingInterval = 100ms;

HttpResponse fleetResponse(const QString &revision, QByteArray body)
{
    HttpResponse response;
    response.contentType = "application/json";
    response.headers = {{"ETag", entityTag(revision)}, {"Cache-Control", "no-cache"}};
    response.body = std::move(body);
    return response;
}

// All of them, those that are open, or those that \a only names.
void writeOperations(JsonWriter &writer, const FleetVersion &version, const QStringList *only,
                     bool finals = true)
{
    writer.key("operations");
    writer.beginArray();
    for (auto each = version.operations.cbegin(); each != version.operations.cend(); ++each) {
        // Who listens reads the marks himself: what they tell of is nothing of this server's.
        if (each.value()->fromMarks || (!finals && isFinal(each.value()->state)))
            continue;
        if (!only || only->contains(each.key()))
            writeOperation(writer, *each.value());
    }
    writer.endArray();
}

// What of the fleet nobody has seen since the start: it is not gone.
void writeMissing(JsonWriter &writer, const FleetVersion &version)
{
    writer.beginArray();
    for (const SourceState &source : version.sources) {
        if (source.answered || source.name.isEmpty() || !source.sameAs.isEmpty())
            continue;
        writer.beginObject();
        writer.member("source", source.name);
        writer.member("message", source.error ? source.error->message
                                              : u"it has not answered yet"_s);
        writer.endObject();
    }
    writer.endArray();
}

} // namespace

FleetPublisher::FleetPublisher(ChangeLog &log, const QString &fleetId)
    : m_log(log)
    , m_fleetId(fleetId)
    , m_telling(this) // A child moves along into the thread.
{
    m_telling.setSingleShot(true);
    m_telling.setInterval(tellingInterval);
    connect(&m_telling, &QTimer::timeout, this, &FleetPublisher::tell);
    connect(&log, &ChangeLog::advanced, this, &FleetPublisher::tellSoon);
}

void FleetPublisher::answer(const HttpResponder &responder, const QString &since)
{
    const ChangeLog::Cut cut = m_log.cut();
    const QString revision = m_log.revision(cut.number);
    if (const auto number = m_log.number(since)) {
        if (const auto changes = m_log.since(*number, cut))
            return responder.answer(fleetResponse(revision, delta(cut, *number, *changes)));
    }
    if (m_whole.isEmpty() || m_wholeNumber != cut.number) {
        m_whole.clear(); // Its memory goes first, unless somebody is still sending it.
        m_whole = whole(cut, false);
        m_wholeNumber = cut.number;
    }
    responder.answer(fleetResponse(revision, m_whole));
}

void FleetPublisher::follow(const HttpResponder &responder, const QString &lastEventId)
{
    HttpResponse head;
    head.contentType = "text/event-stream";
    head.headers = {{"Cache-Control", "no-store"}};
    const ChangeLog::Cut cut = m_log.cut();
    Listener listener{responder.stream(head), cut.number};
    if (listener.stream.send(event(cut, m_log.number(lastEventId))))
        m_listeners.push_back(std::move(listener));
}

void FleetPublisher::tellSoon()
{
    if (!m_telling.isActive())
        m_telling.start();
}

void FleetPublisher::tell()
{
    const ChangeLog::Cut cut = m_log.cut();
    std::map<quint64, QByteArray> events; // Most listeners stand at the same revision.
    const auto isOver = [&](Listener &listener) {
        if (!listener.stream.isOpen())
            return true;
        if (listener.number == cut.number)
            return false;
        auto written = events.find(listener.number);
        if (written == events.end())
            written = events.emplace(listener.number, event(cut, listener.number)).first;
        listener.number = cut.number;
        return !listener.stream.send(written->second);
    };
    m_listeners.erase(std::remove_if(m_listeners.begin(), m_listeners.end(), isOver),
                      m_listeners.end());
}

void FleetPublisher::endStreams()
{
    for (const Listener &listener : m_listeners)
        listener.stream.close();
    m_listeners.clear();
}

QByteArray FleetPublisher::event(const ChangeLog::Cut &cut, std::optional<quint64> since)
{
    const auto changes = since ? m_log.since(*since, cut) : std::nullopt;
    QByteArray text = "id: " + m_log.revision(cut.number).toLatin1() + "\ndata: ";
    text += changes ? delta(cut, *since, *changes) : whole(cut, true);
    text += "\n\n";
    return text;
}

QByteArray FleetPublisher::whole(const ChangeLog::Cut &cut, bool withOperations)
{
    const FleetJson json(cut.version, JsonShape::Api);
    QByteArray text;
    // About what a stamp and a tenant take; growing 63 MB step by step would copy it often.
    text.reserve(cut.version->counts.stamps * 1'700LL + cut.version->counts.tenants * 420LL
                 + 1'024);
    JsonWriter writer(text);
    writer.beginObject();
    writer.member("fleetId", m_fleetId);
    writer.member("revision", m_log.revision(cut.number));
    writer.member("complete", true);
    writer.key("stamps");
    writer.beginArray();
    cut.version->eachStamp([&](int, const StampEntry &entry) { json.writeStamp(writer, entry); });
    writer.endArray();
    writer.key("tenants");
    writer.beginArray();
    writeTenants(writer, json, *cut.version);
    writer.endArray();
    writer.key("acknowledgements");
    json.writeAcknowledgements(writer);
    writer.key("missing");
    writeMissing(writer, *cut.version);
    // What is open is asked about again and again; what is over has its own list.
    writeOperations(writer, *cut.version, nullptr, withOperations);
    writer.endObject();
    return text;
}

// Tenants change seldom: the text of a chunk that both versions share is still right.
void FleetPublisher::writeTenants(JsonWriter &writer, const FleetJson &json,
                                  const FleetVersion &version)
{
    constexpr int chunkSize = Chunked<TenantEntry>::chunkSize;
    const int chunks = (version.tenants.size() + chunkSize - 1) / chunkSize;
    m_tenantChunks.resize(size_t(chunks));
    for (int chunk = 0; chunk < chunks; ++chunk) {
        const int first = chunk * chunkSize;
        const int end = std::min(first + chunkSize, version.tenants.size());
        QByteArray &text = m_tenantChunks[size_t(chunk)];
        if (!version.tenants.sharesChunk(m_writtenTenants, first)
            || end > m_writtenTenants.size()) {
            text.clear();
            JsonWriter part(text);
            for (int slot = first; slot < end; ++slot) {
                if (version.tenants[slot].tenant)
                    json.writeTenant(part, slot);
            }
        }
        writer.raw(text);
    }
    m_writtenTenants = version.tenants;
}

// Clients stand at many revisions, and most of what changed for one did for the others.
const QByteArray &FleetPublisher::stampText(const FleetJson &json, const FleetVersion &version,
                                            int slot)
{
    if (m_stampTexts.size() <= size_t(slot))
        m_stampTexts.resize(size_t(slot) + 1);
    auto &[entry, text] = m_stampTexts[size_t(slot)];
    if (entry != version.stamps[slot]) {
        entry = version.stamps[slot];
        text.clear();
        JsonWriter writer(text);
        json.writeStamp(writer, *entry);
    }
    return text;
}

QByteArray FleetPublisher::delta(const ChangeLog::Cut &cut, quint64 since,
                                 const ChangeLog::Delta &changes)
{
    const FleetVersion &version = *cut.version;
    const FleetJson json(cut.version, JsonShape::Api);
    QByteArray text;
    JsonWriter writer(text);
    writer.beginObject();
    writer.member("fleetId", m_fleetId);
    writer.member("since", m_log.revision(since));
    writer.member("revision", m_log.revision(cut.number));
    writer.member("complete", false);
    writer.key("stamps");
    writer.beginArray();
    for (const int slot : changes.stamps) {
        if (slot < version.stamps.size() && version.stamps[slot])
            writer.raw(stampText(json, version, slot));
    }
    writer.endArray();
    writer.key("tenants");
    writer.beginArray();
    for (const int slot : changes.tenants) {
        if (slot < version.tenants.size() && version.tenants[slot].tenant)
            json.writeTenant(writer, slot);
    }
    writer.endArray();
    writer.key("gone");
    writer.beginObject();
    writer.key("stamps");
    writer.beginArray();
    for (const QString &id : changes.goneStamps)
        writer.value(json.named(id));
    writer.endArray();
    writer.key("tenants");
    writer.beginArray();
    for (const QString &id : changes.goneTenants)
        writer.value(json.named(id));
    writer.endArray();
    writer.endObject();
    if (changes.acknowledgements) {
        writer.key("acknowledgements");
        json.writeAcknowledgements(writer);
    }
    writeOperations(writer, version, &changes.operations);
    writer.endObject();
    return text;
}

} // namespace Stampdeck
