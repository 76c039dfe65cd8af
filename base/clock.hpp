#pragma once

#include <chrono>
#include <string>

#include "base/cancel.hpp"

namespace automod {

/// Wall-clock time. One of the three things a test may fake.
class Clock {
 public:
  using Time = std::chrono::sys_time<std::chrono::milliseconds>;
  virtual ~Clock() = default;
  virtual Time now() const = 0;
  /// Returns at that time, or soon after the user asked to stop.
  virtual void wait_until(Time time, const CancelToken& cancel) const;
};

class SystemClock final : public Clock {
 public:
  Time now() const override;
};

/// "2026-01-31T23:59:59.123Z": the one form of time in the database and in JSON.
std::string iso_time(Clock::Time time);

/// A new UUID of version 7. Ids made by one process sort in the order they were made and differ
/// within their first 13 characters.
std::string uuid7(Clock::Time time);

}  // namespace automod
