// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "timestamp.h"

#include <QtCore/QString>

#include <chrono>
#include <memory>
#include <vector>

/// How an operation shows on the objects that it touches (interfaces.md: Marks on engines'
/// objects), so that everybody who looks at them sees who acts there, and can take over when
/// nobody does any more.
namespace Stampdeck {

/// What stands on one stamp or tenant. Changes no revision.
struct Mark
{
    QString operation; ///< Its id.
    QString run; ///< Which run of it: whoever adopts an operation begins another one.
    QString kind; ///< "drain", "move", …
    int step = 0; ///< The operation's piece of work that this object is in; they come in order.
    QString from; ///< Tenant: the stamp that it leaves. Stamp: itself where it gives tenants away.
    QString to; ///< Tenant: the stamp that it goes to. Stamp: itself where it takes tenants.
    QString who;
    /// What else an adopter needs to know of the operation: compact JSON, opaque to a backend.
    QString plan;
    /// Of a stamp that only gives or takes tenants: others may act there too.
    bool shared = false;
    Timestamp until; ///< By the backend's clock; expired after.

    friend bool operator==(const Mark &, const Mark &) = default;
};

/// A mark or none, in the space of a pointer: most of a hundred thousand tenants have none.
/// Immutable, shared between copies, compared by value.
class OptionalMark
{
public:
    OptionalMark() = default;
    OptionalMark(Mark mark)
        : m_mark(std::make_shared<const Mark>(std::move(mark)))
    {
    }

    explicit operator bool() const { return m_mark != nullptr; }
    const Mark *operator->() const { return m_mark.get(); }
    const Mark &operator*() const { return *m_mark; }
    void reset() { m_mark.reset(); }

    friend bool operator==(const OptionalMark &a, const OptionalMark &b)
    {
        return a.m_mark == b.m_mark || (a.m_mark && b.m_mark && *a.m_mark == *b.m_mark);
    }

private:
    std::shared_ptr<const Mark> m_mark;
};

/// How long a mark lasts unless it is renewed; who holds it renews it three times within.
inline constexpr std::chrono::milliseconds markLife{60'000};

enum class MarkMode : quint8 {
    /// For an operation that begins, or goes on after its marks were cleared. Conflict where another
    /// run of it has marked.
    Set,
    /// Conflict where an object that is not shared does not bear this run's mark any more, expired
    /// or not: somebody adopted the operation.
    Renew,
    /// Takes expired marks of another run over. Conflict while one of them is live.
    Adopt,
};

/// The marks of one operation on the objects of one source, set with one call: on all of them, or
/// on none.
struct MarkRequest
{
    struct Object
    {
        QString name; ///< Of the stamp, or the tenant's ID, as the source has it.
        int step = 0;
        QString from, to;
        bool shared = false;

        friend bool operator==(const Object &, const Object &) = default;
    };

    QString operation;
    QString run;
    QString kind;
    QString plan;
    MarkMode mode = MarkMode::Set;
    std::chrono::milliseconds life = markLife;
    std::vector<Object> stamps; ///< Those, and no others, bear the operation's mark afterwards.
    std::vector<Object> tenants;

    /// Nothing is to be marked any more: clears what this run has marked.
    [[nodiscard]] bool isEmpty() const { return stamps.empty() && tenants.empty(); }
    friend bool operator==(const MarkRequest &, const MarkRequest &) = default;
};

} // namespace Stampdeck
