// SPDX-License-Identifier: GPL-3.0-or-later
// What of MapWidget the heads and selvages of groups need: their sums, what they say, Evacuate.
#include "mapwidget.h"

#include "carrycontroller.h"
#include "glyphs.h"
#include "icons.h"
#include "mapparts.h"

#include "models/formatter.h"

#include <QtGui/QPainter>

#include <cmath>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace Internal;
using Text::Align;
using Text::Face;

namespace {

constexpr Text::Style evacuateStyle{Text::Face::Ui, 12, 500};
constexpr double evacuateShape = 24; ///< Where there is no room for a button: both sides.

} // namespace

void MapWidget::setEvacuates(bool on)
{
    m_evacuates = on;
    ++m_layoutSerial;
    update();
}

void MapWidget::evacuate(const QString &region)
{
    if (!isCarrying())
        Q_EMIT evacuateRequested(region);
}

QRectF MapWidget::evacuateRect(const MapBlock &block) const
{
    const QRectF frame = block.frame.translated(-m_scroll);
    if (isWorld())
        return hasPaper(m_layout.stop) && frame.intersects(QRectF(rect()))
            ? WorldPainter::evacuateRect(frame, block.folded, headFacts(block))
            : QRectF();
    const Group &group = m_groups[size_t(block.group)];
    if (!m_evacuates || m_grouping.by != MapGroupBy::Region || !hasPaper(m_layout.stop) || isCarrying()
        || group.key.isEmpty())
        return {};
    const QRectF head = block.head.translated(-m_scroll);
    if (m_layout.selvage)
        return head.adjusted(0, 0, 0, 16).intersects(QRectF(rect()))
            ? selvageEvacuateRect(block)
            : QRectF();
    const double wide = Text::width(tr("Evacuate…"), evacuateStyle) + 8;
    // Behind the name and the place; where there is no room for it the menu has it.
    const double left = head.left() + Text::width(group.title, {Face::Display, 15, 700}) + 9
        + Text::width(placeAndCount(group), {Face::Ui, 12, 400}) + 10;
    if (left + wide > head.right() - 130)
        return {};
    return {left, head.top(), wide, 24};
}

QString MapWidget::townOf(const Group &group) const
{
    return m_grouping.by == MapGroupBy::Region ? regionTown(group.key, m_regionPlaces) : QString();
}

QString MapWidget::placeAndCount(const Group &group) const
{
    const QString count = Format::stamps(group.counts.stamps);
    const QString town = townOf(group);
    return town.isEmpty() ? count : QString(town + u" · " + count);
}

std::vector<std::pair<QString, QRectF>> MapWidget::evacuationsInSight() const
{
    std::vector<std::pair<QString, QRectF>> found;
    if (!m_version || !m_evacuates)
        return found;
    for (const MapBlock &block : m_layout.blocks) {
        const QRectF there = evacuateRect(block);
        if (!there.isEmpty() && there.intersects(QRectF(rect())))
            found.emplace_back(m_groups[size_t(block.group)].key, there);
    }
    return found;
}

QString MapWidget::evacuationAt(QPointF point) const
{
    for (const auto &[region, there] : evacuationsInSight()) {
        if (there.contains(point))
            return region;
    }
    return {};
}

void MapWidget::paintEvacuate(QPainter &painter, const MapBlock &block)
{
    const QRectF there = evacuateRect(block);
    if (there.isEmpty())
        return;
    const Theme &theme = Theme::current();
    const bool isHovered = m_hoveredRegion == m_groups[size_t(block.group)].key;
    if (m_layout.selvage && there.height() > evacuateShape) {
        painter.setPen(QPen(theme[Token::LineDefault], 1));
        painter.setBrush(theme[isHovered ? Token::BgHover : Token::BgRaised]);
        painter.drawRoundedRect(there.adjusted(0.5, 0.5, -0.5, -0.5), 3.5, 3.5);
        Icons::draw(painter, there.topLeft() + QPointF(12, 6.5), u"arrow-up-right"_s, 15,
                    theme[Token::TextPrimary]);
        write(painter, {there.left() + 32, there.top() + 18.5}, tr("Evacuate…"), Text::buttonWords,
              theme[Token::TextPrimary]);
        return;
    }
    const QColor ink = theme[isHovered ? Token::AccentText : Token::TextTertiary];
    if (m_layout.selvage)
        Icons::draw(painter, there.topLeft() + QPointF(5.5, 5.5), u"arrow-up-right"_s, 13, ink);
    else
        write(painter, {there.left() + 4, there.top() + 17}, tr("Evacuate…"), evacuateStyle, ink);
}

