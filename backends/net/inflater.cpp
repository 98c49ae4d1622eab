// SPDX-License-Identifier: GPL-3.0-or-later
#include "inflater.h"

#include <QtCore/QCoreApplication>

#define ZLIB_CONST
#include <zlib.h>

#include <array>
#include <limits>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Network)
};

} // namespace

struct Inflater::State
{
    z_stream stream{};
    bool ready = false;
    bool complete = false;
    std::array<char, size_t(64) * 1024> piece;
};

Inflater::Inflater()
    : m_state(std::make_unique<State>())
{
    // 15 bits of window, and 32: gzip and zlib headers are told apart.
    m_state->ready = inflateInit2(&m_state->stream, 15 + 32) == Z_OK;
}

Inflater::~Inflater()
{
    if (m_state->ready)
        inflateEnd(&m_state->stream);
}

Result<void> Inflater::feed(QByteArrayView bytes,
                            const std::function<Result<void>(QByteArrayView)> &sink)
{
    if (!m_state->ready)
        return fail(ErrorKind::Malformed, Words::tr("the answer can't be decompressed"),
                    u"inflateInit2"_s);
    z_stream &stream = m_state->stream;
    stream.next_in = reinterpret_cast<const Bytef *>(bytes.data());
    stream.avail_in = uInt(std::min<qsizetype>(bytes.size(), std::numeric_limits<int>::max()));
    while (stream.avail_in > 0 && !m_state->complete) {
        stream.next_out = reinterpret_cast<Bytef *>(m_state->piece.data());
        stream.avail_out = uInt(m_state->piece.size());
        const int status = inflate(&stream, Z_NO_FLUSH);
        if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
            return fail(ErrorKind::Malformed, Words::tr("the answer can't be decompressed"),
                        QString::fromLatin1(stream.msg ? stream.msg : "inflate"));
        const qsizetype size = qsizetype(m_state->piece.size() - stream.avail_out);
        m_state->complete = status == Z_STREAM_END;
        if (size > 0) {
            if (auto taken = sink(QByteArrayView(m_state->piece.data(), size)); !taken)
                return taken;
        } else if (status == Z_BUF_ERROR) {
            break;
        }
    }
    return {};
}

bool Inflater::isComplete() const
{
    return m_state->complete;
}

} // namespace Stampdeck
