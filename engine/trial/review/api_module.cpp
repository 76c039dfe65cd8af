#include <algorithm>
#include <array>
#include <set>
#include <span>

#include "engine/trial/review/api.hpp"
#include "engine/trial/review/outline.hpp"

namespace automod::trial {

namespace {

using analyzers::Language;
using Tokens = std::span<const Lexeme>;

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::size_t find(Tokens tokens, std::string_view text, std::size_t from = 0) {
  while (from < tokens.size() && tokens[from].text != text) ++from;
  return from;
}

std::string after(Tokens tokens, std::string_view word) {
  const std::size_t at = find(tokens, word);
  return at + 1 < tokens.size() ? tokens[at + 1].text : std::string();
}

std::size_t closing(Tokens tokens, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < tokens.size(); ++i) {
    const std::string& text = tokens[i].text;
    depth += text == "(" || text == "[" || text == "{" ? 1 : 0;
    depth -= text == ")" || text == "]" || text == "}" ? 1 : 0;
    if (depth == 0) return i;
  }
  return tokens.size();
}

bool starts_upper(std::string_view name) {
  return !name.empty() && name[0] >= 'A' && name[0] <= 'Z';
}

/// Without the names of parameters, which callers do not write.
std::string without_names(Tokens tokens) {
  std::string text;
  for (const auto& token : tokens) {
    if (!token.declares) text += (text.empty() ? "" : " ") + token.text;
  }
  return text;
}

struct Scope {
  std::size_t depth = 0;
  std::string name;
  bool is_public = true;
  bool shows_all = false;  // what is inside is public without being called so
};

class ModuleReader {
 public:
  ModuleReader(std::string_view path, Language language, const Outline& outline)
      : path_(path), language_(language), outline_(outline) {
    module_ = path_.substr(0, path_.rfind('.'));
    if (module_.ends_with("/__init__")) module_.resize(module_.size() - 9);
  }

  std::vector<Declaration> read() {
    const auto& all = outline_.statements;
    if (is_private_module()) return {};
    for (std::size_t i = 0; i < all.size();) {
      while (!scopes_.empty() && scopes_.back().depth >= all[i].depth) scopes_.pop_back();
      i = read_one(all[i]) ? i + 1 : outline_.after(i);
    }
    if (!listed_.empty()) {
      std::erase_if(made_, [&](const Declaration& one) {
        const std::string name = one.name.substr(module_.size() + 2);
        return !listed_.contains(name.substr(0, name.find('.')));
      });
    }
    return std::move(made_);
  }

 private:
  static constexpr std::size_t kDeepest = 16;

  bool is_private_module() const {
    if (language_ == Language::kPython) {
      const bool is_program = path_.ends_with("__main__.py") || path_.ends_with("setup.py");
      const std::string name = module_.substr(module_.rfind('/') + 1);
      return is_program || (name.starts_with("_") && !name.starts_with("__"));
    }
    if (language_ == Language::kGo) {
      const auto& all = outline_.statements;
      return path_.find("internal/") != path_.npos ||
             (!all.empty() && all[0].text == "package main");
    }
    return language_ == Language::kRust && path_.ends_with("main.rs");
  }

  /// True where what is inside is to be read as well.
  bool read_one(const Statement& statement) {
    if (statement.tokens.empty() || scopes_.size() > kDeepest) return false;
    const Tokens tokens(statement.tokens);
    switch (language_) {
      case Language::kPython:
        return read_python(statement, tokens);
      case Language::kJavaScript:
      case Language::kTypeScript:
      case Language::kTsx:
        return read_script(statement, tokens);
      case Language::kGo:
        return read_go(statement, tokens);
      case Language::kRust:
        return read_rust(statement, tokens);
      case Language::kJava:
        return read_java(statement, tokens);
      case Language::kC:
      case Language::kCpp:
        return false;
    }
    return false;
  }

  bool enter(const Statement& statement, std::string name, bool is_public = true,
             bool shows_all = false) {
    if (!statement.opens) return false;
    scopes_.push_back({statement.depth, std::move(name), is_public, shows_all});
    return true;
  }

