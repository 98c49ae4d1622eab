// SPDX-License-Identifier: GPL-3.0-or-later
#include "incidentdetail.h"

#include "actionregistry.h"
#include "glyphs.h"
#include "icons.h"
#include "incidentlist.h"
#include "themes.h"

#include "models/formatter.h"

#include "backends/api/whendone.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QTimer>
#include <QtCore/QUrl>
#include <QtGui/QDesktopServices>
#include <QtGui/QPainter>
#include <QtGui/QPainterPath>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr Text::Style nameStyle = Text::rowTitle;
constexpr Text::Style smallStyle = Text::secondLine;
constexpr int margin = 16;
constexpr int headHeight = 78;
constexpr qsizetype storyRows = 12;

QString iconOf(StoryLine::Kind kind)
{
    switch (kind) {
    case StoryLine::Kind::Operation:
        return u"list-check"_s;
    case StoryLine::Kind::Move:
        return u"arrow-right"_s;
    case StoryLine::Kind::Version:
        return u"diagram-2"_s;
    case StoryLine::Kind::Scale:
        return u"sliders"_s;
    case StoryLine::Kind::Health:
        return u"activity"_s;
    case StoryLine::Kind::Lifecycle:
        return u"slash-circle"_s;
    case StoryLine::Kind::Alert:
        return u"bell"_s;
    case StoryLine::Kind::Silence:
        return u"bell-slash"_s;
    case StoryLine::Kind::Acknowledgement:
    case StoryLine::Kind::Closed:
        return u"check-lg"_s;
    }
    return {};
}

// A label that wraps, of text that nobody vouches for.
QLabel *paragraph(const Text::Style &style, QWidget *parent)
{
    auto *label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setFont(Text::font(style));
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    // A word of any length widens nothing.
    QSizePolicy policy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    label->setSizePolicy(policy);
    return label;
}

void ink(QLabel *label, Token token)
{
    QPalette palette = label->palette();
    palette.setColor(QPalette::WindowText, Theme::current()[token]);
    label->setPalette(palette);
}

std::optional<QUrl> runbookOf(const Incident &incident)
{
    for (const Link &link : incident.links) {
        const QUrl url(link.url);
        if (link.title.contains("runbook"_L1, Qt::CaseInsensitive)
            && (url.scheme() == "http"_L1 || url.scheme() == "https"_L1))
            return url;
    }
    return std::nullopt;
}

} // namespace

/// In the colour of its severity: what, where, how bad, for how long.
class IncidentDetail::Head final : public QWidget
{
    Q_DECLARE_TR_FUNCTIONS(Stampdeck::IncidentDetail)

public:
    Head(const Clock &clock, QWidget *parent)
        : QWidget(parent)
        , m_clock(clock)
    {
        setFixedHeight(headHeight);
        setObjectName(u"incidentHead"_s);
    }
    void show(const Incident &incident)
    {
        m_health = healthOf(incident.severity);
        m_closed = !incident.firing;
        m_title = incident.title;
        const QString where = incident.stamps.size() == 1
            ? nameOfStamp(incident.stamps.constFirst())
            : incident.stamps.isEmpty() ? incident.source
                                        : Format::stamps(incident.stamps.size());
        QStringList parts{where, wordOf(incident.severity)};
        if (incident.startsAt) {
            const Timestamp until = incident.endsAt.value_or(m_clock.now());
            const QString age = Format::age(std::max(
                std::chrono::duration_cast<std::chrono::milliseconds>(until - *incident.startsAt),
                std::chrono::milliseconds(0)));
            parts.append(m_closed ? tr("was open %1").arg(age) : tr("open %1").arg(age));
        }
        if (const QString again = cameBack(incident); !again.isEmpty())
            parts.append(again);
        m_line = parts.join(u" · "_s);
        setAccessibleName(m_title);
        setAccessibleDescription(m_line);
        setToolTip(u"<qt>"_s + m_title.toHtmlEscaped() + u"</qt>");
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Theme &theme = Theme::current();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const Health health = m_closed ? Health::Healthy : m_health;
        const QColor fill = theme[Glyphs::fillToken(health)];
        painter.fillRect(rect(), fill);
        painter.fillRect(QRect(0, height() - 1, width(), 1), theme[Glyphs::edgeToken(health)]);
        const QColor ink = theme[Glyphs::inkToken(health)];
        if (health == Health::Unhealthy) // white on red, the cross in red
            Glyphs::health(painter, {double(margin), 19, 16, 16}, health, ink, fill);
        else
            Glyphs::health(painter, {double(margin), 19, 16, 16}, health, fill);
        painter.setPen(ink);
        const Text::Style title{Text::Face::Display, 18, 700};
        Text::draw(painter, {margin + 26.0, 33},
                   Text::elided(m_title, title, width() - margin * 2 - 26), title);
        painter.setPen(health == Health::Unhealthy ? theme[Token::UnhealthySub] : ink);
        Text::draw(painter, {margin + 26.0, 57},
                   Text::elided(m_line, Text::body, width() - margin * 2 - 26), Text::body);
    }

private:
    const Clock &m_clock;
    Health m_health = Health::Unknown;
    bool m_closed = false;
    QString m_title;
    QString m_line;
};

