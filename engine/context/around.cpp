#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "analyzers/structure/file_kind.hpp"
#include "engine/context/parts.hpp"

namespace automod::context {

namespace {

using analyzers::Codebase;
using analyzers::FileFacts;
using analyzers::FileKind;
using analyzers::kNone;
using analyzers::Link;
using analyzers::Symbol;
using analyzers::SymbolAt;
using analyzers::SymbolKind;
using analyzers::Use;

// Lines that are shown of code around: as a whole up to so many, else a piece.
constexpr std::size_t kSmallCaller = 30;
constexpr std::size_t kAroundCall = 6;
constexpr std::size_t kSmallCallee = 24;
constexpr std::size_t kSmallType = 60;
constexpr std::size_t kSmallTest = 60;
constexpr std::size_t kSmallTestFile = 120;
constexpr std::size_t kMostOutline = 80;
constexpr std::uint32_t kMostAlike = 2;
constexpr std::size_t kMostValue = 8;  // of a constant

// Of each kind so many are offered at most.
constexpr std::size_t kMostCallers = 16;
constexpr std::size_t kMostUsed = 40;
constexpr std::size_t kMostTests = 10;

// How much each says.
constexpr double kOwnType = 85;
constexpr double kDirectTest = 80;
constexpr double kDeclaration = 75;
constexpr double kCaller = 70;
constexpr double kCallee = 60;
constexpr double kType = 55;
constexpr double kFarTest = 45;
constexpr double kValue = 40;
constexpr double kNamedTest = 35;
constexpr double kForeignShare = 0.3;
constexpr double kEachTime = 0.05;
constexpr std::uint32_t kMostTimes = 6;

bool is_function(SymbolKind kind) {
  return kind == SymbolKind::kFunction || kind == SymbolKind::kMethod || kind == SymbolKind::kMacro;
}

bool is_type(SymbolKind kind) {
  return kind == SymbolKind::kClass || kind == SymbolKind::kStruct || kind == SymbolKind::kUnion ||
         kind == SymbolKind::kInterface || kind == SymbolKind::kEnum || kind == SymbolKind::kType;
}

bool is_value(SymbolKind kind) {
  return kind == SymbolKind::kConstant || kind == SymbolKind::kVariable;
}

double worth(double weight, const Link& link, FileKind kind) {
  const double times = 1 + kEachTime * std::min(link.times, kMostTimes);
  return weight * times / link.meant * (kind == FileKind::kForeign ? kForeignShare : 1);
}

std::string in_places(std::uint32_t times) {
  return times > 1 ? fmt::format(" in {} places", times) : std::string();
}

/// What test files are called after: "rank" for "tests/rank_test.cpp".
std::string_view subject_of(std::string_view path) {
  std::string_view stem = analyzers::name_part(path);
  stem = stem.substr(0, stem.find('.'));
  for (const std::string_view affix : {"test_", "tests_", "Test"}) {
    if (stem.starts_with(affix)) return stem.substr(affix.size());
  }
  for (const std::string_view affix : {"_test", "_tests", "-test", "_spec", "Test", "Tests"}) {
    if (stem.ends_with(affix)) return stem.substr(0, stem.size() - affix.size());
  }
  return stem;
}

class Around {
 public:
  Around(const Near& near, Showing& showing) : near_(near), code_(near.code), showing_(showing) {}

  Result<std::vector<Offer>> run(const std::vector<Meant>& meant) {
    for (const SymbolAt at : near_.symbols) focus_.insert(at);
    for (const std::uint32_t file : near_.files) {
      const auto& symbols = code_.files()[file].facts.symbols;
      for (std::uint32_t i = 0; i < symbols.size(); ++i) focus_.insert({.file = file, .symbol = i});
      whole_.insert(file);
    }
    widen();
    for (const SymbolAt at : focus_) {
      if (auto done = look_at(at); !done) return fail(std::move(done.error()));
    }
    if (auto done = offer_tests(); !done) return fail(std::move(done.error()));
    if (auto done = offer_used(); !done) return fail(std::move(done.error()));
    if (auto done = offer_callers(); !done) return fail(std::move(done.error()));
    if (auto done = offer_named_tests(meant); !done) return fail(std::move(done.error()));
    return std::move(offers_);
  }

