// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "controls.h"
#include "deck.h"

#include "models/querycompleter.h"

#include <QtWidgets/QLineEdit>

class QCompleter;
class QStringListModel;

namespace Stampdeck {

class PressAreas;

/// The search box: keys in colour, completion, hits at the right, an error underlined.
class SearchBox final : public QLineEdit
{
    Q_OBJECT
public:
    explicit SearchBox(QWidget *parent = nullptr);

    /// What completion offers values from.
    void setVocabulary(const std::shared_ptr<const QueryVocabulary> &vocabulary);
    /// "12 stamps"; empty shows the key that gets here.
    void setHits(const QString &hits);
    /// What is wrong with the text; nothing while it can be read.
    [[nodiscard]] const std::optional<QueryError> &fault() const { return m_fault; }
    [[nodiscard]] const Query &query() const { return m_query; }

Q_SIGNALS:
    /// The query is another one; of a text that cannot be read it is Query::notUnderstood().
    void queryChanged(const Stampdeck::Query &query);

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;

private:
    void read();
    void color();
    void offer();
    void take(int row);

    std::shared_ptr<const QueryVocabulary> m_vocabulary;
    QueryCompletions m_offered;
    std::optional<QueryError> m_fault;
    Query m_query;
    QString m_hits;
    QStringListModel *m_words;
    QCompleter *m_completer;
    bool m_coloring = false;
};

/// How many stamps are in which state: glyph, number, word, and a bar. A click filters.
class FleetStrip final : public QWidget
{
    Q_OBJECT
public:
    explicit FleetStrip(QWidget *parent = nullptr);
    void setCounts(const FleetCounts &counts);
    void setWords(bool words); ///< Whether there is room for the words.

Q_SIGNALS:
    void clicked(const QString &query); ///< "health:degraded".

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    bool event(QEvent *event) override;

private:
    struct Bucket
    {
        std::optional<Health> health; ///< Nothing: those that are stale.
        int count = 0;
        QString word;
        QRectF top, bar;
    };
    [[nodiscard]] QList<Bucket> buckets() const;
    [[nodiscard]] static QString queryOf(const Bucket &bucket);
    void placeAreas();
    FleetCounts m_counts;
    bool m_words = true;
    PressAreas *m_areas;
};

/// "Live" and the clock, which ticks; or the plate that says which moment of the past is shown. A
/// click asks for the past, or for now.
class LiveClock final : public QWidget
{
    Q_OBJECT
public:
    static constexpr QSize plateSize{196, 30};

    explicit LiveClock(Clock &clock, QWidget *parent = nullptr);
    void setSeconds(bool seconds);
    void setPast(bool past);
    void refresh();
    QSize sizeHint() const override;

Q_SIGNALS:
    void pressed();

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;

private:
    void tick();
    void paintPlate(QPainter &painter) const;
    [[nodiscard]] double timeAt() const;
    Clock &m_clock;
    bool m_seconds = true;
    bool m_past = false;
};

class ActionRegistry;

/// The bar at the top of the window (look.md, section 4).
class TopBar final : public Surface
{
    Q_OBJECT
public:
    TopBar(Deck &deck, ActionRegistry &actions, QWidget *parent = nullptr);

    [[nodiscard]] SearchBox *search() const { return m_search; }
    [[nodiscard]] FleetStrip *strip() const { return m_strip; }
    void setNews(bool news); ///< A dot on the bell.
    [[nodiscard]] LiveClock *clock() const { return m_clock; }

Q_SIGNALS:
    void bellPressed();

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void arrange();
    Deck &m_deck;
    SearchBox *m_search;
    Button *m_actions;
    LiveClock *m_clock;
    FleetStrip *m_strip;
    Button *m_bell;
    Button *m_theme;
    Button *m_panel;
};

} // namespace Stampdeck