/// Stamps, tenants, top tiers, requests; who; by ring and tier.
class IncidentDetail::Reach final : public QWidget
{
    Q_DECLARE_TR_FUNCTIONS(Stampdeck::IncidentDetail)

public:
    explicit Reach(QWidget *parent)
        : QWidget(parent)
    {
        setFixedHeight(112);
        setObjectName(u"blastRadius"_s);
        setAccessibleName(tr("Blast radius"));
    }
    void show(const IncidentReach &reach, const FleetVersion &version)
    {
        m_reach = reach;
        m_chips.clear();
        for (const QString &id : reach.names) {
            const int slot = version.tenantIndex.value(id);
            if (slot >= 0 && version.tenants[slot].tenant)
                m_chips.append({version.tenants[slot].tenant->id,
                                version.tenants[slot].tenant->tier});
        }
        QStringList parts;
        for (auto it = reach.rings.cbegin(); it != reach.rings.cend(); ++it)
            parts.append(it.key().isEmpty()
                             ? tr("no ring: %1").arg(Format::stamps(it.value()))
                             : tr("ring %1: %2").arg(it.key(), Format::stamps(it.value())));
        for (auto it = reach.tiers.cbegin(); it != reach.tiers.cend(); ++it)
            parts.append(u"%1 %2"_s.arg(Format::count(it.value()),
                                        Format::word(Tier(-it.key()))));
        m_lines = parts.join(u" · "_s);
        QStringList said;
        for (const auto &[number, word] : figures())
            said.append(number + u' ' + word);
        setAccessibleDescription((said + parts).join(u", "_s));
        setToolTip(m_lines);
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Theme &theme = Theme::current();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        double x = 0;
        const auto all = figures();
        const double column = width() / 4.0;
        for (const auto &[number, word] : all) {
            painter.setPen(theme[Token::TextPrimary]);
            Text::draw(painter, {x, 22}, number, {Text::Face::Display, 20, 700});
            painter.setPen(theme[Token::TextSecondary]);
            Text::draw(painter, {x, 39}, Text::elided(word, smallStyle, column - 6), smallStyle);
            x += column;
        }
        x = 0;
        int shown = 0;
        const Text::Style chipStyle = Text::secondLine;
        for (const auto &[name, tier] : m_chips) {
            const QString words = Text::elidedName(name, chipStyle, 110);
            const double wide = 26 + Text::width(words, chipStyle);
            const double rest = m_reach.tenants - shown > 1 ? 44 : 0;
            if (x + wide > width() - rest)
                break;
            painter.setPen(QPen(theme[Token::LineDefault], 1));
            painter.setBrush(theme[Token::BgRaised]);
            painter.drawRoundedRect(QRectF(x + 0.5, 54.5, wide - 1, 21), 3, 3);
            Glyphs::tier(painter, {x + 7, 61, 8, 8}, tier, theme[Token::TextSecondary]);
            painter.setPen(theme[Token::TextPrimary]);
            Text::draw(painter, {x + 20, 69}, words, chipStyle);
            x += wide + 6;
            ++shown;
        }
        if (m_reach.tenants > shown && shown > 0) {
            painter.setPen(theme[Token::TextSecondary]);
            Text::draw(painter, {x + 2, 69}, u"+"_s + Format::count(m_reach.tenants - shown),
                       chipStyle);
        }
        painter.setPen(theme[Token::TextTertiary]);
        Text::draw(painter, {0, 97}, Text::elided(m_lines, smallStyle, width()), smallStyle);
    }

private:
    [[nodiscard]] QList<std::pair<QString, QString>> figures() const
    {
        return {{Format::count(m_reach.stamps), tr("stamp(s)", nullptr, m_reach.stamps)},
                {Format::count(m_reach.tenants), tr("tenant(s)", nullptr, m_reach.tenants)},
                {Format::count(m_reach.topTiers), tr("top tiers")},
                {Format::rate(m_reach.requests), tr("requests")}};
    }
    IncidentReach m_reach;
    QList<std::pair<QString, Tier>> m_chips;
    QString m_lines;
};

