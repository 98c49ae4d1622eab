// SPDX-License-Identifier: GPL-3.0-or-later
#include "fleetgenerator.h"

#include "noise.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QSet>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace Stampdeck::Internal {

using namespace Qt::StringLiterals;

const std::vector<Region> &simulatedRegions()
{
    static const std::vector<Region> regions = {
        {"eu-west"_L1, 0, 6, 1.0},      {"eu-central"_L1, 1, 6, 1.04},
        {"eu-north"_L1, 1, 4, 0.94},    {"us-east"_L1, -5, 6, 0.92},
        {"us-west"_L1, -8, 5, 0.98},    {"ap-south"_L1, 5.5, 4, 0.9},
        {"ap-southeast"_L1, 8, 4, 1.1}, {"ap-northeast"_L1, 9, 4, 1.16},
        {"sa-east"_L1, -3, 3, 1.32},    {"af-south"_L1, 2, 2, 1.2},
        {"me-central"_L1, 4, 2, 1.14},  {"au-east"_L1, 10, 2, 1.12},
    };
    return regions;
}

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Simulator)
};

enum Salt : quint64 {
    CountSalt = 0x201,
    LimitSalt,
    LoadSalt,
    TierSalt,
    DemandSalt,
    ConstraintSalt,
    RingSalt,
    ComponentSalt,
    LatencySalt,
    ZoneSalt,
    NameSalt,
    StorySalt,
    RuleSalt,
};

constexpr double gibibyte = 1024.0 * 1024 * 1024;
constexpr double tebibyte = 1024 * gibibyte;

constexpr std::array companies = {
    "acme"_L1,       "globex"_L1,    "initech"_L1,   "hooli"_L1,     "umbra"_L1,
    "oscorp"_L1,     "virtucon"_L1,  "weyland"_L1,   "dunder"_L1,    "sirius"_L1,
    "cogswell"_L1,   "wonka"_L1,     "aperture"_L1,  "cyberdyne"_L1, "zorin"_L1,
    "bluth"_L1,      "spacely"_L1,   "stark-ind"_L1, "kramerica"_L1, "monarch"_L1,
    "tyrell"_L1,     "soylent"_L1,   "vandelay"_L1,  "gringotts"_L1, "massive"_L1,
    "pied-piper"_L1, "wayne"_L1,     "nakatomi"_L1,  "prestige"_L1,  "sterling"_L1,
    "duff"_L1,       "buynlarge"_L1, "lexcorp"_L1,   "daystrom"_L1,  "omnicorp"_L1,
    "primatech"_L1,  "tricell"_L1,   "abstergo"_L1,  "veridian"_L1,  "ollivander"_L1,
    "gekko"_L1,      "rekall"_L1,    "yoyodyne"_L1,  "delos"_L1,     "cathedral"_L1,
    "fourstar"_L1,   "northwind"_L1, "contoso"_L1,   "fabrikam"_L1,  "adatum"_L1,
    "litware"_L1,    "proseware"_L1, "tailspin"_L1,  "wingtip"_L1,   "lumon"_L1,
    "mooby"_L1,      "optican"_L1,   "paper-st"_L1,  "ravenwood"_L1, "seraphim"_L1,
    "strickland"_L1, "transco"_L1,   "vehement"_L1,  "zenith"_L1,
};

constexpr std::array branches = {
    "eu"_L1,      "us"_L1,     "ap"_L1,     "labs"_L1,  "retail"_L1, "bank"_L1,
    "health"_L1,  "media"_L1,  "pay"_L1,    "cloud"_L1, "travel"_L1, "food"_L1,
    "energy"_L1,  "motors"_L1, "games"_L1,  "legal"_L1, "home"_L1,   "sports"_L1,
    "academy"_L1, "air"_L1,    "mobile"_L1, "data"_L1,
};

