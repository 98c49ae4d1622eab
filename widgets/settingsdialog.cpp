// SPDX-License-Identifier: GPL-3.0-or-later
#include "settingsdialog.h"

#include "controls.h"
#include "segmentedcontrol.h"

#include "models/units.h"

#include "backends/api/whendone.h"

#include <QtCore/QCoreApplication>
#include <QtGui/QKeyEvent>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QGridLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QSpinBox>
#include <QtWidgets/QVBoxLayout>

#include <cmath>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr int controlHeight = 28;
constexpr int textStep = 5; ///< Percent.
constexpr int leastRowsHeight = 440; ///< The rest of the dialog fits a window of 700.

QString tr(const char *text)
{
    return SettingsDialog::tr(text);
}

QString nameOf(const QString &key)
{
    static const QHash<QString, const char *> names = {
        {u"theme"_s, QT_TRANSLATE_NOOP("Stampdeck::SettingsDialog", "Theme")},
        {u"contrast"_s, QT_TRANSLATE_NOOP("Stampdeck::SettingsDialog", "Contrast")},
        {u"textSize"_s, QT_TRANSLATE_NOOP("Stampdeck::SettingsDialog", "Text size")},
        {u"motion"_s, QT_TRANSLATE_NOOP("Stampdeck::SettingsDialog", "Motion")},
        {u"times"_s, QT_TRANSLATE_NOOP("Stampdeck::SettingsDialog", "Times")},
        {u"language"_s, QT_TRANSLATE_NOOP("Stampdeck::SettingsDialog", "Language")},
        {u"noticeTime"_s, QT_TRANSLATE_NOOP("Stampdeck::SettingsDialog", "Notices")},
        {u"wallTime"_s, QT_TRANSLATE_NOOP("Stampdeck::SettingsDialog", "Wall")},
        {u"notify"_s, QT_TRANSLATE_NOOP("Stampdeck::SettingsDialog", "Notify from")},
        {u"notifyAgain"_s, QT_TRANSLATE_NOOP("Stampdeck::SettingsDialog", "Notify again")},
        {u"notifySound"_s, QT_TRANSLATE_NOOP("Stampdeck::SettingsDialog", "Sound")},
        {u"quietHours"_s, QT_TRANSLATE_NOOP("Stampdeck::SettingsDialog", "Quiet hours")},
    };
    const char *name = names.value(key);
    return name ? tr(name) : key;
}

QString wordOf(const QString &choice)
{
    static const QHash<QString, const char *> words = {
        {u"system"_s, QT_TRANSLATE_NOOP("Stampdeck::SettingsDialog", "As the desktop")},
        {u"dark"_s, QT_TRANSLATE_NOOP("Stampdeck::SettingsDialog", "Dark")},
        {u"light"_s, QT_TRANSLATE_NOOP("Stampdeck::SettingsDialog", "Light")},
        {u"normal"_s, QT_TRANSLATE_NOOP("Stampdeck::SettingsDialog", "Normal")},
        {u"high"_s, QT_TRANSLATE_NOOP("Stampdeck::SettingsDialog", "High")},
        {u"full"_s, QT_TRANSLATE_NOOP("Stampdeck::SettingsDialog", "Full")},
        {u"reduced"_s, QT_TRANSLATE_NOOP("Stampdeck::SettingsDialog", "Reduced")},
        {u"utc"_s, QT_TRANSLATE_NOOP("Stampdeck::SettingsDialog", "UTC")},
        {u"local"_s, QT_TRANSLATE_NOOP("Stampdeck::SettingsDialog", "Local")},
        {u"warning"_s, QT_TRANSLATE_NOOP("Stampdeck::SettingsDialog", "Warning")},
        {u"critical"_s, QT_TRANSLATE_NOOP("Stampdeck::SettingsDialog", "Critical")},
        {u"info"_s, QT_TRANSLATE_NOOP("Stampdeck::SettingsDialog", "Info")},
        {u"nothing"_s, QT_TRANSLATE_NOOP("Stampdeck::SettingsDialog", "Nothing")},
        {u"on"_s, QT_TRANSLATE_NOOP("Stampdeck::SettingsDialog", "On")},
        {u"off"_s, QT_TRANSLATE_NOOP("Stampdeck::SettingsDialog", "Off")},
    };
    const char *word = words.value(choice);
    return word ? tr(word) : choice;
}

