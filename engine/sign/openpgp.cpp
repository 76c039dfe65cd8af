#include "engine/sign/openpgp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/files.hpp"
#include "base/process.hpp"
#include "base/text.hpp"

namespace automod::sign {

namespace fs = std::filesystem;
using std::chrono::sys_seconds;

namespace {

constexpr std::size_t kLargest = 64 * 1024;
constexpr std::string_view kEnd = "-----END PGP SIGNATURE-----";

std::unexpected<Error> refuse(std::string what) {
  return fail(ErrorKind::kRefused, std::move(what));
}

/// The word at `index` of a line, counted from 0; empty where there are fewer.
std::string_view word(std::string_view line, std::size_t index) {
  for (; index > 0 && !line.empty(); --index) {
    line.remove_prefix(std::min(line.find(' '), line.size()));
    if (!line.empty()) line.remove_prefix(1);
  }
  return line.substr(0, line.find(' '));
}

/// What is behind the first `count` words.
std::string_view behind(std::string_view line, std::size_t count) {
  for (; count > 0; --count) {
    line.remove_prefix(std::min(line.find(' '), line.size()));
    if (!line.empty()) line.remove_prefix(1);
  }
  return line;
}

struct Status {
  std::size_t signatures = 0;
  std::string verdict;  // GOODSIG, BADSIG, …: the one that was given
  std::size_t verdicts = 0;
  std::string key;  // what the verdict names
  std::string user;
  std::string primary;                 // fingerprint of the primary key, from VALIDSIG
  std::string validity;                // TRUST_…
  std::optional<sys_seconds> expired;  // the earliest
};

void read_expiry(std::string_view text, Status& status) {
  long long seconds = 0;
  const auto [end, wrong] = std::from_chars(text.begin(), text.end(), seconds);
  if (wrong != std::errc() || end != text.end()) return;
  const sys_seconds time{std::chrono::seconds(seconds)};
  if (!status.expired || time < *status.expired) status.expired = time;
}

Status read_status(std::string_view text) {
  constexpr std::string_view kPrefix = "[GNUPG:] ";
  Status status;
  for (std::string_view line : split_lines(text)) {
    if (!line.starts_with(kPrefix)) continue;
    line.remove_prefix(kPrefix.size());
    const std::string_view name = word(line, 0);
    if (name == "NEWSIG") ++status.signatures;
    if (name == "GOODSIG" || name == "BADSIG" || name == "ERRSIG" || name == "EXPSIG" ||
        name == "EXPKEYSIG" || name == "REVKEYSIG") {
      ++status.verdicts;
      status.verdict = name;
      status.key = word(line, 1);
      status.user = behind(line, 2);
    }
    if (name == "VALIDSIG") status.primary = line.substr(line.rfind(' ') + 1);
    if (name.starts_with("TRUST_")) status.validity = name;
    if (name == "KEYEXPIRED") read_expiry(word(line, 1), status);
  }
  return status;
}

}  // namespace

Result<Verified> judge_status(std::string_view text, const Trust& trust, sys_seconds at) {
  const Status status = read_status(text);
  const std::string key = printable_line(status.key);
  if (status.signatures != 1 || status.verdicts != 1) {
    return refuse("not an OpenPGP signature, or more than one");
  }
  if (status.verdict == "BADSIG") {
    return refuse(
        fmt::format("the signature by OpenPGP key {} does not fit: what was signed has "
                    "been changed",
                    key));
  }
  if (status.verdict == "ERRSIG") {
    return refuse(
        fmt::format("the signature cannot be checked: OpenPGP key {} is not in the "
                    "keyring",
                    key));
  }
  if (status.verdict == "REVKEYSIG") return refuse(fmt::format("OpenPGP key {} was revoked", key));
  if (status.verdict == "EXPSIG") return refuse("the OpenPGP signature itself has expired");
  if (status.verdict == "EXPKEYSIG" && !(status.expired && at <= *status.expired)) {
    return refuse(fmt::format("OpenPGP key {} expired before that", key));
  }
  if (status.primary.empty()) return refuse(fmt::format("OpenPGP key {} is not valid", key));
  const bool is_listed = std::ranges::find(trust.openpgp, status.primary) != trust.openpgp.end();
  const bool is_valid = status.validity == "TRUST_FULLY" || status.validity == "TRUST_ULTIMATE";
  if (!is_listed && !is_valid) {
    return refuse(fmt::format("OpenPGP key {} is not among those whose signatures count",
                              printable_line(status.primary)));
  }
  return Verified{.principal = printable_line(status.user),
                  .key = printable_line(status.primary),
                  .format = "openpgp"};
}

Result<Verified> verify_openpgp(std::string_view bytes, std::string_view armored, Purpose purpose,
                                const Trust& trust, sys_seconds at, const CancelToken& cancel) {
  if (armored.size() > kLargest) return refuse("not an OpenPGP signature: larger than 64 KiB");
  const std::size_t end = armored.find(kEnd);
  const bool ends_there =
      end != std::string_view::npos &&
      (armored.substr(end) == kEnd || armored.substr(end + kEnd.size()) == "\n");
  if (!ends_there) return refuse("not an OpenPGP signature: its last line is missing");
  const auto folder = TempDir::create(fs::temp_directory_path(), "automod-verify-");
  if (!folder) return fail(folder.error());
  const fs::path file = folder->path() / "signature";
  if (auto written = write_file(file, armored); !written) return fail(written.error());
  // Nothing is fetched: a signature names keys and servers as it likes.
  const auto ran = run_program(
      {.argv = {trust.gpg, "--batch", "--no-tty", "--status-fd=1", "--disable-dirmngr",
                "--no-auto-key-retrieve", "--keyid-format=long", "--verify", file.string(), "-"},
       .input = signed_text(bytes, purpose),
       .directory = {}},
      cancel);
  if (!ran) return fail(ran.error());
  return judge_status(ran->out, trust, at);
}

}  // namespace automod::sign
