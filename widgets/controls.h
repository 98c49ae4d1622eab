// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "text.h"
#include "theme.h"

#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QLabel>

#include <optional>

/// The small parts that the window is made of, drawn with the tokens and measures of look.md.
/// All live in the GUI thread and belong to their parent widget.
namespace Stampdeck {

/// A button of 28 pixels (32 in the foot of a dialog): icon, words, key.
class Button final : public QAbstractButton
{
    Q_OBJECT
public:
    enum class Kind : quint8 {
        Plain,
        Primary, ///< The one that acts.
        Danger, ///< The one that deletes.
        Flat, ///< Without a frame until the pointer is on it.
        Segment, ///< One of several side by side; checked is the one in use.
        Link, ///< Words in the colour of a link.
    };

    explicit Button(Kind kind, const QString &text = {}, const QString &icon = {},
                    QWidget *parent = nullptr);
    /// An icon alone, 30 × 28, by the name \a name.
    [[nodiscard]] static Button *iconOnly(const QString &icon, const QString &name,
                                          QWidget *parent = nullptr);

    void setKind(Kind kind);
    void setIconName(const QString &icon);
    [[nodiscard]] QString iconName() const { return m_icon; }
    void setKey(const QString &key); ///< Shown behind the words: "Ctrl K".
    void setDrop(bool drop); ///< Shows that a menu opens.
    void setTall(bool tall); ///< 32 pixels.
    void setBadge(bool badge); ///< A red dot: there is news.
    /// Nothing: as its kind has it.
    void setInk(std::optional<QColor> ink);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;

private:
    Kind m_kind;
    QString m_icon;
    QString m_key;
    bool m_drop = false;
    bool m_tall = false;
    bool m_badge = false;
    std::optional<QColor> m_ink;
};

/// One line of text with figures that do not move; shortened with "…" where there is no room.
class TextLine : public QLabel
{
    Q_OBJECT
public:
    explicit TextLine(const QString &text, const Text::Style &style,
                      Token token = Token::TextPrimary, QWidget *parent = nullptr);
    void setToken(Token token);
    void setInk(std::optional<QColor> ink);
    void setStyle(const Text::Style &style);
    /// Shortened in the middle of the name, never its last part.
    void setName(bool name) { m_isName = name; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Text::Style m_style;
    Token m_token;
    std::optional<QColor> m_ink;
    bool m_isName = false;
};

/// An area in one colour, with lines along some of its edges.
class Surface : public QWidget
{
    Q_OBJECT
public:
    explicit Surface(Token fill, Qt::Edges lines = {}, QWidget *parent = nullptr);
    void setFill(Token fill);
    void setLines(Qt::Edges lines);
    void setFrame(std::optional<Token> frame, int radius = 4); ///< A frame all round instead.

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Token m_fill;
    Qt::Edges m_lines;
    std::optional<Token> m_frame;
    int m_radius = 0;
};

/// A bar: track, reserved, used, what is added or freed, and a tick at the gate. Ratios of the limit.
struct LoadBar
{
    std::optional<double> reserved, used; ///< Now.
    double added = 0; ///< What a plan adds.
    double freed = 0; ///< What a plan takes away: hollow.
    std::optional<double> gate;
    bool limitTick = false;
};
void drawLoadBar(QPainter &painter, const QRectF &box, const LoadBar &bar);

} // namespace Stampdeck
