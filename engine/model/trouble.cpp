#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/json.hpp"
#include "base/text.hpp"
#include "engine/model/stream.hpp"

namespace automod::model {

using nlohmann::json;

namespace {

constexpr std::size_t kDeepest = 64;
constexpr std::int64_t kMostCount = 1'000'000'000'000;
constexpr int kBadRequest = 400;

/// The words by which providers tell errors apart, where no status does.
struct Word {
  std::string_view word;
  FailureKind kind;
};
constexpr std::array kWords = {
    Word{"authentication_error", FailureKind::kKey},
    Word{"permission_error", FailureKind::kKey},
    Word{"invalid_api_key", FailureKind::kKey},
    Word{"invalid_request_error", FailureKind::kQuestion},
    Word{"not_found_error", FailureKind::kQuestion},
    Word{"request_too_large", FailureKind::kQuestion},
    Word{"invalid_prompt", FailureKind::kQuestion},
    Word{"context_length_exceeded", FailureKind::kQuestion},
    Word{"model_not_found", FailureKind::kQuestion},
    Word{"billing_error", FailureKind::kQuestion},
    Word{"rate_limit_error", FailureKind::kLimit},
    Word{"rate_limit_exceeded", FailureKind::kLimit},
    Word{"insufficient_quota", FailureKind::kLimit},
};

std::string excerpt(std::string_view text) { return valid_utf8(text.substr(0, kMostQuoted)); }

/// A word or, as some have it, a status.
void read_code(const json& code, Trouble& trouble) {
  if (code.is_string() && trouble.type.empty())
    trouble.type = excerpt(code.get_ref<const json::string_t&>());
  if (code.is_number_integer()) {
    const auto number = code.get<std::int64_t>();
    if (number >= kBadRequest && number < 600) trouble.status = static_cast<int>(number);
  }
}

Trouble read_error(const json& error) {
  Trouble trouble;
  trouble.message = excerpt(text_at(error, "message"));
  // The code of an error says more than its type where there are both.
  read_code(part(error, "code"), trouble);
  read_code(part(error, "status_code"), trouble);
  if (trouble.type.empty()) trouble.type = excerpt(text_at(error, "type"));
  trouble.field = excerpt(text_at(error, "param"));
  return trouble;
}

/// {"detail": "…"} or {"detail": [{"loc": ["body", "field"], "msg": "…"}]}, of servers written in
/// Python.
std::string detail_of(const json& document) {
  const json& detail = part(document, "detail");
  if (detail.is_string()) return excerpt(detail.get_ref<const json::string_t&>());
  if (!detail.is_array() || detail.empty()) return {};
  std::string place;
  for (const json& step : part(detail.front(), "loc")) {
    if (step.is_string()) place += step.get_ref<const json::string_t&>() + ": ";
  }
  return excerpt(place.append(text_at(detail.front(), "msg")));
}

}  // namespace

const json& part(const json& of, const char* name) {
  static const json none;
  if (!of.is_object()) return none;
  const auto found = of.find(name);
  return found == of.end() ? none : *found;
}

std::string_view text_at(const json& of, const char* name) {
  const json& found = part(of, name);
  return found.is_string() ? std::string_view(found.get_ref<const json::string_t&>())
                           : std::string_view();
}

std::optional<std::int64_t> count_at(const json& of, const char* name) {
  const json& found = part(of, name);
  if (!found.is_number_unsigned()) return std::nullopt;
  return std::min<std::uint64_t>(found.get<std::uint64_t>(), kMostCount);
}

std::string joined_text(const json& content, std::string_view type, const char* name) {
  if (content.is_string()) return content.get<std::string>();
  std::string all;
  if (!content.is_array()) return all;
  for (const json& piece : content) {
    if (text_at(piece, "type") == type) all += text_at(piece, name);
  }
  return all;
}

void read_usage(const json& usage, const UsageWords& words, Draft& draft) {
  Usage& read = draft.answer.usage;
  if (const auto input = count_at(usage, words.input)) {
    read.input = *input;
    draft.has_input = true;
  }
  if (const auto cached = count_at(part(usage, words.input_details), "cached_tokens")) {
    read.cached = *cached;
  }
  if (const auto output = count_at(usage, words.output)) {
    read.output = *output;
    draft.has_output = true;
  }
}

std::optional<Trouble> trouble_of(const json& document) {
  const json& error = part(document, "error");
  if (error.is_object()) return read_error(error);
  if (error.is_string()) return Trouble{.message = excerpt(error.get_ref<const json::string_t&>())};
  if (text_at(document, "object") == "error" || text_at(document, "type") == "error") {
    return read_error(document);
  }
  return std::nullopt;
}

Trouble read_trouble(std::string_view body) {
  const auto document = parse_strictly(body, kDeepest);
  if (document) {
    if (auto trouble = trouble_of(*document)) return std::move(*trouble);
    auto detail = detail_of(*document);
    return {.message = detail.empty() ? excerpt(text_at(*document, "message")) : std::move(detail)};
  }
  body.remove_prefix(std::min(body.find_first_not_of(" \t\r\n"), body.size()));
  if (body.starts_with('<')) return {.message = "a page of HTML"};
  return {.message = excerpt(body.substr(0, body.find_first_of("\r\n")))};
}

FailureKind kind_of_status(int status) {
  if (status == 401 || status == 403) return FailureKind::kKey;
  if (status == 429) return FailureKind::kLimit;
  // Those of the rest that pass: a timeout, a conflict, too early.
  const bool passes = status == 408 || status == 409 || status == 425 || status >= 500;
  return passes ? FailureKind::kBusy : FailureKind::kQuestion;
}

Failure failure_of(const Trouble& trouble) {
  const auto* const word = std::find_if(
      kWords.begin(), kWords.end(), [&](const Word& each) { return each.word == trouble.type; });
  FailureKind kind = FailureKind::kBusy;  // its own trouble, unless it says more
  if (word != kWords.end()) {
    kind = word->kind;
  } else if (trouble.status != 0) {
    kind = kind_of_status(trouble.status);
  }
  std::string message = "the provider broke off";
  if (!trouble.type.empty()) message += fmt::format(" ({})", trouble.type);
  if (!trouble.message.empty()) message += ": " + trouble.message;
  return {.kind = kind, .message = std::move(message)};
}

}  // namespace automod::model
