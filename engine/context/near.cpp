#include "engine/context/near.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>

#include "analyzers/structure/file_kind.hpp"

namespace automod::context {

namespace {

using analyzers::FileFacts;
using analyzers::kNone;
using analyzers::Link;
using analyzers::PackedCode;
using analyzers::Symbol;

/// Facts as the index keeps them, ten bytes for a line: a tree of so many is read as a whole, of
/// others so many are. Reading and linking a million lines takes a second and a half.
constexpr std::size_t kWhole = 600u << 10;
constexpr std::size_t kPart = 300u << 10;
/// A name that more things have says nothing, as in Codebase.
constexpr std::size_t kMostMeant = 8;
constexpr std::size_t kMostOwnNames = 200;
constexpr std::size_t kMostUsedNames = 400;

// How much a file has to do with what is meant.
constexpr double kDefinesIt = 4;
constexpr double kUsesIt = 2;
constexpr double kIsUsed = 1.5;
constexpr double kIsTest = 0.3;
constexpr double kIsNear = 0.5;
constexpr double kManyUsers = 40;

/// The names to look for: those of what is meant, then those that it uses.
struct Names {
  std::vector<std::string> all;
  std::size_t own = 0;

  bool is_own(std::uint32_t name) const { return name < own; }
};

bool is_inside(const FileFacts& facts, std::uint32_t symbol, std::uint32_t whole) {
  for (; symbol != kNone; symbol = facts.symbols[symbol].within) {
    if (symbol == whole) return true;
  }
  return false;
}

Result<Names> names_of(Shelf& shelf, const std::vector<Meant>& meant) {
  std::set<std::string> own;
  std::map<std::string, std::size_t> used;
  for (const Meant& one : meant) {
    if (!one.file) continue;
    const auto read = shelf.facts(*one.file);
    if (!read) return fail(read.error());
    const FileFacts& facts = **read;
    for (std::uint32_t i = 0; i < facts.symbols.size(); ++i) {
      const Symbol& symbol = facts.symbols[i];
      const bool is_meant = one.symbol == kNone || is_inside(facts, i, one.symbol);
      if (is_meant && own.size() < kMostOwnNames) own.insert(facts.names[symbol.name]);
      if (one.symbol == i && symbol.scope != kNone) ++used[facts.names[symbol.scope]];
    }
    for (const auto& reference : facts.references) {
      const bool counts = one.symbol == kNone || is_inside(facts, reference.within, one.symbol);
      if (counts) ++used[facts.names[reference.name]];
    }
  }
  Names names;
  names.all.assign(own.begin(), own.end());
  names.own = own.size();
  std::vector<std::pair<std::size_t, std::string>> most;
  for (const auto& [name, times] : used) {
    if (!own.contains(name)) most.emplace_back(times, name);
  }
  std::ranges::sort(most, [](const auto& a, const auto& b) {
    return std::tie(b.first, a.second) < std::tie(a.first, b.second);
  });
  if (most.size() > kMostUsedNames) most.resize(kMostUsedNames);
  for (auto& [times, name] : most) names.all.push_back(std::move(name));
  return names;
}

/// The share of `path`'s folders that it has in common with the nearest of what is meant.
double nearness(std::string_view path, const std::vector<Meant>& meant) {
  double best = 0;
  const auto folders = static_cast<double>(std::ranges::count(path, '/')) + 1;
  for (const Meant& one : meant) {
    std::size_t shared = one.path == path ? 1 : 0;
    const std::size_t most = std::min(path.size(), one.path.size());
    for (std::size_t i = 0; i < most && path[i] == one.path[i]; ++i) shared += path[i] == '/';
    best = std::max(best, static_cast<double>(shared) / folders);
  }
  return best;
}

/// What was seen of one name.
struct Seen {
  std::vector<std::uint32_t> define;
  std::vector<std::uint32_t> declare;
  std::vector<std::uint32_t> use;
};

std::vector<Seen> by_name(const Names& names, const std::vector<PackedCode::Sighting>& sightings) {
  std::vector<Seen> all(names.all.size());
  for (const auto& one : sightings) {
    Seen& seen = all[one.seen.name];
    if (one.seen.defines) seen.define.push_back(one.file);
    if (one.seen.declares) seen.declare.push_back(one.file);
    if (!one.seen.defines) seen.use.push_back(one.file);
  }
  return all;
}

/// Files with what speaks for them.
class Scores {
 public:
  explicit Scores(const PackedCode& code, const std::vector<Meant>& meant)
      : code_(code), meant_(meant) {}

