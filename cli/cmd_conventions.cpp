#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/documents_conventions.hpp"
#include "cli/handlers.hpp"

namespace automod::cli {

namespace {

using analyzers::Habit;
using analyzers::HabitState;
using analyzers::HabitValue;

constexpr std::size_t kMostBrief = 8000;  // bytes

std::string heading_of(const Habit& habit) {
  const std::string topic(name(habit.topic));
  return habit.language.empty() ? topic : fmt::format("{}, {}", topic, habit.language);
}

std::string split_of(const Habit& habit) {
  std::string text;
  for (const HabitValue& one : habit.values) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", one.value, one.count);
  }
  return text;
}

std::string examples_of(const HabitValue& value) {
  std::string text;
  for (const analyzers::HabitExample& one : value.examples) {
    text += fmt::format("{}{}:{}", text.empty() ? "" : ", ", printable_line(one.path), one.line);
  }
  return text;
}

void add(const Habit& habit, Table& table) {
  const HabitValue& most = habit.values.front();
  const bool is_convention = habit.state == HabitState::kConvention;
  table.add(
      {{habit.what},
       {is_convention ? most.value : split_of(habit), is_convention ? Tone::kGood : Tone::kPlain},
       {is_convention ? fmt::format("{} of {}", most.count, habit.total)
                      : std::string(name(habit.state)),
        Tone::kDim, true},
       {is_convention ? examples_of(most) : std::string(), Tone::kDim}});
}

std::string text_of(const LearntConventions& learnt, const Paint& paint, std::size_t width) {
  Table table;
  std::string heading;
  for (const Habit& habit : learnt.conventions.habits) {
    if (habit.state == HabitState::kTooFew) continue;
    if (heading_of(habit) != heading) {
      table.add_heading(heading = heading_of(habit), Tone::kTitle);
    }
    add(habit, table);
  }
  std::string text = table.text(paint, 2, width);
  for (const std::string& file : learnt.conventions.style_files) {
    text += fmt::format("{}  {}\n", paint(Tone::kDim, "style by"), printable_line(file));
  }
  return text;
}

}  // namespace

Result<int> run_conventions(Context& context, const Arguments& arguments) {
  const std::string named = arguments.operand(0);
  const std::string revision = named.empty() ? "HEAD" : named;
  const auto learnt = read_conventions(context.directory(), revision, context.engine_world());
  if (!learnt) return fail(learnt.error());
  if (context.json()) {
    context.print(conventions_document(*learnt));
    return kDone;
  }
  if (arguments.has("--brief")) {
    context.out() << conventions_text(learnt->conventions, kMostBrief);
    return kDone;
  }
  context.out() << text_of(*learnt, context.paint(), context.table_width());
  context.remark(fmt::format("learnt from {} of {}", learnt->conventions.read,
                             count(learnt->conventions.files, "file")));
  return kDone;
}

}  // namespace automod::cli
