// SPDX-License-Identifier: GPL-3.0-or-later
#include "configvalue.h"

#include "suggestion.h"
#include "units.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QRegularExpression>
#include <QtCore/QUrl>

#include <cmath>

namespace Stampdeck::Internal {

using namespace Qt::StringLiterals;
using Written = Scalar::Written;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Configuration)
};

Error unexpected(const AdapterKey &key, const Scalar &scalar)
{
    QString found;
    switch (scalar.written) {
    case Written::Null:
        found = Words::tr("nothing");
        break;
    case Written::Text:
    case Written::Option:
        found = scalar.text.size() <= 60 ? QString(u'“' + scalar.text + u'”')
                                         : Words::tr("a long text");
        break;
    default:
        found = scalar.text.left(60);
        break;
    }
    const bool wantsQuotes =
        key.type == KeyType::String && scalar.written != Written::Null && key.choices.isEmpty();
    return Error::of(ErrorKind::Invalid,
                     (wantsQuotes ? Words::tr("expected %1, found %2; put it in quotes")
                                  : Words::tr("expected %1, found %2"))
                         .arg(expectation(key), found));
}

/// \a what, and between which bounds.
QString bounded(const AdapterKey &key, const QString &what,
                const std::function<QString(double)> &write)
{
    //: %1 is what a value is: “a whole number”, %2 and %3 are its bounds; so are they in the next
    //: ones
    if (key.min && key.max)
        return Words::tr("%1 from %2 to %3").arg(what, write(*key.min), write(*key.max));
    if (key.min)
        return Words::tr("%1 of at least %2").arg(what, write(*key.min));
    return key.max ? Words::tr("%1 of at most %2").arg(what, write(*key.max)) : what;
}

bool isWithin(const AdapterKey &key, double value)
{
    return (!key.min || value >= *key.min) && (!key.max || value <= *key.max);
}

std::optional<QVariant> toUrl(const QString &text)
{
    const QUrl url(text, QUrl::StrictMode);
    const QString scheme = url.scheme();
    if (!url.isValid() || scheme.isEmpty() || url.isRelative())
        return std::nullopt;
    if (url.host().isEmpty() && (scheme != u"unix"_s || url.path().isEmpty()))
        return std::nullopt;
    return text;
}

QVariant toPath(const QString &text, const QString &folder)
{
    if (text == u"~"_s || text.startsWith(u"~/"_s))
        return QDir::cleanPath(QDir::homePath() + text.mid(1));
    return QDir::cleanPath(QDir(folder).absoluteFilePath(text));
}

} // namespace

Scalar Scalar::plain(const QString &text)
{
    static const QRegularExpression null(u"^(null|Null|NULL|~|)$"_s);
    static const QRegularExpression boolean(u"^(true|True|TRUE|false|False|FALSE)$"_s);
    static const QRegularExpression integer(u"^([-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$"_s);
    static const QRegularExpression number(
        uR"(^([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$)"_s);
    if (null.match(text).hasMatch())
        return {text, Written::Null};
    if (boolean.match(text).hasMatch())
        return {text, Written::Boolean};
    if (integer.match(text).hasMatch())
        return {text, Written::Integer};
    if (number.match(text).hasMatch())
        return {text, Written::Number};
    return {text, Written::Text};
}

Scalar Scalar::fromJson(const QVariant &value)
{
    switch (value.typeId()) {
    case QMetaType::Bool:
        return {value.toString(), Written::Boolean};
    case QMetaType::Double:
    case QMetaType::LongLong:
    case QMetaType::Int: {
        const double number = value.toDouble();
        if (std::floor(number) == number && std::abs(number) < 1e15)
            return {QString::number(qlonglong(number)), Written::Integer};
        return {QString::number(number, 'g', 17), Written::Number};
    }
    default:
        return {value.toString(), Written::Text};
    }
}

