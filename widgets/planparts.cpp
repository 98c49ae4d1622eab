// SPDX-License-Identifier: GPL-3.0-or-later
#include "planparts.h"

#include "glyphs.h"
#include "icons.h"

#include "models/formatter.h"

#include <QtCore/QTimer>
#include <QtGui/QPaintEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QGridLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr int stepRow = 27;
constexpr int loadRow = 97;
constexpr int spokenAtMost = 24; // stamps
constexpr Text::Style bodyStyle = Text::body;
constexpr Text::Style nameStyle = Text::rowTitle;
constexpr Text::Style smallStyle = Text::secondLine;
constexpr Text::Style headStyle = Text::tableHead;

QString describe(const RuleSetting &rule)
{
    const bool isRatio = rule.signal == SignalKind::Cpu || rule.signal == SignalKind::Memory;
    const QString target = isRatio             ? Format::percent(rule.target)
        : rule.signal == SignalKind::LatencyP99 ? Format::latency(rule.target)
                                                : Format::rate(rule.target);
    //: %1 the signal of a scaling rule, %2 its target, %3 the fewest replicas
    return QObject::tr("%1 %2, %3 to %Ln replica(s)", nullptr, rule.max)
        .arg(Format::word(rule.signal), target)
        .arg(rule.min);
}

} // namespace

QList<StepTable::Setting> StepTable::settingsOf(const ScaleStamp &scale)
{
    QList<Setting> rows;
    for (auto it = scale.to.components.cbegin(); it != scale.to.components.cend(); ++it) {
        const auto before = scale.from.components.constFind(it.key());
        rows.append(
            {it.key(),
             before == scale.from.components.cend() ? Format::none() : QString::number(*before),
             QObject::tr("%Ln replica(s)", nullptr, it.value())});
    }
    const auto resource = [&rows](ResourceKind kind, const std::optional<double> &from,
                                  const std::optional<double> &to) {
        if (to)
            rows.append({Format::name(kind), Format::amount(kind, from), Format::amount(kind, to)});
    };
    resource(ResourceKind::Cpu, scale.from.cpu, scale.to.cpu);
    resource(ResourceKind::Memory, scale.from.memory, scale.to.memory);
    resource(ResourceKind::Storage, scale.from.storage, scale.to.storage);
    for (const auto &[component, rule] : scale.to.rules) {
        QString before = QObject::tr("no rule");
        for (const auto &[name, old] : scale.from.rules) {
            if (name == component && old)
                before = describe(*old);
        }
        rows.append({QObject::tr("%1 rule").arg(component), before,
                     rule ? describe(*rule) : QObject::tr("no rule")});
    }
    return rows;
}

void StepTable::show(const Plan &plan, const FleetVersion &version)
{
    m_moves.clear();
    m_settings.clear();
    for (const PlannedMove &move : plan.moves) {
        const TenantPtr tenant = version.tenants[move.tenant].tenant;
        m_moves.push_back({tenant ? tenant->id : move.id, move.tier,
                           move.to.mid(move.to.indexOf(u'/') + 1), move.demand, false});
    }
    for (const PlannedStep &step : plan.steps) {
        if (const auto *scale = std::get_if<ScaleStamp>(&step.primitive))
            m_settings.append(settingsOf(*scale));
        else if (plan.moves.empty())
            m_settings.append({step.title, {}, {}});
    }
    setFixedHeight(stepRow * (int(hasHead()) + int(m_moves.size() + size_t(m_settings.size()))) + 4);
    update();
}

// What is one sentence needs none.
bool StepTable::hasHead() const
{
    return !m_moves.empty() || (!m_settings.isEmpty() && !m_settings.first().to.isEmpty());
}

void StepTable::flash(const QSet<QString> &tenants)
{
    for (Move &move : m_moves)
        move.isMarked = tenants.contains(move.id);
    update();
    QTimer::singleShot(600, this, [this] {
        for (Move &move : m_moves)
            move.isMarked = false;
        update();
    });
}

