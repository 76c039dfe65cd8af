#include <nlohmann/json.hpp>
#include <utility>

#include "engine/model/clients.hpp"
#include "engine/model/wire.hpp"

/// OpenAI's chat completions, which most other servers speak, too.
namespace automod::model {

using nlohmann::json;

namespace {

constexpr std::string_view kUsualUrl = "https://api.openai.com/v1";
constexpr UsageWords kUsageWords = {"prompt_tokens", "prompt_tokens_details", "completion_tokens"};

/// Local servers know the field for the longest answer by its old name only, so that is what they
/// get; it is refused by OpenAI's own for newer models.
json body_of(const std::string& model, const Question& question, const Refused& refused) {
  json messages = json::array();
  if (!question.instructions.empty()) {
    messages.push_back({{"role", "system"}, {"content", question.instructions}});
  }
  messages.push_back({{"role", "user"}, {"content", question.material}});
  json body = {{"model", model}, {"messages", std::move(messages)}, {"stream", true}};
  body[refused.contains("max_tokens") ? "max_completion_tokens" : "max_tokens"] =
      question.most_tokens;
  if (!refused.contains("stream_options")) body["stream_options"] = {{"include_usage", true}};
  if (question.temperature && !refused.contains("temperature")) {
    body["temperature"] = *question.temperature;
  }
  return body;
}

json body_of_openai(const std::string& model, const Question& question, const Refused& refused) {
  Refused all = refused;
  all.insert("max_tokens");
  return body_of(model, question, all);
}

void read_reason(std::string_view reason, Draft& draft) {
  if (reason.empty()) return;
  draft.has_reason = true;
  if (reason == "length") draft.answer.is_cut = true;
  if (reason == "content_filter") draft.is_declined = true;
  if (reason == "error") draft.fail(FailureKind::kBusy, "the provider broke off");
}

/// `said` is a delta or a message.
void read_choice(const json& document, const char* said, Draft& draft) {
  draft.call(text_at(document, "model"));
  read_usage(part(document, "usage"), kUsageWords, draft);
  const json& choices = part(document, "choices");
  if (!choices.is_array() || choices.empty()) return;
  const json& choice = choices.front();
  const json& message = part(choice, said);
  draft.append(joined_text(part(message, "content"), "text", "text"));
  draft.append_refusal(text_at(message, "refusal"));
  read_reason(text_at(choice, "finish_reason"), draft);
}

class ChatReading final : public Reading {
 public:
  void event(const json& event, Draft& draft) const override { read_choice(event, "delta", draft); }
  void document(const json& document, Draft& draft) const override {
    read_choice(document, "message", draft);
  }
};

}  // namespace

const Reading& openai_chat_reading() {
  static const ChatReading reading;
  return reading;
}

std::unique_ptr<Client> openai_chat_client(const ModelSettings& settings, Key key,
                                           const Clock& clock) {
  const std::string url = base_url(settings, kUsualUrl);
  return wire_client(settings, std::move(key), clock,
                     {.url = url + "/chat/completions",
                      .key_header = "authorization: Bearer ",
                      .refusable = {{"max_tokens", "max_completion_tokens"},
                                    {"temperature", "temperature"},
                                    {"stream_options", "stream_options"}},
                      .reading = &openai_chat_reading(),
                      .body = url == kUsualUrl ? body_of_openai : body_of});
}

}  // namespace automod::model
