// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/timestamp.h"

#include <QtCore/QByteArray>
#include <QtCore/QString>

#include <optional>

namespace Stampdeck {

/// Appends JSON (RFC 8259) to a buffer, as fast as 200,000 tenants want it: no tree in between.
/// Who calls it sees to the nesting; a wrong text is a mistake in the caller. A string that is no
/// valid UTF-16 gets replacement characters, a number that is not finite is null.
class JsonWriter
{
public:
    explicit JsonWriter(QByteArray &out)
        : m_out(out)
    { }

    void beginObject() { open('{'); }
    void endObject() { close('}'); }
    void beginArray() { open('['); }
    void endArray() { close(']'); }

    /// The name of the member whose value is written next.
    template<size_t N>
    void key(const char (&name)[N])
    {
        separate();
        m_out.append('"').append(name, qsizetype(N - 1)).append("\":", 2);
        m_first = true;
    }
    void key(QStringView name);

    void value(QStringView text);
    void value(const QString &text) { value(QStringView(text)); }
    void value(QLatin1StringView text);
    void value(double number);
    void value(int number) { value(qint64(number)); }
    void value(qint64 number);
    void value(bool truth);
    void value(Timestamp time);
    void null();
    /// Null for nothing.
    template<typename T>
    void value(const std::optional<T> &maybe)
    {
        if (maybe)
            value(*maybe);
        else
            null();
    }
    /// Null for an empty text: what nobody told.
    void valueOrNull(const QString &text)
    {
        if (text.isEmpty())
            null();
        else
            value(text);
    }
    /// A value, or several with their commas, that is JSON already.
    void raw(QByteArrayView json);

    /// key() and value() in one.
    template<size_t N, typename T>
    void member(const char (&name)[N], const T &content)
    {
        key(name);
        value(content);
    }

private:
    void open(char bracket)
    {
        separate();
        m_out.append(bracket);
        m_first = true;
    }
    void close(char bracket)
    {
        m_out.append(bracket);
        m_first = false;
    }
    void separate()
    {
        if (!m_first)
            m_out.append(',');
        m_first = false;
    }

    QByteArray &m_out;
    bool m_first = true; // Nothing stands before in this object or array, or a name does.
};

} // namespace Stampdeck
