// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/result.h"

#include <QtCore/QList>
#include <QtCore/QProcess>
#include <QtCore/QString>
#include <QtCore/QStringList>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

namespace Stampdeck::Testing {

/// A real engine (tests/engines) that runs from start() until this object goes, or the test's
/// process ends in whatever way.
class Engine
{
public:
    struct Instance
    {
        QString url; ///< "http://127.0.0.1:43211".
        QString cluster; ///< Where its peers reach it.
    };

    /// \a name is that of its program in tests/engines.
    explicit Engine(const QString &name)
        : m_name(name)
    { }
    ~Engine();
    Q_DISABLE_COPY_MOVE(Engine)

    /// Instead of a minimal one; takes effect with start().
    void setConfig(const QByteArray &config) { m_config = config; }
    /// Waits until it is ready. ErrorKind::Unsupported with the reason where it can't be started on
    /// this machine, which is no failure unless CI=true.
    [[nodiscard]] Result<void> start(QStringList options = {});

    [[nodiscard]] const QList<Instance> &instances() const { return m_instances; }
    [[nodiscard]] QString url(int number = 0) const { return m_instances.value(number).url; }
    [[nodiscard]] const QString &version() const { return m_version; }

    /// Kills one instance, or starts it again where it was, with its files.
    [[nodiscard]] Result<void> kill(int number = 0);
    [[nodiscard]] Result<void> restart(int number = 0);
    /// A file for options of start(), which goes with this object.
    [[nodiscard]] QString fileOf(const QString &name, const QByteArray &content);

private:
    [[nodiscard]] Result<QByteArray> line();
    [[nodiscard]] Result<void> tell(const QByteArray &order);

    QString m_name;
    QByteArray m_config;
    QString m_version;
    QList<Instance> m_instances;
    QTemporaryDir m_folder;
    QProcess m_holder;
};

} // namespace Stampdeck::Testing

/// Starts \a engine (with options), or skips the test where this machine can't.
#define START_ENGINE(engine, ...) \
    do { \
        const auto startedEngine = (engine).start(__VA_ARGS__); \
        if (!startedEngine && startedEngine.error().kind == Stampdeck::ErrorKind::Unsupported) \
            QSKIP(qPrintable(startedEngine.error().message)); \
        VERIFY_RESULT(startedEngine); \
    } while (false)
