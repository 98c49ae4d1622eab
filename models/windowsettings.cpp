// SPDX-License-Identifier: GPL-3.0-or-later
#include "windowsettings.h"

#include "units.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QRegularExpression>

#include <cmath>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

AdapterKey makeKey(const QString &name, KeyType type, const QVariant &defaultValue,
                   const QString &help)
{
    AdapterKey key;
    key.name = name;
    key.type = type;
    key.defaultValue = defaultValue;
    key.help = help;
    return key;
}

AdapterKey makeKey(const QString &name, const QStringList &choices, const QString &help)
{
    AdapterKey key = makeKey(name, KeyType::String, choices.first(), help);
    key.choices = choices;
    return key;
}

AdapterKey makeKey(const QString &name, KeyType type, const QVariant &defaultValue, double min,
                   double max, const QString &help)
{
    AdapterKey key = makeKey(name, type, defaultValue, help);
    key.min = min;
    key.max = max;
    return key;
}

const AdapterKey &keyOf(const QString &name)
{
    const QList<AdapterKey> &keys = WindowSettings::keys();
    return *std::find_if(keys.begin(), keys.end(),
                         [&name](const AdapterKey &key) { return key.name == name; });
}

/// Choices stand in the order of their enumeration.
template<typename Choice>
Choice choiceOf(const QString &key, const QString &word)
{
    return Choice(std::max(qsizetype(0), keyOf(key).choices.indexOf(word)));
}

} // namespace

const QList<AdapterKey> &WindowSettings::keys()
{
    static const QList<AdapterKey> keys = {
        makeKey(u"theme"_s, {u"system"_s, u"dark"_s, u"light"_s},
                QString::fromUtf8(QT_TRANSLATE_NOOP(
                    "WindowSettings", "Dark or light, or whichever the desktop has"))),
        makeKey(u"contrast"_s, {u"system"_s, u"normal"_s, u"high"_s},
                QString::fromUtf8(QT_TRANSLATE_NOOP("WindowSettings",
                                                    "High draws plain fills and strong frames"))),
        makeKey(u"textSize"_s, KeyType::Ratio, u"100%"_s, 0.9, 1.5,
                QString::fromUtf8(QT_TRANSLATE_NOOP(
                    "WindowSettings",
                    "Scales text, rows and panels, and leaves the small cells of the map"))),
        makeKey(
            u"motion"_s, {u"system"_s, u"full"_s, u"reduced"_s},
            QString::fromUtf8(QT_TRANSLATE_NOOP(
                "WindowSettings", "Reduced shows every change at once, and nothing on its way"))),
        makeKey(u"times"_s, {u"utc"_s, u"local"_s},
                QString::fromUtf8(
                    QT_TRANSLATE_NOOP("WindowSettings", "Which clock times are told by"))),
        makeKey(
            u"language"_s, KeyType::String, u"system"_s,
            QString::fromUtf8(QT_TRANSLATE_NOOP(
                "WindowSettings",
                "Words, numbers and times of a locale, such as de_DE, from the next start on"))),
        makeKey(u"noticeTime"_s, KeyType::Duration, u"5s"_s, 2'000, 60'000,
                QString::fromUtf8(QT_TRANSLATE_NOOP(
                    "WindowSettings", "How long a notice stays, and the undo that it offers"))),
        makeKey(u"wallTime"_s, KeyType::Duration, u"20s"_s, 5'000, 600'000,
                QString::fromUtf8(
                    QT_TRANSLATE_NOOP("WindowSettings", "How long the wall shows each view"))),
        makeKey(u"notify"_s, {u"warning"_s, u"critical"_s, u"info"_s, u"nothing"_s},
                QString::fromUtf8(QT_TRANSLATE_NOOP(
                    "WindowSettings", "The least that the desktop notifies of"))),
        makeKey(u"notifyAgain"_s, KeyType::Duration, u"5m"_s, 0, 86'400'000,
                QString::fromUtf8(QT_TRANSLATE_NOOP(
                    "WindowSettings",
                    "After what time again, while nobody has acknowledged; 0s: not again"))),
        makeKey(u"notifySound"_s, {u"on"_s, u"off"_s},
                QString::fromUtf8(
                    QT_TRANSLATE_NOOP("WindowSettings", "Whether a notification is heard"))),
        makeKey(u"quietHours"_s, KeyType::String, u"off"_s,
                QString::fromUtf8(QT_TRANSLATE_NOOP(
                    "WindowSettings",
                    "When only what is critical notifies, in local time, such as 22:00-07:00"))),
    };
    return keys;
}

