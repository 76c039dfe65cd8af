#include "engine/keep/statement.hpp"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "base/digest.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "engine/types/json.hpp"

namespace automod::keep {

namespace {

using nlohmann::json;

constexpr std::string_view kType = "https://in-toto.io/Statement/v1";
constexpr std::string_view kPredicate = "urn:automod:self-modification:v1";
constexpr std::size_t kLongest = 256 * 1024;

struct Field {
  const char* pointer;
  std::string Statement::* member;
};

constexpr std::array<Field, 26> kFields = {{
    {"/subject/0/name", &Statement::branch},
    {"/subject/0/digest/gitCommit", &Statement::commit},
    {"/subject/0/digest/gitTree", &Statement::tree},
    {"/predicate/kind", &Statement::kind},
    {"/predicate/modification/id", &Statement::modification},
    {"/predicate/modification/type", &Statement::type},
    {"/predicate/modification/baseCommit", &Statement::base_commit},
    {"/predicate/modification/baseTree", &Statement::base_tree},
    {"/predicate/modification/patch", &Statement::patch_digest},
    {"/predicate/verdict/decision", &Statement::decision},
    {"/predicate/verdict/level", &Statement::level},
    {"/predicate/verdict/score", &Statement::score},
    {"/predicate/verdict/rules", &Statement::rules_version},
    {"/predicate/evidence/digest", &Statement::evidence_digest},
    {"/predicate/evidence/tests", &Statement::tests_digest},
    {"/predicate/evidence/samples", &Statement::samples_digest},
    {"/predicate/environment/backend", &Statement::backend},
    {"/predicate/environment/policy", &Statement::policy_digest},
    {"/predicate/environment/configuration", &Statement::config_digest},
    {"/predicate/environment/toolchain", &Statement::toolchain},
    {"/predicate/approval/approver", &Statement::approver},
    {"/predicate/approval/token", &Statement::approval},
    {"/predicate/reason", &Statement::reason},
    {"/predicate/ledger/number", &Statement::ledger_number},
    {"/predicate/ledger/hash", &Statement::ledger_hash},
    {"/predicate/at", &Statement::at},
}};

json json_of(const Statement& statement) {
  json all = {{"_type", kType}, {"predicateType", kPredicate}, {"subject", json::array()}};
  for (const Field& field : kFields) {
    all[json::json_pointer(field.pointer)] = statement.*field.member;
  }
  return all;
}

std::string digest_of(const json& value) { return sha256(canonical(value)); }

json tests_of(const Inventory& inventory) {
  json all = json::array();
  for (const TestResult& test : inventory.tests) {
    all.push_back({valid_utf8(test.name), name(test.outcome)});
  }
  return all;
}

json samples_of(const std::vector<Series>& series) {
  json all = json::array();
  for (const Series& one : series) {
    all.push_back({{"metric", one.metric},
                   {"base", one.base},
                   {"candidate", one.candidate},
                   {"again", one.again}});
  }
  return all;
}

json samples_of(const Evidence& evidence) {
  json all = json::array();
  for (const BenchmarkEvidence& benchmark : evidence.benchmarks) {
    all.push_back({{"name", benchmark.name},
                   {"series", samples_of(benchmark.series)},
                   {"confirm", samples_of(benchmark.confirm)}});
  }
  return all;
}

}  // namespace

Statement statement_of(const Modification& modification, const Evidence& evidence,
                       const Verdict& verdict) {
  Statement statement;
  statement.modification = modification.id.text;
  statement.type = name(modification.candidate.type);
  statement.base_commit = modification.base_commit.text;
  statement.base_tree = modification.base_tree.text;
  statement.patch_digest = modification.patch_digest;
  statement.evidence_digest = verdict.evidence_digest;
  statement.decision = name(verdict.decision);
  statement.level = name(verdict.level);
  statement.score = fmt::format("{:.2f}", verdict.safety_score);
  statement.rules_version = std::to_string(verdict.rules_version);
  statement.backend = evidence.environment.backend;
  statement.policy_digest = evidence.environment.policy_digest;
  statement.config_digest = evidence.environment.config_digest;
  statement.toolchain = valid_utf8(evidence.environment.toolchain);
  statement.tests_digest = digest_of({tests_of(evidence.base_tests), tests_of(evidence.tests)});
  statement.samples_digest = digest_of(samples_of(evidence));
  return statement;
}

std::string to_text(const Statement& statement) { return canonical(json_of(statement)); }

Result<Statement> parse_statement(std::string_view text) {
  if (text.size() > kLongest) {
    return fail(ErrorKind::kRefused, fmt::format("the statement has {} bytes, expected at most {}",
                                                 text.size(), kLongest));
  }
  constexpr std::size_t kDeepest = 8;
  const auto read = parse_strictly(text, kDeepest);
  if (!read) return fail(ErrorKind::kRefused, "reading the statement: " + read.error().message);
  const json& all = *read;
  Statement statement;
  for (const Field& field : kFields) {
    const json::json_pointer pointer(field.pointer);
    if (!all.contains(pointer) || !all[pointer].is_string()) {
      return fail(ErrorKind::kRefused,
                  fmt::format("the statement has no text at {}", field.pointer));
    }
    statement.*field.member = all[pointer].get<std::string>();
  }
  if (to_text(statement) != text) {
    return fail(ErrorKind::kRefused,
                "the statement is not in its one form: it has more, or other, than its fields");
  }
  return statement;
}

}  // namespace automod::keep
