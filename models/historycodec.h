// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleetversion.h"

#include "backends/api/result.h"

#include <QtCore/QByteArray>

#include <memory>
#include <vector>

/// How the history keeps what the fleet was: the discrete state of each object as a few bytes, and
/// what of them changed. Pure; bytes that nobody here wrote give an error of ErrorKind::Malformed.
namespace Stampdeck {

/// A stamp as it was: its entry less what other objects tell (slots, tenants, samples).
struct RecordedStamp
{
    StampEntry entry;
    std::optional<Timestamp> lastContact; ///< Of one that is stale.
};

struct RecordedTenant
{
    TenantPtr tenant;
    bool stale = false;
    bool elsewhere = false;
};

struct RecordedSource
{
    SourceState state; ///< Less its templates, and moments of the clock that goes on.
    int order = 0; ///< Its place among the sources.
    std::optional<Timestamp> lastContact;
};

/// Which part of an object is meant.
enum class RecordedPart : quint8 {
    Whole,
    /// What is recorded when it changes. What is measured all the time is not of it: load, signals,
    /// the figures in reasons for health, ages, and until when a mark lasts.
    Discrete,
};

/// \a contact is the wall's time of StampEntry::lastContact.
[[nodiscard]] QByteArray encodeStamp(const StampEntry &entry,
                                     const std::optional<Timestamp> &contact, RecordedPart part);
[[nodiscard]] QByteArray encodeTenant(const TenantEntry &entry);
[[nodiscard]] QByteArray encodeSource(const SourceState &state, int order,
                                      const std::optional<Timestamp> &contact, RecordedPart part);
[[nodiscard]] QByteArray encodeOperation(const Operation &operation, const QString &source);
[[nodiscard]] QByteArray encodeAcknowledgement(const Acknowledgement &acknowledgement);

/// A name is not among the bytes: whoever keeps them knows whose they are.
[[nodiscard]] Result<RecordedStamp> decodeStamp(const QByteArray &bytes, const QString &name);
[[nodiscard]] Result<RecordedTenant> decodeTenant(const QByteArray &bytes, const QString &id);
[[nodiscard]] Result<RecordedSource> decodeSource(const QByteArray &bytes);
/// With the source that it is of; empty for our own.
[[nodiscard]] Result<std::pair<OperationPtr, QString>> decodeOperation(const QByteArray &bytes,
                                                                       const QString &id);
[[nodiscard]] Result<Acknowledgement> decodeAcknowledgement(const QByteArray &bytes,
                                                            const QString &incident);

/// What makes \a to of \a from: small where little differs.
[[nodiscard]] QByteArray patchOf(const QByteArray &from, const QByteArray &to);
[[nodiscard]] Result<QByteArray> patched(const QByteArray &from, const QByteArray &patch);

/// The state of every object at a moment, by its number, ascending.
using RecordedStates = std::vector<std::pair<qint64, QByteArray>>;
[[nodiscard]] QByteArray encodeKeyframe(const RecordedStates &states);
/// Packs a keyframe state by state, without all of them in memory.
class KeyframeEncoder
{
public:
    /// \a count states will follow, the numbers of their objects ascending.
    explicit KeyframeEncoder(qsizetype count);
    ~KeyframeEncoder();
    Q_DISABLE_COPY_MOVE(KeyframeEncoder)

    void append(qint64 object, const QByteArray &state);
    /// The whole of it; nothing may follow.
    [[nodiscard]] QByteArray finished();

private:
    class Deflater;
    const std::unique_ptr<Deflater> m_deflater;
    qint64 m_last = 0;
};
[[nodiscard]] Result<RecordedStates> decodeKeyframe(const QByteArray &bytes);

/// What was measured of one stamp at one moment: kept as steps of their units (samplecodec.h).
struct RecordedPoint
{
    struct Value
    {
        std::optional<qint64> step; ///< Nothing: unknown.
        double unit = 0;

        friend bool operator==(const Value &, const Value &) = default;
    };
    static constexpr int values = 8;
    /// Of Stamp::observedAt: tenths of a second before the moment.
    static constexpr int age = values - 1;
    static constexpr double ageUnit = 100;

    qint64 object = 0;
    std::array<Value, values> value; ///< By SampleKind, and the age.

    [[nodiscard]] double at(int index) const;
};

struct RecordedPoints
{
    qint64 at = 0; ///< Milliseconds since 1970.
    std::vector<RecordedPoint> points;
};

[[nodiscard]] QByteArray encodePoints(const std::vector<RecordedPoints> &groups);
[[nodiscard]] Result<std::vector<RecordedPoints>> decodePoints(const QByteArray &bytes);

} // namespace Stampdeck
