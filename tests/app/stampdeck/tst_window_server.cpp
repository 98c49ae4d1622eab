// SPDX-License-Identifier: GPL-3.0-or-later
#include "serverfixture.h"

#include "app/stampdeck/operationdesk.h"
#include "widgets/attentionpanel.h"
#include "widgets/controls.h"
#include "widgets/plandialog.h"
#include "widgets/stamppanel.h"
#include "widgets/themes.h"
#include "widgets/topbar.h"

#include "models/formatter.h"

#include "tests/support/fakehttpserver.h"
#include "tests/support/program.h"
#include "tests/support/testmain.h"

#include <QtCore/QPointer>
#include <QtCore/QRegularExpression>
#include <QtCore/QThread>
#include <QtGui/QAccessible>
#include <QtGui/QHelpEvent>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QApplication>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QToolTip>

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using Testing::FakeAnswer;
using Testing::FakeRequest;
using Testing::Server;
using Testing::WindowOnSources;

namespace {

constexpr int patience = 60'000;

/// A peer of its own thread that takes every request of the Stamp API wrongly, after a first good
/// answer if it is given one.
class Peer final
{
public:
    /// \a mode: what comes of the answer. A byte a second where it drips.
    Peer(FakeAnswer::Mode mode, const QByteArray &goodAnswer)
    {
        m_thread.start();
        m_context.moveToThread(&m_thread);
        QMetaObject::invokeMethod(
            &m_context,
            [this, mode, goodAnswer] {
                m_server = std::make_unique<Testing::FakeHttpServer>();
                m_server->setHandler([this, mode, goodAnswer](const FakeRequest &request) {
                    if (request.path != "/v1/fleet")
                        return FakeAnswer{404, {}, {}, FakeAnswer::Mode::Whole};
                    if (!m_isWrong)
                        return FakeAnswer{200, goodAnswer};
                    return FakeAnswer{200, goodAnswer, {}, mode};
                });
                m_drip = std::make_unique<QTimer>();
                QObject::connect(m_drip.get(), &QTimer::timeout, m_server.get(),
                                 [this] { m_server->drip(); });
                m_drip->start(1000);
            },
            Qt::BlockingQueuedConnection);
    }
    ~Peer()
    {
        QMetaObject::invokeMethod(
            &m_context,
            [this] {
                m_drip.reset();
                m_server.reset();
            },
            Qt::BlockingQueuedConnection);
        m_thread.quit();
        m_thread.wait();
    }
    void goWrong() { m_isWrong = true; }
    [[nodiscard]] QString authority() const { return u"127.0.0.1:%1"_s.arg(m_server->port()); }

private:
    QThread m_thread;
    QObject m_context;
    std::atomic_bool m_isWrong = false;
    std::unique_ptr<Testing::FakeHttpServer> m_server; // of the thread
    std::unique_ptr<QTimer> m_drip; // of the thread
};

/// What a writer sets of a stamp, and what it is by itself: all but times and measurements.
QString lasting(const FleetVersion &fleet, int slot)
{
    const StampEntry &entry = *fleet.stamps[slot];
    const Stamp &stamp = *entry.stamp;
    QStringList parts{entry.id,
                      stamp.region,
                      stamp.ring,
                      stamp.version,
                      stamp.zone,
                      stamp.revision,
                      stamp.updatedBy,
                      toString(stamp.lifecycle),
                      Format::cost(stamp.costPerHour),
                      stamp.operation,
                      QString::number(entry.owned)};
    for (const ResourceKind kind : allResources) {
        const Resource &resource = entry.resources[kind];
        parts.append(u"%1 %2 of %3"_s.arg(toString(kind))
                         .arg(resource.reserved.value_or(-1))
                         .arg(resource.limit.value_or(-1)));
    }
    for (const Component &component : stamp.components)
        parts.append(u"%1 %2"_s.arg(component.name).arg(component.desired));
    for (auto label = stamp.labels.begin(); label != stamp.labels.end(); ++label)
        parts.append(label.key() + u'=' + label.value());
    for (const int tenant : entry.tenants)
        parts.append(fleet.tenantId(tenant));
    return u"slot %1: "_s.arg(slot) + parts.join(u", "_s);
}

QString lastingTenant(const FleetVersion &fleet, int slot)
{
    const TenantEntry &entry = fleet.tenants[slot];
    const Tenant &tenant = *entry.tenant;
    QStringList parts{fleet.tenantId(slot),  tenant.name,
                      toString(tenant.tier), tenant.stamp,
                      tenant.operation,      tenant.revision,
                      tenant.updatedBy,      u"owner %1"_s.arg(entry.owner)};
    for (const Placement &placement : tenant.placements)
        parts.append(placement.stamp + u' ' + toString(placement.state));
    for (const ResourceKind kind : allResources)
        parts.append(QString::number(tenant.demand.of(kind).value_or(-1)));
    return u"slot %1: "_s.arg(slot) + parts.join(u", "_s);
}

/// All of a fleet that has to outlive its server, and all of the window that nobody touched.
QStringList lasting(const WindowOnSources &on)
{
    QStringList lines;
    const FleetVersion &fleet = on.fleet();
    for (const SourceState &source : fleet.sources)
        lines.append(source.name + u' ' + source.adapter + u' ' + source.instance + u' '
                     + QString::number(source.capabilities.toInt()));
    fleet.eachStamp([&](int slot, const StampEntry &) { lines.append(lasting(fleet, slot)); });
    fleet.eachTenant(
        [&](int slot, const TenantEntry &) { lines.append(lastingTenant(fleet, slot)); });
    for (const OperationPtr &operation : fleet.operations)
        lines.append(u"operation %1 %2"_s.arg(operation->id, operation->kind));

    const MapWidget &map = *on.window->map();
    QStringList selected;
    for (const int slot : map.selection())
        selected.append(QString::number(slot));
    lines.append(u"selected "_s + selected.join(u' '));
    lines.append(u"keyboard at %1"_s.arg(map.currentSlot()));
    lines.append(u"zoom %1 at %2"_s.arg(map.zoomPercent()).arg(map.scrollPosition()));
    fleet.eachStamp([&](int slot, const StampEntry &) {
        const QRectF rect = map.tileRect(slot);
        lines.append(u"tile %1 at %2 %3"_s.arg(slot).arg(rect.x()).arg(rect.y()));
    });
    const StampPanel &panel = *on.window->stampPanel();
    lines.append(u"panel "_s + (panel.isVisible() ? panel.stamp() : u"closed"_s));
    lines.append(u"search "_s + on.child<SearchBox>(u"search"_s)->text());
    return lines;
}

/// What assistive technology is told of a stamp on the map; empty when it is not there.
QString toldOf(const WindowOnSources &on, const QString &stamp)
{
    QAccessibleInterface *map = QAccessible::queryAccessibleInterface(on.window->map());
    for (int at = 0; map && at < map->childCount(); ++at) {
        QAccessibleInterface *child = map->child(at);
        if (child && child->text(QAccessible::Name) == u"stamp "_s + stamp)
            return child->text(QAccessible::Description);
    }
    return {};
}

/// Ages and waits as "N s": they depend on how fast the machine is.
QString withoutAges(QString text)
{
    static const QRegularExpression seen(u"seen \\d+ (s|min) ago"_s);
    static const QRegularExpression wait(u"Trying again (in \\d+ s|now)\\."_s);
    static const QRegularExpression stale(u"stale \\d+ (s|min)"_s);
    text.replace(seen, u"seen N s ago"_s);
    text.replace(wait, u"Trying again in N s."_s);
    text.replace(stale, u"stale N s"_s);
    return text;
}

} // namespace

