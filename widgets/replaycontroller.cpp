// SPDX-License-Identifier: GPL-3.0-or-later
#include "replaycontroller.h"

#include "models/historywords.h"

#include "backends/api/whendone.h"

#include <QtConcurrent/QtConcurrentRun>

#include <algorithm>

namespace Stampdeck {

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

constexpr auto lead = 5min; ///< How far back it begins where nobody says when.
constexpr auto readInterval = 10s;

struct Opened
{
    std::unique_ptr<HistoryReader> reader;
    QList<RecordedRange> recorded;
};
using OpenedPtr = std::shared_ptr<Opened>;

Result<OpenedPtr> openReader(const QString &dir, const FleetVersionPtr &like)
{
    auto reader = HistoryReader::open(dir, like);
    if (!reader)
        return fail(reader.error());
    auto recorded = (*reader)->recorded();
    if (!recorded)
        return fail(recorded.error());
    if (recorded->isEmpty())
        return fail(ErrorKind::NotFound, ReplayController::tr("nothing was recorded yet"));
    auto opened = std::make_shared<Opened>();
    opened->reader = std::move(*reader);
    opened->recorded = std::move(*recorded);
    return opened;
}

} // namespace

ReplayController::ReplayController(Deck &deck, ReplayClock &shown, Clock &real, QObject *parent)
    : QObject(parent)
    , m_deck(deck)
    , m_shown(shown)
    , m_real(real)
{
    connect(&m_again, &QTimer::timeout, this, &ReplayController::readTimeline);
}

ReplayController::~ReplayController() = default;

void ReplayController::open(std::optional<Timestamp> moment)
{
    if (m_replay) {
        if (moment)
            seek(*moment);
        return;
    }
    if (m_deck.historyDir.isEmpty()) {
        Q_EMIT failed(Error::of(ErrorKind::NotFound, tr("this window has no history")));
        return;
    }
    const quint64 mine = ++m_opening;
    m_isOpening = true;
    const auto look = [dir = m_deck.historyDir, like = m_deck.feed.live()] {
        return openReader(dir, like);
    };
    whenDone(QtConcurrent::run(look), this, [this, mine, moment](const Result<OpenedPtr> &opened) {
        if (mine != m_opening)
            return;
        m_isOpening = false;
        if (!opened)
            Q_EMIT failed(opened.error());
        else
            start(std::move((*opened)->reader), (*opened)->recorded, moment);
    });
}

void ReplayController::start(std::unique_ptr<HistoryReader> reader,
                             const QList<RecordedRange> &recorded, std::optional<Timestamp> moment)
{
    const Timestamp last = std::min(recorded.last().to, m_real.now());
    const Timestamp wanted = std::max(recorded.first().from, moment.value_or(last - lead));
    m_replay = std::make_unique<Replay>(std::shared_ptr<HistoryReader>(std::move(reader)), m_real,
                                        m_deck.feed.version());
    m_replay->setSpeed(m_speed);
    connect(m_replay.get(), &Replay::published, this, &ReplayController::show);
    connect(m_replay.get(), &Replay::playingChanged, this, &ReplayController::playingChanged);
    connect(m_replay.get(), &Replay::failed, this, &ReplayController::failed);
    m_from = wanted - usualSpan * 5 / 6;
    m_to = m_from + usualSpan;
    m_replay->seek(wanted);
    readTimeline();
    m_again.start(readInterval);
}

void ReplayController::close()
{
    ++m_opening;
    m_isOpening = false;
    if (!m_replay)
        return;
    m_again.stop();
    m_timeline.reset();
    m_shown.setLive();
    m_replay.reset();
    m_deck.feed.showLive();
    Q_EMIT closed();
}

bool ReplayController::isSettled() const
{
    return !m_isOpening && (!m_replay || (isOpen() && m_timeline && !m_isReading));
}

Timestamp ReplayController::moment() const
{
    return m_replay ? m_replay->moment() : m_real.now();
}

void ReplayController::show(const FleetVersionPtr &version, const ChangeSetPtr &changes)
{
    m_shown.setMoment(m_replay->clock().now());
    // The fleet has gone on since the replay was begun.
    if (!isOpen())
        m_deck.feed.showPast(version, changesBetween(m_deck.fleet(), *version));
    else
        m_deck.feed.showPast(version, *changes);
    follow();
    Q_EMIT moved();
}

