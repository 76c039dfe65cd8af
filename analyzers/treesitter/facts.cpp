#include "analyzers/treesitter/facts.hpp"

#include <algorithm>
#include <array>

#include "analyzers/treesitter/declarators.hpp"
#include "analyzers/treesitter/imports.hpp"
#include "analyzers/treesitter/preprocess.hpp"
#include "analyzers/treesitter/sweep.hpp"

namespace automod::analyzers {

namespace {

constexpr std::array<std::string_view, 4> kVisibilities = {"public", "protected", "private",
                                                           "file"};
constexpr std::array<std::string_view, 4> kReasons = {"nothing", "too large", "binary", "too slow"};

std::uint32_t count_lines(std::string_view text) {
  const auto ends = std::ranges::count(text, '\n');
  return static_cast<std::uint32_t>(ends) + (text.empty() || text.ends_with('\n') ? 0 : 1);
}

/// False when the deadline passed.
bool read(const Source& source, const Preprocessed& preprocessed, Deadline deadline,
          FileFacts& facts) {
  thread_local Events events;  // keeps its memory for the next text
  const Query* query = query_of(source.language);
  const Tree tree = parse_text(source.language, source.parsed, deadline);
  if (!tree || query == nullptr) return false;
  const auto errors = count_errors(tree, deadline);
  if (!errors) return false;
  facts.syntax_errors = static_cast<std::uint32_t>(*errors);
  if (!read_events(*query, tree, source.text, deadline, events)) return false;
  for (const auto& macro : preprocessed.macros) {
    const Use use = macro.is_call ? Use::kCall : Use::kName;
    events.mentions.push_back(
        {.begin = macro.begin, .end = macro.end, .line = macro.line, .use = use});
  }
  order_events(events, source.parsed);
  if (!sweep(source, events, deadline, facts)) return false;
  facts.imports = imports_of(source, events.imports);
  return true;
}

FileFacts left_out(const FileFacts& facts, LeftOut why) {
  return {.language = facts.language, .lines = facts.lines, .bytes = facts.bytes, .left_out = why};
}

}  // namespace

FileFacts facts_of(Language language, std::string_view text, const FactsLimits& limits) {
  FileFacts facts;
  facts.language = language;
  facts.bytes = static_cast<std::uint32_t>(std::min<std::size_t>(text.size(), ~0u));
  if (text.size() > std::min(limits.bytes, kMostBytesParsed)) {
    return left_out(facts, LeftOut::kTooLarge);
  }
  facts.lines = count_lines(text);
  if (text.find('\0') != text.npos) return left_out(facts, LeftOut::kBinary);
  const Deadline deadline = WorkClock::now() + limits.time;
  Source source{.language = language, .text = text, .parsed = text};
  Preprocessed preprocessed;
  if (is_c_family(language)) {
    preprocessed = preprocess(language, text);
    source.language = facts.language = preprocessed.language;
    if (!preprocessed.text.empty()) source.parsed = preprocessed.text;
  }
  return read(source, preprocessed, deadline, facts) ? facts : left_out(facts, LeftOut::kTooSlow);
}

std::string_view name(Visibility visibility) {
  return kVisibilities[static_cast<std::size_t>(visibility)];
}

std::string_view name(LeftOut why) { return kReasons[static_cast<std::size_t>(why)]; }

}  // namespace automod::analyzers