const MapWidget::Group::Sums &MapWidget::sumsOf(const Group &group) const
{
    if (group.sums)
        return *group.sums;
    Group::Sums &sums = *(group.sums = Group::Sums());
    const auto add = [](std::optional<double> &sum, std::optional<double> value) {
        if (value)
            sum = sum.value_or(0) + *value;
    };
    for (int i = 0; i < group.counts.stamps; ++i) {
        const StampEntryPtr &at = m_version->stamps[m_order[size_t(group.first + i)]];
        if (!at)
            continue;
        const StampEntry &entry = *at;
        sums.tenants += entry.owned;
        if (entry.stamp->costPerHour) {
            sums.cost += entry.stamp->costPerHour->amount;
            sums.currency = entry.stamp->costPerHour->currency;
        }
        for (const ResourceKind kind :
             {ResourceKind::Cpu, ResourceKind::Memory, ResourceKind::Storage}) {
            const Resource &is = entry.resources[kind];
            if (!is.limit)
                continue;
            add(sums.resources[kind].limit, is.limit);
            add(sums.resources[kind].reserved, is.reserved);
            add(sums.resources[kind].used, is.used);
        }
        if (!entry.stamp->version.isEmpty())
            ++sums.versions[entry.stamp->version];
    }
    return sums;
}

ClusterFacts MapWidget::headFacts(const MapBlock &block) const
{
    const Group &group = m_groups[size_t(block.group)];
    const Group::Sums &sums = sumsOf(group);
    const MapGroupNote note = m_notes.value(group.key);
    ClusterFacts facts;
    facts.title = group.title;
    facts.count = Format::stamps(group.counts.stamps);
    facts.survives = note.survives;
    facts.afterLoss = note.afterLoss;
    facts.gate = note.gate;
    facts.evacuates = m_evacuates && grouping() == MapGroupBy::Region && !group.key.isEmpty()
        && !isCarrying();
    facts.isHovered = m_hoveredRegion == group.key && !group.key.isEmpty();
    const Resource *fullest = &sums.resources.cpu;
    for (const ResourceKind kind : {ResourceKind::Memory, ResourceKind::Storage}) {
        if (sums.resources[kind].load().value_or(-1) > fullest->load().value_or(-1))
            fullest = &sums.resources[kind];
    }
    const double limit = fullest->limit.value_or(0);
    if (limit > 0) {
        facts.used = fullest->used.value_or(0) / limit;
        facts.reserved = fullest->reserved.value_or(0) / limit;
    }
    if (const auto load = fullest->load())
        facts.load = Format::percent(load);
    return facts;
}

QString MapWidget::carrySummary(const Group &group, bool &lit) const
{
    const CarrySum sum = carrySum(group);
    lit = sum.lit;
    return sum.said;
}

MapWidget::CarrySum MapWidget::carrySum(const Group &group) const
{
    // The panel of what is carried asks every stamp too; what they answer together is kept.
    const int at = int(&group - m_groups.data());
    if (const auto known = m_carrySums.constFind(at); known != m_carrySums.cend())
        return *known;
    int can = 0;
    QString reason;
    bool same = true;
    for (int i = 0; i < group.counts.stamps; ++i) {
        const int slot = m_order[size_t(group.first + i)];
        if (m_carry->leaving(slot) > 0)
            continue;
        const auto answer = m_carry->shortAnswer(slot);
        if (!answer) // it is on its way
            return {};
        if (answer->can) {
            ++can;
            continue;
        }
        const QString &why = answer->reason;
        if (reason.isEmpty())
            reason = why;
        same = same && why == reason;
    }
    CarrySum sum;
    sum.lit = can > 0;
    if (can == 0 && same && !reason.isEmpty()) {
        sum.said = sum.brief = reason;
    } else {
        sum.said = tr("%1 of %2 can").arg(can).arg(group.counts.stamps);
        sum.brief = tr("%1/%2", "so many of them can take what is carried")
                        .arg(can)
                        .arg(group.counts.stamps);
    }
    m_carrySums.insert(at, sum);
    return sum;
}

