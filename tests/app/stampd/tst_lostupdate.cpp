// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/stampd/stampdprogram.h"
#include "tests/support/testmain.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QElapsedTimer>
#include <QtCore/QJsonArray>
#include <QtCore/QRegularExpression>
#include <QtCore/QSet>
#include <QtCore/QTemporaryDir>
#include <QtNetwork/QTcpSocket>

#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <numeric>

using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;

namespace {

// The model: the fleet in the fields that a writer can set, and what it knows of the Stamp API's
// rules. It shares no code with the programs and reads the JSON by itself.

constexpr int clientCount = 3;
const QStringList resourceNames{u"cpu"_s, u"memory"_s, u"storage"_s};

struct ModelStamp
{
    QString revision;
    QString lifecycle;
    QString region;
    QString health;
    QString updatedBy;
    QMap<QString, int> desired;
    QMap<QString, std::pair<int, int>> bounds;
    std::map<QString, double> limit;
    // While an operation of this round is under way it may or may not have let go of its source.
    std::map<QString, double> reservedLeast, reservedMost;
    std::map<QString, double> used;
    int slotLimit = 0;
    bool mayTurn = false; // its signals change by themselves, and may soon say that it is not well
    QSet<QString> tenants; // who owns a place or is on the way
    QSet<QString> leaving; // who may still be here
    bool isTouched = false; // by an accepted write of this round
    bool isHeld = false; // by one that wrote what was there already
    bool isTakenBack = false; // what was written, if anything was
};

struct ModelTenant
{
    QString revision;
    QString owner;
    QString updatedBy;
    QString group;
    QStringList regions;
    bool isPinned = false;
    bool isExclusive = false;
    std::map<QString, double> demand;
    bool isTouched = false;
    bool isTakenBack = false;
};

struct World
{
    std::map<QString, ModelStamp> stamps;
    std::map<QString, ModelTenant> tenants;
};

enum class Kind { Move, Cordon, Uncordon, ScaleComponent, ScaleCpu };
enum class Outcome { Accepted, Changed, Conflict, Refused, Invalid };
constexpr std::array outcomeWords{"accepted", "changed", "conflict", "refused", "invalid"};

struct Write
{
    int client = 0;
    Kind kind = Kind::Move;
    QString object; // a tenant for a move, else a stamp
    QString name; // of the target or the component
    double value = 0;
    QString ifMatch;
    QByteArray key;
    bool isCut = false; // its connection breaks once it is sent, and it is sent again
    bool isHalf = false; // before all of it is sent

    [[nodiscard]] QString path() const
    {
        switch (kind) {
        case Kind::Move:
            return u"/v1/tenants/%1:move"_s.arg(object);
        case Kind::Cordon:
            return u"/v1/stamps/%1:cordon"_s.arg(object);
        case Kind::Uncordon:
            return u"/v1/stamps/%1:uncordon"_s.arg(object);
        case Kind::ScaleComponent:
        case Kind::ScaleCpu:
            break;
        }
        return u"/v1/stamps/%1:scale"_s.arg(object);
    }
    [[nodiscard]] QByteArray etag() const
    {
        return ifMatch == u"*" ? QByteArray("*") : QByteArray('"' + ifMatch.toUtf8() + '"');
    }
    [[nodiscard]] QByteArray body() const
    {
        QJsonObject json;
        if (kind == Kind::Move)
            json = {{u"to"_s, name}};
        else if (kind == Kind::ScaleComponent)
            json = {{u"components"_s, QJsonObject{{name, int(value)}}}};
        else if (kind == Kind::ScaleCpu)
            json = {{u"resources"_s, QJsonObject{{u"cpu"_s, value}}}};
        return QJsonDocument(json).toJson(QJsonDocument::Compact);
    }
    [[nodiscard]] QString text() const
    {
        return u"client %1: %2 %3 If-Match %4%5"_s.arg(client)
            .arg(path(), QString::fromUtf8(body()), ifMatch, isCut ? u" (cut)"_s : u""_s);
    }
};

/// What became of a write.
struct Answered
{
    Outcome outcome = Outcome::Accepted;
    QString operation;
    QString endState; // of the operation
    HttpAnswer answer;
};

/// 0 to \a count - 1, each as likely, however far RapidCheck has come.
int oneOf(int count)
{
    return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, count));
}

