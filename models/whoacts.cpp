// SPDX-License-Identifier: GPL-3.0-or-later
#include "whoacts.h"

#include "formatter.h"

#include <QtCore/QCoreApplication>

namespace Stampdeck {

QString whoActs(const FleetVersion &version, const QString &operation)
{
    if (operation.isEmpty())
        return {};
    const OperationPtr is = version.findOperation(operation);
    if (!is)
        return QCoreApplication::translate("WhoActs", "being changed");
    return is->createdBy.isEmpty()
        ? QCoreApplication::translate("WhoActs", "%1 under way").arg(Format::action(is->kind))
        : QCoreApplication::translate("WhoActs", "%1 by %2")
              .arg(Format::action(is->kind), is->createdBy);
}

} // namespace Stampdeck
