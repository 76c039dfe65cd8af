#include "analyzers/structure/dead.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "analyzers/structure/callable_by_others.hpp"
#include "analyzers/structure/words.hpp"
#include "analyzers/treesitter/nodes.hpp"
#include "analyzers/treesitter/visibility.hpp"

namespace automod::analyzers {

namespace {

constexpr std::size_t kMostBytes = 8 << 20;
constexpr std::size_t kMostNamesakes = 100;

/// A name that no reference has, and where its symbols are.
struct Name {
  std::vector<SymbolAt> symbols;
  bool is_used = false;
};

class Graveyard {
 public:
  Graveyard(const Codebase& code, const ReadText& read, const CancelToken& cancel)
      : code_(code), read_(read), cancel_(cancel) {}

  Result<std::vector<DeadFunction>> run(const OtherTexts& others) {
    know_names();
    if (names_.empty()) return std::vector<DeadFunction>();
    for (std::uint32_t i = 0; i < code_.files().size(); ++i) {
      if (cancel_.requested()) return fail(ErrorKind::kInterrupted, "interrupted");
      auto text = read_(i);
      if (!text) return fail(std::move(text.error()));
      look_in(i, *text);
    }
    const auto seen = others([&](std::string_view text) { look_in(text); });
    if (!seen) return fail(seen.error());
    return the_dead();
  }

 private:
  static bool is_function(const Symbol& symbol) {
    return is_callable(symbol.kind) && symbol.is_definition;
  }

  /// Does the reference stand in a function of the same name? Where a text was not understood
  /// nobody knows the end of one.
  static bool is_to_itself(const FileFacts& facts, const Reference& reference) {
    if (facts.syntax_errors > 0) return false;
    for (std::uint32_t i = reference.within; i != kNone; i = facts.symbols[i].within) {
      if (facts.symbols[i].name == reference.name) return is_callable(facts.symbols[i].kind);
    }
    return false;
  }

  void know_names() {
    std::unordered_set<std::string_view> used;
    for (const CodeFile& file : code_.files()) {
      for (const Reference& one : file.facts.references) {
        if (!is_to_itself(file.facts, one)) used.insert(file.facts.names[one.name]);
      }
    }
    for (std::uint32_t i = 0; i < code_.files().size(); ++i) {
      const CodeFile& file = code_.files()[i];
      if (kind_of_file(file.path) != FileKind::kCode) continue;
      for (const Symbol& symbol : file.facts.symbols) {
        const std::string_view name = file.facts.names[symbol.name];
        if (is_function(symbol) && !used.contains(name)) names_.try_emplace(name);
      }
    }
    for (std::uint32_t i = 0; i < code_.files().size(); ++i) {
      const FileFacts& facts = code_.files()[i].facts;
      for (std::uint32_t s = 0; s < facts.symbols.size(); ++s) {
        const auto known = names_.find(facts.names[facts.symbols[s].name]);
        if (known == names_.end()) continue;
        Name& name = known->second;
        if (name.symbols.size() == kMostNamesakes) name.is_used = true;
        if (!name.is_used) name.symbols.push_back({.file = i, .symbol = s});
      }
    }
  }

  /// Of code: every place but those that define and declare, call themselves, or are comments.
  void look_in(std::uint32_t file, std::string_view text) {
    std::vector<std::pair<Name*, std::size_t>> places;
    for_each_word(text, [&](std::string_view word, std::size_t at) {
      know_beginning(word);
      const auto known = names_.find(word);
      if (known == names_.end() || known->second.is_used) return;
      if (!is_expected(file, known->second, word, at)) places.emplace_back(&known->second, at);
    });
    if (places.empty()) return;
    const auto tree = syntax_tree(code_.files()[file].facts.language, text, kMostBytes);
    std::size_t node = 0;
    for (const auto& [name, at] : places) {
      bool is_comment = false;
      while (tree && node < tree->nodes.size() && tree->nodes[node].begin <= at) {
        const SyntaxNode& here = tree->nodes[node];
        is_comment = here.type.contains("comment") && at < here.end;
        if (is_comment) break;
        ++node;
      }
      if (!is_comment) name->is_used = true;
    }
  }

  /// "handle_", to which something puts the rest when it calls.
  void know_beginning(std::string_view word) {
    if (word.size() > 2 && word.ends_with('_')) beginnings_.emplace(word);
  }

  bool is_put_together(std::string_view name) const {
    for (std::size_t at = name.find('_', 1); at != name.npos; at = name.find('_', at + 1)) {
      if (beginnings_.contains(std::string(name.substr(0, at + 1)))) return true;
    }
    return false;
  }

  bool is_expected(std::uint32_t file, const Name& name, std::string_view word,
                   std::size_t at) const {
    const FileFacts& facts = code_.files()[file].facts;
    for (const SymbolAt one : name.symbols) {
      if (one.file != file) continue;
      const Symbol& symbol = facts.symbols[one.symbol];
      if (symbol.name_at.begin <= at && at < symbol.name_at.end) return true;
    }
    const auto after = std::ranges::lower_bound(facts.references, at, {}, &Reference::begin);
    return after != facts.references.end() && after->begin == at &&
           facts.names[after->name] == word && is_to_itself(facts, *after);
  }

  void look_in(std::string_view text) {
    for_each_word(text, [&](std::string_view word, std::size_t) {
      const auto known = names_.find(word);
      if (known != names_.end()) known->second.is_used = true;
    });
  }

  Result<std::vector<DeadFunction>> the_dead() {
    std::vector<std::pair<SymbolAt, const Name*>> left;
    for (const auto& [word, name] : names_) {
      if (name.is_used || is_put_together(word)) continue;
      for (const SymbolAt at : name.symbols) {
        const bool is_own = kind_of_file(code_.files()[at.file].path) == FileKind::kCode;
        if (is_own && is_function(code_.symbol(at))) left.emplace_back(at, &name);
      }
    }
    std::ranges::sort(left);
    std::vector<DeadFunction> dead;
    std::string text;
    bool is_pasted = false;
    std::uint32_t shown = kNone;
    for (const auto& [at, name] : left) {
      if (at.file != shown) {
        auto read = read_(at.file);
        if (!read) return fail(std::move(read.error()));
        text = std::move(*read);
        is_pasted = text.contains("##");
        shown = at.file;
      }
      if (is_generated(text)) continue;
      const auto reachable = reachable_by_others(
          code_, {.at = at, .text = text, .is_pasted = is_pasted, .symbols = name->symbols});
      if (reachable == Reachable::kWell) continue;
      dead.push_back({.at = at, .is_certain = reachable == Reachable::kNot});
    }
    return dead;
  }

  const Codebase& code_;
  const ReadText& read_;
  const CancelToken& cancel_;
  std::unordered_map<std::string_view, Name> names_;
  std::unordered_set<std::string> beginnings_;  // words that may begin a name
};

}  // namespace

Result<std::vector<DeadFunction>> find_dead_functions(const Codebase& code, const ReadText& read,
                                                      const OtherTexts& others,
                                                      const CancelToken& cancel) {
  return Graveyard(code, read, cancel).run(others);
}

}  // namespace automod::analyzers
