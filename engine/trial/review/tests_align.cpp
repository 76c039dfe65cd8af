#include "engine/trial/review/tests_align.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <unordered_map>

#include "engine/trial/review/tests_words.hpp"

namespace automod::trial {

namespace {

constexpr std::size_t kMostCells = 4'000'000;
constexpr std::size_t kMostPairs = 2'500;
constexpr double kLikeness = 0.5;
constexpr double kSameStart = 0.25;

struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t size() const { return end - begin; }
};

class Aligner {
 public:
  Aligner(const std::vector<Statement>& before, const std::vector<Statement>& after)
      : before_(before), after_(after) {
    made_.of_before.assign(before.size(), kNoPartner);
    made_.of_after.assign(after.size(), kNoPartner);
    made_.is_moved.assign(before.size(), false);
  }

  Alignment run() {
    if (before_.empty() || after_.empty()) return std::move(made_);
    join(0, 0);
    match_equal();
    match_moved();
    match_similar();
    return std::move(made_);
  }

 private:
  void join(std::size_t i, std::size_t j) {
    made_.of_before[i] = j;
    made_.of_after[j] = i;
  }

  bool is_equal(std::size_t i, std::size_t j) const {
    return before_[i].text == after_[j].text && before_[i].opens == after_[j].opens;
  }

  void match_equal() {
    Range one{1, before_.size()};
    Range other{1, after_.size()};
    while (one.size() > 0 && other.size() > 0 && is_equal(one.begin, other.begin)) {
      join(one.begin++, other.begin++);
    }
    while (one.size() > 0 && other.size() > 0 && is_equal(one.end - 1, other.end - 1)) {
      join(--one.end, --other.end);
    }
    if (one.size() * other.size() <= kMostCells) match_longest(one, other);
  }

  /// The longest common subsequence, by the usual table from the end.
  void match_longest(Range one, Range other) {
    const std::size_t width = other.size() + 1;
    std::vector<std::uint32_t> longest((one.size() + 1) * width, 0);
    const auto at = [&](std::size_t i, std::size_t j) -> std::uint32_t& {
      return longest[(i - one.begin) * width + (j - other.begin)];
    };
    for (std::size_t i = one.end; i-- > one.begin;) {
      for (std::size_t j = other.end; j-- > other.begin;) {
        at(i, j) = is_equal(i, j) ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
      }
    }
    std::size_t i = one.begin;
    std::size_t j = other.begin;
    while (i < one.end && j < other.end) {
      if (is_equal(i, j)) {
        join(i++, j++);
      } else if (at(i + 1, j) >= at(i, j + 1)) {
        ++i;
      } else {
        ++j;
      }
    }
  }

  void match_moved() {
    std::unordered_map<std::string_view, std::vector<std::size_t>> left;
    for (std::size_t j = after_.size(); j-- > 1;) {
      if (made_.of_after[j] == kNoPartner) left[after_[j].text].push_back(j);
    }
    for (std::size_t i = 1; i < before_.size(); ++i) {
      if (made_.of_before[i] != kNoPartner || before_[i].text.empty()) continue;
      const auto found = left.find(before_[i].text);
      if (found == left.end() || found->second.empty()) continue;
      join(i, found->second.back());
      found->second.pop_back();
      made_.is_moved[i] = true;
    }
  }

  /// Between two statements that are partners in order, what is left on both sides may be edits.
  void match_similar() {
    std::size_t i = 1;
    std::size_t j = 1;
    while (i < before_.size() || j < after_.size()) {
      const std::size_t from_i = i;
      const std::size_t from_j = j;
      while (i < before_.size() && !is_fixed(i)) ++i;
      const std::size_t until = i < before_.size() ? made_.of_before[i] : after_.size();
      match_gap({from_i, i}, {from_j, until});
      j = until + 1;
      ++i;
      if (until >= after_.size()) break;
    }
  }

  bool is_fixed(std::size_t i) const {
    return made_.of_before[i] != kNoPartner && !made_.is_moved[i];
  }

  void match_gap(Range one, Range other) {
    std::vector<std::size_t> gone;
    std::vector<std::size_t> come;
    for (std::size_t i = one.begin; i < one.end; ++i) {
      if (made_.of_before[i] == kNoPartner) gone.push_back(i);
    }
    for (std::size_t j = other.begin; j < other.end; ++j) {
      if (made_.of_after[j] == kNoPartner) come.push_back(j);
    }
    if (gone.size() * come.size() > kMostPairs) {
      for (std::size_t k = 0; k < std::min(gone.size(), come.size()); ++k) {
        if (similarity(before_[gone[k]], after_[come[k]]) >= kLikeness) join(gone[k], come[k]);
      }
      return;
    }
    pair_best(gone, come);
  }

