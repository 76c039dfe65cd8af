#include "analyzers/conventions/tally.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/text.hpp"

namespace automod::analyzers {

namespace {

constexpr std::size_t kMostExamples = 3;
constexpr std::size_t kMostValues = 8;  // of one habit; the rest says nothing
constexpr std::size_t kFewest = 5;
constexpr double kShare = 0.8;

void add_example(HabitValue& value, HabitExample example) {
  const bool is_new = std::ranges::none_of(
      value.examples, [&](const HabitExample& one) { return one.path == example.path; });
  if (value.examples.size() < kMostExamples && is_new) value.examples.push_back(std::move(example));
}

void decide(Habit& habit) {
  if (habit.total < kFewest) return;
  habit.state = habit.share() >= kShare ? HabitState::kConvention : HabitState::kMixed;
}

}  // namespace

void Tally::add(HabitTopic topic, std::string_view what, std::string_view value, std::size_t line) {
  HabitValue& known = counts_[{topic, language_, std::string(what)}][std::string(value)];
  ++known.count;
  add_example(known, {.path = path_, .line = static_cast<std::uint32_t>(line)});
}

void Tally::merge(const Tally& other) {
  for (const auto& [key, values] : other.counts_) {
    for (const auto& [text, value] : values) {
      HabitValue& known = counts_[key][text];
      known.count += value.count;
      for (const HabitExample& example : value.examples) add_example(known, example);
    }
  }
  for (std::size_t i = 0; i < lengths_.size(); ++i) lengths_[i] += other.lengths_[i];
}

/// The usual limit that all lines but one in a hundred keep to.
void Tally::add_lengths(std::vector<Habit>& into) const {
  const std::size_t total = std::accumulate(lengths_.begin(), lengths_.end(), std::size_t{0});
  if (total == 0) return;
  std::size_t within = 0, length = 0;
  while (length < kLongestLine && (within + lengths_[length]) * 100 < total * 99) {
    within += lengths_[length++];
  }
  within += lengths_[length];
  Habit habit{
      .topic = HabitTopic::kFormatting,
      .language = {},
      .what = "line length, but for one line in a hundred",
      .total = total,
      .values = {
          {.value = fmt::format("at most {} columns", length), .count = within, .examples = {}}}};
  decide(habit);
  into.push_back(std::move(habit));
}

std::vector<Habit> Tally::habits() const {
  std::vector<Habit> all;
  for (const auto& [key, values] : counts_) {
    Habit& habit = all.emplace_back();
    std::tie(habit.topic, habit.language, habit.what) = key;
    for (const auto& [text, value] : values) {
      habit.total += value.count;
      habit.values.push_back(value);
      habit.values.back().value = text;
    }
    std::ranges::sort(habit.values, [](const HabitValue& a, const HabitValue& b) {
      return std::tie(b.count, a.value) < std::tie(a.count, b.value);
    });
    if (habit.values.size() > kMostValues) habit.values.resize(kMostValues);
    decide(habit);
  }
  add_lengths(all);
  std::ranges::sort(all, [](const Habit& a, const Habit& b) {
    return std::tie(a.topic, a.language, b.total, a.what) <
           std::tie(b.topic, b.language, a.total, b.what);
  });
  return all;
}

}  // namespace automod::analyzers
