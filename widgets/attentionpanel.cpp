// SPDX-License-Identifier: GPL-3.0-or-later
#include "attentionpanel.h"

#include "glyphs.h"
#include "operationsdrawer.h"
#include "pressareas.h"
#include "refresher.h"
#include "textsize.h"
#include "themes.h"

#include "models/formatter.h"
#include "models/query.h"

#include "backends/api/whendone.h"

#include <QtConcurrent/QtConcurrentRun>
#include <QtCore/QCoreApplication>
#include <QtCore/QTimer>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr Text::Style sectionStyle = Text::sectionHead;
constexpr Text::Style nameStyle = Text::rowTitle;
constexpr Text::Style smallStyle = Text::secondLine;
constexpr auto interval = std::chrono::seconds(1);

/// Of a row: red for the first where that is unhealthy, and what is under the pointer.
void paintGround(QPainter &painter, const QWidget &row, bool isTinted)
{
    const Theme &theme = Theme::current();
    if (isTinted) {
        const QRect plate = row.rect().adjusted(0, 1, 0, -1);
        painter.setPen(Qt::NoPen);
        painter.setBrush(mixed(theme[Token::BgPanel], theme[Token::UnhealthyFill],
                               theme.isDark() ? 0.32 : 0.14));
        painter.drawRoundedRect(plate, 4, 4);
        painter.fillRect(plate.left(), plate.top(), 3, plate.height(), theme[Token::UnhealthyGlyph]);
    } else if (row.underMouse()) {
        painter.fillRect(row.rect(), theme[Token::BgHover]);
    }
}

/// Where row \a at of \a height in the look stands in \a list.
QRect rowOf(const QWidget &list, int at, int height)
{
    return {0, withText(at * height), list.width(), withText(height)};
}

} // namespace

/// One stamp in trouble: shape, name, reason, since when, and how many it hits.
class AttentionPanel::TroubleRow final : public QAbstractButton
{
    Q_DECLARE_TR_FUNCTIONS(Stampdeck::AttentionPanel)

public:
    TroubleRow(const FleetSummary::Trouble &trouble, const Clock &clock, bool isFirst)
        : m_trouble(trouble)
        , m_clock(clock)
        , m_tint(isFirst && trouble.health == Health::Unhealthy && !trouble.stale)
    {
        setFixedHeight(withText(46));
        setFocusPolicy(Qt::StrongFocus);
        setAttribute(Qt::WA_Hover);
        setCursor(Qt::PointingHandCursor);
        setText(nameOfStamp(trouble.stamp));
        setAccessibleDescription(
            u"%1, %2, %3"_s.arg(trouble.stale ? tr("stale") : Format::word(trouble.health),
                                trouble.reason, Format::tenants(trouble.tenants)));
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Theme &theme = Theme::current();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        paintGround(painter, *this, m_tint);
        const Text::Scaled scaled(painter);
        const double width = Text::Scaled::toLook(this->width());
        if (m_trouble.stale)
            Glyphs::stale(painter, {10, 11, 16, 10});
        else
            Glyphs::health(painter, {11, 10, 13, 13}, m_trouble.health, theme[Token::BgPanel]);
        const double right = width - 12;
        const QString tenants = Format::tenants(m_trouble.tenants);
        painter.setPen(theme[Token::TextPrimary]);
        Text::draw(painter, {34, 20}, Text::elidedName(text(), nameStyle, right - 34 - 60),
                   nameStyle);
        painter.setPen(theme[Token::TextSecondary]);
        if (m_trouble.since)
            Text::draw(painter, {right, 20}, Format::age(m_clock.now() - *m_trouble.since),
                       smallStyle, Text::Align::Right);
        Text::draw(painter, {right, 37}, tenants, smallStyle, Text::Align::Right);
        const bool isPlain = m_trouble.stale || m_trouble.health == Health::Unknown;
        painter.setPen(theme[isPlain ? Token::TextSecondary : Glyphs::textToken(m_trouble.health)]);
        Text::draw(painter, {34, 37},
                   Text::elided(m_trouble.reason, smallStyle,
                                right - 34 - Text::width(tenants, smallStyle) - 10),
                   smallStyle);
        if (!m_tint)
            painter.fillRect(QRectF(11, Text::Scaled::toLook(height()) - 1, right - 11, 1),
                             theme[Token::LineSubtle]);
    }

private:
    FleetSummary::Trouble m_trouble;
    const Clock &m_clock;
    bool m_tint;
};

