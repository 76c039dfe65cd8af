#include "base/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include "base/fd.hpp"

namespace automod {

namespace {

using Steady = std::chrono::steady_clock;
using Time = Steady::time_point;

constexpr std::size_t kMostErr = 1 << 20;    // that is kept
constexpr std::chrono::seconds kSilence{1};  // of whoever still holds the pipes of one that ended

struct Pipe {
  Fd read;
  Fd write;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return fail_errno("making a pipe", errno);
  return Pipe{.read = Fd(ends[0]), .write = Fd(ends[1])};
}

/// Our variables but those withheld; ends with a null.
std::vector<char*> variables_for(const Program& program) {
  std::vector<char*> variables;
  for (char** at = environ; *at != nullptr; ++at) {
    const std::string_view one = *at;
    const std::string name(one.substr(0, one.find('=')));
    if (std::ranges::find(program.withheld, name) == program.withheld.end()) {
      variables.push_back(*at);
    }
  }
  variables.push_back(nullptr);
  return variables;
}

/// A started program in a session of its own, and so in a process group of its own and without a
/// terminal to ask on; killed and reaped when it goes.
class Child {
 public:
  static Result<Child> start(const Program& program, const Pipe& in, const Pipe& out,
                             const Pipe& err);
  Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
  Child& operator=(Child&&) = delete;
  ~Child() {
    if (pid_ < 0) return;
    kill(-pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  /// Its exit code once it has ended.
  std::optional<int> poll_exit() {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
    kill(-pid_, SIGKILL);  // what it left behind in its group
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  explicit Child(pid_t pid) : pid_(pid) {}
  pid_t pid_;
};

Result<Child> Child::start(const Program& program, const Pipe& in, const Pipe& out,
                           const Pipe& err) {
  posix_spawn_file_actions_t actions{};
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.read.get(), 0);
  posix_spawn_file_actions_adddup2(&actions, out.write.get(), 1);
  posix_spawn_file_actions_adddup2(&actions, err.write.get(), 2);
  if (!program.directory.empty()) {
    posix_spawn_file_actions_addchdir_np(&actions, program.directory.c_str());
  }
  posix_spawnattr_t attributes{};
  posix_spawnattr_init(&attributes);
  sigset_t none{};
  sigemptyset(&none);
  sigset_t defaults{};
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::vector<std::string> words = program.argv;
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::vector<char*> variables = variables_for(program);
  pid_t pid = -1;
  const int error =
      posix_spawnp(&pid, argv[0], &actions, &attributes, argv.data(), variables.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error == ENOENT) {
    return fail(ErrorKind::kUnavailable,
                fmt::format("there is no program '{}' to run", program.argv[0]));
  }
  if (error == EACCES) {
    return fail(ErrorKind::kUnavailable,
                fmt::format("'{0}' may not be executed; run: chmod +x {0}", program.argv[0]));
  }
  if (error != 0) return fail_errno("starting " + program.argv[0], error);
  return Child(pid);
}

/// Reads what is there; closes the end at end of file.
void drain(Fd& from, std::string& into) {
  std::array<char, 65536> buffer{};
  const ssize_t got = read(from.get(), buffer.data(), buffer.size());
  if (got > 0) into.append(buffer.data(), static_cast<std::size_t>(got));
  if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) from.reset();
}

/// Writes as much as goes; closes the end when all is written or nobody reads any more.
void feed(Fd& to, std::string_view& input) {
  const ssize_t put = write(to.get(), input.data(), input.size());
  if (put > 0) input.remove_prefix(static_cast<std::size_t>(put));
  if (input.empty() || (put < 0 && errno != EAGAIN && errno != EINTR)) to.reset();
}

void keep_end(std::string& err) {
  if (err.size() > kMostErr) err.erase(0, err.size() - kMostErr);
}

class PipeSignalOff {
 public:
  PipeSignalOff() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  PipeSignalOff(const PipeSignalOff&) = delete;
  PipeSignalOff& operator=(const PipeSignalOff&) = delete;
  ~PipeSignalOff() {
    const timespec now{};
    while (sigtimedwait(&pipe_, nullptr, &now) > 0) {
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t pipe_{};
  sigset_t before_{};
};

/// Our ends of a program's pipes.
class Streams {
 public:
  Streams(Pipe in, Pipe out, Pipe err, std::string_view input)
      : in_(std::move(in.write)),
        out_(std::move(out.read)),
        err_(std::move(err.read)),
        input_(input) {
    for (const Fd* end : {&in_, &out_, &err_}) fcntl(end->get(), F_SETFL, O_NONBLOCK);
    if (input_.empty()) in_.reset();
  }

  /// Moves what can be moved within a moment; true when something came on stdout.
  bool move(ProgramResult& result) {
    std::array<pollfd, 3> ends{pollfd{in_.get(), POLLOUT, 0}, pollfd{out_.get(), POLLIN, 0},
                               pollfd{err_.get(), POLLIN, 0}};
    poll(ends.data(), ends.size(), 20);
    const std::size_t before = result.out.size();
    if (ends[0].revents != 0) feed(in_, input_);
    if (ends[1].revents != 0) drain(out_, result.out);
    if (ends[2].revents != 0) drain(err_, result.err);
    if (result.err.size() > 2 * kMostErr) keep_end(result.err);
    return result.out.size() > before;
  }
  bool all_read() const { return !out_ && !err_; }

 private:
  Fd in_;
  Fd out_;
  Fd err_;
  std::string_view input_;
};

/// Of a child that runs already: until it has ended and nothing comes any more.
Result<ProgramResult> finish(const Program& program, Child& child, Streams& streams,
                             const CancelToken& cancel) {
  Time deadline = Steady::now() + program.timeout;
  Time last;  // when it still ran, or something came
  ProgramResult result;
  std::optional<int> code;
  while (!code || !streams.all_read()) {
    if (cancel.requested()) return fail(ErrorKind::kInterrupted, "interrupted");
    if (Steady::now() > deadline) {
      return fail(ErrorKind::kInternal,
                  fmt::format("{} gave no answer within {} s", program.argv[0],
                              std::chrono::floor<std::chrono::seconds>(program.timeout).count()));
    }
    const bool has_come = streams.move(result);
    if (result.out.size() > program.output_limit) {
      return fail(ErrorKind::kInternal,
                  fmt::format("{} said more than {} bytes", program.argv[0], program.output_limit));
    }
    const Time now = Steady::now();
    if (code && !has_come && now - last >= kSilence) break;
    if (!code || has_come) last = now;
    if (!code && (code = child.poll_exit())) deadline = std::max(deadline, now + 2 * kSilence);
  }
  keep_end(result.err);
  result.exit_code = *code;
  return result;
}

}  // namespace

Result<ProgramResult> run_program(const Program& program, const CancelToken& cancel) {
  const PipeSignalOff quiet;
  auto in = make_pipe();
  auto out = make_pipe();
  auto err = make_pipe();
  if (!in || !out || !err) return fail(!in ? in.error() : !out ? out.error() : err.error());
  auto child = Child::start(program, *in, *out, *err);
  if (!child) return fail(child.error());
  Streams streams(std::move(*in), std::move(*out), std::move(*err), program.input);
  return finish(program, *child, streams, cancel);
}

}  // namespace automod
