// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/result.h"

#include <QtCore/QByteArray>
#include <QtCore/QDateTime>

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace Stampdeck {

enum class Role : quint8 { Viewer, Operator };

/// Who a request comes from.
struct Identity
{
    QString name; ///< Goes into the audit trail.
    Role role = Role::Viewer;
};

/// The tokens of a file with a line each: TOKEN NAME viewer|operator. Blank lines and lines that
/// begin with # count for nothing. The file is read again when it changes; while what stands there
/// is wrong, the last good tokens hold.
///
/// Thread-safe. Keeps no token, only digests.
class Tokens
{
public:
    /// Without a file everybody is an operator called "anonymous".
    Tokens() = default;
    /// Reads \a file. Errors name the line and what was expected, never the token.
    [[nodiscard]] static Result<std::shared_ptr<Tokens>> fromFile(const QString &file);

    [[nodiscard]] bool isOpen() const { return m_file.isEmpty(); }
    /// Whose \a authorization header ("Bearer TOKEN") this is; nothing when it is nobody's. Takes
    /// as long whichever token is presented.
    [[nodiscard]] std::optional<Identity> identify(const QByteArray &authorization);

private:
    struct Entry
    {
        QByteArray digest;
        Identity identity;
    };
    struct Stand
    {
        QDateTime modified;
        qint64 size = -1;
        friend bool operator==(const Stand &, const Stand &) = default;
    };
    [[nodiscard]] static Result<std::vector<Entry>> read(const QString &file);
    [[nodiscard]] static Stand standOf(const QString &file);

    QString m_file;
    std::mutex m_mutex;
    Stand m_stand;
    std::vector<Entry> m_entries;
};

} // namespace Stampdeck
