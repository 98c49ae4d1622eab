// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/thennow.h"

#include "models/fleetstore.h"

#include "tests/support/manualclock.h"
#include "tests/support/sampledata.h"
#include "tests/support/testmain.h"

#include <QtCore/QCoreApplication>

#include <algorithm>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;

class TestThenNow : public QObject
{
    Q_OBJECT
private:
    [[nodiscard]] static FleetVersionPtr fleetOf(const QList<Stamp> &stamps)
    {
        ManualClock clock;
        FleetStore store(clock);
        SourceState source;
        source.name = u"prod"_s;
        store.addSource(source);
        store.apply(u"prod"_s, makeUpdate(stamps, {makeTenant(u"acme"_s, u"eu-1"_s)}));
        store.sync();
        return store.current();
    }
    [[nodiscard]] static FieldThenNow field(const QList<FieldThenNow> &all, const QString &name)
    {
        const auto found = std::find_if(all.begin(), all.end(), [&name](const FieldThenNow &each) {
            return each.field == name;
        });
        return found == all.end() ? FieldThenNow() : *found;
    }

private Q_SLOTS:
    void init() { strict(); }

    void onlyWhatIsAnotherOneIsTold()
    {
        Stamp sick = makeStamp(u"eu-2"_s);
        sick.health = Health::Unhealthy;
        sick.healthReasons = {{u"backend"_s, u"crash loop"_s, {}, {}, {}, {}, {}}};
        Stamp scaled = makeStamp(u"eu-3"_s);
        Stamp gone = makeStamp(u"eu-4"_s);
        const auto then = fleetOf({makeStamp(u"eu-1"_s), makeStamp(u"eu-2"_s), scaled, gone});
        scaled.components[0].desired = 8;
        scaled.lifecycle = Lifecycle::Cordoned;
        Stamp busy = makeStamp(u"eu-1"_s);
        busy.resources.cpu.used = 60; // load is another at every moment
        const auto now = fleetOf({busy, sick, scaled, makeStamp(u"eu-5"_s)});
        const FleetThenNow all = compareFleets(*then, *now);
        QCOMPARE(all.differing, 4);
        QStringList ids;
        for (const FleetThenNow::StampChange &change : all.stamps)
            ids.append(change.id);
        QCOMPARE(ids,
                 (QStringList{u"prod/eu-2"_s, u"prod/eu-4"_s, u"prod/eu-3"_s, u"prod/eu-5"_s}));
        QVERIFY(all.stamps[0].now == Health::Unhealthy);
        QVERIFY(!all.stamps[1].now);
        QVERIFY(all.stamps[2].words.join(u", "_s).contains(u"web from 3 to 8"_s));
        QVERIFY(!all.stamps[3].then);
        QCOMPARE(all.then.stamps, 4);
        QCOMPARE(all.now.unhealthy, 1);
        // As many as were asked for, the worst.
        QCOMPARE(compareFleets(*then, *now, 1).stamps.size(), 1);
        QCOMPARE(compareFleets(*then, *now, 1).differing, 4);
        QCOMPARE(compareFleets(*then, *then).differing, 0);
    }

    void everyFieldHasBothMoments()
    {
        Stamp stamp = makeStamp(u"eu-1"_s);
        const auto then = fleetOf({stamp});
        stamp.version = u"2"_s;
        stamp.components[0].ready = 1;
        const auto now = fleetOf({stamp});
        const StampEntry *was = then->stamps[then->stampIndex.value(u"prod/eu-1"_s)].get();
        const StampEntry *is = now->stamps[now->stampIndex.value(u"prod/eu-1"_s)].get();
        const QList<FieldThenNow> all = compareStamps(was, is);
        QCOMPARE(field(all, u"version"_s), (FieldThenNow{u"version"_s, u"1.4.2"_s, u"2"_s}));
        QVERIFY(field(all, u"version"_s).differs());
        QVERIFY(!field(all, u"ring"_s).differs());
        QCOMPARE(field(all, u"web"_s).then, u"3 of 3 ready"_s);
        QCOMPARE(field(all, u"web"_s).now, u"1 of 3 ready"_s);
        QCOMPARE(field(all, u"tenants"_s).now, u"1"_s);
        // One that is gone is nothing now.
        QCOMPARE(field(compareStamps(was, nullptr), u"version"_s).now, u"–"_s);
        QCOMPARE(field(compareStamps(nullptr, is), u"web"_s).then, u"–"_s);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestThenNow)
#include "tst_thennow.moc"
