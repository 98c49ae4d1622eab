// SPDX-License-Identifier: GPL-3.0-or-later
#include "scalewords.h"

#include "models/units.h"

#include <cmath>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

tl::unexpected<Error> wrong(const QString &word, const QString &expected)
{
    return fail(ErrorKind::Invalid, u"“%1” is not understood: expected %2"_s.arg(word, expected));
}

struct Pair
{
    QString name;
    QString value;
};

std::optional<Pair> split(const QString &word)
{
    const qsizetype equals = word.lastIndexOf(u'=');
    if (equals <= 0 || equals == word.size() - 1)
        return std::nullopt;
    return Pair{word.left(equals), word.mid(equals + 1)};
}

Result<RuleSetting> ruleFrom(const QString &word, const QString &value)
{
    const QString expected = u"COMPONENT=SIGNAL:TARGET,MIN..MAX, such as web=cpu:70%,1..10"_s;
    const QStringList parts = value.split(u',');
    const qsizetype colon = parts.first().indexOf(u':');
    if (parts.size() < 2 || parts.size() > 3 || colon <= 0)
        return wrong(word, expected);
    RuleSetting rule;
    const auto signal = fromString<SignalKind>(QStringView(parts[0]).left(colon));
    if (!signal) {
        return wrong(word, u"one of the signals cpu, memory, requestsPerSecond, latencyP99"_s);
    }
    rule.signal = *signal;
    const QString target = parts[0].mid(colon + 1);
    std::optional<double> number;
    switch (rule.signal) {
    case SignalKind::Cpu:
    case SignalKind::Memory:
        number = ratioFromString(target);
        break;
    case SignalKind::LatencyP99:
        if (const auto duration = durationFromString(target))
            number = double(duration->count());
        else
            number = numberFromString(target);
        break;
    case SignalKind::RequestsPerSecond:
        number = numberFromString(target);
        break;
    }
    if (!number || !(*number > 0))
        return wrong(word, u"a target such as 70% or 250"_s);
    rule.target = *number;
    const QStringList bounds = parts[1].split(u".."_s);
    bool minOk = false;
    bool maxOk = false;
    rule.min = bounds.value(0).toInt(&minOk);
    rule.max = bounds.value(1).toInt(&maxOk);
    if (bounds.size() != 2 || !minOk || !maxOk || rule.min < 0 || rule.max < rule.min)
        return wrong(word, u"bounds such as 1..10, the lower one first"_s);
    if (parts.size() == 3) {
        const auto cooldown = durationFromString(parts[2]);
        if (!cooldown)
            return wrong(word, u"a cooldown such as 60s"_s);
        rule.cooldown = *cooldown;
    }
    return rule;
}

} // namespace

Result<ScaleSetting> scaleFromWords(const QStringList &settings, const QStringList &rules)
{
    ScaleSetting scale;
    for (const QString &word : settings) {
        const auto pair = split(word);
        if (!pair)
            return wrong(word, u"NAME=VALUE, such as web=5 or memory=16Gi"_s);
        std::optional<double> *limit = pair->name == "cpu"_L1 ? &scale.cpu
                : pair->name == "memory"_L1                   ? &scale.memory
                : pair->name == "storage"_L1                  ? &scale.storage
                                                              : nullptr;
        if (limit) {
            const auto number = limit == &scale.cpu ? numberFromString(pair->value)
                                                    : sizeFromString(pair->value);
            if (!number || !(*number > 0)) {
                return wrong(word, limit == &scale.cpu ? u"a number of cores, such as cpu=32"_s
                                                       : u"a size, such as 16Gi"_s);
            }
            if (*limit)
                return fail(ErrorKind::Invalid, u"%1 is given twice"_s.arg(pair->name));
            *limit = number;
            continue;
        }
        const QString name = pair->name.startsWith("component:"_L1) ? pair->name.mid(10) : pair->name;
        bool ok = false;
        const int count = pair->value.toInt(&ok);
        if (!ok || count < 0 || name.isEmpty())
            return wrong(word, u"a number of replicas, such as web=5"_s);
        if (scale.components.contains(name))
            return fail(ErrorKind::Invalid, u"%1 is given twice"_s.arg(name));
        scale.components.insert(name, count);
    }
    for (const QString &word : rules) {
        const qsizetype equals = word.indexOf(u'=');
        if (equals <= 0)
            return wrong(word, u"COMPONENT=SIGNAL:TARGET,MIN..MAX, or COMPONENT=none"_s);
        const QString name = word.left(equals);
        for (const auto &[known, rule] : scale.rules) {
            if (known == name)
                return fail(ErrorKind::Invalid, u"%1 is given two rules"_s.arg(name));
        }
        if (word.mid(equals + 1) == "none"_L1) {
            scale.rules.emplace_back(name, std::nullopt);
            continue;
        }
        const auto rule = ruleFrom(word, word.mid(equals + 1));
        if (!rule)
            return fail(rule.error());
        scale.rules.emplace_back(name, *rule);
    }
    if (scale.isEmpty())
        return fail(ErrorKind::Invalid, u"nothing to scale is named: say COMPONENT=REPLICAS, cpu=, "
                                        "memory=, storage= or --rule"_s);
    return scale;
}

} // namespace Stampdeck
