// SPDX-License-Identifier: GPL-3.0-or-later
#include "replay.h"

#include "incidentevent.h"

#include "backends/api/whendone.h"

#include <QtConcurrent/QtConcurrentRun>

#include <algorithm>

namespace Stampdeck {

using namespace std::chrono_literals;

namespace {

constexpr auto frame = 100ms; ///< How often it goes on while it plays.

} // namespace

ChangeSet changesBetween(const FleetVersion &before, const FleetVersion &after)
{
    ChangeSet changes;
    changes.from = before.serial;
    changes.to = after.serial;
    const auto stampAt = [](const FleetVersion &version, int slot) {
        return slot < version.stamps.size() ? version.stamps[slot] : StampEntryPtr();
    };
    const auto tenantAt = [](const FleetVersion &version, int slot) {
        return slot < version.tenants.size() ? version.tenants[slot] : TenantEntry();
    };
    for (int slot = 0; slot < std::max(before.stamps.size(), after.stamps.size()); ++slot) {
        const StampEntryPtr was = stampAt(before, slot);
        const StampEntryPtr is = stampAt(after, slot);
        if (was == is)
            continue;
        changes.stamps.push_back(slot);
        if (was && is && was->id == is->id)
            continue;
        changes.stampsComeOrGo = true;
        if (was && after.stampIndex.value(was->id) < 0)
            changes.goneStamps.append(was->id);
    }
    for (int slot = 0; slot < std::max(before.tenants.size(), after.tenants.size()); ++slot) {
        const TenantEntry was = tenantAt(before, slot);
        const TenantEntry is = tenantAt(after, slot);
        if (was.tenant == is.tenant && was.owner == is.owner && was.stale == is.stale
            && was.elsewhere == is.elsewhere && was.source == is.source)
            continue;
        changes.tenants.push_back(slot);
        const bool isSame = was.tenant && is.tenant && was.tenant->id == is.tenant->id;
        if (isSame)
            continue;
        changes.tenantsComeOrGo = true;
        if (was.tenant) {
            const QString id = before.tenantId(slot);
            if (after.tenantIndex.value(id) < 0)
                changes.goneTenants.append(id);
        }
    }
    for (auto it = before.operations.cbegin(); it != before.operations.cend(); ++it) {
        const OperationPtr is = after.operations.value(it.key());
        if (!is || (is != *it && !(*is == **it)))
            changes.operations.append(it.key());
    }
    for (auto it = after.operations.cbegin(); it != after.operations.cend(); ++it) {
        if (!before.operations.contains(it.key()))
            changes.operations.append(it.key());
    }
    changes.sources = before.sources != after.sources;
    changes.acknowledgements = before.acknowledgements != after.acknowledgements;
    changes.incidents = before.incidents != after.incidents;
    return changes;
}

Replay::Replay(std::shared_ptr<HistoryReader> reader, Clock &real, const FleetVersionPtr &from,
               QObject *parent)
    : QObject(parent)
    , m_reader(std::move(reader))
    , m_real(real)
    , m_clock(real)
    , m_version(from ? from : std::make_shared<const FleetVersion>())
    , m_wanted(real.now())
{
    m_clock.setMoment(m_wanted);
}

Replay::~Replay()
{
    m_real.cancel(m_timer);
}

void Replay::seek(Timestamp moment)
{
    m_wanted = moment;
    ask();
}

// One question at a time: what is wanted meanwhile is asked for when that is answered.
void Replay::ask()
{
    if (std::exchange(m_isAsking, true)) {
        m_isStale = true;
        return;
    }
    m_isStale = false;
    using Answer = Result<std::pair<HistoryMoment, ChangeSetPtr>>;
    const auto look = [reader = m_reader, moment = m_wanted, before = m_version]() -> Answer {
        auto is = reader->at(moment);
        if (!is && is.error().kind == ErrorKind::NotFound) {
            // Before the first moment: that one.
            const auto ranges = reader->recorded();
            if (ranges && !ranges->isEmpty())
                is = reader->at(ranges->first().from);
        }
        if (!is)
            return fail(is.error());
        auto changes = std::make_shared<const ChangeSet>(changesBetween(*before, *is->version));
        return std::pair(std::move(*is), ChangeSetPtr(std::move(changes)));
    };
    whenDone(QtConcurrent::run(look), this, [this](const Answer &answer) {
        m_isAsking = false;
        if (answer)
            show(answer->first, answer->second);
        else
            Q_EMIT failed(answer.error());
        if (m_isStale)
            ask();
    });
}

void Replay::show(const HistoryMoment &is, const ChangeSetPtr &changes)
{
    // Before the first moment nothing is recorded: it stands there.
    if (!m_isStale)
        m_wanted = is.at;
    m_isRecorded = is.isRecorded;
    m_clock.setMoment(is.at);
    m_version = is.version;
    Q_EMIT published(m_version, changes);
}

void Replay::setSpeed(int speed)
{
    m_speed = std::clamp(speed, slowest, fastest);
}

void Replay::setPlaying(bool playing)
{
    if (std::exchange(m_isPlaying, playing) != playing)
        Q_EMIT playingChanged(playing);
}

void Replay::play()
{
    if (m_isPlaying)
        return;
    m_advanced = m_real.elapsed();
    m_timer = m_real.callLater(frame, this, [this] { advance(); });
    setPlaying(true);
}

void Replay::pause()
{
    m_real.cancel(m_timer);
    setPlaying(false);
}

void Replay::advance()
{
    if (!m_isPlaying)
        return;
    const std::chrono::milliseconds now = m_real.elapsed();
    const Timestamp next = m_wanted + (now - m_advanced) * m_speed;
    m_advanced = now;
    m_timer = m_real.callLater(frame, this, [this] { advance(); });
    if (m_isAsking) {
        // A reader that does not keep up skips frames and not time.
        m_wanted = next;
        m_isStale = true;
        return;
    }
    // Where nobody recorded nothing moves: on to where somebody did, or the end.
    find([next](HistoryReader &reader) -> Step {
        const auto ranges = reader.recorded();
        if (!ranges)
            return fail(ranges.error());
        for (const RecordedRange &range : *ranges) {
            if (next <= range.to)
                return std::optional(std::max(next, range.from));
        }
        return std::optional<Timestamp>();
    });
}

// Looks for a moment in another thread and goes there. Nothing found while it plays is the end.
void Replay::find(std::function<Step(HistoryReader &)> search)
{
    const Timestamp before = m_wanted;
    whenDone(QtConcurrent::run(
                 [reader = m_reader, search = std::move(search)] { return search(*reader); }),
             this, [this, before](const Step &found) {
                 if (!found) {
                     pause();
                     Q_EMIT failed(found.error());
                 } else if (m_wanted != before) {
                     return; // somebody went elsewhere meanwhile
                 } else if (*found) {
                     seek(**found);
                 } else {
                     pause();
                 }
             });
}

void Replay::stepForward(const QString &stamp)
{
    pause();
    find([after = m_wanted, stamp](HistoryReader &reader) {
        return reader.nextChange(after, stamp);
    });
}

void Replay::stepBack(const QString &stamp)
{
    pause();
    find([before = m_wanted, stamp](HistoryReader &reader) {
        return reader.previousChange(before, stamp);
    });
}

void Replay::jumpToIncident(bool forward)
{
    pause();
    find([from = m_wanted, forward](HistoryReader &reader) -> Step {
        const auto events = forward
            ? reader.events(from + 1ms, Timestamp::max(), incidentEvent)
            : reader.events(Timestamp(0ms), from - 1ms, incidentEvent);
        if (!events)
            return fail(events.error());
        // That one is over is no trouble, here as in what the slider has read.
        const auto began = [](const HistoryEvent &event) { return incidentOf(event).firing; };
        std::optional<Timestamp> found;
        if (forward) {
            const auto next = std::find_if(events->cbegin(), events->cend(), began);
            if (next != events->cend())
                found = next->at;
        } else {
            const auto last = std::find_if(events->crbegin(), events->crend(), began);
            if (last != events->crend())
                found = last->at;
        }
        return found;
    });
}

void Replay::jumpToOperation(const QString &id)
{
    pause();
    find([id](HistoryReader &reader) -> Step {
        const auto began = reader.operationBegan(id);
        if (!began)
            return fail(began.error());
        return std::optional(*began);
    });
}

} // namespace Stampdeck
