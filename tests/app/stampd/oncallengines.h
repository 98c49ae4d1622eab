// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stampdprogram.h"

#include "tests/support/engine.h"

#include <QtCore/QJsonArray>
#include <QtCore/QUrl>

namespace Stampdeck::Testing {

inline constexpr std::chrono::milliseconds scrapeInterval{200}; ///< And of evaluations.

/// Groups alerts by their stamp, and sends nobody anything.
inline QByteArray alertmanagerConfig()
{
    return "route: {receiver: nobody, group_by: [alertname, stamp], group_wait: 0s}\n"
           "receivers: [{name: nobody}]\n";
}

/// Has \a prometheus scrape \a stampd and tell \a alertmanager of one rule: the alert Large where
/// \a expression is true.
inline void watchFleet(Engine &prometheus, const Stampd &stampd, const Engine &alertmanager,
                       const QString &expression)
{
    const QString rules = prometheus.fileOf(
        u"rules.yml"_s,
        u"groups: [{name: fleet, rules: [{alert: Large, expr: '%1', labels: {severity: critical},"
        " annotations: {summary: '{{ $labels.stamp }} is large',"
        " runbook_url: 'https://runbooks.example/large'}}]}]\n"_s.arg(expression)
            .toUtf8());
    prometheus.setConfig(
        u"global: {scrape_interval: %1ms, evaluation_interval: %1ms}\n"
        "rule_files: ['%2']\n"
        "scrape_configs: [{job_name: stampd, static_configs: [{targets: ['%3']}]}]\n"
        "alerting: {alertmanagers: [{static_configs: [{targets: ['%4']}]}]}\n"_s
            .arg(scrapeInterval.count())
            .arg(rules, QUrl(stampd.url).authority(), QUrl(alertmanager.url()).authority())
            .toUtf8());
}

/// What Alertmanager itself says, by plain HTTP.
inline QJsonDocument askAlertmanager(const Engine &alertmanager, const QString &path)
{
    QNetworkAccessManager network;
    const std::unique_ptr<QNetworkReply> reply(
        network.get(QNetworkRequest(QUrl(alertmanager.url() + u"/api/v2"_s + path))));
    const bool ended = QTest::qWaitFor([&reply] { return reply->isFinished(); }, 10'000);
    return ended ? QJsonDocument::fromJson(reply->readAll()) : QJsonDocument();
}

} // namespace Stampdeck::Testing
