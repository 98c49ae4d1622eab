// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/metricsadapter.h"
#include "backends/api/result.h"

#include <QtCore/QFutureWatcher>

#include <functional>

namespace Stampdeck {

/// What was measured of one stamp, from whoever has it: its own source first; what that does not keep
/// from the sources of metrics and the history here, all at once. Of two that know a signal the
/// earlier one counts, and where it has a gap the later one.
///
/// Lives in the thread that made it, and deletes itself when it has its answer or nobody wants it any
/// more; then what is on its way is called back.
class MeasuredRound final : public QObject
{
    Q_OBJECT
public:
    struct Question
    {
        QString stamp; ///< As the answer's series name it.
        QStringList signalNames;
        Timestamp from;
        Timestamp to;
        std::chrono::milliseconds step{0};
        QList<SignalFault> faults; ///< Known before anybody is asked.
    };
    /// Asks for these signals.
    using AskSeries = std::function<FutureResult<std::vector<Series>>(const QStringList &)>;
    using AskRange = std::function<FutureResult<MetricsRange>(const QStringList &)>;
    struct Party
    {
        QString name;
        AskSeries ask;
    };
    struct Feed
    {
        QString name;
        AskRange ask;
    };

    /// \a feeds as they are configured, the first first. \a recorded is the history here.
    MeasuredRound(Question question, std::optional<Party> own, QList<Feed> feeds,
                  AskSeries recorded, QObject *parent);

    /// An error where nobody knows anything and the history here cannot be read.
    [[nodiscard]] FutureResult<MetricsRange> answer() { return m_answer.future(); }

private:
    template<typename T, typename Take>
    void await(const FutureResult<T> &asked, Take take);
    void askOthers();
    void ended();
    void give();

    Question m_question;
    QList<Feed> m_feeds;
    AskSeries m_askRecorded;
    MetricsRange m_range;
    std::vector<std::vector<Series>> m_told; // by whoever was asked beside each other, in order
    size_t m_open = 0;
    std::optional<Error> m_error; // of the history
    std::function<void()> m_callBack = [] {}; // what is on its way
    Answer<MetricsRange> m_answer;
    QFutureWatcher<Result<MetricsRange>> m_waiting;
};

/// The series of one signal by whoever told them, the first of which counts where it has a value: on a
/// grid of \a step between \a from and \a to. One alone is given as it is.
[[nodiscard]] Series mergedSeries(const std::vector<const Series *> &told, Timestamp from,
                                  Timestamp to, std::chrono::milliseconds step);

} // namespace Stampdeck
