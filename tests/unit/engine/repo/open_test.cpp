#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "tests/unit/catch.hpp"
#include "tests/unit/engine/repo/helpers.hpp"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
/// libgit2 1.5 loses what it compared an extension of the format with, when it does not know it.
extern "C" const char* __lsan_default_suppressions();   // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __lsan_default_suppressions() {  // NOLINT(bugprone-reserved-identifier)
  return "leak:libpcre2-8.so\n";
}
#endif
#endif

namespace automod::testing {

namespace fs = std::filesystem;
using repo::Repository;

TEST_CASE_METHOD(RepoTest, "a repository is found from any folder inside it") {
  git.write("a/b/c.txt", "c\n");
  git.commit("one");
  const Repository found = value(Repository::open(git.root() / "a" / "b"));
  CHECK(found.common_dir() == fs::canonical(git.root() / ".git"));
  CHECK(found.work_dir() == fs::canonical(git.root()));
}

TEST_CASE_METHOD(RepoTest, "a folder outside of any repository is a usage error") {
  fs::create_directories(git.scratch("plain"));
  const auto opened = Repository::open(git.scratch("plain"));
  REQUIRE_FALSE(opened);
  CHECK(opened.error().kind == ErrorKind::kUsage);
  CHECK_THAT(opened.error().message, ContainsSubstring("is not in a git repository"));
}

TEST_CASE_METHOD(RepoTest, "a linked worktree shares the common folder") {
  git.write("a", "a\n");
  git.commit("one");
  git.git({"worktree", "add", "--quiet", "-b", "side", git.scratch("linked").string()});
  const Repository linked = value(Repository::open(git.scratch("linked")));
  CHECK(linked.common_dir() == fs::canonical(git.root() / ".git"));
  CHECK(linked.work_dir() == fs::canonical(git.scratch("linked")));
  CHECK(value(linked.resolve("side")).tree == tree());
}

TEST_CASE_METHOD(RepoTest, "a bare repository has no working tree and can be written to") {
  git.write("a", "a\n");
  git.commit("one");
  git.git({"clone", "--quiet", "--bare", ".", git.scratch("bare.git").string()});
  Repository bare = value(Repository::open(git.scratch("bare.git")));
  CHECK_FALSE(bare.work_dir());
  CHECK(value(bare.checked_out_branches()).empty());
  const TreeId made_tree = value(bare.write_tree(tree(), {made("b", "b\n")}));
  value(bare.persist(made_tree));
  CHECK(git.git_in(git.scratch("bare.git"), {"show", made_tree.text + ":b"}) == "b");
}

TEST_CASE_METHOD(RepoTest, "packed objects, packed refs and alternates are read") {
  git.write("a", "a\n");
  const CommitId one = commit("one");
  git.git({"clone", "--quiet", "--shared", ".", git.scratch("shared").string()});
  git.git({"gc", "--quiet"});
  git.git({"pack-refs", "--all"});
  CHECK(value(open().resolve("main")).commit == one);
  CHECK(value(open().read_ref("refs/heads/main")) == one);
  const Repository shared = value(Repository::open(git.scratch("shared")));
  CHECK(value(shared.read(tree(), "a", 100)) == "a\n");
}

TEST_CASE_METHOD(RepoTest, "a shallow clone opens and its boundary has no parents") {
  git.write("a", "a\n");
  git.commit("one");
  git.write("a", "b\n");
  const CommitId two = commit("two");
  git.git({"clone", "--quiet", "--depth=1", "file://" + git.root().string(),
           git.scratch("shallow").string()});
  Repository shallow = value(Repository::open(git.scratch("shallow")));
  CHECK(value(shallow.resolve("HEAD")).commit == two);
  CHECK(value(shallow.parents(two)).empty());
  const TreeId changed_tree = value(shallow.write_tree(tree(), {changed("a", "b\n", "c\n")}));
  CHECK_THAT(value(shallow.diff(tree(), changed_tree)), ContainsSubstring("+c\n"));
}

TEST_CASE_METHOD(RepoTest, "formats of repositories that we do not know are refused") {
  git.commit("one");
  git.git({"config", "core.repositoryformatversion", "1"});
  SECTION("an unknown extension") {
    git.git({"config", "extensions.flying", "true"});
    const auto opened = Repository::open(git.root());
    REQUIRE_FALSE(opened);
    CHECK(opened.error().kind == ErrorKind::kUnavailable);
    CHECK_THAT(opened.error().message, ContainsSubstring("extensions.flying"));
  }
  SECTION("SHA-256") {
    git.git({"init", "--quiet", "--object-format=sha256", git.scratch("sha256").string()});
    const auto opened = Repository::open(git.scratch("sha256"));
    REQUIRE_FALSE(opened);
    CHECK(opened.error().kind == ErrorKind::kUnavailable);
    CHECK_THAT(opened.error().message, ContainsSubstring("SHA-256"));
  }
  SECTION("a newer version") {
    git.git({"config", "core.repositoryformatversion", "7"});
    const auto opened = Repository::open(git.root());
    REQUIRE_FALSE(opened);
    CHECK(opened.error().kind == ErrorKind::kUnavailable);
  }
  SECTION("refs in a table") {
    git.git({"config", "extensions.refStorage", "reftable"});
    const auto opened = Repository::open(git.root());
    REQUIRE_FALSE(opened);
    CHECK(opened.error().kind == ErrorKind::kUnavailable);
    CHECK(opened.error().message ==
          "the repository keeps its refs as 'reftable', only files are supported");
  }
  SECTION("refs in files, in so many words") {
    git.git({"config", "extensions.refStorage", "files"});
    CHECK(Repository::open(git.root()));
  }
  SECTION("settings of one worktree are harmless") {
    git.git({"config", "extensions.worktreeConfig", "true"});
    CHECK(Repository::open(git.root()));
  }
}

/// A variable of the environment for the time of one test.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* before = std::getenv(name); before != nullptr) before_ = before;
    setenv(name, value.c_str(), 1);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() {
    if (before_) {
      setenv(name_, before_->c_str(), 1);
    } else {
      unsetenv(name_);
    }
  }

