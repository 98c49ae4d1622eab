// SPDX-License-Identifier: GPL-3.0-or-later
#include "commands.h"
#include "table.h"

#include "app/common/json.h"
#include "backends/net/http.h"
#include "models/journal.h"
#include "models/secretstore.h"

#include <nlohmann/json.hpp>

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QSaveFile>
#include <QtCore/QStorageInfo>
#include <QtCore/QSysInfo>
#include <QtCore/QTemporaryDir>
#include <QtCore/QUrl>

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr auto largestSkew = 5s; // product.md: over it a warning on the source
constexpr qint64 littleRoom = 100LL << 20; // bytes: a journal that can't grow stops operations
constexpr int operationsTold = 50;

enum class Grade : quint8 { Good, Warning, Wrong };

QString wordOf(Grade grade)
{
    return grade == Grade::Good ? u"good"_s : grade == Grade::Warning ? u"warning"_s : u"wrong"_s;
}

/// One thing that was looked at.
struct Finding
{
    QString subject; ///< "configuration", "source prod".
    Grade grade = Grade::Good;
    QString message;
    QString fix; ///< What would mend it; empty where nothing has to be.
    ExitStatus status = ExitStatus::Failed; ///< When it is wrong.
};

/// The values that must appear nowhere, and what an address says of them.
class Secrets
{
public:
    void add(const QString &value)
    {
        // Shorter ones would take ordinary words out.
        if (value.size() < 4)
            return;
        const QByteArray utf8 = value.toUtf8();
        // A backend's answer may hold it as JSON has it.
        const QByteArray quoted =
            QJsonDocument(QJsonObject{{u"v"_s, value}}).toJson(QJsonDocument::Compact);
        for (const QByteArray &form : {utf8, utf8.toPercentEncoding(), utf8.toBase64(),
                                       quoted.mid(6, quoted.size() - 8)}) {
            if (!m_forms.contains(form))
                m_forms.append(form);
        }
        // One may begin with another.
        std::sort(m_forms.begin(), m_forms.end(), [](const QByteArray &a, const QByteArray &b) {
            return a.size() > b.size();
        });
    }
    void addFrom(const QVariantMap &keys)
    {
        for (const QVariant &value : keys) {
            if (value.userType() == qMetaTypeId<Secret>()) {
                add(value.value<Secret>().reveal());
                continue;
            }
            const QVariantList all =
                value.userType() == QMetaType::QVariantList ? value.toList() : QVariantList{value};
            for (const QVariant &each : all) {
                const QUrl url(each.toString());
                add(url.password());
                add(url.userName() + u':' + url.password());
            }
        }
    }
    /// \a text without any of them: what a backend says may well hold what it was told.
    [[nodiscard]] QByteArray takenFrom(QByteArray text) const
    {
        for (const QByteArray &form : m_forms)
            text.replace(form, "***");
        return text;
    }
    /// The same of a JSON document's texts: its keys and numbers stay, whatever a secret looks like.
    [[nodiscard]] QByteArray takenFromJson(const QByteArray &json) const
    {
        auto document = nlohmann::ordered_json::parse(json.begin(), json.end());
        takeFrom(document);
        return QByteArray::fromStdString(document.dump());
    }

private:
    void takeFrom(nlohmann::ordered_json &value) const
    {
        if (value.is_string()) {
            value = takenFrom(QByteArray::fromStdString(value.get<std::string>())).toStdString();
            return;
        }
        if (value.is_structured()) {
            for (auto &each : value)
                takeFrom(each);
        }
    }

    QList<QByteArray> m_forms;
};

/// A key's value as anybody may see it: where a secret is, never what it is.
void writeSetting(JsonWriter &writer, const QVariant &value)
{
    if (value.userType() == qMetaTypeId<SecretRef>()) {
        const SecretRef ref = value.value<SecretRef>();
        writer.beginObject();
        writer.key(QStringView(toString(ref.kind)));
        writer.value(ref.name);
        writer.endObject();
    } else if (value.userType() == QMetaType::QVariantList) {
        writer.beginArray();
        const QVariantList all = value.toList();
        for (const QVariant &each : all)
            writeSetting(writer, each);
        writer.endArray();
    } else if (value.userType() == QMetaType::Bool) {
        writer.value(value.toBool());
    } else if (value.userType() == QMetaType::LongLong) {
        writer.value(value.toLongLong());
    } else if (value.userType() == QMetaType::Double) {
        writer.value(value.toDouble());
    } else if (value.userType() == qMetaTypeId<Secret>()) {
        writer.null();
    } else {
        const QString text = value.toString();
        writer.value(text.contains("://"_L1) ? publicUrl(QUrl(text)) : text);
    }
}

