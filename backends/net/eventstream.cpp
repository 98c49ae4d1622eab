// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventstream.h"

#include "problem.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QPointer>

#include <limits>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Network)
};

} // namespace

EventStream::EventStream(HttpClient &client, QObject *parent)
    : QObject(parent)
    , m_client(client)
{ }

EventStream::~EventStream()
{
    close();
}

void EventStream::open(HttpRequest request, const QByteArray &lastEventId,
                       std::chrono::milliseconds silence)
{
    close();
    m_parser = EventParser();
    m_lastId = lastEventId;
    request.lane = HttpRequest::Lane::Stream;
    request.headers.emplaceBack("Accept", "text/event-stream");
    request.headers.emplaceBack("Cache-Control", "no-cache");
    if (!lastEventId.isEmpty())
        request.headers.emplaceBack("Last-Event-ID", lastEventId);
    HttpLimits limits = request.limits.value_or(m_client.options().limits);
    limits.silence = silence;
    limits.whole.reset();
    request.limits = limits;
    // The parser bounds what is kept; a stream itself may go on for weeks.
    request.maxAnswer = std::numeric_limits<qint64>::max();
    const QString subject = request.subject.isEmpty() ? m_client.options().name : request.subject;

    request.head = [this, subject](const HttpAnswer &answer) -> Result<void> {
        if (!answer.isSuccess())
            return {};
        const QByteArray type = answer.header("Content-Type").toLower();
        if (answer.status != 200 || !type.trimmed().startsWith("text/event-stream"))
            return fail(ErrorKind::Unsupported, Words::tr("%1 serves no events").arg(subject),
                        u"Content-Type "_s + QString::fromLatin1(type));
        Q_EMIT opened();
        return {};
    };
    request.sink = [this](QByteArrayView bytes) -> Result<void> {
        // Whoever receives may close this stream, or delete it.
        const QPointer<EventStream> self(this);
        const HttpClient::CallId call = m_call;
        auto output = m_parser.feed(bytes);
        if (!output)
            return fail(output.error());
        if (output->retry)
            m_retry = output->retry;
        if (output->comment)
            Q_EMIT contact();
        for (const ServerSentEvent &event : std::as_const(output->events)) {
            if (!self || m_call != call)
                return {};
            if (!event.id.isEmpty())
                m_lastId = event.id;
            Q_EMIT received(event);
        }
        return {};
    };
    m_call = m_client.send(std::move(request), [this, subject](Result<HttpAnswer> answer) {
        m_call = 0;
        Error error;
        if (!answer)
            error = answer.error();
        else if (answer->isSuccess())
            error = Error::of(ErrorKind::Unreachable,
                              Words::tr("%1 closed the event stream").arg(subject));
        else
            error = errorOf(*answer, subject);
        if (answer && (answer->status == 404 || answer->status == 405))
            error = Error::of(ErrorKind::Unsupported, Words::tr("%1 serves no events").arg(subject),
                              error.detail);
        Q_EMIT ended(error);
    });
}

void EventStream::close()
{
    if (m_call == 0)
        return;
    const QSignalBlocker quiet(this);
    m_client.abort(std::exchange(m_call, 0));
}

} // namespace Stampdeck
