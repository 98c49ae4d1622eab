// SPDX-License-Identifier: GPL-3.0-or-later
#include "stamppanel.h"

#include "actionregistry.h"
#include "componentsview.h"
#include "glyphs.h"
#include "guard.h"
#include "icons.h"
#include "mapfacts.h"
#include "metricchart.h"
#include "metriccharts.h"
#include "segmentedcontrol.h"
#include "tablesview.h"
#include "themes.h"

#include "models/auditmodel.h"
#include "models/dataage.h"
#include "models/formatter.h"
#include "models/loss.h"
#include "models/whoacts.h"

#include "backends/api/whendone.h"

#include <QtConcurrent/QtConcurrentRun>
#include <QtCore/QCoreApplication>
#include <QtCore/QTimer>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QStyleOptionTab>
#include <QtWidgets/QTabBar>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr Text::Style factsStyle = Text::secondLine;
constexpr std::chrono::milliseconds lossInterval{2'000};

QString healthLine(const StampEntry &entry, const Clock &clock)
{
    const Timestamp now = clock.now();
    if (entry.stale)
        return QObject::tr("Stale, was %1 %2 ago")
            .arg(Format::word(entry.lastHealth), Format::age(staleFor(entry, clock)));
    QString word = Format::capitalised(Format::word(entry.health));
    if (entry.healthSince) {
        //: %1 is “Healthy”, %2 a duration
        word = QObject::tr("%1 for %2")
                   .arg(word,
                        Format::age(std::chrono::duration_cast<std::chrono::milliseconds>(
                            now - *entry.healthSince)));
    }
    QStringList reasons;
    for (const HealthReason &reason : entry.reasons)
        reasons.append(reason.message);
    reasons.append(oldFigures(entry, now));
    return reasons.isEmpty() ? word : QString(word + u": " + reasons.join(u"; "));
}

} // namespace

/// The head in the colour of health: a small stamp, the name, what it is, why it is so.
class StampPanel::Head final : public QWidget
{
    Q_DECLARE_TR_FUNCTIONS(Stampdeck::StampPanel)

public:
    explicit Head(QWidget *parent)
        : QWidget(parent)
        , close(Button::iconOnly(u"x-lg"_s, tr("Close the panel"), this))
    {
        setFixedHeight(headHeight);
        close->setObjectName(u"closePanel"_s);
    }
    void show(const StampEntry &entry, const Clock &clock)
    {
        m_health = entry.health;
        m_stale = entry.stale;
        m_load = entry.load();
        const Stamp &stamp = *entry.stamp;
        m_name = stamp.name;
        m_id = entry.id;
        QStringList parts;
        if (!stamp.ring.isEmpty())
            parts.append(tr("ring %1").arg(stamp.ring));
        if (!stamp.version.isEmpty())
            parts.append(stamp.version);
        if (stamp.costPerHour)
            parts.append(Format::cost(stamp.costPerHour));
        if (stamp.lifecycle != Lifecycle::Active)
            parts.append(Format::word(stamp.lifecycle));
        m_facts.clear();
        for (const QString &part : std::as_const(parts))
            m_facts += u" · " + part;
        m_line = healthLine(entry, clock);
        setAccessibleName(m_name);
        setAccessibleDescription(m_line);
        setToolTip(m_line);
        close->setInk(ink());
        update();
    }
    Button *close;

protected:
    void resizeEvent(QResizeEvent *) override { close->setGeometry(width() - 40, 14, 30, 28); }
    void paintEvent(QPaintEvent *) override
    {
        const Theme &theme = Theme::current();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const QColor ground = theme[m_stale ? Token::StaleFill : Glyphs::fillToken(m_health)];
        painter.fillRect(rect(), m_stale ? Glyphs::hatching() : QBrush(ground));
        // The small stamp with its denomination.
        const bool isNarrow = width() < 360;
        const QPointF at(20, 14);
        painter.save();
        painter.translate(at);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme[Token::StampPaper]);
        painter.drawPath(Glyphs::perforation({72, 56}, 8, 2.4));
        painter.setPen(
            QPen(m_stale ? theme[Token::StaleEdge] : theme[Glyphs::edgeToken(m_health)], 1.5));
        painter.setBrush(ground);
        painter.drawRect(QRectF(6.5, 6.5, 59, 43));
        painter.setPen(ink());
        const QString measure =
            m_load ? QString::number(std::lround(*m_load * 100)) : Format::none();
        Text::draw(painter, {36, 36}, measure, {Text::Face::Display, 22, 700}, Text::Align::Center);
        painter.restore();

