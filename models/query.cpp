// SPDX-License-Identifier: GPL-3.0-or-later
#include "query.h"

#include "glob.h"
#include "queryast.h"
#include "suggestion.h"
#include "units.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QRegularExpression>

#include <algorithm>
#include <array>
#include <cmath>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace Internal;
using Kind = QueryNode::Kind;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Query)
};

constexpr qsizetype longestQuery = 16'384;
constexpr int deepestNesting = 100;

constexpr std::array<std::pair<QueryOp, QLatin1StringView>, 7> ops = {{
    // The longer first: the lexer takes the first that fits.
    {QueryOp::NotEqual, "!="_L1},
    {QueryOp::GreaterEqual, ">="_L1},
    {QueryOp::LessEqual, "<="_L1},
    {QueryOp::Has, ":"_L1},
    {QueryOp::Equal, "="_L1},
    {QueryOp::Greater, ">"_L1},
    {QueryOp::Less, "<"_L1},
}};

bool isSpace(QChar c)
{
    return c.isSpace();
}

/// What ends a bare word, or must be escaped in one.
bool isSpecial(QChar c)
{
    return isSpace(c) || u"()\"\\:=<>!"_s.contains(c);
}

bool isWild(QChar c)
{
    return c == u'*' || c == u'?';
}

/// A text while it is read: which of its characters were escaped or quoted.
struct RawText
{
    QString chars;
    std::vector<bool> literal;
    bool quoted = false;

    void add(QChar c, bool isLiteral)
    {
        chars += c;
        literal.push_back(isLiteral);
    }
    [[nodiscard]] bool hasWildcards() const
    {
        for (qsizetype i = 0; i < chars.size(); ++i) {
            if (isWild(chars[i]) && !literal[static_cast<size_t>(i)])
                return true;
        }
        return false;
    }
    [[nodiscard]] QueryText toText(bool mayBeNone) const
    {
        QueryText text;
        if (hasWildcards()) {
            for (qsizetype i = 0; i < chars.size(); ++i) {
                const bool isLiteral = literal[static_cast<size_t>(i)];
                if (chars[i] == u'\\' || (isWild(chars[i]) && isLiteral))
                    text.pattern += u'\\';
                text.pattern += chars[i];
            }
        } else {
            text.literal = chars;
            text.none = mayBeNone && !quoted && chars == u"none"_s
                && std::none_of(literal.begin(), literal.end(), [](bool is) { return is; });
        }
        return text;
    }
};

/// A recursive descent over the text itself: a lexer of its own would have to know where a value
/// is.
class Parser
{
public:
    Parser(const QString &text, QueryScope scope)
        : m_text(text)
        , m_scope(scope)
    { }

    [[nodiscard]] tl::expected<QueryNodePtr, QueryError> parse()
    {
        if (m_text.size() > longestQuery)
            return wrong(longestQuery, m_text.size() - longestQuery,
                         Words::tr("the query is too long"));
        skipSpaces();
        if (atEnd())
            return QueryNodePtr();
        auto root = parseOr(0);
        if (root && !atEnd())
            return wrong(m_at, 1, Words::tr("expected a term or the end, found “)” without a “(”"));
        return root;
    }

private:
    using Parsed = tl::expected<QueryNodePtr, QueryError>;

