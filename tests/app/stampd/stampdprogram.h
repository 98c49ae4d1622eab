// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QMap>
#include <QtCore/QProcess>
#include <QtNetwork/QNetworkAccessManager>
#include <QtNetwork/QNetworkReply>
#include <QtTest/QTest>

#include <csignal>
#include <memory>

#include <sys/types.h>

namespace Stampdeck::Testing {

using namespace Qt::StringLiterals;

using Headers = QMap<QByteArray, QByteArray>;

struct HttpAnswer
{
    int status = 0;
    Headers headers; // names in lower case
    QByteArray body;

    [[nodiscard]] QJsonObject json() const { return QJsonDocument::fromJson(body).object(); }
    [[nodiscard]] QString code() const { return json()[u"code"_s].toString(); }
};

/// A process of stampd, which ends with this, and a client for it.
class Stampd
{
public:
    ~Stampd()
    {
        if (m_process.state() != QProcess::NotRunning) {
            m_process.kill();
            m_process.waitForFinished();
        }
    }

    /// Makes the process end at the write with this number; to be called before start().
    void crashAt(int number)
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"STAMPDECK_CRASH_AT"_s, QString::number(number));
        m_process.setProcessEnvironment(environment);
        m_mayCrash = true;
    }
    [[nodiscard]] bool isRunning() const { return m_process.state() == QProcess::Running; }

    [[nodiscard]] bool start(const QStringList &options)
    {
        m_process.setProcessChannelMode(QProcess::SeparateChannels);
        const QStringList here{u"--listen"_s, u"127.0.0.1:0"_s};
        m_process.start(QStringLiteral(STAMPDECK_BIN_DIR "/stampd"),
                        options.contains(here[0]) ? options : here + options);
        if (!QTest::qWaitFor(
                    [this] {
                        return m_process.canReadLine()
                                || m_process.state() == QProcess::NotRunning;
                    },
                    60'000))
            return false;
        const QByteArray line = m_process.readLine().trimmed();
        if (!line.startsWith("listening on ") && m_mayCrash)
            return false;
        if (!line.startsWith("listening on ")) {
            qWarning("stampd said %s and %s", line.constData(),
                     m_process.readAllStandardError().constData());
            return false;
        }
        url = QString::fromLatin1(line.mid(13));
        return true;
    }

    /// Ends it by \a signal; its exit status, -1 when that was it.
    int end(int signal)
    {
        if (m_process.processId() > 0) // 0 would be this test and all that it started
            ::kill(pid_t(m_process.processId()), signal);
        if (!QTest::qWaitFor([this] { return m_process.state() == QProcess::NotRunning; }, 30'000))
            return -2;
        return m_process.exitStatus() == QProcess::NormalExit ? m_process.exitCode() : -1;
    }

    [[nodiscard]] QNetworkReply *send(const QByteArray &method, const QString &path,
                                      const Headers &headers = {}, const QByteArray &body = {})
    {
        QNetworkRequest request(QUrl(url + path));
        request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
        if (!token.isEmpty())
            request.setRawHeader("Authorization", "Bearer " + token);
        if (method == "POST")
            request.setRawHeader("Content-Type", "application/json");
        for (auto each = headers.cbegin(); each != headers.cend(); ++each)
            request.setRawHeader(each.key(), each.value());
        return m_network.sendCustomRequest(request, method, body);
    }

    [[nodiscard]] static HttpAnswer answerOf(QNetworkReply *reply)
    {
        const std::unique_ptr<QNetworkReply> owned(reply);
        HttpAnswer answer;
        if (!QTest::qWaitFor([&] { return reply->isFinished(); }, 60'000))
            return answer;
        answer.status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        for (const auto &[name, value] : reply->rawHeaderPairs())
            answer.headers.insert(name.toLower(), value);
        answer.body = reply->readAll();
        return answer;
    }

    [[nodiscard]] HttpAnswer get(const QString &path, const Headers &headers = {})
    {
        return answerOf(send("GET", path, headers));
    }
    [[nodiscard]] HttpAnswer post(const QString &path, const Headers &headers = {},
                              const QByteArray &body = "{}")
    {
        return answerOf(send("POST", path, headers, body));
    }

    /// The operation at \a location once it does nothing more; empty when the process ended first.
    [[nodiscard]] QJsonObject finished(const QByteArray &location)
    {
        QJsonObject operation;
        const auto isOver = [&] {
            operation = get(QString::fromLatin1(location)).json();
            static const QStringList over{u"succeeded"_s, u"failed"_s, u"cancelled"_s,
                                          u"rolled-back"_s, u"paused"_s};
            return !isRunning() || over.contains(operation[u"state"_s].toString());
        };
        return QTest::qWaitFor(isOver, 60'000) && isRunning() ? operation : QJsonObject();
    }

    /// The same, as somebody who goes on wherever the health gate has paused it: at busy hours of
    /// the simulated day a move may make its target twice as slow.
    [[nodiscard]] QJsonObject carriedThrough(const QByteArray &location)
    {
        QJsonObject operation = finished(location);
        for (int i = 0; i < 20 && operation[u"state"_s].toString() == u"paused"_s; ++i) {
            if (post(QString::fromLatin1(location) + u":resume"_s).status != 202)
                break;
            operation = finished(location);
        }
        return operation;
    }

    [[nodiscard]] QByteArray standardError() { return m_process.readAllStandardError(); }

    QString url;
    QByteArray token;

private:
    QProcess m_process;
    bool m_mayCrash = false;
    QNetworkAccessManager m_network;
};

} // namespace Stampdeck::Testing
