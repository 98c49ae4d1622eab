// SPDX-License-Identifier: GPL-3.0-or-later
#include "action.h"

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct InverseVisitor
{
    const QString &movedTo;

    std::vector<Primitive> operator()(const PlaceTenant &p) const
    {
        return {RetireTenant{p.tenant, p.to}};
    }
    std::vector<Primitive> operator()(const ProbeTenant &) const { return {}; }
    std::vector<Primitive> operator()(const ShiftTenant &p) const
    {
        return {ShiftTenant{p.tenant, p.to, p.from}};
    }
    std::vector<Primitive> operator()(const RetireTenant &p) const
    {
        return {PlaceTenant{p.tenant, movedTo, p.at}, ProbeTenant{p.tenant, p.at}};
    }
    std::vector<Primitive> operator()(const MoveTenant &p) const
    {
        return {MoveTenant{p.tenant, p.to, p.from}};
    }
    std::vector<Primitive> operator()(const CordonStamp &p) const
    {
        return {UncordonStamp{p.stamp}};
    }
    std::vector<Primitive> operator()(const UncordonStamp &p) const
    {
        return {CordonStamp{p.stamp}};
    }
    std::vector<Primitive> operator()(const ScaleStamp &p) const
    {
        return {ScaleStamp{p.stamp, p.to, p.from}};
    }
    std::vector<Primitive> operator()(const CreateStamp &p) const
    {
        // Nobody may move in while it goes.
        return {CordonStamp{p.stamp}, DeleteStamp{p.stamp}};
    }
    std::vector<Primitive> operator()(const DeleteStamp &) const { return {}; }
};

struct KindVisitor
{
    QLatin1StringView operator()(const PlaceTenant &) const { return "place"_L1; }
    QLatin1StringView operator()(const ProbeTenant &) const { return "probe"_L1; }
    QLatin1StringView operator()(const ShiftTenant &) const { return "shift"_L1; }
    QLatin1StringView operator()(const RetireTenant &) const { return "retire"_L1; }
    QLatin1StringView operator()(const MoveTenant &) const { return "move"_L1; }
    QLatin1StringView operator()(const CordonStamp &) const { return "cordon"_L1; }
    QLatin1StringView operator()(const UncordonStamp &) const { return "uncordon"_L1; }
    QLatin1StringView operator()(const ScaleStamp &) const { return "scale"_L1; }
    QLatin1StringView operator()(const CreateStamp &) const { return "create"_L1; }
    QLatin1StringView operator()(const DeleteStamp &) const { return "delete"_L1; }
};

} // namespace

std::vector<Primitive> inverseOf(const Primitive &primitive, const QString &movedTo)
{
    return std::visit(InverseVisitor{movedTo}, primitive);
}

bool hasInverse(const Primitive &primitive)
{
    return !std::holds_alternative<DeleteStamp>(primitive);
}

QString kindOf(const Primitive &primitive)
{
    return std::visit(KindVisitor{}, primitive);
}

QString stampOf(const Primitive &primitive)
{
    return std::visit(
        [](const auto &p) {
            if constexpr (requires { p.stamp; })
                return p.stamp;
            else
                return QString();
        },
        primitive);
}

QString tenantOf(const Primitive &primitive)
{
    return std::visit(
        [](const auto &p) {
            if constexpr (requires { p.tenant; })
                return p.tenant;
            else
                return QString();
        },
        primitive);
}

} // namespace Stampdeck
