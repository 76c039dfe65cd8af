#include "cli/completion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>
#include <vector>

#include "cli/commands.hpp"
#include "cli/text.hpp"

namespace automod::cli {

namespace {

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

std::string option_words(const std::vector<Option>& options) {
  std::string words;
  for (const Option& option : options) {
    if (!option.letter.empty()) words += option.letter + ' ';
    words += option.name + ' ';
  }
  return words;
}

/// The name of a command as a pattern of `case`.
std::string case_word(const std::string& name) {
  return name.find(' ') == std::string::npos ? name : '"' + name + '"';
}

/// First words of commands that have a second.
std::string family_names(std::string_view between) {
  std::string all;
  for (const Family& family : families()) {
    all += (all.empty() ? std::string() : std::string(between)) + family.name;
  }
  return all;
}

/// Lines of the overview that begin with a word of their own.
std::vector<OverviewRow> first_words() {
  std::vector<OverviewRow> rows = overview_rows();
  std::erase_if(rows, [](const OverviewRow& row) { return row.name.contains(' '); });
  return rows;
}

/// Commands of two words whose first is a command by itself: "log export".
std::vector<const Command*> longer_commands() {
  std::vector<const Command*> all;
  for (const Command& command : commands()) {
    const std::size_t space = command.name.find(' ');
    if (space != std::string::npos && find_command(command.name.substr(0, space))) {
      all.push_back(&command);
    }
  }
  return all;
}

/// `case` arms that tell them by the word behind.
std::string longer_arms(std::string_view words) {
  std::string arms;
  for (const Command* command : longer_commands()) {
    const std::size_t space = command->name.find(' ');
    arms += fmt::format(
        "      {0}) command=${{command:+$command }}{0}; [[ ${{{1}[i + 1]}} == {2} ]] && "
        "command='{3}'; break ;;\n",
        command->name.substr(0, space), words, command->name.substr(space + 1), command->name);
  }
  return arms;
}

/// "--jobs|-j" with `prefix` before each.
std::string pattern(const Option& option, std::string_view prefix) {
  std::string all = fmt::format("{}{}", prefix, option.name);
  if (!option.letter.empty()) all += fmt::format("|{}{}", prefix, option.letter);
  return all;
}

/// The global options that take a value, as one pattern; -C has an arm of its own.
std::string value_option_pattern() {
  std::string all;
  for (const Option& option : global_options()) {
    if (option.is_flag() || option.completes == Completes::kFolders) continue;
    all += (all.empty() ? "" : "|") + pattern(option, "");
  }
  return all;
}

/// The shell command that offers values of a kind; `shell` is the prefix of its helpers.
std::string offer(std::string_view shell, Completes completes,
                  const std::vector<std::string>& choices, bool repeats) {
  if (!choices.empty()) {
    return fmt::format("_automod_{} {}", repeats ? "several" : "words", joined(choices));
  }
  switch (completes) {
    case Completes::kFiles:
      return shell == "zsh" ? "_files" : "_automod_files";
    case Completes::kFolders:
      return shell == "zsh" ? "_files -/" : "_automod_folders";
    case Completes::kRevisions:
      return "_automod_revisions";
    case Completes::kModifications:
      return "_automod_ids";
    case Completes::kCommands:
      return "_automod_commands";
    case Completes::kNothing:
      return ":";
  }
  return ":";
}

/// `case` arms that complete the value of the option before the cursor.
std::string value_arms(std::string_view shell) {
  std::string arms;
  const auto arm = [&](const Option& option, std::string_view prefix) {
    if (option.is_flag()) return;
    arms += fmt::format("    {}) {}; return ;;\n", pattern(option, prefix),
                        offer(shell, option.completes, option.choices, option.repeats));
  };
  for (const Option& option : global_options()) arm(option, "*:");
  for (const Command& command : commands()) {
    for (const Option& option : command.options) arm(option, case_word(command.name) + ":");
  }
  return arms;
}

/// `case` arms that complete options and operands of the command on the line.
std::string command_arms(std::string_view shell) {
  const std::string globals = option_words(global_options());
  std::string arms;
  for (const Command& command : commands()) {
    const std::string name = case_word(command.name);
    arms += fmt::format("    {}:-*) _automod_words {}{};;\n", name, option_words(command.options),
                        globals);
    for (const Operand& operand : command.operands) {
      arms += fmt::format("    {}:*) {} ;;\n", name,
                          offer(shell, operand.completes, operand.choices, false));
    }
  }
  for (const Family& family : families()) {
    arms += fmt::format("    {}:*) _automod_words {} ;;\n", family.name, joined(family.members));
  }
  return arms +
         fmt::format("    :-*) _automod_words {};;\n    :*) _automod_commands ;;\n", globals);
}

std::string fish_quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

std::string fish_values(Completes completes, const std::vector<std::string>& choices,
                        bool repeats) {
  if (!choices.empty()) {
    return fmt::format(
        " -x -a {}",
        fish_quoted(repeats ? "(__fish_append , " + joined(choices) + ")" : joined(choices)));
  }
  switch (completes) {
    case Completes::kFiles:
      return " -r -F";
    case Completes::kFolders:
      return " -x -a '(__fish_complete_directories)'";
    case Completes::kRevisions:
      return " -x -a '(__automod_revisions)'";
    case Completes::kModifications:
      return " -x -a '(__automod_ids)'";
    case Completes::kCommands:
      return " -x -a " + fish_quoted(joined(command_names()));
    case Completes::kNothing:
      return " -x";
  }
  return " -x";
}

std::string fish_option(const Option& option, std::string_view condition) {
  std::string line = "complete -c automod" + std::string(condition);
  for (const std::string& spelling : {option.letter, option.name}) {
    if (spelling.starts_with("--")) {
      line += " -l " + spelling.substr(2);
    } else if (!spelling.empty()) {
      line += " -s " + spelling.substr(1);
    }
  }
  if (!option.is_flag()) line += fish_values(option.completes, option.choices, option.repeats);
  return line + " -d " + fish_quoted(option.help) + '\n';
}

constexpr std::string_view kBashHelpers = R"sh(
_automod_words() { mapfile -t COMPREPLY < <(compgen -W "$*" -- "$cur"); }
_automod_several() {
  local before=
  if [[ $cur == *,* ]]; then before=${cur%,*},; fi
  mapfile -t COMPREPLY < <(compgen -P "$before" -W "$*" -- "${cur##*,}")
}
_automod_files() { mapfile -t COMPREPLY < <(compgen -f -- "$cur"); compopt -o filenames 2>/dev/null; }
_automod_folders() { mapfile -t COMPREPLY < <(compgen -d -- "$cur"); compopt -o filenames 2>/dev/null; }
_automod_revisions() {
  _automod_words "$(git -C "$folder" for-each-ref --format='%(refname:short)' 2>/dev/null)"
}
_automod_ids() { _automod_words "$(automod -C "$folder" list --ids 2>/dev/null | cut -f 1)"; }
)sh";

constexpr std::string_view kZshHelpers = R"sh(
_automod_words() { compadd -- "$@" }
_automod_several() { compset -P '*,'; compadd -qS , -- "$@" }
_automod_revisions() {
  compadd -- ${(f)"$(git -C "$folder" for-each-ref --format='%(refname:short)' 2>/dev/null)"}
}
_automod_ids() {
  local -a ids=(${${(f)"$(automod -C "$folder" list --ids 2>/dev/null)"}/$'\t'/:})
  _describe 'modification' ids
}
)sh";

