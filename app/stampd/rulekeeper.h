// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/autoscaler.h"
#include "models/fleet.h"

#include <QtCore/QHash>
#include <QtCore/QSet>

namespace Stampdeck {

/// Carries out the scaling rules of sources that only keep them: each decision is an operation of
/// "autoscaler" with its reason in the journal and the audit trail, at most one at a time for a stamp.
///
/// One at most for a state directory, whose lock its server holds. Of several over one source (each
/// with a state directory of its own) whoever marks the stamp first acts, and the others keep his
/// cooldown (decideScaling()). Lives in the main thread; the
/// fleet is the caller's and outlives it.
class RuleKeeper final : public QObject
{
    Q_OBJECT
public:
    explicit RuleKeeper(Fleet &fleet);

    /// Shows what rules did last by the journal, and begins.
    [[nodiscard]] Result<void> start();

private:
    void look();
    void submit(const StampEntry &entry, const ScalingDecision &decision);
    void resumeCutOff();

    Fleet &m_fleet;
    quint64 m_serial = 0; // of the version looked at last
    std::chrono::milliseconds m_lookedAt{0};
    QHash<QString, StampRuleHistory> m_histories; // by stamp
    QSet<QString> m_underway; // stamps with a decision that is being carried out
    // When rules acted in an earlier process, by stamp and component, until they are seen again.
    QHash<QString, QHash<QString, Timestamp>> m_earlier;
    QStringList m_cutOff; // operations of an earlier process that a kill left in the middle
};

} // namespace Stampdeck
