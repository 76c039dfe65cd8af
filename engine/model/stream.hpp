#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "engine/model/events.hpp"
#include "engine/model/model.hpp"

/// What providers send back, as an answer or a failure. Pure: bytes go in, however they are cut.
/// What providers say stands in messages as they said it, at most kMostQuoted bytes: whoever shows
/// it takes the key out and makes it printable.
namespace automod::model {

inline constexpr std::size_t kMostQuoted = 4096;

/// What has been understood so far.
struct Draft {
  Answer answer = {};
  std::string refusal = {};  // the model's words, where it declines
  bool is_declined = false;  // known at the end only: what it cost may still come
  bool has_input = false;    // of the usage
  bool has_output = false;
  bool has_reason = false;  // it was said why the text ends: the text is whole
  bool is_done = false;     // nothing follows
  std::optional<Failure> failure = {};

  void append(std::string_view text);  // to the answer; fails what grows too long
  void append_refusal(std::string_view text);
  void fail(FailureKind kind, std::string message);
  void call(std::string_view model);  // as it calls itself
};

/// How the answers of one kind of provider are to be understood. Unknown events and fields mean
/// nothing.
class Reading {
 public:
  virtual ~Reading() = default;
  virtual void event(const nlohmann::json& event, Draft& draft) const = 0;
  /// All in one, from a server that does not stream.
  virtual void document(const nlohmann::json& document, Draft& draft) const = 0;
};

const Reading& anthropic_reading();
const Reading& openai_chat_reading();
const Reading& openai_responses_reading();

/// Reads one answer. `reading` is borrowed.
class AnswerReader {
 public:
  explicit AnswerReader(const Reading& reading);

  /// False: no more is wanted, the answer is whole or cannot become one.
  bool feed(std::string_view bytes);
  /// After the last byte. `is_whole`: the server ended it; otherwise something else did. Usage that
  /// was not said is 0 and said to be unknown.
  Reply finish(bool is_whole);

 private:
  enum class Form { kUnknown, kEvents, kDocument, kNeither };
  void sniff(std::string_view bytes);
  bool take(std::string_view data);
  void read_document();
  Failure no_answer(bool is_whole) const;
  Reply reply(bool is_whole);

  const Reading* reading_;
  Form form_ = Form::kUnknown;
  EventReader events_;
  bool any_event_ = false;
  std::string beginning_;  // for a message
  std::string document_;
  Draft draft_;
};

/// What a provider says in an error, in whichever of the usual places.
struct Trouble {
  std::string message = {};
  std::string type = {};   // or code: a word
  std::string field = {};  // of the request: what it objects to
  int status = 0;          // some say it in the error
};
/// nullopt where `document` tells of no error.
std::optional<Trouble> trouble_of(const nlohmann::json& document);
/// What comes in the place of an answer with status 200.
Failure failure_of(const Trouble& trouble);

FailureKind kind_of_status(int status);

/// A body of a response that failed: JSON or not. `text` is empty when it says nothing that can be
/// shown on a line.
Trouble read_trouble(std::string_view body);

// Parts of documents that others wrote. Absent, null and of another type are the same.
const nlohmann::json& part(const nlohmann::json& of, const char* name);
std::string_view text_at(const nlohmann::json& of, const char* name);
/// Not negative and not more than anybody's tokens.
std::optional<std::int64_t> count_at(const nlohmann::json& of, const char* name);
/// {"text": …} in a list of parts of that type, or just a string, joined.
std::string joined_text(const nlohmann::json& content, std::string_view type, const char* name);

/// {prompt_tokens, …} in the words of one of OpenAI's interfaces.
struct UsageWords {
  const char* input;
  const char* input_details;
  const char* output;
};
void read_usage(const nlohmann::json& usage, const UsageWords& words, Draft& draft);

}  // namespace automod::model
