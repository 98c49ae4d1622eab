// SPDX-License-Identifier: GPL-3.0-or-later
#include "rules.h"

namespace Stampdeck::Internal {

const std::vector<RuleEntry> &ruleTable()
{
    using enum RuleEntry::Kind;
    static const std::vector<RuleEntry> rules = {
        {"C01", "The first poll tells everything", Reads, checkFirstPoll},
        {"C02", "An answer names its endpoint, and an unknown one is refused", Reads,
         checkEndpoints},
        {"C03", "The backend's identity stays", Reads, checkInstance},
        {"C04", "Names can be used", Reads, checkNames},
        {"C05", "An id comes once", Reads, checkUnique},
        {"C06", "Every placement is on a stamp that is told too", Reads, checkKnownStamps},
        {"C07", "Every tenant is served, and owned by one stamp", Reads, checkServed},
        {"C08", "What is not told is nothing, never a number", Reads, checkNumbers},
        {"C09", "Units are those of the contract", Reads, checkUnits},
        {"C10", "A component's health agrees with its counts", Reads, checkComponents},
        {"C11", "An answer tells the backend's time", Reads, checkServerTime},
        {"C12", "Observations move no object's revision", Reads, checkObservations},
        {"C13", "Unchanged carries nothing", Reads, checkUnchanged},
        {"C14", "Differences add up", Reads, checkDifferences},
        {"C15", "History keeps to what was asked", Reads, checkHistory},
        {"C16", "The thread is never blocked", Reads, checkHeartbeat},
        {"C17", "Futures end with their adapter, with a result", Reads, checkDestruction},

        {"C18", "No connection is unreachable", Network, checkUnreachable},
        {"C19", "A silent backend is a timeout", Network, checkSilence},
        {"C20", "The whole answer has a time limit", Network, checkWholeLimit},
        {"C21", "Connecting has a time limit", Network, checkConnectLimit},
        {"C22", "An answer has a size limit", Network, checkMaxAnswer},
        {"C23", "A truncated answer loses nothing", Network, checkTruncated},
        {"C24", "Garbage is malformed", Network, checkGarbage},
        {"C25", "Who is not known, and who may not, are told apart", Network, checkDenied},
        {"C26", "Come back later says when", Network, checkRetryAfter},
        {"C27", "A bad object is a fault, and the others apply", Network, checkBadObject},
        {"C28", "A secret is in no message", Network, checkSecrets},
        {"C29", "A cancelled poll aborts its request", Network, checkCancelled},
        {"C30", "It asks only when it is asked", Network, checkQuiet},
        {"C31", "A write has a time limit", Network, checkWriteLimit},
        {"C32", "A stream that is cut says so", Network, checkStreamCut},

        {"C33", "What it can't is unsupported", Writes, checkLacks},
        {"C34", "What it can is tried", Writes, checkClaims},
        {"C35", "An unknown object is not found", Writes, checkNotFound, "C34"},
        {"C36", "Cordon and uncordon", Writes, checkCordon},
        {"C37", "Replicas are scaled", Writes, checkScale},
        {"C38", "Limits are scaled", Writes, checkLimits},
        {"C39", "Scaling rules are set and taken away", Writes, checkRules},
        {"C40", "A write moves the object's revision", Writes, checkRevisionMoves, "C36 C37"},
        {"C41", "A stale revision is a conflict", Writes, checkStaleRevision, "C36 C37"},
        {"C42", "The same key acts once", Writes, checkKeyOnce, "C36 C37"},
        {"C43", "A key belongs to one request", Writes, checkKeyOfAnother, "C36 C37"},
        {"C44", "Observe tells the end and changes nothing", Writes, checkObserve, "C36 C37"},
        {"C45", "A refusal says why", Writes, checkRefusal, "C36"},
        {"C46", "The only serving placement stays", Writes, checkOnlyServing},
        {"C47", "A placement can be taken back", Writes, checkTakenBack},
        {"C48", "A move leaves nobody unserved", Writes, checkMove},
        {"C49", "Events tell what polls show", Writes, checkEvents, "C36 C37"},
        {"C50", "No events after stopEvents", Writes, checkStopEvents, "C36 C37 C49"},

        {"C51", "Errors are sentences", Ends, checkSentences}, // Of all the others too.

        {"C52", "A mark shows on what it names", Writes, checkMarkShows},
        {"C53", "A mark moves no revision", Writes, checkMarkRevision, "C52"},
        {"C54", "A mark that is cleared is gone", Writes, checkMarkCleared, "C52"},
        {"C55", "What somebody else has marked is a conflict", Writes, checkMarkHeld, "C52"},
        {"C56", "All are marked, or none", Writes, checkMarkAll, "C52 C55"},
        {"C57", "Nobody else writes where a mark stands", Writes, checkMarkWrites,
         "C36 C37 C52"},
        {"C58", "Those who share a stamp share its mark", Writes, checkMarkShared, "C52"},
        {"C59", "A mark that has expired is taken over, and never comes back", Writes,
         checkMarkAdopted, "C52"},
        {"C60", "An operation that marks has a name that can be told", Writes, checkMarkNames,
         "C52"},

        {"C61", "Templates can be filled in", Reads, checkTemplates},
        {"C62", "A value out of range is refused with the range", Writes, checkParameterRange,
         "C61"},
        {"C63", "A stamp is made from a template", Writes, checkCreate, "C44 C61"},
        {"C64", "A stamp's name is given once", Writes, checkNameOnce, "C44 C61 C63"},
        {"C65", "What is not drained is not deleted", Writes, checkNotDrained,
         "C36 C44 C45 C61 C63"},
        {"C66", "A stamp that is deleted goes", Writes, checkDelete, "C36 C44 C61 C63"},

        {"C67", "A move that is called off leaves its tenant whole", Writes, checkCalledOff, "C48"},
        {"C68", "What is through is not called off", Writes, checkCalledOffLate, "C36 C37 C44"},
    };
    return rules;
}

ConformanceRule publicRule(const RuleEntry &entry)
{
    return {QString::fromLatin1(entry.id), QString::fromLatin1(entry.title),
            entry.kind == RuleEntry::Network, entry.kind == RuleEntry::Writes};
}

} // namespace Stampdeck::Internal
