// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "invocation.h"

#include "app/common/interrupt.h"
#include "models/fleet.h"
#include "models/plugincatalog.h"

#include <QtCore/QEventLoop>
#include <QtCore/QFutureWatcher>

namespace Stampdeck {

/// A fleet for the time of one command: opened, asked once, and closed.
///
/// Lives in the main thread, which waits in event loops of its own: nobody looks at a frame here.
class Session final : public QObject
{
    Q_OBJECT
public:
    /// Reads the configuration, opens the fleet and waits until every source answered or failed
    /// once. Names operations that were cut off on standard error. The error's status where it
    /// could not be opened, which has been said.
    [[nodiscard]] static tl::expected<std::unique_ptr<Session>, ExitStatus>
    open(const Invocation &invocation, const PluginCatalog &catalog);
    /// The same over \a sources, whose secrets have been resolved, and with \a options.
    [[nodiscard]] static tl::expected<std::unique_ptr<Session>, ExitStatus>
    open(const Invocation &invocation, const QList<SourceConfig> &sources,
         const FleetOptions &options, const PluginCatalog &catalog);

    [[nodiscard]] Fleet &fleet() { return *m_fleet; }
    [[nodiscard]] FleetVersionPtr version() { return m_fleet->store().current(); }
    [[nodiscard]] Interrupt &interrupt() { return m_interrupt; }
    [[nodiscard]] const Invocation &invocation() const { return m_invocation; }
    /// Whoever is logged in, with the reason that was given.
    [[nodiscard]] Asker asker() const;

    enum class Patience : quint8 {
        Interruptible,
        Stubborn, ///< For what must not be left in the middle, and is short.
    };
    /// Runs the event loop until \a future ends; an error of ErrorKind::Cancelled when the user
    /// interrupts first.
    template<typename T>
    [[nodiscard]] Result<T> await(const FutureResult<T> &future,
                                  Patience patience = Patience::Interruptible)
    {
        if (!future.isFinished()) {
            QEventLoop loop;
            QFutureWatcher<Result<T>> watcher;
            connect(&watcher, &QFutureWatcherBase::finished, &loop, &QEventLoop::quit);
            if (patience == Patience::Interruptible)
                connect(&m_interrupt, &Interrupt::interrupted, &loop, &QEventLoop::quit);
            watcher.setFuture(future);
            if (!future.isFinished())
                loop.exec();
        }
        if (!future.isFinished())
            return fail(Error::cancelled());
        return future.result();
    }

    /// Names each source that failed, and why, on standard error: Done when there is none.
    /// Denied when nothing answered for want of a right, else Unreachable.
    ExitStatus complainAboutSources();
    /// Asks \a source, or every one that makes stamps, for its templates; the version has them then,
    /// or why they could not be read.
    void readTemplates(const QString &source = {});
    /// What was not found may be with a source that did not answer: then that is the error.
    [[nodiscard]] Error explained(const Error &error, const QString &id);
    /// Says \a error and gives its status.
    ExitStatus give(const Error &error);

private:
    explicit Session(const Invocation &invocation);
    void nameCutOff();

    Invocation m_invocation;
    Interrupt m_interrupt;
    std::unique_ptr<Fleet> m_fleet;
};

/// The login name of whoever runs this.
[[nodiscard]] QString userName();

} // namespace Stampdeck
