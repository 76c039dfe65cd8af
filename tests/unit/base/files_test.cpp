#include "base/files.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "tests/unit/catch.hpp"

using namespace automod;
namespace fs = std::filesystem;
using testing::ContainsSubstring;
using testing::EndsWith;

namespace {

class FilesTest {
 public:
  FilesTest() : dir_(*TempDir::create(fs::temp_directory_path(), "automod-files-")) {}
  fs::path path(const std::string& name) const { return dir_.path() / name; }
  std::size_t entries() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(dir_.path()), fs::directory_iterator()));
  }

 private:
  TempDir dir_;
};

/// Sets a variable for as long as it lives.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    value == nullptr ? unsetenv(name) : setenv(name, value, 1);
  }
  ~Variable() { before_.empty() ? unsetenv(name_) : setenv(name_, before_.c_str(), 1); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::string before_;
};

}  // namespace

TEST_CASE_METHOD(FilesTest, "what was written is read") {
  const std::string content("a\0b\xff\n", 5);
  REQUIRE(write_file(path("x"), content));
  CHECK(*read_file(path("x"), 5) == content);
}

TEST_CASE_METHOD(FilesTest, "what is made anew replaces nothing and leaves nothing behind") {
  REQUIRE(create_file(path("made"), "first", 0600));
  CHECK((fs::status(path("made")).permissions() & fs::perms::mask) == fs::perms(0600));
  fs::create_symlink("nowhere", path("link"));
  for (const char* taken : {"made", "link"}) {
    const auto again = create_file(path(taken), "second");
    REQUIRE_FALSE(again);
    CHECK(again.error().kind == ErrorKind::kConflict);
  }
  CHECK(*read_file(path("made"), 10) == "first");
  CHECK(entries() == 2);
}

TEST_CASE_METHOD(FilesTest, "a file above the limit is refused") {
  REQUIRE(write_file(path("x"), "123456"));
  const auto read = read_file(path("x"), 5);
  REQUIRE_FALSE(read);
  CHECK_THAT(read.error().message, EndsWith("is larger than 5 bytes"));
}

TEST_CASE_METHOD(FilesTest, "what is no regular file is not read") {
  CHECK_THAT(read_file(path("none"), 9).error().message, ContainsSubstring("no such file"));
  CHECK_THAT(read_file(path(""), 9).error().message, EndsWith("is not a regular file"));
  REQUIRE(mkfifo(path("pipe").c_str(), 0600) == 0);
  CHECK_THAT(read_file(path("pipe"), 9).error().message, EndsWith("is not a regular file"));
  CHECK_THAT(read_file("/dev/zero", 9).error().message, EndsWith("is not a regular file"));
}

TEST_CASE_METHOD(FilesTest, "writing creates folders and sets the mode") {
  REQUIRE(write_file(path("a/b/c"), "x", 0600));
  struct stat info{};
  REQUIRE(stat(path("a/b/c").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
}

TEST_CASE_METHOD(FilesTest, "a reader sees the old file or the new one") {
  const std::string old_content(100000, 'a');
  const std::string new_content(150000, 'b');
  REQUIRE(write_file(path("x"), old_content));
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (int i = 0; i < 20; ++i)
      (void)write_file(path("x"), i % 2 == 0 ? new_content : old_content);
    done = true;
  });
  bool whole = true;
  while (!done) {
    const auto read = read_file(path("x"), kMiB);
    whole = whole && read && (*read == old_content || *read == new_content);
  }
  writer.join();
  CHECK(whole);
  CHECK(entries() == 1);
}

TEST_CASE_METHOD(FilesTest, "a write that fails leaves the old file and nothing else") {
  fs::create_directories(path("x/inside"));
  CHECK_FALSE(write_file(path("x"), "content"));
  CHECK(fs::is_directory(path("x/inside")));
  CHECK(entries() == 1);
}

TEST_CASE_METHOD(FilesTest, "a link is replaced, not written through") {
  REQUIRE(write_file(path("target"), "precious"));
  fs::create_symlink("target", path("link"));
  REQUIRE(write_file(path("link"), "new"));
  CHECK(*read_file(path("target"), 99) == "precious");
  CHECK_FALSE(fs::is_symlink(path("link")));
}

TEST_CASE_METHOD(FilesTest, "a temporary folder goes with its owner, unless it is kept") {
  fs::path gone;
  fs::path kept;
  {
    const TempDir first = *TempDir::create(path("deep/er"), "p-");
    TempDir second = *TempDir::create(path(""), "q-");
    gone = first.path();
    std::ofstream(gone / "file") << "x";
    kept = second.keep();
    struct stat info{};
    REQUIRE(stat(gone.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0700);
  }
  CHECK_FALSE(fs::exists(gone));
  CHECK(fs::exists(kept));
}

TEST_CASE_METHOD(FilesTest, "a moved temporary folder is removed once, by its last owner") {
  TempDir first = *TempDir::create(path(""), "a-");
  const fs::path where = first.path();
  {
    TempDir second = *TempDir::create(path(""), "b-");
    const fs::path other = second.path();
    second = std::move(first);
    CHECK(second.path() == where);
  }
  CHECK_FALSE(fs::exists(where));
}

TEST_CASE_METHOD(FilesTest, "caches and settings live where XDG says") {
  const Variable cache("XDG_CACHE_HOME", path("c").c_str());
  const Variable config("XDG_CONFIG_HOME", path("s").c_str());
  CHECK(*cache_dir() == path("c/automod"));
  CHECK(fs::is_directory(path("c/automod")));
  CHECK(*config_dir() == path("s/automod"));
  CHECK_FALSE(fs::exists(path("s")));
}

TEST_CASE_METHOD(FilesTest, "state lives where XDG says, in a folder for the user alone") {
  const Variable state("XDG_STATE_HOME", path("st").c_str());
  CHECK(*state_dir() == path("st/automod"));
  CHECK((fs::status(path("st/automod")).permissions() & fs::perms::all) == fs::perms::owner_all);
  // One that is there stays as it is.
  fs::permissions(path("st/automod"), fs::perms::owner_all | fs::perms::group_read);
  REQUIRE(state_dir());
  CHECK((fs::status(path("st/automod")).permissions() & fs::perms::group_read) != fs::perms::none);
}

TEST_CASE_METHOD(FilesTest,
                 "without XDG they live in the home, and a relative value counts as none") {
  const Variable home("HOME", path("h").c_str());
  const Variable cache("XDG_CACHE_HOME", "relative");
  const Variable config("XDG_CONFIG_HOME", nullptr);
  CHECK(*cache_dir() == path("h/.cache/automod"));
  CHECK(*config_dir() == path("h/.config/automod"));
}

TEST_CASE_METHOD(FilesTest, "without any home there is a clear error") {
  const Variable home("HOME", nullptr);
  const Variable cache("XDG_CACHE_HOME", nullptr);
  const auto dir = cache_dir();
  REQUIRE_FALSE(dir);
  CHECK(dir.error().kind == ErrorKind::kUnavailable);
  CHECK(dir.error().message == "neither XDG_CACHE_HOME nor HOME is set");
}
