// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventparser.h"

#include "http.h"

#include <QtCore/QCoreApplication>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Network)
};

} // namespace

EventParser::EventParser(qsizetype maxLine, qsizetype maxEvent)
    : m_maxLine(maxLine)
    , m_maxEvent(maxEvent)
{ }

Result<EventParser::Output> EventParser::feed(QByteArrayView bytes)
{
    Output output;
    const auto tooLarge = [this](const QString &what, qsizetype limit) {
        m_failed = true;
        m_line.clear();
        m_data.clear();
        return fail(ErrorKind::Malformed, what.arg(spokenBytes(limit)));
    };
    if (m_failed)
        return tooLarge(Words::tr("the event stream has a line or an event of over %1"),
                        m_maxEvent);
    qsizetype at = 0;
    while (at < bytes.size()) {
        if (m_afterReturn) {
            m_afterReturn = false;
            if (bytes[at] == '\n') {
                ++at;
                continue;
            }
        }
        qsizetype end = at;
        while (end < bytes.size() && bytes[end] != '\n' && bytes[end] != '\r')
            ++end;
        const QByteArrayView piece = bytes.sliced(at, end - at);
        if (m_line.size() + piece.size() > m_maxLine)
            return tooLarge(Words::tr("the event stream has a line of over %1"), m_maxLine);
        if (end == bytes.size()) {
            m_line.append(piece);
            break;
        }
        m_afterReturn = bytes[end] == '\r';
        at = end + 1;
        bool taken = false;
        if (m_line.isEmpty()) {
            taken = takeLine(piece, output);
        } else {
            m_line.append(piece);
            taken = takeLine(m_line, output);
            m_line.clear();
        }
        if (!taken)
            return tooLarge(Words::tr("the event stream has an event of over %1"), m_maxEvent);
    }
    return output;
}

bool EventParser::takeLine(QByteArrayView line, Output &output)
{
    if (std::exchange(m_atStart, false) && line.startsWith("\xEF\xBB\xBF"))
        line = line.sliced(3);
    if (line.isEmpty()) {
        // An event without a data line is dropped, its type with it.
        if (m_hasData) {
            m_data.chop(1);
            output.events.append(
                {m_type.isEmpty() ? QByteArray("message") : m_type, m_data, m_lastId});
        }
        m_data = {};
        m_type.clear();
        m_hasData = false;
        return true;
    }
    const qsizetype colon = line.indexOf(':');
    if (colon == 0) {
        output.comment = true;
        return true;
    }
    const QByteArrayView field = colon < 0 ? line : line.first(colon);
    QByteArrayView value = colon < 0 ? QByteArrayView() : line.sliced(colon + 1);
    if (value.startsWith(' '))
        value = value.sliced(1);
    if (field == "data") {
        if (m_data.size() + value.size() + 1 > m_maxEvent)
            return false;
        m_data.append(value).append('\n');
        m_hasData = true;
    } else if (field == "event") {
        m_type = value.toByteArray();
    } else if (field == "id") {
        if (!value.contains('\0'))
            m_lastId = value.toByteArray();
    } else if (field == "retry") {
        bool digits = !value.isEmpty() && value.size() < 10;
        for (const char c : value)
            digits = digits && c >= '0' && c <= '9';
        if (digits)
            output.retry = std::chrono::milliseconds(value.toByteArray().toLongLong());
    }
    return true;
}

} // namespace Stampdeck
