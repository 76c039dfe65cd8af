#pragma once

#include <linux/filter.h>
#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "sandbox/cgroup.hpp"
#include "sandbox/sandbox.hpp"

namespace automod::sandbox {

/// Whom the sandboxed processes are to the kernel outside.
struct Identity {
  bool as_root = false;  // started by root: become `uid` first
  uid_t uid = 0;
  gid_t gid = 0;
  bool map_work = false;  // show the work folder's owner as `uid` by the mount
  uid_t work_uid = 0;
  gid_t work_gid = 0;
};

/// The caller's own identity; for root a user id that no one else has, new for every call.
Result<Identity> choose_identity(const std::filesystem::path& work);

/// A running launcher. Must be waited for by its owner, through wait_launcher().
struct Launched {
  pid_t pid = -1;
  Fd out;  // both non-blocking
  Fd err;
  Fd control;  // wire::Report messages; shutting it down for writing ends everything
};

/// `policy` has been checked.
Result<Launched> launch(const std::filesystem::path& launcher, const Policy& policy,
                        const Command& command, const Identity& identity, const Group& group,
                        const std::vector<sock_filter>& filter);

void wait_launcher(pid_t pid);

}  // namespace automod::sandbox
