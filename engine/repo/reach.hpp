#pragma once

#include <vector>

#include "engine/repo/impl.hpp"

namespace automod::repo {

/// From which of `tips` can `wanted` be reached? One walk for all of them, newest commits first,
/// which ends as soon as all that is left descends to what `wanted` itself is built on.
Result<std::vector<bool>> reaching(const Repository::Impl& impl, const CommitId& wanted,
                                   const std::vector<CommitId>& tips);

}  // namespace automod::repo
