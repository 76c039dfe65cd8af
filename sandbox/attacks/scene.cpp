#include "sandbox/attacks/scene.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <sstream>
#include <system_error>
#include <thread>

namespace automod::sandbox::attacks {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

/// Small, so that whatever limit is missing shows soon.
Policy small_policy(const fs::path& work) {
  Policy policy;
  policy.work = work;
  policy.limits.wall = 10s;
  policy.limits.memory_bytes = 256 * kMiB;
  policy.limits.processes = 64;
  policy.limits.file_bytes = 64 * kMiB;
  policy.limits.disk_bytes = 64 * kMiB;
  policy.limits.scratch_bytes = 8 * kMiB;
  policy.limits.output_bytes = 64 * 1024;
  return policy;
}

std::string new_marker() {
  static std::atomic<int> count{0};
  return fmt::format("automod-marker-{}-{}", getpid(), ++count);
}

/// What is in a folder: names, kinds, modes and sizes.
std::string listed(const fs::path& folder) {
  std::vector<std::string> entries;
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(folder, code)) {
    struct stat info{};
    lstat(entry.path().c_str(), &info);
    entries.push_back(fmt::format("{} {:o} {}\n", entry.path().filename().string(), info.st_mode,
                                  S_ISREG(info.st_mode) ? info.st_size : 0));
  }
  std::sort(entries.begin(), entries.end());
  std::string all;
  for (const std::string& entry : entries) all += entry;
  return all;
}

constexpr const char* kOutside = "canary 100644 {}\nsocket-folder 40755 0\nvictim 100644 7\n";

/// Set-id files, devices and the canary's text, in what the attack may have left.
std::string harm_in_work(const Scene& scene) {
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(scene.work, code)) {
    struct stat info{};
    if (lstat(entry.path().c_str(), &info) != 0) continue;
    const std::string name = entry.path().filename().string();
    if (S_ISCHR(info.st_mode) || S_ISBLK(info.st_mode)) return name + " is a device on the host";
    if (S_ISREG(info.st_mode) && (info.st_mode & (S_ISUID | S_ISGID)) != 0) {
      return name + " is a set-id file on the host";
    }
    if (!S_ISREG(info.st_mode) || info.st_size > static_cast<off_t>(kMiB)) continue;
    const auto text = read_file(entry.path(), kMiB);
    if (text && text->find(scene.secret) != std::string::npos) return name + " holds the canary";
  }
  return {};
}

std::string harm_in_result(const Scene& scene, const Execution& execution) {
  const auto has = [&](const std::string& text) {
    return text.find(scene.secret) != std::string::npos;
  };
  if (has(execution.out) || has(execution.err)) return "the canary is in the output";
  for (const Artifact& artifact : execution.artifacts) {
    if (has(artifact.content)) return "the canary was brought back as " + artifact.name;
  }
  return {};
}

}  // namespace

Sentinel::Sentinel(const fs::path& program, const std::string& marker) {
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  std::string name = "sentinel";
  std::string stay = "stay";
  std::string mark = marker + "-sentinel";
  std::array<char*, 4> arguments{name.data(), stay.data(), mark.data(), nullptr};
  if (posix_spawn(&pid_, program.c_str(), nullptr, &attributes, arguments.data(), environ) != 0) {
    pid_ = -1;
  }
  posix_spawnattr_destroy(&attributes);
}

Sentinel::~Sentinel() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

bool Sentinel::alive() {
  if (pid_ <= 0 || waitpid(pid_, nullptr, WNOHANG) == 0) return pid_ > 0;
  pid_ = -1;
  return false;
}

Listener::Listener(Kind kind, const std::string& name) : kind_(kind) {
  const bool stream = kind == Kind::kTcp || kind == Kind::kTcpSix || kind == Kind::kPath;
  const int type = (stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC;
  union {
    sockaddr any;
    sockaddr_in four;
    sockaddr_in6 six;
    sockaddr_un local;
  } address{};
  socklen_t length = 0;
  if (kind == Kind::kTcp || kind == Kind::kUdp) {
    address.four.sin_family = AF_INET;
    address.four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    length = sizeof address.four;
  } else if (kind == Kind::kTcpSix) {
    address.six.sin6_family = AF_INET6;
    address.six.sin6_addr = in6addr_loopback;
    length = sizeof address.six;
  } else {
    const std::size_t at = kind == Kind::kAbstract ? 1 : 0;
    if (name.size() + at >= sizeof address.local.sun_path) return;
    address.local.sun_family = AF_UNIX;
    std::memcpy(address.local.sun_path + at, name.data(), name.size());
    length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + at + name.size());
  }
  Fd fd(socket(address.any.sa_family, type, 0));
  if (!fd || bind(fd.get(), &address.any, length) != 0) return;
  if (stream && listen(fd.get(), 4) != 0) return;
  length = sizeof address;
  getsockname(fd.get(), &address.any, &length);
  if (kind == Kind::kTcp || kind == Kind::kUdp) port_ = ntohs(address.four.sin_port);
  if (kind == Kind::kTcpSix) port_ = ntohs(address.six.sin6_port);
  fd_ = std::move(fd);
}

