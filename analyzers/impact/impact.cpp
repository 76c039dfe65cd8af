#include "analyzers/impact/impact.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "analyzers/impact/exact_uses.hpp"

namespace automod::analyzers {

namespace {

bool is_type(SymbolKind kind) {
  return kind == SymbolKind::kClass || kind == SymbolKind::kStruct || kind == SymbolKind::kUnion ||
         kind == SymbolKind::kInterface || kind == SymbolKind::kEnum;
}

/// Does a change of it change the type around it?
bool shapes_its_type(SymbolKind kind) {
  return kind == SymbolKind::kField || kind == SymbolKind::kEnumerator || kind == SymbolKind::kType;
}

ImpactBy by_of(Use use) {
  switch (use) {
    case Use::kCall:
      return ImpactBy::kCall;
    case Use::kType:
      return ImpactBy::kType;
    case Use::kName:
      return ImpactBy::kName;
  }
  return ImpactBy::kName;
}

/// The better of two that are equally near.
bool is_better(const ImpactWay& one, const ImpactWay& other) {
  return std::tuple(!one.is_exact, one.meant, one.by, one.through) <
         std::tuple(!other.is_exact, other.meant, other.by, other.through);
}

/// What was reached at the same distance, each by its best way.
template <class Thing>
class Frontier {
 public:
  void offer(Thing thing, ImpactWay way) {
    const auto [at, is_new] = ways_.try_emplace(thing, way);
    if (!is_new && is_better(way, at->second)) at->second = std::move(way);
  }
  bool empty() const { return ways_.empty(); }
  std::map<Thing, ImpactWay> take() { return std::exchange(ways_, {}); }

 private:
  std::map<Thing, ImpactWay> ways_;
};

/// Steps outwards from what was asked, all of one distance together.
class Spread {
 public:
  Spread(const Codebase& code, const Focus& asked, const Ast* exact, std::uint32_t depth)
      : code_(code), asked_files_(asked.files.begin(), asked.files.end()), depth_(depth) {
    if (exact != nullptr) exact_.emplace(code, *exact);
    for (const SymbolAt at : widened(code, asked)) {
      symbols_.emplace(canonical(at), ImpactWay{.distance = 0, .is_exact = true, .through = {}});
    }
    for (const std::uint32_t file : asked.files) {
      files_.emplace(file, ImpactWay{.distance = 0, .is_exact = true, .through = {}});
    }
  }

  void run() {
    std::vector<SymbolAt> symbols;
    for (const auto& [at, way] : symbols_) symbols.push_back(at);
    std::vector<std::uint32_t> files(asked_files_.begin(), asked_files_.end());
    for (std::uint32_t distance = 1; !symbols.empty() || !files.empty(); ++distance) {
      if (depth_ != 0 && distance > depth_) return;
      for (const SymbolAt at : symbols) step_from_symbol(at, distance);
      for (const std::uint32_t file : files) step_from_file(file, distance);
      symbols = settle_symbols();
      files = settle_files();
    }
  }

  /// Reached symbols; nothing of distance 0.
  const std::map<SymbolAt, ImpactWay>& symbols() const { return symbols_; }
  /// By the nearest of what reaches them, those asked about included.
  std::map<std::uint32_t, ImpactWay> files() const {
    auto all = files_;
    for (const auto& [at, way] : symbols_) {
      if (way.distance == 0) continue;
      const auto [known, is_new] = all.try_emplace(at.file, way);
      if (!is_new &&
          std::pair(way.distance, way.by) < std::pair(known->second.distance, known->second.by)) {
        known->second = way;
      }
    }
    for (const auto& [file, way] : used_in_) {
      const auto [known, is_new] = all.try_emplace(file, way);
      if (!is_new && way.distance < known->second.distance) known->second = way;
    }
    return all;
  }

 private:
  SymbolAt canonical(SymbolAt at) const { return exact_ ? exact_->canonical(at) : at; }

