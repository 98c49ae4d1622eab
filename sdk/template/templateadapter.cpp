// SPDX-License-Identifier: GPL-3.0-or-later
#include "templateadapter.h"

#include "fleetfile.h"

using namespace Stampdeck;
using namespace Qt::StringLiterals;

TemplateAdapter::TemplateAdapter(const QString &name, const QString &file, Clock &clock)
    : m_name(name)
    , m_file(file)
    , m_clock(clock)
{ }

Capabilities TemplateAdapter::capabilities() const
{
    return Capability::Cordon;
}

FutureResult<FleetUpdate> TemplateAdapter::poll(const QString &endpoint)
{
    if (!endpoint.isEmpty())
        return ready<FleetUpdate>(
            fail(ErrorKind::Invalid, m_name + u" has no endpoint "_s + endpoint));
    const auto file = FleetFile::read(m_file);
    if (!file)
        return ready<FleetUpdate>(fail(file.error()));
    FleetUpdate update;
    if (file->revision() == m_told) {
        // A proof of contact and nothing else.
        update.instance = file->instance();
        update.revision = m_told;
        update.unchanged = true;
        update.complete = false;
    } else {
        auto told = file->decode();
        if (!told)
            return ready<FleetUpdate>(fail(told.error()));
        update = std::move(*told);
        m_told = update.revision;
    }
    update.endpoint = endpoint;
    update.serverTime = m_clock.now();
    return ready<FleetUpdate>(std::move(update));
}

FutureResult<WriteOutcome> TemplateAdapter::perform(const Primitive &primitive,
                                                    const WriteContext &context)
{
    if (const auto *p = std::get_if<CordonStamp>(&primitive))
        return ready<WriteOutcome>(setCordoned(p->stamp, true, context));
    if (const auto *p = std::get_if<UncordonStamp>(&primitive))
        return ready<WriteOutcome>(setCordoned(p->stamp, false, context));
    return ready<WriteOutcome>(
        fail(ErrorKind::Unsupported, m_name + u" can't "_s + kindOf(primitive)));
}

FutureResult<WriteOutcome> TemplateAdapter::observe(const Primitive &, const WriteContext &,
                                                    const QString &)
{
    // What it accepts is done at once: nothing is ever on its way.
    return ready<WriteOutcome>(WriteOutcome());
}

Result<WriteOutcome> TemplateAdapter::setCordoned(const QString &stamp, bool cordoned,
                                                  const WriteContext &context)
{
    FleetFile::Change change;
    change.stamp = stamp;
    change.lifecycle = cordoned ? Lifecycle::Cordoned : Lifecycle::Active;
    change.key = context.idempotencyKey;
    change.expectedRevision = context.expectedRevision;
    change.by = context.actor;
    change.at = m_clock.now();
    auto revision = FleetFile::apply(m_file, change);
    if (!revision)
        return fail(revision.error());
    WriteOutcome outcome;
    outcome.revision = *revision;
    outcome.message =
        cordoned ? stamp + u" takes no new tenants"_s : stamp + u" takes tenants again"_s;
    return outcome;
}
