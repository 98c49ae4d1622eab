// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "export.h"
#include "fleet.h"
#include "result.h"
#include "timestamp.h"

#include <QtCore/QList>
#include <QtCore/QMap>
#include <QtCore/QString>
#include <QtCore/QStringList>

#include <memory>
#include <optional>

/// The values of what is wrong and who looks after it. They name stamps and tenants in the words of
/// their source; to tie those to a fleet is the models' part.
namespace Stampdeck {

/// The worst first.
enum class Severity : quint8 { Critical, Warning, Info };

enum class AlertState : quint8 {
    Active,
    Suppressed, ///< Silenced, inhibited or muted: see which of the lists says by what.
    Unprocessed, ///< Not yet looked at by the backend.
};

enum class SilenceState : quint8 { Pending, Active, Expired };

[[nodiscard]] STAMPDECK_API_EXPORT QString toString(Severity value);
[[nodiscard]] STAMPDECK_API_EXPORT QString toString(AlertState value);
[[nodiscard]] STAMPDECK_API_EXPORT QString toString(SilenceState value);
STAMPDECK_DECLARE_WORDS(Severity)
STAMPDECK_DECLARE_WORDS(AlertState)
STAMPDECK_DECLARE_WORDS(SilenceState)

/// Somebody says that he looks after an incident, for everybody to see.
struct Acknowledgement
{
    QString incident; ///< As whoever tells it calls it.
    QString by;
    std::optional<Timestamp>
        until; ///< Then it counts no more; nothing: as long as the incident lasts.
    QString note;
    /// When it was said: it counts for no incident that began later. Nothing where nobody told.
    std::optional<Timestamp> at = std::nullopt;

    friend bool operator==(const Acknowledgement &, const Acknowledgement &) = default;
};

/// Where more is to be read about an alert. Only http and https addresses become links.
struct Link
{
    QString title;
    QString url;

    friend bool operator==(const Link &, const Link &) = default;
};

/// One thing that a monitoring system says is wrong. All texts are whatever somebody wrote there:
/// they are shown as text, never as markup.
struct Alert
{
    QString fingerprint; ///< Names it at all peers of a cluster: a digest of its labels.
    QString name;
    QString summary;
    QString description;
    Severity severity = Severity::Warning;
    QMap<QString, QString> labels;
    QMap<QString, QString> annotations;
    std::optional<Timestamp> startsAt;
    std::optional<Timestamp>
        endsAt; ///< In the future: when it counts as resolved if nobody repeats it.
    std::optional<Timestamp> updatedAt;
    AlertState state = AlertState::Active;
    QStringList silencedBy; ///< Ids of silences.
    QStringList inhibitedBy; ///< Fingerprints of alerts.
    QStringList mutedBy; ///< Names of time intervals.
    QList<Link> links; ///< Runbook, dashboard and where it comes from.
    QStringList receivers;
    QString stamp; ///< "eu-1" or "prod/eu-1", as its label says; empty: none.
    QString tenant;

    friend bool operator==(const Alert &, const Alert &) = default;
};

using AlertPtr = std::shared_ptr<const Alert>;

/// The alerts that one receiver is told together.
struct AlertGroup
{
    QString receiver;
    QMap<QString, QString> labels; ///< What its alerts have in common, by which they are grouped.
    QStringList fingerprints;

    friend bool operator==(const AlertGroup &, const AlertGroup &) = default;
};

/// What one label of an alert has to be. A label that an alert lacks is empty.
struct Matcher
{
    QString name;
    QString value;
    bool isRegex = false; ///< Of the whole value.
    bool isEqual = true; ///< False: it must not be so.

    /// \a text as the value of its label. A regular expression that is none matches nothing.
    [[nodiscard]] STAMPDECK_API_EXPORT bool matches(const QString &text) const;
    /// severity="critical", stamp=~"eu-.*", as the engines write it.
    [[nodiscard]] STAMPDECK_API_EXPORT QString toString() const;

    friend bool operator==(const Matcher &, const Matcher &) = default;
};

/// True when every one of \a matchers fits \a labels.
[[nodiscard]] STAMPDECK_API_EXPORT bool matches(const QList<Matcher> &matchers,
                                                const QMap<QString, QString> &labels);

/// Nobody is told of the alerts that fit all its matchers, while it is active.
struct Silence
{
    QString id; ///< Empty: not yet made.
    QList<Matcher> matchers;
    std::optional<Timestamp> startsAt; ///< Nothing in one to be made: now.
    std::optional<Timestamp> endsAt;
    std::optional<Timestamp> updatedAt;
    QString createdBy;
    QString comment;
    SilenceState state = SilenceState::Active;

    friend bool operator==(const Silence &, const Silence &) = default;
};

/// Whether a backend would take \a silence at \a now: at least one matcher, of which one does not
/// fit an empty label; names and regular expressions that are such; an end behind its start and not
/// past; who and why. ErrorKind::Invalid with a sentence for who wrote it.
[[nodiscard]] STAMPDECK_API_EXPORT Result<void> checkSilence(const Silence &silence, Timestamp now);

} // namespace Stampdeck
