// SPDX-License-Identifier: GPL-3.0-or-later
#include "namedialog.h"

#include "controls.h"

#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QVBoxLayout>

using namespace Qt::StringLiterals;

namespace Stampdeck {

NameDialog::NameDialog(const QString &title, const QString &line, const QStringList &taken,
                       QWidget *parent)
    : FrameDialog(u"name"_s, title, parent)
    , m_line(line)
    , m_taken(taken)
    , m_words(new TextLine(line, {Text::Face::Ui, 12, 400}, Token::TextSecondary))
    , m_name(new QLineEdit)
    , m_save(new Button(Button::Kind::Primary, tr("Save"), u"check-lg"_s))
{
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(24, 20, 24, 16);
    all->setSpacing(12);
    all->addWidget(new TextLine(title, Text::dialogTitle));
    m_name->setObjectName(u"viewName"_s);
    m_name->setAccessibleName(tr("Name"));
    m_name->setPlaceholderText(tr("A name, as: trouble in Europe"));
    m_name->setMaxLength(60);
    m_name->setFixedHeight(32);
    m_name->setMinimumWidth(520);
    all->addWidget(m_name);
    m_words->setObjectName(u"nameWords"_s);
    all->addWidget(m_words);
    auto *foot = new QHBoxLayout;
    foot->setSpacing(8);
    foot->addStretch(1);
    auto *cancel = new Button(Button::Kind::Plain, tr("Cancel"));
    m_save->setObjectName(u"saveName"_s);
    for (Button *button : {cancel, m_save}) {
        button->setTall(true);
        foot->addWidget(button);
    }
    all->addLayout(foot);
    connect(cancel, &Button::clicked, this, &QDialog::reject);
    const auto save = [this] {
        const QString name = m_name->text().simplified();
        if (name.isEmpty())
            return;
        accept();
        Q_EMIT chosen(name);
    };
    connect(m_save, &Button::clicked, this, save);
    connect(m_name, &QLineEdit::returnPressed, this, save);
    connect(m_name, &QLineEdit::textChanged, this, &NameDialog::refresh);
    refresh();
    m_name->setFocus();
    placeOverWindow(sizeHint());
}

void NameDialog::refresh()
{
    const QString name = m_name->text().simplified();
    const bool isTaken = m_taken.contains(name);
    m_words->setText(isTaken ? tr("Replaces what is kept as %1.").arg(name) : m_line);
    m_words->setToken(isTaken ? Token::DegradedText : Token::TextSecondary);
    m_save->setEnabled(!name.isEmpty());
}

} // namespace Stampdeck
