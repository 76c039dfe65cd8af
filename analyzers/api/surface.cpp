#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "analyzers/api/api.hpp"

namespace automod::analyzers {

namespace {

constexpr std::array<std::string_view, 3> kUnoffered = {"detail", "internal", "impl"};

/// Components of a qualified name; what stands in brackets is none.
std::vector<std::string_view> parts_of(std::string_view name) {
  std::vector<std::string_view> parts;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '<' || name[i] == '(') ++depth;
    if (name[i] == '>' || name[i] == ')') --depth;
    if (depth != 0 || !name.substr(i).starts_with("::")) continue;
    parts.push_back(name.substr(begin, i - begin));
    begin = i + 2;
  }
  parts.push_back(name.substr(begin));
  return parts;
}

bool is_offered(const AstSymbol& symbol) {
  if (symbol.access == ast::Access::kPrivate) return false;
  // Nobody can name it; its enumerators stand for themselves.
  if (symbol.kind == ast::Kind::kEnum && symbol.name.ends_with(')')) return false;
  return std::ranges::none_of(parts_of(symbol.name), [](std::string_view part) {
    return std::ranges::find(kUnoffered, part) != kUnoffered.end();
  });
}

ApiKind kind_of(ast::Kind kind) {
  switch (kind) {
    case ast::Kind::kFunction:
    case ast::Kind::kMethod:
    case ast::Kind::kConstructor:
    case ast::Kind::kDestructor:
    case ast::Kind::kConversion:
      return ApiKind::kFunction;
    case ast::Kind::kClass:
    case ast::Kind::kStruct:
    case ast::Kind::kUnion:
      return ApiKind::kType;
    case ast::Kind::kEnum:
      return ApiKind::kEnum;
    case ast::Kind::kEnumerator:
      return ApiKind::kEnumerator;
    case ast::Kind::kField:
      return ApiKind::kField;
    case ast::Kind::kVariable:
      return ApiKind::kVariable;
    case ast::Kind::kAlias:
      return ApiKind::kAlias;
    case ast::Kind::kConcept:
      return ApiKind::kConcept;
    case ast::Kind::kMacro:
      return ApiKind::kMacro;
  }
  return ApiKind::kFunction;
}

/// "const &" of "int (int) const & noexcept".
std::string behind_parameters(std::string_view function) {
  const std::size_t close = function.rfind(')');
  if (close == std::string_view::npos) return {};
  std::string_view rest = function.substr(close + 1);
  if (const std::size_t at = rest.find("noexcept"); at != std::string_view::npos) {
    rest = rest.substr(0, at);
  }
  std::string form(rest);
  if (function.substr(0, close).ends_with("...")) form += " ...";
  while (form.starts_with(' ')) form.erase(0, 1);
  while (form.ends_with(' ')) form.pop_back();
  return form;
}

std::string form_of(const AstSymbol& symbol) {
  switch (kind_of(symbol.kind)) {
    case ApiKind::kType:
      return symbol.kind == ast::Kind::kUnion ? "union" : "class";
    case ApiKind::kEnum:
      return symbol.is(ast::kScoped) ? "enum class" : "enum";
    case ApiKind::kFunction:
      return behind_parameters(symbol.exact);
    default:
      return {};
  }
}

std::string table_entry(const AstSymbol& method) {
  std::string text = method.name.substr(method.scope.size() + 2) + "(";
  for (const AstParameter& parameter : method.parameters) {
    text += (text.ends_with('(') ? "" : ", ") + parameter.exact;
  }
  text += ")";
  const std::string form = behind_parameters(method.exact);
  if (!form.empty()) text += " " + form;
  return text + (method.is(ast::kPure) ? " = 0" : "");
}

std::string base_text(const AstBase& base) {
  constexpr std::array<std::string_view, 3> kWords = {"public", "protected", "private"};
  return fmt::format("{}{} {}", base.is_virtual ? "virtual " : "",
                     kWords.at(static_cast<std::size_t>(base.access)), base.type);
}

/// What the types of a surface are made of, by their qualified names.
struct Members {
  std::map<std::string, std::vector<ApiField>> fields;
  std::map<std::string, std::vector<std::string>> virtuals;

  explicit Members(const Ast& facts) {
    std::set<std::string> seen;  // a header read twice says everything twice
    for (const AstSymbol& symbol : facts.symbols) {
      if (symbol.scope.empty() || symbol.name.size() < symbol.scope.size() + 2) continue;
      const bool is_field = symbol.kind == ast::Kind::kField;
      const bool adds = symbol.is(ast::kVirtual) && !symbol.is(ast::kOverrides);
      if ((!is_field && !adds) || !seen.insert(symbol.usr).second) continue;
      if (is_field) {
        fields[symbol.scope].push_back({symbol.name.substr(symbol.scope.size() + 2), symbol.exact,
                                        symbol.offset, symbol.width});
      } else {
        virtuals[symbol.scope].push_back(table_entry(symbol));
      }
    }
  }
};