void writeDiagnostics(JsonWriter &writer, const SourceDiagnostics &source)
{
    const auto duration = [&writer](const std::optional<std::chrono::milliseconds> &time) {
        if (time)
            writer.value(toString(*time));
        else
            writer.null();
    };
    writer.beginObject();
    writer.member("name", source.name);
    writer.member("adapter", source.adapter);
    writer.key("instance");
    writer.valueOrNull(source.instance);
    writer.key("at");
    writer.value(source.at);
    writer.member("started", source.started);
    writer.member("production", source.production);
    writer.member("readOnly", source.readOnly);
    writer.key("capabilities");
    writer.beginArray();
    for (const QString &word : source.capabilities)
        writer.value(word);
    writer.endArray();
    writer.key("pollInterval");
    duration(source.pollInterval);
    writer.key("effectiveInterval");
    duration(source.effectiveInterval);
    writer.key("timeout");
    duration(source.timeout);
    writer.key("skew");
    duration(source.skew);
    writer.key("error");
    writer.valueOrNull(source.error ? source.error->message : QString());
    writer.key("detail");
    writer.valueOrNull(source.error ? source.error->detail : QString());
    writer.member("faults", source.faults);
    writer.key("fault");
    writer.valueOrNull(source.faultMessage);
    writer.key("endpoints");
    writer.beginArray();
    for (const EndpointDiagnostics &endpoint : source.endpoints) {
        writer.beginObject();
        writer.key("name");
        writer.valueOrNull(endpoint.name.contains("://"_L1) ? publicUrl(QUrl(endpoint.name))
                                                            : endpoint.name);
        writer.member("breaker", toString(endpoint.breaker));
        writer.member("failures", endpoint.failures);
        writer.member("watching", endpoint.watching);
        writer.key("contact");
        duration(endpoint.contact);
        writer.key("nextAttempt");
        duration(endpoint.nextAttempt);
        writer.key("error");
        writer.valueOrNull(endpoint.error);
        writer.endObject();
    }
    writer.endArray();
    writer.member("requestsMade", qint64(source.requestsMade));
    writer.key("requests");
    writer.beginArray();
    for (const RequestRecord &request : source.requests) {
        writer.beginObject();
        writer.key("startedAt");
        writer.value(request.startedAt);
        writer.member("method", request.method);
        writer.member("url", request.url);
        writer.key("duration");
        duration(request.duration);
        writer.member("size", request.size);
        writer.member("status", request.status);
        writer.key("error");
        writer.valueOrNull(request.error);
        writer.member("stream", request.isStream);
        writer.endObject();
    }
    writer.endArray();
    writer.endObject();
}

/// Looks at everything that a fleet needs, one thing after the other, and goes on where one is
/// wrong. Changes nothing but the bundle.
class Doctor
{
public:
    Doctor(const Invocation &invocation, const PluginCatalog &catalog)
        : m_invocation(invocation)
        , m_catalog(catalog)
        , m_stateDir(invocation.common.stateDir.empty()
                         ? defaultStateDir()
                         : QString::fromStdString(invocation.common.stateDir))
    { }

    ExitStatus run();

private:
    void lookAtConfiguration();
    void lookAtAdapters();
    void lookAtState();
    void lookAtJournal();
    void lookAtSources();
    void judge(const SourceConfig &source, const SourceDiagnostics &is);
    void add(const QString &subject, Grade grade, const QString &message, const QString &fix = {},
             ExitStatus status = ExitStatus::Failed)
    {
        m_findings.append({subject, grade, message, fix, status});
    }
    [[nodiscard]] QByteArray report() const;
    [[nodiscard]] ExitStatus status() const;

    const Invocation &m_invocation;
    const PluginCatalog &m_catalog;
    const QString m_stateDir;
    QList<Finding> m_findings;
    FleetConfig m_config; // as it is written
    QList<SourceDiagnostics> m_sources;
    QList<JournalOperation> m_operations;
    Secrets m_secrets;
};

