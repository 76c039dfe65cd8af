#pragma once

#include <atomic>

namespace automod {

/// Asked for by the user (Ctrl-C) and looked at by all long work. Safe to set from a signal
/// handler and to read from any thread.
class CancelToken {
 public:
  void request() { requested_.store(true, std::memory_order_relaxed); }
  bool requested() const { return requested_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> requested_{false};
};

}  // namespace automod
