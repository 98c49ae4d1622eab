// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/configeditor.h"
#include "models/fleetconfig.h"

#include <cstdint>
#include <cstdlib>

using namespace Stampdeck;
using namespace Qt::StringLiterals;

namespace {

std::vector<AdapterInfo> makeAdapters()
{
    AdapterInfo info;
    info.kind = u"rest"_s;
    info.interfaceName = u"fleet"_s;
    info.location = u"url"_s;
    info.keys = networkKeys();
    for (const auto &[name, type] :
         {std::pair(u"url"_s, KeyType::Url), std::pair(u"token"_s, KeyType::Secret),
          std::pair(u"stamps"_s, KeyType::Integer), std::pair(u"speed"_s, KeyType::Number),
          std::pair(u"share"_s, KeyType::Ratio), std::pair(u"room"_s, KeyType::Size),
          std::pair(u"wait"_s, KeyType::Duration)}) {
        AdapterKey key;
        key.name = name;
        key.type = type;
        info.keys.append(key);
    }
    return {info};
}

} // namespace

/// Any file is a configuration, or an error that names a place in it; an edit of a configuration
/// gives a configuration that holds it, or an error. The same text as --source is read or refused.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const std::vector<AdapterInfo> adapters = makeAdapters();
    const QByteArray text(reinterpret_cast<const char *>(data), qsizetype(size));
    const auto config = readFleetConfig(text, u"f"_s, adapters);
    if (!config
        && (config.error().kind != ErrorKind::Invalid
            || !config.error().message.startsWith(u"f:"_s)))
        std::abort();
    if (config) {
        const auto added = ConfigEditor::addSource(
            text, {{u"name"_s, u"added.by-fuzz"_s}, {u"adapter"_s, u"rest"_s}});
        if (added) {
            const auto again = readFleetConfig(*added, u"f"_s, adapters);
            if (!again || again->sources.size() != config->sources.size() + 1)
                std::abort();
            const auto removed = ConfigEditor::removeSource(*added, u"added.by-fuzz"_s);
            if (removed) {
                const auto back = readFleetConfig(*removed, u"f"_s, adapters);
                if (!back || back->sources.size() != config->sources.size())
                    std::abort();
            }
        }
        if (!config->sources.isEmpty()) {
            const QString name = config->sources.constFirst().settings.name;
            const auto set = ConfigEditor::setKey(text, name, u"production"_s, true);
            if (set) {
                const auto changed = readFleetConfig(*set, u"f"_s, adapters);
                if (!changed || !changed->sources.constFirst().settings.production)
                    std::abort();
            }
        }
    }
    (void)readSourceOptions({QString::fromUtf8(text)}, adapters);
    return 0;
}
