#include "sandbox/disk_watch.hpp"

#include <chrono>
#include <thread>

#include "base/files.hpp"
#include "tests/unit/catch.hpp"

using namespace automod;
using namespace automod::sandbox;

namespace {

TempDir folder() {
  auto made = TempDir::create(std::filesystem::temp_directory_path(), "automod-disk-");
  REQUIRE(made);
  return std::move(*made);
}

void write(const std::filesystem::path& file, std::size_t bytes) {
  REQUIRE(write_file(file, std::string(bytes, 'x'), 0600));
}

}  // namespace

TEST_CASE("the last look is not deceived by what others have freed meanwhile") {
  const TempDir work = folder();
  const TempDir others = folder();
  write(others.path() / "large", 8 * kMiB);
  DiskWatch watch(work.path(), 2 * kMiB, 1000);
  write(work.path() / "new", 3 * kMiB);
  std::filesystem::remove(others.path() / "large");
  CHECK(watch.exceeded_at_end());
}

TEST_CASE("what is within the limits is no finding at the end") {
  const TempDir work = folder();
  write(work.path() / "old", 8 * kMiB);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));  // the kernel's times are coarse
  DiskWatch watch(work.path(), 2 * kMiB, 3);
  write(work.path() / "new", kMiB);
  CHECK_FALSE(watch.exceeded_at_end());
  for (const char* name : {"a", "b", "c"}) write(work.path() / name, 1);
  CHECK(watch.exceeded_at_end());
}
