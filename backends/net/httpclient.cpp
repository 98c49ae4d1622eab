// SPDX-License-Identifier: GPL-3.0-or-later
#include "httpclient.h"

#include "inflater.h"
#include "pending.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QThread>
#include <QtNetwork/QNetworkAccessManager>
#include <QtNetwork/QNetworkReply>
#include <QtNetwork/QNetworkRequest>
#include <QtNetwork/QSslConfiguration>

#include <deque>
#include <unordered_map>
#include <vector>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using std::chrono::milliseconds;

namespace {

constexpr qint64 readBuffer = 256LL * 1024;
constexpr qint64 pieceSize = 64LL * 1024;
constexpr qint64 maxErrorBody = 1 << 20;
// Connections to one host of one QNetworkAccessManager; a seventh request would wait inside Qt,
// where no limit of ours counts.
constexpr int connectionsPerManager = 6;

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Network)
};

QString dateOf(const QDateTime &time)
{
    return time.toUTC().toString(u"yyyy-MM-dd"_s);
}

QString sentenceFor(const QSslError &error, const QUrl &url)
{
    const QSslCertificate certificate = error.certificate();
    switch (error.error()) {
    case QSslError::CertificateExpired:
        return Words::tr("certificate expired on %1").arg(dateOf(certificate.expiryDate()));
    case QSslError::CertificateNotYetValid:
        return Words::tr("certificate is not valid before %1")
            .arg(dateOf(certificate.effectiveDate()));
    case QSslError::HostNameMismatch: {
        QStringList names = certificate.subjectAlternativeNames().values();
        if (names.isEmpty())
            names = certificate.subjectInfo(QSslCertificate::CommonName);
        return Words::tr("certificate is for %1, not for %2").arg(names.join(u", "_s), url.host());
    }
    case QSslError::SelfSignedCertificate:
    case QSslError::SelfSignedCertificateInChain:
    case QSslError::UnableToGetLocalIssuerCertificate:
    case QSslError::UnableToVerifyFirstCertificate:
    case QSslError::CertificateUntrusted:
        return Words::tr(
            "certificate is signed by an authority that is not known here: name it with `ca`");
    case QSslError::CertificateRevoked:
        return Words::tr("certificate was revoked");
    default:
        return Words::tr("certificate is not accepted: %1").arg(error.errorString());
    }
}

} // namespace

/// One request from its queue to its end. Owned by the client; deleted later when it has ended.
class HttpCall final : public QObject
{
public:
    HttpCall(HttpClient::Private &client, HttpClient::CallId id, HttpRequest request,
             HttpClient::Done done)
        : m_client(client)
        , m_id(id)
        , m_request(std::move(request))
        , m_done(std::move(done))
    { }
    ~HttpCall() override { dropReply(); }

    void start(QNetworkAccessManager &manager);
    void finish(Result<HttpAnswer> result);

    [[nodiscard]] const HttpRequest &request() const { return m_request; }
    [[nodiscard]] QNetworkAccessManager *manager() const { return m_manager; }

    QString queueKey; ///< Which queue counts it.

private:
    void onHead();
    void drain();
    void onFinished();
    void onTimer();
    void arm();
    void touch();
    void record(const QString &error);
    void dropReply();
    [[nodiscard]] Result<void> take(QByteArrayView bytes);
    [[nodiscard]] Result<void> deliver(QByteArrayView bytes);
    [[nodiscard]] Error transportError() const;
    [[nodiscard]] QString subject() const;
    [[nodiscard]] qint64 maxAnswer() const;

    HttpClient::Private &m_client;
    const HttpClient::CallId m_id;
    HttpRequest m_request;
    HttpClient::Done m_done;
    HttpLimits m_limits;
    QNetworkAccessManager *m_manager = nullptr;
    QNetworkReply *m_reply = nullptr;
    QList<QSslError> m_sslErrors;
    HttpAnswer m_answer;
    std::unique_ptr<Inflater> m_inflater;
    qint64 m_size = 0;
    bool m_headTaken = false;
    bool m_sent = false;
    bool m_hasBytes = false;
    milliseconds m_startedAt{0};
    Timestamp m_startedWhen;
    int m_status = 0;
    milliseconds m_lastAt{0};
    Clock::TimerId m_timer = 0;
};

class HttpClient::Private
{
public:
    Private(HttpClient &client, NetworkOptions networkOptions, Clock &systemClock)
        : q(client)
        , options(std::move(networkOptions))
        , clock(systemClock)
    {
        piece.resize(pieceSize);
        QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
        if (!options.ca.isEmpty())
            configuration.setCaCertificates(options.ca);
        if (!options.clientCertificate.isEmpty()) {
            configuration.setLocalCertificateChain(options.clientCertificate);
            configuration.setPrivateKey(options.clientKey);
        }
        configuration.setProtocol(QSsl::TlsV1_2OrLater);
        if (options.insecure)
            configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
        ssl = configuration;
    }

