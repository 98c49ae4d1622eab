// SPDX-License-Identifier: GPL-3.0-or-later
#include "adapter.h"

#include <array>
#include <utility>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array<std::pair<Capability, QLatin1StringView>, 15> capabilityWords = {{
        {Capability::Move, "move"_L1},
        {Capability::Primitives, "primitives"_L1},
        {Capability::Cordon, "cordon"_L1},
        {Capability::ScaleComponents, "scale-components"_L1},
        {Capability::ScaleResources, "scale-resources"_L1},
        {Capability::ScalingRules, "scaling-rules"_L1},
        {Capability::Events, "events"_L1},
        {Capability::Operations, "operations"_L1},
        {Capability::Audit, "audit"_L1},
        {Capability::History, "history"_L1},
        {Capability::Drains, "drains"_L1},
        {Capability::Marks, "marks"_L1},
        {Capability::Create, "create"_L1},
        {Capability::Acknowledge, "acknowledge"_L1},
        {Capability::RuleLabels, "rule-labels"_L1},
}};

template<typename T>
FutureResult<T> unsupported(const QString &what)
{
    return ready<T>(fail(ErrorKind::Unsupported, what));
}

} // namespace

QStringList toStrings(Capabilities capabilities)
{
    QStringList words;
    for (const auto &[capability, word] : capabilityWords) {
        if (capabilities.testFlag(capability))
            words.append(word);
    }
    return words;
}

std::optional<Capability> capabilityFromString(QStringView text)
{
    for (const auto &[capability, word] : capabilityWords) {
        if (word == text)
            return capability;
    }
    return std::nullopt;
}

FleetAdapter::~FleetAdapter() = default;

void FleetAdapter::startEvents(const QString &) { }

void FleetAdapter::stopEvents(const QString &) { }

FutureResult<WriteOutcome> FleetAdapter::cancel(const Primitive &, const WriteContext &,
                                                const QString &)
{
    return unsupported<WriteOutcome>(u"this backend can't take back what it has begun"_s);
}

FutureResult<OperationPtr> FleetAdapter::control(const QString &, OperationVerb,
                                                 const WriteContext &)
{
    return unsupported<OperationPtr>(u"this backend runs no operations of its own"_s);
}

FutureResult<Timestamp> FleetAdapter::mark(const MarkRequest &, const WriteContext &)
{
    return unsupported<Timestamp>(u"this backend keeps no marks"_s);
}

FutureResult<std::vector<Series>> FleetAdapter::history(const QStringList &, const QStringList &,
                                                        Timestamp, Timestamp,
                                                        std::chrono::milliseconds)
{
    return unsupported<std::vector<Series>>(u"this backend records nothing"_s);
}

FutureResult<OperationPtr> FleetAdapter::drain(const DrainOrder &, const WriteContext &)
{
    return unsupported<OperationPtr>(u"this backend runs no drains of its own"_s);
}

FutureResult<QList<Template>> FleetAdapter::templates()
{
    return unsupported<QList<Template>>(u"this backend makes no stamps"_s);
}

FutureResult<Acknowledgement> FleetAdapter::acknowledge(const Acknowledgement &,
                                                        const WriteContext &)
{
    return unsupported<Acknowledgement>(u"this backend keeps no acknowledgements"_s);
}

FleetAdapterPlugin::~FleetAdapterPlugin() = default;

} // namespace Stampdeck
