// SPDX-License-Identifier: GPL-3.0-or-later
#include "session.h"

#include "models/journal.h"

#include <algorithm>

#include <pwd.h>
#include <unistd.h>

namespace Stampdeck {

using namespace Qt::StringLiterals;

QString userName()
{
    if (const passwd *entry = ::getpwuid(::getuid()); entry && entry->pw_name)
        return QString::fromLocal8Bit(entry->pw_name);
    return QString::number(::getuid());
}

Session::Session(const Invocation &invocation)
    : m_invocation(invocation)
{
}

tl::expected<std::unique_ptr<Session>, ExitStatus> Session::open(const Invocation &invocation,
                                                                 const PluginCatalog &catalog)
{
    const auto setup = setupOf(invocation.common, catalog);
    if (!setup) {
        // The detail of a wrong file has all of its mistakes, a line each.
        const QStringList lines = setup.error().detail.split(u'\n', Qt::SkipEmptyParts);
        if (lines.contains(setup.error().message)) {
            for (const QString &line : lines)
                complain(line);
        } else {
            complain(setup.error());
        }
        return tl::unexpected(ExitStatus::Usage);
    }
    FleetOptions options;
    options.stateDir = setup->stateDir;
    options.readOnly = setup->readOnly;
    // Nobody else has to wait for them.
    const bool ofIncidents = invocation.command == "acknowledge"_L1
        || invocation.command == "silence"_L1
        || (invocation.command == "get"_L1 && invocation.what == "incidents"_L1);
    const bool ofSources = invocation.command == "get"_L1 && invocation.what == "sources"_L1;
    options.watchesIncidents = ofIncidents || ofSources;
    options.incidentsAtOnce = true;
    options.keepsAcknowledgements = ofIncidents; // as the window: with the same file
    options.warnsOfAcknowledgements = invocation.command != "acknowledge"_L1;
    options.incidentRules = setup->config.incidentRules;
    if (options.watchesIncidents)
        options.incidents = setup->config.incidents;
    if (ofSources)
        options.metrics = setup->config.metrics;
    return open(invocation, setup->config.sources, options, catalog);
}

tl::expected<std::unique_ptr<Session>, ExitStatus>
Session::open(const Invocation &invocation, const QList<SourceConfig> &sources,
              const FleetOptions &options, const PluginCatalog &catalog)
{
    std::unique_ptr<Session> session(new Session(invocation));
    auto fleet = Fleet::open(sources, catalog, options);
    if (!fleet) {
        complain(fleet.error());
        return tl::unexpected(ExitStatus::Usage);
    }
    session->m_fleet = std::move(*fleet);
    session->nameCutOff();
    if (const auto polled = session->await(session->m_fleet->firstPoll()); !polled)
        return tl::unexpected(session->give(polled.error()));
    if (options.watchesIncidents) {
        if (const auto heard = session->await(session->m_fleet->firstIncidents()); !heard)
            return tl::unexpected(session->give(heard.error()));
    }
    return session;
}

void Session::nameCutOff()
{
    const auto operations = m_fleet->journal().operations(0);
    if (!operations) {
        complain(operations.error());
        return;
    }
    for (const JournalOperation &operation : *operations) {
        if (operation.state != OperationState::Paused
            || !m_fleet->journal().holder(operation.id).isEmpty()
            || m_invocation.operation == operation.id)
            continue;
        const Operation shown = operation.shown();
        const auto done = std::count_if(operation.steps.begin(), operation.steps.end(),
                                        [](const JournalStep &step) {
                                            return !step.isInverse
                                                    && step.state == StepState::Succeeded;
                                        });
        const auto steps = std::count_if(operation.steps.begin(), operation.steps.end(),
                                         [](const JournalStep &step) { return !step.isInverse; });
        complain(u"%1 %2 %3 at %4 of %5: resume %6 or rollback %6"_s
                         .arg(shown.kind, shown.target,
                              operation.error.startsWith("cut off"_L1) ? u"was cut off"_s
                                                                       : u"is paused"_s)
                         .arg(done)
                         .arg(steps)
                         .arg(shown.id));
    }
}

Asker Session::asker() const
{
    return {userName(), m_invocation.reason};
}

ExitStatus Session::complainAboutSources()
{
    bool failed = false;
    bool answered = false;
    bool onlyDenied = true;
    const FleetVersionPtr version = this->version();
    QList<SourceState> sources = version->sources;
    for (const FeedState &feed : version->feeds)
        sources.append(feed);
    for (const SourceState &source : std::as_const(sources)) {
        if (source.name.isEmpty())
            continue;
        answered |= source.answered;
        if (!source.error)
            continue;
        failed = true;
        onlyDenied &= source.error->kind == ErrorKind::Denied
                || source.error->kind == ErrorKind::Unauthenticated;
        QString who = source.name;
        if (source.endpoints > 1 && !source.errorEndpoint.isEmpty())
            who += u" ("_s + source.errorEndpoint + u')';
        complain(u"%1: %2: %3"_s.arg(who, toString(source.error->kind), source.error->message));
    }
    if (!failed)
        return ExitStatus::Done;
    return onlyDenied && !answered ? ExitStatus::Denied : ExitStatus::Unreachable;
}

void Session::readTemplates(const QString &source)
{
    for (const SourceState &each : version()->sources) {
        if (each.name.isEmpty() || !each.capabilities.testFlag(Capability::Create)
            || (!source.isEmpty() && source != each.name))
            continue;
        if (const auto read = await(m_fleet->templates(each.name));
            !read && read.error().kind == ErrorKind::Cancelled)
            return; // interrupted: whoever asked sees it
    }
    m_fleet->store().sync();
}

Error Session::explained(const Error &error, const QString &id)
{
    if (error.kind != ErrorKind::NotFound)
        return error;
    const QString prefix = id.contains(u'/') ? id.section(u'/', 0, 0) : QString();
    for (const SourceState &source : version()->sources) {
        if (!source.error || source.answered)
            continue;
        if (prefix.isEmpty() || prefix == source.name || prefix == source.tenantDomain) {
            Error explained = *source.error;
            explained.message = u"%1, and %2 did not answer: %3"_s.arg(error.message, source.name,
                                                                       source.error->message);
            return explained;
        }
    }
    return error;
}

ExitStatus Session::give(const Error &error)
{
    if (error.kind == ErrorKind::Cancelled) {
        complain(u"interrupted"_s);
        return ExitStatus::Interrupted;
    }
    complain(error);
    return statusOf(error);
}

} // namespace Stampdeck
