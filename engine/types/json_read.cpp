#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "base/text.hpp"
#include "engine/types/json.hpp"

namespace automod {

using nlohmann::json;

namespace {

/// Reads one JSON object and keeps the first thing that is wrong with it or with an object inside
/// it. After an error every read gives an empty value, so that callers ask once, at the end.
class Reader {
 public:
  Reader(const json& value, std::string path, std::optional<std::string>& problem)
      : value_(value), path_(std::move(path)), problem_(problem) {
    if (!value_.is_object()) wrong(path_, "an object", value_);
  }

  std::string text(const char* key) {
    const json* field = find(key);
    if (field == nullptr) return {};
    if (!field->is_string()) return wrong(at(key), "a string", *field), std::string();
    return field->get<std::string>();
  }

  std::string text_or_null(const char* key) {
    const json* field = find(key);
    return field == nullptr || field->is_null() ? std::string() : text(key);
  }

  bool flag(const char* key) {
    const json* field = find(key);
    if (field == nullptr) return false;
    if (!field->is_boolean()) return wrong(at(key), "true or false", *field), false;
    return field->get<bool>();
  }

  template <class T>
  T whole(const char* key) {
    const json* field = find(key);
    if (field == nullptr) return 0;
    if (!field->is_number_integer()) return wrong(at(key), "a whole number", *field), T{0};
    const bool fits = field->is_number_unsigned() ? std::in_range<T>(field->get<std::uint64_t>())
                                                  : std::in_range<T>(field->get<std::int64_t>());
    if (!fits) return say(fmt::format("{} is out of range: {}", at(key), field->dump())), T{0};
    return field->get<T>();
  }

  std::optional<double> number_or_null(const char* key) {
    const json* field = find(key);
    if (field == nullptr || field->is_null()) return std::nullopt;
    return number(key);
  }

  double number(const char* key) {
    const json* field = find(key);
    return field == nullptr ? 0 : number_at(*field, at(key));
  }

  std::vector<double> numbers(const char* key) {
    std::vector<double> all;
    each(key,
         [&](const json& item, const std::string& path) { all.push_back(number_at(item, path)); });
    return all;
  }

  template <class E>
  E word(const char* key) {
    const E fallback = entries<E>().front().value;
    const std::string found = text(key);
    if (problem_) return fallback;
    if (const auto value = parse<E>(found)) return *value;
    say(fmt::format("{} is unknown: '{}'{}", at(key), printable_line(found),
                    suggestion(found, names<E>())));
    return fallback;
  }

  template <class F>
  auto object(const char* key, F&& read) {
    static const json kEmpty = json::object();
    const json* field = find(key);
    return read(Reader(field == nullptr ? kEmpty : *field, at(key), problem_));
  }

  template <class T, class F>
  std::vector<T> list(const char* key, F&& read) {
    std::vector<T> all;
    each(key, [&](const json& item, const std::string& path) {
      all.push_back(read(Reader(item, path, problem_)));
    });
    return all;
  }

  /// Everything has been read: whatever else is there is unknown.
  void done() {
    if (problem_) return;
    for (const auto& [key, ignored] : value_.items()) {
      if (!seen_.contains(key)) {
        return say(fmt::format("{} is unknown", at(printable_line(key))));
      }
    }
  }

  void say(std::string problem) {
    if (!problem_) problem_ = std::move(problem);
  }

 private:
  std::string at(std::string_view key) const {
    return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
  }

  const json* find(const char* key) {
    if (problem_) return nullptr;
    seen_.insert(key);
    const auto found = value_.find(key);
    if (found != value_.end()) return &*found;
    say(fmt::format("{} is missing", at(key)));
    return nullptr;
  }

  template <class F>
  void each(const char* key, F&& use) {
    const json* field = find(key);
    if (field == nullptr) return;
    if (!field->is_array()) return wrong(at(key), "a list", *field);
    for (std::size_t i = 0; i < field->size() && !problem_; ++i) {
      use((*field)[i], fmt::format("{}[{}]", at(key), i));
    }
  }

