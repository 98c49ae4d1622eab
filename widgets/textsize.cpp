// SPDX-License-Identifier: GPL-3.0-or-later
#include "textsize.h"

namespace Stampdeck {

namespace {

double &factorInUse()
{
    static double factor = 1;
    return factor;
}

} // namespace

void setTextSize(double factor)
{
    factorInUse() = factor;
}

double textSize()
{
    return factorInUse();
}

} // namespace Stampdeck
