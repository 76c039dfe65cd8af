#include <nlohmann/json.hpp>
#include <utility>

#include "engine/model/clients.hpp"
#include "engine/model/wire.hpp"

/// OpenAI's responses.
namespace automod::model {

using nlohmann::json;

namespace {

constexpr std::string_view kUsualUrl = "https://api.openai.com/v1";
constexpr std::string_view kPrefix = "response.";
constexpr UsageWords kUsageWords = {"input_tokens", "input_tokens_details", "output_tokens"};

json body_of(const std::string& model, const Question& question, const Refused& refused) {
  json body = {{"model", model},
               {"input", question.material},
               {"max_output_tokens", question.most_tokens},
               {"stream", true},
               {"store", false}};
  if (!question.instructions.empty()) body["instructions"] = question.instructions;
  if (question.temperature && !refused.contains("temperature")) {
    body["temperature"] = *question.temperature;
  }
  return body;
}

/// What the pieces said before, whole: of use where none came.
void read_output(const json& output, Draft& draft) {
  if (!output.is_array()) return;
  const bool has_text = !draft.answer.text.empty();
  const bool has_refusal = !draft.refusal.empty();
  for (const json& item : output) {
    if (text_at(item, "type") != "message") continue;
    const json& content = part(item, "content");
    if (!has_text) draft.append(joined_text(content, "output_text", "text"));
    if (!has_refusal) draft.append_refusal(joined_text(content, "refusal", "refusal"));
  }
}

void read_incomplete(const json& response, Draft& draft) {
  const std::string_view reason = text_at(part(response, "incomplete_details"), "reason");
  if (reason == "content_filter") {
    draft.is_declined = true;
  } else {
    draft.answer.is_cut = true;
  }
}

/// The response as it stands.
void read_response(const json& response, std::string_view status, Draft& draft) {
  draft.call(text_at(response, "model"));
  read_usage(part(response, "usage"), kUsageWords, draft);
  if (const auto trouble = trouble_of(response)) {
    draft.failure = failure_of(*trouble);
  } else if (status == "failed" || status == "cancelled") {
    draft.fail(FailureKind::kBusy, "the provider broke off");
  } else if (status == "completed" || status == "incomplete") {
    if (status == "incomplete") read_incomplete(response, draft);
    read_output(part(response, "output"), draft);
    draft.has_reason = true;
    draft.is_done = true;
  }
}

class ResponsesReading final : public Reading {
 public:
  void event(const json& event, Draft& draft) const override {
    std::string_view type = text_at(event, "type");
    if (!type.starts_with(kPrefix)) return;
    type.remove_prefix(kPrefix.size());
    if (type == "output_text.delta") {
      draft.append(text_at(event, "delta"));
    } else if (type == "refusal.delta") {
      draft.append_refusal(text_at(event, "delta"));
    } else if (part(event, "response").is_object()) {
      read_response(part(event, "response"), type, draft);  // the rest of the type is a status
    }
  }

  void document(const json& document, Draft& draft) const override {
    read_response(document, text_at(document, "status"), draft);
  }
};

}  // namespace

const Reading& openai_responses_reading() {
  static const ResponsesReading reading;
  return reading;
}

std::unique_ptr<Client> openai_responses_client(const ModelSettings& settings, Key key,
                                                const Clock& clock) {
  return wire_client(settings, std::move(key), clock,
                     {.url = base_url(settings, kUsualUrl) + "/responses",
                      .key_header = "authorization: Bearer ",
                      .refusable = {{"temperature", "temperature"}},
                      .reading = &openai_responses_reading(),
                      .body = body_of});
}

}  // namespace automod::model
