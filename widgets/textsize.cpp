// SPDX-License-Identifier: GPL-3.0-or-later
#include "textsize.h"

#include <algorithm>
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

bool canScaleDevice(double factor, const QList<double> &ratios)
{
    return std::all_of(ratios.begin(), ratios.end(),
                       [factor](double ratio) { return ratio * factor >= 1; });
}

} // namespace Stampdeck
