// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "controls.h"

#include "models/planner.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QSet>

/// What the dialog of a plan is put together from (look.md, section 8). GUI thread; each belongs to its
/// parent.
namespace Stampdeck {

/// What is done, line by line: tenants that move, or settings that change.
class StepTable final : public QWidget
{
    Q_DECLARE_TR_FUNCTIONS(Stampdeck::StepTable)

public:
    using QWidget::QWidget;

    void show(const Plan &plan, const FleetVersion &version);
    void flash(const QSet<QString> &tenants);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    struct Setting
    {
        QString name, from, to;
    };
    [[nodiscard]] bool hasHead() const;
    [[nodiscard]] static QList<Setting> settingsOf(const ScaleStamp &scale);

    struct Move
    {
        QString id;
        Tier tier;
        QString to;
        Demand demand;
        bool isMarked;
    };
    std::vector<Move> m_moves;
    QList<Setting> m_settings;
};

/// What the bars of LoadTable mean, at the right end of their head; what has no room is left out.
class LoadLegend final : public QWidget
{
    Q_DECLARE_TR_FUNCTIONS(Stampdeck::LoadTable)

public:
    explicit LoadLegend(std::optional<double> gate);

protected:
    void paintEvent(QPaintEvent *) override;

private:
    std::optional<double> m_gate;
};

/// Load before and after of each stamp that is touched.
class LoadTable final : public QWidget
{
    Q_DECLARE_TR_FUNCTIONS(Stampdeck::LoadTable)

public:
    using QWidget::QWidget;

    void show(const Plan &plan, const FleetVersion &version);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    struct Row
    {
        LoadChange load;
        Health health;
        double gate;
    };
    static QString tenantsLine(const Row &row);
    QString spoken() const;
    std::vector<Row> m_rows;
};

/// The numbers of the blast radius, side by side.
class BlastRow final : public QWidget
{
public:
    using QWidget::QWidget;
    QList<std::pair<QString, QString>> cells; // value and what it is

protected:
    void paintEvent(QPaintEvent *) override;
};

/// What a create makes and a delete takes away, line by line.
class FactList final : public QWidget
{
public:
    explicit FactList(const QList<std::pair<QString, QString>> &facts);
};

/// A numbered card: one part of what happens.
class StepCards final : public QWidget
{
public:
    using QWidget::QWidget;
    QList<std::pair<QString, QString>> cards;

protected:
    void paintEvent(QPaintEvent *) override;
};

/// Who is refused and why, in an amber frame, with what would mend it.
class RefusalBox final : public Surface
{
public:
    RefusalBox();

protected:
    void paintEvent(QPaintEvent *) override;
};

/// A sentence behind an icon that only repeats what it says.
class IconLine final : public QWidget
{
public:
    IconLine(const QString &icon, Token ink, const QString &text, Token words);

protected:
    void paintEvent(QPaintEvent *) override;

private:
    QString m_icon;
    Token m_ink;
};

} // namespace Stampdeck
