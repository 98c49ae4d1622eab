// SPDX-License-Identifier: GPL-3.0-or-later
#include "thennowpanel.h"

#include "glyphs.h"
#include "icons.h"
#include "text.h"

#include "models/formatter.h"

#include "backends/api/whendone.h"

#include <QtConcurrent/QtConcurrentRun>
#include <QtCore/QCoreApplication>
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QVBoxLayout>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr auto interval = std::chrono::milliseconds(250);
constexpr Text::Style sectionStyle = Text::sectionHead;
constexpr Text::Style labelStyle = Text::secondLine;
constexpr Text::Style plainStyle{Text::Face::Ui, 12, 400};
constexpr Text::Style otherStyle{Text::Face::Ui, 12, 700};

} // namespace

/// A table of three columns: which field, then, now. What differs is bold and has a bar.
class ThenNowPanel::Fields final : public QWidget
{
    Q_DECLARE_TR_FUNCTIONS(Stampdeck::ThenNowPanel)

public:
    static constexpr int rowHeight = 24;
    void show(const QList<FieldThenNow> &fields, const QString &moment)
    {
        m_fields = fields;
        m_moment = moment;
        setFixedHeight(rowHeight * int(fields.size() + 1) + 4);
        QStringList words;
        for (const FieldThenNow &field : fields) {
            words.append(field.differs()
                             ? tr("%1: then %2, now %3").arg(field.field, field.then, field.now)
                             : tr("%1: %2, as now").arg(field.field, field.then));
        }
        setAccessibleName(tr("Then and now"));
        setAccessibleDescription(words.join(u"; "_s));
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Theme &theme = Theme::current();
        QPainter painter(this);
        const double w = width();
        const double then = std::round(w * 0.27);
        const double now = std::round(w * 0.65);
        painter.setPen(theme[Token::AccentText]);
        Text::draw(painter, {then, 16}, m_moment, Text::tableHead);
        painter.setPen(theme[Token::HealthyText]);
        Text::draw(painter, {now, 16}, tr("now"), Text::tableHead);
        painter.fillRect(QRectF(0, rowHeight - 1, w, 1), theme[Token::LineStrong]);
        double y = rowHeight;
        for (const FieldThenNow &field : m_fields) {
            if (field.differs()) {
                painter.fillRect(QRectF(0, y, w, rowHeight - 1), theme[Token::AccentSoft]);
                painter.fillRect(QRectF(0, y, 3, rowHeight - 1), theme[Token::AccentLine]);
            }
            const Text::Style &style = field.differs() ? otherStyle : plainStyle;
            painter.setPen(theme[Token::TextTertiary]);
            Text::draw(painter, {8, y + 16}, Text::elided(field.field, labelStyle, then - 14),
                       labelStyle);
            painter.setPen(theme[field.differs() ? Token::TextPrimary : Token::TextSecondary]);
            Text::draw(painter, {then, y + 16}, Text::elided(field.then, style, now - then - 8),
                       style);
            Text::draw(painter, {now, y + 16}, Text::elided(field.now, style, w - now - 4), style);
            painter.fillRect(QRectF(0, y + rowHeight - 1, w, 1), theme[Token::LineSubtle]);
            y += rowHeight;
        }
    }

private:
    QList<FieldThenNow> m_fields;
    QString m_moment;
};

/// A stamp that is another one now: its health then and now, and what else became of it.
class ThenNowPanel::ChangeRow final : public QAbstractButton
{
    Q_DECLARE_TR_FUNCTIONS(Stampdeck::ThenNowPanel)

public:
    explicit ChangeRow(const FleetThenNow::StampChange &change)
        : m_change(change)
    {
        setFixedHeight(change.words.isEmpty() ? 30 : 44);
        setFocusPolicy(Qt::StrongFocus);
        setAttribute(Qt::WA_Hover);
        setCursor(Qt::PointingHandCursor);
        setText(nameOfStamp(change.id));
        const auto word = [](const std::optional<Health> &health) {
            return health ? Format::word(*health) : tr("not there");
        };
        setAccessibleDescription(
            (QStringList{tr("then %1, now %2").arg(word(change.then), word(change.now))}
             + change.words)
                .join(u", "_s));
        setToolTip(accessibleDescription());
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Theme &theme = Theme::current();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        if (underMouse())
            painter.fillRect(rect(), theme[Token::BgHover]);
        const auto glyph = [&](double x, const std::optional<Health> &health) {
            if (health)
                Glyphs::health(painter, {x, 9, 13, 13}, *health, theme[Token::BgPanel]);
            else
                Icons::draw(painter, {x, 9}, u"dash-lg"_s, 13, theme[Token::TextTertiary]);
        };
        glyph(10, m_change.then);
        Icons::draw(painter, {27, 9}, u"arrow-right"_s, 12, theme[Token::TextTertiary]);
        glyph(44, m_change.now);
        painter.setPen(theme[Token::TextPrimary]);
        Text::draw(painter, {66, 20}, Text::elidedName(text(), Text::rowTitle, width() - 78.0),
                   Text::rowTitle);
        if (!m_change.words.isEmpty()) {
            painter.setPen(theme[Token::TextSecondary]);
            Text::draw(painter, {66, 36},
                       Text::elided(m_change.words.join(u" · "_s), labelStyle, width() - 78.0),
                       labelStyle);
        }
        painter.fillRect(QRectF(10, height() - 1, width() - 20, 1), theme[Token::LineSubtle]);
    }

private:
    FleetThenNow::StampChange m_change;
};

