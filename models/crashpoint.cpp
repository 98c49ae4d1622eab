// SPDX-License-Identifier: GPL-3.0-or-later
#include "crashpoint.h"

#ifdef STAMPDECK_CRASH_POINTS

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <mutex>

namespace Stampdeck {

void crashPoint(const char *where)
{
    // The variables are read once, so that a test may not change its mind in the middle of a run.
    static const char *const at = std::getenv("STAMPDECK_CRASH_AT");
    static const char *const log = std::getenv("STAMPDECK_CRASH_LOG");
    static const long limit = at ? std::strtol(at, nullptr, 10) : 0;
    if (!at && !log)
        return;

    static std::mutex mutex;
    static long count = 0;
    // Held while the process dies: no other thread gets past a later point meanwhile.
    const std::lock_guard guard(mutex);
    ++count;
    if (log)
        std::ofstream(log, std::ios::app) << count << ' ' << where << std::endl;
    if (count == limit)
        std::raise(SIGKILL);
}

} // namespace Stampdeck

#endif
