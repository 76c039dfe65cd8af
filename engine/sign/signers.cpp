#include "engine/sign/signers.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ctime>

#include "base/files.hpp"
#include "base/text.hpp"
#include "engine/sign/purpose.hpp"

namespace automod::sign {

using std::chrono::sys_seconds;

namespace {

constexpr std::string_view kBlank = " \t";

/// `*` stands for any characters, `?` for one, as in ssh's patterns. Time is bounded by the
/// product of both lengths.
bool matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;  // the last one, and what it has taken so far
  std::size_t taken = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++taken;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

/// A pattern behind '!' rules out what it matches, whatever else matches.
bool list_matches(const std::vector<std::string>& patterns, std::string_view text) {
  bool found = false;
  for (const std::string_view pattern : patterns) {
    if (pattern.starts_with('!')) {
      if (matches(pattern.substr(1), text)) return false;
    } else {
      found = found || matches(pattern, text);
    }
  }
  return found;
}

std::vector<std::string> split_commas(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    if (end > at) parts.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

/// YYYYMMDD[HHMM[SS]][Z]
std::optional<sys_seconds> parse_time(std::string_view text) {
  const bool is_utc = text.ends_with('Z') || text.ends_with('z');
  if (is_utc) text.remove_suffix(1);
  const bool has_digits = text.find_first_not_of("0123456789") == std::string_view::npos;
  if (!has_digits || (text.size() != 8 && text.size() != 12 && text.size() != 14)) {
    return std::nullopt;
  }
  const auto number = [&](std::size_t at, std::size_t size) {
    int value = 0;
    if (at < text.size()) std::from_chars(text.data() + at, text.data() + at + size, value);
    return value;
  };
  const std::chrono::year_month_day day(std::chrono::year(number(0, 4)),
                                        std::chrono::month(static_cast<unsigned>(number(4, 2))),
                                        std::chrono::day(static_cast<unsigned>(number(6, 2))));
  const int hour = number(8, 2);
  const int minute = number(10, 2);
  const int second = number(12, 2);
  if (!day.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  if (is_utc) {
    return std::chrono::sys_days(day) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
           std::chrono::seconds(second);
  }
  std::tm local{};
  local.tm_year = number(0, 4) - 1900;
  local.tm_mon = number(4, 2) - 1;
  local.tm_mday = number(6, 2);
  local.tm_hour = hour;
  local.tm_min = minute;
  local.tm_sec = second;
  local.tm_isdst = -1;
  return sys_seconds(std::chrono::seconds(std::mktime(&local)));
}

/// Reads one line from left to right.
class LineReader {
 public:
  explicit LineReader(std::string_view line) : left_(line) {}
  Result<AllowedSigner> read();

 private:
  /// Up to a blank outside of quotes; nullopt when a quote is not closed.
  std::optional<std::string_view> take_field();
  Result<void> read_option(std::string_view option, AllowedSigner& signer);

  std::string_view left_;
};

std::unexpected<Error> wrong(std::string what) { return fail(ErrorKind::kUsage, std::move(what)); }

std::optional<std::string_view> LineReader::take_field() {
  left_.remove_prefix(std::min(left_.find_first_not_of(kBlank), left_.size()));
  bool quoted = false;
  std::size_t end = 0;
  while (end < left_.size() && (quoted || !kBlank.contains(left_[end]))) {
    if (left_[end++] == '"') quoted = !quoted;
  }
  if (quoted) return std::nullopt;
  const std::string_view field = left_.substr(0, end);
  left_.remove_prefix(end);
  return field;
}

/// The text between quotes; nullopt when there are none, or more.
std::optional<std::string_view> unquoted(std::string_view text) {
  if (text.size() < 2 || !text.starts_with('"') || !text.ends_with('"')) return std::nullopt;
  text = text.substr(1, text.size() - 2);
  if (text.contains('"')) return std::nullopt;
  return text;
}

/// The options before the key, taken apart at commas outside of quotes.
std::vector<std::string_view> options_of(std::string_view field) {
  std::vector<std::string_view> options;
  bool quoted = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= field.size(); ++i) {
    if (i < field.size() && field[i] == '"') quoted = !quoted;
    if (i == field.size() || (field[i] == ',' && !quoted)) {
      options.push_back(field.substr(begin, i - begin));
      begin = i + 1;
    }
  }
  return options;
}

Result<void> LineReader::read_option(std::string_view option, AllowedSigner& signer) {
  const std::size_t equals = std::min(option.find('='), option.size());
  const std::string name = in_lower(option.substr(0, equals));
  if (name == "cert-authority" && equals == option.size()) {
    return wrong("cert-authority is not supported: automod follows no certificates");
  }
  const auto value = unquoted(option.substr(std::min(equals + 1, option.size())));
  if (name != "namespaces" && name != "valid-after" && name != "valid-before") {
    return wrong(fmt::format("found option '{}', wanted namespaces, valid-after or valid-before",
                             printable_line(name)));
  }
  if (!value) return wrong(fmt::format("{} needs a value in double quotes", name));
  if (name == "namespaces") {
    if (!signer.namespaces.empty()) return wrong("namespaces stands there twice");
    signer.namespaces = split_commas(*value);
    if (signer.namespaces.empty()) return wrong("namespaces allows none");
    return {};
  }
  auto& time = name == "valid-after" ? signer.valid_after : signer.valid_before;
  if (time) return wrong(fmt::format("{} stands there twice", name));
  time = parse_time(*value);
  if (!time) {
    return wrong(
        fmt::format("{}: found '{}', wanted YYYYMMDD[HHMM[SS]][Z]", name, printable_line(*value)));
  }
  return {};
}

Result<AllowedSigner> LineReader::read() {
  AllowedSigner signer;
  const auto principals = take_field();
  if (!principals) return wrong("a quote is not closed");
  signer.principals = unquoted(*principals).value_or(*principals);
  if (signer.principals.empty() || signer.principals.contains('"')) {
    return wrong("found no principal");
  }
  const std::string_view before = left_;
  auto key = parse_key_line(left_);
  if (!key) {
    const auto options = take_field();
    if (!options) return wrong("a quote is not closed");
    // A word that is neither a key's type nor has the form of options is a mistaken key.
    const bool is_options = options->contains('=') || in_lower(*options).contains("cert-authority");
    if (!is_options) return fail(parse_key_line(before).error());
    for (const std::string_view option : options_of(*options)) {
      if (auto read = read_option(option, signer); !read) return fail(read.error());
    }
    key = parse_key_line(left_);
    if (!key) return fail(key.error());
  }
  if (signer.valid_after && signer.valid_before && *signer.valid_after >= *signer.valid_before) {
    return wrong("valid-after is not before valid-before");
  }
  signer.key = std::move(*key);
  return signer;
}

}  // namespace

Result<std::vector<AllowedSigner>> parse_allowed_signers(std::string_view text,
                                                         std::string_view file) {
  if (text.size() > kMiB) return wrong(fmt::format("{} is larger than 1 MiB", file));
  std::vector<AllowedSigner> signers;
  std::size_t number = 0;
  for (std::string_view line : split_lines(text)) {
    ++number;
    while (!line.empty() && std::string_view(" \t\r").contains(line.back())) line.remove_suffix(1);
    line.remove_prefix(std::min(line.find_first_not_of(kBlank), line.size()));
    if (line.empty() || line.starts_with('#')) continue;
    std::string place = fmt::format("{}:{}", file, number);
    auto signer = LineReader(line).read();
    if (!signer) return fail(std::move(signer.error()).within(place));
    signer->place = std::move(place);
    signers.push_back(std::move(*signer));
  }
  return signers;
}

std::string allowed_signer_line(std::string_view principal, const PublicKey& key) {
  return fmt::format("{} namespaces=\"{},{},{}\" {}", principal, namespace_of(Purpose::kCommit),
                     namespace_of(Purpose::kEvidence), namespace_of(Purpose::kLedger),
                     key_line(key));
}

std::optional<std::string> principal_rule(std::string_view principal) {
  if (principal.empty() || principal.size() > 254) return "wanted 1 to 254 bytes";
  if (principal.starts_with('#')) return "begins like a comment";
  for (const char c : principal) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= ' ' || byte >= 0x7f || std::string_view("\",*?!").contains(c)) {
      return "wanted an address or a name in ASCII, without blanks, commas, quotes and * ? !";
    }
  }
  return std::nullopt;
}

std::optional<std::string> objection(const AllowedSigner& signer, std::string_view name_space,
                                     sys_seconds at) {
  const auto say = [](sys_seconds time) {
    const std::time_t seconds = time.time_since_epoch().count();
    return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(seconds));
  };
  if (!signer.namespaces.empty() && !list_matches(signer.namespaces, name_space)) {
    return fmt::format("{} does not allow the key to sign for '{}'", signer.place, name_space);
  }
  if (signer.valid_after && at < *signer.valid_after) {
    return fmt::format("{} allows the key only after {}", signer.place, say(*signer.valid_after));
  }
  if (signer.valid_before && at > *signer.valid_before) {
    return fmt::format("the key expired: {} allows it only before {}", signer.place,
                       say(*signer.valid_before));
  }
  return std::nullopt;
}

}  // namespace automod::sign
