// SPDX-License-Identifier: GPL-3.0-or-later
#include "carrycontroller.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QMimeData>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

int percent(double ratio)
{
    return int(std::lround(ratio * 100));
}

/// The names that a tile has room for; the codes themselves are those of the Stamp API.
QString headOf(const Refusal &refusal)
{
    if (refusal.code == u"tenant-slots")
        return u"tenants full"_s;
    if (refusal.code == u"busy")
        return u"being changed"_s;
    if (refusal.code == u"denied")
        return u"not allowed"_s;
    if (refusal.code == u"read-only")
        return u"read only"_s;
    if (refusal.code == u"unknown-capacity")
        return u"unknown"_s;
    return refusal.code;
}

} // namespace

std::unique_ptr<QMimeData> tenantsToMime(const QStringList &tenants)
{
    auto mime = std::make_unique<QMimeData>();
    mime->setData(QLatin1StringView(tenantsMimeType),
                  QJsonDocument(QJsonArray::fromStringList(tenants)).toJson(QJsonDocument::Compact));
    return mime;
}

QStringList tenantsFromMime(const QMimeData *mime)
{
    QStringList tenants;
    if (!mime)
        return tenants;
    const QByteArray data = mime->data(QLatin1StringView(tenantsMimeType));
    const QJsonArray list = QJsonDocument::fromJson(data).array();
    for (const QJsonValue &value : list) {
        if (value.isString())
            tenants.append(value.toString());
    }
    return tenants;
}

CarryController::CarryController(FleetFeed &feed, QObject *parent)
    : QObject(parent)
    , m_feed(feed)
{
    connect(&feed, &FleetFeed::changed, this, [this] {
        if (isActive() && m_feed.version()->serial != m_serial)
            remake();
    });
}

CarryController::~CarryController() = default;

Result<void> CarryController::pickUp(const QStringList &tenants, Mode mode)
{
    Result<Carry> carry = makeCarry(m_feed.version(), tenants);
    if (!carry)
        return fail(carry.error());
    m_carry = *std::move(carry);
    m_tenants = tenants;
    m_mode = mode;
    m_serial = m_feed.version()->serial;
    m_answers.clear();
    m_ranking.reset();
    m_spread.reset();
    m_leaving.clear();
    for (const Carry::Item &item : m_carry.items) {
        if (item.owner >= 0)
            ++m_leaving[item.owner];
    }
    Q_EMIT changed();
    return {};
}

void CarryController::remake()
{
    Result<Carry> carry = makeCarry(m_feed.version(), m_tenants);
    if (!carry) { // one of them is gone: what hangs on the pointer is no more
        putBack();
        return;
    }
    m_carry = *std::move(carry);
    m_serial = m_feed.version()->serial;
    m_answers.clear();
    m_ranking.reset();
    m_spread.reset();
    m_leaving.clear();
    for (const Carry::Item &item : m_carry.items) {
        if (item.owner >= 0)
            ++m_leaving[item.owner];
    }
    Q_EMIT verdictsChanged();
}

void CarryController::end()
{
    m_mode = Mode::None;
    m_tenants.clear();
    m_carry = {};
    m_answers.clear();
    m_ranking.reset();
    m_spread.reset();
    m_leaving.clear();
    Q_EMIT changed();
}

void CarryController::putBack()
{
    if (isActive())
        end();
}

bool CarryController::drop(int slot)
{
    if (!isActive() || !isLit(slot))
        return false;
    ActionRequest request;
    request.kind = ActionKind::Move;
    request.tenants = m_tenants;
    request.to = m_feed.version()->stampId(slot);
    end();
    Q_EMIT dropped(request);
    return true;
}

void CarryController::dropAnywhere()
{
    if (!isActive())
        return;
    ActionRequest request;
    request.kind = ActionKind::Move;
    request.tenants = m_tenants;
    end();
    Q_EMIT dropped(request);
}

LoadChange CarryController::afterLeaving(int slot) const
{
    LoadChange change;
    if (!isActive() || slot < 0 || slot >= m_carry.version->stamps.size()
        || !m_carry.version->stamps[slot])
        return change;
    const StampEntry &entry = *m_carry.version->stamps[slot];
    change.slot = slot;
    change.stamp = entry.id;
    change.isSource = true;
    change.before = entry.resources;
    change.after = entry.resources;
    for (const Carry::Item &item : m_carry.items) {
        if (item.owner != slot)
            continue;
        for (const ResourceKind kind : allResources) {
            const std::optional<double> demand = item.tenant->demand.of(kind);
            Resource &resource = change.after[kind];
            if (!demand)
                continue;
            if (resource.reserved)
                resource.reserved = std::max(0.0, *resource.reserved - *demand);
            if (resource.used)
                resource.used = std::max(0.0, *resource.used - *demand);
        }
    }
    return change;
}

