#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/files.hpp"
#include "engine/impl.hpp"
#include "engine/trial/detect.hpp"

namespace automod {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kConfigFile = "automod.toml";
constexpr std::size_t kMostConfig = kMiB;
constexpr std::size_t kMostRead = kMiB;  // of a file that detection looks into

/// The file in the user's working tree; nullopt when there is none.
std::optional<std::string> work_tree_config(const repo::Repository& repo) {
  const auto folder = repo.work_dir();
  if (!folder) return std::nullopt;
  auto text = read_file(*folder / kConfigFile, kMostConfig);
  if (!text) return std::nullopt;
  return std::move(*text);
}

void use(Target& target, trial::Detected detected) {
  target.config = std::move(detected.config);
  target.config_source = "detected";
  target.notes.push_back(detected.system.empty()
                             ? "no automod.toml and no build system that is known here; "
                               "run `automod init` and fill in the commands"
                             : fmt::format("no automod.toml; took this for a project of {}; run "
                                           "`automod init` to see and settle what was guessed",
                                           detected.system));
  std::ranges::move(detected.notes, std::back_inserter(target.notes));
}

Result<void> detect_from(const repo::Repository& repo, Target& target) {
  const auto entries = repo.list(target.tree);
  if (!entries) return fail(entries.error());
  trial::TreeView view;
  for (const repo::Entry& entry : *entries) view.paths.push_back(entry.path);
  view.read = [&](std::string_view path) -> std::optional<std::string> {
    auto text = repo.read(target.tree, path, kMostRead);
    if (!text) return std::nullopt;
    return std::move(*text);
  };
  use(target, trial::detect(view));
  return {};
}

Result<void> take(Target& target, std::string_view text, std::string_view source) {
  auto config = parse_config(text, kConfigFile);
  if (!config) return fail(std::move(config.error()).within(source));
  target.config = std::move(*config);
  target.config_source = source;
  return {};
}

}  // namespace

Result<Target> choose_target(const repo::Repository& repo, std::string_view revision,
                             Fallback fallback) {
  const auto info = repo.resolve(revision);
  if (!info) return fail(info.error());
  Target target{.commit = info->commit, .tree = info->tree};
  const auto committed = repo.read(target.tree, kConfigFile, kMostConfig);
  if (!committed) return fail(committed.error());
  const auto local = fallback == Fallback::kWorkTree ? work_tree_config(repo) : std::nullopt;
  if (*committed) {
    if (auto taken = take(target, **committed, "base commit"); !taken) return fail(taken.error());
    if (local && *local != **committed) {
      target.notes.push_back(
          "automod.toml in the working tree differs; what counts is the one in the base commit");
    }
  } else if (local) {
    if (auto taken = take(target, *local, "working tree"); !taken) return fail(taken.error());
    target.notes.push_back(
        "automod.toml is not committed; taking the one in the working tree until it is");
  } else if (auto detected = detect_from(repo, target); !detected) {
    return fail(detected.error());
  }
  return target;
}

namespace {

/// All files below a folder, sorted; what no project keeps its own sources in left out.
Result<std::vector<std::string>> paths_below(const fs::path& directory) {
  std::vector<std::string> paths;
  std::error_code code;
  fs::recursive_directory_iterator walk(directory, fs::directory_options::skip_permission_denied,
                                        code);
  if (code) return fail_errno("reading " + directory.string(), code.value());
  constexpr std::size_t kMostPaths = 200'000;
  for (; walk != fs::recursive_directory_iterator(); walk.increment(code)) {
    if (code || paths.size() == kMostPaths) break;
    const std::string name = walk->path().filename().string();
    if (name == ".git" || name == "node_modules" || name == "target") {
      walk.disable_recursion_pending();
      continue;
    }
    if (walk->is_regular_file(code)) {
      paths.push_back(walk->path().lexically_relative(directory).generic_string());
    }
  }
  std::ranges::sort(paths);
  return paths;
}

}  // namespace

Result<propose::RuleBook> rules_in(const fs::path& directory) {
  Config config;
  std::error_code code;
  if (fs::exists(directory / kConfigFile, code)) {
    const auto text = read_file(directory / kConfigFile, kMostConfig);
    if (!text) return fail(text.error());
    auto read = parse_config(*text, kConfigFile);
    if (!read) return fail(std::move(read.error()));
    config = std::move(*read);
  }
  std::vector<std::string> paths;
  if (!config.rules.files.empty()) {
    auto found = paths_below(directory);
    if (!found) return fail(std::move(found.error()));
    paths = std::move(*found);
  }
  return propose::RuleBook::open(config.rules, paths,
                                 [&](std::string_view path) -> Result<std::optional<std::string>> {
                                   auto text = read_file(directory / path, kMostRead);
                                   if (!text) return fail(std::move(text.error()));
                                   return std::move(*text);
                                 });
}

Result<Target> detect_in(const fs::path& directory) {
  trial::TreeView view;
  auto paths = paths_below(directory);
  if (!paths) return fail(std::move(paths.error()));
  view.paths = std::move(*paths);
  view.read = [&](std::string_view path) -> std::optional<std::string> {
    auto text = read_file(directory / path, kMostRead);
    if (!text) return std::nullopt;
    return std::move(*text);
  };
  Target target;
  auto detected = trial::detect(view);
  target.config = std::move(detected.config);
  target.config_source = detected.system.empty() ? "nothing recognised" : detected.system;
  target.notes = std::move(detected.notes);
  return target;
}

}  // namespace automod
