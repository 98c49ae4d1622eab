// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/qglobal.h>

#ifdef STAMPDECK_CONFORMANCE_BUILD
#define STAMPDECK_CONFORMANCE_EXPORT Q_DECL_EXPORT
#else
#define STAMPDECK_CONFORMANCE_EXPORT Q_DECL_IMPORT
#endif
