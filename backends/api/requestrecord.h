// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "timestamp.h"

#include <QtCore/QMetaType>
#include <QtCore/QString>

namespace Stampdeck {

/// One request that an adapter made, as a page of diagnostics shows it. Holds no secret: neither
/// headers nor bodies, and of its address neither a user nor the values of a query that are not
/// known to be harmless.
struct RequestRecord
{
    Timestamp startedAt; ///< When it left its queue.
    QString method; ///< "GET".
    QString url; ///< "https://prod.example/v1/fleet?since=7f-12".
    std::chrono::milliseconds duration{0}; ///< Until its end; of a stream that opens, until then.
    qint64 size = 0; ///< Bytes of the answer, after decompression.
    int status = 0; ///< 0: no answer came.
    QString error; ///< What kept the answer from coming whole; empty for any status.
    bool isStream = false; ///< Told when it opens, and once more when it has ended.

    friend bool operator==(const RequestRecord &, const RequestRecord &) = default;
};

} // namespace Stampdeck

Q_DECLARE_METATYPE(Stampdeck::RequestRecord)
