#pragma once

#include <atomic>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "analyzers/clang/clang_tidy.hpp"
#include "base/files.hpp"
#include "base/process.hpp"
#include "sandbox/sandbox.hpp"
#include "tests/unit/catch.hpp"

namespace automod::testing {

/// Takes every path as it is, the build folder excepted, which is in no tree.
inline std::optional<std::string> plain_paths(std::string_view path) {
  if (path.starts_with("build/") || path.find("..") != std::string_view::npos) return std::nullopt;
  return std::string(path);
}

/// A project in a temporary folder.
class Project {
 public:
  void write(std::string_view path, std::string_view content) {
    REQUIRE(write_file(dir_->path() / path, content));
  }
  std::filesystem::path path() const { return dir_->path(); }

 private:
  Result<TempDir> dir_ = TempDir::create(std::filesystem::temp_directory_path(), "automod-tidy-");
};

/// Stands in for the sandbox where what is tested is not isolation: runs the command directly, with
/// /tree replaced by the folder of the policy, in the arguments and back again in the output.
class DirectRunner final : public sandbox::Runner {
 public:
  Result<sandbox::Execution> run(const sandbox::Policy& policy, const sandbox::Command& command,
                                 const CancelToken& cancel) override {
    ++runs;
    const std::string work = policy.work.string();
    Program program;
    for (const std::string& word : command.argv) {
      program.argv.push_back(replaced(word, "/tree", work));
    }
    program.directory = replaced(command.directory.string(), "/tree", work);
    program.timeout = policy.limits.wall;
    program.output_limit = policy.limits.output_bytes;
    auto ran = run_program(program, cancel);
    sandbox::Execution execution;
    if (!ran) {
      if (ran.error().kind == ErrorKind::kUnavailable) return fail(ran.error());
      execution.outcome = ran.error().kind == ErrorKind::kInterrupted
                              ? sandbox::Outcome::kInterrupted
                              : sandbox::Outcome::kTimedOut;
      return execution;
    }
    execution.status = ran->exit_code;
    execution.out = replaced(ran->out, work, "/tree");
    execution.err = ran->err;
    return execution;
  }
  sandbox::Facts facts() const override { return {.backend = "direct"}; }

  static std::string replaced(std::string text, std::string_view from, std::string_view to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
      text.replace(at, from.size(), to);
    }
    return text;
  }

  std::atomic<int> runs{0};
};

}  // namespace automod::testing
