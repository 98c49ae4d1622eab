// SPDX-License-Identifier: GPL-3.0-or-later
#include "metriccharts.h"

#include "controls.h"
#include "glyphs.h"
#include "operationsdrawer.h"
#include "text.h"
#include "themes.h"

#include "models/formatter.h"

#include "backends/api/whendone.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFileInfo>
#include <QtCore/QSaveFile>
#include <QtCore/QTimer>
#include <QtGui/QClipboard>
#include <QtGui/QContextMenuEvent>
#include <QtGui/QGuiApplication>
#include <QtGui/QPainter>
#include <QtSvg/QSvgGenerator>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QGridLayout>
#include <QtWidgets/QMenu>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr int columnGap = 20;
constexpr int rowGap = 8;
constexpr qsizetype longestWarning = 160; ///< Of one, in letters.

double millisecondsOf(Timestamp time)
{
    return double(time.time_since_epoch().count());
}

/// What is charted of a stamp, under the name that history() has for it.
struct Signal
{
    QString key;
    std::vector<float> SampleSeries::*member;
};

/// The signals of one chart.
struct Measure
{
    MetricChart::Unit unit;
    QList<Signal> signalsOf;
    std::optional<ResourceKind> resource = {};
};

const std::array<Measure, 6> &measures()
{
    using Unit = MetricChart::Unit;
    static const std::array<Measure, 6> all = {{
        {Unit::Share, {{u"cpu"_s, &SampleSeries::cpu}}, ResourceKind::Cpu},
        {Unit::PerSecond, {{u"requestsPerSecond"_s, &SampleSeries::requests}}},
        {Unit::ErrorRatio, {{u"errorRatio"_s, &SampleSeries::errors}}},
        {Unit::Milliseconds,
         {{u"latencyP99Ms"_s, &SampleSeries::latencyP99},
          {u"latencyP50Ms"_s, &SampleSeries::latencyP50}}},
        {Unit::Share, {{u"memory"_s, &SampleSeries::memory}}, ResourceKind::Memory},
        {Unit::Share, {{u"storage"_s, &SampleSeries::storage}}, ResourceKind::Storage},
    }};
    return all;
}

} // namespace

/// Which letter is which stamp: a button for each, that takes it out.
class MetricCharts::Legend final : public QWidget
{
    Q_DECLARE_TR_FUNCTIONS(Stampdeck::MetricCharts)

public:
    explicit Legend(MetricCharts *charts)
        : QWidget(charts)
        , m_charts(charts)
    {
        setObjectName(u"compared"_s);
        setAccessibleName(tr("Compared"));
    }

    void setStamps(const QList<Shown> &shown)
    {
        qDeleteAll(m_names);
        m_names.clear();
        for (int at = 0; shown.size() > 1 && at < shown.size(); ++at) {
            const QString id = shown[at].id;
            auto *name = new Button(Button::Kind::Flat, nameOfStamp(id), {}, this);
            name->setObjectName(u"compared "_s + id);
            name->setToolTip(at == 0 ? tr("The stamp of the panel: ends the comparison")
                                     : tr("Take %1 out of the comparison").arg(id));
            name->setAccessibleDescription(name->toolTip());
            // It goes while it is pressed.
            connect(
                name, &Button::clicked, m_charts,
                [charts = m_charts, id, at] {
                    QStringList others = charts->compared();
                    if (at == 0)
                        others.clear();
                    others.removeAll(id);
                    charts->setCompared(others);
                },
                Qt::QueuedConnection);
            name->show();
            m_names.append(name);
        }
        setVisible(!m_names.isEmpty());
        arrange();
        update();
    }

    /// With the names as text: for a document, in which nothing is a button.
    void paintTo(QPainter &painter) const
    {
        painter.save();
        painter.translate(pos());
        paintLetters(painter);
        painter.setPen(Theme::current()[Token::TextPrimary]);
        for (const Button *name : m_names)
            Text::draw(painter, {name->x() + 6.0, name->geometry().center().y() + 5.0},
                       name->text(), {Text::Face::Ui, 13, 400});
        painter.restore();
    }

protected:
    void resizeEvent(QResizeEvent *) override { arrange(); }
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        paintLetters(painter);
    }

