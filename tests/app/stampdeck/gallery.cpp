// SPDX-License-Identifier: GPL-3.0-or-later
#include "gallery.h"

#include "app/stampdeck/incidentdesk.h"
#include "app/stampdeck/wallwindow.h"

#include "widgets/attentionpanel.h"
#include "widgets/commandpalette.h"
#include "widgets/incidentlist.h"
#include "widgets/mapwidget.h"
#include "widgets/metriccharts.h"
#include "widgets/operationsdrawer.h"
#include "widgets/rehearsedialog.h"
#include "widgets/plandialog.h"
#include "widgets/settingsdialog.h"
#include "widgets/stamppanel.h"
#include "widgets/tablesview.h"
#include "widgets/topbar.h"

#include "models/historyreader.h"
#include "models/incidentkeeper.h"
#include "models/plugincatalog.h"

#include <QtCore/QAbstractAnimation>
#include <QtCore/QThreadPool>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QDialog>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPlainTextEdit>

#include <map>

namespace Stampdeck::Testing {

using namespace Qt::StringLiterals;

namespace {

constexpr double gib = 1024.0 * 1024 * 1024;

struct Place
{
    const char *region;
    int stamps;
};
constexpr std::array<Place, 6> places = {{{"eu-west", 6},
                                          {"eu-central", 5},
                                          {"us-east", 6},
                                          {"ap-northeast", 4},
                                          {"sa-east", 2},
                                          {"eu-north", 3}}};

QString nameOf(const char *region, int number)
{
    return QLatin1StringView(region) + u"-%1"_s.arg(number, 2, 10, QLatin1Char('0'));
}

Stamp stampOf(const char *region, int number, int index, Timestamp now)
{
    Stamp stamp;
    stamp.name = nameOf(region, number);
    stamp.region = QLatin1StringView(region);
    stamp.ring = QString::number(index % 4);
    stamp.version = index % 5 == 0 ? u"1.42.2"_s : u"1.42.3"_s;
    stamp.zone = stamp.region + u"-a"_s;
    stamp.health = Health::Healthy;
    const double load = 0.45 + 0.04 * (index * 7 % 10);
    stamp.resources.cpu = {48, 48 * load, 48 * (load - 0.06)};
    stamp.resources.memory = {192 * gib, 192 * gib * (load - 0.1), 192 * gib * (load - 0.05)};
    stamp.resources.storage = {4096 * gib, 4096 * gib * 0.4, 4096 * gib * 0.38};
    stamp.resources.tenants = {20, {}, 6};
    stamp.signalValues = {900.0 + 90 * (index % 9), 0.0012, 14, 88};
    stamp.components = {{u"web"_s, 6, 6, 2, 12, Health::Healthy, {}},
                        {u"api"_s, 5, 5, 2, 12, Health::Healthy, {}},
                        {u"worker"_s, 4, 4, 1, 8, Health::Healthy, {}},
                        {u"db"_s, 3, 3, 3, 3, Health::Healthy, {}}};
    stamp.costPerHour = Cost{9.44 + index, u"EUR"_s};
    stamp.labels = {{u"team"_s, index % 2 ? u"payments"_s : u"search"_s}};
    stamp.revision = u"1"_s;
    stamp.observedAt = now;
    return stamp;
}

/// One of each thing that can be the matter with a stamp.
void trouble(Stamp &stamp)
{
    const auto is = [&stamp](const char *region, int number) {
        return stamp.name == nameOf(region, number);
    };
    if (is("eu-west", 3)) {
        stamp.components[1].ready = 1;
        stamp.components[1].health = Health::Degraded;
        stamp.health = Health::Unhealthy;
        stamp.healthReasons = {{u"backend"_s, u"api crash loop"_s, {}, u"api"_s, {}, {}, {}}};
        stamp.signalValues = {310, 0.142, 222, 2749};
    } else if (is("eu-west", 5)) {
        stamp.signalValues.latencyP99Ms = 840;
        stamp.health = Health::Degraded;
        stamp.healthReasons = {
            {u"latency-p99"_s, u"p99 840 ms, limit 400 ms"_s, {}, {}, 840.0, 400.0, u"ms"_s}};
    } else if (is("us-east", 2)) {
        stamp.components[0].ready = 5;
        stamp.components[0].health = Health::Degraded;
    } else if (is("us-east", 5)) {
        stamp.lifecycle = Lifecycle::Draining;
    } else if (is("eu-central", 4)) {
        stamp.lifecycle = Lifecycle::Cordoned;
    } else if (is("eu-north", 3)) {
        stamp.lifecycle = Lifecycle::Drained;
        stamp.resources.cpu.reserved = 0;
    } else if (is("ap-northeast", 4)) {
        stamp.lifecycle = Lifecycle::Provisioning;
    } else if (is("us-east", 6)) {
        stamp.lifecycle = Lifecycle::Failed;
    } else if (is("eu-central", 5)) {
        stamp.lifecycle = Lifecycle::Deleting;
    } else if (is("sa-east", 2)) {
        stamp.health = Health::Unknown;
        stamp.resources = {};
        stamp.signalValues = {};
        stamp.components.clear();
        stamp.costPerHour.reset();
    }
}

FleetUpdate galleryFleet(Timestamp now)
{
    FleetUpdate update;
    update.instance = u"gallery"_s;
    update.revision = u"1"_s;
    const QStringList names{u"acme"_s,  u"globex"_s,   u"initech"_s,  u"umbrella"_s,
                            u"hooli"_s, u"stark"_s,    u"wayne"_s,    u"wonka"_s,
                            u"soylent"_s, u"cyberdyne"_s, u"tyrell"_s, u"vandelay"_s};
    int index = 0;
    for (const Place &place : places) {
        for (int number = 1; number <= place.stamps; ++number, ++index) {
            Stamp stamp = stampOf(place.region, number, index, now);
            trouble(stamp);
            const int tenants = stamp.lifecycle == Lifecycle::Drained
                    || stamp.lifecycle == Lifecycle::Provisioning
                ? 0
                : 3 + index % 6;
            for (int at = 0; at < tenants; ++at) {
                Tenant tenant;
                tenant.id = names[(index + at) % names.size()] + u"-%1-%2"_s.arg(index).arg(at);
                tenant.name = tenant.id;
                tenant.tier = Tier((index + at) % 4);
                tenant.stamp = stamp.name;
                tenant.placements = {{stamp.name, PlacementState::Serving, now}};
                tenant.demand = {1.5, 6 * gib, 40 * gib, 60.0};
                if (at == 0 && stamp.region.startsWith(u"eu-"))
                    tenant.constraints.regions = QStringList{u"eu-*"_s};
                if (at == 1)
                    tenant.constraints.pinned = index % 3 == 0;
                if (at == 2)
                    tenant.constraints.antiAffinity = u"group-%1"_s.arg(index % 4);
                tenant.revision = u"1"_s;
                update.tenants.push_back(std::make_shared<const Tenant>(std::move(tenant)));
            }
            update.stamps.push_back(std::make_shared<const Stamp>(std::move(stamp)));
        }
    }
    return update;
}

Operation operationOf(const QString &id, OperationState state, Timestamp now)
{
    Operation operation;
    operation.id = id;
    operation.kind = u"drain"_s;
    operation.target = u"us-east-05"_s;
    operation.state = state;
    operation.progress = 0.6;
    operation.createdBy = u"ada"_s;
    operation.createdAt = now - std::chrono::minutes(4);
    operation.updatedAt = now;
    for (int step = 0; step < 5; ++step)
        operation.steps.append({u"move tenant-%1 to us-east-0%2"_s.arg(step).arg(step % 4 + 1),
                                step < 3       ? StepState::Succeeded
                                    : step == 3 ? StepState::Running
                                                : StepState::Pending,
                                {},
                                {},
                                {}});
    if (state == OperationState::Paused || state == OperationState::Failed) {
        operation.error = u"us-east-02 is unhealthy"_s;
        operation.blocked = u"us-east-02 is unhealthy: api has 1 of 5 replicas ready"_s;
        operation.mend = u"Wait until it is healthy, or let the planner choose another stamp"_s;
    }
    return operation;
}

QString stampId(const char *region, int number)
{
    return u"prod/"_s + nameOf(region, number);
}

ActionRequest drainOf(const QString &stamp)
{
    ActionRequest request;
    request.kind = ActionKind::Drain;
    request.stamp = stamp;
    return request;
}

QList<Template> templates()
{
    Template standard;
    standard.name = u"standard"_s;
    standard.description = u"A stamp of middle size"_s;
    TemplateParameter cpu;
    cpu.name = u"cpu"_s;
    cpu.type = ParameterType::Integer;
    cpu.defaultValue = 48;
    cpu.min = 8;
    cpu.max = 128;
    cpu.help = u"Cores of the whole stamp"_s;
    TemplateParameter ring;
    ring.name = u"ring"_s;
    ring.help = u"Ring of the roll-out"_s;
    standard.parameters = {cpu, ring};
    Template small;
    small.name = u"small"_s;
    small.description = u"A stamp to try things on"_s;
    return {standard, small};
}

SourceDiagnostics diagnosticsOf(Timestamp now)
{
    SourceDiagnostics all;
    all.name = u"prod"_s;
    all.adapter = u"rest"_s;
    all.instance = u"gallery"_s;
    all.at = now;
    all.started = true;
    all.capabilities = QStringList{u"move"_s, u"cordon"_s};
    all.pollInterval = all.effectiveInterval = std::chrono::seconds(5);
    all.timeout = std::chrono::seconds(10);
    EndpointDiagnostics endpoint;
    endpoint.failures = 2;
    endpoint.contact = std::chrono::seconds(42);
    endpoint.nextAttempt = std::chrono::seconds(40);
    endpoint.error = u"no answer within 10 s"_s;
    all.endpoints = {endpoint};
    all.requestsMade = 3;
    for (int at = 0; at < 3; ++at) {
        RequestRecord request;
        request.startedAt = now - std::chrono::seconds(5 * at);
        request.method = u"GET"_s;
        request.url = u"https://stamps.example.com/v1/fleet?since=7f-1%1"_s.arg(at);
        request.duration = std::chrono::milliseconds(12 + at);
        request.size = 4'096 * (at + 1);
        request.status = at == 1 ? 503 : 200;
        all.requests.push_back(request);
    }
    return all;
}

AlertPtr alertOf(const QString &name, const QString &stamp, Severity severity,
                 const QString &summary, Timestamp since)
{
    Alert alert;
    alert.fingerprint = name + stamp;
    alert.name = name;
    alert.summary = summary;
    alert.severity = severity;
    alert.labels = {{u"alertname"_s, name}, {u"severity"_s, toString(severity)}};
    if (!stamp.isEmpty())
        alert.labels.insert(u"stamp"_s, stamp);
    alert.startsAt = since;
    alert.stamp = stamp;
    alert.links = {{u"Runbook"_s, u"https://runbooks.example/"_s + name},
                   {u"Graph"_s, u"https://prometheus.example/graph?g0.expr=up"_s}};
    return std::make_shared<const Alert>(alert);
}

/// One incident of each kind, with what came before it; and one that is over.
void fireAlerts(Gallery &gallery)
{
    using namespace std::chrono_literals;
    FleetStore &store = gallery.fixture.store;
    const Timestamp now = gallery.fixture.clock.now();
    FeedState feed;
    feed.name = u"alertmanager"_s;
    feed.adapter = u"alertmanager"_s;
    store.addFeed(feed);
    store.hear(feed.name, {});
    Operation operation = operationOf(u"op-1"_s, OperationState::Succeeded, now);
    operation.kind = u"scale"_s;
    operation.target = nameOf("eu-west", 3);
    operation.createdAt = now - 24min;
    store.showOperation(std::make_shared<const Operation>(operation));
    FleetUpdate update;
    update.complete = false;
    update.instance = u"gallery"_s;
    IncidentKeeper keeper({}, true);
    keeper.addFeed({feed.name, u"stamp"_s, u"tenant"_s, {}});
    AlertUpdate told;
    told.alerts = {alertOf(u"CertificateExpires"_s, nameOf("us-east", 1), Severity::Warning,
                           u"14 days left"_s, now - 50min)};
    keeper.tell(feed.name, told, now);
    store.sync();
    std::ignore = keeper.look(*store.current(), now - 12min, 0ms);
    const QString crashes = u"API crash loop"_s;
    auto quiet = std::make_shared<Alert>(*alertOf(u"Errors above 1%"_s, nameOf("us-east", 4),
                                                  Severity::Warning, u"1.7% for 5 min"_s,
                                                  now - 9min));
    quiet->state = AlertState::Suppressed;
    quiet->silencedBy = QStringList{u"s1"_s};
    told.alerts = {alertOf(crashes, nameOf("eu-west", 3), Severity::Critical,
                           u"api restarts every 20 s: exit code 139"_s, now - 4min),
                   quiet,
                   alertOf(u"Storage full in 3 days"_s, nameOf("ap-northeast", 1),
                           Severity::Warning, u"3.1 of 4 TiB"_s, now - 2h),
                   alertOf(u"Slow to drain"_s, nameOf("us-east", 5), Severity::Warning,
                           u"a tenant waits for its volume"_s, now - 6min),
                   alertOf(u"<b>Unknown</b> stamp"_s, u"af-south-02"_s, Severity::Info,
                           u"<script>alert(1)</script>"_s, now - 20min)};
    Silence silence;
    silence.id = u"s1"_s;
    silence.createdBy = u"grace"_s;
    silence.comment = u"known, waits for 1.42.4"_s;
    silence.startsAt = now - 30min;
    silence.endsAt = now + 12min;
    silence.matchers = {{u"alertname"_s, u"Errors above 1%"_s},
                        {u"stamp"_s, nameOf("us-east", 4)}};
    told.silences = {silence};
    keeper.tell(feed.name, told, now);
    IncidentBookPtr book = keeper.look(*store.current(), now, 1s);
    for (const IncidentPtr &incident : book->open) {
        if (incident->title.startsWith(u"Storage"_s))
            store.setAcknowledgements({{incident->id, u"ada"_s, {}, u"more disks come at 15:00"_s,
                                        now - 90min}});
    }
    store.sync();
    store.setIncidents(keeper.look(*store.current(), now, 2s));
    gallery.settle();
    gallery.trigger("view.incidents");
}

QStringList tenantsOf(const Gallery &gallery, const QString &stamp, int most)
{
    QStringList ids;
    const FleetVersion &fleet = gallery.fixture.deck->fleet();
    for (const int slot : fleet.stamps[fleet.stampIndex.value(stamp)]->tenants) {
        if (ids.size() < most)
            ids.append(fleet.tenantId(slot));
    }
    return ids;
}

/// Names of forty characters, more than there is room for, ten thousand tenants.
void overfill(Gallery &gallery)
{
    FleetUpdate update = galleryFleet(gallery.fixture.clock.now());
    for (StampPtr &pointer : update.stamps) {
        Stamp stamp = *pointer;
        stamp.resources.cpu = {48, 63, 61};
        stamp.resources.memory = {192 * gib, 640 * gib, 600 * gib};
        stamp.resources.tenants = {20, {}, 400};
        stamp.signalValues = {987'654'321.0, 1.0, 123'456, 9'876'543};
        pointer = std::make_shared<const Stamp>(std::move(stamp));
    }
    Stamp longest = *update.stamps.front();
    longest.name = u"a-name-of-forty-characters-in-eu-west-01"_s;
    longest.version = u"2026.11.27-rc.4+build.123456789"_s;
    longest.ring = u"early-adopters-north"_s;
    update.stamps.push_back(std::make_shared<const Stamp>(longest));
    Stamp rightToLeft = longest;
    rightToLeft.name = u"eu-west-99"_s;
    rightToLeft.labels = {{u"owner"_s, QString::fromUtf8("\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d")}};
    update.stamps.push_back(std::make_shared<const Stamp>(rightToLeft));
    for (int number = 0; number < 10'000; ++number) {
        Tenant tenant;
        tenant.id = u"tenant-with-a-rather-long-name-%1"_s.arg(number);
        tenant.name = number % 2 ? tenant.id
                                 : QString::fromUtf8("\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d %1").arg(number);
        tenant.tier = Tier(number % 4);
        tenant.stamp = longest.name;
        tenant.placements = {{longest.name, PlacementState::Serving, {}}};
        tenant.revision = u"1"_s;
        update.tenants.push_back(std::make_shared<const Tenant>(std::move(tenant)));
    }
    gallery.fixture.apply(update);
}

/// Two silences, of which one ends soon.
void silence(DeckFixture &fixture)
{
    using namespace std::chrono_literals;
    const Timestamp now = fixture.clock.now();
    auto book = std::make_shared<IncidentBook>();
    book->settled = true;
    for (const auto &[id, stamp, comment, time] :
         {std::tuple(u"s1"_s, u"us-east-02"_s, u"known, waits for 1.42.4"_s, 30min),
          std::tuple(u"s2"_s, u"sa-east-.*"_s, u"the provider works on its network"_s, 300min)}) {
        KnownSilence known;
        known.feed = u"alerts"_s;
        known.silence.id = id;
        known.silence.createdBy = u"grace"_s;
        known.silence.comment = comment;
        known.silence.startsAt = now;
        known.silence.endsAt = now + time;
        known.silence.matchers = {{u"alertname"_s, u"Errors above 1%"_s},
                                  {u"stamp"_s, stamp, stamp.endsWith(u'*'), true}};
        book->silences.append(known);
    }
    fixture.store.setIncidents(book);
}

/// Fifty minutes of the same fleet, in which one thing after the other becomes the matter with it;
/// for some of them nobody recorded. \a silences: some of it is silenced after half an hour.
Timestamp recordPast(Gallery &gallery, bool silences)
{
    using namespace std::chrono_literals;
    DeckFixture &fixture = gallery.fixture;
    const FleetUpdate quiet = galleryFleet(fixture.clock.now());
    // Minutes after which each is as it will be.
    const std::map<QString, int> order = {{u"eu-central-04"_s, 4}, {u"eu-west-05"_s, 9},
                                          {u"us-east-02"_s, 22},   {u"sa-east-02"_s, 29},
                                          {u"us-east-05"_s, 33},   {u"eu-west-03"_s, 39},
                                          {u"us-east-06"_s, 44}};
    const auto begin = [&gallery, &fixture] {
        gallery.recorder = std::make_unique<HistoryRecorder>(fixture.dir.path(), fixture.store,
                                                             fixture.clock);
        gallery.recorder->sync();
    };
    begin();
    Timestamp shown;
    for (int step = 0; step < 48 * 6; ++step) {
        const int minute = step / 6;
        if (step == 12 * 6)
            gallery.recorder.reset();
        if (step == 15 * 6)
            begin();
        if (step == 42 * 6)
            shown = fixture.clock.now();
        if (silences && step == 30 * 6)
            silence(fixture);
        FleetUpdate update = quiet;
        const Timestamp now = fixture.clock.now();
        for (StampPtr &pointer : update.stamps) {
            const auto at = order.find(pointer->name);
            Stamp stamp = *pointer;
            if (at != order.end() && minute < at->second) {
                stamp.lifecycle = Lifecycle::Active;
                stamp.health = Health::Healthy;
                stamp.healthReasons.clear();
                stamp.signalValues = {910, 0.0011, 14, 90};
                for (Component &component : stamp.components) {
                    component.ready = component.desired;
                    component.health = Health::Healthy;
                }
                if (stamp.name == u"eu-west-03" && minute < 20)
                    stamp.components[1].desired = stamp.components[1].ready = 8;
            }
            if (stamp.name == u"eu-west-03" && minute < 36)
                stamp.version = u"1.42.2"_s;
            stamp.observedAt = now;
            pointer = std::make_shared<const Stamp>(std::move(stamp));
        }
        fixture.apply(update);
        fixture.clock.advance(10s);
    }
    fixture.store.sync();
    if (gallery.recorder) {
        gallery.recorder->sync();
        gallery.recorder->sync();
    }
    return shown;
}

/// The source has not answered yet.
void beginAnew(Gallery &gallery)
{
    const SourceState known = gallery.fixture.store.current()->sources.constFirst();
    SourceState source;
    source.name = known.name;
    source.adapter = known.adapter;
    source.tenantDomain = known.tenantDomain;
    source.capabilities = known.capabilities;
    gallery.fixture.store.removeSource(known.name);
    gallery.fixture.store.addSource(source);
}

void lookAtThePast(Gallery &gallery, bool silences = false)
{
    const Timestamp at = recordPast(gallery, silences);
    gallery.settle();
    gallery.window->lookAt(at);
    const bool isThere = QTest::qWaitFor(
        [&] {
            const ReplayController &replay = gallery.window->replay();
            return replay.isOpen() && replay.isSettled()
                && gallery.window->attention()->summary().serial
                >= gallery.fixture.feed->version()->serial;
        },
        30'000);
    if (!isThere)
        qFatal("the past has not come");
    gallery.settle();
}

} // namespace

Gallery::Gallery(bool filled, bool production)
    : fixture(SampleFleet{0, 0},
              Capability::Move | Capability::Cordon | Capability::ScaleComponents
                  | Capability::ScaleResources | Capability::ScalingRules | Capability::Create,
              production)
{
    if (filled) {
        fixture.apply(galleryFleet(fixture.clock.now()));
        const int stamps = fixture.store.current()->counts.stamps;
        if (!QTest::qWaitFor([&] { return fixture.feed->version()->counts.stamps == stamps; }, 30'000))
            qFatal("the fleet has not come");
    }
    fixture.store.setTemplates(u"prod"_s, templates());
    fixture.deck->diagnostics = [this](const QString &) {
        return ready<SourceDiagnostics>(diagnosticsOf(fixture.clock.now()));
    };
    fixture.deck->history = [dir = fixture.dir.path()](const QString &stamp,
                                                       const QStringList &names, Timestamp from,
                                                       Timestamp to, std::chrono::milliseconds step) {
        const auto reader = HistoryReader::open(dir);
        return ready<std::vector<Series>>(reader ? (*reader)->means(stamp, names, from, to, step)
                                                 : fail(reader.error()));
    };
    fixture.deck->rehearse = [](const RehearsalWish &) { return ready<void>(Result<void>()); };
    fixture.deck->measured = [history = fixture.deck->history](
                                 const QString &stamp, const QStringList &names, Timestamp from,
                                 Timestamp to, std::chrono::milliseconds step) {
        const auto recorded = history(stamp, names, from, to, step).result();
        MetricsRange range;
        if (recorded)
            range.series = *recorded;
        return ready<MetricsRange>(std::move(range));
    };
    fixture.deck->acknowledge = [](const Acknowledgement &wanted) {
        return ready<Acknowledgement>(wanted);
    };
    fixture.deck->acknowledgementKeeper = [](const QString &) { return u"prod"_s; };
    fixture.deck->silence = [](const QString &, std::chrono::milliseconds, const QString &) {
        return ready<Silence>(Silence());
    };
    fixture.deck->extendSilence = [](const QString &, const QString &, Timestamp) {
        return ready<Silence>(Silence());
    };
    fixture.deck->expireSilence = [](const QString &, const QString &) {
        return ready<Silence>(Silence());
    };
    window = std::make_unique<MainWindow>(*fixture.deck);
    window->resize(1600, 1000);
    window->show();
    // What is worked out elsewhere, of this fleet.
    if (filled
        && !QTest::qWaitFor([&] { return window->attention()->summary().troubleCount > 0; }, 30'000))
        qFatal("the panel has not taken up the fleet");
    settle();
}

Gallery::~Gallery()
{
    delete opened;
}

QWidget *Gallery::front() const
{
    return opened ? opened.data() : window.get();
}

void Gallery::trigger(const char *action) const
{
    window->actions().action(QString::fromLatin1(action))->trigger();
    settle();
}

void Gallery::settle() const
{
    fixture.deck->store.sync();
    // Published, taken up in slices, what that asks of other threads, and what their answers do.
    for (int turn = 0; turn < 4; ++turn) {
        QCoreApplication::processEvents();
        QThreadPool::globalInstance()->waitForDone();
        QCoreApplication::sendPostedEvents();
        QCoreApplication::processEvents();
    }
    // What slides in has arrived.
    const auto isStill = [this] {
        const auto all = window->findChildren<QAbstractAnimation *>();
        return std::none_of(all.begin(), all.end(), [](const QAbstractAnimation *one) {
            return one->state() == QAbstractAnimation::Running;
        });
    };
    if (!QTest::qWaitFor(isStill, 30'000))
        qFatal("something moves for ever");
}

const QList<GalleryState> &galleryStates()
{
    static const QList<GalleryState> states = {
        {"loading",
         [](Gallery &gallery) {
             beginAnew(gallery);
             const FleetUpdate last = galleryFleet(gallery.fixture.clock.now());
             gallery.fixture.store.addProofs(u"prod"_s, last.stamps);
             gallery.fixture.store.setReading(u"prod"_s, {}, int(last.stamps.size() * 3 / 5));
             gallery.settle();
         },
         false},
        {"starting", // nothing is known of it, not even from before
         [](Gallery &gallery) {
             beginAnew(gallery);
             gallery.settle();
         },
         false},
        {"empty",
         [](Gallery &gallery) {
             gallery.fixture.store.removeSource(u"prod"_s);
             gallery.settle();
         },
         false},
        {"error",
         [](Gallery &gallery) {
             gallery.fixture.store.fail(
                 u"prod"_s, {},
                 Error{ErrorKind::Unreachable, u"certificate expired on 21 Nov"_s, {}, {}, {}},
                 gallery.fixture.clock.elapsed() + std::chrono::seconds(40));
             gallery.settle();
         }},
        {"configuration-error",
         [](Gallery &gallery) {
             gallery.window->setConfigurationFault(
                 u"fleet.yaml:12: “pollInterval” must be a duration, such as 5s"_s);
         }},
        {"stale",
         [](Gallery &gallery) {
             gallery.fixture.clock.advance(std::chrono::minutes(3));
             gallery.settle();
         }},
        {"overfull", [](Gallery &gallery) { overfill(gallery); }},
        {"overfull-panel",
         [](Gallery &gallery) {
             overfill(gallery);
             gallery.settle();
             gallery.window->openStamp(u"prod/a-name-of-forty-characters-in-eu-west-01"_s);
         }},
        {"world",
         [](Gallery &gallery) { gallery.window->map()->setArrangement(MapArrangement::World); }},
        {"sheet", [](Gallery &gallery) {
             gallery.window->map()->setArrangement(MapArrangement::Sheet);
         }},
        {"sheet-near", [](Gallery &gallery) { gallery.window->map()->setStop(Stop::Near); }},
        {"sheet-medium", [](Gallery &gallery) { gallery.window->map()->setStop(Stop::Medium); }},
        {"sheet-compact", [](Gallery &gallery) { gallery.window->map()->setStop(Stop::Compact); }},
        {"sheet-small", [](Gallery &gallery) { gallery.window->map()->setStop(Stop::S24); }},
        {"sheet-far", [](Gallery &gallery) { gallery.window->map()->setStop(Stop::S8); }},
        {"colour-load",
         [](Gallery &gallery) { gallery.window->map()->setColour(MapColourBy::Load); }},
        {"colour-headroom",
         [](Gallery &gallery) { gallery.window->map()->setColour(MapColourBy::Headroom); }},
        {"colour-version",
         [](Gallery &gallery) { gallery.window->map()->setColour(MapColourBy::Version); }},
        {"colour-cost",
         [](Gallery &gallery) { gallery.window->map()->setColour(MapColourBy::Cost); }},
        {"group-ring",
         [](Gallery &gallery) { gallery.window->map()->setGrouping(MapGroupBy::Ring); }},
        {"group-health",
         [](Gallery &gallery) { gallery.window->map()->setGrouping(MapGroupBy::Health); }},
        {"panel-unhealthy",
         [](Gallery &gallery) { gallery.window->openStamp(stampId("eu-west", 3)); }},
        {"panel-unknown",
         [](Gallery &gallery) { gallery.window->openStamp(stampId("sa-east", 2)); }},
        {"panel-components",
         [](Gallery &gallery) {
             gallery.window->openStamp(stampId("eu-west", 1));
             gallery.window->stampPanel()->setTab(StampPanel::Tab::Components);
         }},
        {"panel-capacity",
         [](Gallery &gallery) {
             gallery.window->openStamp(stampId("eu-west", 1));
             gallery.window->stampPanel()->setTab(StampPanel::Tab::Capacity);
         }},
        {"panel-charts",
         [](Gallery &gallery) {
             gallery.window->openStamp(stampId("eu-west", 1));
             gallery.window->stampPanel()->setTab(StampPanel::Tab::Charts);
         }},
        {"panel-compared",
         [](Gallery &gallery) {
             gallery.window->openStamp(stampId("eu-west", 1));
             gallery.window->stampPanel()->setTab(StampPanel::Tab::Charts);
             gallery.window->stampPanel()->charts()->setCompared(
                 {stampId("eu-west", 2), stampId("us-east", 1), stampId("eu-north", 1)});
         }},
        {"panel-tenants",
         [](Gallery &gallery) {
             gallery.window->openStamp(stampId("eu-west", 1));
             gallery.window->stampPanel()->setTab(StampPanel::Tab::Tenants);
         }},
        {"panel-operations",
         [](Gallery &gallery) {
             gallery.window->openStamp(stampId("eu-west", 1));
             gallery.window->stampPanel()->setTab(StampPanel::Tab::Operations);
         }},
        {"panel-events",
         [](Gallery &gallery) {
             gallery.window->openStamp(stampId("eu-west", 1));
             gallery.window->stampPanel()->setTab(StampPanel::Tab::Events);
         }},
        {"stamps", [](Gallery &gallery) { gallery.trigger("view.stamps"); }},
        {"tenants", [](Gallery &gallery) { gallery.trigger("view.tenants"); }},
        {"incidents", [](Gallery &gallery) { fireAlerts(gallery); }},
        {"incidents-dimmed",
         [](Gallery &gallery) {
             fireAlerts(gallery);
             gallery.trigger("incident.dim");
         }},
        {"incidents-closed",
         [](Gallery &gallery) {
             fireAlerts(gallery);
             gallery.window->incidents()->list()->showClosed(true);
             gallery.window->incidents()->list()->selectNext(true);
             gallery.settle();
         }},
        {"incidents-none", [](Gallery &gallery) { gallery.trigger("view.incidents"); }},
        {"acknowledge",
         [](Gallery &gallery) {
             fireAlerts(gallery);
             gallery.trigger("incident.acknowledge");
         }},
        {"silence",
         [](Gallery &gallery) {
             fireAlerts(gallery);
             gallery.trigger("incident.silence");
         }},
        {"silences",
         [](Gallery &gallery) {
             fireAlerts(gallery);
             gallery.trigger("incident.silences");
         }},
        {"hand-over",
         [](Gallery &gallery) {
             const Timestamp now = gallery.fixture.clock.now();
             for (const auto &[id, state] : {std::pair(u"op-2"_s, OperationState::Running),
                                             std::pair(u"op-3"_s, OperationState::Paused)})
                 gallery.fixture.store.showOperation(
                     std::make_shared<const Operation>(operationOf(id, state, now)));
             fireAlerts(gallery);
             gallery.window->openHandOver()
                 ->findChild<QPlainTextEdit *>(u"handOverNotes"_s)
                 ->setPlainText(u"eu-west-03 waits for its disks: storage is called at 15:00.\n"
                                "The certificate of us-east-01 is with security."_s);
         }},
        {"hand-over-none", [](Gallery &gallery) { gallery.window->openHandOver(); }},
        {"operations",
         [](Gallery &gallery) {
             const Timestamp now = gallery.fixture.clock.now();
             FleetStore &store = gallery.fixture.store;
             for (const auto &[id, state] :
                  {std::pair(u"op-1"_s, OperationState::Running),
                   std::pair(u"op-2"_s, OperationState::Paused),
                   std::pair(u"op-3"_s, OperationState::Failed),
                   std::pair(u"op-4"_s, OperationState::Succeeded)})
                 store.showOperation(
                     std::make_shared<const Operation>(operationOf(id, state, now)));
             gallery.settle();
             gallery.trigger("view.operations");
         }},
        {"operations-none", [](Gallery &gallery) { gallery.trigger("view.operations"); }},
        {"drawer",
         [](Gallery &gallery) {
             const Timestamp now = gallery.fixture.clock.now();
             for (const auto &[id, state] : {std::pair(u"op-1"_s, OperationState::Running),
                                             std::pair(u"op-2"_s, OperationState::Paused)})
                 gallery.fixture.store.showOperation(
                     std::make_shared<const Operation>(operationOf(id, state, now)));
             gallery.settle();
             gallery.window->findChild<OperationsDrawer *>()->setOpen(true);
         }},
        {"audit", [](Gallery &gallery) { gallery.trigger("view.audit"); }},
        {"past", [](Gallery &gallery) { lookAtThePast(gallery); }},
        {"past-silences",
         [](Gallery &gallery) {
             lookAtThePast(gallery, true);
             gallery.trigger("view.incidents");
             gallery.trigger("incident.silences");
         }},
        {"rehearse", [](Gallery &gallery) { gallery.trigger("rehearse"); }},
        {"past-rehearse",
         [](Gallery &gallery) {
             lookAtThePast(gallery);
             gallery.trigger("rehearse");
         }},
        {"past-world",
         [](Gallery &gallery) {
             gallery.window->map()->setArrangement(MapArrangement::World);
             lookAtThePast(gallery);
             gallery.window->openStamp(stampId("eu-west", 3));
         }},
        {"past-then-and-now",
         [](Gallery &gallery) {
             lookAtThePast(gallery);
             gallery.window->openStamp(stampId("eu-west", 3));
             gallery.window->setComparing(true);
         }},
        {"no-past",
         [](Gallery &gallery) {
             gallery.trigger("replay.open");
             if (!QTest::qWaitFor([&] { return gallery.window->findChild<QDialog *>(u"noPast"_s); }))
                 qFatal("nothing says that there is no past");
         }},
        {"search",
         [](Gallery &gallery) {
             gallery.window->findChild<QLineEdit *>(u"search"_s)->setText(u"region:eu-*"_s);
         }},
        {"search-wrong",
         [](Gallery &gallery) {
             gallery.window->findChild<QLineEdit *>(u"search"_s)->setText(u"region:eu-* cpu>high"_s);
         }},
        {"search-nothing",
         [](Gallery &gallery) {
             gallery.window->findChild<QLineEdit *>(u"search"_s)->setText(u"region:mars"_s);
         }},
        {"drag",
         [](Gallery &gallery) {
             const QStringList tenants = tenantsOf(gallery, stampId("eu-west", 3), 3);
             if (!gallery.window->carry().pickUp(tenants, CarryController::Mode::Drag))
                 qFatal("nothing to carry");
         }},
        {"cut",
         [](Gallery &gallery) {
             if (!gallery.window->carry().pickUpAll(stampId("us-east", 2),
                                                    CarryController::Mode::Cut))
                 qFatal("nothing to carry");
         }},
        {"what-if",
         [](Gallery &gallery) {
             gallery.window->openStamp(stampId("eu-west", 1));
             gallery.trigger("stamp.whatIf");
         }},
        {"what-if-region",
         [](Gallery &gallery) {
             gallery.window->map()->setArrangement(MapArrangement::World);
             gallery.window->openStamp(stampId("us-east", 1));
             gallery.trigger("region.whatIf");
         }},
        {"world-zoomed",
         [](Gallery &gallery) {
             gallery.window->map()->setArrangement(MapArrangement::World);
             for (int step = 0; step < 4; ++step)
                 gallery.trigger("map.zoomIn");
         }},
        {"group-label",
         [](Gallery &gallery) { gallery.window->openLink(u"stampdeck://map?group=label:team"_s); }},
        {"panel-floating",
         [](Gallery &gallery) {
             gallery.window->openStamp(stampId("eu-west", 3));
             gallery.trigger("panel.float");
         }},
        {"drawer-floating", [](Gallery &gallery) { gallery.trigger("drawer.float"); }},
        {"plan",
         [](Gallery &gallery) { gallery.window->openPlan(drainOf(stampId("eu-west", 1))); }},
        {"plan-production",
         [](Gallery &gallery) { gallery.window->openPlan(drainOf(stampId("us-east", 2))); }, true,
         true},
        {"plan-refused",
         [](Gallery &gallery) {
             ActionRequest request = drainOf(stampId("eu-central", 4));
             request.kind = ActionKind::Delete;
             gallery.window->openPlan(request);
         }},
        {"wizard", [](Gallery &gallery) { gallery.trigger("stamp.create"); }},
        {"keys", [](Gallery &gallery) { gallery.trigger("keys"); }},
        {"palette", [](Gallery &gallery) { gallery.trigger("palette"); }},
        {"save-view", [](Gallery &gallery) { gallery.trigger("view.save"); }},
        {"diagnostics", [](Gallery &gallery) { gallery.window->openDiagnostics(u"prod"_s); }},
        {"sources",
         [](Gallery &gallery) {
             SourcesAccess access;
             access.file = u"fleet.yaml"_s;
             static const PluginCatalog catalog;
             access.adapters = catalog.adapters();
             access.text = "sources:\n- name: prod\n  adapter: rest\n"
                           "  url: https://stamps.example.com\n";
             gallery.window->openSources(access);
         }},
        {"settings",
         [](Gallery &gallery) {
             SettingsAccess access;
             access.file = u"fleet.yaml"_s;
             access.languages = QStringList{u"en"_s};
             access.views = QStringList{u"Europe"_s};
             access.preview = [](const WindowSettings &) {};
             access.trySound = [] { return ready<void>({}); };
             gallery.window->openSettings(access);
         }},
        {"toast", [](Gallery &gallery) { gallery.window->tell(u"Copied a link to this view"_s); }},
        {"wall",
         [](Gallery &gallery) {
             auto *wall = new WallWindow(*gallery.fixture.deck, {});
             wall->resize(gallery.window->size());
             wall->show();
             gallery.opened = wall;
         }},
    };
    return states;
}

} // namespace Stampdeck::Testing
