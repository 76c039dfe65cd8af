#include <map>

#include "tests/unit/catch.hpp"
#include "tests/unit/engine/repo/helpers.hpp"

namespace automod::testing {

using repo::NoteLine;
using repo::Repository;

class NotesTest : public RepoTest {
 protected:
  NotesTest() {
    git.write("a", "a\n");
    one = commit("one");
    two = commit("two");
  }

  repo::NewCommit by() const {
    return {.tree = {},
            .parents = {},
            .author_name = "agent",
            .author_email = "agent@localhost",
            .message = "Notes added by automod\n",
            .seconds = 1700000001};
  }
  /// Adds the lines and moves the ref.
  CommitId add(const std::vector<NoteLine>& lines) {
    Repository repo = open();
    const auto before = value(repo.read_ref(kRef));
    const CommitId after = value(repo.add_notes(before, lines, by()));
    value(repo.update_refs({{.ref = kRef, .before = before, .after = after}}, "notes", "op-1"));
    return after;
  }
  std::string shown(const CommitId& commit) const {
    return git.git({"notes", "--ref=automod", "show", commit.text});
  }

  static constexpr const char* kRef = "refs/notes/automod";
  CommitId one, two;
};

TEST_CASE_METHOD(NotesTest, "git shows the notes that are added, line by line") {
  add({{.commit = one, .line = "{\"a\":1}"}});
  CHECK(shown(one) == "{\"a\":1}");
  const CommitId notes = add({{.commit = one, .line = "{\"b\":2}"}, {.commit = two, .line = "x"}});
  CHECK(shown(one) == "{\"a\":1}\n{\"b\":2}");
  CHECK(shown(two) == "x");
  const Repository repo = open();
  CHECK(value(repo.read_note(notes, one, 100)) == "{\"a\":1}\n{\"b\":2}\n");
  CHECK(value(repo.read_note(notes, CommitId{std::string(40, '1')}, 100)) == std::nullopt);
  CHECK(git.git({"fsck", "--strict"}).empty());
}

TEST_CASE_METHOD(NotesTest, "all notes can be read, whatever folders they are in") {
  git.git({"notes", "--ref=automod", "add", "-m", "by hand", one.text});
  const CommitId notes = add({{.commit = two, .line = "x"}});
  const Repository repo = open();
  std::map<std::string, std::string> all;
  for (const auto& note : value(repo.notes(notes, 100))) all[note.commit.text] = note.text;
  CHECK(all == std::map<std::string, std::string>{{one.text, "by hand\n"}, {two.text, "x\n"}});
  CHECK_FALSE(repo.notes(notes, 5));
}

TEST_CASE_METHOD(NotesTest, "a line that is there already is not added again") {
  const CommitId notes = add({{.commit = one, .line = "x"}});
  CHECK(add({{.commit = one, .line = "x"}}) == notes);
}

TEST_CASE_METHOD(NotesTest, "notes that git itself has written are added to where they are") {
  git.git({"notes", "--ref=automod", "add", "-m", "by hand", one.text});
  add({{.commit = one, .line = "x"}});
  CHECK(shown(one) == "by hand\nx");
  // In folders, as git sorts them when there are many.
  const std::string folded =
      one.text.substr(0, 2) + "/" + one.text.substr(2, 2) + "/" + one.text.substr(4);
  const std::string script = std::string("commit ") + kRef +
                             "\ncommitter a <a@b> 1700000000 +0000\ndata 1\nx\nfrom " + kRef +
                             "^0\nR " + one.text + " " + folded + "\n";
  CHECK(git.try_git(git.root(), {"fast-import", "--quiet"}, script).code == 0);
  CHECK(shown(one) == "by hand\nx");
  add({{.commit = one, .line = "z"}, {.commit = two, .line = "new"}});
  CHECK(shown(one) == "by hand\nx\nz");
  CHECK(shown(two) == "new");
  git.git({"notes", "--ref=automod", "append", "-m", "after", two.text});
  CHECK_THAT(shown(two), StartsWith("new"));
}

TEST_CASE_METHOD(NotesTest, "what is not one line is refused, and so is what is no note") {
  for (const char* line : {"", "a\nb"}) {
    CHECK_FALSE(open().add_notes({}, {{.commit = one, .line = line}}, by()));
  }
  CHECK_FALSE(open().add_notes({}, {{.commit = CommitId{"../x"}, .line = "x"}}, by()));
  const CommitId notes = add({{.commit = one, .line = "a long line of text"}});
  CHECK_FALSE(open().read_note(notes, one, 5));
}

}  // namespace automod::testing
