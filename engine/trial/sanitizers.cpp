#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/text.hpp"
#include "engine/trial/diagnostic_text.hpp"
#include "engine/trial/variant.hpp"
#include "engine/trial/variant_side.hpp"
#include "engine/types/json.hpp"

namespace automod::trial {

namespace {

constexpr std::string_view kStage = "sanitizers";
constexpr std::size_t kMostReport = 8 * kMiB;
constexpr std::size_t kMostProgram = 256 * kMiB;
constexpr std::size_t kMostReports = 200;
constexpr std::string_view kMark = "__asan_";  // in whatever was compiled with ours

/// What running the tests once has shown.
struct Seen {
  Inventory tests;
  std::vector<Diagnostic> reports;
};

void take(std::vector<Diagnostic> from, std::vector<Diagnostic>& into) {
  for (auto& report : from) {
    const bool is_known = std::ranges::any_of(into, [&](const Diagnostic& known) {
      return known.rule == report.rule && known.path == report.path && known.line == report.line;
    });
    if (!is_known && into.size() < kMostReports) into.push_back(std::move(report));
  }
}

/// From all places where reports may be: what the commands printed, CTest's log of what tests
/// printed, and the files that the sanitizers were told to write.
Result<Seen> run_once(const Side& side, StageOutput* out) {
  auto run = variant_tests(side, out);
  if (!run) return fail(run.error());
  Seen seen{.tests = std::move(run->inventory)};
  const std::string& build_dir = side.site().config.build_dir;
  for (const auto& record : run->executions) {
    take(read_sanitizer_output(record.execution.out, build_dir), seen.reports);
    take(read_sanitizer_output(record.execution.err, build_dir), seen.reports);
  }
  for (const auto& path : side.changed()) {
    if (!path.starts_with(kSanitizerReport) && !path.ends_with("Testing/Temporary/LastTest.log")) {
      continue;
    }
    const auto text = side.read(path, kMostReport);
    if (text) take(read_sanitizer_output(*text, build_dir), seen.reports);
  }
  return seen;
}

bool is_program(std::string_view content) {
  return content.starts_with(
      "\x7f"
      "ELF");
}

/// Is there anything in the base's checkout that our compiler has made?
Result<bool> is_instrumented(const Side& side) {
  constexpr std::int64_t kSeconds = 120;
  const std::string command = fmt::format(
      "find . -type f \\( -name '*.o' -o -name '*.so*' -o -perm -100 \\) -exec grep -l -F -e {} "
      "{{}} + 2>/dev/null | head -n 1 | grep -q .",
      kMark);
  auto record = run_command(side.site(), ExecutionType::kStaticAnalysis, command, kSeconds);
  if (!record) return fail(record.error());
  return record->execution.ok();
}

/// Was all that the candidate's build has made anew made by our compiler, where the base's was?
bool stays_instrumented(const Side& base, const Side& candidate) {
  for (const auto& path : candidate.changed()) {
    const auto after = candidate.read(path, kMostProgram);
    if (!after || !is_program(*after) || after->find(kMark) != after->npos) continue;
    const auto before = base.read(path, kMostProgram);
    if (!before || before->find(kMark) != before->npos) return false;
  }
  return true;
}

/// The base's own run, as the JSON of evidence.
Result<std::string> measure_base(const TrialContext& context, const Base& base) {
  const auto side = Side::open(context.world, base);
  if (!side) return fail(side.error());
  Evidence carrier;
  auto& into = carrier.sanitizers.emplace();
  const auto effective = is_instrumented(*side);
  if (!effective) return fail(effective.error());
  into.effective = *effective;
  if (into.effective) {
    auto seen = run_once(*side, nullptr);
    if (!seen) return fail(seen.error());
    into.base = std::move(seen->tests);
    into.base_reports = std::move(seen->reports);
  }
  return canonical(to_json(carrier));
}

std::set<std::string> passed(const Inventory& tests) {
  std::set<std::string> names;
  for (const auto& test : tests.tests) {
    if (test.outcome == TestOutcome::kPassed) names.insert(test.name);
  }
  return names;
}

/// A test that failed without a report may have been too slow, this once. One that passes when
/// all are run again is flaky.
Result<void> run_again(const Side& side, SanitizerEvidence& into, StageOutput& out) {
  const auto base = passed(into.base);
  const auto first = passed(into.candidate);
  const bool held = std::ranges::includes(first, base);
  if (held || !into.candidate_reports.empty()) return {};
  auto seen = run_once(side, &out);
  if (!seen) return fail(seen.error());
  const auto second = passed(seen->tests);
  take(std::move(seen->reports), into.candidate_reports);
  for (auto& test : into.candidate.tests) {
    if (test.outcome == TestOutcome::kPassed || !second.contains(test.name)) continue;
    test.outcome = TestOutcome::kPassed;
    into.candidate.flaky.push_back(test.name);
  }
  into.candidate.complete = into.candidate.complete || seen->tests.complete;
  into.candidate.runs = 2;
  return {};
}

std::optional<LeftOut> why_not(const TrialContext& context) {
  const Config& config = context.base.spec.config;
  const std::string stage(kStage);
  if (!config.sanitizers) return LeftOut{stage, "switched off in automod.toml", true};
  if (!changes_c_family(context.spec)) return LeftOut{stage, "no C or C++ file is changed"};
  if (config.build.empty()) return LeftOut{stage, "no build command is configured"};
  if (config.test.empty()) return LeftOut{stage, "no test command is configured"};
  return std::nullopt;
}

}  // namespace

Result<void> run_sanitizers(const TrialContext& context, Evidence& into, StageOutput& out) {
  if (auto left_out = why_not(context)) {
    out.left_out.push_back(std::move(*left_out));
    return {};
  }
  const auto base = variant_base(context, Variant::kSanitizers, kStage, out);
  if (!base) return fail(base.error());
  if (!*base) return {};
  const auto note =
      noted(context.world, **base, kStage, [&] { return measure_base(context, **base); });
  if (!note) return fail(note.error());
  auto carrier = evidence_from_json(*note);
  if (!carrier || !carrier->sanitizers) {
    return fail(ErrorKind::kInternal, "what is kept of the base's sanitized tests cannot be read",
                "empty the cache");
  }
  SanitizerEvidence seen = std::move(*carrier->sanitizers);
  if (!seen.effective) {
    out.left_out.push_back({std::string(kStage), "the build did not use our compiler"});
    return {};
  }
  const auto candidate = variant_candidate(context, **base, into, out);
  if (!candidate) return fail(candidate.error());
  if (*candidate) {
    const auto before = Side::open(context.world, **base);
    if (!before) return fail(before.error());
    seen.effective = stays_instrumented(*before, **candidate);
    auto run = run_once(**candidate, &out);
    if (!run) return fail(run.error());
    seen.candidate = std::move(run->tests);
    seen.candidate_reports = std::move(run->reports);
    if (auto again = run_again(**candidate, seen, out); !again) return again;
  }
  into.sanitizers = std::move(seen);
  return {};
}

}  // namespace automod::trial
