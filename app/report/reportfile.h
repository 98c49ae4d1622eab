// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/handover.h"
#include "models/report.h"

namespace Stampdeck {

/// The report as PDF, A4, with page numbers. Needs a QGuiApplication (offscreen does), for its
/// fonts; any thread.
[[nodiscard]] QByteArray toPdf(const Report &report);
[[nodiscard]] QByteArray toPdf(const HandOver &sheet);

/// "html" or "pdf" by the end of a file's name; ErrorKind::Invalid for any other.
[[nodiscard]] Result<QString> reportFormat(const QString &path);

/// Writes it as the end of the name says, all or nothing. Errors: Invalid, Denied.
[[nodiscard]] Result<void> writeReport(const Report &report, const QString &path);
[[nodiscard]] Result<void> writeHandOver(const HandOver &sheet, const QString &path);

} // namespace Stampdeck
