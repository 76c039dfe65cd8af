#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "base/text.hpp"
#include "engine/trial/review/source.hpp"
#include "engine/trial/review/swallowed.hpp"

namespace automod::trial {

namespace {

constexpr std::size_t kMostPerFile = 100;

struct Mark {
  std::string_view text;  // as it is written
  std::string_view what;
};

// Facts about sanitizers begin with this word: the judge takes them for worse than the others.
constexpr auto kComments = std::to_array<Mark>({
    {"NOLINT", "NOLINT"},
    {"noqa", "noqa"},
    {"type: ignore", "type: ignore"},
    {"type:ignore", "type: ignore"},
    {"pylint: disable", "pylint: disable"},
    {"mypy: ignore-errors", "mypy: ignore-errors"},
    {"pyright: ignore", "pyright: ignore"},
    {"pragma: no cover", "coverage: no cover"},
    {"pragma: no branch", "coverage: no branch"},
    {"nosec", "nosec"},
    {"NOSONAR", "NOSONAR"},
    {"nolint", "nolint"},
    {"eslint-disable", "eslint-disable"},
    {"tslint:disable", "tslint:disable"},
    {"@ts-ignore", "@ts-ignore"},
    {"@ts-expect-error", "@ts-expect-error"},
    {"@ts-nocheck", "@ts-nocheck"},
    {"biome-ignore", "biome-ignore"},
    {"istanbul ignore", "coverage: istanbul ignore"},
    {"c8 ignore", "coverage: c8 ignore"},
    {"v8 ignore", "coverage: v8 ignore"},
    {"LCOV_EXCL", "coverage: LCOV_EXCL"},
    {"GCOV_EXCL", "coverage: GCOV_EXCL"},
    {"GCOVR_EXCL", "coverage: GCOVR_EXCL"},
    {"cppcheck-suppress", "cppcheck-suppress"},
    {"coverity[", "coverity"},
    {"PVS-Studio", "PVS-Studio"},
});

constexpr auto kNames = std::to_array<Mark>({
    {"no_sanitize", "sanitizer: no_sanitize"},
    {"__no_sanitize__", "sanitizer: no_sanitize"},
    {"no_sanitize_address", "sanitizer: no_sanitize_address"},
    {"no_sanitize_thread", "sanitizer: no_sanitize_thread"},
    {"no_sanitize_undefined", "sanitizer: no_sanitize_undefined"},
    {"no_sanitize_memory", "sanitizer: no_sanitize_memory"},
    {"__no_sanitize_address__", "sanitizer: no_sanitize_address"},
    {"no_address_safety_analysis", "sanitizer: no_address_safety_analysis"},
    {"disable_sanitizer_instrumentation", "sanitizer: disable_sanitizer_instrumentation"},
    {"__SANITIZE_ADDRESS__", "sanitizer: __SANITIZE_ADDRESS__"},
    {"__SANITIZE_THREAD__", "sanitizer: __SANITIZE_THREAD__"},
    {"address_sanitizer", "sanitizer: address_sanitizer"},
    {"thread_sanitizer", "sanitizer: thread_sanitizer"},
    {"memory_sanitizer", "sanitizer: memory_sanitizer"},
    {"undefined_behavior_sanitizer", "sanitizer: undefined_behavior_sanitizer"},
    {"__asan_default_options", "sanitizer: __asan_default_options"},
    {"__ubsan_default_options", "sanitizer: __ubsan_default_options"},
    {"__lsan_default_options", "sanitizer: __lsan_default_options"},
    {"__lsan_disable", "sanitizer: __lsan_disable"},
    {"__lsan_ignore_object", "sanitizer: __lsan_ignore_object"},
    {"__lsan_is_turned_off", "sanitizer: __lsan_is_turned_off"},
    {"__asan_unpoison_memory_region", "sanitizer: __asan_unpoison_memory_region"},
    {"no_profile_instrument_function", "coverage: no_profile_instrument_function"},
    {"__gcov_reset", "coverage: __gcov_reset"},
    {"SuppressWarnings", "SuppressWarnings"},
});

constexpr auto kBuildFlags = std::to_array<Mark>({
    {"-fno-sanitize", "sanitizer: -fno-sanitize"},
    {"-fsanitize-ignorelist", "sanitizer: -fsanitize-ignorelist"},
    {"-fsanitize-blacklist", "sanitizer: -fsanitize-blacklist"},
    {"detect_leaks=0", "sanitizer: detect_leaks=0"},
    {"halt_on_error=0", "sanitizer: halt_on_error=0"},
    {"-Wno-", "-Wno-"},
    {"-DNDEBUG", "NDEBUG"},
    {"|| true", "|| true"},
    {"|| :", "|| :"},
    {"continue-on-error: true", "continue-on-error"},
    {"allow_failure: true", "allow_failure"},
});

const Mark* find_name(std::string_view name) {
  for (const Mark& mark : kNames) {
    if (mark.text == name) return &mark;
  }
  return nullptr;
}

class Search {
 public:
  Search(const ReviewInput& input, Review& into)
      : input_(input), into_(into), added_(added_lines(input.files)) {}

  void run() {
    for (const auto& file : input_.files) {
      if (!file.original) continue;
      const auto source = read_source(file.path, *file.original);
      if (!source) continue;
      for (const Swallowed& one : swallowed_in(*source)) ++swallowed_[one.text];
    }
    for (std::size_t i = 0; i < input_.files.size(); ++i) {
      if (input_.files[i].modified) read(i, input_.files[i].path, *input_.files[i].modified);
    }
  }

