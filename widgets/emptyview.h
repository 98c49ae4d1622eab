// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "controls.h"

namespace Stampdeck {

/// In place of the map while there is nothing to show: no source, or nothing heard from any yet.
class EmptyView final : public Surface
{
    Q_OBJECT
public:
    explicit EmptyView(QWidget *parent = nullptr);
    enum class Offer : quint8 { Nothing, Configuration, DemoAndConfiguration };
    void show(const QString &head, const QString &line, Offer offer);

Q_SIGNALS:
    void demoRequested();
    void sourceRequested();
    void configurationRequested();

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void place();

    QString m_head;
    QString m_line;
    Button *m_add;
    Button *m_demo;
    Button *m_edit;
};

} // namespace Stampdeck
