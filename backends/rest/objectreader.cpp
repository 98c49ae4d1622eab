// SPDX-License-Identifier: GPL-3.0-or-later
#include "objectreader.h"

#include <QtCore/QCoreApplication>

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

namespace Stampdeck::Internal {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(StampApi)
};

// Functions: lupdate loses its way in the tables below.
QString expectedDuration()
{
    return Words::tr("expected a duration as 60s");
}
QString expectedTime()
{
    return Words::tr("expected a time as 2026-01-02T03:04:05Z");
}

constexpr size_t longestText = 64UL * 1024;

/// A member of the objects of one kind: its name, and what reads its value into the object.
template<typename Get>
struct Member
{
    Json::Name name;
    Get get; ///< const char *(ObjectReader &, const char *at, T &object)
};

template<typename Get>
constexpr Member<Get> member(const char *name, Get get)
{
    return {name, get};
}

template<typename... Member>
constexpr uint32_t bitOf(const std::tuple<Member...> &members, std::string_view name)
{
    return std::apply(
        [name](const auto &...each) {
            uint32_t bit = 1;
            (void)((each.name.text() == name || ((bit <<= 1), false)) || ...);
            return bit;
        },
        members);
}

} // namespace

/// The ways in which a member of an object is read.
struct MemberKinds
{
    // A member that is read by what its type is.
    template<auto Field>
    static constexpr auto value(const char *name)
    {
        return member(name, [](ObjectReader &in, const char *at, auto &object) {
            return in.get(at, object.*Field);
        });
    }
    // A string of its own.
    template<auto Field>
    static constexpr auto text(const char *name)
    {
        return member(name, [](ObjectReader &in, const char *at, auto &object) {
            return in.text(at, object.*Field, knownOf<Field>(in, object));
        });
    }
    template<auto Field>
    static constexpr auto shared(const char *name)
    {
        return member(name, [](ObjectReader &in, const char *at, auto &object) {
            return in.shared(at, object.*Field);
        });
    }
    template<auto Field>
    static constexpr auto list(const char *name)
    {
        return member(name, [](ObjectReader &in, const char *at, auto &object) {
            return in.list(at, object.*Field);
        });
    }
    template<auto Field>
    static constexpr auto word(const char *name)
    {
        return member(name, [](ObjectReader &in, const char *at, auto &object) {
            return in.word(at, object.*Field);
        });
    }
    // A word of a later version is taken for \a Unknown.
    template<auto Field, auto Unknown>
    static constexpr auto word(const char *name)
    {
        return member(name, [](ObjectReader &in, const char *at, auto &object) {
            return in.word(at, object.*Field, std::optional(Unknown));
        });
    }

private:
    template<auto Field, typename T>
    static const QString *knownOf(const ObjectReader &in, const T &)
    {
        if constexpr (std::is_same_v<T, Tenant>)
            return in.knownTenant ? &((*in.knownTenant).*Field) : nullptr;
        else if constexpr (std::is_same_v<T, Stamp>)
            return in.knownStamp ? &((*in.knownStamp).*Field) : nullptr;
        else
            return nullptr;
    }
};

