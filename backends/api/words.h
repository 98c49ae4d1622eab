// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QString>

#include <array>
#include <optional>

/// An enumeration's words in the order of its values: the one place that spells them.
namespace Stampdeck::Internal {

template<typename T, size_t N, typename Text>
[[nodiscard]] std::optional<T> wordIndex(const std::array<QLatin1StringView, N> &words, Text text)
{
    for (size_t i = 0; i < N; ++i) {
        if (words[i] == text)
            return T(i);
    }
    return std::nullopt;
}

} // namespace Stampdeck::Internal

/// Defines toString() and both fromString() of \a T over the array \a words.
#define STAMPDECK_DEFINE_WORDS(T, words)                                                          \
    QString toString(T value)                                                                     \
    {                                                                                             \
        return words.at(size_t(value));                                                           \
    }                                                                                             \
    template<>                                                                                    \
    std::optional<T> fromString<T>(QStringView text)                                              \
    {                                                                                             \
        return Internal::wordIndex<T>(words, text);                                               \
    }                                                                                             \
    template<>                                                                                    \
    std::optional<T> fromString<T>(QLatin1StringView text)                                        \
    {                                                                                             \
        return Internal::wordIndex<T>(words, text);                                               \
    }
