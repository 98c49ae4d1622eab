// SPDX-License-Identifier: GPL-3.0-or-later
#include "pseudolanguage.h"
#include "windowreader.h"

#include "app/stampdeck/mainwindow.h"
#include "app/stampdeck/operationdesk.h"
#include "app/stampdeck/program.h"

#include "models/configeditor.h"
#include "models/journal.h"
#include "models/query.h"
#include "models/secretstore.h"
#include "widgets/controls.h"
#include "widgets/mapwidget.h"
#include "widgets/operationsdrawer.h"
#include "widgets/plandialog.h"
#include "widgets/sourcesdialog.h"
#include "widgets/tablesview.h"
#include "widgets/themes.h"

#include "tests/support/fakehttpserver.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QDirIterator>
#include <QtCore/QTemporaryDir>
#include <QtNetwork/QSslCertificate>
#include <QtNetwork/QSslKey>
#include <QtWidgets/QApplication>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QLineEdit>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;

namespace {

FakeAnswer answerOf(int status, const QByteArray &body = {},
                    FakeAnswer::Mode mode = FakeAnswer::Mode::Whole)
{
    FakeAnswer answer;
    answer.status = status;
    answer.body = body;
    answer.mode = mode;
    return answer;
}

QByteArray fleetOf(const QByteArray &stamps, const QByteArray &tenants = {})
{
    return R"({"fleetId": "f-1", "revision": "1", "complete": true, "stamps": [)" + stamps
        + R"(], "tenants": [)" + tenants + "]}";
}

const QByteArray wellFleet = fleetOf(
    R"({"name": "eu-1", "region": "eu-west", "lifecycle": "active", "revision": "1"})",
    R"({"id": "acme", "stamp": "eu-1", "state": "serving", "tier": "free", "revision": "1"})");

/// What a control plane may answer a poll with, by where it is asked for.
const QMap<QByteArray, FakeAnswer> &answers()
{
    using Mode = FakeAnswer::Mode;
    static const QMap<QByteArray, FakeAnswer> all = [] {
        QMap<QByteArray, FakeAnswer> made;
        for (const int status : {201, 302, 400, 401, 403, 404, 405, 409, 412, 429, 500, 503, 504})
            made["status" + QByteArray::number(status)] = answerOf(status);
        made["page"] = answerOf(200, "<html><body>It works!</body></html>");
        made["empty"] = answerOf(200);
        made["cut"] = answerOf(200, fleetOf("{}").chopped(9));
        made["truncated"] = answerOf(200, wellFleet, Mode::Truncate);
        made["close"] = answerOf(200, {}, Mode::Close);
        made["hang"] = answerOf(200, {}, Mode::Hang);
        made["flood"] = answerOf(200, "[ ", Mode::Flood);
        made["raw"] = answerOf(200, "SSH-2.0-OpenSSH_9.2\r\n", Mode::Raw);
        made["array"] = answerOf(200, "[]");
        made["text"] = answerOf(200, R"({"fleetId": "f", "stamps": "none"})");
        made["twice"] = answerOf(200, R"({"fleetId": "f", "stamps": [], "stamps": []})");
        made["number"] = answerOf(200, R"({"fleetId": 7, "stamps": [], "tenants": []})");
        made["since"] =
            answerOf(200, R"({"fleetId": "f", "since": "1", "revision": "2", "complete": false,
                     "stamps": [], "tenants": [], "gone": {"stamps": [], "tenants": []}})");
        made["zipped"] = answerOf(200, "this is no gzip");
        made["zipped"].headers["Content-Encoding"] = "gzip";
        made["brotli"] = answerOf(200, "{}");
        made["brotli"].headers["Content-Encoding"] = "br";
        return made;
    }();
    return all;
}

/// What may be wrong with one stamp or one tenant.
const QByteArrayList wrongStamps = {
    "7",
    "{}",
    R"({"name": 7})",
    R"({"name": ""})",
    R"({"name": "a/b"})",
    R"({"name": "a", "health": "poorly"})",
    R"({"name": "a", "health": 7})",
    R"({"name": "a", "lifecycle": "poorly"})",
    R"({"name": "a", "tenants": {}})",
    R"({"name": "a", "labels": []})",
    R"({"name": "a", "observedAt": "yesterday"})",
    R"({"name": "a", "resources": {"cpu": {"limit": "many"}}})",
    R"({"name": "a", "resources": {"cpu": {"limit": -1}}})",
    R"({"name": "a", "resources": {"cpu": {"limit": 1e999}}})",
    R"({"name": "a", "resources": []})",
    R"({"name": "a", "components": {}})",
    R"({"name": "a", "components": [{}]})",
    R"({"name": "a", "components": [{"name": "b", "desired": 1.5}]})",
    R"({"name": "a", "components": [{"name": "b", "rule": {}}]})",
    R"({"name": "a", "components": [{"name": "b", "rule": {"signal": "cpu", "cooldown": "soon"}}]})",
    R"({"name": "a", "costPerHour": {"amount": -1}})",
    R"({"name": "a", "healthReasons": [{}]})",
    R"({"name": "a", "mark": {}})",
    R"({"name": "a", "mark": {"operation": "o"}})"};
const QByteArrayList wrongTenants = {
    "7",
    "{}",
    R"({"id": "a"})",
    R"({"id": "a", "stamp": 7})",
    R"({"id": "a", "stamp": "s", "state": "poorly"})",
    R"({"id": "a", "stamp": "s", "placements": [{}]})",
    R"({"id": "a", "stamp": "s", "constraints": {"pinned": "yes"}})",
    R"({"id": "a", "stamp": "s"}, {"id": "a", "stamp": "s"})"};

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

/// What goes wrong is said in the language of the window, whoever says it: reads errors, refusals
/// and advice of every room under the language that is made up.
class TestPseudoErrors final : public QObject
{
    Q_OBJECT

private:
    using AdapterPtr = std::unique_ptr<FleetAdapter>;

