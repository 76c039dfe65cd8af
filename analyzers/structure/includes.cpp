#include "analyzers/structure/includes.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "analyzers/index/imports.hpp"
#include "analyzers/structure/words.hpp"
#include "analyzers/treesitter/visibility.hpp"

namespace automod::analyzers {

namespace {

using Numbers = std::vector<std::uint32_t>;
using WordSet = std::unordered_set<std::string>;

constexpr std::uint32_t kFewestUnits = 20;
constexpr std::uint64_t kFewestLines = 300;
constexpr std::size_t kMostCostly = 5;

bool is_c(const CodeFile& file) {
  return file.facts.language == Language::kC || file.facts.language == Language::kCpp;
}

/// A file and all that it includes, directly or not, sorted.
Numbers closure(const Codebase& code, std::uint32_t file) {
  Numbers all = {file};
  std::unordered_set<std::uint32_t> seen = {file};
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (const std::uint32_t next : code.imports(all[i])) {
      if (seen.insert(next).second) all.push_back(next);
    }
  }
  std::ranges::sort(all);
  return all;
}

/// May code that says nothing of a class use it by its bare name?
bool is_seen_by_others(SymbolKind kind) {
  return kind != SymbolKind::kNamespace && kind != SymbolKind::kMethod &&
         kind != SymbolKind::kField;
}

std::string_view stem_of(std::string_view path) {
  const std::string_view name = name_part(path);
  return name.substr(0, name.find('.'));
}

/// Reads what is asked of files once.
class IncludeReading {
 public:
  IncludeReading(const Codebase& code, const ReadText& read)
      : code_(code), read_(read), resolver_(code.files()) {}

  Result<void> look_at(std::uint32_t unit, std::vector<UnusedInclude>& found) {
    const CodeFile& file = code_.files()[unit];
    std::vector<std::pair<const Import*, std::uint32_t>> direct;
    for (const Import& import : file.facts.imports) {
      const Numbers targets = resolver_.resolve(unit, import);
      if (targets.size() == 1 && targets[0] != unit) direct.emplace_back(&import, targets[0]);
    }
    for (const auto& [import, header] : direct) {
      Numbers rest;
      for (const auto& [other, target] : direct) {
        if (target == header) continue;
        const Numbers& more = reached(target);
        rest.insert(rest.end(), more.begin(), more.end());
      }
      std::ranges::sort(rest);
      const auto end = std::ranges::unique(rest);
      rest.erase(end.begin(), end.end());
      auto needless = is_needless(unit, header, rest);
      if (!needless) return fail(std::move(needless.error()));
      if (*needless) {
        found.push_back({.file = unit,
                         .line = import->line,
                         .header = header,
                         .lines = lines_beyond(header, rest)});
      }
    }
    return {};
  }

 private:
  struct Content {
    WordSet words;
    bool has_pragma_for_includes = false;  // "IWYU pragma", or told to stay
    bool has_specialisation = false;
    bool sets_up = false;  // what other headers bring: feature macros, names that are taken back
  };

  const Numbers& reached(std::uint32_t file) {
    auto& known = closures_[file];
    if (known.empty()) known = closure(code_, file);
    return known;
  }

  std::uint64_t lines_beyond(std::uint32_t header, const Numbers& rest) {
    std::uint64_t lines = 0;
    for (const std::uint32_t one : reached(header)) {
      if (!std::ranges::binary_search(rest, one)) lines += code_.files()[one].facts.lines;
    }
    return lines;
  }

  Result<const Content*> content(std::uint32_t file) {
    auto& known = contents_[file];
    if (known) return &*known;
    const auto text = read_(file);
    if (!text) return fail(text.error());
    known.emplace();
    for_each_word(*text, [&](std::string_view word, std::size_t) { known->words.emplace(word); });
    known->has_pragma_for_includes = text->contains("IWYU pragma") || text->contains("NOLINT");
    known->has_specialisation = text->contains("template <>") || text->contains("template<>");
    known->sets_up = text->contains("#undef ") || text->contains("#define _GNU_SOURCE") ||
                     text->contains("#define _XOPEN_SOURCE") ||
                     text->contains("#define _POSIX_C_SOURCE");
    return &*known;
  }

  /// Is it plain what the header brings, so that its names can be looked for?
  Result<bool> is_plain(std::uint32_t header) {
    const CodeFile& file = code_.files()[header];
    const FileFacts& facts = file.facts;
    const bool is_read = facts.left_out == LeftOut::kNothing && facts.syntax_errors == 0;
    if (!is_read || !is_c(file)) return false;
    for (const Symbol& symbol : facts.symbols) {
      if (facts.names[symbol.name].starts_with("operator")) return false;
    }
    const auto found = content(header);
    if (!found) return fail(found.error());
    return !(*found)->has_specialisation && !(*found)->sets_up;
  }

