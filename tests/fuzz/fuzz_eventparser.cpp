// SPDX-License-Identifier: GPL-3.0-or-later
// Property: a stream of server-sent events gives the same events in one piece as byte by byte, and
// no event is larger than the bound.
#include "backends/net/eventparser.h"

#include <cstdlib>

using namespace Stampdeck;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    constexpr qsizetype bound = 512;
    const QByteArrayView bytes(reinterpret_cast<const char *>(data), qsizetype(size));
    EventParser whole(bound, bound);
    EventParser single(bound, bound);
    const auto output = whole.feed(bytes);
    QList<ServerSentEvent> events;
    bool good = true;
    for (qsizetype at = 0; at < bytes.size() && good; ++at) {
        const auto step = single.feed(bytes.sliced(at, 1));
        good = step.has_value();
        if (good)
            events += step->events;
    }
    if (output.has_value() != good || (good && events != output->events)
        || whole.lastEventId() != single.lastEventId())
        std::abort();
    for (const ServerSentEvent &event : events) {
        if (event.data.size() > bound)
            std::abort();
    }
    return 0;
}
