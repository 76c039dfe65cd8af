#include "cli/commands.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "cli/arguments.hpp"
#include "cli/help.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/cli/golden.hpp"

using namespace automod;
using namespace automod::cli;

namespace {

/// The words of the first call of automod in a shell line.
std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> words;
  std::string word;
  bool quoted = false;
  for (const char c : line.substr(line.find("automod ")) + " ") {
    if (c == '\'') {
      quoted = !quoted;
    } else if (c == ' ' && !quoted) {
      if (word == "|" || word == ">" || word.starts_with("$(")) break;
      words.push_back(std::exchange(word, ""));
    } else {
      word += c;
    }
  }
  words.erase(words.begin());
  return words;
}

void check_width(const std::string& text) {
  for (const std::string_view line : split_lines(text)) {
    INFO(line);
    CHECK(width_of(line) <= 80);
    CHECK_FALSE(line.ends_with(' '));
  }
}

}  // namespace

TEST_CASE("every command has a function, a summary, a description and an example") {
  for (const Command& command : commands()) {
    INFO(command.name);
    CHECK(command.run != nullptr);
    CHECK_FALSE(command.summary.empty());
    CHECK_FALSE(command.summary.ends_with('.'));
    CHECK(command.description.ends_with('.'));
    CHECK_FALSE(command.examples.empty());
    for (const Operand& operand : command.operands) CHECK_FALSE(operand.help.empty());
    for (const Option& option : command.options) {
      CHECK_FALSE(option.help.empty());
      CHECK((option.choices.empty() || !option.is_flag()));
    }
  }
}

TEST_CASE("names of commands, and of options within a command, are unique") {
  std::set<std::string> names;
  for (const Command& command : commands()) {
    CHECK(names.insert(command.name).second);
    std::set<std::string> options;
    for (const Option& option : global_options()) CHECK(options.insert(option.name).second);
    for (const Option& option : command.options) {
      INFO(command.name << ' ' << option.name);
      CHECK(options.insert(option.name).second);
    }
  }
}

TEST_CASE("every example is a command line that automod accepts") {
  for (const Command& command : commands()) {
    for (const Example& example : command.examples) {
      INFO(example.line);
      auto words = words_of(example.line);
      if (example.line.find("$(") != std::string::npos) words.emplace_back("0199c2d4-7f1a");
      const auto line = read_command_line(words);
      REQUIRE(line.has_value());
      CHECK(line->command == &command);
    }
  }
}

TEST_CASE("help fits 80 columns") {
  check_width(overview(Paint(false)));
  for (const Family& family : families()) check_width(family_help(family, Paint(false)));
  for (const Command& command : commands()) {
    INFO(command.name);
    std::string text = command_help(command, Paint(false));
    for (const Example& example : command.examples) {
      // A line to copy is not wrapped.
      const std::string line = "\n  " + example.line + "\n";
      const auto at = text.find(line);
      REQUIRE(at != std::string::npos);
      text.erase(at, line.size() - 1);
    }
    check_width(text);
  }
}

TEST_CASE("help says what every command and option is for") {
  const std::string all = overview(Paint(false));
  for (const Command& command : commands()) {
    const Family* family = find_family(command.name.substr(0, command.name.find(' ')));
    const std::string listed = family ? family_help(*family, Paint(false)) : all;
    CHECK(listed.find(command.summary) != std::string::npos);
    const std::string text = command_help(command, Paint(false));
    for (const Option& option : command.options) {
      CHECK(text.find(option.name) != std::string::npos);
    }
    for (const Example& example : command.examples) {
      CHECK(text.find(example.line) != std::string::npos);
    }
  }
}

TEST_CASE("a family is one line of the overview, and has members") {
  const std::string all = overview(Paint(false));
  for (const Family& family : families()) {
    CHECK(all.find("\n  " + family.name + " ") != std::string::npos);
    CHECK(all.find(family.summary) != std::string::npos);
    CHECK(family.members.size() > 1);
    CHECK(find_command(family.name) == nullptr);
  }
}

TEST_CASE("the overview has each heading once") {
  const std::string all = overview(Paint(false));
  for (const OverviewRow& row : overview_rows()) {
    const std::string heading = "\n\n" + std::string(title(row.group)) + "\n";
    CHECK(all.find(heading) != std::string::npos);
    CHECK(all.find(heading) == all.rfind(heading));
  }
}

TEST_CASE("help is what was agreed") {
  testing::check_golden("help.txt", overview(Paint(false)));
  testing::check_golden("help_analyze.txt", command_help(*find_command("analyze"), Paint(false)));
  testing::check_golden("help_sandbox.txt", family_help(*find_family("sandbox"), Paint(false)));
  testing::check_golden("help_sandbox_run.txt",
                        command_help(*find_command("sandbox run"), Paint(false)));
}
