// SPDX-License-Identifier: GPL-3.0-or-later
// Property: whatever the bytes are, the fleet decoder ends with a fleet or a typed error, and gives
// the same in one piece as in many.
#include "backends/rest/restdecoder.h"

#include <cstdlib>

using namespace Stampdeck;

namespace {

void require(bool condition)
{
    if (!condition)
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const QByteArrayView bytes(reinterpret_cast<const char *>(data), qsizetype(size));
    const auto whole = decodeFleet(bytes);
    if (whole) {
        for (const StampPtr &stamp : whole->stamps)
            require(stamp && !stamp->name.isEmpty());
        for (const TenantPtr &tenant : whole->tenants)
            require(tenant && !tenant->id.isEmpty() && !tenant->stamp.isEmpty());
        for (const ObjectFault &fault : whole->faults)
            require(fault.pointer.startsWith(u'/') && !fault.message.isEmpty());
    } else {
        require(whole.error().kind == ErrorKind::Malformed && !whole.error().message.isEmpty());
    }

    FleetDecoder pieces;
    const qsizetype step = 1 + qsizetype(size % 97);
    Result<void> fed;
    for (qsizetype at = 0; at < bytes.size() && fed; at += step)
        fed = pieces.feed(bytes.sliced(at, std::min(step, bytes.size() - at)));
    const auto update = fed ? pieces.finish() : Result<FleetUpdate>(fail(fed.error()));
    require(whole.has_value() == update.has_value());
    if (whole) {
        require(whole->stamps.size() == update->stamps.size());
        require(whole->tenants.size() == update->tenants.size());
        require(whole->faults == update->faults);
        for (size_t i = 0; i < whole->stamps.size(); ++i)
            require(*whole->stamps[i] == *update->stamps[i]);
        for (size_t i = 0; i < whole->tenants.size(); ++i)
            require(*whole->tenants[i] == *update->tenants[i]);
    }
    (void)decodeStamp(bytes);
    (void)decodeTenant(bytes);
    (void)decodeOperation(bytes);
    return 0;
}
