// SPDX-License-Identifier: GPL-3.0-or-later
#include "gallery.h"

#include "app/stampdeck/incidentdesk.h"
#include "widgets/incidentdetail.h"
#include "widgets/incidentlist.h"
#include "widgets/mapwidget.h"
#include "widgets/picture.h"
#include "widgets/themes.h"

#include "tests/support/pictures.h"
#include "tests/support/testmain.h"

#include <QtCore/QDir>
#include <QtCore/QMetaEnum>
#include <QtGui/QAccessible>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QAbstractScrollArea>
#include <QtWidgets/QApplication>
#include <QtWidgets/QPushButton>

// Every view and state of the window in every theme: its picture is kept beside the build
// (STAMPDECK_PICTURES=FOLDER: there), and what assistive technology is told of it is checked.

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;

namespace {

struct Look
{
    const char *name;
    Theme::Scheme scheme;
    bool highContrast = false;
    bool replay = false;
};
constexpr std::array<Look, 4> looks = {{{"dark", Theme::Scheme::Dark},
                                        {"light", Theme::Scheme::Light},
                                        {"contrast", Theme::Scheme::Dark, true},
                                        {"past", Theme::Scheme::Light, false, true}}};

void wear(const Look &look)
{
    Themes &themes = Themes::instance();
    themes.setChoice(look.scheme);
    themes.setHighContrast(look.highContrast);
    themes.setReplay(look.replay);
}

/// How many colours stand in a picture, up to a few: one that is not painted has one.
int coloursOf(const QImage &image)
{
    QSet<QRgb> seen;
    for (int y = 0; y < image.height(); y += 7) {
        for (int x = 0; x < image.width(); x += 7) {
            seen.insert(image.pixel(x, y));
            if (seen.size() > 16)
                return int(seen.size());
        }
    }
    return int(seen.size());
}

/// What a person works or reads one at a time: it has to say what it is.
bool needsName(QAccessible::Role role)
{
    switch (role) {
    case QAccessible::Button:
    case QAccessible::ButtonMenu:
    case QAccessible::CheckBox:
    case QAccessible::RadioButton:
    case QAccessible::EditableText:
    case QAccessible::ComboBox:
    case QAccessible::SpinBox:
    case QAccessible::Slider:
    case QAccessible::PageTab:
    case QAccessible::MenuItem:
    case QAccessible::Link:
    case QAccessible::ListItem:
    case QAccessible::List:
    case QAccessible::Table:
    case QAccessible::Tree:
    case QAccessible::Dialog:
    case QAccessible::Graphic:
    case QAccessible::Chart:
        return true;
    default:
        return false;
    }
}

/// Walks what assistive technology is shown and collects what is wrong with it.
class TreeCheck
{
public:
    /// Everything that is open.
    TreeCheck()
    {
        for (QWidget *window : QApplication::topLevelWidgets()) {
            if (!window->isVisible())
                continue;
            m_screen = QRect(window->mapToGlobal(QPoint()), window->size());
            look(QAccessible::queryAccessibleInterface(window), {}, 0);
        }
    }
    [[nodiscard]] const QStringList &wrong() const { return m_wrong; }
    [[nodiscard]] int seen() const { return m_seen; }

private:
    void look(QAccessibleInterface *item, const QString &path, int depth)
    {
        if (!item || !item->isValid() || depth > 40)
            return;
        const QAccessible::State state = item->state();
        if (state.invisible)
            return;
        ++m_seen;
        const QString name = item->text(QAccessible::Name);
        const QMetaEnum roles = QMetaEnum::fromType<QAccessible::Role>();
        QString words = QLatin1StringView(roles.valueToKey(item->role()));
        if (item->object() && !item->object()->objectName().isEmpty())
            words += u'#' + item->object()->objectName();
        else if (item->object())
            words += u':' + QLatin1StringView(item->object()->metaObject()->className());
        if (!name.isEmpty())
            words += u" “"_s + name + u'”';
        const QString here = path.isEmpty() ? words : path + u" / "_s + words;
        const bool isEmptyCell = item->role() == QAccessible::Cell; // its column has the name
        if (name.isEmpty() && !isEmptyCell && (needsName(item->role()) || state.focusable))
            m_wrong.append(here + u": has no name"_s);
        const QRect box = item->rect();
        const bool isWorked = needsName(item->role());
        if (isWorked && !state.offscreen) {
            if (!box.isValid() || box.isEmpty())
                m_wrong.append(here + u": has no bounds"_s);
            else if (!box.intersects(m_screen) && !isScrolledAway(item))
                m_wrong.append(here + u": stands outside of the window"_s);
        }
        checkWidget(*item, state, here);
        QSet<QString> siblings;
        for (int at = 0; at < item->childCount(); ++at) {
            QAccessibleInterface *child = item->child(at);
            if (!child || !child->isValid())
                continue;
            if (child->parent() && child->parent()->object() != item->object() && item->object()
                && child->parent()->object())
                m_wrong.append(here + u": a child has another parent"_s);
            look(child, here, depth + 1);
            if (child->role() == QAccessible::Button && !child->state().invisible) {
                const QString told = child->text(QAccessible::Name) + u'|'
                    + child->text(QAccessible::Description);
                if (siblings.contains(told))
                    m_wrong.append(here + u": two buttons “"_s + told
                                   + u"” that nobody can tell apart"_s);
                siblings.insert(told);
            }
        }
    }

