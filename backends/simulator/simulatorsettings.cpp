// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulatorsettings.h"

#include "scenario.h"

#include <QtCore/QCoreApplication>

#include <cmath>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Simulator)
};

constexpr qint64 mostTenants = 2'000'000;

[[nodiscard]] Error bad(const QString &key, const QString &expectation, const QVariant &value)
{
    return Error::of(ErrorKind::Invalid,
                     Words::tr("the key \"%1\" of the simulator takes %2, not \"%3\"")
                         .arg(key, expectation, value.toString()));
}

/// A whole number, whether it was written as a number or came as text from a command line.
[[nodiscard]] std::optional<qint64> wholeNumber(const QVariant &value)
{
    if (value.userType() == QMetaType::Bool)
        return std::nullopt;
    if (value.userType() == QMetaType::Double || value.userType() == QMetaType::Float) {
        const double number = value.toDouble();
        if (!(std::abs(number) < 9e15) || number != std::floor(number))
            return std::nullopt;
        return qint64(number);
    }
    bool ok = false;
    const qint64 number = value.toLongLong(&ok);
    return ok ? std::optional(number) : std::nullopt;
}

[[nodiscard]] std::optional<double> number(const QVariant &value)
{
    if (value.userType() == QMetaType::Bool)
        return std::nullopt;
    bool ok = false;
    const double is = value.toDouble(&ok);
    return ok && std::isfinite(is) ? std::optional(is) : std::nullopt;
}

[[nodiscard]] std::optional<bool> truth(const QVariant &value)
{
    if (value.userType() == QMetaType::Bool)
        return value.toBool();
    const QString text = value.toString();
    if (text == "true"_L1 || text == "false"_L1)
        return text == "true"_L1;
    return std::nullopt;
}

} // namespace

Result<SimulatorSettings> SimulatorSettings::fromKeys(const QVariantMap &keys)
{
    SimulatorSettings settings;
    settings.owner = u"platform"_s;
    bool isRecorded = false;
    for (auto it = keys.cbegin(); it != keys.cend(); ++it) {
        const QString &key = it.key();
        const QVariant &value = it.value();
        if (key == "stamps"_L1) {
            const auto is = wholeNumber(value);
            if (!is || *is < 1 || *is > maxStamps)
                return fail(
                    bad(key, Words::tr("a whole number from 1 to %1").arg(maxStamps), value));
            settings.stamps = int(*is);
        } else if (key == "tenantsPerStamp"_L1) {
            const auto is = wholeNumber(value);
            if (!is || *is < 0 || *is > maxTenantsPerStamp) {
                return fail(bad(
                    key, Words::tr("a whole number from 0 to %1").arg(maxTenantsPerStamp), value));
            }
            settings.tenantsPerStamp = int(*is);
        } else if (key == "seed"_L1) {
            const auto is = wholeNumber(value);
            if (!is || *is < 0)
                return fail(bad(key, Words::tr("a whole number from 0"), value));
            settings.seed = quint64(*is);
        } else if (key == "timeScale"_L1) {
            const auto is = number(value);
            if (!is || *is < 0.001 || *is > 10'000)
                return fail(bad(key, Words::tr("a number from 0.001 to 10000"), value));
            settings.timeScale = *is;
        } else if (key == "startSeconds"_L1) {
            const auto is = number(value);
            if (!is || *is < 0 || *is > 86'400)
                return fail(bad(key, Words::tr("a number of seconds from 0 to 86400"), value));
            settings.startSeconds = *is;
        } else if (key == "failureRate"_L1) {
            const auto is = number(value);
            if (!is || *is < 0 || *is > 1)
                return fail(bad(key, Words::tr("a number from 0 to 1"), value));
            settings.failureRate = *is;
        } else if (key == "calm"_L1) {
            const auto is = truth(value);
            if (!is)
                return fail(bad(key, Words::tr("true or false"), value));
            settings.calm = *is;
        } else if (key == "autoscaler"_L1) {
            const auto is = truth(value);
            if (!is)
                return fail(bad(key, Words::tr("true or false"), value));
            settings.autoscaler = *is;
        } else if (key == "scratch"_L1) {
            const auto is = truth(value);
            if (!is)
                return fail(bad(key, Words::tr("true or false"), value));
            settings.scratch = *is;
        } else if (key == "scenario"_L1) {
            auto scenario = Internal::readScenario(value.toString());
            if (!scenario)
                return fail(scenario.error());
            settings.scenario = value.toString();
            isRecorded = bool(scenario->recording);
            settings.story = std::make_shared<const Internal::Scenario>(std::move(*scenario));
        } else if (key == "state"_L1) {
            if (value.userType() != QMetaType::QString || value.toString().isEmpty())
                return fail(bad(key, Words::tr("the name of a file"), value));
            settings.state = value.toString();
        } else if (key == "owner"_L1) {
            if (value.userType() != QMetaType::QString || value.toString().isEmpty()
                || value.toString().size() > 64)
                return fail(bad(key, Words::tr("a name of 1 to 64 characters"), value));
            settings.owner = value.toString();
        } else {
            return fail(ErrorKind::Invalid,
                        Words::tr("the simulator has no key \"%1\"; it takes %2")
                            .arg(key,
                                 u"stamps, tenantsPerStamp, seed, timeScale, state, startSeconds, "
                                 "failureRate, calm, autoscaler, owner, scratch, scenario"_s));
        }
    }
    settings.calm = settings.calm || !settings.scenario.isEmpty();
    if (isRecorded && !settings.state.isEmpty()) {
        return fail(ErrorKind::Invalid,
                    Words::tr("the simulator plays a recording from its beginning at every start: "
                              "it takes no \"state\" beside it"));
    }
    if (qint64(settings.stamps) * settings.tenantsPerStamp.value_or(12) > mostTenants) {
        return fail(
            ErrorKind::Invalid,
            Words::tr("the keys \"stamps\" and \"tenantsPerStamp\" of the simulator make %L1 "
                      "tenants; it takes %L2 at the most")
                .arg(qint64(settings.stamps) * settings.tenantsPerStamp.value_or(12))
                .arg(mostTenants));
    }
    return settings;
}

} // namespace Stampdeck