void Doctor::lookAtConfiguration()
{
    const QString subject = u"configuration"_s;
    const auto config = configOf(m_invocation.common, m_catalog);
    if (!config) {
        // The detail of a wrong file has all of its mistakes, a line each.
        QStringList lines = config.error().detail.split(u'\n', Qt::SkipEmptyParts);
        if (!lines.contains(config.error().message))
            lines = {config.error().message};
        for (const QString &line : std::as_const(lines))
            add(subject, Grade::Wrong, line, u"mend that line"_s, ExitStatus::Usage);
        return;
    }
    m_config = *config;
    add(subject, Grade::Good,
        u"%1 names %2 sources"_s.arg(m_config.file.isEmpty() ? u"--source"_s : m_config.file)
            .arg(m_config.sources.size()));
    for (const SourceConfig &source : std::as_const(m_config.sources)) {
        const QVariantMap &keys = source.settings.keys;
        const QString name = u"source "_s + source.settings.name;
        if (keys.value(u"insecure"_s).toBool()) {
            add(name, Grade::Warning, u"its certificate is not checked"_s,
                u"take insecure away, and name its ca"_s);
        }
        const QUrl url(keys.value(u"url"_s).toString());
        const bool isHere = url.host() == u"localhost" || url.host() == u"::1"
            || url.host().startsWith("127."_L1);
        if (url.scheme() == u"http" && !isHere && keys.contains(u"token"_s)) {
            add(name, Grade::Warning, u"its token goes over the network in the clear"_s,
                u"use https"_s);
        }
        m_secrets.addFrom(keys);
    }
}

void Doctor::lookAtAdapters()
{
    QStringList kinds;
    for (const AdapterInfo &adapter : m_catalog.adapters())
        kinds += adapter.kind;
    if (kinds.isEmpty()) {
        add(u"adapters"_s, Grade::Wrong,
            u"none is installed: looked in %1"_s.arg(PluginCatalog::defaultFolders().join(u", "_s)),
            u"install them, or name their folder in STAMPDECK_PLUGIN_PATH"_s);
    } else {
        add(u"adapters"_s, Grade::Good, kinds.join(u", "_s));
    }
    for (const PluginCatalog::Refused &refused : m_catalog.refused())
        add(u"adapters"_s, Grade::Warning, u"%1 is not used: %2"_s.arg(refused.file, refused.message));
}

void Doctor::lookAtState()
{
    const QString subject = u"state directory"_s;
    QString there = QDir::cleanPath(QDir(m_stateDir).absolutePath());
    while (!QFileInfo::exists(there) && there != u"/")
        there = QFileInfo(there).path();
    if (!QFileInfo(there).isDir()) {
        add(subject, Grade::Wrong, u"%1 is a file"_s.arg(there), u"name another with --state-dir"_s);
        return;
    }
    if (!QFileInfo(there).isWritable()) {
        add(subject, Grade::Wrong, u"no right to write in %1"_s.arg(there),
            u"name another with --state-dir"_s);
        return;
    }
    const QStorageInfo disk(there);
    const QString room = spokenBytes(disk.bytesAvailable());
    if (disk.isValid() && disk.bytesAvailable() < littleRoom) {
        add(subject, Grade::Warning, u"%1 has only %2 left"_s.arg(there, room),
            u"make room: an operation stops when its journal can't grow"_s);
    } else {
        add(subject, Grade::Good, u"%1, %2 left"_s.arg(m_stateDir, room));
    }
}

void Doctor::lookAtJournal()
{
    const QString subject = u"journal"_s;
    if (!QFileInfo(m_stateDir).isDir() || QDir(m_stateDir).isEmpty()) {
        add(subject, Grade::Good, u"nothing has been recorded yet"_s);
        return;
    }
    const auto journal = Journal::open(m_stateDir);
    const auto held = journal ? (*journal)->verifyAudit() : fail(journal.error());
    const auto operations = journal ? (*journal)->operations(operationsTold) : fail(journal.error());
    if (!journal || !held || !operations) {
        const Error &error = !journal ? journal.error() : !held ? held.error() : operations.error();
        add(subject, Grade::Wrong, error.message,
            !held && journal ? u"somebody changed what was recorded: keep a copy of the folder"_s
                             : QString(),
            statusOf(error.kind));
    } else {
        add(subject, Grade::Good, u"the audit trail holds: %1 entries"_s.arg(*held));
    }
    if (!operations)
        return;
    m_operations = *operations;
    for (const JournalOperation &operation : std::as_const(m_operations)) {
        if (isFinal(operation.state) || !(*journal)->holder(operation.id).isEmpty())
            continue;
        add(u"operation "_s + operation.id, Grade::Warning,
            u"%1 %2 was cut off"_s.arg(toString(operation.request.kind), operation.target),
            u"resume %1, or rollback %1"_s.arg(operation.id));
    }
}

