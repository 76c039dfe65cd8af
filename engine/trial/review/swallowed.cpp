#include "engine/trial/review/swallowed.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "engine/trial/review/reach.hpp"

namespace automod::trial {

namespace {

class Search {
 public:
  explicit Search(const Source& source) : source_(source), nodes_(source.tree.nodes) {}

  std::vector<Swallowed> run() {
    const Family family = family_of(source_.language);
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      const std::string_view type = nodes_[i].type;
      if (type == "catch_clause") read_catch(i, family);
      if (type == "except_clause") read_except(i);
      if (family == Family::kGo) read_go(i);
      if (family == Family::kRust) read_rust(i);
    }
    for (std::size_t i = 0; i < source_.tokens.size(); ++i) read_tokens(i, family);
    return std::move(found_);
  }

 private:
  std::string_view word(std::size_t i) const {
    return i < source_.tokens.size() ? std::string_view(source_.tokens[i].text)
                                     : std::string_view();
  }

  std::size_t field(std::size_t node, std::string_view name) const {
    for (std::size_t i = node + 1; i < nodes_[node].after; i = nodes_[i].after) {
      if (nodes_[i].field == name) return i;
    }
    return 0;
  }

  std::size_t child(std::size_t node, std::string_view type) const {
    for (std::size_t i = node + 1; i < nodes_[node].after; i = nodes_[i].after) {
      if (nodes_[i].type == type) return i;
    }
    return 0;
  }

  bool has(std::size_t node, std::span<const std::string_view> types) const {
    for (std::size_t i = node + 1; i < nodes_[node].after; ++i) {
      if (std::ranges::find(types, nodes_[i].type) != types.end()) return true;
    }
    return false;
  }

  /// Statements of a block, comments left out.
  std::size_t statements(std::size_t block) const {
    std::size_t count = 0;
    for (std::size_t i = block + 1; i < nodes_[block].after; i = nodes_[i].after) {
      const bool is_comment = nodes_[i].type.find("comment") != std::string_view::npos;
      count += nodes_[i].is_named && !is_comment ? 1U : 0U;
    }
    return count;
  }

  void add(std::string what, std::size_t node) {
    std::string text;
    for (const char c : source_.text_of(node).substr(0, 2000)) {
      if (c != ' ' && c != '\n' && c != '\t' && c != '\r') text += c;
    }
    found_.push_back({std::move(what), std::move(text), nodes_[node].line});
  }

  /// Something is done about it: thrown on, called, or the caught value used.
  bool is_handled(std::size_t body) const {
    static constexpr auto kDoing = std::to_array<std::string_view>(
        {"throw_statement", "throw_expression", "call_expression", "method_invocation", "call",
         "raise_statement", "co_return_statement", "new_expression", "assignment_expression",
         "assignment", "augmented_assignment", "update_expression"});
    return has(body, kDoing);
  }

  void read_catch(std::size_t i, Family family) {
    std::size_t body = field(i, "body");
    if (body == 0) body = child(i, family == Family::kC ? "compound_statement" : "block");
    if (body == 0) return;
    const std::string_view head =
        source_.text_of(i).substr(0, nodes_[body].begin - nodes_[i].begin);
    const bool is_all = head.find("...") != head.npos ||
                        (family == Family::kJava && (head.find("Throwable") != head.npos ||
                                                     head.find("Exception ") != head.npos));
    if (statements(body) == 0) {
      add("empty handler", i);
    } else if (is_all && !is_handled(body)) {
      add(family == Family::kC ? "catch (...)" : "catch of everything", i);
    }
  }

  void read_except(std::size_t i) {
    const std::size_t body = child(i, "block");
    if (body == 0) return;
    const std::string_view head =
        source_.text_of(i).substr(0, nodes_[body].begin - nodes_[i].begin);
    const std::string_view caught = head.substr(0, head.find(':'));
    const bool is_all = caught.find_first_not_of(' ', 6) == caught.npos ||
                        caught.find(" Exception") != caught.npos ||
                        caught.find("(Exception") != caught.npos ||
                        caught.find("BaseException") != caught.npos;
    if (is_all && !is_handled(body)) add("except of everything", i);
  }

  void read_go(std::size_t i) {
    if (nodes_[i].type == "assignment_statement" || nodes_[i].type == "short_var_declaration") {
      const std::size_t left = field(i, "left");
      const std::size_t right = field(i, "right");
      if (left == 0 || right == 0 || source_.text_of(left) != "_") return;
      if (source_.text_of(right).starts_with("err")) add("_ = err", i);
    }
    if (nodes_[i].type != "if_statement") return;
    const std::size_t condition = field(i, "condition");
    const std::size_t body = field(i, "consequence");
    if (condition == 0 || body == 0 || statements(body) > 0) return;
    if (source_.text_of(condition).find("err != nil") != std::string_view::npos) {
      add("empty handler", i);
    }
  }

  void read_rust(std::size_t i) {
    static constexpr auto kCalls = std::to_array<std::string_view>({"call_expression"});
    if (nodes_[i].type != "let_declaration") return;
    const std::size_t pattern = field(i, "pattern");
    if (pattern != 0 && source_.text_of(pattern) == "_" && has(i, kCalls)) add("let _", i);
  }

  /// .catch(() => {}) and contextlib.suppress(Exception)
  void read_tokens(std::size_t i, Family family) {
    const Token& token = source_.tokens[i];
    if (family == Family::kScript && token.text == "catch" && i > 0 && word(i - 1) == ".") {
      std::string text;
      for (std::size_t at = i + 1; at < i + 9; ++at) text += word(at);
      const bool is_empty = text.starts_with("(()=>{})") || text.starts_with("(function(){})") ||
                            text.starts_with("(_=>{})") || text.starts_with("((_)=>{})") ||
                            text.starts_with("((e)=>{})") || text.starts_with("(e=>{})") ||
                            text.starts_with("(()=>null)") || text.starts_with("(()=>undefined");
      if (is_empty) add(".catch()", token.node);
    }
    if (family == Family::kPython && token.text == "suppress" && word(i + 1) == "(" &&
        (word(i + 2) == "Exception" || word(i + 2) == "BaseException")) {
      add("suppress of everything", token.node);
    }
    if (family == Family::kGo && token.text == "recover" && word(i + 1) == "(" &&
        (i == 0 || word(i - 1) != "=")) {
      add("recover()", token.node);
    }
  }

  const Source& source_;
  const std::vector<analyzers::SyntaxNode>& nodes_;
  std::vector<Swallowed> found_;
};

}  // namespace

std::vector<Swallowed> swallowed_in(const Source& source) { return Search(source).run(); }

}  // namespace automod::trial
