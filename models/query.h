// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/result.h"

#include <QtCore/QHash>
#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QStringList>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

/// The search language (interfaces.md): parsed once, asked about any number of subjects. Everything
/// here is pure, without a thread of its own, and safe to use from several.
namespace Stampdeck {

/// What a query can ask of a subject. A tenant answers the fields of a stamp with those of its
/// owner; a stamp answers those of a tenant with all of its tenants.
enum class QueryField : quint8 {
    Id, Name, Source, Region, Ring, Version, Zone, Lifecycle, Health, LastHealth, Stale,
    Cpu, Memory, Storage, Tenants, Requests, Errors, P50, P99, Cost,
    Label, Component, Reason, Operation,
    Tenant, Tier, State, Stamp, Pinned, Exclusive, Group,
    Adapter, Instance, Production, Kind, Target, By, Stamps,
};

/// What is searched: each has fields of its own.
enum class QueryScope : quint8 { Fleet, Operations, Sources, Regions };

enum class QueryType : quint8 {
    Text,
    Word, ///< One of a few: QueryFieldInfo::words.
    Version, ///< Compares as versions do.
    Flag, ///< true or false.
    Cores, ///< cpu: cores, or a ratio of the limit.
    Bytes, ///< A size, or a ratio of the limit.
    Count, ///< A number, or a ratio of the limit.
    Number,
    Ratio,
    Latency, ///< Milliseconds.
};

struct QueryFieldInfo
{
    QueryField field;
    QString name; ///< As it is written; "label." is followed by a key.
    QueryType type;
    QString help;
    QStringList words; ///< Of QueryType::Word and QueryType::Flag.

    /// True for types that compare by < and >.
    [[nodiscard]] bool isOrdered() const { return type >= QueryType::Version && type != QueryType::Flag; }
    /// True for types whose values are numbers.
    [[nodiscard]] bool isNumber() const { return type >= QueryType::Cores; }
};

/// The fields of \a scope, in the order in which completion offers them.
[[nodiscard]] const QList<QueryFieldInfo> &queryFields(QueryScope scope);

/// What a query is asked about.
class QuerySubject
{
public:
    using Take = std::function<bool(const QString &)>;

    virtual ~QuerySubject() = default;

    /// Gives each value of a field that is no number to \a take until that says true; true when it
    /// did. \a key is the label's.
    virtual bool anyText(QueryField field, const QString &key, const Take &take) const = 0;
    /// The value of a field of numbers, in cores, bytes, milliseconds or as a ratio; \a ofLimit asks
    /// for the ratio of the limit. Nothing when it is not known.
    [[nodiscard]] virtual std::optional<double> number(QueryField field, bool ofLimit) const = 0;
    /// Gives id, name and labels, where bare words are looked for.
    virtual bool anyWord(const Take &take) const = 0;
};

/// A subject made of values in a table, for what there are few of.
class QueryValues final : public QuerySubject
{
public:
    QHash<QueryField, QStringList> texts;
    QHash<QueryField, double> numbers;

    bool anyText(QueryField field, const QString &key, const Take &take) const override;
    [[nodiscard]] std::optional<double> number(QueryField field, bool ofLimit) const override;
    bool anyWord(const Take &take) const override;
};

/// Where a query is wrong, and what was expected there.
struct QueryError
{
    qsizetype position = 0; ///< From 0, in the text; its size when something is missing at the end.
    qsizetype length = 0; ///< How many characters are meant; 0 at the end.
    QString message; ///< For people, without the place.

    /// "character 5: …", of ErrorKind::Invalid.
    [[nodiscard]] Error toError() const;
};

namespace Internal {
struct QueryNode;
using QueryNodePtr = std::shared_ptr<const QueryNode>;
} // namespace Internal

class Query;
using QueryResult = tl::expected<Query, QueryError>;

/// A query that was understood. Cheap to copy; immutable.
class Query
{
public:
    /// The empty query, which everything matches.
    Query() = default;

    [[nodiscard]] static QueryResult parse(const QString &text, QueryScope scope = QueryScope::Fleet);

    [[nodiscard]] bool isEmpty() const { return !m_root && m_fault.isEmpty(); }
    [[nodiscard]] bool matches(const QuerySubject &subject) const;
    /// The query as it would be written; parsing that gives an equal one.
    [[nodiscard]] QString toString() const;

    /// What stands for a text that could not be read: it matches nothing, so that nobody acts on what
    /// an earlier text named.
    [[nodiscard]] static Query notUnderstood(const QString &why);
    /// Why it matches nothing; empty for a query that was understood.
    [[nodiscard]] const QString &fault() const { return m_fault; }
    /// The term that finds exactly \a value in \a field, whatever characters it has: region:"a, b".
    [[nodiscard]] static QString term(const QString &field, const QString &value);

    friend bool operator==(const Query &a, const Query &b);

private:
    Internal::QueryNodePtr m_root; ///< Null for the empty query.
    QString m_fault;
};

/// Orders versions: numbers as numbers, a pre-release before its release, build data ignored;
/// "1.4" and "1.4.0" are equal, and so are "v1.4" and "1.4". Below, equal or above 0.
[[nodiscard]] int compareVersions(QStringView a, QStringView b);

} // namespace Stampdeck
