// SPDX-License-Identifier: GPL-3.0-or-later
#include "historywords.h"

#include "formatter.h"
#include "incidentevent.h"

#include <QtCore/QCoreApplication>

namespace Stampdeck::HistoryWords {

using namespace Qt::StringLiterals;
using Mark = HistoryTimeline::Mark;
using What = HistoryTimeline::What;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(HistoryWords)
};

QString nameOf(const Mark &mark)
{
    return mark.subject.section(u'/', -1);
}

bool isSilence(const Mark &mark)
{
    return mark.what == What::Event && mark.detail == silenceEvent;
}

QString lifecycleOf(const Mark &mark)
{
    const auto is = fromString<Lifecycle>(QStringView(mark.now));
    return is ? Format::word(*is) : mark.now;
}

QString stateOf(const Mark &mark)
{
    const auto is = fromString<OperationState>(QStringView(mark.now));
    return is ? Format::word(*is) : mark.now;
}

// "drain us-east-05": the first word is what it does.
QString operationOf(const Mark &mark)
{
    const QString kind = mark.detail.section(u' ', 0, 0);
    const QString target = mark.detail.section(u' ', 1);
    return Format::action(kind) + u' ' + target;
}

} // namespace

QString brief(const Mark &mark)
{
    const QString name = nameOf(mark);
    switch (mark.what) {
    case What::Unhealthy:
        return Words::tr("%1 is unhealthy").arg(name);
    case What::Degraded:
        return Words::tr("%1 is degraded").arg(name);
    case What::Recovered:
        return Words::tr("%1 is healthy again").arg(name);
    case What::Stale:
        return Words::tr("%1 is not heard of").arg(name);
    case What::Lifecycle:
        //: %2 a word for what a stamp is: “eu-1 cordoned”
        return Words::tr("%1 %2", "a stamp and its lifecycle").arg(name, lifecycleOf(mark));
    case What::Version:
        return Words::tr("%1 runs %2").arg(name, mark.now);
    case What::Scaled:
        //: %1 a stamp, %2 its component, %3 and %4 counts: “eu-1: api 8 to 5”
        return Words::tr("%1: %2 %3 to %4").arg(name, mark.detail, mark.before, mark.now);
    case What::Came:
        return Words::tr("%1 is new").arg(name);
    case What::Gone:
        return Words::tr("%1 is gone").arg(name);
    case What::Moved:
        return Words::tr("%1 moved to %2").arg(name, mark.now);
    case What::Began:
        return Format::capitalised(operationOf(mark));
    case What::Ended:
        //: %1 an operation, %2 what became of it: “Drain us-east-05: failed”
        return Words::tr("%1: %2", "an operation")
            .arg(Format::capitalised(operationOf(mark)), stateOf(mark));
    case What::Acknowledged: {
        const QString what = mark.title.isEmpty() ? name : mark.title;
        return mark.isOver ? Words::tr("No longer acknowledged: %1").arg(what)
                           : Words::tr("Acknowledged: %1").arg(what);
    }
    case What::Event:
        if (isSilence(mark)) {
            //: %1 what it fits, as the engines write it: “alertname="Down"”
            return mark.isOver ? Words::tr("Silence over: %1").arg(mark.title)
                               : Words::tr("Silence: %1").arg(mark.title);
        }
        if (!mark.title.isEmpty()) {
            return mark.isOver ? Words::tr("Incident over: %1").arg(mark.title)
                               : Words::tr("Incident: %1").arg(mark.title);
        }
        break;
    }
    return mark.subject.isEmpty() ? mark.detail
                                  //: %1 what kind of thing happened, %2 to which stamp
                                  : Words::tr("%1: %2", "an event").arg(mark.detail, name);
}

QString sentence(const Mark &mark)
{
    const QString words = brief(mark);
    switch (mark.what) {
    case What::Unhealthy:
    case What::Degraded:
        return mark.detail.isEmpty() ? words
                                     //: %1 “eu-1 is degraded”, %2 why
                                     : Words::tr("%1: %2", "a health").arg(words, mark.detail);
    case What::Version:
        return mark.before.isEmpty()
            ? words
            : Words::tr("%1: version %2, then %3").arg(nameOf(mark), mark.before, mark.now);
    case What::Moved:
        return Words::tr("%1 moved from %2 to %3").arg(nameOf(mark), mark.before, mark.now);
    case What::Began:
        return mark.by.isEmpty() ? Words::tr("%1 began").arg(words)
                                 //: %1 an operation, %2 a person
                                 : Words::tr("%1 began, asked for by %2").arg(words, mark.by);
    case What::Acknowledged:
        if (mark.isOver || mark.by.isEmpty())
            return words;
        //: %1 “Acknowledged: the disk is full”, %2 a person, %3 what he wrote
        return mark.detail.isEmpty()
            ? Words::tr("%1, by %2", "an acknowledgement").arg(words, mark.by)
            : Words::tr("%1, by %2: %3", "an acknowledgement").arg(words, mark.by, mark.detail);
    default:
        return words;
    }
}

QString icon(const Mark &mark)
{
    switch (mark.what) {
    case What::Unhealthy:
    case What::Degraded:
    case What::Recovered:
    case What::Stale:
        return {};
    case What::Lifecycle:
        return mark.now == u"active"                            ? u"check-circle"_s
            : mark.now == u"failed"                             ? u"exclamation-triangle"_s
            : mark.now == u"cordoned" || mark.now == u"drained" ? u"slash-circle"_s
                                                                : u"arrow-up-right"_s;
    case What::Version:
        return u"diagram-2"_s;
    case What::Scaled:
        return u"sliders"_s;
    case What::Came:
        return u"plus-lg"_s;
    case What::Gone:
        return u"trash"_s;
    case What::Moved:
        return u"arrow-right"_s;
    case What::Began:
    case What::Ended:
        return u"list-check"_s;
    case What::Acknowledged:
        return u"check-lg"_s;
    case What::Event:
        if (isSilence(mark))
            return u"bell-slash"_s;
        break;
    }
    return u"exclamation-octagon"_s;
}

std::optional<Health> health(const Mark &mark)
{
    switch (mark.what) {
    case What::Unhealthy:
        return Health::Unhealthy;
    case What::Degraded:
        return Health::Degraded;
    case What::Recovered:
        return Health::Healthy;
    case What::Stale:
        return Health::Unknown;
    default:
        return std::nullopt;
    }
}

bool isTrouble(const Mark &mark)
{
    return mark.what == What::Unhealthy || (mark.what == What::Ended && mark.now == u"failed")
        || (mark.what == What::Event && mark.detail.startsWith(u"incident") && !mark.isOver);
}

bool isNotable(const Mark &mark)
{
    switch (mark.what) {
    case What::Degraded:
    case What::Recovered:
    case What::Stale:
    case What::Moved:
        return false;
    case What::Ended:
        return isTrouble(mark);
    default:
        return true;
    }
}

} // namespace Stampdeck::HistoryWords
