// SPDX-License-Identifier: GPL-3.0-or-later
#include "carrycontroller.h"

#include "models/formatter.h"

#include "backends/api/whendone.h"

#include <QtConcurrent/QtConcurrentRun>
#include <QtCore/QCoreApplication>
#include <QtCore/QElapsedTimer>
#include <QtCore/QTimerEvent>

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
    static constexpr std::pair<QLatin1StringView, const char *> heads[] = {
        {"anti-affinity"_L1, QT_TRANSLATE_NOOP("Refusal", "anti-affinity")},
        {"busy"_L1, QT_TRANSLATE_NOOP("Refusal", "being changed")},
        {"capacity"_L1, QT_TRANSLATE_NOOP("Refusal", "capacity")},
        {"conflict"_L1, QT_TRANSLATE_NOOP("Refusal", "conflict")},
        {"cordoned"_L1, QT_TRANSLATE_NOOP("Refusal", "cordoned")},
        {"degraded"_L1, QT_TRANSLATE_NOOP("Refusal", "degraded")},
        {"denied"_L1, QT_TRANSLATE_NOOP("Refusal", "not allowed")},
        {"exclusive"_L1, QT_TRANSLATE_NOOP("Refusal", "exclusive")},
        {"not-drained"_L1, QT_TRANSLATE_NOOP("Refusal", "not drained")},
        {"pinned"_L1, QT_TRANSLATE_NOOP("Refusal", "pinned")},
        {"read-only"_L1, QT_TRANSLATE_NOOP("Refusal", "read only")},
        {"residency"_L1, QT_TRANSLATE_NOOP("Refusal", "residency")},
        {"stale"_L1, QT_TRANSLATE_NOOP("Refusal", "stale")},
        {"tenant-slots"_L1, QT_TRANSLATE_NOOP("Refusal", "tenants full")},
        {"unhealthy"_L1, QT_TRANSLATE_NOOP("Refusal", "unhealthy")},
        {"unknown-capacity"_L1, QT_TRANSLATE_NOOP("Refusal", "unknown")},
        {"unsupported"_L1, QT_TRANSLATE_NOOP("Refusal", "unsupported")},
        {"volume"_L1, QT_TRANSLATE_NOOP("Refusal", "volume")},
    };
    for (const auto &[code, head] : heads) {
        if (refusal.code == code)
            return QCoreApplication::translate("Refusal", head);
    }
    return refusal.code;
}

/// The tenants that the stamp in \a slot owns, "domain/ID".
QStringList ownedBy(const FleetVersion &version, int slot)
{
    QStringList ids;
    for (const int tenant : version.stamps[slot]->tenants) {
        const TenantEntry &entry = version.tenants[tenant];
        if (entry.tenant && entry.owner == slot)
            ids.append(version.tenantId(tenant));
    }
    return ids;
}

QStringList ownedIn(const FleetVersion &version, const QString &region)
{
    QStringList ids;
    version.eachStamp([&](int slot, const StampEntry &entry) {
        if (entry.stamp->region == region)
            ids += ownedBy(version, slot);
    });
    return ids;
}

/// Stamps to be asked at once, in the GUI thread: some 2 ms.
constexpr qint64 mostAtOnce = 1'000;
/// What the planner would choose is worked out again when it has rested as long as this many times it
/// takes: a fleet changes all the time.
constexpr int spreadRest = 4;

} // namespace

CarryController::CarryController(FleetFeed &feed, QObject *parent)
    : QObject(parent)
    , m_feed(feed)
{
    connect(&feed, &FleetFeed::changed, this, [this] {
        if (isActive() && m_feed.version()->serial != m_serial)
            remake(true);
    });
}

CarryController::~CarryController() = default;

Result<void> CarryController::pickUp(const QStringList &tenants, Mode mode)
{
    return begin(tenants, mode, {}, {});
}

Result<void> CarryController::pickUpAll(const QString &stamp, Mode mode)
{
    const FleetVersion &version = *m_feed.version();
    const Result<int> slot = version.findStamp(stamp);
    if (!slot)
        return fail(slot.error());
    const QString id = version.stampId(*slot);
    const QStringList tenants = ownedBy(version, *slot);
    if (tenants.isEmpty())
        return fail(ErrorKind::Invalid, tr("%1 has no tenant").arg(id));
    return begin(tenants, mode, id, {});
}

