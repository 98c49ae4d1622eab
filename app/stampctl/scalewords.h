// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/action.h"
#include "backends/api/result.h"

#include <QtCore/QStringList>

namespace Stampdeck {

/// What `scale STAMP` is told: \a settings are COMPONENT=REPLICAS, cpu=…, memory=…, storage=… and
/// component:NAME=REPLICAS; \a rules are COMPONENT=SIGNAL:TARGET,MIN..MAX[,COOLDOWN] or
/// COMPONENT=none. Errors of ErrorKind::Invalid that quote the word and say what was expected.
[[nodiscard]] Result<ScaleSetting> scaleFromWords(const QStringList &settings,
                                                  const QStringList &rules);

} // namespace Stampdeck
