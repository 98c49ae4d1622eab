// SPDX-License-Identifier: GPL-3.0-or-later
#include "joinedthread.h"

#include <QtCore/QDeadlineTimer>
#include <QtCore/QDir>
#include <QtCore/QThreadPool>

#ifdef Q_OS_LINUX
#    include <sys/syscall.h>
#    include <unistd.h>
#endif

namespace Stampdeck {

namespace {

constexpr unsigned long pauseUs = 50;

} // namespace

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
    const qint64 id = m_id.exchange(0);
    while (id > 0 && ::syscall(SYS_tgkill, ::getpid(), id, 0) == 0)
        usleep(pauseUs);
#endif
}

void JoinedThread::joinPool()
{
    QThreadPool::globalInstance()->waitForDone(); // ends them
#ifdef Q_OS_LINUX
    const QDeadlineTimer patience(500);
    const auto threads = [] {
        return QDir(QStringLiteral("/proc/self/task")).entryList(QDir::Dirs | QDir::NoDotAndDotDot).size();
    };
    while (threads() > 1 && !patience.hasExpired())
        usleep(pauseUs);
#endif
}

} // namespace Stampdeck
