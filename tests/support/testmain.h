// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QLocale>
#include <QtCore/QRegularExpression>
#include <QtTest/QTest>

/// The main of a test: \a Application is QCoreApplication, or QApplication for widgets. The class
/// under \a TestClass calls Testing::strict() in its init(), so that an unexpected warning fails.
#define STAMPDECK_TEST_MAIN(Application, TestClass)                                               \
    int main(int argc, char **argv)                                                               \
    {                                                                                             \
        QLocale::setDefault(QLocale::c());                                                        \
        Application app(argc, argv);                                                              \
        Application::setApplicationName(QStringLiteral(#TestClass));                              \
        TestClass test;                                                                           \
        return QTest::qExec(&test, argc, argv);                                                   \
    }

namespace Stampdeck::Testing {

/// Any warning that was not announced with QTest::ignoreMessage fails the running test.
inline void strict()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
}

} // namespace Stampdeck::Testing
