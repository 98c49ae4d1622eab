// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "planner.h"
#include "query.h"

namespace Stampdeck {

/// Whether a region survives the loss of its fullest stamp (product.md: N+1).
struct Survival
{
    QString region; ///< Empty for the stamps whose region nobody told.
    int source = 0; ///< Index into FleetVersion::sources: the first of those that have stamps there.
    int stamps = 0;
    int tenants = 0; ///< Owned in the region.
    QString fullest; ///< "source/name" of its fullest stamp.
    std::optional<double> load; ///< Of that stamp's fullest resource, a ratio.
    Resources resources; ///< The sums; a field is nothing when any stamp's is.
    /// Nothing where a limit or a demand is not known.
    std::optional<bool> survives;
    int placed = 0; ///< How many of that stamp's tenants the others could take.
    int unplaced = 0;
    /// Those, one each: the tenant, the rule that binds, why.
    QList<Refusal> stranded;
    /// What is short by how much, where that is what is missing; the unit of the resource.
    QMap<ResourceKind, double> shortOf;
    QString message; ///< Why not, for people; empty when it survives.
};

/// How full a region would be without its fullest stamp, were all of its tenants taken by the others.
struct LossOutlook
{
    ResourceKind kind = ResourceKind::Cpu; ///< The one that would be the fullest.
    double load = 0; ///< Of that, a ratio of what the others have; infinite when there are none.
    double gate = 0; ///< What the region's fullest stamp may be filled to.
    double spare = 0; ///< What would be left below the gate, in the unit of `kind`; negative: short.
};
/// Nothing where limits or loads are not known. A region that has the room may fail its survival all
/// the same: by its tenants' rules, or because no single stamp has room enough.
[[nodiscard]] std::optional<LossOutlook> outlookAfterLoss(const FleetVersion &version,
                                                          const Survival &region);

/// In two or three words: "71 cores to spare", "short by 38 cores", "no other stamp".
[[nodiscard]] QString briefOf(const Survival &region, const std::optional<LossOutlook> &outlook);
/// The same in one figure: "+71 cores", "−38 cores", "−2 tenants"; empty where there is none.
[[nodiscard]] QString figureOf(const Survival &region, const std::optional<LossOutlook> &outlook);

/// Every region, by name. A region survives when the evacuation planner (lossOf()) finds a place for
/// each tenant of its fullest stamp on the region's other stamps, within the gate. Who may write to
/// the source does not matter to it.
[[nodiscard]] std::vector<Survival> survivalOf(const FleetVersionPtr &version);

/// For QueryScope::Regions.
class RegionSubject final : public QuerySubject
{
public:
    explicit RegionSubject(const Survival &region)
        : m_region(region)
    {
    }

    bool anyText(QueryField field, const QString &key, const Take &take) const override;
    [[nodiscard]] std::optional<double> number(QueryField field, bool ofLimit) const override;
    bool anyWord(const Take &take) const override;

private:
    const Survival &m_region;
};

} // namespace Stampdeck
