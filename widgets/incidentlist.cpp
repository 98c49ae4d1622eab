// SPDX-License-Identifier: GPL-3.0-or-later
#include "incidentlist.h"

#include "glyphs.h"
#include "guard.h"
#include "icons.h"
#include "segmentedcontrol.h"
#include "textsize.h"
#include "themes.h"

#include "models/formatter.h"
#include "models/incidentstory.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QItemSelectionModel>
#include <QtCore/QTimer>
#include <QtGui/QPainter>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QListView>
#include <QtWidgets/QStyledItemDelegate>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr Text::Style titleStyle = Text::rowTitle;
constexpr Text::Style smallStyle = Text::secondLine;

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Incidents)
};

// A day is told only where it is not today.
QString momentOf(Timestamp at, Timestamp now)
{
    return now - at < std::chrono::hours(18) ? Format::minute(at) : Format::age(now - at);
}

class Delegate final : public QStyledItemDelegate
{
public:
    Delegate(const Clock &clock, QObject *parent)
        : QStyledItemDelegate(parent)
        , m_clock(clock)
    { }
    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override
    {
        return {withText(IncidentList::usualWidth), withText(IncidentList::rowHeight)};
    }
    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override
    {
        const auto incident = index.data(IncidentListModel::IncidentRole).value<IncidentPtr>();
        if (!incident)
            return;
        const Theme &theme = Theme::current();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->translate(option.rect.topLeft());
        const Text::Scaled scaled(*painter);
        const double width = Text::Scaled::toLook(option.rect.width());
        const double height = Text::Scaled::toLook(option.rect.height());
        const bool isSelected = option.state.testFlag(QStyle::State_Selected);
        const bool isClosed = !incident->firing;
        const Health health = healthOf(incident->severity);
        QColor ground = theme[Token::BgWindow];
        if (isSelected)
            ground = theme[Token::AccentSoft];
        else if (option.state.testFlag(QStyle::State_MouseOver))
            ground = theme[Token::BgHover];
        painter->fillRect(QRectF(0, 0, width, height), ground);
        if (isSelected)
            painter->fillRect(QRectF(0, 0, 3, height),
                              theme[isClosed ? Token::AccentLine : Glyphs::glyphToken(health)]);
        const double left = 42;
        const double right = width - 16;
        if (isClosed)
            Icons::draw(*painter, {16, 13}, u"check-circle"_s, 15, theme[Token::TextTertiary]);
        else
            Glyphs::health(*painter, {16, 14, 14, 14}, health, ground);
        const Timestamp now = m_clock.now();
        QString time;
        if (isClosed && incident->startsAt && incident->endsAt)
            time = Format::age(std::chrono::duration_cast<std::chrono::milliseconds>(
                *incident->endsAt - *incident->startsAt));
        else if (incident->startsAt)
            time = momentOf(*incident->startsAt, now);
        painter->setPen(theme[Token::TextSecondary]);
        Text::draw(*painter, {right, 25}, time, Text::listTime, Text::Align::Right);
        painter->setPen(theme[isClosed ? Token::TextSecondary : Token::TextPrimary]);
        Text::draw(*painter, {left, 25},
                   Text::elided(incident->title, titleStyle,
                                right - left - Text::width(time, Text::listTime) - 10),
                   titleStyle);
        const QString tenants =
            incident->tenants.isEmpty() ? QString() : Format::tenants(incident->tenants.size());
        painter->setPen(theme[Token::TextSecondary]);
        Text::draw(*painter, {right, 43}, tenants, smallStyle, Text::Align::Right);
        painter->setPen(
            theme[isClosed ? Token::TextTertiary : Glyphs::textToken(health)]);
        Text::draw(*painter, {left, 43},
                   Text::elidedName(whereOf(*incident), smallStyle,
                                    right - left - Text::width(tenants, smallStyle) - 10),
                   smallStyle);
        if (!isClosed) {
            const QString icon = stateIconOf(*incident);
            Icons::draw(*painter, {left, 50}, icon, 12, theme[Token::TextSecondary]);
            painter->setPen(theme[Token::TextSecondary]);
            Text::draw(*painter, {left + 18, 60.5},
                       Text::elided(stateOf(*incident), smallStyle, right - left - 18),
                       smallStyle);
        } else if (incident->endsAt) {
            painter->setPen(theme[Token::TextTertiary]);
            Text::draw(*painter, {left, 60.5},
                       Words::tr("until %1").arg(momentOf(*incident->endsAt, now)), smallStyle);
        }
        if (!isSelected)
            painter->fillRect(QRectF(left, height - 1, right - left, 1),
                              theme[Token::LineSubtle]);
        if (option.state.testFlag(QStyle::State_HasFocus)
            && option.state.testFlag(QStyle::State_KeyboardFocusChange)) {
            painter->setPen(QPen(theme[Token::AccentLine], 2));
            painter->setBrush(Qt::NoBrush);
            painter->drawRoundedRect(QRectF(2, 2, width - 4, height - 4), 4, 4);
        }
        painter->restore();
    }

private:
    const Clock &m_clock;
};

} // namespace

