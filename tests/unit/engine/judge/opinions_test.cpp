#include "tests/unit/catch.hpp"
#include "tests/unit/engine/judge/samples.hpp"

namespace automod {
namespace {

using testing::check;
using testing::ContainsSubstring;
using testing::good;
using testing::inventory;
using testing::outcome;

Opinion opinion(OpinionSays says, std::string reason = "It drops a lock.") {
  return {.reviewer = "eyes (toy-1)",
          .question = std::string(64, 'a'),
          .says = says,
          .reason = std::move(reason)};
}

Evidence reviewed(std::vector<Opinion> opinions) {
  Evidence evidence = good();
  evidence.opinions = std::move(opinions);
  return evidence;
}

Verdict judged(const Evidence& evidence, SafetyLevel level = SafetyLevel::kConservative) {
  return judge::judge(evidence, level);
}

TEST_CASE("a veto rejects at every level what would be approved without it") {
  for (const auto& level : entries<SafetyLevel>()) {
    CHECK(judged(good(), level.value).decision == Decision::kApproved);
    const Verdict verdict = judged(reviewed({opinion(OpinionSays::kVeto)}), level.value);
    CHECK(verdict.decision == Decision::kRejected);
    CHECK(verdict.safety_score < 0.5);
    CHECK(check(verdict, "second_opinion").reason == "vetoed by eyes (toy-1): It drops a lock.");
  }
}

TEST_CASE("each doubt lowers the score, and doubts alone do not reject") {
  std::vector<Opinion> doubts;
  CHECK(judged(reviewed(doubts)).safety_score == 1.0);
  doubts.push_back(opinion(OpinionSays::kDoubtful));
  CHECK(judged(reviewed(doubts)).safety_score == 0.85);
  doubts.push_back(opinion(OpinionSays::kDoubtful));
  CHECK(judged(reviewed(doubts)).safety_score == 0.7);
  CHECK(judged(reviewed(doubts)).decision == Decision::kApproved);
  for (int i = 0; i < 20; ++i) doubts.push_back(opinion(OpinionSays::kDoubtful));
  CHECK(judged(reviewed(doubts)).safety_score == 0.55);
  CHECK(judged(reviewed(doubts), SafetyLevel::kModerate).decision == Decision::kApproved);
}

TEST_CASE("an opinion that was asked for and not had wants a person's approval") {
  const Verdict verdict =
      judged(reviewed({opinion(OpinionSays::kUnanswered, "nobody answers at that address")}),
             SafetyLevel::kAggressive);
  CHECK(verdict.decision == Decision::kNeedsApproval);
  CHECK(verdict.safety_score == 1.0);
  CHECK_THAT(check(verdict, "second_opinion").reason,
             ContainsSubstring("nobody answers at that address"));
}

TEST_CASE("nothing against a change is no point for it") {
  const Verdict verdict = judged(reviewed({opinion(OpinionSays::kNothing)}));
  CHECK(verdict.decision == Decision::kApproved);
  CHECK(verdict.safety_score == judged(good()).safety_score);
  CHECK(check(verdict, "second_opinion").penalty == 0);
  CHECK(outcome(good(), "second_opinion").reason == "no second pair of eyes was asked");
}

TEST_CASE("no opinion makes up for another, nor for a failed test") {
  const Opinion praise = opinion(OpinionSays::kNothing);
  CHECK(judged(reviewed({opinion(OpinionSays::kVeto), praise})).decision == Decision::kRejected);
  CHECK(judged(reviewed({praise, opinion(OpinionSays::kDoubtful), praise})).safety_score == 0.85);
  CHECK(judged(reviewed({opinion(OpinionSays::kUnanswered), praise})).decision ==
        Decision::kNeedsApproval);
  Evidence broken = good();
  broken.tests = inventory({{"a", TestOutcome::kPassed}, {"b", TestOutcome::kFailed}});
  const Verdict before = judged(broken);
  broken.opinions = {praise, praise, praise};
  CHECK(judged(broken).decision == Decision::kRejected);
  CHECK(judged(broken).safety_score == before.safety_score);
}

TEST_CASE("a further opinion never raises the score nor improves the decision") {
  // Every sequence of up to four opinions, at every level.
  std::vector<std::vector<Opinion>> sequences = {{}};
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    for (const auto& says : entries<OpinionSays>()) {
      auto longer = sequences[i];
      longer.push_back(opinion(says.value));
      for (const auto& level : entries<SafetyLevel>()) {
        const Verdict before = judged(reviewed(sequences[i]), level.value);
        const Verdict after = judged(reviewed(longer), level.value);
        REQUIRE(after.safety_score <= before.safety_score);
        REQUIRE(static_cast<int>(after.decision) >= static_cast<int>(before.decision));
      }
      if (longer.size() < 4) sequences.push_back(std::move(longer));
    }
  }
}

TEST_CASE("a veto is what the first blocker of a finished trial is, and of no other") {
  Evidence evidence = reviewed({opinion(OpinionSays::kVeto)});
  CHECK(judge::first_blocker(evidence) == "second_opinion");
  evidence.reach = Reach::kTests;
  CHECK(judge::first_blocker(evidence) == std::nullopt);
}

TEST_CASE("an explanation shows who was asked and why he says so, escaped") {
  const Evidence evidence = reviewed(
      {opinion(OpinionSays::kVeto, "It drops a lock.\n\nSee \x1b]0;evil\a rank.cpp.\n"),
       {.reviewer = "other\x1b[31m", .question = "", .says = OpinionSays::kNothing, .reason = ""}});
  const std::string text = judge::explain(evidence, judged(evidence));
  for (const char* part :
       {"What a second pair of eyes says", "eyes (toy-1): veto", "      | It drops a lock.",
        "asked in question aaaa", "nothing against it", "Rejected: "}) {
    CHECK_THAT(text, ContainsSubstring(part));
  }
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK_THAT(judge::explain(good(), judged(good())),
             !ContainsSubstring("second pair of eyes says"));
}

TEST_CASE("an explanation of many long opinions is bounded") {
  const Opinion longest = opinion(OpinionSays::kDoubtful, std::string(1000000, '\x01'));
  const Evidence evidence = reviewed(std::vector<Opinion>(100, longest));
  CHECK(judge::explain(evidence, judged(evidence)).size() < 96 * 1024);
}

TEST_CASE("evidence in words says what was seen, and neither a score nor what others say") {
  Evidence evidence = reviewed({opinion(OpinionSays::kDoubtful, "so they say")});
  evidence.benchmarks = {testing::benchmark(0.8)};
  evidence.facts = {{.kind = FactKind::kApiAdded, .path = "src/a.hpp", .line = 3, .what = "f"}};
  evidence.files[0].is_protected = true;
  const std::string text = judge::in_words(evidence);
  for (const char* part : {"run build", "exited with status 0", "2 passed", "99.8 % interval",
                           "src/a.hpp:3: ", "src/a.cpp modified", "protected_path: "}) {
    CHECK_THAT(text, ContainsSubstring(part));
  }
  for (const char* part : {"so they say", "second_opinion", "score", "1.5 s"}) {
    CHECK_THAT(text, !ContainsSubstring(part));
  }
}

TEST_CASE("evidence in words is the same however long the stages took and wherever they ran") {
  Evidence slower = good();
  slower.environment.backend = "other";
  for (auto& stage : slower.stages) stage.wall_ms += 4711;
  CHECK(judge::in_words(slower) == judge::in_words(good()));
}

}  // namespace
}  // namespace automod