    [[nodiscard]] static tl::unexpected<QueryError> wrong(qsizetype position, qsizetype length,
                                                          const QString &message)
    {
        return tl::unexpected<QueryError>(QueryError{position, length, message});
    }
    [[nodiscard]] bool atEnd() const { return m_at >= m_text.size(); }
    [[nodiscard]] QChar here() const { return atEnd() ? QChar() : m_text[m_at]; }
    void skipSpaces()
    {
        while (!atEnd() && isSpace(here()))
            ++m_at;
    }
    /// True when the unquoted word \a word stands here, by itself.
    [[nodiscard]] bool isKeyword(QStringView word) const
    {
        const QStringView rest = QStringView(m_text).mid(m_at);
        if (!rest.startsWith(word))
            return false;
        const qsizetype behind = word.size();
        return rest.size() == behind || isSpace(rest[behind]) || rest[behind] == u'('
            || rest[behind] == u')';
    }
    [[nodiscard]] bool takeKeyword(QStringView word)
    {
        if (!isKeyword(word))
            return false;
        m_at += word.size();
        skipSpaces();
        return true;
    }
    [[nodiscard]] tl::unexpected<QueryError> expectedTerm(const QString &behind) const
    {
        if (atEnd()) {
            return wrong(m_text.size(), 0,
                         behind.isEmpty() ? Words::tr("expected a term")
                                          : Words::tr("expected a term behind %1").arg(behind));
        }
        const auto found = [&behind](const QString &what) {
            return behind.isEmpty()
                ? Words::tr("expected a term, found %1").arg(what)
                : Words::tr("expected a term behind %1, found %2").arg(behind, what);
        };
        const QStringView rest = QStringView(m_text).mid(m_at);
        for (const QStringView word : {u"AND", u"OR"}) {
            if (isKeyword(word))
                return wrong(m_at, word.size(), found(word.toString()));
        }
        return wrong(m_at, 1, found(u"“"_s + rest.left(1) + u"”"_s));
    }

    [[nodiscard]] Parsed parseOr(int depth) { return parseChain(depth, Kind::Or); }
    /// Terms that are joined by OR, or by AND and spaces.
    [[nodiscard]] Parsed parseChain(int depth, Kind kind)
    {
        const auto operand = [&] {
            return kind == Kind::Or ? parseChain(depth, Kind::And) : parseUnary(depth);
        };
        std::vector<QueryNodePtr> children;
        for (;;) {
            auto child = operand();
            if (!child)
                return child;
            // "a b" inside brackets and outside is the same list: "(a b) c" is "a b c".
            if ((*child)->kind == kind)
                children.insert(children.end(), (*child)->children.begin(),
                                (*child)->children.end());
            else
                children.push_back(*child);
            skipSpaces();
            if (kind == Kind::Or) {
                if (!takeKeyword(u"OR"))
                    break;
                if (atEnd() || here() == u')')
                    return expectedTerm(u"OR"_s);
            } else {
                const bool joined = takeKeyword(u"AND");
                if (joined && (atEnd() || here() == u')' || isKeyword(u"OR") || isKeyword(u"AND")))
                    return expectedTerm(u"AND"_s);
                if (!joined && (atEnd() || here() == u')' || isKeyword(u"OR")))
                    break;
            }
        }
        if (children.size() == 1)
            return children.front();
        auto node = std::make_shared<QueryNode>();
        node->kind = kind;
        node->children = std::move(children);
        return node;
    }
    [[nodiscard]] Parsed parseUnary(int depth)
    {
        if (depth > deepestNesting)
            return wrong(m_at, 1, Words::tr("expected less nesting than this"));
        if (isKeyword(u"NOT")) {
            m_at += 3;
            skipSpaces();
            if (atEnd() || here() == u')' || isKeyword(u"AND") || isKeyword(u"OR"))
                return expectedTerm(u"NOT"_s);
            auto child = parseUnary(depth + 1);
            if (!child)
                return child;
            auto node = std::make_shared<QueryNode>();
            node->kind = Kind::Not;
            node->children.push_back(*child);
            return node;
        }
        if (here() == u'(') {
            const qsizetype open = m_at++;
            skipSpaces();
            if (here() == u')' || atEnd())
                return expectedTerm(u"“(”"_s);
            auto inner = parseOr(depth + 1);
            if (!inner)
                return inner;
            if (here() != u')')
                return wrong(open, 1, Words::tr("expected a “)” for this “(”"));
            ++m_at;
            return inner;
        }
        return parseTerm();
    }

