// SPDX-License-Identifier: GPL-3.0-or-later
// stampdeck-fleetserver: backends for tests/bench/large, as light as they can be, so that what is
// measured beside them is not they. One process, one thread, epoll; only on 127.0.0.1.
//
//   stampdeck-fleetserver --config FILE [--stamps N] [--tenants N] [--events] [--again S[,S…]]
//   stampdeck-fleetserver --config FILE --endpoints N [--dead N]
//
// The first is one control plane with the big fleet (tests/support/bigfleet.h), of which another
// hundredth changes every second; by events, or for who polls. After each S seconds from the first
// answer on it has lost its memory: its streams end, everything has changed, and whoever asks gets
// a complete answer. The second is N control planes of a stamp and five tenants each, every one on
// a port of its own, which change every second; N of them are dead, and a few more now and then.
//
// FILE is written when it listens: the configuration of a source that reads all that.
#include "tests/support/bigfleet.h"

#include <QtCore/QByteArray>
#include <QtCore/QCommandLineParser>
#include <QtCore/QCoreApplication>
#include <QtCore/QFile>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <deque>
#include <map>
#include <memory>
#include <vector>

namespace {

using namespace Qt::StringLiterals;
using Clock = std::chrono::steady_clock;

constexpr int tenantsOfEndpoint = 5;
constexpr int generationsKept = 60; // one that is older gets everything

volatile std::sig_atomic_t ended = 0;

struct Options
{
    int stamps = 10'000;
    int tenants = 200'000;
    bool events = false;
    std::vector<int> again;
    int endpoints = 0;
    int dead = 0;
};

/// What one control plane says.
class Backend
{
public:
    virtual ~Backend() = default;
    struct Answer
    {
        int status = 200;
        QByteArray body = {};
        bool isStream = false;
        bool closes = false; ///< The connection, without a byte.
    };
    [[nodiscard]] virtual Answer answer(int endpoint, const QByteArray &path,
                                        const QByteArray &known) = 0;
    [[nodiscard]] virtual QByteArray revision(int endpoint) const = 0;
};

/// The revision after "since=" in \a path; -1 for none.
int sinceOf(const QByteArray &path, const QByteArray &epoch)
{
    const qsizetype at = path.indexOf(QByteArray("since=" + epoch));
    return at < 0 ? -1 : path.mid(at + 6 + epoch.size()).toInt();
}

class BigBackend final : public Backend
{
public:
    explicit BigBackend(const Options &options)
        : m_options(options)
        , m_whole(Stampdeck::Testing::bigFleet(options.stamps, options.tenants, 0))
    { }

    /// Goes on by a second. True when it has lost its memory now.
    bool tick()
    {
        if (!m_asked)
            return false;
        ++m_seconds;
        const bool forgets = !m_options.again.empty() && m_options.again.front() <= m_seconds;
        if (forgets) {
            m_options.again.erase(m_options.again.begin());
            m_generation += 100; // so many change everything
            m_oldest = m_generation;
        } else {
            ++m_generation;
        }
        m_whole.clear();
        m_delta.clear();
        return forgets;
    }
    /// From the generation before to this one.
    [[nodiscard]] const QByteArray &delta()
    {
        if (m_delta.isEmpty())
            m_delta = between(m_generation - 1);
        return m_delta;
    }

    Answer answer(int, const QByteArray &path, const QByteArray &known) override
    {
        m_asked = true;
        if (path.startsWith("/v1/fleet/events"))
            return m_options.events ? Answer{.isStream = true} : Answer{.status = 404};
        if (!path.startsWith("/v1/fleet"))
            return {.status = 404};
        if (known == revision(0))
            return {.status = 304};
        const int since = sinceOf(path, "e1-");
        if (since < m_oldest || since > m_generation || since < m_generation - generationsKept) {
            if (m_whole.isEmpty())
                m_whole =
                    Stampdeck::Testing::bigFleet(m_options.stamps, m_options.tenants, m_generation);
            std::fprintf(stderr, "everything: %lld bytes\n", qint64(m_whole.size()));
            return {.body = m_whole};
        }
        return {.body = since == m_generation - 1 ? delta() : between(since)};
    }
    QByteArray revision(int) const override { return "e1-" + QByteArray::number(m_generation); }
    [[nodiscard]] QByteArray between(int since) const
    {
        return Stampdeck::Testing::bigFleetDelta(m_options.stamps, m_options.tenants, since,
                                                 m_generation);
    }

private:
    Options m_options;
    bool m_asked = false;
    int m_seconds = 0;
    int m_generation = 0;
    int m_oldest = 0; // what can be told since
    QByteArray m_whole; // while it is the newest
    QByteArray m_delta;
};

class ManyBackends final : public Backend
{
public:
    ManyBackends()
        : m_start(Clock::now())
    { }

