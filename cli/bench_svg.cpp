#include "cli/bench_svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "cli/bench_text.hpp"
#include "cli/text.hpp"

namespace automod::cli {

namespace {

constexpr double kWidth = 760;
constexpr double kLeft = 150;  // where scales begin
constexpr double kRight = 720;
constexpr double kHead = 62;
constexpr double kPanel = 218;
constexpr double kPanelAlone = 130;  // of one tree: no change to show
constexpr double kFoot = 34;
constexpr double kStrip = 34;  // height of the dots of one side

constexpr const char* kInk = "#1f2933";
constexpr const char* kFaint = "#7b8794";
constexpr const char* kLine = "#d3dae1";
constexpr const char* kBaseColor = "#52708f";
constexpr const char* kSubjectColor = "#d9822b";

std::string text_at(double x, double y, std::string_view text, const char* color,
                    const char* more = "") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" fill=\"{}\"{}>{}</text>\n", x, y, color, more,
                     markup(text));
}

std::string line(double x1, double y1, double x2, double y2, const char* color, double width = 1) {
  return fmt::format(
      "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\" "
      "stroke-width=\"{:g}\"/>\n",
      x1, y1, x2, y2, color, width);
}

/// Maps figures to the page.
class Scale {
 public:
  Scale(double low, double high) : low_(low), high_(high) {
    const double room = high > low ? (high - low) * 0.04 : std::max(std::abs(low) * 0.05, 1e-6);
    low_ -= room;
    high_ += room;
  }

  double at(double value) const {
    const double share = std::clamp((value - low_) / (high_ - low_), 0.0, 1.0);
    return kLeft + share * (kRight - kLeft);
  }
  bool holds(double value) const { return value >= low_ && value <= high_; }

  /// Round numbers, about five of them.
  std::vector<double> ticks() const {
    const double rough = (high_ - low_) / 5;
    const double power = std::pow(10, std::floor(std::log10(rough)));
    double step = 10 * power;
    for (const double nice : {1.0, 2.0, 5.0}) {
      if (nice * power >= rough) {
        step = nice * power;
        break;
      }
    }
    std::vector<double> found;
    for (double tick = std::ceil(low_ / step); tick * step <= high_; ++tick) {
      found.push_back(tick * step);
    }
    return found;
  }

 private:
  double low_;
  double high_;
};

std::string axis(const Scale& scale, double y, const std::string& unit) {
  std::string out = line(kLeft, y, kRight, y, kLine);
  for (const double tick : scale.ticks()) {
    const double x = scale.at(tick);
    out += line(x, y, x, y + 4, kLine);
    out += text_at(x, y + 17, fmt::format("{:.6g}", tick + 0.0), kFaint,
                   " font-size=\"11\" text-anchor=\"middle\"");
  }
  out += text_at(kLeft - 12, y + 17, unit, kFaint, " font-size=\"11\" text-anchor=\"end\"");
  return out;
}

double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const double place = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (place - std::floor(place)) * (values[above] - values[below]);
}

/// All but what is far out on the right: one interrupted run shall not squeeze the others.
Scale scale_of(const std::vector<double>& all) {
  const double low = *std::ranges::min_element(all);
  const double high = *std::ranges::max_element(all);
  const double bulk = quantile(all, 0.9);
  return {low, std::min(high, bulk + 3 * std::max(bulk - quantile(all, 0.1), bulk * 0.01))};
}

/// Dots beside each other rather than on each other, the same in every drawing.
std::string strip(const std::vector<double>& values, const Scale& scale, double y,
                  const std::string& label, const char* color) {
  std::string out = text_at(kLeft - 12, y + 4, label, color, " text-anchor=\"end\"");
  double place = 0.5;
  for (const double value : values) {
    place = std::fmod(place + 0.6180339887, 1.0);
    const double x = scale.at(value);
    const double dot = y + (place - 0.5) * (kStrip - 10);
    const bool is_far = !scale.holds(value);
    out += fmt::format(
        "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\" fill=\"{}\" fill-opacity=\"{}\" "
        "stroke=\"{}\" stroke-opacity=\"0.6\"/>\n",
        x, dot, color, is_far ? "0" : "0.35", color);
  }
  const double middle = scale.at(quantile(values, 0.5));
  return out + line(middle, y - kStrip / 2, middle, y + kStrip / 2, color, 2.5);
}

