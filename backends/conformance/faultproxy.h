// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QThread>
#include <QtCore/QUrl>

#include <atomic>
#include <chrono>
#include <memory>

namespace Stampdeck::Internal {

/// What the proxy does with the requests that reach it from now on.
struct Fault
{
    enum class Kind : quint8 {
        None, ///< Passes everything on.
        Refuse, ///< Nobody listens.
        Drop, ///< Ends the connection without a byte.
        Hang, ///< Takes the request and never answers.
        Delay, ///< Passes the request on after a while.
        Answer, ///< Answers by itself: status, extra headers, body.
        Drip, ///< Begins an endless answer of blanks and gives one now and then.
        Flood, ///< Sends blanks as fast as they are taken, up to a bound.
        Truncate, ///< Passes on the head and a few bytes of the answer, and ends the connection.
        Spoil, ///< Makes the first number after a text of the answer negative.
    };
    Kind kind = Kind::None;
    std::chrono::milliseconds time{0}; ///< Delay.
    int status = 200; ///< Answer.
    QByteArray headers = {}; ///< Answer: lines, each with its end.
    QByteArray body = {}; ///< Answer.
    QByteArray near = {}; ///< Spoil: the text.
};

/// Stands on a free port of 127.0.0.1 between an adapter and its backend, and goes wrong on demand.
///
/// Its sockets live in a thread of its own, so that an adapter that blocks its thread is not
/// answered any later; the calls come from one thread, the kit's. Over TLS it sees ciphertext alone
/// and can only refuse, drop, hang, delay and cut. A plain connection carries one request: the
/// proxy says `Connection: close` to both sides.
class FaultProxy
{
public:
    /// Passes on to the host and port of \a backend.
    explicit FaultProxy(const QUrl &backend);
    ~FaultProxy();
    Q_DISABLE_COPY_MOVE(FaultProxy)

    /// False when it could not listen.
    [[nodiscard]] bool isUp() const { return m_port != 0; }
    /// The backend's address as it is reached through here.
    [[nodiscard]] QUrl url() const;
    /// The same at a port that never takes a connection; empty where this system can't give one.
    [[nodiscard]] QUrl blackHole();

    /// Holds for requests that begin from now on, once this has returned.
    void set(const Fault &fault);
    /// Ends every connection.
    void cut();
    /// Requests that came, over TLS connections.
    [[nodiscard]] int requests() const { return m_counts.requests; }
    /// Connections of the adapter that are open.
    [[nodiscard]] int open() const { return m_counts.open; }
    [[nodiscard]] qint64 floodSent() const { return m_counts.flood; }
    /// Answers that Spoil has changed.
    [[nodiscard]] int spoiled() const { return m_counts.spoiled; }

private:
    class Worker;
    struct Counts
    {
        std::atomic<int> requests{0};
        std::atomic<int> open{0};
        std::atomic<int> spoiled{0};
        std::atomic<qint64> flood{0};
    };

    QUrl m_backend;
    Counts m_counts;
    QThread m_thread;
    Worker *m_worker = nullptr; ///< Lives in m_thread, which ends with it.
    quint16 m_port = 0;
};

} // namespace Stampdeck::Internal
