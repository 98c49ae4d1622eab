// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "error.h"

#include <QtCore/QFuture>
#include <QtCore/QPromise>

#include <tl/expected.hpp>

#include <utility>

namespace Stampdeck {

/// A value or an Error. Mark every function that returns one [[nodiscard]]: tl::expected is not.
template<typename T>
using Result = tl::expected<T, Error>;

/// Makes the error side of any Result.
[[nodiscard]] inline tl::unexpected<Error> fail(Error error)
{
    return tl::unexpected<Error>(std::move(error));
}

[[nodiscard]] inline tl::unexpected<Error> fail(ErrorKind kind, const QString &message,
                                                const QString &detail = {})
{
    return tl::unexpected<Error>(Error::of(kind, message, detail));
}

/// The seam between the rooms: an answer that comes later. It always ends with a result: a future
/// that ended without one crashes its continuations in Qt 6.4, so cancellation is a result too.
template<typename T>
using FutureResult = QFuture<Result<T>>;

/// A future that is there already.
template<typename T>
[[nodiscard]] FutureResult<T> ready(Result<T> result)
{
    QPromise<Result<T>> promise;
    promise.start();
    promise.addResult(std::move(result));
    promise.finish();
    return promise.future();
}

/// The giving side of a FutureResult: ends it exactly once, as cancelled when nobody did before it
/// dies. Share it between the continuations that may answer; movable between threads, used by one.
template<typename T>
class Answer
{
public:
    Answer() { m_promise.start(); }
    ~Answer() { give(fail(Error::cancelled())); }
    Answer(const Answer &) = delete;
    Answer &operator=(const Answer &) = delete;

    [[nodiscard]] FutureResult<T> future() { return m_promise.future(); }
    /// The first answer counts; later ones are dropped.
    void give(Result<T> result)
    {
        if (std::exchange(m_given, true))
            return;
        m_promise.addResult(std::move(result));
        m_promise.finish();
    }
    /// True when the asker has cancelled its future.
    [[nodiscard]] bool isCanceled() const { return m_promise.isCanceled(); }

private:
    QPromise<Result<T>> m_promise;
    bool m_given = false;
};

} // namespace Stampdeck
