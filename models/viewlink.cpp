// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewlink.h"

#include "backends/api/timestamp.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QStringList>
#include <QtCore/QUrl>
#include <QtCore/QUrlQuery>

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

constexpr auto scheme = "stampdeck"_L1;
constexpr qsizetype longestLink = 4'096;

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(ViewLink)
};

// The parts of a link by their keys, in the order in which they are written.
const QList<std::pair<QString, QString ViewLink::*>> &parts()
{
    static const QList<std::pair<QString, QString ViewLink::*>> all
            = {{u"arrangement"_s, &ViewLink::arrangement},
               {u"group"_s, &ViewLink::group},
               {u"colour"_s, &ViewLink::colour},
               {u"zoom"_s, &ViewLink::zoom},
               {u"query"_s, &ViewLink::query},
               {u"stamp"_s, &ViewLink::stamp},
               {u"plan"_s, &ViewLink::plan},
               {u"carry"_s, &ViewLink::carry},
               {u"at"_s, &ViewLink::at}};
    return all;
}

} // namespace

const QStringList &viewNames()
{
    static const QStringList names{u"map"_s,        u"stamps"_s, u"tenants"_s, u"incidents"_s,
                                   u"operations"_s, u"audit"_s};
    return names;
}

QString toString(const ViewLink &link)
{
    QUrlQuery query;
    for (const auto &[key, member] : parts()) {
        // Else what reads it takes a plus for a space.
        if (const QString &value = link.*member; !value.isEmpty())
            query.addQueryItem(key, QString::fromLatin1(QUrl::toPercentEncoding(value, "/:*,")));
    }
    QString text = scheme + u"://"_s + link.view;
    if (!query.isEmpty())
        text += u'?' + query.query(QUrl::FullyEncoded);
    return text;
}

Result<ViewLink> viewLinkFromString(const QString &text)
{
    const auto wrong = [](const QString &why) { return fail(ErrorKind::Invalid, why); };
    if (text.size() > longestLink)
        return wrong(Words::tr("the link is longer than %1 characters").arg(longestLink));
    const QUrl url(text.trimmed(), QUrl::StrictMode);
    if (!url.isValid() || url.scheme() != scheme)
        return wrong(Words::tr("a link begins with %1").arg(scheme + u"://"_s));
    ViewLink link;
    link.view = url.host();
    if (!viewNames().contains(link.view))
        return wrong(Words::tr("there is no view %1: it is one of %2")
                         .arg(link.view, viewNames().join(u", "_s)));
    if (url.path().size() > 1)
        return wrong(Words::tr("%1 is not understood in a link").arg(url.path()));
    const auto items = QUrlQuery(url).queryItems(QUrl::FullyDecoded);
    for (const auto &[key, value] : items) {
        const auto part =
            std::find_if(parts().begin(), parts().end(),
                         [&name = key](const auto &each) { return each.first == name; });
        if (part == parts().end())
            return wrong(Words::tr("%1 is not understood in a link").arg(key));
        const bool isControl = std::any_of(value.cbegin(), value.cend(), [](QChar c) {
            return c.category() == QChar::Other_Control;
        });
        if (isControl)
            return wrong(Words::tr("%1 holds a control character").arg(key));
        if (key == u"at" && !fromRfc3339(value))
            return wrong(Words::tr("%1 is no moment such as 2026-01-02T03:04:05Z").arg(value));
        link.*(part->second) = value;
    }
    return link;
}

} // namespace Stampdeck
