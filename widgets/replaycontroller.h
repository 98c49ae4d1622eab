// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deck.h"

#include "models/historytimeline.h"
#include "models/replay.h"

#include <QtCore/QTimer>

#include <memory>

namespace Stampdeck {

/// The past of the fleet in one window: puts versions of the history into its feed and their moment
/// into its clock, and knows what happened in the stretch of time that is in sight.
///
/// Everything is read in other threads. Lives in the GUI thread; deck and clocks outlive it.
class ReplayController final : public QObject
{
    Q_OBJECT
public:
    /// What is in sight of the slider, at first and at the least.
    static constexpr std::chrono::milliseconds usualSpan{std::chrono::minutes(50)};
    static constexpr std::chrono::milliseconds leastSpan{std::chrono::minutes(1)};
    static constexpr std::chrono::milliseconds mostSpan{std::chrono::hours(24 * 400)};

    /// \a shown is the deck's clock; \a real the one that goes on.
    ReplayController(Deck &deck, ReplayClock &shown, Clock &real, QObject *parent = nullptr);
    ~ReplayController() override;

    /// Shows the fleet at \a moment; without one a little before the last that is recorded. Ends in
    /// moved(), or in failed() where there is no history, and nothing is changed.
    void open(std::optional<Timestamp> moment = {});
    /// The fleet as it is again.
    void close();
    [[nodiscard]] bool isOpen() const { return m_deck.feed.isPast(); }
    /// Nothing is waited for: neither a moment nor what happened around it.
    [[nodiscard]] bool isSettled() const;

    /// Where it stands, or is about to. Only while it is open, as all below.
    [[nodiscard]] Timestamp moment() const;
    [[nodiscard]] Timestamp now() const { return m_real.now(); }
    [[nodiscard]] bool isRecorded() const { return m_replay && m_replay->isRecorded(); }
    [[nodiscard]] bool isPlaying() const { return m_replay && m_replay->isPlaying(); }
    [[nodiscard]] int speed() const { return m_speed; }
    void seek(Timestamp moment);
    void seekBy(std::chrono::milliseconds by);
    void setPlaying(bool playing);
    void setSpeed(int speed);
    /// To the next change, or the one before: of \a stamp where one is named.
    void step(bool forward, const QString &stamp = {});
    /// To the next thing that went wrong, or the one before.
    void goToTrouble(bool forward);
    void goToOperation(const QString &id);

    /// What the slider shows of time.
    [[nodiscard]] Timestamp viewFrom() const { return m_from; }
    [[nodiscard]] Timestamp viewTo() const { return m_to; }
    void setView(Timestamp from, Timestamp to);
    /// The same time at \a around, and more or less of it on both sides.
    void zoom(double factor, Timestamp around);
    /// What happened, of more than is in sight; null until it has been read.
    [[nodiscard]] const HistoryTimeline *timeline() const { return m_timeline.get(); }

Q_SIGNALS:
    /// Another moment is shown; the first one too.
    void moved();
    void playingChanged(bool playing);
    void viewChanged();
    void timelineChanged();
    void closed();
    void failed(const Stampdeck::Error &error);

private:
    void start(std::unique_ptr<HistoryReader> reader, const QList<RecordedRange> &recorded,
               std::optional<Timestamp> moment);
    void show(const FleetVersionPtr &version, const ChangeSetPtr &changes);
    void follow();
    void readTimeline();

    Deck &m_deck;
    ReplayClock &m_shown;
    Clock &m_real;
    std::unique_ptr<Replay> m_replay;
    quint64 m_opening = 0; // the newest wish to open
    bool m_isOpening = false;
    Timestamp m_from;
    Timestamp m_to;
    int m_speed = 1;
    std::unique_ptr<const HistoryTimeline> m_timeline;
    bool m_isReading = false;
    bool m_readAgain = false;
    QTimer m_again; // what is recorded goes on
};

} // namespace Stampdeck
