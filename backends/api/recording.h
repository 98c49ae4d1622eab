// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "export.h"
#include "fleet.h"
#include "operation.h"
#include "result.h"

#include <QtCore/QByteArray>

#include <array>
#include <vector>

namespace Stampdeck {

/// What became of a fleet in a stretch of time, as its history tells it and the simulator plays it
/// (key `scenario`): how it stood at the beginning, what happened to it from then on, which operations
/// did that, and what was measured. A file of it is JSON; its stamps, tenants and operations look as in
/// the Stamp API. Of what changes it has the members that differ from before; of the steps of an
/// operation those that do, whole, each with its place.
///
/// Moments within are those of then. A value; reading and writing are thread-safe.
struct STAMPDECK_API_EXPORT Recording
{
    static constexpr int mostStamps = 2'000; ///< That there ever were, of all sources.
    static constexpr int mostTenants = 100'000;
    static constexpr int mostChanges = 20'000;
    static constexpr int mostOperations = 10'000;
    static constexpr int mostTurns = 60'000; ///< Of all operations together.
    static constexpr int mostSteps = 50'000; ///< Of one operation.
    /// Steps there are where operations begin, stop or go on: each is looked at then.
    static constexpr qint64 mostHeld = 20'000'000;
    static constexpr qint64 mostValues = 400'000; ///< Of all series together.
    static constexpr qint64 largestFile = qint64(64) << 20; ///< Bytes.
    /// Letters of all that was read, where each object and each part of one counts as some: every
    /// change holds a whole stamp or tenant, of which the file has only what differs.
    static constexpr qint64 mostLetters = qint64(256) << 20;

    static constexpr std::array<QLatin1StringView, 7> signalNames = {
        QLatin1StringView("cpu"),          QLatin1StringView("memory"),
        QLatin1StringView("storage"),      QLatin1StringView("requestsPerSecond"),
        QLatin1StringView("errorRatio"),   QLatin1StringView("latencyP50Ms"),
        QLatin1StringView("latencyP99Ms"),
    };
    /// A series for each of \ref signalNames, resources as amounts: a value for each step from the
    /// beginning on, NaN where nothing is known. An empty one: of nothing.
    using Measured = std::array<std::vector<float>, signalNames.size()>;

    struct Change
    {
        enum class What : quint8 {
            Stamp,
            Tenant,
            Silent, ///< The source does not answer from here on.
            Answers, ///< It does again.
        };
        std::chrono::milliseconds at{0}; ///< After the beginning, more than nothing.
        What what = What::Stamp;
        QString name; ///< Of the stamp or tenant.
        StampPtr stamp; ///< As it is from here on, with the health that was computed. Null: gone.
        TenantPtr tenant;
    };
    /// What an operation became at a moment.
    struct Turn
    {
        std::chrono::milliseconds at{0}; ///< After the beginning.
        Operation is; ///< From here on, less its id and its steps.
        int stepCount = 0;
        QList<std::pair<int, OperationStep>> steps; ///< That differ from before, by their places.

        /// Makes of \a operation, as it was before, what it is from here on.
        STAMPDECK_API_EXPORT void apply(Operation &operation) const;
    };
    /// The life of an operation. Its turns begin with all that it was.
    struct Course
    {
        QString id;
        QList<Turn> turns; ///< Oldest first, one at least.

        /// Appends what it is from \a at on; \a before: what it was, nothing for the first turn.
        STAMPDECK_API_EXPORT void turn(std::chrono::milliseconds at,
                                       const std::optional<Operation> &before,
                                       const Operation &now);
        /// Whether a step of it is for \a source.
        [[nodiscard]] STAMPDECK_API_EXPORT bool actsOn(const QString &source) const;
    };
    struct Source
    {
        QString name; ///< As a configuration takes it, and so the domain.
        QString tenantDomain;
        bool production = false;
        double loadObjective = 0.85; ///< As Objectives have it.
        std::optional<double> latencyObjective;
        std::optional<double> errorObjective;
        std::vector<StampPtr> stamps; ///< At the beginning, by name.
        std::vector<TenantPtr> tenants;
        bool silent = false; ///< It did not answer at the beginning.
        QList<Change> changes; ///< Oldest first.
        QList<Course> operations; ///< On it, whoever ran them.
        QMap<QString, Measured> measured; ///< By stamp, those that came later too.
    };

    Timestamp from;
    Timestamp to;
    std::chrono::milliseconds step{5'000}; ///< Of what was measured.
    QList<Source> sources;

    [[nodiscard]] const Source *source(const QString &name) const; ///< Null when there is none.

    [[nodiscard]] QByteArray toJson() const;
    /// Errors: Invalid, which says what is wrong and where, and in which \a file, when that is named.
    [[nodiscard]] static Result<Recording> fromJson(const QByteArray &json,
                                                    const QString &file = {});
    /// Errors, which name the file: NotFound for none, Invalid for one that is too large or
    /// fromJson() refuses.
    [[nodiscard]] static Result<Recording> read(const QString &path);
    /// Whether \a json looks like one rather than like a scenario of parts.
    [[nodiscard]] static bool isOne(const QByteArray &json);
};

} // namespace Stampdeck
