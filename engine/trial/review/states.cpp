#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <string>

#include "engine/trial/review/reach.hpp"

namespace automod::trial {

namespace {

bool is_among(std::string_view word, std::span<const std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

class Reader {
 public:
  explicit Reader(const Source& source) : source_(source), nodes_(source.tree.nodes) {}

  std::vector<State> run() {
    const Family family = family_of(source_.language);
    if (family == Family::kPython || family == Family::kScript || family == Family::kGo) {
      note_writes();
    }
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      switch (family) {
        case Family::kC:
          read_c(i);
          break;
        case Family::kPython:
          read_python(i);
          break;
        case Family::kScript:
          read_script(i);
          break;
        case Family::kGo:
          read_go(i);
          break;
        case Family::kRust:
          read_rust(i);
          break;
        case Family::kJava:
          read_java(i);
          break;
      }
    }
    return std::move(states_);
  }

 private:
  void add(std::string_view name, std::size_t node) {
    states_.push_back({shown(name), nodes_[node].line});
  }

  std::size_t field(std::size_t node, std::string_view name) const {
    for (std::size_t i = node + 1; i < nodes_[node].after; i = nodes_[i].after) {
      if (nodes_[i].field == name) return i;
    }
    return 0;
  }

  bool is_inside(std::size_t node, std::span<const std::string_view> types) const {
    while (node != 0) {
      node = nodes_[node].parent;
      if (is_among(nodes_[node].type, types)) return true;
    }
    return false;
  }

  /// A child of that type says the word: `static`, `mutable`, `const`.
  bool says(std::size_t node, std::string_view word) const {
    for (std::size_t i = node + 1; i < nodes_[node].after; i = nodes_[i].after) {
      if (nodes_[i].field == "declarator" || nodes_[i].field == "value") continue;
      const std::string_view text = source_.text_of(i);
      if (text == word) return true;
    }
    return false;
  }

  /// Follows pointers, references and initializers down to the name; 0: a function.
  std::size_t declared(std::size_t node) const {
    std::size_t at = field(node, "declarator");
    for (int depth = 0; at != 0 && depth < 8; ++depth) {
      if (nodes_[at].type == "function_declarator") return 0;
      const std::size_t below = field(at, "declarator");
      if (below == 0) {
        const bool is_reference = nodes_[at].type == "reference_declarator";
        return is_reference && nodes_[at].after > at + 2 ? at + 2 : at;
      }
      at = below;
    }
    return at;
  }

  void read_c(std::size_t i) {
    const std::string_view type = nodes_[i].type;
    if (type != "declaration" && type != "field_declaration") return;
    static constexpr auto kFunctions =
        std::to_array<std::string_view>({"compound_statement", "lambda_expression"});
    const bool is_member = type == "field_declaration";
    const bool is_local = !is_member && is_inside(i, kFunctions);
    const bool lasts = says(i, "static") || says(i, "thread_local") || says(i, "_Thread_local") ||
                       says(i, "__thread");
    const bool is_mutable = says(i, "mutable");
    if (is_member || is_local ? !lasts && !is_mutable : says(i, "extern")) return;
    if (is_fixed(i)) return;
    const std::size_t name = declared(i);
    if (name == 0 || is_lock(i)) return;
    add(source_.text_of(name), i);
  }

  /// Nothing can be written: const, and no pointer to something that is not.
  bool is_fixed(std::size_t i) const {
    if (says(i, "constexpr") || says(i, "constinit const")) return true;
    const std::size_t declarator = field(i, "declarator");
    const std::string_view head = source_.text_of(declarator);
    const bool is_pointer = head.starts_with('*');
    const std::size_t value = declarator == 0 ? 0 : field(declarator, "value");
    if (says(i, "const") && value != 0 && nodes_[value].type == "string_literal") return true;
    if (is_pointer) return head.starts_with("*const") || head.starts_with("* const");
    return says(i, "const");
  }

  bool is_lock(std::size_t i) const {
    const std::size_t type = field(i, "type");
    if (type == 0) return false;
    const std::string_view text = source_.text_of(type);
    return text.ends_with("mutex") || text.ends_with("once_flag") || text.ends_with("mutex_t");
  }

  /// Names that something below a function writes to: x[...] =, x.append(...), global x.
  void note_writes() {
    static constexpr auto kWriting = std::to_array<std::string_view>(
        {"append", "add", "update", "setdefault", "insert", "extend", "pop", "popitem", "clear",
         "set", "push", "delete", "unshift", "splice", "Store", "LoadOrStore", "Do"});
    const auto& tokens = source_.tokens;
    for (std::size_t i = 1; i < tokens.size(); ++i) {
      if (tokens[i - 1].text == "def") functions_.insert(tokens[i].text);
    }
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
      if (tokens[i].kind != TokenKind::kName || !is_in_function(tokens[i].node)) continue;
      if (tokens[i].text == "global" || tokens[i].text == "nonlocal") {
        written_.insert(tokens[i + 1].text);
      }
      const std::string_view next = tokens[i + 1].text;
      const bool is_set =
          next == "=" || next == "+=" || next == "++" || next == "||=" || next == "?\?=";
      const bool is_called =
          next == "." && i + 3 < tokens.size() && is_among(tokens[i + 2].text, kWriting);
      if ((is_set && !source_.above(tokens[i].node, "keyword_argument")) || is_called ||
          (next == "[" && is_item_set(i + 1))) {
        written_.insert(tokens[i].text);
      }
    }
  }

