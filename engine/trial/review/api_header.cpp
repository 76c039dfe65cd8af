#include <algorithm>
#include <array>
#include <span>

#include "engine/trial/review/api.hpp"
#include "engine/trial/review/outline.hpp"

namespace automod::trial {

namespace {

using Tokens = std::span<const Lexeme>;

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Position of the first token outside of angle brackets for which `is_it` holds.
template <class Is>
std::size_t find_outside(Tokens tokens, const Is& is_it) {
  int angles = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::string& text = tokens[i].text;
    if (angles == 0 && is_it(tokens[i])) return i;
    const bool is_operator = i > 0 && tokens[i - 1].text == "operator";
    if (text == "<" && !is_operator) ++angles;
    if (text == ">" && !is_operator && angles > 0) --angles;
  }
  return tokens.size();
}

bool is_class_word(const Lexeme& token) {
  static constexpr std::array<std::string_view, 3> kWords = {"class", "struct", "union"};
  return is_one_of(token.text, kWords);
}

std::string plain(Tokens tokens) {
  static constexpr std::array<std::string_view, 9> kDropped = {"inline",   "extern",    "constexpr",
                                                               "virtual",  "override",  "final",
                                                               "explicit", "consteval", "noexcept"};
  std::string text;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (is_one_of(tokens[i].text, kDropped) && tokens[i].text != "explicit") continue;
    if (tokens[i].text == "[" && i + 1 < tokens.size() && tokens[i + 1].text == "[") {
      while (i < tokens.size() && tokens[i].text != "]") ++i;
      ++i;
      continue;
    }
    if (tokens[i].text == "[[") {
      while (i < tokens.size() && tokens[i].text != "]]") ++i;
      continue;
    }
    text += (text.empty() ? "" : " ") + tokens[i].text;
  }
  return text;
}

struct Scope {
  std::size_t depth = 0;
  std::string name;
  bool is_class = false;
  bool is_enum = false;
  bool is_public = true;   // what comes next
  bool is_hidden = false;  // nobody outside is meant to see it
};

class HeaderReader {
 public:
  HeaderReader(std::string_view path, const Outline& outline) : path_(path), outline_(outline) {}

  std::vector<Declaration> read() {
    const auto& all = outline_.statements;
    for (std::size_t i = 0; i < all.size();) {
      while (!scopes_.empty() && scopes_.back().depth >= all[i].depth) scopes_.pop_back();
      i = scopes_.size() < kDeepest && enter(all[i]) ? i + 1 : add(i);
    }
    return std::move(made_);
  }

 private:
  static constexpr std::size_t kDeepest = 32;

  bool enter(const Statement& statement) {
    if (!statement.opens) return false;
    Scope scope;
    scope.depth = statement.depth;
    scope.is_hidden = is_hidden();
    const Tokens tokens(statement.tokens);
    if (statement.text.starts_with("#") || statement.text.starts_with("extern \"")) {
      if (!scopes_.empty()) {
        scope.is_class = scopes_.back().is_class;
        scope.is_public = scopes_.back().is_public;
      }
      scopes_.push_back(scope);
      return true;
    }
    const auto space = find_outside(tokens, [](auto& token) { return token.text == "namespace"; });
    if (space < std::min<std::size_t>(2, tokens.size())) {
      for (const auto& token : tokens.subspan(space + 1)) scope.name += token.text;
      scope.is_hidden = scope.is_hidden || scope.name.empty() || scope.name == "detail" ||
                        scope.name == "internal" || scope.name == "impl";
      scopes_.push_back(scope);
      return true;
    }
    const auto is_enum = [](const Lexeme& token) { return token.text == "enum"; };
    const auto open = find_outside(tokens, [](auto& token) { return token.text == "("; });
    const auto at =
        find_outside(tokens, [&](auto& token) { return is_enum(token) || is_class_word(token); });
    if (at >= open || at + 1 >= tokens.size()) return false;
    scope.is_enum = tokens[at].text == "enum";
    scope.is_class = !scope.is_enum;
    scope.is_public = tokens[at].text != "class" || scope.is_enum;
    scope.name = type_name(tokens.subspan(at + 1));
    add_type(statement, scope.name);
    scope.is_hidden = scope.is_hidden || !now_public();
    scopes_.push_back(scope);
    return true;
  }

  static std::string type_name(Tokens tokens) {
    std::string name;
    for (const auto& token : tokens) {
      if (token.text == ":" || token.text == "<" || token.text == "final") break;
      if (token.is_word && token.text != "class" && token.text != "struct") name = token.text;
    }
    return name;
  }

