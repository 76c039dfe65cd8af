// Attempts to gain a privilege, to keep one for later (set-id files), or to change what is mounted.

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>

#include "sandbox/attacks/program/attempt.hpp"

namespace automod::attack {

namespace {

constexpr const char* kTarget = "set-id";  // in the work folder; the suite looks at it from outside

int touched() { return open(kTarget, O_CREAT | O_RDWR | O_CLOEXEC, 0755); }

/// Was a set-id file made? It stays: outside is who judges.
Seen made(long result) {
  const Seen seen = tried(result);
  struct stat info{};
  if (lstat(kTarget, &info) != 0) return denied(seen.what);
  return (info.st_mode & (S_ISUID | S_ISGID)) != 0 ? through("a set-id file is there")
                                                   : denied(seen.what);
}

Seen by_open(int flags) {
  return made(syscall(SYS_openat, AT_FDCWD, kTarget, O_CREAT | O_WRONLY | flags, 04755));
}

Seen by_openat2() {
  struct {
    std::uint64_t flags, mode, resolve;
  } how{O_CREAT | O_WRONLY, 04755, 0};
  return made(syscall(SYS_openat2, AT_FDCWD, kTarget, &how, sizeof how));
}

/// A file that has no name until it is given one.
Seen by_temporary() {
  const long fd = syscall(SYS_openat, AT_FDCWD, ".", O_TMPFILE | O_RDWR, 04755);
  if (fd < 0) return tried(fd);
  const std::string path = "/proc/self/fd/" + std::to_string(fd);
  return made(linkat(AT_FDCWD, path.c_str(), AT_FDCWD, kTarget, AT_SYMLINK_FOLLOW));
}

Seen by_umask_and_rename() {
  umask(0);
  const int fd = static_cast<int>(syscall(SYS_open, "other", O_CREAT | O_WRONLY, 06777));
  if (fd < 0) return tried(fd);
  return made(rename("other", kTarget));
}

Seen device(mode_t kind, dev_t which) {
  unlink("device");
  return tried(mknod("device", kind | 0666, which));
}

Seen capset_all() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct all[2] = {{~0u, ~0u, 0}, {0x1ff, 0x1ff, 0}};
  const long result = syscall(SYS_capset, &header, all);
  if (result == 0) return through("all capabilities are effective");
  // At least one, then.
  all[0] = {1u << CAP_SYS_ADMIN, 1u << CAP_SYS_ADMIN, 0};
  all[1] = {};
  return tried(syscall(SYS_capset, &header, all));
}

Seen in_child(Seen (*body)()) {
  int pair[2];
  if (pipe(pair) != 0) return unable("no pipe");
  const pid_t pid = fork();
  if (pid == 0) {
    const Seen seen = body();
    const char how = seen.how == How::kThrough ? 't' : 'd';
    dprintf(pair[1], "%c%s", how, seen.what.c_str());
    _exit(0);
  }
  close(pair[1]);
  char text[256] = {};
  const ssize_t got = read(pair[0], text, sizeof text - 1);
  waitpid(pid, nullptr, 0);
  if (got <= 0) return denied("the child was killed");
  return text[0] == 't' ? through(text + 1) : denied(text + 1);
}

Seen namespace_by_clone() {
  const long pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
  if (pid == 0) _exit(0);
  return tried(pid);
}

Seen namespace_by_clone3() {
  std::uint64_t arguments[11] = {CLONE_NEWUSER, 0, 0, 0, SIGCHLD};
  const long pid = syscall(SYS_clone3, arguments, sizeof arguments);
  if (pid == 0) _exit(0);
  return tried(pid);
}

/// The classic: a second root below, and steps up from a folder that stayed outside of it.
Seen climb_out_of_chroot() {
  const int outside = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  mkdir("below", 0755);
  if (chroot("below") != 0) return tried(-1);
  if (fchdir(outside) != 0) return tried(-1);
  return tried(chdir("../../../../../.."));
}

Seen bind_over_usr() { return tried(mount("/tmp", "/usr", nullptr, MS_BIND | MS_REC, nullptr)); }

Seen remount_usr() {
  // The flags that a mount of ours never has: without MS_RDONLY it would be writable.
  if (mount(nullptr, "/usr", nullptr, MS_REMOUNT | MS_BIND, nullptr) != 0) return tried(-1);
  return through("/usr was mounted anew");
}

Seen pivot() {
  if (mkdir("root", 0755) != 0 && errno != EEXIST) return unable("no folder");
  // A root that takes part in others' mounts cannot be changed.
  (void)mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
  if (mount("root", "root", nullptr, MS_BIND, nullptr) != 0) return tried(-1);
  return tried(syscall(SYS_pivot_root, "root", "root"));
}

Seen clear_secure_bits() {
  const int now = prctl(PR_GET_SECUREBITS);
  if (now < 0) return tried(-1);
  if (prctl(PR_SET_SECUREBITS, 0) == 0) {
    return now == 0 ? through("they were clear, and could be set") : through("they are clear");
  }
  return tried(-1);
}

Seen raise_ambient() {
  // Inheritable first, as one would: what is permitted may be made so.
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct now[2] = {};
  syscall(SYS_capget, &header, now);
  now[0].inheritable = now[0].permitted;
  syscall(SYS_capset, &header, now);
  return tried(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SETUID, 0, 0));
}

