// SPDX-License-Identifier: GPL-3.0-or-later
#include "prometheusdecoder.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

#include <algorithm>
#include <cmath>
#include <limits>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// Prometheus refuses more than 11,000 points of a series; aligning may add one.
constexpr qint64 mostPoints = 10'990;
/// Values of all series together: a small answer may not ask for any amount of memory.
constexpr size_t mostValues = 20'000'000;
/// As many stamps are named in a query; beyond that all are asked, and the others left out.
constexpr qsizetype mostNamed = 50;

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Prometheus)
};

Error malformed(const QString &what, const QString &detail = {})
{
    return Error::of(ErrorKind::Malformed, what, detail);
}

struct Envelope
{
    QJsonArray result;
    QStringList warnings;
};

QStringList textsOf(const QJsonValue &list)
{
    QStringList texts;
    const QJsonArray array = list.toArray();
    for (const auto &text : array) {
        if (text.isString())
            texts.append(text.toString());
    }
    return texts;
}

Result<Envelope> open(const QByteArray &body, const QString &type, const QString &stampLabel)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(body, &error);
    if (error.error != QJsonParseError::NoError)
        return fail(
            malformed(Words::tr("the answer is not JSON"),
                      error.errorString() + u" at byte "_s + QString::number(error.offset)));
    const QJsonObject object = document.object();
    if (object.value("status"_L1).toString() != "success"_L1)
        return fail(malformed(Words::tr("the answer is not Prometheus'"), u"/status"_s));
    const QJsonObject data = object.value("data"_L1).toObject();
    const QString is = data.value("resultType"_L1).toString();
    if (is == "scalar"_L1 || is == "string"_L1)
        return fail(
            ErrorKind::Invalid,
            Words::tr("the query gives one value, not one by the label “%1”").arg(stampLabel));
    if (is != type || !data.value("result"_L1).isArray())
        return fail(malformed(Words::tr("the answer is not what was asked for"), u"/data"_s));
    return Envelope{data.value("result"_L1).toArray(),
                    textsOf(object.value("warnings"_L1)) + textsOf(object.value("infos"_L1))};
}

/// [seconds, "value"]; nothing where it is neither.
struct Point
{
    double seconds = 0;
    double value = 0; ///< May be none, or infinite.
};
std::optional<Point> pointOf(const QJsonValue &value)
{
    const QJsonArray pair = value.toArray();
    if (pair.size() != 2 || !pair.at(0).isDouble() || !pair.at(1).isString())
        return std::nullopt;
    const QString text = pair.at(1).toString();
    Point point{pair.at(0).toDouble(), std::numeric_limits<double>::quiet_NaN()};
    if (text == "NaN"_L1 || text == "+Inf"_L1 || text == "-Inf"_L1)
        return point;
    bool ok = false;
    point.value = text.toDouble(&ok);
    return ok ? std::optional(point) : std::nullopt;
}

/// Calls \a read with the stamp of each series, its object and place; \a read gives whether it can
/// be used.
template<typename Read>
Result<void> eachStamp(const QJsonArray &result, const QString &stampLabel, Read read)
{
    QStringList seen;
    bool anyNamed = result.isEmpty();
    for (qsizetype i = 0; i < result.size(); ++i) {
        const QString place = u"/data/result/"_s + QString::number(i);
        if (!result.at(i).isObject())
            return fail(malformed(Words::tr("a series of the answer is no object"), place));
        const QJsonObject series = result.at(i).toObject();
        const QString stamp = series.value("metric"_L1).toObject().value(stampLabel).toString();
        if (stamp.isEmpty())
            continue;
        anyNamed = true;
        seen.append(stamp);
        if (const Result<void> done = read(stamp, series, place); !done)
            return done;
    }
    if (!anyNamed)
        return fail(
            ErrorKind::Invalid,
            Words::tr("no series of the answer has the label “%1”: the query has to group by it")
                .arg(stampLabel));
    std::sort(seen.begin(), seen.end());
    if (const auto twice = std::adjacent_find(seen.cbegin(), seen.cend()); twice != seen.cend())
        return fail(ErrorKind::Invalid,
                    Words::tr("the query gives several series of %1: it has to group by “%2” alone")
                        .arg(*twice, stampLabel));
    return {};
}

bool isNameStart(QChar c)
{
    return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || c == u'_' || c == u':';
}

bool isNamePart(QChar c)
{
    return isNameStart(c) || (c >= u'0' && c <= u'9');
}

QString quoted(QString text)
{
    return u'"' + text.replace(u'\\', u"\\\\"_s).replace(u'"', u"\\\""_s).replace(u'\n', u"\\n"_s)
        + u'"';
}

