#include "base/fd.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "tests/unit/catch.hpp"

using namespace automod;

namespace {

bool is_open(int fd) { return fcntl(fd, F_GETFD) != -1; }

int some_fd() { return open("/dev/null", O_RDONLY | O_CLOEXEC); }

}  // namespace

TEST_CASE("a descriptor is closed with its owner") {
  int raw = -1;
  {
    const Fd fd(some_fd());
    raw = fd.get();
    REQUIRE(is_open(raw));
  }
  CHECK_FALSE(is_open(raw));
}

TEST_CASE("ownership moves") {
  Fd first(some_fd());
  const int raw = first.get();
  Fd second(some_fd());
  const int replaced = second.get();
  second = std::move(first);
  CHECK(second.get() == raw);
  CHECK_FALSE(is_open(replaced));
  CHECK(is_open(raw));
}

TEST_CASE("a released descriptor stays open") {
  int raw = -1;
  {
    Fd fd(some_fd());
    raw = fd.release();
    CHECK_FALSE(fd);
  }
  CHECK(is_open(raw));
  close(raw);
}
