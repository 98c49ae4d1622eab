// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QCoreApplication>
#include <QtCore/QLocale>
#include <QtCore/QRegularExpression>
#include <QtCore/QTranslator>
#include <QtTest/QTest>

#include <concepts>
#include <type_traits>

/// The main of a test: \a Application is QCoreApplication, or QApplication for widgets. The class
/// under \a TestClass calls Testing::strict() in its init(), so that an unexpected warning fails.
#define STAMPDECK_TEST_MAIN(Application, TestClass) \
    int main(int argc, char **argv) \
    { \
        Application app(argc, argv); \
        Stampdeck::Testing::speakEnglish(); \
        Application::setApplicationName(QStringLiteral(#TestClass)); \
        TestClass test; \
        return QTest::qExec(&test, argc, argv); \
    }

namespace Stampdeck::Testing {

/// The C locale's numbers with their groups, and the plural forms of English, in every test.
inline void speakEnglish()
{
    QLocale locale = QLocale::c();
    locale.setNumberOptions(QLocale::DefaultNumberOptions);
    QLocale::setDefault(locale);
    auto *forms = new QTranslator(QCoreApplication::instance());
    if (!forms->load(QStringLiteral(":/stampdeck/translations/stampdeck_en.qm"))
        || !QCoreApplication::installTranslator(forms))
        qFatal("The English catalogue is not compiled in");
}

/// A type that Stampdeck has a word for: its toString() gives a QString, where Qt Test wants a
/// char * of its own.
template<typename T>
concept HasWord = std::is_enum_v<T> && requires(T value) {
    { toString(value) } -> std::same_as<QString>;
};

/// Any warning that was not announced with QTest::ignoreMessage fails the running test.
inline void strict()
{
    // The offscreen platform says this of every window and tool tip that is shown.
    QTest::failOnWarning(QRegularExpression(
            QStringLiteral("^(?!This plugin does not support (propagateSizeHints|raise)).*")));
}

} // namespace Stampdeck::Testing

namespace QTest {

/// Lets QCOMPARE compare and print such values.
template<Stampdeck::Testing::HasWord T>
inline bool qCompare(const T &actual, const T &expected, const char *actualText,
                     const char *expectedText, const char *file, int line)
{
    const auto word = [](const T &value) {
        return [&value] { return qstrdup(toString(value).toUtf8().constData()); };
    };
    return compare_helper(actual == expected, "Compared values are not the same", word(actual),
                          word(expected), actualText, expectedText, file, line);
}

} // namespace QTest
