// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/fleet.h"

/// Values as people read them, the same in window, shell and report (look.md, section 14). A minus
/// is "−"; what is not known is "–", or "not known" where a sentence stands.
namespace Stampdeck::Format {

/// "–".
[[nodiscard]] QString none();
/// "not known".
[[nodiscard]] QString notKnown();

/// "5", "44.6", "312", "17,200": one decimal below 100, none when it is 0.
[[nodiscard]] QString number(double value);
/// "+4.8", "−2", "0".
[[nodiscard]] QString difference(double value);
/// "17,200".
[[nodiscard]] QString count(qint64 value);
/// Three figures at the most: "310", "1.5k", "12k", "1.2M".
[[nodiscard]] QString compact(double value);
/// "310/s", "1.5k/s".
[[nodiscard]] QString rate(std::optional<double> perSecond);
/// "44.6 cores", "1 core".
[[nodiscard]] QString cores(std::optional<double> value);
/// "94 GiB", "2.3 TiB", "512 MiB".
[[nodiscard]] QString bytes(std::optional<double> value);
/// "14 ms", "4.2 ms", "4.1 s".
[[nodiscard]] QString latency(std::optional<double> milliseconds);
/// "72%" from 0.72.
[[nodiscard]] QString percent(std::optional<double> ratio);
/// Two decimals below 1 %: "0.05%", "14.2%", "0.00%".
[[nodiscard]] QString errorPercent(std::optional<double> ratio);
/// "€9.44/h", "12.50 CHF/h".
[[nodiscard]] QString cost(const std::optional<Cost> &perHour);

/// An amount of a resource in its unit: "9.8 cores", "41 GiB", "3 slots".
[[nodiscard]] QString amount(ResourceKind kind, std::optional<double> value);
/// Of its limit, in the limit's unit: "44.6 / 48 cores", "94 / 192 GiB", "12 / 20".
[[nodiscard]] QString ofLimit(ResourceKind kind, const Resource &resource);
/// "cpu", "memory", "storage", "tenants".
[[nodiscard]] QString name(ResourceKind kind);

/// "42 s", "6 min", "2 h", "3 d"; "0 s" for what is in the future.
[[nodiscard]] QString age(std::chrono::milliseconds age);
/// The minute in UTC: "13:20".
[[nodiscard]] QString minute(Timestamp time);
/// The second in UTC: "13:20:05".
[[nodiscard]] QString second(Timestamp time);

/// Why a stamp is as it is, in a few words for a tile: "api 1 of 5 ready", "p99 840 ms".
[[nodiscard]] QString shortReason(const HealthReason &reason);

} // namespace Stampdeck::Format