/// Many stamps in trouble that have something in common: shape, what that is, why, how many it hits.
class AttentionPanel::GatheredRow final : public QAbstractButton
{
    Q_DECLARE_TR_FUNCTIONS(Stampdeck::AttentionPanel)

public:
    GatheredRow(const Gathered &row, bool isFirst)
        : m_row(row)
        , m_tint(isFirst && row.health == Health::Unhealthy && !row.stale)
    {
        setFixedHeight(withText(68));
        setFocusPolicy(Qt::StrongFocus);
        setAttribute(Qt::WA_Hover);
        setCursor(Qt::PointingHandCursor);
        setText(titleOf(row));
        const QString word = row.stale ? tr("stale") : Format::word(row.health);
        m_reason = row.by == Gathered::By::Nothing ? tr("nothing in common found")
            : row.reason.isEmpty()                 ? tr("no reason told")
                                                   : row.reason;
        //: 303 unhealthy · 4,930 tenants
        m_counts = tr("%1 %2 · %3").arg(Format::count(row.worst), word, Format::tenants(row.tenants));
        setAccessibleDescription(m_reason + u", "_s + m_counts);
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Theme &theme = Theme::current();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        paintGround(painter, *this, m_tint);
        const Text::Scaled scaled(painter);
        const double width = Text::Scaled::toLook(this->width());
        if (m_row.stale)
            Glyphs::stale(painter, {10, 11, 16, 10});
        else
            Glyphs::health(painter, {11, 10, 13, 13}, m_row.health, theme[Token::BgPanel]);
        const double right = width - 12;
        const double room = right - 34;
        painter.setPen(theme[Token::TextPrimary]);
        Text::draw(painter, {34, 20}, Text::elided(text(), nameStyle, room), nameStyle);
        const bool isPlain = m_row.stale || m_row.health == Health::Unknown;
        painter.setPen(theme[isPlain ? Token::TextSecondary : Glyphs::textToken(m_row.health)]);
        Text::draw(painter, {34, 37}, Text::elided(m_reason, smallStyle, room), smallStyle);
        painter.setPen(theme[Token::TextSecondary]);
        Text::draw(painter, {34, 54}, Text::elided(m_counts, smallStyle, room), smallStyle);
        if (!m_tint)
            painter.fillRect(QRectF(11, Text::Scaled::toLook(height()) - 1, right - 11, 1),
                             theme[Token::LineSubtle]);
    }

private:
    static QString titleOf(const Gathered &row)
    {
        switch (row.by) {
        case Gathered::By::Zone:
            return tr("%1, zone %2").arg(row.region, row.value);
        case Gathered::By::Region:
            return row.region;
        case Gathered::By::Version:
            return tr("version %1").arg(row.value);
        case Gathered::By::Source:
            return tr("source %1").arg(row.value);
        case Gathered::By::Start:
            return row.from ? tr("since %1").arg(Format::secondOfZone(*row.from)) : tr("at once");
        case Gathered::By::Nothing:
            break;
        }
        return tr("scattered");
    }
    Gathered m_row;
    bool m_tint;
    QString m_reason;
    QString m_counts;
};

/// Which regions have the largest share of stamps that are not well.
class AttentionPanel::ByRegion final : public QWidget
{
    Q_DECLARE_TR_FUNCTIONS(Stampdeck::AttentionPanel)

public:
    static constexpr int mostRows = 12;
    static constexpr int rowHeight = 21;

