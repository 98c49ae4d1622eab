// SPDX-License-Identifier: GPL-3.0-or-later
#include "acknowledgements.h"

#include "filelock.h"
#include "journal.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDateTime>
#include <QtCore/QDebug>
#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QSaveFile>
#include <QtCore/QSet>

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr auto lookInterval = 1s;

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Incidents)
};

QByteArray textOf(const QList<Acknowledgement> &all)
{
    QJsonArray list;
    for (const Acknowledgement &each : all) {
        list.append(QJsonObject{
                {u"incident"_s, each.incident},
                {u"by"_s, each.by},
                {u"until"_s, each.until ? QJsonValue(toRfc3339(*each.until)) : QJsonValue()},
                {u"note"_s, each.note},
                {u"at"_s, each.at ? QJsonValue(toRfc3339(*each.at)) : QJsonValue()}});
    }
    return QJsonDocument(QJsonObject{{u"acknowledgements"_s, list}}).toJson();
}

Result<QList<Acknowledgement>> readFrom(const QString &name)
{
    QFile file(name);
    if (!file.exists())
        return QList<Acknowledgement>();
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorKind::Denied,
                    Words::tr("cannot read %1: %2").arg(name, file.errorString()));
    const QJsonValue list =
            QJsonDocument::fromJson(file.readAll()).object().value(u"acknowledgements"_s);
    if (!list.isArray())
        return fail(ErrorKind::Malformed, Words::tr("%1 holds no acknowledgements").arg(name));
    QList<Acknowledgement> all;
    const QJsonArray told = list.toArray();
    for (const auto &value : told) {
        Acknowledgement each;
        each.incident = value[u"incident"_s].toString();
        each.by = value[u"by"_s].toString();
        each.note = value[u"note"_s].toString();
        each.at = fromRfc3339(value[u"at"_s].toString());
        const QJsonValue until = value[u"until"_s];
        each.until = fromRfc3339(until.toString());
        if (each.incident.isEmpty() || (!until.isNull() && !each.until))
            return fail(ErrorKind::Malformed, Words::tr("%1 holds no acknowledgements").arg(name));
        all.append(each);
    }
    return all;
}

// Alerts that others see and we don't: one of theirs is known by its digest alone.
bool isForeign(const QString &id)
{
    return !id.contains(u'/') && !alertDigest(id).isEmpty();
}

std::optional<Incident> incidentOf(const FleetVersion &version, const QString &id)
{
    const QList<Incident> incidents = incidentsOf(version);
    const auto found =
        std::find_if(incidents.begin(), incidents.end(), [&id](const Incident &each) {
            return each.id == id || (isForeign(id) && alertDigest(each.id) == id);
        });
    if (found != incidents.end())
        return *found;
    if (!isForeign(id))
        return std::nullopt;
    Incident foreign;
    foreign.id = id;
    foreign.title = Words::tr("an alert that is not seen here");
    return foreign;
}

} // namespace

namespace {

// Enough to see that somebody else wrote it.
std::pair<qint64, qint64> stateOf(const QString &name)
{
    const QFileInfo file(name);
    return {file.exists() ? file.lastModified().toMSecsSinceEpoch() : 0, file.size()};
}

} // namespace

Acknowledgements::Acknowledgements(const QString &file, FleetStore &store, Journal &journal,
                                   Clock &clock)
    : m_file(file)
    , m_store(store)
    , m_journal(journal)
    , m_clock(clock)
{
}

Result<std::unique_ptr<Acknowledgements>> Acknowledgements::open(const QString &stateDir,
                                                                 FleetStore &store,
                                                                 Journal &journal, Clock &clock)
{
    const QString file = QDir(stateDir).filePath(u"acknowledgements.json"_s);
    std::unique_ptr<Acknowledgements> is(new Acknowledgements(file, store, journal, clock));
    if (auto read = is->takeUp(); !read)
        return fail(read.error());
    store.setAcknowledgements(is->m_all);
    clock.callLater(lookInterval, is.get(), [it = is.get()] { it->look(); });
    return is;
}

