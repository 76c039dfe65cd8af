// What the command sees: every mount of the sandbox.
//
// Sources are opened as detached mounts first, given their flags, and then moved into a fresh
// tmpfs that becomes the root. Nothing hostile has run yet, and no path inside the new root is
// ever followed that something hostile could have made.

#include <fcntl.h>
#include <linux/securebits.h>
#include <sched.h>
#include <signal.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "sandbox/launcher/launcher.hpp"
#include "sandbox/launcher/view.hpp"

namespace automod::sandbox::launcher {

namespace {

constexpr std::uint64_t kReadOnly = 1;  // MOUNT_ATTR_*: not in every C library's headers
constexpr std::uint64_t kNoSuid = 2;
constexpr std::uint64_t kNoDevices = 4;
constexpr std::uint64_t kNoExec = 8;
constexpr std::uint64_t kIdMapped = 0x100000;
constexpr unsigned kRecursive = 0x8000;  // AT_RECURSIVE

struct MountAttributes {
  std::uint64_t set = 0;
  std::uint64_t clear = 0;
  std::uint64_t propagation = 0;
  std::uint64_t userns = 0;
};

int clone_tree(const char* path, bool with_submounts) {
  constexpr unsigned kClone = 1;  // OPEN_TREE_CLONE
  return static_cast<int>(syscall(SYS_open_tree, AT_FDCWD, path,
                                  kClone | O_CLOEXEC | (with_submounts ? kRecursive : 0)));
}

/// Whatever is mounted stays out of what is mounted elsewhere, and the other way round.
bool set_attributes(const Job& job, int tree, MountAttributes attributes, bool with_submounts) {
  if (job.keeps(Hardening::kPrivateMounts)) attributes.propagation = MS_PRIVATE;
  return syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH | (with_submounts ? kRecursive : 0),
                 &attributes, sizeof attributes) == 0;
}

/// `flags` (or a size, of which 0 means any), when the hardening that they stand for is kept.
std::uint64_t kept(const Job& job, Hardening hardening, std::uint64_t flags) {
  return job.keeps(hardening) ? flags : 0;
}

/// `path` with everything below it, read-only, without devices and set-id programs.
int open_read_only(const Job& job, const char* path) {
  const int tree = clone_tree(path, true);
  char step[96];
  std::snprintf(step, sizeof step, "opening %s", path);
  must(tree >= 0, step);
  const std::uint64_t flags = kept(job, Hardening::kReadOnlySources, kReadOnly) |
                              kept(job, Hardening::kPlainSources, kNoSuid | kNoDevices);
  must(set_attributes(job, tree, {flags}, true), step);
  return tree;
}

void attach(int tree, const char* place) {
  constexpr unsigned kFromEmptyPath = 4;  // MOVE_MOUNT_F_EMPTY_PATH
  char step[96];
  std::snprintf(step, sizeof step, "mounting %s", place);
  must(syscall(SYS_move_mount, tree, "", AT_FDCWD, place, kFromEmptyPath) == 0, step);
  close(tree);
}

/// A user namespace that exists only to say: who is `from` on disk is `to` here.
int id_mapping(const wire::Request& head) {
  const pid_t launcher = getpid();
  const pid_t pid = static_cast<pid_t>(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
  must(pid >= 0, "making a user namespace");
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != launcher) _exit(0);
    for (;;) pause();
  }
  char path[64];
  char map[64];
  bool mapped = true;
  for (const bool user : {true, false}) {
    std::snprintf(path, sizeof path, "/proc/%d/%s", pid, user ? "uid_map" : "gid_map");
    std::snprintf(map, sizeof map, "%u %u 1", user ? head.work_uid : head.work_gid,
                  user ? head.uid : head.gid);
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    mapped = mapped && fd >= 0 && write(fd, map, std::strlen(map)) > 0;
    close(fd);
  }
  std::snprintf(path, sizeof path, "/proc/%d/ns/user", pid);
  const int userns = open(path, O_RDONLY | O_CLOEXEC);
  kill(pid, SIGKILL);  // reaped with the rest, in guard(): no need to wait for it now
  must(mapped && userns >= 0, "mapping the owner of the work folder");
  return userns;
}

