#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <initializer_list>
#include <utility>

#include "base/process.hpp"
#include "base/text.hpp"
#include "sandbox/backend.hpp"
#include "sandbox/backends/compile.hpp"
#include "sandbox/backends/host_view.hpp"
#include "sandbox/backends/program.hpp"
#include "sandbox/launcher/view.hpp"
#include "sandbox/launcher/wire.hpp"
#include "sandbox/settings.hpp"

namespace automod::sandbox {

namespace fs = std::filesystem;

namespace {

constexpr const char* kStagedMeeting = "meet";
constexpr const char* kLabel = "automod-sandbox";
/// Of /etc; all else in there is the image's.
constexpr std::array kOwnSettings = {"passwd", "group", "hosts", "nsswitch.conf"};
/// By these an engine finds its images, or its daemon. It gets no other variable.
constexpr std::array kVariables = {
    "HOME",        "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME",         "XDG_DATA_HOME",
    "DOCKER_HOST", "DOCKER_CONFIG",   "CONTAINERS_STORAGE_CONF", "DBUS_SESSION_BUS_ADDRESS"};

/// Arguments being put together.
class Arguments {
 public:
  explicit Arguments(const Engine& engine) : has_flags_(engine.name == "podman") {}

  void add(std::initializer_list<std::string> more) { all_.insert(all_.end(), more); }

  /// docker has no words for `flags`: no new privileges can be had in there all the same.
  void bind(const std::string& from, const std::string& to, bool read_only,
            const char* flags = ",nosuid,nodev") {
    add({"--mount", fmt::format("type=bind,src={},dst={}{}{}", from, to,
                                read_only ? ",readonly" : "", has_flags_ ? flags : "")});
  }

  void tmpfs(const char* place, std::uint64_t bytes, const char* mode) {
    add({"--tmpfs", fmt::format("{}:rw,exec,nosuid,nodev,size={},mode={}", place, bytes, mode)});
  }

  std::vector<std::string> take() { return std::move(all_); }

