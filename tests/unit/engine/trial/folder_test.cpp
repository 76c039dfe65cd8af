#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "base/files.hpp"
#include "engine/trial/checkout.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/support/folders.hpp"
#include "tests/unit/support/git_fixture.hpp"

namespace automod::trial {
namespace {

namespace fs = std::filesystem;
using testing::Folders;
using testing::GitFixture;

FileChange writing(std::string path, std::optional<std::string> content) {
  FileChange file;
  file.path = std::move(path);
  file.modified = std::move(content);
  return file;
}

TEST_CASE_METHOD(Folders, "changes replace whatever stands in their way") {
  write("outside/file", "untouched");
  fs::create_symlink(from / "outside", to / "folder");
  fs::create_symlink(from / "outside/file", to / "link");
  fs::create_directories(to / "dir/full");
  std::ofstream(to / "plain") << "x";
  REQUIRE(mkfifo((to / "pipe").c_str(), 0600) == 0);
  REQUIRE(write_changes(to, {writing("folder/file", "1"), writing("link", "2"), writing("dir", "3"),
                             writing("plain/below", "4"), writing("pipe", "5")}));
  CHECK(read_file(from / "outside/file", 100).value() == "untouched");
  CHECK(read_file(to / "folder/file", 100).value() == "1");
  CHECK(read_file(to / "link", 100).value() == "2");
  CHECK(read_file(to / "dir", 100).value() == "3");
  CHECK(read_file(to / "plain/below", 100).value() == "4");
  CHECK(read_file(to / "pipe", 100).value() == "5");
}

TEST_CASE_METHOD(Folders, "deleting goes through no link and takes empty folders along") {
  write("outside/file", "untouched");
  fs::create_symlink(from / "outside", to / "folder");
  fs::create_directories(to / "a/b");
  std::ofstream(to / "a/b/file") << "x";
  REQUIRE(write_changes(to, {writing("folder/file", std::nullopt),
                             writing("a/b/file", std::nullopt), writing("gone", std::nullopt)}));
  CHECK(fs::exists(from / "outside/file"));
  CHECK_FALSE(fs::exists(to / "a"));
}

TEST_CASE_METHOD(Folders, "paths that lead out are refused") {
  for (const char* path : {"../x", "a/../../x", "/x", "a//b", ".", ""}) {
    CAPTURE(path);
    CHECK_FALSE(write_changes(to, {writing(path, "x")}));
  }
}

}  // namespace
}  // namespace automod::trial
