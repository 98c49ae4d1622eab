// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <memory>
#include <vector>

namespace Stampdeck {

/// A vector whose copies share what they have in common: a copy is cheap, and a write copies the
/// one chunk it falls into when somebody else still holds that. A version of the fleet is made of
/// these, so a new version costs what changed and not what there is.
///
/// As thread-safe as shared_ptr: different objects may be used by different threads at once.
template<typename T>
class Chunked
{
public:
    /// A copy costs a count for each chunk, a write a count for each object of one; where a hundredth
    /// changes between two copies, which is what a busy fleet does in a second, ten is the least.
    static constexpr int chunkSize = 16;

    [[nodiscard]] int size() const { return m_size; }

    [[nodiscard]] const T &operator[](int index) const
    {
        return (*m_chunks[size_t(index / chunkSize)])[size_t(index % chunkSize)];
    }

    /// The place to write; copies the chunk first when it is shared.
    [[nodiscard]] T &edit(int index)
    {
        std::shared_ptr<Chunk> &chunk = m_chunks[size_t(index / chunkSize)];
        if (chunk.use_count() > 1)
            chunk = std::make_shared<Chunk>(*chunk);
        return (*chunk)[size_t(index % chunkSize)];
    }

    /// Appends a default value and gives its index.
    int grow()
    {
        if (m_size % chunkSize == 0)
            m_chunks.push_back(std::make_shared<Chunk>());
        return m_size++;
    }

    /// True when \a index is the same object in both, so that nothing there can have changed.
    [[nodiscard]] bool sharesChunk(const Chunked &other, int index) const
    {
        const size_t chunk = size_t(index / chunkSize);
        return chunk < other.m_chunks.size() && m_chunks[chunk] == other.m_chunks[chunk];
    }

private:
    using Chunk = std::array<T, chunkSize>;
    std::vector<std::shared_ptr<Chunk>> m_chunks;
    int m_size = 0;
};

} // namespace Stampdeck
