#include "analyzers/structure/copies.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <numeric>
#include <thread>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "analyzers/structure/copy_tokens.hpp"

namespace automod::analyzers {

namespace {

constexpr std::size_t kSeed = 30;       // tokens that have to be alike before more is compared
constexpr std::size_t kMostAlike = 48;  // places of one seed; more of them are an idiom
constexpr std::size_t kMostPairs = 50'000;
constexpr std::uint32_t kFewestNames = 6;       // different ones
constexpr std::uint32_t kFewestStatements = 3;  // in languages that end them with a semicolon
constexpr double kSameNames = 0.5;              // of all names, as they are written
constexpr double kSteadyNames = 0.95;           // that stand for the same other one throughout
constexpr double kSamePlace = 0.7;              // of the shorter of two places
constexpr unsigned kMostThreads = 64;

/// Files whose functions can be copies of each other's.
int family(Language language) {
  switch (language) {
    case Language::kC:
    case Language::kCpp:
      return 0;
    case Language::kJavaScript:
    case Language::kTypeScript:
    case Language::kTsx:
      return 1;
    default:
      return 2 + static_cast<int>(language);
  }
}

/// Does every statement of the language end with a semicolon?
bool ends_statements(Language language) {
  return language == Language::kC || language == Language::kCpp || language == Language::kJava ||
         language == Language::kRust;
}

/// One row of one file.
struct Row {
  std::uint32_t file = 0;
  TokenRow tokens;
};

/// A token of a row.
struct Spot {
  std::uint32_t row = 0;
  std::uint32_t token = 0;
  friend auto operator<=>(const Spot&, const Spot&) = default;
};

/// Two rows have so many tokens in common, from here on.
struct CopyPair {
  Spot one;
  Spot other;
  std::uint32_t tokens = 0;
};

struct Seed {
  std::uint64_t digest = 0;
  Spot at;
};

/// Winnowing: of each so many neighbouring seeds the least, so that any stretch of `tokens` that
/// two rows share has a seed in both.
void add_seeds(const std::vector<Row>& rows, std::uint32_t number, std::size_t tokens,
               std::vector<Seed>& into) {
  const TokenRow& row = rows[number].tokens;
  if (row.size() < tokens) return;
  constexpr std::uint64_t kBase = 1'000'003;
  std::uint64_t power = 1;
  for (std::size_t i = 1; i < kSeed; ++i) power *= kBase;
  std::vector<std::uint64_t> digests;
  std::uint64_t rolling = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (i >= kSeed) rolling -= row[i - kSeed].shape * power;
    rolling = rolling * kBase + row[i].shape;
    if (i + 1 >= kSeed) digests.push_back(rolling);
  }
  const std::size_t window = tokens - kSeed + 1;
  std::size_t last = digests.size();
  for (std::size_t i = 0; i + window <= digests.size(); ++i) {
    const auto begin = digests.begin() + static_cast<std::ptrdiff_t>(i);
    const auto least = std::min_element(begin, begin + static_cast<std::ptrdiff_t>(window));
    const auto at = static_cast<std::size_t>(least - digests.begin());
    if (at == last) continue;
    last = at;
    into.push_back(
        {.digest = *least, .at = {.row = number, .token = static_cast<std::uint32_t>(at)}});
  }
}

/// Compares rows pair by pair.
class Comparer {
 public:
  Comparer(const std::vector<Row>& rows, const CopyLimits& limits, bool has_semicolons)
      : rows_(rows), limits_(limits), has_semicolons_(has_semicolons) {}

  /// False: there is too much to say.
  bool compare(std::vector<Seed> seeds) {
    std::ranges::sort(seeds, [](const Seed& a, const Seed& b) {
      return std::tie(a.digest, a.at) < std::tie(b.digest, b.at);
    });
    for (std::size_t i = 0; i < seeds.size();) {
      std::size_t end = i;
      while (end < seeds.size() && seeds[end].digest == seeds[i].digest) ++end;
      if (end - i <= kMostAlike) {
        for (std::size_t a = i; a < end; ++a) {
          for (std::size_t b = a + 1; b < end; ++b) compare(seeds[a].at, seeds[b].at);
        }
      }
      if (pairs_.size() > kMostPairs) return false;
      i = end;
    }
    return true;
  }

  std::vector<CopyPair> take() { return std::move(pairs_); }

 private:
  void compare(Spot a, Spot b) {
    const TokenRow& one = rows_[a.row].tokens;
    const TokenRow& other = rows_[b.row].tokens;
    // All of one diagonal that is known already needs no second look.
    const auto diagonal = std::tuple(a.row, b.row, static_cast<std::int64_t>(b.token) - a.token);
    const auto known = seen_.find(diagonal);
    if (known != seen_.end() && a.token < known->second) return;
    std::uint32_t back = 0;
    while (back < a.token && back < b.token &&
           one[a.token - back - 1].shape == other[b.token - back - 1].shape) {
      ++back;
    }
    a.token -= back;
    b.token -= back;
    std::uint32_t length = 0;
    while (a.token + length < one.size() && b.token + length < other.size() &&
           one[a.token + length].shape == other[b.token + length].shape) {
      ++length;
    }
    seen_[diagonal] = a.token + length;
    if (a.row == b.row) length = std::min(length, b.token - a.token);  // it repeats itself
    begin_with_a_line(a, b, length);
    if (is_copy(a, b, length)) pairs_.push_back({.one = a, .other = b, .tokens = length});
  }

