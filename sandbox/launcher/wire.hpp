#pragma once

#include <cstdint>

/// What the library and its launcher say to each other. Both are built together and never mixed:
/// the launcher refuses a request whose magic number differs.
namespace automod::sandbox::wire {

/// Numbers of the descriptors that the launcher finds open; it closes all others.
inline constexpr int kControlFd = 3;  // SOCK_SEQPACKET: reports out; its end means "kill all"
inline constexpr int kRequestFd = 4;  // memory file that holds the request
inline constexpr int kGroupFd = 5;    // the first of Request::groups control group descriptors
/// In the second half, which another program's container runs (`automod-sandbox inside`):
inline constexpr int kGateFd = 5;  // its end means "kill all"

/// Where the second half finds its socket when no descriptors reach it (`inside connected`). The
/// supervisor answers with one message that carries kControlFd's, kRequestFd's, kGateFd's, stdout's
/// and stderr's replacements, in this order.
inline constexpr const char* kMeetingPlace = "/automod/meet";

inline constexpr std::uint32_t kMagic = 0x616d7303;
inline constexpr std::uint32_t kMaxRequest = 8u << 20;

/// Files that a scratch space of so many bytes may hold.
constexpr std::uint64_t scratch_files(std::uint64_t bytes) { return bytes / 8192 + 1024; }

enum Flag : std::uint32_t {
  kAsRoot = 1,     // become `uid`:`gid` first; bind mounts are made with root's privileges
  kMapWork = 2,    // show files of work_uid:work_gid in the work folder as the command's own
  kGroupIsV2 = 4,  // the group descriptor is a v2 folder to clone into, not v1 `tasks` files
  kOwnId = 8,      // add the launcher's process id to uid and gid: no two at a time are alike
  kForeign = 16,   // another program makes the container, and runs our second half in it
  kTrusted = 32,   // kForeign: that program keeps the caller's ways to gain privileges
};

enum class WorkMount : std::uint32_t { kFolder = 0, kOverlay = 1, kTmpfs = 2 };

/// Followed by NUL-terminated strings: work, changes, stage, directory, argv, environment,
/// read_only, container (as many as the counts say), then by `filter_length` instructions of
/// struct sock_filter.
struct Request {
  std::uint32_t magic = kMagic;
  std::uint32_t size = 0;  // of all, this header included
  std::uint32_t flags = 0;
  std::uint32_t parent = 0;  // process id of the supervisor
  std::uint32_t uid = 0;     // outside
  std::uint32_t gid = 0;
  std::uint32_t inside_id = 1000;  // what the command sees itself as
  std::uint32_t work_uid = 0;
  std::uint32_t work_gid = 0;
  WorkMount work_mount = WorkMount::kFolder;
  std::uint64_t work_device = 0;  // the folder that was meant, should its name change hands
  std::uint64_t work_inode = 0;
  std::uint32_t groups = 0;
  std::uint32_t arguments = 0;
  std::uint32_t variables = 0;
  std::uint32_t read_only = 0;
  std::uint32_t container = 0;  // kForeign: the program that makes the container, with arguments
  std::uint32_t filter_length = 0;
  std::uint32_t processes = 0;
  std::uint32_t cpu_seconds = 0;  // of one process; 0: any
  std::uint64_t file_bytes = 0;
  std::uint64_t scratch_bytes = 0;
  std::uint64_t disk_bytes = 0;  // of an overlay's or a tmpfs's memory
  std::uint64_t disk_files = 0;
  std::uint64_t without = 0;  // hardenings to leave out: only a launcher made for tests obeys
};

enum class Event : std::uint32_t {
  kSpawned = 1,  // value: process id of the sandbox's first process, as seen from outside
  kStarted,      // set-up is over; value: CLOCK_MONOTONIC in nanoseconds. Carries three O_PATH
                 // descriptors: /tree, /tmp, /dev/shm
  kExited,       // value: wait status of the command
  kEmpty,        // all is reaped; value: bytes handed to write calls, -1 unknown; cpu, max_rss
  kEnded,        // nothing is alive any more; value: wait status of the first process
  kFailed,       // value: errno; step: what could not be done
};

struct Report {
  Event event = Event::kFailed;
  std::uint32_t unused = 0;
  std::int64_t value = 0;
  std::int64_t cpu_nanoseconds = 0;  // kEmpty; kEnded too, when the first process was killed
  std::int64_t max_rss_bytes = 0;    // likewise; of the largest single process
  char step[96] = {};
};

}  // namespace automod::sandbox::wire
