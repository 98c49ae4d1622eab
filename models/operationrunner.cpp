// SPDX-License-Identifier: GPL-3.0-or-later
#include "operationrunner.h"

#include "operationengine.h"

#include <QtCore/QCoreApplication>

namespace Stampdeck {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Operation)
};

} // namespace

FutureResult<Timestamp> PrimitiveExecutor::mark(const QString &, const MarkRequest &,
                                                const WriteContext &)
{
    return ready<Timestamp>(fail(ErrorKind::Unsupported, Words::tr("there are no marks here")));
}

OperationRunner::OperationRunner(FleetStore &store, Journal &journal, PrimitiveExecutor &executor,
                                 Clock &clock, QObject *parent)
    : QObject(parent)
    , m_engine(new Engine(store, journal, executor, clock))
{
    qRegisterMetaType<OperationPtr>();
    m_engine->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_engine, &QObject::deleteLater);
    connect(m_engine, &Engine::operationChanged, this, &OperationRunner::operationChanged);
    m_thread.setObjectName(QStringLiteral("operations"));
    m_thread.start();
}

OperationRunner::~OperationRunner()
{
    m_thread.quit();
    m_thread.join();
}

Result<QList<OperationPtr>> OperationRunner::recover()
{
    Result<QList<OperationPtr>> result;
    QMetaObject::invokeMethod(m_engine, [this, &result] { result = m_engine->recover(); },
                              Qt::BlockingQueuedConnection);
    return result;
}

FutureResult<OperationPtr> OperationRunner::submit(const ActionRequest &request)
{
    const auto answer = std::make_shared<Answer<OperationPtr>>();
    QMetaObject::invokeMethod(
            m_engine, [engine = m_engine, request, answer] { engine->submit(request, {}, answer); },
            Qt::QueuedConnection);
    return answer->future();
}

FutureResult<OperationPtr> OperationRunner::control(const QString &operation, OperationVerb verb,
                                                    const Asker &asker, Adoption adoption)
{
    const auto answer = std::make_shared<Answer<OperationPtr>>();
    QMetaObject::invokeMethod(
            m_engine,
            [engine = m_engine, operation, verb, asker, adoption, answer] {
                engine->control(operation, verb, asker, adoption, answer);
            },
            Qt::QueuedConnection);
    return answer->future();
}

FutureResult<PauseReport> OperationRunner::pauseAll(const Asker &asker, PauseScope scope)
{
    const auto answer = std::make_shared<Answer<PauseReport>>();
    QMetaObject::invokeMethod(
            m_engine,
            [engine = m_engine, asker, scope, answer] { engine->pauseAll(asker, scope, answer); },
            Qt::QueuedConnection);
    return answer->future();
}

FutureResult<ActionRequest> OperationRunner::undoRequest(const QString &operation)
{
    const auto answer = std::make_shared<Answer<ActionRequest>>();
    QMetaObject::invokeMethod(
            m_engine,
            [engine = m_engine, operation, answer] { answer->give(engine->undoRequest(operation)); },
            Qt::QueuedConnection);
    return answer->future();
}

FutureResult<OperationPtr> OperationRunner::finished(const QString &operation)
{
    const auto answer = std::make_shared<Answer<OperationPtr>>();
    QMetaObject::invokeMethod(
            m_engine,
            [engine = m_engine, operation, answer] { engine->whenFinished(operation, answer); },
            Qt::QueuedConnection);
    return answer->future();
}

} // namespace Stampdeck
