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
// Another process writes for some milliseconds.
constexpr int lockAttempts = 6;
constexpr auto lockPause = 100ms;

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

tl::unexpected<Error> strange(const QString &name)
{
    return fail(ErrorKind::Malformed,
                Words::tr("%1 holds no acknowledgements: move it away to start anew").arg(name));
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
        return strange(name);
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
            return strange(name);
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

QString fileOf(const QString &stateDir)
{
    return QDir(stateDir).filePath(u"acknowledgements.json"_s);
}

QString lockOf(const QString &file)
{
    return file + u".lock"_s;
}

// Not at every look; \a said is what was.
void warnOnce(const Result<void> &done, QString &said)
{
    const QString message = done ? QString() : done.error().message;
    if (!message.isEmpty() && message != said)
        qWarning().noquote() << message;
    said = message;
}

} // namespace

Acknowledgements::Acknowledgements(const QString &file, FleetStore &store, Journal &journal,
                                   Clock &clock, Access access)
    : m_file(file)
    , m_store(store)
    , m_journal(journal)
    , m_clock(clock)
    , m_access(access)
{
}

Result<std::unique_ptr<Acknowledgements>> Acknowledgements::open(const QString &stateDir,
                                                                 FleetStore &store,
                                                                 Journal &journal, Clock &clock)
{
    if (const auto read = readFrom(fileOf(stateDir)); !read)
        return fail(read.error());
    return openAnyway(stateDir, store, journal, clock, Access::Write);
}

std::unique_ptr<Acknowledgements> Acknowledgements::openAnyway(const QString &stateDir,
                                                               FleetStore &store, Journal &journal,
                                                               Clock &clock, Access access,
                                                               Unread unread)
{
    std::unique_ptr<Acknowledgements> is(
        new Acknowledgements(fileOf(stateDir), store, journal, clock, access));
    if (const auto read = is->takeUp(); !read) {
        if (unread == Unread::Silent)
            is->m_unread = read.error().message;
        warnOnce(read, is->m_unread);
    }
    is->show();
    clock.callLater(lookInterval, is.get(), [it = is.get()] { it->look(); });
    return is;
}

FutureResult<Incident> Acknowledgements::acknowledge(const Acknowledgement &acknowledgement)
{
    const auto answer = std::make_shared<Answer<Incident>>();
    attempt(acknowledgement, answer, lockAttempts);
    return answer->future();
}

void Acknowledgements::attempt(const Acknowledgement &wanted,
                               const std::shared_ptr<Answer<Incident>> &answer, int attempts)
{
    Acknowledgement acknowledgement = wanted;
    acknowledgement.at = m_clock.now();
    if (acknowledgement.until && *acknowledgement.until <= *acknowledgement.at) {
        return answer->give(
            fail(ErrorKind::Invalid,
                 Words::tr("%1 has passed").arg(toRfc3339(*acknowledgement.until))));
    }
    const auto incident = incidentOf(*m_store.current(), acknowledgement.incident);
    if (!incident) {
        return answer->give(
            fail(ErrorKind::NotFound,
                 Words::tr("there is no incident %1").arg(acknowledgement.incident)));
    }
    // Never waits in here: this may be the thread of a window, and the holder may be stopped.
    const auto lock = FileLock::tryAcquire(lockOf(m_file));
    if (lock) {
        answer->give(keep(acknowledgement, *incident));
        show(); // what others wrote too, whatever became of ours
    } else if (lock.error().kind != ErrorKind::Conflict) {
        answer->give(fail(lock.error()));
    } else if (attempts <= 1) {
        answer->give(fail(ErrorKind::Conflict,
                          Words::tr("%1: try again").arg(lock.error().message),
                          lock.error().detail));
    } else {
        m_clock.callLater(lockPause, this, [this, wanted, answer, attempts] {
            attempt(wanted, answer, attempts - 1);
        });
    }
}

// Under the lock.
Result<Incident> Acknowledgements::keep(const Acknowledgement &acknowledgement, Incident incident)
{
    if (const auto read = takeUp(); !read)
        return fail(read.error());
    QList<Acknowledgement> all = m_all;
    all.removeIf([&](const Acknowledgement &each) {
        return each.incident == acknowledgement.incident;
    });
    all.append(acknowledgement);
    AuditEntry entry;
    entry.at = *acknowledgement.at;
    entry.actor = acknowledgement.by;
    entry.action = u"acknowledged"_s;
    entry.target = acknowledgement.incident;
    entry.reason = acknowledgement.note;
    entry.outcome = acknowledgement.until
        ? Words::tr("until %1").arg(toRfc3339(*acknowledgement.until))
        : Words::tr("as long as it lasts");
    if (const auto written = write(all, [&] { return m_journal.append(entry); }); !written)
        return fail(written.error());
    incident.acknowledged = acknowledgement;
    return incident;
}

