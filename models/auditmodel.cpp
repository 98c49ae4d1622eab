// SPDX-License-Identifier: GPL-3.0-or-later
#include "auditmodel.h"

#include "formatter.h"

#include "backends/api/whendone.h"

#include <QtConcurrent/QtConcurrentRun>
#include <QtCore/QCoreApplication>

#include <algorithm>

namespace Stampdeck {

namespace {

constexpr int pageSize = 1000;

} // namespace

AuditModel::AuditModel(Journal &journal, QObject *parent)
    : QAbstractTableModel(parent)
    , m_journal(journal)
{
    refresh();
}

AuditModel::~AuditModel()
{
    m_reading.waitForFinished();
    m_verifying.waitForFinished();
}

const AuditEntry &AuditModel::entryAt(int row) const
{
    return m_entries[m_shown - 1 - size_t(row)];
}

void AuditModel::refresh()
{
    if (m_reading.isRunning())
        m_again = true;
    else
        read();
}

void AuditModel::read()
{
    const qint64 after = m_entries.empty() ? 0 : m_entries.back().sequence;
    m_again = false;
    m_reading = QtConcurrent::run(
            [journal = &m_journal, after] { return journal->audit(after, pageSize); });
    whenDone(m_reading, this, [this](const Result<QList<AuditEntry>> &answer) {
        m_readError = answer ? QString() : answer.error().message;
        if (answer && !answer->isEmpty()) {
            m_entries.insert(m_entries.end(), answer->begin(), answer->end());
            for (const AuditEntry &entry : *answer)
                m_reached.push_back(m_reached.empty() ? entry.at
                                                      : std::max(m_reached.back(), entry.at));
            setUntil(m_until);
        }
        if (m_again || (answer && answer->size() == pageSize))
            read();
        else
            Q_EMIT refreshed();
    });
}

size_t AuditModel::countUntil() const
{
    if (!m_until)
        return m_entries.size();
    const auto after = std::upper_bound(m_reached.begin(), m_reached.end(), *m_until);
    return size_t(after - m_reached.begin());
}

void AuditModel::setUntil(std::optional<Timestamp> moment)
{
    m_until = moment;
    const size_t count = countUntil();
    // The newest is the first row.
    if (count > m_shown) {
        beginInsertRows({}, 0, int(count - m_shown) - 1);
        m_shown = count;
        endInsertRows();
    } else if (count < m_shown) {
        beginRemoveRows({}, 0, int(m_shown - count) - 1);
        m_shown = count;
        endRemoveRows();
    }
}

void AuditModel::verify()
{
    if (m_verifying.isRunning())
        return;
    m_verifying = QtConcurrent::run([journal = &m_journal] { return journal->verifyAudit(); });
    whenDone(m_verifying, this, [this](const Result<qint64> &answer) {
        m_chain = answer;
        Q_EMIT verified();
    });
}

int AuditModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_shown);
}

int AuditModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

namespace {

// As a file has it, and as it is shown where that is the same.
QVariant plain(const AuditEntry &entry, int column)
{
    switch (AuditModel::Column(column)) {
    case AuditModel::Time:
        return toRfc3339(entry.at);
    case AuditModel::Actor:
        return entry.actor;
    case AuditModel::Action:
        return entry.action;
    case AuditModel::Target:
        return entry.target;
    case AuditModel::Reason:
        return entry.reason;
    case AuditModel::Outcome:
        return entry.outcome;
    case AuditModel::Hash:
        return QString::fromLatin1(entry.hash.toHex());
    case AuditModel::ColumnCount:
        break;
    }
    return {};
}

// A word of the trail in the program's language; what is no word of ours, a reason say, stays.
QString inWords(const QString &text)
{
    static const char *const words[] = {
        QT_TRANSLATE_NOOP("Audit", "accepted"),          QT_TRANSLATE_NOOP("Audit", "resumed"),
        QT_TRANSLATE_NOOP("Audit", "cancelling"),        QT_TRANSLATE_NOOP("Audit", "deadline"),
        QT_TRANSLATE_NOOP("Audit", "cut-off"),           QT_TRANSLATE_NOOP("Audit", "adopted"),
        QT_TRANSLATE_NOOP("Audit", "adopted-elsewhere"), QT_TRANSLATE_NOOP("Audit", "handed-over"),
        QT_TRANSLATE_NOOP("Audit", "acknowledged")};
    for (const char *const one : words) {
        if (text == QLatin1StringView(one))
            return QCoreApplication::translate("Audit", one);
    }
    if (const auto state = fromString<OperationState>(QStringView(text)))
        return Format::word(*state);
    return Format::action(text);
}

} // namespace

QVariant AuditModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const AuditEntry &entry = entryAt(index.row());
    if (role == SequenceRole)
        return entry.sequence;
    if (role == OperationRole)
        return entry.operation;
    if (role == Qt::ToolTipRole && index.column() == Hash)
        return QString::fromLatin1(entry.hash.toHex());
    if (role != Qt::DisplayRole && role != RawRole)
        return {};
    switch (Column(index.column())) {
    case Time:
        if (role == RawRole)
            return qlonglong(entry.at.time_since_epoch().count());
        return Format::daySecond(entry.at);
    case Action:
        return role == RawRole ? entry.action : inWords(entry.action);
    case Outcome:
        return role == RawRole ? entry.outcome : inWords(entry.outcome);
    case Hash:
        return QString::fromLatin1(entry.hash.toHex().first(qMin(8, entry.hash.size() * 2)));
    default:
        return plain(entry, index.column());
    }
}

TableContent AuditModel::content() const
{
    std::vector<AuditEntry> shown(m_entries.begin(), m_entries.begin() + std::ptrdiff_t(m_shown));
    return {columnKeys(staticMetaObject), rowCount(),
            [entries = std::move(shown)](int row, int column) {
                return plain(entries[entries.size() - 1 - size_t(row)], column);
            }};
}

QVariant AuditModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (Column(section)) {
    case Time:
        return tr("Time (%1)").arg(Format::zone());
    case Actor:
        return tr("Who");
    case Action:
        return tr("What");
    case Target:
        return tr("On");
    case Reason:
        return tr("Reason");
    case Outcome:
        return tr("Outcome");
    case Hash:
        return tr("Chain");
    case ColumnCount:
        break;
    }
    return {};
}

} // namespace Stampdeck
