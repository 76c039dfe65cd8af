#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "engine/engine.hpp"

/// What a gate saw, at the lines where it saw it, for the pages of code hosts.
namespace automod::cli {

/// Workflow commands of GitHub Actions, a line each: `::error file=…,line=…::…`. No text of the
/// target can end one or begin another.
std::string github_annotations(const std::vector<Gated>& all);

/// While such commands are read, everything on stdout and stderr that looks like one is obeyed.
/// Between these two lines nothing is; `token` must be one that nobody can guess.
std::string github_deaf(const std::string& token);
std::string github_hearing(const std::string& token);
Result<std::string> random_token();

/// GitLab's Code Quality report.
nlohmann::json code_quality_of(const std::vector<Gated>& all);

}  // namespace automod::cli
