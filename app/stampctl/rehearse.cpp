// SPDX-License-Identifier: GPL-3.0-or-later
#include "commands.h"

#include "models/rehearsal.h"

#include <QtCore/QFileInfo>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

ExitStatus rehearse(const Invocation &invocation)
{
    const Timestamp now = Clock::system().now();
    const Timestamp to = invocation.reportTo.value_or(now);
    const Timestamp from = invocation.reportFrom.value_or(to - 1h);
    if (to <= from) {
        complain(u"--to has to be after --from"_s);
        return ExitStatus::Usage;
    }
    const auto written =
        writeRecordedStretch(invocation.common.stateDir.empty()
                                 ? defaultStateDir()
                                 : QString::fromStdString(invocation.common.stateDir),
                             from, to, invocation.file);
    if (!written) {
        complain(written.error());
        return statusOf(written.error().kind);
    }
    print((QFileInfo(invocation.file).absoluteFilePath() + u'\n').toUtf8());
    return ExitStatus::Done;
}

} // namespace Stampdeck
