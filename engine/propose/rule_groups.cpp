#include "engine/propose/rule_groups.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <string_view>
#include <tuple>
#include <utility>

namespace automod::propose {

namespace {

using analyzers::Diagnostic;
using analyzers::Replacement;

/// Sets that grow together.
class Sets {
 public:
  explicit Sets(std::size_t size) : parent_(size) {
    std::iota(parent_.begin(), parent_.end(), std::size_t{0});
  }
  std::size_t root(std::size_t item) {
    while (parent_[item] != item) item = parent_[item] = parent_[parent_[item]];
    return item;
  }
  void unite(std::size_t a, std::size_t b) {
    const auto [low, high] = std::minmax({root(a), root(b)});
    parent_[high] = low;
  }

 private:
  std::vector<std::size_t> parent_;
};

/// Lines that a fix touches in one file.
struct Span {
  std::string_view check;
  std::string_view path;
  std::size_t first;
  std::size_t last;
  std::size_t owner;  // index of the diagnostic
};

std::vector<Span> spans_of(const std::vector<const Diagnostic*>& diagnostics,
                           const LineOf& line_of) {
  std::vector<Span> spans;
  for (std::size_t i = 0; i < diagnostics.size(); ++i) {
    for (const Replacement& one : diagnostics[i]->fix) {
      const std::size_t end = one.length == 0 ? one.offset : one.offset + one.length - 1;
      spans.push_back({diagnostics[i]->check, one.path, line_of(one.path, one.offset),
                       line_of(one.path, end), i});
    }
  }
  std::ranges::sort(spans, [](const Span& a, const Span& b) {
    return std::tie(a.check, a.path, a.first, a.last, a.owner) <
           std::tie(b.check, b.path, b.first, b.last, b.owner);
  });
  return spans;
}

void unite_neighbours(Sets& sets, const std::vector<Span>& spans) {
  std::size_t reached = 0;  // last line of the run so far
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const bool continues = i > 0 && spans[i].check == spans[i - 1].check &&
                           spans[i].path == spans[i - 1].path && spans[i].first <= reached + 1;
    if (continues) sets.unite(spans[i].owner, spans[i - 1].owner);
    reached = continues ? std::max(reached, spans[i].last) : spans[i].last;
  }
}

bool brings_include(const Replacement& one) { return one.text.find("#include") != one.text.npos; }
bool names_std(const Replacement& one) { return one.text.find("std::") != one.text.npos; }

/// clang-tidy adds a missing include with the first fix of a file that needs it.
void unite_includes(Sets& sets, const std::vector<const Diagnostic*>& diagnostics) {
  using Key = std::pair<std::string_view, std::string_view>;
  std::map<Key, std::size_t> bringers;
  for (std::size_t i = 0; i < diagnostics.size(); ++i) {
    for (const Replacement& one : diagnostics[i]->fix) {
      if (!brings_include(one)) continue;
      const auto [known, is_new] = bringers.emplace(Key(diagnostics[i]->check, one.path), i);
      if (!is_new) sets.unite(known->second, i);
    }
  }
  for (std::size_t i = 0; i < diagnostics.size(); ++i) {
    for (const Replacement& one : diagnostics[i]->fix) {
      const auto bringer = bringers.find(Key(diagnostics[i]->check, one.path));
      if (bringer != bringers.end() && names_std(one)) sets.unite(bringer->second, i);
    }
  }
}

/// Empty when the fixes contradict each other: the merger is the judge of that.
std::vector<Replacement> united_fix(const std::vector<const Diagnostic*>& members) {
  Diagnostic all;
  all.check = members.front()->check;
  for (const Diagnostic* member : members) {
    all.fix.insert(all.fix.end(), member->fix.begin(), member->fix.end());
  }
  return std::move(analyzers::merge_diagnostics({std::move(all)}).front().fix);
}

}  // namespace

std::vector<Group> group_fixes(const std::vector<const Diagnostic*>& diagnostics,
                               const LineOf& line_of) {
  Sets sets(diagnostics.size());
  unite_neighbours(sets, spans_of(diagnostics, line_of));
  unite_includes(sets, diagnostics);
  std::map<std::size_t, std::vector<const Diagnostic*>> united;
  for (std::size_t i = 0; i < diagnostics.size(); ++i) {
    united[sets.root(i)].push_back(diagnostics[i]);
  }
  std::vector<Group> groups;
  for (auto& [root, members] : united) {
    auto fix = united_fix(members);
    if (!fix.empty()) {
      groups.push_back({std::move(members), std::move(fix)});
      continue;
    }
    for (const Diagnostic* member : members) groups.push_back({{member}, member->fix});
  }
  return groups;
}

}  // namespace automod::propose
