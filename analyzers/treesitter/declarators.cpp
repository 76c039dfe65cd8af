#include "analyzers/treesitter/declarators.hpp"

#include <algorithm>
#include <string_view>

namespace automod::analyzers {

namespace {

constexpr int kDeepest = 256;
constexpr std::uint32_t kMostChildren = 16;

/// The numbers that a grammar has for the nodes of interest.
struct Nodes {
  explicit Nodes(const TSLanguage* language) : grammar(language) {
    name_field = field("name");
    declarator_field = field("declarator");
    scope_field = field("scope");
    body_field = field("body");
    init = node("init_declarator");
    function = node("function_declarator");
    pointer = node("pointer_declarator");
    array = node("array_declarator");
    reference = node("reference_declarator");
    parenthesized = node("parenthesized_declarator");
    attributed = node("attributed_declarator");
    variadic = node("variadic_declarator");
    qualified = node("qualified_identifier");
    nested_namespace = node("nested_namespace_specifier");
    template_function = node("template_function");
    template_method = node("template_method");
    template_type = node("template_type");
    dependent = node("dependent_name");
    cast = node("operator_cast");
    pointer_type = node("pointer_type_declarator");
    identifier = node("identifier");
    field_identifier = node("field_identifier");
    type_identifier = node("type_identifier");
    namespace_identifier = node("namespace_identifier");
    primitive_type = node("primitive_type");
    destructor = node("destructor_name");
    operator_name = node("operator_name");
    storage = node("storage_class_specifier");
    qualifier = node("type_qualifier");
    struct_specifier = node("struct_specifier");
    class_specifier = node("class_specifier");
    union_specifier = node("union_specifier");
    enum_specifier = node("enum_specifier");
    pure = node("pure_virtual_clause");
  }

  TSSymbol node(std::string_view name) const {
    return ts_language_symbol_for_name(grammar, name.data(),
                                       static_cast<std::uint32_t>(name.size()), true);
  }
  TSFieldId field(std::string_view name) const {
    return ts_language_field_id_for_name(grammar, name.data(),
                                         static_cast<std::uint32_t>(name.size()));
  }

  const TSLanguage* grammar;
  TSFieldId name_field, declarator_field, scope_field, body_field;
  TSSymbol init, function, pointer, array, reference, parenthesized, attributed, variadic;
  TSSymbol qualified, nested_namespace, template_function, template_method, template_type;
  TSSymbol dependent, cast, pointer_type, identifier, field_identifier, type_identifier;
  TSSymbol namespace_identifier, primitive_type, destructor, operator_name, storage, qualifier;
  TSSymbol struct_specifier, class_specifier, union_specifier, enum_specifier, pure;
};

const Nodes& nodes_of(Language language) {
  static const Nodes kOfC(grammar(Language::kC));
  static const Nodes kOfCpp(grammar(Language::kCpp));
  return language == Language::kC ? kOfC : kOfCpp;
}

/// One a thread, as making one allocates.
class KeptCursor {
 public:
  KeptCursor() = default;
  KeptCursor(const KeptCursor&) = delete;
  KeptCursor& operator=(const KeptCursor&) = delete;
  ~KeptCursor() { ts_tree_cursor_delete(&cursor_); }

  TSTreeCursor& at(TSNode node) {
    ts_tree_cursor_reset(&cursor_, node);
    return cursor_;
  }

 private:
  TSTreeCursor cursor_{};
};

/// Goes from a declarator inwards to the name.
class Descent {
 public:
  explicit Descent(const Nodes& nodes) : nodes_(nodes) {}

  std::optional<Declared> run(TSNode node) {
    for (int i = 0; i < kDeepest && !ts_node_is_null(node); ++i) {
      const TSSymbol symbol = ts_node_symbol(node);
      if (is_name(symbol)) return finish(node, ts_node_end_byte(node));
      if (symbol == nodes_.cast) return finish_cast(node);
      node = inner(node, symbol);
    }
    return std::nullopt;
  }

