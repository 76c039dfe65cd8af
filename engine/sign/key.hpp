#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "engine/sign/secret.hpp"

/// Keys as OpenSSH writes them.
namespace automod::sign {

inline constexpr std::string_view kEd25519 = "ssh-ed25519";

struct PublicKey {
  std::string type;     // "ssh-ed25519"
  std::string blob;     // the wire form, type and all: what two keys are compared by
  std::string comment;  // may be empty

  bool is(const PublicKey& other) const { return same_bytes(blob, other.blob); }
};

/// "SHA256:…", as `ssh-keygen -l` prints it.
std::string fingerprint(const PublicKey& key);
/// "ssh-ed25519 AAAA… comment"
std::string key_line(const PublicKey& key);

/// A line of that kind: Ed25519, RSA, ECDSA, or one of the kinds that live on security keys; no
/// certificates. kUsage says what else was found.
Result<PublicKey> parse_key_line(std::string_view line);
/// The wire form alone.
Result<PublicKey> parse_key_blob(std::string_view blob);

/// Is this a signature that `key` made of `bytes`? Of Ed25519 keys only; false for all others.
bool verify_raw(const PublicKey& key, std::string_view bytes, std::string_view signature);

/// An Ed25519 key that can sign. Its secret is wiped from memory when it goes.
class PrivateKey {
 public:
  static PrivateKey generate(std::string_view comment);

  /// From a file as ssh-keygen makes it. kUsage, with the next step, when others than the owner
  /// can read the file, when a passphrase protects it, or when it holds another kind of key.
  static Result<PrivateKey> read(const std::filesystem::path& path);
  /// The content of such a file. Errors call it `file`.
  static Result<PrivateKey> parse(std::string_view text, std::string_view file);

  /// Makes such a file, for its owner only, and `path`.pub beside it. A reader never sees half of
  /// one. kConflict when one of the two is there already: no key is ever written over.
  Result<void> write(const std::filesystem::path& path) const;

  const PublicKey& key() const { return key_; }
  /// 64 bytes.
  std::string sign_raw(std::string_view bytes) const;

 private:
  PrivateKey(PublicKey key, std::unique_ptr<Secret> seed)
      : key_(std::move(key)), seed_(std::move(seed)) {}
  PublicKey key_;
  std::unique_ptr<Secret> seed_;
};

/// The key line that `path`.pub holds.
Result<PublicKey> read_public_key(const std::filesystem::path& path);
/// Replaces it.
Result<void> write_public_key(const PublicKey& key, const std::filesystem::path& path);

}  // namespace automod::sign
