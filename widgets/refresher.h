// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>

#include <chrono>
#include <functional>

class QWidget;

namespace Stampdeck {

/// Has something worked out again whenever it may be different: one run at a time, with a pause
/// after each, and none while nobody sees the widget that shows it; what was asked for then is made
/// up for when it is seen again.
///
/// GUI thread; owned by that widget or a member of it.
class Refresher final : public QObject
{
    Q_OBJECT
public:
    /// \a run begins the work, off the GUI thread, and calls done() with the result in hand.
    Refresher(QWidget *shownBy, std::function<void()> run);

    void ask();
    /// The run has ended; the next one waits for \a pause.
    void done(std::chrono::milliseconds pause);

protected:
    bool eventFilter(QObject *object, QEvent *event) override;

private:
    [[nodiscard]] bool isUnseen() const;

    QWidget *m_shownBy;
    std::function<void()> m_run;
    bool m_isBusy = false; // it runs, or pauses
    bool m_isAsked = false;
};

} // namespace Stampdeck
