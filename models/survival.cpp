// SPDX-License-Identifier: GPL-3.0-or-later
#include "survival.h"

#include "formatter.h"
#include "loss.h"

#include <QtCore/QCoreApplication>

#include <algorithm>
#include <iterator>
#include <limits>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Survival)
};

void add(Resource &sum, const Resource &more, bool first)
{
    const auto plus = [first](std::optional<double> &to, const std::optional<double> &amount) {
        to = first ? amount : to && amount ? std::optional(*to + *amount) : std::nullopt;
    };
    plus(sum.limit, more.limit);
    plus(sum.used, more.taken()); // what counts, whichever of the two it is
}

void judge(const FleetVersionPtr &version, const std::vector<int> &stamps, int lost,
           Survival &result)
{
    std::vector<int> others;
    std::copy_if(stamps.begin(), stamps.end(), std::back_inserter(others),
                 [lost](int slot) { return slot != lost; });
    const StampEntry &fullest = *version->stamps[lost];
    if (others.empty()) {
        result.survives = fullest.owned == 0;
        result.unplaced = fullest.owned;
        if (fullest.owned == 0)
            return;
        result.message = Words::tr("no other stamp is here");
        for (const int tenant : fullest.tenants) {
            const TenantEntry &entry = version->tenants[tenant];
            if (entry.owner != lost)
                continue;
            result.stranded.append({u"capacity"_s, version->tenantId(tenant), result.message, {}});
            for (const ResourceKind kind : allResources) {
                if (const double need = entry.tenant->demand.of(kind).value_or(0); need > 0)
                    result.shortOf[kind] += need;
            }
        }
        return;
    }

    Loss loss = lossOf(version, {lost}, others);
    result.placed = int(loss.moves.size());
    result.unplaced = int(loss.stranded.size());
    result.stranded = loss.stranded;
    if (loss.stranded.isEmpty()) {
        result.survives = true;
        return;
    }
    // A stamp of which a limit is not told might have the room.
    const bool isUnknown =
        std::any_of(loss.stranded.begin(), loss.stranded.end(),
                    [](const Refusal &why) { return why.code == u"unknown-capacity"; })
        || std::any_of(others.begin(), others.end(), [&](int slot) {
               return std::any_of(allResources.begin(), allResources.end(), [&](ResourceKind kind) {
                   const Resource &is = version->stamps[slot]->resources[kind];
                   return !is.limit || (!is.taken() && kind != ResourceKind::Tenants);
               });
           });
    if (isUnknown) {
        result.message = Words::tr("a limit or a demand is not known");
        return;
    }
    result.survives = false;
    result.shortOf = loss.shortOf;
    QStringList words;
    for (auto it = loss.shortOf.cbegin(); it != loss.shortOf.cend(); ++it)
        words += Format::amount(it.key(), it.value());
    if (!words.isEmpty()) {
        result.message = Words::tr("short of %1").arg(words.join(u", "_s));
        return;
    }
    // By a rule, or because the others are closed: what the first of them says.
    const Refusal &first = loss.stranded.constFirst();
    const auto carry = makeCarry(version, {first.subject});
    if (carry && first.code == u"capacity") {
        for (const int slot : others) {
            const Evaluation answer = evaluate(*carry, slot);
            for (const Refusal &why : answer.refusals) {
                if (why.code != u"read-only" && why.code != u"unsupported") {
                    result.message = Words::tr("%1 has no other place: %2")
                                         .arg(first.subject.section(u'/', 1),
                                              Words::tr("%1: %2").arg(version->stampId(slot), why.message));
                    return;
                }
            }
        }
        result.message = Words::tr("what is free is in pieces too small");
        return;
    }
    result.message = first.message;
}

} // namespace

