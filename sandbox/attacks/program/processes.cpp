// Attempts to reach other processes, and to stay when the run is over.

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "sandbox/attacks/program/attempt.hpp"

namespace automod::attack {

namespace {

/// Never by a number that stands for many.
Seen signal_process(pid_t pid) {
  return pid <= 1 ? unable("no process named") : tried(kill(pid, SIGKILL));
}

/// Every process that may be signalled: it is spared itself.
Seen signal_everyone() {
  signal(SIGTERM, SIG_IGN);
  (void)kill(-1, SIGTERM);
  return tried(kill(-1, SIGKILL));
}

/// A signal by way of a pipe that is ready: no call to kill is made.
Seen signal_by_pipe(pid_t pid) {
  int pair[2];
  if (pipe(pair) != 0) return unable("no pipe");
  if (fcntl(pair[0], F_SETOWN, pid) != 0) return tried(-1);
  fcntl(pair[0], 10 /* F_SETSIG */, SIGKILL);
  fcntl(pair[0], F_SETFL, O_ASYNC | O_NONBLOCK);
  const bool written = write(pair[1], "x", 1) == 1;
  usleep(20'000);
  return written ? denied("sent, whether it arrives is seen outside") : unable("no pipe");
}

Seen hold_process(pid_t pid) { return tried(syscall(SYS_pidfd_open, pid, 0)); }

Seen trace_process(pid_t pid) {
  constexpr int kSeize = 0x4206;
  const long result = syscall(SYS_ptrace, kSeize, pid, nullptr, nullptr);
  if (result == 0) syscall(SYS_ptrace, PTRACE_DETACH, pid, nullptr, nullptr);
  return tried(result);
}

/// Is there a process whose command line has this text? Not counting us, who were given it.
Seen find_process(const std::string& text) {
  DIR* all = opendir("/proc");
  if (all == nullptr) return tried(-1);
  std::string found;
  while (const dirent* entry = readdir(all)) {
    const std::string name = entry->d_name;
    if (std::isdigit(static_cast<unsigned char>(name[0])) == 0 ||
        std::atoi(name.c_str()) == getpid())
      continue;
    const std::string line = content(("/proc/" + name + "/cmdline").c_str());
    // The first processes of a sandbox and of the control have our command in their arguments.
    if (line.find(text) != std::string::npos && line.find("find-process") == std::string::npos) {
      found = name;
    }
  }
  closedir(all);
  return found.empty() ? denied("no such process") : through("process " + found);
}

/// What /proc tells of the first process: its environment, descriptors, memory.
Seen look_into_first(const std::string& name) {
  const std::string path = "/proc/1/" + name;
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return tried(fd);
  const std::string text = content(path.c_str());
  std::fwrite(text.data(), 1, text.size(), stdout);
  // Some files can be opened, and then be empty.
  return text.empty() && name == "environ" ? denied("it is empty") : through("opened " + path);
}

/// What a link of the first process leads to, or one in a folder of its links. That they are
/// there, and how many, is no secret.
Seen follow_first(const std::string& name) {
  const std::string path = "/proc/1/" + name;
  char target[256];
  if (readlink(path.c_str(), target, sizeof target) > 0) return through("followed " + path);
  DIR* folder = opendir(path.c_str());
  if (folder == nullptr) return tried(-1);
  std::string found;
  while (const dirent* entry = readdir(folder)) {
    const std::string link = path + "/" + entry->d_name;
    if (readlink(link.c_str(), target, sizeof target) > 0) found = link;
  }
  closedir(folder);
  return found.empty() ? denied("nothing can be followed") : through("followed " + found);
}

void ignore_everything() {
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, nullptr);
  for (const int number : {SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGPIPE}) signal(number, SIG_IGN);
}

/// Leaves behind a process of its own session with no parent, known by its last argument.
Seen leave_daemon(const std::string& marker) {
  const pid_t pid = fork();
  if (pid == 0) {
    setsid();
    if (fork() != 0) _exit(0);
    ignore_everything();
    const char* arguments[] = {"automod-attack", "stay", marker.c_str(), nullptr};
    execv("/proc/self/exe", const_cast<char* const*>(arguments));
    _exit(1);
  }
  waitpid(pid, nullptr, 0);
  usleep(50'000);
  return pid > 0 ? denied("left, whether it stays is seen outside") : tried(-1);
}

[[noreturn]] void stay() {
  ignore_everything();
  for (;;) pause();
}

Seen real_time() {
  const sched_param first{1};
  return tried(syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, &first));
}

Seen spare_me_when_memory_is_short() {
  const int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return tried(fd);
  return tried(write(fd, "-1000", 5));
}

key_t key_of(const std::string& text) { return static_cast<key_t>(std::atol(text.c_str())); }

constexpr std::size_t kSegment = 4096;

Seen leave_segment(const std::string& key, const std::string& text) {
  const int id = shmget(key_of(key), kSegment, IPC_CREAT | 0666);
  if (id < 0) return tried(id);
  auto* memory = static_cast<char*>(shmat(id, nullptr, 0));
  if (memory == reinterpret_cast<char*>(-1)) return tried(-1);
  std::snprintf(memory, kSegment, "%s", text.c_str());
  return denied("left");
}

/// What an earlier run left; removed at once.
Seen find_segment(const std::string& key) {
  const int id = shmget(key_of(key), kSegment, 0);
  if (id < 0) return tried(id);
  const auto* memory = static_cast<const char*>(shmat(id, nullptr, SHM_RDONLY));
  if (memory == reinterpret_cast<const char*>(-1)) return tried(-1);
  std::puts(memory);
  shmctl(id, IPC_RMID, nullptr);
  return through("an earlier run's memory was there");
}

Seen leave_message(const std::string& key, const std::string& text) {
  const int id = msgget(key_of(key), IPC_CREAT | 0666);
  if (id < 0) return tried(id);
  struct {
    long kind = 1;
    char text[128] = {};
  } message;
  std::snprintf(message.text, sizeof message.text, "%s", text.c_str());
  if (msgsnd(id, &message, sizeof message.text, IPC_NOWAIT) != 0) return tried(-1);
  return denied("left");
}

Seen find_message(const std::string& key) {
  const int id = msgget(key_of(key), 0);
  if (id < 0) return tried(id);
  msgctl(id, IPC_RMID, nullptr);
  return through("an earlier run's queue was there");
}

const Attempt kAttempts[] = {
    {"signal-process",
     [](Arguments a) { return signal_process(static_cast<pid_t>(number(a, 0))); }},
    {"signal-everyone", [](Arguments) { return signal_everyone(); }},
    {"signal-first", [](Arguments) { return denied(kill(1, SIGKILL) == 0 ? "sent" : "refused"); }},
    {"signal-by-pipe",
     [](Arguments a) { return signal_by_pipe(static_cast<pid_t>(number(a, 0))); }},
    {"hold-process", [](Arguments a) { return hold_process(static_cast<pid_t>(number(a, 0))); }},
    {"trace-other", [](Arguments a) { return trace_process(static_cast<pid_t>(number(a, 0))); }},
    {"find-process", [](Arguments a) { return find_process(argument(a, 0)); }},
    {"look-into-first", [](Arguments a) { return look_into_first(argument(a, 0)); }},
    {"follow-first", [](Arguments a) { return follow_first(argument(a, 0)); }},
    {"leave-daemon", [](Arguments a) { return leave_daemon(argument(a, 0)); }},
    {"stay", [](Arguments) -> Seen { stay(); }},
    {"stop-itself",
     [](Arguments) {
       kill(getpid(), SIGSTOP);
       return through("it went on");
     }},
    {"real-time", [](Arguments) { return real_time(); }},
    {"raise-priority", [](Arguments) { return tried(setpriority(PRIO_PROCESS, 0, -10)); }},
    {"never-out-of-memory", [](Arguments) { return spare_me_when_memory_is_short(); }},
    {"leave-segment", [](Arguments a) { return leave_segment(argument(a, 0), argument(a, 1)); }},
    {"find-segment", [](Arguments a) { return find_segment(argument(a, 0)); }},
    {"leave-message", [](Arguments a) { return leave_message(argument(a, 0), argument(a, 1)); }},
    {"find-message", [](Arguments a) { return find_message(argument(a, 0)); }},
};

}  // namespace

std::span<const Attempt> process_attempts() { return kAttempts; }

}  // namespace automod::attack