  std::string scope_name() const {
    std::string all;
    for (const auto& scope : scopes_) {
      if (!scope.name.empty()) all += (all.empty() ? "" : ".") + scope.name;
    }
    return all;
  }

  Declaration& add(const Statement& statement, DeclarationKind kind, const std::string& name) {
    Declaration made;
    made.kind = kind;
    const std::string scope = scope_name();
    made.name = module_ + ": " + (scope.empty() ? "" : scope + ".") + name;
    if (!scope.empty()) made.scope = module_ + ": " + scope;
    made.text = statement.text;
    made.path = path_;
    made.line = statement.line;
    made_.push_back(std::move(made));
    return made_.back();
  }

  bool read_python(const Statement& statement, Tokens tokens) {
    static constexpr std::array<std::string_view, 6> kBranches = {"if",  "elif",   "else",
                                                                  "try", "except", "with"};
    if (statement.opens && is_one_of(tokens[0].text, kBranches)) return enter(statement, "");
    const std::size_t keyword = std::min(find(tokens, "def"), find(tokens, "class"));
    if (!statement.opens || keyword + 1 >= tokens.size()) {
      if (scopes_.empty() || scope_name().empty()) python_value(statement, tokens);
      return false;
    }
    const std::string& name = tokens[keyword + 1].text;
    const bool is_dunder = name.starts_with("__") && name.ends_with("__");
    if (name.starts_with("_") && !is_dunder) return false;
    if (tokens[keyword].text == "class") {
      add(statement, DeclarationKind::kType, name).signature =
          joined({tokens.begin(), tokens.end()});
      return enter(statement, name);
    }
    Declaration& made = add(statement, DeclarationKind::kFunction, name);
    static constexpr std::array<std::string_view, 4> kMarks = {"property", "staticmethod",
                                                               "classmethod", "async"};
    for (const auto& token : tokens.first(keyword)) {
      if (is_one_of(token.text, kMarks)) made.signature += token.text + " ";
    }
    const std::size_t open = find(tokens, "(", keyword);
    if (open < tokens.size()) {
      add_parameters(made, tokens.subspan(open + 1, closing(tokens, open) - open - 1));
    }
    return false;
  }

  /// "a", "a : int = 1", "* args", "/": by name, since callers may write it.
  void add_parameters(Declaration& made, Tokens tokens) const {
    Parameter one;
    enum class Part { kName, kType, kPreset } part = Part::kName;
    const auto keep = [&] {
      const bool is_star = one.type.starts_with("*") || one.type == "/";
      one.is_optional = one.is_optional || part == Part::kPreset || is_star;
      if (!one.type.empty()) made.parameters.push_back(one);
      one = Parameter();
      part = Part::kName;
    };
    const bool is_python = language_ == Language::kPython;
    int depth = 0;
    for (const auto& token : tokens) {
      const std::string& text = token.text;
      if (depth == 0 && text == ",") {
        keep();
        continue;
      }
      depth += text == "(" || text == "[" || text == "{" || text == "<" ? 1 : 0;
      depth -= text == ")" || text == "]" || text == "}" || text == ">" ? 1 : 0;
      if (depth == 0 && text == "=") {
        part = Part::kPreset;
      } else if (depth == 0 && text == "?") {
        one.is_optional = true;
      } else if (depth == 0 && text == ":" && part == Part::kName) {
        part = Part::kType;
        if (!is_python) one.type.clear();
      } else if (part == Part::kPreset) {
        one.preset += text + " ";
      } else if (part == Part::kName) {
        // Names of parameters are seen by callers of Python only.
        one.type += is_python || text == "..." ? text : one.type.empty() ? "_" : "";
      } else if (!is_python) {
        one.type += text + " ";
      }
    }
    keep();
  }

  void python_value(const Statement& statement, Tokens tokens) {
    if (tokens[0].text == "__all__") {
      for (const auto& token : tokens) {
        if (token.is_string && token.text.size() > 2) {
          listed_.insert(token.text.substr(1, token.text.size() - 2));
        }
      }
      return;
    }
    if (tokens[0].text == "from" && path_.ends_with("__init__.py")) {
      for (std::size_t i = find(tokens, "import") + 1; i < tokens.size(); ++i) {
        const bool is_last = i + 1 >= tokens.size() || tokens[i + 1].text != "as";
        if (tokens[i].is_word && is_last && tokens[i].text != "as" &&
            !tokens[i].text.starts_with("_")) {
          add(statement, DeclarationKind::kValue, tokens[i].text);
        }
      }
      return;
    }
    if (tokens[0].declares && !tokens[0].text.starts_with("_")) {
      add(statement, DeclarationKind::kValue, tokens[0].text);
    }
  }