/// Lines with their times: what came before, or what happened since.
class IncidentDetail::Story final : public QWidget
{
    Q_DECLARE_TR_FUNCTIONS(Stampdeck::IncidentDetail)

public:
    Story(const QString &name, QWidget *parent)
        : QWidget(parent)
    {
        setAccessibleName(name);
    }
    /// \a zero: times are told as what is left until then. \a unwatched: why there may be more; it
    /// stands below what there is, or for \a none.
    void show(const QList<StoryLine> &lines, std::optional<Timestamp> zero, const QString &none,
              const QString &unwatched = {})
    {
        m_more = std::max<qsizetype>(0, lines.size() - storyRows);
        m_lines = lines.mid(0, storyRows);
        m_zero = zero;
        m_none = unwatched.isEmpty() ? none : unwatched;
        m_unwatched = unwatched;
        QStringList said;
        for (const StoryLine &line : std::as_const(m_lines))
            said.append(u"%1 %2 %3"_s.arg(timeOf(line), line.title, line.detail).trimmed());
        if (said.isEmpty() || !unwatched.isEmpty())
            said.append(m_none);
        setAccessibleDescription(said.join(u"; "_s));
        int high = 0;
        for (const StoryLine &line : std::as_const(m_lines))
            high += rowOf(line);
        const bool hasFoot = !m_lines.isEmpty() && !unwatched.isEmpty();
        setFixedHeight(std::max(22, high) + (m_more ? 22 : 0) + (hasFoot ? 22 : 0));
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Theme &theme = Theme::current();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        if (m_lines.isEmpty()) {
            painter.setPen(theme[Token::TextSecondary]);
            Text::draw(painter, {0, 15}, Text::elided(m_none, smallStyle, width()), smallStyle);
            return;
        }
        double y = 0;
        for (const StoryLine &line : std::as_const(m_lines)) {
            painter.setPen(theme[Token::TextSecondary]);
            Text::draw(painter, {0, y + 16}, timeOf(line), Text::listTime);
            if (m_zero) {
                Icons::draw(painter, {72, y + 3}, iconOf(line.kind), 15,
                            theme[line.isClose ? Token::DegradedText : Token::TextSecondary]);
            } else if (line.kind == StoryLine::Kind::Alert
                       || line.kind == StoryLine::Kind::Health) {
                painter.setPen(Qt::NoPen);
                painter.setBrush(theme[Glyphs::glyphToken(line.health)]);
                painter.drawEllipse(QPointF(79, y + 11), 4, 4);
            } else {
                Icons::draw(painter, {73, y + 4}, iconOf(line.kind), 13,
                            theme[Token::TextSecondary]);
            }
            const double left = 98;
            painter.setPen(theme[Token::TextPrimary]);
            const Text::Style style = m_zero && line.isClose ? nameStyle : Text::body;
            Text::draw(painter, {left, y + 16}, Text::elided(line.title, style, width() - left),
                       style);
            if (!line.detail.isEmpty()) {
                painter.setPen(theme[Token::TextSecondary]);
                Text::draw(painter, {left, y + 33},
                           Text::elided(line.detail, smallStyle, width() - left), smallStyle);
            }
            y += rowOf(line);
        }
        if (m_more) {
            painter.setPen(theme[Token::TextTertiary]);
            Text::draw(painter, {98, y + 15}, tr("and %Ln more", nullptr, int(m_more)),
                       smallStyle);
            y += 22;
        }
        if (!m_unwatched.isEmpty()) {
            painter.setPen(theme[Token::TextSecondary]);
            Text::draw(painter, {98, y + 15}, Text::elided(m_unwatched, smallStyle, width() - 98),
                       smallStyle);
        }
    }

private:
    static int rowOf(const StoryLine &line) { return line.detail.isEmpty() ? 26 : 44; }
    [[nodiscard]] QString timeOf(const StoryLine &line) const
    {
        if (!m_zero)
            return Format::second(line.at);
        return u"\u2212"_s
            + Format::age(std::chrono::duration_cast<std::chrono::milliseconds>(*m_zero - line.at));
    }
    QList<StoryLine> m_lines;
    std::optional<Timestamp> m_zero;
    QString m_none;
    QString m_unwatched;
    qsizetype m_more = 0;
};