/// "globex", then "globex-eu", …, then "globex-eu2": unique for every \a ordinal.
[[nodiscard]] QString tenantId(qsizetype ordinal)
{
    const QLatin1StringView company = companies.at(size_t(ordinal) % companies.size());
    const size_t use = size_t(ordinal) / companies.size();
    if (use == 0)
        return company;
    const QLatin1StringView branch = branches.at((use - 1) % branches.size());
    const size_t round = (use - 1) / branches.size();
    QString id;
    id.reserve(company.size() + branch.size() + 7);
    id += company;
    id += u'-';
    id += branch;
    if (round > 0)
        id += QString::number(round + 1);
    return id;
}

/// "globex-eu2" as people write it: "Globex EU 2".
[[nodiscard]] QString tenantName(qsizetype ordinal)
{
    const QLatin1StringView company = companies.at(size_t(ordinal) % companies.size());
    const size_t use = size_t(ordinal) / companies.size();
    QString name = company;
    name[0] = name.at(0).toUpper();
    for (qsizetype i = 1; i < name.size(); ++i) {
        if (name.at(i - 1) == u'-') {
            name[i - 1] = u' ';
            name[i] = name.at(i).toUpper();
        }
    }
    if (use == 0)
        return name;
    QString branch = branches.at((use - 1) % branches.size());
    if (branch.size() == 2)
        branch = branch.toUpper();
    else
        branch[0] = branch.at(0).toUpper();
    name += u' ';
    name += branch;
    const size_t round = (use - 1) / branches.size();
    if (round > 0) {
        name += u' ';
        name += QString::number(round + 1);
    }
    return name;
}

/// How many of \a total stamps stand in each region: by weight, largest remainder first.
[[nodiscard]] std::vector<int> stampsByRegion(int total)
{
    const auto &regions = simulatedRegions();
    std::vector<int> counts(regions.size());
    std::vector<std::pair<double, size_t>> remainders;
    int given = 0;
    for (size_t i = 0; i < regions.size(); ++i) {
        const double exact = double(total) * regions.at(i).weight / 48.0;
        counts[i] = int(exact);
        given += counts[i];
        remainders.emplace_back(exact - counts[i], i);
    }
    std::stable_sort(remainders.begin(), remainders.end(),
                     [](const auto &a, const auto &b) { return a.first > b.first; });
    for (size_t i = 0; given < total; i = (i + 1) % remainders.size(), ++given)
        ++counts[remainders.at(i).second];
    return counts;
}

/// What the story at the start makes of a stamp.
enum class Role : quint8 {
    None,
    CrashLoop, ///< The one that is unhealthy.
    Noisy,
    Errors,
    ReplicaDown,
    StorageFull,
    Cordoned,
    Drained,
    Exclusive, ///< One tenant alone.
};
constexpr std::array roles = {Role::CrashLoop,   Role::Noisy,    Role::Errors,  Role::ReplicaDown,
                              Role::StorageFull, Role::Cordoned, Role::Drained, Role::Exclusive};

class Generator
{
public:
    Generator(const SimulatorSettings &settings, SimTime start)
        : m_settings(settings)
        , m_seed(settings.seed)
        , m_start(start)
    { }

    [[nodiscard]] FleetState run()
    {
        makeStamps();
        castRoles();
        makeTenants();
        return std::move(m_fleet);
    }

private:
    void makeStamps()
    {
        const auto &regions = simulatedRegions();
        const std::vector<int> counts = stampsByRegion(m_settings.stamps);
        const int digits = std::max(
            2, int(QString::number(*std::max_element(counts.begin(), counts.end())).size()));
        m_fleet.stamps.reserve(size_t(m_settings.stamps));
        for (size_t region = 0; region < regions.size(); ++region) {
            for (int number = 1; number <= counts.at(region); ++number)
                makeStamp(int(region), number, digits);
        }
    }