QString expectation(const AdapterKey &key)
{
    const auto plainNumber = [](double value) { return QString::number(value); };
    switch (key.type) {
    case KeyType::String:
        return key.choices.isEmpty() ? Words::tr("text")
                                     : Words::tr("one of %1").arg(key.choices.join(u", "_s));
    case KeyType::Integer:
        return bounded(key, Words::tr("a whole number"), plainNumber);
    case KeyType::Number:
        return bounded(key, Words::tr("a number"), plainNumber);
    case KeyType::Boolean:
        return Words::tr("true or false");
    case KeyType::Duration:
        return bounded(key, Words::tr("a duration such as 5s, 2m or 1h"), [](double millis) {
            return toString(std::chrono::milliseconds(qlonglong(millis)));
        });
    case KeyType::Size:
        return bounded(key, Words::tr("a size such as 512Mi, 16Gi or 2GB"),
                       [](double bytes) { return sizeToString(bytes); });
    case KeyType::Ratio:
        return bounded(key, Words::tr("a ratio such as 85% or 0.85"),
                       [](double ratio) { return QString(QString::number(ratio * 100) + u'%'); });
    case KeyType::Path:
        return Words::tr("a path");
    case KeyType::Url:
        return Words::tr("a URL such as https://host:8443");
    case KeyType::Secret:
        break;
    }
    return Words::tr("{keychain: …}, {env: …} or {file: …}");
}

Result<QVariant> convert(const AdapterKey &key, const Scalar &scalar, const QString &folder)
{
    const Written written = scalar.written;
    const bool isText = written == Written::Text || written == Written::Option;
    const bool mayBeNumber =
        written == Written::Integer || written == Written::Number || written == Written::Option;
    const auto wrong = [&] { return fail(unexpected(key, scalar)); };
    const auto bounded = [&](std::optional<double> value, auto make) -> Result<QVariant> {
        if (!value || !isWithin(key, *value))
            return wrong();
        return QVariant(make(*value));
    };
    // Beyond this a double no longer counts one by one, nor fits into 64 bits further on.
    constexpr double largestWhole = 9007199254740992.0;

    switch (key.type) {
    case KeyType::String:
        if (!isText)
            return wrong();
        if (!key.choices.isEmpty() && !key.choices.contains(scalar.text)) {
            Error error = unexpected(key, scalar);
            if (const QString nearest = nearestWord(scalar.text, key.choices); !nearest.isEmpty())
                error.message = Words::tr("%1, did you mean “%2”?").arg(error.message, nearest);
            return fail(error);
        }
        return QVariant(scalar.text);
    case KeyType::Integer: {
        if (written != Written::Integer && written != Written::Option)
            return wrong();
        bool read = false;
        const qlonglong value = scalar.text.toLongLong(&read, 10);
        if (!read || !isWithin(key, double(value)))
            return wrong();
        return QVariant(value);
    }
    case KeyType::Number:
        if (!mayBeNumber)
            return wrong();
        return bounded(numberFromString(scalar.text), [](double value) { return value; });
    case KeyType::Boolean:
        if (written != Written::Boolean && written != Written::Option)
            return wrong();
        if (const QString word = scalar.text.toLower(); word == u"true"_s || word == u"false"_s)
            return QVariant(word == u"true"_s);
        return wrong();
    case KeyType::Duration: {
        const auto duration = isText ? durationFromString(scalar.text) : std::nullopt;
        if (!duration || !isWithin(key, double(duration->count())))
            return wrong();
        return QVariant(qlonglong(duration->count()));
    }
    case KeyType::Size: {
        if (!isText && written != Written::Integer)
            return wrong();
        const auto bytes = sizeFromString(scalar.text);
        return bounded(bytes && *bytes <= largestWhole ? bytes : std::nullopt,
                       [](double value) { return qlonglong(std::round(value)); });
    }
    case KeyType::Ratio:
        // In YAML, text is the percentage and a number is the ratio.
        if (written == Written::Text ? !scalar.text.endsWith(u'%') : !mayBeNumber)
            return wrong();
        return bounded(ratioFromString(scalar.text), [](double value) { return value; });
    case KeyType::Path:
        if (!isText || scalar.text.isEmpty() || scalar.text.contains(QChar(0)))
            return wrong();
        return toPath(scalar.text, folder);
    case KeyType::Url: {
        const auto url = isText ? toUrl(scalar.text) : std::nullopt;
        if (isText && !QUrl(scalar.text).password().isEmpty()) {
            return fail(ErrorKind::Invalid,
                        Words::tr("a password is not written here; expected a URL without one"));
        }
        if (!url)
            return wrong();
        return *url;
    }
    case KeyType::Secret:
        break;
    }
    return fail(ErrorKind::Invalid,
                Words::tr("a secret is not written here; expected %1").arg(expectation(key)));
}

} // namespace Stampdeck::Internal
