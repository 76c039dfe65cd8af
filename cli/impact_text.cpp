#include "cli/impact_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/text.hpp"

namespace automod::cli {

namespace {

using analyzers::ImpactWay;

/// "call", "call, one of 3 so named": how sure a name is.
std::string way_text(const ImpactWay& way) {
  if (way.distance == 0) return "itself";
  std::string text(name(way.by));
  if (way.is_exact) return text + ", exact";
  return way.meant > 1 ? fmt::format("{}, one of {} so named", text, way.meant) : text;
}

class Groups {
 public:
  Groups(const Paint& paint, std::size_t width, std::size_t most)
      : paint_(paint), width_(width), most_(most) {}

  /// `row` makes the cells behind distance and way.
  template <class Things, class Row, class Way>
  void add(std::string_view title, const Things& all, const Way& way, const Row& row) {
    if (all.empty()) return;
    text_ += fmt::format("\n{}\n", paint_(Tone::kTitle, fmt::format("{} ({})", title, all.size())));
    Table table;
    const std::size_t shown = std::min(all.size(), most_);
    for (std::size_t i = 0; i < shown; ++i) {
      const ImpactWay& by = way(all[i]);
      std::vector<Cell> cells = {{std::to_string(by.distance), Tone::kDim, true}};
      for (Cell& cell : row(all[i])) cells.push_back(std::move(cell));
      cells.push_back({way_text(by), Tone::kDim});
      if (!by.through.empty()) {
        cells.push_back({fmt::format("of {}", printable_line(by.through)), Tone::kDim});
      }
      table.add(std::move(cells));
    }
    text_ += table.text(paint_, 2, width_);
    if (shown < all.size()) text_ += fmt::format("  and {} more\n", all.size() - shown);
  }

  std::string take() { return std::move(text_); }

 private:
  const Paint& paint_;
  const std::size_t width_;
  const std::size_t most_;
  std::string text_;
};

std::string subjects_text(const ImpactReport& report, const Paint& paint, std::size_t most) {
  std::string text = paint(
      Tone::kTitle, fmt::format("what depends, at {}, on", report.target.commit.text.substr(0, 7)));
  text += '\n';
  const std::size_t shown = std::min(report.subjects.size(), most);
  for (std::size_t i = 0; i < shown; ++i) {
    const ImpactSubject& one = report.subjects[i];
    if (one.symbol.empty()) {
      text += fmt::format("  {}\n", paint(Tone::kPlace, printable_line(one.path)));
    } else {
      text += fmt::format(
          "  {} {}\n", paint(Tone::kName, printable_line(one.symbol)),
          paint(Tone::kPlace, fmt::format("{}:{}", printable_line(one.path), one.line)));
    }
  }
  if (shown < report.subjects.size()) {
    text += fmt::format("  and {} more\n", report.subjects.size() - shown);
  }
  return text;
}

void add_build(const ImpactReport& report, Groups& groups) {
  const auto way = [](const auto& one) -> const ImpactWay& { return one.way; };
  if (!report.build) return;
  groups.add("targets", report.impact.targets, way, [&](const analyzers::ReachedTarget& one) {
    const auto& target = report.build->targets[one.target];
    return std::vector<Cell>{{printable_line(target.name), Tone::kName},
                             {printable_line(target.kind), Tone::kDim}};
  });
  groups.add("outputs of the build", report.impact.outputs, way,
             [&](const analyzers::ReachedOutput& one) {
               return std::vector<Cell>{
                   {printable_line(report.build->outputs[one.output].path), Tone::kPlace}};
             });
}

std::string api_group(const ImpactReport& report, const Paint& paint, std::size_t width,
                      std::size_t most) {
  if (report.api.empty()) return {};
  const std::size_t shown = std::min(report.api.size(), most);
  Table table;
  for (std::size_t i = 0; i < shown; ++i) {
    const ImpactOnApi& one = report.api[i];
    table.add(
        {{std::to_string(one.distance), Tone::kDim, true},
         {printable_line(one.entry.name), Tone::kName},
         {fmt::format("{}:{}", printable_line(one.entry.path), one.entry.line), Tone::kPlace}});
  }
  std::string text = fmt::format(
      "\n{}\n", paint(Tone::kTitle, fmt::format("others build on ({})", report.api.size())));
  text += table.text(paint, 2, width);
  if (shown < report.api.size()) text += fmt::format("  and {} more\n", report.api.size() - shown);
  return text;
}

}  // namespace

std::string impact_text(const ImpactReport& report, const Paint& paint, std::size_t width,
                        std::size_t most) {
  const auto way = [](const auto& one) -> const ImpactWay& { return one.way; };
  Groups groups(paint, width, most);
  groups.add("files", report.impact.files, way, [](const analyzers::ReachedFile& one) {
    return std::vector<Cell>{{printable_line(one.path), Tone::kPlace}};
  });
  groups.add("symbols", report.impact.symbols, way, [](const analyzers::ReachedSymbol& one) {
    return std::vector<Cell>{
        {printable_line(one.name), Tone::kName},
        {fmt::format("{}:{}", printable_line(one.path), one.line), Tone::kPlace}};
  });
  add_build(report, groups);
  groups.add("tests", report.tests, way, [](const ImpactTest& one) {
    return std::vector<Cell>{{printable_line(one.name.empty() ? one.path : one.name), Tone::kName}};
  });
  std::string found = groups.take();
  if (found.empty()) found = report.api.empty() ? "\nnothing\n" : "\nnothing in this repository\n";
  std::string text = subjects_text(report, paint, most) + found;
  text += api_group(report, paint, width, most);
  for (const analyzers::AstGap& gap : report.gaps) {
    const std::string_view why = gap.why;
    text += fmt::format("\n{}: not all of it is known to clang: {}\n",
                        paint(Tone::kPlace, printable_line(gap.path)),
                        printable_line(why.substr(0, why.find('\n'))));
  }
  return text;
}

}  // namespace automod::cli
