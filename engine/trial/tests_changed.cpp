#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/trial/file_facts.hpp"
#include "engine/trial/tests.hpp"

namespace automod::trial {

namespace {

constexpr std::array<std::string_view, 9> kTestFolders = {
    "test", "tests", "testing", "spec", "specs", "__tests__", "testdata", "unittest", "unittests"};

/// Files that alter how tests are found or run even when they are new.
bool steers_tests(std::string_view path) {
  const auto name = path.substr(path.rfind('/') + 1);
  static constexpr std::array<std::string_view, 6> kNames = {
      "conftest.py", "__init__.py", "CMakeLists.txt", "meson.build", "Makefile", "package.json"};
  return std::ranges::find(kNames, name) != kNames.end() || name.ends_with(".cmake") ||
         name.ends_with(".ini") || name.ends_with(".toml") || name.ends_with(".cfg") ||
         name.ends_with(".mk");
}

/// The files of a change that belong to its tests, and the others.
struct Parts {
  std::vector<FileChange> tests;
  std::vector<FileChange> others;
  std::vector<FileFacts> test_facts;
  std::vector<FileFacts> other_facts;
  bool replaces = false;  // something that the base's tests have is changed or gone
  bool adds = false;      // something is added or changed
};

Parts parts_of(const Evidence& evidence, const TrialSpec& spec) {
  Parts parts;
  for (const auto& file : spec.files) {
    const auto facts = std::ranges::find(evidence.files, file.path, &FileFacts::path);
    if (facts == evidence.files.end()) continue;
    if (!is_part_of_tests(*facts)) {
      parts.others.push_back(file);
      parts.other_facts.push_back(*facts);
      continue;
    }
    parts.tests.push_back(file);
    parts.test_facts.push_back(*facts);
    const bool is_new = facts->change == "added";
    parts.replaces = parts.replaces || !is_new || steers_tests(file.path);
    parts.adds = parts.adds || facts->change != "deleted";
  }
  return parts;
}

class ChangedRun {
 public:
  ChangedRun(const TrialContext& context, Evidence& into, StageOutput& out)
      : context_(context), config_(context.base.spec.config), into_(into), out_(out) {}

  Result<void> run() {
    const Parts parts = parts_of(into_, context_.spec);
    if (config_.test.empty() || parts.tests.empty()) {
      out_.left_out.push_back({"changed_tests", config_.test.empty()
                                                    ? "no test command is configured"
                                                    : "no file of the tests is changed"});
      return {};
    }
    if (parts.replaces && !parts.others.empty()) {
      tell(context_.world, "testing the candidate with the base's own tests");
      auto tested = test_with(parts.others, parts.other_facts);
      if (!tested) return fail(tested.error());
      into_.changed_tests.base_version_builds = tested->has_value();
      Inventory inventory = std::move(*tested).value_or(unbuilt());
      if (into_.changed_tests.base_version_builds) compare_with_base(into_.base_tests, inventory);
      into_.changed_tests.base_version = std::move(inventory);
    }
    if (!parts.adds || parts.others.empty()) return {};
    tell(context_.world, "testing the base with the candidate's tests");
    auto tested = test_with(parts.tests, parts.test_facts);
    if (!tested) return fail(tested.error());
    into_.changed_tests.on_base_builds = tested->has_value();
    if (*tested) into_.changed_tests.on_base = std::move(**tested);
    return {};
  }

 private:
  Inventory unbuilt() const {
    Inventory inventory;
    inventory.source = into_.base_tests.source;
    return inventory;
  }

  /// The base with these files on top; nullopt when that does not build. How it goes is recorded,
  /// but is no stage of the candidate.
  Result<std::optional<Inventory>> test_with(const std::vector<FileChange>& files,
                                             const std::vector<FileFacts>& facts) {
    auto side = Side::open(context_.world, context_.base);
    if (!side) return fail(side.error());
    if (auto done = side->write(files); !done) return fail(done.error());
    Result<bool> on = true;
    if (wants_configure(facts)) {
      on = step(*side, ExecutionType::kConfigure, config_.configure, config_.configure_seconds);
    }
    if (on && *on) on = step(*side, ExecutionType::kBuild, config_.build, config_.build_seconds);
    if (!on) return fail(on.error());
    if (!*on) return std::nullopt;
    auto run = run_tests(side->site());
    if (!run) return fail(run.error());
    for (auto& record : run->executions) out_.executions.push_back(std::move(record));
    return std::move(run->inventory);
  }

  Result<bool> step(const Side& side, ExecutionType type, const std::string& command,
                    std::int64_t seconds) {
    if (command.empty()) return true;
    auto record = run_command(side.site(), type, command, seconds);
    if (!record) return fail(record.error());
    const bool ok = record->execution.ok();
    out_.executions.push_back(std::move(*record));
    return ok;
  }

  const TrialContext& context_;
  const Config& config_;
  Evidence& into_;
  StageOutput& out_;
};

}  // namespace

bool is_part_of_tests(const FileFacts& file) {
  if (file.role == FileRole::kTest) return true;
  if (file.role == FileRole::kCi || file.role == FileRole::kConfig) return false;
  std::string_view rest = file.path;
  for (auto slash = rest.find('/'); slash != rest.npos; slash = rest.find('/')) {
    const auto folder = rest.substr(0, slash);
    if (std::ranges::find(kTestFolders, folder) != kTestFolders.end()) return true;
    rest.remove_prefix(slash + 1);
  }
  return rest == "conftest.py";
}

Result<void> run_changed_tests(const TrialContext& context, Evidence& into, StageOutput& out) {
  return ChangedRun(context, into, out).run();
}

}  // namespace automod::trial