// What is played stays in sight.
void ReplayController::follow()
{
    const auto span = m_to - m_from;
    const Timestamp at = moment();
    if (at < m_from || at > m_to)
        setView(at - span * 5 / 6, at + span / 6);
}

void ReplayController::seek(Timestamp moment)
{
    if (!m_replay)
        return;
    // What is to come is not recorded.
    m_replay->seek(std::min(moment, m_real.now()));
}

void ReplayController::seekBy(std::chrono::milliseconds by)
{
    seek(moment() + by);
}

void ReplayController::setPlaying(bool playing)
{
    if (!m_replay)
        return;
    if (playing)
        m_replay->play();
    else
        m_replay->pause();
}

void ReplayController::setSpeed(int speed)
{
    m_speed = speed;
    if (m_replay)
        m_replay->setSpeed(speed);
}

void ReplayController::step(bool forward, const QString &stamp)
{
    if (!m_replay)
        return;
    if (forward)
        m_replay->stepForward(stamp);
    else
        m_replay->stepBack(stamp);
}

// What is in sight is known; beyond it the history is asked for incidents that began: a stamp that is not
// well is one too.
void ReplayController::goToTrouble(bool forward)
{
    if (!m_replay)
        return;
    const Timestamp at = moment();
    std::optional<Timestamp> found;
    if (m_timeline) {
        for (const HistoryTimeline::Mark &mark : m_timeline->marks) {
            if (!HistoryWords::isTrouble(mark))
                continue;
            if (forward && mark.at > at) {
                found = mark.at;
                break;
            }
            if (!forward && mark.at < at)
                found = mark.at;
        }
    }
    if (!found) {
        m_replay->jumpToIncident(forward);
        return;
    }
    m_replay->pause();
    m_replay->seek(*found);
}

void ReplayController::goToOperation(const QString &id)
{
    if (m_replay)
        m_replay->jumpToOperation(id);
}

void ReplayController::setView(Timestamp from, Timestamp to)
{
    if (!m_replay)
        return;
    const auto span = std::clamp<std::chrono::milliseconds>(to - from, leastSpan, mostSpan);
    from += (to - from - span) / 2;
    if (from == m_from && from + span == m_to)
        return;
    m_from = from;
    m_to = from + span;
    Q_EMIT viewChanged();
    if (!m_timeline || m_from < m_timeline->from || m_to > m_timeline->to
        || m_timeline->to - m_timeline->from > 8 * span)
        readTimeline();
}

void ReplayController::zoom(double factor, Timestamp around)
{
    const auto scaled = [factor](std::chrono::milliseconds time) {
        return std::chrono::milliseconds(qint64(double(time.count()) * factor));
    };
    const auto span =
        std::clamp<std::chrono::milliseconds>(scaled(m_to - m_from), leastSpan, mostSpan);
    const double share = double((around - m_from).count()) / double((m_to - m_from).count());
    const Timestamp from = around - std::chrono::milliseconds(qint64(double(span.count()) * share));
    setView(from, from + span);
}

// What is in sight, and as much again on both sides, so that little is read when it moves.
void ReplayController::readTimeline()
{
    if (!m_replay)
        return;
    if (std::exchange(m_isReading, true)) {
        m_readAgain = true;
        return;
    }
    m_readAgain = false;
    const auto span = m_to - m_from;
    const auto look = [dir = m_deck.historyDir, from = m_from - span, to = m_to + span] {
        return Stampdeck::readTimeline(dir, from, to);
    };
    whenDone(QtConcurrent::run(look), this, [this](const Result<HistoryTimeline> &timeline) {
        m_isReading = false;
        if (!m_replay)
            return;
        if (timeline) {
            m_timeline = std::make_unique<const HistoryTimeline>(*timeline);
            Q_EMIT timelineChanged();
        } else {
            Q_EMIT failed(timeline.error());
        }
        if (m_readAgain)
            readTimeline();
    });
}

} // namespace Stampdeck
