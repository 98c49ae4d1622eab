// SPDX-License-Identifier: GPL-3.0-or-later
#include "language.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QLibraryInfo>
#include <QtCore/QPointer>
#include <QtCore/QStandardPaths>
#include <QtCore/QTranslator>

#include <memory>
#include <utility>

namespace Stampdeck::Language {

using namespace Qt::StringLiterals;

namespace {

constexpr auto prefix = "stampdeck_"_L1;

/// The catalogues that are installed; the application owns them.
QList<QPointer<QTranslator>> &installed()
{
    static QList<QPointer<QTranslator>> all;
    return all;
}

/// Installs the first catalogue that fits; the application deletes it.
bool installFrom(const QStringList &folders, const QLocale &locale, const QString &file)
{
    auto translator = std::make_unique<QTranslator>();
    for (const QString &folder : folders) {
        // A catalogue of nothing but “en” is no translation of another language.
        if (translator->load(locale, file, u"_"_s, folder)
            && QLocale(translator->language()).language() == locale.language()) {
            translator->setParent(QCoreApplication::instance());
            installed().append(translator.get());
            return QCoreApplication::installTranslator(translator.release());
        }
    }
    return false;
}

/// C's numbers have no groups unless one asks.
void setLocale(QLocale locale)
{
    if (locale.language() == QLocale::C)
        locale.setNumberOptions(QLocale::DefaultNumberOptions);
    QLocale::setDefault(locale);
}

// The plural forms, which no source text has, for whatever another catalogue lacks.
void installEnglish()
{
    for (const QPointer<QTranslator> &before : std::exchange(installed(), {}))
        delete before; // takes itself out of the application
    installFrom({u":/stampdeck/translations"_s}, QLocale(QLocale::English), u"stampdeck"_s);
}

} // namespace

void installPlain()
{
    setLocale(QLocale::c());
    installEnglish();
}

bool install(const QString &name)
{
    const QLocale desktop = QLocale::system();
    installEnglish();
    // $LANGUAGE, which may name several, comes before the locale of numbers and times.
    const QStringList wanted = name.isEmpty() ? desktop.uiLanguages() : QStringList{name};
    const bool isOther = !name.isEmpty() && QLocale(name).language() != desktop.language();
    setLocale(isOther ? QLocale(name) : desktop);
    for (const QString &language : wanted) {
        const QLocale locale(language);
        if (locale.language() == QLocale::English)
            return true;
        if (locale.language() == QLocale::C || !installFrom(folders(), locale, u"stampdeck"_s))
            continue;
        // Qt's own words: “Cancel”, “Copy”. Those that are installed later win.
        installFrom({QLibraryInfo::path(QLibraryInfo::TranslationsPath)}, locale, u"qtbase"_s);
        return true;
    }
    return name.isEmpty();
}

QStringList known()
{
    QStringList names{u"en"_s};
    for (const QString &folder : folders()) {
        for (const QString &file : QDir(folder).entryList({prefix + u"*.qm"_s}, QDir::Files)) {
            const QString name = file.mid(prefix.size()).chopped(3);
            if (!names.contains(name))
                names.append(name);
        }
    }
    names.sort();
    return names;
}

QStringList folders()
{
    QStringList all{QCoreApplication::applicationDirPath() + u"/../share/stampdeck/translations"_s};
    all += QStandardPaths::locateAll(QStandardPaths::GenericDataLocation,
                                     u"stampdeck/translations"_s, QStandardPaths::LocateDirectory);
    all.append(u":/stampdeck/translations"_s);
    all.removeDuplicates();
    return all;
}

} // namespace Stampdeck::Language
