// SPDX-License-Identifier: GPL-3.0-or-later
#include "mapfacts.h"

#include "carrycontroller.h"
#include "glyphs.h"
#include "whatif.h"

#include "backends/api/clock.h"
#include "models/formatter.h"
#include "models/whoacts.h"

#include <QtCore/QCoreApplication>

#include <algorithm>
#include <cmath>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

// In the order of the enumerations.
constexpr auto labelWord = "label:"_L1;
constexpr std::array groupWords = {"region"_L1, "ring"_L1, "version"_L1, "health"_L1, "source"_L1};
constexpr std::array colourWords = {"health"_L1,  "load"_L1,    "cpu"_L1,      "memory"_L1,
                                    "storage"_L1, "tenants"_L1, "headroom"_L1, "version"_L1,
                                    "ring"_L1,    "cost"_L1,    "latency"_L1};
static_assert(groupWords.size() == allMapGroupings.size());
static_assert(colourWords.size() == allMapColours.size());

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Stampdeck::MapWidget)
};

std::optional<ResourceKind> resourceOf(MapColourBy colour)
{
    switch (colour) {
    case MapColourBy::Cpu:
        return ResourceKind::Cpu;
    case MapColourBy::Memory:
        return ResourceKind::Memory;
    case MapColourBy::Storage:
        return ResourceKind::Storage;
    case MapColourBy::Tenants:
        return ResourceKind::Tenants;
    default:
        return std::nullopt;
    }
}

/// How full the tenants' places are: what it owns when the backend counts none.
std::optional<double> tenantLoad(const StampEntry &entry)
{
    Resource tenants = entry.resources.tenants;
    if (!tenants.taken())
        tenants.used = entry.owned;
    return tenants.load();
}

/// How many tenants an operation has moved, and of how many; of a step that moves nobody neither.
std::pair<int, int> tenantsMoved(const Operation &operation)
{
    QHash<QString, bool> moved;
    for (const OperationStep &step : operation.steps) {
        if (step.tenant.isEmpty())
            continue;
        const bool isDone = step.state == StepState::Succeeded || step.state == StepState::Skipped;
        const auto found = moved.find(step.tenant);
        if (found == moved.end())
            moved.insert(step.tenant, isDone);
        else
            *found = *found && isDone;
    }
    return {int(std::count(moved.cbegin(), moved.cend(), true)), int(moved.size())};
}

std::chrono::milliseconds since(const StampEntry &entry, const Clock &clock)
{
    return clock.elapsed() - entry.lastContact;
}

} // namespace

std::chrono::milliseconds staleFor(const StampEntry &entry, const Clock &clock)
{
    const std::chrono::milliseconds silent = since(entry, clock);
    if (!entry.staleSince)
        return silent;
    // Its source may be well and have told this stamp alone wrongly: then that is when.
    return std::max(silent, std::chrono::milliseconds(clock.now() - *entry.staleSince));
}

QString toString(const MapGrouping &grouping)
{
    if (grouping.by == MapGroupBy::Label)
        return labelWord + grouping.key;
    return groupWords[size_t(grouping.by)];
}

QString toString(MapColourBy colour)
{
    return colourWords[size_t(colour)];
}

std::optional<MapGrouping> mapGroupingFromString(const QString &word)
{
    if (word.startsWith(labelWord)) {
        const QString key = word.mid(labelWord.size());
        return key.isEmpty() ? std::nullopt : std::optional(MapGrouping::label(key));
    }
    const auto at = std::find(groupWords.begin(), groupWords.end(), word);
    return at == groupWords.end() ? std::nullopt
                                  : std::optional(MapGrouping(MapGroupBy(at - groupWords.begin())));
}

std::optional<MapColourBy> mapColourFromString(const QString &word)
{
    const auto at = std::find(colourWords.begin(), colourWords.end(), word);
    return at == colourWords.end() ? std::nullopt
                                   : std::optional(MapColourBy(at - colourWords.begin()));
}