    /// A run of characters up to an unescaped special one, or a quoted text. In a list of values a
    /// comma ends it too.
    [[nodiscard]] tl::expected<RawText, QueryError> readText(bool isValue, bool commaEnds)
    {
        RawText text;
        while (!atEnd()) {
            const QChar c = here();
            if (c == u'\\') {
                if (m_at + 1 >= m_text.size())
                    return wrong(m_text.size(), 0, Words::tr("expected a character behind “\\”"));
                text.add(m_text[m_at + 1], true);
                m_at += 2;
            } else if (c == u'"') {
                const qsizetype open = m_at++;
                while (!atEnd() && here() != u'"') {
                    if (here() == u'\\' && m_at + 1 < m_text.size())
                        ++m_at;
                    text.add(here(), true);
                    ++m_at;
                }
                if (atEnd())
                    return wrong(open, 1, Words::tr("expected a closing quote for this one"));
                ++m_at;
                text.quoted = true;
            } else if (isSpace(c) || c == u'(' || c == u')' || (commaEnds && c == u',')
                       || (!isValue && isSpecial(c))) {
                break;
            } else {
                text.add(c, false);
                ++m_at;
            }
        }
        return text;
    }
    /// The operator that stands here or behind spaces; ":" only right here.
    [[nodiscard]] std::optional<QueryOp> takeOp()
    {
        qsizetype at = m_at;
        while (at < m_text.size() && isSpace(m_text[at]))
            ++at;
        const QStringView rest = QStringView(m_text).mid(at);
        for (const auto &[op, word] : ops) {
            if (!rest.startsWith(word) || (op == QueryOp::Has && at != m_at))
                continue;
            m_at = at + word.size();
            if (op != QueryOp::Has)
                skipSpaces();
            return op;
        }
        return std::nullopt;
    }

    [[nodiscard]] Parsed parseTerm()
    {
        if (isKeyword(u"AND") || isKeyword(u"OR"))
            return expectedTerm(QString());
        const qsizetype start = m_at;
        auto text = readText(false, false);
        if (!text)
            return tl::unexpected<QueryError>(text.error());
        if (m_at == start) {
            if (here() == u'!' || u":=<>"_s.contains(here()))
                return wrong(m_at, 1, Words::tr("expected a field before “%1”").arg(here()));
            return expectedTerm(QString());
        }
        const qsizetype nameEnd = m_at;
        const auto op = text->quoted ? std::nullopt : takeOp();
        if (!op) {
            if (!atEnd() && !isSpace(here()) && here() != u'(' && here() != u')') {
                return wrong(
                    m_at, 1,
                    Words::tr("expected a space, or quotes around a text with “%1”").arg(here()));
            }
            auto node = std::make_shared<QueryNode>();
            node->kind = Kind::Word;
            node->values.push_back(text->toText(false));
            return node;
        }
        auto node = std::make_shared<QueryNode>();
        node->kind = Kind::Term;
        node->op = *op;
        QStringList names;
        for (const QueryFieldInfo &info : queryFields(m_scope)) {
            const bool isLabel = info.field == QueryField::Label;
            if (isLabel ? text->chars.startsWith(info.name, Qt::CaseInsensitive)
                        : text->chars.compare(info.name, Qt::CaseInsensitive) == 0) {
                node->field = &info;
                node->key = isLabel ? text->chars.mid(info.name.size()) : QString();
            }
            names.append(isLabel ? u"label.KEY"_s : info.name);
        }
        if (!node->field) {
            return wrong(start, nameEnd - start,
                         Words::tr("there is no field “%1”").arg(text->chars.left(60))
                             + suggestionFor(text->chars, names));
        }
        if (node->field->field == QueryField::Label && node->key.isEmpty())
            return wrong(nameEnd, 0, Words::tr("expected the key of a label behind “label.”"));
        if (*op > QueryOp::NotEqual && !node->field->isOrdered()) {
            return wrong(nameEnd, m_at - nameEnd,
                         Words::tr("expected “:”, “=” or “!=” behind “%1”, which has no order")
                             .arg(node->field->name));
        }
        return parseValues(node);
    }

