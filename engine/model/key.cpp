#include "engine/model/key.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <unordered_set>
#include <utility>

#include "base/fd.hpp"

namespace automod::model {

namespace {

constexpr std::size_t kMostKey = 8192;
constexpr std::size_t kTellingPart = 16;  // characters; beginnings that many keys share are shorter
constexpr std::string_view kBlot = "[key]";

/// Every byte of it, those that it has no longer in use included.
void wipe(std::string& text) {
  text.resize(text.capacity());
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

Result<Key> key_of(std::string_view text, const std::string& where) {
  const std::string_view key = trimmed(text);
  if (key.empty()) return fail(ErrorKind::kUsage, fmt::format("{} is empty", where));
  if (key.size() > kMostKey) {
    return fail(ErrorKind::kUsage, fmt::format("{} holds {} bytes, expected a key of {} or fewer",
                                               where, key.size(), kMostKey));
  }
  if (!std::ranges::all_of(key, [](char c) { return c > ' ' && c < '\x7f'; })) {
    return fail(ErrorKind::kUsage,
                fmt::format("{} holds no key: expected visible ASCII characters", where));
  }
  return Key(std::string(key));
}

Result<Key> key_from_variable(const ModelSettings& settings) {
  const char* value = std::getenv(settings.key_env.c_str());
  if (value == nullptr || *value == '\0') {
    return fail(ErrorKind::kUnavailable,
                fmt::format("model {} needs a key, and the variable {} is not set", settings.name,
                            settings.key_env),
                fmt::format("set it, or name a file that holds the key: key_file below [models.{}]",
                            settings.name));
  }
  return key_of(value, "the variable " + settings.key_env);
}

/// A file that nobody but the user has had a look into.
Result<void> check_private(const Fd& fd, const std::string& file) {
  struct stat info{};
  if (fstat(fd.get(), &info) != 0) return fail_errno(fmt::format("reading {}", file), errno);
  if (!S_ISREG(info.st_mode)) {
    return fail(ErrorKind::kUsage, fmt::format("{} is not a regular file", file));
  }
  if (info.st_uid != geteuid() && info.st_uid != 0) {
    return fail(ErrorKind::kUsage, fmt::format("{} belongs to another user", file),
                "keep the key in a file of your own");
  }
  constexpr mode_t kOthers = S_IRWXG | S_IRWXO;
  if ((info.st_mode & kOthers) != 0) {
    return fail(ErrorKind::kUsage, fmt::format("others may read or write {}", file),
                fmt::format("run: chmod 600 {}; if they have, make a new key", file));
  }
  return {};
}

Result<Key> key_from_file(const ModelSettings& settings) {
  const std::string file = settings.key_file.string();
  const Fd fd(open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) {
    const bool is_there = errno != ENOENT && errno != ENOTDIR;
    const Error error = fail_errno(fmt::format("opening {}", file), errno).error();
    return fail(is_there ? ErrorKind::kUsage : ErrorKind::kUnavailable,
                fmt::format("model {} needs a key: {}", settings.name, error.message),
                "write the key into that file, with mode 0600");
  }
  if (auto is_private = check_private(fd, file); !is_private) return fail(is_private.error());
  std::string text(kMostKey + 1, '\0');  // never grows, so that no copy is left behind
  std::size_t size = 0;
  for (ssize_t got = 1; got > 0 && size < text.size();) {
    got = read(fd.get(), text.data() + size, text.size() - size);
    if (got > 0) size += static_cast<std::size_t>(got);
  }
  const std::string_view content = std::string_view(text).substr(0, size);
  auto key = size > kMostKey
                 ? fail(ErrorKind::kUsage,
                        fmt::format("{} is larger than {} bytes, expected a key", file, kMostKey))
                 : key_of(content.substr(0, content.find('\n')), file);
  wipe(text);
  return key;
}

}  // namespace

Key::Key(Key&& other) noexcept : secret_(std::move(other.secret_)) { wipe(other.secret_); }

Key& Key::operator=(Key&& other) noexcept {
  if (this == &other) return *this;
  wipe(secret_);
  secret_ = std::move(other.secret_);
  wipe(other.secret_);
  return *this;
}

Key::~Key() { wipe(secret_); }

std::string Key::redacted(std::string_view text) const {
  if (secret_.empty()) return std::string(text);
  const std::string_view secret = secret_;
  const std::size_t part = std::min(secret.size(), kTellingPart);
  std::unordered_set<std::string_view> parts;
  for (std::size_t at = 0; at + part <= secret.size(); ++at) parts.insert(secret.substr(at, part));
  std::string out;
  std::size_t blotted = 0;  // up to here, text is part of the key
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (at + part <= text.size() && parts.contains(text.substr(at, part))) {
      if (at >= blotted) out += kBlot;
      blotted = at + part;
    }
    if (at >= blotted) out += text[at];
  }
  return out;
}

Result<Key> read_key(const ModelSettings& settings) {
  if (!settings.key_file.empty()) return key_from_file(settings);
  if (!settings.key_env.empty()) return key_from_variable(settings);
  return Key();
}

}  // namespace automod::model
