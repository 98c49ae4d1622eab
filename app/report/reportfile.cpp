// SPDX-License-Identifier: GPL-3.0-or-later
#include "reportfile.h"

#include <QtCore/QBuffer>
#include <QtCore/QCoreApplication>
#include <QtCore/QFileInfo>
#include <QtCore/QSaveFile>
#include <QtCore/QUrl>
#include <QtGui/QAbstractTextDocumentLayout>
#include <QtGui/QGuiApplication>
#include <QtGui/QImage>
#include <QtGui/QPainter>
#include <QtGui/QPdfWriter>
#include <QtGui/QScreen>
#include <QtGui/QTextBlock>
#include <QtGui/QTextCursor>
#include <QtGui/QTextDocument>
#include <QtGui/QTextFrame>
#include <QtGui/QTextLayout>
#include <QtSvg/QSvgRenderer>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Report)
};

constexpr int dotsPerPixel = 4; ///< Of a chart, so that it is sharp on paper.
constexpr double marginOfPage = 2; ///< Centimetres.

// No heading stands alone at the foot of a page: Qt knows no such rule, so the next page begins with it.
void keepHeadings(QTextDocument &document)
{
    // A block begins where there was room for it; its lines are where they are, once it is laid out.
    const auto pageOf = [&document](const QTextBlock &block) {
        const double top = document.documentLayout()->blockBoundingRect(block).top();
        const QTextLine line = block.layout()->lineAt(0);
        return int((top + (line.isValid() ? line.y() : 0)) / document.pageSize().height());
    };
    const auto isHeading = [](const QTextBlock &block) {
        return block.isValid() && block.blockFormat().headingLevel() > 0;
    };
    for (QTextBlock block = document.begin(); block.isValid(); block = block.next()) {
        if (!isHeading(block))
            continue;
        const QTextBlock first = block; // of a section, say, and of its first part
        while (isHeading(block.next()))
            block = block.next();
        if (!block.next().isValid() || pageOf(block.next()) == pageOf(first))
            continue;
        QTextBlockFormat onNext;
        onNext.setPageBreakPolicy(QTextFormat::PageBreak_AlwaysBefore);
        QTextCursor(first).mergeBlockFormat(onNext);
    }
}

// Not by QTextDocument::print(), which lays out a copy: what is known of a page has to be of this one.
void paintPages(QTextDocument &document, QPdfWriter &paper)
{
    // The layout takes lengths in dots of the screen.
    const QScreen *const screen = QGuiApplication::primaryScreen();
    const double scale = paper.logicalDpiY() / (screen ? screen->logicalDotsPerInchY() : 100);
    const int margin = int(marginOfPage / 2.54 * paper.logicalDpiY());
    document.documentLayout()->setPaintDevice(&paper);
    QTextFrameFormat frame = document.rootFrame()->frameFormat();
    frame.setMargin(margin / scale);
    document.rootFrame()->setFrameFormat(frame);
    const QSizeF page(paper.width(), paper.height());
    document.setPageSize(page);
    keepHeadings(document);

    QPainter painter(&paper);
    QAbstractTextDocumentLayout::PaintContext context;
    context.palette.setColor(QPalette::Text, Qt::black);
    for (int at = 0; at < document.pageCount(); ++at) {
        if (at > 0)
            paper.newPage();
        painter.save();
        painter.translate(0, -at * page.height());
        context.clip = QRectF(QPointF(0, at * page.height()), page);
        painter.setClipRect(context.clip);
        document.documentLayout()->draw(&painter, context);
        painter.restore();
        painter.setFont(QFont(document.defaultFont().family(), 8));
        painter.drawText(QRectF(margin, page.height() - margin, page.width() - 2 * margin, margin / 2.0),
                         Qt::AlignRight | Qt::AlignVCenter,
                         u"%1 / %2"_s.arg(at + 1).arg(document.pageCount()));
    }
}

// A4; \a document knows the pictures that \a html names.
QByteArray pagesOf(QTextDocument &document, const QByteArray &html, const QString &title)
{
    document.setDefaultFont(QFont(u"Inter"_s, 10));
    document.setHtml(QString::fromUtf8(html));
    // Inter's colon between two digits is a glyph without a character: who searches or copies "03:10" out
    // of the pages would not find one.
    QTextCharFormat plain;
    plain.setFontStyleStrategy(QFont::PreferNoShaping);
    QTextCursor all(&document);
    all.select(QTextCursor::Document);
    all.mergeCharFormat(plain);
    QByteArray pdf;
    QBuffer buffer(&pdf);
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter writer(&buffer);
    writer.setPageSize(QPageSize(QPageSize::A4));
    writer.setPageMargins(QMarginsF(0, 0, 0, 0)); // the document has its own
    writer.setResolution(300);
    writer.setTitle(title.left(200));
    writer.setCreator(u"Stampdeck"_s);
    paintPages(document, writer);
    return pdf;
}

Result<void> write(const QString &path, const QByteArray &content)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size() || !file.commit())
        return fail(ErrorKind::Denied,
                    Words::tr("%1 cannot be written: %2").arg(path, file.errorString()));
    return {};
}

// As the end of the file's name says.
template<typename Content>
Result<void> writeAs(const Content &content, const QString &path)
{
    const auto format = reportFormat(path);
    if (!format)
        return fail(format.error());
    return write(path, *format == u"pdf" ? toPdf(content) : toHtml(content));
}

} // namespace

QByteArray toPdf(const Report &report)
{
    QTextDocument document;
    for (int at = 0; at < report.charts.size(); ++at) {
        QSvgRenderer chart(toSvg(report, report.charts[at]));
        QImage image(chart.defaultSize() * dotsPerPixel, QImage::Format_RGB32);
        image.fill(Qt::white);
        QPainter painter(&image);
        chart.render(&painter);
        painter.end();
        document.addResource(QTextDocument::ImageResource, QUrl(u"chart:%1"_s.arg(at)), image);
    }
    return pagesOf(document, toHtml(report, ReportCharts::Named), report.title);
}

QByteArray toPdf(const HandOver &sheet)
{
    QTextDocument document;
    return pagesOf(document, toHtml(sheet, ReportPage::Medium::Paper), titleOf(sheet));
}

Result<QString> reportFormat(const QString &path)
{
    const QString suffix = QFileInfo(path).suffix().toLower();
    if (suffix == u"html" || suffix == u"pdf")
        return suffix;
    return fail(ErrorKind::Invalid,
                Words::tr("%1 ends neither with .html nor with .pdf").arg(path));
}

Result<void> writeReport(const Report &report, const QString &path)
{
    return writeAs(report, path);
}

Result<void> writeHandOver(const HandOver &sheet, const QString &path)
{
    return writeAs(sheet, path);
}

} // namespace Stampdeck
