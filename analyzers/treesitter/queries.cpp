#include "analyzers/treesitter/queries.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <mutex>
#include <utility>

#include "analyzers/treesitter/parse.hpp"
#include "automod/version.hpp"
#include "base/digest.hpp"
#include "base/text.hpp"
#include "embedded/queries.hpp"

namespace automod::analyzers {

namespace {

/// To be raised whenever our code reads something else from what the queries find.
constexpr int kCodeVersion = 1;
constexpr std::string_view kInherits = "; inherits: ";
constexpr int kMostAncestors = 4;
constexpr std::size_t kLanguages = 9;

struct Word {
  std::string_view name;
  Role role;
};

constexpr std::array<Word, 27> kCaptures = {{
    {"access", {.capture = Capture::kAccess}},
    {"attribute", {.capture = Capture::kAttribute}},
    {"body", {.capture = Capture::kBody}},
    {"branch", {.capture = Capture::kBranch}},
    {"branch.logical", {.capture = Capture::kLogical}},
    {"closure", {.capture = Capture::kClosure}},
    {"constant", {.capture = Capture::kConstant}},
    {"declarator", {.capture = Capture::kDeclarator}},
    {"doc", {.capture = Capture::kDoc}},
    {"doc.inside", {.capture = Capture::kDocInside}},
    {"export", {.capture = Capture::kExport}},
    {"extension", {.capture = Capture::kExtension}},
    {"friend", {.capture = Capture::kFriend}},
    {"import", {.capture = Capture::kImport}},
    {"local", {.capture = Capture::kLocal}},
    {"name", {.capture = Capture::kName}},
    {"nest", {.capture = Capture::kNest}},
    {"parameter", {.capture = Capture::kParameter}},
    {"reference", {.capture = Capture::kReference}},
    {"reference.call", {.capture = Capture::kReference, .use = Use::kCall}},
    {"reference.type", {.capture = Capture::kReference, .use = Use::kType}},
    {"said", {.capture = Capture::kSaid}},
    {"scope", {.capture = Capture::kScope}},
    {"visibility", {.capture = Capture::kVisibility}},
    {"visible.file", {.capture = Capture::kVisible, .visibility = Visibility::kFile}},
    {"visible.public", {.capture = Capture::kVisible}},
    {"wrapper", {.capture = Capture::kWrapper}},
}};

constexpr std::array<std::string_view, 14> kKinds = {
    "namespace", "class",  "struct", "union",    "interface", "enum", "enumerator",
    "function",  "method", "field",  "variable", "constant",  "type", "macro"};

constexpr std::array<std::pair<std::string_view, bool>, 2> kSymbolCaptures = {
    {{"definition.", true}, {"declaration.", false}}};

std::vector<std::string> known_captures() {
  std::vector<std::string> names;
  for (const Word& word : kCaptures) names.emplace_back(word.name);
  for (const auto& [prefix, is_definition] : kSymbolCaptures) {
    for (const std::string_view kind : kKinds) names.push_back(std::string(prefix) += kind);
  }
  return names;
}

Result<std::vector<Role>> roles_of(const std::vector<std::string>& captures) {
  std::vector<Role> roles;
  for (const std::string& capture : captures) {
    const auto role = role_of(capture);
    if (!role) {
      return fail(ErrorKind::kRefused, fmt::format("unknown capture '@{}'{}", capture,
                                                   suggestion(capture, known_captures())));
    }
    roles.push_back(*role);
  }
  return roles;
}

const embedded::QueryFile* find_file(std::string_view language, std::string_view file) {
  const auto* found = std::ranges::find_if(embedded::kQueryFiles, [&](const auto& one) {
    return one.language == language && one.name == file;
  });
  return found == std::end(embedded::kQueryFiles) ? nullptr : found;
}

/// A file with what it inherits before it.
Result<std::string> file_text(std::string_view language, std::string_view name, int depth) {
  const embedded::QueryFile* file = find_file(language, name);
  if (file == nullptr || depth > kMostAncestors) {
    return fail(ErrorKind::kRefused,
                fmt::format("there is no {}/{}.scm to inherit from", language, name));
  }
  std::string text(*file->text);
  if (!text.starts_with(kInherits)) return text + "\n";
  const std::string_view first(text.data(), std::min(text.find('\n'), text.size()));
  auto inherited = file_text(first.substr(kInherits.size()), name, depth + 1);
  if (!inherited) return inherited;
  return *inherited + text + "\n";
}

std::string made_version() {
  std::string all =
      fmt::format("code {} tree-sitter {}\n", kCodeVersion, build::kTreeSitterVersion);
  for (const auto& file : embedded::kQueryFiles) {
    all += fmt::format("{}/{}\n{}\n", file.language, file.name, *file.text);
  }
  for (const auto& grammar : build::kGrammars) {
    all += fmt::format("{} {}\n", grammar.language, grammar.version);
  }
  return sha256(all).substr(0, 16);
}

/// A query that is read when it is first asked for.
struct Kept {
  std::once_flag once;
  Query query;
};

}  // namespace

std::optional<Role> role_of(std::string_view capture) {
  const auto* known = std::ranges::find(kCaptures, capture, &Word::name);
  if (known != kCaptures.end()) return known->role;
  for (const auto& [prefix, is_definition] : kSymbolCaptures) {
    if (!capture.starts_with(prefix)) continue;
    const auto* kind = std::ranges::find(kKinds, capture.substr(prefix.size()));
    if (kind == kKinds.end()) return std::nullopt;
    return Role{.capture = Capture::kDefinition,
                .kind = static_cast<SymbolKind>(kind - kKinds.begin()),
                .is_definition = is_definition};
  }
  return std::nullopt;
}

Result<Query> read_query(Language language, std::string_view text) {
  const std::string doing = fmt::format("query for {}", name(language));
  auto patterns = read_patterns(grammar(language), text);
  if (!patterns) return fail(std::move(patterns.error()).within(doing));
  auto roles = roles_of(patterns->captures);
  if (!roles) return fail(std::move(roles.error()).within(doing));
  return Query{.patterns = PatternTable(std::move(patterns->all), grammar(language)),
               .roles = std::move(*roles)};
}

Result<std::string> query_text(Language language) {
  std::string text;
  for (const auto& file : embedded::kQueryFiles) {
    if (file.language != name(language)) continue;
    const auto whole = file_text(file.language, file.name, 0);
    if (!whole) return whole;
    text += *whole;
  }
  if (text.empty()) {
    return fail(ErrorKind::kRefused, fmt::format("there are no queries for {}", name(language)));
  }
  return text;
}

const Query* query_of(Language language) {
  static std::array<Kept, kLanguages> all;
  Kept& kept = all[static_cast<std::size_t>(language)];
  std::call_once(kept.once, [&] {
    const auto text = query_text(language);
    if (!text) return;
    if (auto query = read_query(language, *text)) kept.query = std::move(*query);
  });
  return kept.query.patterns.empty() ? nullptr : &kept.query;
}

std::string_view facts_version() {
  static const std::string kVersion = made_version();
  return kVersion;
}

std::string_view name(SymbolKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

}  // namespace automod::analyzers