bool globMatches(const QString &glob, const QString &text)
{
    return QRegularExpression::fromWildcard(glob).match(text).hasMatch();
}

/// What forbids a move for certain, and what may.
std::pair<bool, bool> moveForbidden(const World &world, const QString &id, const QString &to)
{
    const ModelTenant &tenant = world.tenants.at(id);
    const ModelStamp &stamp = world.stamps.at(to);
    bool certain = tenant.isPinned || tenant.owner == to || stamp.lifecycle != u"active";
    bool possible = stamp.isTouched || stamp.isHeld || stamp.health != u"healthy" || stamp.mayTurn;
    if (!tenant.regions.isEmpty()
        && std::none_of(tenant.regions.begin(), tenant.regions.end(),
                        [&](const QString &glob) { return globMatches(glob, stamp.region); }))
        certain = true;
    const auto meets = [&](const QSet<QString> &others) {
        return std::any_of(others.begin(), others.end(), [&](const QString &other) {
            const ModelTenant &is = world.tenants.at(other);
            return other != id
                && (is.isExclusive || tenant.isExclusive
                    || (!is.group.isEmpty() && is.group == tenant.group));
        });
    };
    certain |= meets(stamp.tenants);
    possible |= meets(stamp.leaving);
    for (const QString &kind : resourceNames) {
        const double room = stamp.limit.at(kind) * (1 + 1e-9) - tenant.demand.at(kind);
        certain |= stamp.reservedLeast.at(kind) > room;
        // What is used changes by itself: close to the limit it may say either.
        possible |= std::max(stamp.reservedMost.at(kind), 1.5 * stamp.used.at(kind)) > room;
    }
    certain |= stamp.tenants.size() + 1 > stamp.slotLimit;
    possible |= stamp.tenants.size() + stamp.leaving.size() + 1 > stamp.slotLimit;
    return {certain, possible};
}

void touch(World &world, const Write &write)
{
    const QString by = u"client-%1"_s.arg(write.client);
    if (write.kind == Kind::Move) {
        world.tenants.at(write.object).isTouched = true;
        world.tenants.at(write.object).updatedBy = by;
    } else {
        world.stamps.at(write.object).isTouched = true;
        world.stamps.at(write.object).updatedBy = by;
    }
}

/// \a world after \a write, whose operation ended as succeeded or was rolled back.
World accepted(World world, const Write &write, bool isRolledBack)
{
    if (write.kind == Kind::ScaleComponent || write.kind == Kind::ScaleCpu) {
        ModelStamp &stamp = world.stamps.at(write.object);
        const double is = write.kind == Kind::ScaleCpu ? stamp.limit.at(u"cpu"_s)
                                                       : stamp.desired.value(write.name);
        if (is == write.value) { // nothing is changed, by nobody
            stamp.isHeld = true;
            return world;
        }
    }
    touch(world, write);
    if (isRolledBack && write.kind == Kind::Move)
        world.tenants.at(write.object).isTakenBack = true;
    else if (isRolledBack)
        world.stamps.at(write.object).isTakenBack = true;
    if (write.kind == Kind::Move) {
        ModelTenant &tenant = world.tenants.at(write.object);
        ModelStamp &from = world.stamps.at(tenant.owner);
        ModelStamp &to = world.stamps.at(write.name);
        for (const QString &kind : resourceNames) {
            to.reservedMost[kind] += tenant.demand.at(kind);
            if (!isRolledBack) {
                to.reservedLeast[kind] += tenant.demand.at(kind);
                from.reservedLeast[kind] -= tenant.demand.at(kind);
            }
        }
        if (isRolledBack) {
            to.leaving.insert(write.object);
            return world;
        }
        from.tenants.remove(write.object);
        from.leaving.insert(write.object);
        to.tenants.insert(write.object);
        tenant.owner = write.name;
        return world;
    }
    if (isRolledBack)
        return world;
    ModelStamp &stamp = world.stamps.at(write.object);
    if (write.kind == Kind::Cordon)
        stamp.lifecycle = u"cordoned"_s;
    else if (write.kind == Kind::Uncordon)
        stamp.lifecycle = u"active"_s;
    else if (write.kind == Kind::ScaleComponent)
        stamp.desired[write.name] = int(write.value);
    else
        stamp.limit[u"cpu"_s] = write.value;
    return world;
}

