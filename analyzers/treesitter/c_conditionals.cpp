#include "analyzers/treesitter/c_conditionals.hpp"

#include <algorithm>

namespace automod::analyzers {

namespace {

constexpr std::size_t kNoToken = ~std::size_t{0};
constexpr std::size_t kAll = ~std::size_t{0};

/// What one branch of a conditional holds, nested conditionals included as far as they stay.
struct Branch {
  std::size_t directive = 0;  // where it begins
  int braces = 0;
  int lowest_brace = 0;
  int parens = 0;
  int lowest_paren = 0;
  std::size_t first = kNoToken;
  std::size_t last = kNoToken;

  void take(std::size_t index, const Token& token) {
    if (first == kNoToken) first = index;
    last = index;
    if (token.is('{')) ++braces;
    if (token.is('}')) lowest_brace = std::min(lowest_brace, --braces);
    if (token.is('(') || token.is('[')) ++parens;
    if (token.is(')') || token.is(']')) lowest_paren = std::min(lowest_paren, --parens);
  }

  void take(const Branch& other) {
    if (other.first == kNoToken) return;
    if (first == kNoToken) first = other.first;
    last = other.last;
    lowest_brace = std::min(lowest_brace, braces + other.lowest_brace);
    lowest_paren = std::min(lowest_paren, parens + other.lowest_paren);
    braces += other.braces;
    parens += other.parens;
  }

  bool is_balanced() const {
    return braces == 0 && lowest_brace == 0 && parens == 0 && lowest_paren == 0;
  }
};

struct Group {
  std::size_t before = kNoToken;  // the last token in front of it
  std::size_t branches = 0;       // the first of them
  bool is_inside_parens = false;
};

class Conditionals {
 public:
  Conditionals(Language language, std::string_view text, std::vector<Token>& tokens)
      : language_(language), text_(text), tokens_(tokens), hidden_(tokens.size() + 1, 0) {}

  void run() {
    branches_.push_back({});
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      const Token& token = tokens_[i];
      if (token.kind != Token::Kind::kDirective) {
        branches_.back().take(i, token);
        last_ = i;
      } else if (token.directive == Directive::kIf) {
        groups_.push_back({last_, branches_.size(), branches_.back().parens > 0});
        branches_.push_back({.directive = i});
      } else if (token.directive == Directive::kOther) {
        if (branches_.back().parens > 0 || !is_end(last_)) {
          hide_one(i);
        } else {
          last_ = i;
        }
      } else if (!groups_.empty()) {
        close_branch(i, token.directive);
      }
    }
    apply();
  }

 private:
  void close_branch(std::size_t i, Directive directive) {
    if (directive != Directive::kEnd) {
      branches_.push_back({.directive = i});
      last_ = groups_.back().before;
      return;
    }
    const Group group = groups_.back();
    groups_.pop_back();
    const std::size_t kept = decide(group, i);
    const std::size_t chosen = kept == kAll ? 0 : kept;
    const std::size_t count = branches_.size() - group.branches;
    const Branch branch = chosen < count ? branches_[group.branches + chosen] : Branch();
    branches_.resize(group.branches);
    branches_.back().take(branch);
    last_ = branch.last != kNoToken ? branch.last : group.before;
    if (kept == kAll && !is_in_list(last_)) last_ = i;
  }

  /// After whole sentences it is the directive that ended what was before.
  bool is_in_list(std::size_t index) const {
    return index != kNoToken && (tokens_[index].is(',') || tokens_[index].is('('));
  }

  /// Which branch stays; kAll with all directives in place. Hides the rest.
  std::size_t decide(const Group& group, std::size_t end) {
    const std::size_t count = branches_.size() - group.branches;
    std::size_t kept = known_branch(group);
    if (kept == kAll) {
      if (is_list(group)) {
        for (std::size_t i = 0; i < count; ++i) hide_one(branches_[group.branches + i].directive);
        hide_one(end);
        return kAll;
      }
      if (is_whole(group)) return kAll;
      kept = branches_[group.branches].first == kNoToken ? 1 : 0;
    }
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t begin = branches_[group.branches + i].directive;
      const std::size_t after = i + 1 < count ? branches_[group.branches + i + 1].directive : end;
      if (i == kept) {
        hide_one(begin);
      } else {
        hide(begin, after);
      }
    }
    hide_one(end);
    return kept;
  }

