#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/profile/costs.hpp"

namespace automod::analyzers {

namespace {

constexpr std::size_t kLongestName = 16384;  // of what is looked at
constexpr std::string_view kUnnamed = "(anonymous namespace)";
constexpr std::string_view kOperator = "operator";
constexpr std::array kClones = std::to_array<std::string_view>(
    {".cold", ".constprop.", ".isra.", ".llvm.", ".lto_priv.", ".part."});

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }

/// Without "foo.isra.0", "foo@plt" and the number that callgrind gives to a recursion ("foo'2").
std::string_view without_marks(std::string_view name) {
  for (const std::string_view clone : kClones) {
    const std::size_t at = name.rfind(clone);
    if (at != name.npos && at > 0 && name.find_first_of(":( ", at) == name.npos) {
      name = name.substr(0, at);
    }
  }
  if (const std::size_t at = name.find('@'); at != name.npos && at > 0) name = name.substr(0, at);
  const std::size_t quote = name.rfind('\'');
  const bool is_numbered = quote != name.npos && quote > 0 && quote + 1 < name.size() &&
                           std::ranges::all_of(name.substr(quote + 1), is_digit);
  return is_numbered ? name.substr(0, quote) : name;
}

/// What Rust ends names with: h and 16 hexadecimal digits.
bool is_rust_hash(std::string_view part) {
  return part.size() == 17 && part[0] == 'h' && std::ranges::all_of(part.substr(1), is_hex);
}

/// What Go calls closures: func1, and their closures 1.
bool is_go_closure(std::string_view part) {
  if (part.starts_with("func")) part.remove_prefix(4);
  return !part.empty() && std::ranges::all_of(part, is_digit);
}

/// Reads a name from its left to its right.
class NameReader {
 public:
  explicit NameReader(std::string_view text) : text_(text) {
    has_colons_ = text_.find("::") != text_.npos;
    if (!has_colons_) skip_package();
  }

  std::vector<std::string> parts() {
    while (at_ < text_.size() && step()) {
    }
    end_part();
    if (has_colons_ && parts_.size() > 1 && is_rust_hash(parts_.back())) parts_.pop_back();
    while (!has_colons_ && parts_.size() > 1 && is_go_closure(parts_.back())) {
      parts_.pop_back();
      is_inner_ = true;
    }
    return std::move(parts_);
  }
  bool is_inner() const { return is_inner_; }

 private:
  /// "github.com/someone/project/pkg.Func": the package alone is of the name.
  void skip_package() {
    const std::size_t slash = text_.substr(0, text_.find_first_of("(< ")).rfind('/');
    if (slash != text_.npos) text_.remove_prefix(slash + 1);
  }

  /// False at the end of what is the name.
  bool step() {
    const char c = text_[at_];
    if (is_operator()) return take_operator();
    if (c == ':' && text_.substr(at_).starts_with("::")) {
      at_ += 2;
      end_part();
      return true;
    }
    switch (c) {
      case '.':
        if (has_colons_) break;
        ++at_;
        end_part();
        return true;
      case ' ':
        return take_space();
      case '(':
        return take_parenthesis();
      case '<':
        return take_angle();
      case '[':
        skip_balanced();
        return true;
      case '{':
        if (text_.substr(at_).starts_with("{anonymous}")) {
          skip_balanced();
          return true;
        }
        is_inner_ = true;  // a closure: what is there already is the function it is in
        return false;
      default:
        break;
    }
    part_ += c;
    ++at_;
    return true;
  }

  bool is_operator() const { return part_ == kOperator && text_[at_] != ':' && text_[at_] != '.'; }

  /// "operator<<", "operator()", "operator new[]", "operator bool".
  bool take_operator() {
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with("()")) {
      part_ += "()";
    } else if (rest[0] == ' ') {
      const std::size_t end = std::min(rest.find_first_of("(<"), rest.size());
      part_ += rest.substr(0, end);
    } else {
      const std::size_t end = std::min(rest.find_first_not_of("<>=!+-*/%^&|~,[]\""), rest.size());
      part_ += rest.substr(0, end);
    }
    return false;
  }

  /// What stood before is the type of the result; what follows a bracket tells of a copy.
  bool take_space() {
    if (text_.substr(at_).starts_with(" [")) return false;
    ++at_;
    part_.clear();
    parts_.clear();
    return true;
  }

  bool take_parenthesis() {
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with(kUnnamed)) {
      at_ += kUnnamed.size();
      return true;
    }
    const bool is_receiver = !has_colons_ && part_.empty() && !parts_.empty();
    if (!is_receiver) {
      skip_balanced();
      is_inner_ = text_.find("::", at_) != text_.npos;
      return false;
    }
    const std::size_t end = rest.find(')');  // Go: "main.(*Server).handle"
    if (end == rest.npos) return false;
    part_ = rest.substr(1, end - 1);
    std::erase(part_, '*');
    at_ += end + 1;
    return true;
  }

  /// Template arguments; or a type of Rust, as in "<ring::Buffer as core::fmt::Debug>::fmt".
  bool take_angle() {
    const std::size_t begin = at_ + 1;
    skip_balanced();
    if (!part_.empty() || !parts_.empty() || at_ <= begin) return true;
    const std::string_view inside = text_.substr(begin, at_ - begin - 1);
    const std::string_view type = inside.substr(0, inside.find(" as "));
    if (depth_ > 0 || type.empty()) return true;
    NameReader reader(type);
    reader.depth_ = depth_ + 1;
    parts_ = reader.parts();
    return true;
  }

  /// From an opening bracket to after its end, or to the end of all.
  void skip_balanced() {
    std::string open;
    do {
      const char c = text_[at_];
      if (c == '<' || c == '(' || c == '[' || c == '{') open += c;
      const bool is_arrow = c == '>' && at_ > 0 && text_[at_ - 1] == '-';
      const bool closes = c == ')' || c == ']' || c == '}' || (c == '>' && !is_arrow);
      const bool is_greater = c == '>' && !open.empty() && open.back() != '<';
      if (closes && !is_greater && !open.empty()) open.pop_back();
      ++at_;
    } while (!open.empty() && at_ < text_.size());
  }

  void end_part() {
    if (!part_.empty()) parts_.push_back(std::move(part_));
    part_.clear();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool has_colons_ = false;
  bool is_inner_ = false;
  std::string part_;
  std::vector<std::string> parts_;
};

}  // namespace

PlainName read_name(std::string_view written) {
  if (written.starts_with("[") || written.starts_with("0x") || written == "???") return {};
  NameReader reader(without_marks(written.substr(0, kLongestName)));
  PlainName plain;
  for (const std::string& part : reader.parts()) {
    if (!plain.name.empty()) plain.name += "::";
    plain.name += part;
  }
  plain.is_inner = reader.is_inner();
  return plain;
}

std::string plain_name(std::string_view written) { return read_name(written).name; }

}  // namespace automod::analyzers