bool Listener::was_reached() const {
  char byte = 0;
  if (kind_ == Kind::kUdp || kind_ == Kind::kAbstract) return recv(fd_.get(), &byte, 1, 0) >= 0;
  return static_cast<bool>(Fd(accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC)));
}

Result<std::unique_ptr<Scene>> Scene::create(const fs::path& program, const std::string& secret,
                                             bool control) {
  auto place = TempDir::create(fs::temp_directory_path(), "automod-attack-");
  if (!place) return fail(place.error());
  std::unique_ptr<Scene> scene(new Scene(std::move(*place)));
  const fs::path root = scene->place.path();
  scene->work = root / "work";
  scene->outside = root / "outside";
  scene->program = program;
  scene->secret = secret;
  scene->marker = new_marker();
  scene->control = control;
  std::error_code code;
  fs::create_directory(scene->work, code);
  fs::create_directories(scene->outside / "socket-folder", code);
  fs::copy_file(program, scene->work / "attack", code);
  if (code) return fail_errno("bringing the attacker", code.value());
  fs::permissions(scene->outside / "socket-folder", fs::perms(0755), code);
  for (const auto& [name, text] : {std::pair{"canary", secret}, {"victim", "victim\n"}}) {
    if (auto ok = write_file(scene->outside / name, text); !ok) return fail(ok.error());
  }
  scene->policy = small_policy(scene->work);
  return scene;
}

std::string Scene::filled(std::string text) const {
  const std::array<std::pair<std::string_view, std::string>, 7> values = {{
      {"{work}", work.string()},
      {"{outside}", outside.string()},
      {"{canary}", (outside / "canary").string()},
      {"{secret}", secret},
      {"{marker}", marker},
      {"{pid}", std::to_string(sentinel ? sentinel->pid() : 0)},
      {"{port}", std::to_string(listener ? listener->port() : 0)},
  }};
  for (const auto& [name, value] : values) {
    for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at)) {
      text.replace(at, name.size(), value);
      at += value.size();
    }
  }
  return text;
}

std::string Scene::harm(const Execution* execution) {
  if (execution != nullptr) {
    if (std::string found = harm_in_result(*this, *execution); !found.empty()) return found;
  }
  if (std::string found = harm_in_work(*this); !found.empty()) return found;
  const std::string found = listed(outside);
  if (found != fmt::format(kOutside, secret.size())) return "files outside were changed: " + found;
  if (sentinel && !sentinel->alive()) return "a process of the host was killed";
  if (listener && listener->was_reached()) return "a server of the host was reached";
  return {};
}

std::vector<pid_t> processes_with(const std::string& text) {
  std::vector<pid_t> found;
  std::error_code code;
  for (const auto& entry : fs::directory_iterator("/proc", code)) {
    const std::string name = entry.path().filename().string();
    int pid = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error != std::errc{} || *end != '\0' || pid == getpid()) continue;
    const Fd file(open((entry.path() / "cmdline").c_str(), O_RDONLY | O_CLOEXEC));
    std::array<char, 4096> line;
    const ssize_t got = file ? read(file.get(), line.data(), line.size()) : 0;
    if (got <= 0) continue;
    const std::string_view all(line.data(), static_cast<std::size_t>(got));
    if (all.find(text) != std::string_view::npos) found.push_back(pid);
  }
  return found;
}

bool all_gone(const std::string& text) {
  for (int attempt = 0; attempt < 100; ++attempt) {
    if (processes_with(text).empty()) return true;
    std::this_thread::sleep_for(30ms);
  }
  return false;
}

pid_t parent_of(pid_t pid) {
  const Fd file(open(fmt::format("/proc/{}/stat", pid).c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 512> line{};
  if (!file || read(file.get(), line.data(), line.size() - 1) <= 0) return 0;
  const char* after_name = std::strrchr(line.data(), ')');
  if (after_name == nullptr) return 0;
  std::istringstream rest(after_name + 1);
  std::string state;
  pid_t parent = 0;
  rest >> state >> parent;
  return parent;
}

}  // namespace automod::sandbox::attacks
