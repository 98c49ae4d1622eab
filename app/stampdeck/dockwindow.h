// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QWidget>

namespace Stampdeck {

/// A window of its own for a part of the main window: a tool of it, so that its keys work here too.
/// Gives every child all of its room; which of them is to be seen says whoever put them there. Belongs
/// to the main window, and is hidden rather than closed.
class DockWindow final : public QWidget
{
    Q_OBJECT
public:
    DockWindow(const QString &name, const QString &title, QWidget *mainWindow);
    /// Takes \a part in, as it is; it has to be shown again.
    void take(QWidget *part);

Q_SIGNALS:
    void closed();

protected:
    void closeEvent(QCloseEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
};

/// Tells when somebody drags a part by its head: its upper edge, where no button is. Owned by the
/// part.
class TearHandle final : public QObject
{
    Q_OBJECT
public:
    TearHandle(QWidget *part, int height);

Q_SIGNALS:
    void torn(const QPoint &pointer);
    void menuWanted(const QPoint &at);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    [[nodiscard]] bool isHead(QObject *watched, const QPointF &global) const;
    QWidget *m_part;
    int m_height;
    QPointF m_pressed;
    bool m_down = false;
};

} // namespace Stampdeck
