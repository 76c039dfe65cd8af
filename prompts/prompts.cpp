#include "prompts/prompts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/digest.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "embedded/prompt_bug.hpp"
#include "embedded/prompt_edit_format.hpp"
#include "embedded/prompt_explain.hpp"
#include "embedded/prompt_feature.hpp"
#include "embedded/prompt_performance.hpp"
#include "embedded/prompt_preamble.hpp"
#include "embedded/prompt_refactor.hpp"
#include "embedded/prompt_repair.hpp"
#include "embedded/prompt_review.hpp"

namespace automod::prompts {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostText = 64 * 1024;
constexpr std::size_t kLeastFence = 4;
constexpr std::string_view kRequest = "{{request}}";
constexpr std::string_view kMaterial = "{{material}}";

std::string_view text_of(Purpose purpose) {
  switch (purpose) {
    case Purpose::kBug:
      return embedded::prompt_bug;
    case Purpose::kPerformance:
      return embedded::prompt_performance;
    case Purpose::kFeature:
      return embedded::prompt_feature;
    case Purpose::kRefactor:
      return embedded::prompt_refactor;
    case Purpose::kRepair:
      return embedded::prompt_repair;
    case Purpose::kReview:
      return embedded::prompt_review;
    case Purpose::kExplain:
      return embedded::prompt_explain;
  }
  return {};
}

bool asks_for_edits(Purpose purpose) {
  return purpose != Purpose::kReview && purpose != Purpose::kExplain;
}

/// One of the texts, ours or the user's.
struct Source {
  std::string text;
  std::string where;  // what a mistake in it is said to be in
  bool is_own = false;
};

Result<Source> read_source(std::string_view stem, std::string_view ours, const fs::path& folder) {
  const std::string file = fmt::format("{}.txt", stem);
  const fs::path own = folder / file;
  std::error_code code;
  if (folder.empty() || !fs::exists(fs::symlink_status(own, code))) {
    return Source{.text = std::string(ours), .where = file, .is_own = false};
  }
  auto text = read_file(own, kMostText);
  if (!text) return fail(std::move(text.error()).within("reading a prompt"));
  if (valid_utf8(*text) != *text) {
    return fail(ErrorKind::kUsage, fmt::format("{} is not UTF-8", own.string()));
  }
  if (!text->empty() && !text->ends_with('\n')) *text += '\n';
  return Source{.text = std::move(*text), .where = own.string(), .is_own = true};
}

std::unexpected<Error> refuse(const Source& source, std::size_t line, std::string_view what) {
  return fail(ErrorKind::kUsage, fmt::format("{}:{}: {}", source.where, line, what),
              fmt::format("the text of a purpose has {} and {}, each once and alone on its line; "
                          "preamble.txt and edit_format.txt have no such words",
                          kRequest, kMaterial));
}

/// Where the words stand: how often each, and the byte at which the line of the first begins.
struct Words {
  std::size_t requests = 0;
  std::size_t materials = 0;
  std::size_t first = std::string::npos;
};

Result<Words> find_words(const Source& source, bool may_have) {
  Words words;
  std::size_t number = 0;
  std::size_t begin = 0;
  for (const std::string_view line : split_lines(source.text)) {
    ++number;
    const bool is_word = line == kRequest || line == kMaterial;
    if (is_word && may_have) {
      ++(line == kRequest ? words.requests : words.materials);
      words.first = std::min(words.first, begin);
    } else if (const std::size_t open = line.find("{{"); open != std::string_view::npos) {
      const std::size_t close = line.find("}}", open);
      const std::string_view word =
          line.substr(open, close == std::string_view::npos ? close : close + 2 - open);
      const bool is_known = may_have && (word == kRequest || word == kMaterial);
      return refuse(source, number,
                    is_known ? fmt::format("{} is not alone on its line", word)
                             : fmt::format("nothing fills {}", printable_line(word)));
    }
    begin += line.size() + 1;
  }
  return words;
}

Result<void> check_once(const Source& source, std::size_t times, std::string_view word) {
  if (times == 1) return {};
  const std::size_t lines = split_lines(source.text).size();
  return refuse(source, std::max<std::size_t>(lines, 1),
                times == 0 ? fmt::format("{} is missing", word)
                           : fmt::format("{} stands there {} times", word, times));
}

std::size_t longest_run(std::string_view text, char wanted) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == wanted ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

}  // namespace

