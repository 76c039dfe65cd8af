#include <array>
#include <atomic>
#include <cstdint>
#include <ctime>
#include <mutex>

#include "analyzers/treesitter/parse.hpp"
#include "analyzers/treesitter/wide_grammar.hpp"

extern "C" {
const TSLanguage* tree_sitter_c();
const TSLanguage* tree_sitter_cpp();
const TSLanguage* tree_sitter_go();
const TSLanguage* tree_sitter_java();
const TSLanguage* tree_sitter_javascript();
const TSLanguage* tree_sitter_python();
const TSLanguage* tree_sitter_rust();
const TSLanguage* tree_sitter_tsx();
const TSLanguage* tree_sitter_typescript();
}

namespace automod::analyzers {

namespace {

constexpr std::chrono::milliseconds kBudget{2000};
constexpr std::size_t kMuchText = 2u << 20;

struct Grammar {
  Language language;
  std::string_view name;
  const TSLanguage* (*grammar)();
};

constexpr std::array<Grammar, 9> kGrammars = {{
    {Language::kC, "c", tree_sitter_c},
    {Language::kCpp, "cpp", tree_sitter_cpp},
    {Language::kPython, "python", tree_sitter_python},
    {Language::kJavaScript, "javascript", tree_sitter_javascript},
    {Language::kTypeScript, "typescript", tree_sitter_typescript},
    {Language::kTsx, "tsx", tree_sitter_tsx},
    {Language::kGo, "go", tree_sitter_go},
    {Language::kRust, "rust", tree_sitter_rust},
    {Language::kJava, "java", tree_sitter_java},
}};

struct Ending {
  std::string_view ending;
  Language language;
};

constexpr std::array<Ending, 27> kEndings = {{
    {".c", Language::kC},
    {".h", Language::kCpp},
    {".cc", Language::kCpp},
    {".cpp", Language::kCpp},
    {".cxx", Language::kCpp},
    {".c++", Language::kCpp},
    {".C", Language::kCpp},
    {".hh", Language::kCpp},
    {".hpp", Language::kCpp},
    {".hxx", Language::kCpp},
    {".h++", Language::kCpp},
    {".H", Language::kCpp},
    {".ipp", Language::kCpp},
    {".tpp", Language::kCpp},
    {".inl", Language::kCpp},
    {".py", Language::kPython},
    {".pyi", Language::kPython},
    {".js", Language::kJavaScript},
    {".mjs", Language::kJavaScript},
    {".cjs", Language::kJavaScript},
    {".jsx", Language::kJavaScript},
    {".ts", Language::kTypeScript},
    {".mts", Language::kTypeScript},
    {".tsx", Language::kTsx},
    {".go", Language::kGo},
    {".rs", Language::kRust},
    {".java", Language::kJava},
}};

const Grammar& grammar_of(Language language) {
  for (const Grammar& grammar : kGrammars) {
    if (grammar.language == language) return grammar;
  }
  return kGrammars[0];
}

struct DeleteParser {
  void operator()(TSParser* parser) const { ts_parser_delete(parser); }
};

constexpr std::array<Language, kGrammars.size()> listed_languages() {
  std::array<Language, kGrammars.size()> languages{};
  for (std::size_t i = 0; i < languages.size(); ++i) languages[i] = kGrammars[i].language;
  return languages;
}

constexpr auto kLanguages = listed_languages();

/// The whole rest of the text at once. Taken by length, so that a NUL is a byte like another.
const char* read_rest(void* payload, std::uint32_t offset, TSPoint, std::uint32_t* length) {
  const auto& text = *static_cast<const std::string_view*>(payload);
  if (offset >= text.size()) {
    *length = 0;
    return "";
  }
  *length = static_cast<std::uint32_t>(text.size() - offset);
  return text.data() + offset;
}

/// A grammar that has been asked for much gets its wide form.
class GrammarInUse {
 public:
  const TSLanguage* next(Language language, std::size_t bytes) {
    const TSLanguage* plain = grammar(language);
    if (read_.fetch_add(bytes) + bytes < kMuchText) return plain;
    std::call_once(once_, [&] { wide_ = widened(plain).release(); });
    return wide_ == nullptr ? plain : wide_;
  }

 private:
  std::atomic<std::size_t> read_ = 0;
  std::once_flag once_;
  const TSLanguage* wide_ = nullptr;  // kept for as long as there may be trees
};

bool is_over(TSParseState* state) { return is_past(*static_cast<const Deadline*>(state->payload)); }

}  // namespace

std::span<const Language> all_languages() { return kLanguages; }

const TSLanguage* grammar(Language language) { return grammar_of(language).grammar(); }

std::string_view name(Language language) { return grammar_of(language).name; }

std::optional<Language> language_of(std::string_view path) {
  const std::string_view file = path.substr(path.rfind('/') + 1);
  for (const Ending& known : kEndings) {
    if (file.size() > known.ending.size() && file.ends_with(known.ending)) return known.language;
  }
  return std::nullopt;
}

WorkClock::time_point WorkClock::now() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return time_point(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
}

Deadline deadline_from_now() { return WorkClock::now() + kBudget; }

Tree parse_text(Language language, std::string_view text, Deadline deadline) {
  if (text.size() > kMostBytesParsed) return nullptr;
  // One a thread: what it has allocated serves the next text.
  thread_local const std::unique_ptr<TSParser, DeleteParser> parser(ts_parser_new());
  static std::array<GrammarInUse, kGrammars.size()> grammars;
  const auto number = static_cast<std::size_t>(language);
  if (!ts_parser_set_language(parser.get(), grammars[number].next(language, text.size()))) {
    return nullptr;
  }
  ts_parser_reset(parser.get());  // what was given up before is not to be gone on with
  const TSInput input{&text, read_rest, TSInputEncodingUTF8, nullptr};
  const TSParseOptions options{&deadline, is_over};
  return Tree(ts_parser_parse_with_options(parser.get(), nullptr, input, options));
}

}  // namespace automod::analyzers
