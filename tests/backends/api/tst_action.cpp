// SPDX-License-Identifier: GPL-3.0-or-later
#include "backends/api/action.h"
#include "tests/support/testmain.h"

using namespace Stampdeck;
using namespace Qt::StringLiterals;

class TestAction : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { Testing::strict(); }

    void everyPrimitiveNamesItsInverse()
    {
        const QString t = u"acme"_s, a = u"a"_s, b = u"b"_s;
        QCOMPARE(inverseOf(PlaceTenant{t, a, b}), std::vector<Primitive>({RetireTenant{t, b}}));
        QVERIFY(inverseOf(ProbeTenant{t, b}).empty());
        QCOMPARE(inverseOf(ShiftTenant{t, a, b}), std::vector<Primitive>({ShiftTenant{t, b, a}}));
        QCOMPARE(inverseOf(RetireTenant{t, a}, b),
                 std::vector<Primitive>({PlaceTenant{t, b, a}, ProbeTenant{t, a}}));
        QCOMPARE(inverseOf(MoveTenant{t, a, b}), std::vector<Primitive>({MoveTenant{t, b, a}}));
        QCOMPARE(inverseOf(CordonStamp{a}), std::vector<Primitive>({UncordonStamp{a}}));
        QCOMPARE(inverseOf(UncordonStamp{a}), std::vector<Primitive>({CordonStamp{a}}));
        ScaleSetting before, after;
        before.components.insert(u"web"_s, 3);
        after.components.insert(u"web"_s, 5);
        QCOMPARE(inverseOf(ScaleStamp{a, before, after}),
                 std::vector<Primitive>({ScaleStamp{a, after, before}}));
        const CreateStamp made{a, u"small"_s, u"eu-west"_s, {}};
        QCOMPARE(inverseOf(made), std::vector<Primitive>({CordonStamp{a}, DeleteStamp{a}}));
        QVERIFY(hasInverse(made));
        QVERIFY(inverseOf(DeleteStamp{a}).empty());
        QVERIFY(!hasInverse(DeleteStamp{a}));
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestAction)
#include "tst_action.moc"
