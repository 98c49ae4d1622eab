// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/result.h"

namespace Stampdeck {

/// This process, for people and for lock files: "host pid start", the start in RFC 3339.
[[nodiscard]] QString processName();

/// A file that one process at a time holds. The kernel frees it when the holder dies, however that
/// comes about, so a lock is never stale; the holder's processName() stands inside for people.
///
/// Holds until it is destroyed; movable. Two locks of one path exclude each other within a process
/// too. On local file systems only. The one place that knows how this system locks.
class FileLock
{
public:
    FileLock() = default;
    ~FileLock() { release(); }
    FileLock(FileLock &&other) noexcept;
    FileLock &operator=(FileLock &&other) noexcept;
    FileLock(const FileLock &) = delete;
    FileLock &operator=(const FileLock &) = delete;

    /// Takes the lock at once, or an error of ErrorKind::Conflict whose detail is the holder;
    /// ErrorKind::Denied where the file can't be made.
    [[nodiscard]] static Result<FileLock> tryAcquire(const QString &path);
    /// The same, but waits for the holder: for what is held for moments only.
    [[nodiscard]] static Result<FileLock> acquire(const QString &path);
    /// Who holds the lock at \a path: "host pid start"; empty when nobody does.
    [[nodiscard]] static QString holder(const QString &path);

    [[nodiscard]] bool isHeld() const { return m_fd >= 0; }
    /// Frees the lock and removes the file.
    void release();

private:
    [[nodiscard]] static Result<FileLock> take(const QString &path, bool wait);

    int m_fd = -1;
    QString m_path;
};

} // namespace Stampdeck
