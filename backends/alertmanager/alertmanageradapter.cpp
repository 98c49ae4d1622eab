// SPDX-License-Identifier: GPL-3.0-or-later
#include "alertmanageradapter.h"

#include "backends/net/problem.h"

#include <QtCore/QCoreApplication>

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// A silence without a start begins when the server gets it, as does one with a start that is past,
/// by the server's clock. So ours need not be right.
constexpr std::chrono::milliseconds longPast = 24h;

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Alertmanager)
};

AlertLabels labelsOf(const QVariantMap &keys)
{
    AlertLabels labels;
    labels.stamp = keys.value(u"stampLabel"_s, labels.stamp).toString();
    labels.tenant = keys.value(u"tenantLabel"_s, labels.tenant).toString();
    labels.severity = keys.value(u"severityLabel"_s, labels.severity).toString();
    return labels;
}

QByteArray pathOf(const QString &id)
{
    return "/silence/" + QUrl::toPercentEncoding(id);
}

HttpRequest requestOf(const QByteArray &method)
{
    HttpRequest request;
    request.method = method;
    request.lane = HttpRequest::Lane::Write;
    return request;
}

} // namespace

struct AlertmanagerAdapter::Peer : HttpPlace
{
    std::vector<AlertPtr> alerts; ///< The last good ones.
    QList<AlertGroup> groups;
    QList<Silence> silences;
    bool answers = true; ///< When it was asked last.
};

/// One poll: four requests at once.
struct AlertmanagerAdapter::Round
{
    Peer &peer;
    std::shared_ptr<Pending<AlertUpdate>> pending;
    AlertUpdate update;
    std::vector<HttpClient::CallId> calls;
    int open = 0;
};

Result<std::unique_ptr<IncidentAdapter>> AlertmanagerAdapter::create(const SourceSettings &settings,
                                                                     Clock &clock)
{
    const auto places = httpPlaces(settings, u"Alertmanager"_s);
    if (!places)
        return fail(places.error());
    auto options = networkOptions(settings);
    if (!options)
        return fail(options.error());
    return std::unique_ptr<IncidentAdapter>(
        new AlertmanagerAdapter(settings, std::move(*options), *places, clock));
}

AlertmanagerAdapter::AlertmanagerAdapter(const SourceSettings &settings, NetworkOptions options,
                                         const std::vector<HttpPlace> &places, Clock &clock)
    : m_token(settings.keys.value(u"token"_s).value<Secret>())
    , m_labels(labelsOf(settings.keys))
    , m_clock(clock)
{
    for (const HttpPlace &place : places) {
        m_peers.push_back(std::make_unique<Peer>());
        static_cast<HttpPlace &>(*m_peers.back()) = place;
    }
    m_client = std::make_unique<HttpClient>(std::move(options), clock);
    connect(m_client.get(), &HttpClient::recorded, this, &AlertmanagerAdapter::requested);
}

AlertmanagerAdapter::~AlertmanagerAdapter()
{
    // Ends every future while their peers are still there.
    m_client.reset();
}

Capabilities AlertmanagerAdapter::capabilities() const
{
    return Capabilities(Capability::CreateSilences) | Capability::EditSilences
        | Capability::ExpireSilences;
}

QStringList AlertmanagerAdapter::endpoints() const
{
    QStringList names;
    for (const auto &peer : m_peers)
        names.append(peer->name);
    return names;
}

HttpClient::CallId AlertmanagerAdapter::send(const Peer &peer, HttpRequest request,
                                             const QByteArray &path, Then then)
{
    request.url = QUrl::fromEncoded(peer.base + "/api/v2" + path, QUrl::StrictMode);
    request.subject = peer.subject;
    request.headers.emplaceBack("Accept", "application/json");
    if (!m_token.isEmpty())
        request.headers.emplaceBack("Authorization", "Bearer " + m_token.reveal().toUtf8());
    return m_client->send(
        std::move(request), [&peer, then = std::move(then)](const Result<HttpAnswer> &answer) {
            if (!answer)
                then(fail(answer.error()));
            else if (answer->status != 200)
                then(fail(errorOf(*answer, peer.subject, decodeAlertmanagerError(answer->body))));
            else
                then(answer);
        });
}

void AlertmanagerAdapter::send(const Writing &writing, const Peer &peer, HttpRequest request,
                               const QByteArray &path, Then then)
{
    const auto id = send(peer, std::move(request), path,
                         [writing, then = std::move(then)](const Result<HttpAnswer> &answer) {
                             if (!answer && answer.error().kind == ErrorKind::Cancelled)
                                 writing->finish(fail(answer.error()));
                             else
                                 then(answer);
                         });
    writing->onCancel([this, id] { m_client->abort(id); });
}

