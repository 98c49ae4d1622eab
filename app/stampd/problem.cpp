// SPDX-License-Identifier: GPL-3.0-or-later
#include "problem.h"

#include <nlohmann/json.hpp>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

constexpr int retrySeconds = 1;

struct Kind
{
    int status;
    QByteArrayView code;
};

Kind kindOf(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::Conflict:
        return {409, "conflict"};
    case ErrorKind::Denied:
        return {403, "denied"};
    case ErrorKind::Unauthenticated:
        return {401, "unauthenticated"};
    case ErrorKind::NotFound:
        return {404, "not-found"};
    case ErrorKind::Invalid:
        return {422, "invalid"};
    case ErrorKind::Refused:
    case ErrorKind::Unsupported:
        return {409, "refused"};
    case ErrorKind::NotNow:
    case ErrorKind::Malformed:
    case ErrorKind::Unreachable:
    case ErrorKind::Timeout:
    case ErrorKind::Cancelled:
        break;
    }
    return {503, "unavailable"};
}

nlohmann::json refusalsOf(const Error &error)
{
    nlohmann::json list = nlohmann::json::array();
    for (const Refusal &refusal : error.refusals) {
        list.push_back({{"code", refusal.code.toStdString()},
                        {"subject", refusal.subject.toStdString()},
                        {"message", refusal.message.toStdString()},
                        {"fix", refusal.fix.toStdString()}});
    }
    if (list.empty())
        list.push_back({{"code", "unsupported"},
                        {"subject", ""},
                        {"message", error.message.toStdString()},
                        {"fix", ""}});
    return list;
}

} // namespace

HttpResponse problem(int status, const QByteArray &code, const QString &detail)
{
    return problem(status, code, detail, nlohmann::json::object());
}

HttpResponse problem(int status, const QByteArray &code, const QString &detail,
                     const nlohmann::json &members)
{
    nlohmann::json document = members;
    document["type"] = "about:blank";
    document["title"] = httpReason(status).toStdString();
    document["status"] = status;
    document["code"] = code.toStdString();
    document["detail"] = detail.toStdString();
    HttpResponse response;
    response.status = status;
    response.contentType = "application/problem+json";
    response.headers.push_back({"Cache-Control", "no-store"});
    if (status == 401)
        response.headers.push_back({"WWW-Authenticate", "Bearer realm=\"stampd\""});
    if (status == 429 || status == 503)
        response.headers.push_back({"Retry-After", QByteArray::number(retrySeconds)});
    const std::string text =
        document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    response.body = QByteArray(text.data(), qsizetype(text.size()));
    return response;
}

HttpResponse problem(const Error &error)
{
    const Kind kind = kindOf(error.kind);
    if (kind.code == "refused")
        return problem(kind.status, kind.code.toByteArray(), error.message,
                       {{"refusals", refusalsOf(error)}});
    return problem(kind.status, kind.code.toByteArray(), error.message);
}

} // namespace Stampdeck
