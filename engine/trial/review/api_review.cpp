#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "analyzers/clang/units.hpp"
#include "engine/trial/review/api.hpp"
#include "engine/trial/review/review.hpp"
#include "engine/trial/review/tests_compare.hpp"

namespace automod::trial {

namespace {

using analyzers::ApiChange;
using analyzers::ApiImpact;
using analyzers::ApiKind;
using analyzers::ApiSurface;
using analyzers::Language;

/// What a change is to the judge; nullopt where callers need not care.
std::optional<FactKind> kind_of(const ApiChange& change) {
  if (change.reason == "removed") return FactKind::kApiRemoved;
  // Where a macro is used, what it says may be anything.
  const bool is_other_macro = change.kind == ApiKind::kMacro &&
                              (change.reason == "body_changed" || change.reason == "value_changed");
  if (change.impact == ApiImpact::kBreaking || is_other_macro) return FactKind::kApiChanged;
  if (change.impact == ApiImpact::kBinary) return FactKind::kAbiChanged;
  const bool offers_more = change.reason == "added" || change.reason == "parameters_added" ||
                           change.reason == "access_widened";
  return offers_more ? std::optional(FactKind::kApiAdded) : std::nullopt;
}

/// Does the change only say of a type as a whole what is said of a member?
bool is_said_of_member(const ApiChange& change, const std::vector<ApiChange>& all) {
  if (change.reason != "layout_changed" && change.reason != "vtable_changed") return false;
  return std::ranges::any_of(all, [&](const ApiChange& other) {
    return other.impact == ApiImpact::kBreaking && other.name.starts_with(change.name + "::");
  });
}

void compare(ApiSurface before, ApiSurface after, std::vector<CodeFact>& facts) {
  settle(before);
  settle(after);
  const auto changes = analyzers::diff(before, after);
  for (const ApiChange& change : changes) {
    const auto kind = kind_of(change);
    if (!kind || is_said_of_member(change, changes)) continue;
    facts.push_back({.kind = *kind,
                     .path = change.path,
                     .line = change.line,
                     .what = brief(change.name),
                     .before = brief(change.before),
                     .after = brief(change.after)});
  }
}

void append(ApiSurface& to, std::string_view path, Language language,
            const std::optional<std::string>& text) {
  std::ranges::move(api_entries(path, language, text.value_or("")), std::back_inserter(to.entries));
}

}  // namespace

void review_api(const ReviewInput& input, Review& into) {
  // All headers together, so that what moves from one to another is not gone.
  std::map<Language, std::pair<ApiSurface, ApiSurface>> surfaces;
  for (const auto& file : input.files) {
    const auto language = analyzers::language_of(file.path);
    if (!language) continue;
    const bool is_compiled = analyzers::is_c_family(file.path);
    const bool is_offered = is_compiled ? is_public_header(input.config, file.path)
                                        : role_of(input.config, file.path) == FileRole::kSource;
    if (!is_offered) continue;
    auto& [was, is] = surfaces[is_compiled ? Language::kCpp : *language];
    append(was, file.path, *language, file.original);
    append(is, file.path, *language, file.modified);
  }
  for (auto& [language, sides] : surfaces) {
    compare(std::move(sides.first), std::move(sides.second), into.facts);
  }
}

}  // namespace automod::trial