QString WindowOnSources::statusTip(const QString &name) const
{
    auto *bar = child<StatusBar>(u"statusBar"_s);
    bar->grab(); // where the sources stand is known once they are painted
    for (int x = 16; x < bar->width(); x += 8) {
        QHelpEvent help(QEvent::ToolTip, {x, 12}, bar->mapToGlobal(QPoint(x, 12)));
        QToolTip::hideText();
        QCoreApplication::sendEvent(bar, &help);
        const QString text = QToolTip::text();
        if (help.isAccepted() && text.startsWith(name))
            return text;
    }
    return {};
}

/// The window over real servers that die, hang, lie and come back.
class TestWindowServer : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        Themes::instance().install();
        QVERIFY(m_good.start());
    }
    void init() { Testing::strict(); }

    void aServerIsKilledAndStartedAgain_data()
    {
        QTest::addColumn<QString>("keys");
        QTest::addColumn<QString>("word");
        QTest::addRow("read by polls") << u"events=false"_s << u""_s;
        QTest::addRow("read by events") << u"events=true"_s << u"watching"_s;
    }

    void aServerIsKilledAndStartedAgain()
    {
        QFETCH(QString, keys);
        QFETCH(QString, word);
        Server server(8, 11);
        QVERIFY(server.start());
        WindowOnSources on(
            {u"prod:rest="_s + server.url() + u",pollInterval=1s,timeout=5s,"_s + keys,
             u"good:rest="_s + m_good.url() + u",pollInterval=500ms"_s},
            u"good"_s);
        const auto live = [&] {
            return on.source(u"prod"_s).answered && on.source(u"good"_s).answered
                && on.stampsOf(u"prod"_s) == std::pair(8, 0) && on.notice().isEmpty()
                && on.source(u"prod"_s).watching == !word.isEmpty();
        };
        QTRY_VERIFY_WITH_TIMEOUT(live(), patience);

        // Somebody has looked round: zoomed, scrolled, opened a stamp.
        MapWidget *map = on.window->map();
        map->setStop(Stop::Near);
        const QString stamp = on.fleet().stampId(5);
        QVERIFY(stamp.startsWith(u"prod/"));
        on.window->openStamp(stamp);
        map->scrollTo(map->scrollPosition() + 40);
        on.child<SearchBox>(u"search"_s)->setText(u"region:*"_s);
        QTRY_VERIFY(!toldOf(on, stamp).isEmpty());
        QVERIFY2(!toldOf(on, stamp).contains(u"stale"), qPrintable(toldOf(on, stamp)));
        const QStringList before = lasting(on);
        QVERIFY(!before.filter(u"operation"_s).size());
        QVERIFY(before.contains(u"panel "_s + stamp));

        server.kill();
        QTRY_COMPARE_WITH_TIMEOUT(on.stampsOf(u"prod"_s), std::pair(8, 8), patience);
        QCOMPARE(lasting(on), before);
        on.fleet().eachStamp([&](int, const StampEntry &entry) {
            if (entry.id.startsWith(u"good/"_s))
                return;
            QCOMPARE(entry.health, Health::Unknown);
            QCOMPARE(entry.lastHealth, Health::Healthy);
            QCOMPARE(entry.reasons.first().message, u"no word from prod"_s);
        });
        const QString told = toldOf(on, stamp);
        QVERIFY2(told.startsWith(u"stale, last healthy, "), qPrintable(told));
        QTRY_COMPARE(withoutAges(on.notice()),
                     u"prod: connection refused by %1. Showing what was seen N s ago. Trying again "
                     "in N s."_s.arg(server.authority()));
        QTRY_VERIFY_WITH_TIMEOUT(
            withoutAges(on.child<StatusBar>(u"statusBar"_s)->accessibleDescription())
                .startsWith(u"prod stale N s; good "),
            patience);
        // The panel of what needs attention waits behind that of the stamp, and is filled.
        const auto trouble = [&] {
            auto *row = on.window->attention()->findChild<QAbstractButton *>(u"trouble "_s + stamp);
            return row ? row->accessibleDescription() : QString();
        };
        QTRY_COMPARE_WITH_TIMEOUT(trouble(), u"stale, no word from prod, 4 tenants"_s, patience);
        QCOMPARE(on.window->attention()->summary().troubleCount, 8);

        QVERIFY(server.start());
        QTRY_VERIFY_WITH_TIMEOUT(live(), patience);
        QCOMPARE(lasting(on), before);
        QTRY_VERIFY_WITH_TIMEOUT(!toldOf(on, stamp).contains(u"stale"), patience);
        QTRY_COMPARE_WITH_TIMEOUT(trouble(), QString(), patience);
        // It is not a picture of before: what is measured moves on.
        const auto observed = [&] { return on.fleet().stamps[5]->stamp->observedAt; };
        const auto then = observed();
        QTRY_VERIFY_WITH_TIMEOUT(observed() > then, patience);
        QCOMPARE(lasting(on), before);
        QCOMPARE(on.harm, QStringList());
    }

    void retryAsksAtOnce()
    {
        Server server(2, 13);
        QVERIFY(server.start());
        // An hour between two polls: nothing but a person brings it back.
        WindowOnSources on({u"prod:rest="_s + server.url() + u",pollInterval=1h,events=false"_s});
        QTRY_VERIFY_WITH_TIMEOUT(on.source(u"prod"_s).answered, patience);
        server.kill();
        // More often than the breaker lets through, and sooner than it tries by itself.
        constexpr int soon = 20'000;
        for (int press = 0; press < 7; ++press) {
            on.window->actions().action(u"refresh"_s)->trigger();
            const auto attempt = on.source(u"prod"_s).nextAttempt;
            QTRY_VERIFY_WITH_TIMEOUT(on.source(u"prod"_s).nextAttempt != attempt, soon);
        }
        QVERIFY2(on.notice().contains(u" Trying again in "), qPrintable(on.notice()));
        QVERIFY(server.start());
        auto *retry = on.child<QWidget>(u"notice"_s)->findChild<Button *>(u"retry"_s);
        QVERIFY(retry && retry->isVisible());
        retry->click();
        QTRY_VERIFY_WITH_TIMEOUT(!on.source(u"prod"_s).error, soon);
        QTRY_COMPARE(on.notice(), QString());
    }

    // The window hands a move to stampd, which runs it as an operation of its own.
    void aMoveIsListedOnce()
    {
        Server server(4, 7);
        QVERIFY(server.start({}, u"startSeconds=6"_s));
        WindowOnSources on({u"prod:rest="_s + server.url() + u",pollInterval=500ms"_s});
        QTRY_VERIFY_WITH_TIMEOUT(on.source(u"prod"_s).watching, patience);
        on.window->actions().action(u"drawer.toggle"_s)->trigger();

        // The first tenant that some stamp can take.
        ActionRequest request;
        request.kind = ActionKind::Move;
        QString from;
        on.fleet().eachTenant([&](int slot, const TenantEntry &entry) {
            on.fleet().eachStamp([&](int to, const StampEntry &stamp) {
                if (!request.tenants.isEmpty() || to == entry.owner)
                    return;
                ActionRequest tried = request;
                tried.tenants = {on.fleet().tenantId(slot)};
                tried.to = stamp.id;
                const Result<Plan> made = plan(on.window->map()->version(), tried, Clock::system());
                if (made && !made->isRefused()) {
                    request = tried;
                    from = on.fleet().stampId(entry.owner);
                }
            });
        });
        QVERIFY(!from.isEmpty());
        const auto owner = [&] {
            const int slot = on.fleet().tenantIndex.value(request.tenants.first());
            return on.fleet().stampId(on.fleet().tenants[slot].owner);
        };
        const auto theirs = [&] { return server.operations(); };
        const auto ours = [&] {
            QStringList states;
            for (const OperationPtr &operation : on.fleet().operations)
                states.append(operation->kind + u' ' + toString(operation->state));
            states.sort();
            return states;
        };
        const auto rows = [&] {
            int count = 0;
            for (const QWidget *row : on.child<QWidget>(u"drawer"_s)->findChildren<QWidget *>())
                count += row->isVisible() && row->objectName().startsWith(u"operation "_s);
            return count;
        };

        on.window->setNoticeTime(std::chrono::hours(1)); // for as long, undo needs no plan
        PlanDialog *dialog = on.window->openPlan(request);
        auto *run = dialog->findChild<Button *>(u"Run"_s);
        QTRY_VERIFY(run->isEnabled());
        run->click();
        // stampd is at it, and has said so.
        QTRY_COMPARE_WITH_TIMEOUT(theirs(), QStringList{u"move running"_s}, patience);
        QTRY_COMPARE_WITH_TIMEOUT(on.fleet().carried.size(), 1, patience);
        QCOMPARE(ours(), QStringList{u"move running"_s});
        QCOMPARE(rows(), 1);
        QTRY_COMPARE_WITH_TIMEOUT(owner(), request.to, patience);
        QTRY_COMPARE_WITH_TIMEOUT(ours(), QStringList{u"move succeeded"_s}, patience);
        QCOMPARE(theirs(), QStringList{u"move succeeded"_s});

        // Taking it back is a second one, here as there.
        QTRY_VERIFY(on.child<QWidget>(u"toast"_s)->isVisible());
        on.window->actions().action(u"operation.undo"_s)->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(owner(), from, patience);
        const QStringList both{u"move succeeded"_s, u"move succeeded"_s};
        QTRY_COMPARE_WITH_TIMEOUT(ours(), both, patience);
        QTRY_COMPARE_WITH_TIMEOUT(theirs(), both, patience);
        QTRY_COMPARE_WITH_TIMEOUT(rows(), 2, patience);

        // One that is done at once, and one of somebody else's, who shows beside ours.
        request = {};
        request.kind = ActionKind::Cordon;
        request.stamp = from;
        dialog = on.window->openPlan(request);
        run = dialog->findChild<Button *>(u"Run"_s);
        QTRY_VERIFY(run->isEnabled());
        run->click();
        QTRY_COMPARE_WITH_TIMEOUT(theirs().size(), 3, patience);
        QTRY_COMPARE_WITH_TIMEOUT(ours().first(), u"cordon succeeded"_s, patience);
        QCOMPARE(ours().size(), 3);
        server.post(u"/v1/stamps/%1:uncordon"_s.arg(from.section(u'/', 1)));
        QTRY_COMPARE_WITH_TIMEOUT(ours().last(), u"uncordon succeeded"_s, patience);
        QCOMPARE(ours().size(), 4);
        QCOMPARE(theirs().size(), 4);
    }

    // It deletes the stamp, so it asks for the name as a deletion does.
    void somebodysNewStampIsUndoneByItsTypedName()
    {
        Server server(2, 7);
        QVERIFY(server.start({}, u"timeScale=50"_s));
        WindowOnSources on({u"prod:rest="_s + server.url() + u",pollInterval=500ms"_s});
        QTRY_VERIFY_WITH_TIMEOUT(on.source(u"prod"_s).watching, patience);
        const QString region = on.fleet().stamps[0]->stamp->region;
        server.post(u"/v1/stamps"_s,
                    R"({"name": "new-1", "template": "small", "region": ")" + region.toUtf8()
                        + R"("})");
        QTRY_COMPARE_WITH_TIMEOUT(server.operations(), QStringList{u"create succeeded"_s},
                                  patience);
        QTRY_COMPARE_WITH_TIMEOUT(on.fleet().operations.size(), 1, patience);
        const QString made = on.fleet().operations.firstKey();
        QTRY_COMPARE_WITH_TIMEOUT(on.fleet().operations.value(made)->state,
                                  OperationState::Succeeded, patience);
        QTRY_VERIFY_WITH_TIMEOUT(on.fleet().stampIndex.value(u"prod/new-1"_s) >= 0, patience);

        on.window->operations()->ask(made, OperationVerb::Undo);
        const QPointer<PlanDialog> dialog = on.window->findChild<PlanDialog *>(u"plan"_s);
        QVERIFY(dialog);
        QCOMPARE(dialog->findChild<TextLine *>(u"planTitle"_s)->text(),
                 u"Undo: Create new-1 from small"_s);
        QVERIFY(dialog->findChild<QWidget *>(u"facts"_s));
        auto *run = dialog->findChild<Button *>(u"Run"_s);
        QVERIFY(!run->isEnabled());
        dialog->findChild<QLineEdit *>(u"confirmName"_s)->setText(u"new-1"_s);
        QVERIFY2(run->isEnabled(), qPrintable(run->toolTip()));
        QCOMPARE(server.operations(), QStringList{u"create succeeded"_s});
        run->click();
        QTRY_VERIFY_WITH_TIMEOUT(!dialog, patience);
        QTRY_VERIFY_WITH_TIMEOUT(on.fleet().stampIndex.value(u"prod/new-1"_s) < 0, patience);
    }

    void everyFaultHasItsRow()
    {
        const Testing::Ended ended = Testing::run(QStringLiteral(STAMPDECK_BIN_DIR "/stampd"),
                                                  {u"--fault"_s, u"no-such-fault=1"_s});
        QCOMPARE(ended.status, 2);
        const QString list = QString::fromUtf8(ended.err).section(u"is none of "_s, 1).trimmed();
        QStringList offered = list.split(u", "_s);
        QStringList rows;
        for (const FaultRow &row : faultRows()) {
            if (!row.fault.isEmpty())
                rows.append(row.fault.section(u'=', 0, 0));
        }
        rows.removeDuplicates();
        offered.sort();
        rows.sort();
        QCOMPARE(rows, offered);
    }

    void theWindowStaysFluid_data()
    {
        QTest::addColumn<FaultRow>("row");
        for (const FaultRow &row : faultRows())
            QTest::newRow(row.name) << row;
    }

    // While nothing comes, for much longer than this test: whoever waited for it would never get
    // here.
    void theWindowStaysFluid()
    {
        QFETCH(FaultRow, row);
        Server server(2, 17);
        std::unique_ptr<Peer> peer;
        QString authority;
        if (row.fault.isEmpty()) {
            peer = std::make_unique<Peer>(row.mode, goodAnswer);
            peer->goWrong();
            authority = peer->authority();
        } else {
            QVERIFY(server.start({row.fault}));
            authority = server.authority();
            if (row.answersAtOnce)
                server.freeze();
        }
        WindowOnSources on({u"bad:rest=http://"_s + authority + u",pollInterval=500ms,timeout=1h"_s,
                            u"good:rest="_s + m_good.url() + u",pollInterval=500ms"_s},
                           u"good"_s);
        QTRY_VERIFY_WITH_TIMEOUT(on.source(u"good"_s).answered, patience);
        worksAsEver(on);
        if (QTest::currentTestFailed())
            return;
        const SourceState &bad = on.source(u"bad"_s);
        QVERIFY(!bad.answered);
        QVERIFY2(!bad.error, qPrintable(bad.error ? bad.error->message : QString()));
        QCOMPARE(on.child<StatusBar>(u"statusBar"_s)->accessibleDescription().section(u';', 0, 0),
                 u"bad reading"_s);
        QCOMPARE(on.harm, QStringList());
        // What is asked is let go when the window goes, not waited for.
    }

    void whatIsWrongIsSaid_data() { theWindowStaysFluid_data(); }

    void whatIsWrongIsSaid()
    {
        QFETCH(FaultRow, row);
        Server server(2, 17);
        std::unique_ptr<Peer> peer;
        QString authority;
        int stamps = 2;
        if (row.fault.isEmpty()) {
            peer = std::make_unique<Peer>(row.mode, goodAnswer);
            authority = peer->authority();
            stamps = 1;
        } else {
            QVERIFY(server.start());
            authority = server.authority();
        }
        WindowOnSources on(
            {u"bad:rest=http://"_s + authority + u",pollInterval=500ms,timeout="_s + row.timeout,
             u"good:rest="_s + m_good.url() + u",pollInterval=500ms"_s},
            u"good"_s);
        QTRY_VERIFY_WITH_TIMEOUT(on.source(u"good"_s).answered, patience);
        QTRY_COMPARE_WITH_TIMEOUT(on.stampsOf(u"bad"_s), std::pair(stamps, 0), patience);
        QCOMPARE(on.notice(), QString());

        if (peer) {
            peer->goWrong();
        } else {
            server.kill();
            QVERIFY(server.start({row.fault}));
        }
        const QString said = row.says.contains(u'%') ? row.says.arg(authority) : row.says;
        const QString notice = said + u". Showing what was seen N s ago. Trying again in N s."_s;
        QTRY_COMPARE_WITH_TIMEOUT(withoutAges(on.notice()), notice, patience);
        QCOMPARE(toString(on.source(u"bad"_s).error->kind), row.kind);
        worksAsEver(on);
        if (QTest::currentTestFailed())
            return;

        // Its last good word stays, and is called stale.
        QTRY_COMPARE_WITH_TIMEOUT(on.stampsOf(u"bad"_s), std::pair(stamps, stamps), patience);
        QTRY_VERIFY(withoutAges(on.child<StatusBar>(u"statusBar"_s)->accessibleDescription())
                        .startsWith(u"bad stale N s; good "));
        // In the status bar, with where and what to do.
        QTRY_COMPARE_WITH_TIMEOUT(
            withoutAges(on.statusTip(u"bad"_s)),
            notice + u"\nAsked: http://"_s + authority + u"\nTold: "_s
                + (row.told.contains(u'%') ? row.told.arg(authority) : row.told) + u'\n'
                + row.advice,
            patience);
        QCOMPARE(on.harm, QStringList());
    }

