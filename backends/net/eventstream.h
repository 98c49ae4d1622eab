// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "eventparser.h"
#include "export.h"
#include "httpclient.h"

#include <QtCore/QObject>

namespace Stampdeck {

/// One stream of server-sent events over an HttpClient.
///
/// Lives in the client's thread and must not outlive it; the destructor closes the stream without
/// a signal. It does not reconnect by itself: whoever owns it decides when, with lastEventId().
class STAMPDECK_NET_EXPORT EventStream final : public QObject
{
    Q_OBJECT
public:
    explicit EventStream(HttpClient &client, QObject *parent = nullptr);
    ~EventStream() override;

    /// Opens the stream: \a request is a GET whose Accept and Last-Event-ID are set here (the
    /// latter where \a lastEventId is not empty). The stream ends when it was silent for
    /// \a silence, comments included.
    void open(HttpRequest request, const QByteArray &lastEventId,
              std::chrono::milliseconds silence = std::chrono::milliseconds(45'000));
    void close();

    [[nodiscard]] bool isOpen() const { return m_call != 0; }
    /// The ID of the last event that came, or what open() was told.
    [[nodiscard]] const QByteArray &lastEventId() const { return m_lastId; }
    /// How long the server wishes to be left alone before the next try.
    [[nodiscard]] std::optional<std::chrono::milliseconds> retry() const { return m_retry; }

Q_SIGNALS:
    /// The server answered with an event stream.
    void opened();
    void received(const Stampdeck::ServerSentEvent &event);
    /// A comment came.
    void contact();
    /// The stream is over; a server that closes it says ErrorKind::Unreachable, one that has none
    /// (404, 405, another content type) ErrorKind::Unsupported.
    void ended(const Stampdeck::Error &error);

private:
    HttpClient &m_client;
    EventParser m_parser;
    HttpClient::CallId m_call = 0;
    QByteArray m_lastId;
    std::optional<std::chrono::milliseconds> m_retry;
};

} // namespace Stampdeck
