#include "sandbox/native.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <system_error>

#include "base/digest.hpp"
#include "base/files.hpp"
#include "sandbox/disk_watch.hpp"
#include "sandbox/filter.hpp"
#include "sandbox/launch.hpp"
#include "sandbox/lend.hpp"
#include "sandbox/output.hpp"
#include "sandbox/policy.hpp"
#include "sandbox/tree_memory.hpp"
#include "sandbox/wire.hpp"

namespace automod::sandbox {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kTick = 25ms;          // between looks at limits and the cancel token
constexpr auto kPatience = 5s;        // for the launcher to end all, then it is killed itself
constexpr std::uint64_t kFlood = 64;  // times what is kept: then a command is stopped

std::chrono::milliseconds milliseconds(Clock::duration time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time);
}

/// One of the command's output streams.
struct Stream {
  Fd fd;
  KeptOutput kept;

  /// Takes what is there, at most one pipe full, so that one stream cannot starve all else.
  void pump() {
    std::array<char, 1 << 16> buffer;
    const ssize_t got = read(fd.get(), buffer.data(), buffer.size());
    if (got > 0) kept.add({buffer.data(), static_cast<std::size_t>(got)});
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) fd.reset();
  }

  /// When no writer is alive any more.
  void drain() {
    while (fd) {
      const std::uint64_t before = kept.seen();
      pump();
      if (kept.seen() == before) return;
    }
  }
};

/// Watches over one launched command until nothing of it is alive.
class Supervision {
 public:
  /// `disk` was made before the launch, so that nothing of the command's is missed.
  Supervision(Launched launched, const Policy& policy, const Group& group, bool counts_memory,
              DiskWatch disk, Clock::time_point began)
      : launched_(std::move(launched)),
        policy_(policy),
        group_(group),
        counts_memory_(counts_memory),
        began_(began),
        out_{std::move(launched_.out), KeptOutput(policy.limits.output_bytes)},
        err_{std::move(launched_.err), KeptOutput(policy.limits.output_bytes)},
        disk_(std::move(disk)) {}

  Result<Execution> finish(const CancelToken& cancel) {
    while (launched_.control) {
      wait_for_news();
      const auto now = Clock::now();
      if (now < next_check_ || !launched_.control) continue;
      next_check_ = now + kTick;
      check(cancel, now);
    }
    wait_launcher(launched_.pid);
    out_.drain();
    err_.drain();
    return result();
  }

  const wire::Report* failure() const { return failed_ ? &*failed_ : nullptr; }

 private:
  void wait_for_news() {
    std::array<pollfd, 3> polled{{{launched_.control.get(), POLLIN, 0},
                                  {out_.fd.get(), POLLIN, 0},
                                  {err_.fd.get(), POLLIN, 0}}};
    const auto wait = std::clamp(milliseconds(next_check_ - Clock::now()) + 1ms, 0ms,
                                 std::chrono::milliseconds(kTick));
    if (poll(polled.data(), polled.size(), static_cast<int>(wait.count())) <= 0) return;
    if (polled[0].revents != 0) hear();
    if (polled[1].revents != 0) out_.pump();
    if (polled[2].revents != 0) err_.pump();
  }

  void hear() {
    wire::Report report;
    const ssize_t got = recv(launched_.control.get(), &report, sizeof report, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got != sizeof report) {  // all who could report are gone
      launched_.control.reset();
      return;
    }
    switch (report.event) {
      case wire::Event::kSpawned:
        inner_ = static_cast<pid_t>(report.value);
        break;
      case wire::Event::kStarted:
        started_ = Clock::time_point(std::chrono::nanoseconds(report.value));
        break;
      case wire::Event::kExited:
        status_ = static_cast<int>(report.value);
        exited_ = Clock::now();
        break;
      case wire::Event::kEnded:
        ended_ = report;
        break;
      case wire::Event::kFailed:
        report.step[sizeof report.step - 1] = '\0';
        if (!failed_) failed_ = report;
        break;
    }
  }

