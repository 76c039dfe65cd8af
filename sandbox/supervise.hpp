#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "sandbox/cgroup.hpp"
#include "sandbox/disk_watch.hpp"
#include "sandbox/launch.hpp"
#include "sandbox/launcher/wire.hpp"
#include "sandbox/output.hpp"
#include "sandbox/sandbox.hpp"
#include "sandbox/weakness.hpp"

namespace automod::sandbox {

/// Watches over one launched command until nothing of it is alive: takes its output, keeps its
/// limits, stops it at the first that is exceeded, and brings back what it left.
class Supervision {
 public:
  using Clock = std::chrono::steady_clock;

  /// All that is referred to outlives this. `disk` was made before the launch, so that nothing of
  /// the command's is missed.
  Supervision(Launched launched, const Policy& policy, const Command& command, const Group& group,
              DiskWatch disk, Clock::time_point began, const Weakness& weakness);

  /// Returns when all is dead. An Error when the container could not be made.
  Result<Execution> finish(const CancelToken& cancel);

  /// The step at which setting up failed; empty when it did not.
  std::string_view failed_step() const { return failed_ ? failed_->step : std::string_view(); }

 private:
  struct Stream {
    Fd fd;
    KeptOutput kept;
    std::function<void(std::string_view)> heard;  // may be empty
    void pump();
    void drain();
  };

  void wait_for_news();
  void hear();
  void take_in(const wire::Report& report);
  void meet();
  void check(const CancelToken& cancel, Clock::time_point now);
  bool floods(const Stream& stream) const;
  bool memory_exceeded();
  bool cpu_exceeded() const;
  bool scratch_exceeded() const;
  bool memory_disk_full() const;
  void stop(Outcome why);
  Result<Execution> result();
  Error not_started() const;
  void set_outcome(Execution& execution);
  void set_costs(Execution& execution) const;
  void collect_files(Execution& execution) const;

  Launched launched_;
  const Policy& policy_;
  const Command& command_;
  const Group& group_;
  Clock::time_point began_;
  Weakness weakness_;
  Clock::time_point next_check_{};
  Stream out_;
  Stream err_;
  DiskWatch disk_;
  std::uint64_t peak_ = 0;
  pid_t inner_ = 0;            // the container's first process, or who makes it
  std::array<Fd, 3> folders_;  // /tree, /tmp and /dev/shm, as seen inside
  std::optional<Clock::time_point> started_;
  std::optional<Clock::time_point> exited_;
  std::optional<int> status_;
  std::optional<wire::Report> empty_;
  std::optional<wire::Report> ended_;
  std::optional<wire::Report> failed_;
  std::optional<Error> unmet_;  // why the container did not get what it came for
  std::optional<Outcome> stopped_;
  std::optional<Clock::time_point> stopped_at_;
};

}  // namespace automod::sandbox