  Result<bool> is_needless(std::uint32_t unit, std::uint32_t header, const Numbers& rest) {
    const CodeFile& file = code_.files()[unit];
    const CodeFile& included = code_.files()[header];
    if (!is_header_of_c(included.path) || stem_of(included.path) == stem_of(file.path))
      return false;
    if (included.facts.symbols.empty()) return false;  // it is there for what it includes or does
    if (std::ranges::binary_search(rest, header)) return false;  // it comes in any way
    const auto own = content(unit);
    if (!own) return fail(own.error());
    if ((*own)->has_pragma_for_includes) return false;
    for (const std::uint32_t one : reached(header)) {
      const auto plain = is_plain(one);
      if (!plain || !*plain) return plain;
      if (names_meet(one, (*own)->words) || brings_system_header(one, unit, rest)) return false;
    }
    return !others_lean_on(header, rest);
  }

  /// Does the file define or declare anything that is among the words?
  bool names_meet(std::uint32_t file, const WordSet& words) const {
    const FileFacts& facts = code_.files()[file].facts;
    return std::ranges::any_of(facts.symbols, [&](const Symbol& symbol) {
      return symbol.kind != SymbolKind::kNamespace && words.contains(facts.names[symbol.name]);
    });
  }

  /// One that the unit has from nowhere else of its project.
  bool brings_system_header(std::uint32_t file, std::uint32_t unit, const Numbers& rest) {
    for (const Import& import : code_.files()[file].facts.imports) {
      if (!resolver_.resolve(file, import).empty()) continue;
      const auto has = [&](std::uint32_t other) {
        const auto& imports = code_.files()[other].facts.imports;
        return std::ranges::any_of(imports,
                                   [&](const Import& one) { return one.target == import.target; });
      };
      if (!has(unit) && std::ranges::none_of(rest, has)) return true;
    }
    return false;
  }

  /// Does another header of the unit use what this one defines, or leave a type to it to define?
  bool others_lean_on(std::uint32_t header, const Numbers& rest) {
    WordSet defined;
    for (const std::uint32_t one : reached(header)) {
      const FileFacts& facts = code_.files()[one].facts;
      for (const Symbol& symbol : facts.symbols) {
        if (symbol.is_definition) defined.insert(facts.names[symbol.name]);
      }
    }
    for (const std::uint32_t other : rest) {
      if (std::ranges::binary_search(reached(header), other)) continue;
      const FileFacts& facts = code_.files()[other].facts;
      for (const Symbol& symbol : facts.symbols) {
        const bool is_left = !symbol.is_definition && is_type(symbol.kind);
        if (is_left && defined.contains(facts.names[symbol.name])) return true;
      }
      const auto own = content(other);
      if (!own) return true;
      for (const std::uint32_t one : reached(header)) {
        const FileFacts& mine = code_.files()[one].facts;
        for (const Symbol& symbol : mine.symbols) {
          const bool is_used =
              is_seen_by_others(symbol.kind) && (*own)->words.contains(mine.names[symbol.name]);
          if (is_used) return true;
        }
      }
    }
    return false;
  }

  const Codebase& code_;
  const ReadText& read_;
  ImportResolver resolver_;
  std::map<std::uint32_t, Numbers> closures_;
  std::map<std::uint32_t, std::optional<Content>> contents_;
};

}  // namespace

IncludeCosts include_costs(const Codebase& code) {
  IncludeCosts costs;
  std::map<std::uint32_t, HeaderCost> found;
  for (std::uint32_t i = 0; i < code.files().size(); ++i) {
    const CodeFile& file = code.files()[i];
    if (!is_c(file) || !is_unit_of_c(file.path)) continue;
    ++costs.units;
    for (const std::uint32_t one : closure(code, i)) {
      if (one != i && is_header_of_c(code.files()[one].path)) ++found[one].units;
    }
  }
  for (auto& [header, cost] : found) {
    cost.header = header;
    const Numbers all = closure(code, header);
    cost.headers = static_cast<std::uint32_t>(all.size() - 1);
    for (const std::uint32_t one : all) cost.lines += code.files()[one].facts.lines;
    costs.headers.push_back(cost);
  }
  std::ranges::sort(costs.headers, [](const HeaderCost& a, const HeaderCost& b) {
    return std::tuple(b.lines_in_all(), a.header) < std::tuple(a.lines_in_all(), b.header);
  });
  for (std::size_t i = 0; i < std::min(costs.headers.size(), kMostCostly); ++i) {
    HeaderCost& one = costs.headers[i];
    one.stands_out = one.units >= kFewestUnits && 3ULL * one.units >= costs.units &&
                     one.lines >= kFewestLines &&
                     kind_of_file(code.files()[one.header].path) == FileKind::kCode;
  }
  return costs;
}

Result<std::vector<UnusedInclude>> unused_includes(const Codebase& code, const ReadText& read,
                                                   const CancelToken& cancel) {
  std::vector<UnusedInclude> found;
  IncludeReading reading(code, read);
  for (std::uint32_t i = 0; i < code.files().size(); ++i) {
    if (cancel.requested()) return fail(ErrorKind::kInterrupted, "interrupted");
    const CodeFile& file = code.files()[i];
    const bool counts = is_c(file) && is_unit_of_c(file.path) &&
                        kind_of_file(file.path) != FileKind::kForeign &&
                        file.facts.left_out == LeftOut::kNothing && !file.facts.symbols.empty();
    if (!counts) continue;
    if (auto done = reading.look_at(i, found); !done) return fail(std::move(done.error()));
  }
  return found;
}

}  // namespace automod::analyzers