  double number_at(const json& value, const std::string& path) {
    if (value.is_number()) return value.get<double>();
    wrong(path, "a number", value);
    return 0;
  }

  void wrong(const std::string& path, std::string_view wanted, const json& found) {
    say(fmt::format("{} is {}, expected {}", path.empty() ? "the document" : path,
                    found.type_name(), wanted));
  }

  const json& value_;
  std::string path_;
  std::optional<std::string>& problem_;
  std::set<std::string, std::less<>> seen_;
};

StageEvidence read_stage(Reader in) {
  StageEvidence stage;
  stage.type = in.word<ExecutionType>("type");
  stage.command = in.text("command");
  stage.outcome = in.text("outcome");
  stage.status = in.whole<int>("status");
  stage.wall_ms = in.whole<std::int64_t>("wall_ms");
  stage.cpu_ms = in.whole<std::int64_t>("cpu_ms");
  stage.memory_mb = in.whole<std::int64_t>("memory_mb");
  stage.output_digest = in.text("output_digest");
  stage.output_tail = in.text("output_tail");
  in.done();
  return stage;
}

TestResult read_test(Reader in) {
  TestResult test;
  test.name = in.text("name");
  test.outcome = in.word<TestOutcome>("outcome");
  test.wall_ms = in.whole<std::int64_t>("wall_ms");
  in.done();
  return test;
}

Inventory read_inventory(Reader in) {
  Inventory inventory;
  inventory.source = in.word<TestSource>("source");
  inventory.complete = in.flag("complete");
  inventory.tests = in.list<TestResult>("tests", read_test);
  in.done();
  return inventory;
}

BenchmarkEvidence read_benchmark(Reader in) {
  BenchmarkEvidence benchmark;
  benchmark.name = in.text("name");
  benchmark.command = in.text("command");
  benchmark.base_ms = in.numbers("base_ms");
  benchmark.candidate_ms = in.numbers("candidate_ms");
  benchmark.base_memory_mb = in.numbers("base_memory_mb");
  benchmark.candidate_memory_mb = in.numbers("candidate_memory_mb");
  benchmark.base_failed = in.flag("base_failed");
  benchmark.candidate_failed = in.flag("candidate_failed");
  benchmark.output_differs = in.flag("output_differs");
  benchmark.output_unstable = in.flag("output_unstable");
  in.done();
  return benchmark;
}

FileFacts read_facts(Reader in) {
  FileFacts file;
  file.path = in.text("path");
  file.change = in.text("change");
  file.is_protected = in.flag("is_protected");
  file.lines_added = in.whole<std::size_t>("lines_added");
  file.lines_removed = in.whole<std::size_t>("lines_removed");
  file.language = in.text_or_null("language");
  file.syntax_errors_before = in.whole<std::size_t>("syntax_errors_before");
  file.syntax_errors_after = in.whole<std::size_t>("syntax_errors_after");
  if (file.change != "added" && file.change != "modified" && file.change != "deleted") {
    in.say(fmt::format("change of {} is '{}', expected added, modified or deleted",
                       printable_line(file.path), printable_line(file.change)));
  }
  in.done();
  return file;
}

Environment read_environment(Reader in, int format) {
  Environment environment;
  environment.backend = in.text("backend");
  environment.memory_limit = in.text("memory_limit");
  environment.policy_digest = in.text("policy_digest");
  environment.config_digest = in.text("config_digest");
  environment.config_source = in.text("config_source");
  environment.toolchain = in.text("toolchain");
  if (format >= 2) {
    environment.backend_version = in.text("backend_version");
    environment.process_limit = in.text("process_limit");
    environment.cpu_limit = in.text("cpu_limit");
    environment.disk_limit = in.text("disk_limit");
    environment.landlock = in.flag("landlock");
  }
  in.done();
  return environment;
}

Evidence read_evidence(Reader in) {
  Evidence evidence;
  evidence.format = in.whole<int>("format");
  if (evidence.format < 1 || evidence.format > kEvidenceFormat) {
    in.say(
        fmt::format("format is {}, this automod reads 1 to {}", evidence.format, kEvidenceFormat));
  }
  evidence.base_tree.text = in.text("base_tree");
  evidence.tree.text = in.text("tree");
  evidence.patch_digest = in.text("patch_digest");
  evidence.type = in.word<ModificationType>("type");
  evidence.environment = in.object(
      "environment", [&](const Reader& inner) { return read_environment(inner, evidence.format); });
  evidence.files = in.list<FileFacts>("files", read_facts);
  evidence.stages = in.list<StageEvidence>("stages", read_stage);
  evidence.has_build = in.flag("has_build");
  evidence.has_tests = in.flag("has_tests");
  evidence.base_tests = in.object("base_tests", read_inventory);
  evidence.tests = in.object("tests", read_inventory);
  evidence.benchmarks = in.list<BenchmarkEvidence>("benchmarks", read_benchmark);
  in.done();
  return evidence;
}

CheckOutcome read_check(Reader in) {
  CheckOutcome check;
  check.code = in.text("code");
  check.result = in.word<CheckResult>("result");
  check.blocks = in.flag("blocks");
  check.wants_approval = in.flag("wants_approval");
  check.penalty = in.number("penalty");
  check.reason = in.text("reason");
  in.done();
  return check;
}

Verdict read_verdict(Reader in) {
  Verdict verdict;
  verdict.decision = in.word<Decision>("decision");
  verdict.level = in.word<SafetyLevel>("safety_level");
  verdict.safety_score = in.number("safety_score");
  verdict.performance_impact = in.number_or_null("performance_impact");
  verdict.checks = in.list<CheckOutcome>("checks", read_check);
  verdict.evidence_digest = in.text("evidence_digest");
  verdict.rules_version = in.whole<int>("rules_version");
  in.done();
  return verdict;
}

/// Nothing we write is nested deeper than this; what we read may try to.
constexpr int kDeepest = 32;
struct TooDeep {};

/// Parses text in which no object names a key twice.
Result<json> parse_strictly(std::string_view text) {
  std::vector<std::set<std::string>> open;
  std::optional<std::string> twice;
  const auto watch = [&](int depth, json::parse_event_t event, json& value) {
    if (depth > kDeepest) throw TooDeep{};
    if (event == json::parse_event_t::object_start) open.emplace_back();
    if (event == json::parse_event_t::object_end) open.pop_back();
    if (event == json::parse_event_t::key && !twice) {
      const auto& key = value.get_ref<const std::string&>();
      if (!open.back().insert(key).second) twice = key;
    }
    return true;
  };
  json value;
  try {
    value = json::parse(text, watch);
  } catch (const TooDeep&) {
    return fail(ErrorKind::kUsage, fmt::format("nested deeper than {}", kDeepest));
  } catch (const json::exception& error) {
    return fail(ErrorKind::kUsage, fmt::format("not JSON: {}", printable_line(error.what())));
  }
  if (twice) {
    return fail(ErrorKind::kUsage, fmt::format("{} stands twice", printable_line(*twice)));
  }
  return value;
}

template <class T>
Result<T> read_document(std::string_view text, std::string_view what, T (*read)(Reader)) {
  auto value = parse_strictly(text);
  if (!value) return fail(std::move(value.error()).within(fmt::format("reading {}", what)));
  std::optional<std::string> problem;
  T document = read(Reader(*value, "", problem));
  if (problem) return fail(ErrorKind::kUsage, fmt::format("reading {}: {}", what, *problem));
  return document;
}

}  // namespace

Result<Evidence> evidence_from_json(std::string_view text) {
  return read_document<Evidence>(text, "evidence", read_evidence);
}

Result<Verdict> verdict_from_json(std::string_view text) {
  return read_document<Verdict>(text, "a verdict", read_verdict);
}

}  // namespace automod
