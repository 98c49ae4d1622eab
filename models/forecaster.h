// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleetversion.h"
#include "forecast.h"

#include "backends/api/adapter.h"
#include "backends/api/clock.h"

#include <QtCore/QObject>
#include <QtCore/QSet>

#include <functional>

namespace Stampdeck {

/// Keeps a FleetForecast up to date: asks for what each stamp used in the last two weeks, a few at
/// a time, when it begins and every ten minutes, and works it out in another thread.
///
/// Lives in the thread of the window that owns it; \a fleet and \a history are called there. Of a
/// fleet of more than mostStamps the fullest are asked, and of a region only where all of it is.
class Forecaster final : public QObject
{
    Q_OBJECT
public:
    static constexpr int perDay = 4; ///< Means of six hours.
    static constexpr int days = 14;
    static constexpr int mostStamps = 2'000;
    static constexpr int mostAsked = 4; ///< At once.
    static constexpr std::chrono::minutes interval{10};

    using Fleet = std::function<FleetVersionPtr()>;
    using History = std::function<FutureResult<std::vector<Series>>(
        const QString &stamp, const QStringList &signalNames, Timestamp from, Timestamp to,
        std::chrono::milliseconds step)>;

    /// Begins when the fleet has stamps. Without \a history nothing is ever known.
    Forecaster(Clock &clock, Fleet fleet, History history, QObject *parent = nullptr);

    [[nodiscard]] const FleetForecast &forecast() const { return m_forecast; }
    /// Nothing is known before.
    [[nodiscard]] bool hasLooked() const { return m_hasLooked; }

Q_SIGNALS:
    void changed();

private:
    void look();
    void askNext();
    void workOut();
    void lookLater(std::chrono::milliseconds delay);

    Clock &m_clock;
    Fleet m_fleet;
    History m_history;
    FleetForecast m_forecast;
    bool m_hasLooked = false;
    std::vector<UsedHistory> m_asked; // of this look, in the order in which they are asked
    QSet<QString> m_regions; // all of whose stamps are asked
    Timestamp m_to;
    size_t m_next = 0; // the first that has not been asked
    int m_waiting = 0; // for answers
};

} // namespace Stampdeck
