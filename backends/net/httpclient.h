// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "export.h"
#include "http.h"
#include "networkoptions.h"

#include "backends/api/clock.h"
#include "backends/api/requestrecord.h"

#include <QtCore/QObject>

#include <memory>

namespace Stampdeck {

class HttpCall;

/// The one way out into the network: time limits, bounded answers, a queue for each host, the TLS
/// policy. It alone owns QNetworkAccessManagers.
///
/// Lives in its source's thread; every call and every callback happens there. An answer is read in
/// pieces of 64 KiB and decompressed here, and never more than 256 KiB wait in Qt's buffers, so
/// that a peer that floods is stopped by the limit and not by memory. The destructor aborts
/// everything and ends it with Error::cancelled().
class STAMPDECK_NET_EXPORT HttpClient final : public QObject
{
    Q_OBJECT
public:
    using CallId = quint64;
    /// Called exactly once for each request, never from within send(). Any status is an answer:
    /// see errorOf() and successOf(). Errors are what kept an answer from coming whole.
    using Done = std::function<void(Result<HttpAnswer>)>;

    /// \a clock outlives the client.
    HttpClient(NetworkOptions options, Clock &clock, QObject *parent = nullptr);
    ~HttpClient() override;

    CallId send(HttpRequest request, Done done);
    /// The same as a future; cancelling it aborts the request.
    [[nodiscard]] FutureResult<HttpAnswer> send(HttpRequest request);
    /// Takes a request back: it ends now with Error::cancelled(). Harmless when it has ended.
    void abort(CallId call);

    [[nodiscard]] const NetworkOptions &options() const;
    [[nodiscard]] Clock &clock() const;
    /// Requests that are on their way.
    [[nodiscard]] int active() const;
    /// Requests that wait for their turn.
    [[nodiscard]] int queued() const;

Q_SIGNALS:
    /// A request that had left its queue has ended, or a stream has opened.
    void recorded(const Stampdeck::RequestRecord &record);

private:
    friend class HttpCall;
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace Stampdeck
