#include "engine/trial/inventory_runners.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "embedded/tool_unittest_report.hpp"

namespace automod::trial {

namespace {

constexpr std::size_t kLongestChoice = 60'000;  // bytes: the shell takes no longer word than 128 kB

/// Whole reports: the end of what a test prints tells whether it came to its end.
constexpr std::string_view kWholeOutput =
    "--test-output-size-passed 1048576 --test-output-size-failed 65536";

bool is_boundary(char c) {
  constexpr std::string_view kBoundaries = " \t\n;&|()";
  return kBoundaries.find(c) != kBoundaries.npos;
}

bool mentions(std::string_view command, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [&](auto word) { return command.find(word) != command.npos; });
}

/// A name as CMake's regular expressions take it.
std::string escaped(std::string_view name) {
  constexpr std::string_view kSpecial = "^$.[]-*+?|()\\";
  std::string text;
  for (const char c : name) {
    if (kSpecial.find(c) != kSpecial.npos) text += '\\';
    text += c;
  }
  return text;
}

std::string joined(const Names& names, std::string_view separator,
                   std::string (*one)(std::string_view)) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : std::string(separator)) + one(name);
  return text;
}

std::optional<Ask> ask_ctest(const Config& config, const std::string& report, const Names* only) {
  std::string choice;
  if (only != nullptr) {
    // A choice of the command's own would win over ours.
    if (mentions(config.test, {" -R", " -E", " -I", " -L", "--tests-", "--label", "--exclude",
                               "--rerun", "--union", "--preset", "--repeat"})) {
      return std::nullopt;
    }
    choice = "-R " + shell_word("^(" + joined(*only, "|", escaped) + ")$") + " ";
    if (choice.size() > kLongestChoice) return std::nullopt;
  }
  auto listing = with_arguments(config.test, "ctest", choice + "--show-only=json-v1");
  auto running =
      with_arguments(config.test, "ctest",
                     fmt::format("{}--output-junit /tree/{} {}", choice, report, kWholeOutput));
  if (!listing || !running) return std::nullopt;
  return Ask{{std::move(*listing)}, std::move(*running), report, {}};
}

std::optional<Ask> ask_gtest(const Config& config, const std::string& report, const Names* only) {
  std::string choice;
  if (only != nullptr) {
    const auto same = [](std::string_view name) { return std::string(name); };
    choice = " " + shell_word("--gtest_filter=" + joined(*only, ":", same));
    const bool is_plain = std::ranges::none_of(
        *only, [](const std::string& name) { return name.find_first_of("*?:-") != name.npos; });
    if (!is_plain || choice.size() > kLongestChoice || mentions(config.test, {"gtest_filter"})) {
      return std::nullopt;
    }
  }
  return Ask{
      {config.test + choice + " --gtest_list_tests"},
      fmt::format("{}{} --gtest_color=no --gtest_output=xml:/tree/{}", config.test, choice, report),
      report,
      {}};
}

std::optional<Ask> ask_catch2(const Config& config, const std::string& report, const Names* only) {
  if (only != nullptr) return std::nullopt;
  return Ask{
      {config.test + " --list-tests --verbosity quiet", config.test + " --list-test-names-only"},
      fmt::format("{} -r xml -d yes -o /tree/{}", config.test, report),
      report,
      {}};
}

std::optional<Ask> ask_doctest(const Config& config, const std::string& report, const Names* only) {
  if (only != nullptr) return std::nullopt;
  return Ask{{config.test + " -ltc -ns -r=xml"},
             fmt::format("{} -r=xml -d -o=/tree/{}", config.test, report),
             report,
             {}};
}

/// Each -q of the command's own takes one off what is said here; ids are listed at -1.
std::optional<Ask> ask_pytest(const Config& config, const std::string& report, const Names* only) {
  if (only != nullptr) return std::nullopt;
  Ask ask;
  for (const int verbosity : {-1, 0, 1}) {
    auto listing =
        with_arguments(config.test, "pytest",
                       fmt::format("--collect-only --verbosity={} -p no:cacheprovider", verbosity));
    if (!listing) return std::nullopt;
    ask.listing.push_back(std::move(*listing));
  }
  ask.running = *with_arguments(
      config.test, "pytest",
      fmt::format("--junitxml=/tree/{} -o junit_family=xunit2 -p no:cacheprovider", report));
  ask.report = report;
  return ask;
}

