// SPDX-License-Identifier: GPL-3.0-or-later
#include "gathered.h"

#include "formatter.h"
#include "query.h"

#include <algorithm>
#include <array>
#include <cmath>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

using By = Gathered::By;

constexpr int mostGroups = 6;
constexpr int leastStamps = 3;
constexpr double leastLift = 4; // times the share of the whole fleet
constexpr double leastDeviations = 4;
constexpr qint64 together = 60'000; // ms

bool isBad(const StampEntry &entry)
{
    return !entry.proof && (entry.stale || entry.health != Health::Healthy);
}

// Stale is the least of it, whatever it was last (look.md, section 1).
int rankOf(const StampEntry &entry)
{
    if (entry.stale)
        return 3;
    return entry.health == Health::Unhealthy ? 0 : entry.health == Health::Degraded ? 1 : 2;
}

/// What a stamp has that others may have too, in numbers of Names: a hundred thousand are compared.
struct Property
{
    By by = By::Nothing;
    int region = -1;
    qint64 value = 0; // a zone, a version, a source's index, half minutes since 1970

    friend bool operator==(const Property &, const Property &) = default;
    friend size_t qHash(const Property &property, size_t seed = 0)
    {
        return qHashMulti(seed, quint8(property.by), property.region, property.value);
    }
};

struct Properties
{
    std::array<Property, 6> list;
    int count = 0;

    void add(By by, int region, qint64 value) { list[size_t(count++)] = {by, region, value}; }
    [[nodiscard]] bool contains(const Property &property) const
    {
        return std::find(list.begin(), list.begin() + count, property) != list.begin() + count;
    }
};

/// Numbers for what regions, zones and versions are called.
class Names
{
public:
    int numberOf(const QString &name)
    {
        const auto found = m_numbers.constFind(name);
        if (found != m_numbers.constEnd())
            return *found;
        m_names.append(name);
        return *m_numbers.insert(name, int(m_names.size()) - 1);
    }
    [[nodiscard]] QString name(qint64 number) const { return m_names.value(number); }

private:
    QHash<QString, int> m_numbers;
    QStringList m_names;
};

/// Minutes overlap by half, so that what began within half a minute is in one of them.
Properties propertiesOf(const StampEntry &entry, Names &names)
{
    const Stamp &stamp = *entry.stamp;
    Properties found;
    const int region = stamp.region.isEmpty() ? -1 : names.numberOf(stamp.region);
    if (region >= 0 && !stamp.zone.isEmpty())
        found.add(By::Zone, region, names.numberOf(stamp.zone));
    if (region >= 0)
        found.add(By::Region, region, 0);
    if (!stamp.version.isEmpty())
        found.add(By::Version, -1, names.numberOf(stamp.version));
    found.add(By::Source, -1, entry.source);
    if (const auto since = entry.stale ? entry.staleSince : entry.healthSince) {
        const qint64 bin = since->time_since_epoch().count() / (together / 2);
        found.add(By::Start, -1, bin);
        found.add(By::Start, -1, bin - 1);
    }
    return found;
}

Gathered rowOf(By by, const std::vector<const StampEntry *> &stamps)
{
    Gathered row;
    row.by = by;
    row.stamps = int(stamps.size());
    int worst = 4;
    for (const StampEntry *entry : stamps)
        worst = std::min(worst, rankOf(*entry));
    QHash<QString, int> reasons;
    for (const StampEntry *entry : stamps) {
        row.tenants += entry->owned;
        if (by == By::Start && entry->healthSince && (!row.from || *entry->healthSince < *row.from))
            row.from = entry->healthSince;
        if (rankOf(*entry) != worst)
            continue;
        ++row.worst;
        row.health = entry->health;
        row.stale = entry->stale;
        if (!entry->reasons.isEmpty())
            ++reasons[Format::shortReason(entry->reasons.constFirst())];
    }
    int most = 0;
    for (auto it = reasons.cbegin(); it != reasons.cend(); ++it) {
        if (it.value() > most || (it.value() == most && it.key() < row.reason)) {
            most = it.value();
            row.reason = it.key();
        }
    }
    return row;
}

int rankOf(const Gathered &row)
{
    return row.by == By::Nothing          ? 4
        : row.stale                       ? 3
        : row.health == Health::Unhealthy ? 0
        : row.health == Health::Degraded  ? 1
                                          : 2;
}

} // namespace