  bool read_script(const Statement& statement, Tokens tokens) {
    if (!scopes_.empty()) return script_member(statement, tokens);
    const bool is_common =
        statement.text.starts_with("module . exports") || statement.text.starts_with("exports .");
    if (is_common || (tokens[0].text == "export" && tokens.size() > 1 && tokens[1].text == "{")) {
      for (std::size_t i = is_common ? 2 : 1; i < tokens.size(); ++i) {
        const bool ends =
            i + 1 < tokens.size() && (tokens[i + 1].text == "," || tokens[i + 1].text == "}" ||
                                      tokens[i + 1].text == ":" || tokens[i + 1].text == "=");
        if (tokens[i].is_word && ends && tokens[i].text != "exports") {
          add(statement, DeclarationKind::kValue, tokens[i].text);
        }
      }
      return false;
    }
    if (tokens[0].text != "export" || tokens.size() < 2) return false;
    static constexpr std::array<std::string_view, 8> kWords = {
        "function", "class", "interface", "enum", "type", "const", "let", "var"};
    for (const auto word : kWords) {
      const std::size_t at = find(tokens, word);
      if (at > 4 || at + 1 >= tokens.size()) continue;
      std::string name = tokens[at + 1].text == "*" && at + 2 < tokens.size() ? tokens[at + 2].text
                                                                              : tokens[at + 1].text;
      if (contains(tokens, "default")) name = "default";
      const bool is_type = word == "class" || word == "interface" || word == "enum";
      script_function(statement, tokens, at + 1, name, is_type);
      return is_type && enter(statement, name);
    }
    add(statement, DeclarationKind::kValue, tokens[1].text);
    return false;
  }

  static bool contains(Tokens tokens, std::string_view word) {
    return find(tokens, word) < tokens.size();
  }

  void script_function(const Statement& statement, Tokens tokens, std::size_t from,
                       const std::string& name, bool is_type) {
    const std::size_t open = find(tokens, "(", from);
    const bool is_function = !is_type && open < tokens.size() &&
                             (contains(tokens, "function") || contains(tokens, "=>"));
    Declaration& made =
        add(statement, is_function ? DeclarationKind::kFunction : DeclarationKind::kValue, name);
    if (is_type) made.kind = DeclarationKind::kType;
    if (is_function) {
      add_parameters(made, tokens.subspan(open + 1, closing(tokens, open) - open - 1));
    }
    if (contains(tokens, "type")) made.signature = made.text;
  }

  bool script_member(const Statement& statement, Tokens tokens) {
    if (tokens[0].text == "private" || tokens[0].text.starts_with("#") ||
        tokens[0].text.starts_with("_")) {
      return false;
    }
    const std::size_t open = find(tokens, "(");
    if (open > 0 && open < tokens.size() && statement.opens) {
      Declaration& made = add(statement, DeclarationKind::kFunction, tokens[open - 1].text);
      add_parameters(made, tokens.subspan(open + 1, closing(tokens, open) - open - 1));
    } else if (tokens[0].is_word) {
      add(statement, DeclarationKind::kField, tokens[0].text);
    }
    return false;
  }

  bool read_go(const Statement& statement, Tokens tokens) {
    if (tokens.size() < 2) return false;
    if (!scopes_.empty()) {
      if (starts_upper(tokens[0].text)) {
        add(statement, DeclarationKind::kField, tokens[0].text).signature = statement.text;
      }
      return false;
    }
    if (tokens[0].text == "func" && statement.opens) {
      const std::size_t at = tokens[1].text == "(" ? closing(tokens, 1) + 1 : 1;
      if (at >= tokens.size() || !starts_upper(tokens[at].text)) return false;
      std::string name = tokens[at].text;
      if (at > 2) name = tokens[at - 2].text + "." + name;
      add(statement, DeclarationKind::kFunction, name).signature = without_names(tokens);
    } else if (tokens.size() > 1 && starts_upper(tokens[1].text) && tokens[0].text != "import") {
      const bool is_type = tokens[0].text == "type";
      Declaration& made = add(statement, is_type ? DeclarationKind::kType : DeclarationKind::kValue,
                              tokens[1].text);
      if (is_type) made.signature = statement.text;
      return is_type && enter(statement, tokens[1].text);
    }
    return false;
  }