void add_flags(const AstSymbol& symbol, ApiEntry& entry) {
  entry.is_protected = symbol.access == ast::Access::kProtected;
  entry.is_virtual = symbol.is(ast::kVirtual);
  entry.is_pure = symbol.is(ast::kPure);
  entry.is_static = symbol.is(ast::kStatic);
  entry.is_const = symbol.is(ast::kConst);
  entry.is_noexcept = symbol.is(ast::kNoexcept);
  entry.is_inline = symbol.is(ast::kInline);
  entry.is_explicit = symbol.is(ast::kExplicit);
  entry.is_deleted = symbol.is(ast::kDeleted);
  entry.is_final = symbol.is(ast::kFinal);
  entry.is_abstract = symbol.is(ast::kAbstract);
  entry.is_pod = symbol.is(ast::kPod);
  entry.is_hidden = symbol.is(ast::kHidden);
}

ApiEntry entry_of(const AstSymbol& symbol, const Members& members) {
  ApiEntry entry{.kind = kind_of(symbol.kind),
                 .name = symbol.name,
                 .scope = symbol.scope,
                 .text = symbol.text,
                 .form = form_of(symbol),
                 .templated = symbol.parameters_of_template,
                 .value = symbol.value,
                 .body = symbol.body,
                 .symbol = symbol.symbol,
                 .path = symbol.place.path,
                 .line = symbol.place.line};
  entry.type = entry.kind == ApiKind::kFunction ? symbol.result : symbol.exact;
  add_flags(symbol, entry);
  for (const AstParameter& parameter : symbol.parameters) {
    entry.parameters.push_back({parameter.exact, parameter.preset, !parameter.preset.empty()});
  }
  if (entry.kind != ApiKind::kType || !symbol.is(ast::kDefinition)) return entry;
  for (const AstBase& base : symbol.bases) entry.bases.push_back(base_text(base));
  if (const auto found = members.virtuals.find(symbol.name); found != members.virtuals.end()) {
    entry.virtuals = found->second;
  }
  entry.layout = ApiLayout{.size = symbol.size, .align = symbol.align};
  if (const auto found = members.fields.find(symbol.name); found != members.fields.end()) {
    entry.layout->fields = found->second;
  }
  return entry;
}

/// What makes two declarations ones of the same thing.
auto identity(const ApiEntry& entry) {
  return std::tie(entry.name, entry.kind, entry.templated, entry.form, entry.is_const);
}

bool same_types(const ApiEntry& one, const ApiEntry& other) {
  return std::ranges::equal(one.parameters, other.parameters, {}, &ApiParameter::type,
                            &ApiParameter::type);
}

bool precedes(const ApiEntry& one, const ApiEntry& other) {
  if (identity(one) != identity(other)) return identity(one) < identity(other);
  if (!same_types(one, other)) {
    return std::ranges::lexicographical_compare(one.parameters, other.parameters, {},
                                                &ApiParameter::type, &ApiParameter::type);
  }
  return std::tie(one.path, one.line) < std::tie(other.path, other.line);
}

/// Defaults may stand with one declaration and the body with another.
void join(ApiEntry& into, ApiEntry& more) {
  if (!into.layout && more.layout) std::swap(into, more);
  for (std::size_t i = 0; i < into.parameters.size(); ++i) {
    if (into.parameters[i].preset.empty()) into.parameters[i] = more.parameters[i];
  }
  if (into.body.empty()) into.body = more.body;
  if (into.value.empty()) into.value = more.value;
  into.is_inline = into.is_inline || more.is_inline;
}

}  // namespace

void settle(ApiSurface& surface) {
  std::ranges::sort(surface.entries, precedes);
  std::vector<ApiEntry> settled;
  for (ApiEntry& entry : surface.entries) {
    const bool known = !settled.empty() && identity(settled.back()) == identity(entry) &&
                       same_types(settled.back(), entry);
    if (known) {
      join(settled.back(), entry);
    } else {
      settled.push_back(std::move(entry));
    }
  }
  surface.entries = std::move(settled);
}

ApiSurface surface_of(const Ast& facts, const std::vector<std::string>& public_headers) {
  const std::set<std::string> headers(public_headers.begin(), public_headers.end());
  const Members members(facts);
  ApiSurface surface;
  for (const AstSymbol& symbol : facts.symbols) {
    if (!headers.contains(symbol.place.path) || !is_offered(symbol)) continue;
    surface.entries.push_back(entry_of(symbol, members));
  }
  settle(surface);
  return surface;
}

std::string text_of(const ApiLayout& layout) {
  std::string text;
  if (layout.size) text = fmt::format("{} bytes, aligned to {}", *layout.size, *layout.align);
  for (const ApiField& field : layout.fields) {
    text += fmt::format("{}{} {}", text.empty() ? "" : "; ", field.type, field.name);
    if (field.width) text += fmt::format(" : {}", *field.width);
    if (field.offset) text += fmt::format(" at bit {}", *field.offset);
  }
  return text;
}

std::string_view name(ApiKind kind) {
  constexpr std::array<std::string_view, 9> kNames = {
      "function", "type", "enum", "enumerator", "field", "variable", "alias", "concept", "macro"};
  return kNames.at(static_cast<std::size_t>(kind));
}

std::string_view name(ApiImpact impact) {
  constexpr std::array<std::string_view, 3> kNames = {"compatible", "binary", "breaking"};
  return kNames.at(static_cast<std::size_t>(impact));
}

}  // namespace automod::analyzers