 private:
  const std::string& path_of(std::uint32_t file) const { return code_.files()[file].path; }
  FileKind kind_of(std::uint32_t file) const { return analyzers::kind_of_file(path_of(file)); }
  bool is_focus(SymbolAt at) const { return focus_.contains(at) || whole_.contains(at.file); }

  /// Is it one of many of that name, and stands somewhere else? Where only a part of a tree is read
  /// no import tells them apart.
  bool is_likeness(const Link& link) const {
    const auto folder = [&](std::uint32_t file) {
      const std::string_view path = path_of(file);
      return path.substr(0, path.size() - analyzers::name_part(path).size());
    };
    // A type has the name of its constructors.
    return link.meant > kMostAlike && !is_type(code_.symbol(link.to).kind) &&
           folder(link.from.file) != folder(link.to.file);
  }

  /// With a type its members are meant, and with what is only declared its definition.
  void widen() {
    const std::vector<SymbolAt> named(focus_.begin(), focus_.end());
    for (const SymbolAt at : named) {
      const auto& symbols = code_.files()[at.file].facts.symbols;
      for (std::uint32_t i = at.symbol + 1; i < symbols.size(); ++i) {
        if (symbols[i].within == at.symbol) focus_.insert({.file = at.file, .symbol = i});
      }
      if (symbols[at.symbol].is_definition) continue;
      for (const SymbolAt other : code_.named(code_.full_name(at))) {
        if (code_.symbol(other).is_definition) focus_.insert(other);
      }
    }
  }

  /// Keeps of several links to or from one place the one that says most.
  static void keep(std::map<SymbolAt, std::pair<double, Link>>& all, SymbolAt at, double weight,
                   const Link& link) {
    const auto [known, is_new] = all.try_emplace(at, weight, link);
    if (!is_new && known->second.first < weight) known->second = {weight, link};
  }

  Result<void> look_at(SymbolAt at) {
    for (const Link& link : code_.links_from(at)) {
      if (is_focus(link.to) || !near_.counts(link) || is_likeness(link)) continue;
      if (kind_of(link.to.file) == FileKind::kTest && kind_of(at.file) != FileKind::kTest) continue;
      const SymbolKind kind = code_.symbol(link.to).kind;
      const double weight = is_function(kind) ? kCallee
                            : is_type(kind)   ? kType
                            : is_value(kind)  ? kValue
                                              : 0;
      if (weight > 0) keep(used_, link.to, worth(weight, link, kind_of(link.to.file)), link);
    }
    for (const Link& link : code_.links_to(at)) {
      if (is_focus(link.from) || !near_.counts(link) || is_likeness(link)) continue;
      const FileKind kind = kind_of(link.from.file);
      if (kind == FileKind::kTest) {
        keep(tests_, link.from, worth(kDirectTest, link, kind), link);
      } else {
        keep(callers_, link.from, worth(kCaller, link, kind), link);
      }
    }
    if (!whole_.contains(at.file)) return offer_belongings(at);
    return {};
  }

  /// The type that it is a member of, and where it is declared.
  Result<void> offer_belongings(SymbolAt at) {
    const FileFacts& facts = code_.files()[at.file].facts;
    const Symbol& symbol = facts.symbols[at.symbol];
    std::set<SymbolAt> types;
    for (std::uint32_t i = symbol.within; i != kNone; i = facts.symbols[i].within) {
      if (is_type(facts.symbols[i].kind)) types.insert({.file = at.file, .symbol = i});
    }
    if (symbol.scope != kNone) {
      for (const SymbolAt type : code_.named(facts.names[symbol.scope])) {
        if (is_type(code_.symbol(type).kind) && code_.symbol(type).is_definition) {
          types.insert(type);
        }
      }
    }
    for (const SymbolAt type : types) {
      if (is_focus(type)) continue;
      auto done = offer_type(type, kOwnType / static_cast<double>(types.size()),
                             fmt::format("{} belongs to it", code_.name(at)));
      if (!done) return done;
    }
    for (const SymbolAt other : code_.named(code_.full_name(at))) {
      if (code_.symbol(other).is_definition || is_focus(other)) continue;
      auto done = offer_lines(PartKind::kType, other, lines_of(other), kDeclaration,
                              fmt::format("declares {}", code_.name(at)));
      if (!done) return done;
    }
    return {};
  }

