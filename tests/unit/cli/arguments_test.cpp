#include "cli/arguments.hpp"

#include <tuple>

#include "tests/unit/catch.hpp"

using automod::cli::read_command_line;
using Words = std::vector<std::string>;

namespace {

std::string message_of(const Words& words) {
  const auto line = read_command_line(words);
  REQUIRE_FALSE(line.has_value());
  CHECK(line.error().kind == automod::ErrorKind::kUsage);
  CHECK_FALSE(line.error().hint.empty());
  return line.error().message;
}

}  // namespace

TEST_CASE("a request without quotes is told to have them") {
  const auto line = read_command_line({"ask", "make", "it", "faster"});
  REQUIRE_FALSE(line.has_value());
  CHECK(line.error().message == "unexpected argument 'it'");
  CHECK(line.error().hint == "put the request in quotes: automod ask 'make it faster'");
  CHECK(read_command_line({"fix", "don't", "stop"}).error().hint ==
        "put the request in quotes; see 'automod help fix'");
}

TEST_CASE("a wrong command line says what is wrong and what was meant") {
  const auto [words, message] = GENERATE(table<Words, std::string>({
      {{"analyse"}, "unknown command 'analyse', did you mean 'analyze'?"},
      {{"zzzzzz"}, "unknown command 'zzzzzz'"},
      {{"analyze", "--goall", "fix_bugs"}, "unknown option '--goall', did you mean '--goal'?"},
      {{"analyze", "--goall=fix_bugs"}, "unknown option '--goall', did you mean '--goal'?"},
      {{"list", "--jason"}, "unknown option '--jason', did you mean '--json'?"},
      {{"--jsn", "list"}, "unknown option '--jsn', did you mean '--json'?"},
      {{"--limit", "3", "list"}, "option '--limit' must follow the command"},
      {{"analyze", "--goal", "fix_bug"}, "unknown goal 'fix_bug', did you mean 'fix_bugs'?"},
      {{"analyze", "--goal", "fix_bugs,refractor"},
       "unknown goal 'refractor', did you mean 'refactor'?"},
      {{"analyze", "--safety=conservativ"},
       "unknown safety 'conservativ', did you mean 'conservative'?"},
      {{"completion", "bsh"}, "unknown shell 'bsh', did you mean 'bash'?"},
      {{"analyze", "--goal", "fix_bugs,"}, "option '--goal' needs a value"},
      {{"analyze", "--goal"}, "option '--goal' needs a value"},
      {{"list", "--limit", "0"}, "option '--limit' needs a whole number from 1, not '0'"},
      {{"list", "--limit", "ten"}, "option '--limit' needs a whole number from 1, not 'ten'"},
      {{"list", "--limit", "1", "--limit", "2"}, "option '--limit' was given more than once"},
      // As the settings say it.
      {{"ask", "x", "--attempts", "21"}, "--attempts is 21, expected 1 to 20"},
      {{"fix", "--candidates=99999999999999999999"},
       "option '--candidates' needs a whole number from 1 to 20, not '99999999999999999999'"},
      {{"fix", "--candidates", "1000000"}, "--candidates is 1000000, expected 1 to 20"},
      {{"list", "--json=1"}, "option '--json' takes no value"},
      {{"list", "extra"}, "unexpected argument 'extra'"},
      {{"show"}, "'show' needs an ID"},
      {{"show", ""}, "an argument is empty"},
      {{"try"}, "'try' needs an ID"},
      {{"propose"}, "'propose' needs --patch FILE"},
      {{"rollback", "0199"}, "'rollback' needs --reason TEXT"},
      {{"list", "-x"}, "unknown option '-x'"},
      {{"show", "\x1b[31m", "b"}, "unexpected argument 'b'"},
      {{"\x1b[31mred"}, "unknown command '\\x1b[31mred'"},
      {{"sandbox"}, "'sandbox' needs one of: run, test, backends"},
      {{"sandbox", "--json"}, "'sandbox' needs one of: run, test, backends"},
      {{"sandbox", "tset"}, "unknown command 'sandbox tset', did you mean 'test'?"},
      {{"sandbox", "run"}, "'sandbox run' needs a COMMAND"},
      {{"sandbox", "run", "--mont", "copy", "x"},
       "unknown option '--mont', did you mean '--mount'?"},
      {{"sandbox", "run", "--seconds", "soon", "x"},
       "option '--seconds' needs a whole number from 1, not 'soon'"},
  }));
  CHECK(message_of(words) == message);
}

