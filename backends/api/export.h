// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/qglobal.h>

#ifdef STAMPDECK_API_BUILD
#define STAMPDECK_API_EXPORT Q_DECL_EXPORT
#else
#define STAMPDECK_API_EXPORT Q_DECL_IMPORT
#endif
