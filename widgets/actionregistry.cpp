// SPDX-License-Identifier: GPL-3.0-or-later
#include "actionregistry.h"

#include "icons.h"

#include <QtWidgets/QMenu>

namespace Stampdeck {

namespace {

constexpr auto iconProperty = "stampdeckIcon";
constexpr auto reasonProperty = "stampdeckReason";
constexpr auto keysProperty = "stampdeckFirstKeys";
constexpr auto targetProperty = "stampdeckTarget";
constexpr auto actingProperty = "stampdeckActs";

} // namespace

ActionRegistry::ActionRegistry(QWidget *window)
    : QObject(window)
    , m_window(window)
{
}

QAction *ActionRegistry::add(const QString &id, const QString &text, const QString &icon,
                             const QKeySequence &keys, const std::function<void()> &run)
{
    Q_ASSERT(!m_byId.contains(id));
    auto *action = new QAction(text, this);
    action->setObjectName(id);
    action->setProperty(iconProperty, icon);
    if (!icon.isEmpty())
        action->setIcon(Icons::icon(icon));
    action->setShortcut(keys);
    action->setProperty(keysProperty, keys);
    action->setShortcutContext(Qt::WindowShortcut);
    action->setToolTip(text);
    connect(action, &QAction::triggered, this, run);
    m_window->addAction(action); // or its keys would do nothing
    m_actions.append(action);
    m_byId.insert(id, action);
    if (const auto own = m_waiting.constFind(id); own != m_waiting.cend()) {
        action->setShortcut(*own);
        m_waiting.erase(own);
    }
    return action;
}

void ActionRegistry::remove(const QString &id)
{
    if (QAction *action = m_byId.take(id)) {
        m_actions.removeOne(action);
        if (action->shortcut() != firstKeysOf(action))
            m_waiting.insert(id, action->shortcut());
        action->deleteLater();
    }
}

QAction *ActionRegistry::action(const QString &id) const
{
    return m_byId.value(id);
}

void ActionRegistry::setKeys(const QString &id, const QKeySequence &keys)
{
    if (QAction *action = m_byId.value(id))
        action->setShortcut(keys);
    else
        m_waiting.insert(id, keys);
}

QMap<QString, QKeySequence> ActionRegistry::ownKeys() const
{
    QMap<QString, QKeySequence> own = m_waiting;
    for (const QAction *action : m_actions) {
        if (action->shortcut() != firstKeysOf(action))
            own.insert(idOf(action), action->shortcut());
    }
    return own;
}

QKeySequence ActionRegistry::firstKeysOf(const QAction *action)
{
    return action->property(keysProperty).value<QKeySequence>();
}

void ActionRegistry::setReason(const QString &id, const QString &why)
{
    QAction *action = m_byId.value(id);
    if (!action || (reasonOf(action) == why && action->isEnabled() == why.isEmpty()))
        return;
    action->setProperty(reasonProperty, why);
    action->setEnabled(why.isEmpty());
    action->setToolTip(why.isEmpty() ? action->text() : why);
}

void ActionRegistry::setTarget(const QString &id, const QString &target)
{
    if (QAction *action = m_byId.value(id))
        action->setProperty(targetProperty, target);
}

void ActionRegistry::setActing(const QString &id)
{
    if (QAction *action = m_byId.value(id))
        action->setProperty(actingProperty, true);
}

QAction *ActionRegistry::addTo(QMenu &menu, const QString &id) const
{
    QAction *action = m_byId.value(id);
    if (!action)
        return nullptr;
    QAction *shown = menu.addAction(action->icon(), action->text());
    shown->setObjectName(id);
    shown->setShortcut(action->shortcut()); // to be read: that of a menu which hangs nowhere is not pressed
    shown->setEnabled(action->isEnabled());
    shown->setToolTip(action->toolTip());
    connect(shown, &QAction::triggered, action, &QAction::trigger);
    return shown;
}

QString ActionRegistry::idOf(const QAction *action)
{
    return action->objectName();
}

QString ActionRegistry::iconOf(const QAction *action)
{
    return action->property(iconProperty).toString();
}

QString ActionRegistry::reasonOf(const QAction *action)
{
    return action->property(reasonProperty).toString();
}

QString ActionRegistry::targetOf(const QAction *action)
{
    return action->property(targetProperty).toString();
}

bool ActionRegistry::isActing(const QAction *action)
{
    return action->property(actingProperty).toBool();
}

} // namespace Stampdeck
