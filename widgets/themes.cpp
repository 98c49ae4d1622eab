// SPDX-License-Identifier: GPL-3.0-or-later
#include "themes.h"

#include "style.h"

#include <QtCore/QEvent>
#include <QtCore/QPointer>
#include <QtCore/QScopedValueRollback>
#include <QtCore/QTimer>
#include <QtGui/QFocusEvent>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QAbstractSpinBox>
#include <QtWidgets/QApplication>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QFocusFrame>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QSlider>

namespace Stampdeck {

namespace {

Theme::Scheme schemeOf(const QPalette &palette)
{
    return palette.color(QPalette::Window).lightness()
            < palette.color(QPalette::WindowText).lightness()
        ? Theme::Scheme::Dark
        : Theme::Scheme::Light;
}

/// The ring stands outside a control that was reached by keyboard.
bool hasRing(const QObject *object)
{
    return qobject_cast<const QAbstractButton *>(object) || qobject_cast<const QLineEdit *>(object)
        || qobject_cast<const QComboBox *>(object) || qobject_cast<const QAbstractSpinBox *>(object)
        || qobject_cast<const QSlider *>(object) || qobject_cast<const QPlainTextEdit *>(object);
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
    if (!m_installed)
        QApplication::setStyle(new Style);
    m_installed = true;
    QApplication::setStartDragDistance(dragDistance);
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
    // Every window is told as well as the application; and of what we set ourselves we are told
    // later, when it must not be taken for the desktop's.
    if (event->type() == QEvent::ApplicationPaletteChange && watched == parent() && !m_applying) {
        QPalette palette = QGuiApplication::palette();
        if (m_installed && palette.color(QPalette::Window) == m_theme.color(Token::BgWindow)) {
            if (m_settling)
                return QObject::eventFilter(watched, event);
            // Ours is still set, so what changed lies below it: look there.
            const QScopedValueRollback guard(m_applying, true);
            QApplication::setPalette(QPalette());
            palette = QGuiApplication::palette();
            QApplication::setPalette(m_theme.palette());
            settle();
        }
        if (const Theme::Scheme desktop = schemeOf(palette); desktop != m_desktop) {
            m_desktop = desktop;
            apply();
        } else if (QGuiApplication::palette().color(QPalette::Window)
                   != m_theme.color(Token::BgWindow)) {
            apply(); // somebody set another over ours
        }
    }
    if (m_installed && event->type() == QEvent::FocusIn && watched->isWidgetType()) {
        const auto reason = static_cast<QFocusEvent *>(event)->reason();
        const bool byKey = reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason
            || reason == Qt::ShortcutFocusReason;
        if (byKey && hasRing(watched))
            ring(static_cast<QWidget *>(watched));
        else if (m_ringed)
            ring(nullptr);
    } else if (event->type() == QEvent::FocusOut && m_ringed && watched == m_ringed) {
        ring(nullptr);
    }
    return QObject::eventFilter(watched, event);
}

void Themes::ring(QWidget *widget)
{
    if (widget && !m_ring)
        m_ring = new QFocusFrame(widget->window());
    m_ringed = widget;
    if (m_ring)
        static_cast<QFocusFrame *>(m_ring.data())->setWidget(widget);
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
        settle();
    }
    Q_EMIT changed();
}

void Themes::settle()
{
    m_settling = true;
    QTimer::singleShot(0, this, [this] { m_settling = false; });
}

} // namespace Stampdeck
