#include <fmt/format.h>

#include <filesystem>
#include <optional>

#include "base/files.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "engine/sign/signer.hpp"
#include "engine/sign/sshsig.hpp"
#include "engine/sign/verify.hpp"

// Signing as the user's git does: with the programs that it would run, and the keys they hold.

namespace automod::sign {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds kPatience(60);  // somebody may have to touch a hardware key

std::unexpected<Error> cannot(std::string message, std::string hint) {
  return fail(ErrorKind::kUnavailable, std::move(message), std::move(hint));
}

/// The key in `user.signingkey = key::ssh-ed25519 AAAA…`; nullopt when it names a file.
std::optional<std::string_view> literal_key(std::string_view value) {
  if (value.starts_with("key::")) return value.substr(5);
  if (value.starts_with("ssh-")) return value;
  return std::nullopt;
}

/// What a program said last, for a message.
std::string last_words(const ProgramResult& ran) {
  std::string_view text = ran.err;
  while (text.ends_with('\n')) text.remove_suffix(1);
  return printable_line(tail(text.substr(text.rfind('\n') + 1), 300));
}

/// A program of the configuration is found in PATH or stands there with its whole path: one
/// below the current folder could be the repository's.
Result<void> check_program(const std::string& program) {
  if (program.contains('/') && !program.starts_with('/')) {
    return cannot(fmt::format("git's configuration names the program '{}' by a relative path",
                              printable_line(program)),
                  "write its whole path in git's global configuration");
  }
  return {};
}

Result<ProgramResult> run(std::vector<std::string> argv, std::string_view bytes,
                          const CancelToken& cancel) {
  auto ran = run_program(
      {.argv = std::move(argv), .input = std::string(bytes), .directory = {}, .timeout = kPatience},
      cancel);
  if (!ran && ran.error().kind == ErrorKind::kInternal) ran.error().kind = ErrorKind::kUnavailable;
  return ran;
}

class SshSigner final : public Signer {
 public:
  SshSigner(GitSetup setup, PublicKey key, const CancelToken& cancel)
      : setup_(std::move(setup)), key_(std::move(key)), cancel_(cancel) {}
  Result<std::string> sign(std::string_view bytes, Purpose purpose) const override;
  std::string identity() const override { return fingerprint(key_); }
  bool is_quick() const override { return false; }

 private:
  GitSetup setup_;
  PublicKey key_;
  const CancelToken& cancel_;
};

Result<std::string> SshSigner::sign(std::string_view bytes, Purpose purpose) const {
  constexpr const char* kHint = "load the key with ssh-add, or run: automod key init";
  std::optional<TempDir> folder;
  std::string file = setup_.key;
  if (literal_key(setup_.key)) {
    auto made = TempDir::create(fs::temp_directory_path(), "automod-sign-");
    if (!made) return fail(made.error());
    folder = std::move(*made);
    file = (folder->path() / "key").string();
    if (auto written = write_file(file, key_line(key_) + "\n"); !written) {
      return fail(written.error());
    }
  }
  const std::string name_space(namespace_of(purpose));
  const auto ran =
      run({setup_.program, "-Y", "sign", "-n", name_space, "-f", file}, bytes, cancel_);
  if (!ran) return fail(Error{ran.error().kind, ran.error().message, kHint});
  if (ran->exit_code != 0) {
    return cannot(fmt::format("{} did not sign: {}", setup_.program, last_words(*ran)), kHint);
  }
  const auto signature = parse_ssh_signature(ran->out);
  if (!signature || !signature->key.is(key_) || signature->name_space != name_space) {
    return cannot(
        fmt::format("{} gave a signature that is not by {}", setup_.program, fingerprint(key_)),
        kHint);
  }
  return ran->out;
}

class OpenPgpSigner final : public Signer {
 public:
  OpenPgpSigner(GitSetup setup, std::string fingerprint, const CancelToken& cancel)
      : setup_(std::move(setup)), fingerprint_(std::move(fingerprint)), cancel_(cancel) {}
  Result<std::string> sign(std::string_view bytes, Purpose purpose) const override {
    const auto ran = run({setup_.program, "--status-fd=2", "-bsau", fingerprint_},
                         signed_text(bytes, purpose), cancel_);
    if (!ran) return fail(ran.error());
    if (ran->exit_code != 0 || !ran->err.contains("[GNUPG:] SIG_CREATED ")) {
      return cannot(fmt::format("{} did not sign: {}", setup_.program, last_words(*ran)),
                    "unlock the key with gpg, or run: automod key init");
    }
    return ran->out;
  }
  std::string identity() const override { return fingerprint_; }
  bool is_quick() const override { return false; }