  void check(const CancelToken& cancel, Clock::time_point now) {
    if (stopped_at_) {
      if (now > *stopped_at_ + kPatience) kill(launched_.pid, SIGKILL);
      return;
    }
    if (cancel.requested()) {
      stop(Outcome::kInterrupted);
    } else if (now - began_ > policy_.limits.wall) {
      stop(Outcome::kTimedOut);
    } else if (floods(out_) || floods(err_)) {
      stop(Outcome::kOutputLimit);
    } else if (memory_exceeded()) {
      stop(Outcome::kMemoryLimit);
    } else if (disk_.exceeded(inner_)) {
      stop(Outcome::kDiskLimit);
    }
  }

  bool floods(const Stream& stream) const {
    return stream.kept.seen() > policy_.limits.output_bytes * kFlood;
  }

  bool memory_exceeded() {
    if (inner_ <= 0 || ended_) return false;
    const std::uint64_t limit = policy_.limits.memory_bytes;
    const std::uint64_t now = counts_memory_ ? group_.memory_in_use() : tree_memory(inner_, limit);
    peak_ = std::max(peak_, now);
    return counts_memory_ ? group_.memory_exceeded() : now > limit;
  }

  /// Asks the launcher to kill everything; it tells us when all is dead.
  void stop(Outcome why) {
    if (!status_ && !ended_) stopped_ = why;  // else the command was faster
    stopped_at_ = Clock::now();
    shutdown(launched_.control.get(), SHUT_WR);
  }

  Result<Execution> result() {
    if (failed_ && !stopped_) {
      Error error = fail_errno(fmt::format("setting up the sandbox: {}", failed_->step),
                               static_cast<int>(failed_->value))
                        .error();
      error.kind = ErrorKind::kUnavailable;
      return fail(std::move(error));
    }
    if (!stopped_ && !ended_ && !status_) {
      return fail(ErrorKind::kInternal, "the sandbox's launcher died", "try again");
    }
    Execution execution;
    set_outcome(execution);
    execution.out_cut = out_.kept.cut();
    execution.err_cut = err_.kept.cut();
    execution.out = out_.kept.take();
    execution.err = err_.kept.take();
    const auto now = Clock::now();
    execution.wall = milliseconds(now - began_);
    execution.setup = milliseconds(started_.value_or(now) - began_);
    execution.run = std::chrono::duration_cast<std::chrono::microseconds>(exited_.value_or(now) -
                                                                          started_.value_or(now));
    if (ended_) {
      execution.cpu = milliseconds(std::chrono::nanoseconds(ended_->cpu_nanoseconds));
      peak_ = std::max(peak_, static_cast<std::uint64_t>(ended_->max_rss_bytes));
    }
    execution.peak_memory_bytes = peak_;
    return execution;
  }

  void set_outcome(Execution& execution) {
    // The first process can only be killed from outside; then its end says how.
    const int status = status_.value_or(ended_ ? static_cast<int>(ended_->value) : SIGKILL);
    execution.outcome = WIFSIGNALED(status) ? Outcome::kSignalled : Outcome::kExited;
    execution.status = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    if (stopped_) {
      execution.outcome = *stopped_;
    } else if (counts_memory_ && group_.memory_exceeded()) {
      execution.outcome = Outcome::kMemoryLimit;
    } else if (disk_.exceeded_at_end()) {
      execution.outcome = Outcome::kDiskLimit;
    } else if (floods(out_) || floods(err_)) {
      execution.outcome = Outcome::kOutputLimit;
    }
  }

  Launched launched_;
  const Policy& policy_;
  const Group& group_;
  bool counts_memory_;
  Clock::time_point began_;
  Clock::time_point next_check_{};
  Stream out_;
  Stream err_;
  DiskWatch disk_;
  std::uint64_t peak_ = 0;
  pid_t inner_ = 0;
  std::optional<Clock::time_point> started_;
  std::optional<Clock::time_point> exited_;
  std::optional<int> status_;
  std::optional<wire::Report> ended_;
  std::optional<wire::Report> failed_;
  std::optional<Outcome> stopped_;
  std::optional<Clock::time_point> stopped_at_;
};

/// The launcher uses it from version 2 on, and then insists on it.
bool kernel_has_landlock() {
  return syscall(SYS_landlock_create_ruleset, nullptr, 0, 1 /* its version */) >= 2;
}

