// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "callpolicy.h"
#include "plugincatalog.h"

#include <QtCore/QString>
#include <QtCore/QVariant>

#include <chrono>

namespace Stampdeck {

/// What a person chose about the window: the key "window" of fleet.yaml. Only the window acts by it;
/// every program checks it.
struct WindowSettings
{
    enum class Scheme : quint8 { System, Dark, Light };
    enum class Contrast : quint8 { System, Normal, High };
    enum class Motion : quint8 { System, Full, Reduced };
    enum class Times : quint8 { Utc, Local };

    Scheme scheme = Scheme::System;
    Contrast contrast = Contrast::System;
    double textSize = 1; ///< Of everything but the cells of the map; 0.9 to 1.5.
    Motion motion = Motion::System;
    Times times = Times::Utc;
    QString language; ///< A locale's name, "de_DE"; empty: the system's.
    std::chrono::milliseconds noticeTime{5'000}; ///< How long a notice and its undo stay.
    std::chrono::milliseconds wallTime{20'000}; ///< How long the wall shows a page.
    CallSettings calls; ///< When whoever sits here is called.

    /// The keys in their order, with what each takes, its default and its sentence (in English: whoever
    /// shows it translates it in the context "WindowSettings").
    [[nodiscard]] static const QList<AdapterKey> &keys();
    /// Of values as the configuration's reader gives them; what is not there is the default.
    [[nodiscard]] static WindowSettings fromValues(const QVariantMap &values);
    /// What is written behind \a key: "dark", "110%", "5s".
    [[nodiscard]] QString written(const QString &key) const;
    /// Takes up what is written behind \a key, which is one that written() gives.
    void set(const QString &key, const QString &written);
    /// A name that a locale could have: "de", "pt_BR", "zh-Hant-TW".
    [[nodiscard]] static bool isLanguage(const QString &name);

    friend bool operator==(const WindowSettings &, const WindowSettings &) = default;
};

} // namespace Stampdeck
