// SPDX-License-Identifier: GPL-3.0-or-later
#include "pastincidents.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;

void PastIncidents::add(const HistoryEvent &event)
{
    const QJsonObject data = QJsonDocument::fromJson(event.data).object();
    Told told;
    told.at = event.at;
    told.id = event.id;
    told.firing = data.value(u"state"_s).toString() != u"resolved";
    Incident &incident = told.incident;
    incident.id = event.id;
    incident.source = event.source;
    incident.title = data.value(u"title"_s).toString();
    incident.summary = data.value(u"summary"_s).toString();
    incident.severity =
        fromString<Severity>(QStringView(data.value(u"severity"_s).toString()))
            .value_or(Severity::Warning);
    for (const QJsonValue &stamp : data.value(u"stamps"_s).toArray())
        incident.stamps.append(stamp.toString());
    if (incident.stamps.isEmpty() && !event.subject.isEmpty() && !event.source.isEmpty())
        incident.stamps.append(QString(event.source + u'/' + event.subject));
    m_told.push_back(std::move(told));
}

void PastIncidents::goTo(Timestamp moment)
{
    if (m_next > 0 && m_told[m_next - 1].at > moment) {
        m_lives.clear();
        m_next = 0;
    }
    for (; m_next < m_told.size() && m_told[m_next].at <= moment; ++m_next) {
        const Told &told = m_told[m_next];
        const auto [life, isNew] = m_lives.try_emplace(told.id);
        Life &is = life->second;
        if (told.firing && (isNew || is.ended)) {
            is.reopened += int(!isNew);
            is.began = told.at;
            is.ended.reset();
        } else if (!told.firing) {
            if (isNew)
                is.began = told.at; // its begin is older than what is kept
            is.ended = told.at;
        }
        // One whose end alone an earlier process knew has no words of its own.
        if (isNew || !told.incident.title.isEmpty())
            is.told = m_next;
    }
}

IncidentBookPtr PastIncidents::at(Timestamp moment, const FleetVersion &version)
{
    goTo(moment);
    if (m_lives.empty())
        return nullptr;
    IncidentBook book;
    book.settled = true;
    const QHash<QString, QString> ofAlerts = alertAcknowledgements(version);
    for (const auto &[id, life] : m_lives) {
        Incident incident = m_told[life.told].incident;
        incident.firing = !life.ended;
        incident.startsAt = life.began;
        incident.endsAt = life.ended;
        incident.reopened = life.reopened;
        for (const QString &stamp : std::as_const(incident.stamps)) {
            const int slot = version.stampIndex.value(stamp);
            if (slot < 0)
                continue;
            for (const int tenant : version.stamps[slot]->tenants) {
                if (version.tenants[tenant].tenant && version.tenants[tenant].owner == slot)
                    incident.tenants.append(version.tenantId(tenant));
            }
        }
        if (incident.firing) {
            incident.maintenance = isMaintenance(incident.stamps, version);
            const auto by = version.acknowledgements.constFind(ofAlerts.value(alertDigest(id), id));
            if (by != version.acknowledgements.cend() && (!by->until || *by->until > moment))
                incident.acknowledged = *by;
        }
        auto &list = incident.firing ? book.open : book.closed;
        list.push_back(std::make_shared<const Incident>(std::move(incident)));
    }
    std::stable_sort(book.open.begin(), book.open.end(),
                     [](const IncidentPtr &a, const IncidentPtr &b) { return isBefore(*a, *b); });
    std::stable_sort(
        book.closed.begin(), book.closed.end(),
        [](const IncidentPtr &a, const IncidentPtr &b) { return *a->endsAt > *b->endsAt; });
    if (book.open.empty() && !book.closed.empty())
        book.quietSince = book.closed.front()->endsAt;
    if (book.closed.size() > size_t(IncidentBook::closedKept))
        book.closed.resize(size_t(IncidentBook::closedKept));
    const auto areSame = [](const std::vector<IncidentPtr> &a, const std::vector<IncidentPtr> &b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                          [](const IncidentPtr &x, const IncidentPtr &y) { return *x == *y; });
    };
    if (!m_last || !areSame(m_last->open, book.open) || !areSame(m_last->closed, book.closed))
        m_last = std::make_shared<const IncidentBook>(std::move(book));
    return m_last;
}

} // namespace Stampdeck
