#include "engine/trial/review/outline.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "analyzers/treesitter/nodes.hpp"
#include "base/files.hpp"

namespace automod::trial {

namespace {

using analyzers::Language;
using analyzers::SyntaxNode;
using analyzers::SyntaxTree;

constexpr std::size_t kMostBytes = 2 * kMiB;
constexpr std::size_t kMostStatements = 200'000;

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_comment(std::string_view type) {
  return type.find("comment") != type.npos || type == "line_continuation";
}

bool is_block(std::string_view type) {
  static constexpr std::array<std::string_view, 19> kBlocks = {"compound_statement",
                                                               "declaration_list",
                                                               "field_declaration_list",
                                                               "enumerator_list",
                                                               "block",
                                                               "statement_block",
                                                               "class_body",
                                                               "switch_body",
                                                               "interface_body",
                                                               "object_type",
                                                               "enum_body",
                                                               "constructor_body",
                                                               "enum_variant_list",
                                                               "match_block",
                                                               "annotation_type_body",
                                                               "switch_block",
                                                               "import_spec_list",
                                                               "var_spec_list",
                                                               "interface_type"};
  return is_one_of(type, kBlocks);
}

/// Conditional parts of a file, which hold their contents without a block of their own.
bool is_conditional(std::string_view type) {
  static constexpr std::array<std::string_view, 6> kTypes = {"preproc_if",   "preproc_ifdef",
                                                             "preproc_elif", "preproc_elifdef",
                                                             "preproc_else", "preproc_else_in"};
  return is_one_of(type, kTypes);
}

bool is_alternative(std::string_view type) {
  return type == "preproc_elif" || type == "preproc_elifdef" || type == "preproc_else";
}

bool is_string_type(std::string_view type) {
  return type.find("string") != type.npos || type.starts_with("char_") ||
         type.starts_with("character_") || type == "rune_literal" || type == "regex";
}

bool is_word_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Quotes of either kind mean the same to Python and JavaScript.
void use_one_quote(std::string& text) {
  if (text.size() < 2 || text.front() != '\'' || text.back() != '\'') return;
  if (text.find_first_of("\"\\") != text.npos || text.starts_with("'''")) return;
  text.front() = text.back() = '"';
}

/// Patterns that stand between a name and the node that introduces it.
bool is_pattern(std::string_view type) {
  static constexpr std::array<std::string_view, 10> kTypes = {
      "expression_list", "pattern_list",        "tuple_pattern", "array_pattern",
      "object_pattern",  "mut_pattern",         "ref_pattern",   "pointer_declarator",
      "list_pattern",    "reference_declarator"};
  return is_one_of(type, kTypes);
}

struct Introduction {
  std::string_view parent;
  std::string_view field;  // empty: any
};

bool introduces(std::string_view parent, std::string_view field) {
  static constexpr std::array<Introduction, 30> kWays = {{
      {"init_declarator", "declarator"},
      {"parameter_declaration", "declarator"},
      {"optional_parameter_declaration", "declarator"},
      {"for_range_loop", "declarator"},
      {"declaration", "declarator"},
      {"array_declarator", "declarator"},
      {"structured_binding_declarator", ""},
      {"assignment", "left"},
      {"for_statement", "left"},
      {"for_in_clause", "left"},
      {"as_pattern_target", ""},
      {"lambda_parameters", ""},
      {"named_expression", "name"},
      {"variable_declarator", "name"},
      {"formal_parameters", ""},
      {"arrow_function", "parameter"},
      {"catch_clause", "parameter"},
      {"for_in_statement", "left"},
      {"required_parameter", "pattern"},
      {"short_var_declaration", "left"},
      {"var_spec", "name"},
      {"range_clause", "left"},
      {"parameter_declaration", "name"},
      {"let_declaration", "pattern"},
      {"for_expression", "pattern"},
      {"closure_parameters", ""},
      {"parameter", "pattern"},
      {"formal_parameter", "name"},
      {"enhanced_for_statement", "name"},
      {"inferred_parameters", ""},
  }};
  return std::any_of(kWays.begin(), kWays.end(), [&](const Introduction& way) {
    return way.parent == parent && (way.field.empty() || way.field == field);
  });
}

/// Reads the nodes in order and cuts them into statements.
class Reader {
 public:
  Reader(Language language, std::string_view text, const SyntaxTree& tree)
      : language_(language), text_(text), nodes_(tree.nodes) {
    frames_.push_back({0, nodes_.size(), {}});
    made_.has_errors = tree.has_errors;
  }

