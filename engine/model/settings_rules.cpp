#include "engine/model/settings_rules.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "base/text.hpp"

namespace automod::model {

namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kWordLetters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::size_t kLongestName = 64;
constexpr std::size_t kLongestModel = 256;
constexpr std::size_t kLongestUrl = 2048;
constexpr std::size_t kLongestPath = 4096;
constexpr std::size_t kLongestHeader = 4096;

bool is_made_of(std::string_view text, std::string_view letters) {
  return text.find_first_not_of(letters) == std::string_view::npos;
}

bool is_visible(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

bool has_controls(std::string_view text) {
  return std::ranges::any_of(
      text, [](char c) { return (static_cast<unsigned char>(c) < ' ') || c == '\x7f'; });
}

struct Address {
  std::string_view scheme;
  std::string_view host;  // an IPv6 address with its brackets
  std::string_view port;  // with its colon, may be empty
  std::string_view path;  // with its slash, may be empty
};

/// The parts of an address, none of them checked.
std::optional<Address> split(std::string_view url) {
  const std::size_t colon = url.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  Address address;
  address.scheme = url.substr(0, colon);
  std::string_view rest = url.substr(colon + 3);
  const std::size_t slash = rest.find('/');
  if (slash != std::string_view::npos) address.path = rest.substr(slash);
  rest = rest.substr(0, slash);
  const std::size_t bracket = rest.find(']');
  const std::size_t port = rest.find(':', bracket == std::string_view::npos ? 0 : bracket);
  address.host = rest.substr(0, port);
  if (port != std::string_view::npos) address.port = rest.substr(port);
  return address;
}

bool is_host(std::string_view host) {
  if (host.starts_with('[')) {
    return host.size() > 4 && host.ends_with(']') &&
           is_made_of(host.substr(1, host.size() - 2), "0123456789abcdefABCDEF:.");
  }
  return !host.empty() && is_made_of(host, std::string(kWordLetters) + "-._") &&
         !host.starts_with('.') && !host.starts_with('-');
}

bool is_port(std::string_view port) {
  if (port.empty()) return true;
  port.remove_prefix(1);
  std::uint16_t number = 0;
  const auto read = std::from_chars(port.data(), port.data() + port.size(), number);
  return read.ec == std::errc() && read.ptr == port.data() + port.size() && number > 0;
}

/// 127.0.0.0/8
bool is_loopback_number(std::string_view host) {
  return host.starts_with("127.") && is_made_of(host, "0123456789.") &&
         std::ranges::count(host, '.') == 3 && !host.ends_with('.');
}

bool is_address(std::string_view text, std::string_view schemes) {
  const auto address = split(text);
  return address && text.size() <= kLongestUrl && is_visible(text) && is_host(address->host) &&
         is_port(address->port) && address->path.find_first_of("?#\\@") == std::string_view::npos &&
         (" " + std::string(schemes) + " ").find(" " + std::string(address->scheme) + " ") !=
             std::string::npos;
}

template <std::size_t N>
bool is_one_of(const std::string& word, const std::array<std::string_view, N>& words) {
  return std::ranges::find(words, word) != words.end();
}

}  // namespace

std::optional<std::string> model_name_rule(std::string_view text) {
  if (text == "none") return "a model cannot be called none: that stands for no model";
  const bool is_name = !text.empty() && text.size() <= kLongestName &&
                       is_made_of(text.substr(0, 1), kWordLetters) &&
                       is_made_of(text, std::string(kWordLetters) + "._-");
  if (is_name) return std::nullopt;
  return "wanted a name of letters, digits, dots, dashes and underscores, at most 64";
}

std::optional<std::string> provider_model_rule(std::string_view text) {
  if (!text.empty() && text.size() <= kLongestModel && is_visible(text)) return std::nullopt;
  return "wanted the provider's name of a model: 1 to 256 visible ASCII characters";
}

std::optional<std::string> url_rule(std::string_view text) {
  if (is_address(text, "http https")) return std::nullopt;
  return "wanted an address such as https://host/v1, without user, query and fragment";
}

std::optional<std::string> proxy_rule(std::string_view text) {
  if (is_address(text, "http https socks5 socks5h")) return std::nullopt;
  return "wanted an address such as http://host:3128; one with user and password belongs into the "
         "variable https_proxy";
}

// Capitals only: a key may be made of letters and digits, too, and the name is shown.
std::optional<std::string> variable_rule(std::string_view text) {
  const bool is_name = !text.empty() && text.size() <= kLongestName &&
                       is_made_of(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") &&
                       !is_made_of(text.substr(0, 1), kDigits);
  if (is_name) return std::nullopt;
  return "wanted the name of a variable in capitals, such as OPENAI_API_KEY, and not the key "
         "itself";
}

std::optional<std::string> path_rule(std::string_view text) {
  if (text.starts_with('~')) return "'~' is not read here, write the whole path";
  if (!text.empty() && text.size() <= kLongestPath && !has_controls(text)) return std::nullopt;
  return "wanted a path, whole or from the folder of this file on";
}

std::optional<std::string> word_rule(std::string_view text) {
  if (text.size() > kLongestPath) return "wanted 4096 bytes or fewer";
  if (text.find('\0') == std::string_view::npos) return std::nullopt;
  return "a NUL cannot be passed to a program";
}

std::optional<std::string> header_name_rule(std::string_view text) {
  constexpr std::array<std::string_view, 8> kKeys{
      "authorization", "proxy-authorization", "x-api-key", "api-key",
      "x-auth-token",  "x-goog-api-key",      "cookie",    "set-cookie"};
  constexpr std::array<std::string_view, 9> kOurs{"accept",
                                                  "accept-encoding",
                                                  "anthropic-version",
                                                  "connection",
                                                  "content-length",
                                                  "content-type",
                                                  "expect",
                                                  "host",
                                                  "transfer-encoding"};
  const std::string name = in_lower(text);
  if (is_one_of(name, kKeys)) {
    return "header " + name +
           " carries a key: keys do not stand in this file, use key_env or "
           "key_file";
  }
  if (is_one_of(name, kOurs)) return "header " + name + " is automod's own to write";
  const bool is_token = !text.empty() && text.size() <= kLongestName &&
                        is_made_of(text, std::string(kWordLetters) + "!#$%&'*+-.^_`|~");
  if (is_token) return std::nullopt;
  return "wanted the name of a header";
}

std::optional<std::string> header_value_rule(std::string_view text) {
  const bool is_plain = std::ranges::all_of(text, [](char c) { return c >= ' ' && c < '\x7f'; });
  if (is_plain && text.size() <= kLongestHeader) return std::nullopt;
  return "wanted the value of a header: at most 4096 ASCII characters without controls";
}

bool is_http(std::string_view url) {
  const auto address = split(url);
  return address && address->scheme == "http";
}

bool is_here(std::string_view url) {
  const auto address = split(url);
  return address && (in_lower(address->host) == "localhost" || address->host == "[::1]" ||
                     is_loopback_number(address->host));
}

bool is_in_clear(std::string_view url) { return is_http(url) && !is_here(url); }

}  // namespace automod::model
