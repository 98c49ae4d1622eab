// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleetversion.h"
#include "joinedthread.h"

#include "backends/api/metricsadapter.h"

#include <QtCore/QMutex>
#include <QtCore/QObject>

#include <atomic>
#include <functional>

namespace Stampdeck {

/// What an accepted operation will do to the fleet, counted from acceptance to its last step.
struct Claim
{
    QString operation; ///< Its id.
    QString actor;
    QString tenant; ///< "domain/ID" of a tenant that moves; empty for a claim on a stamp.
    QString from; ///< "source/name".
    QString to; ///< "source/name"; of a claim on a stamp the stamp itself.
    bool drains = false; ///< The stamp is emptied: once it is cordoned it is shown as draining.
    bool creates = false; ///< The stamp is made: nobody else may make one of this name.
    bool deletes = false; ///< The stamp goes: once it is cordoned it is shown as deleting.

    friend bool operator==(const Claim &, const Claim &) = default;
};

/// What a scaling rule that is carried out here did last.
struct RuleAct
{
    Timestamp at;
    int from = 0; ///< Replicas before, and after.
    int to = 0;
    QString why; ///< "3 to 4, cpu 91% over 70%".

    friend bool operator==(const RuleAct &, const RuleAct &) = default;
};

/// What an answer of a feed says of the feed itself.
struct FeedNews
{
    QString endpoint;
    QString instance;
    QStringList warnings;
    int faults = 0;
    QString faultMessage;
    std::optional<Timestamp> serverTime;
};

/// The one truth: the single writer of the fleet, with a thread of its own.
///
/// Sources post what they learn; the store applies it, scores health, ages what is silent, and
/// publishes an immutable version with the set of what changed. Readers take current() at any
/// time, in any thread. All functions are thread-safe unless they say otherwise. Destroy it in the
/// thread that made it; that ends its thread.
class FleetStore final : public QObject
{
    Q_OBJECT
public:
    explicit FleetStore(Clock &clock, QObject *parent = nullptr);
    ~FleetStore() override;

    [[nodiscard]] FleetVersionPtr current() const;

    /// Adds a source with nothing known of it; before any update of it.
    void addSource(const SourceState &source);
    void removeSource(const QString &source);

    /// Adds a source of metrics or of incidents. What is told of its contact below (setEndpoints(),
    /// fail(), setPollInterval(), setCapabilities()) is told by its name as that of any source.
    void addFeed(const FeedState &feed);
    /// What an answer of \a feed told beside its content.
    void hear(const QString &feed, const FeedNews &news);
    /// What a feed measured: it fills what the sources of those stamps don't tell.
    void applyMetrics(const QString &feed, MetricsUpdate update);
    void setIncidents(std::shared_ptr<const IncidentBook> incidents);

    /// The endpoints of \a source, once its adapter is there.
    void setEndpoints(const QString &source, const QStringList &endpoints);
    /// Counts again what operations of an earlier process had claimed.
    void restoreClaims(const QList<Claim> &claims);

    /// What an answer or an event of \a source told.
    void apply(const QString &source, FleetUpdate update);
    /// A proof of contact with \a endpoint that carried nothing.
    void contact(const QString &source, const QString &endpoint);
    /// A poll or a stream of \a endpoint failed; it will be tried again at \a nextAttempt
    /// (Clock::elapsed()).
    void fail(const QString &source, const QString &endpoint, const Error &error,
              std::optional<std::chrono::milliseconds> nextAttempt);
    /// Whether \a endpoint pushes now, and how often it is polled.
    void setWatching(const QString &source, const QString &endpoint, bool watching);
    void setPollInterval(const QString &source, std::chrono::milliseconds interval);
    void setCapabilities(const QString &source, Capabilities capabilities);
    /// What stamps can be made from at \a source, or why that could not be read: what was known stays.
    void setTemplates(const QString &source, const Result<QList<Template>> &templates);
    /// From now on somebody here carries out the rules of sources that only keep them, which then
    /// count as sources with scaling rules. Before their capabilities are told.
    void carryRules() { m_carriesRules = true; }
    /// What \a source had when an earlier session saw it last: what it has not told by itself yet
    /// stands there as a proof (StampEntry::proof), until it has answered completely.
    void addProofs(const QString &source, const std::vector<StampPtr> &stamps);
    /// So many stamps of the first answer of \a endpoint have been read.
    void setReading(const QString &source, const QString &endpoint, int stamps);
    /// Recorded values that fill the sparklines and the series of what is watched.
    void addHistory(const QString &source, const std::vector<Series> &series);

    /// Shows an operation of this state directory's journal, new or changed.
    void showOperation(const OperationPtr &operation);
    /// \a run of an operation is one of this state directory's: its marks are nobody else's.
    void addOwnRun(const QString &run);
    /// Drops what \a operation claimed.
    void release(const QString &operation);
    /// Shows what the rule of \a component on \a stampId did last.
    void showRuleAct(const QString &stampId, const QString &component, const RuleAct &act);
    /// Shows these acknowledgements beside those that the sources tell, instead of earlier ones.
    void setAcknowledgements(const QList<Acknowledgement> &acknowledgements);
    /// Decides on the writer's thread, between two versions: \a decide sees the fleet with every
    /// claim so far counted, and answers claims that are then counted too, or an error. What it
    /// answers is visible in the version that the future's end guarantees to be published.
    [[nodiscard]] FutureResult<FleetVersionPtr>
    transact(std::function<Result<QList<Claim>>(const FleetVersionPtr &)> decide);

    /// Keeps the full series of this stamp from now on; calls are counted.
    void watchSamples(const QString &stampId);
    void unwatchSamples(const QString &stampId);

    /// Runs \a call on the writer's thread after all that was posted before, and waits.
    void sync();

Q_SIGNALS:
    /// From the writer's thread: connect with a context object of your own thread.
    void published(const Stampdeck::FleetVersionPtr &version, const Stampdeck::ChangeSetPtr &changes);

private:
    class Writer;
    template<typename Call>
    void post(Call call);
    void publish(const FleetVersionPtr &version, const ChangeSetPtr &changes);

    Clock &m_clock;
    std::atomic<bool> m_carriesRules = false;
    mutable QMutex m_mutex; // guards m_current only
    FleetVersionPtr m_current;
    JoinedThread m_thread;
    Writer *m_writer = nullptr; // lives in m_thread, dies with it
};

} // namespace Stampdeck
