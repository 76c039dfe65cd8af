#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "base/clock.hpp"
#include "base/digest.hpp"
#include "base/files.hpp"
#include "engine/types/json.hpp"
#include "tests/unit/catch.hpp"

using namespace automod;
using nlohmann::json;

namespace {

/// The part of JSON Schema that our schemas use; any other keyword is a problem by itself.
class Validator {
 public:
  explicit Validator(const std::string& name)
      : root_(json::parse(*read_file("docs/formats/" + name + ".schema.json", kMiB))) {}

  std::vector<std::string> problems(const json& value) {
    problems_.clear();
    check(root_, value, name_of(root_));
    return problems_;
  }

 private:
  static std::string name_of(const json& root) { return root["title"].get<std::string>(); }

  void say(const std::string& path, std::string_view what) {
    problems_.push_back(fmt::format("{}: {}", path, what));
  }

  void check(const json& schema, const json& value, const std::string& path) {
    for (const auto& [keyword, rule] : schema.items()) {
      if (keyword == "$schema" || keyword == "$id" || keyword == "$defs" || keyword == "title" ||
          keyword == "description") {
        continue;
      }
      apply(keyword, rule, value, path);
    }
    if (schema.value("type", json()) == "object" &&
        (schema["required"].size() != schema["properties"].size() ||
         schema["additionalProperties"] != false)) {
      say(path, "the schema leaves fields open");
    }
  }

  void apply(const std::string& keyword, const json& rule, const json& value,
             const std::string& path) {
    if (keyword == "$ref") {
      check(root_[json::json_pointer(rule.get<std::string>().substr(1))], value, path);
    } else if (keyword == "type") {
      if (!has_type(rule, value)) say(path, "is " + std::string(value.type_name()));
    } else if (keyword == "enum") {
      if (std::ranges::find(rule, value) == rule.end()) say(path, "unknown word");
    } else if (keyword == "const") {
      if (rule != value) say(path, "another value");
    } else if (keyword == "pattern") {
      const bool fits =
          !value.is_string() ||
          std::regex_search(value.get<std::string>(), std::regex(rule.get<std::string>()));
      if (!fits) say(path, "does not match");
    } else if (keyword == "minimum" || keyword == "maximum") {
      const bool fits =
          !value.is_number() || (keyword == "minimum" ? value >= rule : value <= rule);
      if (!fits) say(path, "out of range");
    } else if (keyword == "anyOf") {
      check_any(rule, value, path);
    } else if (keyword == "items") {
      for (const json& item : value) check(rule, item, path + "[]");
    } else if (keyword == "properties") {
      check_fields(rule, value, path);
    } else if (keyword == "required") {
      for (const json& key : rule) {
        if (!value.contains(key)) say(path, "lacks " + key.get<std::string>());
      }
    } else if (keyword != "additionalProperties") {
      say(path, "keyword " + keyword);
    }
  }

  void check_fields(const json& properties, const json& value, const std::string& path) {
    if (!value.is_object()) return;
    for (const auto& [key, field] : value.items()) {
      if (properties.contains(key)) {
        check(properties[key], field, path + "." + key);
      } else {
        say(path, "unknown " + key);
      }
    }
  }

  /// What is wrong is said as of the alternative that fits best.
  void check_any(const json& schemas, const json& value, const std::string& path) {
    const auto before = problems_;
    auto best = before;
    for (const json& schema : schemas) {
      problems_ = before;
      check(schema, value, path);
      if (problems_ == before) return;
      if (best == before || problems_.size() < best.size()) best = problems_;
    }
    problems_ = best;
  }

  static bool has_type(const json& rule, const json& value) {
    if (rule.is_array()) {
      return std::ranges::any_of(rule, [&](const json& one) { return has_type(one, value); });
    }
    if (rule == "integer") return value.is_number_integer();
    return rule == value.type_name();
  }

  json root_;
  std::vector<std::string> problems_;
};

const std::vector<std::string> kNone;

const std::string kTime = "2026-01-31T23:59:59.123Z";
const std::string kGit(40, 'a');

std::string some_id() { return uuid7(SystemClock().now()); }

Evidence some_evidence() {
  Evidence evidence;
  evidence.base_tree.text = kGit;
  evidence.tree.text = kGit;
  evidence.patch_digest = sha256("");
  evidence.files = {{"a", "added", false, 1, 0, "", 0, 0}, {"b", "deleted", true, 0, 1, "c", 1, 0}};
  for (const auto& type : entries<ExecutionType>()) {
    evidence.stages.push_back({type.value, "x", "exited", -1, 1, 1, 1, "", ""});
  }
  for (const auto& outcome : entries<TestOutcome>()) {
    evidence.tests.tests.push_back({"t", outcome.value, 1});
  }
  evidence.benchmarks = {{.name = "b",
                          .command = "c",
                          .series = {{"wall", "ms", Direction::kLower, {1.5}, {2.5}, {}}}}};
  for (const auto& says : entries<OpinionSays>()) {
    evidence.opinions.push_back({"eyes", sha256("q"), says.value, "reason"});
  }
  return evidence;
}

Verdict some_verdict() {
  Verdict verdict;
  verdict.evidence_digest = sha256("");
  for (const auto& result : entries<CheckResult>()) {
    verdict.checks.push_back({"c", result.value, true, false, 0.5, "r"});
  }
  return verdict;
}

Modification some_modification() {
  Modification modification;
  modification.id.text = some_id();
  modification.session.text = some_id();
  modification.base_commit.text = kGit;
  modification.base_tree.text = kGit;
  modification.tree.text = kGit;
  modification.patch_digest = sha256("");
  modification.created_at = kTime;
  modification.candidate.files = {{"a", {}, "x"}, {"b", "x", "y"}, {"c", "x", {}}};
  return modification;
}

}  // namespace

