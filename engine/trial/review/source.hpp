#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/treesitter/nodes.hpp"
#include "engine/trial/review/review.hpp"

/// Code as the readers of a change see it: words with what is a comment or a string told apart.
namespace automod::trial {

enum class TokenKind { kName, kNumber, kString, kSymbol };

struct Token {
  TokenKind kind = TokenKind::kSymbol;
  std::string text;      // strings with their quotes
  std::size_t line = 0;  // from 1
  std::size_t node = 0;  // in Source::tree; of a macro's body: the body
  bool in_macro = false;
};

/// One side of one file.
struct Source {
  std::string path;
  std::string_view text;  // borrowed
  analyzers::Language language = analyzers::Language::kC;
  analyzers::SyntaxTree tree;
  std::vector<Token> tokens;  // with the bodies of macros, without comments
  std::vector<Token> comments;

  bool is_c() const {
    return language == analyzers::Language::kC || language == analyzers::Language::kCpp;
  }
  bool is_script() const;  // JavaScript and its relatives
  std::string_view text_of(std::size_t node) const;
  const analyzers::SyntaxNode& parent_of(std::size_t node) const;
  /// The nearest node above of that type.
  std::optional<std::size_t> above(std::size_t node, std::string_view type) const;
};

/// As analyzers::language_of, and by endings that are code only because something includes it:
/// "table.inc", "config.h.in".
std::optional<analyzers::Language> code_language(std::string_view path);

/// nullopt: no grammar knows the file, by its ending or its first line, or it is too large or too
/// deep to be read.
std::optional<Source> read_source(std::string_view path, std::string_view text);

/// Words of C-like text that no grammar reads: a macro's body.
std::vector<Token> split_tokens(std::string_view text, std::size_t line);

/// What is between the quotes; escapes as they are written.
std::string_view unquoted(std::string_view literal);

/// On one line, bounded, valid UTF-8.
std::string shown(std::string_view text);

/// The line of `text` with that number, from 1; empty behind the end.
std::string_view line_at(std::string_view text, std::size_t number);

/// For each line of the files' new sides, whether it was on no line of any old side. White space
/// at both ends does not count, and a line that was moved is not new.
std::vector<std::vector<bool>> added_lines(const std::vector<FileChange>& files);

}  // namespace automod::trial
