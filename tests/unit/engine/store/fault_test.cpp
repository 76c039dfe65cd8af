#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "tests/unit/engine/store/faults.hpp"
#include "tests/unit/engine/store/fixture.hpp"

/// A disk that is full or broken, at every single write of an operation.
namespace automod::store {

namespace {

/// A modification that can be applied, on a disk that obeys.
class FaultTest {
 public:
  FaultTest() : operation_(test.applying(tried())) {}

  /// Nothing is half recorded: all of it is there or nothing.
  void check_whole(const Store& store) {
    CHECK(take(store.verify_ledger({})).empty());
    CHECK(test.ask("PRAGMA integrity_check") == "ok");
    const bool applied =
        take(store.modification(one.id.text)).status == ModificationStatus::kApplied;
    CHECK(applied == (take(store.ledger({.kinds = {"application"}})).size() == 1));
    CHECK(applied == (test.ask("SELECT state FROM operations") == "committed"));
  }

  /// Whatever the next start finds, it can go on: what is pending is finished, and then, or where
  /// nothing is pending, another operation goes through.
  void check_goes_on() {
    Store next = test.open();
    check_whole(next);
    if (const auto pending = take(next.pending())) {
      CHECK(pending->id == operation_.id);
      take(next.finish(pending->id));
      take(next.finish(pending->id));
    }
    const bool applied =
        take(next.modification(one.id.text)).status == ModificationStatus::kApplied;
    Operation other = applied ? test.rolling_back({one}) : test.applying(one);
    take(next.prepare(other));
    take(next.finish(other.id));
    check_whole_ledger(next);
  }

  static void check_whole_ledger(const Store& store) {
    CHECK(take(store.verify_ledger({})).empty());
    CHECK_FALSE(take(store.pending()));
  }

  FaultyDisk disk;
  StoreTest test;
  Modification one;
  const Operation& operation() const { return operation_; }

 private:
  const Modification& tried() {
    one = test.propose();
    test.try_it(one);
    return one;
  }
  Operation operation_;
};

/// Lets every write fail in turn, until there are none left. How many there were.
int at_every_write(Fault fault, bool for_good, const std::function<void(FaultTest&)>& before,
                   const std::function<Result<void>(FaultTest&)>& act) {
  for (int nth = 1;; ++nth) {
    CAPTURE(static_cast<int>(fault), for_good, nth);
    FaultTest world;
    before(world);
    world.disk.arm(fault, nth, for_good);
    const auto done = act(world);
    const bool happened = world.disk.disarm();
    if (!happened) {
      CHECK(done);
      return nth - 1;
    }
    world.check_goes_on();
    REQUIRE(nth < 1000);
  }
}

Result<void> prepare(FaultTest& world) { return world.test.store.prepare(world.operation()); }
Result<void> finish(FaultTest& world) { return world.test.store.finish(world.operation().id); }
void nothing(FaultTest&) {}
void prepared(FaultTest& world) { take(prepare(world)); }

}  // namespace

TEST_CASE("a full or broken disk leaves nothing half prepared") {
  for (const Fault fault : {Fault::kFull, Fault::kWriteError, Fault::kFlushError}) {
    for (const bool for_good : {false, true}) {
      CHECK(at_every_write(fault, for_good, nothing, prepare) >= 1);
    }
  }
}

TEST_CASE("a full or broken disk leaves nothing half recorded") {
  for (const Fault fault : {Fault::kFull, Fault::kWriteError, Fault::kFlushError}) {
    for (const bool for_good : {false, true}) {
      CHECK(at_every_write(fault, for_good, prepared, finish) >= 1);
    }
  }
}

TEST_CASE("an operation that could not be prepared is not pending") {
  for (const Fault fault : {Fault::kFull, Fault::kWriteError, Fault::kFlushError}) {
    FaultTest world;
    world.disk.arm(fault, 1);
    CHECK(refused(prepare(world)).kind == ErrorKind::kInternal);
    REQUIRE(world.disk.disarm());
    CHECK_FALSE(take(world.test.open().pending()));
    CHECK_FALSE(take(world.test.store.pending()));
  }
}

TEST_CASE("death at any write of an operation leaves it whole") {
  for (const auto& act : {prepare, finish}) {
    for (int nth = 1;; ++nth) {
      CAPTURE(nth);
      FaultTest world;
      if (act == finish) take(prepare(world));
      const pid_t child = fork();
      if (child == 0) {
        auto mine = Store::open(world.test.folder(), world.test.clock);
        world.disk.arm(Fault::kDeath, nth);
        const auto done =
            act == prepare ? mine->prepare(world.operation()) : mine->finish(world.operation().id);
        _exit(done ? 0 : 1);
      }
      int status = 0;
      REQUIRE(waitpid(child, &status, 0) == child);
      world.check_goes_on();
      if (WIFEXITED(status)) {
        CHECK(WEXITSTATUS(status) == 0);
        CHECK(nth > 1);
        break;
      }
    }
  }
}

TEST_CASE("a failure is recorded on a full disk with the room that was kept for it") {
  FaultTest world;
  const auto reserve = world.test.folder() / "reserve";
  CHECK(std::filesystem::file_size(reserve) == kMiB);
  world.disk.arm(Fault::kFull, 1);  // the second attempt finds the room that was given up
  take(world.test.store.add_failure({.doing = "applying", .message = "no room"}));
  REQUIRE(world.disk.disarm());
  CHECK(take(world.test.store.failures(10)).size() == 1);
  CHECK(std::filesystem::exists(reserve));
}

TEST_CASE("a failure that cannot be recorded says so") {
  FaultTest world;
  world.disk.arm(Fault::kFull, 1, true);
  CHECK_FALSE(world.test.store.add_failure({.doing = "applying", .message = "no room"}));
  REQUIRE(world.disk.disarm());
  CHECK(take(world.test.store.failures(10)).empty());
}

}  // namespace automod::store
