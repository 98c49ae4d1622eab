// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "incidents.h"

#include <QtCore/QHash>
#include <QtCore/QTime>

namespace Stampdeck {

/// When somebody wants to be called. Part of WindowSettings.
struct CallSettings
{
    enum class Least : quint8 { Warning, Critical, Info, Nothing };

    Least least = Least::Warning; ///< Below it nobody is called; Nothing: never.
    std::chrono::milliseconds again{300'000}; ///< While nobody acknowledged; 0: once only.
    bool sound = true;
    /// In these hours of local time only critical incidents call: both or neither.
    std::optional<QTime> quietFrom;
    std::optional<QTime> quietTo;

    /// "22:00-07:00"; "off" is none. Nothing for what is neither.
    [[nodiscard]] static std::optional<std::pair<QTime, QTime>> hoursOf(const QString &written);
    [[nodiscard]] static bool areHours(const QString &written);
    [[nodiscard]] bool isQuiet(QTime local) const;

    friend bool operator==(const CallSettings &, const CallSettings &) = default;
};

/// Decides when whoever is on call is called, and of what: one call at a time, of everything that is
/// open, that nobody has acknowledged or silenced, and that is in no maintenance. Pure; one thread.
///
/// What is new calls after a second, so that what fails together calls together, and then once in
/// two minutes at most, so that a storm of a minute is one call, whatever ends and comes back in it.
/// New is what was not told, what ended and came back, and what is worse than it was told. Only what
/// is worse than all that was told in those two minutes doesn't wait for their end. What was open
/// when the program began is known, and calls again when its time has come.
class CallPolicy
{
public:
    /// How long what is new waits for more of its kind, and how long a storm is one call.
    static constexpr std::chrono::milliseconds gatherTime{1'000};
    static constexpr std::chrono::milliseconds stormTime{120'000};

    struct Call
    {
        std::vector<IncidentPtr> incidents; ///< All of which it is, the worst first.
        bool again = false; ///< It was called before, and nobody acknowledged.
    };
    struct Decision
    {
        std::optional<Call> call; ///< To be called now, in place of the one before.
        bool isOver = false; ///< Nothing is left to be called about.
        /// When to look again at the latest, though nothing changed.
        std::optional<std::chrono::milliseconds> next;
    };

    /// \a now is of a clock that never goes back, \a local the time of day. \a book may be null.
    [[nodiscard]] Decision look(const IncidentBookPtr &book, const CallSettings &settings,
                                std::chrono::milliseconds now, QTime local);
    /// What the last call was about and still calls.
    [[nodiscard]] const std::vector<IncidentPtr> &calling() const { return m_calling; }

private:
    bool m_began = false;
    QHash<QString, Severity> m_told; // by id, of what still calls: as it was told, or milder since
    std::vector<IncidentPtr> m_calling;
    Severity m_worst = Severity::Info; // of what was told since m_lastNew, be it over or not
    std::optional<std::chrono::milliseconds> m_freshSince;
    std::optional<std::chrono::milliseconds> m_lastNew; // call of something new
    std::chrono::milliseconds m_lastCall{0};
    bool m_isShown = false;
};

/// \a text for somebody else's screen: one line, no control characters and none that turn its
/// direction round, \a most characters at the most.
[[nodiscard]] QString plainLine(const QString &text, int most);

} // namespace Stampdeck