    explicit ByRegion(AttentionPanel *panel)
        : m_panel(panel)
    {
        setObjectName(u"byRegion"_s);
        setCursor(Qt::PointingHandCursor);
        setAccessibleName(tr("By region"));
        m_areas = new PressAreas(this, [this](int at) { press(at); });
    }
    void show(const QList<RegionTrouble> &regions)
    {
        m_regions = regions.mid(0, mostRows);
        QStringList spoken;
        for (const RegionTrouble &region : std::as_const(m_regions))
            spoken.append(region.region + u' ' + Format::percent(region.share()));
        setAccessibleDescription(spoken.join(u", "));
        setFixedHeight(withText(int(m_regions.size()) * rowHeight + 4));
        placeAreas();
        update();
    }

protected:
    void resizeEvent(QResizeEvent *event) override
    {
        QWidget::resizeEvent(event);
        placeAreas();
    }
    void paintEvent(QPaintEvent *) override
    {
        const Theme &theme = Theme::current();
        QPainter painter(this);
        const Text::Scaled scaled(painter);
        const double width = Text::Scaled::toLook(this->width());
        const double most = m_regions.isEmpty() ? 0 : m_regions.constFirst().share();
        double y = 0;
        for (const RegionTrouble &region : std::as_const(m_regions)) {
            painter.setPen(theme[Token::TextSecondary]);
            Text::draw(painter, {0, y + 14}, Text::elidedName(region.region, smallStyle, 84),
                       smallStyle);
            const QRectF track(90, y + 6, std::max(24.0, width - 90 - 48), 8);
            painter.fillRect(track, theme[Token::ResTrack]);
            double x = track.left();
            const auto part = [&](int stamps, Token token) {
                if (stamps == 0 || most <= 0)
                    return;
                // As long as the worst region is the whole; nothing so short that it is not seen.
                const double wide =
                    std::max(1.5, track.width() * stamps / region.stamps / most);
                painter.fillRect(QRectF(x, track.top(), std::min(wide, track.right() - x), 8),
                                 theme[token]);
                x += wide + 1;
            };
            part(region.unhealthy, Token::UnhealthyCell);
            part(region.others, Token::DegradedCell);
            painter.setPen(theme[Token::TextPrimary]);
            Text::draw(painter, {width, y + 14}, Format::errorPercent(region.share()),
                       smallStyle, Text::Align::Right);
            y += rowHeight;
        }
    }
    void mouseReleaseEvent(QMouseEvent *event) override
    {
        if (event->button() == Qt::LeftButton)
            press(int(Text::Scaled::toLook(event->position().y())) / rowHeight);
    }

private:
    void press(int at)
    {
        if (at >= 0 && at < m_regions.size())
            Q_EMIT m_panel->queryRequested(
                Query::term(u"region"_s, m_regions[at].region) + u" NOT health:healthy");
    }
    void placeAreas()
    {
        QList<PressAreas::Area> areas;
        for (const RegionTrouble &region : std::as_const(m_regions))
            areas.append({rowOf(*this, int(areas.size()), rowHeight), region.region,
                          Format::errorPercent(region.share())});
        m_areas->set(areas);
    }
    AttentionPanel *m_panel;
    PressAreas *m_areas;
    QList<RegionTrouble> m_regions;
};

