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
#include "sandbox/weakness.hpp"

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
/// `work` may be empty: then there is no folder whose owner matters.
Result<Identity> choose_identity(const std::filesystem::path& work);

/// The same with an id that is known beforehand.
Identity fixed(Identity identity);

/// Finds the launcher by its place relative to `program`, never by the environment or PATH.
/// Refuses one that somebody else could have written.
Result<std::filesystem::path> find_launcher(const std::filesystem::path& program);

/// The launcher of the running program.
Result<std::filesystem::path> find_launcher();

/// Another of our programs, found beside the running one by the same rules.
Result<std::filesystem::path> find_helper(const std::string& name);

/// What the launcher is asked for, beside the command. `policy` has been checked; its mount is
/// never kCopy.
struct LaunchRequest {
  std::filesystem::path launcher;
  const Policy& policy;
  const Identity& identity;
  const Group& group;
  const std::vector<sock_filter>& filter;
  std::filesystem::path stage;         // with a foreign container
  std::vector<std::string> container;  // its program with arguments; empty: the launcher makes it
  bool connected = false;              // descriptors do not reach the inside
  Weakness weakness;                   // none, but in one test
};

/// A running launcher. Must be waited for by its owner, through wait_launcher().
struct Launched {
  pid_t pid = -1;
  Fd out;  // both non-blocking
  Fd err;
  Fd control;  // wire::Report messages; shutting it down for writing ends everything

  // Of a container that descriptors do not reach:
  Fd meeting;                // socket at which its first process will ask for them
  Fd gate;                   // closing it ends everything inside
  std::vector<Fd> handover;  // what it will get
};

Result<Launched> launch(const LaunchRequest& request, const Command& command);

/// Puts who asks first into `group`, hands the descriptors over to it, and closes the meeting.
Result<void> answer_meeting(Launched& launched, const Group& group);

void wait_launcher(pid_t pid);

}  // namespace automod::sandbox