    Answer answer(int endpoint, const QByteArray &path, const QByteArray &known) override
    {
        // One in 500 is out of order for ten seconds at a time.
        if ((endpoint + 37 * (second() / 10)) % 500 == 0)
            return {.closes = true};
        if (path.startsWith("/v1/fleet/events") || !path.startsWith("/v1/fleet"))
            return {.status = 404};
        if (known == revision(endpoint))
            return {.status = 304};
        const int now = second();
        const int since = sinceOf(path, "n1-");
        const QByteArray name = "edge-" + QByteArray::number(endpoint + 10'000).mid(1);
        QByteArray body = R"({"fleetId":"many-)" + QByteArray::number(endpoint) + R"(",)";
        if (since >= 0)
            body += R"("since":"n1-)" + QByteArray::number(since) + R"(",)";
        const int load = 20 + (endpoint * 7 + now * 3) % 60;
        body += R"("revision":")" + revision(endpoint) + R"(","complete":)"
            + (since < 0 ? "true" : "false") + R"(,"stamps":[{"id":")" + name + R"(","name":")"
            + name + R"(","region":"edge-)" + QByteArray::number(endpoint % 12)
            + R"(","ring":"1","version":"1.4.2","lifecycle":"active","health":"healthy",)"
              R"("resources":{"cpu":{"limit":64,"reserved":30,"used":)"
            + QByteArray::number(load * 0.6)
            + R"(},"memory":{"limit":274877906944,"reserved":100000000000,"used":90000000000},)"
              R"("storage":{"limit":4398046511104,"reserved":100000000000,"used":90000000000},)"
              R"("tenants":{"limit":40,"reserved":5,"used":5}},"signals":{"requestsPerSecond":)"
            + QByteArray::number(load * 31)
            + R"(,"errorRatio":0.001,"latencyP50Ms":12,"latencyP99Ms":80},"components":[)"
              R"({"name":"web","desired":3,"ready":3,"health":"healthy"}],"revision":"1"}],)"
              R"("tenants":[)";
        for (int i = since < 0 ? 0 : now % tenantsOfEndpoint; i < tenantsOfEndpoint; ++i) {
            body += R"({"id":")" + name + "-t" + QByteArray::number(i) + R"(","tier":"standard",)"
                + R"("stamp":")" + name + R"(","state":"serving","placements":[{"stamp":")" + name
                + R"(","state":"serving"}],"demand":{"cpu":)"
                + QByteArray::number(1 + (now + i) % 4) + R"(,"memory":536870912},"revision":"1"})";
            if (since >= 0)
                break; // of what changes, one
            body += i + 1 < tenantsOfEndpoint ? "," : "";
        }
        body += since < 0 ? "]}" : R"(],"gone":{"stamps":[],"tenants":[]}})";
        return {.body = body};
    }
    QByteArray revision(int) const override { return "n1-" + QByteArray::number(second()); }

private:
    [[nodiscard]] int second() const
    {
        return int((Clock::now() - m_start) / std::chrono::seconds(1));
    }
    Clock::time_point m_start;
};

/// Just enough HTTP/1.1 with keep-alive for a client that asks one thing at a time.
class Server
{
public:
    Server(Backend &backend, int count)
        : m_backend(backend)
        , m_epoll(::epoll_create1(EPOLL_CLOEXEC))
    {
        for (int i = 0; i < count; ++i) {
            const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
            sockaddr_in address{};
            address.sin_family = AF_INET;
            address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            socklen_t size = sizeof address;
            void *where = &address;
            if (fd < 0 || ::bind(fd, static_cast<sockaddr *>(where), size) != 0
                || ::listen(fd, 64) != 0
                || ::getsockname(fd, static_cast<sockaddr *>(where), &size) != 0) {
                std::perror("stampdeck-fleetserver");
                std::exit(1);
            }
            ports.push_back(ntohs(address.sin_port));
            m_listeners.push_back(fd);
            watch(fd, EPOLLIN);
        }
    }
    Server(const Server &) = delete;
    Server &operator=(const Server &) = delete;
    ~Server()
    {
        for (const auto &[fd, connection] : m_connections)
            ::close(fd);
        for (const int fd : m_listeners)
            ::close(fd);
        ::close(m_epoll);
    }

