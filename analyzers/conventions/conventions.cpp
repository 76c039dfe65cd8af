#include "analyzers/conventions/conventions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <optional>
#include <thread>

#include "analyzers/conventions/naming.hpp"
#include "analyzers/conventions/tally.hpp"
#include "base/files.hpp"

namespace automod::analyzers {

namespace {

constexpr std::size_t kMostFiles = 4000;
constexpr std::size_t kMostBytes = kMiB;  // larger files are data
constexpr unsigned kMostThreads = 64;

constexpr auto kStyleFiles = std::to_array<std::string_view>(
    {".clang-format",     "_clang-format",      ".clang-tidy",      ".editorconfig",
     ".prettierrc",       ".prettierrc.json",   ".prettierrc.yaml", ".prettierrc.yml",
     ".prettierrc.js",    "prettier.config.js", ".eslintrc",        ".eslintrc.json",
     ".eslintrc.js",      ".eslintrc.cjs",      ".eslintrc.yml",    "eslint.config.js",
     "eslint.config.mjs", "biome.json",         "rustfmt.toml",     ".rustfmt.toml",
     "clippy.toml",       ".golangci.yml",      ".golangci.yaml",   ".flake8",
     "ruff.toml",         ".ruff.toml",         ".pylintrc",        ".style.yapf",
     "checkstyle.xml",    ".gitattributes"});

bool imports_part(const Codebase& code, std::string_view part) {
  return std::ranges::any_of(code.files(), [&](const CodeFile& file) {
    return std::ranges::any_of(file.facts.imports,
                               [&](const Import& import) { return import.target.contains(part); });
  });
}

/// A source of C++ that has nothing of C++ in it is one all the same; a header may be either.
Language language_to_read(const CodeFile& file) {
  const bool is_header = file.path.ends_with(".h");
  return is_header ? file.facts.language : language_of(file.path).value_or(file.facts.language);
}

/// Files that tell, in the order of the codebase, whatever thread reads them.
class HabitReading {
 public:
  HabitReading(const Codebase& code, const ReadText& read, const CancelToken& cancel)
      : code_(code),
        read_(read),
        cancel_(cancel),
        has_catch2_(imports_part(code, "catch2/") || imports_part(code, "catch.hpp")),
        has_doctest_(imports_part(code, "doctest")) {
    std::vector<std::uint32_t> all;
    for (std::uint32_t i = 0; i < code.files().size(); ++i) {
      const CodeFile& file = code.files()[i];
      const bool tells = file.facts.left_out == LeftOut::kNothing &&
                         file.facts.bytes <= kMostBytes && file.facts.bytes > 0 &&
                         kind_of_file(file.path) != FileKind::kForeign;
      if (tells) all.push_back(i);
    }
    const std::size_t step = all.size() / kMostFiles + 1;
    for (std::size_t i = 0; i < all.size(); i += step) chosen_.push_back(all[i]);
    files_ = all.size();
    tallies_.resize(chosen_.size());
  }

  void run(unsigned jobs) {
    std::vector<std::jthread> others;
    for (unsigned i = 1; i < std::min(jobs, kMostThreads); ++i) {
      others.emplace_back([this] { work(); });
    }
    work();
  }

  Conventions result() const {
    Conventions made{.habits = {}, .style_files = {}, .files = files_, .read = 0};
    Tally all;
    for (const auto& one : tallies_) {
      if (!one) continue;
      all.merge(*one);
      ++made.read;
    }
    made.habits = all.habits();
    return made;
  }

