// SPDX-License-Identifier: GPL-3.0-or-later
#include "difference.h"

#include "formatter.h"

#include <QtCore/QCoreApplication>

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

QString say(const char *text)
{
    return QCoreApplication::translate("Difference", text);
}

void note(QStringList &found, const QString &field, const QString &before, const QString &now)
{
    const auto word = [](const QString &value) { return value.isEmpty() ? say("none") : value; };
    if (before != now)
        found.append(say("%1 %2, now %3").arg(field, word(before), word(now)));
}

QString yesOrNo(bool value)
{
    return value ? say("yes") : say("no");
}

} // namespace

QString differenceInWords(const Stamp &before, const Stamp &now)
{
    QStringList found;
    note(found, say("lifecycle"), toString(before.lifecycle), toString(now.lifecycle));
    for (const Component &is : now.components) {
        const auto was = std::find_if(before.components.begin(), before.components.end(),
                                      [&is](const Component &each) { return each.name == is.name; });
        if (was != before.components.end())
            note(found, is.name, QString::number(was->desired), QString::number(is.desired));
    }
    for (const ResourceKind kind : {ResourceKind::Cpu, ResourceKind::Memory, ResourceKind::Storage})
        note(found, Format::name(kind), Format::amount(kind, before.resources[kind].limit),
             Format::amount(kind, now.resources[kind].limit));
    note(found, say("version"), before.version, now.version);
    return found.join(u"; "_s);
}

QString differenceInWords(const Tenant &before, const Tenant &now)
{
    QStringList found;
    note(found, say("stamp"), before.stamp, now.stamp);
    note(found, say("pinned"), yesOrNo(before.constraints.pinned), yesOrNo(now.constraints.pinned));
    note(found, say("regions"), before.constraints.regions.join(u", "_s),
         now.constraints.regions.join(u", "_s));
    note(found, say("anti-affinity"), before.constraints.antiAffinity, now.constraints.antiAffinity);
    note(found, say("tier"), toString(before.tier), toString(now.tier));
    for (const ResourceKind kind : {ResourceKind::Cpu, ResourceKind::Memory, ResourceKind::Storage})
        note(found, Format::name(kind), Format::amount(kind, before.demand.of(kind)),
             Format::amount(kind, now.demand.of(kind)));
    return found.join(u"; "_s);
}

} // namespace Stampdeck
