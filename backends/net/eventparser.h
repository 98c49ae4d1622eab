// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "export.h"

#include "backends/api/result.h"

#include <QtCore/QByteArray>
#include <QtCore/QList>

#include <optional>

namespace Stampdeck {

/// One dispatched server-sent event.
struct ServerSentEvent
{
    QByteArray type; ///< "message" unless told.
    QByteArray data;
    QByteArray id; ///< The last one told, so far.

    friend bool operator==(const ServerSentEvent &, const ServerSentEvent &) = default;
};

/// Takes a text/event-stream apart by the rules of the WHATWG (HTML, section 9.2.6), with a bound
/// on each line and on the data of each event. Pure: bytes in, events out.
class STAMPDECK_NET_EXPORT EventParser
{
public:
    explicit EventParser(qsizetype maxLine = 16 << 20, qsizetype maxEvent = 16 << 20);

    struct Output
    {
        QList<ServerSentEvent> events;
        bool comment = false; ///< A comment came: a proof of life.
        std::optional<std::chrono::milliseconds> retry; ///< The server's wish for reconnecting.
    };

    /// Feeds \a bytes as they come; an error when a bound is passed (and from then on).
    [[nodiscard]] Result<Output> feed(QByteArrayView bytes);
    [[nodiscard]] const QByteArray &lastEventId() const { return m_lastId; }

private:
    [[nodiscard]] bool takeLine(QByteArrayView line, Output &output);

    qsizetype m_maxLine;
    qsizetype m_maxEvent;
    QByteArray m_line; ///< The part of a line that came without its end.
    QByteArray m_data;
    QByteArray m_type;
    QByteArray m_lastId;
    bool m_hasData = false;
    bool m_atStart = true;
    bool m_afterReturn = false; ///< The last byte was CR: an LF belongs to it.
    bool m_failed = false;
};

} // namespace Stampdeck
