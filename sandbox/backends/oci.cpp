#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>
#include <utility>

#include "base/text.hpp"
#include "sandbox/backend.hpp"
#include "sandbox/backends/compile.hpp"
#include "sandbox/backends/host_view.hpp"
#include "sandbox/backends/program.hpp"
#include "sandbox/launcher/view.hpp"
#include "sandbox/launcher/wire.hpp"

namespace automod::sandbox {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

constexpr const char* kVersion = "1.0.2";  // of the runtime specification
constexpr const char* kContainer = "automod";
constexpr const char* kChangesInside = "/automod/changes";  // while mounting only

/// With recursive read-only binds, which came with these.
struct Known {
  const char* name;
  const char* oldest;
};
constexpr std::array kKnown = {Known{"runc", "1.1.0"}, Known{"crun", "1.5"}};

Json bind(const std::string& from, const std::string& to,
          std::initializer_list<const char*> options) {
  Json all = Json::array({"nosuid"});
  for (const char* option : options) all.push_back(option);
  return {{"destination", to}, {"type", "bind"}, {"source", from}, {"options", std::move(all)}};
}

/// With everything mounted below it, none of which can be written or is a device. Below a file
/// there is nothing, and crun fails when asked for it.
Json bind_read_only(const Showing& showing, const std::string& from, const std::string& to) {
  if (showing.files.contains(to)) return bind(from, to, {"bind", "ro", "nodev"});
  return bind(from, to, {"rbind", "ro", "nodev", "rro", "rnosuid", "rnodev"});
}

/// Those of what is mounted read-only that are no folders.
std::set<std::string> files_among(const HostView& host, const Policy& policy) {
  std::vector<std::string> all = host.settings;
  for (const fs::path& path : policy.read_only) all.push_back(path.string());
  std::set<std::string> files;
  std::error_code code;
  for (const std::string& path : all) {
    if (!fs::is_directory(path, code)) files.insert(path);
  }
  return files;
}

Json tmpfs(const char* place, std::uint64_t bytes, std::uint64_t files, const char* mode,
           bool executable) {
  Json options = Json::array({"nosuid", "nodev", fmt::format("size={}", bytes),
                              fmt::format("nr_inodes={}", files), fmt::format("mode={}", mode)});
  if (!executable) options.push_back("noexec");
  return {{"destination", place},
          {"type", "tmpfs"},
          {"source", "tmpfs"},
          {"options", std::move(options)}};
}

/// As root, the launcher has made the overlay already.
bool overlays_itself(const Policy& policy, const Identity& identity) {
  return policy.mount == Mount::kOverlay && !identity.as_root;
}

/// The work folder with changes on top of it, in memory or in the folder that keeps them.
void add_overlay(Json& all, const Showing& showing) {
  const Policy& policy = showing.policy;
  const bool kept = !policy.changes.empty();
  const fs::path upper =
      kept ? policy.changes
           : showing.stage / kStagedRoot / fs::path(kChangesInside).relative_path();
  if (!kept) {
    Json memory =
        tmpfs(kChangesInside, policy.limits.disk_bytes, policy.limits.disk_files, "0700", true);
    memory["options"].push_back("tmpcopyup");  // the folders of the two layers
    all.push_back(std::move(memory));
  }
  Json options = {"nosuid",
                  "nodev",
                  "userxattr",
                  "lowerdir=" + showing.sources.work.string(),
                  "upperdir=" + (upper / "files").string(),
                  "workdir=" + (upper / "work").string()};
  if (!kept) options.push_back("volatile");  // nobody misses them: no need to flush
  all.push_back({{"destination", "/tree"},
                 {"type", "overlay"},
                 {"source", "overlay"},
                 {"options", std::move(options)}});
  if (kept) return;
  Json cover = tmpfs(kChangesInside, 4096, 2, "0555", false);
  cover["options"].push_back("ro");
  all.push_back(std::move(cover));
}

/// Where an overlay keeps its changes: the layers' folders, as the work folder allows.
Result<void> make_layers(const fs::path& place, const fs::path& work) {
  for (const char* layer : {"files", "work"}) {
    if (auto ok = make_place(place / layer, true); !ok) return ok;
  }
  std::error_code code;
  fs::permissions(place / "files", fs::status(work, code).permissions() & fs::perms(0777), code);
  if (code) return fail_errno("making room for changes", code.value());
  return {};
}

Json mounts(const Showing& showing, const Identity& identity) {
  const Policy& policy = showing.policy;
  const Limits& limits = policy.limits;
  const std::uint64_t shared = shared_bytes(policy);
  Json all = Json::array();
  all.push_back({{"destination", "/proc"},
                 {"type", "proc"},
                 {"source", "proc"},
                 {"options", {"nosuid", "nodev", "noexec", "subset=pid"}}});
  for (const std::string& folder : showing.host.folders) {
    all.push_back(bind_read_only(showing, folder, folder));
  }
  for (const std::string& path : showing.host.settings)
    all.push_back(bind_read_only(showing, path, path));
  // Bound rather than made, or else runtimes put further devices there.
  all.push_back(
      bind((showing.stage / kStagedRoot / "dev").string(), "/dev", {"bind", "ro", "nodev"}));
  for (const char* device : kDevices) all.push_back(bind(device, device, {"bind", "noexec"}));
  all.push_back(tmpfs("/dev/shm", shared, wire::scratch_files(shared), "1777", false));
  all.push_back(
      tmpfs("/tmp", limits.scratch_bytes, wire::scratch_files(limits.scratch_bytes), "1777", true));
  for (std::size_t i = 0; i < policy.read_only.size(); ++i) {
    all.push_back(bind_read_only(showing, showing.sources.read_only[i].string(),
                                 policy.read_only[i].string()));
  }
  if (overlays_itself(policy, identity)) {
    add_overlay(all, showing);
  } else if (showing.sources.work.empty()) {
    all.push_back(tmpfs("/tree", limits.disk_bytes, limits.disk_files, "0755", true));
  } else {
    all.push_back(bind(showing.sources.work.string(), "/tree", {"bind", "nodev"}));
  }
  all.push_back(bind(showing.sources.launcher.string(), kLauncherInside, {"bind", "ro", "nodev"}));
  return all;
}

Json process() {
  // To map a root into a further user namespace takes this one; it is left behind there.
  const Json one = Json::array({"CAP_SETFCAP"});
  const Json none = Json::array();
  return {{"terminal", false},
          {"user", {{"uid", 0}, {"gid", 0}}},
          {"args", {kLauncherInside, "inside"}},
          {"env", Json::array()},
          {"cwd", "/"},
          {"capabilities",
           {{"bounding", one},
            {"effective", one},
            {"permitted", one},
            {"inheritable", none},
            {"ambient", none}}},
          {"noNewPrivileges", true}};
}

Json isolation(const Identity& identity) {
  Json namespaces = Json::array();
  for (const char* kind : {"user", "mount", "pid", "network", "ipc", "uts", "cgroup"}) {
    namespaces.push_back({{"type", kind}});
  }
  const auto single = [](unsigned id) {
    return Json::array({{{"containerID", 0}, {"hostID", id}, {"size", 1}}});
  };
  return {
      {"namespaces", std::move(namespaces)},
      {"uidMappings", single(identity.uid)},
      {"gidMappings", single(identity.gid)},
      {"rootfsPropagation", "rprivate"},
      // Not there in a /proc of processes only; for a runtime that makes another one.
      {"maskedPaths",
       {"/proc/acpi", "/proc/cmdline", "/proc/config.gz", "/proc/kallsyms", "/proc/kcore",
        "/proc/key-users", "/proc/keys", "/proc/latency_stats", "/proc/sched_debug", "/proc/scsi",
        "/proc/timer_list", "/proc/timer_stats"}},
      {"readonlyPaths",
       {"/proc/asound", "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"}}};
}

/// JSON holds text, not any bytes.
Result<void> check_text(const char* field, const fs::path& path) {
  if (valid_utf8(path.string()) == path.string()) return {};
  return fail(ErrorKind::kUsage,
              fmt::format("{} '{}': found bytes that are no UTF-8, which an OCI runtime cannot be "
                          "told",
                          field, printable_line(path.string())),
              "rename it, or use the native backend");
}

/// Layers of an overlay are told as options.
Result<void> check_layer(const char* field, const fs::path& path) {
  if (path.string().find_first_of(",:\\") == std::string::npos) return check_text(field, path);
  return fail(ErrorKind::kUsage,
              fmt::format("{} '{}': found a comma, colon or backslash, which an overlay cannot be "
                          "told",
                          field, printable_line(path.string())),
              "rename it, or use the native backend");
}

/// All that is to be mounted on needs a place: the runtime may not write there.
Result<void> make_root(const fs::path& root, const Policy& policy, const HostView& host) {
  if (auto ok = make_etc(root / "etc", policy, host); !ok) return ok;
  for (const char* folder : {"dev/shm", "proc", "tmp", "tree"}) {
    if (auto ok = make_place(root / folder, true); !ok) return ok;
  }
  const auto below_root = [&](const fs::path& path) { return root / path.relative_path(); };
  for (const char* device : kDevices) {
    if (auto ok = make_place(below_root(device), false); !ok) return ok;
  }
  if (auto ok = make_place(below_root(kLauncherInside), false); !ok) return ok;
  std::error_code code;
  for (const fs::path& path : policy.read_only) {
    const bool folder = fs::is_directory(path, code);
    if (auto ok = make_place(below_root(path), folder); !ok) return ok;
  }
  for (const std::string& folder : host.folders) {
    if (auto ok = make_place(below_root(folder), true); !ok) return ok;
  }
  std::vector<std::pair<std::string, std::string>> links = host.links;
  links.insert(links.end(), {{"/dev/fd", "/proc/self/fd"},
                             {"/dev/stdin", "/proc/self/fd/0"},
                             {"/dev/stdout", "/proc/self/fd/1"},
                             {"/dev/stderr", "/proc/self/fd/2"}});
  for (const auto& [place, target] : links) {
    fs::create_symlink(target, below_root(place), code);
    if (code) return fail_errno(fmt::format("linking {}", place), code.value());
  }
  return {};
}

class Oci final : public Backend {
 public:
  Oci(std::string runtime, Installed program)
      : runtime_(std::move(runtime)), program_(std::move(program)) {}

