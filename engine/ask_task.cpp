#include "engine/ask_task.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "analyzers/profile/profile.hpp"
#include "analyzers/treesitter/syntax.hpp"
#include "base/digest.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "engine/asking/lesson.hpp"
#include "engine/asking/test_places.hpp"
#include "engine/bench.hpp"
#include "engine/trial/review/review.hpp"

namespace automod {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kRounds = 6;          // of benchmarks, to know what they take
constexpr std::size_t kMostFigures = kMiB;  // bytes
constexpr std::size_t kMostTestBytes = 16 * kMiB;
constexpr std::size_t kHottest = 12;  // functions of a profile that are shown
constexpr unsigned kModeKind = 0170000;
constexpr unsigned kModeFile = 0100000;

std::string joined(const std::vector<std::string>& names) {
  std::vector<std::string> shown;
  for (const std::string& name : names) shown.push_back(printable_line(name));
  return fmt::format("{}", fmt::join(shown, ", "));
}

/// The tests of the base that `fix` is about.
Result<std::vector<std::string>> tests_to_fix(const Inventory& base, const std::string& wanted) {
  std::vector<std::string> all;
  std::vector<std::string> failing;
  for (const TestResult& test : base.tests) {
    all.push_back(test.name);
    if (test.outcome == TestOutcome::kFailed) failing.push_back(test.name);
  }
  // A test that passes in some runs only is said to have passed.
  std::ranges::copy_if(base.flaky, std::back_inserter(failing), [&](const std::string& name) {
    return std::ranges::find(failing, name) == failing.end();
  });
  if (!wanted.empty()) {
    if (std::ranges::find(all, wanted) == all.end()) {
      return fail(ErrorKind::kUsage,
                  fmt::format("the base has no test '{}'{}", printable_line(wanted),
                              suggestion(wanted, all)),
                  failing.empty() ? "no test of the base fails"
                                  : fmt::format("these fail: {}", joined(failing)));
    }
    if (std::ranges::find(failing, wanted) == failing.end()) {
      return fail(ErrorKind::kUsage,
                  fmt::format("the test '{}' passes on the base", printable_line(wanted)),
                  failing.empty() ? "`fix` starts from a test that fails; for anything else there "
                                    "is `automod ask`"
                                  : fmt::format("these fail: {}", joined(failing)));
    }
    return std::vector{wanted};
  }
  if (failing.empty()) {
    return fail(ErrorKind::kUsage, "no test of the base fails",
                "write one that shows what is wrong and commit it, or say it in words: automod ask "
                "\"…\"");
  }
  return failing;
}

/// Where the profile says that the time goes, hottest first.
Result<void> add_profile(const fs::path& file, asking::Task& task) {
  auto profile = analyzers::read_profile(file);
  if (!profile) return fail(std::move(profile.error()).within("reading the profile"));
  auto& functions = profile->functions;
  std::ranges::sort(functions, [](const auto& a, const auto& b) {
    return std::tie(b.share.self, a.name, a.file) < std::tie(a.share.self, b.name, b.file);
  });
  std::string text;
  for (std::size_t i = 0; i < functions.size() && i < kHottest; ++i) {
    const auto& one = functions[i];
    text += fmt::format("{:5.1f} % itself, {:5.1f} % with what it calls: {}\n",
                        one.share.self * 100, one.share.total * 100, printable_line(one.name));
    task.words += fmt::format(" `{}`", one.name);
  }
  task.more.push_back(
      {.kind = PartKind::kFigures,
       .why = fmt::format("where the time goes ({})", printable_line(profile->event)),
       .text = std::move(text)});
  return {};
}

Result<std::vector<Benchmark>> benchmarks_to_speed_up(const Config& config,
                                                      const std::string& wanted) {
  if (config.benchmarks.empty()) {
    return fail(ErrorKind::kUsage, "the target has no benchmark to optimize for",
                "add [[benchmark]] with name and command to automod.toml and commit it");
  }
  if (wanted.empty()) return config.benchmarks;
  std::vector<std::string> names;
  for (const Benchmark& one : config.benchmarks) {
    if (one.name == wanted) return std::vector{one};
    names.push_back(one.name);
  }
  return fail(ErrorKind::kUsage,
              fmt::format("no benchmark is named '{}'{}", printable_line(wanted),
                          suggestion(wanted, names)),
              fmt::format("there are: {}", joined(names)));
}

Result<asking::Task> of_words(const AskRequest& request) {
  if (request.words.find_first_not_of(" \t\r\n") == std::string::npos) {
    return fail(ErrorKind::kUsage, "nothing is asked for",
                "say it in words: automod ask \"make parse_row faster\"");
  }
  return asking::task_of_words(request.words,
                               request.type.value_or(asking::type_of_words(request.words)));
}

bool can_hold_tests(const Config& config, const repo::Entry& entry) {
  return (entry.mode & kModeKind) == kModeFile &&
         trial::role_of(config, entry.path) == FileRole::kTest &&
         analyzers::language_of(entry.path).has_value();
}

/// Where the tests stand in the files of the base that are known to hold tests.
Result<std::vector<std::string>> places_of(const Engine::Impl& parts, const Target& target,
                                           const std::vector<std::string>& tests) {
  const auto entries = parts.repo.list(target.tree);
  if (!entries) return fail(entries.error());
  asking::TestPlaces found(tests);
  std::size_t left = kMostTestBytes;
  for (const repo::Entry& entry : *entries) {
    if (left == 0 || !can_hold_tests(target.config, entry)) continue;
    const auto text = parts.repo.read(target.tree, entry.path, std::min(left, kMiB));
    if (!text || !*text) continue;
    found.look(entry.path, **text);
    left -= (*text)->size();
  }
  return found.places();
}

Result<asking::Task> of_failing_test(Engine::Impl& parts, const Target& target,
                                     const AskRequest& request,
                                     const std::optional<SessionId>& session) {
  const auto base = parts.prepare(target, ExecutionType::kUnitTest, session);
  if (!base) return fail(base.error());
  if (!base->built) {
    return fail(ErrorKind::kUsage, "the base does not build, so that no test can be run",
                "mend that first, or say it in words: automod ask \"make it build\"");
  }
  const auto tests = tests_to_fix(base->tests, request.test);
  if (!tests) return fail(tests.error());
  std::vector<std::string> flaky;
  std::ranges::copy_if(base->tests.flaky, std::back_inserter(flaky), [&](const auto& name) {
    return std::ranges::find(*tests, name) != tests->end();
  });
  asking::Task task = asking::task_of_failing(*tests, flaky, request.words);
  task.more = asking::failing_tests(*tests, base->stages);
  auto places = places_of(parts, target, *tests);
  if (!places) return fail(std::move(places.error()));
  task.focus = std::move(*places);
  return task;
}

std::string text_of(const BenchReport& report) {
  std::string text;
  for (const BenchResult& result : report.results) {
    for (const BenchFigure& figure : result.figures) {
      if (figure.compared.rounds == 0) continue;
      text += fmt::format("{}, {}: {:.4g} {}", printable_line(result.evidence.name),
                          printable_line(figure.compared.metric), figure.compared.base,
                          printable_line(figure.compared.unit));
      if (figure.compared.noise) {
        text += fmt::format(" (against itself up to {:.1f} % away)", *figure.compared.noise);
      }
      text += '\n';
    }
  }
  return text;
}

/// What the benchmarks measure on the base. No two measurements agree to the last digit, so the
/// first one is kept: the same request on the same base is the same question.
Result<std::string> figures_of(Engine& engine, const Engine::Impl& parts, const Target& target,
                               const std::vector<Benchmark>& benchmarks) {
  std::string what = target.tree.text;
  BenchRequest request{.subject = target.commit.text, .rounds = kRounds};
  for (const Benchmark& one : benchmarks) {
    request.only.push_back(one.name);
    what += '\n' + one.name + '\n' + one.command;
  }
  const fs::path file = parts.state / "figures" / (sha256(what) + ".txt");
  std::error_code code;
  if (fs::exists(file, code)) return read_file(file, kMostFigures);
  const auto report = engine.bench(request);
  if (!report) return fail(report.error());
  std::string text = text_of(*report);
  if (auto written = write_file(file, text); !written) return fail(written.error());
  return text;
}

Result<asking::Task> of_benchmarks(Engine& engine, const Engine::Impl& parts, const Target& target,
                                   const AskRequest& request) {
  const auto benchmarks = benchmarks_to_speed_up(target.config, request.bench);
  if (!benchmarks) return fail(benchmarks.error());
  auto figures = figures_of(engine, parts, target, *benchmarks);
  if (!figures) return fail(std::move(figures.error()));
  asking::Task task = asking::task_of_benchmarks(*benchmarks, request.words);
  task.more.push_back(
      {.kind = PartKind::kFigures, .why = "what they measure now", .text = std::move(*figures)});
  return task;
}

Result<asking::Task> of_kind(Engine& engine, Engine::Impl& parts, const Target& target,
                             const AskRequest& request, const std::optional<SessionId>& session) {
  switch (request.kind) {
    case AskKind::kWords:
      return of_words(request);
    case AskKind::kFix:
      return of_failing_test(parts, target, request, session);
    case AskKind::kOptimize:
      return of_benchmarks(engine, parts, target, request);
  }
  return fail(ErrorKind::kInternal, "a request of no known kind");
}

}  // namespace

Result<asking::Task> task_of(Engine& engine, Engine::Impl& parts, const Target& target,
                             const AskRequest& request, const std::optional<SessionId>& session) {
  auto task = of_kind(engine, parts, target, request, session);
  if (!task) return task;
  if (!request.profile.empty()) {
    if (auto added = add_profile(request.profile, *task); !added) return fail(added.error());
  }
  task->focus.insert(task->focus.begin(), request.focus.begin(), request.focus.end());
  if (!request.only.empty()) {
    task->request += fmt::format("\n\nChange no files but: {}.", joined(request.only));
  }
  return task;
}

}  // namespace automod
