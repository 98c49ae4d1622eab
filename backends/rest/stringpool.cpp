// SPDX-License-Identifier: GPL-3.0-or-later
#include "stringpool.h"

#include <cstring>

namespace Stampdeck::Internal {

namespace {

// Eight bytes at a time: the strings are short.
uint64_t hashOf(std::string_view bytes)
{
    constexpr uint64_t factor = 0x9e3779b97f4a7c15U;
    uint64_t hash = 0xcbf29ce484222325U ^ bytes.size();
    const char *at = bytes.data();
    size_t left = bytes.size();
    for (; left >= 8; left -= 8, at += 8) {
        uint64_t word = 0;
        std::memcpy(&word, at, 8);
        hash = (hash ^ word) * factor;
        hash ^= hash >> 32;
    }
    uint64_t word = 0;
    std::memcpy(&word, at, left);
    hash = (hash ^ word) * factor;
    hash = (hash ^ (hash >> 32)) * factor;
    return hash ^ (hash >> 29);
}

} // namespace

StringPool::StringPool()
    : m_slots(1024)
{
    m_strings.reserve(1024);
}

size_t StringPool::findInOrder(const Json::Text &text)
{
    for (size_t guess = m_lastInOrder; guess < m_strings.size() && guess < m_lastInOrder + 2;
         ++guess) {
        if (Json::equals(m_strings[guess], text)) {
            m_lastInOrder = guess;
            return guess;
        }
    }
    m_lastInOrder = find(text);
    return m_lastInOrder;
}

size_t StringPool::find(const Json::Text &text)
{
    const uint64_t hash = hashOf(text.bytes);
    const auto tag = uint32_t(hash >> 32);
    size_t at = hash & (m_slots.size() - 1);
    for (; m_slots[at].entry != 0; at = (at + 1) & (m_slots.size() - 1)) {
        if (m_slots[at].tag == tag && Json::equals(m_strings[m_slots[at].entry - 1], text))
            return m_slots[at].entry - 1;
    }
    m_strings.push_back(m_blocks.make(text));
    m_slots[at] = {tag, uint32_t(m_strings.size())};
    m_bytes +=
        qint64(sizeof(Slot)) * 4 + qint64(sizeof(QString)) + 40 + 2 * qint64(text.bytes.size());
    if (m_strings.size() * 2 > m_slots.size())
        grow();
    return m_strings.size() - 1;
}

void StringPool::grow()
{
    m_slots.assign(m_slots.size() * 2, {});
    for (size_t i = 0; i < m_strings.size(); ++i) {
        const QByteArray bytes = m_strings[i].toUtf8();
        const uint64_t hash = hashOf({bytes.constData(), size_t(bytes.size())});
        size_t at = hash & (m_slots.size() - 1);
        while (m_slots[at].entry != 0)
            at = (at + 1) & (m_slots.size() - 1);
        m_slots[at] = {uint32_t(hash >> 32), uint32_t(i + 1)};
    }
}

} // namespace Stampdeck::Internal
