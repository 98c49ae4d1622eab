// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/stampd/stampdprogram.h"
#include "tests/support/manualclock.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include "backends/rest/restdecoder.h"
#include "models/fleetstore.h"
#include "models/planner.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QJsonArray>

#include <rapidcheck.h>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;

namespace {

/// An action and the request that asks stampd for it.
struct Asked
{
    ActionRequest action;
    QString path;
    QJsonObject body;
};

QString codesOf(const QList<Refusal> &refusals)
{
    QStringList codes;
    for (const Refusal &refusal : refusals)
        codes.append(refusal.code + u" on "_s + refusal.subject);
    return codes.join(u", "_s);
}

QString codesOf(const QJsonArray &refusals)
{
    QStringList codes;
    for (const QJsonValue &refusal : refusals)
        codes.append(refusal[u"code"_s].toString() + u" on "_s + refusal[u"subject"_s].toString());
    return codes.join(u", "_s);
}

} // namespace

/// What the window plans from what it reads, and what stampd answers when it is really asked.
class TestRefusals : public QObject
{
    Q_OBJECT
private:
    // The fleet as a client sees it, with the capabilities that the rest adapter has.
    static FleetVersionPtr read(Stampd &stampd, Clock &clock)
    {
        const auto update = decodeFleet(stampd.get(u"/v1/fleet"_s).body);
        if (!update)
            return {};
        FleetStore store(clock);
        SourceState source;
        source.name = u"edge"_s;
        source.capabilities = Capability::Move | Capability::Cordon | Capability::ScaleComponents
            | Capability::ScaleResources | Capability::ScalingRules;
        store.addSource(source);
        store.apply(source.name, *update);
        store.sync();
        return store.current();
    }
    // Waits until an accepted action shows in the fleet: what it does to health and room comes with it.
    static bool isUnderWay(Stampd &stampd, Clock &clock, const ActionRequest &action)
    {
        return QTest::qWaitFor(
            [&] {
                const FleetVersionPtr fleet = read(stampd, clock);
                if (!fleet)
                    return false;
                if (action.kind == ActionKind::Move) {
                    const auto tenant = fleet->findTenant(action.tenants[0]);
                    return tenant && fleet->tenants[*tenant].tenant->placements.size() == 2;
                }
                const auto stamp = fleet->findStamp(action.stamp);
                if (!stamp)
                    return false;
                const QList<Component> &are = fleet->stamps[*stamp]->stamp->components;
                return std::all_of(are.begin(), are.end(), [&](const Component &component) {
                    const auto wanted = action.scale.components.constFind(component.name);
                    return wanted == action.scale.components.cend()
                        || component.desired == *wanted;
                });
            },
            30'000);
    }
    static QString nameOf(const FleetVersionPtr &fleet, int slot)
    {
        return fleet->stamps[slot]->stamp->name;
    }

    // With \a settles anything; else nothing that ends while the next one is asked for.
    static Asked someAction(const FleetVersionPtr &fleet, bool settles)
    {
        Asked asked;
        ActionRequest &action = asked.action;
        const int stamp = *rc::gen::inRange(0, fleet->stamps.size());
        const QString path = u"/v1/stamps/"_s + nameOf(fleet, stamp);
        action.stamp = fleet->stampId(stamp);
        switch (*rc::gen::weightedElement<int>(
            {{8, 0}, {2, 1}, {settles ? 2 : 0, 2}, {1, 3}, {settles ? 2 : 0, 4}, {1, 5}})) {
        case 0: {
            const int tenant = *rc::gen::inRange(0, fleet->tenants.size());
            action.stamp.clear();
            action.kind = ActionKind::Move;
            action.tenants = {fleet->tenantId(tenant)};
            action.to = fleet->stampId(stamp);
            asked.path = u"/v1/tenants/"_s + fleet->tenants[tenant].tenant->id + u":move"_s;
            asked.body = {{u"to"_s, nameOf(fleet, stamp)}};
            break;
        }
        case 1: {
            const QList<Component> &components = fleet->stamps[stamp]->stamp->components;
            const Component &component = components[*rc::gen::inRange<qsizetype>(0, components.size())];
            // One more than there may be is an error in the plan, and one for stampd.
            const int most = component.max.value_or(4) + 1;
            const int replicas = *rc::gen::inRange(
                settles ? component.min.value_or(0) : std::min(component.desired + 1, most), most + 1);
            action.kind = ActionKind::Scale;
            action.scale.components = {{component.name, replicas}};
            asked.path = path + u":scale"_s;
            asked.body = {{u"components"_s, QJsonObject{{component.name, replicas}}}};
            break;
        }
        case 2: {
            // From far too little for what runs there to more than there is now.
            const double cpu = fleet->stamps[stamp]->resources.cpu.limit.value_or(8)
                * *rc::gen::inRange(1, 13) / 8;
            action.kind = ActionKind::Scale;
            action.scale.cpu = cpu;
            asked.path = path + u":scale"_s;
            asked.body = {{u"resources"_s, QJsonObject{{u"cpu"_s, cpu}}}};
            break;
        }
        case 3:
            action.kind = ActionKind::Cordon;
            asked.path = path + u":cordon"_s;
            break;
        case 4:
            action.kind = ActionKind::Drain;
            action.partial = *rc::gen::arbitrary<bool>();
            asked.path = path + u":drain"_s;
            asked.body = {{u"partial"_s, action.partial}};
            break;
        default:
            action.kind = ActionKind::Uncordon;
            asked.path = path + u":uncordon"_s;
            break;
        }
        return asked;
    }

private Q_SLOTS:
    void initTestCase()
    {
        // A round that failed has changed the fleet: smaller ones would be asked of another.
        qputenv("RC_PARAMS", qgetenv("RC_PARAMS") + " noshrink=1");
    }
    void init() { strict(); }

    void stampdRefusesExactlyWhatThePlanRefuses_data()
    {
        QTest::addColumn<QString>("more");
        QTest::addColumn<bool>("settles");
        // Every action ends before the next is asked for, or none ever does: then more and more
        // tenants are in flight and more and more room is reserved.
        QTest::addRow("settled") << u"startSeconds=1,timeScale=60"_s << true;
        QTest::addRow("in flight") << u"startSeconds=80000,timeScale=0.01"_s << false;
    }
    void stampdRefusesExactlyWhatThePlanRefuses()
    {
        QFETCH(QString, more);
        QFETCH(bool, settles);
        Stampd stampd;
        QVERIFY(stampd.start({u"--source"_s,
                              u"edge:simulator=9,tenantsPerStamp=6,calm=true,failureRate=0,"_s + more}));
        ManualClock clock;
        int refused = 0, taken = 0;
        QString wrong; // of the first round that failed: what it left is another fleet
        const bool held = rc::check("stampd refuses exactly what the plan refuses", [&] {
            const FleetVersionPtr fleet = read(stampd, clock);
            RC_ASSERT(fleet);
            RC_ASSERT(fleet->stamps.size() == 9);
            const Asked asked = someAction(fleet, settles);
            const QByteArray body = QJsonDocument(asked.body).toJson(QJsonDocument::Compact);
            const auto words = [](const Result<Plan> &result) {
                return result ? codesOf(result->refusals) : result.error().message;
            };
            auto planned = plan(fleet, asked.action, clock);
            HttpAnswer dry;
            // Loads go on: a plan counts when it is the same before and after stampd was asked.
            QString before;
            do {
                before = words(planned);
                dry = stampd.post(asked.path + u"?dryRun=true"_s, {{"If-Match", "*"}}, body);
                const FleetVersionPtr now = read(stampd, clock);
                RC_ASSERT(now);
                planned = plan(now, asked.action, clock);
            } while (words(planned) != before);
            const HttpAnswer answer = stampd.post(asked.path, {{"If-Match", "*"}}, body);
            const auto expect = [&](bool condition, const QString &what) {
                if (wrong.isEmpty() && !condition)
                    wrong = asked.path + u' ' + QString::fromUtf8(body) + u": "_s + what
                        + u"\nplan: "_s
                        + (planned ? codesOf(planned->refusals) : planned.error().message)
                        + u"\ndry: "_s + QString::fromUtf8(dry.body) + u"\nanswer: "_s
                        + QString::fromUtf8(answer.body);
                RC_ASSERT(condition);
            };
            if (!planned) {
                // Names nothing or asks for what can't be: no plan, and no operation.
                expect(dry.status == 422, u"planned"_s);
                expect(answer.status == 422, u"taken"_s);
                return;
            }
            const QString codes = codesOf(planned->refusals);
            expect(dry.status == 200, u"not planned"_s);
            expect(codesOf(dry.json()[u"refusals"_s].toArray()) == codes, u"another plan"_s);
            if (!planned->isRefused()) {
                ++taken;
                expect(answer.status == 202, u"refused"_s);
                if (settles || asked.action.kind > ActionKind::Scale) {
                    const QJsonObject end =
                        stampd.carriedThrough(answer.headers.value("location"));
                    expect(end[u"state"_s].toString() == u"succeeded"_s,
                           u"failed: "_s + QString::fromUtf8(QJsonDocument(end).toJson()));
                } else {
                    expect(isUnderWay(stampd, clock, asked.action), u"not begun"_s);
                }
                return;
            }
            ++refused;
            expect(answer.status == 409, u"taken"_s);
            // Of a tenant in flight stampd tells which operation it is (interfaces.md, If-Match).
            const auto isInFlight = [&](const Refusal &refusal) {
                return refusal.code == u"busy"_s && !asked.action.tenants.isEmpty()
                    && asked.action.tenants[0].endsWith(u'/' + refusal.subject);
            };
            if (std::any_of(planned->refusals.begin(), planned->refusals.end(), isInFlight)) {
                expect(answer.code() == u"conflict"_s, u"no conflict"_s);
                expect(!answer.json()[u"operation"_s].toString().isEmpty(), u"no operation"_s);
                return;
            }
            expect(codesOf(answer.json()[u"refusals"_s].toArray()) == codes, u"another refusal"_s);
        });
        QVERIFY2(held, qPrintable(wrong));
        // Both sides were seen.
        QVERIFY2(refused > 5, qPrintable(QString::number(refused)));
        QVERIFY2(taken > 5, qPrintable(QString::number(taken)));
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestRefusals)
#include "tst_refusals.moc"