/// What bash and zsh share: find the command and the folder on the line, then pick an arm.
std::string dispatch(std::string_view shell, std::string_view first, std::string_view words,
                     std::string_view end) {
  return fmt::format(
      R"sh(  local command='' folder=. i
  for ((i = {first}; i < {end}; i++)); do
    case ${{{words}[i]}} in
      -C) folder=${{{words}[i + 1]}}; ((i++)) ;;
      {value_options}) ((i++)) ;;
      -*) ;;
{longer_arms}      {families}) if [[ -z $command ]]; then command=${{{words}[i]}}; else break; fi ;;
      *) command=${{command:+$command }}${{{words}[i]}}; break ;;
    esac
  done
  case $command:$before in
{value_arms}  esac
  case $command:$cur in
{command_arms}  esac
}}
)sh",
      fmt::arg("first", first), fmt::arg("end", end), fmt::arg("words", words),
      fmt::arg("longer_arms", longer_arms(words)), fmt::arg("families", family_names("|")),
      fmt::arg("value_options", value_option_pattern()), fmt::arg("value_arms", value_arms(shell)),
      fmt::arg("command_arms", command_arms(shell)));
}

}  // namespace

std::string bash_completion() {
  std::string script = "# bash completion for automod, made by `automod completion bash`\n";
  script += kBashHelpers;
  script += fmt::format("_automod_commands() {{ _automod_words {}; }}\n", joined(command_names()));
  script +=
      "_automod() {\n  COMPREPLY=()\n"
      "  local cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n";
  script += dispatch("bash", "1", "COMP_WORDS", "COMP_CWORD");
  return script + "complete -F _automod automod\n";
}

