// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "conformance.h"
#include "faultproxy.h"

#include "backends/api/whendone.h"

#include <QtCore/QEventLoop>
#include <QtCore/QMap>
#include <QtCore/QTimer>

#include <optional>

namespace Stampdeck::Internal {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

using AdapterPtr = std::unique_ptr<FleetAdapter>;

/// How a check ends before its last line. Thrown by Bench, caught by checkConformance(): the checks
/// are then the steps of the rule and nothing else, and nothing of it leaves this library.
struct Verdict
{
    ConformanceVerdict verdict;
    QString seen;
    QString expected;
};

/// What was told of a fleet so far, over all endpoints.
struct Cut
{
    struct Part
    {
        QMap<QString, StampPtr> stamps;
        QMap<QString, TenantPtr> tenants;
    };
    QMap<QString, Part> parts; ///< By endpoint.
    QString instance;
    std::vector<ObjectFault> faults; ///< Of the last answer of each endpoint.

    void apply(const QString &endpoint, const FleetUpdate &update);
    [[nodiscard]] StampPtr stamp(const QString &name) const;
    [[nodiscard]] TenantPtr tenant(const QString &id) const;
    [[nodiscard]] std::vector<StampPtr> stamps() const;
    [[nodiscard]] std::vector<TenantPtr> tenants() const;
    [[nodiscard]] QStringList ids() const; ///< Of both, each with what it is.
};

/// True for one that the kit may write to.
[[nodiscard]] bool isScratch(const Stamp &stamp);

/// What a writer can set, in words that are the same exactly when nothing of it differs.
[[nodiscard]] QString writable(const Stamp &stamp);
[[nodiscard]] QString writable(const Tenant &tenant);

/// A small write that can be taken back, and how one sees it.
struct Nudge
{
    Primitive there;
    Primitive back;
    std::function<bool(const Stamp &)> isThere;
};

/// A move that the scratch stamps allow.
struct Journey
{
    QString tenant, from, to;
};

/// How a stamp can be made in this fleet.
struct Blueprint
{
    Template from;
    QString region; ///< That of the scratch stamp.
    QJsonObject parameters; ///< Those that have to be given.
    /// A new stamp of a name that nobody has.
    [[nodiscard]] CreateStamp stamp() const;
};

/// What the checks stand on: makes adapters, asks them within limits, waits, writes to the scratch
/// stamp and puts it back. Lives in the kit's thread for the time of one run.
class Bench
{
public:
    Bench(const ConformanceSubject &subject, const ConformanceOptions &options, Clock &clock);
    ~Bench();
    Q_DISABLE_COPY_MOVE(Bench)

    // --- Verdicts

    [[noreturn]] void fail(const QString &seen, const QString &expected) const;
    [[noreturn]] void notApplicable(const QString &why) const;
    void expect(bool holds, const QString &seen, const QString &expected) const
    {
        if (!holds)
            fail(seen, expected);
    }
    /// The value, or the end of the check.
    template<typename T>
    T take(Result<T> result, const QString &doing) const
    {
        if (!result)
            fail(doing + u": "_s + inWords(result.error()), u"an answer"_s);
        return *std::move(result);
    }
    /// The error, or the end of the check.
    template<typename T>
    Error takeError(const Result<T> &result, const QString &doing, const QString &expected) const
    {
        if (result)
            fail(doing + u": it succeeds"_s, expected);
        return result.error();
    }
    [[nodiscard]] static QString inWords(const Error &error);
    /// Ends the check unless \a result is an error of one of \a kinds.
    template<typename T>
    Error expectKind(const Result<T> &result, std::initializer_list<ErrorKind> kinds,
                     const QString &doing) const
    {
        QStringList words;
        for (const ErrorKind kind : kinds)
            words.append(toString(kind));
        const QString expected = u"an error of kind "_s + words.join(u" or "_s);
        const Error error = takeError(result, doing, expected);
        if (std::find(kinds.begin(), kinds.end(), error.kind) == kinds.end())
            fail(doing + u": "_s + inWords(error), expected);
        return error;
    }

    // --- Adapters

    [[nodiscard]] const ConformanceSubject &subject() const { return m_subject; }
    [[nodiscard]] const ConformanceOptions &options() const { return m_options; }
    /// The limit that adapters get where limits are checked, and how much later they may end.
    [[nodiscard]] std::chrono::milliseconds limit() const { return m_options.limit; }
    [[nodiscard]] std::chrono::milliseconds slack() const;
    [[nodiscard]] AdapterPtr make();
    [[nodiscard]] AdapterPtr make(const SourceSettings &settings);
    /// The proxy, without a fault; ends the check of an adapter that none can stand before.
    FaultProxy &proxy();
    /// True where the proxy sees HTTP; otherwise ends the check.
    FaultProxy &plainProxy();
    /// Settings that lead through the proxy, to \a address instead of its own where given, with
    /// limit() as the time limit and a made-up secret where there is none.
    [[nodiscard]] SourceSettings proxied(const QUrl &address = {});
    /// The adapter of all writes, and of their observation where each adapter has a fleet of its
    /// own.
    [[nodiscard]] FleetAdapter &writer();
    /// Whoever sees what writer() does.
    [[nodiscard]] FleetAdapter &watcher();

