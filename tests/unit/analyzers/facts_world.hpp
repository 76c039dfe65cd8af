#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analyzers/treesitter/facts.hpp"
#include "tests/unit/analyzers/marked.hpp"
#include "tests/unit/catch.hpp"

namespace automod::testing {

using analyzers::FileFacts;
using analyzers::kNone;
using analyzers::Language;
using analyzers::Range;
using analyzers::Reference;
using analyzers::Symbol;

inline std::string path_of(const FileFacts& facts, std::uint32_t index) {
  if (index == kNone) return "";
  const Symbol& symbol = facts.symbols.at(index);
  std::string path = path_of(facts, symbol.within);
  if (symbol.scope != kNone) path += (path.empty() ? "" : ".") + facts.names.at(symbol.scope);
  return path + (path.empty() ? "" : ".") + facts.names.at(symbol.name);
}

/// "method Index.add", with what is not as usual behind it: "declared", the visibility.
inline std::string line_of(const FileFacts& facts, std::size_t index) {
  const Symbol& symbol = facts.symbols.at(index);
  std::string line =
      fmt::format("{} {}", name(symbol.kind), path_of(facts, static_cast<std::uint32_t>(index)));
  if (!symbol.is_definition) line += " declared";
  if (symbol.visibility != analyzers::Visibility::kPublic) {
    line += fmt::format(" {}", name(symbol.visibility));
  }
  return line;
}

using Lines = std::vector<std::string>;

/// All symbols, a line each.
inline Lines outline(Language language, std::string_view code) {
  const FileFacts facts = facts_of(language, code);
  Lines lines;
  for (std::size_t i = 0; i < facts.symbols.size(); ++i) lines.push_back(line_of(facts, i));
  return lines;
}

/// All references: "name", "call()", "Type:", with "@symbol" for the one around.
inline Lines uses(Language language, std::string_view code) {
  const FileFacts facts = facts_of(language, code);
  Lines lines;
  for (const Reference& one : facts.references) {
    std::string line = facts.names.at(one.name);
    if (one.use == analyzers::Use::kCall) line += "()";
    if (one.use == analyzers::Use::kType) line += ":";
    const std::string around = path_of(facts, one.within);
    lines.push_back(around.empty() ? line : line + "@" + around);
  }
  return lines;
}

/// "lines branches nesting parameters" of the symbol of that name.
inline std::string metrics(Language language, std::string_view code, std::string_view symbol) {
  const FileFacts facts = facts_of(language, code);
  for (const Symbol& one : facts.symbols) {
    if (facts.names.at(one.name) != symbol) continue;
    const auto& m = one.metrics;
    return fmt::format("{} {} {} {}", m.lines, m.branches, m.nesting, m.parameters);
  }
  return "no such symbol";
}

/// Targets, "<…>" around those of the system.
inline Lines imports(Language language, std::string_view code) {
  Lines lines;
  for (const auto& one : facts_of(language, code).imports) {
    lines.push_back(one.is_system ? "<" + one.target + ">" : one.target);
  }
  return lines;
}

/// The text of a range of every symbol that has one.
inline Lines texts(Language language, const std::string& code, Range Symbol::* range) {
  Lines lines;
  for (const Symbol& symbol : facts_of(language, code).symbols) {
    const Range at = symbol.*range;
    if (at.end > at.begin) lines.push_back(code.substr(at.begin, at.end - at.begin));
  }
  return lines;
}

/// What the header promises of any facts of any text; empty: all of it holds.
inline std::string broken_promise(const FileFacts& facts, std::string_view text) {
  const auto within = [&](const Range& range, const Range& outer) {
    return outer.begin <= range.begin && range.begin <= range.end && range.end <= outer.end;
  };
  const auto is_name = [&](std::uint32_t index) { return index < facts.names.size(); };
  const Range all{0, static_cast<std::uint32_t>(text.size())};
  if (facts.left_out != analyzers::LeftOut::kNothing) {
    const bool is_empty = facts.names.empty() && facts.symbols.empty() &&
                          facts.references.empty() && facts.imports.empty();
    return is_empty ? "" : "a text that was left out has facts";
  }
  for (std::size_t i = 0; i < facts.symbols.size(); ++i) {
    const Symbol& symbol = facts.symbols[i];
    if (!is_name(symbol.name)) return "a symbol without a name";
    if (symbol.scope != kNone && !is_name(symbol.scope)) return "a scope without a name";
    if (!within(symbol.whole, all)) return "a symbol outside of the text";
    if (!within(symbol.name_at, symbol.whole)) return "a name outside of its symbol";
    if (!within(symbol.head, symbol.whole)) return "a head outside of its symbol";
    if (!within(symbol.doc, all)) return "a comment outside of the text";
    if (symbol.line < 1 || symbol.line > facts.lines) return "a line outside of the text";
    if (symbol.within != kNone) {
      if (symbol.within >= i) return "a symbol before the one around it";
      if (!within(symbol.whole, facts.symbols[symbol.within].whole)) return "a symbol not within";
    }
    if (i > 0 && symbol.whole.begin < facts.symbols[i - 1].whole.begin) return "symbols unordered";
  }
  for (std::size_t i = 0; i < facts.references.size(); ++i) {
    const Reference& one = facts.references[i];
    if (!is_name(one.name)) return "a reference without a name";
    if (one.within != kNone && one.within >= facts.symbols.size()) return "a reference to nothing";
    if (i > 0 && one.begin <= facts.references[i - 1].begin) return "references unordered";
    if (!text.substr(one.begin).starts_with(facts.names[one.name])) return "a reference elsewhere";
  }
  auto names = facts.names;
  std::ranges::sort(names);
  if (std::ranges::adjacent_find(names) != names.end()) return "a name twice";
  return std::ranges::is_sorted(facts.imports, {}, &analyzers::Import::line) ? ""
                                                                             : "imports unordered";
}

}  // namespace automod::testing