Result<void> CarryController::pickUpRegion(const QString &region, Mode mode)
{
    const QStringList tenants = ownedIn(*m_feed.version(), region);
    if (tenants.isEmpty())
        return fail(ErrorKind::Invalid, tr("%1 has no tenant").arg(region));
    return begin(tenants, mode, {}, region);
}

Result<void> CarryController::begin(const QStringList &tenants, Mode mode, const QString &drained,
                                    const QString &evacuated)
{
    if (m_feed.isPast())
        return fail(ErrorKind::Refused, tr("You look at the past: nobody can be moved"));
    Result<Carry> carry = makeCarry(m_feed.version(), tenants);
    if (!carry)
        return fail(carry.error());
    m_mode = mode;
    m_drained = drained;
    m_evacuated = evacuated;
    m_pickedUp = tenants;
    take(CarryQuestion(*std::move(carry), emptying()), tenants, true);
    Q_EMIT changed();
    return {};
}

void CarryController::hold()
{
    if (m_mode != Mode::Drag)
        return;
    m_mode = Mode::Cut;
    Q_EMIT changed();
}

void CarryController::take(CarryQuestion question, const QStringList &tenants, bool isOther)
{
    m_tenants = tenants;
    m_answers.clear();
    m_outlook.reset();
    adopt(std::move(question));
    // What the planner would choose of the version before is shown until it has chosen again.
    const bool spreadsAside = isActive() && isLarge(std::ssize(carry().items));
    if (isOther || !spreadsAside)
        m_spread.reset();
    if (isOther) {
        ++m_turn;
        m_spreadRest.stop();
    }
    if (isActive() && isLarge(1))
        lookAside(m_question);
    if (spreadsAside)
        spreadAside();
}

void CarryController::adopt(CarryQuestion question)
{
    m_question = std::move(question);
    m_serial = carry().version ? carry().version->serial : 0;
    m_leaving.clear();
    for (const Carry::Item &item : carry().items) {
        if (item.owner >= 0)
            ++m_leaving[item.owner];
    }
}

// The same is carried, in another version of the fleet.
void CarryController::renew(CarryQuestion question)
{
    if (m_looking)
        return; // what is being found out is shown first, and then what has changed since
    auto differing = question.differing(m_question);
    if (!m_outlook || !differing || std::ssize(*differing) > mostAtOnce) {
        lookAside(question);
        return;
    }
    adopt(std::move(question));
    if (differing->empty())
        return;
    for (const int slot : *differing) {
        m_answers.erase(slot);
        ask(*m_outlook, m_question, slot);
    }
    // The best one may be another.
    const auto forgetRanked = [&] {
        for (const auto &[slot, answer] : m_outlook->ranking) {
            m_answers.erase(slot);
            differing->push_back(slot);
        }
    };
    forgetRanked();
    sumUp(*m_outlook, m_question);
    forgetRanked();
    std::sort(differing->begin(), differing->end());
    differing->erase(std::unique(differing->begin(), differing->end()), differing->end());
    Q_EMIT verdictsChanged(*differing);
    spreadAside();
}

void CarryController::remake(bool canWait)
{
    const FleetVersion &version = *m_feed.version();
    QStringList tenants;
    QStringList gone;
    if (isEmptying()) { // who came meanwhile leaves too, who went is not waited for
        tenants = ownedNow();
    } else {
        for (const QString &id : std::as_const(m_tenants))
            (version.findTenant(id) ? tenants : gone).append(id);
    }
    if (tenants.isEmpty()) {
        putBackLost(isEmptying() ? tr("Put back: %1 has no tenant any more")
                                       .arg(m_drained.isEmpty() ? m_evacuated : m_drained)
                        : gone.size() == 1
                        ? tr("Put back: %1 is gone").arg(gone.first())
                        : tr("Put back: all %Ln tenant(s) that were carried are gone", nullptr,
                             int(gone.size())));
        return;
    }
    Result<Carry> carry = makeCarry(m_feed.version(), tenants);
    if (!carry) {
        putBackLost(tr("Put back: %1").arg(carry.error().message));
        return;
    }
    const bool areOthers = tenants != m_tenants;
    CarryQuestion question(*std::move(carry), emptying());
    if (canWait && !areOthers && isLarge(1)) {
        renew(std::move(question));
        return;
    }
    take(std::move(question), tenants, areOthers || isLarge(1));
    if (areOthers)
        Q_EMIT changed();
    Q_EMIT verdictsChanged({});
    if (!gone.isEmpty()) {
        const QString left = Format::tenants(tenants.size());
        Q_EMIT lost(gone.size() == 1
                        ? tr("%1 is gone; still carried: %2").arg(gone.first(), left)
                        : tr("%Ln tenant(s) that were carried are gone; still carried: %1", nullptr,
                             int(gone.size()))
                              .arg(left));
    }
}

