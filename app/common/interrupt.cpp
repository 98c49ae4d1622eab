// SPDX-License-Identifier: GPL-3.0-or-later
#include "interrupt.h"

#include <QtCore/QSocketNotifier>

#include <atomic>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace Stampdeck {

namespace {

std::atomic<int> writeEnd{-1};

void onSignal(int number)
{
    const int error = errno;
    const char byte = char(number);
    // A full pipe holds enough of them already.
    [[maybe_unused]] const ssize_t written = ::write(writeEnd.load(), &byte, 1);
    errno = error;
}

void handle(void (*handler)(int))
{
    struct sigaction action = {};
    action.sa_handler = handler;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
}

} // namespace

Interrupt::Interrupt(QObject *parent)
    : QObject(parent)
{
    if (::pipe2(m_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return;
    m_notifier = new QSocketNotifier(m_pipe[0], QSocketNotifier::Read, this);
    connect(m_notifier, &QSocketNotifier::activated, this, &Interrupt::take);
    writeEnd = m_pipe[1];
    handle(&onSignal);
}

Interrupt::~Interrupt()
{
    if (m_pipe[0] < 0)
        return;
    handle(SIG_DFL);
    writeEnd = -1;
    ::close(m_pipe[0]);
    ::close(m_pipe[1]);
}

void Interrupt::take()
{
    char bytes[16];
    ssize_t size = 0;
    int came = 0;
    while ((size = ::read(m_pipe[0], bytes, sizeof bytes)) > 0)
        came += int(size);
    if (came == 0)
        return;
    m_count += came;
    Q_EMIT interrupted();
}

std::optional<QString> Interrupt::readLine()
{
    QByteArray line;
    for (;;) {
        pollfd waits[2] = {{STDIN_FILENO, POLLIN, 0}, {m_pipe[0], POLLIN, 0}};
        if (::poll(waits, m_pipe[0] < 0 ? 1 : 2, -1) < 0) {
            if (errno == EINTR)
                continue;
            return std::nullopt;
        }
        if (waits[1].revents != 0) {
            take();
            return std::nullopt;
        }
        if (waits[0].revents == 0)
            continue;
        char byte = 0;
        if (::read(STDIN_FILENO, &byte, 1) != 1)
            return std::nullopt;
        if (byte == '\n')
            return QString::fromLocal8Bit(line);
        line.append(byte);
    }
}

} // namespace Stampdeck
