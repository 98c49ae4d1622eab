// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deck.h"

/// Why something cannot be done from this window, in words for tool tips, menus and the palette;
/// always empty when it can. Only what holds whatever the fleet does (read only, what a source
/// cannot do): what a plan refuses the plan says.
namespace Stampdeck::Guard {

/// Started read only, the past is looked at, or the source is read only; \a source may be null.
[[nodiscard]] QString whyReadOnly(const Deck &deck, const SourceState *source);
/// An action on a stamp.
[[nodiscard]] QString whyNot(const Deck &deck, ActionKind kind, const StampEntry &entry);
/// A verb to an operation.
[[nodiscard]] QString whyNotControlled(const Deck &deck, const QString &operation);

/// What is to be typed before a verb touches production, and what it touches.
struct Production
{
    QString source; ///< Empty: none of its sources is marked production.
    QString confirmName; ///< The stamp acted on, as a plan of it would ask.
};
[[nodiscard]] Production productionOf(const Deck &deck, const QString &operation);
/// The name in the words of an operation's target: "eu-1" of "acme to eu-1", of "eu-1: api 3 to 5"
/// and of "eu-1 from small"; all of it where it names no single stamp.
[[nodiscard]] QString confirmNameOf(const QString &target);

} // namespace Stampdeck::Guard