        const double left = 108;
        const double right = width() - 48;
        painter.setPen(ink());
        const Text::Style big{Text::Face::Display, 22, 700};
        const QString name = Text::elidedName(m_name, big, right - left);
        Text::draw(painter, {left, 35}, name, big);
        const double after = left + Text::width(name, big) + 12;
        const Text::Style small = factsStyle;
        const Text::Style strong{Text::Face::Ui, 13, 600};
        painter.setPen(sub());
        const bool hasRoom =
            !isNarrow && right - after > std::max(160.0, Text::width(m_id + m_facts, small) * 0.75);
        if (hasRoom)
            Text::draw(painter, {after, 34}, facts(right - after), small);
        else
            Text::draw(painter, {left, 52}, facts(width() - left - 16), small);
        const double line = hasRoom ? 62 : 72;
        painter.setPen(ink());
        if (m_stale || m_health == Health::Unknown)
            Glyphs::health(painter, {left, line - 11, 13, 13}, Health::Unknown, ink(), ground);
        else if (m_health == Health::Unhealthy)
            Glyphs::health(painter, {left, line - 11, 13, 13}, m_health,
                           theme[Token::UnhealthyInk], ground);
        else
            Glyphs::health(painter, {left, line - 11, 13, 13}, m_health,
                           theme[Glyphs::glyphToken(m_health)], ground);
        Text::draw(painter, {left + 20, line},
                   Text::elided(m_line, strong, width() - left - 20 - 16), strong);
    }

private:
    /// What has a figure stays whole; of the id, which is the name again, the middle goes.
    [[nodiscard]] QString facts(double room) const
    {
        const double rest = room - Text::width(m_facts, factsStyle);
        if (rest < 40)
            return Text::elided(m_facts.mid(3), factsStyle, room);
        return Text::elidedName(m_id, factsStyle, rest) + m_facts;
    }
    [[nodiscard]] QColor ink() const
    {
        return Theme::current()[m_stale ? Token::StaleInk : Glyphs::inkToken(m_health)];
    }
    [[nodiscard]] QColor sub() const
    {
        const Theme &theme = Theme::current();
        if (m_stale)
            return theme[Token::StaleInk];
        switch (m_health) {
        case Health::Healthy:
            return theme[Token::HealthySub];
        case Health::Unhealthy:
            return theme[Token::UnhealthySub];
        case Health::Degraded:
        case Health::Unknown:
            break;
        }
        return ink();
    }
    Health m_health = Health::Unknown;
    bool m_stale = false;
    std::optional<double> m_load;
    QString m_name;
    QString m_id;
    QString m_facts; // what follows the id: " · ring 0 · 1.42.3"
    QString m_line;
};

/// The tabs of the panel: their names where there is room for all, else icons, and the name of the
/// one that is shown. They never scroll.
class StampPanel::Tabs final : public QTabBar
{
public:
    explicit Tabs(QWidget *parent)
        : QTabBar(parent)
    {
        setFixedHeight(tabsHeight);
        setExpanding(false);
        setDrawBase(false);
        setUsesScrollButtons(false);
        setElideMode(Qt::ElideNone);
    }
    void add(const QString &name, const QString &icon)
    {
        m_icons.append(icon);
        setName(addTab(name), name);
    }
    void setName(int tab, const QString &name)
    {
        setTabText(tab, name);
        setTabToolTip(tab, name);
        setAccessibleTabName(tab, name);
    }

protected:
    QSize tabSizeHint(int tab) const override
    {
        if (!isTight())
            return {fullWidth(tab), height()};
        if (tab == currentIndex())
            return {currentWidth(), height()};
        return {std::clamp((width() - currentWidth()) / std::max(1, count() - 1), 24, 48),
                height()};
    }
    QSize minimumTabSizeHint(int tab) const override { return tabSizeHint(tab); }
    void paintEvent(QPaintEvent *event) override
    {
        if (!isTight()) {
            QTabBar::paintEvent(event);
            return;
        }
        const Theme &theme = Theme::current();
        QPainter painter(this);
        for (int tab = 0; tab < count(); ++tab) {
            QStyleOptionTab option;
            initStyleOption(&option, tab);
            style()->drawControl(QStyle::CE_TabBarTabShape, &option, &painter, this);
            const bool isShown = tab == currentIndex();
            const QRect box = tabRect(tab);
            const double x =
                isShown ? box.x() + padding : box.center().x() - pictureSize / 2.0 + 0.5;
            Icons::draw(painter, {x, box.center().y() - pictureSize / 2.0 + 0.5}, m_icons[tab],
                        pictureSize, theme[isShown ? Token::AccentText : Token::TextSecondary]);
            if (!isShown)
                continue;
            painter.setPen(theme[Token::AccentText]);
            Text::draw(painter, {x + pictureSize + gap, box.center().y() + 5.0}, tabText(tab),
                       shown);
        }
    }

private:
    static constexpr Text::Style shown{Text::Face::Ui, 13, 600};
    static constexpr int pictureSize = 16;
    static constexpr int padding = 12;
    static constexpr int gap = 7;

