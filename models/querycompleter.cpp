// SPDX-License-Identifier: GPL-3.0-or-later
#include "querycompleter.h"

#include <QtCore/QSet>

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

QStringList sorted(const QSet<QString> &values)
{
    QStringList list(values.begin(), values.end());
    list.removeAll(QString());
    std::sort(list.begin(), list.end(), [](const QString &a, const QString &b) {
        const int order = a.compare(b, Qt::CaseInsensitive);
        return order != 0 ? order < 0 : a < b;
    });
    return list;
}

/// The values that begin with \a prefix, and behind them those that hold it; \a most in all. The
/// list is sorted, so that what begins with it is found without reading the rest.
QStringList matching(const QStringList &values, const QString &prefix, int most)
{
    QStringList found;
    const auto first = std::lower_bound(values.begin(), values.end(), prefix,
                                        [](const QString &value, const QString &wanted) {
                                            return value.compare(wanted, Qt::CaseInsensitive) < 0;
                                        });
    for (auto value = first; value != values.end() && found.size() < most; ++value) {
        if (!value->startsWith(prefix, Qt::CaseInsensitive))
            break;
        found.append(*value);
    }
    // A table of 200,000 ids is not read through for every key that is pressed.
    constexpr qsizetype fewEnough = 5'000;
    if (prefix.isEmpty() || values.size() > fewEnough)
        return found;
    for (const QString &value : values) {
        if (found.size() >= most)
            break;
        if (value.indexOf(prefix, 0, Qt::CaseInsensitive) > 0)
            found.append(value);
    }
    return found;
}

QString quoted(const QString &value)
{
    const bool plain = !value.isEmpty() && value != u"none"_s
        && std::none_of(value.begin(), value.end(),
                        [](QChar c) { return c.isSpace() || u"()\"\\,*?"_s.contains(c); });
    if (plain)
        return value;
    QString out = u"\""_s;
    for (const QChar c : value) {
        if (c == u'"' || c == u'\\')
            out += u'\\';
        out += c;
    }
    return out + u'"';
}

bool isOperator(QChar c)
{
    return u":=<>!"_s.contains(c);
}

/// Where the term under the cursor begins, and where its operator and its last value do.
struct Term
{
    qsizetype start = 0;
    qsizetype op = -1; ///< -1 while only a field stands there.
    qsizetype value = -1;
};

Term termAt(const QString &text, qsizetype cursor)
{
    Term term;
    bool quotedNow = false;
    for (qsizetype at = 0; at < cursor; ++at) {
        const QChar c = text[at];
        if (c == u'\\' && at + 1 < cursor) {
            ++at;
        } else if (c == u'"') {
            quotedNow = !quotedNow;
        } else if (quotedNow) {
            continue;
        } else if (c.isSpace() || c == u'(' || c == u')') {
            term = {at + 1, -1, -1};
        } else if (isOperator(c) && (term.op < 0 || at == term.value)) {
            if (term.op < 0)
                term.op = at;
            term.value = at + 1;
        } else if (c == u',' && term.op >= 0) {
            term.value = at + 1;
        }
    }
    return term;
}

} // namespace

