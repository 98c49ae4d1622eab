// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>

namespace Stampdeck {

/// CPU time that the calling thread has used so far; 0 where the system does not tell.
[[nodiscard]] std::chrono::microseconds threadCpuTime();

} // namespace Stampdeck
