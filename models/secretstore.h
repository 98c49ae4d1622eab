// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/adapter.h"
#include "backends/api/result.h"
#include "backends/api/secret.h"

#include <QtCore/QObject>

namespace Stampdeck {

/// Where a secret is, as configuration says it: {keychain: …}, {env: …} or {file: …}.
struct SecretRef
{
    enum class Kind : quint8 { Keychain, Environment, File };
    Kind kind = Kind::Keychain;
    QString name; ///< "service/key", the variable's name, an absolute path.

    friend bool operator==(const SecretRef &, const SecretRef &) = default;
};

/// "keychain", "env", "file".
[[nodiscard]] QString toString(SecretRef::Kind kind);
[[nodiscard]] std::optional<SecretRef::Kind> secretKindFromString(QStringView word);

/// The one door to secrets.
///
/// Call it from a thread with an event loop, in which it lives; nothing blocks that thread.
class SecretStore : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;

    /// The secret, or ErrorKind::NotFound, Denied or Unreachable (no keychain) with a message that
    /// names the place and never the value.
    [[nodiscard]] virtual FutureResult<Secret> read(const SecretRef &ref) = 0;
    /// Puts \a secret into the desktop's keychain; ErrorKind::Unsupported for another place.
    [[nodiscard]] virtual FutureResult<bool> write(const SecretRef &ref, const Secret &secret) = 0;
};

/// The environment, files, and the desktop's keychain by QtKeychain: Secret Service or KWallet.
class SystemSecretStore final : public SecretStore
{
    Q_OBJECT
public:
    using SecretStore::SecretStore;

    [[nodiscard]] FutureResult<Secret> read(const SecretRef &ref) override;
    [[nodiscard]] FutureResult<bool> write(const SecretRef &ref, const Secret &secret) override;
};

/// \a settings with every SecretRef among its keys replaced by the Secret that \a store holds; the
/// first error, which names source and key, when one is not to be had.
[[nodiscard]] FutureResult<SourceSettings> resolveSecrets(const SourceSettings &settings,
                                                          SecretStore &store);

} // namespace Stampdeck

Q_DECLARE_METATYPE(Stampdeck::SecretRef)
