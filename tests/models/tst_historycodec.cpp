// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/historycodec.h"

#include "tests/support/samplefleet.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <rapidcheck.h>

#include <cmath>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;

namespace {

Timestamp at(int second)
{
    return *fromRfc3339(u"2026-01-02T03:04:05Z") + std::chrono::seconds(second);
}

/// A stamp of which nothing is left out.
StampEntry fullStamp()
{
    Stamp stamp = SampleFleet().stamp(1);
    stamp.zone = u"a"_s;
    stamp.labels = {{u"team"_s, u"käse <b>"_s}, {u"empty"_s, QString()}};
    stamp.updatedBy = u"ada"_s;
    stamp.updatedAt = at(1);
    stamp.operation = u"op-1"_s;
    stamp.lifecycle = Lifecycle::Draining;
    stamp.resources.cpu.used = 7.25;
    stamp.signalValues = {12.5, 0.25, 3, 400.5};
    stamp.components[0].load = 0.5;
    stamp.components[0].rule = ScalingRule{SignalKind::LatencyP99,
                                           250,
                                           std::chrono::minutes(3),
                                           u"stampd"_s,
                                           at(4),
                                           u"3 to 4"_s,
                                           3,
                                           4};
    stamp.healthReasons = {{u"latency-p99"_s, u"p99 812 ms"_s, at(2), {}, 812.4, 400, u"ms"_s},
                           {u"component"_s, u"api 1 of 3 ready"_s, at(3), u"api"_s, 1, 3, {}}};
    stamp.health = Health::Degraded;
    Mark mark;
    mark.operation = u"op-1"_s;
    mark.run = u"run"_s;
    mark.kind = u"drain"_s;
    mark.step = 4;
    mark.from = u"s-001"_s;
    mark.who = u"ada"_s;
    mark.shared = true;
    stamp.mark = mark;
    StampEntry entry;
    entry.stamp = std::make_shared<const Stamp>(stamp);
    entry.resources = stamp.resources;
    entry.resources.cpu.reserved = 99;
    entry.health = Health::Unknown;
    entry.lastHealth = Health::Degraded;
    entry.healthSince = at(5);
    entry.stale = true;
    entry.elsewhere = true;
    entry.staleSince = at(6);
    entry.reasons = stamp.healthReasons;
    return entry;
}

Operation fullOperation()
{
    Operation operation;
    operation.id = u"op-1"_s;
    operation.kind = u"drain"_s;
    operation.target = u"s-001"_s;
    operation.state = OperationState::Paused;
    operation.progress = 0.25;
    operation.error = u"no room"_s;
    operation.errorKind = ErrorKind::Refused;
    operation.reason = u"disk"_s;
    operation.createdBy = u"ada"_s;
    operation.createdAt = at(0);
    operation.updatedAt = at(9);
    operation.carriedBy = {u"a"_s, u"b"_s};
    operation.fromMarks = true;
    operation.blocked = u"a person"_s;
    operation.mend = u"resume it"_s;
    for (int i = 0; i < 50; ++i) {
        operation.steps.append({u"move t-%1"_s.arg(i), StepState(i % 6), at(i), at(i + 1),
                                i == 3 ? u"full"_s : QString(), u"t-%1"_s.arg(i), u"prod"_s});
    }
    return operation;
}

} // namespace

