#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/files.hpp"
#include "sandbox/backends/compile.hpp"
#include "sandbox/backends/host_view.hpp"
#include "sandbox/backends/program.hpp"
#include "sandbox/launcher/view.hpp"
#include "tests/unit/catch.hpp"

using automod::testing::ContainsSubstring;

namespace automod::sandbox::testing {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using Strings = std::vector<std::string>;

namespace {

/// A small host, and a policy over it.
struct Asked {
  Policy policy;
  Sources sources{"/stage/work", "/stage/launcher", {"/stage/read-only-0"}};
  HostView host;
  Identity identity;

  Asked() {
    policy.work = "/home/someone/project";
    policy.read_only = {"/opt/toolchain"};
    policy.user = 4321;
    policy.limits.scratch_bytes = 10u << 20;
    policy.limits.disk_bytes = 20u << 20;
    policy.limits.disk_files = 500;
    host.folders = {"/usr", "/lib"};
    host.links = {{"/bin", "usr/bin"}};
    host.settings = {"/etc/alternatives"};
    host.fact_files = {"/proc/cmdline", "/proc/version"};
    host.fact_folders = {"/proc/sys"};
    identity.uid = 77;
    identity.gid = 78;
  }

  Showing showing() const { return {policy, sources, host, "/stage"}; }
  Strings bwrap() const { return bwrap_arguments(showing()); }
  Json oci() const { return Json::parse(oci_configuration(showing(), identity)); }
  Strings engine(const Engine& engine) const {
    return engine_arguments(engine, showing(), identity);
  }

