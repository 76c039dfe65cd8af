#include "engine/sign/settings.hpp"

#include <fmt/format.h>

#include "base/files.hpp"
#include "base/text.hpp"
#include "base/toml.hpp"
#include "engine/sign/signers.hpp"

namespace automod::sign {

namespace fs = std::filesystem;

namespace {

std::optional<std::string> fingerprint_rule(std::string_view text) {
  const bool is_hex = text.find_first_not_of("0123456789ABCDEFabcdef") == std::string_view::npos;
  if (is_hex && (text.size() == 40 || text.size() == 64)) return std::nullopt;
  return "wanted the 40 hexadecimal digits of a key's fingerprint";
}

bool is_there(const fs::path& path) {
  std::error_code code;
  return fs::exists(fs::symlink_status(path, code));
}

/// Adds the line that allows the key, unless one does.
Result<bool> allow(const OwnKey& own, const std::string& principal, const PublicKey& key) {
  std::string text;
  if (is_there(own.signers)) {
    auto present = read_file(own.signers, kMiB);
    if (!present) return fail(present.error());
    text = std::move(*present);
  }
  const auto signers = parse_allowed_signers(text, own.signers.string());
  if (!signers) return fail(signers.error());
  for (const AllowedSigner& signer : *signers) {
    if (signer.key.is(key)) return false;
  }
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  text += allowed_signer_line(principal, key) + "\n";
  if (auto written = write_file(own.signers, text); !written) return fail(written.error());
  return true;
}

/// Makes a folder that only its owner can read; one that is there stays as it is.
Result<void> make_private_folder(const fs::path& folder) {
  if (is_there(folder)) return {};
  std::error_code code;
  fs::create_directories(folder, code);
  if (!code) fs::permissions(folder, fs::perms::owner_all, code);
  if (code) return fail_errno(fmt::format("making {}", folder.string()), code.value());
  return {};
}

/// What a call that was killed left undone; kConflict when it is nothing.
Result<MadeKey> complete(const OwnKey& own, const std::string& principal) {
  const auto key = PrivateKey::read(own.file);
  if (!key) return fail(key.error());
  const bool has_public_part = is_there(own.file.string() + ".pub");
  if (!has_public_part) {
    if (auto written = write_public_key(key->key(), own.file); !written) {
      return fail(written.error());
    }
  }
  const auto allowed = allow(own, principal, key->key());
  if (!allowed) return fail(allowed.error());
  if (has_public_part && !*allowed) {
    return fail(ErrorKind::kConflict,
                fmt::format("there is a signing key already: {} in {}", fingerprint(key->key()),
                            own.file.string()),
                "run: automod key list; to begin anew, move that file and its .pub away");
  }
  return MadeKey{.key = key->key(), .completed = true};
}

}  // namespace

std::string_view name(Source source) { return source == Source::kAutomod ? "automod" : "git"; }

Result<Wishes> read_wishes(const fs::path& config) {
  Wishes wishes;
  const fs::path file = config / "signing.toml";
  if (!is_there(file)) return wishes;
  const auto text = read_file(file, kMiB);
  if (!text) return fail(text.error());
  const auto read = read_toml(*text, file.string(), [&](TomlTable& root) {
    if (const auto with = root.word("with", {"automod", "git"})) {
      wishes.with = *with == "git" ? Source::kGit : Source::kAutomod;
    }
    root.texts("openpgp", wishes.openpgp, fingerprint_rule);
  });
  if (!read) return fail(read.error());
  for (std::string& fingerprint : wishes.openpgp) {
    for (char& c : fingerprint) c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return wishes;
}

OwnKey own_key(const Settings& settings) {
  return {.file = settings.config / "keys" / "signing",
          .signers = settings.config / "allowed_signers"};
}

bool exists(const OwnKey& own) { return is_there(own.file); }

Result<Choice> choose(const Settings& settings, const CancelToken& cancel) {
  const auto wishes = read_wishes(settings.config);
  if (!wishes) return fail(wishes.error());
  if (wishes->with) {
    return Choice{wishes->with,
                  fmt::format("signing.toml says with = \"{}\"", name(*wishes->with))};
  }
  if (exists(own_key(settings))) return Choice{Source::kAutomod, "automod has a key of its own"};
  const auto git = read_git_setup(settings.directory, cancel);
  if (!git && git.error().kind != ErrorKind::kUnavailable) return fail(git.error());
  if (!git) {
    return Choice{std::nullopt, fmt::format("automod has no key of its own, and git cannot be "
                                            "asked: {}",
                                            git.error().message)};
  }
  if (git->is_set_up()) {
    return Choice{Source::kGit, "automod has no key of its own, and git is set up to sign"};
  }
  return Choice{std::nullopt, "automod has no key of its own, and git is not set up to sign"};
}

Result<MadeKey> make_own_key(const OwnKey& own, const std::string& principal) {
  if (const auto problem = principal_rule(principal)) {
    return fail(ErrorKind::kUsage,
                fmt::format("'{}' cannot name a signer: {}", printable_line(principal), *problem));
  }
  if (exists(own)) return complete(own, principal);
  for (const fs::path& folder : {own.signers.parent_path(), own.file.parent_path()}) {
    if (auto made = make_private_folder(folder); !made) return fail(made.error());
  }
  const PrivateKey key = PrivateKey::generate(principal);
  if (auto written = key.write(own.file); !written) return fail(written.error());
  if (auto allowed = allow(own, principal, key.key()); !allowed) return fail(allowed.error());
  return MadeKey{.key = key.key(), .completed = false};
}

}  // namespace automod::sign