/// What was done in the last hour, the newest first.
class AttentionPanel::Changes final : public QWidget
{
    Q_DECLARE_TR_FUNCTIONS(Stampdeck::AttentionPanel)

public:
    Changes()
    {
        setObjectName(u"changes"_s);
        setAccessibleName(tr("Changed in the last hour"));
    }
    void show(const FleetVersion &version, Timestamp now)
    {
        QList<std::pair<Timestamp, QString>> found;
        for (const OperationPtr &operation : version.operations) {
            const std::optional<Timestamp> at = operation->updatedAt ? operation->updatedAt
                                                                     : operation->createdAt;
            if (at && now - *at < std::chrono::hours(1) && isFinal(operation->state)) {
                QString what = titleOf(*operation);
                if (operation->state != OperationState::Succeeded)
                    what += u": " + Format::word(operation->state);
                found.append({*at, what});
            }
        }
        std::sort(found.begin(), found.end(),
                  [](const auto &a, const auto &b) { return a.first > b.first; });
        if (found.size() > 5)
            found.resize(5);
        m_lines = found;
        QStringList spoken;
        for (const auto &[at, what] : std::as_const(m_lines))
            spoken.append(Format::minute(at) + u' ' + what);
        setAccessibleDescription(spoken.isEmpty() ? tr("Nothing that Stampdeck knows of.")
                                                  : spoken.join(u", "));
        setFixedHeight(withText(std::max(1, int(m_lines.size())) * 21 + 4));
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Theme &theme = Theme::current();
        QPainter painter(this);
        const Text::Scaled scaled(painter);
        const double width = Text::Scaled::toLook(this->width());
        if (m_lines.isEmpty()) {
            painter.setPen(theme[Token::TextSecondary]);
            Text::draw(painter, {0, 15}, tr("Nothing that Stampdeck knows of."), smallStyle);
        }
        double y = 15;
        for (const auto &[at, what] : m_lines) {
            painter.setPen(theme[Token::TextTertiary]);
            Text::draw(painter, {0, y}, Format::minute(at), {Text::Face::Mono, 12, 400});
            painter.setPen(theme[Token::TextPrimary]);
            Text::draw(painter, {46, y}, Text::elided(what, smallStyle, width - 46), smallStyle);
            y += 21;
        }
    }

private:
    QList<std::pair<Timestamp, QString>> m_lines;
};

/// The four resources of the whole fleet.
class AttentionPanel::Load final : public QWidget
{
public:
    Load() { setFixedHeight(withText(4 * 21 + 4)); }
    void show(const Resources &total)
    {
        m_total = total;
        QStringList parts;
        for (const ResourceKind kind : allResources)
            parts.append(Format::name(kind) + u' ' + Format::ofLimit(kind, total[kind]));
        setAccessibleName(parts.join(u", "));
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Theme &theme = Theme::current();
        QPainter painter(this);
        const Text::Scaled scaled(painter);
        const double width = Text::Scaled::toLook(this->width());
        const auto words = [this](ResourceKind kind) {
            return m_total[kind].limit ? Format::ofLimit(kind, m_total[kind]) : Format::notKnown();
        };
        // The bars leave room for the longest figure.
        double figures = 0;
        for (const ResourceKind kind : allResources)
            figures = std::max(figures, Text::width(words(kind), smallStyle));
        const double room = width - 58 - 10 - figures;
        const double bars = room < 24 ? 0 : std::min(room, 92.0); // the figures first
        double y = 0;
        for (const ResourceKind kind : allResources) {
            const Resource &resource = m_total[kind];
            painter.setPen(theme[Token::TextSecondary]);
            Text::draw(painter, {0, y + 14}, Text::elided(Format::name(kind), smallStyle, 54),
                       smallStyle);
            LoadBar bar;
            if (resource.limit && *resource.limit > 0) {
                bar.reserved = resource.reserved.value_or(0) / *resource.limit;
                bar.used = resource.used.value_or(0) / *resource.limit;
            }
            if (bars > 0)
                drawLoadBar(painter, {58, y + 6, bars, 8}, bar);
            painter.setPen(theme[Token::TextSecondary]);
            Text::draw(painter, {width, y + 14},
                       Text::elided(words(kind), smallStyle, width - 58 - bars - 6), smallStyle,
                       Text::Align::Right);
            y += 21;
        }
    }

private:
    Resources m_total;
};

/// What is full first at the rate at which it grows: stamps and regions.
class AttentionPanel::NextFull final : public QWidget
{
    Q_DECLARE_TR_FUNCTIONS(Stampdeck::AttentionPanel)

public:
    static constexpr int mostLines = 2;
    static constexpr int lineHeight = 21;

