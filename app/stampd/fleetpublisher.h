// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "changelog.h"
#include "httpserver.h"

#include <QtCore/QTimer>

namespace Stampdeck {

/// Writes the whole fleet and what changed of it, for those who ask and for those who listen.
///
/// Lives in a thread of its own, because a large fleet takes a while to write: every function but
/// the constructor is called there. Keeps the text of tenants that did not change, of stamps that did,
/// and of the last whole fleet, for the next who asks.
class FleetPublisher final : public QObject
{
    Q_OBJECT
public:
    FleetPublisher(ChangeLog &log, const QString &fleetId);

    /// Answers `GET /v1/fleet` from \a since on; everything when that is empty or not continued.
    void answer(const HttpResponder &responder, const QString &since);
    /// Answers `GET /v1/fleet/events` after the revision \a lastEventId.
    void follow(const HttpResponder &responder, const QString &lastEventId);
    /// Tells the listeners what is new, soon: what comes meanwhile goes along.
    void tellSoon();
    void endStreams();

private:
    struct Listener
    {
        HttpEventStream stream;
        quint64 number = 0; ///< What it has been told.
    };
    void tell();
    [[nodiscard]] QByteArray whole(const ChangeLog::Cut &cut, bool withOperations);
    [[nodiscard]] QByteArray delta(const ChangeLog::Cut &cut, quint64 since,
                                   const ChangeLog::Delta &changes);
    [[nodiscard]] const QByteArray &stampText(const FleetJson &json, const FleetVersion &version,
                                              int slot);
    [[nodiscard]] QByteArray event(const ChangeLog::Cut &cut, std::optional<quint64> since);
    void writeTenants(JsonWriter &writer, const FleetJson &json, const FleetVersion &version);

    ChangeLog &m_log;
    const QString m_fleetId;
    std::vector<Listener> m_listeners;
    QTimer m_telling;
    quint64 m_wholeNumber = 0;
    QByteArray m_whole; // Of m_wholeNumber; without operations.
    Chunked<TenantEntry> m_writtenTenants; // What m_tenantChunks were made of.
    std::vector<QByteArray> m_tenantChunks;
    std::vector<std::pair<StampEntryPtr, QByteArray>> m_stampTexts; // Of those that changed, by slot.
};

} // namespace Stampdeck
