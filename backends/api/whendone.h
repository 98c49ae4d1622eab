// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "result.h"

#include <QtCore/QFutureWatcher>
#include <QtCore/QObject>

#include <utility>

namespace Stampdeck {

/// Calls \a call(result) in \a context's thread when \a future has ended, unless \a context died
/// before. To be called in that thread.
///
/// QFuture::then(context, …) of Qt 6.4 looks at its context from the thread that ends the future:
/// one that died meanwhile is an assertion that fails, and one that is just dying a race. A watcher
/// lives and dies with its context. A future that was cancelled before it had a result gives
/// ErrorKind::Cancelled where it holds a Result, and calls nothing where it does not.
template<typename T, typename Call>
void whenDone(const QFuture<T> &future, QObject *context, Call call)
{
    auto *watcher = new QFutureWatcher<T>(context);
    QObject::connect(watcher, &QFutureWatcherBase::finished, context,
                     [watcher, call = std::move(call)]() mutable {
                         const QFuture<T> ended = watcher->future();
                         watcher->deleteLater();
                         if (ended.resultCount() > 0)
                             call(*ended.constBegin());
                         else if constexpr (requires { T(fail(Error::cancelled())); })
                             call(T(fail(Error::cancelled())));
                     });
    watcher->setFuture(future);
}

} // namespace Stampdeck
