#include "analyzers/index/focus.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"

namespace automod::analyzers {

namespace {

/// Beyond so many names the nearest is not looked for.
constexpr std::size_t kMostNames = 200'000;

std::vector<std::uint32_t> files_below(const Codebase& code, std::string_view folder) {
  std::vector<std::uint32_t> all;
  for (std::uint32_t i = 0; i < code.files().size(); ++i) {
    const std::string_view path = code.files()[i].path;
    if (folder.empty() || (path.starts_with(folder) && path.substr(folder.size()).starts_with('/')))
      all.push_back(i);
  }
  return all;
}

std::string nearest(const Codebase& code, std::string_view word) {
  std::set<std::string> names;
  for (const CodeFile& file : code.files()) {
    names.insert(file.path);
    for (const Symbol& symbol : file.facts.symbols) names.insert(file.facts.names[symbol.name]);
    if (names.size() > kMostNames) return {};
  }
  return suggestion(word, {names.begin(), names.end()});
}

std::string nearest_in(const FileFacts& facts, std::string_view name) {
  std::set<std::string> names;
  for (std::uint32_t i = 0; i < facts.symbols.size(); ++i) {
    names.insert(facts.names[facts.symbols[i].name]);
    names.insert(full_name(facts, i));
  }
  return suggestion(name, {names.begin(), names.end()});
}

}  // namespace

Result<Focus> find_focus(const Codebase& code, std::string_view word) {
  std::string_view path = word;
  while (path.starts_with("./")) path.remove_prefix(2);
  while (path.ends_with('/')) path.remove_suffix(1);
  if (path == ".") path = {};
  if (const auto file = code.find(path)) return Focus{.files = {*file}, .symbols = {}};
  if (auto files = files_below(code, path); !word.empty() && !files.empty()) {
    return Focus{.files = std::move(files), .symbols = {}};
  }
  if (auto symbols = code.named(word); !symbols.empty()) {
    return Focus{.files = {}, .symbols = std::move(symbols)};
  }
  // The first colon that follows a file's path, as a name may have colons of its own.
  for (std::size_t at = word.find(':'); at != std::string_view::npos; at = word.find(':', at + 1)) {
    const auto file = code.find(word.substr(0, at));
    if (!file) continue;
    const std::string_view name = word.substr(at + 1);
    auto symbols = code.named(name);
    std::erase_if(symbols, [&](SymbolAt one) { return one.file != *file; });
    if (!symbols.empty()) return Focus{.files = {}, .symbols = std::move(symbols)};
    return fail(ErrorKind::kUsage,
                fmt::format("{} defines no '{}'{}", printable_line(word.substr(0, at)),
                            printable_line(name), nearest_in(code.files()[*file].facts, name)));
  }
  return fail(ErrorKind::kUsage,
              fmt::format("'{}' is neither a file, a folder nor a symbol{}", printable_line(word),
                          nearest(code, word)),
              "paths are those of the revision, from its root");
}

}  // namespace automod::analyzers
