// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include <sys/stat.h>

namespace Stampdeck::Testing {

/// The sound device of this process while it lives, by ALSA's own configuration: what is played lies in
/// a file, as signed 16 bit samples, sooner than it would take to hear it. Nothing may play when it is
/// made or goes: it changes the environment.
class SoundDevice
{
public:
    enum class Kind : quint8 {
        File,
        Stuck, ///< A pipe: takes nothing until somebody reads path(), and no more than is read.
        None, ///< There is no sound device.
    };

    explicit SoundDevice(Kind kind = Kind::File)
        : m_before(qgetenv("ALSA_CONFIG_PATH"))
    {
        const QString config = m_dir.filePath(QStringLiteral("alsa.conf"));
        QFile file(config);
        if (!file.open(QIODevice::WriteOnly))
            qFatal("%s", qPrintable(file.errorString()));
        if (kind != Kind::None)
            file.write("pcm.!default { type file format raw slave.pcm { type null } file \""
                       + path().toLocal8Bit() + "\" }\n");
        if (kind == Kind::Stuck && mkfifo(path().toLocal8Bit().constData(), S_IRUSR | S_IWUSR) != 0)
            qFatal("A pipe cannot be made");
        qputenv("ALSA_CONFIG_PATH", config.toLocal8Bit());
        qputenv("CANBERRA_DRIVER", "alsa");
        qputenv("XDG_CACHE_HOME", m_dir.path().toLocal8Bit()); // where libcanberra notes its finds
    }
    ~SoundDevice()
    {
        if (m_before.isEmpty())
            qunsetenv("ALSA_CONFIG_PATH");
        else
            qputenv("ALSA_CONFIG_PATH", m_before);
        qunsetenv("XDG_CACHE_HOME");
    }
    Q_DISABLE_COPY_MOVE(SoundDevice)

    [[nodiscard]] QString path() const { return m_dir.filePath(QStringLiteral("played")); }
    /// Somebody has opened it.
    [[nodiscard]] bool wasUsed() const { return QFile::exists(path()); }
    [[nodiscard]] QByteArray played() const
    {
        QFile file(path());
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    /// The loudest sample of \a played: 0 is silence, 32,768 as loud as can be.
    [[nodiscard]] static int loudest(const QByteArray &played)
    {
        std::vector<qint16> samples(size_t(played.size()) / sizeof(qint16));
        std::copy_n(played.constData(), samples.size() * sizeof(qint16),
                    reinterpret_cast<char *>(samples.data()));
        int loudest = 0;
        for (const qint16 sample : samples)
            loudest = std::max(loudest, std::abs(int(sample)));
        return loudest;
    }
    [[nodiscard]] int loudest() const { return loudest(played()); }

private:
    QTemporaryDir m_dir;
    QByteArray m_before;
};

} // namespace Stampdeck::Testing
