// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace Stampdeck {

class MapWidget;

/// Makes maps visible to assistive technology (interfaces.md): each tile large enough to show a
/// name as "stamp ID", its chips as "tenant ID", its handle as "drain ID", farther out the groups,
/// and "spread" while something is carried. Harmless to call again.
void installMapAccessibility();

/// Something moved: children and bounds are other ones.
void tellLayout(MapWidget *map);
/// The keyboard is elsewhere.
void tellFocus(MapWidget *map);
/// The descriptions are others.
void tellVerdicts(MapWidget *map);

} // namespace Stampdeck