QString toString(MapArrangement arrangement)
{
    return arrangement == MapArrangement::World ? u"world"_s : u"sheet"_s;
}

std::optional<MapArrangement> mapArrangementFromString(const QString &word)
{
    for (const MapArrangement arrangement : {MapArrangement::World, MapArrangement::Sheet}) {
        if (toString(arrangement) == word)
            return arrangement;
    }
    return std::nullopt;
}

QString title(const MapGrouping &grouping)
{
    switch (grouping.by) {
    case MapGroupBy::Label: // a zone is told beside the labels, so its word is ours
        return grouping.key == u"zone" ? Words::tr("Zone") : grouping.key;
    case MapGroupBy::Region:
        return Words::tr("Region");
    case MapGroupBy::Ring:
        return Words::tr("Ring");
    case MapGroupBy::Version:
        return Words::tr("Version");
    case MapGroupBy::Health:
        return Words::tr("Health");
    case MapGroupBy::Source:
        break;
    }
    return Words::tr("Source");
}

QString title(MapColourBy colour)
{
    switch (colour) {
    case MapColourBy::Health:
        return Words::tr("Health");
    case MapColourBy::Load:
        return Words::tr("Load");
    case MapColourBy::Cpu:
        return Words::tr("cpu");
    case MapColourBy::Memory:
        return Words::tr("memory");
    case MapColourBy::Storage:
        return Words::tr("storage");
    case MapColourBy::Tenants:
        return Words::tr("tenants");
    case MapColourBy::Headroom:
        return Words::tr("Headroom");
    case MapColourBy::Version:
        return Words::tr("Version");
    case MapColourBy::Ring:
        return Words::tr("Ring");
    case MapColourBy::Cost:
        return Words::tr("Cost");
    case MapColourBy::Latency:
        break;
    }
    return Words::tr("Latency");
}

int naturalCompare(QStringView a, QStringView b)
{
    qsizetype i = 0;
    qsizetype j = 0;
    while (i < a.size() && j < b.size()) {
        if (a[i].isDigit() && b[j].isDigit()) {
            while (i < a.size() && a[i] == u'0')
                ++i;
            while (j < b.size() && b[j] == u'0')
                ++j;
            qsizetype endA = i;
            qsizetype endB = j;
            while (endA < a.size() && a[endA].isDigit())
                ++endA;
            while (endB < b.size() && b[endB].isDigit())
                ++endB;
            if (endA - i != endB - j)
                return endA - i < endB - j ? -1 : 1;
            for (; i < endA; ++i, ++j) {
                if (a[i] != b[j])
                    return a[i] < b[j] ? -1 : 1;
            }
            continue;
        }
        if (a[i] != b[j])
            return a[i] < b[j] ? -1 : 1;
        ++i;
        ++j;
    }
    if (i < a.size() || j < b.size())
        return i < a.size() ? 1 : -1;
    return a.compare(b); // "01" and "1" are still two
}

QString groupKey(const FleetVersion &version, const StampEntry &entry, const MapGrouping &grouping)
{
    switch (grouping.by) {
    case MapGroupBy::Label:
        // A zone is told beside the labels, and is one all the same.
        return grouping.key == u"zone" && !entry.stamp->labels.contains(grouping.key)
            ? entry.stamp->zone
            : entry.stamp->labels.value(grouping.key);
    case MapGroupBy::Region:
        return entry.stamp->region;
    case MapGroupBy::Ring:
        return entry.stamp->ring;
    case MapGroupBy::Version:
        return entry.stamp->version;
    case MapGroupBy::Health:
        if (entry.stale && !entry.proof)
            return u"4"_s;
        switch (entry.health) {
        case Health::Unhealthy:
            return u"0"_s;
        case Health::Degraded:
            return u"1"_s;
        case Health::Healthy:
            return u"2"_s;
        case Health::Unknown:
            break;
        }
        return u"3"_s;
    case MapGroupBy::Source:
        break;
    }
    return entry.source >= 0 && entry.source < version.sources.size()
        ? version.sources[entry.source].name
        : QString();
}

