// SPDX-License-Identifier: GPL-3.0-or-later
#include "pseudolanguage.h"

#include "app/stampdeck/mainwindow.h"
#include "app/stampdeck/program.h"
#include "app/stampdeck/wallwindow.h"

#include "models/language.h"
#include "widgets/attentionpanel.h"
#include "widgets/commandpalette.h"
#include "widgets/controls.h"
#include "widgets/createwizard.h"
#include "widgets/mapwidget.h"
#include "widgets/operationsdrawer.h"
#include "widgets/plandialog.h"
#include "widgets/stamppanel.h"
#include "widgets/tablesview.h"
#include "widgets/themes.h"
#include "widgets/topbar.h"
#include "widgets/whatif.h"

#include "tests/support/testmain.h"

#include <QtCore/QTemporaryDir>
#include <QtGui/QPainter>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QAbstractItemView>
#include <QtWidgets/QApplication>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QGroupBox>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QMenu>
#include <QtWidgets/QTabBar>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;

namespace {

/// A line that a widget drew, in its coordinates.
struct Drawn
{
    QPointer<QWidget> widget; ///< Null for a picture that is drawn into another one.
    QRectF box; ///< From the top of a small letter to the baseline.
    QString text;
};

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
        Drawn line{nullptr, {}, text};
        const QRectF box(left.x(), left.y() - style.px * 0.55, width, style.px * 0.55);
        if (painter.device()->devType() == QInternal::Widget) {
            line.widget = static_cast<QWidget *>(painter.device());
            line.box = painter.combinedTransform().mapRect(
                painter.hasClipping() ? box.intersected(painter.clipBoundingRect()) : box);
        }
        lines.append(line);
    }

    QList<Drawn> lines;
};

/// The words that are no words of ours: names, ids and versions of a fleet.
class Data
{
public:
    void add(const QString &text)
    {
        for (const QRegularExpressionMatch &word : words(text))
            m_words.insert(word.captured().toLower());
    }
    void add(const FleetVersion &fleet)
    {
        fleet.eachStamp([this](int, const StampEntry &entry) {
            const Stamp &stamp = *entry.stamp;
            for (const QString &text :
                 {stamp.name, stamp.region, stamp.ring, stamp.version, stamp.zone, stamp.updatedBy})
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
                add(one.name + u' ' + one.description); // its backend's words
                for (const TemplateParameter &parameter : one.parameters) {
                    add(parameter.name + u' ' + parameter.help);
                    for (const QJsonValue &choice : parameter.choices)
                        add(choice.toVariant().toString());
                }
            }
        }
        for (const OperationPtr &operation : fleet.operations)
            add(operation->id + u' ' + operation->createdBy + u' ' + operation->target);
    }
    /// The first word of \a text that nobody translated; empty when there is none.
    [[nodiscard]] QString foreignWord(const QString &text) const
    {
        // Neither is a hash one.
        static const QRegularExpression hash(u"\\b(?=[a-f]*[0-9])[0-9a-f]{8,64}\\b"_s);
        for (const QRegularExpressionMatch &word : words(QString(text).remove(hash))) {
            if (!m_words.contains(word.captured().toLower()))
                return word.captured();
        }
        return {};
    }

private:
    /// Two letters at least, none of which the pseudo-language has; what is cut off cannot be
    /// known.
    static QRegularExpressionMatchIterator words(const QString &text)
    {
        static const QRegularExpression word(
            u"(?<![\\p{L}\\p{M}…])[A-Za-z]{2,}(?![\\p{L}\\p{M}…])"_s);
        return word.globalMatch(text);
    }

    QSet<QString> m_words;
};

/// What is no sentence in any language.
const QStringList symbols = {
    u"ms min GiB MiB TiB PiB KiB core cores slot slots UTC Gi Ti Mi EUR"_s, // units
    u"Stampdeck fleet yaml YAML CSV JSON PNG SVG csv json stampdeck http https"_s,
    u"Ctrl Shift Alt Meta Esc Enter Return Tab Space Home End PgUp PgDown Del Pause Ins Left Right "
    u"Up Down Backspace"_s, // keys: Qt's words
    u"NOT AND OR p50 p99 en ada demo simulator zone"_s,
};

