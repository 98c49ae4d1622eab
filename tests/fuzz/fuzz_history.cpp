// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/historycodec.h"
#include "models/samplecodec.h"

#include <cstdint>
#include <cstdlib>

using namespace Stampdeck;

namespace {

void require(bool holds)
{
    if (!holds)
        std::abort();
}

} // namespace

/// Whatever bytes a history.db holds, reading them is a value or an error; what was read is written
/// as bytes that read the same; a patch of any two is a way from one to the other. The first byte
/// chooses what the others are taken for.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const QByteArray bytes(reinterpret_cast<const char *>(data) + 1, qsizetype(size) - 1);
    const QString name = QStringLiteral("x");
    switch (data[0] % 12) {
    case 0:
        if (const auto is = decodeSamples(bytes))
            require(is->size() <= size * 8);
        break;
    case 1:
        if (const auto is = decodeTimes(bytes))
            require(is->size() <= size * 8);
        break;
    case 2:
        if (const auto is = decodeSummaries(bytes))
            require(is->size() <= size * 8);
        break;
    case 3:
        if (const auto is = decodeStamp(bytes, name)) {
            const auto whole = encodeStamp(is->entry, is->lastContact, RecordedPart::Whole);
            const auto again = decodeStamp(whole, name);
            require(again.has_value()
                    && encodeStamp(again->entry, again->lastContact, RecordedPart::Whole) == whole);
        }
        break;
    case 4:
        if (const auto is = decodeTenant(bytes, name)) {
            TenantEntry entry;
            entry.tenant = is->tenant;
            const auto whole = encodeTenant(entry);
            const auto again = decodeTenant(whole, name);
            require(again.has_value());
            entry.tenant = again->tenant;
            require(encodeTenant(entry) == whole);
        }
        break;
    case 5:
        if (const auto is = decodeSource(bytes)) {
            const auto whole =
                encodeSource(is->state, is->order, is->lastContact, RecordedPart::Whole);
            const auto again = decodeSource(whole);
            require(
                again.has_value()
                && encodeSource(again->state, again->order, again->lastContact, RecordedPart::Whole)
                    == whole);
        }
        break;
    case 6:
        if (const auto is = decodeOperation(bytes, name)) {
            const auto whole = encodeOperation(*is->first, is->second);
            const auto again = decodeOperation(whole, name);
            require(again.has_value() && encodeOperation(*again->first, again->second) == whole);
        }
        break;
    case 7:
        if (const auto is = decodeAcknowledgement(bytes, name)) {
            const auto whole = encodeAcknowledgement(*is);
            const auto again = decodeAcknowledgement(whole, name);
            require(again.has_value() && encodeAcknowledgement(*again) == whole);
        }
        break;
    case 8: {
        const QByteArray from = bytes.left(bytes.size() / 2);
        const QByteArray to = bytes.mid(bytes.size() / 2);
        const auto there = patched(from, patchOf(from, to));
        require(there.has_value() && *there == to);
        break;
    }
    case 9:
        std::ignore = patched(bytes.left(bytes.size() / 2), bytes.mid(bytes.size() / 2));
        break;
    case 10:
        if (const auto is = decodeKeyframe(bytes)) {
            const auto again = decodeKeyframe(encodeKeyframe(*is));
            require(again.has_value() && *again == *is);
        }
        break;
    default:
        if (const auto is = decodePoints(bytes)) {
            const auto whole = encodePoints(*is);
            const auto again = decodePoints(whole);
            require(again.has_value() && encodePoints(*again) == whole);
        }
        break;
    }
    return 0;
}
