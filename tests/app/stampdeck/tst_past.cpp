// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/stampdeck/incidentdesk.h"
#include "app/stampdeck/mainwindow.h"

#include "widgets/attentionpanel.h"
#include "widgets/createwizard.h"
#include "widgets/incidentlist.h"
#include "widgets/mapwidget.h"
#include "widgets/metricchart.h"
#include "widgets/metriccharts.h"
#include "widgets/operationsdrawer.h"
#include "widgets/plandialog.h"
#include "widgets/rehearsedialog.h"
#include "widgets/replaybar.h"
#include "widgets/segmentedcontrol.h"
#include "widgets/stamppanel.h"
#include "widgets/themes.h"
#include "widgets/thennowpanel.h"
#include "widgets/topbar.h"

#include "models/formatter.h"
#include "models/historyrecorder.h"
#include "models/incidentevent.h"

#include "tests/support/testmain.h"
#include "tests/widgets/deckfixture.h"

#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtGui/QAccessible>
#include <QtGui/QClipboard>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QDialog>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListView>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// A window on four stamps whose last half hour is recorded: quiet for ten minutes, then s-001 is
/// cordoned, s-002 gets unhealthy ten minutes later, and at last s-003 goes.
struct Fixture
{
    explicit Fixture(bool isRecorded = true)
        : Fixture(std::function<void(Fixture &)>(), isRecorded)
    { }
    /// \a before is called when all is recorded and there is no window yet.
    explicit Fixture(const std::function<void(Fixture &)> &before, bool isRecorded = true)
        : deck(SampleFleet{4, 3})
    {
        if (isRecorded)
            record();
        if (before)
            before(*this);
        deck.deck->rehearse = [this](const RehearsalWish &wish) {
            wishes.append(wish);
            return ready<void>(whyNot ? Result<void>(fail(*whyNot)) : Result<void>());
        };
        window = std::make_unique<MainWindow>(*deck.deck);
        window->resize(1600, 1000);
        window->show();
        QCoreApplication::processEvents();
    }

    void apply()
    {
        FleetUpdate update = SampleFleet{4, 3}.update();
        update.stamps.clear();
        for (Stamp stamp : stamps) {
            stamp.observedAt = deck.clock.now();
            update.stamps.push_back(std::make_shared<const Stamp>(stamp));
        }
        deck.apply(update);
    }
    void pass(std::chrono::milliseconds time)
    {
        for (auto left = time; left > 0ms; left -= 10s) {
            deck.clock.advance(10s);
            apply();
        }
        recorder->sync();
        recorder->sync();
    }
    void record()
    {
        recorder = std::make_unique<HistoryRecorder>(deck.dir.path(), deck.store, deck.clock);
        recorder->sync();
        for (int at = 0; at < 4; ++at)
            stamps.append(SampleFleet().stamp(at));
        begin = deck.clock.now();
        apply();
        pass(10min);
        stamps[1].lifecycle = Lifecycle::Cordoned;
        cordoned = deck.clock.now();
        apply();
        pass(10min);
        stamps[2].health = Health::Unhealthy;
        stamps[2].healthReasons = {{u"backend"_s, u"crash loop"_s, {}, {}, {}, {}, {}}};
        sick = deck.clock.now();
        apply();
        pass(8min);
        stamps.removeLast();
        gone = deck.clock.now();
        apply();
        pass(2min);
    }

    [[nodiscard]] ReplayController &replay() const { return window->replay(); }
    [[nodiscard]] const FleetVersion &shown() const { return *window->map()->version(); }
    void trigger(const QString &action) const { window->actions().action(action)->trigger(); }
    template<typename T>
    [[nodiscard]] T *child(const QString &name) const
    {
        return window->findChild<T *>(name);
    }
    /// What is read is there, and what follows from it.
    [[nodiscard]] bool goTo(Timestamp moment) const
    {
        window->lookAt(moment);
        return QTest::qWaitFor(
            [&] { return replay().isOpen() && replay().isSettled() && shown().at == moment; });
    }

    DeckFixture deck;
    std::unique_ptr<HistoryRecorder> recorder;
    QList<Stamp> stamps;
    Timestamp begin, cordoned, sick, gone;
    QList<RehearsalWish> wishes;
    std::optional<Error> whyNot; // no rehearsal begins
    std::unique_ptr<MainWindow> window;
};

} // namespace