private:
    static constexpr int letterWidth = 16;
    void paintLetters(QPainter &painter) const
    {
        const Theme &theme = Theme::current();
        for (int at = 0; at < m_names.size(); ++at) {
            const QRect name = m_names[at]->geometry();
            const QRectF box(name.x() - letterWidth, name.center().y() - 7, 14, 15);
            painter.fillRect(box, QColor::fromRgb(theme.category(at)));
            painter.setPen(QColor::fromRgb(theme.categoryInk(at)));
            Text::draw(painter, {box.center().x(), box.y() + 11}, Theme::categoryLetter(at),
                       {Text::Face::Ui, 10, 700}, Text::Align::Center);
        }
    }
    void arrange()
    {
        int x = 0;
        int y = 0;
        for (Button *name : std::as_const(m_names)) {
            const QSize size = name->sizeHint();
            if (x > 0 && x + letterWidth + size.width() > width()) {
                x = 0;
                y += size.height();
            }
            name->setGeometry(QRect({x + letterWidth, y}, size));
            x += letterWidth + size.width() + 4;
        }
        setFixedHeight(m_names.isEmpty() ? 0 : y + m_names.last()->height());
    }

    MetricCharts *m_charts;
    QList<Button *> m_names;
};

/// What the marks on the charts stand for, and how the charts are handled.
class MetricCharts::Happened final : public QWidget
{
    Q_DECLARE_TR_FUNCTIONS(Stampdeck::MetricCharts)

public:
    explicit Happened(QWidget *parent)
        : QWidget(parent)
    {
        setObjectName(u"happened"_s);
    }

    void setEvents(QList<MetricChart::Event> events)
    {
        std::sort(events.begin(), events.end(),
                  [](const auto &a, const auto &b) { return a.time > b.time; });
        if (events.size() > most)
            events.resize(most);
        if (events == m_events)
            return;
        m_events = events;
        QStringList said;
        for (const MetricChart::Event &event : std::as_const(m_events))
            said.append(wordsOf(event));
        setAccessibleName(said.join(u"; "_s));
        setFixedHeight(line * (int(m_events.size()) + 1));
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Theme &theme = Theme::current();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        double y = 0;
        for (const MetricChart::Event &event : std::as_const(m_events)) {
            const double middle = y + line / 2.0;
            if (event.health) {
                Glyphs::health(painter, {0, middle - 5, 10, 10}, *event.health,
                               theme[Token::BgPanel]);
            } else {
                painter.setPen(Qt::NoPen);
                painter.setBrush(theme[Token::AccentText]);
                painter.drawPolygon(QPolygonF({QPointF(1, middle), QPointF(5, middle - 4),
                                               QPointF(9, middle), QPointF(5, middle + 4)}));
            }
            painter.setPen(theme[Token::TextSecondary]);
            Text::draw(painter, {16, middle + 4}, Text::elided(wordsOf(event), style, width() - 16),
                       style);
            y += line;
        }
        painter.setPen(theme[Token::TextTertiary]);
        Text::draw(painter, {0, y + line / 2.0 + 4},
                   Text::elided(tr("drag to zoom · click, then wheel to pan · double-click to reset"),
                                style, width()),
                   style);
    }

private:
    static constexpr int line = 20;
    static constexpr int most = 4;
    static constexpr Text::Style style{Text::Face::Ui, 12, 400};
    [[nodiscard]] static QString wordsOf(const MetricChart::Event &event)
    {
        const Timestamp time{std::chrono::milliseconds(qint64(event.time))};
        return Format::minute(time) + u' ' + event.words;
    }

    QList<MetricChart::Event> m_events;
};