/// The members of the API's objects, by the names and in the order in which they mostly come.
struct Members : MemberKinds
{
    static constexpr std::tuple resource = {
        value<&Resource::limit>("limit"),
        value<&Resource::reserved>("reserved"),
        value<&Resource::used>("used"),
    };
    static constexpr std::tuple resources = {
        value<&Resources::cpu>("cpu"),
        value<&Resources::memory>("memory"),
        value<&Resources::storage>("storage"),
        value<&Resources::tenants>("tenants"),
    };
    static constexpr std::tuple signalValues = {
        value<&SignalValues::requestsPerSecond>("requestsPerSecond"),
        value<&SignalValues::errorRatio>("errorRatio"),
        value<&SignalValues::latencyP50Ms>("latencyP50Ms"),
        value<&SignalValues::latencyP99Ms>("latencyP99Ms"),
    };
    static constexpr std::tuple reason = {
        shared<&HealthReason::code>("code"),  text<&HealthReason::message>("message"),
        value<&HealthReason::since>("since"), shared<&HealthReason::component>("component"),
        value<&HealthReason::value>("value"), value<&HealthReason::limit>("limit"),
        shared<&HealthReason::unit>("unit"),
    };
    static constexpr std::tuple ruleLast = {
        value<&ScalingRule::lastAt>("at"),
        value<&ScalingRule::lastFrom>("from"),
        value<&ScalingRule::lastTo>("to"),
        text<&ScalingRule::lastWhy>("reason"),
    };
    static constexpr std::tuple rule = {
        word<&ScalingRule::signal>("signal"),
        value<&ScalingRule::target>("target"),
        member("cooldown",
               [](ObjectReader &in, const char *at, ScalingRule &out) -> const char * {
                   QString written;
                   at = in.shared(at, written);
                   if (!at || written.isEmpty())
                       return at;
                   const auto duration = durationFromString(written);
                   if (!duration)
                       return in.wrong(expectedDuration());
                   out.cooldown = *duration;
                   return at;
               }),
        shared<&ScalingRule::by>("by"),
        value<&ScalingRule::lastAt>("lastAt"),
        text<&ScalingRule::lastWhy>("lastWhy"),
        member("last",
               [](ObjectReader &in, const char *at, ScalingRule &out) {
                   return in.objectOrNull(at, out, ruleLast);
               }),
    };
    static constexpr std::tuple component = {
        shared<&Component::name>("name"),  value<&Component::desired>("desired"),
        value<&Component::ready>("ready"), value<&Component::min>("min"),
        value<&Component::max>("max"),     word<&Component::health, Health::Unknown>("health"),
        value<&Component::rule>("rule"),   value<&Component::load>("load"),
    };
    static constexpr std::tuple cost = {
        value<&Cost::amount>("amount"),
        shared<&Cost::currency>("currency"),
    };
    static constexpr std::tuple mark = {
        shared<&Mark::operation>("operation"),
        shared<&Mark::run>("run"),
        shared<&Mark::kind>("kind"),
        value<&Mark::step>("step"),
        shared<&Mark::from>("from"),
        shared<&Mark::to>("to"),
        shared<&Mark::who>("who"),
        shared<&Mark::plan>("plan"),
        value<&Mark::shared>("shared"),
        member("until",
               [](ObjectReader &in, const char *at, Mark &out) -> const char * {
                   std::optional<Timestamp> until;
                   at = in.get(at, until);
                   if (at && !until)
                       return in.wrong(expectedTime());
                   out.until = until.value_or(out.until);
                   return at;
               }),
    };
    static constexpr std::tuple stamp = {
        // Shared with the tenants that it owns.
        member("id",
               [](ObjectReader &in, const char *at, Stamp &out) {
                   at = in.checkId(in.shared(at, out.name), out.name);
                   if (at && in.m_known.stamp)
                       in.knownStamp = in.m_known.stamp(out.name);
                   return at;
               }),
        // The id is the name; what else a backend calls it is not kept.
        member("name",
               [](ObjectReader &in, const char *at, Stamp &) {
                   Json::Text ignored;
                   return in.rawText(at, ignored);
               }),
        shared<&Stamp::region>("region"),
        shared<&Stamp::ring>("ring"),
        shared<&Stamp::version>("version"),
        word<&Stamp::lifecycle>("lifecycle"),
        word<&Stamp::health, Health::Unknown>("health"),
        list<&Stamp::healthReasons>("healthReasons"),
        shared<&Stamp::zone>("zone"),
        shared<&Stamp::operation>("operation"),
        value<&Stamp::mark>("mark"),
        value<&Stamp::observedAt>("observedAt"),
        text<&Stamp::revision>("revision"),
        shared<&Stamp::updatedBy>("updatedBy"),
        value<&Stamp::updatedAt>("updatedAt"),
        value<&Stamp::resources>("resources"),
        value<&Stamp::signalValues>("signals"),
        member("components",
               [](ObjectReader &in, const char *at, Stamp &out) {
                   return in.listOfDistinct(at, out.components, &Component::name, "name");
               }),
        value<&Stamp::costPerHour>("costPerHour"),
        value<&Stamp::labels>("labels"),
    };
    static constexpr std::tuple placement = {
        shared<&Placement::stamp>("stamp"),
        word<&Placement::state>("state"),
        value<&Placement::since>("since"),
    };
    static constexpr std::tuple demand = {
        value<&Demand::cpu>("cpu"),
        value<&Demand::memory>("memory"),
        value<&Demand::storage>("storage"),
        value<&Demand::requestsPerSecond>("requestsPerSecond"),
    };
    static constexpr std::tuple constraints = {
        member("regions",
               [](ObjectReader &in, const char *at, Constraints &out) {
                   return in.regions(at, out.regions);
               }),
        shared<&Constraints::antiAffinity>("antiAffinity"),
        value<&Constraints::pinned>("pinned"),
        value<&Constraints::exclusive>("exclusive"),
    };
    static constexpr std::tuple tenant = {
        member("id",
               [](ObjectReader &in, const char *at, Tenant &out) { return in.tenantId(at, out); }),
        member("name",
               [](ObjectReader &in, const char *at, Tenant &out) {
                   return in.tenantText(at, out, in.m_tenantName, &Tenant::name);
               }),
        word<&Tenant::tier>("tier"),
        member(
            "stamp",
            [](ObjectReader &in, const char *at, Tenant &out) { return in.owner(at, out.stamp); }),
        word<&Tenant::state>("state"),
        member("placements",
               [](ObjectReader &in, const char *at, Tenant &out) {
                   return in.listOfDistinct(at, out.placements, &Placement::stamp, "stamp");
               }),
        shared<&Tenant::operation>("operation"),
        value<&Tenant::mark>("mark"),
        value<&Tenant::demand>("demand"),
        value<&Tenant::constraints>("constraints"),
        member("revision",
               [](ObjectReader &in, const char *at, Tenant &out) {
                   return in.tenantText(at, out, in.m_tenantRevision, &Tenant::revision);
               }),
        shared<&Tenant::updatedBy>("updatedBy"),
        value<&Tenant::updatedAt>("updatedAt"),
    };
    static constexpr std::tuple step = {
        text<&OperationStep::title>("title"),
        word<&OperationStep::state, StepState::Pending>("state"),
        value<&OperationStep::startedAt>("startedAt"),
        value<&OperationStep::endedAt>("endedAt"),
        text<&OperationStep::error>("error"),
        text<&OperationStep::tenant>("tenant"),
    };
    static constexpr std::tuple operation = {
        member("id",
               [](ObjectReader &in, const char *at, Operation &out) {
                   return in.checkId(in.text(at, out.id), out.id);
               }),
        shared<&Operation::kind>("kind"),
        text<&Operation::target>("target"),
        word<&Operation::state, OperationState::Unknown>("state"),
        member("progress",
               [](ObjectReader &in, const char *at, Operation &out) {
                   std::optional<double> progress;
                   at = in.get(at, progress);
                   out.progress = std::min(progress.value_or(0), 1.0);
                   return at;
               }),
        list<&Operation::steps>("steps"),
        text<&Operation::error>("error"),
        text<&Operation::reason>("reason"),
        shared<&Operation::createdBy>("createdBy"),
        value<&Operation::createdAt>("createdAt"),
        value<&Operation::updatedAt>("updatedAt"),
        member("remaining",
               [](ObjectReader &in, const char *at, Operation &out) {
                   // A guess for people: one that can't be read is none.
                   QString remaining;
                   at = in.text(at, remaining);
                   out.remaining = durationFromString(remaining);
                   return at;
               }),
        text<&Operation::blocked>("blocked"),
        text<&Operation::mend>("mend"),
    };
    static constexpr std::tuple acknowledgement = {
        member("incident",
               [](ObjectReader &in, const char *at, Acknowledgement &out) {
                   return in.checkId(in.text(at, out.incident), out.incident);
               }),
        text<&Acknowledgement::by>("by"),
        value<&Acknowledgement::until>("until"),
        text<&Acknowledgement::note>("note"),
        value<&Acknowledgement::at>("at"),
    };
    static constexpr std::tuple missing = {
        text<&Missing::source>("source"),
        text<&Missing::message>("message"),
    };
    static constexpr std::tuple gone = {
        member(
            "stamps",
            [](ObjectReader &in, const char *at, Gone &out) { return in.names(at, out.stamps); }),
        member(
            "tenants",
            [](ObjectReader &in, const char *at, Gone &out) { return in.names(at, out.tenants); }),
    };
};