QSpinBox *makeSpin(int value, int least, int most, int step, const QString &suffix)
{
    auto *spin = new QSpinBox;
    spin->setRange(least, most);
    spin->setSingleStep(step);
    spin->setSuffix(suffix);
    spin->setValue(value);
    spin->setFixedSize(110, controlHeight);
    spin->setKeyboardTracking(false); // a half typed number is none
    return spin;
}

} // namespace

SettingsDialog::SettingsDialog(const SettingsAccess &access, QWidget *parent)
    : FrameDialog(u"settingsDialog"_s, tr("Settings"), parent)
    , m_access(access)
    , m_now(access.settings)
    , m_rows(new QGridLayout)
    , m_words(new TextLine({}, {Text::Face::Ui, 12, 400}, Token::TextSecondary))
    , m_ok(new Button(Button::Kind::Primary, tr("OK"), u"check-lg"_s))
{
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(24, 20, 24, 16);
    all->setSpacing(16);
    auto *head = new QHBoxLayout;
    head->setSpacing(12);
    head->addWidget(new TextLine(tr("Settings"), Text::dialogTitle));
    head->addWidget(new TextLine(m_access.file, {Text::Face::Ui, 12, 400}, Token::TextTertiary), 1);
    all->addLayout(head);

    m_rows->setHorizontalSpacing(20);
    m_rows->setVerticalSpacing(2);
    m_rows->setColumnStretch(0, 1);
    // More than a small window has room for.
    auto *sheet = new QWidget;
    sheet->setLayout(m_rows);
    m_rows->setContentsMargins(0, 0, 12, 0);
    auto *scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(tr("Settings"));
    scroll->setWidget(sheet);
    scroll->viewport()->setAutoFillBackground(false);
    sheet->setAutoFillBackground(false);
    all->addWidget(scroll, 1);
    for (const AdapterKey &key : WindowSettings::keys())
        addRow(key);
    if (!m_access.views.isEmpty())
        addViews();
    scroll->setMinimumHeight(std::min(sheet->sizeHint().height(), leastRowsHeight));
    m_words->setObjectName(u"settingsWords"_s);
    all->addWidget(m_words);

    auto *foot = new QHBoxLayout;
    foot->setSpacing(8);
    const auto away = [this, foot](const QString &name, const QString &text, const QString &icon,
                                   void (SettingsDialog::*next)()) {
        auto *button = new Button(Button::Kind::Plain, text, icon);
        button->setObjectName(name);
        button->setTall(true);
        foot->addWidget(button);
        connect(button, &Button::clicked, this, [this, next] { leaveFor(next); });
    };
    away(u"settingsSources"_s, tr("Sources…"), u"server"_s, &SettingsDialog::sourcesWanted);
    away(u"settingsKeys"_s, tr("Keys…"), u"keyboard"_s, &SettingsDialog::keysWanted);
    away(u"settingsFile"_s, tr("Edit fleet.yaml"), u"file-text"_s, &SettingsDialog::fileWanted);
    foot->addStretch(1);
    auto *cancel = new Button(Button::Kind::Plain, tr("Cancel"));
    cancel->setObjectName(u"settingsCancel"_s);
    m_ok->setObjectName(u"settingsOk"_s);
    for (Button *button : {cancel, m_ok}) {
        button->setTall(true);
        foot->addWidget(button);
    }
    all->addLayout(foot);
    connect(cancel, &Button::clicked, this, &SettingsDialog::reject);
    connect(m_ok, &Button::clicked, this, &SettingsDialog::accept);
    placeOverWindow(sizeHint().expandedTo({820, 0}));
}

