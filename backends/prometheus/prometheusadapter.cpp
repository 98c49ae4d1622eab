// SPDX-License-Identifier: GPL-3.0-or-later
#include "prometheusadapter.h"

#include "backends/net/problem.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QRegularExpression>

#include <algorithm>
#include <cmath>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Prometheus)
};

QString seconds(Timestamp time)
{
    return QString::number(double(time.time_since_epoch().count()) / 1000, 'f', 3);
}

Error errorFrom(const HttpAnswer &answer, const QString &subject)
{
    const PrometheusError said = decodePrometheusError(answer.body);
    Error error = errorOf(answer, subject, said.words);
    // 503 is what it says of a query that took too long.
    if (said.type == "timeout"_L1)
        error.kind = ErrorKind::Timeout;
    return error;
}

/// Unix seconds, as far as they are a time of this and the next centuries.
std::optional<Timestamp> timeOf(double seconds)
{
    constexpr double latest = 32'503'680'000; // the year 3000
    if (!(seconds >= 0 && seconds < latest))
        return std::nullopt;
    return Timestamp(std::chrono::milliseconds(std::llround(seconds * 1000)));
}

void addMissing(QStringList &list, const QStringList &more)
{
    list += more;
    list.removeDuplicates();
}

} // namespace

/// One poll: a request for each signal, and for when it was measured.
struct PrometheusAdapter::PollRound
{
    using Value = MetricsUpdate;

    struct Signal
    {
        std::vector<StampNumber> numbers;
        std::optional<std::vector<StampNumber>> times; ///< Unix seconds, where they are known.
    };
    std::shared_ptr<Pending<MetricsUpdate>> pending = Pending<MetricsUpdate>::create();
    MetricsUpdate value;
    std::map<QString, Signal> signalsRead;
    std::optional<std::vector<StampNumber>> times; ///< Of all signals.
    std::vector<HttpClient::CallId> calls;
    int open = 0;
    int answered = 0; ///< Signals.

    [[nodiscard]] Result<MetricsUpdate> finish();
};

struct PrometheusAdapter::RangeRound
{
    using Value = MetricsRange;

    std::shared_ptr<Pending<MetricsRange>> pending = Pending<MetricsRange>::create();
    MetricsRange value;
    std::vector<HttpClient::CallId> calls;
    int open = 0;
    int answered = 0;

    [[nodiscard]] Result<MetricsRange> finish()
    {
        if (answered == 0 && !value.faults.isEmpty())
            return fail(value.faults.constFirst().error);
        return std::move(value);
    }
};

Result<MetricsUpdate> PrometheusAdapter::PollRound::finish()
{
    if (answered == 0)
        return fail(value.faults.constFirst().error);
    for (const QString &name : metricSignals()) {
        const auto read = signalsRead.find(name);
        if (read == signalsRead.end())
            continue;
        const auto &known = read->second.times ? read->second.times : times;
        for (const StampNumber &number : read->second.numbers) {
            MetricSample sample{number.stamp, name, number.value, {}};
            if (known) {
                const auto time = std::lower_bound(
                    known->begin(), known->end(), number.stamp,
                    [](const StampNumber &one, const QString &stamp) { return one.stamp < stamp; });
                if (time == known->end() || time->stamp != number.stamp)
                    continue; // nobody measures it any more
                sample.at = timeOf(time->value);
            }
            value.samples.push_back(std::move(sample));
        }
    }
    std::stable_sort(
        value.samples.begin(), value.samples.end(),
        [](const MetricSample &a, const MetricSample &b) { return a.stamp < b.stamp; });
    return std::move(value);
}

Result<std::unique_ptr<MetricsAdapter>> PrometheusAdapter::create(const SourceSettings &settings,
                                                                  Clock &clock)
{
    const auto places = httpPlaces(settings, u"Prometheus"_s);
    if (!places)
        return fail(places.error());
    auto options = networkOptions(settings);
    if (!options)
        return fail(options.error());
    static const QRegularExpression labelName(u"^[a-zA-Z_][a-zA-Z0-9_]*$"_s);
    const QString label = settings.keys.value(u"stampLabel"_s, u"stamp"_s).toString();
    if (!labelName.match(label).hasMatch())
        return fail(ErrorKind::Invalid,
                    Words::tr("stampLabel: expected the name of a label, found “%1”")
                        .arg(label.left(60)));
    const QVariantMap queries = settings.keys.value(u"queries"_s).toMap();
    if (queries.isEmpty())
        return fail(ErrorKind::Invalid, Words::tr("queries: there is nothing to ask for"));
    for (auto query = queries.cbegin(); query != queries.cend(); ++query) {
        if (!metricSignals().contains(query.key()))
            return fail(ErrorKind::Invalid,
                        Words::tr("queries: there is no signal “%1”").arg(query.key().left(60)));
    }
    return std::unique_ptr<MetricsAdapter>(
        new PrometheusAdapter(settings, std::move(*options), places->front(), clock));
}

PrometheusAdapter::PrometheusAdapter(const SourceSettings &settings, NetworkOptions options,
                                     HttpPlace place, Clock &clock)
    : m_place(std::move(place))
    , m_token(settings.keys.value(u"token"_s).value<Secret>())
    , m_stampLabel(settings.keys.value(u"stampLabel"_s, u"stamp"_s).toString())
    , m_freshness(settings.keys.value(u"freshness"_s).toString())
    , m_timeout(settings.timeout)
{
    const QVariantMap queries = settings.keys.value(u"queries"_s).toMap();
    for (auto query = queries.cbegin(); query != queries.cend(); ++query)
        m_queries.emplace(query.key(), query->toString());
    m_client = std::make_unique<HttpClient>(std::move(options), clock);
    connect(m_client.get(), &HttpClient::recorded, this, &PrometheusAdapter::requested);
}

