// SPDX-License-Identifier: GPL-3.0-or-later
#include "windowreader.h"

#include "widgets/actionregistry.h"
#include "widgets/controls.h"
#include "widgets/mapwidget.h"
#include "widgets/text.h"

#include "models/fleetconfig.h"

#include <QtCore/QPointer>
#include <QtCore/QRegularExpression>
#include <QtGui/QPainter>
#include <QtTest/QTest>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QAbstractItemView>
#include <QtWidgets/QApplication>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QGroupBox>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QTabBar>

namespace Stampdeck::Testing {

using namespace Qt::StringLiterals;

/// A line that a widget drew, in its coordinates.
struct DrawnLine
{
    QPointer<QWidget> widget; ///< Null for a picture that is drawn into another one.
    QRectF box; ///< From the top of a small letter to the baseline.
    QString text;
};

namespace {

/// Sees all that is drawn by Text::draw().
class Eye final : public Text::Recorder
{
public:
    Eye() { Text::setRecorder(this); }
    ~Eye() override { Text::setRecorder(nullptr); }
    Q_DISABLE_COPY_MOVE(Eye)

    void drawn(const QPainter &painter, QPointF left, double width, const QString &text,
               const Text::Style &style) override
    {
        DrawnLine line{nullptr, {}, text};
        const QRectF box(left.x(), left.y() - style.px * 0.55, width, style.px * 0.55);
        if (painter.device()->devType() == QInternal::Widget) {
            line.widget = static_cast<QWidget *>(painter.device());
            line.box = painter.combinedTransform().mapRect(
                painter.hasClipping() ? box.intersected(painter.clipBoundingRect()) : box);
        }
        lines.append(line);
    }

