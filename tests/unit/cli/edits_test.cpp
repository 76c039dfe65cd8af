#include "cli/edits.hpp"

#include <tuple>

#include "tests/unit/catch.hpp"

using namespace automod::cli;

namespace {

std::string patch(const std::string& hunks) {
  return "diff --git a/f b/f\nindex 1..2 100644\n--- a/f\n+++ b/f\n" + hunks;
}

std::string shown(const std::vector<FileEdits>& files) {
  std::string text;
  for (const FileEdits& file : files) {
    text += file.path + (file.added ? " added" : file.deleted ? " deleted" : "") + ":";
    for (const Edit& edit : file.edits) {
      text += " " + std::to_string(edit.line) + "-" + std::to_string(edit.removed) + "+" +
              edit.inserted + (edit.removed_ends_open ? "$" : "");
    }
    text += ";";
  }
  return text;
}

}  // namespace

TEST_CASE("the edits of a patch are runs of removed and added lines") {
  const auto [text, edits] = GENERATE(table<std::string, std::string>({
      {patch("@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"), "f: 2-1+B\n;"},
      {patch("@@ -1,4 +1,4 @@\n-a\n+A\n b\n-c\n+C\n d\n"), "f: 1-1+A\n 3-1+C\n;"},
      {patch("@@ -1,2 +1,3 @@\n a\n+x\n b\n"), "f: 2-0+x\n;"},
      {patch("@@ -1,2 +1 @@\n a\n-b\n"), "f: 2-1+;"},
      {patch("@@ -1 +1 @@\n-a\n+b\n@@ -9 +9 @@\n-c\n+d\n"), "f: 1-1+b\n 9-1+d\n;"},
      // No line end at the end of the file.
      {patch("@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n"), "f: 1-1+b\n$;"},
      {patch("@@ -1 +1 @@\n-a\n+b\n\\ No newline at end of file\n"), "f: 1-1+b;"},
      // Files that come and go; lines that look like headers.
      {"diff --git a/n b/n\nnew file mode 100644\n--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+x\n",
       "n added: 1-0+x\n;"},
      {"diff --git a/n b/n\ndeleted file mode 100644\n--- a/n\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n",
       "n deleted: 1-1+;"},
      {patch("@@ -1,2 +1,2 @@\n--- a\n+++ b\n c\n"), "f: 1-1+++ b\n;"},
      {"diff --git \"a/\\303\\244\" \"b/\\303\\244\"\n--- \"a/\\303\\244\"\n+++ "
       "\"b/\\303\\244\"\n@@ "
       "-1 +1 @@\n-a\n+b\n",
       "ä: 1-1+b\n;"},
      {"", ""},
      {"not a patch\n", ""},
  }));
  CHECK(shown(edits_of(text)) == edits);
}

TEST_CASE("an edit touches its own lines and their neighbours") {
  const FileEdits file{.path = "f", .edits = {{.line = 10, .removed = 2, .inserted = "x\n"}}};
  CHECK_FALSE(touches(file, 8));
  CHECK(touches(file, 9));
  CHECK(touches(file, 11));
  CHECK(touches(file, 12));
  CHECK_FALSE(touches(file, 13));
}
