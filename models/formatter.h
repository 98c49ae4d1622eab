// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/breaker.h"
#include "backends/api/fleet.h"
#include "backends/api/operation.h"

#include <QtCore/QDateTime>

/// Values as people read them, the same in window, shell and report (look.md, section 14), in the
/// numbers and times of the default QLocale: the desktop's in the window, C's elsewhere. A minus is
/// "−"; what is not known is "–", or "not known" where a sentence stands. Every function may be
/// called in any thread.
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

/// "a", "a or b", "a or b or c".
[[nodiscard]] QString either(const QStringList &names);
/// "1 stamp", "1,200 stamps".
[[nodiscard]] QString stamps(qint64 count);
/// "1 tenant", "1,200 tenants".
[[nodiscard]] QString tenants(qint64 count);

/// The words of interfaces.md (toString()) in the language of the program.
[[nodiscard]] QString word(Health health);
[[nodiscard]] QString word(Lifecycle lifecycle);
[[nodiscard]] QString word(Tier tier);
[[nodiscard]] QString word(TenantState state);
[[nodiscard]] QString word(PlacementState state);
[[nodiscard]] QString word(OperationState state);
[[nodiscard]] QString word(StepState state);
[[nodiscard]] QString word(SignalKind signal);
[[nodiscard]] QString word(CircuitBreaker::State state);
/// What an operation does, as Operation::kind has it: "drain". A word that nobody knows stays.
[[nodiscard]] QString action(const QString &kind);
/// \a text with its first letter large.
[[nodiscard]] QString capitalised(QString text);

/// "42 s", "6 min", "2 h", "3 d"; "0 s" for what is in the future.
[[nodiscard]] QString age(std::chrono::milliseconds age);
/// In its two largest units: "42 s", "5 min 52 s", "2 h 5 min", "3 d 4 h".
[[nodiscard]] QString exactAge(std::chrono::milliseconds age);
/// The time zone of the next five functions.
enum class Times : quint8 { Utc, Local };
/// For the whole program: UTC until it is set. What is on screen stays until it is next drawn.
void setTimes(Times times);
[[nodiscard]] Times times();
/// "UTC", or how the local zone is called at \a time: "CET".
[[nodiscard]] QString zone(Timestamp time);
/// The same, now: for the head of a column.
[[nodiscard]] QString zone();
/// "13:20", or "1:20 PM" where the locale counts to twelve. Its zone is to be named beside it.
[[nodiscard]] QString minute(Timestamp time);
/// "13:20:05".
[[nodiscard]] QString second(Timestamp time);
/// "13:20 UTC", "13:20:05 UTC".
[[nodiscard]] QString minuteOfZone(Timestamp time);
[[nodiscard]] QString secondOfZone(Timestamp time);
/// "22 Nov", in the words of the language.
[[nodiscard]] QString day(Timestamp time);
/// Day and second, for a column whose head names the zone: "2026-01-02 13:20:05".
[[nodiscard]] QString daySecond(Timestamp time);
/// What QDateTime takes for minute() and second().
[[nodiscard]] QString minuteFormat();
[[nodiscard]] QString secondFormat();
/// \a time as a QDateTime of the zone of times().
[[nodiscard]] QDateTime dateTime(Timestamp time);

/// Why a stamp is as it is, in a few words for a tile: "api 1 of 5 ready", "p99 840 ms".
[[nodiscard]] QString shortReason(const HealthReason &reason);

} // namespace Stampdeck::Format
