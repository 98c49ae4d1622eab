// SPDX-License-Identifier: GPL-3.0-or-later
#include "templateplugin.h"

#include "templateadapter.h"

using namespace Stampdeck;
using namespace Qt::StringLiterals;

Result<std::unique_ptr<FleetAdapter>> TemplatePlugin::create(const SourceSettings &settings,
                                                             Clock &clock)
{
    // What the metadata says of a key has been checked; what only the adapter knows is checked
    // here.
    const QString file = settings.keys.value(u"file"_s).toString();
    if (file.isEmpty())
        return fail(ErrorKind::Invalid, u"file: the file that describes the fleet is missing"_s);
    return std::unique_ptr<FleetAdapter>(new TemplateAdapter(settings.name, file, clock));
}
