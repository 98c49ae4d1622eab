// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace Stampdeck {

/// A place at which a test may end the process as a power cut would: before and after every write
/// to the journal and after every call to a backend. Thread-safe.
///
/// Nothing at all unless the build has STAMPDECK_CRASH_POINTS. Then calls are counted from 1, the
/// name of each is appended to the file $STAMPDECK_CRASH_LOG, and the one whose number is
/// $STAMPDECK_CRASH_AT raises SIGKILL and does not return.
#ifdef STAMPDECK_CRASH_POINTS
void crashPoint(const char *where);
#else
inline void crashPoint(const char *) { }
#endif

} // namespace Stampdeck
