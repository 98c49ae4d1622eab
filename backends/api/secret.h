// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "export.h"

#include <QtCore/QMetaType>
#include <QtCore/QString>

namespace Stampdeck {

/// A token or a password. It can't be logged, streamed or turned into text by accident: whoever
/// needs the value says reveal().
class Secret
{
public:
    Secret() = default;
    explicit Secret(QString value)
        : m_value(std::move(value))
    {
    }

    [[nodiscard]] bool isEmpty() const { return m_value.isEmpty(); }
    /// The value itself: for the header of a request, never for a message.
    [[nodiscard]] const QString &reveal() const { return m_value; }

    friend bool operator==(const Secret &, const Secret &) = default;

private:
    QString m_value;
};

} // namespace Stampdeck

Q_DECLARE_METATYPE(Stampdeck::Secret)
