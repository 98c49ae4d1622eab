// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/report/reportfile.h"

#include "models/formatter.h"
#include "models/historyreader.h"
#include "models/historytimeline.h"

#include "tests/support/browser.h"
#include "tests/support/pictures.h"
#include "tests/support/program.h"
#include "tests/support/wait.h"

#include <QtGui/QImage>

/// A report as somebody reads it, in a browser and on paper, against what the history says.
namespace Stampdeck::Testing {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

inline QString textOf(QString html)
{
    static const QRegularExpression tag(u"<[^>]*>"_s);
    html.replace(tag, u" "_s);
    return html.replace(u"&nbsp;"_s, u" "_s)
        .replace(u"&lt;"_s, u"<"_s)
        .replace(u"&gt;"_s, u">"_s)
        .replace(u"&quot;"_s, u"\""_s)
        .replace(u"&amp;"_s, u"&"_s)
        .simplified();
}

/// What stands under a heading, up to the next one.
inline QString sectionOf(const QString &dom, const QString &title)
{
    const qsizetype at = dom.indexOf(u"<h2>"_s + title + u"</h2>"_s);
    if (at < 0)
        return {};
    const qsizetype from = at + 4;
    return dom.mid(from, dom.indexOf(u"<h2>"_s, from) - from);
}

/// The texts of the cells of those rows that have that many.
inline QList<QStringList> rowsOf(const QString &html, int cells)
{
    static const QRegularExpression row(u"<tr[^>]*>(.*?)</tr>"_s,
                                        QRegularExpression::DotMatchesEverythingOption);
    static const QRegularExpression cell(u"<td[^>]*>(.*?)</td>"_s,
                                         QRegularExpression::DotMatchesEverythingOption);
    QList<QStringList> rows;
    for (auto each = row.globalMatch(html); each.hasNext();) {
        QStringList texts;
        for (auto it = cell.globalMatch(each.next().captured(1)); it.hasNext();)
            texts.append(textOf(it.next().captured(1)));
        if (texts.size() == cells)
            rows.append(texts);
    }
    return rows;
}

/// How long one stamp was what, by the history's own changes, from one to the next.
struct Spells
{
    std::optional<Timestamp> from;
    std::optional<Timestamp> to; ///< Nothing: it lasts.
    std::chrono::milliseconds unhealthy{0};
    std::chrono::milliseconds degraded{0};
    int tenants = 0;
};
inline Result<Spells> spellsOf(HistoryReader &reader, const QString &stamp, Timestamp from, Timestamp to)
{
    const auto first = reader.at(from);
    if (!first)
        return fail(first.error());
    const auto &version = *first->version;
    const int slot = version.stampIndex.value(stamp);
    if (slot < 0)
        return fail(ErrorKind::NotFound, stamp + u" came later"_s);
    QString is = toString(version.stamps[slot]->health);
    const auto changes = reader.changes(stamp, from, to);
    if (!changes)
        return fail(changes.error());
    Spells spells;
    Timestamp since = from;
    const auto end = [&](Timestamp at) {
        if (is == u"unhealthy")
            spells.unhealthy += at - since;
        else if (is == u"degraded")
            spells.degraded += at - since;
        since = at;
    };
    if (is != u"healthy")
        spells.from = from;
    for (const HistoryChange &change : *changes) {
        if (change.field != u"health")
            continue;
        end(change.at);
        is = change.now.section(u' ', 0, 0); // why stands behind it
        if (is == u"healthy") {
            spells.to = change.at;
        } else {
            spells.to.reset();
            if (!spells.from)
                spells.from = change.at;
        }
    }
    end(to);
    if (spells.from) {
        const auto then = reader.at(*spells.from);
        if (!then)
            return fail(then.error());
        const auto &at = *then->version;
        spells.tenants = at.stamps[at.stampIndex.value(stamp)]->owned;
    }
    return spells;
}

/// How much of a page is not its ground, of a thousand.
inline double inkOf(const QImage &image)
{
    const QRgb ground = image.pixel(2, 2);
    int ink = 0;
    int all = 0;
    for (int y = 0; y < image.height(); y += 2) {
        for (int x = 0; x < image.width(); x += 2, ++all)
            ink += image.pixel(x, y) != ground;
    }
    return all > 0 ? 1000.0 * ink / all : 0;
}

/// The pages of a PDF as pictures, kept as NAME-1.png and so on.
inline Result<QList<QImage>> pagesOf(const QString &pdf, const QString &name)
{
    for (const QString &old : QDir(picturesFolder()).entryList({name + u"-*.png"_s}))
        QFile::remove(pictureFile(old));
    const Ended ended = run(u"pdftoppm"_s, {u"-r"_s, u"75"_s, u"-png"_s, pdf,
                                            pictureFile(name)});
    if (ended.status != 0)
        return fail(ErrorKind::Malformed, QString::fromUtf8(ended.text()));
    QList<QImage> pages;
    for (const QString &file : QDir(picturesFolder()).entryList({name + u"-*.png"_s}, QDir::Files, QDir::Name))
        pages.append(QImage(pictureFile(file)));
    return pages;
}

inline QString textOfPdf(const QString &pdf)
{
    return QString::fromUtf8(run(u"pdftotext"_s, {u"-layout"_s, pdf, u"-"_s}).out).simplified();
}


/// What a browser shows of a report, in its parts.
struct ShownReport
{
    QString dom;
    QList<QStringList> hit; ///< Who was hit: a row for each stamp.
    QStringList numbers; ///< The large figures at its head.

