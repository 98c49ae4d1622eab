// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/theme.h"

#include <QtCore/QObject>
#include <QtDBus/QDBusConnection>
#include <QtDBus/QDBusVariant>

#include <optional>

namespace Stampdeck {

/// What the desktop says of how programs should look, by the settings portal of freedesktop: scheme,
/// contrast, motion. Without a portal nothing is known, and nothing is waited for. GUI thread.
class Desktop final : public QObject
{
    Q_OBJECT
public:
    explicit Desktop(QDBusConnection bus, QObject *parent = nullptr);

    [[nodiscard]] std::optional<Theme::Scheme> scheme() const { return m_scheme; }
    [[nodiscard]] bool wantsContrast() const;
    [[nodiscard]] bool wantsStillness() const;

Q_SIGNALS:
    void changed();

private Q_SLOTS:
    void take(const QString &group, const QString &key, const QDBusVariant &value);

private:
    void ask(const QString &group, const QString &key);

    QDBusConnection m_bus;
    std::optional<Theme::Scheme> m_scheme;
    bool m_contrast = false; // each as its own key of the portal says
    bool m_gnomeContrast = false;
    bool m_contrastTheme = false;
    bool m_still = false;
    bool m_gnomeStill = false;
};

} // namespace Stampdeck
