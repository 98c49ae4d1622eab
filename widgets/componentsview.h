// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "controls.h"
#include "deck.h"

#include "models/forecast.h"

#include <QtWidgets/QDialog>

class QVBoxLayout;

namespace Stampdeck {

/// What somebody wants to be other than it is, step by step, before a plan: components and limits of
/// one stamp. Pure.
class ScaleDraft
{
public:
    [[nodiscard]] const ScaleSetting &setting() const { return m_setting; }
    [[nodiscard]] bool isEmpty() const { return m_setting.isEmpty(); }
    void clear() { m_setting = {}; }

    /// A value that is what \a stamp has already is no change.
    void setReplicas(const Stamp &stamp, const QString &component, int replicas);
    void setLimit(const Stamp &stamp, ResourceKind kind, double limit);
    void setRule(const Stamp &stamp, const QString &component,
                 const std::optional<RuleSetting> &rule);

    /// Takes out what \a stamp has by now.
    void dropReached(const Stamp &stamp);

    /// What \a component would have: drafted, else as it is.
    [[nodiscard]] int replicas(const Component &component) const;
    [[nodiscard]] std::optional<double> limit(const Stamp &stamp, ResourceKind kind) const;
    /// "api 5 to 8, cpu 48 to 64 cores".
    [[nodiscard]] QString summary(const Stamp &stamp) const;

private:
    ScaleSetting m_setting;
};

/// A number between two bounds with − and + beside it: 100 × 28. Arrow keys work.
class Stepper final : public QWidget
{
    Q_OBJECT
public:
    explicit Stepper(const QString &name, QWidget *parent = nullptr);
    void setBounds(double least, double most, double step);
    void setValue(double value, const QString &words);
    [[nodiscard]] double value() const { return m_value; }
    void setChanged(bool changed); ///< Drawn with the frame of a selection.

Q_SIGNALS:
    void valueWanted(double value);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;

private:
    void want(double value);
    double m_value = 0;
    double m_least = 0;
    double m_most = 0;
    double m_step = 1;
    QString m_words;
    bool m_changed = false;
};

/// Asks for the scaling rule of one component: signal, target, bounds, cooldown.
class RuleDialog final : public QDialog
{
    Q_OBJECT
public:
    RuleDialog(const Component &component, QWidget *parent = nullptr);
    /// Nothing: no rule.
    [[nodiscard]] std::optional<RuleSetting> rule() const { return m_rule; }

private:
    std::optional<RuleSetting> m_rule;
};

/// The components of a stamp with what may be changed, and its limits; changes are collected, and a
/// bar below them offers the plan.
class ComponentsView final : public QWidget
{
    Q_OBJECT
public:
    explicit ComponentsView(Deck &deck, QWidget *parent = nullptr);

    void setStamp(const QString &id);
    /// Takes what the stamp is now; keeps what was drafted.
    void refresh();
    [[nodiscard]] const ScaleDraft &draft() const { return m_draft; }
    void discard();

Q_SIGNALS:
    void planRequested(const Stampdeck::ActionRequest &request);

private:
    class Row;
    void rebuild(const StampEntry &entry, const SourceState &source);
    void updateBar(const Stamp &stamp);

    Deck &m_deck;
    QString m_stamp;
    QString m_shape; // what rebuild() was made for
    ScaleDraft m_draft;
    QVBoxLayout *m_rows;
    QList<Row *> m_components;
    QList<std::pair<ResourceKind, Stepper *>> m_limits;
    TextLine *m_note;
    Surface *m_bar;
    TextLine *m_sum;
};

/// Limit, reserved and used of each resource.
class CapacityView final : public QWidget
{
    Q_OBJECT
public:
    explicit CapacityView(QWidget *parent = nullptr);
    /// \a outlooks: when what is used reaches which limit, as far as that is known.
    void show(const StampEntry &entry, const SourceState &source, const Outlooks &outlooks = {});

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    static QString amountsOf(ResourceKind kind, const Resource &resource, bool isWhole);
    Resources m_resources;
    QMap<ResourceKind, Outlook> m_outlooks;
    int m_owned = 0;
    double m_gate = 0.85;
};

} // namespace Stampdeck
