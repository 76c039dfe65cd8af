#include "sandbox/probe.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <map>
#include <string>
#include <system_error>

#include "base/files.hpp"
#include "base/text.hpp"

namespace automod::sandbox {

namespace fs = std::filesystem;

namespace {

constexpr std::array kNamespaces = {"user", "mnt", "pid", "net", "ipc", "uts", "cgroup"};

/// Prints one "key=value" line for each thing it finds. $1 is a file of the host.
constexpr const char* kScript = R"sh(
for n in user mnt pid net ipc uts cgroup; do echo "$n=$(readlink /proc/self/ns/$n)"; done
while read -r key value; do
  case $key in CapPrm:|CapEff:|CapBnd:|NoNewPrivs:|Seccomp:) echo "$key=$value";; esac
done < /proc/self/status
cat "$1" 2>/dev/null && echo canary=seen
(: > /usr/.automod-probe) 2>/dev/null && echo usr=written
(: > /.automod-probe) 2>/dev/null && echo root=written
for f in /proc/self/fd/*; do
  case ${f##*/} in 0|1|2) ;; *) [ -e "$f" ] && echo "fd=$f";; esac
done
echo proof > /tree/proof && echo work=written
chmod u+s /tree/proof 2>/dev/null && echo setid=made
echo id=$(id -u)
)sh";

Error not_denied(std::string what) {
  return Error{ErrorKind::kUnavailable, fmt::format("the sandbox's probe: {}", what),
               "run 'automod doctor' and report what it prints"};
}

/// What the script printed; a key seen twice keeps its first value.
std::map<std::string, std::string> parsed(const std::string& out) {
  std::map<std::string, std::string> found;
  for (const std::string_view line : split_lines(out)) {
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    found.emplace(line.substr(0, equals), line.substr(equals + 1));
  }
  return found;
}

Result<void> check_namespaces(const std::map<std::string, std::string>& found) {
  for (const char* name : kNamespaces) {
    std::error_code code;
    const std::string outside = fs::read_symlink(fmt::format("/proc/self/ns/{}", name), code);
    const auto inside = found.find(name);
    if (inside == found.end() || inside->second.empty() || inside->second == outside) {
      return fail(not_denied(fmt::format("it shares our {} namespace", name)));
    }
  }
  return {};
}

Result<void> check_privileges(const std::map<std::string, std::string>& found) {
  const std::map<std::string, std::string> wanted = {{"CapPrm:", "0000000000000000"},
                                                     {"CapEff:", "0000000000000000"},
                                                     {"CapBnd:", "0000000000000000"},
                                                     {"NoNewPrivs:", "1"},
                                                     {"Seccomp:", "2"},
                                                     {"id", "1000"},
                                                     {"work", "written"}};
  for (const auto& [key, value] : wanted) {
    const auto entry = found.find(key);
    const std::string got = entry == found.end() ? "nothing" : printable_line(entry->second);
    if (got != value) {
      return fail(not_denied(fmt::format("{} found '{}', wanted '{}'", key, got, value)));
    }
  }
  for (const char* key : {"canary", "usr", "root", "fd", "setid"}) {
    if (const auto entry = found.find(key); entry != found.end()) {
      return fail(not_denied(fmt::format("{} {}", key, printable_line(entry->second))));
    }
  }
  return {};
}

Result<void> check_work(const fs::path& work) {
  auto proof = read_file(work / "proof", 100);
  struct stat file{};
  struct stat folder{};
  if (!proof || *proof != "proof\n" || stat((work / "proof").c_str(), &file) != 0 ||
      stat(work.c_str(), &folder) != 0 || file.st_uid != folder.st_uid) {
    return fail(not_denied("what it wrote to the work folder is not ours"));
  }
  return {};
}

/// All but the work folder, which is made anew each time.
Policy probe_policy() {
  Policy policy;
  policy.limits.wall = std::chrono::seconds(20);
  policy.limits.processes = 64;
  return policy;
}

/// All that decides whether an earlier probe still speaks for this machine.
Result<std::string> probe_key(const std::string& fingerprint) {
  auto boot = read_file("/proc/sys/kernel/random/boot_id", 100);
  if (!boot) return boot;
  utsname kernel{};
  uname(&kernel);
  return fmt::format("probe 2\n{}{} {}\n{} {}\n{}\n{}\n", *boot, kernel.release, kernel.version,
                     geteuid(), getegid(), fingerprint, digest(probe_policy()));
}

bool is_ours(const fs::path& path) {
  struct stat info{};
  return lstat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) && info.st_uid == geteuid() &&
         (info.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

}  // namespace

Result<void> probe(Runner& runner) {
  auto place = TempDir::create(fs::temp_directory_path(), "automod-probe-");
  if (!place) return fail(place.error());
  const fs::path canary = place->path() / "canary";
  const fs::path work = place->path() / "work";
  if (auto ok = write_file(canary, "canary\n"); !ok) return ok;
  std::error_code code;
  fs::create_directory(work, code);
  // The control: outside, the canary can be read.
  if (!read_file(canary, 100)) return fail(not_denied("its own canary cannot be read"));

  Policy policy = probe_policy();
  policy.work = work;
  const Command command{{"/bin/sh", "-c", kScript, "sh", canary.string()}, "/tree"};
  auto execution = runner.run(policy, command, CancelToken());
  if (!execution) return fail(execution.error());
  if (!execution->ok()) {
    return fail(not_denied(fmt::format("a shell {} {}: {}", name(execution->outcome),
                                       execution->status, printable_line(execution->err))));
  }
  const std::map<std::string, std::string> found = parsed(execution->out);
  if (auto ok = check_namespaces(found); !ok) return ok;
  if (auto ok = check_privileges(found); !ok) return ok;
  return check_work(work);
}

Result<void> probe_once(Runner& runner, const std::string& fingerprint) {
  const auto folder = cache_dir();
  const auto key = probe_key(fingerprint);
  const fs::path record =
      folder ? *folder / ("sandbox-probe-" + runner.facts().backend) : fs::path();
  if (folder && key && is_ours(record)) {
    const auto passed = read_file(record, 4096);
    if (passed && *passed == *key) return {};
  }
  if (auto ok = probe(runner); !ok) return ok;
  // A probe that cannot be remembered is made again: slower, not weaker.
  if (folder && key) (void)write_file(record, *key, 0600);
  return {};
}

}  // namespace automod::sandbox
