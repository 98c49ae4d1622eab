// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/result.h"

#include <QtCore/QFutureWatcher>

#include <functional>
#include <memory>

namespace Stampdeck {

/// The side of a FutureResult that answers: exactly one result, whatever happens.
///
/// Lives in one thread, shared by whoever may end it. When its last owner lets go before there was
/// a result, the future ends with Error::cancelled(); when the asker cancels the future, the abort
/// function runs once, in this thread.
template<typename T>
class Pending
{
public:
    [[nodiscard]] static std::shared_ptr<Pending> create()
    {
        return std::shared_ptr<Pending>(new Pending);
    }
    ~Pending() { finish(fail(Error::cancelled())); }
    Q_DISABLE_COPY_MOVE(Pending)

    [[nodiscard]] FutureResult<T> future() { return m_promise.future(); }
    [[nodiscard]] bool isFinished() const { return m_finished; }

    /// The first result counts.
    void finish(Result<T> result)
    {
        if (std::exchange(m_finished, true))
            return;
        m_abort = {};
        m_promise.addResult(std::move(result));
        m_promise.finish();
    }
    /// What to do when the asker takes the request back.
    void onCancel(std::function<void()> abort)
    {
        m_abort = std::move(abort);
        m_watcher = std::make_unique<QFutureWatcher<Result<T>>>();
        QObject::connect(m_watcher.get(), &QFutureWatcherBase::canceled, m_watcher.get(), [this] {
            if (const auto call = std::exchange(m_abort, {}))
                call();
        });
        m_watcher->setFuture(m_promise.future());
    }

private:
    Pending() { m_promise.start(); }

    QPromise<Result<T>> m_promise;
    std::function<void()> m_abort;
    std::unique_ptr<QFutureWatcher<Result<T>>> m_watcher;
    bool m_finished = false;
};

} // namespace Stampdeck
