// SPDX-License-Identifier: GPL-3.0-or-later
#include "tokens.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QDebug>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>

#include <openssl/crypto.h>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

// Digests have one length, so that comparing them tells nothing about the token's.
QByteArray digestOf(const QByteArray &token)
{
    return QCryptographicHash::hash(token, QCryptographicHash::Sha256);
}

} // namespace

Tokens::Stand Tokens::standOf(const QString &file)
{
    const QFileInfo info(file);
    return info.exists() ? Stand{info.lastModified(), info.size()} : Stand{};
}

Result<std::vector<Tokens::Entry>> Tokens::read(const QString &name)
{
    QFile file(name);
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorKind::Invalid,
                    u"cannot read the token file %1: %2"_s.arg(name, file.errorString()));
    std::vector<Entry> entries;
    for (int number = 1; !file.atEnd(); ++number) {
        const QByteArray line = file.readLine().simplified();
        if (line.isEmpty() || line.startsWith('#'))
            continue;
        const QList<QByteArray> words = line.split(' ');
        const bool isOperator = words.size() == 3 && words[2] == "operator";
        if (!isOperator && (words.size() != 3 || words[2] != "viewer"))
            return fail(ErrorKind::Invalid,
                        u"%1:%2: expected TOKEN NAME viewer|operator"_s.arg(name).arg(number));
        entries.push_back(
            {digestOf(words[0]),
             {QString::fromUtf8(words[1]), isOperator ? Role::Operator : Role::Viewer}});
    }
    return entries;
}

Result<std::shared_ptr<Tokens>> Tokens::fromFile(const QString &file)
{
    auto tokens = std::make_shared<Tokens>();
    tokens->m_file = file;
    tokens->m_stand = standOf(file);
    auto entries = read(file);
    if (!entries)
        return fail(entries.error());
    tokens->m_entries = std::move(*entries);
    return tokens;
}

std::optional<Identity> Tokens::identify(const QByteArray &authorization)
{
    if (m_file.isEmpty())
        return Identity{u"anonymous"_s, Role::Operator};
    const std::scoped_lock lock(m_mutex);
    if (const Stand stand = standOf(m_file); stand != m_stand) {
        m_stand = stand;
        if (auto entries = read(m_file))
            m_entries = std::move(*entries);
        else
            qWarning().noquote() << entries.error().message << "- the tokens of before hold";
    }
    // The scheme's name has no case (RFC 9110, section 11.1).
    const bool isBearer = authorization.left(7).compare("Bearer ", Qt::CaseInsensitive) == 0;
    const QByteArray digest = digestOf(isBearer ? authorization.mid(7).trimmed() : QByteArray());
    const Entry *found = nullptr;
    for (const Entry &entry : m_entries) {
        if (CRYPTO_memcmp(entry.digest.constData(), digest.constData(), size_t(digest.size())) == 0)
            found = &entry;
    }
    if (!isBearer || !found)
        return std::nullopt;
    return found->identity;
}

} // namespace Stampdeck