  double likeness(std::size_t i, std::size_t j) const {
    if (before_[i].opens != after_[j].opens) return 0;
    double alike = similarity(before_[i], after_[j]);
    // The same call or keyword is much in common, whatever it is about.
    const auto& was = before_[i].tokens;
    const auto& is = after_[j].tokens;
    const bool has_words = !was.empty() && !is.empty() && was[0].is_word;
    const bool are_assertions =
        has_words && is_assertion_name(was[0].text) && is_assertion_name(is[0].text);
    if (has_words && (was[0].text == is[0].text || are_assertions)) alike += kSameStart;
    return alike >= kLikeness ? alike : 0;
  }

  void pair_best(const std::vector<std::size_t>& gone, const std::vector<std::size_t>& come) {
    const std::size_t width = come.size() + 1;
    std::vector<double> best((gone.size() + 1) * width, 0);
    for (std::size_t i = gone.size(); i-- > 0;) {
      for (std::size_t j = come.size(); j-- > 0;) {
        const double alike = likeness(gone[i], come[j]);
        best[i * width + j] = std::max({best[(i + 1) * width + j], best[i * width + j + 1],
                                        alike + best[(i + 1) * width + j + 1]});
      }
    }
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < gone.size() && j < come.size()) {
      const double alike = likeness(gone[i], come[j]);
      const double here = best[i * width + j];
      if (alike > 0 && here <= alike + best[(i + 1) * width + j + 1]) {
        join(gone[i++], come[j++]);
      } else if (here <= best[(i + 1) * width + j]) {
        ++i;
      } else {
        ++j;
      }
    }
  }

  const std::vector<Statement>& before_;
  const std::vector<Statement>& after_;
  Alignment made_;
};

struct Names {
  std::set<std::string> all;
  std::set<std::string> declared;
};

Names names_of(const std::vector<Statement>& statements) {
  Names names;
  for (const auto& statement : statements) {
    for (const auto& token : statement.tokens) {
      if (token.is_word) names.all.insert(token.text);
      if (token.declares) names.declared.insert(token.text);
    }
  }
  return names;
}

/// Adds what differs by names only. False: some name would stand for two.
bool add_names(const Statement& before, const Statement& after, const Names& old_names,
               const Names& new_names, std::map<std::string, std::string>& names) {
  if (before.tokens.size() != after.tokens.size()) return true;
  for (std::size_t i = 0; i < before.tokens.size(); ++i) {
    const std::string& was = before.tokens[i].text;
    const std::string& is = after.tokens[i].text;
    if (was == is) continue;
    if (!old_names.declared.contains(was) || new_names.all.contains(was)) continue;
    if (!new_names.declared.contains(is) || old_names.all.contains(is)) continue;
    const auto [known, is_new] = names.emplace(was, is);
    if (!is_new && known->second != is) return false;
  }
  return true;
}

}  // namespace

double similarity(const Statement& one, const Statement& other) {
  const std::size_t total = one.tokens.size() + other.tokens.size();
  if (total == 0) return 1;
  std::unordered_map<std::string_view, int> counts;
  for (const auto& token : one.tokens) ++counts[token.text];
  std::size_t common = 0;
  for (const auto& token : other.tokens) {
    const auto found = counts.find(token.text);
    if (found == counts.end() || found->second == 0) continue;
    --found->second;
    ++common;
  }
  return 2.0 * static_cast<double>(common) / static_cast<double>(total);
}

Alignment align(const std::vector<Statement>& before, const std::vector<Statement>& after) {
  return Aligner(before, after).run();
}

std::map<std::string, std::string> renamed(const std::vector<Statement>& before,
                                           const std::vector<Statement>& after) {
  std::map<std::string, std::string> names;
  const Names old_names = names_of(before);
  const Names new_names = names_of(after);
  const Alignment aligned = align(before, after);
  for (std::size_t i = 0; i < before.size(); ++i) {
    const std::size_t j = aligned.of_before[i];
    if (j == kNoPartner || before[i].text == after[j].text) continue;
    if (!add_names(before[i], after[j], old_names, new_names, names)) return {};
  }
  std::set<std::string> used;
  for (const auto& [was, is] : names) {
    if (!used.insert(is).second) return {};
  }
  return names;
}

std::vector<Statement> with_names(std::vector<Statement> statements,
                                  const std::map<std::string, std::string>& names) {
  if (names.empty()) return statements;
  for (auto& statement : statements) {
    bool is_changed = false;
    for (auto& token : statement.tokens) {
      const auto found = token.is_word ? names.find(token.text) : names.end();
      if (found == names.end()) continue;
      token.text = found->second;
      is_changed = true;
    }
    if (is_changed) statement.text = joined(statement.tokens);
  }
  return statements;
}

}  // namespace automod::trial
