// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QLocale>
#include <QtCore/QStringList>

/// Which language a program speaks and how it writes numbers. Called in main, after the application
/// is there and before any text is made: what was translated before stays as it was. A later call
/// takes back the earlier one.
namespace Stampdeck::Language {

/// English, with the C locale's numbers in groups: stampctl and stampd, whose words go into
/// scripts and other programs whatever desktop they are started on.
void installPlain();

/// \a name as “de” or “pt_BR”; an empty one is the desktop's. Words without a translation are
/// English. False when a language was named that has no catalogue. Numbers and times are the
/// desktop's, unless another language was named than the desktop has.
bool install(const QString &name = {});

/// The languages that install() knows, English among them, in the order of their names.
[[nodiscard]] QStringList known();

/// Where catalogues lie (stampdeck_de.qm), first come first.
[[nodiscard]] QStringList folders();

} // namespace Stampdeck::Language
