#include "engine/asking/review.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "analyzers/treesitter/syntax.hpp"
#include "base/secrets.hpp"
#include "base/text.hpp"
#include "engine/asking/shown_patch.hpp"
#include "engine/judge/judge.hpp"
#include "engine/repo/unified_diff.hpp"

namespace automod::asking {

namespace {

using prompts::Section;

constexpr std::size_t kMostClaim = 8192;       // of goal and reasons
constexpr std::size_t kMostEvidence = 49152;   // in words
constexpr std::size_t kAroundSection = 256;    // bytes that a fence and a title may cost
constexpr std::size_t kMostParsed = 1u << 20;  // larger files are shown by lines alone
constexpr std::size_t kContext = 12;           // lines around a change that is in no function
constexpr std::size_t kMostFunction = 150;     // lines of a function on each side of a change

std::string cut(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  return std::string(head(text, most)) + "\n[the rest is left out]\n";
}

Section claim_of(const Modification& modification) {
  const Candidate& candidate = modification.candidate;
  std::string text =
      fmt::format("type: {}\ngoal: {}\n", name(candidate.type), printable(candidate.summary));
  if (!candidate.reasoning.empty()) text += "reasons:\n" + printable(candidate.reasoning) + "\n";
  return {.title = "what whoever made the change says of it: a claim, which may be wrong",
          .text = cut(std::move(text), kMostClaim)};
}

// Lines of a file, from 1; `last` is one of them.
struct Lines {
  std::size_t first = 1;
  std::size_t last = 1;
};

/// For each line the function or type that it stands in.
std::vector<std::string> symbols_of(std::string_view path, std::string_view text,
                                    const std::vector<std::string_view>& lines) {
  const auto language = analyzers::language_of(path);
  if (!language || text.size() > kMostParsed) return std::vector<std::string>(lines.size());
  std::vector<std::size_t> offsets;
  for (const std::string_view line : lines) {
    // The first letter: what is before it may belong to what encloses the line.
    const std::size_t indent = std::min(line.find_first_not_of(" \t"), line.size());
    offsets.push_back(static_cast<std::size_t>(line.data() - text.data()) +
                      (indent == line.size() ? 0 : indent));
  }
  return analyzers::enclosing_symbols(*language, text, offsets);
}

/// The lines of the base that a hunk touches, grown to the functions that they stand in.
Lines grown(const repo::Hunk& hunk, const std::vector<std::string>& symbols) {
  const std::size_t all = symbols.size();
  Lines lines{.first = std::clamp<std::size_t>(hunk.old_start, 1, all), .last = 1};
  lines.last =
      std::clamp(hunk.old_start + std::max<std::size_t>(hunk.old_count, 1) - 1, lines.first, all);
  const std::size_t lowest = lines.first > kMostFunction ? lines.first - kMostFunction : 1;
  const std::size_t highest = std::min(lines.last + kMostFunction, all);
  const std::size_t near = lines.first > kContext ? lines.first - kContext : 1;
  const std::size_t far = std::min(lines.last + kContext, all);
  const auto goes_on = [&](std::size_t from, std::size_t to) {
    return !symbols[from - 1].empty() && symbols[from - 1] == symbols[to - 1];
  };
  while (lines.first > lowest && goes_on(lines.first, lines.first - 1)) --lines.first;
  while (lines.last < highest && goes_on(lines.last, lines.last + 1)) ++lines.last;
  return {.first = std::min(lines.first, near), .last = std::max(lines.last, far)};
}

std::vector<Lines> joined(std::vector<Lines> all) {
  std::ranges::sort(all, {}, &Lines::first);
  std::vector<Lines> apart;
  for (const Lines& lines : all) {
    if (!apart.empty() && lines.first <= apart.back().last + 1) {
      apart.back().last = std::max(apart.back().last, lines.last);
    } else {
      apart.push_back(lines);
    }
  }
  return apart;
}

/// What is changed of one file, as it stands on the base.
std::vector<Section> before_of(const repo::FilePatch& patch, std::string_view text) {
  const auto lines = split_lines(text);
  if (lines.empty()) return {};
  const auto symbols = symbols_of(patch.old_path, text, lines);
  std::map<std::size_t, std::string_view> secrets;
  for (const SecretLine& one : secret_lines(text)) secrets[one.line] = one.kind;
  std::vector<Lines> touched;
  for (const repo::Hunk& hunk : patch.hunks) touched.push_back(grown(hunk, symbols));
  std::vector<Section> sections;
  for (const Lines& part : joined(std::move(touched))) {
    std::string shown;
    for (std::size_t i = part.first; i <= part.last; ++i) {
      std::string_view line = lines[i - 1];
      if (line.ends_with('\r')) line.remove_suffix(1);
      const auto secret = secrets.find(i);
      shown.append(secret == secrets.end() ? std::string(line) : left_out(secret->second)) += '\n';
    }
    sections.push_back({.title = fmt::format("{} before the change, lines {} to {}",
                                             printable_line(patch.old_path), part.first, part.last),
                        .text = printable(shown)});
  }
  return sections;
}

std::vector<Section> all_before(const Modification& modification) {
  const auto patches = repo::parse_diff(modification.patch);
  if (!patches) return {};  // the patch says what it can
  std::vector<Section> sections;
  for (const repo::FilePatch& patch : *patches) {
    const auto file =
        std::ranges::find(modification.candidate.files, patch.old_path, &FileChange::path);
    if (file == modification.candidate.files.end() || !file->original || !file->modified) continue;
    for (Section& section : before_of(patch, *file->original)) {
      sections.push_back(std::move(section));
    }
  }
  return sections;
}

std::size_t size_of(const Section& section) {
  return section.title.size() + section.text.size() + kAroundSection;
}

std::string_view trimmed(std::string_view text, std::string_view what) {
  const std::size_t first = text.find_first_not_of(what);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(what) - first + 1);
}

constexpr std::string_view kWhite = " \t\r\n\v\f";

/// What a line says, if it is a verdict and nothing else.
std::optional<OpinionSays> verdict_in(std::string_view line) {
  static constexpr std::string_view kEmphasis = " \t\r*_`#";
  static constexpr std::string_view kEnd = " \t\r*_`.!;,";
  const std::string said = in_lower(trimmed(line, kEmphasis));
  static constexpr std::string_view kWord = "verdict";
  if (!said.starts_with(kWord)) return std::nullopt;
  std::string_view rest = trimmed(std::string_view(said).substr(kWord.size()), " \t*_`");
  if (!rest.starts_with(':')) return std::nullopt;
  rest = trimmed(rest.substr(1), kEnd);
  if (rest == "veto") return OpinionSays::kVeto;
  if (rest == "doubtful") return OpinionSays::kDoubtful;
  if (rest == "nothing against it") return OpinionSays::kNothing;
  return std::nullopt;
}

int badness(OpinionSays says) {
  switch (says) {
    case OpinionSays::kNothing:
      return 0;
    case OpinionSays::kDoubtful:
      return 1;
    case OpinionSays::kUnanswered:
      return 2;
    case OpinionSays::kVeto:
      return 3;
  }
  return 3;
}

}  // namespace

