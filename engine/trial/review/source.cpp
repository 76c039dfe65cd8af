#include "engine/trial/review/source.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "base/files.hpp"
#include "base/text.hpp"

namespace automod::trial {

namespace {

using analyzers::Language;
using analyzers::SyntaxNode;

constexpr std::size_t kMostBytes = 2 * kMiB;
constexpr std::size_t kLongestShown = 160;
constexpr std::size_t kMostDepth = 1500;  // readers look up to the root from any node

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$' || static_cast<unsigned char>(c) >= 0x80;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_comment(std::string_view type) {
  return type == "comment" || type == "line_comment" || type == "block_comment";
}

bool is_string(std::string_view type) {
  static constexpr std::array<std::string_view, 14> kTypes = {
      "string_literal",
      "raw_string_literal",
      "char_literal",
      "character_literal",
      "system_lib_string",
      "interpreted_string_literal",
      "rune_literal",
      "string",
      "template_string",
      "regex",
      "jsx_text",
      "text_block",
      "multiline_string_literal",
      "byte_string_literal",
  };
  return std::ranges::find(kTypes, type) != kTypes.end();
}

bool is_interpolation(std::string_view type) {
  return type == "interpolation" || type == "template_substitution";
}

bool is_too_deep(const analyzers::SyntaxTree& tree) {
  std::vector<std::size_t> depths(tree.nodes.size());
  for (std::size_t i = 1; i < depths.size(); ++i) {
    depths[i] = depths[tree.nodes[i].parent] + 1;
    if (depths[i] > kMostDepth) return true;
  }
  return false;
}

TokenKind kind_of(std::string_view word) {
  if (is_digit(word[0]) || (word[0] == '.' && word.size() > 1 && is_digit(word[1]))) {
    return TokenKind::kNumber;
  }
  const bool is_name = is_word(word[0]) || word.starts_with("\\u");  // a letter by its number
  return is_name ? TokenKind::kName : TokenKind::kSymbol;
}

bool is_splice(std::string_view gap) {
  while (gap.starts_with("\\\n") || gap.starts_with("\\\r\n"))
    gap.remove_prefix(gap[1] == '\r' ? 3 : 2);
  return gap.empty();
}

/// Turns a tree into tokens. What the grammar skipped is read by its letters, so that nothing
/// hides between two nodes.
class Reader {
 public:
  explicit Reader(Source& source) : source_(source) {}

  void read() {
    const auto& nodes = source_.tree.nodes;
    for (std::size_t i = 0; i < nodes.size();) i = visit(i);
    fill_gap(source_.text.size());
  }

 private:
  std::size_t visit(std::size_t i) {
    const SyntaxNode& node = source_.tree.nodes[i];
    while (!spans_.empty() && i >= spans_.back().after) spans_.pop_back();
    if (!spans_.empty() && spans_.back().is_string) {
      if (!is_interpolation(node.type)) return node.after;
      spans_.push_back({node.after, false});
      return i + 1;
    }
    if (is_comment(node.type)) {
      add(source_.comments, TokenKind::kString, i);
      return node.after;
    }
    if (node.type == "preproc_arg") {
      add_macro(i);
      return node.after;
    }
    if (is_string(node.type)) {
      add(source_.tokens, TokenKind::kString, i);
      spans_.push_back({node.after, true});
      return i + 1;
    }
    if (source_.tree.is_leaf(i) && node.end > node.begin) add_leaf(i);
    return i + 1;
  }

  void add(std::vector<Token>& to, TokenKind kind, std::size_t i) {
    const SyntaxNode& node = source_.tree.nodes[i];
    fill_gap(node.begin);
    to.push_back({kind, std::string(source_.text_of(i)), node.line, i, false});
    read_until_ = std::max(read_until_, node.end);
  }

  void add_leaf(std::size_t i) {
    const SyntaxNode& node = source_.tree.nodes[i];
    const std::string_view word = source_.text_of(i);
    if (node.begin < read_until_ || word.find_first_not_of(" \t\r\n") == word.npos) return;
    auto& tokens = source_.tokens;
    const std::string_view gap = source_.text.substr(read_until_, node.begin - read_until_);
    const bool goes_on = !gap.empty() && !tokens.empty() && is_splice(gap) &&
                         tokens.back().kind == TokenKind::kName && is_word(word[0]);
    if (goes_on) {
      tokens.back().text += word;
      read_until_ = node.end;
    } else {
      add(tokens, kind_of(word), i);
    }
  }

