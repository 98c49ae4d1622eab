// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/clock.h"

#include <QtCore/QObject>

#include <memory>
#include <thread>

namespace Stampdeck {

/// The sound of a call, by libcanberra: an event of the desktop's sound theme, on whatever plays there
/// (PulseAudio, PipeWire, ALSA). Nothing is opened before it rings, and each ring opens anew: a sound
/// server comes and goes. That is done in a thread of its own, as such a server may hang. GUI thread;
/// the clock outlives it.
class Bell final : public QObject
{
    Q_OBJECT
public:
    /// What has not begun to sound after this counts as not played.
    static constexpr std::chrono::milliseconds patience{5'000};

    explicit Bell(Clock &clock, QObject *parent = nullptr);
    /// Stops what still sounds. Waits half a second for that at most: after that a sound server that
    /// hangs has the thread for itself.
    ~Bell() override;

    /// Plays \a event, a name of https://specifications.freedesktop.org/sound-naming-spec/, in place of
    /// what still sounds. Returns at once; the signals tell what came of it.
    void ring(const QString &event);

Q_SIGNALS:
    /// It has begun to sound.
    void sounded();
    /// It can't be heard, or not to its end; \a why in the words of whoever plays.
    void failed(const QString &why);

private:
    struct Sound;

    static void play(const std::shared_ptr<Sound> &sound, const QByteArray &event,
                     const QByteArray &description);
    void begin();
    void onBegun();
    void onOver(int error);
    void stopWaiting();

    Clock &m_clock;
    QString m_event; // to be begun once the one before is over; empty: none is
    std::shared_ptr<Sound> m_sound; // null: nothing sounds, and there is no thread
    std::thread m_thread;
    Clock::TimerId m_timer = 0;
};

} // namespace Stampdeck
