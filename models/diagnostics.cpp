// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics.h"

namespace Stampdeck {

using namespace Qt::StringLiterals;

QString toString(CircuitBreaker::State state)
{
    switch (state) {
    case CircuitBreaker::State::Closed:
        return u"closed"_s;
    case CircuitBreaker::State::Open:
        return u"open"_s;
    case CircuitBreaker::State::HalfOpen:
        break;
    }
    return u"half open"_s;
}

} // namespace Stampdeck
