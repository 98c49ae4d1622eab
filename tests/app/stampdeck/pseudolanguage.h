// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QString>
#include <QtCore/QTranslator>

#include <memory>

namespace Stampdeck::Testing {

/// \a source as the pseudo-language has it: ⟦ ⟧ round it, every letter another than ASCII's, about
/// 35 % longer. Placeholders (%1, %Ln), mnemonics (&) and tags stay.
[[nodiscard]] QString pseudo(const QString &source);

/// A catalogue of that language for every sentence that lupdate finds in the source, made by the
/// tools that translators use. Null, and why in \a error, when they fail. What is marked as a unit
/// ("%1 ms") stays as it is.
[[nodiscard]] std::unique_ptr<QTranslator> pseudoLanguage(const QString &folder, QString *error);

} // namespace Stampdeck::Testing
