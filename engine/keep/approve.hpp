#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "engine/keep/keep.hpp"
#include "engine/sign/key.hpp"

namespace automod::keep {

struct ApproveRequest {
  const store::ListedModification& listed;
  const sign::PrivateKey& key;  // the approver's
  const Config& config;         // of the base commit
  bool config_counts = false;   // the base commit itself holds it
  std::chrono::seconds lifetime = std::chrono::hours(1);
  std::string_view note;
};

/// Mints the token that lets the modification pass once, and records it. kUsage where there is no
/// verdict, kRefused where it is `rejected` (no approval lets that pass) or where the key is none
/// of the approvers'.
Result<store::Approval> approve(const World& world, const ApproveRequest& request);

/// Records that a person said no. `who` is a name.
Result<store::Approval> decline(const World& world, const store::ListedModification& listed,
                                std::string_view who, std::string_view note);

}  // namespace automod::keep
