// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "export.h"

#include "backends/api/result.h"

#include <QtCore/QByteArrayView>

#include <functional>
#include <memory>

namespace Stampdeck {

/// Takes a gzip or zlib stream apart in pieces of 64 KiB, so that a small body that blows up is
/// stopped by whoever counts the pieces. Not thread-safe.
class STAMPDECK_NET_EXPORT Inflater
{
public:
    Inflater();
    ~Inflater();
    Q_DISABLE_COPY_MOVE(Inflater)

    /// Feeds compressed \a bytes and hands every piece that they hold to \a sink; stops at the
    /// first error of either.
    [[nodiscard]] Result<void> feed(QByteArrayView bytes,
                                    const std::function<Result<void>(QByteArrayView)> &sink);
    /// Whether the stream has come to its end; a body that ends before is cut off.
    [[nodiscard]] bool isComplete() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace Stampdeck
