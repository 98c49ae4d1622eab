// SPDX-License-Identifier: GPL-3.0-or-later
#include "simtemplates.h"

#include "noise.h"

#include <cmath>

namespace Stampdeck::Internal {

using namespace Qt::StringLiterals;

namespace {

enum Salt : quint64 { MadeSalt = 0x401 };

constexpr double gibibyte = 1024.0 * 1024 * 1024;
constexpr double tebibyte = 1024 * gibibyte;
constexpr double requestsOfACore = 25; // laid out for this
constexpr std::array<double, componentCount> busy = {0.6, 0.62, 0.5, 0.42};

struct Size
{
    QLatin1StringView name, description;
    int web, api, worker;
    double cpu, memory, storage; // cores and bytes
    int slots;
    int most; // times the defaults
};

TemplateParameter amount(const QString &name, ParameterType type, double value, double min,
                         double max, const QString &help)
{
    TemplateParameter parameter;
    parameter.name = name;
    parameter.type = type;
    parameter.defaultValue = QJsonValue(qint64(value));
    parameter.min = min;
    parameter.max = max;
    parameter.help = help;
    return parameter;
}

Template templateOf(const Size &size, const QString &team)
{
    using enum ParameterType;
    Template is;
    is.name = size.name;
    is.description = size.description;
    const double most = size.most;
    TemplateParameter ring;
    ring.name = u"ring"_s;
    ring.type = String;
    ring.defaultValue = u"2"_s;
    ring.choices = {u"0"_s, u"1"_s, u"2"_s, u"3"_s};
    ring.help = u"In which order it takes new versions"_s;
    TemplateParameter autoscale;
    autoscale.name = u"autoscale"_s;
    autoscale.type = Boolean;
    autoscale.defaultValue = false;
    autoscale.help = u"web scales by itself, at 70 % of its cpu"_s;
    TemplateParameter label;
    label.name = u"team"_s;
    label.type = String;
    label.defaultValue = team;
    label.help = u"Label: who it belongs to"_s;
    is.parameters = {
        amount(u"web"_s, Integer, size.web, 2, 16, u"Replicas of web"_s),
        amount(u"api"_s, Integer, size.api, 2, 16, u"Replicas of api"_s),
        amount(u"worker"_s, Integer, size.worker, 1, 16, u"Replicas of worker"_s),
        amount(u"cpu"_s, Number, size.cpu, size.cpu / 2, size.cpu * most, u"Cores"_s),
        amount(u"memory"_s, ParameterType::Size, size.memory, size.memory / 2, size.memory * most,
               u"Memory"_s),
        amount(u"storage"_s, ParameterType::Size, size.storage, size.storage / 2,
               size.storage * most, u"Storage"_s),
        amount(u"slots"_s, Integer, size.slots, 1, size.slots * most,
               u"How many tenants it takes"_s),
        ring,
        autoscale,
        label,
    };
    return is;
}

} // namespace

QList<Template> simulatedTemplates(const QString &team)
{
    static constexpr std::array<Size, 3> sizes = {{
        {"small"_L1, "For a handful of small tenants"_L1, 2, 2, 1, 16, 64 * gibibyte, tebibyte, 8,
         2},
        {"standard"_L1, "What most stamps are"_L1, 5, 4, 3, 48, 192 * gibibyte, 4 * tebibyte, 20,
         2},
        {"large"_L1, "For many tenants, or for large ones"_L1, 8, 8, 5, 128, 512 * gibibyte,
         12 * tebibyte, 60, 4},
    }};
    QList<Template> all;
    for (const Size &size : sizes)
        all.append(templateOf(size, team));
    return all;
}

StampWritten writtenFrom(const QJsonObject &values, StampMade &made, SimTime now)
{
    made.at = now;
    made.ring = values.value(u"ring"_s).toString().toInt();
    made.slotCount = values.value(u"slots"_s).toInt();
    made.team = values.value(u"team"_s).toString();
    StampWritten written;
    written.lifecycle = Lifecycle::Provisioning;
    const auto limit = [&](const QString &name) -> LimitWritten {
        const double wanted = values.value(name).toDouble();
        return {wanted, wanted, always};
    };
    written.cpu = limit(u"cpu"_s);
    written.memory = limit(u"memory"_s);
    written.storage = limit(u"storage"_s);
    for (size_t i = 0; i < componentCount; ++i) {
        ComponentWritten &component = written.components.at(i);
        component.desired = i == databaseIndex ? 3 : values.value(componentNames.at(i)).toInt();
        component.before = component.desired;
        component.min = i == databaseIndex ? 3 : i == workerIndex ? 1 : 2;
        component.max = i == databaseIndex ? 3 : 16;
    }
    made.cpu = written.cpu.wanted;
    made.memory = written.memory.wanted;
    made.storage = written.storage.wanted;
    for (size_t i = 0; i < componentCount; ++i)
        made.replicas.at(i) = written.components.at(i).desired;
    if (values.value(u"autoscale"_s).toBool())
        written.components.at(0).rule = RuleWritten{};
    // Machines come first: from twenty seconds for a small one to a minute.
    written.changesAt = now + SimTime((20 + 40 * std::min(1.0, written.cpu.wanted / 256))
                                      * double(second));
    return written;
}

SimStamp madeStamp(const QString &name, const StampMade &made, quint64 seed)
{
    const QString where = simulatedRegions().at(size_t(made.region)).name;
    const auto ordinal = quint64(made.ordinal);
    SimStamp stamp;
    stamp.name = name;
    stamp.region = made.region;
    stamp.ring = made.ring;
    stamp.zone = where;
    stamp.zone += QChar(u'a' + char16_t(hashOf(seed, MadeSalt, ordinal) % 3));
    stamp.labels = {{u"template"_s, made.fromTemplate}, {u"team"_s, made.team}};
    stamp.slotCount = made.slotCount;
    const quint64 dice = hashOf(seed, MadeSalt, ordinal, 1);
    stamp.latencyMs = between(dice, 10.5, 21);
    stamp.tailFactor = between(mixBits(dice), 4.8, 6.4);
    stamp.errorRatio = between(mixBits(dice + 1), 0.0001, 0.0006);
    stamp.base.cpu = std::round(made.cpu * 0.4) / 10;
    stamp.base.memory = std::round(made.memory * 0.06 / gibibyte) * gibibyte;
    stamp.base.storage = std::round(made.storage * 0.02 / gibibyte) * gibibyte;
    for (size_t i = 0; i < componentCount; ++i) {
        stamp.replicaRate.at(i)
            = made.cpu * requestsOfACore / (made.replicas.at(i) * busy.at(i));
    }
    return stamp;
}

} // namespace Stampdeck::Internal
