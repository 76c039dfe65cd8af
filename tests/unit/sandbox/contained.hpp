#pragma once

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "base/files.hpp"
#include "sandbox/select.hpp"

namespace automod::sandbox::testing {

/// A work folder and one backend over it, made by whoever runs.
class Contained {
 public:
  explicit Contained(const Selection& selection) : place_(make_folder()) {
    policy.work = place_.path() / "work";
    policy.limits.wall = std::chrono::seconds(30);
    std::filesystem::create_directory(policy.work);
    setenv("XDG_CACHE_HOME", (place_.path() / "cache").c_str(), 1);
    auto runner = sandbox::make_runner(selection);
    if (runner) {
      runner_ = std::move(*runner);
    } else {
      complain(runner.error().message + " | " + runner.error().hint);
    }
  }

  Execution sh(const std::string& script) { return run({{"/bin/sh", "-c", script}}); }

  Execution run(const Command& command) {
    if (!runner_) return {};
    auto execution = runner_->run(policy, command, cancel);
    if (!execution) {
      complain(execution.error().message);
      return {};
    }
    return *execution;
  }

  Result<Execution> try_run(const std::string& script) {
    return runner_->run(policy, {{"/bin/sh", "-c", script}}, cancel);
  }

  /// Notes what was wrong; unlike CHECK it works in a child process, too.
  void expect(bool holds, const std::string& what) {
    if (!holds) complain(what);
  }
  void expect_same(const std::string& found, const std::string& wanted, const std::string& what) {
    expect(found == wanted, fmt::format("{}: found '{}', wanted '{}'", what, found, wanted));
  }

  bool fine() const { return fine_; }
  Runner& runner() { return *runner_; }
  bool works() const { return runner_ != nullptr; }

  Policy policy;
  CancelToken cancel;

 private:
  static TempDir make_folder() {
    auto place = TempDir::create("/tmp", "automod-contained-");
    if (!place) std::abort();
    return std::move(*place);
  }
  void complain(const std::string& what) {
    std::fprintf(stderr, "uid %u: %s\n", geteuid(), what.c_str());
    fine_ = false;
  }

  TempDir place_;
  std::unique_ptr<ContainerRunner> runner_;
  bool fine_ = true;
};

}  // namespace automod::sandbox::testing
