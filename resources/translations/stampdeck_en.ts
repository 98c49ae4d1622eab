<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>Duration</name>
    <message numerus="yes">
        <source>less than 1 s, from %Ln move(s) measured</source>
        <translation>
            <numerusform>less than 1 s, from one move measured</numerusform>
            <numerusform>less than 1 s, from %Ln moves measured</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %1, from %Ln move(s) measured</source>
        <translation>
            <numerusform>about %1, from one move measured</numerusform>
            <numerusform>about %1, from %Ln moves measured</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Format</name>
    <message numerus="yes">
        <source>%Ln stamp(s)</source>
        <translation>
            <numerusform>%Ln stamp</numerusform>
            <numerusform>%Ln stamps</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln tenant(s)</source>
        <translation>
            <numerusform>%Ln tenant</numerusform>
            <numerusform>%Ln tenants</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 core(s)</source>
        <comment>unit</comment>
        <translation>
            <numerusform>%1 core</numerusform>
            <numerusform>%1 cores</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 slot(s)</source>
        <comment>unit</comment>
        <translation>
            <numerusform>%1 slot</numerusform>
            <numerusform>%1 slots</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 / %2 core(s)</source>
        <comment>unit</comment>
        <translation>
            <numerusform>%1 / %2 core</numerusform>
            <numerusform>%1 / %2 cores</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>HandOver</name>
    <message numerus="yes">
        <source>%Ln alert(s)</source>
        <translation>
            <numerusform>%Ln alert</numerusform>
            <numerusform>%Ln alerts</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln incident(s) began.</source>
        <translation>
            <numerusform>%Ln incident began.</numerusform>
            <numerusform>%Ln incidents began.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln ended.</source>
        <translation>
            <numerusform>%Ln ended.</numerusform>
            <numerusform>%Ln ended.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln operation(s) ran.</source>
        <translation>
            <numerusform>%Ln operation ran.</numerusform>
            <numerusform>%Ln operations ran.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln of them failed.</source>
        <translation>
            <numerusform>%Ln of them failed.</numerusform>
            <numerusform>%Ln of them failed.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>History</name>
    <message numerus="yes">
        <source>a fleet of more than %Ln stamp(s) is recorded only where fleet.yaml says history: {record: true}</source>
        <translation>
            <numerusform>a fleet of more than %Ln stamp is recorded only where fleet.yaml says history: {record: true}</numerusform>
            <numerusform>a fleet of more than %Ln stamps is recorded only where fleet.yaml says history: {record: true}</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>IncidentStory</name>
    <message numerus="yes">
        <source>%Ln alert(s)</source>
        <translation>
            <numerusform>%Ln alert</numerusform>
            <numerusform>%Ln alerts</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln alert(s) fire(s)</source>
        <translation>
            <numerusform>%Ln alert fires</numerusform>
            <numerusform>%Ln alerts fire</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>came back %Ln time(s)</source>
        <translation>
            <numerusform>came back %Ln time</numerusform>
            <numerusform>came back %Ln times</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>not known: %Ln alert(s) fired when it answered last</source>
        <translation>
            <numerusform>not known: %Ln alert fired when it answered last</numerusform>
            <numerusform>not known: %Ln alerts fired when it answered last</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Loss</name>
    <message numerus="yes">
        <source>all %Ln tenant(s) find a place</source>
        <translation>
            <numerusform>the one tenant finds a place</numerusform>
            <numerusform>all %Ln tenants find a place</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Network</name>
    <message numerus="yes">
        <source>%Ln byte(s)</source>
        <translation>
            <numerusform>%Ln byte</numerusform>
            <numerusform>%Ln bytes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Notice</name>
    <message numerus="yes">
        <source>%Ln of %1 endpoints fail(s).</source>
        <translation>
            <numerusform>%Ln of %1 endpoints fails.</numerusform>
            <numerusform>%Ln of %1 endpoints fail.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Planner</name>
    <message numerus="yes">
        <source>%1 of %Ln slot(s) are taken</source>
        <translation>
            <numerusform>%1 of %Ln slot is taken</numerusform>
            <numerusform>%1 of %Ln slots are taken</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>move %Ln tenant(s) away first</source>
        <translation>
            <numerusform>move %Ln tenant away first</numerusform>
            <numerusform>move %Ln tenants away first</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 to %Ln stamp(s)</source>
        <translation>
            <numerusform>%1 to %Ln stamp</numerusform>
            <numerusform>%1 to %Ln stamps</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln tenant(s) are here</source>
        <translation>
            <numerusform>%Ln tenant is here</numerusform>
            <numerusform>%Ln tenants are here</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>QObject</name>
    <message numerus="yes">
        <source>%1 %2, %3 to %Ln replica(s)</source>
        <extracomment>%1 the signal of a scaling rule, %2 its target, %3 the fewest replicas</extracomment>
        <translation>
            <numerusform>%1 %2, %3 to %Ln replica</numerusform>
            <numerusform>%1 %2, %3 to %Ln replicas</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln replica(s)</source>
        <translation>
            <numerusform>%Ln replica</numerusform>
            <numerusform>%Ln replicas</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Report</name>
    <message numerus="yes">
        <source>%Ln stamp(s) were not well</source>
        <translation>
            <numerusform>%Ln stamp was not well</numerusform>
            <numerusform>%Ln stamps were not well</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>And %Ln more.</source>
        <translation>
            <numerusform>And %Ln more.</numerusform>
            <numerusform>And %Ln more.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln other stamp(s) were not well in this time.</source>
        <translation>
            <numerusform>%Ln other stamp was not well in this time.</numerusform>
            <numerusform>%Ln other stamps were not well in this time.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln change(s) were made in the half hour before.</source>
        <translation>
            <numerusform>%Ln change was made in the half hour before.</numerusform>
            <numerusform>%Ln changes were made in the half hour before.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln operation(s) ran.</source>
        <translation>
            <numerusform>%Ln operation ran.</numerusform>
            <numerusform>%Ln operations ran.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln of them failed.</source>
        <translation>
            <numerusform>%Ln of them failed.</numerusform>
            <numerusform>%Ln of them failed.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>It names %Ln stamp(s). By their own word they were well all the time.</source>
        <translation>
            <numerusform>It names %Ln stamp. By its own word it was well all the time.</numerusform>
            <numerusform>It names %Ln stamps. By their own word they were well all the time.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln more that it names were well by their own word.</source>
        <translation>
            <numerusform>%Ln more that it names was well by its own word.</numerusform>
            <numerusform>%Ln more that it names were well by their own word.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>And %Ln more: %1.</source>
        <translation>
            <numerusform>And %Ln more: %1.</numerusform>
            <numerusform>And %Ln more: %1.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Simulator</name>
    <message numerus="yes">
        <source>%1 core(s)</source>
        <comment>unit</comment>
        <translation>
            <numerusform>%1 core</numerusform>
            <numerusform>%1 cores</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln replica(s)</source>
        <translation>
            <numerusform>%Ln replica</numerusform>
            <numerusform>%Ln replicas</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>a history has %Ln value(s) of each signal at the most; take a larger step</source>
        <translation>
            <numerusform>a history has %Ln value of each signal at the most; take a larger step</numerusform>
            <numerusform>a history has %Ln values of each signal at the most; take a larger step</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>needs a stamp for itself, and %1 has %Ln tenant(s)</source>
        <translation>
            <numerusform>needs a stamp for itself, and %1 has %Ln tenant</numerusform>
            <numerusform>needs a stamp for itself, and %1 has %Ln tenants</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>has all of its %Ln tenant slot(s) taken</source>
        <translation>
            <numerusform>has its %Ln tenant slot taken</numerusform>
            <numerusform>has all of its %Ln tenant slots taken</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %2 takes %3 to %Ln replica(s), not %4</source>
        <translation>
            <numerusform>%1 of %2 takes %3 to %Ln replica, not %4</numerusform>
            <numerusform>%1 of %2 takes %3 to %Ln replicas, not %4</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>the simulator has at most %Ln stamp(s)</source>
        <translation>
            <numerusform>the simulator has at most %Ln stamp</numerusform>
            <numerusform>the simulator has at most %Ln stamps</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>holds %Ln tenant(s)</source>
        <translation>
            <numerusform>holds %Ln tenant</numerusform>
            <numerusform>holds %Ln tenants</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Stampdeck::AttentionPanel</name>
    <message numerus="yes">
        <source>%1 of %Ln region(s)</source>
        <translation>
            <numerusform>%1 of %Ln region</numerusform>
            <numerusform>%1 of %Ln regions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln more</source>
        <translation>
            <numerusform>%Ln more</numerusform>
            <numerusform>%Ln more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Show all %Ln</source>
        <translation>
            <numerusform>Show all %Ln</numerusform>
            <numerusform>Show all %Ln</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Stampdeck::AuditView</name>
    <message numerus="yes">
        <source>%Ln entry(ies), not verified yet</source>
        <translation>
            <numerusform>%Ln entry, not verified yet</numerusform>
            <numerusform>%Ln entries, not verified yet</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Chain verified: %Ln entry(ies) hold</source>
        <translation>
            <numerusform>Chain verified: %Ln entry holds</numerusform>
            <numerusform>Chain verified: %Ln entries hold</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Stampdeck::Caller</name>
    <message numerus="yes">
        <source>%Ln incident(s), %1 critical</source>
        <translation>
            <numerusform>%Ln incident, %1 critical</numerusform>
            <numerusform>%Ln incidents, %1 critical</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln incident(s)</source>
        <translation>
            <numerusform>%Ln incident</numerusform>
            <numerusform>%Ln incidents</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %Ln more</source>
        <translation>
            <numerusform>and %Ln more</numerusform>
            <numerusform>and %Ln more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Acknowledge all %Ln</source>
        <translation>
            <numerusform>Acknowledge all %Ln</numerusform>
            <numerusform>Acknowledge all %Ln</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Stampdeck::CarryBanner</name>
    <message numerus="yes">
        <source>Draining %1: %Ln tenant(s) leave</source>
        <translation>
            <numerusform>Draining %1: %Ln tenant leaves</numerusform>
            <numerusform>Draining %1: %Ln tenants leave</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Cut %Ln tenant(s) from %1</source>
        <translation>
            <numerusform>Cut %Ln tenant from %1</numerusform>
            <numerusform>Cut %Ln tenants from %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Carrying %Ln tenant(s) from %1</source>
        <translation>
            <numerusform>Carrying %Ln tenant from %1</numerusform>
            <numerusform>Carrying %Ln tenants from %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Evacuating %1: %Ln tenant(s) leave</source>
        <translation>
            <numerusform>Evacuating %1: %Ln tenant leaves</numerusform>
            <numerusform>Evacuating %1: %Ln tenants leave</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Stampdeck::CarryController</name>
    <message numerus="yes">
        <source>source, %Ln leave</source>
        <translation>
            <numerusform>source, %Ln leaves</numerusform>
            <numerusform>source, %Ln leave</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Put back: all %Ln tenant(s) that were carried are gone</source>
        <translation>
            <numerusform>Put back: the tenant that was carried is gone</numerusform>
            <numerusform>Put back: all %Ln tenants that were carried are gone</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln tenant(s) that were carried are gone; still carried: %1</source>
        <translation>
            <numerusform>%Ln tenant that was carried is gone; still carried: %1</numerusform>
            <numerusform>%Ln tenants that were carried are gone; still carried: %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Stampdeck::CarryPanel</name>
    <message numerus="yes">
        <source>%Ln more</source>
        <translation>
            <numerusform>%Ln more</numerusform>
            <numerusform>%Ln more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Stampdeck::ClosingDialog</name>
    <message numerus="yes">
        <source>%Ln operation(s) still run</source>
        <translation>
            <numerusform>%Ln operation still runs</numerusform>
            <numerusform>%Ln operations still run</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Stampdeck::Forecast</name>
    <message numerus="yes">
        <source>not full within %Ln day(s)</source>
        <translation>
            <numerusform>not full within %Ln day</numerusform>
            <numerusform>not full within %Ln days</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>full in %Ln day(s)</source>
        <translation>
            <numerusform>full in %Ln day</numerusform>
            <numerusform>full in %Ln days</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 in %Ln day(s)</source>
        <translation>
            <numerusform>%1 in %Ln day</numerusform>
            <numerusform>%1 in %Ln days</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Stampdeck::HandOverDialog</name>
    <message numerus="yes">
        <source>And %Ln more: in the file and in what is copied.</source>
        <translation>
            <numerusform>And %Ln more: in the file and in what is copied.</numerusform>
            <numerusform>And %Ln more: in the file and in what is copied.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Stampdeck::IncidentDetail</name>
    <message numerus="yes">
        <source>stamp(s)</source>
        <translation>
            <numerusform>stamp</numerusform>
            <numerusform>stamps</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>tenant(s)</source>
        <translation>
            <numerusform>tenant</numerusform>
            <numerusform>tenants</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %Ln more</source>
        <translation>
            <numerusform>and %Ln more</numerusform>
            <numerusform>and %Ln more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Stampdeck::IncidentList</name>
    <message numerus="yes">
        <source>%Ln silence(s)</source>
        <translation>
            <numerusform>%Ln silence</numerusform>
            <numerusform>%Ln silences</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Stampdeck::LoadTable</name>
    <message numerus="yes">
        <source>%1 → %Ln tenant(s)</source>
        <translation>
            <numerusform>%1 → %Ln tenant</numerusform>
            <numerusform>%1 → %Ln tenants</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Stampdeck::MainWindow</name>
    <message numerus="yes">
        <source>%Ln operation(s) cut off</source>
        <translation>
            <numerusform>%Ln operation cut off</numerusform>
            <numerusform>%Ln operations cut off</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>And %Ln more source(s).</source>
        <translation>
            <numerusform>And %Ln more source.</numerusform>
            <numerusform>And %Ln more sources.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, %Ln region(s)</source>
        <translation>
            <numerusform>%1, %Ln region</numerusform>
            <numerusform>%1, %Ln regions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %Ln stamp(s)</source>
        <translation>
            <numerusform>%1 of %Ln stamp</numerusform>
            <numerusform>%1 of %Ln stamps</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>more than %Ln stamp(s) are selected</source>
        <translation>
            <numerusform>more than %Ln stamp is selected</numerusform>
            <numerusform>more than %Ln stamps are selected</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Stampdeck::MapLegendView</name>
    <message numerus="yes">
        <source>not told: %Ln stamp(s)</source>
        <translation>
            <numerusform>not told: %Ln stamp</numerusform>
            <numerusform>not told: %Ln stamps</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1: %Ln stamp(s)</source>
        <translation>
            <numerusform>%1: %Ln stamp</numerusform>
            <numerusform>%1: %Ln stamps</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Stampdeck::MapWidget</name>
    <message numerus="yes">
        <source>%1 of %Ln tenant(s) leave</source>
        <translation>
            <numerusform>%1 of %Ln tenant leaves</numerusform>
            <numerusform>%1 of %Ln tenants leave</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln slot(s) left</source>
        <translation>
            <numerusform>%Ln slot left</numerusform>
            <numerusform>%Ln slots left</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %Ln tenant(s)</source>
        <translation>
            <numerusform>%1 of %Ln tenant</numerusform>
            <numerusform>%1 of %Ln tenants</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>all %Ln find a place</source>
        <translation>
            <numerusform>the one there finds a place</numerusform>
            <numerusform>all %Ln find a place</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>takes %Ln tenant(s)</source>
        <translation>
            <numerusform>takes %Ln tenant</numerusform>
            <numerusform>takes %Ln tenants</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Stampdeck::OperationsView</name>
    <message numerus="yes">
        <source>%Ln operation(s), %1 not over</source>
        <translation>
            <numerusform>%Ln operation, %1 not over</numerusform>
            <numerusform>%Ln operations, %1 not over</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln operation(s)</source>
        <translation>
            <numerusform>%Ln operation</numerusform>
            <numerusform>%Ln operations</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Stampdeck::PlanDialog</name>
    <message numerus="yes">
        <source>%Ln at a time</source>
        <translation>
            <numerusform>%Ln at a time</numerusform>
            <numerusform>%Ln at a time</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Move %Ln tenant(s)</source>
        <translation>
            <numerusform>Move %Ln tenant</numerusform>
            <numerusform>Move %Ln tenants</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>to %Ln stamp(s)</source>
        <translation>
            <numerusform>to %Ln stamp</numerusform>
            <numerusform>to %Ln stamps</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %Ln more</source>
        <translation>
            <numerusform>and %Ln more</numerusform>
            <numerusform>and %Ln more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>tenant(s) move</source>
        <comment>the number stands above</comment>
        <translation>
            <numerusform>tenant moves</numerusform>
            <numerusform>tenants move</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>tenant(s) on it</source>
        <comment>the number stands above</comment>
        <translation>
            <numerusform>tenant on it</numerusform>
            <numerusform>tenants on it</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>stamp(s) touched</source>
        <comment>the number stands above</comment>
        <translation>
            <numerusform>stamp touched</numerusform>
            <numerusform>stamps touched</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Starts in %Ln s. Nothing has changed yet.</source>
        <translation>
            <numerusform>Starts in %Ln s. Nothing has changed yet.</numerusform>
            <numerusform>Starts in %Ln s. Nothing has changed yet.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Stampdeck::Program</name>
    <message numerus="yes">
        <source>Stampdeck: %Ln open incident(s)</source>
        <translation>
            <numerusform>Stampdeck: %Ln open incident</numerusform>
            <numerusform>Stampdeck: %Ln open incidents</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Stampdeck::ReplayTrack</name>
    <message numerus="yes">
        <source>%Ln change(s)</source>
        <translation>
            <numerusform>%Ln change</numerusform>
            <numerusform>%Ln changes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %Ln more</source>
        <translation>
            <numerusform>and %Ln more</numerusform>
            <numerusform>and %Ln more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Stampdeck::SilenceDialog</name>
    <message numerus="yes">
        <source>%Ln alert(s) on %1: nobody is told of them at %2.</source>
        <translation>
            <numerusform>%Ln alert on %1: nobody is told of them at %2.</numerusform>
            <numerusform>%Ln alerts on %1: nobody is told of them at %2.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Stampdeck::SilencesDialog</name>
    <message numerus="yes">
        <source>%Ln alert(s)</source>
        <translation>
            <numerusform>%Ln alert</numerusform>
            <numerusform>%Ln alerts</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Stampdeck::StatusBar</name>
    <message numerus="yes">
        <source>%Ln object(s) rejected, first %1</source>
        <translation>
            <numerusform>%Ln object rejected, first %1</numerusform>
            <numerusform>%Ln objects rejected, first %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>+%Ln more</source>
        <translation>
            <numerusform>+%Ln more</numerusform>
            <numerusform>+%Ln more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln well</source>
        <translation>
            <numerusform>%Ln well</numerusform>
            <numerusform>%Ln well</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Stampdeck::Table</name>
    <message numerus="yes">
        <source>%Ln row(s)</source>
        <translation>
            <numerusform>%Ln row</numerusform>
            <numerusform>%Ln rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln row(s) written to %1</source>
        <translation>
            <numerusform>%Ln row written to %1</numerusform>
            <numerusform>%Ln rows written to %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Stampdeck::ThenNowPanel</name>
    <message numerus="yes">
        <source>%Ln stamp(s) differ now</source>
        <translation>
            <numerusform>%Ln stamp differs now</numerusform>
            <numerusform>%Ln stamps differ now</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln more</source>
        <translation>
            <numerusform>%Ln more</numerusform>
            <numerusform>%Ln more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Stampdeck::WhatIf</name>
    <message numerus="yes">
        <source>%1 and %Ln more</source>
        <translation>
            <numerusform>%1 and %Ln more</numerusform>
            <numerusform>%1 and %Ln more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>switched off, all %Ln tenant(s) find a place</source>
        <translation>
            <numerusform>switched off, the one tenant finds a place</numerusform>
            <numerusform>switched off, all %Ln tenants find a place</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>takes %Ln tenant(s), %1 to %2 percent</source>
        <translation>
            <numerusform>takes %Ln tenant, %1 to %2 percent</numerusform>
            <numerusform>takes %Ln tenants, %1 to %2 percent</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Stampdeck::WhatIfPanel</name>
    <message numerus="yes">
        <source>and %Ln more</source>
        <translation>
            <numerusform>and %Ln more</numerusform>
            <numerusform>and %Ln more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Stampdeck::WorldPainter</name>
    <message numerus="yes">
        <source>moving %Ln tenant(s)</source>
        <translation>
            <numerusform>moving %Ln tenant</numerusform>
            <numerusform>moving %Ln tenants</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Survey</name>
    <message numerus="yes">
        <source>%1 (last %Ln)</source>
        <translation>
            <numerusform>%1 (last %Ln)</numerusform>
            <numerusform>%1 (last %Ln)</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 and %Ln more</source>
        <translation>
            <numerusform>%1 and %Ln more</numerusform>
            <numerusform>%1 and %Ln more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Survival</name>
    <message numerus="yes">
        <source>%Ln tenant(s) stranded</source>
        <translation>
            <numerusform>%Ln tenant stranded</numerusform>
            <numerusform>%Ln tenants stranded</numerusform>
        </translation>
    </message>
</context>
</TS>
