// SPDX-License-Identifier: GPL-3.0-or-later
#include "servermetrics.h"

#include "app/common/json.h"

#include <QtCore/QCoreApplication>

#include <functional>
#include <optional>
#include <vector>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

void describe(QByteArray &out, const QByteArray &name, const QByteArray &type,
              const QByteArray &help)
{
    out += "# HELP " + name + ' ' + help + "\n# TYPE " + name + ' ' + type + '\n';
}

QByteArray escaped(QByteArray label)
{
    return label.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
}

/// One figure of each stamp; nothing where it is not known, or no longer.
struct StampFigure
{
    QByteArray name;
    QByteArray help;
    std::function<std::optional<double>(const StampEntry &)> value;
};

const std::vector<StampFigure> &stampFigures()
{
    static const std::vector<StampFigure> figures = [] {
        const auto resource = [](const QByteArray &name, ResourceKind kind, const QByteArray &unit,
                                 std::vector<StampFigure> &out) {
            const QByteArray words = toString(kind).toUtf8();
            out.push_back({"stampd_stamp_" + name + "_used" + unit, "What is used of " + words + '.',
                           [kind](const StampEntry &entry) { return entry.resources[kind].used; }});
            out.push_back({"stampd_stamp_" + name + "_limit" + unit, "The limit of " + words + '.',
                           [kind](const StampEntry &entry) { return entry.resources[kind].limit; }});
        };
        const auto seconds = [](const std::optional<double> &millis) {
            return millis ? std::optional(*millis / 1000) : std::nullopt;
        };
        std::vector<StampFigure> all;
        resource("cpu", ResourceKind::Cpu, "_cores", all);
        resource("memory", ResourceKind::Memory, "_bytes", all);
        resource("storage", ResourceKind::Storage, "_bytes", all);
        all.push_back({"stampd_stamp_tenants", "Tenants that it owns.",
                       [](const StampEntry &entry) { return double(entry.owned); }});
        all.push_back({"stampd_stamp_requests_per_second", "Requests in a second.",
                       [](const StampEntry &entry) {
                           return entry.stamp->signalValues.requestsPerSecond;
                       }});
        all.push_back({"stampd_stamp_error_ratio", "Share of requests that fail.",
                       [](const StampEntry &entry) { return entry.stamp->signalValues.errorRatio; }});
        all.push_back({"stampd_stamp_latency_p50_seconds", "Half of the requests are faster.",
                       [seconds](const StampEntry &entry) {
                           return seconds(entry.stamp->signalValues.latencyP50Ms);
                       }});
        all.push_back({"stampd_stamp_latency_p99_seconds", "99 of 100 requests are faster.",
                       [seconds](const StampEntry &entry) {
                           return seconds(entry.stamp->signalValues.latencyP99Ms);
                       }});
        return all;
    }();
    return figures;
}

/// Each stamp's own figures, labelled as the API of this server calls it. Of a stamp that is stale
/// they are not told: what is scraped counts as measured now.
void writeStamps(QByteArray &out, const FleetVersionPtr &version)
{
    const FleetJson names(version, JsonShape::Api);
    std::vector<std::pair<QByteArray, const StampEntry *>> stamps;
    version->eachStamp([&](int slot, const StampEntry &entry) {
        stamps.emplace_back("{stamp=\"" + escaped(names.stampName(slot).toUtf8()) + "\",region=\""
                                + escaped(entry.stamp->region.toUtf8()) + '"',
                            &entry);
    });
    describe(out, "stampd_stamp_health", "gauge", "1 for the health that a stamp has.");
    for (const auto &[labels, entry] : stamps)
        out += "stampd_stamp_health" + labels + ",health=\"" + toString(entry->health).toUtf8()
            + "\"} 1\n";
    for (const StampFigure &figure : stampFigures()) {
        describe(out, figure.name, "gauge", figure.help);
        for (const auto &[labels, entry] : stamps) {
            const auto value = entry->stale ? std::nullopt : figure.value(*entry);
            if (value)
                out += figure.name + labels + "} " + QByteArray::number(*value, 'g', 9) + '\n';
        }
    }
}

} // namespace