MetricCharts::MetricCharts(Deck &deck, QWidget *parent)
    : QWidget(parent)
    , m_deck(deck)
    , m_askSoon(new QTimer(this))
    , m_legend(new Legend(this))
    , m_missing(new TextLine({}, Text::secondLine, Token::DegradedText, this))
    , m_happened(new Happened(this))
    , m_grid(new QGridLayout(this))
{
    setObjectName(u"charts"_s);
    m_missing->setObjectName(u"partialData"_s);
    m_missing->hide();
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(columnGap);
    m_grid->setVerticalSpacing(rowGap);
    m_askSoon->setSingleShot(true);
    m_askSoon->setInterval(std::chrono::milliseconds(150));
    connect(m_askSoon, &QTimer::timeout, this, &MetricCharts::askHistory);
    const QStringList titles{tr("CPU"),     tr("Requests"), tr("Errors"),
                             tr("Latency"), tr("Memory"),   tr("Storage")};
    for (size_t at = 0; at < measures().size(); ++at) {
        auto *chart = new MetricChart(titles[qsizetype(at)], measures()[at].unit, {{}}, this);
        m_charts.append(chart);
        chart->setContextMenuPolicy(Qt::NoContextMenu); // it is ours
        connect(chart, &MetricChart::hovered, this, [this, chart](double time) {
            for (MetricChart *other : std::as_const(m_charts))
                other->setHover(time, other == chart);
        });
        connect(chart, &MetricChart::left, this, [this] {
            for (MetricChart *other : std::as_const(m_charts))
                other->setHover({}, false);
        });
        connect(chart, &MetricChart::zoomed, this, &MetricCharts::look);
        connect(chart, &MetricChart::panned, this, [this](double by) {
            const auto [from, to] = inSight();
            look(from + by, to + by);
        });
        connect(chart, &MetricChart::resetRequested, this, [this] {
            m_zoom.reset();
            refresh();
        });
    }
    setShown({});
    arrange();
    connect(&deck.feed, &FleetFeed::changed, this, [this](const ChangeSet &slice) {
        if (!isVisible())
            return;
        for (const Shown &shown : std::as_const(m_shown)) {
            const int slot = m_deck.fleet().stampIndex.value(shown.id);
            if (std::binary_search(slice.stamps.begin(), slice.stamps.end(), slot)) {
                refresh();
                return;
            }
        }
    });
}

MetricCharts::~MetricCharts()
{
    endAsking();
    setShown({});
}

void MetricCharts::setStamp(const QString &id)
{
    if (id == (m_shown.isEmpty() ? QString() : m_shown.first().id))
        return;
    m_zoom.reset();
    setShown(id.isEmpty() ? QStringList() : QStringList{id});
}

void MetricCharts::setCompared(const QStringList &ids)
{
    if (m_shown.isEmpty())
        return;
    QStringList all{m_shown.first().id};
    for (const QString &id : ids) {
        if (all.size() < mostStamps && !all.contains(id) && m_deck.stamp(id))
            all.append(id);
    }
    setShown(all);
}

QStringList MetricCharts::compared() const
{
    QStringList ids;
    for (const Shown &shown : m_shown.mid(1))
        ids.append(shown.id);
    return ids;
}

void MetricCharts::setShown(const QStringList &ids)
{
    for (const QString &id : ids)
        m_deck.store.watchSamples(id); // before the old ones end: those that stay keep theirs
    for (const Shown &shown : std::as_const(m_shown))
        m_deck.store.unwatchSamples(shown.id);
    m_shown.clear();
    for (const QString &id : ids)
        m_shown.append({id, {}, {}});
    endAsking();
    m_recorded = {0, 0};
    showMissing();
    for (size_t at = 0; at < measures().size(); ++at) {
        const Measure &measure = measures()[at];
        QList<MetricChart::Line> lines;
        switch (measure.unit) {
        case MetricChart::Unit::Share:
            lines = {{tr("of limit"), Token::Chart1, false, measure.signalsOf[0].key}};
            break;
        case MetricChart::Unit::PerSecond:
            lines = {{tr("per second"), Token::Chart1, false, measure.signalsOf[0].key}};
            break;
        case MetricChart::Unit::ErrorRatio:
            lines = {{tr("of requests"), Token::Chart2, false, measure.signalsOf[0].key}};
            break;
        case MetricChart::Unit::Milliseconds:
            lines = {{tr("p99"), Token::Chart3, false, measure.signalsOf[0].key},
                     {tr("p50"), Token::Chart4, true, measure.signalsOf[1].key}};
            break;
        }
        QString caption = lines.first().name;
        if (ids.size() > 1) {
            // Of several each has its colour; of the signals the first is drawn through.
            const QList<MetricChart::Line> own = std::exchange(lines, {});
            if (own.size() > 1)
                caption = tr("%1, dashed %2").arg(own[0].name, own[1].name);
            for (int stamp = 0; stamp < ids.size(); ++stamp) {
                for (const MetricChart::Line &line : own)
                    lines.append({nameOfStamp(ids[stamp]), Token::Chart1, line.dashed,
                                  ids[stamp] + u' ' + line.key, stamp});
            }
        }
        m_charts[qsizetype(at)]->setLines(lines, caption);
    }
    m_legend->setStamps(m_shown);
    if (m_shown.isEmpty())
        return;
    askHistory();
    refresh();
}