    void enqueue(CallId id);
    void pump(const QString &key);
    void begin(HttpCall &call);
    QNetworkAccessManager &managerFor(const HttpCall &call);
    // Takes the call out of all lists before its callback runs, so that the callback may do
    // anything.
    std::unique_ptr<HttpCall> release(CallId id);

    struct Queue
    {
        int active = 0;
        std::deque<CallId> waiting;
    };

    HttpClient &q;
    const NetworkOptions options;
    Clock &clock;
    QSslConfiguration ssl;
    QByteArray piece; ///< Where answers are read to.
    CallId last = 0;
    std::unordered_map<CallId, std::unique_ptr<HttpCall>> calls;
    std::unordered_map<QString, Queue> queues;
    std::unique_ptr<QNetworkAccessManager> polls;
    std::unique_ptr<QNetworkAccessManager> writes;
    std::vector<std::unique_ptr<QNetworkAccessManager>> streams;
    int active = 0;
};

void HttpCall::start(QNetworkAccessManager &manager)
{
    m_manager = &manager;
    m_limits = m_request.limits.value_or(m_client.options.limits);
    QNetworkRequest request(m_request.url);
    // HTTP/2 in Qt 6.4 ignores the size of the read buffer.
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::AuthenticationReuseAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                         m_request.redirects == HttpRequest::Redirects::SameOrigin
                             ? QNetworkRequest::SameOriginRedirectPolicy
                             : QNetworkRequest::ManualRedirectPolicy);
    request.setMaximumRedirectsAllowed(5);
    request.setHeader(QNetworkRequest::UserAgentHeader, u"stampdeck"_s);
    // Naming it ourselves keeps Qt from decompressing.
    request.setRawHeader("Accept-Encoding",
                         m_request.lane == HttpRequest::Lane::Stream ? "identity" : "gzip");
    for (const auto &[key, value] : m_request.headers)
        request.setRawHeader(key, value);
    if (!m_request.body.isEmpty() && !request.hasRawHeader("Content-Type"))
        request.setRawHeader("Content-Type", "application/json");
    if (m_request.url.scheme() == "https"_L1) {
        request.setSslConfiguration(m_client.ssl);
        if (!m_client.options.serverName.isEmpty())
            request.setPeerVerifyName(m_client.options.serverName);
    }
    if (m_request.method == "GET")
        m_reply = manager.get(request);
    else if (m_request.method == "POST")
        m_reply = manager.post(request, m_request.body);
    else
        m_reply = manager.sendCustomRequest(request, m_request.method, m_request.body);
    m_reply->setReadBufferSize(readBuffer);
    if (m_client.options.insecure)
        m_reply->ignoreSslErrors();

    m_startedAt = m_lastAt = m_client.clock.elapsed();
    m_startedWhen = m_client.clock.now();
    connect(m_reply, &QNetworkReply::requestSent, this, &HttpCall::touch);
    connect(m_reply, &QNetworkReply::metaDataChanged, this, &HttpCall::onHead);
    connect(m_reply, &QNetworkReply::readyRead, this, &HttpCall::drain);
    connect(m_reply, &QNetworkReply::finished, this, &HttpCall::onFinished);
    connect(m_reply, &QNetworkReply::sslErrors, this,
            [this](const QList<QSslError> &errors) { m_sslErrors = errors; });
    arm();
}

void HttpCall::touch()
{
    const bool first = !std::exchange(m_sent, true);
    m_lastAt = m_client.clock.elapsed();
    // The limit of silence may be shorter than what is left to connect.
    if (first)
        arm();
}

void HttpCall::arm()
{
    m_client.clock.cancel(m_timer);
    milliseconds due = m_sent ? m_lastAt + m_limits.silence : m_startedAt + m_limits.connect;
    if (m_limits.whole)
        due = std::min(due, m_startedAt + *m_limits.whole);
    const milliseconds now = m_client.clock.elapsed();
    m_timer =
        m_client.clock.callLater(std::max(due - now, milliseconds(0)), this, [this] { onTimer(); });
}

