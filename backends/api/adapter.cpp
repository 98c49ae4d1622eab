// SPDX-License-Identifier: GPL-3.0-or-later
#include "adapter.h"

#include <QtCore/QCoreApplication>

#include <array>
#include <utility>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Adapter)
};

constexpr std::array<std::pair<Capability, QLatin1StringView>, 18> capabilityWords = {{
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
        {Capability::CreateSilences, "create-silences"_L1},
        {Capability::EditSilences, "edit-silences"_L1},
        {Capability::ExpireSilences, "expire-silences"_L1},
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
    return unsupported<WriteOutcome>(Words::tr("this backend can't take back what it has begun"));
}

FutureResult<OperationPtr> FleetAdapter::control(const QString &, OperationVerb,
                                                 const WriteContext &)
{
    return unsupported<OperationPtr>(Words::tr("this backend runs no operations of its own"));
}

FutureResult<Timestamp> FleetAdapter::mark(const MarkRequest &, const WriteContext &)
{
    return unsupported<Timestamp>(Words::tr("this backend keeps no marks"));
}

FutureResult<std::vector<Series>> FleetAdapter::history(const QStringList &, const QStringList &,
                                                        Timestamp, Timestamp,
                                                        std::chrono::milliseconds)
{
    return unsupported<std::vector<Series>>(Words::tr("this backend records nothing"));
}

FutureResult<OperationPtr> FleetAdapter::drain(const DrainOrder &, const WriteContext &)
{
    return unsupported<OperationPtr>(Words::tr("this backend runs no drains of its own"));
}

FutureResult<QList<Template>> FleetAdapter::templates()
{
    return unsupported<QList<Template>>(Words::tr("this backend makes no stamps"));
}

FutureResult<Acknowledgement> FleetAdapter::acknowledge(const Acknowledgement &,
                                                        const WriteContext &)
{
    return unsupported<Acknowledgement>(Words::tr("this backend keeps no acknowledgements"));
}

FleetAdapterPlugin::~FleetAdapterPlugin() = default;

} // namespace Stampdeck