  std::string name() const override { return "oci"; }
  std::string version() const override { return fmt::format("{} {}", runtime_, program_.version); }
  fs::path program() const override { return program_.path; }

  Result<void> accepts(const Policy& policy, const Identity& identity) const override {
    if (auto ok = check_places(policy, host_); !ok) return ok;
    if (overlays_itself(policy, identity)) {
      if (auto ok = check_layer("work", policy.work); !ok) return ok;
      if (auto ok = check_layer("changes", policy.changes); !ok) return ok;
    }
    if (auto ok = check_text("work", policy.work); !ok) return ok;
    for (const fs::path& path : policy.read_only) {
      if (auto ok = check_text("read_only", path); !ok) return ok;
    }
    return {};
  }

  Result<Container> prepare(const Policy& policy, const Identity& identity, const Sources& sources,
                            const fs::path& stage) const override {
    const fs::path root = stage / kStagedRoot;
    if (auto ok = make_root(root, policy, host_); !ok) return fail(ok.error());
    if (overlays_itself(policy, identity)) {
      const fs::path inside = root / fs::path(kChangesInside).relative_path();
      auto made = make_layers(policy.changes.empty() ? inside : policy.changes, policy.work);
      if (!made) return fail(made.error());
    }
    const Showing showing{.policy = policy,
                          .sources = sources,
                          .host = host_,
                          .stage = stage,
                          .files = files_among(host_, policy)};
    auto written = write_text(stage / "config.json", oci_configuration(showing, identity));
    if (!written) return fail(written.error());
    return Container{.argv = command_line(stage)};
  }

