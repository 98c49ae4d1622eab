// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deck.h"
#include "framedialog.h"

class QAbstractButton;
class QButtonGroup;
class QComboBox;
class QLineEdit;
class QStackedWidget;
class QVBoxLayout;

namespace Stampdeck {

class Button;
class ParameterRow;
class StepStrip;
class TextLine;

/// Asks for a new stamp in three steps: source and template, the template's parameters, region and
/// name. What is wrong is said where it stands, by the same check that a plan and a server make.
///
/// Changes nothing: it ends with planRequested(), and whoever shows the plan may show it again with
/// all that was filled in. GUI thread; deletes itself when it is rejected.
class CreateWizard final : public FrameDialog
{
    Q_OBJECT
public:
    /// \a region is where one would like it; empty: wherever.
    CreateWizard(Deck &deck, const QString &region, QWidget *parent = nullptr);
    ~CreateWizard() override;

    /// What is filled in so far; parameters that are as the template has them are left out.
    [[nodiscard]] ActionRequest request() const;
    [[nodiscard]] int page() const;

Q_SIGNALS:
    void planRequested(const Stampdeck::ActionRequest &request);

protected:
    void paintContent(QPainter &painter) override;
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    void buildTemplatePage();
    void buildParameterPage();
    void buildPlacePage();
    void fillSources();
    void fillTemplates();
    void fillParameters();
    void fillRegions();
    void suggestName();
    void lookAgain();
    void showPage(int page);
    void back();
    void next();
    void check();
    [[nodiscard]] const SourceState *source() const;
    [[nodiscard]] const Template *chosen() const;

    Deck &m_deck;
    QList<Template> m_templates; // those that are shown
    QString m_known; // why none is
    QString m_region; // where one would like it
    QString m_parametersOf; // source and template whose parameters are shown
    bool m_ownName = false; // typed, not suggested

    TextLine *m_head;
    TextLine *m_sub;
    StepStrip *m_steps;
    QStackedWidget *m_pages;
    QWidget *m_foot;
    TextLine *m_why;
    Button *m_back;
    Button *m_next;

    QComboBox *m_source = nullptr;
    QVBoxLayout *m_cards = nullptr;
    QButtonGroup *m_group = nullptr;
    QVBoxLayout *m_form = nullptr;
    QList<ParameterRow *> m_rows;
    QComboBox *m_regions = nullptr;
    TextLine *m_regionSays = nullptr;
    QLineEdit *m_name = nullptr;
    TextLine *m_nameSays = nullptr;
    QVBoxLayout *m_summary = nullptr;
};

} // namespace Stampdeck
