#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>
#include <span>
#include <string>

#include "base/files.hpp"
#include "engine/trial/review/source.hpp"

namespace automod::trial {

namespace {

constexpr std::size_t kMostBytes = 16 * kMiB;  // of the base that are searched
constexpr std::size_t kMostLiterals = 500;

bool is_among(std::string_view word, std::span<const std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// `word` stands in `text` with nothing of a word around it.
bool has_word(std::string_view text, std::string_view word) {
  for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
    const bool is_begin = at == 0 || !is_word(text[at - 1]) || !is_word(word.front());
    const std::size_t end = at + word.size();
    const bool is_end = end == text.size() || !is_word(text[end]) || !is_word(word.back());
    if (is_begin && is_end) return true;
  }
  return false;
}

/// A number without separators and suffix, in decimal where it is whole.
std::string plain_number(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != '\'' && c != '_') digits += c;
  }
  const bool is_hex = digits.starts_with("0x") || digits.starts_with("0X");
  while (!digits.empty() &&
         std::string_view(is_hex ? "uUlLn" : "uUlLnfF").find(digits.back()) != std::string::npos) {
    digits.pop_back();
  }
  unsigned long long value = 0;
  const char* begin = digits.data() + (is_hex ? 2 : 0);
  const char* end = digits.data() + digits.size();
  const auto read = std::from_chars(begin, end, value, is_hex ? 16 : 10);
  return read.ec == std::errc() && read.ptr == end ? std::to_string(value) : digits;
}

/// Numbers that occur everywhere by themselves: powers, sizes, times, angles, statuses.
bool is_common_number(std::string_view number) {
  static constexpr auto kCommon = std::to_array<std::string_view>(
      {"60",         "64",         "90",        "99",    "100",   "120",   "127",    "180",
       "200",        "201",        "204",       "255",   "256",   "270",   "300",    "301",
       "302",        "304",        "360",       "365",   "366",   "400",   "401",    "403",
       "404",        "409",        "422",       "429",   "500",   "502",   "503",    "512",
       "600",        "1000",       "1023",      "1024",  "3600",  "4096",  "8080",   "8192",
       "10000",      "32767",      "32768",     "65535", "65536", "86400", "100000", "1000000",
       "2147483647", "4294967295", "1000000000"});
  return is_among(number, kCommon);
}

struct Literal {
  CodeFact fact;
  std::string value;  // as it is searched for
  // What a test expects may be what the product has to say; what is compared with it is not.
  bool counts_in_benchmark = false;
  bool counts_in_test = false;
};

/// The text of the token's line. Found from the token, which is quick in long files.
std::string_view line_of(const Source& source, const Token& token) {
  if (token.in_macro || token.node == 0) return line_at(source.text, token.line);
  const std::size_t at = source.tree.nodes[token.node].begin;
  const auto before = at == 0 ? std::string_view::npos : source.text.rfind('\n', at - 1);
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  return source.text.substr(begin, source.text.find('\n', at) - begin);
}

/// What the literal is used for: compared for being the same, or in another way.
enum class Comparing { kNot, kOrder, kSame };

Comparing comparing(const Source& source, std::size_t i) {
  static constexpr auto kSame =
      std::to_array<std::string_view>({"==", "!=", "===", "!==", "case", "in", "is"});
  static constexpr auto kOrder = std::to_array<std::string_view>({"<", ">", "<=", ">=", "%"});
  static constexpr auto kCalls = std::to_array<std::string_view>(
      {"starts_with", "ends_with", "contains", "find", "equals", "startsWith", "endsWith",
       "startswith", "endswith", "includes", "strcmp", "strncmp", "strstr", "indexOf", "compare",
       "HasPrefix", "HasSuffix", "Contains", "memcmp"});
  const auto& tokens = source.tokens;
  const auto stands_by = [&](std::span<const std::string_view> words) {
    return (i > 0 && is_among(tokens[i - 1].text, words)) ||
           (i + 1 < tokens.size() && is_among(tokens[i + 1].text, words));
  };
  if (stands_by(kSame)) return Comparing::kSame;
  for (std::size_t back = 1; back <= 6 && back <= i; ++back) {
    if (is_among(tokens[i - back].text, kCalls)) return Comparing::kSame;
  }
  return stands_by(kOrder) ? Comparing::kOrder : Comparing::kNot;
}

