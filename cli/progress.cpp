#include "cli/progress.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace automod::cli {

namespace {

using std::chrono::steady_clock;

constexpr std::string_view kFrames[] = {"|", "/", "-", "\\"};
constexpr auto kTick = std::chrono::milliseconds(120);

/// "12 s" from two seconds on: before that nobody wonders.
std::string elapsed(steady_clock::time_point since) {
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(steady_clock::now() - since).count();
  if (seconds < 2) return {};
  if (seconds < 60) return fmt::format("  {} s", seconds);
  return fmt::format("  {} min {:02} s", seconds / 60, seconds % 60);
}

}  // namespace

Progress::Progress(std::ostream& err, ProgressStyle style, Paint paint, std::size_t width)
    : err_(err), style_(style), paint_(paint), width_(width), begun_(steady_clock::now()) {
  if (style_ == ProgressStyle::kMoving) {
    ticker_ = std::jthread([this](const std::stop_token& stop) { tick(stop); });
  }
}

Progress::~Progress() { clear(); }

void Progress::begin(std::string_view what) {
  const std::lock_guard lock(mutex_);
  what_ = printable_line(what);
  detail_.clear();
  begun_ = steady_clock::now();
  if (style_ == ProgressStyle::kLines) err_ << "automod: " << what_ << std::endl;
  if (style_ == ProgressStyle::kMoving) draw();
}

void Progress::progress(std::size_t done, std::size_t total, std::string_view item) {
  const std::lock_guard lock(mutex_);
  const std::string shown = printable_line(item);
  detail_ =
      total == 0 ? shown : fmt::format("{:3} %  {}/{}  {}", 100 * done / total, done, total, shown);
}

void Progress::note(std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (style_ == ProgressStyle::kNone) return;
  erase();
  err_ << "automod: " << paint_(Tone::kWarn, "note:") << ' ' << printable_line(text) << std::endl;
}

void Progress::clear() {
  const std::lock_guard lock(mutex_);
  erase();
  what_.clear();
}

void Progress::draw() {
  if (what_.empty()) return;
  std::string line = fmt::format("{} {}", kFrames[frame_ % std::size(kFrames)], what_);
  if (!detail_.empty()) line += "  " + detail_;
  line += elapsed(begun_);
  err_ << "\r\x1b[K" << paint_(Tone::kDim, clip(line, width_ > 1 ? width_ - 1 : 1)) << std::flush;
  drawn_ = true;
}

void Progress::erase() {
  if (drawn_) err_ << "\r\x1b[K" << std::flush;
  drawn_ = false;
}

void Progress::tick(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    wake_.wait_for(lock, stop, kTick, [] { return false; });
    ++frame_;
    if (!stop.stop_requested()) draw();
  }
}

}  // namespace automod::cli
