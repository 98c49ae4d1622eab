// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "journal.h"
#include "tablecontent.h"

#include <QtCore/QAbstractTableModel>

namespace Stampdeck {

/// The audit trail, the newest entry first, and whether its chain holds.
///
/// Reads the journal on a thread of the pool, in pages. Lives in the GUI thread; the journal
/// outlives it and what it has started: see the destructor.
class AuditModel final : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column {
        Time, ///< Raw: milliseconds since 1970.
        Actor,
        Action,
        Target,
        Reason,
        Outcome,
        Hash, ///< The first 8 digits.
        ColumnCount,
    };
    Q_ENUM(Column)
    enum Role {
        RawRole = Qt::UserRole,
        SequenceRole,
        OperationRole,
    };
    Q_ENUM(Role)

    explicit AuditModel(Journal &journal, QObject *parent = nullptr);
    /// Waits for a reading that is under way: it uses the journal.
    ~AuditModel() override;

    [[nodiscard]] const AuditEntry &entryAt(int row) const;
    [[nodiscard]] TableContent content() const;
    /// Reads what was appended since.
    void refresh();
    /// Shows what had been entered by \a moment; nothing: all of it. What was entered while the clock was
    /// set back counts as of the latest moment before, as in the history.
    void setUntil(std::optional<Timestamp> moment);
    /// Recomputes the chain; verified() follows.
    void verify();
    /// The last word of verify(): how many entries hold, or what is wrong. Nothing before.
    [[nodiscard]] const std::optional<Result<qint64>> &chain() const { return m_chain; }
    /// Why the last reading failed; empty while all is well.
    [[nodiscard]] const QString &readError() const { return m_readError; }

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    /// Everything that was appended up to now is shown, or readError() says why not.
    void refreshed();
    void verified();

private:
    void read();
    /// How many entries were there by m_until.
    [[nodiscard]] size_t countUntil() const;

    Journal &m_journal;
    std::vector<AuditEntry> m_entries; // oldest first
    std::vector<Timestamp> m_reached; // the latest moment up to each
    std::optional<Timestamp> m_until;
    size_t m_shown = 0; // of the oldest
    QFuture<Result<QList<AuditEntry>>> m_reading;
    QFuture<Result<qint64>> m_verifying;
    std::optional<Result<qint64>> m_chain;
    QString m_readError;
    bool m_again = false;
};

} // namespace Stampdeck
