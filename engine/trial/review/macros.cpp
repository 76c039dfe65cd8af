#include <array>
#include <map>
#include <optional>
#include <string>

#include "engine/trial/review/reach.hpp"

namespace automod::trial {

namespace {

constexpr std::size_t kMostDepth = 8;
constexpr std::size_t kMostWork = 50'000;  // tokens made in one file
constexpr std::size_t kMostArguments = 16;
constexpr std::size_t kLongestName = 200;

using Tokens = std::vector<Token>;

struct Macro {
  bool is_function = false;
  std::vector<std::string> parameters;
  Tokens body;
};

/// As much of the preprocessor as it takes to see names that are put together from parts.
class Expander {
 public:
  explicit Expander(const Source& source) : source_(source) { collect(); }

  std::vector<Pasted> run() {
    const Tokens& tokens = source_.tokens;
    for (std::size_t i = 0; i < tokens.size() && work_ < kMostWork; ++i) {
      if (tokens[i].kind != TokenKind::kName || tokens[i].in_macro) continue;
      join_arguments(tokens, i);
      const auto found = macros_.find(tokens[i].text);
      if (found == macros_.end()) continue;
      line_ = tokens[i].line;
      std::size_t end = i;
      const auto made = expand_one(found->second, tokens, i, end, 0);
      if (!made) continue;
      see(*made);
    }
    return std::move(pasted_);
  }

 private:
  void collect() {
    const auto& nodes = source_.tree.nodes;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const bool is_function = nodes[i].type == "preproc_function_def";
      if (!is_function && nodes[i].type != "preproc_def") continue;
      Macro macro{.is_function = is_function, .parameters = {}, .body = {}};
      std::string name;
      for (std::size_t child = i + 1; child < nodes[i].after; ++child) {
        const auto& node = nodes[child];
        if (node.field == "name") name = source_.text_of(child);
        if (node.field == "value") macro.body = split_tokens(source_.text_of(child), node.line);
        if (node.type == "identifier" && source_.parent_of(child).type == "preproc_params") {
          macro.parameters.emplace_back(source_.text_of(child));
        }
        if (node.type == "..." && is_function) macro.parameters.emplace_back("__VA_ARGS__");
      }
      macros_[name] = std::move(macro);
    }
  }

  void found(const std::string& name) { pasted_.push_back({name, line_}); }

  /// The names that are called in what an expansion leaves.
  void see(const Tokens& tokens) {
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
      if (tokens[i].kind == TokenKind::kName && tokens[i + 1].text == "(") found(tokens[i].text);
    }
  }

  /// The arguments of the call whose "(" is at `i`, and in `end` its ")".
  std::optional<std::vector<Tokens>> arguments(const Tokens& tokens, std::size_t i,
                                               std::size_t& end) {
    if (i >= tokens.size() || tokens[i].text != "(") return std::nullopt;
    std::vector<Tokens> all(1);
    std::size_t depth = 0;
    for (std::size_t at = i; at < tokens.size() && at < i + 400; ++at) {
      const std::string& text = tokens[at].text;
      if (text == "(" && ++depth == 1) continue;
      if (text == ")" && --depth == 0) {
        end = at;
        return all;
      }
      if (text == "," && depth == 1 && all.size() < kMostArguments) {
        all.emplace_back();
      } else {
        all.back().push_back(tokens[at]);
      }
    }
    return std::nullopt;
  }

  /// JOIN(sys, tem), wherever JOIN is defined.
  void join_arguments(const Tokens& tokens, std::size_t i) {
    std::size_t end = 0;
    if (i + 1 >= tokens.size() || tokens[i + 1].text != "(") return;
    const auto all = arguments(tokens, i + 1, end);
    if (!all || all->size() < 2 || all->size() > 4) return;
    std::string joined;
    for (const Tokens& one : *all) {
      if (one.size() != 1 || one[0].kind != TokenKind::kName) return;
      joined += one[0].text;
    }
    line_ = tokens[i].line;
    found(joined);
  }

  /// What a use of the macro at `i` becomes; `end`: its last token.
  std::optional<Tokens> expand_one(const Macro& macro, const Tokens& tokens, std::size_t i,
                                   std::size_t& end, std::size_t depth) {
    if (depth >= kMostDepth || work_ >= kMostWork) return std::nullopt;
    end = i;
    std::vector<Tokens> given;
    if (macro.is_function) {
      auto all = arguments(tokens, i + 1, end);
      if (!all) return std::nullopt;
      given = std::move(*all);
    }
    return expand(substitute(macro, given, depth), depth + 1);
  }

  /// The argument for a parameter; null: the token is no parameter.
  static const Tokens* given_for(const Macro& macro, const std::vector<Tokens>& given,
                                 const Token& token) {
    for (std::size_t p = 0; p < macro.parameters.size() && p < given.size(); ++p) {
      if (macro.parameters[p] == token.text) return &given[p];
    }
    return nullptr;
  }

  Tokens substitute(const Macro& macro, const std::vector<Tokens>& given, std::size_t depth) {
    Tokens made;
    bool joins = false;
    for (std::size_t b = 0; b < macro.body.size() && work_ < kMostWork; ++b) {
      const Token& token = macro.body[b];
      if (token.text == "##") {
        joins = !made.empty();
        continue;
      }
      const bool is_raw = joins || (b + 1 < macro.body.size() && macro.body[b + 1].text == "##");
      const Tokens* argument = given_for(macro, given, token);
      Tokens part = argument == nullptr ? Tokens{token}
                    : is_raw            ? *argument
                                        : expand(*argument, depth + 1);
      append(made, std::move(part), joins);
      joins = false;
    }
    return made;
  }

  void append(Tokens& made, Tokens part, bool joins) {
    work_ += part.size() + 1;
    std::size_t from = 0;
    if (joins && !part.empty() && !made.empty()) {
      std::string& joined = made.back().text;
      if (joined.size() + part[0].text.size() < kLongestName) joined += part[0].text;
      if (made.back().kind == TokenKind::kName) found(joined);
      from = 1;
    }
    for (; from < part.size(); ++from) made.push_back(std::move(part[from]));
  }

  Tokens expand(const Tokens& tokens, std::size_t depth) {
    Tokens made;
    for (std::size_t i = 0; i < tokens.size() && work_ < kMostWork; ++i) {
      ++work_;
      const auto macro =
          tokens[i].kind == TokenKind::kName ? macros_.find(tokens[i].text) : macros_.end();
      std::size_t end = i;
      auto inner = macro == macros_.end() ? std::nullopt
                                          : expand_one(macro->second, tokens, i, end, depth + 1);
      if (inner) {
        made.insert(made.end(), inner->begin(), inner->end());
        i = end;
      } else {
        made.push_back(tokens[i]);
      }
    }
    return made;
  }

  const Source& source_;
  std::map<std::string, Macro, std::less<>> macros_;
  std::vector<Pasted> pasted_;
  std::size_t work_ = 0;
  std::size_t line_ = 0;
};

}  // namespace

std::vector<Pasted> pasted_names(const Source& source) { return Expander(source).run(); }

}  // namespace automod::trial
