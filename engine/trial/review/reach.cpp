#include "engine/trial/review/reach.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <unordered_map>

#include "engine/trial/review/imports.hpp"

namespace automod::trial {

namespace {

constexpr std::size_t kMostParts = 8;  // of a name such as a.b.c

using Table = std::unordered_map<std::string_view, const ReachRow*>;

/// Rows by name; members apart, behind a dot.
const Table& by_name(Family family, bool is_member) {
  static const auto kTables = [] {
    std::array<std::array<Table, 2>, 6> made;
    for (std::size_t i = 0; i < made.size(); ++i) {
      for (const ReachRow& row : reach_table(static_cast<Family>(i))) {
        made[i][row.use == Use::kMember ? 1 : 0].emplace(row.name, &row);
      }
    }
    return made;
  }();
  return kTables.at(static_cast<std::size_t>(family))[is_member ? 1 : 0];
}

const ReachRow* find(const Table& table, std::string_view name) {
  const auto found = table.find(name);
  return found == table.end() ? nullptr : found->second;
}

/// Names that a Python or a script has without importing anything.
bool is_builtin(Family family, std::string_view name) {
  static constexpr std::array<std::string_view, 11> kPython = {
      "open",         "eval",       "exec", "compile", "globals", "__import__",
      "__builtins__", "SystemExit", "exit", "quit",    "builtins"};
  return family != Family::kPython || std::ranges::find(kPython, name) != kPython.end();
}

class Scan {
 public:
  explicit Scan(const Source& source)
      : source_(source),
        tokens_(source.tokens),
        family_(family_of(source.language)),
        separator_(family_ == Family::kC || family_ == Family::kRust ? "::" : "."),
        imports_(imports_of(source)),
        has_foreign_(source.text.find("extern \"C\"") != std::string_view::npos) {}

  std::vector<Reached> run() {
    if (family_ == Family::kC) note_own_names();
    for (const Import& import : imports_.seen) visit_import(import);
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (tokens_[i].kind == TokenKind::kName) visit(i);
    }
    if (family_ == Family::kC) visit_pasted();
    std::multimap<std::size_t, Reached> by_line;  // of one line in the order they were seen
    for (Reached& reached : reached_) by_line.emplace(reached.line, std::move(reached));
    reached_.clear();
    for (auto& [line, reached] : by_line) reached_.push_back(std::move(reached));
    return std::move(reached_);
  }

 private:
  std::string_view word(std::size_t i) const {
    return i < tokens_.size() ? std::string_view(tokens_[i].text) : std::string_view();
  }
  bool is_name(std::size_t i) const {
    return i < tokens_.size() && tokens_[i].kind == TokenKind::kName;
  }
  void add(const ReachRow& row, std::string_view name, std::size_t line) {
    reached_.push_back({row.kind, row.group, std::string(name), line});
  }
  void add(FactKind kind, std::string_view group, std::string name, std::size_t line) {
    reached_.push_back({kind, group, std::move(name), line});
  }

  void visit_import(const Import& import) {
    if (const ReachRow* row = module_named(family_, import.name)) {
      add(*row, import.name, import.line);
    } else {
      look_up(import.name, import.line, false);
    }
  }

  /// The longest known name that `chain` begins with.
  bool look_up(std::string_view chain, std::size_t line, bool is_called) {
    const Table& table = by_name(family_, false);
    for (std::size_t end = chain.size(); end > 0;) {
      const std::string_view part = chain.substr(0, end);
      const ReachRow* row = find(table, part);
      if (row != nullptr && (row->use == Use::kAny || (is_called && end == chain.size()))) {
        add(*row, part, line);
        return true;
      }
      const auto cut = part.rfind(separator_);
      end = cut == part.npos ? 0 : cut;
    }
    return false;
  }

  void visit(std::size_t i) {
    const std::string_view before = i > 0 ? word(i - 1) : std::string_view();
    if (before == "." || before == "->" || before == "?.") return visit_member(i);
    const bool is_global = before == "::" && (i < 2 || !is_name(i - 2) || is_keyword(word(i - 2)));
    if (before == "::" && !is_global) return;
    std::size_t end = i;
    const std::string chain = chain_from(i, end);
    if (family_ == Family::kC || family_ == Family::kPython) visit_mode(end);
    if (family_ == Family::kC) return visit_c(i, end, chain, is_global);
    visit_imported(i, end, chain);
  }

  static bool is_keyword(std::string_view text) {
    static constexpr std::array<std::string_view, 5> kWords = {"return", "else", "case",
                                                               "co_return", "throw"};
    return std::ranges::find(kWords, text) != kWords.end();
  }

