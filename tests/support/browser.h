// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/result.h"

#include <QtCore/QFile>
#include <QtCore/QProcess>
#include <QtCore/QRegularExpression>
#include <QtCore/QSet>
#include <QtCore/QSize>
#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>
#include <QtCore/QUrl>

#include <csignal>

#include <sys/prctl.h>
#include <unistd.h>

namespace Stampdeck::Testing {

/// Debian's chromium without a display, with a profile of its own, and nowhere to go: every name resolves
/// to nothing. Each call starts one, waits for its end and ends what it left behind.
class Browser
{
public:
    [[nodiscard]] static bool isHere()
    {
        return !QStandardPaths::findExecutable(QStringLiteral("chromium")).isEmpty();
    }

    /// What it made of \a page, as HTML.
    [[nodiscard]] Result<QByteArray> dom(const QString &page)
    {
        return run({QStringLiteral("--dump-dom")}, page);
    }
    /// How it shows \a page, into the PNG \a picture.
    [[nodiscard]] Result<void> shoot(const QString &page, const QSize &size, const QString &picture)
    {
        const auto done = run({QStringLiteral("--hide-scrollbars"),
                               QStringLiteral("--window-size=%1,%2").arg(size.width()).arg(size.height()),
                               QStringLiteral("--screenshot=") + picture},
                              page);
        return done ? Result<void>() : fail(done.error());
    }
    /// How it prints \a page, into the PDF \a document.
    [[nodiscard]] Result<void> print(const QString &page, const QString &document)
    {
        const auto done = run({QStringLiteral("--no-pdf-header-footer"),
                               QStringLiteral("--print-to-pdf=") + document},
                              page);
        return done ? Result<void>() : fail(done.error());
    }
    /// What it asked for on the way, without what stands behind '?': the page, and what it does for itself.
    [[nodiscard]] const QSet<QString> &asked() const { return m_asked; }

private:
    Result<QByteArray> run(const QStringList &options, const QString &page)
    {
        constexpr int timeMs = 45'000;
        const QString log = m_folder.filePath(QStringLiteral("net.json"));
        QStringList arguments{
            QStringLiteral("--headless"), QStringLiteral("--no-sandbox"),
            QStringLiteral("--disable-gpu"), QStringLiteral("--no-first-run"),
            QStringLiteral("--disable-extensions"), QStringLiteral("--disable-background-networking"),
            QStringLiteral("--disable-component-update"), QStringLiteral("--disable-sync"),
            QStringLiteral("--disable-dev-shm-usage"),
            QStringLiteral("--host-resolver-rules=MAP * ~NOTFOUND"),
            QStringLiteral("--log-net-log=") + log,
            QStringLiteral("--user-data-dir=") + m_folder.filePath(QStringLiteral("profile"))};
        arguments += options;
        arguments += QUrl::fromLocalFile(page).toString(QUrl::FullyEncoded);
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("HOME"), m_folder.path());
        QProcess process;
        process.setProcessEnvironment(environment);
        process.setStandardInputFile(QProcess::nullDevice());
        process.setChildProcessModifier([] {
            ::setsid(); // it has children of its own
            ::prctl(PR_SET_PDEATHSIG, SIGKILL); // whatever ends the test
        });
        process.start(QStringLiteral("chromium"), arguments);
        if (!process.waitForStarted())
            return fail(ErrorKind::Unsupported, process.errorString());
        const auto group = pid_t(process.processId());
        const bool ended = process.waitForFinished(timeMs);
        ::kill(-group, SIGKILL); // what it left behind, or all of it
        if (!ended) {
            process.waitForFinished();
            return fail(ErrorKind::Timeout, QStringLiteral("chromium did not end in time"));
        }
        const QByteArray errors = process.readAllStandardError();
        if (process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0)
            return fail(ErrorKind::Unreachable, QString::fromUtf8(errors.right(2'000)));
        m_asked.clear();
        QFile net(log);
        if (net.open(QIODevice::ReadOnly)) {
            static const QRegularExpression url(QStringLiteral("\"url\":\"([^\"?]*)"));
            for (auto it = url.globalMatch(QString::fromUtf8(net.readAll())); it.hasNext();)
                m_asked.insert(it.next().captured(1));
        }
        return process.readAllStandardOutput();
    }

    QTemporaryDir m_folder;
    QSet<QString> m_asked;
};

} // namespace Stampdeck::Testing

/// Ends the running test where there is no browser: skipped by name, or failed in CI.
#define NEED_BROWSER() \
    do { \
        if (!Stampdeck::Testing::Browser::isHere()) { \
            if (qEnvironmentVariable("CI") == QStringLiteral("true")) \
                QFAIL("chromium is not installed"); \
            QSKIP("skipped: chromium is not installed"); \
        } \
    } while (false)