TEST_CASE("options of every command stand before or after its name") {
  const Words words = GENERATE(values<Words>({{"-C", "there", "--json", "--jobs", "4", "list"},
                                              {"list", "-C", "there", "--json", "-j", "4"},
                                              {"-Cthere", "list", "--json", "--jobs=4"}}));
  const auto line = read_command_line(words);
  REQUIRE(line.has_value());
  CHECK(line->command->name == "list");
  CHECK(line->arguments.value("-C") == "there");
  CHECK(line->arguments.has("--json"));
  CHECK(line->arguments.number("--jobs", 1) == 4);
  CHECK(line->arguments.operands().empty());
}

TEST_CASE("goals may be repeated, listed with commas, or both") {
  const auto line = read_command_line(
      {"analyze", "src", "--goal", "fix_bugs,refactor", "--goal", "improve_performance"});
  REQUIRE(line.has_value());
  CHECK(line->arguments.values("--goal") == Words{"fix_bugs", "refactor", "improve_performance"});
  CHECK(line->arguments.operand(0) == "src");
}

TEST_CASE("a value may look like an option, and everything after -- is an operand") {
  const auto reason = read_command_line({"rollback", "0199", "--reason", "--worse"});
  REQUIRE(reason.has_value());
  CHECK(reason->arguments.value("--reason") == "--worse");
  const auto operand = read_command_line({"show", "--", "-odd"});
  REQUIRE(operand.has_value());
  CHECK(operand->arguments.operand(0) == "-odd");
}

TEST_CASE("a dash alone is a value, and names of commands may be operands") {
  const auto patch = read_command_line({"propose", "--patch", "-"});
  REQUIRE(patch.has_value());
  CHECK(patch->arguments.value("--patch") == "-");
  const auto help = read_command_line({"help", "list"});
  REQUIRE(help.has_value());
  CHECK(help->command->name == "help");
  CHECK(help->arguments.operand(0) == "list");
}

TEST_CASE("from its first word on, a command for the sandbox is its own") {
  const Words wanted = {"cc", "-o", "x", "--json", "--help", "--", "", "-C"};
  for (const Words& before : std::vector<Words>{{"sandbox", "run", "--mount", "copy"},
                                                {"sandbox", "run", "--mount=copy", "--"}}) {
    Words words = before;
    words.insert(words.end(), wanted.begin(), wanted.end());
    const auto line = read_command_line(words);
    REQUIRE(line.has_value());
    CHECK(line->command->name == "sandbox run");
    CHECK(line->arguments.value("--mount") == "copy");
    CHECK(line->arguments.operands() == wanted);
    CHECK_FALSE(line->arguments.has("--json"));
    CHECK_FALSE(automod::cli::has_word(words, "--json"));
  }
  const auto ours = read_command_line({"--json", "sandbox", "run", "-C", "there", "ls"});
  REQUIRE(ours.has_value());
  CHECK(ours->arguments.has("--json"));
  CHECK(ours->arguments.operands() == Words{"ls"});
}

TEST_CASE("help for a family needs no more than its name") {
  const auto line = read_command_line({"sandbox", "--help"});
  REQUIRE(line.has_value());
  CHECK(line->command == nullptr);
  REQUIRE(line->family != nullptr);
  CHECK(line->family->name == "sandbox");
}

TEST_CASE("with --help nothing is required") {
  const auto line = read_command_line({"rollback", "--help"});
  REQUIRE(line.has_value());
  CHECK(line->arguments.has("--help"));
}

TEST_CASE("brackets in a value are no list") {
  const auto line = read_command_line({"rollback", "0199", "--reason", "[a,b]"});
  REQUIRE(line.has_value());
  CHECK(line->arguments.values("--reason") == Words{"[a,b]"});
}

TEST_CASE("operands and options of ours may stand before somebody else's command line") {
  for (const Words& words : {Words{"watch", "0199", "--every", "5s", "--", "ls", "--all"},
                             Words{"watch", "--every", "5s", "0199", "ls", "--all"}}) {
    const auto line = read_command_line(words);
    REQUIRE(line);
    CHECK(line->arguments.operands() == Words{"0199", "ls", "--all"});
    CHECK(line->arguments.value("--every") == "5s");
  }
}
