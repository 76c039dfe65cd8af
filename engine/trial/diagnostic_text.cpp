#include "engine/trial/diagnostic_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "base/text.hpp"

namespace automod::trial {

namespace {

constexpr std::size_t kMost = 2000;         // diagnostics of one text
constexpr std::size_t kLongestLine = 2000;  // a longer one is no diagnostic
constexpr std::size_t kLongestMessage = 300;

std::string shortened(std::string_view text) {
  return valid_utf8(text.substr(0, std::min(text.size(), kLongestMessage)));
}

std::optional<std::size_t> number(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "path:12:7" or "path:12" taken apart from its end.
struct Spot {
  std::string_view path;
  std::size_t line = 0;
};

std::optional<Spot> spot_of(std::string_view text) {
  for (int numbers = 0; numbers < 2; ++numbers) {
    const std::size_t colon = text.rfind(':');
    if (colon == text.npos) return std::nullopt;
    const auto last = number(text.substr(colon + 1));
    if (!last) return std::nullopt;
    text = text.substr(0, colon);
    const std::size_t before = text.rfind(':');
    const bool has_line = before != text.npos && number(text.substr(before + 1)).has_value();
    if (!has_line) return Spot{text, *last};
  }
  return std::nullopt;
}

/// "message [-Wrule]" taken apart.
std::pair<std::string, std::string> rule_of(std::string_view text) {
  const std::size_t open = text.rfind(" [-W");
  if (open == text.npos || !text.ends_with(']')) return {std::string(text), ""};
  return {std::string(text.substr(0, open)),
          std::string(text.substr(open + 2, text.size() - open - 3))};
}

std::optional<Diagnostic> compiler_line(std::string_view line, std::string_view build_dir) {
  for (const std::string_view mark : {": warning: ", ": error: "}) {
    const std::size_t at = line.find(mark);
    if (at == line.npos) continue;
    const auto spot = spot_of(line.substr(0, at));
    if (!spot) return std::nullopt;
    Diagnostic diagnostic;
    diagnostic.tool = "compiler";
    diagnostic.path = path_in_tree(spot->path, build_dir);
    diagnostic.line = spot->line;
    auto [message, rule] = rule_of(line.substr(at + mark.size()));
    diagnostic.rule = shortened(rule.empty() ? std::string(mark.substr(2, mark.size() - 4)) : rule);
    diagnostic.message = shortened(message);
    if (diagnostic.path.empty()) return std::nullopt;
    return diagnostic;
  }
  return std::nullopt;
}

struct Kind {
  std::string_view says;
  std::string_view rule;
};
/// In UndefinedBehaviorSanitizer's sentences, the more special first.
constexpr std::array<Kind, 17> kUndefined = {{
    {"signed integer overflow", "signed-integer-overflow"},
    {"null pointer", "null-pointer"},
    {"misaligned address", "alignment"},
    {"division by zero", "division-by-zero"},
    {"shift", "shift"},
    {"out of bounds", "out-of-bounds"},
    {"insufficient space", "object-size"},
    {"is not a valid value for type", "invalid-value"},
    {"outside the range of representable values", "float-cast-overflow"},
    {"negation of", "signed-integer-overflow"},
    {"applying", "pointer-overflow"},
    {"pointer index expression", "pointer-overflow"},
    {"reached an unreachable", "unreachable"},
    {"end of a value-returning function", "missing-return"},
    {"does not point to an object of type", "vptr"},
    {"variable length array", "vla-bound"},
    {"passing zero to", "builtin"},
}};

std::string undefined_rule(std::string_view message) {
  for (const auto& kind : kUndefined) {
    if (message.find(kind.says) != message.npos) return std::string(kind.rule);
  }
  return "undefined-behaviour";
}

/// One line of a stack: "    #0 0x55 in name(int) /tree/src/a.cpp:12:7".
struct Frame {
  std::string function;
  std::string path;
  std::size_t line = 0;
};

std::optional<Frame> frame_of(std::string_view line, std::string_view build_dir) {
  const std::size_t begin = line.find_first_not_of(' ');
  if (begin == line.npos || line[begin] != '#') return std::nullopt;
  constexpr std::string_view kIn = " in ";
  const std::size_t in = line.find(kIn);
  const std::size_t space = line.rfind(' ');
  if (in == line.npos) return Frame{};
  if (space < in + kIn.size()) return Frame{.function = std::string(line.substr(in + kIn.size()))};
  Frame frame;
  frame.function = line.substr(in + kIn.size(), space - in - kIn.size());
  if (const auto spot = spot_of(line.substr(space + 1))) {
    frame.path = path_in_tree(spot->path, build_dir);
    frame.line = spot->line;
  }
  return frame;
}

/// Reads the reports in a text one after the other.
class Reports {
 public:
  Reports(std::string_view text, std::string_view build_dir)
      : lines_(split_lines(text)), build_dir_(build_dir) {}

  std::vector<Diagnostic> all() {
    for (at_ = 0; at_ < lines_.size() && found_.size() < kMost; ++at_) {
      const std::string_view line = lines_[at_];
      if (line.size() > kLongestLine) continue;
      address(line);
      undefined(line);
    }
    return std::move(found_);
  }

 private:
  void address(std::string_view line) {
    constexpr std::string_view kMark = "ERROR: AddressSanitizer: ";
    const std::size_t mark = line.find(kMark);
    if (mark == line.npos) return;
    std::string_view kind = line.substr(mark + kMark.size());
    kind = kind.substr(0, std::min(kind.find_first_of(" :("), kind.size()));
    Diagnostic report{.tool = "address-sanitizer", .rule = shortened(kind)};
    place(report);
    add(std::move(report), line.substr(mark + kMark.size()));
  }

  void undefined(std::string_view line) {
    constexpr std::string_view kMark = ": runtime error: ";
    const std::size_t mark = line.find(kMark);
    if (mark == line.npos) return;
    const std::string_view message = line.substr(mark + kMark.size());
    Diagnostic report{.tool = "undefined-sanitizer", .rule = undefined_rule(message)};
    std::string_view front = line.substr(0, mark);
    // CTest's verbose output puts "12: " before.
    if (const std::size_t space = front.rfind(' '); space != front.npos) {
      front.remove_prefix(space + 1);
    }
    place(report);
    if (const auto spot = spot_of(front)) {
      if (const auto path = path_in_tree(spot->path, build_dir_); !path.empty()) {
        report.path = path;
        report.line = spot->line;
      }
    }
    add(std::move(report), message);
  }

  /// Fills in the innermost place in the tree from the stack that follows.
  void place(Diagnostic& report) {
    constexpr std::size_t kFarthest = 60;
    bool began = false;
    for (std::size_t i = at_ + 1; i < lines_.size() && i < at_ + kFarthest; ++i) {
      std::string_view line = lines_[i].substr(0, std::min(lines_[i].size(), kLongestLine));
      if (const std::size_t hash = line.find("    #"); hash != line.npos) line = line.substr(hash);
      const auto frame = frame_of(line, build_dir_);
      if (!frame) {
        if (began) return;
        continue;
      }
      if (!began && line.find("#0 ") == line.npos) return;
      began = true;
      if (frame->path.empty()) continue;
      report.path = frame->path;
      report.line = frame->line;
      report.message = frame->function;
      return;
    }
  }

  void add(Diagnostic report, std::string_view says) {
    std::string message = report.message.empty() ? "" : report.message + ": ";
    // Addresses and process numbers differ from run to run.
    const std::size_t address = std::min(says.find(" 0x"), says.size());
    message += says.substr(0, address);
    report.message = shortened(message);
    if (seen_.emplace(report.rule, report.path, report.line).second) {
      found_.push_back(std::move(report));
    }
  }

  std::vector<std::string_view> lines_;
  std::string_view build_dir_;
  std::size_t at_ = 0;
  std::vector<Diagnostic> found_;
  std::set<std::tuple<std::string, std::string, std::size_t>> seen_;
};

auto likeness(const Diagnostic& diagnostic) {
  return std::tie(diagnostic.tool, diagnostic.path, diagnostic.rule, diagnostic.message);
}

}  // namespace

std::string path_in_tree(std::string_view path, std::string_view build_dir) {
  constexpr std::string_view kRoot = "/tree/";
  std::string_view below = path;
  if (path.starts_with(kRoot)) {
    below = path.substr(kRoot.size());
  } else if (path.empty() || path.front() == '/') {
    return "";
  }
  const std::filesystem::path plain =
      path.starts_with("..") ? std::filesystem::path(build_dir) / below : below;
  std::string result = plain.lexically_normal().generic_string();
  // Started in a folder further down than the build's own.
  while (result.starts_with("../")) result.erase(0, 3);
  return result == ".." || result == "." ? "" : valid_utf8(result);
}

std::vector<Diagnostic> read_compiler_output(std::string_view text, std::string_view build_dir) {
  std::vector<Diagnostic> found;
  std::set<std::tuple<std::string, std::size_t, std::string, std::string>> seen;
  for (const std::string_view line : split_lines(text)) {
    if (found.size() == kMost) break;
    if (line.size() > kLongestLine) continue;
    auto diagnostic = compiler_line(line, build_dir);
    if (!diagnostic) continue;
    // A header's is printed by every file that includes it.
    const bool is_first =
        seen.emplace(diagnostic->path, diagnostic->line, diagnostic->rule, diagnostic->message)
            .second;
    if (is_first) found.push_back(std::move(*diagnostic));
  }
  return found;
}

std::vector<Diagnostic> read_sanitizer_output(std::string_view text, std::string_view build_dir) {
  return Reports(text, build_dir).all();
}

std::vector<Diagnostic> added_diagnostics(const std::vector<Diagnostic>& before,
                                          std::vector<Diagnostic> after) {
  std::map<decltype(likeness(before.front())), std::size_t> left;
  for (const auto& diagnostic : before) ++left[likeness(diagnostic)];
  std::erase_if(after, [&](const Diagnostic& diagnostic) {
    const auto found = left.find(likeness(diagnostic));
    if (found == left.end() || found->second == 0) return false;
    --found->second;
    return true;
  });
  return after;
}

}  // namespace automod::trial
