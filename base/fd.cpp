#include "base/fd.hpp"

#include <unistd.h>

namespace automod {

void Fd::reset() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

}  // namespace automod