void MetricCharts::setRange(std::chrono::milliseconds range)
{
    m_range = range;
    m_zoom.reset();
    askHistory();
    refresh();
}

void MetricCharts::look(double from, double to)
{
    constexpr double least = 10e3;
    if (to - from < least) {
        const double middle = (from + to) / 2;
        from = middle - least / 2;
        to = middle + least / 2;
    }
    m_zoom = {from, to};
    refresh();
}

// What is in sight and as much again on both sides, so that a pan finds it there.
void MetricCharts::askHistory()
{
    if (!m_deck.measured)
        return;
    endAsking();
    if (!isVisible()) { // nobody looks: showEvent() asks
        m_recorded = {0, 0};
        return;
    }
    const quint64 mine = m_asked;
    const auto [from, to] = inSight();
    m_recorded = {std::max(0.0, 2 * from - to), std::min(latest(), 2 * to - from)};
    const auto step = std::max(std::chrono::milliseconds(10'000),
                               std::chrono::milliseconds(qint64((to - from) / 360)));
    m_recordedStep = double(step.count());
    const auto at = [](double milliseconds) {
        return Timestamp(std::chrono::milliseconds(qint64(milliseconds)));
    };
    QStringList keys;
    for (const Measure &measure : measures()) {
        for (const Signal &each : measure.signalsOf)
            keys.append(each.key);
    }
    for (const Shown &shown : std::as_const(m_shown)) {
        if (!m_deck.stamp(shown.id))
            continue;
        m_asking.append(
            m_deck.measured(shown.id, keys, at(m_recorded.first), at(m_recorded.second), step));
        whenDone(m_asking.constLast(), this,
                 [this, mine, id = shown.id](const Result<MetricsRange> &answer) {
                     if (mine != m_asked) // of another stamp or range
                         return;
                     MetricsRange told;
                     if (answer)
                         told = *answer;
                     else if (answer.error().kind != ErrorKind::NotFound
                              && answer.error().kind != ErrorKind::Unsupported)
                         told.warnings.append(answer.error().message);
                     takeHistory(id, told);
                 });
    }
}

// What is on its way is of no use any more: whoever answers need not go on.
void MetricCharts::endAsking()
{
    ++m_asked;
    for (FutureResult<MetricsRange> &asking : m_asking)
        asking.cancel();
    m_asking.clear();
}

void MetricCharts::showMissing()
{
    QStringList all;
    for (const Shown &shown : std::as_const(m_shown)) {
        for (const QString &words : shown.missing) {
            if (!all.contains(words))
                all.append(words);
        }
    }
    m_missing->setText(all.isEmpty() ? QString() : tr("Partial data: %1").arg(all.join(u"; "_s)));
    m_missing->setVisible(!all.isEmpty());
}

void MetricCharts::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (m_recorded == std::pair(0.0, 0.0) && !m_shown.isEmpty()) // nobody has asked, or it was called back
        askHistory();
    refresh();
}

void MetricCharts::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    m_askSoon->stop();
    if (std::all_of(m_asking.begin(), m_asking.end(),
                    [](const auto &asking) { return asking.isFinished(); }))
        return;
    endAsking();
    m_recorded = {0, 0};
}

