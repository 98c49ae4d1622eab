// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "query.h"

/// What the parser, the evaluator and the tests of the search language share.
namespace Stampdeck::Internal {

enum class QueryOp : quint8 { Has, Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual };

[[nodiscard]] QString toString(QueryOp op);

/// A value as it is written.
struct QueryText
{
    QString literal; ///< Without quotes and backslashes; empty where there is a pattern.
    QString pattern; ///< With wildcards: the glob, in which "\" makes the next one literal.
    bool none = false; ///< The unquoted word that finds what is not known.

    friend bool operator==(const QueryText &, const QueryText &) = default;
};

/// A value of a field of numbers, read.
struct QueryNumber
{
    double value = 0;
    bool ofLimit = false;

    friend bool operator==(const QueryNumber &, const QueryNumber &) = default;
};

struct QueryNode
{
    enum class Kind : quint8 { And, Or, Not, Term, Word };
    Kind kind = Kind::Word;
    std::vector<QueryNodePtr> children; ///< Of And and Or two or more; of Not one.
    const QueryFieldInfo *field = nullptr; ///< Of a term; lives as long as the program.
    QString key; ///< Of a label.
    QueryOp op = QueryOp::Has;
    std::vector<QueryText> values; ///< Any of them; of a word the one.
    std::vector<std::optional<QueryNumber>> numbers; ///< By values; nothing for none.
};

[[nodiscard]] bool isEqual(const QueryNodePtr &a, const QueryNodePtr &b);
[[nodiscard]] QString print(const QueryNodePtr &node);
[[nodiscard]] bool matches(const QueryNode &node, const QuerySubject &subject);
/// Reads \a text as a number of the type of \a field, or says what was expected.
[[nodiscard]] tl::expected<QueryNumber, QString> readQueryNumber(const QueryFieldInfo &field,
                                                                 const QString &text);

} // namespace Stampdeck::Internal