    explicit NextFull(AttentionPanel *panel)
        : m_panel(panel)
    {
        setObjectName(u"nextFull"_s);
        setCursor(Qt::PointingHandCursor);
        setAccessibleName(tr("Next full"));
        m_areas = new PressAreas(this, [this](int at) { press(at); });
        hide();
    }
    void show(const QList<FleetForecast::Next> &next)
    {
        m_next = next;
        QStringList spoken;
        for (const FleetForecast::Next &each : next)
            spoken.append(lineOf(each));
        setAccessibleDescription(spoken.join(u", "));
        setFixedHeight(withText(int(next.size()) * lineHeight + 4));
        setVisible(!next.isEmpty());
        placeAreas();
        update();
    }

protected:
    void resizeEvent(QResizeEvent *event) override
    {
        QWidget::resizeEvent(event);
        placeAreas();
    }
    void paintEvent(QPaintEvent *) override
    {
        const Theme &theme = Theme::current();
        QPainter painter(this);
        const Text::Scaled scaled(painter);
        const double width = Text::Scaled::toLook(this->width());
        const QString title = tr("Next full");
        painter.setPen(theme[Token::TextSecondary]);
        Text::draw(painter, {0, 14}, title, smallStyle);
        const double room = width - Text::width(title, smallStyle) - 12;
        double y = 14;
        for (const FleetForecast::Next &each : std::as_const(m_next)) {
            const bool isSoon = each.outlook.isSoon();
            const Text::Style style{Text::Face::Ui, 12, isSoon ? 600 : 400};
            painter.setPen(theme[isSoon ? Token::DegradedText : Token::TextPrimary]);
            Text::draw(painter, {width, y}, Text::elided(lineOf(each), style, room), style,
                       Text::Align::Right);
            y += lineHeight;
        }
    }
    void mouseReleaseEvent(QMouseEvent *event) override
    {
        if (event->button() == Qt::LeftButton)
            press(int(Text::Scaled::toLook(event->position().y())) / lineHeight);
    }

private:
    void press(int at)
    {
        if (at < 0 || at >= m_next.size())
            return;
        if (m_next[at].stamp.isEmpty())
            Q_EMIT m_panel->queryRequested(Query::term(u"region"_s, m_next[at].region));
        else
            Q_EMIT m_panel->stampActivated(m_next[at].stamp);
    }
    void placeAreas()
    {
        QList<PressAreas::Area> areas;
        for (const FleetForecast::Next &each : std::as_const(m_next))
            areas.append({rowOf(*this, int(areas.size()), lineHeight), lineOf(each), {}});
        m_areas->set(areas);
    }
    static QString lineOf(const FleetForecast::Next &next)
    {
        //: of what is full next: %1 is a stamp or a region, %2 "cpu in 9 days"
        return tr("%1 %2").arg(next.stamp.isEmpty() ? next.region : nameOfStamp(next.stamp),
                               nextFullText(next.outlook));
    }
    AttentionPanel *m_panel;
    PressAreas *m_areas;
    QList<FleetForecast::Next> m_next;
};

/// Regions by how they would bear a loss, the worst first: how full the rest would be, up to the gate.
class AttentionPanel::Survives final : public QWidget
{
    Q_DECLARE_TR_FUNCTIONS(Stampdeck::AttentionPanel)

public:
    struct Row
    {
        QString region;
        std::optional<bool> survives;
        std::optional<LossOutlook> outlook;
        QString words;
    };
    static constexpr int mostRows = 5;
    static constexpr int rowHeight = 22;

    explicit Survives(AttentionPanel *panel)
        : m_panel(panel)
    {
        setMouseTracking(true);
        setCursor(Qt::PointingHandCursor);
        setObjectName(u"survives"_s);
        m_areas = new PressAreas(this, [this](int at) { press(at); });
    }

