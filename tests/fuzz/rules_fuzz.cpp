#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "analyzers/rules/rules.hpp"

/// Any bytes at all as a rule file. What is accepted is used: on its own examples and on the file
/// itself, as a text of every language that it has rules for.

namespace {

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace automod::analyzers;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto rules = parse_rules(text, "rules.toml");
  if (!rules) return 0;
  const RuleSet set(*rules);
  for (const Rule& rule : set.rules()) {
    (void)failed_examples(rule);
    for (const Language language : rule.languages) {
      const RuleMatches matches = set.matches(language, text);
      for (const RuleMatch& match : matches.found) {
        if (match.begin > match.end || match.end > size) give_up("a match beyond the text");
      }
      (void)fixed(language, text, matches.found);
    }
  }
  return 0;
}
