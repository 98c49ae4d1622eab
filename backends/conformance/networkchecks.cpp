// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"

#include <QtCore/QElapsedTimer>

/// The rules of what comes of a network's faults: C18 to C32. The faults are the proxy's.
namespace Stampdeck::Internal {

namespace {

/// The first poll of a fresh adapter under \a fault.
Result<FleetUpdate> pollUnder(Bench &bench, const Fault &fault)
{
    bench.proxy().set(fault);
    const AdapterPtr adapter = bench.make(bench.proxied());
    return bench.await(adapter->poll(adapter->endpoints().value(0)),
                       bench.limit() + bench.slack() + 10s);
}

/// Ends the check unless a poll of the endpoint ends in time with some error.
void expectEnd(Bench &bench, FleetAdapter &adapter)
{
    QElapsedTimer timer;
    timer.start();
    const auto update =
        bench.await(adapter.poll(adapter.endpoints().value(0)), bench.limit() + bench.slack());
    bench.takeError(update, u"the poll"_s, u"an error"_s);
    bench.expect(update.error().detail != u"conformance kit"_s,
                 u"no end within %1 ms under a limit of %2 ms"_s.arg(timer.elapsed())
                     .arg(bench.limit().count()),
                 u"the end of the poll soon after its limit"_s);
}

Fault answerOf(int status, const QByteArray &headers, const QByteArray &body)
{
    return {.kind = Fault::Kind::Answer, .status = status, .headers = headers, .body = body};
}

constexpr const char *problemType = "Content-Type: application/problem+json\r\n";

} // namespace

void checkUnreachable(Bench &bench)
{
    bench.expectKind(pollUnder(bench, {.kind = Fault::Kind::Refuse}), {ErrorKind::Unreachable},
                     u"a poll where nobody listens"_s);
    bench.expectKind(pollUnder(bench, {.kind = Fault::Kind::Drop}), {ErrorKind::Unreachable},
                     u"a poll whose connection ends without a byte"_s);
}

void checkSilence(Bench &bench)
{
    bench.expectKind(pollUnder(bench, {.kind = Fault::Kind::Hang}), {ErrorKind::Timeout},
                     u"a poll that nobody answers"_s);
}

void checkWholeLimit(Bench &bench)
{
    FaultProxy &proxy = bench.plainProxy();
    proxy.set({.kind = Fault::Kind::Drip});
    const AdapterPtr adapter = bench.make(bench.proxied());
    expectEnd(bench, *adapter);
}

void checkConnectLimit(Bench &bench)
{
    const QUrl hole = bench.proxy().blackHole();
    if (hole.isEmpty())
        bench.notApplicable(u"this system always takes connections"_s);
    const AdapterPtr adapter = bench.make(bench.proxied(hole));
    expectEnd(bench, *adapter);
}

void checkMaxAnswer(Bench &bench)
{
    constexpr qint64 most = 1 << 20;
    constexpr qint64 room = 32 << 20; // What sockets and buffers hold on the way.
    FaultProxy &proxy = bench.plainProxy();
    const qint64 before = proxy.floodSent();
    proxy.set({.kind = Fault::Kind::Flood});
    SourceSettings settings = bench.proxied();
    settings.maxAnswer = most;
    settings.timeout = 10s;
    const AdapterPtr adapter = bench.make(settings);
    const auto update = bench.await(adapter->poll(adapter->endpoints().value(0)), 20s);
    const Error error =
        bench.takeError(update, u"a poll whose answer does not end"_s, u"an error"_s);
    bench.expect(error.kind != ErrorKind::Timeout, u"it was read until the time limit"_s,
                 u"an error soon after maxAnswer"_s);
    const qint64 sent = proxy.floodSent() - before;
    bench.expect(sent <= most + room,
                 u"%1 MiB were taken where maxAnswer is 1 MiB"_s.arg(sent >> 20),
                 u"an error soon after maxAnswer"_s);
}

void checkTruncated(Bench &bench)
{
    FaultProxy &proxy = bench.plainProxy();
    SourceSettings settings = bench.proxied();
    settings.timeout = bench.subject().settings.timeout;
    const AdapterPtr adapter = bench.make(settings);
    Cut cut = bench.read(*adapter);
    const QStringList before = cut.ids();
    proxy.set({.kind = Fault::Kind::Truncate});
    bench.expectKind(bench.await(adapter->poll(adapter->endpoints().value(0))),
                     {ErrorKind::Unreachable, ErrorKind::Malformed},
                     u"a poll whose answer is cut off"_s);
    proxy.set({});
    bench.pollInto(*adapter, cut);
    bench.expect(
        cut.ids() == before,
        u"%1 stamps and tenants before the answer that was cut off, %2 after the next one"_s
            .arg(before.size())
            .arg(cut.ids().size()),
        u"nothing lost"_s);
}

void checkGarbage(Bench &bench)
{
    bench.plainProxy();
    for (const char *body : {"<html><body>Welcome to the airport's network</body></html>", "[1, 2",
                             "\x1f\x8b\x00\xff\xfe", "42"}) {
        bench.expectKind(
            pollUnder(bench, answerOf(200, "Content-Type: application/json\r\n", body)),
            {ErrorKind::Malformed},
            u"a poll that is answered with “%1”"_s.arg(QString::fromLatin1(body, 5)));
    }
}

void checkDenied(Bench &bench)
{
    bench.plainProxy();
    bench.expectKind(pollUnder(bench, answerOf(401, "WWW-Authenticate: Bearer\r\n", {})),
                     {ErrorKind::Unauthenticated}, u"a poll that is answered with 401"_s);
    bench.expectKind(pollUnder(bench, answerOf(403, problemType, R"({"status":403,"title":"no"})")),
                     {ErrorKind::Denied}, u"a poll that is answered with 403"_s);
}

void checkRetryAfter(Bench &bench)
{
    bench.plainProxy();
    for (const int status : {429, 503}) {
        const QString doing = u"a poll that is answered with %1 and Retry-After: 7"_s.arg(status);
        const Error error =
            bench.expectKind(pollUnder(bench, answerOf(status, "Retry-After: 7\r\n", {})),
                             {ErrorKind::NotNow}, doing);
        bench.expect(error.retryAfter == std::chrono::milliseconds(7s),
                     doing
                         + (error.retryAfter ? u": come back after "_s + toString(*error.retryAfter)
                                             : u": no time to come back"_s),
                     u"retryAfter of 7s"_s);
    }
}

void checkBadObject(Bench &bench)
{
    FaultProxy &proxy = bench.plainProxy();
    const AdapterPtr good = bench.make();
    const Cut whole = bench.read(*good);
    if (whole.stamps().size() < 2)
        bench.notApplicable(u"there are no two stamps"_s);
    const QString name = whole.stamps().front()->name;
    proxy.set({.kind = Fault::Kind::Spoil, .near = '"' + name.toUtf8() + '"'});
    const int before = proxy.spoiled();
    SourceSettings settings = bench.proxied();
    settings.timeout = bench.subject().settings.timeout;
    const AdapterPtr adapter = bench.make(settings);
    const auto update = bench.await(adapter->poll(adapter->endpoints().value(0)));
    if (proxy.spoiled() == before)
        bench.notApplicable(u"no number stands behind a stamp's name in its answers"_s);
    const QString doing = u"a poll where one number of %1 is negative"_s.arg(name);
    const FleetUpdate told = bench.take(update, doing);
    bench.expect(told.faults.size() == 1, u"%1: %2 faults"_s.arg(doing).arg(told.faults.size()),
                 u"one fault"_s);
    const ObjectFault &fault = told.faults.front();
    bench.expect(fault.pointer.startsWith(u'/') && !fault.message.isEmpty(),
                 u"the fault “%1” at “%2”"_s.arg(fault.message, fault.pointer),
                 u"what is wrong, and a JSON pointer to it"_s);
    bench.expect(told.stamps.size() + 1 >= whole.stamps().size(),
                 u"%1: %2 of %3 stamps apply"_s.arg(doing)
                     .arg(told.stamps.size())
                     .arg(whole.stamps().size()),
                 u"all the others"_s);
}

void checkSecrets(Bench &bench)
{
    FaultProxy &proxy = bench.plainProxy();
    SourceSettings settings = bench.proxied();
    QStringList secrets;
    for (const QString &key : bench.subject().secretKeys) {
        Secret secret = settings.keys.value(key).value<Secret>();
        if (secret.isEmpty()) {
            // It never leaves this machine: the proxy answers by itself.
            secret = Secret(u"kit-5ecr3t-"_s + key);
            settings.keys[key] = QVariant::fromValue(secret);
        }
        secrets += secret.reveal();
    }
    if (secrets.isEmpty())
        bench.notApplicable(u"it takes no secret"_s);
    for (const Fault &fault :
         {answerOf(401, problemType, R"({"status":401,"detail":"who are you"})"),
          answerOf(500, {}, "oh"), answerOf(200, {}, "<html>"),
          Fault{.kind = Fault::Kind::Refuse}}) {
        proxy.set(fault);
        const AdapterPtr adapter = bench.make(settings);
        QStringList records;
        QObject::connect(
            adapter.get(), &FleetAdapter::requested, adapter.get(),
            [&](const RequestRecord &record) { records << record.url << record.error; });
        const auto update = bench.await(adapter->poll(adapter->endpoints().value(0)));
        const Error error = bench.takeError(update, u"a poll under a fault"_s, u"an error"_s);
        for (const QString &secret : std::as_const(secrets)) {
            const QString expected = u"no secret in a message, a detail or a record"_s;
            bench.expect(!error.message.contains(secret) && !error.detail.contains(secret),
                         u"an error of kind %1 that holds a secret"_s.arg(toString(error.kind)),
                         expected);
            bench.expect(!records.join(u' ').contains(secret),
                         u"a request's record that holds a secret"_s, expected);
        }
    }
}

void checkCancelled(Bench &bench)
{
    FaultProxy &proxy = bench.proxy();
    proxy.cut();
    const int before = proxy.requests();
    proxy.set({.kind = Fault::Kind::Hang});
    SourceSettings settings = bench.proxied();
    settings.timeout = 60s;
    const AdapterPtr adapter = bench.make(settings);
    const QString endpoint = adapter->endpoints().value(0);
    FutureResult<FleetUpdate> poll = adapter->poll(endpoint);
    bench.expect(bench.until(10s, [&] { return proxy.requests() > before; }),
                 u"no request came within 10 s"_s, u"a request"_s);
    poll.cancel();
    bench.expect(bench.until(2s, [&] { return poll.isFinished() && proxy.open() == 0; }),
                 proxy.open() > 0 ? u"the request is still open 2 s after its poll was cancelled"_s
                                  : u"the future has not ended 2 s after it was cancelled"_s,
                 u"the request aborted and the future ended"_s);
    proxy.set({});
    bench.take(bench.await(adapter->poll(endpoint)), u"the next poll"_s);
}

void checkQuiet(Bench &bench)
{
    FaultProxy &proxy = bench.proxy();
    SourceSettings settings = bench.proxied();
    settings.timeout = bench.subject().settings.timeout;
    settings.pollInterval = 100ms; // Its host's, and no concern of the adapter's.
    const AdapterPtr adapter = bench.make(settings);
    bench.read(*adapter);
    bench.pause(100ms);
    const int before = proxy.requests();
    bench.pause(bench.options().quiet);
    bench.expect(proxy.requests() == before,
                 u"%1 requests that nobody asked for"_s.arg(proxy.requests() - before),
                 u"none: the host says when"_s);
    proxy.set(answerOf(503, {}, {}));
    const int asked = proxy.requests();
    (void)bench.await(adapter->poll(adapter->endpoints().value(0)));
    bench.expect(
        proxy.requests() - asked <= 2,
        u"%1 requests for one poll that is answered with 503"_s.arg(proxy.requests() - asked),
        u"one, and the host's back-off"_s);
}

void checkWriteLimit(Bench &bench)
{
    FaultProxy &proxy = bench.proxy();
    const AdapterPtr adapter = bench.make(bench.proxied());
    Primitive primitive;
    const Capabilities can = adapter->capabilities();
    // A name that nobody has, and a proxy that passes nothing on.
    const QString nobody = u"stampdeck-conformance-nobody"_s;
    if (can.testFlag(Capability::Cordon)) {
        primitive = CordonStamp{nobody};
    } else if (can.testFlag(Capability::ScaleResources)
               || can.testFlag(Capability::ScaleComponents)) {
        ScaleStamp scale{nobody, {}, {}};
        scale.to.cpu = 1;
        primitive = scale;
    } else {
        bench.notApplicable(u"it neither cordons nor scales"_s);
    }
    proxy.set({.kind = Fault::Kind::Hang});
    QElapsedTimer timer;
    timer.start();
    const auto outcome =
        bench.await(adapter->perform(primitive, bench.context()), bench.limit() + bench.slack());
    bench.takeError(outcome, u"a write that nobody answers"_s, u"an error"_s);
    bench.expect(outcome.error().detail != u"conformance kit"_s,
                 u"no end within %1 ms under a limit of %2 ms"_s.arg(timer.elapsed())
                     .arg(bench.limit().count()),
                 u"the end of the write soon after its limit"_s);
}

void checkStreamCut(Bench &bench)
{
    FaultProxy &proxy = bench.proxy();
    SourceSettings settings = bench.proxied();
    settings.timeout = bench.subject().settings.timeout;
    const AdapterPtr adapter = bench.make(settings);
    bench.read(*adapter);
    if (!adapter->capabilities().testFlag(Capability::Events))
        bench.notApplicable(u"it has not the capability “events”"_s);
    int signs = 0;
    std::optional<Error> ended;
    QObject::connect(adapter.get(), &FleetAdapter::contact, adapter.get(), [&] { ++signs; });
    QObject::connect(adapter.get(), &FleetAdapter::updated, adapter.get(), [&] { ++signs; });
    QObject::connect(adapter.get(), &FleetAdapter::eventsEnded, adapter.get(),
                     [&](const QString &, const Error &error) { ended = error; });
    const int before = proxy.requests();
    adapter->startEvents(adapter->endpoints().value(0));
    bench.expect(
        bench.until(20s, [&] { return proxy.requests() > before && (signs > 0 || ended); }),
        u"no sign of life of the stream within 20 s"_s, u"contact() or updated()"_s);
    bench.expect(!ended, ended ? u"eventsEnded() at once: "_s + Bench::inWords(*ended) : QString(),
                 u"a stream"_s);
    proxy.cut();
    bench.expect(bench.until(3s, [&] { return ended.has_value(); }),
                 u"no eventsEnded() within 3 s after the connection was cut"_s, u"eventsEnded()"_s);
    bench.note(*ended);
    bench.expect(ended->kind == ErrorKind::Unreachable, Bench::inWords(*ended),
                 u"an error of kind unreachable"_s);
}

} // namespace Stampdeck::Internal