 private:
  /// What the runtime notes down stays below the stage and goes with it.
  std::vector<std::string> command_line(const fs::path& stage) const {
    const std::string state = (stage / kStagedState).string();
    std::vector<std::string> argv = {program_.path.string(), "--root", state};
    if (runtime_ == "crun") {
      argv.emplace_back("--cgroup-manager=disabled");
      // Without PATH it does not find newuidmap, which could do nothing here but complain.
      argv.insert(argv.begin(), {"/usr/bin/env", "PATH=/nonexistent"});
    }
    argv.insert(argv.end(), {"run", "--preserve-fds", "3", "--bundle", stage.string(), kContainer});
    return argv;
  }

  std::string runtime_;
  Installed program_;
  HostView host_ = HostView::look();
};

Result<std::unique_ptr<Backend>> make_named(const std::string& runtime) {
  std::string_view oldest;
  for (const Known& known : kKnown) {
    if (known.name == runtime) oldest = known.oldest;
  }
  auto program = find_program(runtime, oldest);
  if (!program) return fail(std::move(program.error()).within("runtime"));
  // It would say "cgroups in hybrid mode not supported", and no option keeps it from looking.
  if (runtime == "crun" && mixes_control_groups()) {
    return fail(ErrorKind::kUnavailable,
                "crun refuses machines that have control groups of version 1 and 2 at once",
                "use runc, or boot with systemd.unified_cgroup_hierarchy=1");
  }
  return std::make_unique<Oci>(runtime, std::move(*program));
}

}  // namespace

std::string oci_configuration(const Showing& showing, const Identity& identity) {
  const Json all = {
      {"ociVersion", kVersion},
      {"process", process()},
      {"root", {{"path", (showing.stage / kStagedRoot).string()}, {"readonly", true}}},
      {"hostname", "automod"},
      {"mounts", mounts(showing, identity)},
      {"linux", isolation(identity)}};
  return all.dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
}

Result<std::unique_ptr<Backend>> make_oci(const std::string& runtime) {
  if (!runtime.empty()) return make_named(runtime);
  Error first;
  for (const Known& known : kKnown) {
    auto backend = make_named(known.name);
    if (backend) return backend;
    if (first.message.empty()) first = backend.error();
  }
  return fail(std::move(first));
}

}  // namespace automod::sandbox
