#include <cmath>
#include <limits>

#include "tests/unit/engine/store/fixture.hpp"

namespace automod::store {

using testing::ContainsSubstring;

TEST_CASE_METHOD(StoreTest, "a trial reads back with its evidence, executions and metrics") {
  const Modification one = propose();
  Evidence evidence = evidence_of(one);
  evidence.has_build = true;
  Verdict verdict = verdict_of(evidence, Decision::kApproved, 0.9);
  verdict.performance_impact = 12.5;
  const std::vector<ExecutionRow> executions = {
      {ExecutionType::kBuild, "make", "exited", "out\xff", std::string("a\0b", 3), 0, 5, 4, 3},
      {ExecutionType::kUnitTest, "ctest", "signalled", "", "", 11, 1, 1, 1}};
  const TrialRow row = take(
      store.add_trial(one.id, evidence, verdict, executions, {{"execution_time:rank", 4, 3, 25}}));
  CHECK(row.evidence_digest == digest(evidence));
  const auto read = take(store.latest_trial(one.id));
  REQUIRE(read);
  CHECK(read->id == row.id);
  CHECK(read->evidence.has_build);
  CHECK(digest(read->evidence) == row.evidence_digest);
  const auto run = take(store.executions(one.id));
  REQUIRE(run.size() == 2);
  CHECK(run[0].out == "out\xef\xbf\xbd");
  CHECK(run[0].err ==
        "a\xef\xbf\xbd"
        "b");
  CHECK(run[1].outcome == "signalled");
  CHECK(run[1].exit_code == 11);
  const auto metrics = take(store.metrics(one.id));
  REQUIRE(metrics.size() == 1);
  CHECK(metrics[0].name == "execution_time:rank");
  CHECK(metrics[0].improvement_percent == 25);
  const auto listed = look(one);
  REQUIRE(listed.verdict);
  CHECK(listed.verdict->verdict == verdict);
  CHECK(listed.verdict->trial == row.id);
  CHECK(ask("SELECT safety_score || ' ' || performance_impact FROM code_modifications") ==
        "0.9 12.5");
}

TEST_CASE_METHOD(StoreTest, "the costs of an execution read back, where they were measured") {
  const Modification one = propose();
  const Evidence evidence = evidence_of(one);
  ExecutionRow measured;
  measured.costs = ExecutionCosts{.setup_us = 1,
                                  .run_us = 2,
                                  .teardown_us = 3,
                                  .peak_memory_bytes = 1ll << 40,
                                  .written_bytes = 5};
  take(store.add_trial(one.id, evidence, verdict_of(evidence, Decision::kApproved),
                       {measured, ExecutionRow{}}, {}));
  const auto rows = take(store.executions(one.id));
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].costs == measured.costs);
  CHECK_FALSE(rows[1].costs);
}

TEST_CASE_METHOD(StoreTest, "what was never tried has no trial") {
  CHECK(take(store.latest_trial(propose().id)) == std::nullopt);
}

TEST_CASE_METHOD(StoreTest, "the same evidence is kept once") {
  const Modification one = propose();
  const TrialRow first = try_it(one);
  const TrialRow second = try_it(one, Decision::kRejected);
  CHECK(first.evidence_digest == second.evidence_digest);
  CHECK(ask("SELECT count(*) FROM evidence") == "1");
  CHECK(ask("SELECT count(*) FROM trials") == "2");
  CHECK(take(store.latest_trial(one.id))->id == second.id);
}

