#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <set>
#include <sstream>

#include "base/fd.hpp"
#include "tests/unit/sandbox/fixture.hpp"

using automod::testing::ContainsSubstring;

namespace automod::sandbox::testing {

namespace {

/// A TCP server on the host's loopback that nobody has yet connected to.
struct Listener {
  Listener() : socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(listen(socket.get(), 4) == 0);
    socklen_t length = sizeof address;
    REQUIRE(getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &length) == 0);
    port = ntohs(address.sin_port);
  }
  bool was_reached() const { return static_cast<bool>(Fd(accept(socket.get(), nullptr, nullptr))); }

  Fd socket;
  int port = 0;
};

}  // namespace

TEST_CASE_METHOD(SandboxTest, "files of the host are not there") {
  REQUIRE(write_file(outside / "canary", "CANARY"));
  const std::string path = (outside / "canary").string();
  CHECK(system(fmt::format("grep -q CANARY {}", path).c_str()) == 0);
  CHECK_FALSE(sh("cat " + path).ok());
  CHECK_FALSE(sh("cat /tree/../outside/canary").ok());
  CHECK_FALSE(sh("cat /etc/shadow").ok());
  const std::set<std::string> known = {"bin",    "dev",  "etc",  "lib", "lib32", "lib64",
                                       "libx32", "proc", "sbin", "tmp", "tree",  "usr"};
  std::istringstream lines(sh("ls -A /").out);
  for (std::string name; std::getline(lines, name);) {
    INFO(name);
    CHECK(known.contains(name));
  }
}

TEST_CASE_METHOD(SandboxTest, "a link in the work folder leads nowhere on the host") {
  REQUIRE(write_file(outside / "canary", "CANARY"));
  std::filesystem::create_symlink(outside / "canary", policy.work / "link");
  std::filesystem::create_symlink("/etc/shadow", policy.work / "shadow");
  CHECK_FALSE(sh("cat link").ok());
  CHECK_FALSE(sh("cat shadow").ok());
  sh("echo overwritten > link");
  CHECK(*read_file(outside / "canary", 100) == "CANARY");
}

TEST_CASE_METHOD(SandboxTest, "only the work folder and scratch space can be written") {
  for (const char* place : {"/usr", "/usr/bin", "/", "/etc", "/dev", "/proc", "/bin"}) {
    INFO(place);
    CHECK_FALSE(sh(fmt::format(": > {}/automod-was-here", place)).ok());
  }
  for (const char* place : {"/tree", "/tmp", "/dev/shm"}) {
    INFO(place);
    CHECK(sh(fmt::format(": > {}/automod-was-here", place)).ok());
  }
  CHECK_FALSE(std::filesystem::exists("/usr/automod-was-here"));
  CHECK_FALSE(sh("echo x > /proc/sys/kernel/core_pattern").ok());
}

TEST_CASE_METHOD(SandboxTest, "scratch space is new for every run") {
  CHECK(sh("echo x > /tmp/left; echo x > /dev/shm/left").ok());
  CHECK(sh("ls /tmp /dev/shm").out == "/dev/shm:\n\n/tmp:\n");
}

TEST_CASE_METHOD(SandboxTest, "devices are five") {
  CHECK(sh("cd /dev; for f in *; do [ -h $f ] || [ ! -c $f ] || echo $f; done").out ==
        "full\nnull\nrandom\nurandom\nzero\n");
}

TEST_CASE_METHOD(SandboxTest, "the environment is what the policy says and nothing else") {
  setenv("AUTOMOD_TEST_SECRET", "hunter2", 1);
  policy.environment = {{"EXTRA", "a=b c"}};
  const Execution execution = run({{"env"}});
  CHECK_THAT(execution.out, ContainsSubstring("PATH=/usr/bin:/bin\n"));
  CHECK_THAT(execution.out, ContainsSubstring("HOME=/tmp\n"));
  CHECK_THAT(execution.out, ContainsSubstring("LANG=C.UTF-8\n"));
  CHECK_THAT(execution.out, ContainsSubstring("TZ=UTC\n"));
  CHECK_THAT(execution.out, ContainsSubstring("EXTRA=a=b c\n"));
  CHECK(std::count(execution.out.begin(), execution.out.end(), '\n') == 5);
  CHECK_FALSE(sh("grep -aq hunter2 /proc/1/environ /proc/self/environ").ok());
  unsetenv("AUTOMOD_TEST_SECRET");
}

