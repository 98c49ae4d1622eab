// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine.h"

#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

namespace Stampdeck::Testing {

using namespace Qt::StringLiterals;

namespace {

constexpr int startMs = 90'000;
constexpr int notHere = 77;

} // namespace

Engine::~Engine()
{
    m_holder.closeWriteChannel();
    if (m_holder.state() != QProcess::NotRunning && !m_holder.waitForFinished(startMs))
        m_holder.kill();
}

QString Engine::fileOf(const QString &name, const QByteArray &content)
{
    QFile file(m_folder.filePath(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
        qFatal("%s can't be written", qPrintable(file.fileName()));
    return file.fileName();
}

Result<void> Engine::start(QStringList options)
{
    options.prepend(u"hold"_s);
    if (!m_config.isEmpty())
        options << u"--config"_s << fileOf(u"config.yml"_s, m_config);
    m_holder.start(QStringLiteral(STAMPDECK_ENGINES_DIR) + u'/' + m_name, options);
    const auto said = line();
    if (!said) {
        m_holder.waitForFinished(startMs);
        const QString why = QString::fromUtf8(m_holder.readAllStandardError()).trimmed();
        const bool skipped =
            m_holder.exitStatus() == QProcess::NormalExit && m_holder.exitCode() == notHere;
        return fail(skipped ? ErrorKind::Unsupported : ErrorKind::Unreachable,
                    why.isEmpty() ? said.error().message : why);
    }
    const QJsonObject description = QJsonDocument::fromJson(*said).object();
    m_version = description[u"version"_s].toString();
    for (const auto &instance : description[u"instances"_s].toArray())
        m_instances.append({instance[u"url"_s].toString(), instance[u"cluster"_s].toString()});
    return {};
}

Result<QByteArray> Engine::line()
{
    while (!m_holder.canReadLine()) {
        if (!m_holder.waitForReadyRead(startMs))
            return fail(ErrorKind::Unreachable, m_name + u" says nothing"_s);
    }
    return m_holder.readLine().trimmed();
}

Result<void> Engine::tell(const QByteArray &order)
{
    m_holder.write(order + '\n');
    const auto said = line();
    if (!said)
        return fail(said.error());
    if (*said != "done")
        return fail(ErrorKind::Unreachable, QString::fromUtf8(*said));
    return {};
}

Result<void> Engine::kill(int number)
{
    return tell("kill " + QByteArray::number(number));
}

Result<void> Engine::restart(int number)
{
    return tell("start " + QByteArray::number(number));
}

} // namespace Stampdeck::Testing
