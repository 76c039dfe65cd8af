#include "engine/context/focus.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <set>
#include <tuple>
#include <utility>

#include "analyzers/structure/file_kind.hpp"
#include "base/text.hpp"
#include "engine/context/words.hpp"

namespace automod::context {

namespace {

using analyzers::FileFacts;
using analyzers::FileKind;
using analyzers::kNone;
using analyzers::PackedCode;
using analyzers::Symbol;
using analyzers::SymbolKind;

/// Definitions of one word that are shown; those of a word in a request that still tell something.
constexpr std::size_t kMostMeant = 8;
constexpr std::size_t kMostMentioned = 3;
constexpr std::size_t kMostOfFolder = 40;
/// Files that are read to find out what a name means.
constexpr std::size_t kMostRead = 48;
constexpr std::size_t kShortestPlain = 3;
/// Beyond so many names the nearest is not looked for.
constexpr std::size_t kMostNames = 200'000;

/// A word that is no file, and what may define it.
struct Wanted {
  std::string word;
  std::string name;                     // of the symbol: what follows the path
  std::optional<std::uint32_t> within;  // path:symbol
  bool has_to_be = false;               // else it is only mentioned
  bool is_plain = false;                // a word of a language that people speak, as it seems
  std::vector<PackedCode::Sighting> seen = {};
};

struct Found {
  Meant meant;
  std::string full_name;
  bool is_definition = false;
};

bool is_function(SymbolKind kind) {
  return kind == SymbolKind::kFunction || kind == SymbolKind::kMethod;
}

bool is_type(SymbolKind kind) {
  return kind == SymbolKind::kClass || kind == SymbolKind::kStruct || kind == SymbolKind::kUnion ||
         kind == SymbolKind::kInterface || kind == SymbolKind::kEnum || kind == SymbolKind::kType;
}

std::optional<std::size_t> number(std::string_view text) {
  std::size_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::unexpected<Error> no_such_line(std::string_view path, std::size_t lines, std::size_t line) {
  return fail(ErrorKind::kUsage,
              fmt::format("{} has {} line{}, there is no line {}", printable_line(path), lines,
                          lines == 1 ? "" : "s", line));
}

std::string_view plain_path(std::string_view word) {
  while (word.starts_with("./")) word.remove_prefix(2);
  while (word.ends_with('/')) word.remove_suffix(1);
  return word;
}

/// The innermost function or type around a line; kNone where there is none.
std::uint32_t symbol_at_line(const FileFacts& facts, std::string_view text, std::size_t line) {
  std::size_t begin = 0;
  for (std::size_t i = 1; i < line && begin != std::string_view::npos; ++i) {
    begin = text.find('\n', begin);
    if (begin != std::string_view::npos) ++begin;
  }
  if (begin == std::string_view::npos) return kNone;
  const std::size_t end = std::min(text.find('\n', begin), text.size());
  const std::size_t first = std::min(text.find_first_not_of(" \t\r", begin), end);
  std::uint32_t around = kNone;
  for (std::uint32_t i = 0; i < facts.symbols.size(); ++i) {
    const Symbol& symbol = facts.symbols[i];
    if (!is_function(symbol.kind) && !is_type(symbol.kind)) continue;
    if (symbol.whole.begin <= first && first < symbol.whole.end) around = i;
  }
  return around;
}

class Finder {
 public:
  Finder(Shelf& shelf, unsigned jobs) : shelf_(shelf), jobs_(jobs) {}

  Result<Focus> run(const std::vector<std::string>& focus, const std::string& words) {
    for (const std::string& word : focus) {
      auto known = find_place(word, true);
      if (!known) return fail(std::move(known.error()));
    }
    for (const Mention& mention : mentions_in(words)) {
      auto known = find_mentioned(mention);
      if (!known) return fail(std::move(known.error()));
    }
    if (auto done = find_symbols(); !done) return fail(std::move(done.error()));
    return std::move(focus_);
  }

 private:
  const PackedTree& tree() const { return shelf_.tree(); }
  const PackedCode& code() const { return tree().code(); }

  void add(Meant meant) {
    if (std::ranges::find(focus_.meant, meant) == focus_.meant.end()) {
      focus_.meant.push_back(std::move(meant));
    }
  }

  bool is_file(std::string_view path) const {
    return std::ranges::binary_search(tree().paths(), path);
  }

  void add_file(std::string_view path, std::size_t line = 0) {
    add({.path = std::string(path), .file = code().find(path), .symbol = kNone, .line = line});
  }

  bool add_folder(std::string_view folder) {
    std::size_t files = 0;
    std::size_t added = 0;
    for (const analyzers::PackedFile& file : code().files()) {
      const std::string_view path = file.path;
      const bool is_below =
          folder.empty() || folder == "." ||
          (path.starts_with(folder) && path.substr(folder.size()).starts_with('/'));
      if (!is_below || analyzers::kind_of_file(path) == FileKind::kForeign) continue;
      if (++files > kMostOfFolder) continue;
      add_file(path);
      ++added;
    }
    if (files > added) {
      focus_.notes.push_back(fmt::format("{} has {} files; the first {} are looked at",
                                         printable_line(folder), files, added));
    }
    return files > 0;
  }

  /// A line that is not there stands for its file where it is only mentioned.
  Result<void> add_line(std::string_view path, std::size_t line, bool has_to_be) {
    const auto file = code().find(path);
    const auto text = tree().text(path);
    if (!text && file) return fail(text.error());
    const std::size_t lines = text ? split_lines(*text).size() : line;
    const bool is_there = line > 0 && line <= lines;
    if (!is_there && has_to_be) return no_such_line(path, lines, line);
    if (!is_there || !file) {
      add_file(path, is_there ? line : 0);
      return {};
    }
    const auto facts = shelf_.facts(*file);
    if (!facts) return fail(facts.error());
    add({.path = std::string(path),
         .file = file,
         .symbol = symbol_at_line(**facts, *text, line),
         .line = line});
    return {};
  }

  /// Files, folders and lines at once; names of symbols are kept for later.
  Result<void> find_place(const std::string& word, bool has_to_be) {
    const std::string_view path = plain_path(word);
    if (is_file(path)) {
      add_file(path);
      return {};
    }
    if (has_to_be && !word.empty() && add_folder(path)) return {};
    Wanted wanted{.word = word, .name = word, .within = {}, .has_to_be = has_to_be};
    // The first colon that follows a file's path, as a name may have colons of its own.
    for (auto at = path.find(':'); at != std::string_view::npos; at = path.find(':', at + 1)) {
      const std::string_view before = path.substr(0, at);
      if (!is_file(before)) continue;
      const std::string_view rest = path.substr(at + 1);
      if (const auto line = number(rest.substr(0, rest.find(':')))) {
        return add_line(before, *line, has_to_be);
      }
      wanted.name = rest;
      wanted.within = code().find(before);
      if (!wanted.within && has_to_be) return unknown(wanted);
      if (!wanted.within) {
        add_file(before);
        return {};
      }
      break;
    }
    if (!wanted.name.empty())
      wanted_.push_back(std::move(wanted));
    else if (has_to_be)
      return unknown(wanted);
    return {};
  }

  Result<void> find_mentioned(const Mention& mention) {
    if (mention.looks_like_code) {
      const std::string* only = only_path_ending(mention.text);
      return find_place(only != nullptr ? *only : mention.text, false);
    }
    if (mention.text.size() < kShortestPlain) return {};
    wanted_.push_back({.word = mention.text,
                       .name = mention.text,
                       .within = {},
                       .has_to_be = false,
                       .is_plain = true});
    return {};
  }

  /// "parse.cpp" for "src/parse.cpp", where there is one alone.
  const std::string* only_path_ending(std::string_view name) const {
    if (name.find('.') == std::string_view::npos) return nullptr;
    const std::string ending = fmt::format("/{}", name.substr(0, name.find(':')));
    const std::string* only = nullptr;
    for (const std::string& path : tree().paths()) {
      if (!path.ends_with(ending)) continue;
      if (only != nullptr) return nullptr;
      only = &path;
    }
    return name.find(':') == std::string_view::npos ? only : nullptr;
  }

  Result<void> find_symbols() {
    std::vector<std::string> names;
    for (const Wanted& wanted : wanted_) names.emplace_back(analyzers::last_name(wanted.name));
    const std::set<std::string> each(names.begin(), names.end());
    const std::vector<std::string> list(each.begin(), each.end());
    const auto seen = code().look_for(list, jobs_);
    if (!seen) return fail(seen.error());
    for (const auto& one : *seen) {
      if (!one.seen.defines && !one.seen.declares) continue;
      for (std::size_t i = 0; i < wanted_.size(); ++i) {
        if (names[i] != list[one.seen.name]) continue;
        if (wanted_[i].within.value_or(one.file) == one.file) wanted_[i].seen.push_back(one);
      }
    }
    for (const bool is_plain : {false, true}) {
      // A word that could be plain English counts only where nothing else says what is meant.
      if (is_plain && !focus_.meant.empty()) break;
      for (Wanted& wanted : wanted_) {
        if (wanted.is_plain != is_plain) continue;
        if (auto done = settle(wanted); !done) return done;
      }
    }
    return {};
  }

  Result<std::vector<Found>> read(const Wanted& wanted) {
    std::vector<Found> all;
    const std::string_view last = analyzers::last_name(wanted.name);
    for (const auto& one : wanted.seen) {
      const auto facts = shelf_.facts(one.file);
      if (!facts) return fail(facts.error());
      const auto& symbols = (*facts)->symbols;
      for (std::uint32_t i = 0; i < symbols.size(); ++i) {
        if ((*facts)->names[symbols[i].name] != last) continue;
        if (symbols[i].kind == SymbolKind::kNamespace) continue;
        std::string full = analyzers::full_name(**facts, i);
        if (!analyzers::is_named(full, wanted.name)) continue;
        const bool counts =
            !wanted.is_plain || is_function(symbols[i].kind) || is_type(symbols[i].kind);
        if (!counts) continue;
        all.push_back({.meant = {.path = code().files()[one.file].path,
                                 .file = one.file,
                                 .symbol = i,
                                 .line = 0},
                       .full_name = std::move(full),
                       .is_definition = symbols[i].is_definition});
      }
    }
    return all;
  }

  /// Keeps what a word most likely means.
  static void narrow(const Wanted& wanted, std::vector<Found>& all) {
    const auto keep_if_any = [&](const auto& is_better) {
      if (std::ranges::any_of(all, is_better)) std::erase_if(all, std::not_fn(is_better));
    };
    keep_if_any([](const Found& one) { return one.is_definition; });
    keep_if_any([](const Found& one) {
      return analyzers::kind_of_file(one.meant.path) == FileKind::kCode;
    });
    keep_if_any([&](const Found& one) { return one.full_name == wanted.name; });
    // Wholes rather than parts of them: a class, not its constructors as well.
    const std::vector<Found> wholes = all;
    std::erase_if(all, [&](const Found& one) {
      return std::ranges::any_of(wholes, [&](const Found& other) {
        const bool is_longer = one.full_name.size() > other.full_name.size();
        return is_longer && one.full_name.starts_with(other.full_name) &&
               std::string_view(":.").find(one.full_name[other.full_name.size()]) !=
                   std::string_view::npos;
      });
    });
  }

  Result<void> settle(Wanted& wanted) {
    if (std::ranges::any_of(wanted.seen, [](const auto& one) { return one.seen.defines; })) {
      std::erase_if(wanted.seen, [](const auto& one) { return !one.seen.defines; });
    }
    const auto order = [&](const PackedCode::Sighting& one) {
      return std::tuple(analyzers::kind_of_file(code().files()[one.file].path), one.file);
    };
    std::ranges::sort(wanted.seen, {}, order);
    if (wanted.seen.size() > kMostRead) wanted.seen.resize(kMostRead);
    auto all = read(wanted);
    if (!all) return fail(all.error());
    narrow(wanted, *all);
    if (all->empty()) return wanted.has_to_be ? unknown(wanted) : Result<void>{};
    if (!wanted.has_to_be && all->size() > kMostMentioned) {
      focus_.notes.push_back(fmt::format("'{}' may mean {} symbols and says nothing",
                                         printable_line(wanted.word), all->size()));
      return {};
    }
    if (all->size() > kMostMeant) {
      focus_.notes.push_back(
          fmt::format("'{}' may mean {} symbols, of which {} are shown; name one as path:symbol",
                      printable_line(wanted.word), all->size(), kMostMeant));
      all->resize(kMostMeant);
    }
    for (Found& one : *all) add(std::move(one.meant));
    return {};
  }

  Result<void> unknown(const Wanted& wanted) {
    const std::string word = printable_line(wanted.word);
    const std::string hint = "paths are those of the revision, from its root";
    if (wanted.word != wanted.name) {
      const std::string path = wanted.word.substr(0, wanted.word.size() - wanted.name.size() - 1);
      return fail(
          ErrorKind::kUsage,
          fmt::format("{} defines no '{}'{}", printable_line(path), printable_line(wanted.name),
                      wanted.within ? nearest_in(*wanted.within, wanted.name) : ""),
          hint);
    }
    return fail(ErrorKind::kUsage,
                fmt::format("'{}' is neither a file, a folder nor a symbol{}", word,
                            nearest_to(wanted.word)),
                hint);
  }

  std::string nearest_in(std::uint32_t file, std::string_view name) {
    const auto facts = shelf_.facts(file);
    if (!facts) return {};
    std::set<std::string> names;
    for (std::uint32_t i = 0; i < (*facts)->symbols.size(); ++i) {
      names.insert((*facts)->names[(*facts)->symbols[i].name]);
      names.insert(analyzers::full_name(**facts, i));
    }
    return suggestion(name, {names.begin(), names.end()});
  }

  std::string nearest_to(std::string_view word) {
    std::set<std::string> names(tree().paths().begin(), tree().paths().end());
    for (std::uint32_t i = 0; i < code().files().size(); ++i) {
      if (names.size() > kMostNames) return {};
      const auto facts = code().facts(i);
      if (!facts) return {};
      for (const Symbol& symbol : facts->symbols) names.insert(facts->names[symbol.name]);
    }
    return suggestion(word, {names.begin(), names.end()});
  }

  Shelf& shelf_;
  unsigned jobs_;
  std::vector<Wanted> wanted_;
  Focus focus_;
};

}  // namespace

Result<const analyzers::FileFacts*> Shelf::facts(std::uint32_t file) {
  const auto known = known_.find(file);
  if (known != known_.end()) return &known->second;
  auto facts = tree_.code().facts(file);
  if (!facts) return fail(std::move(facts.error()));
  return &known_.emplace(file, std::move(*facts)).first->second;
}

Result<Focus> find_meant(Shelf& shelf, const std::vector<std::string>& focus,
                         const std::string& words, unsigned jobs) {
  return Finder(shelf, jobs).run(focus, words);
}

}  // namespace automod::context