    [[nodiscard]] Parsed parseValues(const std::shared_ptr<QueryNode> &node)
    {
        const bool isList = node->op == QueryOp::Has;
        for (;;) {
            const qsizetype start = m_at;
            const auto raw = readText(true, isList);
            if (!raw)
                return tl::unexpected<QueryError>(raw.error());
            if (m_at == start) {
                const QString behind = start > 0 ? m_text.mid(start - 1, 1) : QString();
                return wrong(start, atEnd() ? 0 : 1,
                             isSpace(behind.at(0))
                                 ? Words::tr("expected a value")
                                 : Words::tr("expected a value behind “%1”").arg(behind));
            }
            const bool mayBeNone = node->op == QueryOp::Has || node->op == QueryOp::Equal
                || node->op == QueryOp::NotEqual;
            QueryText value = raw->toText(mayBeNone);
            const bool globs = node->op == QueryOp::Has && !node->field->isNumber();
            if (!value.pattern.isEmpty() && !globs) {
                // Only ":" knows wildcards: elsewhere a star is a star.
                value.pattern.clear();
                value.literal = raw->chars;
            }
            if (const auto bad = check(*node, value)) {
                return wrong(start, m_at - start, *bad);
            }
            node->values.push_back(value);
            if (!isList || here() != u',')
                break;
            ++m_at;
        }
        return node;
    }
    /// Reads the number of \a value into \a node; what is wrong with it, or nothing.
    [[nodiscard]] std::optional<QString> check(QueryNode &node, QueryText &value) const
    {
        const QueryFieldInfo &field = *node.field;
        std::optional<QueryNumber> number;
        if (!value.none && field.isNumber()) {
            const auto read = readQueryNumber(field, value.literal);
            if (!read)
                return read.error();
            number = *read;
        }
        node.numbers.push_back(number);
        if (value.none || !value.pattern.isEmpty() || field.words.isEmpty())
            return std::nullopt;
        for (const QString &word : field.words) {
            if (word.compare(value.literal, Qt::CaseInsensitive) == 0) {
                value.literal = word;
                return std::nullopt;
            }
        }
        const QString nearest = nearestWord(value.literal, field.words);
        const QString words = field.words.join(u", "_s);
        return nearest.isEmpty()
            ? Words::tr("expected one of %1, none, found “%2”").arg(words, value.literal.left(60))
            : Words::tr("expected one of %1, none, found “%2”, did you mean “%3”?")
                  .arg(words, value.literal.left(60), nearest);
    }

    const QString &m_text;
    QueryScope m_scope;
    qsizetype m_at = 0;
};

/// \a text so that the parser reads it back; \a inList escapes commas too.
QString quote(const QueryText &value, bool inList)
{
    if (value.none)
        return u"none"_s;
    if (!value.pattern.isEmpty()) {
        QString out;
        for (qsizetype i = 0; i < value.pattern.size(); ++i) {
            const QChar c = value.pattern[i];
            if (c == u'\\') {
                out += c;
                out += value.pattern[++i];
                continue;
            }
            if (isSpecial(c) || (inList && c == u','))
                out += u'\\';
            out += c;
        }
        return out;
    }
    const QString &text = value.literal;
    const bool plain = !text.isEmpty() && text != u"none"_s && text != u"AND"_s && text != u"OR"_s
        && text != u"NOT"_s && std::none_of(text.begin(), text.end(), [&](QChar c) {
               return isSpecial(c) || isWild(c) || (inList && c == u',');
           });
    if (plain)
        return text;
    QString out = u"\""_s;
    for (const QChar c : text) {
        if (c == u'"' || c == u'\\')
            out += u'\\';
        out += c;
    }
    return out + u'"';
}

QString escapeKey(const QString &key)
{
    QString out;
    for (const QChar c : key) {
        if (isSpecial(c))
            out += u'\\';
        out += c;
    }
    return out;
}

/// \a pattern, in which "\" makes the next one literal, against all of \a text.
bool patternMatches(const QString &pattern, const QString &text)
{
    if (!pattern.contains(u'\\'))
        return globMatches(pattern, text);
    QString expression;
    for (qsizetype i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == u'*')
            expression += u".*"_s;
        else if (pattern[i] == u'?')
            expression += u'.';
        else
            expression += QRegularExpression::escape(
                QString(pattern[i] == u'\\' ? pattern[++i] : pattern[i]));
    }
    const QRegularExpression whole(QRegularExpression::anchoredPattern(expression),
                                   QRegularExpression::CaseInsensitiveOption
                                       | QRegularExpression::DotMatchesEverythingOption);
    return whole.match(text).hasMatch();
}

