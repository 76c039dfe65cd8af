#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <iterator>
#include <thread>

#include "sandbox/attacks/case.hpp"

namespace automod::sandbox::attacks {

namespace fs = std::filesystem;

namespace {

constexpr const char* kGroup = "files";
constexpr const char* kSees = "sees no file of the host";
constexpr const char* kWrites = "writes nowhere else";
constexpr const char* kInherits = "inherits no descriptor (CVE-2024-21626)";
constexpr const char* kMounting =
    "mounts are made where they were meant "
    "(CVE-2025-31133, CVE-2025-52565, CVE-2026-41579)";

void link_to_canary(Scene& scene) {
  fs::create_symlink(scene.outside / "canary", scene.work / "link");
}

void link_to_victim(Scene& scene) {
  fs::create_symlink(scene.outside / "victim", scene.work / "link");
}

/// As if by a parent that forgot close-on-exec.
void leak(Scene& scene, const fs::path& path, int flags) {
  const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | flags));
  scene.kept.emplace_back(fcntl(fd.get(), F_DUPFD, 9));
}

/// Links by the names of places where a sandbox mounts, all leading out.
void links_at_mount_places(Scene& scene) {
  for (const char* name : {"dev", "proc", "tmp", "usr", "etc", "bin", "sys", ".git"}) {
    fs::create_directory_symlink(scene.outside, scene.work / name);
  }
}

/// Exchanges the work folder for a link to the outside. For a runner, as soon as it has looked at
/// the folder and started its launcher: before that, the link would be what it was asked to show.
/// For the control all the time, since that looks at nothing.
class Exchanger {
 public:
  explicit Exchanger(const Scene& scene)
      : folder_(scene.work), link_(scene.place.path() / "link"), children_(children_of_caller()) {
    fs::create_directory_symlink(scene.outside, link_);
    thread_ = std::thread([this, control = scene.control] {
      while (!stop_) {
        if (control || has_started()) exchange();
        if (!control && exchanged_) return;
        usleep(control ? 300 : 20);
      }
    });
  }
  ~Exchanger() {
    stop_ = true;
    thread_.join();
    if (exchanged_) exchange();
    fs::remove(link_);
  }
  Exchanger(const Exchanger&) = delete;
  Exchanger& operator=(const Exchanger&) = delete;

