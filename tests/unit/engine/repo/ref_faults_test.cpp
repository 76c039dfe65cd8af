#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <set>
#include <thread>

#include "tests/unit/catch.hpp"
#include "tests/unit/engine/repo/faults.hpp"
#include "tests/unit/engine/repo/helpers.hpp"

namespace automod::testing {

namespace fs = std::filesystem;
using repo::RefUpdate;
using repo::Repository;
using Refs = std::map<std::string, std::optional<CommitId>>;

/// Moves refs of every kind at once, in copies of one prepared repository.
class RefFaultsTest : public RepoTest {
 protected:
  RefFaultsTest() {
    git.write("a", "a\n");
    one = commit("one");
    git.write("a", "b\n");
    two = commit("two");
    for (const char* name : {"moved", "packed", "gone", "both", "deep/gone"}) {
      git.git({"branch", name, one.text});
    }
    git.git({"pack-refs", "--all"});
    git.git({"branch", "--force", "both", two.text});  // loose, with an older one packed
    git.git({"branch", "loose", one.text});
    fs::remove_all(git.root() / ".git/hooks");  // fewer files to copy
    updates = {{.ref = "refs/heads/moved", .before = one, .after = two},
               {.ref = "refs/heads/new/branch", .before = {}, .after = two},
               {.ref = "refs/heads/gone", .before = one, .after = {}},
               {.ref = "refs/heads/both", .before = two, .after = {}},
               {.ref = "refs/heads/deep/gone", .before = one, .after = {}},
               {.ref = "refs/heads/loose", .before = one, .after = {}},
               {.ref = "refs/automod/undo/x", .before = {}, .after = one}};
  }

  fs::path copy() {
    const fs::path place = git.scratch("copy");
    fs::remove_all(place);
    fs::copy(git.root(), place, fs::copy_options::recursive | fs::copy_options::copy_symlinks);
    return place;
  }

  Victim update(const fs::path& place, Fault fault, int at) const {
    return run_with_fault(fault, at, [&](std::string& message) {
      auto repo = Repository::open(place);
      if (!repo) return 9;
      const auto done = repo->update_refs(updates, "automod: test", "op-1");
      if (!done) message = done.error().message;
      return done ? 0 : 1;
    });
  }

  Refs refs_of(const fs::path& place) const {
    Repository repo = value(Repository::open(place));
    Refs refs;
    for (const RefUpdate& update : updates) refs[update.ref] = value(repo.read_ref(update.ref));
    return refs;
  }
  Refs expected(bool after) const {
    Refs refs;
    for (const RefUpdate& update : updates) refs[update.ref] = after ? update.after : update.before;
    return refs;
  }

  static std::set<std::string> locks_in(const fs::path& place) {
    std::set<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(place / ".git")) {
      const bool is_own = entry.path().parent_path().filename() == "locks";
      if (is_own || entry.path().extension() == ".lock") found.insert(entry.path().string());
    }
    return found;
  }

  void check_whole(const fs::path& place, int at) const {
    CHECK(locks_in(place).empty());
    if (at % 5 == 0) CHECK(git.try_git(place, {"fsck", "--no-dangling"}).err.empty());
  }

  /// What a caller with a journal does after a kill.
  void recover(const fs::path& place) const {
    Repository repo = value(Repository::open(place));
    value(repo.release_locks("op-1"));
    const Refs now = refs_of(place);
    std::vector<RefUpdate> left;
    for (const RefUpdate& update : updates) {
      const auto& at = now.at(update.ref);
      const bool is_known = at == update.before || at == update.after;
      CHECK(is_known);
      if (at != update.after) left.push_back(update);
    }
    if (!left.empty()) value(repo.update_refs(left, "automod: test", "op-1"));
  }

  CommitId one, two;
  std::vector<RefUpdate> updates;
};

TEST_CASE_METHOD(RefFaultsTest, "killed anywhere, an update of refs can be finished") {
  const Victim whole = update(copy(), Fault::kNone, 0);
  REQUIRE(whole.code == 0);
  REQUIRE(whole.calls > 30);
  for (int at = 1; at <= whole.calls; ++at) {
    CAPTURE(at, whole.calls);
    const fs::path place = copy();
    CHECK(update(place, Fault::kKill, at).killed);
    recover(place);
    CHECK(refs_of(place) == expected(true));
    check_whole(place, at);
    CHECK(git.git_in(place, {"for-each-ref", "--format=%(objectname)", "refs/heads/new/branch"}) ==
          two.text);
    // One move, one line, however often it was begun.
    const std::string log = value(read_file(place / ".git/logs/refs/heads/moved", kMiB));
    CHECK(std::ranges::count(log, '\n') == 2);
    CHECK_FALSE(fs::exists(place / ".git/logs/refs/heads/loose"));
    CHECK_FALSE(fs::exists(place / ".git/refs/heads/deep"));
  }
}