QStringView withoutV(QStringView version)
{
    const bool v =
        version.size() > 1 && (version[0] == u'v' || version[0] == u'V') && version[1].isDigit();
    return v ? version.mid(1) : version;
}

/// "1.4*" is 1.4, 1.4.2 and 1.4-rc1, not 1.40.
bool familyMatches(QStringView prefix, QStringView version)
{
    prefix = withoutV(prefix);
    version = withoutV(version);
    if (!version.startsWith(prefix, Qt::CaseInsensitive))
        return false;
    return version.size() == prefix.size() || prefix.isEmpty() || !prefix.back().isDigit()
        || !version[prefix.size()].isDigit();
}

/// One value of a term against one text of the subject.
bool textMatches(const QueryNode &node, const QueryText &value, const QString &text)
{
    const bool isVersion = node.field->type == QueryType::Version;
    if (!value.pattern.isEmpty()) {
        const QString &pattern = value.pattern;
        const bool isFamily = isVersion && pattern.endsWith(u'*')
            && pattern.indexOf(u'*') == pattern.size() - 1 && !pattern.contains(u'?')
            && !pattern.contains(u'\\');
        return isFamily ? familyMatches(QStringView(pattern).chopped(1), text)
                        : patternMatches(pattern, text);
    }
    if (isVersion) {
        const int order = compareVersions(text, value.literal);
        switch (node.op) {
        case QueryOp::Less:
            return order < 0;
        case QueryOp::LessEqual:
            return order <= 0;
        case QueryOp::Greater:
            return order > 0;
        case QueryOp::GreaterEqual:
            return order >= 0;
        default:
            return order == 0;
        }
    }
    return node.op == QueryOp::Has ? text.compare(value.literal, Qt::CaseInsensitive) == 0
                                   : text == value.literal;
}

bool numberMatches(QueryOp op, double is, double wanted)
{
    // 0.8 of 64 and 51.2 are the same to people.
    const double slack = 1e-9 * std::max({std::abs(is), std::abs(wanted), 1e-9});
    switch (op) {
    case QueryOp::Has:
    case QueryOp::Equal:
        return std::abs(is - wanted) <= slack;
    case QueryOp::NotEqual:
        return std::abs(is - wanted) > slack;
    case QueryOp::Less:
        return is < wanted - slack;
    case QueryOp::LessEqual:
        return is <= wanted + slack;
    case QueryOp::Greater:
        return is > wanted + slack;
    case QueryOp::GreaterEqual:
        break;
    }
    return is >= wanted - slack;
}

bool termMatches(const QueryNode &node, const QuerySubject &subject)
{
    const QueryField field = node.field->field;
    const bool isNumber = node.field->isNumber();
    const auto isKnown = [&] {
        return isNumber
            ? subject.number(field, false).has_value()
            : subject.anyText(field, node.key, [](const QString &text) { return !text.isEmpty(); });
    };
    const bool negated = node.op == QueryOp::NotEqual;
    for (size_t i = 0; i < node.values.size(); ++i) {
        const QueryText &value = node.values[i];
        if (value.none) {
            if (isKnown() == negated)
                return true;
        } else if (isNumber) {
            const auto is = subject.number(field, node.numbers[i]->ofLimit);
            if (is && numberMatches(node.op, *is, node.numbers[i]->value))
                return true;
        } else if (negated) {
            // Of several none may be it; where there is none at all, it compares false.
            const bool found = subject.anyText(field, node.key, [&](const QString &text) {
                return textMatches(node, value, text);
            });
            if (!found && isKnown())
                return true;
        } else if (subject.anyText(field, node.key, [&](const QString &text) {
                       return !text.isEmpty() && textMatches(node, value, text);
                   })) {
            return true;
        }
    }
    return false;
}

/// A piece of a version between its separators.
QStringView nextPart(QStringView &rest)
{
    qsizetype end = 0;
    while (end < rest.size() && rest[end] != u'.' && rest[end] != u'-' && rest[end] != u'_')
        ++end;
    const QStringView part = rest.left(end);
    rest = rest.mid(std::min(end + 1, rest.size()));
    return part;
}

