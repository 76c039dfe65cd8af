#include "engine/sign/sshsig.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "engine/sign/encoding.hpp"
#include "engine/sign/openssl.hpp"
#include "engine/sign/wire.hpp"

namespace automod::sign {

namespace {

constexpr std::string_view kEnd = "-----END SSH SIGNATURE-----";
constexpr std::string_view kMagic = "SSHSIG";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kLargest = 64 * 1024;
constexpr std::size_t kLineWidth = 70;
constexpr std::size_t kLongestName = 256;

std::unexpected<Error> no_signature(std::string_view what) {
  return fail(ErrorKind::kRefused, fmt::format("not an SSH signature: {}", what));
}

/// The digits between the first line and the last, without their line breaks.
Result<std::string> digits_of(std::string_view armored) {
  if (armored.size() > kLargest) return no_signature("larger than 64 KiB");
  if (armored.ends_with('\n')) armored.remove_suffix(1);
  if (!armored.starts_with(kSshArmor) || !armored.ends_with(kEnd) ||
      armored.size() < kSshArmor.size() + kEnd.size() + 2) {
    return no_signature("its first or last line is missing");
  }
  armored.remove_prefix(kSshArmor.size());
  armored.remove_suffix(kEnd.size());
  if (!armored.starts_with('\n') || !armored.ends_with('\n')) {
    return no_signature("its first or last line is missing");
  }
  std::string digits;
  bool at_start = true;  // of a line: an empty one would be another way to write the same
  for (const char c : armored.substr(1)) {
    if (c == '\n' && at_start) return no_signature("found an empty line");
    at_start = c == '\n';
    if (c != '\n') digits += c;
  }
  return digits;
}

/// What is signed in place of the message.
std::string signed_bytes(std::string_view bytes, std::string_view name_space,
                         std::string_view hash) {
  std::string all(kMagic);
  all += wire_text(name_space);
  all += wire_text("");  // reserved
  all += wire_text(hash);
  all += wire_text(hash == "sha256" ? sha256_bytes(bytes) : sha512_bytes(bytes));
  return all;
}

/// May a key of this type have made a signature of this algorithm?
bool belongs_to(std::string_view algorithm, const PublicKey& key) {
  if (key.type == "ssh-rsa") return algorithm == "rsa-sha2-512" || algorithm == "rsa-sha2-256";
  return algorithm == key.type;
}

}  // namespace

Result<SshSignature> parse_ssh_signature(std::string_view armored) {
  const auto digits = digits_of(armored);
  if (!digits) return fail(digits.error());
  const auto bytes = from_base64(*digits);
  if (!bytes) return no_signature("its lines are not base64");
  WireReader wire(*bytes);
  if (wire.raw(kMagic.size()) != kMagic) return no_signature("its magic bytes are missing");
  if (const std::uint32_t version = wire.number(); version != kVersion) {
    return no_signature(fmt::format("found version {}, wanted {}", version, kVersion));
  }
  const std::string_view blob = wire.text();
  const std::string_view name_space = wire.text();
  const std::string_view reserved = wire.text();
  const std::string_view hash = wire.text();
  WireReader inner(wire.text());
  const std::string_view algorithm = inner.text();
  // Keys on hardware add a flag and a counter behind the signature itself.
  const std::string_view raw = inner.rest();
  if (!wire.is_finished() || !inner.ok()) return no_signature("it is cut off or too long");
  if (!reserved.empty()) return no_signature("found something in its reserved field");
  if (name_space.empty() || name_space.size() > kLongestName) {
    return no_signature("its namespace is empty or too long");
  }
  if (hash != "sha256" && hash != "sha512") {
    return no_signature(
        fmt::format("found hash '{}', wanted sha512", printable_line(hash.substr(0, 32))));
  }
  auto key = parse_key_blob(blob);
  if (!key) return no_signature(key.error().message);
  if (!belongs_to(algorithm, *key)) {
    return no_signature(fmt::format("found algorithm '{}' with a key of type {}",
                                    printable_line(algorithm.substr(0, 64)), key->type));
  }
  return SshSignature{.key = std::move(*key),
                      .name_space = std::string(name_space),
                      .hash = std::string(hash),
                      .algorithm = std::string(algorithm),
                      .raw = std::string(raw)};
}

std::string make_ssh_signature(std::string_view bytes, std::string_view name_space,
                               const PrivateKey& key) {
  constexpr std::string_view kHash = "sha512";
  const std::string raw = key.sign_raw(signed_bytes(bytes, name_space, kHash));
  std::string blob(kMagic);
  blob += wire_number(kVersion);
  blob += wire_text(key.key().blob);
  blob += wire_text(name_space);
  blob += wire_text("");
  blob += wire_text(kHash);
  blob += wire_text(wire_text(kEd25519) + wire_text(raw));
  const std::string digits = base64(blob);
  std::string armored = fmt::format("{}\n", kSshArmor);
  for (std::size_t at = 0; at < digits.size(); at += kLineWidth) {
    armored += digits.substr(at, kLineWidth) + "\n";
  }
  return armored.append(kEnd) + "\n";
}

bool fits(const SshSignature& signature, std::string_view bytes) {
  WireReader wire(signature.raw);
  const std::string_view raw = wire.text();
  return wire.is_finished() && signature.algorithm == kEd25519 &&
         verify_raw(signature.key, signed_bytes(bytes, signature.name_space, signature.hash), raw);
}

}  // namespace automod::sign
