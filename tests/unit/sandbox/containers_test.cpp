// Real commands in the containers of other programs, as root and as an ordinary user.

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <set>
#include <sstream>
#include <thread>

#include "sandbox/backend.hpp"
#include "sandbox/backends/host_view.hpp"
#include "sandbox/launch.hpp"
#include "sandbox/probe.hpp"
#include "sandbox/select.hpp"
#include "tests/unit/sandbox/contained.hpp"
#include "tests/unit/sandbox/fixture.hpp"

namespace automod::sandbox::testing {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr const char* kImage = "localhost/automod-test:1";

const std::vector<Selection>& selections() {
  static const std::vector<Selection> all = {{"bwrap", "", ""}, {"oci", "runc", ""}};
  return all;
}

/// Runs `body` with each backend, as who we are and, when that is root, as an ordinary user.
void with_each(const std::function<void(Contained&)>& body) {
  const auto run = [&](const Selection& selection) {
    Contained contained(selection);
    if (contained.works()) body(contained);
    return contained.fine();
  };
  for (const Selection& selection : selections()) {
    INFO(selection.backend);
    CHECK(run(selection));
    if (geteuid() != 0) continue;
    const auto launcher = find_launcher();
    if (!launcher || !open_to_others(*launcher)) {
      WARN("the build folder is closed to others: not tried as an ordinary user");
      continue;
    }
    INFO("as an ordinary user");
    CHECK(as_ordinary_user([&] { return run(selection); }));
  }
}

std::set<std::string> words(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

/// Everybody whose parent is `parent`.
std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> found;
  for (const int pid : processes_with("")) {
    const std::string line = read_proc(pid, "stat");
    const std::size_t name_end = line.rfind(')');
    if (name_end == std::string::npos) continue;
    std::istringstream rest(line.substr(name_end + 1));
    std::string state;
    pid_t above = 0;
    if (rest >> state >> above && above == parent) found.push_back(pid);
  }
  return found;
}

/// An argument for sleep by which one test's processes are known.
std::string marker() {
  static int count = 0;
  return fmt::format("{}.{}", 70'000 + ++count, getpid());
}

}  // namespace

TEST_CASE("each backend passes the probe") {
  with_each([](Contained& contained) {
    const auto passed = probe(contained.runner());
    contained.expect(passed.has_value(), passed ? "" : passed.error().message);
  });
}

TEST_CASE("each backend shows what native shows, and the launcher") {
  with_each([](Contained& contained) {
    const std::string script = "ls -A / /dev /etc";
    Contained native({"native", "", ""});
    std::set<std::string> wanted = words(native.sh(script).out);
    wanted.insert("automod");
    const std::set<std::string> found = words(contained.sh(script).out);
    contained.expect(found == wanted, "shows something else than native");
  });
}

TEST_CASE("each backend runs as the policy's user, with no capability and one user id") {
  with_each([](Contained& contained) {
    contained.policy.user = 4321;
    const Execution execution = contained.sh(
        "id -u; id -g; grep -c . /proc/self/uid_map; grep -E 'Cap|NoNewPrivs|Seccomp:' "
        "/proc/self/status");
    contained.expect_same(execution.out,
                          "4321\n4321\n1\nCapInh:\t0000000000000000\nCapPrm:\t0000000000000000\n"
                          "CapEff:\t0000000000000000\nCapBnd:\t0000000000000000\n"
                          "CapAmb:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n",
                          "privileges");
  });
}

TEST_CASE("each backend keeps streams, exit codes and signals apart") {
  with_each([](Contained& contained) {
    const Execution failed = contained.sh("echo out; echo err >&2; exit 7");
    contained.expect_same(failed.out, "out\n", "stdout");
    contained.expect_same(failed.err, "err\n", "stderr");
    contained.expect(failed.outcome == Outcome::kExited && failed.status == 7, "exit code");
    const Execution crashed = contained.sh("kill -SEGV $$");
    contained.expect(crashed.outcome == Outcome::kSignalled && crashed.status == SIGSEGV, "signal");
  });
}

TEST_CASE("no environment or descriptor of ours reaches a container") {
  setenv("AUTOMOD_TEST_SECRET", "canary", 1);
  const int secret = open("/etc/hostname", O_RDONLY);  // inherited by whom it may
  with_each([](Contained& contained) {
    contained.policy.environment = {{"GIVEN", "yes"}};
    contained.expect_same(contained.sh("env | grep -vE '^(PWD|SHLVL|_|OLDPWD)=' | sort").out,
                          "GIVEN=yes\nHOME=/tmp\nLANG=C.UTF-8\nPATH=/usr/bin:/bin\nTZ=UTC\n",
                          "environment");
    contained.expect_same(
        contained.sh("cat /proc/[0-9]*/environ | tr '\\0' '\\n' | grep -c canary").out, "0\n",
        "secrets");
    contained.expect_same(
        contained.sh("for f in /proc/$$/fd/*; do [ -e $f ] && echo ${f##*/}; done; true").out,
        "0\n1\n2\n", "descriptors");
  });
  close(secret);
  unsetenv("AUTOMOD_TEST_SECRET");
}

TEST_CASE("only the work folder, /tmp and /dev/shm can be written, and the files are ours") {
  with_each([](Contained& contained) {
    const Execution execution = contained.sh(
        "for p in / /usr /etc /etc/passwd /dev /proc /automod /automod/launcher /tree /tmp "
        "/dev/shm; do if [ -d $p ]; then f=$p/x; else f=$p; fi; "
        "(echo x >> $f) 2>/dev/null && echo $p; done");
    contained.expect_same(execution.out, "/tree\n/tmp\n/dev/shm\n", "writable");
    struct stat info{};
    contained.expect(
        stat((contained.policy.work / "x").c_str(), &info) == 0 && info.st_uid == geteuid(),
        "the file is somebody else's");
  });
}

TEST_CASE("no fact of the host can be read from /proc") {
  with_each([](Contained& contained) {
    const HostView host = HostView::look();
    std::string script;
    for (const auto* paths : {&host.fact_files, &host.fact_folders}) {
      for (const std::string& path : *paths) {
        script += fmt::format("cat {0} {0}/* {0}/*/* 2>/dev/null | head -c 1;", path);
      }
    }
    contained.expect_same(contained.sh(script).out, "", "facts");
    contained.expect_same(contained.sh("hostname").out, "automod\n", "host name");
  });
}

TEST_CASE("a read-only folder is seen at its place and cannot be written") {
  with_each([](Contained& contained) {
    const fs::path folder = contained.policy.work.parent_path() / "tool chain";
    fs::create_directory(folder);
    contained.expect(write_file(folder / "file", "content").has_value(), "no folder");
    contained.policy.read_only = {folder, "/etc/ssl"};
    const Execution execution = contained.sh(
        fmt::format("cat '{0}/file'; echo x > '{0}/file'; ls -d /etc/ssl", folder.string()));
    contained.expect_same(execution.out, "content/etc/ssl\n", "a read-only folder");
    contained.expect(execution.err.find("Read-only file system") != std::string::npos,
                     "it can be written");
  });
}

TEST_CASE("a work folder in memory is bounded and leaves nothing") {
  with_each([](Contained& contained) {
    contained.policy.work.clear();
    contained.policy.mount = Mount::kTmpfs;
    contained.policy.limits.disk_bytes = 1 << 20;
    const Execution execution =
        contained.run({.argv = {"/bin/sh", "-c",
                                "echo kept > kept; head -c 5000000 /dev/zero > big; wc -c < big"},
                       .collect = {"kept"}});
    contained.expect(execution.outcome == Outcome::kDiskLimit, "the limit was not met");
    contained.expect(execution.artifacts.size() == 1 && execution.artifacts[0].content == "kept\n",
                     "nothing was collected");
  });
}

TEST_CASE("an overlay leaves the work folder alone; who cannot make one says so") {
  with_each([](Contained& contained) {
    contained.expect(write_file(contained.policy.work / "file", "before\n").has_value(), "file");
    contained.policy.mount = Mount::kOverlay;
    const auto execution = contained.try_run("cat file; echo after > file; cat file");
    if (geteuid() == 0 || contained.runner().facts().backend == "oci") {
      contained.expect(execution && execution->out == "before\nafter\n", "no overlay");
    } else {
      contained.expect(!execution && execution.error().kind == ErrorKind::kUsage &&
                           execution.error().message.find("overlay") != std::string::npos,
                       "no refusal that names the field");
    }
    const auto content = read_file(contained.policy.work / "file", 100);
    contained.expect(content && *content == "before\n", "the work folder was changed");
  });
}

TEST_CASE("an overlay's changes are kept where the policy says, and found by the next run") {
  with_each([](Contained& contained) {
    if (geteuid() != 0 && contained.runner().facts().backend == "bwrap") return;
    contained.policy.mount = Mount::kOverlay;
    contained.policy.changes = contained.policy.work.parent_path() / "changes";
    fs::create_directory(contained.policy.changes);
    contained.sh("echo made > new");
    contained.expect_same(contained.sh("cat new").out, "made\n", "the second run");
    const auto kept = read_file(contained.policy.changes / "files/new", 100);
    contained.expect(kept && *kept == "made\n", "nothing was kept");
    contained.expect(fs::is_empty(contained.policy.work), "the work folder was changed");
  });
}

TEST_CASE("a copy is forgotten, with every backend") {
  with_each([](Contained& contained) {
    contained.expect(write_file(contained.policy.work / "file", "before\n").has_value(), "file");
    contained.policy.mount = Mount::kCopy;
    contained.expect_same(contained.sh("cat file; echo after > file; cat file").out,
                          "before\nafter\n", "the copy");
    const auto content = read_file(contained.policy.work / "file", 100);
    contained.expect(content && *content == "before\n", "the work folder was changed");
  });
}

TEST_CASE("limits hold in the containers of others") {
  with_each([](Contained& contained) {
    Policy& policy = contained.policy;
    policy.limits.memory_bytes = 128u << 20;
    const Execution hungry = contained.sh("exec python3 -c 'x = b\"a\" * (1 << 30)'");
    contained.expect(hungry.outcome == Outcome::kMemoryLimit, "memory");
    policy.limits.memory_bytes = 1u << 30;
    policy.limits.processes = 20;
    const Execution many =
        contained.sh("for i in $(seq 60); do sleep 5 & done 2>/dev/null; echo made");
    contained.expect(many.out.find("made") == std::string::npos, "processes");
    policy.limits.processes = 512;
    policy.limits.output_bytes = 1000;
    contained.expect(contained.sh("yes").outcome == Outcome::kOutputLimit, "output");
    policy.limits.file_bytes = 1 << 20;
    const Execution large = contained.sh("trap '' XFSZ; head -c 3000000 /dev/zero > f; wc -c < f");
    contained.expect_same(large.out, "1048576\n", "one file");
    policy.limits.wall = 1s;
    const Execution slow = contained.sh("trap '' TERM; sleep 100 & sleep 100");
    contained.expect(slow.outcome == Outcome::kTimedOut && slow.wall < 5s, "time");
  });
}

TEST_CASE("no network and strict calls hold in the containers of others") {
  with_each([](Contained& contained) {
    const std::string script =
        "python3 -c \"import socket; socket.create_server(('127.0.0.1', 0)); print('made')\" "
        "2>/dev/null";
    contained.expect_same(contained.sh(script).out, "made\n", "a loopback of its own");
    contained.policy.network = Network::kNone;
    contained.expect_same(contained.sh(script).out, "", "no network");
    contained.policy.network = Network::kLoopback;
    contained.policy.calls = Calls::kStrict;
    contained.expect_same(contained.sh(script).out, "", "strict calls");
  });
}

TEST_CASE("daemons end with the command, and its stage goes") {
  with_each([](Contained& contained) {
    const std::string time = marker();
    const Execution execution =
        contained.sh(fmt::format("(trap '' TERM HUP; setsid sleep {} & ) ; exit 3", time));
    contained.expect(execution.status == 3 && execution.wall < 10s, "the command's end");
    contained.expect(processes_with(time).empty(), "a daemon is alive");
  });
}

TEST_CASE("nothing is alive after a kill of the supervisor") {
  with_each([](Contained& contained) {
    const std::string time = marker();
    const pid_t supervisor = fork();
    if (supervisor == 0) {
      contained.sh("sleep " + time);
      _exit(0);
    }
    contained.expect(soon([&] { return !processes_with(time).empty(); }), "it never began");
    kill(supervisor, SIGKILL);
    waitpid(supervisor, nullptr, 0);
    contained.expect(soon([&] { return processes_with(time).empty(); }), "something is alive");
  });
}

TEST_CASE("nothing is alive after a kill of everybody at once") {
  with_each([](Contained& contained) {
    const std::string time = marker();
    const pid_t supervisor = fork();
    if (supervisor == 0) {
      contained.sh("sleep " + time);
      _exit(0);
    }
    contained.expect(soon([&] { return !processes_with(time).empty(); }), "it never began");
    // Above the command: our launcher twice, and the container's program between.
    std::vector<pid_t> family{supervisor};
    for (std::size_t i = 0; i < family.size(); ++i) {
      const std::vector<pid_t> children = children_of(family[i]);
      family.insert(family.end(), children.begin(), children.end());
    }
    for (const pid_t member : family) kill(member, SIGKILL);
    waitpid(supervisor, nullptr, 0);
    contained.expect(family.size() > 3, "the family is small");
    contained.expect(soon([&] { return processes_with(time).empty(); }), "something is alive");
  });
}

namespace {

/// Images of our own in a place of their own, without a network.
class PodmanPlace {
 public:
  PodmanPlace() : place_(*TempDir::create("/tmp", "automod-podman-")) {
    setenv("HOME", place_.path().c_str(), 1);
    setenv("XDG_RUNTIME_DIR", (place_.path() / "runtime").c_str(), 1);
    unsetenv("XDG_DATA_HOME");
    fs::create_directory(place_.path() / "runtime");
    fs::permissions(place_.path() / "runtime", fs::perms::owner_all);
    (void)write_file(place_.path() / "storage.conf",
                     fmt::format("[storage]\ndriver = \"vfs\"\ngraphroot = \"{0}/store\"\n"
                                 "runroot = \"{0}/run\"\n",
                                 place_.path().string()));
    setenv("CONTAINERS_STORAGE_CONF", (place_.path() / "storage.conf").c_str(), 1);
  }

