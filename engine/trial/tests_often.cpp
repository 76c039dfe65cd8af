#include <algorithm>
#include <map>

#include "engine/trial/tests.hpp"

namespace automod::trial {

namespace {

struct Seen {
  TestResult result;
  std::vector<std::int64_t> times;
  std::size_t reports = 0;
  bool is_flaky = false;
};

void take_smaller(std::optional<std::int64_t>& figure, const std::optional<std::int64_t>& other) {
  if (!figure || !other) {
    figure.reset();  // one run did not tell: nothing is known of every run
  } else {
    figure = std::min(*figure, *other);
  }
}

void take(Seen& seen, const TestResult& test) {
  seen.times.push_back(test.wall_ms);
  if (seen.reports++ == 0) {
    seen.result = test;
    return;
  }
  seen.is_flaky = seen.is_flaky || seen.result.outcome != test.outcome;
  seen.result.outcome = worse(seen.result.outcome, test.outcome);
  take_smaller(seen.result.output_bytes, test.output_bytes);
  take_smaller(seen.result.cases, test.cases);
  take_smaller(seen.result.assertions, test.assertions);
}

std::int64_t median(std::vector<std::int64_t> times) {
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::ranges::nth_element(times, middle);
  return *middle;
}

}  // namespace

TestOutcome worse(TestOutcome a, TestOutcome b) {
  const auto rank = [](TestOutcome outcome) {
    switch (outcome) {
      case TestOutcome::kFailed:
        return 3;
      case TestOutcome::kNotRun:
        return 2;
      case TestOutcome::kSkipped:
        return 1;
      case TestOutcome::kPassed:
        return 0;
    }
    return 3;
  };
  return rank(a) >= rank(b) ? a : b;
}

Inventory joined(const std::vector<Inventory>& runs) {
  Inventory all;
  if (runs.empty()) return all;
  all.source = runs.front().source;
  all.complete = std::ranges::all_of(runs, &Inventory::complete);
  all.runs = runs.size();
  std::map<std::string, Seen> seen;
  for (const auto& run : runs) {
    std::map<std::string_view, const TestResult*> once;  // the worst, where a name comes twice
    for (const auto& test : run.tests) {
      const auto [place, is_new] = once.emplace(test.name, &test);
      if (!is_new && worse(place->second->outcome, test.outcome) == test.outcome) {
        place->second = &test;
      }
    }
    for (const auto& [name, test] : once) take(seen[std::string(name)], *test);
    for (const auto& reason : run.distrusted) {
      if (std::ranges::find(all.distrusted, reason) == all.distrusted.end()) {
        all.distrusted.push_back(reason);
      }
    }
  }
  for (auto& [name, test] : seen) {
    test.result.wall_ms = median(test.times);
    // One that is not reported every time is as little to be relied on.
    if (test.is_flaky || test.reports < runs.size()) all.flaky.push_back(name);
    all.tests.push_back(std::move(test.result));
  }
  return all;
}

std::int64_t runs_after(std::int64_t wanted, std::int64_t first_ms) {
  constexpr std::int64_t kQuick = 2000;  // milliseconds for all runs together
  constexpr std::int64_t kMostRuns = 10;
  if (wanted <= 1) return wanted;
  return std::max(wanted, std::min(kMostRuns, kQuick / std::max<std::int64_t>(first_ms, 1)));
}

Result<TestRun> run_tests_often(const Site& site, std::int64_t runs) {
  TestRun last;
  std::vector<Inventory> inventories;
  for (std::int64_t run = 0; run < std::max<std::int64_t>(runs, 1); ++run) {
    auto ran = run_tests(site);
    if (!ran) return fail(ran.error());
    if (run == 0) runs = runs_after(runs, ran->stage.wall_ms);
    inventories.push_back(std::move(ran->inventory));
    last.stage = std::move(ran->stage);
    for (auto& record : ran->executions) last.executions.push_back(std::move(record));
    if (last.stage.outcome != "exited" || inventories.back().tests.empty()) break;
  }
  last.inventory = joined(inventories);
  return last;
}

}  // namespace automod::trial
