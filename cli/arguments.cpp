#include "cli/arguments.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include "base/text.hpp"
#include "cli/commands.hpp"

namespace automod::cli {

namespace {

std::string help_line(const Command* command) {
  return command ? fmt::format("see 'automod help {}'", command->name) : "see 'automod help'";
}

std::unexpected<Error> wrong(const Command* command, std::string message) {
  return fail(ErrorKind::kUsage, std::move(message), help_line(command));
}

std::vector<Option> options_of(const Command* command) {
  std::vector<Option> all = global_options();
  if (command) all.insert(all.end(), command->options.begin(), command->options.end());
  return all;
}

std::vector<std::string> spellings(const Command* command) {
  std::vector<std::string> all;
  for (const Option& option : options_of(command)) all.push_back(option.name);
  return all;
}

bool looks_like_option(std::string_view word) { return word.size() > 1 && word[0] == '-'; }

std::unexpected<Error> unknown_option(const Command* command, std::string_view word) {
  const std::string_view bare = word.substr(0, word.find('='));
  if (!command) {
    for (const Command& other : commands()) {
      for (const Option& option : other.options) {
        if (option.name == bare) {
          return wrong(nullptr, fmt::format("option '{}' must follow the command", bare));
        }
      }
    }
  }
  const bool is_word = bare.starts_with("--");  // a single letter is near to every other
  return wrong(command, fmt::format("unknown option '{}'{}", printable_line(bare),
                                    is_word ? suggestion(bare, spellings(command)) : ""));
}

/// The option that `word` is, or begins with its value; nullptr when there is none.
const Option* option_of(const std::vector<Option>& options, std::string_view word) {
  const std::string_view bare = word.substr(0, word.find('='));
  for (const Option& option : options) {
    const bool spelled = option.name == bare || option.letter == bare;
    const bool glued =
        !word.starts_with("--") && (word.starts_with(option.name) ||
                                    (!option.letter.empty() && word.starts_with(option.letter)));
    if (spelled || glued) return &option;
  }
  return nullptr;
}

bool value_follows(const Option& option, std::string_view word) {
  return !option.is_flag() && (word == option.name || word == option.letter);
}

/// Skips the global options in front of the command.
Result<std::optional<std::size_t>> find_name(const std::vector<std::string>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (!looks_like_option(word)) return i;
    const Option* known = option_of(global_options(), word);
    if (!known) return unknown_option(nullptr, word);
    if (value_follows(*known, word)) ++i;
  }
  return std::nullopt;
}

/// Which command the words name, and how they go on.
struct Named {
  const Command* command = nullptr;
  const Family* family = nullptr;  // without a command: only its first word stood there
  std::size_t end = 0;             // of the name
};

Result<Named> find_named(const std::vector<std::string>& words) {
  auto place = find_name(words);
  if (!place) return fail(std::move(place.error()));
  if (!*place) return Named{};
  const std::string& first = words[**place];
  Named named{.command = find_command(first), .family = nullptr, .end = **place + 1};
  if (named.command) {
    // "log" is a command, and so is "log export".
    const Command* longer =
        named.end < words.size() ? find_command(first + " " + words[named.end]) : nullptr;
    if (longer) {
      named.command = longer;
      ++named.end;
    }
    return named;
  }
  named.family = find_family(first);
  if (!named.family) {
    return wrong(nullptr, fmt::format("unknown command '{}'{}", printable_line(first),
                                      suggestion(first, command_names())));
  }
  if (named.end == words.size() || looks_like_option(words[named.end])) return named;
  const std::string& second = words[named.end++];
  named.command = find_command(first + " " + second);
  if (named.command) return named;
  return fail(ErrorKind::kUsage,
              fmt::format("unknown command '{} {}'{}", first, printable_line(second),
                          suggestion(second, named.family->members)),
              fmt::format("see 'automod help {}'", first));
}

/// Where the words begin that are somebody else's; the number of words where none are.
std::size_t begin_of_verbatim(const std::vector<std::string>& words, const Named& named) {
  const Command* command = named.command;
  if (!command || command->operands.empty() || !command->operands.back().verbatim) {
    return words.size();
  }
  const std::vector<Option> options = options_of(command);
  std::size_t before = command->operands.size() - 1;  // operands of ours
  for (std::size_t i = named.end; i < words.size(); ++i) {
    if (words[i] == "--") return i;
    if (!looks_like_option(words[i])) {
      if (before == 0) return i;
      --before;
      continue;
    }
    const Option* option = option_of(options, words[i]);
    if (option && value_follows(*option, words[i])) ++i;
  }
  return words.size();
}

/// From 1; 0 for what is none.
std::size_t number_of(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : 0;
}

Result<void> check_number(const Command* command, const Option& option, std::string_view text) {
  if (!option.number) return {};
  const std::size_t value = number_of(text);
  if (value == 0) {
    return wrong(command,
                 fmt::format("option '{}' needs a whole number from 1{}, not '{}'", option.name,
                             option.most == 0 ? "" : fmt::format(" to {}", option.most),
                             printable_line(text)));
  }
  if (option.most == 0 || value <= option.most) return {};
  return wrong(command, fmt::format("{} is {}, expected 1 to {}", option.name, value, option.most));
}

Result<void> check_choice(const Command* command, std::string_view what, std::string_view value,
                          const std::vector<std::string>& choices) {
  if (std::ranges::find(choices, value) != choices.end()) return {};
  return fail(
      ErrorKind::kUsage,
      fmt::format("unknown {} '{}'{}", what, printable_line(value), suggestion(value, choices)),
      fmt::format("one of: {}; {}", fmt::join(choices, ", "), help_line(command)));
}

std::vector<std::string> split_commas(std::string_view text) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t comma = text.find(',');
    parts.emplace_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

Result<void> check_values(const Command* command, const Option& option,
                          const std::vector<std::string>& values) {
  if (values.size() > 1 && !option.repeats) {
    return wrong(command, fmt::format("option '{}' was given more than once", option.name));
  }
  for (const std::string& value : values) {
    if (value.empty()) {
      return wrong(command, fmt::format("option '{}' needs a value", option.name));
    }
    if (auto ok = check_number(command, option, value); !ok) return ok;
    if (option.choices.empty()) continue;
    const std::string what = in_lower(option.name.substr(2));
    if (auto ok = check_choice(command, what, value, option.choices); !ok) return ok;
  }
  return {};
}

std::unexpected<Error> too_many(const Command& command, const std::vector<std::string>& given,
                                std::size_t most) {
  std::string message = fmt::format("unexpected argument '{}'", printable_line(given[most]));
  if (command.operands.empty() || !command.operands.back().prose) {
    return wrong(&command, std::move(message));
  }
  const std::string all = printable_line(fmt::format("{}", fmt::join(given, " ")));
  return fail(ErrorKind::kUsage, std::move(message),
              all.find('\'') == all.npos
                  ? fmt::format("put the request in quotes: automod {} '{}'", command.name, all)
                  : "put the request in quotes; " + help_line(&command));
}

Result<void> check_operands(const Command& command, const std::vector<std::string>& given) {
  std::size_t most = 0;
  for (std::size_t i = 0; i < command.operands.size(); ++i) {
    const Operand& operand = command.operands[i];
    most = operand.repeats || operand.verbatim ? given.size() : most + 1;
    if (operand.required && given.size() <= i) {
      return wrong(&command, fmt::format("'{}' needs {} {}", command.name,
                                         operand.name == "ID" ? "an" : "a", operand.name));
    }
    if (!operand.choices.empty() && given.size() > i) {
      const std::string what = in_lower(operand.name);
      if (auto ok = check_choice(&command, what, given[i], operand.choices); !ok) return ok;
    }
  }
  if (given.size() > most) return too_many(command, given, most);
  const bool ours = command.operands.empty() || !command.operands.back().verbatim;
  const auto empty = std::ranges::find(given, std::string());
  if (ours && empty != given.end()) return wrong(&command, "an argument is empty");
  return {};
}

}  // namespace