  /// "os.path.join" and the index of its last token.
  std::string chain_from(std::size_t i, std::size_t& end) const {
    std::string chain(word(i));
    for (std::size_t parts = 1; parts < kMostParts; ++parts) {
      if ((word(end + 1) == separator_ || word(end + 1) == "?.") && is_name(end + 2)) {
        end += 2;
        chain += separator_;
        chain += word(end);
      } else if (source_.is_script() && word(end + 1) == "[" && end + 3 < tokens_.size() &&
                 tokens_[end + 2].kind == TokenKind::kString && word(end + 3) == "]") {
        chain += separator_;
        chain += unquoted(word(end + 2));
        end += 3;
      } else {
        break;
      }
    }
    return chain;
  }

  /// open(path, "w"): a string of letters that only a mode is made of, one of which writes.
  void visit_mode(std::size_t i) {
    const std::string_view name = word(i);
    const bool opens = name == "open" || name == "fopen" || name == "fopen64" ||
                       name == "freopen" || name == "fdopen";
    if (!opens || word(i + 1) != "(") return;
    std::size_t depth = 0;
    for (std::size_t at = i + 1; at < tokens_.size() && at < i + 40; ++at) {
      if (word(at) == "(") ++depth;
      if (word(at) == ")" && --depth == 0) return;
      if (tokens_[at].kind != TokenKind::kString || depth != 1) continue;
      const std::string_view mode = unquoted(word(at));
      const bool is_mode = mode.size() <= 4 && mode.find_first_not_of("rwaxbtU+") == mode.npos;
      if (is_mode && mode.find_first_of("wax+") != mode.npos) {
        add(FactKind::kCapabilityFile, "file_write", std::string(name) + " to write",
            tokens_[i].line);
        return;
      }
    }
  }

  void visit_member(std::size_t i) {
    if (family_ == Family::kPython) visit_mode(i);
    const ReachRow* row = find(by_name(family_, true), word(i));
    if (row != nullptr && word(i + 1) == "(") add(*row, row->name, tokens_[i].line);
  }

  void visit_c(std::size_t i, std::size_t end, std::string_view chain, bool is_global) {
    const Token& token = tokens_[i];
    const std::string_view plain = chain.starts_with("std::") ? chain.substr(5) : chain;
    const bool is_qualified = is_global || plain.size() != chain.size();
    if (!is_qualified && own_.contains(chain)) return;
    if (imports_.uses_std && look_up("std::" + std::string(chain), token.line, true)) return;
    const bool is_used = is_qualified || word(end + 1) == "(" || is_address(i) ||
                         is_foreign_declaration(i) || is_whole_macro(i);
    if (look_up(chain, token.line, is_used)) return;
    if (plain.size() != chain.size() && plain.find("::") == plain.npos && !is_algorithm(end)) {
      look_up(plain, token.line, true);
    }
  }

  /// "&system", and not "a & system".
  bool is_address(std::size_t i) const {
    if (i == 0 || word(i - 1) != "&") return false;
    if (i == 1) return true;
    const Token& before = tokens_[i - 2];
    const bool is_value =
        before.kind != TokenKind::kSymbol || before.text == ")" || before.text == "]";
    return !is_value || is_keyword(before.text);
  }

  /// A macro that stands for nothing but this name.
  bool is_whole_macro(std::size_t i) const {
    const Token& token = tokens_[i];
    return token.in_macro && (i == 0 || tokens_[i - 1].node != token.node) &&
           (i + 1 == tokens_.size() || tokens_[i + 1].node != token.node);
  }

  /// std::signal is the function, std::rename too; what is meant by neither has a template list.
  bool is_algorithm(std::size_t end) const { return word(end + 1) == "<"; }

  bool is_declared(std::size_t node) const {
    const auto& found = source_.tree.nodes[node];
    return found.field == "declarator";
  }

  bool is_foreign_declaration(std::size_t i) const {
    const std::size_t node = tokens_[i].node;
    if (tokens_[i].in_macro || !is_declared(node)) return false;
    if (source_.parent_of(node).type != "function_declarator") return false;
    if (source_.above(node, "function_definition")) return false;
    return source_.language == analyzers::Language::kC ||
           source_.above(node, "linkage_specification").has_value();
  }

  /// What the file itself gives such a name: its own functions, members and variables. A mere
  /// declaration in C, or in extern "C", means the function of the system.
  void note_own_names() {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      const Token& token = tokens_[i];
      if (token.kind != TokenKind::kName || token.in_macro) continue;
      const auto& node = source_.tree.nodes[token.node];
      const std::string_view above = source_.parent_of(token.node).type;
      const bool is_pointed = above == "reference_declarator" || above == "pointer_declarator";
      if (node.field != "declarator" && !is_pointed) continue;
      if (above == "function_declarator" && is_foreign_declaration(i)) continue;
      own_.insert(token.text);
    }
  }

  void visit_pasted() {
    for (const Pasted& pasted : pasted_names(source_)) look_up(pasted.name, pasted.line, true);
  }

