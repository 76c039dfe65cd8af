#include "base/secrets.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "base/shown.hpp"
#include "base/text.hpp"

namespace automod {

namespace {

constexpr std::size_t kLongestLine = 4096;  // what follows is looked at no more

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_word(char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-'; }

/// Tokens that say by their first letters who gave them out.
struct Format {
  std::string_view kind;
  std::string_view prefix;
  std::size_t least;  // letters behind the prefix
  bool upper_only;
};

constexpr auto kFormats = std::to_array<Format>({
    {"AWS access key", "AKIA", 16, true},
    {"AWS access key", "ASIA", 16, true},
    {"GitHub token", "ghp_", 36, false},
    {"GitHub token", "gho_", 36, false},
    {"GitHub token", "ghu_", 36, false},
    {"GitHub token", "ghs_", 36, false},
    {"GitHub token", "ghr_", 36, false},
    {"GitHub token", "github_pat_", 22, false},
    {"GitLab token", "glpat-", 20, false},
    {"GitLab token", "gldt-", 20, false},
    {"GitLab token", "glrt-", 20, false},
    {"Slack token", "xoxb-", 20, false},
    {"Slack token", "xoxp-", 20, false},
    {"Slack token", "xoxa-", 20, false},
    {"Slack token", "xoxr-", 20, false},
    {"Slack token", "xoxs-", 20, false},
    {"Slack token", "xapp-", 20, false},
    {"Google API key", "AIza", 35, false},
    {"Google OAuth token", "ya29.", 20, false},
    {"Google OAuth secret", "GOCSPX-", 20, false},
    {"Stripe key", "sk_live_", 16, false},
    {"Stripe key", "rk_live_", 16, false},
    {"Stripe webhook secret", "whsec_", 24, false},
    {"model service key", "sk-ant-", 24, false},
    {"model service key", "sk-proj-", 24, false},
    {"model service key", "sk-svcacct-", 24, false},
    {"npm token", "npm_", 36, false},
    {"PyPI token", "pypi-AgE", 30, false},
    {"SendGrid key", "SG.", 40, false},
    {"Hugging Face token", "hf_", 30, false},
    {"DigitalOcean token", "dop_v1_", 40, false},
});

/// How much each letter surprises, in bits.
double entropy(std::string_view text) {
  std::array<std::size_t, 256> counts{};
  for (const char c : text) ++counts.at(static_cast<unsigned char>(c));
  double bits = 0;
  for (const std::size_t count : counts) {
    if (count == 0) continue;
    const double share = static_cast<double>(count) / static_cast<double>(text.size());
    bits -= share * std::log2(share);
  }
  return bits;
}

/// What documentation writes in place of a secret.
bool is_placeholder(std::string_view value) {
  static constexpr auto kWords = std::to_array<std::string_view>(
      {"example", "changeme", "change-me", "placeholder", "dummy", "your",   "xxxx", "redacted",
       "insert",  "password", "secret",    "token",       "12345", "abcdef", "fake", "sample",
       "${",      "{{",       "%s",        "%(",          "<",     ">",      "....", "****"});
  const std::string text = in_lower(value);
  return std::ranges::any_of(kWords,
                             [&](std::string_view word) { return text.find(word) != text.npos; });
}

std::optional<std::string_view> by_format(std::string_view line) {
  for (const Format& format : kFormats) {
    for (auto at = line.find(format.prefix); at != line.npos;
         at = line.find(format.prefix, at + 1)) {
      if (at > 0 && is_word(line[at - 1])) continue;
      std::size_t end = at + format.prefix.size();
      const std::size_t begin = end;
      const auto counts = [&](char c) {
        if (format.upper_only) return is_upper(c) || is_digit(c);
        return is_word(c) || (c == '.' && format.prefix == "SG.");
      };
      while (end < line.size() && counts(line[end])) ++end;
      const std::string_view value = line.substr(begin, end - begin);
      if (value.size() < format.least || is_placeholder(value)) continue;
      if (entropy(value) >= 2.5) return format.kind;
    }
  }
  return std::nullopt;
}

bool is_web_token(std::string_view line) {
  for (auto at = line.find("eyJ"); at != line.npos; at = line.find("eyJ", at + 1)) {
    std::size_t end = at;
    std::size_t dots = 0;
    while (end < line.size() && (is_word(line[end]) || line[end] == '.')) {
      dots += line[end++] == '.' ? 1U : 0U;
    }
    const std::string_view value = line.substr(at, end - at);
    const auto dot = value.find('.');
    if (dots == 2 && value.size() >= 60 && value.substr(dot + 1).starts_with("eyJ")) return true;
  }
  return false;
}

/// scheme://user:password@host, where the password is no variable.
bool has_url_password(std::string_view line) {
  for (auto at = line.find("://"); at != line.npos; at = line.find("://", at + 3)) {
    const std::string_view rest = line.substr(at + 3);
    const std::string_view host = rest.substr(0, rest.find_first_of("/ \t\"'`<>?#"));
    const auto sign = host.rfind('@');
    const auto colon = host.find(':');
    if (sign == host.npos || colon == host.npos || colon > sign || colon == 0) continue;
    const std::string_view password = host.substr(colon + 1, sign - colon - 1);
    const bool is_variable = password.find_first_of("${}%*<[") != password.npos;
    if (password.size() >= 6 && !is_variable && !is_placeholder(password) &&
        in_lower(password) != "passwd" && !in_lower(password).starts_with("pass")) {
      return true;
    }
  }
  return false;
}

bool names_secret(std::string_view left) {
  static constexpr auto kWords = std::to_array<std::string_view>(
      {"password",   "passwd",      "pwd",         "secret",        "token",
       "apikey",     "api_key",     "api-key",     "accesskey",     "access_key",
       "privatekey", "private_key", "passphrase",  "credential",    "auth_key",
       "authkey",    "signingkey",  "signing_key", "encryptionkey", "encryption_key"});
  const std::string text = in_lower(left);
  return std::ranges::any_of(kWords,
                             [&](std::string_view word) { return text.find(word) != text.npos; });
}

/// Letters and digits as no word has them.
bool looks_drawn(std::string_view value) {
  if (value.size() < 10 || value.find(' ') != value.npos || is_placeholder(value)) return false;
  const auto digits = std::ranges::count_if(value, is_digit);
  const auto letters = std::ranges::count_if(value, is_letter);
  const auto upper = std::ranges::count_if(value, is_upper);
  if (digits == 0 || letters == 0) return false;
  const bool is_mixed = upper > 0 && upper < letters;
  const bool is_path = value.find('/') != value.npos && digits < 3;
  return !is_path && entropy(value) >= 3.0 && (is_mixed || value.size() >= 20);
}

/// password = "..."
bool is_assignment(std::string_view line) {
  for (auto at = line.find_first_of("\"'`"); at != line.npos;) {
    const auto end = line.find(line[at], at + 1);
    if (end == line.npos) return false;
    const std::string_view value = line.substr(at + 1, end - at - 1);
    const auto before = line.find_last_not_of(" \t([{", at == 0 ? 0 : at - 1);
    const bool is_given = at > 0 && before != line.npos &&
                          (line[before] == '=' || line[before] == ':' || line[before] == ',');
    if (is_given && looks_drawn(value)) {
      const std::string_view left = line.substr(0, before);
      if (names_secret(left.substr(left.size() > 80 ? left.size() - 80 : 0))) return true;
    }
    at = line.find_first_of("\"'`", end + 1);
  }
  return false;
}

/// password = ..., without quotes and with nothing behind it, as files of settings have it.
bool is_bare_assignment(std::string_view line) {
  const auto sign = line.find_first_of("=:");
  if (sign == line.npos || !names_secret(line.substr(0, sign))) return false;
  std::string_view name = line.substr(0, sign);
  name = name.substr(0, name.find_last_not_of(" \t") + 1);
  const auto space = name.find_last_of(" \t");
  if (space != name.npos && !names_secret(name.substr(space + 1))) return false;
  std::string_view value = line.substr(sign + 1);
  value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
  value = value.substr(0, value.find_last_not_of(" \t\r;,") + 1);
  constexpr std::size_t kLeast = 8;
  const bool is_plain = value.size() >= kLeast && !value.starts_with('$') &&
                        value.find_first_of(" \t()[]{}<>\"'`|*\\") == value.npos;
  return is_plain && !is_placeholder(value) && std::ranges::any_of(value, is_digit) &&
         std::ranges::any_of(value, is_letter);
}

/// `"AK" "IA"` and `"AK" + "IA"` as the one string that they make.
std::string joined_literals(std::string_view line) {
  std::string made;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    if (c == '"' || c == '\'') {
      std::size_t next = at + 1;
      while (next < line.size() && std::string_view(" \t+.").find(line[next]) != std::string::npos)
        ++next;
      if (next > at + 1 && next < line.size() && line[next] == c) {
        at = next;
        continue;
      }
    }
    made += c;
  }
  return made;
}

constexpr std::string_view kPrivateKey = "private key";
constexpr std::string_view kPassword = "password or token";
constexpr std::string_view kKeyEnd = "-----END ";
constexpr std::size_t kLongestKey = 200;  // lines
constexpr std::size_t kLeastEncoded = 16;
constexpr std::size_t kOverlap = 512;  // no secret is longer

bool begins_private_key(std::string_view line) {
  const auto begin = line.find("-----BEGIN ");
  return begin != line.npos && line.find("PRIVATE KEY", begin) != line.npos;
}

/// Letters in a row as base64 has them.
bool is_encoded(std::string_view line) {
  std::size_t run = 0;
  for (const char c : line) {
    const bool counts = is_letter(c) || is_digit(c) || c == '+' || c == '/' || c == '=';
    run = counts ? run + 1 : 0;
    if (run >= kLeastEncoded) return true;
  }
  return false;
}

/// Of a private key that begins at a line, or of what looks like one behind it.
std::size_t last_of_key(const std::vector<std::string_view>& lines, std::size_t begin) {
  for (std::size_t i = begin; i < lines.size() && i < begin + kLongestKey; ++i) {
    if (lines[i].find(kKeyEnd) != std::string_view::npos) return i;
  }
  std::size_t last = begin;
  while (last + 1 < lines.size() && is_encoded(lines[last + 1])) ++last;
  return last;
}

/// However long the line is.
std::optional<std::string_view> secret_anywhere_in(std::string_view line) {
  for (;;) {
    if (const auto kind = secret_in(line, true)) return kind;
    if (is_bare_assignment(line)) return kPassword;
    if (line.size() <= kLongestLine) return std::nullopt;
    line.remove_prefix(kLongestLine - kOverlap);
  }
}

}  // namespace

std::optional<std::string_view> secret_in(std::string_view whole, bool with_made_up) {
  if (whole.size() > kLongestLine) whole = whole.substr(0, kLongestLine);
  const std::string line = joined_literals(whole);
  if (begins_private_key(line)) return kPrivateKey;
  if (const auto kind = by_format(line)) return kind;
  if (line.find("hooks.slack.com/services/T") != line.npos) return "Slack webhook";
  if (const auto mark = line.find("T3BlbkFJ");
      line.rfind("sk-", mark) < mark && mark != line.npos) {
    return "model service key";
  }
  if (is_web_token(line)) return "JSON web token";
  // Passwords that are made up for a test are common, and their formats are nobody's.
  if (!with_made_up) return std::nullopt;
  if (has_url_password(line)) return "password in an address";
  if (is_assignment(line)) return kPassword;
  return std::nullopt;
}

std::vector<SecretLine> secret_lines(std::string_view text) {
  const std::vector<std::string_view> lines = split_lines(text);
  std::vector<SecretLine> found;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (begins_private_key(lines[i])) {
      const std::size_t last = last_of_key(lines, i);
      for (std::size_t at = i; at <= last; ++at) {
        const bool is_end = at == i || at + 1 >= last;
        if (is_end || is_encoded(lines[at])) found.push_back({.line = at + 1, .kind = kPrivateKey});
      }
      i = last;
    } else if (const auto kind = secret_anywhere_in(lines[i])) {
      found.push_back({.line = i + 1, .kind = *kind});
    }
  }
  return found;
}

std::string left_out(std::string_view kind) {
  return std::string(kLineLeftOut).append(" that may hold a secret: ").append(kind).append(" …]");
}

}  // namespace automod