 private:
  bool has_flags_;
  std::vector<std::string> all_;
};

/// podman asks for more open files and processes than a root without all capabilities may, unless
/// told.
std::string at_most(const char* name, __rlimit_resource what, rlim_t most) {
  rlimit now{};
  const rlim_t limit = getrlimit(what, &now) == 0 ? std::min(now.rlim_max, most) : most;
  return fmt::format("{0}={1}:{1}", name, limit);
}

void isolate(Arguments& arguments, const Engine& engine, const Identity& identity) {
  arguments.add({"run", "--rm", "--pull=never", "--label", kLabel, "--network", "none",
                 "--hostname", "automod", "--ipc", "private", "--read-only", "--no-healthcheck",
                 "--log-driver", "none", "--oom-score-adj", "500", "--cap-drop", "ALL"});
  // The launcher makes a user namespace, which the engines' own filters forbid, and then installs
  // a filter of its own that is stricter.
  arguments.add({"--security-opt", "no-new-privileges", "--security-opt", "seccomp=unconfined",
                 "--security-opt", "label=disable"});
  if (engine.maps_ids) {  // to map a root into a further user namespace takes this one
    arguments.add({"--user", "0:0", "--cap-add", "SETFCAP"});
  } else {
    arguments.add({"--user", fmt::format("{}:{}", identity.uid, identity.gid)});
  }
  if (engine.name == "podman") {
    arguments.add(
        {"--read-only-tmpfs=false", "--image-volume=ignore", "--http-proxy=false", "--no-hosts"});
    arguments.add({"--ulimit", at_most("nofile", RLIMIT_NOFILE, 4096)});
    arguments.add({"--ulimit", at_most("nproc", RLIMIT_NPROC, 4096)});
  }
}

/// A second belt, beside the control groups that the supervisor puts the first process into.
void limit(Arguments& arguments, const Engine& engine, const Limits& limits) {
  if (engine.maps_ids) return;  // only root's engine may make control groups everywhere
  constexpr std::uint32_t kRoom = 16;
  arguments.add({"--pids-limit", std::to_string(limits.processes + kRoom)});
  const std::string memory = fmt::format("{}b", limits.memory_bytes);
  arguments.add({"--memory", memory, "--memory-swap", memory});
  if (limits.cpu_percent > 0) {
    arguments.add(
        {"--cpus", fmt::format("{}.{:02}", limits.cpu_percent / 100, limits.cpu_percent % 100)});
  }
}

void hide_host(Arguments& arguments, const Engine& engine, const HostView& host) {
  if (engine.name != "podman") return;  // docker has masks of its own, and no option for more
  std::string facts;
  for (const auto* paths : {&host.fact_files, &host.fact_folders}) {
    for (const std::string& path : *paths) facts += (facts.empty() ? "mask=" : ":") + path;
  }
  if (!facts.empty()) arguments.add({"--security-opt", facts});
  for (const char* place : {"/sys", "/sys/fs/cgroup"}) {
    arguments.add({"--tmpfs", fmt::format("{}:ro,nosuid,nodev,noexec,size=4096", place)});
  }
}

void show(Arguments& arguments, const Showing& showing) {
  const Policy& policy = showing.policy;
  arguments.bind((showing.stage / kStagedDev).string(), "/dev", true);
  for (const char* device : kDevices) arguments.bind(device, device, false, ",nosuid,noexec");
  arguments.add({"--shm-size", fmt::format("{}b", shared_bytes(policy))});
  for (const char* name : kOwnSettings) {
    arguments.bind((showing.stage / kStagedEtc / name).string(), fmt::format("/etc/{}", name),
                   true);
  }
  arguments.tmpfs("/tmp", policy.limits.scratch_bytes, "1777");
  for (std::size_t i = 0; i < policy.read_only.size(); ++i) {
    arguments.bind(showing.sources.read_only[i].string(), policy.read_only[i].string(), true);
  }
  if (showing.sources.work.empty()) {
    arguments.tmpfs("/tree", policy.limits.disk_bytes, "0777");
  } else {
    arguments.bind(showing.sources.work.string(), "/tree", false);
  }
  arguments.bind(showing.sources.launcher.string(), kLauncherInside, true);
  arguments.bind((showing.stage / kStagedMeeting).string(), wire::kMeetingPlace, true);
}

/// Paths stand between commas.
Result<void> check_text(const char* field, const fs::path& path) {
  const std::string text = path.string();
  if (text.find_first_of(",\"\n\r") == std::string::npos && valid_utf8(text) == text) return {};
  return fail(ErrorKind::kUsage,
              fmt::format("{} '{}': found a comma, quote or line break, or bytes that are no "
                          "UTF-8, which an engine cannot be told",
                          field, printable_line(text)),
              "rename it, or use the native backend");
}

Result<void> make_dev(const fs::path& place) {
  if (auto ok = make_place(place / "shm", true); !ok) return ok;
  for (const char* device : kDevices) {
    if (auto ok = make_place(place / fs::path(device).filename(), false); !ok) return ok;
  }
  constexpr std::array<std::pair<const char*, const char*>, 4> kLinks = {
      {{"fd", "/proc/self/fd"},
       {"stdin", "/proc/self/fd/0"},
       {"stdout", "/proc/self/fd/1"},
       {"stderr", "/proc/self/fd/2"}}};
  std::error_code code;
  for (const auto& [name, target] : kLinks) {
    fs::create_symlink(target, place / name, code);
    if (code) return fail_errno("making /dev", code.value());
  }
  return {};
}

class ImageEngine final : public Backend {
 public:
  ImageEngine(std::string name, std::string image, Installed program)
      : name_(std::move(name)), image_(std::move(image)), program_(std::move(program)) {}

  std::string name() const override { return name_; }
  std::string version() const override { return program_.version; }
  fs::path program() const override { return program_.path; }
  bool keeps_user() const override { return true; }

  Result<void> accepts(const Policy& policy, const Identity& /*identity*/) const override {
    if (auto ok = check_places(policy, {}); !ok) return ok;
    if (policy.mount == Mount::kOverlay) {
      return fail(ErrorKind::kUsage,
                  fmt::format("mount: found 'overlay', which {} cannot make", name_),
                  "use mount = \"copy\"");
    }
    if (policy.required.disk) {
      return fail(ErrorKind::kUsage,
                  fmt::format("require: found 'disk', and {} bounds the bytes of a tmpfs, not the "
                              "number of its files",
                              name_),
                  "use the native backend");
    }
    if (auto ok = check_text("work", policy.work); !ok) return ok;
    for (const fs::path& path : policy.read_only) {
      if (auto ok = check_text("read_only", path); !ok) return ok;
    }
    return {};
  }

