#include "engine/propose/patch.hpp"

#include <fmt/format.h>

#include "tests/unit/catch.hpp"
#include "tests/unit/engine/repo/helpers.hpp"

namespace automod::testing {

using namespace propose;

class PatchTest : public RepoTest {
 protected:
  PatchTest() {
    git.write("a", "1\n2\n3\n");
    git.write("dir/b", "b\n");
    git.write("README", "r\n");
    git.write(".gitattributes", "* text\n");
    git.write("binary", std::string("\0x\n", 3));
    git.link("link", "dir");
    git.link("dir/self", "b");
    git.commit("base");
    std::filesystem::create_directories(git.root() / "sub");
    git.git({"update-index", "--add", "--cacheinfo", "160000," + git.id("HEAD") + ",sub"});
    git.git({"commit", "--quiet", "-m", "with a submodule"});
    base = tree();
  }
  Result<std::vector<FileChange>> read(std::string_view text, PatchLimits limits = {}) const {
    return read_patch(open(), base, text, limits);
  }
  Result<void> check(const std::vector<FileChange>& files, PatchLimits limits = {}) const {
    return check_changes(open(), base, files, limits);
  }

  static std::string edit(std::string_view path) {
    return fmt::format("--- a/{0}\n+++ b/{0}\n@@ -1,3 +1,3 @@\n 1\n-2\n+two\n 3\n", path);
  }
  static std::string create(std::string_view path) {
    return fmt::format("--- /dev/null\n+++ b/{}\n@@ -0,0 +1 @@\n+x\n", path);
  }
  static std::string remove(std::string_view path, std::string_view line) {
    return fmt::format("--- a/{}\n+++ /dev/null\n@@ -1 +0,0 @@\n-{}\n", path, line);
  }