std::string_view name(Purpose purpose) {
  static constexpr std::array<std::string_view, 7> kNames = {
      "bug", "performance", "feature", "refactor", "repair", "review", "explain"};
  return kNames.at(static_cast<std::size_t>(purpose));
}

std::optional<Purpose> parse(std::string_view text) {
  for (const Purpose purpose : all_purposes()) {
    if (name(purpose) == text) return purpose;
  }
  return std::nullopt;
}

const std::vector<Purpose>& all_purposes() {
  static const std::vector<Purpose> kAll = {
      Purpose::kBug,    Purpose::kPerformance, Purpose::kFeature, Purpose::kRefactor,
      Purpose::kRepair, Purpose::kReview,      Purpose::kExplain};
  return kAll;
}

Result<Template> template_of(Purpose purpose, const fs::path& folder) {
  Template made{.purpose = purpose, .instructions = {}, .frame = {}, .digest = {}, .own = {}};
  const auto add = [&](std::string_view stem, std::string_view ours) -> Result<Source> {
    auto source = read_source(stem, ours, folder);
    if (source && source->is_own) made.own.push_back(source->where);
    return source;
  };
  const auto preamble = add("preamble", embedded::prompt_preamble);
  if (!preamble) return fail(preamble.error());
  if (auto words = find_words(*preamble, false); !words) return fail(words.error());
  made.instructions = preamble->text + "\n";
  if (asks_for_edits(purpose)) {
    const auto format = add("edit_format", embedded::prompt_edit_format);
    if (!format) return fail(format.error());
    if (auto words = find_words(*format, false); !words) return fail(words.error());
    made.instructions += format->text + "\n";
  }
  const auto own = add(name(purpose), text_of(purpose));
  if (!own) return fail(own.error());
  const auto words = find_words(*own, true);
  if (!words) return fail(words.error());
  if (auto once = check_once(*own, words->requests, kRequest); !once) return fail(once.error());
  if (auto once = check_once(*own, words->materials, kMaterial); !once) return fail(once.error());
  made.instructions += own->text.substr(0, words->first);
  made.frame = own->text.substr(words->first);
  made.digest = sha256(fmt::format("{}\n{}\n{}{}", name(purpose), made.instructions.size(),
                                   made.instructions, made.frame));
  return made;
}

std::string fenced(const Section& section) {
  const std::string title = printable_line(section.title);
  const std::size_t run =
      std::max({kLeastFence, longest_run(section.text, '~') + 1, longest_run(title, '~') + 1});
  const std::string fence(run, '~');
  const bool has_end = section.text.empty() || section.text.ends_with('\n');
  return fmt::format("{} {}\n{}{}{}\n", fence, title, section.text, has_end ? "" : "\n", fence);
}

Prompt fill(const Template& text, std::string_view request, const std::vector<Section>& sections) {
  Prompt prompt{.instructions = text.instructions, .material = {}};
  for (const std::string_view line : split_lines(text.frame)) {
    if (line == kRequest) {
      prompt.material += request;
      if (!request.ends_with('\n')) prompt.material += '\n';
    } else if (line == kMaterial) {
      for (const Section& section : sections) {
        if (&section != &sections.front()) prompt.material += '\n';
        prompt.material += fenced(section);
      }
    } else {
      prompt.material += line;
      prompt.material += '\n';
    }
  }
  return prompt;
}

std::vector<std::string> file_names() {
  std::vector<std::string> all = {"preamble.txt", "edit_format.txt"};
  for (const Purpose purpose : all_purposes()) all.push_back(fmt::format("{}.txt", name(purpose)));
  return all;
}

Result<std::vector<fs::path>> strays() {
  const auto folder = config_dir();
  if (!folder) return fail(folder.error());
  const std::vector<std::string> known = file_names();
  std::vector<fs::path> all;
  std::error_code code;
  for (fs::directory_iterator walk(*folder / "prompts", code), end; !code && walk != end;
       walk.increment(code)) {
    const std::string file = walk->path().filename().string();
    if (file.starts_with('.') || std::ranges::find(known, file) != known.end()) continue;
    all.push_back(walk->path());
  }
  std::ranges::sort(all);
  return all;
}

Result<Template> in_force(Purpose purpose) {
  const auto folder = config_dir();
  if (!folder) return fail(folder.error());
  return template_of(purpose, *folder / "prompts");
}

}  // namespace automod::prompts
