// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleetconfig.h"

#include <QtCore/QVariant>

/// What fleetconfig.cpp and its tests share: one value of one key, however it was written.
namespace Stampdeck::Internal {

/// A scalar as it stands in YAML, or on the command line.
struct Scalar
{
    enum class Written : quint8 { Text, Null, Boolean, Integer, Number, Option };
    QString text;
    /// By the core schema of YAML 1.2; Option is text of the command line, which may be any.
    Written written = Written::Text;

    /// A scalar of YAML that is written without quotes.
    [[nodiscard]] static Scalar plain(const QString &text);
    [[nodiscard]] static Scalar option(const QString &text) { return {text, Written::Option}; }
    /// A default as metadata spells it.
    [[nodiscard]] static Scalar fromJson(const QVariant &value);
};

/// What \a key takes, for people: "a duration such as 5s, 2m or 1h".
[[nodiscard]] QString expectation(const AdapterKey &key);

/// The value in the form of KeyType, or "expected …, found …". Paths start at \a folder. Not for
/// secrets.
[[nodiscard]] Result<QVariant> convert(const AdapterKey &key, const Scalar &scalar,
                                       const QString &folder);

/// One option --source; its name is empty unless given.
[[nodiscard]] Result<SourceConfig> readSourceOption(const QString &option,
                                                    const std::vector<AdapterInfo> &adapters);

} // namespace Stampdeck::Internal
