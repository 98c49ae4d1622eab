// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "historyreader.h"

#include <QtCore/QObject>

#include <atomic>
#include <limits>

namespace Stampdeck {

/// The time of what is shown: that of the clock that goes on, or of a replay, where it stands at the
/// moment that is shown. Ages are counted from there, since a version of the past counts
/// Clock::elapsed() in milliseconds since 1970. Calls later are those of the clock that goes on.
/// Thread-safe.
class ReplayClock final : public Clock
{
public:
    explicit ReplayClock(Clock &real)
        : m_real(real)
    { }

    void setMoment(Timestamp moment) { m_moment = moment.time_since_epoch().count(); }
    /// Goes on again.
    void setLive() { m_moment = live; }
    [[nodiscard]] Timestamp now() const override
    {
        const qint64 moment = m_moment;
        return moment == live ? m_real.now() : Timestamp(std::chrono::milliseconds(moment));
    }
    [[nodiscard]] std::chrono::milliseconds elapsed() const override
    {
        const qint64 moment = m_moment;
        return moment == live ? m_real.elapsed() : std::chrono::milliseconds(moment);
    }
    TimerId callLater(std::chrono::milliseconds delay, QObject *context,
                      std::function<void()> call) override
    {
        return m_real.callLater(delay, context, std::move(call));
    }
    void cancel(TimerId timer) override { m_real.cancel(timer); }

private:
    static constexpr qint64 live = std::numeric_limits<qint64>::min();
    Clock &m_real;
    std::atomic<qint64> m_moment{live};
};

/// What leads from one version to another that need not follow on it: of the same history, or of
/// the store and a history whose reader was opened like it.
[[nodiscard]] ChangeSet changesBetween(const FleetVersion &before, const FleetVersion &after);

/// The past of a fleet as something that runs: a moment, a speed, and the versions that go with
/// them, told as FleetStore tells its own.
///
/// Lives in the thread that made it and reads in others; the newest wish counts, so that a slider
/// may ask as often as it moves. The real clock outlives it; the reader is shared.
class Replay final : public QObject
{
    Q_OBJECT
public:
    static constexpr int slowest = 1;
    static constexpr int fastest = 600;

    /// \a from is what is shown until the first moment is there: the fleet as it is.
    Replay(std::shared_ptr<HistoryReader> reader, Clock &real, const FleetVersionPtr &from,
           QObject *parent = nullptr);
    ~Replay() override;

    [[nodiscard]] ReplayClock &clock() { return m_clock; }
    /// What is shown now.
    [[nodiscard]] const FleetVersionPtr &version() const { return m_version; }
    /// Where it stands, or is about to.
    [[nodiscard]] Timestamp moment() const { return m_wanted; }
    /// False where nobody recorded at the moment that is shown.
    [[nodiscard]] bool isRecorded() const { return m_isRecorded; }
    [[nodiscard]] bool isPlaying() const { return m_isPlaying; }
    [[nodiscard]] int speed() const { return m_speed; }

    /// Shows the fleet at \a moment, or at the nearest one that is recorded at all.
    void seek(Timestamp moment);
    /// Seconds of then in one of now: from \ref slowest to \ref fastest.
    void setSpeed(int speed);
    /// Runs from here on, over times in which nobody recorded, to the end of what is recorded.
    void play();
    void pause();
    /// To the next thing that changed, of \a stamp ("source/name") where one is named; stays where
    /// it is when there is none.
    void stepForward(const QString &stamp = {});
    void stepBack(const QString &stamp = {});
    /// To where this operation began.
    void jumpToOperation(const QString &id);
    /// To where an incident began, or came back, next or last before; stays where there is none.
    void jumpToIncident(bool forward);

Q_SIGNALS:
    /// As FleetStore::published: what is shown from now on, and what of it differs from before.
    void published(const Stampdeck::FleetVersionPtr &version,
                   const Stampdeck::ChangeSetPtr &changes);
    void playingChanged(bool playing);
    /// A wish that could not be met; what was shown stays.
    void failed(const Stampdeck::Error &error);

private:
    using Step = Result<std::optional<Timestamp>>;
    void ask();
    void show(const HistoryMoment &is, const ChangeSetPtr &changes);
    void advance();
    void find(std::function<Step(HistoryReader &)> search);
    void setPlaying(bool playing);

    std::shared_ptr<HistoryReader> m_reader;
    Clock &m_real;
    ReplayClock m_clock;
    FleetVersionPtr m_version;
    Timestamp m_wanted;
    bool m_isRecorded = false;
    bool m_isAsking = false;
    bool m_isStale = false; // what is being asked for is not what is wanted any more
    bool m_isPlaying = false;
    int m_speed = 1;
    std::chrono::milliseconds m_advanced{0}; // Clock::elapsed() of the real clock
    Clock::TimerId m_timer = 0;
};

} // namespace Stampdeck
