// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "framedialog.h"

#include "models/windowsettings.h"

#include "backends/api/result.h"

#include <functional>

class QGridLayout;

namespace Stampdeck {

class Button;
class TextLine;

/// What the dialog of settings may do; given by the program, which alone touches file and window.
struct SettingsAccess
{
    WindowSettings settings; ///< As they are now.
    QString file; ///< Where they are kept; shown. Empty: nowhere.
    QStringList languages; ///< Locales that there are words of.
    QStringList views; ///< Saved ones, which can be forgotten here.
    std::function<void(const WindowSettings &)> preview; ///< Look so, keep nothing.
    std::function<Result<void>(const WindowSettings &)> save;
    /// Plays the sound of a call; null where nobody is called.
    std::function<FutureResult<void>()> trySound;
};

/// Everything a person can set about the window, each with its sentence. What is chosen is seen at
/// once; Cancel takes it back, OK writes it into fleet.yaml. Deletes itself; GUI thread.
class SettingsDialog final : public FrameDialog
{
    Q_OBJECT
public:
    SettingsDialog(const SettingsAccess &access, QWidget *parent);

    [[nodiscard]] const WindowSettings &settings() const { return m_now; }

    void accept() override;
    void reject() override;

protected:
    void keyPressEvent(QKeyEvent *event) override;

Q_SIGNALS:
    /// After what was chosen has been kept.
    void sourcesWanted();
    void keysWanted();
    void fileWanted();
    void viewForgotten(const QString &name);

private:
    void addRow(const AdapterKey &key);
    void addViews();
    [[nodiscard]] Button *makeTry();
    void addRowOf(const QString &name, const QString &sentence, QWidget *control,
                  QWidget *before = nullptr);
    void choose(const QString &key, const QString &written);
    [[nodiscard]] bool keep();
    void leaveFor(void (SettingsDialog::*next)());

    const SettingsAccess m_access;
    WindowSettings m_now;
    QStringList m_forgotten;
    QString m_fault; ///< Of what is typed.
    bool m_kept = false;
    QGridLayout *m_rows;
    TextLine *m_words;
    Button *m_ok;
};

} // namespace Stampdeck
