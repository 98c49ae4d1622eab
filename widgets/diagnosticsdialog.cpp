// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnosticsdialog.h"

#include "controls.h"
#include "glyphs.h"
#include "icons.h"

#include "models/formatter.h"

#include "backends/api/whendone.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QTimer>
#include <QtGui/QHelpEvent>
#include <QtGui/QPaintEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QToolTip>
#include <QtWidgets/QVBoxLayout>

#include <cmath>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr int margin = 24;
constexpr int headHeight = 80;
constexpr int rowHeight = 28;
constexpr auto skewLimit = std::chrono::seconds(5); // product.md: a warning on the source
using Face = Text::Face;
constexpr Text::Style sectionStyle = Text::sectionHead;
constexpr Text::Style bodyStyle = Text::body;
constexpr Text::Style nameStyle = Text::rowTitle;
constexpr Text::Style smallStyle = Text::secondLine;
constexpr Text::Style headStyle = Text::tableHead;
constexpr Text::Style monoStyle = Text::listTime;

QString durationOf(std::chrono::milliseconds time)
{
    return time < std::chrono::seconds(10) ? QObject::tr("%1 ms").arg(time.count())
                                           : Format::age(time);
}

QString skewOf(std::chrono::milliseconds skew)
{
    if (std::chrono::abs(skew) < std::chrono::seconds(1))
        return QObject::tr("under 1 s");
    return skew.count() > 0 ? QObject::tr("%1 ahead").arg(Format::age(skew))
                            : QObject::tr("%1 behind").arg(Format::age(-skew));
}

void drawRule(QPainter &painter, double y, double width)
{
    painter.fillRect(QRectF(0, y, width, 1), Theme::current()[Token::LineSubtle]);
}

} // namespace

/// What is known of the source as a whole, in two columns of name and value.
class DiagnosticsDialog::Facts final : public QWidget
{
public:
    struct Fact
    {
        QString name, value;
        bool isWarning = false;
        bool isWide = false; ///< Has both columns: the last one.
    };
    void show(const QList<Fact> &facts)
    {
        m_facts = facts;
        setFixedHeight(22 * int((facts.size() + 1) / 2) + 4);
        QStringList spoken;
        for (const Fact &fact : facts)
            spoken.append(fact.name + u": " + fact.value);
        setAccessibleName(spoken.join(u"; "));
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Theme &theme = Theme::current();
        QPainter painter(this);
        const double column = width() / 2.0;
        for (int at = 0; at < m_facts.size(); ++at) {
            const double x = (at % 2) * column;
            const auto row = at / 2;
            const double base = double(row) * 22 + 15;
            painter.setPen(theme[Token::TextTertiary]);
            Text::draw(painter, {x, base}, m_facts[at].name, smallStyle);
            painter.setPen(
                theme[m_facts[at].isWarning ? Token::DegradedText : Token::TextPrimary]);
            const double room = m_facts[at].isWide ? width() - x : column;
            Text::draw(painter, {x + 130, base},
                       Text::elided(m_facts[at].value, bodyStyle, room - 130 - 16), bodyStyle);
        }
    }

private:
    QList<Fact> m_facts;
};