  /// All of the host that may be shown, devices excepted.
  static std::set<std::string> shown() {
    return {"/usr",
            "/lib",
            "/etc/alternatives",
            "/stage/work",
            "/stage/launcher",
            "/stage/read-only-0"};
  }
};

/// Whether `arguments` holds `wanted`, one after the other.
bool has(const Strings& arguments, const Strings& wanted) {
  return std::search(arguments.begin(), arguments.end(), wanted.begin(), wanted.end()) !=
         arguments.end();
}

/// What follows each `option`.
std::vector<std::pair<std::string, std::string>> pairs_after(const Strings& arguments,
                                                             const std::string& option) {
  std::vector<std::pair<std::string, std::string>> found;
  for (std::size_t i = 0; i + 2 < arguments.size(); ++i) {
    if (arguments[i] == option) found.emplace_back(arguments[i + 1], arguments[i + 2]);
  }
  return found;
}

bool is_device(const std::string& path) {
  return std::find(kDevices.begin(), kDevices.end(), path) != kDevices.end();
}

bool has_option(const Json& mount, const std::string& option) {
  const Json& options = mount.at("options");
  return std::find(options.begin(), options.end(), option) != options.end();
}

Json mount_at(const Json& config, const std::string& place) {
  for (const Json& mount : config.at("mounts")) {
    if (mount.at("destination") == place) return mount;
  }
  return {};
}

Identity ordinary() {
  Identity identity;
  identity.uid = 1000;
  return identity;
}

std::unique_ptr<Backend> bwrap() {
  auto backend = make_bwrap();
  REQUIRE(backend);
  return std::move(*backend);
}

std::unique_ptr<Backend> runc() {
  auto backend = make_oci("runc");
  REQUIRE(backend);
  return std::move(*backend);
}

}  // namespace

TEST_CASE("bwrap is told of no place of the host but what the policy shows") {
  const Asked asked;
  const Strings arguments = asked.bwrap();
  std::set<std::string> allowed = Asked::shown();
  allowed.insert({"/stage/etc", "/stage/empty"});
  for (const auto& [from, to] : pairs_after(arguments, "--ro-bind")) {
    const bool covers = from == "/dev/null" && to.starts_with("/proc/");
    CHECK((covers || allowed.contains(from)));
  }
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  CHECK(pairs_after(arguments, "--bind") == Pairs{{"/stage/work", "/tree"}});
  for (const auto& [from, to] : pairs_after(arguments, "--dev-bind")) {
    CHECK((from == to && is_device(from)));
  }
  CHECK(pairs_after(arguments, "--dev-bind").size() == 5);
}

TEST_CASE("bwrap gives every namespace, no environment and one capability to begin with") {
  const Strings arguments = Asked().bwrap();
  for (const char* option : {"--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net",
                             "--unshare-uts", "--unshare-cgroup", "--disable-userns", "--clearenv",
                             "--die-with-parent", "--new-session", "--as-pid-1"}) {
    CHECK(has(arguments, {option}));
  }
  CHECK(has(arguments, {"--uid", "4321", "--gid", "4321"}));
  CHECK(has(arguments, {"--cap-drop", "ALL", "--cap-add", "CAP_SETPCAP"}));
  CHECK(std::count(arguments.begin(), arguments.end(), "--cap-add") == 1);
  const Strings last(arguments.end() - 7, arguments.end());
  CHECK(last == Strings{"--remount-ro", "/", "--chdir", "/", "--", kLauncherInside, "inside"});
}

TEST_CASE("bwrap covers what /proc would tell of the host") {
  const Strings arguments = Asked().bwrap();
  CHECK(has(arguments, {"--ro-bind", "/dev/null", "/proc/cmdline"}));
  CHECK(has(arguments, {"--ro-bind", "/dev/null", "/proc/version"}));
  CHECK(has(arguments, {"--ro-bind", "/stage/empty", "/proc/sys"}));
}

TEST_CASE("bwrap sizes every file system in memory") {
  Asked asked;
  asked.policy.mount = Mount::kTmpfs;
  asked.sources.work.clear();
  const Strings arguments = asked.bwrap();
  CHECK(has(arguments, {"--size", "10485760", "--tmpfs", "/tmp"}));
  CHECK(has(arguments, {"--size", "10485760", "--tmpfs", "/dev/shm"}));
  CHECK(has(arguments, {"--size", "20971520", "--tmpfs", "/tree"}));
  CHECK(std::count(arguments.begin(), arguments.end(), "--tmpfs") == 3);
  CHECK(pairs_after(arguments, "--bind").empty());
}

TEST_CASE("hostile names stay single arguments") {
  Asked asked;
  asked.policy.read_only = {"/opt/--bind\n/ ;x"};
  CHECK(has(asked.bwrap(), {"--ro-bind", "/stage/read-only-0", "/opt/--bind\n/ ;x", "--bind"}));
  CHECK(mount_at(asked.oci(), "/opt/--bind\n/ ;x").at("source") == "/stage/read-only-0");
}

TEST_CASE("an OCI configuration names no place of the host but what the policy shows") {
  const Json config = Asked().oci();
  std::set<std::string> allowed = Asked::shown();
  allowed.insert("/stage/rootfs/dev");
  for (const Json& mount : config.at("mounts")) {
    INFO(mount.dump());
    CHECK(has_option(mount, "nosuid"));
    if (mount.at("type") != "bind") continue;
    const std::string from = mount.at("source");
    CHECK((is_device(from) || allowed.contains(from)));
    CHECK(has_option(mount, "nodev") == !is_device(from));
    CHECK(has_option(mount, "ro") == (!is_device(from) && from != "/stage/work"));
  }
  CHECK(config.at("root").at("readonly") == true);
  CHECK(config.at("root").at("path") == "/stage/rootfs");
}

TEST_CASE("folders of the host are read-only in an OCI container with all that is below") {
  const Json config = Asked().oci();
  for (const char* place : {"/usr", "/lib", "/etc/alternatives", "/opt/toolchain"}) {
    CHECK(has_option(mount_at(config, place), "rro"));
    CHECK(has_option(mount_at(config, place), "rnosuid"));
  }
}

TEST_CASE("crun is not asked for what lies below a file") {
  const Asked asked;
  Showing showing = asked.showing();
  showing.files = {"/etc/alternatives"};
  const Json config = Json::parse(oci_configuration(showing, asked.identity));
  CHECK_FALSE(has_option(mount_at(config, "/etc/alternatives"), "rro"));
  CHECK(has_option(mount_at(config, "/etc/alternatives"), "ro"));
}

TEST_CASE("an OCI container has every namespace, one user and one capability to begin with") {
  const Json config = Asked().oci();
  std::set<std::string> kinds;
  for (const Json& kind : config.at("linux").at("namespaces")) {
    kinds.insert(kind.at("type").get<std::string>());
    CHECK_FALSE(kind.contains("path"));
  }
  const std::set<std::string> all{"user", "mount", "pid", "network", "ipc", "uts", "cgroup"};
  CHECK(kinds == all);
  const Json uids = Json::parse(R"([{"containerID": 0, "hostID": 77, "size": 1}])");
  const Json gids = Json::parse(R"([{"containerID": 0, "hostID": 78, "size": 1}])");
  CHECK(config.at("linux").at("uidMappings") == uids);
  CHECK(config.at("linux").at("gidMappings") == gids);
  const Json& process = config.at("process");
  CHECK(process.at("noNewPrivileges") == true);
  CHECK(process.at("env").empty());
  CHECK(process.at("args") == Json::array({kLauncherInside, "inside"}));
  for (const auto& [set, capabilities] : process.at("capabilities").items()) {
    INFO(set);
    const bool held = set == "bounding" || set == "effective" || set == "permitted";
    CHECK(capabilities == (held ? Json::array({"CAP_SETFCAP"}) : Json::array()));
  }
}

TEST_CASE("an OCI container bounds bytes and files in memory, and shows processes only") {
  Asked asked;
  asked.policy.mount = Mount::kTmpfs;
  asked.sources.work.clear();
  const Json config = asked.oci();
  CHECK(has_option(mount_at(config, "/tree"), "size=20971520"));
  CHECK(has_option(mount_at(config, "/tree"), "nr_inodes=500"));
  CHECK(has_option(mount_at(config, "/tmp"), "size=10485760"));
  CHECK(has_option(mount_at(config, "/tmp"), "nr_inodes=2304"));
  CHECK(has_option(mount_at(config, "/dev/shm"), "nr_inodes=2304"));
  CHECK(has_option(mount_at(config, "/proc"), "subset=pid"));
}

TEST_CASE("an engine pulls nothing, keeps nothing and adds nothing of its own") {
  const Engine engine{.name = "podman", .image = "toolchain:1", .maps_ids = false};
  const Strings arguments = Asked().engine(engine);
  for (const char* option :
       {"--rm", "--pull=never", "--read-only", "--read-only-tmpfs=false", "--image-volume=ignore",
        "--no-healthcheck", "--no-hosts", "--http-proxy=false"}) {
    CHECK(has(arguments, {option}));
  }
  CHECK(has(arguments, {"--network", "none"}));
  CHECK(has(arguments, {"--cap-drop", "ALL"}));
  CHECK_FALSE(has(arguments, {"--cap-add"}));
  CHECK(has(arguments, {"--security-opt", "no-new-privileges"}));
  CHECK(has(arguments, {"--user", "77:78"}));
  CHECK(has(arguments, {"--memory", "4294967296b", "--memory-swap", "4294967296b"}));
  CHECK(has(arguments, {"--security-opt", "mask=/proc/cmdline:/proc/version:/proc/sys"}));
  const Strings last(arguments.end() - 5, arguments.end());
  CHECK(last == Strings{"--entrypoint", kLauncherInside, "toolchain:1", "inside", "connected"});
}

TEST_CASE("an engine binds no place of the host but what the policy shows") {
  const Strings arguments = Asked().engine({.name = "docker", .image = "x", .maps_ids = false});
  std::set<std::string> allowed = Asked::shown();
  for (const char* name :
       {"dev", "meet", "etc/passwd", "etc/group", "etc/hosts", "etc/nsswitch.conf"}) {
    allowed.insert(fmt::format("/stage/{}", name));
  }
  for (const auto& [mount, next] : pairs_after(arguments, "--mount")) {
    INFO(mount);
    REQUIRE(mount.starts_with("type=bind,src="));
    const std::string from = mount.substr(14, mount.find(",dst=") - 14);
    CHECK((is_device(from) || allowed.contains(from)));
    CHECK((mount.find(",readonly") != std::string::npos) ==
          (!is_device(from) && from != "/stage/work"));
  }
  CHECK_FALSE(has(arguments, {"-v"}));
}

TEST_CASE("who is no root is root in podman's container, and leaves it from there") {
  const Strings arguments = Asked().engine({.name = "podman", .image = "x", .maps_ids = true});
  CHECK(has(arguments, {"--user", "0:0", "--cap-add", "SETFCAP"}));
  CHECK_FALSE(has(arguments, {"--memory"}));
}

TEST_CASE("a backend refuses what it cannot enforce, and names it") {
  Asked asked;
  asked.policy.mount = Mount::kOverlay;
  const auto refused = bwrap()->accepts(asked.policy, ordinary());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::kUsage);
  CHECK_THAT(refused.error().message, ContainsSubstring("overlay"));
  Identity root;
  root.as_root = true;
  CHECK(bwrap()->accepts(asked.policy, root));
}

