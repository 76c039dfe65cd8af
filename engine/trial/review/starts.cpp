#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>
#include <string>

#include "engine/trial/review/imports.hpp"
#include "engine/trial/review/reach.hpp"

namespace automod::trial {

namespace {

using Words = std::span<const std::string_view>;

bool is_among(std::string_view word, Words words) {
  return std::ranges::find(words, word) != words.end();
}

constexpr auto kAttributes = std::to_array<std::string_view>(
    {"constructor", "__constructor__", "destructor", "__destructor__", "ifunc", "__ifunc__"});
constexpr auto kSections = std::to_array<std::string_view>(
    {".init_array", ".preinit_array", ".fini_array", ".ctors", ".dtors", ".init", ".fini"});

class Reader {
 public:
  explicit Reader(const Source& source) : source_(source), nodes_(source.tree.nodes) {}

  std::vector<Start> run() {
    switch (family_of(source_.language)) {
      case Family::kC:
        read_c();
        break;
      case Family::kPython:
        read_python();
        break;
      case Family::kScript:
        for (std::size_t i = 0; i < nodes_.size(); ++i) read_script(i);
        break;
      case Family::kGo:
        for (std::size_t i = 0; i < nodes_.size(); ++i) read_go(i);
        break;
      case Family::kRust:
        for (std::size_t i = 0; i < nodes_.size(); ++i) read_rust(i);
        break;
      case Family::kJava:
        for (std::size_t i = 0; i < nodes_.size(); ++i) {
          if (nodes_[i].type == "static_initializer" && has(i, "method_invocation")) {
            add("static initializer", i);
          }
        }
        break;
    }
    return std::move(starts_);
  }

 private:
  void add(std::string name, std::size_t node) {
    starts_.push_back({std::move(name), nodes_[node].line, false});
  }

  bool has(std::size_t node, std::string_view type) const {
    for (std::size_t i = node + 1; i < nodes_[node].after; ++i) {
      if (nodes_[i].type == type) return true;
    }
    return false;
  }

  /// The first child in that field; 0: none.
  std::size_t field(std::size_t node, std::string_view name) const {
    for (std::size_t i = node + 1; i < nodes_[node].after; i = nodes_[i].after) {
      if (nodes_[i].field == name) return i;
    }
    return 0;
  }

  // C and C++

  void read_c() {
    for (const Token& token : source_.tokens) ++uses_[token.text];
    for (std::size_t i = 0; i < source_.tokens.size(); ++i) read_attribute(i);
    for (const Pasted& pasted : pasted_names(source_)) {
      if (is_among(pasted.name, kAttributes)) starts_.push_back({pasted.name, pasted.line, false});
    }
    for (std::size_t i = 0; i < nodes_.size(); ++i) note_class(i);
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (nodes_[i].type == "declaration" && is_outside(i)) read_object(i);
    }
  }

  void read_attribute(std::size_t i) {
    const Token& token = source_.tokens[i];
    const auto near = [&](auto matches) {
      for (std::size_t back = 1; back <= 12 && back <= i; ++back) {
        if (matches(source_.tokens[i - back].text)) return true;
      }
      return false;
    };
    const bool is_attribute = token.kind == TokenKind::kName && is_among(token.text, kAttributes) &&
                              near([](std::string_view word) {
                                return word.starts_with("__attribute") || word == "gnu";
                              });
    const bool is_section =
        token.kind == TokenKind::kString &&
        std::ranges::any_of(
            kSections,
            [&](std::string_view name) { return unquoted(token.text).starts_with(name); }) &&
        near([](std::string_view word) { return word.find("section") != word.npos; });
    if (is_attribute || is_section) {
      starts_.push_back(
          {std::string(is_section ? unquoted(token.text) : token.text), token.line, false});
    }
  }

  /// Remembers a class whose constructor or destructor calls something.
  void note_class(std::size_t i) {
    if (nodes_[i].type != "function_definition" || !has(i, "call_expression")) return;
    const std::size_t declarator = field(i, "declarator");
    if (declarator == 0 || field(i, "type") != 0) return;  // neither has a type
    const std::string_view text = source_.text_of(declarator);
    const std::string_view name = text.substr(0, text.find('('));
    const auto cut = name.rfind("::");
    std::string_view last = cut == name.npos ? name : name.substr(cut + 2);
    if (last.starts_with('~')) last.remove_prefix(1);
    classes_.emplace(last);
  }

  bool is_outside(std::size_t node) const {
    static constexpr auto kScopes = std::to_array<std::string_view>(
        {"translation_unit", "namespace_definition", "declaration_list", "linkage_specification",
         "preproc_if", "preproc_ifdef", "preproc_else", "preproc_elif"});
    while (node != 0) {
      node = nodes_[node].parent;
      if (!is_among(nodes_[node].type, kScopes)) return false;
    }
    return true;
  }

