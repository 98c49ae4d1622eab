// SPDX-License-Identifier: GPL-3.0-or-later
#include "carryquestion.h"

#include <QtCore/QCoreApplication>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(CarryQuestion)
};

// What evaluate() and plan() read of a source.
bool bindsTheSame(const SourceState &a, const SourceState &b)
{
    return a.name == b.name && a.adapter == b.adapter && a.capabilities == b.capabilities
        && a.objectives == b.objectives && a.readOnly == b.readOnly;
}

Refusal overGate(const Evaluation &answer)
{
    return {u"capacity"_s, answer.load.stamp, Words::tr("over the gate"), QString()};
}

// Stamps with an operation are told of in words that come from elsewhere in the version.
bool tellsTheSame(const StampEntryPtr &a, const StampEntryPtr &b)
{
    return a == b && (!a || a->stamp->operation.isEmpty());
}

} // namespace

CarryQuestion::CarryQuestion(Carry carry, std::optional<ActionRequest> emptying)
    : m_carry(std::move(carry))
    , m_emptying(std::move(emptying))
{
    if (!m_emptying)
        return;
    if (m_emptying->kind == ActionKind::Drain) {
        if (const int slot = m_carry.version->stampIndex.value(m_emptying->stamp); slot >= 0)
            m_emptied.insert(slot);
    } else {
        m_carry.version->eachStamp([&](int slot, const StampEntry &entry) {
            if (entry.stamp->region == m_emptying->region)
                m_emptied.insert(slot);
        });
    }
}

// A plan to one stamp has nothing to choose: it places all whom evaluate() lets in together, up to the
// gate instead of the limit.
CarryQuestion::Certainty CarryQuestion::certainty(int slot, const Evaluation &answer) const
{
    const FleetVersion &version = *m_carry.version;
    const StampEntry &entry = *version.stamps[slot];
    if (m_emptied.contains(slot) || !answer.after)
        return Certainty::Unsure;
    // Who is here in part already is a neighbour to the others, and to himself.
    const auto isEmptied = [&](int tenant) {
        return m_emptied.contains(version.tenants[tenant].owner);
    };
    if (std::any_of(entry.tenants.begin(), entry.tenants.end(), isEmptied)
        || std::any_of(entry.incoming.begin(), entry.incoming.end(), isEmptied))
        return Certainty::Unsure;
    // Both add up, in another order: the last bits differ.
    constexpr double bits = 1e-8;
    const double ratio = *answer.after / std::min(version.sourceOf(entry).objectives.load, 1.0);
    return ratio < 1 - bits ? Certainty::Fits
        : ratio > 1 + bits  ? Certainty::OverGate
                            : Certainty::Unsure;
}

Evaluation CarryQuestion::answer(int slot) const
{
    Evaluation answer = evaluate(m_carry, slot);
    if (!m_emptying || !answer.refusals.isEmpty())
        return answer;
    const Certainty certainty = this->certainty(slot, answer);
    // A drain keeps headroom where a move may fill up to the limit: its own plan has the last word.
    if (certainty == Certainty::OverGate) {
        answer.refusals = {overGate(answer)};
    } else if (certainty == Certainty::Fits && m_always) {
        answer.refusals = *m_always;
    } else {
        ActionRequest request = *m_emptying;
        request.among = {m_carry.version->stampId(slot)};
        const Result<Plan> planned = plan(m_carry.version, request, Clock::system());
        if (!planned)
            answer.refusals = {
                {u"unsupported"_s, QString(), planned.error().message, QString()}};
        else if (planned->isRefused() && answer.verdict == VerdictKind::Tight)
            answer.refusals = {overGate(answer)};
        else
            answer.refusals = planned->refusals;
        // Of a stamp that has room for them all nothing is refused that is not refused of each.
        if (certainty == Certainty::Fits)
            m_always = answer.refusals;
    }
    if (!answer.refusals.isEmpty())
        answer.verdict = VerdictKind::Cannot;
    return answer;
}

bool CarryQuestion::asksTheSame(const CarryQuestion &before) const
{
    if (!m_carry.version || !before.m_carry.version || m_emptying != before.m_emptying
        || m_emptied != before.m_emptied || m_carry.always != before.m_carry.always
        || m_carry.items.size() != before.m_carry.items.size())
        return false;
    const FleetVersion &now = *m_carry.version;
    const FleetVersion &was = *before.m_carry.version;
    return std::equal(m_carry.items.begin(), m_carry.items.end(), before.m_carry.items.begin(),
                      [](const Carry::Item &a, const Carry::Item &b) {
                          return a.slot == b.slot && a.owner == b.owner && a.tenant == b.tenant
                              && a.tenant->operation.isEmpty();
                      })
        && std::equal(now.sources.begin(), now.sources.end(), was.sources.begin(),
                      was.sources.end(), bindsTheSame);
}

std::optional<std::vector<int>> CarryQuestion::differing(const CarryQuestion &before) const
{
    if (!asksTheSame(before))
        return std::nullopt;
    const FleetVersion &now = *m_carry.version;
    const FleetVersion &was = *before.m_carry.version;
    // Tenants bind those that come to them by rules of their own.
    std::vector<bool> others(size_t(now.tenants.size()));
    bool any = false;
    for (int tenant = 0; tenant < now.tenants.size(); ++tenant) {
        if (now.tenants.sharesChunk(was.tenants, tenant))
            continue;
        const bool isOther = tenant >= was.tenants.size()
            || now.tenants[tenant].tenant != was.tenants[tenant].tenant
            || now.tenants[tenant].owner != was.tenants[tenant].owner;
        others[size_t(tenant)] = isOther;
        any |= isOther;
    }
    const auto isOther = [&](int tenant) { return others[size_t(tenant)]; };
    const auto differs = [&](int slot) {
        const StampEntryPtr &entry = now.stamps[slot];
        if (slot >= was.stamps.size() || !tellsTheSame(entry, was.stamps[slot]))
            return true;
        return any && entry
            && (std::any_of(entry->tenants.begin(), entry->tenants.end(), isOther)
                || std::any_of(entry->incoming.begin(), entry->incoming.end(), isOther));
    };
    // Those that are emptied may forbid it wherever their tenants go.
    if (std::any_of(m_emptied.begin(), m_emptied.end(), differs))
        return std::nullopt;
    std::vector<int> slots_;
    for (int slot = 0; slot < now.stamps.size(); ++slot) {
        if (differs(slot))
            slots_.push_back(slot);
    }
    return slots_;
}

} // namespace Stampdeck