  static ImpactWay next(const ImpactWay& before, ImpactBy by, std::uint32_t distance, bool is_exact,
                        std::uint32_t meant, std::string through) {
    return {.by = by,
            .distance = distance,
            .is_exact = is_exact && before.is_exact,
            .meant = std::max(meant, before.meant),
            .through = std::move(through)};
  }

  void step_from_symbol(SymbolAt at, std::uint32_t distance) {
    const ImpactWay before = symbols_.at(at);
    const std::string own = code_.full_name(at);
    for (const Link& link : code_.links_to(at)) {
      if (exact_ && exact_->refutes(link)) continue;
      const ImpactWay way = next(before, by_of(link.use), distance, false, link.meant, own);
      if (link.from.symbol == kNone) {
        used_at_file_level_.offer(link.from.file, way);
      } else {
        reached_.offer(canonical(link.from), way);
      }
    }
    if (!exact_) return;
    for (const ExactUse& use : exact_->users_of(at)) {
      reached_.offer(use.from, next(before, use.by, distance, true, 1, own));
    }
  }

  void step_from_file(std::uint32_t file, std::uint32_t distance) {
    const ImpactWay before = files_.at(file);
    const std::string& own = code_.files()[file].path;
    for (const std::uint32_t importer : code_.importers(file)) {
      const bool is_exact = exact_ && exact_->has_seen_include(importer, file);
      reached_files_.offer(importer, next(before, ImpactBy::kInclude, distance, is_exact, 1, own));
    }
    if (!exact_) return;
    for (const std::uint32_t importer : exact_->includers_of(file)) {
      reached_files_.offer(importer, next(before, ImpactBy::kInclude, distance, true, 1, own));
    }
  }

  std::vector<SymbolAt> settle_symbols() {
    std::vector<SymbolAt> fresh;
    for (const auto& [at, way] : reached_.take()) {
      add(at, way, fresh);
      // What holds it is another type now.
      const Symbol& symbol = code_.symbol(at);
      if (!shapes_its_type(symbol.kind) || symbol.within == kNone) continue;
      const SymbolAt around = canonical({.file = at.file, .symbol = symbol.within});
      if (is_type(code_.symbol(around).kind)) add(around, way, fresh);
    }
    for (auto& [file, way] : used_at_file_level_.take()) {
      if (!asked_files_.contains(file)) used_in_.try_emplace(file, std::move(way));
    }
    return fresh;
  }

  void add(SymbolAt at, const ImpactWay& way, std::vector<SymbolAt>& fresh) {
    if (symbols_.try_emplace(at, way).second) fresh.push_back(at);
  }

  std::vector<std::uint32_t> settle_files() {
    std::vector<std::uint32_t> fresh;
    for (auto& [file, way] : reached_files_.take()) {
      if (files_.try_emplace(file, std::move(way)).second) fresh.push_back(file);
    }
    return fresh;
  }

  const Codebase& code_;
  const std::set<std::uint32_t> asked_files_;
  const std::uint32_t depth_;
  std::optional<ExactUses> exact_;
  std::map<SymbolAt, ImpactWay> symbols_;
  std::map<std::uint32_t, ImpactWay> files_;    // by includes alone
  std::map<std::uint32_t, ImpactWay> used_in_;  // outside of all symbols
  Frontier<SymbolAt> reached_;
  Frontier<std::uint32_t> reached_files_;
  Frontier<std::uint32_t> used_at_file_level_;
};

/// Everything nearest first; ties by what it is called.
template <class Reached, class Place>
void sort_by_distance(std::vector<Reached>& all, const Place& place) {
  std::ranges::sort(all, [&](const Reached& one, const Reached& other) {
    return std::pair(one.way.distance, place(one)) < std::pair(other.way.distance, place(other));
  });
}

using FileWays = std::map<std::string, ImpactWay, std::less<>>;

/// The nearest of some files, if any is among `ways`.
const FileWays::value_type* nearest_of(const FileWays& ways, const std::vector<std::string>& some) {
  const FileWays::value_type* best = nullptr;
  for (const std::string& path : some) {
    const auto found = ways.find(path);
    if (found == ways.end()) continue;
    const auto rank = [](const ImpactWay& way) { return std::tuple(way.distance, !way.is_exact); };
    if (best == nullptr || rank(found->second) < rank(best->second)) best = &*found;
  }
  return best;
}

/// The targets made of some files, and those that need them in turn.
class TargetSpread {
 public:
  TargetSpread(const BuildGraph& build, const FileWays& ways) : build_(build), ways_(ways) {}

