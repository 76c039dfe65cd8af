#include "analyzers/index/imports.hpp"

#include <algorithm>
#include <array>

namespace automod::analyzers {

namespace {

using Numbers = std::vector<std::uint32_t>;

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view last_part(std::string_view path) { return path.substr(path.rfind('/') + 1); }

bool ends_with_parts(std::string_view path, std::string_view ending) {
  if (!path.ends_with(ending)) return false;
  return path.size() == ending.size() || path[path.size() - ending.size() - 1] == '/';
}

/// How many folders two paths share from the root on.
std::size_t shared(std::string_view a, std::string_view b) {
  const std::size_t most = std::min(a.size(), b.size());
  std::size_t parts = 0;
  for (std::size_t i = 0; i < most && a[i] == b[i]; ++i) parts += a[i] == '/' ? 1 : 0;
  return parts;
}

/// `path` from `folder` on, without "." and ".."; empty where it leads out of the tree.
std::string joined(std::string_view folder, std::string_view path) {
  std::vector<std::string_view> parts;
  for (const std::string_view text : {folder, path}) {
    for (std::size_t begin = 0; begin <= text.size();) {
      const std::size_t end = std::min(text.find('/', begin), text.size());
      const std::string_view part = text.substr(begin, end - begin);
      begin = end + 1;
      if (part.empty() || part == ".") continue;
      if (part != "..") {
        parts.push_back(part);
        continue;
      }
      if (parts.empty()) return {};
      parts.pop_back();
    }
  }
  std::string all;
  for (const std::string_view part : parts) {
    if (!all.empty()) all += '/';
    all += part;
  }
  return all;
}

std::string with_slashes(std::string_view dotted, std::string_view separator) {
  std::string all;
  for (std::size_t begin = 0; begin <= dotted.size();) {
    const std::size_t end = std::min(dotted.find(separator, begin), dotted.size());
    if (!all.empty()) all += '/';
    all += dotted.substr(begin, end - begin);
    begin = end + separator.size();
  }
  return all;
}

/// Headers of the system that projects have others of the same name beside.
bool is_of_the_system(const Import& import) {
  constexpr std::array kNames = std::to_array<std::string_view>(
      {"assert.h", "ctype.h",  "errno.h",   "fcntl.h",   "float.h",  "inttypes.h",
       "limits.h", "locale.h", "math.h",    "pthread.h", "sched.h",  "setjmp.h",
       "signal.h", "stdarg.h", "stdbool.h", "stddef.h",  "stdint.h", "stdio.h",
       "stdlib.h", "string.h", "strings.h", "time.h",    "unistd.h", "wchar.h"});
  return import.is_system && std::ranges::find(kNames, import.target) != kNames.end();
}

/// The ends of paths a dotted or `::` name may have, the longest name first.
std::vector<std::string> endings_of(const std::string& path,
                                    const std::vector<std::string_view>& files) {
  std::vector<std::string> all;
  for (std::string_view rest = path; !rest.empty(); rest = folder_of(rest)) {
    for (const std::string_view file : files) all.push_back(std::string(rest) + std::string(file));
  }
  return all;
}

}  // namespace

ImportResolver::ImportResolver(const std::vector<CodeFile>& files) : files_(files) {
  for (std::uint32_t i = 0; i < files.size(); ++i) {
    by_name_[last_part(files[i].path)].push_back(i);
    by_folder_[last_part(folder_of(files[i].path))].push_back(i);
  }
}

Numbers ImportResolver::at(const std::string& path) const {
  const auto found = by_name_.find(last_part(path));
  if (path.empty() || found == by_name_.end()) return {};
  for (const std::uint32_t file : found->second) {
    if (files_[file].path == path) return {file};
  }
  return {};
}

/// The file whose path ends so and that shares most folders with the importer.
Numbers ImportResolver::nearest(std::string_view importer, std::string_view ending) const {
  const auto found = by_name_.find(last_part(ending));
  if (found == by_name_.end()) return {};
  Numbers best;
  std::size_t most = 0;
  for (const std::uint32_t file : found->second) {
    const std::string_view path = files_[file].path;
    if (path == importer || !ends_with_parts(path, ending)) continue;
    const std::size_t parts = shared(path, importer);
    if (!best.empty() && parts <= most) continue;
    best = {file};
    most = parts;
  }
  return best;
}

/// All files directly in the folder whose path ends so and that is nearest to the importer.
Numbers ImportResolver::in_folder(std::string_view importer, std::string_view ending) const {
  const auto found = by_folder_.find(last_part(ending));
  if (ending.empty() || found == by_folder_.end()) return {};
  std::string_view best;
  std::size_t most = 0;
  for (const std::uint32_t file : found->second) {
    const std::string_view folder = folder_of(files_[file].path);
    if (!ends_with_parts(folder, ending) || folder == folder_of(importer)) continue;
    const std::size_t parts = shared(files_[file].path, importer) + 1;
    if (parts <= most) continue;
    best = folder;
    most = parts;
  }
  Numbers all;
  for (const std::uint32_t file : found->second) {
    if (most > 0 && folder_of(files_[file].path) == best) all.push_back(file);
  }
  return all;
}

Numbers ImportResolver::first_of(std::string_view importer,
                                 const std::vector<std::string>& endings) const {
  for (const std::string& ending : endings) {
    if (Numbers found = nearest(importer, ending); !found.empty()) return found;
  }
  return {};
}

Numbers ImportResolver::resolve(std::uint32_t importer, const Import& import) const {
  const CodeFile& file = files_[importer];
  const std::string_view folder = folder_of(file.path);
  const std::string& target = import.target;
  switch (file.facts.language) {
    case Language::kC:
    case Language::kCpp: {
      Numbers here = is_of_the_system(import) ? Numbers() : at(joined(folder, target));
      if (!here.empty()) return here;
      std::string ending = joined({}, target);
      if (ending.empty()) return {};
      // A C library has them in a folder of that name.
      return nearest(file.path, is_of_the_system(import) ? "include/" + ending : ending);
    }
    case Language::kPython: {
      const std::size_t dots = std::min(target.find_first_not_of('.'), target.size());
      const std::string path = with_slashes(std::string_view(target).substr(dots), ".");
      if (dots == 0) return first_of(file.path, endings_of(path, {".py", "/__init__.py", ".pyi"}));
      std::string up;
      for (std::size_t i = 1; i < dots; ++i) up += "../";
      for (const char* const ending : {".py", "/__init__.py", ".pyi"}) {
        if (Numbers found = at(joined(folder, up + path + ending)); !found.empty()) return found;
      }
      return {};
    }
    case Language::kJavaScript:
    case Language::kTypeScript:
    case Language::kTsx: {
      if (!target.starts_with('.')) return {};
      static constexpr std::array kEndings = {"",           ".ts",       ".tsx",      ".js",
                                              ".jsx",       ".mjs",      ".cjs",      "/index.ts",
                                              "/index.tsx", "/index.js", "/index.jsx"};
      // What is written as "./a.js" may be compiled from "a.ts".
      const std::string_view bare = std::string_view(target).substr(0, target.rfind(".js"));
      for (const std::string_view start : {std::string_view(target), bare}) {
        for (const char* const ending : kEndings) {
          const std::string path = joined(folder, std::string(start) + ending);
          if (Numbers found = at(path); !found.empty()) return found;
        }
      }
      return {};
    }
    case Language::kGo: {
      for (std::string_view rest = target; !rest.empty();) {
        if (Numbers found = in_folder(file.path, rest); !found.empty()) return found;
        const std::size_t slash = rest.find('/');
        rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
      }
      return {};
    }
    case Language::kRust: {
      std::string_view rest = target;
      for (const std::string_view start : {"crate::", "self::", "super::"}) {
        while (rest.starts_with(start)) rest.remove_prefix(start.size());
      }
      return first_of(file.path, endings_of(with_slashes(rest, "::"), {".rs", "/mod.rs"}));
    }
    case Language::kJava: {
      if (target.ends_with(".*")) {
        return in_folder(file.path, with_slashes(target.substr(0, target.size() - 2), "."));
      }
      return first_of(file.path, endings_of(with_slashes(target, "."), {".java"}));
    }
  }
  return {};
}

}  // namespace automod::analyzers
