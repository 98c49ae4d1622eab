// SPDX-License-Identifier: GPL-3.0-or-later
#include "secretstore.h"

#include <QtConcurrent/QtConcurrentRun>
#include <QtCore/QCoreApplication>
#include <QtCore/QFile>

#include <qt6keychain/keychain.h>

#include <array>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Secrets)
};

constexpr std::array<QLatin1StringView, 3> kindWords = {"keychain"_L1, "env"_L1, "file"_L1};

Result<Secret> readFile(const QString &path)
{
    constexpr qint64 largest = 64 << 10;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return fail(file.exists() ? ErrorKind::Denied : ErrorKind::NotFound,
                    Words::tr("the file %1 can't be read").arg(path), file.errorString());
    }
    QByteArray bytes = file.read(largest + 1);
    if (bytes.size() > largest)
        return fail(ErrorKind::Invalid,
                    Words::tr("the file %1 is too large for a secret").arg(path));
    while (bytes.endsWith('\n') || bytes.endsWith('\r'))
        bytes.chop(1);
    if (bytes.isEmpty())
        return fail(ErrorKind::NotFound, Words::tr("the file %1 is empty").arg(path));
    return Secret(QString::fromUtf8(bytes));
}

Result<Secret> readEnvironment(const QString &name)
{
    const QString value = qEnvironmentVariable(name.toUtf8().constData());
    if (value.isEmpty())
        return fail(ErrorKind::NotFound,
                    Words::tr("the environment variable %1 is not set").arg(name));
    return Secret(value);
}

/// Tells QtKeychain's service and key out of "service/key".
std::pair<QString, QString> keychainPlace(const QString &name)
{
    const qsizetype slash = name.indexOf(u'/');
    if (slash < 0)
        return {u"stampdeck"_s, name};
    return {name.left(slash), name.mid(slash + 1)};
}

Error keychainError(const QKeychain::Job &job, const QString &name)
{
    switch (job.error()) {
    case QKeychain::EntryNotFound:
        return Error::of(ErrorKind::NotFound, Words::tr("the keychain has no %1").arg(name),
                         job.errorString());
    case QKeychain::AccessDenied:
    case QKeychain::AccessDeniedByUser:
        return Error::of(ErrorKind::Denied, Words::tr("the keychain does not give %1").arg(name),
                         job.errorString());
    case QKeychain::NoBackendAvailable:
    case QKeychain::NotImplemented:
        return Error::of(
            ErrorKind::Unreachable,
            Words::tr("there is no keychain here to read %1 from; {env: …} and {file: …} do "
                      "without")
                .arg(name),
            job.errorString());
    default:
        return Error::of(ErrorKind::Unreachable,
                         Words::tr("the keychain did not answer about %1").arg(name),
                         job.errorString());
    }
}

/// The one end of a job: a job that is deleted before, with its parent, ends the promise too.
template<typename T>
class Ending
{
public:
    Ending() { m_promise.start(); }
    Ending(const Ending &) = delete;
    Ending &operator=(const Ending &) = delete;
    ~Ending() { with(fail(Error::cancelled())); }

    [[nodiscard]] FutureResult<T> future() { return m_promise.future(); }
    void with(Result<T> result)
    {
        if (!std::exchange(m_done, true)) {
            m_promise.addResult(std::move(result));
            m_promise.finish();
        }
    }

private:
    QPromise<Result<T>> m_promise;
    bool m_done = false;
};

/// Runs \a job, which deletes itself; \a value makes the result of one that went well.
template<typename T, typename Job, typename Value>
FutureResult<T> runJob(Job *job, const QString &name, QObject *context, Value value)
{
    job->setInsecureFallback(false);
    job->setParent(context);
    auto ending = std::make_shared<Ending<T>>();
    QObject::connect(job, &QKeychain::Job::finished, job, [job, name, ending, value] {
        if (job->error() == QKeychain::NoError)
            ending->with(value(*job));
        else
            ending->with(fail(keychainError(*job, name)));
    });
    job->start();
    return ending->future();
}

} // namespace

QString toString(SecretRef::Kind kind)
{
    return kindWords.at(size_t(kind));
}

std::optional<SecretRef::Kind> secretKindFromString(QStringView word)
{
    for (size_t i = 0; i < kindWords.size(); ++i) {
        if (kindWords[i] == word)
            return SecretRef::Kind(i);
    }
    return std::nullopt;
}

FutureResult<Secret> SystemSecretStore::read(const SecretRef &ref)
{
    switch (ref.kind) {
    case SecretRef::Kind::Environment:
        return ready(readEnvironment(ref.name));
    case SecretRef::Kind::File:
        // A file may lie on a disk that sleeps or on a network.
        return QtConcurrent::run([path = ref.name] { return readFile(path); });
    case SecretRef::Kind::Keychain:
        break;
    }
    const auto [service, key] = keychainPlace(ref.name);
    auto *job = new QKeychain::ReadPasswordJob(service);
    job->setKey(key);
    return runJob<Secret>(job, ref.name, this, [](const QKeychain::ReadPasswordJob &done) {
        return Secret(done.textData());
    });
}

FutureResult<bool> SystemSecretStore::write(const SecretRef &ref, const Secret &secret)
{
    if (ref.kind != SecretRef::Kind::Keychain) {
        return ready<bool>(
            fail(ErrorKind::Unsupported, Words::tr("a secret is only written into the keychain")));
    }
    const auto [service, key] = keychainPlace(ref.name);
    auto *job = new QKeychain::WritePasswordJob(service);
    job->setKey(key);
    job->setTextData(secret.reveal());
    return runJob<bool>(job, ref.name, this,
                        [](const QKeychain::WritePasswordJob &) { return true; });
}

FutureResult<SourceSettings> resolveSecrets(const SourceSettings &settings, SecretStore &store)
{
    for (auto key = settings.keys.cbegin(); key != settings.keys.cend(); ++key) {
        if (!key->canConvert<SecretRef>())
            continue;
        const QString name = key.key();
        return store.read(key->value<SecretRef>())
            .then(&store,
                  [settings, name, &store](const Result<Secret> &secret) {
                      if (!secret) {
                          Error error = secret.error();
                          error.message = settings.name + u": "_s + name + u": "_s + error.message;
                          return ready<SourceSettings>(fail(error));
                      }
                      SourceSettings next = settings;
                      next.keys[name] = QVariant::fromValue(*secret);
                      return resolveSecrets(next, store);
                  })
            .unwrap();
    }
    return ready<SourceSettings>(settings);
}

} // namespace Stampdeck
