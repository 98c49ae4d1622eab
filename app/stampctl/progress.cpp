// SPDX-License-Identifier: GPL-3.0-or-later
#include "progress.h"

#include "output.h"
#include "table.h"

#include "models/formatter.h"

#include <cstdio>

#include <unistd.h>

namespace Stampdeck {

using namespace Qt::StringLiterals;

Progress::Progress()
    : m_terminal(isTerminal(STDERR_FILENO))
{
}

void Progress::show(const Operation &operation)
{
    if (!m_terminal)
        return;
    QString doing;
    int ended = 0;
    for (const OperationStep &step : operation.steps) {
        ended += step.state != StepState::Pending && step.state != StepState::Running;
        if (step.state == StepState::Running && doing.isEmpty())
            doing = step.title;
    }
    if (!operation.blocked.isEmpty() && operation.state == OperationState::Running)
        doing = u"waits: "_s + operation.blocked;
    const QString left = operation.remaining
            ? u", about %1 left"_s.arg(Format::age(*operation.remaining))
            : QString();
    const int width = outputWidth() > 0 ? outputWidth() : 80;
    const QString text = elidedMiddle(u"%1 %2: %3, %4 of %5%6%7"_s
                                              .arg(operation.kind, operation.target,
                                                   toString(operation.state))
                                              .arg(ended)
                                              .arg(operation.steps.size())
                                              .arg(left, doing.isEmpty() ? QString() : u": "_s + doing),
                                      width - 1);
    const QByteArray line = "\r\x1b[K" + text.toUtf8();
    std::fwrite(line.constData(), 1, size_t(line.size()), stderr);
    m_shown = true;
}

void Progress::clear()
{
    if (m_shown)
        std::fputs("\r\x1b[K", stderr);
    m_shown = false;
}

} // namespace Stampdeck