bool isDigits(QStringView text)
{
    return !text.isEmpty()
        && std::all_of(text.begin(), text.end(), [](QChar c) { return c >= u'0' && c <= u'9'; });
}

int compareParts(QStringView a, QStringView b)
{
    if (isDigits(a) && isDigits(b)) {
        while (a.size() > 1 && a[0] == u'0')
            a = a.mid(1);
        while (b.size() > 1 && b[0] == u'0')
            b = b.mid(1);
        if (a.size() != b.size())
            return a.size() < b.size() ? -1 : 1;
        return a.compare(b);
    }
    if (isDigits(a) != isDigits(b))
        return isDigits(a) ? -1 : 1; // as semver has it
    return a.compare(b, Qt::CaseInsensitive);
}

int compareDotted(QStringView a, QStringView b, bool missingIsZero)
{
    while (!a.isEmpty() || !b.isEmpty()) {
        if (!missingIsZero && a.isEmpty() != b.isEmpty())
            return a.isEmpty() ? -1 : 1;
        QStringView left = a.isEmpty() ? QStringView(u"0") : nextPart(a);
        QStringView right = b.isEmpty() ? QStringView(u"0") : nextPart(b);
        if (const int order = compareParts(left, right))
            return order;
    }
    return 0;
}

} // namespace

int compareVersions(QStringView a, QStringView b)
{
    const auto withoutBuild = [](QStringView version) {
        const qsizetype plus = version.indexOf(u'+');
        return withoutV(plus < 0 ? version : version.left(plus));
    };
    a = withoutBuild(a);
    b = withoutBuild(b);
    const qsizetype dashA = a.indexOf(u'-');
    const qsizetype dashB = b.indexOf(u'-');
    if (const int order =
            compareDotted(dashA < 0 ? a : a.left(dashA), dashB < 0 ? b : b.left(dashB), true))
        return order;
    if ((dashA < 0) != (dashB < 0))
        return dashA < 0 ? 1 : -1;
    return dashA < 0 ? 0 : compareDotted(a.mid(dashA + 1), b.mid(dashB + 1), false);
}

bool QueryValues::anyText(QueryField field, const QString &, const Take &take) const
{
    const auto found = texts.constFind(field);
    return found != texts.cend() && std::any_of(found->cbegin(), found->cend(), take);
}

std::optional<double> QueryValues::number(QueryField field, bool ofLimit) const
{
    const auto found = numbers.constFind(field);
    return ofLimit || found == numbers.cend() ? std::nullopt : std::optional(*found);
}

bool QueryValues::anyWord(const Take &take) const
{
    for (const QStringList &values : texts) {
        if (std::any_of(values.cbegin(), values.cend(), take))
            return true;
    }
    return false;
}

Error QueryError::toError() const
{
    return Error::of(ErrorKind::Invalid,
                     Words::tr("character %1: %2").arg(position + 1).arg(message));
}

QueryResult Query::parse(const QString &text, QueryScope scope)
{
    auto root = Parser(text, scope).parse();
    if (!root)
        return tl::unexpected<QueryError>(root.error());
    Query query;
    query.m_root = *root;
    return query;
}

bool Query::matches(const QuerySubject &subject) const
{
    return m_fault.isEmpty() && (!m_root || Internal::matches(*m_root, subject));
}

Query Query::notUnderstood(const QString &why)
{
    Query query;
    query.m_fault = why;
    return query;
}

QString Query::term(const QString &field, const QString &value)
{
    QueryText text;
    text.literal = value;
    return field + u':' + quote(text, true);
}

QString Query::toString() const
{
    return m_root ? print(m_root) : QString();
}

bool operator==(const Query &a, const Query &b)
{
    return a.m_fault == b.m_fault && Internal::isEqual(a.m_root, b.m_root);
}

