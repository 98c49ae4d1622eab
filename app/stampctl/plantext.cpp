// SPDX-License-Identifier: GPL-3.0-or-later
#include "plantext.h"

#include "table.h"

#include "models/duration.h"
#include "models/formatter.h"

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

/// More steps than this are counted, not listed.
constexpr size_t mostSteps = 40;

QString change(const LoadChange &load, ResourceKind kind)
{
    const Resource &before = load.before[kind];
    const Resource &after = load.after[kind];
    if (kind == ResourceKind::Tenants) {
        return u"%1 → %2"_s.arg(Format::ofLimit(kind, before), Format::ofLimit(kind, after));
    }
    return u"%1 → %2"_s.arg(Format::percent(before.load()), Format::percent(after.load()));
}

QString indented(const QString &table)
{
    QString text;
    for (const QString &line : table.split(u'\n', Qt::SkipEmptyParts))
        text += u"  "_s + line + u'\n';
    return text;
}

QString hits(const BlastRadius &blast)
{
    if (blast.tenants == 0)
        return u"no tenant"_s;
    QStringList tiers;
    for (size_t tier = blast.byTier.size(); tier-- > 0;) {
        if (blast.byTier[tier] > 0)
            tiers += u"%1 %2"_s.arg(blast.byTier[tier]).arg(toString(Tier(tier)));
    }
    QString text = u"%1 (%2)"_s.arg(Format::tenants(blast.tenants), tiers.join(u", "_s));
    if (blast.requestsPerSecond)
        text += u", "_s + Format::rate(blast.requestsPerSecond);
    return text;
}

} // namespace

QString titleOf(const Plan &plan)
{
    return toString(plan.request.kind) + u' ' + plan.target;
}

QString planText(const Plan &plan, int width)
{
    QString text = titleOf(plan) + u'\n';
    if (!plan.facts.isEmpty()) {
        text += plan.request.kind == ActionKind::Delete ? u"what will go:\n"_s : u"what will come:\n"_s;
        Table table({{u"FACT"_s, TableColumn::Word}, {u"VALUE"_s, TableColumn::Name}});
        for (const auto &[label, value] : plan.facts)
            table.add({label, value});
        text += indented(table.render(width > 2 ? width - 2 : width, false));
    }
    if (!plan.steps.empty()) {
        text += u"steps:\n"_s;
        size_t number = 0;
        for (const PlannedStep &step : plan.steps) {
            if (++number > mostSteps) {
                text += u"  and %1 more\n"_s.arg(plan.steps.size() - mostSteps);
                break;
            }
            text += u"  %1. %2\n"_s.arg(number).arg(step.title);
        }
    }
    text += u"hits: %1, on %2\n"_s.arg(hits(plan.blast), Format::stamps(plan.blast.stamps));
    if (!plan.moves.empty())
        text += u"takes: %1\n"_s.arg(durationText(plan.duration, plan.measured));
    if (!plan.loads.isEmpty()) {
        Table table({{u"LOAD"_s, TableColumn::Name},
                     {u"CPU"_s},
                     {u"MEMORY"_s},
                     {u"STORAGE"_s, TableColumn::Word, 1},
                     {u"TENANTS"_s, TableColumn::Word, 2}});
        for (const LoadChange &load : plan.loads) {
            table.add({load.stamp, change(load, ResourceKind::Cpu),
                       change(load, ResourceKind::Memory), change(load, ResourceKind::Storage),
                       change(load, ResourceKind::Tenants)});
        }
        text += indented(table.render(width > 2 ? width - 2 : width));
    }
    for (const QString &warning : plan.warnings)
        text += u"warning: %1\n"_s.arg(warning);
    if (!plan.hasInverse)
        text += u"warning: this can't be undone\n"_s;
    for (const Refusal &refusal : plan.refusals) {
        text += u"refused (%1): "_s.arg(refusal.code);
        if (!refusal.subject.isEmpty())
            text += refusal.subject + u": "_s;
        text += refusal.message;
        if (!refusal.fix.isEmpty())
            text += u"; "_s + refusal.fix;
        text += u'\n';
    }
    return text;
}

} // namespace Stampdeck
