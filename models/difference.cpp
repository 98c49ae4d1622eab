// SPDX-License-Identifier: GPL-3.0-or-later
#include "difference.h"

#include "formatter.h"

#include <QtCore/QCoreApplication>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Difference)
};

// The names that fields have in the contract; what a component or a label is called stays.
QString fieldName(const QString &field)
{
    static const char *const names[] = {
        QT_TRANSLATE_NOOP("Difference", "lifecycle"),
        QT_TRANSLATE_NOOP("Difference", "version"),
        QT_TRANSLATE_NOOP("Difference", "stamp"),
        QT_TRANSLATE_NOOP("Difference", "placements"),
        QT_TRANSLATE_NOOP("Difference", "tier"),
        QT_TRANSLATE_NOOP("Difference", "requests per second"),
        QT_TRANSLATE_NOOP("Difference", "regions"),
        QT_TRANSLATE_NOOP("Difference", "anti-affinity"),
        QT_TRANSLATE_NOOP("Difference", "pinned"),
        QT_TRANSLATE_NOOP("Difference", "exclusive"),
        QT_TRANSLATE_NOOP("Difference", "there"),
    };
    for (const char *const name : names) {
        if (field == QLatin1StringView(name))
            return Words::tr(name);
    }
    return field;
}

QString valueInWords(const FieldValue &value, std::optional<ResourceKind> amountOf)
{
    struct Said
    {
        std::optional<ResourceKind> amountOf;

        QString operator()(std::monostate) const { return Words::tr("none"); }
        QString operator()(const QString &text) const { return fieldName(text); }
        QString operator()(bool is) const { return is ? Words::tr("yes") : Words::tr("no"); }
        QString operator()(int count) const { return Format::number(count); }
        QString operator()(double amount) const
        {
            return amountOf ? Format::amount(*amountOf, amount) : Format::number(amount);
        }
    };
    return std::visit(Said{amountOf}, value);
}

} // namespace

QString inWords(const std::vector<FieldChange> &changes)
{
    QStringList found;
    for (const FieldChange &change : changes) {
        const QString field = !change.amountOf ? fieldName(change.field)
            : change.field.startsWith("limit of "_L1)
            ? Words::tr("limit of %1").arg(Format::name(*change.amountOf))
            : Format::name(*change.amountOf);
        found.append(Words::tr("%1 %2, now %3")
                         .arg(field, valueInWords(change.before, change.amountOf),
                              valueInWords(change.now, change.amountOf)));
    }
    return found.join(u"; "_s);
}

} // namespace Stampdeck
