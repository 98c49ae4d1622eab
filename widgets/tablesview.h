// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "carrycontroller.h"
#include "controls.h"
#include "deck.h"

#include "models/fleetquery.h"
#include "models/tenantmodel.h"

#include <QtWidgets/QTableView>

class QStackedLayout;

namespace Stampdeck {

class AuditModel;
class OperationModel;

/// A table of the look: rows of 28, numbers at the right, sorted by the person only. Remembers what
/// is selected by id, so that nothing loses it while rows come and go.
class Table final : public QTableView
{
    Q_OBJECT
public:
    explicit Table(const QString &name, QWidget *parent = nullptr);
    void setModel(QAbstractItemModel *model) override;
    /// The role that names a row; selection is kept by it over a reset of the model.
    void setIdRole(int role) { m_idRole = role; }
    /// The ids of the selected rows, in the order of the rows.
    [[nodiscard]] QStringList selectedIds() const;
    /// Shown in the middle while there is no row.
    void setEmptyText(const QString &text);
    /// A column whose cells get a mark in front: the tier.
    void setTierColumn(int column) { m_tierColumn = column; }

Q_SIGNALS:
    void rowActivated(const QModelIndex &index);
    void cutRequested();
    /// These rows hang on the pointer, until dragEnded().
    void dragStarted(const QStringList &ids);
    void dragEnded();

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void startDrag(Qt::DropActions actions) override;

private:
    class Delegate;
    int m_idRole = Qt::UserRole + 1;
    int m_tierColumn = -1;
    QString m_emptyText;
    QStringList m_kept;
};

/// Every tenant, or those of one stamp: search, sort, select, drag, cut.
class TenantsView final : public Surface
{
    Q_OBJECT
public:
    TenantsView(Deck &deck, CarryController &carry, QWidget *parent = nullptr);
    /// Those that the search and the stamp (empty: all) leave.
    void setQuery(const Query &query);
    void setStamp(const QString &id);
    [[nodiscard]] TenantModel &model() { return *m_model; }
    [[nodiscard]] Table *table() const { return m_table; }
    void cut();
    /// Without a head of its own: inside the stamp panel.
    void setCompact(bool compact);

Q_SIGNALS:
    void stampActivated(const QString &id);

private:
    void applyFilter();
    void updateHead();
    Deck &m_deck;
    CarryController &m_carry;
    Query m_query;
    QString m_stamp;
    TenantModel *m_model;
    Table *m_table;
    QWidget *m_headRow;
    TextLine *m_count;
    Button *m_move;
};

/// Operations, the newest first, with the steps of the selected one.
class OperationsView final : public Surface
{
    Q_OBJECT
public:
    explicit OperationsView(Deck &deck, QWidget *parent = nullptr);
    /// Only those that name this stamp; empty: all.
    void setStamp(const QString &id);

Q_SIGNALS:
    void verbRequested(const QString &operation, Stampdeck::OperationVerb verb);

private:
    class Steps;
    void updateDetail();
    void applyStamp();
    Deck &m_deck;
    QString m_stamp;
    OperationModel *m_model;
    Table *m_table;
    Steps *m_steps;
    Surface *m_foot;
    QList<Button *> m_verbs;
};

/// The audit trail and whether its chain holds.
class AuditView final : public Surface
{
    Q_OBJECT
public:
    explicit AuditView(AuditModel &model, QWidget *parent = nullptr);
    /// Only entries about this stamp; empty: all.
    void setStamp(const QString &name);

private:
    void updateChain();
    void applyStamp();
    AuditModel &m_model;
    QString m_stamp;
    Table *m_table;
    TextLine *m_chain;
    Button *m_verify;
};

/// A sentence in the middle of an empty view.
class CalmView final : public Surface
{
    Q_OBJECT
public:
    CalmView(const QString &icon, const QString &head, const QString &line,
             QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_icon;
    QString m_head;
    QString m_line;
};

} // namespace Stampdeck
