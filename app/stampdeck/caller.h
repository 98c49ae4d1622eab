// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bell.h"

#include "models/callpolicy.h"
#include "widgets/deck.h"

#include <QtCore/QObject>

namespace Stampdeck {

class Notifications;

/// Calls whoever sits here about the fleet's incidents as CallPolicy says, whatever the window shows:
/// by the desktop's notifications, which acknowledge and open, and by a Bell where those make no sound.
/// GUI thread; the deck's things outlive it.
class Caller final : public QObject
{
    Q_OBJECT
public:
    Caller(const Deck &deck, Notifications &notifications, QObject *parent = nullptr);
    ~Caller() override;

    void setSettings(const CallSettings &settings);
    /// Plays the sound of a call, whatever the settings are, and says whether it began. A call that comes
    /// meanwhile sounds in its place. Errors: NotNow, with the reason of the desktop.
    [[nodiscard]] FutureResult<void> trySound();
    /// The worst of what is open and nobody has acknowledged or silenced; nothing: all is quiet.
    [[nodiscard]] std::optional<Severity> worst() const { return m_worst; }
    [[nodiscard]] int count() const { return m_count; } ///< How many of them there are.

Q_SIGNALS:
    /// Somebody wants to see them; the first is the worst.
    void opened(const QStringList &incidents);
    /// worst() or count() did.
    void changed();
    /// By the program itself: the service makes no sound, or there is none.
    void rang();
    /// Nobody can be called, and why; empty: somebody can again.
    void unheard(const QString &why);
    /// A call makes no sound but a beep, and why; empty: it makes one again, or none is wanted.
    void soundless(const QString &why);

private:
    void look();
    void call(const CallPolicy::Call &call);
    void ring();
    void setSoundless(const QString &why);
    void choose(const QString &action);

    const Deck m_deck;
    Notifications &m_notifications;
    CallSettings m_settings;
    CallPolicy m_policy;
    Bell m_bell;
    QString m_sound; // of the last call
    std::shared_ptr<Answer<void>> m_try; // null: nobody waits to hear it
    QStringList m_called; // ids, of the notification that is shown
    std::optional<Severity> m_worst;
    int m_count = 0;
    Clock::TimerId m_timer = 0;
    bool m_isUnheard = false;
    QString m_whySoundless;
};

} // namespace Stampdeck