  Result<Container> prepare(const Policy& policy, const Identity& identity, const Sources& sources,
                            const fs::path& stage) const override {
    if (auto ok = check_text("launcher", sources.launcher); !ok) return fail(ok.error());
    if (auto ok = make_etc(stage / kStagedEtc, policy, {}); !ok) return fail(ok.error());
    if (auto ok = make_dev(stage / kStagedDev); !ok) return fail(ok.error());
    const HostView host = HostView::look();
    // As root, `identity` is a throwaway one; whoever is nobody else is mapped by podman.
    const bool is_podman = name_ == "podman";
    const Engine engine{.name = name_,
                        .image = image_,
                        .maps_ids = is_podman && identity.uid == geteuid(),
                        .runtime = is_podman && mixes_control_groups() ? "runc" : ""};
    Container container{.argv = environment(), .connected = true};
    container.argv.push_back(program_.path.string());
    const Showing showing{.policy = policy, .sources = sources, .host = host, .stage = stage};
    for (std::string& argument : engine_arguments(engine, showing, identity)) {
      container.argv.push_back(std::move(argument));
    }
    return container;
  }

 private:
  static std::vector<std::string> environment() {
    std::vector<std::string> all = {"/usr/bin/env"};
    for (const char* name : kVariables) {
      const char* value = std::getenv(name);
      if (value != nullptr) all.push_back(fmt::format("{}={}", name, value));
    }
    return all;
  }

  std::string name_;
  std::string image_;
  Installed program_;
};

/// Also lets podman start what it keeps running for an ordinary user, which is no run's to end.
Result<void> check_image(const std::string& engine, const Installed& program,
                         const std::string& image) {
  const Program question{
      .argv = {program.path.string(), "image", "inspect", "--format", "{{.Id}}", image},
      .input = {},
      .directory = "/",
      .timeout = std::chrono::seconds(30)};
  auto answer = run_program(question, CancelToken());
  if (!answer) return fail(answer.error());
  if (answer->exit_code == 0) return {};
  return fail(
      ErrorKind::kUnavailable,
      fmt::format("image '{}': {}", printable_line(image), printable_line(tail(answer->err, 300))),
      fmt::format("'{} pull' or '{} import' it first; runs have no network", engine, engine));
}

}  // namespace

std::vector<std::string> engine_arguments(const Engine& engine, const Showing& showing,
                                          const Identity& identity) {
  Arguments arguments(engine);
  if (engine.name == "podman") {
    arguments.add({"--events-backend", "none"});
  }
  // podman prefers crun, which refuses machines with control groups of both versions.
  if (!engine.runtime.empty()) arguments.add({"--runtime", engine.runtime});
  isolate(arguments, engine, identity);
  limit(arguments, engine, showing.policy.limits);
  hide_host(arguments, engine, showing.host);
  show(arguments, showing);
  arguments.add({"--entrypoint", kLauncherInside, engine.image, "inside", "connected"});
  return arguments.take();
}

Result<std::unique_ptr<Backend>> make_image_engine(const std::string& engine,
                                                   const std::string& image) {
  if (!runs_images(engine)) {
    return fail(ErrorKind::kUsage,
                fmt::format("engine: found '{}', wanted podman or docker", printable_line(engine)));
  }
  if (image.empty() || image.front() == '-' || printable_line(image) != image) {
    return fail(ErrorKind::kUsage,
                fmt::format("image: found '{}', wanted the name of one", printable_line(image)));
  }
  auto program = find_program(engine, engine == "podman" ? "4.0" : "20.10");
  if (!program) return fail(program.error());
  if (auto ok = check_image(engine, *program, image); !ok) return fail(ok.error());
  return std::make_unique<ImageEngine>(engine, image, std::move(*program));
}

}  // namespace automod::sandbox
