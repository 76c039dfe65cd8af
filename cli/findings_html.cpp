#include "cli/findings_html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "cli/edits.hpp"
#include "cli/findings_text.hpp"
#include "cli/render.hpp"
#include "cli/sarif.hpp"
#include "cli/text.hpp"
#include "cli/treemap.hpp"
#include "embedded/report_css.hpp"

namespace automod::cli {

namespace {

constexpr double kMapWidth = 1100;
constexpr double kMapHeight = 520;
constexpr std::size_t kMostOnMap = 4000;
constexpr std::size_t kMostHotspots = 15;
constexpr std::size_t kColumns = 120;
constexpr double kLetter = 6.2;  // width of one on the map

/// From cold to hot.
std::string color_of(double score) {
  constexpr int kCold[] = {0xdd, 0xe5, 0xed};
  constexpr int kWarm[] = {0xf2, 0xc1, 0x6b};
  constexpr int kHot[] = {0xc7, 0x3e, 0x1d};
  const double at = std::clamp(score, 0.0, 1.0) * 2;
  const auto& from = at < 1 ? kCold : kWarm;
  const auto& to = at < 1 ? kWarm : kHot;
  const double share = at < 1 ? at : at - 1;
  int mixed[3];
  for (int i = 0; i < 3; ++i) mixed[i] = static_cast<int>(from[i] + share * (to[i] - from[i]));
  return fmt::format("#{:02x}{:02x}{:02x}", mixed[0], mixed[1], mixed[2]);
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string label(const TreemapCell& cell, std::string_view name, double y) {
  const auto room = static_cast<std::size_t>(std::max(0.0, (cell.box.width - 6) / kLetter));
  if (room < 4) return {};
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>", cell.box.x + 3, y,
                     markup(clip(printable_line(name), room)));
}

std::string drawn(const TreemapCell& cell, const analyzers::Hotspot* spot) {
  const Box& box = cell.box;
  const std::string rect =
      fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"", box.x,
                  box.y, box.width, box.height);
  if (spot == nullptr) {
    return fmt::format("<g class=\"folder\">{}/>{}</g>\n", rect,
                       cell.has_label ? label(cell, cell.path, box.y + 11) : "");
  }
  const bool has_room = box.height >= 16 && box.width >= 34;
  return fmt::format(
      "<g class=\"file{}\">{} fill=\"{}\"/>{}<title>{}\n{}, {}, {} by {}</title></g>\n",
      spot->score > 0.7 ? " hot" : "", rect, color_of(spot->score),
      has_room ? label(cell, base_name(spot->path), box.y + 12) : "", markup(spot->path),
      count(spot->lines, "line"), count(spot->complexity, "branch", "branches"),
      count(spot->changes, "change"), count(spot->authors, "person", "people"));
}

std::string map_of(const Analysis& analysis) {
  std::vector<TreemapFile> files;
  std::vector<const analyzers::Hotspot*> spots;
  for (const analyzers::Hotspot& spot : analysis.hotspots) {
    if (spot.lines == 0 || files.size() == kMostOnMap) continue;
    files.push_back({spot.path, static_cast<double>(spot.lines)});
    spots.push_back(&spot);
  }
  if (files.empty()) return {};
  std::string svg = fmt::format(
      "<h2>Map</h2>\n<p class=\"dim\">An area is a file's lines; the warmer, the more often it "
      "changes and the more it branches.</p>\n"
      "<svg class=\"map\" viewBox=\"0 0 {0:.0f} {1:.0f}\" role=\"img\" aria-label=\"map of the "
      "files\">\n",
      kMapWidth, kMapHeight);
  for (const TreemapCell& cell : treemap(files, {0, 0, kMapWidth, kMapHeight})) {
    svg += drawn(cell, cell.file ? spots[*cell.file] : nullptr);
  }
  return svg + "</svg>\n";
}

std::string hotspots_of(const Analysis& analysis) {
  std::string rows;
  std::size_t shown = 0;
  for (const analyzers::Hotspot& spot : analysis.hotspots) {
    if (shown == kMostHotspots || spot.score <= 0) break;
    ++shown;
    rows += fmt::format(
        "<tr><td><code>{}</code></td><td>{:.2f}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>"
        "</tr>\n",
        markup(spot.path), spot.score, spot.changes, spot.authors, spot.complexity, spot.lines);
  }
  if (rows.empty()) return {};
  return "<h2>Hotspots</h2>\n<table><thead><tr><th>file</th><th>score</th><th>changes</th>"
         "<th>people</th><th>branches</th><th>lines</th></tr></thead><tbody>\n" +
         rows + "</tbody></table>\n";
}

std::string source_of(const Analysis& analysis, const Finding& finding) {
  const auto excerpt = excerpt_of(analysis, finding, kColumns);
  if (!excerpt) return {};
  std::string text = "<pre>";
  for (const Excerpt::Line& line : excerpt->lines) {
    text += fmt::format("<i>{:>5}</i>  {}\n", line.number, markup(line.text));
  }
  if (const std::string mark = mark_of(*excerpt); !mark.empty()) {
    text += fmt::format("<i>     </i>  <b>{}</b>\n", mark);
  }
  return text + "</pre>\n";
}

std::string patch_of(std::string_view patch) {
  std::string text = "<pre>";
  for (const std::string_view line : split_lines(patch)) {
    const char* kind = line.starts_with('+') ? "ins" : line.starts_with('-') ? "del" : "span";
    text += fmt::format("<{0}>{1}</{0}>\n", kind, markup(printable_source(line)));
  }
  return text + "</pre>\n";
}

std::string fix_text(const store::ListedModification& fix, const IdText& id_text) {
  std::string said(name(fix.status));
  if (fix.verdict) said = verdict_line(fix.verdict->verdict, Paint(false));
  const std::string id = markup(id_text(fix.modification.id));
  const std::string& patch = fix.modification.patch;
  return fmt::format(
      "<details class=\"fix\"><summary>fix <code>{}</code>: {}</summary>{}</details>", id,
      markup(said),
      patch.size() > kMostOfPatch
          ? fmt::format("<p>too long for a page; <code>automod show {}</code> shows it</p>\n", id)
          : patch_of(patch));
}

std::string place_of(const Analysis& analysis, const Finding& finding, const IdText& id_text) {
  const std::string symbol =
      finding.place.symbol.empty() ? "" : " in <code>" + markup(finding.place.symbol) + "</code>";
  std::string text = fmt::format("<article><p><code class=\"place\">{}</code>{}</p><p>{}</p>\n{}",
                                 markup(place_text(finding.place)), symbol, markup(finding.message),
                                 source_of(analysis, finding));
  if (const auto* fix = fix_of(finding, analysis.modifications)) text += fix_text(*fix, id_text);
  return text + "</article>\n";
}

std::string findings_of(const Analysis& analysis, const IdText& id_text) {
  std::string text;
  for (const FindingGroup& group : grouped(analysis.findings)) {
    text += fmt::format("<h2>{} <small>{}</small></h2>\n", group.title, group.count);
    for (const RuleFindings& rule : group.rules) {
      const Finding& first = rule.first();
      text += fmt::format(
          "<details class=\"rule\"><summary><code class=\"{0}\">{1}</code> <small>{2}</small> "
          "<span>{3} confidence</span></summary>\n<p>{4}</p>\n",
          name(first.severity), markup(first.rule), rule.places.size(), name(first.confidence),
          markup(first.why));
      for (const Finding* finding : rule.places) text += place_of(analysis, *finding, id_text);
      text += "</details>\n";
    }
  }
  return text.empty() ? "<p>Nothing was found.</p>\n" : text;
}

std::string not_read(const Analysis& analysis) {
  if (analysis.failed_files.empty()) return {};
  std::string text = "<h2>Not analyzed</h2>\n<ul>\n";
  for (const std::string& file : analysis.failed_files) {
    text += "<li><code>" + markup(file) + "</code></li>\n";
  }
  return text + "</ul>\n";
}

}  // namespace

std::string html_of(const Analysis& analysis, const IdText& id_text) {
  const std::string at = analysis.target.commit.text.substr(0, 12);
  const std::string since = analysis.since ? fmt::format(", changes since <code>{}</code>",
                                                         markup(analysis.since->text.substr(0, 12)))
                                           : "";
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n<meta name=\"viewport\" content=\"width=device-width\">\n"
      "<title>automod analyze {0}</title>\n<style>\n{1}</style>\n</head>\n<body>\n<main>\n"
      "<h1>Analysis of <code>{0}</code></h1>\n<p class=\"dim\">{2} in {3}{4}; {5} proposed.</p>\n"
      "{6}{7}{8}{9}</main>\n</body>\n</html>\n",
      markup(at), embedded::report_css, markup(findings_count(analysis)),
      count(analysis.files, "file"), since, count(analysis.modifications.size(), "modification"),
      map_of(analysis), hotspots_of(analysis), findings_of(analysis, id_text), not_read(analysis));
}

}  // namespace automod::cli