TEST_CASE("evidence is as its schema says") {
  Validator schema("evidence");
  CHECK(schema.problems(to_json(some_evidence())) == kNone);
  for (const auto& type : entries<ModificationType>()) {
    Evidence evidence = some_evidence();
    evidence.type = type.value;
    CHECK(schema.problems(to_json(evidence)) == kNone);
  }
  for (const int format : {3, 4}) {
    Evidence former = some_evidence();
    former.format = format;
    CHECK(schema.problems(to_json(former)) == kNone);
  }
  Evidence older = some_evidence();
  older.format = 1;
  older.stages.pop_back();  // of a type that came later
  CHECK(schema.problems(to_json(older)) == kNone);
}

TEST_CASE("a verdict is as its schema says") {
  Validator schema("verdict");
  Verdict verdict = some_verdict();
  CHECK(schema.problems(to_json(verdict)) == kNone);
  verdict.performance_impact = -3.5;
  for (const auto& decision : entries<Decision>()) {
    for (const auto& level : entries<SafetyLevel>()) {
      verdict.decision = decision.value;
      verdict.level = level.value;
      CHECK(schema.problems(to_json(verdict)) == kNone);
    }
  }
}

TEST_CASE("a modification is as its schema says") {
  Validator schema("modification");
  Modification modification = some_modification();
  CHECK(schema.problems(to_json(modification)) == kNone);
  modification.candidate.place = {"a.cpp", 3, 0, "main"};
  modification.candidate.parent = ModificationId{some_id()};
  modification.candidate.origin.prompt_digest = sha256("");
  for (const auto& proposer : entries<ProposerKind>()) {
    modification.candidate.origin.proposer = proposer.value;
    CHECK(schema.problems(to_json(modification)) == kNone);
  }
}

TEST_CASE("a session is as its schema says") {
  Validator schema("session");
  Session session;
  session.id.text = some_id();
  session.started_at = kTime;
  for (const auto& goal : entries<Goal>()) session.goals.push_back(goal.value);
  CHECK(schema.problems(to_json(session)) == kNone);
  session.completed_at = kTime;
  session.success_rate = 100;
  for (const auto& status : entries<SessionStatus>()) {
    session.status = status.value;
    CHECK(schema.problems(to_json(session)) == kNone);
  }
}

TEST_CASE("a finding is as its schema says") {
  Validator schema("finding");
  Finding finding;
  CHECK(schema.problems(to_json(finding)) == kNone);
  finding.place = {"a.cpp", 1, 2, "f"};
  for (const auto& severity : entries<Severity>()) {
    finding.severity = severity.value;
    CHECK(schema.problems(to_json(finding)) == kNone);
  }
  for (const auto& confidence : entries<Confidence>()) {
    finding.confidence = confidence.value;
    finding.weight = {.loops = 2, .reach = 14, .heat = 1.0};
    CHECK(schema.problems(to_json(finding)) == kNone);
  }
}

TEST_CASE("the schema of show has every type of execution") {
  const json schema = json::parse(*read_file("docs/formats/show.schema.json", kMiB));
  const json types = schema.at("properties").at("executions").at("items").at("properties");
  CHECK(types.at("type").at("enum") == json(names<ExecutionType>()));
}

TEST_CASE("the schemas notice what is wrong") {
  Validator schema("evidence");
  json document = to_json(some_evidence());
  SECTION("a field too many") { document["tests"]["colour"] = 1; }
  SECTION("a field too few") { document["stages"][2].erase("cpu_ms"); }
  SECTION("a wrong type") { document["benchmarks"][0]["series"][0]["base"][0] = "1"; }
  SECTION("an opinion without a reason") { document["opinions"][0].erase("reason"); }
  SECTION("an unknown word") { document["tests"]["source"] = "make"; }
  SECTION("an id of another form") { document["tree"] = "HEAD"; }
  CHECK(schema.problems(document).size() == 1);
}
