#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "engine/engine.hpp"

/// Results as SARIF 2.1.0, for code scanning services and editors.
namespace automod::cli {

/// One result a finding, with the fix of its modification.
nlohmann::json sarif_of(const Analysis& analysis);

/// One result for each place that a check which did not pass speaks of, or for the check.
nlohmann::json sarif_of(const std::vector<Gated>& all);

/// The modification that fixes a finding: of the same rule, at the same place or touching it,
/// which is not looked for in patches over kMostOfPatch. nullptr where there is none. Points into
/// `modifications`.
const store::ListedModification* fix_of(
    const Finding& finding, const std::vector<store::ListedModification>& modifications);

/// A path as a relative URI reference: percent-encoded where it must be.
std::string uri_of(std::string_view path);

}  // namespace automod::cli
