#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/treesitter/facts.hpp"
#include "analyzers/treesitter/matcher.hpp"
#include "base/error.hpp"

/// The queries of a language, read from queries/<language>/*.scm; docs/languages.md says what each
/// capture means.
namespace automod::analyzers {

enum class Capture : std::uint8_t {
  kDefinition,  // @definition.<kind>, @declaration.<kind>
  kName,
  kDeclarator,  // the name lies somewhere below
  kScope,
  kBody,
  kReference,  // @reference, @reference.call, @reference.type
  kLocal,
  kImport,
  kExport,
  kDoc,
  kDocInside,
  kAttribute,
  kParameter,
  kBranch,
  kLogical,  // @branch.logical: a branch if its operator is one
  kNest,
  kVisibility,
  kVisible,  // @visible.public, @visible.file
  kAccess,
  kConstant,
  kWrapper,
  kExtension,
  kFriend,
  kClosure,
  kSaid,  // for predicates only
};

/// One name of a capture with what its suffix says.
struct Role {
  Capture capture = Capture::kSaid;
  SymbolKind kind = SymbolKind::kFunction;
  bool is_definition = true;
  Use use = Use::kName;
  Visibility visibility = Visibility::kPublic;
};

struct Query {
  PatternTable patterns;
  std::vector<Role> roles;  // by capture
};

/// The role a capture has by its name, without '@'; nullopt for what docs/languages.md knows not.
std::optional<Role> role_of(std::string_view capture);

/// kRefused with the place when the text is no query for the language or holds what is unknown.
Result<Query> read_query(Language language, std::string_view text);

/// All queries of a language as one text: its own files and those they inherit.
Result<std::string> query_text(Language language);

/// Read once for the whole program, when first asked for; nullptr where that fails.
const Query* query_of(Language language);

}  // namespace automod::analyzers
