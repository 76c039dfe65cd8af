#include "base/clock.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <ctime>
#include <stdexcept>
#include <thread>

namespace automod {

void Clock::wait_until(Time time, const CancelToken& cancel) const {
  constexpr std::chrono::milliseconds kGlance{200};
  for (Time at = now(); at < time && !cancel.requested(); at = now()) {
    std::this_thread::sleep_for(std::min<std::chrono::milliseconds>(kGlance, time - at));
  }
}

Clock::Time SystemClock::now() const {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::string iso_time(Clock::Time time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  const std::time_t stamp = std::chrono::system_clock::to_time_t(second);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(stamp), (time - second).count());
}

namespace {

/// `now`, or a little more where an earlier id of this process has taken that millisecond.
std::uint64_t next_stamp(std::uint64_t now) {
  static std::atomic<std::uint64_t> last{0};
  std::uint64_t before = last.load();
  std::uint64_t next = 0;
  do {
    next = now > before ? now : before + 1;
  } while (!last.compare_exchange_weak(before, next));
  return next;
}

}  // namespace

std::string uuid7(Clock::Time time) {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    throw std::runtime_error("OpenSSL offers no random numbers");
  }
  const std::uint64_t stamp =
      next_stamp(static_cast<std::uint64_t>(time.time_since_epoch().count()));
  for (std::size_t i = 0; i < 6; ++i) {
    bytes[i] = static_cast<unsigned char>(stamp >> (8 * (5 - i)));
  }
  bytes[6] = static_cast<unsigned char>(0x70 | (bytes[6] & 0x0f));
  bytes[8] = static_cast<unsigned char>(0x80 | (bytes[8] & 0x3f));
  const std::string hex = fmt::format("{:02x}", fmt::join(bytes, ""));
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                     hex.substr(16, 4), hex.substr(20));
}

}  // namespace automod
