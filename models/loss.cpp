// SPDX-License-Identifier: GPL-3.0-or-later
#include "loss.h"

#include "formatter.h"

#include <QtCore/QCoreApplication>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Loss)
};

} // namespace

QString nameOfRule(const QString &code)
{
    if (code == u"capacity")
        return Words::tr("no room");
    if (code == u"tenant-slots")
        return Words::tr("no slot");
    if (code == u"unknown-capacity")
        return Words::tr("not known");
    if (code == u"anti-affinity")
        return Words::tr("anti-affinity");
    if (code == u"exclusive")
        return Words::tr("alone on its stamp");
    if (code == u"residency")
        return Words::tr("residency");
    if (code == u"pinned")
        return Words::tr("pinned");
    return code;
}

QList<std::pair<QString, int>> Loss::rules() const
{
    QMap<QString, int> counts;
    for (const Refusal &why : stranded)
        ++counts[why.code];
    QList<std::pair<QString, int>> all;
    for (auto it = counts.cbegin(); it != counts.cend(); ++it)
        all.append({it.key(), it.value()});
    std::stable_sort(all.begin(), all.end(),
                     [](const auto &a, const auto &b) { return a.second > b.second; });
    return all;
}

QString Loss::summary() const
{
    if (tenants == 0)
        return Words::tr("nobody is there");
    if (stranded.isEmpty())
        return Words::tr("all %Ln tenant(s) find a place", nullptr, tenants);
    QStringList words;
    for (const auto &[code, count] : rules())
        words.append(Words::tr("%1 %L2").arg(nameOfRule(code)).arg(count));
    const QString who = Words::tr("%1 of %2 stranded: %3")
                            .arg(stranded.size())
                            .arg(tenants)
                            .arg(words.join(u", "_s));
    QStringList amounts;
    for (auto it = shortOf.cbegin(); it != shortOf.cend(); ++it)
        amounts.append(Format::amount(it.key(), it.value()));
    return amounts.isEmpty() ? who : Words::tr("%1; short of %2").arg(who, amounts.join(u", "_s));
}

} // namespace Stampdeck
