#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "engine/sign/key.hpp"

/// SSHSIG: signatures that `ssh-keygen -Y sign` makes (docs/formats/signatures.md).
namespace automod::sign {

inline constexpr std::string_view kSshArmor = "-----BEGIN SSH SIGNATURE-----";

struct SshSignature {
  PublicKey key;  // that made it, as it says itself
  std::string name_space;
  std::string hash;       // "sha512" or "sha256": of the message
  std::string algorithm;  // "ssh-ed25519"
  std::string raw;
};

/// Strict: at most 64 KiB, nothing before or behind the armor, no way to write the same
/// signature in other letters but where lines break. kRefused says what is wrong.
Result<SshSignature> parse_ssh_signature(std::string_view armored);

/// A signature by an Ed25519 key of ours, as text that ends with a newline.
std::string make_ssh_signature(std::string_view bytes, std::string_view name_space,
                               const PrivateKey& key);

/// Does it fit the bytes? Only for Ed25519 keys; says nothing about whom the key belongs to.
bool fits(const SshSignature& signature, std::string_view bytes);

}  // namespace automod::sign
