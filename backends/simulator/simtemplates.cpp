// SPDX-License-Identifier: GPL-3.0-or-later
#include "simtemplates.h"

#include "noise.h"

#include <QtCore/QCoreApplication>

#include <cmath>

namespace Stampdeck::Internal {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Simulator)
};

enum Salt : quint64 { MadeSalt = 0x401 };

constexpr double gibibyte = 1024.0 * 1024 * 1024;
constexpr double tebibyte = 1024 * gibibyte;
constexpr double requestsOfACore = 25; // laid out for this
constexpr std::array<double, componentCount> busy = {0.6, 0.62, 0.5, 0.42};

struct Size
{
    QLatin1StringView name;
    QString description;
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

TemplateParameter word(const QString &name, ParameterType type, const QJsonValue &value,
                       const QString &help, const QList<QJsonValue> &choices = {})
{
    TemplateParameter parameter;
    parameter.name = name;
    parameter.type = type;
    parameter.defaultValue = value;
    parameter.help = help;
    parameter.choices = choices;
    return parameter;
}

Template templateOf(const Size &size, const QString &team)
{
    using enum ParameterType;
    Template is;
    is.name = size.name;
    is.description = size.description;
    const double most = size.most;
    is.parameters = {
        amount(u"web"_s, Integer, size.web, 2, 16, Words::tr("Replicas of web")),
        amount(u"api"_s, Integer, size.api, 2, 16, Words::tr("Replicas of api")),
        amount(u"worker"_s, Integer, size.worker, 1, 16, Words::tr("Replicas of worker")),
        amount(u"cpu"_s, Number, size.cpu, size.cpu / 2, size.cpu * most, Words::tr("Cores")),
        amount(u"memory"_s, ParameterType::Size, size.memory, size.memory / 2, size.memory * most,
               Words::tr("Memory")),
        amount(u"storage"_s, ParameterType::Size, size.storage, size.storage / 2,
               size.storage * most, Words::tr("Storage")),
        amount(u"slots"_s, Integer, size.slots, 1, size.slots * most,
               Words::tr("How many tenants it takes")),
        word(u"ring"_s, String, u"2"_s, Words::tr("In which order it takes new versions"),
             {u"0"_s, u"1"_s, u"2"_s, u"3"_s}),
        word(u"autoscale"_s, Boolean, false, Words::tr("web scales by itself, at 70 % of its cpu")),
        word(u"team"_s, String, team, Words::tr("Label: who it belongs to")),
    };
    return is;
}

} // namespace

QList<Template> simulatedTemplates(const QString &team)
{
    const std::array<Size, 3> sizes = {{
        {"small"_L1, Words::tr("For a handful of small tenants"), 2, 2, 1, 16, 64 * gibibyte,
         tebibyte, 8, 2},
        {"standard"_L1, Words::tr("What most stamps are"), 5, 4, 3, 48, 192 * gibibyte,
         4 * tebibyte, 20, 2},
        {"large"_L1, Words::tr("For many tenants, or for large ones"), 8, 8, 5, 128, 512 * gibibyte,
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
    const QString where = made.place.isEmpty()
        ? QString(simulatedRegions().at(size_t(made.region)).name)
        : made.place;
    const auto ordinal = quint64(made.ordinal);
    SimStamp stamp;
    stamp.name = name;
    stamp.region = made.region;
    stamp.place = made.place;
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
