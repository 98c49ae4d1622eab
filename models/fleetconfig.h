// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleetversion.h"
#include "historyoptions.h"
#include "incidentrules.h"
#include "plugincatalog.h"
#include "windowsettings.h"

#include "backends/api/adapter.h"

#include <QtCore/QMap>
#include <QtCore/QStringList>

#include <vector>

/// The configuration: fleet.yaml and the options --source, read into the same values
/// (interfaces.md, Configuration).
namespace Stampdeck {

/// Where something is written. Lines and columns count from 1; line 0 is the command line.
struct ConfigPlace
{
    QString file;
    int line = 0;
    int column = 0;

    /// "fleet.yaml:3:14"; "--source" for the command line.
    [[nodiscard]] QString toString() const;
    friend bool operator==(const ConfigPlace &, const ConfigPlace &) = default;
};

/// One source. Secrets among the keys are SecretRef values until resolveSecrets() was there.
struct SourceConfig
{
    SourceSettings settings;
    Objectives objectives; ///< Its own over those of the fleet.
    ConfigPlace place;
};

/// A source of metrics or of incidents. Secrets as in SourceConfig; what belongs to every such source
/// (stampLabel, queries, …) is among the keys, as metricsadapter.h and incidentadapter.h say.
struct FeedConfig
{
    SourceSettings settings; ///< The name is the adapter's unless given, then "alertmanager-2", …
    ConfigPlace place;
};

/// Degrees; north and east are positive.
struct GeoPoint
{
    double lat = 0;
    double lon = 0;

    friend bool operator==(const GeoPoint &, const GeoPoint &) = default;
};

struct FleetConfig
{
    QString file; ///< Empty when it came from the command line.
    QList<SourceConfig> sources;
    QList<FeedConfig> metrics;
    QList<FeedConfig> incidents;
    Objectives objectives;
    QMap<QString, GeoPoint> regions; ///< Those of the file alone; see regionPlace().
    QString templates; ///< An absolute folder.
    WindowSettings window;
    HistoryOptions history;
    IncidentRules incidentRules;
};

/// $XDG_CONFIG_HOME/stampdeck/fleet.yaml.
[[nodiscard]] QString defaultConfigFile();

/// Reads the text of \a file: YAML, or JSON, which is YAML. \a adapters are those that are
/// installed. ErrorKind::Invalid whose message is "file:line:column: what, expected what" for the
/// first mistake, and whose detail has all of them, a line each. No message ever holds the value of
/// what could be a secret.
[[nodiscard]] Result<FleetConfig> readFleetConfig(const QByteArray &text, const QString &file,
                                                  const std::vector<AdapterInfo> &adapters);
/// The same from the disk. ErrorKind::NotFound when there is no such file.
[[nodiscard]] Result<FleetConfig> loadFleetConfig(const QString &file,
                                                  const std::vector<AdapterInfo> &adapters);
/// What the file says of the window alone, whatever its sources are; the defaults when there is no
/// such file.
[[nodiscard]] Result<WindowSettings> loadWindowSettings(const QString &file);

/// Reads the options --source, "[NAME:]ADAPTER=LOCATION[,KEY=VALUE…]" each. A comma in a value is
/// written "\,"; a list repeats its key; a secret is token.env=NAME, token.file=PATH or
/// token.keychain=SERVICE/KEY. Without a NAME it is the adapter's, then "rest-2", …
[[nodiscard]] Result<FleetConfig> readSourceOptions(const QStringList &options,
                                                    const std::vector<AdapterInfo> &adapters);

/// The place of \a region on Earth: as configured, else from the table of the clouds' regions.
[[nodiscard]] std::optional<GeoPoint> regionPlace(const QString &region,
                                                  const QMap<QString, GeoPoint> &configured = {});
/// The town where the clouds' lists have it: "Dublin". Empty where nobody says, or the configuration
/// has put the region somewhere else.
[[nodiscard]] QString regionTown(const QString &region,
                                 const QMap<QString, GeoPoint> &configured = {});

} // namespace Stampdeck
