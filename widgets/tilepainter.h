// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "theme.h"

#include "backends/api/fleet.h"

#include <QtCore/QHash>
#include <QtCore/QRectF>
#include <QtCore/QString>
#include <QtGui/QPixmap>

#include <array>
#include <span>
#include <vector>

class QPainter;

namespace Stampdeck {

/// The eleven zoom stops of a tile, by its width (look.md, section 5).
enum class Stop : quint8 { S3, S4, S6, S8, S11, S16, S24, S36, Compact, Medium, Near };
inline constexpr std::array<Stop, 11> allStops = {Stop::S3,      Stop::S4,     Stop::S6,  Stop::S8,
                                                  Stop::S11,     Stop::S16,    Stop::S24, Stop::S36,
                                                  Stop::Compact, Stop::Medium, Stop::Near};

/// Sizes at one stop, in logical pixels at scale 1.
struct StopGeometry
{
    QSizeF size; ///< Of the tile; far cells leave a gap of 1 in their pitch.
    double gap = 0;
    double holePitch = 0; ///< 0 without paper.
    double holeRadius = 0;
    double inset = 0; ///< From the paper's edge to the print.

    [[nodiscard]] QSizeF pitch() const { return {size.width() + gap, size.height() + gap}; }
};
[[nodiscard]] const StopGeometry &geometry(Stop stop);
/// Far cells: 3 to 11.
[[nodiscard]] constexpr bool isFar(Stop stop)
{
    return stop <= Stop::S11;
}
/// With perforated paper: 72, 160 and 300.
[[nodiscard]] constexpr bool hasPaper(Stop stop)
{
    return stop >= Stop::Compact;
}
/// The width that names the stop: 3 to 300.
[[nodiscard]] int stopWidth(Stop stop);

/// How a tile answers what is carried.
struct TileVerdict
{
    enum class Kind : quint8 {
        None,
        Cannot,
        Tight,
        Can,
        Best,
        Source,
        Lost, ///< Switched off to see what that would do.
    };
    Kind kind = Kind::None;
    int rank = 0; ///< 1 to 9: its key; 0 for none.
    QString reason; ///< Cannot, lost: first line. Source: "3 of 15 tenants leave".
    QString detail; ///< Cannot, lost: second line. Can: "10 cores, 1 slot left".
    std::optional<double> before; ///< The fullest load, a ratio.
    std::optional<double> after;
    std::array<std::optional<double>, 3> beforeLoads; ///< cpu, memory, storage: for the bars.
    std::array<std::optional<double>, 3> afterLoads;
};

/// A tenant's chip on a near tile.
struct TileChip
{
    QString id;
    QString name;
    Tier tier = Tier::Standard;
};

/// What a tile says. Cheap to fill: strings are shared, and what only some stops show (chips,
/// series) is left empty at the others.
struct TileFacts
{
    QString name;
    Health health = Health::Unknown; ///< The last known one when stale.
    bool stale = false;
    bool proof = false; ///< Only its name is known; look.md, section 12, Loading.
    QString staleAge; ///< "42 s".
    Lifecycle lifecycle = Lifecycle::Active;
    QString lifecycleAt; ///< "13:20", or while draining "9 of 14" tenants, where that is known.
    QString postmarkLine; ///< The same as short as can be: "13:20", "9/14".
    double progress = 0; ///< Of draining, provisioning, deleting: 0 to 1.
    QString lifecycleSay; ///< Provisioning, failed, deleting: "step 3 of 7".
    QString lifecycleSay2; ///< And "about 4 min left".
    QString act; ///< What somebody does to it just now: "drain by grace"; empty for nothing.
    QString actBy; ///< "grace".
    QString reason; ///< Short: "api 1 of 5 ready"; empty when there is none.
    QString healthyFor; ///< "34 d".
    QString version;
    QString ring;
    QString cost; ///< "€9.44/h"; empty when not known.
    Resources resources;
    SignalValues signalValues;
    std::optional<double> gateLatencyMs; ///< Beyond it the signal takes the colour of health.
    std::optional<double> gateErrors;
    std::array<std::span<const float>, 4> series; ///< requests, errors, p50, p99; oldest first.
    std::vector<TileChip> chips;
    int tenants = 0;

