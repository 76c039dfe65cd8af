#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/trial/inventory_runners.hpp"
#include "engine/trial/tests.hpp"

namespace automod::trial {

namespace {

constexpr int kMoreRuns = 3;
constexpr std::size_t kMostSuspects = 20;       // more are no coincidence
constexpr std::int64_t kWorthSplitting = 1000;  // milliseconds that others than the affected take
constexpr std::int64_t kNextToNothing = 300;    // milliseconds that all tests take
constexpr std::int64_t kListKb = 16 * 1024;
constexpr std::int64_t kListSeconds = 60;

using Names = std::vector<std::string>;
using NameSet = std::set<std::string, std::less<>>;

void keep(TestRun& run, StageOutput& out) {
  out.stages.push_back(run.stage);
  for (auto& record : run.executions) out.executions.push_back(std::move(record));
  run.executions.clear();
}

/// The executions only: runs beyond the first are no stages of their own.
void keep_records(TestRun& run, StageOutput& out) {
  for (auto& record : run.executions) out.executions.push_back(std::move(record));
  run.executions.clear();
}

bool contains(const Names& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

void add_to(Names& names, const std::string& name) {
  if (!contains(names, name)) names.push_back(name);
}

Names failed(const Inventory& inventory) {
  NameSet names;
  for (const auto& test : inventory.tests) {
    if (test.outcome == TestOutcome::kFailed) names.insert(test.name);
  }
  return {names.begin(), names.end()};
}

Names passed(const Inventory& inventory) {
  NameSet names;
  for (const auto& test : inventory.tests) {
    if (test.outcome == TestOutcome::kPassed) names.insert(test.name);
  }
  for (const auto& name : failed(inventory)) names.erase(name);
  return {names.begin(), names.end()};
}

/// Just these tests where they can be chosen, else all.
Result<Inventory> run_again(const Site& site, const Names& names, StageOutput& out) {
  auto some = run_some_tests(site, names);
  if (!some) return fail(some.error());
  if (*some) {
    keep_records(**some, out);
    return std::move((*some)->inventory);
  }
  auto all = run_tests(site);
  if (!all) return fail(all.error());
  keep_records(*all, out);
  return std::move(all->inventory);
}

void merge(Inventory& into, Inventory more) {
  into.source = more.source;
  into.complete = into.complete && more.complete;
  std::ranges::move(more.tests, std::back_inserter(into.tests));
  std::ranges::move(more.distrusted, std::back_inserter(into.distrusted));
  std::ranges::move(more.flaky, std::back_inserter(into.flaky));
  sort_by_name(into.tests);
}

struct Split {
  Names first;
  Names rest;
};

class CandidateTests {
 public:
  CandidateTests(const TrialContext& context, Evidence& into, StageOutput& out)
      : context_(context), into_(into), out_(out), site_(context.candidate.site()) {}

  Result<void> run() {
    const auto split = split_tests();
    if (!split) return fail(split.error());
    Inventory all;
    bool done = false;
    if (*split) {
      tell(context_.world, "testing what the change affects");
      auto both = run_both(**split, all);
      if (!both) return fail(both.error());
      done = *both;
    }
    if (!done) {
      tell(context_.world, "testing the candidate");
      auto whole = run_tests_often(site_, runs());
      if (!whole) return fail(whole.error());
      keep(*whole, out_);
      all = std::move(whole->inventory);
      if (auto steady = find_flaky(all); !steady) return steady;
    }
    compare_with_base(into_.base_tests, all);
    into_.tests = std::move(all);
    return {};
  }

 private:
  /// The affected tests, and the others unless one of those failed. False when the runner did not
  /// let them be chosen, and nothing was run.
  Result<bool> run_both(const Split& split, Inventory& all) {
    auto first = run_some_tests(site_, split.first);
    if (!first) return fail(first.error());
    if (!*first) return false;
    keep(**first, out_);
    all = std::move((*first)->inventory);
    if (auto steady = find_flaky(all); !steady) return fail(steady.error());
    if (!really_failed(into_.base_tests, all).empty()) {
      all.not_reached = split.rest.size();
      return true;
    }
    tell(context_.world, "testing the rest");
    auto rest = run_some_tests(site_, split.rest);
    if (!rest) return fail(rest.error());
    if (!*rest) return false;
    keep(**rest, out_);
    if (auto steady = find_flaky((*rest)->inventory); !steady) return fail(steady.error());
    merge(all, std::move((*rest)->inventory));
    return true;
  }

  /// Nothing where it would not save time, or where tests hang together.
  Result<std::optional<Split>> split_tests() {
    const Config& config = site_.config;
    if (config.test_results != TestSource::kCtest || into_.base_tests.tests.empty()) {
      return std::nullopt;
    }
    const TestRunner* runner = test_runner(TestSource::kCtest);
    const Names nothing;
    const auto ask = runner->ask(config, "none", nullptr);
    if (!ask || !runner->ask(config, "none", &nothing)) return std::nullopt;
    if (base_time({}) < kWorthSplitting) return std::nullopt;
    auto list = run_command(site_, ExecutionType::kUnitTest, ask->listing.front(), kListSeconds,
                            {.output_kb = kListKb});
    if (!list) return fail(list.error());
    const std::string text = list->execution.ok() ? list->execution.out : "";
    out_.executions.push_back(std::move(*list));
    const auto affected = affected_tests(text, changed());
    const auto names = read_ctest_list(text);
    if (!affected || !names) return std::nullopt;
    Split split{*affected, {}};
    const NameSet first(affected->begin(), affected->end());
    for (const auto& name : *names) {
      if (!first.contains(name)) split.rest.push_back(name);
    }
    const bool is_worth_it =
        !first.empty() && split.rest.size() >= 2 && base_time(first) >= kWorthSplitting;
    if (!is_worth_it) return std::nullopt;
    return split;
  }

  /// What the build made anew tells of programs; who reads what when it runs, only the code does.
  Names changed() const {
    Names paths = context_.candidate.changed();
    std::ranges::copy(context_.spec.dependents, std::back_inserter(paths));
    return paths;
  }

  /// As often as on the base where that costs next to nothing: a test that the change has made
  /// unreliable may well pass once.
  std::int64_t runs() const {
    const bool is_cheap = !into_.base_tests.tests.empty() && base_time({}) < kNextToNothing;
    return is_cheap ? site_.config.base_runs : 1;
  }

  /// How long the base's tests took, those apart that are named.
  std::int64_t base_time(const NameSet& apart) const {
    std::int64_t sum = 0;
    for (const auto& test : into_.base_tests.tests) {
      if (!apart.contains(test.name)) sum += test.wall_ms;
    }
    return sum;
  }

  Result<void> find_flaky(Inventory& now) {
    const Names suspects = really_failed(into_.base_tests, now);
    // A test that the base does not have is as new as its failure.
    Names known;
    for (const auto& name : suspects) {
      const auto& tests = into_.base_tests.tests;
      if (std::ranges::find(tests, name, &TestResult::name) != tests.end()) known.push_back(name);
    }
    if (known.empty() || known.size() > kMostSuspects) return {};
    tell(context_.world, "running failed tests again");
    NameSet unsteady;
    for (int run = 0; run < kMoreRuns; ++run) {
      auto again = run_again(site_, known, out_);
      if (!again) return fail(again.error());
      for (const auto& name : passed(*again)) {
        if (contains(known, name)) unsteady.insert(name);
      }
      if (unsteady.size() == known.size()) break;
    }
    for (const auto& name : unsteady) add_to(now.flaky, name);
    return unsteady.empty() ? Result<void>() : ask_base({unsteady.begin(), unsteady.end()});
  }

  /// Is the base as little to be relied on?
  Result<void> ask_base(Names names) {
    std::erase_if(names, [&](auto& name) { return contains(into_.base_tests.flaky, name); });
    if (names.empty()) return {};
    tell(context_.world, "asking the base for tests that do not always pass");
    auto base = Side::open(context_.world, context_.base);
    if (!base) return fail(base.error());
    for (int run = 0; run <= kMoreRuns; ++run) {
      auto again = run_again(base->site(), names, out_);
      if (!again) return fail(again.error());
      for (const auto& name : failed(*again)) {
        if (contains(names, name)) add_to(into_.base_tests.flaky, name);
      }
    }
    std::ranges::sort(into_.base_tests.flaky);
    return {};
  }

  const TrialContext& context_;
  Evidence& into_;
  StageOutput& out_;
  const Site& site_;
};

}  // namespace

Result<void> run_candidate_tests(const TrialContext& context, Evidence& into, StageOutput& out) {
  if (context.base.spec.config.test.empty()) return {};
  return CandidateTests(context, into, out).run();
}

std::vector<std::string> really_failed(const Inventory& base, const Inventory& now) {
  NameSet expected;
  for (const auto& name : failed(base)) {
    if (!contains(base.flaky, name)) expected.insert(name);
  }
  Names names = failed(now);
  std::erase_if(names, [&](const std::string& name) {
    return expected.contains(name) || (contains(base.flaky, name) && contains(now.flaky, name));
  });
  return names;
}

std::optional<std::vector<std::string>> affected_tests(std::string_view ctest_list,
                                                       const std::vector<std::string>& changed) {
  const auto entries = read_ctest_entries(ctest_list);
  if (!entries) return std::nullopt;
  // What a shared library has changed in, nobody can tell from outside.
  const bool has_library = std::ranges::any_of(changed, [](const std::string& path) {
    return path.ends_with(".so") || path.find(".so.") != path.npos;
  });
  if (has_library) return std::nullopt;
  NameSet paths;
  for (const auto& path : changed) paths.insert("/tree/" + path);
  NameSet seen;
  Names affected;
  for (const auto& entry : *entries) {
    if (!entry.stands_alone || !seen.insert(entry.name).second) return std::nullopt;
    const bool is_changed = std::ranges::any_of(
        entry.command, [&](const std::string& word) { return paths.contains(word); });
    if (is_changed) affected.push_back(entry.name);
  }
  return affected;
}

bool is_test_of(std::string_view test, std::string_view path) {
  const std::size_t folder_end = path.rfind('/');
  const std::string_view folder = path.substr(0, folder_end == path.npos ? 0 : folder_end);
  if (path.ends_with("_test.go")) {
    const std::string_view package = test.substr(0, test.rfind('.'));
    return !folder.empty() && package.ends_with(folder) &&
           (package.size() == folder.size() || package[package.size() - folder.size() - 1] == '/');
  }
  if (test.starts_with(path)) return true;
  const std::size_t dot = path.rfind('.');
  std::string module(path.substr(0, dot == path.npos || dot < folder.size() ? path.npos : dot));
  std::ranges::replace(module, '/', '.');
  // From the root, or from a folder in which the runner was started.
  for (std::string_view rest = module; !rest.empty();) {
    const bool fits = test.starts_with(rest) && rest.size() < test.size() &&
                      (test[rest.size()] == '.' || test[rest.size()] == ':');
    if (fits) return true;
    const std::size_t next = rest.find('.');
    rest.remove_prefix(next == rest.npos ? rest.size() : next + 1);
  }
  return false;
}

}  // namespace automod::trial
