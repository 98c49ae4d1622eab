// SPDX-License-Identifier: GPL-3.0-or-later
#include "threadpriority.h"

#include <QtCore/qglobal.h>

#ifdef Q_OS_LINUX
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace Stampdeck {

void giveWay()
{
#ifdef Q_OS_LINUX
    // QThread::setPriority() changes nothing here: on Linux it is niceness that counts, and that
    // belongs to a thread.
    const auto thread = id_t(::syscall(SYS_gettid));
    ::setpriority(PRIO_PROCESS, thread, ::getpriority(PRIO_PROCESS, thread) + 5);
#endif
}

} // namespace Stampdeck