/// A folder with its owner shown as the sandbox's user, when `userns` says how.
int open_writable(const Job& job, const char* path, int userns, std::uint64_t flags) {
  const int tree = clone_tree(path, false);
  must(tree >= 0, "opening the work folder");
  MountAttributes attributes{flags | kept(job, Hardening::kPlainWork, kNoSuid | kNoDevices)};
  if (userns >= 0) {
    attributes.set |= kIdMapped;
    attributes.userns = static_cast<std::uint64_t>(userns);
  }
  // The supervisor knows this step by its name, and lends the files another way.
  must(set_attributes(job, tree, attributes, false),
       userns >= 0 ? "idmap" : "securing the work folder");
  return tree;
}

void check_is_meant(const Job& job, int tree) {
  struct stat info{};
  must(fstat(tree, &info) == 0, "opening the work folder");
  errno = ESTALE;
  must(!job.keeps(Hardening::kSameFolder) ||
           (info.st_dev == job.head.work_device && info.st_ino == job.head.work_inode),
       "finding the work folder as it was");
}

void write_text(const char* path, const char* text) {
  const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  const auto length = static_cast<ssize_t>(std::strlen(text));
  must(fd >= 0 && write(fd, text, std::strlen(text)) == length, "writing /etc");
  close(fd);
}

void make_etc(unsigned id) {
  must(mkdir("etc", 0755) == 0, "making /etc");
  for (const EtcFile& file : etc_files(id)) {
    char path[32];
    std::snprintf(path, sizeof path, "etc/%s", file.name);
    write_text(path, file.text);
  }
}

/// Creates the folders above `place` (relative to the new root), and `place` itself as the kind
/// of thing that will be mounted there.
void make_place(const char* place, bool folder) {
  char path[4096];
  must(std::strlen(place) < sizeof path, "making a place to mount");
  if (access(place, F_OK) == 0) return;
  std::strcpy(path, place);
  for (char* slash = std::strchr(path, '/'); slash != nullptr;
       slash = std::strchr(slash + 1, '/')) {
    *slash = '\0';
    must(mkdir(path, 0755) == 0 || errno == EEXIST, "making a place to mount");
    *slash = '/';
  }
  if (folder) {
    must(mkdir(path, 0755) == 0 || errno == EEXIST, "making a place to mount");
  } else {
    const int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    must(fd >= 0, "making a place to mount");
    close(fd);
  }
}

bool is_folder(int tree) {
  struct stat info{};
  must(fstat(tree, &info) == 0, "looking at a mount");
  return S_ISDIR(info.st_mode);
}

void attach_at(int tree, const char* place) {
  make_place(place, is_folder(tree));
  attach(tree, place);
}

constexpr unsigned long kPlainMount = MS_NOSUID | MS_NODEV;

void mount_tmpfs(const char* place, std::uint64_t bytes, std::uint64_t files, const char* mode,
                 unsigned long flags) {
  char options[96];
  std::snprintf(options, sizeof options, "size=%llu,nr_inodes=%llu,mode=%s",
                static_cast<unsigned long long>(bytes), static_cast<unsigned long long>(files),
                mode);
  must(mount("tmpfs", place, "tmpfs", flags, options) == 0, "mounting a tmpfs");
}

void mount_scratch(const Job& job, const char* place, std::uint64_t bytes, unsigned long flags) {
  mount_tmpfs(place, kept(job, Hardening::kScratchBytes, bytes),
              kept(job, Hardening::kScratchFiles, wire::scratch_files(bytes)), "1777",
              kept(job, Hardening::kPlainScratch, kPlainMount) | flags);
}

/// For changes to a work folder, in memory.
void mount_changes(const Job& job, const char* place) {
  mount_tmpfs(place, kept(job, Hardening::kDiskBytes, job.head.disk_bytes),
              kept(job, Hardening::kDiskFiles, job.head.disk_files), "0777",
              kept(job, Hardening::kPlainWork, kPlainMount));
}

