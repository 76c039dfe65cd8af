#include "sandbox/lend.hpp"

#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/sandbox/fixture.hpp"

namespace automod::sandbox::testing {

namespace {

constexpr unsigned kOther = 0x70000123;

unsigned owner(const std::filesystem::path& path) {
  struct stat info{};
  return lstat(path.c_str(), &info) == 0 ? info.st_uid : ~0u;
}

}  // namespace

TEST_CASE_METHOD(SandboxTest, "a lent tree is another's until it comes back, links not followed") {
  if (geteuid() != 0) return;  // only root can give files away
  write("a/b/file", "x");
  REQUIRE(write_file(outside / "file", "x"));
  std::filesystem::create_symlink(outside / "file", policy.work / "link");
  {
    auto lent = LentTree::lend(policy.work, kOther, kOther);
    REQUIRE(lent);
    for (const char* name : {"", "a", "a/b", "a/b/file", "link"}) {
      CHECK(owner(policy.work / name) == kOther);
    }
    CHECK(owner(outside / "file") == 0);
    REQUIRE(chmod((policy.work / "a/b/file").c_str(), 04755) == 0);
  }
  for (const char* name : {"", "a", "a/b", "a/b/file", "link"}) {
    CHECK(owner(policy.work / name) == 0);
  }
  struct stat info{};
  REQUIRE(stat((policy.work / "a/b/file").c_str(), &info) == 0);
  CHECK((info.st_mode & 07777) == 0755);
}

TEST_CASE_METHOD(SandboxTest, "a file system that cannot map owners works all the same") {
  if (geteuid() != 0) return;
  REQUIRE(mount("none", outside.c_str(), "ramfs", 0, nullptr) == 0);
  policy.work = outside / "work";
  std::filesystem::create_directory(policy.work);
  write("given", "x");
  const auto execution = runner().run(
      policy, {{"sh", "-c", "cat given; echo y >> given; echo z > made; id -u"}}, cancel);
  const std::string given = read("given");
  const unsigned made = owner(policy.work / "made");
  umount2(outside.c_str(), MNT_DETACH);
  REQUIRE(execution);
  CHECK(execution->out == "x1000\n");
  CHECK(given == "xy\n");
  CHECK(made == 0);
}

}  // namespace automod::sandbox::testing