Result<Incident> Acknowledgements::acknowledge(const Acknowledgement &wanted)
{
    const Timestamp now = m_clock.now();
    Acknowledgement acknowledgement = wanted;
    acknowledgement.at = now;
    if (acknowledgement.until && *acknowledgement.until <= now)
        return fail(ErrorKind::Invalid,
                    Words::tr("%1 has passed").arg(toRfc3339(*acknowledgement.until)));
    auto incident = incidentOf(*m_store.current(), acknowledgement.incident);
    if (!incident)
        return fail(ErrorKind::NotFound,
                    Words::tr("there is no incident %1").arg(acknowledgement.incident));
    const auto lock = FileLock::acquire(m_file + u".lock"_s);
    if (!lock)
        return fail(lock.error());
    if (const auto read = takeUp(); !read)
        return fail(read.error());
    QList<Acknowledgement> all = m_all;
    all.removeIf([&](const Acknowledgement &each) {
        return each.incident == acknowledgement.incident;
    });
    all.append(acknowledgement);
    AuditEntry entry;
    entry.at = now;
    entry.actor = acknowledgement.by;
    entry.action = u"acknowledged"_s;
    entry.target = acknowledgement.incident;
    entry.reason = acknowledgement.note;
    entry.outcome = acknowledgement.until
        ? Words::tr("until %1").arg(toRfc3339(*acknowledgement.until))
        : Words::tr("as long as it lasts");
    if (const auto written = write(all, [&] { return m_journal.append(entry); }); !written)
        return fail(written.error());
    m_all = all;
    m_seen = stateOf(m_file);
    m_store.setAcknowledgements(m_all);
    incident->acknowledged = acknowledgement;
    return *incident;
}

// What another process has written since: a window and stampctl keep theirs in one file.
Result<bool> Acknowledgements::takeUp()
{
    const auto state = stateOf(m_file);
    if (m_seen == state)
        return false;
    auto all = readFrom(m_file);
    if (!all)
        return fail(all.error());
    m_seen = state;
    const bool differs = *all != m_all;
    m_all = std::move(*all);
    return differs;
}

// What nobody could read back is not told; \a before comes between the last that can go wrong of it
// and its being in force.
Result<void> Acknowledgements::write(const QList<Acknowledgement> &all,
                                     const std::function<Result<void>()> &before)
{
    QSaveFile file(m_file);
    const QByteArray text = textOf(all);
    const auto failed = [&] {
        return fail(ErrorKind::Denied,
                    Words::tr("cannot write %1: %2").arg(m_file, file.errorString()));
    };
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size() || !file.flush())
        return failed();
    if (before) {
        if (const auto done = before(); !done)
            return fail(done.error());
    }
    if (!file.commit())
        return failed();
    return {};
}

// Forgets what counts no more.
void Acknowledgements::look()
{
    if (takeUp().value_or(false))
        m_store.setAcknowledgements(m_all);
    if (!m_all.isEmpty()) {
        const auto elapsed = m_clock.elapsed();
        const Timestamp now = m_clock.now();
        QSet<QString> firing;
        for (const Incident &incident : incidentsOf(*m_store.current())) {
            firing.insert(incident.id);
            for (const OwnFinding &finding : incident.findings)
                firing.insert(finding.id);
            if (const QString digest = alertDigest(incident.id); !digest.isEmpty())
                firing.insert(digest);
        }
        QList<Acknowledgement> all;
        for (const Acknowledgement &each : std::as_const(m_all)) {
            if (firing.contains(each.incident))
                m_overSince.remove(each.incident);
            else if (!m_overSince.contains(each.incident))
                m_overSince.insert(each.incident, elapsed);
            const auto over = m_overSince.constFind(each.incident);
            const auto after = isForeign(each.incident) ? foreignGrace : grace;
            const bool isOver = over != m_overSince.constEnd() && elapsed - *over >= after;
            if (!isOver && (!each.until || *each.until > now))
                all.append(each);
            else
                m_overSince.remove(each.incident);
        }
        // Whoever writes right now has taken up what was there; the next look comes soon.
        const auto lock = all != m_all ? FileLock::tryAcquire(m_file + u".lock"_s)
                                       : fail(ErrorKind::Conflict, QString());
        if (all != m_all && (lock || lock.error().kind != ErrorKind::Conflict)
            && !takeUp().value_or(false)) {
            // Of one that could not be written the next look thinks the same.
            if (const auto written = write(all, {}); !written)
                qWarning().noquote() << written.error().message;
            else
                m_seen = stateOf(m_file);
            m_all = all;
            m_store.setAcknowledgements(m_all);
        }
    }
    m_clock.callLater(lookInterval, this, [this] { look(); });
}

} // namespace Stampdeck
