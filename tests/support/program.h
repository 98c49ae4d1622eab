// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QProcess>
#include <QtCore/QString>
#include <QtCore/QStringList>
#include <QtCore/QTemporaryDir>

namespace Stampdeck::Testing {

/// How a program ended, and what it wrote.
struct Ended
{
    int status = -1; ///< -1 when it crashed, was killed, or did not end within the time.
    QByteArray out;
    QByteArray err;

    /// For the message of a test that failed.
    [[nodiscard]] QByteArray text() const
    {
        return "status " + QByteArray::number(status) + "\nout: " + out + "\nerr: " + err;
    }
};

/// The environment of a program that keeps configuration and state in \a folder.
inline QProcessEnvironment environmentIn(const QTemporaryDir &folder)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("XDG_CONFIG_HOME"), folder.filePath(QStringLiteral("config")));
    environment.insert(QStringLiteral("XDG_STATE_HOME"), folder.filePath(QStringLiteral("state")));
    return environment;
}

inline Ended endedOf(QProcess &process, int timeoutMs = 90'000)
{
    Ended ended;
    if (process.state() != QProcess::NotRunning && !process.waitForFinished(timeoutMs)) {
        process.kill();
        process.waitForFinished();
        ended.err = "the test ended it after its time\n";
    } else if (process.exitStatus() == QProcess::NormalExit) {
        ended.status = process.exitCode();
    }
    ended.out = process.readAllStandardOutput();
    ended.err += process.readAllStandardError();
    return ended;
}

/// Runs \a program with nothing on its standard input, and waits for its end.
inline Ended run(const QString &program, const QStringList &arguments,
                 const QProcessEnvironment &environment = QProcessEnvironment::systemEnvironment())
{
    QProcess process;
    process.setProcessEnvironment(environment);
    process.setStandardInputFile(QProcess::nullDevice());
    process.start(program, arguments);
    if (!process.waitForStarted())
        return {};
    return endedOf(process);
}

} // namespace Stampdeck::Testing

/// For the test's own function: fails it, with all that the program wrote, unless it ended so.
#define VERIFY_STATUS(ended, expected) \
    do { \
        const Stampdeck::Testing::Ended &verified = (ended); \
        QVERIFY2(verified.status == (expected), verified.text().constData()); \
    } while (false)