void Doctor::judge(const SourceConfig &source, const SourceDiagnostics &is)
{
    const QString subject = u"source "_s + is.name;
    if (is.error) {
        const bool isToken = is.error->kind == ErrorKind::Unauthenticated
            || is.error->kind == ErrorKind::Denied;
        add(subject, Grade::Wrong, is.error->message,
            isToken                                       ? u"look at its token"_s
                : is.error->kind == ErrorKind::Unreachable ? u"look at its address, and whether it runs"_s
                : is.error->kind == ErrorKind::Timeout
                ? u"look at how slow it is, or raise its timeout"_s
                : QString(),
            statusOf(is.error->kind));
        return;
    }
    if (is.skew && (*is.skew > largestSkew || *is.skew < -largestSkew)) {
        add(subject, Grade::Warning,
            u"its clock is %1 %2 ours"_s.arg(spoken(std::chrono::abs(*is.skew)),
                                             *is.skew > 0ms ? u"ahead of"_s : u"behind"_s),
            u"set both clocks by NTP"_s);
    }
    if (is.faults > 0) {
        add(subject, Grade::Warning,
            u"%1 objects of its answer were rejected: %2"_s.arg(is.faults).arg(is.faultMessage),
            u"mend them where they come from"_s);
    }
    const RequestRecord *slowest = nullptr;
    for (const RequestRecord &request : is.requests) {
        if (!request.isStream && (!slowest || request.duration > slowest->duration))
            slowest = &request;
    }
    if (slowest && slowest->duration > std::min(source.settings.timeout / 2, source.settings.pollInterval)) {
        add(subject, Grade::Warning,
            u"%1 %2 took %3"_s.arg(slowest->method, slowest->url, spoken(slowest->duration)),
            u"raise its pollInterval and timeout, or look at what keeps it busy"_s);
    }
    add(subject, Grade::Good,
        slowest ? u"answers in %1, as %2"_s.arg(spoken(slowest->duration), is.instance)
                : u"answers, as %1"_s.arg(is.instance));
}

void Doctor::lookAtSources()
{
    QList<SourceConfig> usable;
    for (const SourceConfig &source : std::as_const(m_config.sources)) {
        SourceConfig with = source;
        const auto settings = withSecrets(source.settings);
        if (!settings) {
            add(u"source "_s + source.settings.name, Grade::Wrong, settings.error().message,
                u"put the secret there, or name another place"_s, ExitStatus::Usage);
            continue;
        }
        with.settings = *settings;
        m_secrets.addFrom(settings->keys);
        usable.append(with);
    }
    if (usable.isEmpty())
        return;
    // A journal of its own: nothing that was cut off is anybody's business here.
    const QTemporaryDir state;
    FleetOptions options;
    options.stateDir = state.path();
    options.readOnly = true;
    const auto session = Session::open(m_invocation, usable, options, m_catalog);
    if (!session) {
        add(u"sources"_s, Grade::Wrong, u"they could not be asked"_s, {}, session.error());
        return;
    }
    for (const SourceConfig &source : std::as_const(usable)) {
        const auto is = (*session)->await((*session)->fleet().diagnostics(source.settings.name));
        if (!is) {
            add(u"source "_s + source.settings.name, Grade::Wrong, is.error().message, {},
                statusOf(is.error().kind));
            continue;
        }
        m_sources.append(*is);
        judge(source, *is);
    }
}