QString groupTitle(const QString &key, const MapGrouping &grouping)
{
    switch (grouping.by) {
    case MapGroupBy::Label:
        return key.isEmpty() ? Words::tr("no label %1").arg(grouping.key) : key;
    case MapGroupBy::Region:
        return key.isEmpty() ? Words::tr("no region told") : key;
    case MapGroupBy::Ring:
        return key.isEmpty() ? Words::tr("no ring told") : Words::tr("ring %1").arg(key);
    case MapGroupBy::Version:
        return key.isEmpty() ? Words::tr("no version told") : key;
    case MapGroupBy::Health:
        switch (key.isEmpty() ? 3 : key.front().digitValue()) {
        case 0:
            return Words::tr("unhealthy");
        case 1:
            return Words::tr("degraded");
        case 2:
            return Words::tr("healthy");
        case 4:
            return Words::tr("stale");
        default:
            return Words::tr("unknown");
        }
    case MapGroupBy::Source:
        break;
    }
    return key;
}

void MapColours::learn(const FleetVersion &version)
{
    m_categories.clear();
    m_low = 0;
    m_high = 1;
    m_currency.clear();
    if (isCategory(m_colour)) {
        QSet<QString> seen;
        version.eachStamp([&](int, const StampEntry &entry) {
            const QString &text =
                m_colour == MapColourBy::Version ? entry.stamp->version : entry.stamp->ring;
            if (!text.isEmpty())
                seen.insert(text);
        });
        m_categories = QStringList(seen.cbegin(), seen.cend());
        std::sort(m_categories.begin(), m_categories.end(),
                  [](const QString &a, const QString &b) { return naturalCompare(a, b) < 0; });
    } else if (m_colour == MapColourBy::Cost || m_colour == MapColourBy::Latency) {
        double low = qInf();
        double high = -qInf();
        version.eachStamp([&](int, const StampEntry &entry) {
            if (const auto is = value(entry)) {
                low = std::min(low, *is);
                high = std::max(high, *is);
            }
            if (m_currency.isEmpty() && entry.stamp->costPerHour)
                m_currency = entry.stamp->costPerHour->currency;
        });
        if (std::isfinite(low)) {
            m_low = low;
            m_high = high > low ? high : low + 1;
        }
    }
}

std::optional<double> MapColours::value(const StampEntry &entry) const
{
    if (const auto kind = resourceOf(m_colour))
        return *kind == ResourceKind::Tenants ? tenantLoad(entry) : entry.resources[*kind].load();
    switch (m_colour) {
    case MapColourBy::Load:
    case MapColourBy::Health:
        return entry.load();
    case MapColourBy::Headroom: {
        const auto load = entry.load();
        return load ? std::optional(1 - *load) : std::nullopt;
    }
    case MapColourBy::Cost:
        return entry.stamp->costPerHour ? std::optional(entry.stamp->costPerHour->amount)
                                        : std::nullopt;
    case MapColourBy::Latency:
        return entry.stamp->signalValues.latencyP99Ms;
    default:
        return std::nullopt;
    }
}

std::optional<double> MapColours::heat(const StampEntry &entry) const
{
    const auto is = value(entry);
    if (!is)
        return std::nullopt;
    if (m_colour == MapColourBy::Headroom)
        return 1 - *is;
    if (m_colour == MapColourBy::Cost)
        return (*is - m_low) / (m_high - m_low);
    if (m_colour == MapColourBy::Latency) // spans orders of magnitude
        return (std::log1p(*is) - std::log1p(m_low)) / (std::log1p(m_high) - std::log1p(m_low));
    return is;
}

int MapColours::category(const StampEntry &entry) const
{
    return int(m_categories.indexOf(m_colour == MapColourBy::Version ? entry.stamp->version
                                                                     : entry.stamp->ring));
}

