#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analyzers/profile/costs.hpp"
#include "analyzers/profile/cycles.hpp"
#include "base/text.hpp"

namespace automod::analyzers {

namespace {

constexpr std::size_t kMostCalls = 1u << 23;  // from different lines or to different functions
constexpr std::size_t kMostPositions = 3;     // instr bb line
constexpr std::uint64_t kMostNumber = std::numeric_limits<std::uint64_t>::max() / 4;

/// Lines of the head that say nothing of costs.
constexpr std::array kTold = std::to_array<std::string_view>(
    {"creator", "pid", "thread", "part", "cmd", "desc", "event", "summary", "totals", "target"});

std::string_view without_space(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") + 1 - begin);
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (text = without_space(text); !text.empty(); text = without_space(text)) {
    const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return words;
}

/// "(12) name" gives a name a number, "(12)" stands for it.
class NameNumbers {
 public:
  std::optional<std::string_view> read(std::string_view text) {
    if (!text.starts_with('(')) return text;
    const std::size_t end = text.find(')');
    if (end == text.npos) return std::nullopt;
    const auto number = whole_number(text.substr(1, end - 1));
    if (!number) return text;  // "(below main)"
    const std::string_view name = without_space(text.substr(end + 1));
    if (!name.empty()) return names_[*number] = name;
    const auto known = names_.find(*number);
    if (known == names_.end()) return std::nullopt;
    return known->second;
  }

 private:
  std::unordered_map<std::uint64_t, std::string_view> names_;
};

class CallgrindReader {
 public:
  explicit CallgrindReader(std::string_view name) : name_(name) {}

  Result<Profile> read(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      ++number_;
      if (auto done = read_line(without_space(text.substr(0, end))); !done) {
        return fail(std::move(done.error()));
      }
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (is_call_) return wrong("ends after calls=, expected a line with what they cost");
    if (whole_ <= 0) {
      return fail(ErrorKind::kUsage,
                  fmt::format("{} holds no cost of {}", printable_line(name_),
                              profile_.event.empty() ? "any event" : profile_.event));
    }
    add_calls();
    profile_.kind = ProfileKind::kCallgrind;
    costs_.move_to(profile_, whole_);
    return std::move(profile_);
  }

 private:
  /// A function by its name in full; several may be one by their plain name.
  struct Node {
    std::uint32_t function = 0;  // in costs_
    bool is_inner = false;
    double self = 0;
    double called = 0;   // by it
    double entered = 0;  // by calls of it
  };
  /// Of one by another, by number.
  struct Call {
    std::uint32_t from = 0;
    std::uint32_t to = 0;
    std::uint32_t line = 0;
    friend bool operator==(const Call&, const Call&) = default;
  };
  struct HashCall {
    std::size_t operator()(const Call& call) const {
      const std::uint64_t both = (std::uint64_t{call.from} << 32U) | call.to;
      return std::hash<std::uint64_t>()((both ^ (both >> 29U)) * 0x9e3779b97f4a7c15u + call.line);
    }
  };

  std::unexpected<Error> wrong(std::string_view what) const {
    return wrong_line(name_, number_, what);
  }

  Result<void> read_line(std::string_view line) {
    if (line.empty() || line[0] == '#') return {};
    if (std::string_view("0123456789+-*").find(line[0]) != std::string_view::npos) {
      return read_costs(line);
    }
    if (is_call_) return wrong("follows calls=, expected a line with what they cost");
    const std::size_t end = line.find_first_of("=: ");
    if (end == line.npos || line[end] == ' ') {
      return wrong("is nothing that callgrind writes, expected KEY: VALUE, KEY=NAME or costs");
    }
    const std::string_view key = line.substr(0, end);
    const std::string_view value = without_space(line.substr(end + 1));
    return line[end] == ':' ? read_head(key, value) : read_assignment(key, value);
  }

  Result<void> read_head(std::string_view key, std::string_view value) {
    if (std::ranges::find(kTold, key) != kTold.end()) return {};
    if (key == "version") {
      if (value == "1") return {};
      return wrong(fmt::format("version is '{}', expected 1", printable_line(value)));
    }
    if (key == "positions") return read_positions(words_of(value));
    if (key == "events") return read_events(words_of(value));
    return wrong(fmt::format("'{}' is no word of callgrind's head", printable_line(key)));
  }

  Result<void> read_positions(const std::vector<std::string_view>& words) {
    const auto line = std::ranges::find(words, "line");
    if (words.empty() || words.size() > kMostPositions) {
      return wrong("positions: expected some of instr, bb and line");
    }
    positions_.assign(words.size(), 0);
    line_at_.reset();
    if (line != words.end()) line_at_ = static_cast<std::size_t>(line - words.begin());
    return {};
  }

  Result<void> read_events(const std::vector<std::string_view>& words) {
    if (words.empty()) return wrong("events: expected at least one, such as Ir");
    const auto instructions = std::ranges::find(words, "Ir");
    event_at_ =
        instructions == words.end() ? 0 : static_cast<std::size_t>(instructions - words.begin());
    events_ = words.size();
    profile_.event = valid_utf8(words[event_at_]);
    return {};
  }

  Result<void> read_assignment(std::string_view key, std::string_view value) {
    if (key == "calls") return read_call();
    if (key == "jump" || key == "jcnd") return {};
    const bool is_file = key == "fl" || key == "fi" || key == "fe" || key == "cfi" || key == "cfl";
    const bool is_function = key == "fn" || key == "cfn";
    if (!is_file && !is_function && key != "ob" && key != "cob") {
      return wrong(fmt::format("'{}=' is no word of callgrind", printable_line(key)));
    }
    NameNumbers& numbers = is_file ? files_ : is_function ? functions_ : objects_;
    const auto name = numbers.read(value);
    if (!name) {
      return wrong(fmt::format("'{}' stands for a name that was not given",
                               printable_line(value.substr(0, 40))));
    }
    const std::string_view file = *name == "???" ? std::string_view() : *name;
    if (key == "fl") file_ = line_file_ = file;
    if (key == "fi" || key == "fe") line_file_ = file;
    if (key == "cfi" || key == "cfl") called_file_ = file;
    if (key == "cfn") called_ = number_of(*name, called_file_.value_or(file_));
    if (key == "fn") {
      function_ = number_of(*name, file_);
      line_file_ = file_;
    }
    if (costs_.is_too_much()) return wrong("more functions or lines than are read");
    return {};
  }

  Result<void> read_call() {
    if (!function_ || !called_) return wrong("calls= without fn= and cfn= before it");
    is_call_ = true;
    return {};
  }

  std::uint32_t number_of(std::string_view name, std::string_view file) {
    const auto [at, is_new] =
        numbers_.try_emplace(std::pair(name, file), static_cast<std::uint32_t>(nodes_.size()));
    if (is_new) {
      const PlainName plain = read_name(name);
      // What has no name costs all the same.
      const std::string_view where = plain.name.empty() ? std::string_view() : file;
      nodes_.push_back(
          {.function = costs_.function(valid_utf8(plain.name), where), .is_inner = plain.is_inner});
    }
    return at->second;
  }

  /// "+3 460": positions, each from where the one before was, then a number for each event.
  Result<void> read_costs(std::string_view line) {
    const std::vector<std::string_view> words = words_of(line);
    if (words.size() < positions_.size()) return wrong("a line with costs lacks a position");
    for (std::size_t i = 0; i < positions_.size(); ++i) {
      const auto position = moved(positions_[i], words[i]);
      if (!position) {
        return wrong(fmt::format("'{}' is no position here", printable_line(words[i])));
      }
      positions_[i] = *position;
    }
    if (events_ == 0) return wrong("costs before events:");
    if (words.size() > positions_.size() + events_) return wrong("more costs than events");
    std::uint64_t cost = 0;
    for (std::size_t i = positions_.size(); i < words.size(); ++i) {
      const auto value = whole_number(words[i]);
      if (!value) return wrong(fmt::format("'{}' is no cost", printable_line(words[i])));
      if (i == positions_.size() + event_at_) cost = *value;
    }
    if (!function_) return wrong("costs before fn=");
    return add(static_cast<double>(cost));
  }

  static std::optional<std::uint64_t> moved(std::uint64_t from, std::string_view word) {
    if (word == "*") return from;
    const bool is_back = word.starts_with('-');
    const bool is_on = word.starts_with('+');
    const auto value = whole_number(word.substr(is_back || is_on ? 1 : 0));
    if (!value || *value > kMostNumber || (is_back && *value > from)) return std::nullopt;
    if (is_back) return from - *value;
    const std::uint64_t to = is_on ? from + *value : *value;
    return to > kMostNumber ? std::nullopt : std::optional(to);
  }

  Result<void> add(double cost) {
    const std::uint64_t at = line_at_ ? positions_[*line_at_] : 0;
    // Line 0 and no file stand for what the compiler has not told.
    const bool has_line = at != 0 && !line_file_.empty();
    const std::uint32_t line = costs_.line(has_line ? line_file_ : std::string_view(),
                                           has_line ? static_cast<std::size_t>(at) : 0);
    if (std::exchange(is_call_, false)) {
      calls_[{.from = *function_, .to = *called_, .line = line}] += cost;
      called_file_.reset();
      if (calls_.size() > kMostCalls) return wrong("more calls than are read");
    } else {
      nodes_[*function_].self += cost;
      costs_.of_line(line).self += cost;
      whole_ += cost;
    }
    if (costs_.is_too_much()) return wrong("more functions or lines than are read");
    return {};
  }

  /// Within a cycle what is called again is inside of what is counted already, so only calls that
  /// leave it add up; or, where they tell more, those that come into it. Of functions that have one
  /// plain name those that call each other are in each other as well.
  void add_calls() {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
    pairs.reserve(calls_.size());
    for (const auto& [call, cost] : calls_) pairs.emplace_back(call.from, call.to);
    const auto cycle = cycles_of(static_cast<std::uint32_t>(nodes_.size()), pairs);
    for (const auto& [call, cost] : calls_) {
      Node& from = nodes_[call.from];
      Node& to = nodes_[call.to];
      const bool is_same = from.function == to.function && from.is_inner == to.is_inner;
      if (is_same || cycle[call.from] == cycle[call.to]) continue;
      from.called += cost;
      to.entered += cost;
      costs_.of_line(call.line).total += cost;
    }
    add_nodes();
    costs_.add_self_to_lines();
  }

  /// A closure runs inside of its function, most often: it tells more only where it runs elsewhere.
  void add_nodes() {
    std::vector<Node> outer(costs_.functions());
    std::vector<Node> inner(costs_.functions());
    for (const Node& node : nodes_) {
      Node& sum = (node.is_inner ? inner : outer)[node.function];
      sum.self += node.self;
      sum.called += node.called;
      sum.entered += node.entered;
    }
    const auto total = [](const Node& sum) { return std::max(sum.self + sum.called, sum.entered); };
    for (std::uint32_t i = 0; i < costs_.functions(); ++i) {
      const double self = outer[i].self + inner[i].self;
      costs_.of_function(i) = {.self = self,
                               .total = std::max({self, total(outer[i]), total(inner[i])})};
    }
  }

  std::string_view name_;
  std::size_t number_ = 0;
  Profile profile_;
  Costs costs_;
  double whole_ = 0;
  std::unordered_map<Call, double, HashCall> calls_;

  NameNumbers files_;
  NameNumbers functions_;
  NameNumbers objects_;
  std::map<std::pair<std::string_view, std::string_view>, std::uint32_t> numbers_;
  std::vector<Node> nodes_;

  std::vector<std::uint64_t> positions_ = {0};
  std::optional<std::size_t> line_at_ = 0;
  std::size_t events_ = 0;
  std::size_t event_at_ = 0;

  // Where the reader is.
  std::string_view file_;
  std::string_view line_file_;  // of what is inlined, another
  std::optional<std::uint32_t> function_;
  std::optional<std::uint32_t> called_;
  std::optional<std::string_view> called_file_;
  bool is_call_ = false;  // the next line says what calls cost
};

}  // namespace

Result<Profile> parse_callgrind(std::string_view text, std::string_view name) {
  return CallgrindReader(name).read(text);
}

}  // namespace automod::analyzers