private:
    struct FaultRow
    {
        const char *name = nullptr;
        QString fault; ///< Of stampd; empty for a peer.
        FakeAnswer::Mode mode = FakeAnswer::Mode::Whole; ///< Of a peer.
        bool answersAtOnce = false;
        QString timeout; ///< Where it is to trip soon.
        QString kind;
        QString says; ///< %1 is the server's address.
        QString told;
        QString advice;
    };

    static QList<FaultRow> faultRows()
    {
        using Mode = FakeAnswer::Mode;
        const QString slow = u"See that its server is well. If it only takes longer, raise the timeout "
                             "of bad in fleet.yaml."_s;
        const QString nothing = u"bad does not answer: nothing came from %1 within 1 s"_s;
        return {
            {"latency", u"latency=1h"_s, Mode::Whole, false, u"1s"_s, u"timeout"_s, nothing,
             u"silence limit, %1"_s, slow},
            {"error rate", u"error-rate=1"_s, Mode::Whole, true, u"20s"_s, u"not-now"_s,
             u"bad: this server fails on purpose: it was started with --fault error-rate"_s,
             u"status 503 unavailable"_s, u"Whoever runs bad can tell why it takes no requests."_s},
            {"hang", u"hang=1"_s, Mode::Whole, false, u"1s"_s, u"timeout"_s, nothing,
             u"silence limit, %1"_s, slow},
            {"garbage", u"garbage=1"_s, Mode::Whole, true, u"20s"_s, u"malformed"_s,
             u"bad: the answer is not JSON: wrong at byte 0"_s, u"byte 0"_s,
             u"See that the address of bad in fleet.yaml is that of its API and not of something "
             "else; if it is, its server is at fault."_s},
            {"truncate", u"truncate=1"_s, Mode::Whole, true, u"20s"_s, u"unreachable"_s,
             u"bad: %1 closed the connection in the middle of its answer"_s, u"Connection closed"_s,
             u"See that its server runs and can be reached from here, and that the address of bad "
             "in fleet.yaml is right."_s},
            {"a peer that never answers",
             {},
             Mode::Hang,
             false,
             u"1s"_s,
             u"timeout"_s,
             nothing,
             u"silence limit, %1"_s,
             slow},
            {"a byte a second",
             {},
             Mode::Drip,
             false,
             u"3s"_s,
             u"timeout"_s,
             u"bad answers too slowly: the whole answer did not come from %1 within 3 s"_s,
             u"whole answer limit, %1"_s,
             slow},
        };
    }

    /// The window does what it always does: its beats go on, a click on a tile opens the panel, the
    /// search finds, the map repaints.
    void worksAsEver(WindowOnSources &on)
    {
        const int beats = on.beats;
        QTRY_VERIFY_WITH_TIMEOUT(on.beats > beats + 5, patience);

        MapWidget *map = on.window->map();
        map->fit();
        int slot = -1;
        on.fleet().eachStamp([&](int at, const StampEntry &entry) {
            if (entry.id.startsWith(u"good/"_s))
                slot = at;
        });
        QVERIFY(slot >= 0);
        const QString id = on.fleet().stampId(slot);
        // Not on a chip or a handle: those are there to be dragged.
        const QRectF box = map->tileRect(slot);
        const QPointF tile = box.topLeft() + QPointF(box.width() * 0.25, box.height() * 0.1);
        QCOMPARE(map->slotAt(tile), slot);
        QTest::mouseClick(map, Qt::LeftButton, {}, tile.toPoint());
        QCOMPARE(on.window->stampPanel()->stamp(), id);
        QVERIFY(on.window->stampPanel()->isVisible());

        auto *search = on.child<SearchBox>(u"search"_s);
        search->setText(u"name:"_s + on.fleet().stamps[slot]->stamp->name);
        const QString found = u"1 of %1 stamps"_s.arg(on.fleet().counts.stamps);
        QTRY_COMPARE_WITH_TIMEOUT(on.child<TextLine>(u"counts"_s)->text(), found, patience);
        search->clear();

        const int paints = on.paints;
        map->update();
        QTRY_VERIFY_WITH_TIMEOUT(on.paints > paints, patience);
        on.window->map()->setSelection({});
        QVERIFY(!on.window->stampPanel()->isVisible());
    }

    static constexpr const char *goodAnswer =
        R"({"fleetId":"peer","revision":"1","complete":true,"stamps":[{"id":"eu-1","name":"eu-1",
"region":"eu-west","lifecycle":"active","health":"healthy","revision":"1"}],"tenants":[]})";

    Server m_good;
};

STAMPDECK_TEST_MAIN(QApplication, TestWindowServer)
#include "tst_window_server.moc"
