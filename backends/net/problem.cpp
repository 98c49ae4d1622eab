// SPDX-License-Identifier: GPL-3.0-or-later
#include "problem.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDateTime>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QLocale>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

// A sentence of ours: one line, no full stop, not endless.
QString sentence(QString text)
{
    text = text.simplified();
    if (text.size() > 400)
        text = text.first(400) + u'…';
    while (text.endsWith(u'.'))
        text.chop(1);
    return text;
}

std::optional<ErrorKind> kindOfCode(QStringView code)
{
    static const QHash<QStringView, ErrorKind> kinds = {
        {u"invalid", ErrorKind::Invalid},
        {u"unauthenticated", ErrorKind::Unauthenticated},
        {u"denied", ErrorKind::Denied},
        {u"not-found", ErrorKind::NotFound},
        {u"method-not-allowed", ErrorKind::Unsupported},
        {u"conflict", ErrorKind::Conflict},
        {u"refused", ErrorKind::Refused},
        {u"revision-changed", ErrorKind::Conflict},
        {u"too-large", ErrorKind::Invalid},
        {u"unsupported-media-type", ErrorKind::Invalid},
        {u"precondition-required", ErrorKind::Invalid},
        {u"too-many-requests", ErrorKind::NotNow},
        {u"unavailable", ErrorKind::NotNow},
    };
    const auto found = kinds.constFind(code);
    return found == kinds.cend() ? std::nullopt : std::optional(*found);
}

ErrorKind kindOfStatus(int status)
{
    switch (status) {
    case 401:
    case 407:
        return ErrorKind::Unauthenticated;
    case 403:
        return ErrorKind::Denied;
    case 404:
    case 410:
        return ErrorKind::NotFound;
    case 405:
    case 501:
        return ErrorKind::Unsupported;
    case 409:
    case 412:
        return ErrorKind::Conflict;
    case 408:
    case 504:
        return ErrorKind::Timeout;
    case 429:
    case 503:
        return ErrorKind::NotNow;
    default:
        break;
    }
    if (status >= 500)
        return ErrorKind::Unreachable;
    // A redirect that is not followed is the backend's doing, as is a status below 200.
    return status >= 400 ? ErrorKind::Invalid : ErrorKind::Malformed;
}

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Network)
};

// What \a subject, a source, says with that status.
QString wordsFor(const QString &subject, ErrorKind kind, int status)
{
    switch (kind) {
    case ErrorKind::Unauthenticated:
        return Words::tr("%1 does not take our token: it is missing, wrong or expired")
            .arg(subject);
    case ErrorKind::Denied:
        return Words::tr("%1 does not allow it").arg(subject);
    case ErrorKind::NotFound:
        return Words::tr("%1 does not have it").arg(subject);
    case ErrorKind::Unsupported:
        return Words::tr("%1 can't do it").arg(subject);
    case ErrorKind::Conflict:
        return Words::tr("%1 says that somebody else was faster").arg(subject);
    case ErrorKind::Refused:
        return Words::tr("%1 refuses it").arg(subject);
    case ErrorKind::NotNow:
        return Words::tr("%1 asks to come back later").arg(subject);
    case ErrorKind::Timeout:
        return Words::tr("%1 did not get an answer in time").arg(subject);
    case ErrorKind::Unreachable:
        return Words::tr("%1 is in trouble (status %2)").arg(subject, QString::number(status));
    default:
        break;
    }
    if (status >= 300 && status < 400)
        return Words::tr("%1 sends us elsewhere (status %2), which is not followed")
            .arg(subject, QString::number(status));
    return Words::tr("%1 does not accept the request (status %2)")
        .arg(subject, QString::number(status));
}

// Seconds, or a date (RFC 9110, section 10.2.3).
std::optional<std::chrono::milliseconds> retryAfter(const HttpAnswer &answer)
{
    const QString text = QString::fromLatin1(answer.header("Retry-After").trimmed());
    if (text.isEmpty())
        return std::nullopt;
    constexpr qint64 longest = 24LL * 3600;
    bool ok = false;
    if (const qint64 seconds = text.toLongLong(&ok); ok)
        return std::chrono::seconds(std::clamp<qint64>(seconds, 0, longest));
    // The date is counted from the server's own clock where it tells one.
    const auto parse = [](const QString &date) {
        QDateTime time = QLocale::c().toDateTime(date, u"ddd, dd MMM yyyy HH:mm:ss 'GMT'"_s);
        time.setTimeSpec(Qt::UTC);
        return time;
    };
    const QDateTime until = parse(text);
    QDateTime now = parse(QString::fromLatin1(answer.header("Date").trimmed()));
    if (!now.isValid())
        now = QDateTime::currentDateTimeUtc();
    if (!until.isValid())
        return std::nullopt;
    return std::chrono::seconds(std::clamp<qint64>(now.secsTo(until), 0, longest));
}

// The error for \a answer, whose server said \a words.
Error said(const HttpAnswer &answer, const QString &subject, ErrorKind kind, const QString &words,
           const QString &code)
{
    // What a server says of a token is meant for those who write requests.
    const QString message = words.isEmpty() || kind == ErrorKind::Unauthenticated
        ? wordsFor(subject, kind, answer.status)
        : QString(subject + u": "_s + words);
    const QString detail = u"status "_s + QString::number(answer.status) + u' ' + code;
    Error error = Error::of(kind, message, detail.trimmed());
    if (kind == ErrorKind::NotNow)
        error.retryAfter = retryAfter(answer);
    return error;
}

} // namespace

Problem problemOf(const HttpAnswer &answer)
{
    Problem problem;
    const QJsonObject object = QJsonDocument::fromJson(answer.body).object();
    problem.code = object.value("code"_L1).toString();
    problem.title = sentence(object.value("title"_L1).toString());
    problem.detail = sentence(object.value("detail"_L1).toString());
    problem.operation = object.value("operation"_L1).toString();
    problem.who = sentence(object.value("who"_L1).toString());
    problem.current = object.value("current"_L1).toObject();
    const QJsonArray refusals = object.value("refusals"_L1).toArray();
    for (const auto &value : refusals) {
        const QJsonObject refusal = value.toObject();
        problem.refusals.append({refusal.value("code"_L1).toString(),
                                 refusal.value("subject"_L1).toString(),
                                 sentence(refusal.value("message"_L1).toString()),
                                 sentence(refusal.value("fix"_L1).toString())});
    }
    return problem;
}

Error errorOf(const HttpAnswer &answer, const QString &subject)
{
    const Problem problem = problemOf(answer);
    const ErrorKind byStatus = kindOfStatus(answer.status);
    ErrorKind kind = kindOfCode(problem.code).value_or(byStatus);
    // What the caller may not or is not known for is told by the status alone, so that a proxy's
    // page and a problem document come out the same.
    if (answer.status == 401 || answer.status == 403 || answer.status >= 500)
        kind = byStatus;
    if (kind == ErrorKind::Refused && !problem.refusals.isEmpty()) {
        Error error = Error::refused(problem.refusals);
        error.detail = u"status "_s + QString::number(answer.status);
        return error;
    }
    return said(answer, subject, kind, problem.detail.isEmpty() ? problem.title : problem.detail,
                problem.code);
}

Error errorOf(const HttpAnswer &answer, const QString &subject, const QString &words)
{
    return said(answer, subject, kindOfStatus(answer.status), sentence(words), {});
}

Result<HttpAnswer> successOf(Result<HttpAnswer> answer, const QString &subject)
{
    if (answer && !answer->isSuccess() && answer->status != 304)
        return fail(errorOf(*answer, subject));
    return answer;
}

} // namespace Stampdeck
