// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/viewlink.h"

#include "tests/support/testmain.h"

#include <rapidcheck.h>

using namespace Stampdeck;
using namespace Qt::StringLiterals;

class TestViewLink : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { Testing::strict(); }

    void isWrittenForPeopleToRead()
    {
        ViewLink link;
        QCOMPARE(toString(link), u"stampdeck://map"_s);
        link = {u"tenants"_s, u"health:degraded region:eu-* cpu>80%"_s, u"ring"_s, u"load"_s,
                u"prod/eu-1"_s};
        QCOMPARE(toString(link),
                 u"stampdeck://tenants?group=ring&colour=load&query=health:degraded%20"
                 "region:eu-*%20cpu%3E80%25&stamp=prod/eu-1"_s);
        QVERIFY(*viewLinkFromString(toString(link)) == link);
    }

    void anyTextComesBack()
    {
        const bool holds = rc::check("a link read is the link written", [] {
            const auto text = [] {
                QString made;
                for (const int code : *rc::gen::container<std::vector<int>>(
                             rc::gen::inRange(0x20, 0x2fff))) {
                    const QChar c(static_cast<char16_t>(code));
                    if (c.isPrint())
                        made += c;
                }
                return made.left(200);
            };
            ViewLink link;
            link.view = viewNames()[*rc::gen::inRange(0, int(viewNames().size()))];
            link.query = text();
            link.stamp = text();
            link.carry = text();
            const auto back = viewLinkFromString(toString(link));
            RC_ASSERT(back.has_value());
            RC_ASSERT(*back == link);
        });
        QVERIFY(holds);
    }

    void whatIsWrongIsNamed_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("why");
        QTest::newRow("another scheme") << u"https://map"_s << u"stampdeck://"_s;
        QTest::newRow("no view") << u"stampdeck://"_s << u"there is no view"_s;
        QTest::newRow("a wrong view") << u"stampdeck://moon"_s << u"no view moon"_s;
        QTest::newRow("a path") << u"stampdeck://map/etc/passwd"_s << u"/etc/passwd"_s;
        QTest::newRow("an unknown key") << u"stampdeck://map?run=rm"_s << u"run"_s;
        QTest::newRow("a control character") << u"stampdeck://map?query=a%0Ab"_s << u"control"_s;
        QTest::newRow("no moment") << u"stampdeck://map?at=yesterday"_s << u"yesterday"_s;
        QTest::newRow("too long") << u"stampdeck://map?query="_s + QString(5'000, u'a')
                                  << u"longer than"_s;
        QTest::newRow("nothing") << QString() << u"stampdeck://"_s;
    }
    void whatIsWrongIsNamed()
    {
        QFETCH(QString, text);
        QFETCH(QString, why);
        const auto read = viewLinkFromString(text);
        QVERIFY(!read);
        QVERIFY2(read.error().message.contains(why), qPrintable(read.error().message));
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestViewLink)
#include "tst_viewlink.moc"