void HttpCall::onTimer()
{
    if (!m_reply)
        return;
    const milliseconds now = m_client.clock.elapsed();
    // What it did, and what did not come, from where, within which limit.
    const auto timeout = [this](const QString &what, milliseconds limit, const QString &detail) {
        const QString peer = authorityOf(m_request.url);
        finish(fail(ErrorKind::Timeout, what.arg(subject(), peer, spoken(limit)),
                    detail + u" limit, "_s + peer));
    };
    //: %1 is a source, %2 a host, %3 a duration; so are they in the next ones
    const QString nothing = Words::tr("%1 does not answer: nothing came from %2 within %3");
    if (!m_sent && now >= m_startedAt + m_limits.connect)
        return timeout(Words::tr("%1 does not answer: no connection to %2 within %3"),
                       m_limits.connect, u"connect"_s);
    if (m_sent && now >= m_lastAt + m_limits.silence)
        return timeout(m_hasBytes ? Words::tr(
                           "%1 stopped in the middle of its answer: nothing more came from %2 "
                           "within %3")
                                  : nothing,
                       m_limits.silence, u"silence"_s);
    if (m_limits.whole && now >= m_startedAt + *m_limits.whole)
        return timeout(
            m_hasBytes ? Words::tr("%1 answers too slowly: the whole answer did not come from %2 "
                                   "within %3")
                       : nothing,
            *m_limits.whole, u"whole answer"_s);
    arm();
}

void HttpCall::onHead()
{
    const int status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    const bool followed = m_request.redirects == HttpRequest::Redirects::SameOrigin && status >= 300
        && status < 400 && status != 304;
    if (status == 0 || m_headTaken || followed)
        return;
    touch();
    m_headTaken = true;
    m_answer.status = m_status = status;
    for (const auto &[key, value] : m_reply->rawHeaderPairs())
        m_answer.headers.append({key, value});
    const QByteArray encoding = m_answer.header("Content-Encoding").trimmed().toLower();
    if (encoding == "gzip" || encoding == "x-gzip" || encoding == "deflate")
        m_inflater = std::make_unique<Inflater>();
    else if (!encoding.isEmpty() && encoding != "identity")
        return finish(fail(
            ErrorKind::Malformed,
            Words::tr("%1 compressed its answer in a way that we did not ask for").arg(subject()),
            QString::fromLatin1(encoding)));
    const qint64 length = m_answer.header("Content-Length").toLongLong();
    if (length > maxAnswer() && m_answer.isSuccess())
        return finish(fail(ErrorKind::Malformed,
                           Words::tr("the answer of %1 is larger than %2")
                               .arg(subject(), spokenBytes(maxAnswer())),
                           u"Content-Length "_s + QString::number(length)));
    if (m_request.head) {
        if (const auto accepted = m_request.head(m_answer); !accepted)
            return finish(fail(accepted.error()));
    }
    if (m_request.lane == HttpRequest::Lane::Stream)
        record({});
}

void HttpCall::record(const QString &error)
{
    RequestRecord record;
    record.startedAt = m_startedWhen;
    record.method = QString::fromLatin1(m_request.method);
    record.url = publicUrl(m_request.url);
    record.duration = m_client.clock.elapsed() - m_startedAt;
    record.size = m_size;
    record.status = m_status;
    record.error = error;
    record.isStream = m_request.lane == HttpRequest::Lane::Stream;
    Q_EMIT m_client.q.recorded(record);
}

void HttpCall::drain()
{
    if (m_reply && !m_headTaken)
        onHead();
    while (m_reply && m_headTaken && m_reply->bytesAvailable() > 0) {
        const qint64 size = m_reply->read(m_client.piece.data(), pieceSize);
        if (size <= 0)
            return;
        touch();
        m_hasBytes = true;
        const auto taken = take(QByteArrayView(m_client.piece.constData(), size));
        if (!taken)
            return finish(fail(taken.error()));
    }
}

Result<void> HttpCall::take(QByteArrayView bytes)
{
    if (m_inflater)
        return m_inflater->feed(bytes, [this](QByteArrayView piece) { return deliver(piece); });
    return deliver(bytes);
}

Result<void> HttpCall::deliver(QByteArrayView bytes)
{
    m_size += bytes.size();
    if (m_size > maxAnswer())
        return fail(ErrorKind::Malformed,
                    Words::tr("the answer of %1 is larger than %2")
                        .arg(subject(), spokenBytes(maxAnswer())));
    if (m_request.sink && m_answer.status == 200)
        return m_request.sink(bytes);
    m_answer.body.append(bytes);
    return {};
}