class Search {
 public:
  Search(const ReviewInput& input, Review& into) : input_(input), into_(into) {}

  void run() {
    note_benchmarks();
    for (const auto& file : input_.files) {
      if (file.original) read_original(file.path, *file.original);
    }
    for (const auto& file : input_.files) {
      if (!file.modified || role_of(input_.config, file.path) != FileRole::kSource) continue;
      const auto source = read_source(file.path, *file.modified);
      if (source) read_modified(*source);
    }
    if (!literals_.empty()) compare_with_base();
  }

 private:
  void note_command(const std::string& command) {
    commands_ += command + "\n";
    const std::string_view program = std::string_view(command).substr(0, command.find(' '));
    add_identity(program.substr(program.rfind('/') + 1));
  }

  /// Programs and files by which code may know that it is being measured. A single plain word
  /// such as "rank" is the product's own.
  void add_identity(std::string_view name) {
    const bool is_telling = name.find_first_of("_-") != name.npos || name.find("ench") != name.npos;
    if (name.size() >= 6 && is_telling) identities_.emplace(name);
  }

  void note_benchmarks() {
    for (const auto& row : input_.config.benchmarks) {
      note_command(row.command);
      add_identity(row.name);
    }
    for (const auto& row : input_.config.held_out) {
      note_command(row.command);
      add_identity(row.name);
    }
    for (const auto& path : input_.base_paths) {
      if (role_of(input_.config, path) != FileRole::kBenchmark) continue;
      if (!analyzers::language_of(path)) continue;
      const std::string_view file = std::string_view(path).substr(path.rfind('/') + 1);
      add_identity(file.substr(0, file.rfind('.')));
    }
  }

  void read_original(const std::string& path, const std::string& text) {
    if (role_of(input_.config, path) != FileRole::kSource) return;
    const auto source = read_source(path, text);
    if (!source) return;
    for (std::size_t i = 0; i < source->tokens.size(); ++i) {
      const Token& token = source->tokens[i];
      if (token.kind == TokenKind::kNumber) known_.insert(plain_number(token.text));
      if (token.kind == TokenKind::kString) known_.emplace(unquoted(token.text));
      const std::string_view sign = identity_at(*source, i);
      if (!sign.empty()) known_identities_.emplace(sign);
    }
  }

  CodeFact fact(FactKind kind, const Source& source, const Token& token, std::string_view what) {
    CodeFact made;
    made.kind = kind;
    made.path = source.path;
    made.line = token.line;
    made.what = shown(what);
    made.after = shown(line_at(source.text, token.line));
    return made;
  }

  void read_modified(const Source& source) {
    for (std::size_t i = 0; i < source.tokens.size(); ++i) {
      const Token& token = source.tokens[i];
      const std::string_view sign = identity_at(source, i);
      if (!sign.empty() && !known_identities_.contains(sign) && count_ < kMostLiterals) {
        ++count_;
        into_.facts.push_back(fact(FactKind::kBenchmarkIdentity, source, token, sign));
      }
      if (token.kind == TokenKind::kNumber) add_number(source, i);
      if (token.kind == TokenKind::kString && sign.empty()) add_string(source, i);
    }
  }

  void add_number(const Source& source, std::size_t i) {
    const std::string value = plain_number(source.tokens[i].text);
    if (value.size() < 2 || known_.contains(value) || literals_.size() >= kMostLiterals) return;
    const Comparing compares = comparing(source, i);
    const bool is_same = compares == Comparing::kSame;
    const bool is_common = is_common_number(value) || value.size() == 2;
    // Even a round number may be the very size of the benchmark's input, where code asks for it.
    const bool in_benchmark =
        is_common ? is_same && value.size() > 2 : compares != Comparing::kNot || value.size() >= 5;
    literals_.push_back({fact(FactKind::kBenchmarkLiteral, source, source.tokens[i], value), value,
                         in_benchmark, !is_common && (is_same || value.size() >= 5)});
  }

