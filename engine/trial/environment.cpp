#include "engine/trial/environment.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <array>

#include "base/digest.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "engine/trial/stage.hpp"

namespace automod::trial {

namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 13> kTools = {"cc",    "c++",   "clang", "ld",    "cmake",
                                                     "ctest", "make",  "ninja", "meson", "python3",
                                                     "node",  "cargo", "go"};
constexpr std::int64_t kSeconds = 60;
constexpr std::size_t kMostText = 64 * 1024;

/// Changes whenever one of the tools does, as far as the file system tells.
std::string fingerprint(const World& world, const Config& config) {
  std::string text = world.runner.facts().backend + "\n";
  for (const auto& [name, value] : config.sandbox.environment) text += name + "=" + value + "\n";
  for (const auto& path : config.sandbox.read_only) text += path + "\n";
  for (const auto tool : kTools) {
    struct stat facts{};
    const fs::path path = fs::path("/usr/bin") / tool;
    if (stat(path.c_str(), &facts) != 0) continue;
    text += fmt::format("{} {} {} {}.{}\n", tool, facts.st_ino, facts.st_size, facts.st_mtim.tv_sec,
                        facts.st_mtim.tv_nsec);
  }
  return sha256(text);
}

std::string question() {
  std::string command = "for tool in";
  for (const auto tool : kTools) command += " " + std::string(tool);
  return command +
         "; do if command -v $tool >/dev/null; then printf '%s: ' $tool; case $tool in "
         "go) go version ;; *) $tool --version ;; esac 2>&1 | head -n 1; fi; done";
}

Result<std::string> ask(const World& world, const Config& config, Workspace& workspace) {
  auto folder = workspace.folder("toolchain-");
  if (!folder) return fail(folder.error());
  const auto record =
      run_command({world, config, folder->path()}, ExecutionType::kConfigure, question(), kSeconds);
  if (!record) return fail(record.error());
  return valid_utf8(record->execution.out);
}

}  // namespace

Result<Environment> describe_environment(const World& world, const BaseSpec& spec,
                                         Workspace& workspace) {
  const auto facts = world.runner.facts();
  Environment environment;
  environment.backend = facts.backend;
  environment.backend_version = facts.version;
  environment.memory_limit = facts.memory_limit;
  environment.process_limit = facts.process_limit;
  environment.cpu_limit = facts.cpu_limit;
  environment.disk_limit = facts.disk_limit;
  environment.landlock = facts.landlock;
  environment.policy_digest = sandbox::digest(policy_for(spec.config, "/tree"));
  environment.config_digest = digest(spec.config);
  environment.config_source = spec.config_source;
  const fs::path known = world.cache / "toolchains" / fingerprint(world, spec.config);
  // An image's tools are not the machine's, and its name may come to mean another one.
  const bool is_host = spec.config.sandbox.image.empty();
  if (auto text = is_host ? read_file(known, kMostText) : fail(ErrorKind::kUsage, "not known")) {
    environment.toolchain = std::move(*text);
    return environment;
  }
  tell(world, "asking for the versions of the tools");
  auto text = ask(world, spec.config, workspace);
  if (!text) return fail(text.error());
  if (auto kept = is_host ? write_file(known, *text) : Result<void>(); !kept) {
    return fail(kept.error());
  }
  environment.toolchain = std::move(*text);
  return environment;
}

}  // namespace automod::trial