void CarryController::putBackLost(const QString &what)
{
    end();
    Q_EMIT lost(what);
}

QStringList CarryController::ownedNow() const
{
    const FleetVersion &version = *m_feed.version();
    if (!m_evacuated.isEmpty())
        return ownedIn(version, m_evacuated);
    const int slot = version.stampIndex.value(m_drained);
    return slot < 0 ? QStringList() : ownedBy(version, slot);
}

void CarryController::end()
{
    m_mode = Mode::None;
    m_drained.clear();
    m_evacuated.clear();
    m_pickedUp.clear();
    take({}, {}, true);
    Q_EMIT changed();
}

void CarryController::putBack()
{
    if (isActive())
        end();
}

ActionRequest CarryController::requestTo(const QString &to) const
{
    ActionRequest request;
    if (!isEmptying()) {
        request.kind = ActionKind::Move;
        request.tenants = m_tenants;
        request.to = to;
        return request;
    }
    request.kind = m_drained.isEmpty() ? ActionKind::Evacuate : ActionKind::Drain;
    request.stamp = m_drained;
    request.region = m_evacuated;
    if (!to.isEmpty())
        request.among = {to};
    return request;
}

std::optional<ActionRequest> CarryController::emptying() const
{
    return isEmptying() ? std::optional(requestTo({})) : std::nullopt;
}

bool CarryController::drop(int slot)
{
    if (!isActive())
        return false;
    if (m_serial != m_feed.version()->serial) {
        // What was shown may be of the version before: that stamp is asked, if it is there still.
        const FleetVersionPtr shown = carry().version;
        const auto idIn = [slot](const FleetVersion &version) {
            return slot >= 0 && slot < version.stamps.size() && version.stamps[slot]
                ? version.stampId(slot)
                : QString();
        };
        remake(false);
        if (!isActive() || idIn(*shown) != idIn(*carry().version))
            return false;
    }
    if (!isLit(slot)) {
        if (leaving(slot) == 0 && !evaluation(slot).refusals.isEmpty())
            Q_EMIT refused(carry().version->stampId(slot), evaluation(slot).refusals.first());
        return false;
    }
    const ActionRequest request = requestTo(m_feed.version()->stampId(slot));
    end();
    Q_EMIT dropped(request);
    return true;
}

void CarryController::dropAnywhere()
{
    if (!isActive())
        return;
    const ActionRequest request = requestTo({});
    end();
    Q_EMIT dropped(request);
}