    // --- Time

    /// Runs the event loop until \a future has ended; an error of ErrorKind::Timeout, and the
    /// future cancelled, after \a limit. Every error that comes is kept for errors().
    template<typename T>
    Result<T> await(FutureResult<T> future, std::chrono::milliseconds limit)
    {
        if (!until(limit, [&] { return future.isFinished(); })) {
            future.cancel();
            return Stampdeck::fail(ErrorKind::Timeout,
                                   u"the kit waited in vain for %1 ms"_s.arg(limit.count()),
                                   kitDetail());
        }
        if (future.resultCount() == 0)
            return Stampdeck::fail(ErrorKind::Invalid, u"the future ended without a result"_s,
                                   kitDetail());
        Result<T> result = future.result();
        if (!result)
            note(result.error());
        return result;
    }
    template<typename T>
    Result<T> await(FutureResult<T> future)
    {
        return await(std::move(future), 2 * m_subject.settings.timeout + 5s);
    }
    /// Runs the event loop until \a holds; false after \a limit. Ends the run when interrupted.
    bool until(std::chrono::milliseconds limit, const std::function<bool()> &holds);
    void pause(std::chrono::milliseconds time)
    {
        until(time, [] { return false; });
    }

    // --- Reading

    /// Polls every endpoint once into \a cut.
    void pollInto(FleetAdapter &adapter, Cut &cut);
    Cut read(FleetAdapter &adapter);
    /// Polls until \a holds, for \a limit at the most.
    bool pollUntil(FleetAdapter &adapter, Cut &cut, std::chrono::milliseconds limit,
                   const std::function<bool(const Cut &)> &holds);
    [[nodiscard]] const QList<Error> &errors() const { return m_errors; }
    void note(const Error &error) { m_errors.append(error); }

    // --- Writing

    [[nodiscard]] const QString &scratch() const { return m_options.scratch; }
    [[nodiscard]] bool can(Capability capability);
    /// Ends the check unless the adapter has it.
    void need(Capability capability);
    [[nodiscard]] WriteContext context(const QString &expectedRevision = {},
                                       const QString &operation = {}) const;
    enum class Follow : quint8 { Yes, No };
    /// Tries one primitive, again where the backend is busy with the last one, asks to come back,
    /// or does not hear from its own source just now. Waits until it is done, for a while, so that
    /// the next write finds nothing in flight; Follow::No leaves that to the check.
    [[nodiscard]] Result<WriteOutcome>
    perform(const Primitive &primitive, const WriteContext &context, Follow follow = Follow::Yes);
    /// The same with a context of its own; ends the check on an error.
    void write(const Primitive &primitive, const QString &doing);
    /// Everything as watcher() sees it now; what it was told before stays known.
    const Cut &look();
    [[nodiscard]] StampPtr scratchStamp();
    /// Waits until the scratch stamp is seen so; ends the check after the patience.
    void awaitSeen(const std::function<bool(const Stamp &)> &holds, const QString &expected);
    /// The same of a tenant, null when it is not told.
    void awaitTenant(const QString &id, const std::function<bool(const TenantPtr &)> &holds,
                     const QString &expected);
    [[nodiscard]] Nudge nudge();
    /// Where tenants of the scratch stamp could go, the likeliest first; ends the check when there
    /// is none.
    [[nodiscard]] std::vector<Journey> journeys();
    /// The first of journeys() whose first step the backend takes; its outcome.
    struct Begun
    {
        Journey journey;
        WriteContext context;
        Primitive primitive;
        WriteOutcome outcome;
    };
    enum class By : quint8 { Any, Backend };
    /// By::Backend: as one MoveTenant, where both are possible.
    [[nodiscard]] Begun beginJourney(By by = By::Any);
    /// Observes a write until it is done; ends the check on an error, and after the patience.
    void follow(const Primitive &primitive, const WriteContext &context, WriteOutcome outcome,
                const QString &doing);

    // --- Marks

    /// Asks for marks, and remembers to clear them.
    [[nodiscard]] Result<Timestamp> mark(const MarkRequest &request);
    /// Clears what a run has marked.
    [[nodiscard]] Result<Timestamp> clearMarks(const QString &operation, const QString &run);
    /// A name for an operation that nobody has.
    [[nodiscard]] static QString operationName();

    // --- Templates

    /// The templates, once there are some; empty when there are none for a while.
    [[nodiscard]] QList<Template> templates();
    /// The first that the kit can fill in; ends the check when there is none.
    [[nodiscard]] Blueprint blueprint();
    /// Tries it, and remembers to delete what comes of it.
    [[nodiscard]] Result<WriteOutcome> create(const CreateStamp &stamp);
    /// The empty stamp that several rules look at: made by the first of them, which waits until it
    /// is active, and deleted with the end of the run, unless a rule did it and says forgetMade().
    [[nodiscard]] CreateStamp made();
    void forgetMade();
    /// Waits until \a holds of the stamp, null when it is not there; ends the check after the
    /// patience.
    void awaitStamp(const QString &name, const std::function<bool(const StampPtr &)> &holds,
                    const QString &expected);

