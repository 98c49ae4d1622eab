// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "incidentevent.h"

#include <QtCore/QCache>

#include <functional>
#include <set>
#include <vector>

namespace Stampdeck {

/// The incidents of past moments: what the history's events tell of them, and what the fleet of that
/// moment itself shows, each once; and the silences of then. Of an event it keeps when it was and whose;
/// what it said is read again when it is to be shown. Not thread-safe.
class PastIncidents
{
public:
    /// Reads an event by the number that it was added with. What is no more there is an empty one.
    using Read = std::function<Result<HistoryEvent>(qint64 number)>;

    /// An event of one of the four kinds of incidentevent.h that is later than those before, or at the
    /// same moment; it counts for the incident, or the silence, \a event.id.
    void add(qint64 number, const HistoryEvent &event);

    /// What was open then, and what was over by then (the newest IncidentBook::closedKept), with the
    /// acknowledgements of \a version, which is the fleet of that moment. What came later is not in it.
    /// The same one again while nothing of it differs. It costs what lies between the moment and the
    /// one that was asked for last. Errors: those of \a read.
    [[nodiscard]] Result<IncidentBookPtr> at(Timestamp moment, const FleetVersion &version,
                                             const Read &read);

    /// How many events have been gone through so far, there and back: what at() costs.
    [[nodiscard]] qint64 steps() const { return m_steps; }

private:
    struct Told
    {
        qint64 number = 0;
        Timestamp at;
        int life = 0; ///< Its place among m_lives.
        bool firing = true;
        bool hasWords = true;
    };
    struct Life
    {
        int told = -1; ///< The last event that says something of it; -1: nothing was told yet.
        Timestamp began;
        std::optional<Timestamp> ended;
        int reopened = 0;

        friend bool operator==(const Life &, const Life &) = default;
    };
    /// A silence as one event tells it, for as long as that holds.
    struct ToldSilence
    {
        qint64 number = 0;
        Timestamp from;
        Timestamp to;
    };
    struct Closed
    {
        Life life;
        IncidentPtr incident;
    };
    struct Words
    {
        Incident incident;
        bool tellsTenants = false; ///< Else they are those of its stamps.
    };
    void goTo(Timestamp moment);
    void set(int life, const Life &is);
    [[nodiscard]] Result<Words> words(const Life &life, const Read &read);
    [[nodiscard]] Result<std::vector<Incident>> open(Timestamp moment, const FleetVersion &version,
                                                     const Read &read);
    void addSilence(qint64 number, const HistoryEvent &event);
    [[nodiscard]] Result<QList<KnownSilence>> silences(Timestamp moment,
                                                       const std::vector<IncidentPtr> &open,
                                                       const Read &read);

    static constexpr int wordsKept = 2'000;

    std::vector<Told> m_told;
    size_t m_next = 0; ///< The events before it have been gone through,
    std::vector<Life> m_before; ///< and for each of them its life as it was before.
    QHash<QString, int> m_lifeOf; ///< By the incident's id.
    std::vector<Life> m_lives;
    std::set<int> m_open; ///< Lives that go on,
    std::set<std::pair<Timestamp, int>> m_closed; ///< and those that are over, by when.
    QCache<qint64, Words> m_words{wordsKept}; ///< By the event's number.
    QHash<int, Closed> m_shown; ///< Of the last book.
    std::vector<ToldSilence> m_silences; ///< By when they were told.
    QHash<QString, size_t> m_lastSilence; ///< By the silence's id: what was told of it last.
    QCache<qint64, KnownSilence> m_silenceWords{wordsKept}; ///< By the event's number.
    IncidentBookPtr m_last;
    qint64 m_steps = 0;
};

} // namespace Stampdeck