/// Every outcome that \a write may have in \a world.
QSet<Outcome> outcomesOf(const World &world, const Write &write)
{
    const bool isMove = write.kind == Kind::Move;
    const bool isTouched = isMove ? world.tenants.at(write.object).isTouched
                                  : world.stamps.at(write.object).isTouched;
    const QString revision =
        isMove ? world.tenants.at(write.object).revision : world.stamps.at(write.object).revision;
    if (write.kind == Kind::ScaleComponent) { // what can't be is told first
        const auto [least, most] = world.stamps.at(write.object).bounds.value(write.name);
        if (write.value < least || write.value > most)
            return {Outcome::Invalid};
    }
    // Whatever was written since has another revision.
    const bool isChanged = write.ifMatch != u"*" && (isTouched || write.ifMatch != revision);
    if (isChanged)
        return {Outcome::Changed};
    bool certain = false;
    // The operation that did it may still hold it.
    const bool isHeld = !isMove && world.stamps.at(write.object).isHeld;
    bool possible = isTouched || isHeld;
    if (isMove) {
        const auto forbidden = moveForbidden(world, write.object, write.name);
        certain = forbidden.first;
        possible = forbidden.second;
    } else {
        const ModelStamp &stamp = world.stamps.at(write.object);
        if (write.kind == Kind::Cordon) {
            certain = stamp.lifecycle != u"active";
        } else if (write.kind == Kind::Uncordon) {
            certain = stamp.lifecycle == u"active";
        } else if (write.kind == Kind::ScaleCpu) {
            const QString cpu = u"cpu"_s;
            certain = stamp.reservedLeast.at(cpu) > write.value * (1 + 1e-9);
            possible |= std::max(stamp.reservedMost.at(cpu), 1.5 * stamp.used.at(cpu)) > write.value;
        }
    }
    QSet<Outcome> outcomes;
    // While it is held its revision says so.
    if (isHeld && write.ifMatch != u"*")
        outcomes.insert(Outcome::Changed);
    // Of a tenant that is still in flight the server names the operation: 409 conflict.
    if (isMove && isTouched)
        outcomes.insert(Outcome::Conflict);
    if (certain || possible)
        outcomes.insert(Outcome::Refused);
    if (!certain)
        outcomes.insert(Outcome::Accepted);
    return outcomes;
}

