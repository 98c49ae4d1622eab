// SPDX-License-Identifier: GPL-3.0-or-later
#include "reportfile.h"

#include <QtCore/QBuffer>
#include <QtCore/QCoreApplication>
#include <QtCore/QFileInfo>
#include <QtCore/QSaveFile>
#include <QtCore/QUrl>
#include <QtGui/QImage>
#include <QtGui/QPainter>
#include <QtGui/QPdfWriter>
#include <QtGui/QTextDocument>
#include <QtSvg/QSvgRenderer>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Report)
};

constexpr int dotsPerPixel = 4; ///< Of a chart, so that it is sharp on paper.

} // namespace

QByteArray toPdf(const Report &report)
{
    QTextDocument document;
    document.setDefaultFont(QFont(u"Inter"_s, 10));
    for (int at = 0; at < report.charts.size(); ++at) {
        QSvgRenderer chart(toSvg(report, report.charts[at]));
        QImage image(chart.defaultSize() * dotsPerPixel, QImage::Format_RGB32);
        image.fill(Qt::white);
        QPainter painter(&image);
        chart.render(&painter);
        painter.end();
        document.addResource(QTextDocument::ImageResource, QUrl(u"chart:%1"_s.arg(at)), image);
    }
    document.setHtml(QString::fromUtf8(toHtml(report, ReportCharts::Named)));
    QByteArray pdf;
    QBuffer buffer(&pdf);
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter writer(&buffer);
    writer.setPageSize(QPageSize(QPageSize::A4));
    writer.setPageMargins(QMarginsF(0, 0, 0, 0)); // print() has its own
    writer.setResolution(300);
    writer.setTitle(report.title.left(200));
    writer.setCreator(u"Stampdeck"_s);
    document.print(&writer);
    return pdf;
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
    const auto format = reportFormat(path);
    if (!format)
        return fail(format.error());
    const QByteArray content = *format == u"pdf" ? toPdf(report) : toHtml(report);
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size() || !file.commit())
        return fail(ErrorKind::Denied,
                    Words::tr("%1 cannot be written: %2").arg(path, file.errorString()));
    return {};
}

} // namespace Stampdeck
