// SPDX-License-Identifier: GPL-3.0-or-later
#include "whatif.h"

#include "deck.h"

#include "backends/api/whendone.h"

#include <QtConcurrent/QtConcurrentRun>
#include <QtCore/QTimer>

#include <cmath>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

constexpr std::chrono::milliseconds rest{300}; ///< Between two answers, at the least.

} // namespace

WhatIf::WhatIf(FleetFeed &feed, QObject *parent)
    : QObject(parent)
    , m_feed(feed)
{
    connect(&feed, &FleetFeed::changed, this, [this](const ChangeSet &slice) {
        if (!isActive())
            return;
        if (slice.stampsComeOrGo) {
            const auto count = m_stamps.size();
            m_stamps.removeIf([this](const QString &stamp) {
                return m_feed.version()->stampIndex.value(stamp) < 0;
            });
            learn();
            if (m_stamps.size() != count) {
                ++m_asked;
                m_rests = false;
                Q_EMIT changed();
            }
        }
        work();
    });
}

WhatIf::~WhatIf() = default;

void WhatIf::start(const QStringList &stamps)
{
    const FleetVersion &fleet = *m_feed.version();
    m_stamps.clear();
    for (const QString &stamp : stamps) {
        if (fleet.stampIndex.value(stamp) >= 0 && !m_stamps.contains(stamp))
            m_stamps.append(stamp);
    }
    ++m_asked;
    m_rests = false;
    m_loss.reset();
    m_changes.clear();
    m_stranded.clear();
    learn();
    Q_EMIT changed();
    work();
}

void WhatIf::toggle(const QString &stamp)
{
    if (m_feed.version()->stampIndex.value(stamp) < 0)
        return;
    if (m_stamps.removeAll(stamp) == 0)
        m_stamps.append(stamp);
    if (m_stamps.isEmpty()) {
        end();
        return;
    }
    ++m_asked;
    m_rests = false;
    learn();
    Q_EMIT changed();
    work();
}

void WhatIf::end()
{
    if (!isActive() && m_off.isEmpty())
        return;
    start({});
}

void WhatIf::learn()
{
    const FleetVersion &fleet = *m_feed.version();
    m_off.clear();
    QSet<QString> regions;
    for (const QString &stamp : std::as_const(m_stamps)) {
        const int slot = fleet.stampIndex.value(stamp);
        if (slot < 0)
            continue;
        m_off.insert(slot);
        regions.insert(fleet.stamps[slot]->stamp->region);
    }
    m_region.clear();
    if (regions.size() != 1 || regions.constBegin()->isEmpty())
        return;
    int all = 0;
    fleet.eachStamp([&](int, const StampEntry &entry) {
        all += entry.stamp->region == *regions.constBegin();
    });
    if (all == m_off.size())
        m_region = *regions.constBegin();
}

QString WhatIf::title() const
{
    if (!isActive())
        return {};
    if (!m_region.isEmpty() && m_stamps.size() > 1)
        return m_region;
    const QString first = nameOfStamp(m_stamps.constFirst());
    const int more = int(m_stamps.size()) - 1;
    return more == 0 ? first : tr("%1 and %Ln more", nullptr, more).arg(first);
}

void WhatIf::work()
{
    if (!isActive() || m_working || m_rests)
        return;
    m_working = true;
    m_serial = m_feed.version()->serial;
    m_took.start();
    const std::vector<int> off(m_off.cbegin(), m_off.cend());
    whenDone(QtConcurrent::run([version = m_feed.version(), off] {
                 return std::make_shared<const Loss>(lossOf(version, off));
             }),
             this,
             [this, asked = m_asked](const std::shared_ptr<const Loss> &loss) { take(loss, asked); });
}

void WhatIf::take(const std::shared_ptr<const Loss> &loss, quint64 asked)
{
    const std::chrono::milliseconds took(m_took.elapsed());
    if (asked != m_asked) { // of what was off before
        m_working = false;
        work();
        return;
    }
    m_loss = loss;
    m_changes.clear();
    for (qsizetype i = 0; i < loss->loads.size(); ++i)
        m_changes.insert(loss->loads[i].slot, i);
    m_stranded.clear();
    for (const Refusal &why : loss->stranded) {
        if (const auto tenant = loss->version->findTenant(why.subject))
            ++m_stranded[loss->version->tenants[*tenant].owner];
    }
    Q_EMIT answered();
    // The fleet goes on meanwhile; what is switched next is answered at once.
    m_working = false;
    m_rests = true;
    QTimer::singleShot(std::max(rest, took * 10), this, [this, asked] {
        if (asked != m_asked)
            return;
        m_rests = false;
        if (m_serial != m_feed.version()->serial)
            work();
    });
}

const LoadChange *WhatIf::changeOf(int slot) const
{
    const auto found = m_changes.constFind(slot);
    return found == m_changes.constEnd() ? nullptr : &m_loss->loads[*found];
}

QString WhatIf::spoken(int slot) const
{
    if (isOff(slot)) {
        const FleetVersion &fleet = *m_feed.version();
        const int owned = fleet.stamps[slot] ? fleet.stamps[slot]->owned : 0;
        if (!m_loss)
            return tr("switched off");
        return strandedOf(slot) > 0
            ? tr("switched off, %1 of %2 tenants stranded").arg(strandedOf(slot)).arg(owned)
            : tr("switched off, all %Ln tenant(s) find a place", nullptr, owned);
    }
    const LoadChange *change = changeOf(slot);
    if (!change)
        return {};
    const auto percent = [](const Resources &resources) {
        return std::lround(LoadChange::fullest(resources).value_or(0) * 100);
    };
    return tr("takes %Ln tenant(s), %1 to %2 percent", nullptr, takenBy(slot))
        .arg(percent(change->before))
        .arg(percent(change->after));
}

} // namespace Stampdeck