  void add_macro(std::size_t i) {
    const SyntaxNode& node = source_.tree.nodes[i];
    fill_gap(node.begin);
    add_split(source_.text_of(i), node.line, i);
    read_until_ = std::max(read_until_, node.end);
  }

  void add_split(std::string_view text, std::size_t line, std::size_t node) {
    for (Token& token : split_tokens(text, line)) {
      token.node = node;
      source_.tokens.push_back(std::move(token));
    }
  }

  void fill_gap(std::size_t until) {
    if (until <= read_until_) return;
    const std::string_view gap = source_.text.substr(read_until_, until - read_until_);
    if (gap.find_first_not_of(" \t\r\n\f\v\\") == gap.npos) return;
    const std::size_t line = source_.tokens.empty() ? 1 : source_.tokens.back().line;
    add_split(gap, line, 0);
    read_until_ = until;
  }

  struct Span {
    std::size_t after;
    bool is_string;
  };
  Source& source_;
  std::vector<Span> spans_;
  std::size_t read_until_ = 0;
};

std::size_t word_end(std::string_view text, std::size_t at, std::string& word) {
  while (at < text.size()) {
    if (is_word(text[at])) {
      word += text[at++];
    } else if (text.substr(at).starts_with("\\\n") && at + 2 < text.size() &&
               is_word(text[at + 2])) {
      at += 2;
    } else {
      break;
    }
  }
  return at;
}

std::size_t string_end(std::string_view text, std::size_t at) {
  const char quote = text[at++];
  while (at < text.size() && text[at] != quote && text[at] != '\n') {
    at += text[at] == '\\' && at + 1 < text.size() ? 2 : 1;
  }
  return std::min(at + 1, text.size());
}

std::size_t comment_end(std::string_view text, std::size_t at) {
  const bool is_block = text[at + 1] == '*';
  const std::size_t end = text.find(is_block ? "*/" : "\n", at + 2);
  return end == text.npos ? text.size() : end + (is_block ? 2 : 1);
}

/// Length of the operator that begins here.
std::size_t symbol_length(std::string_view rest) {
  if (rest.starts_with("%:%:")) return 4;
  for (const std::string_view pair : {"##", "::", "->"}) {
    if (rest.starts_with(pair)) return 2;
  }
  return 1;
}

std::string_view trimmed(std::string_view line) {
  const auto first = line.find_first_not_of(" \t\r\f\v");
  if (first == line.npos) return {};
  return line.substr(first, line.find_last_not_of(" \t\r\f\v") - first + 1);
}

}  // namespace

bool Source::is_script() const {
  return language == Language::kJavaScript || language == Language::kTypeScript ||
         language == Language::kTsx;
}

std::string_view Source::text_of(std::size_t node) const {
  const SyntaxNode& found = tree.nodes[node];
  return text.substr(found.begin, found.end - found.begin);
}

const SyntaxNode& Source::parent_of(std::size_t node) const {
  return tree.nodes[tree.nodes[node].parent];
}

std::optional<std::size_t> Source::above(std::size_t node, std::string_view type) const {
  while (node != 0) {
    node = tree.nodes[node].parent;
    if (tree.nodes[node].type == type) return node;
  }
  return std::nullopt;
}

std::optional<Language> code_language(std::string_view path) {
  if (const auto known = analyzers::language_of(path)) return known;
  struct Ending {
    std::string_view text;
    Language language;
  };
  static constexpr auto kEndings = std::to_array<Ending>({
      {".inc", Language::kCpp},      {".def", Language::kCpp},        {".tcc", Language::kCpp},
      {".txx", Language::kCpp},      {".ixx", Language::kCpp},        {".cppm", Language::kCpp},
      {".mpp", Language::kCpp},      {".cu", Language::kCpp},         {".cuh", Language::kCpp},
      {".ii", Language::kCpp},       {".h.in", Language::kCpp},       {".hpp.in", Language::kCpp},
      {".c.in", Language::kCpp},     {".cpp.in", Language::kCpp},     {".impl", Language::kCpp},
      {".pyw", Language::kPython},   {".pyx", Language::kPython},     {".pxi", Language::kPython},
      {".py.in", Language::kPython}, {".cts", Language::kTypeScript},
  });
  const std::string_view file = path.substr(path.rfind('/') + 1);
  for (const Ending& known : kEndings) {
    if (file.size() > known.text.size() && file.ends_with(known.text)) return known.language;
  }
  return std::nullopt;
}

