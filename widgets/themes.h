// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "theme.h"

#include <QtCore/QObject>
#include <QtCore/QPointer>

#include <optional>

class QWidget;

namespace Stampdeck {

/// Which theme is in use. One for the program, made on first use in the GUI thread, a child of the
/// application. Follows the desktop until a scheme is chosen.
class Themes final : public QObject
{
    Q_OBJECT

public:
    static constexpr int dragDistance = 6; ///< Pixels, before a press is a drag.

    [[nodiscard]] static Themes &instance();

    /// Gives the application the style, the palette and the font. Without it (tests of single
    /// widgets) only what Stampdeck paints by itself has the theme.
    void install();

    [[nodiscard]] const Theme &theme() const { return m_theme; }
    /// Nothing: as the desktop.
    [[nodiscard]] std::optional<Theme::Scheme> choice() const { return m_choice; }
    void setChoice(std::optional<Theme::Scheme> choice);
    void setReplay(bool replay);
    void setHighContrast(bool high);

    bool eventFilter(QObject *watched, QEvent *event) override;

Q_SIGNALS:
    /// Theme::current() is another one: drop what was cached by colour and paint again.
    void changed();

private:
    explicit Themes(QObject *parent);
    void apply();
    void settle();
    void ring(QWidget *widget);

    Theme m_theme;
    std::optional<Theme::Scheme> m_choice;
    Theme::Scheme m_desktop = Theme::Scheme::Light;
    bool m_replay = false;
    bool m_highContrast = false;
    bool m_installed = false;
    bool m_applying = false;
    bool m_settling = false; // what was set last is still being told
    QPointer<QWidget> m_ring; // a QFocusFrame whose window may go first
    QPointer<QWidget> m_ringed; // what it stands round
};

} // namespace Stampdeck