  void visit_imported(std::size_t i, std::size_t end, const std::string& chain) {
    const std::size_t line = tokens_[i].line;
    if (source_.above(tokens_[i].node, "import_statement") && family_ == Family::kPython) return;
    const bool is_called = word(end + 1) == "(";
    if (family_ == Family::kScript && visit_script(i, end)) return;
    if (family_ == Family::kPython && word(i) == "getattr") visit_getattr(i);
    if (family_ == Family::kGo && word(i) == "go" &&
        source_.parent_of(tokens_[i].node).type == "go_statement") {
      add(FactKind::kCapabilityThread, "thread", "go", line);
    }
    if (family_ == Family::kRust) visit_foreign_rust(chain, line, is_called);
    const std::string first = chain.substr(0, chain.find(separator_));
    const std::string rest = chain.substr(first.size());
    const auto alias = imports_.aliases.find(first);
    if (alias != imports_.aliases.end()) {
      look_up(alias->second + rest, line, is_called);
    } else if (is_builtin(family_, first)) {
      look_up(chain, line, is_called);
    } else {
      for (const auto& star : imports_.stars) {
        if (look_up(star + "." + chain, line, is_called)) return;
      }
    }
  }

  /// libc::fork, and what an extern block declares.
  void visit_foreign_rust(std::string_view chain, std::size_t line, bool is_called) {
    const bool is_libc = chain.starts_with("libc::");
    if (!is_libc && !(is_called && has_foreign_)) return;
    const ReachRow* row = find(by_name(Family::kC, false), is_libc ? chain.substr(6) : chain);
    if (row != nullptr) add(*row, chain, line);
  }

  /// All string literals between the parenthesis behind `i` and its end, joined.
  std::string joined_strings(std::size_t i, bool& is_plain) const {
    std::string joined;
    std::size_t depth = 0;
    is_plain = true;
    for (std::size_t at = i + 1; at < tokens_.size() && at < i + 60; ++at) {
      if (word(at) == "(") ++depth;
      if (word(at) == ")" && --depth == 0) break;
      if (tokens_[at].kind == TokenKind::kString) {
        joined += unquoted(word(at));
      } else if (word(at) != "(") {
        is_plain = false;
      }
    }
    return joined;
  }

  /// true: the name is dealt with.
  bool visit_script(std::size_t i, std::size_t end) {
    const std::size_t line = tokens_[i].line;
    if ((word(i) == "require" || word(i) == "import") && word(end + 1) == "(") {
      bool is_plain = true;
      const std::string name = joined_strings(end, is_plain);
      if (const ReachRow* row = module_named(family_, name)) add(*row, name, line);
      if (!is_plain) {
        add(FactKind::kCapabilityLoading, "loading", std::string(word(i)) + " of a computed name",
            line);
      }
      return true;
    }
    const bool is_aliased = i > 0 && word(i - 1) == "=" && end == i;
    if (word(i) == "process" && (is_aliased || word(end + 1) == "[")) {
      add(FactKind::kCapabilityEnvironment, "environment", "process", line);
      return true;
    }
    if ((word(i) == "globalThis" || word(i) == "window" || word(i) == "global") &&
        word(end + 1) == "[") {
      add(FactKind::kCapabilityLoading, "loading", std::string(word(i)) + " by a computed name",
          line);
      return true;
    }
    return false;
  }

  /// getattr(os, "sys" + "tem"): the name is in strings.
  void visit_getattr(std::size_t i) {
    if (word(i + 1) != "(" || !is_name(i + 2)) return;
    std::size_t end = i + 2;
    const std::string chain = chain_from(end, end);
    const auto alias = imports_.aliases.find(chain.substr(0, chain.find('.')));
    if (alias == imports_.aliases.end() || !imports_.modules.contains(alias->second)) return;
    bool is_plain = false;
    const std::string name = joined_strings(i, is_plain);
    const std::size_t line = tokens_[i].line;
    if (look_up(alias->second + "." + name, line, true)) return;
    const bool is_one_literal = word(end + 1) == "," && end + 3 < tokens_.size() &&
                                tokens_[end + 2].kind == TokenKind::kString &&
                                (word(end + 3) == ")" || word(end + 3) == ",");
    if (is_one_literal) return;
    add(FactKind::kCapabilityLoading, "loading", "getattr(" + chain + ")", line);
  }

  const Source& source_;
  const std::vector<Token>& tokens_;
  Family family_;
  std::string_view separator_;
  Imports imports_;
  bool has_foreign_;  // Rust: functions of other languages are declared
  std::set<std::string, std::less<>> own_;
  std::vector<Reached> reached_;
};

}  // namespace

std::vector<Reached> reached_by(const Source& source) { return Scan(source).run(); }

}  // namespace automod::trial
