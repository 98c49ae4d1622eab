// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "export.h"
#include "http.h"

#include <QtCore/QJsonObject>

namespace Stampdeck {

/// A problem document (RFC 9457), as the Stamp API extends it. What the answer doesn't hold, or
/// holds in another type, is empty.
struct Problem
{
    QString code; ///< "conflict", "refused", "revision-changed", …
    QString title;
    QString detail;
    QString operation; ///< Whose step is in the way, where the server tells.
    QString who; ///< And who runs that.
    QList<Refusal> refusals;
    QJsonObject current; ///< The object as it is now, with "revision-changed".
};

/// Reads the body of \a answer where it is JSON; an empty problem otherwise.
[[nodiscard]] STAMPDECK_NET_EXPORT Problem problemOf(const HttpAnswer &answer);

/// The typed error for an answer that is no success: by the problem's code, else by status.
/// \a subject is who was asked, for the message.
[[nodiscard]] STAMPDECK_NET_EXPORT Error errorOf(const HttpAnswer &answer, const QString &subject);

/// The same for a server that tells what is wrong in another form: by status, with what it \a said,
/// which may be empty.
[[nodiscard]] STAMPDECK_NET_EXPORT Error errorOf(const HttpAnswer &answer, const QString &subject,
                                                 const QString &said);

/// \a answer where it is a success or 304, else its error.
[[nodiscard]] STAMPDECK_NET_EXPORT Result<HttpAnswer> successOf(Result<HttpAnswer> answer,
                                                                const QString &subject);

} // namespace Stampdeck