  /// What podman keeps running for an ordinary user would outlive the test.
  ~PodmanPlace() {
    const auto pid = read_file(place_.path() / "runtime/libpod/tmp/pause.pid", 100);
    if (pid && std::atoi(pid->c_str()) > 1) kill(std::atoi(pid->c_str()), SIGKILL);
  }

  /// A shell and few programs, with their libraries.
  bool make_image() const {
    const std::string script = fmt::format(
        "set -e; cd '{}'; mkdir -p image/usr/bin image/etc; ln -s usr/bin image/bin; "
        "for p in sh cat ls id grep env sleep true readlink chmod head wc; do "
        "  cp -L /bin/$p image/usr/bin/; ldd /bin/$p | grep -o '/[^ ]*'; done | sort -u | "
        "  while read -r l; do mkdir -p image$(dirname $l); cp -L $l image$l; done; "
        "tar -C image --owner=0 --group=0 -cf image.tar .; podman import -q image.tar {}",
        place_.path().string(), kImage);
    return std::system((script + " >/dev/null 2>&1").c_str()) == 0;
  }

 private:
  TempDir place_;
};

bool podman_works() {
  const PodmanPlace place;
  if (!place.make_image()) {
    std::fprintf(stderr, "podman cannot import an image here\n");
    return false;
  }
  Contained contained({"podman", "", kImage});
  if (!contained.works()) return false;
  const auto passed = probe(contained.runner());
  contained.expect(passed.has_value(), passed ? "" : passed.error().message);
  contained.policy.user = 4321;
  const Execution execution = contained.sh(
      "id -u; echo out; echo err >&2; echo x > /tree/x; ls -A /dev; (echo x > /usr/x) 2>/dev/null; "
      "cat /proc/cmdline /proc/version 2>/dev/null; exit 7");
  contained.expect_same(execution.out,
                        "4321\nout\nfd\nfull\nnull\nrandom\nshm\nstderr\nstdin\nstdout\nurandom\n"
                        "zero\n",
                        "stdout");
  contained.expect_same(execution.err, "err\n", "stderr");
  contained.expect(execution.status == 7, "exit code");
  struct stat info{};
  contained.expect(
      stat((contained.policy.work / "x").c_str(), &info) == 0 && info.st_uid == geteuid(),
      "the file is somebody else's");
  contained.policy.limits.memory_bytes = 64u << 20;
  const Execution hungry = contained.sh("head -c 500000000 /dev/zero | cat > /tmp/x; echo done");
  const bool grouped = contained.runner().facts().memory_limit == "cgroup";
  contained.expect(!grouped || hungry.outcome == Outcome::kMemoryLimit, "memory");
  contained.policy.limits.wall = 1500ms;
  const std::string time = marker();
  const Execution slow = contained.sh(fmt::format("sleep {0} & sleep {0}", time));
  contained.expect(slow.outcome == Outcome::kTimedOut, "time");
  contained.expect(processes_with(time).empty(), "something is alive");
  return contained.fine();
}

/// Podman reads its environment, which is changed in a child only.
bool in_child(const std::function<bool()>& body) {
  const pid_t child = fork();
  if (child == 0) _exit(body() ? 0 : 1);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

TEST_CASE("crun makes containers where it does not see control groups of both versions") {
  if (geteuid() != 0) return;  // only root can take one version out of sight
  CHECK(in_child([] {
    if (unshare(CLONE_NEWNS) != 0 ||
        mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
      return false;
    }
    umount2("/sys/fs/cgroup/unified", MNT_DETACH);
    Contained contained({"oci", "crun", ""});
    if (!contained.works()) return false;
    const auto passed = probe(contained.runner());
    contained.expect(passed.has_value(), passed ? "" : passed.error().message);
    const Execution execution = contained.sh("id -u; echo err >&2");
    contained.expect_same(execution.out, "1000\n", "stdout");
    contained.expect_same(execution.err, "err\n", "stderr");
    return contained.fine();
  }));
}

TEST_CASE("podman runs commands in an image under the same rules") {
  CHECK(in_child(podman_works));
  const auto launcher = find_launcher();
  if (geteuid() == 0 && launcher && open_to_others(*launcher)) {
    CHECK(as_ordinary_user(podman_works));
  }
}

TEST_CASE("an image that is not there is unavailable, and nobody fetches it") {
  const auto backend = make_image_engine("podman", "localhost/no-such-image:9");
  REQUIRE_FALSE(backend);
  CHECK(backend.error().kind == ErrorKind::kUnavailable);
}

}  // namespace automod::sandbox::testing
