#pragma once

#include <string>

#include "engine/types/words.hpp"

namespace automod::asking {

/// The patch of a modification as a model may see it, safe to print. Lines that the base has are
/// left out where they may hold a secret. What is added is shown, whatever it looks like: it is
/// what is to be judged, and nothing may hide in it. Hunks whose lines all end in "\r\n" are shown
/// with plain line ends.
std::string shown_patch(const Modification& modification);

}  // namespace automod::asking
