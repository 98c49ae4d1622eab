// SPDX-License-Identifier: GPL-3.0-or-later
#include "operationwords.h"

#include "formatter.h"

#include <QtCore/QCoreApplication>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Operations)
};

// What holds it up, and what would mend that.
QString withMend(const QString &why, const QString &mend)
{
    return mend.isEmpty() ? why : why + u" \u2013 "_s + mend;
}

} // namespace

std::pair<int, int> stepsDone(const Operation &operation)
{
    int done = 0;
    for (const OperationStep &step : operation.steps)
        done += step.state == StepState::Succeeded || step.state == StepState::Skipped;
    return {done, int(operation.steps.size())};
}

QString titleOf(const Operation &operation)
{
    return Format::capitalised(Format::action(operation.kind)) + u' ' + operation.target;
}

QString stateLineOf(const Operation &operation, Timestamp now)
{
    const auto [done, all] = stepsDone(operation);
    const QString of = all > 1 ? Words::tr("%1 of %2 steps").arg(done).arg(all) : QString();
    switch (operation.state) {
    case OperationState::Pending:
        return Words::tr("waits for its turn");
    case OperationState::Running: {
        QString line = of.isEmpty() ? Words::tr("running") : of;
        if (operation.remaining) {
            line += Words::tr(", about %1 left").arg(Format::age(*operation.remaining));
        } else if (operation.createdAt && operation.progress > 0.1 && operation.progress < 1) {
            const auto spent = now - *operation.createdAt;
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                    spent * ((1 - operation.progress) / operation.progress));
            line += Words::tr(", about %1 left").arg(Format::age(left));
        }
        if (!operation.blocked.isEmpty())
            line += Words::tr("; waits: %1").arg(withMend(operation.blocked, operation.mend));
        return line;
    }
    case OperationState::Paused:
        return operation.error.isEmpty()
            ? Words::tr("Paused")
            : Words::tr("Paused: %1").arg(withMend(operation.error, operation.mend));
    case OperationState::RollingBack: {
        int back = 0;
        for (const OperationStep &step : operation.steps)
            back += step.state == StepState::RolledBack;
        return Words::tr("rolling back %1 of %2").arg(back).arg(back + done);
    }
    case OperationState::Succeeded:
        return operation.updatedAt
            ? Words::tr("done %1 ago")
                      .arg(Format::age(std::chrono::duration_cast<std::chrono::milliseconds>(
                              now - *operation.updatedAt)))
            : Words::tr("done");
    case OperationState::Failed:
        return operation.error.isEmpty() ? Words::tr("Failed")
                                         : Words::tr("Failed: %1").arg(operation.error);
    case OperationState::Cancelled:
        return of.isEmpty() ? Words::tr("cancelled") : Words::tr("cancelled at %1").arg(of);
    case OperationState::RolledBack:
        return Words::tr("rolled back");
    case OperationState::Orphaned:
        return Words::tr("nobody runs it any more; who resumes it or rolls it back adopts it");
    case OperationState::Unknown:
        break;
    }
    return Words::tr("in a state that this version does not know");
}

} // namespace Stampdeck
