// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "controls.h"
#include "deck.h"
#include "outcome.h"

#include "models/operationwords.h"

#include <chrono>

class QVBoxLayout;

namespace Stampdeck {

class OperationRow;

/// What one may ask of an operation as it stands.
[[nodiscard]] QList<OperationVerb> verbsOf(const Operation &operation);

/// Its target or one of its steps names the stamp of that id.
[[nodiscard]] bool isAbout(const Operation &operation, const QString &stamp);

/// Running and just finished operations above the status bar: 142 open, 36 closed, up to 320.
class OperationsDrawer final : public Surface
{
    Q_OBJECT
public:
    static constexpr int closedHeight = 36;
    static constexpr int openHeight = 142;
    static constexpr int maxHeight = 320;
    static constexpr int rowHeight = 46;

    OperationsDrawer(Deck &deck, QWidget *parent = nullptr);

    [[nodiscard]] bool isOpen() const { return m_open; }
    void setOpen(bool open);
    void takeFocus(); ///< From a button that goes.
    /// How high it wants to be: open, with all of its rows, up to maxHeight.
    [[nodiscard]] int wantedHeight() const;
    /// Operations that an earlier process left behind: they stand first, in amber.
    void setCutOff(const QStringList &operations);
    /// Asks \a verb of \a operation, and gives the answer; failures are shown in its row as well.
    FutureResult<OperationPtr> ask(const QString &operation, OperationVerb verb);
    /// Pauses everything that runs, here and elsewhere; what could not be is told in its row.
    void pauseAll();

Q_SIGNALS:
    void heightChanged();
    /// A person wants this of it; the window decides what is asked before (production).
    void verbRequested(const QString &operation, Stampdeck::OperationVerb verb);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;

private:
    void refresh();
    Deck &m_deck;
    bool m_open = false;
    QStringList m_cutOff;
    [[nodiscard]] QString whyNot(const Operation &operation) const;
    QHash<QString, OperationRow *> m_rows;
    QHash<QString, QString> m_complaints; // operation to why a verb failed
    QStringList m_order;
    QWidget *m_area = nullptr; // scrolls m_list; hidden while closed
    QWidget *m_list;
    QVBoxLayout *m_layout;
    TextLine *m_title;
    TextLine *m_summary;
    Button *m_toggle;
};

/// What was just done and its undo, for five seconds: 420 × 64.
class UndoToast final : public QWidget
{
    Q_OBJECT
public:
    explicit UndoToast(QWidget *parent = nullptr);
    static constexpr QSize boxSize{420, 64}; ///< Without its shadow.
    static constexpr int margin = 16; ///< To the drawer, and to the panel.
    static constexpr std::chrono::seconds life{5}; ///< Unless a person wants another time.
    /// How long it stays.
    void setTime(std::chrono::milliseconds time);
    /// Takes the place of what it showed before. What is longer than two lines is in its tool tip whole.
    void show(const QString &what, const QString &operation, Outcome outcome = Outcome::Done);
    [[nodiscard]] Outcome outcome() const { return m_outcome; }
    [[nodiscard]] const QString &operation() const { return m_operation; }

Q_SIGNALS:
    void undoPressed(const QString &operation);

protected:
    void paintEvent(QPaintEvent *event) override;
    void timerEvent(QTimerEvent *event) override;

private:
    int m_life = int(std::chrono::milliseconds(life).count());
    QString m_what;
    QString m_operation;
    Outcome m_outcome = Outcome::Done;
    int m_left = 0; // milliseconds
    int m_timer = 0;
    Button *m_undo;
};

} // namespace Stampdeck