  /// The end of a line, or of a call, that is otherwise something else says nothing.
  void begin_with_a_line(Spot& a, Spot& b, std::uint32_t& length) const {
    static const std::array kClosing = {shape_of(")"), shape_of("]"), shape_of("}")};
    const TokenRow& row = rows_[a.row].tokens;
    while (length > 0 && a.token > 0 &&
           (row[a.token].line == row[a.token - 1].line ||
            std::ranges::find(kClosing, row[a.token].shape) != kClosing.end())) {
      ++a.token;
      ++b.token;
      --length;
    }
  }

  /// Heads may have to be alike: those of overloads, and of what is called in the same way.
  bool does_enough(Spot at, std::uint32_t length) const {
    const auto begin = rows_[at.row].tokens.begin() + at.token;
    return std::count_if(begin, begin + length, [](const CopyToken& token) {
             return !token.is_head;
           }) >= limits_.tokens / 2;
  }

  std::uint32_t lines(Spot at, std::uint32_t length) const {
    const TokenRow& row = rows_[at.row].tokens;
    return row[at.token + length - 1].line - row[at.token].line + 1;
  }

  /// A table, however long, is no code.
  bool has_statements(Spot at, std::uint32_t length) const {
    static const std::uint32_t kEnd = shape_of(";");
    const auto begin = rows_[at.row].tokens.begin() + at.token;
    return std::count_if(begin, begin + length, [](const CopyToken& token) {
             return token.shape == kEnd;
           }) >= kFewestStatements;
  }

  bool is_copy(Spot a, Spot b, std::uint32_t length) const {
    if (length < limits_.tokens || !does_enough(a, length)) return false;
    if (has_semicolons_ && !has_statements(a, length)) return false;
    if (std::min(lines(a, length), lines(b, length)) < limits_.lines) return false;
    std::map<std::uint32_t, std::uint32_t> forth, back;
    std::uint32_t names = 0, same = 0, steady = 0;
    for (std::uint32_t i = 0; i < length; ++i) {
      const std::uint32_t one = rows_[a.row].tokens[a.token + i].text;
      const std::uint32_t other = rows_[b.row].tokens[b.token + i].text;
      if (one == 0 || other == 0) continue;
      ++names;
      same += one == other ? 1U : 0U;
      const bool is_steady = forth.try_emplace(one, other).first->second == other &&
                             back.try_emplace(other, one).first->second == one;
      steady += is_steady ? 1U : 0U;
    }
    return std::min(forth.size(), back.size()) >= kFewestNames && same >= kSameNames * names &&
           steady >= kSteadyNames * names;
  }

  const std::vector<Row>& rows_;
  const CopyLimits& limits_;
  const bool has_semicolons_;
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::int64_t>, std::uint32_t> seen_;
  std::vector<CopyPair> pairs_;
};

/// One side of a pair, while groups are made.
struct Side {
  Spot at;
  std::uint32_t tokens = 0;
  std::size_t pair = 0;
};

class Union {
 public:
  explicit Union(std::size_t size) : parents_(size) {
    std::iota(parents_.begin(), parents_.end(), std::size_t{0});
  }
  std::size_t find(std::size_t i) {
    while (parents_[i] != i) i = parents_[i] = parents_[parents_[i]];
    return i;
  }
  void join(std::size_t a, std::size_t b) { parents_[find(a)] = find(b); }