Result<void> check_command(const Command& command) {
  if (command.argv.empty() || command.argv[0].empty()) {
    return fail(ErrorKind::kUsage, "no command given");
  }
  for (const std::string& argument : command.argv) {
    if (argument.find('\0') != std::string::npos) {
      return fail(ErrorKind::kUsage, "command: found a NUL in an argument, wanted text");
    }
  }
  if (!command.directory.is_absolute()) {
    return fail(ErrorKind::kUsage, "command: found a relative directory, wanted an absolute one");
  }
  return {};
}

}  // namespace

Result<fs::path> find_launcher() {
  std::error_code code;
  const fs::path program = fs::read_symlink("/proc/self/exe", code);
  if (code) return fail_errno("finding our own program", code.value());
  return find_launcher(program);
}

Result<fs::path> find_launcher(const fs::path& program) {
  const fs::path folder = program.parent_path();
  for (const fs::path& place : {folder.parent_path() / "libexec" / "automod" / "automod-sandbox",
                                folder / "automod-sandbox"}) {
    struct stat info{};
    if (stat(place.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
    const bool ours = info.st_uid == 0 || info.st_uid == geteuid();
    if (!ours || (info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
      return fail(ErrorKind::kUnavailable,
                  fmt::format("{}: others may write to the sandbox's launcher", place.string()),
                  fmt::format("chmod go-w {}", place.string()));
    }
    return place;
  }
  return fail(ErrorKind::kUnavailable,
              fmt::format("no automod-sandbox beside {}", program.string()),
              "install automod as a whole: its launcher belongs in libexec/automod");
}

Result<std::unique_ptr<NativeRunner>> NativeRunner::create(fs::path launcher, GroupMaker groups) {
  auto filter = build_filter(!groups.limits_memory());
  if (!filter) return fail(filter.error());
  return std::unique_ptr<NativeRunner>(
      new NativeRunner(std::move(launcher), std::move(groups), std::move(*filter)));
}

Result<Execution> NativeRunner::run(const Policy& policy, const Command& command,
                                    const CancelToken& cancel) {
  const auto began = Clock::now();
  if (auto ok = check_command(command); !ok) return fail(ok.error());
  const auto real = checked(policy);
  if (!real) return fail(real.error());
  auto identity = choose_identity(real->work);
  if (!identity) return fail(identity.error());
  auto group = groups_.make(real->limits);
  if (!group) return fail(group.error());
  LentTree lent;
  for (;;) {
    DiskWatch disk(real->work, real->limits.disk_bytes);
    auto launched = launch(launcher_, *real, command, *identity, *group, filter_);
    if (!launched) return fail(launched.error());
    Supervision supervision(std::move(*launched), *real, *group, groups_.limits_memory(),
                            std::move(disk), began);
    auto execution = supervision.finish(cancel);
    const bool cannot_map = supervision.failure() != nullptr && identity->map_work &&
                            std::string_view(supervision.failure()->step) == "idmap";
    if (execution || !cannot_map) return execution;
    // A file system that cannot show files as somebody else's: give them away for the time.
    identity = fixed(*identity);
    auto given = LentTree::lend(real->work, identity->uid, identity->gid);
    if (!given) return fail(given.error());
    lent = std::move(*given);
  }
}

Result<std::string> NativeRunner::fingerprint() const {
  auto program = read_file(launcher_, 64 * kMiB);
  if (!program) return program;
  const auto* filter = reinterpret_cast<const char*>(filter_.data());
  program->append(filter, filter_.size() * sizeof(sock_filter));
  const Facts own = facts();
  return sha256(*program + own.memory_limit + own.process_limit);
}

Facts NativeRunner::facts() const {
  Facts facts;
  facts.backend = "native";
  facts.memory_limit = groups_.limits_memory() ? "cgroup" : "watched";
  facts.process_limit = groups_.limits_processes() ? "cgroup" : "rlimit";
  facts.disk_limit = "watched";
  facts.landlock = kernel_has_landlock();
  return facts;
}

}  // namespace automod::sandbox