void StepTable::paintEvent(QPaintEvent *event)
{
    const Theme &theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double right = width();
    // In the smallest window the name of where somebody goes comes before the room between, and the
    // points stand closer.
    const bool isTight = right < 560;
    const double toAt = isTight ? 218 : 232;
    const double demandAt = right - (isTight ? 204 : 246);
    const double pointPitch = isTight ? 36 : 42;
    const double points = 3 * pointPitch + 14;
    const double toRoom = demandAt - 8 - toAt;
    const double demandRoom = right - points - demandAt - 2;
    painter.setPen(theme[Token::TextTertiary]);
    const auto head = [&painter](double x, double room, const QString &text) {
        Text::draw(painter, {x, 17}, Text::elided(text, headStyle, room), headStyle);
    };
    if (!m_moves.empty()) {
        head(30, 104, tr("Tenant"));
        head(140, 86, tr("Tier"));
        head(toAt, toRoom, tr("To"));
        // The last says what the points are: it goes as far to the left as it has to.
        const QString words = tr("Start · verify · switch · stop");
        const double left = std::min(right - points, right - Text::width(words, headStyle));
        head(demandAt, left - demandAt - 8, tr("Cores · memory"));
        Text::draw(painter, {right, 17}, words, headStyle, Text::Align::Right);
    } else if (hasHead()) {
        Text::draw(painter, {30, 17}, tr("Setting"), headStyle);
        Text::draw(painter, {232, 17}, tr("Now"), headStyle);
        Text::draw(painter, {402, 17}, tr("After"), headStyle);
    }
    int row = 1;
    if (!m_moves.empty()) { // no more than is in sight: there may be thousands
        const int first = std::clamp(event->rect().top() / stepRow, 1, int(m_moves.size()));
        row = first;
    }
    const auto line = [&](int top) {
        painter.fillRect(QRectF(0, top, right, 1), theme[Token::LineSubtle]);
    };
    for (size_t at = size_t(row - 1); at < m_moves.size(); ++at) {
        const Move &move = m_moves[at];
        const int top = row * stepRow;
        if (top > event->rect().bottom())
            break;
        if (move.isMarked)
            painter.fillRect(QRectF(0, top, right, stepRow), theme[Token::AccentSoft]);
        line(top);
        const double base = top + 18;
        painter.setPen(theme[Token::TextTertiary]);
        Text::draw(painter, {18, base}, QString::number(row), smallStyle, Text::Align::Right);
        painter.setPen(theme[Token::TextPrimary]);
        Text::draw(painter, {30, base}, Text::elidedName(move.id, nameStyle, 104), nameStyle);
        painter.setPen(theme[Token::TextPrimary]);
        Text::draw(painter, {toAt, base}, Text::elidedName(move.to, bodyStyle, toRoom),
                   bodyStyle);
        painter.setPen(theme[Token::TextSecondary]);
        Text::draw(painter, {154, base}, Text::elided(Format::word(move.tier), smallStyle, toAt - 158),
                   smallStyle);
        const QString demand =
            (move.demand.cpu ? Format::number(*move.demand.cpu) : Format::none()) + u" · "
            + Format::bytes(move.demand.memory);
        Text::draw(painter, {demandAt, base}, Text::elided(demand, smallStyle, demandRoom),
                   smallStyle);
        Glyphs::tier(painter, {140, base - 8.5, 8, 8}, move.tier, theme[Token::TextSecondary]);
        // Four points; between verify and switch both serve.
        const double y = top + stepRow / 2.0;
        for (int point = 0; point < 4; ++point) {
            const double x = right - points + point * pointPitch + 4;
            if (point < 3) {
                painter.setPen(QPen(theme[point == 1 ? Token::AccentLine : Token::LineStrong],
                                    point == 1 ? 2 : 1));
                painter.drawLine(QPointF(x + 4, y), QPointF(x + pointPitch - 4, y));
            }
            painter.setPen(QPen(theme[Token::LineStrong], 1.5));
            painter.setBrush(theme[Token::BgPanel]);
            painter.drawEllipse(QPointF(x, y), 4, 4);
        }
        ++row;
    }
    row = int(m_moves.size()) + 1;
    for (const Setting &setting : m_settings) {
        const int top = (hasHead() ? row : row - 1) * stepRow;
        line(top);
        const double base = top + 18;
        painter.setPen(theme[Token::TextTertiary]);
        Text::draw(painter, {18, base}, QString::number(row), smallStyle, Text::Align::Right);
        painter.setPen(theme[Token::TextPrimary]);
        const bool isPlain = setting.to.isEmpty();
        Text::draw(painter, {30, base},
                   Text::elided(setting.name, nameStyle, isPlain ? right - 40 : 196),
                   nameStyle);
        if (!isPlain) {
            painter.setPen(theme[Token::TextSecondary]);
            Text::draw(painter, {232, base}, Text::elided(setting.from, bodyStyle, 160),
                       bodyStyle);
            painter.setPen(theme[Token::TextPrimary]);
            Text::draw(painter, {402, base}, Text::elided(setting.to, nameStyle, right - 402),
                       nameStyle);
        }
        ++row;
    }
}

