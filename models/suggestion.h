// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QString>
#include <QtCore/QStringList>

namespace Stampdeck {

/// The one of \a known that somebody who wrote \a word most likely meant; empty when none is near.
[[nodiscard]] QString nearestWord(const QString &word, const QStringList &known);

/// ", did you mean “…”?" with nearestWord(), or the known words when there are few; else empty. To
/// be put behind a sentence.
[[nodiscard]] QString suggestionFor(const QString &word, const QStringList &known);

} // namespace Stampdeck
