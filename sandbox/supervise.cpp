#include "sandbox/supervise.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/text.hpp"
#include "sandbox/collect.hpp"
#include "sandbox/policy.hpp"
#include "sandbox/tree_usage.hpp"

namespace automod::sandbox {

using namespace std::chrono_literals;

namespace {

constexpr auto kTick = 25ms;          // between looks at limits and the cancel token
constexpr auto kPatience = 5s;        // for the launcher to end all, then it is killed itself
constexpr std::uint64_t kFlood = 64;  // times what is kept: then a command is stopped
constexpr std::size_t kTree = 0;      // of the folders: the work folder

template <class Unit>
Unit rounded(Supervision::Clock::duration time) {
  return std::chrono::duration_cast<Unit>(std::max(time, Supervision::Clock::duration::zero()));
}

/// One report, with the descriptors that came along and the sender as we know it.
struct Heard {
  ssize_t length = -1;
  wire::Report report;
  pid_t sender = 0;
  std::array<Fd, 3> folders;
};

Heard receive(int socket) {
  Heard heard;
  std::array<int, 3> fds{};
  alignas(cmsghdr) char buffer[CMSG_SPACE(sizeof fds) + CMSG_SPACE(sizeof(ucred))];
  iovec data{&heard.report, sizeof heard.report};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = buffer;
  message.msg_controllen = sizeof buffer;
  heard.length = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (heard.length <= 0) return heard;
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr;
       part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_type == SCM_CREDENTIALS) {
      ucred sender{};
      std::memcpy(&sender, CMSG_DATA(part), sizeof sender);
      heard.sender = sender.pid;
    } else if (part->cmsg_type == SCM_RIGHTS && part->cmsg_len == CMSG_LEN(sizeof fds)) {
      std::memcpy(fds.data(), CMSG_DATA(part), sizeof fds);
      for (std::size_t i = 0; i < fds.size(); ++i) heard.folders[i] = Fd(fds[i]);
    }
  }
  return heard;
}

std::function<void(std::string_view)> hears(const Command& command, bool is_err) {
  if (!command.on_output) return {};
  return [&command, is_err](std::string_view bytes) { command.on_output(is_err, bytes); };
}

/// Files and folders in an own file system.
std::uint64_t files_in(const Fd& folder) {
  struct statvfs info{};
  if (!folder || fstatvfs(folder.get(), &info) != 0) return 0;
  return info.f_files - info.f_ffree;
}

}  // namespace

/// Takes what is there, at most one pipe full, so that one stream cannot starve all else.
void Supervision::Stream::pump() {
  std::array<char, 1 << 16> buffer;
  const ssize_t got = read(fd.get(), buffer.data(), buffer.size());
  if (got > 0) {
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
    kept.add(bytes);
    if (heard) heard(bytes);
  }
  if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) fd.reset();
}

/// When no writer is alive any more.
void Supervision::Stream::drain() {
  while (fd) {
    const std::uint64_t before = kept.seen();
    pump();
    if (kept.seen() == before) return;
  }
}

Supervision::Supervision(Launched launched, const Policy& policy, const Command& command,
                         const Group& group, DiskWatch disk, Clock::time_point began,
                         const Weakness& weakness)
    : launched_(std::move(launched)),
      policy_(policy),
      command_(command),
      group_(group),
      began_(began),
      weakness_(weakness),
      out_{std::move(launched_.out), KeptOutput(policy.limits.output_bytes), hears(command, false)},
      err_{std::move(launched_.err), KeptOutput(policy.limits.output_bytes), hears(command, true)},
      disk_(std::move(disk)) {}