    [[nodiscard]] Result<FleetConfig> options(const QString &source)
    {
        return readSourceOptions({source}, m_catalog->adapters());
    }
    /// What it says of a source that it cannot take; else the adapter.
    [[nodiscard]] AdapterPtr adapter(const QString &source)
    {
        const auto config = options(source);
        if (!config) {
            m_reader.read(source.left(60), config.error());
            return nullptr;
        }
        auto made = m_catalog->create<FleetAdapter>(config->sources[0].settings, Clock::system());
        if (!made)
            m_reader.read(source.left(60), made.error());
        return made ? *std::move(made) : nullptr;
    }
    template<typename T>
    void read(const QString &where, const Result<T> &result)
    {
        if (!result)
            m_reader.read(where, result.error());
    }
    /// Asks once, and reads what is wrong with the answer.
    Result<FleetUpdate> poll(const QString &where, FleetAdapter &adapter)
    {
        const Result<FleetUpdate> update = await(adapter.poll(adapter.endpoints().first()));
        read(where, update);
        if (update) {
            for (const ObjectFault &fault : update->faults)
                m_reader.read(where, fault.message);
        }
        return update;
    }
    void perform(FleetAdapter &adapter, const Primitive &primitive, const QString &key = {},
                 const QString &revision = {})
    {
        WriteContext context;
        context.idempotencyKey = key.isEmpty() ? QString::number(++m_key) : key;
        context.expectedRevision = revision;
        context.operation = u"op-%1"_s.arg(m_key);
        context.actor = u"ada"_s;
        const QString where = kindOf(primitive);
        const Result<WriteOutcome> outcome = await(adapter.perform(primitive, context));
        read(where, outcome);
        if (!outcome)
            return;
        m_reader.read(where, outcome->message);
        for (int time = 0; time < m_looks; ++time) {
            const auto then = await(adapter.observe(primitive, context, outcome->handle));
            read(where, then);
            if (then)
                m_reader.read(where, then->message);
        }
        if (m_key % 3 == 0)
            read(where, await(adapter.cancel(primitive, context, outcome->handle)));
    }

