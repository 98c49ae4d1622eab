// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <backends/api/adapter.h>

/// A fleet that a JSON file describes. Reads the file when it is polled, and writes cordons into
/// it.
///
/// Lives in its source's thread; its host deletes it. Replace what it does with the file by what
/// your backend needs: with a network, by an HttpClient of backends/net.
class TemplateAdapter final : public Stampdeck::FleetAdapter
{
    Q_OBJECT
public:
    /// \a clock outlives the adapter.
    TemplateAdapter(const QString &name, const QString &file, Stampdeck::Clock &clock);

    [[nodiscard]] Stampdeck::Capabilities capabilities() const override;
    [[nodiscard]] Stampdeck::FutureResult<Stampdeck::FleetUpdate>
    poll(const QString &endpoint) override;
    [[nodiscard]] Stampdeck::FutureResult<Stampdeck::WriteOutcome>
    perform(const Stampdeck::Primitive &primitive, const Stampdeck::WriteContext &context) override;
    [[nodiscard]] Stampdeck::FutureResult<Stampdeck::WriteOutcome>
    observe(const Stampdeck::Primitive &primitive, const Stampdeck::WriteContext &context,
            const QString &handle) override;

private:
    [[nodiscard]] Stampdeck::Result<Stampdeck::WriteOutcome>
    setCordoned(const QString &stamp, bool cordoned, const Stampdeck::WriteContext &context);

    const QString m_name; ///< Of the source, for messages.
    const QString m_file;
    Stampdeck::Clock &m_clock;
    QString m_told; ///< The revision of what was told last; empty before the first answer.
};