namespace {

/// A script without an ending says on its first line by whom it is read.
std::optional<Language> language_by_heading(std::string_view text) {
  const std::string_view first = text.substr(0, text.find('\n'));
  if (!first.starts_with("#!")) return std::nullopt;
  if (first.find("python") != first.npos) return Language::kPython;
  const bool is_script = first.find("node") != first.npos || first.find("deno") != first.npos;
  return is_script ? std::optional(Language::kJavaScript) : std::nullopt;
}

}  // namespace

std::optional<Source> read_source(std::string_view path, std::string_view text) {
  auto language = code_language(path);
  if (!language) language = language_by_heading(text);
  if (!language) return std::nullopt;
  auto tree = analyzers::syntax_tree(*language, text, kMostBytes);
  if (!tree || is_too_deep(*tree)) return std::nullopt;
  Source source{.path = std::string(path),
                .text = text,
                .language = *language,
                .tree = std::move(*tree),
                .tokens = {},
                .comments = {}};
  Reader(source).read();
  return source;
}

std::vector<Token> split_tokens(std::string_view text, std::size_t line) {
  std::vector<Token> tokens;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '\n') ++line;
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\\') {
      ++at;
      continue;
    }
    const std::string_view rest = text.substr(at);
    if (rest.starts_with("/*") || rest.starts_with("//")) {
      const std::size_t end = comment_end(text, at);
      const auto breaks = std::ranges::count(text.substr(at, end - at), '\n');
      line += static_cast<std::size_t>(breaks);
      at = end;
      continue;
    }
    Token token{.kind = kind_of(rest), .text = {}, .line = line, .node = 0, .in_macro = true};
    if (is_word(c)) {
      at = word_end(text, at, token.text);
    } else {
      const bool is_text = c == '"' || c == '\'';
      if (is_text) token.kind = TokenKind::kString;
      const std::size_t end = is_text ? string_end(text, at) : at + symbol_length(rest);
      token.text = text.substr(at, end - at);
      at = end;
    }
    if (token.text == "%:%:") token.text = "##";
    tokens.push_back(std::move(token));
  }
  return tokens;
}

std::string_view unquoted(std::string_view literal) {
  const auto first = literal.find_first_of("\"'`<");
  if (first == literal.npos) return literal;
  const char quote = literal[first];
  literal.remove_prefix(first);
  const std::string_view triple = literal.substr(0, 3);
  if (triple == "\"\"\"" || triple == "'''") {
    literal.remove_prefix(3);
    return literal.ends_with(triple) ? literal.substr(0, literal.size() - 3) : literal;
  }
  literal.remove_prefix(1);
  const auto last = literal.rfind(quote == '<' ? '>' : quote);
  return literal.substr(0, last);
}

std::string shown(std::string_view text) {
  std::string line;
  for (const char c : text.substr(0, kLongestShown * 4)) {
    const bool is_blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (is_blank && (line.empty() || line.back() == ' ')) continue;
    line += is_blank ? ' ' : c;
  }
  while (line.ends_with(' ')) line.pop_back();
  if (line.size() > kLongestShown) {
    std::size_t end = kLongestShown;
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xc0U) == 0x80) --end;
    line.resize(end);
    line += "…";
  }
  return valid_utf8(line);
}

std::string_view line_at(std::string_view text, std::size_t number) {
  std::size_t begin = 0;
  for (std::size_t line = 1; line < number; ++line) {
    const auto end = text.find('\n', begin);
    if (end == text.npos) return {};
    begin = end + 1;
  }
  return text.substr(begin, text.find('\n', begin) - begin);
}

std::vector<std::vector<bool>> added_lines(const std::vector<FileChange>& files) {
  std::unordered_map<std::string_view, std::size_t> known;
  for (const auto& file : files) {
    if (!file.original) continue;
    for (const auto line : split_lines(*file.original)) ++known[trimmed(line)];
  }
  std::vector<std::vector<bool>> all;
  for (const auto& file : files) {
    std::vector<bool> added;
    if (file.modified) {
      for (const auto line : split_lines(*file.modified)) {
        const auto found = known.find(trimmed(line));
        const bool is_known = found != known.end() && found->second > 0;
        if (is_known) --found->second;
        added.push_back(!is_known);
      }
    }
    all.push_back(std::move(added));
  }
  return all;
}

}  // namespace automod::trial