/// Walks over a query, token by token.
class Lexer
{
public:
    explicit Lexer(const QString &text)
        : m_text(text)
    { }

    [[nodiscard]] bool atEnd()
    {
        while (m_at < m_text.size()) {
            if (m_text[m_at].isSpace())
                ++m_at;
            else if (m_text[m_at] == u'#')
                m_at = endOf(u'\n', m_at);
            else
                return false;
        }
        return true;
    }
    /// What follows spaces; null at the end.
    [[nodiscard]] QChar peek() { return atEnd() ? QChar() : m_text[m_at]; }
    [[nodiscard]] qsizetype at() const { return m_at; }
    void step() { ++m_at; }
    [[nodiscard]] QString between(qsizetype begin) const
    {
        return m_text.sliced(begin, m_at - begin);
    }

    [[nodiscard]] QString name()
    {
        const qsizetype begin = m_at;
        while (m_at < m_text.size() && isNamePart(m_text[m_at]))
            ++m_at;
        return between(begin);
    }
    /// A number with its letters: 5m, 0x1f, 1e-3.
    void number()
    {
        while (m_at < m_text.size() && (isNamePart(m_text[m_at]) || m_text[m_at] == u'.'))
            ++m_at;
    }
    void string()
    {
        const QChar quote = m_text[m_at++];
        while (m_at < m_text.size() && m_text[m_at] != quote)
            m_at += m_text[m_at] == u'\\' && quote != u'`' ? 2 : 1;
        m_at = std::min(m_at + 1, m_text.size());
    }
    /// From an opening bracket behind its closing one, whatever stands between.
    void brackets(QChar close)
    {
        ++m_at;
        while (!atEnd() && m_text[m_at] != close) {
            if (isQuote(m_text[m_at]))
                string();
            else
                ++m_at;
        }
        m_at = std::min(m_at + 1, m_text.size());
    }
    [[nodiscard]] static bool isQuote(QChar c) { return c == u'"' || c == u'\'' || c == u'`'; }

private:
    [[nodiscard]] qsizetype endOf(QChar c, qsizetype from) const
    {
        const qsizetype end = m_text.indexOf(c, from);
        return end < 0 ? m_text.size() : end;
    }

    QString m_text;
    qsizetype m_at = 0;
};

} // namespace

RangeGrid RangeGrid::over(Timestamp from, Timestamp to, std::chrono::milliseconds step)
{
    RangeGrid grid;
    grid.step = std::max<std::chrono::milliseconds>(step, 1s);
    const qint64 parts = std::max<qint64>(0, (to - from).count()) / grid.step.count();
    grid.step *= 1 + parts / mostPoints;
    const auto aligned = [&grid](Timestamp time) {
        const qint64 rest = time.time_since_epoch().count() % grid.step.count();
        return time - std::chrono::milliseconds(rest < 0 ? rest + grid.step.count() : rest);
    };
    grid.start = aligned(from);
    grid.end = std::max(grid.start, aligned(to));
    return grid;
}

Result<InstantAnswer> decodeInstant(const QByteArray &body, const QString &stampLabel)
{
    const auto envelope = open(body, u"vector"_s, stampLabel);
    if (!envelope)
        return fail(envelope.error());
    InstantAnswer answer;
    answer.warnings = envelope->warnings;
    const auto read = [&](const QString &stamp, const QJsonObject &series,
                          const QString &place) -> Result<void> {
        if (!series.contains("value"_L1))
            return {}; // a histogram is no number
        const auto point = pointOf(series.value("value"_L1));
        if (!point)
            return fail(malformed(Words::tr("a value of the answer is none"), place + u"/value"_s));
        if (std::isfinite(point->value))
            answer.numbers.push_back({stamp, point->value});
        return {};
    };
    if (const auto done = eachStamp(envelope->result, stampLabel, read); !done)
        return fail(done.error());
    std::sort(answer.numbers.begin(), answer.numbers.end(),
              [](const StampNumber &a, const StampNumber &b) { return a.stamp < b.stamp; });
    return answer;
}

