// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "controls.h"
#include "deck.h"

namespace Stampdeck {

class PressAreas;

/// The views at the left: Map, Stamps, Tenants, Incidents, Operations, Audit, and the settings at the foot.
class ViewRail final : public Surface
{
    Q_OBJECT
public:
    enum class View : quint8 { Map, Stamps, Tenants, Incidents, Operations, Audit };

    explicit ViewRail(QWidget *parent = nullptr);
    [[nodiscard]] View current() const { return m_current; }
    void setCurrent(View view);
    void setBadge(View view, int count); ///< 0 for none.

Q_SIGNALS:
    void currentChanged(Stampdeck::ViewRail::View view);
    void settingsPressed();

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    class Item;
    View m_current = View::Map;
    QList<Item *> m_items;
    Button *m_settings;
};

/// How every source is doing, and the state of audit and journal at the right.
class StatusBar final : public Surface
{
    Q_OBJECT
public:
    explicit StatusBar(Deck &deck, QWidget *parent = nullptr);
    /// "Audit chain verified": empty while nobody has looked.
    void setAudit(const QString &words, bool isBroken);
    void setJournal(const QString &words);
    /// What is at the pointer's place, for a source: name, age, error.
    [[nodiscard]] QString lineOf(const SourceState &source) const;

Q_SIGNALS:
    /// Somebody wants to know more of a source; where it has no place of its own, of which is asked
    /// at \a at.
    void sourceActivated(const QString &source);
    void sourcesWanted(const QPoint &at);

protected:
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;

private:
    void refresh();
    Deck &m_deck;
    QString m_audit;
    QString m_journal;
    bool m_auditBroken = false;
    QList<std::pair<QRect, QString>> m_tips;
    void press(int place);
    QList<std::pair<QRect, QString>> m_places; // of the sources; without a name for the others
    PressAreas *m_areas;
};

/// A strip of 36 above the canvas: what is wrong, and what one can do about it. Hidden while there is
/// nothing to say.
class NoticeStrip final : public Surface
{
    Q_OBJECT
public:
    explicit NoticeStrip(QWidget *parent = nullptr);
    /// Empty \a text hides it. \a retry: shows "Retry".
    void setNotice(const QString &text, const QString &details = {}, bool retry = false);
    [[nodiscard]] QString text() const;

Q_SIGNALS:
    void retryPressed();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    TextLine *m_text;
    Button *m_retry;
    Button *m_details;
    QString m_more;
};

/// How one says that a source is down: "prod: certificate expired on 2026-11-21. Showing what was
/// seen 4 min ago. Trying again in 8 s." Empty while it is well.
[[nodiscard]] QString noticeOf(const SourceState &source, std::chrono::milliseconds now);
/// The lines behind it: what happened, where, what the library said, and what one can do. Empty
/// while it is well.
[[nodiscard]] QString noticeDetailsOf(const SourceState &source);

} // namespace Stampdeck
