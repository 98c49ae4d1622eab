// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "error.h"
#include "export.h"
#include "fleet.h"

#include <QtCore/QList>
#include <QtCore/QString>

#include <memory>

namespace Stampdeck {

enum class OperationState : quint8 {
    Pending,
    Running,
    Paused,
    RollingBack,
    Succeeded,
    Failed,
    Cancelled, ///< Ended by a person: what was in flight was taken back, what was done stays.
    RolledBack,
    Orphaned, ///< Its runner is gone; anybody may adopt it.
    Unknown, ///< A state that this version does not know: tolerated, shown by its word.
};

[[nodiscard]] STAMPDECK_API_EXPORT QString toString(OperationState value);
STAMPDECK_DECLARE_WORDS(OperationState)

/// True for a state that no runner leaves by itself.
[[nodiscard]] STAMPDECK_API_EXPORT bool isFinal(OperationState state);

/// What one asks of an operation.
enum class OperationVerb : quint8 { Pause, Resume, Cancel, Rollback, Undo };
[[nodiscard]] STAMPDECK_API_EXPORT QString toString(OperationVerb value);
STAMPDECK_DECLARE_WORDS(OperationVerb)

enum class StepState : quint8 {
    Pending,
    Running,
    Succeeded,
    Failed,
    RolledBack, ///< Done once, and taken back since.
    Skipped,
};
[[nodiscard]] STAMPDECK_API_EXPORT QString toString(StepState value);
STAMPDECK_DECLARE_WORDS(StepState)

struct OperationStep
{
    QString title;
    StepState state = StepState::Pending;
    std::optional<Timestamp> startedAt;
    std::optional<Timestamp> endedAt;
    QString error;
    QString tenant = {}; ///< Whom it moves, as its source says; empty for one that moves nobody.
    QString source = {}; ///< That performs it; empty where that is the operation's own backend.

    friend bool operator==(const OperationStep &, const OperationStep &) = default;
};

/// A long-running action as everybody sees it: OPERATION of the Stamp API.
struct Operation
{
    QString id;
    QString kind; ///< "move", "scale", "cordon", "uncordon", …
    QString target; ///< What it acts on, for people: "acme to eu-2".
    OperationState state = OperationState::Pending;
    double progress = 0; ///< 0 to 1.
    QList<OperationStep> steps;
    QString error; ///< Why it failed or paused.
    std::optional<ErrorKind> errorKind; ///< Of that error; nothing when not told.
    QString reason; ///< Why somebody wanted it.
    QString createdBy;
    std::optional<Timestamp> createdAt;
    std::optional<Timestamp> updatedAt;
    /// The backends' own operations that carry out its steps: the same work, told twice.
    QStringList carriedBy = {};
    /// Its runner is elsewhere: only the marks on its objects tell of it.
    bool fromMarks = false;
    std::optional<std::chrono::milliseconds> remaining = {}; ///< Until it ends, by moves measured.
    QString blocked = {}; ///< What it waits for, for people; empty while nothing holds it.
    QString mend = {}; ///< And what would mend that.

    friend bool operator==(const Operation &, const Operation &) = default;
};

using OperationPtr = std::shared_ptr<const Operation>;

} // namespace Stampdeck
