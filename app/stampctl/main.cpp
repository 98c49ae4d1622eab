// SPDX-License-Identifier: GPL-3.0-or-later
#include "commands.h"

#include "app/common/openfiles.h"

#include "models/joinedthread.h"
#include "models/language.h"

#include <QtCore/QCoreApplication>
#include <QtGui/QGuiApplication>

#include <algorithm>
#include <memory>

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
    if (command == "report"_L1)
        return report(invocation);
    if (command == "rehearse"_L1)
        return rehearse(invocation);
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

// A PDF is drawn, and what draws needs fonts: without a display it has them too.
std::unique_ptr<QCoreApplication> makeApplication(int &argc, char **argv)
{
    const auto is = [&](auto holds) { return std::any_of(argv + 1, argv + argc, holds); };
    const bool draws = is([](const char *word) { return QByteArrayView(word) == "report"; })
        && is([](const char *word) { return QByteArray(word).toLower().endsWith(".pdf"); });
    if (!draws)
        return std::make_unique<QCoreApplication>(argc, argv);
    qputenv("QT_QPA_PLATFORM", "offscreen");
    return std::make_unique<QGuiApplication>(argc, argv);
}

} // namespace

int main(int argc, char **argv)
{
    raiseOpenFiles(); // a source may be thousands of endpoints
    const std::unique_ptr<QCoreApplication> app = makeApplication(argc, argv);
    QCoreApplication::setApplicationName(u"stampctl"_s);
    Language::installPlain();
    const auto read = readCommandLine(argc, argv);
    if (const auto *status = std::get_if<ExitStatus>(&read))
        return int(*status);
    const ExitStatus status = run(std::get<Invocation>(read));
    JoinedThread::joinPool(); // else they may be half gone when the process ends
    return int(status);
}
