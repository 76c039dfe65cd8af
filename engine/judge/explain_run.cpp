#include <fmt/format.h>

#include <array>

#include "base/text.hpp"
#include "engine/judge/checks.hpp"
#include "engine/judge/explain_parts.hpp"

namespace automod::judge {

namespace {

constexpr std::size_t kMostNames = 20;

std::string tally(const Inventory& inventory) {
  if (inventory.tests.empty()) return "no results";
  std::array<std::size_t, 4> counts{};
  for (const auto& test : inventory.tests) ++counts.at(static_cast<std::size_t>(test.outcome));
  std::string text;
  for (const auto& entry : entries<TestOutcome>()) {
    const std::size_t count = counts.at(static_cast<std::size_t>(entry.value));
    if (count == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, entry.name);
  }
  if (inventory.runs > 1) text += fmt::format(", run {} times", inventory.runs);
  if (inventory.not_reached > 0) text += fmt::format(", {} not reached", inventory.not_reached);
  return text + (inventory.complete ? "" : " (incomplete)");
}

std::string output_of(const StageEvidence& stage) {
  constexpr std::size_t kShown = 700;
  const std::string output(tail(stage.output_tail, kShown));
  std::string text;
  for (const auto line : split_lines(output)) text += "      | " + printable(line) + "\n";
  return text;
}

std::string stage_line(const StageEvidence& stage) {
  const std::string variant =
      stage.variant == Variant::kPlain ? "" : fmt::format(" [{}]", name(stage.variant));
  return fmt::format("  {:<10} {}{}\n", name(stage.type), printable_line(stage.command), variant);
}

std::string stage_lines(const StageEvidence& stage) {
  std::string text = stage_line(stage);
  text += fmt::format("             {} ({:.1f} s, {} MB)\n", describe(stage),
                      static_cast<double>(stage.wall_ms) / 1000, stage.memory_mb);
  return stage.ok() ? text : text + output_of(stage);
}

/// The tests that are not the same in both runs, or cannot be believed.
std::string doubts(std::string_view whose, const Inventory& inventory) {
  std::string text;
  if (!inventory.flaky.empty()) {
    text += fmt::format("    {}, not the same every time: {}\n", whose,
                        listed("test", inventory.flaky));
  }
  std::vector<std::string> why;
  for (const auto& reason : inventory.distrusted) {
    why.push_back(fmt::format("{}, not believed: {}", whose, printable_line(reason)));
  }
  return text + bullets(why, 4, kMostNames);
}

std::string tests_lines(const Evidence& evidence) {
  if (!evidence.has_tests) return "  tests: none are configured\n";
  std::string text = fmt::format("  tests on the base: {}; with the change: {} (read from: {})\n",
                                 tally(evidence.base_tests), tally(evidence.tests),
                                 name(evidence.base_tests.source));
  text += doubts("on the base", evidence.base_tests) + doubts("with the change", evidence.tests);
  const ChangedTests& changed = evidence.changed_tests;
  if (changed.base_version || changed.base_version_builds) {
    text += fmt::format("  the change under the base's own tests: {}\n",
                        changed.base_version ? tally(*changed.base_version) : "no results");
  }
  if (changed.on_base || changed.on_base_builds) {
    text += fmt::format("  the base under the change's tests: {}{}\n",
                        changed.on_base ? tally(*changed.on_base) : "no results",
                        changed.on_base_builds ? "" : " (they do not build there)");
  }
  return text;
}

std::string left_out_lines(const Evidence& evidence) {
  std::string text;
  for (const LeftOut& one : evidence.left_out) {
    text += fmt::format("  not run: {}: {}{}\n", printable_line(one.stage), printable_line(one.why),
                        one.by_choice ? " (switched off)" : "");
  }
  return text;
}

std::string place_of_trial(const Environment& environment) {
  std::string text = fmt::format("  in sandbox '{}'", printable_line(environment.backend));
  if (!environment.backend_version.empty()) {
    text += fmt::format(" ({})", printable_line(environment.backend_version));
  }
  text += fmt::format(", memory limit '{}'", printable_line(environment.memory_limit));
  return text +
         fmt::format(", configuration from: {}\n", printable_line(environment.config_source));
}

}  // namespace

std::string place(std::string_view path, std::size_t line, std::size_t last_line) {
  std::string text = printable_line(path);
  if (line != 0) text += fmt::format(":{}", line);
  if (last_line > line) text += fmt::format("-{}", last_line);
  return text;
}

std::string bullets(const std::vector<std::string>& lines, std::size_t indent, std::size_t most) {
  std::string text;
  const std::string margin(indent, ' ');
  for (std::size_t i = 0; i < lines.size() && i < most; ++i)
    text += margin + "- " + lines[i] + "\n";
  if (lines.size() > most) text += fmt::format("{}… and {} more\n", margin, lines.size() - most);
  return text;
}

std::string what_was_run(const Evidence& evidence) {
  std::string text = "What was run\n";
  if (evidence.stages.empty()) text += "  nothing\n";
  std::int64_t all = 0;
  for (const auto& stage : evidence.stages) {
    text += stage_lines(stage);
    all += stage.wall_ms;
  }
  if (evidence.stages.size() > 1) {
    text += fmt::format("  in all     {:.1f} s\n", static_cast<double>(all) / 1000);
  }
  text += tests_lines(evidence) + left_out_lines(evidence);
  if (evidence.compared > 1) {
    text += fmt::format("  chosen from {} candidates, for which its gain has to make up\n",
                        evidence.compared);
  }
  return text + place_of_trial(evidence.environment);
}

std::string what_ended_how(const Evidence& evidence) {
  std::string text = "What was run\n";
  if (evidence.stages.empty()) text += "  nothing\n";
  for (const auto& stage : evidence.stages) {
    text += stage_line(stage) + fmt::format("             {}\n", describe(stage));
  }
  return text + tests_lines(evidence) + left_out_lines(evidence);
}

}  // namespace automod::judge