    [[nodiscard]] int fullWidth(int tab) const
    {
        return int(std::ceil(Text::width(tabText(tab), shown))) + 2 * padding;
    }
    [[nodiscard]] int currentWidth() const
    {
        return currentIndex() < 0 ? 0 : fullWidth(currentIndex()) + pictureSize + gap;
    }
    [[nodiscard]] bool isTight() const
    {
        int sum = 0;
        for (int tab = 0; tab < count(); ++tab)
            sum += fullWidth(tab);
        return sum > width();
    }
    QStringList m_icons;
};

/// The left edge: drags the panel wider.
class StampPanel::Edge final : public QWidget
{
public:
    explicit Edge(StampPanel *panel)
        : QWidget(panel)
        , m_panel(panel)
    {
        setCursor(Qt::SizeHorCursor);
        setObjectName(u"panelEdge"_s);
    }

protected:
    void mouseMoveEvent(QMouseEvent *event) override
    {
        const int pointer = event->globalPosition().toPoint().x();
        const int wanted = m_panel->m_resizeEdge & Qt::LeftEdge
            ? m_panel->mapToGlobal(QPoint(m_panel->width(), 0)).x() - pointer
            : pointer - m_panel->mapToGlobal(QPoint(0, 0)).x();
        Q_EMIT m_panel->widthWanted(
            std::clamp(int(Text::Scaled::toLook(wanted)), minWidth, maxWidth));
    }
    void mouseDoubleClickEvent(QMouseEvent *) override
    {
        Q_EMIT m_panel->widthWanted(m_panel->width() < MetricCharts::twoColumnsFrom ? maxWidth : usualWidth);
    }

private:
    StampPanel *m_panel;
};

