#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "engine/trial/checkout.hpp"
#include "engine/trial/folder_copy.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/support/git_fixture.hpp"

namespace automod::trial {
namespace {

namespace fs = std::filesystem;
using testing::GitFixture;

/// Two folders: `from` to be filled, `to` empty.
struct Folders {
  Folders() : dir(std::move(*TempDir::create(fs::temp_directory_path(), "copy-"))) {
    from = dir.path() / "from";
    to = dir.path() / "to";
    fs::create_directory(from);
    fs::create_directory(to);
  }
  void write(const std::string& path, const std::string& content) const {
    fs::create_directories((from / path).parent_path());
    std::ofstream(from / path) << content;
  }
  TempDir dir;
  fs::path from;
  fs::path to;
  CancelToken cancel;
};

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

TEST_CASE("a copy that differs from the tree is an error") {
  const GitFixture git;
  git.write("a.txt", "one\n");
  git.commit("base");
  auto repo = repo::Repository::open(git.root());
  REQUIRE(repo);
  const TreeId base{git.tree()};
  FileChange change = writing("a.txt", "two\n");
  change.original = "one\n";
  const auto tree = repo->write_tree(base, {change});
  REQUIRE(tree);
  auto folder = TempDir::create(fs::temp_directory_path(), "verify-");
  REQUIRE(folder);
  REQUIRE(write_changes(folder->path(), {change}));
  CHECK(verify_changes(*repo, *tree, folder->path(), {change}));
  std::ofstream(folder->path() / "a.txt") << "2wo\n";
  CHECK_FALSE(verify_changes(*repo, *tree, folder->path(), {change}));
  REQUIRE(write_changes(folder->path(), {change}));
  chmod((folder->path() / "a.txt").c_str(), 0755);
  CHECK_FALSE(verify_changes(*repo, *tree, folder->path(), {change}));
  CHECK_FALSE(verify_changes(*repo, base, folder->path(), {change}));
}

}  // namespace
}  // namespace automod::trial