Result<Execution> Supervision::finish(const CancelToken& cancel) {
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

void Supervision::wait_for_news() {
  std::array<pollfd, 4> polled{{{launched_.control.get(), POLLIN, 0},
                                {out_.fd.get(), POLLIN, 0},
                                {err_.fd.get(), POLLIN, 0},
                                {launched_.meeting.get(), POLLIN, 0}}};
  const auto wait = std::clamp(rounded<std::chrono::milliseconds>(next_check_ - Clock::now()) + 1ms,
                               0ms, std::chrono::milliseconds(kTick));
  if (poll(polled.data(), polled.size(), static_cast<int>(wait.count())) <= 0) return;
  if (polled[0].revents != 0) hear();
  if (polled[1].revents != 0) out_.pump();
  if (polled[2].revents != 0) err_.pump();
  if (polled[3].revents == 0) return;
  if (auto ok = answer_meeting(launched_, group_); !ok) {
    unmet_ = ok.error();
    stop(Outcome::kInterrupted);
  }
}

void Supervision::hear() {
  Heard heard = receive(launched_.control.get());
  if (heard.length < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (heard.length != sizeof heard.report) {  // all who could report are gone
    launched_.control.reset();
    return;
  }
  if (heard.report.event == wire::Event::kStarted) {
    folders_ = std::move(heard.folders);
    if (heard.sender > 0) inner_ = heard.sender;
  }
  take_in(heard.report);
  // What is inside a foreign container may outlive the launcher by a moment: all is over when the
  // launcher says so, not when its last copy of the socket is closed.
  if (heard.report.event == wire::Event::kEnded) launched_.control.reset();
}

void Supervision::take_in(const wire::Report& report) {
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
    case wire::Event::kEmpty:
      empty_ = report;
      break;
    case wire::Event::kEnded:
      ended_ = report;
      break;
    case wire::Event::kFailed:
      if (failed_) break;
      failed_ = report;
      failed_->step[sizeof failed_->step - 1] = '\0';
      break;
  }
}

namespace {

/// Leaves it to be waited for.
bool has_ended(pid_t child) {
  siginfo_t info{};
  return waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == child;
}

}  // namespace

void Supervision::check(const CancelToken& cancel, Clock::time_point now) {
  if (stopped_at_) {
    if (now > *stopped_at_ + kPatience) kill(launched_.pid, SIGKILL);
    return;
  }
  // An engine's container is no child of the launcher's, and does not die with it.
  if (launched_.gate && has_ended(launched_.pid)) launched_.gate.reset();
  if (cancel.requested()) {
    stop(Outcome::kInterrupted);
  } else if (now - began_ > policy_.limits.wall) {
    stop(Outcome::kTimedOut);
  } else if (floods(out_) || floods(err_)) {
    stop(Outcome::kOutputLimit);
  } else if (memory_exceeded()) {
    stop(Outcome::kMemoryLimit);
  } else if (cpu_exceeded()) {
    stop(Outcome::kCpuLimit);
  } else if (disk_.exceeded(inner_) || scratch_exceeded()) {
    stop(Outcome::kDiskLimit);
  }
}

bool Supervision::floods(const Stream& stream) const {
  return stream.kept.seen() > policy_.limits.output_bytes * kFlood;
}

bool Supervision::memory_exceeded() {
  if (inner_ <= 0 || ended_) return false;
  const std::uint64_t limit = policy_.limits.memory_bytes;
  const bool counted = group_.counts_memory();
  const std::uint64_t now = counted ? group_.memory_in_use() : tree_memory(inner_, limit);
  peak_ = std::max(peak_, now);
  return counted ? group_.memory_exceeded() : now > limit;
}

bool Supervision::cpu_exceeded() const {
  if (policy_.limits.cpu.count() == 0 || inner_ <= 0 || ended_) return false;
  const auto used = group_.counts_cpu() ? group_.cpu_used() : tree_cpu(inner_);
  return used > policy_.limits.cpu;
}

/// Where a backend cannot bound the number of files in memory, looking at them does.
bool Supervision::scratch_exceeded() const {
  const std::uint64_t most = wire::scratch_files(policy_.limits.scratch_bytes);
  if (files_in(folders_[1]) > most || files_in(folders_[2]) > most) return true;
  return is_in_memory(policy_) && files_in(folders_[kTree]) > policy_.limits.disk_files;
}

/// Files in memory are bounded by their file system; a full one is why something failed.
bool Supervision::memory_disk_full() const {
  struct statvfs info{};
  if (!is_in_memory(policy_) || !folders_[kTree] || fstatvfs(folders_[kTree].get(), &info) != 0) {
    return false;
  }
  return info.f_bfree == 0 || info.f_ffree == 0;
}

/// Asks the launcher to kill everything; it tells us when all is dead.
void Supervision::stop(Outcome why) {
  if (!status_ && !ended_) stopped_ = why;  // else the command was faster
  stopped_at_ = Clock::now();
  shutdown(launched_.control.get(), SHUT_WR);
  launched_.gate.reset();
}

Error Supervision::not_started() const {
  if (failed_) {
    Error error = fail_errno(fmt::format("setting up the sandbox: {}", failed_->step),
                             static_cast<int>(failed_->value))
                      .error();
    error.kind = ErrorKind::kUnavailable;
    return error;
  }
  return {ErrorKind::kInternal, "the sandbox's launcher died", "try again"};
}

Result<Execution> Supervision::result() {
  if (unmet_) return fail(*unmet_);
  if (failed_ && !stopped_) return fail(not_started());
  if (!stopped_ && !ended_ && !status_) return fail(not_started());
  Execution execution;
  execution.out_cut = out_.kept.cut();
  execution.err_cut = err_.kept.cut();
  execution.out = out_.kept.take();
  execution.err = err_.kept.take();
  if (!stopped_ && !started_) {  // a container's program that could not make it has said why
    return fail(ErrorKind::kUnavailable,
                fmt::format("setting up the sandbox: {}",
                            printable_line(tail(execution.err + execution.out, 500))));
  }
  set_outcome(execution);
  set_costs(execution);
  collect_files(execution);
  return execution;
}

void Supervision::set_outcome(Execution& execution) {
  // The first process can only be killed from outside; then its end says how.
  const int status = status_.value_or(SIGKILL);
  execution.outcome = WIFSIGNALED(status) ? Outcome::kSignalled : Outcome::kExited;
  execution.status = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
  if (stopped_) {
    execution.outcome = *stopped_;
  } else if (group_.counts_memory() && group_.memory_exceeded()) {
    execution.outcome = Outcome::kMemoryLimit;
  } else if (policy_.limits.cpu.count() > 0 && empty_ &&
             std::chrono::nanoseconds(empty_->cpu_nanoseconds) > policy_.limits.cpu) {
    execution.outcome = Outcome::kCpuLimit;
  } else if (disk_.exceeded_at_end() || memory_disk_full()) {
    execution.outcome = Outcome::kDiskLimit;
  } else if (floods(out_) || floods(err_)) {
    execution.outcome = Outcome::kOutputLimit;
  }
}

void Supervision::set_costs(Execution& execution) const {
  using std::chrono::microseconds;
  const auto now = Clock::now();
  const auto started = started_.value_or(now);
  const auto exited = exited_.value_or(stopped_at_.value_or(now));
  execution.wall = rounded<std::chrono::milliseconds>(now - began_);
  execution.setup = rounded<microseconds>(started - began_);
  execution.run = rounded<microseconds>(exited - started);
  execution.teardown = rounded<microseconds>(now - std::max(exited, started));
  execution.peak_memory_bytes = peak_;
  const auto& last = empty_ ? empty_ : ended_;
  if (!last) return;
  execution.cpu =
      rounded<std::chrono::milliseconds>(std::chrono::nanoseconds(last->cpu_nanoseconds));
  execution.peak_memory_bytes = std::max(peak_, static_cast<std::uint64_t>(last->max_rss_bytes));
  if (empty_ && empty_->value > 0) {
    execution.written_bytes = static_cast<std::uint64_t>(empty_->value);
  }
}

void Supervision::collect_files(Execution& execution) const {
  for (const std::string& name : command_.collect) {
    execution.artifacts.push_back(
        folders_[kTree] ? collect(folders_[kTree].get(), name, command_.collect_bytes, weakness_)
                        : Artifact{name, "", "the command was never started"});
  }
}

}  // namespace automod::sandbox