bool Arguments::has(std::string_view option) const { return options_.contains(option); }

std::optional<std::string> Arguments::value(std::string_view option) const {
  const auto found = options_.find(option);
  if (found == options_.end() || found->second.empty()) return std::nullopt;
  return found->second.front();
}

std::vector<std::string> Arguments::values(std::string_view option) const {
  const auto found = options_.find(option);
  return found == options_.end() ? std::vector<std::string>() : found->second;
}

std::size_t Arguments::number(std::string_view option, std::size_t fallback) const {
  const auto text = value(option);
  if (!text) return fallback;
  std::size_t number = fallback;
  std::from_chars(text->data(), text->data() + text->size(), number);
  return number;
}

std::string Arguments::operand(std::size_t index) const {
  return index < operands_.size() ? operands_[index] : std::string();
}

/// Lets CLI11 take the words apart and puts the result into Arguments.
class ArgumentReader {
 public:
  explicit ArgumentReader(const Command* command) : command_(command) {}

  /// `verbatim` are operands that stand behind all others.
  Result<Arguments> read(std::vector<std::string> words, std::vector<std::string> verbatim) {
    app_.set_help_flag();
    app_.allow_extras();
    const std::vector<Option> options = options_of(command_);
    for (const Option& option : options) add(option);
    std::ranges::reverse(words);  // the order that CLI11 wants
    try {
      app_.parse(std::move(words));
    } catch (const CLI::ParseError& error) {
      return translate(error);
    }
    for (const Option& option : options) {
      if (auto ok = take(option); !ok) return fail(ok.error());
    }
    if (auto ok = take_operands(); !ok) return fail(ok.error());
    std::ranges::move(verbatim, std::back_inserter(arguments_.operands_));
    if (auto ok = check_required(options); !ok) return fail(ok.error());
    return arguments_;
  }