double MapColours::valueAt(double heat) const
{
    if (m_colour == MapColourBy::Headroom)
        return 1 - heat;
    if (m_colour == MapColourBy::Cost)
        return m_low + heat * (m_high - m_low);
    if (m_colour == MapColourBy::Latency)
        return std::expm1(std::log1p(m_low) + heat * (std::log1p(m_high) - std::log1p(m_low)));
    return heat;
}

namespace {

/// As the search language reads it, with no more digits than it needs.
QString written(double value)
{
    return QString::number(value, 'g', 5);
}

/// What finds the stamps whose measure lies between two values; nothing is no bound.
QString rampQuery(MapColourBy colour, std::optional<double> from, std::optional<double> to)
{
    const auto bounded = [&](const QString &field, const QString &unit, double factor) {
        QStringList terms;
        if (from)
            terms << field + u">="_s + written(*from * factor) + unit;
        if (to)
            terms << field + u'<' + written(*to * factor) + unit;
        return terms.join(u' ');
    };
    switch (colour) {
    case MapColourBy::Cpu:
    case MapColourBy::Memory:
    case MapColourBy::Storage:
    case MapColourBy::Tenants:
        return bounded(toString(colour), u"%"_s, 100);
    case MapColourBy::Cost:
        return bounded(u"cost"_s, {}, 1);
    case MapColourBy::Latency:
        return bounded(u"p99"_s, u"ms"_s, 1);
    case MapColourBy::Load:
    case MapColourBy::Headroom: {
        // The load is that of the fullest resource: one of them is as high, none is higher.
        QStringList some;
        QStringList none;
        for (const auto &field : {u"cpu"_s, u"memory"_s, u"storage"_s}) {
            // A stamp that tells no load has none.
            some << field + u">="_s + written(from.value_or(0) * 100) + u'%';
            if (to)
                none << u"NOT "_s + field + u">="_s + written(*to * 100) + u'%';
        }
        return QString(u'(' + some.join(u" OR "_s) + u") "_s + none.join(u' ')).trimmed();
    }
    default:
        return {};
    }
}

} // namespace

MapLegend MapColours::legend() const
{
    const Theme &theme = Theme::current();
    MapLegend legend;
    legend.colour = m_colour;
    if (m_colour == MapColourBy::Health) {
        for (const Health health :
             {Health::Healthy, Health::Degraded, Health::Unhealthy, Health::Unknown}) {
            const QString word = toString(health);
            legend.entries.append({theme.rgb(Glyphs::cellToken(health)), {}, Glyphs::word(health),
                                   u"health:%1 stale:false"_s.arg(word), 0, health});
        }
        legend.entries.append({theme.rgb(Token::StaleHatch), {}, Words::tr("stale"), u"stale:true"_s});
    } else if (isCategory(m_colour)) {
        for (int i = 0; i < m_categories.size(); ++i) {
            QString value = m_categories[i];
            value.replace(u'\\', u"\\\\"_s).replace(u'"', u"\\\""_s);
            legend.entries.append({theme.category(i), Theme::categoryLetter(i), m_categories[i],
                                   u"%1:\"%2\""_s.arg(toString(m_colour), value)});
        }
    } else {
        const bool turned = m_colour == MapColourBy::Headroom;
        const auto say = [&](double value) {
            return m_colour == MapColourBy::Cost  ? Format::cost(Cost{value, m_currency})
                : m_colour == MapColourBy::Latency ? Format::latency(value)
                                                   : Format::percent(value);
        };
        for (int i = 0; i < Theme::rampSteps; ++i) {
            const double from = valueAt(double(i) / Theme::rampSteps);
            const double to = valueAt(double(i + 1) / Theme::rampSteps);
            // The ends hold what lies beyond them too; headroom is asked for as the load that it leaves.
            std::optional<double> least = turned ? 1 - from : from;
            std::optional<double> most = turned ? 1 - to : to;
            if (i == 0)
                least.reset();
            if (i == Theme::rampSteps - 1)
                most.reset();
            legend.entries.append({theme.ramp(i), {}, Words::tr("%1 to %2").arg(say(from), say(to)),
                                   rampQuery(m_colour, least, most)});
        }
        legend.low = say(valueAt(0));
        legend.high = say(valueAt(1));
    }
    return legend;
}

