// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/common/json.h"

#include "models/fleetstore.h"

#include <QtCore/QSet>

#include <deque>
#include <functional>
#include <mutex>

namespace Stampdeck {

/// What changed in the fleet lately, and the revisions that the API names it by.
///
/// A revision is "EPOCH.NUMBER". The epoch is new with each start of the server: what it said
/// before can't be continued then. The number grows with every version in which a stamp, a tenant
/// or an operation changed that the API tells of. Thread-safe; listens to the store in the store's own thread.
class ChangeLog final : public QObject
{
    Q_OBJECT
public:
    /// A consistent cut and what it is called.
    struct Cut
    {
        FleetVersionPtr version;
        quint64 number = 0;
    };
    /// The slots and names that changed from one revision to a cut.
    struct Delta
    {
        std::vector<int> stamps;
        std::vector<int> tenants;
        QStringList goneStamps; ///< "source/name".
        QStringList goneTenants; ///< "domain/ID".
        QStringList operations;
        bool acknowledgements = false;
    };

    explicit ChangeLog(FleetStore &store, QObject *parent = nullptr);

    [[nodiscard]] Cut cut() const;
    [[nodiscard]] QString revision(quint64 number) const;
    /// The number of \a revision; nothing when it is of another epoch, or no revision at all.
    [[nodiscard]] std::optional<quint64> number(const QString &revision) const;
    /// What changed after \a since until \a cut; nothing when that is not remembered any more.
    [[nodiscard]] std::optional<Delta> since(quint64 since, const Cut &cut) const;
    /// Whether since() would give something.
    [[nodiscard]] bool remembers(quint64 since, const Cut &cut) const;
    [[nodiscard]] const QString &epoch() const { return m_epoch; }

Q_SIGNALS:
    /// There is a new revision. From the store's thread.
    void advanced();

private:
    struct Entry
    {
        quint64 number = 0;
        ChangeSetPtr changes;
    };
    void take(const FleetVersionPtr &version, const ChangeSetPtr &all);

    const QString m_epoch;
    mutable std::mutex m_mutex;
    Cut m_cut;
    std::deque<Entry> m_entries;
    qsizetype m_remembered = 0; // Slots in all entries.
    QStringList m_silent; // Sources that have not answered.
};

} // namespace Stampdeck