/// Who says what, side by side.
class IncidentDetail::Observers final : public QWidget
{
    Q_DECLARE_TR_FUNCTIONS(Stampdeck::IncidentDetail)

public:
    explicit Observers(QWidget *parent)
        : QWidget(parent)
    {
        setObjectName(u"vantages"_s);
        setAccessibleName(tr("Who says what"));
    }
    void show(const QList<Vantage> &all)
    {
        m_all = all;
        QStringList said;
        for (const Vantage &each : all)
            said.append(each.who + u": "_s + each.says);
        setAccessibleDescription(said.join(u"; "_s));
        setFixedHeight(int(all.size()) * 24 + 2);
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Theme &theme = Theme::current();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        double y = 0;
        for (const Vantage &each : std::as_const(m_all)) {
            const Health health = !each.isWell ? Health::Unknown
                : *each.isWell                 ? Health::Healthy
                                               : Health::Unhealthy;
            Glyphs::health(painter, {0, y + 5, 12, 12}, health, theme[Token::BgPanel]);
            painter.setPen(theme[Token::TextPrimary]);
            Text::draw(painter, {20, y + 16}, Text::elidedName(each.who, smallStyle, 94),
                       smallStyle);
            const QString age = each.age ? Format::age(*each.age) : QString();
            painter.setPen(theme[Token::TextTertiary]);
            Text::draw(painter, {double(width()), y + 16}, age, smallStyle, Text::Align::Right);
            painter.setPen(theme[Glyphs::textToken(health)]);
            Text::draw(painter, {120, y + 16},
                       Text::elided(each.says, smallStyle,
                                    width() - 128 - Text::width(age, smallStyle)),
                       smallStyle);
            y += 24;
        }
    }

private:
    QList<Vantage> m_all;
};

/// The signal of the first stamp that is farthest beyond what it should be, over the last half hour.
class IncidentDetail::WorstSeries final : public QWidget
{
    Q_DECLARE_TR_FUNCTIONS(Stampdeck::IncidentDetail)

public:
    explicit WorstSeries(QWidget *parent)
        : QWidget(parent)
    {
        setFixedHeight(148);
        setObjectName(u"worstSeries"_s);
    }
    /// False where nothing is measured.
    bool show(const StampEntry &entry, const Objectives &keep, Timestamp now,
              std::optional<Timestamp> began)
    {
        if (!entry.sparklines)
            return false;
        const auto worst = [](const Sparklines::Line &line) {
            double most = 0;
            for (const float value : line) {
                if (!std::isnan(value))
                    most = std::max(most, double(value));
            }
            return most;
        };
        const double errors =
            worst(entry.sparklines->errors) / std::max(1e-6, keep.errorRatio.value_or(0.01));
        const double latency =
            worst(entry.sparklines->latencyP99) / std::max(1.0, keep.latencyP99Ms.value_or(400));
        const bool isErrors = errors >= latency;
        m_line = isErrors ? entry.sparklines->errors : entry.sparklines->latencyP99;
        m_limit = isErrors ? keep.errorRatio : keep.latencyP99Ms;
        const QString name = nameOfStamp(entry.id);
        m_title = isErrors ? tr("Errors on %1").arg(name) : tr("p99 on %1").arg(name);
        m_most = worst(m_line);
        const auto last = std::find_if(m_line.rbegin(), m_line.rend(),
                                       [](float value) { return !std::isnan(value); });
        if (last == m_line.rend())
            return false;
        m_now = isErrors ? Format::errorPercent(double(*last)) : Format::latency(double(*last));
        m_isOver = m_limit && *last > *m_limit;
        m_to = now;
        m_began = began;
        setAccessibleName(m_title);
        setAccessibleDescription(m_now);
        update();
        return true;
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Theme &theme = Theme::current();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(theme[Token::TextPrimary]);
        Text::draw(painter, {0, 16}, Text::elided(m_title, nameStyle, width() - 80), nameStyle);
        painter.setPen(theme[m_isOver ? Token::UnhealthyText : Token::TextSecondary]);
        Text::draw(painter, {double(width()), 16}, m_now, nameStyle, Text::Align::Right);
        const QRectF plot(0, 30, width(), 90);
        painter.setPen(QPen(theme[Token::ChartGrid], 1));
        for (const double at : {0.0, 0.5})
            painter.drawLine(QPointF(plot.left(), std::round(plot.top() + at * plot.height()) + .5),
                             QPointF(plot.right(), std::round(plot.top() + at * plot.height()) + .5));
        painter.setPen(QPen(theme[Token::LineStrong], 1));
        painter.drawLine(QPointF(plot.left(), plot.bottom() + .5),
                         QPointF(plot.right(), plot.bottom() + .5));
        const double top = 1.15 * std::max(m_most, m_limit.value_or(0));
        const auto yOf = [&](double value) {
            return plot.bottom() - plot.height() * (top > 0 ? value / top : 0);
        };
        if (m_limit) {
            QPen dashed(theme[Token::DegradedEdge], 1);
            dashed.setDashPattern({5, 3});
            painter.setPen(dashed);
            painter.drawLine(QPointF(plot.left(), yOf(*m_limit)),
                             QPointF(plot.right(), yOf(*m_limit)));
        }
        if (m_began) {
            const double share = 1
                - double((m_to - *m_began).count())
                    / double((Sparklines::step * Sparklines::points).count());
            if (share > 0 && share < 1) {
                painter.setPen(QPen(theme[Token::UnhealthyEdge], 1.5));
                painter.drawLine(QPointF(plot.left() + share * plot.width(), plot.top() - 4),
                                 QPointF(plot.left() + share * plot.width(), plot.bottom()));
            }
        }
        QPainterPath path;
        bool isDown = false;
        for (size_t i = 0; i < m_line.size(); ++i) {
            if (std::isnan(m_line[i])) {
                isDown = false;
                continue;
            }
            const QPointF at(plot.left() + plot.width() * double(i) / double(m_line.size() - 1),
                             yOf(double(m_line[i])));
            if (isDown)
                path.lineTo(at);
            else
                path.moveTo(at);
            isDown = true;
        }
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme[Token::UnhealthyEdge], 1.75));
        painter.drawPath(path);
        painter.setPen(theme[Token::ChartAxis]);
        Text::draw(painter, {0, 138},
                   Format::minute(m_to - Sparklines::step * Sparklines::points), Text::axis);
        Text::draw(painter, {double(width()), 138}, Format::minute(m_to), Text::axis,
                   Text::Align::Right);
    }

