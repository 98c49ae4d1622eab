// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "framedialog.h"

#include "models/fleetconfig.h"
#include "models/plugincatalog.h"

#include <functional>

class QCheckBox;
class QComboBox;
class QLineEdit;
class QListWidget;

namespace Stampdeck {

class Button;
class TextLine;

/// What the dialog works on, and what only the program can do.
struct SourcesAccess
{
    QString file; ///< Where the configuration is kept.
    QByteArray text; ///< As it stands there; empty for none yet.
    std::vector<AdapterInfo> adapters; ///< That are installed.
    /// Opens a source for a moment and looks: what is there in words, or what is wrong.
    std::function<FutureResult<QString>(const SourceConfig &source)> test;
    std::function<Result<void>(const QByteArray &text)> save;
};

/// The sources of fleet.yaml: added, tested, changed and taken away, while its comments and its order
/// stay. A secret is never asked for, only where it is. Deletes itself when it is closed; GUI thread.
class SourcesDialog final : public FrameDialog
{
    Q_OBJECT
public:
    explicit SourcesDialog(const SourcesAccess &access, QWidget *parent = nullptr);
    ~SourcesDialog() override;

private:
    class Field;
    void list(const QString &chosen);
    void choose();
    void buildFields();
    void judge();
    void test();
    void save();
    void remove();
    void say(const QString &words, bool isWrong);
    void write(const Result<QByteArray> &text, const QString &chosen);
    /// The source that is chosen; null for a new one.
    [[nodiscard]] const SourceConfig *chosen() const;
    [[nodiscard]] const AdapterInfo *adapter() const;
    /// The configuration with what is filled in.
    [[nodiscard]] Result<QByteArray> edited() const;
    /// The source in it, as the reader takes it.
    [[nodiscard]] Result<SourceConfig> source() const;

    SourcesAccess m_access;
    FleetConfig m_config;
    QString m_fault; // why the file cannot be edited; empty while it can
    QListWidget *m_list;
    QLineEdit *m_name;
    QComboBox *m_adapter;
    QWidget *m_fieldsBox;
    QList<Field *> m_fields;
    QCheckBox *m_production;
    TextLine *m_words;
    Button *m_remove;
    Button *m_test;
    Button *m_save;
    quint64 m_asked = 0; // the newest test
};

} // namespace Stampdeck