std::optional<LossOutlook> outlookAfterLoss(const FleetVersion &version, const Survival &region)
{
    const int slot = version.stampIndex.value(region.fullest);
    if (slot < 0)
        return std::nullopt;
    const StampEntry &lost = *version.stamps[slot];
    const double gate = version.sourceOf(lost).objectives.load;
    std::optional<LossOutlook> worst;
    for (const ResourceKind kind : {ResourceKind::Cpu, ResourceKind::Memory, ResourceKind::Storage}) {
        const Resource &all = region.resources[kind];
        const std::optional<double> gone = lost.resources[kind].limit;
        const std::optional<double> taken = all.taken();
        if (!all.limit || !gone || !taken)
            return std::nullopt;
        const double left = *all.limit - *gone;
        LossOutlook is{kind, std::numeric_limits<double>::infinity(), gate, left * gate - *taken};
        if (left > 0)
            is.load = *taken / left;
        if (!worst || is.load > worst->load)
            worst = is;
    }
    return worst;
}

QString briefOf(const Survival &region, const std::optional<LossOutlook> &outlook)
{
    if (!region.survives)
        return Format::notKnown();
    if (*region.survives) {
        return outlook ? Words::tr("%1 to spare").arg(Format::amount(outlook->kind, outlook->spare))
                       : Words::tr("yes");
    }
    if (region.stamps == 1)
        return Words::tr("no other stamp");
    if (!region.shortOf.isEmpty()) {
        return Words::tr("short by %1")
            .arg(Format::amount(region.shortOf.firstKey(), region.shortOf.first()));
    }
    return Words::tr("%Ln tenant(s) stranded", nullptr, region.unplaced);
}

QString figureOf(const Survival &region, const std::optional<LossOutlook> &outlook)
{
    if (!region.survives || region.stamps == 1)
        return {};
    if (*region.survives)
        return outlook ? u"+"_s + Format::amount(outlook->kind, outlook->spare) : QString();
    if (!region.shortOf.isEmpty())
        return u"−"_s + Format::amount(region.shortOf.firstKey(), region.shortOf.first());
    return u"−"_s + Format::tenants(region.unplaced);
}

std::vector<Survival> survivalOf(const FleetVersionPtr &version)
{
    QMap<QString, std::vector<int>> regions;
    version->eachStamp([&](int slot, const StampEntry &entry) {
        if (entry.proof) // nobody knows yet who is there
            return;
        regions[entry.stamp->region].push_back(slot);
    });
    std::vector<Survival> all;
    for (auto it = regions.cbegin(); it != regions.cend(); ++it) {
        Survival one;
        one.region = it.key();
        one.stamps = int(it->size());
        int lost = -1;
        bool first = true;
        for (const int slot : *it) {
            const StampEntry &entry = *version->stamps[slot];
            for (const ResourceKind kind : allResources)
                add(one.resources[kind], entry.resources[kind], first);
            one.source = first ? entry.source : std::min(one.source, entry.source);
            first = false;
            one.tenants += entry.owned;
            if (lost < 0 || entry.load().value_or(-1) > version->stamps[lost]->load().value_or(-1))
                lost = slot;
        }
        one.fullest = version->stampId(lost);
        one.load = version->stamps[lost]->load();
        judge(version, *it, lost, one);
        all.push_back(std::move(one));
    }
    return all;
}

bool RegionSubject::anyText(QueryField field, const QString &, const Take &take) const
{
    switch (field) {
    case QueryField::Region:
    case QueryField::Name:
    case QueryField::Id:
        return take(m_region.region);
    default:
        return false;
    }
}

std::optional<double> RegionSubject::number(QueryField field, bool ofLimit) const
{
    const auto resource = [&](ResourceKind kind) {
        const Resource &is = m_region.resources[kind];
        return ofLimit ? is.load() : is.taken();
    };
    switch (field) {
    case QueryField::Stamps:
        return m_region.stamps;
    case QueryField::Tenants:
        return m_region.tenants;
    case QueryField::Cpu:
        return resource(ResourceKind::Cpu);
    case QueryField::Memory:
        return resource(ResourceKind::Memory);
    case QueryField::Storage:
        return resource(ResourceKind::Storage);
    default:
        return std::nullopt;
    }
}

bool RegionSubject::anyWord(const Take &take) const
{
    return take(m_region.region);
}

} // namespace Stampdeck
