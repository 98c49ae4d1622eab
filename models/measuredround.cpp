// SPDX-License-Identifier: GPL-3.0-or-later
#include "measuredround.h"

#include "backends/api/whendone.h"

#include <QtCore/QCoreApplication>

#include <algorithm>
#include <cmath>
#include <limits>

namespace Stampdeck {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Fleet)
};

constexpr qint64 mostValues = 100'000; // of a merged series: no chart has as many pixels

/// The value of the step that \a at falls into, nearest; NaN where there is none.
float valueAt(const Series &series, Timestamp at)
{
    const double place = double((at - series.start).count()) / double(series.step.count());
    const auto index = std::llround(place);
    return index >= 0 && index < qint64(series.values.size())
        ? series.values[size_t(index)]
        : std::numeric_limits<float>::quiet_NaN();
}

} // namespace

Series mergedSeries(const std::vector<const Series *> &told, Timestamp from, Timestamp to,
                    std::chrono::milliseconds step)
{
    if (told.size() == 1 || step.count() <= 0 || to < from)
        return *told.front();
    Series merged{told.front()->stamp, told.front()->signal, from, step, {}};
    const qint64 count = std::min<qint64>((to - from) / step + 1, mostValues);
    merged.values.reserve(size_t(count));
    for (qint64 i = 0; i < count; ++i) {
        float value = std::numeric_limits<float>::quiet_NaN();
        for (size_t at = 0; at < told.size() && std::isnan(value); ++at)
            value = valueAt(*told[at], from + i * step);
        merged.values.push_back(value);
    }
    return merged;
}

MeasuredRound::MeasuredRound(Question question, std::optional<Party> own, QList<Feed> feeds,
                             AskSeries recorded, QObject *parent)
    : QObject(parent)
    , m_question(std::move(question))
    , m_feeds(std::move(feeds))
    , m_askRecorded(std::move(recorded))
{
    connect(&m_waiting, &QFutureWatcherBase::canceled, this, [this] {
        m_callBack();
        deleteLater();
    });
    m_waiting.setFuture(m_answer.future());
    if (!own) {
        askOthers();
        return;
    }
    await(own->ask(m_question.signalNames),
          [this, name = own->name](const Result<std::vector<Series>> &series) {
              if (series)
                  m_range.series = *series;
              else if (series.error().kind != ErrorKind::Unsupported)
                  m_range.faults.append({name, series.error()});
              for (const Series &each : m_range.series)
                  m_question.signalNames.removeAll(each.signal);
              askOthers();
          });
}

template<typename T, typename Take>
void MeasuredRound::await(const FutureResult<T> &asked, Take take)
{
    m_callBack = [asked = FutureResult<T>(asked), others = std::move(m_callBack)]() mutable {
        asked.cancel();
        others();
    };
    whenDone(asked, this, std::move(take));
}

void MeasuredRound::askOthers()
{
    if (m_question.signalNames.isEmpty()) {
        give();
        return;
    }
    m_range.faults += m_question.faults;
    m_told.resize(size_t(m_feeds.size()) + 1);
    m_open = m_told.size();
    for (qsizetype i = 0; i < m_feeds.size(); ++i) {
        await(m_feeds[i].ask(m_question.signalNames),
              [this, i, name = m_feeds[i].name](const Result<MetricsRange> &range) {
                  if (!range) {
                      if (range.error().kind != ErrorKind::Unsupported)
                          m_range.faults.append({name, range.error()});
                      ended();
                      return;
                  }
                  m_told[size_t(i)] = range->series;
                  for (const QString &warning : range->warnings) {
                      if (!m_range.warnings.contains(warning))
                          m_range.warnings.append(warning);
                  }
                  for (const SignalFault &fault : range->faults) {
                      if (fault.error.kind != ErrorKind::Unsupported) // it was never told to know
                          m_range.faults.append(fault);
                  }
                  ended();
              });
    }
    await(m_askRecorded(m_question.signalNames), [this](const Result<std::vector<Series>> &series) {
        if (series)
            m_told.back() = *series;
        else
            m_error = series.error();
        ended();
    });
}

void MeasuredRound::ended()
{
    if (--m_open > 0)
        return;
    for (const QString &signal : std::as_const(m_question.signalNames)) {
        std::vector<const Series *> all;
        for (const std::vector<Series> &told : m_told) {
            for (const Series &each : told) {
                // One under both of its names is one.
                if (each.signal == signal && each.step.count() > 0) {
                    all.push_back(&each);
                    break;
                }
            }
        }
        if (all.empty())
            continue;
        Series merged = mergedSeries(all, m_question.from, m_question.to, m_question.step);
        merged.stamp = m_question.stamp;
        m_range.series.push_back(std::move(merged));
    }
    give();
}

void MeasuredRound::give()
{
    const bool isNothing = m_range.series.empty() && !m_range.isPartial();
    if (m_error && isNothing) {
        m_answer.give(fail(*m_error));
    } else {
        if (m_error && m_error->kind != ErrorKind::NotFound) // where nothing was recorded nothing is wrong
            m_range.faults.append({Words::tr("history"), *m_error});
        m_answer.give(m_range);
    }
    deleteLater();
}

} // namespace Stampdeck