const char *ObjectReader::inside(std::string_view member)
{
    // RFC 6901, section 3.
    std::string token = "/";
    for (const char c : member)
        token += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    pointer.insert(0, token);
    return nullptr;
}

const char *ObjectReader::missing(std::string_view member, const QString &what)
{
    wrong(what);
    return inside(member);
}

/// Reads the members that are known, each once at the most, and passes over the others.
template<typename T, typename... Member>
const char *ObjectReader::object(const char *at, T &value, const std::tuple<Member...> &members)
{
    static_assert(sizeof...(Member) <= 32);
    if (*at != '{')
        return wrong(Words::tr("expected an object"));
    at = Json::skipSpace(at + 1);
    uint32_t seen = 0;
    if (*at == '}') {
        m_seen = seen;
        return at + 1;
    }
    bool isEnd = false;
    // From the end of a value to the next name, or to the object's end.
    const auto next = [&isEnd](const char *end) -> const char * {
        end = Json::skipSpace(end);
        if (*end == ',')
            return Json::skipSpace(end + 1);
        isEnd = *end == '}';
        return isEnd ? end + 1 : nullptr;
    };
    const auto valueAfter = [](const char *end) -> const char * {
        end = Json::skipSpace(end);
        return *end == ':' ? Json::skipSpace(end + 1) : nullptr;
    };
    // True to go on with the member that follows in the table.
    const auto take = [&](const auto &known, uint32_t bit) {
        if (!known.name.matches(at))
            return true;
        at = valueAfter(known.name.end(at));
        if (!at)
            return false;
        if ((seen & bit) != 0) {
            at = missing(known.name.text(), Words::tr("a duplicate"));
            return false;
        }
        seen |= bit;
        at = known.get(*this, at, value);
        if (!at) {
            inside(known.name.text());
            return false;
        }
        at = next(at);
        return at && !isEnd;
    };
    for (;;) {
        // Members that come in the table's order are all taken in one go.
        const uint32_t before = seen;
        const bool goesOn = std::apply(
            [&](const auto &...known) {
                uint32_t bit = 1;
                return ((take(known, bit) && ((bit <<= 1), true)) && ...);
            },
            members);
        if (!goesOn)
            break;
        if (seen != before)
            continue;
        Json::Text unknown;
        at = *at == '"' ? Json::string(at, unknown) : nullptr;
        at = at ? valueAfter(at) : nullptr;
        at = at ? skip(at) : nullptr;
        at = at ? next(at) : nullptr;
        if (!at || isEnd)
            break;
    }
    m_seen = seen;
    return at;
}

