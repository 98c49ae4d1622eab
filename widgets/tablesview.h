// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "carrycontroller.h"
#include "controls.h"
#include "deck.h"
#include "table.h"

#include "models/fleetquery.h"
#include "models/stampmodel.h"
#include "models/tenantmodel.h"

class QStackedLayout;

namespace Stampdeck {

class AuditModel;
class OperationModel;

/// Every stamp, a row each: search, sort, select.
class StampsView final : public Surface
{
    Q_OBJECT
public:
    StampsView(Deck &deck, CarryController &carry, QWidget *parent = nullptr);
    void setQuery(const Query &query);
    /// Selects the row of a stamp and shows it; waits for it while the rows are being arranged.
    void select(const QString &id);
    [[nodiscard]] StampModel &model() { return *m_model; }
    [[nodiscard]] Table *table() const { return m_table; }

Q_SIGNALS:
    void stampsSelected(const QStringList &ids);
    void stampActivated(const QString &id);

private:
    void updateHead();
    void pickUp(const QStringList &stamps);
    [[nodiscard]] QStringList tenantsOn(const QStringList &stamps) const;
    void selectWanted();
    Deck &m_deck;
    CarryController &m_carry;
    Query m_query;
    QString m_wanted; // to be selected once it has a row
    StampModel *m_model;
    Table *m_table;
    TextLine *m_count;
};

/// What is said where \a query has no hit.
[[nodiscard]] QString noHitText(const Query &query);

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
    [[nodiscard]] Table *table() const { return m_table; }
    /// Without a head of its own: inside the stamp panel.
    void setCompact(bool compact) { m_headRow->setVisible(!compact); }
    [[nodiscard]] OperationPtr current() const; ///< The selected one; null for none.

Q_SIGNALS:
    void currentChanged();
    void verbRequested(const QString &operation, Stampdeck::OperationVerb verb);

private:
    class Steps;
    void updateHead();
    void updateDetail();
    void applyStamp();
    Deck &m_deck;
    QString m_stamp;
    OperationModel *m_model;
    Table *m_table;
    Surface *m_headRow;
    TextLine *m_count;
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
    [[nodiscard]] Table *table() const { return m_table; }

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
