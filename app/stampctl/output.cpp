// SPDX-License-Identifier: GPL-3.0-or-later
#include "output.h"

#include <algorithm>
#include <cstdio>

#include <sys/ioctl.h>
#include <unistd.h>

namespace Stampdeck {

using namespace Qt::StringLiterals;

ExitStatus statusOf(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::Conflict:
        return ExitStatus::Conflict;
    case ErrorKind::Denied:
    case ErrorKind::Unauthenticated:
        return ExitStatus::Denied;
    case ErrorKind::NotFound:
        return ExitStatus::Failed;
    case ErrorKind::NotNow:
    case ErrorKind::Malformed:
    case ErrorKind::Unreachable:
    case ErrorKind::Timeout:
        return ExitStatus::Unreachable;
    case ErrorKind::Invalid:
        return ExitStatus::Usage;
    case ErrorKind::Refused:
    case ErrorKind::Unsupported:
        return ExitStatus::Refused;
    case ErrorKind::Cancelled:
        return ExitStatus::Interrupted;
    }
    return ExitStatus::Failed;
}

ExitStatus statusOf(const Error &error)
{
    const bool busy = error.kind == ErrorKind::Refused && !error.refusals.isEmpty()
            && std::any_of(error.refusals.begin(), error.refusals.end(),
                           [](const Refusal &refusal) { return refusal.code == "busy"_L1; });
    return busy ? ExitStatus::Conflict : statusOf(error.kind);
}

void print(const QString &text)
{
    print(text.toUtf8());
}

void print(const QByteArray &utf8)
{
    std::fwrite(utf8.constData(), 1, size_t(utf8.size()), stdout);
    std::fflush(stdout);
}

void complain(const QString &text)
{
    const QByteArray line = (u"stampctl: "_s + text + u'\n').toUtf8();
    std::fwrite(line.constData(), 1, size_t(line.size()), stderr);
}

void complain(const Error &error)
{
    if (error.refusals.isEmpty()) {
        complain(error.message);
        return;
    }
    for (const Refusal &refusal : error.refusals) {
        QString text = u"refused (%1): "_s.arg(refusal.code);
        if (!refusal.subject.isEmpty())
            text += refusal.subject + u": "_s;
        text += refusal.message;
        if (!refusal.fix.isEmpty())
            text += u"; "_s + refusal.fix;
        complain(text);
    }
}

bool isTerminal(int descriptor)
{
    return ::isatty(descriptor) == 1;
}

int outputWidth()
{
    bool known = false;
    const int columns = qEnvironmentVariableIntValue("COLUMNS", &known);
    if (known && columns > 0)
        return columns;
    winsize size = {};
    if (isTerminal(STDOUT_FILENO) && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        return size.ws_col;
    return 0;
}

} // namespace Stampdeck