  TreeId base;
};

TEST_CASE_METHOD(PatchTest, "a plain patch becomes the change that it describes") {
  const auto files = value(read(edit("a") + create("new/x") + remove("dir/b", "b")));
  REQUIRE(files.size() == 3);
  CHECK(files[0].path == "a");
  CHECK(files[0].original == "1\n2\n3\n");
  CHECK(files[0].modified == "1\ntwo\n3\n");
  CHECK(files[1].path == "dir/b");
  CHECK_FALSE(files[1].modified);
  CHECK(files[2].path == "new/x");
  CHECK_FALSE(files[2].original);
}

TEST_CASE_METHOD(PatchTest, "what git format-patch writes is read back as the commit was") {
  git.write("a", "1\nzwei\n3\n");
  git.write("--- a", "-- \n--- a/a\n+++ b/a\n");
  git.write("run me.sh", "#!/bin/sh\n", true);
  git.git({"add", "--all"});
  git.git({"commit", "--quiet", "-m",
           "Zähle auf Deutsch, und das mit einem Betreff, der viel zu lang für eine Zeile ist",
           "-m", "Because it is nicer.\n\n  indented\n\n-- not a signature"});
  const std::string mail = git.git({"format-patch", "--stdout", "-1"}) + "\n";
  CHECK(value(open().write_tree(base, value(read(mail)))) == tree());
  const PatchText text = read_patch_header(mail);
  CHECK(text.subject ==
        "Zähle auf Deutsch, und das mit einem Betreff, der viel zu lang für eine Zeile ist");
  CHECK(text.body == "Because it is nicer.\n\n  indented\n\n-- not a signature");
}

TEST_CASE_METHOD(PatchTest, "what git show and git log -p write is read too") {
  git.write("a", "1\nzwei\n3\n");
  git.commit("count in German");
  CHECK(value(read(git.git({"show"}) + "\n")).size() == 1);
  CHECK(read_patch_header(git.git({"show"}) + "\n").subject.empty());
}

TEST_CASE_METHOD(PatchTest, "a mailbox of several commits is to be handed over one by one") {
  git.write("a", "1\nzwei\n3\n");
  git.commit("one");
  git.write("a", "1\nzwei\ndrei\n");
  git.commit("two");
  for (const std::string& mailbox :
       {git.git({"format-patch", "--stdout", "-2"}) + "\n",
        git.git({"format-patch", "--stdout", "--cover-letter", "-2"}) + "\n"}) {
    const auto files = read(mailbox);
    REQUIRE_FALSE(files);
    CHECK(files.error().kind == ErrorKind::kUsage);
    CHECK_THAT(files.error().message, ContainsSubstring("a second mail begins here"));
    CHECK_THAT(files.error().hint, ContainsSubstring("one by one"));
  }
}

TEST_CASE("subjects lose their tags and their encoding") {
  struct Row {
    std::string header;
    std::string subject;
  };
  const std::vector<Row> rows{
      {"Subject: plain", "plain"},
      {"SUBJECT:plain", "plain"},
      {"Subject: [PATCH] plain", "plain"},
      {"Subject: [PATCH v2 3/17] plain [x]", "plain [x]"},
      {"Subject: [RFC PATCH][PATCH 1/1] plain", "plain"},
      {"Subject: [core] keep this", "[core] keep this"},
      {"Subject: [PATCH] folded\n line\n\tthree", "folded line three"},
      {"Subject: [PATCH] =?UTF-8?q?na=C3=AFve?= idea", "naïve idea"},
      {"Subject: =?utf-8?B?bmHDr3Zl?=", "naïve"},
      {"Subject: =?UTF-8?q?na=C3?=\n =?UTF-8?q?=AFve=20idea?=", "naïve idea"},
      {"Subject: =?ISO-8859-1?Q?na=EFve?=", "naïve"},
      {"Subject: =?UTF-8?q?broken=?= x", "=?UTF-8?q?broken=?= x"},
      {"Subject: =?KOI8-R?q?x?=", "=?KOI8-R?q?x?="},
      {"Subject: =?UTF-8?q?bad=FFbyte?=", "bad\357\277\275byte"},
      {"Subject: =?UTF-8?q?two=0Alines?=", "two lines"},
      {"Subject: =?", "=?"},
      {"Subject: [PATCH", "[PATCH"},
      {"From: x\nX-Subject: no\nSubject: yes", "yes"},
      {"no header at all", ""},
      {"", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.header);
    CHECK(read_patch_header(row.header + "\n\nbody\n---\n a | 1 +\n").subject == row.subject);
  }
}

TEST_CASE_METHOD(PatchTest, "patches that no gate should read are turned away") {
  struct Row {
    std::string patch;
    ErrorKind kind;
    std::string message;
  };
  constexpr auto kUsage = ErrorKind::kUsage;
  constexpr auto kRefused = ErrorKind::kRefused;
  const std::string head = "diff --git a/a b/a\n";
  const std::string names = "--- a/a\n+++ b/a\n";
  const std::string hunk = "@@ -1,3 +1,3 @@\n 1\n-2\n+two\n 3\n";
  const std::vector<Row> rows{
      // no patch, or the remains of one
      {"", kUsage, "no unified diff"},
      {"hello\n", kUsage, "no unified diff"},
      {"\n\n\n", kUsage, "no unified diff"},
      {std::string("\xff\xfe-\0-\0", 6), kUsage, "UTF-16"},
      {std::string(4096, '-'), kUsage, "no unified diff"},
      {"--- a/a\n", kUsage, "no unified diff"},
      {names, kUsage, "expected a hunk"},
      {names + "@@\n", kUsage, "expected '@@ -1,3 +1,4 @@'"},
      {names + "@@ -1,3 +1,3 @@\n", kUsage, "ends in the middle of a hunk"},
      {names + "@@ -1,3 +1,3 @@\n 1\n-2\n+two\n 3", kUsage, "ends in the middle of a hunk"},
      {names + "@@ -1,9 +1,9 @@\n 1\n-2\n+two\n 3\n", kUsage, "6 old and 6 new lines"},
      {names + "@@ -1,2 +1,2 @@\n 1\n-2\n+two\n 3\n", kUsage, "announces no more lines"},
      {names + "@@ -1,1 +1,2 @@\n 1\n-2\n+two\n 3\n", kUsage, "more old lines"},
      {names + "@@ -1,3 +1,3 @@\n 1\n-2\n*two\n 3\n", kUsage, "announces 1 more old"},
      {names + "@@ -1 +1 @@\n 1\n", kUsage, "the hunk changes nothing"},
      {names + "@@ -0,3 +1,3 @@\n 1\n-2\n+two\n 3\n", kUsage, "counted from 1"},
      {names + "@@ -1,3 +1,3 @@x\n 1\n-2\n+two\n 3\n", kUsage, "expected '@@"},
      {names + "@@ --1,3 +1,3 @@\n 1\n-2\n+two\n 3\n", kUsage, "expected '@@"},
      {names + "@@ -99999999999999999999,3 +1,3 @@\n", kUsage, "expected '@@"},
      {names + "@@ -1,4294967297 +1,3 @@\n", kUsage, "expected '@@"},
      {names + "@@@ -1,3 -1,3 +1,3 @@@\n", kUsage, "expected '@@"},
      {names + "@@ -1,3 +1,3 @@\n\\ No newline at end of file\n", kUsage, "expected a line"},
      {names + "@@ -2,2 +2,2 @@\n-2\n+x\n 3\n@@ -1,2 +1,2 @@\n-1\n+y\n 2\n", kUsage,
       "begins before the one above it ends"},
      {names + hunk + "garbage\n", kUsage, "expected a file or a hunk, found 'garbage'"},
      {names + hunk + "-- \n2.39.5\n\n" + names + hunk, kUsage, "below the signature"},
      {"--- a/a\r\n+++ b/a\r\n@@ -1,3 +1,3 @@\r\n 1\r\n", kUsage, "CR LF"},
      {"diff --cc a\nindex 1,2..3\n--- a/a\n+++ b/a\n@@@ -1,1 -1,1 +1,1 @@@\n", kUsage,
       "combined diff of a merge"},
      {"-- a/a\n++ b/a\n" + hunk + edit("a"), kUsage, "no file is named above this hunk"},
      {names + "@@ -3 +3,2 @@\n 3\n+4\n\\ No\n", kUsage, "expected a line"},
      {"--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+x\n@@ -0,0 +1 @@\n+y\n", kUsage,
       "begins before the one above it ends"},
      // headers that contradict themselves
      {head + "new mode 100755\n", kUsage, "only one of old and new file mode"},
      {head + "old mode 100644\nnew mode 100755\nindex 1..2 100755\n", kUsage, "given twice"},
      {head + "rename from a\nrename to x", kUsage, "ends in the middle of a line"},
      {"diff --git a/n b/0\n--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+x\n", kUsage, "do not read"},
      {head, kUsage, "nothing of this file changes"},
      {head + "index 1111111..2222222 100644\n", kUsage, "nothing of this file changes"},
      {head + "index xyz\n", kUsage, "two object ids"},
      {head + "flavour lemon\n", kUsage, "flavour lemon"},
      {head + "old mode 100644\nold mode 100644\n", kUsage, "given twice"},
      {head + "old mode 100644\nnew mode 100600\n", kUsage, "file mode '100600'"},
      {head + "new file mode 040000\n", kUsage, "file mode '040000'"},
      {head + "new file mode 100644\n" + names + hunk, kUsage, "different files"},
      {head + "new file mode 100644\ndeleted file mode 100644\n", kUsage, "two different things"},
      {head + "--- a/a\n+++ b/b\n" + hunk, kUsage, "different files"},
      {head + "--- a/other\n+++ b/other\n" + hunk, kUsage, "different files"},
      {"--- a/a\n+++ b/b\n" + hunk, kUsage, "do not read 'a/PATH' and 'b/PATH'"},
      {"--- src/a\n+++ src/a\n" + hunk, kUsage, "do not read 'a/PATH' and 'b/PATH'"},
      {"diff --git a b\n--- a\n+++ b\n" + hunk, kUsage, "do not read"},
      {"--- /dev/null\n+++ /dev/null\n@@ -0,0 +1 @@\n+x\n", kUsage, "two different things"},
      {"--- /dev/null\n+++ b/x\n" + hunk, kUsage, "a new file has old lines"},
      {"--- a/a\n+++ /dev/null\n" + hunk, kUsage, "a deleted file has new lines"},
      {"--- \"a/unfinished\n+++ b/x\n" + hunk, kUsage, "no file is named"},
      {"--- \"a/\\9\"\n+++ b/x\n" + hunk, kUsage, "no file is named"},
      {"diff --git a/a b/x\nrename from a\n", kUsage, "only one end"},
      {"diff --git a/a b/x\nrename from a\nrename from a\n", kUsage, "named twice"},
      {"diff --git a/a b/x\nrename from a\nrename to x\ncopy to x\n", kUsage, "named twice"},
      {edit("a") + edit("a"), kUsage, "changed further up"},
      {create("a"), kUsage, "in the base already"},
      {edit("none"), kUsage, "'none' is not in the base"},
      {remove("a", "1"), kUsage, "hunk 1 of 'a'"},
      // out of the tree, or into git
      {create("../x"), kRefused, "leaves the tree"},
      {create("dir/../../x"), kRefused, "leaves the tree"},
      {create("/etc/passwd"), kRefused, "is absolute"},
      {"--- /etc/passwd\n+++ /etc/passwd\n" + hunk, kRefused, "is absolute"},
      {"--- ../a\n+++ ../a\n" + hunk, kRefused, "leaves the tree"},
      {create("dir//x"), kRefused, "empty component"},
      {create("dir\\x"), kRefused, "backslash"},
      {"--- /dev/null\n+++ \"b/a\\nb\"\n@@ -0,0 +1 @@\n+x\n", kRefused, "control character"},
      {"--- /dev/null\n+++ \"b/\\000\"\n@@ -0,0 +1 @@\n+x\n", kRefused, "control character"},
      {"--- /dev/null\n+++ \"b/\\377\"\n@@ -0,0 +1 @@\n+x\n", kRefused, "not UTF-8"},
      {"--- /dev/null\n+++ \"b/.g\\342\\200\\214it/x\"\n@@ -0,0 +1 @@\n+x\n", kRefused,
       "touches .git"},
      {create(".git/config"), kRefused, "touches .git"},
      {create(".GIT/config"), kRefused, "touches .git"},
      {create("sub2/GIT~1/config"), kRefused, "touches .git"},
      {create("dir/.git. /x"), kRefused, "touches .git"},
      {create("x."), kRefused, "ends in a dot or a space"},
      {create(std::string(5000, 'x')), kRefused, "more than 4096 bytes"},
      {create(".gitmodules"), kRefused, "changes what git does"},
      {create("dir/.GitAttributes"), kRefused, "changes what git does"},
      {remove(".gitattributes", "* text"), kRefused, "changes what git does"},
      {"diff --git a/a b/.git/x\nsimilarity index 100%\nrename from a\nrename to .git/x\n",
       kRefused, "touches .git"},
      // links, submodules, folders, names that differ by case
      {head + "old mode 100644\nnew mode 120000\n", kRefused, "symbolic links"},
      {"diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+a\n"
       "\\ No newline at end of file\n",
       kRefused, "symbolic links"},
      {"diff --git a/link b/link\nindex 1..2 120000\n", kRefused, "symbolic links"},
      {"diff --git a/s b/s\nnew file mode 160000\n", kRefused, "submodules"},
      {edit("link"), kRefused, "'link' is a symbolic link"},
      {remove("dir/self", "b"), kRefused, "'dir/self' is a symbolic link"},
      {"diff --git a/link b/x\nsimilarity index 100%\nrename from link\nrename to x\n", kRefused,
       "'link' is a symbolic link"},
      {create("link/x"), kRefused, "lies behind a symbolic link"},
      {edit("link/b"), kRefused, "lies behind a symbolic link"},
      {edit("sub"), kRefused, "'sub' is a submodule"},
      {create("sub/x"), kRefused, "is in a submodule"},
      {create("a/x"), kRefused, "'a' is a file"},
      {create("dir"), kRefused, "'dir' is a folder"},
      {create("n") + create("n/x"), kRefused, "'n' is a file"},
      {create("readme"), kRefused, "differs from 'README' only by upper and lower case"},
      {create("Dir/x"), kRefused, "differs from 'dir' only by upper and lower case"},
      {create("n/x") + create("N/y"), kRefused, "only by upper and lower case"},
      // binary
      {names + "@@ -1,3 +1,3 @@\n 1\n-2\n+" + std::string(1, '\0') + "\n 3\n", kRefused, "binary"},
      {head + "index 1..2\nGIT binary patch\nliteral 1\nIcmZ=\n", kRefused, "binary"},
      {head + "index 1..2\nBinary files a/a and b/a differ\n", kRefused, "binary"},
      {"Binary files a/a and b/a differ\n", kRefused, "binary"},
      {"diff --git a/binary b/x\nsimilarity index 100%\nrename from binary\nrename to x\n",
       kRefused, "binary"},
      // nothing at all
      {names + "@@ -1,3 +1,3 @@\n 1\n-2\n+2\n 3\n", kRefused, "changes nothing"},
      {head + "old mode 100644\nnew mode 100644\n", kUsage, "nothing of this file changes"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.patch);
    const auto files = read(row.patch);
    REQUIRE_FALSE(files);
    CHECK(name(files.error().kind) == name(row.kind));
    CHECK_THAT(files.error().message, ContainsSubstring(row.message));
    CHECK(std::none_of(files.error().message.begin(), files.error().message.end(),
                       [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; }));
  }
}

TEST_CASE_METHOD(PatchTest, "limits hold for the patch, for its files and for what it amounts to") {
  const auto refused = [&](std::string_view text, PatchLimits limits) {
    const auto files = read(text, limits);
    REQUIRE_FALSE(files);
    CHECK(files.error().kind == ErrorKind::kRefused);
    return files.error().message;
  };
  CHECK_THAT(refused(edit("a"), {.bytes = 20}), ContainsSubstring("at most 20 are allowed"));
  CHECK_THAT(refused(edit("a") + create("b"), {.files = 1}), ContainsSubstring("touches 2 files"));
  const std::string move =
      "diff --git a/a b/c\nsimilarity index 100%\nrename from a\nrename to c\n";
  CHECK_THAT(refused(move, {.files = 1}), ContainsSubstring("touches 2 files"));
  CHECK_THAT(refused(move, {.bytes = move.size()}), ContainsSubstring("bytes long"));
  CHECK(read(move));
}

TEST_CASE_METHOD(PatchTest, "a file may change the case of its name when the old one goes") {
  CHECK(
      read("diff --git a/README b/Readme\nsimilarity index 100%\nrename from README\n"
           "rename to Readme\n"));
}

TEST_CASE_METHOD(PatchTest, "a file may become a folder and a folder a file") {
  CHECK(read("diff --git a/a b/a/x\nsimilarity index 100%\nrename from a\nrename to a/x\n"));
  git.git({"rm", "--quiet", "dir/self"});
  git.git({"commit", "--quiet", "-m", "only b"});
  base = tree();
  const auto files = value(
      read("diff --git a/dir/b b/dir\nsimilarity index 100%\nrename from dir/b\nrename to dir\n"));
  CHECK(open().write_tree(base, files));
}

TEST_CASE_METHOD(PatchTest, "changes that came otherwise obey the same rules") {
  struct Row {
    std::vector<FileChange> files;
    ErrorKind kind;
    std::string message;
  };
  const std::vector<Row> rows{
      {{}, ErrorKind::kRefused, "changes nothing"},
      {{changed("a", "1\n2\n3\n", "1\n2\n3\n")}, ErrorKind::kRefused, "'a' does not change"},
      {{changed("a", "1\n", "2\n")}, ErrorKind::kUsage, "other content in the base"},
      {{changed("none", "1\n", "2\n")}, ErrorKind::kUsage, "is not in the base"},
      {{made("a", "1\n")}, ErrorKind::kUsage, "is in the base already"},
      {{made("x", "1\n"), made("x", "2\n")}, ErrorKind::kRefused, "changed twice"},
      {{made("x", std::string("\0", 1))}, ErrorKind::kRefused, "binary"},
      {{deleted("binary", std::string("\0x\n", 3))}, ErrorKind::kRefused, "binary"},
      {{made("link/x", "1\n")}, ErrorKind::kRefused, "lies behind a symbolic link"},
      {{deleted("dir/self", "b")}, ErrorKind::kRefused, "is a symbolic link"},
      {{made(".GIT/x", "1\n")}, ErrorKind::kRefused, "touches .git"},
      {{made("dir/.gitattributes", "1\n")}, ErrorKind::kRefused, "changes what git does"},
      {{made("readme", "1\n")}, ErrorKind::kRefused, "only by upper and lower case"},
      {{{.path = "x", .original = {}, .modified = {}}}, ErrorKind::kRefused, "neither side"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.message);
    const auto done = check(row.files);
    REQUIRE_FALSE(done);
    CHECK(done.error().kind == row.kind);
    CHECK_THAT(done.error().message, ContainsSubstring(row.message));
  }
  CHECK(check({changed("a", "1\n2\n3\n", "1\n")}));
  CHECK(check({made("empty", "")}));
  CHECK_FALSE(check({made("large", std::string(1000, 'x'))}, {.bytes = 500}));
}

}  // namespace automod::testing
