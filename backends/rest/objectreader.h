// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "jsontext.h"
#include "restdecoder.h"
#include "stringpool.h"

#include "backends/api/operation.h"

#include <QtCore/QStringList>

#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace Stampdeck::Internal {

/// The IDs of what went away since an earlier answer.
struct Gone
{
    QStringList stamps;
    QStringList tenants;
};

/// What a server says of a source of its own that it knows nothing of.
struct Missing
{
    QString source;
    QString message;
};

/// Reads the objects of the Stamp API (interfaces.md) from JSON as Json does: each function takes
/// where a value begins and gives where it ends, or null on the first thing that is wrong. Whether
/// the text is JSON at all Json::skip() tells then; where it is, `pointer` and `message` say which
/// value is not what it should be.
class ObjectReader
{
public:
    ObjectReader(StringPool &strings, const KnownFleet &known)
        : m_strings(strings)
        , m_known(known)
    { }

    std::string pointer; ///< From the object to what is wrong in it (RFC 6901).
    QString message;
    qint64 bytes = 0; ///< What the values read take, by estimate, less what is shared.
    /// What the fleet has under the ID of the stamp or tenant that was read; its strings are taken
    /// where they are equal.
    StampPtr knownStamp;
    TenantPtr knownTenant;

    /// Reads a Stamp, Tenant, Operation, Gone, Acknowledgement, Missing, a string or a truth, into a \a value that is as made
    /// anew.
    template<typename T>
    [[nodiscard]] const char *read(const char *at, T &value)
    {
        pointer.clear();
        message.clear();
        bytes = 0;
        m_owner = noOwner;
        return get(at, value);
    }
    /// Passes over a value; null where it is not JSON.
    [[nodiscard]] const char *skip(const char *at) { return Json::skip(at, m_open); }

private:
    friend struct MemberKinds;
    friend struct Members;

    /// A list of regions by its text, so that it is read once and shared.
    struct Regions
    {
        std::string text;
        QStringList value;
    };

    const char *wrong(const QString &what)
    {
        message = what;
        return nullptr;
    }
    /// Where something is wrong: called on the way up.
    const char *inside(std::string_view member);
    const char *missing(std::string_view member, const QString &what);

    template<typename T, typename... Member>
    const char *object(const char *at, T &value, const std::tuple<Member...> &members);
    template<typename T, typename... Member>
    const char *objectOrNull(const char *at, T &value, const std::tuple<Member...> &members)
    {
        return Json::isNull(at) ? at + 4 : object(at, value, members);
    }
    template<typename OnElement>
    const char *elements(const char *at, OnElement &&onElement);
    template<typename List>
    const char *list(const char *at, List &value);
    template<typename List, typename Field>
    const char *listOfDistinct(const char *at, List &value, Field field, std::string_view name);

    const char *get(const char *at, Stamp &value);
    const char *get(const char *at, Tenant &value);
    const char *get(const char *at, Operation &value);
    const char *get(const char *at, Gone &value);
    const char *get(const char *at, Acknowledgement &value);
    const char *get(const char *at, Missing &value);
    const char *get(const char *at, QString &value) { return text(at, value); }
    const char *get(const char *at, Resource &value);
    const char *get(const char *at, Resources &value);
    const char *get(const char *at, SignalValues &value);
    const char *get(const char *at, HealthReason &value);
    const char *get(const char *at, std::optional<ScalingRule> &value);
    const char *get(const char *at, Component &value);
    const char *get(const char *at, std::optional<Cost> &value);
    const char *get(const char *at, OptionalMark &value);
    const char *get(const char *at, Demand &value);
    const char *get(const char *at, Constraints &value);
    const char *get(const char *at, Placement &value);
    const char *get(const char *at, OperationStep &value);
    const char *get(const char *at, QMap<QString, QString> &value);
    const char *get(const char *at, std::optional<double> &value);
    const char *get(const char *at, double &value);
    const char *get(const char *at, std::optional<int> &value);
    const char *get(const char *at, int &value);
    const char *get(const char *at, bool &value);
    const char *get(const char *at, std::optional<Timestamp> &value);

    /// The text of a string; one of no bytes where it is null.
    const char *rawText(const char *at, Json::Text &text);
    /// A string of its own, or \a known where it is the same.
    const char *text(const char *at, QString &value, const QString *known = nullptr);
    /// A string that comes again and again.
    const char *shared(const char *at, QString &value);
    const char *owner(const char *at, QString &value);
    const char *regions(const char *at, QStringList &value);
    const char *names(const char *at, QStringList &value);
    /// One of the words of \a T. Null leaves \a value as it is; another word is wrong unless
    /// \a unknown says what to take it for.
    template<typename T>
    const char *word(const char *at, T &value, std::optional<T> unknown = std::nullopt);
    const char *checkId(const char *at, QString &value);
    const char *tenantId(const char *at, Tenant &value);
    const char *tenantText(const char *at, Tenant &value, Json::Text &text, QString Tenant::*field);

    StringPool &m_strings;
    const KnownFleet &m_known;
    std::string m_open; ///< For Json::skip().
    uint32_t m_seen = 0; ///< The members of the object that was read last, by their order.
    static constexpr size_t noOwner = size_t(-1);
    // The owner of the tenant that is being read, in m_strings: its placements name it again.
    size_t m_owner = noOwner;
    std::string_view m_ownerText;
    // Of the tenant that is being read: what is not known becomes strings at its end.
    Json::Text m_tenantId;
    Json::Text m_tenantName;
    Json::Text m_tenantRevision;
    std::string m_lastTimeText;
    Timestamp m_lastTime;
    // Lists of regions are few and the same for many tenants.
    static constexpr int regionBits = 6;
    std::array<Regions, 1 << regionBits> m_regions; ///< By how their text begins.
};

} // namespace Stampdeck::Internal
