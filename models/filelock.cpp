// SPDX-License-Identifier: GPL-3.0-or-later
#include "filelock.h"

#include "backends/api/clock.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFile>
#include <QtCore/QSysInfo>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Journal)
};

/// The whole file, for writing. Open-file-description locks: unlike those of a process they are
/// not lost when some other part of the process opens and closes the same file.
struct flock wholeFile()
{
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    return lock;
}

QString textOf(int fd)
{
    QByteArray text(512, '\0');
    const ssize_t size = ::pread(fd, text.data(), size_t(text.size()), 0);
    text.truncate(size > 0 ? qsizetype(size) : 0);
    return QString::fromUtf8(text).trimmed();
}

/// True while \a path names the file that is open as \a fd: its last holder may have removed it.
bool isStill(int fd, const QByteArray &path)
{
    struct stat open = {};
    struct stat named = {};
    return ::fstat(fd, &open) == 0 && ::stat(path.constData(), &named) == 0
        && open.st_dev == named.st_dev && open.st_ino == named.st_ino;
}

QString systemText(int error)
{
    return QString::fromLocal8Bit(std::strerror(error));
}

} // namespace

QString processName()
{
    static const QString name = u"%1 %2 %3"_s.arg(QSysInfo::machineHostName())
                                    .arg(QCoreApplication::applicationPid())
                                    .arg(toRfc3339(Clock::system().now()));
    return name;
}

FileLock::FileLock(FileLock &&other) noexcept
    : m_fd(std::exchange(other.m_fd, -1))
    , m_path(std::move(other.m_path))
{ }

FileLock &FileLock::operator=(FileLock &&other) noexcept
{
    if (this != &other) {
        release();
        m_fd = std::exchange(other.m_fd, -1);
        m_path = std::move(other.m_path);
    }
    return *this;
}

Result<FileLock> FileLock::tryAcquire(const QString &path)
{
    return take(path, false);
}

Result<FileLock> FileLock::acquire(const QString &path)
{
    return take(path, true);
}

Result<FileLock> FileLock::take(const QString &path, bool wait)
{
    const QByteArray native = QFile::encodeName(path);
    for (;;) {
        const int fd = ::open(native.constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (fd < 0) {
            return fail(
                ErrorKind::Denied,
                Words::tr("the lock file %1 can't be opened: %2").arg(path, systemText(errno)));
        }
        FileLock lock;
        lock.m_fd = fd;
        lock.m_path = path;
        struct flock range = wholeFile();
        int answer = 0;
        do {
            answer = ::fcntl(fd, wait ? F_OFD_SETLKW : F_OFD_SETLK, &range);
        } while (answer != 0 && errno == EINTR);
        if (answer != 0) {
            const int error = errno;
            const QString who = textOf(fd);
            ::close(std::exchange(lock.m_fd, -1)); // not ours to remove
            if (error == EAGAIN || error == EACCES) {
                return fail(ErrorKind::Conflict,
                            Words::tr("%1 is held by %2")
                                .arg(path, who.isEmpty() ? Words::tr("another process") : who),
                            who);
            }
            return fail(
                ErrorKind::Denied,
                Words::tr("the lock file %1 can't be locked: %2").arg(path, systemText(error)));
        }
        if (!isStill(fd, native)) { // its last holder removed it before we had it
            ::close(std::exchange(lock.m_fd, -1));
            continue;
        }
        const QByteArray text = processName().toUtf8() + '\n';
        if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, text.constData(), size_t(text.size()), 0) < 0) {
            // The text is for people only: a full disk must not keep anybody from pausing.
        }
        return lock;
    }
}

QString FileLock::holder(const QString &path)
{
    const int fd = ::open(QFile::encodeName(path).constData(), O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return {};
    struct flock range = wholeFile();
    QString who;
    if (::fcntl(fd, F_OFD_GETLK, &range) == 0 && range.l_type != F_UNLCK) {
        who = textOf(fd);
        if (who.isEmpty()) // taken this moment
            who = Words::tr("another process");
    }
    ::close(fd);
    return who;
}

void FileLock::release()
{
    if (m_fd < 0)
        return;
    // While it is held: nobody else can have made it theirs yet.
    ::unlink(QFile::encodeName(m_path).constData());
    ::close(std::exchange(m_fd, -1));
}

} // namespace Stampdeck