    void show(QList<Row> rows)
    {
        const auto rank = [](const Row &row) {
            return !row.survives ? 1 : *row.survives ? 2 : 0; // who doesn't, who knows, who does
        };
        std::stable_sort(rows.begin(), rows.end(), [&rank](const Row &a, const Row &b) {
            if (rank(a) != rank(b))
                return rank(a) < rank(b);
            return (a.outlook ? a.outlook->load : 0) > (b.outlook ? b.outlook->load : 0);
        });
        m_rows = rows.mid(0, mostRows);
        QStringList spoken;
        for (const Row &row : std::as_const(m_rows))
            spoken.append(row.region + u": "_s + row.words);
        setAccessibleName(tr("Survives losing a stamp"));
        setAccessibleDescription(spoken.join(u", "_s));
        setFixedHeight(withText(int(m_rows.size()) * rowHeight + 4));
        placeAreas();
        update();
    }

protected:
    void resizeEvent(QResizeEvent *event) override
    {
        QWidget::resizeEvent(event);
        placeAreas();
    }
    void paintEvent(QPaintEvent *) override
    {
        const Theme &theme = Theme::current();
        QPainter painter(this);
        const Text::Scaled scaled(painter);
        const double width = Text::Scaled::toLook(this->width());
        double y = 0;
        for (const Row &row : std::as_const(m_rows)) {
            const bool isBad = row.survives == false;
            painter.setPen(theme[Token::TextPrimary]);
            Text::draw(painter, {0, y + 15}, Text::elidedName(row.region, smallStyle, 80),
                       smallStyle);
            const QRectF track(86, y + 7, 72, 8);
            painter.fillRect(track, theme[Token::ResTrack]);
            if (row.outlook) {
                painter.fillRect(QRectF(track.x(), track.y(),
                                        track.width() * std::min(1.0, row.outlook->load),
                                        track.height()),
                                 theme[isBad ? Token::DegradedEdge : Token::ResUsed]);
                const double gate = std::round(track.x() + track.width() * row.outlook->gate) + 0.5;
                painter.setPen(QPen(theme[Token::ResLimit], 1.5));
                painter.drawLine(QPointF(gate, y + 4), QPointF(gate, y + 18));
            }
            painter.setPen(theme[isBad ? Token::DegradedText : Token::TextSecondary]);
            Text::draw(painter, {width, y + 15},
                       Text::elided(row.words, smallStyle, width - 166), smallStyle,
                       Text::Align::Right);
            y += rowHeight;
        }
    }
    void mouseReleaseEvent(QMouseEvent *event) override
    {
        if (event->button() == Qt::LeftButton)
            press(int(Text::Scaled::toLook(event->position().y())) / rowHeight);
    }

private:
    void press(int at)
    {
        if (at >= 0 && at < m_rows.size())
            Q_EMIT m_panel->queryRequested(Query::term(u"region"_s, m_rows[at].region));
    }
    void placeAreas()
    {
        QList<PressAreas::Area> areas;
        for (const Row &row : std::as_const(m_rows))
            areas.append({rowOf(*this, int(areas.size()), rowHeight), row.region, row.words});
        m_areas->set(areas);
    }
    AttentionPanel *m_panel;
    PressAreas *m_areas;
    QList<Row> m_rows;
};

