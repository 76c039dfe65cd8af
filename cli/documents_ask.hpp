#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/ask.hpp"
#include "engine/model/settings.hpp"
#include "engine/model/spending.hpp"

/// JSON documents of the commands that ask language models.
namespace automod::cli {

/// Is the key of a model where its settings say?
enum class KeyState { kNoneNeeded, kThere, kMissing, kUnusable };
std::string_view name(KeyState state);

/// One that is configured.
struct ModelRow {
  model::ModelSettings settings;
  std::string host;      // of its URL; empty for one without
  std::string key_from;  // the variable or file that is named; empty: none
  KeyState key = KeyState::kNoneNeeded;
  std::string key_problem;  // why it is not there or cannot be used
  bool is_default = false;
  bool is_review = false;
};

/// How a model answered a small question.
struct ModelCheck {
  std::string name;
  std::string calls_itself;
  std::string answer;  // its beginning
  std::chrono::milliseconds latency{0};
  model::Usage usage;
  bool usage_known = true;
  std::optional<double> dollars;  // where its price is known
};

struct ModelsView {
  std::filesystem::path file;
  std::vector<ModelRow> rows;
  std::int64_t attempts = 0;
  std::int64_t candidates = 0;
  model::Budget session;
  model::Budget day;
  model::Spent today;
  std::optional<ModelCheck> checked = {};
};
nlohmann::json models_document(const ModelsView& view);

nlohmann::json ask_document(const AskReport& report, AskKind kind, int exit_code);
nlohmann::json question_document(const FirstQuestion& first);

}  // namespace automod::cli
