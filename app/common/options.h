// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/fleetconfig.h"
#include "models/plugincatalog.h"

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace Stampdeck {

/// The options that every program takes to find its fleet, as they were written.
struct CommonOptions
{
    std::string config;
    std::vector<std::string> sources;
    std::string stateDir;
    bool readOnly = false;

    /// Declares --config, --source, --read-only, --help and --version, and --state-dir unless the
    /// program names its state otherwise. Keep this object as long as \a app parses.
    void addTo(CLI::App &app, bool withStateDir = true);
};

/// What the options mean.
struct FleetSetup
{
    FleetConfig config; ///< Its sources hold their secrets.
    QString stateDir;
    bool readOnly = false;
};

/// Reads the sources of --source, else the configuration file, as they are written. Errors are of
/// what the user wrote: file, line, what was expected.
[[nodiscard]] Result<FleetConfig> configOf(const CommonOptions &options,
                                           const PluginCatalog &catalog);
/// \a settings with their secrets; runs an event loop while a keychain is asked.
[[nodiscard]] Result<SourceSettings> withSecrets(const SourceSettings &settings);
/// Reads the sources of --source, else the configuration file, and fetches their secrets; runs an
/// event loop while a keychain is asked. Errors are of what the user wrote: file, line, what was
/// expected.
[[nodiscard]] Result<FleetSetup> setupOf(const CommonOptions &options,
                                         const PluginCatalog &catalog);

/// $XDG_STATE_HOME/stampdeck.
[[nodiscard]] QString defaultStateDir();

/// "stampctl 0.1.0".
[[nodiscard]] QString versionText(const QString &program);

} // namespace Stampdeck
