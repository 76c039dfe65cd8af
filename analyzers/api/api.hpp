#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/clang/ast.hpp"

/// What a project offers to others, and what a change of it does to them. All texts come from the
/// target and are hostile.
namespace automod::analyzers {

enum class ApiKind {
  kFunction,
  kType,
  kEnum,
  kEnumerator,
  kField,
  kVariable,
  kAlias,
  kConcept,
  kMacro
};

std::string_view name(ApiKind kind);

struct ApiParameter {
  std::string type;  // what callers have to fit
  std::string preset;
  bool is_optional = false;
  friend auto operator<=>(const ApiParameter&, const ApiParameter&) = default;
};

struct ApiField {
  std::string name;
  std::string type;                     // exact
  std::optional<std::uint64_t> offset;  // in bits
  std::optional<std::uint64_t> width;   // of bit-fields
  friend auto operator<=>(const ApiField&, const ApiField&) = default;
};

/// How a type lies in memory; what is built against it rests on every part.
struct ApiLayout {
  std::optional<std::uint64_t> size;  // in bytes; absent in templates
  std::optional<std::uint64_t> align;
  std::vector<ApiField> fields;  // private ones too, in order
  friend auto operator<=>(const ApiLayout&, const ApiLayout&) = default;
};

std::string text_of(const ApiLayout& layout);

struct ApiEntry {
  ApiKind kind = ApiKind::kFunction;
  std::string name;   // qualified
  std::string scope;  // the type around it
  std::string text;   // the declaration, for people
  std::string type;   // exact: of a function its result, of an alias what it stands for, of an
                      // enumeration what it is made of, of a macro its parameters
  std::string form;   // of types "union", "enum class"; of functions what follows their parameters
  std::string templated;  // "<typename, int = 3>"
  std::vector<ApiParameter> parameters;
  std::string value;        // of constants, enumerators and macros
  std::string body;         // digest of what callers compile in
  std::string symbol;       // what the linker calls it; empty: not known, or none
  bool is_compiled = true;  // into callers; else they only ever see what is there when they run
  bool is_protected = false;
  bool is_virtual = false;
  bool is_pure = false;
  bool is_static = false;
  bool is_const = false;  // a method of constant objects
  bool is_noexcept = false;
  bool is_inline = false;
  bool is_explicit = false;
  bool is_deleted = false;
  bool is_final = false;
  bool is_abstract = false;
  bool is_pod = false;
  bool is_hidden = false;
  std::vector<std::string> bases;     // "virtual public lib::Shape"
  std::vector<std::string> virtuals;  // what the type adds to its table, in order, whatever access
  std::optional<ApiLayout> layout;
  std::string path;
  std::size_t line = 0;
};

struct ApiSurface {
  std::vector<ApiEntry> entries;  // by name, kind, parameters
};

/// What callers do to notice a change, from best to worst. Frozen: JSON and exit codes use them.
enum class ApiImpact {
  kCompatible,  // nothing: what is new, and what changes only once they are built again
  kBinary,      // they have to be built again
  kBreaking,    // they have to be changed
};

std::string_view name(ApiImpact impact);

struct ApiChange {
  ApiImpact impact = ApiImpact::kCompatible;
  std::string reason;  // one word of docs/formats/api.md: "removed", "layout_changed"
  ApiKind kind = ApiKind::kFunction;
  std::string name;
  std::string path;  // after the change, where it is still there
  std::size_t line = 0;
  std::string before;  // texts of the declaration, or of what of it differs
  std::string after;
};

/// What headers offer: nothing that is private, local, or in a namespace called detail, internal
/// or impl. `is_public` says which files count; types of others serve to lay out theirs.
ApiSurface surface_of(const Ast& facts, const std::vector<std::string>& public_headers);

/// Sorts, and joins what is declared more than once.
void settle(ApiSurface& surface);

/// By impact, the worst first, then by place.
std::vector<ApiChange> diff(const ApiSurface& before, const ApiSurface& after);

}  // namespace automod::analyzers