class DiagnosticsDialog::EndpointTable final : public QWidget
{
    Q_DECLARE_TR_FUNCTIONS(Stampdeck::DiagnosticsDialog)

public:
    void show(const QList<EndpointDiagnostics> &endpoints)
    {
        m_endpoints = endpoints;
        setFixedHeight(rowHeight * (1 + int(endpoints.size())) + 2);
        QStringList spoken;
        for (const EndpointDiagnostics &each : m_endpoints.mid(0, 20))
            spoken.append(nameOf(each) + u": " + stateOf(each));
        setAccessibleName(spoken.join(u"; "));
        update();
    }

protected:
    void paintEvent(QPaintEvent *event) override
    {
        const Theme &theme = Theme::current();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const double right = width() - 8;
        const double breaker = right * 0.42;
        const double seen = right * 0.60;
        const double next = right * 0.76;
        painter.setPen(theme[Token::TextTertiary]);
        Text::draw(painter, {20, 17}, tr("Endpoint"), headStyle);
        Text::draw(painter, {breaker, 17}, tr("Breaker"), headStyle);
        Text::draw(painter, {seen, 17}, tr("Last contact"), headStyle);
        Text::draw(painter, {next, 17}, tr("Next"), headStyle);
        for (int row = 0; row < m_endpoints.size(); ++row) {
            const int top = (row + 1) * rowHeight;
            if (!event->rect().intersects({0, top, width(), rowHeight}))
                continue;
            const EndpointDiagnostics &is = m_endpoints[row];
            const double base = top + 19;
            drawRule(painter, top, width());
            const bool isIll = is.failures > 0 || !is.error.isEmpty();
            Glyphs::health(painter, {2, top + 8.0, 12, 12},
                           !isIll ? (is.contact ? Health::Healthy : Health::Unknown)
                                  : is.breaker == CircuitBreaker::State::Closed ? Health::Degraded
                                                                                : Health::Unhealthy,
                           theme[Token::BgPanel]);
            painter.setPen(theme[Token::TextPrimary]);
            Text::draw(painter, {20, base},
                       Text::elided(nameOf(is), nameStyle, breaker - 20 - 12), nameStyle);
            painter.setPen(theme[isIll ? Token::DegradedText : Token::TextSecondary]);
            Text::draw(painter, {breaker, base},
                       Text::elided(
                           is.failures > 0
                               ? tr("%1, %2 failed").arg(Format::word(is.breaker)).arg(is.failures)
                               : Format::word(is.breaker),
                           bodyStyle, seen - breaker - 12),
                       bodyStyle);
            painter.setPen(theme[Token::TextSecondary]);
            Text::draw(painter, {seen, base},
                       is.contact ? tr("%1 ago").arg(Format::age(*is.contact)) : tr("never"),
                       bodyStyle);
            Text::draw(painter, {next, base}, Text::elided(nextOf(is), bodyStyle, right - next),
                       bodyStyle);
        }
    }
    bool event(QEvent *event) override
    {
        if (event->type() == QEvent::ToolTip) {
            const auto *help = static_cast<QHelpEvent *>(event);
            const int row = help->pos().y() / rowHeight - 1;
            if (row >= 0 && row < m_endpoints.size() && !m_endpoints[row].error.isEmpty())
                QToolTip::showText(help->globalPos(), m_endpoints[row].error, this);
            else
                QToolTip::hideText();
            return true;
        }
        return QWidget::event(event);
    }

private:
    static QString nameOf(const EndpointDiagnostics &is)
    {
        return is.name.isEmpty() ? tr("the source itself") : is.name;
    }
    static QString nextOf(const EndpointDiagnostics &is)
    {
        if (is.polling)
            return tr("being asked");
        if (is.watching)
            return tr("watching");
        if (!is.nextAttempt)
            return tr("not asked");
        const bool isProbe = is.breaker != CircuitBreaker::State::Closed;
        const auto wait = *is.nextAttempt + std::chrono::milliseconds(999); // not "in 0 s"
        return isProbe ? tr("probe in %1").arg(Format::age(wait))
                       : tr("in %1").arg(Format::age(wait));
    }
    static QString stateOf(const EndpointDiagnostics &is)
    {
        return Format::word(is.breaker) + u", " + nextOf(is)
            + (is.error.isEmpty() ? QString() : QString(u", " + is.error));
    }
    QList<EndpointDiagnostics> m_endpoints;
};