PrometheusAdapter::~PrometheusAdapter()
{
    m_client.reset();
}

QStringList PrometheusAdapter::signalNames() const
{
    QStringList names;
    for (const QString &name : metricSignals()) {
        if (m_queries.contains(name))
            names.append(name);
    }
    return names;
}

Error PrometheusAdapter::told(Error error) const
{
    error.message = m_place.subject + u": "_s + error.message;
    return error;
}

template<typename Round>
void PrometheusAdapter::ask(const std::shared_ptr<Round> &round, const QByteArray &path,
                            const Parameters &parameters, Then then)
{
    // As a form: a query may be longer than an address.
    HttpRequest request;
    request.method = "POST";
    request.url = QUrl::fromEncoded(m_place.base + "/api/v1" + path, QUrl::StrictMode);
    request.subject = m_place.subject;
    request.headers.emplaceBack("Accept", "application/json");
    request.headers.emplaceBack("Content-Type", "application/x-www-form-urlencoded");
    if (!m_token.isEmpty())
        request.headers.emplaceBack("Authorization", "Bearer " + m_token.reveal().toUtf8());
    request.body = "timeout=" + QByteArray::number(m_timeout.count()) + "ms";
    for (const auto &[name, value] : parameters)
        request.body += '&' + name + '=' + QUrl::toPercentEncoding(value);
    ++round->open;
    round->calls.push_back(m_client->send(
        std::move(request),
        [round, then = std::move(then), subject = m_place.subject](Result<HttpAnswer> answer) {
            if (answer && answer->status != 200)
                answer = fail(errorFrom(*answer, subject));
            then(answer);
            if (--round->open == 0)
                round->pending->finish(round->finish());
        }));
    round->pending->onCancel([this, calls = round->calls] {
        for (const auto call : calls)
            m_client->abort(call);
    });
}

FutureResult<MetricsUpdate> PrometheusAdapter::poll()
{
    const auto round = std::make_shared<PollRound>();
    round->value.instance = m_place.name;
    const auto future = round->pending->future();
    const auto times = [this, round](const Result<HttpAnswer> &answer, auto &kept) {
        const auto decoded =
            answer ? decodeInstant(answer->body, m_stampLabel) : fail(answer.error());
        // Without them the numbers are as good as they were; only their age is not known.
        if (decoded)
            kept = decoded->numbers;
    };
    for (const auto &[name, query] : m_queries) {
        ask(round, "/query", {{"query", query}},
            [this, round, signal = name](const Result<HttpAnswer> &answer) {
                const auto decoded =
                    answer ? decodeInstant(answer->body, m_stampLabel) : fail(answer.error());
                if (!decoded) {
                    round->value.faults.append(
                        {signal, answer ? told(decoded.error()) : decoded.error()});
                    return;
                }
                ++round->answered;
                round->value.serverTime = dateOf(*answer);
                round->signalsRead[signal].numbers = decoded->numbers;
                addMissing(round->value.warnings, decoded->warnings);
            });
        if (const QString freshness =
                m_freshness.isEmpty() ? freshnessQuery(query, m_stampLabel) : QString();
            !freshness.isEmpty())
            ask(round, "/query", {{"query", freshness}},
                [round, times, signal = name](const Result<HttpAnswer> &answer) {
                    times(answer, round->signalsRead[signal].times);
                });
    }
    if (!m_freshness.isEmpty())
        ask(round, "/query", {{"query", m_freshness}},
            [round, times](const Result<HttpAnswer> &answer) { times(answer, round->times); });
    return future;
}

FutureResult<MetricsRange> PrometheusAdapter::range(const QStringList &stamps,
                                                    const QStringList &signalNames, Timestamp from,
                                                    Timestamp to, std::chrono::milliseconds step)
{
    if (to < from)
        return ready<MetricsRange>(
            fail(ErrorKind::Invalid, Words::tr("the stretch ends before it begins")));
    const auto round = std::make_shared<RangeRound>();
    const auto future = round->pending->future();
    const RangeGrid grid = RangeGrid::over(from, to, step);
    for (const QString &name : signalNames) {
        const auto query = m_queries.find(name);
        if (query == m_queries.end()) {
            round->value.faults.append(
                {name,
                 Error::of(
                     ErrorKind::Unsupported,
                     Words::tr("%1: no query is configured for %2").arg(m_place.subject, name))});
            continue;
        }
        ask(round, "/query_range",
            {{"query", queryFor(query->second, m_stampLabel, stamps)},
             {"start", seconds(grid.start)},
             {"end", seconds(grid.end)},
             {"step", QString::number(double(grid.step.count()) / 1000, 'f', 3)}},
            [this, round, grid, stamps, signal = name](const Result<HttpAnswer> &answer) {
                auto decoded =
                    answer ? decodeRange(answer->body, m_stampLabel, grid) : fail(answer.error());
                if (!decoded) {
                    round->value.faults.append(
                        {signal, answer ? told(decoded.error()) : decoded.error()});
                    return;
                }
                ++round->answered;
                addMissing(round->value.warnings, decoded->warnings);
                for (Series &series : decoded->series) {
                    if (!stamps.isEmpty() && !stamps.contains(series.stamp))
                        continue;
                    series.signal = signal;
                    round->value.series.push_back(std::move(series));
                }
            });
    }
    if (round->open == 0)
        round->pending->finish(round->finish());
    return future;
}

} // namespace Stampdeck