namespace Internal {

QString toString(QueryOp op)
{
    for (const auto &[one, word] : ops) {
        if (one == op)
            return word;
    }
    return {};
}

bool isEqual(const QueryNodePtr &a, const QueryNodePtr &b)
{
    if (!a || !b)
        return !a && !b;
    return a->kind == b->kind && a->field == b->field && a->key == b->key && a->op == b->op
        && a->values == b->values
        && std::equal(a->children.begin(), a->children.end(), b->children.begin(),
                      b->children.end(), isEqual);
}

QString print(const QueryNodePtr &node)
{
    switch (node->kind) {
    case Kind::Word:
        return quote(node->values.front(), false);
    case Kind::Term: {
        QStringList values;
        for (const QueryText &value : node->values)
            values.append(quote(value, node->op == QueryOp::Has));
        return node->field->name + escapeKey(node->key) + toString(node->op) + values.join(u',');
    }
    case Kind::Not: {
        const QueryNodePtr &child = node->children.front();
        const bool brackets = child->kind == Kind::And || child->kind == Kind::Or;
        return brackets ? QString(u"NOT ("_s + print(child) + u')')
                        : QString(u"NOT "_s + print(child));
    }
    case Kind::And:
    case Kind::Or:
        break;
    }
    QStringList parts;
    for (const QueryNodePtr &child : node->children) {
        const bool brackets = node->kind == Kind::And && child->kind == Kind::Or;
        parts.append(brackets ? QString(u'(' + print(child) + u')') : print(child));
    }
    return parts.join(node->kind == Kind::Or ? u" OR "_s : u" "_s);
}

bool matches(const QueryNode &node, const QuerySubject &subject)
{
    const auto holds = [&](const QueryNodePtr &child) { return matches(*child, subject); };
    switch (node.kind) {
    case Kind::And:
        return std::all_of(node.children.begin(), node.children.end(), holds);
    case Kind::Or:
        return std::any_of(node.children.begin(), node.children.end(), holds);
    case Kind::Not:
        return !holds(node.children.front());
    case Kind::Term:
        return termMatches(node, subject);
    case Kind::Word:
        break;
    }
    const QueryText &word = node.values.front();
    return subject.anyWord([&](const QString &text) {
        return word.pattern.isEmpty() ? text.contains(word.literal, Qt::CaseInsensitive)
                                      : patternMatches(word.pattern, text);
    });
}

tl::expected<QueryNumber, QString> readQueryNumber(const QueryFieldInfo &field, const QString &text)
{
    std::optional<double> value;
    QString expected;
    const bool percent = text.endsWith(u'%');
    const auto suffixed =
        [&](std::initializer_list<std::pair<QLatin1StringView, double>> suffixes) {
            for (const auto &[suffix, factor] : suffixes) {
                if (!text.endsWith(suffix))
                    continue;
                const auto number = numberFromString(QStringView(text).chopped(suffix.size()));
                return number ? std::optional(*number * factor) : std::nullopt;
            }
            return numberFromString(text);
        };
    switch (field.type) {
    case QueryType::Cores:
        expected = Words::tr("cores such as 4 or 500m, or a share such as 80%");
        value = percent ? ratioFromString(text) : suffixed({{"m"_L1, 0.001}});
        break;
    case QueryType::Bytes:
        expected = Words::tr("a size such as 16Gi, or a share such as 80%");
        value = percent ? ratioFromString(text) : sizeFromString(text);
        break;
    case QueryType::Count:
        expected = Words::tr("a number such as 12, or a share such as 80%");
        value = percent ? ratioFromString(text) : numberFromString(text);
        break;
    case QueryType::Ratio:
        expected = Words::tr("a share such as 1% or 0.01");
        value = ratioFromString(text);
        break;
    case QueryType::Latency:
        expected = Words::tr("a latency such as 400ms or 1.5s");
        value = suffixed({{"ms"_L1, 1}, {"s"_L1, 1000}, {"m"_L1, 60'000}});
        break;
    default:
        expected = Words::tr("a number such as 1200 or 1.2k");
        value = suffixed({{"k"_L1, 1e3}, {"M"_L1, 1e6}});
        break;
    }
    if (!value)
        return tl::unexpected<QString>(
            Words::tr("expected %1, found “%2”").arg(expected, text.left(60)));
    return QueryNumber{*value, percent && field.type != QueryType::Ratio};
}

} // namespace Internal

} // namespace Stampdeck