LoadLegend::LoadLegend(std::optional<double> gate)
    : m_gate(gate)
{
    setFixedHeight(20);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void LoadLegend::paintEvent(QPaintEvent *)
{
    const Theme &theme = Theme::current();
    QPainter painter(this);
    double x = width();
    // Before its words: what is added is filled, what is freed hollow, the gate a tick.
    const auto item = [&](const QString &words, double mark, const auto &draw) {
        const double wide = mark + 5 + Text::width(words, smallStyle);
        if (x - wide < 8)
            return;
        x -= wide;
        draw(x);
        painter.setPen(theme[Token::TextSecondary]);
        Text::draw(painter, {x + mark + 5, 14}, words, smallStyle);
        x -= 12;
    };
    if (m_gate)
        item(tr("gate %1").arg(Format::percent(m_gate)), 2, [&](double at) {
            painter.fillRect(QRectF(at, 3, 1.5, 14), theme[Token::ResLimit]);
        });
    item(tr("freed"), 10, [&](double at) {
        painter.setPen(QPen(theme[Token::ResUsed], 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(at + 0.5, 6.5, 9, 7));
    });
    item(tr("added"), 10, [&](double at) {
        painter.fillRect(QRectF(at, 6, 10, 8), theme[Token::ResAfter]);
    });
}

void LoadTable::show(const Plan &plan, const FleetVersion &version)
{
    m_rows.clear();
    for (const LoadChange &load : plan.loads) {
        Row row{load, Health::Unknown, 0.85};
        if (const StampEntryPtr entry = load.slot >= 0 && load.slot < version.stamps.size()
                    ? version.stamps[load.slot]
                    : nullptr) {
            row.health = entry->health;
            row.gate = version.sourceOf(*entry).objectives.load;
        }
        m_rows.push_back(row);
    }
    setFixedHeight(int(m_rows.size()) * loadRow + 4);
    setAccessibleDescription(spoken());
    update();
}

void LoadTable::paintEvent(QPaintEvent *event)
{
    const Theme &theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double right = width();
    double top = -loadRow;
    for (const Row &row : m_rows) {
        top += loadRow;
        if (!event->rect().intersects({0, int(top), width(), loadRow}))
            continue;
        Glyphs::health(painter, {0, top + 5, 12, 12}, row.health, theme[Token::BgPanel]);
        painter.setPen(theme[Token::TextPrimary]);
        const QString name = row.load.stamp.mid(row.load.stamp.indexOf(u'/') + 1);
        Text::draw(painter, {18, top + 15}, Text::elidedName(name, nameStyle, 220), nameStyle);
        painter.setPen(theme[Token::TextSecondary]);
        Text::draw(painter, {right, top + 15}, tenantsLine(row), smallStyle,
                   Text::Align::Right);
        double y = top + 24;
        for (const ResourceKind kind :
             {ResourceKind::Cpu, ResourceKind::Memory, ResourceKind::Storage}) {
            const std::optional<double> before = row.load.before[kind].load();
            const std::optional<double> after = row.load.after[kind].load();
            painter.setPen(theme[Token::TextSecondary]);
            Text::draw(painter, {0, y + 12}, Text::elided(Format::name(kind), smallStyle, 54),
                       smallStyle);
            LoadBar bar;
            bar.used = before;
            bar.gate = row.gate;
            if (before && after) {
                bar.added = std::max(0.0, *after - *before);
                bar.freed = std::max(0.0, *before - *after);
            }
            drawLoadBar(painter, {58, y + 3, right - 58 - 92, 10}, bar);
            const bool isOver = after && *after > row.gate;
            painter.setPen(theme[Token::TextSecondary]);
            Text::draw(painter, {right - 52, y + 12}, Format::percent(before), smallStyle,
                       Text::Align::Right);
            Icons::draw(painter, {right - 48, y + 2}, u"arrow-right"_s, 12,
                        theme[Token::TextSecondary]);
            painter.setPen(
                    theme[after && *after > 1 ? Token::UnhealthyText
                              : isOver        ? Token::DegradedText
                                              : Token::TextPrimary]);
            Text::draw(painter, {right, y + 12}, Format::percent(after), nameStyle,
                       Text::Align::Right);
            y += 20;
        }
        if (&row != &m_rows.back())
            painter.fillRect(QRectF(0, top + 88, right, 1), theme[Token::LineSubtle]);
    }
}

QString LoadTable::tenantsLine(const Row &row)
{
    const std::optional<double> before = row.load.before.tenants.taken();
    const std::optional<double> after = row.load.after.tenants.taken();
    QString line = row.load.isSource ? tr("source") : QString();
    if (before && after) {
        if (!line.isEmpty())
            line += u", "_s;
        line += *before == *after ? Format::tenants(std::lround(*after))
                                  : tr("%1 → %Ln tenant(s)", nullptr, int(std::lround(*after)))
                                        .arg(Format::count(std::lround(*before)));
    }
    return line;
}

QString LoadTable::spoken() const
{
    QStringList parts;
    for (const Row &row : m_rows) {
        if (parts.size() == spokenAtMost)
            break;
        parts.append(tr("%1: %2 to %3").arg(row.load.stamp,
                                            Format::percent(LoadChange::fullest(row.load.before)),
                                            Format::percent(LoadChange::fullest(row.load.after))));
    }
    return parts.join(u"; ");
}

void BlastRow::paintEvent(QPaintEvent *)
{
    const Theme &theme = Theme::current();
    QPainter painter(this);
    if (cells.isEmpty())
        return;
    const Text::Style value{Text::Face::Display, 20, 700};
    const Text::Style what = Text::secondLine;
    // Each as wide as its words, and what is left over is shared.
    std::vector<double> wide;
    for (const auto &[number, words] : std::as_const(cells))
        wide.push_back(std::max(Text::width(number, value), Text::width(words, what)));
    const double spare = (width() - std::accumulate(wide.begin(), wide.end(), 0.0))
        / double(cells.size());
    double left = 0;
    for (int at = 0; at < cells.size(); ++at) {
        const double right = left + wide[size_t(at)] + spare;
        const double x = left + (at ? 10 : 0);
        if (at)
            painter.fillRect(QRectF(left, 4, 1, 32), theme[Token::LineSubtle]);
        const double room = right - x;
        painter.setPen(theme[Token::TextPrimary]);
        Text::draw(painter, {x, 20}, Text::elided(cells[at].first, value, room), value);
        painter.setPen(theme[Token::TextSecondary]);
        Text::draw(painter, {x, 37}, Text::elided(cells[at].second, what, room), what);
        left = right;
    }
}

FactList::FactList(const QList<std::pair<QString, QString>> &facts)
{
    auto *rows = new QGridLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setHorizontalSpacing(12);
    rows->setVerticalSpacing(6);
    rows->setColumnMinimumWidth(0, 110);
    rows->setColumnStretch(1, 1);
    int row = 0;
    QStringList spoken;
    for (const auto &[label, value] : facts) {
        auto *name = new TextLine(label, smallStyle, Token::TextSecondary);
        rows->addWidget(name, row, 0, Qt::AlignTop);
        auto *what = new QLabel(value);
        what->setTextFormat(Qt::PlainText);
        what->setFont(Text::font(bodyStyle));
        what->setWordWrap(true);
        rows->addWidget(what, row++, 1);
        spoken.append(label + u' ' + value);
    }
    setAccessibleName(spoken.join(u", "));
}

void StepCards::paintEvent(QPaintEvent *)
{
    const Theme &theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (cards.isEmpty())
        return;
    const double gap = 8;
    const double each = (width() - gap * double(cards.size() - 1)) / double(cards.size());
    for (int at = 0; at < cards.size(); ++at) {
        const QRectF box(std::round(at * (each + gap)) + 0.5, 0.5, std::floor(each) - 1,
                         height() - 1);
        painter.setPen(QPen(theme[at == 0 ? Token::AccentLine : Token::LineDefault], 1));
        painter.setBrush(theme[at == 0 ? Token::AccentSoft : Token::BgRaised]);
        painter.drawRoundedRect(box, 4, 4);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme[at == 0 ? Token::Accent : Token::BgPressed]);
        painter.drawEllipse(QPointF(box.x() + 18, box.center().y()), 9, 9);
        painter.setPen(theme[at == 0 ? Token::TextOnAccent : Token::TextPrimary]);
        Text::draw(painter, {box.x() + 18, box.center().y() + 4}, QString::number(at + 1),
                   headStyle, Text::Align::Center);
        painter.setPen(theme[Token::TextPrimary]);
        Text::draw(painter, {box.x() + 34, 20},
                   Text::elided(cards[at].first, nameStyle, each - 42), nameStyle);
        painter.setPen(theme[Token::TextSecondary]);
        Text::draw(painter, {box.x() + 34, 36},
                   Text::elided(cards[at].second, smallStyle, each - 42), smallStyle);
    }
}

RefusalBox::RefusalBox()
    : Surface(Token::BgPanel)
{
    setFrame(Token::DegradedEdge);
}

void RefusalBox::paintEvent(QPaintEvent *)
{
    const Theme &theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme[Token::DegradedEdge], 1));
    painter.setBrush(mixed(theme[Token::BgPanel], theme[Token::DegradedFill], 0.45));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    Glyphs::health(painter, {14, 14, 13, 13}, Health::Degraded, theme[Token::BgPanel]);
}

IconLine::IconLine(const QString &icon, Token ink, const QString &text, Token words)
    : m_icon(icon)
    , m_ink(ink)
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(24, 3, 0, 3);
    auto *label = new QLabel(text);
    label->setWordWrap(true); // a small window has no room for all of it in one line
    label->setFont(Text::font(bodyStyle));
    QPalette palette = label->palette();
    palette.setColor(QPalette::WindowText, Theme::current()[words]);
    label->setPalette(palette);
    row->addWidget(label, 1);
}

void IconLine::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    Icons::draw(painter, {0, 4}, m_icon, 14, Theme::current()[m_ink]);
}

} // namespace Stampdeck