Health healthOf(Severity severity)
{
    return severity == Severity::Critical ? Health::Unhealthy
        : severity == Severity::Warning   ? Health::Degraded
                                          : Health::Unknown;
}

QString stateOf(const Incident &incident)
{
    QStringList parts;
    if (incident.maintenance)
        parts.append(Words::tr("in maintenance"));
    if (incident.silenced)
        parts.append(incident.silenced->until
                         ? Words::tr("silenced until %1")
                               .arg(Format::minute(*incident.silenced->until))
                         : Words::tr("silenced"));
    else if (incident.inhibited)
        parts.append(Words::tr("kept quiet by another alert"));
    if (incident.acknowledged)
        parts.append(Words::tr("acknowledged by %1").arg(incident.acknowledged->by));
    else if (parts.isEmpty())
        parts.append(Words::tr("not acknowledged"));
    if (incident.firing && incident.reopenedAt)
        parts.prepend(Words::tr("back since %1").arg(Format::minute(*incident.reopenedAt)));
    if (incident.lastHeard)
        parts.prepend(Words::tr("as of %1").arg(Format::minute(*incident.lastHeard)));
    return parts.join(u" · "_s);
}

QString stateIconOf(const Incident &incident)
{
    return incident.maintenance  ? u"wrench"_s
        : incident.silenced      ? u"bell-slash"_s
        : incident.inhibited     ? u"bell-slash"_s
        : incident.acknowledged  ? u"check-lg"_s
                                 : u"bell"_s;
}

const std::vector<IncidentPtr> &IncidentListModel::shown() const
{
    static const std::vector<IncidentPtr> none;
    return !m_book ? none : m_closed ? m_book->closed : m_book->open;
}

void IncidentListModel::setBook(const IncidentBookPtr &book, bool closed)
{
    const bool sameRows = m_book && book && closed == m_closed
        && shown().size() == (closed ? book->closed : book->open).size()
        && std::equal(shown().begin(), shown().end(), (closed ? book->closed : book->open).begin(),
                      [](const IncidentPtr &a, const IncidentPtr &b) { return a->id == b->id; });
    if (sameRows) {
        // Places do not move: what differs is painted anew where it is.
        const std::vector<IncidentPtr> before = shown();
        m_book = book;
        for (size_t row = 0; row < before.size(); ++row) {
            if (before[row] != shown()[row])
                Q_EMIT dataChanged(index(int(row)), index(int(row)));
        }
        return;
    }
    beginResetModel();
    m_book = book;
    m_closed = closed;
    endResetModel();
}

IncidentPtr IncidentListModel::at(int row) const
{
    return row >= 0 && row < int(shown().size()) ? shown()[size_t(row)] : nullptr;
}

int IncidentListModel::rowOf(const QString &id) const
{
    const auto found = std::find_if(shown().begin(), shown().end(),
                                    [&id](const IncidentPtr &each) { return each->id == id; });
    return found == shown().end() ? -1 : int(found - shown().begin());
}

int IncidentListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(shown().size());
}

QVariant IncidentListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const IncidentPtr &incident = shown()[size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
        return incident->title;
    case Qt::AccessibleDescriptionRole:
    case Qt::ToolTipRole: {
        QStringList parts{Format::word(healthOf(incident->severity)), whereOf(*incident)};
        if (!incident->tenants.isEmpty())
            parts.append(Format::tenants(incident->tenants.size()));
        parts.append(incident->firing ? stateOf(*incident) : tr("over"));
        if (const QString again = cameBack(*incident); !again.isEmpty())
            parts.append(again);
        if (!incident->summary.isEmpty())
            parts.append(incident->summary.left(400));
        // Alerts hold whatever somebody wrote: a tip is text, never markup.
        const QString text = parts.join(u", "_s);
        return role == Qt::ToolTipRole ? QString(u"<qt>"_s + text.toHtmlEscaped() + u"</qt>") : text;
    }
    case IncidentRole:
        return QVariant::fromValue(incident);
    case IdRole:
        return incident->id;
    default:
        return {};
    }
}

IncidentList::IncidentList(Deck &deck, QWidget *parent)
    : Surface(Token::BgWindow, Qt::RightEdge, parent)
    , m_deck(deck)
    , m_model(new IncidentListModel(this))
    , m_view(new QListView(this))
    , m_which(new SegmentedControl(this))
    , m_calm(new TextLine({}, titleStyle, Token::TextPrimary, this))
    , m_calmWhy(new TextLine({}, smallStyle, Token::TextSecondary, this))
{
    setObjectName(u"incidentList"_s);
    setAccessibleName(tr("Incidents"));
    auto *box = new QVBoxLayout(this);
    box->setContentsMargins(0, 0, 1, 0);
    box->setSpacing(0);
    auto *head = new QHBoxLayout;
    head->setContentsMargins(16, 12, 14, 12);
    head->addWidget(new TextLine(tr("Incidents"), Text::sectionHead), 1);
    m_which->setObjectName(u"incidentsShown"_s);
    m_which->setAccessibleName(tr("Which incidents"));
    m_which->addSegment(tr("Open"));
    m_which->addSegment(tr("Closed"));
    head->addWidget(m_which);
    box->addLayout(head);

    m_calmPart = new QWidget(this);
    auto *calm = new QVBoxLayout(m_calmPart);
    calm->setContentsMargins(16, 4, 16, 8);
    calm->setSpacing(4);
    calm->addWidget(m_calm);
    calm->addWidget(m_calmWhy);
    box->addWidget(m_calmPart);
    m_calm->setObjectName(u"allQuiet"_s);
    m_calmWhy->setObjectName(u"allQuietWhy"_s);

    m_view->setObjectName(u"incidents"_s);
    m_view->setAccessibleName(tr("Incidents, the worst first"));
    m_view->setModel(m_model);
    m_view->setItemDelegate(new Delegate(deck.clock, m_view));
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->viewport()->setAutoFillBackground(false); // the surface below it shows
    m_view->setUniformItemSizes(true);
    m_view->setMouseTracking(true);
    m_view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_view->setSelectionMode(QAbstractItemView::SingleSelection);
    box->addWidget(m_view, 1);

    m_silences = new Surface(Token::BgWindow, Qt::TopEdge, this);
    m_silences->setObjectName(u"silenceWarning"_s);
    auto *foot = new QVBoxLayout(m_silences);
    foot->setContentsMargins(16, 10, 14, 12);
    foot->setSpacing(4);
    m_silenceLine = new TextLine({}, titleStyle, Token::DegradedText, m_silences);
    m_silenceWhat = new TextLine({}, smallStyle, Token::TextSecondary, m_silences);
    foot->addWidget(m_silenceLine);
    foot->addWidget(m_silenceWhat);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    m_extend = new Button(Button::Kind::Plain, tr("Extend by 2 h"), u"clock"_s, m_silences);
    m_extend->setObjectName(u"extendSilence"_s);
    m_all = new Button(Button::Kind::Flat, tr("All silences…"), {}, m_silences);
    m_all->setObjectName(u"allSilences"_s);
    buttons->addWidget(m_extend);
    buttons->addWidget(m_all);
    buttons->addStretch(1);
    foot->addLayout(buttons);
    box->addWidget(m_silences);

    auto *end = new Surface(Token::BgWindow, Qt::TopEdge, this);
    auto *last = new QHBoxLayout(end);
    last->setContentsMargins(8, 6, 14, 6);
    auto *handOver = new Button(Button::Kind::Flat, tr("Hand over…"), u"clipboard-check"_s, end);
    handOver->setObjectName(u"handOverIncidents"_s);
    last->addWidget(handOver);
    last->addStretch(1);
    box->addWidget(end);
    connect(handOver, &Button::clicked, this, &IncidentList::handOverRequested);
    // What it would hand over is how things are now.
    handOver->setEnabled(!deck.feed.isPast());
    connect(&deck.feed, &FleetFeed::pastChanged, handOver,
            [handOver](bool past) { handOver->setEnabled(!past); });
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_view, &QWidget::customContextMenuRequested, this, [this](const QPoint &at) {
        if (m_view->indexAt(at).isValid())
            choose(m_view->indexAt(at).row());
        Q_EMIT menuRequested(m_view->viewport()->mapToGlobal(at));
    });

    connect(m_all, &Button::clicked, this, &IncidentList::silencesRequested);
    connect(m_extend, &Button::clicked, this, [this] {
        const IncidentBookPtr book = bookOf(m_deck.fleet());
        if (!book || book->silences.isEmpty())
            return;
        const KnownSilence &first = book->silences.constFirst();
        if (first.silence.endsAt)
            Q_EMIT extendRequested(first.feed, first.silence.id, *first.silence.endsAt);
    });
    connect(m_which, &SegmentedControl::currentChanged, this, [this] { refresh(); });
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this](const QModelIndex &current) {
                const IncidentPtr incident = m_model->at(current.row());
                if (!current.isValid() || !incident || incident->id == m_selected)
                    return;
                m_selected = incident->id;
                // The keyboard's place and what is selected are one.
                m_view->selectionModel()->select(current, QItemSelectionModel::ClearAndSelect);
                Q_EMIT selectionChanged(m_selected);
            });
    connect(&deck.feed, &FleetFeed::changed, this, [this](const ChangeSet &slice) {
        // Of a past whose incidents nobody recorded there is no book.
        if (slice.incidents || (m_deck.feed.isPast() && !slice.stamps.empty()))
            refresh();
        else if (m_deck.feed.isPast()) // what was left then
            refreshSilences();
    });
    connect(&deck.feed, &FleetFeed::pastChanged, this, [this] { refresh(); });
    auto *ages = new QTimer(this);
    connect(ages, &QTimer::timeout, this, [this] {
        refreshSilences();
        m_view->viewport()->update();
    });
    ages->start(10'000);
    refresh();
}

