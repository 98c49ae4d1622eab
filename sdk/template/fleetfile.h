// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <backends/api/adapter.h>

#include <QtCore/QJsonObject>

/// The file: bytes to values, and a change to bytes. Knows nothing of an adapter, so that it can be
/// tested alone.
class FleetFile
{
public:
    /// Errors: unreachable where it can't be read, malformed where it is no JSON object.
    [[nodiscard]] static Stampdeck::Result<FleetFile> read(const QString &name);

    /// Everything that it says. An object that is wrong is left out, and told as a fault with its
    /// JSON pointer. Errors: malformed where there is no fleet in it.
    [[nodiscard]] Stampdeck::Result<Stampdeck::FleetUpdate> decode() const;
    [[nodiscard]] QString instance() const;
    /// Changes whenever anything in it does.
    [[nodiscard]] QString revision() const { return m_revision; }

    struct Change
    {
        QString stamp;
        Stampdeck::Lifecycle lifecycle = Stampdeck::Lifecycle::Active;
        QString key; ///< The same never acts twice.
        QString expectedRevision; ///< Empty: whatever it is now.
        QString by;
        Stampdeck::Timestamp at;
    };
    /// Writes \a change into the file \a name and gives the stamp's revision after it. Errors:
    /// not-found, conflict, invalid for a key of another change, unreachable.
    [[nodiscard]] static Stampdeck::Result<QString> apply(const QString &name,
                                                          const Change &change);

private:
    QJsonObject m_root;
    QString m_name;
    QString m_revision;
};
