// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleetversion.h"
#include "query.h"

#include <QtCore/QList>

#include <memory>

namespace Stampdeck {

/// What completion knows of the live fleet: the values that there are of each field, sorted and
/// each once. Immutable. Making one reads the whole fleet: do it off the GUI thread, and again when
/// stamps or tenants came or went.
class QueryVocabulary
{
public:
    QueryVocabulary() = default;
    explicit QueryVocabulary(const FleetVersion &version);

    [[nodiscard]] const QStringList &values(QueryField field) const;
    [[nodiscard]] const QStringList &labelKeys() const { return m_labelKeys; }
    [[nodiscard]] const QStringList &labelValues(const QString &key) const;

private:
    QHash<QueryField, QStringList> m_values;
    QStringList m_labelKeys;
    QHash<QString, QStringList> m_labelValues;
};

/// One thing that could stand at the cursor.
struct QueryCompletion
{
    QString insert; ///< What goes into the text, quoted where it must be.
    QString label; ///< What is shown.
    QString help; ///< Of a field; empty for a value.
};

struct QueryCompletions
{
    qsizetype start = 0; ///< The part of the text that a completion replaces.
    qsizetype length = 0;
    QList<QueryCompletion> list; ///< The best first; as many as were asked for at most.
};

/// What could be written at \a cursor of \a text: fields first, behind one its values.
[[nodiscard]] QueryCompletions completeQuery(const QString &text, qsizetype cursor,
                                             const QueryVocabulary &vocabulary,
                                             QueryScope scope = QueryScope::Fleet, int most = 12);

} // namespace Stampdeck