  void add(std::uint32_t file, double score) {
    const auto [at, is_new] = scores_.try_emplace(file, 0.0);
    if (is_new) {
      const std::string_view path = code_.files()[file].path;
      at->second += kIsNear * nearness(path, meant_);
      const auto kind = analyzers::kind_of_file(path);
      if (kind == analyzers::FileKind::kTest) at->second += kIsTest;
      if (kind == analyzers::FileKind::kForeign) at->second -= kIsUsed;
    }
    at->second += score;
  }

  /// The best that fit, after those that are meant themselves.
  std::vector<std::uint32_t> best() const {
    std::set<std::uint32_t> chosen;
    std::size_t bytes = 0;
    for (const Meant& one : meant_) {
      if (one.file && chosen.insert(*one.file).second)
        bytes += code_.files()[*one.file].bytes.size();
    }
    std::vector<std::pair<double, std::uint32_t>> order;
    for (const auto& [file, score] : scores_) order.emplace_back(-score, file);
    std::ranges::sort(order);
    for (const auto& [score, file] : order) {
      const std::size_t size = code_.files()[file].bytes.size();
      if (bytes + size > kPart || !chosen.insert(file).second) continue;
      bytes += size;
    }
    return {chosen.begin(), chosen.end()};
  }

 private:
  const PackedCode& code_;
  const std::vector<Meant>& meant_;
  std::map<std::uint32_t, double> scores_;
};

void score(const Names& names, const std::vector<Seen>& seen, Scores& scores) {
  for (std::uint32_t name = 0; name < seen.size(); ++name) {
    const Seen& one = seen[name];
    if (names.is_own(name)) {
      const double use =
          kUsesIt * std::min(1.0, kManyUsers / static_cast<double>(one.use.size() + 1));
      const bool is_common = one.define.size() > kMostMeant;
      for (const std::uint32_t file : one.define) scores.add(file, is_common ? 0 : kDefinesIt);
      for (const std::uint32_t file : one.declare) scores.add(file, is_common ? 0 : kDefinesIt);
      for (const std::uint32_t file : one.use) scores.add(file, use);
    } else if (one.define.size() <= kMostMeant) {
      for (const std::uint32_t file : one.define) {
        scores.add(file, kIsUsed / static_cast<double>(one.define.size()));
      }
    }
  }
}

Result<std::vector<std::uint32_t>> choose_files(Shelf& shelf, const std::vector<Meant>& meant,
                                                unsigned jobs,
                                                std::set<std::string, std::less<>>& common) {
  const PackedCode& code = shelf.tree().code();
  auto names = names_of(shelf, meant);
  if (!names) return fail(names.error());
  const auto sightings = code.look_for(names->all, jobs);
  if (!sightings) return fail(sightings.error());
  const std::vector<Seen> seen = by_name(*names, *sightings);
  Scores scores(code, meant);
  score(*names, seen, scores);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (seen[i].define.size() > kMostMeant) common.insert(names->all[i]);
  }
  return scores.best();
}

Result<WholeTree> read_whole(Shelf& shelf, unsigned jobs) {
  if (shelf.whole()) return shelf.whole();
  const PackedCode& packed = shelf.tree().code();
  std::vector<std::uint32_t> files;
  for (std::uint32_t i = 0; i < packed.files().size(); ++i) files.push_back(i);
  auto code = packed.read(files, true, jobs);
  if (!code) return fail(std::move(code.error()));
  shelf.whole() = std::make_shared<const analyzers::Codebase>(std::move(*code));
  return shelf.whole();
}

Result<WholeTree> read_part(Shelf& shelf, const std::vector<Meant>& meant, unsigned jobs,
                            std::set<std::string, std::less<>>& common) {
  const auto files = choose_files(shelf, meant, jobs, common);
  if (!files) return fail(files.error());
  auto code = shelf.tree().code().read(*files, false, jobs);
  if (!code) return fail(std::move(code.error()));
  return std::make_shared<const analyzers::Codebase>(std::move(*code));
}

}  // namespace

bool Near::counts(const Link& link) const {
  return link.from.file == link.to.file || common.empty() || !common.contains(code.name(link.to));
}

Result<Near> read_near(Shelf& shelf, const std::vector<Meant>& meant, unsigned jobs) {
  const PackedCode& packed = shelf.tree().code();
  const bool is_whole = meant.empty() || packed.bytes() <= kWhole;
  std::set<std::string, std::less<>> common;
  auto code = is_whole ? read_whole(shelf, jobs) : read_part(shelf, meant, jobs, common);
  if (!code) return fail(std::move(code.error()));
  Near near(std::move(*code));
  near.all_files = packed.files().size();
  near.common = std::move(common);
  for (const Meant& one : meant) {
    const auto file = near.code.find(one.path);
    if (!file) continue;
    if (one.symbol == kNone) {
      near.files.push_back(*file);
    } else {
      near.symbols.push_back({.file = *file, .symbol = one.symbol});
    }
  }
  return near;
}

}  // namespace automod::context