  Result<Span> lines_of(SymbolAt at) {
    const auto lines = showing_.texts().of(path_of(at.file));
    if (!lines) return fail(lines.error());
    return context::lines_of(code_.symbol(at), **lines);
  }

  /// Up to where its body begins.
  Result<Span> head_of(SymbolAt at) {
    auto span = lines_of(at);
    if (!span) return span;
    const auto lines = showing_.texts().of(path_of(at.file));
    if (!lines) return fail(lines.error());
    const analyzers::Range head = code_.symbol(at).head;
    if (head.end > head.begin) span->last = std::min(span->last, (*lines)->line_of(head.end - 1));
    return span;
  }

  Result<void> offer_lines(PartKind kind, SymbolAt at, const Result<Span>& span, double weight,
                           std::string why) {
    if (!span) return fail(span.error());
    auto part = showing_.lines(kind, path_of(at.file), span->first, span->last);
    if (!part) return fail(part.error());
    if (at.symbol != kNone) part->symbol = code_.full_name(at);
    part->why = std::move(why);
    offers_.push_back(
        {.part = std::move(*part), .weight = weight, .line = span->first, .has_to_be = false});
    return {};
  }

  /// All of a small type; of a large one how it begins and the heads of its members.
  Result<void> offer_type(SymbolAt at, double weight, std::string why) {
    const auto span = lines_of(at);
    if (!span) return fail(span.error());
    if (span->last < span->first + kSmallType) {
      return offer_lines(PartKind::kType, at, span, weight, std::move(why));
    }
    const auto head = head_of(at);
    if (!head) return fail(head.error());
    std::set<std::size_t> chosen;
    for (std::size_t i = head->first; i <= head->last; ++i) chosen.insert(i);
    const auto& symbols = code_.files()[at.file].facts.symbols;
    for (std::uint32_t i = at.symbol + 1; i < symbols.size(); ++i) {
      if (symbols[i].within != at.symbol || chosen.size() > kMostOutline) continue;
      const auto member = head_of({.file = at.file, .symbol = i});
      if (!member) return fail(member.error());
      const bool is_sound = member->first >= span->first && member->last <= span->last;
      for (std::size_t line = member->first; is_sound && line <= member->last; ++line) {
        chosen.insert(line);
      }
    }
    return offer_chosen(at, chosen, weight, fmt::format("{}; the heads of its members", why));
  }

  Result<void> offer_chosen(SymbolAt at, const std::set<std::size_t>& chosen, double weight,
                            std::string why) {
    ContextPart all{.kind = PartKind::kType, .path = path_of(at.file)};
    all.symbol = code_.full_name(at);
    all.why = std::move(why);
    for (auto first = chosen.begin(); first != chosen.end();) {
      auto last = first;
      auto next = std::next(first);
      while (next != chosen.end() && *next == *last + 1) last = next++;
      const auto part = showing_.lines(PartKind::kType, all.path, *first, *last);
      if (!part) return fail(part.error());
      if (!all.text.empty()) all.text += "[…]\n";
      all.text += part->text;
      if (all.line == 0) all.line = *first;
      all.last_line = *last;
      first = next;
    }
    offers_.push_back({.part = std::move(all), .weight = weight, .line = 0, .has_to_be = false});
    return {};
  }

  /// The best of what was kept.
  static std::vector<std::pair<double, Link>> best(
      const std::map<SymbolAt, std::pair<double, Link>>& all, std::size_t most) {
    std::vector<std::pair<double, Link>> chosen;
    for (const auto& [at, one] : all) chosen.push_back(one);
    std::ranges::sort(chosen, {}, [](const auto& one) {
      return std::tuple(-one.first, one.second.from, one.second.to);
    });
    if (chosen.size() > most) chosen.resize(most);
    return chosen;
  }

