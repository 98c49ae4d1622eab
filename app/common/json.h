// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "jsonwriter.h"

#include "models/fleetversion.h"
#include "models/incidents.h"
#include "models/journal.h"
#include "models/planner.h"

namespace Stampdeck {

/// The two shapes in which the fleet is written as JSON (interfaces.md): that of `stampctl -o
/// json`, whose stamps are "source/name", and that of the Stamp API, whose stamps are called as
/// their server calls them and which keeps to itself how old its own knowledge is.
enum class JsonShape : quint8 { CommandLine, Api };

/// Writes the objects of one version of the fleet. A value; the version stays alive with it.
class FleetJson
{
public:
    FleetJson(FleetVersionPtr version, JsonShape shape);

    /// What \a shape calls a stamp and a tenant: in the API the bare name of an only source, and
    /// "source~name" or "domain~ID" where there are several.
    [[nodiscard]] QString stampName(int slot) const;
    [[nodiscard]] QString tenantName(int slot) const;
    /// The same of an ID with a slash, such as those in plans.
    [[nodiscard]] QString named(const QString &id) const;
    /// The ID with a slash that \a name stands for in this shape; empty when it can't be any.
    [[nodiscard]] QString stampId(const QString &name) const;
    [[nodiscard]] QString tenantId(const QString &name) const;

    void writeStamp(JsonWriter &writer, const StampEntry &entry) const;
    void writeTenant(JsonWriter &writer, int slot) const;
    void writePlan(JsonWriter &writer, const Plan &plan) const;
    void writeIncident(JsonWriter &writer, const Incident &incident) const;
    /// The acknowledgements that hold, as a list, in the shape of the API.
    void writeAcknowledgements(JsonWriter &writer) const;

private:
    void writeMark(JsonWriter &writer, const OptionalMark &mark, int source) const;

    FleetVersionPtr m_version;
    JsonShape m_shape;
    bool m_bare = false; // The API over one source.
};

void writeOperation(JsonWriter &writer, const Operation &operation);
void writeAuditEntry(JsonWriter &writer, const AuditEntry &entry);
void writeRefusals(JsonWriter &writer, const QList<Refusal> &refusals);

} // namespace Stampdeck
