#include <nlohmann/json.hpp>
#include <utility>

#include "engine/model/clients.hpp"
#include "engine/model/wire.hpp"

/// Anthropic's Messages.
namespace automod::model {

using nlohmann::json;

namespace {

constexpr std::string_view kUsualUrl = "https://api.anthropic.com";
constexpr std::string_view kVersionPart = "/v1";

json body_of(const std::string& model, const Question& question, const Refused& refused) {
  json body = {{"model", model},
               {"max_tokens", question.most_tokens},
               {"stream", true},
               {"messages",
                json::array({{{"role", "user"},
                              {"content",
                               json::array({{{"type", "text"}, {"text", question.material}}})}}})}};
  if (!question.instructions.empty()) {
    body["system"] = json::array({{{"type", "text"},
                                   {"text", question.instructions},
                                   {"cache_control", {{"type", "ephemeral"}}}}});
  }
  if (question.temperature && !refused.contains("temperature")) {
    body["temperature"] = *question.temperature;
  }
  return body;
}

/// Each figure is the whole one so far; what is not said again stays.
void read_usage_of(const json& said, Draft& draft) {
  Usage& usage = draft.answer.usage;
  const auto input = count_at(said, "input_tokens");
  const auto written = count_at(said, "cache_creation_input_tokens");
  const auto cached = count_at(said, "cache_read_input_tokens");
  const std::int64_t plain = usage.input - usage.cached - usage.written;
  usage.written = written.value_or(usage.written);
  usage.cached = cached.value_or(usage.cached);
  usage.input = input.value_or(plain) + usage.cached + usage.written;
  draft.has_input = draft.has_input || input.has_value();
  if (const auto output = count_at(said, "output_tokens")) {
    usage.output = *output;
    draft.has_output = true;
  }
}

void read_stop(std::string_view reason, Draft& draft) {
  if (reason == "max_tokens" || reason == "model_context_window_exceeded") {
    draft.answer.is_cut = true;
  }
  if (reason == "refusal") draft.is_declined = true;
}

class AnthropicReading final : public Reading {
 public:
  void event(const json& event, Draft& draft) const override {
    const std::string_view type = text_at(event, "type");
    if (type == "message_start") {
      const json& message = part(event, "message");
      draft.call(text_at(message, "model"));
      read_usage_of(part(message, "usage"), draft);
    } else if (type == "content_block_start") {
      append_text(part(event, "content_block"), "text", draft);
    } else if (type == "content_block_delta") {
      append_text(part(event, "delta"), "text_delta", draft);
    } else if (type == "message_delta") {
      read_stop(text_at(part(event, "delta"), "stop_reason"), draft);
      read_usage_of(part(event, "usage"), draft);
    } else if (type == "message_stop") {
      draft.has_reason = true;
      draft.is_done = true;
    }
  }

  void document(const json& document, Draft& draft) const override {
    if (text_at(document, "type") != "message") return;
    draft.call(text_at(document, "model"));
    read_usage_of(part(document, "usage"), draft);
    read_stop(text_at(document, "stop_reason"), draft);
    draft.append(joined_text(part(document, "content"), "text", "text"));
    draft.has_reason = true;
  }

 private:
  /// Of other types are thoughts, signatures and what is to come.
  static void append_text(const json& piece, std::string_view type, Draft& draft) {
    if (text_at(piece, "type") == type) draft.append(text_at(piece, "text"));
  }
};

}  // namespace

const Reading& anthropic_reading() {
  static const AnthropicReading reading;
  return reading;
}

std::unique_ptr<Client> anthropic_client(const ModelSettings& settings, Key key,
                                         const Clock& clock) {
  std::string url = base_url(settings, kUsualUrl);
  if (url.ends_with(kVersionPart)) url.resize(url.size() - kVersionPart.size());
  return wire_client(settings, std::move(key), clock,
                     {.url = url + "/v1/messages",
                      .headers = {"anthropic-version: 2023-06-01"},
                      .key_header = "x-api-key: ",
                      .refusable = {{"temperature", "temperature"}},
                      .reading = &anthropic_reading(),
                      .body = body_of});
}

}  // namespace automod::model
