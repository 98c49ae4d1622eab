// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls.h"
#include "widgets/sourcesdialog.h"

#include "tests/support/testmain.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>

using namespace Stampdeck;
using namespace Qt::StringLiterals;

namespace {

// What stands in the file is kept to the letter, but for what the person changed.
constexpr auto written
    = "# our fleet\n"
      "sources:\n"
      "  - {name: prod, adapter: wire, url: \"https://control.example\", token: {env: TOKEN}, "
      "pollInterval: 7s} # ask Ada\n";

AdapterInfo wire()
{
    const QByteArray json
        = "{\"kind\": \"wire\", \"interface\": \"fleet\", \"version\": \"1.0\", "
          "\"location\": \"url\", \"description\": \"A wire\", \"network\": true, "
          "\"capabilities\": [], \"keys\": {"
          "\"url\": {\"type\": \"url\", \"required\": true, \"help\": \"Where it is\"}, "
          "\"token\": {\"type\": \"secret\", \"required\": false, \"help\": \"Who we are\"}, "
          "\"depth\": {\"type\": \"integer\", \"required\": false, \"help\": \"How deep\"}}}";
    const auto info = readAdapterInfo(
        {{u"IID"_s, QStringLiteral(STAMPDECK_FLEET_ADAPTER_IID)},
         {u"MetaData"_s, QJsonDocument::fromJson(json).object()}},
        u"libwire.so"_s);
    if (!info)
        qFatal("%s", qPrintable(info.error().message));
    return *info;
}

} // namespace

/// Sources are added, tested, changed and removed, and the rest of the file stays.
class TestSourcesDialog : public QObject
{
    Q_OBJECT
private:
    void open(const QByteArray &text)
    {
        m_saved.clear();
        m_tested.clear();
        SourcesAccess access;
        access.file = u"fleet.yaml"_s;
        access.text = text;
        access.adapters = {wire()};
        access.save = [this](const QByteArray &all) -> Result<void> {
            if (m_isFull)
                return fail(ErrorKind::Denied, u"No space left on device"_s);
            m_saved = all;
            return {};
        };
        access.test = [this](const SourceConfig &source) {
            m_tested.append(source);
            return m_answer;
        };
        m_dialog = std::make_unique<SourcesDialog>(access);
        m_dialog->setAttribute(Qt::WA_DeleteOnClose, false);
        m_dialog->show();
    }
    template<typename T>
    [[nodiscard]] T *child(const QString &name) const
    {
        T *found = m_dialog->findChild<T *>(name);
        if (!found)
            qFatal("no %s", qPrintable(name));
        return found;
    }
    [[nodiscard]] QString words() const { return child<TextLine>(u"sourceWords"_s)->text(); }
    void fill(const QString &key, const QString &text)
    {
        child<QLineEdit>(key)->setText(text);
    }

    std::unique_ptr<SourcesDialog> m_dialog;
    QByteArray m_saved;
    QList<SourceConfig> m_tested;
    FutureResult<QString> m_answer;
    bool m_isFull = false;

private Q_SLOTS:
    void init()
    {
        Testing::strict();
        m_isFull = false;
        m_answer = ready<QString>(u"prod answers"_s);
    }
    void cleanup() { m_dialog.reset(); }

    void theFirstSourceIsAdded()
    {
        open({});
        Button *save = child<Button>(u"saveSource"_s);
        QVERIFY(!save->isEnabled());
        fill(u"sourceName"_s, u"prod"_s);
        QVERIFY(!save->isEnabled()); // it has to be somewhere
        fill(u"key url"_s, u"not an address"_s);
        QVERIFY(!save->isEnabled());
        QVERIFY2(words().contains(u"url"), qPrintable(words()));
        fill(u"key url"_s, u"https://control.example"_s);
        child<QComboBox>(u"where token"_s)->setCurrentIndex(1);
        fill(u"key token"_s, u"TOKEN"_s);
        child<QCheckBox>(u"sourceProduction"_s)->setChecked(true);
        QVERIFY2(save->isEnabled(), qPrintable(words()));
        QVERIFY(m_saved.isEmpty());
        save->click();
        QCOMPARE(m_saved, QByteArray("sources:\n  - {name: prod, adapter: wire, url: "
                                     "\"https://control.example\", token: {env: TOKEN}, "
                                     "production: true}\n"));
        // It is there now, and chosen.
        QCOMPARE(child<QListWidget>(u"sourceList"_s)->currentItem()->text(), u"prod"_s);
        QVERIFY(!save->isEnabled());
    }

