#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/keep/keep.hpp"
#include "engine/keep/limits.hpp"
#include "engine/sign/token.hpp"

namespace automod::keep {

/// Under what an application may pass.
struct Permission {
  std::optional<store::Approval> approval;  // that it uses up; nullopt: none was needed or given
  std::string approver;                     // by name; empty: none
};

/// kNeedsApproval when only a person may let it pass, kRefused when the verdict rejects it or the
/// token that was given is not good for it: made for something else, by somebody who may not,
/// expired, or used before.
Result<Permission> permission_for(const World& world, const ApplyRequest& request);

/// The approvers that the base commit names; kRefused where there is none, or where the commit
/// does not hold the configuration itself.
Result<std::vector<sign::Approver>> approvers_of(const Config& config, bool config_counts);

/// kRefused, naming what it is for, unless the token is for this change with this verdict.
Result<void> check_binding(const sign::Approval& token, const Modification& modification,
                           const Verdict& verdict);

/// A token as the store keeps it.
store::Approval record_of(const sign::Approval& token, std::string text);

/// What the limits on applications without a person are held against.
Result<Past> past_of(const World& world, const CommitId& base, const Automatic& limits);

}  // namespace automod::keep