/// Where \a is, read when nothing is under way, differs from \a expected; empty where it doesn't.
QString differenceOf(const World &expected, const World &before, const World &is)
{
    for (const auto &[id, stamp] : expected.stamps) {
        const auto found = is.stamps.find(id);
        if (found == is.stamps.end())
            return id + u" is lost"_s;
        const ModelStamp &now = found->second;
        // A cordoned stamp that its last tenant left is drained: that is nobody's write.
        const bool isDrained = stamp.lifecycle == u"cordoned" && now.lifecycle == u"drained"
            && stamp.tenants.isEmpty();
        if (now.lifecycle != stamp.lifecycle && !isDrained)
            return u"%1 is %2, not %3"_s.arg(id, now.lifecycle, stamp.lifecycle);
        if (now.desired != stamp.desired)
            return u"replicas of %1 are not what was written last"_s.arg(id);
        if (now.limit != stamp.limit)
            return u"limits of %1 are not what was written last"_s.arg(id);
        if (now.updatedBy != stamp.updatedBy && !isDrained && !stamp.isTakenBack)
            return u"%1 was changed by %2, not by %3"_s.arg(id, now.updatedBy, stamp.updatedBy);
        if (!isDrained && !stamp.isTakenBack && (now.revision != before.stamps.at(id).revision) != stamp.isTouched)
            return u"revision of %1: %2"_s.arg(id, stamp.isTouched ? u"the same"_s : u"another"_s);
        for (const QString &kind : resourceNames) {
            double sum = 0;
            for (const QString &tenant : now.tenants)
                sum += is.tenants.at(tenant).demand.at(kind);
            if (sum > now.limit.at(kind) * (1 + 1e-9))
                return u"%1 of %2 is overcommitted"_s.arg(kind, id);
        }
    }
    for (const auto &[id, tenant] : expected.tenants) {
        const auto found = is.tenants.find(id);
        if (found == is.tenants.end())
            return id + u" is lost"_s;
        const ModelTenant &now = found->second;
        if (now.owner != tenant.owner)
            return u"%1 is on %2, not on %3"_s.arg(id, now.owner, tenant.owner);
        if (now.updatedBy != tenant.updatedBy && !tenant.isTakenBack)
            return u"%1 was changed by %2, not by %3"_s.arg(id, now.updatedBy, tenant.updatedBy);
        if (!tenant.isTakenBack
            && (now.revision != before.tenants.at(id).revision) != tenant.isTouched)
            return u"revision of %1: %2"_s.arg(id, tenant.isTouched ? u"the same"_s : u"another"_s);
    }
    return {};
}

/// Whether some order of \a writes explains every answer and the fleet as it is afterwards: each
/// write as if it were alone at one instant (linearizability). What explains it least badly is told.
QString explain(const World &before, const World &after, const std::vector<Write> &writes,
                const std::vector<Answered> &answers)
{
    std::vector<size_t> order(writes.size());
    std::iota(order.begin(), order.end(), size_t(0));
    QString why;
    size_t farthest = 0;
    do {
        World world = before;
        bool holds = true;
        size_t steps = 0;
        for (const size_t i : order) {
            const Answered &answered = answers[i];
            if (!outcomesOf(world, writes[i]).contains(answered.outcome)) {
                if (why.isEmpty() || steps > farthest) {
                    farthest = steps;
                    why = u"%1 was %2"_s.arg(writes[i].text(),
                                             QLatin1StringView(
                                                 outcomeWords[size_t(answered.outcome)]));
                }
                holds = false;
                break;
            }
            if (answered.outcome == Outcome::Accepted)
                world = accepted(world, writes[i], answered.endState == u"rolled-back");
            ++steps;
        }
        if (!holds)
            continue;
        const QString difference = differenceOf(world, before, after);
        if (difference.isEmpty())
            return {};
        why = difference;
        farthest = writes.size();
    } while (std::next_permutation(order.begin(), order.end()));
    return why;
}

} // namespace