FutureResult<AlertUpdate> AlertmanagerAdapter::poll(const QString &endpoint)
{
    const auto peer = std::find_if(m_peers.cbegin(), m_peers.cend(),
                                   [&](const auto &one) { return one->name == endpoint; });
    if (peer == m_peers.cend())
        return ready<AlertUpdate>(
            fail(ErrorKind::NotFound, Words::tr("there is no endpoint %1").arg(endpoint)));
    const auto round =
        std::make_shared<Round>(Round{**peer, Pending<AlertUpdate>::create(), {}, {}, 0});
    round->update.endpoint = endpoint;
    round->update.instance = endpoint; // of a cluster there is no name that lasts
    const auto future = round->pending->future();
    const auto lacks = [round](const QString &what, const Error &error) {
        round->update.warnings.append(
            Words::tr("%1: %2 are as they were: %3").arg(round->peer.subject, what, error.message));
    };
    const auto malformed = [round](Error error) {
        error.message = round->peer.subject + u": "_s + error.message;
        return error;
    };
    ask(round, "/alerts", [this, round, malformed](const Result<HttpAnswer> &answer) {
        Result<DecodedAlerts> decoded = answer
            ? decodeAlerts(answer->body, m_labels, round->peer.alerts)
            : fail(answer.error());
        if (!decoded) {
            // Without the alerts there is nothing to tell.
            round->peer.answers = false;
            round->pending->finish(fail(answer ? malformed(decoded.error()) : decoded.error()));
            return;
        }
        round->peer.answers = true;
        round->update.serverTime = dateOf(*answer);
        round->peer.alerts = decoded->alerts;
        round->update.alerts = std::move(decoded->alerts);
        round->update.faults.insert(round->update.faults.end(), decoded->faults.begin(),
                                    decoded->faults.end());
    });
    ask(round, "/alerts/groups", [round, lacks](const Result<HttpAnswer> &answer) {
        auto decoded = answer ? decodeAlertGroups(answer->body) : fail(answer.error());
        if (decoded)
            round->peer.groups = std::move(*decoded);
        else
            lacks(Words::tr("the groups"), decoded.error());
        round->update.groups = round->peer.groups;
    });
    ask(round, "/silences", [round, lacks](const Result<HttpAnswer> &answer) {
        auto decoded = answer ? decodeSilences(answer->body) : fail(answer.error());
        if (decoded) {
            round->peer.silences = std::move(decoded->silences);
            round->update.faults.insert(round->update.faults.end(), decoded->faults.begin(),
                                        decoded->faults.end());
        } else {
            lacks(Words::tr("the silences"), decoded.error());
        }
        round->update.silences = round->peer.silences;
    });
    ask(round, "/status", [this, round](const Result<HttpAnswer> &answer) {
        const auto decoded = answer ? decodeAlertmanagerStatus(answer->body) : fail(answer.error());
        if (!decoded)
            return; // what it would add is no part of what is wrong in the fleet
        round->update.version = decoded->version;
        if (m_peers.size() > 1 && decoded->cluster == "disabled"_L1)
            round->update.warnings.append(
                Words::tr("%1 is no peer of a cluster: its silences are its own")
                    .arg(round->peer.subject));
        else if (decoded->cluster == "settling"_L1)
            round->update.warnings.append(
                Words::tr("%1 is still joining its cluster").arg(round->peer.subject));
    });
    round->pending->onCancel([this, calls = round->calls] {
        for (const auto call : calls)
            m_client->abort(call);
    });
    return future;
}

void AlertmanagerAdapter::ask(const std::shared_ptr<Round> &round, const QByteArray &path,
                              Then then)
{
    ++round->open;
    round->calls.push_back(send(round->peer, {}, path,
                                [round, then = std::move(then)](const Result<HttpAnswer> &answer) {
                                    if (round->pending->isFinished())
                                        return;
                                    then(answer);
                                    if (--round->open == 0)
                                        round->pending->finish(std::move(round->update));
                                }));
}

void AlertmanagerAdapter::write(const Writing &writing, std::function<void(const Peer &)> write)
{
    if (m_peers.size() == 1)
        return write(*m_peers.front());
    // Those that answered last come first.
    std::vector<Peer *> peers;
    for (const auto &peer : m_peers)
        peers.push_back(peer.get());
    std::stable_partition(peers.begin(), peers.end(),
                          [](const Peer *peer) { return peer->answers; });
    writeToFirst(std::move(peers), writing, std::move(write));
}