/// `place` relative to where we stand: the work tree with changes on top of it, in memory or in
/// the folder that keeps them. They belong to whom we are to file systems.
void mount_overlay(const Job& job, const Trees& trees, const char* place, const char* options) {
  struct stat info{};
  must(fstat(trees.work, &info) == 0, "looking at the work folder");
  attach_at(trees.work, "lower");
  if (trees.changes >= 0) {
    attach_at(trees.changes, "upper");
  } else {
    make_place("upper", true);
    mount_changes(job, "upper");
  }
  for (const char* folder : {"upper/files", "upper/work"}) {
    must(mkdir(folder, 0755) == 0 || errno == EEXIST, "making room for changes");
  }
  must(chmod("upper/files", info.st_mode & 0777) == 0, "making room for changes");
  make_place(place, true);
  char all[128];  // nobody misses changes in memory: no need to flush them
  std::snprintf(all, sizeof all, "lowerdir=lower,upperdir=upper/files,workdir=upper/work%s%s",
                trees.changes < 0 ? ",volatile" : "", options);
  must(mount("overlay", place, "overlay", kept(job, Hardening::kPlainWork, kPlainMount), all) == 0,
       "mounting the overlay");
  if (!job.keeps(Hardening::kHideLayers)) return;
  for (const char* layer : {"lower", "upper"}) {  // it holds on to them itself
    must(umount2(layer, MNT_DETACH) == 0 && rmdir(layer) == 0, "hiding the overlay's layers");
  }
}

void mount_work(const Job& job, const Trees& trees, const char* place,
                const char* overlay_options) {
  switch (job.head.work_mount) {
    case wire::WorkMount::kFolder:
      attach_at(trees.work, place);
      break;
    case wire::WorkMount::kOverlay:
      mount_overlay(job, trees, place, overlay_options);
      break;
    case wire::WorkMount::kTmpfs:
      make_place(place, true);
      mount_changes(job, place);
      break;
  }
}

constexpr std::size_t kCount = kDevices.size() + kBesideUsr.size() + kSettings.size();

struct Source {
  const char* place;
  int tree;
};

/// All sources that lie at a fixed place. Runs with the host's root still in view.
int open_fixed(const Job& job, Source (&sources)[kCount]) {
  const std::uint64_t flags = kept(job, Hardening::kPlainDevices, kNoSuid) |
                              kept(job, Hardening::kNoProgramsInDevices, kNoExec);
  int count = 0;
  for (const char* device : kDevices) {
    const int tree = clone_tree(device, false);
    must(tree >= 0 && set_attributes(job, tree, {flags}, false), "opening a device");
    sources[count++] = {device + 1, tree};
  }
  for (const char* path : kBesideUsr) {
    struct stat info{};
    if (lstat(path, &info) != 0 || !S_ISDIR(info.st_mode)) continue;
    sources[count++] = {path + 1, open_read_only(job, path)};
  }
  for (const char* path : kSettings) {
    if (access(path, R_OK) == 0) sources[count++] = {path + 1, open_read_only(job, path)};
  }
  return count;
}

/// Where links beside /usr lead; "" for what is no link.
using Targets = char[kBesideUsr.size()][64];

/// Where the host has links such as /bin -> usr/bin, so has the sandbox.
void copy_system_links(const Targets& targets) {
  for (std::size_t i = 0; i < kBesideUsr.size(); ++i) {
    if (targets[i][0] == '\0') continue;
    must(symlink(targets[i], kBesideUsr[i] + 1) == 0, "linking into /usr");
  }
}

void read_system_links(Targets& targets) {
  for (std::size_t i = 0; i < kBesideUsr.size(); ++i) {
    const ssize_t length = readlink(kBesideUsr[i], targets[i], sizeof targets[i] - 1);
    targets[i][length > 0 ? length : 0] = '\0';
  }
}

void make_dev(const Job& job) {
  must(mkdir("dev/shm", 0755) == 0, "making /dev/shm");
  mount_scratch(job, "dev/shm", shared_bytes_of(job.head.scratch_bytes),
                kept(job, Hardening::kNoProgramsInSharedMemory, MS_NOEXEC));
  must(symlink("/proc/self/fd", "dev/fd") == 0 && symlink("/proc/self/fd/0", "dev/stdin") == 0 &&
           symlink("/proc/self/fd/1", "dev/stdout") == 0 &&
           symlink("/proc/self/fd/2", "dev/stderr") == 0,
       "making /dev");
}

void mount_processes(const Job& job) {
  const unsigned long flags = kept(job, Hardening::kPlainProcesses, kPlainMount) |
                              kept(job, Hardening::kNoProgramsInProcesses, MS_NOEXEC);
  const char* options = job.keeps(Hardening::kProcessesOnly) ? "subset=pid" : nullptr;
  must(mount("proc", "proc", "proc", flags, options) == 0, "mounting /proc");
}

/// What is mounted here reaches nobody else, nor the other way round.
void part_from_host() {
  must(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "parting from the host");
}