 private:
  const char* name_;
  std::optional<std::string> before_;
};

TEST_CASE_METHOD(RepoTest, "somebody else's repository opens only when the user vouches for it") {
  if (geteuid() != 0) return;  // only root can give a folder away
  git.commit("one");
  const fs::path global = git.home() / "global";
  const Variable config("GIT_CONFIG_GLOBAL", global.string());
  for (const fs::path& path : {git.root(), git.root() / ".git"}) {
    REQUIRE(chown(path.c_str(), 12345, 12345) == 0);
  }
  const std::string named = fs::canonical(git.root()).string();
  const auto opened = Repository::open(git.root());
  REQUIRE_FALSE(opened);
  CHECK(opened.error().kind == ErrorKind::kUnavailable);
  CHECK(opened.error().hint ==
        "if you trust it: git config --global --add safe.directory '" + named + "'");
  git.git_in(git.home(), {"config", "--file", global.string(), "safe.directory", named});
  CHECK(Repository::open(git.root()));
  git.git_in(git.home(), {"config", "--file", global.string(), "--add", "safe.directory", ""});
  CHECK_FALSE(Repository::open(git.root()));  // an empty value takes it back
}

TEST_CASE_METHOD(RepoTest, "filters, drivers and hooks of the configuration never run") {
  const fs::path ran = git.scratch("ran");
  const std::string touch = "touch " + ran.string();
  git.write("a.txt", "a\n");
  git.commit("one");
  git.write(".gitattributes", "* filter=evil diff=evil merge=evil text eol=crlf\n");
  git.write(".git/hooks/reference-transaction", "#!/bin/sh\n" + touch + "\n", true);
  git.write(".git/hooks/post-commit", "#!/bin/sh\n" + touch + "\n", true);
  for (const char* key :
       {"filter.evil.clean", "filter.evil.smudge", "diff.evil.textconv", "diff.evil.command",
        "merge.evil.driver", "diff.external", "core.fsmonitor"}) {
    git.git({"config", key, touch});
  }
  Repository repo = open();
  const TreeId base = tree();
  const TreeId after = value(repo.write_tree(base, {changed("a.txt", "a\n", "b\n")}));
  CHECK_THAT(value(repo.diff(base, after)), ContainsSubstring("-a\n+b\n"));
  CHECK(value(repo.merge_trees(base, after, base)).tree == after);
  value(repo.export_tree(after, git.scratch("out"), 1));
  value(repo.persist(after));
  const CommitId made_commit = value(repo.commit({.tree = after,
                                                  .parents = {},
                                                  .author_name = "a",
                                                  .author_email = "a@b",
                                                  .message = "m",
                                                  .seconds = 1}));
  value(repo.update_refs({{.ref = "refs/heads/x", .before = {}, .after = made_commit}}, "test",
                         "op-1"));
  value(repo.flush());
  CHECK(value(read_file(git.scratch("out") / "a.txt", 100)) == "b\n");
  CHECK_FALSE(fs::exists(ran));
}

}  // namespace automod::testing