    void checkWidget(const QAccessibleInterface &item, const QAccessible::State &state,
                     const QString &here)
    {
        const auto *widget = qobject_cast<QWidget *>(item.object());
        if (!widget)
            return;
        if (bool(state.disabled) == widget->isEnabled())
            m_wrong.append(here + u": says the opposite of whether it can be worked"_s);
        if (const auto *button = qobject_cast<const QAbstractButton *>(widget)) {
            if (button->isCheckable() && bool(state.checked) != button->isChecked())
                m_wrong.append(here + u": says the opposite of whether it is checked"_s);
        }
        const bool takesFocus = widget->isEnabled() && (widget->focusPolicy() & Qt::TabFocus);
        if (takesFocus && !state.focusable)
            m_wrong.append(here + u": takes the focus and does not say so"_s);
        if (widget->hasFocus() && !state.focused)
            m_wrong.append(here + u": has the focus and does not say so"_s);
    }

    // What a scroll area has scrolled away is where it would be.
    static bool isScrolledAway(QAccessibleInterface *item)
    {
        for (QAccessibleInterface *at = item; at; at = at->parent()) {
            if (qobject_cast<QAbstractScrollArea *>(at->object()))
                return true;
        }
        return false;
    }

    QRect m_screen; // of the window that is looked at
    QStringList m_wrong;
    int m_seen = 0;
};

} // namespace

class TestGallery : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Themes::instance().install(); }
    void init() { Testing::strict(); }
    void cleanup() { wear(looks.front()); }

    void everyStateIsPaintedAndNamed_data()
    {
        QTest::addColumn<int>("state");
        QTest::addColumn<int>("look");
        for (int look = 0; look < int(looks.size()); ++look) {
            for (int state = 0; state < galleryStates().size(); ++state)
                QTest::addRow("%s-%s", galleryStates()[state].name, looks[size_t(look)].name)
                    << state << look;
        }
    }

    void everyStateIsPaintedAndNamed()
    {
        QFETCH(int, state);
        QFETCH(int, look);
        wear(looks[size_t(look)]);
        const GalleryState &shown = galleryStates()[state];
        Gallery gallery(shown.filled, shown.production);
        shown.arrange(gallery);
        gallery.settle();
        const QString name = QString::fromLatin1(QTest::currentDataTag());
        // A large window, the usual, where the names are checked, and the smallest, which closes drawer
        // and panel for good.
        for (const QSize size : {QSize(2560, 1440), QSize(1600, 1000), QSize(1024, 700)}) {
            const bool isUsual = size == QSize(1600, 1000);
            if (!isUsual && looks[size_t(look)].replay)
                continue;
            gallery.front()->resize(size);
            gallery.settle();
            const QImage picture = pictureOf(*gallery.front());
            QVERIFY(coloursOf(picture) > 8);
            // Quickly written; the pictures are looked at and thrown away.
            const QString file = u"%1/%2-%3x%4.png"_s.arg(picturesFolder(), name)
                                     .arg(size.width())
                                     .arg(size.height());
            QVERIFY2(picture.save(file, "PNG", 80), qPrintable(file));
            if (!isUsual)
                continue;
            const TreeCheck tree;
            QVERIFY(tree.seen() > 3);
            QVERIFY2(tree.wrong().isEmpty(), qPrintable(u'\n' + tree.wrong().join(u'\n')));
        }
    }

    // The picture of it shows little where one stamp of fifty is hit.
    void whatAnIncidentDoesNotHitIsDimmedOnDemand()
    {
        const auto fires = std::find_if(
            galleryStates().begin(), galleryStates().end(),
            [](const GalleryState &state) { return QLatin1StringView(state.name) == "incidents"_L1; });
        QVERIFY(fires != galleryStates().end());
        Gallery gallery(fires->filled, fires->production);
        fires->arrange(gallery);
        gallery.settle();
        MapWidget &map = *gallery.window->map();
        const auto slotsOf = [&gallery, &map] {
            QSet<int> hit;
            for (const QString &stamp : gallery.window->incidents()->detail()->incident()->stamps)
                hit.insert(map.version()->stampIndex.value(stamp));
            return hit;
        };
        QCOMPARE(map.matches(), std::nullopt); // not unless somebody asks for it
        gallery.trigger("incident.dim");
        QVERIFY(!slotsOf().isEmpty());
        QCOMPARE(map.matches(), std::optional(slotsOf()));
        // It follows what is selected, and ends with the view and on demand.
        const QSet<int> before = slotsOf();
        IncidentList &list = *gallery.window->incidents()->list();
        for (int i = 0; i < 10 && (slotsOf().isEmpty() || slotsOf() == before); ++i)
            list.selectNext(true);
        QVERIFY(slotsOf() != before);
        QCOMPARE(map.matches(), std::optional(slotsOf()));
        gallery.trigger("view.map");
        QCOMPARE(map.matches(), std::nullopt);
        gallery.trigger("view.incidents");
        QCOMPARE(map.matches(), std::optional(slotsOf()));
        gallery.trigger("incident.dim");
        QCOMPARE(map.matches(), std::nullopt);
    }

    void aNamelessControlIsFound()
    {
        QWidget window;
        window.resize(200, 100);
        auto *button = new QPushButton(&window);
        button->resize(60, 30);
        window.show();
        QVERIFY(TreeCheck().wrong().join(u'\n').contains(u"has no name"_s));
        button->setText(u"Run"_s);
        QVERIFY2(TreeCheck().wrong().isEmpty(),
                 qPrintable(TreeCheck().wrong().join(u'\n')));
        button->move(500, 500);
        QVERIFY(TreeCheck().wrong().join(u'\n').contains(u"outside"_s));
    }
};

STAMPDECK_TEST_MAIN(QApplication, TestGallery)
#include "tst_gallery.moc"