    void makeStamp(int region, int number, int digits)
    {
        static constexpr std::array<double, 4> cpus = {32, 48, 64, 96};
        const QLatin1StringView where = simulatedRegions().at(size_t(region)).name;
        const auto index = quint64(m_fleet.stamps.size());
        SimStamp stamp;
        stamp.name = where;
        stamp.name += u'-';
        stamp.name += QString::number(number).rightJustified(digits, u'0');
        stamp.region = region;
        const double ring = unit(hashOf(m_seed, RingSalt, index));
        stamp.ring = ring < 0.1 ? 0 : ring < 0.4 ? 1 : ring < 0.75 ? 2 : 3;
        stamp.zone = where;
        stamp.zone += QChar(u'a' + char16_t(hashOf(m_seed, ZoneSalt, index) % 3));
        stamp.labels = {{u"cell"_s, QString::number(number)}, {u"team"_s, m_settings.owner}};
        if (m_settings.scratch)
            stamp.labels.insert(u"stampdeck.conformance"_s, u"scratch"_s);

        const int perStamp = m_settings.tenantsPerStamp.value_or(12);
        stamp.slotCount = perStamp <= 16 ? 20 : perStamp + std::max(4, perStamp / 4);
        // Room grows with the number of tenants, so that each stays believable.
        const double scale = std::max(1.0, double(stamp.slotCount) / 20);
        const quint64 size = hashOf(m_seed, LimitSalt, index);
        const double cpu = std::round(cpus.at(size % cpus.size()) * scale);
        const double memory = std::round(cpu * (mixBits(size) % 3 == 0 ? 6 : 4)) * gibibyte;
        const double storage =
            std::round((2 + double(mixBits(size + 1) % 4)) * cpu / 24) * tebibyte;
        stamp.written.cpu = {cpu, cpu, always};
        stamp.written.memory = {memory, memory, always};
        stamp.written.storage = {storage, storage, always};
        stamp.base.cpu = std::round(cpu * 0.4) / 10;
        stamp.base.memory = std::round(memory * 0.06 / gibibyte) * gibibyte;
        stamp.base.storage = std::round(storage * 0.02 / gibibyte) * gibibyte;

        const quint64 latency = hashOf(m_seed, LatencySalt, index);
        stamp.latencyMs = between(latency, 10.5, 21);
        stamp.tailFactor = between(mixBits(latency), 4.8, 6.4);
        stamp.errorRatio = between(mixBits(latency + 1), 0.0001, 0.0006);
        stamp.written.updatedBy = m_settings.owner;
        stamp.written.updatedAt =
            m_start - SimTime(between(mixBits(latency + 2), double(hour), double(40 * day)));
        stamp.written.lastChange = m_created;
        m_fleet.stamps.push_back(std::move(stamp));
    }

    void castRoles()
    {
        m_roles.assign(m_fleet.stamps.size(), Role::None);
        // A calm fleet has no story, a tiny one no room for it, and who counts tenants gets them.
        const int count = int(m_fleet.stamps.size());
        if (m_settings.calm || count < 12)
            return;
        if (m_seed == 7 && count == 48) {
            // The fleet that everybody sees first.
            static const QHash<QString, Role> story = {
                {u"eu-west-03"_s, Role::CrashLoop},    {u"eu-west-05"_s, Role::Noisy},
                {u"us-west-04"_s, Role::Errors},       {u"us-east-02"_s, Role::ReplicaDown},
                {u"ap-south-01"_s, Role::StorageFull}, {u"eu-central-04"_s, Role::Cordoned},
                {u"eu-north-03"_s, Role::Drained},     {u"us-west-05"_s, Role::Exclusive},
            };
            for (size_t i = 0; i < m_roles.size(); ++i)
                m_roles[i] = story.value(m_fleet.stamps.at(i).name, Role::None);
        } else {
            // Larger fleets have more stories, but not as many to the hundred.
            const int casts = std::max(1, count / 160);
            for (int cast = 0; cast < casts; ++cast) {
                for (size_t role = 0; role < roles.size(); ++role) {
                    auto at = size_t(hashOf(m_seed, StorySalt, cast, role) % quint64(count));
                    while (m_roles.at(at) != Role::None)
                        at = (at + 1) % size_t(count);
                    m_roles[at] = roles.at(role);
                }
            }
        }
        if (m_settings.tenantsPerStamp) {
            for (Role &role : m_roles) {
                if (role == Role::Drained || role == Role::Exclusive)
                    role = Role::None;
            }
        }
    }