  void read_object(std::size_t i) {
    const std::string_view text = source_.text_of(i);
    const std::string_view head = text.substr(0, text.find('='));
    if (head.find("constexpr") != head.npos || head.find("constinit") != head.npos) return;
    const std::size_t type = field(i, "type");
    const std::size_t declarator = field(i, "declarator");
    if (type == 0 || declarator == 0) return;
    if (nodes_[declarator].type == "function_declarator") return;
    std::string_view type_name = source_.text_of(type);
    type_name = type_name.substr(type_name.rfind(':') + 1);  // npos + 1 is 0
    const std::size_t named = field(declarator, "declarator");
    const std::string name(source_.text_of(named == 0 ? declarator : named));
    if (classes_.contains(type_name)) return add(name, i);
    const std::size_t value = field(declarator, "value");
    if (value == 0 || nodes_[value].type != "call_expression") return;
    const std::size_t called = field(value, "function");
    const bool is_lambda = called != 0 && nodes_[called].type == "lambda_expression";
    if (is_lambda ? calls_function(called) : is_unused(name, source_.text_of(type))) add(name, i);
  }

  /// Not only members of its own values.
  bool calls_function(std::size_t node) const {
    for (std::size_t i = node + 1; i < nodes_[node].after; ++i) {
      if (nodes_[i].type != "call_expression") continue;
      const std::size_t called = field(i, "function");
      if (called != 0 && nodes_[called].type != "field_expression") return true;
    }
    return false;
  }

  /// A number that nobody reads is there for what its initializer does.
  bool is_unused(std::string_view name, std::string_view type) const {
    static constexpr auto kPlain =
        std::to_array<std::string_view>({"int", "bool", "char", "auto", "long", "unsigned"});
    const auto times = uses_.find(name);
    return is_among(type, kPlain) && (times == uses_.end() || times->second <= 1);
  }

  // Python

  void read_python() {
    imports_ = imports_of(source_);
    for (std::size_t i = 1; i < nodes_.size(); i = nodes_[i].after) read_statement(i, 0);
  }

  void read_statement(std::size_t node, int depth) {
    static constexpr auto kBlocks = std::to_array<std::string_view>(
        {"if_statement", "else_clause", "elif_clause", "try_statement", "except_clause",
         "finally_clause", "with_statement", "for_statement", "while_statement", "block"});
    const std::string_view type = nodes_[node].type;
    if (type == "expression_statement") return read_expression(node + 1);
    if (!is_among(type, kBlocks) || depth > 12) return;
    if (type == "if_statement") {
      const std::size_t condition = field(node, "condition");
      const std::string_view text = condition == 0 ? "" : source_.text_of(condition);
      if (text.find("__name__") != text.npos || text.find("TYPE_CHECKING") != text.npos) return;
    }
    for (std::size_t i = node + 1; i < nodes_[node].after; i = nodes_[i].after) {
      read_statement(i, depth + 1);
    }
  }

  void read_expression(std::size_t node) {
    if (node >= nodes_.size()) return;
    if (nodes_[node].type == "call") {
      const std::size_t called = field(node, "function");
      starts_.push_back({"call of " + shown(source_.text_of(called == 0 ? node : called)),
                         nodes_[node].line, true});
    }
    if (nodes_[node].type != "assignment" && nodes_[node].type != "augmented_assignment") return;
    const std::size_t left = field(node, "left");
    if (left == 0 || nodes_[left].type != "attribute") return;
    const std::string_view text = source_.text_of(left);
    if (imports_.aliases.contains(std::string(text.substr(0, text.find('.'))))) {
      add("assigns to " + shown(text), node);
    }
  }

  // the others

  void read_script(std::size_t i) {
    if (nodes_[i].type != "assignment_expression") return;
    static constexpr auto kGlobals = std::to_array<std::string_view>(
        {"Math", "Date", "performance", "process", "globalThis", "global", "Object", "Array",
         "String", "Number", "console", "JSON", "Promise", "Reflect", "assert", "expect"});
    const std::size_t left = field(i, "left");
    if (left == 0 || nodes_[left].type != "member_expression") return;
    const std::string_view text = source_.text_of(left);
    const bool is_prototype =
        text.find(".prototype.") != text.npos || text.find(".__proto__") != text.npos;
    if (is_prototype || is_among(text.substr(0, text.find('.')), kGlobals)) {
      add("assigns to " + shown(text), i);
    }
  }

  void read_go(std::size_t i) {
    const std::size_t name = field(i, "name");
    if (name == 0) return;
    const std::string_view text = source_.text_of(name);
    if (nodes_[i].type == "function_declaration" && text == "init") add("init", i);
    if (nodes_[i].type == "var_spec" && text == "_" && has(i, "call_expression") &&
        !source_.above(i, "function_declaration") && !source_.above(i, "method_declaration")) {
      add("var _", i);
    }
  }

  void read_rust(std::size_t i) {
    if (nodes_[i].type != "attribute_item") return;
    for (const std::string_view name : {"ctor", "dtor", "link_section"}) {
      const std::string_view text = source_.text_of(i);
      const auto at = text.find(name);
      if (at == text.npos || at == 0) continue;
      if (text[at - 1] == '[' || text[at - 1] == ':' || text[at - 1] == '(') {
        add(std::string(name), i);
      }
    }
  }

  const Source& source_;
  const std::vector<analyzers::SyntaxNode>& nodes_;
  std::set<std::string, std::less<>> classes_;
  std::map<std::string_view, std::size_t> uses_;
  Imports imports_;
  std::vector<Start> starts_;
};

}  // namespace

std::vector<Start> starts_of(const Source& source) { return Reader(source).run(); }

}  // namespace automod::trial
