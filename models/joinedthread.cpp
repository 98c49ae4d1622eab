// SPDX-License-Identifier: GPL-3.0-or-later
#include "joinedthread.h"

#ifdef Q_OS_LINUX
#    include <sys/syscall.h>
#    include <unistd.h>
#endif

namespace Stampdeck {

void JoinedThread::run()
{
#ifdef Q_OS_LINUX
    m_id = ::syscall(SYS_gettid);
#endif
    exec();
}

void JoinedThread::join()
{
    wait();
#ifdef Q_OS_LINUX
    // Signal 0 asks whether it is there. A QThread is detached, so nothing else tells.
    constexpr unsigned long pauseUs = 50;
    const qint64 id = m_id.exchange(0);
    while (id > 0 && ::syscall(SYS_tgkill, ::getpid(), id, 0) == 0)
        usleep(pauseUs);
#endif
}

} // namespace Stampdeck
