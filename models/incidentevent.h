// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "historyrecorder.h"
#include "incidents.h"

namespace Stampdeck {

/// The kind of the events by which the history tells that an incident began, came back or ended.
inline constexpr QLatin1StringView incidentEvent("incident");
/// The kind of those that tell that one which goes on is another than it was: see areToldAlike().
inline constexpr QLatin1StringView incidentChangeEvent("incident-change");

/// Whether nothing of an incident that goes on has to be told again: how bad it is, where, and who is
/// told nothing of it. What it says about tenants and alerts changes all the time.
[[nodiscard]] bool areToldAlike(const Incident &a, const Incident &b);

/// The data of an event of \a incident: all that is known of it, but for its life, which is what the
/// events are, and at most mostAlertsTold of its alerts. Its tenants are those of its stamps at any
/// moment, and are only told when they are others in \a version.
[[nodiscard]] QByteArray toEventData(const Incident &incident, bool isFiring,
                                     const FleetVersion &version);
inline constexpr qsizetype mostAlertsTold = 20;

/// What such an event told, at whatever time it was written; it is firing unless the event is its end.
/// What nobody told is empty: an end that was told without words has no title.
/// \a tellsTenants, where it is given, is whether it has its tenants; else they are those of its stamps.
[[nodiscard]] Incident incidentOf(const HistoryEvent &event, bool *tellsTenants = nullptr);

/// The kind of the events by which the history tells that a silence is there, or is over.
inline constexpr QLatin1StringView silenceEvent("silence");
/// The kind of those that tell that one is another than it was: see areToldAlike().
inline constexpr QLatin1StringView silenceChangeEvent("silence-change");

/// Names a silence among those of all feeds: the id of its events.
[[nodiscard]] QString silenceKey(const KnownSilence &known);
/// Whether nothing of a silence has to be told again: what it fits, from when to when, whose it is and
/// why. How many alerts it keeps quiet changes all the time.
[[nodiscard]] bool areToldAlike(const Silence &a, const Silence &b);
/// The data of an event of a silence.
[[nodiscard]] QByteArray toEventData(const KnownSilence &known, bool isOver);
/// What such an event told, but for how many alerts it kept quiet; \a isOver, where it is given, is
/// whether it told its end.
[[nodiscard]] KnownSilence knownSilenceOf(const HistoryEvent &event, bool *isOver = nullptr);

/// The tenants that are on \a stamps, "domain/ID", each once.
[[nodiscard]] QStringList tenantsOn(const QStringList &stamps, const FleetVersion &version);

} // namespace Stampdeck
