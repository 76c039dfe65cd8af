#include "base/folder_copy.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "tests/unit/catch.hpp"
#include "tests/unit/support/folders.hpp"

namespace automod {
namespace {

namespace fs = std::filesystem;
using testing::Folders;

struct stat facts_of(const fs::path& path) {
  struct stat facts{};
  REQUIRE(lstat(path.c_str(), &facts) == 0);
  return facts;
}

TEST_CASE_METHOD(Folders, "content, modes, times and links are copied") {
  write("a/b/file", "content");
  write("run.sh", "x");
  chmod((from / "run.sh").c_str(), 0750);
  fs::create_symlink("a/b/file", from / "link");
  fs::create_symlink("/nowhere", from / "dangling");
  const timespec times[] = {{1'000, 5}, {2'000, 7}};
  utimensat(AT_FDCWD, (from / "a/b/file").c_str(), times, 0);
  utimensat(AT_FDCWD, (from / "link").c_str(), times, AT_SYMLINK_NOFOLLOW);
  utimensat(AT_FDCWD, (from / "a").c_str(), times, 0);
  REQUIRE(copy_folder(from, to, cancel));
  CHECK(read_file(to / "a/b/file", 100).value() == "content");
  CHECK((facts_of(to / "run.sh").st_mode & 07777) == 0750);
  CHECK(fs::read_symlink(to / "dangling") == "/nowhere");
  for (const char* path : {"a/b/file", "link", "a"}) {
    CHECK(facts_of(to / path).st_mtim.tv_sec == 2'000);
    CHECK(facts_of(to / path).st_mtim.tv_nsec == 7);
  }
}

TEST_CASE_METHOD(Folders, "special files are left out and set-id bits fall off") {
  write("file", "x");
  chmod((from / "file").c_str(), 06755);
  REQUIRE(mkfifo((from / "fifo").c_str(), 0600) == 0);
  REQUIRE(copy_folder(from, to, cancel));
  CHECK_FALSE(fs::exists(to / "fifo"));
  CHECK((facts_of(to / "file").st_mode & 07777) == 0755);
}

TEST_CASE_METHOD(Folders, "a copied file shares nothing with the original") {
  write("one", "x");
  fs::create_hard_link(from / "one", from / "two");
  REQUIRE(copy_folder(from, to, cancel));
  std::ofstream(to / "one") << "changed";
  CHECK(read_file(to / "two", 100).value() == "x");
  CHECK(read_file(from / "one", 100).value() == "x");
}

TEST_CASE_METHOD(Folders, "holes stay holes") {
  write("sparse", "begin");
  REQUIRE(truncate((from / "sparse").c_str(), 1 << 30) == 0);
  REQUIRE(copy_folder(from, to, cancel));
  CHECK(facts_of(to / "sparse").st_size == 1 << 30);
  CHECK(facts_of(to / "sparse").st_blocks < 1000);
}

TEST_CASE_METHOD(Folders, "a folder that is a link is not walked into") {
  write("real/secret", "x");
  fs::create_symlink("real", from / "alias");
  REQUIRE(copy_folder(from, to, cancel));
  CHECK(fs::is_symlink(to / "alias"));
  CHECK_FALSE(copy_folder(from / "alias", to / "real", cancel));
}

TEST_CASE_METHOD(Folders, "folders without end are refused") {
  fs::path deep = from;
  for (int i = 0; i < 300; ++i) deep /= "d";
  fs::create_directories(deep);
  const auto copied = copy_folder(from, to, cancel);
  REQUIRE_FALSE(copied);
  CHECK(copied.error().kind == ErrorKind::kRefused);
}

TEST_CASE_METHOD(Folders, "copying stops on request") {
  write("file", "x");
  cancel.request();
  const auto copied = copy_folder(from, to, cancel);
  REQUIRE_FALSE(copied);
  CHECK(copied.error().kind == ErrorKind::kInterrupted);
}

}  // namespace
}  // namespace automod
