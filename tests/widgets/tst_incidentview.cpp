// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/incidentdetail.h"
#include "widgets/incidentdialogs.h"
#include "widgets/incidentlist.h"

#include "deckfixture.h"

#include "widgets/actionregistry.h"
#include "widgets/segmentedcontrol.h"

#include "models/formatter.h"
#include "models/incidentkeeper.h"

#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtTest/QAbstractItemModelTester>
#include <QtTest/QSignalSpy>
#include <QtWidgets/QApplication>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListView>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

AlertPtr alertOf(const QString &name, int stamp, Severity severity, Timestamp since)
{
    Alert alert;
    alert.name = name;
    alert.stamp = SampleFleet::stampName(stamp);
    alert.fingerprint = name + alert.stamp;
    alert.summary = name + u" happens"_s;
    alert.severity = severity;
    alert.startsAt = since;
    alert.labels = {{u"alertname"_s, name}, {u"stamp"_s, alert.stamp}};
    return std::make_shared<const Alert>(alert);
}

} // namespace

class TestIncidentView : public QObject
{
    Q_OBJECT
private:
    void say(std::vector<AlertPtr> alerts, const QList<Silence> &silences = {})
    {
        AlertUpdate update;
        update.alerts = std::move(alerts);
        update.silences = silences;
        m_keeper->tell(u"am"_s, update, now());
        show();
    }
    void show()
    {
        FleetStore &store = m_fixture->store;
        store.sync();
        m_elapsed += 1s;
        bool isTold = false;
        QObject watcher;
        connect(m_fixture->feed.get(), &FleetFeed::changed, &watcher,
                [&isTold](const ChangeSet &slice) { isTold |= slice.incidents; });
        store.setIncidents(m_keeper->look(*store.current(), now(), m_elapsed));
        QTRY_VERIFY(isTold);
    }
    [[nodiscard]] Timestamp now() const { return m_fixture->clock.now(); }

