#include "analyzers/treesitter/names.hpp"

#include <algorithm>
#include <array>

#include "analyzers/treesitter/nodes.hpp"

namespace automod::analyzers {

namespace {

bool is_identifier(const SyntaxNode& node) { return node.type.ends_with("identifier"); }

bool is_function(std::string_view type) {
  static constexpr std::array<std::string_view, 11> kTypes = {"arrow_function",
                                                              "constructor_declaration",
                                                              "function_declaration",
                                                              "function_definition",
                                                              "function_expression",
                                                              "function_item",
                                                              "generator_function",
                                                              "lambda_expression",
                                                              "method_declaration",
                                                              "method_definition",
                                                              "generator_function_declaration"};
  return std::ranges::find(kTypes, type) != kTypes.end();
}

/// Nodes whose field "name" is what they define for others.
bool defines_its_name(std::string_view type) {
  static constexpr std::array<std::string_view, 34> kTypes = {"abstract_class_declaration",
                                                              "alias_declaration",
                                                              "class_declaration",
                                                              "class_definition",
                                                              "class_specifier",
                                                              "const_item",
                                                              "const_spec",
                                                              "constructor_declaration",
                                                              "enum_declaration",
                                                              "enum_item",
                                                              "enum_specifier",
                                                              "enumerator",
                                                              "function_declaration",
                                                              "function_definition",
                                                              "function_item",
                                                              "function_signature",
                                                              "generator_function_declaration",
                                                              "interface_declaration",
                                                              "macro_definition",
                                                              "method_declaration",
                                                              "method_definition",
                                                              "method_signature",
                                                              "mod_item",
                                                              "preproc_def",
                                                              "preproc_function_def",
                                                              "record_declaration",
                                                              "static_item",
                                                              "struct_item",
                                                              "struct_specifier",
                                                              "trait_item",
                                                              "type_alias_declaration",
                                                              "type_item",
                                                              "type_spec",
                                                              "union_specifier"};
  return std::ranges::find(kTypes, type) != kTypes.end();
}

/// Nodes that introduce a variable: one that others see unless a function holds it.
bool introduces(const SyntaxNode& parent, const SyntaxNode& node) {
  if (parent.type == "assignment") return node.field == "left";
  return (parent.type == "variable_declarator" || parent.type == "var_spec") &&
         node.field == "name";
}

/// Is the node the name of what it belongs to, and does somebody outside see it?
class Definitions {
 public:
  explicit Definitions(const SyntaxTree& tree) : nodes_(tree.nodes) {}

  bool is_one(std::size_t i) const {
    const SyntaxNode& parent = nodes_[nodes_[i].parent];
    if (nodes_[i].field == "name" && defines_its_name(parent.type)) return true;
    if (introduces(parent, nodes_[i])) return !is_inside_function(nodes_[i].parent);
    return is_declared(i);
  }

 private:
  /// C and C++: through declarators to what is declared.
  bool is_declared(std::size_t i) const {
    std::size_t at = i;
    bool passed = false;
    for (;;) {
      const std::size_t up = nodes_[at].parent;
      const std::string_view type = nodes_[up].type;
      if (up == at) return false;
      if (type.ends_with("declarator") || type == "qualified_identifier") {
        const std::string_view field = nodes_[at].field;
        if (field != "declarator" && field != "name" && !type.starts_with("reference") &&
            !type.starts_with("parenthesized")) {
          return false;  // a parameter, a size, a first value
        }
        passed = true;
        at = up;
        continue;
      }
      if (nodes_[at].field != "declarator") return false;
      if (type == "function_definition") return passed;
      const bool declares =
          type == "declaration" || type == "field_declaration" || type == "type_definition";
      return declares && !is_inside_function(up);
    }
  }

  bool is_inside_function(std::size_t i) const {
    for (std::size_t at = i; nodes_[at].parent != at; at = nodes_[at].parent) {
      if (is_function(nodes_[at].type)) return true;
    }
    return false;
  }

  const std::vector<SyntaxNode>& nodes_;
};

}  // namespace

std::optional<Names> names_in(Language language, std::string_view text, std::size_t most) {
  const auto tree = syntax_tree(language, text, most);
  if (!tree) return std::nullopt;
  const Definitions definitions(*tree);
  Names names;
  for (std::size_t i = 0; i < tree->nodes.size(); ++i) {
    const SyntaxNode& node = tree->nodes[i];
    if (!is_identifier(node) || !tree->is_leaf(i)) continue;
    std::string name(text.substr(node.begin, node.end - node.begin));
    if (definitions.is_one(i)) names.defined.insert(name);
    names.used.insert(std::move(name));
  }
  return names;
}

}  // namespace automod::analyzers
