// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/clock.h"
#include "backends/api/result.h"

#include <QtCore/QVariant>

#include <memory>

class QSqlQuery;

namespace Stampdeck {

/// The Idempotency-Keys of the last 24 hours and what they led to, in idempotency.db of the state
/// directory (SQLite, WAL, synchronous=FULL).
///
/// Belongs to the thread that opened it. A key is written before its request is submitted and told
/// its operation afterwards, so that a kill in between leaves a trace: see Entry::operation.
class IdempotencyStore
{
public:
    ~IdempotencyStore();
    IdempotencyStore(const IdempotencyStore &) = delete;
    IdempotencyStore &operator=(const IdempotencyStore &) = delete;

    [[nodiscard]] static Result<std::unique_ptr<IdempotencyStore>> open(const QString &stateDir,
                                                                        Clock &clock);

    /// A key means what it means for one token, method and path.
    struct Scope
    {
        QString actor;
        QString method;
        QString path;
        QString key;
    };
    struct Entry
    {
        QByteArray fingerprint; ///< Of the body that it came with.
        QString operation; ///< Empty: a kill came between submitting and telling.
        Timestamp startedAt;
    };
    /// Nothing for a key that was not seen, or not in the last 24 hours.
    [[nodiscard]] Result<std::optional<Entry>> find(const Scope &scope);
    [[nodiscard]] Result<void> begin(const Scope &scope, const QByteArray &fingerprint);
    [[nodiscard]] Result<void> finish(const Scope &scope, const QString &operation);
    /// Errors are not kept.
    [[nodiscard]] Result<void> forget(const Scope &scope);
    /// Whether some key led to \a operation.
    [[nodiscard]] Result<bool> knows(const QString &operation);

private:
    explicit IdempotencyStore(Clock &clock);
    [[nodiscard]] Result<QSqlQuery> run(const QString &statement, const QVariantList &values) const;

    Clock &m_clock;
    QString m_connection;
};

} // namespace Stampdeck