AttentionPanel::AttentionPanel(Deck &deck, QWidget *parent)
    : Surface(Token::BgPanel, Qt::LeftEdge, parent)
    , m_deck(deck)
{
    setObjectName(u"attentionPanel"_s);
    setAccessibleName(tr("What needs attention"));
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(1, 0, 0, 0);
    auto *area = new QScrollArea(this);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setFocusPolicy(Qt::NoFocus);
    all->addWidget(area);
    auto *inner = new Surface(Token::BgPanel);
    auto *box = new QVBoxLayout(inner);
    box->setContentsMargins(8, 12, 8, 16);
    box->setSpacing(0);
    area->setWidget(inner);

    const auto section = [&box](const QString &title, TextLine *right) {
        auto *row = new QHBoxLayout;
        row->setContentsMargins(11, 4, 12, 6);
        auto *words = new TextLine(title, sectionStyle);
        row->addWidget(words, 1);
        if (right)
            row->addWidget(right);
        box->addLayout(row);
        return words;
    };
    const auto rule = [&box] {
        box->addSpacing(14);
        auto *line = new Surface(Token::LineSubtle);
        line->setFixedHeight(1);
        box->addWidget(line);
        box->addSpacing(8);
    };
    const auto inset = [&box](QWidget *widget) {
        auto *row = new QHBoxLayout;
        row->setContentsMargins(11, 0, 12, 0);
        row->addWidget(widget);
        box->addLayout(row);
    };

    m_count = new TextLine({}, nameStyle, Token::TextSecondary);
    m_title = section(tr("Needs attention"), m_count);
    m_title->setObjectName(u"attentionTitle"_s);
    m_troubles = new QWidget;
    m_rows = new QVBoxLayout(m_troubles);
    m_rows->setContentsMargins(0, 0, 0, 0);
    m_rows->setSpacing(0);
    box->addWidget(m_troubles);
    m_calm = new TextLine(tr("Every stamp is healthy."), {Text::Face::Ui, 13, 400},
                          Token::HealthyText);
    inset(m_calm);
    m_more = new Button(Button::Kind::Link);
    m_more->setObjectName(u"moreTrouble"_s);
    m_more->hide();
    inset(m_more);
    connect(m_more, &Button::clicked, this,
            [this] { Q_EMIT queryRequested(u"NOT health:healthy"_s); });
    // What follows goes into parts that can be hidden.
    m_regionPart = new QWidget;
    auto *regions = new QVBoxLayout(m_regionPart);
    regions->setContentsMargins(0, 0, 0, 0);
    regions->setSpacing(0);
    std::swap(box, regions);
    rule();
    section(tr("By region"), nullptr);
    m_byRegion = new ByRegion(this);
    inset(m_byRegion);
    std::swap(box, regions);
    box->addWidget(m_regionPart);
    m_regionPart->hide();
    m_survivalPart = new QWidget;
    auto *survival = new QVBoxLayout(m_survivalPart);
    survival->setContentsMargins(0, 0, 0, 0);
    survival->setSpacing(0);
    std::swap(box, survival);
    rule();
    m_surviveCount = new TextLine({}, smallStyle, Token::TextSecondary);
    m_surviveCount->setObjectName(u"surviveCount"_s);
    section(tr("Survives losing a stamp"), m_surviveCount);
    m_survives = new Survives(this);
    inset(m_survives);
    std::swap(box, survival);
    box->addWidget(m_survivalPart);
    m_survivalPart->hide();
    rule();
    section(tr("Changed in the last hour"), nullptr);
    m_changes = new Changes;
    inset(m_changes);
    rule();
    m_cost = new TextLine({}, smallStyle, Token::TextSecondary);
    section(tr("Fleet load"), m_cost);
    m_load = new Load;
    inset(m_load);
    m_nextFull = new NextFull(this);
    inset(m_nextFull);
    box->addStretch(1);

    m_refresher = std::make_unique<Refresher>(this, [this] { refresh(); });
    connect(&deck.feed, &FleetFeed::changed, m_refresher.get(), &Refresher::ask);
    // Ages go on while nothing changes.
    auto *ages = new QTimer(this);
    connect(ages, &QTimer::timeout, m_troubles, [this] {
        for (int at = 0; at < m_rows->count(); ++at)
            m_rows->itemAt(at)->widget()->update();
    });
    ages->start(interval);
    // And what was done leaves the last hour.
    auto *hour = new QTimer(this);
    connect(hour, &QTimer::timeout, m_refresher.get(), &Refresher::ask);
    hour->start(std::chrono::minutes(1));
    m_refresher->ask();
}

AttentionPanel::~AttentionPanel() = default;

