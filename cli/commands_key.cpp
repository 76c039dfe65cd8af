#include "cli/commands.hpp"
#include "cli/handlers.hpp"

namespace automod::cli {

namespace {

Command init_command() {
  return {
      .name = "key init",
      .group = Group::kKeep,
      .summary = "make the key that signs what automod keeps",
      .description =
          "Makes an Ed25519 key of automod's own below $XDG_CONFIG_HOME/automod, readable by you "
          "alone, and the line that allows it to sign in an allowed-signers file, and says how "
          "stock git can check what it signs. Where your git is set up to sign, automod can do "
          "without; a key of its own signs in no time and asks nobody. A key that is there is "
          "never replaced.",
      .options = {{.name = "--name",
                   .value = "ADDRESS",
                   .help = "whom the key belongs to (default: user.email of your git)"}},
      .examples = {{"automod key init", "make a key for yourself"},
                   {"automod key init --name ci@example.org", "make one for a machine"}},
      .run = run_key_init};
}

Command list_command() {
  return {.name = "key list",
          .group = Group::kKeep,
          .summary = "the keys that could sign, which one will, and why",
          .description =
              "Shows automod's own key and what the global configuration of your git says of "
              "signing, whether each works, and which of the two signs. What a repository says of "
              "signing counts for nothing. `with = \"automod\"` or `with = \"git\"` in "
              "$XDG_CONFIG_HOME/automod/signing.toml chooses; otherwise automod's key comes first.",
          .examples = {{"automod key list", "who signs?"},
                       {"automod key list --json", "the same for a script"}},
          .run = run_key_list};
}

Command show_command() {
  return {.name = "key show",
          .group = Group::kKeep,
          .summary = "print the public key that signs",
          .description =
              "Prints the public line of the SSH key that signs, or with --signers the "
              "line that lets others check what it signs: they add it to their own "
              "allowed-signers file.",
          .options = {{.name = "--signers", .help = "as a line of an allowed-signers file"}},
          .examples = {{"automod key show", "the public key"},
                       {"automod key show --signers", "let others check what this machine signs"}},
          .run = run_key_show};
}

}  // namespace

std::vector<Command> key_commands() { return {init_command(), list_command(), show_command()}; }

}  // namespace automod::cli
