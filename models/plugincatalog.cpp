// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugincatalog.h"

#include "suggestion.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>
#include <QtCore/QLibrary>
#include <QtCore/QPluginLoader>

#include <algorithm>
#include <array>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Plugins)
};

constexpr std::array<QLatin1StringView, 10> keyTypeWords = {
    "string"_L1, "integer"_L1, "number"_L1, "boolean"_L1, "duration"_L1,
    "size"_L1,   "ratio"_L1,   "path"_L1,   "url"_L1,     "secret"_L1,
};

std::optional<KeyType> keyTypeFromString(QStringView word)
{
    const auto found = std::find(keyTypeWords.begin(), keyTypeWords.end(), word);
    if (found == keyTypeWords.end())
        return std::nullopt;
    return KeyType(found - keyTypeWords.begin());
}

/// The interfaces of this host: what metadata calls them, and their IID.
struct InterfaceName
{
    QLatin1StringView word;
    QLatin1StringView iid;

    template<typename Adapter>
    [[nodiscard]] static constexpr InterfaceName of()
    {
        return {AdapterInterface<Adapter>::word, AdapterInterface<Adapter>::iid};
    }
    [[nodiscard]] QString iidName() const { return QString(iid).section(u'/', 0, 0); }
};
constexpr std::array interfaceNames = {InterfaceName::of<FleetAdapter>(),
                                       InterfaceName::of<MetricsAdapter>(),
                                       InterfaceName::of<IncidentAdapter>()};

Error bad(const QString &file, const QString &message)
{
    return Error::of(ErrorKind::Malformed, QFileInfo(file).fileName() + u": "_s + message, file);
}

/// What metadata says to people, in the language of the program where the adapter marks it for that
/// (docs/architecture.md, How to add an adapter).
QString metadataWords(const QString &text)
{
    return QCoreApplication::translate("Metadata", text.toUtf8().constData());
}

/// That there is no adapter “%1” of that interface.
QString noAdapterOf(QLatin1StringView interfaceName)
{
    if (interfaceName == "metrics"_L1)
        return Words::tr("there is no metrics adapter “%1”");
    return interfaceName == "incidents"_L1 ? Words::tr("there is no incidents adapter “%1”")
                                           : Words::tr("there is no fleet adapter “%1”");
}

Result<AdapterKey> readKey(const QString &name, const QJsonValue &value, const QString &file)
{
    if (!value.isObject())
        return fail(
            bad(file, Words::tr("the key “%1” of its metadata is not an object").arg(name)));
    const QJsonObject object = value.toObject();
    AdapterKey key;
    key.name = name;
    QString type = object.value("type"_L1).toString();
    if (type == "list"_L1) {
        key.isList = true;
        type = object.value("of"_L1).toString(u"string"_s);
    }
    const auto known = keyTypeFromString(type);
    if (!known) {
        return fail(bad(
            file,
            Words::tr("the key “%1” of its metadata has the unknown type “%2”").arg(name, type)));
    }
    key.type = *known;
    key.required = object.value("required"_L1).toBool();
    if (const QJsonValue preset = object.value("default"_L1);
        !preset.isUndefined() && !preset.isNull())
        key.defaultValue = preset.toVariant();
    if (const QJsonValue min = object.value("min"_L1); min.isDouble())
        key.min = min.toDouble();
    if (const QJsonValue max = object.value("max"_L1); max.isDouble())
        key.max = max.toDouble();
    for (const auto &choice : object.value("choices"_L1).toArray())
        key.choices.append(choice.toString());
    key.help = metadataWords(object.value("help"_L1).toString());
    return key;
}

} // namespace

QList<AdapterKey> networkKeys()
{
    const auto make = [](const QString &name, KeyType type, const QString &help) {
        AdapterKey key;
        key.name = name;
        key.type = type;
        key.help = help;
        return key;
    };
    return {
        make(u"ca"_s, KeyType::Path,
             Words::tr("Certificates to trust instead of the system's, PEM")),
        make(u"clientCertificate"_s, KeyType::Path,
             Words::tr("Certificate to show to the server, PEM")),
        make(u"clientKey"_s, KeyType::Path,
             Words::tr("Private key of the client's certificate, PEM")),
        make(u"serverName"_s, KeyType::String,
             Words::tr("Name that the server's certificate must have")),
        make(u"proxy"_s, KeyType::Url, Words::tr("Proxy to go through, http or socks5")),
        make(u"insecure"_s, KeyType::Boolean, Words::tr("Accept any certificate")),
    };
}

QString toString(KeyType type)
{
    return keyTypeWords.at(size_t(type));
}

const AdapterKey *AdapterInfo::key(QStringView name) const
{
    const auto found = std::find_if(keys.cbegin(), keys.cend(),
                                    [&](const AdapterKey &key) { return key.name == name; });
    return found == keys.cend() ? nullptr : &*found;
}

QStringList AdapterInfo::keyNames() const
{
    QStringList names;
    for (const AdapterKey &one : keys)
        names.append(one.name);
    return names;
}

