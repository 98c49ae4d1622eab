// SPDX-License-Identifier: GPL-3.0-or-later
#include "textsize.h"

#include <cmath>

namespace Stampdeck {

namespace {

struct Size
{
    double ofDevice = 1;
    double ofPainting = 1;
};

Size &sizeInUse()
{
    static Size size;
    return size;
}

} // namespace

void setTextSize(double factor, bool byDevice)
{
    sizeInUse() = byDevice ? Size{factor, 1} : Size{1, factor};
}

double textSizeOfDevice()
{
    return sizeInUse().ofDevice;
}

double textSizeOfPainting()
{
    return sizeInUse().ofPainting;
}

int withText(int pixels)
{
    return int(std::lround(pixels * textSizeOfPainting()));
}

} // namespace Stampdeck