/// Three clients with random writes, some on what they read long ago, some whose connection breaks,
/// and a server that is killed now and then.
class TestLostUpdate : public QObject
{
    Q_OBJECT
private:
    [[nodiscard]] bool startServer()
    {
        m_stampd = std::make_unique<Stampd>();
        const QStringList options{
            u"--listen"_s, u"127.0.0.1:%1"_s.arg(m_port),
            u"--state"_s, m_dir.filePath(u"state"_s),
            u"--token-file"_s, m_dir.filePath(u"tokens"_s),
            u"--source"_s,
            u"edge:simulator=4,tenantsPerStamp=4,calm=true,failureRate=0,startSeconds=1,"
            "timeScale=100,state="_s + m_dir.filePath(u"fleet.json"_s)};
        m_stampd->token = "token-0";
        if (!m_stampd->start(options))
            return false;
        m_port = QUrl(m_stampd->url).port();
        return true;
    }
    [[nodiscard]] HttpAnswer post(const Write &write) const
    {
        m_stampd->token = "token-" + QByteArray::number(write.client);
        const HttpAnswer answer = Stampd::answerOf(send(write));
        return answer;
    }
    [[nodiscard]] QNetworkReply *send(const Write &write) const
    {
        m_stampd->token = "token-" + QByteArray::number(write.client);
        return m_stampd->send("POST", write.path(),
                              {{"If-Match", write.etag()}, {"Idempotency-Key", write.key}},
                              write.body());
    }
    // As a network that breaks: nobody hears the answer, and of a half one the server never sees
    // the end.
    void sendAndCut(const Write &write)
    {
        QTcpSocket socket;
        socket.connectToHost(u"127.0.0.1"_s, quint16(m_port));
        if (!socket.waitForConnected())
            return;
        const QByteArray body = write.body();
        QByteArray request = "POST " + write.path().toUtf8()
            + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "
            + QByteArray::number(body.size()) + "\r\nAuthorization: Bearer token-"
            + QByteArray::number(write.client) + "\r\nIdempotency-Key: " + write.key
            + "\r\nIf-Match: " + write.etag() + "\r\n\r\n" + body;
        if (write.isHalf)
            request.chop(request.size() / 3);
        socket.write(request);
        socket.waitForBytesWritten();
        socket.abort();
    }