  void add_string(const Source& source, std::size_t i) {
    const std::string value(unquoted(source.tokens[i].text));
    const bool is_path = source.parent_of(source.tokens[i].node).type == "preproc_include";
    if (value.size() < 4 || value.size() > 400 || is_path) return;
    if (known_.contains(value) || literals_.size() >= kMostLiterals) return;
    const bool is_same = comparing(source, i) == Comparing::kSame;
    const bool is_format = value.find_first_of("{%") != value.npos;
    literals_.push_back({fact(FactKind::kBenchmarkLiteral, source, source.tokens[i], value), value,
                         is_same || (value.size() >= 8 && !is_format), is_same});
  }

  /// How the token lets code know who runs it; empty: it does not.
  std::string_view identity_at(const Source& source, std::size_t i) const {
    const Token& token = source.tokens[i];
    if (token.kind == TokenKind::kString) return identity_in_string(source, i);
    if (token.kind != TokenKind::kName) return {};
    static constexpr auto kNames = std::to_array<std::string_view>(
        {"program_invocation_name", "program_invocation_short_name", "__progname", "getprogname",
         "_NSGetExecutablePath", "__builtin_return_address", "__builtin_frame_address", "_getframe",
         "extract_stack", "captureStackTrace", "getStackTrace", "StackWalker", "backtrace",
         "stacktrace", "current_test_info", "PYTEST_CURRENT_TEST", "jest"});
    if (is_among(token.text, kNames) && !is_own(source, i)) return token.text;
    return identity_by_context(source, i);
  }

  static bool is_own(const Source& source, std::size_t i) {
    return source.tree.nodes[source.tokens[i].node].field == "declarator";
  }

  static std::string_view identity_by_context(const Source& source, std::size_t i) {
    const auto& tokens = source.tokens;
    const auto word = [&](std::size_t at) {
      return at < tokens.size() ? std::string_view(tokens[at].text) : std::string_view();
    };
    static constexpr auto kTelling = std::to_array<std::string_view>(
        {"argv", "__FILE__", "sys", "inspect", "runtime", "testing", "cfg"});
    static constexpr auto kMacros = std::to_array<std::string_view>(
        {"BENCHMARK", "BENCHMARKING", "UNIT_TEST", "UNIT_TESTS", "UNIT_TESTING", "TESTING",
         "RUNNING_TESTS", "RUNNING_BENCHMARK"});
    if (!is_among(word(i), kTelling) && !is_among(word(i), kMacros)) return {};
    const std::string_view line = line_of(source, tokens[i]);
    const bool is_first = word(i + 1) == "[" && (word(i + 2) == "0" || word(i + 2) == "1");
    if (word(i) == "argv" && is_first && decides(line)) return "argv[0]";
    if (word(i) == "__FILE__" && decides(line)) return "__FILE__";
    if (word(i) == "sys" && word(i + 2) == "modules" && line.find("test") != line.npos) {
      return "sys.modules";
    }
    if (word(i) == "inspect" && (word(i + 2) == "stack" || word(i + 2) == "currentframe")) {
      return "inspect.stack";
    }
    if (word(i) == "runtime" && word(i + 2).starts_with("Caller")) return "runtime.Caller";
    if (word(i) == "testing" && word(i + 2) == "Testing") return "testing.Testing";
    if (word(i) == "cfg" &&
        (line.find("cfg!(test)") != line.npos || line.find("cfg(not(test))") != line.npos)) {
      return "cfg(test)";
    }
    const bool is_condition = line.find("#if") != line.npos || line.find("defined") != line.npos;
    if (is_condition && is_among(word(i), kMacros)) return tokens[i].text;
    return {};
  }

  /// The line does more with a name than to print it.
  static bool decides(std::string_view line) {
    static constexpr auto kWords = std::to_array<std::string_view>(
        {"strstr", "strcmp", "strncmp", "find", "ends_with", "starts_with", "contains", "endswith",
         "startswith", "endsWith", "startsWith", "includes", "==", "!=", "basename", "rfind",
         "string_view", "match", " in "});
    return std::ranges::any_of(kWords,
                               [&](std::string_view word) { return line.find(word) != line.npos; });
  }

