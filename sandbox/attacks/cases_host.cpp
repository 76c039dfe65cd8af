#include <unistd.h>

#include <array>

#include "sandbox/attacks/case.hpp"

namespace automod::sandbox::attacks {

namespace {

constexpr const char* kGroup = "host";
constexpr const char* kLearns = "learns nothing of the machine";
constexpr const char* kEnvironment = "inherits no environment";

Case learn(const std::string& name, const std::string& about, std::vector<std::string> arguments,
           const char* tests = kLearns) {
  return {{name, kGroup, about, tests}, std::move(arguments), Ground::kPlain};
}

/// An image has its own.
Case strangers_in_root() {
  Case one = learn("strangers-in-root", "/ is searched for what is not the sandbox's",
                   {"strangers", "/", "bin", "dev", "etc", "lib", "lib32", "lib64", "libx32",
                    "proc", "sbin", "tmp", "tree", "usr"});
  one.native_only = true;
  return one;
}

Case host_name() {
  Case one = learn("learn-host-name", "the host's name", {"host-name"});
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  one.arguments.emplace_back(name.data());
  return one;
}

}  // namespace

std::vector<Case> host_cases() {
  return {
      learn("environment", "a variable of the caller, which holds a secret",
            {"environment", "AUTOMOD_ATTACK_SECRET"}, kEnvironment),
      host_name(),
      learn("kernel-symbols", "addresses of the kernel, its memory and configuration",
            {"see-any", "/proc/kallsyms", "/proc/kcore", "/proc/config.gz", "/proc/modules"}),
      learn("boot-command-line", "what the machine was started with", {"see-any", "/proc/cmdline"}),
      learn("keys-of-all", "keys of all users", {"see-any", "/proc/keys", "/proc/key-users"}),
      learn("timers-and-interrupts", "what goes on in the machine",
            {"see-any", "/proc/interrupts", "/proc/timer_list", "/proc/sched_debug",
             "/proc/diskstats"}),
      learn("system-folder", "/sys", {"list-any", "/sys", "/sys/class", "/sys/fs/cgroup"}),
      learn("homes", "folders of users and of the system",
            {"list-any", "/home", "/boot", "/mnt", "/srv", "/run/user"}),
      strangers_in_root(),
      learn("machine-id", "what the machine is known by",
            {"see-any", "/etc/machine-id", "/var/lib/dbus/machine-id",
             "/proc/sys/kernel/random/boot_id", "/sys/class/dmi/id/product_uuid"}),
      learn("container-sockets", "sockets of container daemons and of D-Bus",
            {"list-any", "/run", "/var/run"}),
  };
}

}  // namespace automod::sandbox::attacks