  bool read_rust(const Statement& statement, Tokens tokens) {
    std::size_t at = 0;
    while (at + 1 < tokens.size() && tokens[at].text == "#") at = closing(tokens, at + 1) + 1;
    if (at >= tokens.size()) return false;
    tokens = tokens.subspan(at);
    const bool is_public = tokens[0].text == "pub" && tokens.size() > 1 && tokens[1].text != "(";
    if (tokens[0].text == "impl" && !contains(tokens, "for")) {
      return enter(statement, tokens.back().text);
    }
    if (!is_public) {
      // What a trait demands is as public as the trait.
      if (scopes_.empty() || !scopes_.back().shows_all || !contains(tokens, "fn")) return false;
    }
    for (const std::string_view word :
         {"fn", "struct", "enum", "trait", "const", "static", "type"}) {
      const std::size_t place = find(tokens, word);
      if (place > 4 || place + 1 >= tokens.size()) continue;
      if (word == "const" && contains(tokens, "fn")) continue;
      const bool is_function = word == "fn";
      Declaration& made =
          add(statement, is_function ? DeclarationKind::kFunction : DeclarationKind::kType,
              tokens[place + 1].text);
      if (is_function || word == "type") made.signature = without_names(tokens);
      return !is_function && enter(statement, tokens[place + 1].text, true, word == "trait");
    }
    if (contains(tokens, "mod")) return enter(statement, after(tokens, "mod"));
    if (!scopes_.empty() && tokens.size() > 2 && tokens[2].text == ":") {
      add(statement, DeclarationKind::kField, tokens[1].text).signature = statement.text;
    }
    return false;
  }

  bool read_java(const Statement& statement, Tokens tokens) {
    const bool is_public =
        contains(tokens, "public") || contains(tokens, "protected") ||
        (!scopes_.empty() && scopes_.back().shows_all && !contains(tokens, "private"));
    if (!is_public) return false;
    for (const std::string_view word : {"class", "interface", "enum", "record"}) {
      if (find(tokens, word) > 6 || find(tokens, word) + 1 >= tokens.size()) continue;
      const std::string name = after(tokens, word);
      add(statement, DeclarationKind::kType, name);
      return enter(statement, name, true, word == "interface");
    }
    std::size_t from = 0;
    while (from + 1 < tokens.size() && tokens[from].text == "@") {
      from += 2;
      if (from < tokens.size() && tokens[from].text == "(") from = closing(tokens, from) + 1;
    }
    if (from >= tokens.size()) return false;
    tokens = tokens.subspan(from);
    const std::size_t open = find(tokens, "(");
    const std::size_t equals = find(tokens, "=");
    if (open > 0 && open < std::min(equals, tokens.size())) {
      add(statement, DeclarationKind::kFunction, tokens[open - 1].text).signature =
          without_names(tokens);
    } else {
      const auto name = std::find_if(tokens.begin(), tokens.end(),
                                     [](const Lexeme& token) { return token.declares; });
      if (name == tokens.end()) return false;
      add(statement, DeclarationKind::kField, name->text).signature =
          joined({tokens.begin(), name});
    }
    return false;
  }

  std::string path_;
  Language language_;
  const Outline& outline_;
  std::string module_;
  std::set<std::string> listed_;  // __all__
  std::vector<Scope> scopes_;
  std::vector<Declaration> made_;
};

}  // namespace

std::vector<Declaration> declarations_in_module(std::string_view path, Language language,
                                                std::string_view text) {
  const auto read = outline(language, text);
  if (!read) return {};
  return ModuleReader(path, language, *read).read();
}

}  // namespace automod::trial
