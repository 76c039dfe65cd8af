#pragma once

#include <linux/filter.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "sandbox/cgroup.hpp"
#include "sandbox/sandbox.hpp"

namespace automod::sandbox {

/// Finds the launcher by its place relative to `program`, never by the environment or PATH.
/// Refuses one that somebody else could have written.
Result<std::filesystem::path> find_launcher(const std::filesystem::path& program);

/// The launcher of the running program.
Result<std::filesystem::path> find_launcher();

/// Our own launcher and the kernel's namespaces.
class NativeRunner final : public Runner {
 public:
  /// `groups` may be one that can make none: then memory is watched instead.
  static Result<std::unique_ptr<NativeRunner>> create(std::filesystem::path launcher,
                                                      GroupMaker groups);

  Result<Execution> run(const Policy& policy, const Command& command,
                        const CancelToken& cancel) override;
  Facts facts() const override;

  /// Digest of all that enforces: the launcher, the system call filter, the kinds of limits.
  Result<std::string> fingerprint() const;

 private:
  NativeRunner(std::filesystem::path launcher, GroupMaker groups, std::vector<sock_filter> filter)
      : launcher_(std::move(launcher)), groups_(std::move(groups)), filter_(std::move(filter)) {}

  std::filesystem::path launcher_;
  GroupMaker groups_;
  std::vector<sock_filter> filter_;
};

}  // namespace automod::sandbox