QueryVocabulary::QueryVocabulary(const FleetVersion &version)
{
    QHash<QueryField, QSet<QString>> values;
    QHash<QString, QSet<QString>> labels;
    for (const SourceState &source : version.sources)
        values[QueryField::Source].insert(source.name);
    version.eachStamp([&](int, const StampEntry &entry) {
        const Stamp &stamp = *entry.stamp;
        values[QueryField::Region].insert(stamp.region);
        values[QueryField::Ring].insert(stamp.ring);
        values[QueryField::Version].insert(stamp.version);
        values[QueryField::Zone].insert(stamp.zone);
        values[QueryField::Stamp].insert(stamp.name);
        values[QueryField::Id].insert(entry.id);
        for (const Component &component : stamp.components)
            values[QueryField::Component].insert(component.name);
        for (const HealthReason &reason : entry.reasons)
            values[QueryField::Reason].insert(reason.code);
        for (auto label = stamp.labels.cbegin(); label != stamp.labels.cend(); ++label)
            labels[label.key()].insert(*label);
    });
    QSet<QString> &tenants = values[QueryField::Tenant];
    QSet<QString> &groups = values[QueryField::Group];
    version.eachTenant([&](int, const TenantEntry &entry) {
        tenants.insert(entry.tenant->id);
        groups.insert(entry.tenant->constraints.antiAffinity);
    });
    for (auto operation = version.operations.cbegin(); operation != version.operations.cend();
         ++operation) {
        if (!isFinal((*operation)->state))
            values[QueryField::Operation].insert(operation.key());
    }
    values[QueryField::Name] = values[QueryField::Stamp];
    for (auto field = values.cbegin(); field != values.cend(); ++field)
        m_values.insert(field.key(), sorted(*field));
    for (auto label = labels.cbegin(); label != labels.cend(); ++label)
        m_labelValues.insert(label.key(), sorted(*label));
    m_labelKeys = m_labelValues.keys();
    m_labelKeys.sort();
}

const QStringList &QueryVocabulary::values(QueryField field) const
{
    static const QStringList none;
    const auto found = m_values.constFind(field);
    return found == m_values.cend() ? none : *found;
}

const QStringList &QueryVocabulary::labelValues(const QString &key) const
{
    static const QStringList none;
    const auto found = m_labelValues.constFind(key);
    return found == m_labelValues.cend() ? none : *found;
}

QueryCompletions completeQuery(const QString &text, qsizetype cursor,
                               const QueryVocabulary &vocabulary, QueryScope scope, int most)
{
    cursor = std::clamp<qsizetype>(cursor, 0, text.size());
    const Term term = termAt(text, cursor);
    QueryCompletions completions;
    if (term.op < 0) {
        completions.start = term.start;
        completions.length = cursor - term.start;
        const QString prefix = text.mid(term.start, completions.length);
        for (const QueryFieldInfo &field : queryFields(scope)) {
            if (completions.list.size() >= most)
                break;
            if (field.field == QueryField::Label) {
                const QString keyPrefix =
                    prefix.startsWith(field.name) ? prefix.mid(field.name.size()) : QString();
                const bool asked = !prefix.isEmpty()
                    && (prefix.startsWith(field.name) || field.name.startsWith(prefix));
                if (!asked)
                    continue;
                for (const QString &key : matching(vocabulary.labelKeys(), keyPrefix, most)) {
                    const QString name = field.name + key;
                    completions.list.append({name + u':', name, field.help});
                }
            } else if (field.name.startsWith(prefix, Qt::CaseInsensitive)) {
                const QString op = field.isNumber() ? u">"_s : u":"_s;
                completions.list.append({field.name + op, field.name, field.help});
            }
        }
        return completions;
    }

    completions.start = term.value;
    completions.length = cursor - term.value;
    const QString name = text.mid(term.start, term.op - term.start);
    QString prefix = text.mid(term.value, completions.length);
    prefix.remove(u'"');
    const QueryFieldInfo *field = nullptr;
    for (const QueryFieldInfo &info : queryFields(scope)) {
        if (info.field == QueryField::Label ? name.startsWith(info.name, Qt::CaseInsensitive)
                                            : name.compare(info.name, Qt::CaseInsensitive) == 0)
            field = &info;
    }
    if (!field || field->isNumber())
        return completions;
    QStringList values = field->words;
    if (field->field == QueryField::Label)
        values = vocabulary.labelValues(name.mid(field->name.size()));
    else if (values.isEmpty())
        values = vocabulary.values(field->field);
    else
        std::sort(values.begin(), values.end());
    for (const QString &value : matching(values, prefix, most))
        completions.list.append({quoted(value), value, {}});
    return completions;
}

} // namespace Stampdeck
