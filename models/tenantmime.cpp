// SPDX-License-Identifier: GPL-3.0-or-later
#include "tenantmime.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QMimeData>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

/// Of the sources that tell \a tenants; sorted.
QStringList instancesOf(const FleetVersion &version, const QStringList &tenants)
{
    QStringList instances;
    for (const QString &id : tenants) {
        const int slot = version.tenantIndex.value(id);
        if (slot < 0 || !version.tenants[slot].tenant)
            continue;
        const QString &instance = version.sources[version.tenants[slot].source].instance;
        if (!instances.contains(instance))
            instances.append(instance);
    }
    instances.sort();
    return instances;
}

QStringList stringsOf(const QJsonValue &value)
{
    QStringList strings;
    const QJsonArray list = value.toArray();
    for (const auto &each : list) {
        if (each.isString())
            strings.append(each.toString());
    }
    return strings;
}

} // namespace

std::unique_ptr<QMimeData> tenantsToMime(const FleetVersion &version, const QStringList &tenants)
{
    auto mime = std::make_unique<QMimeData>();
    const QJsonObject carried{
        {u"instances"_s, QJsonArray::fromStringList(instancesOf(version, tenants))},
        {u"tenants"_s, QJsonArray::fromStringList(tenants)}};
    mime->setData(QLatin1StringView(tenantsMimeType),
                  QJsonDocument(carried).toJson(QJsonDocument::Compact));
    return mime;
}

QStringList tenantsFromMime(const FleetVersion &version, const QMimeData *mime)
{
    if (!mime)
        return {};
    const QJsonObject carried =
        QJsonDocument::fromJson(mime->data(QLatin1StringView(tenantsMimeType))).object();
    const QStringList tenants = stringsOf(carried.value(u"tenants"_s));
    const QStringList told = stringsOf(carried.value(u"instances"_s));
    const QStringList here = instancesOf(version, tenants);
    const bool areOurs = std::all_of(here.begin(), here.end(), [&told](const QString &instance) {
        return told.contains(instance);
    });
    return areOurs ? tenants : QStringList();
}

} // namespace Stampdeck