TEST_CASE_METHOD(RefFaultsTest, "killed again while it is being finished, it can still be") {
  const int calls = update(copy(), Fault::kNone, 0).calls;
  for (int first = 1; first <= calls; first += 5) {
    for (int second = 1; second <= calls; second += 9) {
      CAPTURE(first, second);
      const fs::path place = copy();
      CHECK(update(place, Fault::kKill, first).killed);
      const Victim again = run_with_fault(Fault::kKill, second, [&](std::string&) {
        recover(place);
        return 0;
      });
      CHECK((again.killed || again.code == 0));
      recover(place);
      CHECK(refs_of(place) == expected(true));
      CHECK(locks_in(place).empty());
    }
  }
}

TEST_CASE_METHOD(RefFaultsTest,
                 "an update that meets a full or failing disk changes all or nothing") {
  const int calls = update(copy(), Fault::kNone, 0).calls;
  for (const Fault fault : {Fault::kNoSpace, Fault::kInputOutput}) {
    for (int at = 1; at <= calls; ++at) {
      const fs::path place = copy();
      const Victim victim = update(place, fault, at);
      CAPTURE(static_cast<int>(fault), at, victim.code, victim.message);
      CHECK((victim.code == 0 || victim.code == 1));
      CHECK(refs_of(place) == expected(victim.code == 0));
      value(value(Repository::open(place)).release_locks("op-1"));
      check_whole(place, at);
      if (victim.code == 0) continue;
      CHECK_FALSE(victim.message.empty());
      const std::string log = value(read_file(place / ".git/logs/refs/heads/moved", kMiB));
      CHECK(std::ranges::count(log, '\n') == 1);
      CHECK(update(place, Fault::kNone, 0).code == 0);
      CHECK(refs_of(place) == expected(true));
    }
  }
}

TEST_CASE_METHOD(RefFaultsTest, "without hard links refs move too, but a lock left is doubtful") {
  const fs::path plain = copy();
  const Victim whole = update(plain, Fault::kNoLinks, 0);
  CHECK(whole.code == 0);
  CHECK(refs_of(plain) == expected(true));
  check_whole(plain, 0);
  int doubtful = 0;
  for (int at = 1; at <= whole.calls; at += 3) {
    CAPTURE(at);
    const fs::path place = copy();
    CHECK(update(place, Fault::kNoLinks, at).killed);
    const auto released = value(Repository::open(place)).release_locks("op-1");
    if (released) {
      check_whole(place, at);
      continue;
    }
    ++doubtful;
    CHECK_THAT(released.error().message, ContainsSubstring("cannot be known"));
  }
  CHECK(doubtful > 0);
}

TEST_CASE_METHOD(RefFaultsTest, "a flush that fails says that nobody knows") {
  const fs::path place = copy();
  const Victim victim = run_with_fault(Fault::kInputOutput, 1, [&](std::string& message) {
    const auto done = value(Repository::open(place)).flush();
    if (!done) message = done.error().message;
    return done ? 0 : 1;
  });
  CHECK(victim.code == 1);
  CHECK(victim.calls == 1);
  CHECK_THAT(victim.message, ContainsSubstring("it is unknown whether"));
}

TEST_CASE_METHOD(RefFaultsTest, "updates that race with git lose nothing") {
  constexpr int kRounds = 200;
  std::jthread packer([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      git.try_git(git.root(), {"pack-refs", "--all"});
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  });
  std::jthread brancher([&](const std::stop_token& stop) {
    for (int i = 0; !stop.stop_requested(); ++i) {
      const std::string name = "theirs/b" + std::to_string(i % 7);
      git.try_git(git.root(), {"branch", "--force", name, one.text});
      git.try_git(git.root(), {"branch", "-D", name});
    }
  });
  Repository repo = open();
  for (int i = 0; i < kRounds; ++i) {
    const std::string ref = "refs/heads/ours/b" + std::to_string(i % 5);
    const auto before = value(repo.read_ref(ref));
    const std::optional<CommitId> after =
        i % 3 == 2 && before ? std::nullopt : std::optional(before == one ? two : one);
    CAPTURE(i, ref);
    auto done = repo.update_refs({{.ref = ref, .before = before, .after = after}}, "race", "op-1");
    if (!done) {
      CAPTURE(done.error().message);
      REQUIRE(done.error().kind == ErrorKind::kConflict);  // the lock was theirs for too long
      continue;
    }
    REQUIRE(git.try_git(git.root(), {"rev-parse", "--verify", "-q", ref}).out ==
            (after ? after->text + "\n" : ""));
  }
  packer.request_stop();
  brancher.request_stop();
  packer.join();
  brancher.join();
  CHECK(git.try_git(git.root(), {"fsck", "--no-dangling"}).err.empty());
  CHECK(git.id("refs/heads/main") == two.text);
  CHECK(git.id("refs/heads/moved") == one.text);
}

}  // namespace automod::testing
