#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <ostream>
#include <string>
#include <string_view>
#include <thread>

#include "cli/text.hpp"
#include "engine/engine.hpp"

namespace automod::cli {

/// How talk about running work is shown.
enum class ProgressStyle {
  kNone,   // not at all
  kLines,  // a line for each piece of work, for logs
  kMoving  // one line that is updated in place, for terminals
};

/// Tells the user what the engine is doing, on stderr. Safe to use from several threads.
class Progress final : public Observer {
 public:
  Progress(std::ostream& err, ProgressStyle style, Paint paint, std::size_t width);
  ~Progress() override;
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void begin(std::string_view what) override;
  void progress(std::size_t done, std::size_t total, std::string_view item) override;
  void note(std::string_view text) override;

  /// Takes the moving line away, so that something else can be printed. The next begin() brings
  /// it back.
  void clear();

 private:
  void draw();   // with the mutex held
  void erase();  // with the mutex held
  void tick(const std::stop_token& stop);

  std::ostream& err_;
  const ProgressStyle style_;
  const Paint paint_;
  const std::size_t width_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::string what_;    // empty: nothing is going on
  std::string detail_;  // "3/9 src/rank.cpp"
  std::chrono::steady_clock::time_point begun_;
  std::size_t frame_ = 0;
  bool drawn_ = false;
  std::jthread ticker_;  // last: stops before the rest goes
};

}  // namespace automod::cli
