#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/treesitter/syntax.hpp"

/// What one file says of itself by its syntax alone: what it defines, uses and imports, and how
/// long and branched its functions are. What counts as what is said by the queries of each
/// language (queries/<language>/*.scm; docs/languages.md).
namespace automod::analyzers {

// In the index: never renumber, never reuse.
enum class SymbolKind : std::uint8_t {
  kNamespace = 0,  // packages and modules too
  kClass = 1,
  kStruct = 2,
  kUnion = 3,
  kInterface = 4,  // traits too
  kEnum = 5,
  kEnumerator = 6,
  kFunction = 7,
  kMethod = 8,  // a function that belongs to a type, constructors included
  kField = 9,
  kVariable = 10,  // that outlives functions; locals are no symbols
  kConstant = 11,
  kType = 12,  // an alias
  kMacro = 13,
};
std::string_view name(SymbolKind kind);

// In the index: never renumber, never reuse.
enum class Visibility : std::uint8_t {
  kPublic = 0,
  kProtected = 1,
  kPrivate = 2,
  kFile = 3,  // the file, package or crate: `static`, not exported
};
std::string_view name(Visibility visibility);

/// Bytes of the text.
struct Range {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  friend bool operator==(const Range&, const Range&) = default;
};

/// Of a function; zero for all else.
struct Metrics {
  std::uint32_t lines = 0;
  std::uint32_t branches = 0;  // ways that part: if, each case, loops, && and ||
  std::uint32_t nesting = 0;   // of the deepest statement
  std::uint32_t parameters = 0;
  friend bool operator==(const Metrics&, const Metrics&) = default;
};

inline constexpr std::uint32_t kNone = ~0u;

struct Symbol {
  std::uint32_t name = 0;        // index in FileFacts::names; "~Index", "operator==" in full
  std::uint32_t scope = kNone;   // in names: "Index" where the text says "Index::add"
  std::uint32_t within = kNone;  // in symbols: the innermost that encloses it, always before it
  std::uint32_t line = 0;        // of the name, from 1
  SymbolKind kind = SymbolKind::kFunction;
  Visibility visibility = Visibility::kPublic;
  bool is_definition = true;  // false: only declared here
  Range whole;
  Range name_at;
  Range head;  // all that stands before its body, the signature of a function
  Range doc;   // the comment or docstring that explains it; empty: none
  Metrics metrics;
  friend bool operator==(const Symbol&, const Symbol&) = default;
};

// In the index: never renumber, never reuse.
enum class Use : std::uint8_t {
  kName = 0,  // nothing more is known
  kCall = 1,
  kType = 2,
};

/// An occurrence of a name that does not define it.
struct Reference {
  std::uint32_t name = 0;        // in names
  std::uint32_t within = kNone;  // in symbols: the innermost that encloses it
  std::uint32_t line = 0;
  std::uint32_t begin = 0;  // byte
  Use use = Use::kName;
  friend bool operator==(const Reference&, const Reference&) = default;
};

struct Import {
  std::string target;  // as it is written, without quotes: "base/error.hpp", "os.path"
  std::uint32_t line = 0;
  bool is_system = false;  // #include <…>
  friend bool operator==(const Import&, const Import&) = default;
};

// In the index: never renumber, never reuse.
enum class LeftOut : std::uint8_t {
  kNothing = 0,
  kTooLarge = 1,
  kBinary = 2,   // holds NUL bytes
  kTooSlow = 3,  // parsing or reading the tree took longer than its budget
};
std::string_view name(LeftOut why);

struct FileFacts {
  Language language = Language::kC;  // of the grammar that read it
  std::uint32_t lines = 0;
  std::uint32_t bytes = 0;
  std::uint32_t syntax_errors = 0;       // places that are no sentence of the language
  LeftOut left_out = LeftOut::kNothing;  // anything else: the lists below are empty
  std::vector<std::string> names;        // each once; any bytes but NUL
  std::vector<Symbol> symbols;           // by whole.begin, those that enclose others first
  std::vector<Reference> references;     // by begin
  std::vector<Import> imports;           // by line
  friend bool operator==(const FileFacts&, const FileFacts&) = default;
};

/// Changes with everything that changes what is read from the same text: grammars, queries, code.
std::string_view facts_version();

struct FactsLimits {
  std::size_t bytes = 8u << 20;
  std::chrono::milliseconds time{2000};  // of the thread's own work, whatever else the machine does
};

/// Never fails: what cannot be read says so. A text that is no UTF-8 is read as far as it goes. A
/// text of kCpp, as headers are, that has nothing of C++ in it is read as C.
FileFacts facts_of(Language language, std::string_view text, const FactsLimits& limits = {});

}  // namespace automod::analyzers
