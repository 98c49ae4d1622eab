// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"

#include <QtCore/QElapsedTimer>

/// The rules of how an adapter behaves in its thread: C16, C17 and C51.
namespace Stampdeck::Internal {

void checkHeartbeat(Bench &bench)
{
    // A backend that takes its time shows best who waits for it; without a network there is none.
    constexpr auto delay = 1'500ms;
    constexpr qint64 longest = 1'000;
    AdapterPtr adapter;
    const QUrl address(bench.subject().settings.keys.value(bench.subject().location).toString());
    if (bench.subject().network && address.scheme().startsWith(u"http"_s)) {
        FaultProxy &proxy = bench.proxy();
        SourceSettings settings = bench.proxied();
        settings.timeout = bench.subject().settings.timeout;
        proxy.set({.kind = Fault::Kind::Delay, .time = delay});
        adapter = bench.make(settings);
    } else {
        adapter = bench.make();
    }
    qint64 gap = 0;
    QElapsedTimer since;
    QTimer heart;
    QObject::connect(&heart, &QTimer::timeout, &heart,
                     [&] { gap = std::max(gap, since.restart()); });
    const QString endpoint = adapter->endpoints().value(0);
    for (int poll = 0; poll < 3; ++poll) {
        heart.start(10);
        since.start();
        const auto future = adapter->poll(endpoint);
        const auto update = bench.await(future);
        gap = std::max(gap, since.elapsed());
        heart.stop();
        bench.take(update, u"a poll"_s);
        if (bench.subject().network)
            bench.proxy(); // The others need no delay.
    }
    bench.expect(gap <= longest, u"the thread's event loop stood still for %1 ms"_s.arg(gap),
                 u"never more than %1 ms, whatever the backend does"_s.arg(longest));
}

void checkDestruction(Bench &bench)
{
    AdapterPtr adapter = bench.make();
    const QString endpoint = adapter->endpoints().value(0);
    FutureResult<FleetUpdate> poll = adapter->poll(endpoint);
    adapter.reset();
    const QString expected = u"every future ended, with a result, when the adapter has gone"_s;
    bench.expect(bench.until(100ms, [&] { return poll.isFinished(); }),
                 u"a poll's future that never ends"_s, expected);
    bench.expect(poll.resultCount() == 1, u"a poll's future that ended without a result"_s,
                 expected);
}

void checkSentences(Bench &bench)
{
    for (const Error &error : bench.errors()) {
        const QString &text = error.message;
        const QString expected = u"one line that says what and why, without a full stop"_s;
        bench.expect(!text.trimmed().isEmpty(),
                     u"an error of kind %1 without a message"_s.arg(toString(error.kind)),
                     expected);
        bench.expect(!text.contains(u'\n') && !text.endsWith(u'.'),
                     u"the message “%1”"_s.arg(QString(text).replace(u'\n', u"\\n"_s)), expected);
    }
}

} // namespace Stampdeck::Internal
