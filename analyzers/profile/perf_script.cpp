#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analyzers/profile/costs.hpp"
#include "base/text.hpp"

namespace automod::analyzers {

namespace {

constexpr std::size_t kDeepest = 8192;  // frames of one stack; those further out do not count
constexpr std::string_view kSpace = " \t\r";
constexpr std::string_view kExpected =
    "is no sample, expected 'COMMAND PID TIME: PERIOD EVENT:' as perf script writes it";

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) + 1 - begin);
}

/// Cuts the first word off.
std::string_view take_word(std::string_view& text) {
  text = trimmed(text);
  const std::size_t end = std::min(text.find_first_of(kSpace), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

bool is_all(std::string_view text, std::string_view of) {
  return !text.empty() && text.find_first_not_of(of) == text.npos;
}

bool is_address(std::string_view word) { return is_all(word, "0123456789abcdef"); }

/// "71946.029291:"
bool is_time(std::string_view word) {
  if (!word.ends_with(':')) return false;
  word.remove_suffix(1);
  const std::size_t dot = word.find('.');
  return dot != word.npos && is_all(word.substr(0, dot), "0123456789") &&
         is_all(word.substr(dot + 1), "0123456789");
}

struct Head {
  std::string_view event;
  double period = 1;
  std::string_view rest;  // the one frame of a sample without a stack
};

std::optional<Head> read_head(std::string_view line) {
  std::size_t words = 0;
  while (!is_time(take_word(line))) {
    if (line.empty()) return std::nullopt;
    ++words;
  }
  if (words < 2) return std::nullopt;
  Head head;
  std::string_view word = take_word(line);
  if (const auto period = whole_number(word)) {
    head.period = static_cast<double>(*period);
    word = take_word(line);
  }
  if (word.size() < 2 || !word.ends_with(':')) return std::nullopt;
  head.event = word.substr(0, word.size() - 1);
  head.rest = trimmed(line);
  return head;
}

/// "55d0 ring::push(int)+0x12 (/usr/bin/ring)": what stands between address and file.
std::optional<std::string_view> symbol_in(std::string_view frame) {
  if (!is_address(take_word(frame))) return std::nullopt;
  frame = trimmed(frame);
  if (!frame.ends_with(')')) return std::nullopt;
  std::size_t open = 1;
  std::size_t at = frame.size() - 1;
  while (open > 0 && at-- > 0) {
    if (frame[at] == ')') ++open;
    if (frame[at] == '(') --open;
  }
  if (open > 0) return std::nullopt;
  std::string_view symbol = trimmed(frame.substr(0, at));
  const std::size_t plus = symbol.rfind("+0x");
  if (plus != symbol.npos && is_address(symbol.substr(plus + 3))) symbol = symbol.substr(0, plus);
  return symbol;
}

/// "ring.cpp:12", as -F +srcline writes below a frame; ":0" where it knows none.
std::optional<std::pair<std::string_view, std::size_t>> place_in(std::string_view line) {
  const std::size_t colon = line.rfind(':');
  if (colon == line.npos) return std::nullopt;
  const auto number = whole_number(line.substr(colon + 1));
  if (!number) return std::nullopt;
  return std::pair(line.substr(0, colon), static_cast<std::size_t>(*number));
}

class PerfReader {
 public:
  explicit PerfReader(std::string_view name) : name_(name) {}

  Result<Profile> read(std::string_view text) {
    std::size_t number = 0;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      if (auto done = read_line(text.substr(0, end), ++number); !done) {
        return fail(std::move(done.error()));
      }
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    end_sample();
    if (whole_ <= 0) {
      return fail(ErrorKind::kUsage, fmt::format("{} holds no sample", printable_line(name_)));
    }
    profile_.kind = ProfileKind::kPerfScript;
    costs_.move_to(profile_, whole_);
    return std::move(profile_);
  }

 private:
  Result<void> read_line(std::string_view line, std::size_t number) {
    const std::string_view words = trimmed(line);
    if (words.empty()) {
      end_sample();
      return {};
    }
    if (line[0] == '#') return {};
    if (is_open_ && kSpace.find(line[0]) != kSpace.npos && !has_frame_) {
      return read_frame(words, line[0] == '\t', number);
    }
    end_sample();
    const auto head = read_head(words);
    if (!head) return wrong_line(name_, number, kExpected);
    begin_sample(*head);
    if (costs_.is_too_much()) return wrong_line(name_, number, "more functions than are read");
    return {};
  }

  void begin_sample(const Head& head) {
    if (profile_.event.empty()) profile_.event = valid_utf8(head.event);
    is_open_ = true;
    period_ = head.period;
    if (head.rest.empty()) return;
    if (const auto symbol = symbol_in(head.rest)) add_frame(*symbol);
    has_frame_ = true;  // another line, however it begins, is another sample
  }

  /// Without a tab it is where the frame above stands, in the source or else in the program.
  Result<void> read_frame(std::string_view words, bool has_tab, std::size_t number) {
    if (const auto symbol = symbol_in(words)) {
      add_frame(*symbol);
    } else if (!has_tab) {
      const auto place = place_in(words);
      if (place && frames_ > 0) add_place(place->first, place->second);
    } else {
      return wrong_line(name_, number,
                        "is no frame of a stack, expected 'ADDRESS SYMBOL+OFFSET (FILE)'");
    }
    return {};
  }

  void add_frame(std::string_view symbol) {
    if (++frames_ > kDeepest) return;
    const auto known = known_.find(symbol);
    const std::optional<std::uint32_t> function =
        known != known_.end() ? known->second : known_[symbol] = number_of(symbol);
    if (!function) return;
    if (frames_ == 1) costs_.of_function(*function).self += period_;
    functions_.push_back(*function);
  }

  void add_place(std::string_view file, std::size_t line) {
    if (frames_ > kDeepest || file.empty() || line == 0) return;
    const std::uint32_t place = costs_.line(file, line);
    if (frames_ == 1) costs_.of_line(place).self += period_;
    lines_.push_back(place);
  }

  /// "py::Class.name:/path/file.py" is how Python says what it runs.
  std::optional<std::uint32_t> number_of(std::string_view symbol) {
    std::string_view file;
    if (symbol.starts_with("py::")) {
      symbol.remove_prefix(4);
      const std::size_t colon = symbol.find(':');
      if (colon != symbol.npos) file = symbol.substr(colon + 1);
      symbol = symbol.substr(0, colon);
    }
    const std::string name = plain_name(symbol);
    if (name.empty()) return std::nullopt;
    return costs_.function(valid_utf8(name), file);
  }

  /// What is in the stack several times, by recursion, counts once.
  void end_sample() {
    if (!is_open_) return;
    whole_ += period_;
    const auto once = [](std::vector<std::uint32_t>& all) {
      std::ranges::sort(all);
      const auto rest = std::ranges::unique(all);
      all.erase(rest.begin(), rest.end());
    };
    once(functions_);
    once(lines_);
    for (const std::uint32_t function : functions_) costs_.of_function(function).total += period_;
    for (const std::uint32_t line : lines_) costs_.of_line(line).total += period_;
    functions_.clear();
    lines_.clear();
    frames_ = 0;
    is_open_ = false;
    has_frame_ = false;
  }

  std::string_view name_;
  Profile profile_;
  Costs costs_;
  double whole_ = 0;
  std::unordered_map<std::string_view, std::optional<std::uint32_t>> known_;

  // The sample that is read.
  bool is_open_ = false;
  bool has_frame_ = false;  // on the line of its head
  double period_ = 1;
  std::size_t frames_ = 0;
  std::vector<std::uint32_t> functions_;
  std::vector<std::uint32_t> lines_;
};

}  // namespace

Result<Profile> parse_perf_script(std::string_view text, std::string_view name) {
  return PerfReader(name).read(text);
}

}  // namespace automod::analyzers
