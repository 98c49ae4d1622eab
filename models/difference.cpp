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

QString valueInWords(const FieldValue &value, std::optional<ResourceKind> amountOf)
{
    struct Said
    {
        std::optional<ResourceKind> amountOf;

        QString operator()(std::monostate) const { return Words::tr("none"); }
        QString operator()(const QString &text) const { return text; }
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
        found.append(Words::tr("%1 %2, now %3")
                         .arg(change.field, valueInWords(change.before, change.amountOf),
                              valueInWords(change.now, change.amountOf)));
    }
    return found.join(u"; "_s);
}

} // namespace Stampdeck
