#include <fmt/format.h>

#include <chrono>

#include "base/process.hpp"
#include "base/text.hpp"
#include "engine/repo/impl.hpp"

namespace automod::repo {

Result<HookResult> Repository::run_hook(std::string_view name,
                                        const std::vector<std::string>& arguments,
                                        const CancelToken& cancel) const {
  Program program{.argv = {"git", "hook", "run", "--ignore-missing", std::string(name)},
                  .directory = impl_->work_dir.value_or(impl_->common_dir),
                  .timeout = std::chrono::minutes(10)};
  if (!arguments.empty()) {
    program.argv.emplace_back("--");
    program.argv.insert(program.argv.end(), arguments.begin(), arguments.end());
  }
  auto ran = run_program(program, cancel);
  if (!ran) return fail(std::move(ran.error()).within(fmt::format("running the hook {}", name)));
  if (ran->err.starts_with("git: 'hook' is not a git command")) {
    return fail(ErrorKind::kUnavailable, "this git is too old to run hooks for others",
                "install git 2.36 or newer, or leave out --hooks");
  }
  return HookResult{.exit_code = ran->exit_code, .output = ran->out + ran->err};
}

}  // namespace automod::repo
