// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/adapter.h"

#include <memory>

namespace Stampdeck {

namespace Internal {
struct Scenario;
}

/// The simulator's own keys, read and checked. simulator.json says the same for people and editors.
struct SimulatorSettings
{
    static constexpr int maxStamps = 100'000;
    static constexpr int maxTenantsPerStamp = 1'000;

    int stamps = 48;
    std::optional<int> tenantsPerStamp; ///< On every stamp; without it 8 to 16, about 12.
    quint64 seed = 7;
    double timeScale = 1.0; ///< Simulated seconds in a second.
    QString state; ///< A file; empty: nothing survives.
    std::optional<double> startSeconds; ///< Simulated; without it 4 to 9 by a tenant's size.
    double failureRate = 0.01; ///< Of placements that never come to serve.
    bool calm = false; ///< Nothing happens by itself.
    bool autoscaler = true; ///< Carries out scaling rules; else they are a stampd's to carry out.
    bool scratch = false; ///< Labels every stamp as one that the conformance kit may change.
    /// What goes wrong, and nothing else does: the name of one that ships, or a file. Empty: none.
    QString scenario;
    /// What that names, read once: the file may be large, and may go. Null: none, or read by create().
    std::shared_ptr<const Internal::Scenario> story;
    QString owner; ///< Who wrote the fleet that one starts with.

    /// Reads \a keys; an Error of ErrorKind::Invalid names the key and what it takes.
    [[nodiscard]] static Result<SimulatorSettings> fromKeys(const QVariantMap &keys);
};

} // namespace Stampdeck
