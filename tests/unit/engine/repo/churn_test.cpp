#include "engine/repo/churn.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "tests/unit/catch.hpp"
#include "tests/unit/engine/repo/helpers.hpp"

namespace automod::testing {

namespace {

using repo::ChurnLimits;

class ChurnTest : public RepoTest {
 protected:
  /// "path commits authors", a line each.
  std::vector<std::string> churn(const ChurnLimits& limits = {}) {
    const CancelToken never;
    const auto here = open();
    const auto found = value(here.churn(value(here.resolve("HEAD")).commit, limits, never));
    commits = found.commits;
    is_whole = found.is_whole;
    std::vector<std::string> lines;
    for (const auto& one : found.paths) {
      lines.push_back(fmt::format("{} {} {}", one.path, one.commits, one.authors));
    }
    return lines;
  }
  void write(const std::string& path, const std::string& content) const {
    git.write(path, content);
    commit("changes " + path);
  }

  std::size_t commits = 0;
  bool is_whole = false;
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE_METHOD(ChurnTest, "every commit that touches a file counts once for it") {
  write("a.c", "1");
  write("b.c", "1");
  write("a.c", "2");
  CHECK(churn() == Lines{"a.c 2 1", "b.c 1 1"});
  CHECK(is_whole);
}

TEST_CASE_METHOD(ChurnTest, "authors are told apart by their addresses") {
  write("a.c", "1");
  git.write("a.c", "2");
  git.git({"add", "a.c"});
  git.git({"commit", "--quiet", "--author", "Another <another@example.org>", "-m", "two"});
  CHECK(churn() == Lines{"a.c 2 2"});
}

TEST_CASE_METHOD(ChurnTest, "a merge adds nothing to what it brings together") {
  write("a.c", "1");
  git.git({"checkout", "--quiet", "-b", "side"});
  write("a.c", "2");
  git.git({"checkout", "--quiet", "main"});
  write("b.c", "1");
  git.git({"merge", "--quiet", "--no-ff", "-m", "merge", "side"});
  CHECK(churn() == Lines{"a.c 2 1", "b.c 1 1"});
}

TEST_CASE_METHOD(ChurnTest, "a file that was renamed keeps its past") {
  write("old.c", "a long enough text\n");
  write("old.c", "a long enough text, changed\n");
  git.git({"mv", "old.c", "new.c"});
  commit("rename");
  CHECK(churn() == Lines{"new.c 3 1"});
}

TEST_CASE_METHOD(ChurnTest, "a file that was moved and altered at once keeps its past") {
  write("src/one.c", "1");
  git.git({"rm", "--quiet", "src/one.c"});
  write("lib/one.c", "2");
  CHECK(churn() == Lines{"lib/one.c 2 1"});
}

TEST_CASE_METHOD(ChurnTest, "a commit that touches very many files counts for none") {
  for (const char* path : {"a.c", "b.c", "c.c"}) git.write(path, "1");
  commit("all of them");
  write("a.c", "2");
  CHECK(churn({.files = 2}) == Lines{"a.c 1 1"});
}

TEST_CASE_METHOD(ChurnTest, "no more commits are looked at than was asked for, the newest first") {
  write("a.c", "1");
  write("b.c", "1");
  write("c.c", "1");
  CHECK(churn({.commits = 2}) == Lines{"b.c 1 1", "c.c 1 1"});
  CHECK(commits == 2);
  CHECK_FALSE(is_whole);
}

TEST_CASE_METHOD(ChurnTest, "where a shallow clone ends, nothing is taken for new") {
  write("a.c", "1");
  write("b.c", "1");
  write("c.c", "1");
  const auto clone = value(TempDir::create(std::filesystem::temp_directory_path(), "churn-"));
  const auto folder = clone.path() / "clone";
  git.git({"clone", "--quiet", "--depth", "2", "file://" + git.root().string(), folder.string()});
  const CancelToken never;
  const auto here = value(repo::Repository::open(folder));
  const auto found = value(here.churn(value(here.resolve("HEAD")).commit, {}, never));
  REQUIRE(found.paths.size() == 1);
  CHECK(found.paths[0].path == "c.c");
  CHECK_FALSE(found.is_whole);
}

TEST_CASE_METHOD(ChurnTest, "counting is given up when the user says so") {
  write("a.c", "1");
  CancelToken cancel;
  cancel.request();
  const auto here = open();
  const auto found = here.churn(value(here.resolve("HEAD")).commit, {}, cancel);
  REQUIRE_FALSE(found);
  CHECK(found.error().kind == ErrorKind::kInterrupted);
}

}  // namespace automod::testing
