// SPDX-License-Identifier: GPL-3.0-or-later
#include "backends/simulator/played.h"

#include <cstdint>
#include <cstdlib>

using namespace Stampdeck;
using namespace Stampdeck::Internal;

/// Whatever a file of a recorded stretch holds, reading it is a value or an error; and what was read is
/// written as what reads the same, and a simulator can begin to play it: a replica count lies within
/// its bounds' order, what weighs on a stamp is a number, and an operation has the steps that it says.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(data), qsizetype(size));
    const auto is = Recording::fromJson(bytes);
    if (!is)
        return 0;
    const QByteArray written = is->toJson();
    const auto again = Recording::fromJson(written);
    if (!Recording::isOne(written) || !again || again->toJson() != written)
        std::abort();
    for (const Recording::Source &source : is->sources) {
        for (const Recording::Course &course : source.operations) {
            Operation operation;
            for (const Recording::Turn &turn : course.turns) {
                turn.apply(operation);
                if (operation.steps.size() != turn.stepCount)
                    std::abort();
            }
        }
        const FleetState fleet = playedFleet(*is, source, 0);
        for (const SimStamp &stamp : fleet.stamps) {
            for (const PlayedStamp::Step &step : stamp.played->steps) {
                if (!step.told)
                    continue;
                for (const ComponentWritten &component : writtenOf(*step.told, {}, step.at).components) {
                    if (component.min > component.max)
                        std::abort();
                }
                for (size_t i = 0; i < step.whole.size(); ++i) {
                    if (!(step.base.at(i) >= 0 && step.whole.at(i) >= step.base.at(i)))
                        std::abort();
                }
            }
        }
    }
    return 0;
}