 private:
  GitSetup setup_;
  std::string fingerprint_;
  const CancelToken& cancel_;
};

/// The fingerprint of the first primary key, of a listing with colons, that is neither expired,
/// revoked, invalid nor disabled.
std::string usable_fingerprint(std::string_view listing) {
  bool is_usable = false;
  for (const std::string_view line : split_lines(listing)) {
    if (line.starts_with("sec:")) {
      is_usable = !std::string_view("erid").contains(line.substr(4, 1));
    }
    if (!is_usable || !line.starts_with("fpr:")) continue;
    const std::string_view fields = line.substr(0, line.find_last_not_of(':') + 1);
    return std::string(fields.substr(fields.rfind(':') + 1));
  }
  return {};
}

Result<std::unique_ptr<Signer>> open_openpgp(const GitSetup& setup, const CancelToken& cancel) {
  const std::string& key = setup.key.empty() ? setup.user : setup.key;
  if (key.empty()) {
    return cannot("git is to sign with OpenPGP, and neither user.signingkey nor a name is set",
                  "set user.signingkey, or run: automod key init");
  }
  const auto ran =
      run({setup.program, "--batch", "--with-colons", "--list-secret-keys", "--", key}, {}, cancel);
  if (!ran) return fail(ran.error());
  std::string fingerprint = usable_fingerprint(ran->out);
  if (ran->exit_code != 0 || fingerprint.empty()) {
    return cannot(
        fmt::format("{} has no secret key of use for '{}'", setup.program, printable_line(key)),
        "correct user.signingkey, or run: automod key init");
  }
  return std::make_unique<OpenPgpSigner>(setup, std::move(fingerprint), cancel);
}

Result<std::unique_ptr<Signer>> open_ssh(const GitSetup& setup, const CancelToken& cancel) {
  auto key = git_ssh_key(setup);
  if (!key) return fail(key.error());
  return std::make_unique<SshSigner>(setup, std::move(*key), cancel);
}

}  // namespace

Result<PublicKey> git_ssh_key(const GitSetup& setup) {
  const std::string_view doing = "user.signingkey";
  if (setup.key.empty()) {
    return cannot("git is to sign with SSH, and user.signingkey is not set",
                  "set it to the file of a key, or run: automod key init");
  }
  if (const auto literal = literal_key(setup.key)) {
    auto key = parse_key_line(*literal);
    if (!key) return fail(std::move(key.error()).within(doing));
    return key;
  }
  if (!setup.key.starts_with('/')) {
    return cannot(
        fmt::format("git's user.signingkey is '{}', a relative path", printable_line(setup.key)),
        "write its whole path in git's global configuration");
  }
  const fs::path file = setup.key;
  // It may be the private key with the public one beside it, or the public one.
  const fs::path private_file =
      file.extension() == ".pub" ? fs::path(file).replace_extension() : file;
  auto key = read_public_key(private_file);
  if (!key) {
    key.error().kind = ErrorKind::kUnavailable;
    key.error().hint = fmt::format("ssh-keygen -y -f KEY > {}.pub makes it", private_file.string());
    return fail(std::move(key.error()).within("the public part of git's signing key"));
  }
  return key;
}

Result<std::unique_ptr<Signer>> open_git_signer(const GitSetup& setup, const CancelToken& cancel) {
  if (setup.format != "openpgp" && setup.format != "ssh") {
    return cannot(fmt::format("git is set up to sign with '{}', which automod cannot; it can with "
                              "ssh and openpgp",
                              printable_line(setup.format)),
                  "run: automod key init");
  }
  if (auto checked = check_program(setup.program); !checked) return fail(checked.error());
  return setup.format == "ssh" ? open_ssh(setup, cancel) : open_openpgp(setup, cancel);
}

}  // namespace automod::sign
