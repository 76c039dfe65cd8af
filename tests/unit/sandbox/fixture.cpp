#include "tests/unit/sandbox/fixture.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <thread>

#include "base/fd.hpp"

namespace automod::sandbox::testing {

namespace fs = std::filesystem;

namespace {

TempDir make_place() {
  auto place = TempDir::create("/tmp", "automod-sandbox-test-");
  REQUIRE(place);
  return std::move(*place);
}

}  // namespace

std::unique_ptr<Runner> make_runner(GroupMaker groups) {
  auto launcher = find_launcher();
  if (!launcher) return nullptr;
  auto runner = ContainerRunner::create(*launcher, std::move(groups));
  return runner ? std::move(*runner) : nullptr;
}

SandboxTest::SandboxTest() : place_(make_place()), runner_(make_runner(GroupMaker::detect())) {
  REQUIRE(runner_);
  policy.work = place_.path() / "work";
  outside = place_.path() / "outside";
  fs::create_directory(policy.work);
  fs::create_directory(outside);
  policy.limits.wall = std::chrono::seconds(20);
}

Execution SandboxTest::sh(const std::string& script) { return run({{"/bin/sh", "-c", script}}); }

Execution SandboxTest::run(const Command& command) {
  auto execution = runner_->run(policy, command, cancel);
  if (!execution) FAIL(execution.error().message << " | " << execution.error().hint);
  return *execution;
}

void SandboxTest::without_control_groups() {
  runner_ = make_runner(GroupMaker());
  REQUIRE(runner_);
}

void SandboxTest::write(const std::string& name, const std::string& content) {
  REQUIRE(write_file(policy.work / name, content));
}

std::string SandboxTest::read(const std::string& name) const {
  auto content = read_file(policy.work / name, kMiB);
  return content ? *content : "<" + content.error().message + ">";
}

void SandboxTest::bring_attacker() { fs::copy_file(attacker(), policy.work / "attacker"); }

fs::path attacker() { return find_launcher().value().parent_path() / "automod-attack"; }

bool as_ordinary_user(const std::function<bool()>& body) {
  if (geteuid() != 0) return body();
  const pid_t child = fork();
  if (child == 0) {
    constexpr unsigned kNobody = 65534;
    const bool changed = setgroups(0, nullptr) == 0 && setresgid(kNobody, kNobody, kNobody) == 0 &&
                         setresuid(kNobody, kNobody, kNobody) == 0;
    _exit(changed && body() ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool open_to_others(const fs::path& path) {
  for (fs::path folder = path.parent_path();; folder = folder.parent_path()) {
    const auto allowed = fs::status(folder).permissions();
    if ((allowed & fs::perms::others_exec) == fs::perms::none) return false;
    if (folder == folder.root_path()) return true;
  }
}

std::string read_proc(int pid, const std::string& name) {
  const Fd file(open(fmt::format("/proc/{}/{}", pid, name).c_str(), O_RDONLY | O_CLOEXEC));
  char buffer[4096];
  const ssize_t got = file ? ::read(file.get(), buffer, sizeof buffer) : 0;
  return {buffer, static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
}

std::vector<int> processes_with(const std::string& text) {
  std::vector<int> found;
  std::error_code code;
  for (const auto& entry : fs::directory_iterator("/proc", code)) {
    const std::string name = entry.path().filename().string();
    int pid = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error != std::errc{} || *end != '\0' || pid == getpid()) continue;
    const std::string line = read_proc(pid, "cmdline");
    if (line.find(text) != std::string::npos) found.push_back(pid);
  }
  return found;
}

bool soon(const std::function<bool()>& condition) {
  for (int attempt = 0; attempt < 200; ++attempt) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return condition();
}

}  // namespace automod::sandbox::testing
