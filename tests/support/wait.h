// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/result.h"

#include <QtCore/QFutureWatcher>
#include <QtTest/QTest>

namespace Stampdeck::Testing {

/// Runs the event loop until \a future has ended, for a minute at the most, and gives its result;
/// an error of ErrorKind::Timeout when it has not.
template<typename T>
[[nodiscard]] Result<T> await(const FutureResult<T> &future)
{
    if (!QTest::qWaitFor([&] { return future.isFinished(); }, 60'000))
        return fail(ErrorKind::Timeout, QStringLiteral("the test waited for a minute"));
    if (future.resultCount() == 0)
        return fail(ErrorKind::Invalid, QStringLiteral("the future ended without a result"));
    return future.result();
}

} // namespace Stampdeck::Testing

/// Fails with the error's own text where \a result has none. Evaluates it once.
#define VERIFY_RESULT(result) \
    do { \
        const auto &verifiedResult = (result); \
        QVERIFY2(verifiedResult.has_value(), \
                 qPrintable(verifiedResult.has_value() ? QString() \
                                                       : verifiedResult.error().message + u" | " \
                                    + verifiedResult.error().detail)); \
    } while (false)