bool IncidentList::showsClosed() const
{
    return m_which->current() == 1;
}

void IncidentList::showClosed(bool closed)
{
    m_which->setCurrent(closed ? 1 : 0);
}

void IncidentList::select(const QString &id)
{
    if (m_model->rowOf(id) < 0 && !id.isEmpty()) {
        const IncidentBookPtr book = bookOf(m_deck.fleet());
        if (const IncidentPtr incident = book ? book->find(id) : nullptr)
            showClosed(!incident->firing);
    }
    choose(m_model->rowOf(id));
}

void IncidentList::choose(int row)
{
    if (row < 0) {
        m_view->selectionModel()->clear();
        if (!std::exchange(m_selected, {}).isEmpty())
            Q_EMIT selectionChanged({});
        return;
    }
    const QModelIndex index = m_model->index(row);
    if (m_view->currentIndex() != index || !m_view->selectionModel()->isSelected(index))
        m_view->selectionModel()->setCurrentIndex(index, QItemSelectionModel::ClearAndSelect);
}

void IncidentList::selectNext(bool forward)
{
    const int count = m_model->rowCount();
    if (count == 0)
        return;
    const int row = m_model->rowOf(m_selected);
    const int next = row < 0 ? 0 : std::clamp(row + (forward ? 1 : -1), 0, count - 1);
    choose(next);
}