TEST_CASE("an OCI runtime makes an overlay for who is not root, bounded and then covered") {
  Asked asked;
  asked.policy.mount = Mount::kOverlay;
  const Json config = asked.oci();
  const Json work = mount_at(config, "/tree");
  CHECK(work.at("type") == "overlay");
  CHECK(has_option(work, "lowerdir=/stage/work"));
  CHECK(has_option(work, "upperdir=/stage/rootfs/automod/changes/files"));
  CHECK(has_option(work, "nosuid"));
  CHECK(has_option(mount_at(config, "/automod/changes"), "size=20971520"));
  CHECK(has_option(mount_at(config, "/automod/changes"), "nr_inodes=500"));
  const Json& mounts = config.at("mounts");
  CHECK(mounts.at(mounts.size() - 2).at("destination") == "/automod/changes");
  CHECK(has_option(mounts.at(mounts.size() - 2), "ro"));
  asked.identity.as_root = true;  // the launcher has made it
  CHECK(mount_at(asked.oci(), "/tree").at("type") == "bind");
}

TEST_CASE("an overlay's changes are kept where the policy says") {
  Asked asked;
  asked.policy.mount = Mount::kOverlay;
  asked.policy.changes = "/home/someone/changes";
  const Json config = asked.oci();
  CHECK(has_option(mount_at(config, "/tree"), "upperdir=/home/someone/changes/files"));
  CHECK(mount_at(config, "/automod/changes").is_null());
}