    [[nodiscard]] World read()
    {
        World world;
        const QJsonObject fleet = m_stampd->get(u"/v1/fleet"_s).json();
        for (const QJsonValue &value : fleet[u"stamps"_s].toArray()) {
            ModelStamp stamp;
            stamp.revision = value[u"revision"_s].toString();
            stamp.lifecycle = value[u"lifecycle"_s].toString();
            stamp.region = value[u"region"_s].toString();
            stamp.health = value[u"health"_s].toString();
            stamp.updatedBy = value[u"updatedBy"_s].toString();
            // Half of what is too slow, or too wrong: a replica that is still on its way makes the
            // difference, and so does chance.
            const QJsonValue signalsNow = value[u"signals"_s];
            stamp.mayTurn = signalsNow[u"latencyP99Ms"_s].toDouble() > 200
                || signalsNow[u"errorRatio"_s].toDouble() > 0.005;
            for (const QJsonValue &component : value[u"components"_s].toArray()) {
                const QString name = component[u"name"_s].toString();
                stamp.desired.insert(name, component[u"desired"_s].toInt());
                stamp.mayTurn |= component[u"ready"_s] != component[u"desired"_s];
                stamp.bounds.insert(name, {component[u"min"_s].toInt(0),
                                           component[u"max"_s].toInt(10'000)});
            }
            const QJsonValue resources = value[u"resources"_s];
            for (const QString &kind : resourceNames) {
                stamp.limit[kind] = resources[kind][u"limit"_s].toDouble();
                stamp.reservedLeast[kind] = stamp.reservedMost[kind] =
                    resources[kind][u"reserved"_s].toDouble();
                stamp.used[kind] = resources[kind][u"used"_s].toDouble();
            }
            stamp.slotLimit = resources[u"tenants"_s][u"limit"_s].toInt();
            world.stamps.emplace(value[u"name"_s].toString(), stamp);
        }
        for (const QJsonValue &value : fleet[u"tenants"_s].toArray()) {
            ModelTenant tenant;
            const QString id = value[u"id"_s].toString();
            tenant.revision = value[u"revision"_s].toString();
            tenant.owner = value[u"stamp"_s].toString();
            tenant.updatedBy = value[u"updatedBy"_s].toString();
            const QJsonValue constraints = value[u"constraints"_s];
            tenant.group = constraints[u"antiAffinity"_s].toString();
            tenant.isPinned = constraints[u"pinned"_s].toBool();
            tenant.isExclusive = constraints[u"exclusive"_s].toBool();
            for (const QJsonValue &region : constraints[u"regions"_s].toArray())
                tenant.regions.append(region.toString());
            for (const QString &kind : resourceNames)
                tenant.demand[kind] = value[u"demand"_s][kind].toDouble();
            const QJsonArray placements = value[u"placements"_s].toArray();
            if (placements.size() != 1 || placements[0][u"state"_s].toString() != u"serving"
                || placements[0][u"stamp"_s].toString() != tenant.owner) {
                m_wrong = id + u" has not one place where it serves: "_s
                    + QString::fromUtf8(QJsonDocument(placements).toJson(QJsonDocument::Compact));
            }
            world.stamps.at(tenant.owner).tenants.insert(id);
            world.tenants.emplace(id, tenant);
        }
        return world;
    }
    [[nodiscard]] static QString revisionOf(const World &world, const Write &write)
    {
        return write.kind == Kind::Move ? world.tenants.at(write.object).revision
                                        : world.stamps.at(write.object).revision;
    }

    /// \a rival is what another client does at the same time, where there is one.
    [[nodiscard]] Write someWrite(int client, const World &now, const Write *rival)
    {
        const auto element = [](const auto &map) {
            return std::next(map.begin(), oneOf(int(map.size())))->first;
        };
        Write write;
        write.client = client;
        const World &known = m_known[size_t(client)];
        write.kind = *rc::gen::weightedElement<Kind>({{6, Kind::Move},
                                                      {2, Kind::Cordon},
                                                      {3, Kind::Uncordon},
                                                      {3, Kind::ScaleComponent},
                                                      {2, Kind::ScaleCpu}});
        write.object = write.kind == Kind::Move ? element(now.tenants) : element(now.stamps);
        if (write.kind == Kind::Uncordon) { // most of the time where it makes sense
            for (const auto &[name, stamp] : now.stamps) {
                if (stamp.lifecycle != u"active" && oneOf(4) > 0)
                    write.object = name;
            }
        }
        const bool isSameSort = rival && (rival->kind == Kind::Move) == (write.kind == Kind::Move);
        if (isSameSort && oneOf(2) == 0)
            write.object = rival->object;
        const ModelStamp *stamp = write.kind == Kind::Move ? nullptr : &now.stamps.at(write.object);
        if (write.kind == Kind::Move) {
            write.name = element(now.stamps);
        } else if (write.kind == Kind::ScaleComponent) {
            const QStringList names = stamp->desired.keys();
            write.name = names[oneOf(int(names.size()))];
            const auto [least, most] = stamp->bounds.value(write.name);
            write.value = least + oneOf(std::min(most - least, 6) + 2);
        } else if (write.kind == Kind::ScaleCpu) {
            // As many as the API takes: of many such steps some lead far up.
            write.value = std::min(std::round(stamp->limit.at(u"cpu"_s) * (3 + oneOf(11)) / 8), 1e6);
        }
        write.ifMatch = oneOf(6) == 0 ? u"*"_s : revisionOf(known, write);
        write.key = "key-" + QByteArray::number(++m_keys);
        write.isCut = oneOf(7) == 0;
        write.isHalf = write.isCut && oneOf(3) == 0;
        return write;
    }

    // Waits for the end of an operation, as a person who goes on or takes back what a kill cut off.
    [[nodiscard]] QString endOf(const QString &operation, bool rollBack)
    {
        m_stampd->token = "token-0";
        const QByteArray location = "/v1/operations/" + operation.toUtf8();
        QString state;
        for (int i = 0; i < 30; ++i) {
            state = m_stampd->finished(location)[u"state"_s].toString();
            if (state != u"paused")
                break;
            const QString verb = rollBack ? u":rollback"_s : u":resume"_s;
            (void)m_stampd->post(QString::fromLatin1(location) + verb);
        }
        return state;
    }

    [[nodiscard]] static std::optional<Outcome> outcomeOf(const HttpAnswer &answer)
    {
        switch (answer.status) {
        case 202:
            return Outcome::Accepted;
        case 412:
            return Outcome::Changed;
        case 409:
            if (answer.code() == u"conflict")
                return Outcome::Conflict;
            return answer.code() == u"refused" ? std::optional(Outcome::Refused) : std::nullopt;
        case 422:
            return Outcome::Invalid;
        default:
            return std::nullopt;
        }
    }

    // One round; what is wrong with it.
    QString round()
    {
        const World before = m_now;
        std::vector<Write> writes;
        for (int client = 0; client < clientCount; ++client) {
            if (oneOf(3) == 0)
                m_known[size_t(client)] = before; // it reads what is there now
            if (oneOf(5) > 0)
                writes.push_back(someWrite(client, before, writes.empty() ? nullptr : &writes[0]));
        }
        const bool isKilled = oneOf(25) == 0;
        const int killAfter = isKilled ? oneOf(int(writes.size()) + 1) : -1;
        const bool rollBack = *rc::gen::arbitrary<bool>();

        std::vector<QNetworkReply *> replies;
        for (const Write &write : writes) {
            if (write.isCut) {
                sendAndCut(write);
                ++m_cuts;
                replies.push_back(nullptr);
            } else {
                replies.push_back(send(write));
            }
        }
        std::vector<Answered> answers(writes.size());
        int heard = 0;
        for (size_t i = 0; i <= writes.size(); ++i) {
            if (heard == killAfter && m_stampd->isRunning()) {
                (void)m_stampd->end(SIGKILL);
                ++m_kills;
            }
            if (i < writes.size() && replies[i]) {
                answers[i].answer = Stampd::answerOf(replies[i]);
                ++heard;
            }
        }
        if (isKilled && m_stampd->isRunning()) {
            (void)m_stampd->end(SIGKILL);
            ++m_kills;
        }
        if (isKilled && !startServer())
            return u"stampd did not start again"_s;
        for (size_t i = 0; i < writes.size(); ++i) {
            // Whoever heard nothing, or that it is not the time, asks again under the same key.
            QElapsedTimer patience;
            patience.start();
            while ((answers[i].answer.status == 0 || answers[i].answer.status == 503)
                   && patience.elapsed() < 30'000)
                answers[i].answer = post(writes[i]);
            const auto outcome = outcomeOf(answers[i].answer);
            if (!outcome) {
                return u"%1: answer %2 %3"_s.arg(writes[i].text())
                    .arg(answers[i].answer.status)
                    .arg(QString::fromUtf8(answers[i].answer.body));
            }
            answers[i].outcome = *outcome;
            if (*outcome == Outcome::Accepted)
                answers[i].operation = answers[i].answer.json()[u"id"_s].toString();
        }
        for (size_t i = 0; i < writes.size(); ++i) {
            ++m_seen[answers[i].outcome];
            if (answers[i].outcome != Outcome::Accepted)
                continue;
            answers[i].endState = endOf(answers[i].operation, isKilled && rollBack);
            const QString &end = answers[i].endState;
            m_rolledBack += end == u"rolled-back";
            if (end != u"succeeded" && (!isKilled || end != u"rolled-back"))
                return writes[i].text() + u" ended "_s + end + u": "_s
                    + m_stampd->get(u"/v1/operations/"_s + answers[i].operation)
                          .json()[u"error"_s].toString();
            // The same key once more is the same operation, not another.
            const HttpAnswer again = post(writes[i]);
            if (again.status != 202 || again.json()[u"id"_s].toString() != answers[i].operation)
                return writes[i].text() + u" under its key again: "_s + QString::fromUtf8(again.body);
        }
        // The loser of a race is told how it is now.
        for (size_t i = 0; i < writes.size(); ++i) {
            if (answers[i].outcome == Outcome::Changed
                && answers[i].answer.json()[u"current"_s][u"revision"_s].toString().isEmpty())
                return writes[i].text() + u" was not told the revision that is now"_s;
        }
        m_stampd->token = "token-0";
        m_now = read();
        if (!m_wrong.isEmpty())
            return m_wrong;
        QString why = explain(before, m_now, writes, answers);
        if (why.isEmpty())
            return why;
        for (size_t i = 0; i < writes.size(); ++i) {
            why += u"\n  %1: %2 %3"_s.arg(
                writes[i].text(), QLatin1StringView(outcomeWords[size_t(answers[i].outcome)]),
                answers[i].outcome == Outcome::Accepted ? answers[i].endState
                                                        : answers[i].answer.json()[u"detail"_s].toString());
        }
        return why;
    }

private Q_SLOTS:
    void initTestCase()
    {
        // A round that failed has changed the fleet: smaller ones would be asked of another.
        qputenv("RC_PARAMS", "max_success=1000 noshrink=1 " + qgetenv("RC_PARAMS"));
    }
    void init() { strict(); }

    void everyWriteIsAsIfItWereAlone()
    {
        QVERIFY(m_dir.isValid());
        QFile tokens(m_dir.filePath(u"tokens"_s));
        QVERIFY(tokens.open(QFile::WriteOnly));
        for (int client = 0; client < clientCount; ++client)
            tokens.write(u"token-%1 client-%1 operator\n"_s.arg(client).toUtf8());
        tokens.close();
        QVERIFY(startServer());
        m_now = read();
        QCOMPARE(m_now.stamps.size(), size_t(4));
        QVERIFY2(m_wrong.isEmpty(), qPrintable(m_wrong));
        takeRulesAway();
        m_now = read();
        for (World &known : m_known)
            known = m_now;

        QString wrong;
        int rounds = 0;
        const bool held = rc::check("every write is as if it were alone", [&] {
            if (wrong.isEmpty())
                wrong = round();
            ++rounds;
            RC_ASSERT(wrong.isEmpty());
        });
        QVERIFY2(held, qPrintable(u"round %1: %2"_s.arg(rounds).arg(wrong)));
        qInfo("%d rounds: %d accepted, %d changed, %d conflicts, %d refused, %d invalid; "
              "%d cut, %d kills, %d rolled back",
              rounds, m_seen[Outcome::Accepted], m_seen[Outcome::Changed],
              m_seen[Outcome::Conflict], m_seen[Outcome::Refused], m_seen[Outcome::Invalid], m_cuts,
              m_kills, m_rolledBack);
        for (const Outcome outcome : {Outcome::Accepted, Outcome::Changed, Outcome::Refused})
            QVERIFY(m_seen[outcome] > rounds / 20);
        QVERIFY(m_kills > 0 && m_cuts > 0);
    }

private:
    // A rule changes replicas by itself: the model would have to know the load.
    void takeRulesAway()
    {
        for (const auto &[name, stamp] : m_now.stamps) {
            QJsonObject rules;
            for (auto it = stamp.desired.begin(); it != stamp.desired.end(); ++it)
                rules.insert(it.key(), QJsonValue());
            const HttpAnswer answer =
                m_stampd->post(u"/v1/stamps/%1:scale"_s.arg(name), {{"If-Match", "*"}},
                               QJsonDocument(QJsonObject{{u"rules"_s, rules}}).toJson());
            QCOMPARE(answer.status, 202);
            QCOMPARE(m_stampd->carriedThrough(answer.headers.value("location"))[u"state"_s].toString(),
                     u"succeeded"_s);
        }
    }

    QTemporaryDir m_dir;
    std::unique_ptr<Stampd> m_stampd;
    int m_port = 0;
    World m_now;
    std::array<World, clientCount> m_known; // what each of them read last
    QString m_wrong;
    int m_keys = 0, m_cuts = 0, m_kills = 0, m_rolledBack = 0;
    std::map<Outcome, int> m_seen;
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestLostUpdate)
#include "tst_lostupdate.moc"
