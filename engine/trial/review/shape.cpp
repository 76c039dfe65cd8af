#include <cstdint>
#include <string>
#include <string_view>

#include "analyzers/treesitter/nodes.hpp"
#include "base/digest.hpp"
#include "base/files.hpp"
#include "engine/trial/review/review.hpp"

namespace automod::trial {

namespace {

using analyzers::Language;
using analyzers::SyntaxNode;
using analyzers::SyntaxTree;

constexpr std::size_t kMostBytes = 2 * kMiB;

/// Comments that a tool obeys or runs: Go's directives and C preambles, Rust's documentation with
/// its tests, and the first lines that say how a file is encoded or started.
bool comment_counts(Language language, const SyntaxNode& node, std::string_view text) {
  const std::string_view comment = text.substr(node.begin, node.end - node.begin);
  if (language == Language::kGo || node.line <= 2) return true;
  if (language != Language::kRust) return false;
  return comment.starts_with("///") || comment.starts_with("//!") || comment.starts_with("/**");
}

bool is_comment(std::string_view type) {
  return type.find("comment") != type.npos || type == "line_continuation";
}

/// White space inside means something.
bool is_whole(std::string_view type) {
  return type.find("string") != type.npos || type.find("char") != type.npos ||
         type.find("regex") != type.npos || type == "jsx_text" || type == "preproc_arg";
}

void add(std::string& to, char mark, std::string_view word) {
  to += mark;
  to += std::to_string(word.size());
  to += ':';
  to += word;
}

/// The tree with the text of its leaves. nullopt: the text is no whole sentence of its language.
std::optional<std::string> structure(Language language, std::string_view text) {
  const auto tree = analyzers::syntax_tree(language, text, kMostBytes);
  if (!tree || tree->has_errors) return std::nullopt;
  std::string made;
  std::vector<std::size_t> ends;  // where the open nodes end
  for (std::size_t i = 0; i < tree->nodes.size();) {
    for (; !ends.empty() && ends.back() <= i; ends.pop_back()) made += ')';
    const SyntaxNode& node = tree->nodes[i];
    if (is_comment(node.type)) {
      if (comment_counts(language, node, text)) {
        add(made, '#', text.substr(node.begin, node.end - node.begin));
      }
      i = node.after;
    } else if (tree->is_leaf(i) || is_whole(node.type)) {
      add(made, node.is_named ? 'n' : 't', text.substr(node.begin, node.end - node.begin));
      i = node.after;
    } else {
      add(made, '(', node.type);
      ends.push_back(node.after);
      ++i;
    }
  }
  return made + std::string(ends.size(), ')');
}

void add_side(std::string& to, const FileChange& file, const std::optional<std::string>& text,
              bool is_executable) {
  if (!text) {
    add(to, '-', "");
    return;
  }
  const auto language = analyzers::language_of(file.path);
  const auto shape = language ? structure(*language, *text) : std::nullopt;
  add(to, is_executable ? 'x' : 'f', sha256(shape ? *shape : *text));
  to += shape ? 's' : 'b';
}

}  // namespace

std::string shape_digest(const std::vector<FileChange>& files) {
  std::string all;
  for (const auto& file : files) {
    add(all, '/', file.path);
    add_side(all, file, file.original, file.original_executable);
    add_side(all, file, file.modified, file.executable);
  }
  return sha256(all);
}

}  // namespace automod::trial