class DiagnosticsDialog::RequestTable final : public QWidget
{
    Q_DECLARE_TR_FUNCTIONS(Stampdeck::DiagnosticsDialog)

public:
    void show(const std::vector<RequestRecord> &requests, bool isLocal)
    {
        m_requests = requests;
        m_isLocal = isLocal;
        setFixedHeight(rowHeight * (1 + std::max(1, int(requests.size()))) + 2);
        QStringList spoken;
        for (const RequestRecord &each : m_requests) {
            if (spoken.size() == 20)
                break;
            spoken.append(each.method + u' ' + each.url + u' ' + outcomeOf(each));
        }
        setAccessibleDescription(spoken.join(u"; "));
        update();
    }

protected:
    void paintEvent(QPaintEvent *event) override
    {
        const Theme &theme = Theme::current();
        QPainter painter(this);
        const double right = width() - 8;
        const double url = 158;
        const double size = right * 0.62;
        const double took = right * 0.72;
        const double came = right * 0.74;
        painter.setPen(theme[Token::TextTertiary]);
        Text::draw(painter, {0, 17}, tr("At, %1").arg(Format::zone()), headStyle);
        Text::draw(painter, {url - 56, 17}, tr("Request"), headStyle);
        Text::draw(painter, {size, 17}, tr("Size"), headStyle, Text::Align::Right);
        Text::draw(painter, {took, 17}, tr("Took"), headStyle, Text::Align::Right);
        Text::draw(painter, {came, 17}, tr("Came of it"), headStyle);
        if (m_requests.empty()) {
            drawRule(painter, rowHeight, width());
            painter.setPen(theme[Token::TextSecondary]);
            Text::draw(painter, {0, rowHeight + 19.0},
                       m_isLocal ? tr("Nothing goes over the network: it lives in this program.")
                                 : tr("Nothing was asked yet."),
                       bodyStyle);
            return;
        }
        for (int row = std::max(0, event->rect().top() / rowHeight - 1);
             row < int(m_requests.size()) && (row + 1) * rowHeight <= event->rect().bottom();
             ++row) {
            const RequestRecord &is = m_requests[size_t(row)];
            const int top = (row + 1) * rowHeight;
            const double base = top + 19;
            drawRule(painter, top, width());
            painter.setPen(theme[Token::TextSecondary]);
            Text::draw(painter, {0, base}, Format::second(is.startedAt), monoStyle);
            Text::draw(painter, {url - 56, base}, is.method, monoStyle);
            painter.setPen(theme[Token::TextPrimary]);
            Text::draw(painter, {url, base},
                       Text::elided(is.url, monoStyle, size - 84 - url), monoStyle);
            painter.setPen(theme[Token::TextSecondary]);
            Text::draw(painter, {size, base}, Format::bytes(double(is.size)), bodyStyle,
                       Text::Align::Right);
            Text::draw(painter, {took, base}, durationOf(is.duration), bodyStyle,
                       Text::Align::Right);
            const bool isBad = is.status == 0 || is.status >= 400 || !is.error.isEmpty();
            painter.setPen(theme[isBad ? Token::DegradedText : Token::TextPrimary]);
            Text::draw(painter, {came, base},
                       Text::elided(outcomeOf(is), bodyStyle, right - came), bodyStyle);
        }
    }
    bool event(QEvent *event) override
    {
        if (event->type() == QEvent::ToolTip) {
            const auto *help = static_cast<QHelpEvent *>(event);
            const int row = help->pos().y() / rowHeight - 1;
            if (row >= 0 && row < int(m_requests.size())) {
                const RequestRecord &is = m_requests[size_t(row)];
                QToolTip::showText(help->globalPos(),
                                   is.method + u' ' + is.url + u'\n' + outcomeOf(is), this);
            } else {
                QToolTip::hideText();
            }
            return true;
        }
        return QWidget::event(event);
    }

private:
    static QString outcomeOf(const RequestRecord &is)
    {
        QString words = is.status == 0 ? QString() : QString::number(is.status);
        if (is.isStream && is.error.isEmpty())
            words += is.size == 0 ? tr(", stream opened") : tr(", stream ended");
        if (!is.error.isEmpty())
            words += (words.isEmpty() ? QString() : u", "_s) + is.error;
        return words;
    }
    std::vector<RequestRecord> m_requests;
    bool m_isLocal = false;
};

DiagnosticsDialog::DiagnosticsDialog(Deck &deck, const QString &source, QWidget *parent)
    : FrameDialog(u"diagnostics"_s, tr("Diagnostics of %1").arg(source), parent)
    , m_deck(deck)
    , m_source(source)
{
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(1, 1, 1, 1); // the frame
    all->setSpacing(0);

    auto *headBox = new QWidget;
    headBox->setFixedHeight(headHeight);
    auto *head = new QHBoxLayout(headBox);
    head->setContentsMargins(60, 14, margin, 14);
    head->setSpacing(8);
    auto *words = new QVBoxLayout;
    words->setSpacing(2);
    auto *title = new TextLine(windowTitle(), Text::dialogTitle);
    words->addWidget(title);
    m_line = new TextLine({}, bodyStyle, Token::TextSecondary);
    m_line->setObjectName(u"diagnosticsLine"_s);
    words->addWidget(m_line);
    head->addLayout(words, 1);
    m_refresh = new Button(Button::Kind::Plain, tr("Refresh now"), u"arrow-repeat"_s);
    m_refresh->setObjectName(u"refreshNow"_s);
    auto *close = new Button(Button::Kind::Plain, tr("Close"), u"x-lg"_s);
    close->setObjectName(u"closeDiagnostics"_s);
    for (Button *button : {m_refresh, close}) {
        button->setTall(true);
        head->addWidget(button);
    }
    all->addWidget(headBox);

    auto *area = new QScrollArea;
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setObjectName(u"diagnosticsArea"_s);
    area->setAccessibleName(windowTitle());
    auto *inner = new Surface(Token::BgPanel);
    auto *box = new QVBoxLayout(inner);
    box->setContentsMargins(margin, 14, margin - 8, 20);
    box->setSpacing(8);
    m_facts = new Facts;
    m_facts->setObjectName(u"facts"_s);
    box->addWidget(m_facts);
    box->addSpacing(10);
    box->addWidget(new TextLine(tr("Endpoints"), sectionStyle));
    m_endpoints = new EndpointTable;
    m_endpoints->setObjectName(u"endpoints"_s);
    box->addWidget(m_endpoints);
    box->addSpacing(10);
    auto *requestHead = new QHBoxLayout;
    requestHead->addWidget(new TextLine(tr("Requests"), sectionStyle));
    m_count = new TextLine({}, smallStyle, Token::TextSecondary);
    m_count->setAlignment(Qt::AlignRight);
    requestHead->addWidget(m_count, 1);
    box->addLayout(requestHead);
    m_requests = new RequestTable;
    m_requests->setObjectName(u"requests"_s);
    m_requests->setAccessibleName(tr("Requests"));
    box->addWidget(m_requests);
    box->addStretch(1);
    area->setWidget(inner);
    all->addWidget(area, 1);
    all->addSpacing(2);

    connect(close, &Button::clicked, this, &DiagnosticsDialog::reject);
    connect(m_refresh, &Button::clicked, this, [this] {
        Q_EMIT refreshRequested(m_source);
        m_line->setText(tr("Asked again just now."));
    });
    auto *again = new QTimer(this);
    connect(again, &QTimer::timeout, this, &DiagnosticsDialog::ask);
    again->start(1000);
    placeOverWindow({1120, 770}, {900, 620});
    m_line->setText(tr("Reading"));
    ask();
    area->setFocus(); // the keys scroll
}

