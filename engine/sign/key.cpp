#include "engine/sign/key.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/files.hpp"
#include "base/text.hpp"
#include "engine/sign/encoding.hpp"
#include "engine/sign/openssl.hpp"
#include "engine/sign/wire.hpp"

namespace automod::sign {

namespace {

constexpr std::size_t kLongestLine = 16384;
constexpr std::array<std::string_view, 7> kTypes = {kEd25519,
                                                    "ssh-rsa",
                                                    "ecdsa-sha2-nistp256",
                                                    "ecdsa-sha2-nistp384",
                                                    "ecdsa-sha2-nistp521",
                                                    "sk-ssh-ed25519@openssh.com",
                                                    "sk-ecdsa-sha2-nistp256@openssh.com"};

/// The next word of a line, which loses it.
std::string_view take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  const std::string_view word = line.substr(0, line.find_first_of(" \t"));
  line.remove_prefix(word.size());
  return word;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

/// The 32 bytes of an Ed25519 key; empty for others.
std::string_view point_of(const PublicKey& key) {
  WireReader wire(key.blob);
  const bool is_ours = wire.text() == kEd25519;
  const std::string_view point = wire.text();
  return is_ours && wire.is_finished() ? point : std::string_view();
}

}  // namespace

Result<PublicKey> parse_key_blob(std::string_view blob) {
  WireReader wire(blob);
  const std::string_view type = wire.text();
  if (!wire.ok() || wire.rest().empty()) return fail(ErrorKind::kUsage, "found no public key");
  if (std::ranges::find(kTypes, type) == kTypes.end()) {
    return fail(ErrorKind::kUsage, fmt::format("found a key of type '{}', wanted {}",
                                               printable_line(type.substr(0, 64)), kEd25519));
  }
  PublicKey key{.type = std::string(type), .blob = std::string(blob), .comment = {}};
  if (type == kEd25519 && point_of(key).size() != kEd25519Public) {
    return fail(ErrorKind::kUsage, fmt::format("found a key of type {} that is none", kEd25519));
  }
  return key;
}

Result<PublicKey> parse_key_line(std::string_view line) {
  if (line.size() > kLongestLine) {
    return fail(ErrorKind::kUsage,
                fmt::format("found a line of {} bytes, wanted a public key", line.size()));
  }
  while (!line.empty() && std::string_view(" \t\r\n").contains(line.back())) line.remove_suffix(1);
  if (std::ranges::any_of(line, [](char c) { return is_control(c) && c != '\t'; })) {
    return fail(ErrorKind::kUsage, "found control characters, wanted a public key");
  }
  const std::string_view type = take_word(line);
  const auto blob = from_base64(take_word(line));
  if (type.empty() || !blob) {
    return fail(ErrorKind::kUsage, fmt::format("found no public key, wanted '{} AAAA…'", kEd25519));
  }
  auto key = parse_key_blob(*blob);
  if (!key) return key;
  if (key->type != type) {
    return fail(ErrorKind::kUsage, fmt::format("found a key of type {} that says it is '{}'",
                                               key->type, printable_line(type.substr(0, 64))));
  }
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  key->comment = line;
  return key;
}

std::string fingerprint(const PublicKey& key) {
  std::string digits = base64(sha256_bytes(key.blob));
  while (digits.ends_with('=')) digits.pop_back();
  return "SHA256:" + digits;
}

std::string key_line(const PublicKey& key) {
  return fmt::format("{} {}{}{}", key.type, base64(key.blob), key.comment.empty() ? "" : " ",
                     key.comment);
}

bool verify_raw(const PublicKey& key, std::string_view bytes, std::string_view signature) {
  return ed25519_verify(point_of(key), bytes, signature);
}

std::string PrivateKey::sign_raw(std::string_view bytes) const {
  return ed25519_sign(seed_->view(), bytes);
}

Result<PublicKey> read_public_key(const std::filesystem::path& path) {
  const std::string file = path.string() + ".pub";
  const auto text = read_file(file, kLongestLine);
  if (!text) return fail(text.error());
  auto key = parse_key_line(*text);
  if (!key) return fail(std::move(key.error()).within(file));
  return key;
}

Result<void> write_public_key(const PublicKey& key, const std::filesystem::path& path) {
  return write_file(path.string() + ".pub", key_line(key) + "\n");
}

}  // namespace automod::sign
