#pragma once

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/lsan_interface.h>
#define AUTOMOD_LEAK_CHECKED
#endif
#endif

namespace automod::testing {

/// While one stands, the leak checker looks away. For libraries that leak where they fail;
/// say which function of which library at the place of use.
class LeaksAllowed {
 public:
#ifdef AUTOMOD_LEAK_CHECKED
  LeaksAllowed() { __lsan_disable(); }
  ~LeaksAllowed() { __lsan_enable(); }
#else
  LeaksAllowed() = default;
  ~LeaksAllowed() {}
#endif
  LeaksAllowed(const LeaksAllowed&) = delete;
  LeaksAllowed& operator=(const LeaksAllowed&) = delete;
};

}  // namespace automod::testing