/// Calls \a onElement for each element; null is an empty list.
template<typename OnElement>
const char *ObjectReader::elements(const char *at, OnElement &&onElement)
{
    if (Json::isNull(at))
        return at + 4;
    if (*at != '[')
        return wrong(Words::tr("expected a list"));
    at = Json::skipSpace(at + 1);
    if (*at == ']')
        return at + 1;
    for (size_t index = 0;; ++index) {
        at = onElement(at);
        if (!at)
            return inside(std::to_string(index));
        at = Json::skipSpace(at);
        if (*at == ']')
            return at + 1;
        if (*at != ',')
            return nullptr;
        at = Json::skipSpace(at + 1);
    }
}

template<typename List>
const char *ObjectReader::list(const char *at, List &value)
{
    return elements(at, [&](const char *element) {
        bytes += qint64(sizeof(typename List::value_type));
        value.emplace_back();
        return get(element, value.back());
    });
}

/// A list of objects that differ in \a field, which is called \a name.
template<typename List, typename Field>
const char *ObjectReader::listOfDistinct(const char *at, List &value, Field field,
                                         std::string_view name)
{
    return elements(at, [&](const char *element) -> const char * {
        bytes += qint64(sizeof(typename List::value_type));
        value.emplace_back();
        auto &added = value.back();
        element = get(element, added);
        if (!element)
            return nullptr;
        const auto isSame = [&](const auto &other) { return other.*field == added.*field; };
        return std::any_of(value.cbegin(), std::prev(value.cend()), isSame)
            ? missing(name, Words::tr("a duplicate"))
            : element;
    });
}

const char *ObjectReader::get(const char *at, std::optional<double> &value)
{
    if (Json::isNull(at)) {
        value.reset();
        return at + 4;
    }
    if (*at != '-' && (*at < '0' || *at > '9'))
        return wrong(Words::tr("expected a number"));
    double read = 0;
    at = Json::number(at, read);
    if (!at)
        return nullptr;
    if (!(std::abs(read) <= std::numeric_limits<double>::max()))
        return wrong(Words::tr("a number that is too large"));
    if (read < 0)
        return wrong(Words::tr("a negative number"));
    value = read;
    return at;
}

