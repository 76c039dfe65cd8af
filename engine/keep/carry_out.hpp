#pragma once

#include "base/error.hpp"
#include "engine/keep/keep.hpp"

namespace automod::keep {

/// Moves the operation's refs and records its act, by the protocol of docs/notes/keeping.md. All
/// objects that it needs are in the repository already. After an error nothing has moved, or the
/// operation is pending still and recover() finishes it; the message says which.
Result<void> carry_out(const World& world, const store::Operation& operation);

}  // namespace automod::keep