void MetricCharts::takeHistory(const QString &id, const MetricsRange &recorded)
{
    const auto shown = std::find_if(m_shown.begin(), m_shown.end(),
                                    [&id](const Shown &each) { return each.id == id; });
    if (shown == m_shown.end())
        return;
    shown->history.clear();
    shown->missing.clear();
    for (const QString &warning : recorded.warnings)
        shown->missing.append(warning.simplified().left(longestWarning));
    for (const SignalFault &fault : recorded.faults)
        shown->missing.append(
            QString(fault.signal + u": "_s + fault.error.message).simplified().left(longestWarning));
    showMissing();
    const StampEntry *entry = m_deck.stamp(id);
    for (const Series &series : recorded.series) {
        QList<QPointF> &points = shown->history[series.signal];
        // Amounts of a resource are shown as a share of its limit.
        double share = 1;
        if (const std::optional<ResourceKind> kind =
                fromString<ResourceKind>(QStringView(series.signal))) {
            const double limit = entry ? entry->resources[*kind].limit.value_or(0) : 0;
            share = limit > 0 ? 1 / limit : std::nan("");
        }
        double x = millisecondsOf(series.start);
        for (const float value : series.values) {
            points.append({x, double(value) * share});
            x += double(series.step.count());
        }
    }
    refresh();
}

QList<QPointF> MetricCharts::points(const Shown &shown, const QString &signal,
                                    std::vector<float> SampleSeries::*member) const
{
    const StampEntry *entry = m_deck.stamp(shown.id);
    const SampleSeries *samples = entry ? entry->samples.get() : nullptr;
    QList<QPointF> list;
    const double first = samples && !samples->times.empty()
        ? millisecondsOf(samples->times.front())
        : std::numeric_limits<double>::infinity();
    for (const QPointF &point : shown.history.value(signal)) {
        if (point.x() < first)
            list.append(point);
    }
    if (samples) {
        const std::vector<float> &values = samples->*member;
        for (size_t at = 0; at < samples->times.size() && at < values.size(); ++at)
            list.append({millisecondsOf(samples->times[at]), double(values[at])});
    }
    return list;
}

void MetricCharts::setPoints()
{
    for (size_t at = 0; at < measures().size(); ++at) {
        const QList<Signal> &all = measures()[at].signalsOf;
        MetricChart *chart = m_charts[qsizetype(at)];
        for (int line = 0; line < chart->lines().size(); ++line) {
            const Signal &one = all[line % all.size()];
            chart->setPoints(line, points(m_shown[line / all.size()], one.key, one.member));
        }
    }
}

// Of one stamp: where several stand beside each other each would have its own.
void MetricCharts::setLevels(const StampEntry &entry)
{
    const Objectives &objectives = m_deck.fleet().sourceOf(entry).objectives;
    const bool compares = m_shown.size() > 1;
    for (size_t at = 0; at < measures().size(); ++at) {
        QList<MetricChart::Level> levels;
        const Measure &measure = measures()[at];
        switch (measure.unit) {
        case MetricChart::Unit::Share: {
            levels.append({objectives.load, tr("gate %1").arg(Format::percent(objectives.load))});
            const Resource &resource = entry.resources[*measure.resource];
            if (!compares && resource.limit && *resource.limit > 0) {
                levels.append(
                    {1, tr("limit %1").arg(Format::amount(*measure.resource, resource.limit)),
                     Token::ResLimit, Token::TextSecondary});
                if (resource.reserved)
                    levels.append({*resource.reserved / *resource.limit,
                                   tr("reserved %1")
                                       .arg(Format::amount(*measure.resource, resource.reserved)),
                                   Token::ResReserved, Token::TextSecondary});
            }
            break;
        }
        case MetricChart::Unit::ErrorRatio:
            if (objectives.errorRatio)
                levels.append({*objectives.errorRatio,
                               tr("limit %1").arg(Format::percent(*objectives.errorRatio))});
            break;
        case MetricChart::Unit::Milliseconds:
            if (objectives.latencyP99Ms)
                levels.append({*objectives.latencyP99Ms,
                               tr("limit %1").arg(Format::latency(*objectives.latencyP99Ms))});
            break;
        case MetricChart::Unit::PerSecond:
            break;
        }
        m_charts[qsizetype(at)]->setLevels(levels);
    }
}

