#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/documents.hpp"
#include "cli/handlers.hpp"
#include "engine/sign/signer.hpp"

namespace automod::cli {

namespace {

using sign::Source;

Result<sign::Settings> settings_of(const Context& context) {
  const auto config = config_dir();
  if (!config) return fail(config.error());
  return sign::Settings{.config = *config, .directory = context.directory()};
}

/// What the user's git says of signing; nothing where there is no git.
sign::GitSetup git_setup_of(const sign::Settings& settings, const Context& context) {
  return sign::read_git_setup(settings.directory, context.cancel()).value_or(sign::GitSetup{});
}

Result<std::string> principal_of(const Arguments& arguments, const sign::GitSetup& git) {
  if (const auto name = arguments.value("--name")) return *name;
  if (!git.email.empty()) return git.email;
  return fail(ErrorKind::kUsage,
              "nobody says whom the key is to belong to: git's global user.email is "
              "not set",
              "automod key init --name you@example.org");
}

std::string made_text(const KeyInit& made, const sign::GitSetup& git, const Paint& paint) {
  const std::string file = made.files.file.string();
  const std::string signers = made.files.signers.string();
  std::string text = fmt::format(
      "{} {}\n  private   {}, for you alone\n  public    {}.pub\n  signers   {}, as {}\n",
      paint(Tone::kGood, made.completed ? "completed the signing key" : "made a signing key"),
      paint(Tone::kName, sign::fingerprint(made.key)), printable_line(file), printable_line(file),
      printable_line(signers), printable_line(made.principal));
  if (git.allowed_signers.empty()) {
    text += fmt::format(
        "\nSo that git can check what automod signs:\n"
        "  git config --global gpg.ssh.allowedSignersFile {}\n",
        printable_line(shell_word(signers)));
  } else {
    text += fmt::format(
        "\nSo that git can check what automod signs, add it to the signers that git knows:\n"
        "  automod key show --signers >> {}\n",
        printable_line(shell_word(git.allowed_signers.string())));
  }
  text += fmt::format(
      "\nIf your own commits shall be signed with this key as well:\n"
      "  git config --global gpg.format ssh\n"
      "  git config --global user.signingkey {}\n"
      "  git config --global commit.gpgsign true\n",
      printable_line(shell_word(file)));
  return text;
}

KeyRow own_row(const sign::OwnKey& own) {
  KeyRow row{.source = Source::kAutomod,
             .format = "ssh",
             .key = {},
             .place = own.file.string(),
             .problem = {}};
  if (const auto key = sign::PrivateKey::read(own.file)) {
    row.key = sign::fingerprint(key->key());
  } else {
    row.problem = key.error();
  }
  return row;
}

KeyRow git_row(const sign::GitSetup& git, const CancelToken& cancel) {
  KeyRow row{.source = Source::kGit,
             .format = git.format,
             .key = {},
             .place = git.key.empty() ? git.user : git.key,
             .problem = {}};
  if (const auto signer = sign::open_git_signer(git, cancel)) {
    row.key = (*signer)->identity();
  } else {
    row.problem = signer.error();
  }
  return row;
}

Result<KeyList> look(const sign::Settings& settings, const Context& context) {
  auto choice = sign::choose(settings, context.cancel());
  if (!choice) return fail(choice.error());
  KeyList list{.rows = {}, .choice = std::move(*choice)};
  const sign::OwnKey own = sign::own_key(settings);
  if (sign::exists(own)) list.rows.push_back(own_row(own));
  const sign::GitSetup git = git_setup_of(settings, context);
  if (git.is_set_up()) list.rows.push_back(git_row(git, context.cancel()));
  return list;
}

std::string list_text(const KeyList& list, const Context& context) {
  Table table;
  for (const KeyRow& row : list.rows) {
    table.add({{std::string(name(row.source)), Tone::kName},
               {printable_line(row.format)},
               row.problem ? Cell{printable_line(row.problem->message), Tone::kBad}
                           : Cell{row.key, Tone::kGood},
               {printable_line(row.place), Tone::kDim}});
  }
  std::string text = table.text(context.paint(), 0, context.table_width());
  if (!text.empty()) text += '\n';
  const std::string who =
      list.choice.source ? fmt::format("signs: {}", name(*list.choice.source)) : "nothing signs";
  text += fmt::format("{}, as {}\n",
                      context.paint()(list.choice.source ? Tone::kGood : Tone::kBad, who),
                      list.choice.why);
  if (!list.choice.source) text += "run: automod key init\n";
  return text;
}

/// Whom the trusted files say that this key belongs to.
std::string owner_of(const sign::PublicKey& key, const sign::Settings& settings,
                     const sign::GitSetup& git) {
  const std::string file = sign::own_key(settings).signers.string();
  const auto text = read_file(file, kMiB);
  const auto signers = sign::parse_allowed_signers(text.value_or(""), file);
  for (const sign::AllowedSigner& signer : signers.value_or(std::vector<sign::AllowedSigner>{})) {
    if (signer.key.is(key) && !sign::principal_rule(signer.principals)) return signer.principals;
  }
  if (!sign::principal_rule(git.email)) return git.email;
  return sign::principal_rule(key.comment) ? "automod" : key.comment;
}

Result<sign::PublicKey> key_of(Source source, const sign::Settings& settings,
                               const sign::GitSetup& git) {
  if (source == Source::kAutomod) {
    auto key = sign::PrivateKey::read(sign::own_key(settings).file);
    if (!key) return fail(key.error());
    return key->key();
  }
  if (git.format == "ssh") return sign::git_ssh_key(git);
  return fail(
      ErrorKind::kUnavailable,
      fmt::format("git signs with {}, which has no line to show", printable_line(git.format)),
      "gpg --armor --export KEY prints an OpenPGP key; automod key list names it");
}

}  // namespace

Result<int> run_key_init(Context& context, const Arguments& arguments) {
  const auto settings = settings_of(context);
  if (!settings) return fail(settings.error());
  const sign::GitSetup git = git_setup_of(*settings, context);
  const auto principal = principal_of(arguments, git);
  if (!principal) return fail(principal.error());
  const sign::OwnKey files = sign::own_key(*settings);
  auto made = sign::make_own_key(files, *principal);
  if (!made) return fail(made.error());
  const KeyInit result{.key = std::move(made->key),
                       .principal = *principal,
                       .completed = made->completed,
                       .files = files};
  if (context.json()) {
    context.print(key_init_document(result));
  } else {
    context.out() << made_text(result, git, context.paint());
  }
  return kDone;
}

Result<int> run_key_list(Context& context, const Arguments&) {
  const auto settings = settings_of(context);
  if (!settings) return fail(settings.error());
  const auto list = look(*settings, context);
  if (!list) return fail(list.error());
  if (context.json()) {
    context.print(key_list_document(*list));
  } else {
    context.out() << list_text(*list, context);
  }
  return kDone;
}

Result<int> run_key_show(Context& context, const Arguments& arguments) {
  const auto settings = settings_of(context);
  if (!settings) return fail(settings.error());
  const auto choice = sign::choose(*settings, context.cancel());
  if (!choice) return fail(choice.error());
  if (!choice->source) {
    return fail(ErrorKind::kUnavailable, choice->why, "run: automod key init");
  }
  const sign::GitSetup git = git_setup_of(*settings, context);
  auto key = key_of(*choice->source, *settings, git);
  if (!key) return fail(key.error());
  std::string principal = owner_of(*key, *settings, git);
  const KeyShow shown{
      .source = *choice->source, .key = std::move(*key), .principal = std::move(principal)};
  if (context.json()) {
    context.print(key_show_document(shown));
  } else if (arguments.has("--signers")) {
    context.out() << sign::allowed_signer_line(shown.principal, shown.key) << '\n';
  } else {
    context.out() << sign::key_line(shown.key) << '\n';
  }
  return kDone;
}

}  // namespace automod::cli