  Result<void> offer_used() {
    for (const auto& [weight, link] : best(used_, kMostUsed)) {
      const SymbolAt at = link.to;
      const SymbolKind kind = code_.symbol(at).kind;
      const std::string by =
          link.from.symbol == kNone ? path_of(link.from.file) : std::string(code_.name(link.from));
      if (is_type(kind)) {
        auto done = offer_type(at, weight, fmt::format("used by {}", by));
        if (!done) return done;
        continue;
      }
      auto span = lines_of(at);
      if (!span) return fail(span.error());
      const std::size_t small = is_value(kind) ? kMostValue : kSmallCallee;
      if (span->last >= span->first + small) span = head_of(at);
      if (span && span->last >= span->first + small) span->last = span->first + small - 1;
      auto done =
          offer_lines(is_value(kind) ? PartKind::kType : PartKind::kCallee, at, span, weight,
                      fmt::format("{} {}{}", is_value(kind) ? "used by" : "called by", by,
                                  in_places(link.times)));
      if (!done) return done;
    }
    return {};
  }

  /// The lines of one use with what is around it, all of a small function.
  Result<Span> around_use(const Link& link, std::size_t small) {
    const auto lines = showing_.texts().of(path_of(link.from.file));
    if (!lines) return fail(lines.error());
    Span all{.first = 1, .last = (*lines)->count()};
    if (link.from.symbol != kNone) {
      const auto span = lines_of(link.from);
      if (!span) return span;
      all = *span;
    }
    if (all.last < all.first + small) return all;
    const std::size_t line = std::max<std::size_t>(link.line, 1);
    const std::size_t reach = link.from.symbol == kNone ? 2 * kAroundCall : kAroundCall;
    return Span{.first = std::max(all.first, line > reach ? line - reach : 1),
                .last = std::min(all.last, line + reach)};
  }

  std::string does(const Link& link) const {
    return fmt::format("{} {}{}", link.use == Use::kCall ? "calls" : "uses", code_.name(link.to),
                       in_places(link.times));
  }

  Result<void> offer_use(PartKind kind, const Link& link, std::size_t small, double weight) {
    return offer_lines(kind, link.from, around_use(link, small), weight, does(link));
  }

  Result<void> offer_callers() {
    for (const auto& [weight, link] : best(callers_, kMostCallers)) {
      if (auto done = offer_use(PartKind::kCaller, link, kSmallCaller, weight); !done) return done;
    }
    return {};
  }

  /// Tests that use it, and those that use who uses it.
  Result<void> offer_tests() {
    for (const auto& [weight, use] : best(callers_, kMostCallers)) {
      if (use.from.symbol == kNone) continue;
      for (const Link& link : code_.links_to(use.from)) {
        const FileKind kind = kind_of(link.from.file);
        if (kind != FileKind::kTest || is_focus(link.from) || link.meant > 1) continue;
        if (!near_.counts(link)) continue;
        keep(tests_, link.from, worth(kFarTest, link, kind), link);
      }
    }
    for (const auto& [weight, link] : best(tests_, kMostTests)) {
      if (auto done = offer_use(PartKind::kTest, link, kSmallTest, weight); !done) return done;
    }
    return {};
  }

  /// Files of tests that are called as the file of what is meant is.
  Result<void> offer_named_tests(const std::vector<Meant>& meant) {
    if (!tests_.empty()) return {};
    std::set<std::string_view> subjects;
    for (const Meant& one : meant) subjects.insert(subject_of(one.path));
    std::size_t offered = 0;
    for (std::uint32_t i = 0; i < code_.files().size() && offered < kMostTests; ++i) {
      if (kind_of(i) != FileKind::kTest || whole_.contains(i)) continue;
      if (!subjects.contains(subject_of(path_of(i)))) continue;
      const SymbolAt at{.file = i, .symbol = kNone};
      auto done = offer_lines(PartKind::kTest, at, Span{.first = 1, .last = kSmallTestFile},
                              kNamedTest, "a test, by its name");
      if (!done) return done;
      ++offered;
    }
    return {};
  }

  const Near& near_;
  const Codebase& code_;
  Showing& showing_;
  std::set<SymbolAt> focus_;
  std::set<std::uint32_t> whole_;  // files
  std::map<SymbolAt, std::pair<double, Link>> used_;
  std::map<SymbolAt, std::pair<double, Link>> callers_;
  std::map<SymbolAt, std::pair<double, Link>> tests_;
  std::vector<Offer> offers_;
};

}  // namespace

Result<std::vector<Offer>> offers_around(const std::vector<Meant>& meant, const Near& near,
                                         Showing& showing) {
  return Around(near, showing).run(meant);
}

}  // namespace automod::context