 private:
  void add(const Option& option) {
    std::string names = option.name;
    if (!option.letter.empty()) names = option.letter + "," + names;
    if (option.is_flag()) {
      app_.add_flag(names)->disable_flag_override();
    } else {
      app_.add_option(names, values_[option.name])->allow_extra_args(false);
    }
  }

  /// CLI11 begins its texts with the option they are about.
  std::unexpected<Error> translate(const CLI::ParseError& error) const {
    const std::string text = error.what();
    for (const Option& option : options_of(command_)) {
      const std::string bare = option.name.substr(option.name.find_first_not_of('-'));
      const bool meant =
          text.starts_with(option.name + ":") || text.starts_with(bare + " was given");
      if (!meant) continue;
      return wrong(command_, fmt::format("option '{}' {}", option.name,
                                         option.is_flag() ? "takes no value" : "needs a value"));
    }
    return wrong(command_, "the command line cannot be read: " + printable_line(text));
  }

  Result<void> take(const Option& option) {
    if (option.is_flag()) {
      if (app_.count(option.name) > 0) arguments_.options_[option.name];
      return {};
    }
    if (app_.count(option.name) == 0) return {};
    std::vector<std::string> given;
    for (const std::string& value : values_[option.name]) {
      if (option.repeats && !option.choices.empty()) {
        std::ranges::move(split_commas(value), std::back_inserter(given));
      } else {
        given.push_back(value);
      }
    }
    if (auto ok = check_values(command_, option, given); !ok) return ok;
    arguments_.options_[option.name] = std::move(given);
    return {};
  }

  Result<void> take_operands() {
    bool only_operands = false;
    for (const std::string& word : app_.remaining()) {
      if (!only_operands && word == "--") {
        only_operands = true;
      } else if (!only_operands && looks_like_option(word)) {
        return unknown_option(command_, word);
      } else {
        arguments_.operands_.push_back(word);
      }
    }
    // The name of the command itself, which is one word or two.
    const auto name = command_ ? 1 + std::ranges::count(command_->name, ' ') : 0;
    const auto count = static_cast<std::ptrdiff_t>(arguments_.operands_.size());
    arguments_.operands_.erase(arguments_.operands_.begin(),
                               arguments_.operands_.begin() + std::min(name, count));
    return {};
  }

  Result<void> check_required(const std::vector<Option>& options) const {
    if (arguments_.has("--help") || arguments_.has("--version") || !command_) return {};
    if (auto ok = check_operands(*command_, arguments_.operands_); !ok) return ok;
    for (const Option& option : options) {
      if (!option.required || arguments_.has(option.name)) continue;
      return wrong(command_,
                   fmt::format("'{}' needs {} {}", command_->name, option.name, option.value));
    }
    return {};
  }

  const Command* command_;
  CLI::App app_;
  std::map<std::string, std::vector<std::string>> values_;
  Arguments arguments_;
};

Result<CommandLine> read_command_line(const std::vector<std::string>& words) {
  auto named = find_named(words);
  if (!named) return fail(std::move(named.error()));
  if (named->family && !named->command && !has_word(words, "--help") && !has_word(words, "-h")) {
    return fail(ErrorKind::kUsage,
                fmt::format("'{}' needs one of: {}", named->family->name,
                            fmt::join(named->family->members, ", ")),
                fmt::format("see 'automod help {}'", named->family->name));
  }
  const auto split = static_cast<std::ptrdiff_t>(begin_of_verbatim(words, *named));
  std::vector<std::string> own(words.begin(), words.begin() + split);
  std::vector<std::string> verbatim(words.begin() + split, words.end());
  if (!verbatim.empty() && verbatim.front() == "--") verbatim.erase(verbatim.begin());
  CommandLine line{.command = named->command,
                   .family = named->command ? nullptr : named->family,
                   .arguments = {}};
  auto arguments = ArgumentReader(line.command).read(std::move(own), std::move(verbatim));
  if (!arguments) return fail(std::move(arguments.error()));
  line.arguments = std::move(*arguments);
  return line;
}

bool has_word(const std::vector<std::string>& words, std::string_view flag) {
  const auto named = find_named(words);
  const std::size_t end = named ? begin_of_verbatim(words, *named) : words.size();
  const auto last = words.begin() + static_cast<std::ptrdiff_t>(end);
  const auto dashes = std::find(words.begin(), last, std::string("--"));
  return std::find(words.begin(), dashes, flag) != dashes;
}

}  // namespace automod::cli
