// SPDX-License-Identifier: GPL-3.0-or-later
#include "commands.h"

#include "app/report/reportfile.h"

#include <QtCore/QFileInfo>

namespace Stampdeck {

using namespace Qt::StringLiterals;

ExitStatus report(const Invocation &invocation)
{
    const auto give = [](const Error &error) {
        complain(error);
        return statusOf(error.kind);
    };
    // Before anything is read.
    if (const auto format = reportFormat(invocation.file); !format) {
        complain(format.error());
        return ExitStatus::Usage;
    }
    const QueryResult query = Query::parse(invocation.query);
    if (!query) {
        complain(query.error().toError());
        return ExitStatus::Usage;
    }
    ReportRequest request;
    request.incident = invocation.incident;
    request.from = invocation.reportFrom;
    request.to = invocation.reportTo;
    request.query = *query;
    request.title = invocation.title;
    request.now = Clock::system().now();
    const auto made = makeReport(invocation.common.stateDir.empty()
                                     ? defaultStateDir()
                                     : QString::fromStdString(invocation.common.stateDir),
                                 request);
    if (!made)
        return give(made.error());
    if (const auto written = writeReport(*made, invocation.file); !written)
        return give(written.error());
    print((QFileInfo(invocation.file).absoluteFilePath() + u'\n').toUtf8());
    return ExitStatus::Done;
}

} // namespace Stampdeck
