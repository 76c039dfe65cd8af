#include "engine/since.hpp"

#include "tests/unit/catch.hpp"
#include "tests/unit/engine/repo/helpers.hpp"

namespace automod::testing {

class SinceTest : public RepoTest {
 protected:
  Result<ChangesSince> since(std::string_view revision) const {
    return ChangesSince::find(open(), revision, {git.id("HEAD")});
  }
  static bool holds(const ChangesSince& changes, std::string path, std::size_t line) {
    return changes.holds({.path = std::move(path), .line = line, .column = 1, .symbol = {}});
  }

  /// Of these files, each with what it includes.
  static analyzers::Codebase code(
      const std::vector<std::pair<std::string, std::vector<std::string>>>& files) {
    std::vector<analyzers::CodeFile> all;
    for (const auto& [path, includes] : files) {
      analyzers::FileFacts facts;
      facts.language = analyzers::Language::kCpp;
      for (const std::string& one : includes) facts.imports.push_back({.target = one, .line = 1});
      all.push_back({path, std::move(facts)});
    }
    return analyzers::Codebase(std::move(all));
  }
};

TEST_CASE_METHOD(SinceTest, "a place counts when its line has changed") {
  git.write("a", "1\n2\n3\n");
  commit("before");
  git.write("a", "1\nII\n3\n");
  git.write("new", "n\n");
  commit("after");
  const ChangesSince changes = value(since("HEAD~1"));
  CHECK(holds(changes, "a", 2));
  CHECK_FALSE(holds(changes, "a", 3));
  CHECK(holds(changes, "new", 1));
  CHECK_FALSE(holds(changes, "other", 1));
}

TEST_CASE_METHOD(SinceTest, "a place without a line counts when its file has changed") {
  commit("before");
  git.write("a", "1\n");
  commit("after");
  CHECK(holds(value(since("HEAD~1")), "a", 0));
}

TEST_CASE_METHOD(SinceTest, "what the other branch did since both parted does not count") {
  git.write("a", "1\n");
  const CommitId parted = commit("parted");
  git.git({"branch", "other"});
  git.write("a", "1\nmine\n");
  commit("mine");
  git.git({"checkout", "-q", "other"});
  git.write("b", "theirs\n");
  commit("theirs");
  git.git({"checkout", "-q", "main"});
  const ChangesSince changes = value(since("other"));
  CHECK(changes.from() == parted);
  CHECK(changes.touches("a"));
  CHECK_FALSE(changes.touches("b"));
}

TEST_CASE_METHOD(SinceTest, "histories that share nothing cannot be compared") {
  commit("one");
  git.git({"checkout", "-q", "--orphan", "island"});
  commit("alone");
  git.git({"checkout", "-q", "main"});
  const auto found = since("island");
  REQUIRE_FALSE(found);
  CHECK(found.error().kind == ErrorKind::kUsage);
}

TEST_CASE_METHOD(SinceTest, "a changed header is read with the nearest unit that includes it") {
  commit("before");
  git.write("deep.hpp", "x\n");
  git.write("own.cpp", "x\n");
  commit("after");
  const analyzers::Codebase all = code({{"deep.hpp", {}},
                                        {"middle.hpp", {"deep.hpp"}},
                                        {"far.cpp", {"middle.hpp"}},
                                        {"near.cpp", {"deep.hpp"}},
                                        {"own.cpp", {}},
                                        {"unrelated.cpp", {}}});
  const auto units =
      value(since("HEAD~1")).units_among({"far.cpp", "near.cpp", "own.cpp", "unrelated.cpp"}, all);
  CHECK(units == std::vector<std::string>{"near.cpp", "own.cpp"});
}

}  // namespace automod::testing
