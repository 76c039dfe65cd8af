#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>

#include "base/fd.hpp"
#include "base/files.hpp"
#include "tests/unit/catch.hpp"

using namespace automod;
namespace fs = std::filesystem;

namespace {

/// In memory where possible: a disk that is told of every block set free makes removing slow.
TempDir scratch_folder() {
  auto folder = TempDir::create("/dev/shm", "automod-remove-");
  if (!folder) folder = TempDir::create(fs::temp_directory_path(), "automod-remove-");
  return std::move(*folder);
}

/// A tree to be removed, `root`, and a place beside it.
class RemoveTreeTest {
 public:
  RemoveTreeTest() : dir_(scratch_folder()) { fs::create_directory(root()); }
  fs::path root() const { return dir_.path() / "root"; }
  fs::path beside(const std::string& name) const { return dir_.path() / name; }

  /// Runs `work` as somebody whom permissions bind; 0 when it returns true.
  int as_nobody(const std::function<bool()>& work) const {
    const uid_t nobody = 65534;
    if (geteuid() == 0) {
      REQUIRE(chown(dir_.path().c_str(), nobody, nobody) == 0);
      REQUIRE(chown(root().c_str(), nobody, nobody) == 0);
    }
    const pid_t child = fork();
    if (child == 0) {
      if (geteuid() == 0 && (setgid(nobody) != 0 || setuid(nobody) != 0)) _exit(2);
      _exit(work() ? 0 : 1);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    return status;
  }

 private:
  TempDir dir_;
};

}  // namespace

TEST_CASE_METHOD(RemoveTreeTest, "a tree is removed with all it holds") {
  fs::create_directories(root() / "a/b/c");
  fs::create_directories(root() / "a/d");
  std::ofstream(root() / "a/b/file") << "x";
  std::ofstream(root() / ".hidden") << "x";
  REQUIRE(mkfifo((root() / "a/pipe").c_str(), 0600) == 0);
  CHECK(remove_tree(root()));
  CHECK_FALSE(fs::exists(root()));
}

TEST_CASE_METHOD(RemoveTreeTest, "what is missing is no error, and a file is a tree too") {
  CHECK(remove_tree(beside("none")));
  std::ofstream(beside("file")) << "x";
  CHECK(remove_tree(beside("file")));
  CHECK_FALSE(fs::exists(beside("file")));
}

TEST_CASE_METHOD(RemoveTreeTest, "links are removed and not followed") {
  fs::create_directory(beside("precious"));
  std::ofstream(beside("precious") / "file") << "x";
  fs::create_directories(root() / "a");
  fs::create_directory_symlink(beside("precious"), root() / "a/folder");
  fs::create_symlink(beside("precious") / "file", root() / "file");
  fs::create_symlink("nowhere", root() / "dangling");
  CHECK(remove_tree(root()));
  CHECK(fs::exists(beside("precious") / "file"));
}

TEST_CASE_METHOD(RemoveTreeTest, "a root that is a link is removed alone") {
  fs::create_directory_symlink(root(), beside("link"));
  std::ofstream(root() / "file") << "x";
  CHECK(remove_tree(beside("link")));
  CHECK_FALSE(fs::is_symlink(beside("link")));
  CHECK(fs::exists(root() / "file"));
}

TEST_CASE_METHOD(RemoveTreeTest, "a tree of 20000 nested folders is removed") {
  Fd here(open(root().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (int i = 0; i < 20000; ++i) {
    REQUIRE(mkdirat(here.get(), "d", 0700) == 0);
    here = Fd(openat(here.get(), "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    REQUIRE(here);
  }
  here.reset();
  CHECK(remove_tree(root()));
  CHECK_FALSE(fs::exists(root()));
}

TEST_CASE_METHOD(RemoveTreeTest, "a wide tree is removed") {
  for (int i = 0; i < 300; ++i) {
    fs::create_directories(root() / fmt::format("{}/a", i));
    fs::create_directories(root() / fmt::format("{}/b", i));
    std::ofstream(root() / fmt::format("{}/a/file", i)) << "x";
  }
  CHECK(remove_tree(root()));
  CHECK_FALSE(fs::exists(root()));
}

TEST_CASE_METHOD(RemoveTreeTest, "names like those we use ourselves are removed") {
  fs::create_directories(root() / ".automod-removing-0/x/y/z");
  fs::create_directories(root() / ".automod-removing-1/.automod-removing-0/.automod-removing-2/q");
  fs::create_directories(root() / ".automod-removing-2/x/y");
  CHECK(remove_tree(root()));
  CHECK_FALSE(fs::exists(root()));
}

TEST_CASE_METHOD(RemoveTreeTest, "folders without permissions are removed") {
  const int status = as_nobody([&] {
    fs::create_directories(root() / "a/b/c/d");
    std::ofstream(root() / "a/b/c/file") << "x";
    std::ofstream(root() / "a/file") << "x";
    chmod((root() / "a/b/c/d").c_str(), 0);
    chmod((root() / "a/b/c").c_str(), 0500);
    chmod((root() / "a/b").c_str(), 0);
    chmod((root() / "a").c_str(), 0111);
    chmod(root().c_str(), 0500);
    return remove_tree(root()) && !fs::exists(root());
  });
  CHECK(status == 0);
}

TEST_CASE_METHOD(RemoveTreeTest, "a root without any permission is removed") {
  const int status = as_nobody([&] {
    std::ofstream(root() / "file") << "x";
    chmod(root().c_str(), 0);
    return remove_tree(root()) && !fs::exists(root());
  });
  CHECK(status == 0);
}

TEST_CASE_METHOD(RemoveTreeTest, "what cannot be removed is an error and no endless loop") {
  fs::create_directories(root() / "theirs");
  std::ofstream(root() / "theirs/file") << "x";
  if (geteuid() != 0) return;  // needs something that belongs to somebody else
  const int status = as_nobody([&] { return !remove_tree(root()) && fs::exists(root()); });
  CHECK(status == 0);
}
