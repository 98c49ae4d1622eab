// SPDX-License-Identifier: GPL-3.0-or-later
#include "worldland.h"

#include <QtCore/QFile>
#include <QtCore/QtEndian>
#include <QtCore/QtMath>

#include <algorithm>
#include <cmath>

namespace Stampdeck {

using namespace Qt::StringLiterals;

QPointF Miller::toPlane(double latitude, double longitude)
{
    const double y =
        1.25 * std::log(std::tan(M_PI / 4 + 0.4 * qDegreesToRadians(latitude))) * 180 / M_PI;
    return {longitude + 180, northern - y};
}

double Miller::latitude(double y)
{
    const double up = qDegreesToRadians(northern - y);
    return qRadiansToDegrees(2.5 * (std::atan(std::exp(0.8 * up)) - M_PI / 4));
}

double Miller::longitude(double x)
{
    const double turned = std::fmod(x, width);
    return (turned < 0 ? turned + width : turned) - 180;
}

namespace {

constexpr char magic[] = "SDLAND\0\1";
constexpr qsizetype magicSize = 8;

/// Reads little-endian numbers; once it has run out of bytes everything is 0 and isGood() false.
class Reader
{
public:
    explicit Reader(const QByteArray &bytes)
        : m_bytes(bytes)
    { }

    [[nodiscard]] bool isGood() const { return m_good; }
    [[nodiscard]] bool atEnd() const { return m_at == m_bytes.size(); }
    template<typename T>
    T fixed()
    {
        if (!take(sizeof(T)))
            return 0;
        return qFromLittleEndian<T>(m_bytes.constData() + m_at - sizeof(T));
    }
    quint32 varint()
    {
        quint32 value = 0;
        for (unsigned shift = 0; shift < 32; shift += 7) {
            const auto byte = fixed<quint8>();
            value |= quint32(byte & 0x7fU) << shift;
            if (!(byte & 0x80U))
                return value;
        }
        m_good = false;
        return 0;
    }
    qint32 zigzag()
    {
        const quint32 value = varint();
        return value & 1U ? -qint32(value >> 1U) - 1 : qint32(value >> 1U);
    }

private:
    bool take(qsizetype count)
    {
        if (!m_good || m_bytes.size() - m_at < count) {
            m_good = false;
            return false;
        }
        m_at += count;
        return true;
    }
    const QByteArray &m_bytes;
    qsizetype m_at = 0;
    bool m_good = true;
};

/// By how much the farthest point may lie outside: a ring that crosses 180° goes on beyond it.
constexpr double turn = 180;

} // namespace

Result<Land> Land::parse(const QByteArray &bytes)
{
    const auto wrong = [](const QString &what) { return fail(ErrorKind::Malformed, what); };
    if (!bytes.startsWith(QByteArray(magic, magicSize)))
        return wrong(u"this is no land: it does not begin with SDLAND"_s);
    const QByteArray body = bytes.mid(magicSize);
    Reader reader(body);
    Land land;
    if (const int levels = reader.fixed<quint8>(); levels != 2)
        return wrong(u"land has 2 levels, not %1"_s.arg(levels));
    for (std::vector<LandRing> &rings : land.m_rings) {
        const double units = reader.fixed<quint16>();
        const auto count = reader.fixed<quint32>();
        if (units < 1)
            return wrong(u"land has no units per degree"_s);
        for (quint32 i = 0; i < count && reader.isGood(); ++i) {
            const quint32 points = reader.varint();
            LandRing ring;
            // Two bytes a point at the least: a number that is too large is found out before it
            // costs memory.
            if (points < 3 || points > quint32(body.size()) / 2)
                return wrong(u"ring %1 cannot have %2 points"_s.arg(i).arg(points));
            ring.points.reserve(points);
            qint64 x = 0;
            qint64 y = 0;
            for (quint32 k = 0; k < points && reader.isGood(); ++k) {
                x += reader.zigzag();
                y += reader.zigzag();
                const double lon = double(x) / units;
                const double lat = double(y) / units;
                if (std::abs(lat) > 90 || std::abs(lon) > 180 + turn)
                    return wrong(u"ring %1 leaves the Earth at %2, %3"_s.arg(i).arg(lat).arg(lon));
                // The poles are infinitely far on some maps, and near enough at 89.9 on this one.
                ring.points.push_back(Miller::toPlane(std::clamp(lat, -89.9, 89.9), lon));
            }
            const auto [left, right] =
                std::minmax_element(ring.points.begin(), ring.points.end(),
                                    [](QPointF a, QPointF b) { return a.x() < b.x(); });
            const auto [top, bottom] =
                std::minmax_element(ring.points.begin(), ring.points.end(),
                                    [](QPointF a, QPointF b) { return a.y() < b.y(); });
            ring.bounds = {QPointF(left->x(), top->y()), QPointF(right->x(), bottom->y())};
            rings.push_back(std::move(ring));
        }
    }
    if (!reader.isGood())
        return wrong(u"land ends in the middle"_s);
    if (!reader.atEnd())
        return wrong(u"land goes on behind its end"_s);
    return land;
}

const Land &Land::builtIn()
{
    static const Land land = [] {
        QFile file(u":/stampdeck/world/land.bin"_s);
        const bool isOpen = file.open(QIODevice::ReadOnly);
        const Result<Land> read = parse(isOpen ? file.readAll() : QByteArray());
        if (!read)
            qFatal("The land that is compiled in is broken: %s", qPrintable(read.error().message));
        return *read;
    }();
    return land;
}

bool Land::isLand(double latitude, double longitude, Detail detail) const
{
    const QPointF place = Miller::toPlane(latitude, longitude);
    bool isInside = false;
    for (const LandRing &ring : rings(detail)) {
        for (const double shift : {-Miller::width, 0.0, Miller::width}) {
            const QPointF at(place.x() + shift, place.y());
            if (!ring.bounds.contains(at))
                continue;
            // A ray to the east crosses the coast an odd number of times.
            QPointF from = ring.points.back();
            for (const QPointF &to : ring.points) {
                if ((from.y() > at.y()) != (to.y() > at.y())
                    && at.x() < from.x()
                            + (at.y() - from.y()) / (to.y() - from.y()) * (to.x() - from.x()))
                    isInside = !isInside;
                from = to;
            }
        }
    }
    return isInside;
}

} // namespace Stampdeck