Result<RangeAnswer> decodeRange(const QByteArray &body, const QString &stampLabel,
                                const RangeGrid &grid)
{
    const auto envelope = open(body, u"matrix"_s, stampLabel);
    if (!envelope)
        return fail(envelope.error());
    RangeAnswer answer;
    answer.warnings = envelope->warnings;
    const double start = double(grid.start.time_since_epoch().count()) / 1000;
    const double step = double(grid.step.count()) / 1000;
    const auto read = [&](const QString &stamp, const QJsonObject &series,
                          const QString &place) -> Result<void> {
        Series recorded;
        const QJsonArray points = series.value("values"_L1).toArray();
        for (qsizetype i = 0; i < points.size(); ++i) {
            const auto point = pointOf(points.at(i));
            if (!point)
                return fail(malformed(Words::tr("a value of the answer is none"),
                                      place + u"/values/"_s + QString::number(i)));
            const double index = std::round((point->seconds - start) / step);
            if (!std::isfinite(point->value) || !(index >= 0 && index < double(grid.size())))
                continue;
            if (recorded.values.empty()) {
                if ((answer.series.size() + 1) * grid.size() > mostValues)
                    return fail(malformed(Words::tr("the answer has far too many series")));
                recorded.values.resize(grid.size(), std::numeric_limits<float>::quiet_NaN());
            }
            recorded.values[size_t(index)] = float(point->value);
        }
        if (recorded.values.empty())
            return {};
        recorded.stamp = stamp;
        recorded.start = grid.start;
        recorded.step = grid.step;
        answer.series.push_back(std::move(recorded));
        return {};
    };
    if (const auto done = eachStamp(envelope->result, stampLabel, read); !done)
        return fail(done.error());
    std::sort(answer.series.begin(), answer.series.end(),
              [](const Series &a, const Series &b) { return a.stamp < b.stamp; });
    return answer;
}

PrometheusError decodePrometheusError(const QByteArray &body)
{
    const QJsonObject object = QJsonDocument::fromJson(body).object();
    return {object.value("errorType"_L1).toString(), object.value("error"_L1).toString()};
}

QString queryFor(const QString &query, const QString &stampLabel, const QStringList &stamps)
{
    if (stamps.isEmpty() || stamps.size() > mostNamed)
        return query;
    // There is no selector for what an expression gives. A vector of the stamps is one to join
    // with.
    QStringList vectors;
    for (QString stamp : stamps) {
        stamp.replace(u'$', u"$$"_s); // stands for a group of the expression, which is empty here
        vectors.append(u"label_replace(vector(1), "_s + quoted(stampLabel) + u", "_s + quoted(stamp)
                       + u", \"\", \"\")"_s);
    }
    // A comment at the end of the query ends with its line.
    return u"("_s + query + u"\n) and on ("_s + stampLabel + u") ("_s + vectors.join(u" or "_s)
        + u")"_s;
}

QStringList selectorsOf(const QString &query)
{
    static const QStringList lists = {u"by"_s,       u"without"_s,    u"on"_s,
                                      u"ignoring"_s, u"group_left"_s, u"group_right"_s};
    static const QStringList words = {u"and"_s,  u"or"_s,     u"unless"_s, u"atan2"_s,
                                      u"bool"_s, u"offset"_s, u"inf"_s,    u"nan"_s};
    QStringList selectors;
    Lexer lexer(query);
    while (!lexer.atEnd()) {
        const QChar c = lexer.peek();
        const qsizetype begin = lexer.at();
        if (Lexer::isQuote(c)) {
            lexer.string();
        } else if (c == u'[') {
            lexer.brackets(u']');
        } else if (c >= u'0' && c <= u'9') {
            lexer.number();
        } else if (c == u'{') {
            lexer.brackets(u'}');
            selectors.append(lexer.between(begin));
        } else if (!isNameStart(c)) {
            lexer.step();
        } else {
            const QString name = lexer.name();
            QString selector = name;
            const bool isWord = words.contains(name.toLower());
            const bool isList = lists.contains(name.toLower());
            if (isList && lexer.peek() == u'(') {
                lexer.brackets(u')');
            } else if (lexer.peek() == u'{' && !isWord) {
                lexer.brackets(u'}');
                selectors.append(lexer.between(begin));
            } else if (lexer.peek() != u'(' && !isWord && !isList) {
                // An aggregation may say how before it says what: sum by (stamp) (…).
                const qsizetype behind = lexer.at();
                Lexer ahead(query.sliced(behind));
                (void)ahead.peek();
                const QString next = ahead.name().toLower();
                if (next != "by"_L1 && next != "without"_L1)
                    selectors.append(selector);
            }
        }
    }
    selectors.removeDuplicates();
    return selectors;
}

QString freshnessQuery(const QString &query, const QString &stampLabel)
{
    QStringList times;
    const QStringList selectors = selectorsOf(query);
    for (const QString &selector : selectors)
        times.append(u"timestamp("_s + selector + u')');
    if (times.isEmpty())
        return {};
    return u"max by ("_s + stampLabel + u") ("_s + times.join(u" or "_s) + u')';
}

} // namespace Stampdeck
