// SPDX-License-Identifier: GPL-3.0-or-later
#include "closingdialog.h"

#include "widgets/controls.h"
#include "widgets/guard.h"

#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QSystemTrayIcon>
#include <QtWidgets/QVBoxLayout>

using namespace Qt::StringLiterals;

namespace Stampdeck {

ClosingDialog::ClosingDialog(const Deck &deck, const QSet<QString> &running, QWidget *window)
    : FrameDialog(u"closing"_s, tr("Operations are running"), window)
{
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(24, 20, 24, 16);
    all->setSpacing(12);
    const int count = int(running.size());
    all->addWidget(new TextLine(tr("%Ln operation(s) still run", nullptr, count),
                                {Text::Face::Display, 20, 700}));
    all->addWidget(new TextLine(tr("They run in this program, so they stop with it. No tenant is "
                                   "left unserved either way."),
                                {Text::Face::Ui, 13, 400}, Token::TextSecondary));
    auto *foot = new QHBoxLayout;
    foot->setSpacing(8);
    foot->addStretch(1);
    auto *cancel = new Button(Button::Kind::Plain, tr("Cancel"));
    auto *rollBack =
        new Button(Button::Kind::Plain, tr("Roll back and close"), u"arrow-counterclockwise"_s);
    rollBack->setObjectName(u"rollBackAndClose"_s);
    // Each asks for its own name: that is done one by one.
    for (const QString &operation : running) {
        if (!Guard::productionOf(deck, operation).source.isEmpty()) {
            rollBack->setEnabled(false);
            rollBack->setToolTip(tr("Production asks for a name and a reason: pause, and roll back "
                                    "from the list of operations"));
        }
    }
    auto *pause = new Button(Button::Kind::Primary, tr("Pause and close"), u"pause"_s);
    pause->setObjectName(u"pauseAndClose"_s);
    auto *keep = new Button(Button::Kind::Plain, tr("Keep in the tray"), u"dash-lg"_s);
    keep->setObjectName(u"keepInTray"_s);
    keep->setVisible(QSystemTrayIcon::isSystemTrayAvailable());
    for (Button *button : {cancel, keep, rollBack, pause}) {
        button->setTall(true);
        foot->addWidget(button);
    }
    all->addLayout(foot);
    connect(keep, &Button::clicked, this, [this] {
        accept();
        Q_EMIT keepChosen();
    });
    connect(cancel, &Button::clicked, this, &QDialog::reject);
    for (const auto &[button, rollsBack] : {std::pair(rollBack, true), std::pair(pause, false)}) {
        connect(button, &Button::clicked, this, [this, rollsBack = rollsBack] {
            accept();
            Q_EMIT endChosen(rollsBack);
        });
    }
}

} // namespace Stampdeck