 private:
  std::vector<std::size_t> parents_;
};

CopyPlace place_of(const Row& row, std::uint32_t token, std::uint32_t tokens) {
  const CopyToken& first = row.tokens[token];
  const CopyToken& last = row.tokens[token + tokens - 1];
  return {.file = row.file,
          .begin = first.begin,
          .end = last.end,
          .line = first.line,
          .last_line = last.line};
}

/// Of sorted places that overlap the first stays: what repeats itself is one place.
void keep_apart(std::vector<CopyPlace>& places) {
  std::vector<CopyPlace> kept;
  for (const CopyPlace& one : places) {
    const bool is_apart =
        kept.empty() || kept.back().file != one.file || kept.back().end <= one.begin;
    if (is_apart) kept.push_back(one);
  }
  places = std::move(kept);
}

/// Pairs that have a place in common belong together.
std::vector<CopyGroup> groups_of(const std::vector<Row>& rows, const std::vector<CopyPair>& pairs) {
  std::vector<Side> sides;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    sides.push_back({.at = pairs[i].one, .tokens = pairs[i].tokens, .pair = i});
    sides.push_back({.at = pairs[i].other, .tokens = pairs[i].tokens, .pair = i});
  }
  std::ranges::sort(sides, [](const Side& a, const Side& b) {
    return std::tie(a.at, b.tokens, a.pair) < std::tie(b.at, a.tokens, b.pair);
  });
  Union groups(pairs.size());
  std::vector<Side> kept;  // one for each place, the longest
  for (const Side& side : sides) {
    const bool has_last = !kept.empty() && kept.back().at.row == side.at.row;
    const std::uint32_t end = has_last ? kept.back().at.token + kept.back().tokens : 0;
    const std::uint32_t shared =
        std::min(end, side.at.token + side.tokens) -
        std::min(std::min(end, side.at.token + side.tokens), side.at.token);
    if (has_last && shared >= kSamePlace * std::min(kept.back().tokens, side.tokens)) {
      groups.join(kept.back().pair, side.pair);
    } else {
      kept.push_back(side);
    }
  }
  std::map<std::size_t, CopyGroup> found;
  for (const Side& side : kept) {
    CopyGroup& group = found[groups.find(side.pair)];
    group.places.push_back(place_of(rows[side.at.row], side.at.token, side.tokens));
    group.tokens = group.tokens == 0 ? side.tokens : std::min(group.tokens, side.tokens);
  }
  std::vector<CopyGroup> all;
  for (auto& [number, group] : found) {
    std::ranges::sort(group.places, [](const CopyPlace& a, const CopyPlace& b) {
      return std::tie(a.file, a.begin) < std::tie(b.file, b.begin);
    });
    keep_apart(group.places);
    if (group.places.size() < 2) continue;
    all.push_back(std::move(group));
  }
  return all;
}

/// Rows of all files that count, in the order of the files whatever thread read them.
class RowReading {
 public:
  RowReading(const Codebase& code, const ReadText& read, const CopyLimits& limits,
             const CancelToken& cancel)
      : code_(code), read_(read), limits_(limits), cancel_(cancel), rows_(code.files().size()) {}

  void run(unsigned jobs) {
    std::vector<std::jthread> others;
    for (unsigned i = 1; i < std::min(jobs, kMostThreads); ++i) {
      others.emplace_back([this] { work(); });
    }
    work();
  }

  std::vector<std::vector<TokenRow>> take() { return std::move(rows_); }
  bool is_whole() const { return is_whole_; }

 private:
  void work() {
    for (;;) {
      const std::size_t i = next_++;
      if (i >= rows_.size() || cancel_.requested()) return;
      const CodeFile& file = code_.files()[i];
      const bool counts = file.facts.left_out == LeftOut::kNothing &&
                          kind_of_file(file.path) == FileKind::kCode && !file.facts.symbols.empty();
      if (!counts) continue;
      if (file.facts.bytes > limits_.file_bytes || tokens_ > limits_.all_tokens) {
        is_whole_ = false;
        continue;
      }
      const auto text = read_(static_cast<std::uint32_t>(i));
      if (!text) {
        is_whole_ = false;
        continue;
      }
      if (is_generated(*text)) continue;
      rows_[i] = token_rows(file.facts, *text);
      for (const TokenRow& row : rows_[i]) tokens_ += row.size();
    }
  }

  const Codebase& code_;
  const ReadText& read_;
  const CopyLimits& limits_;
  const CancelToken& cancel_;
  std::vector<std::vector<TokenRow>> rows_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<std::size_t> tokens_ = 0;
  std::atomic<bool> is_whole_ = true;
};

}  // namespace

Result<Copies> find_copies(const Codebase& code, const ReadText& read, const CopyLimits& limits,
                           unsigned jobs, const CancelToken& cancel) {
  RowReading reading(code, read, limits, cancel);
  reading.run(jobs);
  if (cancel.requested()) return fail(ErrorKind::kInterrupted, "interrupted");
  std::map<int, std::vector<Row>> families;
  auto all = reading.take();
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    auto& rows = families[family(code.files()[i].facts.language)];
    for (TokenRow& row : all[i]) rows.push_back({.file = i, .tokens = std::move(row)});
  }
  Copies copies{.groups = {}, .is_whole = reading.is_whole()};
  for (const auto& [number, rows] : families) {
    std::vector<Seed> seeds;
    for (std::uint32_t i = 0; i < rows.size(); ++i) add_seeds(rows, i, limits.tokens, seeds);
    const Language language = code.files()[rows.empty() ? 0 : rows[0].file].facts.language;
    Comparer comparer(rows, limits, ends_statements(language));
    if (!comparer.compare(std::move(seeds))) copies.is_whole = false;
    if (cancel.requested()) return fail(ErrorKind::kInterrupted, "interrupted");
    for (CopyGroup& group : groups_of(rows, comparer.take())) {
      copies.groups.push_back(std::move(group));
    }
  }
  std::ranges::sort(copies.groups, [](const CopyGroup& a, const CopyGroup& b) {
    const auto weight = [](const CopyGroup& one) { return one.tokens * one.places.size(); };
    const CopyPlace& first = a.places.front();
    const CopyPlace& second = b.places.front();
    return std::tuple(weight(b), first.file, first.begin) <
           std::tuple(weight(a), second.file, second.begin);
  });
  return copies;
}

}  // namespace automod::analyzers
