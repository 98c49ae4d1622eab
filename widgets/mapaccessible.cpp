// SPDX-License-Identifier: GPL-3.0-or-later
#include "mapaccessible.h"

#include "carrycontroller.h"
#include "mapwidget.h"

#include <QtCore/QPointer>
#include <QtWidgets/QAccessibleWidget>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

constexpr size_t mostTiles = 500;
constexpr auto cutAction = "cut"_L1; // of a drain handle: its tenants wait for a stamp

enum class Kind : quint8 { Tile, Chip, Handle, Group, Spread, Evacuation, Ghost };

/// What one child stands for: enough to find it again when the map has moved.
struct Item
{
    Kind kind = Kind::Tile;
    int slot = -1;
    QString id; ///< Of stamp or tenant, or the group's title.
    QRectF rect; ///< In the map's coordinates.
    QString description;
    QString group = {}; ///< The key of one whose tiles are folded away: it opens.
    bool opens = false;

    [[nodiscard]] QString key() const { return QString::number(int(kind)) + u' ' + id; }
};

/// A part of the map. Made by MapInterface and registered, so QAccessible owns it.
class ItemInterface final : public QAccessibleInterface, public QAccessibleActionInterface
{
public:
    ItemInterface(MapWidget *map, Item item)
        : m_map(map)
        , m_item(std::move(item))
    { }

    void setItem(const Item &item) { m_item = item; }
    [[nodiscard]] const Item &item() const { return m_item; }
    void forget() { m_map = nullptr; }

    [[nodiscard]] bool isValid() const override { return m_map; }
    [[nodiscard]] QObject *object() const override { return nullptr; }
    [[nodiscard]] QWindow *window() const override
    {
        return m_map ? m_map->window()->windowHandle() : nullptr;
    }
    [[nodiscard]] QAccessibleInterface *childAt(int, int) const override { return nullptr; }
    [[nodiscard]] QAccessibleInterface *parent() const override
    {
        return m_map ? QAccessible::queryAccessibleInterface(m_map) : nullptr;
    }
    [[nodiscard]] QAccessibleInterface *child(int) const override { return nullptr; }
    [[nodiscard]] int childCount() const override { return 0; }
    [[nodiscard]] int indexOfChild(const QAccessibleInterface *) const override { return -1; }

    [[nodiscard]] QString text(QAccessible::Text what) const override
    {
        if (what == QAccessible::Name) {
            switch (m_item.kind) {
            case Kind::Tile:
                return MapWidget::tr("stamp %1").arg(m_item.id);
            case Kind::Chip:
                return MapWidget::tr("tenant %1").arg(m_item.id);
            case Kind::Handle:
                return MapWidget::tr("drain %1").arg(m_item.id);
            case Kind::Group:
                return m_item.id;
            case Kind::Spread:
                return MapWidget::tr("spread");
            case Kind::Evacuation:
                return MapWidget::tr("evacuate %1").arg(m_item.id);
            case Kind::Ghost:
                return MapWidget::tr("create a stamp in %1").arg(m_item.id);
            }
        }
        if (what == QAccessible::Description && m_map)
            return m_item.kind == Kind::Tile ? m_map->slotDescription(m_item.slot)
                                             : m_item.description;
        return {};
    }
    void setText(QAccessible::Text, const QString &) override { }
    [[nodiscard]] QRect rect() const override
    {
        if (!m_map)
            return {};
        const QRect local = m_item.rect.toAlignedRect();
        return {m_map->mapToGlobal(local.topLeft()), local.size()};
    }
    [[nodiscard]] QAccessible::Role role() const override
    {
        switch (m_item.kind) {
        case Kind::Tile:
            return QAccessible::ListItem;
        case Kind::Group:
            return QAccessible::Grouping;
        case Kind::Chip:
        case Kind::Handle:
        case Kind::Spread:
        case Kind::Evacuation:
        case Kind::Ghost:
            break;
        }
        return QAccessible::Button;
    }
    [[nodiscard]] QAccessible::State state() const override
    {
        QAccessible::State state;
        if (!m_map) {
            state.invalid = true;
            return state;
        }
        state.disabled = !m_map->isEnabled();
        if (m_item.kind == Kind::Tile) {
            state.focusable = true;
            state.selectable = true;
            state.multiSelectable = true;
            state.selected = m_map->isSelected(m_item.slot);
            state.focused = m_map->hasFocus() && m_map->currentSlot() == m_item.slot;
        }
        state.movable = m_item.kind == Kind::Chip || m_item.kind == Kind::Handle;
        return state;
    }
    void *interface_cast(QAccessible::InterfaceType type) override
    {
        if (type == QAccessible::ActionInterface)
            return static_cast<QAccessibleActionInterface *>(this);
        return nullptr;
    }
    [[nodiscard]] QStringList actionNames() const override
    {
        if (m_item.kind == Kind::Group && !m_item.opens)
            return {};
        if (m_item.kind == Kind::Handle)
            return {pressAction(), QString(cutAction)};
        return m_item.kind == Kind::Tile ? QStringList{pressAction(), setFocusAction()}
                                         : QStringList{pressAction()};
    }
    void doAction(const QString &action) override
    {
        if (!m_map)
            return;
        if (m_item.kind == Kind::Tile && action == setFocusAction()) {
            m_map->setFocus(Qt::ShortcutFocusReason);
            m_map->setCurrent(m_item.slot);
        } else if (m_item.kind == Kind::Handle && action == cutAction) {
            m_map->cutAll(m_item.slot);
        } else if (action == pressAction()) {
            switch (m_item.kind) {
            case Kind::Tile:
                m_map->press(m_item.slot);
                break;
            case Kind::Chip:
                m_map->cut({m_item.id});
                break;
            case Kind::Handle:
                m_map->drain(m_item.slot);
                break;
            case Kind::Spread:
                m_map->spread();
                break;
            case Kind::Evacuation:
                m_map->evacuate(m_item.id);
                break;
            case Kind::Ghost:
                m_map->create(m_item.id);
                break;
            case Kind::Group:
                if (m_item.opens)
                    m_map->openGroup(m_item.group);
                break;
            }
        }
    }
    [[nodiscard]] QStringList keyBindingsForAction(const QString &) const override { return {}; }

private:
    MapWidget *m_map;
    Item m_item;
};

