// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/action.h"
#include "backends/api/result.h"
#include "simstate.h"

#include <QtCore/QHash>

#include <memory>

namespace Stampdeck::Internal {

/// A write that was carried out, so that its key never acts twice.
struct KeyRecord
{
    QString key;
    QString request; ///< What was asked, to know another request under the same key.
    WriteOutcome outcome;
    SimTime at = 0; ///< By the wall clock.
};

/// A mark on a stamp or a tenant; none takes it away.
struct MarkWritten
{
    bool isTenant = false;
    int index = 0;
    OptionalMark mark;
};

/// One atomic change of what is written.
struct Transaction
{
    std::vector<std::pair<int, StampWritten>> stamps;
    std::vector<std::pair<int, TenantWritten>> tenants;
    std::optional<SimStamp> added; ///< The stamp behind the last one, which stamps then writes.
    std::optional<KeyRecord> key;
    std::vector<MarkWritten> marks = {};
};

/// What makes a state file this fleet's.
struct StateIdentity
{
    QString instance;
    SimTime storyStart = 0; ///< Simulated time at epochWall.
    SimTime epochSim = 0;
    SimTime epochWall = 0;
    double timeScale = 1;
};

/// What a simulation keeps over restarts: an SQLite file that one process has open at a time.
///
/// Lives in the thread that opened it. A transaction is on disk when write() returns.
class StateFile
{
public:
    struct Content
    {
        StateIdentity identity;
        std::vector<std::pair<QString, StampWritten>> stamps;
        std::vector<std::pair<QString, TenantWritten>> tenants;
        QHash<QString, KeyRecord> keys;
        struct NamedMark
        {
            bool isTenant = false;
            QString name;
            Mark mark;
        };
        std::vector<NamedMark> marks;
    };

    /// Opens \a path, or makes it with \a fresh for the fleet that \a fingerprint describes.
    /// Errors: ErrorKind::Invalid where the file is of another fleet, not a state file, or not to
    /// be opened.
    [[nodiscard]] static Result<std::unique_ptr<StateFile>> open(const QString &path,
                                                                 const QString &fingerprint,
                                                                 const StateIdentity &fresh,
                                                                 const FleetState &fleet);
    ~StateFile();
    Q_DISABLE_COPY_MOVE(StateFile)

    [[nodiscard]] const Content &content() const { return m_content; }
    /// Frees what was read at the start.
    void forgetContent() { m_content = {}; }

    /// Puts \a transaction on disk as a whole, or nothing of it. Forgets keys from before
    /// \a forgetKeysBefore (wall clock).
    [[nodiscard]] Result<void> write(const Transaction &transaction, const FleetState &fleet,
                                     SimTime forgetKeysBefore);
    [[nodiscard]] Result<void> writeIdentity(const StateIdentity &identity);

private:
    StateFile(QString path, QString connection);
    [[nodiscard]] Result<void> prepare(const QString &fingerprint, const StateIdentity &fresh);
    [[nodiscard]] Result<void> read(const FleetState &fleet);
    [[nodiscard]] Error problem(const QString &what, const QString &detail) const;

    QString m_path;
    QString m_connection;
    Content m_content;
};

} // namespace Stampdeck::Internal
