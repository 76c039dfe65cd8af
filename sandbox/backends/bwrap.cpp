#include <algorithm>
#include <initializer_list>
#include <utility>

#include "sandbox/backend.hpp"
#include "sandbox/backends/compile.hpp"
#include "sandbox/backends/host_view.hpp"
#include "sandbox/backends/program.hpp"
#include "sandbox/launcher/view.hpp"

namespace automod::sandbox {

namespace fs = std::filesystem;

namespace {

/// The first that sizes file systems in memory and forbids user namespaces inside.
constexpr std::string_view kOldest = "0.8.0";

/// Arguments being put together.
class Arguments {
 public:
  void add(std::initializer_list<std::string> more) { all_.insert(all_.end(), more); }

  /// Sized; bwrap cannot bound the number of files, which the supervisor watches.
  void tmpfs(const char* place, std::uint64_t bytes, const char* mode) {
    add({"--perms", mode, "--size", std::to_string(bytes), "--tmpfs", place});
  }

  std::vector<std::string> take() { return std::move(all_); }

 private:
  std::vector<std::string> all_;
};

void isolate(Arguments& arguments, const Policy& policy) {
  arguments.add({"--unshare-user", "--disable-userns", "--unshare-ipc", "--unshare-pid",
                 "--unshare-net", "--unshare-uts", "--unshare-cgroup"});
  arguments.add({"--uid", std::to_string(policy.user), "--gid", std::to_string(policy.user)});
  arguments.add(
      {"--hostname", "automod", "--as-pid-1", "--die-with-parent", "--new-session", "--clearenv"});
  // With this one the launcher locks the way to all of them, itself included.
  arguments.add({"--cap-drop", "ALL", "--cap-add", "CAP_SETPCAP"});
}

void show_host(Arguments& arguments, const Showing& showing) {
  for (const std::string& folder : showing.host.folders) {
    arguments.add({"--ro-bind", folder, folder});
  }
  for (const auto& [link, target] : showing.host.links) arguments.add({"--symlink", target, link});
  arguments.add({"--ro-bind", (showing.stage / kStagedEtc).string(), "/etc"});
  for (const std::string& path : showing.host.settings) arguments.add({"--ro-bind", path, path});
  arguments.add({"--dir", "/dev"});
  for (const char* device : kDevices) arguments.add({"--dev-bind", device, device});
  arguments.add({"--symlink", "/proc/self/fd", "/dev/fd"});
  arguments.add({"--symlink", "/proc/self/fd/0", "/dev/stdin"});
  arguments.add({"--symlink", "/proc/self/fd/1", "/dev/stdout"});
  arguments.add({"--symlink", "/proc/self/fd/2", "/dev/stderr"});
}

/// bwrap cannot ask for a /proc of processes only: whatever else is readable there gets covered.
void show_processes(Arguments& arguments, const Showing& showing) {
  arguments.add({"--proc", "/proc"});
  for (const std::string& path : showing.host.fact_files) {
    arguments.add({"--ro-bind", "/dev/null", path});  // a device, on a mount without devices
  }
  const std::string empty = (showing.stage / kStagedEmpty).string();
  for (const std::string& path : showing.host.fact_folders) {
    arguments.add({"--ro-bind", empty, path});
  }
}

void show_work(Arguments& arguments, const Showing& showing) {
  const Policy& policy = showing.policy;
  for (std::size_t i = 0; i < policy.read_only.size(); ++i) {
    arguments.add(
        {"--ro-bind", showing.sources.read_only[i].string(), policy.read_only[i].string()});
  }
  if (showing.sources.work.empty()) {
    arguments.tmpfs("/tree", policy.limits.disk_bytes, "0755");
  } else {
    arguments.add({"--bind", showing.sources.work.string(), "/tree"});
  }
  arguments.add({"--ro-bind", showing.sources.launcher.string(), kLauncherInside});
}

class Bwrap final : public Backend {
 public:
  explicit Bwrap(Installed program) : program_(std::move(program)) {}

  std::string name() const override { return "bwrap"; }
  std::string version() const override { return program_.version; }
  fs::path program() const override { return program_.path; }

  Result<void> accepts(const Policy& policy, const Identity& identity) const override {
    if (auto ok = check_places(policy, host_); !ok) return ok;
    if (identity.as_root) return {};
    if (policy.mount == Mount::kOverlay) {
      return fail(ErrorKind::kUsage,
                  "mount: found 'overlay', which bwrap cannot make for an ordinary user",
                  "use the native backend, or mount = \"copy\"");
    }
    if (policy.required.disk && policy.mount == Mount::kTmpfs) {
      return fail(ErrorKind::kUsage,
                  "require.disk: bwrap bounds the bytes of a tmpfs, not the number of its files, "
                  "for an ordinary user",
                  "use the native backend");
    }
    return {};
  }

  Result<Container> prepare(const Policy& policy, const Identity& /*identity*/,
                            const Sources& sources, const fs::path& stage) const override {
    const HostView host = HostView::look();  // modules may have brought entries of /proc
    if (auto ok = make_etc(stage / kStagedEtc, policy, host); !ok) return fail(ok.error());
    if (auto ok = make_place(stage / kStagedEmpty, true); !ok) return fail(ok.error());
    Container container;
    container.argv = bwrap_arguments({policy, sources, host, stage});
    container.argv.insert(container.argv.begin(), program_.path.string());
    return container;
  }

 private:
  Installed program_;
  HostView host_ = HostView::look();
};

}  // namespace

std::uint64_t shared_bytes(const Policy& policy) {
  return shared_bytes_of(policy.limits.scratch_bytes);
}

std::vector<std::string> bwrap_arguments(const Showing& showing) {
  Arguments arguments;
  isolate(arguments, showing.policy);
  show_host(arguments, showing);
  arguments.tmpfs("/dev/shm", shared_bytes(showing.policy), "1777");
  arguments.tmpfs("/tmp", showing.policy.limits.scratch_bytes, "1777");
  show_processes(arguments, showing);
  show_work(arguments, showing);
  arguments.add({"--remount-ro", "/", "--chdir", "/", "--", kLauncherInside, "inside"});
  return arguments.take();
}

Result<std::unique_ptr<Backend>> make_bwrap() {
  auto program = find_program("bwrap", kOldest);
  if (!program) return fail(program.error());
  return std::make_unique<Bwrap>(std::move(*program));
}

}  // namespace automod::sandbox
