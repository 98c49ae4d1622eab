// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/stampdeck/mainwindow.h"

#include "models/historyrecorder.h"

#include "tests/widgets/deckfixture.h"

#include <QtCore/QPointer>

#include <memory>

namespace Stampdeck::Testing {

/// A window on a fleet that holds still, and has one of everything: each health, each lifecycle, long
/// names, full stamps, tenants of all tiers and bounds. GUI thread.
struct Gallery
{
    /// Without \a filled the source has not answered yet.
    Gallery(bool filled, bool production);
    ~Gallery();

    /// What is to be looked at: the window, or what was opened over it.
    [[nodiscard]] QWidget *front() const;
    void trigger(const char *action) const;
    /// Waits until nothing waits to be painted or computed.
    void settle() const;

    DeckFixture fixture;
    std::unique_ptr<HistoryRecorder> recorder; ///< Where a state needs a past.
    std::unique_ptr<MainWindow> window;
    QPointer<QWidget> opened; ///< A window of its own, such as the wall.
};

/// One state of the window that somebody can meet.
struct GalleryState
{
    const char *name;
    void (*arrange)(Gallery &gallery);
    bool filled = true; ///< The source has answered.
    bool production = false;
};
/// All of them.
[[nodiscard]] const QList<GalleryState> &galleryStates();

} // namespace Stampdeck::Testing