TEST_CASE("a folder that an overlay cannot be told is refused") {
  Asked asked;
  asked.policy.mount = Mount::kOverlay;
  for (const char* name : {"/a:b", "/a,b", "/a\\b"}) {
    INFO(name);
    asked.policy.work = name;
    CHECK_FALSE(runc()->accepts(asked.policy, ordinary()));
    asked.policy.mount = Mount::kFolder;
    CHECK(runc()->accepts(asked.policy, ordinary()));
    asked.policy.mount = Mount::kOverlay;
  }
}

TEST_CASE("bwrap cannot bound the number of files for an ordinary user") {
  Asked asked;
  asked.policy.mount = Mount::kTmpfs;
  asked.policy.required.disk = true;
  const auto refused = bwrap()->accepts(asked.policy, ordinary());
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().message, ContainsSubstring("disk"));
  CHECK(runc()->accepts(asked.policy, ordinary()));
}

TEST_CASE("a read-only path may not lie where a container has something of its own") {
  Asked asked;
  for (const char* place : {"/automod/x", "/automod", "/bin/tool"}) {
    INFO(place);
    asked.policy.read_only = {place};
    const auto refused = bwrap()->accepts(asked.policy, ordinary());
    REQUIRE_FALSE(refused);
    CHECK_THAT(refused.error().message, ContainsSubstring(place));
    CHECK_FALSE(runc()->accepts(asked.policy, ordinary()));
  }
}

TEST_CASE("a path that JSON cannot hold is refused for an OCI runtime, not for bwrap") {
  Asked asked;
  asked.policy.read_only = {"/opt/\xff\xfe"};
  const auto refused = runc()->accepts(asked.policy, ordinary());
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().message, ContainsSubstring("read_only"));
  CHECK(bwrap()->accepts(asked.policy, ordinary()));
}

