#include <array>
#include <cstdint>

#include "analyzers/treesitter/parse.hpp"
#include "base/files.hpp"

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

constexpr std::size_t kMostBytes = 8 * kMiB;
constexpr std::chrono::milliseconds kBudget{2000};

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

bool is_over(TSParseState* state) {
  return std::chrono::steady_clock::now() >= *static_cast<const Deadline*>(state->payload);
}

}  // namespace

std::string_view name(Language language) { return grammar_of(language).name; }

std::optional<Language> language_of(std::string_view path) {
  const std::string_view file = path.substr(path.rfind('/') + 1);
  for (const Ending& known : kEndings) {
    if (file.size() > known.ending.size() && file.ends_with(known.ending)) return known.language;
  }
  return std::nullopt;
}

Deadline deadline_from_now() { return std::chrono::steady_clock::now() + kBudget; }

Tree parse_text(Language language, std::string_view text, Deadline deadline) {
  if (text.size() > kMostBytes) return nullptr;
  const std::unique_ptr<TSParser, DeleteParser> parser(ts_parser_new());
  if (!ts_parser_set_language(parser.get(), grammar_of(language).grammar())) return nullptr;
  const TSInput input{&text, read_rest, TSInputEncodingUTF8, nullptr};
  const TSParseOptions options{&deadline, is_over};
  return Tree(ts_parser_parse_with_options(parser.get(), nullptr, input, options));
}

}  // namespace automod::analyzers
