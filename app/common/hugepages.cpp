// SPDX-License-Identifier: GPL-3.0-or-later
#include "hugepages.h"

#include <array>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <string>

#include <unistd.h>

namespace Stampdeck {

void startWithHugePages([[maybe_unused]] char **argv)
{
#if defined(__GLIBC__) && !defined(STAMPDECK_SANITIZED)
    // "GNU C Library, Memory Allocation Tunables": 1 is madvise with MADV_HUGEPAGE.
    static constexpr const char *variable = "GLIBC_TUNABLES";
    static constexpr const char *tunable = "glibc.malloc.hugetlb";
    const char *is = std::getenv(variable);
    if (is && std::strstr(is, tunable))
        return;
    // Its own name and not /proc/self/exe: that would be what lists of processes show.
    std::array<char, PATH_MAX> path{};
    const ssize_t size = readlink("/proc/self/exe", path.data(), path.size() - 1);
    if (size <= 0)
        return;
    const std::string before = is ? is : "";
    const std::string wanted = (before.empty() ? "" : before + ':') + tunable + "=1";
    setenv(variable, wanted.c_str(), 1);
    execv(path.data(), argv);
    // It goes on as it is.
    if (is)
        setenv(variable, before.c_str(), 1);
    else
        unsetenv(variable);
#endif
}

} // namespace Stampdeck