void IncidentList::refresh()
{
    const FleetVersion &fleet = m_deck.fleet();
    const IncidentBookPtr book = bookOf(fleet);
    const bool isClosed = showsClosed();
    const int open = book ? int(book->open.size()) : 0;
    const int closed = book ? int(book->closed.size()) : 0;
    m_which->segment(0)->setText(tr("Open %1").arg(Format::count(open)));
    m_which->segment(1)->setText(tr("Closed %1").arg(Format::count(closed)));
    m_model->setBook(book, isClosed);
    const bool isEmpty = m_model->rowCount() == 0;
    m_calmPart->setVisible(isEmpty);
    if (isEmpty) {
        const auto isAlerts = [](const FeedState &feed) {
            return feed.kind == FeedState::Kind::Incidents;
        };
        const bool hasFeed = std::any_of(fleet.feeds.begin(), fleet.feeds.end(), isAlerts);
        // Nothing is known of what never answered, of the past it is what was recorded.
        const auto unheard =
            std::find_if(fleet.feeds.begin(), fleet.feeds.end(), [&](const FeedState &feed) {
                return isAlerts(feed) && !feed.lastContact && book && (!book->settled || feed.error);
            });
        const bool isWaiting = !isClosed && unheard != fleet.feeds.end();
        m_calm->setText(isWaiting ? tr("Nothing is known yet")
                            : isClosed || !book || !book->quietSince
                            ? tr("Nothing here")
                            : tr("All quiet since %1").arg(Format::minute(*book->quietSince)));
        m_calmWhy->setText(
            isWaiting     ? tr("%1 has not answered: whether alerts fire there is not known.")
                                .arg(unheard->name)
                : hasFeed ? tr("Alerts and the fleet itself say so.")
                          : tr("The fleet itself says so; no alerts are configured."));
    }
    // What was selected stays so while it is known, be it among the others: nobody reads on in
    // another one.
    if (const int row = m_model->rowOf(m_selected); row >= 0)
        choose(row);
    else if (!m_selected.isEmpty() && (!book || !book->find(m_selected)))
        choose(-1);
    refreshSilences();
}

void IncidentList::refreshSilences()
{
    const IncidentBookPtr book = bookOf(m_deck.fleet());
    const bool hasAny = book && !book->silences.isEmpty();
    m_silences->setVisible(hasAny);
    if (!hasAny)
        return;
    const KnownSilence &first = book->silences.constFirst();
    QStringList matchers;
    for (const Matcher &matcher : first.silence.matchers)
        matchers.append(matcher.toString());
    m_silenceWhat->setText(matchers.join(u", "_s));
    const auto left = first.silence.endsAt
        ? std::optional(std::chrono::duration_cast<std::chrono::milliseconds>(
              *first.silence.endsAt - m_deck.clock.now()))
        : std::nullopt;
    const bool isSoon = left && *left <= silenceWarning;
    m_silenceLine->setToken(isSoon ? Token::DegradedText : Token::TextPrimary);
    m_silenceLine->setText(
        isSoon ? tr("A silence ends in %1")
                     .arg(Format::age(std::max(*left, std::chrono::milliseconds(0))))
               : tr("%Ln silence(s)", nullptr, int(book->silences.size())));
    m_silenceWhat->setVisible(isSoon);
    m_extend->setVisible(isSoon && m_deck.extendSilence);
    m_extend->setEnabled(m_deck.acts());
    m_extend->setToolTip(Format::capitalised(Guard::whyReadOnly(m_deck, nullptr)));
}

} // namespace Stampdeck