void MapWidget::paintHeads(QPainter &painter, const QRegion &region)
{
    if (isWorld()) {
        if (!isFar(m_layout.stop)) {
            paintClusters(painter, region, Part::All);
            return;
        }
        // The boxes and their cells are there already.
        const QRegion shelf(m_layout.shelf.translated(-m_scroll).toAlignedRect());
        painter.save();
        painter.setClipRegion(region - shelf);
        paintClusters(painter, region - shelf, Part::Plane, false);
        painter.restore();
        paintClusters(painter, region, Part::Shelf, false);
        return;
    }
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF exposed = QRectF(region.boundingRect()).translated(m_scroll);
    for (size_t i = 0; i < m_layout.blocks.size(); ++i) {
        const MapBlock &block = m_layout.blocks[i];
        if (block.frame.top() > exposed.bottom() || block.frame.bottom() + 60 < exposed.top())
            continue;
        const bool head = region.intersects(block.head.translated(-m_scroll).toAlignedRect());
        if (m_layout.stop < Stop::Medium) {
            const QRectF frame = block.frame.translated(-m_scroll);
            if (!region.intersects(frame.toAlignedRect()))
                continue;
            paintFarFrame(painter, frame, m_groups[size_t(block.group)]);
            if (head)
                paintFarHead(painter, frame, m_groups[size_t(block.group)]);
            continue;
        }
        if (head) {
            const Group &group = m_groups[size_t(block.group)];
            if (m_layout.selvage)
                paintSelvage(painter, block, group);
            else
                paintHead(painter, block, group);
        }
        if (m_layout.selvage && m_layout.stop == Stop::Near && i + 1 < m_layout.blocks.size()) {
            const double y = block.frame.bottom() + 26 - m_scroll.y();
            painter.fillRect(
                QRectF(block.frame.left() + 4, std::round(y), block.frame.width(), 1),
                Theme::current()[Token::LineDefault]);
        }
    }
}

void MapWidget::paintHead(QPainter &painter, const MapBlock &block, const Group &group)
{
    const Theme &theme = Theme::current();
    const QRectF head = block.head.translated(-m_scroll);
    const MapGroupNote note = m_notes.value(group.key);
    const FleetCounts &counts = group.counts;
    const double line = head.top() + 17;
    double right = head.right();
    bool lit = false;
    const QString answers = isCarrying() ? carrySummary(group, lit) : whatIfSummary(block.group);
    lit = lit || (!isCarrying() && !answers.isEmpty());
    if (isCarrying() || !answers.isEmpty()) {
        const QString &carry = answers;
        const Text::Style style{Face::Ui, 12, lit ? 600 : 400};
        write(painter, {right, line}, carry, style,
              theme[lit ? Token::AccentText : Token::TextTertiary], Align::Right);
        right -= Text::width(carry, style) + 12;
    } else {
        if (note.survives) {
            const Text::Style style{Face::Ui, 12, 600};
            const QString text = *note.survives ? u"N+1"_s : u"N+0"_s;
            write(painter, {right, line}, text, style,
                  theme[*note.survives ? Token::HealthyText : Token::DegradedText], Align::Right);
            right -= Text::width(text, style) + 6;
            // The gauge at a glance: how full the others would be without the fullest.
            if (note.afterLoss) {
                const ClusterFacts facts = headFacts(block);
                Glyphs::capacityRing(painter, {right - 8, head.top() + 12}, 6.5, 3, facts.used,
                                     facts.reserved, note.afterLoss, note.gate);
                right -= 18;
            }
            right -= 10;
        }
        const struct
        {
            Health health;
            int count;
        } parts[] = {{Health::Unhealthy, counts.unhealthy}, {Health::Degraded, counts.degraded}};
        for (const auto &part : parts) {
            if (part.count == 0)
                continue;
            const Text::Style style{Face::Ui, 12, 600};
            right -= 17 + Text::width(Format::count(part.count), style);
            writeCount(painter, {right, line}, part.health, part.count, theme[Token::BgCanvas],
                       theme[Glyphs::textToken(part.health)], style);
            right -= 14;
        }
    }
    const Text::Style title{Face::Display, 15, 700};
    const QString name = Text::elidedName(group.title, title, right - head.left() - 8);
    write(painter, {head.left(), line}, name, title, theme[Token::TextPrimary]);
    const double after = head.left() + Text::width(name, title) + 9;
    const Text::Style plain{Face::Ui, 12, 400};
    const QString place = placeAndCount(group);
    if (right - after > 30)
        write(painter, {after, line}, Text::elided(place, plain, right - after), plain,
              theme[Token::TextTertiary]);
    paintEvacuate(painter, block);
    if (note.nextFull.isEmpty() || isCarrying() || !answers.isEmpty())
        return;
    // Before what stands at the right, where there is room for all of it.
    const QString full = tr("next full %1").arg(note.nextFull);
    const double end = std::max(after + Text::width(place, plain),
                                evacuateRect(block).isEmpty() ? 0 : evacuateRect(block).right());
    if (right - 16 - Text::width(full, plain) > end + 12)
        write(painter, {right - 16, line}, full, plain,
              theme[note.isFullSoon ? Token::DegradedText : Token::TextTertiary], Align::Right);
}

