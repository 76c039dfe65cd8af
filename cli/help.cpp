#include "cli/help.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/commands.hpp"

namespace automod::cli {

namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kIndent = 2;

struct Entry {
  std::string left;
  std::string right;
};

/// Two columns; the right one wrapped below itself.
std::string entries_text(const std::vector<Entry>& entries, const Paint& paint) {
  std::size_t left = 0;
  for (const Entry& entry : entries) {
    if (width_of(entry.left) <= 24) left = std::max(left, width_of(entry.left));
  }
  std::string text;
  const std::size_t column = kIndent + left + 2;
  for (const Entry& entry : entries) {
    const auto lines = wrap(entry.right, kWidth - column);
    text += std::string(kIndent, ' ') + paint(Tone::kName, entry.left);
    std::size_t at = kIndent + width_of(entry.left);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (at + 2 > column) {
        text += '\n';
        at = 0;
      }
      text += std::string(column - at, ' ') + lines[i];
      at = column;
    }
    text += '\n';
  }
  return text;
}

std::string heading(std::string_view text, const Paint& paint) {
  return '\n' + paint(Tone::kTitle, text) + '\n';
}

std::string option_left(const Option& option) {
  std::string left = option.letter.empty() ? "" : option.letter + ", ";
  left += option.name;
  if (!option.value.empty()) left += ' ' + option.value;
  return left;
}

std::string option_right(const Option& option) {
  std::string right = option.help;
  if (!option.choices.empty()) right += fmt::format("; one of {}", fmt::join(option.choices, ", "));
  if (option.required) right += "; required";
  return right;
}

std::string options_text(const std::vector<Option>& options, const Paint& paint) {
  std::vector<Entry> entries;
  for (const Option& option : options) {
    entries.push_back({option_left(option), option_right(option)});
  }
  return entries_text(entries, paint);
}

std::string operand_right(const Operand& operand) {
  std::string right = operand.help;
  if (!operand.choices.empty()) right += fmt::format(": {}", fmt::join(operand.choices, ", "));
  return right;
}

}  // namespace

std::string usage_line(const Command& command) {
  std::string line = "automod " + command.name;
  for (const Option& option : command.options) {
    if (option.required) line += fmt::format(" {} {}", option.name, option.value);
  }
  const bool optional =
      std::ranges::any_of(command.options, [](const Option& option) { return !option.required; });
  if (optional) line += " [OPTIONS]";
  for (const Operand& operand : command.operands) {
    if (operand.verbatim) {
      line += fmt::format(" [--] {} [ARG...]", operand.name);
      continue;
    }
    const std::string name = operand.name + (operand.repeats ? "..." : "");
    line += operand.required ? " " + name : " [" + name + "]";
  }
  return line;
}

std::string overview(const Paint& paint) {
  std::string text =
      "automod changes software and can be trusted to: it proposes, proves in a\n"
      "sandbox, judges on evidence, keeps what passes and can take anything back.\n"
      "\nusage: automod [-C DIR] [--json] [--quiet] COMMAND ...\n";
  std::size_t widest = 0;
  const std::vector<OverviewRow> rows = overview_rows();
  for (const OverviewRow& row : rows) widest = std::max(widest, row.name.size());
  Group group = Group::kHelp;
  bool first = true;
  for (const OverviewRow& row : rows) {
    if (first || row.group != group) text += heading(title(row.group), paint);
    first = false;
    group = row.group;
    text += fmt::format("  {}{}  {}\n", paint(Tone::kName, row.name),
                        std::string(widest - row.name.size(), ' '), row.summary);
  }
  text += heading("options of every command", paint) + options_text(global_options(), paint);
  text += heading("first steps", paint);
  text += entries_text({{"automod doctor", "can this machine run trials?"},
                        {"automod init", "write automod.toml"},
                        {"automod analyze", "find problems, propose fixes"},
                        {"automod try ID", "prove one"},
                        {"automod apply ID", "keep it on a branch of its own"}},
                       paint);
  return text + "\n'automod help COMMAND' tells more about each.\n";
}

std::string family_help(const Family& family, const Paint& paint) {
  std::string text =
      fmt::format("{}: {}\n\nusage: automod {} COMMAND ...\n",
                  paint(Tone::kTitle, "automod " + family.name), family.summary, family.name);
  std::vector<Entry> entries;
  for (const Command& command : commands()) {
    if (!is_of(command, family)) continue;
    entries.push_back({command.name.substr(family.name.size() + 1), command.summary});
  }
  text += heading("commands", paint) + entries_text(entries, paint);
  return text + fmt::format("\n'automod help {} COMMAND' tells more about each.\n", family.name);
}

std::string command_help(const Command& command, const Paint& paint) {
  std::string text =
      fmt::format("{}: {}\n\n", paint(Tone::kTitle, "automod " + command.name), command.summary);
  text += "usage: " + usage_line(command) + "\n\n" + paragraph(command.description, 0, kWidth);
  if (!command.operands.empty()) {
    std::vector<Entry> entries;
    for (const Operand& operand : command.operands) {
      entries.push_back({operand.name, operand_right(operand)});
    }
    text += heading("arguments", paint) + entries_text(entries, paint);
  }
  if (!command.options.empty())
    text += heading("options", paint) + options_text(command.options, paint);
  text += heading("options of every command", paint) + options_text(global_options(), paint);
  text += heading("examples", paint);
  for (const Example& example : command.examples) {
    text += fmt::format("  {}\n      {}\n", example.line, example.shows);
  }
  return text;
}

}  // namespace automod::cli