 private:
  void read(std::size_t file, const std::string& path, const std::string& text) {
    file_ = file;
    text_ = text;
    path_ = path;
    count_ = 0;
    role_ = role_of(input_.config, path);
    if (const auto source = read_source(path, text)) return read_code(*source);
    if (role_ == FileRole::kDocument || text.find('\0') != text.npos) return;
    read_lines(text);
  }

  void read_code(const Source& source) {
    for (const Token& comment : source.comments) read_comment(comment);
    for (std::size_t i = 0; i < source.tokens.size(); ++i) read_token(source, i);
    for (std::size_t i = 0; i < source.tree.nodes.size(); ++i) read_node(source, i);
    if (role_ == FileRole::kTest) return;
    for (const Swallowed& one : swallowed_in(source)) {
      auto known = swallowed_.find(one.text);
      if (known != swallowed_.end() && known->second > 0) {
        --known->second;
      } else if (++count_ <= 2 * kMostPerFile) {
        push(FactKind::kSwallowed, one.what, one.line);
        into_.facts.back().after = shown(one.text);
      }
    }
  }

  bool is_added(std::size_t line) const {
    const auto& lines = added_[file_];
    return line > 0 && line <= lines.size() && lines[line - 1];
  }

  void push(FactKind kind, std::string_view what, std::size_t line) {
    CodeFact fact;
    fact.kind = kind;
    fact.path = path_;
    fact.line = line;
    fact.what = what;
    fact.after = shown(line_at(text_, line));
    into_.facts.push_back(std::move(fact));
  }

  void add(std::string_view what, std::size_t line) {
    if (!is_added(line) || count_ >= kMostPerFile) return;
    const bool is_test = role_ == FileRole::kTest || role_ == FileRole::kBenchmark;
    if (is_test && !what.starts_with("sanitizer:")) return;
    ++count_;
    push(FactKind::kSuppression, what, line);
  }

  void read_comment(const Token& comment) {
    std::size_t line = comment.line;
    for (const std::string_view text : split_lines(comment.text)) {
      for (const Mark& mark : kComments) {
        if (text.find(mark.text) == text.npos) continue;
        add(mark.what, line);
        break;
      }
      ++line;
    }
  }

  void read_token(const Source& source, std::size_t i) {
    const Token& token = source.tokens[i];
    if (token.kind == TokenKind::kString) {
      const std::string_view text = unquoted(token.text);
      if (text.find("detect_leaks=0") != text.npos || text.find("ASAN_OPTIONS") != text.npos ||
          text.find("UBSAN_OPTIONS") != text.npos) {
        add("sanitizer: options", token.line);
      }
      return;
    }
    if (token.kind != TokenKind::kName) return;
    if (const Mark* mark = find_name(token.text)) add(mark->what, token.line);
    if (token.text == "_Pragma" || token.text == "__pragma") {
      read_pragma(source.tokens, i);
    }
    const bool is_attribute = i > 0 && (source.tokens[i - 1].text == "[");
    if (source.language == analyzers::Language::kRust && token.text == "allow" && is_attribute) {
      add("allow", token.line);
    }
  }

  void read_pragma(const std::vector<Token>& tokens, std::size_t i) {
    for (std::size_t at = i + 1; at < tokens.size() && at < i + 8; ++at) {
      if (const auto what = pragma_kind(tokens[at].text)) return add(*what, tokens[i].line);
    }
  }

  static std::optional<std::string_view> pragma_kind(std::string_view text) {
    if (text.find("diagnostic ignored") != text.npos) return "diagnostic ignored";
    if (text.find("disable") != text.npos && text.find("warning") != text.npos) {
      return "warning disabled";
    }
    if (text.find("system_header") != text.npos) return "system_header";
    return std::nullopt;
  }

  void read_node(const Source& source, std::size_t i) {
    const auto& node = source.tree.nodes[i];
    if (node.type == "preproc_call") {
      if (const auto what = pragma_kind(source.text_of(i))) add(*what, node.line);
    }
    if (node.type != "preproc_def" && node.type != "preproc_function_def") return;
    const std::string_view text = source.text_of(i);
    for (const std::string_view name : {" NDEBUG", " assert(", " assert "}) {
      const auto at = text.find(name);
      if (at != text.npos && at < 12) add("NDEBUG", node.line);
    }
  }

  /// Build files, scripts and lists of suppressions.
  void read_lines(std::string_view text) {
    const bool is_list = path_.ends_with(".supp") || path_.find("ignorelist") != path_.npos ||
                         path_.find("blacklist") != path_.npos;
    const auto lines = split_lines(text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (!is_added(i + 1)) continue;
      const auto first = lines[i].find_first_not_of(" \t");
      if (first == lines[i].npos || lines[i][first] == '#') continue;
      if (is_list) {
        add("sanitizer: suppression list", i + 1);
        continue;
      }
      for (const Mark& mark : kBuildFlags) {
        if (lines[i].find(mark.text) == lines[i].npos) continue;
        const bool is_swallowed = mark.text.starts_with("|| ");
        if (is_swallowed) {
          push(FactKind::kSwallowed, mark.what, i + 1);
        } else {
          add(mark.what, i + 1);
        }
        break;
      }
    }
  }

  const ReviewInput& input_;
  Review& into_;
  std::vector<std::vector<bool>> added_;
  std::map<std::string, std::size_t> swallowed_;
  std::size_t file_ = 0;
  std::string_view text_;
  std::string path_;
  FileRole role_ = FileRole::kOther;
  std::size_t count_ = 0;
};

}  // namespace

void review_suppressions(const ReviewInput& input, Review& into) { Search(input, into).run(); }

}  // namespace automod::trial