TEST_CASE("a runtime is a plain name of an installed program") {
  for (const char* name : {"../runc", "/tmp/runc", "run c", "", "-x", ".runc", "a\nb"}) {
    INFO(name);
    const auto found = find_program(name, "");
    REQUIRE_FALSE(found);
    CHECK(found.error().kind == ErrorKind::kUsage);
  }
  const auto missing = make_oci("no-such-runtime");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().kind == ErrorKind::kUnavailable);
}

TEST_CASE("a program that others than root can write, or replace, is refused") {
  auto place = TempDir::create("/tmp", "automod-program-");
  REQUIRE(place);
  REQUIRE(write_file(place->path() / "runc", "#!/bin/sh\necho runc version 9.9.9\n", 0755));
  const auto found = find_program("runc", "", {place->path()});
  REQUIRE_FALSE(found);
  CHECK(found.error().kind == ErrorKind::kUnavailable);
  CHECK_THAT(found.error().message, ContainsSubstring("writable by others than root"));
}

TEST_CASE("a program that is too old is refused with both versions") {
  const auto found = find_program("bwrap", "999.1");
  REQUIRE_FALSE(found);
  CHECK(found.error().kind == ErrorKind::kUnavailable);
  CHECK_THAT(found.error().message, ContainsSubstring("999.1"));
}

TEST_CASE("a version is the first number with dots") {
  CHECK(version_in("runc version 1.1.5+ds1") == "1.1.5");
  CHECK(version_in("Docker version 24.0.5, build 1") == "24.0.5");
  CHECK(version_in("x86 tool 2.10.") == "2.10");
  CHECK(version_in("runsc version release-20221107") == "");
  CHECK(version_in("") == "");
}

TEST_CASE("versions are compared number by number") {
  CHECK(is_older("0.9", "0.10"));
  CHECK(is_older("1.1", "1.1.1"));
  CHECK_FALSE(is_older("1.1.0", "1.1"));
  CHECK_FALSE(is_older("2.0", "1.9.9"));
  CHECK_FALSE(is_older("1.0", ""));
}

TEST_CASE("crun is refused where control groups of both versions are mixed") {
  const auto backend = make_oci("crun");
  if (!mixes_control_groups()) {
    CHECK(backend);
    return;
  }
  REQUIRE_FALSE(backend);
  CHECK(backend.error().kind == ErrorKind::kUnavailable);
  CHECK_THAT(backend.error().message, ContainsSubstring("control groups"));
}

TEST_CASE("an image has a name that no engine takes for an option") {
  for (const char* image : {"", "-v", "a\nb"}) {
    const auto backend = make_image_engine("podman", image);
    REQUIRE_FALSE(backend);
    CHECK(backend.error().kind == ErrorKind::kUsage);
  }
  CHECK(make_image_engine("lxc", "x").error().kind == ErrorKind::kUsage);
}

TEST_CASE("places to mount on are made whatever the umask says") {
  auto place = TempDir::create("/tmp", "automod-places-");
  REQUIRE(place);
  const mode_t before = umask(077);
  const auto made = make_place(place->path() / "a/b/file", false);
  umask(before);
  REQUIRE(made);
  CHECK((fs::status(place->path() / "a").permissions() & fs::perms::others_exec) !=
        fs::perms::none);
  CHECK((fs::status(place->path() / "a/b/file").permissions() & fs::perms::others_read) !=
        fs::perms::none);
}

TEST_CASE("our own /etc names the policy's user and nothing of the host") {
  auto place = TempDir::create("/tmp", "automod-etc-");
  REQUIRE(place);
  Asked asked;
  asked.policy.read_only = {"/etc/ssl"};
  REQUIRE(make_etc(place->path() / "etc", asked.policy, asked.host));
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(place->path() / "etc")) {
    names.insert(entry.path().filename().string());
  }
  CHECK(names ==
        std::set<std::string>{"alternatives", "group", "hosts", "nsswitch.conf", "passwd", "ssl"});
  const auto users = read_file(place->path() / "etc/passwd", kMiB);
  REQUIRE(users);
  CHECK_THAT(*users, ContainsSubstring("automod:x:4321:4321:"));
}

}  // namespace automod::sandbox::testing
