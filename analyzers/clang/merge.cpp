#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "analyzers/clang/clang_tidy.hpp"

namespace automod::analyzers {

namespace {

/// Do two neighbours in sorted order claim the same bytes? Two insertions at one offset do: which
/// comes first would be a guess.
bool clash(const Replacement& first, const Replacement& second) {
  if (first.path != second.path) return false;
  if (first.offset == second.offset) return first.length == 0 ? second.length == 0 : true;
  return first.length > second.offset - first.offset;
}

bool contradicts_itself(const std::vector<Replacement>& fix) {
  return std::ranges::adjacent_find(fix, clash) != fix.end();
}

void normalise(std::vector<Replacement>& fix) {
  std::ranges::sort(fix);
  const auto repeated = std::ranges::unique(fix);
  fix.erase(repeated.begin(), repeated.end());
  if (contradicts_itself(fix)) fix.clear();
}

bool overlap(const std::vector<Replacement>& a, const std::vector<Replacement>& b) {
  std::vector<Replacement> both(a);
  both.insert(both.end(), b.begin(), b.end());
  std::ranges::sort(both);
  return contradicts_itself(both);
}

auto place(const Diagnostic& diagnostic) {
  return std::tie(diagnostic.path, diagnostic.offset, diagnostic.check);
}

auto identity(const Diagnostic& diagnostic) {
  return std::tie(diagnostic.path, diagnostic.offset, diagnostic.check, diagnostic.message,
                  diagnostic.level, diagnostic.fix);
}

/// Leaves one of those that say the same. Where they would not do the same, none is believed.
void unite_messages(std::vector<Diagnostic>& sorted) {
  std::vector<Diagnostic> united;
  for (Diagnostic& next : sorted) {
    Diagnostic* last = united.empty() ? nullptr : &united.back();
    if (last == nullptr || place(*last) != place(next) || last->message != next.message) {
      united.push_back(std::move(next));
    } else if (last->fix != next.fix) {
      last->fix.clear();
    }
  }
  sorted = std::move(united);
}

/// One check at one place in other words, as a template or macro gets them from unit to unit: the
/// same fix counts once; fixes for the same bytes that differ cancel each other.
void settle_place(std::vector<Diagnostic*>& same_place) {
  std::vector<bool> contested(same_place.size());
  for (std::size_t i = 0; i < same_place.size(); ++i) {
    for (std::size_t j = i + 1; j < same_place.size(); ++j) {
      if (same_place[i]->fix.empty() || same_place[j]->fix.empty()) continue;
      if (same_place[i]->fix == same_place[j]->fix) {
        same_place[j]->check.clear();  // marks it as said already
      } else if (overlap(same_place[i]->fix, same_place[j]->fix)) {
        contested[i] = contested[j] = true;
      }
    }
  }
  for (std::size_t i = 0; i < same_place.size(); ++i) {
    if (contested[i]) same_place[i]->fix.clear();
  }
}

}  // namespace

std::vector<Diagnostic> merge_diagnostics(std::vector<Diagnostic> seen) {
  for (Diagnostic& diagnostic : seen) normalise(diagnostic.fix);
  std::ranges::sort(seen, [](const auto& a, const auto& b) { return identity(a) < identity(b); });
  unite_messages(seen);
  // Comparing all with all is for the few that share a place; a flood is only deduplicated.
  constexpr std::size_t kMostAtOnePlace = 64;
  for (std::size_t i = 0; i < seen.size();) {
    std::vector<Diagnostic*> same_place;
    std::size_t end = i;
    for (; end < seen.size() && place(seen[end]) == place(seen[i]); ++end) {
      same_place.push_back(&seen[end]);
    }
    i = end;
    if (same_place.size() > kMostAtOnePlace) {
      for (Diagnostic* diagnostic : same_place) diagnostic->fix.clear();
    } else if (same_place.size() > 1) {
      settle_place(same_place);
    }
  }
  std::erase_if(seen, [](const Diagnostic& diagnostic) { return diagnostic.check.empty(); });
  return seen;
}

Result<std::string> apply_replacements(std::string_view content,
                                       const std::vector<Replacement>& replacements) {
  std::string result;
  std::size_t done = 0;  // bytes of `content` already dealt with
  for (const Replacement& next : replacements) {
    if (next.offset > content.size() || next.length > content.size() - next.offset) {
      return fail(ErrorKind::kRefused,
                  fmt::format("a fix reaches to byte {} of {}, which has {}",
                              next.offset + next.length, next.path, content.size()));
    }
    if (next.offset < done) {
      return fail(ErrorKind::kRefused,
                  fmt::format("two fixes claim byte {} of {}", next.offset, next.path));
    }
    result += content.substr(done, next.offset - done);
    result += next.text;
    done = next.offset + next.length;
  }
  result += content.substr(done);
  return result;
}

}  // namespace automod::analyzers
