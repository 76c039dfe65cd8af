#include "analyzers/treesitter/facts.hpp"

#include <algorithm>
#include <array>

#include "analyzers/treesitter/declarators.hpp"
#include "analyzers/treesitter/imports.hpp"
#include "analyzers/treesitter/preprocess.hpp"
#include "analyzers/treesitter/sweep.hpp"

namespace automod::analyzers {

namespace {

constexpr std::size_t kMostUnclear = 4096;
constexpr std::array<std::string_view, 4> kVisibilities = {"public", "protected", "private",
                                                           "file"};
constexpr std::array<std::string_view, 4> kReasons = {"nothing", "too large", "binary", "too slow"};

std::uint32_t count_lines(std::string_view text) {
  const auto ends = std::ranges::count(text, '\n');
  return static_cast<std::uint32_t>(ends) + (text.empty() || text.ends_with('\n') ? 0 : 1);
}

std::vector<Draft> drafts_of(const std::vector<Preprocessed::Define>& defines) {
  std::vector<Draft> drafts;
  drafts.reserve(defines.size());
  for (const auto& define : defines) {
    drafts.push_back({.whole = define.whole,
                      .name = define.name,
                      .head = define.head,
                      .line = define.line,
                      .kind = SymbolKind::kMacro,
                      .is_c = true});
  }
  return drafts;
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
  if (!sweep(source, events, drafts_of(preprocessed.defines), deadline, facts)) return false;
  facts.imports = imports_of(source, events.imports);
  return true;
}

/// The lists of `facts`, read with one grammar; empty with a reason when the deadline passed.
FileFacts read_as(Language language, std::string_view text, const Preprocessed& preprocessed,
                  Deadline deadline, const FileFacts& empty) {
  FileFacts facts = empty;
  facts.language = language;
  const Source source{.language = language,
                      .text = text,
                      .parsed = preprocessed.text.empty() ? text : preprocessed.text};
  if (read(source, preprocessed, deadline, facts)) return facts;
  FileFacts none = empty;
  none.language = language;
  none.left_out = LeftOut::kTooSlow;
  return none;
}

/// As what the text seems to be. A short one may be C++ without a word that tells: if it leaves
/// errors, it is read as that too, and the reading with fewer of them counts.
FileFacts read_c(Language language, std::string_view text, Deadline deadline,
                 const FileFacts& empty) {
  const Preprocessed first = preprocess(language, text);
  FileFacts facts = read_as(first.language, text, first, deadline, empty);
  const bool is_clear = first.language == language || text.size() > kMostUnclear;
  if (is_clear || facts.syntax_errors == 0) return facts;
  const Preprocessed second = preprocess(language, text, true);
  FileFacts others = read_as(language, text, second, deadline, empty);
  const bool is_better =
      others.left_out == LeftOut::kNothing && others.syntax_errors < facts.syntax_errors;
  return is_better ? others : facts;
}

}  // namespace

FileFacts facts_of(Language language, std::string_view text, const FactsLimits& limits) {
  FileFacts facts;
  facts.language = language;
  facts.bytes = static_cast<std::uint32_t>(std::min<std::size_t>(text.size(), ~0u));
  if (text.size() > std::min(limits.bytes, kMostBytesParsed)) {
    facts.left_out = LeftOut::kTooLarge;
    return facts;
  }
  facts.lines = count_lines(text);
  if (text.find('\0') != text.npos) {
    facts.left_out = LeftOut::kBinary;
    return facts;
  }
  const Deadline deadline = WorkClock::now() + limits.time;
  if (is_c_family(language)) return read_c(language, text, deadline, facts);
  return read_as(language, text, {}, deadline, facts);
}

std::string_view name(Visibility visibility) {
  return kVisibilities[static_cast<std::size_t>(visibility)];
}

std::string_view name(LeftOut why) { return kReasons[static_cast<std::size_t>(why)]; }

}  // namespace automod::analyzers