ThenNowPanel::ThenNowPanel(Deck &deck, QWidget *parent)
    : Surface(Token::BgPanel, Qt::LeftEdge, parent)
    , m_deck(deck)
{
    setObjectName(u"thenNowPanel"_s);
    setAccessibleName(tr("Then and now"));
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(1, 0, 0, 0);
    auto *top = new QHBoxLayout;
    top->setContentsMargins(19, 12, 12, 4);
    m_title = new TextLine({}, sectionStyle);
    m_title->setName(true);
    m_aside = new TextLine({}, labelStyle, Token::TextSecondary);
    auto *close = Button::iconOnly(u"x-lg"_s, tr("Close then and now"));
    close->setObjectName(u"closeThenNow"_s);
    connect(close, &Button::clicked, this, &ThenNowPanel::closed);
    top->addWidget(m_title, 1);
    top->addWidget(m_aside);
    top->addWidget(close);
    outer->addLayout(top);
    auto *area = new QScrollArea;
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setFocusPolicy(Qt::NoFocus);
    outer->addWidget(area, 1);
    auto *inner = new Surface(Token::BgPanel);
    auto *box = new QVBoxLayout(inner);
    box->setContentsMargins(8, 4, 8, 16);
    box->setSpacing(0);
    area->setWidget(inner);
    m_fields = new Fields;
    box->addWidget(m_fields);
    box->addSpacing(18);
    m_head = new TextLine({}, sectionStyle);
    auto *headRow = new QHBoxLayout;
    headRow->setContentsMargins(11, 0, 12, 6);
    headRow->addWidget(m_head);
    box->addLayout(headRow);
    m_rows = new QVBoxLayout;
    m_rows->setSpacing(0);
    box->addLayout(m_rows);
    m_more = new TextLine({}, labelStyle, Token::TextTertiary);
    auto *moreRow = new QHBoxLayout;
    moreRow->setContentsMargins(11, 8, 12, 0);
    moreRow->addWidget(m_more);
    box->addLayout(moreRow);
    box->addStretch(1);

    m_refresher = std::make_unique<Refresher>(this, [this] { refresh(); });
    connect(&deck.feed, &FleetFeed::changed, m_refresher.get(), &Refresher::ask);
    // Now goes on, of which the feed says nothing while it shows the past.
    connect(&deck.store, &FleetStore::published, m_refresher.get(), &Refresher::ask);
    m_refresher->ask();
}

ThenNowPanel::~ThenNowPanel() = default;

void ThenNowPanel::setStamp(const QString &id)
{
    if (std::exchange(m_stamp, id) != id)
        showStamp();
}

void ThenNowPanel::refresh()
{
    if (!m_deck.feed.isPast()) {
        m_refresher->done(interval);
        return;
    }
    whenDone(QtConcurrent::run([then = m_deck.feed.version(), now = m_deck.feed.live()] {
                 return compareFleets(*then, *now);
             }),
             this, [this](const FleetThenNow &fleet) {
                 take(fleet);
                 m_refresher->done(interval);
             });
}

void ThenNowPanel::take(const FleetThenNow &fleet)
{
    m_fleet = fleet;
    QString focused;
    while (QLayoutItem *item = m_rows->takeAt(0)) {
        if (item->widget()->hasFocus())
            focused = item->widget()->objectName();
        item->widget()->hide();
        item->widget()->deleteLater();
        delete item;
    }
    for (const FleetThenNow::StampChange &change : fleet.stamps) {
        auto *row = new ChangeRow(change);
        row->setObjectName(u"differs "_s + change.id);
        connect(row, &QAbstractButton::clicked, this,
                [this, id = change.id] { Q_EMIT stampActivated(id); });
        m_rows->addWidget(row);
        if (row->objectName() == focused)
            row->setFocus();
    }
    m_head->setText(fleet.differing == 0 ? tr("Nothing else differs")
                                         : tr("%Ln stamp(s) differ now", nullptr, fleet.differing));
    const int more = fleet.differing - int(fleet.stamps.size());
    m_more->setText(tr("%Ln more", nullptr, more));
    m_more->setVisible(more > 0);
    showStamp();
    Q_EMIT refreshed();
}

void ThenNowPanel::showStamp()
{
    const FleetVersionPtr then = m_deck.feed.version();
    const FleetVersionPtr now = m_deck.feed.live();
    const QString moment = Format::second(m_deck.clock.now());
    m_title->setText(tr("Then and now"));
    m_aside->setText(m_stamp.isEmpty() ? tr("the whole fleet") : nameOfStamp(m_stamp));
    if (!m_stamp.isEmpty()) {
        const auto entryOf = [this](const FleetVersion &fleet) -> const StampEntry * {
            const int slot = fleet.stampIndex.value(m_stamp);
            return slot < 0 ? nullptr : fleet.stamps[slot].get();
        };
        m_fields->show(compareStamps(entryOf(*then), entryOf(*now)), moment);
        return;
    }
    const auto counted = [](const QString &word, int was, int is) {
        return FieldThenNow{word, Format::count(was), Format::count(is)};
    };
    const FleetCounts &a = then->counts;
    const FleetCounts &b = now->counts;
    m_fields->show({counted(Format::word(Health::Unhealthy), a.unhealthy, b.unhealthy),
                    counted(Format::word(Health::Degraded), a.degraded, b.degraded),
                    counted(Format::word(Health::Unknown), a.unknown, b.unknown),
                    counted(tr("stale"), a.stale, b.stale),
                    counted(Format::word(Health::Healthy), a.healthy, b.healthy),
                    counted(tr("stamps"), a.stamps, b.stamps),
                    counted(tr("tenants"), a.tenants, b.tenants)},
                   moment);
}

} // namespace Stampdeck