  void run(Impact& into) {
    std::vector<std::uint32_t> frontier;
    std::vector<std::vector<std::uint32_t>> needed_by(build_.targets.size());
    for (std::uint32_t i = 0; i < build_.targets.size(); ++i) {
      for (const std::uint32_t need : build_.targets[i].needs) needed_by[need].push_back(i);
      if (const auto* found = nearest_of(ways_, build_.targets[i].sources)) {
        add(i, {.by = ImpactBy::kBuild,
                .distance = 1,
                .is_exact = found->second.is_exact,
                .meant = found->second.meant,
                .through = found->first});
      }
    }
    take_outputs(into);
    for (const auto& [target, way] : found_) frontier.push_back(target);
    for (std::uint32_t distance = 2; !frontier.empty(); ++distance) {
      std::vector<std::uint32_t> next;
      for (const std::uint32_t one : frontier) {
        ImpactWay way = found_.at(one);
        way.distance = distance;
        way.through = build_.targets[one].name;
        for (const std::uint32_t user : needed_by[one]) {
          if (add(user, way)) next.push_back(user);
        }
      }
      frontier = std::move(next);
    }
    for (auto& [target, way] : found_) into.targets.push_back({target, std::move(way)});
    sort_by_distance(into.targets, [&](const ReachedTarget& one) {
      return std::string_view(build_.targets[one.target].name);
    });
  }

 private:
  bool add(std::uint32_t target, ImpactWay way) {
    const auto [at, is_new] = found_.try_emplace(target, way);
    const bool is_nearer =
        !is_new && way.distance == at->second.distance &&
        std::pair(!way.is_exact, way.meant) < std::pair(!at->second.is_exact, at->second.meant);
    if (is_nearer) at->second = std::move(way);
    return is_new;
  }

  /// What the build has noted of its outputs: exact for what was asked, as each names all it needs.
  void take_outputs(Impact& into) {
    for (std::uint32_t i = 0; i < build_.outputs.size(); ++i) {
      const BuildOutput& output = build_.outputs[i];
      const auto* found = nearest_of(ways_, output.needs);
      if (found == nullptr || found->second.distance != 0) continue;
      const ImpactWay way{.by = ImpactBy::kBuild,
                          .distance = 1,
                          .is_exact = true,
                          .meant = 1,
                          .through = found->first};
      const auto target = std::ranges::find_if(build_.targets, [&](const BuildTarget& one) {
        return !one.objects.empty() && output.path.starts_with(one.objects);
      });
      if (target == build_.targets.end()) {
        into.outputs.push_back({i, way});
      } else {
        add(static_cast<std::uint32_t>(target - build_.targets.begin()), way);
      }
    }
  }