void MapColours::describe(const StampEntry &entry, TileFacts &facts) const
{
    facts.measure.clear();
    facts.measureUnit.clear();
    facts.measureName.clear();
    const auto is = value(entry);
    if (m_colour == MapColourBy::Cost) {
        facts.measure = is ? Format::number(*is) : QString();
        facts.measureName = m_currency + u"/h";
        return;
    }
    if (m_colour == MapColourBy::Latency) {
        facts.measure = is ? Format::number(std::round(*is)) : QString();
        facts.measureUnit = Words::tr("ms");
        facts.measureName = Words::tr("p99");
        return;
    }
    const auto ratio = isCategory(m_colour) ? entry.load() : is;
    if (!ratio)
        return;
    facts.measure = QString::number(std::lround(std::clamp(*ratio, -9.99, 99.0) * 100));
    facts.measure.replace(u'-', u'−');
    facts.measureUnit = u"%"_s;
    facts.measureName = resourceOf(m_colour) ? Format::name(*resourceOf(m_colour))
        : m_colour == MapColourBy::Headroom
        ? Words::tr("free %1").arg(Format::name(entry.fullest()))
        : Format::name(entry.fullest());
}

void fillVerdict(TileVerdict &verdict, const CarryController &carry, int slot)
{
    using Kind = TileVerdict::Kind;
    constexpr std::array<ResourceKind, 3> kinds = {ResourceKind::Cpu, ResourceKind::Memory,
                                                   ResourceKind::Storage};
    verdict = {};
    const auto loads = [&](const LoadChange &change) {
        for (size_t i = 0; i < kinds.size(); ++i) {
            verdict.beforeLoads[i] = change.before[kinds[i]].load();
            verdict.afterLoads[i] = change.after[kinds[i]].load();
        }
        verdict.before = LoadChange::fullest(change.before);
        verdict.after = LoadChange::fullest(change.after);
    };
    if (const int leaving = carry.leaving(slot)) {
        verdict.kind = Kind::Source;
        const LoadChange change = carry.afterLeaving(slot);
        loads(change);
        const int owned = carry.carry().version->stamps[slot]->owned;
        verdict.reason =
            Words::tr("%1 of %Ln tenant(s) leave", nullptr, owned).arg(Format::count(leaving));
        return;
    }
    const Evaluation &answer = carry.evaluation(slot);
    if (!carry.isLit(slot)) {
        verdict.kind = Kind::Cannot;
        verdict.reason = carry.reasonHead(slot);
        verdict.detail = carry.reasonLine(slot);
        if (answer.verdict == VerdictKind::Unknown && verdict.reason.isEmpty()) {
            verdict.reason = Words::tr("unknown");
            verdict.detail = Words::tr("no capacity told");
        }
        return;
    }
    verdict.kind = answer.verdict == VerdictKind::Best ? Kind::Best
        : answer.verdict == VerdictKind::Tight         ? Kind::Tight
                                                       : Kind::Can;
    loads(answer.load);
    verdict.before = answer.before;
    verdict.after = answer.after;
    verdict.rank = carry.rank(slot);
    QStringList left;
    left << Format::cores(std::max(0.0, std::floor(answer.coresLeft)));
    if (answer.slotsLeft >= 0)
        left << Words::tr("%Ln slot(s) left", nullptr, answer.slotsLeft);
    else
        left.last() += u' ' + Words::tr("left");
    verdict.detail = left.join(u", "_s);
}

