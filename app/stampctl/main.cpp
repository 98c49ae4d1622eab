// SPDX-License-Identifier: GPL-3.0-or-later
#include "commands.h"

#include "app/common/openfiles.h"

#include "models/joinedthread.h"
#include "models/language.h"

#include <QtCore/QCoreApplication>

using namespace Stampdeck;
using namespace Qt::StringLiterals;

namespace {

ExitStatus run(const Invocation &invocation)
{
    const QString &command = invocation.command;
    if (command == "audit"_L1)
        return audit(invocation);
    if (command == "history"_L1)
        return history(invocation);
    if (command == "get"_L1 || command == "watch"_L1) {
        // Before anybody is asked anything.
        if (const auto query = queryOf(invocation); !query) {
            complain(query.error());
            return statusOf(query.error().kind);
        }
    }
    const PluginCatalog catalog;
    if (command == "adapters"_L1)
        return adapters(invocation, catalog);
    std::optional<ExitStatus> foreign;
    if (command == "conformance"_L1)
        return conformance(invocation, catalog);
    if (command == "doctor"_L1)
        return doctor(invocation, catalog);
    const bool isControl = fromString<OperationVerb>(QStringView(command)).has_value();
    if (isControl) {
        foreign = controlForeign(invocation);
        // The backends' come next where all are meant, whatever became of the others.
        if (foreign && !invocation.all)
            return *foreign;
    }
    const auto session = Session::open(invocation, catalog);
    if (!session)
        return session.error();
    if (command == "get"_L1)
        return get(**session);
    if (command == "watch"_L1)
        return watch(**session);
    if (command == "acknowledge"_L1)
        return acknowledge(**session);
    if (command == "silence"_L1)
        return silence(**session);
    if (!isControl)
        return act(**session);
    const ExitStatus status = control(**session);
    return foreign && *foreign != ExitStatus::Done ? *foreign : status;
}

} // namespace

int main(int argc, char **argv)
{
    raiseOpenFiles(); // a source may be thousands of endpoints
    QCoreApplication app(argc, argv);
    QCoreApplication::setApplicationName(u"stampctl"_s);
    Language::installPlain();
    const auto read = readCommandLine(argc, argv);
    if (const auto *status = std::get_if<ExitStatus>(&read))
        return int(*status);
    const ExitStatus status = run(std::get<Invocation>(read));
    JoinedThread::joinPool(); // else they may be half gone when the process ends
    return int(status);
}
