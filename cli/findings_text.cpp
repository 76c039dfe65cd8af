#include "cli/findings_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.hpp"
#include "cli/render.hpp"
#include "cli/sarif.hpp"

namespace automod::cli {

namespace {

constexpr std::size_t kMostWithSource = 3;  // of a rule
constexpr std::size_t kMostPlaces = 10;
constexpr std::size_t kMostHotspots = 5;
constexpr std::size_t kGutter = 12;

std::string excerpt_text(const Excerpt& excerpt, const Paint& paint) {
  const std::size_t digits = std::to_string(excerpt.lines.back().number).size();
  std::string text;
  for (const Excerpt::Line& line : excerpt.lines) {
    const std::string number = fmt::format("      {:>{}} |", line.number, digits);
    text += paint(Tone::kDim, number) + (line.text.empty() ? "" : " " + line.text) + '\n';
  }
  if (const std::string mark = mark_of(excerpt); !mark.empty()) {
    const std::string margin = fmt::format("      {:>{}} |", "", digits);
    text += paint(Tone::kDim, margin) + ' ' + paint(Tone::kWarn, mark) + '\n';
  }
  return text;
}

class Report {
 public:
  Report(const Analysis& analysis, const IdText& id_text, const FindingsLook& look)
      : analysis_(analysis), id_text_(id_text), look_(look) {}

  std::string text() {
    for (const FindingGroup& group : grouped(analysis_.findings)) {
      if (!text_.empty()) text_ += '\n';
      text_ += paint(Tone::kTitle, group.title) +
               paint(Tone::kDim, fmt::format("  {}", count(group.count, "finding"))) + '\n';
      for (const RuleFindings& rule : group.rules) add(rule);
    }
    return std::move(text_);
  }

 private:
  std::string paint(Tone tone, std::string_view text) const { return look_.paint(tone, text); }

  void add(const RuleFindings& rule) {
    const Finding& first = rule.first();
    const bool is_error = first.severity == Severity::kError;
    text_ += fmt::format(
        "\n  {}  {}\n", paint(is_error ? Tone::kBad : Tone::kWarn, printable_line(first.rule)),
        paint(Tone::kDim,
              fmt::format("{}, {} confidence", name(first.severity), name(first.confidence))));
    if (!first.why.empty()) text_ += paragraph(printable_line(first.why), 2, look_.width);
    const std::size_t shown = look_.all ? rule.places.size() : kMostPlaces;
    for (std::size_t i = 0; i < std::min(shown, rule.places.size()); ++i) {
      add(*rule.places[i], look_.all || i < kMostWithSource);
    }
    if (rule.places.size() <= shown) return;
    text_ += paint(Tone::kDim, fmt::format("    and {} more places; --all shows them\n",
                                           rule.places.size() - shown));
  }

  void add(const Finding& finding, bool with_source) {
    const Place& place = finding.place;
    std::string at = place.path.empty() ? "(no file)" : printable_line(place.path);
    if (place.line != 0) at += fmt::format(":{}", place.line);
    if (place.column != 0) at += fmt::format(":{}", place.column);
    text_ += fmt::format("{}    {}", with_source ? "\n" : "", paint(Tone::kPlace, at));
    if (!place.symbol.empty()) {
      text_ += paint(Tone::kDim, "  in " + printable_line(place.symbol));
    }
    if (const auto* fix = fix_of(finding, analysis_.modifications)) {
      text_ += "  fix " + paint(Tone::kName, id_text_(fix->modification.id));
    }
    text_ += '\n' + paragraph(printable_line(finding.message), 6, look_.width);
    if (const std::string weight = weight_text(finding); !weight.empty()) {
      text_ += "      " + paint(Tone::kDim, weight) + '\n';
    }
    if (!with_source) return;
    const std::size_t columns = look_.width > kGutter + 40 ? look_.width - kGutter : 40;
    if (const auto excerpt = excerpt_of(analysis_, finding, columns)) {
      text_ += excerpt_text(*excerpt, look_.paint);
    }
  }

  const Analysis& analysis_;
  const IdText& id_text_;
  const FindingsLook& look_;
  std::string text_;
};

}  // namespace

std::string findings_text(const Analysis& analysis, const IdText& id_text,
                          const FindingsLook& look) {
  return Report(analysis, id_text, look).text();
}

std::string hotspots_text(const Analysis& analysis, const FindingsLook& look) {
  Table table;
  std::size_t shown = 0;
  for (const auto& spot : analysis.hotspots) {
    if (!spot.stands_out || shown == (look.all ? analysis.hotspots.size() : kMostHotspots))
      continue;
    ++shown;
    table.add({{printable_line(spot.path), Tone::kPlace},
               {count(spot.changes, "change"), Tone::kPlain, true},
               {"by " + count(spot.authors, "person", "people"), Tone::kDim},
               {count(spot.complexity, "branch", "branches"), Tone::kPlain, true},
               {"in " + count(spot.lines, "line"), Tone::kDim}});
  }
  if (table.empty()) return {};
  return look.paint(Tone::kTitle, "hotspots") +
         look.paint(Tone::kDim, "  often changed and hard to follow") + "\n\n" +
         table.text(look.paint, 2, look.width);
}

std::string findings_count(const Analysis& analysis) {
  std::string text = count(analysis.findings.size(), "finding");
  std::vector<std::string> parts;
  for (const FindingGroup& group : grouped(analysis.findings)) {
    parts.push_back(fmt::format("{} {}", group.title, group.count));
  }
  if (parts.size() > 1) text += fmt::format(" ({})", fmt::join(parts, ", "));
  return text;
}

}  // namespace automod::cli
