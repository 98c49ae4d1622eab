// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <backends/api/adapter.h>

/// The plug-in's root object; the plug-in loader owns it.
class TemplatePlugin final : public QObject, public Stampdeck::FleetAdapterPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID STAMPDECK_FLEET_ADAPTER_IID FILE "template.json")
    Q_INTERFACES(Stampdeck::FleetAdapterPlugin)
public:
    [[nodiscard]] Stampdeck::Result<std::unique_ptr<Stampdeck::FleetAdapter>>
    create(const Stampdeck::SourceSettings &settings, Stampdeck::Clock &clock) override;
};
