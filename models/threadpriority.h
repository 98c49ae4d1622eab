// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace Stampdeck {

/// Lets every thread that has not called this come first, those that the calling thread starts
/// from now on excepted: for work that nobody waits for frame by frame. Nothing where the system
/// does not offer it.
void giveWay();

} // namespace Stampdeck