void ServerMetrics::count(const QByteArray &method, const QByteArray &route, int status,
                          std::chrono::microseconds took)
{
    // What clients may choose freely is one series each, so that they can't make ever more.
    static const QList<QByteArray> methods{"GET",    "HEAD",  "POST",   "PUT",
                                           "DELETE", "PATCH", "OPTIONS"};
    const Route key(methods.contains(method) ? method : QByteArray("other"),
                    route.isEmpty() ? QByteArray("other") : route);
    const double seconds = std::chrono::duration<double>(took).count();
    const std::scoped_lock lock(m_mutex);
    ++m_requests[{key, status}];
    Histogram &latency = m_latency[key];
    for (size_t i = 0; i < bounds.size(); ++i) {
        if (seconds <= bounds[i])
            ++latency.buckets[i];
    }
    ++latency.count;
    latency.sum += seconds;
}

QByteArray ServerMetrics::text(const FleetVersionPtr &fleet, int connections) const
{
    const FleetVersion &version = *fleet;
    QByteArray out;
    const auto number = [](auto value) { return QByteArray::number(value); };
    describe(out, "stampd_build_info", "gauge", "The version that runs.");
    out += "stampd_build_info{version=\"" + escaped(QCoreApplication::applicationVersion().toUtf8())
        + "\",qt=\"" + qVersion() + "\"} 1\n";

    describe(out, "stampd_connections", "gauge", "Open connections.");
    out += "stampd_connections " + number(connections) + '\n';

    const FleetCounts &counts = version.counts;
    describe(out, "stampd_stamps", "gauge", "Stamps by health.");
    for (const auto &[health, count] :
         {std::pair("healthy", counts.healthy), std::pair("degraded", counts.degraded),
          std::pair("unhealthy", counts.unhealthy), std::pair("unknown", counts.unknown),
          std::pair("stale", counts.stale)})
        out += QByteArray("stampd_stamps{health=\"") + health + "\"} " + number(count) + '\n';
    describe(out, "stampd_tenants", "gauge", "Tenants.");
    out += "stampd_tenants " + number(counts.tenants) + '\n';

    std::map<OperationState, int> states;
    for (int state = 0; state <= int(OperationState::Unknown); ++state)
        states[OperationState(state)] = 0;
    for (const OperationPtr &operation : version.operations)
        ++states[operation->state];
    describe(out, "stampd_operations", "gauge", "Operations by state.");
    for (const auto &[state, count] : states)
        out +=
            "stampd_operations{state=\"" + toString(state).toUtf8() + "\"} " + number(count) + '\n';

    describe(out, "stampd_source_up", "gauge", "Whether a source answers.");
    for (const SourceState &source : version.sources)
        out += "stampd_source_up{source=\"" + escaped(source.name.toUtf8()) + "\"} "
            + (source.error || source.isStale() ? "0" : "1") + '\n';

    writeStamps(out, fleet);

    const std::scoped_lock lock(m_mutex);
    describe(out, "stampd_http_requests_total", "counter", "Requests by route and status.");
    for (const auto &[key, count] : m_requests)
        out += "stampd_http_requests_total{method=\"" + key.first.first + "\",route=\""
            + escaped(key.first.second) + "\",status=\"" + number(key.second) + "\"} "
            + number(count) + '\n';
    describe(out, "stampd_http_request_duration_seconds", "histogram",
             "From the end of a request's header to its answer.");
    for (const auto &[route, latency] : m_latency) {
        const QByteArray labels =
            "method=\"" + route.first + "\",route=\"" + escaped(route.second) + '"';
        const QByteArray name = "stampd_http_request_duration_seconds";
        for (size_t i = 0; i < bounds.size(); ++i)
            out += name + "_bucket{" + labels + ",le=\"" + number(bounds[i]) + "\"} "
                + number(latency.buckets[i]) + '\n';
        out += name + "_bucket{" + labels + ",le=\"+Inf\"} " + number(latency.count) + '\n';
        out += name + "_sum{" + labels + "} " + number(latency.sum) + '\n';
        out += name + "_count{" + labels + "} " + number(latency.count) + '\n';
    }
    return out;
}

} // namespace Stampdeck