const char *ObjectReader::get(const char *at, double &value)
{
    std::optional<double> read;
    at = get(at, read);
    if (at && !read)
        return wrong(Words::tr("expected a number"));
    value = read.value_or(0);
    return at;
}

const char *ObjectReader::get(const char *at, std::optional<int> &value)
{
    std::optional<double> read;
    at = get(at, read);
    if (read && (*read != std::floor(*read) || *read > std::numeric_limits<int>::max()))
        return wrong(Words::tr("expected a whole number"));
    value = read ? std::optional(int(*read)) : std::nullopt;
    return at;
}

const char *ObjectReader::get(const char *at, int &value)
{
    std::optional<int> read;
    at = get(at, read);
    if (at && !read)
        return wrong(Words::tr("expected a whole number"));
    value = read.value_or(0);
    return at;
}

const char *ObjectReader::get(const char *at, bool &value)
{
    const bool isTrue = std::memcmp(at, "true", 4) == 0;
    if (!isTrue && !Json::isNull(at) && std::memcmp(at, "false", 5) != 0)
        return wrong(Words::tr("expected true or false"));
    value = isTrue;
    return at + (*at == 'f' ? 5 : 4);
}

const char *ObjectReader::get(const char *at, std::optional<Timestamp> &value)
{
    Json::Text read;
    at = rawText(at, read);
    if (!at)
        return nullptr;
    if (!read.bytes.data()) {
        value.reset();
    } else if (read.bytes == m_lastTimeText) {
        value = m_lastTime;
    } else {
        value = fromRfc3339(read.bytes.data(), read.bytes.size());
        if (!value)
            return wrong(expectedTime());
        m_lastTimeText.assign(read.bytes);
        m_lastTime = *value;
    }
    return at;
}

const char *ObjectReader::rawText(const char *at, Json::Text &text)
{
    if (*at != '"')
        return Json::isNull(at) ? at + 4 : wrong(Words::tr("expected a string"));
    at = Json::string(at, text);
    if (text.bytes.size() > longestText)
        return wrong(Words::tr("a string of over 64 KiB"));
    return at;
}

const char *ObjectReader::text(const char *at, QString &value, const QString *known)
{
    Json::Text read;
    at = rawText(at, read);
    if (!at)
        return nullptr;
    if (read.bytes.empty()) {
        value.clear();
    } else if (known && Json::equals(*known, read)) {
        value = *known;
    } else {
        value = Json::toQString(read);
        bytes += 40 + 2 * value.size();
    }
    return at;
}

// Below, a copy that is moved is made in place, and one that is assigned by a call.
const char *ObjectReader::shared(const char *at, QString &value)
{
    Json::Text read;
    at = rawText(at, read);
    if (!at)
        return nullptr;
    if (m_owner != noOwner && read.bytes == m_ownerText) {
        value = QString(m_strings[m_owner]);
    } else if (read.isEscaped) {
        value = Json::toQString(read);
        bytes += 40 + 2 * value.size();
    } else if (read.bytes.empty()) {
        value.clear();
    } else {
        value = QString(m_strings[m_strings.find(read)]);
    }
    return at;
}

const char *ObjectReader::owner(const char *at, QString &value)
{
    Json::Text read;
    const char *end = rawText(at, read);
    if (!end || read.isEscaped || read.bytes.empty())
        return shared(at, value);
    m_owner = m_strings.findInOrder(read);
    m_ownerText = read.bytes;
    value = QString(m_strings[m_owner]);
    return end;
}

const char *ObjectReader::regions(const char *at, QStringList &value)
{
    uint64_t start = 0;
    std::memcpy(&start, at, sizeof start);
    auto &known = m_regions[(start * 0x9e3779b97f4a7c15U) >> (64 - regionBits)];
    if (!known.text.empty() && std::memcmp(at, known.text.data(), known.text.size()) == 0) {
        value = known.value;
        return at + known.text.size();
    }
    const char *end = elements(at, [&](const char *element) {
        value.emplace_back();
        return shared(element, value.back());
    });
    bytes += 24 + 24 * value.size();
    // Only what is sure to lie in the padding where the text is shorter.
    if (end && *at == '[' && size_t(end - at) <= Json::padding)
        known = {std::string(at, end), value};
    return end;
}

