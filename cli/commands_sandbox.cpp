#include <algorithm>
#include <iterator>

#include "cli/commands.hpp"
#include "cli/handlers.hpp"
#include "cli/sandbox_options.hpp"
#include "sandbox/policy_file.hpp"
#include "sandbox/settings.hpp"

namespace automod::cli {

namespace {

Option runtime_option() {
  return {.name = "--runtime",
          .value = "NAME",
          .help =
              "for backend oci: the runtime, such as runc or crun (default: the first that "
              "works)"};
}

Option image_option() {
  return {.name = "--image",
          .value = "IMAGE",
          .help = "for backend podman and docker: the image whose tools are seen"};
}

/// The places that the command sees.
std::vector<Option> place_options() {
  return {{.name = "--mount",
           .value = "KIND",
           .help = "how the work folder is shown at /tree: overlay (it is never changed, the "
                   "default), folder (it is what the command makes of it), copy, or tmpfs (none)",
           .choices = sandbox::mount_names()},
          {.name = "--work",
           .value = "DIR",
           .help = "the work folder (default: the current one)",
           .completes = Completes::kFolders},
          {.name = "--changes",
           .value = "DIR",
           .help = "keep an overlay's changes in this folder, below files/",
           .completes = Completes::kFolders},
          {.name = "--read-only",
           .value = "PATH",
           .help = "also show PATH, at the same place; may be repeated",
           .repeats = true,
           .completes = Completes::kFiles},
          {.name = "--collect",
           .value = "NAME",
           .help = "bring this file below /tree back; may be repeated",
           .repeats = true},
          {.name = "--out",
           .value = "DIR",
           .help = "where collected files are written",
           .completes = Completes::kFolders}};
}

std::vector<Option> policy_options() {
  return {{.name = "--policy",
           .value = "FILE",
           .help = "a policy: tables [sandbox] and [limits]; options add to it",
           .completes = Completes::kFiles},
          {.name = "--backend",
           .value = "NAME",
           .help = "what makes the sandbox (default: the first that proves itself)",
           .choices = sandbox::backend_names()},
          runtime_option(),
          image_option(),
          {.name = "--env",
           .value = "NAME[=VALUE]",
           .help = "a variable for the command; without a value, yours; may be repeated",
           .repeats = true},
          {.name = "--network",
           .value = "KIND",
           .help = "loopback (its own, the default) or none (no internet sockets at all)",
           .choices = sandbox::network_names()},
          {.name = "--system-calls",
           .value = "PROFILE",
           .help = "strict also forbids sockets, shared memory by name, watching of files",
           .choices = sandbox::calls_names()},
          {.name = "--require",
           .value = "WHAT",
           .help = "refuse to run where this is no hard limit, or not there; may be repeated",
           .choices = sandbox::requirement_names(),
           .repeats = true}};
}

std::vector<Option> limit_options() {
  std::vector<Option> all = {
      {.name = "--seconds", .value = "N", .help = "time (default: 600)", .number = true}};
  for (const sandbox::LimitKey& limit : sandbox::limit_keys()) {
    all.push_back({.name = option_of(limit),
                   .value = "N",
                   .help = std::string(limit.comment.substr(0, limit.comment.find(';'))),
                   .number = true});
  }
  return all;
}

Command run_command() {
  std::vector<Option> options = policy_options();
  std::ranges::move(place_options(), std::back_inserter(options));
  std::ranges::move(limit_options(), std::back_inserter(options));
  return {
      .name = "sandbox run",
      .group = Group::kSandbox,
      .summary = "run one command in the sandbox",
      .description =
          "Runs a command that nobody trusts. It sees /usr read-only, the work folder as /tree, "
          "where it starts, a private /tmp, no home, no network, no process and no variable of "
          "yours, and no input. Unless you say otherwise the work folder is an overlay: the "
          "command may write, and nothing of it is kept.\n\n"
          "What it prints is passed on as it comes, or escaped line by line on a terminal. The "
          "exit code is the command's own; 128 and the number of the signal that killed it; 124 "
          "when its time was up; 137 at another limit. When the sandbox itself fails it is 2, 3 or "
          "70, and 1 when only a file could not be brought back.",
      .operands = {{.name = "COMMAND",
                    .help = "the command with its arguments; behind it all options are its own",
                    .completes = Completes::kFiles,
                    .verbatim = true}},
      .options = std::move(options),
      .examples = {{"automod sandbox run -- make test", "build here, keep nothing"},
                   {"automod sandbox run --seconds 10 --memory-mb 200 -- python3 /tree/guess.py",
                    "a script of somebody else, bounded"},
                   {"automod sandbox run --mount tmpfs --network none -- sh -c 'id; ls -la /'",
                    "look around in an empty one"},
                   {"automod sandbox run --collect app --out built -- make app",
                    "bring one file back"},
                   {"automod sandbox run --policy strict.toml --json -- ./suspicious",
                    "the result, its costs and what enforced the limits, for a script"}},
      .run = run_sandbox_run};
}

Command test_command() {
  std::vector<std::string> backends = sandbox::backend_names();
  backends.front() = "all";  // in the place of "auto"
  return {.name = "sandbox test",
          .group = Group::kSandbox,
          .summary = "attack every sandbox of this machine, print what held",
          .description =
              "Runs programs that try to get out, each inside every backend, and looks from "
              "outside at whether they did. The control column says whether the same program does "
              "its harm where nothing stops it: without that, a denial proves little. Exits with "
              "1 when anything was exposed, with 3 when no backend works here.",
          .options = {{.name = "--backend",
                       .value = "NAME",
                       .help = "only this one; may be repeated (default: all that work)",
                       .choices = std::move(backends),
                       .repeats = true},
                      runtime_option(),
                      image_option(),
                      {.name = "--only",
                       .value = "NAME",
                       .help = "only this attack, or this group of them; may be repeated",
                       .repeats = true}},
          .examples = {{"automod sandbox test", "every attack on every backend"},
                       {"automod sandbox test --backend native --only limits", "one group on one"},
                       {"automod sandbox test --json", "the same for CI"}},
          .run = run_sandbox_test};
}

Command backends_command() {
  return {.name = "sandbox backends",
          .group = Group::kSandbox,
          .summary = "which sandboxes there are, and what each enforces",
          .description =
              "Tries each backend for real and says which one is used unasked, how each enforces "
              "its limits, and for those that do not work here why, and what to do. Exits with 3 "
              "when none works that needs no image.",
          .options = {runtime_option(), image_option()},
          .examples = {{"automod sandbox backends", "what is there"},
                       {"automod sandbox backends --image localhost/toolchain:12",
                        "also try the engines that run images"}},
          .run = run_sandbox_backends};
}

}  // namespace

std::string option_of(const sandbox::LimitKey& limit) {
  std::string name = "--" + std::string(limit.key);
  std::ranges::replace(name, '_', '-');
  return name;
}

std::vector<Command> sandbox_commands() {
  return {run_command(), test_command(), backends_command()};
}

}  // namespace automod::cli
