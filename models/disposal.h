// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>

namespace Stampdeck {

/// Runs \a dispose later on a thread of Qt's pool; at once when the program is ending.
void disposeElsewhere(std::function<void()> dispose);

/// An immutable value that may be large, so large that no frame should wait for its end: whichever
/// thread lets the last pointer go, it is taken apart on another.
template<typename T, typename... Arguments>
[[nodiscard]] std::shared_ptr<const T> makeDisposable(Arguments &&...arguments)
{
    return std::shared_ptr<const T>(
        new T(std::forward<Arguments>(arguments)...),
        [](const T *value) { disposeElsewhere([value] { delete value; }); });
}

} // namespace Stampdeck
