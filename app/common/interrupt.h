// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>

#include <optional>

class QSocketNotifier;

namespace Stampdeck {

/// SIGINT and SIGTERM, told in the thread that made it instead of ending the process. One at a time
/// in a process; with its end both do what they did before. The one place that knows how this
/// system interrupts.
class Interrupt final : public QObject
{
    Q_OBJECT
public:
    explicit Interrupt(QObject *parent = nullptr);
    ~Interrupt() override;

    /// How often one of them came.
    [[nodiscard]] int count() const { return m_count; }
    /// A line from the terminal without its end; nothing when the input ended or one of the
    /// signals came meanwhile.
    [[nodiscard]] std::optional<QString> readLine();

Q_SIGNALS:
    void interrupted();

private:
    void take();

    int m_count = 0;
    int m_pipe[2] = {-1, -1};
    QSocketNotifier *m_notifier = nullptr;
};

} // namespace Stampdeck