StampPanel::StampPanel(Deck &deck, CarryController &carry, ActionRegistry &actions,
                       AuditModel &audit, QWidget *parent)
    : Surface(Token::BgPanel, Qt::LeftEdge, parent)
    , m_deck(deck)
    , m_head(new Head(this))
    , m_edge(new Edge(this))
    , m_tabs(new Tabs(this))
    , m_pages(new QStackedWidget(this))
{
    setObjectName(u"stampPanel"_s);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(m_head);
    m_gone = new TextLine({}, {Text::Face::Ui, 13, 600}, Token::DegradedText);
    m_gone->setObjectName(u"stampGone"_s);
    m_gone->setContentsMargins(20, 8, 20, 8);
    m_gone->hide();
    all->addWidget(m_gone);
    m_tabs->setObjectName(u"stampTabs"_s);
    m_tabs->add(tr("Overview"), u"grid"_s);
    m_tabs->add(tr("Components"), u"diagram-2"_s);
    m_tabs->add(tr("Capacity"), u"server"_s);
    m_tabs->add(tr("Charts"), u"activity"_s);
    m_tabs->add(tr("Tenants"), u"people"_s);
    m_tabs->add(tr("Operations"), u"list-check"_s);
    m_tabs->add(tr("Events"), u"journal-text"_s);
    all->addWidget(m_tabs);
    auto *line = new Surface(Token::LineSubtle);
    line->setFixedHeight(1);
    all->addWidget(line);
    all->addWidget(m_pages, 1);

    // The first four tabs are one page: what each leaves out is hidden.
    auto *area = new QScrollArea;
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setFocusPolicy(Qt::NoFocus);
    auto *inner = new Surface(Token::BgPanel);
    auto *box = new QVBoxLayout(inner);
    box->setContentsMargins(20, 12, 20, 20);
    box->setSpacing(14);
    area->setWidget(inner);
    m_pages->addWidget(area);

    m_actionRow = new QWidget;
    auto *row = new QHBoxLayout(m_actionRow);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    m_drain = new Button(Button::Kind::Plain, tr("Drain…"), u"arrow-up-right"_s);
    m_drain->setObjectName(u"drain"_s);
    m_cordon = new Button(Button::Kind::Plain, tr("Cordon"), u"slash-circle"_s);
    m_cordon->setObjectName(u"cordon"_s);
    m_scale = new Button(Button::Kind::Plain, tr("Scale…"), u"sliders"_s);
    m_scale->setObjectName(u"scale"_s);
    m_delete = new Button(Button::Kind::Plain, tr("Delete…"), u"trash"_s);
    m_delete->setObjectName(u"delete"_s);
    m_delete->hide();
    row->addWidget(m_drain);
    row->addWidget(m_cordon);
    row->addWidget(m_scale);
    row->addWidget(m_delete);
    row->addStretch(1);
    box->addWidget(m_actionRow);

    m_reasons = new QLabel;
    m_reasons->setObjectName(u"reasons"_s);
    m_reasons->setWordWrap(true);
    m_reasons->setFont(Text::font({Text::Face::Ui, 12, 400}));
    box->addWidget(m_reasons);

    m_range = new SegmentedControl;
    for (const QString &name : {tr("15 m"), tr("1 h"), tr("6 h"), tr("24 h"), tr("7 d")})
        m_range->addSegment(name);
    m_range->setCurrent(1);
    auto *rangeRow = new QHBoxLayout;
    rangeRow->setContentsMargins(0, 0, MetricChart::rightMargin, 0); // below it stand the charts' values
    rangeRow->addStretch(1);
    rangeRow->addWidget(m_range);
    box->addLayout(rangeRow);
    m_charts = new MetricCharts(deck);
    box->addWidget(m_charts);
    connect(m_charts, &MetricCharts::told, this, &StampPanel::told);

    m_components = new ComponentsView(deck);
    m_capacity = new CapacityView;
    m_both = new QBoxLayout(QBoxLayout::TopToBottom);
    m_both->setSpacing(20);
    m_both->addWidget(m_components, 1, Qt::AlignTop);
    m_both->addWidget(m_capacity, 1, Qt::AlignTop);
    box->addLayout(m_both);
    box->addStretch(1);

    m_tenants = new TenantsView(deck, carry);
    m_tenants->setCompact(true);
    m_pages->addWidget(m_tenants);
    m_operations = new OperationsView(deck);
    m_operations->setCompact(true);
    m_pages->addWidget(m_operations);
    m_events = new AuditView(audit);
    m_pages->addWidget(m_events);

    connect(m_head->close, &Button::clicked, this, &StampPanel::closed);
    connect(m_tabs, &QTabBar::currentChanged, this, &StampPanel::showTab);
    connect(m_range, &SegmentedControl::currentChanged, this, [this](int at) {
        using std::chrono::hours;
        constexpr std::array<std::chrono::milliseconds, 5> ranges = {
            std::chrono::minutes(15), hours(1), hours(6), hours(24), hours(168)};
        m_charts->setRange(ranges[size_t(at)]);
    });
    connect(m_drain, &Button::clicked, this, [this] {
        ActionRequest request;
        request.kind = ActionKind::Drain;
        request.stamp = m_stamp;
        Q_EMIT planRequested(request);
    });
    connect(m_cordon, &Button::clicked, this, [this, &actions] {
        const StampEntry *entry = m_deck.stamp(m_stamp);
        const bool isActive = entry && entry->stamp->lifecycle == Lifecycle::Active;
        actions.action(isActive ? u"stamp.cordon"_s : u"stamp.uncordon"_s)->trigger();
    });
    connect(m_scale, &Button::clicked, this, [this] { setTab(Tab::Components); });
    connect(m_delete, &Button::clicked, this,
            [&actions] { actions.action(u"stamp.delete"_s)->trigger(); });
    connect(m_components, &ComponentsView::planRequested, this, &StampPanel::planRequested);
    connect(m_operations, &OperationsView::verbRequested, this, &StampPanel::verbRequested);
    connect(&deck.feed, &FleetFeed::changed, this, [this](const ChangeSet &slice) {
        const int slot = m_deck.fleet().stampIndex.value(m_stamp);
        if (!m_stamp.isEmpty()
            && (slot < 0 || slice.sources
                || std::binary_search(slice.stamps.begin(), slice.stamps.end(), slot)))
            refresh();
    });
    // Ages go on while nothing changes.
    auto *ages = new QTimer(this);
    connect(ages, &QTimer::timeout, this, [this] {
        const StampEntry *entry = m_deck.stamp(m_stamp);
        if (entry && isVisible())
            m_head->show(*entry, m_deck.clock);
    });
    ages->start(1000);
    m_edge->raise();
    showTab();
}