  std::optional<Outline> read() {
    for (std::size_t i = 1; i < nodes_.size();) {
      close_until(i);
      i = step(i);
      if (made_.statements.size() > kMostStatements) return std::nullopt;
    }
    close_until(nodes_.size());
    flush(false);
    return std::move(made_);
  }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  struct Frame {
    std::size_t block = 0;  // the node whose children are statements
    std::size_t end = 0;
    Statement building;
    bool is_glued = false;     // what comes next belongs to the statement that is being built
    bool was_block = false;    // a block of the statement has just ended
    std::size_t list = kNone;  // a node inside the block whose children are statements too
  };

  Frame& top() { return frames_.back(); }

  void flush(bool opens) {
    Statement& made = top().building;
    while (!made.tokens.empty() && made.tokens.back().text == ";") made.tokens.pop_back();
    const bool is_empty =
        std::all_of(made.tokens.begin(), made.tokens.end(), [](const Lexeme& token) {
          return !token.is_word && !token.is_number && !token.is_string && token.text != "[";
        });
    const bool is_kept = opens || (!is_empty && !is_docstring(made));
    top().was_block = opens;
    top().is_glued = false;
    if (is_kept) {
      made.text = joined(made.tokens);
      made.depth = frames_.size() - 1;
      made.opens = opens;
      made_.statements.push_back(std::move(made));
    }
    made = Statement();
  }

  bool is_docstring(const Statement& statement) const {
    return language_ == Language::kPython && statement.tokens.size() == 1 &&
           statement.tokens[0].is_string;
  }

  void close_until(std::size_t node) {
    while (frames_.size() > 1 && top().end <= node) {
      flush(false);
      frames_.pop_back();
    }
  }

  void open(std::size_t block, std::size_t end, std::size_t line) {
    if (top().building.line == 0) top().building.line = line;
    flush(true);
    frames_.push_back({block, end, {}});
  }

  bool is_macro_header(const SyntaxNode& block) {
    const Statement& before = top().building;
    return block.type == "compound_statement" && !before.tokens.empty() &&
           before.tokens.back().text == ")" && !before.type.starts_with("preproc") &&
           (language_ == Language::kC || language_ == Language::kCpp);
  }

  /// A child of a block begins a new statement.
  void begin(const SyntaxNode& node) {
    if (is_macro_header(node)) return;
    const bool is_glued = top().is_glued;
    if (!is_glued) {
      flush(false);
      top().was_block = false;
      top().building.line = node.line;
      top().building.type = node.type;
    }
    top().is_glued = node.type == "attribute_item";
  }

  std::size_t step(std::size_t i) {
    const SyntaxNode& node = nodes_[i];
    if (is_comment(node.type)) {
      made_.comments += text_.substr(node.begin, node.end - node.begin);
      made_.comments += '\n';
      return node.after;
    }
    const bool is_child = node.parent == top().block || node.parent == top().list;
    if (is_child && is_separator(node)) return node.after;
    if (is_conditional(node.type)) return open_conditional(i);
    if (node.type == "statement_list") return splice(i);
    if (is_child) begin(node);
    if (is_block(node.type)) {
      open(i, node.after, node.line);
      return i + 1;
    }
    if (!is_child && is_lone_body(node)) {
      open_lone(i);
      return i;
    }
    if (leaf(i)) {
      add(i);
      return node.after;
    }
    return i + 1;
  }

  static bool is_separator(const SyntaxNode& node) {
    static constexpr std::array<std::string_view, 8> kSigns = {";", ",",  "{",      "}",
                                                               ":", "\n", "#endif", "("};
    return !node.is_named && is_one_of(node.type, kSigns);
  }

  /// The statements of a list are those of the block around it.
  std::size_t splice(std::size_t i) {
    if (nodes_[i].parent == top().block) {
      top().list = i;
    } else {
      open(i, nodes_[i].after, nodes_[i].line);
    }
    return i + 1;
  }

  /// The body of an if or a loop that has no braces.
  bool is_lone_body(const SyntaxNode& node) const {
    if (!node.type.ends_with("_statement") || node.type == "if_statement") return false;
    const bool is_body =
        node.field == "body" || node.field == "consequence" || node.field == "alternative";
    return (is_body && language_ != Language::kPython) || nodes_[node.parent].type == "else_clause";
  }

  /// A frame around one node: the node is its only statement.
  void open_lone(std::size_t i) { open(nodes_[i].parent, nodes_[i].after, nodes_[i].line); }

  std::size_t open_conditional(std::size_t i) {
    if (is_alternative(nodes_[i].type) && frames_.size() > 1) {
      flush(false);
      frames_.pop_back();
    } else {
      flush(false);
    }
    Statement& header = top().building;
    header.line = nodes_[i].line;
    header.type = nodes_[i].type;
    std::size_t child = i + 1;
    for (; child < nodes_[i].after; child = nodes_[child].after) {
      const SyntaxNode& node = nodes_[child];
      if (!node.is_named && node.type != "#endif") {
        if (node.type != "\n") add(child);
      } else if (node.field == "condition" || node.field == "name") {
        for (std::size_t leaf_at = child; leaf_at < node.after; ++leaf_at) {
          if (nodes_[leaf_at].after == leaf_at + 1) add(leaf_at);
        }
      } else {
        break;
      }
    }
    open(i, nodes_[i].after, nodes_[i].line);
    return child;
  }

