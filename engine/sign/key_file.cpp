#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/fd.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "engine/sign/encoding.hpp"
#include "engine/sign/key.hpp"
#include "engine/sign/openssl.hpp"
#include "engine/sign/wire.hpp"

// OpenSSH's own format of private keys, "openssh-key-v1": described in docs/formats/signatures.md.

namespace automod::sign {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kBegin = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
constexpr std::string_view kEnd = "-----END OPENSSH PRIVATE KEY-----\n";
constexpr std::string_view kMagic("openssh-key-v1\0", 15);
constexpr std::size_t kLargestFile = 16384;
constexpr std::size_t kLineWidth = 70;
constexpr std::size_t kBlock = 8;  // what the private part is padded to
constexpr std::size_t kLongestComment = 1024;

std::unexpected<Error> wrong(std::string_view file, std::string_view what, std::string hint = {}) {
  return fail(ErrorKind::kUsage, fmt::format("{}: {}", file, what), std::move(hint));
}

const char* const kMakeOne = "ssh-keygen -t ed25519 -N '' -f FILE makes a key that serves";

/// What a file holds that is not in OpenSSH's format.
std::unexpected<Error> not_openssh(std::string_view text, std::string_view file) {
  if (text.starts_with("ssh-") || text.starts_with("ecdsa-") || text.starts_with("sk-")) {
    return wrong(file, "found a public key, wanted the private one",
                 "it usually stands in the file of the same name without .pub");
  }
  if (text.starts_with("-----BEGIN ")) {
    return wrong(file, "found a private key that is not in OpenSSH's format", kMakeOne);
  }
  return wrong(file, "found no private key", kMakeOne);
}

/// The lines between the first and the last, joined and decoded.
bool decode_armor(std::string_view text, Secret& bytes) {
  if (!text.starts_with(kBegin)) return false;
  text.remove_prefix(kBegin.size());
  const std::size_t end = text.find("-----");
  if (end == std::string_view::npos) return false;
  const std::string_view last = text.substr(end);
  if (last != kEnd && last != kEnd.substr(0, kEnd.size() - 1)) return false;
  Secret digits(text.size());
  for (const char c : text.substr(0, end)) {
    if (c != '\n') digits.append(c);
  }
  return append_from_base64(digits.view(), bytes);
}

/// The padding 1, 2, 3, …, shorter than a block.
bool is_padding(std::string_view bytes) {
  if (bytes.size() >= kBlock) return false;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (static_cast<unsigned char>(bytes[i]) != i + 1) return false;
  }
  return true;
}

struct Parts {
  PublicKey key;
  std::unique_ptr<Secret> seed;
};

/// The part that would be encrypted if there were a passphrase.
Result<Parts> parse_private_part(std::string_view bytes, PublicKey key, std::string_view file) {
  WireReader wire(bytes);
  const bool same_checks = wire.number() == wire.number();
  const std::string_view type = wire.text();
  const std::string_view point = wire.text();
  const std::string_view secret = wire.text();  // the seed, and the public key again
  key.comment = wire.text();
  auto seed = std::make_unique<Secret>(kEd25519Seed);
  seed->append(secret.substr(0, kEd25519Seed));
  const bool whole = wire.ok() && same_checks && type == kEd25519 &&
                     point.size() == kEd25519Public &&
                     secret.size() == kEd25519Seed + kEd25519Public &&
                     same_bytes(secret.substr(kEd25519Seed), point) && is_padding(wire.rest());
  // A pair that does not belong together would give its secret away with the first signature.
  if (!whole || ed25519_public_of(seed->view()) != point ||
      key.blob != wire_text(kEd25519) + wire_text(point)) {
    return wrong(file, "the private key is damaged");
  }
  if (key.comment.size() > kLongestComment || printable_line(key.comment) != key.comment) {
    return wrong(file, "the comment of the key is not plain text of at most 1024 bytes");
  }
  return Parts{std::move(key), std::move(seed)};
}

}  // namespace

