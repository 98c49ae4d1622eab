// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>

namespace Stampdeck::Testing {

/// Where a test leaves what somebody is to look at: beside the build, or in STAMPDECK_PICTURES. It is
/// there.
inline QString picturesFolder()
{
    const QString chosen = qEnvironmentVariable("STAMPDECK_PICTURES");
    const QString path = chosen.isEmpty()
        ? QString(QCoreApplication::applicationDirPath() + QStringLiteral("/../pictures"))
        : chosen;
    QDir().mkpath(path);
    return QDir::cleanPath(path);
}
/// A file there.
inline QString pictureFile(const QString &name)
{
    return QDir(picturesFolder()).filePath(name);
}

} // namespace Stampdeck::Testing
