// SPDX-License-Identifier: GPL-3.0-or-later
#include "callpolicy.h"

#include <algorithm>
#include <utility>

namespace Stampdeck {

using namespace Qt::StringLiterals;

std::optional<std::pair<QTime, QTime>> CallSettings::hoursOf(const QString &written)
{
    const QStringList parts = written.split(u'-');
    if (parts.size() != 2)
        return std::nullopt;
    const QTime from = QTime::fromString(parts[0].trimmed(), u"HH:mm"_s);
    const QTime to = QTime::fromString(parts[1].trimmed(), u"HH:mm"_s);
    if (!from.isValid() || !to.isValid() || from == to)
        return std::nullopt;
    return std::pair(from, to);
}

bool CallSettings::areHours(const QString &written)
{
    return written == "off"_L1 || hoursOf(written);
}

bool CallSettings::isQuiet(QTime local) const
{
    if (!quietFrom || !quietTo)
        return false;
    return *quietFrom < *quietTo ? local >= *quietFrom && local < *quietTo
                                 : local >= *quietFrom || local < *quietTo; // over midnight
}

namespace {

bool calls(const Incident &incident, const CallSettings &settings, bool isQuiet)
{
    if (!incident.firing || incident.acknowledged || incident.silenced || incident.inhibited
        || incident.maintenance || incident.lastHeard)
        return false;
    if (isQuiet && incident.severity != Severity::Critical)
        return false;
    switch (settings.least) {
    case CallSettings::Least::Nothing:
        return false;
    case CallSettings::Least::Critical:
        return incident.severity == Severity::Critical;
    case CallSettings::Least::Warning:
        return incident.severity != Severity::Info;
    case CallSettings::Least::Info:
        break;
    }
    return true;
}

} // namespace

CallPolicy::Decision CallPolicy::look(const IncidentBookPtr &book, const CallSettings &settings,
                                      std::chrono::milliseconds now, QTime local)
{
    Decision decision;
    const bool isQuiet = settings.isQuiet(local);
    m_calling.clear();
    if (book) {
        for (const IncidentPtr &incident : book->open) {
            if (calls(*incident, settings, isQuiet))
                m_calling.push_back(incident);
        }
    }
    QHash<QString, Severity> told; // what comes back is new, and so is what is worse again
    bool isFresh = false;
    bool isWorse = false;
    for (const IncidentPtr &incident : m_calling) {
        const Severity severity = incident->severity;
        const auto before = m_told.constFind(incident->id);
        if (!m_began || (before != m_told.cend() && *before <= severity)) {
            told.insert(incident->id, severity);
            continue;
        }
        if (before != m_told.cend())
            told.insert(incident->id, *before);
        isFresh = true;
        isWorse |= severity < m_worst;
    }
    m_told = std::move(told);
    if (!m_began) {
        m_lastCall = now;
        m_began = book && book->settled;
    }
    if (m_calling.empty()) {
        m_freshSince.reset();
        decision.isOver = std::exchange(m_isShown, false);
        // From quiet hours to the others something may call though nothing changed.
        if (book && !book->open.empty())
            decision.next = std::chrono::minutes(1);
        return decision;
    }
    if (!isFresh)
        m_freshSince.reset();
    else if (!m_freshSince)
        m_freshSince = now;
    const auto until = [&decision, now](std::chrono::milliseconds moment) {
        const auto rest = std::max(moment - now, std::chrono::milliseconds(1));
        decision.next = std::min(decision.next.value_or(rest), rest);
    };
    bool isDue = false;
    if (isFresh) {
        std::chrono::milliseconds when = *m_freshSince + gatherTime;
        if (m_lastNew && !isWorse)
            when = std::max(when, *m_lastNew + stormTime);
        isDue = now >= when;
        if (!isDue)
            until(when);
    }
    const bool isAgain = settings.again.count() > 0 && now >= m_lastCall + settings.again;
    if (isDue || isAgain) {
        decision.call = Call{m_calling, !isFresh};
        m_lastCall = now;
        m_isShown = true;
        if (!m_lastNew || now >= *m_lastNew + stormTime)
            m_worst = Severity::Info;
        for (const IncidentPtr &incident : m_calling) {
            m_told.insert(incident->id, incident->severity);
            m_worst = std::min(m_worst, incident->severity);
        }
        if (isFresh)
            m_lastNew = now;
        m_freshSince.reset();
    }
    if (settings.again.count() > 0)
        until(m_lastCall + settings.again);
    until(now + std::chrono::minutes(1)); // hours of the day
    return decision;
}

QString plainLine(const QString &text, int most)
{
    QString line;
    line.reserve(std::min<qsizetype>(text.size(), most));
    bool isSpace = true; // none at the start
    for (const char32_t c : text.toUcs4()) {
        const QChar::Category category = QChar::category(c);
        if (QChar::isSpace(c)) {
            if (!std::exchange(isSpace, true))
                line += u' ';
            continue;
        }
        // Format characters turn the direction round, or join what was apart.
        if (category == QChar::Other_Control || category == QChar::Other_Format
            || category == QChar::Other_Surrogate || category == QChar::Other_PrivateUse)
            continue;
        isSpace = false;
        line += QStringView(QChar::fromUcs4(c));
        if (line.size() >= most)
            return line.left(most - 1).trimmed() + u'…';
    }
    return line.trimmed();
}

} // namespace Stampdeck