Result<PrivateKey> PrivateKey::parse(std::string_view text, std::string_view file) {
  if (text.size() > kLargestFile || !text.starts_with(kBegin)) return not_openssh(text, file);
  Secret bytes(text.size());
  if (!decode_armor(text, bytes)) return wrong(file, "the private key is damaged");
  WireReader wire(bytes.view());
  const bool is_ours = wire.raw(kMagic.size()) == kMagic;
  const std::string_view cipher = wire.text();
  const std::string_view derivation = wire.text();
  const std::string_view options = wire.text();
  const std::uint32_t keys = wire.number();
  const std::string_view blob = wire.text();
  const std::string_view private_part = wire.text();
  if (!is_ours || !wire.is_finished() || keys != 1) {
    return wrong(file, "the private key is damaged");
  }
  auto key = parse_key_blob(blob);
  if (!key) return fail(std::move(key.error()).within(file));
  if (key->type != kEd25519) {
    return wrong(file, fmt::format("found a key of type {}, wanted {}", key->type, kEd25519),
                 kMakeOne);
  }
  if (cipher != "none" || derivation != "none" || !options.empty()) {
    return wrong(file, "a passphrase protects this key, and automod cannot ask for it",
                 "ssh-keygen -p -f COPY takes it off a copy that only you can read");
  }
  auto parts = parse_private_part(private_part, std::move(*key), file);
  if (!parts) return fail(parts.error());
  return PrivateKey(std::move(parts->key), std::move(parts->seed));
}

Result<PrivateKey> PrivateKey::read(const fs::path& path) {
  const std::string file = path.string();
  const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd && errno == ENOENT) return wrong(file, "there is no such file");
  if (!fd) return fail_errno(fmt::format("opening {}", file), errno);
  struct stat info{};
  if (fstat(fd.get(), &info) != 0) return fail_errno(fmt::format("reading {}", file), errno);
  if (!S_ISREG(info.st_mode)) return wrong(file, "found no regular file");
  if ((info.st_mode & 077) != 0) {
    return wrong(
        file,
        fmt::format("others can use this key: found mode {:o}, wanted 600", info.st_mode & 0777),
        fmt::format("chmod 600 '{}'", file));
  }
  Secret text(kLargestFile);
  std::array<char, 4096> buffer{};
  ssize_t got = 0;
  while ((got = ::read(fd.get(), buffer.data(), buffer.size())) > 0) {
    const auto size = static_cast<std::size_t>(got);
    const bool fits = size <= text.room();
    text.append({buffer.data(), size});
    OPENSSL_cleanse(buffer.data(), size);
    if (!fits) return wrong(file, "found a file that is too large for a private key");
  }
  if (got < 0) return fail_errno(fmt::format("reading {}", file), errno);
  return parse(text.view(), file);
}

PrivateKey PrivateKey::generate(std::string_view comment) {
  auto seed = new_ed25519_seed();
  const std::string point = ed25519_public_of(seed->view());
  PublicKey key{.type = std::string(kEd25519),
                .blob = wire_text(kEd25519) + wire_text(point),
                .comment = printable_line(comment.substr(0, kLongestComment / 4))};
  return {std::move(key), std::move(seed)};
}

Result<void> PrivateKey::write(const fs::path& path) const {
  std::error_code code;
  for (const fs::path& file : {path, fs::path(path.string() + ".pub")}) {
    if (fs::exists(fs::symlink_status(file, code))) {
      return fail(ErrorKind::kConflict, fmt::format("{} is already there", file.string()));
    }
  }
  const std::string_view point = std::string_view(key_.blob).substr(key_.blob.size() - 32);
  const std::string check = random_bytes(4);
  Secret part(2048);
  part.append(check);
  part.append(check);
  part.append(key_.blob);
  part.append(wire_number(kEd25519Seed + kEd25519Public));
  part.append(seed_->view());
  part.append(point);
  append_wire_text(key_.comment, part);
  for (char pad = 1; part.view().size() % kBlock != 0; ++pad) part.append(pad);

  Secret bytes(4096);
  bytes.append(kMagic);
  for (const std::string_view none : {"none", "none", ""}) append_wire_text(none, bytes);
  bytes.append(wire_number(1));
  append_wire_text(key_.blob, bytes);
  append_wire_text(part.view(), bytes);
  Secret digits(8192);
  append_base64(bytes.view(), digits);
  Secret text(8192);
  text.append(kBegin);
  for (std::size_t at = 0; at < digits.view().size(); at += kLineWidth) {
    text.append(digits.view().substr(at, kLineWidth));
    text.append('\n');
  }
  text.append(kEnd);
  if (auto made = create_file(path, text.view(), 0600); !made) return made;
  return write_public_key(key_, path);
}

}  // namespace automod::sign
