#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.hpp"
#include "base/error.hpp"

/// Runs one command that nobody trusts. Knows nothing of patches, models or repositories.
namespace automod::sandbox {

/// All limits hold for the command and everything it starts.
struct Limits {
  std::chrono::milliseconds wall{std::chrono::minutes(10)};
  std::uint64_t memory_bytes = 4ull << 30;  // files kept in memory (/tmp, Mount::kTmpfs) count
  std::uint32_t processes = 512;
  std::uint32_t cpu_percent = 0;               // of one core, at any moment; 0: all there are
  std::chrono::milliseconds cpu{0};            // cpu time in all; 0: as much as `wall` allows
  std::uint64_t file_bytes = 1ull << 30;       // largest single file
  std::uint64_t disk_bytes = 4ull << 30;       // growth of the work folder
  std::uint64_t disk_files = 1ull << 20;       // files and folders that may be added to it
  std::uint64_t scratch_bytes = 512ull << 20;  // private /tmp
  std::uint64_t output_bytes = 1ull << 20;     // kept of each of stdout and stderr
};

/// How the work folder comes to /tree.
enum class Mount {
  kFolder,   // the folder itself: what the command writes is there afterwards
  kOverlay,  // shown as it is, never changed: changes go to Policy::changes, or are forgotten
             // (in memory; before Linux 6.6 in a folder of ours on disk)
  kCopy,     // a copy that is forgotten
  kTmpfs,    // no folder: empty, in memory, forgotten
};

enum class Network {
  kLoopback,  // a loopback of its own
  kNone,      // no internet sockets at all
};

/// The system call filter.
enum class Calls {
  kStandard,  // what builds, tests and interpreters need
  kStrict,    // no sockets but pairs, no shared memory by name, no watching of files
};

/// Limits that have to be hard, and layers that have to be there: a backend that has less refuses
/// the policy. Without, memory may be sampled and disk watched; Facts tell.
struct Requirements {
  bool memory = false;
  bool processes = false;
  bool cpu = false;
  bool disk = false;  // never so for Mount::kFolder and kCopy
  bool landlock = false;
  friend bool operator==(const Requirements&, const Requirements&) = default;
};

/// What the command may see and use. There is no home, no host process, no device beyond null,
/// zero, full, random and urandom. /usr is visible, read-only. A field that a backend cannot
/// enforce is an error.
struct Policy {
  std::filesystem::path work;  // host folder, seen as /tree; empty with Mount::kTmpfs
  Mount mount = Mount::kFolder;
  std::filesystem::path changes;                   // host folder that keeps an overlay's changes
  std::vector<std::filesystem::path> read_only;    // further host paths, seen at the same place
  std::map<std::string, std::string> environment;  // added to PATH, HOME=/tmp, LANG, TZ
  Network network = Network::kLoopback;
  Calls calls = Calls::kStandard;
  std::uint32_t user = 1000;  // whom the command sees itself as; never 0
  Limits limits;
  Requirements required;
};

struct Command {
  std::vector<std::string> argv;              // argv[0] is looked up in PATH inside
  std::filesystem::path directory = "/tree";  // inside
  std::vector<std::string> collect;           // files below /tree to bring back, by relative name
  std::uint64_t collect_bytes = 16ull << 20;  // of each

  /// Called with all that is printed, as it comes, beside what is kept. Hostile.
  std::function<void(bool is_err, std::string_view bytes)> on_output;
};

/// A file that the command left, or why it was not taken: missing, a link, a pipe, with further
/// names, or too large.
struct Artifact {
  std::string name;
  std::string content;  // hostile
  std::string refused;  // empty when it was taken
};

enum class Outcome {
  kExited,     // `status` is the exit code
  kSignalled,  // `status` is the signal number
  kTimedOut,
  kMemoryLimit,
  kCpuLimit,
  kDiskLimit,
  kOutputLimit,  // wrote far more than is kept, and was stopped
  kInterrupted,  // the cancel token was raised
};

std::string_view name(Outcome outcome);

/// What happened. A command that fails, crashes or is killed is a result, not an Error.
struct Execution {
  Outcome outcome = Outcome::kExited;
  int status = 0;
  std::string out;  // raw bytes, bounded by the policy: hostile, escape before printing
  std::string err;
  bool out_cut = false;
  bool err_cut = false;
  std::chrono::milliseconds wall{0};      // all of it
  std::chrono::microseconds setup{0};     // before the command began
  std::chrono::microseconds run{0};       // from the command's beginning to its end
  std::chrono::microseconds teardown{0};  // after its end
  std::chrono::milliseconds cpu{0};
  std::uint64_t peak_memory_bytes = 0;
  std::uint64_t written_bytes = 0;  // handed to write calls; 0 where the kernel does not count
  std::vector<Artifact> artifacts;  // one for each name of Command::collect

  bool ok() const { return outcome == Outcome::kExited && status == 0; }
};

/// How the backend in use enforces what it promises; part of every piece of evidence.
struct Facts {
  std::string backend;        // "native", "bwrap", "oci", "podman", "docker"
  std::string version;        // of the program behind it; empty for native
  std::string memory_limit;   // "cgroup", or "watched" where no cgroup may be made
  std::string process_limit;  // "cgroup" or "rlimit"
  std::string cpu_limit;      // "cgroup", or "none": a policy with Limits::cpu_percent is refused
  std::string disk_limit;     // "watched": looked at often, no quota. In memory it is always hard
  bool landlock = false;
};

/// One backend. Safe to call from several threads at once.
class Runner {
 public:
  virtual ~Runner() = default;

  /// Runs `command` to its end, or kills it at a limit. Nothing of it is alive on return.
  /// Fails only when the sandbox itself could not be set up as the policy demands.
  virtual Result<Execution> run(const Policy& policy, const Command& command,
                                const CancelToken& cancel) = 0;
  virtual Facts facts() const = 0;
};

/// Which backend to use.
struct Selection {
  std::string backend = "auto";  // the first of native, bwrap, oci that proves itself; or a name
  std::string runtime;           // for oci: "runc", "crun", …; empty: the first that works
  std::string image;             // for podman and docker: its /usr is seen, not the host's
};

/// Digest over all of the policy that decides what a command can see and do, the name of the
/// work folder excepted.
std::string digest(const Policy& policy);

/// A backend that proves itself on this machine. There is no unsandboxed fallback: kUnavailable,
/// with cause and remedy, when none does.
Result<std::unique_ptr<Runner>> open_runner(const Selection& selection = {});

}  // namespace automod::sandbox
