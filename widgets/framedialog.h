// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QDialog>

class QPainter;

namespace Stampdeck {

/// A dialog of the look: without the window manager's frame but with our own, modal, over the middle
/// of its window. Deletes itself when it is closed.
class FrameDialog : public QDialog
{
    Q_OBJECT
public:
    static constexpr int radius = 6;

    /// \a name is for tests and scripts; \a title is what people and assistive technology are told.
    FrameDialog(const QString &name, const QString &title, QWidget *parent);

    bool eventFilter(QObject *watched, QEvent *event) override;
    /// Goes from the screen whatever it is about, which reject() need not do: what it is about is not
    /// shown any more.
    virtual void leave() { reject(); }

protected:
    bool event(QEvent *event) override;
    /// As large as that where the window has the room, and never smaller than \a least; called when
    /// the dialog is built; from then on it stays there whatever becomes of the window.
    void placeOverWindow(const QSize &wanted, const QSize &least = {});
    void paintEvent(QPaintEvent *event) final;
    /// What stands between ground and frame.
    virtual void paintContent(QPainter &painter);

private:
    void place();

    QSize m_wanted;
    QSize m_least;
};

} // namespace Stampdeck