  std::string_view identity_in_string(const Source& source, std::size_t i) const {
    const std::string_view text = unquoted(source.tokens[i].text);
    static constexpr auto kParts = std::to_array<std::string_view>(
        {"PYTEST_CURRENT_TEST", "PYTEST_XDIST", "CTEST_", "GTEST_", "JEST_WORKER_ID", "BAZEL_TEST",
         "TEST_SRCDIR", "RUST_TEST_", "NEXTEST", "GO_TEST", "/proc/self/exe", "/proc/self/cmdline",
         "/proc/self/comm", "/proc/self/environ", "/proc/self/status", "_called_from_test",
         "BENCHMARK_", "_pytest"});
    for (const std::string_view part : kParts) {
      if (text.find(part) != text.npos) return part;
    }
    static constexpr auto kVariables = std::to_array<std::string_view>(
        {"CI", "BENCHMARK", "BENCH", "TEST", "TESTING", "GITHUB_ACTIONS", "GITLAB_CI",
         "CONTINUOUS_INTEGRATION", "test.v", "test.bench", "pytest", "unittest"});
    if (is_among(text, kVariables) && asks_environment(source, i)) {
      return *std::ranges::find(kVariables, text);
    }
    for (const std::string& name : identities_) {
      if (has_word(text, name)) return name;
    }
    return {};
  }

  static bool asks_environment(const Source& source, std::size_t i) {
    static constexpr auto kWords =
        std::to_array<std::string_view>({"getenv", "secure_getenv", "environ", "env", "LookupEnv",
                                         "Getenv", "var", "Lookup", "modules"});
    for (std::size_t at = i < 6 ? 0 : i - 6; at < source.tokens.size() && at < i + 6; ++at) {
      if (is_among(source.tokens[at].text, kWords)) return true;
    }
    return false;
  }

  /// Which literals a text has, found by the first word of each: one pass over the text.
  void mark(std::vector<bool>& marks, std::string_view text) const {
    for (std::size_t at = 0; at < text.size();) {
      if (!is_word(text[at])) {
        ++at;
        continue;
      }
      const std::size_t begin = at;
      while (at < text.size() && is_word(text[at])) ++at;
      const auto [first, last] = by_word_.equal_range(text.substr(begin, at - begin));
      for (auto found = first; found != last; ++found) {
        const auto [index, offset] = found->second;
        const std::string& value = literals_[index].value;
        const bool is_there = begin >= offset && text.substr(begin - offset).starts_with(value);
        if (is_there) marks[index] = true;
      }
    }
  }

  void sort_by_word() {
    for (std::size_t i = 0; i < literals_.size(); ++i) {
      const std::string_view value = literals_[i].value;
      std::size_t begin = 0;
      while (begin < value.size() && !is_word(value[begin])) ++begin;
      std::size_t end = begin;
      while (end < value.size() && is_word(value[end])) ++end;
      if (end > begin) by_word_.emplace(value.substr(begin, end - begin), std::pair(i, begin));
    }
  }

  void compare_with_base() {
    sort_by_word();
    std::vector<bool> in_benchmark(literals_.size());
    std::vector<bool> in_test(literals_.size());
    std::vector<bool> in_source(literals_.size());
    mark(in_benchmark, commands_);
    std::size_t bytes = 0;
    for (const auto& path : input_.base_paths) {
      const FileRole role = role_of(input_.config, path);
      const bool is_checking = role == FileRole::kBenchmark || role == FileRole::kTest;
      if (!is_checking && role != FileRole::kSource) continue;
      const auto text = bytes > kMostBytes ? std::nullopt : input_.read_base(path);
      if (!text) continue;
      bytes += text->size();
      auto& marks = role == FileRole::kBenchmark ? in_benchmark
                    : role == FileRole::kTest    ? in_test
                                                 : in_source;
      mark(marks, *text);
    }
    for (std::size_t i = 0; i < literals_.size(); ++i) {
      Literal& literal = literals_[i];
      const bool counts = (in_benchmark[i] && literal.counts_in_benchmark) ||
                          (in_test[i] && literal.counts_in_test);
      if (counts && !in_source[i]) into_.facts.push_back(std::move(literal.fact));
    }
  }

  const ReviewInput& input_;
  Review& into_;
  std::string commands_;
  std::set<std::string, std::less<>> identities_;
  std::set<std::string, std::less<>> known_;  // literals of the old sides
  std::set<std::string, std::less<>> known_identities_;
  std::vector<Literal> literals_;
  std::multimap<std::string_view, std::pair<std::size_t, std::size_t>> by_word_;
  std::size_t count_ = 0;
};

}  // namespace

void review_special_cases(const ReviewInput& input, Review& into) { Search(input, into).run(); }

}  // namespace automod::trial
