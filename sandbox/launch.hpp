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
  bool own_id = false;   // `uid` and `gid` are only where to begin: the launcher adds its own
  uid_t uid = 0;
  gid_t gid = 0;
  bool map_work = false;  // show the work folder's owner as `uid` by the mount
  uid_t work_uid = 0;
  gid_t work_gid = 0;
  dev_t work_device = 0;
  ino_t work_inode = 0;
};

/// The caller's own identity; for root a user id that no one else has, where there are any.
Result<Identity> choose_identity(const std::filesystem::path& work);

/// The same with an id that is known beforehand, and without mapping the work folder: it has to
/// be given to that id.
Identity fixed(Identity identity);

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