private:
    QString m_title;
    QString m_now;
    Sparklines::Line m_line{};
    std::optional<double> m_limit;
    double m_most = 0;
    bool m_isOver = false;
    Timestamp m_to;
    std::optional<Timestamp> m_began;
};

IncidentDetail::IncidentDetail(Deck &deck, ActionRegistry &actions, QWidget *parent)
    : Surface(Token::BgPanel, Qt::LeftEdge, parent)
    , m_deck(deck)
    , m_actions(actions)
    , m_head(new Head(deck.clock, this))
{
    setObjectName(u"incidentDetail"_s);
    setAccessibleName(tr("Incident"));
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(1, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(m_head);
    auto *area = new QScrollArea(this);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setFocusPolicy(Qt::NoFocus);
    all->addWidget(area, 1);
    m_inner = new Surface(Token::BgPanel);
    auto *box = new QVBoxLayout(m_inner);
    box->setContentsMargins(margin, 14, margin, 20);
    box->setSpacing(0);
    area->setWidget(m_inner);

    // With a name and no text it is its icon alone.
    const auto actionButton = [this](const QString &id, const QString &text, const QString &icon,
                                     Button::Kind kind = Button::Kind::Plain,
                                     const QString &name = {}) {
        auto *button = new Button(kind, text, icon);
        button->setObjectName(QString(id).replace(u'.', u'-'));
        if (!name.isEmpty())
            button->setAccessibleName(name);
        if (QAction *action = m_actions.action(id)) {
            connect(button, &Button::clicked, action, &QAction::trigger);
            const auto follow = [button, action, name] {
                button->setEnabled(action->isEnabled());
                const QString reason = ActionRegistry::reasonOf(action);
                button->setToolTip(reason.isEmpty() ? name : reason);
            };
            connect(action, &QAction::changed, button, follow);
            follow();
        } else {
            button->hide();
        }
        return button;
    };
    const auto section = [box](const QString &title, QWidget *aside = nullptr) {
        auto *row = new QHBoxLayout;
        row->setContentsMargins(0, 0, 0, 6);
        row->addWidget(new TextLine(title, Text::sectionHead), 1);
        if (aside)
            row->addWidget(aside);
        box->addLayout(row);
    };
    const auto rule = [box] {
        box->addSpacing(14);
        auto *line = new Surface(Token::LineSubtle);
        line->setFixedHeight(1);
        box->addWidget(line);
        box->addSpacing(12);
    };

    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    m_acknowledge =
        actionButton(u"incident.acknowledge"_s, tr("Acknowledge"), u"check-lg"_s);
    m_silence = actionButton(u"incident.silence"_s, tr("Silence…"), u"bell-slash"_s);
    m_runbook = new Button(Button::Kind::Plain, tr("Runbook"), u"box-arrow-up-right"_s);
    m_runbook->setObjectName(u"runbook"_s);
    connect(m_runbook, &Button::clicked, this, [this] {
        if (const auto url = m_incident ? runbookOf(*m_incident) : std::nullopt)
            QDesktopServices::openUrl(*url);
    });
    // Of its own stamp, as the actions below.
    auto *report = new Button(Button::Kind::Plain, tr("Report…"), u"file-text"_s);
    report->setObjectName(u"incidentReport"_s);
    report->setVisible(m_actions.action(u"report"_s) != nullptr);
    connect(report, &Button::clicked, this, [this] { Q_EMIT stampActionRequested(u"report"_s); });
    buttons->addWidget(m_acknowledge);
    buttons->addWidget(m_silence);
    buttons->addStretch(1);
    box->addLayout(buttons);
    auto *reading = new QHBoxLayout;
    reading->setContentsMargins(0, 8, 0, 0);
    reading->setSpacing(8);
    reading->addWidget(report);
    reading->addWidget(m_runbook);
    reading->addWidget(actionButton(u"rehearse"_s, tr("Rehearse…"), {}, Button::Kind::Plain,
                                    tr("Rehearse this…")));
    reading->addStretch(1);
    box->addLayout(reading);
    box->addSpacing(12);

    m_summary = paragraph(Text::body, m_inner);
    m_summary->setObjectName(u"incidentSummary"_s);
    m_state = paragraph(smallStyle, m_inner);
    m_state->setObjectName(u"incidentState"_s);
    box->addWidget(m_summary);
    box->addSpacing(4);
    box->addWidget(m_state);
    rule();

    section(tr("Blast radius"), actionButton(u"incident.dim"_s, tr("Dim the rest"), u"eye"_s,
                                             Button::Kind::Flat));
    m_reach = new Reach(m_inner);
    box->addWidget(m_reach);
    m_acts = new QWidget(m_inner);
    auto *acts = new QHBoxLayout(m_acts);
    acts->setContentsMargins(0, 6, 0, 0);
    acts->setSpacing(8);
    const auto act = [this, acts](const QString &id, const QString &text) {
        auto *button = new Button(Button::Kind::Plain, text);
        button->setObjectName(u"incident-"_s + id);
        connect(button, &Button::clicked, this, [this, id] { Q_EMIT stampActionRequested(id); });
        acts->addWidget(button);
        return button;
    };
    act(u"stamp.drain"_s, tr("Drain…"));
    act(u"stamp.cordon"_s, tr("Cordon…"));
    m_scale = act(u"stamp.scale"_s, tr("Scale…"));
    acts->addStretch(1);
    m_open = new Button(Button::Kind::Flat, {}, u"layout-sidebar-inset-reverse"_s);
    m_open->setObjectName(u"openStamp"_s);
    m_open->setAccessibleName(tr("Open the stamp"));
    connect(m_open, &Button::clicked, this, [this] {
        if (m_incident && !m_incident->stamps.isEmpty())
            Q_EMIT stampActivated(m_incident->stamps.constFirst());
    });
    acts->addWidget(m_open);
    auto *more = new Button(Button::Kind::Flat, {}, u"three-dots"_s);
    more->setObjectName(u"incidentMore"_s);
    more->setAccessibleName(tr("Everything that can be done"));
    more->setToolTip(more->accessibleName());
    connect(more, &Button::clicked, this, [this, more] {
        Q_EMIT stampMenuRequested(more->mapToGlobal(QPoint(0, more->height())));
    });
    acts->addWidget(more);
    connect(&deck.feed, &FleetFeed::pastChanged, this, &IncidentDetail::updateActs);
    box->addWidget(m_acts);
    rule();

    auto *window = new TextLine(tr("%1 min").arg(before.count()), smallStyle,
                                Token::TextTertiary);
    section(tr("What changed before"), window);
    m_before = new Story(tr("What changed before"), m_inner);
    m_before->setObjectName(u"changedBefore"_s);
    box->addWidget(m_before);
    rule();

    section(tr("Timeline"));
    m_timeline = new Story(tr("Timeline"), m_inner);
    m_timeline->setObjectName(u"timeline"_s);
    box->addWidget(m_timeline);

    const auto part = [box, this] {
        auto *widget = new QWidget(m_inner);
        auto *layout = new QVBoxLayout(widget);
        layout->setContentsMargins(0, 14, 0, 0);
        layout->setSpacing(0);
        auto *line = new Surface(Token::LineSubtle);
        line->setFixedHeight(1);
        layout->addWidget(line);
        layout->addSpacing(12);
        box->addWidget(widget);
        return widget;
    };
    m_seriesPart = part();
    m_series = new WorstSeries(m_inner);
    m_seriesPart->layout()->addWidget(m_series);
    m_observersPart = part();
    auto *observersHead = new QHBoxLayout;
    observersHead->setContentsMargins(0, 0, 0, 6);
    m_observersHead = new TextLine(tr("Who says what"), Text::sectionHead);
    m_observersHead->setObjectName(u"observersHead"_s);
    observersHead->addWidget(m_observersHead, 1);
    m_disagree = new TextLine(tr("they disagree"), smallStyle, Token::DegradedText);
    m_disagree->setObjectName(u"disagree"_s);
    observersHead->addWidget(m_disagree);
    static_cast<QVBoxLayout *>(m_observersPart->layout())->addLayout(observersHead);
    m_observers = new Observers(m_inner);
    m_observersPart->layout()->addWidget(m_observers);
    m_linksPart = part();
    auto *linksBox = static_cast<QVBoxLayout *>(m_linksPart->layout());
    linksBox->addWidget(new TextLine(tr("Links"), Text::sectionHead));
    m_links = new QVBoxLayout;
    m_links->setContentsMargins(0, 4, 0, 0);
    m_links->setSpacing(2);
    linksBox->addLayout(m_links);
    m_linksPart->hide(); // until there is one
    box->addStretch(1);

    connect(&deck.feed, &FleetFeed::changed, this, [this](const ChangeSet &slice) {
        if (slice.incidents || (m_deck.feed.isPast() && !slice.stamps.empty()))
            refresh();
    });
    connect(&deck.feed, &FleetFeed::pastChanged, this, [this] { refresh(); });
    auto *ages = new QTimer(this);
    connect(ages, &QTimer::timeout, this, [this] {
        if (isVisible() && m_incident)
            lookUp();
    });
    ages->start(2'000);
    refresh();
}

IncidentDetail::~IncidentDetail() = default;

void IncidentDetail::setIncident(const QString &id)
{
    m_id = id;
    m_known.reset();
    ++m_asked;
    refresh();
}

void IncidentDetail::refresh()
{
    const IncidentPtr is = m_id.isEmpty() ? nullptr : bookOf(m_deck.fleet())->find(m_id);
    if (is == m_incident && m_incident)
        return;
    m_incident = is;
    fill();
    if (m_incident)
        lookUp();
}

// What changed is known by another thread.
void IncidentDetail::lookUp()
{
    if (!m_deck.changes || m_incident->stamps.isEmpty()) {
        m_known.emplace();
        fill();
        return;
    }
    const quint64 mine = ++m_asked;
    const Timestamp from =
        m_incident->startsAt.value_or(m_deck.clock.now()) - IncidentDetail::before;
    whenDone(m_deck.changes(m_incident->stamps, from, m_deck.clock.now()), this,
             [this, mine](const Result<KnownChanges> &changes) {
                 if (mine != m_asked || !m_incident || !changes)
                     return;
                 m_known = *changes;
                 fill();
             });
}

void IncidentDetail::fill()
{
    m_head->setVisible(m_incident != nullptr);
    m_inner->setVisible(m_incident != nullptr);
    update();
    if (!m_incident)
        return;
    const Incident &incident = *m_incident;
    const FleetVersion &fleet = m_deck.fleet();
    m_head->show(incident);
    m_summary->setText(incident.summary.left(2'000));
    m_summary->setVisible(!incident.summary.isEmpty());
    ink(m_summary, Token::TextPrimary);

    QStringList state;
    if (const auto &by = incident.acknowledged) {
        QString line = by->until ? tr("Acknowledged by %1 until %2.")
                                       .arg(by->by, Format::minuteOfZone(*by->until))
                                 : tr("Acknowledged by %1.").arg(by->by);
        if (!by->note.isEmpty())
            line += u' ' + tr("“%1”").arg(by->note);
        if (incident.acknowledgedHere)
            line += u' ' + tr("It holds on this workstation only.");
        state.append(line);
    }
    if (const auto &by = incident.silenced)
        state.append(tr("Silenced by %1 until %2, with %3.")
                         .arg(by->by, by->until ? Format::minuteOfZone(*by->until) : Format::none(),
                              by->matchers));
    if (incident.inhibited && !incident.silenced)
        state.append(tr("Nobody is told: another alert, or a time, keeps it quiet."));
    if (incident.maintenance)
        state.append(tr("In maintenance: its stamp is being emptied, or is empty."));
    if (incident.lastHeard)
        state.append(tr("As it was at %1: %2 does not answer.")
                         .arg(Format::secondOfZone(*incident.lastHeard), incident.source));
    if (!incident.strangers.isEmpty())
        state.append(tr("It names what this fleet does not know: %1.")
                         .arg(incident.strangers.join(u", "_s).left(300)));
    for (const OwnFinding &finding : incident.findings)
        state.append(finding.summary.isEmpty() ? finding.title
                                               : finding.title + u": "_s + finding.summary);
    m_state->setText(state.join(u'\n'));
    m_state->setVisible(!state.isEmpty());
    ink(m_state, Token::TextSecondary);

    m_runbook->setVisible(runbookOf(incident).has_value());
    m_reach->show(reachOf(incident, fleet), fleet);
    updateActs();
    const KnownChanges known = m_known.value_or(KnownChanges());
    m_before->show(changesBefore(incident, fleet, known.changes, IncidentDetail::before),
                   incident.startsAt, m_known ? tr("Nothing that Stampdeck saw.") : QString(),
                   unwatchedBefore());
    m_timeline->show(timelineOf(incident, fleet, known.changes), std::nullopt,
                     tr("Nothing that Stampdeck saw."));
    const StampEntry *const entry = m_deck.stamp(incident.stamps.value(0));
    m_seriesPart->setVisible(
        entry
        && m_series->show(*entry, fleet.sourceOf(*entry).objectives, m_deck.clock.now(),
                          incident.startsAt));
    const Vantages vantages = vantagesOf(incident, fleet, m_deck.clock.elapsed());
    m_observersPart->setVisible(vantages.all.size() > 1);
    m_observersHead->setText(incident.stamps.size() > 1
                                 ? tr("Who says what of %1").arg(vantages.stamp)
                                 : tr("Who says what"));
    m_observers->show(vantages.all);
    m_disagree->setVisible(disagree(vantages.all));

    if (incident.links == m_shownLinks)
        return;
    m_shownLinks = incident.links;
    while (const std::unique_ptr<QLayoutItem> item{m_links->takeAt(0)})
        delete item->widget();
    for (const Link &link : incident.links) {
        const QUrl url(link.url);
        // Whatever an alert says is not run.
        if (url.scheme() != "http"_L1 && url.scheme() != "https"_L1)
            continue;
        auto *button = new Button(Button::Kind::Link, link.title.left(60), {});
        button->setToolTip(u"<qt>"_s + link.url.left(400).toHtmlEscaped() + u"</qt>");
        connect(button, &Button::clicked, this, [url] { QDesktopServices::openUrl(url); });
        m_links->addWidget(button, 0, Qt::AlignLeft);
    }
    m_linksPart->setVisible(m_links->count() > 0);
}

void IncidentDetail::updateActs()
{
    m_acts->setVisible(m_incident && m_incident->firing && !m_incident->stamps.isEmpty());
    if (m_acts->isHidden())
        return;
    for (Button *button : m_acts->findChildren<Button *>()) {
        if (button->objectName().startsWith(u"incident-"_s))
            button->setEnabled(m_deck.acts());
    }
    const bool isOne = m_incident->stamps.size() == 1;
    const QString several = isOne ? QString() : tr("It hits several stamps: choose one on the map");
    m_scale->setEnabled(isOne && m_deck.acts());
    m_scale->setToolTip(several);
    m_open->setEnabled(isOne);
    m_open->setToolTip(isOne ? m_open->accessibleName() : several);
}

// Where nobody watched in the time before it nothing is known, which is not that nothing happened.
QString IncidentDetail::unwatchedBefore() const
{
    if (!m_known || !m_incident->startsAt)
        return {};
    const Timestamp at = *m_incident->startsAt;
    const auto gap = m_known->gapIn(at - IncidentDetail::before, at);
    if (!gap)
        return {};
    if (gap->to >= m_deck.clock.now())
        return tr("Nobody watched then.");
    const bool isSameDay = Format::dateTime(gap->to).date() == Format::dateTime(at).date();
    return tr("Watched since %1.")
        .arg(isSameDay ? Format::minute(gap->to) : Format::daySecond(gap->to));
}

void IncidentDetail::paintEvent(QPaintEvent *event)
{
    Surface::paintEvent(event);
    if (m_incident)
        return;
    QPainter painter(this);
    painter.setPen(Theme::current()[Token::TextSecondary]);
    Text::draw(painter, {width() / 2.0, height() / 2.0}, tr("Select an incident"), Text::body,
               Text::Align::Center);
}

} // namespace Stampdeck