  std::size_t known_branch(const Group& group) const {
    const std::string_view condition = directive(branches_[group.branches].directive);
    const bool is_cpp = language_ == Language::kCpp;
    switch (about_cplusplus(condition)) {
      case Cplusplus::kOnly:
        return is_cpp ? 0 : 1;
      case Cplusplus::kNever:
        return is_cpp ? 1 : 0;
      case Cplusplus::kUnrelated:
        break;
    }
    if (condition == "#if 0") return 1;
    return condition == "#if 1" ? 0 : kAll;
  }

  std::string_view directive(std::size_t index) const {
    const Token& token = tokens_[index];
    std::string_view text = text_.substr(token.begin, token.end - token.begin);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) {
      text.remove_suffix(1);
    }
    return text;
  }

  /// Does it stand around whole items of a list: parameters, enumerators, values?
  bool is_list(const Group& group) const {
    if (group.before == kNoToken) return false;
    const Token& before = tokens_[group.before];
    if (!before.is(',') && !before.is('{') && !before.is('(')) return false;
    bool has_items = false;
    for (std::size_t i = group.branches; i < branches_.size(); ++i) {
      const Branch& branch = branches_[i];
      if (branch.first == kNoToken) continue;
      if (!tokens_[branch.last].is(',') || !branch.is_balanced()) return false;
      has_items = true;
    }
    return has_items;
  }

  /// Does it stand around whole sentences?
  bool is_whole(const Group& group) const {
    if (group.is_inside_parens || !is_end(group.before)) return false;
    for (std::size_t i = group.branches; i < branches_.size(); ++i) {
      const Branch& branch = branches_[i];
      if (branch.first == kNoToken) continue;
      if (!branch.is_balanced() || goes_on(tokens_[branch.first]) || !is_end(branch.last)) {
        return false;
      }
    }
    return true;
  }

  /// May a sentence end with this token?
  bool is_end(std::size_t index) const {
    if (index == kNoToken) return true;
    const Token& token = tokens_[index];
    if (token.kind == Token::Kind::kDirective) return true;
    return token.is(';') || token.is('{') || token.is('}') || token.is(':') || is_macro_line(index);
  }

  /// A line that is nothing but a macro: "BEGIN_DECLS", "Q_DECLARE(x)".
  bool is_macro_line(std::size_t index) const {
    std::size_t word = index;
    if (tokens_[index].is(')')) {
      word = tokens_[index].partner;
      if (word == index || word == 0) return false;
      --word;
    }
    if (!tokens_[word].is_macro_like) return false;
    return word == 0 || tokens_[word - 1].line < tokens_[word].line;
  }

  /// Does a sentence go on with this token rather than begin?
  bool goes_on(const Token& token) const {
    if (token.kind == Token::Kind::kWord) {
      return text_.substr(token.begin, token.end - token.begin) == "else";
    }
    return token.kind == Token::Kind::kPunctuation && !token.is('{') && !token.is('(') &&
           !token.is('[') && !token.is('~') && !token.is('S') && !token.is('*') && !token.is(';') &&
           !token.is('}');
  }

  void hide_one(std::size_t index) { hide(index, index + 1); }
  void hide(std::size_t begin, std::size_t end) {
    ++hidden_[begin];
    --hidden_[end];
  }

  void apply() {
    int depth = 0;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      depth += hidden_[i];
      tokens_[i].is_hidden = depth > 0;
    }
  }

  Language language_;
  std::string_view text_;
  std::vector<Token>& tokens_;
  std::vector<Branch> branches_;
  std::vector<Group> groups_;
  std::vector<int> hidden_;  // how many more hide this token than the one before
  std::size_t last_ = kNoToken;
};

}  // namespace

void hide_branches(Language language, std::string_view text, std::vector<Token>& tokens) {
  Conditionals(language, text, tokens).run();
}

Cplusplus about_cplusplus(std::string_view directive) {
  const std::size_t name = directive.find("__cplusplus");
  if (name == directive.npos || directive.find("||") != directive.npos ||
      directive.find("&&") != directive.npos || directive.find_first_of("<>=") != directive.npos) {
    return Cplusplus::kUnrelated;
  }
  const bool is_negated =
      directive.find("ifndef") != directive.npos || directive.find('!') != directive.npos;
  return is_negated ? Cplusplus::kNever : Cplusplus::kOnly;
}

}  // namespace automod::analyzers