 private:
  bool is_name(TSSymbol symbol) const {
    return symbol != 0 && (symbol == nodes_.identifier || symbol == nodes_.field_identifier ||
                           symbol == nodes_.type_identifier ||
                           symbol == nodes_.namespace_identifier || symbol == nodes_.destructor ||
                           symbol == nodes_.operator_name || symbol == nodes_.primitive_type);
  }

  TSNode inner(TSNode node, TSSymbol symbol) {
    if (symbol == nodes_.function || symbol == nodes_.pointer || symbol == nodes_.array) {
      declared_.is_function = symbol == nodes_.function;
      declared_.is_indirect = !declared_.is_function;
      return ts_node_child_by_field_id(node, nodes_.declarator_field);
    }
    if (symbol == nodes_.init) return ts_node_child_by_field_id(node, nodes_.declarator_field);
    if (symbol == nodes_.reference) {
      declared_.is_function = false;
      declared_.is_indirect = true;
      return only_child(node);
    }
    if (symbol == nodes_.qualified) return after_scope(node);
    if (symbol == nodes_.nested_namespace) return last_part(node);
    if (symbol == nodes_.pointer_type) {  // "int A::*member": the scope is that of a type
      declared_.scope = {};
      declared_.is_function = false;
      return ts_node_child_by_field_id(node, nodes_.declarator_field);
    }
    if (symbol == nodes_.template_function || symbol == nodes_.template_method ||
        symbol == nodes_.template_type) {
      return ts_node_child_by_field_id(node, nodes_.name_field);
    }
    return only_child(node);
  }

  TSNode after_scope(TSNode node) {
    const TSNode scope = ts_node_child_by_field_id(node, nodes_.scope_field);
    const TSNode name = ts_node_child_by_field_id(node, nodes_.name_field);
    if (!ts_node_is_null(scope)) extend_scope(scope);
    return name;
  }

  /// "a::b::c" of a namespace: c, in the scope a::b.
  TSNode last_part(TSNode node) {
    const std::uint32_t count = ts_node_named_child_count(node);
    const TSNode last = ts_node_named_child(node, count == 0 ? 0 : count - 1);
    if (count > 1) extend_scope(ts_node_named_child(node, count - 2));
    return last;
  }

  void extend_scope(TSNode part) {
    if (declared_.scope.end == 0) declared_.scope.begin = ts_node_start_byte(part);
    declared_.scope.end = ts_node_end_byte(part);
  }

  /// Parenthesized and attributed declarators, references: the child has no field.
  TSNode only_child(TSNode node) const {
    const std::uint32_t count = std::min(ts_node_named_child_count(node), kMostChildren);
    for (std::uint32_t i = 0; i < count; ++i) {
      const TSNode child = ts_node_named_child(node, i);
      const TSSymbol symbol = ts_node_symbol(child);
      if (is_name(symbol) || is_step(symbol)) return child;
    }
    return TSNode{};
  }

  bool is_step(TSSymbol symbol) const {
    return symbol != 0 &&
           (symbol == nodes_.function || symbol == nodes_.pointer || symbol == nodes_.array ||
            symbol == nodes_.reference || symbol == nodes_.parenthesized ||
            symbol == nodes_.attributed || symbol == nodes_.variadic ||
            symbol == nodes_.qualified || symbol == nodes_.template_function ||
            symbol == nodes_.template_method || symbol == nodes_.template_type ||
            symbol == nodes_.dependent || symbol == nodes_.cast || symbol == nodes_.pointer_type);
  }

  std::optional<Declared> finish_cast(TSNode cast) {
    const TSNode rest = ts_node_child_by_field_id(cast, nodes_.declarator_field);
    declared_.is_function = true;
    declared_.is_indirect = false;
    return finish(cast, ts_node_is_null(rest) ? ts_node_end_byte(cast) : parameters_of(rest));
  }

  /// "operator T*() const": the pointer belongs to the name, the parameters do not.
  static std::uint32_t parameters_of(TSNode declarator) {
    TSNode node = declarator;
    for (int i = 0; i < kDeepest; ++i) {
      const TSNode parameters = ts_node_child_by_field_name(node, "parameters", 10);
      if (!ts_node_is_null(parameters)) return ts_node_start_byte(parameters);
      const TSNode deeper = ts_node_child_by_field_name(node, "declarator", 10);
      const TSNode next = ts_node_is_null(deeper) ? ts_node_named_child(node, 0) : deeper;
      if (ts_node_is_null(next)) break;
      node = next;
    }
    return ts_node_start_byte(declarator);
  }