  bool is_hidden() const { return !scopes_.empty() && scopes_.back().is_hidden; }
  bool now_public() const { return scopes_.empty() || scopes_.back().is_public; }

  std::string qualified(const std::string& name) const {
    std::string all;
    for (const auto& scope : scopes_) {
      if (!scope.name.empty()) all += scope.name + "::";
    }
    return all + name;
  }

  std::string class_around() const {
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
      if (!scope->is_class && !scope->is_enum) break;
      if (scope->name.empty()) continue;
      const std::string whole = qualified("");
      return whole.substr(0, whole.size() - 2);
    }
    return {};
  }

  Declaration described(const Statement& statement, DeclarationKind kind,
                        const std::string& name) const {
    Declaration made;
    made.kind = kind;
    made.name = qualified(name);
    made.scope = class_around();
    made.text = statement.text;
    made.path = path_;
    made.line = statement.line;
    made.is_public = now_public();
    return made;
  }

  void add_type(const Statement& statement, const std::string& name) {
    if (is_hidden() || name.empty() || !now_public()) return;
    Declaration made = described(statement, DeclarationKind::kType, name);
    made.signature = plain(statement.tokens);
    made_.push_back(std::move(made));
  }

  std::size_t add(std::size_t i) {
    const Statement& statement = outline_.statements[i];
    const std::size_t next = outline_.after(i);
    if (statement.type == "access_specifier") {
      for (auto scope = scopes_.rbegin(); scope != scopes_.rend() && scope->is_class; ++scope) {
        scope->is_public = statement.text != "private";
        if (!scope->name.empty()) break;
      }
      return next;
    }
    if (is_hidden() || statement.tokens.empty()) return next;
    static constexpr std::array<std::string_view, 6> kNothing = {
        "friend", "static_assert", "#include", "#pragma", "#undef", "#error"};
    const std::string& first = statement.tokens[0].text;
    if (is_one_of(first, kNothing) || statement.continues) return next;
    if (!scopes_.empty() && scopes_.back().is_enum) {
      add_enumerator(statement);
    } else if (first == "#define") {
      add_macro(statement);
    } else if (first == "using" || first == "typedef") {
      add_alias(statement);
    } else if (!add_function(statement)) {
      add_value(statement);
    }
    return next;
  }

  void add_enumerator(const Statement& statement) {
    Declaration made = described(statement, DeclarationKind::kEnumerator, statement.tokens[0].text);
    if (statement.tokens.size() > 2) {
      made.value = joined({statement.tokens.begin() + 2, statement.tokens.end()});
    }
    made_.push_back(std::move(made));
  }

  void add_macro(const Statement& statement) {
    if (statement.tokens.size() < 3 || statement.tokens[1].text.starts_with("_")) return;
    Declaration made;
    made.kind = DeclarationKind::kMacro;
    made.name = statement.tokens[1].text;
    made.text = statement.text;
    made.value = joined({statement.tokens.begin() + 2, statement.tokens.end()});
    made.path = path_;
    made.line = statement.line;
    made_.push_back(std::move(made));
  }

  void add_alias(const Statement& statement) {
    if (statement.text.starts_with("using namespace") || !now_public()) return;
    const bool is_using = statement.tokens[0].text == "using";
    std::string name = is_using && statement.tokens.size() > 1 ? statement.tokens[1].text : "";
    for (const auto& token : statement.tokens) {
      if (!is_using && token.is_word) name = token.text;
    }
    Declaration made = described(statement, DeclarationKind::kType, name);
    made.signature = plain(statement.tokens);
    made_.push_back(std::move(made));
  }

  bool add_function(const Statement& statement) {
    const Tokens tokens(statement.tokens);
    const auto word = find_outside(tokens, [](auto& token) { return token.text == "operator"; });
    const auto from = word < tokens.size() ? word + 2 : 0;
    if (from >= tokens.size()) return false;
    std::size_t open = from;
    open += find_outside(tokens.subspan(from), [](auto& token) { return token.text == "("; });
    const auto equals = find_outside(tokens, [](auto& token) { return token.text == "="; });
    if (open >= tokens.size() || open == 0 || (equals < open && word == tokens.size()))
      return false;
    if (word == tokens.size() && !tokens[open - 1].is_word) return false;
    // "int (*call)(int)" holds a function and is none.
    if (open + 1 < tokens.size() && tokens[open + 1].text == "*" && word == tokens.size()) {
      return false;
    }
    std::size_t close = open;
    int depth = 0;
    for (; close < tokens.size(); ++close) {
      depth += tokens[close].text == "(" ? 1 : tokens[close].text == ")" ? -1 : 0;
      if (depth == 0) break;
    }
    if (close == tokens.size()) return false;
    std::string name;
    for (std::size_t i = word < tokens.size() ? word : open - 1; i < open; ++i) {
      name += tokens[i].text;
    }
    const bool is_destructor = open >= 2 && tokens[open - 2].text == "~";
    if (is_destructor) name.insert(0, "~");
    Declaration made = described(statement, DeclarationKind::kFunction, name);
    finish(made, tokens, open, close, word < tokens.size() ? word : open - 1);
    if (!made.is_public && !made.is_virtual) return true;
    made_.push_back(std::move(made));
    return true;
  }

  static void finish(Declaration& made, Tokens tokens, std::size_t open, std::size_t close,
                     std::size_t name_at) {
    for (const auto& token : tokens) {
      made.is_virtual = made.is_virtual || token.text == "virtual" || token.text == "override";
    }
    std::vector<Lexeme> behind;  // const, noexcept, -> type, = delete
    int depth = 0;
    for (std::size_t i = close + 1; i < tokens.size(); ++i) {
      depth += tokens[i].text == "(" ? 1 : tokens[i].text == ")" ? -1 : 0;
      if (depth == 0 && tokens[i].text == ":") break;  // what a constructor begins with
      if (tokens[i].text == "noexcept") made.is_noexcept = true;
      behind.push_back(tokens[i]);
    }
    made.signature = plain(tokens.first(name_at)) + " (" + plain(behind);
    made.is_static = made.signature.find("static") != std::string::npos;
    add_parameters(made, tokens.subspan(open + 1, close - open - 1));
  }

  static void add_parameters(Declaration& made, Tokens tokens) {
    Parameter one;
    int depth = 0;
    bool is_preset = false;
    const auto keep = [&] {
      one.is_optional = is_preset;
      if (!one.type.empty() && one.type != "void") made.parameters.push_back(one);
      one = Parameter();
      is_preset = false;
    };
    for (const auto& token : tokens) {
      const std::string& text = token.text;
      if (depth == 0 && text == ",") {
        keep();
        continue;
      }
      if (text == "(" || text == "[" || text == "{" || text == "<") ++depth;
      if (text == ")" || text == "]" || text == "}" || text == ">") --depth;
      if (depth == 0 && text == "=") {
        is_preset = true;
      } else if (is_preset) {
        one.preset += (one.preset.empty() ? "" : " ") + text;
      } else if (!token.is_parameter) {
        one.type += (one.type.empty() ? "" : " ") + text;
      }
    }
    keep();
  }

  void add_value(const Statement& statement) {
    const Tokens tokens(statement.tokens);
    if (tokens.size() < 2 || statement.opens) return;
    static constexpr std::array<std::string_view, 4> kEnds = {"=", "[", "{", ":"};
    const auto end =
        find_outside(tokens, [](const Lexeme& token) { return is_one_of(token.text, kEnds); });
    std::string name;
    for (const auto& token : tokens.first(end)) {
      if (token.is_word) name = token.text;
      if (token.declares) break;
    }
    const bool is_forward = is_class_word(tokens[0]) && tokens.size() == 2;
    if (name.empty() || is_forward) return;
    const bool is_static = statement.text.find("static ") != std::string::npos ||
                           statement.text.find("constexpr ") != std::string::npos;
    const bool is_field = !class_around().empty() && !is_static;
    if (is_static && !now_public()) return;
    Declaration made =
        described(statement, is_field ? DeclarationKind::kField : DeclarationKind::kValue, name);
    const bool has_value =
        end < tokens.size() && tokens[end].text != "[" && tokens[end].text != ":";
    made.signature = plain(has_value ? tokens.first(end) : tokens);
    if (has_value) made.value = plain(tokens.subspan(end));
    made_.push_back(std::move(made));
  }

  std::string path_;
  const Outline& outline_;
  std::vector<Scope> scopes_;
  std::vector<Declaration> made_;
};

}  // namespace

std::vector<Declaration> declarations_in_header(std::string_view path, analyzers::Language language,
                                                std::string_view text) {
  const auto read = outline(language, text);
  if (!read) return {};
  return HeaderReader(path, *read).read();
}

}  // namespace automod::trial
