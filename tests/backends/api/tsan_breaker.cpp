// SPDX-License-Identifier: GPL-3.0-or-later
// The breaker from many threads at once, under the thread sanitizer: no data race, and never more
// than one probe for each time that it opened.
#include "backends/api/breaker.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

using Stampdeck::CircuitBreaker;
using std::chrono::milliseconds;

int main()
{
    constexpr int threadCount = 4;
    constexpr int rounds = 2'000;
    CircuitBreaker breaker(3, milliseconds(10));
    std::atomic<int> time{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < threadCount; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < rounds; ++i) {
                const milliseconds now(++time);
                if (breaker.allows(now)) {
                    if ((i + t) % 5 == 0)
                        breaker.onSuccess(now);
                    else
                        breaker.onFailure(now);
                }
                if (breaker.failures() < 0 || breaker.nextProbe() < milliseconds(0))
                    std::abort();
                (void)breaker.state();
            }
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    threads.clear();

    for (int round = 0; round < 200; ++round) {
        CircuitBreaker open(1, milliseconds(10));
        open.onFailure(milliseconds(0));
        std::atomic<int> probes{0};
        for (int t = 0; t < threadCount; ++t)
            threads.emplace_back([&] { probes += open.allows(milliseconds(10)) ? 1 : 0; });
        for (std::thread &thread : threads)
            thread.join();
        threads.clear();
        if (probes != 1) {
            std::fprintf(stderr, "%d probes at once\n", probes.load());
            return 1;
        }
    }
    return 0;
}