void AttentionPanel::setSurvival(const std::vector<Survival> &regions)
{
    QList<Survives::Row> rows;
    int surviving = 0;
    for (const Survival &region : regions) {
        if (region.region.isEmpty())
            continue;
        Survives::Row row{region.region, region.survives,
                          outlookAfterLoss(m_deck.fleet(), region), {}};
        row.words = briefOf(region, row.outlook);
        surviving += region.survives == true;
        rows.append(row);
    }
    m_survivalPart->setVisible(!rows.isEmpty());
    const int all = int(rows.size());
    m_surviveCount->setText(tr("%1 of %Ln region(s)", nullptr, all).arg(Format::count(surviving)));
    m_surviveCount->setToken(surviving < all ? Token::DegradedText : Token::TextSecondary);
    m_survives->show(rows);
}

void AttentionPanel::setForecast(const FleetForecast &forecast)
{
    m_nextFull->show(forecast.next(NextFull::mostLines));
}

void AttentionPanel::refresh()
{
    const FleetVersionPtr version = m_deck.feed.version();
    whenDone(QtConcurrent::run([version] { return summarize(*version); }), this,
             [this](const FleetSummary &summary) {
                 take(summary);
                 m_refresher->done(interval);
             });
}

void AttentionPanel::take(const FleetSummary &summary)
{
    m_summary = summary;
    const Timestamp now = m_deck.clock.now();
    m_count->setText(summary.troubleCount ? Format::count(summary.troubleCount) : QString());
    // What has the focus is found again, or a person who walks the list would lose the place.
    QString focused;
    while (QLayoutItem *item = m_rows->takeAt(0)) {
        if (item->widget()->hasFocus())
            focused = item->widget()->objectName();
        item->widget()->hide();
        item->widget()->deleteLater();
        delete item;
    }
    const auto add = [&](QAbstractButton *row, const QString &name) {
        row->setObjectName(u"trouble "_s + name);
        m_rows->addWidget(row);
        if (row->objectName() == focused)
            row->setFocus();
    };
    // More than can be read are told by what they have in common.
    const bool isGathered = !summary.gathered.groups.isEmpty();
    for (const Gathered &group : summary.gathered.groups) {
        auto *row = new GatheredRow(group, m_rows->count() == 0);
        add(row, row->text());
        connect(row, &QAbstractButton::clicked, this,
                [this, query = group.query()] { Q_EMIT queryRequested(query); });
    }
    for (const FleetSummary::Trouble &trouble :
         isGathered ? QList<FleetSummary::Trouble>() : summary.troubles) {
        auto *row = new TroubleRow(trouble, m_deck.clock, m_rows->count() == 0);
        add(row, trouble.stamp);
        connect(row, &QAbstractButton::clicked, this,
                [this, id = trouble.stamp] { Q_EMIT stampActivated(id); });
    }
    m_title->setText(isGathered ? tr("Trouble, gathered") : tr("Needs attention"));
    m_regionPart->setVisible(isGathered && summary.gathered.regions.size() > 1);
    m_byRegion->show(summary.gathered.regions);
    const bool hasStamps = m_deck.fleet().counts.stamps > 0;
    m_calm->setText(hasStamps ? tr("Every stamp is healthy.") : tr("No stamp is known yet."));
    m_calm->setToken(hasStamps ? Token::HealthyText : Token::TextSecondary);
    m_calm->setVisible(summary.troubleCount == 0);
    const int more = summary.troubleCount - int(summary.troubles.size());
    m_more->setText(isGathered ? tr("Show all %Ln", nullptr, summary.troubleCount)
                               : tr("%Ln more", nullptr, more));
    m_more->setVisible(more > 0);
    m_changes->show(m_deck.fleet(), now);
    QStringList costs;
    for (const Cost &cost : summary.costs)
        costs.append(Format::cost(cost));
    m_cost->setText(costs.join(u" + "));
    m_load->show(summary.total);
    Q_EMIT refreshed();
}

} // namespace Stampdeck