TEST_CASE_METHOD(StoreTest, "a trial whose parts do not belong together leaves nothing") {
  const Modification one = propose();
  Evidence evidence = evidence_of(one);
  std::vector<MetricRow> metrics;
  Verdict verdict = verdict_of(evidence, Decision::kApproved);
  std::string wanted;
  SECTION("evidence of another tree") {
    evidence.tree.text = "other";
    verdict = verdict_of(evidence, Decision::kApproved);
    wanted = "is about tree other";
  }
  SECTION("evidence of another patch") {
    evidence.patch_digest = "other";
    verdict = verdict_of(evidence, Decision::kApproved);
    wanted = "is about patch other";
  }
  SECTION("a verdict about other evidence") {
    verdict.evidence_digest = "other";
    wanted = "is about evidence other";
  }
  SECTION("evidence that could not be read back") {
    evidence.benchmarks = {{.name = "b", .series = {{.metric = "wall", .base = {std::nan("")}}}}};
    verdict = verdict_of(evidence, Decision::kApproved);
    wanted = "expected a number";
  }
  SECTION("an impact without a value") {
    verdict.performance_impact = std::numeric_limits<double>::infinity();
    wanted = "number without a value";
  }
  SECTION("a score out of range") {
    verdict.safety_score = 1.5;
    wanted = "CHECK constraint failed";
  }
  SECTION("a metric without a value") {
    metrics = {{"m", 1, std::nan(""), 1}};
    wanted = "NOT NULL constraint failed";
  }
  const auto added = store.add_trial(one.id, evidence, verdict, {ExecutionRow{}}, metrics);
  CHECK_THAT(refused(added).message, ContainsSubstring(wanted));
  CHECK(ask("SELECT count(*) FROM evidence") == "0");
  CHECK(ask("SELECT count(*) FROM sandbox_executions") == "0");
  CHECK(look(one).status == ModificationStatus::kProposed);
  CHECK(first_problem(store) == std::nullopt);
}

TEST_CASE_METHOD(StoreTest, "a trial that is judged again has the later verdict") {
  const Modification one = propose();
  const TrialRow trial = try_it(one, Decision::kRejected);
  Verdict second = verdict_of(evidence_of(one), Decision::kApproved, 0.6);
  second.level = SafetyLevel::kAggressive;
  take(store.add_verdict(trial.id, second));
  const ListedModification read = look(one);
  CHECK(read.status == ModificationStatus::kApproved);
  CHECK(read.verdict->verdict == second);
  CHECK(read.verdict->trial == trial.id);
  CHECK(take(store.latest_trial(one.id))->id == trial.id);
  CHECK(ask("SELECT safety_score FROM code_modifications") == "0.6");
  take(store.end_session(session, SessionStatus::kCompleted));
  CHECK(take(store.session(session)).success_rate == 100.0);
  CHECK(take(store.ledger()).back().kind == "verdict");
  CHECK(first_problem(store) == std::nullopt);
}

TEST_CASE_METHOD(StoreTest, "a further verdict is about the evidence of its trial") {
  const Modification one = propose();
  const TrialRow trial = try_it(one, Decision::kRejected);
  Verdict other = verdict_of(evidence_of(one), Decision::kApproved);
  CHECK(refused(store.add_verdict({"nope"}, other)).kind == ErrorKind::kUsage);
  other.evidence_digest = "other";
  CHECK_THAT(refused(store.add_verdict(trial.id, other)).message,
             ContainsSubstring("is about evidence other"));
  CHECK(look(one).status == ModificationStatus::kRejected);
}

TEST_CASE_METHOD(StoreTest, "a trial of an unknown modification is a usage error") {
  const Evidence evidence;
  const auto added =
      store.add_trial({"nope"}, evidence, verdict_of(evidence, Decision::kApproved), {}, {});
  CHECK(refused(added).kind == ErrorKind::kUsage);
}

TEST_CASE_METHOD(StoreTest, "executions of a base belong to the session") {
  take(store.add_base_executions(session, {ExecutionRow{}, ExecutionRow{}}));
  CHECK(ask("SELECT count(*) FROM sandbox_executions WHERE session_id IS NOT NULL "
            "AND modification_id IS NULL AND trial_id IS NULL") == "2");
  CHECK_FALSE(store.add_base_executions({"nope"}, {ExecutionRow{}}));
}

TEST_CASE_METHOD(StoreTest, "evidence that was changed behind our back is noticed") {
  const Modification one = propose();
  try_it(one);
  take(
      sql("DROP TRIGGER evidence_no_update;"
          "UPDATE evidence SET evidence = replace(evidence, 'false', 'true')"));
  CHECK_THAT(refused(store.latest_trial(one.id)).message, ContainsSubstring("has been changed"));
}

}  // namespace automod::store