void AlertmanagerAdapter::writeToFirst(std::vector<Peer *> peers, const Writing &writing,
                                       std::function<void(const Peer &)> write)
{
    Peer &peer = *peers.front();
    peers.erase(peers.begin());
    // Asked for something harmless first: what was written to a peer that broke off may be there,
    // and there twice when another is told the same.
    send(writing, peer, requestOf("GET"), "/status",
         [this, writing, peers = std::move(peers), write = std::move(write),
          &peer](const Result<HttpAnswer> &answer) {
             peer.answers = answer.has_value();
             if (answer)
                 write(peer);
             else if (peers.empty())
                 writing->finish(fail(answer.error()));
             else
                 writeToFirst(peers, writing, write);
         });
}

void AlertmanagerAdapter::fetch(const Writing &writing, const Peer &peer, const QString &id,
                                std::function<void(Result<Silence>)> then)
{
    send(writing, peer, requestOf("GET"), pathOf(id),
         [&peer, then = std::move(then)](const Result<HttpAnswer> &answer) {
             auto silence = answer ? decodeSilence(answer->body) : fail(answer.error());
             if (answer && !silence)
                 silence.error().message = peer.subject + u": "_s + silence.error().message;
             then(std::move(silence));
         });
}

void AlertmanagerAdapter::post(const Writing &writing, const Peer &peer, const Silence &silence)
{
    Silence sent = silence;
    if (!sent.startsAt)
        sent.startsAt = m_clock.now() - longPast;
    HttpRequest request = requestOf("POST");
    request.body = encodeSilence(sent);
    request.headers.emplaceBack("Content-Type", "application/json");
    send(writing, peer, std::move(request), "/silences",
         [this, writing, &peer, silence](const Result<HttpAnswer> &answer) {
             const auto id = answer ? decodeSilenceId(answer->body) : fail(answer.error());
             if (!id)
                 return writing->finish(fail(id.error()));
             // Under another id where it could not be changed: the old one has ended then.
             fetch(writing, peer, *id, [writing, silence, id = *id](Result<Silence> made) {
                 if (!made) {
                     made = silence; // it is made all the same
                     made->id = id;
                 }
                 writing->finish(std::move(made));
             });
         });
}

FutureResult<Silence> AlertmanagerAdapter::silence(const Silence &silence)
{
    if (const auto checked = checkSilence(silence, m_clock.now()); !checked)
        return ready<Silence>(fail(checked.error()));
    const auto pending = Pending<Silence>::create();
    write(pending, [this, pending, silence](const Peer &peer) { post(pending, peer, silence); });
    return pending->future();
}

FutureResult<Silence> AlertmanagerAdapter::extendSilence(const QString &id, Timestamp until)
{
    const auto pending = Pending<Silence>::create();
    write(pending, [this, pending, id, until](const Peer &peer) {
        fetch(pending, peer, id, [this, pending, until, &peer](Result<Silence> silence) {
            if (!silence)
                return pending->finish(std::move(silence));
            silence->endsAt = until;
            if (const auto checked = checkSilence(*silence, m_clock.now()); !checked)
                return pending->finish(fail(checked.error()));
            post(pending, peer, *silence);
        });
    });
    return pending->future();
}

FutureResult<Silence> AlertmanagerAdapter::expireSilence(const QString &id)
{
    const auto pending = Pending<Silence>::create();
    write(pending, [this, pending, id](const Peer &peer) {
        send(pending, peer, requestOf("DELETE"), pathOf(id),
             [this, pending, id, &peer](const Result<HttpAnswer> &answer) {
                 // One that has ended may not be ended again: then it is as was wished.
                 fetch(pending, peer, id,
                       [pending, id, error = answer ? std::nullopt : std::optional(answer.error())](
                           Result<Silence> silence) {
                           if (error && !silence && silence.error().kind == ErrorKind::NotFound)
                               return pending->finish(std::move(silence));
                           if (error && (!silence || silence->state != SilenceState::Expired))
                               return pending->finish(fail(*error));
                           if (!silence) {
                               silence = Silence();
                               silence->id = id;
                               silence->state = SilenceState::Expired;
                           }
                           pending->finish(std::move(silence));
                       });
             });
    });
    return pending->future();
}

} // namespace Stampdeck