class TestHistoryCodec : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { strict(); }

    void aStampComesBackExactly()
    {
        const StampEntry entry = fullStamp();
        const auto back =
            decodeStamp(encodeStamp(entry, at(7), RecordedPart::Whole), entry.stamp->name);
        VERIFY_RESULT(back);
        QVERIFY(*back->entry.stamp == *entry.stamp);
        QVERIFY(back->entry.resources == entry.resources);
        QVERIFY(back->entry.reasons == entry.reasons);
        QCOMPARE(back->entry.health, entry.health);
        QCOMPARE(back->entry.lastHealth, entry.lastHealth);
        QVERIFY(back->entry.healthSince == entry.healthSince);
        QVERIFY(back->entry.staleSince == entry.staleSince);
        QVERIFY(back->entry.stale);
        QVERIFY(back->entry.elsewhere);
        QVERIFY(back->lastContact == at(7));
    }

    void whatIsMeasuredIsNoChange()
    {
        StampEntry entry = fullStamp();
        entry.stale = false;
        const QByteArray before = encodeStamp(entry, at(1), RecordedPart::Discrete);
        Stamp measured = *entry.stamp;
        measured.resources.cpu.used = 8;
        measured.signalValues.latencyP99Ms = 900;
        measured.observedAt = at(60);
        measured.components[0].load = 0.9;
        measured.healthReasons[0].value = 900;
        measured.healthReasons[0].message = u"p99 900 ms"_s;
        entry.stamp = std::make_shared<const Stamp>(measured);
        entry.reasons = measured.healthReasons;
        QCOMPARE(encodeStamp(entry, at(60), RecordedPart::Discrete), before);
        QVERIFY(encodeStamp(entry, at(60), RecordedPart::Whole) != before);

        Stamp changed = measured;
        changed.components[0].ready = 2;
        entry.stamp = std::make_shared<const Stamp>(changed);
        QVERIFY(encodeStamp(entry, at(60), RecordedPart::Discrete) != before);
        changed = measured;
        changed.healthReasons.removeLast();
        entry.stamp = std::make_shared<const Stamp>(changed);
        QVERIFY(encodeStamp(entry, at(60), RecordedPart::Discrete) != before);
    }

    void theOthersComeBackExactly()
    {
        TenantEntry tenant;
        Tenant told = SampleFleet().tenant(1, 2);
        told.constraints = {{u"eu-*"_s}, u"group"_s, true, true};
        told.state = TenantState::Moving;
        told.placements.push_back({u"s-002"_s, PlacementState::Starting, std::nullopt});
        told.operation = u"op-1"_s;
        told.updatedBy = u"ada"_s;
        told.updatedAt = at(1);
        Mark mark;
        mark.operation = u"op-1"_s;
        told.mark = mark;
        tenant.tenant = std::make_shared<const Tenant>(told);
        tenant.elsewhere = true;
        const auto tenantBack = decodeTenant(encodeTenant(tenant), told.id);
        VERIFY_RESULT(tenantBack);
        QVERIFY(*tenantBack->tenant == told);
        QVERIFY(tenantBack->elsewhere);
        QVERIFY(!tenantBack->stale);

        const Operation operation = fullOperation();
        const auto operationBack =
            decodeOperation(encodeOperation(operation, u"prod"_s), operation.id);
        VERIFY_RESULT(operationBack);
        QVERIFY(*operationBack->first == operation);
        QCOMPARE(operationBack->second, u"prod"_s);

        SourceState source;
        source.name = u"prod"_s;
        source.instance = u"uid"_s;
        source.capabilities = Capability::Cordon | Capability::Marks;
        source.objectives.latencyP99Ms.reset();
        source.endpoints = 3;
        source.endpointsFailing = 1;
        source.error = Error::of(ErrorKind::Timeout, u"no answer"_s, u"10 s"_s);
        source.skew = std::chrono::milliseconds(-12);
        source.production = source.watching = true;
        const auto sourceBack = decodeSource(encodeSource(source, 2, at(3), RecordedPart::Whole));
        VERIFY_RESULT(sourceBack);
        QVERIFY(sourceBack->state == source);
        QCOMPARE(sourceBack->order, 2);
        QVERIFY(sourceBack->lastContact == at(3));

        const Acknowledgement acknowledgement{u"prod/s-1:stale"_s, u"ada"_s, at(9), u"mine"_s};
        const auto back =
            decodeAcknowledgement(encodeAcknowledgement(acknowledgement), acknowledgement.incident);
        VERIFY_RESULT(back);
        QVERIFY(*back == acknowledgement);
    }

    void aPatchLeadsFromOneToTheOther()
    {
        QVERIFY(rc::check("patched(a, patchOf(a, b)) is b", [] {
            const auto a = *rc::gen::container<std::string>(rc::gen::inRange('a', 'f'));
            auto b = a;
            const int edits = *rc::gen::inRange(0, 4);
            for (int i = 0; i < edits; ++i) {
                const auto place = size_t(*rc::gen::inRange<int>(0, int(b.size()) + 1));
                if (*rc::gen::arbitrary<bool>())
                    b.insert(place, *rc::gen::container<std::string>(rc::gen::inRange('a', 'f')));
                else
                    b.erase(place, size_t(*rc::gen::inRange(0, 5)));
            }
            const QByteArray from = QByteArray::fromStdString(a);
            const QByteArray to = QByteArray::fromStdString(b);
            const auto there = patched(from, patchOf(from, to));
            RC_ASSERT(there.has_value());
            RC_ASSERT(*there == to);
        }));
        const QByteArray same(100, 'x');
        QVERIFY(patchOf(same, same).isEmpty());
    }

    void whatLittleChangedTakesLittle()
    {
        Operation operation = fullOperation();
        const QByteArray before = encodeOperation(operation, {});
        operation.steps[30].state = StepState::Succeeded;
        operation.steps[30].endedAt = at(100);
        operation.updatedAt = at(100);
        operation.progress = 0.5;
        const QByteArray after = encodeOperation(operation, {});
        const QByteArray patch = patchOf(before, after);
        QVERIFY2(patch.size() < 64, qPrintable(QString::number(patch.size())));
        QCOMPARE(*patched(before, patch), after);
    }

    void everythingAtOnceComesBack()
    {
        RecordedStates states;
        for (int i = 0; i < 500; ++i)
            states.emplace_back(
                i * 3 + 1,
                encodeTenant({std::make_shared<const Tenant>(SampleFleet().tenant(i % 7, i))}));
        const QByteArray bytes = encodeKeyframe(states);
        const auto back = decodeKeyframe(bytes);
        VERIFY_RESULT(back);
        QVERIFY(*back == states);
        QVERIFY(!decodeKeyframe(bytes.left(bytes.size() / 2)));
        QVERIFY(!decodeKeyframe(QByteArray("\x7f\xff\xff\xff\x78", 5)));
    }

    void pointsComeBackExactly()
    {
        std::vector<RecordedPoints> groups;
        for (int i = 0; i < 3; ++i) {
            RecordedPoints group;
            group.at = 1'700'000'000'000 + i * 25;
            for (int object = 5; object < 50; object += 4) {
                RecordedPoint point;
                point.object = object;
                point.value[0] = {100 + i, 64.0 / 4096};
                point.value[3] = {-100, 0};
                point.value[RecordedPoint::age] = {2, RecordedPoint::ageUnit};
                group.points.push_back(point);
            }
            groups.push_back(group);
        }
        const QByteArray bytes = encodePoints(groups);
        const auto back = decodePoints(bytes);
        VERIFY_RESULT(back);
        QCOMPARE(back->size(), groups.size());
        for (size_t i = 0; i < groups.size(); ++i) {
            QCOMPARE((*back)[i].at, groups[i].at);
            QCOMPARE((*back)[i].points.size(), groups[i].points.size());
            for (size_t j = 0; j < groups[i].points.size(); ++j) {
                QCOMPARE((*back)[i].points[j].object, groups[i].points[j].object);
                QVERIFY((*back)[i].points[j].value == groups[i].points[j].value);
            }
        }
        QVERIFY(std::isnan((*back)[0].points[0].at(1)));
        QCOMPARE((*back)[0].points[0].at(0), 100 * 64.0 / 4096);
    }

    void bytesThatAreCutAreAnError()
    {
        const QByteArray stamp = encodeStamp(fullStamp(), at(7), RecordedPart::Whole);
        for (qsizetype size = 0; size < stamp.size(); ++size)
            QVERIFY(!decodeStamp(stamp.left(size), u"x"_s));
        QVERIFY(!decodeStamp(stamp + '\0', u"x"_s));
        const QByteArray operation = encodeOperation(fullOperation(), u"p"_s);
        for (qsizetype size = 0; size < operation.size(); size += 7)
            QVERIFY(!decodeOperation(operation.left(size), u"x"_s));
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestHistoryCodec)
#include "tst_historycodec.moc"
