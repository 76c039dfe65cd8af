#include "engine/sign/verify.hpp"

#include <fmt/format.h>

#include "base/files.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "engine/sign/openpgp.hpp"
#include "engine/sign/signer.hpp"
#include "engine/sign/sshsig.hpp"

namespace automod::sign {

namespace fs = std::filesystem;
using std::chrono::sys_seconds;

namespace {

std::unexpected<Error> refuse(std::string what) {
  return fail(ErrorKind::kRefused, std::move(what));
}

/// The line of the trusted files by which this key counts.
Result<const AllowedSigner*> find_signer(const SshSignature& signature, const Trust& trust,
                                         sys_seconds at) {
  std::optional<std::string> problem;  // with the first line that has this key
  for (const AllowedSigner& signer : trust.signers) {
    if (!signer.key.is(signature.key)) continue;
    auto objected = objection(signer, signature.name_space, at);
    if (!objected) return &signer;
    if (!problem) problem = std::move(objected);
  }
  if (problem) return refuse(*problem);
  return refuse(fmt::format("the key {} is not among those whose signatures count",
                            fingerprint(signature.key)));
}

/// For keys that only ssh-keygen knows how to check.
Result<bool> fits_by_program(std::string_view bytes, std::string_view armored,
                             const SshSignature& signature, const CancelToken& cancel) {
  const auto folder = TempDir::create(fs::temp_directory_path(), "automod-verify-");
  if (!folder) return fail(folder.error());
  const fs::path file = folder->path() / "signature";
  if (auto written = write_file(file, armored); !written) return fail(written.error());
  const auto ran = run_program({.argv = {"ssh-keygen", "-Y", "check-novalidate", "-n",
                                         signature.name_space, "-s", file.string()},
                                .input = std::string(bytes),
                                .directory = {}},
                               cancel);
  if (!ran) return fail(ran.error());
  return ran->exit_code == 0;
}

Result<Verified> verify_ssh(std::string_view bytes, std::string_view armored, Purpose purpose,
                            const Trust& trust, sys_seconds at, const CancelToken& cancel) {
  const auto signature = parse_ssh_signature(armored);
  if (!signature) return fail(signature.error());
  if (signature->name_space != namespace_of(purpose)) {
    return refuse(
        fmt::format("the signature was made for another purpose: found namespace '{}', "
                    "wanted '{}'",
                    printable_line(signature->name_space), namespace_of(purpose)));
  }
  const auto signer = find_signer(*signature, trust, at);
  if (!signer) return fail(signer.error());
  const Result<bool> good = signature->key.type == kEd25519
                                ? Result<bool>(fits(*signature, bytes))
                                : fits_by_program(bytes, armored, *signature, cancel);
  if (!good) return fail(good.error());
  if (!*good) {
    return refuse(fmt::format("the signature by {} does not fit: what was signed has been changed",
                              fingerprint(signature->key)));
  }
  return Verified{.principal = printable_line((*signer)->principals),
                  .key = fingerprint(signature->key),
                  .format = "ssh"};
}

/// Adds the lines of an allowed-signers file. One that is not there adds nothing.
Result<void> add_file(const fs::path& file, Trust& trust) {
  std::error_code code;
  if (file.empty() || !fs::exists(file, code)) return {};
  const auto text = read_file(file, kMiB);
  if (!text) return fail(text.error());
  auto signers = parse_allowed_signers(*text, file.string());
  if (!signers) return fail(signers.error());
  for (AllowedSigner& signer : *signers) trust.signers.push_back(std::move(signer));
  return {};
}

/// What the user's git trusts. Where there is no git, nothing.
Result<void> add_git(const Settings& settings, const CancelToken& cancel, Trust& trust) {
  const auto setup = read_git_setup(settings.directory, cancel);
  if (!setup && setup.error().kind == ErrorKind::kUnavailable) return {};
  if (!setup) return fail(setup.error());
  const bool is_plain = setup->program.starts_with('/') || !setup->program.contains('/');
  if (setup->format == "openpgp" && is_plain) trust.gpg = setup->program;
  if (setup->allowed_signers.is_absolute()) return add_file(setup->allowed_signers, trust);
  if (setup->format != "ssh") return {};
  if (auto key = git_ssh_key(*setup)) {
    trust.signers.push_back({.principals = setup->email.empty() ? "git" : setup->email,
                             .namespaces = {},
                             .valid_after = {},
                             .valid_before = {},
                             .key = std::move(*key),
                             .place = "user.signingkey"});
  }
  return {};
}

}  // namespace

Result<Trust> open_trust(const Settings& settings, const CancelToken& cancel) {
  auto wishes = read_wishes(settings.config);
  if (!wishes) return fail(wishes.error());
  Trust trust;
  trust.openpgp = std::move(wishes->openpgp);
  if (auto added = add_file(own_key(settings).signers, trust); !added) return fail(added.error());
  if (auto added = add_git(settings, cancel, trust); !added) return fail(added.error());
  return trust;
}

Result<Verified> verify(std::string_view bytes, std::string_view armored, Purpose purpose,
                        const Trust& trust, sys_seconds at, const CancelToken& cancel) {
  if (armored.starts_with(kSshArmor)) {
    return verify_ssh(bytes, armored, purpose, trust, at, cancel);
  }
  if (armored.starts_with(kPgpArmor)) {
    return verify_openpgp(bytes, armored, purpose, trust, at, cancel);
  }
  if (armored.starts_with("-----BEGIN SIGNED MESSAGE-----")) {
    return refuse("an X.509 signature: automod checks SSH and OpenPGP ones");
  }
  return refuse("not a signature: found neither an SSH nor an OpenPGP one");
}

std::string claimed_key(std::string_view armored) {
  const auto signature = parse_ssh_signature(armored);
  return signature ? fingerprint(signature->key) : std::string();
}

std::string signed_text(std::string_view bytes, Purpose purpose) {
  if (purpose == Purpose::kCommit) return std::string(bytes);
  return fmt::format("{}\n{}", namespace_of(purpose), bytes);
}

}  // namespace automod::sign
