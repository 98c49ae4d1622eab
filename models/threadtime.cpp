// SPDX-License-Identifier: GPL-3.0-or-later
#include "threadtime.h"

#include <ctime>

namespace Stampdeck {

std::chrono::microseconds threadCpuTime()
{
#ifdef CLOCK_THREAD_CPUTIME_ID
    timespec time{};
    if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0)
        return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_nsec / 1000);
#endif
    return {};
}

} // namespace Stampdeck