  /// The bracket at `i` closes before an assignment.
  bool is_item_set(std::size_t i) const {
    std::size_t depth = 0;
    for (std::size_t at = i; at + 1 < source_.tokens.size() && at < i + 60; ++at) {
      const std::string_view text = source_.tokens[at].text;
      if (text == "[") ++depth;
      if (text == "]" && --depth == 0) {
        const std::string_view next = source_.tokens[at + 1].text;
        return next == "=" || next == "+=" || next == "||=" || next == "?\?=";
      }
    }
    return false;
  }

  bool is_in_function(std::size_t node) const {
    static constexpr auto kFunctions = std::to_array<std::string_view>(
        {"function_definition", "function_declaration", "function_expression", "arrow_function",
         "method_definition", "method_declaration", "func_literal", "lambda"});
    return is_inside(node, kFunctions);
  }

  void read_python(std::size_t i) {
    static constexpr auto kCaches = std::to_array<std::string_view>(
        {"lru_cache", "cache", "cached_property", "memoize", "cached", "memoized"});
    if (nodes_[i].type == "decorator") {
      std::string_view name = source_.text_of(i);
      name.remove_prefix(1);
      name = name.substr(0, name.find('('));
      name = name.substr(name.rfind('.') + 1);
      if (is_among(name, kCaches)) add(name, i);
    }
    if (nodes_[i].type == "default_parameter") read_default(i);
    if (nodes_[i].type != "assignment") return;
    const std::size_t left = field(i, "left");
    if (left == 0 || is_in_function(i)) return read_attribute(i, left);
    const std::string_view name = source_.text_of(left);
    if (written_.contains(name)) add(name, i);
  }

  /// def f(x, memo={})
  void read_default(std::size_t i) {
    const std::size_t value = field(i, "value");
    const std::size_t name = field(i, "name");
    if (value == 0 || name == 0) return;
    const std::string_view type = nodes_[value].type;
    const bool is_container = type == "dictionary" || type == "list" || type == "set";
    if (is_container && written_.contains(source_.text_of(name))) add(source_.text_of(name), i);
  }

  /// f.cache = {} where f is a function of this file.
  void read_attribute(std::size_t i, std::size_t left) {
    if (left == 0 || nodes_[left].type != "attribute") return;
    const std::string_view text = source_.text_of(left);
    if (functions_.contains(text.substr(0, text.find('.')))) add(text, i);
  }

  void read_script(std::size_t i) {
    if (nodes_[i].type != "variable_declarator" || is_in_function(i)) return;
    const std::size_t name = field(i, "name");
    if (name != 0 && written_.contains(source_.text_of(name))) add(source_.text_of(name), i);
  }

  void read_go(std::size_t i) {
    if (nodes_[i].type != "var_spec" || is_in_function(i)) return;
    const std::size_t name = field(i, "name");
    if (name != 0 && written_.contains(source_.text_of(name))) add(source_.text_of(name), i);
  }

  void read_rust(std::size_t i) {
    static constexpr auto kCells =
        std::to_array<std::string_view>({"Mutex", "RwLock", "RefCell", "Cell", "OnceCell",
                                         "OnceLock", "LazyLock", "Lazy", "DashMap"});
    if (nodes_[i].type == "macro_invocation") {
      const std::string_view text = source_.text_of(i);
      if (text.starts_with("thread_local!") || text.starts_with("lazy_static!")) {
        add(text.substr(0, text.find('!')), i);
      }
    }
    if (nodes_[i].type != "static_item") return;
    const std::size_t name = field(i, "name");
    const std::string_view text = source_.text_of(i);
    const bool is_written = text.find("static mut ") != text.npos ||
                            std::ranges::any_of(kCells, [&](std::string_view cell) {
                              return text.find(cell) != text.npos;
                            });
    if (name != 0 && is_written) add(source_.text_of(name), i);
  }

  void read_java(std::size_t i) {
    if (nodes_[i].type != "field_declaration") return;
    const std::string_view text = source_.text_of(i);
    const std::string_view head = text.substr(0, text.find('='));
    if (head.find("static ") == head.npos) return;
    const bool is_map = head.find("Map") != head.npos || head.find("List") != head.npos ||
                        head.find("Set") != head.npos || head.find("[]") != head.npos;
    if (head.find("final ") != head.npos && !is_map) return;
    const std::size_t declarator = field(i, "declarator");
    const std::size_t name = declarator == 0 ? 0 : field(declarator, "name");
    if (name != 0) add(source_.text_of(name), i);
  }

  const Source& source_;
  const std::vector<analyzers::SyntaxNode>& nodes_;
  std::set<std::string, std::less<>> written_;
  std::set<std::string_view> functions_;  // defined here
  std::vector<State> states_;
};

}  // namespace

std::vector<State> states_of(const Source& source) { return Reader(source).run(); }

}  // namespace automod::trial
