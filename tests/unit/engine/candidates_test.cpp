#include "engine/impl.hpp"
#include "engine/propose/answer.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/engine/repo/helpers.hpp"

namespace automod::testing {

class AnswerTest : public RepoTest {
 protected:
  AnswerTest() {
    git.write("src/a.c", "int a;\n");
    git.write("run.sh", "1\n", true);
    git.link("link", "src");
    git.commit("base");
    target.tree = tree();
  }
  Result<Candidate> candidate(std::string_view text, const ModelOrigin& origin) const {
    return candidate_of_answer(open(), target, value(propose::read_answer(text)), origin);
  }
  std::string refusal(std::string_view text) const {
    const auto refused = candidate(text, {.model = "toy"});
    REQUIRE_FALSE(refused);
    CHECK(name(refused.error().kind) == name(ErrorKind::kRefused));
    return refused.error().message;
  }
  static std::string file(const std::string& path) {
    return path + "\n<<<<<<< FILE\nx\n>>>>>>> FILE\n";
  }
  Target target;
};

constexpr std::string_view kEdit =
    "Longer is better.\n\nsrc/a.c\n<<<<<<< SEARCH\nint a;\n=======\nlong a;\n>>>>>>> REPLACE\n";

TEST_CASE_METHOD(AnswerTest, "an answer becomes a candidate that says where it comes from") {
  const ModelOrigin origin{.model = "toy",
                           .prompt_digest = "d1",
                           .type = ModificationType::kPerformance,
                           .summary = "make a longer",
                           .place = {.path = "src/a.c", .line = 1},
                           .parent = ModificationId{"m1"}};
  const Candidate made = value(candidate(kEdit, origin));
  CHECK(made.type == ModificationType::kPerformance);
  CHECK(made.summary == "make a longer");
  CHECK(made.reasoning == "Longer is better.");
  CHECK(made.origin.proposer == ProposerKind::kModel);
  CHECK(made.origin.name == "toy");
  CHECK(made.origin.prompt_digest == "d1");
  CHECK(made.place.line == 1);
  CHECK(made.parent == ModificationId{"m1"});
  REQUIRE(made.files.size() == 1);
  CHECK(made.files[0].modified == "long a;\n");
}

TEST_CASE_METHOD(AnswerTest, "where nothing is said of it, a candidate is about its first file") {
  const Candidate made = value(candidate(kEdit, {.model = "toy"}));
  CHECK(made.summary == "change src/a.c");
  CHECK(made.place.path == "src/a.c");
  CHECK_FALSE(made.parent);
}

TEST_CASE_METHOD(AnswerTest, "an answer may do no more than a patch") {
  CHECK_THAT(refusal(file(".gitattributes")), ContainsSubstring("changes what git does"));
  CHECK_THAT(refusal(file("link/x.c")), ContainsSubstring("lies behind a symbolic link"));
  CHECK_THAT(refusal(file("link")), ContainsSubstring("is a symbolic link"));
  CHECK_THAT(refusal(file("src/a.c/x")), ContainsSubstring("'src/a.c' is a file"));
  CHECK_THAT(refusal(file("SRC/b.c")), ContainsSubstring("only by upper and lower case"));
  target.config.patch_files = 1;
  CHECK_THAT(refusal(file("b") + file("c")), ContainsSubstring("touches 2 files"));
}

TEST_CASE_METHOD(AnswerTest, "an answer that cannot be used, or declines, is no candidate") {
  CHECK_THAT(refusal("src/b.c\n<<<<<<< DELETE\n>>>>>>> DELETE\n"),
             ContainsSubstring("there is no such file"));
  CHECK_THAT(refusal("It is good as it is.\nNO CHANGE\n"), ContainsSubstring("changes nothing"));
}

TEST_CASE_METHOD(AnswerTest, "a program that moves stays one") {
  const Candidate made =
      value(candidate("run.sh\n<<<<<<< RENAME\nbin/run.sh\n>>>>>>> RENAME\n", {.model = "toy"}));
  REQUIRE(made.files.size() == 2);
  CHECK(made.files[0].path == "bin/run.sh");
  CHECK(made.files[0].executable);
}

}  // namespace automod::testing
