#include "sandbox/attacks/attacks.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <set>

#include "sandbox/launch.hpp"
#include "sandbox/select.hpp"
#include "tests/unit/sandbox/fixture.hpp"

namespace automod::sandbox::testing {

namespace fs = std::filesystem;
using attacks::Control;
using attacks::Report;
using attacks::Row;
using attacks::Verdict;

namespace {

constexpr std::size_t kWanted = 80;

/// What this or that kernel refuses to everybody, or to all who are not really root; or what this
/// machine may lack.
// clang-format off
const std::set<std::string> kRefusedToAll = {
    "character-device", "block-device", "load-module", "remove-module", "load-kernel",
    "hang-up", "x32-call", "32-bit-call", "algorithm-socket", "machine-socket",
    "kernel-log", "io-privilege-level", "io-ports", "segment-table", "secret-memory",
    "file-systems", "bind-memory", "move-pages", "bpf", "user-fault-handling",
    "io-uring", "io-uring-enter", "express-socket", "never-out-of-memory", "homes"};
// clang-format on
/// What takes root, so that an ordinary user's control must fail.
const std::set<std::string> kRefusedToUsers = {
    "read-passwords", "write-core-pattern", "overwrite-first-program", "accounting", "real-time",
    "raise-priority", "nobody-on-host",     "change-groups",           "open-device"};

/// "" when all is well; otherwise what is not.
std::string complaints(const Report& report) {
  std::string all;
  for (const Row& row : report.rows) {
    const bool allowed = kRefusedToAll.contains(row.attack.name) ||
                         (!report.as_root && kRefusedToUsers.contains(row.attack.name));
    if (row.verdict == Verdict::kExposed) {
      all += fmt::format("{} is exposed: {}\n", row.attack.name, row.detail);
    }
    if (row.control == Control::kRefused && !allowed) {
      all += fmt::format("the control of {} was refused\n", row.attack.name);
    }
  }
  if (report.count(Verdict::kContained) < kWanted) {
    all += fmt::format("only {} were contained\n", report.count(Verdict::kContained));
  }
  return all;
}

std::string run_all(const std::string& backend) {
  auto runner = sandbox::make_runner({.backend = backend, .runtime = {}, .image = {}});
  if (!runner) return runner.error().message;
  const auto report = attacks::run(**runner, {}, {}, CancelToken());
  if (!report) return report.error().message;
  fmt::print("{} as {}: {} contained, {} exposed, {} skipped\n", backend,
             report->as_root ? "root" : "an ordinary user", report->count(Verdict::kContained),
             report->count(Verdict::kExposed), report->count(Verdict::kSkipped));
  std::fflush(stdout);  // a child of the test ends without
  return complaints(*report);
}

bool is_installed(const std::string& backend) {
  if (sandbox::make_runner({.backend = backend, .runtime = {}, .image = {}})) return true;
  WARN(backend << " is not installed here: its attacks were not made");
  return false;
}

}  // namespace

TEST_CASE("every attack has a name of its own, and says what it tries and what it stands for") {
  std::set<std::string> names;
  for (const attacks::Attack& attack : attacks::all()) {
    INFO(attack.name);
    CHECK(names.insert(attack.name).second);
    CHECK_FALSE(attack.group.empty());
    CHECK_FALSE(attack.about.empty());
    CHECK_FALSE(attack.tests.empty());
  }
  CHECK(names.size() >= kWanted);
}

TEST_CASE("only the attacks that were asked for are made") {
  auto runner = sandbox::make_runner({.backend = "native", .runtime = {}, .image = {}});
  REQUIRE(runner);
  const auto report = attacks::run(**runner, {"read-canary", "host"}, {}, CancelToken());
  REQUIRE(report);
  REQUIRE(report->rows.size() > 2);
  CHECK(report->rows[0].attack.name == "read-canary");
  CHECK(report->rows[1].attack.group == "host");
}

TEST_CASE("no attack gets through any backend") {
  const std::string backend = GENERATE("native", "bwrap", "oci");
  if (!is_installed(backend)) return;
  CHECK(run_all(backend) == "");
}

TEST_CASE("no attack gets through any backend that an ordinary user has started") {
  const std::string backend = GENERATE("native", "bwrap", "oci");
  if (geteuid() != 0 || !is_installed(backend)) return;
  if (!open_to_others(find_launcher().value())) {
    WARN("nobody else may enter this folder: not tried");
    return;
  }
  CHECK(as_ordinary_user([&] {
    auto cache = TempDir::create("/tmp", "automod-attacks-test-");
    if (!cache) return false;
    setenv("XDG_CACHE_HOME", cache->path().c_str(), 1);
    const std::string found = run_all(backend);
    fmt::print(stderr, "{}", found);
    return found.empty();
  }));
}

}  // namespace automod::sandbox::testing