    std::unique_ptr<DeckFixture> m_fixture;
    std::unique_ptr<IncidentKeeper> m_keeper;
    std::chrono::milliseconds m_elapsed{0};

private Q_SLOTS:
    void init()
    {
        strict();
        m_fixture = std::make_unique<DeckFixture>(SampleFleet{1'000, 15});
        IncidentRules rules;
        m_keeper = std::make_unique<IncidentKeeper>(rules, false);
        m_keeper->addFeed({u"am"_s, u"stamp"_s, u"tenant"_s, {}});
    }

    void theListFollowsTheBook()
    {
        IncidentList list(*m_fixture->deck);
        list.resize(IncidentList::usualWidth, 700);
        list.show();
        const QAbstractItemModelTester tester(
            list.view()->model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        QAbstractItemModel &model = *list.view()->model();
        say({});
        QVERIFY(list.findChild<TextLine *>(u"allQuiet"_s)->text().startsWith(u"All quiet since "));
        QSignalSpy selected(&list, &IncidentList::selectionChanged);
        say({alertOf(u"Slow"_s, 1, Severity::Warning, now()),
             alertOf(u"Down"_s, 2, Severity::Critical, now())});
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.index(0, 0).data().toString(), u"Down"_s); // the worst first
        const QString words = model.index(0, 0).data(Qt::AccessibleDescriptionRole).toString();
        for (const QString &part : {u"s-002"_s, u"15 tenants"_s, u"not acknowledged"_s})
            QVERIFY2(words.contains(part), qPrintable(words));
        list.selectNext(true);
        QCOMPARE(selected.size(), 1);
        const QString id = list.selected();
        // What comes above it takes nothing away.
        say({alertOf(u"Slow"_s, 1, Severity::Warning, now()),
             alertOf(u"Down"_s, 2, Severity::Critical, now()),
             alertOf(u"Afire"_s, 3, Severity::Critical, now() - 1h)});
        QCOMPARE(model.index(0, 0).data().toString(), u"Afire"_s);
        QCOMPARE(list.selected(), id);
        QCOMPARE(list.view()->currentIndex().row(), 1);
        // It ends: it is among the closed ones.
        say({alertOf(u"Slow"_s, 1, Severity::Warning, now())});
        QCOMPARE(list.selected(), id); // whoever reads it reads on
        list.select(id);
        QVERIFY(list.showsClosed());
        QCOMPARE(list.selected(), id);
    }

    // Before all who could say otherwise have answered, nobody says that it is quiet.
    void itIsNotQuietBeforeEverybodyAnswered()
    {
        FeedState feed;
        feed.name = u"am"_s;
        m_fixture->store.addFeed(feed);
        IncidentList list(*m_fixture->deck);
        list.show();
        const auto says = [&list](const char *name) {
            return list.findChild<QLabel *>(QString::fromLatin1(name))->text();
        };
        show();
        QCOMPARE(says("allQuiet"), u"Nothing is known yet"_s);
        QCOMPARE(says("allQuietWhy"), u"am has not answered: whether alerts fire there is not known."_s);
        // That it fails is no answer either.
        m_keeper->lose(u"am"_s, {});
        m_fixture->store.fail(u"am"_s, {}, Error::of(ErrorKind::Unreachable, u"down"_s), {});
        list.showClosed(true);
        QCOMPARE(says("allQuiet"), u"Nothing here"_s);
        list.showClosed(false);
        QCOMPARE(says("allQuiet"), u"Nothing is known yet"_s);
        m_fixture->store.hear(u"am"_s, {});
        say({});
        QVERIFY(says("allQuiet").startsWith(u"All quiet since "_s));
        QCOMPARE(says("allQuietWhy"), u"Alerts and the fleet itself say so."_s);
    }

    void whatIsHitIsCountedByTierAndRing()
    {
        AlertUpdate update;
        update.alerts = {alertOf(u"Down"_s, 1, Severity::Critical, now()),
                         alertOf(u"Down"_s, 2, Severity::Critical, now()),
                         alertOf(u"Down"_s, 4, Severity::Critical, now())};
        update.groups = {{u"pager"_s, {{u"alertname"_s, u"Down"_s}}, {}}};
        for (const AlertPtr &alert : update.alerts)
            update.groups[0].fingerprints.append(alert->fingerprint);
        m_keeper->tell(u"am"_s, update, now());
        show();
        ActionRegistry actions(QApplication::activeWindow());
        IncidentDetail detail(*m_fixture->deck, actions);
        detail.resize(IncidentDetail::usualWidth, 900);
        detail.show();
        detail.setIncident(m_fixture->deck->fleet().incidents->open[0]->id);
        // 15 tenants each, whose tiers go round; stamps 1 and 4 are of one ring.
        const QString told = detail.findChild<QWidget *>(u"blastRadius"_s)->accessibleDescription();
        for (const QString &part :
             {u"3 stamps"_s, u"45 tenants"_s, u"ring 1: 2 stamps"_s, u"ring 2: 1 stamp"_s,
              u"9 enterprise, 12 premium, 12 standard, 12 free"_s})
            QVERIFY2(told.contains(part), qPrintable(told));
        const IncidentReach reach =
            reachOf(*m_fixture->deck->fleet().incidents->open[0], m_fixture->deck->fleet());
        QCOMPARE(reach.topTiers, 21);
        QCOMPARE(reach.rings, (QMap<QString, int>{{u"1"_s, 2}, {u"2"_s, 1}}));
    }

    void hostileTextStaysText()
    {
        ActionRegistry actions(QApplication::activeWindow());
        IncidentDetail detail(*m_fixture->deck, actions);
        detail.resize(IncidentDetail::usualWidth, 900);
        detail.show();
        auto alert = std::make_shared<Alert>(
            *alertOf(u"<b>x</b>"_s, 1, Severity::Critical, now()));
        alert->summary = u"<img src=x onerror=alert(1)>\u202Eabc"_s + QString(1 << 20, u'y');
        alert->links = {{u"Runbook"_s, u"javascript:alert(1)"_s},
                        {u"<i>Graph</i>"_s, u"https://graph.example/?a=<script>"_s}};
        say({alert});
        const IncidentBookPtr book = m_fixture->deck->fleet().incidents;
        detail.setIncident(book->open[0]->id);
        const auto *summary = detail.findChild<QLabel *>(u"incidentSummary"_s);
        QCOMPARE(summary->textFormat(), Qt::PlainText);
        QVERIFY(summary->text().startsWith(u"<img src=x"));
        QVERIFY(summary->text().size() <= 2'000);
        QVERIFY(detail.findChild<QWidget *>(u"runbook"_s)->isHidden());
        QStringList links;
        for (const Button *button : detail.findChildren<Button *>())
            links.append(button->text());
        QVERIFY(links.contains(u"<i>Graph</i>"_s));
        QVERIFY(!links.contains(u"Runbook"_s)
                || detail.findChild<QWidget *>(u"runbook"_s)->isHidden());
        QVERIFY(!detail.grab().isNull());
        const auto *reach = detail.findChild<QWidget *>(u"blastRadius"_s);
        QVERIFY2(reach->accessibleDescription().startsWith(u"1 stamp, 15 tenants"),
                 qPrintable(reach->accessibleDescription()));
    }

    void whatItHitsCanBeActedOnRightThere()
    {
        ActionRegistry actions(QApplication::activeWindow());
        IncidentDetail detail(*m_fixture->deck, actions);
        detail.resize(IncidentDetail::usualWidth, 900);
        detail.show();
        QSignalSpy acts(&detail, &IncidentDetail::stampActionRequested);
        QSignalSpy menus(&detail, &IncidentDetail::stampMenuRequested);
        const auto button = [&detail](const QString &name) {
            return detail.findChild<Button *>(name);
        };
        say({alertOf(u"Afire"_s, 1, Severity::Critical, now())});
        detail.setIncident(m_fixture->deck->fleet().incidents->open[0]->id);
        for (const QString &name : {u"incident-stamp.drain"_s, u"incident-stamp.cordon"_s,
                                    u"incident-stamp.scale"_s, u"openStamp"_s, u"incidentMore"_s})
            QVERIFY2(button(name)->isVisible() && button(name)->isEnabled(), qPrintable(name));
        // Of several: what can be asked of all of them at once.
        AlertUpdate update;
        update.alerts = {alertOf(u"Brownout"_s, 1, Severity::Critical, now()),
                         alertOf(u"Brownout"_s, 2, Severity::Critical, now())};
        AlertGroup group{u"p"_s, {{u"alertname"_s, u"Brownout"_s}}, {}};
        for (const auto &alert : update.alerts)
            group.fingerprints.append(alert->fingerprint);
        update.groups = {group};
        m_keeper->tell(u"am"_s, update, now());
        show();
        QCOMPARE(m_fixture->deck->fleet().incidents->open.size(), 1);
        detail.setIncident(m_fixture->deck->fleet().incidents->open[0]->id);
        QCOMPARE(detail.incident()->stamps.size(), 2);
        QVERIFY(button(u"incident-stamp.drain"_s)->isVisible()
                && button(u"incident-stamp.drain"_s)->isEnabled());
        QVERIFY(!button(u"incident-stamp.scale"_s)->isEnabled());
        QCOMPARE(button(u"incident-stamp.scale"_s)->toolTip(),
                 u"It hits several stamps: choose one on the map"_s);
        button(u"incident-stamp.drain"_s)->click();
        QCOMPARE(acts.value(0).value(0).toString(), u"stamp.drain"_s);
        button(u"incidentMore"_s)->click();
        QCOMPARE(menus.size(), 1);
        // Over: nothing is to be done any more.
        const QString id = detail.incident()->id;
        say({alertOf(u"Slow"_s, 3, Severity::Warning, now())});
        QTRY_VERIFY(!detail.incident()->firing || detail.incident()->id != id);
        QVERIFY(!button(u"incident-stamp.drain"_s)->isVisible());
    }

    // What changed, or since when somebody has watched: that nothing is known is not that nothing was.
    void whatChangedBeforeSaysHowFarItReaches()
    {
        KnownChanges known;
        m_fixture->deck->changes = [&known](const QStringList &, Timestamp, Timestamp) {
            return ready<KnownChanges>(known);
        };
        ActionRegistry actions(QApplication::activeWindow());
        IncidentDetail detail(*m_fixture->deck, actions);
        detail.resize(IncidentDetail::usualWidth, 900);
        detail.show();
        const Timestamp at = now() - 5min;
        say({alertOf(u"Down"_s, 1, Severity::Critical, at)});
        const QString id = m_fixture->deck->fleet().incidents->open[0]->id;
        const auto *before = detail.findChild<QWidget *>(u"changedBefore"_s);
        const auto told = [&] {
            detail.setIncident(id);
            return before->accessibleDescription();
        };
        QTRY_COMPARE(told(), u"Nothing that Stampdeck saw."_s);
        const int usual = before->height();
        // The window was opened five minutes after it began.
        known.gaps = {{at - 30min, now()}};
        m_fixture->clock.advance(1min);
        const QString since = u"Watched since %1."_s.arg(Format::minute(now() - 1min));
        QTRY_COMPARE(told(), since);
        QCOMPARE(before->height(), usual);
        // Who recorded until shortly before knows some of it.
        const QString stamp = m_fixture->deck->fleet().incidents->open[0]->stamps.value(0);
        known.gaps = {{at - 10min, now() - 1min}};
        known.changes = {
            {at - 20min, stamp, FleetChange::Kind::Version, {}, u"1"_s, u"2"_s, u"ada"_s}};
        QTRY_COMPARE(told(), u"\u221220 min version 2, was 1 by ada; "_s + since);
        QVERIFY(before->height() > usual);
        QVERIFY(!detail.grab().isNull());
        // Of what was later nothing is said here.
        known.gaps = {{at + 1min, now()}};
        QTRY_COMPARE(told(), u"\u221220 min version 2, was 1 by ada"_s);
        // In a past that nobody recorded there is no "since".
        known = {};
        known.gaps = {{at - 30min, now()}};
        QTRY_COMPARE(told(), u"Nobody watched then."_s);
    }

    void aSilenceThatEndsIsToldOfBefore()
    {
        IncidentList list(*m_fixture->deck);
        list.show();
        m_fixture->deck->extendSilence = [](const QString &, const QString &, Timestamp) {
            return ready<Silence>(Silence());
        };
        auto *warning = list.findChild<QWidget *>(u"silenceWarning"_s);
        say({});
        QVERIFY(warning->isHidden());
        Silence silence;
        silence.id = u"s1"_s;
        silence.createdBy = u"ada"_s;
        silence.comment = u"known"_s;
        silence.matchers = {{u"alertname"_s, u"Down"_s}};
        silence.endsAt = now() + 3h;
        say({}, {silence});
        auto *extend = list.findChild<Button *>(u"extendSilence"_s);
        QVERIFY(!warning->isHidden());
        QVERIFY(extend->isHidden());
        silence.endsAt = now() + 20min;
        say({}, {silence});
        QVERIFY(!extend->isHidden());
        QSignalSpy wanted(&list, &IncidentList::extendRequested);
        extend->click();
        QCOMPARE(wanted.size(), 1);
        QCOMPARE(wanted[0][1].toString(), u"s1"_s);
    }

    void whoeverAcknowledgesIsToldWhoSeesIt()
    {
        QList<Acknowledgement> told;
        m_fixture->deck->acknowledge = [&told](const Acknowledgement &wanted) {
            told.append(wanted);
            return ready<Acknowledgement>(wanted);
        };
        say({alertOf(u"Down"_s, 2, Severity::Critical, now())});
        const Incident &incident = *m_fixture->deck->fleet().incidents->open[0];
        QString keeper;
        m_fixture->deck->acknowledgementKeeper = [&keeper](const QString &) { return keeper; };
        QWidget window;
        window.resize(1200, 800);
        window.show();
        QPointer<AcknowledgeDialog> dialog =
            new AcknowledgeDialog(*m_fixture->deck, incident, &window);
        dialog->open();
        QVERIFY(dialog->findChild<TextLine *>(u"acknowledgeWords"_s)
                    ->text()
                    .contains(u"on this workstation only"));
        dialog->reject();
        keeper = u"team"_s;
        dialog = new AcknowledgeDialog(*m_fixture->deck, incident, &window);
        dialog->open();
        QVERIFY(dialog->findChild<TextLine *>(u"acknowledgeWords"_s)
                    ->text()
                    .startsWith(u"team keeps it"));
        dialog->findChild<QLineEdit *>(u"acknowledgeNote"_s)->setText(u" on it "_s);
        dialog->findChild<SegmentedControl *>(u"acknowledgeUntil"_s)->setCurrent(2);
        dialog->findChild<Button *>(u"runAcknowledge"_s)->click();
        QTRY_COMPARE(told.size(), 1);
        QCOMPARE(told[0].note, u"on it"_s);
        QCOMPARE(told[0].incident, incident.id);
        QCOMPARE(told[0].until, std::optional(now() + 2h));
    }

    void aSilenceNeedsItsReason()
    {
        QStringList comments;
        m_fixture->deck->silence = [&comments](const QString &, std::chrono::milliseconds,
                                               const QString &comment) {
            comments.append(comment);
            return ready<Silence>(fail(ErrorKind::Unreachable, u"am does not answer"_s));
        };
        say({alertOf(u"Down"_s, 2, Severity::Critical, now())});
        QWidget window;
        window.resize(1200, 800);
        window.show();
        const QPointer<SilenceDialog> dialog = new SilenceDialog(
            *m_fixture->deck, *m_fixture->deck->fleet().incidents->open[0], &window);
        dialog->open();
        auto *run = dialog->findChild<Button *>(u"runSilence"_s);
        QVERIFY(!run->isEnabled());
        QCOMPARE(dialog->findChild<TextLine *>(u"silenceMatchers"_s)->text(),
                 u"alertname=\"Down\", stamp=\"s-002\""_s);
        dialog->findChild<QLineEdit *>(u"silenceComment"_s)->setText(u"known"_s);
        run->click();
        QTRY_COMPARE(comments, QStringList{u"known"_s});
        // What went wrong is said there, and one may try again.
        QTRY_COMPARE(dialog->findChild<TextLine *>(u"silenceWords"_s)->text(),
                     u"am does not answer"_s);
        QVERIFY(run->isEnabled());
    }

    // 500 incidents of 5,000 alerts, all of them different at each look: what that costs the GUI thread.
    // 5,000 alerts whose severities change; how long a frame of it takes is for stampdeck-alertstorm to say.
    void aStormKeepsWhatIsSelected()
    {
        IncidentList list(*m_fixture->deck);
        list.resize(IncidentList::usualWidth, 900);
        list.show();
        ActionRegistry actions(&list);
        IncidentDetail detail(*m_fixture->deck, actions);
        detail.resize(IncidentDetail::usualWidth, 900);
        detail.show();
        QString selected;
        for (int round = 0; round < 6; ++round) {
            AlertUpdate update;
            for (int group = 0; group < 500; ++group) {
                AlertGroup of{u"p"_s, {{u"alertname"_s, u"A%1"_s.arg(group)}}, {}};
                for (int i = 0; i < 10; ++i) {
                    update.alerts.push_back(alertOf(u"A%1"_s.arg(group), (group * 10 + i) % 1'000,
                                                    Severity((group + round) % 3), now()));
                    of.fingerprints.append(update.alerts.back()->fingerprint);
                }
                update.groups.append(of);
            }
            m_keeper->tell(u"am"_s, update, now());
            m_elapsed += 1s;
            FleetStore &store = m_fixture->store;
            store.setIncidents(m_keeper->look(*store.current(), now(), m_elapsed));
            store.sync();
            const quint64 serial = store.current()->serial;
            QTRY_VERIFY(m_fixture->feed->version()->serial >= serial);
            QTRY_COMPARE(list.view()->model()->rowCount(), 500);
            const auto id = [&list] {
                const auto incident = list.view()
                                          ->currentIndex()
                                          .data(IncidentListModel::IncidentRole)
                                          .value<IncidentPtr>();
                return incident ? incident->id : QString();
            };
            if (round == 0) {
                list.selectNext(true);
                selected = id();
                QVERIFY(!selected.isEmpty());
            }
            QCOMPARE(id(), selected); // wherever it is sorted to
        }
    }
};

STAMPDECK_TEST_MAIN(QApplication, TestIncidentView)
#include "tst_incidentview.moc"