Seen become_another() {
  // 0 exists nowhere but in a namespace where we have every right, 65534 is somebody else.
  if (syscall(SYS_setresuid, 0, 0, 0) == 0) return through("user 0");
  return tried(syscall(SYS_setresuid, 65534, 65534, 65534));
}

Seen change_groups() {
  const gid_t none[1] = {0};
  if (syscall(SYS_setgroups, 1, none) == 0) return through("groups were changed");
  const int error = errno;
  // A namespace in which dropping groups is forbidden says so; then nobody can, whoever he is.
  const std::string may = content("/proc/self/setgroups");
  errno = error;
  return may.starts_with("deny") ? denied("deny") : tried(-1);
}

/// What no rule on files prevents: a file that gets capabilities by an attribute.
Seen file_capability() {
  close(touched());
  const std::uint32_t all[5] = {0x02000001, ~0u, 0, 0x1ff, 0};
  return tried(syscall(SYS_setxattr, kTarget, "security.capability", all, sizeof all, 0));
}

const Attempt kAttempts[] = {
    {"setid-by-chmod",
     [](Arguments) {
       close(touched());
       return made(syscall(SYS_chmod, kTarget, 04755));
     }},
    {"setgid-by-chmod",
     [](Arguments) {
       close(touched());
       return made(syscall(SYS_chmod, kTarget, 02755));
     }},
    {"setid-by-fchmod", [](Arguments) { return made(fchmod(touched(), 04755)); }},
    {"setid-by-fchmodat",
     [](Arguments) {
       close(touched());
       return made(syscall(SYS_fchmodat, AT_FDCWD, kTarget, 04755));
     }},
    {"setid-by-fchmodat2",
     [](Arguments) {
       close(touched());
       constexpr long kFchmodat2 = 452;
       return made(syscall(kFchmodat2, AT_FDCWD, kTarget, 04755, 0));
     }},
    {"setid-by-open", [](Arguments) { return by_open(0); }},
    {"setid-by-openat2", [](Arguments) { return by_openat2(); }},
    {"setid-by-creat", [](Arguments) { return made(syscall(SYS_creat, kTarget, 04755)); }},
    {"setid-by-mknod",
     [](Arguments) { return made(syscall(SYS_mknodat, AT_FDCWD, kTarget, S_IFREG | 04755, 0)); }},
    {"setid-by-temporary-file", [](Arguments) { return by_temporary(); }},
    {"setid-by-rename", [](Arguments) { return by_umask_and_rename(); }},
    {"file-capability", [](Arguments) { return file_capability(); }},
    {"character-device", [](Arguments) { return device(S_IFCHR, makedev(1, 1)); }},
    {"block-device", [](Arguments) { return device(S_IFBLK, makedev(7, 0)); }},
    {"whiteout-device", [](Arguments) { return device(S_IFCHR, 0); }},
    {"capset", [](Arguments) { return in_child(capset_all); }},
    {"ambient-capability", [](Arguments) { return in_child(raise_ambient); }},
    {"secure-bits", [](Arguments) { return in_child(clear_secure_bits); }},
    {"become-another-user", [](Arguments) { return in_child(become_another); }},
    {"change-groups", [](Arguments) { return in_child(change_groups); }},
    {"namespace-by-unshare",
     [](Arguments) { return in_child([] { return tried(unshare(CLONE_NEWUSER)); }); }},
    {"namespace-by-clone", [](Arguments) { return namespace_by_clone(); }},
    {"namespace-by-clone3", [](Arguments) { return namespace_by_clone3(); }},
    {"namespace-by-setns", [](Arguments) { return reached(syscall(SYS_setns, -1, 0)); }},
    {"mount-tmpfs", [](Arguments) { return tried(mount("x", "/tmp", "tmpfs", 0, nullptr)); }},
    {"mount-call-reaches-kernel",
     [](Arguments) { return reached(syscall(SYS_mount, 1, 1, 1, 0, 0)); }},
    {"bind-over-usr", [](Arguments) { return bind_over_usr(); }},
    {"remount-usr", [](Arguments) { return remount_usr(); }},
    {"unmount", [](Arguments) { return reached(syscall(SYS_umount2, "/tmp", 0x40000000)); }},
    {"mount-by-fsopen", [](Arguments) { return tried(syscall(SYS_fsopen, "tmpfs", 0)); }},
    {"mount-by-open-tree",
     [](Arguments) { return tried(syscall(SYS_open_tree, AT_FDCWD, "/usr", 0)); }},
    {"mount-attributes",
     [](Arguments) { return reached(syscall(SYS_mount_setattr, -1, "", 0x40000000, nullptr, 0)); }},
    {"pivot-root", [](Arguments) { return in_child(pivot); }},
    {"chroot-climb", [](Arguments) { return in_child(climb_out_of_chroot); }},
    {"chroot-call-reaches-kernel",
     [](Arguments) { return reached(syscall(SYS_chroot, "/no such folder")); }},
};

}  // namespace

std::span<const Attempt> privilege_attempts() { return kAttempts; }

}  // namespace automod::attack