const char *ObjectReader::names(const char *at, QStringList &value)
{
    return elements(at, [&](const char *element) {
        QString name;
        element = checkId(text(element, name), name);
        value.append(name);
        return element;
    });
}

template<typename T>
const char *ObjectReader::word(const char *at, T &value, std::optional<T> unknown)
{
    Json::Text read;
    at = rawText(at, read);
    if (!at || !read.bytes.data())
        return at;
    const auto known =
        fromString<T>(QLatin1StringView(read.bytes.data(), qsizetype(read.bytes.size())));
    if (!known && !unknown)
        return wrong(
            Words::tr("the unknown word “%1”")
                .arg(QString::fromUtf8(read.bytes.data(),
                                       qsizetype(std::min<size_t>(read.bytes.size(), 60)))));
    value = known ? *known : *unknown;
    return at;
}

namespace {

// What makes a name unfit for an ID; empty where nothing does.
template<typename Name>
QString unfitness(const Name &name)
{
    const auto isUnfit = [](auto unit) { return unit < 0x20 || unit == 0x7f || unit == '/'; };
    if (name.size() < 1 || name.size() > 253)
        return Words::tr("expected a name of 1 to 253 characters");
    if (std::any_of(name.begin(), name.end(), isUnfit))
        return Words::tr("a name with a slash or a control character");
    return {};
}

} // namespace

/// \a at, where \a value that ends there is fit for an ID; another one is cleared.
const char *ObjectReader::checkId(const char *at, QString &value)
{
    if (!at)
        return nullptr;
    if (const QString what = unfitness(std::u16string_view(
            reinterpret_cast<const char16_t *>(value.utf16()), size_t(value.size())));
        !what.isEmpty()) {
        value.clear();
        return wrong(what);
    }
    return at;
}

const char *ObjectReader::tenantId(const char *at, Tenant &value)
{
    at = rawText(at, m_tenantId);
    if (!at)
        return nullptr;
    if (m_tenantId.isAscii && !m_known.tenant) {
        const QString what = unfitness(m_tenantId.bytes);
        if (what.isEmpty())
            return at;
        m_tenantId = {};
        return wrong(what);
    }
    value.id = Json::toQString(m_tenantId);
    m_tenantId = {};
    at = checkId(at, value.id);
    if (at && m_known.tenant)
        knownTenant = m_known.tenant(value.id);
    if (knownTenant)
        value.id = knownTenant->id;
    return at;
}

const char *ObjectReader::tenantText(const char *at, Tenant &value, Json::Text &text,
                                     QString Tenant::*field)
{
    at = rawText(at, text);
    if (at && knownTenant && Json::equals((*knownTenant).*field, text)) {
        value.*field = (*knownTenant).*field;
        text = {};
    }
    return at;
}

const char *ObjectReader::get(const char *at, Resource &value)
{
    return objectOrNull(at, value, Members::resource);
}

const char *ObjectReader::get(const char *at, Resources &value)
{
    return objectOrNull(at, value, Members::resources);
}

const char *ObjectReader::get(const char *at, SignalValues &value)
{
    return objectOrNull(at, value, Members::signalValues);
}

const char *ObjectReader::get(const char *at, HealthReason &value)
{
    return object(at, value, Members::reason);
}

const char *ObjectReader::get(const char *at, std::optional<ScalingRule> &value)
{
    value.reset();
    if (Json::isNull(at))
        return at + 4;
    ScalingRule &rule = value.emplace();
    at = object(at, rule, Members::rule);
    if (at && (m_seen & bitOf(Members::rule, "signal")) == 0)
        return missing("signal", Words::tr("expected a signal"));
    if (rule.by.isEmpty())
        rule.by = u"backend"_s;
    return at;
}

const char *ObjectReader::get(const char *at, Component &value)
{
    at = object(at, value, Members::component);
    if (at && value.name.isEmpty())
        return missing("name", Words::tr("expected a name"));
    if ((m_seen & bitOf(Members::component, "health")) == 0)
        value.health = componentHealth(value.desired, value.ready);
    return at;
}

const char *ObjectReader::get(const char *at, OptionalMark &value)
{
    value.reset();
    if (Json::isNull(at))
        return at + 4;
    Mark mark;
    at = object(at, mark, Members::mark);
    if (!at)
        return nullptr;
    if (mark.operation.isEmpty())
        return missing("operation", Words::tr("expected the name of an operation"));
    if ((m_seen & bitOf(Members::mark, "until")) == 0)
        return missing("until", expectedTime());
    bytes += qint64(sizeof(Mark));
    value = mark;
    return at;
}

