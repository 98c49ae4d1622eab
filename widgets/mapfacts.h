// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tilepainter.h"

#include "models/fleetversion.h"

#include <QtCore/QHash>

namespace Stampdeck {

class CarryController;
class Clock;
class WhatIf;

/// Where stamps stand: by region on Earth, or in a grid.
enum class MapArrangement : quint8 { World, Sheet };
/// "world", "sheet": as the command line, links and settings spell them.
[[nodiscard]] QString toString(MapArrangement arrangement);
[[nodiscard]] std::optional<MapArrangement> mapArrangementFromString(const QString &word);
enum class MapGroupBy : quint8 { Region, Ring, Version, Health, Source, Label };
/// What the sheet groups by; of a label with its key.
struct MapGrouping
{
    MapGrouping(MapGroupBy what = MapGroupBy::Region) // NOLINT: a kind is a grouping
        : by(what)
    { }
    [[nodiscard]] static MapGrouping label(const QString &key)
    {
        MapGrouping grouping(MapGroupBy::Label);
        grouping.key = key;
        return grouping;
    }

    MapGroupBy by;
    QString key; ///< Of the label; empty for the others.

    friend bool operator==(const MapGrouping &, const MapGrouping &) = default;
};
enum class MapColourBy : quint8 {
    Health,
    Load,
    Cpu,
    Memory,
    Storage,
    Tenants,
    Headroom,
    Version,
    Ring,
    Cost,
    Latency,
};
/// But by label, of which there may be many.
inline constexpr std::array<MapGroupBy, 5> allMapGroupings = {
    MapGroupBy::Region, MapGroupBy::Ring, MapGroupBy::Version, MapGroupBy::Health,
    MapGroupBy::Source};
inline constexpr std::array<MapColourBy, 11> allMapColours = {
    MapColourBy::Health,  MapColourBy::Load,    MapColourBy::Cpu,      MapColourBy::Memory,
    MapColourBy::Storage, MapColourBy::Tenants, MapColourBy::Headroom, MapColourBy::Version,
    MapColourBy::Ring,    MapColourBy::Cost,    MapColourBy::Latency};
/// "region", "label:team", "latency": as links and settings spell them.
[[nodiscard]] QString toString(const MapGrouping &grouping);
[[nodiscard]] inline QString toString(MapGroupBy grouping)
{
    return toString(MapGrouping(grouping));
}
[[nodiscard]] QString toString(MapColourBy colour);
[[nodiscard]] std::optional<MapGrouping> mapGroupingFromString(const QString &word);
[[nodiscard]] std::optional<MapColourBy> mapColourFromString(const QString &word);
/// "Region", "Colour: Health": what the tool bar says.
[[nodiscard]] QString title(const MapGrouping &grouping);
[[nodiscard]] QString title(MapColourBy colour);
[[nodiscard]] constexpr bool isCategory(MapColourBy colour)
{
    return colour == MapColourBy::Version || colour == MapColourBy::Ring;
}
[[nodiscard]] constexpr bool isRamp(MapColourBy colour)
{
    return colour != MapColourBy::Health && !isCategory(colour);
}

/// What the colours stand for at the moment.
struct MapLegend
{
    struct Entry
    {
        QRgb color = 0;
        QString letter; ///< Of a category.
        QString text; ///< A word, or of a step of the ramp from where to where.
        QString query = {}; ///< Finds its stamps; empty where the search language knows none.
        int count = 0; ///< How many stamps there are of it.
        std::optional<Health> health = {}; ///< Whose shape stands there; nothing for stale.
    };
    MapColourBy colour = MapColourBy::Health;
    QList<Entry> entries; ///< Buckets of health, categories, or the nine steps of the ramp.
    int untold = 0; ///< Stamps that don't tell the measure.
    QString low, high; ///< What the ends of the ramp stand for: "0%", "100%".
};

/// Turns a measure of a stamp into a step of the ramp or a category; knows the extent of the whole
/// fleet for cost and latency, and the names of versions and rings.
class MapColours
{
public:
    void setColour(MapColourBy colour) { m_colour = colour; }
    [[nodiscard]] MapColourBy colour() const { return m_colour; }
    /// Reads the extents and the categories of the fleet.
    void learn(const FleetVersion &version);
    /// Nothing when the stamp does not tell.
    [[nodiscard]] std::optional<double> value(const StampEntry &entry) const;
    /// Where a value lies on the ramp, 0 to 1; bright is always hot.
    [[nodiscard]] std::optional<double> heat(const StampEntry &entry) const;
    [[nodiscard]] int category(const StampEntry &entry) const; ///< -1 when not told.
    /// Without the counts.
    [[nodiscard]] MapLegend legend() const;
    /// What measures so hot, as the colour's own value; see heat().
    [[nodiscard]] double valueAt(double heat) const;
    /// How the chosen measure is written: number, unit, what it is.
    void describe(const StampEntry &entry, TileFacts &facts) const;

private:
    MapColourBy m_colour = MapColourBy::Health;
    QStringList m_categories;
    double m_low = 0;
    double m_high = 1;
    QString m_currency;
};

/// How far the operation on a stamp has come, by its id.
using OperationsById = QMap<QString, OperationPtr>;

/// Fills \a facts for a tile at \a stop. \a carry may be null; its verdict is asked for when it is
/// active.
void fillFacts(TileFacts &facts, const FleetVersion &version, int slot, Stop stop,
               const MapColours &colours, const CarryController *carry, const Clock &clock);

/// Fills the verdict alone.
void fillVerdict(TileVerdict &verdict, const CarryController &carry, int slot);

/// Of a stamp that is switched off, or takes somebody in from those; else None.
void fillVerdict(TileVerdict &verdict, const WhatIf &whatIf, int slot);

/// How long ago a stale stamp was seen last.
[[nodiscard]] std::chrono::milliseconds staleFor(const StampEntry &entry, const Clock &clock);
/// The sentence for assistive technology (look.md, section 15).
[[nodiscard]] QString describeStamp(const FleetVersion &version, int slot, const Clock &clock);

/// The key and order of a group: empty sorts last.
[[nodiscard]] QString groupKey(const FleetVersion &version, const StampEntry &entry,
                               const MapGrouping &grouping);
[[nodiscard]] QString groupTitle(const QString &key, const MapGrouping &grouping);

/// "eu-2" before "eu-10": digits compare as numbers.
[[nodiscard]] int naturalCompare(QStringView a, QStringView b);

} // namespace Stampdeck
