// SPDX-License-Identifier: GPL-3.0-or-later
#include "guard.h"

#include <QtCore/QCoreApplication>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Stampdeck::Guard {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Guard)
};

} // namespace

QString whyReadOnly(const Deck &deck, const SourceState *source)
{
    if (deck.feed.isPast())
        return Words::tr("you look at the past");
    if (deck.readOnly)
        return Words::tr("started read only");
    return source && source->readOnly ? Words::tr("%1 is read only").arg(source->name) : QString();
}

QString whyNot(const Deck &deck, ActionKind kind, const StampEntry &entry)
{
    const SourceState &source = deck.fleet().sourceOf(entry);
    if (const QString why = whyReadOnly(deck, &source); !why.isEmpty())
        return why;
    const auto lacks = [&source](Capabilities oneOf) { return !(source.capabilities & oneOf); };
    const bool isActive = entry.stamp->lifecycle == Lifecycle::Active;
    constexpr Capabilities moves = Capability::Move | Capability::Primitives;
    switch (kind) {
    case ActionKind::Move:
        return lacks(moves) ? Words::tr("%1 cannot move tenants").arg(source.name) : QString();
    case ActionKind::Scale:
        return lacks(Capability::ScaleComponents | Capability::ScaleResources
                     | Capability::ScalingRules)
            ? Words::tr("%1 cannot scale").arg(source.name)
            : QString();
    case ActionKind::Cordon:
        if (lacks(Capability::Cordon))
            return Words::tr("%1 cannot cordon").arg(source.name);
        return isActive ? QString() : Words::tr("not active");
    case ActionKind::Uncordon:
        if (lacks(Capability::Cordon))
            return Words::tr("%1 cannot cordon").arg(source.name);
        return isActive ? Words::tr("it is not cordoned") : QString();
    case ActionKind::Delete:
        return lacks(Capability::Create) ? Words::tr("%1 cannot delete a stamp").arg(source.name)
                                         : QString();
    case ActionKind::Create:
        break;
    case ActionKind::Drain:
    case ActionKind::Evacuate:
        if (lacks(Capability::Cordon))
            return Words::tr("%1 cannot cordon").arg(source.name);
        return lacks(moves) ? Words::tr("%1 cannot move tenants").arg(source.name) : QString();
    }
    return {};
}

QString whyNotControlled(const Deck &deck, const QString &operation)
{
    const FleetVersion &fleet = deck.fleet();
    const int at = fleet.sourceIndex(fleet.operationSource.value(operation));
    if (at < 0)
        return whyReadOnly(deck, nullptr);
    const SourceState &source = fleet.sources[at];
    if (const QString why = whyReadOnly(deck, &source); !why.isEmpty())
        return why;
    // One that only marks tell of is adopted, not asked for at its source.
    const OperationPtr known = fleet.operations.value(operation);
    if (!known || known->fromMarks || source.capabilities.testFlag(Capability::Operations))
        return {};
    // What was created is taken back by a plan of ours: its source is asked for no verb.
    if (deck.rehearsal.isEmpty() && isFinal(known->state)
        && known->kind == toString(ActionKind::Create))
        return {};
    return deck.rehearsal.isEmpty()
        ? Words::tr("%1 takes no orders for its operations").arg(source.name)
        : Words::tr("it goes as it was recorded: act on the stamps and tenants themselves");
}

QString confirmNameOf(const QString &target)
{
    QString name = target.section(u": "_s, 0, 0);
    if (const qsizetype at = name.lastIndexOf(u" to "); at >= 0)
        name = name.mid(at + 4);
    if (const qsizetype at = name.indexOf(u" from "); at >= 0)
        name.truncate(at);
    // "3 tenants to 2 stamps" has no name to type.
    return name.contains(u' ') ? target : name;
}

Production productionOf(const Deck &deck, const QString &operation)
{
    const FleetVersion &fleet = deck.fleet();
    const auto isProduction = [&fleet](const QString &source) {
        const int at = fleet.sourceIndex(source);
        return at >= 0 && fleet.sources[at].production;
    };
    const OperationPtr known = fleet.operations.value(operation);
    const QString backend = fleet.operationSource.value(operation);
    Production is;
    if (!backend.isEmpty()) {
        QStringList sources{backend};
        // What another's marks tell of may span several.
        if (const auto marks = fleet.marked.constFind(operation); marks != fleet.marked.cend()) {
            for (const int stamp : marks->stamps)
                sources.append(fleet.sources[fleet.stamps[stamp]->source].name);
            for (const int tenant : marks->tenants)
                sources.append(fleet.sources[fleet.tenants[tenant].source].name);
        }
        const auto production = std::find_if(sources.cbegin(), sources.cend(), isProduction);
        if (production != sources.cend())
            is = {*production, confirmNameOf(known ? known->target : QString())};
        return is;
    }
    // Ours: what it asked for and where stands in the journal.
    const Result<JournalOperation> stored = deck.journal.operation(operation);
    if (!stored) {
        // Where it acted is not known: of a fleet with production it is taken for that.
        const auto source = std::find_if(fleet.sources.begin(), fleet.sources.end(),
                                         [](const SourceState &each) { return each.production; });
        if (source != fleet.sources.end()) {
            is = {source->name, confirmNameOf(known ? known->target : QString())};
            if (is.confirmName.isEmpty())
                is.confirmName = operation;
        }
        return is;
    }
    const auto step = std::find_if(
        stored->steps.begin(), stored->steps.end(),
        [&](const JournalStep &each) { return isProduction(each.source); });
    if (step == stored->steps.end())
        return is;
    is.source = step->source;
    const ActionRequest &request = stored->request;
    is.confirmName = !request.stamp.isEmpty() ? nameOfStamp(request.stamp)
        : !request.region.isEmpty()           ? request.region
        : !request.to.isEmpty()               ? nameOfStamp(request.to)
                                              : confirmNameOf(stored->target);
    return is;
}

} // namespace Stampdeck::Guard
