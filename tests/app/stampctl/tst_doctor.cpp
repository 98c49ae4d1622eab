// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/stampd/stampdprogram.h"
#include "tests/support/program.h"
#include "tests/support/testmain.h"

#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QTemporaryDir>
#include <QtCore/QUrl>
#include <QtNetwork/QTcpServer>

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using Testing::Ended;

/// `stampctl doctor` over sources that answer, refuse and are not there.
class TestDoctor : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        Testing::strict();
        m_dir = std::make_unique<QTemporaryDir>();
        QVERIFY(m_dir->isValid());
        m_environment = Testing::environmentIn(*m_dir);
    }

    void whatIsWellIsSaidToBe()
    {
        const Ended is = doctor({u"--source"_s, u"demo:simulator=3,calm=true"_s});
        QVERIFY2(is.status == 0, is.text().constData());
        QVERIFY2(is.out.contains("answers"), is.text().constData());
        QVERIFY2(is.out.contains("nothing has been recorded yet"), is.text().constData());
        // It looks and leaves nothing behind.
        QVERIFY(!QFile::exists(m_dir->filePath(u"state/stampdeck/journal.db"_s)));
    }

    void whatIsWrongIsNamedWithWhatMendsIt()
    {
        write(u"fleet.yaml"_s, "sources:\n  - {name: prod, adapter: rest, url: 7}\n");
        const Ended file = doctor({u"--config"_s, m_dir->filePath(u"fleet.yaml"_s)});
        QVERIFY2(file.status == 2, file.text().constData());
        QVERIFY2(file.out.contains("fleet.yaml:2:"), file.text().constData());
        // The rest is looked at all the same.
        QVERIFY2(file.out.contains("simulator"), file.text().constData());

        QTcpServer nobody; // takes a port, and is gone
        QVERIFY(nobody.listen(QHostAddress::LocalHost));
        const QString gone = u"gone:rest=http://127.0.0.1:%1"_s.arg(nobody.serverPort());
        nobody.close();
        const Ended dead = doctor({u"--source"_s, gone, u"--source"_s, u"demo:simulator=3,calm=true"_s});
        QVERIFY2(dead.status == 5, dead.text().constData());
        QVERIFY2(dead.out.contains("look at its address"), dead.text().constData());
        QVERIFY2(dead.out.contains("answers"), dead.text().constData());

        QVERIFY(QDir().mkpath(m_dir->filePath(u"broken"_s)));
        write(u"broken/journal.db"_s, QByteArray(4096, 'x'));
        const Ended journal = doctor({u"--source"_s, u"demo:simulator=3,calm=true"_s, u"--state-dir"_s,
                                      m_dir->filePath(u"broken"_s)});
        QVERIFY2(journal.status == 5, journal.text().constData());
        QVERIFY2(journal.out.contains("is not a database of Stampdeck"), journal.text().constData());

        const Ended secret =
            doctor({u"--source"_s, u"prod:rest=http://127.0.0.1:1,token.env=STAMPDECK_NOT_SET"_s});
        QVERIFY2(secret.status == 2, secret.text().constData());
        QVERIFY2(secret.out.contains("STAMPDECK_NOT_SET"), secret.text().constData());
    }

    // Every secret that it was given, in every form in which it may travel, is in none of what it
    // prints and writes.
    void theBundleHoldsNoSecret()
    {
        const QString byEnvironment = u"env-token-\"quoted\"-77"_s;
        const QString byFile = u"file+token/77=="_s;
        const QString inQuery = u"query-token-77"_s;
        write(u"tokens"_s, QByteArray("file+token/77== ann operator\n"));
        write(u"secret"_s, byFile.toUtf8() + '\n');
        m_environment.insert(u"STAMPDECK_TEST_TOKEN"_s, byEnvironment);
        m_environment.insert(u"STAMPDECK_TEST_WORD"_s, u"grade"_s); // as the bundle's own keys are
        Testing::Stampd stampd;
        QVERIFY(stampd.start({u"--token-file"_s, m_dir->filePath(u"tokens"_s), u"--stamps"_s, u"3"_s}));
        const QString bundle = m_dir->filePath(u"bundle.json"_s);
        const Ended is = doctor(
            {u"--source"_s,
             u"good:rest="_s + stampd.url + u",token.file="_s + m_dir->filePath(u"secret"_s),
             u"--source"_s, u"wrong:rest="_s + stampd.url + u",token.env=STAMPDECK_TEST_TOKEN"_s,
             u"--source"_s, u"word:rest="_s + stampd.url + u",token.env=STAMPDECK_TEST_WORD"_s,
             u"--source"_s, u"query:rest="_s + stampd.url + u"?key="_s + inQuery,
             u"--bundle"_s, bundle});
        QVERIFY2(is.status == 6, is.text().constData());
        QFile file(bundle);
        QVERIFY2(file.open(QFile::ReadOnly), is.text().constData());
        const QByteArray text = file.readAll();
        const QJsonObject json = QJsonDocument::fromJson(text).object();
        QVERIFY2(!json.isEmpty(), text.constData());
        QVERIFY(!(file.permissions() & (QFile::ReadGroup | QFile::ReadOther)));
        // A password in an address is refused, and not repeated.
        const QString inAddress = u"addr-pass-77"_s;
        const QString inProxy = u"proxy-pass-77"_s;
        const Ended address =
            doctor({u"--source"_s, u"a:rest=http://me:"_s + inAddress + u"@127.0.0.1:1"_s});
        const Ended proxy = doctor({u"--source"_s, u"p:rest=http://stamps.invalid,proxy=http://me:"_s
                                                       + inProxy + u"@127.0.0.1:1"_s});
        QVERIFY2(address.status == 2, address.text().constData());

        for (const QString &secret : {byEnvironment, byFile, inQuery, inAddress, inProxy}) {
            QByteArray quoted = secret.toUtf8();
            quoted.replace('"', "\\\"");
            for (const QByteArray &form :
                 {secret.toUtf8(), quoted, QUrl::toPercentEncoding(secret), secret.toUtf8().toBase64()}) {
                for (const QByteArray &where : {text, is.out, is.err, address.out, address.err, proxy.out,
                                                proxy.err})
                    QVERIFY2(!where.contains(form), QByteArray(form + " in " + where).constData());
            }
        }
        // It is worth sending: what was asked, how long it took, what is wrong.
        QVERIFY2(text.contains("/v1/fleet"), text.constData());
        QVERIFY2(text.contains("STAMPDECK_TEST_TOKEN"), text.constData()); // where, not what
        const QJsonArray sources = json[u"sources"_s].toArray();
        QVERIFY(!sources.isEmpty());
        QVERIFY(!sources[0][u"requests"_s].toArray().isEmpty());
        QVERIFY(sources[0][u"requests"_s][0][u"status"_s].toInt() == 200);
        const QJsonArray findings = json[u"findings"_s].toArray();
        const auto wrong = std::find_if(findings.begin(), findings.end(), [](const QJsonValue &finding) {
            return finding[u"subject"_s] == QJsonValue(u"source wrong"_s);
        });
        QVERIFY(wrong != findings.end());
        QCOMPARE((*wrong)[u"grade"_s], QJsonValue(u"wrong"_s));
        QVERIFY((*wrong)[u"fix"_s].toString().contains(u"token"_s));
    }

private:
    void write(const QString &name, const QByteArray &text)
    {
        QFile file(m_dir->filePath(name));
        QVERIFY(file.open(QFile::WriteOnly));
        file.write(text);
    }
    [[nodiscard]] Ended doctor(const QStringList &options) const
    {
        return Testing::run(QStringLiteral(STAMPDECK_BIN_DIR "/stampctl"),
                            QStringList{u"doctor"_s} + options, m_environment);
    }

    std::unique_ptr<QTemporaryDir> m_dir;
    QProcessEnvironment m_environment;
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestDoctor)
#include "tst_doctor.moc"
