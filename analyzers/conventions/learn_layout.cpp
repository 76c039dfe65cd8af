#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "analyzers/conventions/tally.hpp"
#include "base/text.hpp"

namespace automod::analyzers {

namespace {

using enum HabitTopic;

constexpr std::size_t kWidestIndent = 8;

struct LineStart {
  std::size_t spaces = 0;
  bool has_tab = false;
  bool is_blank = false;
};

LineStart start_of(std::string_view line) {
  LineStart start;
  for (const char c : line) {
    if (c == '\t') start.has_tab = true;
    if (c == ' ') ++start.spaces;
    if (c != ' ' && c != '\t') return start;
  }
  start.is_blank = true;
  return start;
}

std::size_t columns(std::string_view line) {
  return static_cast<std::size_t>(std::ranges::count_if(
      line, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/// What most blocks of the file are indented by; empty where there are none.
std::string indent_of(const std::vector<std::string_view>& lines) {
  std::map<std::string, std::size_t> votes;
  LineStart before;
  bool opens = false;
  for (const std::string_view line : lines) {
    const LineStart start = start_of(line);
    if (start.is_blank) continue;
    if (opens && start.has_tab && !before.has_tab) ++votes["tabs"];
    const bool is_deeper = start.spaces > before.spaces + 1 && !start.has_tab && !before.has_tab;
    if (opens && is_deeper && start.spaces - before.spaces <= kWidestIndent) {
      ++votes[fmt::format("{} spaces", start.spaces - before.spaces)];
    }
    opens = line.ends_with('{') || line.ends_with(':');
    before = start;
  }
  const auto most = std::ranges::max_element(
      votes, [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == votes.end() ? std::string() : most->first;
}

void learn_lines(const HabitSource& source, Tally& into) {
  std::vector<std::string_view> lines = split_lines(source.text);
  std::size_t crlf = 0;
  for (std::string_view& line : lines) {
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
      ++crlf;
    }
    if (!start_of(line).is_blank) into.add_line(columns(line));
  }
  if (const std::string indent = indent_of(lines); !indent.empty()) {
    into.add(kFormatting, "indented by", indent, 1);
  }
  into.add(kFormatting, "files end with a newline", source.text.ends_with('\n') ? "yes" : "no",
           lines.size());
  into.add(kFormatting, "lines end with", 2 * crlf > lines.size() ? "CRLF" : "LF", 1);
}

bool is_script(Language language) {
  return language == Language::kJavaScript || language == Language::kTypeScript ||
         language == Language::kTsx;
}

/// Looks back over blanks alone: lines may be as long as the file.
bool begins_its_line(std::string_view text, std::size_t at) {
  const std::size_t last = text.substr(0, at).find_last_not_of(" \t");
  return last == text.npos || text[last] == '\n';
}

/// Where the brace of a function stands.
void learn_brace(const HabitSource& source, const SyntaxNode& node, Tally& into) {
  const bool is_body = node.field == "body" && source.text_of(node).starts_with('{') &&
                       (node.type == "compound_statement" || node.type == "statement_block" ||
                        node.type == "block" || node.type == "constructor_body");
  const std::string_view around = source.tree.nodes[node.parent].type;
  const bool is_of_function =
      around.contains("function") || around.contains("method") || around.contains("constructor");
  if (!is_body || !is_of_function) return;
  into.add(
      kFormatting, "the brace of a function stands",
      begins_its_line(source.text, node.begin) ? "on a line of its own" : "on the line of its head",
      node.line);
}

void learn_quotes(const HabitSource& source, const SyntaxNode& node, Tally& into) {
  if (node.type != "string" || !node.is_named) return;
  std::string_view text = source.text_of(node);
  text.remove_prefix(std::min(text.find_first_of("'\""), text.size()));
  if (text.size() < 2 || text.starts_with("'''") || text.starts_with("\"\"\"")) return;
  const char quote = text.front();
  const char other = quote == '"' ? '\'' : '"';
  if (text.contains(other)) return;  // there was no choice
  into.add(kFormatting, "strings stand in", quote == '"' ? "double quotes" : "single quotes",
           node.line);
}

void learn_semicolon(const HabitSource& source, const SyntaxNode& node, Tally& into) {
  const bool is_statement = node.type == "expression_statement" ||
                            node.type == "return_statement" || node.type == "lexical_declaration" ||
                            node.type == "import_statement";
  const bool is_in_head = source.tree.nodes[node.parent].type.starts_with("for");
  if (!is_statement || is_in_head) return;
  into.add(kFormatting, "statements end with a semicolon",
           source.text_of(node).ends_with(';') ? "yes" : "no", node.line);
}

}  // namespace

void learn_layout(const HabitSource& source, Tally& into) {
  const Language language = source.language;
  learn_lines(source, into);
  for (const SyntaxNode& node : source.tree.nodes) {
    if (!node.is_named) continue;
    if (is_script(language)) learn_semicolon(source, node, into);
    if (is_script(language) || language == Language::kPython) learn_quotes(source, node, into);
    learn_brace(source, node, into);
  }
}

}  // namespace automod::analyzers
