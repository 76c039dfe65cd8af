#include "engine/ask.hpp"

#include <nlohmann/json.hpp>

#include "cli/ask_text.hpp"
#include "cli/documents_ask.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/cli/golden.hpp"
#include "tests/unit/cli/samples.hpp"

namespace automod::cli {
namespace {

using nlohmann::json;
using testing::check_golden;
using testing::ContainsSubstring;

const Paint kPlain(false);

automod::Attempt attempt(std::string outcome, std::string why) {
  automod::Attempt made;
  made.digest = std::string(64, 'd');
  made.line_of_thought = 1;
  made.number = 2;
  made.outcome = std::move(outcome);
  made.why = std::move(why);
  return made;
}

model::Spent spent() {
  return {.questions = 2,
          .usage = {.input = 12000, .cached = 4000, .written = 1000, .output = 900},
          .dollars = 0.25};
}

AskReport report() {
  AskReport made;
  made.session = testing::sample_analysis().session;
  made.target = testing::sample_analysis().target;
  made.model = "far";
  made.attempts = {attempt("unusable", "no block"), attempt("approved", "")};
  made.attempts[1].modification = testing::sample_tried().listed.modification.id;
  made.attempts[1].tried = testing::sample_tried();
  made.attempts[1].from_book = true;
  made.best = 1;
  made.spent = spent();
  made.stopped = "budget: 0.25 of 0.25 dollars";
  made.notes = {"a note"};
  return made;
}

ModelRow row(std::string name, KeyState key) {
  ModelRow made;
  made.settings.name = std::move(name);
  made.settings.kind = model::Kind::kAnthropic;
  made.settings.model = "some-model";
  made.host = "localhost:8080";
  made.key = key;
  if (key != KeyState::kNoneNeeded) made.key_from = "FAR_KEY";
  return made;
}

ModelsView view() {
  ModelsView made;
  made.file = "/c/config.toml";
  made.rows = {row("far", KeyState::kMissing), row("near", KeyState::kNoneNeeded)};
  made.rows[0].settings.price = model::Price{.input = 3, .cached = 0.5, .written = 4, .output = 15};
  made.rows[0].key_problem = "FAR_KEY is not set";
  made.rows[0].is_default = true;
  made.rows[1].is_review = true;
  made.attempts = 3;
  made.candidates = 1;
  made.day = {.dollars = 5, .tokens = 0};
  made.today = spent();
  return made;
}

FirstQuestion first_question() {
  FirstQuestion made;
  made.text.purpose = prompts::Purpose::kFeature;
  made.text.digest = std::string(64, 'a');
  made.text.own = {"feature.txt"};
  made.question = {.instructions = "Do it.\n", .material = "here\xff\n", .temperature = {}};
  ContextPart part;
  part.path = "src/a.cpp";
  part.line = 3;
  part.last_line = 9;
  part.symbol = "parse";
  part.why = "is meant";
  part.tokens = 12;
  ContextPart map;
  map.kind = PartKind::kMap;
  made.context.parts = {part, map};
  made.context.left_out = 4;
  return made;
}

TEST_CASE("an attempt is one line, whatever the model wrote") {
  automod::Attempt made = attempt("rejected", "two\nlines \x1b[2J");
  CHECK(attempt_line(made, "0199c2d4-7f1a", kPlain, 0) ==
        "1.2  rejected        0199c2d4-7f1a  two\\nlines \\x1b[2J\n");
  CHECK(attempt_line(attempt("declined", "as it should be"), "", kPlain, 0) ==
        "1.2  declined                       as it should be\n");
  made.from_book = true;
  CHECK_THAT(attempt_line(made, "", kPlain, 0), ContainsSubstring("(answer on record)"));
}

TEST_CASE("an attempt is clipped to the terminal") {
  const std::string line =
      attempt_line(attempt("rejected", std::string(200, 'x')), "0199c2d4-7f1a", kPlain, 80);
  CHECK(width_of(line) == 81);  // with its end
}

TEST_CASE("an attempt without anything to say ends in no blank") {
  CHECK(attempt_line(attempt("approved", ""), "0199c2d4-7f1a", kPlain, 0) ==
        "1.2  approved        0199c2d4-7f1a\n");
}

TEST_CASE("what was spent, with and without prices") {
  CHECK(spent_text(spent()) ==
        "2 questions, 12000 tokens in (4000 cached), 900 out, 0.2500 dollars");
  CHECK(spent_text({.questions = 1, .usage = {.input = 5, .output = 1}, .dollars = 0}) ==
        "1 question, 5 tokens in, 1 out");
  AskReport nothing = report();
  nothing.spent = {};
  CHECK(spent_line(nothing) == "spent: nothing\n");
}

TEST_CASE("a session is gone on with by the command that began it") {
  const std::string line = resume_line(report(), AskKind::kFix);
  CHECK(line == "fix --resume --session " + report().session.id.text.substr(0, 13));
}

TEST_CASE("models are listed with what is the matter with their keys") {
  const std::string text = models_text(view(), kPlain, 0);
  CHECK_THAT(text, ContainsSubstring("from FAR_KEY, not there"));
  CHECK_THAT(text, ContainsSubstring("  far: FAR_KEY is not set\n"));
  CHECK_THAT(text, ContainsSubstring("none needed"));
  CHECK_THAT(text, ContainsSubstring("spent today: 0.2500 of 5.00 dollars, 12900 tokens\n"));
  CHECK_THAT(text,
             ContainsSubstring("a session may take: no limit; 3 attempts, 1 line of thought"));
}

TEST_CASE("of a command only the program is told, its arguments may be nobody's business") {
  ModelsView made = view();
  made.rows[0].settings.command = {"my-agent", "--token", "abc"};
  made.rows[0].host.clear();
  CHECK(models_text(made, kPlain, 0).find("abc") == std::string::npos);
  CHECK(models_document(made).dump().find("abc") == std::string::npos);
}

TEST_CASE("a question says how long it is, and which") {
  FirstQuestion first = first_question();
  CHECK(question_summary(first) == "about 5 tokens, no model is configured; nobody was asked");
  first.digest = std::string(64, 'b');
  CHECK(question_summary(first) == "about 5 tokens, question bbbbbbbbbbbb; nobody was asked");
}

TEST_CASE("the documents of asking are frozen") {
  const auto text = [](const json& document) {
    return document.dump(2, ' ', false, json::error_handler_t::strict) + "\n";
  };
  check_golden("ask.json", text(ask_document(report(), AskKind::kOptimize, 4)));
  check_golden("question.json", text(question_document(first_question())));
  ModelsView made = view();
  made.checked = ModelCheck{.name = "near",
                            .calls_itself = "some-model-1",
                            .answer = "ready\n",
                            .latency = std::chrono::milliseconds(1234),
                            .usage = {.input = 12, .output = 2},
                            .usage_known = false,
                            .dollars = {}};
  check_golden("models.json", text(models_document(made)));
}

}  // namespace
}  // namespace automod::cli
