#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Where the tests stand that a runner names.
namespace automod::asking {

/// Runners name tests by suite, file, class and case in ways of their own ("query.finds_nothing",
/// "tests/test_a.py::Label::test_one", "a ring that is full"), and macros hide what they define. So
/// a test is looked for as text: by its whole name, else by the last part of it.
class TestPlaces {
 public:
  explicit TestPlaces(const std::vector<std::string>& names);

  /// Looks into one file.
  void look(std::string_view path, std::string_view text);
  /// "path:line" for each test that was found, in the order of the names, no two alike.
  std::vector<std::string> places() const;

 private:
  struct Wanted {
    std::string whole;
    std::vector<std::string> parts;  // the last one names the case
    std::size_t points = 0;          // of the best place
    std::string place;
  };
  std::vector<Wanted> wanted_;
};

}  // namespace automod::asking