/// The map itself. Its children are worked out when somebody asks and the map has moved since.
class MapInterface final : public QAccessibleWidget
{
public:
    explicit MapInterface(MapWidget *map)
        : QAccessibleWidget(map, QAccessible::List)
    { }
    ~MapInterface() override
    {
        for (const QAccessible::Id id : std::as_const(m_ids)) {
            if (auto *child = static_cast<ItemInterface *>(QAccessible::accessibleInterface(id)))
                child->forget();
            QAccessible::deleteAccessibleInterface(id);
        }
    }

    [[nodiscard]] int childCount() const override { return int(children().size()); }
    [[nodiscard]] QAccessibleInterface *child(int index) const override
    {
        const auto &all = children();
        return index >= 0 && size_t(index) < all.size()
            ? QAccessible::accessibleInterface(all[size_t(index)])
            : nullptr;
    }
    [[nodiscard]] int indexOfChild(const QAccessibleInterface *child) const override
    {
        const auto &all = children();
        for (size_t i = 0; i < all.size(); ++i) {
            if (QAccessible::accessibleInterface(all[i]) == child)
                return int(i);
        }
        return -1;
    }
    [[nodiscard]] QAccessibleInterface *childAt(int x, int y) const override
    {
        QAccessibleInterface *found = nullptr;
        for (const QAccessible::Id id : children()) {
            QAccessibleInterface *child = QAccessible::accessibleInterface(id);
            if (child && child->rect().contains(x, y))
                found = child; // chips come after their tile
        }
        return found;
    }
    [[nodiscard]] QAccessibleInterface *focusChild() const override
    {
        const int index = current();
        return index >= 0 && map()->hasFocus() ? child(index) : nullptr;
    }
    /// The child that is the current tile; -1 for none.
    [[nodiscard]] int current() const
    {
        const auto &all = children();
        for (size_t i = 0; i < all.size(); ++i) {
            const auto *child =
                static_cast<ItemInterface *>(QAccessible::accessibleInterface(all[i]));
            if (child && child->item().kind == Kind::Tile
                && child->item().slot == map()->currentSlot())
                return int(i);
        }
        return -1;
    }

private:
    [[nodiscard]] MapWidget *map() const { return static_cast<MapWidget *>(widget()); }