/// The old root goes out of reach; the new one can no longer be written.
void enter_new_root(const Job& job) {
  must(syscall(SYS_pivot_root, ".", ".") == 0, "changing the root");
  if (job.keeps(Hardening::kDetachOldRoot)) {
    must(umount2(".", MNT_DETACH) == 0, "leaving the old root");
  }
  must(chdir("/") == 0, "entering the new root");
  const int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  const std::uint64_t flags = kept(job, Hardening::kReadOnlyRoot, kReadOnly) |
                              kept(job, Hardening::kPlainRoot, kNoSuid | kNoDevices);
  must(root >= 0 && set_attributes(job, root, {flags}, false), "making the root read-only");
  close(root);
}

/// Root, but for file systems the given user: what is made belongs to that one, as idmapped
/// mounts demand.
class AsUser {
 public:
  AsUser(std::uint32_t uid, std::uint32_t gid) {
    must(prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0) == 0, "keeping capabilities");
    setfsgid(gid);
    setfsuid(uid);
  }
  AsUser(const AsUser&) = delete;
  AsUser& operator=(const AsUser&) = delete;
  ~AsUser() {
    setfsuid(0);
    setfsgid(0);
    must(prctl(PR_SET_SECUREBITS, 0, 0, 0, 0) == 0, "no longer keeping capabilities");
  }
};

}  // namespace

Trees open_trees(const Job& job) {
  Trees trees;
  int userns = -1;
  if (job.has(wire::kMapWork)) userns = id_mapping(job.head);
  if (job.head.work_mount != wire::WorkMount::kTmpfs) {
    const bool is_base = job.head.work_mount == wire::WorkMount::kOverlay;
    trees.work = open_writable(job, job.work, userns,
                               is_base ? kept(job, Hardening::kReadOnlyBase, kReadOnly) : 0);
    check_is_meant(job, trees.work);
  }
  if (*job.changes != '\0') trees.changes = open_writable(job, job.changes, userns, 0);
  close(userns);
  trees.read_only = static_cast<int*>(std::calloc(job.read_only.size() + 1, sizeof(int)));
  must(trees.read_only != nullptr, "finding memory");
  for (std::size_t i = 0; i < job.read_only.size(); ++i) {
    trees.read_only[i] = open_read_only(job, job.read_only[i]);
  }
  return trees;
}

void build_stage(const Job& job, const Trees& trees) {
  const int launcher = open_read_only(job, "/proc/self/exe");
  must(unshare(CLONE_NEWNS) == 0, "parting from the host");
  part_from_host();
  must(chdir(job.stage) == 0, "entering the stage");
  {
    const AsUser to_file_systems(job.head.uid, job.head.gid);
    mount_work(job, trees, "work", "");
  }
  attach_at(launcher, "launcher");
  for (std::size_t i = 0; i < job.read_only.size(); ++i) {
    char place[32];
    std::snprintf(place, sizeof place, "read-only-%zu", i);
    attach_at(trees.read_only[i], place);
  }
  must(chdir("/") == 0, "leaving the stage");
}

void build_root(const Job& job, const Trees& given) {
  if (job.keeps(Hardening::kPrivateMounts)) part_from_host();
  const Trees trees = given.read_only != nullptr ? given : open_trees(job);
  const int usr = open_read_only(job, "/usr");
  Source fixed[kCount];
  const int count = open_fixed(job, fixed);
  Targets links;
  read_system_links(links);

  // Any folder will do to stand on until it is the root; all of the host we need is open.
  mount_tmpfs("/usr", 1u << 20, 1024, "0755", 0);
  must(chdir("/usr") == 0, "entering the new root");
  attach_at(usr, "usr");
  make_etc(job.head.inside_id);
  for (int i = 0; i < count; ++i) attach_at(fixed[i].tree, fixed[i].place);
  copy_system_links(links);
  make_dev(job);
  must(mkdir("tmp", 0755) == 0 && mkdir("proc", 0555) == 0, "making the new root");
  mount_scratch(job, "tmp", job.head.scratch_bytes, 0);
  mount_processes(job);
  for (std::size_t i = 0; i < job.read_only.size(); ++i) {
    attach_at(trees.read_only[i], job.read_only[i] + 1);
  }
  mount_work(job, trees, "tree", ",userxattr");
  enter_new_root(job);
}

}  // namespace automod::sandbox::launcher