 private:
  void work() {
    for (;;) {
      const std::size_t i = next_++;
      if (i >= chosen_.size() || cancel_.requested()) return;
      const CodeFile& file = code_.files()[chosen_[i]];
      const auto text = read_(chosen_[i]);
      if (!text || is_generated(*text)) continue;
      const Language language = language_to_read(file);
      const auto tree = syntax_tree(language, *text, kMostBytes);
      if (!tree) continue;
      const HabitSource source{.file = file,
                               .text = *text,
                               .tree = *tree,
                               .language = language,
                               .has_catch2 = has_catch2_,
                               .has_doctest = has_doctest_};
      Tally& tally = tallies_[i].emplace(file.path, name(language));
      learn_naming(source, tally);
      learn_syntax(source, tally);
      learn_layout(source, tally);
      learn_tests(source, tally);
      learn_comments(source, tally);
    }
  }

  const Codebase& code_;
  const ReadText& read_;
  const CancelToken& cancel_;
  const bool has_catch2_;
  const bool has_doctest_;
  std::size_t files_ = 0;
  std::vector<std::uint32_t> chosen_;
  std::vector<std::optional<Tally>> tallies_;
  std::atomic<std::size_t> next_ = 0;
};

std::string percent(const Habit& habit) { return fmt::format("{:.0f}%", 100 * habit.share()); }

/// "functions snake_case (98% of 412)".
std::string in_brief(const Habit& habit) {
  const std::string& value = habit.values.front().value;
  if (habit.state == HabitState::kConvention) {
    return fmt::format("{}: {} ({} of {})", habit.what, value, percent(habit), habit.total);
  }
  std::string split;
  for (const HabitValue& one : habit.values) {
    split += fmt::format("{}{} {}", split.empty() ? "" : ", ", one.value, one.count);
  }
  return fmt::format("{}: mixed ({})", habit.what, split);
}

}  // namespace

std::string_view name(HabitTopic topic) {
  static constexpr std::array<std::string_view, 7> kNames = {
      "naming", "errors", "ownership", "concurrency", "formatting", "tests", "comments"};
  return kNames[static_cast<std::size_t>(topic)];
}

std::string_view name(HabitState state) {
  static constexpr std::array<std::string_view, 3> kNames = {"convention", "mixed", "too few"};
  return kNames[static_cast<std::size_t>(state)];
}

void learn_naming(const HabitSource& source, Tally& into) {
  const FileFacts& facts = source.file.facts;
  for (const Symbol& symbol : facts.symbols) {
    const std::string_view group = naming_group(facts, symbol);
    if (const auto style = name_style(facts, symbol)) {
      into.add(HabitTopic::kNaming, group, name(*style), symbol.line);
    }
    if (const auto affix = name_affix(facts, symbol)) {
      into.add(HabitTopic::kNaming, fmt::format("affix of {}", group), name(*affix), symbol.line);
    }
  }
}

Result<Conventions> learn_conventions(const Codebase& code, const ReadText& read,
                                      const std::vector<std::string>& paths, unsigned jobs,
                                      const CancelToken& cancel) {
  HabitReading reading(code, read, cancel);
  reading.run(jobs);
  if (cancel.requested()) return fail(ErrorKind::kInterrupted, "interrupted");
  Conventions made = reading.result();
  for (const std::string& path : paths) {
    const bool is_style = std::ranges::find(kStyleFiles, name_part(path)) != kStyleFiles.end();
    if (is_style && kind_of_file(path) != FileKind::kForeign) made.style_files.push_back(path);
  }
  return made;
}

std::string conventions_text(const Conventions& conventions, std::size_t most) {
  std::string text;
  for (const HabitState state : {HabitState::kConvention, HabitState::kMixed}) {
    std::string heading;
    std::string line;
    const auto finish = [&] {
      if (!line.empty() && text.size() + line.size() + 1 <= most) text += line + '\n';
      line.clear();
    };
    for (const Habit& habit : conventions.habits) {
      if (habit.state != state) continue;
      std::string own(name(habit.topic));
      if (!habit.language.empty()) own += fmt::format(" ({})", habit.language);
      if (own != heading) finish();
      line += line.empty() ? own + ": " : "; ";
      line += in_brief(habit);
      heading = own;
    }
    finish();
  }
  return text;
}

}  // namespace automod::analyzers
