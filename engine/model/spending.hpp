#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "engine/model/model.hpp"
#include "engine/model/settings.hpp"

/// What models have cost this user, over all repositories and processes. Kept in the state folder;
/// holds amounts and names of models, no text.
namespace automod::model {

/// What was settled.
struct Spent {
  std::int64_t questions = 0;  // every attempt counts
  Usage usage;
  double dollars = 0;
};

/// What `usage` costs; 0 without a price.
double cost_of(const Usage& usage, const std::optional<Price>& price);

class Spending {
 public:
  /// kUnavailable when the file is damaged: a budget that nobody can count is no budget.
  static Result<Spending> open(const std::filesystem::path& folder, const Clock& clock);
  Spending(Spending&&) noexcept;
  ~Spending();

  /// Keeps the most that a question can cost from being spent by others, or says which budget it
  /// would exceed (nullopt: none). What a process sets aside and never settles counts for a day.
  struct Aside {
    std::int64_t id = 0;
    std::optional<std::string> exceeded;
  };
  Result<Aside> set_aside(std::string_view session, std::string_view model, const Usage& most,
                          double dollars, const Budget& of_session, const Budget& of_day);
  /// What it did cost in the end.
  Result<void> settle(std::int64_t id, const Usage& usage, double dollars);

  /// `model` empty: of all models.
  Result<Spent> of_session(std::string_view session, std::string_view model = {}) const;
  Result<Spent> today() const;  // since midnight, UTC

 private:
  struct Impl;
  explicit Spending(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace automod::model
