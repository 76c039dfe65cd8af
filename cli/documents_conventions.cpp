#include "cli/documents_conventions.hpp"

#include <nlohmann/json.hpp>

namespace automod::cli {

using nlohmann::json;

namespace {

json row_of(const analyzers::Habit& habit) {
  json values = json::array();
  for (const analyzers::HabitValue& value : habit.values) {
    json examples = json::array();
    for (const analyzers::HabitExample& one : value.examples) {
      examples.push_back({{"path", one.path}, {"line", one.line}});
    }
    values.push_back(
        {{"value", value.value}, {"count", value.count}, {"examples", std::move(examples)}});
  }
  return {{"topic", analyzers::name(habit.topic)},
          {"language", habit.language.empty() ? json(nullptr) : json(habit.language)},
          {"what", habit.what},
          {"state", analyzers::name(habit.state)},
          {"share", habit.share()},
          {"total", habit.total},
          {"values", std::move(values)}};
}

}  // namespace

json conventions_document(const LearntConventions& learnt) {
  json habits = json::array();
  for (const analyzers::Habit& habit : learnt.conventions.habits) habits.push_back(row_of(habit));
  return {{"schema", "automod.conventions/1"},
          {"commit", learnt.commit.text},
          {"files", learnt.conventions.files},
          {"files_read", learnt.conventions.read},
          {"style_files", learnt.conventions.style_files},
          {"habits", std::move(habits)}};
}

}  // namespace automod::cli
