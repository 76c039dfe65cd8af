#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analyzers/profile/profile.hpp"

/// What the readers of profiles share.
namespace automod::analyzers {

/// Adds up what functions and lines cost while a profile is read, and makes shares of it.
class Costs {
 public:
  struct Pair {
    double self = 0;
    double total = 0;
  };

  /// Numbers, from 0, each thing the same one each time.
  std::uint32_t function(std::string_view plain_name, std::string_view file);
  std::uint32_t line(std::string_view file, std::size_t line);

  Pair& of_function(std::uint32_t number) { return function_costs_[number]; }
  Pair& of_line(std::uint32_t number) { return line_costs_[number]; }
  /// What lines cost themselves is part of their totals.
  void add_self_to_lines();
  std::size_t functions() const { return function_costs_.size(); }
  /// More than any program has; whoever reads gives up.
  bool is_too_much() const;

  /// In order and without what has no name or line, as parts of `whole`, which is above 0. Ends the
  /// use of this object.
  void move_to(Profile& profile, double whole);

 private:
  struct Key {
    std::uint32_t text = 0;
    std::uint64_t second = 0;  // the number of another text, or a line
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const;
  };

  std::uint32_t text(std::string_view text);

  std::unordered_map<std::string, std::uint32_t> texts_;
  std::vector<std::string_view> text_of_;                   // keys of texts_
  std::unordered_map<Key, std::uint32_t, Hash> functions_;  // name, file
  std::unordered_map<Key, std::uint32_t, Hash> lines_;
  std::vector<Key> function_keys_;
  std::vector<Key> line_keys_;
  std::vector<Pair> function_costs_;
  std::vector<Pair> line_costs_;
};

/// A plain name, and whether what was written is something within that function: a closure, say,
/// or a member of a local class.
struct PlainName {
  std::string name;
  bool is_inner = false;
};
PlainName read_name(std::string_view written);

/// A number, the whole text; nullopt for anything else.
std::optional<std::uint64_t> whole_number(std::string_view text);

std::unexpected<Error> wrong_line(std::string_view name, std::size_t line, std::string_view what);

Result<Profile> parse_perf_script(std::string_view text, std::string_view name);
Result<Profile> parse_callgrind(std::string_view text, std::string_view name);

}  // namespace automod::analyzers
