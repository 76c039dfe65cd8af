#include "engine/propose/places.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "engine/repo/path_rules.hpp"

namespace automod::propose {

namespace {

constexpr unsigned kFolder = 0040000;
constexpr unsigned kLink = 0120000;
constexpr unsigned kSubmodule = 0160000;

std::unexpected<Error> refuse(std::string_view path, std::string_view why) {
  return fail(ErrorKind::kRefused, fmt::format("'{}' {}", printable_line(path), why));
}

/// The folder part of each component: "a/b/c" -> ("", "a"), ("a", "b"), ("a/b", "c").
struct Step {
  std::string_view folder;
  std::string_view name;
  std::string_view whole;  // folder and name
};

std::vector<Step> steps(std::string_view path) {
  std::vector<Step> all;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    all.push_back({.folder = path.substr(0, begin == 0 ? 0 : begin - 1),
                   .name = path.substr(begin, end - begin),
                   .whole = path.substr(0, end)});
    begin = end + 1;
  }
  return all;
}

class Checker {
 public:
  Checker(const repo::Repository& repo, const TreeId& base, const Places& places)
      : repo_(repo), base_(base), places_(places) {}

  Result<void> check() {
    for (const auto* paths : {&places_.removed, &places_.written}) {
      for (const std::string& path : *paths) {
        if (auto done = check_names(path); !done) return done;
      }
    }
    for (const std::string& path : places_.removed) {
      if (auto done = check_way(path, true); !done) return done;
    }
    for (const std::string& path : places_.written) {
      if (auto done = check_way(path, false); !done) return done;
      if (auto done = check_neighbours(path); !done) return done;
    }
    return check_each_other();
  }

 private:
  static Result<void> check_names(const std::string& path) {
    if (const auto fault = repo::fault_of_path(path)) return refuse(path, *fault);
    for (const Step& step : steps(path)) {
      if (repo::is_git_settings(step.name)) {
        return refuse(path, "is a file that changes what git does");
      }
    }
    return {};
  }

  /// What the base holds on the way to a path and at its end.
  Result<void> check_way(const std::string& path, bool removes) {
    for (const Step& step : steps(path)) {
      const auto mode = mode_at(step);
      if (!mode) return fail(mode.error());
      const bool last = step.whole.size() == path.size();
      if (*mode == kLink) {
        return refuse(path, last ? "is a symbolic link" : "lies behind a symbolic link");
      }
      if (*mode == kSubmodule) return refuse(path, last ? "is a submodule" : "is in a submodule");
      if (*mode == 0) return {};
      if (!last && *mode != kFolder && !is_removed(step.whole)) {
        return refuse(path, fmt::format("cannot be: '{}' is a file", printable_line(step.whole)));
      }
      if (!last && *mode != kFolder) return {};
      if (last && *mode == kFolder && (removes || !is_emptied(path))) {
        return refuse(path, "is a folder");
      }
    }
    return {};
  }

  /// Names in the base that differ from those of a path only by case.
  Result<void> check_neighbours(const std::string& path) {
    for (const Step& step : steps(path)) {
      const auto held = list(step.folder);
      if (!held) return fail(held.error());
      const std::string key = repo::case_key(step.name);
      for (const auto& [name, mode] : **held) {
        if (name == step.name || repo::case_key(name) != key) continue;
        const std::string other =
            step.folder.empty() ? name : fmt::format("{}/{}", step.folder, name);
        const bool goes = mode == kFolder ? is_emptied(other) : is_removed(other);
        if (goes) continue;
        return refuse(path, fmt::format("differs from '{}' only by upper and lower case",
                                        printable_line(other)));
      }
    }
    return {};
  }

  /// The written paths among themselves: case, and files that are folders of others.
  Result<void> check_each_other() const {
    std::map<std::string, std::string_view> seen;  // key of every path and folder -> its spelling
    for (const std::string& path : places_.written) {
      for (const Step& step : steps(path)) {
        const bool last = step.whole.size() == path.size();
        if (!last && places_.written.contains(std::string(step.whole))) {
          return refuse(path, fmt::format("cannot be: '{}' is a file", printable_line(step.whole)));
        }
        const auto [at, fresh] = seen.emplace(repo::case_key(step.whole), step.whole);
        if (!fresh && at->second != step.whole) {
          return refuse(path, fmt::format("differs from '{}' only by upper and lower case",
                                          printable_line(at->second)));
        }
      }
    }
    return {};
  }

  bool is_removed(std::string_view path) const {
    const std::string key(path);
    return places_.removed.contains(key) && !places_.written.contains(key);
  }

  /// Does the change take away all that the base has below the folder, and puts nothing there?
  bool is_emptied(const std::string& folder) const {
    const std::string prefix = folder + "/";
    const auto first = places_.written.lower_bound(prefix);
    if (first != places_.written.end() && first->starts_with(prefix)) return false;
    return all_removed(folder);
  }

  bool all_removed(const std::string& folder) const {
    const auto held = repo_.list_folder(base_, folder);
    if (!held) return false;
    for (const repo::Entry& entry : *held) {
      if (entry.mode == kFolder ? !all_removed(entry.path) : !is_removed(entry.path)) return false;
      if (++looked_at_ > kMostLookedAt) return false;
    }
    return true;
  }

  using Folder = std::map<std::string, unsigned, std::less<>>;  // name -> mode

  Result<const Folder*> list(std::string_view folder) {
    const auto known = folders_.find(folder);
    if (known != folders_.end()) return &known->second;
    const auto held = repo_.list_folder(base_, folder);
    if (!held) return fail(held.error());
    Folder names;
    for (const repo::Entry& entry : *held) {
      names.emplace(entry.path.substr(folder.empty() ? 0 : folder.size() + 1), entry.mode);
    }
    return &folders_.emplace(folder, std::move(names)).first->second;
  }

  /// 0 when there is nothing.
  Result<unsigned> mode_at(const Step& step) {
    const auto held = list(step.folder);
    if (!held) return fail(held.error());
    const auto found = (*held)->find(step.name);
    return found == (*held)->end() ? 0U : found->second;
  }

  static constexpr std::size_t kMostLookedAt = 100'000;

  const repo::Repository& repo_;
  const TreeId& base_;
  const Places& places_;
  std::map<std::string, Folder, std::less<>> folders_;
  mutable std::size_t looked_at_ = 0;
};

}  // namespace

Result<void> check_places(const repo::Repository& repo, const TreeId& base, const Places& places) {
  return Checker(repo, base, places).check();
}

}  // namespace automod::propose
