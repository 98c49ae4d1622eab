// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "historytimeline.h"
#include "incidents.h"
#include "reportpage.h"

namespace Stampdeck {

/// What happened in a shift.
struct ShiftRecord
{
    /// An incident that began in it, or ended. One that came back is there twice.
    struct Spell
    {
        QString id; ///< As Incident::id.
        QString title;
        Severity severity = Severity::Warning;
        std::optional<Timestamp> from; ///< Nothing: before the shift.
        std::optional<Timestamp> to; ///< Nothing: it lasts.

        friend bool operator==(const Spell &, const Spell &) = default;
    };
    /// An operation that began in it, or ended.
    struct Action
    {
        QString id;
        QString title; ///< "Drain eu-1".
        QString by; ///< Empty where nobody told.
        OperationState state = OperationState::Unknown; ///< As it was last seen.
        std::optional<Timestamp> from;
        std::optional<Timestamp> to;

        friend bool operator==(const Action &, const Action &) = default;
    };
    Timestamp from;
    Timestamp to;
    QList<Spell> incidents; ///< In the order in which they were first heard of, as the next.
    QList<Action> operations;
    /// From the history; else only what this process saw and still knows.
    bool isRecorded = false;
    QString why; ///< Why the history could not be read, where there may be one.
    QList<RecordedRange> gaps; ///< Of the history: nobody recorded then.

    [[nodiscard]] int began() const; ///< Incidents.
    [[nodiscard]] int ended() const;
    [[nodiscard]] int failed() const; ///< Operations.

    friend bool operator==(const ShiftRecord &, const ShiftRecord &) = default;
};

/// Reads it from the history of \a stateDir. Takes as long as it takes, so not in the GUI thread.
/// Errors as HistoryReader::open();
/// NotFound where \a stateDir is empty.
[[nodiscard]] Result<ShiftRecord> readShift(const QString &stateDir, Timestamp from, Timestamp to);
/// What \a version itself tells of it, for where readShift() ended with \a error.
[[nodiscard]] ShiftRecord shiftOf(const FleetVersion &version, Timestamp from, Timestamp to,
                                  const Error &error);

struct HandOverRequest
{
    Timestamp now;
    std::chrono::milliseconds elapsed{0}; ///< Clock::elapsed() then.
    std::chrono::milliseconds shift{0}; ///< How long the one is that ends, and the next.
    QString by; ///< Who goes.
    QString notes; ///< What he wrote for who comes.
    QStringList cutOff; ///< Operations that a kill of this program has left behind.
};

/// The sheet that somebody who goes off call leaves for who comes: each incident that is open stands
/// in one of its lists. A value; the texts in it are anybody's.
struct HandOver
{
    Timestamp made;
    Timestamp from; ///< When the shift began that ends.
    Timestamp next; ///< When the next one ends.
    QString by;
    QString notes;
    bool isWatched = true; ///< False: nobody looks for incidents, or not all have answered yet.
    // The worst first:
    QList<IncidentPtr> open; ///< And nobody looks after it.
    QList<IncidentPtr> acknowledged;
    QList<IncidentPtr> silenced; ///< Or kept quiet by another alert.
    QList<IncidentPtr> maintenance;
    QList<KnownSilence> ending; ///< In the next shift, the first one first.
    QList<OperationPtr> operations; ///< That are not over; those that wait for a person first.
    QStringList cutOff; ///< Of them.
    /// Sources that do not answer: what is wrong there is not known. With Clock::elapsed() of now.
    QList<FeedState> deaf;
    std::chrono::milliseconds elapsed{0};
    std::optional<ShiftRecord> shift; ///< Nothing: not read yet.
};
[[nodiscard]] HandOver handOverOf(const FleetVersion &version, const HandOverRequest &request);

/// One of its lists as people read it, the same in window, text and document.
struct HandOverPart
{
    struct Row
    {
        QString when; ///< "until 16:00", "since 03:04".
        QString what;
        QString detail; ///< Where, who, why.
        std::optional<Severity> severity; ///< Of an incident.
        bool isPressing = false; ///< It waits for a person.

        friend bool operator==(const Row &, const Row &) = default;
    };
    QString name; ///< For tests and scripts: "open", "acknowledged", …
    QString title;
    QStringList lead; ///< Lines above the rows.
    QString none; ///< In place of the rows where there are none.
    QList<Row> rows;

    friend bool operator==(const HandOverPart &, const HandOverPart &) = default;
};
[[nodiscard]] QList<HandOverPart> partsOf(const HandOver &sheet);
/// "Hand-over by ada, 2026-01-02 09:00 UTC".
[[nodiscard]] QString titleOf(const HandOver &sheet);
/// "The shift: 01:00 to 09:00. The next one: until 17:00."
[[nodiscard]] QString spanOf(const HandOver &sheet);

/// For a chat or a mail. Nothing in it is markup.
[[nodiscard]] QString toText(const HandOver &sheet);
/// As CommonMark, in which texts of others stay text.
[[nodiscard]] QString toMarkdown(const HandOver &sheet);
/// A document of its own: no script, nothing that is loaded, every text escaped.
[[nodiscard]] QByteArray toHtml(const HandOver &sheet,
                                ReportPage::Medium medium = ReportPage::Medium::Browser);

} // namespace Stampdeck
