// SPDX-License-Identifier: GPL-3.0-or-later
#include "metricsadapter.h"

#include <QtCore/QCoreApplication>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(MetricsAdapter)
};

} // namespace

const QStringList &metricSignals()
{
    static const QStringList names = {
        u"cpu"_s,        u"memory"_s,       u"storage"_s,     u"requestsPerSecond"_s,
        u"errorRatio"_s, u"latencyP50Ms"_s, u"latencyP99Ms"_s};
    return names;
}

MetricsAdapter::~MetricsAdapter() = default;

FutureResult<MetricsRange> MetricsAdapter::range(const QStringList &, const QStringList &,
                                                 Timestamp, Timestamp, std::chrono::milliseconds)
{
    return ready<MetricsRange>(
        fail(ErrorKind::Unsupported, Words::tr("this backend records nothing")));
}

MetricsAdapterPlugin::~MetricsAdapterPlugin() = default;

} // namespace Stampdeck