void SettingsDialog::addRowOf(const QString &name, const QString &sentence, QWidget *control,
                              QWidget *before)
{
    const int row = m_rows->rowCount();
    auto *words = new QVBoxLayout;
    words->setContentsMargins(0, 6, 0, 6);
    words->setSpacing(2);
    words->addWidget(new TextLine(name, {Text::Face::Ui, 13, 600}));
    words->addWidget(new TextLine(sentence, {Text::Face::Ui, 12, 400}, Token::TextSecondary));
    m_rows->addLayout(words, row, 0);
    auto *controls = new QHBoxLayout;
    controls->setSpacing(8);
    controls->addStretch(1);
    if (before)
        controls->addWidget(before);
    controls->addWidget(control);
    m_rows->addLayout(controls, row, 1);
    control->setAccessibleName(name);
    if (auto *box = qobject_cast<QComboBox *>(control); box && box->isEditable())
        box->lineEdit()->setAccessibleName(name); // it has the focus
    control->setAccessibleDescription(sentence);
}

void SettingsDialog::addRow(const AdapterKey &key)
{
    const QString name = key.name;
    QWidget *control = nullptr;
    if (!key.choices.isEmpty()) {
        auto *choices = new SegmentedControl;
        for (const QString &choice : key.choices)
            choices->addSegment(wordOf(choice));
        choices->setCurrent(int(key.choices.indexOf(m_now.written(name))));
        connect(choices, &SegmentedControl::currentChanged, this,
                [this, name, words = key.choices](int at) { choose(name, words.value(at)); });
        control = choices;
    } else if (key.type == KeyType::Ratio) {
        auto *size = makeSpin(int(std::lround(m_now.textSize * 100)),
                              int(std::lround(key.min.value_or(0) * 100)),
                              int(std::lround(key.max.value_or(1) * 100)), textStep, u' ' + tr("%", "unit"));
        connect(size, &QSpinBox::valueChanged, this, [this, name](int percent) {
            choose(name, QString::number(percent) + u'%');
        });
        control = size;
    } else if (key.type == KeyType::Duration) {
        const auto time = durationFromString(m_now.written(name)).value_or(std::chrono::milliseconds(0));
        auto *seconds = makeSpin(int(time.count() / 1000), int(key.min.value_or(0) / 1000),
                                 int(key.max.value_or(0) / 1000), 1, u' ' + tr("s", "unit"));
        connect(seconds, &QSpinBox::valueChanged, this, [this, name](int value) {
            choose(name, QString::number(value) + u's');
        });
        control = seconds;
    } else if (name == u"quietHours") {
        auto *hours = new QLineEdit(m_now.written(name));
        hours->setFixedSize(160, controlHeight);
        connect(hours, &QLineEdit::textChanged, this, [this, name](const QString &text) {
            const QString word = text.trimmed();
            m_fault = CallSettings::areHours(word)
                ? QString()
                : tr("Quiet hours are two times of the day, such as 22:00-07:00, or off.");
            choose(name, m_fault.isEmpty() ? word : m_now.written(name));
        });
        control = hours;
    } else {
        auto *language = new QComboBox;
        language->setEditable(true);
        language->setInsertPolicy(QComboBox::NoInsert);
        language->addItem(wordOf(u"system"_s), u"system"_s);
        for (const QString &locale : m_access.languages)
            language->addItem(locale, locale);
        const QString now = m_now.written(name);
        const int at = language->findData(now);
        if (at >= 0)
            language->setCurrentIndex(at);
        else
            language->setEditText(now);
        language->setFixedSize(240, controlHeight);
        connect(language, &QComboBox::currentTextChanged, this,
                [this, name, language](const QString &text) {
                    const int is = language->findText(text);
                    const QString word = is >= 0 ? language->itemData(is).toString()
                                                 : text.trimmed();
                    m_fault = WindowSettings::isLanguage(word)
                        ? QString()
                        : tr("A language is the name of a locale, such as de_DE.");
                    choose(name, m_fault.isEmpty() ? word : m_now.written(name));
                });
        control = language;
    }
    control->setObjectName(u"setting "_s + name);
    addRowOf(nameOf(name), QCoreApplication::translate("WindowSettings", key.help.toUtf8().constData()),
             control, name == u"notifySound" && m_access.trySound ? makeTry() : nullptr);
}