    [[nodiscard]] int tenantsOf(size_t index) const
    {
        const Role role = m_roles.at(index);
        if (m_settings.tenantsPerStamp)
            return *m_settings.tenantsPerStamp;
        if (role == Role::Drained)
            return 0;
        if (role == Role::Exclusive)
            return 1;
        return 8 + int(hashOf(m_seed, CountSalt, index) % 9);
    }

    void makeTenants()
    {
        qsizetype total = 0;
        for (size_t i = 0; i < m_fleet.stamps.size(); ++i)
            total += tenantsOf(i);
        // A walk with a step that shares no factor with the total meets each name once.
        m_nameStep = 1;
        if (total > 2) {
            m_nameStep = qsizetype(hashOf(m_seed, NameSalt) % quint64(total)) | 1;
            while (std::gcd(m_nameStep, total) != 1)
                ++m_nameStep;
        }
        m_total = total;
        m_fleet.tenants.reserve(size_t(total));
        for (size_t i = 0; i < m_fleet.stamps.size(); ++i) {
            fillStamp(i);
            finishStamp(i);
        }
    }

    void fillStamp(size_t index)
    {
        SimStamp &stamp = m_fleet.stamps.at(index);
        const Role role = m_roles.at(index);
        const int count = tenantsOf(index);
        const size_t first = m_fleet.tenants.size();
        m_groupsHere.clear();
        const quint64 load = hashOf(m_seed, LoadSalt, index);
        double cpuShare = between(load, 0.52, 0.74);
        const double memoryShare = between(mixBits(load), 0.5, 0.72);
        double storageShare = between(mixBits(load + 1), 0.42, 0.7);
        if (role == Role::CrashLoop)
            cpuShare = 0.86;
        else if (role == Role::Noisy)
            cpuShare = 0.76;
        else if (role == Role::StorageFull)
            storageShare = 0.9;

        std::vector<double> weights;
        double sum = 0;
        for (int i = 0; i < count; ++i) {
            static constexpr std::array<double, 4> byTier = {0.4, 1.0, 1.8, 3.2};
            const auto number = quint64(first) + quint64(i);
            SimTenant tenant;
            const qsizetype ordinal =
                (qsizetype(number) * m_nameStep) % std::max<qsizetype>(m_total, 1);
            tenant.id = tenantId(ordinal);
            tenant.name = tenantName(ordinal);
            const double tier = unit(hashOf(m_seed, TierSalt, number));
            tenant.tier = tier < 0.24 ? Tier::Free
                : tier < 0.7          ? Tier::Standard
                : tier < 0.92         ? Tier::Premium
                                      : Tier::Enterprise;
            tenant.region = stamp.region;
            constrain(tenant, number, ordinal, stamp, role);
            const double weight = byTier.at(size_t(tenant.tier))
                * between(hashOf(m_seed, DemandSalt, number), 0.6, 1.4);
            weights.push_back(weight);
            sum += weight;
            tenant.written.owner = int(index);
            tenant.written.updatedBy = m_settings.owner;
            tenant.written.updatedAt = m_start
                - SimTime(between(hashOf(m_seed, DemandSalt, number, 1), double(2 * hour),
                                  double(200 * day)));
            tenant.written.lastChange = m_created;
            PlacementWritten placement;
            placement.stamp = int(index);
            placement.since = tenant.written.updatedAt;
            tenant.written.placements = {placement};
            m_fleet.tenants.push_back(std::move(tenant));
        }

        const double cpu = stamp.written.cpu.wanted * cpuShare - *stamp.base.cpu;
        const double memory = stamp.written.memory.wanted * memoryShare - *stamp.base.memory;
        const double storage = stamp.written.storage.wanted * storageShare - *stamp.base.storage;
        for (int i = 0; i < count; ++i) {
            SimTenant &tenant = m_fleet.tenants.at(first + size_t(i));
            const quint64 dice = hashOf(m_seed, DemandSalt, first + size_t(i), 2);
            const double share = weights.at(size_t(i)) / sum;
            // Some want more memory or storage for their cores than others. Rounded down, so that
            // the sum never passes the share.
            const double even = 1.0 / count;
            const double memoryPart = share * 0.75 + even * 0.25;
            const double storagePart = share * 0.5 + even * 0.5;
            tenant.demand.cpu = std::max(0.1, std::floor(cpu * share * 10) / 10);
            tenant.demand.memory =
                std::max(0.25, std::floor(memory * memoryPart / gibibyte * 4) / 4) * gibibyte;
            tenant.demand.storage =
                std::max(1.0, std::floor(storage * storagePart / gibibyte)) * gibibyte;
            tenant.demand.requestsPerSecond =
                std::max(1.0, std::round(*tenant.demand.cpu * between(dice, 30, 75)));
            stamp.tenants.push_back(int(first) + i);
        }
    }

