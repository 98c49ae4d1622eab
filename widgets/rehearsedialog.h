// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "controls.h"
#include "framedialog.h"

#include "backends/api/adapter.h"

#include <functional>
#include <optional>

class QLineEdit;

namespace Stampdeck {

class SegmentedControl;

/// What somebody wants to practise on.
struct RehearsalWish
{
    QString scenario; ///< The name of one that ships, or a file; empty: a recorded stretch,
    Timestamp from; ///< from then
    Timestamp to; ///< until then.
    int speed = 1; ///< Simulated seconds in a second.

    friend bool operator==(const RehearsalWish &, const RehearsalWish &) = default;
};

/// Chooses what to practise on, and begins it in a window of its own. Deletes itself when it is closed.
/// GUI thread.
class RehearseDialog final : public FrameDialog
{
    Q_OBJECT
public:
    /// The scenarios that the simulator ships, in the order in which they are offered.
    static QStringList scenarios();
    static constexpr std::array<int, 4> speeds = {1, 4, 16, 60};

    /// Begins one; its error is shown, and the dialog stays. A dialog that is closed meanwhile cancels
    /// it: nothing may begin after that.
    using Begin = std::function<FutureResult<void>(const RehearsalWish &)>;
    /// \a from and \a to are the stretch that is offered; \a stretchFirst: it is what is chosen. What
    /// \a whyNoStretch says is why there is none; empty: there is one.
    RehearseDialog(Timestamp from, Timestamp to, bool stretchFirst, const QString &whyNoStretch,
                   Begin begin, QWidget *parent);
    ~RehearseDialog() override;

Q_SIGNALS:
    void told(const QString &text);

private:
    [[nodiscard]] bool isStretch() const;
    [[nodiscard]] bool isFile() const;
    [[nodiscard]] std::optional<RehearsalWish> wish() const;
    void refresh();
    void run();

    const Begin m_begin;
    const QString m_whyNoStretch;
    bool m_isRunning = false;
    FutureResult<void> m_beginning;
    SegmentedControl *m_what;
    TextLine *m_about;
    QWidget *m_fileRow;
    QLineEdit *m_file;
    QWidget *m_stretchRow;
    QLineEdit *m_from;
    QLineEdit *m_to;
    SegmentedControl *m_speed;
    TextLine *m_words;
    Button *m_run;
};

/// Over the whole width of a window that is a rehearsal, all the time: what is practised, and that it
/// is none of a real fleet. GUI thread.
class RehearsalBanner final : public Surface
{
    Q_OBJECT
public:
    static constexpr int bannerHeight = 28;

    /// \a name is the scenario's, or a file's.
    RehearsalBanner(const QString &name, QWidget *parent);
    [[nodiscard]] QString words() const;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_name;
};

} // namespace Stampdeck
