#include "engine/model/wire.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/text.hpp"

namespace automod::model {

using nlohmann::json;

namespace {

constexpr std::size_t kMostShown = 600;
constexpr std::string_view kTokenCharacters = "!#$%&'*+-.^_`|~";

std::string shortened(std::string text) {
  if (text.size() <= kMostShown) return text;
  std::size_t end = kMostShown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text + " …";
}

std::string shown(std::string_view text, const Key& key) {
  return shortened(printable_line(key.redacted(text)));
}

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_header_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return is_letter_or_digit(c) || kTokenCharacters.find(c) != std::string_view::npos;
  });
}

bool is_header_value(std::string_view value) {
  return std::ranges::none_of(value, [](char c) {
    return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7f';
  });
}

bool is_ours(const std::string& name) {
  static constexpr std::array<std::string_view, 16> kOurs = {"accept-encoding",
                                                             "anthropic-version",
                                                             "authorization",
                                                             "connection",
                                                             "content-length",
                                                             "content-type",
                                                             "cookie",
                                                             "expect",
                                                             "host",
                                                             "keep-alive",
                                                             "proxy-authorization",
                                                             "te",
                                                             "transfer-encoding",
                                                             "upgrade",
                                                             "user-agent",
                                                             "x-api-key"};
  return std::ranges::find(kOurs, name) != kOurs.end();
}

std::string where(const ModelSettings& settings) {
  return fmt::format("[models.{}] of config.toml", settings.name);
}

std::string key_hint(const ModelSettings& settings) {
  if (!settings.key_env.empty()) return "look at the key in the variable " + settings.key_env;
  if (!settings.key_file.empty()) {
    return fmt::format("look at the key in the file {}", settings.key_file.string());
  }
  return fmt::format("name a variable or a file that holds the key, as key_env or key_file in {}",
                     where(settings));
}

Failure redirected(const HttpHead& head, const ModelSettings& settings, const std::string& host) {
  return {
      .kind = FailureKind::kQuestion,
      .message =
          fmt::format("{} redirects to {} ({}), where neither the question nor the key was sent",
                      host, head.redirect.empty() ? "nowhere" : head.redirect, head.status),
      .hint = fmt::format("if that is the right place, write it as url in {}", where(settings))};
}

}  // namespace

std::string base_url(const ModelSettings& settings, std::string_view usual) {
  std::string url = settings.url.empty() ? std::string(usual) : settings.url;
  while (url.ends_with('/')) url.pop_back();
  return url;
}

Failure failure_of_status(const HttpHead& head, const Trouble& trouble,
                          const ModelSettings& settings, const std::string& host, Clock::Time now) {
  if (head.status >= 300 && head.status < 400) return redirected(head, settings, host);
  Failure failure{.kind = kind_of_status(head.status)};
  failure.message = fmt::format("{} answered {}", host, head.status);
  if (!trouble.type.empty()) failure.message += fmt::format(" ({})", trouble.type);
  if (!trouble.message.empty()) failure.message += ": " + trouble.message;
  if (!head.request_id.empty()) failure.message += fmt::format(" [request {}]", head.request_id);
  if (failure.kind == FailureKind::kKey) failure.hint = key_hint(settings);
  if (head.status == 404)
    failure.hint = fmt::format("look at model and url in {}", where(settings));
  if (is_passing(failure.kind)) failure.wait = wait_of(head, now);
  return failure;
}

Failure failure_of_end(const HttpResult& result, const ModelSettings& settings,
                       const std::string& host) {
  const std::string why = result.problem.empty() ? "" : ": " + result.problem;
  switch (result.end) {
    case HttpEnd::kWhole:
    case HttpEnd::kStopped:
    case HttpEnd::kCut:
      return {.kind = FailureKind::kBroken,
              .message = fmt::format("{} broke off its answer{}", host, why)};
    case HttpEnd::kNoConnection:
      return {.kind = FailureKind::kBusy,
              .message = fmt::format("no connection to {}{}", host, why),
              .hint = fmt::format("look whether the server runs, and at url and proxy in {}",
                                  where(settings))};
    case HttpEnd::kTimeout:
      return {.kind = FailureKind::kSlow,
              .message =
                  fmt::format("{} was not done within {} seconds", host, settings.timeout_seconds),
              .hint = fmt::format("raise timeout_seconds in {}", where(settings))};
    case HttpEnd::kIdle:
      return {.kind = FailureKind::kSlow,
              .message =
                  fmt::format("nothing came from {} for {} seconds", host, settings.idle_seconds),
              .hint = fmt::format("raise idle_seconds in {}", where(settings))};
    case HttpEnd::kInterrupted:
      return {.kind = FailureKind::kInterrupted, .message = "stopped while asking " + host};
    case HttpEnd::kTooBig:
      return {.kind = FailureKind::kBroken,
              .message = fmt::format("{} sent more than any answer needs", host)};
    case HttpEnd::kUntrusted:
      return {
          .kind = FailureKind::kQuestion,
          .message = fmt::format("the certificate of {} cannot be checked{}", host, why),
          .hint = fmt::format("name the file of its authority as ca_file in {}", where(settings))};
    case HttpEnd::kImpossible:
      return {.kind = FailureKind::kQuestion,
              .message = fmt::format("{} cannot be asked{}", host, why),
              .hint = fmt::format("look at url, proxy and ca_file in {}", where(settings))};
  }
  return {};
}

Failure cleaned(Failure failure, const Key& key) {
  failure.message = shown(failure.message, key);
  failure.hint = shown(failure.hint, key);
  return failure;
}

std::string_view refused_field(const Trouble& trouble, const json& body,
                               const std::vector<Refusable>& refusable) {
  const std::string message = in_lower(trouble.message);
  for (const Refusable& each : refusable) {
    const bool is_named =
        trouble.field == each.named_by || message.find(each.named_by) != std::string::npos;
    if (is_named && body.contains(each.field)) return each.field;
  }
  return {};
}

std::optional<std::string> bad_header(const ModelSettings& settings) {
  for (const auto& [name, value] : settings.headers) {
    if (!is_header_name(name) || !is_header_value(value) || is_ours(in_lower(name))) return name;
  }
  return std::nullopt;
}

}  // namespace automod::model
