// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/incidentadapter.h"

#include <QtCore/QByteArray>

/// What Alertmanager's API v2 answers and is sent (api/v2/openapi.yaml), as values: no sockets.
/// What an answer holds beyond is ignored. A wrong answer is ErrorKind::Malformed; a wrong object
/// in one is left out and named.
namespace Stampdeck {

/// Which labels of an alert say what.
struct AlertLabels
{
    QString stamp = QStringLiteral("stamp");
    QString tenant = QStringLiteral("tenant");
    QString severity = QStringLiteral("severity");
};

struct DecodedAlerts
{
    std::vector<AlertPtr> alerts; ///< In the order of their fingerprints, each once.
    std::vector<ObjectFault> faults; ///< Called by their fingerprints.
};

struct DecodedSilences
{
    QList<Silence> silences;
    std::vector<ObjectFault> faults; ///< Called by their ids.
};

struct AlertmanagerStatus
{
    QString version;
    QString cluster; ///< "ready", "settling", "disabled".
    int peers = 0; ///< That it knows, itself among them; 0 without a cluster.
};

/// GET /alerts. Those of \a known, in the order of their fingerprints, are given again where they
/// are the same.
[[nodiscard]] Result<DecodedAlerts> decodeAlerts(const QByteArray &body, const AlertLabels &labels,
                                                 const std::vector<AlertPtr> &known = {});
/// GET /alerts/groups; groups without an alert of which the fingerprint can be read are not told.
[[nodiscard]] Result<QList<AlertGroup>> decodeAlertGroups(const QByteArray &body);
/// GET /silences.
[[nodiscard]] Result<DecodedSilences> decodeSilences(const QByteArray &body);
/// GET /silence/ID.
[[nodiscard]] Result<Silence> decodeSilence(const QByteArray &body);
/// POST /silences: the id under which it is kept.
[[nodiscard]] Result<QString> decodeSilenceId(const QByteArray &body);
/// GET /status.
[[nodiscard]] Result<AlertmanagerStatus> decodeAlertmanagerStatus(const QByteArray &body);
/// What the body of an error says in Alertmanager's own words; empty where it is something else.
[[nodiscard]] QString decodeAlertmanagerError(const QByteArray &body);

/// The body of POST /silences. \a silence has its start and end.
[[nodiscard]] QByteArray encodeSilence(const Silence &silence);

/// How bad the word of a label is; a warning where it says nothing that is known.
[[nodiscard]] Severity severityOf(const QString &word);

} // namespace Stampdeck
