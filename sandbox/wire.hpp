#pragma once

#include <cstdint>

/// What the library and its launcher say to each other. Both are built together and never mixed:
/// the launcher refuses a request whose magic number differs.
namespace automod::sandbox::wire {

/// Numbers of the descriptors that the launcher finds open; it closes all others.
inline constexpr int kControlFd = 3;  // SOCK_SEQPACKET: reports out; its end means "kill all"
inline constexpr int kRequestFd = 4;  // memory file that holds the request
inline constexpr int kGroupFd = 5;    // the first of Request::groups control group descriptors

inline constexpr std::uint32_t kMagic = 0x616d7302;
inline constexpr std::uint32_t kMaxRequest = 8u << 20;

/// The identity a command sees, the same for every caller and machine.
inline constexpr std::uint32_t kInsideId = 1000;

enum Flag : std::uint32_t {
  kAsRoot = 1,     // become `uid`:`gid` first; bind mounts are made with root's privileges
  kMapWork = 2,    // show files of work_uid:work_gid in the work folder as the command's own
  kOwnId = 8,      // add the launcher's process id to uid and gid: no two at a time are alike
  kGroupIsV2 = 4,  // the group descriptor is a v2 folder to clone into, not v1 `tasks` files
};

/// Followed by NUL-terminated strings: work, directory, argv, environment, read_only (as many
/// as the counts say), then by `filter_length` instructions of struct sock_filter.
struct Request {
  std::uint32_t magic = kMagic;
  std::uint32_t size = 0;  // of all, this header included
  std::uint32_t flags = 0;
  std::uint32_t parent = 0;  // process id of the supervisor
  std::uint32_t uid = 0;     // outside
  std::uint32_t gid = 0;
  std::uint32_t work_uid = 0;
  std::uint32_t work_gid = 0;
  std::uint64_t work_device = 0;  // the folder that was meant, should its name change hands
  std::uint64_t work_inode = 0;
  std::uint32_t groups = 0;
  std::uint32_t arguments = 0;
  std::uint32_t variables = 0;
  std::uint32_t read_only = 0;
  std::uint32_t filter_length = 0;
  std::uint32_t processes = 0;
  std::uint64_t file_bytes = 0;
  std::uint64_t scratch_bytes = 0;
};

enum class Event : std::uint32_t {
  kSpawned = 1,  // value: process id of the sandbox's first process, as seen from outside
  kStarted,      // set-up is over; value: CLOCK_MONOTONIC in nanoseconds
  kExited,       // value: wait status of the command
  kEnded,        // nothing is alive any more; value: wait status of the first process
  kFailed,       // value: errno; step: what could not be done
};

struct Report {
  Event event = Event::kFailed;
  std::uint32_t unused = 0;
  std::int64_t value = 0;
  std::int64_t cpu_nanoseconds = 0;  // kEnded
  std::int64_t max_rss_bytes = 0;    // kEnded: of the largest single process
  char step[96] = {};
};

}  // namespace automod::sandbox::wire
