#include "engine/context/parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "analyzers/map/map.hpp"
#include "analyzers/structure/file_kind.hpp"
#include "base/text.hpp"

namespace automod::context {

namespace {

using analyzers::FileKind;
using analyzers::kNone;
using analyzers::Link;
using analyzers::Symbol;
using analyzers::SymbolAt;
using analyzers::SymbolKind;

constexpr std::size_t kMostImports = 80;  // lines
constexpr std::size_t kMostTested = 3;    // functions that a test is taken to test

bool is_test(std::string_view path) { return analyzers::kind_of_file(path) == FileKind::kTest; }

Result<std::vector<Offer>> one_focus(const Meant& meant, const Near& near, std::size_t small,
                                     Showing& showing) {
  const auto lines = showing.texts().of(meant.path);
  if (!lines) return fail(lines.error());
  const std::size_t all = (*lines)->count();
  const auto file = near.code.find(meant.path);
  const bool is_part = file && meant.symbol != kNone;
  const std::string name =
      is_part ? near.code.full_name({.file = *file, .symbol = meant.symbol}) : std::string();
  Span span{.first = 1, .last = all};
  std::size_t line = meant.line;
  if (is_part) {
    const Symbol& symbol = near.code.files()[*file].facts.symbols[meant.symbol];
    if (line == 0) line = symbol.line;
    if (analyzers::estimated_tokens((*lines)->text()) > small) span = lines_of(symbol, **lines);
  }
  std::vector<Offer> offers;
  const bool is_whole = span.first == 1 && span.last == all;
  if (!is_whole) {
    const auto& imports = near.code.files()[*file].facts.imports;
    if (!imports.empty() && imports.front().line < span.first) {
      const std::size_t first = imports.front().line;
      std::size_t last = first;
      for (const auto& import : imports) {
        if (import.line < span.first && import.line < first + kMostImports) last = import.line;
      }
      auto part = showing.lines(PartKind::kFocus, meant.path, first, last);
      if (!part) return fail(part.error());
      part->why = "what its file imports";
      offers.push_back({.part = std::move(*part), .weight = 1, .line = first, .has_to_be = true});
    }
  }
  auto part = showing.lines(PartKind::kFocus, meant.path, span.first, span.last);
  if (!part) return fail(part.error());
  part->symbol = name;
  part->why = "this is what is meant";
  if (is_part && is_whole) part->why = "what is meant is in it";
  if (line == 0) line = span.first;
  offers.push_back({.part = std::move(*part), .weight = 2, .line = line, .has_to_be = true});
  return offers;
}

}  // namespace

Result<ContextPart> Showing::lines(PartKind kind, std::string_view path, std::size_t first,
                                   std::size_t last) {
  const auto file = texts_.of(path);
  if (!file) return fail(file.error());
  ContextPart part{.kind = kind, .path = std::string(path)};
  last = std::min(last, (*file)->count());
  if (first == 0 || first > last) return part;
  Shown made = shown(**file, first, last);
  remember(path, made);
  part.line = first;
  part.last_line = last;
  part.text = std::move(made.text);
  return part;
}

std::string Showing::text(std::string_view text, std::string_view what) {
  Shown made = shown(text);
  remember(what, made);
  return std::move(made.text);
}

void Showing::remember(std::string_view what, const Shown& shown) {
  if (shown.escaped > 0) escaped_.emplace(what);
  if (shown.secrets > 0) secret_.emplace(what);
  if (shown.cut > 0) cut_.emplace(what);
}

std::vector<std::string> Showing::notes() const {
  std::vector<std::string> all;
  for (const std::string& one : secret_) {
    all.push_back(
        fmt::format("{}: lines that may hold a secret are left out", printable_line(one)));
  }
  for (const std::string& one : escaped_) {
    all.push_back(fmt::format("{}: has characters that do not show, which are written as escapes",
                              printable_line(one)));
  }
  for (const std::string& one : cut_) {
    all.push_back(
        fmt::format("{}: very long lines and rows of tildes are cut", printable_line(one)));
  }
  return all;
}

Result<std::vector<Offer>> focus_offers(const std::vector<Meant>& meant, const Near& near,
                                        std::size_t small, Showing& showing) {
  std::vector<Offer> all;
  std::set<std::pair<std::string, std::size_t>> known;  // path and first line
  for (const Meant& one : meant) {
    auto offers = one_focus(one, near, small, showing);
    if (!offers) return offers;
    for (Offer& offer : *offers) {
      if (offer.part.text.empty()) continue;
      if (!known.emplace(offer.part.path, offer.part.line).second) continue;
      all.push_back(std::move(offer));
    }
  }
  return all;
}

std::vector<Meant> tested_by(const std::vector<Meant>& meant, const Near& near) {
  const bool all_tests =
      std::ranges::all_of(meant, [](const Meant& one) { return is_test(one.path); });
  if (meant.empty() || !all_tests) return {};
  std::map<SymbolAt, double> called;
  const auto count = [&](const Link& link) {
    const Symbol& to = near.code.symbol(link.to);
    const std::string_view path = near.code.files()[link.to.file].path;
    const bool is_function = to.kind == SymbolKind::kFunction || to.kind == SymbolKind::kMethod;
    if (!is_function || analyzers::kind_of_file(path) != FileKind::kCode) return;
    if (near.counts(link)) called[link.to] += static_cast<double>(link.times) / link.meant;
  };
  for (const SymbolAt at : near.symbols) {
    for (const Link& link : near.code.links_from(at)) count(link);
  }
  for (const std::uint32_t file : near.files) {
    for (const Link& link : near.code.links()) {
      if (link.from.file == file) count(link);
    }
  }
  std::vector<std::pair<double, SymbolAt>> most;
  for (const auto& [at, times] : called) most.emplace_back(-times, at);
  std::ranges::sort(most);
  if (most.size() > kMostTested) most.resize(kMostTested);
  std::vector<Meant> all;
  for (const auto& [times, at] : most) {
    all.push_back({.path = near.code.files()[at.file].path, .file = {}, .symbol = at.symbol});
  }
  return all;
}

}  // namespace automod::context