QString Gathered::query() const
{
    const QString bad = u"NOT health:healthy"_s;
    switch (by) {
    case By::Zone:
        return Query::term(u"region"_s, region) + u' ' + Query::term(u"zone"_s, value) + u' ' + bad;
    case By::Region:
        return Query::term(u"region"_s, region) + u' ' + bad;
    case By::Version:
        return Query::term(u"version"_s, value) + u' ' + bad;
    case By::Source:
        return Query::term(u"source"_s, value) + u' ' + bad;
    case By::Start:
    case By::Nothing:
        break;
    }
    return bad;
}

GatheredTrouble gatherTrouble(const FleetVersion &version)
{
    GatheredTrouble found;
    std::vector<const StampEntry *> bad;
    QHash<QString, RegionTrouble> regions;
    int all = 0;
    version.eachStamp([&](int, const StampEntry &entry) {
        ++all;
        RegionTrouble &region = regions[entry.stamp->region];
        ++region.stamps;
        if (!isBad(entry))
            return;
        bad.push_back(&entry);
        (!entry.stale && entry.health == Health::Unhealthy ? region.unhealthy : region.others) += 1;
    });
    for (auto it = regions.begin(); it != regions.end(); ++it) {
        it->region = it.key();
        if (!it.key().isEmpty())
            found.regions.append(*it);
    }
    std::sort(found.regions.begin(), found.regions.end(),
              [](const RegionTrouble &a, const RegionTrouble &b) {
                  return a.share() != b.share() ? a.share() > b.share() : a.region < b.region;
              });
    if (bad.empty())
        return found;

    // How many stamps have what one that is unwell has.
    Names names;
    QHash<Property, int> totals;
    std::vector<Properties> properties;
    properties.reserve(bad.size());
    for (const StampEntry *entry : bad) {
        properties.push_back(propertiesOf(*entry, names));
        const Properties &its = properties.back();
        for (int at = 0; at < its.count; ++at)
            totals.insert(its.list[size_t(at)], 0);
    }
    version.eachStamp([&](int, const StampEntry &entry) {
        const Properties its = propertiesOf(entry, names);
        for (int at = 0; at < its.count; ++at) {
            if (const auto total = totals.find(its.list[size_t(at)]); total != totals.end())
                ++*total;
        }
    });

    std::vector<size_t> rest(bad.size());
    for (size_t at = 0; at < bad.size(); ++at)
        rest[at] = at;
    while (found.groups.size() < mostGroups && int(rest.size()) >= leastStamps) {
        QHash<Property, int> counts;
        for (const size_t at : rest) {
            for (int each = 0; each < properties[at].count; ++each)
                ++counts[properties[at].list[size_t(each)]];
        }
        const double share = double(rest.size()) / all;
        std::optional<Property> best;
        double excess = 0;
        for (auto it = counts.cbegin(); it != counts.cend(); ++it) {
            const double expected = share * totals.value(it.key());
            const double more = it.value() - expected;
            if (it.value() < leastStamps || it.value() < leastLift * expected
                || more < leastDeviations * std::sqrt(expected))
                continue;
            // Of two that explain as much the narrower one, which the enumeration has first.
            if (more > excess || (more == excess && best && it.key().by < best->by)) {
                best = it.key();
                excess = more;
            }
        }
        if (!best)
            break;
        std::vector<const StampEntry *> taken;
        std::vector<size_t> left;
        for (const size_t at : rest) {
            if (properties[at].contains(*best))
                taken.push_back(bad[at]);
            else
                left.push_back(at);
        }
        Gathered row = rowOf(best->by, taken);
        if (best->region >= 0)
            row.region = names.name(best->region);
        if (best->by == By::Zone || best->by == By::Version)
            row.value = names.name(best->value);
        else if (best->by == By::Source)
            row.value = version.sourceOf(*taken.front()).name;
        found.groups.append(row);
        rest.swap(left);
    }
    std::stable_sort(found.groups.begin(), found.groups.end(),
                     [](const Gathered &a, const Gathered &b) {
                         return rankOf(a) != rankOf(b) ? rankOf(a) < rankOf(b) : a.worst > b.worst;
                     });
    if (!rest.empty()) {
        std::vector<const StampEntry *> scattered;
        for (const size_t at : rest)
            scattered.push_back(bad[at]);
        found.groups.append(rowOf(By::Nothing, scattered));
    }
    return found;
}

} // namespace Stampdeck