    void open(const QStringList &sources, const QSize &size = {1600, 1000})
    {
        WindowOptions options;
        options.stateDir = m_dir->filePath(u"state"_s);
        options.actor = u"ada"_s;
        m_program = std::make_unique<Program>(*m_catalog, options);
        const auto config = readSourceOptions(sources, m_catalog->adapters());
        QVERIFY2(config, config ? "" : qPrintable(config.error().message));
        QVERIFY(m_program->open(*config));
        m_window = m_program->window();
        m_window->resize(size);
        m_window->show();
        QTRY_COMPARE_WITH_TIMEOUT(fleet().sources.size(), sources.size(), 30'000);
    }
    [[nodiscard]] const FleetVersion &fleet() const { return *m_window->map()->version(); }
    void trigger(const QString &action) { m_window->actions().action(action)->trigger(); }
    void closeDialogs()
    {
        while (auto *dialog = qobject_cast<QDialog *>(QApplication::activeModalWidget())) {
            dialog->reject();
            QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        }
        QCoreApplication::processEvents();
    }
    void report()
    {
        for (const QString &line : m_reader.untranslated())
            qInfo("not translated: %s", qPrintable(line));
        for (const QString &line : m_reader.cramped())
            qInfo("no room: %s", qPrintable(line));
        QVERIFY2(
            m_reader.untranslated().isEmpty(),
            qPrintable(u"not translated: %1, see above"_s.arg(m_reader.untranslated().size())));
        QVERIFY2(m_reader.cramped().isEmpty(),
                 qPrintable(u"without room: %1, see above"_s.arg(m_reader.cramped().size())));
    }

    QTemporaryDir m_words;
    std::unique_ptr<QTranslator> m_language;
    std::unique_ptr<QTemporaryDir> m_dir;
    std::optional<PluginCatalog> m_catalog; // what it reads is said in a language
    std::unique_ptr<Program> m_program;
    MainWindow *m_window = nullptr;
    WindowReader m_reader;
    int m_key = 0;
    int m_looks = 1; // at a primitive that was accepted

private Q_SLOTS:
    void initTestCase()
    {
        QString error;
        m_language = pseudoLanguage(m_words.path(), &error);
        QVERIFY2(m_language, qPrintable(error));
        QVERIFY(QCoreApplication::installTranslator(m_language.get()));
        Themes::instance().install();
        m_catalog.emplace();
    }
    void init()
    {
        Testing::strict();
        m_dir = std::make_unique<QTemporaryDir>();
        m_looks = 1;
        m_reader.start();
        m_reader.names.add(m_catalog->adapters());
        m_reader.names.add(m_dir->path());
        // The options of a command line, and what the system, YAML, JSON and the network say by
        // themselves.
        m_reader.names.add(u"--source source No such file or directory fleetId byte"_s);
    }
    void cleanup()
    {
        m_window = nullptr;
        m_program.reset();
        m_dir.reset();
    }

    void whatAdaptersAre()
    {
        for (const AdapterInfo &info : m_catalog->adapters()) {
            m_reader.read(info.kind, info.description);
            for (const AdapterKey &key : info.keys)
                m_reader.read(info.kind + u' ' + key.name, key.help);
        }
        report();
    }

    void anAnswerThatIsWrong()
    {
        FakeHttpServer server([](const FakeRequest &request) {
            return answers().value(request.path.split('/').value(1), answerOf(404));
        });
        m_reader.names.add(u"prod gzip br ca"_s);
        const QMap<QByteArray, FakeAnswer> &all = answers();
        for (auto each = all.keyBegin(); each != all.keyEnd(); ++each) {
            const QString where = QString::fromLatin1(*each);
            const AdapterPtr asked =
                adapter(u"prod:rest=%1,timeout=1s,maxAnswer=64Ki,events=false"_s.arg(
                    server.url(u'/' + where).toString()));
            QVERIFY2(asked, qPrintable(where));
            QVERIFY2(!poll(where, *asked), qPrintable(where));
        }
        report();
    }

    void anAddressThatIsWrong()
    {
        FakeHttpServer server;
        const QString port = QString::number(server.port());
        server.stopListening();
        server.closeConnections();
        const QString certificate = m_dir->filePath(u"certificate.pem"_s);
        QVERIFY(QFile(QStringLiteral(CERTIFICATES "client.pem")).copy(certificate));
        m_reader.names.add(
            u"prod user proxy ca clientCertificate clientKey PEM HOST PORT socks5"_s);
        m_reader.names.add(u"example control nowhere invalid certificate pem ftp to open is a"_s);
        for (
            const QString &source : QStringList{
                u"prod:rest=http://127.0.0.1:%1,timeout=2s"_s.arg(port),
                u"prod:rest=http://nowhere.invalid,timeout=3s"_s,
                u"prod:rest=http://127.0.0.1,proxy=http://127.0.0.1:%1,timeout=2s"_s.arg(port),
                u"prod:rest=ftp://127.0.0.1"_s,
                u"prod:rest=http://user:user@127.0.0.1"_s,
                u"prod:rest=http://127.0.0.1?user"_s,
                u"prod:rest=http://127.0.0.1#user"_s,
                u"prod:rest=127.0.0.1"_s,
                u"prod:rest="_s,
                u"prod:rest=http://control.example,urls=http://control.example"_s,
                u"prod:rest=,urls=http://control.example,urls=http://control.example"_s,
                u"prod:rest=http://control.example,proxy=ftp://control.example"_s,
                u"prod:rest=http://control.example,ca=/nowhere"_s,
                u"prod:rest=http://control.example,ca="_s + m_dir->path(),
                u"prod:rest=http://control.example,clientCertificate="_s + certificate,
                u"prod:rest=http://control.example,clientCertificate=%1,clientKey=%1"_s.arg(
                    certificate),
                u"prod:rest=http://control.example,clientCertificate=/nowhere,clientKey=/nowhere"_s,
            }) {
            if (const AdapterPtr asked = adapter(source))
                QVERIFY2(!poll(source.left(60), *asked), qPrintable(source));
        }
        report();
    }

    void aCertificateThatIsWrong_data()
    {
        QTest::addColumn<QByteArray>("certificate");
        QTest::newRow("unknown") << QByteArray("server.pem");
        QTest::newRow("expired") << QByteArray("expired.pem");
        QTest::newRow("another's") << QByteArray("othername.pem");
        QTest::newRow("none") << QByteArray();
    }
    void aCertificateThatIsWrong()
    {
        QFETCH(QByteArray, certificate);
        const QString folder = QStringLiteral(CERTIFICATES);
        QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
        tls.setLocalCertificate(
            QSslCertificate(contentOf(folder + QString::fromLatin1(certificate)), QSsl::Pem));
        tls.setPrivateKey(QSslKey(contentOf(folder + u"server.key"_s), QSsl::Ec));
        tls.setPeerVerifyMode(QSslSocket::VerifyNone);
        const auto answer = [](const FakeRequest &) { return answerOf(200, wellFleet); };
        const auto server = certificate.isEmpty() ? std::make_unique<FakeHttpServer>(answer)
                                                  : std::make_unique<FakeHttpServer>(tls, answer);
        m_reader.names.add(u"prod localhost other example test ca elsewhere"_s);
        const QString ca =
            certificate == "server.pem" ? QString() : QString(u",ca="_s + folder + u"ca.pem"_s);
        const AdapterPtr asked =
            adapter(u"prod:rest=https://127.0.0.1:%1,timeout=3s"_s.arg(server->port()) + ca);
        QVERIFY(asked);
        QVERIFY(!poll(QString::fromLatin1(QTest::currentDataTag()), *asked));
        report();
    }

    void anObjectThatIsWrong()
    {
        QByteArray body;
        FakeHttpServer server([&body](const FakeRequest &) { return answerOf(200, body); });
        m_reader.names.add(u"prod KiB poorly stamps tenants true false rings"_s);
        for (const bool isTenant : {false, true}) {
            for (const QByteArray &wrong : isTenant ? wrongTenants : wrongStamps) {
                body = isTenant ? fleetOf({}, wrong) : fleetOf(wrong);
                const AdapterPtr asked =
                    adapter(u"prod:rest=%1,events=false"_s.arg(server.url().toString()));
                const auto update = poll(QString::fromUtf8(wrong), *asked);
                QVERIFY2(update && !update->faults.empty(), wrong.constData());
            }
        }
        report();
    }

    /// What a control plane says is its own word; what we say of it is ours.
    void aWriteThatFails()
    {
        int status = 409;
        QByteArray body;
        FakeHttpServer server([&](const FakeRequest &request) {
            return request.path.endsWith("/fleet") ? answerOf(200, wellFleet)
                                                   : answerOf(status, body);
        });
        m_reader.names.add(u"prod eu acme op place probe shift retire move ada small west id"_s);
        const AdapterPtr asked =
            adapter(u"prod:rest=%1,events=false"_s.arg(server.url().toString()));
        QVERIFY(poll(u"fleet"_s, *asked));
        const QByteArray changed =
            R"({"code": "revision-changed", "current": {"name": "eu-1", "region": "eu-west",
                "lifecycle": "cordoned", "version": "2", "labels": {"acme": "acme"}, "revision": "2",
                "resources": {"cpu": {"limit": 7}, "memory": {"limit": 7}},
                "components": [{"name": "acme", "desired": 3, "ready": 3}],
                "updatedBy": "ada", "updatedAt": "2026-01-02T03:04:05Z"}})";
        const QByteArray moved =
            R"({"code": "revision-changed", "current": {"id": "acme", "stamp": "eu-2",
                "state": "moving", "tier": "premium", "revision": "2", "demand": {"cpu": 3, "requestsPerSecond": 7},
                "constraints": {"pinned": true, "exclusive": true, "antiAffinity": "acme", "regions": ["eu-west"]},
                "placements": [{"stamp": "eu-1", "state": "draining"}, {"stamp": "eu-2", "state": "serving"}],
                "updatedBy": "ada"}})";
        ScaleStamp scale;
        scale.stamp = u"eu-1"_s;
        scale.to.cpu = 7;
        const QList<Primitive> all{MoveTenant{u"acme"_s, u"eu-1"_s, u"eu-2"_s},
                                   CordonStamp{u"eu-1"_s},
                                   UncordonStamp{u"eu-1"_s},
                                   scale,
                                   CreateStamp{u"eu-3"_s, u"small"_s, u"eu-west"_s, {}},
                                   DeleteStamp{u"eu-1"_s},
                                   PlaceTenant{u"acme"_s, u"eu-1"_s, u"eu-2"_s},
                                   CordonStamp{u"a/b"_s},
                                   MoveTenant{u"a/b"_s, u"eu-1"_s, u"eu-2"_s}};
        WriteContext context;
        context.idempotencyKey = u"k"_s;
        context.operation = u"op-1"_s;
        context.actor = u"ada"_s;
        for (const int each : {200, 202, 400, 401, 403, 404, 409, 412, 429, 500, 503}) {
            status = each;
            const QString where = u"status %1"_s.arg(each);
            body = each % 2 ? "{}" : "[]";
            for (const Primitive &primitive : all)
                perform(*asked, primitive);
            body = each % 2 ? "{}" : "";
            read(where, await(asked->templates()));
            read(where, await(asked->control(u"op-1"_s, OperationVerb::Undo, context)));
            read(where, await(asked->control(u"a/b"_s, OperationVerb::Undo, context)));
            DrainOrder order;
            order.stamp = u"eu-1"_s;
            read(where, await(asked->drain(order, context)));
            read(where, await(asked->acknowledge({u"eu-1:load"_s, {}, {}, {}}, context)));
            read(where, await(asked->acknowledge({u"a/b"_s, {}, {}, {}}, context)));
            MarkRequest marks;
            marks.operation = u"op-1"_s;
            marks.run = u"r"_s;
            read(where, await(asked->mark(marks, context)));
            marks.stamps.push_back({u"eu-1"_s, 0, {}, {}, false});
            read(where, await(asked->mark(marks, context)));
            read(where, await(asked->history({u"eu-1"_s}, {}, {}, {}, std::chrono::seconds(1))));
        }
        status = 412;
        for (const QByteArray &conflict : {changed, moved}) {
            body = conflict;
            for (const Primitive &primitive : all)
                perform(*asked, primitive);
        }
        for (const QByteArray &operation :
             {QByteArray("failed"), QByteArray("cancelled"), QByteArray("rolled-back"),
              QByteArray("paused"), QByteArray("rolling-back"), QByteArray("orphaned"),
              QByteArray("running")}) {
            status = 202;
            body = "{\"id\": \"op-2\", \"kind\": \"move\", \"target\": \"acme\", \"state\": \""
                + operation + "\", \"progress\": 0.5, \"steps\": []}";
            for (const Primitive &primitive : all)
                perform(*asked, primitive);
        }
        report();
    }

    void aSimulatorThatIsWrong()
    {
        m_reader.names.add(u"demo abc nothing nowhere none json ms env keychain pollInterval "
                           "NAME SERVICE KEY PATH LOCATION ADAPTER VALUE"_s);
        // The fleet of a state file as it is written there.
        m_reader.names.add(u"stamps tenants on each seed calm some false"_s);
        m_reader.names.add(QString(70, u'a'));
        for (const QString &source : QStringList{u"demo:simulator=0"_s,
                                                 u"demo:simulator=abc"_s,
                                                 u"demo:simulator=4,tenantsPerStamp=-1"_s,
                                                 u"demo:simulator=4,seed=-1"_s,
                                                 u"demo:simulator=4,timeScale=0"_s,
                                                 u"demo:simulator=4,startSeconds=-1"_s,
                                                 u"demo:simulator=4,failureRate=2"_s,
                                                 u"demo:simulator=4,calm=abc"_s,
                                                 u"demo:simulator=4,state=/nowhere/abc"_s,
                                                 u"demo:simulator=4,owner="_s,
                                                 u"demo:simulator=4,owner="_s + QString(70, u'a'),
                                                 u"demo:simulator=4,state="_s + m_dir->path(),
                                                 u"demo:nothing=4"_s,
                                                 u"nothing"_s,
                                                 u"demo:simulator=4,abc=4"_s,
                                                 u"demo:simulator=4,calm=true,calm=true"_s,
                                                 u"demo:simulator=4,abc"_s,
                                                 u"a/b:simulator=4"_s,
                                                 u":simulator=4"_s,
                                                 u"demo:rest=http://127.0.0.1,token=abc"_s,
                                                 u"demo:rest=http://127.0.0.1,token.abc=abc"_s,
                                                 u"demo:rest=http://127.0.0.1,pollInterval=abc"_s})
            std::ignore = adapter(source);
        // The same words where its settings come from somewhere else than a configuration.
        const auto good = options(u"demo:simulator=4"_s);
        QVERIFY(good);
        for (const auto &[key, value] :
             QList<std::pair<QString, QVariant>>{{u"stamps"_s, 0},
                                                 {u"tenantsPerStamp"_s, -1},
                                                 {u"seed"_s, -1},
                                                 {u"timeScale"_s, 0},
                                                 {u"startSeconds"_s, -1},
                                                 {u"failureRate"_s, 2},
                                                 {u"calm"_s, u"abc"_s},
                                                 {u"autoscaler"_s, u"abc"_s},
                                                 {u"scratch"_s, u"abc"_s},
                                                 {u"state"_s, 7},
                                                 {u"owner"_s, QString()},
                                                 {u"abc"_s, 7}}) {
            SourceSettings settings = good->sources[0].settings;
            settings.keys[key] = value;
            read(key, m_catalog->create<FleetAdapter>(settings, Clock::system()));
        }
        // A file of another fleet, and one that is none.
        const QString state = m_dir->filePath(u"fleet.json"_s);
        m_reader.names.add(u"fleet json tmp"_s);
        {
            const AdapterPtr first = adapter(u"demo:simulator=2,state="_s + state);
            QVERIFY(first && poll(u"first"_s, *first));
            std::ignore = adapter(u"demo:simulator=2,state="_s + state); // open already
        }
        std::ignore = adapter(u"demo:simulator=3,state="_s + state);
        QFile file(m_dir->filePath(u"none.json"_s));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(QByteArray(5000, 'x')) > 0);
        file.close();
        std::ignore = adapter(u"demo:simulator=3,state="_s + file.fileName());
        report();
    }

    void whatASimulatorRefuses()
    {
        m_looks = 3;
        const AdapterPtr asked =
            adapter(u"demo:simulator=24,tenantsPerStamp=8,seed=7,timeScale=1000,failureRate=0.5"_s);
        QVERIFY(asked);
        const auto fleet = poll(u"fleet"_s, *asked);
        QVERIFY(fleet);
        for (const StampPtr &stamp : fleet->stamps) {
            m_reader.names.add(stamp->name + u' ' + stamp->region + u' ' + stamp->ring + u' '
                               + stamp->updatedBy);
            for (const Component &component : stamp->components)
                m_reader.names.add(component.name);
        }
        for (const TenantPtr &tenant : fleet->tenants)
            m_reader.names.add(tenant->id + u' ' + tenant->constraints.regions.join(u' '));
        m_reader.names.add(u"op ada demo nobody nowhere none nothing eu new west same"_s);
        for (const StampPtr &stamp : fleet->stamps) {
            for (const HealthReason &reason : stamp->healthReasons)
                m_reader.read(stamp->name, reason.message);
        }
        const QString first = fleet->stamps[0]->name;
        const QString second = fleet->stamps[1]->name;
        perform(*asked, CordonStamp{first}, {}, u"0"_s);
        perform(*asked, CordonStamp{u"nowhere"_s});
        perform(*asked, CordonStamp{second});
        perform(*asked, CordonStamp{second});
        perform(*asked, UncordonStamp{second});
        perform(*asked, UncordonStamp{second});
        for (size_t at = 0; at < fleet->tenants.size(); ++at) {
            const Tenant &tenant = *fleet->tenants[at];
            const QString &to = fleet->stamps[at % fleet->stamps.size()]->name;
            perform(*asked, PlaceTenant{tenant.id, tenant.stamp, to});
            perform(*asked, PlaceTenant{tenant.id, to, tenant.stamp});
            perform(*asked, ProbeTenant{tenant.id, to});
            perform(*asked, ShiftTenant{tenant.id, tenant.stamp, to});
            perform(*asked, ShiftTenant{tenant.id, tenant.stamp, to});
            perform(*asked, RetireTenant{tenant.id, tenant.stamp});
            perform(*asked, RetireTenant{tenant.id, to});
        }
        perform(*asked, PlaceTenant{u"nobody"_s, first, second});
        perform(*asked, MoveTenant{fleet->tenants[0]->id, first, second});
        const auto scale = [&](const std::function<void(ScaleSetting &)> &set) {
            ScaleStamp one;
            one.stamp = second;
            set(one.to);
            perform(*asked, one);
        };
        scale([](ScaleSetting &) {});
        scale([](ScaleSetting &to) { to.cpu = -1; });
        scale([](ScaleSetting &to) { to.cpu = 0.1; });
        scale([](ScaleSetting &to) { to.memory = 1; });
        scale([](ScaleSetting &to) { to.storage = 1e30; });
        scale([](ScaleSetting &to) { to.cpu = 120; });
        for (const Component &component : fleet->stamps[1]->components) {
            const QString name = component.name;
            scale([&name](ScaleSetting &to) { to.components[name] = 4; });
            scale([&name](ScaleSetting &to) { to.components[name] = 99; });
            for (const RuleSetting &rule :
                 {RuleSetting{SignalKind::Cpu, 7, 1, 4},
                  RuleSetting{SignalKind::LatencyP99, 0, 1, 4},
                  RuleSetting{SignalKind::Cpu, 0.7, 7, 4},
                  RuleSetting{SignalKind::Cpu, 0.7, 1, 4, std::chrono::hours(99)},
                  RuleSetting{SignalKind::Cpu, 0.7, 2, 4}})
                scale([&](ScaleSetting &to) { to.rules.push_back({name, rule}); });
            scale([&name](ScaleSetting &to) { to.components[name] = 4; });
            scale([&name](ScaleSetting &to) { to.rules.push_back({name, std::nullopt}); });
        }
        scale([](ScaleSetting &to) { to.components[u"nothing"_s] = 4; });
        m_reader.names.add(u"nothing"_s);
        const auto templates = await(asked->templates());
        QVERIFY(templates);
        for (const Template &one : *templates) {
            m_reader.read(one.name, one.description);
            m_reader.names.add(one.name);
            for (const TemplateParameter &parameter : one.parameters) {
                m_reader.read(one.name + u' ' + parameter.name, parameter.help);
                m_reader.names.add(parameter.name);
            }
        }
        perform(*asked, CreateStamp{first, templates->first().name, u"eu-west"_s, {}});
        perform(*asked, CreateStamp{u"eu-new"_s, u"nothing"_s, u"eu-west"_s, {}});
        perform(*asked, CreateStamp{u"a/b"_s, templates->first().name, u"eu-west"_s, {}});
        perform(*asked, CreateStamp{u"eu-new"_s, templates->first().name, u"eu-west"_s, {}});
        m_reader.names.add(u"eu new west"_s);
        perform(*asked, CordonStamp{u"eu-new"_s});
        perform(*asked, DeleteStamp{u"eu-new"_s});
        perform(*asked, DeleteStamp{second});
        perform(*asked, CordonStamp{second}, u"same"_s);
        perform(*asked, CordonStamp{first}, u"same"_s);
        MarkRequest marks;
        marks.operation = u"op-one"_s;
        marks.run = u"one"_s;
        m_reader.names.add(u"one two cordon"_s);
        marks.kind = u"cordon"_s;
        marks.stamps.push_back({first, 0, {}, {}, false});
        WriteContext context;
        context.actor = u"ada"_s;
        context.operation = u"op-one"_s;
        read(u"mark"_s, await(asked->mark(marks, context)));
        perform(*asked, CordonStamp{first});
        marks.operation = u"op-two"_s;
        marks.run = u"two"_s;
        context.operation = u"op-two"_s;
        read(u"mark"_s, await(asked->mark(marks, context)));
        marks.mode = MarkMode::Renew;
        read(u"mark"_s, await(asked->mark(marks, context)));
        const Timestamp now = fleet->stamps[0]->observedAt.value_or(Timestamp());
        using std::chrono::seconds;
        read(u"history"_s, await(asked->history({first}, {}, now, now, seconds(0))));
        read(u"history"_s, await(asked->history({first}, {}, now, now - seconds(9), seconds(1))));
        read(u"history"_s,
             await(asked->history({first}, {}, now - seconds(9'000'000), now, seconds(1))));
        read(u"history"_s, await(asked->history({first}, {u"nothing"_s}, now, now, seconds(1))));
        read(u"history"_s, await(asked->history({u"nowhere"_s}, {}, now, now, seconds(1))));
        read(u"poll"_s, await(asked->poll(u"nowhere"_s)));
        report();
    }

    void aConfigurationThatIsWrong()
    {
        m_reader.names.add(u"keychain env Ki Gi Mi ms de DE sum by stamp objectives queries window "
                           "adapter errorRatio requestsPerSecond latencyP50Ms latencyP99Ms "
                           "incidentRules noAnswer stale unhealthy overCapacity operationStuck "
                           "operationOrphaned splitTenant regionLoss watchdogMissing enabled "
                           "severity hold clear above"_s);
        m_reader.names.add(
            u"illegal block entry end of sequence flow not found the referenced anchor "
            "is defined hold"_s); // YAML's
        for (const QString &word : viewNames())
            m_reader.names.add(word);
        for (const AdapterKey &key : WindowSettings::keys())
            m_reader.names.add(key.name + u' ' + key.choices.join(u' '));
        QDirIterator files(QStringLiteral(STAMPDECK_SOURCE_DIR "/tests/models/config"), QDir::Files,
                           QDirIterator::Subdirectories);
        int wrong = 0;
        open({u"demo:simulator=4,calm=true"_s});
        QTRY_COMPARE_WITH_TIMEOUT(fleet().counts.stamps, 4, 30'000);
        m_reader.names.add(fleet());
        while (files.hasNext()) {
            const QString path = files.next();
            const QByteArray text = contentOf(path);
            const auto config = readFleetConfig(text, u"fleet.yaml"_s, m_catalog->adapters());
            if (config)
                continue;
            ++wrong;
            m_reader.names.add(QString::fromUtf8(text)); // what is quoted of it
            m_reader.read(files.fileName(), config.error());
            if (wrong % 10 == 0) {
                m_window->setConfigurationFault(config.error().message);
                m_reader.look(u"the configuration "_s + files.fileName());
            }
        }
        QVERIFY(wrong > 50);
        const QByteArray good =
            "sources:\n  - {name: prod, adapter: rest, url: \"https://a.example\"}\n";
        m_reader.names.add(u"nowhere prod"_s);
        read(u"no such source"_s, ConfigEditor::setKey(good, u"nowhere"_s, u"url"_s, u"x"_s));
        read(u"no such key"_s, ConfigEditor::removeKey(good, u"prod"_s, u"nowhere"_s));
        for (const QByteArray &text :
             {QByteArray("sources: &a [{name: prod, adapter: rest}]\nmetrics: *a\n"),
              QByteArray("{sources: [{name: prod, adapter: rest}]}"), QByteArray("sources: ["),
              QByteArray("sources:\n  - &x {name: prod, adapter: rest}\n  - *x\n"), QByteArray("7"),
              QByteArray("sources: 7"), QByteArray("- 7")}) {
            m_reader.names.add(QString::fromUtf8(text));
            const QString where = QString::fromUtf8(text);
            read(where, ConfigEditor::addSource(text, {{u"name"_s, u"eu"_s}}));
            read(where, ConfigEditor::setKey(text, u"prod"_s, u"adapter"_s, u"x"_s));
            read(where, ConfigEditor::removeKey(text, u"prod"_s, u"name"_s));
            read(where, ConfigEditor::removeSource(text, u"prod"_s));
            read(where, ConfigEditor::setOption(text, u"window"_s, u"theme"_s, u"dark"_s));
        }
        read(u"no file"_s, loadFleetConfig(m_dir->filePath(u"nowhere"_s), m_catalog->adapters()));
        read(u"a folder"_s, loadFleetConfig(m_dir->path(), m_catalog->adapters()));
        m_window->openLink(u"stampdeck://nowhere"_s);
        m_reader.look(u"a link to nowhere"_s);
        for (const QString &query :
             {u"region:("_s, u"cpu>abc"_s, u"nowhere:x"_s, u"\"abc"_s, u"abc)"_s, u"AND"_s,
              u"NOT"_s, u"version>"_s, u"health>healthy"_s, u"cpu>80% OR"_s, u"lat>1h"_s, u"a\\"_s,
              u"requests>80%"_s, u"memory>80zz"_s, u"stale:maybe"_s, u"tier:abc"_s}) {
            m_reader.names.add(query + u" free standard premium enterprise none"_s);
            if (const QueryResult parsed = Query::parse(query); !parsed)
                m_reader.read(query, parsed.error().toError());
        }
        report();
    }

    void aSecretThatIsNotThere()
    {
        SystemSecretStore store;
        const QString empty = m_dir->filePath(u"empty"_s);
        const QString large = m_dir->filePath(u"large"_s);
        m_reader.names.add(u"empty large nowhere TOKEN"_s);
        QFile file(empty);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.close();
        file.setFileName(large);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(QByteArray(5'000'000, 'x')) > 0);
        file.close();
        for (const SecretRef &ref :
             {SecretRef{SecretRef::Kind::Environment, u"NOWHERE_TOKEN"_s},
              SecretRef{SecretRef::Kind::File, m_dir->filePath(u"nowhere"_s)},
              SecretRef{SecretRef::Kind::File, empty}, SecretRef{SecretRef::Kind::File, large}}) {
            read(ref.name, await(store.read(ref)));
            read(ref.name, await(store.write(ref, Secret(u"x"_s))));
        }
        report();
    }

    void aJournalThatIsWrong()
    {
        m_reader.names.add(u"journal db state database operations op nobody file"_s);
        m_reader.names.add(QSysInfo::machineHostName());
        const QString file = m_dir->filePath(u"file"_s);
        QFile made(file);
        QVERIFY(made.open(QIODevice::WriteOnly) && made.write("x") == 1);
        made.close();
        read(u"a file for a folder"_s, Journal::open(file));
        QVERIFY(QDir(m_dir->path()).mkpath(u"state"_s));
        QFile other(m_dir->filePath(u"state/journal.db"_s));
        QVERIFY(other.open(QIODevice::WriteOnly) && other.write(QByteArray(9000, 'x')) > 0);
        other.close();
        read(u"no journal"_s, Journal::open(m_dir->filePath(u"state"_s)));
        const auto journal = Journal::open(m_dir->filePath(u"good"_s));
        QVERIFY(journal);
        read(u"none"_s, (*journal)->operation(u"op-nobody"_s));
        JournalOperation operation;
        operation.id = u"op-1"_s;
        read(u"none"_s, (*journal)->update(operation, {}));
        QVERIFY((*journal)->lock(u"op-1"_s));
        const auto second = Journal::open(m_dir->filePath(u"good"_s));
        QVERIFY(second);
        const Result<void> held = (*second)->lock(u"op-1"_s);
        read(u"held"_s, held);
        report();
    }

    /// A window on sources each of which is in trouble of another kind.
    void sourcesInTrouble_data()
    {
        QTest::addColumn<QSize>("size");
        QTest::newRow("1600 × 1000") << QSize(1600, 1000);
        QTest::newRow("1024 × 700") << QSize(1024, 700);
    }
    void sourcesInTrouble()
    {
        QFETCH(QSize, size);
        FakeHttpServer server([](const FakeRequest &request) {
            const QByteArray where = request.path.split('/').value(1);
            if (where == "faults")
                return answerOf(200, fleetOf("7, " + wrongStamps[5]));
            return where == "well" ? answerOf(200, wellFleet)
                                   : answers().value(where, answerOf(404));
        });
        QStringList sources;
        const QStringList kinds{u"status401"_s, u"status404"_s, u"status503"_s, u"page"_s,
                                u"text"_s,      u"close"_s,     u"faults"_s,    u"well"_s};
        for (const QString &kind : kinds)
            sources.append(u"%1:rest=%2,pollInterval=1s,timeout=2s,events=false"_s.arg(
                kind, server.url(u'/' + kind).toString()));
        m_reader.names.add(u"GET fleet eu west poorly https http complete"_s);
        open(sources, size);
        QTRY_COMPARE_WITH_TIMEOUT(std::count_if(fleet().sources.cbegin(), fleet().sources.cend(),
                                                [](const SourceState &source) {
                                                    return source.error || source.answered;
                                                }),
                                  kinds.size(), 30'000);
        m_reader.names.add(fleet());
        m_reader.look(u"sources in trouble"_s);
        for (const QString &view :
             {u"stamps"_s, u"tenants"_s, u"incidents"_s, u"operations"_s, u"audit"_s}) {
            trigger(u"view."_s + view);
            m_reader.look(u"view "_s + view);
        }
        trigger(u"view.map"_s);
        for (const QString &kind : kinds) {
            m_window->openDiagnostics(kind);
            QTRY_VERIFY(QApplication::activeModalWidget());
            m_reader.look(u"diagnostics of "_s + kind);
            closeDialogs();
        }
        report();
    }

    void whatAConnectionTestSays()
    {
        FakeHttpServer server([](const FakeRequest &request) {
            const QByteArray where = request.path.split('/').value(1);
            return where == "well" ? answerOf(200, wellFleet)
                                   : answers().value(where, answerOf(404));
        });
        WindowOptions options;
        options.stateDir = m_dir->filePath(u"state"_s);
        options.actor = u"ada"_s;
        options.configFile = m_dir->filePath(u"fleet.yaml"_s);
        m_program = std::make_unique<Program>(*m_catalog, options);
        QVERIFY(m_program->open({}));
        m_window = m_program->window();
        m_window->resize(1600, 1000);
        m_window->show();
        m_reader.names.add(u"rest prod NOWHERE TOKEN my path of the file service key"_s);
        Q_EMIT m_window->sourcesRequested();
        QTRY_VERIFY(QApplication::activeModalWidget());
        const QWidget *dialog = QApplication::activeModalWidget();
        const auto *words = dialog->findChild<TextLine *>(u"sourceWords"_s);
        auto *url = dialog->findChild<QLineEdit *>(u"key url"_s);
        dialog->findChild<QLineEdit *>(u"sourceName"_s)->setText(u"prod"_s);
        m_reader.look(u"no address"_s);
        url->setText(u"nowhere"_s);
        m_reader.look(u"a wrong address"_s);
        const auto test = [&](const QString &where) {
            auto *button = dialog->findChild<Button *>(u"testSource"_s);
            QVERIFY2(button->isEnabled(), qPrintable(words->text()));
            button->click();
            const QString asking = words->text();
            m_reader.look(u"asking "_s + where);
            QTRY_VERIFY2_WITH_TIMEOUT(words->text() != asking, qPrintable(asking), 30'000);
            m_reader.look(where);
        };
        for (const QString &where :
             {u"well"_s, u"status401"_s, u"status404"_s, u"status302"_s, u"page"_s, u"array"_s}) {
            url->setText(server.url(u'/' + where).toString());
            test(where);
        }
        dialog->findChild<QComboBox *>(u"where token"_s)->setCurrentIndex(1);
        dialog->findChild<QLineEdit *>(u"key token"_s)->setText(u"NOWHERE_TOKEN"_s);
        test(u"no token"_s);
        closeDialogs();
        report();
    }

    void whatAPlanRefuses()
    {
        open({u"demo:simulator=24,tenantsPerStamp=8,seed=7,startSeconds=1"_s});
        QTRY_COMPARE_WITH_TIMEOUT(fleet().counts.stamps, 24, 30'000);
        m_reader.names.add(fleet());
        const FleetVersionPtr version = m_window->map()->version();
        QMap<QString, ActionRequest> byCode;
        version->eachTenant([&](int slot, const TenantEntry &) {
            for (int to = 0; to < version->counts.stamps; ++to) {
                ActionRequest request;
                request.kind = ActionKind::Move;
                request.tenants = QStringList{version->tenantId(slot)};
                request.to = version->stampId(to);
                const auto made = plan(version, request, Clock::system());
                if (!made) {
                    m_reader.read(u"a plan"_s, made.error());
                    continue;
                }
                for (const Refusal &refusal : made->refusals) {
                    m_reader.read(refusal.code, refusal.message);
                    m_reader.read(refusal.code, refusal.fix);
                    byCode.insert(refusal.code, request);
                }
                for (const QString &warning : made->warnings)
                    m_reader.read(u"a warning"_s, warning);
            }
        });
        QVERIFY(byCode.size() >= 4);
        for (auto each = byCode.cbegin(); each != byCode.cend(); ++each) {
            m_window->openPlan(*each);
            QTRY_VERIFY(QApplication::activeModalWidget());
            m_reader.look(u"refused: "_s + each.key());
            closeDialogs();
        }
        report();
    }

    /// Moves that fail, in production, and what is done about them.
    void anOperationThatFails()
    {
        open(
            {u"demo:simulator=12,tenantsPerStamp=4,calm=true,seed=7,startSeconds=0.1,failureRate=1,"
             u"pollInterval=200ms,production=true"_s});
        QTRY_COMPARE_WITH_TIMEOUT(fleet().counts.stamps, 12, 30'000);
        m_reader.names.add(fleet());
        m_reader.names.add(u"because"_s);
        const FleetVersionPtr version = m_window->map()->version();
        ActionRequest request;
        request.kind = ActionKind::Move;
        version->eachTenant([&](int slot, const TenantEntry &entry) {
            for (int to = 0; to < version->counts.stamps && request.tenants.isEmpty(); ++to) {
                ActionRequest one = request;
                one.tenants = QStringList{version->tenantId(slot)};
                one.to = version->stampId(to);
                const auto made = plan(version, one, Clock::system());
                if (to != entry.owner && made && !made->isRefused())
                    request = one;
            }
        });
        QVERIFY(!request.tenants.isEmpty());
        PlanDialog *dialog = m_window->openPlan(request);
        const auto fill = [](const QWidget *in) {
            for (QLineEdit *edit : in->findChildren<QLineEdit *>()) {
                if (edit->isVisible())
                    edit->setText(edit->placeholderText().isEmpty()
                                          || edit->objectName() == u"reason"
                                      ? u"because"_s
                                      : edit->placeholderText());
            }
        };
        QTRY_VERIFY(dialog->findChild<QWidget *>(u"steps"_s));
        m_reader.look(u"a plan in production"_s);
        fill(dialog);
        auto *run = dialog->findChild<Button *>(u"Run"_s);
        if (!run->isEnabled()) {
            for (QLineEdit *edit : dialog->findChildren<QLineEdit *>())
                qInfo("%s: %s / %s", qPrintable(edit->objectName()), qPrintable(edit->text()),
                      qPrintable(edit->placeholderText()));
        }
        QTRY_VERIFY2(run->isEnabled(), qPrintable(run->toolTip()));
        run->click();
        m_reader.look(u"a plan that begins"_s);
        const auto last = [this] {
            return fleet().operations.isEmpty() ? OperationPtr() : fleet().operations.last();
        };
        QTRY_VERIFY_WITH_TIMEOUT(last() && isFinal(last()->state), 60'000);
        QTRY_VERIFY_WITH_TIMEOUT(!last()->error.isEmpty(), 30'000);
        m_reader.names.add(fleet());
        m_reader.look(u"a plan that failed"_s);
        closeDialogs();
        m_window->findChild<OperationsDrawer *>(u"drawer"_s)->setOpen(true);
        m_reader.look(u"the drawer"_s);
        trigger(u"view.operations"_s);
        m_window->findChild<OperationsView *>()->table()->selectRow(0);
        m_reader.look(u"the operation"_s);
        trigger(u"view.audit"_s);
        m_reader.look(u"the audit trail"_s);
        m_reader.read(u"operation"_s, last()->error);
        for (const OperationStep &step : last()->steps) {
            m_reader.read(u"a step"_s, step.title);
            m_reader.read(u"a step"_s, step.error);
        }
        for (const OperationVerb verb :
             {OperationVerb::Rollback, OperationVerb::Resume, OperationVerb::Undo}) {
            m_window->operations()->ask(last()->id, verb);
            m_reader.look(u"verb %1"_s.arg(int(verb)));
            closeDialogs();
        }
        report();
    }

    /// The window is closed while something runs.
    void closingWhileItRuns()
    {
        open(
            {u"demo:simulator=12,tenantsPerStamp=4,calm=true,seed=7,startSeconds=600,failureRate=0,"
             u"pollInterval=200ms"_s});
        QTRY_COMPARE_WITH_TIMEOUT(fleet().counts.stamps, 12, 30'000);
        m_reader.names.add(fleet());
        ActionRequest request;
        request.kind = ActionKind::Drain;
        request.stamp = fleet().stampId(0);
        request.partial = true;
        PlanDialog *dialog = m_window->openPlan(request);
        QTRY_VERIFY(dialog->findChild<Button *>(u"Run"_s)->isEnabled());
        dialog->findChild<Button *>(u"Run"_s)->click();
        QTRY_VERIFY_WITH_TIMEOUT(m_window->hasRunningOperations(), 30'000);
        closeDialogs();
        m_reader.names.add(fleet());
        m_window->findChild<OperationsDrawer *>(u"drawer"_s)->setOpen(true);
        m_reader.look(u"a drain"_s);
        m_window->close();
        QTRY_VERIFY(QApplication::activeModalWidget());
        m_reader.look(u"closing"_s);
        closeDialogs();
        const QString id = fleet().operations.lastKey();
        for (const OperationVerb verb : {OperationVerb::Pause, OperationVerb::Cancel}) {
            m_window->operations()->ask(id, verb);
            QTRY_VERIFY_WITH_TIMEOUT(fleet().operations[id]->state != OperationState::Running,
                                     30'000);
            m_reader.look(u"verb %1 to a drain"_s.arg(int(verb)));
        }
        m_reader.read(u"drain"_s, fleet().operations[id]->blocked);
        m_reader.read(u"drain"_s, fleet().operations[id]->mend);
        report();
    }
};

STAMPDECK_TEST_MAIN(QApplication, TestPseudoErrors)
#include "tst_pseudoerrors.moc"
