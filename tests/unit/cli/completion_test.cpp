#include "cli/completion.hpp"

#include "base/files.hpp"
#include "cli/commands.hpp"
#include "cli/help.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/cli/golden.hpp"

using namespace automod;
using automod::testing::shell;

namespace {

class Scratch {
 public:
  Scratch() : dir_(*TempDir::create(std::filesystem::temp_directory_path(), "automod-cli")) {}
  std::string file(const std::string& name, const std::string& content) const {
    const auto path = dir_.path() / name;
    REQUIRE(write_file(path, content).has_value());
    return path.string();
  }

 private:
  TempDir dir_;
};

/// What bash offers for the words, the last of which is being completed.
std::string completed(const std::string& words) {
  const Scratch scratch;
  const std::string script = scratch.file("automod.bash", cli::bash_completion());
  const std::string program = ". " + script +
                              "; automod() { printf 'id-one\\tfirst\\n'; }; COMP_WORDS=(" + words +
                              "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _automod; printf '%s\\n' "
                              "\"${COMPREPLY[@]}\"";
  std::string output;
  const std::string file = scratch.file("run.bash", program);
  CHECK(shell("bash " + file, &output) == 0);
  return output;
}

void check_script(const std::string& interpreter, const std::string& script) {
  if (!testing::has_program(interpreter)) {
    WARN(interpreter << " is not installed; its script was not parsed");
    return;
  }
  const Scratch scratch;
  std::string output;
  CHECK(shell(interpreter + " -n " + scratch.file("script", script), &output) == 0);
  CHECK(output.empty());
}

}  // namespace

TEST_CASE("completion scripts are valid for their shells") {
  check_script("bash", cli::bash_completion());
  check_script("zsh", cli::zsh_completion());
  check_script("fish", cli::fish_completion());
}

TEST_CASE("every command and option is in every completion script") {
  for (const std::string& script :
       {cli::bash_completion(), cli::zsh_completion(), cli::fish_completion()}) {
    for (const cli::Command& command : cli::commands()) {
      const std::size_t space = command.name.find(' ');  // families and members stand apart
      CHECK(script.find(command.name.substr(0, space)) != std::string::npos);
      CHECK(script.find(command.name.substr(space + 1)) != std::string::npos);
      for (const cli::Option& option : command.options) {
        CHECK(script.find(option.name.substr(2)) != std::string::npos);
      }
    }
  }
}

TEST_CASE("bash completes commands, options, values, lists and ids") {
  const auto [words, offered] = GENERATE(table<std::string, std::string>({
      {"automod ana", "analyze\n"},
      {"automod --json ana", "analyze\n"},
      {"automod -C no-such-folder", "\n"},
      {"automod analyze --prop", "--proposer\n"},
      {"automod analyze --goal fix", "fix_bugs\n"},
      {"automod analyze --goal fix_bugs,ref", "fix_bugs,refactor\n"},
      {"automod list --status need", "needs_approval\n"},
      {"automod completion f", "fish\n"},
      {"automod -j 4 show id", "id-one\n"},
      {"automod help tr", "try\n"},
      {"automod lo", "log\n"},
      {"automod log --fol", "--follow\n"},
      {"automod log id-one --fol", "--follow\n"},
      {"automod log --kind appl", "application\n"},
      {"automod log export --t", "--to\n"},
      {"automod sandb", "sandbox\n"},
      {"automod sandbox te", "test\n"},
      {"automod sandbox run --mem", "--memory-mb\n"},
      {"automod --json sandbox run --mount over", "overlay\n"},
      {"automod sandbox test --backend bw", "bwrap\n"},
  }));
  INFO(words);
  CHECK(completed(words) == offered);
}

TEST_CASE("the manual page is read without complaint and names every command") {
  const std::string page = cli::man_page();
  for (const cli::Command& command : cli::commands()) {
    CHECK(page.find(".SS automod " + command.name) != std::string::npos);
  }
  if (!testing::has_program("groff")) {
    WARN("groff is not installed; the manual page was not rendered");
    return;
  }
  const Scratch scratch;
  std::string output;
  CHECK(shell("groff -man -Tutf8 -ww -z " + scratch.file("automod.1", page), &output) == 0);
  CHECK(output.empty());
}
