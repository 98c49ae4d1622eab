// SPDX-License-Identifier: GPL-3.0-or-later
#include "reportfile.h"

#include <QtCore/QBuffer>
#include <QtCore/QCoreApplication>
#include <QtCore/QFileInfo>
#include <QtCore/QSaveFile>
#include <QtCore/QUrl>
#include <QtGui/QAbstractTextDocumentLayout>
#include <QtGui/QImage>
#include <QtGui/QPainter>
#include <QtGui/QPdfWriter>
#include <QtGui/QTextBlock>
#include <QtGui/QTextCursor>
#include <QtGui/QTextDocument>
#include <QtGui/QTextFrame>
#include <QtSvg/QSvgRenderer>

#include <memory>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Report)
};

constexpr int dotsPerPixel = 4; ///< Of a chart, so that it is sharp on paper.

// No heading stands alone at the foot of a page: Qt knows no such rule, so the next page begins with it.
void keepHeadings(QTextDocument &document, QPagedPaintDevice &paper)
{
    // As print() lays out.
    const std::unique_ptr<QTextDocument> laid(document.clone());
    QAbstractTextDocumentLayout *const layout = laid->documentLayout();
    layout->setPaintDevice(&paper);
    QTextFrameFormat page = laid->rootFrame()->frameFormat();
    page.setMargin(int(2 / 2.54 * paper.logicalDpiY()));
    laid->rootFrame()->setFrameFormat(page);
    laid->setPageSize(QSizeF(paper.width(), paper.height()));
    const auto pageOf = [&](const QTextBlock &block) {
        return int(layout->blockBoundingRect(block).top() / paper.height());
    };
    for (QTextBlock block = laid->begin(); block.isValid(); block = block.next()) {
        if (block.blockFormat().headingLevel() == 0 || !block.next().isValid()
            || pageOf(block.next()) == pageOf(block))
            continue;
        QTextBlockFormat onNext;
        onNext.setPageBreakPolicy(QTextFormat::PageBreak_AlwaysBefore);
        for (QTextDocument *each : {laid.get(), &document})
            QTextCursor(each->findBlockByNumber(block.blockNumber())).mergeBlockFormat(onNext);
    }
}

// A4; \a document knows the pictures that \a html names.
QByteArray pagesOf(QTextDocument &document, const QByteArray &html, const QString &title)
{
    document.setDefaultFont(QFont(u"Inter"_s, 10));
    document.setHtml(QString::fromUtf8(html));
    QByteArray pdf;
    QBuffer buffer(&pdf);
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter writer(&buffer);
    writer.setPageSize(QPageSize(QPageSize::A4));
    writer.setPageMargins(QMarginsF(0, 0, 0, 0)); // print() has its own
    writer.setResolution(300);
    writer.setTitle(title.left(200));
    writer.setCreator(u"Stampdeck"_s);
    keepHeadings(document, writer);
    document.print(&writer);
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
