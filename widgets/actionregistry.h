// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QMap>
#include <QtCore/QObject>
#include <QtGui/QAction>

#include <functional>

class QMenu;

namespace Stampdeck {

/// Every action of the window by its id ("stamp.cordon"): words, icon, keys, and whether it can run
/// now or why not. Menus, buttons and the palette take them from here. Owns the actions; lives in
/// the GUI thread.
class ActionRegistry final : public QObject
{
    Q_OBJECT
public:
    explicit ActionRegistry(QWidget *window);

    /// \a text in sentence case, with "…" when a dialog follows. \a icon is a name of Icons.
    QAction *add(const QString &id, const QString &text, const QString &icon,
                 const QKeySequence &keys, const std::function<void()> &run);
    /// It may be what is just run. Keys that a person gave it come back when it does.
    void remove(const QString &id);
    /// Null when there is none.
    [[nodiscard]] QAction *action(const QString &id) const;
    [[nodiscard]] const QList<QAction *> &actions() const { return m_actions; }
    /// Other keys than add() gave, or none. One that is not there yet has them once it is.
    void setKeys(const QString &id, const QKeySequence &keys);
    /// It has no keys of its own when it comes back.
    void forgetKeys(const QString &id) { m_waiting.remove(id); }
    /// Keys that differ from what add() gave, by id; of what is not there now too.
    [[nodiscard]] QMap<QString, QKeySequence> ownKeys() const;
    /// Those that add() gave.
    [[nodiscard]] static QKeySequence firstKeysOf(const QAction *action);
    /// \a why is empty when it can run; else a reason in words, shown in tool tip and palette.
    void setReason(const QString &id, const QString &why);
    /// What it would act on now: "eu-west-03". Empty for none.
    void setTarget(const QString &id, const QString &target);
    /// It changes the fleet, or asks for a plan of that.
    void setActing(const QString &id);

    /// Offers it in a menu, by an action of the menu's own that runs it and has its id: assistive
    /// technology is told nothing of one that stood in a menu before which is gone (Qt 6.4).
    QAction *addTo(QMenu &menu, const QString &id) const;

    [[nodiscard]] static QString idOf(const QAction *action);
    [[nodiscard]] static QString iconOf(const QAction *action);
    [[nodiscard]] static QString reasonOf(const QAction *action);
    [[nodiscard]] static QString targetOf(const QAction *action);
    [[nodiscard]] static bool isActing(const QAction *action);

private:
    QWidget *m_window; // our parent
    QList<QAction *> m_actions;
    QHash<QString, QAction *> m_byId;
    QMap<QString, QKeySequence> m_waiting; // keys of what is not there
};

} // namespace Stampdeck
