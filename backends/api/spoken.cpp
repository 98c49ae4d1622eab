// SPDX-License-Identifier: GPL-3.0-or-later
#include "spoken.h"

#include <QtCore/QCoreApplication>

namespace Stampdeck::Spoken {

QString word(ResourceKind kind)
{
    static const char *const words[] = {
        QT_TRANSLATE_NOOP("ResourceKind", "cpu"), QT_TRANSLATE_NOOP("ResourceKind", "memory"),
        QT_TRANSLATE_NOOP("ResourceKind", "storage"), QT_TRANSLATE_NOOP("ResourceKind", "tenants")};
    return QCoreApplication::translate("ResourceKind", words[size_t(kind)]);
}

QString word(Lifecycle lifecycle)
{
    static const char *const words[] = {
        QT_TRANSLATE_NOOP("Lifecycle", "provisioning"), QT_TRANSLATE_NOOP("Lifecycle", "active"),
        QT_TRANSLATE_NOOP("Lifecycle", "cordoned"),     QT_TRANSLATE_NOOP("Lifecycle", "draining"),
        QT_TRANSLATE_NOOP("Lifecycle", "drained"),      QT_TRANSLATE_NOOP("Lifecycle", "deleting"),
        QT_TRANSLATE_NOOP("Lifecycle", "failed")};
    return QCoreApplication::translate("Lifecycle", words[size_t(lifecycle)]);
}

QString word(Tier tier)
{
    static const char *const words[] = {
        QT_TRANSLATE_NOOP("Tier", "free"), QT_TRANSLATE_NOOP("Tier", "standard"),
        QT_TRANSLATE_NOOP("Tier", "premium"), QT_TRANSLATE_NOOP("Tier", "enterprise")};
    return QCoreApplication::translate("Tier", words[size_t(tier)]);
}

QString word(PlacementState state)
{
    static const char *const words[] = {QT_TRANSLATE_NOOP("PlacementState", "starting"),
                                        QT_TRANSLATE_NOOP("PlacementState", "serving"),
                                        QT_TRANSLATE_NOOP("PlacementState", "draining")};
    return QCoreApplication::translate("PlacementState", words[size_t(state)]);
}

QString word(SignalKind signal)
{
    static const char *const words[] = {QT_TRANSLATE_NOOP("SignalKind", "cpu"),
                                        QT_TRANSLATE_NOOP("SignalKind", "memory"),
                                        QT_TRANSLATE_NOOP("SignalKind", "requestsPerSecond"),
                                        QT_TRANSLATE_NOOP("SignalKind", "latencyP99")};
    return QCoreApplication::translate("SignalKind", words[size_t(signal)]);
}

QString action(const QString &kind)
{
    static const char *const words[] = {
        QT_TRANSLATE_NOOP("Action", "move"),   QT_TRANSLATE_NOOP("Action", "scale"),
        QT_TRANSLATE_NOOP("Action", "cordon"), QT_TRANSLATE_NOOP("Action", "uncordon"),
        QT_TRANSLATE_NOOP("Action", "drain"),  QT_TRANSLATE_NOOP("Action", "evacuate"),
        QT_TRANSLATE_NOOP("Action", "create"), QT_TRANSLATE_NOOP("Action", "delete"),
        QT_TRANSLATE_NOOP("Action", "pause"),  QT_TRANSLATE_NOOP("Action", "resume"),
        QT_TRANSLATE_NOOP("Action", "cancel"), QT_TRANSLATE_NOOP("Action", "rollback"),
        QT_TRANSLATE_NOOP("Action", "undo"),   QT_TRANSLATE_NOOP("Action", "adopt")};
    for (const char *const one : words) {
        if (kind == QLatin1StringView(one))
            return QCoreApplication::translate("Action", one);
    }
    return kind;
}

} // namespace Stampdeck::Spoken