    /// Refuses connections to the first \a count ports from now on.
    void kill(int count)
    {
        for (int i = 0; i < count; ++i)
            ::close(std::exchange(m_listeners[size_t(i)], -1));
    }

    /// Serves until \a until.
    void serve(Clock::time_point until)
    {
        std::array<epoll_event, 256> events;
        while (!ended) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
            if (left.count() <= 0)
                return;
            const int count =
                ::epoll_wait(m_epoll, events.data(), int(events.size()), int(left.count()));
            for (int i = 0; i < count; ++i) {
                const int fd = events[size_t(i)].data.fd;
                const auto listener = std::find(m_listeners.begin(), m_listeners.end(), fd);
                if (listener != m_listeners.end())
                    accept(fd, int(listener - m_listeners.begin()));
                else if (const auto found = m_connections.find(fd); found != m_connections.end())
                    serve(fd, found->second, events[size_t(i)].events);
            }
        }
    }

    /// Sends \a event to every stream.
    void push(const QByteArray &event)
    {
        for (auto one = m_connections.begin(); one != m_connections.end();) {
            const auto now = one++;
            if (now->second.isStream) {
                now->second.waiting.push_back(event);
                write(now->first, now->second);
            }
        }
    }
    void endStreams()
    {
        for (auto one = m_connections.begin(); one != m_connections.end();) {
            const auto now = one++;
            if (now->second.isStream)
                close(now->first);
        }
    }
    [[nodiscard]] bool hasStreams() const
    {
        return std::any_of(m_connections.begin(), m_connections.end(),
                           [](const auto &one) { return one.second.isStream; });
    }

    std::vector<int> ports;

private:
    struct Connection
    {
        int endpoint = 0;
        QByteArray received;
        std::deque<QByteArray> waiting; // shared with whoever else gets it
        qsizetype written = 0; // of the first
        bool isStream = false;
    };

    void watch(int fd, uint32_t what)
    {
        epoll_event event{};
        event.events = what;
        event.data.fd = fd;
        if (::epoll_ctl(m_epoll, EPOLL_CTL_ADD, fd, &event) != 0)
            ::epoll_ctl(m_epoll, EPOLL_CTL_MOD, fd, &event);
    }

    void accept(int listener, int endpoint)
    {
        const int fd = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return;
        const int yes = 1;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        m_connections[fd].endpoint = endpoint;
        watch(fd, EPOLLIN);
    }

    void close(int fd)
    {
        m_connections.erase(fd);
        ::close(fd);
    }

    void serve(int fd, Connection &connection, uint32_t what)
    {
        if (what & EPOLLIN) {
            std::array<char, 8192> bytes;
            const ssize_t size = ::read(fd, bytes.data(), bytes.size());
            if (size <= 0)
                return close(fd);
            connection.received.append(bytes.data(), size);
            if (connection.received.endsWith("\r\n\r\n")) {
                const QByteArray head = std::exchange(connection.received, {});
                if (!answer(connection, head))
                    return close(fd);
            }
        } else if (what & (EPOLLHUP | EPOLLERR)) {
            return close(fd);
        }
        write(fd, connection);
    }

    static QByteArray headerOf(const QByteArray &head, const QByteArray &name)
    {
        const QByteArray lower = head.toLower();
        const qsizetype at = lower.indexOf(QByteArray("\r\n" + name + ": "));
        if (at < 0)
            return {};
        const qsizetype from = at + name.size() + 4;
        return head.mid(from, head.indexOf('\r', from) - from);
    }

    /// False when the connection ends.
    bool answer(Connection &connection, const QByteArray &head)
    {
        const QByteArray path = head.mid(4, head.indexOf(' ', 4) - 4);
        QByteArray known = headerOf(head, "if-none-match");
        known.replace('"', "");
        const Backend::Answer answer = m_backend.answer(connection.endpoint, path, known);
        if (answer.closes)
            return false;
        if (answer.isStream) {
            connection.isStream = true;
            connection.waiting.push_back("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                                         "Connection: close\r\n\r\n: here\n\n");
            return true;
        }
        QByteArray reply = "HTTP/1.1 " + QByteArray::number(answer.status) + " -\r\n";
        if (answer.status == 200)
            reply += "Content-Type: application/json\r\nETag: \""
                + m_backend.revision(connection.endpoint) + "\"\r\n";
        if (answer.status != 304)
            reply += "Content-Length: " + QByteArray::number(answer.body.size()) + "\r\n";
        connection.waiting.push_back(reply + "\r\n");
        if (!answer.body.isEmpty())
            connection.waiting.push_back(answer.body);
        return true;
    }

    void write(int fd, Connection &connection)
    {
        while (!connection.waiting.empty()) {
            const QByteArray &first = connection.waiting.front();
            const ssize_t size = ::send(fd, first.constData() + connection.written,
                                        size_t(first.size() - connection.written), MSG_NOSIGNAL);
            if (size < 0) {
                if (errno == EAGAIN)
                    return watch(fd, EPOLLIN | EPOLLOUT);
                return close(fd);
            }
            connection.written += size;
            if (connection.written == first.size()) {
                connection.waiting.pop_front();
                connection.written = 0;
            }
        }
        watch(fd, EPOLLIN);
    }

    Backend &m_backend;
    int m_epoll;
    std::vector<int> m_listeners;
    std::map<int, Connection> m_connections;
};

