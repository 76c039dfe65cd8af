#pragma once

#include <linux/filter.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "sandbox/backend.hpp"
#include "sandbox/cgroup.hpp"
#include "sandbox/sandbox.hpp"
#include "sandbox/weakness.hpp"

namespace automod::sandbox {

/// Runs commands through our launcher: in containers that it makes itself (`native`), or in those
/// of another program.
class ContainerRunner final : public Runner {
 public:
  /// `groups` may be one that can make none: then memory is watched instead. Without `backend`,
  /// native.
  static Result<std::unique_ptr<ContainerRunner>> create(std::filesystem::path launcher,
                                                         GroupMaker groups,
                                                         std::unique_ptr<Backend> backend = {},
                                                         const Weakness& weakness = {});

  Result<Execution> run(const Policy& policy, const Command& command,
                        const CancelToken& cancel) override;
  Facts facts() const override;

  /// Digest of all that enforces: the launcher, the system call filter, the kinds of limits, the
  /// program that makes the container.
  Result<std::string> fingerprint() const;

 private:
  /// One filter for each answer to these questions.
  using Filters = std::map<std::pair<Calls, Network>, std::vector<sock_filter>>;

  ContainerRunner(std::filesystem::path launcher, GroupMaker groups,
                  std::unique_ptr<Backend> backend, Filters filters, const Weakness& weakness);
  Result<void> accepts(const Policy& policy) const;
  Result<Execution> run_contained(const Policy& policy, const Command& command,
                                  const CancelToken& cancel,
                                  std::chrono::steady_clock::time_point began);
  Result<Execution> run_once(const Policy& policy, const Command& command, const Identity& identity,
                             const CancelToken& cancel, std::chrono::steady_clock::time_point began,
                             bool& cannot_map);

  std::filesystem::path launcher_;
  GroupMaker groups_;
  std::unique_ptr<Backend> backend_;  // null: native
  Filters filters_;
  Weakness weakness_;  // none, but in one test
};

}  // namespace automod::sandbox