  std::optional<Declared> finish(TSNode name, std::uint32_t end) {
    declared_.name = {ts_node_start_byte(name), end};
    declared_.line = ts_node_start_point(name).row + 1;
    if (declared_.name.begin >= end) return std::nullopt;  // only supposed by the parser
    return declared_;
  }

  const Nodes& nodes_;
  Declared declared_;
};

std::string_view text_of(TSNode node, std::string_view text) {
  const std::uint32_t begin = ts_node_start_byte(node);
  return text.substr(begin, ts_node_end_byte(node) - begin);
}

std::optional<SymbolKind> type_kind(const Nodes& nodes, TSSymbol symbol) {
  if (symbol == nodes.struct_specifier) return SymbolKind::kStruct;
  if (symbol == nodes.union_specifier) return SymbolKind::kUnion;
  if (symbol == nodes.enum_specifier) return SymbolKind::kEnum;
  if (symbol != 0 && symbol == nodes.class_specifier) return SymbolKind::kClass;
  return std::nullopt;
}

void add_specifier(const Nodes& nodes, TSNode child, std::string_view text, Specifiers& found) {
  const TSSymbol symbol = ts_node_symbol(child);
  if (symbol == nodes.storage) {
    const std::string_view word = text_of(child, text);
    found.is_static = found.is_static || word == "static";
    found.is_extern = found.is_extern || word == "extern";
  } else if (symbol == nodes.qualifier) {
    const std::string_view word = text_of(child, text);
    found.is_const = found.is_const || word == "const";
    found.is_constexpr = found.is_constexpr || word == "constexpr";
  } else if (const auto kind = type_kind(nodes, symbol)) {
    found.has_type_body = !ts_node_is_null(ts_node_child_by_field_id(child, nodes.body_field));
    found.has_type_name = !ts_node_is_null(ts_node_child_by_field_id(child, nodes.name_field));
    found.type_kind = *kind;
    found.type = {ts_node_start_byte(child), ts_node_end_byte(child)};
  }
}

}  // namespace

std::optional<Declared> declared_by(Language language, TSNode declarator) {
  return Descent(nodes_of(language)).run(declarator);
}

Specifiers specifiers_of(Language language, TSNode declaration, TSNode declarator,
                         std::string_view text) {
  const Nodes& nodes = nodes_of(language);
  Specifiers found;
  thread_local KeptCursor kept;
  TSTreeCursor& cursor = kept.at(declaration);
  if (!ts_tree_cursor_goto_first_child(&cursor)) return found;
  for (std::uint32_t i = 0; i < kMostChildren; ++i) {
    const TSNode child = ts_tree_cursor_current_node(&cursor);
    if (child.id == declarator.id || ts_node_start_byte(child) >= ts_node_start_byte(declarator)) {
      break;
    }
    if (ts_node_is_named(child)) add_specifier(nodes, child, text, found);
    if (!ts_tree_cursor_goto_next_sibling(&cursor)) break;
  }
  return found;
}

bool is_forward(TSNode specifier, std::string_view text) {
  const std::size_t next = text.find_first_not_of(" \t\r\n", ts_node_end_byte(specifier));
  return next != text.npos && text[next] == ';';
}

bool is_pure(Language language, TSNode function) {
  const std::uint32_t count = ts_node_child_count(function);
  return count > 0 &&
         ts_node_symbol(ts_node_child(function, count - 1)) == nodes_of(language).pure &&
         nodes_of(language).pure != 0;
}

std::optional<Declared> parameter_name(Language language, TSNode parameter) {
  const Nodes& nodes = nodes_of(language);
  const TSNode declarator = ts_node_child_by_field_id(parameter, nodes.declarator_field);
  if (ts_node_is_null(declarator)) return std::nullopt;
  return Descent(nodes).run(declarator);
}

}  // namespace automod::analyzers
