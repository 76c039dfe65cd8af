#pragma once

#include <string>
#include <vector>

#include "engine/store/core.hpp"
#include "engine/store/recover.hpp"

namespace automod::store {

struct Restored {
  std::size_t records = 0;
  std::vector<std::string> gone;
};

/// Records everything in `found` once more, in its old order, into the transaction that is open on
/// a new database. What cannot be recorded, or is known of by an entry or a ref alone, is gone.
Restored restore(Core& core, const Bundle& found, const Sources& sources);

}  // namespace automod::store