const Evaluation &CarryController::evaluation(int slot) const
{
    const auto found = m_answers.find(slot);
    if (found != m_answers.end())
        return found->second;
    Evaluation answer;
    if (isActive() && slot >= 0 && slot < m_carry.version->stamps.size()
        && m_carry.version->stamps[slot]) {
        answer = evaluate(m_carry, slot);
        if (answer.refusals.isEmpty() && answer.verdict >= VerdictKind::Can && rank(slot) == 1)
            answer.verdict = VerdictKind::Best;
    }
    return m_answers.emplace(slot, std::move(answer)).first->second;
}

bool CarryController::isLit(int slot) const
{
    const Evaluation &answer = evaluation(slot);
    return answer.verdict > VerdictKind::Unknown && answer.refusals.isEmpty();
}

const std::vector<std::pair<int, Evaluation>> &CarryController::ranking() const
{
    if (!m_ranking) {
        m_ranking = isActive() ? bestOf(m_carry, 9)
                               : std::vector<std::pair<int, Evaluation>>();
    }
    return *m_ranking;
}

int CarryController::rank(int slot) const
{
    const auto &best = ranking();
    const auto at = std::find_if(best.begin(), best.end(),
                                 [slot](const auto &one) { return one.first == slot; });
    return at == best.end() ? 0 : int(at - best.begin()) + 1;
}

QString CarryController::reasonHead(int slot) const
{
    const Evaluation &answer = evaluation(slot);
    if (answer.refusals.isEmpty())
        return {};
    const Refusal &refusal = answer.refusals.first();
    if (refusal.code == u"capacity") {
        for (const ResourceKind kind :
             {ResourceKind::Cpu, ResourceKind::Memory, ResourceKind::Storage}) {
            const std::optional<double> load = answer.load.after[kind].load();
            if (load && *load > 1) {
                return u"%1 %2%"_s.arg(toString(kind)).arg(percent(*load));
            }
        }
    }
    return headOf(refusal);
}

QString CarryController::reasonLine(int slot) const
{
    const Evaluation &answer = evaluation(slot);
    return answer.refusals.isEmpty() ? QString() : answer.refusals.first().message;
}

QString CarryController::spoken(int slot) const
{
    if (const int count = leaving(slot))
        return u"source, %1 leave"_s.arg(count);
    const Evaluation &answer = evaluation(slot);
    if (!isLit(slot))
        return u"cannot: %1, %2"_s.arg(reasonHead(slot), reasonLine(slot));
    const QString verdict = answer.verdict == VerdictKind::Best ? u"best"_s
        : answer.verdict == VerdictKind::Tight                  ? u"tight, over the gate"_s
                                                                : u"can take"_s;
    if (!answer.before || !answer.after)
        return verdict;
    return u"%1, %2 to %3 percent"_s.arg(verdict)
            .arg(percent(*answer.before))
            .arg(percent(*answer.after));
}

QList<std::pair<QString, int>> CarryController::reasonCounts() const
{
    QHash<QString, int> counts;
    if (isActive()) {
        m_carry.version->eachStamp([&](int slot, const StampEntry &) {
            if (leaving(slot) == 0 && !isLit(slot) && !evaluation(slot).refusals.isEmpty())
                ++counts[headOf(evaluation(slot).refusals.first())];
        });
    }
    QList<std::pair<QString, int>> list;
    for (auto it = counts.cbegin(); it != counts.cend(); ++it)
        list.append({it.key(), it.value()});
    std::sort(list.begin(), list.end(), [](const auto &a, const auto &b) {
        return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    return list;
}

QString CarryController::spreadSummary() const
{
    if (!isActive())
        return {};
    if (!m_spread) {
        ActionRequest request;
        request.kind = ActionKind::Move;
        request.tenants = m_tenants;
        const Result<Plan> planned = plan(m_feed.version(), request, Clock::system());
        if (!planned) {
            m_spread = planned.error().message;
        } else if (planned->isRefused()) {
            m_spread = planned->refusals.first().message;
        } else {
            QStringList order;
            QHash<QString, int> count;
            for (const PlannedMove &move : planned->moves) {
                if (++count[move.to] == 1)
                    order.append(move.to);
            }
            QStringList parts;
            for (const QString &stamp : std::as_const(order)) {
                parts.append(u"%1 to %2"_s.arg(count.value(stamp))
                                     .arg(stamp.section(u'/', 1)));
            }
            m_spread = parts.join(u", ");
        }
    }
    return *m_spread;
}

} // namespace Stampdeck
