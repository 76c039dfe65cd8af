#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/treesitter/syntax.hpp"

/// A source file as statements, the same way for every language with a grammar, so that two
/// versions of it can be compared without regard to how they are written down.
namespace automod::trial {

/// A word, number, string or sign.
struct Lexeme {
  std::string text;
  bool is_word = false;       // a name or keyword
  bool is_number = false;     // a literal
  bool is_string = false;     // a literal, with its quotes
  bool declares = false;      // the name of a local variable where it is introduced
  bool is_parameter = false;  // the name of a parameter of a C or C++ function
};

/// One statement or declaration, or the part of it in front of a block.
struct Statement {
  std::vector<Lexeme> tokens;  // no comments, no final semicolon
  std::string text;            // the tokens, separated by spaces
  std::string type;            // the grammar's word for the node it begins with
  std::size_t line = 0;
  std::size_t depth = 0;
  bool opens = false;      // what is in the block follows, one deeper
  bool continues = false;  // goes on behind a block of the statement before: "else", ", 10)"
};

struct Outline {
  std::vector<Statement> statements;  // in the order of the file
  std::string comments;               // all of them, one after the other
  bool has_errors = false;

  /// Index of the first statement behind `index` that is not inside it.
  std::size_t after(std::size_t index) const;
};

/// nullopt where the file cannot be read within bounds.
std::optional<Outline> outline(analyzers::Language language, std::string_view text);

/// Words, numbers, strings and signs of a macro's text, which no grammar looks into.
std::vector<Lexeme> lexed(std::string_view text);

std::string joined(const std::vector<Lexeme>& tokens);

}  // namespace automod::trial