/// What is wrong with what is on screen, by where it was found.
class Findings
{
public:
    void add(const QString &where, const QString &what)
    {
        if (m_known.contains(what))
            return;
        m_known.insert(what);
        m_all.append(where + u": "_s + what);
    }
    [[nodiscard]] const QStringList &all() const { return m_all; }

private:
    QSet<QString> m_known;
    QStringList m_all;
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

} // namespace

/// Shows the whole window in a language that is made up, and looks for words that are not in it and
/// for words that have no room.
class TestPseudoLocale final : public QObject
{
    Q_OBJECT

private:
    void look(const QString &where)
    {
        QCoreApplication::processEvents();
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
                    if (const QString word = m_data.foreignWord(text); !word.isEmpty())
                        m_untranslated.add(
                            where,
                            u"%1 says “%2”: “%3”"_s.arg(nameOf(widget), text.left(120), word));
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

    void judge(const QString &where, const QList<Drawn> &lines)
    {
        QHash<QWidget *, QList<Drawn>> byWidget;
        for (const Drawn &line : lines) {
            const QString by = line.widget ? nameOf(line.widget) : u"a picture"_s;
            if (const QString word = m_data.foreignWord(line.text); !word.isEmpty())
                m_untranslated.add(where, u"%1 draws “%2”: “%3”"_s.arg(by, line.text, word));
            if (line.text.contains(u'⟦') && !line.text.contains(u'…')
                && line.text.count(u'⟦') != line.text.count(u'⟧'))
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
                const Drawn &line = (*drawn)[at];
                if (!isCut && (line.box.left() < -1 || line.box.right() > widget->width() + 1)) {
                    m_cramped.add(where,
                                  u"%1 draws “%2” %3 px outside"_s.arg(nameOf(widget), line.text)
                                      .arg(std::lround(std::max(
                                          -line.box.left(), line.box.right() - widget->width()))));
                }
                for (const QAbstractButton *button : widget->findChildren<QAbstractButton *>(
                         QString(), Qt::FindDirectChildrenOnly)) {
                    const QRectF both = line.box.intersected(button->geometry());
                    if (button->isVisible() && both.width() > 3 && both.height() > 3)
                        m_cramped.add(where,
                                      u"%1 draws “%2” under %3"_s.arg(nameOf(widget), line.text,
                                                                      nameOf(button)));
                }
                for (qsizetype other = 0; other < at; ++other) {
                    const Drawn &under = (*drawn)[other];
                    const QRectF both = line.box.intersected(under.box);
                    if (both.width() > 2 && both.height() > 2 && line.text != under.text)
                        m_cramped.add(where,
                                      u"%1 draws “%2” over “%3”"_s.arg(nameOf(widget), line.text,
                                                                       under.text));
                }
            }
        }
    }

    /// Looks at the menu that is open, and closes it.
    void lookAtMenu(const QString &where)
    {
        auto *menu = qobject_cast<QMenu *>(QApplication::activePopupWidget());
        QVERIFY2(menu, qPrintable(where));
        look(where);
        menu->close();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }

    void lookAtDialog(const QString &where)
    {
        QTRY_VERIFY2(QApplication::activeModalWidget(), qPrintable(where));
        look(where);
        closeDialog();
    }

    void closeDialog()
    {
        while (auto *dialog = qobject_cast<QDialog *>(QApplication::activeModalWidget())) {
            dialog->reject();
            QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        }
        QCoreApplication::processEvents();
    }

    void lookAtPlan(const QString &where, const ActionRequest &request)
    {
        PlanDialog *dialog = m_window->openPlan(request);
        QTRY_VERIFY2(dialog->findChild<QWidget *>(u"steps"_s), qPrintable(where));
        lookAtDialog(where);
    }