std::string_view review_request() {
  return "Look at the change that is shown below. What it is for is said in the first part. Say "
         "what "
         "speaks against keeping it, if anything does.";
}

std::optional<std::vector<Section>> review_sections(const Modification& modification,
                                                    const Evidence& evidence, std::size_t most) {
  const Section claim = claim_of(modification);
  const Section patch{.title = "the change: the patch that would be kept",
                      .text = shown_patch(modification)};
  const Section measured{.title = "what the trial of the change measured",
                         .text = cut(judge::in_words(evidence), kMostEvidence)};
  std::size_t used = size_of(claim) + size_of(patch) + size_of(measured);
  if (used > most) return std::nullopt;
  std::vector<Section> sections = {claim};
  for (Section& before : all_before(modification)) {
    if (used + size_of(before) > most) continue;
    used += size_of(before);
    sections.push_back(std::move(before));
  }
  sections.push_back(patch);
  sections.push_back(measured);
  return sections;
}

std::string reason_of(std::string_view text) {
  static constexpr std::string_view kMore = " …";
  std::string all = valid_utf8(trimmed(text, kWhite));
  if (all.size() <= kMostReason) return all;
  return std::string(head(all, kMostReason - kMore.size())).append(kMore);
}

Opinion opinion_of(std::string_view answer) {
  const std::string_view text = trimmed(answer, kWhite);
  const std::size_t end = text.rfind('\n');
  const std::size_t begin = end == std::string_view::npos ? 0 : end + 1;
  const auto last = verdict_in(text.substr(begin));
  OpinionSays says = last.value_or(OpinionSays::kUnanswered);
  for (const std::string_view line : split_lines(text)) {
    const auto said = verdict_in(line);
    if (said && badness(*said) > badness(says)) says = *said;
  }
  Opinion opinion;
  opinion.says = says;
  opinion.reason = reason_of(last ? text.substr(0, begin) : text);
  if (text.empty()) {
    opinion.reason = "its answer is empty";
  } else if (says == OpinionSays::kUnanswered) {
    opinion.reason = reason_of("its answer has no verdict: " + opinion.reason);
  } else if (opinion.reason.empty()) {
    opinion.reason = "it gives no reason";
  }
  return opinion;
}

}  // namespace automod::asking
