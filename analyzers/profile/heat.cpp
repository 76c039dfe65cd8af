#include "analyzers/profile/heat.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analyzers/treesitter/visibility.hpp"

namespace automod::analyzers {

namespace {

using Line = std::pair<std::uint32_t, std::size_t>;  // file and line

std::string_view last_of(std::string_view path, std::string_view separator) {
  const std::size_t at = path.rfind(separator);
  return at == path.npos ? path : path.substr(at + separator.size());
}

/// Is `end` all of it, or its last parts?
bool ends_with_parts(std::string_view whole, std::string_view end, std::string_view separator) {
  if (!whole.ends_with(end)) return false;
  const std::string_view before = whole.substr(0, whole.size() - end.size());
  return before.empty() || before.ends_with(separator);
}

std::string_view without_dots(std::string_view path) {
  for (;;) {
    if (path.starts_with("./")) {
      path.remove_prefix(2);
    } else if (path.starts_with("../")) {
      path.remove_prefix(3);
    } else {
      return path;
    }
  }
}

void add(Share& to, const Share& share) {
  to.self = std::min(1.0, to.self + share.self);
  to.total = std::min(1.0, to.total + share.total);
}

bool is_c_or_cpp(Language language) {
  return language == Language::kC || language == Language::kCpp;
}

}  // namespace

struct Heat::Impl {
  const Codebase& code;
  std::unordered_map<std::string_view, std::vector<std::uint32_t>> files;  // by last part
  std::unordered_map<std::string, std::vector<SymbolAt>> functions;        // by last name
  std::map<SymbolAt, Share> of_functions;
  std::map<Line, Share> of_lines;
  std::unordered_map<std::string_view, std::optional<std::uint32_t>> known_files;

  explicit Impl(const Codebase& codebase) : code(codebase) {
    for (std::uint32_t file = 0; file < code.files().size(); ++file) {
      files[last_of(code.files()[file].path, "/")].push_back(file);
      const auto& symbols = code.files()[file].facts.symbols;
      for (std::uint32_t i = 0; i < symbols.size(); ++i) {
        if (!symbols[i].is_definition || !is_callable(symbols[i].kind)) continue;
        const SymbolAt at{.file = file, .symbol = i};
        functions[plain_name(code.name(at))].push_back(at);
      }
    }
  }

  /// The one file of the codebase that may be meant, the longest way where several are.
  std::optional<std::uint32_t> file_of(std::string_view written) {
    const auto [known, is_new] = known_files.try_emplace(written);
    if (is_new) known->second = find_file(without_dots(written));
    return known->second;
  }

  std::optional<std::uint32_t> find_file(std::string_view path) const {
    const auto same_name = files.find(last_of(path, "/"));
    if (path.empty() || same_name == files.end()) return std::nullopt;
    std::optional<std::uint32_t> best;
    std::size_t longest = 0;
    std::size_t beyond = 0;  // files that say more than the profile does
    for (const std::uint32_t file : same_name->second) {
      const std::string_view own = code.files()[file].path;
      if (ends_with_parts(path, own, "/")) {
        if (own.size() > longest) best = file;
        longest = std::max(longest, own.size());
      } else if (longest == 0 && ends_with_parts(own, path, "/")) {
        best = file;
        ++beyond;
      }
    }
    return longest == 0 && beyond > 1 ? std::nullopt : best;
  }

  bool is_meant(const ProfiledFunction& function, std::optional<std::uint32_t> file,
                SymbolAt at) const {
    if (file) return at.file == *file;
    const std::string own = plain_name(code.full_name(at));
    const bool is_qualified = own.find("::") != own.npos;
    // What lies in a file that is none of ours is a library's, unless its whole name says more.
    if (own == function.name) return function.file.empty() || is_qualified;
    return function.file.empty() && !is_c_or_cpp(code.files()[at.file].facts.language) &&
           ends_with_parts(function.name, own, "::");
  }

  void place(const ProfiledFunction& function) {
    const auto found = functions.find(std::string(last_of(function.name, "::")));
    if (found == functions.end()) return;
    const auto file = file_of(function.file);
    std::vector<SymbolAt> meant;
    std::ranges::copy_if(found->second, std::back_inserter(meant),
                         [&](SymbolAt at) { return is_meant(function, file, at); });
    // Within a file, methods of several classes may have one name.
    const auto is_exact = [&](SymbolAt at) {
      return plain_name(code.full_name(at)) == function.name;
    };
    if (std::ranges::any_of(meant, is_exact)) {
      std::erase_if(meant, [&](SymbolAt at) { return !is_exact(at); });
    }
    for (const SymbolAt at : meant) add(of_functions[at], function.share);
  }
};

Heat::Heat(const Profile& profile, const Codebase& code) : impl_(std::make_unique<Impl>(code)) {
  for (const ProfiledFunction& function : profile.functions) impl_->place(function);
  for (const ProfiledLine& line : profile.lines) {
    if (const auto file = impl_->file_of(line.file)) {
      add(impl_->of_lines[Line(*file, line.line)], line.share);
    }
  }
}

Heat::Heat(Heat&&) noexcept = default;
Heat::~Heat() = default;

Share Heat::of_function(SymbolAt function) const {
  const auto found = impl_->of_functions.find(function);
  return found == impl_->of_functions.end() ? Share{} : found->second;
}

std::optional<Share> Heat::of_line(std::uint32_t file, std::size_t line) const {
  const auto found = impl_->of_lines.find(Line(file, line));
  if (found == impl_->of_lines.end()) return std::nullopt;
  return found->second;
}

}  // namespace automod::analyzers
