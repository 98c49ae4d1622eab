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
/// \ref grace, or of the fleet's own that was seen to end (IncidentBook::closed), counts here no
/// more, so that the next of its kind is nobody's yet. The file is of
/// several fleets, perhaps: what none of this one has been told of stays there for the others.
///
/// Lives in the thread that made it, which it never lets wait; store, journal and clock outlive it.
class Acknowledgements final : public QObject
{
    Q_OBJECT
public:
    /// An incident that is not told for a shorter time may only have been lost sight of: after a
    /// restart it takes a while until it counts again.
    static constexpr std::chrono::milliseconds grace{5 * 60'000};
    /// Whoever sees the incident elsewhere, and we don't, tells nobody when it is over: after this
    /// time its acknowledgement goes all the same. One of an alert ("alert:DIGEST") that only those
    /// who look at this fleet see counts as long; it counts for no later one (Acknowledgement::at).
    static constexpr std::chrono::milliseconds foreignGrace{7 * 24 * 3'600'000LL};

    enum class Access : quint8 {
        Write,
        ReadOnly, ///< The file stays as it is.
    };

    /// Reads what \a stateDir holds and shows it. Errors: Malformed for a file that is none of ours,
    /// Denied where it can't be read.
    [[nodiscard]] static Result<std::unique_ptr<Acknowledgements>>
    open(const QString &stateDir, FleetStore &store, Journal &journal, Clock &clock);
    enum class Unread : quint8 {
        Warned,
        Silent, ///< Until somebody acknowledges: the error of that says so.
    };
    /// The same for whoever can do without: what can't be read is left alone, said once as a
    /// warning, and taken up when it can be read.
    [[nodiscard]] static std::unique_ptr<Acknowledgements>
    openAnyway(const QString &stateDir, FleetStore &store, Journal &journal, Clock &clock,
               Access access, Unread unread = Unread::Warned);

    /// Keeps \a acknowledgement of an incident of the fleet, instead of an earlier one, enters it in
    /// the audit trail, and gives the incident as it is then. While another process writes it tries
    /// again, for half a second. Errors: NotFound for no incident, Invalid for a time that has
    /// passed, Conflict where another process goes on writing, Denied where it can't be written,
    /// those of open() where the file can't be read.
    [[nodiscard]] FutureResult<Incident> acknowledge(const Acknowledgement &acknowledgement);

private:
    // What has become of the incident of one of them, as far as this process saw it.
    struct Watch
    {
        std::optional<Timestamp> at; // of the acknowledgement: a later one is watched anew
        bool isOurs = false; // it has been told here
        bool isOver = false; // for longer than it may be lost sight of: for good
        std::optional<std::chrono::milliseconds> goneSince; // Clock::elapsed()
    };

    Acknowledgements(const QString &file, FleetStore &store, Journal &journal, Clock &clock,
                     Access access);
    void attempt(const Acknowledgement &wanted, const std::shared_ptr<Answer<Incident>> &answer,
                 int attempts);
    [[nodiscard]] Result<Incident> keep(const Acknowledgement &acknowledgement, Incident incident);
    void look();
    void watch();
    void forget();
    void show();
    [[nodiscard]] bool counts(const Acknowledgement &acknowledgement) const;
    /// Those that the file goes on to hold.
    [[nodiscard]] QList<Acknowledgement> staying() const;
    /// Reads what somebody else wrote; it is ours then.
    [[nodiscard]] Result<void> takeUp();
    [[nodiscard]] Result<void> write(const QList<Acknowledgement> &all,
                                     const std::function<Result<void>()> &before);

    const QString m_file;
    FleetStore &m_store;
    Journal &m_journal;
    Clock &m_clock;
    const Access m_access;
    QList<Acknowledgement> m_all; // as the file has them
    std::optional<QList<Acknowledgement>> m_shown; // as the store has them
    std::pair<qint64, qint64> m_seen{-1, -1}; // of the file that m_all was read from
    QHash<QString, Watch> m_watched; // by incident
    QString m_unread; // the warning that was given of it, while it is so
    QString m_unwritten;
};

} // namespace Stampdeck
