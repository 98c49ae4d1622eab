// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/testmain.h"
#include "widgets/theme.h"
#include "widgets/themes.h"

#include <QtCore/QFile>
#include <QtTest/QSignalSpy>
#include <QtWidgets/QApplication>

using namespace Stampdeck;
using namespace Qt::StringLiterals;

class ThemeTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Testing::strict(); }

    void builtInThemesHoldTheColoursOfTheLook()
    {
        const Theme &dark = Theme::builtIn(Theme::Scheme::Dark);
        const Theme &light = Theme::builtIn(Theme::Scheme::Light);
        QCOMPARE(dark[Token::BgCanvas], QColor(u"#0D1219"_s));
        QCOMPARE(light[Token::BgCanvas], QColor(u"#EAE5DA"_s));
        QCOMPARE(dark[Token::UnhealthyFill], QColor(u"#BC2A38"_s));
        QCOMPARE(light[Token::VerdictCanEdge], QColor(u"#2F6FE0"_s));
        QCOMPARE(QColor(dark.ramp(0)), QColor(u"#482475"_s));
        QCOMPARE(QColor(light.ramp(8)), QColor(u"#F0E51D"_s));
        QCOMPARE(QColor(dark.category(0)), QColor(u"#40C4FB"_s));
        QCOMPARE(QColor(light.category(7)), QColor(u"#AC0052"_s));
        QCOMPARE(light.category(8), light.rgb(Token::UnknownCell));
        QCOMPARE(Theme::categoryLetter(2), u"C"_s);
    }

    void rampIsQuantised()
    {
        QCOMPARE(Theme::rampStep(0), 0);
        QCOMPARE(Theme::rampStep(0.5), 4);
        QCOMPARE(Theme::rampStep(1), 8);
        QCOMPARE(Theme::rampStep(7), 8);
        QCOMPARE(Theme::rampStep(-1), 0);
        QCOMPARE(Theme::rampStep(qQNaN()), 0);
    }

    void aThemeWithAMissingOrStrangeTokenIsRefused()
    {
        QFile file(u":/stampdeck/themes/dark.json"_s);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray good = file.readAll();
        QVERIFY(Theme::parse(good).has_value());

        const auto refused = [&](const char *from, const char *to) {
            QByteArray json = good;
            json.replace(from, to);
            const auto theme = Theme::parse(json);
            return theme ? QString() : theme.error().message;
        };
        QCOMPARE(refused("\"bg.canvas\": \"#0D1219\",", ""), u"the token bg.canvas is missing"_s);
        QCOMPARE(refused("\"bg.canvas\"", "\"bg.kanvas\": \"#000000\", \"bg.canvas\""),
                 u"the token bg.kanvas is not known"_s);
        QCOMPARE(refused("#0D1219", "#0D12"), u"the token bg.canvas is no #RRGGBB"_s);
        QCOMPARE(refused("\"#482475\", ", ""), u"ramp has not 9 colours"_s);
        QVERIFY(!refused("{", "").isEmpty());
    }

    void followsTheDesktopUntilASchemeIsChosen()
    {
        Themes &themes = Themes::instance();
        themes.install();
        QSignalSpy changed(&themes, &Themes::changed);
        const auto desktop = [](Token window, Token text, Theme::Scheme scheme) {
            QPalette palette = QGuiApplication::palette();
            palette.setColor(QPalette::Window, Theme::builtIn(scheme)[window]);
            palette.setColor(QPalette::WindowText, Theme::builtIn(scheme)[text]);
            QApplication::setPalette(palette);
        };
        desktop(Token::BgPanel, Token::TextPrimary, Theme::Scheme::Dark);
        QTRY_VERIFY(Theme::current().isDark());
        QCOMPARE(QGuiApplication::palette().color(QPalette::Window),
                 Theme::current()[Token::BgWindow]);

        themes.setChoice(Theme::Scheme::Light);
        QVERIFY(!Theme::current().isDark());
        desktop(Token::BgPanel, Token::TextPrimary, Theme::Scheme::Dark);
        QCoreApplication::processEvents();
        QVERIFY(!Theme::current().isDark());
        QCOMPARE(QGuiApplication::palette().color(QPalette::Window),
                 Theme::current()[Token::BgWindow]);

        themes.setReplay(true);
        QCOMPARE(Theme::current()[Token::BgCanvas], Theme::current()[Token::ReplayCanvas]);
        QCOMPARE(Theme::current()[Token::UnhealthyFill],
                 Theme::builtIn(Theme::Scheme::Light)[Token::UnhealthyFill]);
        themes.setReplay(false);
        themes.setHighContrast(true);
        QCOMPARE(Theme::current()[Token::HealthyFill], QColor(Qt::white));
        themes.setHighContrast(false);
        QVERIFY(changed.count() >= 5);
    }
};

STAMPDECK_TEST_MAIN(QApplication, ThemeTest)
#include "tst_theme.moc"
