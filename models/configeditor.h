// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/result.h"

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QVariant>

/// Edits of the text of fleet.yaml that leave everything else as it stands: comments, order, blank
/// lines, quotes. Each takes the text and gives the text after; each result has been read again and
/// holds exactly the change that was asked for. What can't be edited so (a value that an alias
/// shares, a scalar over several lines) is ErrorKind::Unsupported, with the line.
namespace Stampdeck::ConfigEditor {

/// A key and its value: QString, bool, a number, a SecretRef, or a QVariantList of these.
using Pairs = QList<std::pair<QString, QVariant>>;

/// Appends a source with these keys, in their order, behind the others.
[[nodiscard]] Result<QByteArray> addSource(const QByteArray &text, const Pairs &keys);
/// Takes the source \a name away, with the comment at the end of its lines.
[[nodiscard]] Result<QByteArray> removeSource(const QByteArray &text, const QString &name);
/// Sets or adds one key of the source \a name.
[[nodiscard]] Result<QByteArray> setKey(const QByteArray &text, const QString &name,
                                        const QString &key, const QVariant &value);
/// Takes one key of the source \a name away.
[[nodiscard]] Result<QByteArray> removeKey(const QByteArray &text, const QString &name,
                                           const QString &key);
/// Sets or adds one key of the map \a section, which is added behind everything where there is none.
[[nodiscard]] Result<QByteArray> setOption(const QByteArray &text, const QString &section,
                                           const QString &key, const QVariant &value);

} // namespace Stampdeck::ConfigEditor