void MetricCharts::refresh()
{
    if (m_shown.isEmpty())
        return;
    const StampEntry *entry = m_deck.stamp(m_shown.first().id);
    if (!entry)
        return;
    setPoints();
    setLevels(*entry);
    const auto [from, to] = inSight();
    QList<MetricChart::Event> happened;
    for (const Shown &shown : std::as_const(m_shown)) {
        if (const StampEntry *each = m_deck.stamp(shown.id))
            happened += events(*each);
    }
    const bool isPast = m_deck.feed.isPast();
    for (MetricChart *chart : std::as_const(m_charts)) {
        chart->setMoment(isPast ? std::optional(millisecondsOf(m_deck.clock.now())) : std::nullopt);
        chart->setEvents(happened);
        chart->setRange(from, to);
    }
    happened.removeIf([from = from, to = to](const MetricChart::Event &event) {
        return event.time < from || event.time > to;
    });
    m_happened->setEvents(happened);
    // Panned beyond what was asked for, zoomed in to where it is coarse, or gone on for so long
    // that the samples in memory do not reach back to it any more.
    const double samplesFrom = entry->samples && !entry->samples->times.empty()
        ? millisecondsOf(entry->samples->times.front())
        : latest();
    if (from < m_recorded.first || std::min(to, samplesFrom) > m_recorded.second + m_recordedStep
        || ((to - from) / 360 < m_recordedStep / 2 && m_recordedStep > 10e3))
        m_askSoon->start();
}

std::pair<double, double> MetricCharts::inSight() const
{
    const double now = millisecondsOf(m_deck.clock.now());
    const double range = double(m_range.count());
    // Of the past a part of what came after it, too.
    const double to = m_deck.feed.isPast() ? std::min(latest(), now + range / 6) : now;
    return m_zoom.value_or(std::pair(to - range, to));
}

double MetricCharts::latest() const
{
    return millisecondsOf(m_deck.feed.isPast() ? m_deck.feed.live()->at : m_deck.clock.now());
}

QList<MetricChart::Event> MetricCharts::events(const StampEntry &entry) const
{
    QList<MetricChart::Event> all;
    for (const OperationPtr &operation : m_deck.fleet().operations) {
        if (operation->createdAt && isAbout(*operation, entry.id))
            all.append({millisecondsOf(*operation->createdAt), std::nullopt, titleOf(*operation)});
    }
    if (entry.healthSince && entry.health != Health::Healthy && !entry.stale) {
        const QString why =
            entry.reasons.isEmpty() ? QString() : Format::shortReason(entry.reasons.first());
        all.append({millisecondsOf(*entry.healthSince), entry.health,
                    why.isEmpty()
                        ? tr("%1 is %2").arg(entry.stamp->name, toString(entry.health))
                        : tr("%1 is %2: %3").arg(entry.stamp->name, toString(entry.health), why)});
    }
    return all;
}

TableContent MetricCharts::content() const
{
    const auto [from, to] = inSight();
    QStringList keys{u"time"_s};
    std::map<double, QVariantList> rows; // by time
    for (const MetricChart *chart : m_charts)
        for (const MetricChart::Line &line : chart->lines())
            keys.append(line.key);
    qsizetype column = 0;
    for (const MetricChart *chart : m_charts) {
        for (int line = 0; line < chart->lines().size(); ++line) {
            ++column;
            for (const QPointF &point : chart->points(line)) {
                if (point.x() < from || point.x() > to || !std::isfinite(point.y()))
                    continue;
                QVariantList &row = rows[point.x()];
                row.resize(keys.size());
                row[0] = toRfc3339(Timestamp(std::chrono::milliseconds(qint64(point.x()))));
                // Samples are floats: more digits than that would be noise.
                row[column] = QByteArray::number(point.y(), 'g', 7).toDouble();
            }
        }
    }
    QList<QVariantList> values;
    for (auto &[time, row] : rows)
        values.append(std::move(row));
    return {keys, int(values.size()), [values](int row, int at) { return values[row][at]; }};
}

// Each by itself: a widget's own render() would make pixels of what can stay lines.
void MetricCharts::paintAll(QPainter &painter) const
{
    painter.fillRect(rect(), Theme::current()[Token::BgPanel]);
    m_legend->paintTo(painter);
    for (MetricChart *chart : m_charts)
        chart->render(&painter, chart->geometry(), chart->viewport()->rect());
}

