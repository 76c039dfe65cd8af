#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
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
  std::uint64_t memory_bytes = 4ull << 30;
  std::uint32_t processes = 512;
  std::uint64_t file_bytes = 1ull << 30;       // largest single file
  std::uint64_t disk_bytes = 4ull << 30;       // growth of the work folder
  std::uint64_t scratch_bytes = 512ull << 20;  // private /tmp
  std::uint64_t output_bytes = 1ull << 20;     // kept of each of stdout and stderr
};

/// What the command may see and use. There is no network, no home, no host process, no device
/// beyond null, zero, full, random and urandom. /usr is visible, read-only.
struct Policy {
  std::filesystem::path work;                      // host folder, writable, seen as /tree
  std::vector<std::filesystem::path> read_only;    // further host paths, seen at the same place
  std::map<std::string, std::string> environment;  // added to PATH, HOME=/tmp, LANG, TZ
  Limits limits;
};

struct Command {
  std::vector<std::string> argv;              // argv[0] is looked up in PATH inside
  std::filesystem::path directory = "/tree";  // inside
};

enum class Outcome {
  kExited,     // `status` is the exit code
  kSignalled,  // `status` is the signal number
  kTimedOut,
  kMemoryLimit,
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
  std::chrono::milliseconds wall{0};
  std::chrono::milliseconds setup{0};  // the part of `wall` spent before the command began
  std::chrono::microseconds run{0};    // from the command's beginning to its end alone
  std::chrono::milliseconds cpu{0};
  std::uint64_t peak_memory_bytes = 0;

  bool ok() const { return outcome == Outcome::kExited && status == 0; }
};

/// How the backend in use enforces what it promises; part of every piece of evidence.
struct Facts {
  std::string backend;        // "native"
  std::string memory_limit;   // "cgroup", or "watched" where no cgroup may be made
  std::string process_limit;  // "cgroup" or "rlimit"
  std::string disk_limit;     // "watched": looked at often, no quota
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

/// Digest over all of the policy that decides what a command can see and do, the name of the
/// work folder excepted.
std::string digest(const Policy& policy);

/// The strongest backend that proves itself on this machine. There is no unsandboxed fallback:
/// kUnavailable, with cause and remedy, when none does.
Result<std::unique_ptr<Runner>> open_runner();

}  // namespace automod::sandbox