Result<AdapterInfo> readAdapterInfo(const QJsonObject &json, const QString &file)
{
    const QString iid = json.value("IID"_L1).toString();
    const QString iidName = iid.section(u'/', 0, 0);
    const auto interfaceName =
        std::find_if(interfaceNames.begin(), interfaceNames.end(),
                     [&](const InterfaceName &name) { return name.iidName() == iidName; });
    if (interfaceName == interfaceNames.end())
        return fail(bad(file, Words::tr("not an adapter of Stampdeck")));

    const QJsonObject metadata = json.value("MetaData"_L1).toObject();
    AdapterInfo info;
    info.file = file;
    info.kind = metadata.value("kind"_L1).toString();
    if (info.kind.isEmpty())
        return fail(bad(file, Words::tr("its metadata names no “kind”")));
    info.interfaceName = interfaceName->word;
    if (metadata.value("interface"_L1).toString() != info.interfaceName) {
        return fail(bad(file,
                        Words::tr("its metadata says interface “%1” where its library is “%2”")
                            .arg(metadata.value("interface"_L1).toString(), info.interfaceName)));
    }

    const QStringList version = metadata.value("version"_L1).toString().split(u'.');
    bool majorRead = false;
    bool minorRead = false;
    info.major = version.value(0).toInt(&majorRead);
    info.minor = version.value(1).toInt(&minorRead);
    if (!majorRead || !minorRead || version.size() != 2)
        return fail(bad(file, Words::tr("its metadata has no “version” such as \"1.0\"")));
    if (info.major != adapterMajor || info.minor > adapterMinor
        || iid.section(u'/', 1) != QString::number(adapterMajor)) {
        return fail(
            ErrorKind::Unsupported,
            Words::tr(
                "the adapter “%1” was built for version %2.%3 of the interface, this Stampdeck "
                "has %4.%5")
                .arg(info.kind)
                .arg(info.major)
                .arg(info.minor)
                .arg(adapterMajor)
                .arg(adapterMinor),
            file);
    }

    info.location = metadata.value("location"_L1).toString();
    info.description = metadataWords(metadata.value("description"_L1).toString());
    info.network = metadata.value("network"_L1).toBool();
    for (const auto &word : metadata.value("capabilities"_L1).toArray()) {
        // A word that this host does not know belongs to what it could not use anyway.
        if (const auto capability = capabilityFromString(word.toString()))
            info.capabilities |= *capability;
    }
    const QJsonObject keys = metadata.value("keys"_L1).toObject();
    for (auto key = keys.begin(); key != keys.end(); ++key) {
        auto read = readKey(key.key(), key.value(), file);
        if (!read)
            return fail(read.error());
        info.keys.append(*read);
    }
    if (info.network) {
        for (const AdapterKey &key : networkKeys()) {
            if (!info.key(key.name))
                info.keys.append(key);
        }
    }
    std::sort(info.keys.begin(), info.keys.end(),
              [](const AdapterKey &a, const AdapterKey &b) { return a.name < b.name; });
    if (!info.location.isEmpty() && !info.key(info.location)) {
        return fail(bad(file,
                        Words::tr("its metadata has no key “%1”, which it names as its location")
                            .arg(info.location)));
    }
    return info;
}

PluginCatalog::PluginCatalog()
    : PluginCatalog(defaultFolders())
{ }

PluginCatalog::PluginCatalog(const QStringList &folders)
{
    for (const QString &folder : folders)
        scan(folder);
    std::sort(m_adapters.begin(), m_adapters.end(),
              [](const AdapterInfo &a, const AdapterInfo &b) { return a.kind < b.kind; });
}

PluginCatalog::~PluginCatalog() = default;

QStringList PluginCatalog::defaultFolders()
{
    QStringList folders = qEnvironmentVariable("STAMPDECK_PLUGIN_PATH")
                              .split(QDir::listSeparator(), Qt::SkipEmptyParts);
    const QString programs = QCoreApplication::applicationDirPath();
    folders.append(QDir::cleanPath(programs + u"/../lib/stampdeck/adapters"_s));
    folders.append(
        QDir::cleanPath(programs + u"/../"_s + QStringLiteral(STAMPDECK_ADAPTER_INSTALL_DIR)));
    folders.append(QStringLiteral(STAMPDECK_ADAPTER_INSTALL_FULL_DIR));
    folders.removeDuplicates();
    return folders;
}

void PluginCatalog::scan(const QString &folder)
{
    const QDir dir(folder);
    for (const QString &name : dir.entryList(QDir::Files, QDir::Name)) {
        if (!QLibrary::isLibrary(name))
            continue;
        const QString file = dir.absoluteFilePath(name);
        // Read from the file itself: no code of the library has run, and none will if it is
        // refused.
        auto info = readAdapterInfo(QPluginLoader(file).metaData(), file);
        if (!info)
            m_refused.append({file, info.error().message});
        else if (!find(info->kind))
            m_adapters.push_back(*std::move(info));
    }
}

const AdapterInfo *PluginCatalog::find(QStringView kind) const
{
    const auto found = std::find_if(m_adapters.begin(), m_adapters.end(),
                                    [&](const AdapterInfo &info) { return info.kind == kind; });
    return found == m_adapters.end() ? nullptr : &*found;
}

QStringList PluginCatalog::kinds(QStringView interfaceName) const
{
    QStringList kinds;
    for (const AdapterInfo &info : m_adapters) {
        if (info.interfaceName == interfaceName)
            kinds.append(info.kind);
    }
    return kinds;
}

Error PluginCatalog::notLoaded(const QString &kind, const QString &trouble)
{
    return Error::of(ErrorKind::Unsupported,
                     Words::tr("the adapter “%1” can't be loaded").arg(kind), trouble);
}

Result<QObject *> PluginCatalog::rootOf(const QString &kind, QLatin1StringView interfaceName) const
{
    const AdapterInfo *info = find(kind);
    if (!info || info->interfaceName != interfaceName) {
        const QString word = interfaceName;
        return fail(ErrorKind::NotFound,
                    noAdapterOf(interfaceName).arg(kind) + suggestionFor(kind, kinds(word)));
    }
    const QMutexLocker lock(&m_loading);
    QPluginLoader loader(info->file);
    if (QObject *const root = loader.instance())
        return root;
    return fail(notLoaded(kind, loader.errorString()));
}

} // namespace Stampdeck
