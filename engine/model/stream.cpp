#include "engine/model/stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/json.hpp"
#include "base/text.hpp"
#include "engine/model/clients.hpp"

namespace automod::model {

using nlohmann::json;

namespace {

constexpr std::size_t kMostDocument = 32u << 20;  // an answer, escaped, and what is around it
constexpr std::size_t kMostBeginning = 200;
constexpr std::size_t kMostName = 200;
constexpr std::size_t kDeepest = 64;
constexpr std::size_t kMostValues = 100'000;  // of a document or event: some dozens are usual
constexpr std::string_view kLeading = " \t\r\n\xEF\xBB\xBF";  // spaces and a byte order mark
constexpr std::string_view kDone = "[DONE]";

/// nullopt, and why in `draft`, when it is no object.
std::optional<json> read_object(std::string_view text, std::string_view what, Draft& draft) {
  auto read = parse_strictly(text, kDeepest, kMostValues);
  if (read && read->is_object()) return std::move(*read);
  const std::string why = read                       ? "it is no object"
                          : valid_utf8(text) == text ? read.error().message
                                                     : "it is no UTF-8";
  draft.fail(FailureKind::kBroken, fmt::format("{} cannot be read: {}", what, why));
  return std::nullopt;
}

}  // namespace

void Draft::append(std::string_view text) {
  if (answer.text.size() + text.size() > kMostAnswer) {
    fail(FailureKind::kBroken,
         fmt::format("the answer is longer than {} MiB, the most that is read", kMostAnswer >> 20));
    return;
  }
  answer.text += text;
}

void Draft::append_refusal(std::string_view text) {
  is_declined = is_declined || !text.empty();
  refusal += text.substr(0, kMostQuoted - std::min(kMostQuoted, refusal.size()));
}

void Draft::fail(FailureKind kind, std::string message) {
  if (!failure) failure = Failure{.kind = kind, .message = std::move(message)};
}

void Draft::call(std::string_view model) {
  if (!model.empty()) answer.model = valid_utf8(model.substr(0, kMostName));
}

AnswerReader::AnswerReader(const Reading& reading) : reading_(&reading), events_(kMostDocument) {}

bool AnswerReader::feed(std::string_view bytes) {
  if (draft_.failure || draft_.is_done) return false;
  if (form_ == Form::kUnknown) {
    bytes.remove_prefix(std::min(bytes.find_first_not_of(kLeading), bytes.size()));
    if (bytes.empty()) return true;
    sniff(bytes);
  }
  beginning_ += bytes.substr(0, kMostBeginning - beginning_.size());
  if (form_ == Form::kDocument) {
    document_ += bytes;
    if (document_.size() <= kMostDocument) return true;
    draft_.fail(FailureKind::kBroken,
                fmt::format("the answer is longer than {} MiB", kMostDocument >> 20));
    return false;
  }
  if (form_ == Form::kNeither) return beginning_.size() < kMostBeginning;
  const auto state = events_.feed(bytes, [this](std::string_view data) { return take(data); });
  if (state == EventReader::State::kTooLong) {
    draft_.fail(FailureKind::kBroken,
                fmt::format("an event is longer than {} MiB", kMostDocument >> 20));
  }
  return state == EventReader::State::kReading;
}

void AnswerReader::sniff(std::string_view bytes) {
  const char first = bytes.front();
  const bool is_word = (first >= 'a' && first <= 'z') || first == ':';
  form_ = first == '{' ? Form::kDocument : is_word ? Form::kEvents : Form::kNeither;
}

bool AnswerReader::take(std::string_view data) {
  any_event_ = true;
  if (data == kDone) {
    draft_.is_done = true;
    return false;
  }
  if (const auto event = read_object(data, "an event", draft_)) {
    if (const auto trouble = trouble_of(*event)) {
      draft_.failure = failure_of(*trouble);
    } else {
      reading_->event(*event, draft_);
    }
  }
  return !draft_.failure && !draft_.is_done;
}

void AnswerReader::read_document() {
  const auto document = read_object(document_, "the answer", draft_);
  if (!document) return;
  if (const auto trouble = trouble_of(*document)) {
    draft_.failure = failure_of(*trouble);
  } else {
    reading_->document(*document, draft_);
  }
}

Reply AnswerReader::finish(bool is_whole) {
  if (form_ == Form::kEvents && is_whole && !draft_.failure && !draft_.is_done) {
    events_.finish([this](std::string_view data) { return take(data); });
  }
  if (form_ == Form::kDocument && is_whole && !draft_.failure) read_document();
  Usage& usage = draft_.answer.usage;
  usage.cached = std::min(usage.cached, usage.input);
  usage.written = std::min(usage.written, usage.input - usage.cached);
  Reply read = reply(is_whole);
  if (!read) {
    usage.output = std::max(usage.output, estimated_tokens(draft_.answer.text));
    read.error().usage = usage;
  }
  return read;
}

Reply AnswerReader::reply(bool is_whole) {
  if (draft_.failure) return std::unexpected(*draft_.failure);
  if (!draft_.has_reason || !(draft_.is_done || is_whole)) {
    return std::unexpected(no_answer(is_whole));
  }
  if (draft_.is_declined) {
    return std::unexpected(
        Failure{.kind = FailureKind::kDeclined,
                .message = draft_.refusal.empty()
                               ? "the model, or a filter of its provider, declined to answer"
                               : "the model declined to answer: " + draft_.refusal});
  }
  draft_.answer.usage_known = draft_.has_input && draft_.has_output;
  return std::move(draft_.answer);
}

Failure AnswerReader::no_answer(bool is_whole) const {
  Failure failure{.kind = FailureKind::kBroken};
  if (form_ == Form::kUnknown) {
    failure.message = "the answer is empty";
  } else if (form_ == Form::kNeither || (form_ == Form::kEvents && !any_event_)) {
    failure.message = beginning_.starts_with('<')
                          ? "the answer is a page of HTML, wanted JSON or a stream of events"
                          : "the answer is neither JSON nor a stream of events: " + beginning_;
  } else if (form_ == Form::kDocument && is_whole) {
    failure.message = "the answer is JSON that holds no answer: " + beginning_;
  } else {
    failure.message = "the answer was cut off before its end";
  }
  return failure;
}

}  // namespace automod::model