    explicit ShownReport(const QByteArray &told)
        : dom(QString::fromUtf8(told))
        , hit(rowsOf(sectionOf(dom, u"Who was hit"_s), 8))
    {
        static const QRegularExpression number(u"class=\"number\">([^<]*)<"_s);
        for (auto it = number.globalMatch(dom); it.hasNext();)
            numbers.append(it.next().captured(1));
    }
};

/// Fails the running test unless every figure of \a shown is what the history of \a stateDir says of
/// the stretch of \a report, in which no stamp came or went: who was hit, row by row, what was done, and
/// every incident in the timeline.
inline void compareFigures(const ShownReport &shown, const Report &report, const QString &stateDir)
{
    const auto reader = HistoryReader::open(stateDir);
    VERIFY_RESULT(reader);
    QMap<QString, Spells> hit; // those of the history that were not well, and no other
    int tenants = 0;
    const auto stamps = (*reader)->stamps();
    VERIFY_RESULT(stamps);
    QVERIFY(!stamps->isEmpty());
    for (const RecordedStampSpan &span : *stamps) {
        const auto spells = spellsOf(**reader, span.id, report.from, report.to);
        VERIFY_RESULT(spells);
        if (spells->from) {
            hit.insert(span.id.section(u'/', 1), *spells);
            tenants += spells->tenants;
        }
    }
    QCOMPARE(shown.hit.size(), hit.size());
    const auto lasted = [](std::chrono::milliseconds time) {
        return time < 1s ? Format::none() : Format::exactAge(time);
    };
    for (const QStringList &row : shown.hit) {
        const QString name = row[0].section(u' ', 0, 0);
        QVERIFY2(hit.contains(name), qPrintable(name));
        const Spells is = hit.value(name);
        QCOMPARE(row[2], Format::second(*is.from));
        QCOMPARE(row[3], is.to ? Format::second(*is.to) : u"lasts"_s);
        QCOMPARE(row[4], lasted(is.unhealthy));
        QCOMPARE(row[5], lasted(is.degraded));
        QCOMPARE(row[7], Format::count(is.tenants));
    }
    QCOMPARE(shown.numbers.size(), 5);
    QCOMPARE(shown.numbers[1], Format::count(hit.size()));
    QCOMPARE(shown.numbers[2], Format::count(tenants));

    // What was done, by whom, and what came of it.
    QList<QStringList> done = rowsOf(sectionOf(shown.dom, u"What was done"_s), 5);
    const auto last = (*reader)->at(report.to);
    VERIFY_RESULT(last);
    for (const OperationPtr &operation : last->version->operations) {
        if (!operation->createdAt || *operation->createdAt < report.from
            || *operation->createdAt > report.to)
            continue;
        const QString who =
            operation->createdBy.isEmpty() ? Format::notKnown() : operation->createdBy;
        const auto row = std::find_if(done.begin(), done.end(), [&](const QStringList &each) {
            return each[1].contains(operation->target) && each[2] == who
                && each[3].startsWith(Format::word(operation->state));
        });
        QVERIFY2(row != done.end(), qPrintable(operation->kind + u' ' + operation->target));
        done.erase(row);
    }
    // And who acknowledged what.
    const auto timeline = readTimeline(stateDir, report.from, report.to);
    VERIFY_RESULT(timeline);
    for (const HistoryTimeline::Mark &mark : timeline->marks) {
        if (mark.what != HistoryTimeline::What::Acknowledged || mark.isOver)
            continue;
        const auto row = std::find_if(done.begin(), done.end(), [&](const QStringList &each) {
            return each[0] == Format::second(mark.at) && each[1].startsWith(u"Acknowledge"_s)
                && each[2] == mark.by;
        });
        if (row != done.end())
            done.erase(row);
        else // of an incident that is not the one that is reported of
            QVERIFY2(!report.incident.isEmpty(), qPrintable(mark.title));
    }
    QVERIFY2(done.isEmpty(), qPrintable(done.value(0).join(u" | "_s)));

    const auto events = (*reader)->events(report.from, report.to, u"incident"_s);
    VERIFY_RESULT(events);
    QVERIFY(!events->isEmpty());
    const QList<QStringList> lines = rowsOf(sectionOf(shown.dom, u"Timeline"_s), 2);
    for (const HistoryEvent &event : *events) {
        const bool isThere = std::any_of(lines.begin(), lines.end(), [&](const QStringList &line) {
            return line[0] == Format::second(event.at) && line[1].contains(u"ncident"_s);
        });
        QVERIFY2(isThere, event.data.constData());
    }
}

/// Fails the running test unless what \a browser prints of the page \a path, and our own pages of
/// \a report, are \a least pages or more, hold all of \a words, and none is empty. All of it is kept as
/// NAME….
inline void comparePages(Browser &browser, const QString &path, const Report &report,
                         const QString &name, int least, const QStringList &words)
{
    const QString printed = pictureFile(name + u"-printed.pdf"_s);
    VERIFY_RESULT(browser.print(path, printed));
    const QString own = pictureFile(name + u".pdf"_s);
    VERIFY_RESULT(writeReport(report, own));
    for (const auto &[pdf, pictures] : {std::pair(printed, QString(name + u"-printed"_s)),
                                        std::pair(own, QString(name + u"-page"_s))}) {
        const auto pages = pagesOf(pdf, pictures);
        VERIFY_RESULT(pages);
        QVERIFY2(pages->size() >= least && pages->size() < 20,
                 qPrintable(QString::number(pages->size())));
        for (const QImage &page : *pages) {
            QVERIFY(std::abs(double(page.height()) / page.width() - 297.0 / 210) < 0.01);
            QVERIFY2(inkOf(page) > 4, qPrintable(pictures + QString::number(inkOf(page))));
        }
        const QString text = textOfPdf(pdf);
        for (const QString &word : words)
            QVERIFY2(text.contains(word), qPrintable(word + u" is not in "_s + text.left(2'000)));
    }
}

} // namespace Stampdeck::Testing
