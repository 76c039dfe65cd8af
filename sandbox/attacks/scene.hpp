#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/files.hpp"
#include "sandbox/sandbox.hpp"

namespace automod::sandbox::attacks {

/// A process of the host that wants to live.
class Sentinel {
 public:
  Sentinel(const std::filesystem::path& program, const std::string& marker);
  ~Sentinel();
  Sentinel(const Sentinel&) = delete;
  Sentinel& operator=(const Sentinel&) = delete;

  pid_t pid() const { return pid_; }
  bool alive();

 private:
  pid_t pid_ = -1;
};

/// A server of the host that nobody should reach.
class Listener {
 public:
  enum class Kind { kTcp, kTcpSix, kUdp, kAbstract, kPath };

  /// `name` of the socket, for the last two.
  explicit Listener(Kind kind, const std::string& name = {});

  bool ready() const { return static_cast<bool>(fd_); }
  int port() const { return port_; }
  bool was_reached() const;

 private:
  Kind kind_;
  Fd fd_;
  int port_ = 0;
};

/// The world of one attack, made anew for each:
///   PLACE/work     the work folder, with the program as `attack`
///   PLACE/outside  what is beside it on the host, with `canary` and `victim`
struct Scene {
  /// `program` is automod-attack in a folder of its own, which may be shown where there is no work
  /// folder.
  static Result<std::unique_ptr<Scene>> create(const std::filesystem::path& program,
                                               const std::string& secret, bool control);

  TempDir place;
  std::filesystem::path work;
  std::filesystem::path outside;
  std::filesystem::path program;
  std::string secret;    // the canary's text, which stands nowhere else
  std::string marker;    // by which this attack's processes are known
  bool control = false;  // nothing stops the attack
  Policy policy;
  Command command;
  std::vector<Fd> kept;
  std::vector<TempDir> further;  // places elsewhere
  std::unique_ptr<Sentinel> sentinel;
  std::unique_ptr<Listener> listener;

  /// `text` with its "{name}"s filled in.
  std::string filled(std::string text) const;

  /// What went wrong on the host, whatever the attack says of itself; empty when nothing did.
  /// Looks at the command's output, the work folder and the world outside.
  std::string harm(const Execution* execution);

 private:
  explicit Scene(TempDir folder) : place(std::move(folder)) {}
};

/// Numbers of all processes of the machine whose command line contains `text`.
std::vector<pid_t> processes_with(const std::string& text);

/// Waits up to three seconds until there is none; true when there is none.
bool all_gone(const std::string& text);

/// The parent of a process; 0 when it is gone.
pid_t parent_of(pid_t pid);

}  // namespace automod::sandbox::attacks
