// SPDX-License-Identifier: GPL-3.0-or-later
#include "error.h"

#include <QtCore/QCoreApplication>

#include <array>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Error)
};

constexpr std::array<QLatin1StringView, 12> kindWords = {
    "conflict"_L1,  "denied"_L1,  "unauthenticated"_L1, "not-found"_L1,
    "not-now"_L1,   "invalid"_L1, "malformed"_L1,       "refused"_L1,
    "unreachable"_L1, "timeout"_L1, "unsupported"_L1,   "cancelled"_L1,
};
} // namespace

Error Error::of(ErrorKind kind, const QString &message, const QString &detail)
{
    Error error;
    error.kind = kind;
    error.message = message;
    error.detail = detail;
    return error;
}

Error Error::refused(QList<Refusal> refusals)
{
    Error error;
    error.kind = ErrorKind::Refused;
    if (!refusals.isEmpty()) {
        const Refusal &first = refusals.constFirst();
        error.message = first.subject.isEmpty() ? first.message
                                                : first.subject + u": "_s + first.message;
    }
    error.refusals = std::move(refusals);
    return error;
}

Error Error::cancelled()
{
    return of(ErrorKind::Cancelled, Words::tr("taken back"));
}

bool Error::isTransient() const
{
    return kind == ErrorKind::NotNow || kind == ErrorKind::Unreachable
            || kind == ErrorKind::Timeout || kind == ErrorKind::Malformed;
}

QString toString(ErrorKind kind)
{
    return kindWords.at(size_t(kind));
}

std::optional<ErrorKind> errorKindFromString(QStringView text)
{
    for (size_t i = 0; i < kindWords.size(); ++i) {
        if (kindWords.at(i) == text)
            return ErrorKind(i);
    }
    return std::nullopt;
}

} // namespace Stampdeck