DiagnosticsDialog::~DiagnosticsDialog() = default;

void DiagnosticsDialog::ask()
{
    if (m_asking || !m_deck.diagnostics)
        return;
    m_asking = true;
    whenDone(m_deck.diagnostics(m_source), this,
             [this](const Result<SourceDiagnostics> &diagnostics) {
                 m_asking = false;
                 if (diagnostics)
                     fill(*diagnostics);
                 else
                     m_line->setText(diagnostics.error().message);
             });
}

void DiagnosticsDialog::fill(const SourceDiagnostics &is)
{
    m_shown = is;
    const std::optional<Error> &error = is.error;
    m_line->setToken(error ? Token::DegradedText : Token::TextSecondary);
    m_line->setText(error ? error->message
                          : is.instance.isEmpty() ? tr("Nothing was heard of it yet.")
                                                  : tr("It answers."));
    QString interval = toString(is.pollInterval);
    if (is.effectiveInterval != is.pollInterval)
        interval = tr("%1, stretched to %2 by its load")
                       .arg(interval, Format::age(is.effectiveInterval));
    QStringList rights;
    if (is.production)
        rights.append(tr("production"));
    if (is.readOnly)
        rights.append(tr("read only"));
    QList<Facts::Fact> facts{
        {tr("Adapter"), is.adapter, false, false},
        {tr("Instance"), is.instance.isEmpty() ? tr("not known") : is.instance, false},
        {tr("Poll interval"), interval, is.effectiveInterval != is.pollInterval},
        {tr("Clock"), is.skew ? skewOf(*is.skew) : tr("not known"),
         is.skew && std::chrono::abs(*is.skew) > skewLimit},
        {tr("Time limit"), toString(is.timeout), false},
        {tr("Marked"), rights.isEmpty() ? tr("nothing") : rights.join(u", "), false},
        {tr("Rejected objects"),
         is.faults == 0 ? tr("none") : tr("%1, first %2").arg(is.faults).arg(is.faultMessage),
         is.faults > 0},
        {tr("As of"), Format::secondOfZone(is.at), false},
        {tr("Can"), is.capabilities.isEmpty() ? tr("not known") : is.capabilities.join(u", "),
         false, true}};
    m_facts->show(facts);
    m_endpoints->show(is.endpoints);
    // One that was heard without a request has none to make.
    m_requests->show(is.requests, is.requestsMade == 0 && !is.instance.isEmpty());
    m_count->setText(tr("the last %1 of %2")
                         .arg(is.requests.size())
                         .arg(Format::count(qint64(is.requestsMade))));
    m_facts->parentWidget()->layout()->activate(); // heights changed: nothing overlaps meanwhile
    update();
}

void DiagnosticsDialog::paintContent(QPainter &painter)
{
    const Theme &theme = Theme::current();
    painter.fillRect(0, headHeight - 1, width(), 1, theme[Token::LineSubtle]);
    Icons::draw(painter, {24, 28}, u"activity"_s, 26, theme[Token::AccentText]);
}

} // namespace Stampdeck
