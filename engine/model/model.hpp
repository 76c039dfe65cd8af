#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/cancel.hpp"
#include "base/error.hpp"

/// Language models, whoever runs them. Knows nothing of patches: text goes out, text comes back,
/// and what comes back is hostile.
namespace automod::model {

/// One turn. What never differs between questions of a kind comes first, so that a provider's cache
/// of beginnings hits.
struct Question {
  std::string instructions;
  std::string material;
  std::int64_t most_tokens = 8192;    // of the answer
  std::optional<double> temperature;  // absent: the provider's own
};

/// What a provider charges for. `input` are all tokens that were sent, cached ones included.
struct Usage {
  std::int64_t input = 0;
  std::int64_t cached = 0;   // of input: read from the provider's cache
  std::int64_t written = 0;  // of input: written to it
  std::int64_t output = 0;
  friend bool operator==(const Usage&, const Usage&) = default;
};

struct Answer {
  std::string text;   // valid UTF-8, at most kMostAnswer bytes
  std::string model;  // as who answered calls itself
  Usage usage;
  bool usage_known = true;  // false: `usage` is our estimate
  bool is_cut = false;      // ended by `most_tokens`
};

inline constexpr std::size_t kMostAnswer = 8u << 20;

enum class FailureKind {
  kKey,          // there is none, or it is refused: 401, 403
  kQuestion,     // it will not answer this one, now or later: 400, 404, 413, 422, a redirect
  kLimit,        // too many or too much for now: 429
  kBusy,         // its own trouble: 500, 502, 503, 504, 529, or no connection
  kBroken,       // an answer that is no answer: cut off, no JSON, too long
  kSlow,         // nothing within the time
  kDeclined,     // the model says that it will not
  kInterrupted,  // the user asked to stop
};

/// Why one attempt gave nothing. Neither text nor hint ever holds a key.
struct Failure {
  FailureKind kind = FailureKind::kBroken;
  std::string message;  // as Error::message
  std::string hint = {};
  std::optional<std::chrono::milliseconds> wait = {};  // Retry-After
  Usage usage = {};         // charged all the same, as far as it was said
  bool has_worked = false;  // it may have been at work, which costs the question at least
};

/// Is it worth asking again?
bool is_passing(FailureKind kind);
std::string_view name(FailureKind kind);
Error error_of(const Failure& failure);

using Reply = std::expected<Answer, Failure>;

/// One of the three things a test may fake. Safe from several threads at once.
class Client {
 public:
  virtual ~Client() = default;
  /// One attempt.
  virtual Reply ask(const Question& question, const CancelToken& cancel) = 0;
};

}  // namespace automod::model
