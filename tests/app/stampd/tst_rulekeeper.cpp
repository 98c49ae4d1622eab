// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/stampd/rulekeeper.h"

#include "models/journal.h"
#include "models/plugincatalog.h"

#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QTemporaryDir>

#include <array>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// Two servers with a state directory each, over one source that only keeps rules.
class TestRuleKeeper : public QObject
{
    Q_OBJECT
    struct Server
    {
        std::unique_ptr<Fleet> fleet;
        std::unique_ptr<RuleKeeper> keeper;
    };
    struct Act
    {
        int writes;
        Timestamp at;
    };

    void open(Server &server, const QString &stateDir)
    {
        SourceConfig source;
        source.settings.name = u"swarm"_s;
        source.settings.adapter = u"keptrules"_s;
        source.settings.pollInterval = 20ms;
        FleetOptions options;
        options.stateDir = stateDir;
        options.carriesRules = true;
        auto opened = Fleet::open({source}, *m_catalog, options);
        VERIFY_RESULT(opened);
        server.fleet = std::move(*opened);
        VERIFY_RESULT(await(server.fleet->firstPoll()));
        server.keeper = std::make_unique<RuleKeeper>(*server.fleet);
    }
    // How often the stamp was written to, and when last.
    static Act lastAct(const Server &server)
    {
        const FleetVersionPtr version = server.fleet->store().current();
        const StampPtr stamp = version->stamps[*version->findStamp(u"eu-1"_s)]->stamp;
        return {stamp->revision.section(u'+', 0, 0).toInt(),
                stamp->updatedAt.value_or(Timestamp())};
    }

    static bool isElsewhere(const Server &server)
    {
        const FleetVersionPtr version = server.fleet->store().current();
        return version->stamps[*version->findStamp(u"eu-1"_s)]->elsewhere;
    }

    std::unique_ptr<PluginCatalog> m_catalog;

private Q_SLOTS:
    void init() { strict(); }

    void ofTwoOneGivesWay()
    {
        m_catalog = std::make_unique<PluginCatalog>(
            QStringList{qEnvironmentVariable("STAMPDECK_TEST_PLUGINS")});
        QTemporaryDir folder;
        std::array<Server, 2> servers;
        for (size_t i = 0; i < servers.size(); ++i)
            open(servers.at(i), folder.filePath(QString::number(i)));
        // Somebody else has marked it when they begin, so that neither acts; each looks once in a
        // second, and the second one half a second later than the first.
        MarkRequest mark;
        mark.operation = u"op-1"_s;
        mark.run = u"r-1"_s;
        mark.kind = u"scale"_s;
        mark.stamps.push_back({u"eu-1"_s, 0, {}, {}, false});
        WriteContext context;
        context.operation = mark.operation;
        context.run = mark.run;
        context.actor = u"ana"_s;
        VERIFY_RESULT(await(servers[0].fleet->mark(u"swarm"_s, mark, context)));
        for (const Server &server : servers)
            QTRY_VERIFY(isElsewhere(server));
        VERIFY_RESULT(servers[0].keeper->start());
        bool isLater = false;
        Clock::system().callLater(500ms, this, [&] { isLater = true; });
        QTRY_VERIFY(isLater);
        VERIFY_RESULT(servers[1].keeper->start());
        QCOMPARE(lastAct(servers[0]).writes, 1);
        mark.stamps.clear();
        VERIFY_RESULT(await(servers[0].fleet->mark(u"swarm"_s, mark, context)));

        // Both want the same all the time, and together they act once for each cooldown of 2 s.
        QList<Act> acts;
        QTRY_VERIFY_WITH_TIMEOUT(
            [&] {
                const Act last = lastAct(servers.front());
                if (last.writes > 1 && (acts.isEmpty() || acts.last().writes != last.writes))
                    acts.append(last);
                return acts.size() >= 4;
            }(),
            60'000);
        for (qsizetype i = 1; i < acts.size(); ++i) {
            QCOMPARE(acts[i].writes, acts[i - 1].writes + 1); // none between two polls
            const auto gap = acts[i].at - acts[i - 1].at;
            QVERIFY2(gap >= 1'800ms, qPrintable(QString::number(gap.count())));
        }
        // Each of those is an operation of one of them that succeeded.
        int succeeded = 0;
        for (const Server &server : servers) {
            const auto operations = server.fleet->journal().operations(100);
            VERIFY_RESULT(operations);
            for (const JournalOperation &operation : *operations)
                succeeded += operation.state == OperationState::Succeeded;
        }
        QVERIFY2(succeeded >= 3 && succeeded <= int(acts.size()),
                 qPrintable(QString::number(succeeded)));
        for (Server &server : servers) {
            server.keeper.reset();
            server.fleet.reset();
        }
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestRuleKeeper)
#include "tst_rulekeeper.moc"