void HttpCall::onFinished()
{
    drain();
    if (!m_reply)
        return;
    const QNetworkReply::NetworkError error = m_reply->error();
    // From 200 on these say what the status says.
    const bool isAnswer = error == QNetworkReply::NoError
        || (m_answer.status >= 400 && error >= QNetworkReply::ContentAccessDenied
            && error != QNetworkReply::ProtocolFailure
            && error != QNetworkReply::ProtocolUnknownError);
    if (!isAnswer || !m_headTaken)
        return finish(fail(transportError()));
    if (m_inflater && m_hasBytes && !m_inflater->isComplete())
        return finish(fail(ErrorKind::Malformed,
                           Words::tr("the answer of %1 was cut off").arg(subject()),
                           u"gzip stream without an end"_s));
    HttpAnswer answer = std::move(m_answer);
    finish(std::move(answer));
}

Error HttpCall::transportError() const
{
    const QString peer = authorityOf(m_request.url);
    const QString detail = m_reply->errorString();
    const auto unreachable = [&detail](const QString &message) {
        return Error::of(ErrorKind::Unreachable, message, detail);
    };
    switch (m_reply->error()) {
    case QNetworkReply::ConnectionRefusedError:
        return unreachable(Words::tr("connection refused by %1").arg(peer));
    case QNetworkReply::RemoteHostClosedError:
        return unreachable((m_headTaken
                                ? Words::tr("%1 closed the connection in the middle of its answer")
                                : Words::tr("%1 closed the connection without an answer"))
                               .arg(peer));
    case QNetworkReply::HostNotFoundError:
        return unreachable(Words::tr("there is no host %1").arg(m_request.url.host()));
    case QNetworkReply::TimeoutError:
        return Error::of(ErrorKind::Timeout, Words::tr("%1 does not answer").arg(subject()),
                         detail);
    case QNetworkReply::SslHandshakeFailedError:
        if (!m_sslErrors.isEmpty()) {
            // An unknown authority is told beside every other error: the others say more.
            const QSslError *first = &m_sslErrors.constFirst();
            for (const QSslError &error : m_sslErrors) {
                if (error.error() == QSslError::CertificateExpired
                    || error.error() == QSslError::CertificateNotYetValid)
                    first = &error;
            }
            return unreachable(subject() + u": "_s + sentenceFor(*first, m_request.url));
        }
        return unreachable(Words::tr("no secure connection to %1").arg(peer));
    case QNetworkReply::ProxyConnectionRefusedError:
    case QNetworkReply::ProxyConnectionClosedError:
    case QNetworkReply::ProxyNotFoundError:
    case QNetworkReply::ProxyTimeoutError:
        return unreachable(Words::tr("the proxy %1:%2 does not let us through")
                               .arg(m_client.options.proxy.hostName())
                               .arg(m_client.options.proxy.port()));
    case QNetworkReply::ProxyAuthenticationRequiredError:
        return unreachable(Words::tr("the proxy %1 wants a user and a password")
                               .arg(m_client.options.proxy.hostName()));
    case QNetworkReply::ProtocolFailure:
    case QNetworkReply::ProtocolUnknownError:
        return Error::of(ErrorKind::Malformed, Words::tr("%1 does not speak HTTP").arg(peer),
                         detail);
    case QNetworkReply::TooManyRedirectsError:
    case QNetworkReply::InsecureRedirectError:
        return Error::of(ErrorKind::Malformed,
                         Words::tr("%1 sends us elsewhere, which is not followed").arg(subject()),
                         detail);
    default:
        return unreachable(Words::tr("no connection to %1: %2").arg(peer, detail.simplified()));
    }
}

void HttpCall::finish(Result<HttpAnswer> result)
{
    // From here on the client doesn't know this call any more; it is deleted once the signal of the
    // reply or the sink that may be on the stack has returned.
    std::unique_ptr<HttpCall> self = m_client.release(m_id);
    if (!self)
        return;
    m_client.clock.cancel(m_timer);
    dropReply();
    if (m_manager)
        record(result ? QString() : result.error().message);
    HttpClient::Private &client = m_client;
    const QString key = queueKey;
    const HttpClient::Done done = std::move(m_done);
    self.release()->deleteLater();
    client.pump(key);
    if (done)
        done(std::move(result));
}

void HttpCall::dropReply()
{
    if (!m_reply)
        return;
    QNetworkReply *reply = std::exchange(m_reply, nullptr);
    reply->disconnect(this);
    reply->abort();
    reply->deleteLater();
}

QString HttpCall::subject() const
{
    return m_request.subject.isEmpty() ? m_client.options.name : m_request.subject;
}

qint64 HttpCall::maxAnswer() const
{
    const qint64 limit = m_request.maxAnswer.value_or(m_client.options.maxAnswer);
    return m_answer.isSuccess() ? limit : std::min(limit, maxErrorBody);
}

