#pragma once

#include <cstdint>
#include <span>

#include "sandbox/launcher/hardening.hpp"
#include "sandbox/launcher/wire.hpp"

struct rusage;
struct sock_filter;

/// The parts of the launcher. It is one short-lived, single-threaded process; whatever fails ends
/// it through die(), so that nothing runs in a sandbox that is less than asked for.
namespace automod::sandbox::launcher {

/// The request in its parts; all pointers lead into one buffer that lives as long as the process.
struct Job {
  wire::Request head;
  const char* work = nullptr;
  const char* changes = nullptr;  // of an overlay; "" keeps them in memory
  const char* stage = nullptr;    // folder for what a foreign container mounts
  const char* directory = nullptr;
  char** argv = nullptr;         // null-terminated
  char** environment = nullptr;  // null-terminated
  std::span<char*> read_only;
  char** container = nullptr;  // null-terminated; of a foreign container
  std::span<sock_filter> filter;

  bool has(wire::Flag flag) const { return (head.flags & flag) != 0; }
  /// Always, but in a launcher that was built to be weakened.
  bool keeps(Hardening hardening) const {
    return !kMutable || (head.without & bit(hardening)) == 0;
  }
};

/// Mounts that are not attached anywhere yet; -1 for none.
struct Trees {
  int work = -1;
  int changes = -1;
  int* read_only = nullptr;  // one for each of Job::read_only; null: nothing is open
};

/// Reads and checks the request.
Job read_job();

/// Tells the supervisor what could not be done, and exits.
[[noreturn]] void die(const char* step);
void must(bool done, const char* step);
void report(const wire::Report& report);

/// The work folder, as root with its owner shown as the sandbox's user, and the read-only ones.
/// To be called before root is given up, or inside.
Trees open_trees(const Job& job);

/// Inside fresh namespaces: replaces the whole file system by what the job may see.
void build_root(const Job& job, const Trees& trees);

/// As root, for a foreign container: puts everything that it is to mount below the stage, in a
/// mount namespace of our own.
void build_stage(const Job& job, const Trees& trees);

/// Puts what was used into the report.
void set_usage(wire::Report& report, const rusage& usage);

/// Inside: limits of each process, and no priority above an ordinary one.
void set_limits(const Job& job);

/// Inside: gives up every capability and way to gain one.
void drop_privileges(const Job& job);

/// Inside, as process 1 with everything set up: runs the command, returns when all has ended.
/// When the other end of `gate` closes, everything is killed. `io` is our own /proc/self/io.
void run_command(const Job& job, int gate, int io);

}  // namespace automod::sandbox::launcher