// Whether a call can be heard is better known before one comes.
Button *SettingsDialog::makeTry()
{
    auto *play = new Button(Button::Kind::Plain, tr("Try it"), u"play"_s);
    play->setObjectName(u"trySound"_s);
    play->setAccessibleDescription(tr("Plays the sound of a call"));
    connect(play, &Button::clicked, this, [this, play] {
        play->setEnabled(false);
        whenDone(m_access.trySound(), this, [this, play](const Result<void> &played) {
            play->setEnabled(true);
            m_words->setText(played ? tr("It was played. If you heard nothing, look at the volume.")
                                    : tr("Nothing can be played: %1").arg(played.error().message));
            m_words->setToken(played ? Token::TextSecondary : Token::DegradedText);
        });
    });
    return play;
}

void SettingsDialog::addViews()
{
    auto *both = new QWidget;
    auto *line = new QHBoxLayout(both);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(8);
    auto *views = new QComboBox;
    views->setObjectName(u"savedViews"_s);
    views->addItems(m_access.views);
    views->setFixedSize(160, controlHeight);
    views->setAccessibleName(tr("Saved views"));
    auto *forget = new Button(Button::Kind::Plain, tr("Forget"), u"trash"_s);
    forget->setObjectName(u"forgetView"_s);
    line->addWidget(views);
    line->addWidget(forget);
    connect(forget, &Button::clicked, this, [this, views, forget] {
        m_forgotten.append(views->currentText());
        views->removeItem(views->currentIndex());
        forget->setEnabled(views->count() > 0);
    });
    addRowOf(tr("Saved views"), tr("Ctrl+K opens one; what is forgotten here goes with OK"), both);
}

void SettingsDialog::choose(const QString &key, const QString &written)
{
    m_now.set(key, written);
    const bool isForLater = m_now.textSize != m_access.settings.textSize
        || m_now.language != m_access.settings.language;
    m_words->setText(!m_fault.isEmpty() ? m_fault
                         : isForLater
                         ? tr("Text size and language are taken when Stampdeck is opened again.")
                         : QString());
    m_words->setToken(m_fault.isEmpty() ? Token::TextSecondary : Token::DegradedText);
    m_ok->setEnabled(m_fault.isEmpty());
    if (m_access.preview)
        m_access.preview(m_now);
}

bool SettingsDialog::keep()
{
    if (!m_fault.isEmpty())
        return false;
    const Result<void> saved = m_now == m_access.settings || !m_access.save
        ? Result<void>()
        : m_access.save(m_now);
    if (!saved) {
        m_words->setText(tr("Not written: %1").arg(saved.error().message));
        m_words->setToolTip(m_words->text());
        m_words->setToken(Token::DegradedText);
        return false;
    }
    m_kept = true;
    for (const QString &view : std::as_const(m_forgotten))
        Q_EMIT viewForgotten(view);
    return true;
}

void SettingsDialog::leaveFor(void (SettingsDialog::*next)())
{
    if (!keep())
        return;
    FrameDialog::accept(); // deletes itself later
    Q_EMIT(this->*next)();
}

void SettingsDialog::keyPressEvent(QKeyEvent *event)
{
    // Our buttons are none of Qt's dialog buttons, one of which would be the default.
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        accept();
    else
        FrameDialog::keyPressEvent(event);
}

void SettingsDialog::accept()
{
    if (keep())
        FrameDialog::accept();
}

void SettingsDialog::reject()
{
    if (!m_kept && m_now != m_access.settings && m_access.preview)
        m_access.preview(m_access.settings);
    FrameDialog::reject();
}

} // namespace Stampdeck