std::string zsh_completion() {
  std::string script = "#compdef automod\n# made by `automod completion zsh`\n";
  script += kZshHelpers;
  script += "_automod_commands() {\n  local -a names=(\n";
  for (const OverviewRow& row : first_words()) {
    script += fmt::format("    {}\n", shell_word(row.name + ":" + row.summary));
  }
  script += "  )\n  _describe 'command' names\n}\n";
  script += "_automod() {\n  local cur=${words[CURRENT]} before=${words[CURRENT - 1]}\n";
  script += dispatch("zsh", "2", "words", "CURRENT");
  return script +
         "if [[ $funcstack[1] == _automod ]]; then _automod \"$@\"; else compdef _automod automod; "
         "fi\n";
}

std::string fish_completion() {
  std::string script = "# fish completion for automod, made by `automod completion fish`\n";
  script += R"(function __automod_command
    set -l skip 0
    set -l found
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
        else if contains -- $word )";
  for (const Option& option : global_options()) {
    if (!option.is_flag()) script += option.name + ' ' + option.letter + ' ';
  }
  script += R"(
            set skip 1
        else if not string match -q -- '-*' $word
            set -a found $word
            if test (count $found) = 2; or not contains -- $word )" +
            family_names(" ");
  for (const Command* command : longer_commands()) {
    script += ' ' + command->name.substr(0, command->name.find(' '));
  }
  script += R"(
                break
            end
        end
    end
    test (count $found) != 0; or return 1
)";
  for (const Command* command : longer_commands()) {
    const std::size_t space = command->name.find(' ');
    script += fmt::format(
        "    test \"$found[1]\" = {}; and test \"$found[2]\" != {}; and set found $found[1]\n",
        command->name.substr(0, space), command->name.substr(space + 1));
  }
  script += R"(    echo (string join ' ' -- $found)
end
function __automod_is
    test (__automod_command) = "$argv" 2>/dev/null
end
function __automod_ids
    automod list --ids 2>/dev/null
end
function __automod_revisions
    git for-each-ref --format='%(refname:short)' 2>/dev/null
end
complete -c automod -f
)";
  for (const Option& option : global_options()) script += fish_option(option, "");
  for (const OverviewRow& row : first_words()) {
    script += fmt::format("complete -c automod -n 'not __automod_command' -a {} -d {}\n", row.name,
                          fish_quoted(row.summary));
  }
  for (const Command& command : commands()) {
    if (const std::size_t space = command.name.find(' '); space != std::string::npos) {
      script += fmt::format("complete -c automod -n '__automod_is {}' -a {} -d {}\n",
                            command.name.substr(0, space), command.name.substr(space + 1),
                            fish_quoted(command.summary));
    }
    const std::string condition = fmt::format(" -n '__automod_is {}'", command.name);
    for (const Option& option : command.options) script += fish_option(option, condition);
    for (const Operand& operand : command.operands) {
      const std::string values = fish_values(operand.completes, operand.choices, false);
      script += "complete -c automod" + condition +
                (operand.completes == Completes::kFiles ? std::string(" -F") : values) + '\n';
    }
  }
  return script;
}

}  // namespace automod::cli
