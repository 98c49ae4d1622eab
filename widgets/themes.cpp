// SPDX-License-Identifier: GPL-3.0-or-later
#include "themes.h"

#include <QtCore/QEvent>
#include <QtCore/QPointer>
#include <QtCore/QScopedValueRollback>
#include <QtWidgets/QApplication>

namespace Stampdeck {

namespace {

Theme::Scheme schemeOf(const QPalette &palette)
{
    return palette.color(QPalette::Window).lightness()
            < palette.color(QPalette::WindowText).lightness()
        ? Theme::Scheme::Dark
        : Theme::Scheme::Light;
}

} // namespace

Themes &Themes::instance()
{
    static QPointer<Themes> themes;
    if (!themes)
        themes = new Themes(QCoreApplication::instance());
    return *themes;
}

Themes::Themes(QObject *parent)
    : QObject(parent)
    , m_theme(Theme::builtIn(Theme::Scheme::Light))
    , m_desktop(schemeOf(QGuiApplication::palette()))
{
    m_theme = Theme::builtIn(m_desktop);
    if (parent)
        parent->installEventFilter(this);
}

void Themes::install()
{
    m_installed = true;
    apply();
}

void Themes::setChoice(std::optional<Theme::Scheme> choice)
{
    if (m_choice == choice)
        return;
    m_choice = choice;
    apply();
}

void Themes::setReplay(bool replay)
{
    if (m_replay == replay)
        return;
    m_replay = replay;
    apply();
}

void Themes::setHighContrast(bool high)
{
    if (m_highContrast == high)
        return;
    m_highContrast = high;
    apply();
}

bool Themes::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::ApplicationPaletteChange && !m_applying) {
        QPalette palette = QGuiApplication::palette();
        if (m_installed && palette.color(QPalette::Window) == m_theme.color(Token::BgWindow)) {
            // Ours is still set, so what changed lies below it: look there.
            const QScopedValueRollback guard(m_applying, true);
            QApplication::setPalette(QPalette());
            palette = QGuiApplication::palette();
            QApplication::setPalette(m_theme.palette());
        }
        m_desktop = schemeOf(palette);
        apply();
    }
    return QObject::eventFilter(watched, event);
}

void Themes::apply()
{
    Theme theme = Theme::builtIn(m_choice.value_or(m_desktop));
    if (m_replay)
        theme = theme.replayed();
    if (m_highContrast)
        theme = theme.highContrast();
    m_theme = theme;
    if (m_installed) {
        const QScopedValueRollback guard(m_applying, true);
        QApplication::setPalette(m_theme.palette());
    }
    Q_EMIT changed();
}

} // namespace Stampdeck
