// SPDX-License-Identifier: GPL-3.0-or-later
// Property: whatever Alertmanager answers, it is read as values that hold what they promise, or
// ends in a typed error; an answer that is read again gives the very same alerts; a silence that
// was read says the same when it is sent back.
#include "backends/alertmanager/alertmanagerdecoder.h"

#include <QtCore/QUrl>

#include <algorithm>
#include <cstdlib>

using namespace Stampdeck;

namespace {

void require(bool condition)
{
    if (!condition)
        std::abort();
}

template<typename T>
bool isTyped(const Result<T> &result)
{
    return result
        || (result.error().kind == ErrorKind::Malformed && !result.error().message.isEmpty());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const QByteArray body(reinterpret_cast<const char *>(data), qsizetype(size));
    const auto alerts = decodeAlerts(body, {});
    require(isTyped(alerts));
    if (alerts) {
        const auto again = decodeAlerts(body, {}, alerts->alerts);
        require(again && again->alerts == alerts->alerts && again->faults == alerts->faults);
        require(std::is_sorted(
            alerts->alerts.begin(), alerts->alerts.end(),
            [](const AlertPtr &a, const AlertPtr &b) { return a->fingerprint < b->fingerprint; }));
        for (const AlertPtr &alert : alerts->alerts) {
            require(!alert->fingerprint.isEmpty());
            for (const Link &link : alert->links) {
                const QString scheme = QUrl(link.url).scheme();
                require(scheme == QLatin1StringView("http")
                        || scheme == QLatin1StringView("https"));
            }
        }
        for (const ObjectFault &fault : alerts->faults)
            require(fault.pointer.startsWith(u'/') && !fault.message.isEmpty());
    }
    require(isTyped(decodeAlertGroups(body)));
    const auto silences = decodeSilences(body);
    require(isTyped(silences));
    if (silences) {
        for (const Silence &silence : silences->silences) {
            const auto back = decodeSilence(encodeSilence(silence));
            require(back && back->id == silence.id && back->matchers == silence.matchers
                    && back->comment == silence.comment && back->createdBy == silence.createdBy);
            for (const Matcher &matcher : silence.matchers)
                require(!matcher.name.isEmpty());
        }
    }
    require(isTyped(decodeSilence(body)));
    require(isTyped(decodeSilenceId(body)));
    require(isTyped(decodeAlertmanagerStatus(body)));
    (void)decodeAlertmanagerError(body);
    return 0;
}
