// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace Stampdeck {

/// Lets the allocator ask for huge pages, which it takes from its environment when a program
/// starts: begins the program anew with that, once. To be called first in main(). Does nothing where
/// the C library is not glibc, where GLIBC_TUNABLES says something of it already, and under a
/// sanitizer. What the program itself starts inherits the setting, which changes nothing for it but
/// the size of its pages.
///
/// A fleet of 200,000 tenants touches some 30,000 new pages of 4 KiB while it is decoded; with huge
/// ones it takes three quarters of the time (stampdeck-bench, decode/fleet).
void startWithHugePages(char **argv);

} // namespace Stampdeck
