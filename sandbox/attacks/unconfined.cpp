#include "sandbox/attacks/unconfined.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>

#include "base/files.hpp"

namespace automod::sandbox::attacks {

namespace {

constexpr std::size_t kMostOutput = 128 * kMiB;

std::string all_of(int fd, std::size_t limit) {
  std::string text;
  std::array<char, 1 << 16> buffer;
  while (text.size() < limit) {
    const ssize_t got = pread(fd, buffer.data(), buffer.size(), static_cast<off_t>(text.size()));
    if (got <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return text;
}

/// As one would who thinks no evil: whatever is behind the name, as much as there is.
Artifact naively_taken(const std::filesystem::path& folder, const std::string& name) {
  Artifact artifact;
  artifact.name = name;
  const std::filesystem::path path = folder / name;  // one from the root stands for itself
  const Fd file(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (file) artifact.content = all_of(file.get(), 1 << 20);
  if (!file) artifact.refused = "it cannot be opened";
  return artifact;
}

}  // namespace

Unconfined::~Unconfined() {
  for (Started& one : started_) {
    one.control.reset();
    waitpid(one.pid, nullptr, 0);
  }
}

Result<Unconfined::Started> Unconfined::start(const Policy& policy, const Command& command) {
  std::array<int, 2> pair{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) {
    return fail_errno("making a socket", errno);
  }
  Started started;
  started.control = Fd(pair[0]);
  const Fd theirs(pair[1]);
  started.out = Fd(memfd_create("out", MFD_CLOEXEC));
  started.err = Fd(memfd_create("err", MFD_CLOEXEC));
  if (!started.out || !started.err) return fail_errno("making a file", errno);

  std::vector<std::string> words = {"automod-attack", "unconfined"};
  if (plain_) words.push_back("--plain");
  for (const std::string& place : soft_) words.insert(words.end(), {"--soft", place});
  words.push_back("--");
  words.insert(words.end(), command.argv.begin(), command.argv.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&actions, theirs.get(), 0);
  posix_spawn_file_actions_adddup2(&actions, started.out.get(), 1);
  posix_spawn_file_actions_adddup2(&actions, started.err.get(), 2);
  if (!policy.work.empty()) posix_spawn_file_actions_addchdir_np(&actions, policy.work.c_str());
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  const int error =
      posix_spawn(&started.pid, program_.c_str(), &actions, &attributes, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) return fail_errno("starting the control", error);
  return started;
}

Result<Execution> Unconfined::run(const Policy& policy, const Command& command,
                                  const CancelToken&) {
  const auto began = std::chrono::steady_clock::now();
  auto started = start(policy, command);
  if (!started) return fail(started.error());
  Execution execution;
  pollfd waited{started->control.get(), POLLIN, 0};
  int status = 0;
  const int ready = poll(&waited, 1, static_cast<int>(policy.limits.wall.count()));
  if (ready == 0) {
    execution.outcome = Outcome::kTimedOut;
  } else if (recv(started->control.get(), &status, sizeof status, 0) != sizeof status) {
    started->control.reset();
    waitpid(started->pid, nullptr, 0);
    return fail(ErrorKind::kUnavailable, "no throwaway namespace can be made here");
  } else {
    execution.outcome = WIFSIGNALED(status) ? Outcome::kSignalled : Outcome::kExited;
    execution.status = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
  }
  execution.wall = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - began);
  execution.out = all_of(started->out.get(), kMostOutput);
  execution.err = all_of(started->err.get(), kMostOutput);
  for (const std::string& name : command.collect) {
    execution.artifacts.push_back(naively_taken(policy.work, name));
  }
  const std::lock_guard lock(mutex_);
  started_.push_back(std::move(*started));
  return execution;
}

Facts Unconfined::facts() const {
  Facts facts;
  facts.backend = "none";
  facts.memory_limit = facts.process_limit = facts.cpu_limit = facts.disk_limit = "none";
  return facts;
}

}  // namespace automod::sandbox::attacks
