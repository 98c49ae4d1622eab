// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/carryquestion.h"
#include "models/fleetfeed.h"
#include "models/tenantmime.h"

#include <QtCore/QBasicTimer>
#include <QtCore/QHash>
#include <QtCore/QObject>

#include <memory>
#include <unordered_map>

namespace Stampdeck {

/// The tenants that hang on the pointer, or that were cut, and what every stamp answers to them.
///
/// A stamp is asked when somebody looks at it, and its answer is kept while it would be the same. What
/// needs every stamp of a large fleet (the best ones, why the others cannot, what the planner would
/// choose) is worked out on another thread, and is empty until then. When the fleet changes, the stamps
/// that changed are asked at once; where they are many that goes to the other thread too, and what is
/// said is of the version before until all of it is there. So tiles, ranks, counts and panel say the same
/// at every moment. Lives in the GUI thread; owns the carry.
class CarryController final : public QObject
{
    Q_OBJECT
public:
    enum class Mode : quint8 {
        None,
        Drag, ///< They hang on the pointer.
        Cut, ///< They were cut and wait for a stamp to be walked to.
    };

    explicit CarryController(FleetFeed &feed, QObject *parent = nullptr);
    ~CarryController() override;

    /// Carries \a tenants ("domain/ID") from now on, in place of what was carried. An error when
    /// one of them is not there any more.
    [[nodiscard]] Result<void> pickUp(const QStringList &tenants, Mode mode);
    /// Carries all the tenants of \a stamp ("source/name"): a drop drains it. An error when it has
    /// none, or is not there.
    [[nodiscard]] Result<void> pickUpAll(const QString &stamp, Mode mode);
    /// Carries all the tenants of \a region: a drop evacuates it. An error when nobody is there.
    [[nodiscard]] Result<void> pickUpRegion(const QString &region, Mode mode);
    /// What hung on the pointer stays there without a button held, as if it had been cut.
    void hold();
    /// Nothing was changed and nothing is carried any more.
    void putBack();
    /// Asks for the plan of all of them to the stamp in \a slot: dropped() follows, and the carry
    /// ends. False, and nothing happens, where the stamp cannot take them: see evaluation().
    bool drop(int slot);
    /// Lets the planner spread them.
    void dropAnywhere();

    [[nodiscard]] Mode mode() const { return m_mode; }
    [[nodiscard]] bool isActive() const { return m_mode != Mode::None; }
    [[nodiscard]] const QStringList &tenants() const { return m_tenants; }
    /// Those that were picked up; some may be gone since.
    [[nodiscard]] const QStringList &pickedUp() const { return m_pickedUp; }
    /// The stamp that a drop drains ("source/name"); empty when it moves tenants.
    [[nodiscard]] const QString &drained() const { return m_drained; }
    /// The region that a drop evacuates; empty when it does not.
    [[nodiscard]] const QString &evacuated() const { return m_evacuated; }
    /// A drop empties something: who comes to it meanwhile leaves too.
    [[nodiscard]] bool isEmptying() const { return !m_drained.isEmpty() || !m_evacuated.isEmpty(); }
    /// While isActive(): made from feed().version(), or from one a moment before.
    [[nodiscard]] const Carry &carry() const { return m_question.carry(); }
    [[nodiscard]] FleetFeed &feed() const { return m_feed; }
    /// Nothing is being worked out on another thread.
    [[nodiscard]] bool isSettled() const { return !m_looking && !m_spreading; }

    /// Whether some of the carried are owned by the stamp in \a slot, and how many.
    [[nodiscard]] int leaving(int slot) const { return m_leaving.value(slot); }
    /// The load of a source now and when they have left.
    [[nodiscard]] LoadChange afterLeaving(int slot) const;