    /// Remembers how the scratch stamp is. Errors as of checkConformance().
    [[nodiscard]] Result<void> remember();
    enum class Made : quint8 { Stays, Goes };
    /// Puts it back as it was remembered, and takes away what was made and marked, made() only with
    /// Made::Goes; false when something is left, which left() tells.
    bool restore(Made made = Made::Stays);
    [[nodiscard]] const QStringList &left() const { return m_left; }

private:
    [[nodiscard]] static QString kitDetail();
    [[nodiscard]] QStringList differences(const Cut &now) const;
    void putBack(const Cut &now);
    void putBack(const Tenant &was, const Tenant &now);
    void clearOwnMarks();
    void removeMade(const QString &name);

    const ConformanceSubject &m_subject;
    const ConformanceOptions &m_options;
    Clock &m_clock;
    std::unique_ptr<FaultProxy> m_proxy;
    AdapterPtr m_writer;
    AdapterPtr m_watcher;
    Cut m_seen; ///< By watcher().
    QList<Error> m_errors;
    StampPtr m_found; ///< The scratch stamp as it was.
    std::vector<TenantPtr> m_foundTenants; ///< That it had.
    QStringList m_left;
    bool m_restoring = false;
    QList<std::pair<QString, QString>> m_marked; ///< Operations and runs that may have marked.
    QMap<QString, bool> m_created; ///< Stamps that may be there; true: the backend took them.
    std::optional<CreateStamp> m_made;
};

/// Thrown when the run was interrupted.
struct Interrupted
{ };

/// A rule with its one check.
struct RuleEntry
{
    const char *id;
    const char *title;
    /// Ends: reads, and is judged when all the others have been.
    enum Kind : quint8 { Reads, Network, Writes, Ends } kind;
    void (*check)(Bench &bench);
    const char *needs = ""; ///< Ids of the rules without which this one can't be judged.
};

void checkFirstPoll(Bench &bench);
void checkEndpoints(Bench &bench);
void checkInstance(Bench &bench);
void checkNames(Bench &bench);
void checkUnique(Bench &bench);
void checkKnownStamps(Bench &bench);
void checkServed(Bench &bench);
void checkNumbers(Bench &bench);
void checkUnits(Bench &bench);
void checkComponents(Bench &bench);
void checkServerTime(Bench &bench);
void checkObservations(Bench &bench);
void checkUnchanged(Bench &bench);
void checkDifferences(Bench &bench);
void checkHistory(Bench &bench);
void checkHeartbeat(Bench &bench);
void checkDestruction(Bench &bench);

void checkUnreachable(Bench &bench);
void checkSilence(Bench &bench);
void checkWholeLimit(Bench &bench);
void checkConnectLimit(Bench &bench);
void checkMaxAnswer(Bench &bench);
void checkTruncated(Bench &bench);
void checkGarbage(Bench &bench);
void checkDenied(Bench &bench);
void checkRetryAfter(Bench &bench);
void checkBadObject(Bench &bench);
void checkSecrets(Bench &bench);
void checkCancelled(Bench &bench);
void checkQuiet(Bench &bench);
void checkWriteLimit(Bench &bench);
void checkStreamCut(Bench &bench);

void checkLacks(Bench &bench);
void checkClaims(Bench &bench);
void checkNotFound(Bench &bench);
void checkCordon(Bench &bench);
void checkScale(Bench &bench);
void checkLimits(Bench &bench);
void checkRules(Bench &bench);
void checkRevisionMoves(Bench &bench);
void checkStaleRevision(Bench &bench);
void checkKeyOnce(Bench &bench);
void checkKeyOfAnother(Bench &bench);
void checkObserve(Bench &bench);
void checkRefusal(Bench &bench);
void checkOnlyServing(Bench &bench);
void checkTakenBack(Bench &bench);
void checkMove(Bench &bench);
void checkEvents(Bench &bench);
void checkStopEvents(Bench &bench);
void checkSentences(Bench &bench);

void checkMarkShows(Bench &bench);
void checkMarkRevision(Bench &bench);
void checkMarkCleared(Bench &bench);
void checkMarkHeld(Bench &bench);
void checkMarkAll(Bench &bench);
void checkMarkWrites(Bench &bench);
void checkMarkShared(Bench &bench);
void checkMarkAdopted(Bench &bench);
void checkMarkNames(Bench &bench);

void checkTemplates(Bench &bench);
void checkParameterRange(Bench &bench);
void checkCreate(Bench &bench);
void checkNameOnce(Bench &bench);
void checkNotDrained(Bench &bench);
void checkDelete(Bench &bench);

void checkCalledOff(Bench &bench);
void checkCalledOffLate(Bench &bench);

} // namespace Stampdeck::Internal
