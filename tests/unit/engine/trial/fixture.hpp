#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/trial/trial.hpp"
#include "tests/unit/support/git_fixture.hpp"

namespace automod::testing {

/// A small target in a real repository, a cache of its own, and the real sandbox.
class TrialFixture {
 public:
  TrialFixture();

  /// Commits the files; they are the base from now on.
  void commit(const std::map<std::string, std::string>& files);

  /// Three shell scripts: build.sh copies src.sh to build/prog, test.sh runs it and wants "ok".
  void commit_small();

  /// A candidate: what the files should hold; nullopt deletes.
  trial::TrialSpec change(const std::map<std::string, std::optional<std::string>>& files);

  Result<trial::Base> prepare(ExecutionType until = ExecutionType::kUnitTest);
  Result<trial::TrialResult> run(const std::map<std::string, std::optional<std::string>>& files);
  /// The evidence of a trial on a fresh or cached base; throws when it could not be had.
  Evidence evidence(const std::map<std::string, std::optional<std::string>>& files);

  trial::World& world() { return world_; }
  std::filesystem::path cache() const { return git.scratch("cache"); }
  std::vector<std::filesystem::path> work_left() const;  // folders of trials still on disk

  GitFixture git;
  CancelToken cancel;
  Config config;
  std::vector<std::string> told;

 private:
  repo::Repository repo_;
  trial::World world_;
  TreeId base_;
};

/// The sandbox of this machine, opened once.
sandbox::Runner& real_runner();

}  // namespace automod::testing
