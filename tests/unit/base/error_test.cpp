#include "base/error.hpp"

#include <cerrno>

#include "tests/unit/catch.hpp"

using namespace automod;

TEST_CASE("a layer adds what it was doing and keeps kind and hint") {
  const Error error = Error{ErrorKind::kConflict, "busy", "wait"}.within("opening x");
  CHECK(error.message == "opening x: busy");
  CHECK(error.kind == ErrorKind::kConflict);
  CHECK(error.hint == "wait");
}

TEST_CASE("errno becomes a lower-case reason") {
  CHECK(fail_errno("opening /x", EACCES).error().message == "opening /x: permission denied");
  CHECK(fail_errno("writing", EIO).error().message == "writing: input/output error");
  CHECK(fail_errno("", ENOSPC).error().kind == ErrorKind::kInternal);
}

TEST_CASE("each kind has its exit code and name") {
  CHECK(exit_code(ErrorKind::kRefused) == 1);
  CHECK(exit_code(ErrorKind::kUsage) == 2);
  CHECK(exit_code(ErrorKind::kUnavailable) == 3);
  CHECK(exit_code(ErrorKind::kConflict) == 5);
  CHECK(exit_code(ErrorKind::kInternal) == 70);
  CHECK(exit_code(ErrorKind::kInterrupted) == 130);
  CHECK(name(ErrorKind::kUnavailable) == "unavailable");
}
