// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace Stampdeck {

/// Lets this process open as many files and sockets as the system allows it. The one place that
/// knows how this system says so.
void raiseOpenFiles();

} // namespace Stampdeck