StampPanel::~StampPanel() = default;

void StampPanel::setForecast(const FleetForecast &forecast)
{
    m_forecast = forecast;
    if (!m_stamp.isEmpty())
        refresh();
}

void StampPanel::setStamp(const QString &id)
{
    if (id == m_stamp)
        return;
    m_stamp = id;
    m_loss.clear();
    m_lossRuns = false;
    ++m_lossAsked;
    m_charts->setStamp(id);
    if (id.isEmpty())
        return;
    m_components->setStamp(id);
    m_tenants->setStamp(id);
    m_operations->setStamp(id);
    m_events->setStamp(nameOfStamp(id));
    refresh();
}

void StampPanel::setResizeEdge(Qt::Edges edge)
{
    m_resizeEdge = edge;
    m_edge->setVisible(edge != Qt::Edges());
    m_edge->setGeometry(edge & Qt::RightEdge ? width() - 5 : 0, 0, 5, height());
}

void StampPanel::setTab(Tab tab)
{
    m_tabs->setCurrentIndex(int(tab));
}

void StampPanel::showTab()
{
    const Tab tab = Tab(m_tabs->currentIndex());
    const bool isOverview = tab == Tab::Overview;
    switch (tab) {
    case Tab::Tenants:
        m_pages->setCurrentWidget(m_tenants);
        return;
    case Tab::Operations:
        m_pages->setCurrentWidget(m_operations);
        return;
    case Tab::Events:
        m_pages->setCurrentWidget(m_events);
        return;
    default:
        break;
    }
    m_pages->setCurrentIndex(0);
    m_actionRow->setVisible(isOverview);
    m_reasons->setVisible(isOverview && !m_reasons->text().isEmpty());
    m_range->setVisible(isOverview || tab == Tab::Charts);
    m_charts->setVisible(isOverview || tab == Tab::Charts);
    m_components->setVisible(isOverview || tab == Tab::Components);
    m_capacity->setVisible(isOverview || tab == Tab::Capacity);
}

// By the planner, which takes its time: elsewhere, and every other second at most.
void StampPanel::askLoss()
{
    const int slot = m_deck.fleet().stampIndex.value(m_stamp);
    if (slot < 0 || m_lossRuns)
        return;
    m_lossRuns = true;
    whenDone(QtConcurrent::run([version = m_deck.feed.version(), slot] {
                 return lossOf(version, {slot}).summary();
             }),
             this, [this, asked = m_lossAsked](const QString &words) {
                 if (asked != m_lossAsked)
                     return; // of another stamp
                 QTimer::singleShot(lossInterval, this, [this, asked] {
                     if (asked == m_lossAsked)
                         m_lossRuns = false;
                 });
                 if (words == m_loss)
                     return;
                 m_loss = words;
                 refresh();
             });
}