    QList<DrawnLine> lines;
};

/// What is no sentence in any language.
const QStringList symbols = {
    u"ms min GiB MiB TiB PiB KiB core cores slot slots UTC Gi Ti Mi EUR"_s, // units
    u"Stampdeck fleet yaml YAML CSV JSON PNG SVG csv json stampdeck http https"_s,
    u"Ctrl Shift Alt Meta Esc Enter Return Tab Space Home End PgUp PgDown Del Pause Ins Left Right "
    u"Up Down Backspace"_s, // keys: Qt's words
    u"NOT AND OR p50 p99 true false en ada demo simulator zone"_s,
};

QString nameOf(const QWidget *widget)
{
    QString name = QString::fromLatin1(widget->metaObject()->className());
    name.remove(u"Stampdeck::"_s);
    if (!widget->objectName().isEmpty())
        name += u" “"_s + widget->objectName() + u"”"_s;
    return name;
}

/// Everything that a widget says, on screen or to a screen reader.
QStringList textsOf(const QWidget *widget)
{
    QStringList texts{widget->toolTip(), widget->statusTip(), widget->whatsThis(),
                      widget->accessibleName(), widget->accessibleDescription()};
    if (widget->isWindow() || !widget->windowTitle().isEmpty())
        texts.append(widget->windowTitle());
    if (const auto *label = qobject_cast<const QLabel *>(widget))
        texts.append(label->text());
    if (const auto *button = qobject_cast<const QAbstractButton *>(widget))
        texts.append(button->text());
    if (const auto *box = qobject_cast<const QGroupBox *>(widget))
        texts.append(box->title());
    if (const auto *edit = qobject_cast<const QLineEdit *>(widget))
        texts.append(edit->placeholderText());
    if (const auto *bar = qobject_cast<const QTabBar *>(widget)) {
        for (int tab = 0; tab < bar->count(); ++tab)
            texts << bar->tabText(tab) << bar->tabToolTip(tab);
    }
    if (const auto *box = qobject_cast<const QComboBox *>(widget)) {
        for (int item = 0; item < box->count(); ++item)
            texts.append(box->itemText(item));
    }
    if (const auto *view = qobject_cast<const QAbstractItemView *>(widget); view && view->model()) {
        const QAbstractItemModel &model = *view->model();
        for (int column = 0; column < model.columnCount(); ++column) {
            texts.append(model.headerData(column, Qt::Horizontal).toString());
            for (int row = 0; row < std::min(model.rowCount(), 60); ++row) {
                for (const int role :
                     {int(Qt::DisplayRole), int(Qt::ToolTipRole), int(Qt::AccessibleTextRole)})
                    texts.append(model.index(row, column).data(role).toString());
            }
        }
    }
    for (const QAction *action : widget->actions())
        texts << action->text() << action->toolTip() << ActionRegistry::reasonOf(action);
    for (QString &text : texts)
        text.remove(QRegularExpression(u"<[^>]*>"_s)).replace(u"&&"_s, u"\1"_s).remove(u'&');
    return texts;
}

/// Why a widget has not the room for its words; empty when it has.
QString roomTrouble(const QWidget *widget)
{
    const auto *label = qobject_cast<const QLabel *>(widget);
    const auto *button = qobject_cast<const QAbstractButton *>(widget);
    if (label && label->wordWrap() && !label->text().isEmpty()) {
        const int needs = label->heightForWidth(label->width());
        return label->height() < needs
            ? u"needs %1 px of height, has %2"_s.arg(needs).arg(label->height())
            : QString();
    }
    if (qobject_cast<const TextLine *>(widget))
        return {}; // shortens itself with an "…"
    if ((!label || label->text().isEmpty()) && (!button || button->text().isEmpty()))
        return {};
    const int needs = widget->sizeHint().width();
    return widget->width() < needs ? u"needs %1 px, has %2"_s.arg(needs).arg(widget->width())
                                   : QString();
}

/// Two letters at least, none of which the pseudo-language has; what is cut off cannot be known.
QRegularExpressionMatchIterator wordsOf(const QString &text)
{
    static const QRegularExpression word(u"(?<![\\p{L}\\p{M}…])[A-Za-z]{2,}(?![\\p{L}\\p{M}…])"_s);
    return word.globalMatch(text);
}

/// Whether the words of a line end in the middle, without a sign of it. Those of a text in two lines go on
/// in the next one of the same widget, or have come from the one before.
bool isCut(const QList<DrawnLine> &lines, qsizetype at)
{
    const auto isWhole = [](const QString &text) {
        return text.contains(u'…') || text.count(u'⟦') == text.count(u'⟧');
    };
    const DrawnLine &line = lines[at];
    if (!line.text.contains(u'⟦') || isWhole(line.text))
        return false;
    const auto goesOn = [&](qsizetype first) {
        return first >= 0 && first + 1 < lines.size() && lines[first].widget == lines[first + 1].widget
            && isWhole(lines[first].text + lines[first + 1].text);
    };
    return !line.widget || (!goesOn(at) && !goesOn(at - 1));
}

} // namespace

Names::Names()
{
    for (const QString &each : symbols)
        add(each);
}

void Names::add(const QString &text)
{
    for (const QRegularExpressionMatch &word : wordsOf(text))
        m_words.insert(word.captured().toLower());
}

void Names::add(const FleetVersion &fleet)
{
    fleet.eachStamp([this](int, const StampEntry &entry) {
        const Stamp &stamp = *entry.stamp;
        for (const QString &text : {stamp.name, stamp.region, regionTown(stamp.region), stamp.ring,
                                    stamp.version, stamp.zone, stamp.updatedBy})
            add(text);
        for (auto label = stamp.labels.begin(); label != stamp.labels.end(); ++label)
            add(label.key() + u' ' + label.value());
        for (const Component &component : stamp.components)
            add(component.name);
    });
    fleet.eachTenant([this](int, const TenantEntry &entry) {
        const Tenant &tenant = *entry.tenant;
        add(tenant.id + u' ' + tenant.name + u' ' + tenant.updatedBy + u' '
            + tenant.constraints.antiAffinity + u' ' + tenant.constraints.regions.join(u' '));
    });
    for (const SourceState &source : fleet.sources) {
        add(source.name + u' ' + source.adapter + u' ' + source.instance);
        if (!source.templates)
            continue;
        for (const Template &one : *source.templates) {
            add(one.name);
            for (const TemplateParameter &parameter : one.parameters) {
                add(parameter.name);
                for (const QJsonValue &choice : parameter.choices)
                    add(choice.toVariant().toString());
            }
        }
    }
    for (const OperationPtr &operation : fleet.operations)
        add(operation->id + u' ' + operation->createdBy + u' ' + operation->target);
}
void Names::add(const std::vector<AdapterInfo> &adapters)
{
    for (const AdapterInfo &info : adapters) {
        add(info.kind);
        for (const AdapterKey &key : info.keys)
            add(key.name);
    }
}

QString Names::foreignWord(const QString &text) const
{
    // Neither is a hash one.
    static const QRegularExpression hash(u"\\b(?=[a-f]*[0-9])[0-9a-f]{8,64}\\b"_s);
    for (const QRegularExpressionMatch &word : wordsOf(QString(text).remove(hash))) {
        if (!m_words.contains(word.captured().toLower()))
            return word.captured();
    }
    return {};
}

void Findings::add(const QString &where, const QString &what)
{
    if (m_known.contains(what))
        return;
    m_known.insert(what);
    m_all.append(where + u": "_s + what);
}

void WindowReader::start()
{
    *this = WindowReader();
}

void WindowReader::read(const QString &where, const QString &text)
{
    if (const QString word = names.foreignWord(text); !word.isEmpty())
        m_untranslated.add(where, u"“%1”: “%2”"_s.arg(text.left(300), word));
}

void WindowReader::read(const QString &where, const Error &error)
{
    read(where, error.message);
    for (const Refusal &refusal : error.refusals) {
        read(where, refusal.message);
        read(where, refusal.fix);
    }
}

void WindowReader::look(const QString &where)
{
    QCoreApplication::processEvents();
    // Of a word that came last.
    QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
    Eye eye;
    for (QWidget *top : QApplication::topLevelWidgets()) {
        if (!top->isVisible())
            continue;
        const QPixmap picture = top->grab();
        // For a person's eye: what it looks like in the other language.
        if (const QString to = qEnvironmentVariable("STAMPDECK_PSEUDO_PICTURES"); !to.isEmpty())
            picture.save(u"%1/%2-%3-%4.png"_s.arg(to, QString::number(top->width()),
                                                  QString(where).replace(u'/', u'-'),
                                                  nameOf(top).section(u' ', 0, 0)));
        QList<QWidget *> all = top->findChildren<QWidget *>();
        all.prepend(top);
        for (const QWidget *widget : all) {
            if (!widget->isVisible())
                continue;
            if (widget->objectName().startsWith(u"qt_keysequence"))
                continue; // Qt's own
            for (const QString &text : textsOf(widget)) {
                if (const QString word = names.foreignWord(text); !word.isEmpty())
                    m_untranslated.add(
                        where, u"%1 says “%2”: “%3”"_s.arg(nameOf(widget), text.left(120), word));
            }
            if (const QString trouble = roomTrouble(widget); !trouble.isEmpty())
                m_cramped.add(
                    where,
                    u"%1 %2 for “%3”"_s.arg(nameOf(widget), trouble,
                                            textsOf(widget).join(u' ').simplified().left(80)));
        }
    }
    judge(where, eye.lines);
}

void WindowReader::judge(const QString &where, const QList<DrawnLine> &lines)
{
    QHash<QWidget *, QList<DrawnLine>> byWidget;
    for (qsizetype at = 0; at < lines.size(); ++at) {
        const DrawnLine &line = lines[at];
        const QString by = line.widget ? nameOf(line.widget) : u"a picture"_s;
        if (const QString word = names.foreignWord(line.text); !word.isEmpty())
            m_untranslated.add(where, u"%1 draws “%2”: “%3”"_s.arg(by, line.text, word));
        if (isCut(lines, at))
            m_cramped.add(where, u"%1 cuts “%2”"_s.arg(by, line.text));
        if (line.widget && !line.box.isEmpty())
            byWidget[line.widget].append(line);
    }
    for (auto drawn = byWidget.cbegin(); drawn != byWidget.cend(); ++drawn) {
        const QWidget *widget = drawn.key();
        // What stands at its edge is cut by it, as it should be.
        const auto *view = qobject_cast<const QAbstractItemView *>(widget->parentWidget());
        const bool isCut = qobject_cast<const MapWidget *>(widget)
            || (view && view->model() && view->model()->rowCount() > 0);
        for (qsizetype at = 0; at < drawn->size(); ++at) {
            const DrawnLine &line = (*drawn)[at];
            if (!isCut && (line.box.left() < -1 || line.box.right() > widget->width() + 1)) {
                m_cramped.add(where,
                              u"%1 draws “%2” %3 px outside"_s.arg(nameOf(widget), line.text)
                                  .arg(std::lround(std::max(-line.box.left(),
                                                            line.box.right() - widget->width()))));
            }
            for (const QAbstractButton *button :
                 widget->findChildren<QAbstractButton *>(QString(), Qt::FindDirectChildrenOnly)) {
                // Such a one paints nothing: it is there for the keyboard and for a screen reader.
                if (button->testAttribute(Qt::WA_TransparentForMouseEvents))
                    continue;
                const QRectF both = line.box.intersected(button->geometry());
                if (button->isVisible() && both.width() > 3 && both.height() > 3)
                    m_cramped.add(
                        where,
                        u"%1 draws “%2” under %3"_s.arg(nameOf(widget), line.text, nameOf(button)));
            }
            for (qsizetype other = 0; other < at; ++other) {
                const DrawnLine &under = (*drawn)[other];
                const QRectF both = line.box.intersected(under.box);
                if (both.width() > 2 && both.height() > 2 && line.text != under.text)
                    m_cramped.add(
                        where,
                        u"%1 draws “%2” over “%3”"_s.arg(nameOf(widget), line.text, under.text));
            }
        }
    }
}

} // namespace Stampdeck::Testing
