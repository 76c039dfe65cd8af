#include <algorithm>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "analyzers/treesitter/parse.hpp"

namespace automod::analyzers {

namespace {

constexpr std::size_t kLongestName = 120;
constexpr std::size_t kMostParts = 4;

/// How one kind of node that has a name says it.
enum class Naming {
  kField,       // in the field "name"
  kDeclarator,  // somewhere below the field "declarator", as in C
  kImplFor,     // Rust: the type an impl is for
  kReceiver,    // Go: the method's name, after the type of its receiver
  kAssigned,    // JavaScript: a variable that holds a function
};

struct Rule {
  std::string_view type;
  Naming naming = Naming::kField;
};

constexpr Rule kCRules[] = {
    {"function_definition", Naming::kDeclarator},
    {"struct_specifier"},
    {"union_specifier"},
    {"enum_specifier"},
    {"class_specifier"},
};
constexpr Rule kPythonRules[] = {{"function_definition"}, {"class_definition"}};
constexpr Rule kScriptRules[] = {
    {"function_declaration"},
    {"generator_function_declaration"},
    {"function_expression"},
    {"class_declaration"},
    {"class"},
    {"abstract_class_declaration"},
    {"interface_declaration"},
    {"enum_declaration"},
    {"method_definition"},
    {"variable_declarator", Naming::kAssigned},
};
constexpr Rule kGoRules[] = {
    {"function_declaration"}, {"method_declaration", Naming::kReceiver}, {"type_spec"}};
constexpr Rule kRustRules[] = {{"function_item"}, {"struct_item"}, {"enum_item"},
                               {"union_item"},    {"trait_item"},  {"impl_item", Naming::kImplFor}};
constexpr Rule kJavaRules[] = {{"class_declaration"},       {"interface_declaration"},
                               {"enum_declaration"},        {"record_declaration"},
                               {"constructor_declaration"}, {"method_declaration"}};

std::span<const Rule> rules_of(Language language) {
  switch (language) {
    case Language::kC:
    case Language::kCpp:
      return kCRules;
    case Language::kPython:
      return kPythonRules;
    case Language::kJavaScript:
    case Language::kTypeScript:
    case Language::kTsx:
      return kScriptRules;
    case Language::kGo:
      return kGoRules;
    case Language::kRust:
      return kRustRules;
    case Language::kJava:
      return kJavaRules;
  }
  return {};
}

std::string_view type_of(TSNode node) { return ts_node_is_null(node) ? "" : ts_node_type(node); }

TSNode field(TSNode node, std::string_view name) {
  return ts_node_child_by_field_name(node, name.data(), static_cast<std::uint32_t>(name.size()));
}

/// The text of a node on one line, shortened.
std::string text_of(TSNode node, std::string_view text) {
  if (ts_node_is_null(node)) return {};
  const std::size_t start = std::min<std::size_t>(ts_node_start_byte(node), text.size());
  const std::size_t end = std::min<std::size_t>(ts_node_end_byte(node), text.size());
  if (end - start > kLongestName) return {};
  std::string name;
  for (const char c : text.substr(start, end - start)) {
    const bool is_space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (is_space && (name.empty() || name.back() == ' ')) continue;
    name += is_space ? ' ' : c;
  }
  return name;
}

/// From a C declarator to the name it declares: through pointers, references and parameters.
TSNode declared_name(TSNode node) {
  constexpr int kDeepest = 64;
  for (int i = 0; i < kDeepest && !ts_node_is_null(node); ++i) {
    const std::string_view type = type_of(node);
    if (!type.ends_with("declarator")) return node;
    TSNode inner = field(node, "declarator");
    // A reference or parenthesized declarator does not call its content by a field name.
    for (std::uint32_t c = 0; ts_node_is_null(inner) && c < ts_node_named_child_count(node); ++c) {
      const TSNode child = ts_node_named_child(node, c);
      const std::string_view child_type = type_of(child);
      if (child_type.ends_with("declarator") || child_type.ends_with("identifier") ||
          child_type.ends_with("_name") || child_type == "operator_cast") {
        inner = child;
      }
      if (c >= 16) break;
    }
    node = inner;
  }
  return node;
}

std::string c_name(TSNode definition, std::string_view text) {
  const TSNode name = declared_name(field(definition, "declarator"));
  if (type_of(name) != "operator_cast") return text_of(name, text);
  return "operator " + text_of(field(name, "type"), text);
}

std::string receiver_name(TSNode method, std::string_view text) {
  std::string receiver = text_of(field(method, "receiver"), text);
  // "(r *Ranker[K])" -> "Ranker"
  receiver.erase(std::min(receiver.find_first_of("[)"), receiver.size()));
  const std::size_t last = receiver.find_last_of(" *(");
  if (last != std::string::npos) receiver.erase(0, last + 1);
  const std::string name = text_of(field(method, "name"), text);
  return receiver.empty() ? name : receiver + "." + name;
}

bool holds_function(TSNode declarator) {
  const std::string_view type = type_of(field(declarator, "value"));
  return type == "arrow_function" || type == "function_expression";
}

std::string name_of(TSNode node, Naming naming, std::string_view text) {
  switch (naming) {
    case Naming::kField:
      return text_of(field(node, "name"), text);
    case Naming::kDeclarator:
      return c_name(node, text);
    case Naming::kImplFor: {
      const std::string type = text_of(field(node, "type"), text);
      return type.substr(0, type.find('<'));
    }
    case Naming::kReceiver:
      return receiver_name(node, text);
    case Naming::kAssigned:
      return holds_function(node) ? text_of(field(node, "name"), text) : std::string();
  }
  return {};
}

/// Name of the node if it is one of those that enclose others, else empty.
std::string symbol_of(TSNode node, std::span<const Rule> rules, std::string_view text) {
  const std::string_view type = type_of(node);
  const auto rule = std::ranges::find(rules, type, &Rule::type);
  return rule == rules.end() ? std::string() : name_of(node, rule->naming, text);
}

std::string join(const std::vector<std::string>& parts, Language language) {
  const bool is_dotted =
      language != Language::kC && language != Language::kCpp && language != Language::kRust;
  std::string joined;
  for (const std::string& part : parts) {
    if (!joined.empty()) joined += is_dotted ? "." : "::";
    joined += part;
  }
  return joined;
}

std::string symbol_at(const Tree& tree, Language language, std::string_view text,
                      std::size_t offset) {
  if (offset >= text.size()) return {};
  const auto byte = static_cast<std::uint32_t>(offset);
  const std::span<const Rule> rules = rules_of(language);
  std::vector<std::string> parts;
  Cursor cursor(tree);
  while (cursor.down_to(byte) && ts_node_start_byte(cursor.node()) <= byte) {
    std::string name = symbol_of(cursor.node(), rules, text);
    if (name.empty()) continue;
    parts.push_back(std::move(name));
    if (parts.size() > kMostParts) parts.erase(parts.begin());
  }
  return join(parts, language);
}

}  // namespace

std::vector<std::string> enclosing_symbols(Language language, std::string_view text,
                                           const std::vector<std::size_t>& offsets) {
  std::vector<std::string> symbols(offsets.size());
  const Deadline deadline = deadline_from_now();
  const Tree tree = parse_text(language, text, deadline);
  if (!tree) return symbols;
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    if (std::chrono::steady_clock::now() >= deadline) break;
    symbols[i] = symbol_at(tree, language, text, offsets[i]);
  }
  return symbols;
}

std::string enclosing_symbol(Language language, std::string_view text, std::size_t offset) {
  return enclosing_symbols(language, text, {offset}).front();
}

}  // namespace automod::analyzers
