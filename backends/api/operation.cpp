// SPDX-License-Identifier: GPL-3.0-or-later
#include "operation.h"

#include "words.h"

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {
constexpr std::array operationWords
        = {"pending"_L1, "running"_L1,   "paused"_L1,      "rolling-back"_L1, "succeeded"_L1,
           "failed"_L1,  "cancelled"_L1, "rolled-back"_L1, "orphaned"_L1,     "unknown"_L1};
constexpr std::array verbWords
        = {"pause"_L1, "resume"_L1, "cancel"_L1, "rollback"_L1, "undo"_L1};
constexpr std::array stepWords = {"pending"_L1, "running"_L1,     "succeeded"_L1,
                                  "failed"_L1,  "rolled-back"_L1, "skipped"_L1};
} // namespace

STAMPDECK_DEFINE_WORDS(OperationState, operationWords)
STAMPDECK_DEFINE_WORDS(OperationVerb, verbWords)
STAMPDECK_DEFINE_WORDS(StepState, stepWords)

bool isFinal(OperationState state)
{
    switch (state) {
    case OperationState::Succeeded:
    case OperationState::Failed:
    case OperationState::Cancelled:
    case OperationState::RolledBack:
        return true;
    case OperationState::Pending:
    case OperationState::Running:
    case OperationState::Paused:
    case OperationState::RollingBack:
    case OperationState::Orphaned:
    case OperationState::Unknown:
        break;
    }
    return false;
}

} // namespace Stampdeck