QByteArray Doctor::report() const
{
    QByteArray json;
    JsonWriter writer(json);
    writer.beginObject();
    writer.member("program", versionText(u"stampctl"_s));
    writer.member("qt", QString::fromLatin1(qVersion()));
    writer.member("system", QSysInfo::prettyProductName());
    writer.member("kernel", QString(QSysInfo::kernelType() + u' ' + QSysInfo::kernelVersion()));
    writer.key("at");
    writer.value(Clock::system().now());
    writer.key("findings");
    writer.beginArray();
    for (const Finding &finding : m_findings) {
        writer.beginObject();
        writer.member("subject", finding.subject);
        writer.member("grade", wordOf(finding.grade));
        writer.member("message", finding.message);
        writer.key("fix");
        writer.valueOrNull(finding.fix);
        writer.endObject();
    }
    writer.endArray();
    writer.key("adapters");
    writer.beginArray();
    for (const AdapterInfo &adapter : m_catalog.adapters()) {
        writer.beginObject();
        writer.member("kind", adapter.kind);
        writer.member("version", u"%1.%2"_s.arg(adapter.major).arg(adapter.minor));
        writer.member("file", adapter.file);
        writer.endObject();
    }
    writer.endArray();
    writer.key("configuration");
    writer.beginArray();
    for (const SourceConfig &source : m_config.sources) {
        writer.beginObject();
        writer.member("name", source.settings.name);
        writer.member("adapter", source.settings.adapter);
        writer.member("place", source.place.toString());
        writer.member("production", source.settings.production);
        writer.member("readOnly", source.settings.readOnly);
        writer.member("pollInterval", toString(source.settings.pollInterval));
        writer.member("timeout", toString(source.settings.timeout));
        writer.key("keys");
        writer.beginObject();
        for (auto it = source.settings.keys.begin(); it != source.settings.keys.end(); ++it) {
            writer.key(QStringView(it.key()));
            writeSetting(writer, it.value());
        }
        writer.endObject();
        writer.endObject();
    }
    writer.endArray();
    writer.key("sources");
    writer.beginArray();
    for (const SourceDiagnostics &source : m_sources)
        writeDiagnostics(writer, source);
    writer.endArray();
    writer.key("operations");
    writer.beginArray();
    for (const JournalOperation &operation : m_operations)
        writeOperation(writer, operation.shown());
    writer.endArray();
    writer.endObject();
    return m_secrets.takenFromJson(json) + '\n';
}

ExitStatus Doctor::status() const
{
    const auto wrong = std::find_if(m_findings.begin(), m_findings.end(), [](const Finding &finding) {
        return finding.grade == Grade::Wrong;
    });
    return wrong == m_findings.end() ? ExitStatus::Done : wrong->status;
}

ExitStatus Doctor::run()
{
    lookAtConfiguration();
    lookAtAdapters();
    lookAtState();
    lookAtJournal();
    lookAtSources();
    const QByteArray json = report();
    if (m_invocation.output == OutputFormat::Json) {
        print(json);
    } else {
        Table table({{u"WHAT"_s, TableColumn::Name},
                     {u"IS"_s, TableColumn::Word},
                     {u"FOUND"_s, TableColumn::Sentence},
                     {u"MEND"_s, TableColumn::Sentence, 1}});
        QString names;
        for (const Finding &finding : std::as_const(m_findings)) {
            table.add({finding.subject, wordOf(finding.grade), finding.message, finding.fix});
            if (finding.grade != Grade::Good)
                names += finding.subject + u'\n';
        }
        const QByteArray text = m_invocation.output == OutputFormat::Name
            ? names.toUtf8()
            : table.render(outputWidth(), m_invocation.headers).toUtf8();
        print(m_secrets.takenFrom(text));
    }
    if (!m_invocation.bundle.isEmpty()) {
        QSaveFile file(m_invocation.bundle);
        const bool isWritten = file.open(QFile::WriteOnly)
            && file.setPermissions(QFile::ReadOwner | QFile::WriteOwner)
            && file.write(json) == json.size() && file.commit();
        if (!isWritten) {
            complain(u"%1 can't be written: %2"_s.arg(m_invocation.bundle, file.errorString()));
            return ExitStatus::Failed;
        }
        complain(u"%1 has all of this, the last requests and operations; no secrets"_s.arg(
            m_invocation.bundle));
    }
    return status();
}

} // namespace

ExitStatus doctor(const Invocation &invocation, const PluginCatalog &catalog)
{
    return Doctor(invocation, catalog).run();
}

} // namespace Stampdeck