    void constrain(SimTenant &tenant, quint64 number, qsizetype ordinal, const SimStamp &stamp,
                   Role role)
    {
        const quint64 dice = hashOf(m_seed, ConstraintSalt, number);
        const QString region = simulatedRegions().at(size_t(stamp.region)).name;
        const QString land = region.section(u'-', 0, 0);
        const double stays = land == "eu"_L1 ? 0.34 : land == "us"_L1 ? 0.14 : 0.1;
        if (unit(dice) < stays)
            tenant.constraints.regions = {land + u"-*"_s};
        if (unit(mixBits(dice)) < 0.14) {
            const QString group = companies.at(size_t(ordinal) % companies.size());
            // Never two of a group on one stamp, from the first day.
            if (!m_groupsHere.contains(group)) {
                tenant.constraints.antiAffinity = group;
                m_groupsHere.insert(group);
            }
        }
        if (unit(mixBits(dice + 1)) < 0.015)
            tenant.constraints.pinned = true;
        if (role == Role::Exclusive) {
            tenant.constraints.exclusive = true;
            tenant.tier = Tier::Enterprise;
        }
    }

    void finishStamp(size_t index)
    {
        SimStamp &stamp = m_fleet.stamps.at(index);
        double requests = 0;
        for (const int tenant : stamp.tenants)
            requests += *m_fleet.tenants.at(size_t(tenant)).demand.requestsPerSecond;
        // An empty stamp is laid out for what its cores carry.
        const double laidOut = requests > 0 ? requests : stamp.written.cpu.wanted * 25;

        const quint64 dice = hashOf(m_seed, ComponentSalt, index);
        const std::array<int, componentCount> desired = {
            4 + int(dice % 5), 4 + int(mixBits(dice) % 4), 3 + int(mixBits(dice + 1) % 3), 3};
        const std::array<double, componentCount> busy = {0.6, 0.62, 0.5, 0.42};
        for (size_t i = 0; i < componentCount; ++i) {
            ComponentWritten &component = stamp.written.components.at(i);
            component.desired = desired.at(i);
            component.before = desired.at(i);
            component.min = i == databaseIndex ? 3 : i == workerIndex ? 1 : 2;
            component.max = i == databaseIndex ? 3 : 16;
            const double swing = between(mixBits(dice + 2 + i), 0.9, 1.1);
            stamp.replicaRate.at(i) = laidOut / (component.desired * busy.at(i) * swing);
        }
        if (!m_settings.calm && m_roles.at(index) == Role::None
            && unit(hashOf(m_seed, RuleSalt, index)) < 0.22) {
            RuleWritten rule;
            rule.target = 0.7;
            stamp.written.components[0].rule = rule;
            stamp.written.components[0].max = 12;
            if (unit(hashOf(m_seed, RuleSalt, index, 1)) < 0.4) {
                rule.target = 0.65;
                rule.cooldownMs = 120'000;
                stamp.written.components[workerIndex].rule = rule;
            }
        }
        stage(index, stamp);
    }

