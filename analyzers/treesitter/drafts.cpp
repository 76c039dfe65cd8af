#include "analyzers/treesitter/drafts.hpp"

#include <algorithm>
#include <array>

#include "analyzers/treesitter/visibility.hpp"

namespace automod::analyzers {

namespace {

constexpr std::string_view kBlank = " \t\r\n";

struct Fields {
  TSFieldId body = 0;
  TSFieldId type = 0;
};

const Fields& fields_of(Language language) {
  static const auto kAll = [] {
    std::array<Fields, 9> all;
    for (const Language one : all_languages()) {
      all[static_cast<std::size_t>(one)] = {ts_language_field_id_for_name(grammar(one), "body", 4),
                                            ts_language_field_id_for_name(grammar(one), "type", 4)};
    }
    return all;
  }();
  return kAll[static_cast<std::size_t>(language)];
}

Range range_of(const TSNode& node) { return {ts_node_start_byte(node), ts_node_end_byte(node)}; }

Range trimmed(std::string_view text, Range range, std::string_view blanks) {
  while (range.end > range.begin && blanks.find(text[range.end - 1]) != blanks.npos) --range.end;
  return range;
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

class Drafter {
 public:
  Drafter(const Source& source, const Definition& definition)
      : source_(source), definition_(definition) {}

  std::optional<Draft> run(const Range& span) {
    draft_.kind = definition_.kind;
    draft_.is_definition = definition_.is_definition;
    draft_.node = definition_.whole.id;
    draft_.is_c = is_c_family(source_.language);
    draft_.whole = trimmed(source_.parsed, span, kBlank);
    draft_.lines =
        ts_node_end_point(definition_.whole).row - ts_node_start_point(definition_.whole).row + 1;
    if (!name()) return std::nullopt;
    find_body();
    if (draft_.is_c) {
      if (!settle_c()) return std::nullopt;
    } else if (is_callable(draft_.kind) && draft_.body.end == 0) {
      draft_.is_definition = false;
    }
    draft_.is_callable = is_callable(draft_.kind);
    if (draft_.head.end == 0) draft_.head = head();
    return draft_;
  }

 private:
  bool name() {
    if (!definition_.is_declarator) {
      draft_.name = range_of(definition_.name);
      draft_.line = ts_node_start_point(definition_.name).row + 1;
      if (!ts_node_is_null(definition_.scope)) draft_.scope = range_of(definition_.scope);
      return draft_.name.begin < draft_.name.end;
    }
    const auto declared = declared_by(source_.language, definition_.name);
    if (!declared) return false;
    declared_ = *declared;
    draft_.name = declared_.name;
    draft_.scope = declared_.scope;
    draft_.line = declared_.line;
    return true;
  }

  void find_body() {
    TSNode body = definition_.body;
    if (ts_node_is_null(body)) {
      body = ts_node_child_by_field_id(definition_.whole, fields_of(source_.language).body);
    }
    if (!ts_node_is_null(body)) draft_.body = range_of(body);
  }

  Range head() const {
    if (draft_.body.end == 0) return trimmed(source_.parsed, draft_.whole, " \t\r\n;");
    return trimmed(source_.parsed,
                   {draft_.whole.begin, std::max(draft_.whole.begin, draft_.body.begin)}, kBlank);
  }

  /// False: it defines nothing.
  bool settle_c() {
    switch (definition_.kind) {
      case SymbolKind::kClass:
      case SymbolKind::kStruct:
      case SymbolKind::kUnion:
      case SymbolKind::kEnum:
        return settle_type();
      case SymbolKind::kFunction:
        return settle_function();
      case SymbolKind::kVariable:
      case SymbolKind::kField:
        settle_variable();
        return true;
      case SymbolKind::kType:
        if (definition_.is_declarator) settle_alias();
        return true;
      default:
        return true;
    }
  }

  bool settle_type() {
    if (draft_.body.end != 0) return true;
    draft_.is_definition = false;
    draft_.is_forward = true;
    return is_forward(definition_.whole, source_.parsed);
  }

  bool settle_function() {
    if (!declared_.is_function) return false;  // a macro before braces, or worse
    draft_.is_static = specifiers().is_static;
    draft_.has_type = !ts_node_is_null(
        ts_node_child_by_field_id(definition_.whole, fields_of(source_.language).type));
    draft_.head = {draft_.whole.begin, ts_node_end_byte(definition_.name)};
    if (draft_.body.end == 0) draft_.is_definition = !is_pure(source_.language, definition_.whole);
    return true;
  }

  void settle_variable() {
    const Specifiers found = specifiers();
    draft_.is_static = found.is_static;
    if (declared_.is_function) {
      draft_.kind = SymbolKind::kFunction;
      draft_.is_definition = false;
    } else if (found.is_constexpr || (found.is_const && !declared_.is_indirect &&
                                      (found.is_static || draft_.kind != SymbolKind::kField))) {
      draft_.kind = SymbolKind::kConstant;
    }
    if (found.is_extern && !declared_.is_function) {
      const std::string_view own = text_of(range_of(definition_.name));
      draft_.is_definition = own.find('=') != own.npos;
    }
    if (found.has_type_body && found.has_type_name) put_off(found);
  }

  void settle_alias() {
    const Specifiers found = specifiers();
    if (!found.has_type_body) return;
    if (found.has_type_name) {
      put_off(found);
    } else if (!declared_.is_function && !declared_.is_indirect) {
      draft_.kind = found.type_kind;  // "typedef struct {…} S": S is the struct
    }
  }

  void put_off(const Specifiers& found) {
    draft_.own = range_of(definition_.name);
    draft_.type_before = found.type;
    draft_.head = draft_.own;
  }

  Specifiers specifiers() const {
    return specifiers_of(source_.language, definition_.whole, definition_.name, source_.text);
  }

  std::string_view text_of(const Range& range) const {
    return source_.text.substr(range.begin, range.end - range.begin);
  }

  const Source& source_;
  const Definition& definition_;
  Declared declared_;
  Draft draft_;
};

/// Valid until it is called again.
std::string& scratch() {
  thread_local std::string text;
  text.clear();
  return text;
}

}  // namespace

std::optional<Draft> draft_of(const Source& source, const Definition& definition,
                              const Range& span) {
  return Drafter(source, definition).run(span);
}

std::string_view clean_name(std::string_view text) {
  if (text.find_first_of(kBlank) == text.npos) return text;
  std::string& clean = scratch();
  bool is_blank = false;
  for (const char c : text) {
    if (kBlank.find(c) != kBlank.npos) {
      is_blank = true;
      continue;
    }
    if (is_blank && !clean.empty() && is_word(clean.back()) && is_word(c)) clean += ' ';
    is_blank = false;
    clean += c;
  }
  return clean;
}

std::string_view clean_scope(std::string_view text) {
  if (std::ranges::all_of(text, [](char c) { return is_word(c) || c == ':' || c == '.'; })) {
    return text;
  }
  std::string& clean = scratch();
  int depth = 0;
  for (const char c : text) {
    if (c == '<' || c == '(' || c == '[') ++depth;
    if (depth == 0 && kBlank.find(c) == kBlank.npos) clean += c;
    if (c == '>' || c == ')' || c == ']') depth = std::max(0, depth - 1);
  }
  return clean;
}

bool is_capital(std::string_view name) {
  const bool has_letter = std::ranges::any_of(name, [](char c) { return c >= 'A' && c <= 'Z'; });
  return has_letter && std::ranges::none_of(name, [](char c) { return c >= 'a' && c <= 'z'; });
}

}  // namespace automod::analyzers
