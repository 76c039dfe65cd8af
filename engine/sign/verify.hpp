#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.hpp"
#include "base/error.hpp"
#include "engine/sign/purpose.hpp"
#include "engine/sign/settings.hpp"
#include "engine/sign/signers.hpp"

/// Checking signatures, offline.
namespace automod::sign {

/// Whose signatures count.
struct Trust {
  std::vector<AllowedSigner> signers;  // SSH keys
  /// Fingerprints (upper case) of primary OpenPGP keys that count, beside those that gpg itself
  /// holds to be fully valid.
  std::vector<std::string> openpgp;
  std::string gpg = "gpg";
};

/// What this user trusts: automod's and git's own allowed-signers files, the key that git's
/// set-up signs with where it has no such file, and the keys that signing.toml lists.
Result<Trust> open_trust(const Settings& settings, const CancelToken& cancel);

struct Verified {
  std::string principal;  // whom the key belongs to: that line's principals, or the user id
  std::string key;        // "SHA256:…", or the fingerprint of the primary OpenPGP key
  std::string format;     // "ssh" or "openpgp"
};

/// Is this the signature of these bytes for this purpose, by somebody who counted at that time?
/// kRefused says which of these does not hold. Ed25519 is checked in this process; other SSH
/// keys by ssh-keygen and OpenPGP by gpg, and where these are missing that is kUnavailable.
Result<Verified> verify(std::string_view bytes, std::string_view armored, Purpose purpose,
                        const Trust& trust, std::chrono::sys_seconds at, const CancelToken& cancel);

/// The fingerprint of the key that made an SSH signature, as the signature says itself; empty
/// where it says nothing or is none.
std::string claimed_key(std::string_view armored);

/// What an OpenPGP signature is made of. It knows no namespaces, so that other things than
/// commits stand behind a line with theirs.
std::string signed_text(std::string_view bytes, Purpose purpose);

}  // namespace automod::sign