LoadChange CarryController::afterLeaving(int slot) const
{
    LoadChange change;
    if (!isActive() || slot < 0 || slot >= carry().version->stamps.size()
        || !carry().version->stamps[slot])
        return change;
    const StampEntry &entry = *carry().version->stamps[slot];
    change.slot = slot;
    change.stamp = entry.id;
    change.isSource = true;
    change.before = entry.resources;
    change.after = entry.resources;
    for (const Carry::Item &item : carry().items) {
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
    if (isActive() && slot >= 0 && slot < carry().version->stamps.size()
        && carry().version->stamps[slot]) {
        answer = m_question.answer(slot);
        if (answer.refusals.isEmpty() && answer.verdict >= VerdictKind::Can && rank(slot) == 1)
            answer.verdict = VerdictKind::Best;
    }
    return m_answers.emplace(slot, std::move(answer)).first->second;
}

bool CarryController::isLit(int slot) const
{
    const auto isLit = [](VerdictKind verdict, bool can) {
        return can && verdict > VerdictKind::Unknown;
    };
    if (m_outlook && slot >= 0 && slot < std::ssize(m_outlook->cells)) {
        const Cell &cell = m_outlook->cells[size_t(slot)];
        return isLit(cell.verdict, cell.can);
    }
    const Evaluation &answer = evaluation(slot);
    return isLit(answer.verdict, answer.refusals.isEmpty());
}

bool CarryController::hasAnswered() const
{
    return !isActive() || m_outlook || !isLarge(1);
}

std::optional<VerdictKind> CarryController::verdict(int slot) const
{
    if (!hasAnswered())
        return std::nullopt;
    const auto &cells = outlook().cells;
    if (slot < 0 || slot >= std::ssize(cells))
        return VerdictKind::Cannot;
    const VerdictKind is = cells[size_t(slot)].verdict;
    return is >= VerdictKind::Can && rank(slot) == 1 ? VerdictKind::Best : is;
}

std::optional<CarryController::Short> CarryController::shortAnswer(int slot) const
{
    if (!isLarge(1))
        return Short{isLit(slot), reasonHead(slot)};
    if (!m_outlook)
        return std::nullopt;
    if (slot < 0 || slot >= std::ssize(m_outlook->cells))
        return Short{};
    const Cell &cell = m_outlook->cells[size_t(slot)];
    return Short{cell.can, cell.reason < 0 ? QString() : m_outlook->words[cell.reason]};
}

const std::vector<std::pair<int, Evaluation>> &CarryController::ranking() const
{
    return outlook().ranking;
}

const QList<std::pair<QString, int>> &CarryController::reasonCounts() const
{
    return outlook().reasons;
}

bool CarryController::isLarge(qint64 questions) const
{
    return carry().version && qint64(carry().version->counts.stamps) * questions > mostAtOnce;
}

const CarryController::Outlook &CarryController::outlook() const
{
    if (!m_outlook && (!isActive() || isLarge(1))) {
        static const Outlook none; // it is on its way
        return none;
    }
    if (!m_outlook)
        m_outlook = lookAtAll(m_question);
    return *m_outlook;
}

void CarryController::ask(Outlook &outlook, const CarryQuestion &question, int slot)
{
    Cell cell;
    if (question.carry().version->stamps[slot]) {
        const Evaluation answer = question.answer(slot);
        cell.verdict = answer.verdict;
        cell.can = answer.refusals.isEmpty();
        cell.after = answer.after.value_or(1);
        if (!cell.can) {
            const QString word = headOf(answer.refusals.first());
            cell.reason = qint16(outlook.words.indexOf(word));
            if (cell.reason < 0) {
                cell.reason = qint16(outlook.words.size());
                outlook.words.append(word);
            }
        }
    }
    if (slot >= std::ssize(outlook.cells))
        outlook.cells.resize(size_t(slot) + 1);
    outlook.cells[size_t(slot)] = cell;
}

void CarryController::sumUp(Outlook &outlook, const CarryQuestion &question)
{
    std::vector<int> able;
    std::vector<int> counts(size_t(outlook.words.size()));
    for (int slot = 0; slot < int(outlook.cells.size()); ++slot) {
        const Cell &cell = outlook.cells[size_t(slot)];
        if (cell.can)
            able.push_back(slot);
        else if (cell.reason >= 0)
            ++counts[size_t(cell.reason)];
    }
    // Why they cannot is not asked of those that they leave.
    QSet<int> sources;
    for (const Carry::Item &item : question.carry().items) {
        if (item.owner < 0 || sources.contains(item.owner))
            continue;
        sources.insert(item.owner);
        if (const qint16 reason = outlook.cells[size_t(item.owner)].reason; reason >= 0)
            --counts[size_t(reason)];
    }
    outlook.reasons.clear();
    for (size_t at = 0; at < counts.size(); ++at) {
        if (counts[at] > 0)
            outlook.reasons.append({outlook.words[qsizetype(at)], counts[at]});
    }
    std::sort(outlook.reasons.begin(), outlook.reasons.end(), [](const auto &a, const auto &b) {
        return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    const auto best = able.begin() + std::min<qsizetype>(mostRanked, std::ssize(able));
    std::partial_sort(able.begin(), best, able.end(), [&](int a, int b) {
        const Cell &one = outlook.cells[size_t(a)];
        const Cell &other = outlook.cells[size_t(b)];
        if (one.verdict != other.verdict)
            return one.verdict > other.verdict;
        return one.after != other.after ? one.after < other.after : a < b;
    });
    outlook.ranking.clear();
    for (auto slot = able.begin(); slot != best; ++slot)
        outlook.ranking.emplace_back(*slot, question.answer(*slot));
}

CarryController::Outlook CarryController::lookAtAll(const CarryQuestion &question)
{
    Outlook outlook;
    const FleetVersion &version = *question.carry().version;
    outlook.cells.resize(size_t(version.stamps.size()));
    version.eachStamp([&](int slot, const StampEntry &) { ask(outlook, question, slot); });
    sumUp(outlook, question);
    return outlook;
}

void CarryController::lookAside(const CarryQuestion &question)
{
    if (m_looking || !isActive())
        return;
    m_looking = true;
    whenDone(QtConcurrent::run([question]() -> Result<Outlook> { return lookAtAll(question); }),
             this, [this, turn = m_turn, question](const Result<Outlook> &found) {
                 m_looking = false;
                 if (!isActive())
                     return;
                 if (turn != m_turn) {
                     if (isLarge(1))
                         lookAside(m_question);
                     return;
                 }
                 if (found) {
                     if (question.carry().version != carry().version) {
                         m_answers.clear();
                         adopt(question);
                     }
                     m_outlook = *found;
                     // The best one was not known.
                     for (const auto &[slot, answer] : m_outlook->ranking)
                         m_answers.erase(slot);
                     Q_EMIT verdictsChanged({});
                     spreadAside();
                 }
                 if (m_serial != m_feed.version()->serial)
                     remake(true);
             });
}

void CarryController::spreadAside()
{
    if (m_spreading || m_spreadRest.isActive() || !isActive()
        || !isLarge(std::ssize(carry().items)))
        return;
    m_spreading = true;
    QElapsedTimer began;
    began.start();
    whenDone(QtConcurrent::run(
                 [version = carry().version, request = requestTo({})]() -> Result<QString> {
                     return spreadOf(version, request);
                 }),
             this, [this, turn = m_turn, began](const Result<QString> &found) {
                 m_spreading = false;
                 if (!isActive())
                     return;
                 if (turn != m_turn) {
                     spreadAside();
                     return;
                 }
                 m_spread = *found;
                 m_spreadRest.start(int(std::max<qint64>(1000, spreadRest * began.elapsed())), this);
                 Q_EMIT spreadChanged();
             });
}

void CarryController::timerEvent(QTimerEvent *event)
{
    if (event->timerId() != m_spreadRest.timerId())
        return;
    m_spreadRest.stop();
    spreadAside();
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
            // Of a drain it is the gate that counts.
            if (load && (*load > 1 || (!m_drained.isEmpty() && load == answer.after))) {
                return Format::name(kind) + u' ' + Format::percent(load);
            }
        }
    }
    return headOf(refusal);
}

QString CarryController::reasonLine(int slot) const
{
    const Evaluation &answer = evaluation(slot);
    if (answer.refusals.isEmpty())
        return {};
    // What the head has said is not said again.
    const QString message = answer.refusals.first().message;
    const QString said = reasonHead(slot) + u", "_s;
    return message.startsWith(said) ? message.mid(said.size()) : message;
}

QString CarryController::spoken(int slot) const
{
    if (const int count = leaving(slot))
        return tr("source, %Ln leave", nullptr, count);
    const Evaluation &answer = evaluation(slot);
    if (!isLit(slot))
        return tr("cannot: %1, %2").arg(reasonHead(slot), reasonLine(slot));
    const QString verdict = answer.verdict == VerdictKind::Best ? tr("best")
        : answer.verdict == VerdictKind::Tight                  ? tr("tight, over the gate")
                                                                : tr("can take");
    if (!answer.before || !answer.after)
        return verdict;
    //: %1 is “can take”; %2 and %3 its load before and after
    return tr("%1, %2 to %3 percent")
        .arg(verdict)
        .arg(percent(*answer.before))
        .arg(percent(*answer.after));
}

QString CarryController::spreadOf(const FleetVersionPtr &version, const ActionRequest &request)
{
    const Result<Plan> planned = plan(version, request, Clock::system());
    if (!planned)
        return planned.error().message;
    if (planned->isRefused())
        return planned->refusals.first().message;
    QStringList order;
    QHash<QString, int> count;
    for (const PlannedMove &move : planned->moves) {
        if (++count[move.to] == 1)
            order.append(move.to);
    }
    QStringList parts;
    for (const QString &stamp : std::as_const(order)) {
        parts.append(tr("%1 to %2", "how many tenants, and which stamp")
                         .arg(count.value(stamp))
                         .arg(stamp.section(u'/', 1)));
    }
    return parts.join(u", ");
}

QString CarryController::spreadSummary() const
{
    if (!isActive())
        return {};
    if (!m_spread && !isLarge(std::ssize(carry().items)))
        m_spread = spreadOf(carry().version, requestTo({}));
    return m_spread.value_or(QString());
}

} // namespace Stampdeck
