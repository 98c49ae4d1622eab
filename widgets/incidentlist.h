// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "controls.h"
#include "deck.h"

#include "models/incidents.h"

#include <QtCore/QAbstractListModel>

class QListView;

namespace Stampdeck {

class SegmentedControl;

/// The incidents of a book that are open, or those that are closed, in its order.
class IncidentListModel final : public QAbstractListModel
{
    Q_OBJECT
public:
    enum Role {
        IncidentRole = Qt::UserRole, ///< IncidentPtr.
        IdRole,
    };
    using QAbstractListModel::QAbstractListModel;

    void setBook(const IncidentBookPtr &book, bool closed);
    [[nodiscard]] IncidentPtr at(int row) const;
    [[nodiscard]] int rowOf(const QString &id) const; ///< -1 when it has none.
    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;

private:
    [[nodiscard]] const std::vector<IncidentPtr> &shown() const;
    IncidentBookPtr m_book;
    bool m_closed = false;
};

/// How an incident's severity is drawn: as the health of what it makes unwell.
[[nodiscard]] Health healthOf(Severity severity);
/// "silenced until 16:00", "acknowledged by ada", "not acknowledged"; and its icon.
[[nodiscard]] QString stateOf(const Incident &incident);
[[nodiscard]] QString stateIconOf(const Incident &incident);

/// The left of the incident view: what is open or closed, the worst first, and the silences that will
/// end soon. GUI thread.
class IncidentList final : public Surface
{
    Q_OBJECT
public:
    static constexpr int usualWidth = 300;
    static constexpr int rowHeight = 70;

    explicit IncidentList(Deck &deck, QWidget *parent = nullptr);

    [[nodiscard]] QString selected() const { return m_selected; }
    /// Selects one, open or closed; empty: none.
    void select(const QString &id);
    void selectNext(bool forward);
    [[nodiscard]] QListView *view() const { return m_view; }
    [[nodiscard]] bool showsClosed() const;
    void showClosed(bool closed);

Q_SIGNALS:
    void selectionChanged(const QString &id);
    void extendRequested(const QString &feed, const QString &silence,
                         Stampdeck::Timestamp endsAt);
    void silencesRequested();
    void handOverRequested();
    /// Of the row that was pointed at, which is selected by it.
    void menuRequested(const QPoint &at);

private:
    void refresh();
    void refreshSilences();
    void choose(int row);

    Deck &m_deck;
    IncidentListModel *m_model;
    QListView *m_view;
    SegmentedControl *m_which;
    QWidget *m_calmPart;
    TextLine *m_calm;
    TextLine *m_calmWhy;
    Surface *m_silences; // hidden while none runs out soon
    TextLine *m_silenceLine;
    TextLine *m_silenceWhat;
    Button *m_extend;
    Button *m_all;
    QString m_selected;
};

/// A silence that ends within this time is warned of.
inline constexpr std::chrono::minutes silenceWarning{30};

} // namespace Stampdeck

Q_DECLARE_METATYPE(Stampdeck::IncidentPtr)
