#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analyzers/api/api.hpp"
#include "analyzers/clang/ast_units.hpp"
#include "engine/engine.hpp"

/// What a revision offers to others, and what has become of it since another.
namespace automod {

struct ApiRequest {
  std::string revision = "HEAD";
  std::optional<std::string> against;  // the one before; whose automod.toml then counts
};

struct ApiSide {
  std::string name;  // as the user wrote it
  CommitId commit;
  TreeId tree;
  analyzers::ApiSurface surface;
};

struct ApiReport {
  Target target;  // whose configuration counts
  ApiSide subject;
  std::optional<ApiSide> against;
  std::vector<analyzers::ApiChange> changes;  // of `subject` since `against`
  /// Headers that clang could not read on one of the sides. On both, their syntax says what they
  /// declare: no sizes, offsets or resolved types.
  std::vector<analyzers::AstGap> gaps;
};

}  // namespace automod
