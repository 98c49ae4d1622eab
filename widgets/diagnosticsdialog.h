// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deck.h"
#include "framedialog.h"

namespace Stampdeck {

class Button;
class TextLine;

/// How one source is doing: instance, interval, skew, each endpoint's breaker and age, and the last
/// 100 requests with time, size, duration and what came of them. Asks again each second while it
/// is open. GUI thread; deletes itself when it is closed.
class DiagnosticsDialog final : public FrameDialog
{
    Q_OBJECT
public:
    DiagnosticsDialog(Deck &deck, const QString &source, QWidget *parent = nullptr);
    ~DiagnosticsDialog() override;

    [[nodiscard]] const std::optional<SourceDiagnostics> &shown() const { return m_shown; }

Q_SIGNALS:
    void refreshRequested(const QString &source);

protected:
    void paintContent(QPainter &painter) override;

private:
    class Facts;
    class EndpointTable;
    class RequestTable;
    void ask();
    void fill(const SourceDiagnostics &diagnostics);

    Deck &m_deck;
    QString m_source;
    bool m_asking = false;
    std::optional<SourceDiagnostics> m_shown;
    TextLine *m_line;
    TextLine *m_count;
    Facts *m_facts;
    EndpointTable *m_endpoints;
    RequestTable *m_requests;
    Button *m_refresh;
};

} // namespace Stampdeck