    void whatIsChangedAloneIsWritten()
    {
        open(written);
        child<QListWidget>(u"sourceList"_s)->setCurrentRow(0);
        QCOMPARE(child<QLineEdit>(u"key url"_s)->text(), u"https://control.example"_s);
        QCOMPARE(child<QLineEdit>(u"key token"_s)->text(), u"TOKEN"_s);
        QVERIFY(!child<QLineEdit>(u"sourceName"_s)->isEnabled());
        fill(u"key url"_s, u"https://other.example"_s);
        child<QComboBox>(u"where token"_s)->setCurrentIndex(0);
        child<Button>(u"saveSource"_s)->click();
        QByteArray expected(written);
        expected.replace("https://control.example", "https://other.example");
        expected.replace(", token: {env: TOKEN}", "");
        QCOMPARE(m_saved, expected);
    }

    void aSourceIsRemoved()
    {
        open(written);
        child<QListWidget>(u"sourceList"_s)->setCurrentRow(0);
        child<Button>(u"removeSource"_s)->click();
        QVERIFY2(!m_saved.contains("prod"), m_saved.constData());
        QVERIFY(m_saved.contains("# our fleet"));
    }

    void aTestAsksWhatIsFilledIn()
    {
        open(written);
        child<QListWidget>(u"sourceList"_s)->setCurrentRow(0);
        fill(u"key url"_s, u"https://other.example"_s);
        child<Button>(u"testSource"_s)->click();
        QCOMPARE(m_tested.size(), 1);
        QCOMPARE(m_tested[0].settings.keys[u"url"_s].toString(), u"https://other.example"_s);
        QCOMPARE(m_tested[0].settings.pollInterval, std::chrono::milliseconds(7'000));
        QTRY_COMPARE(words(), u"prod answers"_s);
        QVERIFY(m_saved.isEmpty());
        m_answer = ready<QString>(fail(ErrorKind::Unauthenticated, u"prod does not know the token"_s));
        child<Button>(u"testSource"_s)->click();
        QTRY_COMPARE(words(), u"prod does not know the token"_s);
    }

    void aLateAnswerToAnotherQuestionIsDropped()
    {
        open(written);
        QPromise<Result<QString>> promise;
        promise.start();
        m_answer = promise.future();
        child<QListWidget>(u"sourceList"_s)->setCurrentRow(0);
        child<Button>(u"testSource"_s)->click();
        child<QListWidget>(u"sourceList"_s)->setCurrentRow(1);
        const QString before = words();
        promise.addResult(u"prod answers"_s);
        promise.finish();
        QCoreApplication::processEvents();
        QCOMPARE(words(), before);
    }

    void whatCannotBeWrittenIsSaidAndStays()
    {
        open(written);
        m_isFull = true;
        child<QListWidget>(u"sourceList"_s)->setCurrentRow(0);
        fill(u"key url"_s, u"https://other.example"_s);
        child<Button>(u"saveSource"_s)->click();
        QVERIFY2(words().contains(u"No space left"), qPrintable(words()));
        QCOMPARE(child<QLineEdit>(u"key url"_s)->text(), u"https://other.example"_s); // still there
    }

    void aBrokenFileIsNotTouched()
    {
        open("sources: [}\n");
        QVERIFY2(words().contains(u"fleet.yaml:1"), qPrintable(words()));
        fill(u"sourceName"_s, u"prod"_s);
        fill(u"key url"_s, u"https://control.example"_s);
        QVERIFY(!child<Button>(u"saveSource"_s)->isEnabled());
    }
};

STAMPDECK_TEST_MAIN(QApplication, TestSourcesDialog)
#include "tst_sourcesdialog.moc"
