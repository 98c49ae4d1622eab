// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/fleetfeed.h"
#include "models/loss.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QObject>

#include <memory>

namespace Stampdeck {

/// Stamps that somebody switched off to see what their loss would do. Nothing is touched by it.
///
/// The answer is worked out in another thread, for every change of the fleet again but at most a
/// tenth of the time; until the first is there loss() is null. GUI thread.
class WhatIf final : public QObject
{
    Q_OBJECT
public:
    explicit WhatIf(FleetFeed &feed, QObject *parent = nullptr);
    ~WhatIf() override;

    /// Switches these off ("source/name"), and everything else on.
    void start(const QStringList &stamps);
    /// Switches one off, or on again; with the last it ends.
    void toggle(const QString &stamp);
    void end();

    [[nodiscard]] bool isActive() const { return !m_stamps.isEmpty(); }
    [[nodiscard]] const QStringList &stamps() const { return m_stamps; }
    [[nodiscard]] bool isOff(int slot) const { return m_off.contains(slot); }
    /// The region that is off as a whole, with nothing else; empty when it is not so.
    [[nodiscard]] QString region() const { return m_region; }
    /// "us-east-05 and 2 more".
    [[nodiscard]] QString title() const;
    /// What would be, of the stamps that are off now; null while it is worked out first.
    [[nodiscard]] const Loss *loss() const { return m_loss.get(); }
    /// What a stamp takes in; null for nobody.
    [[nodiscard]] const LoadChange *changeOf(int slot) const;
    [[nodiscard]] int takenBy(int slot) const { return m_loss ? m_loss->taken.value(slot) : 0; }
    /// How many of a stamp's tenants have no other place.
    [[nodiscard]] int strandedOf(int slot) const { return m_stranded.value(slot); }
    /// For assistive technology: "switched off, 3 of 15 stranded"; empty where nothing changes.
    [[nodiscard]] QString spoken(int slot) const;
    [[nodiscard]] FleetFeed &feed() const { return m_feed; }

Q_SIGNALS:
    /// Something was switched off or on.
    void changed();
    /// What would be is worked out anew.
    void answered();

private:
    void learn();
    void work();
    void take(const std::shared_ptr<const Loss> &loss, quint64 asked);

    FleetFeed &m_feed;
    QStringList m_stamps; // in the order they were switched off
    QSet<int> m_off; // their slots
    QString m_region;
    std::shared_ptr<const Loss> m_loss;
    QHash<int, qsizetype> m_changes; // slot to its place in the loss's loads
    QHash<int, int> m_stranded;
    quint64 m_asked = 0; // grows with what is off
    quint64 m_serial = 0; // of the version that was worked on last
    bool m_working = false;
    bool m_rests = false; // after an answer, unless something else is switched
    QElapsedTimer m_took;
};

} // namespace Stampdeck
