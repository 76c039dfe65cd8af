#pragma once

#include <cstdint>
#include <vector>

#include "analyzers/treesitter/parse.hpp"
#include "analyzers/treesitter/queries.hpp"

/// What the queries find in a tree, as flat lists that are put in the order of the text.
namespace automod::analyzers {

struct Definition {
  TSNode whole;
  TSNode name;   // with is_declarator: the name lies below
  TSNode scope;  // null: none is said
  TSNode body;   // null: look for the field
  std::uint16_t pattern = 0;
  SymbolKind kind = SymbolKind::kFunction;
  bool is_definition = true;
  bool is_declarator = false;
};

/// What encloses other things. In this order where two take the same place.
enum class Enclosure : std::uint8_t {
  kWrapper,
  kVisible,
  kExtension,
  kFriend,
  kSymbol,
  kClosure,
  kNest
};

struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t index = 0;    // kSymbol: in definitions; kExtension: in scopes
  std::uint16_t pattern = 0;  // the earlier in the queries, the better it knows
  Enclosure kind = Enclosure::kSymbol;
  Visibility visibility = Visibility::kPublic;  // of kVisible
};

struct Mention {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t line = 0;
  Use use = Use::kName;
  bool defines = false;  // a symbol or a local: no reference
};

/// What says something of the symbol around it.
struct Mark {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t line = 0;
  Capture capture = Capture::kBranch;
};

struct Events {
  std::vector<Definition> definitions;
  std::vector<Span> spans;
  std::vector<TSNode> scopes;         // of extensions
  std::vector<Mention> mentions;      // of identifiers
  std::vector<Mention> stressed;      // what ends with an identifier whose use is known better
  std::vector<Mark> marks;            // branches, parameters, visibilities
  std::vector<Mark> leads;            // what may stand above a symbol: comments, attributes
  std::vector<Mark> docs;             // strings inside that explain
  std::vector<TSNode> parameters;     // the same that marks say
  std::vector<TSNode> declarators;    // below which a local is named
  std::vector<std::uint32_t> locals;  // where their names begin
  std::vector<Mark> imports;
  std::vector<Mark> exports;  // names that are exported elsewhere

  void clear();
};

/// False when the deadline passed before the end of the tree.
bool read_events(const Query& query, const Tree& tree, std::string_view text, Deadline deadline,
                 Events& events);

/// Puts all lists in order, gives mentions their best known use, and lets symbols take the place
/// of what is wrapped around them alone.
void order_events(Events& events, std::string_view text);

}  // namespace automod::analyzers
