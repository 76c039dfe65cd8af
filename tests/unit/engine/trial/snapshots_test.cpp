#include "engine/trial/snapshots.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "tests/unit/catch.hpp"

namespace automod::trial {
namespace {

namespace fs = std::filesystem;

struct Cache {
  Cache()
      : dir(std::move(*TempDir::create(fs::temp_directory_path(), "cache-"))),
        path(dir.path()),
        workspace(std::move(*Workspace::open(path))),
        snapshots(path) {}

  void add(const std::string& key, Level level) {
    auto folder = workspace.folder("base-");
    REQUIRE(folder);
    fs::create_directory(folder->path() / "checkout");
    std::ofstream(folder->path() / "checkout/file") << key;
    SnapshotMeta meta;
    meta.tree = TreeId{std::string(40, 'a')};
    meta.variant = Variant::kCoverage;
    meta.configured = true;
    meta.environment.backend = "native";
    meta.tests.tests = {{"a", TestOutcome::kFailed, 3}};
    REQUIRE(snapshots.add(key, level, meta, std::move(*folder)));
  }

  void used_at(const std::string& name, time_t second) const {
    const timespec times[] = {{second, 0}, {second, 0}};
    REQUIRE(utimensat(AT_FDCWD, (path / "snapshots" / name / "meta.json").c_str(), times, 0) == 0);
  }

  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& entry : fs::directory_iterator(path / "snapshots")) {
      all.push_back(entry.path().filename().string());
    }
    std::sort(all.begin(), all.end());
    return all;
  }

  TempDir dir;
  fs::path path;
  Workspace workspace;
  Snapshots snapshots;
};

TEST_CASE_METHOD(Cache, "a snapshot is found at its level or below") {
  add("k", Level::kBuilt);
  CHECK(snapshots.find("k", Level::kConfigured));
  CHECK_FALSE(snapshots.find("k", Level::kTested));
  CHECK_FALSE(snapshots.find("other", Level::kConfigured));
  CHECK(snapshots.find_below("k", Level::kTested));
  CHECK_FALSE(snapshots.find_below("k", Level::kBuilt));
  const auto found = snapshots.find("k", Level::kBuilt);
  REQUIRE(found);
  CHECK(found->meta.configured);
  CHECK(found->meta.environment.backend == "native");
  CHECK(found->meta.tests.tests.at(0).outcome == TestOutcome::kFailed);
  CHECK(fs::exists(found->checkout / "file"));
}

TEST_CASE_METHOD(Cache, "a higher level takes the place of the lower ones") {
  add("k", Level::kConfigured);
  add("k", Level::kTested);
  CHECK(names() == std::vector<std::string>{"k-tested"});
}

TEST_CASE_METHOD(Cache, "a snapshot whose description is damaged counts as none and is replaced") {
  add("k", Level::kTested);
  REQUIRE(write_file(path / "snapshots/k-tested/meta.json", "{\"format\": 1"));
  CHECK_FALSE(snapshots.find("k", Level::kTested));
  add("k", Level::kTested);
  CHECK(snapshots.find("k", Level::kTested));
}

TEST_CASE_METHOD(Cache, "the least recently used go first, and none that is held") {
  for (const char* key : {"a", "b", "c", "d"}) add(key, Level::kTested);
  const auto held = snapshots.find("a", Level::kTested);
  REQUIRE(held);
  used_at("a-tested", 1);
  used_at("b-tested", 2);
  used_at("c-tested", 4);
  used_at("d-tested", 3);
  snapshots.evict({.snapshots = 2});
  CHECK(names() == std::vector<std::string>{"a-tested", "c-tested"});
}

TEST_CASE_METHOD(Cache, "a list says what there is, the least recently used first") {
  add("old", Level::kTested);
  add("new", Level::kBuilt);
  used_at("old-tested", 100);
  used_at("new-built", 200);
  const auto held = snapshots.find("new", Level::kBuilt);
  used_at("new-built", 200);
  const auto all = snapshots.list();
  REQUIRE(all.size() == 2);
  CHECK(all[0].level == Level::kTested);
  CHECK(all[0].tree.text == std::string(40, 'a'));
  CHECK(all[0].variant == Variant::kCoverage);
  CHECK(all[0].bytes > 0);
  CHECK(all[0].used == 100);
  CHECK_FALSE(all[0].is_in_use);
  CHECK(all[1].folder.filename() == "new-built");
  CHECK(all[1].is_in_use);
  const auto gone = snapshots.evict({.snapshots = 0, .bytes = 0});
  REQUIRE(gone.size() == 1);
  CHECK(gone[0].folder.filename() == "old-tested");
}

TEST_CASE_METHOD(Cache, "eviction keeps to a number of bytes") {
  for (const char* key : {"a", "b", "c"}) add(key, Level::kTested);
  snapshots.evict({.snapshots = 8, .bytes = 0});
  CHECK(names().empty());
}

TEST_CASE_METHOD(Cache, "what a dead process left is removed, what a living one has is not") {
  auto mine = workspace.folder("mine-");
  REQUIRE(mine);
  const pid_t child = fork();
  if (child == 0) {
    // A process of its own has a session of its own; killed, it cannot clean up.
    const fs::path session = path / "work/session-child";
    fs::create_directories(session / "base-1/checkout");
    const Fd lock = claim_folder(session);
    kill(getpid(), SIGKILL);
    _exit(lock ? 0 : 1);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(fs::exists(path / "work/session-child"));
  // The same cache by another name is another session, as that of a new process would be.
  const fs::path alias = dir.path() / ".";
  REQUIRE(Workspace::open(alias));
  CHECK_FALSE(fs::exists(path / "work/session-child"));
  CHECK(fs::exists(mine->path()));
}

TEST_CASE_METHOD(Cache, "a key's lock waits, and stops waiting on request") {
  CancelToken cancel;
  const auto first = snapshots.lock("k", cancel);
  REQUIRE(first);
  cancel.request();
  const auto second = snapshots.lock("k", cancel);
  REQUIRE_FALSE(second);
  CHECK(second.error().kind == ErrorKind::kInterrupted);
}

}  // namespace
}  // namespace automod::trial
