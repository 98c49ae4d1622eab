// SPDX-License-Identifier: GPL-3.0-or-later
#include "configeditor.h"

#include "configvalue.h"
#include "secretstore.h"

#include <QtCore/QCoreApplication>

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <optional>

namespace Stampdeck::ConfigEditor {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Configuration)
};

/// A value as JSON-like data, to compare what a text means before and after.
QVariant meaning(const YAML::Node &node, int depth = 0)
{
    constexpr int deepest = 64;
    if (depth > deepest || !node || node.IsNull())
        return {};
    if (node.IsMap()) {
        // A list of pairs: the order is kept too.
        QVariantList pairs;
        for (const auto &pair : node)
            pairs.append(QVariant(
                QVariantList{meaning(pair.first, depth + 1), meaning(pair.second, depth + 1)}));
        return QVariantList{u"map"_s, pairs};
    }
    if (node.IsSequence()) {
        QVariantList list;
        for (const auto &element : node)
            list.append(meaning(element, depth + 1));
        return QVariantList{u"list"_s, QVariant(list)};
    }
    const QString kind = node.Tag() == "?" ? u"plain"_s : u"text"_s;
    const QString text = QString::fromStdString(node.Scalar());
    // What is written without quotes and is no number means the same with them.
    const bool isText = kind == u"text"_s
        || Internal::Scalar::plain(text).written == Internal::Scalar::Written::Text;
    return QVariantList{isText ? u"text"_s : u"plain"_s, text};
}

/// A scalar for YAML: without quotes where it means the same.
QByteArray writeText(const QString &text)
{
    const bool plain = !text.isEmpty()
        && Internal::Scalar::plain(text).written == Internal::Scalar::Written::Text
        && std::all_of(text.begin(), text.end(),
                       [](QChar c) {
                           return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z')
                               || (c >= u'0' && c <= u'9') || u"._-/%~"_s.contains(c);
                       })
        && !u"-%~"_s.contains(text[0])
        // Words that older readers take for something else.
        && !QStringList{u"yes"_s, u"no"_s, u"on"_s, u"off"_s, u"y"_s, u"n"_s}.contains(
            text.toLower());
    if (plain)
        return text.toUtf8();
    QString out = u"\""_s;
    for (const QChar c : text) {
        if (c == u'"' || c == u'\\')
            out += QString(u'\\') + c;
        else if (c.unicode() < 0x20 || c.unicode() == 0x7f || c.unicode() == 0x85
                 || c.unicode() == 0x2028 || c.unicode() == 0x2029 || c.unicode() == 0xfeff)
            out += u"\\u"_s + QString::number(c.unicode(), 16).rightJustified(4, u'0');
        else
            out += c;
    }
    return QString(out + u'"').toUtf8();
}

/// Any value in one line, as it may stand in a flow or behind a key.
QByteArray write(const QVariant &value)
{
    if (value.canConvert<SecretRef>()) {
        const auto ref = value.value<SecretRef>();
        return "{" + toString(ref.kind).toUtf8() + ": " + writeText(ref.name) + "}";
    }
    switch (value.typeId()) {
    case QMetaType::Bool:
        return value.toBool() ? "true" : "false";
    case QMetaType::Int:
    case QMetaType::LongLong:
        return QByteArray::number(value.toLongLong());
    case QMetaType::Double:
        return QByteArray::number(value.toDouble(), 'g', 17);
    case QMetaType::QVariantList:
    case QMetaType::QStringList: {
        QByteArrayList parts;
        for (const QVariant &element : value.toList())
            parts.append(write(element));
        return "[" + parts.join(", ") + "]";
    }
    default:
        return writeText(value.toString());
    }
}

/// What writing \a value means when it is read again.
QVariant meaningOf(const QVariant &value)
{
    return meaning(YAML::Load(write(value).toStdString()));
}

Error tooIntricate(const YAML::Mark &mark, const QString &what)
{
    return Error::of(ErrorKind::Unsupported,
                     Words::tr("line %1: %2 is written in a way that has to be edited by hand")
                         .arg(QString::number(mark.line + 1), what));
}

