#include "engine/model/clients.hpp"

#include <sys/resource.h>

#include <cstdlib>
#include <utility>

namespace automod::model {

namespace {

// A shorter key is one that a server of the user's own takes for form's sake, and may be a word.
constexpr std::size_t kLeastSecret = 16;

/// A client of which nothing comes back that holds the key.
class Redacting final : public Client {
 public:
  Redacting(std::unique_ptr<Client> client, Key key)
      : client_(std::move(client)), key_(std::move(key)) {}

  Reply ask(const Question& question, const CancelToken& cancel) override {
    Reply reply = client_->ask(question, cancel);
    if (reply && key_.reveal().size() < kLeastSecret) return reply;
    if (reply) {
      reply->text = key_.redacted(reply->text);
      reply->model = key_.redacted(reply->model);
    } else {
      reply.error().message = key_.redacted(reply.error().message);
      reply.error().hint = key_.redacted(reply.error().hint);
    }
    return reply;
  }

 private:
  std::unique_ptr<Client> client_;
  Key key_;
};

/// The key of a program that plays the model is its own to miss.
Result<Key> key_for(const ModelSettings& settings) {
  const bool may_miss = settings.kind == Kind::kCommand;
  if (may_miss && std::getenv(settings.key_env.c_str()) == nullptr) return Key();
  return read_key(settings);
}

/// A process that crashes with a key in its memory must not leave that memory on the disk.
void leave_no_core() {
  rlimit limit{};
  if (getrlimit(RLIMIT_CORE, &limit) != 0) return;
  limit.rlim_cur = 0;
  setrlimit(RLIMIT_CORE, &limit);  // lowering it is always allowed
}

std::unique_ptr<Client> make_client(const ModelSettings& settings, Key key, const Clock& clock) {
  switch (settings.kind) {
    case Kind::kAnthropic:
      return anthropic_client(settings, std::move(key), clock);
    case Kind::kOpenAiChat:
      return openai_chat_client(settings, std::move(key), clock);
    case Kind::kOpenAiResponses:
      return openai_responses_client(settings, std::move(key), clock);
    case Kind::kCommand:
    case Kind::kScripted:
      break;
  }
  return command_client(settings);
}

}  // namespace

std::int64_t estimated_tokens(std::string_view text) {
  return (static_cast<std::int64_t>(text.size()) + kBytesPerToken - 1) / kBytesPerToken;
}

std::int64_t estimated_tokens(const Question& question) {
  return estimated_tokens(question.instructions) + estimated_tokens(question.material);
}

Result<std::unique_ptr<Client>> open_client(const ModelSettings& settings, const Clock& clock,
                                            std::size_t asked) {
  if (settings.kind == Kind::kScripted) return scripted_client(settings, asked);
  auto key = key_for(settings);
  auto again = key_for(settings);
  if (!key || !again) return fail(!key ? key.error() : again.error());
  const bool has_key = !key->empty();
  if (has_key) leave_no_core();
  auto client = make_client(settings, std::move(*key), clock);
  if (!has_key) return client;
  return std::make_unique<Redacting>(std::move(client), std::move(*again));
}

}  // namespace automod::model
