// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/operation.h"

namespace Stampdeck {

/// One line on standard error that says how far an operation is, written over itself; nothing at
/// all where standard error is no terminal.
class Progress
{
public:
    Progress();
    ~Progress() { clear(); }
    Progress(const Progress &) = delete;
    Progress &operator=(const Progress &) = delete;

    void show(const Operation &operation);
    void clear();

private:
    bool m_terminal = false;
    bool m_shown = false;
};

} // namespace Stampdeck