void StampPanel::refresh()
{
    const StampEntry *entry = m_deck.stamp(m_stamp);
    m_gone->setVisible(!entry);
    m_pages->setVisible(entry);
    m_tabs->setVisible(entry);
    if (!entry) {
        m_gone->setText(
            tr("%1 is gone: its source does not tell of it any more.").arg(nameOfStamp(m_stamp)));
        return;
    }
    const SourceState &source = m_deck.fleet().sourceOf(*entry);
    m_head->show(*entry, m_deck.clock);
    m_tabs->setName(int(Tab::Tenants), tr("Tenants %1").arg(entry->owned));

    QStringList lines;
    // The first one names the zone, for all of them; what is not of today has its day.
    const QDate today = Format::dateTime(m_deck.clock.now()).date();
    bool isZoneNamed = false;
    const auto timeOf = [&](Timestamp time) {
        const QString zoned = std::exchange(isZoneNamed, true) ? Format::minute(time)
                                                              : Format::minuteOfZone(time);
        return Format::dateTime(time).date() == today ? zoned
                                                      : QString(Format::day(time) + u' ' + zoned);
    };
    for (const HealthReason &reason : entry->reasons) {
        QString line = reason.message;
        if (reason.since)
            line = tr("%1, since %2").arg(line, timeOf(*reason.since));
        lines.append(line);
    }
    if (!entry->stamp->operation.isEmpty()) {
        const OperationPtr operation = m_deck.fleet().findOperation(entry->stamp->operation);
        lines.append(operation ? tr("Somebody acts here: %1. A plan on it is refused until then.")
                                     .arg(whoActs(m_deck.fleet(), entry->stamp->operation))
                               : tr("Being changed."));
    }
    if (!entry->stamp->updatedBy.isEmpty() && entry->stamp->updatedAt)
        lines.append(
            tr("Last changed by %1 at %2")
                .arg(entry->stamp->updatedBy, timeOf(*entry->stamp->updatedAt)));
    if (!m_loss.isEmpty() && entry->owned > 0)
        lines.append(tr("If it were lost: %1").arg(m_loss));
    askLoss();
    const bool mayWrite = m_deck.acts() && !source.readOnly;
    const bool canCordon = source.capabilities.testFlag(Capability::Cordon);
    const bool canScale = source.capabilities
        & (Capability::ScaleComponents | Capability::ScaleResources | Capability::ScalingRules);
    QStringList cannot;
    if (!canCordon)
        cannot.append(tr("cordon"));
    if (!canScale)
        cannot.append(tr("scale"));
    if (!(source.capabilities & (Capability::Move | Capability::Primitives)))
        cannot.append(tr("move tenants"));
    if (!mayWrite)
        lines.append(m_deck.feed.isPast() ? tr("You look at the past: nothing can be changed.")
                         : m_deck.readOnly
                         ? tr("Started read only: nothing can be changed from here.")
                         : tr("%1 is read only.").arg(source.name));
    else if (!cannot.isEmpty())
        lines.append(tr("%1 cannot %2.").arg(source.name, Format::either(cannot)));
    m_reasons->setText(lines.join(u'\n'));
    m_reasons->setVisible(m_tabs->currentIndex() == int(Tab::Overview) && !lines.isEmpty());

    const bool isActive = entry->stamp->lifecycle == Lifecycle::Active;
    m_cordon->setText(isActive ? tr("Cordon…") : tr("Uncordon…"));
    m_cordon->setIconName(isActive ? u"slash-circle"_s : u"check-circle"_s);
    // What a source can't is not there; what only may not be done now says why.
    const bool canMove = source.capabilities & (Capability::Move | Capability::Primitives);
    m_cordon->setVisible(canCordon);
    m_scale->setVisible(canScale);
    // Offered where there is nobody left to be hit.
    const bool isOut = entry->tenants.empty()
        && (entry->stamp->lifecycle == Lifecycle::Drained
            || entry->stamp->lifecycle == Lifecycle::Cordoned
            || entry->stamp->lifecycle == Lifecycle::Failed);
    const bool canDelete = isOut && source.capabilities.testFlag(Capability::Create);
    m_delete->setVisible(canDelete);
    m_drain->setVisible(canCordon && canMove && !canDelete); // there is nobody left to go
    const QString why = Guard::whyReadOnly(m_deck, &source);
    for (Button *button : {m_drain, m_cordon, m_scale, m_delete}) {
        button->setEnabled(why.isEmpty());
        button->setToolTip(why);
    }
    m_components->refresh();
    m_capacity->show(*entry, source, m_forecast.stamps.value(m_stamp));
}

void StampPanel::resizeEvent(QResizeEvent *event)
{
    Surface::resizeEvent(event);
    m_edge->setGeometry(m_resizeEdge & Qt::RightEdge ? width() - 5 : 0, 0, 5, height());
    const auto direction =
        width() >= MetricCharts::twoColumnsFrom ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom;
    if (m_both->direction() != direction)
        m_both->setDirection(direction);
}

} // namespace Stampdeck
