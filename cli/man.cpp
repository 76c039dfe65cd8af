#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>

#include "cli/commands.hpp"
#include "cli/help.hpp"
#include "cli/versions.hpp"

namespace automod::cli {

namespace {

/// Text as roff reads it: backslashes and dashes stand for themselves, and no line is taken for
/// a request.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool line_begins = out.empty() || out.back() == '\n';
    if (line_begins && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if (c == '\'') {
      out += "\\(aq";
    } else if (c == '`') {
      out += "\\(ga";
    } else if (c == '~') {
      out += "\\(ti";
    } else if (c == '^') {
      out += "\\(ha";
    } else {
      out += c;
    }
  }
  return out;
}

std::string paragraphs(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = text.find("\n\n");
    out += ".PP\n" + roff(text.substr(0, end)) + '\n';
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
  }
  return out;
}

std::string item(const std::string& left, const std::string& right) {
  return fmt::format(".TP\n{}\n{}\n", left, roff(right));
}

std::string bold(std::string_view text) { return "\\fB" + roff(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + roff(text) + "\\fR"; }

std::string options_part(const std::vector<Option>& options) {
  std::string out;
  for (const Option& option : options) {
    std::string left = option.letter.empty() ? "" : bold(option.letter) + ", ";
    left += bold(option.name);
    if (!option.value.empty()) left += ' ' + italic(option.value);
    std::string right = option.help;
    if (!option.choices.empty()) {
      right += fmt::format("; one of {}", fmt::join(option.choices, ", "));
    }
    if (option.required) right += "; required";
    out += item(left, right + ".");
  }
  return out;
}

std::string command_part(const Command& command) {
  std::string out = fmt::format(".SS {}\n", roff(usage_line(command)));
  out += roff(command.summary) + ".\n" + paragraphs(command.description);
  for (const Operand& operand : command.operands) {
    std::string right = operand.help;
    if (!operand.choices.empty()) right += fmt::format(": {}", fmt::join(operand.choices, ", "));
    out += item(italic(operand.name), right + ".");
  }
  out += options_part(command.options);
  for (const Example& example : command.examples) {
    out += fmt::format(".PP\n{}:\n.PP\n.RS 4\n.nf\n{}\n.fi\n.RE\n", roff(example.shows),
                       roff(example.line));
  }
  return out;
}

std::string explained_part(const std::vector<Explained>& rows) {
  std::string out;
  for (const auto& [name, meaning] : rows) {
    out += item(bold(name), std::string(meaning) + ".");
  }
  return out;
}

}  // namespace

std::string man_page() {
  std::string page = fmt::format(
      ".TH AUTOMOD 1 \"\" \"automod {}\" \"User Commands\"\n"
      ".SH NAME\nautomod \\- prove, judge, keep and take back changes to software\n"
      ".SH SYNOPSIS\n.B automod\n[\\fB\\-C\\fR \\fIDIR\\fR] [\\fB\\-\\-json\\fR] "
      "[\\fB\\-\\-quiet\\fR] \\fICOMMAND\\fR ...\n",
      own_version());
  page += ".SH DESCRIPTION\n" +
          roff(
              "automod reads a repository, gets candidate changes from rules, from a model or "
              "from a patch, proves each one in a sandbox, judges it on what was measured, keeps "
              "what passes as a commit on a branch of its own, and can take anything back. Your "
              "working tree, index and checked-out branch are not touched.") +
          '\n';
  page += ".SH OPTIONS\nEvery command takes these, before or after its name.\n" +
          options_part(global_options()) + ".SH COMMANDS\n";
  for (const Command& command : commands()) page += command_part(command);
  page += ".SH EXIT STATUS\n" + explained_part(exit_codes());
  page += ".SH ENVIRONMENT\n" + explained_part(environment_variables());
  page += ".SH FILES\n";
  page += item(bold("automod.toml"),
               "how the project is built, tested and measured; trials read "
               "the one in the base commit.");
  page += item(bold(".git/automod/"), "database and ledger of one repository.");
  page += ".SH SEE ALSO\n.BR git (1),\n.BR clang-tidy (1)\n";
  return page;
}

}  // namespace automod::cli
