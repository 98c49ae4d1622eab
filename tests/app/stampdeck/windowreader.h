// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/fleetversion.h"
#include "models/plugincatalog.h"

#include <QtCore/QSet>

/// Reads what the windows say in a language that is made up (pseudolanguage.h), for words that are
/// not in it and for words that have no room. GUI thread.
namespace Stampdeck::Testing {

struct DrawnLine;

/// The words that belong to no language: names, ids and versions of a fleet, units, keys.
class Names
{
public:
    Names();
    void add(const QString &text);
    void add(const FleetVersion &fleet);
    void add(const std::vector<AdapterInfo> &adapters);
    /// The first word of \a text that nobody translated; empty when there is none.
    [[nodiscard]] QString foreignWord(const QString &text) const;

private:
    QSet<QString> m_words;
};

/// What is wrong with what is on screen, by where it was found; each once.
class Findings
{
public:
    void add(const QString &where, const QString &what);
    [[nodiscard]] const QStringList &all() const { return m_all; }

private:
    QSet<QString> m_known;
    QStringList m_all;
};

class WindowReader
{
public:
    /// Reads every window that is shown, by its widgets and by the lines that they draw.
    void look(const QString &where);
    /// Reads \a text, which is said somewhere. An empty one says nothing.
    void read(const QString &where, const QString &text);
    /// Reads message, refusals and their advice; the detail is for the log.
    void read(const QString &where, const Error &error);
    /// Forgets what was found and what it was told of names.
    void start();

    Names names;
    [[nodiscard]] const QStringList &untranslated() const { return m_untranslated.all(); }
    [[nodiscard]] const QStringList &cramped() const { return m_cramped.all(); }

private:
    void judge(const QString &where, const QList<DrawnLine> &lines);

    Findings m_untranslated;
    Findings m_cramped;
};

} // namespace Stampdeck::Testing
