// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/stampdeck/mainwindow.h"
#include "app/stampdeck/program.h"

#include "widgets/bars.h"
#include "widgets/mapwidget.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>
#include <QtCore/QTimer>
#include <QtNetwork/QNetworkAccessManager>
#include <QtNetwork/QNetworkReply>
#include <QtTest/QTest>

#include <csignal>
#include <memory>

/// A real stampd and a real window, for tests of what the one sees of the other.
namespace Stampdeck::Testing {

/// A stampd on a quiet simulated fleet that survives the process: it can be killed, and started
/// again on the same port with the same state. Ends with this object.
class Server final
{
public:
    /// \a stamps have names of their own for each \a seed.
    explicit Server(int stamps = 4, int seed = 7)
        : m_stamps(stamps)
        , m_seed(seed)
    { }
    ~Server() { kill(); }

    /// \a faults: KIND=VALUE. False when it does not come up.
    [[nodiscard]] bool start(const QStringList &faults = {},
                             const QString &simulator = QStringLiteral("startSeconds=0.05"))
    {
        QStringList arguments{
            QStringLiteral("--listen"),
            QStringLiteral("127.0.0.1:%1").arg(m_port),
            QStringLiteral("--state"),
            m_dir.filePath(QStringLiteral("server")),
            QStringLiteral("--source"),
            QStringLiteral("simulator=%1,seed=%2,calm=true,failureRate=0,tenantsPerStamp=4,"
                           "pollInterval=200ms,state=%3,")
                    .arg(m_stamps)
                    .arg(m_seed)
                    .arg(m_dir.filePath(QStringLiteral("fleet.json")))
                + simulator};
        for (const QString &fault : faults)
            arguments += {QStringLiteral("--fault"), fault};
        m_process.setStandardInputFile(QProcess::nullDevice());
        m_process.start(QStringLiteral(STAMPDECK_BIN_DIR "/stampd"), arguments);
        if (!m_process.waitForStarted())
            return false;
        while (!m_process.canReadLine() && m_process.waitForReadyRead(60'000)) { }
        const QString line = QString::fromUtf8(m_process.readLine()).trimmed();
        m_port = line.section(u':', -1).toUShort();
        return m_port != 0;
    }
    /// SIGKILL: nothing is saved, nothing is said.
    void kill()
    {
        if (m_process.state() == QProcess::NotRunning)
            return;
        m_process.kill(); // takes a stopped process too
        m_process.waitForFinished();
    }
    /// Takes its processor away: it accepts, since the kernel does, and never answers.
    void freeze() const { ::kill(pid_t(m_process.processId()), SIGSTOP); }
    void thaw() const { ::kill(pid_t(m_process.processId()), SIGCONT); }

    /// Kind and state of each operation of its own, by a plain request.
    [[nodiscard]] QStringList operations() const
    {
        QStringList states;
        const QJsonObject answer = ask(QStringLiteral("/v1/operations"), {});
        for (const QJsonValue &value : answer[QLatin1String("operations")].toArray())
            states.append(value[QLatin1String("kind")].toString() + u' '
                          + value[QLatin1String("state")].toString());
        states.sort();
        return states;
    }
    /// Writes to it as somebody else does.
    void post(const QString &path, const QByteArray &body = "{}") const
    {
        std::ignore = ask(path, body);
    }

    [[nodiscard]] QString authority() const { return QStringLiteral("127.0.0.1:%1").arg(m_port); }
    [[nodiscard]] QString url() const { return u"http://" + authority(); }

private:
    [[nodiscard]] QJsonObject ask(const QString &path, const QByteArray &body) const
    {
        QNetworkAccessManager manager;
        QNetworkRequest request(QUrl(url() + path));
        request.setRawHeader("Content-Type", "application/json");
        request.setRawHeader("If-Match", "*");
        const std::unique_ptr<QNetworkReply> reply(body.isEmpty() ? manager.get(request)
                                                                  : manager.post(request, body));
        if (!QTest::qWaitFor([&] { return reply->isFinished(); }, 60'000))
            return {};
        return QJsonDocument::fromJson(reply->readAll()).object();
    }

    int m_stamps;
    int m_seed;
    quint16 m_port = 0;
    QTemporaryDir m_dir;
    QProcess m_process;
};

/// A window over sources, as `stampdeck --source …` opens it. Counts the beats of its thread, and
/// keeps an eye on the source that is well.
class WindowOnSources final : public QObject
{
public:
    /// \a well: the source of which nothing may be seen but that it is well.
    explicit WindowOnSources(const QStringList &sources, const QString &well = {})
        : m_program(m_catalog, options())
        , m_well(well)
    {
        const Result<FleetConfig> config = readSourceOptions(sources, m_catalog.adapters());
        if (!config)
            qFatal("%s", qPrintable(config.error().message));
        if (const Result<void> opened = m_program.open(*config); !opened)
            qFatal("%s", qPrintable(opened.error().message));
        window = m_program.window();
        window->resize(1600, 1000);
        window->map()->setAnimated(false);
        window->map()->installEventFilter(this);
        window->show();
        // The store has a thread of its own.
        if (!QTest::qWaitFor([&] { return fleet().sources.size() == sources.size(); }, 60'000))
            qFatal("the sources did not come");
        connect(&m_heart, &QTimer::timeout, this, &WindowOnSources::beat);
        m_heart.start(10);
    }

    [[nodiscard]] const FleetVersion &fleet() const { return *window->map()->version(); }
    [[nodiscard]] const SourceState &source(const QString &name) const
    {
        return fleet().sources[fleet().sourceIndex(name)];
    }
    /// How many stamps of \a source are there, and of them stale.
    [[nodiscard]] std::pair<int, int> stampsOf(const QString &name) const
    {
        std::pair<int, int> counts;
        const int at = fleet().sourceIndex(name);
        fleet().eachStamp([&](int, const StampEntry &entry) {
            counts.first += entry.source == at;
            counts.second += entry.source == at && entry.stale;
        });
        return counts;
    }
    /// The strip above the map; empty when it is hidden.
    [[nodiscard]] QString notice() const
    {
        const auto *strip = child<NoticeStrip>(QStringLiteral("notice"));
        return strip->isVisible() ? strip->text() : QString();
    }
    /// What the pointer is told over \a name in the status bar.
    [[nodiscard]] QString statusTip(const QString &name) const;
    template<typename T>
    [[nodiscard]] T *child(const QString &name) const
    {
        return window->findChild<T *>(name);
    }

    MainWindow *window = nullptr;
    int beats = 0; ///< Of the GUI thread, 10 ms each when it has nothing better to do.
    int paints = 0; ///< Of the map.
    QStringList harm; ///< What was seen of the source that should be well, each once.

protected:
    bool eventFilter(QObject *watched, QEvent *event) override
    {
        paints += event->type() == QEvent::Paint;
        return QObject::eventFilter(watched, event);
    }

private:
    [[nodiscard]] WindowOptions options() const
    {
        WindowOptions options;
        options.stateDir = m_dir.path();
        options.actor = QStringLiteral("ada");
        return options;
    }
    void beat()
    {
        ++beats;
        const int at = fleet().sourceIndex(m_well);
        if (at < 0)
            return;
        const SourceState &state = fleet().sources[at];
        m_wasWell = m_wasWell || state.answered;
        const auto see = [this](bool seen, const QString &what) {
            if (seen && !harm.contains(what))
                harm.append(what);
        };
        see(state.error.has_value(), state.error ? state.error->message : QString());
        see(m_wasWell && !state.answered, QStringLiteral("it did not answer"));
        see(stampsOf(m_well).second > 0, QStringLiteral("a stamp of it went stale"));
    }

    QTemporaryDir m_dir;
    PluginCatalog m_catalog;
    Program m_program;
    QString m_well;
    bool m_wasWell = false;
    QTimer m_heart;
};

} // namespace Stampdeck::Testing
