// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session.h"

#include "models/query.h"

/// The commands, each a function that does it all and gives the exit status.
namespace Stampdeck {

ExitStatus get(Session &session);
ExitStatus watch(Session &session);
/// move, scale, cordon, uncordon, drain, create, delete.
ExitStatus act(Session &session);
/// pause, cancel, resume, rollback, undo.
ExitStatus control(Session &session);
/// Of an incident of a source that keeps acknowledgements for everybody.
ExitStatus acknowledge(Session &session);
/// Of an incident that alerts tell, at the system that tells them.
ExitStatus silence(Session &session);
/// What another process runs: pause and cancel are left for it, the others refused. Nothing where
/// nobody else holds the operation, and a fleet is needed.
std::optional<ExitStatus> controlForeign(const Invocation &invocation);
/// Of the journal alone; asks no source.
ExitStatus audit(const Invocation &invocation);
/// What was recorded of a stamp: of the history alone; asks no source.
ExitStatus history(const Invocation &invocation);
/// Writes what became of an incident, or of a stretch of time, as HTML or PDF: of the history alone.
ExitStatus report(const Invocation &invocation);
ExitStatus rehearse(const Invocation &invocation);
ExitStatus adapters(const Invocation &invocation, const PluginCatalog &catalog);
/// Checks one adapter against the rules of docs/conformance.md; asks no configured source.
ExitStatus conformance(const Invocation &invocation, const PluginCatalog &catalog);
/// What is configured, reachable, slow, wrong, each with what would mend it; a bundle without
/// secrets where one is wanted.
ExitStatus doctor(const Invocation &invocation, const PluginCatalog &catalog);

/// The query of `get` and `watch`; an error that points at the character.
[[nodiscard]] Result<Query> queryOf(const Invocation &invocation);

// --- What act() and control() share

/// Done, but not all of it: a drain that left tenants.
[[nodiscard]] bool isInPart(const Operation &operation);
/// Whether to go on with \a plan: asks on a terminal, obeys --yes and --confirm, and knows the
/// rules of production. Nothing to go on; else the status, which has been explained.
std::optional<ExitStatus> confirmed(Session &session, const Plan &plan);
/// What can't be undone can be called off for a while (product.md); false when it was.
[[nodiscard]] bool mayStart(Session &session, const Plan &plan);
/// Follows \a operation to its end with progress on standard error, takes it back when the user
/// interrupts, and prints how it ended. \a wanted is the state that means success.
ExitStatus follow(Session &session, const OperationPtr &operation,
                  const QList<OperationState> &wanted);
/// Prints \a operation in the format asked for.
void printOperation(const Invocation &invocation, const Operation &operation);

} // namespace Stampdeck
