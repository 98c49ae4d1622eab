// SPDX-License-Identifier: GPL-3.0-or-later
#include "restdecoder.h"

#include "elementscanner.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QSet>

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace Stampdeck {

using namespace Qt::StringLiterals;
namespace json = simdjson::ondemand;

namespace {

constexpr size_t padding =
    std::max<size_t>(simdjson::SIMDJSON_PADDING, Internal::ElementScanner::padding);
// The text is taken through a buffer of this size, which stays in the processor's cache.
constexpr qsizetype slice = 128 * 1024;
constexpr qsizetype longestText = 64 * 1024;

/// The raw text of a JSON string, between its quotes.
struct RawText
{
    std::string_view bytes;
    bool escaped = false;
};

QString toQString(const RawText &text, bool *valid)
{
    if (!text.escaped)
        return QString::fromUtf8(text.bytes.data(), qsizetype(text.bytes.size()));
    QByteArray array("[\"");
    array.append(text.bytes.data(), qsizetype(text.bytes.size())).append("\"]");
    const QJsonDocument document = QJsonDocument::fromJson(array);
    *valid = *valid && document.isArray();
    return document.array().at(0).toString();
}

/// Strings that come again and again within one answer are shared: names of stamps, regions,
/// versions. A table of open addressing over the UTF-8 bytes; the strings stand in the order in
/// which they first came.
class Interner
{
public:
    Interner()
        : m_slots(1024)
    {
        m_strings.reserve(1024);
    }

    const QString &shared(std::string_view bytes)
    {
        if (bytes.empty())
            return m_empty;
        const uint64_t hash = hashOf(bytes);
        const auto tag = uint32_t(hash >> 32);
        size_t at = hash & (m_slots.size() - 1);
        for (; m_slots[at].entry != 0; at = (at + 1) & (m_slots.size() - 1)) {
            if (m_slots[at].tag == tag && equals(m_strings[m_slots[at].entry - 1], bytes))
                return m_strings[m_slots[at].entry - 1];
        }
        m_strings.push_back(QString::fromUtf8(bytes.data(), qsizetype(bytes.size())));
        m_slots[at] = {tag, uint32_t(m_strings.size())};
        m_bytes += qint64(sizeof(Slot)) * 4 + qint64(sizeof(QString)) + 40
            + 2 * qint64(bytes.size());
        if (m_strings.size() * 2 > m_slots.size())
            grow();
        return m_strings.back();
    }
    /// The same for names that come in runs or in the same order again and again, as the owners of
    /// tenants do: the last one and the next one are looked at first.
    const QString &sharedInOrder(std::string_view bytes)
    {
        for (size_t guess = m_lastInOrder; guess < m_strings.size() && guess < m_lastInOrder + 2;
             ++guess) {
            if (equals(m_strings[guess], bytes)) {
                m_lastInOrder = guess;
                // By the time that it is asked for it has come from memory.
                if (guess + 2 < m_strings.size())
                    __builtin_prefetch(m_strings[guess + 2].constData());
                return m_strings[guess];
            }
        }
        const QString &found = shared(bytes);
        if (!found.isEmpty())
            m_lastInOrder = size_t(&found - m_strings.data());
        return found;
    }
    [[nodiscard]] qint64 bytes() const { return m_bytes; }

private:
    struct Slot
    {
        uint32_t tag = 0; ///< A part of the hash.
        uint32_t entry = 0; ///< The string's index plus one.
    };

    // Eight bytes at a time: the strings are short.
    static uint64_t hashOf(std::string_view bytes)
    {
        constexpr uint64_t factor = 0x9e3779b97f4a7c15U;
        uint64_t hash = 0xcbf29ce484222325U ^ bytes.size();
        const char *at = bytes.data();
        size_t left = bytes.size();
        for (; left >= 8; left -= 8, at += 8) {
            uint64_t word = 0;
            std::memcpy(&word, at, 8);
            hash = (hash ^ word) * factor;
            hash ^= hash >> 32;
        }
        uint64_t word = 0;
        std::memcpy(&word, at, left);
        hash = (hash ^ word) * factor;
        hash = (hash ^ (hash >> 32)) * factor;
        return hash ^ (hash >> 29);
    }
    static bool isAscii(char byte) { return (static_cast<unsigned char>(byte) & 0x80) == 0; }
    static bool equals(const QString &text, std::string_view bytes)
    {
        if (text.size() == qsizetype(bytes.size())) {
            const QChar *left = text.constData();
            for (const char byte : bytes) {
                if (left->unicode() != char16_t(static_cast<unsigned char>(byte)) || !isAscii(byte))
                    return !isAscii(byte)
                        && text == QString::fromUtf8(bytes.data(), qsizetype(bytes.size()));
                ++left;
            }
            return true;
        }
        return text.size() < qsizetype(bytes.size())
            && qsizetype(bytes.size()) <= 3 * text.size()
            && std::any_of(bytes.begin(), bytes.end(), [](char byte) { return !isAscii(byte); })
            && text == QString::fromUtf8(bytes.data(), qsizetype(bytes.size()));
    }
    void grow()
    {
        m_slots.assign(m_slots.size() * 2, {});
        for (size_t i = 0; i < m_strings.size(); ++i) {
            const QByteArray bytes = m_strings[i].toUtf8();
            const uint64_t hash = hashOf({bytes.constData(), size_t(bytes.size())});
            size_t at = hash & (m_slots.size() - 1);
            while (m_slots[at].entry != 0)
                at = (at + 1) & (m_slots.size() - 1);
            m_slots[at] = {uint32_t(hash >> 32), uint32_t(i + 1)};
        }
    }

    std::vector<Slot> m_slots;
    std::vector<QString> m_strings;
    size_t m_lastInOrder = 0;
    qint64 m_bytes = 0;
    const QString m_empty;
};

/// Which index an ID has had, for finding duplicates. As long as IDs come in ascending order there
/// can be none, and nothing is kept; from then on a part of the hash beside the index, so that the
/// IDs themselves are hardly ever looked at.
class IdTable
{
public:
    /// The index that \a id already has, or -1 and from now on \a index, which is the next one.
    /// \a idAt gives the ID of an index.
    template<typename IdAt>
    int insert(const QString &id, int index, IdAt &&idAt)
    {
        if (m_slots.empty()) {
            if (index == 0 || idAt(index - 1) < id)
                return -1;
            m_slots.resize(1024);
            for (int earlier = 0; earlier < index; ++earlier)
                (void)add(idAt(earlier), earlier, idAt);
        }
        return add(id, index, idAt);
    }

private:
    template<typename IdAt>
    int add(const QString &id, int index, IdAt &&idAt)
    {
        if (++m_count * 2 > m_slots.size())
            grow();
        const uint64_t hash = uint64_t(qHash(id)) * 0x9e3779b97f4a7c15U;
        const Slot added{uint32_t(hash >> 32), index + 1};
        size_t at = added.hash & (m_slots.size() - 1);
        for (; m_slots[at].entry != 0; at = (at + 1) & (m_slots.size() - 1)) {
            if (m_slots[at].hash == added.hash && idAt(m_slots[at].entry - 1) == id)
                return m_slots[at].entry - 1;
        }
        m_slots[at] = added;
        return -1;
    }
    struct Slot
    {
        uint32_t hash = 0;
        int entry = 0; ///< The index plus one.
    };

    void grow()
    {
        std::vector<Slot> old(m_slots.size() * 2);
        old.swap(m_slots);
        for (const Slot &slot : old) {
            if (slot.entry == 0)
                continue;
            size_t at = slot.hash & (m_slots.size() - 1);
            while (m_slots[at].entry != 0)
                at = (at + 1) & (m_slots.size() - 1);
            m_slots[at] = slot;
        }
    }

    std::vector<Slot> m_slots;
    size_t m_count = 0;
};

using Name = std::string_view;

/// Reads one object of the API. Every function gives false on the first thing that is wrong; then
/// `broken` tells text that is no JSON from a value that is not what it should be, and `pointer`
/// has been put together on the way up.
class ObjectReader
{
public:
    explicit ObjectReader(Interner &strings)
        : m_strings(strings)
    { }

    bool broken = false;
    std::string pointer;
    QString message;
    QString id; ///< Of the stamp or tenant, as soon as it was read.
    qint64 bytes = 0; ///< What the values read take, by estimate, less what is shared.

    /// Points the parser at \a size bytes at \a text, which `padding` readable bytes follow.
    bool open(const char *text, size_t size, json::object &object)
    {
        broken = false;
        pointer.clear();
        message.clear();
        id.clear();
        bytes = 0;
        m_owner = nullptr;
        if (m_parser.iterate(text, size, size + padding).get(m_document))
            return isBroken();
        return !m_document.get_object().get(object) || isBroken();
    }
    /// Nothing may follow the object's end: the scanner sees to that for elements of arrays.
    bool read(json::object &object, Stamp &stamp);
    bool read(json::object &object, Tenant &tenant);
    bool read(json::object &object, Operation &operation);
    bool read(json::object &object, QStringList &goneStamps, QStringList &goneTenants);

    bool readText(json::value value, QString &out)
    {
        RawText text;
        bool isNull = false;
        if (!rawText(value, text, isNull))
            return false;
        if (isNull) {
            out.clear();
            return true;
        }
        bool valid = true;
        out = toQString(text, &valid);
        bytes += 40 + 2 * out.size();
        return valid || isBroken();
    }

private:
    bool isBroken()
    {
        broken = true;
        return false;
    }
    bool wrong(const QString &what)
    {
        message = what;
        return false;
    }
    bool at(std::string_view member)
    {
        pointer.insert(0, member);
        pointer.insert(0, 1, '/');
        return false;
    }
    bool atIndex(size_t index) { return at(std::to_string(index)); }

    template<size_t N>
    static size_t match(const std::array<Name, N> &names, const char *raw, size_t hint)
    {
        // Members mostly come in the order in which the API names them.
        for (size_t i = 0; i < N; ++i) {
            const size_t index = hint + i < N ? hint + i : hint + i - N;
            const Name name = names[index];
            if (std::memcmp(raw, name.data(), name.size()) == 0 && raw[name.size()] == '"')
                return index;
        }
        return N;
    }

    /// Calls \a onMember(index, value) for each known member of \a object, once at the most.
    template<size_t N, typename OnMember>
    bool eachMember(json::object &object, const std::array<Name, N> &names, OnMember &&onMember)
    {
        static_assert(N <= 32);
        uint32_t seen = 0;
        size_t hint = 0;
        for (auto next : object) {
            json::field field;
            if (std::move(next).get(field))
                return isBroken();
            const size_t index = match(names, field.key().raw(), hint);
            if (index == N) {
                if (!skip(field.value()))
                    return false;
                continue;
            }
            if ((seen & (1U << index)) != 0) {
                wrong(u"a duplicate"_s);
                return at(names[index]);
            }
            seen |= 1U << index;
            hint = index + 1;
            if (!onMember(index, field.value()))
                return at(names[index]);
        }
        return true;
    }

    /// Calls \a onElement(index, value) for each element of \a value; null is an empty list.
    template<typename OnElement>
    bool eachElement(json::value value, OnElement &&onElement)
    {
        json::json_type type;
        if (value.type().get(type))
            return isBroken();
        if (type == json::json_type::null)
            return readNull(value);
        json::array array;
        if (type != json::json_type::array)
            return wrong(u"expected a list"_s);
        if (value.get_array().get(array))
            return isBroken();
        size_t index = 0;
        for (auto next : array) {
            json::value element;
            if (std::move(next).get(element))
                return isBroken();
            if (!onElement(index, element))
                return atIndex(index);
            ++index;
        }
        return true;
    }

    /// Reads \a value's members with \a onMember; null leaves everything as it is.
    template<size_t N, typename OnMember>
    bool readObject(json::value value, const std::array<Name, N> &names, OnMember &&onMember,
                    bool *wasNull = nullptr)
    {
        json::json_type type;
        if (value.type().get(type))
            return isBroken();
        if (type == json::json_type::null && wasNull) {
            *wasNull = true;
            return readNull(value);
        }
        json::object object;
        if (type != json::json_type::object)
            return wrong(u"expected an object"_s);
        if (value.get_object().get(object))
            return isBroken();
        return eachMember(object, names, onMember);
    }

    bool skip(json::value value)
    {
        json::json_type type;
        if (value.type().get(type))
            return isBroken();
        switch (type) {
        case json::json_type::number: {
            double number = 0;
            const std::string_view token = value.raw_json_token();
            return !value.get_double().get(number) || isNumber(token) || isBroken();
        }
        case json::json_type::boolean: {
            bool truth = false;
            return !value.get_bool().get(truth) || isBroken();
        }
        case json::json_type::null:
            return readNull(value);
        default:
            // Strings and what is nested is passed over by the parser itself.
            return true;
        }
    }

    bool readNull(json::value &value)
    {
        bool isNull = false;
        return (!simdjson::simdjson_result<bool>(value.is_null()).get(isNull) && isNull)
            || isBroken();
    }

    // The grammar of JSON: what fits it and is no double is too large, and not broken text.
    static bool isNumber(std::string_view text)
    {
        size_t i = 0;
        const auto digits = [&] {
            const size_t first = i;
            while (i < text.size() && text[i] >= '0' && text[i] <= '9')
                ++i;
            return i - first;
        };
        while (!text.empty()
               && (text.back() == ' ' || text.back() == '\n' || text.back() == '\r'
                   || text.back() == '\t'))
            text.remove_suffix(1);
        if (i < text.size() && text[i] == '-')
            ++i;
        const bool leadingZero = i < text.size() && text[i] == '0';
        const size_t whole = digits();
        if (whole == 0 || (leadingZero && whole > 1))
            return false;
        if (i < text.size() && text[i] == '.') {
            ++i;
            if (digits() == 0)
                return false;
        }
        if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
            ++i;
            if (i < text.size() && (text[i] == '+' || text[i] == '-'))
                ++i;
            if (digits() == 0)
                return false;
        }
        return i == text.size();
    }

    /// Where \a value is a number that is not negative; null where \a isNull is given.
    bool number(json::value value, double &out, bool &isNull)
    {
        json::json_type type;
        if (value.type().get(type))
            return isBroken();
        if (type == json::json_type::null) {
            isNull = true;
            return readNull(value);
        }
        if (type != json::json_type::number)
            return wrong(u"expected a number"_s);
        const std::string_view token = value.raw_json_token();
        if (value.get_double().get(out))
            return isNumber(token) ? wrong(u"a number that is too large"_s) : isBroken();
        if (out < 0)
            return wrong(u"a negative number"_s);
        return true;
    }
    bool readNumber(json::value value, std::optional<double> &out)
    {
        double read = 0;
        bool isNull = false;
        if (!number(value, read, isNull))
            return false;
        if (isNull)
            out.reset();
        else
            out = read;
        return true;
    }
    bool readNumber(json::value value, double &out)
    {
        bool isNull = false;
        if (!number(value, out, isNull))
            return false;
        return !isNull || wrong(u"expected a number"_s);
    }
    bool readCount(json::value value, std::optional<int> &out)
    {
        std::optional<double> read;
        if (!readNumber(value, read))
            return false;
        if (read && (*read != std::floor(*read) || *read > std::numeric_limits<int>::max()))
            return wrong(u"expected a whole number"_s);
        out = read ? std::optional(int(*read)) : std::nullopt;
        return true;
    }
    bool readCount(json::value value, int &out)
    {
        std::optional<int> read;
        if (!readCount(value, read))
            return false;
        if (!read)
            return wrong(u"expected a whole number"_s);
        out = *read;
        return true;
    }
    bool readFlag(json::value value, bool &out)
    {
        json::json_type type;
        if (value.type().get(type))
            return isBroken();
        if (type == json::json_type::null) {
            out = false;
            return readNull(value);
        }
        if (type != json::json_type::boolean)
            return wrong(u"expected true or false"_s);
        return !value.get_bool().get(out) || isBroken();
    }

    bool rawText(json::value value, RawText &out, bool &isNull)
    {
        json::json_type type;
        if (value.type().get(type))
            return isBroken();
        if (type == json::json_type::null) {
            isNull = true;
            return readNull(value);
        }
        if (type != json::json_type::string)
            return wrong(u"expected a string"_s);
        json::raw_json_string raw;
        if (value.get_raw_json_string().get(raw))
            return isBroken();
        const char *begin = raw.raw();
        const char *end = begin;
        while (*end != '"') {
            if (*end == '\\') {
                out.escaped = true;
                ++end;
            }
            ++end;
        }
        out.bytes = std::string_view(begin, size_t(end - begin));
        if (qsizetype(out.bytes.size()) > longestText)
            return wrong(u"a string of over 64 KiB"_s);
        return true;
    }
    /// The same string as elsewhere in the answer, where it is equal.
    bool readShared(json::value value, QString &out, bool inOrder = false)
    {
        RawText text;
        bool isNull = false;
        if (!rawText(value, text, isNull))
            return false;
        if (isNull) {
            out.clear();
            return true;
        }
        m_sharedBytes = text.bytes;
        if (text.escaped) {
            bool valid = true;
            out = toQString(text, &valid);
            bytes += 40 + 2 * out.size();
            return valid || isBroken();
        }
        // An owner is named again by its placement.
        if (m_owner && text.bytes == m_ownerBytes) {
            out = *m_owner;
            return true;
        }
        out = inOrder ? m_strings.sharedInOrder(text.bytes) : m_strings.shared(text.bytes);
        return true;
    }
    bool readTime(json::value value, std::optional<Timestamp> &out)
    {
        RawText text;
        bool isNull = false;
        if (!rawText(value, text, isNull))
            return false;
        if (isNull) {
            out.reset();
            return true;
        }
        if (text.bytes == std::string_view(m_lastTimeText)) {
            out = m_lastTime;
            return true;
        }
        out = fromRfc3339(text.bytes.data(), text.bytes.size());
        if (!out)
            return wrong(u"expected a time as 2026-01-02T03:04:05Z"_s);
        m_lastTimeText.assign(text.bytes);
        m_lastTime = *out;
        return true;
    }
    /// One of the words of \a T. Null leaves \a out as it is; another word is wrong unless
    /// \a unknown says what to take it for.
    template<typename T>
    bool readWord(json::value value, T &out, std::optional<T> unknown = std::nullopt)
    {
        RawText text;
        bool isNull = false;
        if (!rawText(value, text, isNull) || isNull)
            return isNull && !broken;
        const auto word =
            fromString<T>(QLatin1StringView(text.bytes.data(), qsizetype(text.bytes.size())));
        if (!word && !unknown)
            return wrong(u"the unknown word “"_s
                         + QString::fromUtf8(text.bytes.data(),
                                             qsizetype(std::min<size_t>(text.bytes.size(), 60)))
                         + u"”"_s);
        out = word ? *word : *unknown;
        return true;
    }
    /// A stamp's name is shared with the tenants that it owns.
    bool readId(json::value value, QString &out, bool isShared = false)
    {
        if (isShared ? !readShared(value, out) : !readText(value, out))
            return false;
        if (out.isEmpty() || out.size() > 253)
            return wrong(u"expected a name of 1 to 253 characters"_s);
        for (const QChar c : std::as_const(out)) {
            if (c.unicode() < 0x20 || c.unicode() == 0x7f || c == u'/')
                return wrong(u"a name with a slash or a control character"_s);
        }
        id = out;
        return true;
    }

    bool readResource(json::value value, Resource &out)
    {
        static constexpr std::array<Name, 3> names = {"limit", "reserved", "used"};
        bool wasNull = false;
        return readObject(
            value, names,
            [&](size_t index, json::value member) {
                switch (index) {
                case 0:
                    return readNumber(member, out.limit);
                case 1:
                    return readNumber(member, out.reserved);
                default:
                    return readNumber(member, out.used);
                }
            },
            &wasNull);
    }
    bool readReason(json::value value, HealthReason &out);
    bool readRule(json::value value, std::optional<ScalingRule> &out);
    bool readComponent(json::value value, Component &out);
    bool readLabels(json::value value, QMap<QString, QString> &out);
    bool readPlacement(json::value value, Placement &out);
    bool readRegions(json::value value, QStringList &out);
    bool readStep(json::value value, OperationStep &out);
    bool readNames(json::value value, QStringList &out)
    {
        return eachElement(value, [&](size_t, json::value element) {
            QString name;
            if (!readId(element, name))
                return false;
            out.append(name);
            return true;
        });
    }

    Interner &m_strings;
    json::parser m_parser;
    json::document m_document;
    // What readShared() read last; and the owner of the tenant that is being read.
    std::string_view m_sharedBytes;
    std::string_view m_ownerBytes;
    const QString *m_owner = nullptr;
    std::string m_lastTimeText;
    Timestamp m_lastTime;
    // Lists of regions are few and the same for many tenants.
    std::vector<QStringList> m_regionLists;
    QStringList m_regions;
};

bool ObjectReader::readReason(json::value value, HealthReason &out)
{
    static constexpr std::array<Name, 7> names = {"code",  "message", "since", "component",
                                                  "value", "limit",   "unit"};
    bytes += qint64(sizeof(HealthReason));
    return readObject(value, names, [&](size_t index, json::value member) {
        switch (index) {
        case 0:
            return readShared(member, out.code);
        case 1:
            return readText(member, out.message);
        case 2:
            return readTime(member, out.since);
        case 3:
            return readShared(member, out.component);
        case 4:
            return readNumber(member, out.value);
        case 5:
            return readNumber(member, out.limit);
        default:
            return readShared(member, out.unit);
        }
    });
}

bool ObjectReader::readRule(json::value value, std::optional<ScalingRule> &out)
{
    static constexpr std::array<Name, 6> names = {"signal", "target", "cooldown",
                                                  "by",     "lastAt", "lastWhy"};
    ScalingRule rule;
    bool wasNull = false;
    bool hasSignal = false;
    const bool good = readObject(
        value, names,
        [&](size_t index, json::value member) {
            switch (index) {
            case 0:
                hasSignal = true;
                return readWord(member, rule.signal);
            case 1:
                return readNumber(member, rule.target);
            case 2: {
                QString text;
                if (!readShared(member, text))
                    return false;
                if (text.isEmpty())
                    return true;
                const auto duration = durationFromString(text);
                if (!duration)
                    return wrong(u"expected a duration as 60s"_s);
                rule.cooldown = *duration;
                return true;
            }
            case 3:
                return readShared(member, rule.by);
            case 4:
                return readTime(member, rule.lastAt);
            default:
                return readText(member, rule.lastWhy);
            }
        },
        &wasNull);
    if (!good)
        return false;
    if (wasNull) {
        out.reset();
        return true;
    }
    if (!hasSignal) {
        wrong(u"expected a signal"_s);
        return at("signal");
    }
    if (rule.by.isEmpty())
        rule.by = u"backend"_s;
    out = std::move(rule);
    return true;
}

bool ObjectReader::readComponent(json::value value, Component &out)
{
    static constexpr std::array<Name, 7> names = {"name", "desired", "ready", "min",
                                                  "max",  "health",  "rule"};
    bytes += qint64(sizeof(Component));
    bool hasHealth = false;
    const bool good = readObject(value, names, [&](size_t index, json::value member) {
        switch (index) {
        case 0:
            return readShared(member, out.name);
        case 1:
            return readCount(member, out.desired);
        case 2:
            return readCount(member, out.ready);
        case 3:
            return readCount(member, out.min);
        case 4:
            return readCount(member, out.max);
        case 5:
            hasHealth = true;
            return readWord(member, out.health, std::optional(Health::Unknown));
        default:
            return readRule(member, out.rule);
        }
    });
    if (!good)
        return false;
    if (out.name.isEmpty()) {
        wrong(u"expected a name"_s);
        return at("name");
    }
    if (!hasHealth)
        out.health = componentHealth(out.desired, out.ready);
    return true;
}

bool ObjectReader::readLabels(json::value value, QMap<QString, QString> &out)
{
    json::json_type type;
    if (value.type().get(type))
        return isBroken();
    if (type == json::json_type::null)
        return readNull(value);
    json::object object;
    if (type != json::json_type::object)
        return wrong(u"expected an object"_s);
    if (value.get_object().get(object))
        return isBroken();
    for (auto next : object) {
        json::field field;
        if (std::move(next).get(field))
            return isBroken();
        std::string_view keyBytes;
        if (field.unescaped_key().get(keyBytes))
            return isBroken();
        const QString key = m_strings.shared(keyBytes);
        QString text;
        const bool good = readShared(field.value(), text);
        if (good && out.contains(key))
            wrong(u"a duplicate"_s);
        if (!good || out.contains(key)) {
            // RFC 6901, section 3.
            QString member = key;
            member.replace(u'~', u"~0"_s).replace(u'/', u"~1"_s);
            return at(member.toStdString());
        }
        bytes += 112;
        out.insert(key, text);
    }
    return true;
}

bool ObjectReader::read(json::object &object, Stamp &stamp)
{
    static constexpr std::array<Name, 17> names = {
        "id",        "name",      "region",        "ring",       "version",    "lifecycle",
        "health",    "zone",      "healthReasons", "observedAt", "revision",   "updatedBy",
        "updatedAt", "resources", "signals",       "components", "costPerHour"};
    static constexpr std::array<Name, 4> resourceNames = {"cpu", "memory", "storage", "tenants"};
    static constexpr std::array<Name, 4> signalNames = {"requestsPerSecond", "errorRatio",
                                                        "latencyP50Ms", "latencyP99Ms"};
    static constexpr std::array<Name, 2> costNames = {"amount", "currency"};
    // Labels and the rest that is known are looked up by a second table: the first has its limit.
    static constexpr std::array<Name, 19> all = [] {
        std::array<Name, 19> result;
        std::copy(names.begin(), names.end(), result.begin());
        result[17] = "labels";
        result[18] = "operation";
        return result;
    }();
    bytes += qint64(sizeof(Stamp)) + 32;
    const bool good = eachMember(object, all, [&](size_t index, json::value value) {
        bool wasNull = false;
        switch (index) {
        case 0:
            return readId(value, stamp.name, true);
        case 1: {
            // The id is the name; what else a backend calls it is not kept.
            QString ignored;
            return readShared(value, ignored);
        }
        case 2:
            return readShared(value, stamp.region);
        case 3:
            return readShared(value, stamp.ring);
        case 4:
            return readShared(value, stamp.version);
        case 5:
            return readWord(value, stamp.lifecycle);
        case 6:
            return readWord(value, stamp.health, std::optional(Health::Unknown));
        case 7:
            return readShared(value, stamp.zone);
        case 8:
            return eachElement(value, [&](size_t, json::value element) {
                return readReason(element, stamp.healthReasons.emplaceBack());
            });
        case 9:
            return readTime(value, stamp.observedAt);
        case 10:
            return readText(value, stamp.revision);
        case 11:
            return readShared(value, stamp.updatedBy);
        case 12:
            return readTime(value, stamp.updatedAt);
        case 13:
            return readObject(
                value, resourceNames,
                [&](size_t resource, json::value member) {
                    return readResource(member, stamp.resources[ResourceKind(resource)]);
                },
                &wasNull);
        case 14:
            return readObject(
                value, signalNames,
                [&](size_t signal, json::value member) {
                    switch (signal) {
                    case 0:
                        return readNumber(member, stamp.signalValues.requestsPerSecond);
                    case 1:
                        return readNumber(member, stamp.signalValues.errorRatio);
                    case 2:
                        return readNumber(member, stamp.signalValues.latencyP50Ms);
                    default:
                        return readNumber(member, stamp.signalValues.latencyP99Ms);
                    }
                },
                &wasNull);
        case 15:
            return eachElement(value, [&](size_t, json::value element) {
                Component &added = stamp.components.emplaceBack();
                if (!readComponent(element, added))
                    return false;
                for (qsizetype i = 0; i + 1 < stamp.components.size(); ++i) {
                    if (stamp.components.at(i).name == added.name) {
                        wrong(u"a duplicate"_s);
                        return at("name");
                    }
                }
                return true;
            });
        case 16: {
            Cost cost;
            if (!readObject(
                    value, costNames,
                    [&](size_t member, json::value part) {
                        return member == 0 ? readNumber(part, cost.amount)
                                           : readShared(part, cost.currency);
                    },
                    &wasNull))
                return false;
            stamp.costPerHour = wasNull ? std::nullopt : std::optional(cost);
            return true;
        }
        case 17:
            return readLabels(value, stamp.labels);
        default:
            return readShared(value, stamp.operation);
        }
    });
    if (good && stamp.name.isEmpty()) {
        wrong(u"expected a name"_s);
        return at("id");
    }
    return good;
}

bool ObjectReader::readPlacement(json::value value, Placement &out)
{
    static constexpr std::array<Name, 3> names = {"stamp", "state", "since"};
    const bool good = readObject(value, names, [&](size_t index, json::value member) {
        switch (index) {
        case 0:
            return readShared(member, out.stamp);
        case 1:
            return readWord(member, out.state);
        default:
            return readTime(member, out.since);
        }
    });
    if (good && out.stamp.isEmpty()) {
        wrong(u"expected a stamp"_s);
        return at("stamp");
    }
    return good;
}

bool ObjectReader::readRegions(json::value value, QStringList &out)
{
    m_regions.clear();
    if (!eachElement(value, [&](size_t, json::value element) {
            return readShared(element, m_regions.emplaceBack());
        }))
        return false;
    for (const QStringList &known : m_regionLists) {
        if (known == m_regions) {
            out = known;
            return true;
        }
    }
    out = m_regions;
    bytes += 24 + 24 * m_regions.size();
    if (m_regionLists.size() < 32)
        m_regionLists.push_back(m_regions);
    m_regions = {};
    return true;
}

bool ObjectReader::read(json::object &object, Tenant &tenant)
{
    static constexpr std::array<Name, 12> names = {
        "id",        "name",   "tier",        "stamp",    "state",     "placements",
        "operation", "demand", "constraints", "revision", "updatedBy", "updatedAt"};
    static constexpr std::array<Name, 4> demandNames = {"cpu", "memory", "storage",
                                                        "requestsPerSecond"};
    static constexpr std::array<Name, 4> constraintNames = {"regions", "antiAffinity", "pinned",
                                                            "exclusive"};
    bytes += qint64(sizeof(Tenant)) + 32;
    bool hasPlacements = false;
    const bool good = eachMember(object, names, [&](size_t index, json::value value) {
        bool wasNull = false;
        switch (index) {
        case 0:
            return readId(value, tenant.id);
        case 1:
            return readText(value, tenant.name);
        case 2:
            return readWord(value, tenant.tier);
        case 3:
            if (!readShared(value, tenant.stamp, true))
                return false;
            if (!tenant.stamp.isEmpty()) {
                m_ownerBytes = m_sharedBytes;
                m_owner = &tenant.stamp;
            }
            return true;
        case 4:
            return readWord(value, tenant.state);
        case 5:
            hasPlacements = true;
            tenant.placements.reserve(1);
            bytes += 16;
            return eachElement(value, [&](size_t, json::value element) {
                Placement &added = tenant.placements.emplace_back();
                bytes += qint64(sizeof(Placement));
                if (!readPlacement(element, added))
                    return false;
                for (size_t i = 0; i + 1 < tenant.placements.size(); ++i) {
                    if (tenant.placements[i].stamp == added.stamp) {
                        wrong(u"a duplicate"_s);
                        return at("stamp");
                    }
                }
                return true;
            });
        case 6:
            return readShared(value, tenant.operation);
        case 7:
            return readObject(
                value, demandNames,
                [&](size_t resource, json::value member) {
                    switch (resource) {
                    case 0:
                        return readNumber(member, tenant.demand.cpu);
                    case 1:
                        return readNumber(member, tenant.demand.memory);
                    case 2:
                        return readNumber(member, tenant.demand.storage);
                    default:
                        return readNumber(member, tenant.demand.requestsPerSecond);
                    }
                },
                &wasNull);
        case 8:
            return readObject(
                value, constraintNames,
                [&](size_t constraint, json::value member) {
                    switch (constraint) {
                    case 0:
                        return readRegions(member, tenant.constraints.regions);
                    case 1:
                        return readShared(member, tenant.constraints.antiAffinity);
                    case 2:
                        return readFlag(member, tenant.constraints.pinned);
                    default:
                        return readFlag(member, tenant.constraints.exclusive);
                    }
                },
                &wasNull);
        case 9:
            return readText(value, tenant.revision);
        case 10:
            return readShared(value, tenant.updatedBy);
        default:
            return readTime(value, tenant.updatedAt);
        }
    });
    if (!good)
        return false;
    if (tenant.id.isEmpty()) {
        wrong(u"expected a name"_s);
        return at("id");
    }
    if (tenant.stamp.isEmpty()) {
        wrong(u"expected the stamp that owns it"_s);
        return at("stamp");
    }
    if (tenant.name.isEmpty())
        tenant.name = tenant.id;
    // A backend that tells no placements runs its tenants where they belong.
    if (!hasPlacements)
        tenant.placements.push_back({tenant.stamp, PlacementState::Serving, std::nullopt});
    return true;
}

bool ObjectReader::readStep(json::value value, OperationStep &out)
{
    static constexpr std::array<Name, 5> names = {"title", "state", "startedAt", "endedAt",
                                                  "error"};
    bytes += qint64(sizeof(OperationStep));
    return readObject(value, names, [&](size_t index, json::value member) {
        switch (index) {
        case 0:
            return readText(member, out.title);
        case 1:
            return readWord(member, out.state, std::optional(StepState::Pending));
        case 2:
            return readTime(member, out.startedAt);
        case 3:
            return readTime(member, out.endedAt);
        default:
            return readText(member, out.error);
        }
    });
}

bool ObjectReader::read(json::object &object, Operation &operation)
{
    static constexpr std::array<Name, 11> names = {"id",        "kind",      "target",   "state",
                                                   "progress",  "steps",     "error",    "reason",
                                                   "createdBy", "createdAt", "updatedAt"};
    bytes += qint64(sizeof(Operation)) + 32;
    bool hasState = false;
    const bool good = eachMember(object, names, [&](size_t index, json::value value) {
        switch (index) {
        case 0:
            return readId(value, operation.id);
        case 1:
            return readShared(value, operation.kind);
        case 2:
            return readText(value, operation.target);
        case 3:
            hasState = true;
            return readWord(value, operation.state, std::optional(OperationState::Unknown));
        case 4: {
            std::optional<double> progress;
            if (!readNumber(value, progress))
                return false;
            operation.progress = std::min(progress.value_or(0), 1.0);
            return true;
        }
        case 5:
            return eachElement(value, [&](size_t, json::value element) {
                return readStep(element, operation.steps.emplaceBack());
            });
        case 6:
            return readText(value, operation.error);
        case 7:
            return readText(value, operation.reason);
        case 8:
            return readShared(value, operation.createdBy);
        case 9:
            return readTime(value, operation.createdAt);
        default:
            return readTime(value, operation.updatedAt);
        }
    });
    if (good && operation.id.isEmpty()) {
        wrong(u"expected a name"_s);
        return at("id");
    }
    if (good && !hasState) {
        wrong(u"expected a state"_s);
        return at("state");
    }
    return good;
}

bool ObjectReader::read(json::object &object, QStringList &goneStamps, QStringList &goneTenants)
{
    static constexpr std::array<Name, 2> names = {"stamps", "tenants"};
    return eachMember(object, names, [&](size_t index, json::value value) {
        return readNames(value, index == 0 ? goneStamps : goneTenants);
    });
}

bool isSpace(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

Error malformed(const QString &message, const QString &detail)
{
    return Error::of(ErrorKind::Malformed, message, detail);
}

Error notJson(qint64 offset)
{
    return malformed(u"the answer is not JSON: wrong at byte "_s + QString::number(offset),
                     u"byte "_s + QString::number(offset));
}

} // namespace

class FleetDecoder::Private
{
public:
    Private(KnownFleet knownFleet, DecodeLimits decodeLimits)
        : known(std::move(knownFleet))
        , limits(decodeLimits)
    { }

    Result<void> run(QByteArrayView bytes);
    Result<void> end();

    KnownFleet known;
    DecodeLimits limits;
    FleetUpdate update;
    QString since;
    bool hasStamps = false;
    bool hasTenants = false;
    bool hasComplete = false;
    std::optional<Error> failure;

private:
    enum class State {
        Start,
        KeyOrEnd,
        Key,
        Colon,
        Value,
        CommaOrEnd,
        ElementOrEnd,
        Element,
        ElementCommaOrEnd,
        Done
    };
    enum class List { Stamps, Tenants, Operations };
    enum class Progress { Again, NeedMore, Failed };

    Progress step();
    Progress beginValue();
    Progress takeMember(size_t size);
    Progress takeElement(size_t size, bool isObject);
    Progress takeStamp(size_t size);
    Progress takeTenant(size_t size);
    Progress takeOperation(size_t size);
    // How many bytes the value at m_at has; 0 when its end has not come yet.
    size_t valueSize();
    Progress reject(Error error)
    {
        failure = std::move(error);
        return Progress::Failed;
    }
    Progress rejectHere() { return reject(notJson(m_base + qint64(m_at))); }
    Progress fault(bool isTenant, const QString &id, const QString &inside, const QString &message)
    {
        update.faults.push_back({id, isTenant, pointerToElement() + inside, message});
        m_memory += qint64(sizeof(ObjectFault)) + 160 + 2 * id.size();
        return Progress::Again;
    }
    // What the reader found wrong with the element at m_at.
    Progress readerFault(bool isTenant)
    {
        if (m_reader.broken)
            return rejectHere();
        return fault(isTenant, m_reader.id, QString::fromStdString(m_reader.pointer),
                     m_reader.message);
    }
    QString pointerToElement() const
    {
        return u'/' + QString::fromStdString(m_key) + u'/' + QString::number(m_index);
    }
    template<typename T>
    Progress add(std::vector<std::shared_ptr<const T>> &list, std::shared_ptr<const T> object,
                 const QString &id, IdTable &ids, QSet<QString> &duplicates, bool isTenant);

    State m_state = State::Start;
    List m_list = List::Stamps;
    std::string m_key;
    qint64 m_index = 0; ///< Of the element in its list.
    std::vector<char> m_buffer = std::vector<char>(size_t(2 * slice) + padding);
    size_t m_size = 0; ///< Of the text in the buffer.
    size_t m_at = 0; ///< Where the next token begins.
    qint64 m_base = 0; ///< Of the buffer, in the answer.
    Internal::ElementScanner m_scanner;
    size_t m_scanned = 0; ///< From m_at on, when the scanner or the search for a quote goes on.
    bool m_scanning = false;
    bool m_last = false; ///< Nothing comes any more.
    Interner m_strings;
    ObjectReader m_reader{m_strings};
    IdTable m_stampIds;
    IdTable m_tenantIds;
    QSet<QString> m_duplicateStamps;
    QSet<QString> m_duplicateTenants;
    uint32_t m_seenLists = 0;
    qint64 m_memory = 0;
};

Result<void> FleetDecoder::Private::run(QByteArrayView bytes)
{
    while (!failure && (!bytes.isEmpty() || m_last)) {
        // What was taken makes room for what comes.
        if (m_at > 0) {
            std::memmove(m_buffer.data(), m_buffer.data() + m_at, m_size - m_at);
            m_size -= m_at;
            m_base += qint64(m_at);
            m_at = 0;
        }
        const qsizetype step_ = std::min(bytes.size(), slice);
        if (m_size + size_t(step_) + padding > m_buffer.size())
            m_buffer.resize(std::max(m_buffer.size() * 2, m_size + size_t(step_) + padding));
        if (step_ > 0)
            std::memcpy(m_buffer.data() + m_size, bytes.data(), size_t(step_));
        bytes = bytes.sliced(step_);
        m_size += size_t(step_);
        std::memset(m_buffer.data() + m_size, ' ', padding);
        Progress progress = Progress::Again;
        while (progress == Progress::Again)
            progress = step();
        if (!failure && m_size - m_at > size_t(limits.element))
            reject(malformed(u"the answer holds one object of over "_s
                                 + QString::number(limits.element >> 20) + u" MiB"_s,
                             u"byte "_s + QString::number(m_base + qint64(m_at))));
        if (!failure && m_memory + m_strings.bytes() > limits.memory)
            reject(malformed(u"the answer describes a fleet that takes over "_s
                                 + QString::number(limits.memory >> 20) + u" MiB"_s,
                             u"byte "_s + QString::number(m_base + qint64(m_at))));
        if (m_last && bytes.isEmpty())
            break;
    }
    if (failure)
        return fail(*failure);
    return {};
}

FleetDecoder::Private::Progress FleetDecoder::Private::step()
{
    while (m_at < m_size && !m_scanning && isSpace(m_buffer[m_at]))
        ++m_at;
    if (m_at == m_size)
        return Progress::NeedMore;
    const char c = m_buffer[m_at];
    switch (m_state) {
    case State::Start:
        if (c != '{') {
            static constexpr std::string_view values = "[\"-0123456789tfn";
            if (values.find(c) != std::string_view::npos)
                return reject(malformed(u"the answer is no fleet: expected an object at the top"_s,
                                        u"byte "_s + QString::number(m_base + qint64(m_at))));
            return rejectHere();
        }
        m_state = State::KeyOrEnd;
        ++m_at;
        return Progress::Again;
    case State::KeyOrEnd:
        if (c == '}') {
            m_state = State::Done;
            ++m_at;
            return Progress::Again;
        }
        [[fallthrough]];
    case State::Key: {
        if (c != '"')
            return rejectHere();
        const size_t size = valueSize();
        if (size == 0)
            return Progress::NeedMore;
        m_key.assign(m_buffer.data() + m_at + 1, size - 2);
        m_at += size;
        m_state = State::Colon;
        return Progress::Again;
    }
    case State::Colon:
        if (c != ':')
            return rejectHere();
        m_state = State::Value;
        ++m_at;
        return Progress::Again;
    case State::Value:
        return beginValue();
    case State::CommaOrEnd:
        if (c != ',' && c != '}')
            return rejectHere();
        m_state = c == ',' ? State::Key : State::Done;
        ++m_at;
        return Progress::Again;
    case State::ElementOrEnd:
        if (c == ']') {
            m_state = State::CommaOrEnd;
            ++m_at;
            return Progress::Again;
        }
        [[fallthrough]];
    case State::Element: {
        if (c == ']' || c == '}' || c == ',' || c == ':')
            return rejectHere();
        const size_t size = valueSize();
        if (size == 0)
            return Progress::NeedMore;
        const Progress taken = takeElement(size, c == '{');
        m_at += size;
        ++m_index;
        m_state = State::ElementCommaOrEnd;
        return taken;
    }
    case State::ElementCommaOrEnd:
        if (c != ',' && c != ']')
            return rejectHere();
        m_state = c == ',' ? State::Element : State::CommaOrEnd;
        ++m_at;
        return Progress::Again;
    case State::Done:
        return rejectHere();
    }
    return Progress::NeedMore;
}

FleetDecoder::Private::Progress FleetDecoder::Private::beginValue()
{
    const char c = m_buffer[m_at];
    static constexpr std::array<std::string_view, 3> lists = {"stamps", "tenants", "operations"};
    const auto list = std::find(lists.begin(), lists.end(), m_key);
    if (list != lists.end()) {
        const auto index = uint32_t(list - lists.begin());
        const QString pointer = u'/' + QString::fromStdString(m_key);
        if (c != '[')
            return reject(
                malformed(u"the answer is no fleet: "_s + pointer + u" is not a list"_s, pointer));
        if ((m_seenLists & (1U << index)) != 0)
            return reject(
                malformed(u"the answer is no fleet: "_s + pointer + u" comes twice"_s, pointer));
        m_seenLists |= 1U << index;
        m_list = List(index);
        hasStamps = hasStamps || m_list == List::Stamps;
        hasTenants = hasTenants || m_list == List::Tenants;
        m_index = 0;
        m_state = State::ElementOrEnd;
        ++m_at;
        return Progress::Again;
    }
    const size_t size = valueSize();
    if (size == 0)
        return Progress::NeedMore;
    const Progress taken = takeMember(size);
    m_at += size;
    m_state = State::CommaOrEnd;
    return taken;
}

size_t FleetDecoder::Private::valueSize()
{
    const char *begin = m_buffer.data() + m_at;
    const size_t left = m_size - m_at;
    if (!m_scanning) {
        m_scanned = 0;
        m_scanner.reset();
        m_scanning = true;
    }
    if (*begin == '{' || *begin == '[') {
        m_scanned += m_scanner.scan(begin + m_scanned, left - m_scanned);
        if (!m_scanner.isComplete())
            return 0;
    } else if (*begin == '"') {
        // Begins anew when more came: such strings are short.
        size_t at = 1;
        while (at < left && begin[at] != '"')
            at += begin[at] == '\\' ? 2 : 1;
        if (at >= left)
            return 0;
        m_scanned = at + 1;
    } else {
        while (m_scanned < left && !isSpace(begin[m_scanned]) && begin[m_scanned] != ','
               && begin[m_scanned] != ']' && begin[m_scanned] != '}')
            ++m_scanned;
        if (m_scanned == left && !m_last)
            return 0;
    }
    m_scanning = false;
    return m_scanned;
}

FleetDecoder::Private::Progress FleetDecoder::Private::takeMember(size_t size)
{
    // Wrapped into an object of its own, so that one parser reads all kinds of values.
    std::string text = "{\"value\":";
    text.append(m_buffer.data() + m_at, size).append("}");
    const size_t textSize = text.size();
    text.append(padding, ' ');
    json::object object;
    if (!m_reader.open(text.data(), textSize, object))
        return rejectHere();
    json::value value;
    if (object.find_field("value").get(value))
        return rejectHere();
    const QString pointer = u'/' + QString::fromStdString(m_key);
    const auto wrong = [&](const QString &inside, const QString &message) {
        return m_reader.broken
            ? rejectHere()
            : reject(malformed(u"the answer is no fleet: "_s + pointer + inside + u": "_s + message,
                               pointer + inside));
    };
    QString *target = m_key == "fleetId" ? &update.instance
        : m_key == "revision"            ? &update.revision
        : m_key == "since"               ? &since
                                         : nullptr;
    if (target)
        return m_reader.readText(value, *target) ? Progress::Again : wrong({}, m_reader.message);
    json::json_type type;
    if (value.type().get(type))
        return rejectHere();
    if (m_key == "complete") {
        if (type != json::json_type::boolean)
            return wrong({}, u"expected true or false"_s);
        hasComplete = true;
        return value.get_bool().get(update.complete) ? rejectHere() : Progress::Again;
    }
    if (m_key == "gone") {
        json::object gone;
        if (type != json::json_type::object)
            return wrong({}, u"expected an object"_s);
        if (value.get_object().get(gone))
            return rejectHere();
        if (!m_reader.read(gone, update.goneStamps, update.goneTenants))
            return wrong(QString::fromStdString(m_reader.pointer), m_reader.message);
        m_memory += m_reader.bytes + 24 * (update.goneStamps.size() + update.goneTenants.size());
        return Progress::Again;
    }
    // Something of a later version; it must be JSON all the same.
    bool valid = true;
    double number = 0;
    bool truth = false;
    switch (type) {
    case json::json_type::number:
        valid = !value.get_double().get(number);
        break;
    case json::json_type::boolean:
        valid = !value.get_bool().get(truth);
        break;
    case json::json_type::null:
        valid = std::string_view(m_buffer.data() + m_at, size) == "null";
        break;
    default:
        break;
    }
    return valid ? Progress::Again : rejectHere();
}

FleetDecoder::Private::Progress FleetDecoder::Private::takeElement(size_t size, bool isObject)
{
    if (!isObject)
        return fault(m_list == List::Tenants, {}, {}, u"expected an object"_s);
    switch (m_list) {
    case List::Stamps:
        return takeStamp(size);
    case List::Tenants:
        return takeTenant(size);
    case List::Operations:
        break;
    }
    return takeOperation(size);
}

template<typename T>
FleetDecoder::Private::Progress
FleetDecoder::Private::add(std::vector<std::shared_ptr<const T>> &list,
                           std::shared_ptr<const T> object, const QString &id, IdTable &ids,
                           QSet<QString> &duplicates, bool isTenant)
{
    static const QString none;
    const auto idAt = [&list](int index) -> const QString & {
        const auto &entry = list[size_t(index)];
        if (!entry)
            return none;
        if constexpr (std::is_same_v<T, Tenant>)
            return entry->id;
        else
            return entry->name;
    };
    const QString message = u"a duplicate: another one has the same id"_s;
    if (!duplicates.isEmpty() && duplicates.contains(id))
        return fault(isTenant, id, u"/id"_s, message);
    const int earlier = ids.insert(id, int(list.size()), idAt);
    if (earlier >= 0) {
        // Nobody can tell which of them is right: the last good one stays.
        list[size_t(earlier)].reset();
        duplicates.insert(id);
        return fault(isTenant, id, u"/id"_s, message);
    }
    list.push_back(std::move(object));
    m_memory += 16 + 8;
    return Progress::Again;
}

FleetDecoder::Private::Progress FleetDecoder::Private::takeStamp(size_t size)
{
    json::object object;
    Stamp stamp;
    if (!m_reader.open(m_buffer.data() + m_at, size, object) || !m_reader.read(object, stamp))
        return readerFault(false);
    StampPtr result;
    if (known.stamp)
        result = known.stamp(stamp.name);
    if (!result || !(*result == stamp)) {
        m_memory += m_reader.bytes;
        result = std::make_shared<const Stamp>(std::move(stamp));
    }
    const QString id = result->name;
    return add<Stamp>(update.stamps, std::move(result), id, m_stampIds, m_duplicateStamps, false);
}

FleetDecoder::Private::Progress FleetDecoder::Private::takeTenant(size_t size)
{
    json::object object;
    Tenant tenant;
    if (!m_reader.open(m_buffer.data() + m_at, size, object) || !m_reader.read(object, tenant))
        return readerFault(true);
    TenantPtr result;
    if (known.tenant)
        result = known.tenant(tenant.id);
    if (!result || !(*result == tenant)) {
        m_memory += m_reader.bytes;
        result = std::make_shared<const Tenant>(std::move(tenant));
    }
    const QString id = result->id;
    return add<Tenant>(update.tenants, std::move(result), id, m_tenantIds, m_duplicateTenants,
                       true);
}

FleetDecoder::Private::Progress FleetDecoder::Private::takeOperation(size_t size)
{
    json::object object;
    Operation operation;
    if (!m_reader.open(m_buffer.data() + m_at, size, object) || !m_reader.read(object, operation)) {
        // A fault without an id: it is about no stamp and no tenant.
        m_reader.id.clear();
        return readerFault(false);
    }
    m_memory += m_reader.bytes + 16;
    update.operations.push_back(std::make_shared<const Operation>(std::move(operation)));
    return Progress::Again;
}

Result<void> FleetDecoder::Private::end()
{
    m_last = true;
    if (auto rest = run({}); !rest)
        return rest;
    const qint64 offset = m_base + qint64(m_size);
    if (m_state != State::Done) {
        if (m_state == State::Start)
            return fail(malformed(u"the answer is empty"_s, u"byte 0"_s));
        return fail(malformed(u"the answer was cut off at byte "_s + QString::number(offset),
                              u"byte "_s + QString::number(offset)));
    }
    if (!hasComplete)
        update.complete = since.isEmpty();
    // A page of something else would otherwise read as a fleet without stamps.
    if (update.complete && (!hasStamps || !hasTenants)) {
        const QString missing = hasStamps ? u"/tenants"_s : u"/stamps"_s;
        return fail(malformed(u"the answer is no fleet: "_s + missing + u" is missing"_s, missing));
    }
    if (!m_duplicateStamps.isEmpty())
        std::erase(update.stamps, nullptr);
    if (!m_duplicateTenants.isEmpty())
        std::erase(update.tenants, nullptr);
    return {};
}

FleetDecoder::FleetDecoder(KnownFleet known, DecodeLimits limits)
    : d(std::make_unique<Private>(std::move(known), limits))
{ }

FleetDecoder::~FleetDecoder() = default;

Result<void> FleetDecoder::feed(QByteArrayView bytes)
{
    return d->run(bytes);
}

Result<FleetUpdate> FleetDecoder::finish()
{
    if (d->failure)
        return fail(*d->failure);
    if (auto ended = d->end(); !ended)
        return fail(ended.error());
    return std::move(d->update);
}

QString FleetDecoder::since() const
{
    return d->since;
}

Result<FleetUpdate> decodeFleet(QByteArrayView bytes, const KnownFleet &known, DecodeLimits limits)
{
    FleetDecoder decoder(known, limits);
    if (auto fed = decoder.feed(bytes); !fed)
        return fail(fed.error());
    return decoder.finish();
}

namespace {

template<typename T>
Result<std::shared_ptr<const T>> decodeOne(QByteArrayView bytes, const QString &what)
{
    std::string text(bytes.data(), size_t(bytes.size()));
    text.append(padding, ' ');
    Interner strings;
    ObjectReader reader(strings);
    json::object object;
    T value;
    // The scanner tells text that goes on after the object's end.
    size_t begin = 0;
    while (begin < size_t(bytes.size()) && isSpace(text[begin]))
        ++begin;
    if (text[begin] != '{')
        return fail(malformed(u"the answer is no "_s + what + u": expected an object"_s,
                              u"byte "_s + QString::number(begin)));
    Internal::ElementScanner scanner;
    const size_t size = scanner.scan(text.data() + begin, size_t(bytes.size()) - begin);
    size_t after = begin + size;
    while (after < size_t(bytes.size()) && isSpace(text[after]))
        ++after;
    if (!scanner.isComplete() || after != size_t(bytes.size()))
        return fail(notJson(qint64(after)));
    if (!reader.open(text.data() + begin, size, object) || !reader.read(object, value)) {
        if (reader.broken)
            return fail(notJson(qint64(begin)));
        const QString pointer = QString::fromStdString(reader.pointer);
        return fail(malformed(
            u"the answer is no "_s + what + u": "_s + pointer + u": "_s + reader.message, pointer));
    }
    return std::make_shared<const T>(std::move(value));
}

} // namespace

Result<StampPtr> decodeStamp(QByteArrayView bytes)
{
    return decodeOne<Stamp>(bytes, u"stamp"_s);
}

Result<TenantPtr> decodeTenant(QByteArrayView bytes)
{
    return decodeOne<Tenant>(bytes, u"tenant"_s);
}

Result<OperationPtr> decodeOperation(QByteArrayView bytes)
{
    return decodeOne<Operation>(bytes, u"operation"_s);
}

} // namespace Stampdeck
