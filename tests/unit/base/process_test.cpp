#include "base/process.hpp"

#include "base/files.hpp"
#include "base/text.hpp"
#include "tests/unit/catch.hpp"

using namespace automod;
using testing::ContainsSubstring;

namespace {

Result<ProgramResult> run(const std::string& script, const std::string& input = {},
                          std::chrono::milliseconds timeout = std::chrono::seconds(20)) {
  const CancelToken cancel;
  return run_program(
      {.argv = {"sh", "-c", script}, .input = input, .directory = {}, .timeout = timeout}, cancel);
}

/// A program that leaves one behind which is not of its process group.
class HelperTest {
 public:
  ~HelperTest() { static_cast<void>(run("kill $(cat " + file_ + ")")); }

 protected:
  Result<ProgramResult> run_with(const std::string& helper) const {
    return run("setsid sh -c 'echo $$ > " + file_ + "; " + helper + "' & while ! [ -s " + file_ +
               " ]; do sleep 0.01; done; echo good");
  }

 private:
  TempDir dir_ = TempDir::create(std::filesystem::temp_directory_path(), "process-").value();
  std::string file_ = dir_.path() / "pid";
};

}  // namespace

TEST_CASE("a program gets its input, and its output and exit code are told") {
  const std::string much(300'000, 'x');
  const auto ran = run("cat; echo said >&2; exit 3", much);
  REQUIRE(ran);
  CHECK(ran->out == much);
  CHECK(ran->err == "said\n");
  CHECK(ran->exit_code == 3);
}

TEST_CASE("a program that a signal ends says so by its exit code") {
  CHECK(run("kill -TERM $$")->exit_code == 128 + 15);
}

TEST_CASE("a program that is not there is unavailable") {
  const CancelToken cancel;
  const auto ran = run_program({.argv = {"no-such-program"}, .input = {}, .directory = {}}, cancel);
  REQUIRE_FALSE(ran);
  CHECK(ran.error().kind == ErrorKind::kUnavailable);
}

TEST_CASE("a program that may not be executed is not said to be missing") {
  const TempDir dir = *TempDir::create(std::filesystem::temp_directory_path(), "automod-test-");
  const std::string script = (dir.path() / "agent").string();
  REQUIRE(write_file(script, "#!/bin/sh\n", 0644));
  const CancelToken cancel;
  const auto ran = run_program({.argv = {script}, .input = {}, .directory = {}}, cancel);
  REQUIRE_FALSE(ran);
  CHECK(ran.error().kind == ErrorKind::kUnavailable);
  CHECK(ran.error().message == "'" + script + "' may not be executed; run: chmod +x " + script);
}

TEST_CASE("a program has our variables but those that are withheld") {
  setenv("AUTOMOD_TEST_SHOWN", "shown", 1);
  setenv("AUTOMOD_TEST_HIDDEN", "hidden", 1);
  const CancelToken cancel;
  const auto ran = run_program({.argv = {"env"},
                                .input = {},
                                .directory = {},
                                .withheld = {"AUTOMOD_TEST_HIDDEN", "AUTOMOD_TEST_SHOW"}},
                               cancel);
  unsetenv("AUTOMOD_TEST_SHOWN");
  unsetenv("AUTOMOD_TEST_HIDDEN");
  REQUIRE(ran);
  CHECK_THAT(ran->out, ContainsSubstring("AUTOMOD_TEST_SHOWN=shown"));
  CHECK(ran->out.find("AUTOMOD_TEST_HIDDEN") == std::string::npos);
}

TEST_CASE("what a program says on stderr does not count, and only its end is kept") {
  const auto ran = run("echo first >&2; head -c 10000000 /dev/zero >&2; echo last >&2; echo good");
  REQUIRE(ran);
  CHECK(ran->out == "good\n");
  CHECK_THAT(ran->err, testing::EndsWith("last\n"));
  CHECK(ran->err.size() <= 1 << 20);
}

TEST_CASE("a program that says too much on stdout has no output") {
  const auto ran = run("head -c 2000000 /dev/zero; sleep 60");
  REQUIRE_FALSE(ran);
  CHECK_THAT(ran.error().message, ContainsSubstring("said more than 1048576 bytes"));
}

TEST_CASE_METHOD(HelperTest, "a program that has ended is not waited for because of its helper") {
  const auto begun = std::chrono::steady_clock::now();
  const auto ran = run_with(GENERATE("exec sleep 60", "while echo log >&2; do sleep 0.1; done"));
  REQUIRE(ran);
  CHECK(ran->out == "good\n");
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(10));
}

TEST_CASE_METHOD(HelperTest, "what a helper says right after its program has ended is read") {
  const auto ran = run_with("sleep 0.2; echo later");
  REQUIRE(ran);
  CHECK(ran->out == "good\nlater\n");
}

TEST_CASE("a program that takes too long is gone, with what it started") {
  const auto ran = run("sleep 60 & sleep 60", {}, std::chrono::milliseconds(200));
  REQUIRE_FALSE(ran);
  CHECK_THAT(ran.error().message, ContainsSubstring("gave no answer"));
}

TEST_CASE("a program runs in a session of its own, and so without a terminal to ask on") {
  // The sixth field is the session; the second is a name without blanks.
  const auto ran = run("cut -d' ' -f6 /proc/$$/stat; echo $$");
  REQUIRE(ran);
  const auto lines = split_lines(ran->out);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] == lines[1]);
}
