// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QThread>

#include <atomic>

namespace Stampdeck {

/// A thread that is gone once join() returns.
///
/// QThread::wait() returns when the thread has said that it ended; what belongs to the thread alone is
/// cleared up after that. OpenSSL's part of it frees what the end of the process frees too: a program
/// that ends at once did both at a time (a double free). Qt's part was seen as a leak.
class JoinedThread final : public QThread
{
public:
    using QThread::QThread;
    ~JoinedThread() override { join(); }

    /// As wait(), and then until the system knows no such thread any more. Not from the thread itself.
    void join();
    /// The same for the threads of Qt's pool, in a program that has no other threads left and is about
    /// to end. Gives up after half a second.
    static void joinPool();

protected:
    void run() override;

private:
    std::atomic<qint64> m_id{0}; // as the system counts; 0 before it ran
};

} // namespace Stampdeck