TEST_CASE_METHOD(SandboxTest, "descriptors of the caller are not inherited") {
  REQUIRE(write_file(outside / "secret", "SECRET"));
  const Fd secret(open((outside / "secret").c_str(), O_RDONLY));  // without close-on-exec
  REQUIRE(fcntl(secret.get(), F_DUPFD, 9) == 9);
  const Execution execution = sh("cd /proc/self/fd && echo *; cat <&9");
  close(9);
  CHECK_THAT(execution.out, automod::testing::StartsWith("0 1 2"));
  CHECK(execution.out.find("SECRET") == std::string::npos);
  CHECK(execution.out.find(" 9") == std::string::npos);
}

TEST_CASE_METHOD(SandboxTest, "the host's network cannot be reached") {
  bring_attacker();
  const Listener server;
  const std::string port = std::to_string(server.port);
  CHECK(run({{"./attacker", "connect", port}}).out == "connect ECONNREFUSED\n");
  CHECK_FALSE(server.was_reached());
  REQUIRE(system(fmt::format("{} connect {} > /dev/null", AUTOMOD_ATTACKER, port).c_str()) == 0);
  CHECK(server.was_reached());
  CHECK(sh("grep -c : /proc/self/net/dev").out == "1\n");  // the loopback
}

TEST_CASE_METHOD(SandboxTest, "abstract sockets of the host cannot be reached") {
  bring_attacker();
  const std::string name = fmt::format("automod-test-{}", getpid());
  char address[100] = {};
  const sa_family_t family = AF_UNIX;
  std::memcpy(address, &family, sizeof family);
  std::memcpy(address + sizeof family + 1, name.data(), name.size());
  const Fd server(socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  REQUIRE(bind(server.get(), reinterpret_cast<sockaddr*>(address),
               static_cast<socklen_t>(sizeof family + 1 + name.size())) == 0);
  CHECK(run({{"./attacker", "say-to", name}}).out == "say-to ECONNREFUSED\n");
  REQUIRE(system(fmt::format("{} say-to {} > /dev/null", AUTOMOD_ATTACKER, name).c_str()) == 0);
  char byte = 0;
  CHECK(recv(server.get(), &byte, 1, 0) == 1);   // the control's
  CHECK(recv(server.get(), &byte, 1, 0) == -1);  // and no other
}

TEST_CASE_METHOD(SandboxTest, "a network of one's own works on the loopback") {
  bring_attacker();
  CHECK(run({{"./attacker", "loopback"}}).out == "loopback allowed\n");
}

TEST_CASE_METHOD(SandboxTest, "processes of the host are not seen and cannot be signalled") {
  CHECK(sh("ls -d /proc/[0-9]* | wc -l").out.size() <= 3);
  CHECK_FALSE(sh(fmt::format("kill -0 {}", getpid())).ok());
  CHECK(sh("kill -KILL -1; kill -KILL 1; echo alive").out == "alive\n");
}

TEST_CASE_METHOD(SandboxTest, "facts of the host are masked") {
  for (const char* file : {"cmdline", "kallsyms", "config.gz", "kcore", "keys", "cpuinfo", "sys",
                           "sysrq-trigger", "scsi", "acpi", "mounts.host"}) {
    INFO(file);
    CHECK_FALSE(sh(fmt::format("[ -e /proc/{} ]", file)).ok());
  }
  CHECK(sh("uname -n").out == "automod\n");
}

}  // namespace automod::sandbox::testing
