// SPDX-License-Identifier: GPL-3.0-or-later
#include "incidentadapter.h"

#include <QtCore/QCoreApplication>

#include <algorithm>
#include <map>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(IncidentAdapter)
};

void addMissing(QStringList &list, const QStringList &more)
{
    for (const QString &one : more) {
        if (!list.contains(one))
            list.append(one);
    }
}

/// \a a and \a b are the same alert, as two peers tell it.
Alert together(const Alert &a, const Alert &b)
{
    const bool newer =
        b.updatedAt.value_or(Timestamp::min()) > a.updatedAt.value_or(Timestamp::min());
    Alert alert = newer ? b : a;
    const Alert &other = newer ? a : b;
    if (other.startsAt && (!alert.startsAt || *other.startsAt < *alert.startsAt))
        alert.startsAt = other.startsAt;
    if (other.endsAt && (!alert.endsAt || *other.endsAt > *alert.endsAt))
        alert.endsAt = other.endsAt;
    addMissing(alert.silencedBy, other.silencedBy);
    addMissing(alert.inhibitedBy, other.inhibitedBy);
    addMissing(alert.mutedBy, other.mutedBy);
    addMissing(alert.receivers, other.receivers);
    // Whoever has looked at it knows more than who has not.
    if (alert.state == AlertState::Unprocessed)
        alert.state = other.state;
    return alert;
}

/// Receiver and labels together: what makes a group this one.
QStringList nameOf(const AlertGroup &group)
{
    QStringList name = {group.receiver};
    for (auto label = group.labels.cbegin(); label != group.labels.cend(); ++label)
        name << label.key() << label.value();
    return name;
}

/// \a alert with its state as \a silences leave it.
Alert settled(Alert alert, const std::map<QString, Silence> &silences)
{
    alert.silencedBy.removeIf([&](const QString &id) {
        const auto silence = silences.find(id);
        return silence != silences.end() && silence->second.state == SilenceState::Expired;
    });
    if (!alert.silencedBy.isEmpty() || !alert.inhibitedBy.isEmpty() || !alert.mutedBy.isEmpty())
        alert.state = AlertState::Suppressed;
    else if (alert.state == AlertState::Suppressed)
        alert.state = AlertState::Active;
    return alert;
}

} // namespace

AlertUpdate mergePeers(const std::vector<AlertUpdate> &peers)
{
    if (peers.empty())
        return {};
    AlertUpdate merged = peers.front();
    if (peers.size() == 1)
        return merged;
    std::map<QString, Silence> silences;
    std::map<QString, AlertPtr> alerts;
    std::map<QStringList, AlertGroup> groups; // by receiver and labels
    merged.faults.clear();
    merged.warnings.clear();
    for (const AlertUpdate &peer : peers) {
        for (const Silence &silence : peer.silences) {
            const auto [at, fresh] = silences.try_emplace(silence.id, silence);
            Silence &known = at->second;
            const auto changed = [](const Silence &one) {
                return one.updatedAt.value_or(Timestamp::min());
            };
            // Of two that are equally new, the one that has come further by the peers' clocks.
            if (!fresh
                && (changed(silence) > changed(known)
                    || (changed(silence) == changed(known) && silence.state > known.state)))
                known = silence;
        }
        for (const AlertPtr &alert : peer.alerts) {
            AlertPtr &known = alerts[alert->fingerprint];
            if (!known)
                known = alert;
            else if (known != alert && *known != *alert)
                known = std::make_shared<const Alert>(together(*known, *alert));
        }
        for (const AlertGroup &group : peer.groups) {
            const auto [at, fresh] = groups.try_emplace(nameOf(group), group);
            if (!fresh)
                addMissing(at->second.fingerprints, group.fingerprints);
        }
        merged.faults.insert(merged.faults.end(), peer.faults.begin(), peer.faults.end());
        addMissing(merged.warnings, peer.warnings);
    }
    merged.alerts.clear();
    for (auto &[fingerprint, alert] : alerts) {
        Alert last = settled(*alert, silences);
        merged.alerts.push_back(last == *alert ? alert
                                               : std::make_shared<const Alert>(std::move(last)));
    }
    merged.silences.clear();
    for (auto &[id, silence] : silences)
        merged.silences.append(silence);
    merged.groups.clear();
    for (auto &[key, group] : groups)
        merged.groups.append(group);
    return merged;
}

IncidentAdapter::~IncidentAdapter() = default;

FutureResult<Silence> IncidentAdapter::silence(const Silence &)
{
    return ready<Silence>(
        fail(ErrorKind::Unsupported, Words::tr("this backend takes no silences")));
}

FutureResult<Silence> IncidentAdapter::extendSilence(const QString &, Timestamp)
{
    return ready<Silence>(
        fail(ErrorKind::Unsupported, Words::tr("this backend changes no silences")));
}

FutureResult<Silence> IncidentAdapter::expireSilence(const QString &)
{
    return ready<Silence>(fail(ErrorKind::Unsupported, Words::tr("this backend ends no silences")));
}

IncidentAdapterPlugin::~IncidentAdapterPlugin() = default;

} // namespace Stampdeck