WindowSettings WindowSettings::fromValues(const QVariantMap &values)
{
    WindowSettings settings;
    const auto word = [&values](const QString &key) { return values.value(key).toString(); };
    settings.scheme = choiceOf<Scheme>(u"theme"_s, word(u"theme"_s));
    settings.contrast = choiceOf<Contrast>(u"contrast"_s, word(u"contrast"_s));
    settings.textSize = values.value(u"textSize"_s, settings.textSize).toDouble();
    settings.motion = choiceOf<Motion>(u"motion"_s, word(u"motion"_s));
    settings.times = choiceOf<Times>(u"times"_s, word(u"times"_s));
    if (word(u"language"_s) != u"system")
        settings.language = word(u"language"_s);
    const auto time = [&values](const QString &key, std::chrono::milliseconds otherwise) {
        return std::chrono::milliseconds(
            values.value(key, qlonglong(otherwise.count())).toLongLong());
    };
    settings.noticeTime = time(u"noticeTime"_s, settings.noticeTime);
    settings.wallTime = time(u"wallTime"_s, settings.wallTime);
    settings.calls.least = choiceOf<CallSettings::Least>(u"notify"_s, word(u"notify"_s));
    settings.calls.again = time(u"notifyAgain"_s, settings.calls.again);
    settings.calls.sound = word(u"notifySound"_s) != u"off";
    if (const auto hours = CallSettings::hoursOf(word(u"quietHours"_s)))
        std::tie(settings.calls.quietFrom, settings.calls.quietTo) = *hours;
    return settings;
}

QString WindowSettings::written(const QString &key) const
{
    const auto word = [&key](auto choice) { return keyOf(key).choices.value(int(choice)); };
    if (key == u"theme")
        return word(scheme);
    if (key == u"contrast")
        return word(contrast);
    if (key == u"textSize")
        return QString::number(std::lround(textSize * 100)) + u'%';
    if (key == u"motion")
        return word(motion);
    if (key == u"times")
        return word(times);
    if (key == u"language")
        return language.isEmpty() ? u"system"_s : language;
    if (key == u"notify")
        return word(calls.least);
    if (key == u"notifySound")
        return word(calls.sound ? 0 : 1);
    if (key == u"quietHours") {
        return calls.quietFrom && calls.quietTo
            ? calls.quietFrom->toString(u"HH:mm"_s) + u'-' + calls.quietTo->toString(u"HH:mm"_s)
            : u"off"_s;
    }
    if (key == u"notifyAgain")
        return Stampdeck::toString(calls.again);
    return Stampdeck::toString(key == u"wallTime" ? wallTime : noticeTime);
}

void WindowSettings::set(const QString &key, const QString &written)
{
    QVariantMap values;
    for (const AdapterKey &each : keys()) {
        const QString word = each.name == key ? written : this->written(each.name);
        switch (each.type) {
        case KeyType::Ratio:
            values.insert(each.name, ratioFromString(word).value_or(1));
            break;
        case KeyType::Duration:
            if (const auto time = durationFromString(word))
                values.insert(each.name, qlonglong(time->count()));
            break;
        default:
            values.insert(each.name, word);
        }
    }
    *this = fromValues(values);
}

bool WindowSettings::isLanguage(const QString &name)
{
    static const QRegularExpression pattern(u"^[A-Za-z]{2,8}([-_][A-Za-z0-9]{2,8}){0,3}$"_s);
    return pattern.match(name).hasMatch();
}

} // namespace Stampdeck
