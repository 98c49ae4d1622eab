// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/adapter.h"
#include "backends/api/incidentadapter.h"
#include "backends/api/metricsadapter.h"

#include <QtCore/QList>
#include <QtCore/QMutex>
#include <QtCore/QVariant>

#include <memory>
#include <optional>
#include <vector>

class QJsonObject;
class QPluginLoader;

namespace Stampdeck {

/// What a value of an adapter's key may be, and how it arrives in SourceSettings::keys.
enum class KeyType : quint8 {
    String, ///< QString.
    Integer, ///< qlonglong.
    Number, ///< double.
    Boolean, ///< bool.
    Duration, ///< "5s": qlonglong, milliseconds.
    Size, ///< "16Gi", "2GB" or a number: qlonglong, bytes.
    Ratio, ///< "85%" or 0.85: double.
    Path, ///< QString, absolute; "~" is the home, a relative one starts at the file that names it.
    Url, ///< QString, a valid absolute URL.
    Secret, ///< A Secret; written as {keychain: …}, {env: …} or {file: …}.
};

[[nodiscard]] QString toString(KeyType type);

/// One key of an adapter's own schema.
struct AdapterKey
{
    QString name;
    KeyType type = KeyType::String;
    bool isList = false; ///< Written as "list" with "of": the value is a QVariantList.
    bool required = false;
    QVariant defaultValue; ///< As written in the metadata; invalid for none.
    std::optional<double> min;
    std::optional<double> max;
    QStringList choices; ///< Of a string; empty for any.
    QString help;
};

/// What every adapter that speaks HTTP takes beside its own keys (interfaces.md, Configuration).
[[nodiscard]] QList<AdapterKey> networkKeys();

/// What the metadata of an adapter says, read without running any of its code.
struct AdapterInfo
{
    QString kind; ///< "rest".
    QString interfaceName; ///< "fleet", "metrics" or "incidents".
    int major = 0;
    int minor = 0;
    QString location; ///< The key that LOCATION of --source sets; empty when it takes none.
    QString description;
    Capabilities capabilities;
    bool network = false; ///< Takes the network keys too: ca, proxy, insecure, …
    QList<AdapterKey> keys; ///< Its own, and those of the network; in the order of their names.
    QString file;

    [[nodiscard]] const AdapterKey *key(QStringView name) const;
    [[nodiscard]] QStringList keyNames() const;
};

/// The three interfaces of adapters: the plug-in's class that makes them, what metadata calls them, and
/// the name in the plug-in's IID.
template<typename Adapter>
struct AdapterInterface;
template<>
struct AdapterInterface<FleetAdapter>
{
    using Plugin = FleetAdapterPlugin;
    static constexpr QLatin1StringView word{"fleet"};
    static constexpr QLatin1StringView iid{STAMPDECK_FLEET_ADAPTER_IID};
};
template<>
struct AdapterInterface<MetricsAdapter>
{
    using Plugin = MetricsAdapterPlugin;
    static constexpr QLatin1StringView word{"metrics"};
    static constexpr QLatin1StringView iid{STAMPDECK_METRICS_ADAPTER_IID};
};
template<>
struct AdapterInterface<IncidentAdapter>
{
    using Plugin = IncidentAdapterPlugin;
    static constexpr QLatin1StringView word{"incidents"};
    static constexpr QLatin1StringView iid{STAMPDECK_INCIDENT_ADAPTER_IID};
};

/// Reads the metadata \a json of the plug-in in \a file, or says why this host refuses it: by name,
/// with both versions.
[[nodiscard]] Result<AdapterInfo> readAdapterInfo(const QJsonObject &json, const QString &file);

/// The adapters that are installed.
///
/// Looks at $STAMPDECK_PLUGIN_PATH, then beside the program, then at the place of installation; of
/// one kind the first wins. Immutable after construction and safe to use from any thread; loaded
/// libraries stay until the program ends, so that nothing of theirs is ever called after they went.
class PluginCatalog
{
public:
    /// A library that was found and is not used.
    struct Refused
    {
        QString file;
        QString message; ///< Why, for people.
    };

    PluginCatalog();
    explicit PluginCatalog(const QStringList &folders);
    ~PluginCatalog();
    PluginCatalog(const PluginCatalog &) = delete;
    PluginCatalog &operator=(const PluginCatalog &) = delete;

    [[nodiscard]] static QStringList defaultFolders();

    /// In the order of their kinds.
    [[nodiscard]] const std::vector<AdapterInfo> &adapters() const { return m_adapters; }
    [[nodiscard]] const QList<Refused> &refused() const { return m_refused; }
    /// Null when no adapter of \a kind is installed.
    [[nodiscard]] const AdapterInfo *find(QStringView kind) const;
    /// The kinds whose interface is \a interfaceName.
    [[nodiscard]] QStringList kinds(QStringView interfaceName) const;

    /// A new FleetAdapter, MetricsAdapter or IncidentAdapter that \a settings describe, made in the
    /// calling thread, where it will live; \a clock outlives it. ErrorKind::NotFound for an unknown
    /// kind, ErrorKind::Unsupported for a library that doesn't load, or what the adapter says.
    template<typename Adapter>
    [[nodiscard]] Result<std::unique_ptr<Adapter>> create(const SourceSettings &settings,
                                                          Clock &clock) const
    {
        using Interface = AdapterInterface<Adapter>;
        const auto root = rootOf(settings.adapter, Interface::word);
        if (!root)
            return fail(root.error());
        auto *const plugin = qobject_cast<typename Interface::Plugin *>(*root);
        return plugin ? plugin->create(settings, clock) : fail(notLoaded(settings.adapter, {}));
    }

private:
    void scan(const QString &folder);
    /// The root object of the plug-in of \a kind, which stays.
    [[nodiscard]] Result<QObject *> rootOf(const QString &kind,
                                           QLatin1StringView interfaceName) const;
    [[nodiscard]] static Error notLoaded(const QString &kind, const QString &trouble);

    std::vector<AdapterInfo> m_adapters;
    QList<Refused> m_refused;
    mutable QMutex m_loading; ///< The libraries' first instance() is made one at a time.
};

} // namespace Stampdeck
