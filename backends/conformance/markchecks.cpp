// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"

#include <QtCore/QDeadlineTimer>
#include <QtCore/QElapsedTimer>

/// The rules of marks: C52 to C60. They mark the scratch stamp and a tenant of it, and names that
/// nobody has. Bench::restore() clears them.
namespace Stampdeck::Internal {

namespace {

/// What may be marked on the scratch stamp, and who marks.
struct Marking
{
    QString stamp;
    QString tenant; ///< Empty where it has none that is free.
    QString operation = Bench::operationName();

    [[nodiscard]] MarkRequest request(const QString &run, MarkMode mode = MarkMode::Set) const
    {
        MarkRequest is;
        is.operation = operation;
        is.run = run;
        is.kind = u"drain"_s;
        is.plan = u"{\"kit\":\"plan\"}"_s;
        is.mode = mode;
        is.stamps.push_back({stamp, 0, stamp, {}, false});
        if (!tenant.isEmpty())
            is.tenants.push_back({tenant, 1, stamp, {}, false});
        return is;
    }
    /// The same, of the stamp alone.
    [[nodiscard]] MarkRequest ofStamp(const QString &run, MarkMode mode = MarkMode::Set) const
    {
        MarkRequest is = request(run, mode);
        is.tenants.clear();
        return is;
    }
};

QString firstRun()
{
    return u"kit-1"_s;
}

QString secondRun()
{
    return u"kit-2"_s;
}

/// Ends the check where there is nothing that could be marked.
Marking marking(Bench &bench)
{
    bench.need(Capability::Marks);
    Marking is;
    is.stamp = bench.scratch();
    const StampPtr stamp = bench.scratchStamp();
    if (stamp->mark)
        bench.notApplicable(u"%1 bears the mark of %2"_s.arg(is.stamp, stamp->mark->operation));
    for (const TenantPtr &tenant : bench.look().tenants()) {
        if (tenant->stamp == is.stamp && !tenant->mark && tenant->operation.isEmpty()) {
            is.tenant = tenant->id;
            break;
        }
    }
    return is;
}

/// Waits until \a holds of both marks; the tenant's is that of none where there is none.
void awaitMarks(Bench &bench, const Marking &marking,
                const std::function<bool(const OptionalMark &)> &holds, const QString &expected)
{
    bench.awaitSeen([&](const Stamp &stamp) { return holds(stamp.mark); },
                    expected + u" on "_s + marking.stamp);
    if (marking.tenant.isEmpty())
        return;
    bench.awaitTenant(
        marking.tenant, [&](const TenantPtr &tenant) { return tenant && holds(tenant->mark); },
        expected + u" on tenant "_s + marking.tenant);
}

void awaitMark(Bench &bench, const Marking &marking, const QString &run)
{
    awaitMarks(
        bench, marking,
        [&](const OptionalMark &mark) {
            return mark && mark->operation == marking.operation && mark->run == run;
        },
        u"the mark of %1"_s.arg(marking.operation));
}

/// What one mark tells, in words.
QString told(const Mark &mark)
{
    return QStringList{
        mark.operation, mark.run, mark.kind, QString::number(mark.step),
        mark.from,      mark.to,  mark.plan, mark.shared ? u"shared"_s : u"its own"_s}
        .join(u' ');
}

void expectTold(Bench &bench, const MarkRequest &request, const MarkRequest::Object &object,
                const Mark &mark, const QString &name)
{
    Mark asked;
    asked.operation = request.operation;
    asked.run = request.run;
    asked.kind = request.kind;
    asked.step = object.step;
    asked.from = object.from;
    asked.to = object.to;
    asked.plan = request.plan;
    asked.shared = object.shared;
    bench.expect(told(mark) == told(asked), u"the mark on %1: %2"_s.arg(name, told(mark)),
                 told(asked));
    bench.expect(!mark.who.isEmpty(), u"the mark on %1 does not say whose it is"_s.arg(name),
                 u"who marked"_s);
}

} // namespace

void checkMarkShows(Bench &bench)
{
    const Marking is = marking(bench);
    const MarkRequest request = is.request(firstRun());
    const Timestamp until = bench.take(bench.mark(request), u"a mark"_s);
    awaitMark(bench, is, firstRun());
    const StampPtr stamp = bench.scratchStamp();
    expectTold(bench, request, request.stamps.front(), *stamp->mark, is.stamp);
    bench.expect(stamp->mark->until == until,
                 u"it lasts until %1, and was said to last until %2"_s.arg(
                     toRfc3339(stamp->mark->until), toRfc3339(until)),
                 u"the time that mark() answered"_s);
    if (!is.tenant.isEmpty()) {
        const TenantPtr tenant = bench.look().tenant(is.tenant);
        bench.expect(tenant && tenant->mark, u"tenant %1 bears it no more"_s.arg(is.tenant),
                     u"its mark"_s);
        expectTold(bench, request, request.tenants.front(), *tenant->mark,
                   u"tenant "_s + is.tenant);
    }
}

void checkMarkRevision(Bench &bench)
{
    const Marking is = marking(bench);
    const auto revisions = [&] {
        const TenantPtr tenant = bench.look().tenant(is.tenant);
        return QStringList{bench.scratchStamp()->revision, tenant ? tenant->revision : QString()};
    };
    const QStringList before = revisions();
    bench.take(bench.mark(is.request(firstRun())), u"a mark"_s);
    awaitMark(bench, is, firstRun());
    const QStringList marked = revisions();
    bench.expect(marked == before,
                 u"the revisions of stamp and tenant were %1 and are %2"_s.arg(before.join(u' '),
                                                                               marked.join(u' ')),
                 u"the same ones: nothing of them was written"_s);
}

void checkMarkCleared(Bench &bench)
{
    const Marking is = marking(bench);
    bench.take(bench.mark(is.request(firstRun())), u"a mark"_s);
    awaitMark(bench, is, firstRun());
    // What is not named any more goes too.
    if (!is.tenant.isEmpty()) {
        bench.take(bench.mark(is.ofStamp(firstRun())), u"a mark on the stamp alone"_s);
        bench.awaitTenant(
            is.tenant, [](const TenantPtr &tenant) { return tenant && !tenant->mark; },
            u"no mark on tenant %1, which the operation names no more"_s.arg(is.tenant));
    }
    bench.take(bench.clearMarks(is.operation, firstRun()), u"the end of a mark"_s);
    awaitMarks(
        bench, is, [](const OptionalMark &mark) { return !mark; }, u"no mark"_s);
}

void checkMarkHeld(Bench &bench)
{
    const Marking first = marking(bench);
    bench.take(bench.mark(first.request(firstRun())), u"a mark"_s);
    awaitMark(bench, first, firstRun());
    const QString who = bench.scratchStamp()->mark->who;
    Marking second = first;
    second.operation = Bench::operationName();
    const auto refused = [&](const MarkRequest &request, const QString &doing) {
        const Error error = bench.expectKind(bench.mark(request), {ErrorKind::Conflict}, doing);
        bench.expect(error.detail == who, u"%1: the detail “%2”"_s.arg(doing, error.detail),
                     u"who holds it: "_s + who);
    };
    refused(second.request(firstRun()), u"a mark of another operation"_s);
    refused(first.request(secondRun()), u"a mark of another run of the operation"_s);
    awaitMark(bench, first, firstRun());
    bench.take(bench.mark(first.request(firstRun(), MarkMode::Renew)), u"its own renewal"_s);
}

void checkMarkAll(Bench &bench)
{
    const Marking is = marking(bench);
    const auto noneOf = [&](const QString &when) {
        // A mark that was set shows soon.
        const QDeadlineTimer deadline(bench.options().quiet);
        do {
            const StampPtr stamp = bench.scratchStamp();
            bench.expect(!stamp->mark || stamp->mark->operation != is.operation,
                         u"%1, %2 is marked"_s.arg(when, is.stamp),
                         u"no mark where one of the objects could not be marked"_s);
            bench.pause(50ms);
        } while (!deadline.hasExpired());
    };
    MarkRequest unknown = is.ofStamp(firstRun());
    unknown.tenants.push_back({u"stampdeck-conformance-nobody"_s, 1, is.stamp, {}, false});
    bench.expectKind(bench.mark(unknown), {ErrorKind::NotFound, ErrorKind::Invalid},
                     u"a mark on a tenant that nobody has"_s);
    noneOf(u"beside a tenant that nobody has"_s);
    // One that somebody else has marked: another scratch stamp, of another source of a hub if it
    // can be, or a tenant.
    QString second;
    for (const StampPtr &stamp : bench.look().stamps()) {
        const bool isFree = stamp->name != is.stamp && !stamp->mark && isScratch(*stamp);
        const auto sourceOf = [](const QString &name) { return name.section(u'~', 0, -2); };
        if (isFree && (second.isEmpty() || sourceOf(second) == sourceOf(is.stamp)))
            second = stamp->name;
    }
    if (second.isEmpty() && is.tenant.isEmpty())
        return;
    Marking other = is;
    other.operation = Bench::operationName();
    MarkRequest theirs = other.request(firstRun());
    MarkRequest both = is.request(firstRun());
    theirs.stamps.clear();
    if (!second.isEmpty()) {
        theirs.tenants.clear();
        theirs.stamps.push_back({second, 0, second, {}, false});
        both = is.ofStamp(firstRun());
        both.stamps.push_back({second, 1, second, {}, false});
    }
    const QString held = second.isEmpty() ? u"tenant "_s + is.tenant : second;
    bench.take(bench.mark(theirs), u"a mark on "_s + held);
    bench.expectKind(bench.mark(both), {ErrorKind::Conflict},
                     u"a mark on the stamp and on %1, which somebody else has marked"_s.arg(held));
    noneOf(u"beside %1, which somebody else has marked"_s.arg(held));
}

void checkMarkWrites(Bench &bench)
{
    const Marking is = marking(bench);
    const Nudge nudge = bench.nudge();
    bench.take(bench.mark(is.ofStamp(firstRun())), u"a mark"_s);
    bench.awaitSeen(
        [&](const Stamp &stamp) { return stamp.mark && stamp.mark->operation == is.operation; },
        u"the mark"_s);
    const QString who = bench.scratchStamp()->mark->who;
    const auto refused = [&](const WriteContext &context, const QString &doing) {
        const Error error =
            bench.expectKind(bench.perform(nudge.there, context), {ErrorKind::Conflict}, doing);
        bench.expect(error.message.contains(is.operation) && error.message.contains(who),
                     u"%1: “%2”"_s.arg(doing, error.message),
                     u"a message that names %1 and %2"_s.arg(is.operation, who));
        bench.expect(!nudge.isThere(*bench.scratchStamp()),
                     doing + u" is refused and takes effect"_s, u"the stamp as it was"_s);
    };
    refused(bench.context(), u"a write of another operation"_s);
    WriteContext own = bench.context({}, is.operation);
    own.run = secondRun();
    refused(own, u"a write of another run of the operation"_s);
    own = bench.context({}, is.operation);
    own.run = firstRun();
    bench.take(bench.perform(nudge.there, own), u"a write of the operation that has marked"_s);
    bench.awaitSeen(nudge.isThere, u"the write"_s);
    WriteContext under = bench.context();
    under.under = is.operation;
    under.run = firstRun();
    bench.take(bench.perform(nudge.back, under),
               u"a write of an operation that is a step of the one that has marked"_s);
    bench.awaitSeen([&](const Stamp &stamp) { return !nudge.isThere(stamp); }, u"its inverse"_s);
}

void checkMarkShared(Bench &bench)
{
    const Marking first = marking(bench);
    Marking second = first;
    second.operation = Bench::operationName();
    const auto shared = [](const Marking &of) {
        MarkRequest request = of.ofStamp(firstRun());
        request.stamps.front().from.clear();
        request.stamps.front().to = of.stamp; // It takes tenants.
        request.stamps.front().shared = true;
        return request;
    };
    bench.take(bench.mark(shared(first)), u"a shared mark"_s);
    bench.awaitSeen([](const Stamp &stamp) { return stamp.mark && stamp.mark->shared; },
                    u"a shared mark"_s);
    bench.take(bench.mark(shared(second)), u"a shared mark of another operation"_s);
    bench.awaitSeen([](const Stamp &stamp) { return stamp.mark && stamp.mark->shared; },
                    u"a shared mark still"_s);
    for (const Marking &each : {first, second}) {
        MarkRequest renewal = shared(each);
        renewal.mode = MarkMode::Renew;
        bench.take(bench.mark(renewal), u"the renewal of a shared mark"_s);
    }
}

void checkMarkAdopted(Bench &bench)
{
    Marking is = marking(bench);
    std::chrono::milliseconds life = 2 * bench.limit();
    QElapsedTimer since;
    // On a slow backend the mark may have expired before the answer comes: a longer one may not.
    for (;; life *= 2) {
        MarkRequest first = is.request(firstRun());
        first.life = life;
        since.start();
        bench.take(bench.mark(first), u"a mark that lasts %1"_s.arg(toString(life)));
        const auto early = bench.mark(is.request(secondRun(), MarkMode::Adopt));
        if (!early || since.elapsed() < life.count() || life > bench.options().patience) {
            bench.expectKind(early, {ErrorKind::Conflict},
                             u"the adoption of an operation whose mark is live"_s);
            break;
        }
        bench.take(bench.clearMarks(is.operation, secondRun()), u"the end of a mark"_s);
        is.operation = Bench::operationName();
    }
    bench.until(life - std::chrono::milliseconds(since.elapsed()) + 50ms, [] { return false; });
    const QDeadlineTimer deadline(bench.options().patience);
    const MarkRequest adopting = is.request(secondRun(), MarkMode::Adopt);
    auto adopted = bench.mark(adopting);
    while (!adopted && adopted.error().kind == ErrorKind::Conflict && !deadline.hasExpired()) {
        bench.pause(100ms); // The backend's clock is another one.
        adopted = bench.mark(adopting);
    }
    bench.take(adopted, u"the adoption of an operation whose mark has expired"_s);
    awaitMark(bench, is, secondRun());
    bench.expectKind(bench.mark(is.request(firstRun(), MarkMode::Renew)), {ErrorKind::Conflict},
                     u"a renewal by the run that lost it"_s);
    (void)bench.clearMarks(is.operation, firstRun()); // It has none to clear.
    const StampPtr after = bench.scratchStamp();
    bench.expect(after->mark && after->mark->run == secondRun(),
                 u"the run that lost the mark has cleared it"_s,
                 u"the mark of the run that took it over"_s);
}

void checkMarkNames(Bench &bench)
{
    Marking is = marking(bench);
    const QStringList wrong{QString(),    u"two words"_s, u"a/b"_s,
                            u"a;run=b"_s, u"\u00e4"_s,    QString(201, u'a')};
    for (const QString &name : wrong) {
        is.operation = name;
        bench.expectKind(bench.mark(is.ofStamp(firstRun())), {ErrorKind::Invalid},
                         u"a mark of an operation called “%1”"_s.arg(name));
    }
    is.operation = Bench::operationName();
    bench.expectKind(bench.mark(is.ofStamp(u"two words"_s)), {ErrorKind::Invalid},
                     u"a mark of a run called “two words”"_s);
    is.operation = QString(u"Az09._~-"_s + Bench::operationName()).leftJustified(200, u'a');
    bench.take(bench.mark(is.ofStamp(firstRun())),
               u"a mark of an operation called %1"_s.arg(is.operation));
    bench.awaitSeen(
        [&](const Stamp &stamp) { return stamp.mark && stamp.mark->operation == is.operation; },
        u"the mark of "_s + is.operation);
}

} // namespace Stampdeck::Internal