  bool leaf(std::size_t i) const {
    const SyntaxNode& node = nodes_[i];
    if (node.after == i + 1) return true;
    return node.is_named && is_string_type(node.type) && node.type != "concatenated_string";
  }

  bool declares(std::size_t i) const {
    std::size_t at = i;
    constexpr int kDeepest = 4;
    for (int up = 0; up < kDeepest; ++up) {
      const SyntaxNode& node = nodes_[at];
      const std::string_view parent = nodes_[node.parent].type;
      if (introduces(parent, node.field)) return true;
      if (!is_pattern(parent)) return false;
      at = node.parent;
    }
    return false;
  }

  bool is_parameter(std::size_t i) const {
    if (language_ != Language::kC && language_ != Language::kCpp) return false;
    std::size_t at = i;
    constexpr int kDeepest = 6;
    for (int up = 0; up < kDeepest; ++up) {
      const SyntaxNode& node = nodes_[at];
      const SyntaxNode& parent = nodes_[node.parent];
      if (node.field != "declarator" && !parent.type.ends_with("declarator")) return false;
      if (parent.type.ends_with("parameter_declaration")) return true;
      at = node.parent;
    }
    return false;
  }

  void add(std::size_t i) {
    const SyntaxNode& node = nodes_[i];
    if (node.begin == node.end) return;  // missing
    Statement& building = top().building;
    if (building.line == 0) {
      building.line = node.line;
      building.continues = top().was_block;
      building.type = node.type;
    }
    const std::string_view text = text_.substr(node.begin, node.end - node.begin);
    if (node.type == "preproc_arg") {
      for (auto& token : lexed(text)) building.tokens.push_back(std::move(token));
      return;
    }
    Lexeme token;
    token.text = text;
    token.is_string = node.is_named && is_string_type(node.type);
    token.is_word = !token.is_string && is_word_start(text[0]);
    token.is_number = !token.is_string && is_digit(text[0]);
    if (token.is_string && language_ != Language::kC && language_ != Language::kCpp) {
      use_one_quote(token.text);
    }
    if (token.is_word && node.type.find("identifier") != node.type.npos) {
      token.declares = declares(i);
      token.is_parameter = is_parameter(i);
    }
    drop_comma(building, node, text);
    building.tokens.push_back(std::move(token));
  }

  /// A comma in front of a closing bracket is a matter of style, but not in a tuple.
  void drop_comma(Statement& building, const SyntaxNode& node, std::string_view text) const {
    if (text != ")" && text != "]" && text != "}") return;
    if (building.tokens.empty() || building.tokens.back().text != ",") return;
    if (nodes_[node.parent].type.starts_with("tuple")) return;
    building.tokens.pop_back();
  }

  Language language_;
  std::string_view text_;
  const std::vector<SyntaxNode>& nodes_;
  std::vector<Frame> frames_;
  Outline made_;
};

}  // namespace

std::size_t Outline::after(std::size_t index) const {
  std::size_t next = index + 1;
  while (next < statements.size() && statements[next].depth > statements[index].depth) ++next;
  return next;
}

std::string joined(const std::vector<Lexeme>& tokens) {
  std::string text;
  for (const auto& token : tokens) {
    if (!text.empty()) text += ' ';
    text += token.text;
  }
  return text;
}

std::vector<Lexeme> lexed(std::string_view text) {
  std::vector<Lexeme> tokens;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    std::size_t end = at + 1;
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\\') {
      at = end;
      continue;
    }
    Lexeme token;
    token.is_word = is_word_start(c);
    token.is_number = is_digit(c);
    token.is_string = c == '"' || c == '\'';
    if (token.is_word || token.is_number) {
      while (end < text.size() && (is_word_start(text[end]) || is_digit(text[end]))) ++end;
    } else if (token.is_string) {
      while (end < text.size() && text[end] != c) end += text[end] == '\\' ? 2 : 1;
      end = std::min(end + 1, text.size());
    } else if (text.substr(at, 2) == "/*") {
      const auto close = text.find("*/", at + 2);
      at = close == text.npos ? text.size() : close + 2;
      continue;
    } else if (text.substr(at, 2) == "//") {
      return tokens;
    }
    token.text = text.substr(at, end - at);
    tokens.push_back(std::move(token));
    at = end;
  }
  return tokens;
}

std::optional<Outline> outline(Language language, std::string_view text) {
  const auto tree = analyzers::syntax_tree(language, text, kMostBytes);
  if (!tree) return std::nullopt;
  return Reader(language, text, *tree).read();
}

}  // namespace automod::trial
