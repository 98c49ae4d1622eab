// SPDX-License-Identifier: GPL-3.0-or-later
#include "tablecontent.h"

#include <QtCore/QIODevice>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QLocale>
#include <QtCore/QMetaEnum>

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

QByteArray csvField(const QVariant &value)
{
    switch (value.typeId()) {
    case QMetaType::UnknownType:
        return {};
    case QMetaType::Double:
        return QByteArray::number(value.toDouble(), 'g', QLocale::FloatingPointShortest);
    case QMetaType::Int:
    case QMetaType::LongLong:
    case QMetaType::Bool:
        return value.toString().toUtf8();
    default:
        break;
    }
    QString text = value.toString();
    if (!text.isEmpty() && u"=+-@\t\r"_s.contains(text.front()))
        text.prepend(u'\'');
    const bool isQuoted = std::any_of(text.cbegin(), text.cend(), [](QChar c) {
        return c == u'"' || c == u',' || c == u'\n' || c == u'\r';
    });
    if (isQuoted)
        text = u'"' + text.replace(u'"', u"\"\""_s) + u'"';
    return text.toUtf8();
}

QByteArray csvLine(const TableContent &content, int row, const QList<int> &columns)
{
    QByteArray line;
    for (qsizetype i = 0; i < columns.size(); ++i) {
        if (i > 0)
            line += ',';
        line += row < 0 ? content.keys[columns[i]].toUtf8()
                        : csvField(content.value(row, columns[i]));
    }
    return line + "\r\n";
}

QByteArray jsonObject(const TableContent &content, int row, const QList<int> &columns)
{
    QJsonObject object;
    for (const int column : columns)
        object[content.keys[column]] = QJsonValue::fromVariant(content.value(row, column));
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

} // namespace

QStringList columnKeys(const QMetaObject &model)
{
    QStringList keys;
    const QMetaEnum columns = model.enumerator(model.indexOfEnumerator("Column"));
    for (int i = 0; i < columns.keyCount(); ++i) {
        QString key = QString::fromLatin1(columns.key(i));
        if (key == u"ColumnCount")
            continue;
        if (key.endsWith(u"Column"))
            key.chop(6);
        key.front() = key.front().toLower();
        keys.append(key);
    }
    return keys;
}

Result<void> writeTable(QIODevice &device, const TableContent &content, const std::vector<int> &rows,
                        const QList<int> &columns, TableFormat format)
{
    const auto write = [&device](const QByteArray &bytes) {
        return device.write(bytes) == bytes.size();
    };
    const bool isCsv = format == TableFormat::Csv;
    bool isWritten = write(isCsv ? csvLine(content, -1, columns) : QByteArray("["));
    for (size_t i = 0; i < rows.size() && isWritten; ++i) {
        isWritten = isCsv
            ? write(csvLine(content, rows[i], columns))
            : write((i > 0 ? ",\n" : "\n") + jsonObject(content, rows[i], columns));
    }
    if (isWritten && !isCsv)
        isWritten = write("\n]\n");
    if (!isWritten)
        return fail(ErrorKind::Denied, device.errorString());
    return {};
}

} // namespace Stampdeck
