#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "base/files.hpp"
#include "sandbox/runner.hpp"
#include "tests/unit/catch.hpp"

namespace automod::sandbox::testing {

/// A work folder and the runner over it.
class SandboxTest {
 public:
  SandboxTest();

  /// Runs `script` by /bin/sh; the test fails when the sandbox cannot be set up.
  Execution sh(const std::string& script);
  Execution run(const Command& command);
  Runner& runner() { return *runner_; }

  /// From now on without control groups, as for an ordinary user.
  void without_control_groups();

  void write(const std::string& name, const std::string& content);
  std::string read(const std::string& name) const;
  /// Puts the attack suite's program into the work folder, as /tree/attacker.
  void bring_attacker();

  Policy policy;
  CancelToken cancel;
  std::filesystem::path outside;  // a host folder beside the work folder

 private:
  TempDir place_;
  std::unique_ptr<Runner> runner_;
};

std::unique_ptr<Runner> make_runner(GroupMaker groups);

/// The attack suite's program, automod-attack.
std::filesystem::path attacker();

/// Runs `body` in a child process as an ordinary user; the result is what it returned.
/// Only for root; for others it runs right here.
bool as_ordinary_user(const std::function<bool()>& body);

/// Whether an ordinary user may look up `path`; not so in a checkout below root's own folder.
bool open_to_others(const std::filesystem::path& path);

/// The beginning of a file of /proc/PID; empty when the process is gone.
std::string read_proc(int pid, const std::string& name);

/// Numbers of all processes on the host whose command line contains `text`.
std::vector<int> processes_with(const std::string& text);

/// Waits up to two seconds for `condition`.
bool soon(const std::function<bool()>& condition);

}  // namespace automod::sandbox::testing
