#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/clang/ast_format.hpp"
#include "analyzers/clang/units.hpp"
#include "base/error.hpp"

/// What clang knows of C and C++ sources: exact, and by USR the same for every file that names it.
/// All texts come from the target and are hostile: escape before printing.
namespace automod::analyzers {

struct AstPlace {
  std::string path;  // relative to the root, free of links
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  friend auto operator<=>(const AstPlace&, const AstPlace&) = default;
};

struct AstParameter {
  std::string name;
  std::string type;   // as written
  std::string exact;  // aliases resolved, template parameters by place
  std::string preset;
  friend auto operator<=>(const AstParameter&, const AstParameter&) = default;
};

struct AstBase {
  std::string type;  // exact
  bool is_virtual = false;
  ast::Access access = ast::Access::kPublic;
  friend auto operator<=>(const AstBase&, const AstBase&) = default;
};

/// One declaration or definition.
struct AstSymbol {
  AstPlace place;
  ast::Kind kind = ast::Kind::kFunction;
  std::string usr;
  std::string name;    // qualified
  std::string scope;   // qualified name of the class or enumeration around it; empty: none
  std::string type;    // as written: of a function all of it, of an alias what it stands for
  std::string exact;   // the same with aliases resolved
  std::string result;  // exact; of functions
  std::string text;    // for people: the declaration without a body
  std::string value;   // of enumerators; the text of macros, and of what a variable begins as
  std::string body;    // digest of what callers compile in; only of a surface
  std::string parameters_of_template;  // "<typename, int N = 3>"
  std::string symbol;                  // what the linker calls it
  ast::Flags flags = 0;
  ast::Access access = ast::Access::kPublic;  // to it, through the classes around it
  std::optional<std::uint64_t> size;          // of complete types, in bytes
  std::optional<std::uint64_t> align;
  std::optional<std::uint64_t> offset;  // of fields, in bits
  std::optional<std::uint64_t> width;   // of bit-fields
  std::vector<AstParameter> parameters;
  std::vector<AstBase> bases;

  bool is(ast::Flags flag) const { return (flags & flag) != 0; }
  friend auto operator<=>(const AstSymbol&, const AstSymbol&) = default;
};

struct AstCall {
  AstPlace place;
  std::string caller;  // USRs; of a template's instance the template's
  std::string callee;
  std::uint32_t loops = 0;  // of the caller around it
  bool is_virtual = false;  // who is called depends on the object
  friend auto operator<=>(const AstCall&, const AstCall&) = default;
};

struct AstThrow {
  AstPlace place;
  std::string function;
  std::string type;  // exact; empty where what was caught is thrown on
  std::uint32_t loops = 0;
  friend auto operator<=>(const AstThrow&, const AstThrow&) = default;
};

struct AstOverride {
  std::string method;
  std::string overridden;
  friend auto operator<=>(const AstOverride&, const AstOverride&) = default;
};

/// Only where they were asked for.
struct AstSmell {
  AstPlace place;
  std::size_t offset = 0;  // of the place, in bytes
  ast::Smell smell = ast::Smell::kGrowth;
  std::string function;  // USR; empty where clang's own words do not say it
  std::string subject;   // what ast::Smell says, as the next two
  std::string detail;
  std::string other;
  std::uint32_t loops = 0;  // of the function around it, up to a lambda
  friend auto operator<=>(const AstSmell&, const AstSmell&) = default;
};

struct AstInclude {
  std::string from;
  std::uint32_t line = 0;
  std::string to;  // of the project by its path in the tree, else as clang found it
  bool in_project = false;
  friend auto operator<=>(const AstInclude&, const AstInclude&) = default;
};

/// Sorted and free of duplicates after merge(): a header that many units include counts once,
/// and twice only where it means different things to them.
struct Ast {
  std::vector<AstSymbol> symbols;
  std::vector<AstCall> calls;
  std::vector<AstThrow> throws;
  std::vector<AstOverride> overrides;
  std::vector<AstInclude> includes;
  std::vector<AstSmell> smells;

  void merge(Ast more);
};

/// What one run of automod-clang said.
struct AstUnit {
  Ast facts;
  std::uint64_t errors = 0;  // of the compiler; what depends on them is missing or guessed
  std::string problems;      // the first of them, a line each
};

/// Reads what automod-clang printed. `directory`: where it ran. What lies outside the project is
/// left out. Strict and bounded; kRefused, with the line, when it is not whole or not in form.
Result<AstUnit> read_ast(std::string_view text, std::string_view directory,
                         const PathResolver& resolve);

}  // namespace automod::analyzers