class TestPast : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Themes::instance().install(); }
    void init() { strict(); }
    void cleanup() { QVERIFY(!Theme::current().isReplay()); }

    void incidentsAndAuditAreThoseOfTheMoment()
    {
        const std::function<void(Fixture &)> before = [](Fixture &is) {
            const auto incident = [&is](Timestamp at, const QString &state) {
                const QJsonObject data{{u"state"_s, state},
                                       {u"title"_s, u"errors on s-002"_s},
                                       {u"severity"_s, u"critical"_s},
                                       {u"stamps"_s, QJsonArray{u"prod/s-002"_s}}};
                is.recorder->add({at, u"incident"_s, u"prod"_s, u"s-002"_s, u"am/alert:1"_s,
                                  QJsonDocument(data).toJson()});
            };
            incident(is.sick, u"firing"_s);
            incident(is.gone, u"resolved"_s);
            is.recorder->sync();
            for (const Timestamp at : {is.cordoned, is.gone}) {
                AuditEntry entry;
                entry.at = at;
                entry.actor = u"ada"_s;
                entry.action = u"accepted"_s;
                if (!is.deck.journal->append(entry))
                    qFatal("the audit trail cannot be written");
            }
        };
        Fixture fixture(before);
        auto *list = fixture.window->incidents()->list();
        const QAbstractItemModel *rows = list->view()->model();
        const auto *audit = fixture.window->findChild<AuditModel *>();
        QTRY_COMPARE(audit->rowCount(), 2);
        fixture.trigger(u"view.incidents"_s);
        // Before it began there is none, and afterwards it is open, as it was.
        QVERIFY(fixture.goTo(fixture.sick - 1min));
        QTRY_COMPARE(rows->rowCount(), 0);
        QCOMPARE(audit->rowCount(), 1);
        QCOMPARE(audit->entryAt(0).at, fixture.cordoned);
        QVERIFY(fixture.goTo(fixture.sick + 1min));
        QTRY_COMPARE(rows->rowCount(), 1);
        const auto incident = rows->index(0, 0).data(IncidentListModel::IncidentRole)
                                  .value<IncidentPtr>();
        QCOMPARE(incident->title, u"errors on s-002"_s);
        QCOMPARE(incident->startsAt, std::optional(fixture.sick));
        QVERIFY(incident->firing);
        list->showClosed(true);
        QTRY_COMPARE(rows->rowCount(), 0);
        QVERIFY(fixture.goTo(fixture.gone + 1min));
        QTRY_COMPARE(rows->rowCount(), 1);
        QCOMPARE(audit->rowCount(), 2);
        QVERIFY(fixture.goTo(fixture.cordoned - 1min));
        QCOMPARE(audit->rowCount(), 0);
        fixture.replay().close();
        QTRY_COMPARE(audit->rowCount(), 2);
    }

    /// The list of silences is that of the moment, with what was left of each then; nothing can be done.
    void silencesAreThoseOfTheMoment()
    {
        KnownSilence known;
        known.feed = u"am"_s;
        known.silence.id = u"s1"_s;
        known.silence.matchers = {{u"alertname"_s, u"Down"_s, false, true}};
        known.silence.createdBy = u"grace"_s;
        known.silence.comment = u"known"_s;
        const std::function<void(Fixture &)> before = [&known](Fixture &is) {
            const auto tell = [&](Timestamp at, QLatin1StringView kind, bool isOver) {
                is.recorder->add({at, kind, known.feed, {}, silenceKey(known),
                                  toEventData(known, isOver)});
            };
            known.silence.endsAt =
                std::chrono::floor<std::chrono::milliseconds>(is.cordoned) + 20min;
            tell(is.cordoned, silenceEvent, false);
            known.silence.endsAt = *known.silence.endsAt + 2h;
            tell(is.sick, silenceChangeEvent, false);
            tell(is.gone, silenceEvent, true);
            is.recorder->sync();
            is.deck.deck->extendSilence = [](const QString &, const QString &, Timestamp) {
                return ready<Silence>(Silence());
            };
            is.deck.deck->expireSilence = [](const QString &, const QString &) {
                return ready<Silence>(Silence());
            };
        };
        Fixture fixture(before);
        fixture.trigger(u"view.incidents"_s);
        QPointer<QDialog> dialog;
        const auto open = [&] {
            fixture.trigger(u"incident.silences"_s);
            const QList<QDialog *> all = fixture.window->findChildren<QDialog *>(u"silences"_s);
            dialog = all.isEmpty() ? nullptr : all.last();
            return dialog && dialog->isVisible();
        };
        const auto texts = [&dialog] {
            QStringList all;
            const QList<TextLine *> lines = dialog->findChildren<TextLine *>();
            for (const TextLine *line : lines) {
                if (line->isVisibleTo(dialog))
                    all.append(line->text());
            }
            return all.join(u'\n');
        };
        const auto buttons = [&dialog] {
            QList<Button *> all;
            const QList<Button *> every = dialog->findChildren<Button *>();
            for (Button *button : every) {
                if (button->text() == u"Extend by 2 h" || button->text() == u"End now")
                    all.append(button);
            }
            return all;
        };
        QVERIFY(open());
        QVERIFY2(texts().contains(u"Nothing is silenced."), qPrintable(texts()));
        dialog->reject();
        QVERIFY(fixture.goTo(fixture.cordoned - 1min));
        QVERIFY(open());
        QTRY_VERIFY2(texts().contains(u"nobody recorded it"), qPrintable(texts()));
        QVERIFY(fixture.goTo(fixture.cordoned + 2min));
        QTRY_COMPARE(buttons().size(), 2);
        for (const QString &part : {u"alertname=\"Down\""_s, u"18 min left"_s, u"by grace"_s, u"“known”"_s,
                                    Format::minuteOfZone(fixture.cordoned + 20min),
                                    Format::daySecond(fixture.cordoned + 2min)})
            QTRY_VERIFY2(texts().contains(part), qPrintable(part + u'\n' + texts()));
        const QList<Button *> both = buttons();
        for (const Button *button : both) {
            QVERIFY(!button->isEnabled());
            QCOMPARE(button->toolTip(), u"You look at the past"_s);
        }
        // The list warns of it as it did then, and extends nothing.
        auto *warning = fixture.child<QWidget>(u"silenceWarning"_s);
        auto *extend = fixture.child<Button>(u"extendSilence"_s);
        QTRY_VERIFY(!warning->isHidden() && !extend->isHidden());
        QVERIFY(!extend->isEnabled());
        QCOMPARE(extend->toolTip(), u"You look at the past"_s);
        // Time goes on, and it is extended.
        QVERIFY(fixture.goTo(fixture.cordoned + 5min));
        QTRY_VERIFY2(texts().contains(u"15 min left"), qPrintable(texts()));
        QVERIFY(fixture.goTo(fixture.sick + 1min));
        QTRY_VERIFY2(texts().contains(u"2 h left"), qPrintable(texts()));
        QTRY_VERIFY(extend->isHidden());
        QVERIFY(fixture.goTo(fixture.gone + 1min));
        QTRY_VERIFY(warning->isHidden());
        QTRY_COMPARE(buttons().size(), 0);
        dialog->reject();
        fixture.replay().close();
        QVERIFY(open());
        QVERIFY2(texts().contains(u"Nothing is silenced."), qPrintable(texts()));
    }

    void theMomentIsRehearsed()
    {
        Fixture fixture;
        QVERIFY(fixture.goTo(fixture.sick));
        auto *button = fixture.child<Button>(u"rehearseThis"_s);
        QVERIFY(button->isVisible());
        fixture.whyNot = Error::of(ErrorKind::Invalid, u"too much happened"_s);
        QTest::mouseClick(button, Qt::LeftButton);
        auto *dialog = fixture.child<RehearseDialog>(u"rehearse"_s);
        QVERIFY(dialog && dialog->isVisible());
        // What is offered is the time around the moment.
        auto *run = dialog->findChild<Button *>(u"beginRehearsal"_s);
        QVERIFY(run->isEnabled());
        QTest::mouseClick(run, Qt::LeftButton);
        QTRY_COMPARE(fixture.wishes.size(), 1);
        const RehearsalWish wish = fixture.wishes.first();
        QVERIFY(wish.scenario.isEmpty());
        QCOMPARE(wish.from, std::chrono::floor<std::chrono::seconds>(fixture.sick - 10min));
        QVERIFY(wish.to > fixture.sick);
        QCOMPARE(wish.speed, 4);
        // What is wrong is said, and can be put right.
        QTRY_COMPARE(dialog->findChild<TextLine *>(u"rehearsalWords"_s)->text(), u"too much happened"_s);
        QVERIFY(dialog->isVisible());
        fixture.whyNot.reset();
        QTest::mouseClick(run, Qt::LeftButton);
        QTRY_VERIFY(!fixture.child<RehearseDialog>(u"rehearse"_s));
        QCOMPARE(fixture.wishes.size(), 2);
        fixture.replay().close();
    }

    void withoutAHistoryNoStretchIsRehearsed()
    {
        Fixture fixture(false);
        fixture.trigger(u"rehearse"_s);
        auto *dialog = fixture.child<RehearseDialog>(u"rehearse"_s);
        QVERIFY(dialog);
        auto *what = dialog->findChild<SegmentedControl *>(u"rehearsalWhat"_s);
        what->setCurrent(int(RehearseDialog::scenarios().size()));
        QVERIFY(!dialog->findChild<Button *>(u"beginRehearsal"_s)->isEnabled());
        QVERIFY(dialog->findChild<TextLine *>(u"rehearsalAbout"_s)->text().contains(
            u"Nothing is recorded"_s));
        what->setCurrent(0);
        QVERIFY(dialog->findChild<Button *>(u"beginRehearsal"_s)->isEnabled());
        dialog->reject();
    }

    void everyViewShowsTheMoment()
    {
        Fixture fixture;
        QCOMPARE(fixture.shown().counts.stamps, 3);
        QVERIFY(fixture.goTo(fixture.cordoned - 1min));
        QCOMPARE(fixture.shown().counts.stamps, 4);
        QCOMPARE(fixture.shown().counts.healthy, 4);
        QVERIFY(Theme::current().isReplay());
        QTRY_COMPARE(fixture.window->attention()->summary().serial, fixture.shown().serial);
        QCOMPARE(fixture.window->attention()->summary().troubleCount, 0);
        QVERIFY(fixture.goTo(fixture.sick + 1min));
        QTRY_COMPARE(fixture.window->attention()->summary().troubleCount, 1);
        QCOMPARE(fixture.shown().counts.unhealthy, 1);
        // What is gone now is there, and its panel opens.
        fixture.window->openStamp(u"prod/s-003"_s);
        QCOMPARE(fixture.window->stampPanel()->stamp(), u"prod/s-003"_s);
        fixture.trigger(u"view.stamps"_s);
        fixture.trigger(u"view.tenants"_s);
        fixture.trigger(u"view.map"_s);
        // Now goes on unseen, and is there again.
        fixture.stamps[0].version = u"9"_s;
        fixture.pass(10s);
        QCoreApplication::processEvents();
        QCOMPARE(fixture.shown().counts.stamps, 4);
        fixture.trigger(u"replay.live"_s);
        QVERIFY(!fixture.replay().isOpen());
        QTRY_COMPARE(fixture.shown().counts.stamps, 3);
        QCOMPARE(fixture.shown()
                     .stamps[fixture.shown().stampIndex.value(u"prod/s-000"_s)]
                     ->stamp->version,
                 u"9"_s);
    }

    // look.md, section 11.
    void thePastHasItsMeasures()
    {
        Fixture fixture;
        QVERIFY(fixture.goTo(fixture.sick + 1min));
        const MainWindow *window = fixture.window.get();
        const Theme &theme = Theme::current();
        QCOMPARE(fixture.child<QWidget>(u"pastBanner"_s)->geometry(), QRect(64, 52, 1536, 40));
        QCOMPARE(fixture.child<QWidget>(u"replayBar"_s)->geometry(), QRect(64, 834, 1536, 140));
        auto *track = fixture.child<ReplayTrack>(u"replay"_s);
        const QRectF box = track->track().translated(track->mapTo(window, QPoint()));
        QCOMPARE(box.left(), 276.0);
        QCOMPARE(box.right(), 1600.0 - 176);
        QCOMPARE(box.height(), 56.0);
        // Of fifty minutes ticks are five apart, and labels ten.
        QCOMPARE(track->steps(),
                 std::pair(std::chrono::milliseconds(5min), std::chrono::milliseconds(10min)));
        QCOMPARE(fixture.child<QWidget>(u"clock"_s)->geometry(), QRect(652, 11, 196, 30));
        QVERIFY(!fixture.window->findChild<OperationsDrawer *>()->isVisible());
        const auto *frame = fixture.child<PastFrame>(u"pastFrame"_s);
        QVERIFY(frame->isVisible());
        QCOMPARE(PastFrame::frameWidth, 3);
        const QImage picture = fixture.window->grab().toImage();
        const QColor line = theme[Token::ReplayLine];
        for (const QPoint &at : {QPoint(1, 500), QPoint(2, 500), QPoint(1598, 500), QPoint(800, 1),
                                 QPoint(800, 998), QPoint(660, 14), QPoint(1100, 56)})
            QVERIFY2(picture.pixelColor(at) == line,
                     qPrintable(u"%1,%2"_s.arg(at.x()).arg(at.y())));
        QVERIFY(picture.pixelColor(4, 500) != line);
        // Health keeps its colours.
        QCOMPARE(theme[Token::UnhealthyCell], Theme::builtIn(theme.scheme())[Token::UnhealthyCell]);
        QCOMPARE(picture.pixelColor(400, 60), line);
        // The banner says when it was and how long ago.
        const auto *banner = fixture.child<PastBanner>(u"pastBanner"_s);
        QCOMPARE(banner->words(),
                 u"You look at the past: 03:25:05 UTC, 9 min 0 s ago. Actions are off."_s);
        // The playhead, and what comes after it is weaker.
        const double x = track->mapTo(window, QPoint()).x() + track->xOf(fixture.sick + 1min);
        QCOMPARE(picture.pixelColor(QPointF(x, 834 + 109).toPoint()), line);
        const auto at = [&](Timestamp time) {
            const double px = track->mapTo(window, QPoint()).x() + track->xOf(time);
            return picture.pixelColor(QPointF(px, 834 + 40 + 52).toPoint());
        };
        const auto strength = [&](Timestamp time) {
            const QColor is = at(time);
            const QColor ground = theme[Token::BgCanvas];
            return std::abs(is.red() - ground.red()) + std::abs(is.green() - ground.green())
                + std::abs(is.blue() - ground.blue());
        };
        const double share = double(strength(fixture.sick + 5min)) / strength(fixture.sick + 30s);
        QVERIFY2(std::abs(share - 0.2) < 0.03, qPrintable(QString::number(share)));
        QCOMPARE(at(fixture.begin + 5min), theme[Token::BgCanvas]);
    }

    void nothingCanBeDone()
    {
        Fixture fixture;
        fixture.window->openStamp(u"prod/s-000"_s);
        fixture.trigger(u"stamp.drain"_s);
        QVERIFY(fixture.child<QDialog>(u"plan"_s));
        QVERIFY(fixture.goTo(fixture.sick));
        QTRY_VERIFY(!fixture.child<QDialog>(u"plan"_s)); // a plan of now is closed
        for (const QAction *action : fixture.window->actions().actions()) {
            if (!ActionRegistry::isActing(action)
                || ActionRegistry::idOf(action) == u"carry.spread")
                continue;
            QVERIFY2(!action->isEnabled(), qPrintable(ActionRegistry::idOf(action)));
            QVERIFY2(ActionRegistry::reasonOf(action).contains(u"past"_s)
                         || ActionRegistry::idOf(action).startsWith(u"operation."),
                     qPrintable(ActionRegistry::reasonOf(action)));
        }
        ActionRequest request;
        request.kind = ActionKind::Drain;
        request.stamp = u"prod/s-000"_s;
        QVERIFY(!fixture.window->openPlan(request));
        QVERIFY(!fixture.window->openWizard());
        const auto carried =
            fixture.window->carry().pickUpAll(u"prod/s-000"_s, CarryController::Mode::Drag);
        QVERIFY(!carried);
        QCOMPARE(carried.error().kind, ErrorKind::Refused);
        for (const QString &word : {u"Drain…"_s, u"Cordon…"_s}) {
            bool isSeen = false;
            for (const auto *button : fixture.window->stampPanel()->findChildren<Button *>()) {
                if (button->text() != word || !button->isVisible())
                    continue;
                isSeen = true;
                QVERIFY(!button->isEnabled());
                QCOMPARE(button->toolTip(), u"you look at the past"_s);
            }
            QVERIFY(isSeen);
        }
        fixture.trigger(u"replay.live"_s);
        QVERIFY(fixture.window->actions().action(u"stamp.drain"_s)->isEnabled());
        QVERIFY(fixture.window->carry().pickUpAll(u"prod/s-000"_s, CarryController::Mode::Drag));
        fixture.window->carry().putBack();
    }

    // A link may lead there while something is filled in.
    void theWizardGoesWithItsPlan()
    {
        Fixture fixture;
        const QPointer<CreateWizard> wizard = fixture.window->openWizard();
        ActionRequest request;
        request.kind = ActionKind::Cordon;
        request.stamp = u"prod/s-000"_s;
        Q_EMIT wizard->planRequested(request);
        const QPointer<PlanDialog> plan = fixture.window->findChild<PlanDialog *>();
        QVERIFY(plan && plan->isVisible() && !wizard->isVisible());
        auto *dimmer = fixture.child<QWidget>(u"dimmer"_s);
        QVERIFY(dimmer->isVisible());
        QVERIFY(fixture.goTo(fixture.sick));
        QTRY_VERIFY(!plan && !wizard);
        QVERIFY(!dimmer->isVisible());
        fixture.trigger(u"replay.live"_s);
    }

    void whatWaitsToBeginIsCalledOff()
    {
        Fixture fixture;
        fixture.stamps[0].resources.cpu.limit.reset(); // what it was cannot be brought back
        fixture.apply();
        QTRY_VERIFY(!fixture.shown().stamps[0]->resources.cpu.limit);
        ActionRequest request;
        request.kind = ActionKind::Scale;
        request.stamp = u"prod/s-000"_s;
        request.scale.cpu = 128;
        const QPointer<PlanDialog> plan = fixture.window->openPlan(request);
        plan->findChild<QLineEdit *>(u"confirmName"_s)->setText(u"s-000"_s);
        auto *run = plan->findChild<Button *>(u"Run"_s);
        run->click();
        QVERIFY(run->text().startsWith(u"Call off"_s));
        QVERIFY(fixture.goTo(fixture.sick));
        QTRY_VERIFY(!plan);
        fixture.trigger(u"replay.live"_s);
        fixture.deck.clock.advance(10s);
        QCoreApplication::processEvents();
        QVERIFY(fixture.deck.executor.kinds().isEmpty());
    }

    void keysGoThroughTime()
    {
        Fixture fixture;
        QTest::keyClick(fixture.window->map(), Qt::Key_R);
        QTRY_VERIFY(fixture.replay().isOpen());
        // A little before the last that is recorded.
        QCOMPARE(fixture.replay().moment(), fixture.deck.clock.now() - 5min);
        auto *track = fixture.child<ReplayTrack>(u"replay"_s);
        QVERIFY(track->hasFocus());
        QTest::keyClick(track, Qt::Key_Left);
        QTRY_COMPARE(fixture.shown().at, fixture.sick);
        QTest::keyClick(track, Qt::Key_Left);
        QTRY_COMPARE(fixture.shown().at, fixture.cordoned);
        QTest::keyClick(track, Qt::Key_Right);
        QTRY_COMPARE(fixture.shown().at, fixture.sick);
        QTest::keyClick(track, Qt::Key_Left, Qt::ShiftModifier);
        QTRY_COMPARE(fixture.shown().at, fixture.sick - 1min);
        QTest::keyClick(track, Qt::Key_Right, Qt::ShiftModifier);
        QTRY_COMPARE(fixture.shown().at, fixture.sick);
        QTest::keyClick(track, Qt::Key_Home);
        QTRY_COMPARE(fixture.shown().at, fixture.begin);
        QTRY_VERIFY(fixture.replay().isSettled());
        QTest::keyClick(track, Qt::Key_BracketRight);
        QTRY_COMPARE(fixture.shown().at, fixture.sick);
        QTest::keyClick(track, Qt::Key_Space);
        QVERIFY(fixture.replay().isPlaying());
        QTest::keyClick(track, Qt::Key_Space);
        QVERIFY(!fixture.replay().isPlaying());
        // The map's own while somebody walks it, the slider's once it was only clicked.
        QWidget *map = fixture.window->map();
        map->setFocus(Qt::TabFocusReason);
        QTest::keyClick(map, Qt::Key_Left);
        QCOMPARE(fixture.replay().moment(), fixture.sick);
        QTest::mouseClick(map, Qt::LeftButton, {}, QPoint(5, 5));
        QTest::keyClick(map, Qt::Key_Left);
        QTRY_COMPARE(fixture.shown().at, fixture.cordoned);
        // Space presses a button that has the focus.
        auto *live = fixture.child<Button>(u"backToLive"_s);
        live->setFocus(Qt::TabFocusReason);
        QTest::keyClick(live, Qt::Key_Space);
        QVERIFY(!fixture.replay().isOpen());
        QVERIFY(fixture.goTo(fixture.sick));
        QTest::keyClick(track, Qt::Key_L);
        QVERIFY(!fixture.replay().isOpen());
    }

    void itPlays()
    {
        Fixture fixture;
        QVERIFY(fixture.goTo(fixture.cordoned - 10s));
        fixture.child<Button>(u"replaySpeed600"_s)->click();
        QCOMPARE(fixture.replay().speed(), 600);
        fixture.child<QAbstractButton>(u"replayPlay"_s)->click();
        QVERIFY(fixture.replay().isPlaying());
        const Timestamp from = fixture.deck.clock.now();
        QTRY_VERIFY((fixture.deck.clock.advance(100ms),
                     fixture.shown()
                             .stamps[fixture.shown().stampIndex.value(u"prod/s-001"_s)]
                             ->stamp->lifecycle
                         == Lifecycle::Cordoned));
        // Some seconds of now are minutes of then.
        QVERIFY(fixture.deck.clock.now() - from < 1min);
        QVERIFY(fixture.replay().moment() >= fixture.cordoned);
        fixture.replay().setPlaying(false);
    }

    // interfaces.md names both.
    void assistiveTechnologyWorksIt()
    {
        Fixture fixture;
        QVERIFY(fixture.goTo(fixture.sick));
        auto *track = fixture.child<ReplayTrack>(u"replay"_s);
        QAccessibleInterface *slider = QAccessible::queryAccessibleInterface(track);
        QVERIFY(slider);
        QCOMPARE(slider->text(QAccessible::Name), u"replay"_s);
        QCOMPARE(slider->role(), QAccessible::Slider);
        QVERIFY(slider->text(QAccessible::Description).contains(u"03:24:05 UTC"_s));
        QAccessibleValueInterface *value = slider->valueInterface();
        QVERIFY(value);
        QCOMPARE(value->currentValue().toInt(), 1'200);
        QCOMPARE(value->minimumValue().toInt(), 0);
        value->setCurrentValue(600);
        QTRY_COMPARE(fixture.shown().at, fixture.begin + 600s);
        auto *live = fixture.child<Button>(u"backToLive"_s);
        QCOMPARE(QAccessible::queryAccessibleInterface(live)->text(QAccessible::Name),
                 u"Back to live"_s);
        live->click();
        QVERIFY(!fixture.replay().isOpen());
    }

    void thePointerGoesThroughTime()
    {
        Fixture fixture;
        QVERIFY(fixture.goTo(fixture.sick));
        auto *track = fixture.child<ReplayTrack>(u"replay"_s);
        const QPoint there(int(track->xOf(fixture.cordoned + 2min)), 60);
        QTest::mouseClick(track, Qt::LeftButton, {}, there);
        QTRY_COMPARE(fixture.shown().at, track->timeAt(there.x()));
        // An icon leads to what it stands for.
        QTest::mouseClick(track, Qt::LeftButton, {},
                          QPoint(int(track->xOf(fixture.cordoned)) + 3, 20));
        QTRY_COMPARE(fixture.shown().at, fixture.cordoned);
        // The wheel zooms, and what is below the pointer stays there.
        const Timestamp below = track->timeAt(500);
        const auto span = fixture.replay().viewTo() - fixture.replay().viewFrom();
        QWheelEvent wheel(QPointF(500, 60), track->mapToGlobal(QPointF(500, 60)), {}, {0, 240},
                          Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
        QApplication::sendEvent(track, &wheel);
        QVERIFY(fixture.replay().viewTo() - fixture.replay().viewFrom() < span);
        QVERIFY(std::abs((track->timeAt(500) - below).count()) < 2'000);
    }

    void aLinkLeadsToAMoment()
    {
        Fixture fixture;
        QVERIFY(fixture.goTo(fixture.sick));
        fixture.child<Button>(u"copyMoment"_s)->click();
        const QString text = QGuiApplication::clipboard()->text();
        QVERIFY2(text.contains(u"at=2026-01-02T03:24:05Z"_s), qPrintable(text));
        fixture.trigger(u"replay.live"_s);
        QVERIFY(fixture.window->link().at.isEmpty());
        fixture.window->openLink(text);
        QTRY_VERIFY(fixture.replay().isOpen());
        QTRY_COMPARE(fixture.shown().at, fixture.sick);
        // One without a moment leads back.
        fixture.window->openLink(ViewLink());
        QVERIFY(!fixture.replay().isOpen());
    }

    void thenStandsBesideNow()
    {
        Fixture fixture;
        QVERIFY(!fixture.window->actions().action(u"replay.compare"_s)->isEnabled());
        QVERIFY(fixture.goTo(fixture.cordoned));
        fixture.child<Button>(u"thenAndNow"_s)->click();
        auto *panel = fixture.child<ThenNowPanel>(u"thenNowPanel"_s);
        QVERIFY(panel->isVisible());
        QTRY_COMPARE(panel->fleet().differing, 2); // unhealthy since, and gone since
        auto *row = panel->findChild<QAbstractButton *>(u"differs prod/s-002"_s);
        QVERIFY(row);
        row->click();
        QCOMPARE(fixture.window->stampPanel()->stamp(), u"prod/s-002"_s);
        QVERIFY(panel->isVisible());
        const auto words = [panel] {
            QStringList all;
            for (const auto *child : panel->findChildren<QWidget *>())
                all.append(child->accessibleDescription());
            return all.join(u'\n');
        };
        QTRY_VERIFY2(words().contains(u"health: then healthy, now unhealthy"_s),
                     qPrintable(words()));
        fixture.trigger(u"replay.compare"_s);
        QVERIFY(!panel->isVisible());
        QVERIFY(fixture.window->stampPanel()->isVisible());
    }

    void chartsSayWhatCameAfter()
    {
        Fixture fixture;
        fixture.deck.deck->history = {};
        fixture.deck.deck->measured = {};
        QVERIFY(fixture.goTo(fixture.sick));
        fixture.window->openStamp(u"prod/s-000"_s);
        fixture.window->stampPanel()->setTab(StampPanel::Tab::Charts);
        const auto charts = fixture.window->stampPanel()->findChildren<MetricChart *>();
        QVERIFY(!charts.isEmpty());
        QTRY_VERIFY(charts.first()->moment());
        QCOMPARE(*charts.first()->moment(), double(fixture.sick.time_since_epoch().count()));
        fixture.trigger(u"replay.live"_s);
        QTRY_VERIFY(!charts.first()->moment());
    }

    void withoutAHistoryItIsSaid()
    {
        Fixture fixture(false);
        fixture.trigger(u"replay.open"_s);
        QTRY_VERIFY(fixture.child<QDialog>(u"noPast"_s));
        QVERIFY(!fixture.replay().isOpen());
        QVERIFY(!Theme::current().isReplay());
        QStringList words;
        for (const auto *label : fixture.child<QDialog>(u"noPast"_s)->findChildren<QLabel *>())
            words.append(label->text());
        QVERIFY2(words.join(u'\n').contains(u"history: {record: true}"_s),
                 qPrintable(words.join(u'\n')));
    }

    void aReportIsWritten()
    {
        Fixture fixture;
        const QString path = fixture.deck.dir.filePath(u"report.html"_s);
        fixture.window->writeReportOf({}, path);
        QTRY_VERIFY(QFile::exists(path));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().contains("s-002 has been unhealthy since 03:24:05"));
        // Of what the slider has in sight.
        QVERIFY(fixture.goTo(fixture.cordoned));
        fixture.replay().setView(fixture.begin, fixture.cordoned);
        const QString calm = fixture.deck.dir.filePath(u"calm.html"_s);
        fixture.window->writeReportOf({}, calm);
        QTRY_VERIFY(QFile::exists(calm));
        QFile other(calm);
        QVERIFY(other.open(QIODevice::ReadOnly));
        QVERIFY(other.readAll().contains("Every stamp was healthy"));
        QVERIFY(fixture.window->actions().action(u"report"_s)->isEnabled());
    }

    void aHandOverHasTheShiftOfTheHistory()
    {
        Fixture fixture;
        HandOverDialog *dialog = fixture.window->openHandOver();
        QTRY_VERIFY(dialog->sheet().shift);
        const ShiftRecord shift = *dialog->sheet().shift;
        QVERIFY(shift.isRecorded);
        const auto read = readShift(fixture.deck.dir.path(), shift.from, shift.to);
        QVERIFY(read);
        QVERIFY(*read == shift);
        // How it is now is what is handed over: never the past.
        dialog->reject();
        QVERIFY(fixture.goTo(fixture.cordoned));
        QVERIFY(!fixture.window->actions().action(u"handOver"_s)->isEnabled());
    }

    void nobodyRecordedThen()
    {
        Fixture fixture;
        fixture.recorder.reset();
        fixture.deck.clock.advance(20min);
        QVERIFY(fixture.goTo(fixture.gone + 10min));
        QVERIFY(!fixture.replay().isRecorded());
        QVERIFY(fixture.child<PastBanner>(u"pastBanner"_s)
                    ->words()
                    .contains(u"Nobody recorded then"_s));
        // Hatched from there on.
        auto *track = fixture.child<ReplayTrack>(u"replay"_s);
        const QImage picture = track->grab().toImage();
        QSet<QRgb> seen;
        for (int x = int(track->xOf(fixture.gone + 4min)); x < track->xOf(fixture.gone + 5min); ++x)
            for (int y = 50; y < 90; ++y)
                seen.insert(picture.pixel(x, y));
        QVERIFY(seen.contains(Theme::current().rgb(Token::LineStrong)));
    }
};

STAMPDECK_TEST_MAIN(QApplication, TestPast)
#include "tst_past.moc"