Result<void> MetricCharts::writeTo(const QString &path) const
{
    const QString suffix = QFileInfo(path).suffix().toLower();
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly))
        return fail(ErrorKind::Denied, file.errorString());
    if (suffix == u"csv" || suffix == u"json") {
        const TableContent values = content();
        std::vector<int> rows(static_cast<size_t>(values.rowCount));
        std::iota(rows.begin(), rows.end(), 0);
        QList<int> columns(values.keys.size());
        std::iota(columns.begin(), columns.end(), 0);
        const auto written = writeTable(file, values, rows, columns,
                                        suffix == u"csv" ? TableFormat::Csv : TableFormat::Json);
        if (!written)
            return written;
    } else if (suffix == u"svg") {
        QSvgGenerator svg;
        svg.setOutputDevice(&file);
        svg.setSize(size());
        svg.setViewBox(rect());
        svg.setTitle(nameOfStamp(m_shown.first().id));
        QPainter painter(&svg);
        paintAll(painter);
    } else if (suffix == u"png") {
        constexpr int scale = 2; // for a document, whatever the screen
        QImage image(size() * scale, QImage::Format_RGB32);
        image.setDevicePixelRatio(scale);
        QPainter painter(&image);
        painter.setRenderHint(QPainter::Antialiasing);
        paintAll(painter);
        painter.end();
        if (!image.save(&file, "PNG"))
            return fail(ErrorKind::Denied, file.errorString());
    } else {
        return fail(ErrorKind::Invalid, tr("a file of charts ends in .png, .svg, .csv or .json"));
    }
    if (!file.commit())
        return fail(ErrorKind::Denied, file.errorString());
    return {};
}

void MetricCharts::chooseExport()
{
    auto *dialog = new QFileDialog(this, tr("Export the charts"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    const QStringList filters{tr("Picture (*.png)"), tr("Drawing (*.svg)"), tr("Values (*.csv)"),
                              tr("Values, for scripts (*.json)")};
    dialog->setNameFilters(filters);
    dialog->setDefaultSuffix(u"png"_s);
    connect(dialog, &QFileDialog::filterSelected, dialog, [dialog, filters](const QString &filter) {
        const QStringList suffixes{u"png"_s, u"svg"_s, u"csv"_s, u"json"_s};
        dialog->setDefaultSuffix(suffixes.value(filters.indexOf(filter)));
    });
    dialog->selectFile(nameOfStamp(m_shown.first().id) + u".png"_s);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        const Result<void> written = writeTo(path);
        Q_EMIT told(written ? tr("Charts written to %1").arg(path)
                            : tr("%1 cannot be written: %2").arg(path, written.error().message),
                    written ? Outcome::Done : Outcome::Failed);
    });
    dialog->open();
}

void MetricCharts::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    connect(menu->addAction(tr("Copy as a picture")), &QAction::triggered, this, [this] {
        QImage image(size(), QImage::Format_RGB32);
        QPainter painter(&image);
        painter.setRenderHint(QPainter::Antialiasing);
        paintAll(painter);
        painter.end();
        QGuiApplication::clipboard()->setImage(image);
    });
    connect(menu->addAction(tr("Export the charts…")), &QAction::triggered, this,
            &MetricCharts::chooseExport);
    menu->popup(event->globalPos());
}

void MetricCharts::arrange()
{
    const int columns = width() >= twoColumnsFrom - 48 ? 2 : 1;
    if (columns == m_columns)
        return;
    m_columns = columns;
    while (QLayoutItem *item = m_grid->takeAt(0))
        delete item;
    m_grid->addWidget(m_legend, 0, 0, 1, columns);
    m_grid->addWidget(m_missing, 1, 0, 1, columns);
    for (int at = 0; at < m_charts.size(); ++at)
        m_grid->addWidget(m_charts[at], 2 + at / columns, at % columns);
    m_grid->addWidget(m_happened, 2 + (int(m_charts.size()) + columns - 1) / columns, 0, 1,
                      columns);
}

void MetricCharts::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    arrange();
}

} // namespace Stampdeck
