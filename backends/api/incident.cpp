// SPDX-License-Identifier: GPL-3.0-or-later
#include "incident.h"

#include "words.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QRegularExpression>

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array severityWords = {"critical"_L1, "warning"_L1, "info"_L1};
constexpr std::array alertStateWords = {"active"_L1, "suppressed"_L1, "unprocessed"_L1};
constexpr std::array silenceStateWords = {"pending"_L1, "active"_L1, "expired"_L1};

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Incident)
};

/// The engines' own (RE2) match the whole value too.
QRegularExpression regexOf(const QString &pattern)
{
    return QRegularExpression(QRegularExpression::anchoredPattern(pattern),
                              QRegularExpression::DotMatchesEverythingOption);
}

} // namespace

STAMPDECK_DEFINE_WORDS(Severity, severityWords)
STAMPDECK_DEFINE_WORDS(AlertState, alertStateWords)
STAMPDECK_DEFINE_WORDS(SilenceState, silenceStateWords)

bool Matcher::matches(const QString &text) const
{
    if (!isRegex)
        return (text == value) == isEqual;
    const QRegularExpression regex = regexOf(value);
    return regex.isValid() && regex.match(text).hasMatch() == isEqual;
}

QString Matcher::toString() const
{
    QString quoted = value;
    quoted.replace(u'\\', u"\\\\"_s).replace(u'"', u"\\\""_s).replace(u'\n', u"\\n"_s);
    const QLatin1StringView sign =
        isEqual ? (isRegex ? "=~"_L1 : "="_L1) : (isRegex ? "!~"_L1 : "!="_L1);
    return name + sign + u'"' + quoted + u'"';
}

bool matches(const QList<Matcher> &matchers, const QMap<QString, QString> &labels)
{
    return std::all_of(matchers.cbegin(), matchers.cend(), [&](const Matcher &matcher) {
        return matcher.matches(labels.value(matcher.name));
    });
}

Result<void> checkSilence(const Silence &silence, Timestamp now)
{
    const auto wrong = [](const QString &message) { return fail(ErrorKind::Invalid, message); };
    if (silence.matchers.isEmpty())
        return wrong(Words::tr("a silence needs something to match"));
    for (const Matcher &matcher : silence.matchers) {
        if (matcher.name.isEmpty())
            return wrong(Words::tr("a matcher needs the name of a label"));
        if (!matcher.isRegex)
            continue;
        if (const QRegularExpression regex = regexOf(matcher.value); !regex.isValid()) {
            return wrong(Words::tr("“%1” is no regular expression: %2")
                             .arg(matcher.value.left(60), regex.errorString()));
        }
    }
    if (std::all_of(silence.matchers.cbegin(), silence.matchers.cend(),
                    [](const Matcher &matcher) { return matcher.matches(QString()); }))
        return wrong(
            Words::tr("a silence of everything: at least one matcher must not fit an alert "
                      "that lacks its label"));
    if (!silence.endsAt)
        return wrong(Words::tr("a silence needs an end"));
    if (*silence.endsAt <= now)
        return wrong(Words::tr("the end of the silence is past"));
    if (silence.startsAt && *silence.endsAt <= *silence.startsAt)
        return wrong(Words::tr("the silence ends before it begins"));
    if (silence.createdBy.trimmed().isEmpty())
        return wrong(Words::tr("a silence needs to say who made it"));
    if (silence.comment.trimmed().isEmpty())
        return wrong(Words::tr("a silence needs a comment"));
    return {};
}

} // namespace Stampdeck
