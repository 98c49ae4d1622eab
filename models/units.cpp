// SPDX-License-Identifier: GPL-3.0-or-later
#include "units.h"

#include <cmath>

namespace Stampdeck {

std::optional<double> ratioFromString(QStringView text)
{
    const bool percent = text.endsWith(u'%');
    const auto number = numberFromString(percent ? text.chopped(1) : text);
    if (!number || *number < 0 || std::signbit(*number))
        return std::nullopt;
    return percent ? *number / 100 : *number;
}

} // namespace Stampdeck
