// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "controls.h"
#include "replaycontroller.h"

#include <QtWidgets/QAbstractSlider>

class QButtonGroup;

namespace Stampdeck {

/// Time as a slider: how many stamps were unwell at each moment, what happened above it, where
/// nobody recorded, and the moment that is shown. Drag to go there; the wheel zooms time.
///
/// Assistive technology is told of it as "replay", in seconds since the first that is recorded.
class ReplayTrack final : public QAbstractSlider
{
    Q_OBJECT
public:
    // In the bar: the area that is drawn is wider by \ref margin at both ends.
    static constexpr int trackLeft = 276;
    static constexpr int trackRight = 176; ///< From the right edge.
    static constexpr int trackTop = 40;
    static constexpr int trackHeight = 56;
    static constexpr int margin = 24;

    explicit ReplayTrack(ReplayController &replay, QWidget *parent = nullptr);

    /// Where the counts stand, in the coordinates of this widget.
    [[nodiscard]] QRectF track() const;
    [[nodiscard]] double xOf(Timestamp time) const;
    [[nodiscard]] Timestamp timeAt(double x) const;
    /// How far apart ticks are, and labels: of the view as it is.
    [[nodiscard]] std::pair<std::chrono::milliseconds, std::chrono::milliseconds> steps() const;

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void leaveEvent(QEvent *event) override;
    bool event(QEvent *event) override;
    void sliderChange(SliderChange change) override;

private:
    /// Marks so near to each other that they have one place.
    struct Place
    {
        double x = 0;
        Timestamp at; ///< Of the first.
        QList<const HistoryTimeline::Mark *> marks; ///< The one that counts most first.
    };
    void refresh();
    [[nodiscard]] QList<Place> places() const;
    [[nodiscard]] const Place *placeAt(const QList<Place> &all, const QPointF &point) const;
    void paintCounts(QPainter &painter, const QRectF &track) const;
    void paintGaps(QPainter &painter, const QRectF &track) const;
    void paintPlaces(QPainter &painter, const QRectF &track) const;
    void paintAxis(QPainter &painter, const QRectF &track) const;

    ReplayController &m_replay;
    std::optional<double> m_hover;
    std::optional<double> m_panFrom; // pixels
    bool m_isScrubbing = false;
    bool m_isSetting = false; // our own setValue()
};

/// The bar at the foot of the window while the past is shown (look.md, section 11).
class ReplayBar final : public Surface
{
    Q_OBJECT
public:
    static constexpr int barHeight = 140;
    static constexpr std::array<int, 5> speeds = {1, 4, 16, 60, 600};

    explicit ReplayBar(ReplayController &replay, QWidget *parent = nullptr);

    [[nodiscard]] ReplayTrack *track() const { return m_track; }
    /// Whose changes one steps through: a stamp's name; empty for everybody's.
    void setSteps(const QString &name);

Q_SIGNALS:
    void stepRequested(bool forward);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    class PlayButton;
    void refresh();
    ReplayController &m_replay;
    Button *m_back;
    PlayButton *m_play;
    Button *m_forward;
    ReplayTrack *m_track;
    QButtonGroup *m_speeds;
};

/// The banner over the whole width of the window while the past is shown: when, how long ago, and
/// that nothing can be done.
class PastBanner final : public Surface
{
    Q_OBJECT
public:
    static constexpr int bannerHeight = 40;

    explicit PastBanner(ReplayController &replay, QWidget *parent = nullptr);
    [[nodiscard]] QString words() const;
    void setComparing(bool comparing);

Q_SIGNALS:
    void liveRequested();
    void compareRequested();
    void linkRequested();
    void rehearsalRequested();

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void refresh();
    ReplayController &m_replay;
    Button *m_compare;
    Button *m_link;
    Button *m_rehearse;
    Button *m_live;
};

/// Three pixels round the whole window while the past is shown. Lets the pointer through.
class PastFrame final : public QWidget
{
    Q_OBJECT
public:
    static constexpr int frameWidth = 3;
    explicit PastFrame(QWidget *parent);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
};

} // namespace Stampdeck
