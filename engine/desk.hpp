#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "engine/ask.hpp"
#include "engine/asking/task.hpp"
#include "engine/impl.hpp"
#include "engine/model/asker.hpp"
#include "engine/model/settings.hpp"
#include "engine/propose/answer.hpp"

/// Where questions about one target are made and put to models.
namespace automod {

/// The n-th question of one line of thought.
struct DeskQuestion {
  model::Question question;
  std::size_t asker = 0;   // which of the models
  std::size_t line = 1;    // from 1
  std::size_t number = 1;  // in the line, from 1
  std::string root;        // digest of the line's first question; empty: this is it
  std::string digest;
  PromptContext context;
  prompts::Template text;
};

class Desk {
 public:
  /// Opens the models that are asked, without asking: kUnavailable when there is none. `session` is
  /// whose budget it is.
  static Result<Desk> open(Engine::Impl& engine, const Target& target, const model::Asking& asking,
                           const SessionId& session);

  /// For questions that are only shown: where no model is configured, as any would be asked. They
  /// have no digest then.
  static Result<Desk> to_show(Engine::Impl& engine, const Target& target, model::Asking asking);

  const model::Settings& settings() const { return settings_; }
  std::size_t attempts() const { return attempts_; }
  std::size_t candidates() const { return candidates_; }
  const std::string& name_of(std::size_t asker) const { return askers_[asker].settings().name; }
  std::string names() const;  // of all models, as the user calls them

  /// The first question of a line of thought.
  Result<DeskQuestion> first(const asking::Task& task, std::size_t line);
  /// The one after `last`, which is shown what became of it.
  Result<DeskQuestion> next(const asking::Task& task, const DeskQuestion& last,
                            std::vector<ContextPart> lesson);

  /// All of them, at once as far as the models' settings allow; answers in the same order.
  std::vector<std::expected<model::Asked, model::Unanswered>> ask(
      const std::vector<DeskQuestion>& questions);

  Result<model::Spent> spent() const;

 private:
  Desk(Engine::Impl& engine, const Target& target) : engine_(&engine), target_(&target) {}
  Result<DeskQuestion> question(const asking::Task& task, prompts::Purpose purpose,
                                std::size_t line, std::vector<ContextPart> lesson);
  std::expected<model::Asked, model::Unanswered> ask_one(const DeskQuestion& question);
  std::optional<model::Asked> recorded(const DeskQuestion& question) const;
  model::AskerUse use_for(const model::Asking& asking, const SessionId& session) const;
  Result<const ContextMaker*> maker();

  Engine::Impl* engine_;
  const Target* target_;
  model::Settings settings_;
  std::vector<model::Asker> askers_;
  std::optional<ContextMaker> maker_;  // opened at first use
  std::filesystem::path book_;
  bool replay_ = false;
  std::size_t attempts_ = 1;
  std::size_t candidates_ = 1;
};

/// Reads an answer that came to its end; kRefused for one that was cut off, however well it reads.
Result<propose::ReadAnswer> read_whole(const model::Answer& answer);

/// Where a repository keeps what its models were asked.
std::filesystem::path book_of(const std::filesystem::path& state);

}  // namespace automod
