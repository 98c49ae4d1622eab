// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/adapter.h"

#include <QtCore/QByteArrayView>

#include <functional>
#include <memory>

namespace Stampdeck {

/// Looks up what an earlier answer gave. An object that is equal to it comes back as the same
/// pointer, so that a second complete answer makes no second copy of the fleet.
struct KnownFleet
{
    std::function<StampPtr(const QString &)> stamp; ///< May be empty, as may be its answer.
    std::function<TenantPtr(const QString &)> tenant;
};

/// What a decoder takes at the most; an answer beyond is rejected.
struct DecodeLimits
{
    qsizetype element = 8 << 20; ///< Bytes of one stamp, tenant or other member.
    qint64 memory = 208LL << 20; ///< Bytes that the decoded values take, by estimate.
};

/// Decodes an answer or event of GET /v1/fleet piece by piece as it comes (interfaces.md, Stamp
/// API v1), so that its text never lies in memory as a whole. Pure: it never sees a socket. Not
/// thread-safe.
///
/// What is wrong with the answer as a whole is an error that says where; what is wrong inside one
/// stamp or tenant is a fault of FleetUpdate, and the rest applies (interfaces.md, A bad answer).
class FleetDecoder
{
public:
    explicit FleetDecoder(KnownFleet known = {}, DecodeLimits limits = {});
    ~FleetDecoder();
    Q_DISABLE_COPY_MOVE(FleetDecoder)

    /// Takes the next bytes; after an error nothing more.
    [[nodiscard]] Result<void> feed(QByteArrayView bytes);
    /// Ends the answer and gives what it says. Endpoint and server time are left to the caller, as
    /// is the instance where the answer names none.
    [[nodiscard]] Result<FleetUpdate> finish();
    /// How many it has read so far.
    [[nodiscard]] int stamps() const;
    /// With FleetUpdate::complete false: the revision from which this is the difference.
    [[nodiscard]] QString since() const;

private:
    class Private;
    std::unique_ptr<Private> d;
};

/// Decodes the whole \a bytes of GET /v1/fleet.
[[nodiscard]] Result<FleetUpdate> decodeFleet(QByteArrayView bytes, const KnownFleet &known = {},
                                              DecodeLimits limits = {});
/// One STAMP, TENANT or OPERATION. Errors are ErrorKind::Malformed with a JSON pointer.
[[nodiscard]] Result<StampPtr> decodeStamp(QByteArrayView bytes);
[[nodiscard]] Result<TenantPtr> decodeTenant(QByteArrayView bytes);
[[nodiscard]] Result<OperationPtr> decodeOperation(QByteArrayView bytes);

/// A page of GET /v1/templates.
struct TemplatePage
{
    QList<Template> templates; ///< Less those that are wrong: nobody could make a stamp of them.
    QString nextPageToken; ///< Empty on the last one.
};
[[nodiscard]] Result<TemplatePage> decodeTemplates(const QByteArray &bytes);

} // namespace Stampdeck
