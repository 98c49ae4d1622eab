// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleetversion.h"
#include "query.h"

#include <atomic>

/// The search language over the fleet.
namespace Stampdeck {

/// A stamp of a version. Fields of tenants are those of every tenant that it owns or runs.
class StampSubject final : public QuerySubject
{
public:
    StampSubject(const FleetVersion &version, const StampEntry &entry)
        : m_version(version)
        , m_entry(entry)
    {
    }

    bool anyText(QueryField field, const QString &key, const Take &take) const override;
    [[nodiscard]] std::optional<double> number(QueryField field, bool ofLimit) const override;
    bool anyWord(const Take &take) const override;

private:
    bool anyTenant(QueryField field, const Take &take) const;

    const FleetVersion &m_version;
    const StampEntry &m_entry;
};

/// A tenant of a version. cpu, memory, storage and requests are its demand; as a share of a limit,
/// and for all that it has not itself, they are those of the stamp that owns it.
class TenantSubject final : public QuerySubject
{
public:
    TenantSubject(const FleetVersion &version, const TenantEntry &entry);

    bool anyText(QueryField field, const QString &key, const Take &take) const override;
    [[nodiscard]] std::optional<double> number(QueryField field, bool ofLimit) const override;
    bool anyWord(const Take &take) const override;

private:
    const FleetVersion &m_version;
    const TenantEntry &m_entry;
    const StampEntry *m_owner; ///< Null while it is not known.
};

/// The slots that \a query matches, ascending. 200,000 tenants take some tens of milliseconds: call
/// it off the GUI thread. Ends early, with what there is, once \a stop is true.
[[nodiscard]] std::vector<int> filterStamps(const FleetVersion &version, const Query &query,
                                            const std::atomic<bool> *stop = nullptr);
[[nodiscard]] std::vector<int> filterTenants(const FleetVersion &version, const Query &query,
                                             const std::atomic<bool> *stop = nullptr);

/// For QueryScope::Operations and QueryScope::Sources.
[[nodiscard]] QueryValues querySubject(const Operation &operation);
[[nodiscard]] QueryValues querySubject(const SourceState &source);

} // namespace Stampdeck