    /// Puts the story of its role on a stamp, relative to the start.
    void stage(size_t index, SimStamp &stamp)
    {
        const auto add = [&](Incident::Kind kind, SimTime since, SimTime lasts, double severity,
                             int component = 0) {
            Incident incident;
            incident.kind = kind;
            incident.start = m_start - since;
            incident.end = lasts == never ? never : m_start + lasts;
            incident.severity = severity;
            incident.component = component;
            stamp.scene.push_back(incident);
        };
        switch (m_roles.at(index)) {
        case Role::None:
        case Role::Exclusive:
            break;
        case Role::CrashLoop: {
            // Stays until somebody scales it: four of five end as soon as they start.
            ComponentWritten &api = stamp.written.components[1];
            const double carries = stamp.replicaRate[1] * api.desired;
            api.desired = api.before = 5;
            stamp.replicaRate[1] = carries / 5;
            stamp.ring = 0;
            add(Incident::Kind::CrashLoop, 6 * minute, never, 0.8, 1);
            break;
        }
        case Role::Noisy: {
            // One tenant wants far more than it asked for, until its batch is through.
            int loudest = stamp.tenants.empty() ? -1 : stamp.tenants.front();
            for (const int tenant : stamp.tenants) {
                if (*m_fleet.tenants.at(size_t(tenant)).demand.cpu
                    > *m_fleet.tenants.at(size_t(loudest)).demand.cpu)
                    loudest = tenant;
            }
            if (loudest < 0)
                break;
            SimTenant &tenant = m_fleet.tenants.at(size_t(loudest));
            tenant.surgeFrom = m_start - 4 * minute;
            tenant.surgeTo = m_start + 50 * minute;
            // How much is settled when the load at the start is known: see Simulation.
            tenant.surge = 0.935 * stamp.written.cpu.wanted;
            break;
        }
        case Role::Errors:
            add(Incident::Kind::Errors, 11 * minute, 35 * minute, 0.018);
            break;
        case Role::ReplicaDown: {
            ComponentWritten &web = stamp.written.components[0];
            const double carries = stamp.replicaRate[0] * web.desired;
            web.desired = web.before = 6;
            stamp.replicaRate[0] = carries / 6;
            add(Incident::Kind::CrashLoop, 25 * minute, 80 * minute, 1.0 / 6, 0);
            break;
        }
        case Role::StorageFull: {
            add(Incident::Kind::StorageGrowth, 8 * day, never, 0.024);
            break;
        }
        case Role::Cordoned:
            stamp.written.lifecycle = Lifecycle::Cordoned;
            stamp.written.updatedAt = m_start - 47 * minute;
            stamp.written.updatedBy = u"ana"_s;
            stamp.written.lastChange = Words::tr("cordoned");
            break;
        case Role::Drained:
            stamp.written.lifecycle = Lifecycle::Drained;
            stamp.written.updatedAt = m_start - 135 * minute;
            stamp.written.updatedBy = u"marek"_s;
            stamp.written.lastChange = Words::tr("drained");
            break;
        }
    }

    const SimulatorSettings &m_settings;
    quint64 m_seed;
    SimTime m_start;
    const QString m_created = Words::tr("created"); ///< The last change of what nobody changed.
    FleetState m_fleet;
    std::vector<Role> m_roles;
    QSet<QString> m_groupsHere; ///< Anti-affinity groups on the stamp that is being filled.
    qsizetype m_total = 0;
    qsizetype m_nameStep = 1;
};

} // namespace

FleetState generateFleet(const SimulatorSettings &settings, SimTime start)
{
    return Generator(settings, start).run();
}

} // namespace Stampdeck::Internal
