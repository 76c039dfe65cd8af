#include "cli/run.hpp"

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/documents.hpp"
#include "cli/help.hpp"
#include "cli/versions.hpp"

namespace automod::cli {

namespace {

int print_version(Context& context) {
  if (context.json()) {
    context.print(version_document(linked_versions()));
  } else {
    context.out() << version_text(linked_versions());
  }
  return kDone;
}

int print_help(Context& context, const CommandLine& line) {
  const Command* command = line.command;
  if (context.json()) {
    context.print(line.family ? help_document(*line.family) : help_document(command));
  } else if (line.family) {
    context.out() << family_help(*line.family, context.paint());
  } else {
    context.out() << (command ? command_help(*command, context.paint())
                              : overview(context.paint()));
  }
  return kDone;
}

}  // namespace

int report(const Error& error, const std::vector<std::string>& words, const World& world) {
  const bool plain = has_word(words, "--no-color");
  const Paint paint(world.err_is_terminal && world.color_allowed && !plain);
  world.err << "automod: " << paint(Tone::kBad, "error:") << ' ' << printable(error.message)
            << '\n';
  if (!error.hint.empty()) {
    world.err << "automod: " << paint(Tone::kDim, "hint:") << ' ' << printable(error.hint) << '\n';
  }
  const int code = exit_code(error.kind);
  if (has_word(words, "--json")) {
    world.out << json_text(error_document(error, code), 2) << '\n';
  }
  return code;
}

int run(const std::vector<std::string>& words, const World& world) {
  const auto line = read_command_line(words);
  if (!line) return report(line.error(), words, world);
  const Arguments& arguments = line->arguments;
  Result<int> code = kDone;
  {
    Context context(world, arguments);
    if (arguments.has("--version")) {
      code = print_version(context);
    } else if (arguments.has("--help")) {
      code = print_help(context, *line);
    } else if (line->command) {
      code = line->command->run(context, arguments);
    } else {
      code = fail(ErrorKind::kUsage, "no command given", "see 'automod help'");
    }
  }
  if (!code) return report(code.error(), words, world);
  if (!world.out.flush()) {
    const Error error{ErrorKind::kInternal, "writing to standard output failed", ""};
    return report(error, {}, world);
  }
  return *code;
}

}  // namespace automod::cli
