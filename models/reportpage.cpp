// SPDX-License-Identifier: GPL-3.0-or-later
#include "reportpage.h"

#include <QtCore/QCoreApplication>

namespace Stampdeck::ReportPage {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Report)
};

constexpr auto pageStyle = R"(
:root { color-scheme: light }
body { font: 14px/1.5 Inter, "Noto Sans", "DejaVu Sans", sans-serif; color: #1a222d; background: #eae5da; margin: 0 }
main { max-width: 860px; margin: 24px auto; background: #fff; padding: 44px 56px; border: 1px solid #ccc4b3 }
h1 { font-size: 28px; line-height: 1.2; margin: 6px 0 12px }
h2 { font-size: 17px; margin: 34px 0 10px; padding-bottom: 4px; border-bottom: 2px solid #1a222d }
h3 { font-size: 14px; margin: 18px 0 4px }
p { margin: 6px 0 }
.severity { display: inline-block; font-size: 11px; font-weight: 700; letter-spacing: .06em; text-transform: uppercase; padding: 3px 9px; border-radius: 3px; background: #465162; color: #fff }
.severity.critical { background: #b9202e }
.severity.warning { background: #fbe2a2; color: #3e2800 }
.summary { font-size: 16px; margin-top: 16px }
.note { color: #566070; font-size: 12px }
table { width: 100%; border-collapse: collapse }
table.meta td { padding: 3px 12px 3px 0; vertical-align: top }
table.meta td:first-child { color: #566070; width: 110px }
table.figures { margin: 22px 0 8px; border-top: 1px solid #ccc4b3; border-bottom: 1px solid #ccc4b3 }
table.figures td { padding: 12px 12px 12px 0; width: 20%; vertical-align: top }
.number { font-size: 22px; font-weight: 700; font-variant-numeric: tabular-nums; white-space: nowrap }
.words { color: #566070; font-size: 12px }
table.two > tbody > tr > td { vertical-align: top; padding: 0 24px 12px 0 }
table.two > tbody > tr > td:last-child { padding-right: 0 }
table.list { margin-bottom: 8px }
table.list th { text-align: left; font-size: 11px; color: #566070; font-weight: 600; padding: 5px 10px 5px 0; border-bottom: 1px solid #8a8270 }
table.list td { padding: 5px 10px 5px 0; border-bottom: 1px solid #e2dccf; vertical-align: top; font-variant-numeric: tabular-nums; overflow-wrap: anywhere }
table.list td.n, table.list th.n { text-align: right; white-space: nowrap }
table.list td.word { white-space: nowrap }
table.list tr > :last-child { padding-right: 0 }
table.list td.time { font-family: "JetBrains Mono", "DejaVu Sans Mono", monospace; font-size: 12px; white-space: nowrap; width: 1% }
td.name b { display: block }
td.unhealthy, tr.trouble td { color: #a31523; font-weight: 600 }
td.degraded { color: #7a4d00; font-weight: 600 }
figure { margin: 14px 0 20px }
svg { width: 100%; height: auto; display: block }
p.line { margin: 0; line-height: 1.6 }
hr { border: 0; border-bottom: 1px solid #ccc4b3; margin: 0 }
footer { margin-top: 36px; color: #566070; font-size: 12px }
@media screen and (max-width: 640px) {
  main { margin: 0; padding: 20px 16px }
  table.list { display: block; overflow-x: auto }
  td.name { min-width: 140px }
}
@page { size: A4; margin: 18mm 16mm }
@media print {
  body { background: #fff; font-size: 11px }
  main { margin: 0; padding: 0; border: 0; max-width: none }
  h2, h3 { break-after: avoid }
  tr, figure, footer { break-inside: avoid }
  footer { break-before: avoid; margin-top: 20px }
  p.line { line-height: 1.4 }
  thead { display: table-header-group }
}
)";

// Of what QTextDocument knows.
constexpr auto documentStyle = R"(
body { font-family: Inter, "Noto Sans", "DejaVu Sans"; font-size: 10pt; color: #1a222d }
h1 { font-size: 21pt; margin-top: 2px; margin-bottom: 8px }
h2 { font-size: 13pt; margin-top: 22px; margin-bottom: 6px }
h3 { font-size: 10pt; margin-top: 12px; margin-bottom: 2px }
.severity { font-size: 9pt; font-weight: bold; color: #465162 }
.severity-critical { color: #b9202e }
.summary { font-size: 11.5pt; margin-top: 10px; margin-bottom: 16px }
.note { color: #566070; font-size: 8.5pt }
.number { font-size: 16pt; font-weight: bold }
.words { color: #566070; font-size: 8.5pt }
table.figures { margin-top: 12px; margin-bottom: 6px }
table.list { border-collapse: collapse; border-style: none }
table.list th { text-align: left; color: #566070; font-size: 8.5pt; border-bottom: 0.75px solid #8a8270 }
table.list td { font-size: 9pt; border-bottom: 0.5px solid #e2dccf }
tr.trouble td { color: #a31523; font-weight: bold }
td.time { font-family: "JetBrains Mono", "DejaVu Sans Mono"; font-size: 8.5pt }
.unhealthy { color: #a31523; font-weight: bold }
.degraded { color: #7a4d00; font-weight: bold }
)";

QString headRow(const QList<Column> &columns)
{
    QString cells;
    for (const Column &column : columns) {
        const QString name = column.name.toHtmlEscaped();
        cells += column.isRight ? u"<th class=\"n\" align=\"right\">%1</th>\n"_s.arg(name)
                                : element(u"th"_s, name);
    }
    return u"<thead>"_s + element(u"tr"_s, cells) + u"</thead>\n"_s;
}

} // namespace

QString tame(const QString &text, int most)
{
    QString shown;
    for (const QChar c : text.left(most)) {
        const bool turns = (c >= QChar(0x202A) && c <= QChar(0x202E))
            || (c >= QChar(0x2066) && c <= QChar(0x2069)) || c == QChar(0x200E)
            || c == QChar(0x200F) || c == QChar(0x061C);
        if (c == u'\n' || c == u'\t')
            shown += u' ';
        else if (c.category() == QChar::Other_Control || turns || c == QChar::Null)
            shown += QChar::ReplacementCharacter;
        else
            shown += c;
    }
    if (text.size() > most)
        shown += u'…';
    return shown;
}

QString plain(const QString &text, int most)
{
    return tame(text, most).toHtmlEscaped();
}

QString element(const QString &name, const QString &content, const QString &kind)
{
    const QString attribute = kind.isEmpty() ? QString() : QString(u" class=\""_s + kind + u'"');
    return u'<' + name + attribute + u'>' + content + u"</"_s + name + u">\n"_s;
}

QString cell(const QString &content, const QString &kind)
{
    if (kind == u"n") // QTextDocument knows the attribute alone
        return u"<td class=\"n\" align=\"right\">%1</td>\n"_s.arg(content);
    return element(u"td"_s, content, kind);
}

QString titled(const QString &title, const QString &content)
{
    return element(u"div"_s, element(u"b"_s, title)) + content;
}

QString row(const QStringList &cells, const QString &kind)
{
    return element(u"tr"_s, cells.join(QString()), kind);
}

QString table(const QList<Column> &columns, const QStringList &rows, const QString &kind, int most)
{
    QString body;
    for (const QString &each : rows.mid(0, most))
        body += each;
    QString text = u"<table class=\""_s + kind
        + u"\" width=\"100%\" cellspacing=\"0\" cellpadding=\"5\">\n"_s
        + (columns.isEmpty() ? QString() : headRow(columns)) + u"<tbody>\n"_s + body
        + u"</tbody></table>\n"_s;
    const int more = int(rows.size()) - most;
    if (more > 0)
        text += element(u"p"_s, Words::tr("And %Ln more.", nullptr, more), u"note"_s);
    return text;
}

QString figures(const QList<std::pair<QString, QString>> &numbers)
{
    QString cells;
    for (const auto &[number, words] : numbers)
        cells += cell(element(u"div"_s, number.toHtmlEscaped(), u"number"_s)
                      + element(u"div"_s, words.toHtmlEscaped(), u"words"_s));
    return u"<table class=\"figures\" width=\"100%\" cellspacing=\"0\"><tr>\n"_s + cells
        + u"</tr></table>\n"_s;
}

QString badge(const QString &severity, Medium medium)
{
    const QString kind =
        severity == u"critical" || severity == u"warning" ? severity : u"info"_s;
    const QString word = plain(severity, 40);
    return medium == Medium::Browser
        ? u"<span class=\"severity %1\">%2</span>\n"_s.arg(kind, word)
        : u"<p class=\"severity severity-%1\">%2</p>\n"_s.arg(kind, word.toUpper());
}

QByteArray document(const QString &title, const QString &body, Medium medium)
{
    const bool isPage = medium == Medium::Browser;
    QString html = u"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"_s;
    if (isPage)
        html += u"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                "style-src 'unsafe-inline'\">\n<meta name=\"viewport\" "
                "content=\"width=device-width, initial-scale=1\">\n"_s;
    html += element(u"title"_s, plain(title, 200)) + u"<style>"_s
        + QLatin1StringView(isPage ? pageStyle : documentStyle) + u"</style>\n</head>\n<body>\n"_s
        + (isPage ? element(u"main"_s, body) : body) + u"</body>\n</html>\n"_s;
    return html.toUtf8();
}

} // namespace Stampdeck::ReportPage