void MapWidget::paintFarFrame(QPainter &painter, const QRectF &frame, const Group &group)
{
    const FleetCounts &counts = group.counts;
    const bool bad = counts.unhealthy * 100 > counts.stamps && counts.stamps > 0;
    painter.setPen(QPen(
        Theme::current()[bad && !isCarrying() ? Token::UnhealthyEdge : Token::LineDefault], 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(frame.adjusted(0.5, 0.5, -0.5, -0.5));
}

namespace {

constexpr double farPadding = 7; ///< On both sides of a far head.
constexpr double farGap = 10; ///< Between its parts.
/// Room beside a name for trouble of two and one digits, or for "120/125".
constexpr double farBeside = 54;
constexpr double mostFarHead = 172;
constexpr double leastName = 30;

constexpr Text::Style farName{Face::Display, 13, 700};
constexpr Text::Style farNameSmall{Face::Display, 11, 700};

} // namespace

double MapWidget::farHeadWidth(const QString &title)
{
    return std::min(mostFarHead, 2 * farPadding + Text::width(title, farName) + farGap + farBeside);
}

void MapWidget::paintFarHead(QPainter &painter, const QRectF &frame, const Group &group)
{
    const Theme &theme = Theme::current();
    const FleetCounts &counts = group.counts;
    const double line = frame.top() + 16;
    const double left = frame.left() + farPadding;
    double right = frame.right() - farPadding;
    const double whole = Text::width(group.title, farName);
    const double beside = right - left - whole - farGap; // what the name leaves
    CarrySum sum;
    if (isCarrying()) {
        sum = carrySum(group);
    } else {
        sum.said = sum.brief = whatIfSummary(int(&group - m_groups.data()));
        sum.lit = !sum.said.isEmpty();
    }
    // Answers and trouble are never left out: for them the count goes, then their words, and then the
    // name becomes smaller before it is cut.
    if (isCarrying() || !sum.said.isEmpty()) {
        const Text::Style style{Face::Ui, 11, sum.lit ? 600 : 400};
        const QString said =
            Text::elided(Text::width(sum.said, style) <= beside ? sum.said : sum.brief, style,
                         right - left - leastName);
        write(painter, {right, line}, said, style,
              theme[sum.lit ? Token::AccentText : Token::TextTertiary], Align::Right);
        right -= said.isEmpty() ? 0 : Text::width(said, style) + 8;
    } else {
        const struct
        {
            Health health;
            int count;
        } parts[] = {{Health::Unhealthy, counts.unhealthy}, {Health::Degraded, counts.degraded}};
        struct Measures
        {
            Text::Style style;
            double indent;
            double gap;
        };
        constexpr Measures usual{{Face::Ui, 12, 600}, 15, farGap};
        constexpr Measures tight{{Face::Ui, 11, 600}, 13, 6};
        const auto wide = [&](const Measures &as) {
            double sum_ = 0;
            for (const auto &part : parts)
                sum_ += part.count == 0 ? 0
                                        : as.indent + Text::width(Format::count(part.count), as.style)
                        + (sum_ > 0 ? as.gap : 0);
            return sum_;
        };
        const Measures &as = wide(usual) <= beside ? usual : tight;
        for (const auto &part : parts) {
            if (part.count == 0)
                continue;
            // In a frame too narrow for the number the shape alone says it.
            const double needs = as.indent + Text::width(Format::count(part.count), as.style);
            const bool isWhole = right - needs >= left;
            right -= isWhole ? needs : 11;
            Glyphs::health(painter, QRectF(right, line - 10, 11, 11), part.health,
                           theme[Token::BgCanvas]);
            if (isWhole)
                write(painter, {right + as.indent, line}, Format::count(part.count), as.style,
                      theme[Glyphs::textToken(part.health)]);
            right -= isWhole ? as.gap : 3;
        }
    }
    const double room = std::max(0.0, right - left);
    const Text::Style title = whole <= room ? farName : farNameSmall;
    const QString name = Text::elided(group.title, title, room);
    write(painter, {left, line}, name, title, theme[Token::TextPrimary]);
    const double after = left + Text::width(name, title) + 8;
    const QString count = Format::count(counts.stamps);
    const Text::Style plain{Face::Ui, 12, 400};
    if (after + Text::width(count, plain) <= right)
        write(painter, {after, line}, count, plain, theme[Token::TextSecondary]);
}

} // namespace Stampdeck
