#include "sandbox/policy_file.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/text.hpp"
#include "base/toml.hpp"
#include "sandbox/settings.hpp"

namespace automod::sandbox {

namespace {

constexpr std::int64_t kDaySeconds = 86400;
/// The largest user id that every kind of user namespace can show.
constexpr std::int64_t kMostUser = 65533;

/// What only a policy file says: it belongs to who runs it, automod.toml to the target.
struct OfPolicies {
  std::string work;
  std::string changes;
  std::int64_t seconds = 0;
  std::int64_t user = 0;
};

std::optional<std::string> path_rule(std::string_view text) {
  if (text.empty()) return "empty, expected a folder";
  if (text.find('\0') != std::string_view::npos) return "the path has a NUL byte";
  return any_text(text);
}

std::optional<std::string> absolute_rule(std::string_view text) {
  if (!text.starts_with('/')) {
    return fmt::format("'{}' is relative, expected an absolute path", printable_line(text));
  }
  return path_rule(text);
}

void check_mount(TomlTable& in, const Policy& policy, const OfPolicies& own) {
  if (policy.mount == Mount::kTmpfs && !own.work.empty()) {
    in.say("work", "a work folder is named, and mount is 'tmpfs', which shows none");
  }
  if (policy.mount != Mount::kOverlay && !own.changes.empty()) {
    in.say("changes", fmt::format("only mount 'overlay' keeps changes, and mount is '{}'",
                                  name(policy.mount)));
  }
}

void read_tables(TomlTable& root, Settings& settings, OfPolicies& own, PolicyFile& read) {
  root.table("sandbox", [&](TomlTable& in) {
    read_sandbox(in, settings, absolute_rule, variable_name_rule);
    in.text("work", own.work, path_rule);
    in.text("changes", own.changes, path_rule);
    if (const auto mount = in.word("mount", mount_names())) {
      read.policy.mount = mount_of(*mount);
      read.says_mount = true;
    }
    in.whole("user", own.user, 1, kMostUser);
    check_mount(in, read.policy, own);
  });
  root.table("limits", [&](TomlTable& in) {
    read_limits(in, settings);
    in.whole("seconds", own.seconds, 1, kDaySeconds);
    // Of automod.toml: times of the stages of a trial, sizes of patches.
    for (const char* key : {"configure_seconds", "build_seconds", "test_seconds",
                            "benchmark_seconds", "patch_kb", "patch_files"}) {
      (void)in.has(key);
    }
  });
  for (const char* key :
       {"version", "project", "benchmark", "held_out", "trial", "measure", "api", "safety",
        "commit", "approval", "automatic", "monitor", "rules", "rule"}) {
    (void)root.has(key);
  }
}

}  // namespace

std::string_view name(Mount mount) { return mount_names()[static_cast<std::size_t>(mount)]; }

const std::vector<std::string>& mount_names() {
  static const std::vector<std::string> kAll = {"folder", "overlay", "copy", "tmpfs"};
  return kAll;
}

Mount mount_of(std::string_view name) {
  for (const Mount mount : {Mount::kOverlay, Mount::kCopy, Mount::kTmpfs}) {
    if (sandbox::name(mount) == name) return mount;
  }
  return Mount::kFolder;
}

Result<PolicyFile> read_policy(std::string_view text, std::string_view file) {
  Settings settings;
  OfPolicies own;
  PolicyFile read;
  const auto done =
      read_toml(text, file, [&](TomlTable& root) { read_tables(root, settings, own, read); });
  if (!done) return fail(done.error());
  const Mount mount = read.policy.mount;
  read.policy = policy_of(settings);
  read.policy.mount = mount;
  read.policy.work = own.work;
  read.policy.changes = own.changes;
  if (own.user > 0) read.policy.user = static_cast<std::uint32_t>(own.user);
  if (own.seconds > 0) read.policy.limits.wall = std::chrono::seconds(own.seconds);
  read.selection = selection_of(settings);
  read.settings = std::move(settings);
  return read;
}

}  // namespace automod::sandbox