    [[nodiscard]] std::vector<Item> items() const
    {
        std::vector<Item> found;
        const MapWidget &map = *this->map();
        const QRectF sight(map.rect());
        if (map.version() && hasPaper(map.stop())) {
            std::vector<int> tiles = map.slotsInSight();
            if (tiles.size() > mostTiles) {
                const QPointF focus = map.currentSlot() >= 0
                    ? map.tileRect(map.currentSlot()).center()
                    : sight.center();
                const auto distance = [&](int slot) {
                    const QPointF off = map.tileRect(slot).center() - focus;
                    return off.x() * off.x() + off.y() * off.y();
                };
                std::nth_element(tiles.begin(), tiles.begin() + mostTiles, tiles.end(),
                                 [&](int a, int b) { return distance(a) < distance(b); });
                tiles.resize(mostTiles);
                std::sort(tiles.begin(), tiles.end(),
                          [&](int a, int b) { return map.placeOf(a) < map.placeOf(b); });
            }
            for (const int slot : tiles) {
                const QString &id = map.version()->stamps[slot]->id;
                found.push_back({Kind::Tile, slot, id, map.tileRect(slot) & sight, {}});
            }
            if (map.stop() == Stop::Near) {
                for (const auto &[id, rect] : map.chipsInSight()) {
                    if (rect.intersects(sight))
                        found.push_back({Kind::Chip, -1, id, rect & sight, {}});
                }
                for (const int slot : tiles) {
                    const QRectF handle = map.drainHandleRect(slot);
                    if (handle.intersects(sight))
                        found.push_back({Kind::Handle,
                                         slot,
                                         map.version()->stamps[slot]->id,
                                         handle & sight,
                                         {}});
                }
            }
        }
        if (map.version()) {
            // Where tiles say their names, only the groups that hide theirs, or of which more is
            // known than their tiles say.
            for (const auto &group : map.groupsInSight()) {
                if (group.folded || !hasPaper(map.stop())
                    || !map.groupNotes().value(group.key).losses.isEmpty())
                    found.push_back({Kind::Group, -1, group.title, group.rect & sight,
                                     group.description, group.key, group.folded});
            }
        }
        for (const auto &[region, there] : map.evacuationsInSight())
            found.push_back({Kind::Evacuation, -1, region, there & sight, {}});
        for (const auto &[key, there] : map.ghostsInSight())
            found.push_back({Kind::Ghost, -1, key, there & sight, map.ghostDescription(key)});
        if (const QRectF spread = map.spreadRect(); !spread.isEmpty())
            found.push_back(
                {Kind::Spread, -1, MapWidget::tr("spread"), spread, map.spreadDescription()});
        return found;
    }

    const std::vector<QAccessible::Id> &children() const
    {
        if (m_serial == map()->layoutSerial())
            return m_order;
        m_serial = map()->layoutSerial();
        QHash<QString, QAccessible::Id> before = std::exchange(m_ids, {});
        m_order.clear();
        for (const Item &item : items()) {
            const QString key = item.key();
            if (m_ids.contains(key))
                continue; // a tenant that is placed twice while it moves
            QAccessible::Id id = before.take(key);
            if (id != 0) {
                static_cast<ItemInterface *>(QAccessible::accessibleInterface(id))->setItem(item);
            } else {
                id = QAccessible::registerAccessibleInterface(new ItemInterface(map(), item));
            }
            m_ids.insert(key, id);
            m_order.push_back(id);
        }
        for (const QAccessible::Id id : std::as_const(before))
            QAccessible::deleteAccessibleInterface(id);
        return m_order;
    }

    mutable std::optional<quint64> m_serial; // of the layout that the children stand for
    mutable QHash<QString, QAccessible::Id> m_ids;
    mutable std::vector<QAccessible::Id> m_order;
};

QAccessibleInterface *factory(const QString &, QObject *object)
{
    if (auto *map = qobject_cast<MapWidget *>(object))
        return new MapInterface(map);
    return nullptr;
}

/// The interface of \a map when somebody has asked for it: nothing is made for nobody.
MapInterface *interfaceOf(MapWidget *map)
{
    if (!QAccessible::isActive())
        return nullptr;
    return static_cast<MapInterface *>(QAccessible::queryAccessibleInterface(map));
}

} // namespace

void installMapAccessibility()
{
    static const bool installed = [] {
        QAccessible::installFactory(factory);
        return true;
    }();
    Q_UNUSED(installed)
}

void tellLayout(MapWidget *map)
{
    if (interfaceOf(map)) {
        QAccessibleEvent event(map, QAccessible::LocationChanged);
        QAccessible::updateAccessibility(&event);
    }
}

void tellFocus(MapWidget *map)
{
    MapInterface *interface = interfaceOf(map);
    if (!interface || !map->hasFocus())
        return;
    const int index = interface->current();
    if (index < 0)
        return;
    QAccessibleEvent event(map, QAccessible::Focus);
    event.setChild(index);
    QAccessible::updateAccessibility(&event);
}

void tellVerdicts(MapWidget *map)
{
    if (interfaceOf(map)) {
        QAccessibleEvent event(map, QAccessible::DescriptionChanged);
        QAccessible::updateAccessibility(&event);
    }
}

} // namespace Stampdeck
