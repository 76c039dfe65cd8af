#include <cstdlib>

#include "base/files.hpp"
#include "engine/propose/model/model.hpp"
#include "tests/unit/catch.hpp"

namespace automod::propose {
namespace {

using testing::ContainsSubstring;

/// A configuration folder of our own with the given settings.
class ModelTest {
 public:
  ModelTest() : dir_(*TempDir::create(std::filesystem::temp_directory_path(), "model-test-")) {
    setenv("XDG_CONFIG_HOME", dir_.path().c_str(), 1);
    setenv("XDG_CACHE_HOME", dir_.path().c_str(), 1);
  }

 protected:
  void configure(std::string_view text) const {
    REQUIRE(write_file(dir_.path() / "automod" / "config.toml", text));
  }
  Result<std::string> ask(std::string_view prompt) const {
    auto model = configured_model();
    if (!model) return fail(model.error());
    return (*model)->complete(prompt, cancel_);
  }
  CancelToken cancel_;

 private:
  TempDir dir_;
};

TEST_CASE_METHOD(ModelTest, "without settings there is no model, and the error says where") {
  const auto model = configured_model();
  REQUIRE_FALSE(model);
  CHECK(model.error().kind == ErrorKind::kUnavailable);
  CHECK_THAT(model.error().hint, ContainsSubstring("config.toml"));
}

TEST_CASE_METHOD(ModelTest, "the program gets the prompt on stdin and answers on stdout") {
  configure("[model]\nname = \"echo\"\ncommand = [\"cat\"]\n");
  CHECK(ask("hello\n") == "hello\n");
}

TEST_CASE_METHOD(ModelTest, "a prompt larger than any pipe arrives whole") {
  configure("[model]\ncommand = [\"wc\", \"-c\"]\n");
  CHECK_THAT(ask(std::string(1 << 20, 'x')).value(), ContainsSubstring("1048576"));
}

TEST_CASE_METHOD(ModelTest, "a program that fails is no answer, and its words are shown escaped") {
  configure("[model]\ncommand = [\"sh\", \"-c\", \"printf 'bad \\\\033[31mkey' >&2; exit 3\"]\n");
  const auto answer = ask("x");
  REQUIRE_FALSE(answer);
  CHECK_THAT(answer.error().message, ContainsSubstring("exit code 3: bad \\x1b[31mkey"));
}

TEST_CASE_METHOD(ModelTest, "a program that is silent too long is ended") {
  configure("[model]\ncommand = [\"sleep\", \"60\"]\ntimeout_seconds = 1\n");
  const auto answer = ask("x");
  REQUIRE_FALSE(answer);
  CHECK_THAT(answer.error().message, ContainsSubstring("no answer within 1 s"));
}

TEST_CASE_METHOD(ModelTest, "a program that does not exist is named") {
  configure("[model]\ncommand = [\"no-such-program-here\"]\n");
  const auto answer = ask("x");
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::kUnavailable);
  CHECK_THAT(answer.error().message, ContainsSubstring("no-such-program-here"));
}

TEST_CASE_METHOD(ModelTest, "settings that say nothing useful are refused by name") {
  configure("[model]\nname = \"x\"\n");
  const auto model = configured_model();
  REQUIRE_FALSE(model);
  CHECK_THAT(model.error().message, ContainsSubstring("the model has no command"));
}

TEST_CASE("a prompt says what was found and where, and fences the file") {
  const std::string prompt = prompt_for({.rule = "bugprone-use-after-move",
                                         .place = {.path = "a.cpp", .line = 7, .symbol = "f"},
                                         .message = "'x' used after it was moved",
                                         .why = "moved-from values are unspecified"},
                                        "int x; // {{rule}}\n");
  CHECK_THAT(prompt, ContainsSubstring("in a.cpp, line 7, in f."));
  CHECK_THAT(prompt, ContainsSubstring("'x' used after it was moved"));
  CHECK_THAT(prompt, ContainsSubstring("begin a.cpp\nint x; // {{rule}}\n"));
}

}  // namespace
}  // namespace automod::propose