void fillVerdict(TileVerdict &verdict, const WhatIf &whatIf, int slot)
{
    using Kind = TileVerdict::Kind;
    verdict = {};
    if (whatIf.isOff(slot)) {
        const FleetVersion &fleet = *whatIf.feed().version();
        const int owned = fleet.stamps[slot]->owned;
        const int stranded = whatIf.strandedOf(slot);
        verdict.kind = Kind::Lost;
        verdict.reason = Words::tr("switched off");
        verdict.detail = !whatIf.loss() ? Format::tenants(owned)
            : stranded > 0              ? Words::tr("%1 of %2 stranded").arg(stranded).arg(owned)
                                        : Words::tr("all %Ln find a place", nullptr, owned);
        return;
    }
    const LoadChange *change = whatIf.changeOf(slot);
    if (!change)
        return;
    verdict.kind = Kind::Can;
    constexpr std::array<ResourceKind, 3> kinds = {ResourceKind::Cpu, ResourceKind::Memory,
                                                   ResourceKind::Storage};
    for (size_t i = 0; i < kinds.size(); ++i) {
        verdict.beforeLoads[i] = change->before[kinds[i]].load();
        verdict.afterLoads[i] = change->after[kinds[i]].load();
    }
    verdict.before = LoadChange::fullest(change->before);
    verdict.after = LoadChange::fullest(change->after);
    verdict.detail = Words::tr("takes %Ln tenant(s)", nullptr, whatIf.takenBy(slot));
}

void fillFacts(TileFacts &facts, const FleetVersion &version, int slot, Stop stop,
               const MapColours &colours, const CarryController *carry, const Clock &clock)
{
    const StampEntry &entry = *version.stamps[slot];
    const Stamp &stamp = *entry.stamp;
    const Theme &theme = Theme::current();
    facts = {};
    facts.name = stamp.name;
    facts.proof = entry.proof;
    facts.stale = entry.stale && !entry.proof;
    facts.health = facts.stale ? entry.lastHealth : entry.health;
    facts.lifecycle = stamp.lifecycle;
    facts.resources = entry.resources;
    facts.tenants = entry.owned;

    if (carry && carry->isActive())
        fillVerdict(facts.verdict, *carry, slot);

    if (isRamp(colours.colour())) {
        if (const auto heat = colours.heat(entry)) {
            const int step = Theme::rampStep(*heat);
            facts.fill = theme.ramp(step);
            facts.fillInk = theme.rampInk(step);
        }
    } else if (isCategory(colours.colour())) {
        if (const int category = colours.category(entry); category >= 0) {
            facts.fill = theme.category(category);
            facts.fillInk = theme.categoryInk(category);
            facts.letter = Theme::categoryLetter(category);
        }
    }
    if (isFar(stop))
        return;
    if (entry.proof) {
        facts.lifecycleSay = Words::tr("not read yet");
        return;
    }
    colours.describe(entry, facts);
    if (entry.stale)
        facts.staleAge = Format::age(staleFor(entry, clock));

    const OperationPtr operation = version.findOperation(entry.stamp->operation);
    facts.act = whoActs(version, stamp.operation);
    facts.actBy = operation ? operation->createdBy : QString();
    if (stamp.lifecycle == Lifecycle::Draining || stamp.lifecycle == Lifecycle::Provisioning
        || stamp.lifecycle == Lifecycle::Deleting || stamp.lifecycle == Lifecycle::Failed) {
        int done = 0;
        int all = 0;
        if (operation) {
            for (const OperationStep &step : operation->steps) {
                ++all;
                done += step.state == StepState::Succeeded;
            }
            facts.progress = operation->progress;
            facts.lifecycleSay2 = operation->error;
        }
        if (stamp.lifecycle == Lifecycle::Draining) {
            const auto [moved, leaving] = operation ? tenantsMoved(*operation) : std::pair(0, 0);
            if (leaving > 0) {
                facts.lifecycleAt = Words::tr("%1 of %2").arg(moved).arg(leaving);
                facts.postmarkLine = u"%1/%2"_s.arg(moved).arg(leaving);
            }
            facts.lifecycleSay = Words::tr("%1 left").arg(entry.owned);
        } else if (stamp.lifecycle == Lifecycle::Failed) {
            facts.lifecycleSay = entry.reasons.isEmpty()
                ? Words::tr("could not be made")
                : Format::shortReason(entry.reasons.first());
            if (facts.lifecycleSay2.isEmpty())
                facts.lifecycleSay2 = Words::tr("retry or delete");
        } else if (all > 0) {
            facts.lifecycleSay = stamp.lifecycle == Lifecycle::Deleting
                ? Words::tr("%1 of %2 removed").arg(done).arg(all)
                : Words::tr("step %1 of %2").arg(std::min(done + 1, all)).arg(all);
        } else {
            facts.lifecycleSay = Format::word(stamp.lifecycle);
        }
    } else if (stamp.lifecycle != Lifecycle::Active && stamp.updatedAt) {
        facts.lifecycleAt = facts.postmarkLine = Format::minute(*stamp.updatedAt);
    }
    if (!entry.stale && !entry.reasons.isEmpty() && entry.health != Health::Healthy)
        facts.reason = Format::shortReason(entry.reasons.first());
    if (!hasPaper(stop) || stop == Stop::Compact)
        return;
    facts.version = stamp.version;
    facts.ring = stamp.ring;
    facts.signalValues = stamp.signalValues;
    if (stop != Stop::Near)
        return;
    if (stamp.costPerHour)
        facts.cost = Format::cost(stamp.costPerHour);
    if (entry.healthSince)
        facts.healthyFor = Format::age(std::chrono::duration_cast<std::chrono::milliseconds>(
            clock.now() - *entry.healthSince));
    const Objectives &objectives = version.sourceOf(entry).objectives;
    facts.gateErrors = objectives.errorRatio;
    facts.gateLatencyMs = objectives.latencyP99Ms;
    if (const auto &lines = entry.sparklines) {
        const auto newest = [&](const Sparklines::Line &line) {
            const auto count = size_t(std::clamp(lines->count, 0, Sparklines::points));
            return std::span<const float>(line).last(count);
        };
        facts.series = {newest(lines->requests), newest(lines->errors), newest(lines->latencyP50),
                        newest(lines->latencyP99)};
    }
    // Three or four fit; the busiest tiers first would move, so by id as they come.
    for (const int tenant : entry.tenants) {
        const TenantEntry &one = version.tenants[tenant];
        if (!one.tenant || one.owner != slot)
            continue;
        facts.chips.push_back({version.tenantId(tenant),
                               one.tenant->name.isEmpty() ? one.tenant->id : one.tenant->name,
                               one.tenant->tier});
        if (facts.chips.size() == 8)
            break;
    }
}