    /// What the stamp in \a slot answers; VerdictKind::Best for the best one. Valid until
    /// verdictsChanged() or changed().
    [[nodiscard]] const Evaluation &evaluation(int slot) const;
    /// True when a drop on it would open a plan that is not refused.
    [[nodiscard]] bool isLit(int slot) const;
    /// The verdict alone, without its words: nothing until hasAnswered(). Unknown for one that takes them
    /// on purpose only, which is not lit.
    [[nodiscard]] std::optional<VerdictKind> verdict(int slot) const;
    /// Every stamp has.
    [[nodiscard]] bool hasAnswered() const;
    /// What a sum over many stamps needs of each.
    struct Short
    {
        bool can = false;
        QString reason; ///< Why not, in a word.
    };
    /// Of the stamp in \a slot; nothing until hasAnswered().
    [[nodiscard]] std::optional<Short> shortAnswer(int slot) const;
    static constexpr int mostRanked = 9; ///< Each has a key.
    /// 1 to 9 for the best stamps, 1 for the best; 0 for the others.
    [[nodiscard]] int rank(int slot) const;
    /// The best stamps, at most nine, best first.
    [[nodiscard]] const std::vector<std::pair<int, Evaluation>> &ranking() const;
    /// The two lines on a tile that cannot: "memory 108%", "short by 10 GiB".
    [[nodiscard]] QString reasonHead(int slot) const;
    [[nodiscard]] QString reasonLine(int slot) const;
    /// "can take, 58 to 79 percent" or "cannot: residency, globex stays in eu-*".
    [[nodiscard]] QString spoken(int slot) const;
    /// Why stamps cannot, as one counts them: "residency" to 32.
    [[nodiscard]] const QList<std::pair<QString, int>> &reasonCounts() const;
    /// What the planner would choose: "2 to eu-central-06, 1 to eu-north-02", or why it can't.
    [[nodiscard]] QString spreadSummary() const;

Q_SIGNALS:
    /// Something was picked up, cut or put back.
    void changed();
    /// Ask the stamps in \a slots_ again, the ranks and the counts too; all stamps where it is empty.
    void verdictsChanged(const std::vector<int> &slots_);
    /// spreadSummary() is another.
    void spreadChanged();
    /// Some of what is carried is gone, or all of it, which ends the carry: a sentence that says so.
    void lost(const QString &what);
    /// A drop on a stamp that cannot take it: why, and what would mend it.
    void refused(const QString &stamp, const Stampdeck::Refusal &refusal);
    /// A plan is to be shown of this.
    void dropped(const Stampdeck::ActionRequest &request);

protected:
    void timerEvent(QTimerEvent *event) override;

private:
    /// \a isOther: something else is carried now, or what was found out so far is of no use.
    void take(CarryQuestion question, const QStringList &tenants, bool isOther);
    [[nodiscard]] Result<void> begin(const QStringList &tenants, Mode mode, const QString &drained,
                                     const QString &evacuated);
    /// All that a drop empties owns now.
    [[nodiscard]] QStringList ownedNow() const;
    /// What is carried, of the feed's version; where \a canWait what is shown may stay a moment longer.
    void remake(bool canWait);
    void renew(CarryQuestion question);
    void adopt(CarryQuestion question);
    void putBackLost(const QString &what);
    void end();
    /// What a drop asks for; \a to is empty where the planner chooses.
    [[nodiscard]] ActionRequest requestTo(const QString &to) const;
    /// What a drop asks for that empties something; nothing for one that moves tenants.
    [[nodiscard]] std::optional<ActionRequest> emptying() const;
    /// What one stamp of all has answered.
    struct Cell
    {
        VerdictKind verdict = VerdictKind::Cannot;
        qint16 reason = -1; ///< Index into Outlook::words; -1 where it can, or is not asked.
        bool can = false;
        double after = 1;
    };
    /// What needs every stamp.
    struct Outlook
    {
        std::vector<Cell> cells; ///< By slot.
        QStringList words; ///< Why they cannot.
        std::vector<std::pair<int, Evaluation>> ranking;
        QList<std::pair<QString, int>> reasons;
    };
    static void ask(Outlook &outlook, const CarryQuestion &question, int slot);
    static void sumUp(Outlook &outlook, const CarryQuestion &question);
    [[nodiscard]] static Outlook lookAtAll(const CarryQuestion &question);
    [[nodiscard]] static QString spreadOf(const FleetVersionPtr &version,
                                          const ActionRequest &request);
    [[nodiscard]] const Outlook &outlook() const;
    [[nodiscard]] bool isLarge(qint64 questions) const;
    void lookAside(const CarryQuestion &question);
    void spreadAside();

    FleetFeed &m_feed;
    Mode m_mode = Mode::None;
    QStringList m_tenants;
    QStringList m_pickedUp;
    QString m_drained;
    QString m_evacuated;
    CarryQuestion m_question;
    QHash<int, int> m_leaving; // slot of a source to how many leave it
    mutable std::unordered_map<int, Evaluation> m_answers; // answers stay where they are
    mutable std::optional<Outlook> m_outlook;
    mutable std::optional<QString> m_spread;
    quint64 m_serial = 0;
    int m_turn = 0; // which carry it is
    bool m_looking = false;
    bool m_spreading = false;
    QBasicTimer m_spreadRest; // between two that are worked out aside
};

} // namespace Stampdeck