QNetworkAccessManager &HttpClient::Private::managerFor(const HttpCall &call)
{
    const auto create = [this] {
        auto manager = std::make_unique<QNetworkAccessManager>();
        manager->setProxy(options.proxy);
        manager->setAutoDeleteReplies(false);
        return manager;
    };
    switch (call.request().lane) {
    case HttpRequest::Lane::Poll:
        if (!polls)
            polls = create();
        return *polls;
    case HttpRequest::Lane::Write:
        if (!writes)
            writes = create();
        return *writes;
    case HttpRequest::Lane::Stream:
        break;
    }
    const QString peer = authorityOf(call.request().url);
    for (const auto &manager : streams) {
        int used = 0;
        for (const auto &[id, other] : calls) {
            if (other->manager() == manager.get() && authorityOf(other->request().url) == peer)
                ++used;
        }
        if (used < connectionsPerManager)
            return *manager;
    }
    return *streams.emplace_back(create());
}

void HttpClient::Private::begin(HttpCall &call)
{
    ++active;
    call.start(managerFor(call));
}

void HttpClient::Private::enqueue(CallId id)
{
    const auto found = calls.find(id);
    if (found == calls.end())
        return;
    HttpCall &call = *found->second;
    const QUrl &url = call.request().url;
    if ((url.scheme() != "http"_L1 && url.scheme() != "https"_L1) || url.host().isEmpty())
        return call.finish(
            fail(ErrorKind::Invalid,
                 Words::tr("not an address of the form http://HOST or https://HOST: %1")
                     .arg(publicUrl(url))));
    if (call.request().lane == HttpRequest::Lane::Stream)
        return begin(call);
    const bool isPoll = call.request().lane == HttpRequest::Lane::Poll;
    call.queueKey =
        (isPoll ? u"poll "_s : u"write "_s) + url.scheme() + u"://"_s + authorityOf(url);
    queues[call.queueKey].waiting.push_back(id);
    pump(call.queueKey);
}

void HttpClient::Private::pump(const QString &key)
{
    const auto found = queues.find(key);
    if (found == queues.end())
        return;
    Queue &queue = found->second;
    const int limit = key.startsWith(u'p') ? std::clamp(options.perHost, 1, connectionsPerManager)
                                           : connectionsPerManager;
    while (queue.active < limit && !queue.waiting.empty()) {
        const CallId next = queue.waiting.front();
        queue.waiting.pop_front();
        const auto call = calls.find(next);
        if (call == calls.end())
            continue;
        ++queue.active;
        begin(*call->second);
    }
    if (queue.active == 0 && queue.waiting.empty())
        queues.erase(found);
}

std::unique_ptr<HttpCall> HttpClient::Private::release(CallId id)
{
    const auto found = calls.find(id);
    if (found == calls.end())
        return nullptr;
    std::unique_ptr<HttpCall> call = std::move(found->second);
    calls.erase(found);
    if (call->manager()) {
        --active;
        if (const auto queue = queues.find(call->queueKey); queue != queues.end())
            --queue->second.active;
    }
    return call;
}

HttpClient::HttpClient(NetworkOptions options, Clock &clock, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>(*this, std::move(options), clock))
{ }

HttpClient::~HttpClient()
{
    // Nothing that waits may start while the others end.
    d->queues.clear();
    while (!d->calls.empty()) {
        HttpCall &call = *d->calls.begin()->second;
        call.finish(fail(Error::cancelled()));
    }
}

HttpClient::CallId HttpClient::send(HttpRequest request, Done done)
{
    Q_ASSERT(thread() == QThread::currentThread());
    const CallId id = ++d->last;
    d->calls.emplace(id, std::make_unique<HttpCall>(*d, id, std::move(request), std::move(done)));
    QMetaObject::invokeMethod(
        this, [this, id] { d->enqueue(id); }, Qt::QueuedConnection);
    return id;
}

FutureResult<HttpAnswer> HttpClient::send(HttpRequest request)
{
    const auto pending = Pending<HttpAnswer>::create();
    const CallId id = send(std::move(request), [pending](Result<HttpAnswer> answer) {
        pending->finish(std::move(answer));
    });
    pending->onCancel([this, id] { abort(id); });
    return pending->future();
}

void HttpClient::abort(CallId call)
{
    if (const auto found = d->calls.find(call); found != d->calls.end())
        found->second->finish(fail(Error::cancelled()));
}

const NetworkOptions &HttpClient::options() const
{
    return d->options;
}

Clock &HttpClient::clock() const
{
    return d->clock;
}

int HttpClient::active() const
{
    return d->active;
}

int HttpClient::queued() const
{
    return int(d->calls.size()) - d->active;
}

} // namespace Stampdeck