/// The text with what is known of it.
class Document
{
public:
    explicit Document(const QByteArray &text)
        : m_text(text)
    {
        if (m_text.startsWith("\xef\xbb\xbf"))
            m_bom = 3;
        m_lines.append(m_bom);
        for (qsizetype at = 0; at < m_text.size(); ++at) {
            if (m_text[at] == '\n')
                m_lines.append(at + 1);
        }
        m_root = YAML::Load(m_text.toStdString());
    }

    [[nodiscard]] const YAML::Node &root() const { return m_root; }
    [[nodiscard]] const QByteArray &text() const { return m_text; }
    [[nodiscard]] qsizetype offset(const YAML::Mark &mark) const
    {
        return std::min(m_lines.value(mark.line, m_text.size()) + mark.column, m_text.size());
    }
    [[nodiscard]] qsizetype lineStart(qsizetype offset) const
    {
        return offset > 0 ? m_text.lastIndexOf('\n', offset - 1) + 1 : 0;
    }
    /// Behind the line break of the line of \a offset.
    [[nodiscard]] qsizetype lineEnd(qsizetype offset) const
    {
        const qsizetype found = m_text.indexOf('\n', offset);
        return found < 0 ? m_text.size() : found + 1;
    }
    [[nodiscard]] int column(qsizetype offset) const { return int(offset - lineStart(offset)); }

    /// Behind the flow collection or the scalar of one line that begins at \a start; nothing for
    /// anything else.
    [[nodiscard]] std::optional<qsizetype> valueEnd(qsizetype start, const YAML::Node &node) const;
    /// Behind the flow collection that begins at \a start.
    [[nodiscard]] std::optional<qsizetype> flowEnd(qsizetype start) const;
    /// Behind the block that begins in the line of \a start: its lines are those that are indented
    /// by more than \a indent. Blank lines and comments behind it belong to what follows.
    [[nodiscard]] qsizetype blockEnd(qsizetype start, int indent) const;
    [[nodiscard]] bool hasAnchors() const;

private:
    [[nodiscard]] qsizetype quotedEnd(qsizetype start) const;

    QByteArray m_text;
    qsizetype m_bom = 0;
    QList<qsizetype> m_lines; ///< Where each line begins.
    YAML::Node m_root;
};

qsizetype Document::quotedEnd(qsizetype start) const
{
    const char quote = m_text[start];
    for (qsizetype at = start + 1; at < m_text.size(); ++at) {
        if (quote == '"' && m_text[at] == '\\') {
            ++at;
        } else if (m_text[at] == quote) {
            if (quote == '\'' && at + 1 < m_text.size() && m_text[at + 1] == '\'')
                ++at;
            else
                return at + 1;
        }
    }
    return -1;
}

