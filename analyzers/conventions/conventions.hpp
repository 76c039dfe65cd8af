#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/index/codebase.hpp"
#include "analyzers/structure/file_kind.hpp"
#include "base/cancel.hpp"

/// What a project's habits are, learnt by counting.
namespace automod::analyzers {

// In the order in which they are shown. Shown by their names: never rename.
enum class HabitTopic {
  kNaming,
  kErrors,
  kOwnership,
  kConcurrency,
  kFormatting,
  kTests,
  kComments,
};
std::string_view name(HabitTopic topic);

enum class HabitState {
  kConvention,  // five times or more, and in four of five cases or more
  kMixed,       // often enough, but not alike
  kTooFew,
};
std::string_view name(HabitState state);

struct HabitExample {
  std::string path;
  std::uint32_t line = 0;
};

/// One way to do it.
struct HabitValue {
  std::string value;  // "snake_case"
  std::size_t count = 0;
  std::vector<HabitExample> examples;  // at most three, of different files where there are such
};

struct Habit {
  HabitTopic topic = HabitTopic::kNaming;
  std::string language;  // as name(Language); empty: all
  std::string what;      // "functions"
  HabitState state = HabitState::kTooFew;
  std::size_t total = 0;
  std::vector<HabitValue> values;  // never empty, the most frequent first

  double share() const {
    return static_cast<double>(values.front().count) / static_cast<double>(total);
  }
};

struct Conventions {
  std::vector<Habit> habits;             // by topic, language, what is seen most first
  std::vector<std::string> style_files;  // .clang-format and its like, by path
  std::size_t files = 0;                 // that could be read: neither vendored nor generated
  std::size_t read = 0;                  // of these; of very many only some, evenly spread
};

/// `paths` are all files of the tree. kInterrupted: the token was raised.
Result<Conventions> learn_conventions(const Codebase& code, const ReadText& read,
                                      const std::vector<std::string>& paths, unsigned jobs,
                                      const CancelToken& cancel);

/// For prompts: a line for each topic and language, conventions first, in at most so many bytes.
std::string conventions_text(const Conventions& conventions, std::size_t most);

}  // namespace automod::analyzers
