#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/engine/store/fixture.hpp"

namespace automod::store {

namespace {

constexpr std::chrono::milliseconds kAtOnce{0};

}  // namespace

TEST_CASE("one writer at a time, and the other learns who it is") {
  const TempDir folder = scratch_folder();
  const WriterLock lock = take(WriterLock::take(folder.path(), kAtOnce));
  const Error error = refused(WriterLock::take(folder.path(), kAtOnce));
  CHECK(error.kind == ErrorKind::kConflict);
  CHECK(error.message == fmt::format("process {} is changing this repository", getpid()));
}

TEST_CASE("a lock that was given back can be taken") {
  const TempDir folder = scratch_folder();
  {
    const WriterLock lock = take(WriterLock::take(folder.path(), kAtOnce));
  }
  WriterLock first = take(WriterLock::take(folder.path(), kAtOnce));
  const WriterLock moved = std::move(first);
  CHECK_FALSE(WriterLock::take(folder.path(), kAtOnce));
}

TEST_CASE("a lock is waited for") {
  const TempDir folder = scratch_folder();
  int ready[2];
  REQUIRE(pipe(ready) == 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto lock = WriterLock::take(folder.path(), kAtOnce);
    (void)!write(ready[1], "x", 1);
    usleep(100000);
    _exit(lock ? 0 : 1);
  }
  char byte = 0;
  REQUIRE(read(ready[0], &byte, 1) == 1);
  CHECK(WriterLock::take(folder.path(), std::chrono::seconds(10)));
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  close(ready[0]);
  close(ready[1]);
}

TEST_CASE("a lock is free once its holder was killed") {
  const TempDir folder = scratch_folder();
  int ready[2];
  REQUIRE(pipe(ready) == 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto lock = WriterLock::take(folder.path(), kAtOnce);
    (void)!write(ready[1], "x", 1);
    for (;;) pause();
  }
  char byte = 0;
  REQUIRE(read(ready[0], &byte, 1) == 1);
  CHECK_FALSE(WriterLock::take(folder.path(), kAtOnce));
  REQUIRE(kill(child, SIGKILL) == 0);
  REQUIRE(waitpid(child, nullptr, 0) == child);
  CHECK(WriterLock::take(folder.path(), kAtOnce));
  close(ready[0]);
  close(ready[1]);
}

}  // namespace automod::store
