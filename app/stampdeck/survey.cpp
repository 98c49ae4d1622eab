// SPDX-License-Identifier: GPL-3.0-or-later
#include "survey.h"

#include "models/duration.h"
#include "models/formatter.h"
#include "models/loss.h"
#include "widgets/deck.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QElapsedTimer>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr int mostNamed = 3;
/// Of more tenants than this nobody would be up to date with where all of a region's would go.
constexpr int mostTenants = 5'000;

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Survey)
};

/// "acme (pinned), globex (residency) and 2 more".
QString named(const QList<Refusal> &stranded)
{
    QStringList names;
    for (const Refusal &why : stranded.mid(0, mostNamed))
        names << Words::tr("%1 (%2)").arg(nameOfStamp(why.subject), nameOfRule(why.code));
    const QString all = names.join(u", "_s);
    const int more = int(stranded.size()) - int(names.size());
    return more == 0 ? all : Words::tr("%1 and %Ln more", nullptr, more).arg(all);
}

} // namespace

Survey surveyOf(const FleetVersionPtr &version)
{
    QElapsedTimer timer;
    timer.start();
    Survey survey;
    survey.regions = survivalOf(version);
    const QHash<QString, CreateTime> times = createTimes(*version);
    QHash<QString, std::vector<int>> stamps;
    version->eachStamp([&](int slot, const StampEntry &entry) {
        stamps[entry.stamp->region].push_back(slot);
    });
    for (const Survival &region : survey.regions) {
        MapGroupNote note;
        note.survives = region.survives;
        note.survival = region.message;
        const auto outlook = outlookAfterLoss(*version, region);
        if (region.survives) {
            note.brief = briefOf(region, outlook);
            note.figure = figureOf(region, outlook);
        }
        if (outlook) {
            note.afterLoss = std::isfinite(outlook->load) ? outlook->load : 2;
            note.gate = outlook->gate;
        }
        const QString fullest = nameOfStamp(region.fullest);
        if (region.survives == true) {
            note.losses << Words::tr("Without %1: everybody finds a place here").arg(fullest);
        } else if (region.survives == false) {
            note.losses << Words::tr("Without %1: %2").arg(fullest, region.message);
            if (!region.stranded.isEmpty())
                note.losses << Words::tr("Stranded here: %1").arg(named(region.stranded));
        } else {
            note.losses << Words::tr("Without %1: not known, %2").arg(fullest, region.message);
        }
        if (region.tenants <= mostTenants && !region.region.isEmpty()) {
            const Loss loss = lossOf(version, stamps.value(region.region));
            note.losses << Words::tr("All of it lost: %1").arg(loss.summary());
            if (!loss.stranded.isEmpty())
                note.losses << Words::tr("Stranded then: %1").arg(named(loss.stranded));
        }
        // Where the fullest stands another can be made, if its source makes any.
        const int slot = version->stampIndex.value(region.fullest);
        if (slot >= 0) {
            const SourceState &source = version->sourceOf(*version->stamps[slot]);
            if (source.capabilities.testFlag(Capability::Create) && !source.readOnly
                && source.templates && !source.templates->isEmpty())
                note.template_ = source.templates->constFirst().name;
            if (const auto time = times.constFind(source.name); time != times.constEnd())
                note.createTakes =
                    QCoreApplication::translate("Survey", "%1 (last %Ln)", nullptr, time->measured)
                        .arg(Format::age(time->median));
        }
        survey.notes.insert(region.region, note);
    }
    survey.took = std::chrono::milliseconds(timer.elapsed());
    return survey;
}

void addForecast(QHash<QString, MapGroupNote> &notes, const FleetForecast &forecast)
{
    for (auto note = notes.begin(); note != notes.end(); ++note) {
        const auto next = nextFull(forecast.regions.value(note.key()));
        note->nextFull = next ? nextFullText(*next) : QString();
        note->isFullSoon = next && next->isSoon();
    }
}

} // namespace Stampdeck
