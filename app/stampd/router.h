// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QMap>
#include <QtCore/QString>

#include <vector>

namespace Stampdeck {

/// Finds what a method and a path mean. Templates are those of the OpenAPI document, such as
/// "/v1/stamps/{id}:scale"; a parameter never holds a raw slash or colon, which are "%2F" and "%3A"
/// inside of an ID. Immutable once filled, so any thread may ask.
class Router
{
public:
    /// \a id is the caller's own number for the route.
    void add(const QByteArray &method, const QByteArray &pathTemplate, int id);

    struct Match
    {
        int id = -1; ///< -1: nothing there for this method.
        QByteArray route; ///< The template; empty when no template has this path.
        QMap<QByteArray, QByteArray> parameters; ///< Still percent-encoded.
        QList<QByteArray> allowed; ///< Every method of the path; HEAD with GET.
    };
    /// HEAD finds the route of GET.
    [[nodiscard]] Match match(const QByteArray &method, const QByteArray &path) const;

private:
    struct Segment
    {
        QByteArray name; ///< Of the parameter; empty for a literal.
        QByteArray text; ///< The literal, or what follows the parameter (":scale").
    };
    struct Path
    {
        QByteArray text;
        std::vector<Segment> segments;
        std::vector<std::pair<QByteArray, int>> methods;
    };
    std::vector<Path> m_paths;
};

} // namespace Stampdeck