// What another process has written since: a window and stampctl keep theirs in one file.
Result<void> Acknowledgements::takeUp()
{
    const auto state = stateOf(m_file);
    if (m_seen == state)
        return {};
    auto all = readFrom(m_file);
    if (!all)
        return fail(all.error());
    m_seen = state;
    m_all = std::move(*all);
    return {};
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
    m_all = all;
    m_seen = stateOf(m_file);
    return {};
}

void Acknowledgements::look()
{
    const auto read = takeUp();
    warnOnce(read, m_unread);
    watch();
    // What can't be read is somebody's all the same.
    if (read && m_access == Access::Write && staying() != m_all)
        forget();
    show();
    m_clock.callLater(lookInterval, this, [this] { look(); });
}

void Acknowledgements::watch()
{
    const auto elapsed = m_clock.elapsed();
    QSet<QString> firing;
    QHash<QString, Timestamp> ended; // whoever watches saw it: no doubt, as there is of alerts
    if (!m_all.isEmpty()) {
        const FleetVersionPtr version = m_store.current();
        if (version->incidents) {
            for (const IncidentPtr &incident : version->incidents->closed) {
                if (incident->kind && incident->endsAt)
                    ended.insert(incident->id, *incident->endsAt);
            }
        }
        for (const Incident &incident : incidentsOf(*version)) {
            firing.insert(incident.id);
            for (const OwnFinding &finding : incident.findings)
                firing.insert(finding.id);
            if (const QString digest = alertDigest(incident.id); !digest.isEmpty())
                firing.insert(digest);
        }
    }
    QHash<QString, Watch> watched;
    for (const Acknowledgement &each : std::as_const(m_all)) {
        Watch is = m_watched.value(each.incident);
        if (is.at != each.at)
            is = {};
        is.at = each.at;
        if (firing.contains(each.incident)) {
            is.isOurs = true;
            is.goneSince.reset();
        } else {
            if (!is.goneSince)
                is.goneSince = elapsed;
            const auto after = isForeign(each.incident) ? foreignGrace : grace;
            const auto end = ended.constFind(each.incident);
            is.isOver |= elapsed - *is.goneSince >= after
                || (end != ended.cend() && each.at && *each.at <= *end);
        }
        watched.insert(each.incident, is);
    }
    m_watched = std::move(watched);
}

bool Acknowledgements::counts(const Acknowledgement &acknowledgement) const
{
    const Watch is = m_watched.value(acknowledgement.incident);
    const bool isOver = is.isOver && is.at == acknowledgement.at;
    return !isOver && (!acknowledgement.until || *acknowledgement.until > m_clock.now());
}

QList<Acknowledgement> Acknowledgements::staying() const
{
    const auto elapsed = m_clock.elapsed();
    QList<Acknowledgement> all = m_all;
    all.removeIf([&](const Acknowledgement &each) {
        if (each.until && *each.until <= m_clock.now())
            return true;
        const Watch is = m_watched.value(each.incident);
        if (is.at != each.at || !is.isOver)
            return false;
        return is.isOurs || (is.goneSince && elapsed - *is.goneSince >= foreignGrace);
    });
    return all;
}

// Takes out of the file what counts for nobody any more.
void Acknowledgements::forget()
{
    Result<void> done;
    if (const auto lock = FileLock::tryAcquire(lockOf(m_file)); !lock) {
        // Whoever writes right now goes first; the next look comes soon.
        if (lock.error().kind == ErrorKind::Conflict)
            return;
        done = fail(lock.error());
    } else {
        done = takeUp();
        if (const auto all = staying(); done && all != m_all)
            done = write(all, {});
    }
    warnOnce(done, m_unwritten);
}

void Acknowledgements::show()
{
    QList<Acknowledgement> all = m_all;
    all.removeIf([this](const Acknowledgement &each) { return !counts(each); });
    if (m_shown == all)
        return;
    m_shown = all;
    m_store.setAcknowledgements(all);
}

} // namespace Stampdeck
