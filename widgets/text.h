// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QPointF>
#include <QtCore/QString>
#include <QtCore/QStringList>
#include <QtGui/QFont>

class QPainter;

/// The type of look.md, section 3. GUI thread.
namespace Stampdeck::Text {

enum class Face : quint8 { Ui, Display, Mono };

/// A font of the look: whole pixels, one of the static weights 400 to 700.
struct Style
{
    Face face = Face::Ui;
    int px = 13;
    int weight = 400;

    friend bool operator==(const Style &, const Style &) = default;
};

/// What each is for in the look.
inline constexpr Style denominationNear{Face::Display, 34, 700};
inline constexpr Style denominationMedium{Face::Display, 20, 700};
inline constexpr Style denominationCompact{Face::Display, 14, 700};
inline constexpr Style panelTitle{Face::Display, 22, 700};
inline constexpr Style dialogTitle{Face::Display, 20, 700};
inline constexpr Style sectionHead{Face::Ui, 15, 700};
inline constexpr Style tileNameNear{Face::Ui, 15, 700};
inline constexpr Style tileNameMedium{Face::Ui, 12, 600};
inline constexpr Style rowTitle{Face::Ui, 13, 600};
inline constexpr Style body{Face::Ui, 13, 400};
inline constexpr Style buttonWords{Face::Ui, 13, 600};
inline constexpr Style secondLine{Face::Ui, 12, 400}; ///< And the cells of tables.
inline constexpr Style axis{Face::Ui, 11, 400};
inline constexpr Style tableHead{Face::Ui, 11, 600};
inline constexpr Style caption{Face::Ui, 10, 500}; ///< Of the rail, tiles, compact numbers.
inline constexpr Style query{Face::Mono, 13, 400};
inline constexpr Style listTime{Face::Mono, 12, 400}; ///< And hashes.

enum class Align : quint8 { Left, Center, Right };

/// While it lives, text has the sizes of the look, whatever a person has set: for what is painted at
/// another scale as a whole. See widgets/textsize.h.
class LookSizes
{
public:
    LookSizes();
    ~LookSizes();
    Q_DISABLE_COPY_MOVE(LookSizes)

private:
    bool m_before;
};

/// Paints by the numbers of the look what is to be as large as text is, until it goes.
class Scaled
{
public:
    explicit Scaled(QPainter &painter);
    ~Scaled();
    Q_DISABLE_COPY_MOVE(Scaled)
    /// \a pixels of a widget in those numbers, and the other way round.
    [[nodiscard]] static double toLook(double pixels);

private:
    QPainter &m_painter;
    LookSizes m_sizes;
};

/// The font itself, for ordinary controls, in the size that a person has set; falls back to Noto Sans
/// and DejaVu Sans Mono.
[[nodiscard]] QFont font(const Style &style);

/// How wide draw() makes \a text, in the painter's pixels.
[[nodiscard]] double width(const QString &text, const Style &style);

/// Draws one line with the painter's pen; \a at is on the baseline, and at the left end, the
/// middle or the right end. Every digit takes the room of a 0 and stands in the middle of it, so
/// that numbers in a column, and one that changes, do not move. The shaped line is cached.
void draw(QPainter &painter, QPointF at, const QString &text, const Style &style,
          Align align = Align::Left);

/// Hears of every line that draw() draws. Tests alone set one, and take it away again (null).
class Recorder
{
public:
    virtual ~Recorder() = default;
    /// \a left is where the line begins on its baseline, in the painter's coordinates.
    virtual void drawn(const QPainter &painter, QPointF left, double width, const QString &text,
                       const Style &style) = 0;
};
void setRecorder(Recorder *recorder);

/// \a text in at most \a lines, none wider than \a max, broken between words; the last ends in "…" where
/// there is more of it.
[[nodiscard]] QStringList wrapped(const QString &text, const Style &style, double max, int lines);

/// \a text when it is no wider than \a max, else its beginning and "…".
[[nodiscard]] QString elided(const QString &text, const Style &style, double max);

/// The same for the name of a stamp or a tenant, which loses the middle and never its last part:
/// "ap-northeast-04" becomes "ap-nor…-04".
[[nodiscard]] QString elidedName(const QString &name, const Style &style, double max);

} // namespace Stampdeck::Text
