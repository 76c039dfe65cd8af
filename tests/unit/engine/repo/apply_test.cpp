#include "tests/unit/catch.hpp"
#include "tests/unit/engine/repo/helpers.hpp"

namespace automod::testing {

using repo::Repository;

class ApplyTest : public RepoTest {
 protected:
  ApplyTest() {
    std::string numbers;
    for (int i = 1; i <= 20; ++i) numbers += std::to_string(i) + "\n";
    git.write("n", numbers);
    git.write("same", "x\nx\nx\nmid\nx\nx\nx\nend\n");
    git.write("open", "a\nb");
    git.write("run", "run\n", true);
    git.write("empty", "");
    git.write("dir/f", "f\n");
    git.link("link", "n");
    git.git({"config", "core.autocrlf", "false"});
    git.commit("base");
  }
  static std::string file(std::string_view path, std::string_view hunks) {
    const std::string name(path);
    return "--- a/" + name + "\n+++ b/" + name + "\n" + std::string(hunks);
  }
  /// What we make of a patch; git must make the same of it.
  TreeId applied(const std::string& patch) {
    Repository repo = open();
    const TreeId ours = value(repo.write_tree(tree(), value(repo.apply(tree(), patch))));
    git.git({"read-tree", "--reset", "HEAD"});
    const Ran ran = git.try_git(git.root(), {"apply", "--cached", "-"}, patch);
    CHECK(ran.code == 0);
    CHECK(git.git({"write-tree"}) == ours.text);
    return ours;
  }
  Error refused(const std::string& patch) {
    const auto files = open().apply(tree(), patch);
    if (files) throw std::runtime_error("the patch was applied");
    return files.error();
  }
};

TEST_CASE_METHOD(ApplyTest, "patches that git applies are applied to the same tree") {
  const std::string patch = GENERATE(
      // in place, at the beginning, at the end
      "--- a/n\n+++ b/n\n@@ -9,3 +9,3 @@\n 9\n-10\n+ten\n 11\n",
      "--- a/n\n+++ b/n\n@@ -1,2 +1,3 @@\n+0\n 1\n 2\n",
      "--- a/n\n+++ b/n\n@@ -19,2 +19,3 @@\n 19\n 20\n+21\n",
      // shifted: the lines stand elsewhere, and only there
      "--- a/n\n+++ b/n\n@@ -5,3 +5,3 @@\n 9\n-10\n+ten\n 11\n",
      "--- a/n\n+++ b/n\n@@ -900,3 +900,3 @@\n 9\n-10\n+ten\n 11\n",
      "--- a/n\n+++ b/n\n@@ -4,2 +4,3 @@\n 19\n 20\n+21\n",
      // two hunks, of which one moves the other
      "--- a/n\n+++ b/n\n@@ -2,3 +2,5 @@\n 2\n+a\n+b\n 3\n 4\n@@ -9,3 +11,2 @@\n 9\n-10\n 11\n",
      // the line at which it stands decides between equal places
      "--- a/same\n+++ b/same\n@@ -5,3 +5,3 @@\n x\n-x\n+y\n x\n",
      // git's headers, times, other prefixes, an empty line whose blank was lost
      "diff --git a/n b/n\nindex 1111111..2222222 100644\n--- a/n\n+++ b/n\n@@ -9,3 +9,3 @@ f()\n "
      "9\n"
      "-10\n+ten\n 11\n",
      "--- a/n\t2024-01-01 00:00:00\n+++ b/n\t2024-01-01 00:00:01\n@@ -9,3 +9,2 @@\n 9\n-10\n 11\n"
      "@@ -13,2 +12,3 @@\n 13\n+x\n 14\n",
      "diff --git i/n w/n\n--- i/n\n+++ w/n\n@@ -9,3 +9,3 @@\n 9\n-10\n+ten\n 11\n",
      "--- a/n\n+++ b/n\n@@ -9,2 +9,4 @@\n 9\n+\n+x\n 10\n",
      // new, deleted, empty, modes
      "diff --git a/new/x b/new/x\nnew file mode 100755\n--- /dev/null\n+++ b/new/x\n@@ -0,0 +1 "
      "@@\n+x\n",
      "--- /dev/null\n+++ b/new\n@@ -0,0 +1,2 @@\n+x\n+y\n\\ No newline at end of file\n",
      "diff --git a/new b/new\nnew file mode 100644\nindex 0000000..e69de29\n",
      "diff --git a/dir/f b/dir/f\ndeleted file mode 100644\n--- a/dir/f\n+++ /dev/null\n@@ -1 "
      "+0,0 @@\n-f\n",
      "diff --git a/empty b/empty\ndeleted file mode 100644\nindex e69de29..0000000\n",
      "--- a/empty\n+++ b/empty\n@@ -0,0 +1 @@\n+x\n",
      "diff --git a/run b/run\nold mode 100755\nnew mode 100644\n",
      "diff --git a/run b/run\nold mode 100755\nnew mode 100644\n--- a/run\n+++ b/run\n@@ -1 +1 "
      "@@\n-run\n"
      "+walk\n",
      // no newline at the end, taken away, put there, kept
      "--- a/open\n+++ b/open\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n",
      "--- a/open\n+++ b/open\n@@ -1,2 +1,2 @@\n-a\n+A\n b\n\\ No newline at end of file\n",
      "--- a/run\n+++ b/run\n@@ -1 +1 @@\n-run\n+run\n\\ No newline at end of file\n",
      // renames and copies, with and without change
      "diff --git a/n b/dir/m\nsimilarity index 100%\nrename from n\nrename to dir/m\n",
      "diff --git a/run b/go\nsimilarity index 50%\nrename from run\nrename to go\n--- a/run\n+++ "
      "b/go\n"
      "@@ -1 +1 @@\n-run\n+go\n",
      "diff --git a/run b/copy\nsimilarity index 100%\ncopy from run\ncopy to copy\n",
      // carriage returns in contents
      "--- a/n\n+++ b/n\n@@ -9,2 +9,3 @@\n 9\n+nine\r\n 10\n");
  CAPTURE(patch);
  applied(patch);
}

TEST_CASE_METHOD(ApplyTest, "names may be handed on in a circle") {
  const std::string patch =
      "diff --git a/n b/run\nsimilarity index 100%\nrename from n\nrename to run\n"
      "diff --git a/run b/n\nsimilarity index 100%\nrename from run\nrename to n\n";
  const auto files = value(open().apply(tree(), patch));
  REQUIRE(files.size() == 2);
  CHECK(files[0].path == "n");
  CHECK(files[0].modified == "run\n");
  CHECK(files[0].executable);
  CHECK(files[1].original == "run\n");
  applied(patch);
}

TEST_CASE_METHOD(ApplyTest, "a rename is a deletion and a creation") {
  const auto files =
      value(open().apply(tree(),
                         "diff --git a/dir/f b/g\nsimilarity index 100%\nrename from dir/f\n"
                         "rename to g\n"));
  REQUIRE(files.size() == 2);
  CHECK(files[0].path == "dir/f");
  CHECK_FALSE(files[0].modified);
  CHECK(files[1].path == "g");
  CHECK_FALSE(files[1].original);
}

TEST_CASE_METHOD(ApplyTest, "a hunk that does not fit names file, hunk, line and what was found") {
  const Error error =
      refused(file("n", "@@ -2,3 +2,3 @@\n 2\n-3\n+x\n 4\n@@ -9,3 +9,3 @@\n 9\n-TEN\n+ten\n 11\n"));
  CHECK(error.kind == ErrorKind::kUsage);
  CHECK(error.message ==
        "hunk 2 of 'n' (line 8 of the patch): line 10 of the file is '10', the patch expects "
        "'TEN'");
}

TEST_CASE_METHOD(ApplyTest, "hunks that could go to several places or to none are refused") {
  struct Row {
    std::string patch;
    std::string message;
  };
  const std::vector<Row> rows{
      {file("same", "@@ -4,2 +4,3 @@\n x\n+y\n x\n"), "but at line 1 and at line 2"},
      {file("n", "@@ -1,2 +1,2 @@\n-9\n+x\n 10\n"), "line 1 of the file is '1'"},
      {file("n", "@@ -9,2 +9,2 @@\n 9\n-10\n+x\n"), "goes on where the patch ends it"},
      {file("n", "@@ -10 +10 @@\n-10\n+x\n"), "no line around the change"},
      {file("n", "@@ -10,0 +11 @@\n+x\n"), "no line around the change"},
      {file("n", "@@ -0,0 +1 @@\n+x\n"), "no line around the change"},
      {file("n", "@@ -30,2 +30,2 @@\n-z\n+x\n y\n"), "the file has 20 lines"},
      {file("open", "@@ -1,2 +1,2 @@\n a\n-b\n+c\n"), "is 'b' without newline"},
      {file("n", "@@ -9,3 +9,3 @@\n 9\n-10\n+x\n\\ No newline at end of file\n 11\n"),
       "before the end of the file"},
      {file("n", "@@ -1 +1 @@\n-1 \n+x\n"), "the patch expects '1 '"},
      {file("n", "@@ -1,2 +1,2 @@\n-1\r\n+x\r\n 2\r\n"), "expects"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.patch);
    const Error error = refused(row.patch);
    CHECK(error.kind == ErrorKind::kUsage);
    CHECK_THAT(error.message, ContainsSubstring(row.message));
  }
}

TEST_CASE_METHOD(ApplyTest, "searching for misplaced hunks is bounded") {
  std::string text;
  std::string hunks;
  for (int i = 0; i < 100000; ++i) text += std::to_string(i) + "\n";
  for (int i = 2; i < 9000; i += 4) {
    const std::string at = std::to_string(i + 50000);
    const std::string line = std::to_string(i);
    hunks +=
        "@@ -" + at + ",2 +" + at + ",3 @@\n " + line + "\n+new\n " + std::to_string(i + 1) + "\n";
  }
  git.write("distinct", text);
  git.write("big", [] {
    std::string lines;
    for (int i = 0; i < 200000; ++i) lines += "x\n";
    return lines;
  }());
  git.commit("big");
  CHECK_THAT(refused(file("distinct", hunks)).message,
             ContainsSubstring("too many hunks are not at the line they name"));
  // A long run of equal lines with one other at its end is the slow case of naive searches.
  std::string run = "@@ -2,50001 +2,50002 @@\n";
  for (int i = 0; i < 50000; ++i) run += " x\n";
  CHECK_THAT(refused(file("big", run + "+y\n z\n")).message, ContainsSubstring("hunk 1 of 'big'"));
}

TEST_CASE_METHOD(ApplyTest, "patches that contradict themselves or the base are refused") {
  struct Row {
    std::string patch;
    ErrorKind kind;
    std::string message;
  };
  const std::string one = "@@ -1,2 +1,2 @@\n-1\n+x\n 2\n";
  const std::string create = "--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+x\n";
  const std::vector<Row> rows{
      {file("n", one) + file("n", one), ErrorKind::kUsage, "'n' has been changed further up"},
      {file("n", one) + "diff --git a/n b/n\nold mode 100644\nnew mode 100755\n", ErrorKind::kUsage,
       "'n' has been changed further up"},
      {file("n", one) + "diff --git a/n b/m\nrename from n\nrename to m\n", ErrorKind::kUsage,
       "'n' has been changed further up"},
      {create, ErrorKind::kUsage, "which is in the base already"},
      {"diff --git a/n b/run\nrename from n\nrename to run\n", ErrorKind::kUsage,
       "which is in the base already"},
      {file("none", one), ErrorKind::kUsage, "'none' is not in the base"},
      {file("dir", one), ErrorKind::kUsage, "'dir' is a folder in the base"},
      {file("link", one), ErrorKind::kRefused, "'link' is a symbolic link"},
      {"--- a/n\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-1\n-2\n", ErrorKind::kUsage, "hunk 1 of 'n'"},
      {"diff --git a/n b/n\ndeleted file mode 100644\n", ErrorKind::kUsage,
       "does not show all of it"},
      {"diff --git a/n b/n\nold mode 100755\nnew mode 100644\n", ErrorKind::kUsage,
       "'n' has mode 100644 in the base, the patch says 100755"},
      {"diff --git a/run b/run\nindex 1..2 100644\n" + file("run", "@@ -1 +1 @@\n-run\n+x\n"),
       ErrorKind::kUsage, "'run' has mode 100755 in the base"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.patch);
    const Error error = refused(row.patch);
    CHECK(error.kind == row.kind);
    CHECK_THAT(error.message, ContainsSubstring(row.message));
  }
}

}  // namespace automod::testing
