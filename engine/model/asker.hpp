#pragma once

#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "engine/model/answer_book.hpp"
#include "engine/model/model.hpp"
#include "engine/model/settings.hpp"
#include "engine/model/spending.hpp"

/// Questions to one model with all that is around a question: the book of what was asked before,
/// budgets, retries, a limit on how many are asked at once.
namespace automod::model {

/// Why there is no answer.
struct Unanswered {
  enum class Why {
    kFailed,    // the client's failure, after all retries
    kBudget,    // it could cost more than is left
    kNoRecord,  // replaying, and the book has no such page
    kInterrupted,
    kInternal,  // book or spending could not be read or written
  };
  Why why = Why::kFailed;
  Error error;
  std::optional<FailureKind> failure = {};
};

struct Asked {
  Answer answer;
  std::string digest;      // of the question: its page in the book
  bool from_book = false;  // it cost nothing this time
  double dollars = 0;
};

struct AskerUse {
  std::filesystem::path book;  // a folder
  std::string session;         // whose budget it is
  Budget of_session;
  Budget of_day;
  bool fresh = false;   // what the book knows is asked again
  bool replay = false;  // nothing is asked that the book does not know; no client is needed
  /// Told of waiting and retries; may be empty. Called from the asking threads, one at a time.
  std::function<void(std::string_view)> note = {};
};

class Asker {
 public:
  /// `client` is null when replaying. `clock` and `cancel` are borrowed.
  Asker(ModelSettings settings, std::unique_ptr<Client> client, Spending spending, AskerUse use,
        const Clock& clock, const CancelToken& cancel);
  Asker(Asker&&) noexcept;
  ~Asker();

  const ModelSettings& settings() const;

  /// `turn` tells apart questions that are the same on purpose. Temperature and most_tokens that
  /// the question leaves at their defaults are the settings'. Waits between attempts as Retry-After
  /// says, else twice as long each time, with jitter. Safe from several threads.
  std::expected<Asked, Unanswered> ask(Question question, std::int64_t turn);

  /// The digest that ask() would give it, without asking.
  std::string digest_of(Question question, std::int64_t turn) const;

  Result<Spent> spent() const;  // of the session

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Reads settings, key and spending. `name` as for choose_model().
Result<Asker> open_asker(const Settings& settings, std::string_view name, AskerUse use,
                         const Clock& clock, const CancelToken& cancel);

}  // namespace automod::model
