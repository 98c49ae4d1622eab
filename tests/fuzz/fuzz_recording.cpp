// SPDX-License-Identifier: GPL-3.0-or-later
#include "backends/api/recording.h"

#include <cstdint>
#include <cstdlib>

using namespace Stampdeck;

/// Whatever a file of a recorded stretch holds, reading it is a value or an error; and what was read is
/// written as what reads the same.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(data), qsizetype(size));
    const auto is = Recording::fromJson(bytes);
    if (!is)
        return 0;
    const QByteArray written = is->toJson();
    const auto again = Recording::fromJson(written);
    if (!Recording::isOne(written) || !again || again->toJson() != written)
        std::abort();
    return 0;
}
