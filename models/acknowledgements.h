// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleetstore.h"
#include "incidents.h"

#include <QtCore/QHash>
#include <QtCore/QObject>

#include <memory>

namespace Stampdeck {

class Journal;

/// The acknowledgements that a server keeps for everybody who looks at its fleet, in
/// acknowledgements.json of its state directory: a few lines that are written anew as a whole and
/// put in place at once, so that a kill leaves the old ones or the new ones.
///
/// A window and stampctl of one state directory keep theirs there too: each takes up what the others
/// have written, and one writes at a time.
///
/// Each counts until the time it names, and no longer than its incident: one that has been over for
/// \ref grace is forgotten, so that the next of its kind is nobody's yet. Lives in the thread that
/// made it; store, journal and clock outlive it.
class Acknowledgements final : public QObject
{
    Q_OBJECT
public:
    /// An incident that is not told for a shorter time may only have been lost sight of: after a
    /// restart it takes a while until it counts again.
    static constexpr std::chrono::milliseconds grace{5 * 60'000};
    /// One of an alert ("alert:DIGEST") that only those who look at this fleet see, and we don't: when
    /// that is over nobody tells. It counts for no later one (Acknowledgement::at).
    static constexpr std::chrono::milliseconds foreignGrace{7 * 24 * 3'600'000LL};

    /// Reads what \a stateDir holds and shows it. Errors: Malformed for a file that is none of ours,
    /// Denied where it can't be read.
    [[nodiscard]] static Result<std::unique_ptr<Acknowledgements>>
    open(const QString &stateDir, FleetStore &store, Journal &journal, Clock &clock);

    /// Keeps \a acknowledgement of an incident of the fleet, instead of an earlier one, enters it in
    /// the audit trail, and gives the incident as it is then. Errors: NotFound for no incident,
    /// Invalid for a time that has passed, Denied where it can't be written.
    [[nodiscard]] Result<Incident> acknowledge(const Acknowledgement &acknowledgement);

private:
    Acknowledgements(const QString &file, FleetStore &store, Journal &journal, Clock &clock);
    void look();
    /// Whether somebody else wrote other ones; they are ours then.
    [[nodiscard]] Result<bool> takeUp();
    [[nodiscard]] Result<void> write(const QList<Acknowledgement> &all,
                                     const std::function<Result<void>()> &before);

    const QString m_file;
    FleetStore &m_store;
    Journal &m_journal;
    Clock &m_clock;
    QList<Acknowledgement> m_all;
    std::pair<qint64, qint64> m_seen{-1, -1}; // of the file that m_all was read from
    QHash<QString, std::chrono::milliseconds> m_overSince; // by incident; Clock::elapsed()
};

} // namespace Stampdeck