std::optional<qsizetype> Document::flowEnd(qsizetype start) const
{
    int depth = 0;
    for (qsizetype at = start; at < m_text.size(); ++at) {
        const char c = m_text[at];
        // A quote or a comment begins only where a token may; elsewhere it is part of one.
        const char before = at > start ? m_text[at - 1] : ' ';
        const bool tokenStart = QByteArrayView(" \t\n,[{:").contains(before);
        if ((c == '"' || c == '\'') && tokenStart) {
            const qsizetype end = quotedEnd(at);
            if (end < 0)
                return std::nullopt;
            at = end - 1;
        } else if (c == '#' && (before == ' ' || before == '\t' || before == '\n')) {
            at = m_text.indexOf('\n', at);
            if (at < 0)
                return std::nullopt;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if (c == '}' || c == ']') {
            if (--depth == 0)
                return at + 1;
        }
    }
    return std::nullopt;
}

std::optional<qsizetype> Document::valueEnd(qsizetype start, const YAML::Node &node) const
{
    if (start >= m_text.size())
        return std::nullopt;
    const char c = m_text[start];
    if (c == '{' || c == '[')
        return flowEnd(start);
    if (!node.IsScalar())
        return std::nullopt;
    if (c == '"' || c == '\'') {
        const qsizetype end = quotedEnd(start);
        return end < 0 || m_text.mid(start, end - start).contains('\n') ? std::nullopt
                                                                        : std::optional(end);
    }
    // A plain scalar of one line is written as it reads.
    const QByteArray text = QByteArray::fromStdString(node.Scalar());
    if (text.isEmpty() || m_text.mid(start, text.size()) != text)
        return std::nullopt;
    return start + text.size();
}

qsizetype Document::blockEnd(qsizetype start, int indent) const
{
    qsizetype end = lineEnd(start);
    for (qsizetype line = end; line < m_text.size(); line = lineEnd(line)) {
        qsizetype at = line;
        while (at < m_text.size() && m_text[at] == ' ')
            ++at;
        const bool blank = at >= m_text.size() || m_text[at] == '\n' || m_text[at] == '\r';
        const bool comment = !blank && m_text[at] == '#';
        if (blank || comment)
            continue;
        if (at - line <= indent)
            break;
        end = lineEnd(line);
    }
    return end;
}

bool Document::hasAnchors() const
{
    // A change of what an anchor names would change something else too; the comparison of before
    // and after finds that, and this says why.
    return m_text.contains(" &") || m_text.contains(" *") || m_text.contains("<<:");
}

QVariantList sourcesMeaning(const YAML::Node &root)
{
    QVariantList list;
    const YAML::Node sources = root.IsMap() ? root["sources"] : YAML::Node();
    if (sources && sources.IsSequence()) {
        for (const auto &source : sources)
            list.append(meaning(source));
    }
    return list;
}

/// What stands in \a root beside the sources.
QVariantList restMeaning(const YAML::Node &root)
{
    QVariantList rest;
    if (root.IsMap()) {
        for (const auto &pair : root) {
            if (!pair.first.IsScalar() || pair.first.Scalar() != "sources")
                rest.append(QVariant(QVariantList{meaning(pair.first), meaning(pair.second)}));
        }
    }
    return rest;
}

/// The pairs of a source, as meaning() has them.
QVariantList pairsOf(const QVariant &source)
{
    return source.toList().value(1).toList();
}

QVariant keyMeaning(const QString &key)
{
    return QVariantList{u"text"_s, key};
}

Error byHand(const Document &document)
{
    return Error::of(
        ErrorKind::Unsupported,
        document.hasAnchors()
            ? Words::tr("the configuration shares values by anchors and has to be edited by hand")
            : Words::tr("the configuration is written in a way that has to be edited by hand"));
}

/// Accepts \a after when its sources mean \a wanted and the rest is what it was.
Result<QByteArray> verified(const Document &before, const QByteArray &after,
                            const QVariantList &wanted)
{
    const YAML::Node root = YAML::Load(after.toStdString());
    if (sourcesMeaning(root) == wanted && restMeaning(root) == restMeaning(before.root()))
        return after;
    return fail(byHand(before));
}

struct Found
{
    YAML::Node sources;
    YAML::Node source;
    int index = -1;
};

Result<Found> findSource(const Document &document, const QString &name)
{
    Found found;
    // A node is a reference: assigning one would change what it refers to.
    if (document.root().IsMap() && document.root()["sources"])
        found.sources.reset(document.root()["sources"]);
    if (found.sources && found.sources.IsSequence()) {
        for (size_t i = 0; i < found.sources.size(); ++i) {
            const YAML::Node source = found.sources[i];
            if (source.IsMap() && source["name"] && source["name"].IsScalar()
                && QString::fromStdString(source["name"].Scalar()) == name) {
                found.source.reset(source);
                found.index = int(i);
                return found;
            }
        }
    }
    return fail(ErrorKind::NotFound, Words::tr("there is no source “%1”").arg(name));
}

bool isFlow(const YAML::Node &node)
{
    return node.Style() == YAML::EmitterStyle::Flow;
}

/// Cuts the element of a flow collection in [start, end) with one comma and the spaces beside it.
QByteArray cutFromFlow(const QByteArray &text, qsizetype start, qsizetype end)
{
    qsizetype behind = end;
    while (behind < text.size() && (text[behind] == ' ' || text[behind] == '\t'))
        ++behind;
    if (behind < text.size() && text[behind] == ',') {
        ++behind;
        while (behind < text.size() && (text[behind] == ' ' || text[behind] == '\t'))
            ++behind;
        return text.left(start) + text.mid(behind);
    }
    qsizetype before = start;
    while (before > 0 && QByteArrayView(" \t\r\n").contains(text[before - 1]))
        --before;
    if (before > 0 && text[before - 1] == ',')
        return text.left(before - 1) + text.mid(end);
    return text.left(start) + text.mid(end);
}

QByteArray flowSource(const Pairs &keys)
{
    QByteArrayList parts;
    for (const auto &[key, value] : keys)
        parts.append(writeText(key) + ": " + write(value));
    return "{" + parts.join(", ") + "}";
}

Result<QByteArray> add(const Document &document, const Pairs &keys)
{
    const QByteArray &text = document.text();
    const YAML::Node &root = document.root();
    if (root && !root.IsNull() && !root.IsMap())
        return fail(tooIntricate(root.Mark(), Words::tr("the configuration")));
    QVariantList wanted = sourcesMeaning(root);
    wanted.append(meaning(YAML::Load(flowSource(keys).toStdString())));

    const QByteArray line = flowSource(keys);
    const YAML::Node sources = root.IsMap() ? root["sources"] : YAML::Node();
    QByteArray after;
    if (!root.IsMap() || !root["sources"]) {
        if (root.IsMap() && isFlow(root)) {
            const qsizetype open = document.offset(root.Mark());
            after = text.left(open + 1) + "\"sources\": [" + line + "]"
                + (root.size() > 0 ? ", " : "") + text.mid(open + 1);
        } else {
            after = text;
            if (!after.isEmpty() && !after.endsWith('\n'))
                after += '\n';
            after += "sources:\n  - " + line + "\n";
        }
    } else if (sources.IsNull()) {
        // "sources:" with nothing behind it.
        for (const auto &pair : root) {
            if (pair.first.IsScalar() && pair.first.Scalar() == "sources") {
                const qsizetype end = document.lineEnd(document.offset(pair.first.Mark()));
                after = text.left(end) + (text.left(end).endsWith('\n') ? "" : "\n") + "  - " + line
                    + "\n" + text.mid(end);
            }
        }
    } else if (!sources.IsSequence()) {
        return fail(tooIntricate(sources.Mark(), u"“sources”"_s));
    } else if (isFlow(sources)) {
        const auto end = document.flowEnd(document.offset(sources.Mark()));
        if (!end)
            return fail(tooIntricate(sources.Mark(), u"“sources”"_s));
        qsizetype close = *end - 1;
        qsizetype last = close;
        while (last > 0 && QByteArrayView(" \t\r\n").contains(text[last - 1]))
            --last;
        const bool comma = text[last - 1] == ',';
        after = text.left(last)
            + (sources.size() == 0 ? ""
                   : comma         ? " "
                                   : ", ")
            + line + text.mid(last);
    } else {
        // Behind the last one, indented as the first is.
        const qsizetype dash = text.lastIndexOf('-', document.offset(sources[0].Mark()) - 1);
        const int indent = document.column(dash);
        const YAML::Node lastSource = sources[sources.size() - 1];
        const qsizetype end = document.blockEnd(document.offset(lastSource.Mark()), indent);
        after = text.left(end);
        if (!after.endsWith('\n'))
            after += '\n';
        after += QByteArray(indent, ' ') + "- " + line + "\n" + text.mid(end);
    }
    return verified(document, after, wanted);
}

Result<QByteArray> removeOne(const Document &document, const QString &name)
{
    auto found = findSource(document, name);
    if (!found)
        return fail(found.error());
    const QByteArray &text = document.text();
    QVariantList wanted = sourcesMeaning(document.root());
    wanted.removeAt(found->index);
    const qsizetype start = document.offset(found->source.Mark());
    QByteArray after;
    if (isFlow(found->sources)) {
        const auto end = document.flowEnd(start);
        if (!end)
            return fail(tooIntricate(found->source.Mark(), Words::tr("this source")));
        after = cutFromFlow(text, start, *end);
    } else {
        const qsizetype dash = text.lastIndexOf('-', start - 1);
        const int indent = document.column(dash);
        const qsizetype end = document.blockEnd(start, indent);
        after = text.left(document.lineStart(dash)) + text.mid(end);
        if (found->sources.size() == 1) {
            // An empty block would be null; it is written out.
            const qsizetype at = document.lineStart(dash);
            after = text.left(at) + QByteArray(indent, ' ') + (indent == 0 ? "  []\n" : "[]\n")
                + text.mid(end);
        }
    }
    return verified(document, after, wanted);
}

/// The text with \a pair behind the last one of \a map; nothing where that can't be found.
std::optional<QByteArray> withPair(const Document &document, const YAML::Node &map,
                                   const QByteArray &pair)
{
    const QByteArray &text = document.text();
    const qsizetype start = document.offset(map.Mark());
    if (isFlow(map)) {
        const auto end = document.flowEnd(start);
        if (!end)
            return std::nullopt;
        qsizetype last = *end - 1;
        while (last > 0 && QByteArrayView(" \t\r\n").contains(text[last - 1]))
            --last;
        const QByteArray before = map.size() == 0 ? "" : text[last - 1] == ',' ? " " : ", ";
        return text.left(last) + before + pair + text.mid(last);
    }
    const int indent = document.column(start);
    const qsizetype end = document.blockEnd(start, indent - 1);
    QByteArray after = text.left(end);
    if (!after.endsWith('\n'))
        after += '\n';
    return after + QByteArray(indent, ' ') + pair + "\n" + text.mid(end);
}

/// Where \a key stands in \a map.
struct FoundPair
{
    YAML::Node key;
    YAML::Node value;
    int position = -1;
};

FoundPair findPair(const YAML::Node &map, const QString &key)
{
    FoundPair found;
    int at = 0;
    if (map && map.IsMap()) {
        for (const auto &pair : map) {
            if (pair.first.IsScalar() && QString::fromStdString(pair.first.Scalar()) == key) {
                found.key.reset(pair.first);
                found.value.reset(pair.second);
                found.position = at;
            }
            ++at;
        }
    }
    return found;
}

/// \a map, as meaning() has it, with \a key meaning \a value.
QVariant withMeaning(const QVariant &map, const FoundPair &where, const QString &key,
                     const QVariant &value)
{
    QVariantList pairs = pairsOf(map);
    const QVariant pair = QVariantList{keyMeaning(key), value};
    if (where.position >= 0)
        pairs[where.position] = pair;
    else
        pairs.append(pair);
    return QVariantList{u"map"_s, QVariant(pairs)};
}

Result<QByteArray> setIn(const Document &document, const QString &section, const QString &key,
                         const QVariant &value)
{
    const QByteArray &text = document.text();
    const YAML::Node &root = document.root();
    if (root && !root.IsNull() && !root.IsMap())
        return fail(tooIntricate(root.Mark(), Words::tr("the configuration")));
    const FoundPair part = findPair(root, section);
    const QByteArray pair = writeText(key) + ": " + write(value);
    const FoundPair old = findPair(part.value, key);
    const QVariant wanted = withMeaning(
        meaning(root), part, section,
        withMeaning(part.position >= 0 ? meaning(part.value) : QVariant(), old, key,
                    meaningOf(value)));

    std::optional<QByteArray> after;
    if (part.position < 0) {
        if (root.IsMap() && isFlow(root)) {
            after = withPair(document, root, writeText(section) + ": {" + pair + "}");
        } else {
            const int indent = root.IsMap() ? document.column(document.offset(root.Mark())) : 0;
            after = text + (text.isEmpty() || text.endsWith('\n') ? "" : "\n")
                + QByteArray(indent, ' ') + writeText(section) + ":\n"
                + QByteArray(indent + 2, ' ') + pair + "\n";
        }
    } else if (part.value.IsNull()) {
        // "window:" with nothing behind it.
        const qsizetype start = document.offset(part.key.Mark());
        if (isFlow(root))
            return fail(tooIntricate(part.key.Mark(), u"“"_s + section + u"”"_s));
        const qsizetype end = document.lineEnd(start);
        after = text.left(end) + (text.left(end).endsWith('\n') ? "" : "\n")
            + QByteArray(document.column(start) + 2, ' ') + pair + "\n" + text.mid(end);
    } else if (!part.value.IsMap()) {
        return fail(tooIntricate(part.value.Mark(), u"“"_s + section + u"”"_s));
    } else if (old.position < 0) {
        after = withPair(document, part.value, pair);
    } else {
        const qsizetype start = document.offset(old.value.Mark());
        if (const auto end = document.valueEnd(start, old.value))
            after = text.left(start) + write(value) + text.mid(*end);
    }
    if (!after)
        return fail(tooIntricate(part.key.Mark(), u"“"_s + section + u"”"_s));
    if (meaning(YAML::Load(after->toStdString())) != wanted)
        return fail(byHand(document));
    return *after;
}

Result<QByteArray> change(const Document &document, const QString &name, const QString &key,
                          const std::optional<QVariant> &value)
{
    auto found = findSource(document, name);
    if (!found)
        return fail(found.error());
    const QByteArray &text = document.text();
    const YAML::Node &source = found->source;

    const auto &[keyNode, valueNode, position] = findPair(source, key);
    QVariantList wanted = sourcesMeaning(document.root());
    if (value) {
        wanted[found->index] =
            withMeaning(wanted[found->index], findPair(source, key), key, meaningOf(*value));
    } else if (position >= 0) {
        QVariantList pairs = pairsOf(wanted[found->index]);
        pairs.removeAt(position);
        wanted[found->index] = QVariantList{u"map"_s, QVariant(pairs)};
    }

    const qsizetype start = document.offset(source.Mark());
    QByteArray after;
    if (position < 0) {
        if (!value)
            return fail(ErrorKind::NotFound, Words::tr("“%1” has no key “%2”").arg(name, key));
        const auto with = withPair(document, source, writeText(key) + ": " + write(*value));
        if (!with)
            return fail(tooIntricate(source.Mark(), Words::tr("this source")));
        return verified(document, *with, wanted);
    }

    const qsizetype keyStart = document.offset(keyNode.Mark());
    const qsizetype valueStart = document.offset(valueNode.Mark());
    auto valueEnd = document.valueEnd(valueStart, valueNode);
    const bool isBlock = !isFlow(source);
    if (value) {
        if (!valueEnd)
            return fail(tooIntricate(keyNode.Mark(), QString(u'“' + key + u'”')));
        after = text.left(valueStart) + write(*value) + text.mid(*valueEnd);
    } else if (isBlock) {
        const int indent = document.column(keyStart);
        const qsizetype end = document.blockEnd(keyStart, indent);
        if (keyStart == start) {
            // The first key stands behind the dash: the next one moves up to it.
            if (position + 1 >= int(source.size()))
                return fail(tooIntricate(keyNode.Mark(), Words::tr("the only key of this source")));
            after = text.left(keyStart) + text.mid(end + indent);
        } else {
            after = text.left(document.lineStart(keyStart)) + text.mid(end);
        }
    } else {
        if (!valueEnd)
            return fail(tooIntricate(keyNode.Mark(), QString(u'“' + key + u'”')));
        after = cutFromFlow(text, keyStart, *valueEnd);
    }
    return verified(document, after, wanted);
}

/// Keeps the exceptions of the library inside.
template<typename Edit>
Result<QByteArray> guarded(const QByteArray &text, Edit edit)
{
    try {
        return edit(Document(text));
    } catch (const YAML::Exception &exception) {
        return fail(ErrorKind::Invalid,
                    Words::tr("line %1: not YAML: %2")
                        .arg(QString::number(std::max(0, exception.mark.line) + 1),
                             QString::fromStdString(exception.msg)));
    }
}

} // namespace

Result<QByteArray> addSource(const QByteArray &text, const Pairs &keys)
{
    return guarded(text, [&](const Document &document) { return add(document, keys); });
}

Result<QByteArray> removeSource(const QByteArray &text, const QString &name)
{
    return guarded(text, [&](const Document &document) { return removeOne(document, name); });
}

Result<QByteArray> setKey(const QByteArray &text, const QString &name, const QString &key,
                          const QVariant &value)
{
    return guarded(text,
                   [&](const Document &document) { return change(document, name, key, value); });
}

Result<QByteArray> removeKey(const QByteArray &text, const QString &name, const QString &key)
{
    return guarded(
        text, [&](const Document &document) { return change(document, name, key, std::nullopt); });
}

Result<QByteArray> setOption(const QByteArray &text, const QString &section, const QString &key,
                             const QVariant &value)
{
    return guarded(text,
                   [&](const Document &document) { return setIn(document, section, key, value); });
}

} // namespace Stampdeck::ConfigEditor