    /// The denomination: what is measured and how much of it; "–" stands for nothing.
    QString measure; ///< "72", or "" when not known.
    QString measureUnit; ///< "%" or "ms".
    QString measureName; ///< "cpu".

    /// When coloured by a ramp or a category: replaces the fill; health stays in edge and glyph.
    std::optional<QRgb> fill;
    QRgb fillInk = 0; ///< What is written on that.
    QString letter; ///< Of the category.

    TileVerdict verdict;
};

/// How it stands on the map just now.
struct TileState
{
    bool hover = false;
    bool selected = false;
    bool focused = false; ///< By keyboard.
    bool faded = false; ///< Does not match the search.
    bool flash = false; ///< Has just changed its health: the frame is white.
    bool changed = false; ///< And rests a while at 3 px.
};

/// Paints one tile. The paper, shadow, print and frame of each look come from a cache; a tile is
/// one pixmap and its text. GUI thread; holds the theme that was current when it was made or reset.
class TilePainter
{
public:
    /// Forgets every pixmap, for another theme.
    void reset();

    /// \a at is the tile's top left corner; selection and focus reach 4 px beyond its edges.
    void paint(QPainter &painter, QPointF at, Stop stop, const TileFacts &facts,
               const TileState &state = {});

    /// The frames of selection and focus alone, to be painted after a tile's neighbours.
    void paintFrames(QPainter &painter, QPointF at, Stop stop, const TileState &state);

    /// What a tile is enlarged by so that its holes fall on whole device pixels; 1 at whole ratios.
    [[nodiscard]] static double snap(Stop stop, double ratio);
    /// Where the chips of a near tile stand, relative to its corner, for as many as fit.
    [[nodiscard]] static std::vector<QRectF> chipRects(const TileFacts &facts);
    /// Where the drain handle of a near tile can be grabbed, relative to its corner.
    [[nodiscard]] static QRectF drainHandle() { return {236, 178, 56, 24}; }
    /// What the postmark says: "CORDONED"; empty without one.
    [[nodiscard]] static QString postmarkWord(Lifecycle lifecycle);
    /// A chip as tiles and cards have it, 18 high; gives its width.
    static double chip(QPainter &painter, QPointF at, const TileChip &chip, const QColor &ground,
                       const QColor &ink, const QColor &frame);
    [[nodiscard]] static double chipWidth(const TileChip &chip);
    /// The dashed place where one more stamp would stand (near: with what is missing).
    void paintGhost(QPainter &painter, QPointF at, Stop stop, const QString &title,
                    const QString &line1, const QString &line2, bool hover = false);

    [[nodiscard]] int cachedPixmaps() const { return int(m_pixmaps.size()); }

private:
    struct Look;
    [[nodiscard]] Look lookOf(const TileFacts &facts, Stop stop) const;
    template<typename Paint>
    void drawKept(QPainter &painter, QPointF at, Stop stop, const QByteArray &look, Paint paint);
    void drawBase(QPainter &painter, QPointF at, Stop stop, const Look &look, bool hover);
    void paintFar(QPainter &painter, QPointF at, Stop stop, const TileFacts &facts,
                  const TileState &state);
    void paintSmall(QPainter &painter, QPointF at, Stop stop, const TileFacts &facts,
                    const TileState &state);
    void drawSmall(QPainter &painter, Stop stop, const TileFacts &facts,
                   const TileState &state) const;
    void paintCompact(QPainter &painter, QPointF at, const TileFacts &facts, const Look &look);
    void paintMedium(QPainter &painter, QPointF at, const TileFacts &facts, const Look &look);
    void paintNear(QPainter &painter, QPointF at, const TileFacts &facts, const Look &look);
    void paintVerdict(QPainter &painter, QPointF at, Stop stop, const TileFacts &facts,
                      const Look &look);
    void paintProof(QPainter &painter, QPointF at, Stop stop, const TileFacts &facts,
                    const Look &look);
    void bars(QPainter &painter, QPointF at, double width, double height, double pitch,
              const TileFacts &facts, const Look &look);
    void frames(QPainter &painter, const QRectF &tile, Stop stop, const TileState &state,
                const TileVerdict &verdict);

    QHash<QByteArray, QPixmap> m_pixmaps;
};

} // namespace Stampdeck