std::optional<Ask> ask_unittest(const Config& config, const std::string& report,
                                const Names* only) {
  constexpr std::string_view kCall = "-m unittest";
  const auto at = config.test.find(kCall);
  const auto end = at + kCall.size();
  if (only != nullptr || at == std::string::npos || at == 0 || !is_boundary(config.test[at - 1]) ||
      (end < config.test.size() && !is_boundary(config.test[end]))) {
    return std::nullopt;
  }
  std::string running = config.test;
  running.replace(at, kCall.size(), "-c \"$AUTOMOD_UNITTEST\"");
  return Ask{{},
             std::move(running),
             report,
             {{"AUTOMOD_UNITTEST", std::string(unittest_program())},
              {"AUTOMOD_REPORT", "/tree/" + report}}};
}

std::optional<Ask> ask_cargo(const Config& config, const std::string&, const Names* only) {
  constexpr std::string_view kCall = "cargo test";
  const auto at = config.test.find(kCall);
  if (only != nullptr || at == std::string::npos ||
      mentions(config.test, {" -- ", "&&", ";", "|"})) {
    return std::nullopt;
  }
  std::string running = config.test;
  running.insert(at + kCall.size(), " --no-fail-fast");
  // Cargo says on stderr which program it runs, and its tests speak on stdout.
  return Ask{{config.test + " -- --list 2>&1"}, running + " -- --format pretty 2>&1", "", {}};
}

std::optional<Ask> ask_go(const Config& config, const std::string&, const Names* only) {
  constexpr std::string_view kCall = "go test";
  const auto at = config.test.find(kCall);
  if (only != nullptr || at == std::string::npos) return std::nullopt;
  std::string listing = config.test;
  listing.insert(at + kCall.size(), " -json -list .");
  std::string running = config.test;
  running.insert(at + kCall.size(), " -json -count=1");
  return Ask{{std::move(listing)}, std::move(running), "", {}};
}

std::optional<Ask> ask_node(const Config& config, const std::string& report, const Names* only) {
  if (only != nullptr || mentions(config.test, {"--test-reporter"})) return std::nullopt;
  auto running = with_arguments(
      config.test, "--test",
      fmt::format("--test-reporter=junit --test-reporter-destination=/tree/{} --test-reporter=tap "
                  "--test-reporter-destination=stdout",
                  report));
  if (!running) return std::nullopt;
  return Ask{{}, std::move(*running), report, {}};
}

/// A report of an earlier run must not be taken for this one's.
std::optional<Ask> ask_junit(const Config& config, const std::string&, const Names* only) {
  if (only != nullptr || config.test_report.empty()) return std::nullopt;
  return Ask{{},
             fmt::format("rm -f -- {}\n{}", shell_word(config.test_report), config.test),
             config.test_report,
             {}};
}

constexpr std::array<TestRunner, 10> kRunners = {{
    {TestSource::kCtest, ask_ctest, read_ctest_list, read_ctest},
    {TestSource::kGtest, ask_gtest, read_gtest_list, read_gtest},
    {TestSource::kCatch2, ask_catch2, read_catch2_list, read_catch2},
    {TestSource::kDoctest, ask_doctest, read_doctest_list, read_doctest},
    {TestSource::kPytest, ask_pytest, read_pytest_list, read_pytest},
    {TestSource::kUnittest, ask_unittest, nullptr, read_unittest},
    {TestSource::kCargo, ask_cargo, read_cargo_list, read_cargo},
    {TestSource::kGo, ask_go, read_go_list, read_go},
    {TestSource::kNode, ask_node, nullptr, read_node},
    {TestSource::kJunit, ask_junit, nullptr, read_any_junit},
}};

}  // namespace

const TestRunner* test_runner(TestSource source) {
  const auto* const found = std::ranges::find(kRunners, source, &TestRunner::source);
  return found == kRunners.end() ? nullptr : found;
}

std::optional<std::string> with_arguments(std::string_view command, std::string_view word,
                                          std::string_view arguments) {
  for (std::size_t at = command.find(word); at != command.npos; at = command.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool begins = at == 0 || is_boundary(command[at - 1]) || command[at - 1] == '/';
    if (!begins || (end < command.size() && !is_boundary(command[end]))) continue;
    return fmt::format("{} {}{}", command.substr(0, end), arguments, command.substr(end));
  }
  return std::nullopt;
}

std::string shell_word(std::string_view text) {
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

std::string_view unittest_program() { return embedded::tool_unittest_report; }

}  // namespace automod::trial