 private:
  static std::string children_of_caller() {
    return "/proc/self/task/" + std::to_string(gettid()) + "/children";
  }
  bool has_started() const { return !read_stream(children_).empty(); }
  void exchange() {
    if (renameat2(AT_FDCWD, folder_.c_str(), AT_FDCWD, link_.c_str(), RENAME_EXCHANGE) == 0) {
      exchanged_ = !exchanged_;
    }
  }
  static std::string read_stream(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  fs::path folder_;
  fs::path link_;
  std::string children_;
  std::atomic<bool> exchanged_{false};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

Finding race_for_work_folder(Scene& scene, Runner& runner, const CancelToken& cancel) {
  constexpr int kRuns = 12;
  scene.policy.read_only = {scene.program.parent_path()};
  scene.command.argv[0] = scene.program.string();
  int refused = 0;
  for (int i = 0; i < kRuns; ++i) {
    const Exchanger exchanger(scene);
    const auto execution = run_once(scene, runner, cancel, {"read-file", "canary"});
    if (!execution) {
      ++refused;
    } else if (execution->out.find(scene.secret) != std::string::npos) {
      return exposed("the folder that the link led to was shown");
    }
  }
  return contained(std::to_string(refused) + " of " + std::to_string(kRuns) + " runs refused");
}

/// What one run leaves in scratch space, the next must not find.
Finding left_for_next(Scene& scene, Runner& runner, const CancelToken& cancel,
                      const std::string& path) {
  const auto first = run_once(scene, runner, cancel, {"leave-file", path, "{secret}"});
  if (!first) return skipped(first.error().message);
  const auto second = run_once(scene, runner, cancel, {"read-file", path});
  std::error_code code;
  if (scene.control) fs::remove(scene.filled(path), code);
  return second ? what_it_says(scene, *second) : skipped(second.error().message);
}

/// A change to what is shown by another mount must not reach the folder itself.
Finding changes_stay_away(Scene& scene, Runner& runner, const CancelToken& cancel, Mount mount) {
  if (auto ok = write_file(scene.work / "source", "as it was"); !ok) return skipped("no file");
  scene.policy.mount = mount;
  const auto execution = run_once(scene, runner, cancel, {"append-to-file", "source"});
  if (!execution) return skipped(execution.error().message);
  const auto after = read_file(scene.work / "source", kMiB);
  if (!after || *after != "as it was") return exposed("the folder itself was changed");
  const Finding said = what_it_says(scene, *execution);
  // It has to have been allowed inside: else nothing was tried.
  if (said.verdict != Verdict::kExposed) return skipped("it could not write: " + said.detail);
  return contained("the folder is as it was");
}

/// An overlay is made of the folder itself and of what was changed; neither is to be seen alone.
Finding lower_layer(Scene& scene, Runner& runner, const CancelToken& cancel) {
  if (auto ok = write_file(scene.work / "source", "as it was"); !ok) return skipped("no file");
  scene.policy.mount = Mount::kOverlay;
  const auto execution = run_once(scene, runner, cancel, {"append-to-file", "/lower/source"});
  if (!execution) return skipped(execution.error().message);
  const auto after = read_file(scene.work / "source", kMiB);
  if (!after || *after != "as it was") return exposed("the folder itself was changed");
  return contained(what_it_says(scene, *execution).detail);
}

Case read_attack(const std::string& name, const std::string& about, const char* tests,
                 std::vector<std::string> paths, Ground ground = Ground::kThrowaway,
                 std::function<void(Scene&)> arrange = {}) {
  paths.insert(paths.begin(), "read-file");
  return {{name, kGroup, about, tests}, std::move(paths), ground, {}, std::move(arrange)};
}

Case write_attack(const std::string& place) {
  const std::string name = "make-file-in" + (place == "/" ? "-root" : "-" + place.substr(1));
  return {{name, kGroup, "a file is made in " + place + "; the host is looked at", kWrites},
          {"make-file", (place == "/" ? "" : place) + "/automod-was-here"},
          Ground::kThrowaway,
          place == "/" ? std::vector<std::string>{} : std::vector<std::string>{place}};
}

}  // namespace

std::vector<Case> file_cases() {
  return {
      read_attack("read-canary", "a file of the host by its name", kSees, {"{canary}"}),
      read_attack("read-passwords", "/etc/shadow", kSees, {"/etc/shadow", "/etc/gshadow"},
                  Ground::kPlain),
      read_attack("read-by-link", "a link in the work folder leads to a file of the host", kSees,
                  {"link"}, Ground::kThrowaway, link_to_canary),
      {{"old-root", kGroup, "the host's root, above, below or through /proc/1", kSees},
       {"old-root", "{canary}"}},
      {{"climb-out-of-work-folder", kGroup, "the folder beside the work folder", kSees},
       {"climb-out-of-work-folder"}},
      {{"write-by-link", kGroup, "a link leads to a file of the host, which is read afterwards",
        kWrites},
       {"append-to-file", "link"},
       Ground::kThrowaway,
       {},
       link_to_victim},
      {{"write-victim", kGroup, "a file of the host by its name", kWrites},
       {"append-to-file", "{outside}/victim"}},
      {{"remove-victim", kGroup, "a file of the host is removed", kWrites},
       {"remove-file", "{outside}/victim"}},
      {{"rename-out", kGroup, "a file of the work folder is put in the place of one of the host",
        kWrites},
       {"rename-file", "attack", "{outside}/victim"}},
      {{"change-mode-of-victim", kGroup, "a file of the host is opened to everybody", kWrites},
       {"change-mode", "{outside}/victim"}},
      write_attack("/usr"),
      write_attack("/etc"),
      write_attack("/dev"),
      {{"make-file-in-root", kGroup, "a file is made in /; the host is looked at", kWrites},
       {"make-file", "/automod-was-here"},
       Ground::kNone},
      {{"write-core-pattern", kGroup,
        "the file that says what the host runs when a program crashes is opened for writing",
        kWrites},
       {"open-for-writing", "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe",
        "/proc/sysrq-trigger"},
       Ground::kPlain},
      {{"hard-link", kGroup, "a second name, in the work folder, for a file of the host", kWrites},
       {"hard-link", "{canary}", "/usr/bin/env", "/etc/passwd"}},
      {{"open-device", kGroup, "terminals, memory, disks", "sees five devices"},
       {"open-device"},
       Ground::kPlain},
      {{"extended-attribute", kGroup, "attributes on files of the work folder",
        "leaves no attribute"},
       {"extended-attribute"}},
      {{"inherited-descriptor", kGroup, "a descriptor that the caller left open", kInherits},
       {"inherited-descriptor"},
       Ground::kThrowaway,
       {},
       [](Scene& scene) { leak(scene, scene.outside / "canary", 0); }},
      {{"inherited-folder", kGroup, "a folder that the caller left open, by /proc/self/fd",
        kInherits},
       {"folder-by-descriptor", "/canary"},
       Ground::kThrowaway,
       {},
       [](Scene& scene) { leak(scene, scene.outside, O_DIRECTORY); }},
      {{"overwrite-first-program", kGroup,
        "the launcher, through /proc/1/exe; its digest is "
        "compared",
        "the launcher cannot be reached (CVE-2019-5736)"},
       {"overwrite-first-program"}},
      {{"links-at-mount-places", kGroup,
        "links named like mount points in the work folder; the outside is looked at", kMounting},
       {"read-file", "dev/canary", "proc/canary", "etc/canary"},
       Ground::kThrowaway,
       {},
       links_at_mount_places},
      {{"race-for-work-folder", kGroup,
        "the work folder is exchanged for a link while the sandbox is set up", kMounting},
       {},
       Ground::kThrowaway,
       {},
       {},
       nullptr,
       race_for_work_folder},
      {{"left-in-tmp", kGroup, "a file in /tmp is looked for by the next run",
        "scratch space is new for every run"},
       {},
       Ground::kPlain,
       {},
       {},
       nullptr,
       [](Scene& scene, Runner& runner, const CancelToken& cancel) {
         return left_for_next(scene, runner, cancel, "/tmp/{marker}");
       }},
      {{"left-in-shared-memory", kGroup, "a file in /dev/shm is looked for by the next run",
        "scratch space is new for every run"},
       {},
       Ground::kPlain,
       {},
       {},
       nullptr,
       [](Scene& scene, Runner& runner, const CancelToken& cancel) {
         return left_for_next(scene, runner, cancel, "/dev/shm/{marker}");
       }},
      {{"change-below-overlay", kGroup, "what an overlay shows is changed; the folder is compared",
        "an overlay's folder is never changed"},
       {},
       Ground::kThrowaway,
       {},
       {},
       nullptr,
       [](Scene& scene, Runner& runner, const CancelToken& cancel) {
         return changes_stay_away(scene, runner, cancel, Mount::kOverlay);
       }},
      {{"change-lower-layer", kGroup,
        "the folder below an overlay is changed at the place where it was put together. No "
        "control: only a sandbox has such a place",
        "an overlay's folder is never changed"},
       {},
       Ground::kNone,
       {},
       {},
       nullptr,
       lower_layer},
      {{"see-overlay-layers", kGroup,
        "the places where an overlay was put together are listed. No control: likewise",
        "an overlay's folder is never changed"},
       {"list-any", "/lower", "/upper"},
       Ground::kNone,
       {},
       [](Scene& scene) { scene.policy.mount = Mount::kOverlay; }},
      {{"change-behind-copy", kGroup, "a copy is changed; the folder is compared",
        "a copied folder is never changed"},
       {},
       Ground::kThrowaway,
       {},
       {},
       nullptr,
       [](Scene& scene, Runner& runner, const CancelToken& cancel) {
         return changes_stay_away(scene, runner, cancel, Mount::kCopy);
       }},
  };
}

}  // namespace automod::sandbox::attacks
