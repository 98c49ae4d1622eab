// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "joinedthread.h"

#include "backends/api/whendone.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QObject>

#include <memory>

namespace Stampdeck {

/// A thread with a worker in it, which makes an adapter there: start() begins, adapter() is null
/// where it could not be made, refresh() asks anew. All functions are thread-safe; destroy it in the
/// thread that made it, which waits for the end of the other one and for nothing else.
template<typename Worker>
class AdapterThread
{
public:
    AdapterThread(const QString &name, std::unique_ptr<Worker> worker)
        : m_name(name)
        , m_worker(worker.release())
    {
        m_worker->moveToThread(&m_thread);
        // The thread ends after its worker and not the other way round: what an adapter leaves to be
        // deleted later has its later.
        QObject::connect(
            m_worker, &QObject::destroyed, &m_thread, [this] { m_thread.quit(); },
            Qt::DirectConnection);
        m_thread.setObjectName(QStringLiteral("source ") + name);
        m_thread.start();
        post([](Worker &it) { it.start(); });
    }
    ~AdapterThread()
    {
        m_worker->deleteLater();
        m_thread.join();
    }

    /// Calls \a call(Worker &) there.
    template<typename Call>
    void post(Call call)
    {
        QMetaObject::invokeMethod(
            m_worker, [worker = m_worker, call = std::move(call)]() mutable { call(*worker); },
            Qt::QueuedConnection);
    }
    enum class After : quint8 {
        Nothing,
        Refresh, ///< What was just changed should be seen at once.
    };
    enum class Cancel : quint8 {
        Ignored, ///< What was begun comes to its end: a write.
        PassedOn, ///< What is on its way is called back.
    };
    /// What \a ask(Worker &) answers, a FutureResult<T>, where there is an adapter.
    template<typename T, typename Ask>
    [[nodiscard]] FutureResult<T> ask(Ask ask, After after = After::Nothing,
                                      Cancel cancel = Cancel::Ignored)
    {
        const auto answer = std::make_shared<Answer<T>>();
        post([answer, ask = std::move(ask), after, cancel, name = m_name](Worker &worker) {
            if (!worker.adapter()) {
                answer->give(Stampdeck::fail(
                    ErrorKind::Unreachable,
                    QCoreApplication::translate("Source", "%1 could not be started").arg(name)));
                return;
            }
            const FutureResult<T> asked = ask(worker);
            std::shared_ptr<QFutureWatcher<Result<T>>> waiting;
            if (cancel == Cancel::PassedOn) {
                waiting = std::make_shared<QFutureWatcher<Result<T>>>();
                QObject::connect(waiting.get(), &QFutureWatcherBase::canceled, &worker,
                                 [asked = FutureResult<T>(asked)]() mutable { asked.cancel(); });
                waiting->setFuture(answer->future());
            }
            whenDone(asked, &worker, [&worker, answer, after, waiting](const Result<T> &result) {
                answer->give(result);
                if (result && after == After::Refresh)
                    worker.refresh();
            });
        });
        return answer->future();
    }

private:
    QString m_name;
    JoinedThread m_thread;
    Worker *m_worker; // lives in m_thread, dies with it
};

} // namespace Stampdeck