QString describeStamp(const FleetVersion &version, int slot, const Clock &clock)
{
    const StampEntry &entry = *version.stamps[slot];
    QStringList parts;
    if (entry.proof)
        return Words::tr("not read yet, known from an earlier session");
    if (entry.stale) {
        parts << Words::tr("stale, last %1").arg(Glyphs::word(entry.lastHealth));
    } else {
        parts << Glyphs::word(entry.health);
        if (!entry.reasons.isEmpty() && entry.health != Health::Healthy)
            parts << Format::shortReason(entry.reasons.first());
    }
    if (const auto load = entry.load())
        parts << Words::tr("load %1 percent").arg(std::lround(*load * 100));
    else
        parts << Words::tr("load not known");
    const auto limit = entry.resources.tenants.limit;
    parts << (limit ? Words::tr("%1 of %Ln tenant(s)", nullptr, qRound(*limit))
                          .arg(Format::count(entry.owned))
                    : Format::tenants(entry.owned));
    if (entry.stamp->lifecycle != Lifecycle::Active)
        parts << Format::word(entry.stamp->lifecycle);
    if (const QString act = whoActs(version, entry.stamp->operation); !act.isEmpty())
        parts << act;
    parts << Words::tr("seen %1 ago").arg(Format::age(since(entry, clock)));
    return parts.join(u", "_s);
}

} // namespace Stampdeck
