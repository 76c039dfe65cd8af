#include "engine/asking/task.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.hpp"

namespace automod::asking {

namespace {

constexpr std::size_t kLongestSummary = 72;

struct Word {
  std::string_view word;
  ModificationType type;
};

constexpr std::array kWords = {
    Word{"fix", ModificationType::kBugFix},
    Word{"repair", ModificationType::kBugFix},
    Word{"correct", ModificationType::kBugFix},
    Word{"mend", ModificationType::kBugFix},
    Word{"bug", ModificationType::kBugFix},
    Word{"crash", ModificationType::kBugFix},
    Word{"crashes", ModificationType::kBugFix},
    Word{"leak", ModificationType::kBugFix},
    Word{"faster", ModificationType::kPerformance},
    Word{"speed", ModificationType::kPerformance},
    Word{"optimize", ModificationType::kPerformance},
    Word{"optimise", ModificationType::kPerformance},
    Word{"slow", ModificationType::kPerformance},
    Word{"performance", ModificationType::kPerformance},
    Word{"refactor", ModificationType::kRefactor},
    Word{"rename", ModificationType::kRefactor},
    Word{"simplify", ModificationType::kRefactor},
    Word{"extract", ModificationType::kRefactor},
    Word{"split", ModificationType::kRefactor},
    Word{"clean", ModificationType::kRefactor},
    Word{"tidy", ModificationType::kRefactor},
};

/// Its words, in lower case.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : in_lower(text) + ' ') {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_') {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  return words;
}

/// The first line, at most as long as a summary may be, cut at a blank.
std::string summary_of(std::string_view text) {
  std::string line = printable_line(text.substr(0, text.find('\n')));
  if (line.size() <= kLongestSummary) return line;
  const std::size_t blank = line.rfind(' ', kLongestSummary);
  line.resize(blank == std::string::npos || blank == 0 ? kLongestSummary : blank);
  return valid_utf8(line) + "…";
}

void add_words(Task& task, std::string_view words) {
  if (words.empty()) return;
  task.request += fmt::format("\n\n{}", printable(words));
  task.words += ' ';
  task.words += words;
}

}  // namespace

prompts::Purpose purpose_of(ModificationType type) {
  switch (type) {
    case ModificationType::kBugFix:
      return prompts::Purpose::kBug;
    case ModificationType::kPerformance:
      return prompts::Purpose::kPerformance;
    case ModificationType::kFeatureAdd:
      return prompts::Purpose::kFeature;
    case ModificationType::kRefactor:
      return prompts::Purpose::kRefactor;
  }
  return prompts::Purpose::kFeature;
}

ModificationType type_of_words(std::string_view words) {
  for (const std::string& word : words_of(words)) {
    for (const Word& known : kWords) {
      if (word == known.word) return known.type;
    }
  }
  return ModificationType::kFeatureAdd;
}

Task task_of_words(std::string_view words, ModificationType type) {
  return {.purpose = purpose_of(type),
          .type = type,
          .summary = summary_of(words),
          .request = printable(words),
          .words = std::string(words)};
}

Task task_of_finding(const Finding& finding) {
  const Place& place = finding.place;
  Task task{.purpose = purpose_of(finding.type),
            .type = finding.type,
            .summary = fmt::format("{} in {}", finding.rule, printable_line(place.path))};
  const std::string where =
      place.symbol.empty() ? std::string() : fmt::format(", in {}", printable_line(place.symbol));
  task.request =
      "Repair what an analyzer found. What it found, and why it matters, is in the "
      "material.";
  task.more.push_back(
      {.kind = PartKind::kEvidence,
       .why = "what the analyzer found",
       .text =
           fmt::format("{}, line {}{}\nrule: {}\nfound: {}\nwhy it matters: {}\n",
                       printable_line(place.path), place.line, where, printable_line(finding.rule),
                       printable_line(finding.message), printable_line(finding.why))});
  task.focus.push_back(place.line == 0 ? place.path : fmt::format("{}:{}", place.path, place.line));
  return task;
}

Task task_of_failing(const std::vector<std::string>& tests, const std::vector<std::string>& flaky,
                     std::string_view words) {
  Task task{.purpose = prompts::Purpose::kBug, .type = ModificationType::kBugFix};
  task.tests = tests;
  std::vector<std::string> shown;
  for (const std::string& test : tests) shown.push_back(printable_line(test));
  task.summary = summary_of(fmt::format("fix {}", fmt::join(shown, ", ")));
  task.request =
      tests.size() == 1
          ? "Find out why the test fails that is named in the material, and mend the code it "
            "tests, so that it passes. Do not change the test."
          : "Find out why the tests fail that are named in the material, and mend the code they "
            "test, so that they pass. Do not change the tests.";
  if (!flaky.empty()) {
    task.request += " It does not fail every time: look for what is left to chance.";
  }
  for (const std::string& test : tests) task.words += test + ' ';
  add_words(task, words);
  return task;
}

Task task_of_benchmarks(const std::vector<Benchmark>& benchmarks, std::string_view words) {
  Task task{.purpose = prompts::Purpose::kPerformance, .type = ModificationType::kPerformance};
  std::vector<std::string> shown;
  for (const Benchmark& one : benchmarks) shown.push_back(printable_line(one.name));
  task.summary = summary_of(fmt::format("make {} faster", fmt::join(shown, ", ")));
  task.request =
      "Make the code faster that the benchmarks in the material measure. What they print "
      "must stay the same.";
  std::string commands;
  for (const Benchmark& one : benchmarks) {
    commands += fmt::format("{}: {}\n", printable_line(one.name), printable_line(one.command));
    task.words += one.name + ' ' + one.command + ' ';
  }
  task.more.push_back({.kind = PartKind::kFigures, .why = "the benchmarks", .text = commands});
  add_words(task, words);
  return task;
}

std::string angle(ModificationType type, std::size_t line) {
  static constexpr std::array<std::string_view, 4> kSpeed = {
      "Look at the algorithm and its complexity first; leave small savings alone.",
      "Look at memory first: copies, allocations, layout and what is touched twice.",
      "Look at what need not be done at all: repeated work, work done too early or too often.",
      "Make the smallest change that can show a gain, at the one place where most time goes."};
  static constexpr std::array<std::string_view, 4> kElse = {
      "Make the smallest change that does it whole.",
      "Ask what the code assumes that does not hold, and mend that rather than where it shows.",
      "Think of the edge cases first: empty, one, many, the largest, the wrong order.",
      "Think of the way somebody who knows this code base well would do it."};
  if (line < 2) return {};
  const auto& angles = type == ModificationType::kPerformance ? kSpeed : kElse;
  return fmt::format("\n\n{}", angles[(line - 2) % angles.size()]);
}

std::optional<double> temperature_of(std::size_t line) {
  constexpr double kFirst = 0.4;
  constexpr double kStep = 0.2;
  constexpr double kMost = 1.0;
  if (line < 2) return std::nullopt;
  return std::min(kMost, kFirst + kStep * static_cast<double>(line - 2));
}

}  // namespace automod::asking
