#include <fmt/format.h>

#include <mutex>
#include <nlohmann/json.hpp>
#include <utility>

#include "automod/version.hpp"
#include "engine/model/clients.hpp"
#include "engine/model/settings_rules.hpp"
#include "engine/model/wire.hpp"

namespace automod::model {

using nlohmann::json;

namespace {

constexpr std::size_t kMostTrouble = 64u << 10;  // of the body of a response that failed
// A shorter one is a placeholder for servers that want any, and may well be part of an answer.
constexpr std::size_t kRealKey = 16;

std::string shown_host(const std::string& url) {
  std::string host = host_of(url);
  return host.empty() ? "the server" : host;
}

class WireClient final : public Client {
 public:
  WireClient(ModelSettings settings, Key key, const Clock& clock, Dialect dialect)
      : settings_(std::move(settings)),
        key_(std::move(key)),
        clock_(clock),
        dialect_(std::move(dialect)),
        host_(shown_host(dialect_.url)) {}

  Reply ask(const Question& question, const CancelToken& cancel) override;

 private:
  Reply ask_once(const json& body, const CancelToken& cancel, Trouble& trouble);
  HttpRequest request(const json& body) const;
  Failure of_host(Failure failure, const HttpHead& head) const;
  Reply checked(Answer answer, const Question& question) const;
  Refused learnt() {
    const std::scoped_lock lock(mutex_);
    return learnt_;
  }
  void learn(Refused refused) {
    const std::scoped_lock lock(mutex_);
    learnt_.merge(refused);
  }

  const ModelSettings settings_;
  const Key key_;
  const Clock& clock_;
  const Dialect dialect_;
  const std::string host_;
  Http http_;
  std::mutex mutex_;
  Refused learnt_;  // what this server does not take
};

HttpRequest WireClient::request(const json& body) const {
  HttpRequest request{.url = dialect_.url,
                      .key_header = dialect_.key_header,
                      .key = &key_,
                      .body = body.dump(-1, ' ', false, json::error_handler_t::replace),
                      .proxy = settings_.proxy,
                      .ca_file = settings_.ca_file,
                      .timeout = std::chrono::seconds(settings_.timeout_seconds),
                      .idle = std::chrono::seconds(settings_.idle_seconds)};
  request.direct = settings_.proxy.empty() && is_http(dialect_.url) && is_here(dialect_.url);
  request.headers = dialect_.headers;
  request.headers.emplace_back("content-type: application/json");
  request.headers.push_back(fmt::format("user-agent: automod/{}", build::kVersion));
  for (const auto& [name, value] : settings_.headers) {
    // libcurl's way of saying that a header is empty.
    request.headers.push_back(value.empty() ? name + ";" : fmt::format("{}: {}", name, value));
  }
  return request;
}

bool is_good(const HttpHead& head) { return head.status >= 200 && head.status < 300; }

/// `trouble` is what it says where the provider rejects the request.
Reply WireClient::ask_once(const json& body, const CancelToken& cancel, Trouble& trouble) {
  AnswerReader reader(*dialect_.reading);
  std::string rejected;
  const auto read = [&](const HttpHead& head, std::string_view bytes) {
    if (is_good(head)) return reader.feed(bytes);
    rejected += bytes.substr(0, kMostTrouble - rejected.size());
    return rejected.size() < kMostTrouble;
  };
  const HttpResult result = http_.post(request(body), read, cancel);
  const bool is_ended = result.end == HttpEnd::kWhole || result.end == HttpEnd::kStopped;
  if (result.head.status == 0 || result.end == HttpEnd::kInterrupted || is_good(result.head)) {
    Reply reply = reader.finish(result.end == HttpEnd::kWhole);
    if (reply) return reply;
    Failure failure = is_ended && is_good(result.head)
                          ? of_host(std::move(reply.error()), result.head)
                          : failure_of_end(result, settings_, host_);
    failure.usage = reply.error().usage;
    failure.has_worked = result.end != HttpEnd::kNoConnection &&
                         result.end != HttpEnd::kUntrusted && result.end != HttpEnd::kImpossible;
    return std::unexpected(std::move(failure));
  }
  trouble = read_trouble(rejected);
  return std::unexpected(failure_of_status(result.head, trouble, settings_, host_, clock_.now()));
}

/// With the name of who says it.
Failure WireClient::of_host(Failure failure, const HttpHead& head) const {
  if (!head.encoding.empty() && head.encoding != "identity") {
    failure.message =
        fmt::format("the answer is compressed ({}), which nobody asked for", head.encoding);
  }
  failure.message = fmt::format("{}: {}", host_, failure.message);
  return failure;
}

/// An answer that may be kept.
Reply WireClient::checked(Answer answer, const Question& question) const {
  if (key_.reveal().size() >= kRealKey &&
      (answer.text.contains(key_.reveal()) || answer.model.contains(key_.reveal()))) {
    return std::unexpected(Failure{.kind = FailureKind::kBroken,
                                   .message = host_ + ": the answer holds the key and is not kept",
                                   .usage = answer.usage});
  }
  if (!answer.usage_known) {
    answer.usage = {.input = estimated_tokens(question), .output = estimated_tokens(answer.text)};
  }
  return answer;
}

Reply WireClient::ask(const Question& question, const CancelToken& cancel) {
  if (const auto name = bad_header(settings_)) {
    return std::unexpected(
        cleaned({.kind = FailureKind::kQuestion,
                 .message = fmt::format("header '{}' of model '{}' cannot be sent: it is ours, or "
                                        "no header at all",
                                        *name, settings_.name)},
                key_));
  }
  Refused refused = learnt();
  for (;;) {
    const json body = dialect_.body(settings_.model, question, refused);
    Trouble trouble;
    Reply reply = ask_once(body, cancel, trouble);
    if (reply) {
      learn(std::move(refused));
      return checked(std::move(*reply), question);
    }
    const std::string_view field = refused_field(trouble, body, dialect_.refusable);
    const bool is_about_field = reply.error().kind == FailureKind::kQuestion && !field.empty();
    if (is_about_field && refused.emplace(field).second) continue;
    return std::unexpected(cleaned(std::move(reply.error()), key_));
  }
}

}  // namespace

std::unique_ptr<Client> wire_client(const ModelSettings& settings, Key key, const Clock& clock,
                                    Dialect dialect) {
  return std::make_unique<WireClient>(settings, std::move(key), clock, std::move(dialect));
}

}  // namespace automod::model
