// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/result.h"

#include <QtCore/QStringList>
#include <QtCore/QVariant>

#include <functional>
#include <vector>

class QIODevice;

namespace Stampdeck {

/// The rows of a table as they were when they were asked for, as a file has them: numbers in their
/// unit (cores, bytes, ratios), words as the API spells them, times as RFC 3339. Any thread may read.
struct TableContent
{
    QStringList keys; ///< By column: "latencyP99".
    int rowCount = 0;
    std::function<QVariant(int row, int column)> value; ///< Invalid where it is not known.
};

enum class TableFormat : quint8 { Csv, Json };

/// The names of a model's columns, from its enumeration Column: LatencyP99 is "latencyP99", and
/// CostColumn is "cost".
[[nodiscard]] QStringList columnKeys(const QMetaObject &model);

/// Writes \a rows of \a columns to \a device. CSV as RFC 4180 has it, with a line of names; a text
/// that a spreadsheet would run (it begins with =, +, -, @) has an apostrophe in front, as OWASP advises
/// ("CSV Injection"). JSON is a list of objects. Slow as it is long: not for the GUI thread.
[[nodiscard]] Result<void> writeTable(QIODevice &device, const TableContent &content,
                                      const std::vector<int> &rows, const QList<int> &columns,
                                      TableFormat format);

} // namespace Stampdeck