    void open()
    {
        WindowOptions options;
        options.stateDir = m_dir->path();
        options.actor = u"ada"_s;
        m_program = std::make_unique<Program>(m_catalog, options);
        const Result<FleetConfig> config = readSourceOptions(
            {u"demo:simulator=24,tenantsPerStamp=6,seed=7,timeScale=10,startSeconds=1"_s},
            m_catalog.adapters());
        QVERIFY(config);
        QVERIFY(m_program->open(*config));
        m_window = m_program->window();
        m_window->resize(1600, 1000);
        m_window->show();
        QTRY_COMPARE_WITH_TIMEOUT(m_window->map()->version()->counts.stamps, 24, 30'000);
        QTRY_VERIFY_WITH_TIMEOUT(!m_window->map()->groupNotes().isEmpty(), 30'000);
        QTRY_VERIFY_WITH_TIMEOUT(m_window->map()->version()->sources[0].templates, 30'000);
        m_data = Data();
        for (const QString &each : symbols)
            m_data.add(each);
        m_data.add(*m_window->map()->version());
        for (const AdapterInfo &info : m_catalog.adapters()) { // whoever made it says so himself
            m_data.add(info.kind + u' ' + info.description);
            for (const AdapterKey &key : info.keys)
                m_data.add(key.name + u' ' + key.help);
        }
    }

    void trigger(const QString &action) { m_window->actions().action(action)->trigger(); }

    QTemporaryDir m_words;
    std::unique_ptr<QTranslator> m_language;
    std::unique_ptr<QTemporaryDir> m_dir;
    PluginCatalog m_catalog;
    std::unique_ptr<Program> m_program;
    MainWindow *m_window = nullptr;
    Data m_data;
    Findings m_untranslated;
    Findings m_cramped;

private Q_SLOTS:
    void initTestCase()
    {
        QString error;
        m_language = pseudoLanguage(m_words.path(), &error);
        QVERIFY2(m_language, qPrintable(error));
        QVERIFY(QCoreApplication::installTranslator(m_language.get()));
        Themes::instance().install();
    }
    void init()
    {
        // As strict(), but a menu that opens asks for the keyboard.
        QTest::failOnWarning(QRegularExpression(
            u"^(?!This plugin does not support (propagateSizeHints|raise|grabbing)).*"_s));
        m_dir = std::make_unique<QTemporaryDir>();
    }
    void cleanup()
    {
        m_window = nullptr;
        m_program.reset();
        m_dir.reset();
    }

    void theLanguageIsOne()
    {
        QCOMPARE(pseudo(u"Move %1 of %Ln tenant(s) to <b>%2</b>"_s),
                 u"⟦Ḿóṽéé %1 óƒ %Ln ťééńááńť(ś) ťóó <b>%2</b>⟧"_s);
        Data data;
        data.add(u"eu-west-03 acme"_s);
        QCOMPARE(data.foreignWord(u"⟦%1⟧ eu-west-03 p99"_s), QString());
        QCOMPARE(data.foreignWord(pseudo(u"Everything in another language"_s)), QString());
        QCOMPARE(data.foreignWord(u"⟦ťó⟧ acme draining"_s), u"draining"_s);
    }

    /// The test itself can fail: a word that is not translated, and one without room.
    void whatIsWrongIsFound()
    {
        m_data = Data();
        QWidget window;
        Button button(Button::Kind::Plain, u"Cancel"_s, {}, &window);
        button.setFixedWidth(20);
        window.resize(200, 100);
        window.show();
        look(u"a window"_s);
        QCOMPARE(m_untranslated.all().size(), 2); // as a widget's word, and as a line that is drawn
        QVERIFY(!m_cramped.all().isEmpty());
        m_untranslated = {};
        m_cramped = {};
    }

    void everyWordIsTranslatedAndHasRoom_data()
    {
        QTest::addColumn<QSize>("size");
        QTest::newRow("1600 × 1000") << QSize(1600, 1000);
        QTest::newRow("1024 × 700") << QSize(1024, 700);
    }

    void everyWordIsTranslatedAndHasRoom()
    {
        QFETCH(QSize, size);
        m_untranslated = {};
        m_cramped = {};
        open();
        m_window->resize(size);
        MapWidget *map = m_window->map();
        const FleetVersionPtr version = map->version();
        const FleetVersion &fleet = *version;
        const QString first = fleet.stampId(0);
        look(u"sheet"_s);
        trigger(u"map.world"_s);
        look(u"world"_s);
        trigger(u"map.sheet"_s);
        for (const MapGroupBy grouping : allMapGroupings) {
            map->setGrouping(grouping);
            look(u"grouped by "_s + toString(grouping));
        }
        map->setGrouping(MapGroupBy::Region);
        for (const MapColourBy colour : allMapColours) {
            map->setColour(colour);
            look(u"coloured by "_s + toString(colour));
        }
        map->setColour(MapColourBy::Health);

        for (const QString &view :
             {u"stamps"_s, u"tenants"_s, u"incidents"_s, u"operations"_s, u"audit"_s}) {
            trigger(u"view."_s + view);
            look(u"view "_s + view);
        }
        trigger(u"view.map"_s);
        m_window->openStamp(first);
        for (int tab = 0; tab < m_window->findChild<QTabBar *>(u"stampTabs"_s)->count(); ++tab) {
            m_window->stampPanel()->setTab(StampPanel::Tab(tab));
            look(u"stamp panel, tab %1"_s.arg(tab));
        }
        for (int step = 0; step < 6; ++step) { // from far to near
            trigger(u"map.zoomIn"_s);
            QTest::qWait(0);
            look(u"nearer %1"_s.arg(step));
        }
        trigger(u"map.fit"_s);
        map->setSelection({});

        // Carrying
        CarryController &carry = m_window->carry();
        QVERIFY(carry.pickUpAll(first, CarryController::Mode::Cut));
        look(u"carry a stamp's tenants"_s);
        carry.putBack();
        QStringList few;
        fleet.eachTenant([&](int slot, const TenantEntry &) {
            if (few.size() < 3)
                few.append(fleet.tenantId(slot));
        });
        QVERIFY(carry.pickUp(few, CarryController::Mode::Cut));
        look(u"carry three tenants"_s);
        carry.putBack();

        // Menus
        const QPoint middle = m_window->mapToGlobal(m_window->rect().center());
        Q_EMIT m_window->findChild<ViewRail *>(u"rail"_s)->settingsPressed();
        lookAtDialog(u"settings"_s);
        Q_EMIT map->menuRequested(0, middle);
        lookAtMenu(u"stamp menu"_s);
        Q_EMIT map->regionMenuRequested(fleet.stamps[0]->stamp->region, middle);
        lookAtMenu(u"region menu"_s);
        Q_EMIT m_window->findChild<StatusBar *>(u"statusBar"_s)->sourcesWanted(middle);
        lookAtMenu(u"sources menu"_s);
        for (Button *button :
             m_window->findChild<QWidget *>(u"toolBar"_s)->findChildren<Button *>()) {
            if (!button->isVisible())
                continue;
            button->click();
            if (QApplication::activePopupWidget())
                lookAtMenu(u"menu of "_s + nameOf(button));
        }
        trigger(u"palette"_s);
        look(u"palette"_s);
        QTest::keyClick(m_window->findChild<QWidget *>(u"paletteField"_s), Qt::Key_Escape);
        m_window->findChild<SearchBox *>(u"search"_s)->setText(u"region:("_s);
        look(u"a search with a mistake"_s);
        m_window->findChild<SearchBox *>(u"search"_s)->clear();

        // Dialogs
        for (const QString &dialog : {u"keys"_s, u"view.save"_s}) {
            trigger(dialog);
            lookAtDialog(u"dialog "_s + dialog);
        }
        m_window->openDiagnostics(u"demo"_s);
        lookAtDialog(u"diagnostics"_s);
        SourcesAccess access;
        access.adapters = m_catalog.adapters();
        m_window->openSources(access);
        lookAtDialog(u"sources"_s);
        CreateWizard *wizard = m_window->openWizard();
        for (int page = 0; page < 3; ++page) {
            look(u"wizard, page %1"_s.arg(page));
            wizard->findChild<Button *>(u"next"_s)->click();
        }
        look(u"plan to create"_s);
        closeDialog();

        ActionRequest request;
        request.stamp = first;
        request.region = fleet.stamps[0]->stamp->region;
        for (const ActionKind kind :
             {ActionKind::Cordon, ActionKind::Uncordon, ActionKind::Drain, ActionKind::Delete}) {
            request.kind = kind;
            ActionRequest one = request;
            one.region.clear();
            lookAtPlan(u"plan to "_s + toString(kind), one);
        }
        ActionRequest out;
        out.kind = ActionKind::Evacuate;
        out.region = request.region;
        lookAtPlan(u"plan to evacuate"_s, out);

        // What if
        map->setSelection({0});
        trigger(u"stamp.whatIf"_s);
        QTRY_VERIFY_WITH_TIMEOUT(m_window->whatIf().loss(), 30'000);
        look(u"what if a stamp were lost"_s);
        trigger(u"map.world"_s);
        look(u"what if, on the world"_s);
        trigger(u"whatIf.end"_s);
        trigger(u"map.sheet"_s);
        map->setSelection({});

        // An operation and what is said of it
        request.kind = ActionKind::Cordon;
        for (int slot = 0; slot < fleet.counts.stamps; ++slot) {
            if (fleet.stamps[slot]->stamp->lifecycle == Lifecycle::Active)
                request.stamp = fleet.stampId(slot);
        }
        PlanDialog *plan = m_window->openPlan(request);
        QTRY_VERIFY(plan->findChild<Button *>(u"Run"_s)->isEnabled());
        plan->findChild<Button *>(u"Run"_s)->click();
        QTRY_VERIFY_WITH_TIMEOUT(m_window->findChild<UndoToast *>(u"toast"_s)->isVisible(), 30'000);
        closeDialog();
        m_data.add(*map->version());
        look(u"toast"_s);
        m_window->findChild<OperationsDrawer *>(u"drawer"_s)->setOpen(true);
        look(u"drawer"_s);
        trigger(u"view.operations"_s);
        m_window->findChild<OperationsView *>()->table()->selectRow(0);
        look(u"an operation"_s);
        trigger(u"view.audit"_s);
        QTRY_VERIFY(m_window->findChild<AuditView *>());
        look(u"the audit trail"_s);
        trigger(u"view.map"_s);
        m_window->setConfigurationFault(u"1"_s);
        m_window->setCutOff({u"op-1"_s});
        look(u"a fault, and what was cut off"_s);
        report();
    }

    void anEmptyWindow()
    {
        m_untranslated = {};
        m_cramped = {};
        WindowOptions options;
        options.stateDir = m_dir->path();
        options.actor = u"ada"_s;
        options.configFile = m_dir->filePath(u"fleet.yaml"_s);
        m_program = std::make_unique<Program>(m_catalog, options);
        QVERIFY(m_program->open({}));
        for (const QSize size : {QSize(1600, 1000), QSize(1024, 700)}) {
            m_program->window()->resize(size);
            m_program->window()->show();
            look(u"nothing configured, %1"_s.arg(size.width()));
        }
        report();
    }

    void theWall()
    {
        m_untranslated = {};
        m_cramped = {};
        WindowOptions options;
        options.stateDir = m_dir->path();
        options.actor = u"ada"_s;
        options.wall = true;
        m_program = std::make_unique<Program>(m_catalog, options);
        const Result<FleetConfig> config =
            readSourceOptions({u"demo:simulator=24,seed=7"_s}, m_catalog.adapters());
        QVERIFY(config);
        QVERIFY(m_program->open(*config));
        m_program->shown()->resize(1600, 900);
        m_program->shown()->show();
        const MapWidget *map = qobject_cast<WallWindow *>(m_program->shown())->map();
        QTRY_COMPARE_WITH_TIMEOUT(map->version()->counts.stamps, 24, 30'000);
        m_data.add(*map->version());
        look(u"wall"_s);
        report();
    }

private:
    void report()
    {
        for (const QString &line : m_untranslated.all())
            qInfo("not translated: %s", qPrintable(line));
        for (const QString &line : m_cramped.all())
            qInfo("no room: %s", qPrintable(line));
        QVERIFY2(m_untranslated.all().isEmpty(),
                 qPrintable(u"not translated: %1, see above"_s.arg(m_untranslated.all().size())));
        QVERIFY2(m_cramped.all().isEmpty(),
                 qPrintable(u"without room: %1, see above"_s.arg(m_cramped.all().size())));
    }
};

STAMPDECK_TEST_MAIN(QApplication, TestPseudoLocale)
#include "tst_pseudolocale.moc"