const char* color_of(judge::Answer answer) {
  switch (answer) {
    case judge::Answer::kWorse:
    case judge::Answer::kSlightlyWorse:
      return "#c23030";
    case judge::Answer::kBetter:
    case judge::Answer::kSlightlyBetter:
      return "#238551";
    default:
      return "#5c7080";
  }
}

/// The change with its interval, between the limits from where on it would count.
std::string interval(const judge::Comparison& found, double y) {
  const char* color = color_of(found.answer);
  std::string out = text_at(kLeft - 12, y + 4, "change", kInk, " text-anchor=\"end\"");
  if (found.answer == judge::Answer::kTooFew) {
    return out + text_at(kLeft, y + 4, "too few rounds for an interval", kFaint);
  }
  const auto& change = found.change;
  const Scale scale(std::min(change.low, -found.limit), std::max(change.high, found.limit));
  out += fmt::format(
      "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"26\" fill=\"#eef1f4\"/>\n",
      scale.at(-found.limit), y - 13, scale.at(found.limit) - scale.at(-found.limit));
  out += line(scale.at(0), y - 16, scale.at(0), y + 16, kFaint);
  out += line(scale.at(change.low), y, scale.at(change.high), y, color, 4);
  for (const double end : {change.low, change.high}) {
    out += line(scale.at(end), y - 6, scale.at(end), y + 6, color, 2);
  }
  out += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"5.5\" fill=\"{}\"/>\n",
                     scale.at(change.percent), y, color);
  return out + axis(scale, y + 20, "%");
}

std::string panel(const BenchReport& report, const BenchResult& result, const BenchFigure& figure,
                  double y) {
  const Series& series = figure.series;
  std::string title = result.evidence.name;
  if (series.metric != "wall") title += " · " + series.metric;
  std::string out = text_at(24, y + 20, title, kInk, " font-size=\"15\" font-weight=\"600\"");
  std::vector<double> all = series.base;
  std::ranges::copy(series.candidate, std::back_inserter(all));
  std::ranges::copy(series.again, std::back_inserter(all));
  const Scale scale = scale_of(all);
  if (!report.against) {
    out += text_at(kRight, y + 20, alone_text(figure), kInk, " text-anchor=\"end\"");
    out += strip(all, scale, y + 54, "runs", kBaseColor);
    return out + axis(scale, y + 78, series.unit);
  }
  out += text_at(kRight, y + 20,
                 fmt::format("{}, {}", change_text(figure.compared), answer_text(figure.compared)),
                 color_of(figure.compared.answer), " text-anchor=\"end\" font-weight=\"600\"");
  out += strip(series.base, scale, y + 52, "base", kBaseColor);
  out += strip(series.candidate, scale, y + 92, "candidate", kSubjectColor);
  out += axis(scale, y + 116, series.unit);
  return out + interval(figure.compared, y + 168);
}

}  // namespace

std::string svg_of(const BenchReport& report) {
  std::vector<std::pair<const BenchResult*, const BenchFigure*>> shown;
  for (const auto& result : report.results) {
    for (const auto& figure : result.figures) {
      const bool has_both = !figure.series.base.empty() && !figure.series.candidate.empty();
      if (figure.decisive && has_both) shown.emplace_back(&result, &figure);
    }
  }
  const double each = report.against ? kPanel : kPanelAlone;
  const double height =
      kHead + each * static_cast<double>(std::max<std::size_t>(shown.size(), 1)) + kFoot;
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:g}\" height=\"{1:g}\" "
      "viewBox=\"0 0 {0:g} {1:g}\" font-family=\"system-ui, 'DejaVu Sans', sans-serif\" "
      "font-size=\"13\">\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
      kWidth, height);
  out += text_at(24, 32, heading_text(report), kInk, " font-size=\"17\" font-weight=\"600\"");
  if (shown.empty()) out += text_at(24, kHead + 24, "nothing was measured", kFaint);
  double y = kHead - 10;
  for (const auto& [result, figure] : shown) {
    out += line(24, y, kRight, y, kLine);
    out += panel(report, *result, *figure, y + 4);
    y += each;
  }
  out += line(24, y, kRight, y, kLine);
  out += text_at(24, y + 22,
                 report.against ? "A dot is a run, the stroke the median. The bar is the 99.8 % "
                                  "interval; a change within the grey band does not count."
                                : "A dot is a run, the stroke the median.",
                 kFaint, " font-size=\"11\"");
  return out + "</svg>\n";
}

}  // namespace automod::cli
