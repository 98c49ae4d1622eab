// SPDX-License-Identifier: GPL-3.0-or-later
#include "rowpermutation.h"

#include <algorithm>

namespace Stampdeck {

namespace {

/// A value that compares fast: a number, a text, or nothing (which stands last in both orders).
struct Key
{
    enum class Type : quint8 { Number, Text, Nothing };
    Type type = Type::Nothing;
    double number = 0;
    QString text;
};

Key keyOf(const QVariant &value)
{
    Key key;
    switch (value.typeId()) {
    case QMetaType::UnknownType:
        break;
    case QMetaType::QString:
        key.text = value.toString();
        key.type = Key::Type::Text;
        break;
    default:
        key.number = value.toDouble();
        key.type = Key::Type::Number;
    }
    return key;
}

int slotCount(const FleetVersion &version, RowKind kind)
{
    return kind == RowKind::Stamps ? version.stamps.size() : version.tenants.size();
}

bool isFilled(const FleetVersion &version, RowKind kind, int slot)
{
    return kind == RowKind::Stamps ? version.stamps[slot] != nullptr
                                   : version.tenants[slot].tenant != nullptr;
}

/// As the ids of both, without making them.
int compareIds(const FleetVersion &before, int a, const FleetVersion &now, int b, RowKind kind)
{
    if (kind == RowKind::Stamps)
        return before.stamps[a]->id.compare(now.stamps[b]->id);
    const TenantEntry &first = before.tenants[a];
    const TenantEntry &second = now.tenants[b];
    if (const int order = first.tenant->id.compare(second.tenant->id))
        return order;
    return before.sources[first.source].tenantDomain.compare(
            now.sources[second.source].tenantDomain);
}

/// Whether the same stamp or tenant is in \a slot of both.
bool isSame(const FleetVersion &before, const FleetVersion &now, RowKind kind, int slot)
{
    if (slot >= slotCount(before, kind) || slot >= slotCount(now, kind))
        return false;
    const bool shared = kind == RowKind::Stamps ? before.stamps.sharesChunk(now.stamps, slot)
                                                : before.tenants.sharesChunk(now.tenants, slot);
    return shared
        || (isFilled(before, kind, slot) && isFilled(now, kind, slot)
            && compareIds(before, slot, now, slot, kind) == 0);
}

/// Holds a key for each slot: never to be copied, so hand it to algorithms by std::cref().
class Sorter
{
public:
    Sorter(const Sorter &) = delete;
    Sorter &operator=(const Sorter &) = delete;
    Sorter(const RowRequest &request, size_t count)
        : m_request(request)
        , m_keys(count)
    {
    }

    void add(int slot)
    {
        m_keys[size_t(slot)] = keyOf(m_request.value(*m_request.version, slot, m_request.column));
    }

    bool operator()(int a, int b) const
    {
        const Key &left = m_keys[size_t(a)];
        const Key &right = m_keys[size_t(b)];
        if (left.type != right.type)
            return left.type < right.type;
        const bool down = m_request.order == Qt::DescendingOrder;
        if (left.type == Key::Type::Number && left.number != right.number)
            return down ? left.number > right.number : left.number < right.number;
        if (left.type == Key::Type::Text) {
            if (const int order = left.text.compare(right.text))
                return down ? order > 0 : order < 0;
        }
        const int ids = compareIds(*m_request.version, a, *m_request.version, b, m_request.kind);
        return ids ? ids < 0 : a < b;
    }

private:
    const RowRequest &m_request;
    std::vector<Key> m_keys;
};

/// Where the rows of \a list that \a isOut says are.
template<typename Predicate>
std::vector<RowRange> rangesOf(const std::vector<int> &list, Predicate isOut)
{
    std::vector<RowRange> ranges;
    for (int row = 0; row < int(list.size()); ++row) {
        if (!isOut(list[size_t(row)]))
            continue;
        if (!ranges.empty() && ranges.back().last == row - 1)
            ranges.back().last = row;
        else
            ranges.push_back({row, row});
    }
    return ranges;
}

} // namespace

QString rowId(const FleetVersion &version, RowKind kind, int slot)
{
    if (slot < 0 || slot >= slotCount(version, kind) || !isFilled(version, kind, slot))
        return {};
    return kind == RowKind::Stamps ? version.stampId(slot) : version.tenantId(slot);
}

RowResult arrangeRows(const RowRequest &request)
{
    const FleetVersion &version = *request.version;
    const auto count = size_t(slotCount(version, request.kind));
    Sorter before(request, count);

    std::vector<bool> isShown(count, false);
    std::vector<int> members;
    for (int slot = 0; slot < int(count); ++slot) {
        if (!isFilled(version, request.kind, slot)
            || (request.filter && !request.filter(version, slot)))
            continue;
        isShown[size_t(slot)] = true;
        before.add(slot);
        members.push_back(slot);
    }

    std::vector<bool> wasShown(count, false);
    std::vector<int> staying; // in the order in which they are shown
    for (const int slot : request.shown) {
        if (slot < int(count) && isShown[size_t(slot)] && request.shownVersion
            && isSame(*request.shownVersion, version, request.kind, slot)) {
            wasShown[size_t(slot)] = true;
            staying.push_back(slot);
        }
    }

    RowResult result;
    if (request.keepOrder && !staying.empty()) {
        std::vector<int> fresh;
        std::copy_if(members.begin(), members.end(), std::back_inserter(fresh),
                     [&](int slot) { return !wasShown[size_t(slot)]; });
        std::sort(fresh.begin(), fresh.end(), std::cref(before));
        // What stays need not be in order any more, so this finds a fitting place, not the only
        // one; both lists keep their own order.
        size_t next = 0;
        for (const int slot : staying) {
            while (next < fresh.size() && before(fresh[next], slot))
                result.rows.push_back(fresh[next++]);
            result.rows.push_back(slot);
        }
        result.rows.insert(result.rows.end(), fresh.begin() + std::ptrdiff_t(next), fresh.end());
    } else {
        result.rows = std::move(members);
        std::sort(result.rows.begin(), result.rows.end(), std::cref(before));
    }

    result.rowOf.assign(count, -1);
    for (size_t row = 0; row < result.rows.size(); ++row)
        result.rowOf[size_t(result.rows[row])] = int(row);

    if (result.rows == request.shown && staying.size() == result.rows.size())
        return result;
    const bool sameMembers = staying.size() == result.rows.size()
        && staying.size() == request.shown.size();
    const bool sameOrder = std::is_sorted(staying.begin(), staying.end(), [&](int a, int b) {
        return result.rowOf[size_t(a)] < result.rowOf[size_t(b)];
    });
    if (sameMembers) {
        result.change = RowResult::Change::Layout;
        return result;
    }
    result.change = RowResult::Change::Reset;
    if (sameOrder && !request.shown.empty()) {
        result.removals = rangesOf(request.shown, [&](int slot) {
            return slot >= int(count) || !wasShown[size_t(slot)];
        });
        std::reverse(result.removals.begin(), result.removals.end());
        result.insertions
                = rangesOf(result.rows, [&](int slot) { return !wasShown[size_t(slot)]; });
        if (result.removals.size() + result.insertions.size() <= size_t(RowResult::maxRanges))
            result.change = RowResult::Change::Ranges;
    }
    return result;
}

} // namespace Stampdeck