const char *ObjectReader::get(const char *at, std::optional<Cost> &value)
{
    value.reset();
    return Json::isNull(at) ? at + 4 : object(at, value.emplace(), Members::cost);
}

const char *ObjectReader::get(const char *at, QMap<QString, QString> &value)
{
    if (Json::isNull(at))
        return at + 4;
    if (*at != '{')
        return wrong(Words::tr("expected an object"));
    at = Json::skipSpace(at + 1);
    if (*at == '}')
        return at + 1;
    for (;;) {
        QString key;
        at = *at == '"' ? shared(at, key) : nullptr;
        if (!at)
            return nullptr;
        at = Json::skipSpace(at);
        if (*at != ':')
            return nullptr;
        QString label;
        at = shared(Json::skipSpace(at + 1), label);
        if (at && value.contains(key))
            at = wrong(Words::tr("a duplicate"));
        if (!at)
            return inside(key.toStdString());
        bytes += 112;
        value.insert(key, label);
        at = Json::skipSpace(at);
        if (*at == '}')
            return at + 1;
        if (*at != ',')
            return nullptr;
        at = Json::skipSpace(at + 1);
    }
}

const char *ObjectReader::get(const char *at, Stamp &value)
{
    knownStamp.reset();
    bytes += qint64(sizeof(Stamp)) + 32;
    at = object(at, value, Members::stamp);
    if (at && value.name.isEmpty())
        return missing("id", Words::tr("expected a name"));
    return at;
}

const char *ObjectReader::get(const char *at, Demand &value)
{
    return objectOrNull(at, value, Members::demand);
}

const char *ObjectReader::get(const char *at, Constraints &value)
{
    return objectOrNull(at, value, Members::constraints);
}

const char *ObjectReader::get(const char *at, Placement &value)
{
    at = object(at, value, Members::placement);
    if (at && value.stamp.isEmpty())
        return missing("stamp", Words::tr("expected a stamp"));
    return at;
}

const char *ObjectReader::get(const char *at, Tenant &value)
{
    knownTenant.reset();
    m_tenantId = m_tenantName = m_tenantRevision = {};
    at = object(at, value, Members::tenant);
    const auto units =
        m_tenantId.bytes.size() + m_tenantName.bytes.size() + m_tenantRevision.bytes.size();
    bytes += qint64(sizeof(Tenant) + 64 + 2 * units);
    Json::toQStrings({{&m_tenantId, &value.id},
                      {&m_tenantName, &value.name},
                      {&m_tenantRevision, &value.revision}});
    if (!at)
        return nullptr;
    if (value.id.isEmpty())
        return missing("id", Words::tr("expected a name"));
    if (value.stamp.isEmpty())
        return missing("stamp", Words::tr("expected the stamp that owns it"));
    if (value.name.isEmpty())
        value.name = value.id;
    // A backend that tells no placements runs its tenants where they belong.
    if ((m_seen & bitOf(Members::tenant, "placements")) == 0)
        value.placements.push_back({value.stamp, PlacementState::Serving, std::nullopt});
    return at;
}

const char *ObjectReader::get(const char *at, OperationStep &value)
{
    return object(at, value, Members::step);
}

const char *ObjectReader::get(const char *at, Operation &value)
{
    bytes += qint64(sizeof(Operation)) + 32;
    at = object(at, value, Members::operation);
    if (at && value.id.isEmpty())
        return missing("id", Words::tr("expected a name"));
    if (at && (m_seen & bitOf(Members::operation, "state")) == 0)
        return missing("state", Words::tr("expected a state"));
    return at;
}

const char *ObjectReader::get(const char *at, Acknowledgement &value)
{
    at = object(at, value, Members::acknowledgement);
    if (!at)
        return nullptr;
    if (value.incident.isEmpty())
        return missing("incident", Words::tr("which incident it is of is missing"));
    bytes += qint64(sizeof(Acknowledgement));
    return at;
}

const char *ObjectReader::get(const char *at, Missing &value)
{
    bytes += qint64(sizeof(Missing));
    return object(at, value, Members::missing);
}

const char *ObjectReader::get(const char *at, Gone &value)
{
    return object(at, value, Members::gone);
}

} // namespace Stampdeck::Internal