bool writeConfiguration(const QString &file, const std::vector<int> &ports, bool isBig)
{
    QByteArray text = "sources:\n  - name: big\n    adapter: rest\n    timeout: 60s\n";
    text += isBig ? "    pollInterval: 1s\n" : "    pollInterval: 5s\n";
    if (isBig)
        text += "    url: http://127.0.0.1:" + QByteArray::number(ports.front()) + '\n';
    else
        text += "    urls:\n";
    for (size_t i = 0; !isBig && i < ports.size(); ++i)
        text += "      - http://127.0.0.1:" + QByteArray::number(ports[i]) + '\n';
    QFile out(file);
    return out.open(QIODevice::WriteOnly) && out.write(text) == text.size();
}

void serveBig(const Options &options, const QString &file)
{
    BigBackend backend(options);
    Server server(backend, 1);
    if (!writeConfiguration(file, server.ports, true))
        return;
    std::puts("listening");
    std::fflush(stdout);
    for (Clock::time_point next = Clock::now(); !ended;) {
        next += std::chrono::seconds(1);
        server.serve(next);
        if (backend.tick())
            server.endStreams();
        else if (server.hasStreams())
            server.push("id: " + backend.revision(0) + "\ndata: " + backend.delta() + "\n\n");
    }
}

void serveMany(const Options &options, const QString &file)
{
    ManyBackends backends;
    Server server(backends, options.endpoints);
    server.kill(std::min(options.dead, options.endpoints));
    if (!writeConfiguration(file, server.ports, false))
        return;
    std::puts("listening");
    std::fflush(stdout);
    server.serve(Clock::now() + std::chrono::hours(24));
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addOptions({{u"config"_s, u"Written when it listens"_s, u"FILE"_s},
                       {u"stamps"_s, u"Of the one control plane"_s, u"N"_s, u"10000"_s},
                       {u"tenants"_s, u"Of the one control plane"_s, u"N"_s, u"200000"_s},
                       {u"events"_s, u"It pushes what changes"_s},
                       {u"again"_s, u"When it tells everything again"_s, u"S,S"_s},
                       {u"endpoints"_s, u"So many control planes instead"_s, u"N"_s},
                       {u"dead"_s, u"So many of them never answer"_s, u"N"_s, u"0"_s}});
    parser.process(app);
    Options options;
    options.stamps = parser.value(u"stamps"_s).toInt();
    options.tenants = parser.value(u"tenants"_s).toInt();
    options.events = parser.isSet(u"events"_s);
    for (const QString &second : parser.value(u"again"_s).split(u',', Qt::SkipEmptyParts))
        options.again.push_back(second.toInt());
    options.endpoints = parser.value(u"endpoints"_s).toInt();
    options.dead = parser.value(u"dead"_s).toInt();
    const QString file = parser.value(u"config"_s);
    if (file.isEmpty()) {
        std::fputs("stampdeck-fleetserver: --config FILE is needed\n", stderr);
        return 2;
    }
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    std::signal(SIGTERM, [](int) { ended = 1; });
    std::signal(SIGINT, [](int) { ended = 1; });
    if (options.endpoints > 0)
        serveMany(options, file);
    else
        serveBig(options, file);
    return ended ? 0 : 1;
}