  const BuildGraph& build_;
  const FileWays& ways_;
  std::map<std::uint32_t, ImpactWay> found_;
};

bool ends_with_name(std::string_view scope, std::string_view name) {
  if (!scope.ends_with(name)) return false;
  const std::string_view rest = scope.substr(0, scope.size() - name.size());
  return rest.empty() || rest.ends_with(':') || rest.ends_with('.');
}

/// Members that stand outside of the text of their type.
void add_members(const Codebase& code, SymbolAt type, std::set<SymbolAt>& all) {
  const std::string own = code.full_name(type);
  const std::string_view short_name = code.name(type);
  for (std::uint32_t file = 0; file < code.files().size(); ++file) {
    const FileFacts& facts = code.files()[file].facts;
    for (std::uint32_t i = 0; i < facts.symbols.size(); ++i) {
      const Symbol& symbol = facts.symbols[i];
      if (symbol.scope == kNone || !ends_with_name(facts.names[symbol.scope], short_name)) continue;
      const SymbolAt at{.file = file, .symbol = i};
      const std::string full = code.full_name(at);
      if (full.starts_with(own) && full.substr(own.size()).find_first_of(":.") == 0) all.insert(at);
    }
  }
}

}  // namespace

std::string_view name(ImpactBy by) {
  switch (by) {
    case ImpactBy::kOverride:
      return "override";
    case ImpactBy::kVirtualCall:
      return "virtual call";
    case ImpactBy::kCall:
      return "call";
    case ImpactBy::kType:
      return "type";
    case ImpactBy::kName:
      return "name";
    case ImpactBy::kInclude:
      return "include";
    case ImpactBy::kBuild:
      return "build";
  }
  return "name";
}

std::vector<SymbolAt> widened(const Codebase& code, const Focus& asked) {
  std::set<SymbolAt> all(asked.symbols.begin(), asked.symbols.end());
  for (const std::uint32_t file : asked.files) {
    const auto count = static_cast<std::uint32_t>(code.files()[file].facts.symbols.size());
    for (std::uint32_t i = 0; i < count; ++i) all.insert({.file = file, .symbol = i});
  }
  for (const SymbolAt at : asked.symbols) {
    const auto& symbols = code.files()[at.file].facts.symbols;
    std::set<std::uint32_t> inside = {at.symbol};
    for (std::uint32_t i = at.symbol + 1; i < symbols.size(); ++i) {
      if (symbols[i].within == kNone || !inside.contains(symbols[i].within)) continue;
      inside.insert(i);
      all.insert({.file = at.file, .symbol = i});
    }
    if (is_type(code.symbol(at).kind)) add_members(code, at, all);
  }
  std::vector<SymbolAt> declared;
  std::ranges::copy_if(all, std::back_inserter(declared), [&](SymbolAt at) {
    // To say that there is a type changes nothing of it.
    const Symbol& symbol = code.symbol(at);
    return !symbol.is_definition && !is_type(symbol.kind);
  });
  for (const SymbolAt at : declared) {
    const std::string full = code.full_name(at);
    if (full.empty()) continue;
    for (const SymbolAt other : code.named(full)) {
      if (code.full_name(other) == full) all.insert(other);
    }
  }
  return {all.begin(), all.end()};
}

Impact impact_of(const Codebase& code, const Focus& asked, const ImpactSources& sources,
                 std::uint32_t depth) {
  Spread spread(code, asked, sources.exact, depth);
  spread.run();
  Impact impact;
  FileWays ways;
  for (const auto& [file, way] : spread.files()) {
    const std::string& path = code.files()[file].path;
    ways.emplace(path, way);
    if (way.distance != 0) impact.files.push_back({path, way});
  }
  // A target is made of the file that something stands in, whoever uses it.
  for (const SymbolAt at : asked.symbols) {
    ways[code.files()[at.file].path] = {.distance = 0, .is_exact = true, .through = {}};
  }
  for (const auto& [at, way] : spread.symbols()) {
    if (way.distance == 0) continue;
    impact.symbols.push_back(
        {code.files()[at.file].path, code.symbol(at).line, code.full_name(at), way});
  }
  sort_by_distance(impact.files, [](const ReachedFile& one) { return std::string_view(one.path); });
  sort_by_distance(impact.symbols, [](const ReachedSymbol& one) {
    return std::tuple(std::string_view(one.path), one.line, std::string_view(one.name));
  });
  if (sources.build != nullptr) TargetSpread(*sources.build, ways).run(impact);
  return impact;
}

}  // namespace automod::analyzers
